
/*
 * Receipts that were earned in one turn of the event loop are signed together: a signature costs
 * as much as all else of an application's receipt ten times over.  One alone is signed itself.
 */

#include "ngx_http_gig_intake.h"


static void ngx_http_gig_sign_handler(ngx_event_t *ev);


void
ngx_http_gig_sign_init(ngx_http_gig_board_t *board, ngx_cycle_t *cycle)
{
    ngx_queue_init(&board->unsigned_);

    board->sign.handler = ngx_http_gig_sign_handler;
    board->sign.data = board;
    board->sign.log = cycle->log;
}


void
ngx_http_gig_sign(ngx_http_gig_intake_t *intake)
{
    ngx_http_gig_board_t  *board;

    board = intake->ctx->board;

    ngx_queue_insert_tail(&board->unsigned_, &intake->queue);
    intake->queued = 1;

    ngx_post_event(&board->sign, &ngx_posted_events);
}


void
ngx_http_gig_sign_cancel(ngx_http_gig_intake_t *intake)
{
    if (intake->queued) {
        ngx_queue_remove(&intake->queue);
        intake->queued = 0;
    }
}


static void
ngx_http_gig_sign_handler(ngx_event_t *ev)
{
    ngx_uint_t              n;
    gig_str_t               receipts[GIG_RECEIPTS_MAX];
    ngx_queue_t            *q, batch;
    gig_receipts_t          receipts_signed;
    ngx_http_request_t     *r;
    ngx_http_gig_board_t   *board;
    ngx_http_gig_intake_t  *intake;

    board = ev->data;
    ngx_queue_init(&batch);

    for (n = 0; n < GIG_RECEIPTS_MAX && !ngx_queue_empty(&board->unsigned_); n++) {

        q = ngx_queue_head(&board->unsigned_);
        ngx_queue_remove(q);
        ngx_queue_insert_tail(&batch, q);

        intake = ngx_queue_data(q, ngx_http_gig_intake_t, queue);
        intake->leaf = n;
        receipts[n].data = intake->receipt.data;
        receipts[n].len = intake->receipt.len;
    }

    if (n == 0) {
        /* all of them have gone */
        return;
    }

    gig_receipts_sign(&board->secret, receipts, n, &receipts_signed);

    /* the end of one may be that of others of its connection: they leave the queue by themselves */

    while (!ngx_queue_empty(&batch)) {

        intake = ngx_queue_data(ngx_queue_head(&batch), ngx_http_gig_intake_t, queue);
        ngx_http_gig_sign_cancel(intake);

        r = intake->request;
        ngx_http_set_log_request(r->connection->log, r);
        ngx_http_gig_view(intake->ctx);

        ngx_http_gig_finalize(r, ngx_http_gig_signed(intake, &receipts_signed));
    }

    if (!ngx_queue_empty(&board->unsigned_)) {
        ngx_post_event(ev, &ngx_posted_next_events);
    }
}
