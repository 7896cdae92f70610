
/*
 * The path below a location's prefix, and who answers it.  The rewrite phase
 * sees a request first: a receipt's token is cut out of it there, before limits,
 * access rules or a body reader could log it.
 */

#include "ngx_http_gig_request.h"
#include "ngx_http_gig_response.h"


/* What a part of an address leads to.  In a name "#" is a number. */

typedef struct {
    const char                *name;
    ngx_http_gig_route_t       route;
} ngx_http_gig_named_t;

/* Who answers a route, by method: no method at all is no such address. */

typedef ngx_int_t (*ngx_http_gig_answer_pt)(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);

typedef struct {
    ngx_http_gig_answer_pt     get;             /* and HEAD */
    ngx_http_gig_answer_pt     post;
    ngx_http_gig_answer_pt     delete;
    unsigned                   catalog:1;       /* without one, what is got is a 503 */
    unsigned                   body:1;          /* post reads it itself */
    unsigned                   shared:1;        /* post is for pages of gig_origins too */
} ngx_http_gig_answers_t;


static ngx_int_t ngx_http_gig_rewrite_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_gig_rewrite_shape(ngx_http_request_t *r, ngx_http_gig_loc_conf_t *glcf);
static ngx_http_gig_ctx_t *ngx_http_gig_ctx_make(ngx_http_request_t *r,
    ngx_http_gig_loc_conf_t *glcf);
static void ngx_http_gig_ctx_cleanup(void *data);
static ngx_http_gig_route_t ngx_http_gig_route_named(const ngx_http_gig_named_t *named, u_char *p,
    u_char *last);
