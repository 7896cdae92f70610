
/* The delivery table of an upstream: the rows of its file `state`. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gig_sync_https.h"


static void
gig_https_cell(sqlite3_stmt *row, int column, char *out, size_t size)
{
    gig_str_t  cell;

    cell = gig_sql_column(row, column);
    (void) snprintf(out, size, "%.*s", (int) cell.len, cell.len ? cell.data : "");
}


int
gig_https_row(gig_sync_record_t *record, gig_str_t id, gig_str_t print, gig_https_row_t *row,
    gig_error_t *err)
{
    int            rc;
    sqlite3_stmt  *found;

    memset(row, 0, sizeof(gig_https_row_t));
    found = gig_sql(record, GIG_SQL_UPSTREAM_ROW, err);

    if (found == NULL) {
        return -1;
    }

    gig_sql_text(found, 1, id);
    gig_sql_text(found, 2, print);
    rc = gig_sql_row(record, found, err);

    if (rc != 1) {
        return rc;
    }

    gig_https_cell(found, 0, row->state, sizeof(row->state));
    gig_https_cell(found, 1, row->seat, sizeof(row->seat));
    gig_https_cell(found, 2, row->flags, sizeof(row->flags));
    row->tries = (unsigned) sqlite3_column_int(found, 3);
    row->at_ms = gig_rows_ms(gig_sql_column(found, 4));
    gig_https_cell(found, 5, row->upstream_id, sizeof(row->upstream_id));
    gig_sql_done(found);

    return 0;
}


static gig_str_t
gig_https_text(const char *text)
{
    return (gig_str_t) { text, strlen(text) };
}


int
gig_https_put(gig_sync_record_t *record, const gig_sync_delivery_t *d, const gig_https_row_t *row,
    const char *reason, gig_str_t box, gig_error_t *err)
{
    int            i, apply;
    char           received[GIG_TIME_SIZE], now[GIG_TIME_SIZE];
    sqlite3_stmt  *put;

    put = gig_sql(record, GIG_SQL_UPSTREAM_PUT, err);

    if (put == NULL) {
        return -1;
    }

    gig_time_format_ms(d->at_ms, received);
    gig_rows_now(now);
    apply = gig_str_is(d->op, "apply");

    const gig_str_t  texts[] = {
        d->id, apply ? d->print : gig_str(""), d->gig,
        strcmp(row->state, "erased") != 0 && apply ? d->who : gig_str(""),
        gig_https_text(row->seat), gig_https_text(row->flags), gig_https_text(row->state),
        gig_https_text(reason), gig_https_text(received), gig_https_text(now)
    };

    for (i = 0; i < (int) (sizeof(texts) / sizeof(texts[0])); i++) {
        gig_sql_text(put, i + 1, texts[i]);
    }

    (void) sqlite3_bind_int64(put, 11, row->tries);
    gig_sql_text(put, 12, gig_https_text(row->upstream_id));

    if (box.len) {
        (void) sqlite3_bind_blob64(put, 13, box.data, box.len, SQLITE_STATIC);
    }

    return gig_sql_run(record, put, err);
}


int
gig_https_put_withdrawal(gig_sync_record_t *record, gig_sync_delivery_t *d,
    const gig_https_row_t *row, gig_error_t *err)
{
    if (gig_sql_simple(record, GIG_SQL_BEGIN, err) == -1) {
        return -1;
    }

    if (gig_sink_withdraw(&gig_sqlite_sink, record, d, err) != GIG_ONE_DONE
        || gig_https_put(record, d, row, "", gig_null_str, err) == -1
        || gig_sql_simple(record, GIG_SQL_COMMIT, err) == -1)
    {
        (void) gig_sql_simple(record, GIG_SQL_ROLLBACK, NULL);
        return -1;
    }

    /* What is overwritten still stands in the log until that is copied back. */
    (void) sqlite3_wal_checkpoint_v2(record->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

    return 0;
}


int
gig_https_shared(gig_sync_record_t *record, const gig_sync_delivery_t *d, char seat[16],
    gig_error_t *err)
{
    int            rc;
    sqlite3_stmt  *found;

    if (d->who.len == 0) {
        return 0;
    }

    found = gig_sql(record, GIG_SQL_UPSTREAM_SHARED, err);

    if (found == NULL) {
        return -1;
    }

    gig_sql_text(found, 1, d->gig);
    gig_sql_text(found, 2, d->who);
    gig_sql_text(found, 3, d->id);
    rc = gig_sql_row(record, found, err);

    if (rc == 1) {
        gig_https_cell(found, 0, seat, 16);
        gig_sql_done(found);
    }

    return rc;
}
