#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "gig_sync_commands.h"
#include "gig_sync_deliver.h"
#include "gig_sync_log.h"
#include "gig_sync_options.h"
#include "gig_sync_watch.h"

#define GIG_SYNC_ONCE_READY     15      /* seconds that another's rebuild is waited for */


/* Until `ready` is there, by us or by another. */
static int
gig_sync_once_ready(gig_sync_watcher_t *watcher, gig_error_t *err)
{
    int       rc;
    unsigned  tries;

    for (tries = 0; tries < GIG_SYNC_ONCE_READY; tries++) {
        rc = gig_sync_watch(watcher, err);

        if (rc != 1) {
            return rc;
        }

        gig_sync_job_sleep(watcher->job, GIG_SYNC_WATCH_EVERY);
    }

    return gig_error_set(err, "redis",
                         "another gig-sync is rebuilding this board and does not end");
}


static int
gig_sync_once_board(gig_sync_job_t *job)
{
    int                    rc, fresh, held_back;
    gig_error_t            err;
    unsigned char          digest[GIG_DIGEST_SIZE];
    gig_sync_redis_t       redis;
    gig_sync_watcher_t     watcher;
    gig_sync_publisher_t   publisher;
    gig_sync_deliverer_t   deliverer;

    gig_sync_redis_init(&redis, job->board);
    gig_sync_watcher_init(&watcher, job, &redis);
    gig_sync_publisher_init(&publisher, job, &redis);
    gig_sync_deliverer_init(&deliverer, job, &redis);

    held_back = 0;
    rc = gig_sync_once_ready(&watcher, &err);

    if (rc == 0) {
        rc = gig_sync_publish(&publisher, 0, digest, &err);
        held_back = rc == 1;
    }

    /* First what an earlier one left unfinished, then what is new, until there is none. */
    while (rc >= 0) {
        fresh = deliverer.cursor[0] == '\0';
        rc = gig_sync_deliver(&deliverer, 0, &err);

        if (rc == 0 && fresh && deliverer.cursor[0] == '\0') {
            break;
        }
    }

    /* Once more, for the seats and those who wait for them. */
    if (rc == 0) {
        rc = gig_sync_watch(&watcher, &err);
    }

    if (rc == 0 && deliverer.pending > 0) {
        rc = gig_error_set(&err, "sink", "%zu record%s must wait", deliverer.pending,
                           gig_plural(deliverer.pending));
    }

    if (rc == -1) {
        gig_sync_log(GIG_SYNC_ERROR, "failed", "board", job->board->name, "at", err.pointer,
                     "reason", err.detail, NULL);
    }

    gig_sync_deliverer_close(&deliverer);
    gig_sync_publisher_close(&publisher);
    gig_sync_watcher_close(&watcher);
    gig_sync_redis_close(&redis);

    return rc == 0 && !held_back ? EX_OK : EX_TEMPFAIL;
}


int
gig_sync_once(int argc, char **argv)
{
    int                  rc, status;
    unsigned             i;
    gig_sync_job_t       job;
    gig_sync_stop_t      stop;
    gig_sync_options_t   options;
    gig_sync_settings_t  settings = { 0 };

    rc = gig_sync_options(argc, argv, 0, &options);

    if (rc == 0) {
        rc = gig_sync_options_load(&options, argv[0], &settings);
    }

    if (rc != 0) {
        return rc;
    }

    if (gig_sync_stop_init(&stop) == -1) {
        gig_sync_settings_free(&settings);
        return gig_sync_fail(EX_OSERR, argv[0], "no file descriptor is left");
    }

    for (i = 0; i < settings.n; i++) {
        memset(&job, 0, sizeof(job));
        job.board = &settings.board[i];
        job.name = "once";
        job.stop = &stop;

        status = gig_sync_once_board(&job);
        rc = status == EX_OK ? rc : status;
    }

    gig_sync_stop_free(&stop);
    gig_sync_settings_free(&settings);

    return rc;
}
