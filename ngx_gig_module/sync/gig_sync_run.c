#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "gig_sync_commands.h"
#include "gig_sync_job.h"
#include "gig_sync_log.h"
#include "gig_sync_notify.h"
#include "gig_sync_options.h"

#define GIG_SYNC_JOBS           4
#define GIG_SYNC_END            4500        /* ms that jobs have to finish what is in hand */
#define GIG_SYNC_STUCK          120000      /* ms without a step: no more signs of life */
#define GIG_SYNC_TICK           1000        /* ms */


typedef struct {
    gig_sync_job_t   job;
    void           (*run)(gig_sync_job_t *job);
    pthread_t        thread;
    int              started;
    atomic_int       ended;
} gig_sync_thread_t;


/* One set of settings at work; HUP makes another. */
typedef struct {
    gig_sync_settings_t  settings;
    gig_sync_stop_t      stop;
    gig_sync_thread_t   *thread;            /* owned; GIG_SYNC_JOBS a board */
    size_t               n;
    gig_sync_lease_t    *lease;             /* owned; one a board */
    size_t               leases;            /* that are made */
} gig_sync_works_t;


static void *
gig_sync_thread(void *data)
{
    gig_sync_thread_t  *thread = data;

    thread->run(&thread->job);
    atomic_store(&thread->ended, 1);

    return NULL;
}


static int
gig_sync_works_start(gig_sync_works_t *works)
{
    size_t              i;
    gig_sync_thread_t  *thread;

    static const struct {
        const char  *name;
        void       (*run)(gig_sync_job_t *job);
    } jobs[GIG_SYNC_JOBS] = {
        { "pull",    gig_sync_pull_job },
        { "lease",   gig_sync_lease_job },
        { "watch",   gig_sync_watch_job },
        { "deliver", gig_sync_deliver_job }
    };

    works->n = works->settings.n * GIG_SYNC_JOBS;
    works->thread = calloc(works->n, sizeof(gig_sync_thread_t));
    works->lease = calloc(works->settings.n, sizeof(gig_sync_lease_t));

    if (works->thread == NULL || works->lease == NULL || gig_sync_stop_init(&works->stop) == -1) {
        return -1;
    }

    for (i = 0; i < works->settings.n; i++, works->leases++) {
        if (gig_sync_lease_init(&works->lease[i]) == -1) {
            return -1;
        }

        works->lease[i].pull = &works->thread[i * GIG_SYNC_JOBS].job.alive;
    }

    for (i = 0; i < works->n; i++) {
        thread = &works->thread[i];
        thread->run = jobs[i % GIG_SYNC_JOBS].run;
        thread->job.name = jobs[i % GIG_SYNC_JOBS].name;
        thread->job.board = &works->settings.board[i / GIG_SYNC_JOBS];
        thread->job.stop = &works->stop;
        thread->job.lease = &works->lease[i / GIG_SYNC_JOBS];
        atomic_init(&thread->job.alive, gig_sync_clock());
        atomic_init(&thread->ended, 0);

        if (pthread_create(&thread->thread, NULL, gig_sync_thread, thread) != 0) {
            return -1;
        }

        thread->started = 1;
    }

    return 0;
}


/* Ends the jobs; -1: one of them has not, and still uses all this. */
static int
gig_sync_works_end(gig_sync_works_t *works)
{
    size_t           i;
    int64_t          until;
    struct timespec  pause = { 0, 5000000 };

    gig_sync_stop(&works->stop);
    until = gig_sync_clock() + GIG_SYNC_END;

    for (i = 0; i < works->n; i++) {
        if (!works->thread[i].started) {
            continue;
        }

        while (!atomic_load(&works->thread[i].ended)) {
            if (gig_sync_clock() >= until) {
                gig_sync_log(
                    GIG_SYNC_ERROR, "unfinished", "board", works->thread[i].job.board->name, "job",
                    works->thread[i].job.name, "reason",
                    "it waits for a server that does not answer; what it had in hand is done again",
                    NULL);
                return -1;
            }

            (void) nanosleep(&pause, NULL);
        }

        (void) pthread_join(works->thread[i].thread, NULL);
    }

    return 0;
}


static void
gig_sync_works_free(gig_sync_works_t *works)
{
    gig_sync_stop_free(&works->stop);

    while (works->leases > 0) {
        gig_sync_lease_free(&works->lease[--works->leases]);
    }

    free(works->lease);
    free(works->thread);
    gig_sync_settings_free(&works->settings);
    free(works);
}


