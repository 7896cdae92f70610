
/*
 * The module's table and the life of a process: what the master makes, what a
 * worker starts and takes down.  A board that no location uses starts nothing.
 */

#include "ngx_http_gig_conf.h"
#include "ngx_http_gig_bulk.h"
#include "ngx_http_gig_catalog.h"
#include "ngx_http_gig_deny.h"
#include "ngx_http_gig_guard.h"
#include "ngx_http_gig_intake.h"
#include "ngx_http_gig_keeper.h"
#include "ngx_http_gig_ledger.h"
#include "ngx_http_gig_link.h"
#include "ngx_http_gig_request.h"
#include "ngx_http_gig_response.h"
#include "ngx_http_gig_self_id.h"


static ngx_http_gig_board_t **ngx_http_gig_boards(ngx_cycle_t *cycle, ngx_uint_t *n);
static ngx_int_t ngx_http_gig_postconfiguration(ngx_conf_t *cf);
static ngx_int_t ngx_http_gig_init_module(ngx_cycle_t *cycle);
static ngx_int_t ngx_http_gig_init_process(ngx_cycle_t *cycle);
static void ngx_http_gig_exit_process(ngx_cycle_t *cycle);
static void ngx_http_gig_exit_master(ngx_cycle_t *cycle);
static ngx_int_t ngx_http_gig_start_board(ngx_http_gig_board_t *board, ngx_cycle_t *cycle);


static ngx_http_module_t  ngx_http_gig_module_ctx = {
    ngx_http_gig_variables_add,            /* preconfiguration */
    ngx_http_gig_postconfiguration,        /* postconfiguration */

    ngx_http_gig_create_main_conf,         /* create main configuration */
    ngx_http_gig_init_main_conf,           /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_gig_create_loc_conf,          /* create location configuration */
    ngx_http_gig_merge_loc_conf            /* merge location configuration */
};


ngx_module_t  ngx_http_gig_module = {
    NGX_MODULE_V1,
    &ngx_http_gig_module_ctx,              /* module context */
    ngx_http_gig_commands,                 /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    ngx_http_gig_init_module,              /* init module */
    ngx_http_gig_init_process,             /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_http_gig_exit_process,             /* exit process */
    ngx_http_gig_exit_master,              /* exit master */
    NGX_MODULE_V1_PADDING
};


/* Those of a configuration; none without http {}. */

static ngx_http_gig_board_t **
ngx_http_gig_boards(ngx_cycle_t *cycle, ngx_uint_t *n)
{
    ngx_http_gig_main_conf_t  *gmcf;

    gmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_gig_module);

    *n = gmcf ? gmcf->boards.nelts : 0;

    return gmcf ? gmcf->boards.elts : NULL;
}


