
/*
 * An output of a whole catalog, or a feed: asked for, made in a thread, sent to all who wait, kept.
 * All here runs on the event loop; what the thread does is in ngx_http_gig_bulk_task.c.
 */

#include "ngx_http_gig_bulk_task.h"
#include "ngx_http_gig_deny.h"


#define NGX_HTTP_GIG_BULKS_MAX      16              /* of a board and worker, kept and in hand */
#define NGX_HTTP_GIG_BULKS_KEPT     8               /* so that some can always be asked for */
#define NGX_HTTP_GIG_BULKS_BYTES    ((size_t) 96 << 20)     /* of all that are kept */
#define NGX_HTTP_GIG_BULKS_HELD     ((size_t) 256 << 20)    /* with those that are being read */
#define NGX_HTTP_GIG_BULK_PAGES     256             /* in hand: they are small, and soon made */
#define NGX_HTTP_GIG_BULK_TASKS     2               /* at once: the ledger's need threads, too */
#define NGX_HTTP_GIG_BULK_MORE      1               /* for pages: they wait for no catalog */
#define NGX_HTTP_GIG_BULK_TRIES     3               /* when gigs are denied while it is made */
#define NGX_HTTP_GIG_BULK_WAIT      60000           /* ms until who waits gets a 503 */
#define NGX_HTTP_GIG_BULK_UNUSED    60              /* s until one is dropped */
#define NGX_HTTP_GIG_BULK_SWEEP     10000           /* ms */
#define NGX_HTTP_GIG_BULK_OVER      ((ngx_uint_t) -1)   /* the serial of no view */


/* One output: queued (neither task nor bytes), being made (task), made (bytes). */
typedef struct {
    ngx_queue_t                      queue;     /* newest use first */
    ngx_http_gig_bulks_t            *bulks;
    const ngx_http_gig_bulk_kind_t  *kind;
    ngx_queue_t                      waiting;   /* ngx_http_gig_bulk_waiter_t */
    ngx_event_t                      late;      /* while it is not made; not cancelable: keeps a
                                                   worker that is to end as long as it is waited */
    ngx_thread_task_t               *task;
    ngx_http_gig_bytes_t            *bytes;
    ngx_uint_t                       serial;    /* of the view that it is made of; 0: queued */
    int64_t                          until;     /* when its time slice ends */
    uint64_t                         denied;
    ngx_uint_t                       tries;
    time_t                           used;
    ngx_uint_t                       damaged;
    uint32_t                         part;
    gig_str_t                        path;      /* of the configuration */
    gig_str_t                        args;      /* behind the key */
    size_t                           len;
    u_char                           key[1];
} ngx_http_gig_bulk_t;

struct ngx_http_gig_bulks_s {
    ngx_http_gig_board_t            *board;
    ngx_queue_t                      queue;
    ngx_uint_t                       n, pages;  /* whole catalogs, and pages of lists */
    ngx_uint_t                       tasks;
    ngx_event_t                      sweep;     /* cancelable; set while something is there */
};

typedef struct {
    ngx_queue_t                      queue;
    ngx_http_gig_bulk_t             *bulk;      /* NULL: does not wait any more */
    ngx_http_request_t              *request;
    ngx_http_gig_ctx_t              *ctx;
} ngx_http_gig_bulk_waiter_t;

static ngx_http_gig_bulk_t *ngx_http_gig_bulk_find(ngx_http_gig_bulks_t *bulks,
    ngx_http_gig_ctx_t *ctx, u_char *key, size_t len);
static ngx_http_gig_bulk_t *ngx_http_gig_bulk_make(ngx_http_request_t *r,
    ngx_http_gig_ctx_t *ctx, const ngx_http_gig_bulk_kind_t *kind, uint32_t part, u_char *key,
    size_t len);
static ngx_http_gig_bulks_t *ngx_http_gig_bulks_get(ngx_http_gig_board_t *board);
static ngx_uint_t ngx_http_gig_bulk_current(ngx_http_gig_bulk_t *bulk, ngx_http_gig_view_t *view,
    time_t now);
