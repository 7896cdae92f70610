
/*
 * The list: what a query finds in the catalog, as fragments with their holes
 * filled, kept in the response cache.  The query is the board's workspace: it is
 * read, answered and done with before the event loop runs again.
 */

#include "ngx_http_gig_response.h"


#define NGX_HTTP_GIG_QUERY_MAX      (3 * GIG_QUERY_ARGS_MAX + 1024)     /* bytes we write of one */
#define NGX_HTTP_GIG_LIST_ROOM      (32 * 1024) /* bytes that most answers fit in */


static ngx_http_gig_bytes_t *ngx_http_gig_list_make(ngx_http_request_t *r,
    ngx_http_gig_ctx_t *ctx, ngx_uint_t *whole);
static ngx_int_t ngx_http_gig_list_link(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    gig_buf_t *query, ngx_str_t *link);
static void ngx_http_gig_list_json(ngx_http_gig_ctx_t *ctx, const char *cursor, gig_buf_t *body,
    ngx_uint_t *whole);
static void ngx_http_gig_list_fetch(ngx_http_gig_ctx_t *ctx, const gig_found_t *found);
static u_char *ngx_http_gig_list_number(u_char *last, uint32_t n);
static void ngx_http_gig_list_facets(ngx_http_gig_ctx_t *ctx, gig_buf_t *body);


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

    len = ngx_http_gig_list_key(ctx, key, sizeof(key));
    bytes = len ? ngx_http_gig_cache_find(cache, key, len) : NULL;

    ctx->cache = ngx_http_gig_cache_status(ctx, bytes != NULL);

    if (bytes) {
        ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_CACHE_HIT, 1);
        ngx_http_gig_spelling_keep(r, ctx, bytes, NULL);
        return ngx_http_gig_send_cached(r, ctx, bytes);
    }

    ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_CACHE_MISS, 1);

    whole = 1;

    bytes = ngx_http_gig_list_make(r, ctx, &whole);
    if (bytes == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* hashed as it is: a page, there is more in it than its question; what hosts may differ in */

    if (whole && len && ctx->route == NGX_HTTP_GIG_ROUTE_LIST && ctx->format == NGX_HTTP_GIG_JSON
        && !ctx->board->asked->found.cut)
    {
        ngx_http_gig_etag_list(ctx, key, len, bytes);
    } else {
        ngx_http_gig_etag(bytes);
    }

    /* a list that lacks a damaged gig is answered, but not again */
    if (whole && len) {
        ngx_http_gig_cache_keep(cache, key, len, bytes);
        ngx_http_gig_spelling_keep(r, ctx, bytes, NULL);
    }

    rc = ngx_http_gig_send_cached(r, ctx, bytes);

    ngx_http_gig_bytes_release(bytes);

    return rc;
}


/*
 * The query in its normal form.  A page shows q as it was typed and links in the format that
 * was asked for, with where the visitor came from, so these belong to it; and a fragment brings
 * what it was asked to bring.  0: too long to be kept.
 */

size_t
ngx_http_gig_list_key(ngx_http_gig_ctx_t *ctx, u_char *key, size_t size)
{
    u_char       *p, *last;
    size_t        len;
    gig_query_t  *query;

    query = &ctx->board->asked->query;
    last = key + size;

    p = ngx_http_gig_cache_key(ctx, key);
    *p++ = (u_char) ('0' + query->format);

    len = gig_query_key(query, (char *) p, last - p);

    if (len == 0) {
        return 0;
    }

    p += len;

    if (ctx->format == NGX_HTTP_GIG_HTML) {

        if (query->q.len + query->source.len + 2 > (size_t) (last - p)) {
            return 0;
        }

        /* neither text holds a control character */

        p = ngx_cpymem(p, query->q.data ? query->q.data : "", query->q.len);
        *p++ = (u_char) (1 + query->style + 2 * query->icons);
        p = ngx_cpymem(p, query->source.data ? query->source.data : "", query->source.len);
    }

    return p - key;
}


