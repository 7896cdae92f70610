
/*
 * Strong ETags, equal on every host that has the same catalog.  Of most things the body is
 * hashed, once, when it is made.  A list is asked for in more ways than are kept, so its
 * ETag is made of what its body follows from: never the generation, which is a host's own.
 */

#include "ngx_http_gig_response.h"

#include <sodium.h>


/*
 * Raised with every change of how a list's JSON looks or what a query means: the catalog
 * is the same then, and the answer is not.  t/cache.t holds it against the bytes.
 */
#define NGX_HTTP_GIG_ETAG_VERSION   1


/* What stands at the start of all that is hashed; no padding, so that no chance is in it. */
typedef struct {
    uint64_t                   list_version;
    uint64_t                   image_version;   /* of the format, and of the fragments in it */
    uint64_t                   catalog;         /* the version, which the list shows */
    uint64_t                   seats;
    uint64_t                   places;
    int64_t                    slice;
    uint64_t                   board_len, base_len, link_len, key_len;
} ngx_http_gig_etag_head_t;


static void ngx_http_gig_etag_set(ngx_http_gig_bytes_t *bytes, unsigned char *hash, size_t len);


void
ngx_http_gig_etag(ngx_http_gig_bytes_t *bytes)
{
    unsigned char  hash[crypto_shorthash_siphashx24_BYTES];

    /* no secret, and the same everywhere */
    static const unsigned char  key[crypto_shorthash_siphashx24_KEYBYTES] = "gig etag";

    (void) crypto_shorthash_siphashx24(hash, bytes->body[GIG_IDENTITY].data,
                                       bytes->body[GIG_IDENTITY].len, key);

    ngx_http_gig_etag_set(bytes, hash, sizeof(hash));
}


void
ngx_http_gig_etag_list(ngx_http_gig_ctx_t *ctx, u_char *key, size_t len,
    ngx_http_gig_bytes_t *bytes)
{
    unsigned char              hash[NGX_HTTP_GIG_HASH_LEN / 2];
    ngx_str_t                 *base, *board;
    const gig_image_t         *image;
    ngx_http_gig_etag_head_t   head;
    crypto_generichash_state   state;

    image = &ctx->view->image;
    base = &ctx->conf->base;
    board = &ctx->board->name;

    /* the key without its head, which has an address of this process in it */
    key += NGX_HTTP_GIG_KEY_HEAD;
    len -= NGX_HTTP_GIG_KEY_HEAD;

    ngx_memzero(&head, sizeof(ngx_http_gig_etag_head_t));

    head.list_version = NGX_HTTP_GIG_ETAG_VERSION;
    head.image_version = GIG_IMAGE_VERSION;
    head.catalog = image->meta.version;
    head.seats = image->seats_digest;
    head.places = gig_place_names_hash(ctx->board->place_names);
    head.slice = ngx_http_gig_cache_from(ctx->board->cache);
    head.board_len = board->len;
    head.base_len = base->len;
    head.link_len = bytes->link.len;
    head.key_len = len;

    /* these fail with a wrong length only */
    (void) crypto_generichash_init(&state, NULL, 0, sizeof(hash));
    (void) crypto_generichash_update(&state, (unsigned char *) &head, sizeof(head));
    (void) crypto_generichash_update(&state, image->digest, sizeof(image->digest));
    (void) crypto_generichash_update(&state, board->data, board->len);
    (void) crypto_generichash_update(&state, base->data, base->len);

    /* the cursor is signed, so that hosts with different keys differ by it */
    (void) crypto_generichash_update(&state, bytes->link.data, bytes->link.len);
    (void) crypto_generichash_update(&state, key, len);
    (void) crypto_generichash_final(&state, hash, sizeof(hash));

    ngx_http_gig_etag_set(bytes, hash, sizeof(hash));
}


static void
ngx_http_gig_etag_set(ngx_http_gig_bytes_t *bytes, unsigned char *hash, size_t len)
{
    (void) ngx_hex_dump(bytes->hash, hash, len);

    ngx_http_gig_bytes_tag(bytes, GIG_IDENTITY);
}
