#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <sodium.h>

#include "gig_application.h"
#include "gig_sync_claim.h"
#include "gig_sync_deliver.h"
#include "gig_sync_letter.h"
#include "gig_sync_log.h"
#include "gig_sync_seats.h"

#define GIG_SYNC_BATCH_FILES    6                   /* entries of a batch while files wait: each
                                                       may be as large as a box can be */
#define GIG_SYNC_CLAIM_PAUSE    5000                /* ms between two looks for dead consumers */
#define GIG_SYNC_CONSUMERS      16                  /* of one host that have a name each */
#define GIG_SYNC_ATTEMPTS       5                   /* that ended a process: no more of them */
#define GIG_SYNC_DEAD_KEPT      "10000"             /* `dead` is a view; the table is the truth */


/* One batch: views into reply, but for the opened boxes. */
typedef struct {
    redisReply           *reply;
    size_t                n;
    char                  last[48];
    gig_buf_t             plain[GIG_SYNC_BATCH];
    gig_sync_delivery_t   delivery[GIG_SYNC_BATCH];
} gig_sync_batch_t;


/*
 * The host's name, so that after a crash we find our own entries at once and need
 * not wait until they count as a dead consumer's.  Of several on one host the
 * second is HOST-1, and so on: who is which says an abstract socket, which goes
 * with its process.  Where that cannot be had all share a name: then two may at
 * worst deliver one entry, which the sink and the settling know.
 */
static void
gig_sync_deliverer_name(gig_sync_deliverer_t *deliverer)
{
    int                      number;
    char                     host[GIG_SYNC_HOST], board[GIG_SYNC_VALUE_MAX + 64];
    unsigned char            hash[16];
    struct sockaddr_un       name;
    const gig_sync_board_t  *settings;

    gig_sync_host(host);
    settings = deliverer->job->board;
    (void) snprintf(board, sizeof(board), "%s %u %s", settings->redis, settings->redis_db,
                    settings->name);
    (void) crypto_generichash(hash, sizeof(hash), (unsigned char *) board, strlen(board), NULL, 0);

    memset(&name, 0, sizeof(name));
    name.sun_family = AF_UNIX;
    memcpy(name.sun_path + 1, "gig-sync", 8);
    (void) sodium_bin2hex(name.sun_path + 9, 2 * sizeof(hash) + 1, hash, sizeof(hash));

    deliverer->lock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    for (number = 0; deliverer->lock != -1 && number < GIG_SYNC_CONSUMERS; number++) {
        name.sun_path[sizeof(name.sun_path) - 1] = (char) number;

        if (bind(deliverer->lock, (struct sockaddr *) &name, sizeof(name)) == 0) {
            break;
        }
    }

    (void) snprintf(deliverer->consumer, sizeof(deliverer->consumer), number == 0 ? "%s" : "%s-%d",
                    host, number);
}


void
gig_sync_deliverer_init(gig_sync_deliverer_t *deliverer, gig_sync_job_t *job,
    gig_sync_redis_t *redis)
{
    memset(deliverer, 0, sizeof(gig_sync_deliverer_t));
    deliverer->job = job;
    deliverer->redis = redis;
    gig_sync_deliverer_name(deliverer);
    memcpy(deliverer->cursor, "0", 2);
    deliverer->careful = 1;
}


void
gig_sync_deliverer_close(gig_sync_deliverer_t *deliverer)
{
    gig_sync_record_close(deliverer->connector, &deliverer->sink);

    if (deliverer->lock != -1) {
        (void) close(deliverer->lock);
        deliverer->lock = -1;
    }
}


static void
gig_sync_batch_free(gig_sync_batch_t *batch)
{
    size_t  i;

    for (i = 0; i < GIG_SYNC_BATCH; i++) {
        if (batch->plain[i].data != NULL) {
            sodium_memzero(batch->plain[i].data, batch->plain[i].size);
        }

        gig_buf_free(&batch->plain[i]);
    }

    if (batch->reply != NULL) {
        freeReplyObject(batch->reply);
    }

    free(batch);
}


