
/*
 * {id}/self-id: the voluntary form after an application, and what it sends.  No request of it
 * carries anything of an application or a receipt.  What may be known of who answered is what
 * an access log shows of any request; the answers go through ngx_http_gig_self_id_batch.c.
 */

#include "ngx_http_gig_response.h"
#include "ngx_http_gig_self_id.h"

#include "gig_json.h"

#include <sodium.h>


#define NGX_HTTP_GIG_SELF_ID_BODY   16384       /* bytes: what stays in memory by default */
#define NGX_HTTP_GIG_SELF_ID_AGE    (7 * 86400) /* s a form may stay open before it is sent */
#define NGX_HTTP_GIG_SELF_ID_OF     (GIG_ID_MAX + sizeof("/self-id"))


static uint32_t ngx_http_gig_self_id_open(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    gig_form_t *form, ngx_int_t *rc);
static ngx_int_t ngx_http_gig_self_id_load(ngx_http_gig_ctx_t *ctx, uint32_t row,
    gig_form_t *form);
static void ngx_http_gig_self_id_wrong(ngx_http_gig_board_t *board, gig_str_t form,
    gig_str_t wanted);
static gig_str_t ngx_http_gig_self_id_of(ngx_http_gig_ctx_t *ctx,
    char text[NGX_HTTP_GIG_SELF_ID_OF]);
static ngx_int_t ngx_http_gig_self_id_page(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    uint32_t row, const ngx_http_gig_form_again_t *again);
static void ngx_http_gig_self_id_body(ngx_http_request_t *r);
static void ngx_http_gig_self_id_wipe(ngx_http_request_t *r);
static ngx_int_t ngx_http_gig_self_id_take(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);
static ngx_int_t ngx_http_gig_self_id_read(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    uint32_t row, const gig_form_t *form, gig_answers_t *answers);
static ngx_int_t ngx_http_gig_self_id_seal(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    uint32_t row, const gig_form_t *form, const gig_answers_t *answers);
static uint64_t ngx_http_gig_self_id_kind(ngx_http_gig_board_t *board, const gig_form_t *form);
static ngx_int_t ngx_http_gig_self_id_see(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx);


ngx_int_t
ngx_http_gig_self_id(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    uint32_t                      row;
    ngx_int_t                     rc;
    gig_form_t                    form;
    ngx_http_gig_form_again_t  again;

    ctx->format = NGX_HTTP_GIG_HTML;

    row = ngx_http_gig_self_id_open(r, ctx, &form, &rc);

    if (row == GIG_ROW_NONE) {
        return rc;
    }

    ngx_memzero(&again, sizeof(ngx_http_gig_form_again_t));

    again.status = NGX_HTTP_OK;
    again.form = &form;

    rc = ngx_http_gig_self_id_page(r, ctx, row, &again);

    gig_form_free(&form);

    return rc;
}


/* The gig's row, and form to be freed; or GIG_ROW_NONE: it was answered, and rc is of that. */

static uint32_t
ngx_http_gig_self_id_open(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, gig_form_t *form,
    ngx_int_t *rc)
{
    uint32_t     row;
    gig_state_t  state;

    row = ngx_http_gig_find(ctx, &state);

    if (row == GIG_ROW_NONE) {
        *rc = ngx_http_gig_problem(r, ctx, NGX_HTTP_NOT_FOUND, "not-found",
                                   "There is no gig at this address.");
        return GIG_ROW_NONE;
    }

    if (state == GIG_STATE_GONE || state == GIG_STATE_SCHEDULED
        || gig_image_denied(&ctx->view->image, row))
    {
        *rc = ngx_http_gig_refuse_state(r, ctx, row,
                                        state == GIG_STATE_SCHEDULED ? state : GIG_STATE_GONE);
        return GIG_ROW_NONE;
    }

    if (ngx_http_gig_self_id_load(ctx, row, form) != NGX_OK) {
        *rc = ngx_http_gig_problem(r, ctx, NGX_HTTP_NOT_FOUND, "not-found",
                                   "There is nothing at this address.");
        return GIG_ROW_NONE;
    }

    if (ngx_http_gig_intake_ready(r, ctx) != NGX_OK) {
        gig_form_free(form);
        *rc = ngx_http_gig_unavailable(r, ctx, "This form cannot be taken at the moment. Nothing "
                                               "was stored.");
        return GIG_ROW_NONE;
    }

    return row;
}


