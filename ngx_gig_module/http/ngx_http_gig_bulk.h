
/*
 * Outputs that hold a whole catalog, and feeds.  They are made in a thread of the pool, one at a
 * time for all who ask for the same, and kept as long as they are true and asked for.
 */

#ifndef _NGX_HTTP_GIG_BULK_H_INCLUDED_
#define _NGX_HTTP_GIG_BULK_H_INCLUDED_


#include "ngx_http_gig_response.h"

#include "gig_feed.h"


/* What a writer is given.  It runs in a thread: no log, no pool, nothing of a request. */
typedef struct {
    gig_catalog_t             catalog;
    int64_t                   now;              /* seconds; all of it is as of then */
    gig_feed_t                feed;             /* board, title, about, base */
    gig_str_t                 args;             /* the query string, read before without error */
    uint32_t                  part;
    const gig_secret_t       *cursors;
    gig_str_t                 path;             /* of its location's addresses */
    gig_buf_t                 link;             /* what Link is to say, written by it; or empty */
    uint32_t                  damaged;          /* gigs that were left out: it is not kept */
} ngx_http_gig_bulk_of_t;

/* 0; 1: there is no such part; -1: out of memory, or longer than out may be. */
typedef int (*ngx_http_gig_bulk_pt)(ngx_http_gig_bulk_of_t *of, gig_buf_t *out);

typedef struct {
    const char               *name;             /* for the log */
    ngx_str_t                *type;
    ngx_http_gig_bulk_pt      write;
    unsigned                  page:1;           /* of one page, kept in the response cache */
} ngx_http_gig_bulk_kind_t;

/*
 * Content handler: what kind->write makes of r->args and part, now or when it is made.  key: what
 * tells it from others, in the response cache, too.
 */
ngx_int_t ngx_http_gig_bulk(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    const ngx_http_gig_bulk_kind_t *kind, uint32_t part, u_char *key, size_t len);

/* exit_process, before the catalog's. */
void ngx_http_gig_bulk_done(ngx_http_gig_board_t *board);


#endif /* _NGX_HTTP_GIG_BULK_H_INCLUDED_ */
