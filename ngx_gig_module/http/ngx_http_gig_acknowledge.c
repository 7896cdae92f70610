
/* From what the judge says, and this host remembers, to the applicant's answer. */

#include "ngx_http_gig_upload.h"
#include "ngx_http_gig_guard.h"


static void ngx_http_gig_written(void *data, ngx_uint_t ok);
static ngx_int_t ngx_http_gig_intent(ngx_http_gig_intake_t *intake);
static ngx_int_t ngx_http_gig_acknowledge(ngx_http_gig_intake_t *intake);
static ngx_int_t ngx_http_gig_acknowledgement(ngx_http_gig_intake_t *intake,
    ngx_http_gig_answer_t *answer);
static ngx_int_t ngx_http_gig_refuse(ngx_http_gig_intake_t *intake,
    const ngx_http_gig_verdict_t *verdict);
static ngx_int_t ngx_http_gig_withdrawn(ngx_http_gig_intake_t *intake);
static uint32_t ngx_http_gig_row(ngx_http_gig_intake_t *intake);
static ngx_int_t ngx_http_gig_again(ngx_http_gig_intake_t *intake, ngx_uint_t status,
    const char *type, const char *message, ngx_int_t retry_after);


ngx_int_t
ngx_http_gig_known(ngx_http_gig_intake_t *intake, uint32_t row)
{
    int64_t                    received_ms;
    gig_ledger_seat_t          seat;
    ngx_http_gig_ctx_t        *ctx;
    gig_ledger_record_t       *record, other;
    ngx_http_gig_ledger_t     *ledger;
    const gig_ledger_entry_t  *entry;

    ctx = intake->ctx;
    record = &intake->record;
    ledger = ctx->board->records;

    if (ledger == NULL) {
        return NGX_DECLINED;
    }

    other = *record;
    other.op = GIG_LEDGER_WITHDRAW;

    if (ngx_http_gig_ledger_find(ledger, GIG_LEDGER_WITHDRAW, record->id, "")
        || ngx_http_gig_ledger_elsewhere(ledger, &other, &seat, &received_ms))
    {
        ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_REFUSED, 1);
        return ngx_http_gig_withdrawn(intake);
    }

    entry = ngx_http_gig_ledger_find(ledger, GIG_LEDGER_APPLY, record->id, record->print);

    if (entry) {
        record->seat = entry->seat;
        record->received_ms = entry->received_ms;
        intake->replayed = 1;
        ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_REPLAYED, 1);
        return ngx_http_gig_acknowledge(intake);
    }

    if (ngx_http_gig_ledger_elsewhere(ledger, record, &seat, &received_ms)) {
        record->seat = seat;
        record->received_ms = received_ms;
        intake->held = 1;
        intake->replayed = 1;
        ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_REPLAYED, 1);
        return NGX_DECLINED;
    }

    entry = ngx_http_gig_ledger_find_id(ledger, record->id);

    if (entry) {
        return ngx_http_gig_intake_conflict(intake, row, entry->received_ms);
    }

    other.op = GIG_LEDGER_APPLY;
    other.print[0] = '\0';

    if (ngx_http_gig_ledger_elsewhere(ledger, &other, &seat, &received_ms)) {
        return ngx_http_gig_intake_conflict(intake, row, received_ms);
    }

    return NGX_DECLINED;
}


ngx_int_t
ngx_http_gig_judged(ngx_http_gig_intake_t *intake, const ngx_http_gig_verdict_t *verdict)
{
    ngx_int_t             rc;
    ngx_http_gig_ctx_t   *ctx;
    gig_ledger_record_t  *record;

    ctx = intake->ctx;
    record = &intake->record;

    /* the loop ran since the view was taken */
    ngx_http_gig_view(ctx);

    if (intake->ask && (verdict == NULL || gig_str_is(verdict->verdict, "fresh"))) {
        rc = ngx_http_gig_intake_asked(intake, ngx_http_gig_row(intake));
        return rc == NGX_DONE ? NGX_OK : rc;
    }

    if (verdict == NULL) {
        return ctx->board->records ? ngx_http_gig_intent(intake)
                                   : ngx_http_gig_not_stored(intake);
    }

    intake->replayed = gig_str_is(verdict->verdict, "replay");

    if (intake->replayed || gig_str_is(verdict->verdict, "accepted")) {

        record->seat = gig_ledger_seat_read(verdict->seat);

        if (record->seat == GIG_LEDGER_NONE || record->seat == GIG_LEDGER_SEATS) {
            /* a word that is no answer of our judge: it may well have been taken */
            return ngx_http_gig_not_stored(intake);
        }

        if (verdict->at_ms) {
            record->received_ms = verdict->at_ms;
        }

        if (intake->replayed) {
            ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_REPLAYED, 1);
        }

        return ctx->board->records ? ngx_http_gig_remember(intake)
                                   : ngx_http_gig_acknowledge(intake);
    }

    return ngx_http_gig_refuse(intake, verdict);
}


