
/* One transaction for the batch: delivery, seats and tombstones. */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "gig_sync_postgres.h"

/* Deadlocks can come from people's own transactions alone; then all is tried again. */
#define GIG_PG_TRIES            5
#define GIG_PG_PAUSE            50      /* ms, at most, before the next try */


/* What became of one delivery: settled, refused by the tables (poison), or the batch fails. */
typedef enum { GIG_ONE_DONE, GIG_ONE_REFUSED, GIG_ONE_FAILED } gig_one_t;


static gig_str_t
gig_text(const char *text)
{
    return (gig_str_t) { text, strlen(text) };
}


/* A text that is empty and not null. */
static gig_str_t
gig_some(gig_str_t text)
{
    return text.len ? text : gig_str("");
}


/*
 * Runs a statement.  A row that the tables refuse (data, a constraint, a size) is that
 * row's own fault; a full disk or a lock is nobody's, and all waits.
 */
static gig_one_t
gig_one_run(gig_sync_record_t *record, gig_pg_sql_t which, const gig_str_t *values,
    gig_error_t *err)
{
    if (gig_pg_run(record, which, values, err) == 0) {
        return GIG_ONE_DONE;
    }

    return strncmp(record->state, "22", 2) == 0 || strncmp(record->state, "23", 2) == 0
           || strncmp(record->state, "54", 2) == 0
           ? GIG_ONE_REFUSED : GIG_ONE_FAILED;
}


