#include <stdio.h>
#include <string.h>

#include "gig_sync_sink.h"


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


/* The delivery table's row of this record; box is kept for states that a person must look at. */
static gig_one_t
gig_delivery_put(const gig_sink_t *sink, gig_sync_record_t *record, const gig_sync_delivery_t *d,
    const char *seat, const char *flags, const char *state, const char *reason, gig_error_t *err)
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

    return sink->run(record, GIG_SINK_DELIVERY_PUT, values, 11, err);
}


static gig_one_t
gig_park(const gig_sink_t *sink, gig_sync_record_t *record, gig_sync_delivery_t *d,
    const char *flags, const char *reason, gig_error_t *err)
{
    gig_one_t  rc;

    /* A reason the caller found when it tried to open the box says more. */
    if (d->reason[0] == '\0') {
        snprintf(d->reason, sizeof(d->reason), "%s", reason);
    }

    /* With the judge's label, for the day it is delivered after all. */
    rc = gig_delivery_put(sink, record, d, gig_rows_seat(d->seat), flags,
                          d->given_up ? "dead" : "parked", d->reason, err);

    if (rc == GIG_ONE_DONE) {
        d->result = d->given_up ? GIG_SYNC_DEAD : GIG_SYNC_PARKED;
        d->confirmed_seat = "";
    }

    return rc;
}


/*
 * The seat of a first or further application.  All of an applicant's share one seat; what Redis
 * let in as waitlisted, over or late stays so; the cap decides about the rest.
 */
static gig_one_t
gig_seat(const gig_sink_t *sink, gig_sync_record_t *record, const gig_sync_delivery_t *d,
    const char **seat, int *duplicate, gig_error_t *err)
{
    int        rc;
    char       cells[GIG_SINK_COLUMNS][GIG_SINK_CELL];
    gig_str_t  values[2];

    *seat = "";
    *duplicate = 0;

    if (d->who.len) {
        values[0] = gig_some(d->gig);
        values[1] = d->who;
        rc = sink->row(record, GIG_SINK_SHARED, values, 2, cells, err);

        if (rc == -1) {
            return GIG_ONE_FAILED;
        }

        *duplicate = rc;
        *seat = rc ? gig_rows_seat(gig_text(cells[0])) : "";
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

    rc = sink->place(record, gig_some(d->gig), err);

    if (rc == -1) {
        return GIG_ONE_FAILED;
    }

    *seat = rc == 1 ? "confirmed" : "waitlisted";

    return GIG_ONE_DONE;
}


static gig_one_t
gig_application_put(const gig_sink_t *sink, gig_sync_record_t *record,
    const gig_sync_delivery_t *d, const char *seat, const char *flags, gig_error_t *err)
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

    rc = sink->run(record, GIG_SINK_APPLICATION_PUT, values, 8, err);

    if (rc != GIG_ONE_DONE) {
        return rc;
    }

    values[1] = gig_text(strcmp(seat, "waitlisted") == 0 ? "waitlisted" : "received");
    values[2] = gig_text(received);

    return sink->run(record, GIG_SINK_STAGE_PUT, values, 3, err);
}


static gig_one_t
gig_conflict_put(const gig_sink_t *sink, gig_sync_record_t *record, const gig_sync_delivery_t *d,
    gig_error_t *err)
{
    char       received[GIG_TIME_SIZE];
    gig_str_t  values[4];

    gig_time_format_ms(d->at_ms, received);

    values[0] = gig_some(d->id);
    values[1] = gig_some(d->print);
    values[2] = gig_text(received);
    values[3] = d->plain;

    return sink->run(record, GIG_SINK_CONFLICT_PUT, values, 4, err);
}


/* Its files, of which each is what the application says of it: gig_files_whole() has looked. */
static gig_one_t
gig_files_put(const gig_sink_t *sink, gig_sync_record_t *record, const gig_sync_delivery_t *d,
    const json_t *application, gig_error_t *err)
{
    char                    size[24];
    size_t                  number, at;
    gig_str_t               values[8];
    gig_one_t               one;
    gig_application_file_t  file;

    number = 0;
    at = 0;

    while (gig_application_file(application, d->files, &number, &at, &file) == 1) {
        (void) snprintf(size, sizeof(size), "%zu", file.bytes.len);

        values[0] = gig_some(d->id);
        values[1] = gig_some(d->print);
        values[2] = file.field;
        values[3] = file.name;
        values[4] = file.media_type;
        values[5] = gig_text(size);
        values[6] = file.sha256;
        values[7] = file.bytes;

        one = sink->run(record, GIG_SINK_FILE_PUT, values, 8, err);

        if (one != GIG_ONE_DONE) {
            return one;
        }
    }

    return GIG_ONE_DONE;
}


