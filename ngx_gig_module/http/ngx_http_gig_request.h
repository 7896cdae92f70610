
/*
 * A request below a board's location: what was asked for, and the handlers of
 * the routes.  Each handler returns what a content handler returns; those that
 * wait for Redis or a body return NGX_DONE and finalise once, later.
 */

#ifndef _NGX_HTTP_GIG_REQUEST_H_INCLUDED_
#define _NGX_HTTP_GIG_REQUEST_H_INCLUDED_


#include "ngx_http_gig.h"
#include "ngx_http_gig_catalog.h"
#include "ngx_http_gig_shm.h"

#include "gig_answers.h"
#include "gig_page.h"


#define NGX_HTTP_GIG_KEY_TTL        "2592000"   /* s an id is remembered: 30 days */
#define NGX_HTTP_GIG_RETRY          5           /* s, Retry-After of a 503 */
#define NGX_HTTP_GIG_RETRY_MAX      86400       /* s, Retry-After until a gig opens */


typedef enum {
    NGX_HTTP_GIG_ROUTE_NONE,
    NGX_HTTP_GIG_ROUTE_REDIRECT,                /* the prefix without its slash */
    NGX_HTTP_GIG_ROUTE_LIST,
    NGX_HTTP_GIG_ROUTE_ITEM,
    NGX_HTTP_GIG_ROUTE_FORM,
    NGX_HTTP_GIG_ROUTE_APPLY,
    NGX_HTTP_GIG_ROUTE_APPLICATIONS,
    NGX_HTTP_GIG_ROUTE_SELF_ID,
    NGX_HTTP_GIG_ROUTE_SELF_ID_THANKS,
    NGX_HTTP_GIG_ROUTE_RECEIPT,
    NGX_HTTP_GIG_ROUTE_WITHDRAW,
    NGX_HTTP_GIG_ROUTE_KEYS,
    NGX_HTTP_GIG_ROUTE_STYLE,
    NGX_HTTP_GIG_ROUTE_SCRIPT,
    NGX_HTTP_GIG_ROUTE_FORM_SCRIPT,
    NGX_HTTP_GIG_ROUTE_EMBED,                   /* likewise: embed.js */
    NGX_HTTP_GIG_ROUTE_EMBED_HASH,
    NGX_HTTP_GIG_ROUTE_FRAGMENT,
    NGX_HTTP_GIG_ROUTE_FEED_ATOM,
    NGX_HTTP_GIG_ROUTE_FEED_JSON,
    NGX_HTTP_GIG_ROUTE_SITEMAP,
    NGX_HTTP_GIG_ROUTE_SITEMAP_PART,
    NGX_HTTP_GIG_ROUTE_INDEED,
    NGX_HTTP_GIG_ROUTE_ROBOTS,
    NGX_HTTP_GIG_ROUTE_OPENAPI,
    NGX_HTTP_GIG_ROUTE_ICS_OPENS,
    NGX_HTTP_GIG_ROUTE_ICS_CLOSING,
    NGX_HTTP_GIG_ROUTE_SHAPE_BOARD,             /* of `as=`; see ngx_http_gig_shape.c */
    NGX_HTTP_GIG_ROUTE_SHAPE_JOBS,
    NGX_HTTP_GIG_ROUTE_SHAPE_JOB,
    NGX_HTTP_GIG_ROUTE_SHAPE_DEPARTMENTS,
    NGX_HTTP_GIG_ROUTE_SHAPE_OFFICES,
    NGX_HTTP_GIG_ROUTE_SHAPE_SECTIONS,
    NGX_HTTP_GIG_ROUTE_SHAPE_EDUCATION,
    NGX_HTTP_GIG_ROUTE_SHAPE_POSTINGS,
    NGX_HTTP_GIG_ROUTE_SHAPE_POSTING,
    NGX_HTTP_GIG_ROUTES
} ngx_http_gig_route_t;

typedef enum {
    NGX_HTTP_GIG_JSON,
    NGX_HTTP_GIG_HTML
} ngx_http_gig_format_t;

/* What of the query string is needed after it was read; in the request's pool. */
typedef struct {
    ngx_str_t                  source;
    ngx_str_t                  tail;            /* "lang=..&source=..": links of its page keep it */
    ngx_str_t                  tail_but_lang;   /* the end of tail */
    ngx_str_t                  lang;            /* the tag of a language that was asked for */
    unsigned                   style:1;         /* of a fragment: it brings these */
    unsigned                   icons:1;
    unsigned                   format:1;        /* `format` was given */
    unsigned                   json:1;          /* and is json */
    unsigned                   withdraw:1;      /* the receipt page asks for confirmation */
} ngx_http_gig_args_t;

