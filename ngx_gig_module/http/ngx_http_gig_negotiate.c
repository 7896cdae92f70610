
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
static ngx_uint_t ngx_http_gig_quality(u_char *p, u_char *last);


ngx_http_gig_format_t
ngx_http_gig_negotiate(ngx_http_request_t *r)
{
    ngx_str_t              *value, rest, type;
    ngx_uint_t              quality;
    ngx_http_gig_accept_t   html, json;

    value = ngx_http_gig_accept_header(r);

    if (value == NULL) {
        return ngx_http_gig_format_by_default(r);
    }

    ngx_memzero(&html, sizeof(ngx_http_gig_accept_t));
    ngx_memzero(&json, sizeof(ngx_http_gig_accept_t));

    rest = *value;

    while (ngx_http_gig_accept_next(&rest, &type, &quality)) {

        /* application/xhtml+xml says "a browser", not "JSON": it is none of these */

        if (ngx_http_gig_accept_is(&type, "text/html")) {
            ngx_http_gig_accept(&html, 3, quality);

        } else if (ngx_http_gig_accept_is(&type, "application/json")
                   || ngx_http_gig_accept_is(&type, "application/problem+json"))
        {
            ngx_http_gig_accept(&json, 3, quality);

        } else if (ngx_http_gig_accept_is(&type, "text/*")) {
            ngx_http_gig_accept(&html, 2, quality);

        } else if (ngx_http_gig_accept_is(&type, "application/*")) {
            ngx_http_gig_accept(&json, 2, quality);

        } else if (ngx_http_gig_accept_is(&type, "*/*")) {
            ngx_http_gig_accept(&html, 1, quality);
            ngx_http_gig_accept(&json, 1, quality);
        }
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
    gig_str_t         boundary;
    gig_body_type_t   type;
    ngx_table_elt_t  *header;

    /* who posts a form is a browser, or does as one */
    header = r->headers_in.content_type;

    if (header && gig_body_type(ngx_http_gig_str(&header->value), &type, &boundary) == 0
        && type != GIG_BODY_JSON)
    {
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

    return ngx_http_gig_header_in(r, "accept", NULL);

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


/*
 * The next element of what Accept or Accept-Encoding lists, which is taken off rest: its
 * name without parameters, and its weight.  0: there is none any more.
 */

ngx_uint_t
ngx_http_gig_accept_next(ngx_str_t *rest, ngx_str_t *name, ngx_uint_t *quality)
{
    u_char  *p, *last, *end;

    if (rest->len == 0) {
        return 0;
    }

    p = rest->data;
    last = p + rest->len;

    end = ngx_strlchr(p, last, ',');
    if (end == NULL) {
        end = last;
    }

    rest->data = end < last ? end + 1 : last;
    rest->len = last - rest->data;

    while (p < end && (*p == ' ' || *p == '\t')) {
        p++;
    }

    name->data = p;

    while (p < end && *p != ';' && *p != ' ' && *p != '\t') {
        p++;
    }

    name->len = p - name->data;
    *quality = ngx_http_gig_quality(p, end);

    return 1;
}


ngx_uint_t
ngx_http_gig_accept_is(ngx_str_t *name, const char *text)
{
    return name->len == ngx_strlen(text)
           && ngx_strncasecmp(name->data, (u_char *) text, name->len) == 0;
}


/* The weight in thousandths; what is malformed counts as 1000, as if it were not there. */

static ngx_uint_t
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
