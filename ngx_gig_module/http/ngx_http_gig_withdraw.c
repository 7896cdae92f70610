
/*
 * A withdrawal: a record like an application's.  Redis is told at once, if it can be; the
 * ledger before anybody is told that it is done.
 */

#include "ngx_http_gig_judge.h"
#include "ngx_http_gig_ledger.h"
#include "ngx_http_gig_response.h"
#include "ngx_http_gig_shm.h"

#include "gig_receipt.h"
#include "gig_key.h"


#define NGX_HTTP_GIG_WITHDRAW_ARGS  9


typedef struct {
    ngx_http_request_t           *request;
    ngx_http_gig_ctx_t           *ctx;
    ngx_http_gig_op_t            *op;           /* while Redis is asked */
    ngx_http_gig_ledger_write_t  *write;        /* while the disk is waited for */
    ngx_msec_t                    started;
    gig_ledger_record_t           record;
    unsigned                      told:1;       /* Redis has it */
} ngx_http_gig_withdrawal_t;


static void ngx_http_gig_withdraw_cleanup(void *data);
static void ngx_http_gig_withdraw_handler(void *data, ngx_http_gig_reply_t what,
    const redisReply *reply);
static ngx_int_t ngx_http_gig_withdraw_remember(ngx_http_gig_withdrawal_t *w);
static void ngx_http_gig_withdraw_written(void *data, ngx_uint_t ok);
static ngx_int_t ngx_http_gig_withdraw_answer(ngx_http_gig_withdrawal_t *w, ngx_uint_t done);


ngx_int_t
ngx_http_gig_withdraw(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx)
{
    char                        id[GIG_APPLICATION_TEXT];
    ngx_int_t                   rc;
    ngx_time_t                 *tp;
    ngx_pool_cleanup_t         *cln;
    ngx_http_gig_withdrawal_t  *w;

    if (!ctx->board->secret_set
        || gig_token_check(&ctx->board->secret, ngx_http_gig_str(&ctx->token), id) != 0)
    {
        return ngx_http_gig_problem(r, ctx, NGX_HTTP_NOT_FOUND, "not-found",
                                    "There is no receipt at this address.");
    }

    if (ngx_http_gig_drained(ctx->board) != -1) {
        ngx_str_set(&ctx->outcome, "unavailable");
        return ngx_http_gig_unavailable(r, ctx, "The withdrawal cannot be confirmed at the moment. "
                                                "Please try again in a few seconds.");
    }

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_gig_withdrawal_t));
    if (cln == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    w = cln->data;
    ngx_memzero(w, sizeof(ngx_http_gig_withdrawal_t));
    cln->handler = ngx_http_gig_withdraw_cleanup;

    tp = ngx_timeofday();

    w->request = r;
    w->ctx = ctx;
    w->started = ngx_current_msec;
    w->record.op = GIG_LEDGER_WITHDRAW;
    w->record.received_ms = (int64_t) tp->sec * 1000 + tp->msec;
    ngx_memcpy(w->record.id, id, sizeof(id));

    if (ngx_http_gig_link_quick(ctx->board->link)) {
        w->op = ngx_http_gig_withdraw_send(ctx->board, "live", &w->record,
                                           ctx->board->redis_timeout,
                                           ngx_http_gig_withdraw_handler, w);
    }

    if (w->op == NULL) {
        rc = ngx_http_gig_withdraw_remember(w);

        if (rc != NGX_AGAIN) {
            return rc;
        }
    }

    if (!r->discard_body) {
        r->read_event_handler = ngx_http_test_reading;
    }

    r->write_event_handler = ngx_http_request_empty_handler;
    r->main->count++;

    return NGX_DONE;
}


/* A client that goes away: its answer is of no use, but a withdrawal that was sent stands. */

static void
ngx_http_gig_withdraw_cleanup(void *data)
{
    ngx_http_gig_withdrawal_t  *w = data;

    if (w->op) {
        ngx_http_gig_op_detach(w->op);
        w->op = NULL;
    }

    if (w->write) {
        w->write->handler = NULL;
        w->write = NULL;
    }
}


ngx_http_gig_op_t *
ngx_http_gig_withdraw_send(ngx_http_gig_board_t *b, const char *mode,
    const gig_ledger_record_t *record, ngx_msec_t timeout, ngx_http_gig_reply_pt handler,
    void *data)
{
    char        key[GIG_KEY_SIZE], prefix[GIG_KEY_SIZE], at[NGX_INT64_LEN + 1];
    gig_str_t   board, argv[NGX_HTTP_GIG_WITHDRAW_ARGS];
    ngx_uint_t  n;

    board = ngx_http_gig_str(&b->name);

    n = 0;
    argv[n].data = key;
    argv[n++].len = gig_key_id(key, board, record->id);
    argv[n].data = prefix;
    argv[n++].len = gig_key(prefix, board, "");
    argv[n++] = (gig_str_t) { record->id, ngx_strlen(record->id) };
    argv[n].data = at;
    argv[n++].len = ngx_sprintf((u_char *) at, "%L", record->received_ms) - (u_char *) at;
    argv[n++] = ngx_http_gig_catalog_node(b);
    argv[n++] = gig_str(NGX_HTTP_GIG_KEY_TTL);
    argv[n++] = (gig_str_t) { mode, ngx_strlen(mode) };
    argv[n++] = record->gig;
    argv[n++] = (gig_str_t) { record->who, ngx_strlen(record->who) };

    return ngx_http_gig_link_script(b->link, timeout, handler, data, NGX_HTTP_GIG_SCRIPT_WITHDRAW,
                                    1, n, argv);
}


