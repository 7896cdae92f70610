
/*
 * The query string.  Names we do not know are ignored (campaign tags); a bad
 * value of one we know is a 400 that names it.
 */

#include "ngx_http_gig_request.h"

#include "gig_seal.h"
#include "gig_utf8.h"


#define NGX_HTTP_GIG_VALUE_MAX  256             /* bytes of a value, encoded */


static ngx_int_t ngx_http_gig_arg(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_str_t *name, ngx_str_t *value, ngx_uint_t *seen, gig_error_t *error);
static ngx_int_t ngx_http_gig_arg_limit(ngx_http_gig_args_t *args, ngx_str_t *value,
    gig_error_t *error);
static ngx_int_t ngx_http_gig_arg_state(ngx_http_gig_args_t *args, ngx_str_t *value,
    gig_error_t *error);
static ngx_int_t ngx_http_gig_arg_cursor(ngx_http_gig_ctx_t *ctx, ngx_str_t *value,
    gig_error_t *error);
static ngx_int_t ngx_http_gig_arg_decode(ngx_http_request_t *r, ngx_str_t *value);


enum {
    NGX_HTTP_GIG_ARG_LIMIT    = 1,
    NGX_HTTP_GIG_ARG_STATE    = 2,
    NGX_HTTP_GIG_ARG_CURSOR   = 4,
    NGX_HTTP_GIG_ARG_FORMAT   = 8,
    NGX_HTTP_GIG_ARG_SOURCE   = 16,
    NGX_HTTP_GIG_ARG_WITHDRAW = 32
};

/* route: which of the names mean something there; elsewhere they are ignored as unknown. */
static const struct {
    ngx_str_t   name;
    ngx_uint_t  bit;
    ngx_uint_t  list;                           /* means something on the list only */
} ngx_http_gig_arg_names[] = {
    { ngx_string("limit"),    NGX_HTTP_GIG_ARG_LIMIT,    1 },
    { ngx_string("state"),    NGX_HTTP_GIG_ARG_STATE,    1 },
    { ngx_string("cursor"),   NGX_HTTP_GIG_ARG_CURSOR,   1 },
    { ngx_string("format"),   NGX_HTTP_GIG_ARG_FORMAT,   0 },
    { ngx_string("source"),   NGX_HTTP_GIG_ARG_SOURCE,   0 },
    { ngx_string("ref"),      NGX_HTTP_GIG_ARG_SOURCE,   0 },
    { ngx_string("withdraw"), NGX_HTTP_GIG_ARG_WITHDRAW, 0 }
};


