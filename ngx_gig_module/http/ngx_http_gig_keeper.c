
#include "ngx_http_gig_keeper_parts.h"


/*
 * Who keeps, and what comes next.  The lock is on a file of the state folder,
 * so it goes with the process however that ends, and two masters of one host
 * (a binary upgrade) still have one keeper.  Everything else is thrown away when
 * the connection or the lock is lost: the image itself says where to go on.
 */


static void ngx_http_gig_keeper_tick(ngx_event_t *ev);
static void ngx_http_gig_keeper_waited(ngx_event_t *ev);
static void ngx_http_gig_keeper_locked(ngx_http_gig_keeper_t *k);
static void ngx_http_gig_keeper_unlock(ngx_http_gig_keeper_t *k);
static void ngx_http_gig_keeper_up(void *data);
static void ngx_http_gig_keeper_down(void *data);
static void ngx_http_gig_keeper_reset(ngx_http_gig_keeper_t *k);
static void ngx_http_gig_keeper_refused(ngx_http_gig_keeper_t *k, ngx_http_gig_job_t *job);


ngx_int_t
ngx_http_gig_keeper_init(ngx_http_gig_board_t *board, ngx_cycle_t *cycle)
{
    ngx_http_gig_keeper_t  *k;

    k = ngx_pcalloc(cycle->pool, sizeof(ngx_http_gig_keeper_t));
    if (k == NULL) {
        return NGX_ERROR;
    }

    k->board = board;
    k->log = cycle->log;
    k->lock = -1;
    k->folder = -1;
    k->store_fd = -1;
    k->load_delay = NGX_HTTP_GIG_LOAD_DELAY;
    k->load_after = ngx_current_msec;
    k->compiled = ngx_current_msec;

    k->tick.handler = ngx_http_gig_keeper_tick;
    k->tick.data = k;
    k->tick.log = cycle->log;
    k->tick.cancelable = 1;

    k->wait.handler = ngx_http_gig_keeper_waited;
    k->wait.data = k;
    k->wait.log = cycle->log;
    k->wait.cancelable = 1;

    board->keeper = k;

    ngx_add_timer(&k->tick, 1);

    return NGX_OK;
}


void
ngx_http_gig_keeper_done(ngx_http_gig_board_t *board)
{
    ngx_http_gig_job_t     *job;
    ngx_http_gig_keeper_t  *k;

    k = board->keeper;

    if (k->tick.timer_set) {
        ngx_del_timer(&k->tick);
    }

    if (k->started) {
        ngx_http_gig_connect_stop(&k->connect);
        k->started = 0;
    }

    ngx_http_gig_keeper_reset(k);

    /* The pool's threads ended before modules' exit; their completions do not run any more. */

    if (k->task) {
        job = k->task->ctx;
        k->store_fd = job->store_fd;

        if (job->view) {
            ngx_http_gig_catalog_release(board, job->view);
        }

        ngx_http_gig_job_free(job);
        k->task = NULL;
    }

    if (k->sync_task) {
        ngx_http_gig_job_free(k->sync_task->ctx);
        k->sync_task = NULL;
    }

    ngx_http_gig_lock_close(k);
    board->keeper = NULL;
}


static void
ngx_http_gig_keeper_tick(ngx_event_t *ev)
{
    ngx_http_gig_keeper_t  *k;
    ngx_http_gig_notice_t  *notice;

    k = ev->data;

    if (ngx_exiting) {
        /* Another worker waits for the lock; ours may have requests for a long time yet. */
        ngx_http_gig_keeper_unlock(k);

        if (k->lock != -1) {
            ngx_add_timer(&k->tick, NGX_HTTP_GIG_KEEPER_TICK);
        }

        return;
    }

    ngx_add_timer(&k->tick, NGX_HTTP_GIG_KEEPER_TICK);

    if (ngx_http_gig_lock_lost(k)) {
        ngx_http_gig_keeper_unlock(k);

        if (k->lock != -1) {
            return;
        }
    }

    if (!k->locked) {
        if (ngx_http_gig_lock_try(k) == NGX_OK) {
            ngx_http_gig_keeper_locked(k);
        }

        return;
    }

    notice = ngx_http_gig_shm_notice(k->board);

    if (notice->damaged && ngx_atomic_cmp_set(&notice->damaged, 1, 0)) {
        k->want = NGX_HTTP_GIG_WANT_FRESH;
        k->why = "a fragment is damaged";
    }

    if (k->phase == NGX_HTTP_GIG_PHASE_IDLE && k->started
        && k->connect.state == NGX_HTTP_GIG_CONNECT_UP)
    {
        ngx_http_gig_keeper_begin(k);
    }
}


