
/* What `gig` takes besides for a location that looks like another system's API. */

#include "ngx_http_gig_conf.h"
#include "ngx_http_gig_file.h"

#include <sodium.h>


#define NGX_HTTP_GIG_APPLY_KEY_MIN  16          /* characters: nobody guesses so many */
#define NGX_HTTP_GIG_APPLY_KEY_MAX  256

static const ngx_http_gig_file_t  ngx_http_gig_key_file = {
    "key_file=", "\"openssl rand -hex 32\" prints what may stand in it",
    NGX_HTTP_GIG_KEY_FILE_MAX, 1
};

static const struct {
    ngx_str_t             name;
    ngx_http_gig_shape_t  shape;
} ngx_http_gig_shapes[] = {
    { ngx_string("greenhouse"), NGX_HTTP_GIG_SHAPE_GREENHOUSE },
    { ngx_string("lever"), NGX_HTTP_GIG_SHAPE_LEVER },
};


ngx_int_t
ngx_http_gig_set_as(ngx_conf_t *cf, ngx_http_gig_loc_conf_t *glcf, ngx_str_t *value)
{
    ngx_uint_t  i;

    for (i = 0; i < sizeof(ngx_http_gig_shapes) / sizeof(ngx_http_gig_shapes[0]); i++) {

        if (ngx_http_gig_shapes[i].name.len == value->len
            && ngx_strncmp(ngx_http_gig_shapes[i].name.data, value->data, value->len) == 0)
        {
            glcf->shape = ngx_http_gig_shapes[i].shape;
            return NGX_OK;
        }
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid \"as=%V\" of \"gig\": it must be "
                       "\"as=greenhouse\" or \"as=lever\"", value);

    return NGX_ERROR;
}


/* Who may send applications.  Only its hash is kept, so that no core dump nor log can have it. */

ngx_int_t
ngx_http_gig_set_key_file(ngx_conf_t *cf, ngx_http_gig_loc_conf_t *glcf, ngx_str_t *value)
{
    u_char                    *hash;
    size_t                     i, size;
    ngx_int_t                  rc;
    ngx_str_t                  path, text;
    ngx_http_gig_main_conf_t  *gmcf;

    gmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_gig_module);

    if (gmcf->keys == NULL) {
        gmcf->keys = ngx_array_create(cf->pool, 1, NGX_HTTP_GIG_KEY_HASH);
        if (gmcf->keys == NULL) {
            return NGX_ERROR;
        }
    }

    path = *value;

    if (ngx_conf_full_name(cf->cycle, &path, 1) != NGX_OK
        || ngx_http_gig_file_read(cf, &path, &ngx_http_gig_key_file, &text) != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = NGX_ERROR;
    size = text.len;

    while (text.len && (text.data[text.len - 1] == '\n' || text.data[text.len - 1] == '\r')) {
        text.len--;
    }

    /* as Basic can send it: without a colon */

    for (i = 0; i < text.len; i++) {
        if (text.data[i] <= ' ' || text.data[i] >= 0x7f || text.data[i] == ':') {
            break;
        }
    }

    if (i != text.len || text.len < NGX_HTTP_GIG_APPLY_KEY_MIN
        || text.len > NGX_HTTP_GIG_APPLY_KEY_MAX)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the key file \"%V\" must hold one line of %d to %d printable "
                           "characters without blanks and \":\"; \"openssl rand -hex 32\" makes "
                           "such a key", &path, NGX_HTTP_GIG_APPLY_KEY_MIN,
                           NGX_HTTP_GIG_APPLY_KEY_MAX);
        goto done;
    }

    glcf->key = ngx_palloc(cf->pool, NGX_HTTP_GIG_KEY_HASH);

    hash = ngx_array_push(gmcf->keys);

    if (glcf->key != NULL && hash != NULL
        && crypto_generichash(glcf->key, NGX_HTTP_GIG_KEY_HASH, text.data, text.len, NULL, 0) == 0)
    {
        ngx_memcpy(hash, glcf->key, NGX_HTTP_GIG_KEY_HASH);
        rc = NGX_OK;
    }

done:

    sodium_memzero(text.data, size);

    return rc;
}


/* At the directive: what does not go together. */

ngx_int_t
ngx_http_gig_shape_options(ngx_conf_t *cf, ngx_http_gig_loc_conf_t *glcf)
{
    if (glcf->key && glcf->shape != NGX_HTTP_GIG_SHAPE_GREENHOUSE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"key_file=\" is for \"as=greenhouse\": nothing "
                           "else takes applications by a key");
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* At the merge, when the board's block was read wherever it stands. */

void
ngx_http_gig_shape_fit(ngx_conf_t *cf, ngx_http_gig_loc_conf_t *glcf)
{
    if (glcf->shape && glcf->board->public_url.len == 0) {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "\"gig %V as=...\" in the location \"%V\" answers 404 as long as gig_board "
                      "\"%V\" has no \"public_url\": every gig is told there with its whole "
                      "address", &glcf->board->name, &glcf->prefix, &glcf->board->name);
    }
}
