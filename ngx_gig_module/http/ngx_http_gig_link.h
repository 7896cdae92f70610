
/*
 * The Redis link of a worker: one connection, pipelined, asynchronous.  It owns
 * the hiredis context; reconnects only by timer, with back-off and jitter.
 */

#ifndef _NGX_HTTP_GIG_LINK_H_INCLUDED_
#define _NGX_HTTP_GIG_LINK_H_INCLUDED_


#include "ngx_http_gig_connect.h"


typedef enum {
    NGX_HTTP_GIG_REPLY_OK,          /* reply is set; it may still be of any type */
    NGX_HTTP_GIG_REPLY_ERROR,       /* reply is an error Redis gave: its text starts with a code */
    NGX_HTTP_GIG_REPLY_UNAVAILABLE, /* -LOADING, -READONLY, -OOM ...: nothing was done */
    NGX_HTTP_GIG_REPLY_TIMEOUT,     /* outcome unknown */
    NGX_HTTP_GIG_REPLY_LOST         /* link died: outcome unknown */
} ngx_http_gig_reply_t;

/*
 * Called exactly once for each operation that was taken.  reply is NULL but for
 * OK, ERROR and UNAVAILABLE, and belongs to hiredis: copy what is kept.
 */
typedef void (*ngx_http_gig_reply_pt)(void *data, ngx_http_gig_reply_t what,
    const redisReply *reply);

/* An operation in flight; ngx_alloc'ed and freed by the link.  A caller that goes away detaches. */
typedef struct ngx_http_gig_op_s  ngx_http_gig_op_t;

typedef enum {
    NGX_HTTP_GIG_SCRIPT_JUDGE,
    NGX_HTTP_GIG_SCRIPT_WITHDRAW,
    NGX_HTTP_GIG_SCRIPT_SELFID,
    NGX_HTTP_GIG_SCRIPTS
} ngx_http_gig_script_t;

ngx_http_gig_link_t *ngx_http_gig_link_create(ngx_http_gig_board_t *board, ngx_cycle_t *cycle);
void ngx_http_gig_link_destroy(ngx_http_gig_link_t *link);     /* handlers run with LOST first */

ngx_uint_t ngx_http_gig_link_up(ngx_http_gig_link_t *link);

/* Up, and answers in time: an applicant may be kept waiting for it. */
ngx_uint_t ngx_http_gig_link_quick(ngx_http_gig_link_t *link);

/*
 * Sends a command (argv form only).  timeout in ms, not cancelable: it keeps a
 * worker that exits alive until the answer is there.  NULL: link down or
 * redis_in_flight reached; nothing was sent, the handler will not run.
 */
ngx_http_gig_op_t *ngx_http_gig_link_command(ngx_http_gig_link_t *link, ngx_msec_t timeout,
    ngx_http_gig_reply_pt handler, void *data, ngx_uint_t argc, const gig_str_t *argv);

/* EVALSHA of one of our scripts; NOSCRIPT is met by one EVAL, unseen by the caller. */
ngx_http_gig_op_t *ngx_http_gig_link_script(ngx_http_gig_link_t *link, ngx_msec_t timeout,
    ngx_http_gig_reply_pt handler, void *data, ngx_http_gig_script_t script,
    ngx_uint_t n_keys, ngx_uint_t argc, const gig_str_t *argv);

/* The handler will not be called; the reply, when it comes, is dropped.  */
void ngx_http_gig_op_detach(ngx_http_gig_op_t *op);

/* Which life of which Redis this is; of the last one while it is down. */
void ngx_http_gig_link_history(ngx_http_gig_link_t *link, ngx_http_gig_history_t *history);

/* For metrics and health. */
typedef struct {
    ngx_uint_t                up;
    ngx_uint_t                in_flight;
    ngx_uint_t                connects, losses, timeouts, refused;
    time_t                    since;        /* of up or down */
    char                      error[128];   /* why it is down; no secrets */
} ngx_http_gig_link_status_t;

void ngx_http_gig_link_status(ngx_http_gig_link_t *link, ngx_http_gig_link_status_t *status);


#endif /* _NGX_HTTP_GIG_LINK_H_INCLUDED_ */
