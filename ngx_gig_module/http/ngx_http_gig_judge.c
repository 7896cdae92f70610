
/* A call of the judge's script: sent, and its answer taken apart with every type checked. */

#include "ngx_http_gig_upload.h"
#include "ngx_http_gig_guard.h"

#include "gig_key.h"


#define NGX_HTTP_GIG_JUDGE_KEYS    4
#define NGX_HTTP_GIG_JUDGE_ARGS    18
#define NGX_HTTP_GIG_JUDGE_ANSWER  6
#define NGX_HTTP_GIG_JUDGE_RATE    4096         /* bytes of a box that may take a ms more */
#define NGX_HTTP_GIG_JUDGE_QUIET   60000        /* ms between two of them */


static void ngx_http_gig_judge_handler(void *data, ngx_http_gig_reply_t what,
    const redisReply *reply);
static void ngx_http_gig_judge_error(ngx_http_gig_board_t *board, const redisReply *reply,
    ngx_log_t *log);
static void ngx_http_gig_judge_source(ngx_http_gig_call_t *call, gig_str_t source);
static int64_t ngx_http_gig_judge_number(const redisReply *reply);


ngx_int_t
ngx_http_gig_judge(ngx_http_gig_intake_t *intake)
{
    ngx_http_gig_call_t   *call;
    ngx_http_gig_board_t  *b;

    b = intake->ctx->board;

    if (!ngx_http_gig_link_quick(b->link)) {
        return NGX_DECLINED;
    }

    call = ngx_calloc(sizeof(ngx_http_gig_call_t), ngx_cycle->log);
    if (call == NULL) {
        return NGX_DECLINED;
    }

    call->board = b;
    call->started = ngx_current_msec;
    ngx_memcpy(call->id, intake->record.id, sizeof(call->id));
    ngx_memcpy(call->gig, intake->record.gig.data, intake->record.gig.len);
    ngx_http_gig_judge_source(call, intake->answers.source);

    if (ngx_http_gig_judge_send(b, intake->ask ? "ask" : "live",
                                intake->replaces[0] ? "replaces" : "", &intake->record,
                                b->redis_timeout, ngx_http_gig_judge_handler, call)
        != NGX_OK)
    {
        ngx_free(call);
        return NGX_DECLINED;
    }

    if (!intake->ask) {
        ngx_http_gig_limit_count(&intake->limited);
        call->limited = intake->limited;
    }

    call->node.str.data = (u_char *) call->id;
    call->node.str.len = ngx_strlen(call->id);
    call->node.node.key = ngx_crc32_short(call->node.str.data, call->node.str.len);
    ngx_rbtree_insert(&b->intakes, &call->node.node);

    call->intake = intake;
    intake->call = call;

    return NGX_OK;
}


ngx_int_t
ngx_http_gig_judge_send(ngx_http_gig_board_t *b, const char *mode,
    const char *flags, const gig_ledger_record_t *record, ngx_msec_t timeout,
    ngx_http_gig_reply_pt handler, void *data)
{
    char        at[NGX_INT64_LEN + 1], prefix[GIG_KEY_SIZE], files[NGX_SIZE_T_LEN + 1];
    char        id_key[GIG_KEY_SIZE], who_key[GIG_KEY_SIZE];
    char        seats_key[GIG_KEY_SIZE], changes_key[GIG_KEY_SIZE];
    gig_str_t   board, argv[NGX_HTTP_GIG_JUDGE_ARGS];
    ngx_uint_t  n;
    const char  *seat;

    /* Redis must have read it before it can answer */
    timeout += record->box.len / NGX_HTTP_GIG_JUDGE_RATE;

    board = ngx_http_gig_str(&b->name);
    seat = gig_ledger_seat_text(record->seat);

    n = 0;
    argv[n].data = id_key;
    argv[n++].len = gig_key_id(id_key, board, record->id);
    argv[n].data = who_key;
    argv[n++].len = gig_key_who(who_key, board, record->gig, record->who);
    argv[n].data = seats_key;
    argv[n++].len = gig_key(seats_key, board, "seats");
    argv[n].data = changes_key;
    argv[n++].len = gig_key(changes_key, board, "changes");

    argv[n].data = prefix;
    argv[n++].len = gig_key(prefix, board, "");
    argv[n++] = (gig_str_t) { mode, ngx_strlen(mode) };
    argv[n++] = (gig_str_t) { record->id, ngx_strlen(record->id) };
    argv[n++] = record->gig;
    argv[n++] = record->rev;
    argv[n].data = at;
    argv[n++].len = ngx_sprintf((u_char *) at, "%L", record->received_ms) - (u_char *) at;
    argv[n++] = ngx_http_gig_catalog_node(b);
    argv[n++] = (gig_str_t) { record->who, ngx_strlen(record->who) };
    argv[n++] = (gig_str_t) { record->print, ngx_strlen(record->print) };
    argv[n++] = (gig_str_t) { flags, ngx_strlen(flags) };
    argv[n++] = record->box;
    argv[n++] = (gig_str_t) { seat, ngx_strlen(seat) };
    argv[n++] = gig_str(NGX_HTTP_GIG_KEY_TTL);

    if (b->guard && record->box.len >= NGX_HTTP_GIG_GUARD_LARGE) {
        argv[n].data = files;
        argv[n++].len = ngx_sprintf((u_char *) files, "%uz", b->files_waiting)
                        - (u_char *) files;
    }

    if (ngx_http_gig_link_script(b->link, timeout, handler, data, NGX_HTTP_GIG_SCRIPT_JUDGE,
                                 NGX_HTTP_GIG_JUDGE_KEYS, n, argv)
        == NULL)
    {
        return NGX_DECLINED;
    }

    ngx_http_gig_guard_sent(b, record->box.len);

    return NGX_OK;
}


