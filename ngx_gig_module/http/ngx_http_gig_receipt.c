
/*
 * Receipts: what became of an application, and the public keys.
 * The token is all the right there is; every bad one is the same 404.
 */

#include "ngx_http_gig_judge.h"
#include "ngx_http_gig_ledger.h"
#include "ngx_http_gig_link.h"
#include "ngx_http_gig_response.h"

#include "gig_receipt.h"
#include "gig_json.h"
#include "gig_key.h"

#include <sodium.h>


#define NGX_HTTP_GIG_LOOKUP_ARGS  9

typedef enum {
    NGX_HTTP_GIG_ASK_RECORD,                    /* HMGET id:ID ... */
    NGX_HTTP_GIG_ASK_SETTLED,                   /* HGET id:ID apply:PRINT */
    NGX_HTTP_GIG_ASK_STAGE                      /* HGET stages ID */
} ngx_http_gig_ask_t;

typedef struct {
    ngx_http_request_t        *request;
    ngx_http_gig_ctx_t        *ctx;
    ngx_http_gig_op_t         *op;              /* in flight, or NULL */
    ngx_http_gig_ask_t         ask;
    ngx_msec_t                 started;
    char                       id[GIG_APPLICATION_TEXT];
    char                       gig[GIG_ID_MAX + 1];
    char                       print[GIG_HASH_TEXT];
    char                       seat[16];
    gig_stages_t               stages;
    int64_t                    at_ms;
    json_t                    *onboarding;      /* or NULL: not for this applicant, or none */
    unsigned                   known:1;
    unsigned                   delivered:1;
    unsigned                   stuck:1;         /* settled, but not delivered: dead or parked */
    unsigned                   withdrawn:1;
    unsigned                   erased:1;        /* and settled */
    unsigned                   asked:1;         /* and the system of record does not erase */
    unsigned                   unavailable:1;   /* Redis gave no answer */
} ngx_http_gig_lookup_t;


static ngx_http_gig_lookup_t *ngx_http_gig_lookup_make(ngx_http_request_t *r,
    ngx_http_gig_ctx_t *ctx);
static void ngx_http_gig_lookup_cleanup(void *data);
static ngx_int_t ngx_http_gig_lookup_send(ngx_http_gig_lookup_t *l, ngx_http_gig_ask_t ask);
static void ngx_http_gig_lookup_handler(void *data, ngx_http_gig_reply_t what,
    const redisReply *reply);
static ngx_int_t ngx_http_gig_lookup_next(ngx_http_gig_lookup_t *l, const redisReply *reply);
static void ngx_http_gig_lookup_record(ngx_http_gig_lookup_t *l, const redisReply *reply);
static ngx_uint_t ngx_http_gig_lookup_text(const redisReply *reply, char *to, size_t size);
static void ngx_http_gig_lookup_ledger(ngx_http_gig_lookup_t *l);
static void ngx_http_gig_lookup_onboarding(ngx_http_gig_lookup_t *l, uint32_t row);
static ngx_int_t ngx_http_gig_receipt_answer(ngx_http_gig_lookup_t *l);
static void ngx_http_gig_receipt_json(ngx_http_gig_lookup_t *l, gig_buf_t *body);
static void ngx_http_gig_receipt_html(ngx_http_gig_lookup_t *l, uint32_t row,
    const ngx_http_gig_shown_t *shown, gig_buf_t *body);


ngx_int_t
ngx_http_gig_receipt(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    ngx_http_gig_lookup_t  *l;

    l = ngx_http_gig_lookup_make(r, ctx);

    if (l == NULL) {
        return ngx_http_gig_problem(r, ctx, NGX_HTTP_NOT_FOUND, "not-found",
                                    "There is no receipt at this address.");
    }

    if (ngx_http_gig_lookup_send(l, NGX_HTTP_GIG_ASK_RECORD) == NGX_OK) {
        r->main->count++;
        return NGX_DONE;
    }

    l->unavailable = 1;

    return ngx_http_gig_receipt_answer(l);
}


/* NULL: the token is not ours (or memory is short: the same answer). */