/* NGX_DECLINED: this gig's form offers none, or one that is not there or is for something else. */

static ngx_int_t
ngx_http_gig_self_id_load(ngx_http_gig_ctx_t *ctx, uint32_t row, gig_form_t *form)
{
    uint32_t    index;
    gig_str_t   id;
    ngx_int_t   rc;
    gig_form_t  own;

    if (ngx_http_gig_form_load(ctx, row, &own) != NGX_OK) {
        return NGX_DECLINED;
    }

    id = gig_self_id_form(&own);
    index = id.len ? gig_image_form_find(&ctx->view->image, id) : GIG_ROW_NONE;
    rc = index != GIG_ROW_NONE ? ngx_http_gig_form_at(ctx, index, form) : NGX_DECLINED;

    if (rc == NGX_OK && !gig_self_id_is(form)) {
        gig_form_free(form);
        rc = NGX_DECLINED;
    }

    if (id.len && rc != NGX_OK) {
        ngx_http_gig_self_id_wrong(ctx->board, own.id, id);
    }

    gig_form_free(&own);

    return rc;
}


/* An import sees one form at a time; here it is known that two do not go together. */

static void
ngx_http_gig_self_id_wrong(ngx_http_gig_board_t *board, gig_str_t form, gig_str_t wanted)
{
    if (board->self_id_wrong
        && ngx_current_msec - board->self_id_wrong < NGX_HTTP_GIG_SELF_ID_QUIET)
    {
        return;
    }

    board->self_id_wrong = ngx_current_msec ? ngx_current_msec : 1;

    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                  "gig_board \"%V\": the form \"%*s\" offers self-identification by the form "
                  "\"%*s\", which is not there or asks something else; nobody is offered it",
                  &board->name, form.len, form.data, wanted.len, wanted.data);
}


ngx_uint_t
ngx_http_gig_self_id_offered(ngx_http_gig_ctx_t *ctx, uint32_t row)
{
    gig_form_t  form;

    if (ngx_http_gig_self_id_load(ctx, row, &form) != NGX_OK) {
        return 0;
    }

    gig_form_free(&form);

    return 1;
}


/* What a form token of this page is for: no gig's id has a slash. */

static gig_str_t
ngx_http_gig_self_id_of(ngx_http_gig_ctx_t *ctx, char text[NGX_HTTP_GIG_SELF_ID_OF])
{
    size_t  len;

    len = ngx_snprintf((u_char *) text, NGX_HTTP_GIG_SELF_ID_OF, "%V/self-id", &ctx->id)
          - (u_char *) text;

    return (gig_str_t) { text, len };
}


/* Always with a new form token: it is random, of this page, and of nobody. */

static ngx_int_t
ngx_http_gig_self_id_page(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, uint32_t row,
    const ngx_http_gig_form_again_t *again)
{
    char                   key[GIG_FORM_TOKEN_TEXT], of[NGX_HTTP_GIG_SELF_ID_OF];
    gig_page_form_t        fill;
    ngx_http_gig_shown_t   shown;
    ngx_http_gig_answer_t  answer;

    if (ngx_http_gig_error_page(r, again->status)) {
        return again->status;
    }

    if (ngx_http_gig_show(ctx, row, &shown) != NGX_OK) {
        return ngx_http_gig_unavailable(r, ctx, "This form cannot be shown at the moment. Please "
                                                "try again.");
    }

    gig_form_token_make(&ctx->board->secret, ngx_http_gig_self_id_of(ctx, of), ctx->now, key);

    ngx_memzero(&fill, sizeof(gig_page_form_t));
    fill.key = key;

    ngx_memzero(&answer, sizeof(ngx_http_gig_answer_t));
    answer.secret = 1;

    return ngx_http_gig_form_send(r, ctx, again, &shown, &fill, gig_page_self_id, &answer);
}


