
/* Import and export: what gig-sync's commands need of the embedded system of record. */

#include <string.h>

#include "gig_sync_rows.h"
#include "gig_sync_sqlite.h"


int
gig_sync_sqlite_begin(gig_sync_record_t *record, gig_error_t *err)
{
    /* A file that cannot be written is opened for reading, and fails at the first row, not here. */
    if (sqlite3_db_readonly(record->db, "main") == 1) {
        gig_error_set(err, record->path, "is read-only");
        (void) gig_sqlite_rights(record->path, err);
        return -1;
    }

    return gig_sql_simple(record, GIG_SQL_BEGIN, err);
}


int
gig_sync_sqlite_end(gig_sync_record_t *record, int keep, gig_error_t *err)
{
    return gig_sql_simple(record, keep ? GIG_SQL_COMMIT : GIG_SQL_ROLLBACK, err);
}


int
gig_sync_sqlite_put(gig_sync_record_t *record, char kind, gig_str_t id, gig_str_t json,
    gig_sync_change_t *change, gig_error_t *err)
{
    int            rc;
    sqlite3_stmt  *row;

    row = gig_sql(record, kind == 'g' ? GIG_SQL_GIG_JSON : GIG_SQL_FORM_JSON, err);

    if (row == NULL) {
        return -1;
    }

    gig_sql_text(row, 1, id);
    rc = sqlite3_step(row);

    if (rc == SQLITE_ROW) {
        *change = gig_rows_same(gig_sql_column(row, 0), json) ? GIG_SYNC_UNCHANGED
                                                                : GIG_SYNC_CHANGED;

    } else if (rc == SQLITE_DONE) {
        *change = GIG_SYNC_NEW;

    } else {
        gig_sql_fault(record, err);
        gig_sql_done(row);
        return -1;
    }

    gig_sql_done(row);

    if (*change == GIG_SYNC_UNCHANGED) {
        return 0;
    }

    row = gig_sql(record, kind == 'g' ? GIG_SQL_GIG_PUT : GIG_SQL_FORM_PUT, err);

    if (row == NULL) {
        return -1;
    }

    gig_sql_text(row, 1, id);
    gig_sql_text(row, 2, json);

    return gig_sql_run(record, row, err);
}


int
gig_sync_sqlite_applications(gig_sync_record_t *record,
    int (*handler)(void *data, const gig_sync_application_t *application), void *data,
    gig_error_t *err)
{
    int                      rc;
    sqlite3_stmt            *rows;
    gig_sync_application_t   application;

    rows = gig_sql(record, GIG_SQL_EXPORT, err);

    if (rows == NULL) {
        return -1;
    }

    while ((rc = sqlite3_step(rows)) == SQLITE_ROW) {
        application.id = gig_sql_column(rows, 0);
        application.gig = gig_sql_column(rows, 1);
        application.title = gig_sql_column(rows, 2);
        application.received_at = gig_sql_column(rows, 3);
        application.seat = gig_sql_column(rows, 4);
        application.flags = gig_sql_column(rows, 5);
        application.stage = gig_sql_column(rows, 6);
        application.stage_at = gig_sql_column(rows, 7);
        application.json = gig_sql_column(rows, 8);

        if (handler(data, &application) == -1) {
            gig_error_set(err, record->path, "the reading was ended");
            break;
        }
    }

    return gig_sql_end(record, rows, rc, err);
}


int
gig_sync_sqlite_self_id(gig_sync_record_t *record, const gig_sync_self_id_t *row,
    gig_error_t *err)
{
    sqlite3_stmt  *put;

    put = gig_sql(record, GIG_SQL_SELF_ID_PUT, err);

    if (put == NULL) {
        return -1;
    }

    gig_sql_text(put, 1, row->id);
    gig_sql_text(put, 2, row->form);
    gig_sql_text(put, 3, row->form_rev);
    gig_sql_text(put, 4, row->day);
    gig_sql_text(put, 5, row->answers);

    return gig_sql_run(record, put, err);
}