int
gig_sync_deliver_lost(gig_sync_deliverer_t *deliverer, gig_str_t entry, gig_error_t *err)
{
    char  more[80], text[48];

    (void) snprintf(text, sizeof(text), "%.*s", (int) entry.len, entry.data);
    (void) snprintf(more, sizeof(more), GIG_SYNC_GROUP " %s", text);

    gig_sync_log(
        GIG_SYNC_ERROR, "lost-entry", "board", deliverer->job->board->name, "entry", text, "reason",
        "it was taken out of applications before it was delivered; nothing may trim that stream",
        NULL);

    return gig_sync_redis_do(deliverer->redis, "XACK", "applications", more, err);
}


static void
gig_sync_batch_field(gig_sync_delivery_t *d, gig_str_t name, gig_str_t value)
{
    size_t  i;

    struct {
        const char  *name;
        gig_str_t   *value;
    } fields[] = { { "op", &d->op },     { "id", &d->id },       { "gig", &d->gig },
                   { "rev", &d->rev },   { "who", &d->who },     { "print", &d->print },
                   { "seat", &d->seat }, { "flags", &d->flags }, { "node", &d->node },
                   { "box", &d->box } };

    for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (gig_str_is(name, fields[i].name)) {
            *fields[i].value = value;
            return;
        }
    }

    if (gig_str_is(name, "at") && value.len < 20) {
        d->at_ms = strtoll(value.data, NULL, 10);
    }
}


/* An entry that no judge of ours has written: it can be in no table, so it only goes to `dead`. */
static int
gig_sync_batch_sound(const gig_sync_delivery_t *d)
{
    return d->id.len == GIG_APPLICATION_TEXT - 1 && gig_id_valid(d->id)
           && (gig_str_is(d->op, "apply") || gig_str_is(d->op, "withdraw"))
           && (d->gig.len == 0 || gig_id_valid(d->gig))
           && d->who.len < GIG_HASH_TEXT && d->print.len < GIG_HASH_TEXT;
}


static void
gig_sync_batch_open(gig_sync_deliverer_t *deliverer, gig_sync_batch_t *batch)
{
    size_t                i;
    gig_error_t           why;
    gig_sync_delivery_t  *d;

    for (i = 0; i < batch->n; i++) {
        d = &batch->delivery[i];

        if (!gig_str_is(d->op, "apply") || d->given_up) {
            continue;
        }

        gig_buf_init(&batch->plain[i], GIG_BOX_PLAIN_MAX);

        if (gig_box_open(deliverer->job->board->private_keys, deliverer->job->board->n_private,
                         d->box, &batch->plain[i], &why)
            == 0)
        {
            gig_application_split(gig_buf_view(&batch->plain[i]), &d->plain, &d->files);

        } else {
            (void) snprintf(d->reason, sizeof(d->reason), "%.120s", why.detail);
        }
    }
}