/*
 * No judge could be asked, or its answer did not come: the image says what can be said, and
 * what it lets through is kept as an intent.  It promises no seat.  What the judge may have taken
 * is never refused: the same key finds out.  "Full" is the judge's to say: a seat may be free
 * again, and who has one may ask again after Redis has forgotten that; such a record is labelled
 * later.
 */

static ngx_int_t
ngx_http_gig_intent(ngx_http_gig_intake_t *intake)
{
    uint32_t             row;
    ngx_int_t            rc;
    ngx_uint_t           open;
    gig_state_t          state;
    ngx_http_gig_ctx_t  *ctx;

    ctx = intake->ctx;

    if (ctx->view) {
        row = ngx_http_gig_find(ctx, &state);
        open = row != GIG_ROW_NONE && (state == GIG_STATE_OPEN || state == GIG_STATE_WAITLIST
                                       || state == GIG_STATE_FULL);

        if (!open && intake->unanswered) {
            return ngx_http_gig_not_stored(intake);
        }

        if (row == GIG_ROW_NONE) {
            ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_REFUSED, 1);
            return ngx_http_gig_problem(intake->request, ctx, NGX_HTTP_NOT_FOUND, "not-found",
                                        "There is no gig at this address.");
        }

        if (!open) {
            ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_REFUSED, 1);
            rc = ngx_http_gig_intake_refuse(intake, row, state);
            return rc == NGX_DONE ? NGX_OK : rc;
        }
    }

    if (ngx_http_gig_limit(intake->request, ctx->board,
                           1 + intake->files_held / NGX_HTTP_GIG_UPLOAD_SHARE) != NGX_OK) {

        if (intake->unanswered) {
            return ngx_http_gig_not_stored(intake);
        }

        ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_REFUSED, 1);
        ngx_str_set(&ctx->outcome, "limited");
        ctx->limit = &ngx_http_gig_limit_pending;
        return ngx_http_gig_again(intake, NGX_HTTP_TOO_MANY_REQUESTS, "too-many",
                                  "Very many applications came from your network in this minute. "
                                  "This one was not stored; please send it again in a minute.",
                                  ngx_http_gig_limit_wait());
    }

    ngx_http_gig_limit_count(&intake->limited);

    intake->record.seat = GIG_LEDGER_NONE;

    return ngx_http_gig_remember(intake);
}


ngx_int_t
ngx_http_gig_remember(ngx_http_gig_intake_t *intake)
{
    gig_ledger_record_t       *record;
    ngx_http_gig_ledger_t     *ledger;
    const gig_ledger_entry_t  *entry;

    record = &intake->record;
    ledger = intake->ctx->board->records;

    entry = ngx_http_gig_ledger_find(ledger, GIG_LEDGER_APPLY, record->id, record->print);

    if (entry && (entry->seat != GIG_LEDGER_NONE || record->seat == GIG_LEDGER_NONE)) {
        return ngx_http_gig_acknowledge(intake);
    }

    /* What is replayed may be settled, and that told, before we have it: it is asked at once. */

    intake->write = ngx_http_gig_ledger_write(ledger, record,
                                              record->seat != GIG_LEDGER_NONE && !intake->replayed,
                                              ngx_http_gig_written, intake);

    return intake->write ? NGX_AGAIN : ngx_http_gig_not_stored(intake);
}


static void
ngx_http_gig_written(void *data, ngx_uint_t ok)
{
    ngx_int_t               rc;
    ngx_http_request_t     *r;
    ngx_http_gig_intake_t  *intake = data;

    r = intake->request;
    intake->write = NULL;
    ngx_http_set_log_request(r->connection->log, r);
    ngx_http_gig_view(intake->ctx);

    if (ok && intake->record.seat == GIG_LEDGER_NONE) {
        ngx_http_gig_count(intake->ctx->board, NGX_HTTP_GIG_COUNT_PENDING, 1);
    }

    rc = ok ? ngx_http_gig_acknowledge(intake) : ngx_http_gig_not_stored(intake);

    if (rc != NGX_AGAIN) {
        ngx_http_gig_finalize(r, rc);
    }
}


