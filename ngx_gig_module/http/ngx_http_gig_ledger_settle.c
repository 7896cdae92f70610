
/*
 * The ledger and Redis.  Once a second, as long as something is not settled: is it still the
 * Redis that we sent it to, and what has been settled?  What is due is sent again, a
 * record at a time, by the judge's own script, which knows what it has seen.
 */

#include "ngx_http_gig_ledger_parts.h"
#include "ngx_http_gig_guard.h"
#include "ngx_http_gig_judge.h"
#include "ngx_http_gig_link.h"
#include "ngx_http_gig_request.h"

#include "gig_key.h"


#define NGX_HTTP_GIG_SETTLED_MAX    "1000"          /* entries a look */
#define NGX_HTTP_GIG_SETTLED_N      1000


/* Which record was sent: the book may have changed until its answer is there. */
typedef struct {
    ngx_http_gig_ledger_t     *ledger;
    gig_ledger_op_t            op;
    unsigned                   replay:1;
    uint32_t                   len;
    char                       id[GIG_APPLICATION_TEXT];
    char                       print[GIG_HASH_TEXT];
} ngx_http_gig_send_t;


static void ngx_http_gig_ledger_history(ngx_http_gig_ledger_t *ledger, gig_str_t replid,
    gig_str_t ready);
static void ngx_http_gig_ledger_ready(void *data, ngx_http_gig_reply_t what,
    const redisReply *reply);
static void ngx_http_gig_ledger_poll(ngx_http_gig_ledger_t *ledger);
static void ngx_http_gig_ledger_settled(void *data, ngx_http_gig_reply_t what,
    const redisReply *reply);
static void ngx_http_gig_ledger_entry(ngx_http_gig_ledger_t *ledger, const redisReply *fields);
static void ngx_http_gig_ledger_judged(void *data, ngx_http_gig_reply_t what,
    const redisReply *reply);
static void ngx_http_gig_ledger_sent(ngx_http_gig_ledger_t *ledger, gig_ledger_op_t op,
    const char *id, const char *print, ngx_uint_t reached);
static void ngx_http_gig_ledger_early(ngx_http_gig_ledger_t *ledger, ngx_queue_t *writes,
    gig_ledger_op_t op, const char *id, const char *print);


void
ngx_http_gig_ledger_look(ngx_http_gig_ledger_t *ledger)
{
    char                     ready[GIG_KEY_SIZE], replay[GIG_KEY_SIZE];
    gig_str_t                argv[3];
    ngx_http_gig_board_t    *board;

    board = ledger->board;

    if (ledger->polling || !ngx_http_gig_link_up(board->link)) {
        return;
    }

    /* Also with nothing to wait for: a replay is about what was settled long ago. */

    argv[0] = gig_str("MGET");
    argv[1].data = ready;
    argv[1].len = gig_key(ready, ngx_http_gig_str(&board->name), "ready");
    argv[2].data = replay;
    argv[2].len = gig_key(replay, ngx_http_gig_str(&board->name), "replay");

    if (ngx_http_gig_link_command(board->link, NGX_HTTP_GIG_LEDGER_TIMEOUT,
                                  ngx_http_gig_ledger_ready, ledger, 3, argv))
    {
        ledger->polling = 1;
    }
}


/*
 * Another history: nothing that was sent may be there.  ready empty: not rebuilt yet, so it
 * will be another one; the judge would not take anything now.
 */

static void
ngx_http_gig_ledger_history(ngx_http_gig_ledger_t *ledger, gig_str_t replid, gig_str_t ready)
{
    ngx_http_gig_history_t  *seen = &ledger->history;

    if (ready.len == 0 || ready.len >= sizeof(seen->ready)
        || replid.len >= sizeof(seen->replid))
    {
        return;
    }

    if (gig_str_is(ready, seen->ready) && (replid.len == 0 || gig_str_is(replid, seen->replid))) {
        return;
    }

    /* Also at the first look: what came before it went to a Redis that nobody had looked at. */

    if (seen->ready[0] || gig_ledger_book_gap(ledger->book) != 0) {
        gig_ledger_book_again(ledger->book, (int64_t) ngx_current_msec);

        /* its clock may be behind that of the one before, and numbers come again */
        ngx_http_gig_ledger_from_now(ledger);
    }

    ngx_memcpy(seen->ready, ready.data, ready.len);
    seen->ready[ready.len] = '\0';

    if (replid.len) {
        ngx_memcpy(seen->replid, replid.data, replid.len);
        seen->replid[replid.len] = '\0';
    }
}


