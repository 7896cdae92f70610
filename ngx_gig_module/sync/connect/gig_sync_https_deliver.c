
/*
 * Delivering to an HTTP upstream.  Each step is on the disk before the next: the row says
 * "delivering" before the POST, so whoever finds that, and holds the hand lock, knows that somebody
 * died over it, and looks first.  docs/gig-sync.md has the contract with the upstream.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "gig_application.h"
#include "gig_sync_https.h"
#include "gig_sync_job.h"
#include "gig_sync_log.h"

#define GIG_HTTPS_DONE          0           /* d has its result, which may be "pending" */
#define GIG_HTTPS_QUIET         1           /* the upstream is to be left alone: err says why */

/* One application on its way. */
typedef struct {
    gig_sync_record_t    *record;
    gig_sync_delivery_t  *d;
    gig_https_row_t       row;
    gig_https_answer_t    answer;
    json_t               *application;      /* owned */
} gig_https_one_t;


static int
gig_https_is(const gig_https_row_t *row, const char *state)
{
    return strcmp(row->state, state) == 0;
}


static void
gig_https_state(gig_https_row_t *row, const char *state)
{
    (void) snprintf(row->state, sizeof(row->state), "%s", state);
}


/* What is worth a line: an id and a reason, never what is in an application or an answer. */
static void
gig_https_log(const gig_https_one_t *one, const char *reason)
{
    char  id[GIG_ID_MAX + 1], tries[16];

    (void) snprintf(id, sizeof(id), "%.*s", (int) one->d->id.len, one->d->id.data);
    (void) snprintf(tries, sizeof(tries), "%u", one->row.tries);
    gig_sync_log(GIG_SYNC_WARN, "upstream", "board", one->record->upstream->board->name, "id", id,
                 "state", one->row.state, "tries", tries, "reason", reason, NULL);
}


/* Leaves the upstream alone for a while.  Always GIG_HTTPS_QUIET. */
static int
gig_https_quiet(gig_https_t *upstream, const gig_https_answer_t *answer, gig_error_t *err)
{
    int64_t  ms;

    upstream->failed++;
    ms = answer->retry_after >= 0 ? answer->retry_after * INT64_C(1000)
                                  : gig_upstream_wait(upstream->failed, randombytes_random());
    upstream->quiet_until = gig_sync_clock() + ms;

    (void) snprintf(upstream->why, sizeof(upstream->why), "%.200s; asked again in %lld s",
                    answer->why, (long long) ((ms + 999) / 1000));
    (void) gig_error_set(err, upstream->where, "%s", upstream->why);

    return GIG_HTTPS_QUIET;
}


static int
gig_https_is_quiet(const gig_https_t *upstream, gig_error_t *err)
{
    if (gig_sync_clock() >= upstream->quiet_until) {
        return 0;
    }

    (void) gig_error_set(err, upstream->where, "%s", upstream->why);

    return 1;
}


/* It answered something that is no fault of its own; or one more of several that may be. */
static void
gig_https_answered(gig_https_t *upstream, gig_upstream_verdict_t verdict,
    const gig_https_answer_t *answer)
{
    gig_error_t  err;

    if (verdict != GIG_UPSTREAM_LATER) {
        upstream->failed = 0;

    } else if (upstream->failed + 1 >= GIG_HTTPS_ROW) {
        (void) gig_https_quiet(upstream, answer, &err);

    } else {
        upstream->failed++;
    }
}


/* 1: it was tried, and its next time has not come.  A clock that was set back keeps nothing. */
static int
gig_https_waits(const gig_https_one_t *one)
{
    int64_t  now;

    if (one->row.tries == 0 || one->d->again) {
        return 0;
    }

    now = gig_sync_now_ms();

    return now >= one->row.at_ms
           && now - one->row.at_ms < gig_upstream_wait(one->row.tries, gig_str_hash(one->d->id)
                                                                       + one->row.tries);
}


