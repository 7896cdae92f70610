
/* Self-identifications, from the stream `selfid` into the system of record's own table for them. */

#ifndef GIG_SYNC_SELF_ID_H
#define GIG_SYNC_SELF_ID_H

#include "gig_sync_connector.h"
#include "gig_sync_redis.h"

#define GIG_SYNC_SELF_ID_BATCH  200         /* entries read at once: 400 KB */
#define GIG_SYNC_SELF_ID_AGAIN  60000       /* ms: then what was left behind is looked at again */

/* Where the reading is.  A zeroed one begins with the first entry. */
typedef struct {
    char     from[48];                      /* "": the first entry */
    int64_t  again_at;
} gig_sync_self_ids_t;

/*
 * What is there now: written in one transaction by its random id, then deleted, so that one
 * that comes again is the same row.  What cannot be read is deleted and logged; what is sealed to
 * a key that is not here is left.  -1 with err: nothing of the batch in hand was deleted.
 */
int gig_sync_self_ids(gig_sync_self_ids_t *ids, gig_sync_redis_t *redis,
    const gig_sync_connector_t *connector, gig_sync_record_t *sink, gig_error_t *err);

#endif /* GIG_SYNC_SELF_ID_H */
