
/*
 * A location that looks like another system's job board: addresses, parameters and refusals.  What
 * is told there, and in which words, is core's (gig_greenhouse.h, gig_lever.h).  A list is made in
 * the thread pool like other outputs of a whole catalog; one job is kept like a gig's page.
 */

#include "ngx_http_gig_bulk.h"

#include "gig_greenhouse.h"
#include "gig_lever.h"


#define NGX_HTTP_GIG_SHAPE_KEY  64              /* bytes of a key beside that of the query */


/* What is behind the prefix, without the slash that may end it; "#" is an id or a number. */
typedef struct {
    const char            *path;
    ngx_http_gig_route_t   route;
} ngx_http_gig_shaped_t;

static ngx_uint_t ngx_http_gig_shaped(const char *path, u_char *p, u_char *last, ngx_str_t *name);
static ngx_int_t ngx_http_gig_shape_made(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    gig_buf_t *body);
static void ngx_http_gig_shape_feed(ngx_http_gig_ctx_t *ctx, gig_feed_t *feed);
static ngx_http_gig_bytes_t *ngx_http_gig_shape_make(ngx_http_gig_ctx_t *ctx, uint32_t row,
    unsigned asked);
static int ngx_http_gig_jobs_write(ngx_http_gig_bulk_of_t *of, gig_buf_t *out);
static int ngx_http_gig_departments_write(ngx_http_gig_bulk_of_t *of, gig_buf_t *out);
static int ngx_http_gig_offices_write(ngx_http_gig_bulk_of_t *of, gig_buf_t *out);
static int ngx_http_gig_postings_write(ngx_http_gig_bulk_of_t *of, gig_buf_t *out);
static ngx_int_t ngx_http_gig_shape_lever(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    gig_str_t *args, gig_error_t *error);


static const ngx_http_gig_shaped_t  ngx_http_gig_greenhouse[] = {
    { "", NGX_HTTP_GIG_ROUTE_SHAPE_BOARD },
    { "jobs", NGX_HTTP_GIG_ROUTE_SHAPE_JOBS },
    { "jobs/#", NGX_HTTP_GIG_ROUTE_SHAPE_JOB },
    { "departments", NGX_HTTP_GIG_ROUTE_SHAPE_DEPARTMENTS },
    { "departments/#", NGX_HTTP_GIG_ROUTE_SHAPE_DEPARTMENTS },
    { "offices", NGX_HTTP_GIG_ROUTE_SHAPE_OFFICES },
    { "offices/#", NGX_HTTP_GIG_ROUTE_SHAPE_OFFICES },
    { "sections", NGX_HTTP_GIG_ROUTE_SHAPE_SECTIONS },
    { "education/degrees", NGX_HTTP_GIG_ROUTE_SHAPE_EDUCATION },
    { "education/disciplines", NGX_HTTP_GIG_ROUTE_SHAPE_EDUCATION },
    { "education/schools", NGX_HTTP_GIG_ROUTE_SHAPE_EDUCATION },
    { NULL, NGX_HTTP_GIG_ROUTE_NONE }
};

static const ngx_http_gig_shaped_t  ngx_http_gig_lever[] = {
    { "", NGX_HTTP_GIG_ROUTE_SHAPE_POSTINGS },
    { "#", NGX_HTTP_GIG_ROUTE_SHAPE_POSTING },
    { NULL, NGX_HTTP_GIG_ROUTE_NONE }
};

static const ngx_http_gig_bulk_kind_t  ngx_http_gig_jobs_kind = {
    "the list of jobs", &ngx_http_gig_type_json, ngx_http_gig_jobs_write, 0
};

static const ngx_http_gig_bulk_kind_t  ngx_http_gig_departments_kind = {
    "the list of departments", &ngx_http_gig_type_json, ngx_http_gig_departments_write, 0
};

