
/*
 * From postgres://USER@HOST/DATABASE?schema=NAME to a connection.  libpq reads the address;
 * `schema` is ours and is taken out before.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "gig_sync_postgres.h"
#include "gig_sync_settings.h"

#define GIG_PG_SCHEMA           "gig"
#define GIG_PG_OPTIONS          64      /* of libpq's and ours */
#define GIG_PG_LEAST            130000  /* the oldest that is still mended when this is written */

/*
 * Waiting has an end everywhere: for the connection, and for a peer that is gone without a
 * word.  (Of an answer: gig_sync_postgres_query.c.)  The address may say otherwise.
 */
#define GIG_PG_CONNECT          "5"     /* seconds */
#define GIG_PG_IDLE             "10"    /* seconds of silence before the first probe */
#define GIG_PG_PROBE            "5"     /* seconds between probes */
#define GIG_PG_PROBES           "3"
#define GIG_PG_UNACKED          "25000" /* ms that what was sent may stay unconfirmed */

/* Seconds would do for any of our statements; a lock may be held by a person for a while. */
#define GIG_PG_STATEMENT        "20s"
#define GIG_PG_LOCK             "10s"

/* Our locks go with us even if the server does not see us go. */
#define GIG_PG_ABANDONED        "60s"


static int
gig_pg_schema_valid(const char *name, size_t len)
{
    size_t  i;

    if (len == 0 || len > GIG_PG_NAME_MAX || (name[0] >= '0' && name[0] <= '9')
        || (len >= 3 && memcmp(name, "pg_", 3) == 0))
    {
        return 0;
    }

    for (i = 0; i < len; i++) {
        if (!((name[i] >= 'a' && name[i] <= 'z') || (name[i] >= '0' && name[i] <= '9')
              || name[i] == '_'))
        {
            return 0;
        }
    }

    return 1;
}


/* Takes "schema=NAME" out of the address's parameters. */
static int
gig_pg_url_schema(char *url, char schema[GIG_PG_NAME_MAX + 1], gig_error_t *err)
{
    char    *p, *end;
    size_t   len;

    memcpy(schema, GIG_PG_SCHEMA, sizeof(GIG_PG_SCHEMA));
    p = strchr(url, '?');

    while (p != NULL && strncmp(p + 1, "schema=", 7) != 0) {
        p = strchr(p + 1, '&');
    }

    if (p == NULL) {
        return 0;
    }

    end = strchr(p + 1, '&');
    len = (end ? (size_t) (end - p) : strlen(p)) - sizeof("?schema=") + 1;

    if (!gig_pg_schema_valid(p + 8, len)) {
        return gig_error_set(err, "", "schema= must be a name of small letters, digits and _, of "
                             "at most %d bytes, that does not begin with a digit or pg_",
                             GIG_PG_NAME_MAX);
    }

    memcpy(schema, p + 8, len);
    schema[len] = '\0';

    /* "?schema=x&y" becomes "?y", "&schema=x" and "?schema=x" nothing. */
    if (end == NULL) {
        *p = '\0';

    } else {
        memmove(p + 1, end + 1, strlen(end + 1) + 1);
    }

    return 0;
}


/*
 * A password whose @ or / is not written as %40 or %2F moves on into what libpq takes for
 * the host or the database, and would be in its messages: such an address is refused here.
 */
static int
gig_pg_url_spilt(const PQconninfoOption *option)
{
    return option->val != NULL && strchr(option->val, '@') != NULL
           && (strcmp(option->keyword, "host") == 0 || strcmp(option->keyword, "port") == 0
               || strcmp(option->keyword, "dbname") == 0);
}


static void
gig_pg_notice(void *data, const PGresult *result)
{
    /* "Already there, skipped": nobody needs to read that. */
    (void) data;
    (void) result;
}


static void
gig_pg_where(gig_sync_record_t *record)
{
    const char  *host, *port, *db;

    host = record->conn ? PQhost(record->conn) : NULL;
    port = record->conn ? PQport(record->conn) : NULL;
    db = record->conn ? PQdb(record->conn) : NULL;

    (void) snprintf(record->where, sizeof(record->where), "postgres: %s at %s%s%s",
                    db && db[0] ? db : "database", host && host[0] ? host : "the local socket",
                    port && port[0] ? ":" : "", port ? port : "");
}


