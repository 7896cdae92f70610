
/*
 * What was asked before in these very words, and is the same still: no parameter is
 * read, nothing is looked for in the catalog.  The words are the location, the route,
 * the format Accept asks for, the language, and the query string as it came.
 */

#include "ngx_http_gig_response.h"


#define NGX_HTTP_GIG_SPELLING_MAX  512             /* bytes of a query string that is remembered */
#define NGX_HTTP_GIG_SPELLING_MARK 0x80
#define NGX_HTTP_GIG_SPELLING_KEY  (NGX_HTTP_GIG_SPELLING_MAX + GIG_ID_MAX + GIG_SLUG_MAX + 32)


static ngx_uint_t ngx_http_gig_spelling_of(ngx_http_gig_route_t route);
static size_t ngx_http_gig_spelling_key(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    u_char key[NGX_HTTP_GIG_SPELLING_KEY]);


ngx_uint_t
ngx_http_gig_spelling(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, ngx_int_t *rc)
{
    size_t                 len;
    u_char                 key[NGX_HTTP_GIG_SPELLING_KEY];
    ngx_http_gig_name_t   *name;
    ngx_http_gig_cache_t  *cache;
    ngx_http_gig_bytes_t  *bytes;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD)) || ctx->view == NULL) {
        return 0;
    }

    cache = ctx->board->cache;
    len = ngx_http_gig_spelling_key(r, ctx, key);

    if (len == 0) {
        return 0;
    }

    ngx_http_gig_cache_turn(cache, ctx);

    name = ngx_http_gig_cache_name(cache, key, len);

    if (name == NULL) {
        return 0;
    }

    bytes = ngx_http_gig_name_bytes(name);

    *rc = ngx_http_discard_request_body(r);

    if (*rc != NGX_OK) {
        return 1;
    }

    ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_CACHE_HIT, 1);

    if (name->visits && r->method == NGX_HTTP_GET) {
        (void) ngx_atomic_fetch_add(name->visits, 1);
    }

    ctx->cache = ngx_http_gig_cache_status(ctx, 1);
    ctx->format = bytes->format;
    ctx->state = bytes->state;

    /* an error_page for it answers instead of ours */
    if (bytes->status != NGX_HTTP_OK && ngx_http_gig_error_page(r, bytes->status)) {
        *rc = bytes->status;
        return 1;
    }

    *rc = ngx_http_gig_send_cached(r, ctx, bytes);

    return 1;
}


void
ngx_http_gig_spelling_keep(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_http_gig_bytes_t *bytes, ngx_atomic_t *visits)
{
    size_t                 len;
    u_char                 key[NGX_HTTP_GIG_SPELLING_KEY];
    ngx_http_gig_format_t  format;

    /* as it was before the query string could change it */
    format = ctx->format;
    ctx->format = ctx->accept;

    len = ngx_http_gig_spelling_key(r, ctx, key);

    ctx->format = format;

    if (len) {
        ngx_http_gig_cache_spelling(ctx->board->cache, bytes, key, len, visits);
    }
}


/* Routes whose answers are kept in the response cache. */

static ngx_uint_t
ngx_http_gig_spelling_of(ngx_http_gig_route_t route)
{
    return route == NGX_HTTP_GIG_ROUTE_LIST || route == NGX_HTTP_GIG_ROUTE_ITEM
           || route == NGX_HTTP_GIG_ROUTE_FEED_ATOM || route == NGX_HTTP_GIG_ROUTE_FEED_JSON
           || route == NGX_HTTP_GIG_ROUTE_FRAGMENT;
}


/* 0: this is not remembered. */

static size_t
ngx_http_gig_spelling_key(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    u_char key[NGX_HTTP_GIG_SPELLING_KEY])
{
    u_char  *p;

    if (!ngx_http_gig_spelling_of(ctx->route) || r->args.len > NGX_HTTP_GIG_SPELLING_MAX) {
        return 0;
    }

    p = ngx_http_gig_cache_key(ctx, key);

    /* no normalised key starts like that */
    key[0] |= NGX_HTTP_GIG_SPELLING_MARK;

    /* whatever Accept says: the query may ask for a page */
    key[NGX_HTTP_GIG_KEY_LANGUAGE] = (u_char) ctx->negotiated;

    /* a list has no id, and nothing to copy may have no address */

    if (ctx->id.len) {
        p = ngx_cpymem(p, ctx->id.data, ctx->id.len);
    }

    if (ctx->slug.len) {
        *p++ = '/';
        p = ngx_cpymem(p, ctx->slug.data, ctx->slug.len);
    }

    *p++ = '?';

    if (r->args.len) {
        p = ngx_cpymem(p, r->args.data, r->args.len);
    }

    return p - key;
}