static ngx_int_t ngx_http_gig_bulk_wait(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_http_gig_bulk_t *bulk);
static void ngx_http_gig_bulk_left(void *data);
static void ngx_http_gig_bulk_start(ngx_http_gig_bulks_t *bulks);
static ngx_int_t ngx_http_gig_bulk_post(ngx_http_gig_bulk_t *bulk);
static void ngx_http_gig_bulk_made(ngx_event_t *ev);
static void ngx_http_gig_bulk_late(ngx_event_t *ev);
static void ngx_http_gig_bulk_answer(ngx_http_gig_bulk_t *bulk, int rc);
static ngx_int_t ngx_http_gig_bulk_send(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_http_gig_bulk_t *bulk);
static ngx_int_t ngx_http_gig_bulk_send_page(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_http_gig_bulk_t *bulk);
static ngx_uint_t *ngx_http_gig_bulk_number(ngx_http_gig_bulks_t *bulks,
    const ngx_http_gig_bulk_kind_t *kind);
static void ngx_http_gig_bulk_drop(ngx_http_gig_bulk_t *bulk);
static void ngx_http_gig_bulks_trim(ngx_http_gig_bulks_t *bulks);
static void ngx_http_gig_bulks_sweep(ngx_event_t *ev);


ngx_int_t
ngx_http_gig_bulk(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    const ngx_http_gig_bulk_kind_t *kind, uint32_t part, u_char *key, size_t len)
{
    ngx_http_gig_bulk_t   *bulk;
    ngx_http_gig_bulks_t  *bulks;

    bulks = ngx_http_gig_bulks_get(ctx->board);
    if (bulks == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    bulk = ngx_http_gig_bulk_find(bulks, ctx, key, len);

    ctx->cache = ngx_http_gig_cache_status(ctx, bulk && bulk->bytes);

    if (bulk && bulk->bytes) {
        ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_CACHE_HIT, 1);
        return ngx_http_gig_bulk_send(r, ctx, bulk);
    }

    ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_CACHE_MISS, 1);

    if (bulk == NULL) {

        bulk = ngx_http_gig_bulk_make(r, ctx, kind, part, key, len);

        if (bulk == NULL) {
            return ngx_http_gig_unavailable(r, ctx, "Too much of this kind is being made at the "
                                                    "moment. Please try again in a few seconds.");
        }
    }

    if (ngx_http_gig_bulk_wait(r, ctx, bulk) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* ctx->view is not looked at after this: a newer one may have been taken */
    ngx_http_gig_bulk_start(bulks);

    return NGX_DONE;
}


/* One that is true now, or will be: it is queued. */

static ngx_http_gig_bulk_t *
ngx_http_gig_bulk_find(ngx_http_gig_bulks_t *bulks, ngx_http_gig_ctx_t *ctx, u_char *key,
    size_t len)
{
    ngx_queue_t          *q;
    ngx_http_gig_bulk_t  *bulk;

    for (q = ngx_queue_head(&bulks->queue);
         q != ngx_queue_sentinel(&bulks->queue);
         q = ngx_queue_next(q))
    {
        bulk = ngx_queue_data(q, ngx_http_gig_bulk_t, queue);

        if (bulk->len != len || ngx_memcmp(bulk->key, key, len) != 0
            || (bulk->serial && !ngx_http_gig_bulk_current(bulk, ctx->view, ctx->now)))
        {
            continue;
        }

        bulk->used = ngx_time();

        /* what is queued keeps its turn */

        if (bulk->bytes) {
            ngx_queue_remove(q);
            ngx_queue_insert_head(&bulks->queue, q);
        }

        return bulk;
    }

    return NULL;
}


static ngx_uint_t
ngx_http_gig_bulk_current(ngx_http_gig_bulk_t *bulk, ngx_http_gig_view_t *view, time_t now)
{
    return bulk->serial == view->serial && now < bulk->until;
}


/* NULL: as many are in hand as may be, or on their way to slow readers; or there is no memory. */

