
/*
 * gig_metrics: Prometheus text.  Counters are of the whole host (the shared
 * zone), what says "worker" is of the worker that answers.
 */

#include "ngx_http_gig_response.h"
#include "ngx_http_gig_keeper.h"
#include "ngx_http_gig_link.h"


typedef struct {
    ngx_http_gig_board_t      *board;
    ngx_http_gig_view_t       *view;
    ngx_http_gig_link_status_t link;
    ngx_uint_t                 stale;
    time_t                     age;
    ngx_uint_t                 entries;
    size_t                     cached;
    uint32_t                   states[GIG_STATE_GONE + 1];
} ngx_http_gig_metrics_t;


static void ngx_http_gig_metrics_take(ngx_http_gig_board_t *board, ngx_http_gig_metrics_t *m);
static void ngx_http_gig_metrics_put(ngx_http_gig_metrics_t *m, ngx_uint_t n, const char *name,
    const char *help, gig_buf_t *body, uint64_t (*value)(ngx_http_gig_metrics_t *m));
static uint64_t ngx_http_gig_metrics_up(ngx_http_gig_metrics_t *m);
static uint64_t ngx_http_gig_metrics_version(ngx_http_gig_metrics_t *m);
static uint64_t ngx_http_gig_metrics_stale(ngx_http_gig_metrics_t *m);
static uint64_t ngx_http_gig_metrics_age(ngx_http_gig_metrics_t *m);
static uint64_t ngx_http_gig_metrics_redis(ngx_http_gig_metrics_t *m);
static uint64_t ngx_http_gig_metrics_in_flight(ngx_http_gig_metrics_t *m);
static uint64_t ngx_http_gig_metrics_entries(ngx_http_gig_metrics_t *m);
static uint64_t ngx_http_gig_metrics_cached(ngx_http_gig_metrics_t *m);
static uint64_t ngx_http_gig_metrics_gap(ngx_http_gig_metrics_t *m);
static void ngx_http_gig_metrics_states(ngx_http_gig_metrics_t *m, ngx_uint_t n, gig_buf_t *body);
static ngx_int_t ngx_http_gig_metrics_counters(ngx_http_request_t *r, ngx_http_gig_board_t *board,
    ngx_uint_t first, gig_buf_t *body);


static ngx_str_t  ngx_http_gig_type_metrics = ngx_string("text/plain; version=0.0.4");


