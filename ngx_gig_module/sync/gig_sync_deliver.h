
/* Deliver: entries of `applications` into the system of record, then settle them. */

#ifndef GIG_SYNC_DELIVER_H
#define GIG_SYNC_DELIVER_H

#include "gig_sync_connector.h"
#include "gig_sync_job.h"
#include "gig_sync_redis.h"

typedef struct {
    gig_sync_job_t             *job;
    gig_sync_redis_t           *redis;          /* not owned */
    const gig_sync_connector_t *connector;
    gig_sync_record_t          *sink;           /* owned; NULL: to be opened */
    char                        consumer[72];
    int                         lock;           /* owned socket: the consumer's name is ours */
    char                        cursor[48];     /* of our own unfinished entries; "": none */
    int64_t                     claim_at;       /* when to look for dead consumers next */
    size_t                      pending;        /* left over by the sink in this round */
    int                         careful;        /* who had these before us has died */
    int                         unlocked;       /* what waited for our keys was delivered */
} gig_sync_deliverer_t;

void gig_sync_deliverer_init(gig_sync_deliverer_t *deliverer, gig_sync_job_t *job,
    gig_sync_redis_t *redis);
void gig_sync_deliverer_close(gig_sync_deliverer_t *deliverer);

/*
 * One batch, waiting for it at most block_ms (0: not at all): of what we have in
 * hand after `cursor`, or of what is new if that is empty.  Returns how many entries
 * were read; -1 with err: after a pause it begins with what it has in hand.
 */
int gig_sync_deliver(gig_sync_deliverer_t *deliverer, int block_ms, gig_error_t *err);

/*
 * An entry that is pending and no longer in the stream: somebody trimmed it.  Its record is still
 * in a ledger, or lost.
 */
int gig_sync_deliver_lost(gig_sync_deliverer_t *deliverer, gig_str_t entry, gig_error_t *err);

#endif /* GIG_SYNC_DELIVER_H */