/* The row as it is now, to the disk; a box is kept where nobody else has it, or a person looks. */
static int
gig_https_keep(gig_https_one_t *one, const char *state, const char *reason, gig_error_t *err)
{
    int  box;

    gig_https_state(&one->row, state);
    box = strcmp(state, "parked") == 0 || strcmp(state, "dead") == 0
          || (one->d->again && strcmp(state, "delivered") != 0 && strcmp(state, "erased") != 0);

    return gig_https_put(one->record, one->d, &one->row, reason,
                         box ? one->d->box : gig_null_str, err);
}


/* Its end, as far as we can bring it. */
static int
gig_https_end(gig_https_one_t *one, const char *state, const char *reason, gig_error_t *err)
{
    gig_sync_delivery_t  *d = one->d;

    if (d->reason[0] == '\0') {
        (void) snprintf(d->reason, sizeof(d->reason), "%.120s", reason);
    }

    if (gig_https_keep(one, state, d->reason, err) == -1) {
        return -1;
    }

    d->result = strcmp(state, "dead") == 0 ? GIG_SYNC_DEAD : GIG_SYNC_PARKED;

    return GIG_HTTPS_DONE;
}


static int
gig_https_delivered(gig_https_one_t *one, gig_error_t *err)
{
    if (one->answer.id[0] != '\0') {
        memcpy(one->row.upstream_id, one->answer.id, sizeof(one->row.upstream_id));
    }

    if (gig_https_keep(one, "delivered", "", err) == -1) {
        return -1;
    }

    one->d->result = GIG_SYNC_DELIVERED;
    one->d->confirmed_seat = gig_rows_seat((gig_str_t) { one->row.seat, strlen(one->row.seat) });

    return GIG_HTTPS_DONE;
}


/*
 * Again later.  What a person asked for has no entry in Redis any more: it goes back to where it
 * was, with its box.
 */
static int
gig_https_later(gig_https_one_t *one, const char *state, gig_error_t *err)
{
    char  reason[GIG_DETAIL_SIZE];

    one->row.tries++;

    if (strcmp(state, "ambiguous") == 0) {
        (void) snprintf(reason, sizeof(reason), "it may be there or not: %.80s", one->answer.why);

    } else {
        (void) snprintf(reason, sizeof(reason), "%.100s", one->answer.why);
    }

    if (one->d->again
        || (strcmp(state, "ambiguous") == 0 && one->row.tries >= GIG_UPSTREAM_TRIES))
    {
        return gig_https_end(one, "parked", reason, err);
    }

    if (gig_https_keep(one, state, reason, err) == -1) {
        return -1;
    }

    gig_https_log(one, reason);

    return GIG_HTTPS_DONE;
}


/* The application with what is not in its box: seat, flags, and the bytes of its files. */
static int
gig_https_body(gig_https_one_t *one, char **body)
{
    char                    *text;
    size_t                   number, at, size;
    json_t                  *flags, *file;
    const char              *flag, *end, *comma;
    gig_application_file_t   bytes;

    *body = NULL;
    flags = json_array();

    for (flag = one->row.flags; *flag != '\0'; flag = comma + (*comma == ',')) {
        end = flag + strlen(flag);
        comma = strchr(flag, ',');
        comma = comma ? comma : end;
        (void) json_array_append_new(flags, json_stringn(flag, (size_t) (comma - flag)));
    }

    if (json_object_set_new(one->application, "flags", flags) == -1
        || json_object_set_new(one->application, "seat", json_string(one->row.seat)) == -1)
    {
        return -1;
    }

    number = 0;
    at = 0;

    while (gig_application_file(one->application, one->d->files, &number, &at, &bytes) == 1) {
        size = sodium_base64_encoded_len(bytes.bytes.len, sodium_base64_VARIANT_ORIGINAL);
        text = malloc(size);

        if (text == NULL) {
            return -1;
        }

        sodium_bin2base64(text, size, (const unsigned char *) bytes.bytes.data, bytes.bytes.len,
                          sodium_base64_VARIANT_ORIGINAL);
        file = json_array_get(json_object_get(one->application, "files"), number - 1);

        if (json_object_set_new(file, "content", json_string(text)) == -1) {
            free(text);
            return -1;
        }

        sodium_memzero(text, size);
        free(text);
    }

    *body = json_dumps(one->application, JSON_COMPACT);

    return *body != NULL ? 0 : -1;
}


