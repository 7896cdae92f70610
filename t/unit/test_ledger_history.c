/*
 * Why: what was acknowledged is delivered, once, whatever dies when.  No list of cases says that,
 * so random histories do: applicants, two hosts, Redis, two gig-syncs, and a nemesis that
 * kills, cuts, fills, forgets and sets clocks apart.  And each of the rules is left out
 * once, to see that the histories notice.
 *
 *   GIG_SEED=N   repeats one history, and tells it       GIG_BUG=N    with a rule left out
 *   GIG_LONG=1   millions of them, for five minutes      GIG_LONG=S   for S seconds
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "ledger_history.h"

#define HISTORIES       20000
#define BUG_HISTORIES   50000                   /* at most: the first that notices is enough */
#define LONG            300                     /* seconds */
#define SOON            45000                   /* ms: less than GIG_LEDGER_RESEND */

static const struct {
    bug_t        bug;
    const char  *name;
} bugs[] = {
    { BUG_LEDGER_OFF, "the ledger is off, and the applicant hears recorded" },
    { BUG_FSYNC_SKIPPED, "fsync is skipped" },
    { BUG_TOLD_BEFORE_FSYNC, "told before fsync" },
    { BUG_FSYNC_RETRIED, "a failed fsync is tried again" },
    { BUG_TICK_WHEN_QUEUED, "ticked when it is queued" },
    { BUG_SETTLED_BEFORE_COMMIT, "settled before the commit" },
    { BUG_ADOPTED_UNSYNCED, "taken over without fsync" },
    { BUG_ADOPTED_TICKS_FORGOTTEN, "ticks are forgotten when it is taken over" },
    { BUG_HISTORY_IGNORED, "another history is ignored" },
    { BUG_RESEND_REFUSED, "what is sent again is refused" },
    { BUG_RESEND_COPIED, "what is sent again is queued again" },
    { BUG_ID_NOT_UNIQUE, "the sink does not look for the id" },
    { BUG_CONFLICT_DROPPED, "the sink drops other content under the same key" },
    { BUG_SETTLE_ANOTHER, "settling removes another record's entry" },
    { BUG_READY_FIRST, "ready is written first" },
    { BUG_FENCE_IGNORED, "a rebuild does not look at its fence" },
    { BUG_FREED_EARLY, "a segment goes with records in it" },
    { BUG_REPLAY_UNRECORDED, "a replay is told and not recorded" },
    { BUG_TOMBSTONE_IGNORED, "the sink ignores the tombstone" },
    { BUG_WITHDRAWAL_TICKED, "an application's settling ticks its withdrawal" },
    { BUG_CAP_IGNORED, "the sink ignores the cap" },
    { BUG_NOBODY_PROMOTED, "nobody who waits is confirmed" },

    /* Nobody had thought of these: http/ had them when the histories were first run. */

    { BUG_HISTORY_OF_LINK, "the history is the one at the connect" },
    { BUG_CURSOR_KEPT, "the cursor in `settled` outlives its history" },
    { BUG_CURRENT_KEPT, "a segment that took no tick is written on" },
    { BUG_WORKERS_APART, "a worker does not know what others of its host hold" },
    { BUG_UNANSWERED_REFUSED, "closed, though the judge was asked and may have taken it" },
};

static sim_t  sim;

/* What all of it was about: a run in which nobody is told anything proves nothing. */
static struct {
    uint64_t  told, pending, refused, unknown, losses, delivered, erased, conflicts;
} counts;


