
/*
 * Pages of other origins that may embed the board: gig_origins.  What they are told stands in one
 * header filter, so that it is in every answer of the location, nginx's own refusals included: a
 * cache that kept one without "Vary: Origin" would give it to all.  Credentials are never allowed.
 */

#include "ngx_http_gig_conf.h"
#include "ngx_http_gig_response.h"

#include "gig_origin.h"


#define NGX_HTTP_GIG_PREFLIGHT_AGE  "7200"      /* s; browsers cut it to their own most */


static ngx_int_t ngx_http_gig_origin_filter(ngx_http_request_t *r);
static ngx_int_t ngx_http_gig_origin_vary(ngx_http_request_t *r);


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;

static ngx_str_t  ngx_http_gig_name_vary = ngx_string("Vary");
static ngx_str_t  ngx_http_gig_name_allow_origin = ngx_string("Access-Control-Allow-Origin");
static ngx_str_t  ngx_http_gig_name_expose = ngx_string("Access-Control-Expose-Headers");
static ngx_str_t  ngx_http_gig_name_methods = ngx_string("Access-Control-Allow-Methods");
static ngx_str_t  ngx_http_gig_name_headers = ngx_string("Access-Control-Allow-Headers");
static ngx_str_t  ngx_http_gig_name_preflight_age = ngx_string("Access-Control-Max-Age");

static ngx_str_t  ngx_http_gig_origin_text = ngx_string("Origin");
static ngx_str_t  ngx_http_gig_origin_coding = ngx_string("Accept-Encoding, Origin");
static ngx_str_t  ngx_http_gig_exposed = ngx_string("Date, ETag, Link, Location, Retry-After, "
                                                    "Idempotency-Replayed, Age, Cache-Status");
static ngx_str_t  ngx_http_gig_sent = ngx_string("Content-Type, Idempotency-Key");
static ngx_str_t  ngx_http_gig_preflight_age = ngx_string(NGX_HTTP_GIG_PREFLIGHT_AGE);


char *
ngx_http_gig_set_origins(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_gig_loc_conf_t  *glcf = conf;

    ngx_str_t                 *value, *origin;
    ngx_uint_t                 i, k;
    gig_error_t                err;
    ngx_http_gig_main_conf_t  *gmcf;

    if (glcf->origins != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        glcf->origins = NULL;
        return NGX_CONF_OK;
    }

    glcf->origins = ngx_array_create(cf->pool, cf->args->nelts - 1, sizeof(ngx_str_t));
    if (glcf->origins == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {

        if (gig_origin_check((gig_str_t) { (const char *) value[i].data, value[i].len }, &err)
            != 0)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid origin \"%V\" of \"gig_origins\": %s",
                               &value[i], err.detail);
            return NGX_CONF_ERROR;
        }

        for (k = 1; k < i; k++) {
            if (value[k].len == value[i].len
                && ngx_strncmp(value[k].data, value[i].data, value[i].len) == 0)
            {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "origin \"%V\" of \"gig_origins\" is given twice; once is "
                                   "enough", &value[i]);
                return NGX_CONF_ERROR;
            }
        }

        origin = ngx_array_push(glcf->origins);
        if (origin == NULL) {
            return NGX_CONF_ERROR;
        }

        *origin = value[i];
    }

    gmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_gig_module);
    gmcf->origins = 1;

    return NGX_CONF_OK;
}


/* Whoever lists no origin has no filter. */

ngx_int_t
ngx_http_gig_origin_init(ngx_conf_t *cf)
{
    ngx_http_gig_main_conf_t  *gmcf;

    gmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_gig_module);

    if (gmcf->origins) {
        ngx_http_next_header_filter = ngx_http_top_header_filter;
        ngx_http_top_header_filter = ngx_http_gig_origin_filter;
    }

    return NGX_OK;
}


ngx_str_t *
ngx_http_gig_origin(ngx_http_request_t *r, ngx_http_gig_loc_conf_t *glcf)
{
    ngx_str_t   *asked, *origin;
    ngx_uint_t   i, times;

    if (glcf->origins == NULL) {
        return NULL;
    }

    asked = ngx_http_gig_header_in(r, "origin", &times);

    /* two of them are no browser's */
    if (asked == NULL || times != 1) {
        return NULL;
    }

    origin = glcf->origins->elts;

    for (i = 0; i < glcf->origins->nelts; i++) {
        if (origin[i].len == asked->len
            && ngx_memcmp(origin[i].data, asked->data, asked->len) == 0)
        {
            return &origin[i];
        }
    }

    return NULL;
}


