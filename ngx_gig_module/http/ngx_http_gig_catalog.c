
#include "ngx_http_gig_catalog.h"
#include "ngx_http_gig_deny.h"
#include "ngx_http_gig_files.h"
#include "ngx_http_gig_keeper.h"
#include "ngx_http_gig_self_id.h"
#include "ngx_http_gig_shm.h"

#include <sys/mman.h>


#define NGX_HTTP_GIG_LOOK_INTERVAL  1000            /* ms between looks at the folder */
#define NGX_HTTP_GIG_STALE_AFTER    10              /* seconds */
#define NGX_HTTP_GIG_LOOKS_AT_START  4              /* at a folder that a keeper cleans up */
#define NGX_HTTP_GIG_CHECK_AT_ONCE  (4 * 1024 * 1024)   /* bytes of a synced index: some ms */


struct ngx_http_gig_catalog_s {
    ngx_http_gig_board_t     *board;
    ngx_log_t                *log;
    int                       folder;           /* -1: not there, or not safe */
    int                       whole;            /* -1, or the lock that says so of the newest */
    ngx_http_gig_view_t      *view;             /* the current one or NULL */
    ngx_http_gig_stores_t     stores;
    ngx_uint_t                serial;
    ngx_atomic_uint_t         notice;           /* the zone's counter when we last looked */
    uint64_t                  found;            /* highest generation at a cold start: to check */
    uint64_t                  told;             /* generation whose fault was logged */
    ngx_event_t               timer;            /* cancelable */
    ngx_thread_task_t        *task;             /* the check under way, or NULL */
    time_t                    since;
    unsigned                  folder_told:1;
    char                      node[NGX_HTTP_GIG_NODE_TEXT];
};

/* The check in the pool: what it may touch is in here. */
typedef struct {
    ngx_http_gig_catalog_t   *catalog;
    ngx_http_gig_files_t      files;
    char                      board[GIG_BOARD_MAX + 1];
    int                       folder;
    uint64_t                  good;             /* 0: none */
    unsigned                  bad;
    gig_error_t               err;              /* of the first bad one */
} ngx_http_gig_catalog_check_t;


static void ngx_http_gig_catalog_open_folder(ngx_http_gig_catalog_t *catalog);
static void ngx_http_gig_catalog_start(ngx_http_gig_catalog_t *catalog);
static void ngx_http_gig_catalog_check_post(ngx_http_gig_catalog_t *catalog,
    const ngx_http_gig_catalog_check_t *check);
static void ngx_http_gig_catalog_check(void *data, ngx_log_t *log);
static void ngx_http_gig_catalog_checked(ngx_event_t *ev);
static void ngx_http_gig_catalog_checked_result(ngx_http_gig_catalog_t *catalog,
    ngx_http_gig_catalog_check_t *check);
static void ngx_http_gig_catalog_timer(ngx_event_t *ev);
static void ngx_http_gig_catalog_segments(ngx_http_gig_catalog_t *catalog,
    ngx_http_gig_view_t *view);
static void ngx_http_gig_catalog_vouch(ngx_http_gig_catalog_t *catalog);
static ngx_int_t ngx_http_gig_catalog_open(ngx_http_gig_catalog_t *catalog, uint64_t generation);


ngx_int_t
ngx_http_gig_catalog_init(ngx_http_gig_board_t *board, ngx_cycle_t *cycle)
{
    ngx_http_gig_catalog_t  *catalog;

    catalog = ngx_pcalloc(cycle->pool, sizeof(ngx_http_gig_catalog_t));
    if (catalog == NULL) {
        return NGX_ERROR;
    }

    catalog->board = board;
    catalog->log = cycle->log;
    catalog->folder = -1;
    catalog->whole = -1;
    catalog->since = ngx_time();
    ngx_http_gig_stores_init(&catalog->stores, cycle->log);

    catalog->timer.handler = ngx_http_gig_catalog_timer;
    catalog->timer.data = catalog;
    catalog->timer.log = cycle->log;
    catalog->timer.cancelable = 1;

    board->catalog = catalog;

    ngx_http_gig_catalog_open_folder(catalog);
    ngx_http_gig_catalog_start(catalog);

    ngx_add_timer(&catalog->timer, NGX_HTTP_GIG_LOOK_INTERVAL);

    return NGX_OK;
}


