
#include "ngx_http_gig_keeper_parts.h"

#include "gig_block.h"

#include <malloc.h>
#include <sched.h>


/*
 * The compile, in a thread of nginx's pool.  All it reads and writes is in
 * its job; the view it builds on is held for it.  Files it makes are ours alone:
 * whoever takes the lock after us makes stores of its own.
 */


static void ngx_http_gig_compiler_run(void *data, ngx_log_t *log);
static void ngx_http_gig_compiler_done(ngx_event_t *ev);
static void ngx_http_gig_compiler_sync_done(ngx_event_t *ev);
static void ngx_http_gig_compiler_stores(ngx_http_gig_keeper_t *k, ngx_http_gig_job_t *job);
static void ngx_http_gig_compiler_keep(ngx_http_gig_job_t *job,
    const ngx_http_gig_saved_t *saved);
static gig_change_t *ngx_http_gig_compiler_changes(ngx_http_gig_job_t *job, size_t *n);
static int ngx_http_gig_compiler_open(ngx_http_gig_job_t *job);
static int ngx_http_gig_compiler_flush(ngx_http_gig_job_t *job);
static int ngx_http_gig_compiler_append(void *data, gig_str_t bytes, uint32_t *store,
    uint64_t *offset);
static gig_str_t ngx_http_gig_compiler_zone(void *data, gig_str_t name);
static gig_str_t ngx_http_gig_compiler_read(void *data, uint32_t store);
static void ngx_http_gig_compiler_refused(void *data, gig_str_t id, const gig_errors_t *errors);
static void ngx_http_gig_compiler_yield(void *data);


static ngx_thread_task_t *
ngx_http_gig_job_create(ngx_http_gig_keeper_t *k)
{
    ngx_thread_task_t   *task;
    ngx_http_gig_job_t  *job;

    task = ngx_calloc(sizeof(ngx_thread_task_t) + sizeof(ngx_http_gig_job_t), k->log);
    if (task == NULL) {
        return NULL;
    }

    job = (ngx_http_gig_job_t *) (task + 1);
    job->keeper = k;
    job->folder = k->folder;
    job->store_fd = -1;
    (void) ngx_cpystrn((u_char *) job->board, k->board->name.data,
                       ngx_min(k->board->name.len, GIG_BOARD_MAX) + 1);

    task->ctx = job;
    task->handler = ngx_http_gig_compiler_run;
    task->event.data = task;
    task->event.log = k->log;

    return task;
}


/* The view, if any, has been released by who took it. */

void
ngx_http_gig_job_free(ngx_http_gig_job_t *job)
{
    unsigned  i;

    for (i = 0; i < job->n_zones; i++) {
        free((void *) job->zones[i].name.data);
        free((void *) job->zones[i].tzif.data);
    }

    ngx_http_gig_changes_clear(&job->load);
    ngx_http_gig_changes_clear(&job->changes);
    ngx_free((ngx_thread_task_t *) job - 1);
}


ngx_int_t
ngx_http_gig_compiler_start(ngx_http_gig_keeper_t *k)
{
    ngx_thread_task_t    *task;
    gig_image_meta_t     *meta;
    ngx_http_gig_job_t   *job;

    if (k->task || k->board->pool == NULL) {
        return NGX_ERROR;
    }

    task = ngx_http_gig_job_create(k);
    if (task == NULL) {
        return NGX_ERROR;
    }

    job = task->ctx;
    job->full = k->loading;
    job->view = (k->loading && k->want == NGX_HTTP_GIG_WANT_FRESH)
                ? NULL : ngx_http_gig_catalog_take(k->board);

    job->changes = k->changes;
    job->load = k->load;
    ngx_memzero(&k->changes, sizeof(k->changes));
    ngx_memzero(&k->load, sizeof(k->load));

    ngx_http_gig_compiler_stores(k, job);
    ngx_http_gig_compiler_keep(job, &k->synced);
    ngx_http_gig_compiler_keep(job, &k->syncing);
    job->keep.index[1] = k->synced.generation;
    job->keep.index[2] = k->syncing.generation;

    meta = &job->compile.meta;
    meta->generation = k->generation + 1;
    meta->version = k->version;
    meta->cursor_ms = k->cursor_ms;
    meta->cursor_seq = k->cursor_seq;
    meta->cursor_version = k->cursor_version;
    meta->compiled_at = ngx_time();
    ngx_memcpy(meta->replid, k->connect.history.replid,
               ngx_min(sizeof(meta->replid), sizeof(k->connect.history.replid)));
    ngx_memcpy(meta->ready, k->ready, sizeof(meta->ready));

    job->generation = meta->generation;
    job->compile.last = job->view ? &job->view->image : NULL;
    job->compile.full = (int) job->full;
    job->compile.place_names = k->board->place_names;
    job->compile.board = (gig_str_t) { job->board, strlen(job->board) };

    task->event.handler = ngx_http_gig_compiler_done;

    if (ngx_thread_task_post(k->board->pool, task) != NGX_OK) {
        if (job->view) {
            ngx_http_gig_catalog_release(k->board, job->view);
        }

        ngx_http_gig_job_free(job);
        return NGX_ERROR;
    }

    k->task = task;
    k->loading = 0;
    k->want = NGX_HTTP_GIG_WANT_NOTHING;
    ngx_http_gig_keeper_wait(k, NGX_HTTP_GIG_PHASE_COMPILE, 0);

    return NGX_OK;
}


