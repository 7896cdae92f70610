
#include <string.h>

#include "gig_sync_connector.h"


static const gig_sync_connector_t *const  connectors[] = { &gig_sync_sqlite };

#define GIG_SYNC_CONNECTORS     (sizeof(connectors) / sizeof(connectors[0]))


const gig_sync_connector_t *
gig_sync_connector(gig_str_t url, gig_error_t *err)
{
    size_t       i, len;
    const char  *colon, *nearest, *names[GIG_SYNC_CONNECTORS];
    gig_str_t    scheme;

    colon = url.len ? memchr(url.data, ':', url.len) : NULL;
    scheme.data = url.data;
    scheme.len = colon ? (size_t) (colon - url.data) : 0;

    for (i = 0; i < GIG_SYNC_CONNECTORS; i++) {
        names[i] = connectors[i]->scheme;
        len = strlen(names[i]);

        if (scheme.len == len && memcmp(scheme.data, names[i], len) == 0) {
            return connectors[i];
        }
    }

    if (scheme.len == 0) {
        gig_error_set(err, "", "must begin with its kind and a colon, as in sqlite:PATH");
        return NULL;
    }

    /* What follows the scheme may hold a password: it is in no message. */
    nearest = gig_nearest(scheme, names, GIG_SYNC_CONNECTORS);

    gig_error_set(err, "", "no system of record \"%.*s:\"; %s%s:PATH", (int) scheme.len,
                  scheme.data, nearest ? "did you mean " : "there is ",
                  nearest ? nearest : names[0]);

    return NULL;
}


int
gig_sync_record_open(gig_str_t url, const gig_sync_connector_t **connector,
    gig_sync_record_t **record, gig_error_t *err)
{
    if (*record != NULL) {
        return 0;
    }

    *connector = gig_sync_connector(url, err);

    if (*connector == NULL || (*connector)->open(url, record, err) == -1) {
        *record = NULL;
        return -1;
    }

    return 0;
}


void
gig_sync_record_close(const gig_sync_connector_t *connector, gig_sync_record_t **record)
{
    if (*record != NULL) {
        connector->close(*record);
        *record = NULL;
    }
}
