
/* Watch: is Redis what it should be; seats as the system of record counts them; those who wait. */

#ifndef GIG_SYNC_WATCH_H
#define GIG_SYNC_WATCH_H

#include "gig_sync_publish.h"
#include "gig_sync_self_id.h"

#define GIG_SYNC_WATCH_EVERY    1000        /* ms */

typedef struct {
    gig_sync_job_t             *job;
    gig_sync_redis_t           *redis;      /* not owned */
    gig_sync_publisher_t        publisher;  /* for a rebuild; its own connection to the source */
    const gig_sync_connector_t *connector;
    gig_sync_record_t          *sink;       /* owned; NULL: to be opened */
    uint64_t                    written;    /* hash of counts and `settled` when last written */
    int64_t                     written_at;
    char                        replid[41]; /* of the Redis of the last look; "": none yet */
    int64_t                     receipt;    /* number of the last change told to a receipt */
    gig_sync_self_ids_t         self_ids;
} gig_sync_watcher_t;

void gig_sync_watcher_init(gig_sync_watcher_t *watcher, gig_sync_job_t *job,
    gig_sync_redis_t *redis);
void gig_sync_watcher_close(gig_sync_watcher_t *watcher);

/* One look.  1: Redis is not ready yet; -1 with err. */
int gig_sync_watch(gig_sync_watcher_t *watcher, gig_error_t *err);

#endif /* GIG_SYNC_WATCH_H */
