#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "gig_sync_log.h"
#include "gig_sync_rebuild.h"
#include "gig_sync_seats.h"

#define GIG_SYNC_REBUILD_ITEMS  500         /* of a step; rebuild.lua takes 1,000 */
#define GIG_SYNC_REBUILD_STALE  3           /* times the catalog may change before the end */


/* The chain: each step names the fence and goes on only from the step before. */
typedef struct {
    gig_sync_publisher_t  *publisher;
    char                   fence[33];
    int64_t                step;
    char                   word[16];        /* of the last answer */
    gig_error_t            why;             /* of a handler that ended the reading */

    gig_sync_args_t        keys;            /* of the known records that wait for their step */
    gig_sync_args_t        known;
    gig_sync_args_t        stages;
} gig_sync_chain_t;


/* Sends one step.  0: go on; 1: end, `word` says why. */
static int
gig_sync_chain_call(gig_sync_chain_t *chain, const char *what, int64_t step,
    const gig_sync_args_t *keys, const gig_sync_args_t *more, gig_error_t *err)
{
    gig_str_t         word;
    redisReply       *reply;
    gig_sync_args_t   args;

    gig_sync_args_init(&args);
    gig_sync_arg_int(&args, 7 + (int64_t) (keys == NULL ? 0 : keys->n));
    gig_sync_arg_keys(&args, chain->publisher->job->board,
                      "ready rebuild seats judge catalog changes stages");

    if (keys != NULL) {
        gig_sync_arg_all(&args, keys);
    }

    gig_sync_arg_puts(&args, what);
    gig_sync_arg_puts(&args, chain->fence);

    if (step > 0) {
        gig_sync_arg_int(&args, step);
    }

    if (more != NULL) {
        gig_sync_arg_all(&args, more);
    }

    reply = gig_sync_redis_script(chain->publisher->redis, gig_lua_rebuild, &args, err);
    gig_sync_args_free(&args);

    if (reply == NULL) {
        return -1;
    }

    word = gig_sync_reply_str(gig_sync_reply_at(reply, 0));
    (void) snprintf(chain->word, sizeof(chain->word), "%.*s", (int) word.len,
                    word.data == NULL ? "" : word.data);
    freeReplyObject(reply);

    return strcmp(chain->word, "ok") == 0 ? 0 : 1;
}


static int
gig_sync_chain_known_flush(gig_sync_chain_t *chain, gig_error_t *err)
{
    int              rc;
    gig_sync_args_t  more;

    if (chain->known.n == 0) {
        return 0;
    }

    gig_sync_args_init(&more);
    gig_sync_arg_int(&more, GIG_SYNC_ID_TTL);
    gig_sync_arg_all(&more, &chain->known);

    rc = gig_sync_chain_call(chain, "known", ++chain->step, &chain->keys, &more, err);

    gig_sync_args_free(&more);
    gig_sync_args_reset(&chain->keys);
    gig_sync_args_reset(&chain->known);

    return rc;
}


static int
gig_sync_chain_stages_flush(gig_sync_chain_t *chain, gig_error_t *err)
{
    int  rc;

    if (chain->stages.n == 0) {
        return 0;
    }

    rc = gig_sync_chain_call(chain, "stages", ++chain->step, NULL, &chain->stages, err);
    gig_sync_args_reset(&chain->stages);

    return rc;
}


