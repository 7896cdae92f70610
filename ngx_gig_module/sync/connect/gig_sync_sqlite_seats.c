
/* Seats: the system of record confirms them, counts them, and gives what is freed to who waits. */

#include <string.h>

#include "gig_sync_rows.h"
#include "gig_sync_sqlite.h"


int
gig_sqlite_cap(gig_sync_record_t *record, gig_str_t gig, int64_t *cap, gig_error_t *err)
{
    int            rc;
    sqlite3_stmt  *row;

    row = gig_sql(record, GIG_SQL_CAP, err);

    if (row == NULL) {
        return -1;
    }

    gig_sql_text(row, 1, gig);
    rc = gig_sql_row(record, row, err);

    if (rc == 1) {
        *cap = sqlite3_column_type(row, 0) == SQLITE_NULL ? GIG_NO_CAP
                                                          : sqlite3_column_int64(row, 0);
        gig_sql_done(row);

    } else {
        *cap = GIG_UNKNOWN_GIG;
    }

    return rc == -1 ? -1 : 0;
}


int
gig_sqlite_confirmed(gig_sync_record_t *record, gig_str_t gig, int64_t *confirmed, gig_error_t *err)
{
    sqlite3_stmt  *row;

    row = gig_sql(record, GIG_SQL_CONFIRMED, err);

    if (row == NULL) {
        return -1;
    }

    gig_sql_text(row, 1, gig);

    if (gig_sql_row(record, row, err) != 1) {
        return -1;
    }

    *confirmed = sqlite3_column_int64(row, 0);
    gig_sql_done(row);

    return 0;
}


int
gig_sync_sqlite_seats(gig_sync_record_t *record,
    int (*handler)(void *data, const gig_sync_seats_t *), void *data, gig_error_t *err)
{
    return gig_sqlite_seats(record, GIG_SQL_SEATS, handler, data, err);
}


int
gig_sqlite_seats(gig_sync_record_t *record, gig_sql_t which,
    int (*handler)(void *data, const gig_sync_seats_t *), void *data, gig_error_t *err)
{
    int                rc;
    gig_str_t          gig;
    sqlite3_stmt      *rows;
    gig_sync_seats_t   seats;

    rows = gig_sql(record, which, err);

    if (rows == NULL) {
        return -1;
    }

    while ((rc = sqlite3_step(rows)) == SQLITE_ROW) {
        gig = gig_sql_column(rows, 0);

        if (!gig_id_valid(gig)) {
            continue;
        }

        memcpy(seats.gig, gig.data, gig.len);
        seats.gig[gig.len] = '\0';
        seats.confirmed = sqlite3_column_int64(rows, 1);
        seats.waiting = sqlite3_column_int64(rows, 2);

        if (handler(data, &seats) == -1) {
            gig_error_set(err, record->path, "the reading was ended");
            break;
        }
    }

    return gig_sql_end(record, rows, rc, err);
}


int
gig_sqlite_promote_one(gig_sync_record_t *record, gig_str_t gig, gig_error_t *err)
{
    int                     rc;
    char                    applicant[128], now[GIG_TIME_SIZE];
    size_t                  i;
    int64_t                 cap, confirmed;
    gig_str_t               who;
    sqlite3_stmt           *row;
    static const gig_sql_t  steps[] = {
        GIG_SQL_PROMOTE_STAGE, GIG_SQL_PROMOTE_DELIVERY, GIG_SQL_PROMOTE
    };

    if (gig_sqlite_cap(record, gig, &cap, err) == -1
        || gig_sqlite_confirmed(record, gig, &confirmed, err) == -1)
    {
        return -1;
    }

    if (cap == GIG_UNKNOWN_GIG || (cap >= 0 && confirmed >= cap)) {
        return 0;
    }

    row = gig_sql(record, GIG_SQL_FIRST_WAITING, err);

    if (row == NULL) {
        return -1;
    }

    gig_sql_text(row, 1, gig);
    rc = gig_sql_row(record, row, err);

    if (rc != 1) {
        return rc;
    }

    who = gig_sql_column(row, 0);

    if (who.len >= sizeof(applicant)) {
        gig_sql_done(row);
        return gig_error_set(err, record->path, "an applicant hash of %zu bytes", who.len);
    }

    memcpy(applicant, who.data, who.len);
    who.data = applicant;
    gig_sql_done(row);
    gig_rows_now(now);

    for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        row = gig_sql(record, steps[i], err);

        if (row == NULL) {
            return -1;
        }

        gig_sql_text(row, 1, gig);
        gig_sql_text(row, 2, who);

        if (steps[i] == GIG_SQL_PROMOTE_STAGE) {
            gig_sql_text(row, 3, (gig_str_t) { now, strlen(now) });
        }

        if (gig_sql_run(record, row, err) == -1) {
            return -1;
        }
    }

    return 1;
}


int
gig_sync_sqlite_promote(gig_sync_record_t *record, gig_error_t *err)
{
    int            rc, promoted;
    char           gig[GIG_ID_MAX + 1];
    gig_str_t      name;
    sqlite3_stmt  *row;

    /* Asked every second, nearly always in vain: look before taking the lock. */
    rc = gig_sql_exists(record, GIG_SQL_WAITS, gig_null_str, gig_null_str, err);

    if (rc != 1) {
        return rc;
    }

    if (gig_sql_simple(record, GIG_SQL_BEGIN, err) == -1) {
        return -1;
    }

    name = (gig_str_t) { gig, 0 };
    promoted = 0;

    for ( ;; ) {
        row = gig_sql(record, GIG_SQL_WAITING_GIGS, err);

        if (row == NULL) {
            goto failed;
        }

        gig_sql_text(row, 1, name);
        rc = gig_sql_row(record, row, err);

        if (rc == -1) {
            goto failed;
        }

        if (rc == 0) {
            break;
        }

        name = gig_sql_column(row, 0);

        if (name.len > GIG_ID_MAX) {
            gig_sql_done(row);
            gig_error_set(err, record->path, "a gig's id of %zu bytes", name.len);
            goto failed;
        }

        memcpy(gig, name.data, name.len);
        name.data = gig;
        gig_sql_done(row);

        while ((rc = gig_sqlite_promote_one(record, name, err)) == 1) {
            promoted++;
        }

        if (rc == -1) {
            goto failed;
        }
    }

    if (gig_sql_simple(record, GIG_SQL_COMMIT, err) == -1) {
        goto failed;
    }

    return promoted;

failed:

    (void) gig_sql_simple(record, GIG_SQL_ROLLBACK, NULL);

    return -1;
}