static ngx_http_gig_bulk_t *
ngx_http_gig_bulk_make(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    const ngx_http_gig_bulk_kind_t *kind, uint32_t part, u_char *key, size_t len)
{
    u_char                *p;
    ngx_http_gig_bulk_t   *bulk;
    ngx_http_gig_bulks_t  *bulks;

    bulks = ctx->board->bulks;

    ngx_http_gig_bulks_trim(bulks);

    if (*ngx_http_gig_bulk_number(bulks, kind)
        == (kind->page ? NGX_HTTP_GIG_BULK_PAGES : NGX_HTTP_GIG_BULKS_MAX)
        || ngx_http_gig_bytes_held() > NGX_HTTP_GIG_BULKS_HELD
        || ctx->board->pool == NULL)
    {
        return NULL;
    }

    bulk = ngx_calloc(sizeof(ngx_http_gig_bulk_t) + len + r->args.len, ngx_cycle->log);
    if (bulk == NULL) {
        return NULL;
    }

    bulk->bulks = bulks;
    bulk->kind = kind;
    bulk->part = part;
    bulk->path = ngx_http_gig_str(&ctx->conf->base);
    bulk->used = ngx_time();
    bulk->len = len;
    ngx_queue_init(&bulk->waiting);

    p = ngx_cpymem(bulk->key, key, len);
    bulk->args.data = (char *) p;
    bulk->args.len = r->args.len;

    if (r->args.len) {
        ngx_memcpy(p, r->args.data, r->args.len);
    }

    bulk->late.handler = ngx_http_gig_bulk_late;
    bulk->late.data = bulk;
    bulk->late.log = ngx_cycle->log;

    ngx_queue_insert_head(&bulks->queue, &bulk->queue);
    (*ngx_http_gig_bulk_number(bulks, kind))++;

    if (!bulks->sweep.timer_set) {
        ngx_add_timer(&bulks->sweep, NGX_HTTP_GIG_BULK_SWEEP);
    }

    return bulk;
}


static ngx_http_gig_bulks_t *
ngx_http_gig_bulks_get(ngx_http_gig_board_t *board)
{
    ngx_http_gig_bulks_t  *bulks;

    if (board->bulks) {
        return board->bulks;
    }

    bulks = ngx_calloc(sizeof(ngx_http_gig_bulks_t), ngx_cycle->log);
    if (bulks == NULL) {
        return NULL;
    }

    bulks->board = board;
    ngx_queue_init(&bulks->queue);

    bulks->sweep.handler = ngx_http_gig_bulks_sweep;
    bulks->sweep.data = bulks;
    bulks->sweep.log = ngx_cycle->log;
    bulks->sweep.cancelable = 1;

    board->bulks = bulks;

    return bulks;
}


static ngx_int_t
ngx_http_gig_bulk_wait(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, ngx_http_gig_bulk_t *bulk)
{
    ngx_pool_cleanup_t          *cln;
    ngx_http_gig_bulk_waiter_t  *waiter;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_gig_bulk_waiter_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_gig_bulk_left;

    waiter = cln->data;
    waiter->bulk = bulk;
    waiter->request = r;
    waiter->ctx = ctx;

    ngx_queue_insert_tail(&bulk->waiting, &waiter->queue);

    if (!bulk->late.timer_set) {
        ngx_add_timer(&bulk->late, NGX_HTTP_GIG_BULK_WAIT);
    }

    if (r == r->main && !r->discard_body) {
        r->read_event_handler = ngx_http_test_reading;
    }

    r->write_event_handler = ngx_http_request_empty_handler;
    r->main->count++;

    return NGX_OK;
}


/* A request's end, whatever its reason: its memory goes. */

static void
ngx_http_gig_bulk_left(void *data)
{
    ngx_http_gig_bulk_waiter_t  *waiter = data;

    if (waiter->bulk) {
        ngx_queue_remove(&waiter->queue);
        waiter->bulk = NULL;
    }
}


/* Tasks for what is queued, the longest first, as many as may be. */

