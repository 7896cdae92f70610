
/*
 * A host that is to leave.  "gig-sync drain" writes "on" under this host's node into Redis's
 * `drain`; the keeper reads that between two waits of the tail, and all workers learn of it by the
 * zone.  From then on applications and withdrawals get 503, what is not settled is sent at once,
 * and the host's line in `nodes` says for how long nothing has been under way.  How it may fail:
 *
 *   - Redis is gone or loses its memory: nothing there says otherwise, so it stays as it is.
 *   - nginx is started anew: it takes applications until the keeper has read the word, which is
 *     what it does first.
 */

#include "ngx_http_gig_keeper_parts.h"
#include "ngx_http_gig_request.h"


static void ngx_http_gig_drain_read(redisAsyncContext *ac, void *r, void *data);


void
ngx_http_gig_drain_look(ngx_http_gig_keeper_t *k)
{
    char       key[GIG_KEY_SIZE];
    gig_str_t  argv[3];

    argv[0] = gig_str("HGET");
    argv[1] = ngx_http_gig_keeper_key(k, key, "drain");
    argv[2] = ngx_http_gig_catalog_node(k->board);

    if (argv[2].len) {
        (void) ngx_http_gig_connect_send(&k->connect, ngx_http_gig_drain_read, k, 3, argv);
    }
}


static void
ngx_http_gig_drain_read(redisAsyncContext *ac, void *r, void *data)
{
    char                    words[NGX_HTTP_GIG_ERROR_MAX];
    gig_str_t               word;
    ngx_uint_t              on;
    redisReply             *reply = r;
    ngx_http_gig_keeper_t  *k = data;

    if (!ngx_http_gig_keeper_current(k, ac, reply)) {
        return;
    }

    if (reply->type == REDIS_REPLY_ERROR && !k->drain_told) {
        k->drain_told = 1;
        ngx_log_error(NGX_LOG_WARN, k->log, 0,
                      "gig: board \"%V\": Redis does not let this host read \"drain\", so it "
                      "cannot be drained: %s", &k->board->name,
                      ngx_http_gig_words(words, reply->str));
    }

    word = ngx_http_gig_reply_text(reply);
    on = gig_str_is(word, "on");

    if (!on && !gig_str_is(word, "off")) {
        return;
    }

    if (on != (ngx_http_gig_drained(k->board) != -1)) {
        ngx_http_gig_drain_set(k->board, on);
        k->nodes_at = 0;

        ngx_log_error(NGX_LOG_NOTICE, k->log, 0,
                      on ? "gig: board \"%V\": drained: it takes no applications until "
                           "\"gig-sync drain --undo\""
                         : "gig: board \"%V\": takes applications again", &k->board->name);
    }
}
