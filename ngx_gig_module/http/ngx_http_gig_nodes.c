
#include "ngx_http_gig_keeper_parts.h"


/*
 * What this host tells Redis every few seconds, between two waits of the tail:
 * its line in `nodes`, and the visits counted since the last time.  Nothing
 * depends on it; a replica or an ACL may refuse it, which is said once.
 */


#ifndef NGX_HTTP_GIG_MODULE_VERSION
#define NGX_HTTP_GIG_MODULE_VERSION  "0.1.0"
#endif

#define NGX_HTTP_GIG_NODE_SIZE  1024


typedef struct {
    ngx_http_gig_keeper_t    *keeper;
    ngx_uint_t                slot;
    ngx_http_gig_visit_t      kind;
    ngx_uint_t                n;
} ngx_http_gig_nodes_visit_t;


static void ngx_http_gig_nodes_time(redisAsyncContext *ac, void *r, void *data);
static void ngx_http_gig_nodes_line(ngx_http_gig_keeper_t *k, int64_t clock_ms);
static void ngx_http_gig_nodes_told(redisAsyncContext *ac, void *r, void *data);
static void ngx_http_gig_nodes_visits(ngx_http_gig_keeper_t *k);
static void ngx_http_gig_nodes_visited(redisAsyncContext *ac, void *r, void *data);


static const char  *ngx_http_gig_nodes_kinds[] = { "view", "form", "application" };


void
ngx_http_gig_nodes_tell(ngx_http_gig_keeper_t *k)
{
    time_t     interval;
    gig_str_t  argv;

    /* Somebody waits for it to say that it may go. */
    interval = ngx_http_gig_drained(k->board) == -1 ? NGX_HTTP_GIG_NODES_INTERVAL : 1;

    if (ngx_time() - k->nodes_at < interval
        || ngx_http_gig_catalog_node(k->board).len == 0)
    {
        return;
    }

    k->nodes_at = ngx_time();
    argv = gig_str("TIME");

    if (ngx_http_gig_connect_send(&k->connect, ngx_http_gig_nodes_time, k, 1, &argv) == NGX_OK) {
        ngx_http_gig_nodes_visits(k);
    }
}


/* Redis's clock decides openings: how far ours is from it, in ms. */

static void
ngx_http_gig_nodes_time(redisAsyncContext *ac, void *r, void *data)
{
    int64_t                 redis, ours;
    redisReply             *reply = r;
    ngx_time_t             *now;
    ngx_http_gig_keeper_t  *k = data;

    if (!ngx_http_gig_keeper_current(k, ac, reply)) {
        return;
    }

    ours = 0;
    redis = 0;

    if (reply->type == REDIS_REPLY_ARRAY && reply->elements == 2
        && reply->element[0]->type == REDIS_REPLY_STRING
        && reply->element[1]->type == REDIS_REPLY_STRING)
    {
        now = ngx_timeofday();
        ours = (int64_t) now->sec * 1000 + (int64_t) now->msec;
        redis = (int64_t) ngx_atotm((u_char *) reply->element[0]->str,
                                    (size_t) reply->element[0]->len) * 1000
                + (int64_t) ngx_atoi((u_char *) reply->element[1]->str,
                                     (size_t) reply->element[1]->len) / 1000;
    }

    ngx_http_gig_nodes_line(k, ours - redis);
}


static void
ngx_http_gig_nodes_line(ngx_http_gig_keeper_t *k, int64_t clock_ms)
{
    char                  key[GIG_KEY_SIZE];
    unsigned              i;
    gig_buf_t             line;
    gig_str_t             argv[4];
    ngx_http_gig_view_t  *view;

    view = ngx_http_gig_catalog_view(k->board);

    gig_buf_init(&line, NGX_HTTP_GIG_NODE_SIZE);

    gig_buf_puts(&line, "{\"host\":");
    gig_buf_json(&line, (gig_str_t) { (char *) ngx_cycle->hostname.data,
                                      ngx_cycle->hostname.len });
    gig_buf_printf(&line, ",\"nginx\":\"%s\",\"module\":\"%s\",\"kids\":[", NGINX_VERSION,
                   NGX_HTTP_GIG_MODULE_VERSION);

    for (i = 0; k->board->secret_set && i < k->board->secret.n; i++) {
        gig_buf_puts(&line, i ? "," : "");
        gig_buf_json(&line, (gig_str_t) { k->board->secret.key[i].kid,
                                          strlen(k->board->secret.key[i].kid) });
    }

    gig_buf_puts(&line, "],\"seal\":");
    gig_buf_json(&line, (gig_str_t) { k->board->seal_key.kid, strlen(k->board->seal_key.kid) });
    gig_buf_printf(&line, ",\"version\":%llu,\"generation\":%llu,\"gap\":%zu,"
                   "\"clock_ms\":%lld,\"at\":%lld",
                   (unsigned long long) (view ? view->image.meta.version : 0),
                   (unsigned long long) (view ? view->image.meta.generation : 0),
                   ngx_http_gig_gap(k->board), (long long) clock_ms, (long long) ngx_time());

    if (ngx_http_gig_drained(k->board) != -1) {
        gig_buf_printf(&line, ",\"drained\":%lld",
                       (long long) ngx_http_gig_drained(k->board));
    }

    gig_buf_puts(&line, "}");

    if (!gig_buf_failed(&line)) {
        argv[0] = gig_str("HSET");
        argv[1] = ngx_http_gig_keeper_key(k, key, "nodes");
        argv[2] = ngx_http_gig_catalog_node(k->board);
        argv[3] = gig_buf_view(&line);

        (void) ngx_http_gig_connect_send(&k->connect, ngx_http_gig_nodes_told, k, 4, argv);
    }

    gig_buf_free(&line);
}