static int
gig_https_post(gig_https_one_t *one, gig_error_t *err)
{
    int                      rc;
    char                    *body;
    size_t                   len;
    gig_upstream_verdict_t   verdict;
    gig_https_t             *upstream = one->record->upstream;

    if (gig_https_body(one, &body) == -1) {
        return gig_error_set(err, "", "out of memory");
    }

    len = strlen(body);
    rc = gig_https_keep(one, "delivering", "", err);

    if (rc == 0) {
        gig_https_ask(upstream, "POST", one->d->id, (gig_str_t) { body, len }, &one->answer);
    }

    sodium_memzero(body, len);
    free(body);

    if (rc == -1) {
        return -1;
    }

    verdict = gig_upstream_posted(one->answer.status, one->answer.sent);

    switch (verdict) {

    case GIG_UPSTREAM_DONE:
        gig_https_answered(upstream, verdict, &one->answer);
        return gig_https_delivered(one, err);

    case GIG_UPSTREAM_REFUSED:
        gig_https_answered(upstream, verdict, &one->answer);
        one->row.tries++;
        return gig_https_end(one, "dead", one->answer.why, err);

    case GIG_UPSTREAM_LATER:
        gig_https_answered(upstream, verdict, &one->answer);
        return gig_https_later(one, "pending", err);

    case GIG_UPSTREAM_UNKNOWN:
        (void) gig_https_quiet(upstream, &one->answer, err);
        return gig_https_later(one, "ambiguous", err);

    default: /* GIG_UPSTREAM_BUSY: nothing of this was the application's fault */

        if (gig_https_keep(one, one->d->again ? "parked" : "pending", one->answer.why, err) == -1) {
            return -1;
        }

        return gig_https_quiet(upstream, &one->answer, err);
    }
}


/* *post: it is not there, and may be posted.  What comes back is as with gig_https_post(). */
static int
gig_https_look_up(gig_https_one_t *one, int *post, gig_error_t *err)
{
    gig_upstream_verdict_t   verdict;
    gig_https_t             *upstream = one->record->upstream;

    *post = 0;
    gig_https_ask(upstream, "GET", one->d->id, gig_null_str, &one->answer);
    verdict = gig_upstream_looked_up(one->answer.status);

    switch (verdict) {

    case GIG_UPSTREAM_DONE:
        gig_https_answered(upstream, verdict, &one->answer);
        return gig_https_delivered(one, err);

    case GIG_UPSTREAM_ABSENT:
        gig_https_answered(upstream, verdict, &one->answer);
        *post = 1;
        return GIG_HTTPS_DONE;

    case GIG_UPSTREAM_BUSY:
        return gig_https_quiet(upstream, &one->answer, err);

    default: /* GIG_UPSTREAM_UNKNOWN */

        if (one->answer.retry_after >= 0) {
            (void) gig_https_quiet(upstream, &one->answer, err);
        }

        /* Who asks for it has looked by himself: docs/gig-sync.md tells him to. */
        if (one->d->again) {
            *post = 1;
            return GIG_HTTPS_DONE;
        }

        return gig_https_later(one, "ambiguous", err);
    }
}


