
/*
 * Why: when a task starts and what it takes with it, what becomes of what it did, and what is
 * taken for another Redis: ngx_http_gig_ledger.c and half of _ledger_settle.c without nginx.
 */

#include <string.h>

#include "ledger_history.h"

#define LOOK            1000                    /* ms between two looks at Redis and the folder */


static void worker_look(sim_t *s, int worker);
static void worker_kick(sim_t *s, int worker);
static void worker_end(sim_t *s, int worker);


void
worker_start(sim_t *s, int worker)
{
    int        i;
    worker_t  *w = &s->worker[worker];
    unsigned   life = w->life;

    memset(w, 0, sizeof(*w));
    w->alive = 1;
    w->life = life + 1;
    w->host = worker / 2;
    w->book = gig_ledger_book_create();
    w->current = -1;
    w->redis = -1;
    w->look = 1;
    w->timer = s->now;

    for (i = 0; i < SEGMENTS; i++) {
        w->segment[i].file = -1;
    }

    sim_trace(s, "worker %d starts", worker);
}


/* The locks go with the descriptors. */
static void
worker_leave(sim_t *s, int worker)
{
    int        i;
    worker_t  *w = &s->worker[worker];

    for (i = 0; i < SEGMENTS; i++) {
        if (w->segment[i].file != -1) {
            s->host[w->host].file[w->segment[i].file].owner = -1;
            w->segment[i].file = -1;
        }
    }

    gig_ledger_book_free(w->book);
    w->book = NULL;
    w->current = -1;
    w->n_ticks = 0;
}


void
worker_kill(sim_t *s, int worker)
{
    int        i;
    worker_t  *w = &s->worker[worker];

    if (!w->alive) {
        return;
    }

    sim_trace(s, "worker %d is killed", worker);
    worker_leave(s, worker);
    w->alive = 0;
    w->life++;

    for (i = 0; i < OPS; i++) {
        if (s->op[i].worker == worker) {
            s->op[i].worker = -1;
            s->op[i].client = -1;
        }
    }

    for (i = 0; i < (int) s->n_clients; i++) {
        if (s->client[i].worker == worker) {
            sim_unknown(s, i);
        }
    }
}


/* Another history: nothing that was sent may be there. */
void
worker_history(sim_t *s, int worker, unsigned replid, unsigned ready)
{
    worker_t  *w = &s->worker[worker];

    if (ready == 0 || (ready == w->seen_ready && replid == w->seen_replid)) {
        return;
    }

    if (w->seen_ready && s->bug != BUG_HISTORY_IGNORED) {
        sim_trace(s, "worker %d sees another history", worker);
        gig_ledger_book_again(w->book, s->now);

        /* Numbers of both only rise: one that was left does not come back. */

        if (replid < w->seen_replid || (replid == w->seen_replid && ready < w->seen_ready)) {
            sim_broken(s, "nothing is sent again for no reason", 0);
        }

        /* Numbers of `settled` may come again, too. */

        if (s->bug != BUG_CURSOR_KEPT) {
            w->cursor = 0;
        }
    }

    w->seen_ready = ready;
    w->seen_replid = replid;
}


static void
worker_look(sim_t *s, int worker)
{
    worker_t  *w = &s->worker[worker];

    if (gig_ledger_book_gap(w->book) == 0 || w->polling || w->redis == -1) {
        return;
    }

    /* As it was when the link was made says nothing of now. */

    if (s->bug == BUG_HISTORY_OF_LINK) {
        worker_history(s, worker, w->link_replid, w->link_ready);
    }

    w->polling = op_send(s, worker, OP_READY, 0) != NULL;
}


void
worker_poll(sim_t *s, int worker)
{
    op_t      *op;
    worker_t  *w = &s->worker[worker];

    if (w->n_ticks + REPLY + SENDS > TICKS) {
        return;
    }

    op = op_send(s, worker, OP_SETTLED, 0);

    if (op) {
        op->cursor = w->cursor;
        w->polling = 1;
    }
}


int
worker_write(sim_t *s, int worker, int client, int sent)
{
    worker_t  *w = &s->worker[worker];
    client_t  *c = &s->client[client];
    write_t   *write;

    if (w->n_writes == WRITES || (w->failed && s->now - w->failed < LOOK)) {
        return -1;
    }

    write = &w->write[w->n_writes++];
    memset(write, 0, sizeof(*write));
    write->record = c->record;
    write->client = client;
    write->sent = sent;
    write->seat = c->seat;
    write->at = c->at;
    c->state = CLIENT_DISK;
    worker_kick(s, worker);

    return 0;
}


void
worker_tick(sim_t *s, int worker, unsigned record)
{
    tick_t               *tick;
    unsigned              i;
    worker_t             *w = &s->worker[worker];
    segment_t            *segment;
    gig_ledger_entry_t    entry;
    gig_ledger_record_t   name;

    record_make(s, record, GIG_LEDGER_NONE, 0, &name);

    /* Before its fsync is over: once it is on the disk it is ticked. */

    for (i = 0; i < w->n_writes; i++) {
        w->write[i].settled |= w->write[i].record == record;
    }

    for (i = 0; w->task.state && i < w->task.n_writes; i++) {
        w->task.write[i].settled |= w->task.write[i].record == record;
    }

    if (!gig_ledger_book_tick(w->book, name.op, name.id, name.print, &entry)) {
        return;
    }

    sim_trace(s, "worker %d ticks %u", worker, record);

    if (!s->sink.tombstone[record / 3]
        && (record % 3 == WITHDRAW || !s->sink.delivered[record / 3][record % 3]))
    {
        sim_broken(s, "what is ticked is in the system of record", record);
    }

    segment = &w->segment[entry.segment];
    segment->last_tick = s->now + s->host[w->host].skew;

    if (w->n_ticks == TICKS) {
        return;
    }

    tick = &w->tick[w->n_ticks++];
    tick->segment = entry.segment;
    tick->record = record;
    tick->at = segment->last_tick;
}