static ngx_http_gig_lookup_t *
ngx_http_gig_lookup_make(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    char                    id[GIG_APPLICATION_TEXT];
    ngx_pool_cleanup_t     *cln;
    ngx_http_gig_lookup_t  *l;

    if (!ctx->board->secret_set
        || gig_token_check(&ctx->board->secret, ngx_http_gig_str(&ctx->token), id) != 0)
    {
        return NULL;
    }

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_gig_lookup_t));
    if (cln == NULL) {
        return NULL;
    }

    l = cln->data;
    ngx_memzero(l, sizeof(ngx_http_gig_lookup_t));
    cln->handler = ngx_http_gig_lookup_cleanup;

    l->request = r;
    l->ctx = ctx;
    l->started = ngx_current_msec;
    ngx_memcpy(l->id, id, sizeof(id));

    return l;
}


/* A client that goes away: its answer is of no use.  Else all is over. */

static void
ngx_http_gig_lookup_cleanup(void *data)
{
    ngx_http_gig_lookup_t  *l = data;

    if (l->op) {
        ngx_http_gig_op_detach(l->op);
        l->op = NULL;
    }

    json_decref(l->onboarding);
    l->onboarding = NULL;
}


static ngx_int_t
ngx_http_gig_lookup_send(ngx_http_gig_lookup_t *l, ngx_http_gig_ask_t ask)
{
    char                   key[GIG_KEY_SIZE], field[sizeof("apply:") + GIG_HASH_TEXT];
    gig_str_t              board, argv[NGX_HTTP_GIG_LOOKUP_ARGS];
    ngx_uint_t             n;
    ngx_http_request_t    *r;
    ngx_http_gig_board_t  *b;

    b = l->ctx->board;
    r = l->request;
    board = ngx_http_gig_str(&b->name);

    l->ask = ask;
    n = 0;

    switch (ask) {

    case NGX_HTTP_GIG_ASK_RECORD:
        argv[n++] = gig_str("HMGET");
        argv[n].data = key;
        argv[n++].len = gig_key_id(key, board, l->id);
        argv[n++] = gig_str("gig");
        argv[n++] = gig_str("at");
        argv[n++] = gig_str("seat");
        argv[n++] = gig_str("withdrawn");
        argv[n++] = gig_str("print");
        argv[n++] = gig_str("outcome");
        argv[n++] = gig_str("withdraw:");
        break;

    case NGX_HTTP_GIG_ASK_SETTLED:
        argv[n++] = gig_str("HGET");
        argv[n].data = key;
        argv[n++].len = gig_key_id(key, board, l->id);
        argv[n].data = field;
        argv[n++].len = ngx_sprintf((u_char *) field, "apply:%s", l->print) - (u_char *) field;
        break;

    default: /* NGX_HTTP_GIG_ASK_STAGE */
        argv[n++] = gig_str("HGET");
        argv[n].data = key;
        argv[n++].len = gig_key(key, board, "stages");
        argv[n].data = l->id;
        argv[n++].len = ngx_strlen(l->id);
        break;
    }

    l->op = ngx_http_gig_link_command(b->link, b->redis_timeout, ngx_http_gig_lookup_handler, l,
                                      n, argv);

    if (l->op == NULL) {
        return NGX_DECLINED;
    }

    if (!r->discard_body) {
        r->read_event_handler = ngx_http_test_reading;
    }

    r->write_event_handler = ngx_http_request_empty_handler;

    return NGX_OK;
}


static void
ngx_http_gig_lookup_handler(void *data, ngx_http_gig_reply_t what, const redisReply *reply)
{
    ngx_http_gig_lookup_t  *l = data;

    ngx_int_t            rc;
    ngx_http_request_t  *r;

    l->op = NULL;
    r = l->request;

    ngx_http_set_log_request(r->connection->log, r);

    l->ctx->redis_used = 1;
    l->ctx->redis_time = ngx_current_msec - l->started;

    if (what != NGX_HTTP_GIG_REPLY_OK) {
        l->unavailable = 1;

    } else if (ngx_http_gig_lookup_next(l, reply) == NGX_AGAIN) {
        return;
    }

    ngx_http_gig_view(l->ctx);

    rc = ngx_http_gig_receipt_answer(l);

    ngx_http_gig_finalize(r, rc);
}


/* NGX_AGAIN: the next question is on its way. */

