
/* What `gig` takes besides for a location that looks like another system's API. */

#include "ngx_http_gig_conf.h"


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
