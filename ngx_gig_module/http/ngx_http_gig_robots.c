
/* robots.txt: crawlers ask for it at the root of a host, from where a rewrite leads here. */

#include "ngx_http_gig_response.h"

#include "gig_robots.h"


static ngx_str_t  ngx_http_gig_type_text = ngx_string("text/plain");


ngx_int_t
ngx_http_gig_robots(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    gig_buf_t              body;
    ngx_http_gig_answer_t  answer;

    gig_buf_init(&body, NGX_HTTP_GIG_BODY_LIMIT);
    gig_robots(ngx_http_gig_str(&ctx->conf->base), &body);

    ngx_memzero(&answer, sizeof(ngx_http_gig_answer_t));

    answer.status = NGX_HTTP_OK;
    answer.type = ngx_http_gig_type_text;
    answer.max_age = NGX_HTTP_GIG_MAX_AGE;

    return ngx_http_gig_send_buf(r, ctx, &answer, &body);
}