static int
gig_sync_chain_known(void *data, const gig_sync_known_t *known)
{
    gig_sync_chain_t  *chain = data;

    if (gig_sync_job_stopped(chain->publisher->job)) {
        return gig_error_set(&chain->why, "", "stopped");
    }

    if (known->id.len != GIG_APPLICATION_TEXT - 1 || !gig_id_valid(known->id)) {
        return 0;
    }

    gig_sync_arg_record_keys(&chain->keys, chain->publisher->job->board, known->id, known->gig,
                             known->who);

    gig_sync_arg(&chain->known, known->op);
    gig_sync_arg(&chain->known, known->id);
    gig_sync_arg(&chain->known, known->print);
    gig_sync_arg(&chain->known, known->gig);
    gig_sync_arg(&chain->known, known->who);
    gig_sync_arg(&chain->known, known->seat);
    gig_sync_arg_int(&chain->known, known->at_ms < 0 ? 0 : known->at_ms);
    gig_sync_arg_int(&chain->known, known->withdrawn ? 1 : 0);

    if (known->stages.len != 0) {
        gig_sync_arg(&chain->stages, known->id);
        gig_sync_arg(&chain->stages, known->stages);
    }

    if (chain->known.n >= (size_t) 8 * GIG_SYNC_REBUILD_ITEMS
        && gig_sync_chain_known_flush(chain, &chain->why) != 0)
    {
        return -1;
    }

    if (chain->stages.n >= (size_t) 2 * GIG_SYNC_REBUILD_ITEMS
        && gig_sync_chain_stages_flush(chain, &chain->why) != 0)
    {
        return -1;
    }

    return 0;
}


static int
gig_sync_chain_seats(gig_sync_chain_t *chain, const gig_sync_counts_t *counts, gig_error_t *err)
{
    int              rc;
    size_t           i;
    gig_sync_args_t  more;

    gig_sync_args_init(&more);
    rc = 0;

    for (i = 0; rc == 0 && i < counts->n; i++) {
        gig_sync_arg_puts(&more, counts->gig[i].gig);
        gig_sync_arg_int(&more, counts->gig[i].confirmed < 0 ? 0 : counts->gig[i].confirmed);
        gig_sync_arg_int(&more, counts->gig[i].waiting < 0 ? 0 : counts->gig[i].waiting);

        if (i + 1 == counts->n || more.n >= (size_t) 3 * GIG_SYNC_REBUILD_ITEMS) {
            rc = gig_sync_chain_call(chain, "seats", ++chain->step, NULL, &more, err);
            gig_sync_args_reset(&more);
        }
    }

    gig_sync_args_free(&more);

    return rc;
}


/* `ready`, last.  Another may publish meanwhile; then the catalog is whole after our next pull. */
static int
gig_sync_chain_finish(gig_sync_chain_t *chain, unsigned char digest[GIG_DIGEST_SIZE],
    gig_error_t *err)
{
    int              rc;
    char             nonce[33], text[GIG_DIGEST_TEXT];
    unsigned         tries;
    unsigned char    random[16];
    gig_sync_args_t  more;

    randombytes_buf(random, sizeof(random));
    (void) sodium_bin2hex(nonce, sizeof(nonce), random, sizeof(random));
    chain->step++;
    rc = 1;

    gig_sync_args_init(&more);

    for (tries = 0; tries < GIG_SYNC_REBUILD_STALE; tries++) {
        gig_digest_text(digest, text);
        gig_sync_args_reset(&more);
        gig_sync_arg_puts(&more, nonce);
        gig_sync_arg_puts(&more, text);

        rc = gig_sync_chain_call(chain, "finish", chain->step, NULL, &more, err);

        if (rc == -1 || strcmp(chain->word, "stale") != 0) {
            break;
        }

        rc = gig_sync_publish(chain->publisher, GIG_SYNC_PULL_ALL | GIG_SYNC_PULL_EARLY, digest,
                              err);

        if (rc == -1) {
            break;
        }

        rc = 1;
    }

    gig_sync_args_free(&more);

    return rc;
}


/* Every record since since_ms, and its stage.  1: a step was refused, `word` says why. */
static int
gig_sync_chain_records(gig_sync_chain_t *chain, const gig_sync_connector_t *connector,
    gig_sync_record_t *sink, int64_t since_ms, gig_error_t *err)
{
    int  rc;

    if (connector->known != NULL
        && connector->known(sink, since_ms, gig_sync_chain_known, chain, err) == -1)
    {
        /* A step that was refused ended the reading: no fault, but no `ready` either. */
        if (chain->word[0] != '\0' && strcmp(chain->word, "ok") != 0) {
            return 1;
        }

        if (chain->why.detail[0] != '\0') {
            *err = chain->why;
        }

        return -1;
    }

    rc = gig_sync_chain_known_flush(chain, err);

    return rc == 0 ? gig_sync_chain_stages_flush(chain, err) : rc;
}


