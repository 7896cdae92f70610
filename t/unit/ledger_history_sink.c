
/*
 * Why: whether an application is delivered, once and within the cap is for the system of record to
 * say.  It does here what gig_sync_sqlite_deliver.c does; gig-sync around it reads, commits and
 * settles in steps between which it may die, and rebuilds what Redis lost.
 */

#include <string.h>

#include "ledger_history.h"

#define TAKEOVER        10000                   /* ms that a rebuild does not move */

/* Steps of the watch. */
enum {
    WATCH_LOOK, WATCH_BEGIN, WATCH_PUBLISH, WATCH_SEATS, WATCH_READ, WATCH_KNOWN, WATCH_REST,
    WATCH_FINISH, WATCH_GROUP, WATCH_LENGTH, WATCH_PROMOTE, WATCH_SETTLED, WATCH_COUNT, WATCH_WRITE
};


static int
sink_confirmed(const sim_t *s, unsigned gig, sink_seat_t seat)
{
    int       n = 0, found;
    unsigned  i, who;

    for (who = 0; who < s->n_whos; who++) {
        for (found = 0, i = 0; i < s->n_apps; i++) {
            found |= s->sink.rows[i] > 0 && s->gig[i] == gig && s->who[i] == who
                     && s->sink.seat[i] == seat;
        }

        n += found;
    }

    return n;
}


/* All of an applicant's share one seat; the cap decides only about who was promised one. */
static sink_seat_t
sink_seat(sim_t *s, unsigned app, gig_ledger_seat_t promised)
{
    unsigned     i;
    sink_seat_t  best = SEAT_NONE;

    for (i = 0; i < s->n_apps; i++) {
        if (s->sink.rows[i] && s->gig[i] == s->gig[app] && s->who[i] == s->who[app]
            && s->sink.seat[i] != SEAT_NONE && (best == SEAT_NONE || s->sink.seat[i] < best))
        {
            best = s->sink.seat[i];
        }
    }

    if (promised == GIG_LEDGER_OVER || promised == GIG_LEDGER_LATE) {
        return promised == GIG_LEDGER_OVER ? SEAT_OVER : SEAT_LATE;
    }

    if (best == SEAT_CONFIRMED || best == SEAT_WAITLISTED) {
        return best;
    }

    if (promised == GIG_LEDGER_WAITLISTED) {
        return SEAT_WAITLISTED;
    }

    return (s->cap[s->gig[app]] < 0 || s->bug == BUG_CAP_IGNORED
            || sink_confirmed(s, s->gig[app], SEAT_CONFIRMED) < s->cap[s->gig[app]])
           ? SEAT_CONFIRMED : SEAT_WAITLISTED;
}


static int
sink_promote_one(sim_t *s, unsigned gig)
{
    int       first = -1;
    unsigned  i;

    if (s->bug == BUG_NOBODY_PROMOTED
        || (s->cap[gig] >= 0 && sink_confirmed(s, gig, SEAT_CONFIRMED) >= s->cap[gig]))
    {
        return 0;
    }

    for (i = 0; i < s->n_apps; i++) {
        if (s->sink.rows[i] && s->gig[i] == gig && s->sink.seat[i] == SEAT_WAITLISTED
            && (first == -1 || s->sink.at[i] < s->sink.at[first]))
        {
            first = (int) i;
        }
    }

    if (first == -1) {
        return 0;
    }

    for (i = 0; i < s->n_apps; i++) {
        if (s->sink.rows[i] && s->gig[i] == gig && s->who[i] == s->who[first]
            && s->sink.seat[i] == SEAT_WAITLISTED)
        {
            s->sink.seat[i] = SEAT_CONFIRMED;
        }
    }

    return 1;
}


static void
sink_withdraw(sim_t *s, unsigned app)
{
    int  freed = s->sink.rows[app];

    s->sink.tombstone[app] = 1;
    s->sink.rows[app] = 0;
    s->sink.more[app][0] = 0;
    s->sink.more[app][1] = 0;

    if (freed) {
        (void) sink_promote_one(s, s->gig[app]);
    }
}