unsigned
sim_below(sim_t *s, unsigned n)
{
    s->random ^= s->random << 13;
    s->random ^= s->random >> 7;
    s->random ^= s->random << 17;

    return (unsigned) ((s->random * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % n;
}


int
sim_chance(sim_t *s, unsigned of_1000)
{
    return sim_below(s, 1000) < of_1000;
}


void
sim_trace(sim_t *s, const char *format, ...)
{
    va_list  args;

    if (!s->trace) {
        return;
    }

    (void) fprintf(stderr, "# %7lld ", (long long) s->now);
    va_start(args, format);
    (void) vfprintf(stderr, format, args);
    va_end(args);
    (void) fputc('\n', stderr);
}


void
sim_broken(sim_t *s, const char *rule, unsigned record)
{
    sim_trace(s, "BROKEN: %s (%u)", rule, record);

    if (s->broken[0] == '\0') {
        (void) snprintf(s->broken, sizeof(s->broken), "%s (%u)", rule, record);
    }
}


/* What an applicant hears; then again after a while, as long as there are tries left. */

static void
client_heard(sim_t *s, int client)
{
    client_t  *c = &s->client[client];

    c->state = c->tries > 0 ? CLIENT_IDLE : CLIENT_DONE;
    c->worker = -1;
    c->start = s->now + sim_below(s, sim_chance(s, 100) ? 30000 : 500);
}


void
sim_told(sim_t *s, int client, gig_ledger_seat_t seat, int host)
{
    unsigned  record = s->client[client].record, app = record / 3;

    sim_trace(s, "client %d hears of %u: it stands, %d", client, record, (int) seat);
    s->told[record] = 1;
    counts.told++;
    counts.pending += record % 3 != WITHDRAW && seat == GIG_LEDGER_NONE;

    if (!disk_durable(&s->host[host], record) && !s->sink.tombstone[app]
        && (record % 3 == WITHDRAW || !s->sink.delivered[app][record % 3]))
    {
        sim_broken(s, "what is told is on the disk of the host that tells it", record);
    }

    /* After a loss more than one answer may have been the first. */

    if (seat != GIG_LEDGER_NONE && s->losses == 0) {
        if (s->first_seat[record] != GIG_LEDGER_NONE && s->first_seat[record] != seat) {
            sim_broken(s, "who asks again hears the first answer", record);
        }

        s->first_seat[record] = seat;
    }

    client_heard(s, client);
}


void
sim_refused(sim_t *s, int client, const char *why)
{
    sim_trace(s, "client %d hears of %u: no, %s", client, s->client[client].record, why);
    s->refused[s->client[client].record] = 1;

    if (s->client[client].held && strcmp(why, "withdrawn") != 0) {
        sim_broken(s, "what a host holds it does not refuse", s->client[client].record);
    }

    counts.refused++;
    client_heard(s, client);
}


/* It was refused whenever it was asked for, and is not being asked for now. */
int
sim_refused_only(const sim_t *s, unsigned record)
{
    unsigned  i;

    for (i = 0; i < s->n_clients; i++) {
        if (s->client[i].record == record && s->client[i].worker != -1) {
            return 0;
        }
    }

    return s->refused[record] && !s->told[record] && !s->unknown[record];
}


void
sim_unknown(sim_t *s, int client)
{
    sim_trace(s, "client %d hears nothing of %u", client, s->client[client].record);
    s->unknown[s->client[client].record] = 1;
    counts.unknown++;
    client_heard(s, client);
}


static int
sim_quiet(const sim_t *s)
{
    int              i;
    const file_t    *file;
    const redis_t   *r = &s->redis[s->primary];
    const worker_t  *w;

    for (i = 0; i < WORKERS; i++) {
        w = &s->worker[i];

        if (!w->alive || gig_ledger_book_gap(w->book) || w->n_writes || w->n_ticks
            || (w->task.state && w->task.n_writes + w->task.n_adopted))
        {
            return 0;
        }
    }

    for (i = 0; i < (int) s->n_clients; i++) {
        if (s->client[i].worker != -1) {
            return 0;
        }
    }

    for (i = 0; i < FILES * HOSTS; i++) {
        file = &s->host[i / FILES].file[i % FILES];

        if (file->used && file->owner == -1 && !file->unlinked && !file->damaged) {
            return 0;
        }
    }

    return r->n == 0 && r->ready;
}


/* Those who saw Redis before it became another must be done long before they ask again. */
static void
sim_check_soon(sim_t *s)
{
    int                   i;
    unsigned              r;
    worker_t             *w;
    gig_ledger_record_t   record;

    for (i = 0; i < WORKERS; i++) {
        w = &s->worker[i];

        if (w->mark_ready == 0 || (w->link_replid == w->mark_replid
                                   && s->redis[s->primary].ready == w->mark_ready))
        {
            continue;
        }

        for (r = 0; r < RECORDS; r++) {
            record_make(s, r, GIG_LEDGER_NONE, 0, &record);

            if ((w->mark >> r & 1)
                && gig_ledger_book_find(w->book, record.op, record.id, record.print))
            {
                sim_broken(s, "on another history all is sent again at once", r);
            }
        }
    }
}


/* No more faults: what each worker holds now, and which Redis it knows. */
static void
sim_mark(sim_t *s)
{
    int                   i;
    unsigned              r;
    worker_t             *w;
    gig_ledger_record_t   record;

    for (i = 0; i < WORKERS; i++) {
        w = &s->worker[i];
        w->mark_replid = w->seen_replid;
        w->mark_ready = w->seen_ready;

        for (r = 0; w->alive && r < RECORDS; r++) {
            record_make(s, r, GIG_LEDGER_NONE, 0, &record);
            w->mark |= (unsigned) (gig_ledger_book_find(w->book, record.op, record.id,
                                                        record.print) != NULL) << r;
        }
    }
}


static void
sim_check(sim_t *s)
{
    int             confirmed[GIGS], waiting[GIGS];
    unsigned        gig, r, app, print;
    const redis_t  *redis = &s->redis[s->primary];

    sink_counts(s, confirmed, waiting);
    counts.losses += s->losses;

    for (r = 0; r < 3 * s->n_apps; r++) {
        app = r / 3;
        print = r % 3;

        if (print == WITHDRAW) {
            counts.erased += s->sink.tombstone[app] != 0;
        } else {
            counts.delivered += s->sink.delivered[app][print] != 0;
            counts.conflicts += s->sink.conflict[app][print] != 0;
        }

        if (!s->told[r] || s->sink.tombstone[app]) {
            continue;
        }

        if (print == WITHDRAW) {
            sim_broken(s, "what was withdrawn is erased", r);

        } else if (!s->sink.delivered[app][print]
                   || (s->sink.conflict[app][print] ? s->sink.more[app][print]
                                                    : s->sink.rows[app])
                      != 1)
        {
            sim_broken(s, "what was acknowledged is delivered", r);
        }
    }

    for (gig = 0; gig < GIGS; gig++) {
        if (waiting[gig] && (s->cap[gig] < 0 || confirmed[gig] < s->cap[gig])) {
            sim_broken(s, "free seats are filled", gig);
        }

        if (redis->confirmed[gig] != confirmed[gig] || redis->waiting[gig] != waiting[gig]
            || redis->held[gig] != 0)
        {
            sim_broken(s, "Redis counts seats as the system of record does", gig);
        }
    }
}


/* 0: all rules were kept; 1: s->broken says which was not. */
static int
sim_history(sim_t *s, uint64_t seed, bug_t bug, int trace)
{
    int       i, rounds, calm, flush;
    int64_t   end;
    unsigned  step, steps;

    sim_start(s, seed, bug, trace);
    steps = 100 + sim_below(s, 300);

    for (step = 0; step < steps && s->broken[0] == '\0'; step++) {
        sim_step(s);
    }

    sim_trace(s, "no more faults");
    s->faults = 0;
    s->gone = 0;
    sim_demote(s);
    flush = (int) sim_below(s, 5);

    for (i = 0; i < HOSTS; i++) {
        s->host[i].full = 0;
    }

    sim_mark(s);

    if (flush == 1) {
        sim_flush(s);

    } else if (flush > 2) {
        sim_promote(s);
        sim_demote(s);
    }

    end = s->now + SOON;

    for (rounds = 0, calm = 0; rounds < 1000 && calm < 12 && s->broken[0] == '\0'; rounds++) {
        s->now += s->now < end ? 250 : 10000;
        sim_round(s);
        calm = sim_quiet(s) ? calm + 1 : 0;

        if (s->now >= end && s->now < end + 250) {
            sim_check_soon(s);
        }
    }

    if (s->broken[0] == '\0' && calm < 12) {
        sim_broken(s, "the gap reaches 0", 0);
    }

    if (s->broken[0] == '\0') {
        sim_check(s);
    }

    for (i = 0; i < WORKERS; i++) {
        gig_ledger_book_free(s->worker[i].alive ? s->worker[i].book : NULL);
        s->worker[i].alive = 0;
    }

    return s->broken[0] != '\0';
}


static uint64_t
history_first(void)
{
    return (uint64_t) time(NULL) * 1000003;
}


static void
test_histories(void **state)
{
    int          bug;
    time_t       until = 0;
    uint64_t     seed, n = HISTORIES, done;
    const char  *given = getenv("GIG_SEED"), *length = getenv("GIG_LONG");
    const char  *left = getenv("GIG_BUG");

    (void) state;
    bug = left ? atoi(left) : 0;

    if (given) {
        seed = strtoull(given, NULL, 10);
        (void) sim_history(&sim, seed, (bug_t) bug, 1);
        assert_string_equal(sim.broken, "");
        return;
    }

    if (length) {
        until = time(NULL) + (atoi(length) > 1 ? atoi(length) : LONG);
        n = UINT64_MAX;
    }

    seed = history_first();

    for (done = 0; done < n; done++, seed++) {
        if (until && done % 1000 == 0 && time(NULL) >= until) {
            break;
        }

        if (sim_history(&sim, seed, (bug_t) bug, 0)) {
            (void) fprintf(stderr, "# GIG_SEED=%llu: %s\n", (unsigned long long) seed, sim.broken);
            (void) sim_history(&sim, seed, (bug_t) bug, 1);
            fail_msg("GIG_SEED=%llu breaks a rule: %s", (unsigned long long) seed, sim.broken);
        }
    }

    (void) fprintf(stderr, "# %llu histories, from GIG_SEED=%llu\n"
                   "# answers: %llu that it stands, %llu of them pending; %llu no, %llu none\n"
                   "# delivered: %llu, %llu of them conflicts; erased: %llu; losses: %llu\n",
                   (unsigned long long) done, (unsigned long long) (seed - done),
                   (unsigned long long) counts.told, (unsigned long long) counts.pending,
                   (unsigned long long) counts.refused, (unsigned long long) counts.unknown,
                   (unsigned long long) counts.delivered, (unsigned long long) counts.conflicts,
                   (unsigned long long) counts.erased, (unsigned long long) counts.losses);

    if (done >= HISTORIES) {
        assert_true(counts.told > done && counts.pending > done / 10 && counts.refused > done / 10
                    && counts.delivered > done && counts.conflicts > done / 100
                    && counts.erased > done / 100);
    }
}


static void
test_bugs(void **state)
{
    int       missed = 0;
    size_t    i;
    uint64_t  seed, n;

    (void) state;

    for (i = 0; i < sizeof(bugs) / sizeof(bugs[0]); i++) {
        seed = history_first();

        for (n = 1; n <= BUG_HISTORIES; n++) {
            if (sim_history(&sim, seed + n, bugs[i].bug, 0)) {
                break;
            }
        }

        if (n > BUG_HISTORIES) {
            missed++;
            (void) fprintf(stderr, "# NOT noticed: %s\n", bugs[i].name);

        } else {
            (void) fprintf(stderr, "# history %llu: %s: %s\n", (unsigned long long) n,
                           bugs[i].name, sim.broken);
        }
    }

    assert_int_equal(missed, 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_histories), cmocka_unit_test(test_bugs),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
