
/* A gig out of the image: found, its state, its fragments with their holes filled. */

#include "ngx_http_gig_request.h"

#include "gig_brief.h"
#include "gig_i18n.h"
#include "gig_json.h"


static ngx_int_t ngx_http_gig_fill_tail(ngx_http_gig_ctx_t *ctx, gig_str_t bytes, size_t *at,
    gig_buf_t *out);
static ngx_uint_t ngx_http_gig_closing(ngx_http_gig_ctx_t *ctx, uint32_t row);
static ngx_int_t ngx_http_gig_show_of(ngx_http_gig_ctx_t *ctx, uint32_t row,
    gig_fragment_kind_t kind, ngx_uint_t brief, ngx_http_gig_shown_t *shown);


uint32_t
ngx_http_gig_find(ngx_http_gig_ctx_t *ctx, gig_state_t *state)
{
    uint32_t     row;
    const char  *name;

    row = gig_image_find(&ctx->view->image, ngx_http_gig_str(&ctx->id));

    if (row == GIG_ROW_NONE) {
        *state = GIG_STATE_HIDDEN;
        return GIG_ROW_NONE;
    }

    *state = gig_image_state(&ctx->view->image, row, ctx->now);

    if (*state == GIG_STATE_HIDDEN) {
        return GIG_ROW_NONE;
    }

    name = gig_state_name(*state);

    ctx->state.data = (u_char *) name;
    ctx->state.len = ngx_strlen(name);

    return row;
}


ngx_int_t
ngx_http_gig_fill(ngx_http_gig_ctx_t *ctx, uint32_t row, gig_fragment_kind_t kind, gig_buf_t *out)
{
    size_t       at;
    gig_str_t    bytes;
    gig_place_t  place;
    gig_state_t  state;

    if (gig_image_place(&ctx->view->image, row, kind, &place) != 0) {
        return NGX_DECLINED;
    }

    bytes = ngx_http_gig_catalog_fragment(ctx->board, ctx->view, &place);

    if (bytes.data == NULL) {
        return NGX_DECLINED;
    }

    at = 0;

    /* url comes first if both are there; a hole out of bounds is damage */

    if (place.holes.url != GIG_NO_HOLE) {

        if (place.holes.url > bytes.len) {
            return NGX_DECLINED;
        }

        gig_buf_add(out, bytes.data, place.holes.url);
        gig_buf_str(out, ngx_http_gig_str(&ctx->conf->base));
        at = place.holes.url;

        if (kind == GIG_FRAGMENT_CARD && ctx->args.tail.len
            && ngx_http_gig_fill_tail(ctx, bytes, &at, out) != NGX_OK)
        {
            return NGX_DECLINED;
        }
    }

    if (place.holes.state != GIG_NO_HOLE) {

        if (place.holes.state < at || place.holes.state > bytes.len) {
            return NGX_DECLINED;
        }

        gig_buf_add(out, bytes.data + at, place.holes.state - at);
        at = place.holes.state;

        state = gig_image_state(&ctx->view->image, row, ctx->now);

        if (kind != GIG_FRAGMENT_CARD) {
            gig_buf_puts(out, gig_state_name(state));

        } else if (!gig_fragment_card_state(NULL, state, (int) ngx_http_gig_closing(ctx, row),
                                            out))
        {
            return NGX_OK;
        }
    }

    gig_buf_add(out, bytes.data + at, bytes.len - at);

    return NGX_OK;
}


/* A card's link goes on with the gig's id, up to the quote: then what this visitor's links keep. */

static ngx_int_t
ngx_http_gig_fill_tail(ngx_http_gig_ctx_t *ctx, gig_str_t bytes, size_t *at, gig_buf_t *out)
{
    const char  *id, *end;

    id = bytes.data + *at;
    end = memchr(id, '"', ngx_min(bytes.len - *at, GIG_ID_MAX + 1));

    if (end == NULL) {
        return NGX_DECLINED;
    }

    gig_buf_add(out, id, end - id);
    gig_buf_puts(out, "?");
    gig_buf_html(out, ngx_http_gig_str(&ctx->args.tail));

    *at += end - id;

    return NGX_OK;
}


static ngx_uint_t
ngx_http_gig_closing(ngx_http_gig_ctx_t *ctx, uint32_t row)
{
    int64_t  closes;

    closes = gig_image_closes(&ctx->view->image, row);

    return closes != GIG_TIME_NONE && ctx->now >= closes - GIG_CLOSING_SOON && ctx->now < closes;
}


ngx_int_t
ngx_http_gig_show(ngx_http_gig_ctx_t *ctx, uint32_t row, ngx_http_gig_shown_t *shown)
{
    return ngx_http_gig_show_of(ctx, row, GIG_FRAGMENT_DETAIL, 0, shown);
}


/* brief: as much of it as a card tells, of all that is there. */