/* Reads the next batch; batch->n may be 0. */
static int
gig_sync_batch_read(gig_sync_deliverer_t *deliverer, gig_sync_batch_t *batch, int block_ms,
    gig_error_t *err)
{
    int                   files;
    size_t                i, k;
    gig_str_t             entry;
    gig_sync_args_t       args;
    const redisReply     *list, *fields;
    gig_sync_delivery_t  *d;

    /* how much there is to read Redis knows, and XREADGROUP cannot be told how much to answer */

    batch->reply = gig_sync_redis_ask(deliverer->redis, "HGET", "files", "bytes", err);

    if (batch->reply == NULL) {
        return -1;
    }

    files = gig_sync_reply_int(batch->reply) > 0;
    freeReplyObject(batch->reply);

    gig_sync_args_init(&args);
    gig_sync_arg_words(&args, "XREADGROUP GROUP " GIG_SYNC_GROUP);
    gig_sync_arg_puts(&args, deliverer->consumer);
    gig_sync_arg_puts(&args, "COUNT");
    gig_sync_arg_int(&args, deliverer->careful && deliverer->cursor[0] != '\0' ? 1
                            : deliverer->connector->most ? deliverer->connector->most
                            : files ? GIG_SYNC_BATCH_FILES : GIG_SYNC_BATCH);

    if (block_ms > 0) {
        gig_sync_arg_puts(&args, "BLOCK");
        gig_sync_arg_int(&args, block_ms);
    }

    gig_sync_arg_puts(&args, "STREAMS");
    gig_sync_arg_key(&args, deliverer->job->board, "applications");
    gig_sync_arg_puts(&args, deliverer->cursor[0] == '\0' ? ">" : deliverer->cursor);

    batch->reply = gig_sync_redis_call(deliverer->redis, &args, err);
    gig_sync_args_free(&args);

    if (batch->reply == NULL) {
        return -1;
    }

    list = gig_sync_reply_at(gig_sync_reply_at(batch->reply, 0), 1);

    for (i = 0; list != NULL && i < list->elements && batch->n < GIG_SYNC_BATCH; i++) {
        entry = gig_sync_reply_str(gig_sync_reply_at(list->element[i], 0));
        fields = gig_sync_reply_at(list->element[i], 1);

        if (entry.len == 0 || entry.len >= sizeof(batch->last)) {
            return gig_error_set(err, "redis", "XREADGROUP: an answer of another shape");
        }

        memcpy(batch->last, entry.data, entry.len);
        batch->last[entry.len] = '\0';

        if (fields == NULL || fields->type != REDIS_REPLY_ARRAY) {
            if (gig_sync_deliver_lost(deliverer, entry, err) == -1) {
                return -1;
            }

            continue;
        }

        d = &batch->delivery[batch->n++];
        d->entry = entry;
        d->result = GIG_SYNC_PENDING;
        d->confirmed_seat = "";

        for (k = 0; k + 1 < fields->elements; k += 2) {
            gig_sync_batch_field(d, gig_sync_reply_str(fields->element[k]),
                                 gig_sync_reply_str(fields->element[k + 1]));
        }
    }

    return 0;
}


static int
gig_sync_batch_dead(gig_sync_deliverer_t *deliverer, const gig_sync_delivery_t *d,
    const char *state, gig_error_t *err)
{
    char             id[GIG_APPLICATION_TEXT];
    redisReply      *reply;
    gig_sync_args_t  args;

    (void) snprintf(id, sizeof(id), "%.*s", (int) d->id.len, d->id.data == NULL ? "" : d->id.data);
    gig_sync_log(GIG_SYNC_ERROR, "dead-letter", "board", deliverer->job->board->name, "id", id,
                 "state", state, "reason", d->reason, NULL);

    gig_sync_args_init(&args);
    gig_sync_arg_puts(&args, "XADD");
    gig_sync_arg_key(&args, deliverer->job->board, "dead");
    gig_sync_arg_words(&args, "MAXLEN ~ " GIG_SYNC_DEAD_KEPT " *");
    gig_sync_arg_puts(&args, "id");
    gig_sync_arg_puts(&args, id);
    gig_sync_arg_puts(&args, "op");
    gig_sync_arg(&args, d->op);
    gig_sync_arg_puts(&args, "gig");
    gig_sync_arg(&args, d->gig);
    gig_sync_arg_puts(&args, "state");
    gig_sync_arg_puts(&args, state);
    gig_sync_arg_puts(&args, "reason");
    gig_sync_arg_puts(&args, d->reason);

    /* Of what is in no table the view is all that is left. */
    if (d->id.len == 0 && d->box.len != 0) {
        gig_sync_arg_puts(&args, "box");
        gig_sync_arg(&args, d->box);
    }

    reply = gig_sync_redis_call(deliverer->redis, &args, err);
    gig_sync_args_free(&args);

    if (reply == NULL) {
        return -1;
    }

    freeReplyObject(reply);

    return 0;
}