/*
 * What the record says is on the disk, or, with the ledger off, in the Redis that queued it: then
 * it is as safe as that, and the answer says so.  NGX_AGAIN: its receipt waits to be signed.
 */

static ngx_int_t
ngx_http_gig_acknowledge(ngx_http_gig_intake_t *intake)
{
    ngx_int_t              rc;
    const char            *confirmation;
    gig_submission_t      *submission;
    gig_ledger_seat_t      seat;
    ngx_http_gig_ctx_t    *ctx;
    gig_ledger_record_t   *record;
    ngx_http_gig_answer_t  answer;

    ctx = intake->ctx;
    record = &intake->record;
    seat = record->seat;

    gig_token_make(&ctx->board->secret, record->id, intake->token);

    if (intake->replayed) {
        ngx_str_set(&ctx->outcome, "replayed");

    } else if (seat == GIG_LEDGER_NONE) {
        ngx_str_set(&ctx->outcome, "pending");

    } else {
        ngx_str_set(&ctx->outcome, "accepted");
    }

    if (ctx->format == NGX_HTTP_GIG_HTML || ctx->conf->shape) {

        rc = ngx_http_gig_acknowledgement(intake, &answer);

        if (rc != NGX_OK) {
            return rc;
        }

        if (ctx->conf->shape) {
            return ngx_http_gig_shape_saved(intake, &answer);
        }

        answer.status = NGX_HTTP_SEE_OTHER;

        return ngx_http_gig_send(intake->request, ctx, &answer, NULL);
    }

    submission = &intake->submission;
    submission->seat = seat == GIG_LEDGER_NONE ? NULL : gig_ledger_seat_text(seat);
    submission->token = intake->token;
    submission->print = record->print;
    submission->gig = ngx_http_gig_str(&ctx->id);
    submission->received_ms = record->received_ms;

    confirmation = ctx->board->records == NULL ? "queued"
                   : seat == GIG_LEDGER_NONE ? "pending" : "recorded";

    gig_buf_room(&intake->receipt, NGX_HTTP_GIG_INTAKE_MORE);

    if (gig_receipt_begin(&ctx->board->secret, submission, confirmation, &intake->receipt) != 0) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_gig_sign(intake);

    return NGX_AGAIN;
}


ngx_int_t
ngx_http_gig_signed(ngx_http_gig_intake_t *intake, const gig_receipts_t *receipts)
{
    ngx_int_t              rc;
    ngx_http_gig_answer_t  answer;

    rc = ngx_http_gig_acknowledgement(intake, &answer);

    if (rc != NGX_OK) {
        return rc;
    }

    answer.status = NGX_HTTP_ACCEPTED;
    answer.type = ngx_http_gig_type_json;

    if (gig_receipt_end(receipts, intake->leaf, ngx_http_gig_str(&answer.location),
                        &intake->receipt)
        != 0)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_gig_send_buf(intake->request, intake->ctx, &answer, &intake->receipt);
}


/* What the answers to people and to programs share: both lead to the receipt. */

static ngx_int_t
ngx_http_gig_acknowledgement(ngx_http_gig_intake_t *intake, ngx_http_gig_answer_t *answer)
{
    u_char                   *p;
    ngx_str_t                *lang;
    ngx_http_gig_loc_conf_t  *conf;
    static ngx_str_t          none = ngx_null_string;

    /* people go on in the language they chose; a receipt's own address has none */
    lang = (intake->ctx->format == NGX_HTTP_GIG_HTML) ? &intake->ctx->args.lang : &none;

    conf = intake->ctx->conf;
    ngx_memzero(answer, sizeof(ngx_http_gig_answer_t));

    p = ngx_pnalloc(intake->request->pool, conf->base.len + GIG_TOKEN_TEXT + lang->len
                                           + sizeof("receipts/?lang="));
    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    answer->location.data = p;
    answer->location.len = ngx_sprintf(p, "%Vreceipts/%s%s%V", &conf->base, intake->token,
                                       lang->len ? "?lang=" : "", lang)
                           - p;

    answer->max_age = NGX_HTTP_GIG_NO_STORE;
    answer->secret = 1;
    answer->replayed = intake->replayed;

    return NGX_OK;
}


