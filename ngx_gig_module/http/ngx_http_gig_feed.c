
/*
 * feed.atom and feed.json: a list in the words of feed readers.  Question, cache and paging are the
 * list's (ngx_http_gig_list.c); here is what a page of it looks like.
 */

#include "ngx_http_gig_response.h"

#include "gig_feed.h"


#define NGX_HTTP_GIG_FEED_QUERY     (3 * GIG_QUERY_ARGS_MAX + 1024)     /* bytes we write of one */


static void ngx_http_gig_feed_gig(ngx_http_gig_ctx_t *ctx, const gig_feed_t *feed, uint32_t row,
    ngx_uint_t *first, gig_buf_t *body, ngx_uint_t *whole);


ngx_int_t
ngx_http_gig_feed(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    if (!ngx_http_gig_absolute(r, ctx)) {
        return ngx_http_gig_not_absolute(r, ctx);
    }

    /* whatever Accept or `format` say: there is one */
    ctx->format = NGX_HTTP_GIG_JSON;

    return ngx_http_gig_list(r, ctx);
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


/* The page that was found; next: the query of the next one, or empty.  Its type. */

ngx_str_t *
ngx_http_gig_feed_write(ngx_http_gig_ctx_t *ctx, gig_buf_t *next, gig_buf_t *body,
    ngx_uint_t *whole)
{
    char                  cursor[GIG_CURSOR_TEXT];
    int64_t               updated;
    uint32_t              i;
    gig_buf_t             query, page;
    gig_feed_t            feed;
    ngx_uint_t            first;
    const gig_found_t    *found;
    const gig_query_t    *asked;
    gig_query_change_t    change;

    asked = &ctx->board->asked->query;
    found = &ctx->board->asked->found;
    change = GIG_QUERY_SAME;

    gig_buf_init(&query, NGX_HTTP_GIG_FEED_QUERY);
    gig_buf_init(&page, NGX_HTTP_GIG_FEED_QUERY);

    gig_query_write(asked, &change, &query);

    if (asked->after && asked->cursor.len < sizeof(cursor)) {
        *ngx_cpymem(cursor, asked->cursor.data, asked->cursor.len) = '\0';
        change.cursor = cursor;
    }

    gig_query_write(asked, &change, &page);

    feed.board = ngx_http_gig_str(&ctx->board->name);
    feed.title = ngx_http_gig_str(&ctx->board->title);
    feed.about = ngx_http_gig_str(&ctx->board->about);
    feed.base = ngx_http_gig_str(&ctx->board->public_url);
    feed.query = (gig_str_t) { query.data, query.len };
    feed.page = (gig_str_t) { page.data, page.len };
    feed.next = (gig_str_t) { next->data, next->len };
    feed.updated = 0;

    for (i = 0; i < found->n; i++) {
        updated = gig_image_updated(&ctx->view->image, found->row[i]);
        feed.updated = ngx_max(feed.updated, updated);
    }

    first = 1;

    if (ctx->route == NGX_HTTP_GIG_ROUTE_FEED_ATOM) {
        gig_feed_atom_head(&feed, body);
    } else {
        gig_feed_json_head(&feed, body);
    }

    for (i = 0; i < found->n; i++) {
        ngx_http_gig_feed_gig(ctx, &feed, found->row[i], &first, body, whole);
    }

    if (ctx->route == NGX_HTTP_GIG_ROUTE_FEED_ATOM) {
        gig_feed_atom_tail(body);
    } else {
        gig_feed_json_tail(body);
    }

    if (gig_buf_failed(&query) || gig_buf_failed(&page)) {
        body->failed = 1;
    }

    gig_buf_free(&query);
    gig_buf_free(&page);

    return ctx->route == NGX_HTTP_GIG_ROUTE_FEED_ATOM ? &ngx_http_gig_type_atom
                                                      : &ngx_http_gig_type_feed;
}


/* One that is damaged is left out, as a list leaves it out. */

static void
ngx_http_gig_feed_gig(ngx_http_gig_ctx_t *ctx, const gig_feed_t *feed, uint32_t row,
    ngx_uint_t *first, gig_buf_t *body, ngx_uint_t *whole)
{
    gig_catalog_gig_t     gig;
    ngx_http_gig_shown_t  shown;

    if (ngx_http_gig_show(ctx, row, &shown) != NGX_OK) {
        *whole = 0;
        return;
    }

    gig_catalog_gig(&ctx->view->image, row, ctx->now, &gig);
    gig.json = shown.json;

    if (ctx->route == NGX_HTTP_GIG_ROUTE_FEED_ATOM) {
        gig_feed_atom_entry(feed, &gig, body);
    } else {
        gig_feed_json_item(feed, &gig, (int) *first, body);
    }

    *first = 0;
    json_decref(shown.json);
}