static ngx_int_t
ngx_http_gig_lookup_next(ngx_http_gig_lookup_t *l, const redisReply *reply)
{
    ngx_http_gig_ask_t  next;

    switch (l->ask) {

    case NGX_HTTP_GIG_ASK_RECORD:

        ngx_http_gig_lookup_record(l, reply);

        if (!l->known) {
            return NGX_OK;
        }

        next = l->print[0] ? NGX_HTTP_GIG_ASK_SETTLED : NGX_HTTP_GIG_ASK_STAGE;
        break;

    case NGX_HTTP_GIG_ASK_SETTLED:

        if (reply->type == REDIS_REPLY_STRING
            && gig_str_is((gig_str_t) { reply->str, reply->len }, "settled"))
        {
            l->delivered = !l->stuck;
        }

        next = NGX_HTTP_GIG_ASK_STAGE;
        break;

    default: /* NGX_HTTP_GIG_ASK_STAGE */
        if (reply->type == REDIS_REPLY_STRING) {
            gig_stages_read((gig_str_t) { reply->str, reply->len }, &l->stages);
        }

        l->delivered |= (l->stages.n != 0);
        return NGX_OK;
    }

    if (ngx_http_gig_lookup_send(l, next) == NGX_OK) {
        return NGX_AGAIN;
    }

    return NGX_OK;
}


static void
ngx_http_gig_lookup_record(ngx_http_gig_lookup_t *l, const redisReply *reply)
{
    char        at[NGX_INT64_LEN + 1], outcome[16];
    ngx_int_t   ms;

    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 7) {
        l->unavailable = 1;
        return;
    }

    if (reply->element[3]->type == REDIS_REPLY_STRING) {
        l->withdrawn = 1;
        l->known = 1;
    }

    if (ngx_http_gig_lookup_text(reply->element[6], outcome, sizeof(outcome))
        && ngx_strcmp(outcome, "settled") == 0)
    {
        l->erased = 1;
    }

    if (ngx_http_gig_lookup_text(reply->element[5], outcome, sizeof(outcome))) {
        l->asked = (ngx_strcmp(outcome, "asked") == 0);
    }

    if (!ngx_http_gig_lookup_text(reply->element[0], l->gig, sizeof(l->gig))
        || !gig_id_valid((gig_str_t) { l->gig, ngx_strlen(l->gig) }))
    {
        l->gig[0] = '\0';
        return;
    }

    l->known = 1;

    if (ngx_http_gig_lookup_text(reply->element[1], at, sizeof(at))) {
        ms = ngx_atoi((u_char *) at, ngx_strlen(at));
        l->at_ms = ms == NGX_ERROR ? 0 : ms;
    }

    /* whatever stands there: a word of ours goes out, or none */
    if (ngx_http_gig_lookup_text(reply->element[2], l->seat, sizeof(l->seat))
        && gig_ledger_seat_read((gig_str_t) { l->seat, ngx_strlen(l->seat) }) == GIG_LEDGER_SEATS)
    {
        l->seat[0] = '\0';
    }

    (void) ngx_http_gig_lookup_text(reply->element[4], l->print, sizeof(l->print));

    if (!ngx_http_gig_lookup_text(reply->element[5], outcome, sizeof(outcome))) {
        return;
    }

    /* a withdrawal that Redis forgot, and the system of record did not */
    l->erased |= (ngx_strcmp(outcome, "erased") == 0) || l->asked;
    l->stuck = (ngx_strcmp(outcome, "dead") == 0 || ngx_strcmp(outcome, "parked") == 0);

    /* what the system of record made of a reservation wins over the reservation */
    if (ngx_strcmp(outcome, "confirmed") == 0 || ngx_strcmp(outcome, "waitlisted") == 0
        || ngx_strcmp(outcome, "over") == 0 || ngx_strcmp(outcome, "late") == 0)
    {
        ngx_memcpy(l->seat, outcome, sizeof(l->seat));
    }
}


static ngx_uint_t
ngx_http_gig_lookup_text(const redisReply *reply, char *to, size_t size)
{
    if (reply == NULL || reply->type != REDIS_REPLY_STRING || reply->len == 0
        || (size_t) reply->len >= size)
    {
        return 0;
    }

    ngx_memcpy(to, reply->str, reply->len);
    to[reply->len] = '\0';

    return 1;
}


/* What this host's ledgers hold of it: where Redis does not know, or cannot be asked. */

