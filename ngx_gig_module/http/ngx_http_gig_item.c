
/* One gig: 200, 404 for what is unknown or not visible yet, 410 with others like it. */

#include "ngx_http_gig_response.h"


#define NGX_HTTP_GIG_SIMILAR  3


static ngx_int_t ngx_http_gig_item_slug(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    uint32_t row);
static void ngx_http_gig_item_spelling(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_http_gig_bytes_t *bytes, ngx_atomic_t *visits);
static ngx_http_gig_bytes_t *ngx_http_gig_item_make(ngx_http_gig_ctx_t *ctx, uint32_t row,
    gig_state_t state);
static ngx_int_t ngx_http_gig_item_gone(ngx_http_gig_ctx_t *ctx, uint32_t row,
    const gig_page_gig_t *gig, gig_buf_t *body);
static ngx_uint_t ngx_http_gig_item_ended(gig_state_t state);


ngx_int_t
ngx_http_gig_item(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    u_char                *p, key[NGX_HTTP_GIG_KEY_MAX];
    uint32_t               row;
    ngx_int_t              rc;
    gig_state_t            state;
    ngx_atomic_t          *visits;
    ngx_http_gig_cache_t  *cache;
    ngx_http_gig_bytes_t  *bytes;

    cache = ctx->board->cache;

    row = ngx_http_gig_find(ctx, &state);

    if (row == GIG_ROW_NONE) {
        return ngx_http_gig_problem(r, ctx, NGX_HTTP_NOT_FOUND, "not-found",
                                    "There is no gig at this address.");
    }

    if (ctx->slug.len && !ngx_http_gig_item_ended(state)) {

        rc = ngx_http_gig_item_slug(r, ctx, row);

        if (rc != NGX_DECLINED) {
            return rc;
        }
    }

    visits = NULL;

    if (r->method == NGX_HTTP_GET) {
        visits = ngx_http_gig_visit_total(ctx->board, ngx_http_gig_str(&ctx->id),
                                          ctx->args.source, NGX_HTTP_GIG_VIEW);
    }

    if (visits) {
        (void) ngx_atomic_fetch_add(visits, 1);
    }

    ngx_http_gig_cache_turn(cache, ctx);

    p = ngx_http_gig_cache_key(ctx, key);
    p = ngx_cpymem(p, ctx->id.data, ctx->id.len);
    *p++ = '?';

    /* the page carries the source to the form */
    if (ctx->format == NGX_HTTP_GIG_HTML && ctx->args.source.len) {
        p = ngx_cpymem(p, ctx->args.source.data, ctx->args.source.len);
    }

    bytes = ngx_http_gig_cache_find(cache, key, p - key);

    ctx->cache = ngx_http_gig_cache_status(ctx, bytes != NULL);

    /* an error_page for 410 answers instead of ours */
    if (ngx_http_gig_item_ended(state) && ngx_http_gig_error_page(r, 410)) {
        return 410;
    }

    if (bytes) {
        ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_CACHE_HIT, 1);
        ngx_http_gig_item_spelling(r, ctx, bytes, visits);
        return ngx_http_gig_send_cached(r, ctx, bytes);
    }

    ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_CACHE_MISS, 1);

    bytes = ngx_http_gig_item_make(ctx, row, state);

    if (bytes == NULL) {
        return ngx_http_gig_unavailable(r, ctx, "This gig cannot be shown at the moment. Please "
                                                "try again.");
    }

    bytes->state = ctx->state;

    if (bytes->status == NGX_HTTP_OK) {
        ngx_http_gig_etag(bytes);
    }

    ngx_http_gig_cache_keep(cache, key, p - key, bytes);
    ngx_http_gig_item_spelling(r, ctx, bytes, visits);

    rc = ngx_http_gig_send_cached(r, ctx, bytes);

    ngx_http_gig_bytes_release(bytes);

    return rc;
}


/*
 * NGX_DECLINED: the slug is the gig's.  What has another leads there, as whoever had it from an
 * older title is to come to one address.  A subrequest cannot follow, and gets the gig.
 */

static ngx_int_t
ngx_http_gig_item_slug(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, uint32_t row)
{
    u_char                 *p;
    size_t                  i;
    gig_str_t               slug;
    ngx_http_gig_answer_t   answer;

    slug = gig_image_slug(&ctx->view->image, row);

    if (r != r->main || gig_str_eq(slug, ngx_http_gig_str(&ctx->slug))) {
        return NGX_DECLINED;
    }

    ngx_memzero(&answer, sizeof(ngx_http_gig_answer_t));

    p = ngx_pnalloc(r->pool, ctx->conf->base.len + ctx->id.len + slug.len + r->args.len + 2);
    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    answer.status = NGX_HTTP_MOVED_PERMANENTLY;
    answer.max_age = NGX_HTTP_GIG_MAX_AGE;
    answer.location.data = p;

    p = ngx_cpymem(p, ctx->conf->base.data, ctx->conf->base.len);
    p = ngx_cpymem(p, ctx->id.data, ctx->id.len);

    if (slug.len) {
        *p++ = '/';
        p = ngx_cpymem(p, slug.data, slug.len);
    }

    /* a rewrite of the configuration may have put in what no header may hold */

    for (i = 0; i < r->args.len && r->args.data[i] > ' ' && r->args.data[i] != 0x7f; i++) {
        /* void */
    }

    if (i && i == r->args.len) {
        *p++ = '?';
        p = ngx_cpymem(p, r->args.data, r->args.len);
    }

    answer.location.len = p - answer.location.data;

    return ngx_http_gig_send(r, ctx, &answer, NULL);
}


