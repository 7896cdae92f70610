
/*
 * Boxes of self-identifications, gathered by all workers of a host and sent by one: a script
 * takes ten or more, shuffled, or none.  At most once: of a batch that Redis may have taken
 * nothing is sent again.
 */

#include "ngx_http_gig_self_id.h"
#include "ngx_http_gig_link.h"
#include "ngx_http_gig_shm.h"

#include "gig_key.h"
#include "gig_time.h"

#include <sodium.h>


#define NGX_HTTP_GIG_SELF_ID_PAUSE  5000    /* ms, after a batch that Redis did not take */
#define NGX_HTTP_GIG_SELF_ID_ARGS   4
#define NGX_HTTP_GIG_SELF_ID_DAY    (sizeof("2026-11-27") - 1)


/* Ours from the zone to Redis's answer. */
typedef struct {
    ngx_http_gig_board_t        *board;
    ngx_uint_t                   n;
    ngx_http_gig_self_id_box_t   box[NGX_HTTP_GIG_SELF_ID_MAX];
} ngx_http_gig_self_id_batch_t;


static ngx_http_gig_self_id_pool_t *ngx_http_gig_self_id_pool(ngx_http_gig_board_t *board);
static void ngx_http_gig_self_id_take(ngx_http_gig_self_id_pool_t *pool,
    ngx_http_gig_self_id_batch_t *batch);
static ngx_uint_t ngx_http_gig_self_id_alike(ngx_http_gig_self_id_pool_t *pool, ngx_uint_t i);
static void ngx_http_gig_self_id_shuffle(ngx_http_gig_self_id_batch_t *batch);
static ngx_int_t ngx_http_gig_self_id_send(ngx_http_gig_self_id_batch_t *batch);
static void ngx_http_gig_self_id_handler(void *data, ngx_http_gig_reply_t what,
    const redisReply *reply);
static void ngx_http_gig_self_id_back(ngx_http_gig_self_id_batch_t *batch);
static void ngx_http_gig_self_id_told(ngx_http_gig_board_t *board, ngx_uint_t lost,
    const char *why);
static void ngx_http_gig_self_id_free(ngx_http_gig_self_id_batch_t *batch);


static ngx_inline ngx_slab_pool_t *
ngx_http_gig_self_id_slab(ngx_http_gig_board_t *board)
{
    return (ngx_slab_pool_t *) board->zone->shm.addr;
}


ngx_int_t
ngx_http_gig_self_id_keep(ngx_http_gig_board_t *board, gig_str_t form, uint64_t kind,
    gig_str_t box)
{
    uint64_t                      hash, *sent;
    ngx_int_t                     rc;
    ngx_slab_pool_t              *slab;
    ngx_http_gig_self_id_pool_t  *pool;

    hash = gig_str_hash(form) | 1;
    slab = ngx_http_gig_self_id_slab(board);
    rc = NGX_OK;

    ngx_shmtx_lock(&slab->mutex);

    pool = ngx_http_gig_self_id_pool(board);

    if (pool == NULL || box.len > GIG_SELF_ID_BOX) {
        rc = NGX_BUSY;
        goto done;
    }

    sent = &pool->sent[(hash >> 1) % NGX_HTTP_GIG_SELF_ID_SENT];

    if (*sent == hash) {
        rc = NGX_DECLINED;

    } else if (pool->n == NGX_HTTP_GIG_SELF_ID_MAX) {
        rc = NGX_BUSY;

    } else {
        /* counted last: of a worker that is killed here, nothing half is seen */
        pool->box[pool->n].kind = kind;
        pool->box[pool->n].len = box.len;
        ngx_memcpy(pool->box[pool->n].bytes, box.data, box.len);
        *sent = hash;
        ngx_memory_barrier();
        pool->n++;
    }

done:

    ngx_shmtx_unlock(&slab->mutex);

    return rc;
}


/* Most boards never ask for it: its pages are touched when the first one comes. */

static ngx_http_gig_self_id_pool_t *
ngx_http_gig_self_id_pool(ngx_http_gig_board_t *board)
{
    ngx_http_gig_self_id_pool_t  **pool;

    pool = ngx_http_gig_shm_self_id(board);

    if (*pool == NULL) {
        *pool = ngx_slab_calloc_locked(ngx_http_gig_self_id_slab(board),
                                       sizeof(ngx_http_gig_self_id_pool_t));
    }

    return *pool;
}


