
/*
 * Why: whether a 202 is earned is decided here: which record is looked up before the judge is
 * asked, and what is written before which answer.  What is on its way to Redis may be executed
 * and not answered, or answered late: _acknowledge.c, _withdraw.c and _link.c without nginx.
 */

#include <string.h>

#include "ledger_history.h"


static void worker_known(sim_t *s, int worker, int client);
static void worker_shared(sim_t *s, int worker, int client);
static void worker_judged(sim_t *s, int worker, int client, const verdict_t *verdict, int asked);
static void worker_remember(sim_t *s, int worker, int client, int sent);
static void op_end(sim_t *s, op_t *op);


/* The link. */

void
worker_connect(sim_t *s, int worker)
{
    worker_t  *w = &s->worker[worker];

    if (s->gone || w->redis != -1) {
        return;
    }

    w->redis = s->primary;
    w->link_replid = s->redis[w->redis].replid;
    w->link_ready = s->redis[w->redis].ready;
}


/* What was sent may have been executed, or will be; no answer comes. */
void
worker_cut(sim_t *s, int worker)
{
    int        i;
    worker_t  *w = &s->worker[worker];

    if (w->redis == -1) {
        return;
    }

    sim_trace(s, "the link of worker %d is cut", worker);
    w->redis = -1;

    for (i = 0; i < OPS; i++) {
        if (s->op[i].state && s->op[i].worker == worker) {
            (void) op_timeout(s, i);
        }
    }
}


op_t *
op_send(sim_t *s, int worker, op_kind_t kind, unsigned record)
{
    int    i;
    op_t  *op;

    if (s->worker[worker].redis == -1) {
        return NULL;
    }

    for (i = 0; i < OPS; i++) {
        op = &s->op[i];

        if (op->state == 0) {
            memset(op, 0, sizeof(*op));
            op->state = 1;
            op->kind = kind;
            op->redis = s->worker[worker].redis;
            op->worker = worker;
            op->client = -1;
            op->record = record;
            return op;
        }
    }

    return NULL;
}


/* An answer of Redis, or that none comes: op->state is 2 if there is one. */
static void
op_end(sim_t *s, op_t *op)
{
    int                  worker = op->worker, answered = op->state == 2;
    op_t                 done = *op;
    unsigned             i;
    worker_t            *w;
    gig_ledger_entry_t  *e;
    gig_ledger_record_t  record;

    op->state = 0;

    if (worker == -1) {
        return;
    }

    w = &s->worker[worker];

    switch (done.kind) {

    case OP_JUDGE:
        if (done.client != -1) {
            worker_judged(s, worker, done.client, answered ? &done.verdict : NULL, 1);
        }

        return;

    case OP_WITHDRAW:
        if (done.client != -1) {
            worker_remember(s, worker, done.client, 0);
        }

        return;

    case OP_RESEND:
        w->sends--;

        if (answered && (done.verdict.said == SAID_SETTLED
                         || (s->bug == BUG_TICK_WHEN_QUEUED && done.verdict.said == SAID_QUEUED)))
        {
            worker_tick(s, worker, done.record);
        }

        record_make(s, done.record, GIG_LEDGER_NONE, 0, &record);
        e = gig_ledger_book_find(w->book, record.op, record.id, record.print);

        if (e && e->sending) {
            gig_ledger_book_sent(w->book, e,
                                 answered && (done.verdict.said == SAID_QUEUED
                                              || done.verdict.said == SAID_APPENDED),
                                 s->now);
        }

        return;

    case OP_READY:
        w->polling = 0;

        if (answered && done.verdict.ready) {
            worker_history(s, worker, w->link_replid, done.verdict.ready);
            worker_poll(s, worker);
        }

        return;

    default:
        w->polling = 0;

        for (i = 0; answered && i < done.n; i++) {
            w->cursor = done.no[i];
            worker_tick(s, worker, done.settled[i]);

            /* What is said of one content or of an application is said of nothing else. */

            if (s->bug == BUG_WITHDRAWAL_TICKED && done.settled[i] % 3 != WITHDRAW) {
                worker_tick(s, worker, done.settled[i] / 3 * 3 + WITHDRAW);
            }
        }

        if (done.n == REPLY) {
            worker_poll(s, worker);
        }
    }
}