/* Called with the body unread. */

ngx_int_t
ngx_http_gig_self_id_post(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    ngx_int_t         rc;
    gig_str_t         boundary;
    ngx_uint_t        status;
    const char       *type, *wrong;
    gig_body_type_t   body;
    ngx_table_elt_t  *header;

    ctx->format = NGX_HTTP_GIG_HTML;
    ngx_str_set(&ctx->outcome, "refused");

    status = 0;
    type = NULL;
    wrong = NULL;
    header = r->headers_in.content_type;

    if (header == NULL || gig_body_type(ngx_http_gig_str(&header->value), &body, &boundary) != 0
        || body == GIG_BODY_JSON)
    {
        status = NGX_HTTP_UNSUPPORTED_MEDIA_TYPE;
        type = "media-type";
        wrong = "These answers are sent by the form at this address, as "
                "application/x-www-form-urlencoded or multipart/form-data.";

    } else if (r->headers_in.content_length_n > NGX_HTTP_GIG_SELF_ID_BODY) {
        status = NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
        type = "too-large";
        wrong = "These answers may have at most 16 KB.";

    } else if (ngx_http_gig_cross_site(r)) {
        status = NGX_HTTP_FORBIDDEN;
        type = "cross-site";
        wrong = "This form was sent from another site. Please open the form here and send it "
                "again.";

    } else if (ngx_http_gig_limit_self_id(r, ctx->board) != NGX_OK) {
        status = NGX_HTTP_TOO_MANY_REQUESTS;
        ctx->limit = &ngx_http_gig_limit_self_ids;
        type = "too-many";
        wrong = "Very many of these forms came from your network in this minute. This one was "
                "not stored; please send it again in a minute.";
    }

    if (status) {
        rc = ngx_http_discard_request_body(r);

        if (rc != NGX_OK) {
            return rc;
        }

        return ngx_http_gig_problem_errors(r, ctx, status, type, wrong, NULL,
                                           status == NGX_HTTP_TOO_MANY_REQUESTS
                                           ? ngx_http_gig_limit_wait() : 0);
    }

    /* as for applications: what is readable stays in no file that has a name */
    r->request_body_in_file_only = 0;
    r->request_body_in_persistent_file = 0;
    r->request_body_in_clean_file = 0;

    rc = ngx_http_read_client_request_body(r, ngx_http_gig_self_id_body);

    return rc >= NGX_HTTP_SPECIAL_RESPONSE ? rc : NGX_DONE;
}


static void
ngx_http_gig_self_id_body(ngx_http_request_t *r)
{
    ngx_int_t  rc;

    rc = ngx_http_gig_self_id_take(r, ngx_http_gig_ctx(r));

    ngx_http_gig_self_id_wipe(r);
    ngx_http_finalize_request(r, rc);
}


/* Also of what was refused: $request_body, in somebody's log format, has nothing of it. */

static void
ngx_http_gig_self_id_wipe(ngx_http_request_t *r)
{
    ngx_chain_t  *cl;

    for (cl = r->request_body ? r->request_body->bufs : NULL; cl; cl = cl->next) {
        if (ngx_buf_in_memory(cl->buf)) {
            sodium_memzero(cl->buf->pos, cl->buf->last - cl->buf->pos);
        }
    }

    if (r->request_body) {
        r->request_body->bufs = NULL;
    }
}