static ngx_http_gig_bytes_t *
ngx_http_gig_list_make(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, ngx_uint_t *whole)
{
    int                     rc;
    char                    cursor[GIG_CURSOR_TEXT], words[GIG_SEARCH_WORDS_MAX];
    gig_buf_t               body, query;
    ngx_str_t               link, *type;
    gig_searched_t          in;
    uint32_t                facets;
    ngx_uint_t              fragment;
    gig_query_change_t      change;
    ngx_http_gig_asked_t   *asked;
    ngx_http_gig_bytes_t   *bytes;

    asked = ctx->board->asked;
    bytes = NULL;
    cursor[0] = '\0';
    ngx_str_null(&link);

    gig_buf_init(&query, NGX_HTTP_GIG_QUERY_MAX);
    gig_buf_init(&body, NGX_HTTP_GIG_BODY_LIMIT);
    gig_buf_room(&body, NGX_HTTP_GIG_LIST_ROOM);

    in.image = &ctx->view->image;
    in.n_segments = ctx->view->n_segments;
    in.segments = ctx->view->segments;
    in.place_names = ctx->board->place_names;
    in.epoch = ngx_http_gig_cache_epoch(ctx->board->cache);

    /* a page offers all there is to choose from; its links need not say so */

    facets = asked->query.facets;
    fragment = (ctx->route == NGX_HTTP_GIG_ROUTE_FRAGMENT);

    if (ctx->format == NGX_HTTP_GIG_HTML && !fragment) {
        asked->query.facets = GIG_FACET_ALL;
    }

    rc = gig_search(ctx->board->search, &in, &asked->query, &asked->cursor, ctx->now,
                    &asked->found);

    asked->query.facets = facets;

    if (rc != 0) {
        goto done;
    }

    /* a page shows q as it was typed; there it is part of the key */
    gig_search_normal(in.image, &asked->found, &asked->query,
                      ctx->format == NGX_HTTP_GIG_JSON ? words : NULL);

    if (asked->found.more && !fragment) {
        gig_cursor_make(&ctx->board->cursors, &asked->found.next, cursor);

        change = GIG_QUERY_SAME;
        change.cursor = cursor;
        gig_query_write(&asked->query, &change, &query);

        if (ngx_http_gig_list_link(r, ctx, &query, &link) != NGX_OK) {
            goto done;
        }
    }

    if (fragment) {
        type = &ngx_http_gig_type_html;
        ngx_http_gig_fragment_page(ctx, &body, whole);

    } else if (ctx->format == NGX_HTTP_GIG_HTML) {
        type = &ngx_http_gig_type_html;
        ngx_http_gig_list_page(ctx, &query, &body, whole);

    } else {
        type = &ngx_http_gig_type_json;
        ngx_http_gig_list_json(ctx, cursor, &body, whole);
    }

    bytes = ngx_http_gig_bytes_make(&body, NGX_HTTP_OK, type, &link);

done:

    gig_buf_free(&body);
    gig_buf_free(&query);

    return bytes;
}


/* Where the next page is. */

static ngx_int_t
ngx_http_gig_list_link(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, gig_buf_t *query,
    ngx_str_t *link)
{
    ngx_uint_t        tail;
    static ngx_str_t  none = ngx_null_string;

    if (gig_buf_failed(query)) {
        return NGX_ERROR;
    }

    link->data = ngx_pnalloc(r->pool, ctx->conf->base.len + query->len
                                      + ctx->args.tail.len + sizeof("<?&>; rel=\"next\""));
    if (link->data == NULL) {
        return NGX_ERROR;
    }

    /* programs came from nowhere */
    tail = (ctx->format == NGX_HTTP_GIG_HTML && ctx->args.tail.len);

    link->len = ngx_sprintf(link->data, "<%V?%*s%s%V>; rel=\"next\"", &ctx->conf->base,
                            query->len, query->data, tail ? "&" : "",
                            tail ? &ctx->args.tail : &none)
                - link->data;

    return NGX_OK;
}


