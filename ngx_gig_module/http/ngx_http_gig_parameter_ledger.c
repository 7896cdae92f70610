
/* Parameters of a gig_board block that are about its ledger. */

#include "ngx_http_gig_conf.h"


#define NGX_HTTP_GIG_LEDGER_SIZE        ((off_t) 1024 * 1024 * 1024)
#define NGX_HTTP_GIG_LEDGER_SIZE_MIN    ((off_t) 16 * 1024 * 1024)
#define NGX_HTTP_GIG_LEDGER_KEEP        (24 * 3600)
#define NGX_HTTP_GIG_LEDGER_MAX_AGE     (7 * 86400)
#define NGX_HTTP_GIG_LEDGER_MAX_AGE_MAX (14 * 86400)    /* Redis knows an id for 30 days */


static char *ngx_http_gig_set_age(ngx_conf_t *cf, ngx_http_gig_board_t *board, time_t *to,
    time_t least, time_t most, const char *right);


char *
ngx_http_gig_set_ledger(ngx_conf_t *cf, ngx_http_gig_board_t *board)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        board->ledger = 0;
        return NGX_CONF_OK;
    }

    if (ngx_strcmp(value[1].data, "on") == 0) {
        board->ledger = 1;
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid \"ledger\" \"%V\" of gig_board \"%V\": it must be \"on\" or "
                       "\"off\"", &value[1], &board->name);

    return NGX_CONF_ERROR;
}


char *
ngx_http_gig_set_ledger_size(ngx_conf_t *cf, ngx_http_gig_board_t *board)
{
    ngx_str_t  *value;

    value = cf->args->elts;
    board->ledger_size = ngx_parse_offset(&value[1]);

    if (board->ledger_size >= NGX_HTTP_GIG_LEDGER_SIZE_MIN) {
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid \"ledger_size\" \"%V\" of gig_board \"%V\": it must be a size of "
                       "at least 16m, as in \"1g\"", &value[1], &board->name);

    return NGX_CONF_ERROR;
}


char *
ngx_http_gig_set_ledger_keep(ngx_conf_t *cf, ngx_http_gig_board_t *board)
{
    return ngx_http_gig_set_age(cf, board, &board->ledger_keep, 0,
                                NGX_HTTP_GIG_LEDGER_MAX_AGE_MAX,
                                "must be a time of at most 14d, as in \"24h\"");
}


char *
ngx_http_gig_set_ledger_max_age(ngx_conf_t *cf, ngx_http_gig_board_t *board)
{
    return ngx_http_gig_set_age(cf, board, &board->ledger_max_age, 60,
                                NGX_HTTP_GIG_LEDGER_MAX_AGE_MAX,
                                "must be a time from 1m to 14d, as in \"7d\"");
}


static char *
ngx_http_gig_set_age(ngx_conf_t *cf, ngx_http_gig_board_t *board, time_t *to, time_t least,
    time_t most, const char *right)
{
    time_t      seconds;
    ngx_str_t  *value;

    value = cf->args->elts;
    seconds = ngx_parse_time(&value[1], 1);

    if (seconds != (time_t) NGX_ERROR && seconds >= least && seconds <= most) {
        *to = seconds;
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid \"%V\" \"%V\" of gig_board \"%V\": it %s",
                       &value[0], &value[1], &board->name, right);

    return NGX_CONF_ERROR;
}


void
ngx_http_gig_ledger_defaults(ngx_http_gig_board_t *board)
{
    ngx_conf_init_value(board->ledger, 1);
    ngx_conf_init_value(board->ledger_size, NGX_HTTP_GIG_LEDGER_SIZE);
    ngx_conf_init_value(board->ledger_keep, NGX_HTTP_GIG_LEDGER_KEEP);
    ngx_conf_init_value(board->ledger_max_age, NGX_HTTP_GIG_LEDGER_MAX_AGE);
}