/* The stores of the last image and, after them, the one to append to. */

static void
ngx_http_gig_compiler_stores(ngx_http_gig_keeper_t *k, ngx_http_gig_job_t *job)
{
    uint32_t      i, n;
    uint64_t      size, dead;
    gig_store_t  *store;

    n = 0;
    size = 0;
    dead = 0;

    if (job->view) {
        n = job->view->image.stores;

        for (i = 0; i < n; i++) {
            (void) gig_image_store(&job->view->image, i, &job->stores[i]);
            size += job->stores[i].size;
            dead += job->stores[i].dead;
        }
    }

    job->compile.compact = job->view && !job->full
                           && ((dead > size / 2 && size > NGX_HTTP_GIG_COMPACT_MIN)
                               || n >= NGX_HTTP_GIG_COMPACT_STORES);
    job->compile.read_store = ngx_http_gig_compiler_read;

    if (k->store_fd != -1 && (job->compile.compact || (job->full && job->view == NULL))) {
        (void) close(k->store_fd);
        k->store_fd = -1;
    }

    if (k->store_fd == -1) {
        k->store++;
        k->store_size = 0;
    }

    job->store_fd = k->store_fd;
    job->store_size = k->store_size;
    job->current = n;

    store = &job->stores[n++];
    ngx_memzero(store, sizeof(gig_store_t));
    store->keeper = k->keeper;
    store->number = k->store;
    store->size = k->store_size;

    job->compile.stores = job->stores;
    job->compile.n_stores = n;
}


static void
ngx_http_gig_compiler_keep(ngx_http_gig_job_t *job, const ngx_http_gig_saved_t *saved)
{
    unsigned  i;

    for (i = 0; i < saved->n && job->keep.n_stores < NGX_HTTP_GIG_KEEP_STORES; i++) {
        job->keep.stores[job->keep.n_stores++] = saved->stores[i];
    }
}


/* In the thread, from here ... */

static void
ngx_http_gig_compiler_run(void *data, ngx_log_t *log)
{
    size_t               n;
    uint32_t             i;
    gig_str_t            index;
    gig_image_t          image;
    gig_change_t        *changes;
    struct timespec      begin, end;
    gig_compile_io_t     io;
    ngx_http_gig_job_t  *job = data;

    if (job->sync) {
        job->ok = ngx_http_gig_files_sync(job->folder, job->generation, job->keep.stores,
                                          job->keep.n_stores, &job->err) == 0;
        return;
    }

    (void) clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);

    index = gig_null_str;
    changes = ngx_http_gig_compiler_changes(job, &n);
    job->buffer = gig_block_alloc(NGX_HTTP_GIG_STORE_BUFFER);

    if (changes == NULL || job->buffer == NULL) {
        (void) gig_error_set(&job->err, "", "out of memory");
        goto done;
    }

    job->compile.changes = changes;
    job->compile.n_changes = n;

    io.data = job;
    io.append = ngx_http_gig_compiler_append;
    io.zone = ngx_http_gig_compiler_zone;
    io.refused = ngx_http_gig_compiler_refused;
    io.yield = ngx_http_gig_compiler_yield;

    if (ngx_http_gig_compiler_open(job) != 0
        || gig_compile(&job->compile, &io, &index, &job->err) != 0
        || ngx_http_gig_compiler_flush(job) != 0)
    {
        goto done;
    }

    /* What we are about to publish must be readable: another reader will be as strict. */

    if (gig_image_open(index, job->compile.board, 0, &image, &job->err) != 0
        || ngx_http_gig_files_publish(job->folder, job->generation, index, &job->exists,
                                      &job->err) != 0)
    {
        goto done;
    }

    job->ok = 1;
    job->keep.index[0] = job->generation;

    for (i = 0; i < image.stores && job->keep.n_stores < NGX_HTTP_GIG_KEEP_STORES; i++) {
        if (gig_image_store(&image, i, &job->keep.stores[job->keep.n_stores]) == 0) {
            job->keep.n_stores++;
        }
    }

    if (job->keep.n_stores < NGX_HTTP_GIG_KEEP_STORES) {
        job->keep.stores[job->keep.n_stores++] = job->stores[job->current];
        ngx_http_gig_files_clean(job->folder, &job->keep);
    }