static int
gig_https_withdraw(gig_https_one_t *one, gig_error_t *err)
{
    char                     reason[GIG_DETAIL_SIZE];
    gig_https_row_t         *row = &one->row;
    gig_sync_delivery_t     *d = one->d;
    gig_https_t             *upstream = one->record->upstream;
    gig_upstream_verdict_t   verdict;

    if (gig_https_row(one->record, d->id, gig_str(""), row, err) == -1) {
        return -1;
    }

    d->confirmed_seat = "";

    if (gig_https_is(row, "erased") || (gig_https_is(row, "parked") && !d->again)) {
        d->asked = strcmp(row->seat, "asked") == 0;
        d->result = gig_https_is(row, "erased") ? GIG_SYNC_ERASED : GIG_SYNC_PARKED;
        return GIG_HTTPS_DONE;
    }

    /* Here first: nothing is posted any more while the upstream is asked. */
    if (row->state[0] == '\0') {
        gig_https_state(row, "pending");

        if (gig_https_put_withdrawal(one->record, d, row, err) == -1) {
            return -1;
        }
    }

    d->result = GIG_SYNC_PENDING;

    if (gig_https_is_quiet(upstream, err) && !d->again) {
        return GIG_HTTPS_QUIET;
    }

    if (gig_https_waits(one)) {
        return GIG_HTTPS_DONE;
    }

    gig_https_ask(upstream, "DELETE", d->id, gig_null_str, &one->answer);
    verdict = gig_upstream_erased(one->answer.status);

    if (verdict == GIG_UPSTREAM_BUSY) {
        return gig_https_quiet(upstream, &one->answer, err);
    }

    gig_https_answered(upstream, verdict, &one->answer);
    row->tries++;
    (void) snprintf(reason, sizeof(reason), "to erase it was asked for: %.80s", one->answer.why);

    if (verdict == GIG_UPSTREAM_LATER && !d->again) {
        if (gig_https_put(one->record, d, row, reason, gig_null_str, err) == -1) {
            return -1;
        }

        gig_https_log(one, reason);
        return GIG_HTTPS_DONE;
    }

    d->asked = verdict != GIG_UPSTREAM_DONE;
    (void) snprintf(row->seat, sizeof(row->seat), "%s", d->asked ? "asked" : "");

    if (verdict == GIG_UPSTREAM_DONE || verdict == GIG_UPSTREAM_UNABLE) {
        gig_https_state(row, "erased");

        if (gig_https_put(one->record, d, row, d->asked ? reason : "", gig_null_str, err) == -1) {
            return -1;
        }

        if (d->asked) {
            gig_https_log(one, reason);
        }

        d->result = GIG_SYNC_ERASED;
        return GIG_HTTPS_DONE;
    }

    return gig_https_end(one, "parked", reason, err);
}


/* What the table says before anything is sent.  1: d is done with it; 0: it goes on; -1: err. */
static int
gig_https_settled_before(gig_https_one_t *one, int *conflict, gig_error_t *err)
{
    int               withdrawn;
    gig_https_row_t   withdrawal;
    gig_https_row_t  *row = &one->row;

    gig_sync_delivery_t  *d = one->d;

    *conflict = 0;
    withdrawn = gig_sql_exists(one->record, GIG_SQL_TOMBSTONE, d->id, gig_null_str, err);

    if (withdrawn == -1
        || gig_https_row(one->record, d->id, gig_str(""), &withdrawal, err) == -1
        || gig_https_row(one->record, d->id, d->print, row, err) == -1)
    {
        return -1;
    }

    if (withdrawn) {
        memset(row, 0, sizeof(gig_https_row_t));
        gig_https_state(row, "erased");

        if (gig_https_put(one->record, d, row, "", gig_null_str, err) == -1) {
            return -1;
        }

        d->result = GIG_SYNC_ERASED;
        d->asked = strcmp(withdrawal.seat, "asked") == 0;
        return 1;
    }

    if (gig_https_is(row, "delivered")) {
        d->result = GIG_SYNC_DELIVERED;
        d->confirmed_seat = gig_rows_seat((gig_str_t) { row->seat, strlen(row->seat) });
        return 1;
    }

    /* A copy that comes again changes nothing; one whose box could not be opened is tried. */
    if (!d->again && (gig_https_is(row, "dead") || (gig_https_is(row, "parked") && row->tries > 0)))
    {
        d->result = gig_https_is(row, "dead") ? GIG_SYNC_DEAD : GIG_SYNC_PARKED;
        d->reason[0] = '\0';
        return 1;
    }

    *conflict = row->state[0] != '\0'
                ? gig_rows_flag((gig_str_t) { row->flags, strlen(row->flags) }, "conflict")
                : gig_sql_exists(one->record, GIG_SQL_DELIVERY_OTHER, d->id, d->print, err);

    return *conflict == -1 ? -1 : 0;
}


/*
 * What the judge gave stands, as nobody confirms it; but all of an applicant's share one place,
 * and a mere label gives none.
 */
