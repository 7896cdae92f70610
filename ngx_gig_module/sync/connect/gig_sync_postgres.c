
/* The connector: opening and closing, and waiting for a change. */

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "gig_sync_job.h"
#include "gig_sync_postgres.h"


static void
gig_sync_postgres_close(gig_sync_record_t *record)
{
    if (record == NULL) {
        return;
    }

    PQfinish(record->conn);
    free(record);
}


static int
gig_pg_open(gig_str_t url, int make, gig_sync_record_t **out, gig_error_t *err)
{
    gig_sync_record_t  *record;

    *out = NULL;
    record = calloc(1, sizeof(gig_sync_record_t));

    if (record == NULL) {
        return gig_error_set(err, "", "out of memory");
    }

    if (gig_pg_connect(url, record, err) == -1 || gig_pg_schema(record, make, err) == -1) {
        gig_sync_postgres_close(record);
        return -1;
    }

    *out = record;

    return 0;
}


static int
gig_sync_postgres_open(gig_str_t url, gig_sync_record_t **record, gig_error_t *err)
{
    return gig_pg_open(url, 1, record, err);
}


/* A mistyped database must not answer with an empty list, nor get a schema. */
static int
gig_sync_postgres_there(gig_str_t url, gig_error_t *err)
{
    gig_sync_record_t  *record;

    if (gig_pg_open(url, 0, &record, err) == -1) {
        return -1;
    }

    gig_sync_postgres_close(record);

    return 0;
}


static int
gig_sync_postgres_changed(gig_sync_record_t *record, int64_t *number, gig_error_t *err)
{
    int        rows;
    PGresult  *row;

    row = gig_pg_query(record, GIG_PG_CHANGED, NULL, err);

    if (row == NULL) {
        return -1;
    }

    rows = PQntuples(row);
    *number = rows == 1 ? gig_pg_number(row, 0, 0) : 0;
    PQclear(row);

    return rows == 1 ? 0 : gig_error_set(err, record->where, "the table catalog is empty");
}


/* 1 if a NOTIFY has come, also one that came with the answer to a query. */
static int
gig_pg_notified(gig_sync_record_t *record)
{
    int        found;
    PGnotify  *notify;

    for (found = 0; (notify = PQnotifies(record->conn)) != NULL; found = 1) {
        PQfreemem(notify);
    }

    return found;
}


static int
gig_sync_postgres_wait(gig_sync_record_t *record, int fd, int ms, gig_error_t *err)
{
    int            rc;
    int64_t        left, until;
    struct pollfd  p[2];

    if (!record->listening) {
        /* What was committed before this is in the number, which is asked for next. */
        if (gig_pg_do(record, "LISTEN gig_sync", err) == -1) {
            return -1;
        }

        record->listening = 1;
        return 0;
    }

    p[0].fd = PQsocket(record->conn);
    p[1].fd = fd;
    until = gig_sync_clock() + ms;

    while (!gig_pg_notified(record)) {
        left = until - gig_sync_clock();

        if (left <= 0) {
            return 0;
        }

        p[0].events = p[1].events = POLLIN;
        p[0].revents = p[1].revents = 0;
        rc = poll(p, 2, (int) left);

        if ((rc == -1 && errno != EINTR) || (rc > 0 && p[1].revents)) {
            return 0;
        }

        if (rc > 0 && PQconsumeInput(record->conn) == 0) {
            return gig_pg_fault(record, NULL, err);
        }
    }

    return 0;
}


const gig_sync_connector_t  gig_sync_postgres = {
    .scheme = "postgres",
    .alias = "postgresql",
    .form = GIG_SYNC_POSTGRES_FORM,
    .abilities = GIG_SYNC_FORMS,
    .open = gig_sync_postgres_open,
    .close = gig_sync_postgres_close,
    .fetch = gig_sync_postgres_fetch,
    .deliver = gig_sync_postgres_deliver,
    .seats = gig_sync_postgres_seats,
    .promote = gig_sync_postgres_promote,
    .known = gig_sync_postgres_known,
    .receipts = gig_sync_postgres_receipts,
    .changed = gig_sync_postgres_changed,
    .wait = gig_sync_postgres_wait,
    .there = gig_sync_postgres_there,
    .begin = gig_sync_postgres_begin,
    .put = gig_sync_postgres_put,
    .end = gig_sync_postgres_end,
    .self_id = gig_sync_postgres_self_id,
    .self_ids = gig_sync_postgres_self_ids,
    .applications = gig_sync_postgres_applications,
    .dead = gig_sync_postgres_dead,
    .drop = gig_sync_postgres_drop,
    .files = gig_sync_postgres_files
};
