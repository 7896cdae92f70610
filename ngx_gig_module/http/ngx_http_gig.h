
/*
 * What the files of http/ share: a board's configuration and what a worker
 * holds of it at run time.
 *
 * Who runs when: the master reads the configuration (board->conf members are
 * written once, then only read); init_process in each worker makes `catalog`,
 * `link`, `records` and `keeper`; exit_process takes them down.  Nothing of a board's run
 * time outlives its cycle, so a reload starts afresh beside the old workers.
 */

#ifndef _NGX_HTTP_GIG_H_INCLUDED_
#define _NGX_HTTP_GIG_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_gig_compat.h"

#include "gig_box.h"
#include "gig_image.h"
#include "gig_language.h"
#include "gig_layout.h"
#include "gig_seal.h"
#include "gig_search.h"


typedef struct ngx_http_gig_board_s    ngx_http_gig_board_t;
typedef struct ngx_http_gig_catalog_s  ngx_http_gig_catalog_t;
typedef struct ngx_http_gig_link_s     ngx_http_gig_link_t;
typedef struct ngx_http_gig_keeper_s   ngx_http_gig_keeper_t;
typedef struct ngx_http_gig_shm_s      ngx_http_gig_shm_t;
typedef struct ngx_http_gig_ledger_s   ngx_http_gig_ledger_t;
typedef struct ngx_http_gig_deny_s     ngx_http_gig_deny_t;
typedef struct ngx_http_gig_guard_s    ngx_http_gig_guard_t;
typedef struct ngx_http_gig_cache_s    ngx_http_gig_cache_t;
typedef struct ngx_http_gig_asked_s    ngx_http_gig_asked_t;
typedef struct ngx_http_gig_kept_form_s  ngx_http_gig_kept_form_t;
typedef struct ngx_http_gig_bulks_s    ngx_http_gig_bulks_t;


#define NGX_HTTP_GIG_FORMS  16              /* that a worker keeps as read */


/* How many applications are taken in a minute; RateLimit has its name. */
typedef struct {
    const char               *name;
    ngx_uint_t                quota;
} ngx_http_gig_limit_t;


/* Where Redis is and how to be let in.  One of addrs (numeric) or host (to resolve). */
typedef struct {
    ngx_str_t                 name;         /* as written, for messages */
    ngx_addr_t               *addrs;        /* numeric address or unix socket; or NULL: */
    ngx_str_t                 host;         /* resolved by ngx_resolver at each connect */
    in_port_t                 port;
    ngx_str_t                 user;
    ngx_str_t                 password;     /* from password_file; never logged */
    ngx_uint_t                db;
} ngx_http_gig_redis_t;


struct ngx_http_gig_board_s {
    /* configuration */
    ngx_str_t                 name;
    ngx_http_gig_redis_t      redis;
    ngx_str_t                 state;        /* state folder, absolute, NUL-terminated */
    gig_secret_t              secret;
    gig_secret_t              cursors;      /* the same; or derived from the name */
    unsigned                  sealed:1;     /* a seal_key is given */
    unsigned                  secret_set:1;
    gig_public_key_t          seal_key;
    ngx_str_t                 secret_file;  /* paths, for messages: what is missing and where */
    ngx_str_t                 seal_file;
    gig_place_names_t        *place_names;  /* `places` on the built-in one, or main conf's */
    ngx_str_t                 public_url;   /* ends in "/"; empty if unset */
    ngx_str_t                 deny;         /* path; empty: none */
    ngx_str_t                 title;
    ngx_str_t                 about;
    ngx_flag_t                ledger;
    off_t                     ledger_size;          /* bytes of all workers' together */
    time_t                    ledger_keep;          /* s that a settled record stays */
    time_t                    ledger_max_age;       /* s after which one that is not is told of */
    size_t                    files;                /* bytes of an application's; 0: off */
    size_t                    files_waiting;        /* bytes of all that are not delivered */
    ngx_msec_t                redis_timeout;        /* of one operation */
    ngx_uint_t                redis_in_flight;      /* operations a worker */
    size_t                    cache_size;           /* bytes of responses a worker */
    ngx_flag_t                compress;             /* responses that are kept */
    ngx_http_gig_limit_t      limit_applicant;      /* quota 0: off */
    ngx_shm_zone_t           *zone;
    ngx_thread_pool_t        *pool;
    unsigned                  used:1;       /* by some location; else it starts nothing */
    unsigned                  declared:1;   /* its gig_board block was read */
    uint64_t                  given;        /* two bits a parameter of the block: conf's own */
    ngx_str_t                 file;         /* where `gig` first named it, for a message */
    ngx_uint_t                line;

