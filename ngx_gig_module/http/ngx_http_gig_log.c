
/*
 * A receipt's token is a capability, and both of nginx's logs print the request
 * line.  So the request line is written anew from what was parsed, with "-"
 * where the token was; likewise $request_uri and $uri.  The context keeps the
 * token.  (What nginx logs before a location is known, a malformed request or a
 * server-level `return`, is out of a module's reach: docs/http.md says so.)
 */

#include "ngx_http_gig_request.h"


ngx_int_t
ngx_http_gig_log_cut(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    u_char     *p;
    size_t      len;
    ngx_str_t   uri, raw, tail, *base;

    static ngx_str_t  withdraw = ngx_string("/withdraw");
    static ngx_str_t  none = ngx_string("");

    tail = (ctx->route == NGX_HTTP_GIG_ROUTE_WITHDRAW) ? withdraw : none;

    /* decoded: $uri */
    len = ctx->conf->prefix.len + sizeof("receipts/-") - 1 + tail.len;

    uri.data = ngx_pnalloc(r->pool, len);
    if (uri.data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(uri.data, ctx->conf->prefix.data, ctx->conf->prefix.len);
    p = ngx_cpymem(p, "receipts/-", sizeof("receipts/-") - 1);
    p = ngx_cpymem(p, tail.data, tail.len);

    uri.len = p - uri.data;

    /* as it came: $request_uri; only the base of a public_url differs from the prefix */
    base = ctx->board->public_url.len ? &ctx->conf->prefix : &ctx->conf->base;

    len = base->len + sizeof("receipts/-?") - 1 + tail.len + r->args.len;

    raw.data = ngx_pnalloc(r->pool, len);
    if (raw.data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(raw.data, base->data, base->len);
    p = ngx_cpymem(p, "receipts/-", sizeof("receipts/-") - 1);
    p = ngx_cpymem(p, tail.data, tail.len);

    if (r->args.len) {
        *p++ = '?';
        p = ngx_cpymem(p, r->args.data, r->args.len);
    }

    raw.len = p - raw.data;

    if (r == r->main && !r->internal) {

        len = r->method_name.len + raw.len + r->http_protocol.len + 2;

        p = ngx_pnalloc(r->pool, len);
        if (p == NULL) {
            return NGX_ERROR;
        }

        r->request_line.len = len;
        r->request_line.data = p;

        (void) ngx_sprintf(p, "%V %V %V", &r->method_name, &raw, &r->http_protocol);
    }

    r->unparsed_uri = raw;
    r->valid_unparsed_uri = 0;
    r->uri = uri;
    ngx_str_null(&r->exten);

    return NGX_OK;
}
