#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "gig_json.h"
#include "gig_record.h"
#include "gig_sync_log.h"
#include "gig_sync_publish.h"
#include "gig_sync_spool.h"

#define GIG_SYNC_STALE_MAX      3           /* times another publisher may come between */


/* One pull under way. */
typedef struct {
    gig_sync_publisher_t  *publisher;
    gig_sync_catalog_t     want;
    gig_sync_spool_t       spool;           /* what is to be published */
    size_t                 fetched;         /* gigs of the source */
    size_t                 refused;
    int64_t                now;             /* ms */
    int                    all;
    int                    held_back;
    gig_error_t           *err;
    gig_error_t            why;             /* of a handler that ended the reading */
} gig_sync_pull_pass_t;


void
gig_sync_publisher_init(gig_sync_publisher_t *publisher, gig_sync_job_t *job,
    gig_sync_redis_t *redis)
{
    memset(publisher, 0, sizeof(gig_sync_publisher_t));
    publisher->job = job;
    publisher->redis = redis;
}


void
gig_sync_publisher_close(gig_sync_publisher_t *publisher)
{
    gig_sync_record_close(publisher->connector, &publisher->source);
    gig_sync_catalog_free(&publisher->held);
    publisher->known = 0;
}


static int
gig_sync_publisher_open(gig_sync_publisher_t *publisher, gig_error_t *err)
{
    return gig_sync_record_open(gig_sync_source_url(publisher->job->board), &publisher->connector,
                                &publisher->source, err);
}


int
gig_sync_publisher_changed(gig_sync_publisher_t *publisher, int64_t *number, gig_error_t *err)
{
    if (gig_sync_publisher_open(publisher, err) == -1) {
        return -1;
    }

    if (publisher->connector->changed == NULL) {
        *number = 0;
        return 0;
    }

    return publisher->connector->changed(publisher->source, number, err);
}


int
gig_sync_publisher_wait(gig_sync_publisher_t *publisher, int64_t ms, gig_error_t *err)
{
    gig_sync_job_t  *job = publisher->job;

    if (publisher->connector->wait == NULL) {
        gig_sync_job_sleep(job, ms < GIG_SYNC_POLL ? ms : GIG_SYNC_POLL);
        return 0;
    }

    return publisher->connector->wait(publisher->source, job->stop->fd, (int) ms, err);
}


/* A record that the board cannot take: what Redis holds of it stays, the rest goes on. */
static int
gig_sync_pull_refused(gig_sync_pull_pass_t *pass, const gig_sync_entry_t *held)
{
    pass->refused++;

    if (held != NULL && gig_sync_catalog_add(&pass->want, held) == -1) {
        return gig_error_set(pass->err, "source", "too many records, or out of memory");
    }

    return 0;
}


static int
gig_sync_pull_fetched(void *data, char kind, gig_str_t id, gig_str_t rev, gig_str_t json)
{
    gig_sync_entry_t        entry;
    const gig_sync_entry_t *held;
    gig_sync_pull_pass_t   *pass = data;

    pass->fetched += kind == 'g' ? 1 : 0;

    if (gig_sync_job_stopped(pass->publisher->job)) {
        return gig_error_set(pass->err, "", "stopped");
    }

    if (!gig_id_valid(id)) {
        return gig_sync_pull_refused(pass, NULL);
    }

    held = gig_sync_catalog_find(&pass->publisher->held, kind, id);

    if (json.len == 0) {
        /* The connector has told the person why. */
        return gig_sync_pull_refused(pass, held);
    }

    memset(&entry, 0, sizeof(entry));
    memcpy(entry.id, id.data, id.len);
    entry.kind = kind;
    entry.gone_at = INT64_MAX;
    gig_digest_term(kind, id, rev, entry.term);

    if (held != NULL && memcmp(held->term, entry.term, GIG_DIGEST_SIZE) == 0) {
        entry.withdrawn = held->withdrawn;
        entry.gone_at = held->gone_at;

    } else if (kind == 'g'
               && gig_sync_entry_read(&entry, json, pass->publisher->job->board->gone_keep_ms)
                      == -1)
    {
        return gig_sync_pull_refused(pass, held);

    } else {
        held = NULL;
    }

    entry.expired = kind == 'g' && entry.gone_at <= pass->now;

    if (gig_sync_catalog_add(&pass->want, &entry) == -1) {
        return gig_error_set(pass->err, "source", "more than %d records, or out of memory",
                             GIG_SYNC_CATALOG_MAX);
    }

    if (entry.expired || (held != NULL && !held->expired && !pass->all)) {
        return 0;
    }

    return gig_sync_spool_add(&pass->spool, kind == 'g' ? "put" : "form", entry.id, json,
                              pass->err);
}


