
/* The style sheet: its name has a hash of its content, so it may be kept for ever. */

#include "ngx_http_gig_response.h"


ngx_int_t
ngx_http_gig_style(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    gig_buf_t              body;
    ngx_int_t              rc;
    ngx_http_gig_bytes_t  *bytes;
    ngx_http_gig_answer_t  answer;

    gig_buf_init(&body, gig_css_len + 1);
    gig_buf_add(&body, gig_css, gig_css_len);

    bytes = ngx_http_gig_bytes_make(&body, NGX_HTTP_OK, NULL);
    if (bytes == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_memzero(&answer, sizeof(ngx_http_gig_answer_t));

    answer.status = NGX_HTTP_OK;
    answer.type = ngx_http_gig_type_css;
    answer.max_age = NGX_HTTP_GIG_STYLE_AGE;
    answer.immutable = 1;
    answer.etag.data = bytes->etag;
    answer.etag.len = NGX_HTTP_GIG_ETAG_LEN;

    rc = ngx_http_gig_send(r, ctx, &answer, bytes);

    ngx_http_gig_bytes_release(bytes);

    return rc;
}