/* The delivery table's row of this record; box is kept for states that a person must look at. */
static gig_one_t
gig_delivery_put(gig_sync_record_t *record, const gig_sync_delivery_t *d, const char *seat,
    const char *flags, const char *state, const char *reason, gig_error_t *err)
{
    int        keep, erased;
    char       received[GIG_TIME_SIZE], now[GIG_TIME_SIZE];
    gig_str_t  values[11];

    gig_time_format_ms(d->at_ms, received);
    gig_rows_now(now);

    erased = strcmp(state, "erased") == 0;
    keep = strcmp(state, "parked") == 0 || strcmp(state, "dead") == 0;

    values[0] = gig_some(d->id);
    values[1] = gig_some(d->print);
    values[2] = gig_some(d->gig);
    values[3] = erased ? gig_str("") : gig_some(d->who);
    values[4] = gig_text(seat);
    values[5] = gig_text(flags);
    values[6] = gig_text(state);
    values[7] = gig_text(reason);
    values[8] = gig_text(received);
    values[9] = gig_text(now);
    values[10] = keep && d->box.len ? d->box : gig_null_str;

    return gig_one_run(record, GIG_PG_DELIVERY_PUT, values, err);
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
    int        rc, known;
    gig_str_t  values[2];
    PGresult  *row;

    *seat = "";
    *duplicate = 0;

    if (d->who.len) {
        values[0] = gig_some(d->gig);
        values[1] = d->who;
        row = gig_pg_query(record, GIG_PG_SHARED, values, err);

        if (row == NULL) {
            return GIG_ONE_FAILED;
        }

        *duplicate = PQntuples(row) == 1;
        *seat = *duplicate ? gig_rows_seat(gig_pg_cell(row, 0, 0)) : "";
        PQclear(row);
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

    rc = gig_pg_place(record, gig_some(d->gig), &known, err);

    if (rc == -1) {
        return GIG_ONE_FAILED;
    }

    *seat = rc == 1 ? "confirmed" : "waitlisted";

    return GIG_ONE_DONE;
}


static gig_one_t
gig_application_put(gig_sync_record_t *record, const gig_sync_delivery_t *d, const char *seat,
    const char *flags, gig_error_t *err)
{
    char       received[GIG_TIME_SIZE];
    gig_one_t  rc;
    gig_str_t  values[8];

    gig_time_format_ms(d->at_ms, received);

    values[0] = gig_some(d->id);
    values[1] = gig_some(d->gig);
    values[2] = gig_some(d->rev);
    values[3] = gig_some(d->who);
    values[4] = gig_text(received);
    values[5] = gig_text(seat);
    values[6] = gig_text(flags);
    values[7] = d->plain;

    rc = gig_one_run(record, GIG_PG_APPLICATION_PUT, values, err);

    if (rc != GIG_ONE_DONE) {
        return rc;
    }

    values[1] = gig_text(strcmp(seat, "waitlisted") == 0 ? "waitlisted" : "received");
    values[2] = gig_text(received);

    return gig_one_run(record, GIG_PG_STAGE_PUT, values, err);
}


static gig_one_t
gig_conflict_put(gig_sync_record_t *record, const gig_sync_delivery_t *d, gig_error_t *err)
{
    char       received[GIG_TIME_SIZE];
    gig_str_t  values[4];

    gig_time_format_ms(d->at_ms, received);

    values[0] = gig_some(d->id);
    values[1] = gig_some(d->print);
    values[2] = gig_text(received);
    values[3] = d->plain;

    return gig_one_run(record, GIG_PG_CONFLICT_PUT, values, err);
}


/*
 * 1: this record is in the table and nothing is left to do (d says what it is);
 * 0: it is not, or is parked and may be tried again; -1: err.
 */
static int
gig_settled_before(gig_sync_record_t *record, gig_sync_delivery_t *d, int *conflict,
    gig_error_t *err)
{
    int        parked;
    gig_str_t  values[2];
    PGresult  *row;

    values[0] = gig_some(d->id);
    values[1] = gig_some(d->print);
    row = gig_pg_query(record, GIG_PG_DELIVERY, values, err);

    if (row == NULL) {
        return -1;
    }

    if (PQntuples(row) == 0) {
        PQclear(row);
        *conflict = gig_pg_exists(record, GIG_PG_DELIVERY_OTHER, values, err);
        return *conflict == -1 ? -1 : 0;
    }

    parked = !gig_str_is(gig_pg_cell(row, 0, 0), "delivered");
    *conflict = gig_rows_flag(gig_pg_cell(row, 0, 1), "conflict");
    PQclear(row);

    if (parked) {
        return 0;
    }

    d->result = GIG_SYNC_DELIVERED;
    d->confirmed_seat = "";

    if (*conflict) {
        return 1;
    }

    row = gig_pg_query(record, GIG_PG_APPLICATION, values, err);

    if (row == NULL) {
        return -1;
    }

    if (PQntuples(row) == 1) {
        d->confirmed_seat = gig_rows_seat(gig_pg_cell(row, 0, 0));
    }

    PQclear(row);

    return 1;
}


static gig_one_t
gig_withdraw(gig_sync_record_t *record, gig_sync_delivery_t *d, gig_error_t *err)
{
    int        freed;
    char       gig[GIG_ID_MAX + 1], now[GIG_TIME_SIZE];
    PGresult  *row;
    gig_str_t  name, values[3];
    gig_one_t  one;

    values[0] = gig_some(d->id);
    row = gig_pg_query(record, GIG_PG_APPLICATION, values, err);

    if (row == NULL) {
        return GIG_ONE_FAILED;
    }

    freed = PQntuples(row) == 1;
    name = freed ? gig_pg_cell(row, 0, 1) : d->gig;
    name.len = name.len <= GIG_ID_MAX ? name.len : 0;

    if (name.len) {
        memcpy(gig, name.data, name.len);
    }

    name.data = gig;
    PQclear(row);

    gig_rows_now(now);
    values[1] = name;
    values[2] = gig_text(now);
    one = gig_one_run(record, GIG_PG_TOMBSTONE_PUT, values, err);

    if (one == GIG_ONE_DONE) {
        one = gig_one_run(record, GIG_PG_CONFLICT_DELETE, values, err);
    }

    if (one == GIG_ONE_DONE) {
        one = gig_one_run(record, GIG_PG_APPLICATION_DELETE, values, err);
    }

    if (one == GIG_ONE_DONE) {
        values[1] = values[2];
        one = gig_one_run(record, GIG_PG_DELIVERY_ERASE, values, err);
    }

    if (one != GIG_ONE_DONE) {
        return one;
    }

    /*
     * Whether a seat is free now the counts say: another application of the same
     * applicant may hold it still.
     */
    if (freed && gig_pg_promote_one(record, name, err) == -1) {
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
    gig_str_t    id;
    gig_one_t    one;
    const char  *seat, *why;

    id = gig_some(d->id);
    rc = gig_pg_exists(record, GIG_PG_TOMBSTONE, &id, err);

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

    if (gig_pg_do(record, "SAVEPOINT one", err) == -1) {
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
        if (gig_pg_do(record, "ROLLBACK TO one", err) == -1) {
            return GIG_ONE_FAILED;
        }

        one = gig_park(record, d, "", "the database refuses it", err);
    }

    if (one != GIG_ONE_DONE) {
        return GIG_ONE_FAILED;
    }

    return gig_pg_do(record, "RELEASE one", err) == 0 ? GIG_ONE_DONE : GIG_ONE_FAILED;
}


static void
gig_deliver_pending(gig_sync_delivery_t *deliveries, size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        deliveries[i].result = GIG_SYNC_PENDING;
        deliveries[i].confirmed_seat = "";
    }
}


static int
gig_deliver_all(gig_sync_record_t *record, gig_sync_delivery_t *deliveries, size_t n,
    gig_error_t *err)
{
    size_t  i;

    gig_deliver_pending(deliveries, n);

    if (gig_pg_do(record, "BEGIN ISOLATION LEVEL READ COMMITTED", err) == -1
        || gig_pg_lock(record, deliveries, n, err) == -1)
    {
        return -1;
    }

    for (i = 0; i < n; i++) {
        if (gig_deliver_one(record, &deliveries[i], err) != GIG_ONE_DONE) {
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

        gig_deliver_pending(deliveries, n);
        again = gig_pg_again(record);

        if (gig_pg_do(record, "ROLLBACK", NULL) == -1 || !again || tries == GIG_PG_TRIES) {
            return -1;
        }

        pause.tv_nsec = (long) randombytes_uniform(GIG_PG_PAUSE) * 1000000;
        (void) nanosleep(&pause, NULL);
    }
}