static const ngx_http_gig_bulk_kind_t  ngx_http_gig_offices_kind = {
    "the list of offices", &ngx_http_gig_type_json, ngx_http_gig_offices_write, 0
};

static const ngx_http_gig_bulk_kind_t  ngx_http_gig_postings_kind = {
    "the list of postings", &ngx_http_gig_type_json, ngx_http_gig_postings_write, 0
};


/* id: of a job; number: of a department or an office. */

ngx_http_gig_route_t
ngx_http_gig_shape_route(ngx_http_request_t *r, ngx_http_gig_loc_conf_t *glcf, ngx_str_t *id,
    ngx_str_t *number)
{
    u_char                       *p, *last;
    size_t                        prefix;
    ngx_str_t                     name;
    const ngx_http_gig_shaped_t  *known;

    /* the prefix ends in a slash, which the address of the board itself need not have */
    prefix = glcf->prefix.len - (r->uri.len + 1 == glcf->prefix.len);

    if (r->uri.len < prefix || ngx_memcmp(r->uri.data, glcf->prefix.data, prefix) != 0) {
        return NGX_HTTP_GIG_ROUTE_NONE;
    }

    p = r->uri.data + prefix;
    last = r->uri.data + r->uri.len;

    if (last > p && last[-1] == '/') {
        last--;
    }

    known = glcf->shape == NGX_HTTP_GIG_SHAPE_LEVER ? ngx_http_gig_lever : ngx_http_gig_greenhouse;

    for ( /* void */ ; known->path; known++) {

        if (ngx_http_gig_shaped(known->path, p, last, &name)) {

            if (known->route == NGX_HTTP_GIG_ROUTE_SHAPE_JOB
                || known->route == NGX_HTTP_GIG_ROUTE_SHAPE_POSTING)
            {
                *id = name;
            } else {
                *number = name;
            }

            break;
        }
    }

    return known->route;
}


static ngx_uint_t
ngx_http_gig_shaped(const char *path, u_char *p, u_char *last, ngx_str_t *name)
{
    size_t  len;

    ngx_str_null(name);
    len = ngx_strlen(path);

    if (len == 0 || path[len - 1] != '#') {
        return (size_t) (last - p) == len && ngx_memcmp(p, path, len) == 0;
    }

    len--;

    if ((size_t) (last - p) <= len || ngx_memcmp(p, path, len) != 0) {
        return 0;
    }

    name->data = p + len;
    name->len = last - name->data;

    return gig_id_valid(ngx_http_gig_str(name));
}


/* Filters are the list's own; it is always whole, and newest first. */

