
/* Counted bytes of a body: held by the cache and by each response on its way. */

#include "ngx_http_gig_response.h"

#include <sodium.h>


ngx_http_gig_bytes_t *
ngx_http_gig_bytes_make(gig_buf_t *body, ngx_uint_t status, ngx_str_t *link)
{
    size_t                 len;
    unsigned char          hash[16];
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

    /*
     * The strong ETag is a hash of the body: the body follows from the catalog,
     * the time slice, the location and the query alone, so hosts agree on it,
     * and a full gig, which the catalog's digest does not know, changes it too.
     */
    (void) crypto_generichash(hash, sizeof(hash), (unsigned char *) body->data, body->len, NULL,
                              0);

    bytes->etag[0] = '"';
    (void) ngx_hex_dump(bytes->etag + 1, hash, sizeof(hash));
    bytes->etag[NGX_HTTP_GIG_ETAG_LEN - 1] = '"';

    bytes->data = (u_char *) body->data;
    bytes->len = body->len;

    gig_buf_init(body, body->limit);

    return bytes;
}


void
ngx_http_gig_bytes_release(ngx_http_gig_bytes_t *bytes)
{
    if (--bytes->refs) {
        return;
    }

    free(bytes->data);
    ngx_free(bytes);
}