static void
ngx_http_gig_keeper_locked(ngx_http_gig_keeper_t *k)
{
    unsigned              i;
    uint64_t              mapped;
    gig_str_t             board;
    gig_error_t           err;
    ngx_http_gig_view_t  *view;
    ngx_http_gig_files_t  files;

    k->locked = 1;

    /* A number nobody has: our stores are ours, whatever is in the folder. */
    k->keeper = ((uint64_t) ngx_time() << 32) ^ ((uint64_t) ngx_pid << 20)
                ^ (uint64_t) ngx_random();
    k->store = 0;
    k->store_fd = -1;
    k->generation = 0;
    ngx_memzero(&k->synced, sizeof(k->synced));
    ngx_memzero(&k->syncing, sizeof(k->syncing));

    if (ngx_http_gig_files_list(k->folder, &files) == 0) {

        if (files.n) {
            k->generation = files.index[0];
        }

        board = (gig_str_t) { (char *) k->board->name.data, k->board->name.len };

        if (files.synced
            && ngx_http_gig_files_stores(k->folder, board, files.synced, k->synced.stores,
                                         &k->synced.n, &err) == 0)
        {
            k->synced.generation = files.synced;
        }

        /* What we serve may be of a folder that was removed: nothing can be built on it. */

        view = ngx_http_gig_catalog_view(k->board);
        mapped = view ? view->image.meta.generation : 0;

        for (i = 0; i < files.n && files.index[i] != mapped; i++) { /* void */ }

        if (mapped && i == files.n) {
            k->want = NGX_HTTP_GIG_WANT_FRESH;
            k->why = "the state folder is another one";
        }

        /* What gigs look like and which a place finds was settled when the image was made. */

        if (mapped && view->image.drawn
                      != gig_image_drawn(gig_place_names_hash(k->board->place_names)))
        {
            k->want = NGX_HTTP_GIG_WANT_FRESH;
            k->why = "it was made by another version, or with another table of places";
        }
    }

    ngx_log_error(NGX_LOG_INFO, k->log, 0, "gig: board \"%V\": this worker is the keeper",
                  &k->board->name);

    ngx_memzero(&k->connect, sizeof(ngx_http_gig_connect_t));
    k->connect.board = k->board;
    k->connect.log = k->log;
    k->connect.name = "keeper";
    k->connect.reply_max = NGX_HTTP_GIG_KEEPER_REPLY_MAX;
    k->connect.up = ngx_http_gig_keeper_up;
    k->connect.down = ngx_http_gig_keeper_down;
    k->connect.data = k;
    k->started = 1;

    ngx_http_gig_connect_start(&k->connect);
}


/* A task under way still writes into the folder: the lock goes when it has ended. */

static void
ngx_http_gig_keeper_unlock(ngx_http_gig_keeper_t *k)
{
    if (k->started) {
        ngx_http_gig_connect_stop(&k->connect);
        k->started = 0;
    }

    ngx_http_gig_keeper_reset(k);

    if (k->task == NULL && k->sync_task == NULL) {
        ngx_http_gig_lock_close(k);
    }
}


static void
ngx_http_gig_keeper_reset(ngx_http_gig_keeper_t *k)
{
    if (k->wait.timer_set) {
        ngx_del_timer(&k->wait);
    }

    ngx_http_gig_changes_clear(&k->changes);
    ngx_http_gig_changes_clear(&k->load);
    k->loading = 0;
    k->phase = NGX_HTTP_GIG_PHASE_IDLE;
}


static void
ngx_http_gig_keeper_up(void *data)
{
    ngx_http_gig_keeper_begin(data);
}


static void
ngx_http_gig_keeper_down(void *data)
{
    ngx_http_gig_keeper_reset(data);
}


/* Goes on from the image: what was under way is forgotten. */

