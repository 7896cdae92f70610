#include <stdio.h>
#include <string.h>

#include "gig_sync_log.h"
#include "gig_sync_rebuild.h"
#include "gig_sync_seats.h"
#include "gig_sync_watch.h"

#define GIG_SYNC_COUNTS_EVERY   30000   /* ms: counts are written again even if nothing changed */
#define GIG_SYNC_RECEIPTS_CALLS 20      /* of one look: the rest waits for the next */


void
gig_sync_watcher_init(gig_sync_watcher_t *watcher, gig_sync_job_t *job, gig_sync_redis_t *redis)
{
    memset(watcher, 0, sizeof(gig_sync_watcher_t));
    watcher->job = job;
    watcher->redis = redis;
    gig_sync_publisher_init(&watcher->publisher, job, redis);
}


void
gig_sync_watcher_close(gig_sync_watcher_t *watcher)
{
    gig_sync_publisher_close(&watcher->publisher);
    gig_sync_record_close(watcher->connector, &watcher->sink);
    watcher->receipt = 0;
}


/* 1: `ready` is there. */
static int
gig_sync_watch_ready(gig_sync_watcher_t *watcher, gig_error_t *err)
{
    int          ready;
    redisReply  *reply;

    reply = gig_sync_redis_ask(watcher->redis, "GET", "ready", "", err);
    if (reply == NULL) {
        return -1;
    }

    ready = reply->type == REDIS_REPLY_STRING;
    freeReplyObject(reply);

    return ready;
}


/* Which Redis it is: another after a restart or a promotion, "" where it does not say. */
static int
gig_sync_watch_replid(gig_sync_watcher_t *watcher, char replid[41], gig_error_t *err)
{
    gig_str_t         text;
    redisReply       *reply;
    const char       *line;
    gig_sync_args_t   args;

    gig_sync_args_init(&args);
    gig_sync_arg_words(&args, "INFO replication");
    reply = gig_sync_redis_call(watcher->redis, &args, err);
    gig_sync_args_free(&args);

    if (reply == NULL) {
        return -1;
    }

    text = gig_sync_reply_str(reply);
    line = text.len ? strstr(text.data, "master_replid:") : NULL;
    replid[0] = '\0';

    if (line != NULL) {
        (void) snprintf(replid, 41, "%.40s", line + sizeof("master_replid:") - 1);
    }

    freeReplyObject(reply);

    return 0;
}


static int
gig_sync_watch_group(gig_sync_watcher_t *watcher, gig_error_t *err)
{
    int          there;
    redisReply  *reply;

    reply = gig_sync_redis_ask(watcher->redis, "XINFO GROUPS", "applications", "", err);

    if (reply == NULL && watcher->redis->fault != GIG_SYNC_REDIS_REFUSED) {
        return -1;
    }

    there = reply != NULL && reply->type == REDIS_REPLY_ARRAY && reply->elements > 0;

    if (reply != NULL) {
        freeReplyObject(reply);
    }

    return there ? 0 : gig_sync_redis_group(watcher->redis, err);
}


/* Confirms those who wait, once nothing is under way that could take their seats. */
static int
gig_sync_watch_promote(gig_sync_watcher_t *watcher, gig_error_t *err)
{
    int          promoted;
    char         count[16];
    int64_t      len;
    redisReply  *reply;

    if (watcher->connector->promote == NULL) {
        return 0;
    }

    reply = gig_sync_redis_ask(watcher->redis, "XLEN", "applications", "", err);
    if (reply == NULL) {
        return -1;
    }

    len = gig_sync_reply_int(reply);
    freeReplyObject(reply);

    if (len != 0) {
        return 0;
    }

    promoted = watcher->connector->promote(watcher->sink, err);
    if (promoted == -1) {
        return -1;
    }

    if (promoted > 0) {
        (void) snprintf(count, sizeof(count), "%d", promoted);
        gig_sync_log(GIG_SYNC_INFO, "promoted", "board", watcher->job->board->name, "records",
                     count, NULL);
    }

    return 0;
}


/* FNV-1a: tells a change from none, nothing more hangs on it. */
static uint64_t
gig_sync_watch_hash(uint64_t hash, const void *data, size_t len)
{
    size_t                i;
    const unsigned char  *p = data;

    for (i = 0; i < len; i++) {
        hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
    }

    return hash;
}