    /* run time of this worker; NULL in the master */
    ngx_http_gig_catalog_t   *catalog;
    ngx_http_gig_deny_t      *denied;       /* NULL without `deny` */
    ngx_http_gig_link_t      *link;
    ngx_http_gig_keeper_t    *keeper;
    ngx_http_gig_ledger_t    *records;      /* NULL with the ledger off */
    ngx_http_gig_guard_t     *guard;        /* NULL without files */
    ngx_http_gig_cache_t     *cache;
    gig_search_t             *search;
    ngx_http_gig_asked_t     *asked;
    ngx_http_gig_kept_form_t *forms[NGX_HTTP_GIG_FORMS];    /* by row; NULL: none yet */
    gig_sealer_t              sealer;
    ngx_rbtree_t              intakes;      /* applications in this worker's hands, by id */
    ngx_rbtree_node_t         intakes_sentinel;
    ngx_queue_t               unsigned_;    /* those of them whose receipt waits to be signed */
    ngx_event_t               sign;
    ngx_http_gig_bulks_t     *bulks;        /* outputs of a whole catalog; NULL: none yet */
    ngx_uint_t                told_url;     /* that public_url is missing */
    ngx_msec_t                told;         /* when a missing key was last logged */
    ngx_msec_t                files_told;   /* when a form that wants files was last logged */
    ngx_msec_t                judge_told;   /* when an error of the judge was last logged */
    ngx_msec_t                self_id_told; /* and one of self-identifications */
    ngx_msec_t                self_id_wrong;    /* and that the form offered is none */
    ngx_msec_t                self_id_pause;    /* until when none are sent; 0: now */
};


typedef struct {
    ngx_array_t               boards;       /* of ngx_http_gig_board_t * */
    ngx_resolver_t           *resolver;     /* of http {} level, may have no servers */
    ngx_msec_t                resolver_timeout;
    gig_place_names_t        *place_names;  /* built in; NULL until a board needs just that */
    ngx_array_t              *languages;    /* of ngx_http_gig_languages_t *; NULL: none yet */
    ngx_array_t              *keys;         /* hashes of all key_file; NULL: there are none */
    unsigned                  origins:1;    /* some location lists them */
} ngx_http_gig_main_conf_t;


/* Whose API a location looks like, if not its own. */
typedef enum {
    NGX_HTTP_GIG_SHAPE_NONE,
    NGX_HTTP_GIG_SHAPE_GREENHOUSE,
    NGX_HTTP_GIG_SHAPE_LEVER
} ngx_http_gig_shape_t;

/* Languages that pages are offered in; the first is for those who read none of them. */
typedef struct {
    ngx_uint_t                n;
    const gig_language_t     *language[GIG_LANGUAGES_OFFERED];
    ngx_array_t              *tags, *texts; /* what it was made of */
} ngx_http_gig_languages_t;

typedef struct {
    ngx_http_gig_board_t     *board;
    ngx_str_t                 prefix;       /* the location's name, ends in "/" */
    ngx_str_t                 base;         /* of addresses: public_url, or prefix encoded */
    ngx_str_t                 csp;          /* Content-Security-Policy of all answers */
    ngx_array_t              *origins;      /* of ngx_str_t: pages that may embed; NULL: none */
    ngx_str_t                 style_url;    /* the company's style sheet; or empty */
    gig_layout_t             *layout;       /* the company's frame; NULL: ours */
    ngx_array_t              *language_tags;    /* of ngx_str_t, as given; NULL: the default */
    ngx_array_t              *texts;        /* of ngx_str_t: files with words; NULL: none */
    ngx_http_gig_languages_t *languages;    /* what these two come to */
    ngx_uint_t                options;      /* bits of those of `gig` that were given */
    ngx_http_complex_value_t *challenge;    /* not empty nor "0": it was passed; NULL: none */
    ngx_http_gig_shape_t      shape;
    u_char                   *key;          /* NGX_HTTP_GIG_KEY_HASH bytes of who may POST there;
                                               NULL: nobody */

    /* run time of this worker */
    struct ngx_http_gig_bytes_s  *openapi;  /* NULL: nobody asked yet */
} ngx_http_gig_loc_conf_t;

#define NGX_HTTP_GIG_KEY_HASH   32


extern ngx_module_t  ngx_http_gig_module;


#endif /* _NGX_HTTP_GIG_H_INCLUDED_ */
