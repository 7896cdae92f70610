
/*
 * What is in the program itself, style sheet and scripts: their names have a hash of their
 * content, so they may be kept for ever, and are by us as well, once for all boards of a worker.
 * embed.js is the element by a name that stays.
 */

#include "ngx_http_gig_response.h"


static ngx_http_gig_bytes_t *ngx_http_gig_fixed_make(const char *data, size_t len);


ngx_int_t
ngx_http_gig_style(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    static ngx_http_gig_bytes_t  *css, *js, *form_js, *embed_js;

    if (ctx->route == NGX_HTTP_GIG_ROUTE_SCRIPT) {
        return ngx_http_gig_fixed(r, ctx, gig_js, gig_js_len, &ngx_http_gig_type_js, &js);
    }

    if (ctx->route == NGX_HTTP_GIG_ROUTE_FORM_SCRIPT) {
        return ngx_http_gig_fixed(r, ctx, gig_form_js, gig_form_js_len, &ngx_http_gig_type_js,
                                  &form_js);
    }

    if (ctx->route == NGX_HTTP_GIG_ROUTE_EMBED || ctx->route == NGX_HTTP_GIG_ROUTE_EMBED_HASH) {
        return ngx_http_gig_fixed(r, ctx, gig_embed_js, gig_embed_js_len, &ngx_http_gig_type_js,
                                  &embed_js);
    }

    return ngx_http_gig_fixed(r, ctx, gig_css, gig_css_len, &ngx_http_gig_type_css, &css);
}


ngx_int_t
ngx_http_gig_fixed(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, const char *data, size_t len,
    ngx_str_t *type, ngx_http_gig_bytes_t **kept)
{
    ngx_http_gig_bytes_t   *bytes;
    ngx_http_gig_answer_t   answer;

    if (*kept == NULL) {
        *kept = ngx_http_gig_fixed_make(data, len);
        if (*kept == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    bytes = *kept;
    bytes->uses++;

    /* the same for everybody, and with an integrity attribute a page must be let read it */
    ctx->open_to_all = 1;

    ngx_memzero(&answer, sizeof(ngx_http_gig_answer_t));

    answer.status = NGX_HTTP_OK;
    answer.type = *type;
    answer.max_age = NGX_HTTP_GIG_STYLE_AGE;
    answer.immutable = 1;

    /* a name without a hash is another file after an upgrade */

    if (ctx->route == NGX_HTTP_GIG_ROUTE_EMBED) {
        answer.max_age = NGX_HTTP_GIG_EMBED_AGE;
        answer.immutable = 0;
    }

    answer.vary_coding = 1;
    answer.encoding = ngx_http_gig_encoding(r, ctx, bytes);
    answer.etag = bytes->body[answer.encoding].etag;

    return ngx_http_gig_send(r, ctx, &answer, bytes);
}


static ngx_http_gig_bytes_t *
ngx_http_gig_fixed_make(const char *data, size_t len)
{
    gig_buf_t              body;
    ngx_http_gig_bytes_t  *bytes;

    gig_buf_init(&body, len + 1);
    gig_buf_add(&body, data, len);

    bytes = ngx_http_gig_bytes_make(&body, NGX_HTTP_OK, NULL, NULL);

    if (bytes) {
        bytes->fixed = 1;
        ngx_http_gig_etag(bytes);
    }

    return bytes;
}