static ngx_uint_t ngx_http_gig_is(u_char *p, u_char *last, const char *text);
static ngx_int_t ngx_http_gig_redirect(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
static ngx_int_t ngx_http_gig_dispatch(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
static const char *ngx_http_gig_allow(const ngx_http_gig_answers_t *answers);
static const char *ngx_http_gig_shared(const ngx_http_gig_answers_t *answers);


/* Below the prefix: each has a dot, so that none can be the id of a gig. */

static const ngx_http_gig_named_t  ngx_http_gig_names[] = {
    { gig_css_name, NGX_HTTP_GIG_ROUTE_STYLE },
    { gig_js_name, NGX_HTTP_GIG_ROUTE_SCRIPT },
    { gig_form_js_name, NGX_HTTP_GIG_ROUTE_FORM_SCRIPT },
    { gig_embed_js_name, NGX_HTTP_GIG_ROUTE_EMBED_HASH },
    { "embed.js", NGX_HTTP_GIG_ROUTE_EMBED },
    { "feed.atom", NGX_HTTP_GIG_ROUTE_FEED_ATOM },
    { "feed.json", NGX_HTTP_GIG_ROUTE_FEED_JSON },
    { "fragment.html", NGX_HTTP_GIG_ROUTE_FRAGMENT },
    { "indeed.xml", NGX_HTTP_GIG_ROUTE_INDEED },
    { "openapi.json", NGX_HTTP_GIG_ROUTE_OPENAPI },
    { "robots.txt", NGX_HTTP_GIG_ROUTE_ROBOTS },
    { "sitemap.xml", NGX_HTTP_GIG_ROUTE_SITEMAP },
    { "sitemap-#.xml", NGX_HTTP_GIG_ROUTE_SITEMAP_PART },
    { NULL, NGX_HTTP_GIG_ROUTE_NONE }
};

/* Behind a gig's id: those without a dot are reserved in core/gig_slug.c too. */

static const ngx_http_gig_named_t  ngx_http_gig_item_names[] = {
    { "form", NGX_HTTP_GIG_ROUTE_FORM },
    { "apply", NGX_HTTP_GIG_ROUTE_APPLY },
    { "applications", NGX_HTTP_GIG_ROUTE_APPLICATIONS },
    { "self-id", NGX_HTTP_GIG_ROUTE_SELF_ID },
    { "self-id/thanks", NGX_HTTP_GIG_ROUTE_SELF_ID_THANKS },
    { "opens.ics", NGX_HTTP_GIG_ROUTE_ICS_OPENS },
    { "closing.ics", NGX_HTTP_GIG_ROUTE_ICS_CLOSING },
    { NULL, NGX_HTTP_GIG_ROUTE_NONE }
};

/* A route that is not here answers 404. */

static const ngx_http_gig_answers_t  ngx_http_gig_answers[NGX_HTTP_GIG_ROUTES] = {
    [NGX_HTTP_GIG_ROUTE_REDIRECT] = { .get = ngx_http_gig_redirect },
    [NGX_HTTP_GIG_ROUTE_LIST] = { .get = ngx_http_gig_list, .catalog = 1 },
    [NGX_HTTP_GIG_ROUTE_ITEM] = { .get = ngx_http_gig_item, .catalog = 1 },
    [NGX_HTTP_GIG_ROUTE_FORM] = { .get = ngx_http_gig_form, .catalog = 1 },
    [NGX_HTTP_GIG_ROUTE_APPLY] = { .get = ngx_http_gig_apply, .catalog = 1 },
    [NGX_HTTP_GIG_ROUTE_APPLICATIONS] = { .post = ngx_http_gig_applications, .body = 1,
                                          .shared = 1 },
    [NGX_HTTP_GIG_ROUTE_SELF_ID] = { .get = ngx_http_gig_self_id, .catalog = 1,
                                     .post = ngx_http_gig_self_id_post, .body = 1 },
    [NGX_HTTP_GIG_ROUTE_SELF_ID_THANKS] = { .get = ngx_http_gig_self_id_thanks },
    [NGX_HTTP_GIG_ROUTE_RECEIPT] = { .get = ngx_http_gig_receipt,
                                     .delete = ngx_http_gig_withdraw },
    [NGX_HTTP_GIG_ROUTE_WITHDRAW] = { .post = ngx_http_gig_withdraw },
    [NGX_HTTP_GIG_ROUTE_KEYS] = { .get = ngx_http_gig_keys },
    [NGX_HTTP_GIG_ROUTE_STYLE] = { .get = ngx_http_gig_style },
    [NGX_HTTP_GIG_ROUTE_EMBED] = { .get = ngx_http_gig_style },
    [NGX_HTTP_GIG_ROUTE_EMBED_HASH] = { .get = ngx_http_gig_style },
    [NGX_HTTP_GIG_ROUTE_SCRIPT] = { .get = ngx_http_gig_style },
    [NGX_HTTP_GIG_ROUTE_FORM_SCRIPT] = { .get = ngx_http_gig_style },
    [NGX_HTTP_GIG_ROUTE_OPENAPI] = { .get = ngx_http_gig_openapi },
    [NGX_HTTP_GIG_ROUTE_ROBOTS] = { .get = ngx_http_gig_robots },
    [NGX_HTTP_GIG_ROUTE_FEED_ATOM] = { .get = ngx_http_gig_feed, .catalog = 1 },
    [NGX_HTTP_GIG_ROUTE_FEED_JSON] = { .get = ngx_http_gig_feed, .catalog = 1 },
    [NGX_HTTP_GIG_ROUTE_SITEMAP] = { .get = ngx_http_gig_sitemap, .catalog = 1 },
    [NGX_HTTP_GIG_ROUTE_SITEMAP_PART] = { .get = ngx_http_gig_sitemap, .catalog = 1 },
    [NGX_HTTP_GIG_ROUTE_INDEED] = { .get = ngx_http_gig_indeed, .catalog = 1 },
    [NGX_HTTP_GIG_ROUTE_ICS_OPENS] = { .get = ngx_http_gig_calendar, .catalog = 1 },
    [NGX_HTTP_GIG_ROUTE_ICS_CLOSING] = { .get = ngx_http_gig_calendar, .catalog = 1 },
    [NGX_HTTP_GIG_ROUTE_FRAGMENT] = { .get = ngx_http_gig_fragment, .catalog = 1 },
    [NGX_HTTP_GIG_ROUTE_SHAPE_BOARD] = { .get = ngx_http_gig_shape_board },
    [NGX_HTTP_GIG_ROUTE_SHAPE_JOBS] = { .get = ngx_http_gig_shape_list, .catalog = 1 },
    [NGX_HTTP_GIG_ROUTE_SHAPE_JOB] = { .get = ngx_http_gig_shape_one, .catalog = 1,
                                       .post = ngx_http_gig_shape_apply, .body = 1 },
    [NGX_HTTP_GIG_ROUTE_SHAPE_DEPARTMENTS] = { .get = ngx_http_gig_shape_list, .catalog = 1 },
    [NGX_HTTP_GIG_ROUTE_SHAPE_OFFICES] = { .get = ngx_http_gig_shape_list, .catalog = 1 },
    [NGX_HTTP_GIG_ROUTE_SHAPE_SECTIONS] = { .get = ngx_http_gig_shape_empty },
    [NGX_HTTP_GIG_ROUTE_SHAPE_EDUCATION] = { .get = ngx_http_gig_shape_empty },
    [NGX_HTTP_GIG_ROUTE_SHAPE_POSTINGS] = { .get = ngx_http_gig_shape_postings, .catalog = 1 },
    [NGX_HTTP_GIG_ROUTE_SHAPE_POSTING] = { .get = ngx_http_gig_shape_one, .catalog = 1 },
};


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

    /* handlers of this phase run in their order: ours before nginx's own log */

    if (ngx_array_push(&cmcf->phases[NGX_HTTP_LOG_PHASE].handlers) == NULL) {
        return NGX_ERROR;
    }

    h = cmcf->phases[NGX_HTTP_LOG_PHASE].handlers.elts;
    ngx_memmove(h + 1, h, (cmcf->phases[NGX_HTTP_LOG_PHASE].handlers.nelts - 1) * sizeof(*h));
    *h = ngx_http_gig_shape_log_handler;

    return NGX_OK;
}


static ngx_int_t
ngx_http_gig_rewrite_handler(ngx_http_request_t *r)
{
    ngx_str_t                 id, slug, token;
    ngx_http_gig_ctx_t       *ctx;
    ngx_http_gig_route_t      route;
    ngx_http_gig_loc_conf_t  *glcf;

    glcf = ngx_http_get_module_loc_conf(r, ngx_http_gig_module);

    if (glcf->board == NULL || ngx_http_get_module_ctx(r, ngx_http_gig_module)) {
        return NGX_DECLINED;
    }

    if (glcf->shape) {
        return ngx_http_gig_rewrite_shape(r, glcf);
    }

    /* all but receipts is left to the content phase */
    if (r->uri.len <= glcf->prefix.len || r->uri.data[glcf->prefix.len] != 'r') {
        return NGX_DECLINED;
    }

    route = ngx_http_gig_route(r, glcf, &id, &slug, &token);

    if (token.len == 0) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_gig_ctx_make(r, glcf);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

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


/* The key of an application must be gone before anything logs its request. */

static ngx_int_t
ngx_http_gig_rewrite_shape(ngx_http_request_t *r, ngx_http_gig_loc_conf_t *glcf)
{
    ngx_http_gig_ctx_t  *ctx;

    /* an include takes no application, and the header is that of the page around it */

    if (r->headers_in.authorization == NULL || glcf->shape != NGX_HTTP_GIG_SHAPE_GREENHOUSE
        || r != r->main)
    {
        return NGX_DECLINED;
    }

    ctx = ngx_http_gig_ctx_make(r, glcf);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->route = ngx_http_gig_route(r, glcf, &ctx->id, &ctx->slug, &ctx->token);

    return ngx_http_gig_shape_key(r, ctx) == NGX_OK ? NGX_DECLINED
                                                    : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


/*
 * The context hangs on a cleanup of the pool as well: an internal redirect
 * (error_page) zeroes r->ctx, and the log still asks for our variables.
 */

static ngx_http_gig_ctx_t *
ngx_http_gig_ctx_make(ngx_http_request_t *r, ngx_http_gig_loc_conf_t *glcf)
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

    ctx->board = glcf->board;
    ctx->conf = glcf;

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
    ngx_str_t *slug, ngx_str_t *token)
{
    u_char                *p, *last, *slash;
    gig_str_t              name;
    ngx_http_gig_route_t   route;

    ngx_str_null(id);
    ngx_str_null(slug);
    ngx_str_null(token);

    if (glcf->shape) {
        return ngx_http_gig_shape_route(r, glcf, id, slug);
    }

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
        return slash ? NGX_HTTP_GIG_ROUTE_NONE
                     : ngx_http_gig_route_named(ngx_http_gig_names, p, last);
    }

    id->data = p;
    id->len = name.len;

    if (slash == NULL) {
        return NGX_HTTP_GIG_ROUTE_ITEM;
    }

    p = slash + 1;

    route = ngx_http_gig_route_named(ngx_http_gig_item_names, p, last);

    if (route != NGX_HTTP_GIG_ROUTE_NONE) {
        return route;
    }

    name.data = (const char *) p;
    name.len = last - p;

    if (!gig_slug_valid(name)) {
        return NGX_HTTP_GIG_ROUTE_NONE;
    }

    slug->data = p;
    slug->len = name.len;

    return NGX_HTTP_GIG_ROUTE_ITEM;
}


static ngx_http_gig_route_t
ngx_http_gig_route_named(const ngx_http_gig_named_t *named, u_char *p, u_char *last)
{
    u_char      *c;
    const char  *name;

    for ( /* void */ ; named->name; named++) {

        for (name = named->name, c = p; *name && c < last; name++) {

            if (*name != '#') {
                if (*c++ != (u_char) *name) {
                    break;
                }

                continue;
            }

            if (*c < '0' || *c > '9') {
                break;
            }

            while (c < last && *c >= '0' && *c <= '9') {
                c++;
            }
        }

        if (*name == '\0' && c == last) {
            break;
        }
    }

    return named->route;
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
    ngx_uint_t                fixed;
    gig_error_t               error;
    ngx_http_gig_ctx_t       *ctx;
    ngx_http_gig_loc_conf_t  *glcf;

    glcf = ngx_http_get_module_loc_conf(r, ngx_http_gig_module);

    ctx = ngx_http_get_module_ctx(r, ngx_http_gig_module);

    if (ctx == NULL) {
        ctx = ngx_http_gig_ctx_make(r, glcf);
        if (ctx == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        ctx->route = ngx_http_gig_route(r, glcf, &ctx->id, &ctx->slug, &ctx->token);
    }

    ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_REQUESTS, 1);

    /* a fragment is a piece of a page, whatever its page was asked for as; a shape is JSON */
    fixed = (ctx->route == NGX_HTTP_GIG_ROUTE_FRAGMENT || ctx->conf->shape);

    ctx->accept = ctx->conf->shape ? NGX_HTTP_GIG_JSON
                  : fixed ? NGX_HTTP_GIG_HTML : ngx_http_gig_negotiate(r);
    ctx->format = ctx->accept;

    /* whatever Accept says: the query may ask for a page */
    ctx->negotiated = ngx_http_gig_language_negotiate(r, glcf);
    ctx->language = ctx->negotiated;

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

    ngx_http_gig_language_args(r, ctx, &ctx->board->asked->query);

    if (ctx->args.format && !fixed) {
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
    ngx_int_t                      rc;
    const char                    *allow;
    ngx_http_gig_answer_pt         answer;
    const ngx_http_gig_answers_t  *answers;

    answers = &ngx_http_gig_answers[ctx->route];
    allow = ngx_http_gig_allow(answers);

    switch (r->method) {

    case NGX_HTTP_GET:
    case NGX_HTTP_HEAD:
        answer = answers->get;
        break;

    case NGX_HTTP_POST:
        answer = answers->post;
        break;

    case NGX_HTTP_DELETE:
        answer = answers->delete;
        break;

    case NGX_HTTP_OPTIONS:
        answer = NULL;
        rc = ngx_http_gig_preflight(r, ctx, ngx_http_gig_shared(answers));

        if (rc != NGX_DECLINED) {
            return rc;
        }

        break;

    default:
        answer = NULL;
    }

    /* what changes something is of the main request only: a subrequest has no body of its own */
    if (r != r->main && !(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        allow = "GET, HEAD";
        answer = NULL;
    }

    if (answer && answer == answers->post && answers->body) {
        return answer(r, ctx);
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    if (answer == NULL) {

        if (allow) {
            return ngx_http_gig_problem_allow(r, ctx, allow);
        }

        return ngx_http_gig_problem(r, ctx, NGX_HTTP_NOT_FOUND, "not-found",
                                    "There is nothing at this address.");
    }

    if (answers->catalog && ctx->view == NULL) {
        return ngx_http_gig_unavailable(r, ctx, "The catalog of this board has not been loaded "
                                                "yet. Please try again in a moment.");
    }

    return answer(r, ctx);
}


/* The methods of a route as the header Allow has them; NULL: there is no such address. */

static const char *
ngx_http_gig_allow(const ngx_http_gig_answers_t *answers)
{
    if (answers->get) {
        return answers->post ? "GET, HEAD, POST" : answers->delete ? "GET, HEAD, DELETE"
                                                                   : "GET, HEAD";
    }

    return answers->post ? "POST" : NULL;
}


/* Those of them that a page of gig_origins may use: to read, and to apply. */

static const char *
ngx_http_gig_shared(const ngx_http_gig_answers_t *answers)
{
    if (answers->get) {
        return answers->shared ? "GET, HEAD, POST" : "GET, HEAD";
    }

    return answers->shared ? "POST" : NULL;
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
