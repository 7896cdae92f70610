
/*
 * feed.atom and feed.json: a list in the words of feed readers.  A page of a hundred gigs takes
 * milliseconds, as each is parsed, so it is made in the thread pool (ngx_http_gig_bulk.c) and then
 * kept where lists are.
 */

#include "ngx_http_gig_bulk.h"


static int ngx_http_gig_feed_atom(ngx_http_gig_bulk_of_t *of, gig_buf_t *out);
static int ngx_http_gig_feed_json(ngx_http_gig_bulk_of_t *of, gig_buf_t *out);
static int ngx_http_gig_feed_write(ngx_http_gig_bulk_of_t *of, gig_feed_format_t format,
    const char *name, gig_buf_t *out);


static const ngx_http_gig_bulk_kind_t  ngx_http_gig_feed_atom_kind = {
    "feed.atom", &ngx_http_gig_type_atom, ngx_http_gig_feed_atom, 1
};

static const ngx_http_gig_bulk_kind_t  ngx_http_gig_feed_json_kind = {
    "feed.json", &ngx_http_gig_type_feed, ngx_http_gig_feed_json, 1
};


ngx_int_t
ngx_http_gig_feed(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    u_char                 key[NGX_HTTP_GIG_KEY_HEAD + 1 + GIG_QUERY_KEY_MAX];
    size_t                 len;
    ngx_http_gig_bytes_t  *bytes;

    if (!ngx_http_gig_absolute(r, ctx)) {
        return ngx_http_gig_not_absolute(r, ctx);
    }

    /* whatever Accept or `format` say: there is one */
    ctx->format = NGX_HTTP_GIG_JSON;

    ngx_http_gig_cache_turn(ctx->board->cache, ctx);

    /* always fits */
    len = ngx_http_gig_list_key(ctx, key, sizeof(key));
    bytes = ngx_http_gig_cache_find(ctx->board->cache, key, len);

    if (bytes == NULL) {
        return ngx_http_gig_bulk(r, ctx, ctx->route == NGX_HTTP_GIG_ROUTE_FEED_ATOM
                                         ? &ngx_http_gig_feed_atom_kind
                                         : &ngx_http_gig_feed_json_kind, 0, key, len);
    }

    ctx->cache = ngx_http_gig_cache_status(ctx, 1);

    ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_CACHE_HIT, 1);
    ngx_http_gig_spelling_keep(r, ctx, bytes, NULL);

    return ngx_http_gig_send_cached(r, ctx, bytes);
}


/* A board whose addresses are only the ends of some has nothing to tell a reader elsewhere. */

ngx_uint_t
ngx_http_gig_absolute(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    if (ctx->board->public_url.len) {
        return 1;
    }

    if (!ctx->board->told_url) {
        ctx->board->told_url = 1;
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "gig_board \"%V\": feeds and sitemaps need \"public_url\", the address of "
                      "the board for visitors; without it they are not found", &ctx->board->name);
    }

    return 0;
}


ngx_int_t
ngx_http_gig_not_absolute(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    return ngx_http_gig_problem(r, ctx, NGX_HTTP_NOT_FOUND, "not-found",
                                "This board does not know its whole address, which is needed here. "
                                "Its operator has to set public_url.");
}


static int
ngx_http_gig_feed_atom(ngx_http_gig_bulk_of_t *of, gig_buf_t *out)
{
    return ngx_http_gig_feed_write(of, GIG_FEED_ATOM, "feed.atom", out);
}


static int
ngx_http_gig_feed_json(ngx_http_gig_bulk_of_t *of, gig_buf_t *out)
{
    return ngx_http_gig_feed_write(of, GIG_FEED_JSON, "feed.json", out);
}


/* In a thread of the pool. */

static int
ngx_http_gig_feed_write(ngx_http_gig_bulk_of_t *of, gig_feed_format_t format, const char *name,
    gig_buf_t *out)
{
    int        rc;
    gig_buf_t  next;

    gig_buf_init(&next, of->link.limit);

    rc = gig_feed_page(&of->feed, format, &of->catalog, of->cursors, of->args, of->now,
                       &of->damaged, &next, out);

    if (rc == 0 && next.len) {
        gig_buf_puts(&of->link, "<");
        gig_buf_str(&of->link, of->path);
        gig_buf_puts(&of->link, name);
        gig_buf_puts(&of->link, "?");
        gig_buf_add(&of->link, next.data, next.len);
        gig_buf_puts(&of->link, ">; rel=\"next\"");
    }

    gig_buf_free(&next);

    return rc;
}