static void
ngx_http_gig_ledger_ready(void *data, ngx_http_gig_reply_t what, const redisReply *reply)
{
    char                     words[NGX_HTTP_GIG_ERROR_MAX];
    ngx_int_t                rc;
    const redisReply        *ready, *replay;
    ngx_http_gig_history_t   history;
    ngx_http_gig_ledger_t   *ledger = data;

    ledger->polling = 0;

    if (what == NGX_HTTP_GIG_REPLY_ERROR && !ledger->refused_told) {
        ledger->refused_told = 1;
        ngx_log_error(NGX_LOG_ERR, ledger->log, 0,
                      "gig_board \"%V\": the ledger may not ask Redis for \"ready\" and "
                      "\"replay\", so nothing in it is ever ticked: %s", &ledger->board->name,
                      ngx_http_gig_words(words, reply->str));
    }

    if (what != NGX_HTTP_GIG_REPLY_OK || reply->type != REDIS_REPLY_ARRAY
        || reply->elements != 2)
    {
        return;
    }

    ready = reply->element[0];
    replay = reply->element[1];

    if (ready->type != REDIS_REPLY_STRING) {
        return;
    }

    /* `ready` as it is now: a rebuild does not end the connection that told its replid */

    ngx_http_gig_link_history(ledger->board->link, &history);
    ngx_http_gig_ledger_history(ledger,
                                (gig_str_t) { history.replid, ngx_strlen(history.replid) },
                                (gig_str_t) { ready->str, ready->len });

    /* Before `settled` is looked at: what that says from before a replay is not so any more. */

    rc = ngx_http_gig_ledger_asked(ledger, replay->type == REDIS_REPLY_STRING
                                           ? (gig_str_t) { replay->str, replay->len }
                                           : gig_null_str);

    if (rc == NGX_OK && gig_ledger_book_gap(ledger->book) != 0) {
        ngx_http_gig_ledger_poll(ledger);
    }

    ngx_http_gig_ledger_kick(ledger);
}


static void
ngx_http_gig_ledger_poll(ngx_http_gig_ledger_t *ledger)
{
    char                   key[GIG_KEY_SIZE], from[NGX_HTTP_GIG_LEDGER_CURSOR + 1];
    gig_str_t              argv[6];
    ngx_http_gig_board_t  *board;

    board = ledger->board;

    /* Each is written down with the next task: no more than there is room for. */

    if (ledger->n_ticks + NGX_HTTP_GIG_SETTLED_N + NGX_HTTP_GIG_LEDGER_SENDS
        > NGX_HTTP_GIG_LEDGER_TICKS)
    {
        return;
    }

    argv[0] = gig_str("XRANGE");
    argv[1].data = key;
    argv[1].len = gig_key(key, ngx_http_gig_str(&board->name), "settled");
    argv[2].data = from;
    argv[2].len = ngx_sprintf((u_char *) from, "(%s", ledger->cursor) - (u_char *) from;
    argv[3] = gig_str("+");
    argv[4] = gig_str("COUNT");
    argv[5] = gig_str(NGX_HTTP_GIG_SETTLED_MAX);

    if (ngx_http_gig_link_command(board->link, NGX_HTTP_GIG_LEDGER_TIMEOUT,
                                  ngx_http_gig_ledger_settled, ledger, 6, argv))
    {
        ledger->polling = 1;
    }
}


static void
ngx_http_gig_ledger_settled(void *data, ngx_http_gig_reply_t what, const redisReply *reply)
{
    size_t                  i;
    const redisReply       *entry;
    ngx_http_gig_ledger_t  *ledger = data;

    ledger->polling = 0;
    ledger->early = 0;

    if (what != NGX_HTTP_GIG_REPLY_OK || reply->type != REDIS_REPLY_ARRAY) {
        return;
    }

    for (i = 0; i < reply->elements; i++) {
        entry = reply->element[i];

        if (entry->type != REDIS_REPLY_ARRAY || entry->elements != 2
            || !ngx_http_gig_ledger_text(entry->element[0], ledger->cursor,
                                         sizeof(ledger->cursor)))
        {
            return;
        }

        ngx_http_gig_ledger_entry(ledger, entry->element[1]);
    }

    if (reply->elements == NGX_HTTP_GIG_SETTLED_N) {
        ngx_http_gig_ledger_poll(ledger);
    }

    ngx_http_gig_ledger_kick(ledger);
}