/* A list's question and answer: one a board and worker, of the request that is in hand. */
struct ngx_http_gig_asked_s {
    gig_query_t                query;
    gig_cursor_t               cursor;          /* of query, if it has one */
    gig_found_t                found;
};

typedef struct {
    ngx_http_gig_board_t      *board;
    ngx_http_gig_loc_conf_t   *conf;
    ngx_http_gig_view_t       *view;            /* NULL: no image; until the loop runs */
    ngx_http_gig_route_t       route;
    ngx_http_gig_format_t      accept;          /* by Accept alone */
    ngx_http_gig_format_t      format;
    ngx_uint_t                 negotiated;      /* number of a language, by Accept-Language */
    ngx_uint_t                 language;        /* that of a page: the same, or `lang` */
    ngx_http_gig_args_t        args;
    time_t                     now;
    ngx_uint_t                 stale;
    time_t                     age;             /* s since the catalog was in step, when stale */
    ngx_str_t                  id;              /* of the gig, in the request's pool */
    ngx_str_t                  slug;            /* behind it, as it was asked for; or empty */
    ngx_str_t                  token;           /* of the receipt: never logged */
    struct ngx_http_gig_intake_s  *intake;      /* of a POST of an application */
    struct ngx_http_gig_bytes_s  *bytes;        /* being sent: held as long as the request */
    const ngx_http_gig_limit_t  *limit;         /* of a 429 */

    /* variables */
    ngx_str_t                  state;
    ngx_str_t                  cache;
    ngx_str_t                  outcome;
    uint64_t                   version;
    ngx_msec_t                 redis_time;
    unsigned                   redis_used:1;
    unsigned                   versioned:1;

    struct gig_lever_query_s  *lever;           /* of a list with as=lever; in the request's pool */
    unsigned                   authorised:1;    /* it came with the key of this location */
    unsigned                   open_to_all:1;   /* the answer: pages of any origin may read it */
} ngx_http_gig_ctx_t;


/* route */
ngx_int_t ngx_http_gig_route_init(ngx_conf_t *cf);
ngx_int_t ngx_http_gig_handler(ngx_http_request_t *r);
ngx_http_gig_ctx_t *ngx_http_gig_ctx(ngx_http_request_t *r);    /* after an internal redirect too */
ngx_http_gig_route_t ngx_http_gig_route(ngx_http_request_t *r, ngx_http_gig_loc_conf_t *glcf,
    ngx_str_t *id, ngx_str_t *slug, ngx_str_t *token);
void ngx_http_gig_view(ngx_http_gig_ctx_t *ctx);                /* takes the current view again */

/* log: cuts the token out of all that a log may print of this request */
ngx_int_t ngx_http_gig_log_cut(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);

/* negotiate and args; a bad value: NGX_DECLINED, and error says which and what would be right */
ngx_http_gig_format_t ngx_http_gig_negotiate(ngx_http_request_t *r);
ngx_int_t ngx_http_gig_args(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, gig_error_t *error);

/* language: what Accept-Language asks for; the tail of links; the words of a page, or NULL */
ngx_uint_t ngx_http_gig_language_negotiate(ngx_http_request_t *r, ngx_http_gig_loc_conf_t *glcf);
void ngx_http_gig_language_args(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    gig_query_t *query);
const gig_language_t *ngx_http_gig_language(ngx_http_gig_ctx_t *ctx);

/* The elements of Accept or Accept-Encoding, one a call; rest begins as all of the header. */
ngx_uint_t ngx_http_gig_accept_next(ngx_str_t *rest, ngx_str_t *name, ngx_uint_t *quality);
ngx_uint_t ngx_http_gig_accept_is(ngx_str_t *name, const char *text);