void
ngx_http_gig_keeper_begin(ngx_http_gig_keeper_t *k)
{
    gig_image_meta_t        *meta;
    ngx_http_gig_view_t     *view;
    ngx_http_gig_history_t  *history;

    ngx_http_gig_keeper_reset(k);

    /* The compile ends in here again; what was found at start must be known good first. */

    if (!k->locked || k->task || !ngx_http_gig_catalog_settled(k->board)
        || k->connect.state != NGX_HTTP_GIG_CONNECT_UP)
    {
        return;
    }

    ngx_http_gig_catalog_look(k->board);
    view = ngx_http_gig_catalog_view(k->board);
    history = &k->connect.history;

    k->cursor_ms = 0;
    k->cursor_seq = 0;
    k->cursor_version = 0;
    k->average = 4096;

    if (view == NULL) {
        k->want = ngx_max(k->want, NGX_HTTP_GIG_WANT_FULL);
        k->why = "there is no image";
        ngx_memzero(k->ready, sizeof(k->ready));
        ngx_http_gig_tail_check(k);
        return;
    }

    meta = &view->image.meta;

    if (k->generation < meta->generation) {
        k->generation = meta->generation;
    }

    k->cursor_ms = meta->cursor_ms;
    k->cursor_seq = meta->cursor_seq;
    k->cursor_version = meta->cursor_version;
    ngx_memcpy(k->ready, meta->ready, sizeof(k->ready));
    k->ready[sizeof(k->ready) - 1] = '\0';

    /* Another `ready`: the check sees it.  The same, in another life of Redis: ask the stream. */

    if (k->cursor_ms && ngx_strncmp(history->replid, meta->replid, sizeof(history->replid)) != 0
        && ngx_strcmp(history->ready, k->ready) == 0)
    {
        ngx_http_gig_tail_resume(k);
        return;
    }

    ngx_http_gig_tail_check(k);
}


/* ms 0: nothing to wait for by time (a compile ends when it ends). */

void
ngx_http_gig_keeper_wait(ngx_http_gig_keeper_t *k, ngx_http_gig_phase_t phase, ngx_msec_t ms)
{
    k->phase = phase;

    if (ms) {
        ngx_add_timer(&k->wait, ms);

    } else if (k->wait.timer_set) {
        ngx_del_timer(&k->wait);
    }
}


static void
ngx_http_gig_keeper_waited(ngx_event_t *ev)
{
    ngx_http_gig_keeper_t  *k;

    k = ev->data;

    switch (k->phase) {

    case NGX_HTTP_GIG_PHASE_GATHER:
        ngx_http_gig_tail_check(k);
        return;

    case NGX_HTTP_GIG_PHASE_HOLD:
        ngx_http_gig_keeper_begin(k);
        return;

    case NGX_HTTP_GIG_PHASE_IDLE:
    case NGX_HTTP_GIG_PHASE_COMPILE:
        return;

    default:
        ngx_http_gig_connect_drop(&k->connect, "the keeper's command is not answered");
    }
}


/* Not now: looks again in a second.  Said once, until it was in step again. */

void
ngx_http_gig_keeper_hold(ngx_http_gig_keeper_t *k, const char *why)
{
    ngx_uint_t  image, level;

    if (k->told != why) {
        k->told = why;
        image = (ngx_http_gig_catalog_view(k->board) != NULL);

        /* a board with nothing to serve is an error: it says so at nginx's default level */
        level = image ? NGX_LOG_WARN : NGX_LOG_ERR;

        ngx_log_error(level, k->log, 0,
                      "gig: board \"%V\": %s: Redis %V: %s", &k->board->name,
                      image ? "the image stays as it is" : "there is nothing to serve yet",
                      &k->board->redis.name, why);
    }

    ngx_http_gig_keeper_wait(k, NGX_HTTP_GIG_PHASE_HOLD, NGX_HTTP_GIG_KEEPER_HOLD);
}


/* A reply that is an error, or nothing we understand. */

void
ngx_http_gig_keeper_failed(ngx_http_gig_keeper_t *k, const redisReply *reply)
{
    ngx_uint_t  again;

    if (reply->type != REDIS_REPLY_ERROR) {
        ngx_http_gig_connect_drop(&k->connect, "its answer is not understood");
        return;
    }

    (void) ngx_http_gig_reply_unavailable(reply, &again);

    if (again) {
        ngx_http_gig_connect_drop(&k->connect, reply->str);
        return;
    }

    ngx_http_gig_keeper_error(k, reply);
}


void
ngx_http_gig_keeper_error(ngx_http_gig_keeper_t *k, const redisReply *reply)
{
    char  words[NGX_HTTP_GIG_ERROR_MAX];

    if (k->told == NULL) {
        ngx_log_error(NGX_LOG_ERR, k->log, 0, "gig: board \"%V\": keeper: Redis %V: %s",
                      &k->board->name, &k->board->redis.name,
                      ngx_http_gig_words(words, reply->str));
    }

    ngx_http_gig_keeper_hold(k, "it refuses a command");
}


