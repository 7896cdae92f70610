
/* Seats: the system of record confirms them, counts them, and gives what is freed to who waits. */

#include <stdlib.h>
#include <string.h>

#include "gig_sync_postgres.h"


int
gig_pg_place(gig_sync_record_t *record, gig_str_t gig, int *known, gig_error_t *err)
{
    int        free_places;
    int64_t    cap, confirmed;
    PGresult  *row;

    row = gig_pg_query(record, GIG_PG_CAP, &gig, err);

    if (row == NULL) {
        return -1;
    }

    *known = PQntuples(row) == 1;
    free_places = !*known || PQgetisnull(row, 0, 0);
    cap = free_places ? 0 : gig_pg_number(row, 0, 0);
    PQclear(row);

    if (free_places || cap < 0) {
        return 1;
    }

    row = gig_pg_query(record, GIG_PG_CONFIRMED, &gig, err);

    if (row == NULL) {
        return -1;
    }

    confirmed = gig_pg_number(row, 0, 0);
    PQclear(row);

    return confirmed < cap;
}


int
gig_sync_postgres_seats(gig_sync_record_t *record,
    int (*handler)(void *data, const gig_sync_seats_t *), void *data, gig_error_t *err)
{
    int                i, rc;
    gig_str_t          gig;
    PGresult          *rows;
    gig_sync_seats_t   seats;

    rows = gig_pg_query(record, GIG_PG_SEATS, NULL, err);

    if (rows == NULL) {
        return -1;
    }

    rc = 0;

    for (i = 0; rc == 0 && i < PQntuples(rows); i++) {
        gig = gig_pg_cell(rows, i, 0);

        if (!gig_id_valid(gig)) {
            continue;
        }

        memcpy(seats.gig, gig.data, gig.len);
        seats.gig[gig.len] = '\0';
        seats.confirmed = gig_pg_number(rows, i, 1);
        seats.waiting = gig_pg_number(rows, i, 2);

        if (handler(data, &seats) == -1) {
            rc = gig_error_set(err, record->where, "the reading was ended");
        }
    }

    PQclear(rows);

    return rc;
}


int
gig_pg_promote_one(gig_sync_record_t *record, gig_str_t gig, gig_error_t *err)
{
    int        rc, known;
    char       now[GIG_TIME_SIZE];
    gig_str_t  values[3];
    PGresult  *first;

    rc = gig_pg_place(record, gig, &known, err);

    if (rc != 1 || !known) {
        return rc == -1 ? -1 : 0;
    }

    first = gig_pg_query(record, GIG_PG_FIRST_WAITING, &gig, err);

    if (first == NULL) {
        return -1;
    }

    if (PQntuples(first) == 0) {
        PQclear(first);
        return 0;
    }

    gig_rows_now(now);
    values[0] = gig;
    values[1] = gig_pg_cell(first, 0, 0);
    values[2] = (gig_str_t) { now, strlen(now) };

    rc = gig_pg_run(record, GIG_PG_PROMOTE_STAGE, values, err) == 0
         && gig_pg_run(record, GIG_PG_PROMOTE_DELIVERY, values, err) == 0
         && gig_pg_run(record, GIG_PG_PROMOTE, values, err) == 0 ? 1 : -1;

    PQclear(first);

    return rc;
}


/* All the places of one gig, in a transaction: how many, or -1. */
static int
gig_pg_promote_gig(gig_sync_record_t *record, gig_str_t gig, gig_error_t *err)
{
    int  rc, promoted;

    if (gig_pg_do(record, "BEGIN", err) == -1) {
        return -1;
    }

    promoted = 0;
    rc = gig_pg_lock_gig(record, gig, err);

    while (rc == 0) {
        rc = gig_pg_promote_one(record, gig, err);

        if (rc != 1) {
            break;
        }

        promoted++;
        rc = 0;
    }

    if (rc == 0 && gig_pg_commit(record, err) == 0) {
        return promoted;
    }

    (void) gig_pg_do(record, "ROLLBACK", NULL);

    return -1;
}


int
gig_sync_postgres_promote(gig_sync_record_t *record, gig_error_t *err)
{
    int        rc, known, promoted;
    char       name[GIG_ID_MAX + 1];
    gig_str_t  gig;
    PGresult  *row;

    gig = gig_str("");
    promoted = 0;

    /* Asked every second, nearly always in vain: each gig is looked at before it is locked. */
    for ( ;; ) {
        row = gig_pg_query(record, GIG_PG_WAITING_GIGS, &gig, err);

        if (row == NULL) {
            return -1;
        }

        if (PQntuples(row) == 0) {
            PQclear(row);
            return promoted;
        }

        gig = gig_pg_cell(row, 0, 0);

        if (gig.len > GIG_ID_MAX) {
            PQclear(row);
            return gig_error_set(err, record->where, "a gig's id of %zu bytes", gig.len);
        }

        memcpy(name, gig.data, gig.len);
        gig.data = name;
        PQclear(row);

        rc = gig_pg_place(record, gig, &known, err);

        if (rc == 1 && known) {
            rc = gig_pg_promote_gig(record, gig, err);
            promoted += rc > 0 ? rc : 0;
        }

        if (rc == -1) {
            return -1;
        }
    }
}