ngx_int_t
ngx_http_gig_shape_args(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, gig_error_t *error)
{
    gig_str_t     args;
    ngx_uint_t    list;
    gig_query_t  *query;

    query = &ctx->board->asked->query;
    args = ngx_http_gig_str(&r->args);

    list = ctx->route == NGX_HTTP_GIG_ROUTE_SHAPE_JOBS
           || ctx->route == NGX_HTTP_GIG_ROUTE_SHAPE_DEPARTMENTS
           || ctx->route == NGX_HTTP_GIG_ROUTE_SHAPE_OFFICES
           || ctx->route == NGX_HTTP_GIG_ROUTE_SHAPE_POSTINGS;

    if (ctx->route == NGX_HTTP_GIG_ROUTE_SHAPE_POSTINGS
        && ngx_http_gig_shape_lever(r, ctx, &args, error) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    if (gig_query_read(args, list, query, error) != 0) {
        return NGX_DECLINED;
    }

    query->sort = GIG_SORT_NEWEST;
    query->sorted = 0;
    query->facets = 0;
    query->format = 0;
    query->limit = GIG_LIST_DEFAULT;
    query->after = 0;
    query->cursor.len = 0;

    /* theirs are in the gig's own language, each the same for everybody who asks */
    query->lang.len = 0;

    return NGX_OK;
}


/* Their names are taken out of args first: some mean other things to us. */

static ngx_int_t
ngx_http_gig_shape_lever(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, gig_str_t *args,
    gig_error_t *error)
{
    ctx->lever = ngx_palloc(r->pool, sizeof(gig_lever_query_t));

    if (ctx->lever == NULL) {
        (void) gig_error_set(error, "", "There is no memory to read this.");
        return NGX_DECLINED;
    }

    if (gig_lever_query_read(*args, ctx->lever, error) != 0) {
        return NGX_DECLINED;
    }

    *args = (gig_str_t) { ctx->lever->rest, ctx->lever->rest_len };

    return NGX_OK;
}


static void
ngx_http_gig_shape_feed(ngx_http_gig_ctx_t *ctx, gig_feed_t *feed)
{
    ngx_memzero(feed, sizeof(gig_feed_t));

    feed->board = ngx_http_gig_str(&ctx->board->name);
    feed->title = ngx_http_gig_str(&ctx->board->title);
    feed->about = ngx_http_gig_str(&ctx->board->about);
    feed->base = ngx_http_gig_str(&ctx->board->public_url);
}


/* What follows from the configuration alone; body is emptied. */

static ngx_int_t
ngx_http_gig_shape_made(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, gig_buf_t *body)
{
    ngx_int_t               rc;
    ngx_http_gig_bytes_t   *bytes;
    ngx_http_gig_answer_t   answer;

    bytes = ngx_http_gig_bytes_make(body, NGX_HTTP_OK, &ngx_http_gig_type_json, NULL);
    if (bytes == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_gig_etag(bytes);
    ngx_memzero(&answer, sizeof(ngx_http_gig_answer_t));

    answer.status = NGX_HTTP_OK;
    answer.type = ngx_http_gig_type_json;
    answer.max_age = NGX_HTTP_GIG_MAX_AGE;
    answer.etag = bytes->body[GIG_IDENTITY].etag;

    rc = ngx_http_gig_send(r, ctx, &answer, bytes);

    ngx_http_gig_bytes_release(bytes);

    return rc;
}


ngx_int_t
ngx_http_gig_shape_board(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    gig_buf_t   body;
    gig_feed_t  feed;

    ngx_http_gig_shape_feed(ctx, &feed);
    gig_buf_init(&body, NGX_HTTP_GIG_BODY_LIMIT);
    gig_greenhouse_board(&feed, &body);

    return ngx_http_gig_shape_made(r, ctx, &body);
}


/* Their list of prospect posts, and of schools to choose from: a gig has neither. */

ngx_int_t
ngx_http_gig_shape_empty(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    gig_buf_t  body;

    gig_buf_init(&body, NGX_HTTP_GIG_BODY_LIMIT);
    gig_buf_puts(&body, ctx->route == NGX_HTTP_GIG_ROUTE_SHAPE_SECTIONS
                        ? "{\"sections\":[]}"
                        : "{\"items\":[],\"meta\":{\"total_count\":0,\"per_page\":100}}");

    return ngx_http_gig_shape_made(r, ctx, &body);
}


ngx_int_t
ngx_http_gig_shape_list(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    u_char                           *p;
    u_char                            key[NGX_HTTP_GIG_KEY_HEAD + 1 + GIG_QUERY_KEY_MAX
                                          + NGX_HTTP_GIG_SHAPE_KEY];
    uint32_t                          part;
    uint64_t                          number;
    const ngx_http_gig_bulk_kind_t   *kind;

    if (!ngx_http_gig_absolute(r, ctx)) {
        return ngx_http_gig_not_absolute(r, ctx);
    }

    part = GIG_GREENHOUSE_ALL;

    if (ctx->slug.len) {

        if (gig_shape_digits(ngx_http_gig_str(&ctx->slug), &number) != 0 || number >= part) {
            return ngx_http_gig_problem(r, ctx, NGX_HTTP_NOT_FOUND, "not-found", "Not found");
        }

        part = (uint32_t) number;
    }

    kind = ctx->route == NGX_HTTP_GIG_ROUTE_SHAPE_DEPARTMENTS ? &ngx_http_gig_departments_kind
           : ctx->route == NGX_HTTP_GIG_ROUTE_SHAPE_OFFICES ? &ngx_http_gig_offices_kind
                                                            : &ngx_http_gig_jobs_kind;

    /* always fits */
    p = key + ngx_http_gig_list_key(ctx, key, sizeof(key) - NGX_HTTP_GIG_SHAPE_KEY);
    *p++ = (u_char) gig_greenhouse_asked(ngx_http_gig_str(&r->args));
    p = ngx_cpymem(p, &part, sizeof(uint32_t));

    return ngx_http_gig_bulk(r, ctx, kind, part, key, p - key);
}


ngx_int_t
ngx_http_gig_shape_postings(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    u_char  *p;
    u_char   key[NGX_HTTP_GIG_KEY_HEAD + 1 + GIG_QUERY_KEY_MAX + GIG_LEVER_KEY_MAX];

    if (!ngx_http_gig_absolute(r, ctx)) {
        return ngx_http_gig_not_absolute(r, ctx);
    }

    /* always fits */
    p = key + ngx_http_gig_list_key(ctx, key, sizeof(key) - GIG_LEVER_KEY_MAX);
    p += gig_lever_query_key(ctx->lever, (char *) p);

    return ngx_http_gig_bulk(r, ctx, &ngx_http_gig_postings_kind, 0, key, p - key);
}


/* These four run in a thread of the pool. */

static int
ngx_http_gig_jobs_write(ngx_http_gig_bulk_of_t *of, gig_buf_t *out)
{
    return gig_greenhouse_jobs(&of->feed, &of->catalog, of->args, of->now,
                               gig_greenhouse_asked(of->args), &of->damaged, out);
}


static int
ngx_http_gig_departments_write(ngx_http_gig_bulk_of_t *of, gig_buf_t *out)
{
    return gig_greenhouse_groups(&of->feed, &of->catalog, of->args, of->now,
                                 GIG_GREENHOUSE_DEPARTMENTS, of->part,
                                 gig_greenhouse_asked(of->args), &of->damaged, out);
}


static int
ngx_http_gig_offices_write(ngx_http_gig_bulk_of_t *of, gig_buf_t *out)
{
    return gig_greenhouse_groups(&of->feed, &of->catalog, of->args, of->now,
                                 GIG_GREENHOUSE_OFFICES, of->part,
                                 gig_greenhouse_asked(of->args), &of->damaged, out);
}


static int
ngx_http_gig_postings_write(ngx_http_gig_bulk_of_t *of, gig_buf_t *out)
{
    return gig_lever_postings(&of->feed, &of->catalog, of->args, of->now, &of->damaged, out);
}


/* The gig asked for, by its number or its id, which is what ctx->id says from then on. */

ngx_int_t
ngx_http_gig_shape_named(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    u_char     *p;
    uint32_t    row;
    gig_str_t   id;

    row = gig_shape_find(&ctx->view->image, ngx_http_gig_str(&ctx->id));

    if (row == GIG_ROW_NONE) {
        return NGX_HTTP_NOT_FOUND;
    }

    id = gig_image_id(&ctx->view->image, row);

    p = ngx_pnalloc(r->pool, id.len);
    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_memcpy(p, id.data, id.len);
    ctx->id.data = p;
    ctx->id.len = id.len;

    return NGX_OK;
}


ngx_int_t
ngx_http_gig_shape_one(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    u_char                *p, key[NGX_HTTP_GIG_KEY_HEAD + NGX_HTTP_GIG_SHAPE_KEY + GIG_ID_MAX];
    uint32_t               row;
    unsigned               asked;
    ngx_int_t              rc;
    gig_state_t            state;
    ngx_http_gig_cache_t  *cache;
    ngx_http_gig_bytes_t  *bytes;

    if (!ngx_http_gig_absolute(r, ctx)) {
        return ngx_http_gig_not_absolute(r, ctx);
    }

    rc = ngx_http_gig_shape_named(r, ctx);

    if (rc != NGX_OK && rc != NGX_HTTP_NOT_FOUND) {
        return rc;
    }

    row = GIG_ROW_NONE;
    state = GIG_STATE_HIDDEN;

    if (rc == NGX_OK) {
        row = ngx_http_gig_find(ctx, &state);
    }

    if (row == GIG_ROW_NONE || state == GIG_STATE_CLOSED || state == GIG_STATE_GONE) {
        return ngx_http_gig_problem(r, ctx, NGX_HTTP_NOT_FOUND, "not-found", "Job not found");
    }

    cache = ctx->board->cache;
    asked = ctx->conf->shape == NGX_HTTP_GIG_SHAPE_LEVER
            ? 0 : gig_greenhouse_asked(ngx_http_gig_str(&r->args)) | GIG_GREENHOUSE_CONTENT;

    ngx_http_gig_cache_turn(cache, ctx);

    p = ngx_http_gig_cache_key(ctx, key);
    *p++ = (u_char) asked;
    p = ngx_cpymem(p, ctx->id.data, ctx->id.len);

    bytes = ngx_http_gig_cache_find(cache, key, p - key);

    ctx->cache = ngx_http_gig_cache_status(ctx, bytes != NULL);

    if (bytes) {
        ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_CACHE_HIT, 1);
        return ngx_http_gig_send_cached(r, ctx, bytes);
    }

    ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_CACHE_MISS, 1);

    bytes = ngx_http_gig_shape_make(ctx, row, asked);

    if (bytes == NULL) {
        return ngx_http_gig_unavailable(r, ctx, "This job cannot be shown at the moment. Please "
                                                "try again.");
    }

    ngx_http_gig_cache_keep(cache, key, p - key, bytes);

    rc = ngx_http_gig_send_cached(r, ctx, bytes);

    ngx_http_gig_bytes_release(bytes);

    return rc;
}


