
/*
 * An application in the words of the Greenhouse Job Board API.  It is read, judged and remembered
 * like any other; what differs is whom it is taken from (who has a key, not who has a form), the
 * key it has when it brings none, and how it is answered.
 */

#include "ngx_http_gig_intake.h"

#include "gig_greenhouse.h"
#include "gig_lever.h"

#include <sodium.h>


#define NGX_HTTP_GIG_APPLY_BASIC_MAX  1024      /* characters of base64 */


static void ngx_http_gig_shape_forget(ngx_http_request_t *r);
static ngx_int_t ngx_http_gig_shape_hash(ngx_str_t *header, u_char hash[NGX_HTTP_GIG_KEY_HASH],
    ngx_uint_t *password);


/*
 * Basic has the key as the name of a user, which nginx would log as $remote_user: so the header is
 * emptied, and the user is none, whatever is logged later.
 */

static void
ngx_http_gig_shape_forget(ngx_http_request_t *r)
{
    ngx_str_t  *header;

    header = &r->headers_in.authorization->value;

    sodium_memzero(header->data, header->len);
    header->len = 0;

    /* not NULL: has been looked at, and there is none */

    r->headers_in.user.data = (u_char *) "";
    r->headers_in.user.len = 0;
    r->headers_in.passwd.data = (u_char *) "";
    r->headers_in.passwd.len = 0;
}


ngx_int_t
ngx_http_gig_shape_key(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    u_char      hash[NGX_HTTP_GIG_KEY_HASH];
    ngx_uint_t  password;

    ctx->authorised = ctx->conf->key
                      && ngx_http_gig_shape_hash(&r->headers_in.authorization->value, hash,
                                                 &password)
                         == NGX_OK
                      && !password && sodium_memcmp(hash, ctx->conf->key, sizeof(hash)) == 0;

    ngx_http_gig_shape_forget(r);

    return NGX_OK;
}


/*
 * Before the logs: what nginx refuses by itself (client_max_body_size, an address that lacks its
 * slash, a malformed request) never came to the location, nor did what was sent to a wrong address.
 */

ngx_int_t
ngx_http_gig_shape_log_handler(ngx_http_request_t *r)
{
    u_char                    *key, hash[NGX_HTTP_GIG_KEY_HASH];
    ngx_uint_t                 i, known, password;
    ngx_table_elt_t           *header;
    ngx_http_gig_loc_conf_t   *glcf;
    ngx_http_gig_main_conf_t  *gmcf;

    header = r->headers_in.authorization;

    if (header == NULL || header->value.len == 0) {
        return NGX_OK;
    }

    gmcf = ngx_http_get_module_main_conf(r, ngx_http_gig_module);
    glcf = ngx_http_get_module_loc_conf(r, ngx_http_gig_module);

    /* one that is wrong may be so by a letter; that of an include (log_subrequest) is its page's */

    known = (glcf->shape == NGX_HTTP_GIG_SHAPE_GREENHOUSE && r == r->main);

    if (!known && gmcf->keys
        && ngx_http_gig_shape_hash(&header->value, hash, &password) == NGX_OK)
    {
        key = gmcf->keys->elts;

        for (i = 0; i < gmcf->keys->nelts; i++) {
            known |= (sodium_memcmp(hash, key + i * sizeof(hash), sizeof(hash)) == 0);
        }
    }

    if (known) {
        ngx_http_gig_shape_forget(r);
    }

    return NGX_OK;
}


/*
 * Of what may be a key, which is compared as a hash, so that time tells neither its length nor
 * where it begins to differ.  password: there is one behind it.  NGX_DECLINED: it is none.
 */