static redisReply *
gig_sync_pull_stored(gig_sync_pull_pass_t *pass, const gig_sync_entry_t *held)
{
    return gig_sync_redis_ask(pass->publisher->redis, "HGET", held->kind == 'g' ? "gigs" : "forms",
                              held->id, pass->err);
}


/* It stays as it is; a rebuild writes it again all the same. */
static int
gig_sync_pull_keep(gig_sync_pull_pass_t *pass, const gig_sync_entry_t *held)
{
    int          rc;
    redisReply  *reply;

    if (gig_sync_catalog_add(&pass->want, held) == -1) {
        return gig_error_set(pass->err, "source", "too many records, or out of memory");
    }

    if (!pass->all) {
        return 0;
    }

    reply = gig_sync_pull_stored(pass, held);
    if (reply == NULL) {
        return -1;
    }

    rc = gig_sync_spool_add(&pass->spool, held->kind == 'g' ? "put" : "form", held->id,
                            gig_sync_reply_str(reply), pass->err);
    freeReplyObject(reply);

    return rc;
}


/* A gig that the source has no longer: withdrawn from now on, so that its page can say 410. */
static int
gig_sync_pull_withdraw(gig_sync_pull_pass_t *pass, const gig_sync_entry_t *held)
{
    int                rc;
    char               rev[GIG_REV_SIZE], now[GIG_TIME_SIZE];
    json_t            *root;
    gig_buf_t          json;
    redisReply        *reply;
    gig_sync_entry_t   entry;

    reply = gig_sync_pull_stored(pass, held);
    if (reply == NULL) {
        return -1;
    }

    gig_buf_init(&json, GIG_RECORD_MAX);
    root = gig_json_parse(gig_sync_reply_str(reply), GIG_RECORD_MAX, GIG_JSON_DEPTH_MAX, NULL);

    if (root == NULL || json_object_set_new(root, "status", json_string("withdrawn")) == -1
        || json_object_set_new(root, "updated_at",
                               json_string(gig_time_format(pass->now / 1000, now)))
               == -1
        || gig_record_rev(root, rev) == -1
        || json_object_set_new(root, "rev", json_string(rev)) == -1)
    {
        /* Nothing that we could mark: it goes at once. */
        rc = gig_sync_spool_add(&pass->spool, "del", held->id, gig_null_str, pass->err);
        goto done;
    }

    gig_json_canonical(root, &json);

    entry = *held;
    entry.withdrawn = 1;
    entry.gone_at = pass->now + pass->publisher->job->board->gone_keep_ms;
    gig_digest_term('g', (gig_str_t) { held->id, strlen(held->id) },
                    (gig_str_t) { rev, strlen(rev) }, entry.term);

    if (gig_buf_failed(&json) || gig_sync_catalog_add(&pass->want, &entry) == -1) {
        rc = gig_error_set(pass->err, held->id, "too large, or out of memory");
        goto done;
    }

    rc = gig_sync_spool_add(&pass->spool, "put", held->id, gig_buf_view(&json), pass->err);

done:

    json_decref(root);
    gig_buf_free(&json);
    freeReplyObject(reply);

    return rc;
}


