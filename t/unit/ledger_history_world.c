
/*
 * Why: where histories come from.  A world of random size, and at each step somebody who does
 * the next thing he would do, or the nemesis; later nobody disturbs it any more.
 */

#include <string.h>

#include "ledger_history.h"


/* A world without faults so far.  Files are cleared when they are made: they are most of it. */
void
sim_start(sim_t *s, uint64_t seed, bug_t bug, int trace)
{
    int       i;
    unsigned  app, k;

    memset(s, 0, offsetof(sim_t, host));
    memset((char *) s + offsetof(sim_t, worker), 0, sizeof(*s) - offsetof(sim_t, worker));

    for (i = 0; i < HOSTS; i++) {
        s->host[i].skew = 0;
        s->host[i].full = 0;

        for (k = 0; k < FILES; k++) {
            s->host[i].file[k].used = 0;
            s->host[i].file[k].unlinked = 0;
        }
    }

    s->seed = seed;
    s->bug = bug;
    s->trace = trace;
    s->random = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
    s->random = s->random ? s->random : 1;
    (void) sim_below(s, 2);
    s->now = 1000000;
    s->faults = 1;
    s->nonce = 10;
    s->keep = sim_chance(s, 500) ? 20000 : 1 + sim_below(s, 2000);

    s->n_apps = 2 + sim_below(s, APPS - 1);
    s->n_whos = 1 + sim_below(s, WHOS);

    for (i = 0; i < GIGS; i++) {
        s->cap[i] = sim_chance(s, 150) ? -1 : (int) sim_below(s, 4);
        s->waitlist[i] = sim_chance(s, 500);
        s->closes[i] = sim_chance(s, 400) ? s->now + sim_below(s, 30000) : 0;
    }

    for (app = 0; app < s->n_apps; app++) {
        s->gig[app] = (unsigned) sim_chance(s, 300);
        s->who[app] = sim_below(s, s->n_whos);
    }

    for (i = 0; i < CLIENTS; i++) {
        app = i < (int) s->n_apps ? (unsigned) i : sim_below(s, s->n_apps);
        k = i < (int) s->n_apps ? 0 : sim_below(s, 3);
        s->client[i].record = 3 * app + k;
        s->client[i].worker = -1;
        s->client[i].tries = 1 + (int) sim_below(s, 4);
        s->client[i].start = s->now + sim_below(s, 10000);
    }

    s->n_clients = s->n_apps + sim_below(s, CLIENTS - s->n_apps + 1);

    redis_flush(&s->redis[0]);
    s->redis[0].replid = ++s->nonce;
    s->redis[0].ready = ++s->nonce;
    s->redis[0].judge = 1;
    s->redis[0].group = 1;

    /* Its clock was set back: numbers go up by one, and after a promotion they come again. */

    if (sim_chance(s, 400)) {
        s->redis[0].last = (uint64_t) (s->now + 300000) * 1000;
        s->redis[0].settled_last = s->redis[0].last;
    }

    s->redis[1] = s->redis[0];
    s->replica = s->redis[0];

    for (i = 0; i < SYNCS; i++) {
        s->sync[i].redis = -1;
        s->sync[i].alive = 1;
        s->sync[i].own = 1;
    }

    for (i = 0; i < HOSTS; i++) {
        s->host[i].skew = (int64_t) sim_below(s, 10000) - 5000;
    }

    for (i = 0; i < WORKERS; i++) {
        worker_start(s, i);
    }
}


/* The nemesis. */

void
sim_demote(sim_t *s)
{
    int  i, old = !s->primary;

    s->split = 0;

    for (i = 0; i < WORKERS; i++) {
        if (s->worker[i].alive && s->worker[i].redis == old) {
            worker_cut(s, i);
        }
    }

    for (i = 0; i < SYNCS; i++) {
        if (s->sync[i].redis == old) {
            s->sync[i].redis = -1;
        }
    }

    for (i = 0; i < OPS; i++) {
        if (s->op[i].state && s->op[i].redis == old) {
            s->op[i].state = 0;
        }
    }
}


/* The replica becomes the primary as it is; who talks to the old one may go on for a while. */
void
sim_promote(sim_t *s)
{
    if (s->split) {
        sim_demote(s);
    }

    sim_trace(s, "the replica is promoted");
    s->primary = !s->primary;
    s->redis[s->primary] = s->replica;
    s->redis[s->primary].replid = ++s->nonce;
    s->redis[s->primary].skew = (int64_t) sim_below(s, 10000) - 5000;
    s->replica = s->redis[s->primary];
    s->split = 1;
    s->losses++;

    if (sim_chance(s, 600)) {
        sim_demote(s);
    }
}


void
sim_flush(sim_t *s)
{
    sim_trace(s, "FLUSHALL");
    redis_flush(&s->redis[s->primary]);
    s->losses++;
}


/* What Redis remembers of one that it has been done with for long. */
static void
sim_expire(sim_t *s, unsigned app)
{
    unsigned  i;
    redis_t  *r = &s->redis[s->primary];

    for (i = 0; i < r->n; i++) {
        if (r->queue[i].record / 3 == app) {
            return;
        }
    }

    sim_trace(s, "what is known of %u expires", app);
    memset(&r->id[app], 0, sizeof(known_t));
    r->id[app].print = -1;
    s->losses++;

    if (r->who[s->gig[app]][s->who[app]] == (int) app) {
        r->who[s->gig[app]][s->who[app]] = -1;
    }
}