/* NULL: damaged, or no memory. */

static ngx_http_gig_bytes_t *
ngx_http_gig_shape_make(ngx_http_gig_ctx_t *ctx, uint32_t row, unsigned asked)
{
    gig_buf_t              body;
    gig_feed_t             feed;
    gig_form_t             form;
    ngx_uint_t             questions;
    gig_catalog_gig_t      gig;
    ngx_http_gig_shown_t   shown;
    ngx_http_gig_bytes_t  *bytes;

    questions = asked & GIG_GREENHOUSE_QUESTIONS;

    if (ngx_http_gig_show(ctx, row, &shown) != NGX_OK) {
        return NULL;
    }

    if (questions && ngx_http_gig_form_load(ctx, row, &form) != NGX_OK) {
        json_decref(shown.json);
        return NULL;
    }

    ngx_http_gig_shape_feed(ctx, &feed);
    gig_catalog_gig(&ctx->view->image, row, ctx->now, &gig);
    gig.json = shown.json;

    gig_buf_init(&body, NGX_HTTP_GIG_BODY_LIMIT);

    if (ctx->conf->shape == NGX_HTTP_GIG_SHAPE_LEVER) {
        gig_lever_posting(&feed, &gig, &body);
    } else {
        gig_greenhouse_job(&feed, &gig, questions ? &form : NULL, asked, &body);
    }

    if (questions) {
        gig_form_free(&form);
    }

    json_decref(shown.json);

    bytes = ngx_http_gig_bytes_make(&body, NGX_HTTP_OK, &ngx_http_gig_type_json, NULL);

    if (bytes) {
        bytes->one_format = 1;
        ngx_http_gig_etag(bytes);
    }

    return bytes;
}