done:

    gig_block_free(changes);
    gig_block_free(job->buffer);
    gig_block_free((char *) index.data);

    if (job->full) {
        /* Parsing all of the catalog took much memory for a moment: back to the system. */
        ngx_http_gig_changes_clear(&job->load);
        (void) malloc_trim(0);
    }

    (void) clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    job->took = (ngx_msec_t) ((end.tv_sec - begin.tv_sec) * 1000
                              + (end.tv_nsec - begin.tv_nsec) / 1000000) + 1;
}


static gig_change_t *
ngx_http_gig_compiler_changes(ngx_http_gig_job_t *job, size_t *n)
{
    size_t                  i;
    unsigned                k;
    gig_change_t           *out, *p;
    ngx_http_gig_change_t  *c;
    ngx_http_gig_changes_t *all[2];

    out = gig_block_alloc(sizeof(gig_change_t) * (2 * (job->load.n + job->changes.n) + 1));

    if (out == NULL) {
        return NULL;
    }

    p = out;
    all[0] = &job->load;
    all[1] = &job->changes;

    /* A full load says of every gig what its seats are: no line in `seats` is "open". */

    for (i = 0; i < job->load.n; i++) {
        c = &job->load.elts[i];

        if (c->content && !c->form) {
            *p++ = (gig_change_t) { .op = GIG_CHANGE_SEATS, .id = c->id, .seats = GIG_SEATS_OPEN };
        }
    }

    for (k = 0; k < 2; k++) {
        for (i = 0; i < all[k]->n; i++) {
            c = &all[k]->elts[i];

            if (c->content) {
                *p++ = (gig_change_t) {
                    .op = c->form ? (c->json.data ? GIG_CHANGE_FORM : GIG_CHANGE_FORM_DELETE)
                                  : (c->json.data ? GIG_CHANGE_PUT : GIG_CHANGE_DELETE),
                    .id = c->id,
                    .json = c->json
                };
            }

            if (c->told) {
                *p++ = (gig_change_t) { .op = GIG_CHANGE_SEATS, .id = c->id,
                                        .seats = (gig_seats_t) c->seats };
            }
        }
    }

    *n = (size_t) (p - out);

    return out;
}


static int
ngx_http_gig_compiler_open(ngx_http_gig_job_t *job)
{
    char          name[NGX_HTTP_GIG_FILE_NAME];
    gig_store_t  *store;

    if (job->store_fd != -1) {
        return 0;
    }

    store = &job->stores[job->current];
    ngx_http_gig_files_store(store->keeper, store->number, name);

    job->store_fd = openat(job->folder, name, O_WRONLY|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC, 0600);

    if (job->store_fd == -1) {
        return gig_error_set(&job->err, "", "%s cannot be made: %s", name, strerror(errno));
    }

    return 0;
}


static int
ngx_http_gig_compiler_flush(ngx_http_gig_job_t *job)
{
    if (ngx_http_gig_files_write(job->store_fd, job->buffer, job->buffered,
                                 job->store_size - job->buffered) != 0)
    {
        return gig_error_set(&job->err, "", "the store cannot be written: %s", strerror(errno));
    }

    job->buffered = 0;

    return 0;
}


static int
ngx_http_gig_compiler_append(void *data, gig_str_t bytes, uint32_t *store, uint64_t *offset)
{
    ngx_http_gig_job_t  *job = data;

    *store = job->current;
    *offset = job->store_size;

    if (bytes.len > NGX_HTTP_GIG_STORE_BUFFER - job->buffered
        && ngx_http_gig_compiler_flush(job) != 0)
    {
        return -1;
    }

    job->store_size += bytes.len;

    if (bytes.len > NGX_HTTP_GIG_STORE_BUFFER) {
        return ngx_http_gig_files_write(job->store_fd, bytes.data, bytes.len, *offset);
    }

    ngx_memcpy(job->buffer + job->buffered, bytes.len ? bytes.data : "", bytes.len);
    job->buffered += bytes.len;

    return 0;
}


