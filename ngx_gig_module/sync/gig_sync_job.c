#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "gig_sync_job.h"
#include "gig_sync_log.h"


int
gig_sync_stop_init(gig_sync_stop_t *stop)
{
    atomic_init(&stop->stopped, 0);
    stop->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

    return stop->fd == -1 ? -1 : 0;
}


void
gig_sync_stop_free(gig_sync_stop_t *stop)
{
    if (stop->fd != -1) {
        (void) close(stop->fd);
        stop->fd = -1;
    }
}


void
gig_sync_stop(gig_sync_stop_t *stop)
{
    uint64_t  one = 1;

    atomic_store(&stop->stopped, 1);

    /* It can only fail when it is readable already. */
    if (write(stop->fd, &one, sizeof(one)) == -1) {
        return;
    }
}


gig_str_t
gig_sync_source_url(const gig_sync_board_t *board)
{
    return (gig_str_t) { board->source, strlen(board->source) };
}


int
gig_sync_job_stopped(gig_sync_job_t *job)
{
    atomic_store(&job->alive, gig_sync_clock());

    return atomic_load(&job->stop->stopped);
}


void
gig_sync_job_sleep(gig_sync_job_t *job, int64_t ms)
{
    struct pollfd  p;

    if (ms <= 0) {
        return;
    }

    p.fd = job->stop->fd;
    p.events = POLLIN;
    p.revents = 0;

    (void) poll(&p, 1, (int) (ms > INT32_MAX ? INT32_MAX : ms));
}


int64_t
gig_sync_backoff_next(gig_sync_backoff_t *backoff)
{
    int64_t  half;

    if (backoff->wait < GIG_SYNC_BACKOFF_MIN) {
        backoff->wait = GIG_SYNC_BACKOFF_MIN;

    } else {
        backoff->wait *= 2;

        if (backoff->wait > GIG_SYNC_BACKOFF_MAX) {
            backoff->wait = GIG_SYNC_BACKOFF_MAX;
        }
    }

    half = backoff->wait / 2;

    return half + (int64_t) randombytes_uniform((uint32_t) half + 1);
}


void
gig_sync_job_failed(gig_sync_job_t *job, gig_sync_backoff_t *backoff, const gig_error_t *err)
{
    /* The first of a row is told loudly, by who was not told to end; the others fill no disk. */
    gig_sync_log(gig_sync_job_stopped(job) ? GIG_SYNC_INFO
                 : backoff->wait == 0 ? GIG_SYNC_ERROR : GIG_SYNC_WARN, "failed",
                 "board", job->board->name, "job", job->name, "at", err->pointer,
                 "reason", err->detail, NULL);

    gig_sync_job_sleep(job, gig_sync_backoff_next(backoff));
}


void
gig_sync_host(char host[GIG_SYNC_HOST])
{
    char  *p;

    if (gethostname(host, GIG_SYNC_HOST) == -1) {
        memcpy(host, "gig-sync", sizeof("gig-sync"));
    }

    host[GIG_SYNC_HOST - 1] = '\0';

    for (p = host; *p != '\0'; p++) {
        if (!isalnum((unsigned char) *p) && *p != '.' && *p != '-') {
            *p = '_';
        }
    }
}


static int64_t
gig_sync_clock_of(clockid_t clock)
{
    struct timespec  t;

    (void) clock_gettime(clock, &t);

    return (int64_t) t.tv_sec * 1000 + t.tv_nsec / 1000000;
}


int64_t
gig_sync_clock(void)
{
    return gig_sync_clock_of(CLOCK_MONOTONIC);
}


int64_t
gig_sync_now_ms(void)
{
    return gig_sync_clock_of(CLOCK_REALTIME);
}
