
/*
 * What lets an application in beside its answers: the key it is sent with, which in our own
 * forms is a signed token that has an age; a challenge; and that it may replace another.  Who
 * is not let in gets the form back with all that was typed: nothing is dropped in silence.
 */

#include "ngx_http_gig_intake.h"
#include "ngx_http_gig_response.h"


static ngx_int_t ngx_http_gig_intake_header(ngx_http_gig_intake_t *intake);


/*
 * A token that is too old for new applications, or that no key of ours has signed (they rotate),
 * may have been sent before: then the first answer stands.  So it is only asked for.
 */

ngx_int_t
ngx_http_gig_intake_key(ngx_http_gig_intake_t *intake, uint32_t row)
{
    int64_t                    issued;
    gig_str_t                  key;
    ngx_http_gig_ctx_t        *ctx;
    ngx_http_gig_form_again_t  again;

    ctx = intake->ctx;

    if (!intake->urlencoded) {
        return ngx_http_gig_intake_header(intake);
    }

    key = intake->answers.key;

    if (key.len == 0 || key.len >= sizeof(intake->key)) {
        ngx_memzero(&again, sizeof(ngx_http_gig_form_again_t));
        again.status = 422;
        return ngx_http_gig_intake_again(intake, row, &again, "form-expired",
                                         "This form is not one of ours. Nothing was sent yet: "
                                         "please check it and send it again.");
    }

    ngx_memcpy(intake->key, key.data, key.len);
    intake->key_len = key.len;
    intake->key[key.len] = '\0';

    if (gig_form_token_check(&ctx->board->secret, ngx_http_gig_str(&ctx->id), key, &issued) != 0) {
        intake->ask = NGX_HTTP_GIG_ASK_TOKEN;
        return NGX_OK;
    }

    intake->key_ours = 1;
    intake->key_age = ctx->now - (time_t) issued;

    if (intake->key_age >= NGX_HTTP_GIG_FORM_AGE) {
        intake->ask = NGX_HTTP_GIG_ASK_TOKEN;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_gig_intake_header(ngx_http_gig_intake_t *intake)
{
    ngx_int_t    rc;
    ngx_str_t   *header;
    ngx_uint_t   times;

    header = ngx_http_gig_header_in(intake->request, "idempotency-key", &times);

    /* ngx_http_gig_shape_digest() makes one */
    if (times == 0 && intake->ctx->conf->shape) {
        return NGX_OK;
    }

    /* of two keys nobody knows which one counts */
    if (times != 1
        || gig_key_read(ngx_http_gig_str(header), intake->key, &intake->key_len) != 0)
    {
        rc = ngx_http_gig_problem(intake->request, intake->ctx, NGX_HTTP_BAD_REQUEST,
                                  "idempotency-key",
                                  "The Idempotency-Key header is missing, given twice or cannot be "
                                  "read; it must be 1 to 255 printable ASCII characters, in "
                                  "quotes, chosen afresh for each application.");
        return rc == NGX_OK ? NGX_DONE : rc;
    }

    intake->key[intake->key_len] = '\0';

    return NGX_OK;
}


/* As nginx's `if` has it: empty and "0" are no.  Who set the variable is the operator's matter. */

ngx_int_t
ngx_http_gig_intake_challenge(ngx_http_gig_intake_t *intake, uint32_t row)
{
    ngx_str_t                  value;
    ngx_http_gig_ctx_t        *ctx;
    ngx_http_gig_form_again_t  again;

    ctx = intake->ctx;

    if (ctx->conf->challenge == NULL) {
        return NGX_OK;
    }

    if (ngx_http_complex_value(intake->request, ctx->conf->challenge, &value) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (value.len > 1 || (value.len == 1 && value.data[0] != '0')) {
        return NGX_OK;
    }

    ngx_memzero(&again, sizeof(ngx_http_gig_form_again_t));

    again.status = NGX_HTTP_FORBIDDEN;
    again.key = intake->key;

    return ngx_http_gig_intake_again(intake, row, &again, "challenge",
                                     "We could not see that this comes from a person. Please wait "
                                     "a moment for the check on this page, which needs scripts, "
                                     "and send it again.");
}


/* No person fills in a form so fast; some who have it filled in for them do. */

ngx_int_t
ngx_http_gig_intake_age(ngx_http_gig_intake_t *intake, uint32_t row)
{
    time_t                     least;
    ngx_http_gig_form_again_t  again;

    least = intake->form.min_seconds;

    /* of a host whose clock is wrong nothing can be said */

    if (!intake->urlencoded || intake->ask || intake->key_age >= least
        || intake->key_age < -NGX_HTTP_GIG_FORM_CLOCKS)
    {
        return NGX_OK;
    }

    ngx_memzero(&again, sizeof(ngx_http_gig_form_again_t));

    again.status = 422;
    again.key = intake->key;
    again.wait = least - intake->key_age;
    again.retry_after = again.wait;

    return ngx_http_gig_intake_again(intake, row, &again, "too-quick",
                                     "This came so quickly that it looked like a program. Please "
                                     "look it over and send it again.");
}


ngx_int_t
ngx_http_gig_intake_replaces(ngx_http_gig_intake_t *intake, uint32_t row)
{
    gig_str_t                  token;
    ngx_http_gig_ctx_t        *ctx;
    ngx_http_gig_form_again_t  again;

    ctx = intake->ctx;
    token = intake->answers.replaces;

    if (!intake->urlencoded || token.len == 0) {
        return NGX_OK;
    }

    if (gig_replaces_check(&ctx->board->secret, ngx_http_gig_str(&ctx->id), intake->record.who,
                           token, intake->replaces)
        == 0)
    {
        return NGX_OK;
    }

    intake->replaces[0] = '\0';

    ngx_memzero(&again, sizeof(ngx_http_gig_form_again_t));

    again.status = 422;
    again.replaces = "";
    again.aged = intake->key_ours;

    return ngx_http_gig_intake_again(intake, row, &again, "another-applicant",
                                     "This was to take the place of another application, but of "
                                     "none with this e-mail address. That one stands. Send this "
                                     "again if it is meant as one of its own.");
}


ngx_int_t
ngx_http_gig_intake_asked(ngx_http_gig_intake_t *intake, uint32_t row)
{
    ngx_http_gig_form_again_t  again;

    ngx_http_gig_count(intake->ctx->board, NGX_HTTP_GIG_COUNT_REFUSED, 1);

    ngx_memzero(&again, sizeof(ngx_http_gig_form_again_t));

    if (intake->ask == NGX_HTTP_GIG_ASK_TOKEN) {
        ngx_str_set(&intake->ctx->outcome, "refused");

        again.status = 422;
        again.aged = intake->key_ours;

        return ngx_http_gig_intake_again(intake, row, &again, "form-expired",
                                         "This form was open for a long time. Nothing was sent "
                                         "yet: please check it and send it again.");
    }

    ngx_str_set(&intake->ctx->outcome, "limited");
    intake->ctx->limit = &intake->ctx->board->limit_applicant;

    again.status = NGX_HTTP_TOO_MANY_REQUESTS;
    again.key = intake->urlencoded ? intake->key : NULL;
    again.retry_after = ngx_http_gig_limit_wait();

    return ngx_http_gig_intake_again(intake, row, &again, "too-many",
                                     "Very many applications came from you in this minute. This "
                                     "one was not stored; please send it again in a minute.");
}


ngx_int_t
ngx_http_gig_intake_conflict(ngx_http_gig_intake_t *intake, uint32_t row, int64_t first_ms)
{
    ngx_int_t                  rc;
    ngx_http_gig_ctx_t        *ctx;
    ngx_http_gig_form_again_t  again;

    ctx = intake->ctx;

    ngx_str_set(&ctx->outcome, "conflict");
    ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_REFUSED, 1);

    ngx_memzero(&again, sizeof(ngx_http_gig_form_again_t));

    again.status = 422;
    again.aged = 1;
    again.first_ms = first_ms;
    again.replaces = "";

    /* whoever has no address is another with each form */

    if (intake->urlencoded && gig_answers_email(&intake->form, &intake->answers).len) {
        gig_replaces_make(&ctx->board->secret, ngx_http_gig_str(&ctx->id), intake->record.who,
                          intake->record.id, intake->resend);
        again.replaces = intake->resend;
    }

    rc = ngx_http_gig_intake_again(intake, row, &again, "conflict",
                                   ctx->format == NGX_HTTP_GIG_HTML
                                   ? "An application was received from this form already, with "
                                     "other content, and it stands. This version was not stored."
                                   : "This Idempotency-Key was used for an application with other "
                                     "content. That one stands; use a new key for another.");

    return rc == NGX_DONE ? NGX_OK : rc;
}


ngx_int_t
ngx_http_gig_intake_refuse(ngx_http_gig_intake_t *intake, uint32_t row, gig_state_t state)
{
    ngx_int_t                  rc;
    ngx_uint_t                 scheduled;
    ngx_http_gig_ctx_t        *ctx;
    ngx_http_gig_form_again_t  again;

    ctx = intake->ctx;
    scheduled = (state == GIG_STATE_SCHEDULED);

    if (ctx->format != NGX_HTTP_GIG_HTML || (!scheduled && state != GIG_STATE_FULL)) {
        rc = ngx_http_gig_refuse_state(intake->request, ctx, row, state);
        return rc == NGX_OK ? NGX_DONE : rc;
    }

    ngx_memzero(&again, sizeof(ngx_http_gig_form_again_t));

    again.status = scheduled ? NGX_HTTP_FORBIDDEN : NGX_HTTP_CONFLICT;
    again.errors = intake->errors;
    again.key = (intake->urlencoded && !intake->ask) ? intake->key : NULL;
    again.retry_after = scheduled ? ngx_http_gig_opens_in(ctx, row) : 0;

    return ngx_http_gig_intake_again(intake, row, &again, scheduled ? "not-open" : "full",
                                     scheduled ? NGX_HTTP_GIG_SAYS_NOT_OPEN
                                               : NGX_HTTP_GIG_SAYS_FULL);
}


ngx_int_t
ngx_http_gig_intake_again(ngx_http_gig_intake_t *intake, uint32_t row,
    ngx_http_gig_form_again_t *again, const char *type, const char *message)
{
    ngx_int_t  rc;

    if (intake->ctx->format == NGX_HTTP_GIG_HTML && row != GIG_ROW_NONE) {

        again->form = &intake->form;
        again->answers = &intake->answers;
        again->message = message;

        /* what it was to replace goes along, unless something else is said */

        if (again->replaces == NULL && intake->answers.replaces.len) {
            again->replaces = intake->answers.replaces.data;
        }

        rc = ngx_http_gig_form_page(intake->request, intake->ctx, row, again);

    } else {
        rc = ngx_http_gig_problem_errors(intake->request, intake->ctx, again->status, type, message,
                                         NULL, again->retry_after);
    }

    return rc == NGX_OK ? NGX_DONE : rc;
}
