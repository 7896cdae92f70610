
#include <stdio.h>
#include <string.h>

#include "gig_sync_rows.h"
#include "gig_sync_sqlite.h"


/* What became of one delivery: settled, refused by the tables (poison), or the batch fails. */
typedef enum { GIG_ONE_DONE, GIG_ONE_REFUSED, GIG_ONE_FAILED } gig_one_t;


static gig_str_t
gig_text(const char *text)
{
    return (gig_str_t) { text, strlen(text) };
}


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


/*
 * Runs a bound statement.  A row that the tables refuse (a constraint, a size)
 * is that row's own fault; a full disk or a lock is nobody's, and all waits.
 */
static gig_one_t
gig_one_run(gig_sync_record_t *record, sqlite3_stmt *statement, gig_error_t *err)
{
    int  rc;

    if (gig_sql_run(record, statement, err) == 0) {
        return GIG_ONE_DONE;
    }

    rc = sqlite3_errcode(record->db) & 0xff;

    return (rc == SQLITE_CONSTRAINT || rc == SQLITE_TOOBIG || rc == SQLITE_MISMATCH)
           ? GIG_ONE_REFUSED : GIG_ONE_FAILED;
}


/* The delivery table's row of this record; box is kept for states that a person must look at. */
static gig_one_t
gig_delivery_put(gig_sync_record_t *record, const gig_sync_delivery_t *d, const char *seat,
    const char *flags, const char *state, const char *reason, gig_error_t *err)
{
    int            keep, erased;
    char           received[GIG_TIME_SIZE], now[GIG_TIME_SIZE];
    sqlite3_stmt  *put;

    put = gig_sql(record, GIG_SQL_DELIVERY_PUT, err);

    if (put == NULL) {
        return GIG_ONE_FAILED;
    }

    gig_time_format_ms(d->at_ms, received);
    gig_rows_now(now);

    erased = strcmp(state, "erased") == 0;
    keep = strcmp(state, "parked") == 0 || strcmp(state, "dead") == 0;

    gig_sql_text(put, 1, d->id);
    gig_sql_text(put, 2, d->print);
    gig_sql_text(put, 3, d->gig);
    gig_sql_text(put, 4, erased ? gig_null_str : d->who);
    gig_sql_text(put, 5, gig_text(seat));
    gig_sql_text(put, 6, gig_text(flags));
    gig_sql_text(put, 7, gig_text(state));
    gig_sql_text(put, 8, gig_text(reason));
    gig_sql_text(put, 9, gig_text(received));
    gig_sql_text(put, 10, gig_text(now));

    if (keep && d->box.len) {
        (void) sqlite3_bind_blob64(put, 11, d->box.data, d->box.len, SQLITE_STATIC);
    }

    return gig_one_run(record, put, err);
}


static gig_one_t
gig_park(gig_sync_record_t *record, gig_sync_delivery_t *d, const char *flags, const char *reason,
    gig_error_t *err)
{
    gig_one_t  rc;

    /* A reason the caller found when it tried to open the box says more. */
    if (d->reason[0] == '\0') {
        snprintf(d->reason, sizeof(d->reason), "%s", reason);
    }

    rc = gig_delivery_put(record, d, "", flags, "parked", d->reason, err);

    if (rc == GIG_ONE_DONE) {
        d->result = GIG_SYNC_PARKED;
        d->confirmed_seat = "";
    }

    return rc;
}


/*
 * The seat of a first or further application.  All of an applicant's share one seat; what Redis
 * let in as waitlisted, over or late stays so; the cap decides about the rest.
 */