static void
ngx_http_gig_list_json(ngx_http_gig_ctx_t *ctx, const char *cursor, gig_buf_t *body,
    ngx_uint_t *whole)
{
    size_t              len;
    uint32_t            i;
    ngx_uint_t          comma;
    const gig_found_t  *found;

    found = &ctx->board->asked->found;

    ngx_http_gig_list_fetch(ctx, found);

    gig_buf_printf(body, "{\"board\":\"%.*s\",\"version\":%llu,\"total\":%u,\"gigs\":[",
                   (int) ctx->board->name.len, ctx->board->name.data,
                   (unsigned long long) ctx->view->image.meta.version, found->total);

    for (i = 0, comma = 0; i < found->n; i++) {

        len = body->len;

        if (comma) {
            gig_buf_puts(body, ",");
        }

        if (ngx_http_gig_fill(ctx, found->row[i], GIG_FRAGMENT_SUMMARY, body) == NGX_OK) {
            comma = 1;
            continue;
        }

        /* nothing of it stays, whatever hole was found damaged */
        *whole = 0;
        body->len = len;
    }

    gig_buf_puts(body, "]");

    if (ctx->board->asked->query.facets) {
        ngx_http_gig_list_facets(ctx, body);
    }

    if (found->suggestion[0]) {
        gig_buf_puts(body, ",\"suggestion\":");
        gig_buf_json(body, (gig_str_t) { found->suggestion, ngx_strlen(found->suggestion) });
    }

    if (cursor[0]) {
        gig_buf_puts(body, ",\"next\":\"");
        gig_buf_puts(body, cursor);
        gig_buf_puts(body, "\"}");

    } else {
        gig_buf_puts(body, ",\"next\":null}");
    }
}


/* The gigs of a page lie far apart: their places, then their bytes, are on their way at once. */

static void
ngx_http_gig_list_fetch(ngx_http_gig_ctx_t *ctx, const gig_found_t *found)
{
    uint32_t      i;
    gig_str_t     bytes;
    gig_place_t   place;

    for (i = 0; i < found->n; i++) {
        gig_image_fetch(&ctx->view->image, found->row[i]);
    }

    for (i = 0; i < found->n; i++) {
        if (gig_image_place(&ctx->view->image, found->row[i], GIG_FRAGMENT_SUMMARY, &place) != 0
            || place.store >= ctx->view->image.stores)
        {
            continue;
        }

        bytes = gig_place_bytes(&place, ctx->view->stores[place.store]->bytes, 0);
        gig_bytes_fetch(bytes);
    }
}


/* Each value is in the image up to its count. */

static void
ngx_http_gig_list_facets(ngx_http_gig_ctx_t *ctx, gig_buf_t *body)
{
    u_char                     *p, text[NGX_INT32_LEN + sizeof("},")];
    size_t                      len;
    uint32_t                    i;
    gig_str_t                   json[GIG_FACET_VALUES_MAX];
    ngx_uint_t                  facet, comma;
    const gig_facet_counts_t   *counts;

    gig_buf_puts(body, ",\"facets\":{");

    for (facet = 0, comma = 0; facet < GIG_FACETS; facet++) {

        if (!(ctx->board->asked->query.facets >> facet & 1)) {
            continue;
        }

        gig_buf_puts(body, comma ? ",\"" : "\"");
        gig_buf_puts(body, gig_facet_name((gig_facet_t) facet));
        gig_buf_puts(body, "\":[");
        comma = 1;

        counts = &ctx->board->asked->found.facet[facet];

        for (i = 0, len = 0; i < counts->n; i++) {
            json[i] = gig_image_value_json(&ctx->view->image, counts->count[i].value);
            gig_bytes_fetch(json[i]);
            len += json[i].len + sizeof(text);
        }

        gig_buf_room(body, len);

        for (i = 0; i < counts->n; i++) {
            gig_buf_str(body, json[i]);

            /* from the end: "12}," */
            p = ngx_http_gig_list_number(text + sizeof(text), counts->count[i].count);
            gig_buf_add(body, p, text + sizeof(text) - p - (i + 1 == counts->n));
        }

        gig_buf_puts(body, "]");
    }

    gig_buf_puts(body, "}");
}


/* Writes a count and "}," before `last`; where it begins.  Some hundred of them in an answer. */

static u_char *
ngx_http_gig_list_number(u_char *last, uint32_t n)
{
    *--last = ',';
    *--last = '}';

    do {
        *--last = (u_char) ('0' + n % 10);
        n /= 10;
    } while (n);

    return last;
}