static void
sink_apply(sim_t *s, delivery_t *d)
{
    int        conflict;
    sink_t    *k = &s->sink;
    unsigned   app = d->entry.record / 3, print = d->entry.record % 3;

    if (s->bug != BUG_TOMBSTONE_IGNORED) {
        if (!k->tombstone[app] && (d->entry.flags & FLAG_WITHDRAWN)) {
            sink_withdraw(s, app);
        }

        if (k->tombstone[app]) {
            k->delivered[app][print] = 1;
            d->erased = 1;
            return;
        }
    }

    if (k->delivered[app][print] && s->bug != BUG_ID_NOT_UNIQUE) {
        d->seat = k->conflict[app][print] ? SEAT_NONE : k->seat[app];
        return;
    }

    conflict = k->delivered[app][!print];
    k->delivered[app][print] = 1;

    if (conflict) {
        k->conflict[app][print] = 1;
        k->more[app][print] += s->bug != BUG_CONFLICT_DROPPED;
        return;
    }

    d->seat = sink_seat(s, app, d->entry.seat);
    k->rows[app]++;
    k->print[app] = print;
    k->seat[app] = d->seat;
    k->at[app] = d->entry.at;
}


/* One transaction. */
void
sink_deliver(sim_t *s, delivery_t *d, unsigned n)
{
    int       before[GIGS], confirmed;
    unsigned  i, gig, app;

    for (gig = 0; gig < GIGS; gig++) {
        before[gig] = sink_confirmed(s, gig, SEAT_CONFIRMED);
    }

    for (i = 0; i < n; i++) {
        d[i].erased = 0;
        d[i].seat = SEAT_NONE;

        if (d[i].entry.record % 3 == WITHDRAW) {
            sink_withdraw(s, d[i].entry.record / 3);
            d[i].erased = 1;

        } else {
            sink_apply(s, &d[i]);
        }

        sim_trace(s, "  the sink has %u: seat %u%s", d[i].entry.record, (unsigned) d[i].seat,
                  d[i].erased ? ", erased" : "");
    }

    for (gig = 0; gig < GIGS; gig++) {
        confirmed = sink_confirmed(s, gig, SEAT_CONFIRMED);

        /* A cap that was lowered takes nobody's seat. */

        if (s->cap[gig] >= 0 && confirmed > s->cap[gig] && confirmed > before[gig]) {
            sim_broken(s, "confirmed is never above the cap", gig);
        }
    }

    for (app = 0; app < s->n_apps; app++) {
        if (s->sink.rows[app] > 1 || s->sink.more[app][0] > 1 || s->sink.more[app][1] > 1) {
            sim_broken(s, "each is there once", 3 * app);
        }

        if (s->sink.tombstone[app]
            && s->sink.rows[app] + s->sink.more[app][0] + s->sink.more[app][1] > 0)
        {
            sim_broken(s, "what was withdrawn stays erased", 3 * app);
        }

        for (i = 0; i < 2; i++) {
            if (s->sink.delivered[app][i] && !s->sink.tombstone[app]
                && sim_refused_only(s, 3 * app + i))
            {
                sim_broken(s, "what was refused stays out", 3 * app + i);
            }
        }
    }
}


void
sink_counts(const sim_t *s, int *confirmed, int *waiting)
{
    unsigned  gig;

    for (gig = 0; gig < GIGS; gig++) {
        confirmed[gig] = sink_confirmed(s, gig, SEAT_CONFIRMED);
        waiting[gig] = sink_confirmed(s, gig, SEAT_WAITLISTED);
    }
}


void
sync_kill(sim_t *s, int sync)
{
    sync_t  *y = &s->sync[sync];

    sim_trace(s, "gig-sync %d is killed", sync);
    memset(y, 0, sizeof(*y));
    y->redis = -1;
    y->own = 1;
}


/* After a lost connection it begins with what it took before. */
static redis_t *
sync_redis(sim_t *s, sync_t *y)
{
    if (y->redis == -1 && !s->gone) {
        y->redis = s->primary;
        y->own = 1;
    }

    return y->redis == -1 || s->gone ? NULL : &s->redis[y->redis];
}


