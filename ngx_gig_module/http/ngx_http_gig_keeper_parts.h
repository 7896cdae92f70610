
/*
 * The keeper's inside, shared by its files alone: _keeper.c (phases), _lock.c,
 * _tail.c (the change stream), _fetch.c (the records it names), _load.c (all of the
 * catalog), _changes.c (what is gathered), _compiler.c (the thread's work),
 * _nodes.c (what the host tells Redis), _drain.c (what Redis tells the host).
 */

#ifndef _NGX_HTTP_GIG_KEEPER_PARTS_H_INCLUDED_
#define _NGX_HTTP_GIG_KEEPER_PARTS_H_INCLUDED_


#include "ngx_http_gig.h"
#include "ngx_http_gig_catalog.h"
#include "ngx_http_gig_connect.h"
#include "ngx_http_gig_files.h"
#include "ngx_http_gig_keeper.h"
#include "ngx_http_gig_shm.h"

#include "gig_compile.h"
#include "gig_key.h"


#define NGX_HTTP_GIG_KEEPER_TICK        250         /* ms between tries for the lock */
#define NGX_HTTP_GIG_KEEPER_BLOCK       "1000"      /* ms XREAD waits */
#define NGX_HTTP_GIG_KEEPER_DEADLINE    6000        /* ms for any one reply; above BLOCK */
#define NGX_HTTP_GIG_KEEPER_HOLD        1000        /* ms to another look after nothing */
#define NGX_HTTP_GIG_ROWS_MIN           4096        /* numbers of gigs: fewer are no weight */
#define NGX_HTTP_GIG_ROWS_PART          4           /* a gig in so many numbers: loaded anew */
#define NGX_HTTP_GIG_KEEPER_REPLY_MAX   (64 * 1024 * 1024)
#define NGX_HTTP_GIG_GATHER             5           /* ms at rest */
#define NGX_HTTP_GIG_GATHER_MAX         10000       /* ms */
#define NGX_HTTP_GIG_GATHER_SHARE       10          /* compiling takes at most a tenth of a core */
#define NGX_HTTP_GIG_TAIL_COUNT         "1000"
#define NGX_HTTP_GIG_TAIL_N             1000
#define NGX_HTTP_GIG_FETCH_IDS          64
#define NGX_HTTP_GIG_FETCH_BYTES        (1024 * 1024)
#define NGX_HTTP_GIG_CHANGES_MAX        20000       /* more at once: a full load is cheaper */
#define NGX_HTTP_GIG_LOAD_BYTES_MAX     ((size_t) 2 * 1024 * 1024 * 1024)
#define NGX_HTTP_GIG_LOAD_ITEMS_MAX     (2 * GIG_IMAGE_GIGS_MAX + GIG_IMAGE_FORMS_MAX)
#define NGX_HTTP_GIG_LOAD_DELAY         1000        /* ms between full loads; it doubles */
#define NGX_HTTP_GIG_LOAD_DELAY_MAX     30000       /* how long a mended Redis or disk may wait */
#define NGX_HTTP_GIG_CALM               1000        /* ms without a change, then fsync; */
#define NGX_HTTP_GIG_CALM_MAX           30000       /* at the latest after so many */
#define NGX_HTTP_GIG_COMPACT_MIN        (1024 * 1024)   /* bytes of stores not worth compacting */
#define NGX_HTTP_GIG_COMPACT_STORES     16          /* so many stores are compacted into one */
#define NGX_HTTP_GIG_STORE_BUFFER       (256 * 1024)
#define NGX_HTTP_GIG_REFUSED_TOLD       16          /* refused records logged a compile */
#define NGX_HTTP_GIG_REFUSED_KNOWN      1024        /* and remembered, so as to log them once */
#define NGX_HTTP_GIG_ZONES_MAX          64
#define NGX_HTTP_GIG_NODES_INTERVAL     5           /* seconds */
#define NGX_HTTP_GIG_VISITS_FLUSH       512         /* HINCRBY at once */


/* What is known to have changed: ids, and later what Redis holds under them. */
typedef struct {
    gig_str_t                 id;
    gig_str_t                 json;             /* data NULL: not there (any more) */
    unsigned                  form:1;
    unsigned                  content:1;        /* the record changed, not (only) its seats */
    unsigned                  fetched:1;
    unsigned                  told:1;           /* seats is set */
    unsigned                  seats:2;
} ngx_http_gig_change_t;

typedef struct {
    ngx_http_gig_change_t    *elts;
    size_t                    n;
    size_t                    size;
    uint32_t                 *slots;            /* a hash table over ids, or NULL: not looked up */
    size_t                    n_slots;
    struct ngx_http_gig_chunk_s  *chunks;       /* what id and json point into */
    size_t                    bytes;
} ngx_http_gig_changes_t;