/* What every connection of ours has; one round trip. */
static int
gig_pg_session(gig_sync_record_t *record, gig_error_t *err)
{
    char  text[1024];

    /*
     * An answer "committed" must be on the disk before Redis forgets the application; a
     * setting that is stronger stays.
     */
    (void) snprintf(text, sizeof(text),
                    "SET search_path TO \"%s\", pg_temp;"
                    "SET statement_timeout TO '" GIG_PG_STATEMENT "';"
                    "SET lock_timeout TO '" GIG_PG_LOCK "';"
                    "SET idle_in_transaction_session_timeout TO '" GIG_PG_ABANDONED "';"
                    "SET default_transaction_isolation TO 'read committed';"
                    "SET TimeZone TO 'UTC'; SET DateStyle TO 'ISO';"
                    "SELECT set_config('synchronous_commit', 'on', false)"
                    " WHERE current_setting('synchronous_commit') = 'off'",
                    record->schema);

    return gig_pg_do(record, text, err);
}


static int
gig_pg_start(char *url, gig_sync_record_t *record, gig_error_t *err)
{
    int                rc, n;
    size_t             i;
    const char        *names[GIG_PG_OPTIONS], *values[GIG_PG_OPTIONS];
    PQconninfoOption  *options, *option;

    static const struct {
        const char  *name, *value;
    } ours[] = {
        { "fallback_application_name", "gig-sync" }, { "client_encoding", "UTF8" },
        { "connect_timeout", GIG_PG_CONNECT }, { "keepalives_idle", GIG_PG_IDLE },
        { "keepalives_interval", GIG_PG_PROBE }, { "keepalives_count", GIG_PG_PROBES },
        { "tcp_user_timeout", GIG_PG_UNACKED }
    };

    rc = -1;
    n = 0;

    /* Its own message would show the address. */
    options = PQconninfoParse(url, NULL);

    if (options == NULL) {
        return gig_error_set(err, "", "must be " GIG_SYNC_POSTGRES_FORM ", with parameters of "
                             "libpq and schema=NAME; special characters of a password as %%XX");
    }

    /* Of two values the last counts: the address may say otherwise than we do. */
    for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++, n++) {
        names[n] = ours[i].name;
        values[n] = ours[i].value;
    }

    for (option = options; option->keyword != NULL; option++) {
        if (gig_pg_url_spilt(option)) {
            gig_error_set(err, "", "has an @ in its host, port or database; in a password @ is "
                          "written %%40 and / is %%2F");
            goto done;
        }

        if (option->val != NULL && n < GIG_PG_OPTIONS - 1) {
            names[n] = option->keyword;
            values[n++] = option->val;
        }
    }

    names[n] = NULL;
    values[n] = NULL;

    record->conn = PQconnectdbParams(names, values, 0);
    gig_pg_where(record);

    if (record->conn == NULL) {
        gig_error_set(err, record->where, "out of memory");
        goto done;
    }

    (void) PQsetNoticeReceiver(record->conn, gig_pg_notice, NULL);

    if (PQstatus(record->conn) != CONNECTION_OK || PQsetnonblocking(record->conn, 1) == -1) {
        gig_pg_fault(record, NULL, err);
        goto done;
    }

    rc = 0;

done:

    PQconninfoFree(options);

    return rc;
}


int
gig_pg_connect(gig_str_t url, gig_sync_record_t *record, gig_error_t *err)
{
    int   rc;
    char  text[GIG_SYNC_VALUE_MAX];

    if (url.len >= sizeof(text)) {
        return gig_error_set(err, "", "is longer than %zu bytes", sizeof(text) - 1);
    }

    memcpy(text, url.data, url.len);
    text[url.len] = '\0';

    rc = gig_pg_url_schema(text, record->schema, err);

    if (rc == 0) {
        rc = gig_pg_start(text, record, err);
    }

    sodium_memzero(text, sizeof(text));

    if (rc == -1) {
        return -1;
    }

    if (PQserverVersion(record->conn) < GIG_PG_LEAST) {
        return gig_error_set(err, record->where, "PostgreSQL %d is too old; right is %d or later",
                             PQserverVersion(record->conn) / 10000, GIG_PG_LEAST / 10000);
    }

    return gig_pg_session(record, err);
}
