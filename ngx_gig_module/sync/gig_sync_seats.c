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

    if (connector->seats == NULL) {
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
    if (delivery->asked) {
        return "asked";
    }

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


/* One call of the settle script under construction. */
typedef struct {
    gig_sync_args_t  keys;              /* two a record, then one a receipt */
    gig_sync_args_t  records, counts, receipts;
} gig_sync_settling_t;


static void
gig_sync_settling_init(gig_sync_settling_t *settling)
{
    gig_sync_args_init(&settling->keys);
    gig_sync_args_init(&settling->records);
    gig_sync_args_init(&settling->counts);
    gig_sync_args_init(&settling->receipts);
}


static void
gig_sync_settling_free(gig_sync_settling_t *settling)
{
    gig_sync_args_free(&settling->keys);
    gig_sync_args_free(&settling->records);
    gig_sync_args_free(&settling->counts);
    gig_sync_args_free(&settling->receipts);
}


/* Calls and frees it.  1: the counts were old, or the fence is; they are not written. */
static int
gig_sync_settling_send(gig_sync_settling_t *settling, gig_sync_redis_t *redis, const char *whole,
    const char *fence, gig_error_t *err)
{
    int               old;
    size_t            i;
    redisReply       *reply;
    gig_sync_args_t   args;

    const gig_sync_args_t  *const  parts[] = {
        &settling->keys, &settling->records, &settling->counts, &settling->receipts
    };

    gig_sync_args_init(&args);
    gig_sync_arg_int(&args, 7 + (int64_t) settling->keys.n + (fence[0] != '\0'));
    gig_sync_arg_keys(&args, redis->board,
                      "applications settled seats judge catalog changes stages");

    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        gig_sync_arg_all(&args, parts[i]);

        if (i == 0) {
            if (fence[0] != '\0') {
                gig_sync_arg_key(&args, redis->board, "lease");
            }

            gig_sync_arg_puts(&args, GIG_SYNC_GROUP);
            gig_sync_arg_int(&args, GIG_SYNC_ID_TTL);
            gig_sync_arg_int(&args, (int64_t) settling->records.n / 8);
            gig_sync_arg_int(&args, (int64_t) settling->counts.n / 3);
            gig_sync_arg_int(&args, (int64_t) settling->receipts.n / 3);
            gig_sync_arg_puts(&args, whole);
        }
    }

    if (fence[0] != '\0') {
        gig_sync_arg_puts(&args, fence);
    }

    gig_sync_settling_free(settling);

    reply = gig_sync_redis_script(redis, gig_lua_settle, &args, err);
    gig_sync_args_free(&args);

    if (reply == NULL) {
        return -1;
    }

    old = gig_sync_reply_int(gig_sync_reply_at(reply, 1)) == -1;
    freeReplyObject(reply);

    return old;
}


static void
gig_sync_settling_count(gig_sync_settling_t *settling, const gig_sync_seats_t *seats)
{
    gig_sync_arg_puts(&settling->counts, seats->gig);
    gig_sync_arg_int(&settling->counts, seats->confirmed < 0 ? 0 : seats->confirmed);
    gig_sync_arg_int(&settling->counts, seats->waiting < 0 ? 0 : seats->waiting);
}


static void
gig_sync_arg_id_key(gig_sync_args_t *args, const gig_sync_board_t *board, gig_str_t id)
{
    char  key[GIG_KEY_SIZE], text[GIG_HASH_TEXT];

    (void) snprintf(text, sizeof(text), "%.*s", (int) id.len, id.data == NULL ? "" : id.data);
    gig_sync_arg(args, (gig_str_t) { key, gig_key_id(key, gig_sync_board_name(board), text) });
}


void
gig_sync_arg_record_keys(gig_sync_args_t *args, const gig_sync_board_t *board, gig_str_t id,
    gig_str_t gig, gig_str_t who)
{
    char    key[GIG_KEY_SIZE], text[GIG_HASH_TEXT];
    size_t  len;

    gig_sync_arg_id_key(args, board, id);
    (void) snprintf(text, sizeof(text), "%.*s", (int) who.len, who.data == NULL ? "" : who.data);
    len = gig_key_who(key, gig_sync_board_name(board), gig, text);
    gig_sync_arg(args, (gig_str_t) { key, len });
}