/* Takes out of the batch, and out of the stream, what is no record at all. */
static int
gig_sync_batch_sift(gig_sync_deliverer_t *deliverer, gig_sync_batch_t *batch, gig_error_t *err)
{
    char                  more[80];
    size_t                i, n;
    gig_sync_delivery_t  *d;

    for (i = 0, n = 0; i < batch->n; i++) {
        d = &batch->delivery[i];

        if (gig_sync_batch_sound(d)) {
            batch->delivery[n++] = *d;
            continue;
        }

        (void) snprintf(d->reason, sizeof(d->reason), "the entry is no record of a judge");
        d->id = d->gig = d->op = gig_null_str;

        if (gig_sync_batch_dead(deliverer, d, "dead", err) == -1) {
            return -1;
        }

        (void) snprintf(more, sizeof(more), GIG_SYNC_GROUP " %.*s", (int) d->entry.len,
                        d->entry.data);

        if (gig_sync_redis_do(deliverer->redis, "XDEL", "applications",
                              more + sizeof(GIG_SYNC_GROUP), err)
                == -1
            || gig_sync_redis_do(deliverer->redis, "XACK", "applications", more, err) == -1)
        {
            return -1;
        }
    }

    batch->n = n;

    return 0;
}


/*
 * One entry that whoever had it may have died of.  It is counted before it is touched, and the
 * count goes when we have lived through it: so of an application that ends gig-sync each time, made
 * to or not, all others need not wait for ever.
 */
static int
gig_sync_batch_dare(gig_sync_deliverer_t *deliverer, gig_sync_batch_t *batch, gig_error_t *err)
{
    char                  more[64];
    redisReply           *reply;
    gig_sync_delivery_t  *d = &batch->delivery[0];

    (void) snprintf(more, sizeof(more), "%s 1", batch->last);
    reply = gig_sync_redis_ask(deliverer->redis, "HINCRBY", "attempts", more, err);

    if (reply == NULL) {
        return -1;
    }

    if (gig_sync_reply_int(reply) > GIG_SYNC_ATTEMPTS && gig_str_is(d->op, "apply")) {
        d->given_up = 1;
        (void) snprintf(d->reason, sizeof(d->reason), "gig-sync has ended %d times while it"
                        " delivered this", GIG_SYNC_ATTEMPTS);
    }

    freeReplyObject(reply);

    return 0;
}


static int
gig_sync_batch_write(gig_sync_deliverer_t *deliverer, gig_sync_batch_t *batch, gig_error_t *err)
{
    int                   rc;
    char                  count[24];
    size_t                i, settled;
    gig_sync_delivery_t  *d;
    gig_sync_counts_t     counts = { 0 };

    if (deliverer->connector->deliver(deliverer->sink, batch->delivery, batch->n, err) == -1) {
        gig_sync_sink_failed(deliverer->connector, &deliverer->sink);
        return -1;
    }

    /* From here on the system of record has them; all that is left can be done again. */

    settled = 0;

    for (i = 0; i < batch->n; i++) {
        d = &batch->delivery[i];
        settled += d->result != GIG_SYNC_PENDING;

        /* Without a reason it is known to be dead, and was told before. */
        if ((d->result == GIG_SYNC_DEAD || d->result == GIG_SYNC_PARKED) && d->reason[0] != '\0'
            && gig_sync_batch_dead(deliverer, d, d->result == GIG_SYNC_DEAD ? "dead" : "parked",
                                   err)
                   == -1)
        {
            return -1;
        }
    }

    deliverer->pending += batch->n - settled;

    rc = gig_sync_counts_read(&counts, deliverer->connector, deliverer->sink, err);

    if (rc == 0) {
        rc = gig_sync_settle(deliverer->redis, batch->delivery, batch->n, &counts, err);
    }

    gig_sync_counts_free(&counts);

    if (rc == 0) {
        (void) snprintf(count, sizeof(count), "%zu", settled);
        gig_sync_log(GIG_SYNC_INFO, "delivered", "board", deliverer->job->board->name, "records",
                     count, NULL);
    }

    return rc;
}


