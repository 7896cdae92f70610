
/*
 * A company's own frame and style sheet, read and checked when the configuration is, and the
 * pages' policy (Content-Security-Policy) with what these and the origins that embed need.
 */

#include "ngx_http_gig_conf.h"
#include "ngx_http_gig_file.h"

#include "gig_origin.h"
#include "gig_url.h"


static ngx_uint_t ngx_http_gig_style_path(ngx_str_t *url);


static const ngx_http_gig_file_t  ngx_http_gig_layout_file = {
    "gig_layout", NULL, GIG_LAYOUT_MAX, 0
};


char *
ngx_http_gig_set_layout(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_gig_loc_conf_t  *glcf = conf;

    unsigned        line;
    ngx_str_t       path, text;
    ngx_uint_t      i;
    gig_error_t     err;
    gig_layout_t   *layout;

    if (glcf->layout != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    path = ((ngx_str_t *) cf->args->elts)[1];

    if (ngx_strcmp(path.data, "off") == 0) {
        glcf->layout = NULL;
        return NGX_CONF_OK;
    }

    if (ngx_conf_full_name(cf->cycle, &path, 1) != NGX_OK
        || ngx_http_gig_file_read(cf, &path, &ngx_http_gig_layout_file, &text) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    layout = ngx_palloc(cf->pool, sizeof(gig_layout_t));
    if (layout == NULL) {
        return NGX_CONF_ERROR;
    }

    if (gig_layout_read((gig_str_t) { (const char *) text.data, text.len }, layout, &line, &err)
        != 0)
    {
        if (line) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"gig_layout\" cannot be used: %V, line %ud: "
                               "%s", &path, line, err.detail);
        } else {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"gig_layout\" cannot be used: %V: %s", &path,
                               err.detail);
        }

        return NGX_CONF_ERROR;
    }

    for (i = 0; i < layout->n_warnings; i++) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0, "\"gig_layout\": %V, line %ud: %s", &path,
                           layout->warning[i].line, layout->warning[i].detail);
    }

    glcf->layout = layout;

    return NGX_CONF_OK;
}


char *
ngx_http_gig_set_style(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_gig_loc_conf_t  *glcf = conf;

    ngx_str_t    url;
    gig_str_t    text;
    gig_error_t  err;

    if (glcf->style_url.data) {
        return "is duplicate";
    }

    url = ((ngx_str_t *) cf->args->elts)[1];
    text = (gig_str_t) { (const char *) url.data, url.len };

    if (ngx_strcmp(url.data, "off") == 0) {
        ngx_str_set(&glcf->style_url, "");
        return NGX_CONF_OK;
    }

    /* its origin goes into the policy, so it must be one in every character */

    if (ngx_http_gig_style_path(&url)
        || (gig_url_valid(text, 0) && gig_origin_check(gig_origin_of(text), &err) == 0))
    {
        glcf->style_url = url;
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid \"gig_style\" \"%V\": it must be \"off\" or the address of a style "
                       "sheet, as \"/careers.css\" or \"https://www.example.com/careers.css\"",
                       &url);

    return NGX_CONF_ERROR;
}


/* A path of this host: not "//host/path". */

static ngx_uint_t
ngx_http_gig_style_path(ngx_str_t *url)
{
    size_t  i;

    if (url->len < 2 || url->len > GIG_URL_MAX || url->data[0] != '/' || url->data[1] == '/') {
        return 0;
    }

    for (i = 1; i < url->len; i++) {
        if (url->data[i] <= ' ' || url->data[i] >= 0x7f || ngx_strchr("\"\\'<>", url->data[i])) {
            return 0;
        }
    }

    return 1;
}


/* Made once for a location, when all that goes into it is merged. */

ngx_int_t
ngx_http_gig_csp(ngx_conf_t *cf, ngx_http_gig_loc_conf_t *conf)
{
    u_char      *p;
    size_t       len;
    gig_str_t    style;
    ngx_str_t   *origin;
    ngx_uint_t   i, n;

    static const char  policy[] =
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'%s%*s; "
        "%s%s%*s%simg-src 'self' https:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'self'";

    style = gig_str("");

    if (conf->style_url.len && conf->style_url.data[0] != '/') {
        style = gig_origin_of((gig_str_t) { (const char *) conf->style_url.data,
                                            conf->style_url.len });
    }

    origin = conf->origins ? conf->origins->elts : NULL;
    n = conf->origins ? conf->origins->nelts : 0;
    len = sizeof(policy) + sizeof("font-src 'self' ; ") + 2 * (style.len + 1);

    for (i = 0; i < n; i++) {
        len += 1 + origin[i].len;
    }

    p = ngx_pnalloc(cf->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    conf->csp.data = p;

    /* a company's style sheet brings its fonts, from where it comes from itself */

    p = ngx_sprintf(p, policy, style.len ? " " : "", style.len, style.data,
                    conf->style_url.len ? "font-src 'self'" : "", style.len ? " " : "", style.len,
                    style.data, conf->style_url.len ? "; " : "");

    for (i = 0; i < n; i++) {
        *p++ = ' ';
        p = ngx_cpymem(p, origin[i].data, origin[i].len);
    }

    conf->csp.len = p - conf->csp.data;

    return NGX_OK;
}