static int
gig_sync_works_alive(const gig_sync_works_t *works)
{
    size_t  i;

    for (i = 0; i < works->n; i++) {
        if (gig_sync_clock() - atomic_load(&works->thread[i].job.alive) > GIG_SYNC_STUCK) {
            gig_sync_log(GIG_SYNC_ERROR, "stuck", "board", works->thread[i].job.board->name, "job",
                         works->thread[i].job.name, NULL);
            return 0;
        }
    }

    return 1;
}


static gig_sync_works_t *
gig_sync_works_make(void)
{
    gig_sync_works_t  *works;

    works = calloc(1, sizeof(gig_sync_works_t));

    if (works != NULL) {
        works->stop.fd = -1;
    }

    return works;
}


/* HUP: new settings, new jobs; with settings that are wrong all goes on as it was. */
static int
gig_sync_run_reload(gig_sync_works_t **works, const char *config)
{
    char               state[64];
    gig_error_t        err;
    gig_sync_works_t  *next;

    (void) snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
                    gig_sync_clock() * 1000);
    gig_sync_notify(state);

    next = gig_sync_works_make();

    if (next == NULL || gig_sync_settings_load(config, 1, &next->settings, &err) == -1) {
        gig_sync_log(GIG_SYNC_ERROR, "settings", "at", next == NULL ? "" : err.pointer, "reason",
                     next == NULL ? "out of memory" : err.detail, "so", "the old ones stay", NULL);

        if (next != NULL) {
            gig_sync_works_free(next);
        }

        gig_sync_notify("READY=1");

        return 0;
    }

    if (gig_sync_works_end(*works) == -1) {
        /* Its memory is still in use: let the service manager start us anew. */
        _exit(EX_TEMPFAIL);
    }

    gig_sync_works_free(*works);
    *works = next;
    gig_sync_log(GIG_SYNC_INFO, "settings", "read", config, NULL);

    if (gig_sync_works_start(next) == -1) {
        return -1;
    }

    gig_sync_notify("READY=1");

    return 0;
}


int
gig_sync_run(int argc, char **argv)
{
    int                  rc, signal_number;
    int64_t              watchdog;
    sigset_t             set;
    struct timespec      tick;
    gig_sync_works_t    *works;
    gig_sync_options_t   options;

    rc = gig_sync_options(argc, argv, 0, &options);
    if (rc != 0) {
        return rc;
    }

    works = gig_sync_works_make();
    if (works == NULL) {
        return gig_sync_fail(EX_OSERR, argv[0], "out of memory");
    }

    rc = gig_sync_options_load(&options, argv[0], &works->settings);
    if (rc != 0) {
        free(works);
        return rc;
    }

    /* Blocked in all threads, taken by this one: nothing is ever interrupted half way. */
    (void) sigemptyset(&set);
    (void) sigaddset(&set, SIGTERM);
    (void) sigaddset(&set, SIGINT);
    (void) sigaddset(&set, SIGQUIT);
    (void) sigaddset(&set, SIGHUP);
    (void) pthread_sigmask(SIG_BLOCK, &set, NULL);

    watchdog = gig_sync_notify_watchdog() / 2;
    watchdog = watchdog == 0 || watchdog > GIG_SYNC_TICK ? GIG_SYNC_TICK : watchdog;
    tick.tv_sec = watchdog / 1000;
    tick.tv_nsec = watchdog % 1000 * 1000000;

    if (gig_sync_works_start(works) == -1) {
        _exit(gig_sync_fail(EX_OSERR, argv[0], "threads cannot be started"));
    }

    gig_sync_log(GIG_SYNC_INFO, "started", "settings", options.config, NULL);
    gig_sync_notify("READY=1");

    for ( ;; ) {
        signal_number = sigtimedwait(&set, NULL, &tick);

        if (signal_number == SIGHUP) {
            if (gig_sync_run_reload(&works, options.config) == -1) {
                _exit(gig_sync_fail(EX_OSERR, argv[0], "threads cannot be started"));
            }

        } else if (signal_number != -1) {
            break;

        } else if (errno == EAGAIN && gig_sync_works_alive(works)) {
            gig_sync_notify("WATCHDOG=1");
        }
    }

    gig_sync_notify("STOPPING=1");

    if (gig_sync_works_end(works) == -1) {
        _exit(EX_TEMPFAIL);
    }

    gig_sync_works_free(works);
    gig_sync_log(GIG_SYNC_INFO, "ended", NULL);

    return EX_OK;
}
