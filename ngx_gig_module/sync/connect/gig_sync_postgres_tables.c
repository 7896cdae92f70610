
/* Gigs and forms in and out, applications out. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "gig_record.h"
#include "gig_sync_postgres.h"


typedef struct {
    char                  kind;         /* 'g' or 'f' */
    gig_buf_t             canonical;
    gig_sync_fetched_pt   handler;
    void                 *data;
} gig_pg_fetch_t;


static int
gig_pg_fetch_row(void *data, const PGresult *rows, int row)
{
    gig_pg_fetch_t  *fetch = data;

    return gig_rows_fetched(fetch->kind, gig_pg_cell(rows, row, 0), gig_pg_cell(rows, row, 1),
                            &fetch->canonical, fetch->handler, fetch->data);
}


int
gig_sync_postgres_fetch(gig_sync_record_t *record, gig_sync_fetched_pt handler, void *data,
    gig_error_t *err)
{
    int             rc;
    gig_pg_fetch_t  fetch;

    /* Gigs and forms as of one instant. */
    if (gig_pg_do(record, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", err) == -1) {
        return -1;
    }

    gig_buf_init(&fetch.canonical, GIG_RECORD_MAX);
    fetch.handler = handler;
    fetch.data = data;

    fetch.kind = 'f';
    rc = gig_pg_rows(record, gig_pg_forms, gig_pg_fetch_row, &fetch, err);

    if (rc == 0) {
        fetch.kind = 'g';
        rc = gig_pg_rows(record, gig_pg_gigs, gig_pg_fetch_row, &fetch, err);
    }

    gig_buf_free(&fetch.canonical);
    (void) gig_pg_do(record, "ROLLBACK", NULL);

    return rc;
}


int
gig_sync_postgres_begin(gig_sync_record_t *record, gig_error_t *err)
{
    return gig_pg_do(record, "BEGIN", err);
}


int
gig_sync_postgres_end(gig_sync_record_t *record, int keep, gig_error_t *err)
{
    return keep ? gig_pg_commit(record, err) : gig_pg_do(record, "ROLLBACK", err);
}


int
gig_sync_postgres_put(gig_sync_record_t *record, char kind, gig_str_t id, gig_str_t json,
    gig_sync_change_t *change, gig_error_t *err)
{
    gig_str_t  values[2];
    PGresult  *row;

    values[0] = id;
    values[1] = json;
    row = gig_pg_query(record, kind == 'g' ? GIG_PG_GIG_JSON : GIG_PG_FORM_JSON, values, err);

    if (row == NULL) {
        return -1;
    }

    *change = PQntuples(row) == 0 ? GIG_SYNC_NEW
              : gig_rows_same(gig_pg_cell(row, 0, 0), json) ? GIG_SYNC_UNCHANGED
                                                            : GIG_SYNC_CHANGED;
    PQclear(row);

    if (*change == GIG_SYNC_UNCHANGED) {
        return 0;
    }

    return gig_pg_run(record, kind == 'g' ? GIG_PG_GIG_PUT : GIG_PG_FORM_PUT, values, err);
}


typedef struct {
    int   (*handler)(void *data, const gig_sync_application_t *application);
    void   *data;
} gig_pg_export_t;


static int
gig_pg_export_row(void *data, const PGresult *rows, int row)
{
    gig_pg_export_t         *export = data;
    gig_sync_application_t   application;

    application.id = gig_pg_cell(rows, row, 0);
    application.gig = gig_pg_cell(rows, row, 1);
    application.title = gig_pg_cell(rows, row, 2);
    application.received_at = gig_pg_cell(rows, row, 3);
    application.seat = gig_pg_cell(rows, row, 4);
    application.flags = gig_pg_cell(rows, row, 5);
    application.stage = gig_pg_cell(rows, row, 6);
    application.stage_at = gig_pg_cell(rows, row, 7);
    application.json = gig_pg_cell(rows, row, 8);

    return export->handler(export->data, &application);
}


int
gig_sync_postgres_applications(gig_sync_record_t *record,
    int (*handler)(void *data, const gig_sync_application_t *application), void *data,
    gig_error_t *err)
{
    int              rc;
    gig_pg_export_t  export;

    if (gig_pg_do(record, "BEGIN READ ONLY", err) == -1) {
        return -1;
    }

    export.handler = handler;
    export.data = data;
    rc = gig_pg_rows(record, gig_pg_applications, gig_pg_export_row, &export, err);
    (void) gig_pg_do(record, "ROLLBACK", NULL);

    return rc;
}


int
gig_sync_postgres_self_id(gig_sync_record_t *record, const gig_sync_self_id_t *row,
    gig_error_t *err)
{
    gig_str_t  values[5];

    values[0] = row->id;
    values[1] = row->form;
    values[2] = row->form_rev;
    values[3] = row->day;
    values[4] = row->answers;

    return gig_pg_run(record, GIG_PG_SELF_ID_PUT, values, err);
}


typedef struct {
    int   (*handler)(void *data, const gig_sync_self_id_t *row);
    void   *data;
} gig_pg_self_ids_t;


static int
gig_pg_self_ids_row(void *data, const PGresult *rows, int row)
{
    gig_pg_self_ids_t   *ids = data;
    gig_sync_self_id_t   one = { 0 };

    one.form = gig_pg_cell(rows, row, 0);
    one.form_rev = gig_pg_cell(rows, row, 1);
    one.answers = gig_pg_cell(rows, row, 2);

    return ids->handler(ids->data, &one);
}


int
gig_sync_postgres_self_ids(gig_sync_record_t *record,
    int (*handler)(void *data, const gig_sync_self_id_t *row), void *data, gig_error_t *err)
{
    int                rc;
    gig_pg_self_ids_t  ids = { handler, data };

    if (gig_pg_do(record, "BEGIN READ ONLY", err) == -1) {
        return -1;
    }

    rc = gig_pg_rows(record, gig_pg_self_ids, gig_pg_self_ids_row, &ids, err);
    (void) gig_pg_do(record, "ROLLBACK", NULL);

    return rc;
}


typedef struct {
    int   (*handler)(void *data, const gig_sync_dead_t *dead);
    void   *data;
} gig_pg_dead_t;


static int
gig_pg_dead_row(void *data, const PGresult *rows, int row)
{
    int               rc;
    size_t            len;
    gig_pg_dead_t    *reading = data;
    unsigned char    *box;
    gig_sync_dead_t   dead;

    dead.id = gig_pg_cell(rows, row, 0);
    dead.print = gig_pg_cell(rows, row, 1);
    dead.gig = gig_pg_cell(rows, row, 2);
    dead.who = gig_pg_cell(rows, row, 3);
    dead.seat = gig_pg_cell(rows, row, 4);
    dead.flags = gig_pg_cell(rows, row, 5);
    dead.state = gig_pg_cell(rows, row, 6);
    dead.reason = gig_pg_cell(rows, row, 7);
    dead.attempts = gig_pg_number(rows, row, 8);
    dead.received_at = gig_pg_cell(rows, row, 9);
    dead.at = gig_pg_cell(rows, row, 10);
    dead.box = gig_null_str;
    box = NULL;

    if (!PQgetisnull(rows, row, 11)) {
        box = PQunescapeBytea((unsigned char *) PQgetvalue(rows, row, 11), &len);

        if (box == NULL) {
            return -1;
        }

        dead.box = (gig_str_t) { (char *) box, len };
    }

    rc = reading->handler(reading->data, &dead);
    PQfreemem(box);

    return rc;
}


int
gig_sync_postgres_dead(gig_sync_record_t *record, gig_str_t id,
    int (*handler)(void *data, const gig_sync_dead_t *dead), void *data, gig_error_t *err)
{
    int             rc;
    char            name[GIG_ID_MAX + 1], query[2048];
    gig_pg_dead_t   reading = { handler, data };

    if (id.len && !gig_id_valid(id)) {
        return gig_error_set(err, record->where, "no id of an application");
    }

    (void) snprintf(name, sizeof(name), "%.*s", (int) id.len, id.len ? id.data : "");

    /* A cursor's query takes no parameters; an id has no quotes. */
    if (snprintf(query, sizeof(query), gig_pg_dead, name) >= (int) sizeof(query)) {
        return gig_error_set(err, record->where, "the query is too long");
    }

    if (gig_pg_do(record, "BEGIN READ ONLY", err) == -1) {
        return -1;
    }

    rc = gig_pg_rows(record, query, gig_pg_dead_row, &reading, err);
    (void) gig_pg_do(record, "ROLLBACK", NULL);

    return rc;
}


int
gig_sync_postgres_drop(gig_sync_record_t *record, gig_str_t id, gig_error_t *err)
{
    int         n;
    char        now[GIG_TIME_SIZE];
    PGresult   *rows;
    gig_str_t   values[2];

    gig_rows_now(now);
    values[0] = id;
    values[1] = (gig_str_t) { now, strlen(now) };
    rows = gig_pg_query(record, GIG_PG_DROP, values, err);

    if (rows == NULL) {
        return -1;
    }

    n = PQntuples(rows);
    PQclear(rows);

    return n;
}


int
gig_sync_postgres_files(gig_sync_record_t *record, gig_str_t id,
    int (*handler)(void *data, const gig_application_file_t *file), void *data, gig_error_t *err)
{
    int                      row, rc;
    size_t                   len;
    PGresult                *rows;
    gig_str_t                hex;
    unsigned char           *bytes;
    gig_application_file_t   file;

    rows = gig_pg_query(record, GIG_PG_FILES, &id, err);

    if (rows == NULL) {
        return -1;
    }

    rc = 0;

    for (row = 0; rc == 0 && row < PQntuples(rows); row++) {
        file.field = gig_pg_cell(rows, row, 0);
        file.name = gig_pg_cell(rows, row, 1);
        file.media_type = gig_pg_cell(rows, row, 2);
        file.sha256 = gig_pg_cell(rows, row, 3);
        hex = gig_pg_cell(rows, row, 4);

        bytes = malloc(hex.len / 2 + 1);

        if (bytes == NULL
            || sodium_hex2bin(bytes, hex.len / 2, hex.data, hex.len, NULL, &len, NULL) != 0)
        {
            free(bytes);
            rc = gig_error_set(err, record->where, "out of memory");
            break;
        }

        file.bytes = (gig_str_t) { (const char *) bytes, len };
        rc = handler(data, &file);
        free(bytes);

        if (rc != 0) {
            gig_error_set(err, record->where, "the reading was ended");
        }
    }

    PQclear(rows);

    return rc;
}