typedef enum {
    NGX_HTTP_GIG_PHASE_IDLE,        /* no lock, no connection, or nothing checked yet */
    NGX_HTTP_GIG_PHASE_RESUME,      /* is the entry at our cursor still there? */
    NGX_HTTP_GIG_PHASE_CHECK,       /* entries, version, digest, ready in one transaction */
    NGX_HTTP_GIG_PHASE_TAIL,        /* XREAD BLOCK */
    NGX_HTTP_GIG_PHASE_GATHER,      /* timer; then check */
    NGX_HTTP_GIG_PHASE_LOAD,
    NGX_HTTP_GIG_PHASE_FETCH,
    NGX_HTTP_GIG_PHASE_COMPILE,
    NGX_HTTP_GIG_PHASE_HOLD         /* timer; then check */
} ngx_http_gig_phase_t;

/* A task of the pool.  The thread touches this and what it points to, nothing else. */
typedef struct {
    ngx_http_gig_keeper_t    *keeper;
    ngx_uint_t                sync;             /* fsync of an image instead of a compile */
    int                       folder;

    ngx_http_gig_view_t      *view;             /* held for the thread; NULL: no last image */
    ngx_http_gig_changes_t    load;             /* of a full load */
    ngx_http_gig_changes_t    changes;
    ngx_uint_t                full;
    gig_compile_t             compile;
    gig_store_t               stores[GIG_IMAGE_STORES_MAX + 1];
    char                      board[GIG_BOARD_MAX + 1];

    int                       store_fd;         /* -1: the thread makes the file */
    uint64_t                  store_size;
    uint32_t                  current;          /* index into stores */
    char                     *buffer;           /* of the store, not yet written; a block */
    size_t                    buffered;

    ngx_http_gig_files_keep_t keep;
    unsigned                  n_kept;           /* of keep.stores, without the new image's */

    struct {
        gig_str_t             name;
        gig_str_t             tzif;
    } zones[NGX_HTTP_GIG_ZONES_MAX];
    unsigned                  n_zones;

    int                       ok;
    int                       exists;
    gig_error_t               err;
    ngx_msec_t                took;             /* CPU of the thread, rounded up */
    uint64_t                  generation;
    unsigned                  n_refused;
    struct {
        char                  id[GIG_ID_MAX + 1];
        gig_error_t           error;
    } refused[NGX_HTTP_GIG_REFUSED_TOLD];
} ngx_http_gig_job_t;

typedef struct {
    uint64_t                  generation;
    gig_store_t               stores[GIG_IMAGE_STORES_MAX];
    unsigned                  n;
} ngx_http_gig_saved_t;

struct ngx_http_gig_keeper_s {
    ngx_http_gig_board_t     *board;
    ngx_log_t                *log;
    ngx_event_t               tick;             /* cancelable */
    ngx_event_t               wait;             /* cancelable: deadline, gathering, holding */
    int                       lock;             /* descriptor of keeper.lock or -1 */
    int                       folder;           /* our own descriptor of the folder */
    unsigned                  locked:1;
    unsigned                  loading:1;        /* `load` is being filled */
    unsigned                  started:1;        /* the connection is kept up */
    unsigned                  failing:1;        /* that compiles fail was logged */
    ngx_http_gig_connect_t    connect;

    ngx_http_gig_phase_t      phase;
    ngx_uint_t                want;             /* a full load: NGX_HTTP_GIG_WANT_* */
    const char               *why;              /* of it, or of holding */
    const char               *told;             /* the reason for holding that was logged */

    /* where we are in the change stream */
    uint64_t                  cursor_ms, cursor_seq, cursor_version;
    uint64_t                  version;
    char                      digest[GIG_DIGEST_TEXT];
    char                      ready[GIG_READY_MAX];

    ngx_http_gig_changes_t    changes;
    ngx_http_gig_changes_t    load;
    ngx_uint_t                load_step;
    char                      load_cursor[24];
    size_t                    fetched;          /* changes before this one are fetched */
    size_t                    asked;            /* records of the HMGET under way */
    size_t                    average;          /* bytes of a record, to keep to FETCH_BYTES */
    ngx_msec_t                load_after;       /* no full load before */
    ngx_msec_t                load_delay;

    ngx_thread_task_t        *task;             /* the compile under way */
    ngx_thread_task_t        *sync_task;
    ngx_msec_t                compiled;         /* when the last one ended */
    ngx_msec_t                took;             /* CPU of the thread, rounded up */

