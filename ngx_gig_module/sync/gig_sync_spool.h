
/*
 * What one publish carries.  The JSON waits in an unlinked file, so that the
 * source is read once, as of one instant, and memory stays small; from there it
 * is streamed into one call of the publish script.
 */

#ifndef GIG_SYNC_SPOOL_H
#define GIG_SYNC_SPOOL_H

#include <stdio.h>

#include "gig_sha1.h"
#include "gig_sync_redis.h"

#define GIG_SYNC_SPOOL_MAX      (INT64_C(1) << 30)  /* bytes */

typedef struct {
    FILE    *file;                                  /* owned */
    int64_t  size;                                  /* bytes */
    size_t   records;
} gig_sync_spool_t;                                 /* zeroed: empty */

/* op is put, del, form or formdel. */
int gig_sync_spool_add(gig_sync_spool_t *spool, const char *op, const char *id, gig_str_t json,
    gig_error_t *err);
void gig_sync_spool_free(gig_sync_spool_t *spool);

/*
 * Publishes all of it onto a catalog with this digest, which becomes the new
 * one.  guard: the key that must begin with fence, or NULL.  2: it does not;
 * 1: Redis has another digest (of a publish of more than 10,000 records a part may be done).
 */
int gig_sync_spool_send(gig_sync_spool_t *spool, gig_sync_redis_t *redis, const char *guard,
    const char *fence, unsigned char digest[GIG_DIGEST_SIZE], gig_error_t *err);

#endif /* GIG_SYNC_SPOOL_H */
