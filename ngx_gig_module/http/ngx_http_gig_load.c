
#include "ngx_http_gig_keeper_parts.h"


/*
 * The full load: the last entry of the stream is noted, then each hash is
 * scanned, a hundred at a time and one reply in flight, so that Redis never
 * works long for us.  What changes meanwhile is in the stream after the
 * noted entry and is fetched again by the tail's check.
 */


static void ngx_http_gig_load_noted(redisAsyncContext *ac, void *r, void *data);
static void ngx_http_gig_load_scan(ngx_http_gig_keeper_t *k);
static void ngx_http_gig_load_scanned(redisAsyncContext *ac, void *r, void *data);
static ngx_int_t ngx_http_gig_load_pair(ngx_http_gig_keeper_t *k, gig_str_t id, gig_str_t value);


static const char  *ngx_http_gig_load_hashes[] = { "gigs", "forms", "seats" };

#define NGX_HTTP_GIG_LOAD_SEATS  2
#define NGX_HTTP_GIG_LOAD_STEPS  3


void
ngx_http_gig_load_start(ngx_http_gig_keeper_t *k)
{
    char       key[GIG_KEY_SIZE];
    gig_str_t  argv[6];

    ngx_http_gig_changes_clear(&k->changes);
    ngx_http_gig_changes_clear(&k->load);
    k->loading = 0;

    if ((ngx_msec_int_t) (k->load_after - ngx_current_msec) > 0) {
        ngx_http_gig_keeper_wait(k, NGX_HTTP_GIG_PHASE_HOLD,
                                 ngx_min(k->load_after - ngx_current_msec,
                                         NGX_HTTP_GIG_KEEPER_HOLD));
        return;
    }

    k->load_after = ngx_current_msec + k->load_delay;
    k->load_delay = ngx_min(k->load_delay * 2, NGX_HTTP_GIG_LOAD_DELAY_MAX);

    ngx_log_error(NGX_LOG_NOTICE, k->log, 0, "gig: board \"%V\": loading all of the catalog: %s",
                  &k->board->name, k->why ? k->why : "there is no image");

    ngx_http_gig_count(k->board, NGX_HTTP_GIG_COUNT_FULL_LOADS, 1);

    k->loading = 1;
    k->load_step = 0;
    (void) ngx_cpystrn((u_char *) k->load_cursor, (u_char *) "0", sizeof(k->load_cursor));

    argv[0] = gig_str("XREVRANGE");
    argv[1] = ngx_http_gig_keeper_key(k, key, "changes");
    argv[2] = gig_str("+");
    argv[3] = gig_str("-");
    argv[4] = gig_str("COUNT");
    argv[5] = gig_str("1");

    if (ngx_http_gig_keeper_send(k, ngx_http_gig_load_noted, 6, argv) == NGX_OK) {
        ngx_http_gig_keeper_wait(k, NGX_HTTP_GIG_PHASE_LOAD, NGX_HTTP_GIG_KEEPER_DEADLINE);
    }
}


static void
ngx_http_gig_load_noted(redisAsyncContext *ac, void *r, void *data)
{
    redisReply             *reply = r;
    ngx_http_gig_keeper_t  *k = data;

    if (!ngx_http_gig_keeper_current(k, ac, reply)) {
        return;
    }

    if (reply->type != REDIS_REPLY_ARRAY || reply->elements > 1) {
        ngx_http_gig_keeper_failed(k, reply);
        return;
    }

    k->cursor_ms = 0;
    k->cursor_seq = 0;
    k->cursor_version = 0;

    if (reply->elements == 1 && ngx_http_gig_tail_entry(k, reply->element[0], 0) != NGX_OK) {
        ngx_http_gig_keeper_hold(k, "the last entry of the change stream is not understood");
        return;
    }

    ngx_http_gig_load_scan(k);
}