void
ngx_http_gig_catalog_done(ngx_http_gig_board_t *board)
{
    ngx_http_gig_catalog_t  *catalog;

    catalog = board->catalog;

    if (catalog->timer.timer_set) {
        ngx_del_timer(&catalog->timer);
    }

    /* The pool's threads have ended before modules' exit: no check is running. */

    if (catalog->task) {
        ngx_free(catalog->task);
        catalog->task = NULL;
    }

    if (catalog->view) {
        ngx_http_gig_catalog_release(board, catalog->view);
        catalog->view = NULL;
    }

    if (catalog->whole != -1) {
        (void) close(catalog->whole);
        catalog->whole = -1;
    }

    if (catalog->folder != -1) {
        (void) close(catalog->folder);
        catalog->folder = -1;
    }

    board->catalog = NULL;
}


static void
ngx_http_gig_catalog_open_folder(ngx_http_gig_catalog_t *catalog)
{
    struct stat  st;
    gig_error_t  err;

    if (catalog->folder != -1) {

        /* Removed under us: what is mapped goes on, new files need a new folder. */

        if (catalog->task || fstat(catalog->folder, &st) == -1 || st.st_nlink != 0) {
            return;
        }

        (void) close(catalog->folder);

        if (catalog->whole != -1) {
            (void) close(catalog->whole);
            catalog->whole = -1;
        }

        catalog->node[0] = '\0';
        catalog->found = 0;
    }

    catalog->folder = ngx_http_gig_files_folder((char *) catalog->board->state.data, &err);

    if (catalog->folder != -1) {
        catalog->folder_told = 0;

        if (ngx_http_gig_files_node(catalog->folder, catalog->node, &err) != 0) {
            catalog->node[0] = '\0';
            ngx_log_error(NGX_LOG_ERR, catalog->log, 0, "gig: board \"%V\": state \"%V\": %s",
                          &catalog->board->name, &catalog->board->state, err.detail);
        }

        return;
    }

    if (!catalog->folder_told) {
        catalog->folder_told = 1;
        ngx_log_error(NGX_LOG_ERR, catalog->log, 0, "gig: board \"%V\": state \"%V\" %s",
                      &catalog->board->name, &catalog->board->state, err.detail);
    }
}


/*
 * What the folder holds at start.  Once anything was published through our zone, or
 * found whole, or while somebody else serves it (another master's workers, during an
 * upgrade), there was no power cut since: what a keeper renamed into place is whole,
 * also if it did not live to announce it, and is opened like any other.  Else it is
 * checked first: at once if that is short, or in the pool, and there is no view until then.
 */

static void
ngx_http_gig_catalog_start(ngx_http_gig_catalog_t *catalog)
{
    char                           name[NGX_HTTP_GIG_FILE_NAME];
    int64_t                        size;
    ngx_uint_t                     i;
    ngx_http_gig_files_t           files;
    ngx_http_gig_notice_t         *notice;
    ngx_http_gig_catalog_check_t   check;

    notice = ngx_http_gig_shm_notice(catalog->board);
    catalog->notice = notice->notice;

    if (catalog->folder == -1 || ngx_http_gig_files_list(catalog->folder, &files) != 0
        || files.n == 0)
    {
        return;
    }

    if (notice->generation || ngx_http_gig_lock_vouched(catalog->folder)) {

        for (i = 0; catalog->view == NULL && i < NGX_HTTP_GIG_LOOKS_AT_START; i++) {
            ngx_http_gig_catalog_look(catalog->board);
        }

        return;
    }

    catalog->found = files.index[0];

    ngx_memzero(&check, sizeof(ngx_http_gig_catalog_check_t));
    check.catalog = catalog;
    check.files = files;
    check.folder = catalog->folder;
    (void) ngx_cpystrn((u_char *) check.board, catalog->board->name.data,
                       ngx_min(catalog->board->name.len, GIG_BOARD_MAX) + 1);

    ngx_http_gig_files_index(files.index[0], name);
    size = ngx_http_gig_files_size(catalog->folder, name);

    if (files.index[0] == files.synced && size >= 0 && size <= NGX_HTTP_GIG_CHECK_AT_ONCE) {
        check.files.n = 1;
        ngx_http_gig_catalog_check(&check, catalog->log);

        if (check.good || files.n == 1) {
            ngx_http_gig_catalog_checked_result(catalog, &check);
            return;
        }

        /* The synced one is damaged, there are others: they take longer. */

        check.files = files;
        check.bad = 0;
    }

    ngx_http_gig_catalog_check_post(catalog, &check);
}


