
/*
 * The query string: core reads it (gig_query.h); here stands what outlives the
 * reading, and the cursor, which needs the board's key.
 */

#include "ngx_http_gig_request.h"

#include "gig_seal.h"


static ngx_int_t ngx_http_gig_arg_cursor(ngx_http_gig_ctx_t *ctx, gig_error_t *error);


ngx_int_t
ngx_http_gig_args(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, gig_error_t *error)
{
    gig_str_t     args;
    ngx_str_t     source;
    gig_query_t  *query;

    query = &ctx->board->asked->query;
    args = (gig_str_t) { (const char *) r->args.data, r->args.len };

    if (gig_query_read(args, ctx->route == NGX_HTTP_GIG_ROUTE_LIST, query, error) != 0) {
        return NGX_DECLINED;
    }

    ctx->args.format = query->format != 0;
    ctx->args.json = query->format == 1;
    ctx->args.withdraw = query->withdraw != 0;

    /* the query is the next request's too; where a visitor came from is told to the form later */

    if (query->source.len) {
        source.data = (u_char *) query->source.data;
        source.len = query->source.len;

        ctx->args.source.data = ngx_pstrdup(r->pool, &source);

        if (ctx->args.source.data) {
            ctx->args.source.len = source.len;
        }
    }

    return query->after ? ngx_http_gig_arg_cursor(ctx, error) : NGX_OK;
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
