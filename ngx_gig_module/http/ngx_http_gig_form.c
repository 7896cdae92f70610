
/* The form of a gig: its schema as JSON and the page to apply with. */

#include "ngx_http_gig_response.h"

#include "gig_json.h"


#define NGX_HTTP_GIG_FORM_QUIET     60000       /* ms between two words on one that wants files */


/* A form as a gig asks it: reading it and the gig takes longer than all the rest of an intake. */
struct ngx_http_gig_kept_form_s {
    gig_form_t   form;                          /* root NULL: none yet */
    ngx_uint_t   serial;                        /* of the view it was read from */
    uint32_t     row;
};


static ngx_int_t ngx_http_gig_form_read(ngx_http_gig_ctx_t *ctx, uint32_t row,
    gig_form_t *form);
static ngx_int_t ngx_http_gig_form_of_gig(ngx_http_gig_ctx_t *ctx, uint32_t row,
    gig_form_t *form);
static void ngx_http_gig_form_tell(ngx_http_gig_board_t *board, const gig_form_t *form);
static ngx_http_gig_bytes_t *ngx_http_gig_form_make(ngx_http_gig_ctx_t *ctx, uint32_t row);


ngx_int_t
ngx_http_gig_form_load(ngx_http_gig_ctx_t *ctx, uint32_t row, gig_form_t *form)
{
    ngx_http_gig_kept_form_t  **slot, *kept;

    slot = &ctx->board->forms[row % NGX_HTTP_GIG_FORMS];
    kept = *slot;

    if (kept && kept->form.root && kept->row == row && kept->serial == ctx->view->serial) {
        gig_form_share(&kept->form, form);
        return NGX_OK;
    }

    if (ngx_http_gig_form_read(ctx, row, form) != NGX_OK) {
        return NGX_DECLINED;
    }

    if (kept == NULL) {
        kept = ngx_calloc(sizeof(ngx_http_gig_kept_form_t), ngx_cycle->log);

        if (kept == NULL) {
            return NGX_OK;
        }

        *slot = kept;
    }

    gig_form_free(&kept->form);
    gig_form_share(form, &kept->form);
    kept->row = row;
    kept->serial = ctx->view->serial;

    return NGX_OK;
}


void
ngx_http_gig_forms_free(ngx_http_gig_board_t *board)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_GIG_FORMS; i++) {
        if (board->forms[i]) {
            gig_form_free(&board->forms[i]->form);
            ngx_free(board->forms[i]);
            board->forms[i] = NULL;
        }
    }
}


/* As this gig asks it, made of the image. */

static ngx_int_t
ngx_http_gig_form_read(ngx_http_gig_ctx_t *ctx, uint32_t row, gig_form_t *form)
{
    uint32_t  index;

    ngx_memzero(form, sizeof(gig_form_t));

    index = gig_image_form_of(&ctx->view->image, row);

    if (index == GIG_ROW_NONE || ngx_http_gig_form_at(ctx, index, form) != NGX_OK) {
        return NGX_DECLINED;
    }

    if (ngx_http_gig_form_of_gig(ctx, row, form) != NGX_OK) {
        gig_form_free(form);
        return NGX_DECLINED;
    }

    ngx_http_gig_form_tell(ctx->board, form);

    return NGX_OK;
}


ngx_int_t
ngx_http_gig_form_at(ngx_http_gig_ctx_t *ctx, uint32_t index, gig_form_t *form)
{
    gig_str_t     json;
    gig_place_t   place;
    gig_errors_t  errors;

    ngx_memzero(form, sizeof(gig_form_t));
    ngx_memzero(&errors, sizeof(gig_errors_t));

    if (index == GIG_FORM_DEFAULT) {
        json = gig_form_default();

    } else {

        if (gig_image_form_place(&ctx->view->image, index, &place) != 0) {
            return NGX_DECLINED;
        }

        json = ngx_http_gig_catalog_fragment(ctx->board, ctx->view, &place);

        if (json.data == NULL) {
            return NGX_DECLINED;
        }
    }

    if (gig_form_read(json, form, &errors) != 0) {
        gig_form_free(form);
        return NGX_DECLINED;
    }

    gig_form_files(form, ctx->board->files);

    return NGX_OK;
}


