
/* One transaction for the batch, and the statements that the rules of a delivery ask for. */

#include <stdio.h>

#include "gig_sync_sink.h"
#include "gig_sync_sqlite.h"


static const gig_sql_t  gig_sql_of_sink[GIG_SINK_STATEMENTS] = {
    GIG_SQL_TOMBSTONE, GIG_SQL_DELIVERY, GIG_SQL_DELIVERY_OTHER, GIG_SQL_APPLICATION,
    GIG_SQL_SHARED, GIG_SQL_DELIVERY_PUT, GIG_SQL_APPLICATION_PUT, GIG_SQL_STAGE_PUT,
    GIG_SQL_CONFLICT_PUT, GIG_SQL_FILE_PUT, GIG_SQL_TOMBSTONE_PUT, GIG_SQL_FILE_DELETE,
    GIG_SQL_CONFLICT_DELETE,
    GIG_SQL_APPLICATION_DELETE, GIG_SQL_DELIVERY_ERASE, GIG_SQL_SAVE, GIG_SQL_BACK,
    GIG_SQL_RELEASE
};


int
gig_sql_exists(gig_sync_record_t *record, gig_sql_t which, gig_str_t a, gig_str_t b,
    gig_error_t *err)
{
    int            rc;
    sqlite3_stmt  *row;

    row = gig_sql(record, which, err);

    if (row == NULL) {
        return -1;
    }

    gig_sql_text(row, 1, a);

    if (b.data) {
        gig_sql_text(row, 2, b);
    }

    rc = gig_sql_row(record, row, err);

    if (rc == 1) {
        gig_sql_done(row);
    }

    return rc;
}


/* A statement with its values bound; a box and a file are bytes, and null where there is none. */
static sqlite3_stmt *
gig_sqlite_bound(gig_sync_record_t *record, gig_sink_sql_t which, const gig_str_t *values, int n,
    gig_error_t *err)
{
    int            i;
    sqlite3_stmt  *statement;

    statement = gig_sql(record, gig_sql_of_sink[which], err);

    for (i = 0; statement && i < n; i++) {
        if ((which != GIG_SINK_DELIVERY_PUT && which != GIG_SINK_FILE_PUT) || i != n - 1) {
            gig_sql_text(statement, i + 1, values[i]);

        } else if (values[i].data) {
            (void) sqlite3_bind_blob64(statement, i + 1, values[i].data, values[i].len,
                                       SQLITE_STATIC);
        }
    }

    return statement;
}


/*
 * A row that the tables refuse (a constraint, a size) is that row's own fault; a full
 * disk or a lock is nobody's, and all waits.
 */
static gig_one_t
gig_sqlite_sink_run(gig_sync_record_t *record, gig_sink_sql_t which, const gig_str_t *values,
    int n, gig_error_t *err)
{
    int            rc;
    sqlite3_stmt  *statement;

    statement = gig_sqlite_bound(record, which, values, n, err);

    if (statement == NULL) {
        return GIG_ONE_FAILED;
    }

    if (gig_sql_run(record, statement, err) == 0) {
        return GIG_ONE_DONE;
    }

    rc = sqlite3_errcode(record->db) & 0xff;

    return (rc == SQLITE_CONSTRAINT || rc == SQLITE_TOOBIG || rc == SQLITE_MISMATCH)
           ? GIG_ONE_REFUSED : GIG_ONE_FAILED;
}


static int
gig_sqlite_sink_row(gig_sync_record_t *record, gig_sink_sql_t which, const gig_str_t *values,
    int n, char cells[GIG_SINK_COLUMNS][GIG_SINK_CELL], gig_error_t *err)
{
    int            rc, i;
    gig_str_t      cell;
    sqlite3_stmt  *row;

    row = gig_sqlite_bound(record, which, values, n, err);
    rc = row ? gig_sql_row(record, row, err) : -1;

    for (i = 0; rc == 1 && i < GIG_SINK_COLUMNS; i++) {
        cell = i < sqlite3_column_count(row) ? gig_sql_column(row, i) : gig_null_str;
        (void) snprintf(cells[i], GIG_SINK_CELL, "%.*s", (int) cell.len,
                        cell.len ? cell.data : "");
    }

    if (rc == 1) {
        gig_sql_done(row);
    }

    return rc;
}


static int
gig_sqlite_sink_place(gig_sync_record_t *record, gig_str_t gig, gig_error_t *err)
{
    int64_t  cap, confirmed;

    if (gig_sqlite_cap(record, gig, &cap, err) == -1
        || gig_sqlite_confirmed(record, gig, &confirmed, err) == -1)
    {
        return -1;
    }

    return cap < 0 || confirmed < cap;
}


const gig_sink_t  gig_sqlite_sink = {
    .run = gig_sqlite_sink_run, .row = gig_sqlite_sink_row, .place = gig_sqlite_sink_place,
    .promote = gig_sqlite_promote_one
};


int
gig_sync_sqlite_deliver(gig_sync_record_t *record, gig_sync_delivery_t *deliveries, size_t n,
    gig_error_t *err)
{
    int     erased;
    size_t  i;

    gig_sink_pending(deliveries, n);

    /* The lock first: what is read after it stays true until the commit. */
    if (gig_sql_simple(record, GIG_SQL_BEGIN, err) == -1) {
        return -1;
    }

    erased = 0;

    for (i = 0; i < n; i++) {
        if (gig_sink_deliver(&gig_sqlite_sink, record, &deliveries[i], err) != 0) {
            goto failed;
        }

        erased |= (deliveries[i].result == GIG_SYNC_ERASED);
    }

    if (gig_sql_simple(record, GIG_SQL_COMMIT, err) == -1) {
        goto failed;
    }

    /*
     * The log still holds what was erased until it is copied back.  A reader may
     * be in the way; then the next erasure or the close does it.
     */
    if (erased) {
        (void) sqlite3_wal_checkpoint_v2(record->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
                                         NULL);
    }

    return 0;

failed:

    (void) gig_sql_simple(record, GIG_SQL_ROLLBACK, NULL);

    gig_sink_pending(deliveries, n);

    return -1;
}
