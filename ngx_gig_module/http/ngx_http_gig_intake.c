
/*
 * POST {id}/applications: read, check, seal, ask the judge.  What follows its
 * answer, and what the ledger has to say before, is in ngx_http_gig_acknowledge.c.
 */

#include "ngx_http_gig_upload.h"
#include "ngx_http_gig_guard.h"

#include "gig_answers_file.h"
#include "gig_greenhouse_answers.h"

#include <sodium.h>


#define NGX_HTTP_GIG_INTAKE_SPARE   (64 * 1024)     /* bytes of an application beside its files */


static ngx_int_t ngx_http_gig_intake_take(ngx_http_gig_intake_t *intake);
static ngx_int_t ngx_http_gig_intake_trap(ngx_http_gig_intake_t *intake, uint32_t row);
static ngx_int_t ngx_http_gig_intake_fields(ngx_http_gig_intake_t *intake, uint32_t row,
    gig_state_t state);
static ngx_int_t ngx_http_gig_intake_seal(ngx_http_gig_intake_t *intake, uint32_t row);
static ngx_int_t ngx_http_gig_intake_names(ngx_http_gig_intake_t *intake, uint32_t row);
static void ngx_http_gig_intake_cleanup(void *data);


ngx_int_t
ngx_http_gig_intake_ready(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    ngx_http_gig_board_t  *board;

    board = ctx->board;

    if (board->secret_set && board->sealed) {
        return NGX_OK;
    }

    if (board->told == 0 || ngx_current_msec - board->told > 60000) {
        board->told = ngx_current_msec ? ngx_current_msec : 1;

        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "gig_board \"%V\" takes no applications: %s \"%V\" is missing "
                      "(\"gig-sync init %V\" makes it)", &board->name,
                      board->secret_set ? "seal_key" : "secret_file",
                      board->secret_set ? &board->seal_file : &board->secret_file, &board->name);
    }

    return NGX_DECLINED;
}


/* A refusal before any of the body was read. */

ngx_int_t
ngx_http_gig_intake_unread(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, ngx_uint_t status,
    const char *type, const char *detail)
{
    ngx_int_t  rc;

    /* a body that cannot even be skipped gets the code that says so */
    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_REFUSED, 1);
    ngx_str_set(&ctx->outcome, "refused");

    return ngx_http_gig_problem(r, ctx, status, type, detail);
}


/* Called with the body unread: whoever returns a refusal has discarded it before. */

ngx_int_t
ngx_http_gig_applications(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    ngx_int_t               rc;
    gig_str_t               boundary;
    const char             *wrong;
    gig_body_type_t         type;
    ngx_table_elt_t        *header;
    ngx_pool_cleanup_t     *cln;
    ngx_http_gig_intake_t  *intake;

    type = GIG_BODY_JSON;
    boundary = gig_null_str;
    wrong = NULL;
    rc = NGX_OK;
    header = r->headers_in.content_type;

    if (header == NULL || gig_body_type(ngx_http_gig_str(&header->value), &type, &boundary) != 0) {
        rc = NGX_HTTP_UNSUPPORTED_MEDIA_TYPE;
        wrong = "An application is sent as application/json, "
                "application/x-www-form-urlencoded or multipart/form-data.";

    } else if (r->headers_in.content_length_n > ngx_http_gig_upload_max(ctx->board, type)) {
        rc = NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
        wrong = ngx_http_gig_intake_most(r, ngx_http_gig_upload_max(ctx->board, type));

    } else if (type != GIG_BODY_JSON && !ctx->conf->shape && ngx_http_gig_cross_site(r)
               && ngx_http_gig_origin(r, ctx->conf) == NULL)
    {
        rc = NGX_HTTP_FORBIDDEN;
        wrong = "This form was sent from another site. Please open the form here and send it "
                "again.";
    }

    if (rc != NGX_OK) {
        return ngx_http_gig_intake_unread(r, ctx, rc,
                                          rc == NGX_HTTP_UNSUPPORTED_MEDIA_TYPE ? "media-type"
                                          : rc == NGX_HTTP_FORBIDDEN ? "cross-site" : "too-large",
                                          wrong);
    }

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_gig_intake_t));
    if (cln == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    intake = cln->data;
    ngx_memzero(intake, offsetof(ngx_http_gig_intake_t, form));
    cln->handler = ngx_http_gig_intake_cleanup;

    gig_buf_init(&intake->box, GIG_LEDGER_BOX_MAX);
    gig_buf_init(&intake->receipt, GIG_RECEIPT_MAX);
    intake->request = r;
    intake->ctx = ctx;
    intake->type = type;
    intake->boundary = boundary;
    intake->urlencoded = (type != GIG_BODY_JSON && !ctx->conf->shape);
    ctx->intake = intake;

    /* readable answers stay in no file that has a name, whatever client_body_in_file_only says */
    r->request_body_in_file_only = 0;
    r->request_body_in_persistent_file = 0;
    r->request_body_in_clean_file = 0;

    /* and with files it is in no file at all */
    r->request_body_no_buffering = (ctx->board->files != 0);

    rc = ngx_http_read_client_request_body(r, ngx_http_gig_intake_body);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }

    /* the reading holds a count of its own; it goes with the one finalise of this request */
    return NGX_DONE;
}


