
/* Claim: what a consumer of `applications` that is dead held becomes ours. */

#ifndef GIG_SYNC_CLAIM_H
#define GIG_SYNC_CLAIM_H

#include "gig_sync_deliver.h"

/*
 * Entries that a dead consumer took and did not finish become ours, and the deliverer begins with
 * them.  One that is alive asks for entries every second: what it is slow with is left to it.
 */
int gig_sync_claim(gig_sync_deliverer_t *deliverer, gig_error_t *err);

#endif /* GIG_SYNC_CLAIM_H */
