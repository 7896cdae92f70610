
/* Brings back a Redis that lost its memory; `ready`, without which nobody judges, comes last. */

#ifndef GIG_SYNC_REBUILD_H
#define GIG_SYNC_REBUILD_H

#include "gig_sync_publish.h"

/*
 * One attempt, on the publisher's connection.  sink: the system of record that
 * holds applications.  0: `ready` is there now; 1: another is at it, or it was
 * lost on the way: try again in a second.
 */
int gig_sync_rebuild(gig_sync_publisher_t *publisher, const gig_sync_connector_t *connector,
    gig_sync_record_t *sink, gig_error_t *err);

#define GIG_SYNC_RECALL     3600000     /* ms: what is further behind is a restored copy */

/*
 * To a Redis that is ready and may have lost its last writes: what was written in the last
 * hour.  0: it knows that now; 1: it is not ready any more.
 */
int gig_sync_recall(gig_sync_publisher_t *publisher, const gig_sync_connector_t *connector,
    gig_sync_record_t *sink, gig_error_t *err);

#endif /* GIG_SYNC_REBUILD_H */