static gig_str_t
ngx_http_gig_compiler_zone(void *data, gig_str_t name)
{
    int                  fd;
    char                 path[sizeof("/usr/share/zoneinfo/") + 64], *tzif;
    ssize_t              n;
    unsigned             i;
    struct stat          st;
    ngx_http_gig_job_t  *job = data;

    for (i = 0; i < job->n_zones; i++) {
        if (gig_str_eq(job->zones[i].name, name)) {
            return job->zones[i].tzif;
        }
    }

    /* The name is a record's: only parts of letters, digits and a few signs, no "..". */

    if (!gig_zone_name_valid(name) || name.len > 63 || i == NGX_HTTP_GIG_ZONES_MAX) {
        return gig_null_str;
    }

    (void) ngx_snprintf((u_char *) path, sizeof(path), "/usr/share/zoneinfo/%*s%Z", name.len,
                        name.data);

    tzif = NULL;
    n = -1;
    fd = open(path, O_RDONLY|O_CLOEXEC|O_NONBLOCK);

    if (fd != -1) {
        if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0
            && st.st_size <= GIG_TZIF_MAX)
        {
            tzif = malloc((size_t) st.st_size);
            n = tzif ? read(fd, tzif, (size_t) st.st_size) : -1;

            if (n != st.st_size) {
                free(tzif);
                tzif = NULL;
            }
        }

        (void) close(fd);
    }

    job->zones[i].name.data = malloc(name.len);

    if (job->zones[i].name.data == NULL) {
        free(tzif);
        return gig_null_str;
    }

    ngx_memcpy((char *) job->zones[i].name.data, name.data, name.len);
    job->zones[i].name.len = name.len;
    job->zones[i].tzif = tzif ? (gig_str_t) { tzif, (size_t) n } : gig_null_str;
    job->n_zones++;

    return job->zones[i].tzif;
}


/* For compaction: a store as the last view has it mapped. */

static gig_str_t
ngx_http_gig_compiler_read(void *data, uint32_t store)
{
    ngx_http_gig_job_t  *job = data;

    if (job->view == NULL || store >= job->view->image.stores) {
        return gig_null_str;
    }

    return job->view->stores[store]->bytes;
}


static void
ngx_http_gig_compiler_refused(void *data, gig_str_t id, const gig_errors_t *errors)
{
    ngx_http_gig_job_t  *job = data;

    if (job->n_refused < NGX_HTTP_GIG_REFUSED_TOLD) {
        (void) ngx_snprintf((u_char *) job->refused[job->n_refused].id, GIG_ID_MAX + 1, "%*s%Z",
                            ngx_min(id.len, GIG_ID_MAX), id.data);

        if (errors->count) {
            job->refused[job->n_refused].error = errors->error[0];
        }
    }

    job->n_refused++;
}

/* The worker's event loop may be waiting for this very core: a compile is never in a hurry. */

static void
ngx_http_gig_compiler_yield(void *data)
{
    (void) data;
    (void) sched_yield();
}

/* ... to here. */


static void
ngx_http_gig_compiler_done(ngx_event_t *ev)
{
    ngx_thread_task_t      *task;
    ngx_http_gig_job_t     *job;
    ngx_http_gig_keeper_t  *k;

    task = ev->data;
    job = task->ctx;
    k = job->keeper;

    k->task = NULL;

    if (job->view) {
        ngx_http_gig_catalog_release(k->board, job->view);
        job->view = NULL;
    }

    ngx_http_gig_keeper_compiled(k, job);
    ngx_http_gig_job_free(job);
}


/*
 * The image is a cache of Redis, so nothing waits for a disk: it is synced when
 * no change came for a second, or when the last sync is long ago.
 */

void
ngx_http_gig_compiler_sync(ngx_http_gig_keeper_t *k)
{
    uint32_t              i;
    ngx_http_gig_job_t   *job;
    ngx_http_gig_view_t  *view;
    ngx_thread_task_t    *task;

    view = ngx_http_gig_catalog_view(k->board);

    if (k->sync_task || view == NULL || view->image.meta.generation == k->synced.generation
        || k->board->pool == NULL)
    {
        return;
    }

    if (ngx_current_msec - k->compiled < NGX_HTTP_GIG_CALM
        && ngx_current_msec - k->unsynced < NGX_HTTP_GIG_CALM_MAX)
    {
        return;
    }

    task = ngx_http_gig_job_create(k);
    if (task == NULL) {
        return;
    }

    job = task->ctx;
    job->sync = 1;
    job->generation = view->image.meta.generation;

    k->syncing.generation = job->generation;
    k->syncing.n = view->image.stores;

    for (i = 0; i < view->image.stores; i++) {
        (void) gig_image_store(&view->image, i, &k->syncing.stores[i]);
    }

    ngx_http_gig_compiler_keep(job, &k->syncing);

    task->event.handler = ngx_http_gig_compiler_sync_done;

    if (ngx_thread_task_post(k->board->pool, task) != NGX_OK) {
        ngx_http_gig_job_free(job);
        k->syncing.generation = 0;
        k->syncing.n = 0;
        return;
    }

    k->sync_task = task;
}


static void
ngx_http_gig_compiler_sync_done(ngx_event_t *ev)
{
    ngx_thread_task_t      *task;
    ngx_http_gig_job_t     *job;
    ngx_http_gig_keeper_t  *k;

    task = ev->data;
    job = task->ctx;
    k = job->keeper;

    k->sync_task = NULL;
    ngx_http_gig_keeper_synced(k, job);
    ngx_http_gig_job_free(job);
}