    uint64_t                  generation;       /* the highest there is */
    uint64_t                  keeper;           /* number in the names of our stores */
    uint32_t                  store;            /* number of the current one */
    int                       store_fd;
    uint64_t                  store_size;
    ngx_http_gig_saved_t      synced;
    ngx_http_gig_saved_t      syncing;
    ngx_msec_t                unsynced;         /* since when; valid while current is not synced */

    uint32_t                  refused[NGX_HTTP_GIG_REFUSED_KNOWN];
    ngx_uint_t                n_refused;

    time_t                    nodes_at;
    ngx_uint_t                visits_from;
    ngx_uint_t                nodes_told;
    ngx_uint_t                drain_told;
};

#define NGX_HTTP_GIG_WANT_NOTHING   0
#define NGX_HTTP_GIG_WANT_FULL      1           /* fragments of equal rev may stay */
#define NGX_HTTP_GIG_WANT_FRESH     2           /* none may: one was found damaged */


/* _changes.c.  Adding returns NULL when memory or the limit is at its end. */
ngx_http_gig_change_t *ngx_http_gig_changes_add(ngx_http_gig_changes_t *changes, ngx_uint_t form,
    gig_str_t id, size_t max);
ngx_http_gig_change_t *ngx_http_gig_changes_append(ngx_http_gig_changes_t *changes,
    ngx_uint_t form, gig_str_t id, size_t max);
int ngx_http_gig_changes_json(ngx_http_gig_changes_t *changes, ngx_http_gig_change_t *change,
    gig_str_t json);
void ngx_http_gig_changes_clear(ngx_http_gig_changes_t *changes);

/* _lock.c */
ngx_int_t ngx_http_gig_lock_try(ngx_http_gig_keeper_t *k);
ngx_uint_t ngx_http_gig_lock_lost(ngx_http_gig_keeper_t *k);
void ngx_http_gig_lock_close(ngx_http_gig_keeper_t *k);

/* _keeper.c */
void ngx_http_gig_keeper_wait(ngx_http_gig_keeper_t *k, ngx_http_gig_phase_t phase,
    ngx_msec_t ms);
void ngx_http_gig_keeper_hold(ngx_http_gig_keeper_t *k, const char *why);
void ngx_http_gig_keeper_begin(ngx_http_gig_keeper_t *k);
void ngx_http_gig_keeper_failed(ngx_http_gig_keeper_t *k, const redisReply *reply);

/* reply is an error: told, once; asked again in a while. */
void ngx_http_gig_keeper_error(ngx_http_gig_keeper_t *k, const redisReply *reply);
ngx_int_t ngx_http_gig_keeper_send(ngx_http_gig_keeper_t *k, redisCallbackFn *callback,
    ngx_uint_t argc, const gig_str_t *argv);
gig_str_t ngx_http_gig_keeper_key(ngx_http_gig_keeper_t *k, char key[GIG_KEY_SIZE],
    const char *name);
void ngx_http_gig_keeper_in_step(ngx_http_gig_keeper_t *k);

/* 1 if the callback is about the connection we have; else the reply is nobody's. */
ngx_uint_t ngx_http_gig_keeper_current(ngx_http_gig_keeper_t *k, redisAsyncContext *ac,
    const redisReply *reply);

/* _tail.c */
void ngx_http_gig_tail_resume(ngx_http_gig_keeper_t *k);
void ngx_http_gig_tail_check(ngx_http_gig_keeper_t *k);
ngx_int_t ngx_http_gig_tail_entry(ngx_http_gig_keeper_t *k, const redisReply *entry,
    ngx_uint_t apply);
gig_str_t ngx_http_gig_reply_text(const redisReply *reply);

/* _fetch.c: what is still to be fetched of `changes`, then the compile */
void ngx_http_gig_fetch(ngx_http_gig_keeper_t *k);

/* _load.c */
void ngx_http_gig_load_start(ngx_http_gig_keeper_t *k);

/* _compiler.c */
ngx_int_t ngx_http_gig_compiler_start(ngx_http_gig_keeper_t *k);
void ngx_http_gig_compiler_sync(ngx_http_gig_keeper_t *k);
void ngx_http_gig_job_free(ngx_http_gig_job_t *job);

/* _keeper.c: what the compiler's tasks end in */
void ngx_http_gig_keeper_compiled(ngx_http_gig_keeper_t *k, ngx_http_gig_job_t *job);
void ngx_http_gig_keeper_synced(ngx_http_gig_keeper_t *k, ngx_http_gig_job_t *job);

/* _nodes.c */
void ngx_http_gig_nodes_tell(ngx_http_gig_keeper_t *k);

/* _drain.c.  The same for what this host is told: whether it is to leave. */
void ngx_http_gig_drain_look(ngx_http_gig_keeper_t *k);


#endif /* _NGX_HTTP_GIG_KEEPER_PARTS_H_INCLUDED_ */