/* Nobody can apply by it, and applicants cannot help that.  Once a minute and worker. */

static void
ngx_http_gig_form_tell(ngx_http_gig_board_t *board, const gig_form_t *form)
{
    ngx_str_t           id, name;
    const gig_field_t  *field;

    field = gig_form_needs_files(form);

    if (field == NULL
        || (board->files_told && ngx_current_msec - board->files_told < NGX_HTTP_GIG_FORM_QUIET))
    {
        return;
    }

    board->files_told = ngx_current_msec ? ngx_current_msec : 1;
    id.data = (u_char *) form->id.data;
    id.len = form->id.len;
    name.data = (u_char *) field->name.data;
    name.len = field->name.len;

    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "gig_board \"%V\": nobody can apply by the form \"%V\": its field \"%V\" "
                  "requires a file, and \"files\" is off", &board->name, &id, &name);
}


/* As this gig asks it: what it leaves out, what it adds. */

static ngx_int_t
ngx_http_gig_form_of_gig(ngx_http_gig_ctx_t *ctx, uint32_t row, gig_form_t *form)
{
    ngx_int_t             rc;
    ngx_http_gig_shown_t  shown;

    if (ngx_http_gig_show(ctx, row, &shown) != NGX_OK) {
        return NGX_DECLINED;
    }

    rc = gig_form_for_gig(form, shown.json) == 0 ? NGX_OK : NGX_DECLINED;

    json_decref(shown.json);

    return rc;
}


ngx_int_t
ngx_http_gig_form(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    u_char                *p, key[NGX_HTTP_GIG_KEY_MAX];
    uint32_t               row;
    ngx_int_t              rc;
    gig_state_t            state;
    ngx_http_gig_cache_t  *cache;
    ngx_http_gig_bytes_t  *bytes;

    ctx->format = NGX_HTTP_GIG_JSON;
    cache = ctx->board->cache;

    row = ngx_http_gig_find(ctx, &state);

    if (row == GIG_ROW_NONE) {
        return ngx_http_gig_problem(r, ctx, NGX_HTTP_NOT_FOUND, "not-found",
                                    "There is no gig at this address.");
    }

    if (state == GIG_STATE_CLOSED || state == GIG_STATE_GONE) {
        return ngx_http_gig_refuse_state(r, ctx, row, state);
    }

    ngx_http_gig_cache_turn(cache, ctx);

    p = ngx_http_gig_cache_key(ctx, key);
    p = ngx_cpymem(p, ctx->id.data, ctx->id.len);

    bytes = ngx_http_gig_cache_find(cache, key, p - key);

    if (bytes) {
        return ngx_http_gig_send_cached(r, ctx, bytes);
    }

    bytes = ngx_http_gig_form_make(ctx, row);

    if (bytes == NULL) {
        return ngx_http_gig_unavailable(r, ctx, "The form of this gig is not available at the "
                                                "moment. Please try again.");
    }

    ngx_http_gig_etag(bytes);
    ngx_http_gig_cache_keep(cache, key, p - key, bytes);

    rc = ngx_http_gig_send_cached(r, ctx, bytes);

    ngx_http_gig_bytes_release(bytes);

    return rc;
}


static ngx_http_gig_bytes_t *
ngx_http_gig_form_make(ngx_http_gig_ctx_t *ctx, uint32_t row)
{
    json_t      *json;
    gig_buf_t    body;
    gig_form_t   form;

    if (ngx_http_gig_form_load(ctx, row, &form) != NGX_OK) {
        return NULL;
    }

    json = gig_form_public(&form);

    gig_form_free(&form);

    if (json == NULL) {
        return NULL;
    }

    gig_buf_init(&body, NGX_HTTP_GIG_BODY_LIMIT);
    gig_json_canonical(json, &body);
    json_decref(json);

    return ngx_http_gig_bytes_make(&body, NGX_HTTP_OK, &ngx_http_gig_type_json, NULL);
}


/* A gig that is not open yet shows its form too, so that people can prepare. */