static void
ngx_http_gig_nodes_told(redisAsyncContext *ac, void *r, void *data)
{
    redisReply             *reply = r;
    char                    words[NGX_HTTP_GIG_ERROR_MAX];
    ngx_http_gig_keeper_t  *k = data;

    if (!ngx_http_gig_keeper_current(k, ac, reply)) {
        return;
    }

    if (reply->type == REDIS_REPLY_ERROR && !k->nodes_told) {
        k->nodes_told = 1;
        ngx_log_error(NGX_LOG_WARN, k->log, 0,
                      "gig: board \"%V\": Redis does not take this host's line in \"nodes\": %s",
                      &k->board->name, ngx_http_gig_words(words, reply->str));
    }
}


static void
ngx_http_gig_nodes_visits(ngx_http_gig_keeper_t *k)
{
    char                         key[GIG_KEY_SIZE];
    u_char                       field[sizeof("2026-11-23") + GIG_ID_MAX + NGX_HTTP_GIG_SOURCE_MAX
                                       + sizeof(" application")];
    u_char                       number[NGX_INT_T_LEN];
    ngx_tm_t                     tm;
    gig_str_t                    argv[4];
    ngx_uint_t                   i, n;
    ngx_http_gig_nodes_visit_t  *visit;
    ngx_http_gig_visit_delta_t  *deltas;

    deltas = ngx_alloc(sizeof(ngx_http_gig_visit_delta_t) * NGX_HTTP_GIG_VISITS_FLUSH, k->log);
    if (deltas == NULL) {
        return;
    }

    n = ngx_http_gig_visits_take(k->board, &k->visits_from, deltas, NGX_HTTP_GIG_VISITS_FLUSH);

    ngx_gmtime(ngx_time(), &tm);

    argv[0] = gig_str("HINCRBY");
    argv[1] = ngx_http_gig_keeper_key(k, key, "visits");
    argv[2].data = (char *) field;
    argv[3].data = (char *) number;

    for (i = 0; i < n; i++) {
        argv[2].len = ngx_snprintf(field, sizeof(field), "%4d-%02d-%02d %*s %*s %s",
                                   tm.ngx_tm_year, tm.ngx_tm_mon, tm.ngx_tm_mday,
                                   deltas[i].gig.len, deltas[i].gig.data,
                                   deltas[i].source.len, deltas[i].source.data,
                                   ngx_http_gig_nodes_kinds[deltas[i].kind])
                      - field;
        argv[3].len = ngx_sprintf(number, "%ui", deltas[i].n) - number;

        visit = ngx_alloc(sizeof(ngx_http_gig_nodes_visit_t), k->log);

        if (visit) {
            visit->keeper = k;
            visit->slot = deltas[i].slot;
            visit->kind = deltas[i].kind;
            visit->n = deltas[i].n;

            if (ngx_http_gig_connect_send(&k->connect, ngx_http_gig_nodes_visited, visit, 4, argv)
                == NGX_OK)
            {
                continue;
            }

            ngx_free(visit);
        }

        ngx_http_gig_visits_give_back(k->board, deltas[i].slot, deltas[i].kind, deltas[i].n);
    }

    ngx_free(deltas);
}


/* Refused: not counted there.  No answer: perhaps, so it is not sent again. */

static void
ngx_http_gig_nodes_visited(redisAsyncContext *ac, void *r, void *data)
{
    redisReply                  *reply = r;
    ngx_http_gig_nodes_visit_t  *visit = data;

    if (reply && reply->type == REDIS_REPLY_ERROR) {
        ngx_http_gig_visits_give_back(visit->keeper->board, visit->slot, visit->kind, visit->n);
    }

    ngx_free(visit);
}
