
/* Counted bytes of a body: held by the cache and by each response on its way. */

#include "ngx_http_gig_response.h"


static size_t  ngx_http_gig_bytes_counted;      /* of all that are held; the event loop's */


ngx_http_gig_bytes_t *
ngx_http_gig_bytes_make(gig_buf_t *body, ngx_uint_t status, ngx_str_t *type, ngx_str_t *link)
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
    bytes->type = type;

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

    ngx_http_gig_bytes_counted -= bytes->held;

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


void
ngx_http_gig_bytes_hold(ngx_http_gig_bytes_t *bytes)
{
    /* a cache counts what it keeps */

    if (bytes->held == 0 && bytes->entry == NULL) {
        bytes->held = ngx_http_gig_bytes_size(bytes);
        ngx_http_gig_bytes_counted += bytes->held;
    }
}


size_t
ngx_http_gig_bytes_held(void)
{
    return ngx_http_gig_bytes_counted;
}


/* A representation has an ETag of its own: "HASH", "HASH-gzip", "HASH-br". */

void
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
    if (shorter) {
        data = shorter;
    }

    body->data = (u_char *) data;
    body->len = len;

    ngx_http_gig_bytes_tag(bytes, encoding);

    return len;
}
