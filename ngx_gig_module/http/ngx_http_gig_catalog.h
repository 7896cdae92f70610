
/*
 * The image as a worker sees it: the current index and its stores, mapped
 * read-only.  Owner: the worker.  Readers take the current view at request start.
 */

#ifndef _NGX_HTTP_GIG_CATALOG_H_INCLUDED_
#define _NGX_HTTP_GIG_CATALOG_H_INCLUDED_


#include "ngx_http_gig_store.h"


/* One generation.  `serial` is unique in this worker: a key for response caches. */
typedef struct {
    gig_image_t               image;
    ngx_http_gig_store_t     *stores[GIG_IMAGE_STORES_MAX];
    unsigned                  n_segments;
    gig_segment_t             segments[GIG_SEGMENTS_MAX];
    ngx_uint_t                serial;
    ngx_uint_t                refs;
    uint64_t                 *denied;       /* the image's, or NULL */
    gig_str_t                 bytes;        /* the index, mapped */
    size_t                    mapped;
} ngx_http_gig_view_t;


/* init_process: opens what the folder holds (never fails the start); exit_process: unmaps. */
ngx_int_t ngx_http_gig_catalog_init(ngx_http_gig_board_t *board, ngx_cycle_t *cycle);
void ngx_http_gig_catalog_done(ngx_http_gig_board_t *board);

/*
 * The current view or NULL (never had an image: 503).  Valid until the event
 * loop runs again: what is sent is copied out of it.
 * Costs an atomic load and a comparison; maps a newer generation when the zone
 * says there is one.
 */
ngx_http_gig_view_t *ngx_http_gig_catalog_view(ngx_http_gig_board_t *board);

/*
 * The fragment's bytes in its store, CRC32C checked;
 * gig_null_str when damaged (logged; the keeper is told to load in full).
 */
gig_str_t ngx_http_gig_catalog_fragment(ngx_http_gig_board_t *board,
    ngx_http_gig_view_t *view, const gig_place_t *place);

/*
 * Stale: no keeper of this host has been in step with Redis for 10 s.  age gets
 * the seconds since it last was.
 */
ngx_uint_t ngx_http_gig_catalog_stale(ngx_http_gig_board_t *board, time_t *age);

/* This host's random name, from its state folder; empty until the folder can be written. */
gig_str_t ngx_http_gig_catalog_node(ngx_http_gig_board_t *board);

/*
 * For the keeper.  _settled: what was found on disk at start has been checked.
 * _folder: its descriptor or -1.  _take and _release: a view for longer than
 * an event, as the base of a compile.  _look: maps what is newer now.
 */
ngx_uint_t ngx_http_gig_catalog_settled(ngx_http_gig_board_t *board);
int ngx_http_gig_catalog_folder(ngx_http_gig_board_t *board);
ngx_http_gig_view_t *ngx_http_gig_catalog_take(ngx_http_gig_board_t *board);
void ngx_http_gig_catalog_release(ngx_http_gig_board_t *board, ngx_http_gig_view_t *view);
void ngx_http_gig_catalog_look(ngx_http_gig_board_t *board);


#endif /* _NGX_HTTP_GIG_CATALOG_H_INCLUDED_ */
