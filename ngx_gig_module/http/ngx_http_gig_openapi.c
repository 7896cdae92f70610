
/*
 * openapi.json: what the board answers, for programs that make clients of it.  It is made by
 * tools/embed of web/openapi/, and differs between locations only in where they are.
 */

#include "ngx_http_gig_response.h"


static ngx_http_gig_bytes_t *ngx_http_gig_openapi_make(ngx_http_gig_loc_conf_t *conf);
static void ngx_http_gig_openapi_cleanup(void *data);


extern const char  gig_openapi_head[];
extern const char  gig_openapi_tail[];


ngx_int_t
ngx_http_gig_openapi(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    ngx_http_gig_bytes_t   *bytes;
    ngx_http_gig_answer_t   answer;

    if (ctx->conf->openapi == NULL) {
        ctx->conf->openapi = ngx_http_gig_openapi_make(ctx->conf);
        if (ctx->conf->openapi == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    bytes = ctx->conf->openapi;
    bytes->uses++;

    ngx_memzero(&answer, sizeof(ngx_http_gig_answer_t));

    answer.status = NGX_HTTP_OK;
    answer.type = ngx_http_gig_type_json;
    answer.max_age = NGX_HTTP_GIG_MAX_AGE;
    answer.vary_coding = 1;
    answer.encoding = ngx_http_gig_encoding(r, ctx, bytes);
    answer.etag = bytes->body[answer.encoding].etag;

    return ngx_http_gig_send(r, ctx, &answer, bytes);
}


/* Kept as long as the worker: one a location.  NULL: out of memory. */

static ngx_http_gig_bytes_t *
ngx_http_gig_openapi_make(ngx_http_gig_loc_conf_t *conf)
{
    gig_buf_t              body;
    gig_str_t              base;
    ngx_pool_cleanup_t    *cln;
    ngx_http_gig_bytes_t  *bytes;

    cln = ngx_pool_cleanup_add(ngx_cycle->pool, 0);
    if (cln == NULL) {
        return NULL;
    }

    base = ngx_http_gig_str(&conf->base);

    /* paths of the document begin with a slash and are put behind this */

    if (base.len > 1) {
        base.len--;
    }

    gig_buf_init(&body, NGX_HTTP_GIG_BODY_LIMIT);
    gig_buf_puts(&body, gig_openapi_head);
    gig_buf_str(&body, base);
    gig_buf_puts(&body, gig_openapi_tail);

    bytes = ngx_http_gig_bytes_make(&body, NGX_HTTP_OK, NULL, NULL);

    if (bytes) {
        bytes->fixed = 1;
        ngx_http_gig_etag(bytes);

        cln->handler = ngx_http_gig_openapi_cleanup;
        cln->data = bytes;
    }

    return bytes;
}


static void
ngx_http_gig_openapi_cleanup(void *data)
{
    ngx_http_gig_bytes_release(data);
}
