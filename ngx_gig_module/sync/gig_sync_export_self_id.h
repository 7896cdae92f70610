
/* Export of self-identifications: counts, never rows. */

#ifndef GIG_SYNC_EXPORT_SELF_ID_H
#define GIG_SYNC_EXPORT_SELF_ID_H

#include "gig_sync_connector.h"

#define GIG_SYNC_EXPORT_CELL    5           /* a smaller count is not told: few people it is of */

/* To standard output: how often each answer was given.  -1 with err. */
int gig_sync_export_self_ids(const gig_sync_connector_t *connector, gig_sync_record_t *record,
    int csv, gig_error_t *err);

#endif /* GIG_SYNC_EXPORT_SELF_ID_H */