static ngx_int_t
ngx_http_gig_show_of(ngx_http_gig_ctx_t *ctx, uint32_t row, gig_fragment_kind_t kind,
    ngx_uint_t brief, ngx_http_gig_shown_t *shown)
{
    ngx_int_t              rc;
    gig_buf_t              json, less;
    gig_error_t            error;
    const gig_language_t  *words;

    ngx_memzero(shown, sizeof(ngx_http_gig_shown_t));

    gig_buf_init(&json, 2 * GIG_RECORD_MAX);

    rc = ngx_http_gig_fill(ctx, row, kind, &json);
    words = ngx_http_gig_language(ctx);

    if (rc == NGX_OK && brief && !gig_buf_failed(&json)) {
        gig_buf_init(&less, 2 * GIG_RECORD_MAX);

        if (gig_brief(gig_buf_view(&json), words, &less) != 0) {
            rc = NGX_DECLINED;
        }

        gig_buf_free(&json);
        json = less;
    }

    if (rc == NGX_OK && !gig_buf_failed(&json)) {
        shown->json = gig_json_parse(gig_buf_view(&json), json.len, 2 * GIG_JSON_DEPTH_MAX, &error);
    }

    gig_buf_free(&json);

    if (shown->json == NULL) {
        return NGX_DECLINED;
    }

    if (words && gig_i18n_apply(shown->json, words) != 0) {
        json_decref(shown->json);
        return NGX_DECLINED;
    }

    shown->gig.gig = shown->json;
    shown->gig.words = words;
    shown->gig.state = gig_image_state(&ctx->view->image, row, ctx->now);
    shown->gig.opens_at = gig_image_opens(&ctx->view->image, row);
    shown->gig.closes_at = gig_image_closes(&ctx->view->image, row);
    shown->gig.source = ngx_http_gig_str(&ctx->args.source);
    shown->gig.slug = gig_image_slug(&ctx->view->image, row);

    if (gig_image_zone(&ctx->view->image, row, &shown->zone) == 0) {
        shown->gig.zone = &shown->zone;
    }

    return NGX_OK;
}


/*
 * Those in English, as they were compiled, need no reading of JSON.  For the others what lists tell
 * of a gig is enough, a small part of the whole, unless some of it is there in other languages:
 * then the rest of it is passed over unread.  The language a gig is in lists do not tell, but it is
 * known if it is English or none.
 */

ngx_int_t
ngx_http_gig_card(ngx_http_gig_ctx_t *ctx, uint32_t row, gig_buf_t *out)
{
    unsigned              flags;
    gig_card_t            card;
    gig_fragment_kind_t   kind;
    ngx_http_gig_shown_t  shown;

    if (ngx_http_gig_language(ctx) == &gig_language_english) {
        return ngx_http_gig_fill(ctx, row, GIG_FRAGMENT_CARD, out);
    }

    flags = gig_image_flags(&ctx->view->image, row);
    kind = flags & (GIG_IMAGE_I18N | GIG_IMAGE_FOREIGN) ? GIG_FRAGMENT_DETAIL
                                                        : GIG_FRAGMENT_SUMMARY;

    if (ngx_http_gig_show_of(ctx, row, kind, kind == GIG_FRAGMENT_DETAIL, &shown) != NGX_OK) {
        return NGX_DECLINED;
    }

    if ((flags & GIG_IMAGE_ENGLISH) && kind == GIG_FRAGMENT_SUMMARY
        && json_object_set_new(shown.json, "language", json_string("en")) != 0)
    {
        json_decref(shown.json);
        return NGX_DECLINED;
    }

    card.words = shown.gig.words;
    card.gig = shown.json;
    card.zone = shown.gig.zone;
    card.opens_at = shown.gig.opens_at;
    card.closes_at = shown.gig.closes_at;
    card.base = ngx_http_gig_str(&ctx->conf->base);
    card.tail = ngx_http_gig_str(&ctx->args.tail);
    card.state = shown.gig.state;
    card.closing = (int) ngx_http_gig_closing(ctx, row);

    gig_fragment_card_draw(&card, out);
    json_decref(shown.json);

    return NGX_OK;
}


void
ngx_http_gig_page(ngx_http_gig_ctx_t *ctx, gig_page_t *page)
{
    ngx_time_t  *tp;

    tp = ngx_timeofday();

    page->title = ngx_http_gig_str(&ctx->board->title);
    page->about = ngx_http_gig_str(&ctx->board->about);
    page->base = ngx_http_gig_str(&ctx->conf->base);
    page->tail = ngx_http_gig_str(&ctx->args.tail);
    page->tail_but_lang = ngx_http_gig_str(&ctx->args.tail_but_lang);
    page->lang = ngx_http_gig_str(&ctx->args.lang);
    page->words = ngx_http_gig_language(ctx);
    page->languages = ctx->conf->languages->language;
    page->n_languages = (unsigned) ctx->conf->languages->n;
    page->style.data = gig_css_name;
    page->style.len = ngx_strlen(gig_css_name);
    page->style_url = ngx_http_gig_str(&ctx->conf->style_url);
    page->layout = ctx->conf->layout;
    page->script.data = gig_js_name;
    page->script.len = ngx_strlen(gig_js_name);
    page->form_script.data = gig_form_js_name;
    page->form_script.len = ngx_strlen(gig_form_js_name);
    page->now = ctx->now;
    page->now_ms = (int64_t) tp->sec * 1000 + tp->msec;
    page->stale = (int) ctx->stale;
}
