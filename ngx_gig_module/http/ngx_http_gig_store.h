
/*
 * The store files a worker has mapped, and which of their fragments it has found
 * whole.  Nothing that is sent points into them (it is copied), so a store is
 * mapped as long as a view names it and no longer, however slow a reader is.
 */

#ifndef _NGX_HTTP_GIG_STORE_H_INCLUDED_
#define _NGX_HTTP_GIG_STORE_H_INCLUDED_


#include "ngx_http_gig.h"


#define NGX_HTTP_GIG_CHECKED        8192    /* fragments remembered as whole, a power of two */


/* A mapped store file; counted by the views that name it. */
typedef struct {
    ngx_queue_t               queue;
    uint64_t                  keeper;
    uint32_t                  number;
    uint32_t                  serial;       /* its own in this worker; never 0 */
    gig_str_t                 bytes;        /* grows in place, up to mapped */
    size_t                    mapped;
    ngx_uint_t                refs;
} ngx_http_gig_store_t;

/* Where a fragment starts that was found whole; serial 0: an empty place. */
typedef struct {
    uint64_t                  offset;
    uint32_t                  len;
    uint32_t                  serial;
} ngx_http_gig_checked_t;

/*
 * Of one size whatever the catalog's: a fragment that was pushed out of the
 * table is checked again, which costs less than sending it.
 */
typedef struct {
    ngx_queue_t               queue;        /* of ngx_http_gig_store_t */
    uint32_t                  serial;
    ngx_log_t                *log;
    ngx_http_gig_checked_t    checked[NGX_HTTP_GIG_CHECKED];
} ngx_http_gig_stores_t;


void ngx_http_gig_stores_init(ngx_http_gig_stores_t *stores, ngx_log_t *log);

/* The store, mapped up to at least its size in `wanted`; NULL and err. */
ngx_http_gig_store_t *ngx_http_gig_store_map(ngx_http_gig_stores_t *stores, int folder,
    const gig_store_t *wanted, gig_error_t *err);
void ngx_http_gig_store_release(ngx_http_gig_store_t *store);

/* The fragment, its CRC32C checked unless it was lately; gig_null_str when damaged. */
gig_str_t ngx_http_gig_store_fragment(ngx_http_gig_stores_t *stores, ngx_http_gig_store_t *store,
    const gig_place_t *place);


#endif /* _NGX_HTTP_GIG_STORE_H_INCLUDED_ */