static ngx_int_t
ngx_http_gig_postconfiguration(ngx_conf_t *cf)
{
    if (ngx_http_gig_route_init(cf) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_gig_origin_init(cf);
}


static ngx_int_t
ngx_http_gig_init_module(ngx_cycle_t *cycle)
{
    ngx_uint_t              i, n;
    ngx_http_gig_board_t  **board;

    if (ngx_test_config) {
        return NGX_OK;
    }

    board = ngx_http_gig_boards(cycle, &n);

    for (i = 0; i < n; i++) {

        if (!board[i]->used) {
            continue;
        }

        if (!board[i]->ledger) {
            ngx_log_error(NGX_LOG_NOTICE, cycle->log, 0,
                          "gig_board \"%V\": \"ledger off\" is in force: an application that was "
                          "acknowledged is as safe as the Redis it is queued in",
                          &board[i]->name);
        }

        if (ngx_http_gig_state_make(board[i], cycle) == NGX_OK) {
            continue;
        }

        /*
         * An error here would end a running master at a reload.  The board then
         * goes on without a folder: what the error log says, and no image.
         */
        if (ngx_is_init_cycle(cycle->old_cycle)) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_gig_init_process(ngx_cycle_t *cycle)
{
    ngx_uint_t              i, n;
    ngx_http_gig_board_t  **board;

    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE) {
        return NGX_OK;
    }

    board = ngx_http_gig_boards(cycle, &n);

    for (i = 0; i < n; i++) {
        if (board[i]->used && ngx_http_gig_start_board(board[i], cycle) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_gig_start_board(ngx_http_gig_board_t *board, ngx_cycle_t *cycle)
{
    static ngx_str_t  name = ngx_string("gig");

    ngx_thread_pool_t  *pool;

    /* `thread_pool gig` may come after http {}: look again now that all was read */
    pool = ngx_thread_pool_get(cycle, &name);
    if (pool != NULL) {
        board->pool = pool;
    }

    ngx_rbtree_init(&board->intakes, &board->intakes_sentinel, ngx_str_rbtree_insert_value);
    ngx_http_gig_sign_init(board, cycle);

    if (board->sealed) {
        gig_sealer_init(&board->sealer, &board->seal_key);
    }

    board->cache = ngx_http_gig_cache_create(board, cycle);
    if (board->cache == NULL) {
        return NGX_ERROR;
    }

    board->search = gig_search_create();
    board->asked = ngx_palloc(cycle->pool, sizeof(ngx_http_gig_asked_t));

    if (board->search == NULL || board->asked == NULL) {
        return NGX_ERROR;
    }

    if (board->deny.len) {
        board->denied = ngx_http_gig_deny_create(board, cycle);
        if (board->denied == NULL) {
            return NGX_ERROR;
        }
    }

    if (ngx_http_gig_catalog_init(board, cycle) != NGX_OK) {
        return NGX_ERROR;
    }

    board->link = ngx_http_gig_link_create(board, cycle);
    if (board->link == NULL) {
        return NGX_ERROR;
    }

    if (board->files) {
        board->guard = ngx_http_gig_guard_create(board, cycle);
        if (board->guard == NULL) {
            return NGX_ERROR;
        }
    }

    if (board->ledger) {
        board->records = ngx_http_gig_ledger_create(board, cycle);
        if (board->records == NULL) {
            return NGX_ERROR;
        }
    }

    return ngx_http_gig_keeper_init(board, cycle);
}


/* In the reverse order of start; each takes a board that did not get that far. */

static void
ngx_http_gig_exit_process(ngx_cycle_t *cycle)
{
    ngx_uint_t              i, n;
    ngx_http_gig_board_t  **board;

    board = ngx_http_gig_boards(cycle, &n);

    for (i = 0; i < n; i++) {

        if (board[i]->keeper) {
            ngx_http_gig_keeper_done(board[i]);
        }

        /* the ledger after the link: what was in flight hears of its end */

        if (board[i]->link) {
            ngx_http_gig_link_destroy(board[i]->link);
        }

        if (board[i]->records) {
            ngx_http_gig_ledger_destroy(board[i]->records);
            board[i]->records = NULL;
        }

        board[i]->link = NULL;

        if (board[i]->guard) {
            ngx_http_gig_guard_destroy(board[i]->guard);
            board[i]->guard = NULL;
        }

        ngx_http_gig_bulk_done(board[i]);

        if (board[i]->catalog) {
            ngx_http_gig_catalog_done(board[i]);
        }

        ngx_http_gig_deny_destroy(board[i]->denied);
        board[i]->denied = NULL;

        if (board[i]->cache) {
            ngx_http_gig_cache_destroy(board[i]->cache);
            board[i]->cache = NULL;
        }

        ngx_http_gig_forms_free(board[i]);
        gig_search_free(board[i]->search);
        board[i]->search = NULL;

        if (board[i]->used && board[i]->sealed) {
            gig_sealer_wipe(&board[i]->sealer);
        }
    }
}


static void
ngx_http_gig_exit_master(ngx_cycle_t *cycle)
{
    ngx_uint_t              i, n;
    ngx_http_gig_board_t  **board;

    board = ngx_http_gig_boards(cycle, &n);

    for (i = 0; i < n; i++) {
        if (board[i]->used) {
            ngx_http_gig_self_id_end(board[i], cycle->log);
        }
    }
}
