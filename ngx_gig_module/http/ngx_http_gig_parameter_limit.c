
/* Parameters of a gig_board block that are about how much is taken of whom. */

#include "ngx_http_gig_conf.h"


#define NGX_HTTP_GIG_LIMIT_APPLICANT      20
#define NGX_HTTP_GIG_LIMIT_APPLICANT_MAX  1000  /* below NGX_HTTP_GIG_LIMIT_COUNTS */


char *
ngx_http_gig_set_limit_applicant(ngx_conf_t *cf, ngx_http_gig_board_t *board)
{
    ngx_int_t   n;
    ngx_str_t  *value;

    value = cf->args->elts;

    n = ngx_strcmp(value[1].data, "off") == 0 ? 0 : ngx_atoi(value[1].data, value[1].len);

    if (n >= 0 && n <= NGX_HTTP_GIG_LIMIT_APPLICANT_MAX && (n > 0 || value[1].data[0] == 'o')) {
        board->limit_applicant.quota = n;
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid \"limit_applicant\" \"%V\" of gig_board \"%V\": it must be how "
                       "many applications a minute are taken of one applicant from one address, "
                       "1 to %d, or \"off\"",
                       &value[1], &board->name, NGX_HTTP_GIG_LIMIT_APPLICANT_MAX);

    return NGX_CONF_ERROR;
}


void
ngx_http_gig_limit_defaults(ngx_http_gig_board_t *board)
{
    board->limit_applicant.name = "applicant";
    ngx_conf_init_uint_value(board->limit_applicant.quota, NGX_HTTP_GIG_LIMIT_APPLICANT);
}