void
ngx_http_gig_intake_done(ngx_http_request_t *r)
{
    ngx_int_t            rc;
    ngx_http_gig_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_gig_module);

    rc = ngx_http_gig_intake_take(ctx->intake);

    if (rc == NGX_AGAIN) {
        /* the judge is asked; from now on a client that goes away is noticed */

        if (!r->discard_body) {
            r->read_event_handler = ngx_http_test_reading;
        }

        r->write_event_handler = ngx_http_request_empty_handler;
        return;
    }

    ngx_http_gig_intake_drop(ctx->intake);
    ngx_http_finalize_request(r, rc);
}


/* NGX_AGAIN: asked; else what to finalise with. */

static ngx_int_t
ngx_http_gig_intake_take(ngx_http_gig_intake_t *intake)
{
    uint32_t             row;
    ngx_int_t            rc;
    gig_state_t          state;
    ngx_http_gig_ctx_t  *ctx;

    ctx = intake->ctx;

    ngx_str_set(&ctx->outcome, "refused");

    if (intake->crowded) {
        /* the loop ran since the view was taken */
        ngx_http_gig_view(ctx);
        return ngx_http_gig_upload_refuse(intake);
    }

    rc = ngx_http_gig_intake_open(intake, &row, &state);

    if (rc != NGX_OK) {
        return rc == NGX_DONE ? NGX_OK : rc;
    }

    rc = ngx_http_gig_intake_parse(intake);

    if (rc == NGX_OK) {
        rc = ngx_http_gig_intake_key(intake, row);
    }

    /* these two are for people; a key was asked for instead */

    if (rc == NGX_OK && !ctx->conf->shape) {
        rc = ngx_http_gig_intake_trap(intake, row);
    }

    if (rc == NGX_OK && !ctx->conf->shape) {
        rc = ngx_http_gig_intake_challenge(intake, row);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_gig_intake_fields(intake, row, state);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_gig_intake_age(intake, row);
    }

    if (rc == NGX_OK && intake->key_len == 0) {
        rc = ngx_http_gig_shape_digest(intake);
    }

    if (rc != NGX_OK) {
        ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_REFUSED, 1);
        return rc == NGX_DONE ? NGX_OK : rc;
    }

    if (ngx_http_gig_drained(ctx->board) != -1) {
        return ngx_http_gig_not_stored(intake);
    }

    return ngx_http_gig_intake_seal(intake, row);
}


/*
 * The gig and its form.  A body may take its time, so this looks at the catalog as it is now, but
 * the form stays the one that its reading began with.  NGX_DONE: a refusal was sent.
 */