static void
worker_kick(sim_t *s, int worker)
{
    task_t              *task;
    int64_t              now;
    unsigned             i;
    worker_t            *w = &s->worker[worker];
    gig_ledger_entry_t  *e;
    gig_ledger_record_t  record;

    task = &w->task;

    if (task->state) {
        return;
    }

    memset(task, 0, offsetof(task_t, write));
    now = s->now + s->host[w->host].skew;

    while (w->redis != -1 && task->n_again < SENDS && w->sends < SENDS) {
        e = gig_ledger_book_due(w->book, s->now);

        if (e == NULL) {
            break;
        }

        memset(&record, 0, sizeof(record));
        record.op = e->op;
        memcpy(record.id, e->id, sizeof(record.id));
        memcpy(record.print, e->print, sizeof(record.print));
        task->again[task->n_again].record = record_of(&record);
        task->again[task->n_again].segment = e->segment;
        task->again[task->n_again].offset = e->offset;
        task->again[task->n_again++].len = e->len;
        w->sends++;
    }

    for (i = 0; i < SEGMENTS; i++) {
        if (w->segment[i].file != -1 && w->segment[i].sealed
            && (gig_ledger_book_live(w->book, i) == 0 || s->bug == BUG_FREED_EARLY)
            && now - w->segment[i].last_tick > s->keep)
        {
            task->remove |= (uint64_t) 1 << i;
        }
    }

    if (w->n_writes == 0 && w->n_ticks == 0 && task->n_again == 0 && task->remove == 0
        && (!w->look || w->exiting))
    {
        return;
    }

    task->n_writes = w->n_writes;
    memcpy(task->write, w->write, w->n_writes * sizeof(write_t));
    w->n_writes = 0;
    task->n_ticks = w->n_ticks;
    task->adopt = w->look && !w->exiting;
    w->look = 0;
    task->state = 1;
}


static void
worker_resend(sim_t *s, int worker, const again_t *again)
{
    op_t                *op;
    worker_t            *w = &s->worker[worker];
    gig_ledger_entry_t  *e;
    gig_ledger_record_t  record;

    op = again->there ? op_send(s, worker, OP_RESEND, again->record) : NULL;

    if (op) {
        op->mode = again->seat == GIG_LEDGER_NONE && again->record % 3 != WITHDRAW ? MODE_INTENT
                                                                                   : MODE_RESEND;
        op->seat = again->seat;
        op->at = again->at;
        return;
    }

    w->sends--;
    record_make(s, again->record, GIG_LEDGER_NONE, 0, &record);
    e = gig_ledger_book_find(w->book, record.op, record.id, record.print);

    if (e && e->sending) {
        gig_ledger_book_sent(w->book, e, 0, s->now);
    }
}


/* Nothing was waited for so far: what is settled from about now on is looked at. */
static void
worker_first(sim_t *s, worker_t *w)
{
    int64_t  from = s->now + s->host[w->host].skew - GIG_LEDGER_RESEND;

    if (gig_ledger_book_gap(w->book) == 0) {
        w->cursor = from > 0 ? (uint64_t) from * 1000 : 0;
    }
}


static void
worker_end(sim_t *s, int worker)
{
    int                   first = 0, ok;
    task_t               *task;
    unsigned              i;
    worker_t             *w = &s->worker[worker];
    write_t              *write;
    adopted_t            *a;
    gig_ledger_record_t   record;

    task = &w->task;
    task->state = 0;
    w->n_ticks -= task->n_ticks;
    memmove(w->tick, w->tick + task->n_ticks, w->n_ticks * sizeof(tick_t));

    for (i = 0; i < task->n_adopted; i++) {
        a = &task->adopted[i];
        worker_first(s, w);
        (void) gig_ledger_book_add(w->book, &a->record, a->segment, a->offset, a->len, 0, &first);
    }

    for (i = 0; i < task->n_writes; i++) {
        write = &task->write[i];
        worker_first(s, w);
        record_make(s, write->record, write->seat, write->at, &record);
        ok = task->ok
             && gig_ledger_book_add(w->book, &record, write->segment, write->offset, write->len,
                                    write->sent ? s->now : 0, &first)
                == 0;

        if (ok && first) {
            w->mark &= ~(1u << write->record);
        }

        if (ok && write->settled) {
            worker_tick(s, worker, write->record);
        }

        if (write->client == -1) {
            continue;
        }

        if (ok) {
            sim_told(s, write->client, write->seat, w->host);
        } else {
            w->failed = s->now;
            sim_unknown(s, write->client);
        }
    }

    if (task->n_writes && task->ok) {
        w->failed = 0;
    }

    for (i = 0; i < task->n_again; i++) {
        worker_resend(s, worker, &task->again[i]);
    }
}


void
worker_step(sim_t *s, int worker)
{
    worker_t  *w = &s->worker[worker];

    if (!w->alive) {
        return;
    }

    if (w->task.state == 1) {
        task_run(s, worker);
        return;
    }

    if (w->task.state == 2) {
        worker_end(s, worker);
        worker_kick(s, worker);
        return;
    }

    if (s->now >= w->timer) {
        w->timer = s->now + LOOK;

        if (w->exiting) {
            if (w->n_writes == 0 && w->sends == 0) {
                worker_leave(s, worker);
                w->book = gig_ledger_book_create();
                w->left = 1;
            }

        } else {
            w->look = 1;
            worker_look(s, worker);
        }
    }

    worker_kick(s, worker);
}