static void
op_execute(sim_t *s, op_t *op)
{
    unsigned  i;
    redis_t  *r = &s->redis[op->redis];

    op->state = 2;

    switch (op->kind) {

    case OP_JUDGE: case OP_RESEND: case OP_WITHDRAW:
        if (op->record % 3 == WITHDRAW) {
            redis_withdraw(s, r, op->mode, op->record, op->at, &op->verdict);
        } else {
            redis_judge(s, r, op->mode, op->record, op->at, op->seat, &op->verdict);
        }

        sim_trace(s, "redis %d on %u of worker %d, mode %d: said %d, seat %d", op->redis,
                  op->record, op->worker, (int) op->mode, (int) op->verdict.said,
                  (int) op->verdict.seat);
        return;

    case OP_READY:
        op->verdict.ready = r->ready;
        return;

    default:
        if (op->worker != -1 && s->worker[op->worker].seen_ready == r->ready
            && s->worker[op->worker].seen_replid == r->replid
            && redis_number(s, r, r->settled_last) <= op->cursor)
        {
            sim_broken(s, "what is settled next is seen", 0);
        }

        for (i = 0; i < r->n_settled && op->n < REPLY; i++) {
            if (r->settled_no[i] > op->cursor) {
                op->no[op->n] = r->settled_no[i];
                op->settled[op->n++] = r->settled[i];
            }
        }
    }
}


void
op_step(sim_t *s, int i)
{
    op_t  *op = &s->op[i];

    if (op->state == 1) {
        if (!s->gone) {
            op_execute(s, op);
        }

        if (op->worker == -1) {
            op->state = 0;
        }

    } else if (op->state == 2) {
        op_end(s, op);
    }
}


/* No answer in time; it may yet be executed. */
int
op_timeout(sim_t *s, int i)
{
    op_t  late, *op = &s->op[i];

    if (op->state == 0 || op->worker == -1) {
        return 0;
    }

    late = *op;
    op->state = 1;
    op_end(s, op);

    if (late.state == 1 && op->state == 0 && sim_chance(s, 500)) {
        *op = late;
        op->worker = -1;
        op->client = -1;
    }

    return 1;
}


/* A request: the host's own records first, then the judge. */

void
worker_request(sim_t *s, int worker, int client)
{
    int        i;
    op_t      *op;
    worker_t  *w = &s->worker[worker];
    client_t  *c = &s->client[client];

    if (!w->alive || w->left) {
        return;
    }

    c->worker = worker;
    c->at = s->now + s->host[w->host].skew;
    c->seat = GIG_LEDGER_NONE;
    sim_trace(s, "client %d sends %u to worker %d", client, c->record, worker);

    if (c->record % 3 == WITHDRAW) {
        op = op_send(s, worker, OP_WITHDRAW, c->record);

        if (op == NULL) {
            worker_remember(s, worker, client, 0);
            return;
        }

    } else {
        for (i = 0; i < OPS; i++) {
            if (s->op[i].state && s->op[i].kind == OP_JUDGE && s->op[i].worker == worker
                && s->op[i].record / 3 == c->record / 3)
            {
                c->worker = -1;                 /* in hand: once more in a second */
                return;
            }
        }

        worker_known(s, worker, client);

        if (c->worker == -1 || c->state == CLIENT_DISK) {
            return;
        }

        op = op_send(s, worker, OP_JUDGE, c->record);

        if (op == NULL) {
            worker_judged(s, worker, client, NULL, 0);
            return;
        }
    }

    op->client = client;
    op->at = c->at;
    c->state = CLIENT_REDIS;
}