static ngx_int_t
ngx_http_gig_refuse(ngx_http_gig_intake_t *intake, const ngx_http_gig_verdict_t *verdict)
{
    int64_t              opens, wait;
    uint32_t             row;
    gig_state_t          state;
    ngx_http_request_t  *r;
    ngx_http_gig_ctx_t  *ctx;

    r = intake->request;
    ctx = intake->ctx;

    ngx_str_set(&ctx->outcome, "refused");

    if (gig_str_is(verdict->verdict, "conflict")) {
        return ngx_http_gig_intake_conflict(intake, ngx_http_gig_row(intake), verdict->at_ms);
    }

    ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_REFUSED, 1);

    if (gig_str_is(verdict->verdict, "withdrawn")) {
        return ngx_http_gig_withdrawn(intake);
    }

    if (gig_str_is(verdict->verdict, "crowded")) {
        ngx_http_gig_guard_crowded(ctx->board);
        return ngx_http_gig_upload_refuse(intake);
    }

    if (gig_str_is(verdict->verdict, "unopened")) {

        wait = NGX_HTTP_GIG_IN_HAND_RETRY;

        if (ctx->view) {
            row = ngx_http_gig_find(ctx, &state);
            opens = row == GIG_ROW_NONE ? GIG_TIME_NONE
                                        : gig_image_opens(&ctx->view->image, row);

            if (opens != GIG_TIME_NONE && verdict->clock_ms && opens > verdict->clock_ms / 1000) {
                wait = opens - verdict->clock_ms / 1000;
                wait = ngx_min(wait, NGX_HTTP_GIG_RETRY_MAX);
            }
        }

        return ngx_http_gig_again(intake, NGX_HTTP_FORBIDDEN, "not-open",
                                  NGX_HTTP_GIG_SAYS_NOT_OPEN, wait);
    }

    if (gig_str_is(verdict->verdict, "full")) {
        return ngx_http_gig_again(intake, NGX_HTTP_CONFLICT, "full", NGX_HTTP_GIG_SAYS_FULL, 0);
    }

    if (gig_str_is(verdict->verdict, "closed")) {

        row = ctx->view ? ngx_http_gig_find(ctx, &state) : GIG_ROW_NONE;

        if (row != GIG_ROW_NONE) {
            return ngx_http_gig_refuse_state(r, ctx, row, GIG_STATE_CLOSED);
        }

        return ngx_http_gig_problem(r, ctx, 410, "gone", "This gig is closed.");
    }

    if (gig_str_is(verdict->verdict, "unknown")) {
        return ngx_http_gig_problem(r, ctx, NGX_HTTP_NOT_FOUND, "not-found",
                                    "There is no gig at this address.");
    }

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "gig_board \"%V\": the judge gave a verdict this version does not know",
                  &ctx->board->name);

    return ngx_http_gig_not_stored(intake);
}


static ngx_int_t
ngx_http_gig_withdrawn(ngx_http_gig_intake_t *intake)
{
    ngx_str_set(&intake->ctx->outcome, "refused");

    return ngx_http_gig_problem(intake->request, intake->ctx, 410, "withdrawn",
                                "This application was withdrawn.");
}


/*
 * No word, or none that can be relied on.  After a timeout it may well arrive:
 * "unknown", never "failed"; the same key finds out.
 */

ngx_int_t
ngx_http_gig_not_stored(ngx_http_gig_intake_t *intake)
{
    ngx_str_set(&intake->ctx->outcome, "unavailable");

    ngx_http_gig_count(intake->ctx->board, NGX_HTTP_GIG_COUNT_UNAVAILABLE, 1);

    return ngx_http_gig_again(intake, NGX_HTTP_SERVICE_UNAVAILABLE, "unavailable",
                              "We cannot confirm your application at the moment. Please send it "
                              "again in a few seconds: sending it twice does no harm.",
                              NGX_HTTP_GIG_RETRY);
}


/* The form again, with the same key: sent anew it is the same application. */

static ngx_int_t
ngx_http_gig_again(ngx_http_gig_intake_t *intake, ngx_uint_t status, const char *type,
    const char *message, ngx_int_t retry_after)
{
    ngx_int_t                  rc;
    ngx_http_gig_form_again_t  again;

    ngx_memzero(&again, sizeof(ngx_http_gig_form_again_t));

    again.status = status;
    again.key = intake->urlencoded ? intake->key : NULL;
    again.retry_after = retry_after;

    rc = ngx_http_gig_intake_again(intake, ngx_http_gig_row(intake), &again, type, message);

    return rc == NGX_DONE ? NGX_OK : rc;
}


/* Where the gig is in the view that was just taken. */

static uint32_t
ngx_http_gig_row(ngx_http_gig_intake_t *intake)
{
    gig_state_t  state;

    return intake->ctx->view ? ngx_http_gig_find(intake->ctx, &state) : GIG_ROW_NONE;
}
