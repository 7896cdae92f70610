
/*
 * Whether there is room for an application with files: in Redis, which holds it in memory until it
 * is delivered, and in this host's ledger.  Asked before anything is sent.  Applications
 * without files never ask.
 */

#ifndef _NGX_HTTP_GIG_GUARD_H_INCLUDED_
#define _NGX_HTTP_GIG_GUARD_H_INCLUDED_


#include "ngx_http_gig.h"


#define NGX_HTTP_GIG_GUARD_LARGE    (64 * 1024)     /* bytes of a box from which the guard cares;
                                                       judge.lua counts from there as well */

/* init_process; NULL: out of memory.  Asks Redis every two seconds. */
ngx_http_gig_guard_t *ngx_http_gig_guard_create(ngx_http_gig_board_t *board, ngx_cycle_t *cycle);

void ngx_http_gig_guard_destroy(ngx_http_gig_guard_t *guard);

/* The link is up: what is known is of another connection, or old. */
void ngx_http_gig_guard_up(ngx_http_gig_guard_t *guard);

/* 1: there is room for a box of so many bytes.  in_ledger: it is there already. */
ngx_uint_t ngx_http_gig_guard_room(ngx_http_gig_board_t *board, size_t bytes,
    ngx_uint_t in_ledger);

/* The judge had no room for one, which this worker did not know yet. */
void ngx_http_gig_guard_crowded(ngx_http_gig_board_t *board);

/* A box was sent to Redis; no guard, or a small one: nothing happens. */
void ngx_http_gig_guard_sent(ngx_http_gig_board_t *board, size_t bytes);


#endif /* _NGX_HTTP_GIG_GUARD_H_INCLUDED_ */
