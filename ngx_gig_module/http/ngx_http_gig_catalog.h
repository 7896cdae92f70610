
/*
 * The image as a worker sees it: the current index and its stores, mapped
 * read-only.  Owner: the worker.  Readers take the current view at request start.
 */

#ifndef _NGX_HTTP_GIG_CATALOG_H_INCLUDED_
#define _NGX_HTTP_GIG_CATALOG_H_INCLUDED_


#include "ngx_http_gig.h"


/* A mapped store file; counted, as slow responses may point into it after its image is gone. */
typedef struct {
    ngx_queue_t               queue;
    uint64_t                  keeper;
    uint32_t                  number;
    gig_str_t                 bytes;
    ngx_uint_t                refs;
    u_char                   *checked;      /* a bit per 64 bytes: CRC verified in this worker */
} ngx_http_gig_store_t;


/* One generation.  `serial` is unique in this worker: a key for response caches. */
typedef struct {
    gig_image_t               image;
    ngx_http_gig_store_t     *stores[GIG_IMAGE_STORES_MAX];
    ngx_uint_t                serial;
    ngx_uint_t                refs;
} ngx_http_gig_view_t;


/* init_process: opens what the folder holds (never fails the start); exit_process: unmaps. */
ngx_int_t ngx_http_gig_catalog_init(ngx_http_gig_board_t *board, ngx_cycle_t *cycle);
void ngx_http_gig_catalog_done(ngx_http_gig_board_t *board);

/*
 * The current view or NULL (never had an image: 503).  Valid until the event
 * loop runs again: what is sent later must be copied or held by _hold.
 * Costs an atomic load and a comparison; maps a newer generation when the zone
 * says there is one.
 */
ngx_http_gig_view_t *ngx_http_gig_catalog_view(ngx_http_gig_board_t *board);

/*
 * The fragment's bytes in its store, CRC32C checked at this worker's first use;
 * gig_null_str when damaged (logged; the keeper is told to load in full).
 */
gig_str_t ngx_http_gig_catalog_fragment(ngx_http_gig_board_t *board,
    ngx_http_gig_view_t *view, const gig_place_t *place);

/* Keeps a store mapped until the request's pool is destroyed.  */
ngx_int_t ngx_http_gig_catalog_hold(ngx_http_request_t *r, ngx_http_gig_store_t *store);

/*
 * Stale: no keeper of this host has been in step with Redis for 10 s.  age gets
 * the seconds since it last was.
 */
ngx_uint_t ngx_http_gig_catalog_stale(ngx_http_gig_board_t *board, time_t *age);


#endif /* _NGX_HTTP_GIG_CATALOG_H_INCLUDED_ */
