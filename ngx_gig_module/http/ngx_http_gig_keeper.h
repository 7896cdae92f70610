
/*
 * The keeper: at most one worker of a host, by flock, tails the change stream
 * and compiles.  Own Redis connection, so that a full load never sits in front
 * of an application.
 */

#ifndef _NGX_HTTP_GIG_KEEPER_H_INCLUDED_
#define _NGX_HTTP_GIG_KEEPER_H_INCLUDED_


#include "ngx_http_gig.h"


ngx_int_t ngx_http_gig_keeper_init(ngx_http_gig_board_t *board, ngx_cycle_t *cycle);
void ngx_http_gig_keeper_done(ngx_http_gig_board_t *board);

/* What /gig-health says of it (from the shared zone: any worker may be asked). */
typedef struct {
    ngx_uint_t                generation;
    uint64_t                  version;
    time_t                    in_step;      /* when a keeper was last in step with Redis */
    ngx_uint_t                full_loads;
} ngx_http_gig_keeper_status_t;

void ngx_http_gig_keeper_status(ngx_http_gig_board_t *board, ngx_http_gig_keeper_status_t *status);

/*
 * _lock.c.  _vouch: this process serves a whole image of the folder; its descriptor, to be kept as
 * long, or -1.  _vouched: some process does.
 */
int ngx_http_gig_lock_vouch(int folder);
ngx_uint_t ngx_http_gig_lock_vouched(int folder);


#endif /* _NGX_HTTP_GIG_KEEPER_H_INCLUDED_ */
