#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gig_sync_claim.h"
#include "gig_sync_log.h"


/* 1: another consumer holds entries and has not been heard of for claim_after. */
static int
gig_sync_claim_dead(gig_sync_deliverer_t *deliverer, gig_error_t *err)
{
    int                dead, ours;
    size_t             i, k;
    int64_t            pending, idle;
    gig_str_t          name;
    redisReply        *reply;
    const redisReply  *pairs, *value;

    reply = gig_sync_redis_ask(deliverer->redis, "XINFO CONSUMERS", "applications",
                               GIG_SYNC_GROUP, err);
    if (reply == NULL) {
        /* Without its stream the group is gone as well. */
        if (strncmp(err->detail, "ERR no such key", 15) == 0) {
            deliverer->redis->fault = GIG_SYNC_REDIS_NOGROUP;
        }

        return -1;
    }

    dead = 0;

    for (i = 0; i < reply->elements; i++) {
        pairs = gig_sync_reply_at(reply, i);
        ours = 0;
        pending = 0;
        idle = 0;

        for (k = 0; pairs != NULL && k + 1 < pairs->elements; k += 2) {
            name = gig_sync_reply_str(pairs->element[k]);
            value = pairs->element[k + 1];

            if (gig_str_is(name, "name")) {
                ours = gig_str_is(gig_sync_reply_str(value), deliverer->consumer);

            } else if (gig_str_is(name, "pending")) {
                pending = gig_sync_reply_int(value);

            } else if (gig_str_is(name, "idle")) {
                idle = gig_sync_reply_int(value);
            }
        }

        dead |= !ours && pending > 0 && idle >= deliverer->job->board->claim_after_ms;
    }

    freeReplyObject(reply);

    return dead;
}


int
gig_sync_claim(gig_sync_deliverer_t *deliverer, gig_error_t *err)
{
    int                rc;
    char               more[192], start[48], count[24];
    size_t             i, claimed;
    gig_str_t          next;
    redisReply        *reply;
    const redisReply  *lost;

    rc = gig_sync_claim_dead(deliverer, err);
    if (rc != 1) {
        return rc;
    }

    memcpy(start, "0-0", 4);
    claimed = 0;

    do {
        (void) snprintf(more, sizeof(more), GIG_SYNC_GROUP " %s %" PRId64 " %s COUNT 100 JUSTID",
                        deliverer->consumer, deliverer->job->board->claim_after_ms, start);

        reply = gig_sync_redis_ask(deliverer->redis, "XAUTOCLAIM", "applications", more, err);
        if (reply == NULL) {
            return -1;
        }

        next = gig_sync_reply_str(gig_sync_reply_at(reply, 0));
        (void) snprintf(start, sizeof(start), "%.*s", (int) next.len,
                        next.data == NULL ? "0-0" : next.data);

        lost = gig_sync_reply_at(reply, 1);
        claimed += lost == NULL ? 0 : lost->elements;

        /* Trimmed under the group: Redis has dropped them from the list already. */
        lost = gig_sync_reply_at(reply, 2);

        for (i = 0; lost != NULL && i < lost->elements; i++) {
            next = gig_sync_reply_str(lost->element[i]);

            if (gig_sync_deliver_lost(deliverer, next, err) == -1) {
                freeReplyObject(reply);
                return -1;
            }
        }

        freeReplyObject(reply);

    } while (strcmp(start, "0-0") != 0 && !gig_sync_job_stopped(deliverer->job));

    if (claimed > 0) {
        (void) snprintf(count, sizeof(count), "%zu", claimed);
        gig_sync_log(GIG_SYNC_WARN, "claimed", "board", deliverer->job->board->name, "entries",
                     count, NULL);
        memcpy(deliverer->cursor, "0", 2);
        deliverer->careful = 1;
    }

    return 0;
}
