
/* Counted bytes of a body: held by the cache and by each response on its way. */

#include "ngx_http_gig_response.h"

#include <sodium.h>


static void ngx_http_gig_etag_hash(ngx_http_gig_bytes_t *bytes, gig_str_t text);
static void ngx_http_gig_bytes_tag(ngx_http_gig_bytes_t *bytes, gig_encoding_t encoding);


ngx_http_gig_bytes_t *
ngx_http_gig_bytes_make(gig_buf_t *body, ngx_uint_t status, ngx_str_t *link)
{
    size_t                 len;
    ngx_http_gig_bytes_t  *bytes;

    if (gig_buf_failed(body)) {
        gig_buf_free(body);
        return NULL;
    }

    len = link ? link->len : 0;

    bytes = ngx_alloc(sizeof(ngx_http_gig_bytes_t) + len, ngx_cycle->log);
    if (bytes == NULL) {
        gig_buf_free(body);
        return NULL;
    }

    ngx_memzero(bytes, sizeof(ngx_http_gig_bytes_t));

    bytes->refs = 1;
    bytes->status = status;

    if (len) {
        bytes->link.data = (u_char *) bytes + sizeof(ngx_http_gig_bytes_t);
        bytes->link.len = len;
        ngx_memcpy(bytes->link.data, link->data, len);
    }

    bytes->body[GIG_IDENTITY].data = (u_char *) body->data;
    bytes->body[GIG_IDENTITY].len = body->len;

    gig_buf_init(body, body->limit);

    return bytes;
}


void
ngx_http_gig_bytes_release(ngx_http_gig_bytes_t *bytes)
{
    ngx_uint_t  i;

    if (--bytes->refs) {
        return;
    }

    for (i = 0; i < GIG_ENCODINGS; i++) {
        free(bytes->body[i].data);
    }

    ngx_free(bytes);
}


size_t
ngx_http_gig_bytes_size(ngx_http_gig_bytes_t *bytes)
{
    size_t      size;
    ngx_uint_t  i;

    size = sizeof(ngx_http_gig_bytes_t) + bytes->link.len;

    for (i = 0; i < GIG_ENCODINGS; i++) {
        size += bytes->body[i].len;
    }

    return size;
}


/*
 * The strong ETag: the body follows from the catalog, the time slice, the location
 * and the query alone, so hosts agree on its hash.  The key of the hash is no
 * secret, and the same everywhere.
 */

void
ngx_http_gig_etag(ngx_http_gig_bytes_t *bytes)
{
    gig_str_t  body;

    body.data = (const char *) bytes->body[GIG_IDENTITY].data;
    body.len = bytes->body[GIG_IDENTITY].len;

    ngx_http_gig_etag_hash(bytes, body);
}


/* Of a list, from what its body follows from: less to hash than the body by far. */

void
ngx_http_gig_etag_list(ngx_http_gig_ctx_t *ctx, ngx_http_gig_bytes_t *bytes, u_char *key,
    size_t len)
{
    int64_t                 from;
    gig_buf_t               of;
    gig_str_t               text;
    const gig_image_t      *image;
    static const uint32_t   format = GIG_IMAGE_VERSION;

    image = &ctx->view->image;
    from = ngx_http_gig_cache_from(ctx->board->cache);

    gig_buf_init(&of, NGX_HTTP_GIG_BODY_LIMIT);

    gig_buf_add(&of, &format, sizeof(format));
    gig_buf_add(&of, image->digest, sizeof(image->digest));
    gig_buf_add(&of, &image->seats_digest, sizeof(image->seats_digest));
    gig_buf_add(&of, &image->place_names, sizeof(image->place_names));
    gig_buf_add(&of, &image->meta.version, sizeof(image->meta.version));
    gig_buf_add(&of, &from, sizeof(from));
    gig_buf_add(&of, key, len);

    gig_buf_str(&of, ngx_http_gig_str(&ctx->board->name));
    gig_buf_add(&of, "", 1);
    gig_buf_str(&of, ngx_http_gig_str(&ctx->conf->base));

    gig_buf_add(&of, ctx->format == NGX_HTTP_GIG_HTML ? "h" : "j", 1);

    if (ctx->format == NGX_HTTP_GIG_HTML) {
        gig_buf_add(&of, ctx->stale ? "s" : "", 1);
        gig_buf_str(&of, ngx_http_gig_str(&ctx->board->title));
        gig_buf_add(&of, "", 1);
        gig_buf_str(&of, ngx_http_gig_str(&ctx->board->about));
        gig_buf_puts(&of, gig_css_name);
        gig_buf_puts(&of, gig_js_name);
    }

    if (gig_buf_failed(&of)) {
        ngx_http_gig_etag(bytes);

    } else {
        text.data = of.data;
        text.len = of.len;
        ngx_http_gig_etag_hash(bytes, text);
    }

    gig_buf_free(&of);
}


static void
ngx_http_gig_etag_hash(ngx_http_gig_bytes_t *bytes, gig_str_t text)
{
    unsigned char  hash[crypto_shorthash_siphashx24_BYTES];

    static const unsigned char  key[crypto_shorthash_siphashx24_KEYBYTES] = "gig etag";

    (void) crypto_shorthash_siphashx24(hash, (const unsigned char *) text.data, text.len, key);

    (void) ngx_hex_dump(bytes->hash, hash, sizeof(hash));

    ngx_http_gig_bytes_tag(bytes, GIG_IDENTITY);
}


/* A representation has an ETag of its own: "HASH", "HASH-gzip", "HASH-br". */

static void
ngx_http_gig_bytes_tag(ngx_http_gig_bytes_t *bytes, gig_encoding_t encoding)
{
    ngx_http_gig_body_t  *body;

    body = &bytes->body[encoding];

    body->etag.data = body->tag;
    body->etag.len = ngx_sprintf(body->tag, "\"%*s%s%s\"", sizeof(bytes->hash), bytes->hash,
                                 encoding == GIG_IDENTITY ? "" : "-", gig_encoding_name(encoding))
                     - body->tag;
}


size_t
ngx_http_gig_bytes_encode(ngx_http_gig_bytes_t *bytes, gig_encoding_t encoding)
{
    char                 *data, *shorter;
    size_t                len;
    gig_str_t             text;
    ngx_http_gig_body_t  *body;

    body = &bytes->body[encoding];

    if (bytes->tried & (1u << encoding)) {
        return 0;
    }

    bytes->tried |= 1u << encoding;

    text.data = (const char *) bytes->body[GIG_IDENTITY].data;
    text.len = bytes->body[GIG_IDENTITY].len;

    data = malloc(text.len);
    if (data == NULL) {
        return 0;
    }

    len = gig_compress(encoding, text, data, text.len - 1);

    if (len == 0) {
        free(data);
        return 0;
    }

    /* it takes a fraction of that */
    shorter = realloc(data, len);

    body->data = (u_char *) (shorter ? shorter : data);
    body->len = len;

    ngx_http_gig_bytes_tag(bytes, encoding);

    return len;
}
