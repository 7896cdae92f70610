
/* Publish: the difference between the source and what Redis holds, in one script. */

#ifndef GIG_SYNC_PUBLISH_H
#define GIG_SYNC_PUBLISH_H

#include "gig_sync_catalog.h"
#include "gig_sync_connector.h"
#include "gig_sync_job.h"
#include "gig_sync_redis.h"

#define GIG_SYNC_CONFIRMATIONS  2       /* more pulls that must agree that the board has shrunk */

typedef struct {
    gig_sync_job_t             *job;
    gig_sync_redis_t           *redis;          /* not owned */
    const gig_sync_connector_t *connector;
    gig_sync_record_t          *source;         /* owned; NULL: to be opened */
    gig_sync_catalog_t          held;           /* what Redis holds, if its digest agrees */
    int                         told;           /* that it does not */
    int                         known;
    unsigned                    shrunk;         /* pulls in a row that found the board smaller */
    const char                 *guard;          /* "lease", "rebuild"; NULL: done by hand */
    char                        fence[GIG_SYNC_FENCE];  /* what that must begin with */
    int                         fenced;         /* and did not, in the last pull */
} gig_sync_publisher_t;

void gig_sync_publisher_init(gig_sync_publisher_t *publisher, gig_sync_job_t *job,
    gig_sync_redis_t *redis);
void gig_sync_publisher_close(gig_sync_publisher_t *publisher);

/* The source's change number; opens the source. */
int gig_sync_publisher_changed(gig_sync_publisher_t *publisher, int64_t *number, gig_error_t *err);

/*
 * Until the source says that it may have changed, ms (at most GIG_SYNC_POLL if it says nothing)
 * are over, or the job is to end.  -1: the connection is lost.
 */
#define GIG_SYNC_POLL           50      /* ms between two looks at the source's change number */
int gig_sync_publisher_wait(gig_sync_publisher_t *publisher, int64_t ms, gig_error_t *err);

typedef enum {
    GIG_SYNC_PULL_EARLY     = 1,        /* because of a change: confirms no shrinking */
    GIG_SYNC_PULL_ALL       = 2         /* publish every record, for a rebuild */
} gig_sync_pull_t;

/*
 * One pull.  digest: of the catalog that Redis now holds.  1: something was
 * held back (empty source, shrink_guard), which was logged.
 */
int gig_sync_publish(gig_sync_publisher_t *publisher, unsigned how,
    unsigned char digest[GIG_DIGEST_SIZE], gig_error_t *err);

#endif /* GIG_SYNC_PUBLISH_H */
