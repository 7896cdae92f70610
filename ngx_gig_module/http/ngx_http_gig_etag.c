
/*
 * Strong ETags, equal on every host that has the same catalog.  Of most things the body is
 * hashed, once, when it is made.  A list is asked for in more ways than are kept, so its
 * ETag is made of what its body follows from: never the generation, which is a host's own.
 */

#include "ngx_http_gig_deny.h"
#include "ngx_http_gig_response.h"

#include <assert.h>
#include <sodium.h>


/*
 * Raised with every change of how a list's JSON looks or what a query means: the catalog
 * is the same then, and the answer is not.  t/cache.t holds it against the bytes.
 */
#define NGX_HTTP_GIG_ETAG_VERSION   1


/* What a list says of its catalog; no padding, so that no chance is in it. */
typedef struct {
    uint64_t                   list_version;
    uint64_t                   image_version;
    uint64_t                   catalog;         /* the version, which the list shows */
    uint64_t                   seats;
    uint64_t                   drawn;
    int64_t                    slice;
} ngx_http_gig_etag_catalog_t;

static_assert(sizeof(ngx_http_gig_etag_catalog_t) == 6 * 8, "no padding");
static_assert(crypto_shorthash_siphashx24_BYTES == crypto_shorthash_siphashx24_KEYBYTES,
              "a hash is the next key");


/* So far; each part is hashed with what the ones before it gave as the key. */
typedef struct {
    unsigned char              hash[crypto_shorthash_siphashx24_BYTES];
} ngx_http_gig_etag_t;


static void ngx_http_gig_etag_start(ngx_http_gig_etag_t *etag);
static void ngx_http_gig_etag_add(ngx_http_gig_etag_t *etag, const void *data, size_t len);
static void ngx_http_gig_etag_set(ngx_http_gig_etag_t *etag, ngx_http_gig_bytes_t *bytes);


void
ngx_http_gig_etag(ngx_http_gig_bytes_t *bytes)
{
    ngx_http_gig_etag_t  etag;

    ngx_http_gig_etag_start(&etag);
    ngx_http_gig_etag_add(&etag, bytes->body[GIG_IDENTITY].data, bytes->body[GIG_IDENTITY].len);
    ngx_http_gig_etag_set(&etag, bytes);
}


void
ngx_http_gig_etag_list(ngx_http_gig_ctx_t *ctx, u_char *key, size_t len,
    ngx_http_gig_bytes_t *bytes)
{
    uint64_t                      denied;
    const gig_image_t            *image;
    ngx_http_gig_etag_t           etag;
    ngx_http_gig_etag_catalog_t   of;

    image = &ctx->view->image;
    denied = ngx_http_gig_deny_hash(ctx->board->denied);

    of.list_version = NGX_HTTP_GIG_ETAG_VERSION;
    of.image_version = GIG_IMAGE_VERSION;
    of.catalog = image->meta.version;
    of.seats = image->seats_digest;
    of.drawn = image->drawn;
    of.slice = ngx_http_gig_cache_from(ctx->board->cache);

    ngx_http_gig_etag_start(&etag);
    ngx_http_gig_etag_add(&etag, &of, sizeof(ngx_http_gig_etag_catalog_t));
    ngx_http_gig_etag_add(&etag, image->digest, sizeof(image->digest));

    if (denied) {
        ngx_http_gig_etag_add(&etag, &denied, sizeof(denied));
    }

    ngx_http_gig_etag_add(&etag, ctx->board->name.data, ctx->board->name.len);
    ngx_http_gig_etag_add(&etag, ctx->conf->base.data, ctx->conf->base.len);

    /* the cursor in it is signed: with another key the client needs another answer */
    ngx_http_gig_etag_add(&etag, bytes->link.data, bytes->link.len);

    /* without the head, which has an address of this process in it */
    ngx_http_gig_etag_add(&etag, key + NGX_HTTP_GIG_KEY_HEAD, len - NGX_HTTP_GIG_KEY_HEAD);

    ngx_http_gig_etag_set(&etag, bytes);
}


/* No secret, and the same everywhere. */

static void
ngx_http_gig_etag_start(ngx_http_gig_etag_t *etag)
{
    static const unsigned char  key[crypto_shorthash_siphashx24_KEYBYTES] = "gig etag";

    ngx_memcpy(etag->hash, key, sizeof(key));
}


static void
ngx_http_gig_etag_add(ngx_http_gig_etag_t *etag, const void *data, size_t len)
{
    unsigned char  key[crypto_shorthash_siphashx24_KEYBYTES];

    ngx_memcpy(key, etag->hash, sizeof(key));

    /* always 0 */
    (void) crypto_shorthash_siphashx24(etag->hash, data ? data : key, data ? len : 0, key);
}


static void
ngx_http_gig_etag_set(ngx_http_gig_etag_t *etag, ngx_http_gig_bytes_t *bytes)
{
    (void) ngx_hex_dump(bytes->hash, etag->hash, sizeof(etag->hash));

    ngx_http_gig_bytes_tag(bytes, GIG_IDENTITY);
}
