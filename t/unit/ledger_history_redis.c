
/*
 * Why: the histories need a Redis that can be copied, lost and set back in a microsecond.  These
 * are the scripts judge.lua, withdraw.lua and settle.lua once more, as far as the ledger
 * meets them; that the scripts themselves do so is asked by t/scripts*.t.
 */

#include <string.h>

#include "ledger_history.h"

#define CLOCK_BOUND     5000


static const queue_entry_t *redis_find(const redis_t *r, uint64_t no);
static void redis_add(sim_t *s, redis_t *r, const queue_entry_t *entry, uint64_t *no);
static void redis_remove(sim_t *s, redis_t *r, const queue_entry_t *entry);
static void redis_settled(sim_t *s, redis_t *r, unsigned record);


void
redis_flush(redis_t *r)
{
    unsigned  i, k, replid = r->replid;
    int64_t   skew = r->skew;

    memset(r, 0, sizeof(*r));
    r->replid = replid;
    r->skew = skew;

    for (i = 0; i < APPS; i++) {
        r->id[i].print = -1;
    }

    for (i = 0; i < GIGS; i++) {
        for (k = 0; k < WHOS; k++) {
            r->who[i][k] = -1;
        }
    }
}


int64_t
redis_now(const sim_t *s, const redis_t *r)
{
    return s->now + r->skew;
}


static const queue_entry_t *
redis_find(const redis_t *r, uint64_t no)
{
    unsigned  i;

    for (i = 0; i < r->n; i++) {
        if (r->queue[i].no == no) {
            return &r->queue[i];
        }
    }

    return NULL;
}


/* The scripts may not look into the stream: it is there unless it is older than the first. */
static int
redis_queued(const redis_t *r, uint64_t place)
{
    return place > PLACE_SETTLED && r->n > 0 && (r->first == 0 || place >= r->first);
}


static int
redis_full(const sim_t *s, const redis_t *r, unsigned gig)
{
    int  held = r->n > 0 ? r->held[gig] : 0;

    return s->cap[gig] >= 0 && (r->waiting[gig] > 0 || r->confirmed[gig] + held >= s->cap[gig]);
}


/* Of the next entry: by the clock, but above the last in any case. */
uint64_t
redis_number(const sim_t *s, const redis_t *r, uint64_t last)
{
    uint64_t  no = (uint64_t) redis_now(s, r) * 1000;

    return no > last ? no : last + 1;
}


static void
redis_add(sim_t *s, redis_t *r, const queue_entry_t *entry, uint64_t *no)
{
    unsigned  i;

    for (i = 0; i < r->n; i++) {
        if (r->queue[i].record == entry->record) {
            sim_broken(s, "one copy of a record in the stream", entry->record);
        }
    }

    if (r->n == QUEUE) {
        sim_broken(s, "the stream does not grow without end", entry->record);
        return;
    }

    r->last = redis_number(s, r, r->last);
    r->queue[r->n] = *entry;
    r->queue[r->n].no = r->last;
    r->queue[r->n++].owner = 0;
    *no = r->last;
    sim_trace(s, "  queued %u as %llu", entry->record, (unsigned long long) r->last);
}