static void
gig_https_seat(gig_https_one_t *one, int conflict, const char *shared)
{
    gig_str_t  given;

    given = conflict ? gig_str("") : one->d->seat;

    if (gig_str_is(given, "waitlisted") && strcmp(shared, "reserved") == 0) {
        given = gig_str("reserved");
    }

    (void) snprintf(one->row.seat, sizeof(one->row.seat), "%.*s", (int) given.len,
                    given.len ? given.data : "");
}


static int
gig_https_apply(gig_https_one_t *one, gig_error_t *err)
{
    int                   rc, conflict, shared, post, tried;
    char                  flags[GIG_FLAGS_MAX], seat[16];
    const char           *why;
    gig_https_row_t      *row = &one->row;
    gig_sync_delivery_t  *d = one->d;

    /*
     * The judge knows of a withdrawal whose own record comes later, or was lost with `state`:
     * nothing is posted in between.
     */
    if (gig_rows_flag(d->flags, "withdrawn")) {
        gig_sync_delivery_t  withdrawal = *d;
        gig_https_one_t      other = { .record = one->record, .d = &withdrawal };

        withdrawal.op = gig_str("withdraw");
        withdrawal.box = gig_null_str;
        rc = gig_https_withdraw(&other, err);

        if (rc != GIG_HTTPS_DONE || withdrawal.result == GIG_SYNC_PENDING) {
            return rc;
        }
    }

    rc = gig_https_settled_before(one, &conflict, err);

    if (rc != 0) {
        return rc == 1 ? GIG_HTTPS_DONE : -1;
    }

    shared = gig_https_shared(one->record, d, seat, err);

    if (shared == -1) {
        return -1;
    }

    gig_rows_flags(d->flags, "conflict", conflict, flags);
    gig_rows_flags((gig_str_t) { flags, strlen(flags) }, "duplicate",
                   shared || gig_rows_flag(d->flags, "duplicate"), row->flags);
    gig_https_seat(one, conflict, shared ? seat : "");
    tried = row->tries > 0 || gig_https_is(row, "delivering");
    row->tries += row->tries == 0 && tried;

    one->application = gig_sink_plain(d, &why);

    if (one->application == NULL) {
        return gig_https_end(one, d->given_up ? "dead" : "parked", why, err);
    }

    if (conflict) {
        return gig_https_end(one, "parked", "another application came before it under its id; an"
                             " upstream can have one", err);
    }

    if (gig_https_is(row, "delivering")) {
        if (gig_https_keep(one, "ambiguous", "gig-sync ended over it", err) == -1) {
            return -1;
        }

        /* It is looked up at once. */
        row->at_ms = 0;
    }

    if (gig_https_waits(one)) {
        return GIG_HTTPS_DONE;
    }

    if (!d->again && gig_https_is_quiet(one->record->upstream, err)) {
        return GIG_HTTPS_QUIET;
    }

    if (gig_https_is(row, "ambiguous") || (d->again && tried)) {
        rc = gig_https_look_up(one, &post, err);

        if (rc != GIG_HTTPS_DONE || !post) {
            return rc;
        }
    }

    return gig_https_post(one, err);
}


int
gig_sync_https_deliver(gig_sync_record_t *record, gig_sync_delivery_t *deliveries, size_t n,
    gig_error_t *err)
{
    int              rc;
    size_t           i;
    gig_https_one_t  one;

    gig_sink_pending(deliveries, n);

    if (gig_https_hand(record->upstream, err) == -1) {
        return -1;
    }

    for (i = 0, rc = GIG_HTTPS_DONE; i < n && rc == GIG_HTTPS_DONE; i++) {
        memset(&one, 0, sizeof(one));
        one.record = record;
        one.d = &deliveries[i];

        rc = gig_str_is(one.d->op, "withdraw") ? gig_https_withdraw(&one, err)
                                               : gig_https_apply(&one, err);
        json_decref(one.application);

        if (rc == -1) {
            deliveries[i].result = GIG_SYNC_PENDING;
        }
    }

    gig_https_hand_back(record->upstream);

    /* What was done before it is on the disk: that is not said to have failed. */
    return rc != GIG_HTTPS_DONE && (i == 1 || deliveries[0].again) ? -1 : 0;
}
