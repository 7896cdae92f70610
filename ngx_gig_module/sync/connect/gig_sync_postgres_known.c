
/* What Redis is told anew: all that came, for a rebuild; what receipts show, as it changes. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gig_sync_postgres.h"

#define GIG_PG_KNOWN_SIZE       2048    /* the query with its times in it */

/* One reader at a time gives numbers: see gig_sync_postgres_sql.c. */
#define GIG_PG_LOCK_RECEIPTS                                                                  \
    "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' receipts', 0))"


typedef struct {
    int   (*handler)(void *data, const gig_sync_known_t *);
    void   *data;
} gig_pg_known_t;


static int
gig_pg_known_row(void *data, const PGresult *rows, int row)
{
    gig_pg_known_t    *reading = data;
    gig_sync_known_t   known;

    known.id = gig_pg_cell(rows, row, 0);
    known.op = gig_pg_cell(rows, row, 1);
    known.print = gig_pg_cell(rows, row, 2);
    known.gig = gig_pg_cell(rows, row, 3);
    known.who = gig_pg_cell(rows, row, 4);
    known.seat = gig_pg_cell(rows, row, 5);
    known.at_ms = gig_rows_ms(gig_pg_cell(rows, row, 6));
    known.stages = gig_pg_cell(rows, row, 7);
    known.withdrawn = gig_pg_number(rows, row, 8) != 0;

    return reading->handler(reading->data, &known);
}


int
gig_sync_postgres_known(gig_sync_record_t *record, int64_t since_ms,
    int (*handler)(void *data, const gig_sync_known_t *), void *data, gig_error_t *err)
{
    int             rc;
    char            since[GIG_TIME_SIZE], query[GIG_PG_KNOWN_SIZE];
    gig_pg_known_t  reading;

    gig_time_format_ms(since_ms > 0 ? since_ms : 0, since);

    /* A cursor's query takes no parameters; this one is a time that we have written. */
    if (snprintf(query, sizeof(query), gig_pg_known, since) >= (int) sizeof(query)) {
        return gig_error_set(err, record->where, "the query is too long");
    }

    if (gig_pg_do(record, "BEGIN READ ONLY", err) == -1) {
        return -1;
    }

    reading.handler = handler;
    reading.data = data;
    rc = gig_pg_rows(record, query, gig_pg_known_row, &reading, err);
    (void) gig_pg_do(record, "ROLLBACK", NULL);

    return rc;
}


static int
gig_pg_receipts_number(gig_sync_record_t *record, gig_error_t *err)
{
    int  rc;

    rc = gig_pg_exists(record, GIG_PG_UNTOLD, NULL, err);

    if (rc != 1) {
        return rc;
    }

    if (gig_pg_do(record, GIG_PG_LOCK_RECEIPTS, err) == 0
        && gig_pg_run(record, GIG_PG_NUMBER, NULL, err) == 0 && gig_pg_commit(record, err) == 0)
    {
        return 0;
    }

    (void) gig_pg_do(record, "ROLLBACK", NULL);

    return -1;
}


int
gig_sync_postgres_receipts(gig_sync_record_t *record, int64_t *number, unsigned most,
    int (*handler)(void *data, const gig_sync_known_t *), void *data, gig_error_t *err)
{
    int                i;
    char               after[24], limit[16];
    gig_str_t          values[2];
    PGresult          *rows;
    gig_sync_known_t   known;

    if (gig_pg_receipts_number(record, err) == -1) {
        return -1;
    }

    (void) snprintf(after, sizeof(after), "%" PRId64, *number);
    (void) snprintf(limit, sizeof(limit), "%u", most);
    values[0] = (gig_str_t) { after, strlen(after) };
    values[1] = (gig_str_t) { limit, strlen(limit) };
    rows = gig_pg_query(record, GIG_PG_RECEIPTS, values, err);

    if (rows == NULL) {
        return -1;
    }

    memset(&known, 0, sizeof(known));

    for (i = 0; i < PQntuples(rows); i++) {
        known.id = gig_pg_cell(rows, i, 1);
        known.seat = gig_pg_cell(rows, i, 2);
        known.stages = gig_pg_cell(rows, i, 3);

        if (handler(data, &known) == -1) {
            PQclear(rows);
            return gig_error_set(err, record->where, "the reading was ended");
        }
    }

    if (i > 0) {
        *number = gig_pg_number(rows, i - 1, 0);
    }

    PQclear(rows);

    return 0;
}
