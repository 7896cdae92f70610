
#include "ngx_http_gig_keeper_parts.h"


/*
 * The records that changes name, read as they are now: a batch a command, one
 * reply in flight, so that neither side works long for us.
 */


static void ngx_http_gig_fetched(redisAsyncContext *ac, void *r, void *data);


/* HMGET of the next batch; when all is there, the compile. */

void
ngx_http_gig_fetch(ngx_http_gig_keeper_t *k)
{
    char                    key[GIG_KEY_SIZE];
    size_t                  i, max;
    gig_str_t               argv[2 + NGX_HTTP_GIG_FETCH_IDS];
    ngx_uint_t              n, form;
    ngx_http_gig_change_t  *change;

    max = NGX_HTTP_GIG_FETCH_BYTES / ngx_max(k->average, 1);
    max = ngx_max(ngx_min(max, NGX_HTTP_GIG_FETCH_IDS), 1);
    n = 0;
    form = 0;

    for (i = k->fetched; i < k->changes.n && n < max; i++) {
        change = &k->changes.elts[i];

        if (!change->content || change->fetched) {
            continue;
        }

        if (n && change->form != form) {
            break;
        }

        if (n == 0) {
            k->fetched = i;
            form = change->form;
        }

        argv[2 + n++] = change->id;
    }

    if (n == 0) {
        if (ngx_http_gig_compiler_start(k) != NGX_OK) {
            ngx_http_gig_keeper_hold(k, "the thread pool takes no compile");
        }

        return;
    }

    k->asked = n;

    argv[0] = gig_str("HMGET");
    argv[1] = ngx_http_gig_keeper_key(k, key, form ? "forms" : "gigs");

    if (ngx_http_gig_keeper_send(k, ngx_http_gig_fetched, 2 + n, argv) == NGX_OK) {
        ngx_http_gig_keeper_wait(k, NGX_HTTP_GIG_PHASE_FETCH, NGX_HTTP_GIG_KEEPER_DEADLINE);
    }
}


static void
ngx_http_gig_fetched(redisAsyncContext *ac, void *r, void *data)
{
    size_t                  i, n, bytes;
    gig_str_t               json;
    redisReply             *reply = r;
    ngx_uint_t              form;
    ngx_http_gig_change_t  *change;
    ngx_http_gig_keeper_t  *k = data;

    if (!ngx_http_gig_keeper_current(k, ac, reply)) {
        return;
    }

    /* Not one more than was asked for: the next would be taken for another's record. */

    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != k->asked
        || k->fetched >= k->changes.n)
    {
        ngx_http_gig_keeper_failed(k, reply);
        return;
    }

    for (i = 0; i < reply->elements; i++) {
        if (reply->element[i]->type != REDIS_REPLY_STRING
            && reply->element[i]->type != REDIS_REPLY_NIL)
        {
            ngx_http_gig_keeper_failed(k, reply->element[i]);
            return;
        }
    }

    n = 0;
    bytes = 0;
    form = k->changes.elts[k->fetched].form;

    /* The same walk as when it was sent. */

    for (i = k->fetched; i < k->changes.n && n < reply->elements; i++) {
        change = &k->changes.elts[i];

        if (!change->content || change->fetched || change->form != form) {
            continue;
        }

        json = ngx_http_gig_reply_text(reply->element[n++]);
        change->fetched = 1;

        if (json.data == NULL) {
            continue;
        }

        bytes += json.len;

        if (ngx_http_gig_changes_json(&k->changes, change, json) != 0) {
            ngx_http_gig_keeper_hold(k, "out of memory");
            return;
        }
    }

    if (n == 0) {
        ngx_http_gig_keeper_failed(k, reply);
        return;
    }

    k->average = (k->average + bytes / n) / 2 + 1;
    ngx_http_gig_count(k->board, NGX_HTTP_GIG_COUNT_RECORDS_FETCHED, n);

    ngx_http_gig_fetch(k);
}
