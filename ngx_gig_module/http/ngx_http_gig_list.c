
/* The list: fragments of the catalog with their holes filled, kept in the response cache. */

#include "ngx_http_gig_response.h"


static size_t ngx_http_gig_list_key(ngx_http_gig_ctx_t *ctx, u_char *key);
static ngx_http_gig_bytes_t *ngx_http_gig_list_make(ngx_http_request_t *r,
    ngx_http_gig_ctx_t *ctx, ngx_uint_t *whole);
static void ngx_http_gig_list_next(ngx_http_gig_ctx_t *ctx, const gig_list_t *list,
    char cursor[GIG_CURSOR_TEXT], u_char *query, size_t size);
static void ngx_http_gig_list_json(ngx_http_gig_ctx_t *ctx, const gig_list_t *list,
    const char *cursor, gig_buf_t *body, ngx_uint_t *whole);
static void ngx_http_gig_list_html(ngx_http_gig_ctx_t *ctx, const gig_list_t *list,
    const char *query, gig_buf_t *body, ngx_uint_t *whole);


static const char  *ngx_http_gig_list_states[] = { "open", "scheduled", "all" };

static ngx_str_t  ngx_http_gig_hit = ngx_string("HIT");
static ngx_str_t  ngx_http_gig_miss = ngx_string("MISS");
static ngx_str_t  ngx_http_gig_stale_text = ngx_string("STALE");


ngx_int_t
ngx_http_gig_list(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    u_char                 key[NGX_HTTP_GIG_KEY_MAX];
    size_t                 len;
    ngx_int_t              rc;
    ngx_uint_t             whole;
    ngx_http_gig_cache_t  *cache;
    ngx_http_gig_bytes_t  *bytes;

    cache = ctx->board->cache;

    ngx_http_gig_cache_turn(cache, ctx);

    len = ngx_http_gig_list_key(ctx, key);
    bytes = ngx_http_gig_cache_find(cache, key, len);

    ctx->cache = ctx->stale ? ngx_http_gig_stale_text : bytes ? ngx_http_gig_hit
                                                              : ngx_http_gig_miss;

    if (bytes) {
        ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_CACHE_HIT, 1);
        return ngx_http_gig_send_cached(r, ctx, bytes);
    }

    ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_CACHE_MISS, 1);

    whole = 1;

    bytes = ngx_http_gig_list_make(r, ctx, &whole);
    if (bytes == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* a list that lacks a damaged gig is answered, but not again */
    if (whole) {
        ngx_http_gig_cache_keep(cache, key, len, bytes);
    }

    rc = ngx_http_gig_send_cached(r, ctx, bytes);

    ngx_http_gig_bytes_release(bytes);

    return rc;
}


/* The query normalised: what was left out and what was given as its default are one. */

static size_t
ngx_http_gig_list_key(ngx_http_gig_ctx_t *ctx, u_char *key)
{
    u_char               *p;
    ngx_http_gig_args_t  *args;

    args = &ctx->args;

    p = ngx_http_gig_cache_key(ctx, key);

    *p++ = (u_char) ('0' + args->state);
    *p++ = (u_char) args->limit;
    *p++ = (u_char) ('0' + args->format);       /* stands in the address of the next page */

    if (args->after) {
        p = ngx_cpymem(p, args->cursor.data, args->cursor.len);
    }

    return p - key;
}


static ngx_http_gig_bytes_t *
ngx_http_gig_list_make(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, ngx_uint_t *whole)
{
    char                   cursor[GIG_CURSOR_TEXT];
    u_char                 query[GIG_CURSOR_TEXT + 128];
    gig_buf_t              body;
    ngx_str_t              link;
    gig_list_t             list;
    gig_list_query_t       ask;

    ngx_memzero(&ask, sizeof(gig_list_query_t));

    ask.state = ctx->args.state;
    ask.limit = ctx->args.limit;
    ask.after = ctx->args.after;
    ask.after_posted = ctx->args.after_posted;
    ask.after_id.data = ctx->args.after_id;
    ask.after_id.len = ngx_strlen(ctx->args.after_id);

    gig_image_list(&ctx->view->image, &ask, ctx->now, &list);

    cursor[0] = '\0';
    query[0] = '\0';
    ngx_str_null(&link);

    if (list.more && list.n) {

        ngx_http_gig_list_next(ctx, &list, cursor, query, sizeof(query));

        link.data = ngx_pnalloc(r->pool, ctx->conf->base.len + ngx_strlen(query)
                                         + sizeof("<?>; rel=\"next\""));
        if (link.data == NULL) {
            return NULL;
        }

        link.len = ngx_sprintf(link.data, "<%V?%s>; rel=\"next\"", &ctx->conf->base, query)
                   - link.data;
    }

    gig_buf_init(&body, NGX_HTTP_GIG_BODY_LIMIT);

    if (ctx->format == NGX_HTTP_GIG_HTML) {
        ngx_http_gig_list_html(ctx, &list, (char *) query, &body, whole);
    } else {
        ngx_http_gig_list_json(ctx, &list, cursor, &body, whole);
    }

    return ngx_http_gig_bytes_make(&body, NGX_HTTP_OK, &link);
}