static void
sim_leave(sim_t *s, int client)
{
    int       i, worker = s->client[client].worker;
    unsigned  k;

    if (worker == -1) {
        return;
    }

    for (i = 0; i < OPS; i++) {
        if (s->op[i].client == client) {
            s->op[i].client = -1;
        }
    }

    for (k = 0; k < WRITES; k++) {
        if (s->worker[worker].write[k].client == client) {
            s->worker[worker].write[k].client = -1;
        }

        if (s->worker[worker].task.write[k].client == client) {
            s->worker[worker].task.write[k].client = -1;
        }
    }

    sim_unknown(s, client);
}


static void
sim_nemesis(sim_t *s)
{
    int  i, worker = (int) sim_below(s, WORKERS), host = (int) sim_below(s, HOSTS);

    switch (sim_below(s, 18)) {

    case 0:
        worker_kill(s, worker);
        return;

    case 1:
        if (sim_chance(s, 400)) {
            sim_trace(s, "host %d loses its power", host);
            worker_kill(s, 2 * host);
            worker_kill(s, 2 * host + 1);
            disk_power(s, host);
        }

        return;

    case 2:
        sim_trace(s, "worker %d is to exit", worker);
        s->worker[worker].exiting = 1;
        return;

    case 3:
        if (sim_chance(s, 400)) {
            sim_flush(s);
        }

        return;

    case 4:
        if (sim_chance(s, 500)) {
            sim_promote(s);
        }

        return;

    case 5:
        if (s->split) {
            sim_demote(s);
        }

        return;

    case 6:
        s->gone = !s->gone;
        sim_trace(s, "Redis is %s", s->gone ? "gone" : "back");

        for (i = 0; s->gone && i < WORKERS; i++) {
            if (s->worker[i].alive) {
                worker_cut(s, i);
            }
        }

        return;

    case 7: case 8:
        if (s->worker[worker].alive) {
            worker_cut(s, worker);
        }

        return;

    case 9: case 10:
        (void) op_timeout(s, (int) sim_below(s, OPS));
        return;

    case 11: case 12:
        sync_kill(s, (int) sim_below(s, SYNCS));
        return;

    case 13:
        s->host[host].full = !s->host[host].full;
        return;

    case 14:
        sim_leave(s, (int) sim_below(s, s->n_clients));
        return;

    case 15:
        if (sim_chance(s, 300)) {
            i = (int) sim_below(s, GIGS);
            s->cap[i] = s->cap[i] < 0 ? 1 : (int) sim_below(s, 4);
            sim_trace(s, "the cap of %d is %d", i, s->cap[i]);
        }

        return;

    case 16:
        sim_expire(s, sim_below(s, s->n_apps));
        return;

    default:
        if (sim_chance(s, 300)) {
            /* a restart that loses nothing */
            s->redis[s->primary].replid = ++s->nonce;

            for (i = 0; i < WORKERS; i++) {
                if (s->worker[i].alive) {
                    worker_cut(s, i);
                }
            }
        }
    }
}


/* What comes back by itself. */
static void
sim_mend(sim_t *s)
{
    int        i, k, busy;
    worker_t  *w;

    for (i = 0; i < WORKERS; i++) {
        w = &s->worker[i];

        if (!w->alive) {
            worker_start(s, i);

        } else if (w->redis == -1) {
            worker_connect(s, i);
        }

        for (busy = 0, k = 0; k < (int) s->n_clients; k++) {
            busy |= s->client[k].worker == i;
        }

        if (w->left && !busy && w->task.state == 0 && w->n_writes == 0) {
            worker_kill(s, i);
        }
    }

    for (i = 0; i < SYNCS; i++) {
        s->sync[i].alive = 1;
    }
}


static void
sim_client(sim_t *s, int client)
{
    client_t  *c = &s->client[client];

    if (c->state != CLIENT_IDLE || s->now < c->start || c->tries <= 0) {
        return;
    }

    /* It takes a receipt to withdraw. */

    if (c->record % 3 == WITHDRAW && !s->told[c->record - 1] && !s->told[c->record - 2]) {
        return;
    }

    c->tries--;
    c->start = s->now + 1000;
    worker_request(s, (int) sim_below(s, WORKERS), client);
}


void
sim_step(sim_t *s)
{
    unsigned  what = sim_below(s, 1000);

    s->now += sim_below(s, sim_chance(s, 20) ? 40000 : sim_chance(s, 100) ? 3000 : 40);

    if (what < 150) {
        sim_client(s, (int) sim_below(s, s->n_clients));

    } else if (what < 450) {
        op_step(s, (int) sim_below(s, OPS / 4));
        op_step(s, (int) sim_below(s, OPS));

    } else if (what < 650) {
        worker_step(s, (int) sim_below(s, WORKERS));

    } else if (what < 750) {
        sync_deliver(s, (int) sim_below(s, SYNCS));

    } else if (what < 850) {
        sync_watch(s, (int) sim_below(s, SYNCS));

    } else if (what < 900) {
        sim_mend(s);

    } else if (what < 920) {
        s->replica = s->redis[s->primary];

    } else if (what < 960) {
        sim_nemesis(s);
    }
}


void
sim_round(sim_t *s)
{
    int  i, k;

    sim_mend(s);

    for (i = 0; i < (int) s->n_clients; i++) {
        sim_client(s, i);
    }

    for (k = 0; k < 3; k++) {
        for (i = 0; i < WORKERS; i++) {
            worker_step(s, i);
        }

        for (i = 0; i < OPS; i++) {
            op_step(s, i);
        }

        for (i = 0; i < SYNCS; i++) {
            sync_deliver(s, i);
            sync_watch(s, i);
        }
    }
}