static void
worker_known(sim_t *s, int worker, int client)
{
    worker_t                  *w = &s->worker[worker];
    client_t                  *c = &s->client[client];
    gig_ledger_book_t         *other = s->worker[worker ^ 1].book;
    gig_ledger_record_t        record;
    const gig_ledger_entry_t  *e;

    record_make(s, c->record, GIG_LEDGER_NONE, 0, &record);
    e = gig_ledger_book_find(w->book, GIG_LEDGER_APPLY, record.id, record.print);
    c->held = e || (other && gig_ledger_book_find(other, GIG_LEDGER_APPLY, record.id,
                                                  record.print));

    if (gig_ledger_book_find(w->book, GIG_LEDGER_WITHDRAW, record.id, "")) {
        sim_refused(s, client, "withdrawn");

    } else if (e) {
        sim_told(s, client, e->seat, w->host);

    } else if (gig_ledger_book_id(w->book, record.id)) {
        c->held = 0;
        sim_refused(s, client, "conflict");

    } else if (c->held && s->bug != BUG_WORKERS_APART) {
        worker_shared(s, worker, client);
    }
}


/* Another worker of the host holds it: that is known, and told when this one has it as well. */
static void
worker_shared(sim_t *s, int worker, int client)
{
    client_t                  *c = &s->client[client];
    gig_ledger_book_t         *other = s->worker[worker ^ 1].book;
    gig_ledger_record_t        record;
    const gig_ledger_entry_t  *e;

    record_make(s, c->record, GIG_LEDGER_NONE, 0, &record);

    if (gig_ledger_book_find(other, GIG_LEDGER_WITHDRAW, record.id, "")) {
        sim_refused(s, client, "withdrawn");
        return;
    }

    e = gig_ledger_book_find(other, GIG_LEDGER_APPLY, record.id, record.print);
    c->seat = e->seat;
    c->at = e->received_ms;
    worker_remember(s, worker, client, 0);
}


/* asked: the judge was, so that it may have taken it whatever is known here. */
static void
worker_judged(sim_t *s, int worker, int client, const verdict_t *verdict, int asked)
{
    client_t  *c = &s->client[client];
    unsigned   gig = s->gig[c->record / 3];

    if (verdict && verdict->said == SAID_NOTREADY) {
        verdict = NULL;
        asked = 0;
    }

    if (verdict == NULL) {
        if (s->closes[gig] && s->now + s->host[s->worker[worker].host].skew >= s->closes[gig]) {
            if (asked && s->bug != BUG_UNANSWERED_REFUSED) {
                sim_unknown(s, client);
            } else {
                sim_refused(s, client, "closed");
            }

            return;
        }

        c->seat = GIG_LEDGER_NONE;
        worker_remember(s, worker, client, 0);
        return;
    }

    if (verdict->said == SAID_ACCEPTED || verdict->said == SAID_REPLAY) {

        if (verdict->seat == GIG_LEDGER_NONE) {
            sim_unknown(s, client);
            return;
        }

        c->seat = verdict->seat;
        c->at = verdict->at ? verdict->at : c->at;

        if (s->bug == BUG_LEDGER_OFF
            || (s->bug == BUG_REPLAY_UNRECORDED && verdict->said == SAID_REPLAY))
        {
            sim_told(s, client, c->seat, s->worker[worker].host);
            return;
        }

        worker_remember(s, worker, client, verdict->said == SAID_ACCEPTED);
        return;
    }

    if (verdict->said == SAID_UNKNOWN) {
        sim_broken(s, "nobody hears that a published gig is not known", c->record);
    }

    sim_refused(s, client, verdict->said == SAID_FULL ? "full"
                           : verdict->said == SAID_CLOSED ? "closed"
                           : verdict->said == SAID_WITHDRAWN ? "withdrawn" : "conflict");
}


/* sent: Redis has taken it just now; what it had before may be settled, and that told. */
static void
worker_remember(sim_t *s, int worker, int client, int sent)
{
    worker_t                  *w = &s->worker[worker];
    client_t                  *c = &s->client[client];
    gig_ledger_record_t        record;
    const gig_ledger_entry_t  *e;

    record_make(s, c->record, GIG_LEDGER_NONE, 0, &record);
    e = gig_ledger_book_find(w->book, record.op, record.id, record.print);

    if (e && (record.op == GIG_LEDGER_WITHDRAW || e->seat != GIG_LEDGER_NONE
              || c->seat == GIG_LEDGER_NONE))
    {
        sim_told(s, client, c->seat, w->host);
        return;
    }

    if (worker_write(s, worker, client, sent) != 0) {
        sim_unknown(s, client);
    }
}
