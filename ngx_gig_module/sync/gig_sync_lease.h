
/*
 * The lease: of all gig-syncs of a board one publishes, the others stand by.  What a lease lets
 * do carries its fence, and Redis refuses a fence that is not the last one: so a process that was
 * stopped, and does not know yet that another has taken over, can do no harm.
 */

#ifndef GIG_SYNC_LEASE_H
#define GIG_SYNC_LEASE_H

#include <pthread.h>
#include <stdatomic.h>

#define GIG_SYNC_LEASE_TTL      5000    /* ms without a word, then it is another's */
#define GIG_SYNC_LEASE_RENEW    1000    /* ms between two words, and two tries of others */
#define GIG_SYNC_LEASE_REST     3000    /* ms that who cannot read the source leaves it to others */
#define GIG_SYNC_LEASE_STUCK    60000   /* ms without a step of the pull: likewise */
#define GIG_SYNC_FENCE          96      /* bytes of a fence and NUL */

/* What the jobs of a board share. */
typedef struct {
    pthread_mutex_t  lock;
    char             fence[GIG_SYNC_FENCE];     /* "": it is not ours */
    atomic_llong     rest_until;                /* gig_sync_clock() */
    atomic_llong    *pull;                      /* not owned; of the pull's last step */
} gig_sync_lease_t;

int gig_sync_lease_init(gig_sync_lease_t *lease);
void gig_sync_lease_free(gig_sync_lease_t *lease);

/*
 * 1: we may publish, with this fence; 0: another does, or nobody yet.  lease NULL: nobody was
 * asked, as for what a person does by hand: 1, and fence is "".
 */
int gig_sync_lease_held(gig_sync_lease_t *lease, char fence[GIG_SYNC_FENCE]);

/* Redis has refused the fence: until the lease is ours again there is none. */
void gig_sync_lease_lost(gig_sync_lease_t *lease);

/* The source cannot be read from here: perhaps another can. */
void gig_sync_lease_rest(gig_sync_lease_t *lease);

#endif /* GIG_SYNC_LEASE_H */
