
/*
 * The path below a location's prefix, and who answers it.  The rewrite phase
 * sees a request first: a receipt's token is cut out of it there, before limits,
 * access rules or a body reader could log it.
 */

#include "ngx_http_gig_request.h"
#include "ngx_http_gig_response.h"


static ngx_int_t ngx_http_gig_rewrite_handler(ngx_http_request_t *r);
static ngx_http_gig_ctx_t *ngx_http_gig_ctx_make(ngx_http_request_t *r);
static void ngx_http_gig_ctx_cleanup(void *data);
static ngx_uint_t ngx_http_gig_is(u_char *p, u_char *last, const char *text);
static ngx_int_t ngx_http_gig_redirect(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
static ngx_int_t ngx_http_gig_dispatch(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);


ngx_int_t
ngx_http_gig_route_init(ngx_conf_t *cf)
{
    ngx_uint_t                  i;
    ngx_http_handler_pt        *h;
    ngx_http_gig_board_t      **board;
    ngx_http_gig_main_conf_t   *gmcf;
    ngx_http_core_main_conf_t  *cmcf;

    gmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_gig_module);
    board = gmcf->boards.elts;

    for (i = 0; i < gmcf->boards.nelts; i++) {
        if (board[i]->used) {
            break;
        }
    }

    if (i == gmcf->boards.nelts) {
        return NGX_OK;
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_REWRITE_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_gig_rewrite_handler;

    return NGX_OK;
}


static ngx_int_t
ngx_http_gig_rewrite_handler(ngx_http_request_t *r)
{
    ngx_str_t                 id, token;
    ngx_http_gig_ctx_t       *ctx;
    ngx_http_gig_route_t      route;
    ngx_http_gig_loc_conf_t  *glcf;

    glcf = ngx_http_get_module_loc_conf(r, ngx_http_gig_module);

    if (glcf->board == NULL || ngx_http_get_module_ctx(r, ngx_http_gig_module)) {
        return NGX_DECLINED;
    }

    /* all but receipts is left to the content phase */
    if (r->uri.len <= glcf->prefix.len || r->uri.data[glcf->prefix.len] != 'r') {
        return NGX_DECLINED;
    }

    route = ngx_http_gig_route(r, glcf, &id, &token);

    if (token.len == 0) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_gig_ctx_make(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->board = glcf->board;
    ctx->conf = glcf;
    ctx->route = route;

    ctx->token.data = ngx_pstrdup(r->pool, &token);
    if (ctx->token.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->token.len = token.len;

    if (ngx_http_gig_log_cut(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return NGX_DECLINED;
}


/*
 * The context hangs on a cleanup of the pool as well: an internal redirect
 * (error_page) zeroes r->ctx, and the log still asks for our variables.
 */

static ngx_http_gig_ctx_t *
ngx_http_gig_ctx_make(ngx_http_request_t *r)
{
    ngx_http_gig_ctx_t  *ctx;
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_gig_ctx_t));
    if (cln == NULL) {
        return NULL;
    }

    cln->handler = ngx_http_gig_ctx_cleanup;        /* ngx_http_gig_ctx() looks for it */

    ctx = cln->data;
    ngx_memzero(ctx, sizeof(ngx_http_gig_ctx_t));

    ngx_http_set_ctx(r, ctx, ngx_http_gig_module);

    return ctx;
}


static void
ngx_http_gig_ctx_cleanup(void *data)
{
    ngx_http_gig_ctx_t  *ctx = data;

    /* a slow client reads on, and a log quotes headers, when the cache has let go */
    if (ctx->bytes) {
        ngx_http_gig_bytes_release(ctx->bytes);
    }
}


ngx_http_gig_ctx_t *
ngx_http_gig_ctx(ngx_http_request_t *r)
{
    ngx_http_gig_ctx_t  *ctx;
    ngx_pool_cleanup_t  *cln;

    ctx = ngx_http_get_module_ctx(r, ngx_http_gig_module);

    if (ctx || (r == r->main && !r->internal && !r->filter_finalize)) {
        return ctx;
    }

    for (cln = r->pool->cleanup; cln; cln = cln->next) {
        if (cln->handler == ngx_http_gig_ctx_cleanup) {
            return cln->data;
        }
    }

    return NULL;
}


ngx_http_gig_route_t
ngx_http_gig_route(ngx_http_request_t *r, ngx_http_gig_loc_conf_t *glcf, ngx_str_t *id,
    ngx_str_t *token)
{
    u_char     *p, *last, *slash;
    gig_str_t   name;

    ngx_str_null(id);
    ngx_str_null(token);

    p = r->uri.data;
    last = p + r->uri.len;

    if (r->uri.len + 1 == glcf->prefix.len && ngx_memcmp(p, glcf->prefix.data, r->uri.len) == 0) {
        return NGX_HTTP_GIG_ROUTE_REDIRECT;
    }

    if (r->uri.len < glcf->prefix.len
        || ngx_memcmp(p, glcf->prefix.data, glcf->prefix.len) != 0)
    {
        return NGX_HTTP_GIG_ROUTE_NONE;
    }

    p += glcf->prefix.len;

    if (p == last) {
        return NGX_HTTP_GIG_ROUTE_LIST;
    }

    slash = ngx_strlchr(p, last, '/');

    if (slash == NULL && ngx_http_gig_is(p, last, gig_css_name)) {
        return NGX_HTTP_GIG_ROUTE_STYLE;
    }

    if (slash == NULL && ngx_http_gig_is(p, last, gig_js_name)) {
        return NGX_HTTP_GIG_ROUTE_SCRIPT;
    }

    if (slash == NULL && ngx_http_gig_is(p, last, gig_form_js_name)) {
        return NGX_HTTP_GIG_ROUTE_FORM_SCRIPT;
    }

    if (ngx_http_gig_is(p, slash ? slash : last, "receipts")) {

        if (slash == NULL || slash + 1 == last) {
            return NGX_HTTP_GIG_ROUTE_NONE;
        }

        p = slash + 1;

        if (ngx_http_gig_is(p, last, "keys.json")) {
            return NGX_HTTP_GIG_ROUTE_KEYS;
        }

        slash = ngx_strlchr(p, last, '/');

        /* whatever stands here may be a token, misspelt: it is cut out in any case */
        token->data = p;
        token->len = (slash ? slash : last) - p;

        if (token->len == 0) {
            token->len = last - p;
            return NGX_HTTP_GIG_ROUTE_NONE;
        }

        if (slash == NULL) {
            return NGX_HTTP_GIG_ROUTE_RECEIPT;
        }

        return ngx_http_gig_is(slash + 1, last, "withdraw") ? NGX_HTTP_GIG_ROUTE_WITHDRAW
                                                            : NGX_HTTP_GIG_ROUTE_NONE;
    }

    name.data = (const char *) p;
    name.len = (slash ? slash : last) - p;

    if (!gig_id_valid(name)) {
        return NGX_HTTP_GIG_ROUTE_NONE;
    }

    id->data = p;
    id->len = name.len;

    if (slash == NULL) {
        return NGX_HTTP_GIG_ROUTE_ITEM;
    }

    p = slash + 1;

    if (ngx_http_gig_is(p, last, "form")) {
        return NGX_HTTP_GIG_ROUTE_FORM;
    }

    if (ngx_http_gig_is(p, last, "apply")) {
        return NGX_HTTP_GIG_ROUTE_APPLY;
    }

    if (ngx_http_gig_is(p, last, "applications")) {
        return NGX_HTTP_GIG_ROUTE_APPLICATIONS;
    }

    if (ngx_http_gig_is(p, last, "self-id")) {
        return NGX_HTTP_GIG_ROUTE_SELF_ID;
    }

    if (ngx_http_gig_is(p, last, "self-id/thanks")) {
        return NGX_HTTP_GIG_ROUTE_SELF_ID_THANKS;
    }

    return NGX_HTTP_GIG_ROUTE_NONE;
}


static ngx_uint_t
ngx_http_gig_is(u_char *p, u_char *last, const char *text)
{
    size_t  len;

    len = ngx_strlen(text);

    return (size_t) (last - p) == len && ngx_memcmp(p, text, len) == 0;
}


ngx_int_t
ngx_http_gig_handler(ngx_http_request_t *r)
{
    ngx_int_t                 rc;
    gig_error_t               error;
    ngx_http_gig_ctx_t       *ctx;
    ngx_http_gig_loc_conf_t  *glcf;

    glcf = ngx_http_get_module_loc_conf(r, ngx_http_gig_module);

    ctx = ngx_http_get_module_ctx(r, ngx_http_gig_module);

    if (ctx == NULL) {
        ctx = ngx_http_gig_ctx_make(r);
        if (ctx == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        ctx->board = glcf->board;
        ctx->conf = glcf;
        ctx->route = ngx_http_gig_route(r, glcf, &ctx->id, &ctx->token);
    }

    ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_REQUESTS, 1);

    ctx->accept = ngx_http_gig_negotiate(r);
    ctx->format = ctx->accept;

    ngx_http_gig_view(ctx);

    if (ngx_http_gig_spelling(r, ctx, &rc)) {
        return rc;
    }

    if (ngx_http_gig_args(r, ctx, &error) != NGX_OK) {

        rc = ngx_http_discard_request_body(r);

        if (rc != NGX_OK) {
            return rc;
        }

        return ngx_http_gig_problem(r, ctx, NGX_HTTP_BAD_REQUEST, "bad-parameter", error.detail);
    }

    if (ctx->args.format) {
        ctx->format = ctx->args.json ? NGX_HTTP_GIG_JSON : NGX_HTTP_GIG_HTML;
    }

    return ngx_http_gig_dispatch(r, ctx);
}


void
ngx_http_gig_view(ngx_http_gig_ctx_t *ctx)
{
    ctx->now = ngx_time();
    ctx->view = ngx_http_gig_catalog_view(ctx->board);

    if (ctx->view) {
        ctx->stale = ngx_http_gig_catalog_stale(ctx->board, &ctx->age);
        ctx->version = ctx->view->image.meta.version;
        ctx->versioned = 1;
    }
}


static ngx_int_t
ngx_http_gig_dispatch(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    ngx_int_t    rc;
    const char  *allow;

    switch (ctx->route) {

    case NGX_HTTP_GIG_ROUTE_APPLICATIONS:
        allow = (r->method == NGX_HTTP_POST) ? NULL : "POST";
        break;

    case NGX_HTTP_GIG_ROUTE_WITHDRAW:
        allow = (r->method == NGX_HTTP_POST) ? NULL : "POST";
        break;

    case NGX_HTTP_GIG_ROUTE_RECEIPT:
        allow = (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_DELETE)) ? NULL
                                                                           : "GET, HEAD, DELETE";
        break;

    case NGX_HTTP_GIG_ROUTE_SELF_ID:
        allow = (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_POST)) ? NULL
                                                                         : "GET, HEAD, POST";
        break;

    case NGX_HTTP_GIG_ROUTE_NONE:
        allow = NULL;
        break;

    default:
        allow = (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD)) ? NULL : "GET, HEAD";
    }

    /* what changes something is of the main request only: a subrequest has no body of its own */
    if (r != r->main && !(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        allow = "GET, HEAD";
    }

    if (allow == NULL && ctx->route == NGX_HTTP_GIG_ROUTE_APPLICATIONS) {
        return ngx_http_gig_applications(r, ctx);
    }

    if (allow == NULL && ctx->route == NGX_HTTP_GIG_ROUTE_SELF_ID && r->method == NGX_HTTP_POST) {
        return ngx_http_gig_self_id_post(r, ctx);
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    if (allow) {
        return ngx_http_gig_problem_allow(r, ctx, allow);
    }

    switch (ctx->route) {

    case NGX_HTTP_GIG_ROUTE_REDIRECT:
        return ngx_http_gig_redirect(r, ctx);

    case NGX_HTTP_GIG_ROUTE_STYLE:
    case NGX_HTTP_GIG_ROUTE_SCRIPT:
    case NGX_HTTP_GIG_ROUTE_FORM_SCRIPT:
        return ngx_http_gig_style(r, ctx);

    case NGX_HTTP_GIG_ROUTE_KEYS:
        return ngx_http_gig_keys(r, ctx);

    case NGX_HTTP_GIG_ROUTE_SELF_ID_THANKS:
        return ngx_http_gig_self_id_thanks(r, ctx);

    case NGX_HTTP_GIG_ROUTE_RECEIPT:
        return r->method == NGX_HTTP_DELETE ? ngx_http_gig_withdraw(r, ctx)
                                            : ngx_http_gig_receipt(r, ctx);

    case NGX_HTTP_GIG_ROUTE_WITHDRAW:
        return ngx_http_gig_withdraw(r, ctx);

    case NGX_HTTP_GIG_ROUTE_NONE:
        return ngx_http_gig_problem(r, ctx, NGX_HTTP_NOT_FOUND, "not-found",
                                    "There is nothing at this address.");

    default:
        break;
    }

    if (ctx->view == NULL) {
        return ngx_http_gig_unavailable(r, ctx, "The catalog of this board has not been loaded "
                                                "yet. Please try again in a moment.");
    }

    switch (ctx->route) {

    case NGX_HTTP_GIG_ROUTE_LIST:
        return ngx_http_gig_list(r, ctx);

    case NGX_HTTP_GIG_ROUTE_ITEM:
        return ngx_http_gig_item(r, ctx);

    case NGX_HTTP_GIG_ROUTE_FORM:
        return ngx_http_gig_form(r, ctx);

    case NGX_HTTP_GIG_ROUTE_SELF_ID:
        return ngx_http_gig_self_id(r, ctx);

    default: /* NGX_HTTP_GIG_ROUTE_APPLY */
        return ngx_http_gig_apply(r, ctx);
    }
}


static ngx_int_t
ngx_http_gig_redirect(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    ngx_http_gig_answer_t  answer;

    ngx_memzero(&answer, sizeof(ngx_http_gig_answer_t));

    answer.status = NGX_HTTP_MOVED_PERMANENTLY;
    answer.max_age = NGX_HTTP_GIG_MAX_AGE;
    answer.location = ctx->conf->base;

    return ngx_http_gig_send(r, ctx, &answer, NULL);
}