void
redis_judge(sim_t *s, redis_t *r, history_mode_t mode, unsigned record, int64_t at,
    gig_ledger_seat_t given, verdict_t *v)
{
    int            same, duplicate, first;
    known_t       *known;
    unsigned       app = record / 3, print = record % 3, gig = s->gig[app], who = s->who[app];
    queue_entry_t  entry;

    memset(v, 0, sizeof(*v));
    v->ready = r->ready;

    if (r->ready == 0) {
        v->said = SAID_NOTREADY;
        return;
    }

    known = &r->id[app];
    same = known->print == (int) print;
    v->at = known->at;
    v->seat = known->seat;

    if (mode == MODE_LIVE) {
        if (known->withdrawn) {
            v->said = SAID_WITHDRAWN;
            return;
        }

        if (known->print != -1) {
            v->said = same ? SAID_REPLAY : SAID_CONFLICT;
            return;
        }

    } else if (s->bug != BUG_RESEND_COPIED
               && (redis_queued(r, known->place[print]) || known->place[print] == PLACE_SETTLED))
    {
        v->said = known->place[print] == PLACE_SETTLED ? SAID_SETTLED : SAID_QUEUED;
        v->seat = same ? known->seat : GIG_LEDGER_NONE;
        return;
    }

    memset(&entry, 0, sizeof(entry));
    entry.record = record;
    entry.at = at;

    if (mode == MODE_LIVE || s->bug == BUG_RESEND_REFUSED) {
        if (!r->judge) {
            v->said = SAID_UNKNOWN;
            return;
        }

        if (s->closes[gig] && redis_now(s, r) >= s->closes[gig]) {
            v->said = SAID_CLOSED;
            return;
        }

    } else if (!r->judge) {
        entry.seat = GIG_LEDGER_OVER;

    } else if (s->closes[gig] && at > s->closes[gig] + CLOCK_BOUND) {
        entry.seat = GIG_LEDGER_LATE;
    }

    /* one in three proves to have another there: the flag "replaces" */

    first = r->who[gig][who];

    if (mode == MODE_LIVE && app % 3 == 0 && first != -1
        && (r->id[first].seat == GIG_LEDGER_RESERVED || r->id[first].seat == GIG_LEDGER_WAITLISTED))
    {
        entry.seat = r->id[first].seat;
    }

    if (entry.seat == GIG_LEDGER_NONE) {
        entry.seat = GIG_LEDGER_RESERVED;

        if (redis_full(s, r, gig)) {
            if ((mode == MODE_LIVE || s->bug == BUG_RESEND_REFUSED) && !s->waitlist[gig]) {
                v->said = SAID_FULL;
                return;
            }

            entry.seat = s->waitlist[gig] ? GIG_LEDGER_WAITLISTED : GIG_LEDGER_OVER;
        }
    }

    duplicate = r->who[gig][who] != -1 && r->who[gig][who] != (int) app;

    if (known->withdrawn || (known->print != -1 && !same)) {
        entry.seat = GIG_LEDGER_NONE;
        entry.flags = known->withdrawn ? FLAG_WITHDRAWN : FLAG_CONFLICT;

    } else if (known->print != -1) {
        entry.seat = known->seat;
        entry.flags = known->flags;

    } else {
        if (mode == MODE_RESEND && given != GIG_LEDGER_NONE) {
            entry.seat = given;
        }

        entry.flags = duplicate ? FLAG_DUPLICATE : 0;
    }

    redis_add(s, r, &entry, &known->place[print]);

    if (!known->withdrawn && known->print == -1) {
        known->print = (int) print;
        known->seat = entry.seat;
        known->flags = entry.flags;
        known->at = at;

        if (r->who[gig][who] == -1
            && (entry.seat == GIG_LEDGER_RESERVED || entry.seat == GIG_LEDGER_WAITLISTED))
        {
            r->who[gig][who] = (int) app;
        }
    }

    if (r->n == 1) {
        r->held[gig] = 0;
    }

    if (entry.seat == GIG_LEDGER_RESERVED && !(entry.flags & FLAG_DUPLICATE)) {
        r->held[gig]++;
    }

    v->said = mode == MODE_LIVE ? SAID_ACCEPTED : SAID_APPENDED;
    v->seat = entry.seat;
    v->at = at;
}


void
redis_withdraw(sim_t *s, redis_t *r, history_mode_t mode, unsigned record, int64_t at,
    verdict_t *v)
{
    known_t       *known = &r->id[record / 3];
    queue_entry_t  entry;

    memset(v, 0, sizeof(*v));
    v->ready = r->ready;

    if (r->ready == 0) {
        v->said = SAID_NOTREADY;
        return;
    }

    if (mode == MODE_LIVE) {
        if (known->withdrawn) {
            v->said = SAID_WITHDRAWN;
            return;
        }

    } else if (redis_queued(r, known->place[WITHDRAW])) {
        v->said = SAID_QUEUED;
        return;

    } else if (known->place[WITHDRAW] == PLACE_SETTLED) {
        v->said = SAID_SETTLED;
        return;
    }

    memset(&entry, 0, sizeof(entry));
    entry.record = record;
    entry.at = at;
    redis_add(s, r, &entry, &known->place[WITHDRAW]);
    known->withdrawn = 1;
    v->said = mode == MODE_LIVE ? SAID_WITHDRAWN : SAID_APPENDED;
}