static ngx_int_t
ngx_http_gig_shape_hash(ngx_str_t *header, u_char hash[NGX_HTTP_GIG_KEY_HASH],
    ngx_uint_t *password)
{
    u_char     *colon, text[ngx_base64_decoded_length(NGX_HTTP_GIG_APPLY_BASIC_MAX)];
    ngx_int_t   rc;
    ngx_str_t   encoded, user;

    if (header->len < sizeof("Basic ") - 1
        || ngx_strncasecmp(header->data, (u_char *) "Basic ", sizeof("Basic ") - 1) != 0)
    {
        return NGX_DECLINED;
    }

    encoded.data = header->data + sizeof("Basic ") - 1;
    encoded.len = header->len - (sizeof("Basic ") - 1);

    while (encoded.len && encoded.data[0] == ' ') {
        encoded.data++;
        encoded.len--;
    }

    user.data = text;

    if (encoded.len == 0 || encoded.len > NGX_HTTP_GIG_APPLY_BASIC_MAX
        || ngx_decode_base64(&user, &encoded) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    colon = ngx_strlchr(user.data, user.data + user.len, ':');
    *password = (colon && colon + 1 != user.data + user.len);

    if (colon) {
        user.len = colon - user.data;
    }

    rc = crypto_generichash(hash, NGX_HTTP_GIG_KEY_HASH, user.data, user.len, NULL, 0) == 0
         ? NGX_OK : NGX_DECLINED;

    sodium_memzero(text, sizeof(text));

    return rc;
}


ngx_int_t
ngx_http_gig_shape_apply(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    ngx_int_t         rc;
    ngx_table_elt_t  *header;

    static ngx_str_t  name = ngx_string("WWW-Authenticate");
    static ngx_str_t  basic = ngx_string("Basic realm=\"applications\"");

    if (!ctx->authorised) {
        rc = ngx_http_discard_request_body(r);

        if (rc != NGX_OK) {
            return rc;
        }

        header = ngx_http_gig_header_add(r, &name, &basic);
        if (header == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        r->headers_out.www_authenticate = header;

        ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_REFUSED, 1);
        ngx_str_set(&ctx->outcome, "refused");

        return ngx_http_gig_problem(r, ctx, NGX_HTTP_UNAUTHORIZED, "unauthorized",
                                    "Invalid Basic Auth credentials");
    }

    rc = NGX_OK;

    if (!ngx_http_gig_absolute(r, ctx)) {
        rc = NGX_HTTP_NOT_FOUND;

    } else if (ctx->view) {
        rc = ngx_http_gig_shape_named(r, ctx);
    }

    if (rc == NGX_HTTP_NOT_FOUND) {
        return ngx_http_gig_intake_unread(r, ctx, NGX_HTTP_NOT_FOUND, "not-found",
                                          "Job not found");
    }

    return rc == NGX_OK ? ngx_http_gig_applications(r, ctx) : rc;
}


/*
 * Of gig, e-mail and what was checked, with the board's secret: whoever guesses what was sent, and
 * could make the same key, would be told by the board's other address that it was, and be given
 * its receipt.
 */

ngx_int_t
ngx_http_gig_shape_digest(ngx_http_gig_intake_t *intake)
{
    gig_buf_t  canonical;
    ngx_int_t  rc;

    gig_buf_init(&canonical, 2 * GIG_BODY_MAX);
    gig_buf_room(&canonical, intake->texts);
    gig_answers_canonical(&intake->form, &intake->answers, &canonical);

    rc = NGX_HTTP_INTERNAL_SERVER_ERROR;

    if (!gig_buf_failed(&canonical)) {
        gig_content_key(&intake->ctx->board->secret, ngx_http_gig_str(&intake->ctx->id),
                        gig_answers_email(&intake->form, &intake->answers),
                        gig_buf_view(&canonical), intake->key);
        intake->key_len = GIG_HASH_TEXT - 1;
        rc = NGX_OK;
    }

    ngx_http_gig_wipe(&canonical);

    return rc;
}


ngx_int_t
ngx_http_gig_shape_saved(ngx_http_gig_intake_t *intake, ngx_http_gig_answer_t *answer)
{
    gig_buf_t  body;

    gig_buf_init(&body, NGX_HTTP_GIG_BODY_LIMIT);
    gig_buf_puts(&body, "{\"success\":\"Candidate saved successfully\"}");

    answer->status = NGX_HTTP_OK;
    answer->type = ngx_http_gig_type_json;

    return ngx_http_gig_send_buf(intake->request, intake->ctx, answer, &body);
}


void
ngx_http_gig_shape_problem(ngx_http_gig_ctx_t *ctx, ngx_uint_t status, const char *detail,
    const gig_errors_t *errors, gig_buf_t *body)
{
    const gig_form_t  *form;

    if (ctx->conf->shape == NGX_HTTP_GIG_SHAPE_LEVER) {
        gig_lever_problem(status == NGX_HTTP_NOT_FOUND ? "Document not found" : detail, body);
        return;
    }

    if (status == NGX_HTTP_NOT_FOUND) {
        detail = ctx->route == NGX_HTTP_GIG_ROUTE_SHAPE_JOB ? "Job not found"
                 : ctx->route == NGX_HTTP_GIG_ROUTE_SHAPE_DEPARTMENTS ? "Department not found"
                 : ctx->route == NGX_HTTP_GIG_ROUTE_SHAPE_OFFICES ? "Office not found" : detail;
    }

    form = ctx->intake && ctx->intake->form_loaded ? &ctx->intake->form : NULL;

    gig_greenhouse_problem((unsigned) status, detail, form, errors, body);
}
