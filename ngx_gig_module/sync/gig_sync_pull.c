#include <string.h>

#include "gig_sync_log.h"
#include "gig_sync_publish.h"

#define GIG_SYNC_LOOK           1000        /* ms between two looks at what Redis holds */
#define GIG_SYNC_PATIENCE       1000        /* ms of back-off with a source that cannot be read */
#define GIG_SYNC_CALM           4           /* a pull rests so many times what it took */


/* The source cannot be read: tried a few times, then left to a gig-sync that may read it. */
static void
gig_sync_pull_failed(gig_sync_publisher_t *publisher, gig_sync_backoff_t *backoff,
    const gig_error_t *err)
{
    gig_sync_publisher_close(publisher);

    if (backoff->wait >= GIG_SYNC_PATIENCE) {
        gig_sync_lease_rest(publisher->job->lease);
    }

    gig_sync_job_failed(publisher->job, backoff, err);
}


/*
 * The pull job.  The source's change number is asked for often, because it
 * costs microseconds, or when the source says so; what Redis holds once a second; all
 * of the source at its time, and after a change.
 */

void
gig_sync_pull_job(gig_sync_job_t *job)
{
    int                   due, early;
    int64_t               seen, number, version, now, next, look, calm, until;
    gig_error_t           err;
    unsigned char         digest[GIG_DIGEST_SIZE];
    gig_sync_redis_t      redis;
    gig_sync_backoff_t    backoff = { 0 };
    gig_sync_publisher_t  publisher;

    gig_sync_redis_init(&redis, job->board);
    gig_sync_publisher_init(&publisher, job, &redis);
    publisher.guard = "lease";
    next = 0;
    look = 0;
    calm = 0;
    seen = 0;

    while (!gig_sync_job_stopped(job)) {

        if (!gig_sync_lease_held(job->lease, publisher.fence)) {
            /* What it knows is old when its turn comes. */
            gig_sync_publisher_close(&publisher);
            next = 0;
            gig_sync_job_sleep(job, GIG_SYNC_POLL);
            continue;
        }

        now = gig_sync_clock();
        due = now >= next;

        if (gig_sync_publisher_changed(&publisher, &number, &err) == -1) {
            gig_sync_pull_failed(&publisher, &backoff, &err);
            continue;
        }

        early = !due && number != seen && now >= calm;

        if (!due && !early && now >= look) {
            if (gig_sync_catalog_head(&redis, &version, digest, &err) == -1) {
                gig_sync_job_failed(job, &backoff, &err);
                continue;
            }

            early = version == 0 || !publisher.known
                    || memcmp(digest, publisher.held.digest, GIG_DIGEST_SIZE) != 0;
            look = now + GIG_SYNC_LOOK;
            backoff.wait = 0;
        }

        if (!due && !early) {
            until = number != seen && calm < look ? calm : look;

            if (gig_sync_publisher_wait(&publisher, until < next ? until - now : next - now, &err)
                == -1)
            {
                gig_sync_pull_failed(&publisher, &backoff, &err);
            }

            continue;
        }

        if (gig_sync_publish(&publisher, early ? GIG_SYNC_PULL_EARLY : 0, digest, &err) == -1) {

            if (publisher.fenced) {
                gig_sync_log(GIG_SYNC_WARN, "fenced", "board", job->board->name, "reason",
                             err.detail, NULL);
                gig_sync_lease_lost(job->lease);

            } else if (publisher.source == NULL) {
                gig_sync_pull_failed(&publisher, &backoff, &err);

            } else {
                gig_sync_job_failed(job, &backoff, &err);
            }

            continue;
        }

        /* A change that comes while we read is seen again: the number was asked for before. */
        seen = number;
        calm = gig_sync_clock() + GIG_SYNC_CALM * (gig_sync_clock() - now);
        backoff.wait = 0;

        if (due) {
            next = now + job->board->pull_every_ms;
        }
    }

    gig_sync_publisher_close(&publisher);
    gig_sync_redis_close(&redis);
}
