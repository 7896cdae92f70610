
/*
 * The query string: core reads it (gig_query.h); here stands what outlives the
 * reading, and the cursor, which needs the board's key.
 */

#include "ngx_http_gig_request.h"

#include "gig_feed.h"


static ngx_uint_t ngx_http_gig_args_list(ngx_http_gig_route_t route);
static ngx_int_t ngx_http_gig_arg_cursor(ngx_http_gig_ctx_t *ctx, gig_error_t *error);


ngx_int_t
ngx_http_gig_args(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, gig_error_t *error)
{
    gig_str_t     args;
    gig_query_t  *query;

    if (ctx->conf->shape) {
        return ngx_http_gig_shape_args(r, ctx, error);
    }

    query = &ctx->board->asked->query;
    args = (gig_str_t) { (const char *) r->args.data, r->args.len };

    if (gig_query_read(args, ngx_http_gig_args_list(ctx->route), query, error) != 0) {
        return NGX_DECLINED;
    }

    ctx->args.format = query->format != 0;
    ctx->args.json = query->format == 1;
    ctx->args.withdraw = query->withdraw != 0;

    ctx->args.style = query->style;
    ctx->args.icons = query->icons;

    switch (ctx->route) {

    case NGX_HTTP_GIG_ROUTE_FEED_ATOM:
    case NGX_HTTP_GIG_ROUTE_FEED_JSON:
        gig_feed_order(query);
        break;

    case NGX_HTTP_GIG_ROUTE_INDEED:
        gig_feed_order(query);
        query->limit = GIG_LIST_DEFAULT;
        query->after = 0;
        query->cursor.len = 0;
        break;

    default:
        break;
    }

    return query->after ? ngx_http_gig_arg_cursor(ctx, error) : NGX_OK;
}


/* Routes that take what a list does. */

static ngx_uint_t
ngx_http_gig_args_list(ngx_http_gig_route_t route)
{
    return route == NGX_HTTP_GIG_ROUTE_LIST || route == NGX_HTTP_GIG_ROUTE_FEED_ATOM
           || route == NGX_HTTP_GIG_ROUTE_FEED_JSON || route == NGX_HTTP_GIG_ROUTE_INDEED
           || route == NGX_HTTP_GIG_ROUTE_FRAGMENT;
}


static ngx_int_t
ngx_http_gig_arg_cursor(ngx_http_gig_ctx_t *ctx, gig_error_t *error)
{
    ngx_http_gig_asked_t  *asked;

    asked = ctx->board->asked;

    if (gig_cursor_check(&ctx->board->cursors, asked->query.cursor, &asked->cursor) != 0) {
        (void) gig_error_set(error, "", "The parameter \"cursor\" is not one this board gave; it "
                             "must be \"next\" of the answer before, or be left out for the first "
                             "page.");
        return NGX_DECLINED;
    }

    if (asked->cursor.sort != asked->query.sort) {
        (void) gig_error_set(error, "", "The parameter \"cursor\" is of a list by \"%s\" and this "
                             "one is by \"%s\"; it must be \"next\" of the same list's answer "
                             "before, or be left out for the first page.",
                             gig_sort_name(asked->cursor.sort), gig_sort_name(asked->query.sort));
        return NGX_DECLINED;
    }

    return NGX_OK;
}