static gig_one_t
gig_seat(gig_sync_record_t *record, const gig_sync_delivery_t *d, const char **seat,
    int *duplicate, gig_error_t *err)
{
    int            rc;
    int64_t        cap, confirmed;
    sqlite3_stmt  *row;

    *seat = "";
    *duplicate = 0;

    row = gig_sql(record, GIG_SQL_SHARED, err);

    if (row == NULL) {
        return GIG_ONE_FAILED;
    }

    gig_sql_text(row, 1, d->gig);
    gig_sql_text(row, 2, d->who);
    rc = d->who.len ? gig_sql_row(record, row, err) : 0;

    if (rc == -1) {
        return GIG_ONE_FAILED;
    }

    if (rc == 1) {
        *duplicate = 1;
        *seat = gig_rows_seat(gig_sql_column(row, 0));
        gig_sql_done(row);
    }

    /* A mere label gives no seat, and takes none from the applicant's others. */
    if (gig_str_is(d->seat, "over") || gig_str_is(d->seat, "late")) {
        *seat = gig_rows_seat(d->seat);
        return GIG_ONE_DONE;
    }

    /* One seat for all of an applicant's. */
    if (strcmp(*seat, "confirmed") == 0 || strcmp(*seat, "waitlisted") == 0) {
        return GIG_ONE_DONE;
    }

    if (gig_str_is(d->seat, "waitlisted")) {
        *seat = "waitlisted";
        return GIG_ONE_DONE;
    }

    if (gig_sqlite_cap(record, d->gig, &cap, err) == -1
        || gig_sqlite_confirmed(record, d->gig, &confirmed, err) == -1)
    {
        return GIG_ONE_FAILED;
    }

    *seat = (cap < 0 || confirmed < cap) ? "confirmed" : "waitlisted";

    return GIG_ONE_DONE;
}


static gig_one_t
gig_application_put(gig_sync_record_t *record, const gig_sync_delivery_t *d, const char *seat,
    const char *flags, gig_error_t *err)
{
    char           received[GIG_TIME_SIZE];
    gig_one_t      rc;
    sqlite3_stmt  *put;

    put = gig_sql(record, GIG_SQL_APPLICATION_PUT, err);

    if (put == NULL) {
        return GIG_ONE_FAILED;
    }

    gig_time_format_ms(d->at_ms, received);

    gig_sql_text(put, 1, d->id);
    gig_sql_text(put, 2, d->gig);
    gig_sql_text(put, 3, d->rev);
    gig_sql_text(put, 4, d->who);
    gig_sql_text(put, 5, gig_text(received));
    gig_sql_text(put, 6, gig_text(seat));
    gig_sql_text(put, 7, gig_text(flags));
    gig_sql_text(put, 8, d->plain);

    rc = gig_one_run(record, put, err);

    if (rc != GIG_ONE_DONE) {
        return rc;
    }

    put = gig_sql(record, GIG_SQL_STAGE_PUT, err);

    if (put == NULL) {
        return GIG_ONE_FAILED;
    }

    gig_sql_text(put, 1, d->id);
    gig_sql_text(put, 2, gig_text(strcmp(seat, "waitlisted") == 0 ? "waitlisted" : "received"));
    gig_sql_text(put, 3, gig_text(received));

    return gig_one_run(record, put, err);
}


static gig_one_t
gig_conflict_put(gig_sync_record_t *record, const gig_sync_delivery_t *d, gig_error_t *err)
{
    char           received[GIG_TIME_SIZE];
    sqlite3_stmt  *put;

    put = gig_sql(record, GIG_SQL_CONFLICT_PUT, err);

    if (put == NULL) {
        return GIG_ONE_FAILED;
    }

    gig_time_format_ms(d->at_ms, received);

    gig_sql_text(put, 1, d->id);
    gig_sql_text(put, 2, d->print);
    gig_sql_text(put, 3, gig_text(received));
    gig_sql_text(put, 4, d->plain);

    return gig_one_run(record, put, err);
}


/*
 * 1: this record is in the table and nothing is left to do (d says what it is);
 * 0: it is not, or is parked and may be tried again; -1: err.
 */
