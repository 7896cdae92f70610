
/*
 * The board's shared zone: the notice counter of the image, when the keeper was
 * last in step, and counters.  Plain atomics, no lock held by anybody but the
 * slab's for the table of (gig, source); totals only rise.
 */

#ifndef _NGX_HTTP_GIG_SHM_H_INCLUDED_
#define _NGX_HTTP_GIG_SHM_H_INCLUDED_


#include "ngx_http_gig.h"


typedef enum {
    NGX_HTTP_GIG_COUNT_REQUESTS,
    NGX_HTTP_GIG_COUNT_CACHE_HIT,
    NGX_HTTP_GIG_COUNT_CACHE_MISS,
    NGX_HTTP_GIG_COUNT_NOT_MODIFIED,
    NGX_HTTP_GIG_COUNT_ACCEPTED,
    NGX_HTTP_GIG_COUNT_REPLAYED,
    NGX_HTTP_GIG_COUNT_REFUSED,             /* full, closed, fields ... */
    NGX_HTTP_GIG_COUNT_UNAVAILABLE,         /* 503 */
    NGX_HTTP_GIG_COUNT_WITHDRAWN,
    NGX_HTTP_GIG_COUNT_REDIS_CONNECTS,
    NGX_HTTP_GIG_COUNT_REDIS_LOSSES,
    NGX_HTTP_GIG_COUNT_REDIS_TIMEOUTS,
    NGX_HTTP_GIG_COUNT_COMPILES,
    NGX_HTTP_GIG_COUNT_FULL_LOADS,
    NGX_HTTP_GIG_COUNT_RECORDS_FETCHED,
    NGX_HTTP_GIG_COUNT_RECORDS_REFUSED,
    NGX_HTTP_GIG_COUNTS
} ngx_http_gig_count_t;

typedef enum {
    NGX_HTTP_GIG_VIEW,                      /* one gig shown */
    NGX_HTTP_GIG_FORM_OPEN,
    NGX_HTTP_GIG_APPLICATION,
    NGX_HTTP_GIG_VISITS
} ngx_http_gig_visit_t;

#define NGX_HTTP_GIG_SOURCE_MAX     32      /* bytes, [A-Za-z0-9._:-]; else counted as "other" */
#define NGX_HTTP_GIG_VISITS_MAX     4096    /* pairs of gig and source; past it: source "other" */


/* Directive time: names the zone after the board and its folder. */
ngx_int_t ngx_http_gig_shm_add(ngx_conf_t *cf, ngx_http_gig_board_t *board);

void ngx_http_gig_count(ngx_http_gig_board_t *board, ngx_http_gig_count_t what, ngx_uint_t n);
void ngx_http_gig_visit(ngx_http_gig_board_t *board, gig_str_t gig, ngx_str_t source,
    ngx_http_gig_visit_t what);

/* Appends Prometheus text of this board's counters to a pool buffer chain: see _metrics.c. */
size_t ngx_http_gig_shm_metrics_size(ngx_http_gig_board_t *board);
u_char *ngx_http_gig_shm_metrics(ngx_http_gig_board_t *board, u_char *p, u_char *last);


#endif /* _NGX_HTTP_GIG_SHM_H_INCLUDED_ */
