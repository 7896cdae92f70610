
/* What gig-sync status knows of the hosts, for other commands. */

#ifndef GIG_SYNC_STATUS_H
#define GIG_SYNC_STATUS_H

#include <jansson.h>

#include "gig_sync_redis.h"

#define GIG_SYNC_NODE_OLD       15          /* seconds: three of the marks it should have made */

/*
 * What each host of nginx says of itself in `nodes`: an array of these objects with "node" and
 * "age" added, seconds since it said so.  New reference; NULL: err.
 */
json_t *gig_sync_nodes(gig_sync_redis_t *redis, gig_error_t *err);

#endif /* GIG_SYNC_STATUS_H */