static void
sync_read(sim_t *s, int sync, redis_t *r)
{
    sync_t         *y = &s->sync[sync];
    unsigned        i, me = (unsigned) sync + 1;
    queue_entry_t  *e;

    if (!r->group) {
        r->group = 1;
        r->seen = 0;
        return;
    }

    y->n = 0;

    /* What another took and has not finished: of one that lives as well, if it is slow. */

    if (sim_chance(s, s->sync[!sync].alive ? 10 : 300)) {
        for (i = 0; i < r->n; i++) {
            if (r->queue[i].owner && r->queue[i].owner != me) {
                r->queue[i].owner = me;
                y->own = 1;
            }
        }
    }

    for (i = 0; i < r->n && y->n < BATCH; i++) {
        e = &r->queue[i];

        if (y->own ? e->owner == me : e->no > r->seen) {
            e->owner = me;
            y->batch[y->n++].entry = *e;
        }
    }

    if (y->n == 0) {
        y->own = 0;
        return;
    }

    if (!y->own) {
        r->seen = y->batch[y->n - 1].entry.no;
    }

    sim_trace(s, "gig-sync %d reads %u%s", sync, y->n, y->own ? " of its own" : "");
    y->state = 1;
}


void
sync_deliver(sim_t *s, int sync)
{
    sync_t   *y = &s->sync[sync];
    redis_t  *r;

    if (!y->alive) {
        return;
    }

    if (s->faults && sim_chance(s, 20)) {
        y->redis = -1;
    }

    switch (y->state) {

    case 0:
        r = sync_redis(s, y);

        if (r) {
            sync_read(s, sync, r);
        }

        return;

    case 1:
        if (s->faults && sim_chance(s, 30)) {
            /* the system of record cannot be reached */
            y->state = 0;
            y->own = 1;
            return;
        }

        if (s->bug == BUG_SETTLED_BEFORE_COMMIT) {
            r = sync_redis(s, y);

            if (r) {
                redis_settle(s, r, y->batch, y->n, NULL, NULL, 0);
            }
        }

        sim_trace(s, "gig-sync %d commits", sync);
        sink_deliver(s, y->batch, y->n);
        y->state = 2;
        return;

    case 2:
        sink_counts(s, y->confirmed, y->waiting);
        y->state = 3;
        return;

    default:
        y->state = 0;

        /* A lost connection loses the batch, or is made anew before anybody notices. */

        if (y->redis == -1 && sim_chance(s, 500)) {
            y->own = 1;
            return;
        }

        r = sync_redis(s, y);

        if (r == NULL) {
            y->own = 1;
            return;
        }

        sim_trace(s, "gig-sync %d settles %u in %d", sync, y->n, y->redis);
        redis_settle(s, r, y->batch, y->n, y->confirmed, y->waiting, 0);
    }
}


/* A link of the chain. */
static int
sync_chain(sim_t *s, sync_t *y, redis_t *r)
{
    if (s->bug == BUG_FENCE_IGNORED || (s->bug == BUG_READY_FIRST && r->ready)) {
        return 1;
    }

    if (r->ready || r->fence != y->fence || r->step != y->step) {
        y->watch = WATCH_LOOK;
        return 0;
    }

    r->step = ++y->step;
    r->moved = redis_now(s, r);

    return 1;
}


