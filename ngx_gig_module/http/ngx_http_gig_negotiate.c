
/*
 * HTML or JSON, by Accept (RFC 9110, 12.5.1).  HTML must be asked for by name,
 * as browsers do; a bare wildcard or nothing gets JSON, but for a form post: who
 * sends a form wants a page, whatever sent it.
 */

#include "ngx_http_gig_request.h"


/* Where a media range names one of ours; the more exact range wins. */
typedef struct {
    ngx_uint_t                 exact;           /* 0 none, 1 all, 2 type and wildcard, 3 exact */
    ngx_uint_t                 quality;         /* thousandths */
} ngx_http_gig_accept_t;


static ngx_str_t *ngx_http_gig_accept_header(ngx_http_request_t *r);
static ngx_http_gig_format_t ngx_http_gig_format_by_default(ngx_http_request_t *r);
static void ngx_http_gig_accept(ngx_http_gig_accept_t *a, ngx_uint_t exact, ngx_uint_t quality);


ngx_http_gig_format_t
ngx_http_gig_negotiate(ngx_http_request_t *r)
{
    u_char                 *p, *last, *end, *type;
    size_t                  len;
    ngx_str_t              *value;
    ngx_uint_t              quality;
    ngx_http_gig_accept_t   html, json;

    value = ngx_http_gig_accept_header(r);

    if (value == NULL) {
        return ngx_http_gig_format_by_default(r);
    }

    ngx_memzero(&html, sizeof(ngx_http_gig_accept_t));
    ngx_memzero(&json, sizeof(ngx_http_gig_accept_t));

    p = value->data;
    last = p + value->len;

    while (p < last) {

        end = ngx_strlchr(p, last, ',');
        if (end == NULL) {
            end = last;
        }

        while (p < end && (*p == ' ' || *p == '\t')) {
            p++;
        }

        type = p;

        while (p < end && *p != ';' && *p != ' ' && *p != '\t') {
            p++;
        }

        len = p - type;
        quality = ngx_http_gig_quality(p, end);

        if (len == 9 && ngx_strncasecmp(type, (u_char *) "text/html", 9) == 0) {
            ngx_http_gig_accept(&html, 3, quality);

        } else if (len == 21
                   && ngx_strncasecmp(type, (u_char *) "application/xhtml+xml", 21) == 0)
        {
            /* says "a browser", not "JSON": kept out of the comparison */

        } else if ((len == 16 && ngx_strncasecmp(type, (u_char *) "application/json", 16) == 0)
                   || (len == 24
                       && ngx_strncasecmp(type, (u_char *) "application/problem+json", 24) == 0))
        {
            ngx_http_gig_accept(&json, 3, quality);

        } else if (len == 6 && ngx_strncasecmp(type, (u_char *) "text/*", 6) == 0) {
            ngx_http_gig_accept(&html, 2, quality);

        } else if (len == 13 && ngx_strncasecmp(type, (u_char *) "application/*", 13) == 0) {
            ngx_http_gig_accept(&json, 2, quality);

        } else if (len == 3 && ngx_strncmp(type, "*/*", 3) == 0) {
            ngx_http_gig_accept(&html, 1, quality);
            ngx_http_gig_accept(&json, 1, quality);
        }

        p = end + 1;
    }

    if (html.exact && html.quality == 0) {
        return NGX_HTTP_GIG_JSON;
    }

    if (html.quality != json.quality) {
        return html.quality > json.quality ? NGX_HTTP_GIG_HTML : NGX_HTTP_GIG_JSON;
    }

    if (html.exact != json.exact) {
        return html.exact > json.exact ? NGX_HTTP_GIG_HTML : NGX_HTTP_GIG_JSON;
    }

    return ngx_http_gig_format_by_default(r);
}


static ngx_http_gig_format_t
ngx_http_gig_format_by_default(ngx_http_request_t *r)
{
    ngx_str_t  *type;

    static ngx_str_t  form = ngx_string("application/x-www-form-urlencoded");

    type = r->headers_in.content_type ? &r->headers_in.content_type->value : NULL;

    if (type && type->len >= form.len && ngx_strncasecmp(type->data, form.data, form.len) == 0) {
        return NGX_HTTP_GIG_HTML;
    }

    return NGX_HTTP_GIG_JSON;
}


/* nginx keeps it in headers_in only with some modules built in. */

static ngx_str_t *
ngx_http_gig_accept_header(ngx_http_request_t *r)
{
#if (NGX_HTTP_HEADERS)

    return r->headers_in.accept ? &r->headers_in.accept->value : NULL;

#else

    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].key.len == 6 && ngx_strncasecmp(h[i].key.data, (u_char *) "accept", 6) == 0) {
                return &h[i].value;
            }
        }
    }

    return NULL;

#endif
}


static void
ngx_http_gig_accept(ngx_http_gig_accept_t *a, ngx_uint_t exact, ngx_uint_t quality)
{
    if (exact >= a->exact) {
        a->exact = exact;
        a->quality = quality;
    }
}


/* The weight in thousandths; what is malformed counts as 1000, as if it were not there. */

ngx_uint_t
ngx_http_gig_quality(u_char *p, u_char *last)
{
    ngx_uint_t  n, scale;

    for ( ; p + 2 < last; p++) {

        if ((p[0] == 'q' || p[0] == 'Q') && p[1] == '='
            && (p[-1] == ';' || p[-1] == ' ' || p[-1] == '\t'))
        {
            break;
        }
    }

    if (p + 2 >= last || p[2] != '0') {
        return 1000;
    }

    p += 3;

    if (p == last || *p != '.') {
        return 0;
    }

    n = 0;
    scale = 100;

    for (p++; p < last && *p >= '0' && *p <= '9' && scale; p++) {
        n += (*p - '0') * scale;
        scale /= 10;
    }

    return n;
}