/* Only a GET says where GETs of these words are counted. */

static void
ngx_http_gig_item_spelling(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_http_gig_bytes_t *bytes, ngx_atomic_t *visits)
{
    if (r->method == NGX_HTTP_GET) {
        ngx_http_gig_spelling_keep(r, ctx, bytes, visits);
    }
}


static ngx_uint_t
ngx_http_gig_item_ended(gig_state_t state)
{
    return state == GIG_STATE_CLOSED || state == GIG_STATE_GONE;
}


static ngx_http_gig_bytes_t *
ngx_http_gig_item_make(ngx_http_gig_ctx_t *ctx, uint32_t row, gig_state_t state)
{
    gig_buf_t              body;
    gig_page_t             page;
    ngx_int_t              rc;
    ngx_str_t             *type;
    ngx_uint_t             status;
    ngx_http_gig_shown_t   shown;

    gig_buf_init(&body, NGX_HTTP_GIG_BODY_LIMIT);

    status = ngx_http_gig_item_ended(state) ? 410 : NGX_HTTP_OK;

    if (ctx->format == NGX_HTTP_GIG_JSON) {

        type = &ngx_http_gig_type_json;

        if (status == 410) {
            type = &ngx_http_gig_type_problem;
            gig_problem_json(410, "gone", "No longer open",
                             "This gig is closed. The list has what is open now.", NULL, &body);
            rc = NGX_OK;

        } else {
            rc = ngx_http_gig_fill(ctx, row, GIG_FRAGMENT_DETAIL, &body);
        }

    } else {

        type = &ngx_http_gig_type_html;
        rc = ngx_http_gig_show(ctx, row, &shown);

        if (rc == NGX_OK) {

            if (status == 410) {
                rc = ngx_http_gig_item_gone(ctx, row, &shown.gig, &body);

            } else {
                ngx_http_gig_page(ctx, &page);
                gig_page_gig(&page, &shown.gig, &body);
            }

            json_decref(shown.json);
        }
    }

    if (rc != NGX_OK) {
        gig_buf_free(&body);
        return NULL;
    }

    return ngx_http_gig_bytes_make(&body, status, type, NULL);
}


static ngx_int_t
ngx_http_gig_item_gone(ngx_http_gig_ctx_t *ctx, uint32_t row, const gig_page_gig_t *gig,
    gig_buf_t *body)
{
    uint32_t    i, n, rows[NGX_HTTP_GIG_SIMILAR];
    gig_page_t  page;

    n = gig_image_similar(&ctx->view->image, row, ctx->now, rows, NGX_HTTP_GIG_SIMILAR);

    ngx_http_gig_page(ctx, &page);
    gig_page_gone_head(&page, gig, n, body);

    for (i = 0; i < n; i++) {
        if (ngx_http_gig_card(ctx, rows[i], body) != NGX_OK) {
            return NGX_DECLINED;
        }
    }

    gig_page_gone_tail(&page, gig, n, body);

    return NGX_OK;
}


ngx_int_t
ngx_http_gig_opens_in(ngx_http_gig_ctx_t *ctx, uint32_t row)
{
    int64_t  opens, wait;

    opens = gig_image_opens(&ctx->view->image, row);
    wait = opens == GIG_TIME_NONE ? NGX_HTTP_GIG_RETRY : opens - ctx->now;

    return wait < 1 ? 1 : ngx_min(wait, NGX_HTTP_GIG_RETRY_MAX);
}


ngx_int_t
ngx_http_gig_refuse_state(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, uint32_t row,
    gig_state_t state)
{
    gig_buf_t              body;
    ngx_http_gig_shown_t   shown;
    ngx_http_gig_answer_t  answer;

    switch (state) {

    case GIG_STATE_SCHEDULED:
        return ngx_http_gig_problem_errors(r, ctx, NGX_HTTP_FORBIDDEN, "not-open",
                                           "Applications for this gig are not open yet.", NULL,
                                           ngx_http_gig_opens_in(ctx, row));

    case GIG_STATE_FULL:
        return ngx_http_gig_problem(r, ctx, NGX_HTTP_CONFLICT, "full",
                                    "All places of this gig are taken.");

    default:
        break;
    }

    if (ctx->format == NGX_HTTP_GIG_HTML && !ngx_http_gig_error_page(r, 410)
        && ngx_http_gig_show(ctx, row, &shown) == NGX_OK)
    {
        gig_buf_init(&body, NGX_HTTP_GIG_BODY_LIMIT);
        ngx_memzero(&answer, sizeof(ngx_http_gig_answer_t));

        answer.status = 410;
        answer.type = ngx_http_gig_type_html;
        answer.max_age = NGX_HTTP_GIG_NO_STORE;

        if (ngx_http_gig_item_gone(ctx, row, &shown.gig, &body) == NGX_OK) {
            json_decref(shown.json);
            return ngx_http_gig_send_buf(r, ctx, &answer, &body);
        }

        json_decref(shown.json);
        gig_buf_free(&body);
    }

    return ngx_http_gig_problem(r, ctx, 410, "gone", "This gig is closed. The list has what is "
                                                     "open now.");
}