static void
ngx_http_gig_bulk_start(ngx_http_gig_bulks_t *bulks)
{
    ngx_queue_t          *q, *prev;
    ngx_http_gig_bulk_t  *bulk;

    for (q = ngx_queue_last(&bulks->queue);
         q != ngx_queue_sentinel(&bulks->queue)
         && bulks->tasks < NGX_HTTP_GIG_BULK_TASKS + NGX_HTTP_GIG_BULK_MORE;
         q = prev)
    {
        prev = ngx_queue_prev(q);
        bulk = ngx_queue_data(q, ngx_http_gig_bulk_t, queue);

        if (bulk->serial || bulk->bytes
            || (bulks->tasks >= NGX_HTTP_GIG_BULK_TASKS && !bulk->kind->page))
        {
            continue;
        }

        /* one that nobody waits for any more, or whose time is up, need not be made */

        if (ngx_queue_empty(&bulk->waiting)) {
            ngx_http_gig_bulk_drop(bulk);
            continue;
        }

        if (ngx_http_gig_bulk_post(bulk) != NGX_OK) {
            return;                     /* the clock of each goes on */
        }
    }
}


static ngx_int_t
ngx_http_gig_bulk_post(ngx_http_gig_bulk_t *bulk)
{
    int64_t                    from;
    ngx_thread_task_t         *task;
    ngx_http_gig_board_t      *board;
    ngx_http_gig_bulk_task_t  *t;

    board = bulk->bulks->board;

    task = ngx_http_gig_bulk_task_make(board, bulk->kind, bulk->part, bulk->path, bulk->args);
    if (task == NULL) {
        return NGX_ERROR;
    }

    t = task->ctx;
    t->data = bulk;

    task->event.handler = ngx_http_gig_bulk_made;
    task->event.data = task;
    task->event.log = ngx_cycle->log;

    if (ngx_thread_task_post(board->pool, task) != NGX_OK) {
        ngx_http_gig_bulk_task_free(board, task);
        return NGX_ERROR;
    }

    gig_image_slice(&t->view->image, t->of.now, &from, &bulk->until);

    bulk->task = task;
    bulk->serial = t->view->serial;
    bulk->denied = ngx_http_gig_deny_hash(board->denied);
    bulk->bulks->tasks++;

    return NGX_OK;
}


static void
ngx_http_gig_bulk_made(ngx_event_t *ev)
{
    int                        rc;
    ngx_thread_task_t         *task;
    ngx_http_gig_bulk_t       *bulk;
    ngx_http_gig_view_t       *view;
    ngx_http_gig_bulks_t      *bulks;
    ngx_http_gig_board_t      *board;
    ngx_http_gig_bulk_task_t  *t;

    task = ev->data;
    t = task->ctx;
    bulk = t->data;
    bulks = bulk->bulks;
    board = bulks->board;

    bulks->tasks--;
    bulk->task = NULL;
    rc = t->rc;

    if (t->of.damaged) {
        ngx_http_gig_shm_notice(board)->damaged = 1;
    }

    /* this looks at the file as well: a gig that was taken down meanwhile is not told of again */

    (void) ngx_http_gig_catalog_view(board);

    if (rc == 0 && bulk->denied != ngx_http_gig_deny_hash(board->denied)) {

        if (++bulk->tries < NGX_HTTP_GIG_BULK_TRIES) {
            ngx_http_gig_bulk_task_free(board, task);
            bulk->serial = 0;
            ngx_http_gig_bulk_start(bulks);
            return;
        }

        rc = -1;
    }

    if (rc == 0) {
        bulk->damaged = t->of.damaged;
        bulk->bytes = t->bytes;
        t->bytes = NULL;

    } else if (rc == -1) {
        ngx_log_error(NGX_LOG_ERR, ev->log, 0, "gig_board \"%V\": %s could not be made: there is "
                      "no memory for it, or it is longer than %uz MB; ask for less by filters, as "
                      "in ?department=NAME", &board->name, bulk->kind->name,
                      NGX_HTTP_GIG_BULK_LIMIT >> 20);
    }

    if (bulk->late.timer_set) {
        ngx_del_timer(&bulk->late);
    }

    /* what is sent to the last who waits may run anything: bulk is kept from being dropped */
    bulk->task = task;
    ngx_http_gig_bulk_answer(bulk, rc);
    bulk->task = NULL;

    /* they looked as well: the view of before may be gone */
    view = ngx_http_gig_catalog_view(board);

    if (rc != 0 || t->of.damaged || bulk->kind->page || view == NULL
        || !ngx_http_gig_bulk_current(bulk, view, ngx_time()))
    {
        ngx_http_gig_bulk_drop(bulk);
    }

    ngx_http_gig_bulk_task_free(board, task);
    ngx_http_gig_bulks_trim(bulks);
    ngx_http_gig_bulk_start(bulks);
}