static void
ngx_http_gig_ledger_entry(ngx_http_gig_ledger_t *ledger, const redisReply *fields)
{
    char              id[GIG_APPLICATION_TEXT], print[GIG_HASH_TEXT], op[16], name[16];
    size_t            i;
    const redisReply  *value;

    if (fields->type != REDIS_REPLY_ARRAY) {
        return;
    }

    id[0] = '\0';
    op[0] = '\0';
    print[0] = '\0';

    for (i = 0; i + 1 < fields->elements; i += 2) {
        value = fields->element[i + 1];

        if (!ngx_http_gig_ledger_text(fields->element[i], name, sizeof(name))) {
            continue;
        }

        if (ngx_strcmp(name, "id") == 0) {
            (void) ngx_http_gig_ledger_text(value, id, sizeof(id));

        } else if (ngx_strcmp(name, "op") == 0) {
            (void) ngx_http_gig_ledger_text(value, op, sizeof(op));

        } else if (ngx_strcmp(name, "print") == 0) {
            (void) ngx_http_gig_ledger_text(value, print, sizeof(print));
        }
    }

    if (ngx_strcmp(op, "apply") == 0) {
        ngx_http_gig_ledger_ticked(ledger, GIG_LEDGER_APPLY, id, print);

    } else if (ngx_strcmp(op, "withdraw") == 0) {
        ngx_http_gig_ledger_ticked(ledger, GIG_LEDGER_WITHDRAW, id, print);
    }
}


void
ngx_http_gig_ledger_ticked(ngx_http_gig_ledger_t *ledger, gig_ledger_op_t op, const char *id,
    const char *print)
{
    ngx_time_t                 *tp;
    gig_ledger_entry_t          entry;
    ngx_http_gig_tick_t        *tick;
    ngx_http_gig_ledger_job_t  *job;

    /* also of one that is in the book: a retry's is one more */

    ngx_http_gig_ledger_early(ledger, &ledger->writes, op, id, print);

    if (ledger->task) {
        job = ledger->task->ctx;
        ngx_http_gig_ledger_early(ledger, &job->writes, op, id, print);
    }

    if (!gig_ledger_book_tick(ledger->book, op, id, print, &entry)) {
        return;
    }

    ngx_http_gig_ledger_untell(ledger, op, id, print);

    tp = ngx_timeofday();
    ledger->segment[entry.segment].last_tick = (int64_t) tp->sec * 1000 + tp->msec;

    /* Without room it stays unwritten: who takes over this segment sends it once more. */

    if (ledger->n_ticks == NGX_HTTP_GIG_LEDGER_TICKS) {
        return;
    }

    tick = &ledger->ticks[ledger->n_ticks++];
    tick->segment = entry.segment;
    tick->op = op;
    ngx_memcpy(tick->id, entry.id, sizeof(tick->id));
    ngx_memcpy(tick->print, entry.print, sizeof(tick->print));
    tick->at_ms = ledger->segment[entry.segment].last_tick;
}


/*
 * It may be settled before its fsync is over.  The stream does not say so again: it would be open
 * until it is sent once more.  Most of what is not in the book is of other workers, so that there
 * is a bound on looking.  A task that is under way reads the queue, and nothing of `settled`.
 */

static void
ngx_http_gig_ledger_early(ngx_http_gig_ledger_t *ledger, ngx_queue_t *writes, gig_ledger_op_t op,
    const char *id, const char *print)
{
    ngx_queue_t                  *q;
    ngx_http_gig_ledger_write_t  *w;

    for (q = ngx_queue_head(writes);
         q != ngx_queue_sentinel(writes) && ledger->early < NGX_HTTP_GIG_LEDGER_EARLY;
         q = ngx_queue_next(q))
    {
        w = ngx_queue_data(q, ngx_http_gig_ledger_write_t, queue);
        ledger->early++;

        if (w->record.op == op && ngx_strcmp(w->record.id, id) == 0
            && (op == GIG_LEDGER_WITHDRAW || ngx_strcmp(w->record.print, print) == 0))
        {
            w->settled = ledger->replay.number + 1;
        }
    }
}


/* What the next task is to read. */

ngx_uint_t
ngx_http_gig_ledger_due(ngx_http_gig_ledger_t *ledger, ngx_http_gig_again_t *again,
    ngx_uint_t max)
{
    ngx_uint_t           n, seen;
    gig_ledger_entry_t  *e;

    if (!ngx_http_gig_link_up(ledger->board->link)) {
        return 0;
    }

    n = 0;

    for (seen = 0;
         seen < max && ledger->sends < max && ledger->send_bytes < NGX_HTTP_GIG_LEDGER_SEND_BYTES;
         seen++)
    {
        e = gig_ledger_book_due(ledger->book, (int64_t) ngx_current_msec);

        if (e == NULL) {
            break;
        }

        /* on this disk it is safe, and Redis is not there to hold files for long */

        if (e->len >= NGX_HTTP_GIG_GUARD_LARGE
            && !ngx_http_gig_guard_room(ledger->board, e->len, 1))
        {
            gig_ledger_book_sent(ledger->book, e, 0, (int64_t) ngx_current_msec);
            continue;
        }

        again[n].op = e->op;
        ngx_memcpy(again[n].id, e->id, sizeof(again[n].id));
        ngx_memcpy(again[n].print, e->print, sizeof(again[n].print));
        again[n].segment = e->segment;
        again[n].offset = e->offset;
        again[n].len = e->len;
        again[n].replay = e->replay || ledger->in_force;
        ledger->sends++;
        ledger->send_bytes += e->len;
        n++;
    }

    return n;
}