ngx_int_t
ngx_http_gig_args(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, gig_error_t *error)
{
    u_char      *p, *last, *end, *equals;
    ngx_str_t    name, value;
    ngx_uint_t   seen;

    ctx->args.state = GIG_LIST_OPEN;
    ctx->args.limit = NGX_HTTP_GIG_LIMIT;

    seen = 0;
    p = r->args.data;
    last = p + r->args.len;

    while (p < last) {

        end = ngx_strlchr(p, last, '&');
        if (end == NULL) {
            end = last;
        }

        equals = ngx_strlchr(p, end, '=');

        name.data = p;
        name.len = (equals ? equals : end) - p;

        value.data = equals ? equals + 1 : end;
        value.len = end - value.data;

        if (ngx_http_gig_arg(r, ctx, &name, &value, &seen, error) != NGX_OK) {
            return NGX_DECLINED;
        }

        p = end + 1;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_gig_arg(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, ngx_str_t *name,
    ngx_str_t *value, ngx_uint_t *seen, gig_error_t *error)
{
    ngx_uint_t            i, bit;
    ngx_http_gig_args_t  *args;

    for (i = 0; i < sizeof(ngx_http_gig_arg_names) / sizeof(ngx_http_gig_arg_names[0]); i++) {
        if (name->len == ngx_http_gig_arg_names[i].name.len
            && ngx_memcmp(name->data, ngx_http_gig_arg_names[i].name.data, name->len) == 0)
        {
            break;
        }
    }

    if (i == sizeof(ngx_http_gig_arg_names) / sizeof(ngx_http_gig_arg_names[0])
        || (ngx_http_gig_arg_names[i].list && ctx->route != NGX_HTTP_GIG_ROUTE_LIST))
    {
        return NGX_OK;
    }

    bit = ngx_http_gig_arg_names[i].bit;
    args = &ctx->args;

    /* nothing is refused because of where a visitor came from */
    if (bit == NGX_HTTP_GIG_ARG_SOURCE) {

        if (args->source.len == 0 && value->len <= NGX_HTTP_GIG_VALUE_MAX
            && ngx_http_gig_arg_decode(r, value) == NGX_OK)
        {
            args->source = *value;
        }

        return NGX_OK;
    }

    if (bit == NGX_HTTP_GIG_ARG_WITHDRAW) {
        args->withdraw = 1;
        return NGX_OK;
    }

    if (*seen & bit) {
        (void) gig_error_set(error, "", "The parameter \"%s\" is given twice; give it once.",
                             ngx_http_gig_arg_names[i].name.data);
        return NGX_DECLINED;
    }

    *seen |= bit;

    if (value->len > NGX_HTTP_GIG_VALUE_MAX || ngx_http_gig_arg_decode(r, value) != NGX_OK) {
        (void) gig_error_set(error, "", "The value of the parameter \"%s\" cannot be read: it must "
                             "be percent-encoded UTF-8 text of at most %d bytes.",
                             ngx_http_gig_arg_names[i].name.data, NGX_HTTP_GIG_VALUE_MAX);
        return NGX_DECLINED;
    }

    switch (bit) {

    case NGX_HTTP_GIG_ARG_LIMIT:
        return ngx_http_gig_arg_limit(args, value, error);

    case NGX_HTTP_GIG_ARG_STATE:
        return ngx_http_gig_arg_state(args, value, error);

    case NGX_HTTP_GIG_ARG_CURSOR:
        return ngx_http_gig_arg_cursor(ctx, value, error);

    default: /* NGX_HTTP_GIG_ARG_FORMAT */
        break;
    }

    args->format = 1;

    if (gig_str_is(ngx_http_gig_str(value), "json")) {
        args->json = 1;
        return NGX_OK;
    }

    if (gig_str_is(ngx_http_gig_str(value), "html")) {
        return NGX_OK;
    }

    args->format = 0;

    (void) gig_error_set(error, "", "The parameter \"format\" is \"%.*s\"; it must be \"json\" or "
                         "\"html\".", (int) value->len, value->data);
    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_gig_arg_limit(ngx_http_gig_args_t *args, ngx_str_t *value, gig_error_t *error)
{
    ngx_int_t  n;

    n = value->len <= 4 ? ngx_atoi(value->data, value->len) : NGX_ERROR;

    if (n < 1 || n > GIG_LIST_MAX) {
        (void) gig_error_set(error, "", "The parameter \"limit\" is \"%.*s\"; it must be a whole "
                             "number from 1 to %d.", (int) value->len, value->data, GIG_LIST_MAX);
        return NGX_DECLINED;
    }

    args->limit = (uint32_t) n;

    return NGX_OK;
}


static ngx_int_t
ngx_http_gig_arg_state(ngx_http_gig_args_t *args, ngx_str_t *value, gig_error_t *error)
{
    gig_str_t  state;

    state = ngx_http_gig_str(value);

    if (gig_str_is(state, "open")) {
        args->state = GIG_LIST_OPEN;

    } else if (gig_str_is(state, "scheduled")) {
        args->state = GIG_LIST_SCHEDULED;

    } else if (gig_str_is(state, "all")) {
        args->state = GIG_LIST_ALL;

    } else {
        (void) gig_error_set(error, "", "The parameter \"state\" is \"%.*s\"; it must be \"open\", "
                             "\"scheduled\" or \"all\".", (int) value->len, value->data);
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_gig_arg_cursor(ngx_http_gig_ctx_t *ctx, ngx_str_t *value, gig_error_t *error)
{
    gig_cursor_t          cursor;
    ngx_http_gig_args_t  *args;

    args = &ctx->args;

    if (gig_cursor_check(&ctx->board->cursors, ngx_http_gig_str(value), &cursor) != 0
        || cursor.sort != GIG_SORT_NEWEST)
    {
        (void) gig_error_set(error, "", "The parameter \"cursor\" is not one this board gave; it "
                             "must be \"next\" of the answer before, or be left out for the first "
                             "page.");
        return NGX_DECLINED;
    }

    args->after_posted = cursor.value;
    ngx_memcpy(args->after_id, cursor.id, sizeof(cursor.id));
    args->cursor = *value;
    args->after = 1;

    return NGX_OK;
}


/* In place would change r->args: a decoded value is a copy, one that needs none is a view. */

static ngx_int_t
ngx_http_gig_arg_decode(ngx_http_request_t *r, ngx_str_t *value)
{
    u_char     *p, *src, *last, *dst;
    ngx_int_t   c;
    ngx_str_t   text;

    last = value->data + value->len;

    for (p = value->data; p < last; p++) {
        if (*p == '%' || *p == '+') {
            break;
        }
    }

    text = *value;

    if (p < last) {

        text.data = ngx_pnalloc(r->pool, value->len);
        if (text.data == NULL) {
            return NGX_ERROR;
        }

        dst = text.data;

        for (src = value->data; src < last; src++) {

            if (*src == '+') {
                *dst++ = ' ';
                continue;
            }

            if (*src != '%') {
                *dst++ = *src;
                continue;
            }

            c = (last - src > 2) ? ngx_hextoi(src + 1, 2) : NGX_ERROR;

            if (c == NGX_ERROR) {
                return NGX_ERROR;
            }

            *dst++ = (u_char) c;
            src += 2;
        }

        text.len = dst - text.data;
    }

    if (!gig_utf8_clean(ngx_http_gig_str(&text), 0)) {
        return NGX_ERROR;
    }

    *value = text;

    return NGX_OK;
}
