#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "gig_sync_job.h"
#include "gig_sync_lease.h"
#include "gig_sync_log.h"
#include "gig_sync_redis.h"


int
gig_sync_lease_init(gig_sync_lease_t *lease)
{
    memset(lease, 0, sizeof(gig_sync_lease_t));
    atomic_init(&lease->rest_until, 0);

    return pthread_mutex_init(&lease->lock, NULL) == 0 ? 0 : -1;
}


void
gig_sync_lease_free(gig_sync_lease_t *lease)
{
    (void) pthread_mutex_destroy(&lease->lock);
}


int
gig_sync_lease_held(gig_sync_lease_t *lease, char fence[GIG_SYNC_FENCE])
{
    fence[0] = '\0';

    if (lease == NULL) {
        return 1;
    }

    (void) pthread_mutex_lock(&lease->lock);
    memcpy(fence, lease->fence, GIG_SYNC_FENCE);
    (void) pthread_mutex_unlock(&lease->lock);

    return fence[0] != '\0';
}


static void
gig_sync_lease_set(gig_sync_lease_t *lease, const char *fence)
{
    (void) pthread_mutex_lock(&lease->lock);
    (void) snprintf(lease->fence, sizeof(lease->fence), "%s", fence);
    (void) pthread_mutex_unlock(&lease->lock);
}


void
gig_sync_lease_lost(gig_sync_lease_t *lease)
{
    gig_sync_lease_set(lease, "");
}


void
gig_sync_lease_rest(gig_sync_lease_t *lease)
{
    atomic_store(&lease->rest_until, gig_sync_clock() + GIG_SYNC_LEASE_REST);
}


/* 1: others would do better: our pull cannot read the source, or hangs. */
static int
gig_sync_lease_unfit(gig_sync_lease_t *lease)
{
    int64_t  now;

    now = gig_sync_clock();

    return now < atomic_load(&lease->rest_until)
           || now - atomic_load(lease->pull) > GIG_SYNC_LEASE_STUCK;
}


/* where NULL: gives it back.  told: what the log has been told, of GIG_SYNC_FENCE bytes. */
static int
gig_sync_lease_call(gig_sync_job_t *job, gig_sync_redis_t *redis, const char *holder,
    const char *where, char *told, gig_error_t *err)
{
    char              fence[GIG_SYNC_FENCE], other[GIG_SYNC_FENCE];
    gig_str_t         answer;
    redisReply       *reply;
    gig_sync_args_t   args;

    gig_sync_args_init(&args);
    gig_sync_arg_int(&args, 2);
    gig_sync_arg_keys(&args, job->board, "lease fence");
    gig_sync_arg_puts(&args, where == NULL ? "leave" : "hold");
    gig_sync_arg_puts(&args, holder);

    if (where != NULL) {
        gig_sync_arg_puts(&args, where);
        gig_sync_arg_int(&args, GIG_SYNC_LEASE_TTL);
    }

    reply = gig_sync_redis_script(redis, gig_lua_lease, &args, err);
    gig_sync_args_free(&args);

    if (reply == NULL) {
        return -1;
    }

    answer = gig_sync_reply_str(gig_sync_reply_at(reply, 0));
    (void) snprintf(fence, sizeof(fence), "%.*s", (int) answer.len, answer.len ? answer.data : "");
    answer = gig_sync_reply_str(gig_sync_reply_at(reply, 1));
    (void) snprintf(other, sizeof(other), "%.*s", (int) answer.len, answer.len ? answer.data : "");
    freeReplyObject(reply);

    gig_sync_lease_set(job->lease, fence);

    if (strcmp(told, fence[0] == '\0' ? other : fence) == 0) {
        return 0;
    }

    (void) snprintf(told, GIG_SYNC_FENCE, "%s", fence[0] == '\0' ? other : fence);

    if (fence[0] != '\0') {
        fence[strcspn(fence, "-")] = '\0';
        gig_sync_log(GIG_SYNC_INFO, "publisher", "board", job->board->name, "fence", fence, NULL);

    } else if (where != NULL) {
        gig_sync_log(GIG_SYNC_INFO, "standby", "board", job->board->name, "publisher", other, NULL);
    }

    return 0;
}


/*
 * The lease job: a thread and a connection of its own, so that neither a large publish nor a slow
 * database lets the lease go.  When Redis cannot be reached the fence stays: what is sent with
 * it is refused there, if it must be.
 */

void
gig_sync_lease_job(gig_sync_job_t *job)
{
    int                 unfit, left;
    char                host[GIG_SYNC_HOST], where[GIG_SYNC_HOST + 16], holder[33];
    char                told[GIG_SYNC_FENCE];
    gig_error_t         err;
    unsigned char       random[16];
    struct timeval      soon = { 1, 0 };
    gig_sync_redis_t    redis;
    gig_sync_backoff_t  backoff = { 0 };

    gig_sync_host(host);
    (void) snprintf(where, sizeof(where), "%s %d", host, (int) getpid());
    randombytes_buf(random, sizeof(random));
    (void) sodium_bin2hex(holder, sizeof(holder), random, sizeof(random));
    gig_sync_redis_init(&redis, job->board);
    memset(told, 0, sizeof(told));
    left = 0;

    while (!gig_sync_job_stopped(job)) {
        unfit = gig_sync_lease_unfit(job->lease);

        if (!(unfit && left)
            && gig_sync_lease_call(job, &redis, holder, unfit ? NULL : where, told, &err) == -1)
        {
            gig_sync_job_failed(job, &backoff, &err);
            continue;
        }

        left = unfit;
        backoff.wait = 0;
        gig_sync_job_sleep(job, GIG_SYNC_LEASE_RENEW);
    }

    /* So that who comes next need not wait for the end of it. */
    if (redis.context != NULL && redisSetTimeout(redis.context, soon) == REDIS_OK) {
        (void) gig_sync_lease_call(job, &redis, holder, NULL, told, &err);
    }

    gig_sync_lease_set(job->lease, "");
    gig_sync_redis_close(&redis);
}