ngx_int_t
ngx_http_gig_intake_open(ngx_http_gig_intake_t *intake, uint32_t *row, gig_state_t *state)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r;
    ngx_http_gig_ctx_t  *ctx;

    r = intake->request;
    ctx = intake->ctx;

    ngx_http_gig_view(ctx);

    if (ctx->view == NULL || ngx_http_gig_intake_ready(r, ctx) != NGX_OK) {
        ngx_str_set(&ctx->outcome, "unavailable");
        rc = ngx_http_gig_unavailable(r, ctx, "Applications cannot be taken at the moment. "
                                              "Nothing was stored; please try again later.");
        return rc == NGX_OK ? NGX_DONE : rc;
    }

    *row = ngx_http_gig_find(ctx, state);

    if (*row == GIG_ROW_NONE) {
        ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_REFUSED, 1);
        rc = ngx_http_gig_problem(r, ctx, NGX_HTTP_NOT_FOUND, "not-found",
                                  "There is no gig at this address.");
        return rc == NGX_OK ? NGX_DONE : rc;
    }

    /* the operator's word, which Redis does not know of */
    if (gig_image_denied(&ctx->view->image, *row)) {
        ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_REFUSED, 1);
        rc = ngx_http_gig_refuse_state(r, ctx, *row, GIG_STATE_GONE);
        return rc == NGX_OK ? NGX_DONE : rc;
    }

    if (intake->form_loaded) {
        return NGX_OK;
    }

    if (ngx_http_gig_form_load(ctx, *row, &intake->form) != NGX_OK) {
        ngx_str_set(&ctx->outcome, "unavailable");
        rc = ngx_http_gig_unavailable(r, ctx, "The form of this gig is not available at the "
                                              "moment. Nothing was stored; please try again.");
        return rc == NGX_OK ? NGX_DONE : rc;
    }

    intake->form_loaded = 1;

    return NGX_OK;
}


/*
 * Those that follow, the parse, and those of ngx_http_gig_token.c return NGX_OK to go on; NGX_DONE
 * when a refusal was sent whole; any other code is to finalise with.
 *
 * A filled trap is never dropped in silence: some password managers fill it.
 */

static ngx_int_t
ngx_http_gig_intake_trap(ngx_http_gig_intake_t *intake, uint32_t row)
{
    ngx_http_gig_form_again_t  again;

    if (!intake->answers.honeypot) {
        return NGX_OK;
    }

    ngx_memzero(&again, sizeof(ngx_http_gig_form_again_t));

    again.status = 422;
    again.key = intake->urlencoded ? intake->key : NULL;

    return ngx_http_gig_intake_again(intake, row, &again, "trap",
                                     "A field that must stay empty was filled in, so this was not "
                                     "sent. Please leave it empty and send the form again.");
}


static ngx_int_t
ngx_http_gig_intake_fields(ngx_http_gig_intake_t *intake, uint32_t row, gig_state_t state)
{
    ngx_int_t                  rc;
    gig_errors_t               errors;
    ngx_http_request_t        *r;
    ngx_http_gig_ctx_t        *ctx;
    ngx_http_gig_form_again_t  again;

    r = intake->request;
    ctx = intake->ctx;

    errors.count = 0;

    /* a program is told in English */
    intake->form.words = (ctx->format == NGX_HTTP_GIG_HTML) ? ngx_http_gig_language(ctx) : NULL;

    if (ctx->conf->shape) {
        (void) gig_greenhouse_answers(&intake->form, &intake->answers, &errors);
    }

    if (gig_answers_check(&intake->form, &intake->answers, &errors) == 0 && errors.count == 0) {
        return NGX_OK;
    }

    intake->errors = &errors;

    /*
     * Only a replay could be answered otherwise after closing, and what has
     * faults never was accepted: the image may decide.
     */
    if (state != GIG_STATE_OPEN && state != GIG_STATE_WAITLIST) {
        rc = ngx_http_gig_intake_refuse(intake, row, state);
        goto done;
    }

    if (ctx->format == NGX_HTTP_GIG_HTML) {

        ngx_memzero(&again, sizeof(ngx_http_gig_form_again_t));

        again.status = 422;
        again.errors = &errors;
        again.key = (intake->urlencoded && !intake->ask) ? intake->key : NULL;
        again.aged = intake->key_ours;
        again.wait = ngx_max((time_t) intake->form.min_seconds - intake->key_age, 0);

        rc = ngx_http_gig_intake_again(intake, row, &again, "fields", NULL);

    } else {
        rc = ngx_http_gig_problem_errors(r, ctx, 422, "fields",
                                         "Some answers have to be corrected; \"errors\" says "
                                         "which.",
                                         &errors, 0);
        rc = (rc == NGX_OK) ? NGX_DONE : rc;
    }

done:

    intake->errors = NULL;

    return rc;
}