static void
ngx_http_gig_catalog_check_post(ngx_http_gig_catalog_t *catalog,
    const ngx_http_gig_catalog_check_t *check)
{
    ngx_thread_task_t  *task;

    task = ngx_calloc(sizeof(ngx_thread_task_t) + sizeof(ngx_http_gig_catalog_check_t),
                      catalog->log);
    if (task == NULL) {
        return;
    }

    task->ctx = task + 1;
    ngx_memcpy(task->ctx, check, sizeof(ngx_http_gig_catalog_check_t));

    task->handler = ngx_http_gig_catalog_check;
    task->event.handler = ngx_http_gig_catalog_checked;
    task->event.data = task;
    task->event.log = catalog->log;

    if (catalog->board->pool == NULL
        || ngx_thread_task_post(catalog->board->pool, task) != NGX_OK)
    {
        ngx_free(task);
        return;
    }

    catalog->task = task;
}


/* In a thread of the pool: no log, no pool, nothing of a request. */

static void
ngx_http_gig_catalog_check(void *data, ngx_log_t *log)
{
    unsigned                       i;
    uint64_t                       generation;
    gig_str_t                      board;
    gig_error_t                    err;
    ngx_http_gig_catalog_check_t  *check = data;

    board = (gig_str_t) { check->board, strlen(check->board) };

    for (i = 0; i < check->files.n; i++) {
        generation = check->files.index[i];

        if (ngx_http_gig_files_check(check->folder, board, generation,
                                     generation != check->files.synced, &err)
            == 0)
        {
            check->good = generation;
            return;
        }

        if (check->bad++ == 0) {
            check->err = err;
        }
    }
}


static void
ngx_http_gig_catalog_checked(ngx_event_t *ev)
{
    ngx_thread_task_t             *task;
    ngx_http_gig_catalog_t        *catalog;
    ngx_http_gig_catalog_check_t  *check;

    task = ev->data;
    check = task->ctx;
    catalog = check->catalog;

    catalog->task = NULL;
    ngx_http_gig_catalog_checked_result(catalog, check);
    ngx_free(task);
}


static void
ngx_http_gig_catalog_checked_result(ngx_http_gig_catalog_t *catalog,
    ngx_http_gig_catalog_check_t *check)
{
    if (check->bad) {
        ngx_log_error(NGX_LOG_ERR, catalog->log, 0,
                      "gig: board \"%V\": index.%uL in \"%V\" is damaged (%s%s%s)%s",
                      &catalog->board->name, check->files.index[0], &catalog->board->state,
                      check->err.pointer, check->err.pointer[0] ? ": " : "", check->err.detail,
                      check->good ? ", going on with the one before" : "");
    }

    /* A damaged one that is still there nobody must take for checked. */

    if (check->good && check->bad == 0) {
        (void) ngx_atomic_cmp_set(&ngx_http_gig_shm_notice(catalog->board)->generation, 0,
                                  check->good);
    }

    if (check->good && (catalog->view == NULL
                        || catalog->view->image.meta.generation < check->good)
        && ngx_http_gig_catalog_open(catalog, check->good) == NGX_OK && check->bad == 0)
    {
        ngx_http_gig_catalog_vouch(catalog);
    }
}


static void
ngx_http_gig_catalog_timer(ngx_event_t *ev)
{
    ngx_http_gig_catalog_t  *catalog;

    catalog = ev->data;

    if (ngx_exiting) {
        return;
    }

    ngx_http_gig_catalog_open_folder(catalog);
    ngx_http_gig_catalog_look(catalog->board);
    ngx_http_gig_self_id_tick(catalog->board);

    ngx_add_timer(&catalog->timer, NGX_HTTP_GIG_LOOK_INTERVAL);
}