void
ngx_http_gig_ledger_send(ngx_http_gig_ledger_t *ledger, ngx_http_gig_again_t *again)
{
    uint32_t              number;
    ngx_int_t             rc;
    gig_ledger_record_t   record;
    ngx_http_gig_send_t  *send;

    send = ngx_calloc(sizeof(ngx_http_gig_send_t), ledger->log);

    if (send == NULL) {
        ngx_http_gig_ledger_unsent(ledger, again);
        return;
    }

    send->ledger = ledger;
    send->op = again->op;
    send->replay = again->replay;
    send->len = again->len;
    ngx_memcpy(send->id, again->id, sizeof(send->id));
    ngx_memcpy(send->print, again->print, sizeof(send->print));

    if (again->frame == NULL
        || gig_ledger_frame_read((gig_str_t) { again->frame, again->len },
                                 ledger->segment[again->segment].id, &record, &number)
           == 0)
    {
        rc = NGX_ERROR;

    } else if (record.op == GIG_LEDGER_WITHDRAW) {
        rc = ngx_http_gig_withdraw_send(ledger->board, again->replay ? "replay" : "resend",
                                        &record, NGX_HTTP_GIG_LEDGER_TIMEOUT,
                                        ngx_http_gig_ledger_judged, send)
             ? NGX_OK : NGX_DECLINED;

    } else {
        rc = ngx_http_gig_judge_send(ledger->board,
                                     again->replay ? "replay"
                                     : record.seat == GIG_LEDGER_NONE ? "intent" : "resend",
                                     "", &record, NGX_HTTP_GIG_LEDGER_TIMEOUT,
                                     ngx_http_gig_ledger_judged, send);
    }

    if (rc != NGX_OK) {
        ngx_http_gig_ledger_unsent(ledger, again);
        ngx_free(send);
        return;
    }

    free(again->frame);
    again->frame = NULL;
}


/* It stays where it was, and is due again soon. */

void
ngx_http_gig_ledger_unsent(ngx_http_gig_ledger_t *ledger, ngx_http_gig_again_t *again)
{
    ledger->sends--;
    ledger->send_bytes -= again->len;
    ngx_http_gig_ledger_sent(ledger, again->op, again->id, again->print, 0);
    free(again->frame);
    again->frame = NULL;
}


static void
ngx_http_gig_ledger_judged(void *data, ngx_http_gig_reply_t what, const redisReply *reply)
{
    gig_str_t                said;
    ngx_int_t                rc;
    ngx_uint_t               reached;
    ngx_http_gig_send_t     *send = data;
    ngx_http_gig_ledger_t   *ledger;
    ngx_http_gig_verdict_t   verdict;

    ledger = send->ledger;
    ledger->sends--;
    ledger->send_bytes -= send->len;
    reached = 0;
    said = gig_null_str;
    rc = NGX_DECLINED;

    if (what == NGX_HTTP_GIG_REPLY_OK) {

        if (send->op == GIG_LEDGER_WITHDRAW) {
            rc = ngx_http_gig_withdraw_read(reply, &said);

        } else {
            rc = ngx_http_gig_verdict_read(reply, &verdict);
            said = verdict.verdict;
        }
    }

    if (rc == NGX_OK) {

        /* Sent before a replay was heard of: it goes again, and then that says nothing. */

        if (gig_str_is(said, "settled") && (send->replay || !ledger->in_force)) {
            ngx_http_gig_ledger_ticked(ledger, send->op, send->id, send->print);

        } else {
            reached = gig_str_is(said, "queued") || gig_str_is(said, "appended");
        }
    }

    ngx_http_gig_ledger_sent(ledger, send->op, send->id, send->print, reached);
    ngx_free(send);
    ngx_http_gig_ledger_kick(ledger);
}


static void
ngx_http_gig_ledger_sent(ngx_http_gig_ledger_t *ledger, gig_ledger_op_t op, const char *id,
    const char *print, ngx_uint_t reached)
{
    gig_ledger_entry_t  *e;

    e = gig_ledger_book_find(ledger->book, op, id, print);

    if (e && e->sending) {
        gig_ledger_book_sent(ledger->book, e, (int) reached, (int64_t) ngx_current_msec);
    }
}


ngx_uint_t
ngx_http_gig_ledger_text(const redisReply *reply, char *out, size_t size)
{
    if (reply->type != REDIS_REPLY_STRING || reply->len == 0 || (size_t) reply->len >= size) {
        return 0;
    }

    ngx_memcpy(out, reply->str, reply->len);
    out[reply->len] = '\0';

    return 1;
}
