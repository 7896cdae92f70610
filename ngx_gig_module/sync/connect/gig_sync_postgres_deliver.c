
/* One transaction for the batch, and the statements that the rules of a delivery ask for. */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "gig_sync_postgres.h"
#include "gig_sync_sink.h"

/* Deadlocks can come from people's own transactions alone; then all is tried again. */
#define GIG_PG_TRIES            5
#define GIG_PG_PAUSE            50      /* ms, at most, before the next try */


static const gig_pg_sql_t  gig_pg_of_sink[GIG_SINK_SAVE] = {
    GIG_PG_TOMBSTONE, GIG_PG_DELIVERY, GIG_PG_DELIVERY_OTHER, GIG_PG_APPLICATION, GIG_PG_SHARED,
    GIG_PG_DELIVERY_PUT, GIG_PG_APPLICATION_PUT, GIG_PG_STAGE_PUT, GIG_PG_CONFLICT_PUT,
    GIG_PG_FILE_PUT, GIG_PG_TOMBSTONE_PUT, GIG_PG_FILE_DELETE, GIG_PG_CONFLICT_DELETE,
    GIG_PG_APPLICATION_DELETE,
    GIG_PG_DELIVERY_ERASE
};

static const char *const  gig_pg_savepoint[] = {
    "SAVEPOINT one", "ROLLBACK TO one", "RELEASE one"
};


/*
 * A row that the tables refuse (data, a constraint, a size, a trigger of the company's) is that
 * row's own fault; a full disk or a lock is nobody's, and all waits.
 */
static gig_one_t
gig_pg_sink_run(gig_sync_record_t *record, gig_sink_sql_t which, const gig_str_t *values, int n,
    gig_error_t *err)
{
    (void) n;

    if (which >= GIG_SINK_SAVE) {
        return gig_pg_do(record, gig_pg_savepoint[which - GIG_SINK_SAVE], err) == 0
               ? GIG_ONE_DONE : GIG_ONE_FAILED;
    }

    if (gig_pg_run(record, gig_pg_of_sink[which], values, err) == 0) {
        return GIG_ONE_DONE;
    }

    return strncmp(record->state, "22", 2) == 0 || strncmp(record->state, "23", 2) == 0
           || strncmp(record->state, "54", 2) == 0 || strncmp(record->state, "P0", 2) == 0
           ? GIG_ONE_REFUSED : GIG_ONE_FAILED;
}


static int
gig_pg_sink_row(gig_sync_record_t *record, gig_sink_sql_t which, const gig_str_t *values, int n,
    char cells[GIG_SINK_COLUMNS][GIG_SINK_CELL], gig_error_t *err)
{
    int        i, found;
    gig_str_t  cell;
    PGresult  *row;

    (void) n;
    row = gig_pg_query(record, gig_pg_of_sink[which], values, err);

    if (row == NULL) {
        return -1;
    }

    found = PQntuples(row) > 0;

    for (i = 0; i < GIG_SINK_COLUMNS; i++) {
        cell = found && i < PQnfields(row) ? gig_pg_cell(row, 0, i) : gig_null_str;
        (void) snprintf(cells[i], GIG_SINK_CELL, "%.*s", (int) cell.len,
                        cell.len ? cell.data : "");
    }

    PQclear(row);

    return found;
}


static int
gig_pg_sink_place(gig_sync_record_t *record, gig_str_t gig, gig_error_t *err)
{
    int  known;

    return gig_pg_place(record, gig, &known, err);
}


static const gig_sink_t  gig_pg_sink = {
    .run = gig_pg_sink_run, .row = gig_pg_sink_row, .place = gig_pg_sink_place,
    .promote = gig_pg_promote_one
};


static int
gig_deliver_all(gig_sync_record_t *record, gig_sync_delivery_t *deliveries, size_t n,
    gig_error_t *err)
{
    size_t  i;

    gig_sink_pending(deliveries, n);

    if (gig_pg_do(record, "BEGIN ISOLATION LEVEL READ COMMITTED", err) == -1
        || gig_pg_lock(record, deliveries, n, err) == -1)
    {
        return -1;
    }

    for (i = 0; i < n; i++) {
        if (gig_sink_deliver(&gig_pg_sink, record, &deliveries[i], err) != 0) {
            return -1;
        }
    }

    /*
     * A connection that goes now leaves it unknown what was committed.  All come again,
     * and the delivery table knows them.
     */
    return gig_pg_commit(record, err);
}


int
gig_sync_postgres_deliver(gig_sync_record_t *record, gig_sync_delivery_t *deliveries, size_t n,
    gig_error_t *err)
{
    int              again;
    unsigned         tries;
    struct timespec  pause;

    pause.tv_sec = 0;

    for (tries = 1; /* void */ ; tries++) {
        if (gig_deliver_all(record, deliveries, n, err) == 0) {
            return 0;
        }

        gig_sink_pending(deliveries, n);
        again = gig_pg_again(record);

        if (gig_pg_do(record, "ROLLBACK", NULL) == -1 || !again || tries == GIG_PG_TRIES) {
            return -1;
        }

        pause.tv_nsec = (long) randombytes_uniform(GIG_PG_PAUSE) * 1000000;
        (void) nanosleep(&pause, NULL);
    }
}