/* routes */
ngx_int_t ngx_http_gig_list(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
size_t ngx_http_gig_list_key(ngx_http_gig_ctx_t *ctx, u_char *key, size_t size);
void ngx_http_gig_list_page(ngx_http_gig_ctx_t *ctx, gig_buf_t *next, gig_buf_t *body,
    ngx_uint_t *whole);
ngx_int_t ngx_http_gig_feed(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
ngx_int_t ngx_http_gig_calendar(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
ngx_int_t ngx_http_gig_sitemap(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
ngx_int_t ngx_http_gig_indeed(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);

/* The cards of what was found; *whole is 0 if one is damaged, which then is left out. */
void ngx_http_gig_list_cards(ngx_http_gig_ctx_t *ctx, gig_buf_t *body, ngx_uint_t *whole);

ngx_int_t ngx_http_gig_fragment(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
void ngx_http_gig_fragment_page(ngx_http_gig_ctx_t *ctx, gig_buf_t *body, ngx_uint_t *whole);
ngx_int_t ngx_http_gig_item(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
ngx_int_t ngx_http_gig_form(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
ngx_int_t ngx_http_gig_apply(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
ngx_int_t ngx_http_gig_applications(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
ngx_int_t ngx_http_gig_intake_unread(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_uint_t status, const char *type, const char *detail);
ngx_int_t ngx_http_gig_self_id(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
ngx_int_t ngx_http_gig_self_id_post(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
ngx_int_t ngx_http_gig_self_id_thanks(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
ngx_int_t ngx_http_gig_receipt(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
ngx_int_t ngx_http_gig_withdraw(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
ngx_int_t ngx_http_gig_keys(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
ngx_int_t ngx_http_gig_style(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
ngx_int_t ngx_http_gig_openapi(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
ngx_int_t ngx_http_gig_robots(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);

/* Locations with `as=`: what stands for ngx_http_gig_route(), _args() and a problem's body. */
ngx_http_gig_route_t ngx_http_gig_shape_route(ngx_http_request_t *r,
    ngx_http_gig_loc_conf_t *glcf, ngx_str_t *id, ngx_str_t *number);
ngx_int_t ngx_http_gig_shape_args(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    gig_error_t *error);
void ngx_http_gig_shape_problem(ngx_http_gig_ctx_t *ctx, ngx_uint_t status, const char *detail,
    const gig_errors_t *errors, gig_buf_t *body);
ngx_int_t ngx_http_gig_shape_board(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
ngx_int_t ngx_http_gig_shape_list(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
ngx_int_t ngx_http_gig_shape_postings(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
ngx_int_t ngx_http_gig_shape_one(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
ngx_int_t ngx_http_gig_shape_empty(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);

/*
 * Applications.  _named: NGX_HTTP_NOT_FOUND, or ctx->id is an id.  _key: in the rewrite phase the
 * key that the request came with is looked at and taken out of it; _log_handler: and before logs
 * from what never came so far.  _apply: POST of one.
 */
ngx_int_t ngx_http_gig_shape_named(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
ngx_int_t ngx_http_gig_shape_key(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
ngx_int_t ngx_http_gig_shape_log_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_gig_shape_apply(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);

ngx_int_t ngx_http_gig_metrics_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_gig_health_handler(ngx_http_request_t *r);

ngx_int_t ngx_http_gig_variables_add(ngx_conf_t *cf);

/*
 * Hands a body that is there (none, one buffer, several, a temporary file) to a reader,
 * to its end.  NGX_DECLINED: the reader refused it, and error says why.  NGX_ERROR: the
 * file could not be read.
 */
ngx_int_t ngx_http_gig_body(ngx_http_request_t *r, gig_answers_reader_t *reader,
    gig_error_t *error);

/* Bytes of the body that is there. */
off_t ngx_http_gig_body_size(ngx_http_request_t *r);

/* The first header of that name (in lower case), or NULL; times: how many there are, or NULL. */
ngx_str_t *ngx_http_gig_header_in(ngx_http_request_t *r, const char *name, ngx_uint_t *times);

/* The origin this request comes from, if it is one of gig_origins; else NULL. */
ngx_str_t *ngx_http_gig_origin(ngx_http_request_t *r, ngx_http_gig_loc_conf_t *glcf);

/*
 * OPTIONS: what a page of a listed origin may do here (Fetch, CORS preflight); methods: that
 * header, NULL if nothing.  NGX_DECLINED: this is no such question.
 */
ngx_int_t ngx_http_gig_preflight(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    const char *methods);

/* A POST of another site's page (Sec-Fetch-Site, else Origin): 1, and the caller refuses. */
ngx_uint_t ngx_http_gig_cross_site(ngx_http_request_t *r);

/* A gig ready for a page: its detail JSON with the holes filled; json is owned by the caller. */
typedef struct {
    gig_page_gig_t             gig;
    gig_zone_t                 zone;
    json_t                    *json;
} ngx_http_gig_shown_t;

/* NGX_DECLINED when the fragment is damaged: a 503. */
ngx_int_t ngx_http_gig_show(ngx_http_gig_ctx_t *ctx, uint32_t row, ngx_http_gig_shown_t *shown);

/* Appends a fragment of row with its holes filled; NGX_DECLINED when it is damaged. */
ngx_int_t ngx_http_gig_fill(ngx_http_gig_ctx_t *ctx, uint32_t row, gig_fragment_kind_t kind,
    gig_buf_t *out);

/* The gig asked for, or GIG_ROW_NONE (unknown or not visible yet); sets ctx->state. */
uint32_t ngx_http_gig_find(ngx_http_gig_ctx_t *ctx, gig_state_t *state);

void ngx_http_gig_page(ngx_http_gig_ctx_t *ctx, gig_page_t *page);

/* Appends a card in the page's language; NGX_DECLINED when its gig is damaged. */
ngx_int_t ngx_http_gig_card(ngx_http_gig_ctx_t *ctx, uint32_t row, gig_buf_t *out);

/* 0: public_url is not set: what needs whole addresses is a 404; told in the log once. */
ngx_uint_t ngx_http_gig_absolute(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
ngx_int_t ngx_http_gig_not_absolute(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);

#define NGX_HTTP_GIG_LIMIT_PENDING  120         /* a campus may be one address */
extern const ngx_http_gig_limit_t  ngx_http_gig_limit_pending;

/* Seconds until the next minute begins, in which it may be tried again. */
#define ngx_http_gig_limit_wait()   (60 - ngx_time() % 60)

/*
 * Counts an application that no judge was asked about, as `weight`: one with files fills a
 * disk.  NGX_OK; NGX_BUSY: its address has left so many in this minute.
 */
ngx_int_t ngx_http_gig_limit(ngx_http_request_t *r, ngx_http_gig_board_t *board,
    ngx_uint_t weight);

/* The same of self-identifications: nobody is to fill what waits, or a batch, alone. */
#define NGX_HTTP_GIG_LIMIT_SELF_ID  60
extern const ngx_http_gig_limit_t  ngx_http_gig_limit_self_ids;
ngx_int_t ngx_http_gig_limit_self_id(ngx_http_request_t *r, ngx_http_gig_board_t *board);

/*
 * Applications of one applicant from one address, to whichever gigs of the board.  _applicant:
 * NGX_OK, or NGX_BUSY: no more is taken in this minute; and where to count.  _count: one is on
 * its way, counted before it is known what becomes of it, or many at once would all be let
 * through; once however often it is called.  _give_back: nothing was taken.
 */
typedef struct {
    ngx_atomic_t              *slot;            /* NULL: there is no limit */
    ngx_atomic_uint_t          tag;
    unsigned                   counted:1;
} ngx_http_gig_limited_t;

ngx_int_t ngx_http_gig_limit_applicant(ngx_http_request_t *r, ngx_http_gig_board_t *board,
    const char *who, ngx_http_gig_limited_t *limited);
void ngx_http_gig_limit_count(ngx_http_gig_limited_t *limited);
void ngx_http_gig_limit_give_back(ngx_http_gig_limited_t *limited);

/* Seconds until a gig that is scheduled opens: Retry-After, at least 1. */
ngx_int_t ngx_http_gig_opens_in(ngx_http_gig_ctx_t *ctx, uint32_t row);

/* The answer for a gig that takes no application now: 403, 409, 410 by its state. */
ngx_int_t ngx_http_gig_refuse_state(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, uint32_t row,
    gig_state_t state);

/* The form, at first or again with what was typed; all but status and form may be 0 or NULL. */
typedef struct {
    ngx_uint_t                 status;
    const gig_form_t          *form;
    const gig_answers_t       *answers;
    const gig_errors_t        *errors;
    const char                *message;
    const char                *key;             /* NULL: a new form token; else this one again */
    unsigned                   aged:1;          /* a new one may be sent at once */
    time_t                     wait;            /* s until an old one may */
    const char                *replaces;        /* of gig_replaces_make(): offers that; or NULL */
    int64_t                    first_ms;        /* when this form was first received, or 0 */
    ngx_int_t                  retry_after;
} ngx_http_gig_form_again_t;

ngx_int_t ngx_http_gig_form_page(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, uint32_t row,
    const ngx_http_gig_form_again_t *again);

/*
 * The form of a gig from the image; NGX_DECLINED when it is not there or damaged.  Those that were
 * asked for last are kept as they were read: the caller frees its own and changes nothing in it.
 */
ngx_int_t ngx_http_gig_form_load(ngx_http_gig_ctx_t *ctx, uint32_t row, gig_form_t *form);
void ngx_http_gig_forms_free(ngx_http_gig_board_t *board);

/* Any form of the image, as it is and of no gig; index GIG_FORM_DEFAULT: the built-in one. */
ngx_int_t ngx_http_gig_form_at(ngx_http_gig_ctx_t *ctx, uint32_t index, gig_form_t *form);

/* 1: who applied to this gig is offered a form for self-identification. */
ngx_uint_t ngx_http_gig_self_id_offered(ngx_http_gig_ctx_t *ctx, uint32_t row);

/* Logs, at most once a minute a worker, which file intake lacks; NGX_OK if it lacks none. */
ngx_int_t ngx_http_gig_intake_ready(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);


static ngx_inline gig_str_t
ngx_http_gig_str(ngx_str_t *s)
{
    return (gig_str_t) { (const char *) s->data, s->len };
}


#endif /* _NGX_HTTP_GIG_REQUEST_H_INCLUDED_ */
