
/* What goes out: counted bytes, the response cache, headers and problems. */

#ifndef _NGX_HTTP_GIG_RESPONSE_H_INCLUDED_
#define _NGX_HTTP_GIG_RESPONSE_H_INCLUDED_


#include "ngx_http_gig_request.h"

#include "gig_compress.h"


#define NGX_HTTP_GIG_BODY_LIMIT     (8 * 1024 * 1024)   /* bytes of one response */
#define NGX_HTTP_GIG_MAX_AGE        60                  /* s, of list and gig */
#define NGX_HTTP_GIG_STALE_AGE      5                   /* s, while stale */
#define NGX_HTTP_GIG_STYLE_AGE      31536000            /* s, a year: its name has its hash */
#define NGX_HTTP_GIG_EMBED_AGE      600                 /* s: embed.js */
#define NGX_HTTP_GIG_NO_CACHE       0                   /* max_age: "no-cache" */
#define NGX_HTTP_GIG_NO_STORE       -1                  /* max_age: "no-store" */
#define NGX_HTTP_GIG_KEY_MAX        2048                /* bytes of a cache key */
#define NGX_HTTP_GIG_HASH_LEN       32                  /* hex digits */
#define NGX_HTTP_GIG_ETAG_MAX       (NGX_HTTP_GIG_HASH_LEN + sizeof("\"-gzip\""))


typedef struct ngx_http_gig_entry_s  ngx_http_gig_entry_t;

/* A body in one encoding; len 0: it was not made. */
typedef struct {
    u_char                    *data;            /* malloc'ed */
    size_t                     len;
    ngx_str_t                  etag;            /* empty: has none */
    u_char                     tag[NGX_HTTP_GIG_ETAG_MAX];
} ngx_http_gig_body_t;

/*
 * A body and what its headers need, counted: the cache holds one reference and
 * each response another until its request is gone.
 */
typedef struct ngx_http_gig_bytes_s {
    ngx_uint_t                 refs;
    ngx_uint_t                 uses;            /* how often it was sent */
    ngx_uint_t                 status;
    ngx_str_t                 *type;            /* ngx_http_gig_type_*; NULL: not kept */
    ngx_http_gig_format_t      format;
    ngx_http_gig_body_t        body[GIG_ENCODINGS];
    u_char                     hash[NGX_HTTP_GIG_HASH_LEN];     /* what its ETags start with */
    ngx_str_t                  link;            /* value of Link; its bytes follow the structure */
    ngx_str_t                  state;           /* for $gig_state; static */
    ngx_http_gig_entry_t      *entry;           /* of the cache that keeps it, or NULL */
    size_t                     held;            /* bytes of it that _hold counted */
    unsigned                   tried:GIG_ENCODINGS;     /* bits: was compressed, or cannot be */
    unsigned                   fixed:1;         /* of the program: kept, but in no cache */
    unsigned                   one_format:1;    /* the same whatever Accept says */
} ngx_http_gig_bytes_t;

/*
 * Takes over body's memory (body is empty afterwards).  type: static, what _send_cached()
 * says of it; NULL: whoever sends it says so.  NULL: out of memory or body failed.
 */
ngx_http_gig_bytes_t *ngx_http_gig_bytes_make(gig_buf_t *body, ngx_uint_t status, ngx_str_t *type,
    ngx_str_t *link);
void ngx_http_gig_bytes_release(ngx_http_gig_bytes_t *bytes);
size_t ngx_http_gig_bytes_size(ngx_http_gig_bytes_t *bytes);

/*
 * What is large, and in no cache, is counted from when it is first sent until the last who reads it
 * has it, however slowly he does.  _held: how many such bytes this worker has.
 */
void ngx_http_gig_bytes_hold(ngx_http_gig_bytes_t *bytes);
size_t ngx_http_gig_bytes_held(void);

/*
 * Gives bytes the ETag they have on every host: by their body; a whole list's JSON by what it
 * follows from, of which key is its normalised query.
 */