static int
gig_sync_watch_counts(gig_sync_watcher_t *watcher, const char *fence, gig_error_t *err)
{
    int                 rc;
    char                settled[48];
    size_t              i;
    uint64_t            hash;
    gig_sync_counts_t   counts = { 0 };

    /* First the stream, then the counts: what is settled between makes them too new, not old. */
    if (gig_sync_settled_last(watcher->redis, settled, err) == -1) {
        return -1;
    }

    rc = gig_sync_counts_read(&counts, watcher->connector, watcher->sink, err);
    hash = gig_sync_watch_hash(UINT64_C(0xcbf29ce484222325), settled, strlen(settled));

    for (i = 0; i < counts.n; i++) {
        hash = gig_sync_watch_hash(hash, counts.gig[i].gig, strlen(counts.gig[i].gig));
        hash = gig_sync_watch_hash(hash, &counts.gig[i].confirmed, sizeof(int64_t));
        hash = gig_sync_watch_hash(hash, &counts.gig[i].waiting, sizeof(int64_t));
    }

    if (rc == 0 && (hash != watcher->written
                    || gig_sync_clock() - watcher->written_at > GIG_SYNC_COUNTS_EVERY))
    {
        rc = gig_sync_settle_counts(watcher->redis, &counts, settled, fence, err);

        /* 1: something was settled meanwhile; in a second we know its counts. */
        if (rc == 0) {
            watcher->written = hash;
            watcher->written_at = gig_sync_clock();
        }
    }

    gig_sync_counts_free(&counts);

    return rc == -1 ? -1 : 0;
}


/* What people changed in the system of record, to the receipts; from the start after a fault. */
static int
gig_sync_watch_receipts(gig_sync_watcher_t *watcher, const char *fence, gig_error_t *err)
{
    int       rc;
    unsigned  calls;

    if (watcher->connector->receipts == NULL) {
        return 0;
    }

    for (rc = 1, calls = 0; rc == 1 && calls < GIG_SYNC_RECEIPTS_CALLS; calls++) {
        rc = gig_sync_settle_receipts(watcher->redis, watcher->connector, watcher->sink,
                                      &watcher->receipt, fence, err);
    }

    return rc == -1 ? -1 : 0;
}


int
gig_sync_watch(gig_sync_watcher_t *watcher, gig_error_t *err)
{
    int   rc;
    char  fence[GIG_SYNC_FENCE];
    char  replid[41];

    if (gig_sync_sink_open(watcher->job->board, &watcher->connector, &watcher->sink, err)
            == -1
        || gig_sync_watch_replid(watcher, replid, err) == -1)
    {
        return -1;
    }

    rc = gig_sync_watch_ready(watcher, err);
    if (rc == -1) {
        return -1;
    }

    if (rc == 0) {
        rc = gig_sync_rebuild(&watcher->publisher, watcher->connector, watcher->sink, err);
        watcher->written = 0;

        /* Its memory and its connection to the source are not needed again soon. */
        gig_sync_publisher_close(&watcher->publisher);

        if (rc != 0) {
            return rc;
        }

    } else if (strcmp(replid, watcher->replid) != 0) {
        /* Its `ready` says that it was whole once, not that it has what was settled last. */
        rc = gig_sync_recall(&watcher->publisher, watcher->connector, watcher->sink, err);

        if (rc != 0) {
            return rc;
        }
    }

    memcpy(watcher->replid, replid, sizeof(watcher->replid));

    if (gig_sync_watch_group(watcher, err) == -1
        || gig_sync_self_ids(&watcher->self_ids, watcher->redis, watcher->connector,
                             watcher->sink, err)
           == -1)
    {
        return -1;
    }

    /* The rest is the publisher's. */
    if (!gig_sync_lease_held(watcher->job->lease, fence)) {
        watcher->written = 0;
        return 0;
    }

    if (gig_sync_watch_promote(watcher, err) == -1
        || gig_sync_watch_counts(watcher, fence, err) == -1
        || gig_sync_watch_receipts(watcher, fence, err) == -1)
    {
        return -1;
    }

    return 0;
}


void
gig_sync_watch_job(gig_sync_job_t *job)
{
    gig_error_t         err;
    gig_sync_redis_t    redis;
    gig_sync_backoff_t  backoff = { 0 };
    gig_sync_watcher_t  watcher;

    gig_sync_redis_init(&redis, job->board);
    gig_sync_watcher_init(&watcher, job, &redis);

    while (!gig_sync_job_stopped(job)) {
        if (gig_sync_watch(&watcher, &err) == -1) {
            gig_sync_watcher_close(&watcher);
            gig_sync_job_failed(job, &backoff, &err);
            continue;
        }

        backoff.wait = 0;
        gig_sync_job_sleep(job, GIG_SYNC_WATCH_EVERY);
    }

    gig_sync_watcher_close(&watcher);
    gig_sync_redis_close(&redis);
}