static int
gig_settled_before(gig_sync_record_t *record, gig_sync_delivery_t *d, int *conflict,
    gig_error_t *err)
{
    int            rc, parked;
    sqlite3_stmt  *row;

    row = gig_sql(record, GIG_SQL_DELIVERY, err);

    if (row == NULL) {
        return -1;
    }

    gig_sql_text(row, 1, d->id);
    gig_sql_text(row, 2, d->print);
    rc = gig_sql_row(record, row, err);

    if (rc == -1) {
        return -1;
    }

    if (rc == 0) {
        *conflict = gig_sql_exists(record, GIG_SQL_DELIVERY_OTHER, d->id, d->print, err);
        return *conflict == -1 ? -1 : 0;
    }

    parked = !gig_str_is(gig_sql_column(row, 0), "delivered");
    *conflict = gig_rows_flag(gig_sql_column(row, 1), "conflict");
    gig_sql_done(row);

    if (parked) {
        return 0;
    }

    d->result = GIG_SYNC_DELIVERED;
    d->confirmed_seat = "";

    if (*conflict) {
        return 1;
    }

    row = gig_sql(record, GIG_SQL_APPLICATION, err);

    if (row == NULL) {
        return -1;
    }

    gig_sql_text(row, 1, d->id);
    rc = gig_sql_row(record, row, err);

    if (rc == 1) {
        d->confirmed_seat = gig_rows_seat(gig_sql_column(row, 0));
        gig_sql_done(row);
    }

    return rc == -1 ? -1 : 1;
}


static gig_one_t
gig_withdraw(gig_sync_record_t *record, gig_sync_delivery_t *d, gig_error_t *err)
{
    int                     rc, freed;
    char                    gig[GIG_ID_MAX + 1], now[GIG_TIME_SIZE];
    size_t                  i;
    gig_str_t               name;
    gig_one_t               one;
    sqlite3_stmt           *row;
    static const gig_sql_t  erase[] = {
        GIG_SQL_CONFLICT_DELETE, GIG_SQL_APPLICATION_DELETE, GIG_SQL_DELIVERY_ERASE
    };

    row = gig_sql(record, GIG_SQL_APPLICATION, err);

    if (row == NULL) {
        return GIG_ONE_FAILED;
    }

    gig_sql_text(row, 1, d->id);
    rc = gig_sql_row(record, row, err);

    if (rc == -1) {
        return GIG_ONE_FAILED;
    }

    name = d->gig;
    freed = (rc == 1);

    if (rc == 1) {
        name = gig_sql_column(row, 1);
    }

    name.len = name.len <= GIG_ID_MAX ? name.len : 0;

    if (name.len) {
        memcpy(gig, name.data, name.len);
    }

    name.data = gig;

    if (rc == 1) {
        gig_sql_done(row);
    }

    gig_rows_now(now);
    row = gig_sql(record, GIG_SQL_TOMBSTONE_PUT, err);

    if (row == NULL) {
        return GIG_ONE_FAILED;
    }

    gig_sql_text(row, 1, d->id);
    gig_sql_text(row, 2, name);
    gig_sql_text(row, 3, gig_text(now));
    one = gig_one_run(record, row, err);

    for (i = 0; one == GIG_ONE_DONE && i < sizeof(erase) / sizeof(erase[0]); i++) {
        row = gig_sql(record, erase[i], err);

        if (row == NULL) {
            return GIG_ONE_FAILED;
        }

        gig_sql_text(row, 1, d->id);

        if (erase[i] == GIG_SQL_DELIVERY_ERASE) {
            gig_sql_text(row, 2, gig_text(now));
        }

        one = gig_one_run(record, row, err);
    }

    if (one != GIG_ONE_DONE) {
        return one;
    }

    /*
     * Whether a seat is free now the counts say: another application of the same
     * applicant may hold it still.
     */
    if (freed && gig_sqlite_promote_one(record, name, err) == -1) {
        return GIG_ONE_FAILED;
    }

    d->result = GIG_SYNC_ERASED;
    d->confirmed_seat = "";

    return GIG_ONE_DONE;
}