void ngx_http_gig_etag(ngx_http_gig_bytes_t *bytes);
void ngx_http_gig_etag_list(ngx_http_gig_ctx_t *ctx, u_char *key, size_t len,
    ngx_http_gig_bytes_t *bytes);
void ngx_http_gig_bytes_tag(ngx_http_gig_bytes_t *bytes, gig_encoding_t encoding);

/* Makes it in that encoding too; returns the bytes this took, 0: is not shorter, or failed. */
size_t ngx_http_gig_bytes_encode(ngx_http_gig_bytes_t *bytes, gig_encoding_t encoding);

/* The encoding this answer goes out in, made if it is time for that. */
gig_encoding_t ngx_http_gig_encoding(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_http_gig_bytes_t *bytes);

/* The same of bytes that were compressed when they were made, of any length; GIG_GZIP at most. */
gig_encoding_t ngx_http_gig_encoding_made(ngx_http_request_t *r, ngx_http_gig_bytes_t *bytes);

/* spelling: 1: was asked before in these words, and rc is what to return; 0: read what is asked. */
ngx_uint_t ngx_http_gig_spelling(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, ngx_int_t *rc);

/* The words of this request lead to bytes from now on; visits: where to count a GET, or NULL. */
void ngx_http_gig_spelling_keep(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_http_gig_bytes_t *bytes, ngx_atomic_t *visits);


/* cache: a worker's; bounded by cache_size; all of it belongs to one view and time slice */
ngx_http_gig_cache_t *ngx_http_gig_cache_create(ngx_http_gig_board_t *board, ngx_cycle_t *cycle);
void ngx_http_gig_cache_destroy(ngx_http_gig_cache_t *cache);

/* Drops everything when view, slice or staleness are not those of before. */
void ngx_http_gig_cache_turn(ngx_http_gig_cache_t *cache, ngx_http_gig_ctx_t *ctx);

/* What $gig_cache says of an answer: HIT or MISS, or STALE whichever it was. */
ngx_str_t ngx_http_gig_cache_status(ngx_http_gig_ctx_t *ctx, ngx_uint_t hit);

/* When the time slice ends, after _turn. */
int64_t ngx_http_gig_cache_until(ngx_http_gig_cache_t *cache);

/* When the time slice began, after _turn; the same on every host. */
int64_t ngx_http_gig_cache_from(ngx_http_gig_cache_t *cache);

/* Another number after each turn: another view or slice. */
uint64_t ngx_http_gig_cache_epoch(ngx_http_gig_cache_t *cache);

/* A key that leads to an entry: its normalised one, or one way of asking for it. */
typedef struct ngx_http_gig_name_s  ngx_http_gig_name_t;

struct ngx_http_gig_name_s {
    ngx_http_gig_name_t       *next;            /* in its bucket */
    ngx_http_gig_name_t       *other;           /* of its entry */
    ngx_http_gig_entry_t      *entry;
    ngx_atomic_t              *visits;          /* in the zone: where a GET is counted; or NULL */
    uint64_t                   hash;
    size_t                     len;
    u_char                     key[1];
};

ngx_http_gig_name_t *ngx_http_gig_cache_name(ngx_http_gig_cache_t *cache, u_char *key, size_t len);
ngx_http_gig_bytes_t *ngx_http_gig_name_bytes(ngx_http_gig_name_t *name);
ngx_http_gig_bytes_t *ngx_http_gig_cache_find(ngx_http_gig_cache_t *cache, u_char *key, size_t len);

/* _keep: under its normalised key; _spelling: under another one, if it is kept. */
void ngx_http_gig_cache_keep(ngx_http_gig_cache_t *cache, u_char *key, size_t len,
    ngx_http_gig_bytes_t *bytes);
void ngx_http_gig_cache_spelling(ngx_http_gig_cache_t *cache, ngx_http_gig_bytes_t *bytes,
    u_char *key, size_t len, ngx_atomic_t *visits);

/* _takes: bytes are kept, and may grow by so many; _grown: they have. */
ngx_uint_t ngx_http_gig_cache_takes(ngx_http_gig_cache_t *cache, ngx_http_gig_bytes_t *bytes,
    size_t more);