int
gig_sync_deliver(gig_sync_deliverer_t *deliverer, int block_ms, gig_error_t *err)
{
    int                rc, dared;
    size_t             read;
    gig_sync_fault_t   fault;
    gig_sync_batch_t  *batch;

    rc = gig_sync_sink_open(deliverer->job->board, &deliverer->connector, &deliverer->sink, err);

    rc = rc == 0 ? gig_sync_sink_turn(deliverer->connector, deliverer->sink, err) : -1;

    if (rc != 1) {
        gig_sync_job_sleep(deliverer->job, rc == 0 ? block_ms : 0);
        return rc == 0 && block_ms > 0 ? 0 : -1;
    }

    if (!deliverer->unlocked) {
        if (gig_sync_letters_unlock(deliverer->job, deliverer->connector, deliverer->sink, err)
            == -1)
        {
            gig_sync_sink_failed(deliverer->connector, &deliverer->sink);
            return -1;
        }

        deliverer->unlocked = 1;
    }

    batch = calloc(1, sizeof(gig_sync_batch_t));
    if (batch == NULL) {
        return gig_error_set(err, "", "out of memory");
    }

    rc = 0;

    if (gig_sync_clock() >= deliverer->claim_at) {
        rc = gig_sync_claim(deliverer, err);

        if (rc == 0) {
            deliverer->claim_at = gig_sync_clock() + GIG_SYNC_CLAIM_PAUSE;
        }
    }

    if (rc == 0) {
        rc = gig_sync_batch_read(deliverer, batch, block_ms, err);
    }

    read = batch->n;

    if (rc == 0 && batch->n > 0) {
        rc = gig_sync_batch_sift(deliverer, batch, err);
    }

    dared = 0;

    if (rc == 0 && batch->n > 0 && deliverer->careful && deliverer->cursor[0] != '\0') {
        rc = gig_sync_batch_dare(deliverer, batch, err);
        dared = rc == 0;
    }

    if (rc == 0 && batch->n > 0) {
        gig_sync_batch_open(deliverer, batch);
        rc = gig_sync_batch_write(deliverer, batch, err);
    }

    /* We live, also if it has to wait.  A count that cannot be taken back is no fault. */
    if (dared) {
        fault = deliverer->redis->fault;
        (void) gig_sync_redis_do(deliverer->redis, "HDEL", "attempts", batch->last, NULL);
        deliverer->redis->fault = fault;
    }

    if (rc == -1) {
        memcpy(deliverer->cursor, "0", 2);

        if (deliverer->redis->fault == GIG_SYNC_REDIS_NOGROUP) {
            rc = gig_sync_redis_group(deliverer->redis, err);
        }

    } else if (deliverer->cursor[0] != '\0') {
        /* Through what we have in hand, then on to what is new. */
        memcpy(deliverer->cursor, batch->last, sizeof(deliverer->cursor));
        deliverer->careful &= batch->last[0] != '\0';
    }

    gig_sync_batch_free(batch);

    return rc == -1 ? -1 : (int) read;
}


void
gig_sync_deliver_job(gig_sync_job_t *job)
{
    int                   n;
    gig_error_t           err;
    gig_sync_redis_t      redis;
    gig_sync_backoff_t    backoff = { 0 };
    gig_sync_deliverer_t  deliverer;

    gig_sync_redis_init(&redis, job->board);
    gig_sync_deliverer_init(&deliverer, job, &redis);

    while (!gig_sync_job_stopped(job)) {
        n = gig_sync_deliver(&deliverer, GIG_SYNC_BLOCK, &err);

        if (n == -1) {
            gig_sync_job_failed(job, &backoff, &err);
            continue;
        }

        if (deliverer.cursor[0] == '\0' && deliverer.pending > 0) {
            /* The sink could not take some yet; the others have gone by. */
            gig_error_set(&err, "sink", "%zu record%s must wait", deliverer.pending,
                          gig_plural(deliverer.pending));
            deliverer.pending = 0;
            memcpy(deliverer.cursor, "0", 2);
            gig_sync_job_failed(job, &backoff, &err);
            continue;
        }

        backoff.wait = 0;
    }

    gig_sync_deliverer_close(&deliverer);
    gig_sync_redis_close(&redis);
}