static ngx_int_t
ngx_http_gig_intake_seal(ngx_http_gig_intake_t *intake, uint32_t row)
{
    ngx_int_t              rc;
    gig_str_t              rev;
    gig_buf_t              plain;
    size_t                 files;
    ngx_time_t            *tp;
    ngx_http_gig_ctx_t    *ctx;
    gig_ledger_record_t   *record;
    ngx_http_gig_board_t  *board;

    ctx = intake->ctx;
    board = ctx->board;

    files = gig_answers_files_bytes(&intake->answers);
    gig_buf_init(&plain, 4 * GIG_BODY_MAX + files);

    rc = ngx_http_gig_intake_names(intake, row);

    if (rc != NGX_DECLINED) {
        goto done;
    }

    /* what this host has promised is not refused for want of room, nor what is small as a text */

    if (files >= NGX_HTTP_GIG_GUARD_LARGE && !intake->held
        && !ngx_http_gig_guard_room(board, files, 0))
    {
        rc = ngx_http_gig_upload_refuse(intake);
        goto done;
    }

    tp = ngx_timeofday();
    record = &intake->record;
    rev = gig_image_rev(&ctx->view->image, row);

    if (rev.len > sizeof(intake->rev)) {
        rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
        goto done;
    }

    ngx_memcpy(intake->rev, rev.data, rev.len);

    record->gig = ngx_http_gig_str(&ctx->id);
    record->rev = (gig_str_t) { intake->rev, rev.len };

    if (!intake->held) {
        record->received_ms = (int64_t) tp->sec * 1000 + tp->msec;
    }

    intake->submission.id = record->id;
    intake->submission.who = record->who;
    intake->submission.print = record->print;
    intake->submission.gig = record->gig;
    intake->submission.gig_rev = record->rev;
    intake->submission.form_rev = intake->form.rev;
    intake->submission.received_ms = record->received_ms;
    intake->submission.replaces = intake->replaces[0] ? intake->replaces : NULL;
    intake->submission.seat = "";

    /* about what it will be: what grows is copied step by step, and leaves copies behind */
    gig_buf_room(&plain, intake->texts + files
                         + (files ? NGX_HTTP_GIG_INTAKE_SPARE : NGX_HTTP_GIG_INTAKE_MORE));

    gig_application_write(&intake->submission, &intake->form, &intake->answers, &plain);
    gig_answers_files_drop(&intake->answers);

    gig_buf_room(&intake->box, plain.len + NGX_HTTP_GIG_INTAKE_MORE);

    if (gig_buf_failed(&plain)
        || gig_box_seal(&board->sealer, tp->sec, gig_buf_view(&plain), &intake->box) != 0
        || gig_buf_failed(&intake->box))
    {
        rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
        goto done;
    }

    ngx_http_gig_wipe(&plain);                  /* before others make copies of the box */
    record->box = gig_buf_view(&intake->box);
    (void) ngx_http_gig_upload_hold(&intake->files_held, files ? intake->box.len : 0);

    if (intake->ask == NGX_HTTP_GIG_ASK_NOT
        && ngx_http_gig_limit_applicant(intake->request, board, record->who, &intake->limited)
           != NGX_OK)
    {
        intake->ask = NGX_HTTP_GIG_ASK_LIMIT;
    }

    /* what this host has promised is not judged anew: the first answer stands, closed or full */

    if (intake->held) {
        rc = ngx_http_gig_remember(intake);
        goto done;
    }

    rc = ngx_http_gig_judge(intake);

    rc = (rc == NGX_OK) ? NGX_AGAIN : ngx_http_gig_judged(intake, NULL);

done:

    ngx_http_gig_wipe(&plain);

    return rc;
}


