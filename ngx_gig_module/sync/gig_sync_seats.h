
/* The settle script: what the system of record has dealt with, and its counts of seats. */

#ifndef GIG_SYNC_SEATS_H
#define GIG_SYNC_SEATS_H

#include "gig_sync_connector.h"
#include "gig_sync_redis.h"

#define GIG_SYNC_BATCH          64      /* applications of one transaction */
#define GIG_SYNC_SEATS_MAX      100000  /* gigs with seats; settle.lua's own limit */
#define GIG_SYNC_RECEIPTS       500     /* of one call; settle.lua takes 1,000 */

/* The system of record's counts, read in one go. */
typedef struct {
    gig_sync_seats_t *gig;              /* owned */
    size_t            n, size;
} gig_sync_counts_t;                    /* zeroed: empty */

int gig_sync_counts_read(gig_sync_counts_t *counts, const gig_sync_connector_t *connector,
    gig_sync_record_t *record, gig_error_t *err);
void gig_sync_counts_free(gig_sync_counts_t *counts);

/* Settles those of n that are not pending, with the counts of their gigs. */
int gig_sync_settle(gig_sync_redis_t *redis, const gig_sync_delivery_t *delivery, size_t n,
    const gig_sync_counts_t *counts, gig_error_t *err);

/* The key pair (id:ID who:GIG:WHO) that settle and rebuild take for a record. */
void gig_sync_arg_record_keys(gig_sync_args_t *args, const gig_sync_board_t *board, gig_str_t id,
    gig_str_t gig, gig_str_t who);

/* Id of the last entry of `settled`, or "0-0". */
int gig_sync_settled_last(gig_sync_redis_t *redis, char last[48], gig_error_t *err);

/*
 * Writes all counts, unless something was settled since `settled` was the last
 * entry of that stream: then they are old.  1: they were, or the lease is another's
 * (fence; "": done by hand); nothing was written.
 */
int gig_sync_settle_counts(gig_sync_redis_t *redis, const gig_sync_counts_t *counts,
    const char *settled, const char *fence, gig_error_t *err);

/*
 * Brings stages and seats that changed after *number to the receipts, and moves
 * *number on.  1: there may be more.
 */
int gig_sync_settle_receipts(gig_sync_redis_t *redis, const gig_sync_connector_t *connector,
    gig_sync_record_t *record, int64_t *number, const char *fence, gig_error_t *err);

#endif /* GIG_SYNC_SEATS_H */