static int
gig_files_whole(const json_t *application, gig_str_t files)
{
    int                     rc;
    size_t                  number, at;
    gig_application_file_t  file;

    number = 0;
    at = 0;

    do {
        rc = gig_application_file(application, files, &number, &at, &file);
    } while (rc == 1);

    return rc == 0;
}


json_t *
gig_sink_plain(const gig_sync_delivery_t *d, const char **why)
{
    json_t  *root;

    root = gig_rows_plain(d, why);

    if (root != NULL && !gig_files_whole(root, d->files)) {
        json_decref(root);
        root = NULL;
        *why = "the files in the box are not those of the application";
    }

    return root;
}


/*
 * 1: this record is in the table and nothing is left to do (d says what it is);
 * 0: it is not, or is parked (dead, if a person asks) and may be tried again; -1: err.
 */
static int
gig_settled_before(const gig_sink_t *sink, gig_sync_record_t *record, gig_sync_delivery_t *d,
    int *conflict, gig_error_t *err)
{
    int        rc;
    char       cells[GIG_SINK_COLUMNS][GIG_SINK_CELL];
    gig_str_t  values[2];

    values[0] = gig_some(d->id);
    values[1] = gig_some(d->print);
    rc = sink->row(record, GIG_SINK_DELIVERY, values, 2, cells, err);

    if (rc == -1) {
        return -1;
    }

    if (rc == 0) {
        *conflict = sink->row(record, GIG_SINK_DELIVERY_OTHER, values, 2, cells, err);
        return *conflict == -1 ? -1 : 0;
    }

    *conflict = gig_rows_flag(gig_text(cells[1]), "conflict");

    /* Given up, or dropped by a person: a copy that comes again changes nothing. */
    if (strcmp(cells[0], "dead") == 0 && !d->again) {
        d->result = GIG_SYNC_DEAD;
        d->reason[0] = '\0';
        return 1;
    }

    if (strcmp(cells[0], "delivered") != 0) {
        return 0;
    }

    d->result = GIG_SYNC_DELIVERED;
    d->confirmed_seat = "";

    if (*conflict) {
        return 1;
    }

    rc = sink->row(record, GIG_SINK_APPLICATION, values, 1, cells, err);

    if (rc == 1) {
        d->confirmed_seat = gig_rows_seat(gig_text(cells[0]));
    }

    return rc == -1 ? -1 : 1;
}


gig_one_t
gig_sink_withdraw(const gig_sink_t *sink, gig_sync_record_t *record, gig_sync_delivery_t *d,
    gig_error_t *err)
{
    int        freed;
    char       cells[GIG_SINK_COLUMNS][GIG_SINK_CELL], now[GIG_TIME_SIZE];
    gig_str_t  name, values[3];
    gig_one_t  one;

    values[0] = gig_some(d->id);
    freed = sink->row(record, GIG_SINK_APPLICATION, values, 1, cells, err);

    if (freed == -1) {
        return GIG_ONE_FAILED;
    }

    name = freed ? gig_text(cells[1]) : gig_some(d->gig);
    name.len = name.len <= GIG_ID_MAX ? name.len : 0;

    gig_rows_now(now);
    values[1] = name;
    values[2] = gig_text(now);
    one = sink->run(record, GIG_SINK_TOMBSTONE_PUT, values, 3, err);

    if (one == GIG_ONE_DONE) {
        one = sink->run(record, GIG_SINK_FILE_DELETE, values, 1, err);
    }

    if (one == GIG_ONE_DONE) {
        one = sink->run(record, GIG_SINK_CONFLICT_DELETE, values, 1, err);
    }

    if (one == GIG_ONE_DONE) {
        one = sink->run(record, GIG_SINK_APPLICATION_DELETE, values, 1, err);
    }

    if (one == GIG_ONE_DONE) {
        values[1] = values[2];
        one = sink->run(record, GIG_SINK_DELIVERY_ERASE, values, 2, err);
    }

    if (one != GIG_ONE_DONE) {
        return one;
    }

    /*
     * Whether a seat is free now the counts say: another application of the same
     * applicant may hold it still.
     */
    if (freed && sink->promote(record, name, err) == -1) {
        return GIG_ONE_FAILED;
    }

    d->result = GIG_SYNC_ERASED;
    d->confirmed_seat = "";

    return GIG_ONE_DONE;
}


