
/*
 * A dead letter, delivered once more.  The delivery table of the system of record keeps the sealed
 * box of each record that could not be delivered, so none of this needs Redis.
 */

#ifndef GIG_SYNC_LETTER_H
#define GIG_SYNC_LETTER_H

#include "gig_box.h"
#include "gig_sync_connector.h"
#include "gig_sync_job.h"

#define GIG_SYNC_LETTER_REASON  128
#define GIG_SYNC_LETTER_BOX     (2 * GIG_BOX_PLAIN_MAX)     /* bytes of one that is opened */

/*
 * The letter of this id and print ("": a withdrawal), in a transaction of its own, by the rules of
 * any delivery.  What became of it: "delivered", "erased", "parked" or "dead" with its reason, or
 * "gone"; NULL with err: nobody knows, and it is as it was.
 */
const char *gig_sync_letter_deliver(const gig_sync_connector_t *connector,
    gig_sync_record_t *record, const gig_sync_board_t *board, gig_str_t id, gig_str_t print,
    char reason[GIG_SYNC_LETTER_REASON], gig_error_t *err);

/*
 * All letters that wait for a private key which the board has now: a host that seals with a new key
 * may be faster than a gig-sync that is still to learn it.  A deliverer calls this when it starts,
 * for keys come with the settings.  -1 with err: to be tried again.
 */
int gig_sync_letters_unlock(gig_sync_job_t *job, const gig_sync_connector_t *connector,
    gig_sync_record_t *record, gig_error_t *err);

#endif /* GIG_SYNC_LETTER_H */
