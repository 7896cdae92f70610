
/* Headers and bodies on their way out. */

#include "ngx_http_gig_response.h"


/* "max-age=NN" and its end */
#define NGX_HTTP_GIG_AGE_TEXT  sizeof("max-age=60")


static ngx_int_t ngx_http_gig_header(ngx_http_request_t *r, ngx_str_t *name, ngx_str_t *value);
static ngx_int_t ngx_http_gig_headers(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_http_gig_answer_t *answer);
static ngx_int_t ngx_http_gig_header_limit(ngx_http_request_t *r,
    const ngx_http_gig_limit_t *limit, ngx_int_t seconds);
static ngx_int_t ngx_http_gig_header_stale(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
static ngx_int_t ngx_http_gig_header_age(ngx_http_request_t *r, ngx_http_gig_answer_t *answer);
static ngx_int_t ngx_http_gig_header_vary(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_http_gig_answer_t *answer);
static ngx_int_t ngx_http_gig_header_encoding(ngx_http_request_t *r, gig_encoding_t encoding);


ngx_str_t  ngx_http_gig_type_html = ngx_string("text/html");
ngx_str_t  ngx_http_gig_type_json = ngx_string("application/json");
ngx_str_t  ngx_http_gig_type_problem = ngx_string("application/problem+json");
ngx_str_t  ngx_http_gig_type_css = ngx_string("text/css");
ngx_str_t  ngx_http_gig_type_js = ngx_string("text/javascript");
ngx_str_t  ngx_http_gig_type_atom = ngx_string("application/atom+xml");
ngx_str_t  ngx_http_gig_type_feed = ngx_string("application/feed+json");
ngx_str_t  ngx_http_gig_type_xml = ngx_string("application/xml");
ngx_str_t  ngx_http_gig_type_calendar = ngx_string("text/calendar");


/* Each answer carries the first three. */

static ngx_str_t  ngx_http_gig_name_options = ngx_string("X-Content-Type-Options");
static ngx_str_t  ngx_http_gig_name_csp = ngx_string("Content-Security-Policy");
static ngx_str_t  ngx_http_gig_name_referrer = ngx_string("Referrer-Policy");
static ngx_str_t  ngx_http_gig_name_vary = ngx_string("Vary");
static ngx_str_t  ngx_http_gig_name_cache_control = ngx_string("Cache-Control");
static ngx_str_t  ngx_http_gig_name_link = ngx_string("Link");
static ngx_str_t  ngx_http_gig_name_allow = ngx_string("Allow");
static ngx_str_t  ngx_http_gig_name_retry = ngx_string("Retry-After");
static ngx_str_t  ngx_http_gig_name_policy = ngx_string("RateLimit-Policy");
static ngx_str_t  ngx_http_gig_name_limit = ngx_string("RateLimit");
static ngx_str_t  ngx_http_gig_name_robots = ngx_string("X-Robots-Tag");
static ngx_str_t  ngx_http_gig_name_replayed = ngx_string("Idempotency-Replayed");
static ngx_str_t  ngx_http_gig_name_age = ngx_string("Age");
static ngx_str_t  ngx_http_gig_name_status = ngx_string("Cache-Status");
static ngx_str_t  ngx_http_gig_name_etag = ngx_string("ETag");
static ngx_str_t  ngx_http_gig_name_encoding = ngx_string("Content-Encoding");
static ngx_str_t  ngx_http_gig_name_location = ngx_string("Location");
static ngx_str_t  ngx_http_gig_name_disposition = ngx_string("Content-Disposition");

static ngx_str_t  ngx_http_gig_name_allow_origin = ngx_string("Access-Control-Allow-Origin");
static ngx_str_t  ngx_http_gig_name_resource = ngx_string("Cross-Origin-Resource-Policy");

static ngx_str_t  ngx_http_gig_nosniff = ngx_string("nosniff");
static ngx_str_t  ngx_http_gig_strict_origin = ngx_string("strict-origin-when-cross-origin");
static ngx_str_t  ngx_http_gig_no_referrer = ngx_string("no-referrer");
static ngx_str_t  ngx_http_gig_noindex = ngx_string("noindex");
static ngx_str_t  ngx_http_gig_any = ngx_string("*");
static ngx_str_t  ngx_http_gig_cross = ngx_string("cross-origin");
static ngx_str_t  ngx_http_gig_true = ngx_string("true");
static ngx_str_t  ngx_http_gig_stale = ngx_string("gig; hit; detail=stale");


ngx_int_t
ngx_http_gig_send(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, ngx_http_gig_answer_t *answer,
    ngx_http_gig_bytes_t *bytes)
{
    ngx_int_t             rc;
    ngx_buf_t            *b;
    ngx_chain_t           out;
    ngx_http_gig_body_t  *body;

    body = bytes ? &bytes->body[answer->encoding] : NULL;

    /* what was done is done: no If-Match may turn its answer into a 412 */
    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        r->disable_not_modified = 1;
    }

    r->headers_out.status = answer->status;
    r->headers_out.content_length_n = body ? (off_t) body->len : 0;

    if (answer->type.len) {
        r->headers_out.content_type = answer->type;
        r->headers_out.content_type_len = answer->type.len;
        r->headers_out.content_type_lowcase = NULL;

        if (answer->type.data[0] == 't') {
            ngx_str_set(&r->headers_out.charset, "utf-8");
        }
    }

    if (ngx_http_gig_headers(r, ctx, answer) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (bytes) {

        if (ctx->bytes) {
            /* one context, one answer: there is no second */
            return NGX_ERROR;
        }

        ctx->bytes = bytes;
        bytes->refs++;
    }

    rc = ngx_http_send_header(r);

    if (r->headers_out.status == NGX_HTTP_NOT_MODIFIED) {
        ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_NOT_MODIFIED, 1);
    }

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    if (body == NULL || body->len == 0) {
        return ngx_http_send_special(r, NGX_HTTP_LAST);
    }

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    b->pos = body->data;
    b->last = body->data + body->len;
    b->memory = 1;
    b->last_buf = (r == r->main) ? 1 : 0;
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


ngx_int_t
ngx_http_gig_send_buf(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_http_gig_answer_t *answer, gig_buf_t *body)
{
    ngx_int_t              rc;
    ngx_http_gig_bytes_t  *bytes;

    bytes = ngx_http_gig_bytes_make(body, answer->status, NULL, NULL);
    if (bytes == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_gig_send(r, ctx, answer, bytes);

    ngx_http_gig_bytes_release(bytes);

    return rc;
}


ngx_int_t
ngx_http_gig_send_cached(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_http_gig_bytes_t *bytes)
{
    ngx_http_gig_answer_t  answer;

    bytes->uses++;
    bytes->format = ctx->format;

    ngx_http_gig_answer_until(ctx, ngx_http_gig_cache_until(ctx->board->cache), bytes, &answer);

    if (bytes->status == NGX_HTTP_OK) {
        answer.encoding = ngx_http_gig_encoding(r, ctx, bytes);
        answer.etag = bytes->body[answer.encoding].etag;
    }

    answer.link = bytes->link;

    if (bytes->state.len) {
        ctx->state = bytes->state;
    }

    return ngx_http_gig_send(r, ctx, &answer, bytes);
}


void
ngx_http_gig_answer_until(ngx_http_gig_ctx_t *ctx, int64_t until, ngx_http_gig_bytes_t *bytes,
    ngx_http_gig_answer_t *answer)
{
    int64_t  left;

    ngx_memzero(answer, sizeof(ngx_http_gig_answer_t));

    left = until - ctx->now;

    answer->status = bytes->status;
    answer->type = *bytes->type;
    answer->max_age = ctx->stale ? NGX_HTTP_GIG_STALE_AGE : NGX_HTTP_GIG_MAX_AGE;
    answer->vary = !bytes->one_format;
    answer->vary_coding = bytes->one_format;
    answer->catalog = 1;

    /* what was made before the slice ended may be sent after it, and is old then */

    if (left < answer->max_age) {
        answer->max_age = left > 0 ? (ngx_int_t) left : NGX_HTTP_GIG_NO_CACHE;
    }
}


static ngx_int_t
ngx_http_gig_headers(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_http_gig_answer_t *answer)
{
    u_char     *p;
    ngx_str_t   value;

    if (ngx_http_gig_header(r, &ngx_http_gig_name_options, &ngx_http_gig_nosniff) != NGX_OK
        || ngx_http_gig_header(r, &ngx_http_gig_name_csp, &ctx->conf->csp) != NGX_OK
        || ngx_http_gig_header(r, &ngx_http_gig_name_referrer,
                               answer->secret ? &ngx_http_gig_no_referrer
                                              : &ngx_http_gig_strict_origin)
           != NGX_OK
        || ngx_http_gig_header_age(r, answer) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if ((answer->secret || ctx->route == NGX_HTTP_GIG_ROUTE_FRAGMENT)
        && ngx_http_gig_header(r, &ngx_http_gig_name_robots, &ngx_http_gig_noindex) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if ((answer->vary || answer->vary_coding)
        && ngx_http_gig_header_vary(r, ctx, answer) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (answer->link.len
        && ngx_http_gig_header(r, &ngx_http_gig_name_link, &answer->link) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (answer->allow.len
        && ngx_http_gig_header(r, &ngx_http_gig_name_allow, &answer->allow) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ctx->open_to_all
        && (ngx_http_gig_header(r, &ngx_http_gig_name_allow_origin, &ngx_http_gig_any) != NGX_OK
            || ngx_http_gig_header(r, &ngx_http_gig_name_resource, &ngx_http_gig_cross) != NGX_OK))
    {
        return NGX_ERROR;
    }

    if (answer->replayed
        && ngx_http_gig_header(r, &ngx_http_gig_name_replayed, &ngx_http_gig_true) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (answer->disposition.len
        && ngx_http_gig_header(r, &ngx_http_gig_name_disposition, &answer->disposition) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ctx->stale && answer->catalog && ngx_http_gig_header_stale(r, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    if (answer->retry_after) {

        p = ngx_pnalloc(r->pool, NGX_INT_T_LEN);
        if (p == NULL) {
            return NGX_ERROR;
        }

        value.data = p;
        value.len = ngx_sprintf(p, "%i", answer->retry_after) - p;

        if (ngx_http_gig_header(r, &ngx_http_gig_name_retry, &value) != NGX_OK
            || (answer->status == NGX_HTTP_TOO_MANY_REQUESTS && ctx->limit
                && ngx_http_gig_header_limit(r, ctx->limit, answer->retry_after) != NGX_OK))
        {
            return NGX_ERROR;
        }
    }

    if (answer->encoding != GIG_IDENTITY
        && ngx_http_gig_header_encoding(r, answer->encoding) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (answer->etag.len) {

        /* no copy: who weakens it, as the gzip filter does, writes another */
        r->headers_out.etag = ngx_http_gig_header_add(r, &ngx_http_gig_name_etag, &answer->etag);

        if (r->headers_out.etag == NULL) {
            return NGX_ERROR;
        }
    }

    /*
     * r->headers_out.location is left alone: nginx would make an absolute
     * address of the path with the client's Host
     */

    if (answer->location.len
        && ngx_http_gig_header(r, &ngx_http_gig_name_location, &answer->location) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* Cache-Control. */

static ngx_int_t
ngx_http_gig_header_age(ngx_http_request_t *r, ngx_http_gig_answer_t *answer)
{
    u_char            *p;
    ngx_str_t          value;

    static ngx_str_t  no_store = ngx_string("no-store");
    static ngx_str_t  no_cache = ngx_string("no-cache");
    static u_char     ages[NGX_HTTP_GIG_MAX_AGE + 1][NGX_HTTP_GIG_AGE_TEXT];

    if (answer->max_age < 0) {
        return ngx_http_gig_header(r, &ngx_http_gig_name_cache_control, &no_store);
    }

    if (answer->max_age == 0) {
        return ngx_http_gig_header(r, &ngx_http_gig_name_cache_control, &no_cache);
    }

    /* of what is asked for often: written once, always the same */

    if (answer->max_age <= NGX_HTTP_GIG_MAX_AGE && !answer->immutable) {

        value.data = ages[answer->max_age];

        if (value.data[0] == '\0') {
            (void) ngx_sprintf(value.data, "max-age=%i%Z", answer->max_age);
        }

        value.len = sizeof("max-age=0") - 1 + (answer->max_age > 9);

        return ngx_http_gig_header(r, &ngx_http_gig_name_cache_control, &value);
    }

    p = ngx_pnalloc(r->pool, sizeof("max-age=, immutable") + NGX_INT_T_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value.data = p;
    value.len = ngx_sprintf(p, "max-age=%i%s", answer->max_age,
                            answer->immutable ? ", immutable" : "") - p;

    return ngx_http_gig_header(r, &ngx_http_gig_name_cache_control, &value);
}


/*
 * With `gzip_vary on` nginx's filter may add a Vary of its own, which names the encoding alone.
 * Ours names it even so: a cache that heeds the last Vary and no other, as nginx's did until 1.23,
 * would give compressed bytes to who cannot read them.
 */

static ngx_int_t
ngx_http_gig_header_vary(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_http_gig_answer_t *answer)
{
    /* by format */
    static ngx_str_t  vary[2] = {
        ngx_string("Accept, Accept-Encoding"),
        ngx_string("Accept, Accept-Encoding, Accept-Language")
    };
    static ngx_str_t  coding = ngx_string("Accept-Encoding");

    return ngx_http_gig_header(r, &ngx_http_gig_name_vary,
                               answer->vary ? &vary[ctx->format == NGX_HTTP_GIG_HTML] : &coding);
}


/* As gzip_static does; what compresses then leaves it alone. */

static ngx_int_t
ngx_http_gig_header_encoding(ngx_http_request_t *r, gig_encoding_t encoding)
{
    ngx_str_t  value;

    value.data = (u_char *) gig_encoding_name(encoding);
    value.len = ngx_strlen(value.data);

    r->headers_out.content_encoding = ngx_http_gig_header_add(r, &ngx_http_gig_name_encoding,
                                                              &value);

    return r->headers_out.content_encoding ? NGX_OK : NGX_ERROR;
}


/* draft-ietf-httpapi-ratelimit-headers: the policy, and what is left of it. */

static ngx_int_t
ngx_http_gig_header_limit(ngx_http_request_t *r, const ngx_http_gig_limit_t *limit,
    ngx_int_t seconds)
{
    u_char     *p;
    size_t      len;
    ngx_str_t   value;

    len = ngx_strlen(limit->name) + sizeof("\"\";q=;w=60") + NGX_INT_T_LEN;

    p = ngx_pnalloc(r->pool, 2 * len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value.data = p;
    value.len = ngx_sprintf(p, "\"%s\";q=%ui;w=60", limit->name, limit->quota) - p;

    if (ngx_http_gig_header(r, &ngx_http_gig_name_policy, &value) != NGX_OK) {
        return NGX_ERROR;
    }

    p += len;

    value.data = p;
    value.len = ngx_sprintf(p, "\"%s\";r=0;t=%i", limit->name, seconds) - p;

    return ngx_http_gig_header(r, &ngx_http_gig_name_limit, &value);
}


static ngx_int_t
ngx_http_gig_header_stale(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    u_char     *p;
    ngx_str_t   value;

    p = ngx_pnalloc(r->pool, NGX_TIME_T_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value.data = p;
    value.len = ngx_sprintf(p, "%T", ctx->age) - p;

    if (ngx_http_gig_header(r, &ngx_http_gig_name_age, &value) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_gig_header(r, &ngx_http_gig_name_status, &ngx_http_gig_stale);
}


static ngx_int_t
ngx_http_gig_header(ngx_http_request_t *r, ngx_str_t *name, ngx_str_t *value)
{
    return ngx_http_gig_header_add(r, name, value) ? NGX_OK : NGX_ERROR;
}


ngx_table_elt_t *
ngx_http_gig_header_add(ngx_http_request_t *r, ngx_str_t *name, ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NULL;
    }

    h->hash = 1;
    ngx_http_gig_header_end(h);
    h->key = *name;
    h->value = *value;

    return h;
}


void
ngx_http_gig_finalize(ngx_http_request_t *r, ngx_int_t rc)
{
    ngx_connection_t  *c;

    c = r->connection;

    ngx_http_finalize_request(r, rc);
    ngx_http_run_posted_requests(c);
}
