
/* Variables for logs: $gig_board and what this module knows of a request. */

#include "ngx_http_gig_request.h"


static ngx_int_t ngx_http_gig_variable_text(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data);
static ngx_int_t ngx_http_gig_variable_id(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data);
static ngx_int_t ngx_http_gig_variable_board(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data);
static ngx_int_t ngx_http_gig_variable_version(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_gig_variable_redis_time(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);


static ngx_http_variable_t  ngx_http_gig_variables[] = {

    { ngx_string("gig_board"), NULL, ngx_http_gig_variable_board, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("gig_id"), NULL, ngx_http_gig_variable_id,
      offsetof(ngx_http_gig_ctx_t, id), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("gig_state"), NULL, ngx_http_gig_variable_text,
      offsetof(ngx_http_gig_ctx_t, state), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("gig_cache"), NULL, ngx_http_gig_variable_text,
      offsetof(ngx_http_gig_ctx_t, cache), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("gig_catalog_version"), NULL, ngx_http_gig_variable_version, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("gig_outcome"), NULL, ngx_http_gig_variable_text,
      offsetof(ngx_http_gig_ctx_t, outcome), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("gig_redis_time"), NULL, ngx_http_gig_variable_redis_time, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


ngx_int_t
ngx_http_gig_variables_add(ngx_conf_t *cf)
{
    ngx_http_variable_t  *v, *var;

    for (v = ngx_http_gig_variables; v->name.len; v++) {

        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


/* Also before the content phase has read the address: limit_req and auth_request come earlier. */

static ngx_int_t
ngx_http_gig_variable_id(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t                 id, slug, token;
    ngx_http_gig_loc_conf_t  *glcf;

    glcf = ngx_http_get_module_loc_conf(r, ngx_http_gig_module);

    if (ngx_http_gig_ctx(r) || glcf->board == NULL) {
        return ngx_http_gig_variable_text(r, v, data);
    }

    (void) ngx_http_gig_route(r, glcf, &id, &slug, &token);

    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = (id.len == 0);
    v->len = id.len;
    v->data = id.data;

    return NGX_OK;
}


static ngx_int_t
ngx_http_gig_variable_text(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t           *text;
    ngx_http_gig_ctx_t  *ctx;

    ctx = ngx_http_gig_ctx(r);

    text = ctx ? (ngx_str_t *) ((u_char *) ctx + data) : NULL;

    if (text == NULL || text->len == 0) {
        v->not_found = 1;
        return NGX_OK;
    }

    v->len = text->len;
    v->data = text->data;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}


static ngx_int_t
ngx_http_gig_variable_board(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_gig_ctx_t  *ctx;

    ctx = ngx_http_gig_ctx(r);

    if (ctx == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    v->len = ctx->board->name.len;
    v->data = ctx->board->name.data;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}


static ngx_int_t
ngx_http_gig_variable_version(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    u_char              *p;
    ngx_http_gig_ctx_t  *ctx;

    ctx = ngx_http_gig_ctx(r);

    if (ctx == NULL || !ctx->versioned) {
        v->not_found = 1;
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, NGX_INT64_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    v->len = ngx_sprintf(p, "%uL", ctx->version) - p;
    v->data = p;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}


/* Seconds with milliseconds, as nginx's own $upstream_response_time. */

static ngx_int_t
ngx_http_gig_variable_redis_time(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    u_char              *p;
    ngx_http_gig_ctx_t  *ctx;

    ctx = ngx_http_gig_ctx(r);

    if (ctx == NULL || !ctx->redis_used) {
        v->not_found = 1;
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, NGX_TIME_T_LEN + 4);
    if (p == NULL) {
        return NGX_ERROR;
    }

    v->len = ngx_sprintf(p, "%T.%03M", (time_t) ctx->redis_time / 1000, ctx->redis_time % 1000)
             - p;
    v->data = p;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}
