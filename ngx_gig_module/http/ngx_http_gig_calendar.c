
/* {id}/opens.ics, {id}/closing.ics: a reminder in the visitor's own calendar, no address left. */

#include "ngx_http_gig_response.h"

#include "gig_calendar.h"
#include "gig_feed.h"
#include "gig_json.h"
#include "gig_slug.h"
#include "gig_text.h"


static ngx_http_gig_bytes_t *ngx_http_gig_calendar_make(ngx_http_gig_ctx_t *ctx, uint32_t row,
    ngx_http_gig_shown_t *shown);
static ngx_int_t ngx_http_gig_calendar_send(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_http_gig_bytes_t *bytes);


ngx_int_t
ngx_http_gig_calendar(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    uint32_t               row;
    int64_t                at;
    ngx_int_t              rc;
    ngx_uint_t             over;
    gig_state_t            state;
    ngx_http_gig_bytes_t  *bytes;
    ngx_http_gig_shown_t   shown;

    row = ngx_http_gig_find(ctx, &state);

    if (row == GIG_ROW_NONE) {
        return ngx_http_gig_problem(r, ctx, NGX_HTTP_NOT_FOUND, "not-found",
                                    "There is no gig at this address.");
    }

    at = ctx->route == NGX_HTTP_GIG_ROUTE_ICS_OPENS ? gig_image_opens(&ctx->view->image, row)
                                                    : gig_image_closes(&ctx->view->image, row);
    over = state == GIG_STATE_CLOSED || state == GIG_STATE_GONE;

    if (at == GIG_TIME_NONE && !over) {
        return ngx_http_gig_problem(r, ctx, NGX_HTTP_NOT_FOUND, "not-found",
                                    "This gig has no such date.");
    }

    if (over || ctx->now >= at) {
        return ngx_http_gig_problem(r, ctx, 410, "gone",
                                    "This date is over, and there is nothing to remind of.");
    }

    if (ngx_http_gig_show(ctx, row, &shown) != NGX_OK) {
        return ngx_http_gig_unavailable(r, ctx, "This gig cannot be shown at the moment. Please "
                                                "try again.");
    }

    bytes = ngx_http_gig_calendar_make(ctx, row, &shown);
    json_decref(shown.json);

    if (bytes == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_gig_calendar_send(r, ctx, bytes);

    ngx_http_gig_bytes_release(bytes);

    return rc;
}


/* Without a public_url it names no address, and the board's name stands for the host. */

static ngx_http_gig_bytes_t *
ngx_http_gig_calendar_make(ngx_http_gig_ctx_t *ctx, uint32_t row, ngx_http_gig_shown_t *shown)
{
    gig_buf_t              body, url, when;
    gig_str_t              base;
    gig_calendar_t         calendar;
    gig_catalog_gig_t      gig;
    ngx_http_gig_bytes_t  *bytes;

    gig_buf_init(&body, NGX_HTTP_GIG_BODY_LIMIT);
    gig_buf_init(&url, GIG_TEXT_MAX);
    gig_buf_init(&when, GIG_TEXT_MAX);

    base = ngx_http_gig_str(&ctx->board->public_url);
    gig_catalog_gig(&ctx->view->image, row, ctx->now, &gig);

    if (base.len) {
        gig_slug_address(base, gig.id, gig.slug, &url);
    }

    calendar.kind = ctx->route == NGX_HTTP_GIG_ROUTE_ICS_OPENS ? GIG_CALENDAR_OPENS
                                                               : GIG_CALENDAR_CLOSES;
    calendar.at = calendar.kind == GIG_CALENDAR_OPENS ? gig.opens : gig.closes;
    calendar.id = gig.id;
    calendar.host = base.len ? gig_feed_host(base) : ngx_http_gig_str(&ctx->board->name);
    calendar.title = gig_json_str(shown->json, "title");
    calendar.org = gig_json_str(json_object_get(shown->json, "org"), "name");
    calendar.updated = gig.updated;

    gig_text_time(shown->gig.words, shown->gig.zone, gig_json_str(shown->json, "time_zone"),
                  calendar.at, 0, &when);

    calendar.when = gig_buf_view(&when);
    calendar.url = gig_buf_view(&url);

    gig_calendar(&calendar, &body);

    if (gig_buf_failed(&url) || gig_buf_failed(&when)) {
        body.failed = 1;
    }

    gig_buf_free(&url);
    gig_buf_free(&when);

    bytes = ngx_http_gig_bytes_make(&body, NGX_HTTP_OK, &ngx_http_gig_type_calendar, NULL);

    if (bytes) {
        bytes->one_format = 1;
        ngx_http_gig_etag(bytes);
    }

    return bytes;
}


static ngx_int_t
ngx_http_gig_calendar_send(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_http_gig_bytes_t *bytes)
{
    u_char                 *p;
    ngx_http_gig_answer_t   answer;

    ngx_http_gig_cache_turn(ctx->board->cache, ctx);
    ngx_http_gig_answer_until(ctx, ngx_http_gig_cache_until(ctx->board->cache), bytes, &answer);

    answer.etag = bytes->body[GIG_IDENTITY].etag;

    p = ngx_pnalloc(r->pool, sizeof("attachment; filename=\"-closing.ics\"") + ctx->id.len);
    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    answer.disposition.data = p;
    answer.disposition.len = ngx_sprintf(p, "attachment; filename=\"%V-%s.ics\"", &ctx->id,
                                         ctx->route == NGX_HTTP_GIG_ROUTE_ICS_OPENS ? "opens"
                                                                                    : "closing")
                             - p;

    return ngx_http_gig_send(r, ctx, &answer, bytes);
}