ngx_int_t
ngx_http_gig_metrics_handler(ngx_http_request_t *r)
{
    ngx_int_t                   rc;
    gig_buf_t                   body;
    ngx_uint_t                  i, n;
    ngx_http_gig_board_t      **board;
    ngx_http_gig_metrics_t     *m;
    ngx_http_gig_main_conf_t   *gmcf;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    gmcf = ngx_http_get_module_main_conf(r, ngx_http_gig_module);
    board = gmcf->boards.elts;

    m = ngx_pcalloc(r->pool, (gmcf->boards.nelts + 1) * sizeof(ngx_http_gig_metrics_t));
    if (m == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    gig_buf_init(&body, NGX_HTTP_GIG_BODY_LIMIT);

    for (i = 0, n = 0; i < gmcf->boards.nelts; i++) {
        if (board[i]->used) {
            ngx_http_gig_metrics_take(board[i], &m[n++]);
        }
    }

    ngx_http_gig_metrics_put(m, n, "gig_up", "1 if the board has a catalog to serve", &body,
                             ngx_http_gig_metrics_up);
    ngx_http_gig_metrics_put(m, n, "gig_catalog_version", "version of the catalog served", &body,
                             ngx_http_gig_metrics_version);
    ngx_http_gig_metrics_put(m, n, "gig_catalog_stale", "1 if out of step with Redis", &body,
                             ngx_http_gig_metrics_stale);
    ngx_http_gig_metrics_put(m, n, "gig_catalog_age_seconds",
                             "seconds since it was in step, when stale", &body,
                             ngx_http_gig_metrics_age);
    ngx_http_gig_metrics_states(m, n, &body);
    ngx_http_gig_metrics_put(m, n, "gig_worker_redis_up", "1 if this worker has its link", &body,
                             ngx_http_gig_metrics_redis);
    ngx_http_gig_metrics_put(m, n, "gig_worker_redis_in_flight", "operations in flight", &body,
                             ngx_http_gig_metrics_in_flight);
    ngx_http_gig_metrics_put(m, n, "gig_worker_cache_entries", "responses in the cache", &body,
                             ngx_http_gig_metrics_entries);
    ngx_http_gig_metrics_put(m, n, "gig_worker_cache_bytes", "bytes of the cache", &body,
                             ngx_http_gig_metrics_cached);

    ngx_http_gig_metrics_put(m, n, "gig_ledger_gap", "records of the ledger not settled yet", &body,
                             ngx_http_gig_metrics_gap);

    for (i = 0; i < n; i++) {
        if (ngx_http_gig_metrics_counters(r, m[i].board, i == 0, &body) != NGX_OK) {
            gig_buf_free(&body);
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    return ngx_http_gig_plain_send(r, NGX_HTTP_OK, &ngx_http_gig_type_metrics, &body);
}


static void
ngx_http_gig_metrics_take(ngx_http_gig_board_t *board, ngx_http_gig_metrics_t *m)
{
    m->board = board;
    m->view = ngx_http_gig_catalog_view(board);

    if (m->view) {
        m->stale = ngx_http_gig_catalog_stale(board, &m->age);
        gig_image_states(&m->view->image, ngx_time(), m->states);
    }

    ngx_http_gig_link_status(board->link, &m->link);
    ngx_http_gig_cache_usage(board->cache, &m->entries, &m->cached);
}


static void
ngx_http_gig_metrics_put(ngx_http_gig_metrics_t *m, ngx_uint_t n, const char *name,
    const char *help, gig_buf_t *body, uint64_t (*value)(ngx_http_gig_metrics_t *m))
{
    ngx_uint_t  i;

    gig_buf_printf(body, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);

    for (i = 0; i < n; i++) {
        gig_buf_printf(body, "%s{board=\"%.*s\"} %llu\n", name, (int) m[i].board->name.len,
                       m[i].board->name.data, (unsigned long long) value(&m[i]));
    }
}


static uint64_t
ngx_http_gig_metrics_gap(ngx_http_gig_metrics_t *m)
{
    return ngx_http_gig_gap(m->board);
}


static void
ngx_http_gig_metrics_states(ngx_http_gig_metrics_t *m, ngx_uint_t n, gig_buf_t *body)
{
    ngx_uint_t  i, state;

    gig_buf_puts(body, "# HELP gig_gigs gigs by their state now\n# TYPE gig_gigs gauge\n");

    for (i = 0; i < n; i++) {
        for (state = 0; state <= GIG_STATE_GONE; state++) {
            gig_buf_printf(body, "gig_gigs{board=\"%.*s\",state=\"%s\"} %u\n",
                           (int) m[i].board->name.len, m[i].board->name.data,
                           gig_state_name((gig_state_t) state), m[i].states[state]);
        }
    }
}


/* HELP and TYPE may stand once: of the boards after the first, the samples only. */

static ngx_int_t
ngx_http_gig_metrics_counters(ngx_http_request_t *r, ngx_http_gig_board_t *board,
    ngx_uint_t first, gig_buf_t *body)
{
    size_t   size;
    u_char  *p, *last, *end;

    size = ngx_http_gig_shm_metrics_size(board);

    p = ngx_palloc(r->pool, size + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    last = ngx_http_gig_shm_metrics(board, p, p + size);

    if (first) {
        gig_buf_add(body, p, last - p);
        return NGX_OK;
    }

    for ( ; p < last; p = end) {

        end = ngx_strlchr(p, last, '\n');
        end = end ? end + 1 : last;

        if (*p != '#') {
            gig_buf_add(body, p, end - p);
        }
    }

    return NGX_OK;
}


static uint64_t
ngx_http_gig_metrics_up(ngx_http_gig_metrics_t *m)
{
    return m->view != NULL;
}


static uint64_t
ngx_http_gig_metrics_version(ngx_http_gig_metrics_t *m)
{
    return m->view ? m->view->image.meta.version : 0;
}


static uint64_t
ngx_http_gig_metrics_stale(ngx_http_gig_metrics_t *m)
{
    return m->stale;
}


static uint64_t
ngx_http_gig_metrics_age(ngx_http_gig_metrics_t *m)
{
    return m->stale ? (uint64_t) m->age : 0;
}


static uint64_t
ngx_http_gig_metrics_redis(ngx_http_gig_metrics_t *m)
{
    return m->link.up;
}


static uint64_t
ngx_http_gig_metrics_in_flight(ngx_http_gig_metrics_t *m)
{
    return m->link.in_flight;
}


static uint64_t
ngx_http_gig_metrics_entries(ngx_http_gig_metrics_t *m)
{
    return m->entries;
}


static uint64_t
ngx_http_gig_metrics_cached(ngx_http_gig_metrics_t *m)
{
    return m->cached;
}


/* For answers that belong to no board: metrics and health. */

ngx_int_t
ngx_http_gig_plain_send(ngx_http_request_t *r, ngx_uint_t status, ngx_str_t *type,
    gig_buf_t *text)
{
    ngx_int_t         rc;
    ngx_buf_t        *b;
    ngx_chain_t       out;
    ngx_table_elt_t  *h;

    if (gig_buf_failed(text)) {
        gig_buf_free(text);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    b = ngx_create_temp_buf(r->pool, text->len + 1);

    if (b) {
        b->last = ngx_cpymem(b->last, text->data, text->len);
    }

    gig_buf_free(text);

    h = ngx_list_push(&r->headers_out.headers);

    if (h == NULL || b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    h->hash = 1;
    ngx_http_gig_header_end(h);
    ngx_str_set(&h->key, "Cache-Control");
    ngx_str_set(&h->value, "no-store");

    r->headers_out.status = status;
    r->headers_out.content_length_n = b->last - b->pos;
    r->headers_out.content_type = *type;
    r->headers_out.content_type_len = type->len;
    r->headers_out.content_type_lowcase = NULL;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    if (b->last == b->pos) {
        return ngx_http_send_special(r, NGX_HTTP_LAST);
    }

    b->last_buf = (r == r->main) ? 1 : 0;
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}