ngx_int_t
ngx_http_gig_preflight(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, const char *methods)
{
    ngx_int_t              rc;
    ngx_str_t              value;
    ngx_http_gig_answer_t  answer;

    if (methods == NULL || r != r->main || ngx_http_gig_origin(r, ctx->conf) == NULL
        || ngx_http_gig_header_in(r, "access-control-request-method", NULL) == NULL)
    {
        return NGX_DECLINED;
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    value.data = (u_char *) methods;
    value.len = ngx_strlen(methods);

    if (ngx_http_gig_header_add(r, &ngx_http_gig_name_methods, &value) == NULL
        || ngx_http_gig_header_add(r, &ngx_http_gig_name_headers, &ngx_http_gig_sent) == NULL
        || ngx_http_gig_header_add(r, &ngx_http_gig_name_preflight_age,
                                   &ngx_http_gig_preflight_age) == NULL)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_memzero(&answer, sizeof(ngx_http_gig_answer_t));

    answer.status = NGX_HTTP_NO_CONTENT;
    answer.max_age = NGX_HTTP_GIG_NO_STORE;

    return ngx_http_gig_send(r, ctx, &answer, NULL);
}


/* What is for everybody, and says so, varies by nothing. */

static ngx_int_t
ngx_http_gig_origin_filter(ngx_http_request_t *r)
{
    ngx_str_t                *origin;
    ngx_http_gig_ctx_t       *ctx;
    ngx_http_gig_loc_conf_t  *glcf;

    glcf = ngx_http_get_module_loc_conf(r, ngx_http_gig_module);

    if (r != r->main || glcf->board == NULL || glcf->origins == NULL) {
        return ngx_http_next_header_filter(r);
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_gig_module);

    if (ctx && ctx->open_to_all) {
        return ngx_http_next_header_filter(r);
    }

    if (ngx_http_gig_origin_vary(r) != NGX_OK) {
        return NGX_ERROR;
    }

    origin = ngx_http_gig_origin(r, glcf);

    if (origin
        && (ngx_http_gig_header_add(r, &ngx_http_gig_name_allow_origin, origin) == NULL
            || ngx_http_gig_header_add(r, &ngx_http_gig_name_expose, &ngx_http_gig_exposed)
               == NULL))
    {
        return NGX_ERROR;
    }

    return ngx_http_next_header_filter(r);
}


/*
 * In the one Vary there is: some caches look at one alone.  Where there is none yet nginx's own may
 * follow (`gzip_vary on`), and what that says is said here as well.
 */

static ngx_int_t
ngx_http_gig_origin_vary(ngx_http_request_t *r)
{
    u_char                    *p;
    ngx_str_t                 *text;
    ngx_uint_t                 i;
    ngx_table_elt_t           *h;
    ngx_list_part_t           *part;
#if (NGX_HTTP_GZIP)
    ngx_http_core_loc_conf_t  *clcf;
#endif

    for (part = &r->headers_out.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (h[i].hash == 0 || h[i].key.len != sizeof("Vary") - 1
                || ngx_strncasecmp(h[i].key.data, (u_char *) "Vary", h[i].key.len) != 0)
            {
                continue;
            }

            p = ngx_pnalloc(r->pool, h[i].value.len + sizeof(", Origin") - 1);
            if (p == NULL) {
                return NGX_ERROR;
            }

            (void) ngx_sprintf(p, "%V, Origin", &h[i].value);

            h[i].value.data = p;
            h[i].value.len += sizeof(", Origin") - 1;

            return NGX_OK;
        }
    }

    text = &ngx_http_gig_origin_text;

#if (NGX_HTTP_GZIP)

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (clcf->gzip_vary) {
        text = &ngx_http_gig_origin_coding;
    }

#endif

    return ngx_http_gig_header_add(r, &ngx_http_gig_name_vary, text) ? NGX_OK : NGX_ERROR;
}
