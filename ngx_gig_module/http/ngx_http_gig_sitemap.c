
/* sitemap.xml, its numbered parts, and indeed.xml: whole catalogs for crawlers. */

#include "ngx_http_gig_bulk.h"

#include "gig_sitemap.h"


#define NGX_HTTP_GIG_SITEMAP_DIGITS  6              /* of a part's number */

/* Of an entry without the base: tags, id, slug, time. */
#define NGX_HTTP_GIG_SITEMAP_ENTRY   (GIG_ID_MAX + GIG_SLUG_MAX + 128)


static uint32_t ngx_http_gig_sitemap_number(ngx_http_request_t *r);
static ngx_uint_t ngx_http_gig_sitemap_beyond(ngx_http_gig_ctx_t *ctx, uint32_t part);
static int ngx_http_gig_sitemap_write(ngx_http_gig_bulk_of_t *of, gig_buf_t *out);
static int ngx_http_gig_indeed_write(ngx_http_gig_bulk_of_t *of, gig_buf_t *out);


static const ngx_http_gig_bulk_kind_t  ngx_http_gig_sitemap_kind = {
    "sitemap.xml", &ngx_http_gig_type_xml, ngx_http_gig_sitemap_write, 0
};

static const ngx_http_gig_bulk_kind_t  ngx_http_gig_indeed_kind = {
    "indeed.xml", &ngx_http_gig_type_xml, ngx_http_gig_indeed_write, 0
};


ngx_int_t
ngx_http_gig_sitemap(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    u_char     *p, key[NGX_HTTP_GIG_KEY_HEAD + sizeof(uint32_t)];
    uint32_t    part;

    if (!ngx_http_gig_absolute(r, ctx)) {
        return ngx_http_gig_not_absolute(r, ctx);
    }

    part = GIG_SITEMAP_INDEX;

    if (ctx->route == NGX_HTTP_GIG_ROUTE_SITEMAP_PART) {
        part = ngx_http_gig_sitemap_number(r);

        if (part == 0 || ngx_http_gig_sitemap_beyond(ctx, part)) {
            return ngx_http_gig_problem(r, ctx, NGX_HTTP_NOT_FOUND, "not-found",
                                        "There is nothing at this address.");
        }
    }

    ctx->format = NGX_HTTP_GIG_JSON;

    p = ngx_http_gig_cache_key(ctx, key);
    p = ngx_cpymem(p, &part, sizeof(uint32_t));

    return ngx_http_gig_bulk(r, ctx, &ngx_http_gig_sitemap_kind, part, key, p - key);
}


/* The N of sitemap-N.xml, from 1 and without zeros before it; 0: is none. */

static uint32_t
ngx_http_gig_sitemap_number(ngx_http_request_t *r)
{
    u_char      *p, *last;
    uint32_t     n;
    ngx_uint_t   digits;

    last = r->uri.data + r->uri.len - (sizeof(".xml") - 1);

    for (p = last; p[-1] >= '0' && p[-1] <= '9'; p--) { /* void */ }

    if (*p == '0' || last - p > NGX_HTTP_GIG_SITEMAP_DIGITS) {
        return 0;
    }

    for (n = 0, digits = 0; p + digits < last; digits++) {
        n = n * 10 + (p[digits] - '0');
    }

    return n;
}


/* What cannot be there needs no look through the catalog.  (A very long base makes more parts.) */

static ngx_uint_t
ngx_http_gig_sitemap_beyond(ngx_http_gig_ctx_t *ctx, uint32_t part)
{
    return ctx->board->public_url.len + NGX_HTTP_GIG_SITEMAP_ENTRY
           <= GIG_SITEMAP_BYTES / GIG_SITEMAP_URLS
           && (uint64_t) (part - 1) * GIG_SITEMAP_URLS > ctx->view->image.n;
}


static int
ngx_http_gig_sitemap_write(ngx_http_gig_bulk_of_t *of, gig_buf_t *out)
{
    return gig_sitemap(&of->catalog.image, of->now, of->feed.base, of->part, GIG_SITEMAP_URLS,
                       out);
}


ngx_int_t
ngx_http_gig_indeed(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    u_char  key[NGX_HTTP_GIG_KEY_HEAD + 1 + GIG_QUERY_KEY_MAX];
    size_t  len;

    if (!ngx_http_gig_absolute(r, ctx)) {
        return ngx_http_gig_not_absolute(r, ctx);
    }

    ctx->format = NGX_HTTP_GIG_JSON;

    /* always fits */
    len = ngx_http_gig_list_key(ctx, key, sizeof(key));

    return ngx_http_gig_bulk(r, ctx, &ngx_http_gig_indeed_kind, 0, key, len);
}


static int
ngx_http_gig_indeed_write(ngx_http_gig_bulk_of_t *of, gig_buf_t *out)
{
    return gig_feed_indeed(&of->feed, &of->catalog, of->args, of->now, &of->damaged, out);
}