static ngx_int_t
ngx_http_gig_self_id_take(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    uint32_t       row;
    ngx_int_t      rc;
    gig_form_t     form;
    gig_answers_t  answers;

    if (ngx_http_gig_body_size(r) > NGX_HTTP_GIG_SELF_ID_BODY) {
        return ngx_http_gig_problem(r, ctx, NGX_HTTP_REQUEST_ENTITY_TOO_LARGE, "too-large",
                                    "These answers may have at most 16 KB.");
    }

    /* the body may have taken its time: look at the catalog as it is now */
    ngx_http_gig_view(ctx);

    if (ctx->view == NULL) {
        ngx_str_set(&ctx->outcome, "unavailable");
        return ngx_http_gig_unavailable(r, ctx, "This form cannot be taken at the moment. Nothing "
                                                "was stored.");
    }

    row = ngx_http_gig_self_id_open(r, ctx, &form, &rc);

    if (row == GIG_ROW_NONE) {
        return rc;
    }

    form.words = ngx_http_gig_language(ctx);
    ngx_memzero(&answers, sizeof(gig_answers_t));

    rc = ngx_http_gig_self_id_read(r, ctx, row, &form, &answers);

    if (rc == NGX_AGAIN) {
        rc = ngx_http_gig_self_id_seal(r, ctx, row, &form, &answers);
    }

    gig_answers_free(&answers);
    gig_form_free(&form);

    return rc;
}


/* NGX_AGAIN: go on, the answers are right; else it is answered. */

static ngx_int_t
ngx_http_gig_self_id_read(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, uint32_t row,
    const gig_form_t *form, gig_answers_t *answers)
{
    char                           detail[sizeof("The body cannot be read: .") + GIG_DETAIL_SIZE];
    char                           of[NGX_HTTP_GIG_SELF_ID_OF];
    int64_t                        issued;
    ngx_int_t                      rc;
    gig_str_t                      boundary;
    gig_error_t                    error;
    gig_errors_t                   errors;
    gig_body_type_t                type;
    gig_answers_reader_t          *reader;
    ngx_http_gig_form_again_t      again;

    reader = ngx_palloc(r->pool, sizeof(gig_answers_reader_t));

    if (reader == NULL
        || gig_body_type(ngx_http_gig_str(&r->headers_in.content_type->value), &type, &boundary)
           != 0)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = gig_answers_reader_init(reader, form, type, boundary, answers) == 0
         ? ngx_http_gig_body(r, reader, &error) : NGX_ERROR;

    gig_answers_reader_free(reader);
    sodium_memzero(reader, sizeof(gig_answers_reader_t));

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc != NGX_OK) {
        (void) snprintf(detail, sizeof(detail), "The body cannot be read: %s.", error.detail);
        return ngx_http_gig_problem(r, ctx, NGX_HTTP_BAD_REQUEST, "unreadable", detail);
    }

    ngx_memzero(&again, sizeof(ngx_http_gig_form_again_t));
    ngx_memzero(&errors, sizeof(gig_errors_t));

    again.status = 422;
    again.form = form;
    again.answers = answers;

    if (answers->honeypot) {
        again.message = "A field that must stay empty was filled in, so this was not sent. Please "
                        "leave it empty and send the form again.";

    } else if (gig_form_token_check(&ctx->board->secret, ngx_http_gig_self_id_of(ctx, of),
                                    answers->key, &issued)
               != 0
               || issued <= ctx->now - NGX_HTTP_GIG_SELF_ID_AGE)
    {
        again.message = "This form was open for too long, or is not one of ours. Nothing was sent "
                        "yet: please send it again.";

    } else if (gig_answers_check(form, answers, &errors) != 0 || errors.count != 0) {
        again.errors = &errors;

    } else {
        return NGX_AGAIN;
    }

    return ngx_http_gig_self_id_page(r, ctx, row, &again);
}


