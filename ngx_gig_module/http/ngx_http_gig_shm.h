
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
    NGX_HTTP_GIG_COUNT_PENDING,             /* taken without a judge */
    NGX_HTTP_GIG_COUNT_REPLAYED,
    NGX_HTTP_GIG_COUNT_REFUSED,             /* full, closed, fields ... */
    NGX_HTTP_GIG_COUNT_UNAVAILABLE,         /* 503 */
    NGX_HTTP_GIG_COUNT_WITHDRAWN,
    NGX_HTTP_GIG_COUNT_SELF_ID_TAKEN,
    NGX_HTTP_GIG_COUNT_SELF_ID_SENT,
    NGX_HTTP_GIG_COUNT_SELF_ID_LOST,        /* may be: Redis did not say */
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
#define NGX_HTTP_GIG_VISITS_MAX     12288   /* pairs of gig and source */
#define NGX_HTTP_GIG_VISITS_OTHER   4096    /* the last of them are for source "other" alone */


/* What all workers see of the keeper.  `notice` only says "look". */
typedef struct {
    ngx_atomic_t              notice;       /* rises with each published image */
    ngx_atomic_t              generation;   /* last one published or found whole here */
    ngx_atomic_t              version;
    ngx_atomic_t              in_step;      /* seconds; 0: never since the zone was made */
    ngx_atomic_t              damaged;      /* a fragment was found damaged: load afresh */
} ngx_http_gig_notice_t;


/* Directive time: names the zone after the board and its folder. */
ngx_int_t ngx_http_gig_shm_add(ngx_conf_t *cf, ngx_http_gig_board_t *board);

ngx_http_gig_notice_t *ngx_http_gig_shm_notice(ngx_http_gig_board_t *board);

void ngx_http_gig_count(ngx_http_gig_board_t *board, ngx_http_gig_count_t what, ngx_uint_t n);
ngx_uint_t ngx_http_gig_counted(ngx_http_gig_board_t *board, ngx_http_gig_count_t what);

/* _limit.c: which minute and how many in it, for the address with that hash. */
#define NGX_HTTP_GIG_LIMIT_SLOTS    8192        /* a power of two */
#define NGX_HTTP_GIG_LIMIT_COUNTS   4096        /* a slot is minute * this + count */
#define NGX_HTTP_GIG_LIMIT_MINUTES  65536       /* after so many they come again */
ngx_atomic_t *ngx_http_gig_shm_limit(ngx_http_gig_board_t *board, uint64_t hash);

/* _self_id_batch.c: where its pool hangs; NULL until the first one came. */
struct ngx_http_gig_self_id_pool_s **ngx_http_gig_shm_self_id(ngx_http_gig_board_t *board);

/* And for an applicant at an address: a slot knows whose it is, and belongs to who came last. */
#define NGX_HTTP_GIG_LIMIT_TAGS     16777216    /* a slot is tag, minute and count */
ngx_atomic_t *ngx_http_gig_shm_applicant(ngx_http_gig_board_t *board, uint64_t hash);

/*
 * What the ledgers of this host's workers hold and is not settled, for workers that do not hold
 * it themselves: a table without locks, by hash.  What finds no room in it is not there: then the
 * judge is asked, as if this host knew nothing.  value is never 0.  Set when a record is on the
 * disk, cleared when it is ticked; what a killed worker set, whoever adopts its segment clears.
 * place: a hash that all keys of an id share: what is asked for together lies together in memory.
 */
#define NGX_HTTP_GIG_HELD_SLOTS     32768       /* a power of two */
#define NGX_HTTP_GIG_HELD_PROBES    32
void ngx_http_gig_held_set(ngx_http_gig_board_t *board, uint64_t place, uint64_t key,
    uint64_t value);
void ngx_http_gig_held_clear(ngx_http_gig_board_t *board, uint64_t place, uint64_t key);

/* 0: not there. */
uint64_t ngx_http_gig_held(ngx_http_gig_board_t *board, uint64_t place, uint64_t key);

/*
 * How many records of the ledger are not settled: _set says it of this worker, the other gives the
 * sum over the host's.  A worker that was killed is counted until another has its slot.
 */
void ngx_http_gig_gap_set(ngx_http_gig_board_t *board, size_t gap);
size_t ngx_http_gig_gap(ngx_http_gig_board_t *board);

/*
 * Drained (_drain.c): for how many seconds nothing has been under way; -1: this host is not.
 * _busy: something still is, in this worker.
 */
void ngx_http_gig_drain_set(ngx_http_gig_board_t *board, ngx_uint_t on);
void ngx_http_gig_drain_busy(ngx_http_gig_board_t *board);
time_t ngx_http_gig_drained(ngx_http_gig_board_t *board);

void ngx_http_gig_visit(ngx_http_gig_board_t *board, gig_str_t gig, ngx_str_t source,
    ngx_http_gig_visit_t what);

/* Where that visit is counted, as long as the zone is there; NULL: nowhere, the table is full. */
ngx_atomic_t *ngx_http_gig_visit_total(ngx_http_gig_board_t *board, gig_str_t gig,
    ngx_str_t source, ngx_http_gig_visit_t what);

/*
 * What was counted and not yet flushed to `visits`.  _take() marks up to max
 * deltas as flushed and returns how many; _give_back() undoes one that surely
 * did not arrive.  (An unknown outcome is counted as arrived: a visit too few
 * is better than one twice.)  Called by the keeper only.
 */
typedef struct {
    ngx_uint_t                slot;
    ngx_http_gig_visit_t      kind;
    ngx_uint_t                n;
    gig_str_t                 gig;          /* in the zone: entries never move or go */
    gig_str_t                 source;
} ngx_http_gig_visit_delta_t;

ngx_uint_t ngx_http_gig_visits_take(ngx_http_gig_board_t *board, ngx_uint_t *from,
    ngx_http_gig_visit_delta_t *deltas, ngx_uint_t max);
void ngx_http_gig_visits_give_back(ngx_http_gig_board_t *board, ngx_uint_t slot,
    ngx_http_gig_visit_t kind, ngx_uint_t n);

/* Appends Prometheus text of this board's counters to a pool buffer chain: see _metrics.c. */
size_t ngx_http_gig_shm_metrics_size(ngx_http_gig_board_t *board);
u_char *ngx_http_gig_shm_metrics(ngx_http_gig_board_t *board, u_char *p, u_char *last);


#endif /* _NGX_HTTP_GIG_SHM_H_INCLUDED_ */