/*
 * Id, applicant and fingerprint.  NGX_DECLINED: go on; else it is answered, or waits: it is in
 * hand, or this host has it.
 */

static ngx_int_t
ngx_http_gig_intake_names(ngx_http_gig_intake_t *intake, uint32_t row)
{
    uint32_t                   hash;
    ngx_int_t                  rc;
    ngx_str_t                  id;
    gig_str_t                  email, key;
    gig_buf_t                  canonical;
    ngx_http_gig_ctx_t        *ctx;
    gig_ledger_record_t       *record;
    ngx_http_gig_board_t      *board;
    ngx_http_gig_form_again_t  again;

    ctx = intake->ctx;
    board = ctx->board;
    record = &intake->record;

    gig_buf_init(&canonical, 2 * GIG_BODY_MAX);

    record->op = GIG_LEDGER_APPLY;
    key.data = intake->key;
    key.len = intake->key_len;

    /* a form without e-mail knows no applicants: each submission is its own */
    email = gig_answers_email(&intake->form, &intake->answers);

    gig_applicant_hash(&board->secret, ngx_http_gig_str(&board->name), email.len ? email : key,
                       record->who);
    gig_application_id(&board->secret, ngx_http_gig_str(&ctx->id),
                       (gig_str_t) { record->who, ngx_strlen(record->who) }, key, record->id);

    gig_buf_room(&canonical, intake->texts);
    gig_answers_canonical(&intake->form, &intake->answers, &canonical);

    if (gig_buf_failed(&canonical)) {
        rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
        goto done;
    }

    gig_fingerprint(&board->secret, gig_buf_view(&canonical), record->print);

    id.data = (u_char *) record->id;
    id.len = ngx_strlen(record->id);
    hash = ngx_crc32_short(id.data, id.len);

    if (ngx_str_rbtree_lookup(&board->intakes, &id, hash)) {
        ngx_memzero(&again, sizeof(ngx_http_gig_form_again_t));

        again.status = NGX_HTTP_CONFLICT;
        again.key = intake->urlencoded ? intake->key : NULL;
        again.retry_after = NGX_HTTP_GIG_IN_HAND_RETRY;

        rc = ngx_http_gig_intake_again(intake, row, &again, "in-hand",
                                       "This application is being taken at this moment. Please "
                                       "send it once more in a second to see the result.");
        rc = (rc == NGX_DONE) ? NGX_OK : rc;
        goto done;
    }

    rc = ngx_http_gig_intake_replaces(intake, row);

    if (rc != NGX_OK) {
        ngx_http_gig_count(board, NGX_HTTP_GIG_COUNT_REFUSED, 1);
        rc = (rc == NGX_DONE) ? NGX_OK : rc;
        goto done;
    }

    rc = ngx_http_gig_known(intake, row);

done:

    /* readable answers do not stay in freed memory */
    ngx_http_gig_wipe(&canonical);

    return rc;
}


void
ngx_http_gig_wipe(gig_buf_t *b)
{
    if (b->data) {
        sodium_memzero(b->data, b->len);
    }

    gig_buf_free(b);
}


/* The request ends, by whatever way: the call goes on without it. */

static void
ngx_http_gig_intake_cleanup(void *data)
{
    ngx_http_gig_intake_t  *intake = data;

    if (intake->call) {
        intake->call->intake = NULL;
        intake->call->held = intake->files_held;        /* the link has them still */
        intake->files_held = 0;
        intake->call = NULL;
    }

    (void) ngx_http_gig_upload_hold(&intake->files_held, 0);
    ngx_http_gig_intake_reader_end(intake);

    if (intake->write) {
        intake->write->handler = NULL;
        intake->write = NULL;
    }

    ngx_http_gig_sign_cancel(intake);
    gig_buf_free(&intake->receipt);
    gig_buf_free(&intake->box);

    if (intake->answers_read) {
        gig_answers_free(&intake->answers);
    }

    if (intake->form_loaded) {
        gig_form_free(&intake->form);
    }
}
