
#include "ngx_http_gig_upload.h"

#include "gig_answers_file.h"


static ngx_int_t ngx_http_gig_upload_pieces(ngx_http_gig_intake_t *intake, size_t *taken);
static ngx_uint_t ngx_http_gig_upload_late(ngx_http_gig_intake_t *intake);


/* Of all boards of this worker. */
static size_t  ngx_http_gig_upload_held;


off_t
ngx_http_gig_upload_max(ngx_http_gig_board_t *board, gig_body_type_t type)
{
    off_t  max;

    max = GIG_BODY_MAX;

    if (type == GIG_BODY_JSON) {
        max += board->files / 3 * 4;            /* base64 */

    } else if (type == GIG_BODY_MULTIPART) {
        max += board->files;
    }

    return max;
}


ngx_int_t
ngx_http_gig_upload_hold(size_t *held, size_t bytes)
{
    ngx_uint_t  more;

    more = bytes > *held;

    ngx_http_gig_upload_held = ngx_http_gig_upload_held - *held + bytes;
    *held = bytes;

    /* who asks for no more has what he needs, and is not in anybody's way */

    return more && ngx_http_gig_upload_held > NGX_HTTP_GIG_UPLOADS ? NGX_BUSY : NGX_OK;
}


ngx_uint_t
ngx_http_gig_upload_room(size_t bytes)
{
    return ngx_http_gig_upload_held + bytes <= NGX_HTTP_GIG_UPLOADS;
}


/* Called first when the header is there, then whenever the client has sent more. */

void
ngx_http_gig_upload(ngx_http_request_t *r)
{
    size_t                  taken;
    ngx_int_t               rc;
    ngx_event_t            *rev;
    ngx_http_gig_ctx_t     *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_gig_module);
    rev = r->connection->read;
    taken = 0;

    r->read_event_handler = ngx_http_gig_upload;
    r->write_event_handler = ngx_http_request_empty_handler;

    for ( ;; ) {

        if (ngx_http_gig_upload_pieces(ctx->intake, &taken) != NGX_OK || !r->reading_body) {
            break;
        }

        if (taken >= NGX_HTTP_GIG_UPLOAD_TURN && rev->ready) {
            ngx_post_event(rev, &ngx_posted_next_events);
            return;
        }

        rc = ngx_http_gig_upload_late(ctx->intake) ? NGX_HTTP_REQUEST_TIME_OUT
                                                   : ngx_http_read_unbuffered_request_body(r);

        if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
            r->read_event_handler = ngx_http_block_reading;
            ngx_http_gig_intake_drop(ctx->intake);
            ngx_http_finalize_request(r, rc);
            return;
        }

        if (rc == NGX_AGAIN && r->request_body->bufs == NULL) {
            return;
        }
    }

    if (r->reading_body) {
        /* it is answered before all was read: what follows on the connection is no request */
        r->keepalive = 0;

        if (rev->timer_set) {
            ngx_del_timer(rev);
        }
    }

    /* An error_page may lead to a handler that waits: what comes then is not for this one. */
    r->read_event_handler = ngx_http_block_reading;

    ngx_http_gig_intake_done(r);
}


/*
 * client_body_timeout is from one byte to the next: who sends one now and then would keep for ever
 * what he holds, and there is room for few.  A telephone far out sends faster.
 */

static ngx_uint_t
ngx_http_gig_upload_late(ngx_http_gig_intake_t *intake)
{
    int64_t              ms;
    ngx_time_t          *tp;
    ngx_http_request_t  *r;

    r = intake->request;
    tp = ngx_timeofday();
    ms = (int64_t) (tp->sec - r->start_sec) * 1000 + (int64_t) tp->msec - (int64_t) r->start_msec;

    return ms > (int64_t) (NGX_HTTP_GIG_UPLOAD_TIME
                           + intake->reader->body.offset / NGX_HTTP_GIG_UPLOAD_RATE);
}


/* The links go back as well: of a body that comes byte by byte there would be millions. */

static ngx_int_t
ngx_http_gig_upload_pieces(ngx_http_gig_intake_t *intake, size_t *taken)
{
    ngx_buf_t           *b;
    ngx_int_t            rc;
    ngx_chain_t         *cl, *next;
    ngx_http_request_t  *r;

    r = intake->request;
    cl = r->request_body->bufs;
    r->request_body->bufs = NULL;
    rc = NGX_OK;

    for ( /* void */ ; cl; cl = next) {

        b = cl->buf;
        next = cl->next;

        if (rc == NGX_OK && b->pos < b->last) {
            *taken += b->last - b->pos;
            rc = ngx_http_gig_intake_piece(intake, b);
        }

        b->pos = b->last;
        ngx_free_chain(r->pool, cl);
    }

    return rc;
}


ngx_int_t
ngx_http_gig_upload_refuse(ngx_http_gig_intake_t *intake)
{
    uint32_t                   row;
    gig_state_t                state;
    ngx_http_gig_ctx_t        *ctx;
    ngx_http_gig_form_again_t  again;

    static const char  message[] = "Files cannot be taken at the moment: too many are on their "
                                   "way. Nothing was stored; please send it again in a minute, or "
                                   "without a file.";

    ctx = intake->ctx;

    ngx_str_set(&ctx->outcome, "unavailable");
    ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_UNAVAILABLE, 1);

    row = ctx->format == NGX_HTTP_GIG_HTML && ctx->view ? ngx_http_gig_find(ctx, &state)
                                                        : GIG_ROW_NONE;

    if (row == GIG_ROW_NONE || !intake->form_loaded) {
        return ngx_http_gig_problem_errors(intake->request, ctx, NGX_HTTP_SERVICE_UNAVAILABLE,
                                           "files-busy", message, NULL,
                                           NGX_HTTP_GIG_UPLOAD_RETRY);
    }

    ngx_memzero(&again, sizeof(ngx_http_gig_form_again_t));

    again.status = NGX_HTTP_SERVICE_UNAVAILABLE;
    again.form = &intake->form;
    again.answers = &intake->answers;
    again.message = message;
    again.key = intake->urlencoded && intake->key_len ? intake->key : NULL;
    again.retry_after = NGX_HTTP_GIG_UPLOAD_RETRY;

    return ngx_http_gig_form_page(intake->request, ctx, row, &again);
}