static int
gig_sync_chain_run(gig_sync_chain_t *chain, const gig_sync_connector_t *connector,
    gig_sync_record_t *sink, gig_error_t *err)
{
    int                rc;
    unsigned char      digest[GIG_DIGEST_SIZE];
    gig_sync_counts_t  counts = { 0 };

    rc = gig_sync_chain_call(chain, "begin", 0, NULL, NULL, err);
    if (rc != 0) {
        return rc;
    }

    gig_sync_log(GIG_SYNC_WARN, "rebuild", "board", chain->publisher->job->board->name, "reason",
                 "Redis has no `ready`", NULL);

    /* All of it and not the difference: the judge's lines may be gone where the gigs are not. */
    if (gig_sync_publish(chain->publisher, GIG_SYNC_PULL_ALL | GIG_SYNC_PULL_EARLY, digest, err)
            == -1
        || gig_sync_counts_read(&counts, connector, sink, err) == -1)
    {
        rc = -1;
        goto done;
    }

    rc = gig_sync_chain_seats(chain, &counts, err);

    if (rc == 0) {
        rc = gig_sync_chain_records(chain, connector, sink,
                                    gig_sync_now_ms() - (int64_t) GIG_SYNC_ID_TTL * 1000, err);
    }

    if (rc == 0) {
        rc = gig_sync_chain_finish(chain, digest, err);
    }

done:

    gig_sync_counts_free(&counts);

    return rc;
}


static void
gig_sync_chain_init(gig_sync_chain_t *chain, gig_sync_publisher_t *publisher)
{
    memset(chain, 0, sizeof(gig_sync_chain_t));
    chain->publisher = publisher;
    gig_sync_args_init(&chain->keys);
    gig_sync_args_init(&chain->known);
    gig_sync_args_init(&chain->stages);
}


static void
gig_sync_chain_free(gig_sync_chain_t *chain)
{
    gig_sync_args_free(&chain->keys);
    gig_sync_args_free(&chain->known);
    gig_sync_args_free(&chain->stages);
}


int
gig_sync_recall(gig_sync_publisher_t *publisher, const gig_sync_connector_t *connector,
    gig_sync_record_t *sink, gig_error_t *err)
{
    int               rc;
    gig_sync_chain_t  chain;

    gig_sync_chain_init(&chain, publisher);
    memcpy(chain.fence, "recall", sizeof("recall"));

    rc = gig_sync_chain_records(&chain, connector, sink, gig_sync_now_ms() - GIG_SYNC_RECALL, err);

    gig_sync_chain_free(&chain);

    return rc;
}


int
gig_sync_rebuild(gig_sync_publisher_t *publisher, const gig_sync_connector_t *connector,
    gig_sync_record_t *sink, gig_error_t *err)
{
    int               rc;
    unsigned char     random[16];
    gig_sync_chain_t  chain;

    gig_sync_chain_init(&chain, publisher);
    randombytes_buf(random, sizeof(random));
    (void) sodium_bin2hex(chain.fence, sizeof(chain.fence), random, sizeof(random));
    publisher->guard = "rebuild";
    publisher->fenced = 0;
    memcpy(publisher->fence, chain.fence, sizeof(chain.fence));

    rc = gig_sync_chain_run(&chain, connector, sink, err);

    gig_sync_chain_free(&chain);

    /* Another is at it, or Redis lost its memory once more: begun anew in a second. */
    if (rc == -1 && publisher->fenced) {
        memcpy(chain.word, "lost", sizeof("lost"));
        rc = 1;
    }

    if (rc == 1) {
        if (strcmp(chain.word, "ready") == 0) {
            gig_sync_log(GIG_SYNC_INFO, "ready", "board", publisher->job->board->name, NULL);
            return 0;
        }

        gig_sync_log(GIG_SYNC_INFO, "rebuild-again", "board", publisher->job->board->name, "word",
                     chain.word, NULL);
    }

    return rc;
}