void
ngx_http_gig_self_id_tick(ngx_http_gig_board_t *board)
{
    ngx_slab_pool_t               *slab;
    ngx_http_gig_self_id_pool_t   *pool;
    ngx_http_gig_self_id_batch_t  *batch;

    pool = *ngx_http_gig_shm_self_id(board);

    if (pool == NULL || pool->n < GIG_SELF_ID_BATCH || !ngx_http_gig_link_up(board->link)
        || (board->self_id_pause && (ngx_msec_int_t) (ngx_current_msec - board->self_id_pause) < 0))
    {
        return;
    }

    batch = ngx_alloc(sizeof(ngx_http_gig_self_id_batch_t), ngx_cycle->log);
    if (batch == NULL) {
        return;
    }

    batch->board = board;
    batch->n = 0;
    board->self_id_pause = 0;

    slab = ngx_http_gig_self_id_slab(board);

    ngx_shmtx_lock(&slab->mutex);
    ngx_http_gig_self_id_take(pool, batch);
    ngx_shmtx_unlock(&slab->mutex);

    if (batch->n == 0) {
        ngx_free(batch);
        return;
    }

    ngx_http_gig_self_id_shuffle(batch);

    if (ngx_http_gig_self_id_send(batch) != NGX_OK) {
        ngx_http_gig_self_id_back(batch);
        ngx_http_gig_self_id_free(batch);
    }
}


void
ngx_http_gig_self_id_end(ngx_http_gig_board_t *board, ngx_log_t *log)
{
    ngx_http_gig_self_id_pool_t  *pool;

    pool = *ngx_http_gig_shm_self_id(board);

    if (pool && pool->n) {
        ngx_log_error(NGX_LOG_NOTICE, log, 0,
                      "gig_board \"%V\": %uA self-identification%s waited for others and %s gone",
                      &board->name, pool->n, gig_plural(pool->n), pool->n == 1 ? "is" : "are");
    }
}


/* All of the first kind of which there are ten; none if there is no such kind. */

static void
ngx_http_gig_self_id_take(ngx_http_gig_self_id_pool_t *pool, ngx_http_gig_self_id_batch_t *batch)
{
    uint64_t    kind, len;
    ngx_uint_t  i, kept, n;

    n = pool->n;

    for (i = 0; i < n && ngx_http_gig_self_id_alike(pool, i) < GIG_SELF_ID_BATCH; i++) {
        /* void */
    }

    if (i == n) {
        return;
    }

    kind = pool->box[i].kind;
    len = pool->box[i].len;

    /* Uncounted while they are moved: a worker that is killed here loses all, and doubles none. */
    pool->n = 0;
    ngx_memory_barrier();

    for (i = 0, kept = 0; i < n; i++) {

        if (pool->box[i].kind == kind && pool->box[i].len == len) {
            batch->box[batch->n++] = pool->box[i];

        } else if (kept++ != i) {
            pool->box[kept - 1] = pool->box[i];
        }
    }

    sodium_memzero(&pool->box[kept], (n - kept) * sizeof(ngx_http_gig_self_id_box_t));
    ngx_memory_barrier();
    pool->n = kept;
}


static ngx_uint_t
ngx_http_gig_self_id_alike(ngx_http_gig_self_id_pool_t *pool, ngx_uint_t i)
{
    ngx_uint_t  k, n;

    for (k = i, n = 0; k < pool->n; k++) {
        n += pool->box[k].kind == pool->box[i].kind && pool->box[k].len == pool->box[i].len;
    }

    return n;
}


/* Fisher and Yates, by a generator nobody can foresee. */

static void
ngx_http_gig_self_id_shuffle(ngx_http_gig_self_id_batch_t *batch)
{
    ngx_uint_t                  i, k;
    ngx_http_gig_self_id_box_t  box;

    for (i = batch->n - 1; i > 0; i--) {
        k = randombytes_uniform((uint32_t) i + 1);

        box = batch->box[i];
        batch->box[i] = batch->box[k];
        batch->box[k] = box;
    }
}


/*
 * The day is that of sending, one for all: a box that waited over midnight would else stand apart.
 * NGX_DECLINED: nothing was sent.
 */