static gig_one_t
gig_apply(gig_sync_record_t *record, gig_sync_delivery_t *d, gig_error_t *err)
{
    int          rc, conflict, duplicate;
    char         flags[GIG_FLAGS_MAX], kept[GIG_FLAGS_MAX];
    json_t      *root;
    gig_one_t    one;
    const char  *seat, *why;

    rc = gig_sql_exists(record, GIG_SQL_TOMBSTONE, d->id, gig_null_str, err);

    if (rc == -1) {
        return GIG_ONE_FAILED;
    }

    /*
     * The judge knows of a withdrawal whose own record comes later, or was lost with a
     * system of record that was restored: nothing comes back in between.
     */
    if (rc == 0 && gig_rows_flag(d->flags, "withdrawn")) {
        one = gig_withdraw(record, d, err);

        if (one != GIG_ONE_DONE) {
            return one;
        }

        rc = 1;
    }

    if (rc == 1) {
        d->result = GIG_SYNC_ERASED;
        d->confirmed_seat = "";
        return gig_delivery_put(record, d, "", "", "erased", "", err);
    }

    rc = gig_settled_before(record, d, &conflict, err);

    if (rc != 0) {
        return rc == 1 ? GIG_ONE_DONE : GIG_ONE_FAILED;
    }

    /* The first row of an id is the application, whatever the judge saw first. */
    gig_rows_flags(d->flags, "conflict", conflict, flags);
    root = gig_rows_plain(d, &why);

    if (root == NULL) {
        return gig_park(record, d, flags, why, err);
    }

    json_decref(root);
    seat = "";

    if (!conflict) {
        one = gig_seat(record, d, &seat, &duplicate, err);

        if (one != GIG_ONE_DONE) {
            return one;
        }

        if (duplicate) {
            snprintf(kept, sizeof(kept), "%s", flags);
            gig_rows_flags(gig_text(kept), "duplicate", 1, flags);
        }
    }

    one = gig_delivery_put(record, d, seat, flags, "delivered", "", err);

    if (one == GIG_ONE_DONE) {
        one = conflict ? gig_conflict_put(record, d, err)
                       : gig_application_put(record, d, seat, flags, err);
    }

    d->result = GIG_SYNC_DELIVERED;
    d->confirmed_seat = seat;

    return one;
}


/* One delivery in a savepoint: poison is parked, and the rest of the batch goes on. */
static gig_one_t
gig_deliver_one(gig_sync_record_t *record, gig_sync_delivery_t *d, gig_error_t *err)
{
    gig_one_t  one;

    if (gig_sql_simple(record, GIG_SQL_SAVE, err) == -1) {
        return GIG_ONE_FAILED;
    }

    if (gig_str_is(d->op, "withdraw")) {
        one = gig_withdraw(record, d, err);

    } else if (gig_str_is(d->op, "apply")) {
        one = gig_apply(record, d, err);

    } else {
        one = gig_park(record, d, "", "neither apply nor withdraw", err);
    }

    if (one == GIG_ONE_REFUSED) {
        if (gig_sql_simple(record, GIG_SQL_BACK, err) == -1) {
            return GIG_ONE_FAILED;
        }

        one = gig_park(record, d, "", "the database refuses it", err);
    }

    if (one != GIG_ONE_DONE) {
        return GIG_ONE_FAILED;
    }

    return gig_sql_simple(record, GIG_SQL_RELEASE, err) == 0 ? GIG_ONE_DONE : GIG_ONE_FAILED;
}


int
gig_sync_sqlite_deliver(gig_sync_record_t *record, gig_sync_delivery_t *deliveries, size_t n,
    gig_error_t *err)
{
    int     erased;
    size_t  i;

    for (i = 0; i < n; i++) {
        deliveries[i].result = GIG_SYNC_PENDING;
        deliveries[i].confirmed_seat = "";
    }

    /* The lock first: what is read after it stays true until the commit. */
    if (gig_sql_simple(record, GIG_SQL_BEGIN, err) == -1) {
        return -1;
    }

    erased = 0;

    for (i = 0; i < n; i++) {
        if (gig_deliver_one(record, &deliveries[i], err) != GIG_ONE_DONE) {
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

    for (i = 0; i < n; i++) {
        deliveries[i].result = GIG_SYNC_PENDING;
        deliveries[i].confirmed_seat = "";
    }

    return -1;
}
