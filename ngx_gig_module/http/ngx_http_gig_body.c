
/* A request's body in one piece, and where the request came from. */

#include "ngx_http_gig_request.h"


static ngx_int_t ngx_http_gig_body_copy(ngx_http_request_t *r, ngx_buf_t *b, u_char *p,
    size_t size);


/* None, one buffer, several, a temporary file, or memory and file mixed. */

ngx_int_t
ngx_http_gig_body(ngx_http_request_t *r, gig_str_t *body)
{
    off_t         size;
    u_char       *p;
    size_t        len;
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    *body = gig_null_str;

    if (r->request_body == NULL || r->request_body->bufs == NULL) {
        return NGX_OK;
    }

    cl = r->request_body->bufs;
    size = 0;

    for ( ; cl; cl = cl->next) {
        size += ngx_buf_size(cl->buf);

        if (size > GIG_BODY_MAX) {
            return NGX_DECLINED;
        }
    }

    if (size == 0) {
        return NGX_OK;
    }

    cl = r->request_body->bufs;
    b = cl->buf;

    if (cl->next == NULL && ngx_buf_in_memory(b)) {
        body->data = (const char *) b->pos;
        body->len = b->last - b->pos;
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, (size_t) size);
    if (p == NULL) {
        return NGX_ERROR;
    }

    body->data = (const char *) p;
    body->len = (size_t) size;

    for ( ; cl; cl = cl->next) {

        len = (size_t) ngx_buf_size(cl->buf);

        if (ngx_http_gig_body_copy(r, cl->buf, p, len) != NGX_OK) {
            return NGX_ERROR;
        }

        p += len;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_gig_body_copy(ngx_http_request_t *r, ngx_buf_t *b, u_char *p, size_t size)
{
    size_t   done;
    ssize_t  n;

    if (ngx_buf_in_memory(b)) {
        ngx_memcpy(p, b->pos, size);
        return NGX_OK;
    }

    for (done = 0; done < size; done += n) {

        n = ngx_read_file(b->file, p + done, size - done, b->file_pos + done);

        if (n == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (n == 0) {
            ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                          "the temporary file of a request body ended early");
            return NGX_ERROR;
        }
    }

    return NGX_OK;
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