static void
sync_known(sim_t *s, const sync_t *y, redis_t *r, unsigned from, unsigned to)
{
    unsigned       app, i, print, gig, who;
    known_t       *known;
    sink_seat_t    seat;
    const sink_t  *k = &y->known;

    for (app = from; app < to; app++) {
        known = &r->id[app];
        gig = s->gig[app];
        who = s->who[app];

        for (i = 0; i < 2; i++) {
            print = k->conflict[app][0] ? !i : i;

            if (!k->delivered[app][print]) {
                continue;
            }

            seat = k->conflict[app][print] || k->tombstone[app] ? SEAT_NONE : k->seat[app];

            if (known->print == -1) {
                known->print = (int) print;
                known->seat = seat == SEAT_WAITLISTED ? GIG_LEDGER_WAITLISTED
                              : seat == SEAT_OVER ? GIG_LEDGER_OVER
                              : seat == SEAT_LATE ? GIG_LEDGER_LATE : GIG_LEDGER_RESERVED;
                known->flags = 0;
                known->at = k->at[app];
            }

            known->place[print] = PLACE_SETTLED;

            if (!k->tombstone[app] && seat != SEAT_OVER && seat != SEAT_LATE
                && r->who[gig][who] == -1)
            {
                r->who[gig][who] = (int) app;
            }
        }

        if (k->tombstone[app]) {
            known->withdrawn = 1;
            known->place[WITHDRAW] = PLACE_SETTLED;
        }
    }
}


static void
sync_ready(sim_t *s, redis_t *r)
{
    r->ready = ++s->nonce;
    r->fence = 0;
    sim_trace(s, "  ready is %u", r->ready);
}


void
sync_watch(sim_t *s, int sync)
{
    unsigned   gig;
    sync_t    *y = &s->sync[sync];
    redis_t   *r;

    if (!y->alive) {
        return;
    }

    r = sync_redis(s, y);

    if (r == NULL) {
        y->watch = WATCH_LOOK;
        return;
    }

    switch (y->watch++) {

    case WATCH_LOOK:
        y->watch = r->ready ? WATCH_GROUP : WATCH_BEGIN;
        return;

    case WATCH_BEGIN:
        if (r->ready || (r->fence && redis_now(s, r) - r->moved < TAKEOVER)) {
            y->watch = WATCH_LOOK;
            return;
        }

        sim_trace(s, "gig-sync %d begins a rebuild", sync);
        y->fence = ++s->nonce;
        y->step = 0;
        r->fence = y->fence;
        r->step = 0;
        r->moved = redis_now(s, r);
        memset(r->confirmed, 0, sizeof(r->confirmed));
        memset(r->waiting, 0, sizeof(r->waiting));

        if (s->bug == BUG_READY_FIRST) {
            sync_ready(s, r);
        }

        return;

    case WATCH_PUBLISH:
        r->judge = 1;
        return;

    case WATCH_SEATS:
        if (sync_chain(s, y, r)) {
            sink_counts(s, r->confirmed, r->waiting);
        }

        return;

    case WATCH_READ:
        y->known = s->sink;
        return;

    case WATCH_KNOWN:
        if (sync_chain(s, y, r)) {
            sync_known(s, y, r, 0, s->n_apps / 2);
        }

        return;

    case WATCH_REST:
        if (sync_chain(s, y, r)) {
            sync_known(s, y, r, s->n_apps / 2, s->n_apps);
        }

        return;

    case WATCH_FINISH:

        /* The digest differs: what was published is not in this Redis. */

        if (!r->judge && r->ready == 0 && s->bug != BUG_FENCE_IGNORED) {
            r->judge = 1;
            y->watch = WATCH_FINISH;
            return;
        }

        y->watch = WATCH_LOOK;

        if (sync_chain(s, y, r) && r->ready == 0) {
            sync_ready(s, r);
        }

        return;

    case WATCH_GROUP:
        if (!r->group) {
            r->group = 1;
            r->seen = 0;
        }

        return;

    case WATCH_LENGTH:
        y->watch = r->n ? WATCH_SETTLED : WATCH_PROMOTE;
        return;

    case WATCH_PROMOTE:
        for (gig = 0; gig < GIGS; gig++) {
            while (sink_promote_one(s, gig)) { /* void */ }
        }

        return;

    case WATCH_SETTLED:
        y->settled = r->settled_last ? r->settled_last : 1;
        return;

    case WATCH_COUNT:
        sink_counts(s, y->watch_confirmed, y->watch_waiting);
        return;

    default:
        y->watch = WATCH_LOOK;
        redis_settle(s, r, NULL, 0, y->watch_confirmed, y->watch_waiting, y->settled);
    }
}