ngx_int_t
ngx_http_gig_apply(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    uint32_t                   row;
    ngx_int_t                  rc;
    gig_form_t                 form;
    gig_state_t                state;
    ngx_http_gig_form_again_t  again;

    ctx->format = NGX_HTTP_GIG_HTML;

    row = ngx_http_gig_find(ctx, &state);

    if (row == GIG_ROW_NONE) {
        return ngx_http_gig_problem(r, ctx, NGX_HTTP_NOT_FOUND, "not-found",
                                    "There is no gig at this address.");
    }

    if (state != GIG_STATE_OPEN && state != GIG_STATE_WAITLIST && state != GIG_STATE_SCHEDULED) {
        return ngx_http_gig_refuse_state(r, ctx, row, state);
    }

    if (ngx_http_gig_intake_ready(r, ctx) != NGX_OK) {
        return ngx_http_gig_unavailable(r, ctx, "Applications cannot be taken at the moment. "
                                                "Please try again later.");
    }

    if (ngx_http_gig_form_load(ctx, row, &form) != NGX_OK) {
        return ngx_http_gig_unavailable(r, ctx, "The form of this gig is not available at the "
                                                "moment. Please try again.");
    }

    if (r->method == NGX_HTTP_GET) {
        ngx_http_gig_visit(ctx->board, ngx_http_gig_str(&ctx->id), ctx->args.source,
                           NGX_HTTP_GIG_FORM_OPEN);
    }

    ngx_memzero(&again, sizeof(ngx_http_gig_form_again_t));

    again.status = NGX_HTTP_OK;
    again.form = &form;

    rc = ngx_http_gig_form_page(r, ctx, row, &again);

    gig_form_free(&form);

    return rc;
}


ngx_int_t
ngx_http_gig_form_page(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, uint32_t row,
    const ngx_http_gig_form_again_t *again)
{
    char                   key[GIG_FORM_TOKEN_TEXT];
    gig_page_form_t        fill;
    ngx_http_gig_shown_t   shown;
    ngx_http_gig_answer_t  answer;

    if (ngx_http_gig_error_page(r, again->status)) {
        return again->status;
    }

    if (ngx_http_gig_show(ctx, row, &shown) != NGX_OK) {
        return ngx_http_gig_unavailable(r, ctx, "This gig cannot be shown at the moment. Please "
                                                "try again.");
    }

    /* a source given in the form is carried on when the form comes back */
    if (again->answers && again->answers->source.len) {
        shown.gig.source = again->answers->source;
    }

    /* whoever had a form of ours for a while has waited already */

    if (again->key == NULL) {
        gig_form_token_make(&ctx->board->secret, ngx_http_gig_str(&ctx->id),
                            ctx->now - (again->aged ? again->form->min_seconds : 0), key);
    }

    ngx_memzero(&fill, sizeof(gig_page_form_t));

    fill.key = again->key ? again->key : key;
    fill.wait = again->key ? (unsigned) again->wait : again->aged ? 0 : again->form->min_seconds;
    fill.replaces = (again->replaces && again->replaces[0]) ? again->replaces : NULL;
    fill.first_ms = again->first_ms;

    ngx_memzero(&answer, sizeof(ngx_http_gig_answer_t));

    return ngx_http_gig_form_send(r, ctx, again, &shown, &fill, gig_page_form, &answer);
}


ngx_int_t
ngx_http_gig_form_send(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    const ngx_http_gig_form_again_t *again, ngx_http_gig_shown_t *shown, gig_page_form_t *fill,
    ngx_http_gig_form_draw_pt draw, ngx_http_gig_answer_t *answer)
{
    gig_buf_t   body;
    gig_page_t  page;

    fill->gig = &shown->gig;
    fill->form = again->form;
    fill->answers = again->answers;
    fill->errors = again->errors;

    if (again->message) {
        fill->message.data = again->message;
        fill->message.len = ngx_strlen(again->message);
    }

    gig_buf_init(&body, NGX_HTTP_GIG_BODY_LIMIT);

    ngx_http_gig_page(ctx, &page);
    draw(&page, fill, &body);

    json_decref(shown->json);

    answer->status = again->status;
    answer->type = ngx_http_gig_type_html;
    answer->max_age = NGX_HTTP_GIG_NO_STORE;
    answer->retry_after = again->retry_after;

    return ngx_http_gig_send_buf(r, ctx, answer, &body);
}