void ngx_http_gig_cache_grown(ngx_http_gig_cache_t *cache, ngx_http_gig_bytes_t *bytes,
    size_t more);
void ngx_http_gig_cache_usage(ngx_http_gig_cache_t *cache, ngx_uint_t *entries, size_t *bytes);

/* What every key starts with: route, format, language, base (an address); where to write on. */
#define NGX_HTTP_GIG_KEY_LANGUAGE   2               /* where the language's number is */
#define NGX_HTTP_GIG_KEY_HEAD       (3 + sizeof(u_char *))
u_char *ngx_http_gig_cache_key(ngx_http_gig_ctx_t *ctx, u_char *key);


/* output */
typedef struct {
    ngx_uint_t                 status;
    ngx_str_t                  type;            /* ngx_http_gig_type_* */
    gig_encoding_t             encoding;        /* which of the bytes */
    ngx_int_t                  max_age;
    ngx_int_t                  retry_after;     /* s; 0: none */
    ngx_str_t                  etag;
    ngx_str_t                  link;
    ngx_str_t                  location;
    ngx_str_t                  allow;
    ngx_str_t                  disposition;     /* Content-Disposition */
    unsigned                   vary:1;
    unsigned                   vary_coding:1;   /* one format, but compressed or not */
    unsigned                   immutable:1;
    unsigned                   catalog:1;       /* it says what the catalog does: may be stale */
    unsigned                   secret:1;        /* no-referrer, noindex */
    unsigned                   replayed:1;
} ngx_http_gig_answer_t;

/*
 * The page with a form that `draw` makes of fill, into which what `again` says is put; shown is
 * released.  The answer's status, type and time to live are set here.
 */
typedef void (*ngx_http_gig_form_draw_pt)(const gig_page_t *page, const gig_page_form_t *fill,
    gig_buf_t *out);
ngx_int_t ngx_http_gig_form_send(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    const ngx_http_gig_form_again_t *again, ngx_http_gig_shown_t *shown, gig_page_form_t *fill,
    ngx_http_gig_form_draw_pt draw, ngx_http_gig_answer_t *answer);

extern ngx_str_t  ngx_http_gig_type_html;
extern ngx_str_t  ngx_http_gig_type_json;
extern ngx_str_t  ngx_http_gig_type_problem;
extern ngx_str_t  ngx_http_gig_type_css;
extern ngx_str_t  ngx_http_gig_type_js;
extern ngx_str_t  ngx_http_gig_type_atom;
extern ngx_str_t  ngx_http_gig_type_feed;       /* JSON Feed */
extern ngx_str_t  ngx_http_gig_type_xml;
extern ngx_str_t  ngx_http_gig_type_calendar;

/* Sends headers and bytes (a reference is taken); HEAD and 304 are met here. */
ngx_int_t ngx_http_gig_send(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_http_gig_answer_t *answer, ngx_http_gig_bytes_t *bytes);

/* The same for a body that is of this response only; body is emptied. */
ngx_int_t ngx_http_gig_send_buf(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_http_gig_answer_t *answer, gig_buf_t *body);

/* The same for a cacheable page: ETag, Link, max-age up to the end of the slice. */
ngx_int_t ngx_http_gig_send_cached(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_http_gig_bytes_t *bytes);

/* What an answer says that follows from the catalog and holds until then (seconds). */
void ngx_http_gig_answer_until(ngx_http_gig_ctx_t *ctx, int64_t until,
    ngx_http_gig_bytes_t *bytes, ngx_http_gig_answer_t *answer);

/*
 * What is in the program itself, under a name that has a hash of it.  kept: a static of the
 * caller, NULL at first.
 */
ngx_int_t ngx_http_gig_fixed(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, const char *data,
    size_t len, ngx_str_t *type, ngx_http_gig_bytes_t **kept);

/* One more header, of static or pool strings; NULL: out of memory. */
ngx_table_elt_t *ngx_http_gig_header_add(ngx_http_request_t *r, ngx_str_t *name,
    ngx_str_t *value);

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
