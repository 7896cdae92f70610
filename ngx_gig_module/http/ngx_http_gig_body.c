
/* A request's body, handed on in pieces, and where the request came from. */

#include "ngx_http_gig_request.h"

#include <sodium.h>


#define NGX_HTTP_GIG_BODY_PIECE     4096        /* bytes read of a file at once */


static ngx_int_t ngx_http_gig_body_file(ngx_http_request_t *r, ngx_buf_t *b,
    gig_answers_reader_t *reader, gig_error_t *error);


off_t
ngx_http_gig_body_size(ngx_http_request_t *r)
{
    off_t         size;
    ngx_chain_t  *cl;

    size = 0;

    for (cl = r->request_body ? r->request_body->bufs : NULL; cl; cl = cl->next) {
        size += ngx_buf_size(cl->buf);
    }

    return size;
}


ngx_int_t
ngx_http_gig_body(ngx_http_request_t *r, gig_answers_reader_t *reader, gig_error_t *error)
{
    ngx_int_t     rc;
    gig_str_t     piece;
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    for (cl = r->request_body ? r->request_body->bufs : NULL; cl; cl = cl->next) {

        b = cl->buf;

        if (ngx_buf_in_memory(b)) {
            piece.data = (const char *) b->pos;
            piece.len = b->last - b->pos;
            rc = gig_answers_reader_feed(reader, piece, error) == 0 ? NGX_OK : NGX_DECLINED;

        } else if (b->in_file) {
            rc = ngx_http_gig_body_file(r, b, reader, error);

        } else {
            rc = NGX_OK;
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return gig_answers_reader_end(reader, error) == 0 ? NGX_OK : NGX_DECLINED;
}


/*
 * What did not fit into client_body_buffer_size.  nginx has taken the file's name away
 * when it made it (nothing here asks for a persistent one), so it ends with the request.
 */

static ngx_int_t
ngx_http_gig_body_file(ngx_http_request_t *r, ngx_buf_t *b, gig_answers_reader_t *reader,
    gig_error_t *error)
{
    off_t       at;
    u_char      bytes[NGX_HTTP_GIG_BODY_PIECE];
    size_t      size;
    ssize_t     n;
    ngx_int_t   rc;

    rc = NGX_OK;

    for (at = b->file_pos; rc == NGX_OK && at < b->file_last; at += n) {

        size = (size_t) ngx_min(b->file_last - at, NGX_HTTP_GIG_BODY_PIECE);
        n = ngx_read_file(b->file, bytes, size, at);

        if (n == NGX_ERROR || n == 0) {
            ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                          "the temporary file of a request body %s",
                          n == 0 ? "ended early" : "cannot be read");
            rc = NGX_ERROR;
            break;
        }

        if (gig_answers_reader_feed(reader, (gig_str_t) { (const char *) bytes, (size_t) n }, error)
            != 0)
        {
            rc = NGX_DECLINED;
        }
    }

    /* readable answers do not stay on the stack */
    sodium_memzero(bytes, sizeof(bytes));

    return rc;
}


ngx_str_t *
ngx_http_gig_header_in(ngx_http_request_t *r, const char *name, ngx_uint_t *times)
{
    size_t            len;
    ngx_str_t        *first;
    ngx_uint_t        i, n;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    len = ngx_strlen(name);
    first = NULL;
    n = 0;

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].key.len == len
                && ngx_strncasecmp(h[i].key.data, (u_char *) name, len) == 0)
            {
                first = first ? first : &h[i].value;
                n++;
            }
        }
    }

    if (times) {
        *times = n;
    }

    return first;
}


ngx_uint_t
ngx_http_gig_cross_site(ngx_http_request_t *r)
{
    u_char                   *host;
    size_t                    len;
    ngx_str_t                *site, *origin, *own;
    ngx_http_gig_loc_conf_t  *glcf;

    /* browsers set it and no page can change it */
    site = ngx_http_gig_header_in(r, "sec-fetch-site", NULL);

    if (site) {
        return site->len == sizeof("cross-site") - 1
               && ngx_strncmp(site->data, "cross-site", site->len) == 0;
    }

    origin = ngx_http_gig_header_in(r, "origin", NULL);

    if (origin == NULL) {
        return 0;
    }

    glcf = ngx_http_get_module_loc_conf(r, ngx_http_gig_module);
    own = &glcf->board->public_url;

    if (own->len > origin->len && own->data[origin->len] == '/'
        && ngx_strncasecmp(own->data, origin->data, origin->len) == 0)
    {
        return 0;
    }

    host = ngx_strnstr(origin->data, "://", origin->len);

    if (host == NULL || r->headers_in.host == NULL) {
        return 1;
    }

    host += 3;
    len = origin->data + origin->len - host;

    return len != r->headers_in.host->value.len
           || ngx_strncasecmp(host, r->headers_in.host->value.data, len) != 0;
}
