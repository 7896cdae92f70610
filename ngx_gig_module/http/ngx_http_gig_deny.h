
/*
 * `deny`: gigs that an operator takes down now, Redis or not.  Each worker looks at the file once
 * a second, when it is asked for something.
 */

#ifndef _NGX_HTTP_GIG_DENY_H_INCLUDED_
#define _NGX_HTTP_GIG_DENY_H_INCLUDED_


#include "ngx_http_gig_catalog.h"

#include "gig_deny.h"


/* init_process and exit_process; the former reads the file.  NULL: no memory. */
ngx_http_gig_deny_t *ngx_http_gig_deny_create(ngx_http_gig_board_t *board, ngx_cycle_t *cycle);
void ngx_http_gig_deny_destroy(ngx_http_gig_deny_t *deny);

/* 1: the list is another one than before, so what a view says of its rows is not true any more. */
ngx_uint_t ngx_http_gig_deny_look(ngx_http_gig_deny_t *deny);

/* Takes the listed gigs out of a view, which keeps the bits; another list may follow. */
void ngx_http_gig_deny_apply(ngx_http_gig_deny_t *deny, ngx_http_gig_view_t *view);

/* For ETags: what two hosts with the same list have in common. */
uint64_t ngx_http_gig_deny_hash(ngx_http_gig_deny_t *deny);


#endif /* _NGX_HTTP_GIG_DENY_H_INCLUDED_ */