static ngx_int_t
ngx_http_gig_self_id_seal(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, uint32_t row,
    const gig_form_t *form, const gig_answers_t *answers)
{
    int                            written;
    gig_buf_t                      plain, box;
    ngx_int_t                      rc;
    ngx_http_gig_form_again_t      again;

    gig_buf_init(&plain, 2 * GIG_SELF_ID_PLAIN);
    gig_buf_init(&box, GIG_SELF_ID_BOX);

    /* grown at once: no copy of what is readable stays behind in freed memory */
    gig_buf_room(&plain, GIG_SELF_ID_PLAIN);

    written = gig_self_id_write(form, answers, &plain);

    if (written == 1) {
        ngx_memzero(&again, sizeof(ngx_http_gig_form_again_t));

        again.status = 422;
        again.form = form;
        again.answers = answers;
        again.message = "No question was answered, so there was nothing to send. You may also "
                        "just leave this page.";

        rc = ngx_http_gig_self_id_page(r, ctx, row, &again);
        goto done;
    }

    if (written == -1
        || gig_self_id_seal(&ctx->board->seal_key, gig_buf_view(&plain), &box) != 0)
    {
        rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
        goto done;
    }

    rc = ngx_http_gig_self_id_keep(ctx->board, answers->key,
                                   ngx_http_gig_self_id_kind(ctx->board, form),
                                   gig_buf_view(&box));

    if (rc == NGX_BUSY) {
        ngx_str_set(&ctx->outcome, "unavailable");
        rc = ngx_http_gig_unavailable(r, ctx, "Too many of these forms wait to be sent on. Yours "
                                              "was not stored; please try again later.");
        goto done;
    }

    if (rc == NGX_OK) {
        ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_SELF_ID_TAKEN, 1);
    }

    ngx_str_set(&ctx->outcome, "accepted");
    rc = ngx_http_gig_self_id_see(r, ctx);

done:

    if (plain.data) {
        sodium_memzero(plain.data, plain.size);
    }

    gig_buf_free(&plain);
    gig_buf_free(&box);

    return rc;
}


static uint64_t
ngx_http_gig_self_id_kind(ngx_http_gig_board_t *board, const gig_form_t *form)
{
    u_char  text[GIG_KID_MAX + GIG_ID_MAX + NGX_INT64_LEN + sizeof("  ")];
    size_t  len;

    len = ngx_snprintf(text, sizeof(text), "%s %*s %L", board->seal_key.kid, form->id.len,
                       form->id.data, form->rev)
          - text;

    return gig_str_hash((gig_str_t) { (char *) text, len });
}


/* Led away, so that a reload of what is seen sends nothing again. */

static ngx_int_t
ngx_http_gig_self_id_see(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    u_char                 *p;
    ngx_http_gig_answer_t   answer;

    ngx_memzero(&answer, sizeof(ngx_http_gig_answer_t));

    p = ngx_pnalloc(r->pool, ctx->conf->base.len + ctx->id.len + ctx->args.lang.len
                             + sizeof("/self-id/thanks?lang="));
    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    answer.status = NGX_HTTP_SEE_OTHER;
    answer.max_age = NGX_HTTP_GIG_NO_STORE;
    answer.secret = 1;
    answer.location.data = p;
    answer.location.len = ngx_sprintf(p, "%V%V/self-id/thanks%s%V", &ctx->conf->base, &ctx->id,
                                      ctx->args.lang.len ? "?lang=" : "", &ctx->args.lang)
                          - p;

    return ngx_http_gig_send(r, ctx, &answer, NULL);
}


/* The same for everybody, and nothing is looked up for it. */

ngx_int_t
ngx_http_gig_self_id_thanks(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    gig_buf_t              body;
    gig_page_t             page;
    ngx_http_gig_answer_t  answer;

    ctx->format = NGX_HTTP_GIG_HTML;

    ngx_memzero(&answer, sizeof(ngx_http_gig_answer_t));
    gig_buf_init(&body, NGX_HTTP_GIG_BODY_LIMIT);

    ngx_http_gig_page(ctx, &page);
    gig_page_self_id_thanks(&page, &body);

    answer.status = NGX_HTTP_OK;
    answer.type = ngx_http_gig_type_html;
    answer.max_age = NGX_HTTP_GIG_NO_STORE;
    answer.secret = 1;

    return ngx_http_gig_send_buf(r, ctx, &answer, &body);
}
