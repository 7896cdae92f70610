
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

#endif /* GIG_SYNC_REBUILD_H */