int
gig_sync_sqlite_self_ids(gig_sync_record_t *record,
    int (*handler)(void *data, const gig_sync_self_id_t *row), void *data, gig_error_t *err)
{
    int                 rc;
    sqlite3_stmt       *rows;
    gig_sync_self_id_t  row = { 0 };

    rows = gig_sql(record, GIG_SQL_SELF_IDS, err);

    if (rows == NULL) {
        return -1;
    }

    while ((rc = sqlite3_step(rows)) == SQLITE_ROW) {
        row.form = gig_sql_column(rows, 0);
        row.form_rev = gig_sql_column(rows, 1);
        row.answers = gig_sql_column(rows, 2);

        if (handler(data, &row) == -1) {
            gig_error_set(err, record->path, "the reading was ended");
            break;
        }
    }

    return gig_sql_end(record, rows, rc, err);
}


int
gig_sync_sqlite_dead(gig_sync_record_t *record, gig_str_t id,
    int (*handler)(void *data, const gig_sync_dead_t *dead), void *data, gig_error_t *err)
{
    int               rc;
    sqlite3_stmt     *rows;
    gig_sync_dead_t   dead;

    rows = gig_sql(record, GIG_SQL_DEAD, err);

    if (rows == NULL) {
        return -1;
    }

    gig_sql_text(rows, 1, id.len ? id : gig_str(""));

    while ((rc = sqlite3_step(rows)) == SQLITE_ROW) {
        dead.id = gig_sql_column(rows, 0);
        dead.print = gig_sql_column(rows, 1);
        dead.gig = gig_sql_column(rows, 2);
        dead.who = gig_sql_column(rows, 3);
        dead.seat = gig_sql_column(rows, 4);
        dead.flags = gig_sql_column(rows, 5);
        dead.state = gig_sql_column(rows, 6);
        dead.reason = gig_sql_column(rows, 7);
        dead.attempts = sqlite3_column_int64(rows, 8);
        dead.received_at = gig_sql_column(rows, 9);
        dead.at = gig_sql_column(rows, 10);
        dead.box.data = sqlite3_column_blob(rows, 11);
        dead.box.len = (size_t) sqlite3_column_bytes(rows, 11);

        if (handler(data, &dead) == -1) {
            gig_error_set(err, record->path, "the reading was ended");
            break;
        }
    }

    return gig_sql_end(record, rows, rc, err);
}


int
gig_sync_sqlite_drop(gig_sync_record_t *record, gig_str_t id, gig_error_t *err)
{
    char           now[GIG_TIME_SIZE];
    sqlite3_stmt  *statement;

    statement = gig_sql(record, GIG_SQL_DROP, err);

    if (statement == NULL) {
        return -1;
    }

    gig_rows_now(now);
    gig_sql_text(statement, 1, id);
    gig_sql_text(statement, 2, (gig_str_t) { now, strlen(now) });

    if (gig_sql_run(record, statement, err) == -1) {
        return -1;
    }

    /* What is overwritten in the database still stands in its log. */
    (void) sqlite3_wal_checkpoint_v2(record->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

    return sqlite3_changes(record->db);
}


int
gig_sync_sqlite_files(gig_sync_record_t *record, gig_str_t id,
    int (*handler)(void *data, const gig_application_file_t *file), void *data, gig_error_t *err)
{
    int                      rc;
    sqlite3_stmt            *rows;
    gig_application_file_t   file;

    rows = gig_sql(record, GIG_SQL_FILES, err);

    if (rows == NULL) {
        return -1;
    }

    gig_sql_text(rows, 1, id);

    while ((rc = sqlite3_step(rows)) == SQLITE_ROW) {
        file.field = gig_sql_column(rows, 0);
        file.name = gig_sql_column(rows, 1);
        file.media_type = gig_sql_column(rows, 2);
        file.sha256 = gig_sql_column(rows, 3);
        file.bytes.data = sqlite3_column_blob(rows, 4);
        file.bytes.len = (size_t) sqlite3_column_bytes(rows, 4);

        if (handler(data, &file) == -1) {
            gig_error_set(err, record->path, "the reading was ended");
            break;
        }
    }

    return gig_sql_end(record, rows, rc, err);
}
