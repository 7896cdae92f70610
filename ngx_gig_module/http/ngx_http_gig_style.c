
/* Style sheet and script: their names have a hash of their content, so they may be kept for ever. */

#include "ngx_http_gig_response.h"


static ngx_str_t  ngx_http_gig_type_js = ngx_string("text/javascript");


ngx_int_t
ngx_http_gig_style(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    gig_str_t              text;
    gig_buf_t              body;
    ngx_int_t              rc;
    ngx_http_gig_bytes_t  *bytes;
    ngx_http_gig_answer_t  answer;

    ngx_memzero(&answer, sizeof(ngx_http_gig_answer_t));

    if (ctx->route == NGX_HTTP_GIG_ROUTE_SCRIPT) {
        text = (gig_str_t) { gig_js, gig_js_len };
        answer.type = ngx_http_gig_type_js;

    } else {
        text = (gig_str_t) { gig_css, gig_css_len };
        answer.type = ngx_http_gig_type_css;
    }

    gig_buf_init(&body, text.len + 1);
    gig_buf_str(&body, text);

    bytes = ngx_http_gig_bytes_make(&body, NGX_HTTP_OK, NULL);
    if (bytes == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    answer.status = NGX_HTTP_OK;
    answer.max_age = NGX_HTTP_GIG_STYLE_AGE;
    answer.immutable = 1;
    answer.etag.data = bytes->etag;
    answer.etag.len = NGX_HTTP_GIG_ETAG_LEN;

    rc = ngx_http_gig_send(r, ctx, &answer, bytes);

    ngx_http_gig_bytes_release(bytes);

    return rc;
}