static ngx_int_t
ngx_http_gig_self_id_send(ngx_http_gig_self_id_batch_t *batch)
{
    char                   prefix[GIG_KEY_SIZE], day[GIG_TIME_SIZE], id[GIG_SELF_ID_TEXT];
    u_char                 count[NGX_INT_T_LEN];
    gig_buf_t              records;
    gig_str_t              argv[NGX_HTTP_GIG_SELF_ID_ARGS];
    ngx_int_t              rc;
    ngx_uint_t             i;
    ngx_http_gig_board_t  *board;

    board = batch->board;

    gig_buf_init(&records, batch->n * (GIG_SELF_ID_TEXT + GIG_SELF_ID_BOX));
    gig_buf_room(&records, batch->n * (GIG_SELF_ID_TEXT + GIG_SELF_ID_BOX));

    for (i = 0; i < batch->n; i++) {
        gig_self_id_name(id);
        gig_buf_add(&records, id, GIG_SELF_ID_TEXT - 1);
        gig_buf_add(&records, batch->box[i].bytes, batch->box[i].len);
    }

    argv[0].data = prefix;
    argv[0].len = gig_key(prefix, (gig_str_t) { (char *) board->name.data, board->name.len }, "");
    argv[1].data = gig_time_format(ngx_time(), day);
    argv[1].len = NGX_HTTP_GIG_SELF_ID_DAY;
    argv[2].data = (char *) count;
    argv[2].len = ngx_sprintf(count, "%ui", batch->n) - count;
    argv[3].data = records.data;
    argv[3].len = records.len;

    rc = !gig_buf_failed(&records)
         && ngx_http_gig_link_script(board->link, board->redis_timeout,
                                     ngx_http_gig_self_id_handler, batch,
                                     NGX_HTTP_GIG_SCRIPT_SELFID, 0, NGX_HTTP_GIG_SELF_ID_ARGS,
                                     argv)
         ? NGX_OK : NGX_DECLINED;

    gig_buf_free(&records);

    return rc;
}


/* An error was given before the first write; no answer may mean that all was done. */

static void
ngx_http_gig_self_id_handler(void *data, ngx_http_gig_reply_t what, const redisReply *reply)
{
    char                           words[NGX_HTTP_GIG_ERROR_MAX];
    ngx_http_gig_board_t          *board;
    ngx_http_gig_self_id_batch_t  *batch = data;

    board = batch->board;

    switch (what) {

    case NGX_HTTP_GIG_REPLY_OK:
        ngx_http_gig_count(board, NGX_HTTP_GIG_COUNT_SELF_ID_SENT, batch->n);
        break;

    case NGX_HTTP_GIG_REPLY_ERROR:
        ngx_http_gig_self_id_told(board, 0, ngx_http_gig_words(words, reply->str));
        /* fall through */

    case NGX_HTTP_GIG_REPLY_UNAVAILABLE:
        ngx_http_gig_self_id_back(batch);
        break;

    default: /* NGX_HTTP_GIG_REPLY_TIMEOUT, NGX_HTTP_GIG_REPLY_LOST */
        ngx_http_gig_count(board, NGX_HTTP_GIG_COUNT_SELF_ID_LOST, batch->n);
        ngx_http_gig_self_id_told(board, batch->n, "Redis did not answer");
    }

    ngx_http_gig_self_id_free(batch);
}


/* Back into the zone, to be sent later; what finds no room any more is lost, and told. */

static void
ngx_http_gig_self_id_back(ngx_http_gig_self_id_batch_t *batch)
{
    ngx_uint_t                    i;
    ngx_slab_pool_t              *slab;
    ngx_http_gig_board_t         *board;
    ngx_http_gig_self_id_pool_t  *pool;

    board = batch->board;
    board->self_id_pause = ngx_current_msec + NGX_HTTP_GIG_SELF_ID_PAUSE;
    board->self_id_pause |= 1;                  /* 0 is none */

    slab = ngx_http_gig_self_id_slab(board);
    pool = *ngx_http_gig_shm_self_id(board);

    ngx_shmtx_lock(&slab->mutex);

    for (i = 0; i < batch->n && pool->n < NGX_HTTP_GIG_SELF_ID_MAX; i++) {
        pool->box[pool->n] = batch->box[i];
        ngx_memory_barrier();
        pool->n++;
    }

    ngx_shmtx_unlock(&slab->mutex);

    if (i < batch->n) {
        ngx_http_gig_count(board, NGX_HTTP_GIG_COUNT_SELF_ID_LOST, batch->n - i);
        ngx_http_gig_self_id_told(board, batch->n - i, "there is no room for them any more");
    }
}


static void
ngx_http_gig_self_id_told(ngx_http_gig_board_t *board, ngx_uint_t lost, const char *why)
{
    if (lost) {
        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "gig_board \"%V\": %ui self-identifications may be lost, and are not sent "
                      "again: %s", &board->name, lost, why);
        return;
    }

    if (board->self_id_told && ngx_current_msec - board->self_id_told < NGX_HTTP_GIG_SELF_ID_QUIET)
    {
        return;
    }

    board->self_id_told = ngx_current_msec ? ngx_current_msec : 1;

    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "gig_board \"%V\": Redis refused self-identifications, which go on waiting: %s",
                  &board->name, why);
}


static void
ngx_http_gig_self_id_free(ngx_http_gig_self_id_batch_t *batch)
{
    sodium_memzero(batch, sizeof(ngx_http_gig_self_id_batch_t));
    ngx_free(batch);
}