static int
gig_sync_pull_missing(const gig_sync_pull_pass_t *pass, const gig_sync_catalog_t *source,
    const gig_sync_entry_t *held)
{
    return held->kind == 'g' && !held->withdrawn && held->gone_at > pass->now
           && gig_sync_catalog_find(source, 'g', (gig_str_t) { held->id, strlen(held->id) })
              == NULL;
}


/* May the gigs that the source has no longer be withdrawn?  Each reason not to is told. */
static int
gig_sync_pull_may_shrink(gig_sync_pull_pass_t *pass, const gig_sync_catalog_t *source, unsigned how)
{
    char                     missing_text[24], live_text[24];
    size_t                   i, live, missing;
    gig_sync_publisher_t    *publisher;
    const gig_sync_entry_t  *held;

    publisher = pass->publisher;
    live = 0;
    missing = 0;

    for (i = 0; i < publisher->held.n; i++) {
        held = &publisher->held.entry[i];
        live += held->kind == 'g' && !held->withdrawn && held->gone_at > pass->now;
        missing += (size_t) gig_sync_pull_missing(pass, source, held);
    }

    if (missing == 0) {
        publisher->shrunk = 0;
        return 1;
    }

    (void) snprintf(missing_text, sizeof(missing_text), "%zu", missing);
    (void) snprintf(live_text, sizeof(live_text), "%zu", live);

    if (pass->fetched == 0) {
        gig_sync_log(GIG_SYNC_ERROR, "held-back", "board", publisher->job->board->name, "gone",
                     missing_text, "of", live_text, "reason",
                     "the source has no gig at all; a board is emptied by withdrawing its gigs",
                     NULL);
        return 0;
    }

    if (missing * 100 <= live * publisher->job->board->shrink_guard
        || publisher->job->board->shrink_guard == 100)
    {
        publisher->shrunk = 0;
        return 1;
    }

    if (!(how & GIG_SYNC_PULL_EARLY)) {
        publisher->shrunk++;
    }

    if (publisher->shrunk > GIG_SYNC_CONFIRMATIONS) {
        publisher->shrunk = 0;
        return 1;
    }

    gig_sync_log(GIG_SYNC_WARN, "held-back", "board", publisher->job->board->name, "gone",
                 missing_text, "of", live_text, "reason",
                 "more than shrink_guard; waits for two more pulls that agree", NULL);

    return 0;
}


/* What becomes of each record that Redis holds and the source does not. */
static int
gig_sync_pull_difference(gig_sync_pull_pass_t *pass, unsigned how)
{
    int                      rc, may, own_forms;
    size_t                   i;
    gig_sync_catalog_t       source;
    gig_sync_publisher_t    *publisher;
    const gig_sync_entry_t  *held, *found;

    publisher = pass->publisher;
    own_forms = (publisher->connector->abilities & GIG_SYNC_FORMS) != 0;

    if (gig_sync_catalog_sort(&pass->want) != 0) {
        return gig_error_set(pass->err, "source", "the source has an id twice");
    }

    may = gig_sync_pull_may_shrink(pass, &pass->want, how);
    pass->held_back = !may;

    /* want grows below; look-ups need what is sorted, which is its beginning. */
    source = pass->want;
    rc = 0;

    for (i = 0; rc == 0 && i < publisher->held.n; i++) {
        held = &publisher->held.entry[i];

        if (held->expired) {
            continue;
        }

        source.entry = pass->want.entry;
        found =
            gig_sync_catalog_find(&source, held->kind, (gig_str_t) { held->id, strlen(held->id) });

        if (found != NULL && !found->expired) {
            continue;
        }

        if (held->kind == 'f') {
            rc = own_forms ? gig_sync_spool_add(&pass->spool, "formdel", held->id, gig_null_str,
                                                pass->err)
                           : gig_sync_pull_keep(pass, held);

        } else if (found != NULL || held->gone_at <= pass->now) {
            rc = gig_sync_spool_add(&pass->spool, "del", held->id, gig_null_str, pass->err);

        } else if (held->withdrawn || !may) {
            rc = gig_sync_pull_keep(pass, held);

        } else {
            rc = gig_sync_pull_withdraw(pass, held);
        }
    }

    (void) gig_sync_catalog_sort(&pass->want);

    return rc;
}