static void
ngx_http_gig_bulk_late(ngx_event_t *ev)
{
    ngx_http_gig_bulk_t  *bulk;

    bulk = ev->data;

    ngx_log_error(NGX_LOG_ERR, ev->log, 0, "gig_board \"%V\": %s was not made within %d s: no "
                  "thread had the time", &bulk->bulks->board->name, bulk->kind->name,
                  NGX_HTTP_GIG_BULK_WAIT / 1000);

    /* nobody else is to find it, nor a thread to be given it, while they are answered */

    if (bulk->task == NULL) {
        bulk->serial = NGX_HTTP_GIG_BULK_OVER;
    }

    ngx_http_gig_bulk_answer(bulk, -1);

    if (bulk->task == NULL) {
        ngx_http_gig_bulk_drop(bulk);
    }
}


/* All who wait hear of it; one may end others, which wait on the same connection. */

static void
ngx_http_gig_bulk_answer(ngx_http_gig_bulk_t *bulk, int rc)
{
    ngx_int_t                    status;
    ngx_queue_t                 *q;
    ngx_http_gig_ctx_t          *ctx;
    ngx_http_request_t          *r;
    ngx_http_gig_bulk_waiter_t  *waiter;

    while (!ngx_queue_empty(&bulk->waiting)) {
        q = ngx_queue_head(&bulk->waiting);
        waiter = ngx_queue_data(q, ngx_http_gig_bulk_waiter_t, queue);

        /* it is in no queue from here on, which removing it again does not change */
        ngx_queue_remove(q);
        ngx_queue_init(q);
        waiter->bulk = NULL;

        r = waiter->request;
        ctx = waiter->ctx;

        ngx_http_set_log_request(r->connection->log, r);
        ngx_http_gig_view(ctx);

        if (rc == 0) {
            status = ngx_http_gig_bulk_send(r, ctx, bulk);

        } else if (rc == 1) {
            status = ngx_http_gig_problem(r, ctx, NGX_HTTP_NOT_FOUND, "not-found",
                                          "There is nothing at this address.");

        } else {
            status = ngx_http_gig_unavailable(r, ctx, "This could not be made. Please try again "
                                                      "later.");
        }

        ngx_http_gig_finalize(r, status);
    }
}


static ngx_int_t
ngx_http_gig_bulk_send(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, ngx_http_gig_bulk_t *bulk)
{
    ngx_uint_t             current;
    ngx_http_gig_answer_t  answer;

    current = ctx->view && ngx_http_gig_bulk_current(bulk, ctx->view, ctx->now);

    if (current && bulk->kind->page) {
        return ngx_http_gig_bulk_send_page(r, ctx, bulk);
    }

    ngx_http_gig_answer_until(ctx, bulk->until, bulk->bytes, &answer);

    /* the catalog changed while it was made */
    if (!current) {
        answer.max_age = NGX_HTTP_GIG_NO_CACHE;
    }

    answer.link = bulk->bytes->link;
    answer.encoding = ngx_http_gig_encoding_made(r, bulk->bytes);
    answer.etag = bulk->bytes->body[answer.encoding].etag;
    ngx_http_gig_bytes_hold(bulk->bytes);

    return ngx_http_gig_send(r, ctx, &answer, bulk->bytes);
}


/* A page is kept with the lists, unless it lacks a gig, and sent as they are. */