ngx_int_t
ngx_http_gig_keeper_send(ngx_http_gig_keeper_t *k, redisCallbackFn *callback, ngx_uint_t argc,
    const gig_str_t *argv)
{
    if (ngx_http_gig_connect_send(&k->connect, callback, k, argc, argv) == NGX_OK) {
        return NGX_OK;
    }

    /* Only out of memory: what is up takes commands. */
    ngx_http_gig_connect_drop(&k->connect, "a command could not be sent");

    return NGX_ERROR;
}


ngx_uint_t
ngx_http_gig_keeper_current(ngx_http_gig_keeper_t *k, redisAsyncContext *ac,
    const redisReply *reply)
{
    return reply != NULL && k->started && k->connect.ac == ac;
}


gig_str_t
ngx_http_gig_keeper_key(ngx_http_gig_keeper_t *k, char key[GIG_KEY_SIZE], const char *name)
{
    gig_str_t  s, board;

    board = (gig_str_t) { (char *) k->board->name.data, k->board->name.len };

    s.data = key;
    s.len = gig_key(key, board, name);

    return s;
}


void
ngx_http_gig_keeper_in_step(ngx_http_gig_keeper_t *k)
{
    ngx_http_gig_notice_t  *notice;

    notice = ngx_http_gig_shm_notice(k->board);
    notice->in_step = (ngx_atomic_uint_t) ngx_time();

    if (k->told) {
        k->told = NULL;
        ngx_log_error(NGX_LOG_NOTICE, k->log, 0, "gig: board \"%V\": in step with Redis again",
                      &k->board->name);
    }
}


void
ngx_http_gig_keeper_compiled(ngx_http_gig_keeper_t *k, ngx_http_gig_job_t *job)
{
    ngx_http_gig_files_t    files;
    ngx_http_gig_view_t    *view;
    ngx_http_gig_notice_t  *notice;

    k->store_fd = job->store_fd;
    k->store_size = job->store_size;
    k->compiled = ngx_current_msec;

    if (!job->full) {
        /* A full load says nothing of what the next change costs, which must not wait for it. */
        k->took = job->took;
    }

    ngx_http_gig_keeper_refused(k, job);
    ngx_http_gig_count(k->board, NGX_HTTP_GIG_COUNT_COMPILES, 1);

    if (job->ok) {

        view = ngx_http_gig_catalog_view(k->board);

        if (view == NULL || view->image.meta.generation == k->synced.generation) {
            k->unsynced = ngx_current_msec;
        }

        k->generation = job->generation;

        if (k->failing) {
            k->failing = 0;
            ngx_log_error(NGX_LOG_NOTICE, k->log, 0, "gig: board \"%V\": the keeper compiles again",
                          &k->board->name);
        }

        notice = ngx_http_gig_shm_notice(k->board);
        notice->generation = (ngx_atomic_uint_t) job->generation;
        notice->version = (ngx_atomic_uint_t) job->compile.meta.version;
        ngx_memory_barrier();
        (void) ngx_atomic_fetch_add(&notice->notice, 1);

        view = ngx_http_gig_catalog_view(k->board);

        if (view && view->image.meta.generation == job->generation) {
            ngx_http_gig_keeper_in_step(k);

            /* Numbers of gigs that went stay free for others; too many are only weight. */

            if (view->image.rows > NGX_HTTP_GIG_ROWS_MIN
                && view->image.rows / NGX_HTTP_GIG_ROWS_PART > view->image.n)
            {
                k->want = NGX_HTTP_GIG_WANT_FRESH;
                k->why = "most of the catalog has gone";
            }

        } else {
            k->want = NGX_HTTP_GIG_WANT_FRESH;
            k->why = "what was compiled cannot be mapped";
        }

    } else {
        /* Once, not at every try: a full disk may stay full for a day. */

        if (!k->failing) {
            k->failing = 1;
            ngx_log_error(NGX_LOG_ERR, k->log, 0,
                          "gig: board \"%V\": compiling generation %uL: %s%s%s",
                          &k->board->name, job->generation, job->err.pointer,
                          job->err.pointer[0] ? ": " : "", job->err.detail);
        }

        if (job->exists && ngx_http_gig_files_list(k->folder, &files) == 0 && files.n) {
            k->generation = ngx_max(k->generation, files.index[0]);
        }

        /* What the base was is not to be trusted; and not at once again. */
        k->want = job->full ? NGX_HTTP_GIG_WANT_FRESH : NGX_HTTP_GIG_WANT_FULL;
        k->why = "the last compile failed";
    }

    if (ngx_exiting || !k->started) {
        ngx_http_gig_keeper_unlock(k);
        return;
    }

    if (k->phase != NGX_HTTP_GIG_PHASE_COMPILE) {
        /* The connection was lost meanwhile: its coming up found the compile under way. */
        ngx_http_gig_keeper_begin(k);
        return;
    }

    if (!job->ok) {
        ngx_http_gig_keeper_wait(k, NGX_HTTP_GIG_PHASE_HOLD, NGX_HTTP_GIG_KEEPER_HOLD);
        return;
    }

    ngx_http_gig_tail_check(k);
}