int
gig_sync_settle(gig_sync_redis_t *redis, const gig_sync_delivery_t *delivery, size_t n,
    const gig_sync_counts_t *counts, gig_error_t *err)
{
    size_t                      i, k;
    gig_sync_settling_t         settling;
    const gig_sync_delivery_t  *d;

    gig_sync_settling_init(&settling);

    for (i = 0; i < n; i++) {
        d = &delivery[i];

        if (d->result == GIG_SYNC_PENDING) {
            continue;
        }

        gig_sync_arg_record_keys(&settling.keys, redis->board, d->id, d->gig, d->who);
        gig_sync_arg(&settling.records, d->entry);
        gig_sync_arg(&settling.records, d->op);
        gig_sync_arg(&settling.records, d->id);
        gig_sync_arg(&settling.records, d->print);
        gig_sync_arg(&settling.records, d->node);
        gig_sync_arg(&settling.records, d->gig);
        gig_sync_arg(&settling.records, d->who);
        gig_sync_arg_puts(&settling.records, gig_sync_outcome(d));
    }

    /* The counts of the gigs that these records name; the watch brings the rest. */
    for (k = 0; k < counts->n; k++) {
        for (i = 0; i < n && !gig_str_is(delivery[i].gig, counts->gig[k].gig); i++) { /* void */ }

        if (i < n) {
            gig_sync_settling_count(&settling, &counts->gig[k]);
        }
    }

    return gig_sync_settling_send(&settling, redis, "0", "", err);
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
    (void) snprintf(last, 48, "%.*s", (int) (id.len == 0 ? 3 : id.len),
                    id.len == 0 ? "0-0" : id.data);
    freeReplyObject(reply);

    return 0;
}


int
gig_sync_settle_counts(gig_sync_redis_t *redis, const gig_sync_counts_t *counts,
    const char *settled, const char *fence, gig_error_t *err)
{
    size_t               k;
    gig_sync_settling_t  settling;

    gig_sync_settling_init(&settling);

    for (k = 0; k < counts->n; k++) {
        gig_sync_settling_count(&settling, &counts->gig[k]);
    }

    return gig_sync_settling_send(&settling, redis, settled, fence, err);
}


typedef struct {
    const gig_sync_board_t  *board;
    unsigned                 n;
    gig_sync_settling_t      settling;
} gig_sync_receipts_t;


static int
gig_sync_receipts_add(void *data, const gig_sync_known_t *known)
{
    gig_sync_args_t      *args;
    gig_sync_receipts_t  *receipts = data;

    receipts->n++;

    /* A row that a person made up. */
    if (known->id.len != GIG_APPLICATION_TEXT - 1 || !gig_id_valid(known->id)) {
        return 0;
    }

    args = &receipts->settling.receipts;
    gig_sync_arg_id_key(&receipts->settling.keys, receipts->board, known->id);
    gig_sync_arg(args, known->id);
    gig_sync_arg(args, known->stages);
    gig_sync_arg(args, known->seat);

    return 0;
}


int
gig_sync_settle_receipts(gig_sync_redis_t *redis, const gig_sync_connector_t *connector,
    gig_sync_record_t *record, int64_t *number, const char *fence, gig_error_t *err)
{
    int                  rc;
    int64_t              last;
    gig_sync_receipts_t  receipts;

    receipts.board = redis->board;
    receipts.n = 0;
    gig_sync_settling_init(&receipts.settling);
    last = *number;

    rc = connector->receipts(record, &last, GIG_SYNC_RECEIPTS, gig_sync_receipts_add, &receipts,
                             err);

    if (rc == -1 || receipts.n == 0) {
        gig_sync_settling_free(&receipts.settling);
        return rc;
    }

    rc = gig_sync_settling_send(&receipts.settling, redis, "0", fence, err);

    if (rc != 0) {
        return rc == -1 ? -1 : 0;
    }

    *number = last;

    return receipts.n == GIG_SYNC_RECEIPTS;
}