static void
ngx_http_gig_load_scan(ngx_http_gig_keeper_t *k)
{
    char       key[GIG_KEY_SIZE];
    gig_str_t  argv[5];

    argv[0] = gig_str("HSCAN");
    argv[1] = ngx_http_gig_keeper_key(k, key, ngx_http_gig_load_hashes[k->load_step]);
    argv[2] = (gig_str_t) { k->load_cursor, strlen(k->load_cursor) };
    argv[3] = gig_str("COUNT");
    argv[4] = gig_str("100");

    if (ngx_http_gig_keeper_send(k, ngx_http_gig_load_scanned, 5, argv) == NGX_OK) {
        ngx_http_gig_keeper_wait(k, NGX_HTTP_GIG_PHASE_LOAD, NGX_HTTP_GIG_KEEPER_DEADLINE);
    }
}


static void
ngx_http_gig_load_scanned(redisAsyncContext *ac, void *r, void *data)
{
    size_t                  i;
    gig_str_t               cursor;
    redisReply             *reply = r, *pairs;
    ngx_http_gig_keeper_t  *k = data;

    if (!ngx_http_gig_keeper_current(k, ac, reply)) {
        return;
    }

    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2
        || reply->element[1]->type != REDIS_REPLY_ARRAY || reply->element[1]->elements % 2)
    {
        ngx_http_gig_keeper_failed(k, reply);
        return;
    }

    cursor = ngx_http_gig_reply_text(reply->element[0]);
    pairs = reply->element[1];

    if (cursor.len == 0 || cursor.len >= sizeof(k->load_cursor)) {
        ngx_http_gig_keeper_failed(k, reply);
        return;
    }

    for (i = 0; i < pairs->elements; i++) {
        if (pairs->element[i]->type != REDIS_REPLY_STRING) {
            ngx_http_gig_keeper_failed(k, pairs->element[i]);
            return;
        }
    }

    for (i = 0; i < pairs->elements; i += 2) {
        if (ngx_http_gig_load_pair(k, ngx_http_gig_reply_text(pairs->element[i]),
                                   ngx_http_gig_reply_text(pairs->element[i + 1]))
            != NGX_OK)
        {
            ngx_http_gig_changes_clear(&k->load);
            k->loading = 0;
            ngx_http_gig_keeper_hold(k, "the catalog is too large, or memory too small");
            return;
        }
    }

    (void) ngx_cpystrn((u_char *) k->load_cursor, (u_char *) cursor.data, cursor.len + 1);

    if (!gig_str_is(cursor, "0")) {
        ngx_http_gig_load_scan(k);
        return;
    }

    if (++k->load_step < NGX_HTTP_GIG_LOAD_STEPS) {
        ngx_http_gig_load_scan(k);
        return;
    }

    ngx_http_gig_tail_check(k);
}


static ngx_int_t
ngx_http_gig_load_pair(ngx_http_gig_keeper_t *k, gig_str_t id, gig_str_t value)
{
    size_t                  i, commas;
    gig_str_t               state;
    ngx_http_gig_change_t  *change;

    if (!gig_id_valid(id)) {
        return NGX_OK;
    }

    change = ngx_http_gig_changes_append(&k->load, k->load_step == 1, id,
                                         NGX_HTTP_GIG_LOAD_ITEMS_MAX);

    if (change == NULL || k->load.bytes > NGX_HTTP_GIG_LOAD_BYTES_MAX) {
        return NGX_ERROR;
    }

    if (k->load_step != NGX_HTTP_GIG_LOAD_SEATS) {
        change->content = 1;
        ngx_http_gig_count(k->board, NGX_HTTP_GIG_COUNT_RECORDS_FETCHED, 1);

        return ngx_http_gig_changes_json(&k->load, change, value) == 0 ? NGX_OK : NGX_ERROR;
    }

    /* confirmed,waiting,held,state */

    commas = 0;

    for (i = 0; i < value.len && commas < 3; i++) {
        commas += value.data[i] == ',';
    }

    state = (gig_str_t) { value.data + i, value.len - i };

    change->told = 1;
    change->seats = gig_str_is(state, "full") ? GIG_SEATS_FULL
                    : gig_str_is(state, "waitlist") ? GIG_SEATS_WAITLIST : GIG_SEATS_OPEN;

    return NGX_OK;
}