static void
ngx_http_gig_lookup_ledger(ngx_http_gig_lookup_t *l)
{
    int64_t                    received_ms;
    gig_ledger_seat_t          seat;
    gig_ledger_record_t        withdrawal;
    ngx_http_gig_ledger_t     *ledger;
    const gig_ledger_entry_t  *entry;

    ledger = l->ctx->board->records;

    if (ledger == NULL) {
        return;
    }

    ngx_memzero(&withdrawal, sizeof(gig_ledger_record_t));
    withdrawal.op = GIG_LEDGER_WITHDRAW;
    ngx_memcpy(withdrawal.id, l->id, sizeof(withdrawal.id));

    if (ngx_http_gig_ledger_find(ledger, GIG_LEDGER_WITHDRAW, l->id, "")
        || ngx_http_gig_ledger_elsewhere(ledger, &withdrawal, &seat, &received_ms))
    {
        l->known = 1;
        l->withdrawn = 1;
        return;
    }

    entry = l->known ? NULL : ngx_http_gig_ledger_find_id(ledger, l->id);

    if (entry) {
        l->known = 1;
        l->at_ms = entry->received_ms;
        (void) ngx_cpystrn((u_char *) l->seat, (u_char *) gig_ledger_seat_text(entry->seat),
                           sizeof(l->seat));
        (void) ngx_cpystrn((u_char *) l->gig, (u_char *) entry->gig, sizeof(l->gig));
    }
}


/* Private: it leaves the image here alone, and only for who was selected. */

static void
ngx_http_gig_lookup_onboarding(ngx_http_gig_lookup_t *l, uint32_t row)
{
    gig_buf_t  json;

    if (l->withdrawn || !gig_stage_selected(gig_stages_last(&l->stages))) {
        return;
    }

    gig_buf_init(&json, GIG_RECORD_MAX);

    if (ngx_http_gig_fill(l->ctx, row, GIG_FRAGMENT_PRIVATE, &json) == NGX_OK
        && !gig_buf_failed(&json) && json.len)
    {
        l->onboarding = gig_json_parse(gig_buf_view(&json), json.len, GIG_JSON_DEPTH_MAX, NULL);
    }

    gig_buf_free(&json);
}


static ngx_int_t
ngx_http_gig_receipt_answer(ngx_http_gig_lookup_t *l)
{
    uint32_t               row;
    gig_buf_t              body;
    gig_state_t            state;
    ngx_http_gig_ctx_t    *ctx;
    ngx_http_gig_shown_t   shown;
    ngx_http_gig_answer_t  answer;

    ctx = l->ctx;
    row = GIG_ROW_NONE;

    ngx_http_gig_lookup_ledger(l);

    if (ctx->view && l->gig[0]) {
        ctx->id.data = (u_char *) l->gig;
        ctx->id.len = ngx_strlen(l->gig);
        row = ngx_http_gig_find(ctx, &state);
    }

    if (row != GIG_ROW_NONE) {
        ngx_http_gig_lookup_onboarding(l, row);
    }

    ngx_memzero(&answer, sizeof(ngx_http_gig_answer_t));
    gig_buf_init(&body, NGX_HTTP_GIG_BODY_LIMIT);

    answer.status = NGX_HTTP_OK;
    answer.max_age = NGX_HTTP_GIG_NO_STORE;
    answer.secret = 1;

    if (ctx->format == NGX_HTTP_GIG_HTML) {
        answer.type = ngx_http_gig_type_html;
        ngx_memzero(&shown, sizeof(ngx_http_gig_shown_t));

        if (row != GIG_ROW_NONE) {
            (void) ngx_http_gig_show(ctx, row, &shown);
        }

        ngx_http_gig_receipt_html(l, row, &shown, &body);
        json_decref(shown.json);

    } else {
        answer.type = ngx_http_gig_type_json;
        ngx_http_gig_receipt_json(l, &body);
    }

    return ngx_http_gig_send_buf(l->request, ctx, &answer, &body);
}


