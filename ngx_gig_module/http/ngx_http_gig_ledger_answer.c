
/*
 * Who waited for the disk is told, some of them in each turn of the event loop: after a slow
 * fsync there may be hundreds, each with a receipt to sign, and readers wait for the same loop.
 */

#include "ngx_http_gig_ledger_parts.h"


void
ngx_http_gig_ledger_answer(ngx_event_t *ev)
{
    ngx_uint_t                    n;
    ngx_queue_t                  *q;
    ngx_http_gig_ledger_t        *ledger;
    ngx_http_gig_ledger_write_t  *w;

    ledger = ev->data;

    for (n = 0; n < NGX_HTTP_GIG_LEDGER_ANSWERS && !ngx_queue_empty(&ledger->answers); /* void */) {

        /* the one before was removed before it was freed, so the head is another */
        q = ngx_queue_head(&ledger->answers);
        ngx_queue_remove(q);            /* NOLINT(clang-analyzer-unix.Malloc) */
        w = ngx_queue_data(q, ngx_http_gig_ledger_write_t, queue);
        ledger->bytes -= w->len;

        if (w->handler) {
            w->handler(w->data, w->ok);
            n++;
        }

        ngx_free(w);
    }

    if (ngx_queue_empty(&ledger->answers)) {

        if (ev->timer_set) {
            ngx_del_timer(ev);
        }

        return;
    }

    ngx_post_event(ev, &ngx_posted_next_events);

    /* It never ends, but a worker that exits goes when no timer is left. */

    if (!ev->timer_set) {
        ngx_add_timer(ev, NGX_HTTP_GIG_LEDGER_SLOW);
    }
}


void
ngx_http_gig_ledger_answer_done(ngx_http_gig_ledger_t *ledger)
{
    ngx_queue_t  *q;

    if (ledger->answer.timer_set) {
        ngx_del_timer(&ledger->answer);
    }

    if (ledger->answer.posted) {
        ngx_delete_posted_event(&ledger->answer);
    }

    while (!ngx_queue_empty(&ledger->answers)) {
        q = ngx_queue_head(&ledger->answers);
        ngx_queue_remove(q);            /* NOLINT(clang-analyzer-unix.Malloc): as above */
        ngx_free(ngx_queue_data(q, ngx_http_gig_ledger_write_t, queue));
    }
}