void
ngx_http_gig_catalog_look(ngx_http_gig_board_t *board)
{
    uint64_t                 current;
    unsigned                 i;
    ngx_http_gig_files_t     files;
    ngx_http_gig_catalog_t  *catalog;

    catalog = board->catalog;

    if (catalog->folder == -1 || ngx_http_gig_files_list(catalog->folder, &files) != 0) {
        return;
    }

    current = catalog->view ? catalog->view->image.meta.generation : 0;
    current = ngx_max(current, catalog->found);

    for (i = 0; i < files.n && files.index[i] > current; i++) {
        if (ngx_http_gig_catalog_open(catalog, files.index[i]) == NGX_OK) {
            ngx_http_gig_catalog_vouch(catalog);
            return;
        }
    }
}


static void
ngx_http_gig_catalog_vouch(ngx_http_gig_catalog_t *catalog)
{
    if (catalog->whole == -1) {
        catalog->whole = ngx_http_gig_lock_vouch(catalog->folder);
    }
}


/* Maps an index and its stores and makes it the view; trusts no more than it must. */

static ngx_int_t
ngx_http_gig_catalog_open(ngx_http_gig_catalog_t *catalog, uint64_t generation)
{
    char                    name[NGX_HTTP_GIG_FILE_NAME];
    uint32_t                i;
    gig_str_t               board;
    gig_error_t             err;
    gig_store_t             store;
    ngx_http_gig_view_t    *view, *old;

    view = ngx_calloc(sizeof(ngx_http_gig_view_t), catalog->log);
    if (view == NULL) {
        return NGX_ERROR;
    }

    board.data = (char *) catalog->board->name.data;
    board.len = catalog->board->name.len;
    ngx_http_gig_files_index(generation, name);

    view->refs = 1;

    if (ngx_http_gig_files_map(catalog->folder, name, 0, &view->bytes, &view->mapped, &err)
        != 0)
    {
        view->bytes.data = NULL;
        goto failed;
    }

    if (gig_image_open(view->bytes, board, 0, &view->image, &err) != 0) {
        view->image.stores = 0;
        goto failed;
    }

    if (view->image.meta.generation != generation || view->image.stores > GIG_IMAGE_STORES_MAX) {
        view->image.stores = 0;
        (void) gig_error_set(&err, "", "it says it is another generation");
        goto failed;
    }

    for (i = 0; i < view->image.stores; i++) {
        if (gig_image_store(&view->image, i, &store) != 0) {
            (void) gig_error_set(&err, "", "its list of stores is damaged");
            goto failed;
        }

        view->stores[i] = ngx_http_gig_store_map(&catalog->stores, catalog->folder, &store,
                                                 &err);

        if (view->stores[i] == NULL) {
            goto failed;
        }
    }

    ngx_http_gig_catalog_segments(catalog, view);
    ngx_http_gig_deny_apply(catalog->board->denied, view);

    old = catalog->view;
    view->serial = ++catalog->serial;
    catalog->view = view;

    if (old) {
        ngx_http_gig_catalog_release(catalog->board, old);
    }

    ngx_log_error(NGX_LOG_INFO, catalog->log, 0,
                  "gig: board \"%V\": serving generation %uL, catalog version %uL, %uD gig%s",
                  &catalog->board->name, view->image.meta.generation, view->image.meta.version,
                  view->image.n, gig_plural(view->image.n));

    return NGX_OK;

failed:

    /*
     * A file that is gone is most often the keeper's clean-up: a newer one is
     * there.  So this is said once a generation and tried again.
     */

    if (catalog->told != generation) {
        catalog->told = generation;
        ngx_log_error(NGX_LOG_WARN, catalog->log, 0, "gig: board \"%V\": %s: %s%s%s",
                      &catalog->board->name, name, err.pointer, err.pointer[0] ? ": " : "",
                      err.detail);
    }

    ngx_http_gig_catalog_release(catalog->board, view);

    return NGX_ERROR;
}


/*
 * The text index.  A segment that is damaged finds nothing until the keeper has
 * loaded in full; all else is served.
 */

