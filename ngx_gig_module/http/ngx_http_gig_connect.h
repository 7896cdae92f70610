
/*
 * One connection to a board's Redis, kept up: resolve, connect, AUTH, SELECT,
 * INFO and `ready`, up; down again: a timer with back-off and jitter, never
 * inline.  Both the intake's link and the keeper own one.
 */

#ifndef _NGX_HTTP_GIG_CONNECT_H_INCLUDED_
#define _NGX_HTTP_GIG_CONNECT_H_INCLUDED_


#include "ngx_http_gig.h"

#include <hiredis/hiredis.h>
#include <hiredis/async.h>


#define NGX_HTTP_GIG_CONNECT_TIMEOUT    3000        /* ms from the first packet to up */
#define NGX_HTTP_GIG_CONNECT_DELAY      50          /* ms before the first new attempt */
#define NGX_HTTP_GIG_CONNECT_DELAY_MAX  2000        /* it doubles up to this */
#define NGX_HTTP_GIG_CONNECT_STEADY     2           /* s of being up after which it starts over */
#define NGX_HTTP_GIG_PING_INTERVAL      5000        /* ms; no answer until the next one: down */
#define NGX_HTTP_GIG_ARGC_MAX           80
#define NGX_HTTP_GIG_ERROR_MAX          128


typedef struct ngx_http_gig_connect_s  ngx_http_gig_connect_t;

/*
 * What tells one life of a Redis from another: its replication id and the `ready` of its last
 * rebuild.  A cursor in `changes` may mean nothing in another life.
 */
typedef struct {
    char                      replid[48];
    char                      ready[GIG_READY_MAX];     /* empty: absent */
    unsigned                  master:1;
} ngx_http_gig_history_t;

typedef enum {
    NGX_HTTP_GIG_CONNECT_DOWN,      /* the timer connects */
    NGX_HTTP_GIG_CONNECT_RESOLVE,
    NGX_HTTP_GIG_CONNECT_CONNECT,
    NGX_HTTP_GIG_CONNECT_AUTH,
    NGX_HTTP_GIG_CONNECT_SELECT,
    NGX_HTTP_GIG_CONNECT_INFO,
    NGX_HTTP_GIG_CONNECT_READY,     /* GET ready */
    NGX_HTTP_GIG_CONNECT_UP
} ngx_http_gig_connect_state_t;

struct ngx_http_gig_connect_s {
    ngx_http_gig_board_t         *board;
    ngx_log_t                    *log;
    const char                   *name;         /* "link" or "keeper", for messages */
    size_t                        reply_max;    /* bytes of an element of a reply */
    unsigned                      primary:1;    /* a replica will not do */
    unsigned                      closing:1;    /* being destroyed: no timer any more */
    unsigned                      pinging:1;
    unsigned                      told:1;       /* the outage was logged */

    /* Called when up, and once when what was up is down.  Neither may destroy it. */
    void                        (*up)(void *data);
    void                        (*down)(void *data);
    void                         *data;

    ngx_http_gig_connect_state_t  state;
    redisAsyncContext            *ac;           /* NULL while down */
    ngx_resolver_ctx_t           *resolving;
    ngx_event_t                   timer;        /* cancelable: next attempt, deadline or ping */
    ngx_msec_t                    delay;
    ngx_sockaddr_t                address;      /* the last one a name gave */
    ngx_uint_t                    resolved;     /* address is set */
    ngx_http_gig_history_t        history;
    time_t                        since;
    ngx_uint_t                    connects;
    ngx_uint_t                    losses;
    char                          error[NGX_HTTP_GIG_ERROR_MAX];
};


/* The caller has filled board, log, name, reply_max, primary, up, down, data of a zeroed one. */
void ngx_http_gig_connect_start(ngx_http_gig_connect_t *connect);

/* Replies not yet there come as NULL first; `down` is not called. */
void ngx_http_gig_connect_stop(ngx_http_gig_connect_t *connect);

/*
 * Ends what is up, or an attempt, for the reason given, and tries again later.
 * Also right inside a reply's callback: hiredis puts the freeing off.
 */
void ngx_http_gig_connect_drop(ngx_http_gig_connect_t *connect, const char *why);

/*
 * The other side's words for our log, which escapes nothing: printable ASCII, "?"
 * for the rest, at most NGX_HTTP_GIG_ERROR_MAX - 1 of them.  Returns `to`.
 */
char *ngx_http_gig_words(char to[NGX_HTTP_GIG_ERROR_MAX], const char *from);

/* Sends while up (argv form only); NGX_ERROR: nothing was sent, callback will not run. */
ngx_int_t ngx_http_gig_connect_send(ngx_http_gig_connect_t *connect, redisCallbackFn *callback,
    void *data, ngx_uint_t argc, const gig_str_t *argv);

/*
 * What an error reply means: 1 for those by which Redis says it cannot serve now
 * (-LOADING, -READONLY, -OOM ...), so that nothing was done.  *again is set when
 * the connection, or the history behind it, must be looked at anew.
 */
ngx_uint_t ngx_http_gig_reply_unavailable(const redisReply *reply, ngx_uint_t *again);

/* 1 if an error reply starts with this code and a blank (or is it). */
ngx_uint_t ngx_http_gig_reply_is(const redisReply *reply, const char *code);


#endif /* _NGX_HTTP_GIG_CONNECT_H_INCLUDED_ */
