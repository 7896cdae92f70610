
/*
 * Which encoding a stored response goes out in.  A page, and what is in the program itself,
 * is compressed for the first who asks for it, as somebody waits before a screen; JSON that
 * is asked for once is left to nginx's own filters, and compressed at its second use.  Later
 * uses are sent from those bytes.  What the cache does not take is not compressed: as many
 * questions as there may be, that nobody asks again, cost no time for it.  Nor are pages that
 * are one person's (forms, receipts): their length would tell of the secret in them.
 * Whether at all is decided as gzip_static does: by ngx_http_gzip_ok(), which is the main
 * request's, its protocol's and its proxies'.
 */

#include "ngx_http_gig_response.h"


#define NGX_HTTP_GIG_COMPRESS_MIN   256             /* bytes: below it headers are most of it */
#define NGX_HTTP_GIG_COMPRESS_MAX   (128 * 1024)    /* some ms of work: more is nginx's filter's */
#define NGX_HTTP_GIG_COMPRESS_FIRST (80 * 1024)     /* of a page's first use: less than 1 ms */


#if (NGX_HTTP_GZIP)

static ngx_uint_t ngx_http_gig_accepts(ngx_str_t *value, const char *coding);
static ngx_uint_t ngx_http_gig_encode_br(ngx_http_request_t *r, ngx_uint_t gzip);
static ngx_uint_t ngx_http_gig_encoded(ngx_http_gig_ctx_t *ctx, ngx_http_gig_bytes_t *bytes,
    gig_encoding_t encoding);
static ngx_uint_t ngx_http_gig_has_plain(ngx_http_request_t *r, ngx_http_gig_bytes_t *bytes);
static ngx_uint_t ngx_http_gig_encode_first(ngx_http_gig_bytes_t *bytes);


gig_encoding_t
ngx_http_gig_encoding(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, ngx_http_gig_bytes_t *bytes)
{
    size_t      len;
    ngx_uint_t  gzip;

    len = bytes->body[GIG_IDENTITY].len;

    if (r->headers_in.accept_encoding == NULL || r != r->main || !ctx->board->compress
        || len < NGX_HTTP_GIG_COMPRESS_MIN || (len > NGX_HTTP_GIG_COMPRESS_MAX && !bytes->tried)
        || bytes->body[GIG_IDENTITY].etag.len == 0)
    {
        return GIG_IDENTITY;
    }

    if ((bytes->uses < 2 && !ngx_http_gig_encode_first(bytes))
        || ngx_http_gig_has_plain(r, bytes))
    {
        return GIG_IDENTITY;
    }

    gzip = (ngx_http_gzip_ok(r) == NGX_OK);

    if (ngx_http_gig_encode_br(r, gzip) && ngx_http_gig_encoded(ctx, bytes, GIG_BROTLI)) {
        return GIG_BROTLI;
    }

    if (gzip && ngx_http_gig_encoded(ctx, bytes, GIG_GZIP)) {
        return GIG_GZIP;
    }

    return GIG_IDENTITY;
}


gig_encoding_t
ngx_http_gig_encoding_made(ngx_http_request_t *r, ngx_http_gig_bytes_t *bytes)
{
    if (bytes->body[GIG_GZIP].len == 0 || r->headers_in.accept_encoding == NULL || r != r->main
        || ngx_http_gig_has_plain(r, bytes) || ngx_http_gzip_ok(r) != NGX_OK)
    {
        return GIG_IDENTITY;
    }

    return GIG_GZIP;
}


/* Whether it need not be asked for a second time; what a thread made has been compressed there. */

static ngx_uint_t
ngx_http_gig_encode_first(ngx_http_gig_bytes_t *bytes)
{
    return bytes->tried
           || ((bytes->fixed || bytes->type == &ngx_http_gig_type_html)
               && bytes->body[GIG_IDENTITY].len <= NGX_HTTP_GIG_COMPRESS_FIRST);
}


/* br, if the client likes it as much as gzip. */

static ngx_uint_t
ngx_http_gig_encode_br(ngx_http_request_t *r, ngx_uint_t gzip)
{
    ngx_str_t                 *value;
    ngx_uint_t                 quality;
    ngx_http_core_loc_conf_t  *clcf;

    value = &r->headers_in.accept_encoding->value;
    quality = ngx_http_gig_accepts(value, "br");

    if (quality == 0) {
        return 0;
    }

    if (gzip) {
        return quality >= ngx_http_gig_accepts(value, "gzip");
    }

    /*
     * ngx_http_gzip_ok() says no as well when all that fails is the client's gzip.
     * What else it looks at is looked at again, and a proxy in between means no.
     */

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    return ngx_http_gig_accepts(value, "gzip") == 0 && r->headers_in.via == NULL
           && r->http_version >= clcf->gzip_http_version;
}


/* Whether bytes have that encoding, or can be given it now. */

static ngx_uint_t
ngx_http_gig_encoded(ngx_http_gig_ctx_t *ctx, ngx_http_gig_bytes_t *bytes,
    gig_encoding_t encoding)
{
    size_t                 len;
    ngx_http_gig_cache_t  *cache;

    if (bytes->body[encoding].len) {
        return 1;
    }

    cache = ctx->board->cache;

    if (!bytes->fixed
        && !ngx_http_gig_cache_takes(cache, bytes, bytes->body[GIG_IDENTITY].len))
    {
        return 0;
    }

    len = ngx_http_gig_bytes_encode(bytes, encoding);

    if (len && !bytes->fixed) {
        ngx_http_gig_cache_grown(cache, bytes, len);
    }

    return len != 0;
}


/*
 * A client that keeps the plain representation, or nginx's compression of it, has
 * what it needs: it may ask whether that is still so.
 */

static ngx_uint_t
ngx_http_gig_has_plain(ngx_http_request_t *r, ngx_http_gig_bytes_t *bytes)
{
    ngx_str_t  *tag, *asked;

    if (r->headers_in.if_none_match == NULL) {
        return 0;
    }

    tag = &bytes->body[GIG_IDENTITY].etag;
    asked = &r->headers_in.if_none_match->value;

    return memmem(asked->data, asked->len, tag->data, tag->len) != NULL;
}


/* How much the client wants that coding, in thousandths; 0: not, or it is not named. */

static ngx_uint_t
ngx_http_gig_accepts(ngx_str_t *value, const char *coding)
{
    ngx_str_t   rest, name;
    ngx_uint_t  quality;

    rest = *value;

    while (ngx_http_gig_accept_next(&rest, &name, &quality)) {

        if (ngx_http_gig_accept_is(&name, coding)) {
            return quality;
        }
    }

    return 0;
}

#else

gig_encoding_t
ngx_http_gig_encoding(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, ngx_http_gig_bytes_t *bytes)
{
    return GIG_IDENTITY;
}


gig_encoding_t
ngx_http_gig_encoding_made(ngx_http_request_t *r, ngx_http_gig_bytes_t *bytes)
{
    return GIG_IDENTITY;
}

#endif