static ngx_int_t
ngx_http_gig_bulk_send_page(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_http_gig_bulk_t *bulk)
{
    ngx_http_gig_cache_t  *cache;

    cache = ctx->board->cache;

    ngx_http_gig_cache_turn(cache, ctx);

    if (bulk->bytes->entry == NULL && !bulk->damaged) {
        ngx_http_gig_cache_keep(cache, bulk->key, bulk->len, bulk->bytes);
    }

    ngx_http_gig_bytes_hold(bulk->bytes);
    ngx_http_gig_spelling_keep(r, ctx, bulk->bytes, NULL);

    return ngx_http_gig_send_cached(r, ctx, bulk->bytes);
}


/* How many of that kind there are, kept and in hand. */

static ngx_uint_t *
ngx_http_gig_bulk_number(ngx_http_gig_bulks_t *bulks, const ngx_http_gig_bulk_kind_t *kind)
{
    return kind->page ? &bulks->pages : &bulks->n;
}


/* One without a task, for which nobody waits. */

static void
ngx_http_gig_bulk_drop(ngx_http_gig_bulk_t *bulk)
{
    if (bulk->late.timer_set) {
        ngx_del_timer(&bulk->late);
    }

    if (bulk->bytes) {
        ngx_http_gig_bytes_release(bulk->bytes);
    }

    ngx_queue_remove(&bulk->queue);
    (*ngx_http_gig_bulk_number(bulk->bulks, bulk->kind))--;
    ngx_free(bulk);
}


/* Drops what is not true any more, was not asked for lately, or is too much. */

static void
ngx_http_gig_bulks_trim(ngx_http_gig_bulks_t *bulks)
{
    size_t                size;
    ngx_uint_t            kept;
    ngx_queue_t          *q, *next;
    ngx_http_gig_bulk_t  *bulk;
    ngx_http_gig_view_t  *view;

    view = ngx_http_gig_catalog_view(bulks->board);
    size = 0;
    kept = 0;

    for (q = ngx_queue_head(&bulks->queue); q != ngx_queue_sentinel(&bulks->queue); q = next) {
        next = ngx_queue_next(q);
        bulk = ngx_queue_data(q, ngx_http_gig_bulk_t, queue);

        if (bulk->task || bulk->bytes == NULL) {
            continue;
        }

        size += ngx_http_gig_bytes_size(bulk->bytes);
        kept++;

        if (view == NULL || !ngx_http_gig_bulk_current(bulk, view, ngx_time())
            || ngx_time() - bulk->used >= NGX_HTTP_GIG_BULK_UNUSED
            || size > NGX_HTTP_GIG_BULKS_BYTES || kept > NGX_HTTP_GIG_BULKS_KEPT)
        {
            size -= ngx_http_gig_bytes_size(bulk->bytes);
            kept--;
            ngx_http_gig_bulk_drop(bulk);
        }
    }
}


static void
ngx_http_gig_bulks_sweep(ngx_event_t *ev)
{
    ngx_http_gig_bulks_t  *bulks;

    bulks = ev->data;

    ngx_http_gig_bulks_trim(bulks);

    /* what no thread took at first */
    ngx_http_gig_bulk_start(bulks);

    if (!ngx_queue_empty(&bulks->queue) && !ngx_exiting) {
        ngx_add_timer(&bulks->sweep, NGX_HTTP_GIG_BULK_SWEEP);
    }
}


void
ngx_http_gig_bulk_done(ngx_http_gig_board_t *board)
{
    ngx_queue_t           *q, *next;
    ngx_http_gig_bulk_t   *bulk;
    ngx_http_gig_bulks_t  *bulks;

    bulks = board->bulks;

    if (bulks == NULL) {
        return;
    }

    if (bulks->sweep.timer_set) {
        ngx_del_timer(&bulks->sweep);
    }

    for (q = ngx_queue_head(&bulks->queue); q != ngx_queue_sentinel(&bulks->queue); q = next) {
        next = ngx_queue_next(q);
        bulk = ngx_queue_data(q, ngx_http_gig_bulk_t, queue);

        /* the pool's threads have ended before modules' exit, and completions do not run */

        if (bulk->task) {
            ngx_http_gig_bulk_task_free(board, bulk->task);
        }

        ngx_http_gig_bulk_drop(bulk);
    }

    ngx_free(bulks);
    board->bulks = NULL;
}
