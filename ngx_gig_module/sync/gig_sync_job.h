
/* What a job (one thread) gets: its board, the stop signal, its sign of life; and how it waits. */

#ifndef GIG_SYNC_JOB_H
#define GIG_SYNC_JOB_H

#include <stdatomic.h>

#include "gig_sync_lease.h"
#include "gig_sync_settings.h"

#define GIG_SYNC_BACKOFF_MIN    100         /* ms */
#define GIG_SYNC_BACKOFF_MAX    5000

typedef struct {
    int         fd;                         /* eventfd: readable for ever once stopped */
    atomic_int  stopped;
} gig_sync_stop_t;

int gig_sync_stop_init(gig_sync_stop_t *stop);
void gig_sync_stop_free(gig_sync_stop_t *stop);
void gig_sync_stop(gig_sync_stop_t *stop);

typedef struct {
    const gig_sync_board_t *board;
    const char             *name;           /* "lease", "pull", "deliver", "watch" */
    gig_sync_stop_t        *stop;
    gig_sync_lease_t       *lease;          /* not owned; NULL: done by hand */
    atomic_llong            alive;          /* gig_sync_clock() at its last step */
} gig_sync_job_t;

gig_str_t gig_sync_source_url(const gig_sync_board_t *board);

/* 1 as soon as the job is to end; also the job's sign of life. */
int gig_sync_job_stopped(gig_sync_job_t *job);

/* Sleeps, or less when stopped. */
void gig_sync_job_sleep(gig_sync_job_t *job, int64_t ms);

/*
 * Back-off of one thing that fails: doubles from _MIN to _MAX, each wait drawn
 * between half of it and all, so that many who lost the same server come back
 * apart.  A zeroed one is at rest.
 */
typedef struct {
    int64_t  wait;
} gig_sync_backoff_t;

int64_t gig_sync_backoff_next(gig_sync_backoff_t *backoff);

/* Logs a failure of the job, waits its back-off out. */
void gig_sync_job_failed(gig_sync_job_t *job, gig_sync_backoff_t *backoff, const gig_error_t *err);

/* The host's name, of letters, digits, dots, hyphens and underscores. */
#define GIG_SYNC_HOST           48
void gig_sync_host(char host[GIG_SYNC_HOST]);

int64_t gig_sync_clock(void);               /* monotonic, ms */
int64_t gig_sync_now_ms(void);              /* of day, ms since the epoch */

/* The jobs; each returns when stopped. */
void gig_sync_lease_job(gig_sync_job_t *job);
void gig_sync_pull_job(gig_sync_job_t *job);
void gig_sync_deliver_job(gig_sync_job_t *job);
void gig_sync_watch_job(gig_sync_job_t *job);

#endif /* GIG_SYNC_JOB_H */