static void
ngx_http_gig_catalog_segments(ngx_http_gig_catalog_t *catalog, ngx_http_gig_view_t *view)
{
    unsigned     i;
    gig_str_t    bytes;
    gig_place_t  place[GIG_SEGMENTS_MAX];

    view->n_segments = gig_image_segments(&view->image, place);

    for (i = 0; i < view->n_segments; i++) {

        bytes = place[i].store < view->image.stores
                ? gig_place_bytes(&place[i], view->stores[place[i].store]->bytes, 0)
                : gig_null_str;

        if (bytes.data && gig_segment_open(bytes, &view->segments[i]) == 0) {
            continue;
        }

        ngx_memzero(&view->segments[i], sizeof(gig_segment_t));
        ngx_http_gig_shm_notice(catalog->board)->damaged = 1;

        ngx_log_error(NGX_LOG_ERR, catalog->log, 0, "gig: board \"%V\": the words of some gigs of "
                      "index.%uL are damaged: a search does not find them until the catalog has "
                      "been loaded again", &catalog->board->name, view->image.meta.generation);
    }
}


ngx_http_gig_view_t *
ngx_http_gig_catalog_view(ngx_http_gig_board_t *board)
{
    ngx_atomic_uint_t        seen;
    ngx_http_gig_catalog_t  *catalog;

    catalog = board->catalog;
    seen = ngx_http_gig_shm_notice(board)->notice;

    if (seen != catalog->notice) {
        catalog->notice = seen;
        ngx_http_gig_catalog_look(board);
    }

    /* Whoever keeps what a view said knows it by the serial. */

    if (ngx_http_gig_deny_look(board->denied) && catalog->view) {
        ngx_http_gig_deny_apply(board->denied, catalog->view);
        catalog->view->serial = ++catalog->serial;
    }

    return catalog->view;
}


gig_str_t
ngx_http_gig_catalog_fragment(ngx_http_gig_board_t *board, ngx_http_gig_view_t *view,
    const gig_place_t *place)
{
    gig_str_t               bytes;
    ngx_http_gig_store_t   *store;
    ngx_http_gig_notice_t  *notice;

    if (place->store >= view->image.stores) {
        return gig_null_str;
    }

    store = view->stores[place->store];
    bytes = ngx_http_gig_store_fragment(&board->catalog->stores, store, place);

    if (bytes.data != NULL) {
        return bytes;
    }

    notice = ngx_http_gig_shm_notice(board);

    if (ngx_atomic_cmp_set(&notice->damaged, 0, 1)) {
        ngx_log_error(NGX_LOG_CRIT, board->catalog->log, 0,
                      "gig: board \"%V\": a fragment in store.%016xL.%uD at %uL is damaged",
                      &board->name, store->keeper, store->number, place->offset);
    }

    return gig_null_str;
}


ngx_http_gig_view_t *
ngx_http_gig_catalog_take(ngx_http_gig_board_t *board)
{
    ngx_http_gig_view_t  *view;

    view = ngx_http_gig_catalog_view(board);

    if (view) {
        view->refs++;
    }

    return view;
}


void
ngx_http_gig_catalog_release(ngx_http_gig_board_t *board, ngx_http_gig_view_t *view)
{
    uint32_t  i;

    if (--view->refs) {
        return;
    }

    for (i = 0; i < view->image.stores && view->stores[i]; i++) {
        ngx_http_gig_store_release(view->stores[i]);
    }

    if (view->bytes.data) {
        (void) munmap((void *) view->bytes.data, view->mapped);
    }

    ngx_free(view->denied);
    ngx_free(view);
}


ngx_uint_t
ngx_http_gig_catalog_settled(ngx_http_gig_board_t *board)
{
    return board->catalog->task == NULL;
}


int
ngx_http_gig_catalog_folder(ngx_http_gig_board_t *board)
{
    return board->catalog->folder;
}


gig_str_t
ngx_http_gig_catalog_node(ngx_http_gig_board_t *board)
{
    return (gig_str_t) { board->catalog->node, strlen(board->catalog->node) };
}


ngx_uint_t
ngx_http_gig_catalog_stale(ngx_http_gig_board_t *board, time_t *age)
{
    time_t                   in_step;
    ngx_http_gig_view_t     *view;
    ngx_http_gig_catalog_t  *catalog;

    catalog = board->catalog;
    in_step = (time_t) ngx_http_gig_shm_notice(board)->in_step;

    if (in_step == 0) {
        /* Never since this nginx started: as old as what was found. */
        view = catalog->view;
        in_step = view ? (time_t) view->image.meta.compiled_at : catalog->since;
    }

    *age = ngx_max(ngx_time() - in_step, 0);

    return *age > NGX_HTTP_GIG_STALE_AFTER;
}
