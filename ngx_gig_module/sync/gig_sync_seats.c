#include <stdlib.h>
#include <string.h>

#include "gig_sync_seats.h"


static int
gig_sync_counts_add(void *data, const gig_sync_seats_t *seats)
{
    size_t              size;
    gig_sync_seats_t   *grown;
    gig_sync_counts_t  *counts = data;

    if (counts->n == counts->size) {
        size = counts->size == 0 ? 64 : counts->size * 2;
        grown = size > 2 * GIG_SYNC_SEATS_MAX
                    ? NULL
                    : realloc(counts->gig, size * sizeof(gig_sync_seats_t));
        if (grown == NULL) {
            return -1;
        }

        counts->gig = grown;
        counts->size = size;
    }

    counts->gig[counts->n++] = *seats;

    return 0;
}


int
gig_sync_counts_read(gig_sync_counts_t *counts, const gig_sync_connector_t *connector,
    gig_sync_record_t *record, gig_error_t *err)
{
    counts->n = 0;

    if (!(connector->abilities & GIG_SYNC_DATABASE)) {
        return 0;
    }

    return connector->seats(record, gig_sync_counts_add, counts, err);
}


void
gig_sync_counts_free(gig_sync_counts_t *counts)
{
    free(counts->gig);
    memset(counts, 0, sizeof(gig_sync_counts_t));
}


static const char *
gig_sync_outcome(const gig_sync_delivery_t *delivery)
{
    switch (delivery->result) {

    case GIG_SYNC_DELIVERED:
        return delivery->confirmed_seat == NULL || delivery->confirmed_seat[0] == '\0'
               ? "delivered" : delivery->confirmed_seat;

    case GIG_SYNC_DEAD:
        return "dead";

    case GIG_SYNC_PARKED:
        return "parked";

    default:
        return "erased";
    }
}


static void
gig_sync_settle_begin(gig_sync_args_t *args, const gig_sync_board_t *board, size_t records)
{
    size_t  i;

    static const char *const  names[] = {
        "applications", "settled", "seats", "judge", "catalog", "changes", "stages"
    };

    gig_sync_arg_int(args, (int64_t) (7 + 2 * records));

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        gig_sync_arg_key(args, board, names[i]);
    }
}


static void
gig_sync_settle_numbers(gig_sync_args_t *args, size_t records, size_t counts, int whole)
{
    gig_sync_arg_puts(args, GIG_SYNC_GROUP);
    gig_sync_arg_int(args, GIG_SYNC_ID_TTL);
    gig_sync_arg_int(args, (int64_t) records);
    gig_sync_arg_int(args, (int64_t) counts);
    gig_sync_arg_int(args, 0);
    gig_sync_arg_int(args, whole);
}


static void
gig_sync_settle_count(gig_sync_args_t *args, const gig_sync_seats_t *seats)
{
    gig_sync_arg_puts(args, seats->gig);
    gig_sync_arg_int(args, seats->confirmed < 0 ? 0 : seats->confirmed);
    gig_sync_arg_int(args, seats->waiting < 0 ? 0 : seats->waiting);
}


void
gig_sync_arg_record_keys(gig_sync_args_t *args, const gig_sync_board_t *board, gig_str_t id,
    gig_str_t gig, gig_str_t who)
{
    char       key[GIG_KEY_SIZE], text[GIG_HASH_TEXT];
    gig_str_t  name;

    name = (gig_str_t) { board->name, strlen(board->name) };

    (void) snprintf(text, sizeof(text), "%.*s", (int) id.len, id.data == NULL ? "" : id.data);
    gig_sync_arg(args, (gig_str_t) { key, gig_key_id(key, name, text) });

    (void) snprintf(text, sizeof(text), "%.*s", (int) who.len, who.data == NULL ? "" : who.data);
    gig_sync_arg(args, (gig_str_t) { key, gig_key_who(key, name, gig, text) });
}