/* Only what the system of record has may leave the stream. */
static void
redis_remove(sim_t *s, redis_t *r, const queue_entry_t *entry)
{
    unsigned  app = entry->record / 3, print = entry->record % 3, gig = s->gig[app];

    if (!s->sink.tombstone[app] && (print == WITHDRAW || !s->sink.delivered[app][print])) {
        sim_broken(s, "nothing leaves the stream before the system of record has it",
                   entry->record);
    }

    if (entry->seat == GIG_LEDGER_RESERVED && !(entry->flags & FLAG_DUPLICATE)
        && r->held[gig] > 0)
    {
        r->held[gig]--;
    }

    sim_trace(s, "  %llu leaves the stream", (unsigned long long) entry->no);
    r->n--;
    memmove(&r->queue[entry - r->queue], &r->queue[entry - r->queue + 1],
            (r->n - (size_t) (entry - r->queue)) * sizeof(queue_entry_t));
}


static void
redis_settled(sim_t *s, redis_t *r, unsigned record)
{
    if (r->n_settled == SETTLED) {
        r->n_settled -= SETTLED / 4;
        memmove(r->settled_no, r->settled_no + SETTLED / 4, r->n_settled * sizeof(uint64_t));
        memmove(r->settled, r->settled + SETTLED / 4, r->n_settled * sizeof(unsigned));
    }

    r->settled_last = redis_number(s, r, r->settled_last);
    r->settled_no[r->n_settled] = r->settled_last;
    r->settled[r->n_settled++] = record;
}


static void
redis_settle_one(sim_t *s, redis_t *r, const delivery_t *d)
{
    int                   first;
    known_t              *known;
    unsigned              record = d->entry.record, app = record / 3, print = record % 3;
    unsigned              flags;
    queue_entry_t         read = d->entry;
    const queue_entry_t  *there, *other;

    known = &r->id[app];
    there = redis_find(r, read.no);

    if (there && there->record != record && s->bug != BUG_SETTLE_ANOTHER) {
        there = NULL;
    }

    flags = there ? there->flags : 0;

    if (there) {
        read = *there;
        redis_remove(s, r, there);
    }

    other = redis_find(r, known->place[print]);

    /* A copy that was queued anew is settled by its own entry. */
    if (known->place[print] == read.no || other == NULL || other->record != record) {
        known->place[print] = PLACE_SETTLED;
    }

    if (print == WITHDRAW) {
        known->withdrawn = 1;

        if (r->who[s->gig[app]][s->who[app]] == (int) app) {
            r->who[s->gig[app]][s->who[app]] = -1;
        }

    } else {
        first = known->print == -1 && !(flags & FLAG_CONFLICT);

        if (first) {
            known->print = (int) print;
            known->seat = there ? read.seat
                          : d->seat == SEAT_WAITLISTED ? GIG_LEDGER_WAITLISTED
                          : d->seat == SEAT_OVER ? GIG_LEDGER_OVER
                          : d->seat == SEAT_LATE ? GIG_LEDGER_LATE : GIG_LEDGER_RESERVED;
            known->flags = flags;
            known->at = there ? read.at : 0;
        }

        if (d->erased) {
            known->withdrawn = 1;
        }
    }

    redis_settled(s, r, record);
}


/* confirmed NULL: no counts.  whole: the last of `settled` when they were read; 0: old or not. */
void
redis_settle(sim_t *s, redis_t *r, const delivery_t *d, unsigned n, const int *confirmed,
    const int *waiting, uint64_t whole)
{
    int       old = whole && whole != (r->settled_last ? r->settled_last : 1);
    unsigned  i;

    for (i = 0; i < n; i++) {
        redis_settle_one(s, r, &d[i]);
    }

    if (confirmed && !old) {
        memcpy(r->confirmed, confirmed, sizeof(r->confirmed));
        memcpy(r->waiting, waiting, sizeof(r->waiting));
    }

    if (r->n == 0) {
        memset(r->held, 0, sizeof(r->held));
    }

    r->first = r->n ? r->queue[0].no : r->last ? r->last + 1 : 0;
}