static void
ngx_http_gig_list_next(ngx_http_gig_ctx_t *ctx, const gig_list_t *list,
    char cursor[GIG_CURSOR_TEXT], u_char *query, size_t size)
{
    u_char        *p, *last;
    uint32_t       row;
    gig_str_t      id;
    gig_cursor_t   after;

    row = list->row[list->n - 1];
    id = gig_image_id(&ctx->view->image, row);

    ngx_memzero(&after, sizeof(gig_cursor_t));

    after.sort = GIG_SORT_NEWEST;
    after.value = gig_image_posted(&ctx->view->image, row);
    ngx_memcpy(after.id, id.data, ngx_min(id.len, GIG_ID_MAX));

    gig_cursor_make(&ctx->board->cursors, &after, cursor);

    p = query;
    last = query + size - 1;

    if (ctx->args.state != GIG_LIST_OPEN) {
        p = ngx_slprintf(p, last, "state=%s&", ngx_http_gig_list_states[ctx->args.state]);
    }

    if (ctx->args.limit != NGX_HTTP_GIG_LIMIT) {
        p = ngx_slprintf(p, last, "limit=%uD&", ctx->args.limit);
    }

    if (ctx->args.format) {
        p = ngx_slprintf(p, last, "format=%s&", ctx->args.json ? "json" : "html");
    }

    p = ngx_slprintf(p, last, "cursor=%s", cursor);
    *p = '\0';
}


static void
ngx_http_gig_list_json(ngx_http_gig_ctx_t *ctx, const gig_list_t *list, const char *cursor,
    gig_buf_t *body, ngx_uint_t *whole)
{
    size_t      len;
    uint32_t    i;
    ngx_uint_t  comma;

    gig_buf_printf(body, "{\"board\":\"%.*s\",\"version\":%llu,\"total\":%u,\"gigs\":[",
                   (int) ctx->board->name.len, ctx->board->name.data,
                   (unsigned long long) ctx->view->image.meta.version, list->total);

    for (i = 0, comma = 0; i < list->n; i++) {

        len = body->len;

        if (comma) {
            gig_buf_puts(body, ",");
        }

        if (ngx_http_gig_fill(ctx, list->row[i], GIG_FRAGMENT_SUMMARY, body) == NGX_OK) {
            comma = 1;
            continue;
        }

        /* nothing of it stays, whatever hole was found damaged */
        *whole = 0;
        body->len = len;
    }

    if (cursor[0]) {
        gig_buf_printf(body, "],\"next\":\"%s\"}", cursor);
    } else {
        gig_buf_puts(body, "],\"next\":null}");
    }
}


static void
ngx_http_gig_list_html(ngx_http_gig_ctx_t *ctx, const gig_list_t *list, const char *query,
    gig_buf_t *body, ngx_uint_t *whole)
{
    size_t           len;
    uint32_t         i;
    const char      *state;
    gig_page_t       page;
    gig_page_list_t  head;

    ngx_http_gig_page(ctx, &page);
    ngx_memzero(&head, sizeof(gig_page_list_t));

    state = ngx_http_gig_list_states[ctx->args.state];

    head.total = list->total;
    head.shown = list->n;
    head.first = !ctx->args.after;
    head.state.data = state;
    head.state.len = ngx_strlen(state);
    head.next.data = query;
    head.next.len = ngx_strlen(query);

    gig_page_list_head(&page, &head, body);

    for (i = 0; i < list->n; i++) {
        len = body->len;

        if (ngx_http_gig_fill(ctx, list->row[i], GIG_FRAGMENT_CARD, body) != NGX_OK) {
            *whole = 0;
            body->len = len;
        }
    }

    gig_page_list_tail(&page, &head, body);
}