/* Makes `held` what Redis holds; costs nothing but the head while nobody else publishes. */
static int
gig_sync_pull_held(gig_sync_publisher_t *publisher, int64_t *version,
    unsigned char digest[GIG_DIGEST_SIZE], gig_error_t *err)
{
    if (gig_sync_catalog_head(publisher->redis, version, digest, err) == -1) {
        return -1;
    }

    if (publisher->known && memcmp(publisher->held.digest, digest, GIG_DIGEST_SIZE) == 0) {
        return 0;
    }

    publisher->known = 0;

    if (gig_sync_catalog_scan(publisher->redis, &publisher->held, err) == -1) {
        return -1;
    }

    /* None, or none yet: the script makes it of what is there, as the scan did. */
    if (sodium_is_zero(digest, GIG_DIGEST_SIZE)) {
        memcpy(digest, publisher->held.digest, GIG_DIGEST_SIZE);
        *version = 0;
    }

    if (memcmp(publisher->held.digest, digest, GIG_DIGEST_SIZE) != 0 && !publisher->told) {
        publisher->told = 1;
        gig_sync_log(GIG_SYNC_WARN, "digest", "board", publisher->job->board->name, "reason",
                     "written without the publish script; without it (HDEL) it is made anew", NULL);
    }

    publisher->known = 1;

    return 0;
}


static int
gig_sync_publish_once(gig_sync_publisher_t *publisher, unsigned how,
    unsigned char digest[GIG_DIGEST_SIZE], gig_error_t *err)
{
    int                   rc;
    int64_t               version;
    gig_sync_catalog_t    swap;
    gig_sync_pull_pass_t  pass;

    memset(&pass, 0, sizeof(pass));
    pass.publisher = publisher;
    pass.all = (how & GIG_SYNC_PULL_ALL) != 0;
    pass.now = gig_sync_now_ms();
    pass.err = &pass.why;
    publisher->fenced = 0;

    rc = -1;

    if (gig_sync_publisher_open(publisher, err) == -1
        || gig_sync_pull_held(publisher, &version, digest, err) == -1)
    {
        goto done;
    }

    if (publisher->connector->fetch(publisher->source, gig_sync_pull_fetched, &pass, err) == -1) {
        if (pass.why.detail[0] != '\0') {
            *err = pass.why;
        }

        gig_sync_record_close(publisher->connector, &publisher->source);
        goto done;
    }

    pass.err = err;

    if (gig_sync_pull_difference(&pass, how) == -1) {
        goto done;
    }

    rc = 0;

    if (pass.spool.records > 0 || version == 0) {
        rc = gig_sync_spool_send(&pass.spool, publisher->redis, publisher->guard, publisher->fence,
                                 digest, err);
    }

    if (rc == 2) {
        publisher->fenced = 1;
        rc = gig_error_set(err, "redis", "another gig-sync has taken over");
    }

    /* Whatever came of it, only a digest that agrees makes the next pull believe its memory. */
    swap = publisher->held;
    publisher->held = pass.want;
    pass.want = swap;

done:

    if (rc != 0) {
        publisher->known = 0;
    }

    gig_sync_spool_free(&pass.spool);
    gig_sync_catalog_free(&pass.want);

    return rc == 0 && (pass.held_back || pass.refused > 0) ? 2 : rc;
}


int
gig_sync_publish(gig_sync_publisher_t *publisher, unsigned how,
    unsigned char digest[GIG_DIGEST_SIZE], gig_error_t *err)
{
    int       rc;
    unsigned  tries;

    for (tries = 0; tries < GIG_SYNC_STALE_MAX; tries++) {
        rc = gig_sync_publish_once(publisher, how, digest, err);

        if (rc != 1) {
            return rc == 2 ? 1 : rc;
        }
    }

    return gig_error_set(err, "redis", "another publishes to this board at the same time");
}
