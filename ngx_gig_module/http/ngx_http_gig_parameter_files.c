
/* Parameters of a gig_board block that are about files, and what else they need. */

#include "ngx_http_gig_conf.h"

#include "gig_body.h"
#include "gig_file.h"


#define NGX_HTTP_GIG_FILES_MIN          (64 * 1024)
#define NGX_HTTP_GIG_FILES_WAITING      (64 * 1024 * 1024)
#define NGX_HTTP_GIG_FILES_WAITING_MIN  (1024 * 1024)


char *
ngx_http_gig_set_files(ngx_conf_t *cf, ngx_http_gig_board_t *board)
{
    ssize_t     size;
    ngx_str_t  *value;

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        board->files = 0;
        return NGX_CONF_OK;
    }

    size = ngx_parse_size(&value[1]);

    if (size >= NGX_HTTP_GIG_FILES_MIN && size <= GIG_FILES_BYTES) {
        board->files = (size_t) size;
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid \"files\" \"%V\" of gig_board \"%V\": it must be \"off\" or the "
                       "most bytes of an application's files, from 64k to 8m", &value[1],
                       &board->name);

    return NGX_CONF_ERROR;
}


char *
ngx_http_gig_set_files_waiting(ngx_conf_t *cf, ngx_http_gig_board_t *board)
{
    ssize_t     size;
    ngx_str_t  *value;

    value = cf->args->elts;
    size = ngx_parse_size(&value[1]);

    if (size >= NGX_HTTP_GIG_FILES_WAITING_MIN) {
        board->files_waiting = (size_t) size;
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid \"files_waiting\" \"%V\" of gig_board \"%V\": it must be a size of "
                       "at least 1m, as in \"64m\"", &value[1], &board->name);

    return NGX_CONF_ERROR;
}


void
ngx_http_gig_files_defaults(ngx_http_gig_board_t *board)
{
    ngx_conf_init_size_value(board->files, 0);
    ngx_conf_init_size_value(board->files_waiting, NGX_HTTP_GIG_FILES_WAITING);
}


/* nginx's own limit comes first and answers for us: said at the start, not to an applicant. */

void
ngx_http_gig_files_fit(ngx_conf_t *cf, ngx_http_gig_board_t *board,
    ngx_http_core_loc_conf_t *clcf)
{
    if (board->files == 0 || board->files == NGX_CONF_UNSET_SIZE
        || clcf->client_max_body_size == 0
        || clcf->client_max_body_size >= (off_t) board->files + GIG_BODY_MAX)
    {
        return;
    }

    ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                       "gig_board \"%V\" takes files of %uz bytes, but client_max_body_size of "
                       "location \"%V\" is %O: it must be at least %uz", &board->name,
                       board->files, &clcf->name, clcf->client_max_body_size,
                       board->files + GIG_BODY_MAX);
}
