
/*
 * fragment.html: the cards of a list, for SSI and ESI.  As a subrequest it must never end in a
 * status without a body of ours: nginx would put its own error page into somebody's page.
 */

#include "ngx_http_gig_response.h"


ngx_int_t
ngx_http_gig_fragment(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    ngx_int_t     rc;
    gig_query_t  *query;

    query = &ctx->board->asked->query;

    /* what makes no difference here is in no key and no link */
    query->facets = 0;
    query->format = 0;

    rc = ngx_http_gig_list(r, ctx);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE && r != r->main) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "gig: board \"%V\": a fragment could not be made (%i) and is left out of "
                      "the page that includes it", &ctx->board->name, rc);
        return NGX_OK;
    }

    return rc;
}


/* ngx_http_gig_list_page() of a fragment. */

void
ngx_http_gig_fragment_page(ngx_http_gig_ctx_t *ctx, gig_buf_t *body, ngx_uint_t *whole)
{
    gig_page_t            page;
    const gig_found_t    *found;
    gig_page_fragment_t   fragment;

    found = &ctx->board->asked->found;

    ngx_http_gig_page(ctx, &page);
    ngx_memzero(&fragment, sizeof(gig_page_fragment_t));

    fragment.query = &ctx->board->asked->query;
    fragment.total = found->total;
    fragment.shown = found->n;
    fragment.style = ctx->args.style;
    fragment.icons = ctx->args.icons;

    gig_page_fragment_head(&page, &fragment, body);

    ngx_http_gig_list_cards(ctx, body, whole);

    gig_page_fragment_tail(&page, &fragment, body);
}
