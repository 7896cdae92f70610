
/* What goes out: counted bytes, the response cache, headers and problems. */

#ifndef _NGX_HTTP_GIG_RESPONSE_H_INCLUDED_
#define _NGX_HTTP_GIG_RESPONSE_H_INCLUDED_


#include "ngx_http_gig_request.h"


#define NGX_HTTP_GIG_BODY_LIMIT     (8 * 1024 * 1024)   /* bytes of one response */
#define NGX_HTTP_GIG_MAX_AGE        60                  /* s, of list and gig */
#define NGX_HTTP_GIG_STALE_AGE      5                   /* s, while stale */
#define NGX_HTTP_GIG_STYLE_AGE      31536000            /* s, a year: its name has its hash */
#define NGX_HTTP_GIG_NO_CACHE       0                   /* max_age: "no-cache" */
#define NGX_HTTP_GIG_NO_STORE       -1                  /* max_age: "no-store" */
#define NGX_HTTP_GIG_KEY_MAX        512                 /* bytes of a cache key */
#define NGX_HTTP_GIG_ETAG_LEN       34                  /* 32 hex digits in quotes */


/*
 * A body and what its headers need, counted: the cache holds one reference and
 * each response that is being sent another.
 */
typedef struct {
    ngx_uint_t                 refs;
    u_char                    *data;            /* malloc'ed by gig_buf */
    size_t                     len;
    ngx_uint_t                 status;
    u_char                     etag[NGX_HTTP_GIG_ETAG_LEN];
    ngx_str_t                  link;            /* value of Link; its bytes follow the structure */
    ngx_str_t                  state;           /* for $gig_state; static */
} ngx_http_gig_bytes_t;

/* Takes over body's memory (body is empty afterwards).  NULL: out of memory or body failed. */
ngx_http_gig_bytes_t *ngx_http_gig_bytes_make(gig_buf_t *body, ngx_uint_t status, ngx_str_t *link);
void ngx_http_gig_bytes_release(ngx_http_gig_bytes_t *bytes);


/* cache: a worker's; bounded by cache_size; all of it belongs to one view and time slice */
ngx_http_gig_cache_t *ngx_http_gig_cache_create(ngx_http_gig_board_t *board, ngx_cycle_t *cycle);
void ngx_http_gig_cache_destroy(ngx_http_gig_cache_t *cache);

/* Drops everything when view, slice or staleness are not those of before. */
void ngx_http_gig_cache_turn(ngx_http_gig_cache_t *cache, ngx_http_gig_ctx_t *ctx);

/* When the time slice ends, after _turn. */
int64_t ngx_http_gig_cache_until(ngx_http_gig_cache_t *cache);

ngx_http_gig_bytes_t *ngx_http_gig_cache_find(ngx_http_gig_cache_t *cache, u_char *key, size_t len);
void ngx_http_gig_cache_keep(ngx_http_gig_cache_t *cache, u_char *key, size_t len,
    ngx_http_gig_bytes_t *bytes);
void ngx_http_gig_cache_usage(ngx_http_gig_cache_t *cache, ngx_uint_t *entries, size_t *bytes);

/* What every key starts with: route, format, base; returns where to write on. */
u_char *ngx_http_gig_cache_key(ngx_http_gig_ctx_t *ctx, u_char *key);


/* output */
typedef struct {
    ngx_uint_t                 status;
    ngx_str_t                  type;            /* NGX_HTTP_GIG_TYPE_* */
    ngx_int_t                  max_age;
    ngx_int_t                  retry_after;     /* s; 0: none */
    ngx_str_t                  etag;
    ngx_str_t                  link;
    ngx_str_t                  location;
    ngx_str_t                  allow;
    unsigned                   vary:1;
    unsigned                   immutable:1;
    unsigned                   secret:1;        /* no-referrer, noindex */
    unsigned                   replayed:1;
} ngx_http_gig_answer_t;

extern ngx_str_t  ngx_http_gig_type_html;
extern ngx_str_t  ngx_http_gig_type_json;
extern ngx_str_t  ngx_http_gig_type_problem;
extern ngx_str_t  ngx_http_gig_type_css;

/* Sends headers and bytes (a reference is taken); HEAD and 304 are met here. */
ngx_int_t ngx_http_gig_send(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_http_gig_answer_t *answer, ngx_http_gig_bytes_t *bytes);

/* The same for a body that is of this response only; body is emptied. */
ngx_int_t ngx_http_gig_send_buf(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_http_gig_answer_t *answer, gig_buf_t *body);

/* The same for a cacheable page: ETag, Link, max-age up to the end of the slice. */
ngx_int_t ngx_http_gig_send_cached(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_http_gig_bytes_t *bytes);

/* An answer of no board (metrics, health); text is emptied. */
ngx_int_t ngx_http_gig_plain_send(ngx_http_request_t *r, ngx_uint_t status, ngx_str_t *type,
    gig_buf_t *text);

/* After a wait: one finalise, then whatever that made runnable.  r is gone afterwards. */
void ngx_http_gig_finalize(ngx_http_request_t *r, ngx_int_t rc);


/*
 * A problem (RFC 9457), as JSON or as a page.  If the location has an error_page for this
 * status, nginx's own handling is left to do that.  retry_after and errors may be 0, NULL.
 */
ngx_int_t ngx_http_gig_problem(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, ngx_uint_t status,
    const char *type, const char *detail);
ngx_int_t ngx_http_gig_problem_errors(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_uint_t status, const char *type, const char *detail, const gig_errors_t *errors,
    ngx_int_t retry_after);
ngx_int_t ngx_http_gig_problem_allow(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    const char *allow);
ngx_int_t ngx_http_gig_unavailable(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    const char *detail);

/* 1 if error_page of this location is to answer instead of us. */
ngx_uint_t ngx_http_gig_error_page(ngx_http_request_t *r, ngx_uint_t status);


#endif /* _NGX_HTTP_GIG_RESPONSE_H_INCLUDED_ */
