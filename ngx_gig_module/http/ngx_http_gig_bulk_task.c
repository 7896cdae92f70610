
/*
 * What makes an output of a whole catalog, in a thread of the pool.  It touches its task alone;
 * what that points into (a view, the configuration) is held until it has ended.
 */

#include "ngx_http_gig_bulk_task.h"


#define NGX_HTTP_GIG_BULK_GZIP      256             /* bytes: below it headers are most of it */
#define NGX_HTTP_GIG_BULK_LINK      (32 * 1024)     /* bytes of a Link */


static void ngx_http_gig_bulk_thread(void *data, ngx_log_t *log);


ngx_thread_task_t *
ngx_http_gig_bulk_task_make(ngx_http_gig_board_t *board, const ngx_http_gig_bulk_kind_t *kind,
    uint32_t part, gig_str_t path, gig_str_t args)
{
    size_t                     words;
    uint32_t                   i;
    ngx_thread_task_t         *task;
    ngx_http_gig_view_t       *view;
    ngx_http_gig_bulk_task_t  *t;

    task = ngx_calloc(sizeof(ngx_thread_task_t) + sizeof(ngx_http_gig_bulk_task_t),
                      ngx_cycle->log);
    if (task == NULL) {
        return NULL;
    }

    task->ctx = task + 1;
    task->handler = ngx_http_gig_bulk_thread;

    t = task->ctx;
    t->view = ngx_http_gig_catalog_take(board);
    view = t->view;

    if (view == NULL) {
        goto failed;
    }

    t->kind = kind;
    t->compress = board->compress;

    t->of.now = ngx_time();
    t->of.part = part;
    t->of.args = args;
    t->of.path = path;
    t->of.cursors = &board->cursors;
    gig_buf_init(&t->of.link, NGX_HTTP_GIG_BULK_LINK);
    t->of.feed.board = ngx_http_gig_str(&board->name);
    t->of.feed.title = ngx_http_gig_str(&board->title);
    t->of.feed.about = ngx_http_gig_str(&board->about);
    t->of.feed.base = ngx_http_gig_str(&board->public_url);

    /* a store grows in place: what is there now is what this view needs */

    for (i = 0; i < view->image.stores; i++) {
        t->stores[i] = view->stores[i]->bytes;
    }

    t->of.catalog.image = view->image;
    t->of.catalog.stores = t->stores;
    t->of.catalog.n_segments = view->n_segments;
    t->of.catalog.segments = view->segments;
    t->of.catalog.place_names = board->place_names;

    if (view->image.denied) {
        words = view->image.rows / 64 + 1;

        t->denied = ngx_alloc(words * sizeof(uint64_t), ngx_cycle->log);
        if (t->denied == NULL) {
            goto failed;
        }

        ngx_memcpy(t->denied, view->image.denied, words * sizeof(uint64_t));
        t->of.catalog.image.denied = t->denied;
    }

    return task;

failed:

    ngx_http_gig_bulk_task_free(board, task);

    return NULL;
}


/* In a thread of the pool. */

static void
ngx_http_gig_bulk_thread(void *data, ngx_log_t *log)
{
    gig_buf_t                  out;
    ngx_str_t                  link;
    ngx_http_gig_bulk_task_t  *t = data;

    gig_buf_init(&out, NGX_HTTP_GIG_BULK_LIMIT);

    t->rc = t->kind->write(&t->of, &out);

    if (t->rc == 0) {

        link.data = (u_char *) t->of.link.data;
        link.len = t->of.link.len;

        if (gig_buf_failed(&t->of.link)) {
            out.failed = 1;
        }

        t->bytes = ngx_http_gig_bytes_make(&out, NGX_HTTP_OK, t->kind->type, &link);

        if (t->bytes == NULL) {
            t->rc = -1;

        } else {
            t->bytes->one_format = 1;
            ngx_http_gig_etag(t->bytes);

            if (t->compress && t->bytes->body[GIG_IDENTITY].len >= NGX_HTTP_GIG_BULK_GZIP) {
                (void) ngx_http_gig_bytes_encode(t->bytes, GIG_GZIP);

                /* what is small is for many who read it again and again */
                if (t->kind->page) {
                    (void) ngx_http_gig_bytes_encode(t->bytes, GIG_BROTLI);
                }
            }
        }
    }

    gig_buf_free(&out);
}


void
ngx_http_gig_bulk_task_free(ngx_http_gig_board_t *board, ngx_thread_task_t *task)
{
    ngx_http_gig_bulk_task_t  *t;

    t = task->ctx;

    if (t->bytes) {
        ngx_http_gig_bytes_release(t->bytes);
    }

    if (t->view) {
        ngx_http_gig_catalog_release(board, t->view);
    }

    gig_buf_free(&t->of.link);
    ngx_free(t->denied);
    ngx_free(task);
}
