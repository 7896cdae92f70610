
/* An application's body: read whole or in pieces, and made answers. */

#include "ngx_http_gig_upload.h"

#include "gig_answers_file.h"
#include "gig_greenhouse_answers.h"

#include <sodium.h>


static ngx_int_t ngx_http_gig_intake_reader(ngx_http_gig_intake_t *intake);


/* All of it is there, or it is read in pieces and this is the first of them. */

void
ngx_http_gig_intake_body(ngx_http_request_t *r)
{
    uint32_t                row;
    ngx_int_t               rc;
    gig_state_t             state;
    ngx_http_gig_ctx_t     *ctx;
    ngx_http_gig_intake_t  *intake;

    if (!r->reading_body) {
        ngx_http_gig_intake_done(r);
        return;
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_gig_module);
    intake = ctx->intake;

    ngx_str_set(&ctx->outcome, "refused");

    rc = ngx_http_gig_intake_open(intake, &row, &state);

    if (rc == NGX_OK) {
        rc = ngx_http_gig_intake_reader(intake);
    }

    if (rc == NGX_OK && r->headers_in.content_length_n > GIG_BODY_MAX
        && !ngx_http_gig_upload_room((size_t) r->headers_in.content_length_n))
    {
        rc = ngx_http_gig_upload_refuse(intake);
        rc = (rc == NGX_OK) ? NGX_DONE : rc;
    }

    if (rc != NGX_OK) {
        r->keepalive = 0;
        ngx_http_finalize_request(r, rc == NGX_DONE ? NGX_OK : rc);
        return;
    }

    ngx_http_gig_upload(r);
}


ngx_int_t
ngx_http_gig_intake_piece(ngx_http_gig_intake_t *intake, ngx_buf_t *b)
{
    gig_str_t  piece;

    piece.data = (const char *) b->pos;
    piece.len = b->last - b->pos;

    if (gig_answers_reader_feed(intake->reader, piece, &intake->error) != 0) {
        intake->unreadable = 1;
        return NGX_DECLINED;
    }

    if (ngx_http_gig_upload_hold(&intake->files_held, gig_answers_files_held(&intake->answers))
        != NGX_OK)
    {
        intake->crowded = 1;
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_gig_intake_reader(ngx_http_gig_intake_t *intake)
{
    int         rc;
    ngx_uint_t  shape;

    shape = intake->ctx->conf->shape;

    intake->reader_size = shape ? sizeof(gig_greenhouse_reader_t) : sizeof(gig_answers_reader_t);
    intake->reader = ngx_palloc(intake->request->pool, intake->reader_size);

    if (intake->reader == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    intake->answers_read = 1;

    if (shape) {
        rc = gig_greenhouse_reader_init((gig_greenhouse_reader_t *) intake->reader, &intake->form,
                                        intake->type, intake->boundary, &intake->answers);
    } else {
        rc = gig_answers_reader_init(intake->reader, &intake->form, intake->type,
                                     intake->boundary, &intake->answers);
    }

    return rc == 0 ? NGX_OK : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


void
ngx_http_gig_intake_drop(ngx_http_gig_intake_t *intake)
{
    ngx_http_gig_intake_reader_end(intake);
    gig_answers_files_drop(&intake->answers);
    (void) ngx_http_gig_upload_hold(&intake->files_held, 0);
}


void
ngx_http_gig_intake_reader_end(ngx_http_gig_intake_t *intake)
{
    if (intake->reader) {
        gig_answers_reader_free(intake->reader);
        sodium_memzero(intake->reader, intake->reader_size);
        intake->reader = NULL;
    }
}


const char *
ngx_http_gig_intake_most(ngx_http_request_t *r, off_t most)
{
    char  *text, size[GIG_FILE_SIZE_TEXT];

    text = ngx_pnalloc(r->pool, sizeof("An application may have at most .") + sizeof(size));

    if (text == NULL) {
        return "This application is too large.";
    }

    gig_file_size_text(NULL, (size_t) most, size);
    (void) ngx_sprintf((u_char *) text, "An application may have at most %s.%Z", size);

    return text;
}


ngx_int_t
ngx_http_gig_intake_parse(ngx_http_gig_intake_t *intake)
{
    char                  detail[sizeof("The body cannot be read: .") + GIG_DETAIL_SIZE];
    size_t                most;
    ngx_int_t             rc;
    ngx_uint_t            over;
    ngx_http_request_t   *r;
    ngx_http_gig_ctx_t   *ctx;

    r = intake->request;
    ctx = intake->ctx;

    if (intake->reader == NULL) {

        rc = ngx_http_gig_intake_reader(intake);

        /* too large is told as that, whatever is in it */

        if (rc == NGX_OK && ngx_http_gig_body_size(r) > (off_t) intake->reader->body.max) {
            intake->reader->body.over = 1;
            rc = NGX_DECLINED;

        } else if (rc == NGX_OK) {
            rc = ngx_http_gig_body(r, intake->reader, &intake->error);
            rc = (rc == NGX_ERROR) ? NGX_HTTP_INTERNAL_SERVER_ERROR : rc;
        }

    } else if (intake->unreadable) {
        rc = NGX_DECLINED;

    } else {
        rc = gig_answers_reader_end(intake->reader, &intake->error) == 0 ? NGX_OK : NGX_DECLINED;
    }

    over = intake->reader && intake->reader->body.over;
    most = intake->reader ? intake->reader->body.max : 0;
    intake->texts = intake->reader ? ngx_min(intake->reader->body.offset, GIG_BODY_MAX) : 0;

    ngx_http_gig_intake_reader_end(intake);
    (void) ngx_http_gig_upload_hold(&intake->files_held, gig_answers_files_held(&intake->answers));

    if (rc == NGX_DECLINED) {

        if (over) {
            rc = ngx_http_gig_problem(r, ctx, NGX_HTTP_REQUEST_ENTITY_TOO_LARGE, "too-large",
                                      ngx_http_gig_intake_most(r, (off_t) most));

        } else {
            (void) snprintf(detail, sizeof(detail), "The body cannot be read: %s.",
                            intake->error.detail);
            rc = ngx_http_gig_problem(r, ctx, NGX_HTTP_BAD_REQUEST, "unreadable", detail);
        }

        return rc == NGX_OK ? NGX_DONE : rc;
    }

    return rc;
}