static gig_one_t
gig_apply(const gig_sink_t *sink, gig_sync_record_t *record, gig_sync_delivery_t *d,
    gig_error_t *err)
{
    int          rc, conflict, duplicate;
    char         flags[GIG_FLAGS_MAX], kept[GIG_FLAGS_MAX];
    char         cells[GIG_SINK_COLUMNS][GIG_SINK_CELL];
    json_t      *root;
    gig_str_t    id;
    gig_one_t    one;
    const char  *seat, *why;

    id = gig_some(d->id);
    rc = sink->row(record, GIG_SINK_TOMBSTONE, &id, 1, cells, err);

    if (rc == -1) {
        return GIG_ONE_FAILED;
    }

    /*
     * The judge knows of a withdrawal whose own record comes later, or was lost with a
     * system of record that was restored: nothing comes back in between.
     */
    if (rc == 0 && gig_rows_flag(d->flags, "withdrawn")) {
        one = gig_sink_withdraw(sink, record, d, err);

        if (one != GIG_ONE_DONE) {
            return one;
        }

        rc = 1;
    }

    if (rc == 1) {
        d->result = GIG_SYNC_ERASED;
        d->confirmed_seat = "";
        return gig_delivery_put(sink, record, d, "", "", "erased", "", err);
    }

    rc = gig_settled_before(sink, record, d, &conflict, err);

    if (rc != 0) {
        return rc == 1 ? GIG_ONE_DONE : GIG_ONE_FAILED;
    }

    /* The first row of an id is the application, whatever the judge saw first. */
    gig_rows_flags(d->flags, "conflict", conflict, flags);
    root = gig_sink_plain(d, &why);

    if (root == NULL) {
        return gig_park(sink, record, d, flags, why, err);
    }

    seat = "";

    if (!conflict) {
        one = gig_seat(sink, record, d, &seat, &duplicate, err);

        if (one != GIG_ONE_DONE) {
            json_decref(root);
            return one;
        }

        if (duplicate) {
            snprintf(kept, sizeof(kept), "%s", flags);
            gig_rows_flags(gig_text(kept), "duplicate", 1, flags);
        }
    }

    one = gig_delivery_put(sink, record, d, seat, flags, "delivered", "", err);

    if (one == GIG_ONE_DONE) {
        one = conflict ? gig_conflict_put(sink, record, d, err)
                       : gig_application_put(sink, record, d, seat, flags, err);
    }

    if (one == GIG_ONE_DONE) {
        one = gig_files_put(sink, record, d, root, err);
    }

    json_decref(root);
    d->result = GIG_SYNC_DELIVERED;
    d->confirmed_seat = seat;

    return one;
}


/* One delivery in a savepoint: poison is parked, and the rest of the batch goes on. */
int
gig_sink_deliver(const gig_sink_t *sink, gig_sync_record_t *record, gig_sync_delivery_t *d,
    gig_error_t *err)
{
    gig_one_t  one;

    if (sink->run(record, GIG_SINK_SAVE, NULL, 0, err) != GIG_ONE_DONE) {
        return -1;
    }

    if (gig_str_is(d->op, "withdraw")) {
        one = gig_sink_withdraw(sink, record, d, err);

    } else if (gig_str_is(d->op, "apply")) {
        one = gig_apply(sink, record, d, err);

    } else {
        one = gig_park(sink, record, d, "", "neither apply nor withdraw", err);
    }

    if (one == GIG_ONE_REFUSED) {
        if (sink->run(record, GIG_SINK_BACK, NULL, 0, err) != GIG_ONE_DONE) {
            return -1;
        }

        one = gig_park(sink, record, d, "", "the database refuses it", err);
        d->asked = gig_str_is(d->op, "withdraw") != 0;
    }

    if (one != GIG_ONE_DONE) {
        return -1;
    }

    return sink->run(record, GIG_SINK_RELEASE, NULL, 0, err) == GIG_ONE_DONE ? 0 : -1;
}


void
gig_sink_pending(gig_sync_delivery_t *deliveries, size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        deliveries[i].result = GIG_SYNC_PENDING;
        deliveries[i].confirmed_seat = "";
    }
}