int
gig_sync_settle(gig_sync_redis_t *redis, const gig_sync_delivery_t *delivery, size_t n,
    const gig_sync_counts_t *counts, gig_error_t *err)
{
    size_t                      i, k, records, named;
    redisReply                 *reply;
    gig_sync_args_t             args;
    const gig_sync_delivery_t  *d;

    gig_sync_args_init(&args);
    records = 0;

    for (i = 0; i < n; i++) {
        records += delivery[i].result != GIG_SYNC_PENDING;
    }

    gig_sync_settle_begin(&args, redis->board, records);

    for (i = 0; i < n; i++) {
        if (delivery[i].result != GIG_SYNC_PENDING) {
            gig_sync_arg_record_keys(&args, redis->board, delivery[i].id, delivery[i].gig,
                                     delivery[i].who);
        }
    }

    /* The counts of the gigs that these records name; the watch brings the rest. */
    named = 0;

    for (k = 0; k < counts->n; k++) {
        for (i = 0; i < n && !gig_str_is(delivery[i].gig, counts->gig[k].gig); i++) { /* void */ }
        named += i < n;
    }

    gig_sync_settle_numbers(&args, records, named, 0);

    for (i = 0; i < n; i++) {
        d = &delivery[i];

        if (d->result == GIG_SYNC_PENDING) {
            continue;
        }

        gig_sync_arg(&args, d->entry);
        gig_sync_arg(&args, d->op);
        gig_sync_arg(&args, d->id);
        gig_sync_arg(&args, d->print);
        gig_sync_arg(&args, d->node);
        gig_sync_arg(&args, d->gig);
        gig_sync_arg(&args, d->who);
        gig_sync_arg_puts(&args, gig_sync_outcome(d));
    }

    for (k = 0; k < counts->n; k++) {
        for (i = 0; i < n && !gig_str_is(delivery[i].gig, counts->gig[k].gig); i++) { /* void */ }

        if (i < n) {
            gig_sync_settle_count(&args, &counts->gig[k]);
        }
    }

    reply = gig_sync_redis_script(redis, gig_lua_settle, &args, err);
    gig_sync_args_free(&args);

    if (reply == NULL) {
        return -1;
    }

    freeReplyObject(reply);

    return 0;
}


int
gig_sync_settled_last(gig_sync_redis_t *redis, char last[48], gig_error_t *err)
{
    gig_str_t    id;
    redisReply  *reply;

    reply = gig_sync_redis_ask(redis, "XREVRANGE", "settled", "+ - COUNT 1", err);
    if (reply == NULL) {
        return -1;
    }

    id = gig_sync_reply_str(gig_sync_reply_at(gig_sync_reply_at(reply, 0), 0));
    (void) snprintf(last, 48, "%.*s", (int) id.len, id.data == NULL ? "" : id.data);
    freeReplyObject(reply);

    return 0;
}


/* A command without key and without a reply that matters. */
static int
gig_sync_settle_word(gig_sync_redis_t *redis, const char *word, gig_error_t *err)
{
    redisReply       *reply;
    gig_sync_args_t   args;

    gig_sync_args_init(&args);
    gig_sync_arg_puts(&args, word);
    reply = gig_sync_redis_call(redis, &args, err);
    gig_sync_args_free(&args);

    if (reply == NULL) {
        return -1;
    }

    freeReplyObject(reply);

    return 0;
}


int
gig_sync_settle_counts(gig_sync_redis_t *redis, const gig_sync_counts_t *counts,
    const char *settled, gig_error_t *err)
{
    char              last[48], sha[41];
    size_t            k;
    redisReply       *reply;
    const redisReply *answer;
    gig_sync_args_t   args;

    reply = gig_sync_redis_ask(redis, "WATCH", "settled", "", err);
    if (reply == NULL) {
        return -1;
    }

    freeReplyObject(reply);

    if (gig_sync_settled_last(redis, last, err) == -1) {
        goto failed;
    }

    if (strcmp(last, settled) != 0) {
        return gig_sync_settle_word(redis, "UNWATCH", err) == -1 ? -1 : 1;
    }

    if (gig_sync_redis_load(redis, gig_lua_settle, sha, err) == -1
        || gig_sync_settle_word(redis, "MULTI", err) == -1)
    {
        goto failed;
    }

    gig_sync_args_init(&args);
    gig_sync_settle_begin(&args, redis->board, 0);
    gig_sync_settle_numbers(&args, 0, counts->n, 1);

    for (k = 0; k < counts->n; k++) {
        gig_sync_settle_count(&args, &counts->gig[k]);
    }

    reply = gig_sync_redis_script(redis, gig_lua_settle, &args, err);
    gig_sync_args_free(&args);

    if (reply == NULL) {
        goto failed;
    }

    freeReplyObject(reply);

    gig_sync_args_init(&args);
    gig_sync_arg_puts(&args, "EXEC");
    reply = gig_sync_redis_call(redis, &args, err);
    gig_sync_args_free(&args);

    if (reply == NULL) {
        goto failed;
    }

    /* Nil: `settled` changed under us.  The script's own error comes as an element. */
    answer = gig_sync_reply_at(reply, 0);

    if (answer != NULL && answer->type == REDIS_REPLY_ERROR) {
        gig_error_set(err, "redis", "%.*s", (int) (answer->len > 200 ? 200 : answer->len),
                      answer->str);
        freeReplyObject(reply);
        goto failed;
    }

    k = answer == NULL;
    freeReplyObject(reply);

    return (int) k;

failed:

    /* A connection in the middle of MULTI is of no use to anybody. */
    gig_sync_redis_close(redis);

    return -1;
}
