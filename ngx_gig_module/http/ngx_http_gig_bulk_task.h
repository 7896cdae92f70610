
/* The task of ngx_http_gig_bulk.c: what a thread of the pool is given, and gives back. */

#ifndef _NGX_HTTP_GIG_BULK_TASK_H_INCLUDED_
#define _NGX_HTTP_GIG_BULK_TASK_H_INCLUDED_


#include "ngx_http_gig_bulk.h"


#define NGX_HTTP_GIG_BULK_LIMIT     ((size_t) 64 << 20)     /* bytes of an output */


/* A task's context; in the thread's hands from the post until the event. */
typedef struct {
    void                            *data;      /* of who posts it */
    const ngx_http_gig_bulk_kind_t  *kind;
    ngx_http_gig_view_t             *view;      /* a reference is held; for the loop */
    ngx_http_gig_bulk_of_t           of;
    uint64_t                        *denied;    /* a copy, or NULL: the loop changes the view's */
    gig_str_t                        stores[GIG_IMAGE_STORES_MAX];
    ngx_uint_t                       compress;
    int                              rc;        /* the writer's */
    ngx_http_gig_bytes_t            *bytes;     /* with ETag and, if it pays, compressed; or NULL */
} ngx_http_gig_bulk_task_t;


/*
 * Of the newest view, to be posted by the caller, who sets the event and owns it after that.  path,
 * args: as in ngx_http_gig_bulk_of_t, and must outlive it.  NULL: no view or no memory.
 */
ngx_thread_task_t *ngx_http_gig_bulk_task_make(ngx_http_gig_board_t *board,
    const ngx_http_gig_bulk_kind_t *kind, uint32_t part, gig_str_t path,
    gig_str_t args);
void ngx_http_gig_bulk_task_free(ngx_http_gig_board_t *board, ngx_thread_task_t *task);


#endif /* _NGX_HTTP_GIG_BULK_TASK_H_INCLUDED_ */
