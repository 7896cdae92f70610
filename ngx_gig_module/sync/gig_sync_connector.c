
#include <string.h>

#include "gig_sync_connector.h"

#if !defined(GIG_SYNC_WITH_SQLITE) && !defined(GIG_SYNC_WITH_POSTGRES)
#error "the Makefile's CONNECTORS names no system of record"
#endif


static const gig_sync_connector_t *const  connectors[] = {
#ifdef GIG_SYNC_WITH_SQLITE
    &gig_sync_sqlite,
#endif
#ifdef GIG_SYNC_WITH_POSTGRES
    &gig_sync_postgres,
#endif
#ifdef GIG_SYNC_WITH_HTTPS
    &gig_sync_https,
#endif
};

#define GIG_SYNC_CONNECTORS     (sizeof(connectors) / sizeof(connectors[0]))

static const char  forms[] =
#ifdef GIG_SYNC_WITH_SQLITE
    GIG_SYNC_SQLITE_FORM
#endif
#if defined(GIG_SYNC_WITH_SQLITE) && defined(GIG_SYNC_WITH_POSTGRES)
    " or "
#endif
#ifdef GIG_SYNC_WITH_POSTGRES
    GIG_SYNC_POSTGRES_FORM
#endif
    ;


const char *
gig_sync_connector_forms(void)
{
    return forms;
}


static int
gig_sync_connector_named(gig_str_t scheme, const char *name)
{
    return name != NULL && gig_str_is(scheme, name);
}


const gig_sync_connector_t *
gig_sync_connector(gig_str_t url, gig_error_t *err)
{
    size_t       i;
    const char  *colon, *nearest, *names[GIG_SYNC_CONNECTORS];
    gig_str_t    scheme;

    colon = url.len ? memchr(url.data, ':', url.len) : NULL;
    scheme.data = url.data;
    scheme.len = colon ? (size_t) (colon - url.data) : 0;

    for (i = 0; i < GIG_SYNC_CONNECTORS; i++) {
        names[i] = connectors[i]->scheme;

        if (gig_sync_connector_named(scheme, names[i])
            || gig_sync_connector_named(scheme, connectors[i]->alias))
        {
            return connectors[i];
        }
    }

    if (scheme.len == 0) {
        gig_error_set(err, "", "must begin with its kind and a colon, as in %s",
                      connectors[0]->form);
        return NULL;
    }

    /* What follows the scheme may hold a password: it is in no message. */
    nearest = gig_nearest(scheme, names, GIG_SYNC_CONNECTORS);

    for (i = 0; nearest && i < GIG_SYNC_CONNECTORS; i++) {
        if (names[i] == nearest) {
            gig_error_set(err, "", "no system of record \"%.*s:\"; did you mean %s?",
                          (int) scheme.len, scheme.data, connectors[i]->form);
            return NULL;
        }
    }

    gig_error_set(err, "", "no system of record \"%.*s:\"; this gig-sync has %s",
                  (int) scheme.len, scheme.data, gig_sync_connector_forms());

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


int
gig_sync_sink_open(const gig_settings_board_t *board, const gig_sync_connector_t **connector,
    gig_sync_record_t **record, gig_error_t *err)
{
    gig_str_t  url;

    url = (gig_str_t) { board->sink, strlen(board->sink) };

    if (*record != NULL) {
        return 0;
    }

    *connector = gig_sync_connector(url, err);

    if (*connector == NULL || (*connector)->open_sink == NULL) {
        return *connector == NULL ? -1 : gig_sync_record_open(url, connector, record, err);
    }

    return (*connector)->open_sink(board, record, err);
}


int
gig_sync_sink_turn(const gig_sync_connector_t *connector, gig_sync_record_t *sink,
    gig_error_t *err)
{
    int  turn;

    turn = connector->turn == NULL ? 1 : connector->turn(sink, err);

    if (turn == 0) {
        (void) gig_error_set(err, "sink", "another gig-sync delivers to it");
    }

    return turn;
}


void
gig_sync_record_close(const gig_sync_connector_t *connector, gig_sync_record_t **record)
{
    if (*record != NULL) {
        connector->close(*record);
        *record = NULL;
    }
}


void
gig_sync_sink_failed(const gig_sync_connector_t *connector, gig_sync_record_t **sink)
{
    if (connector->turn == NULL) {
        gig_sync_record_close(connector, sink);
    }
}