/* What an applicant's browser sent: cut to what the counters take, "other" beyond. */

static void
ngx_http_gig_judge_source(ngx_http_gig_call_t *call, gig_str_t source)
{
    if (source.len > NGX_HTTP_GIG_SOURCE_MAX) {
        source = gig_str("other");
    }

    if (source.len) {
        ngx_memcpy(call->source, source.data, source.len);
    }
}


static void
ngx_http_gig_judge_handler(void *data, ngx_http_gig_reply_t what, const redisReply *reply)
{
    ngx_http_gig_call_t  *call = data;

    ngx_int_t                rc;
    ngx_str_t                source;
    ngx_uint_t               known;
    ngx_http_request_t      *r;
    ngx_http_gig_board_t    *board;
    ngx_http_gig_intake_t   *intake;
    ngx_http_gig_verdict_t   verdict;

    board = call->board;
    intake = call->intake;

    ngx_rbtree_delete(&board->intakes, &call->node.node);
    (void) ngx_http_gig_upload_hold(&call->held, 0);

    known = (what == NGX_HTTP_GIG_REPLY_OK
             && ngx_http_gig_verdict_read(reply, &verdict) == NGX_OK);

    if (known && gig_str_is(verdict.verdict, "accepted")) {

        /* counted also if nobody waits any more: it stands */
        source.data = (u_char *) call->source;
        source.len = ngx_strlen(call->source);

        ngx_http_gig_count(board, NGX_HTTP_GIG_COUNT_ACCEPTED, 1);
        ngx_http_gig_visit(board, (gig_str_t) { call->gig, ngx_strlen(call->gig) }, source,
                           NGX_HTTP_GIG_APPLICATION);

    } else if (known) {

        ngx_http_gig_limit_give_back(&call->limited);

        if (intake) {
            intake->limited.counted = 0;
        }
    }

    if (intake) {

        r = intake->request;

        ngx_http_set_log_request(r->connection->log, r);

        if (what == NGX_HTTP_GIG_REPLY_ERROR && reply) {
            ngx_http_gig_judge_error(board, reply, r->connection->log);
        }

        intake->call = NULL;
        intake->unanswered = !intake->ask
                             && (what == NGX_HTTP_GIG_REPLY_TIMEOUT
                                 || what == NGX_HTTP_GIG_REPLY_LOST
                                 || what == NGX_HTTP_GIG_REPLY_ERROR);
        intake->ctx->redis_used = 1;
        intake->ctx->redis_time = ngx_current_msec - call->started;

        rc = ngx_http_gig_judged(intake, known ? &verdict : NULL);

        ngx_free(call);

        /* NGX_AGAIN: it waits for the disk */

        if (rc != NGX_AGAIN) {
            ngx_http_gig_finalize(r, rc);
        }

        return;
    }

    ngx_free(call);
}


/*
 * Redis's own words; our arguments are not in them.  Once a minute, as whatever it
 * is may be so for each application.
 */

static void
ngx_http_gig_judge_error(ngx_http_gig_board_t *board, const redisReply *reply, ngx_log_t *log)
{
    char  words[NGX_HTTP_GIG_ERROR_MAX];

    if (board->judge_told && ngx_current_msec - board->judge_told < NGX_HTTP_GIG_JUDGE_QUIET) {
        return;
    }

    board->judge_told = ngx_current_msec ? ngx_current_msec : 1;

    ngx_log_error(NGX_LOG_ERR, log, 0, "gig_board \"%V\": Redis refused the judge: %s",
                  &board->name, ngx_http_gig_words(words, reply->str));
}


ngx_int_t
ngx_http_gig_verdict_read(const redisReply *reply, ngx_http_gig_verdict_t *verdict)
{
    size_t  i;

    if (reply == NULL || reply->type != REDIS_REPLY_ARRAY
        || reply->elements != NGX_HTTP_GIG_JUDGE_ANSWER)
    {
        return NGX_DECLINED;
    }

    for (i = 0; i < NGX_HTTP_GIG_JUDGE_ANSWER; i++) {
        if (reply->element[i] == NULL || reply->element[i]->type != REDIS_REPLY_STRING) {
            return NGX_DECLINED;
        }
    }

    /* without `ready` this Redis has no memory to judge by */
    if (reply->element[0]->len == 0) {
        return NGX_DECLINED;
    }

    verdict->verdict = (gig_str_t) { reply->element[1]->str, reply->element[1]->len };
    verdict->seat = (gig_str_t) { reply->element[2]->str, reply->element[2]->len };
    verdict->at_ms = ngx_http_gig_judge_number(reply->element[4]);
    verdict->clock_ms = ngx_http_gig_judge_number(reply->element[5]);

    if (gig_str_is(verdict->verdict, "notready")) {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static int64_t
ngx_http_gig_judge_number(const redisReply *reply)
{
    off_t  n;

    n = ngx_atoof((u_char *) reply->str, reply->len);

    return n == NGX_ERROR ? 0 : n;
}