static void
ngx_http_gig_receipt_json(ngx_http_gig_lookup_t *l, gig_buf_t *body)
{
    char                 time[GIG_TIME_SIZE];
    ngx_uint_t           i;
    const gig_staged_t  *staged;

    gig_buf_puts(body, "{\"schema\":\"gig-receipt-status/1\",\"known\":");
    gig_buf_puts(body, l->unavailable && !l->known ? "null" : l->known ? "true" : "false");

    if (l->gig[0]) {
        gig_buf_printf(body, ",\"gig\":\"%s\"", l->gig);
    }

    if (l->at_ms) {
        gig_buf_printf(body, ",\"received_at\":\"%s\"", gig_time_format_ms(l->at_ms, time));
    }

    if (l->seat[0]) {
        gig_buf_puts(body, ",\"seat\":");
        gig_buf_json(body, (gig_str_t) { l->seat, ngx_strlen(l->seat) });
    }

    if (l->known) {
        gig_buf_printf(body, ",\"delivered\":%s,\"withdrawn\":%s",
                       l->delivered ? "true" : "false", l->withdrawn ? "true" : "false");
    }

    for (i = 0; i < l->stages.n; i++) {
        staged = &l->stages.list[i];
        gig_buf_printf(body, "%s{\"stage\":\"%s\"", i ? "," : ",\"stages\":[",
                       gig_stage_name(staged->stage));

        if (staged->at) {
            gig_buf_printf(body, ",\"at\":\"%s\"", gig_time_format(staged->at, time));
        }

        gig_buf_puts(body, i + 1 < l->stages.n ? "}" : "}]");
    }

    if (l->stages.n) {
        staged = &l->stages.list[l->stages.n - 1];
        gig_buf_printf(body, ",\"stage\":\"%s\"", gig_stage_name(staged->stage));

        if (staged->at) {
            gig_buf_printf(body, ",\"stage_at\":\"%s\"", gig_time_format(staged->at, time));
        }
    }

    if (l->onboarding) {
        gig_buf_puts(body, ",\"onboarding\":");
        gig_json_canonical(l->onboarding, body);
    }

    if (l->withdrawn) {
        gig_receipt_erasure(l->erased, l->asked, ngx_http_gig_erasure_time(l->ctx->board),
                            body);
    }

    gig_buf_puts(body, "}");
}


static void
ngx_http_gig_receipt_html(ngx_http_gig_lookup_t *l, uint32_t row,
    const ngx_http_gig_shown_t *shown, gig_buf_t *body)
{
    char                   token[GIG_TOKEN_TEXT];
    gig_page_t             page;
    gig_page_receipt_t     receipt;

    ngx_memzero(&receipt, sizeof(gig_page_receipt_t));

    gig_token_make(&l->ctx->board->secret, l->id, token);

    receipt.token = token;
    receipt.gig = shown->json ? &shown->gig : NULL;
    receipt.received_ms = l->at_ms;
    receipt.seat = (gig_str_t) { l->seat, ngx_strlen(l->seat) };
    receipt.known = l->known;
    receipt.delivered = l->delivered;
    receipt.withdrawn = l->withdrawn;
    receipt.stages = l->stages;
    receipt.onboarding = l->onboarding;
    receipt.erased = l->erased;
    receipt.asked = l->asked;
    receipt.ledger_keep = ngx_http_gig_erasure_time(l->ctx->board);
    receipt.confirm_withdraw = l->ctx->args.withdraw;

    receipt.self_id = shown->json && ngx_http_gig_self_id_offered(l->ctx, row);

    ngx_http_gig_page(l->ctx, &page);
    gig_page_receipt(&page, &receipt, body);
}


/* The public halves as JWK (RFC 8037), so that anybody's library can check a receipt. */

ngx_int_t
ngx_http_gig_keys(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    char                    x[sodium_base64_ENCODED_LEN(32,
                                  sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
    unsigned                i;
    gig_buf_t               body;
    const gig_subkeys_t    *key;
    ngx_http_gig_answer_t   answer;

    ngx_memzero(&answer, sizeof(ngx_http_gig_answer_t));
    gig_buf_init(&body, NGX_HTTP_GIG_BODY_LIMIT);

    gig_buf_puts(&body, "{\"keys\":[");

    for (i = 0; ctx->board->secret_set && i < ctx->board->secret.n; i++) {

        key = &ctx->board->secret.key[i];

        (void) sodium_bin2base64(x, sizeof(x), key->sign_public, sizeof(key->sign_public),
                                 sodium_base64_VARIANT_URLSAFE_NO_PADDING);

        gig_buf_puts(&body, i ? ",{\"kid\":" : "{\"kid\":");
        gig_buf_json(&body, (gig_str_t) { key->kid, ngx_strlen(key->kid) });
        gig_buf_printf(&body, ",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"use\":\"sig\",\"x\":\"%s\"}",
                       x);
    }

    gig_buf_puts(&body, "]}");

    answer.status = NGX_HTTP_OK;
    answer.type = ngx_http_gig_type_json;
    answer.max_age = NGX_HTTP_GIG_MAX_AGE;

    return ngx_http_gig_send_buf(r, ctx, &answer, &body);
}
