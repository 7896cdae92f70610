
/* gig_health: 200 or 503 and a JSON line a board; ?for=read (default) or intake. */

#include "ngx_http_gig_response.h"
#include "ngx_http_gig_shm.h"
#include "ngx_http_gig_keeper.h"
#include "ngx_http_gig_link.h"


static void ngx_http_gig_health_line(ngx_http_gig_board_t *board, gig_buf_t *body,
    ngx_uint_t *reads, ngx_uint_t *intake);


ngx_int_t
ngx_http_gig_health_handler(ngx_http_request_t *r)
{
    ngx_int_t                   rc;
    ngx_str_t                   what;
    ngx_uint_t                  i, reads, intake, all_read, all_take, ask;
    gig_buf_t                   body;
    ngx_http_gig_board_t      **board;
    ngx_http_gig_main_conf_t   *gmcf;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    ask = 0;

    if (ngx_http_arg(r, (u_char *) "for", 3, &what) == NGX_OK) {

        if (what.len == 6 && ngx_strncmp(what.data, "intake", 6) == 0) {
            ask = 1;

        } else if (what.len != 4 || ngx_strncmp(what.data, "read", 4) != 0) {
            return NGX_HTTP_BAD_REQUEST;
        }
    }

    gmcf = ngx_http_get_module_main_conf(r, ngx_http_gig_module);
    board = gmcf->boards.elts;

    gig_buf_init(&body, NGX_HTTP_GIG_BODY_LIMIT);
    all_read = 1;
    all_take = 1;

    for (i = 0; i < gmcf->boards.nelts; i++) {

        if (!board[i]->used) {
            continue;
        }

        ngx_http_gig_health_line(board[i], &body, &reads, &intake);

        all_read = all_read && reads;
        all_take = all_take && intake;
    }

    return ngx_http_gig_plain_send(r, (ask ? all_take : all_read) ? NGX_HTTP_OK
                                                                  : NGX_HTTP_SERVICE_UNAVAILABLE,
                                   &ngx_http_gig_type_json, &body);
}


static void
ngx_http_gig_health_line(ngx_http_gig_board_t *board, gig_buf_t *body, ngx_uint_t *reads,
    ngx_uint_t *intake)
{
    time_t                         age;
    ngx_uint_t                     stale;
    ngx_http_gig_view_t           *view;
    ngx_http_gig_link_status_t     link;
    ngx_http_gig_keeper_status_t   keeper;

    ngx_memzero(&link, sizeof(ngx_http_gig_link_status_t));
    ngx_memzero(&keeper, sizeof(ngx_http_gig_keeper_status_t));

    view = ngx_http_gig_catalog_view(board);
    ngx_http_gig_link_status(board->link, &link);
    ngx_http_gig_keeper_status(board, &keeper);

    age = 0;
    stale = view ? ngx_http_gig_catalog_stale(board, &age) : 0;

    *reads = (view != NULL);
    *intake = (view != NULL && (link.up || board->ledger) && board->secret_set && board->sealed
               && ngx_http_gig_drained(board) == -1);

    gig_buf_printf(body, "{\"board\":\"%.*s\",\"read\":%s,\"intake\":%s,\"redis\":%s,",
                   (int) board->name.len, board->name.data, *reads ? "true" : "false",
                   *intake ? "true" : "false", link.up ? "true" : "false");

    if (view) {
        gig_buf_printf(body, "\"version\":%llu,\"gigs\":%u,",
                       (unsigned long long) view->image.meta.version, view->image.n);
    }

    gig_buf_printf(body, "\"stale\":%s,\"age\":%lld,\"gap\":%zu,\"keys\":%s,\"drained\":%s}\n",
                   stale ? "true" : "false", (long long) age, ngx_http_gig_gap(board),
                   board->secret_set && board->sealed ? "true" : "false",
                   ngx_http_gig_drained(board) == -1 ? "false" : "true");
}