void
ngx_http_gig_keeper_synced(ngx_http_gig_keeper_t *k, ngx_http_gig_job_t *job)
{
    if (job->ok) {
        k->synced = k->syncing;

    } else {
        ngx_log_error(NGX_LOG_ERR, k->log, 0, "gig: board \"%V\": %s", &k->board->name,
                      job->err.detail);
        /* Not at once again: as if a change had just come. */
        k->compiled = ngx_current_msec + NGX_HTTP_GIG_CALM_MAX - NGX_HTTP_GIG_CALM;
        k->unsynced = k->compiled;
    }

    k->syncing.generation = 0;
    k->syncing.n = 0;

    if (ngx_exiting || !k->started) {
        ngx_http_gig_keeper_unlock(k);
    }
}


/*
 * A record that is refused is said once, not at every full load: id, field and
 * reason, nothing else of it.
 */

static void
ngx_http_gig_keeper_refused(ngx_http_gig_keeper_t *k, ngx_http_gig_job_t *job)
{
    u_char       *p;
    uint32_t      hash;
    gig_str_t     id;
    ngx_uint_t    i, j, n;
    gig_error_t  *error;

    if (job->n_refused == 0) {
        return;
    }

    ngx_http_gig_count(k->board, NGX_HTTP_GIG_COUNT_RECORDS_REFUSED, job->n_refused);

    n = ngx_min(job->n_refused, NGX_HTTP_GIG_REFUSED_TOLD);

    for (i = 0; i < n; i++) {
        error = &job->refused[i].error;
        id = (gig_str_t) { job->refused[i].id, strlen(job->refused[i].id) };

        ngx_crc32_init(hash);
        ngx_crc32_update(&hash, (u_char *) id.data, id.len);
        ngx_crc32_update(&hash, (u_char *) error->pointer, strlen(error->pointer));
        ngx_crc32_update(&hash, (u_char *) error->detail, strlen(error->detail));
        ngx_crc32_final(hash);

        for (j = 0; j < NGX_HTTP_GIG_REFUSED_KNOWN && k->refused[j] != hash; j++) { /* void */ }

        if (j < NGX_HTTP_GIG_REFUSED_KNOWN) {
            continue;
        }

        k->refused[k->n_refused++ % NGX_HTTP_GIG_REFUSED_KNOWN] = hash;

        for (p = (u_char *) error->detail; *p; p++) {
            if (*p < ' ' || *p == 0x7f) {
                *p = '?';
            }
        }

        for (p = (u_char *) error->pointer; *p; p++) {
            if (*p < ' ' || *p == 0x7f) {
                *p = '?';
            }
        }

        ngx_log_error(NGX_LOG_WARN, k->log, 0,
                      "gig: board \"%V\": record \"%s\" is refused: %s: %s", &k->board->name,
                      gig_id_valid(id) ? id.data : "?", error->pointer, error->detail);
    }

    if (job->n_refused > n) {
        ngx_log_error(NGX_LOG_WARN, k->log, 0, "gig: board \"%V\": %ui more record%s refused",
                      &k->board->name, (ngx_uint_t) job->n_refused - n,
                      job->n_refused - n == 1 ? " is" : "s are");
    }
}


void
ngx_http_gig_keeper_status(ngx_http_gig_board_t *board, ngx_http_gig_keeper_status_t *status)
{
    ngx_http_gig_view_t    *view;
    ngx_http_gig_notice_t  *notice;

    view = ngx_http_gig_catalog_view(board);
    notice = ngx_http_gig_shm_notice(board);

    status->generation = view ? (ngx_uint_t) view->image.meta.generation : 0;
    status->version = view ? view->image.meta.version : 0;
    status->in_step = (time_t) notice->in_step;
    status->full_loads = ngx_http_gig_counted(board, NGX_HTTP_GIG_COUNT_FULL_LOADS);
}