ngx_int_t
ngx_http_gig_withdraw_read(const redisReply *reply, gig_str_t *verdict)
{
    if (reply == NULL || reply->type != REDIS_REPLY_ARRAY || reply->elements < 2
        || reply->element[1]->type != REDIS_REPLY_STRING)
    {
        return NGX_DECLINED;
    }

    *verdict = (gig_str_t) { reply->element[1]->str, reply->element[1]->len };

    return gig_str_is(*verdict, "notready") ? NGX_DECLINED : NGX_OK;
}


static void
ngx_http_gig_withdraw_handler(void *data, ngx_http_gig_reply_t what, const redisReply *reply)
{
    ngx_http_gig_withdrawal_t  *w = data;

    ngx_int_t            rc;
    gig_str_t            verdict;
    ngx_http_request_t  *r;

    w->op = NULL;
    r = w->request;

    ngx_http_set_log_request(r->connection->log, r);

    w->ctx->redis_used = 1;
    w->ctx->redis_time = ngx_current_msec - w->started;
    w->told = what == NGX_HTTP_GIG_REPLY_OK
              && ngx_http_gig_withdraw_read(reply, &verdict) == NGX_OK
              && gig_str_is(verdict, "withdrawn");

    ngx_http_gig_view(w->ctx);

    rc = ngx_http_gig_withdraw_remember(w);

    if (rc != NGX_AGAIN) {
        ngx_http_gig_finalize(r, rc);
    }
}


/* NGX_AGAIN: the disk is waited for. */

static ngx_int_t
ngx_http_gig_withdraw_remember(ngx_http_gig_withdrawal_t *w)
{
    ngx_http_gig_ledger_t  *ledger;

    ledger = w->ctx->board->records;

    if (ledger == NULL) {
        return ngx_http_gig_withdraw_answer(w, w->told);
    }

    if (ngx_http_gig_ledger_find(ledger, GIG_LEDGER_WITHDRAW, w->record.id, "")) {
        return ngx_http_gig_withdraw_answer(w, 1);
    }

    /* It may be a second one, of what is settled, and that told, already: it is asked at once. */

    w->write = ngx_http_gig_ledger_write(ledger, &w->record, 0, ngx_http_gig_withdraw_written, w);

    return w->write ? NGX_AGAIN : ngx_http_gig_withdraw_answer(w, 0);
}


static void
ngx_http_gig_withdraw_written(void *data, ngx_uint_t ok)
{
    ngx_http_request_t         *r;
    ngx_http_gig_withdrawal_t  *w = data;

    w->write = NULL;
    r = w->request;

    ngx_http_set_log_request(r->connection->log, r);
    ngx_http_gig_view(w->ctx);
    ngx_http_gig_finalize(r, ngx_http_gig_withdraw_answer(w, ok));
}


/* A segment takes records for ledger_keep at most, and stays as long after its last tick. */

int64_t
ngx_http_gig_erasure_time(ngx_http_gig_board_t *b)
{
    return b->ledger ? b->ledger_keep + ngx_http_gig_ledger_span(b) : 0;
}


static ngx_int_t
ngx_http_gig_withdraw_answer(ngx_http_gig_withdrawal_t *w, ngx_uint_t done)
{
    u_char                *p;
    gig_buf_t              body;
    ngx_http_request_t    *r;
    ngx_http_gig_ctx_t    *ctx;
    ngx_http_gig_answer_t  answer;

    r = w->request;
    ctx = w->ctx;

    if (!done) {
        ngx_str_set(&ctx->outcome, "unavailable");
        return ngx_http_gig_unavailable(r, ctx, "The withdrawal cannot be confirmed at the moment. "
                                                "Please try again in a few seconds.");
    }

    ngx_str_set(&ctx->outcome, "withdrawn");
    ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_WITHDRAWN, 1);

    ngx_memzero(&answer, sizeof(ngx_http_gig_answer_t));

    answer.max_age = NGX_HTTP_GIG_NO_STORE;
    answer.secret = 1;

    /* only a form is led back to its page */
    if (ctx->format == NGX_HTTP_GIG_HTML && r->method == NGX_HTTP_POST) {

        p = ngx_pnalloc(r->pool, ctx->conf->base.len + ctx->token.len + ctx->args.lang.len
                                 + sizeof("receipts/?lang="));
        if (p == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        answer.status = NGX_HTTP_SEE_OTHER;
        answer.location.data = p;
        answer.location.len = ngx_sprintf(p, "%Vreceipts/%V%s%V", &ctx->conf->base, &ctx->token,
                                          ctx->args.lang.len ? "?lang=" : "", &ctx->args.lang)
                              - p;

        return ngx_http_gig_send(r, ctx, &answer, NULL);
    }

    gig_buf_init(&body, NGX_HTTP_GIG_BODY_LIMIT);
    gig_buf_puts(&body, "{\"schema\":\"gig-receipt-status/1\",\"known\":true,\"withdrawn\":true");
    gig_receipt_erasure(0, 0, ngx_http_gig_erasure_time(ctx->board), &body);
    gig_buf_puts(&body, "}");

    answer.status = NGX_HTTP_OK;
    answer.type = ngx_http_gig_type_json;

    return ngx_http_gig_send_buf(r, ctx, &answer, &body);
}
