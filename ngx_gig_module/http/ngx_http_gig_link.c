
#include "ngx_http_gig_link.h"
#include "ngx_http_gig_connect.h"
#include "ngx_http_gig_guard.h"
#include "ngx_http_gig_ledger.h"
#include "ngx_http_gig_shm.h"

#include "gig_key.h"
#include "gig_sha1.h"


#define NGX_HTTP_GIG_LINK_REPLY_MAX     (1024 * 1024)
#define NGX_HTTP_GIG_LINK_TIMEOUTS_MAX  5           /* expiries in a row: the link is dead */
#define NGX_HTTP_GIG_LINK_ARGC_MAX      (NGX_HTTP_GIG_ARGC_MAX - 3)

/*
 * A Redis that is slow, not dead, would make each applicant wait for redis_timeout and be told now
 * this, now that.  Too many late answers, and it is not asked while applicants wait, until it has
 * been quick, by half of that time, for a while: between the two nothing changes.
 */
#define NGX_HTTP_GIG_LINK_SLOW_MAX      10          /* points: a late answer 2, one in time -1 */
#define NGX_HTTP_GIG_LINK_PROBE         250         /* ms between two PINGs to a slow one */
#define NGX_HTTP_GIG_LINK_PROBES        8           /* answered quickly, in a row */


typedef struct {
    const char               *text;
    size_t                    len;
    char                      sha[GIG_DIGEST_TEXT];
} ngx_http_gig_link_script_t;

struct ngx_http_gig_link_s {
    ngx_http_gig_board_t         *board;
    ngx_log_t                    *log;
    ngx_http_gig_connect_t        connect;
    ngx_uint_t                    in_flight;
    ngx_uint_t                    expired;          /* in a row */
    ngx_uint_t                    timeouts;
    ngx_uint_t                    refused;
    ngx_uint_t                    points;           /* of slowness, while it is not slow */
    ngx_uint_t                    quick;            /* probes in a row, while it is */
    ngx_event_t                   probe;            /* cancelable */
    unsigned                      slow:1;
    unsigned                      probing:1;
    ngx_http_gig_link_script_t    scripts[NGX_HTTP_GIG_SCRIPTS];
};

/*
 * Lives until hiredis has called back, whatever became of who waited: that is
 * why it is in no request's pool.  handler NULL: nobody waits any more.
 */
struct ngx_http_gig_op_s {
    ngx_http_gig_link_t          *link;
    ngx_http_gig_reply_pt         handler;
    void                         *data;
    ngx_msec_t                    started;
    ngx_event_t                   timer;            /* not cancelable: see _link.h */
    ngx_uint_t                    script;           /* NGX_HTTP_GIG_SCRIPTS: a plain command */
    ngx_uint_t                    argc;
    gig_str_t                     argv[1];          /* of a script: for the EVAL after NOSCRIPT */
};


static void ngx_http_gig_link_up_handler(void *data);
static void ngx_http_gig_link_down_handler(void *data);
static ngx_http_gig_op_t *ngx_http_gig_op_create(ngx_http_gig_link_t *link, ngx_msec_t timeout,
    ngx_http_gig_reply_pt handler, void *data, ngx_uint_t script, ngx_uint_t argc,
    const gig_str_t *argv);
static void ngx_http_gig_op_free(ngx_http_gig_op_t *op);
static void ngx_http_gig_op_finish(ngx_http_gig_op_t *op, ngx_http_gig_reply_t what,
    const redisReply *reply);
static void ngx_http_gig_op_expire(ngx_event_t *ev);
static void ngx_http_gig_op_reply(redisAsyncContext *ac, void *r, void *data);
static void ngx_http_gig_link_took(ngx_http_gig_link_t *link, ngx_uint_t in_time);
static void ngx_http_gig_link_probe(ngx_event_t *ev);
static void ngx_http_gig_link_probed(void *data, ngx_http_gig_reply_t what,
    const redisReply *reply);


ngx_http_gig_link_t *
ngx_http_gig_link_create(ngx_http_gig_board_t *board, ngx_cycle_t *cycle)
{
    ngx_uint_t                   i;
    unsigned char                digest[GIG_DIGEST_SIZE];
    ngx_http_gig_link_t         *link;
    ngx_http_gig_link_script_t  *script;

    link = ngx_pcalloc(cycle->pool, sizeof(ngx_http_gig_link_t));
    if (link == NULL) {
        return NULL;
    }

    link->board = board;
    link->log = cycle->log;

    link->scripts[NGX_HTTP_GIG_SCRIPT_JUDGE].text = gig_lua_judge;
    link->scripts[NGX_HTTP_GIG_SCRIPT_WITHDRAW].text = gig_lua_withdraw;
    link->scripts[NGX_HTTP_GIG_SCRIPT_SELFID].text = gig_lua_selfid;

    for (i = 0; i < NGX_HTTP_GIG_SCRIPTS; i++) {
        script = &link->scripts[i];
        script->len = strlen(script->text);
        gig_sha1((gig_str_t) { script->text, script->len }, digest);
        gig_digest_text(digest, script->sha);
    }

    link->probe.handler = ngx_http_gig_link_probe;
    link->probe.data = link;
    link->probe.log = cycle->log;
    link->probe.cancelable = 1;

    link->connect.board = board;
    link->connect.log = cycle->log;
    link->connect.name = "link";
    link->connect.reply_max = NGX_HTTP_GIG_LINK_REPLY_MAX;
    link->connect.primary = 1;
    link->connect.up = ngx_http_gig_link_up_handler;
    link->connect.down = ngx_http_gig_link_down_handler;
    link->connect.data = link;

    ngx_http_gig_connect_start(&link->connect);

    return link;
}


void
ngx_http_gig_link_destroy(ngx_http_gig_link_t *link)
{
    if (link->probe.timer_set) {
        ngx_del_timer(&link->probe);
    }

    ngx_http_gig_connect_stop(&link->connect);
}


ngx_uint_t
ngx_http_gig_link_up(ngx_http_gig_link_t *link)
{
    return link->connect.state == NGX_HTTP_GIG_CONNECT_UP;
}


ngx_uint_t
ngx_http_gig_link_quick(ngx_http_gig_link_t *link)
{
    return ngx_http_gig_link_up(link) && !link->slow;
}


static void
ngx_http_gig_link_up_handler(void *data)
{
    ngx_http_gig_link_t  *link = data;

    link->expired = 0;
    ngx_http_gig_guard_up(link->board->guard);

    /* before anything is sent to it: else all that was goes once more when the ledger looks */

    if (link->board->records) {
        ngx_http_gig_ledger_look(link->board->records);
    }
}


static void
ngx_http_gig_link_down_handler(void *data)
{
    ngx_http_gig_link_t  *link = data;

    /* What is in flight hears of it from hiredis, one by one. */
    link->expired = 0;
}


ngx_http_gig_op_t *
ngx_http_gig_link_command(ngx_http_gig_link_t *link, ngx_msec_t timeout,
    ngx_http_gig_reply_pt handler, void *data, ngx_uint_t argc, const gig_str_t *argv)
{
    ngx_http_gig_op_t  *op;

    op = ngx_http_gig_op_create(link, timeout, handler, data, NGX_HTTP_GIG_SCRIPTS, 0, NULL);
    if (op == NULL) {
        return NULL;
    }

    if (ngx_http_gig_connect_send(&link->connect, ngx_http_gig_op_reply, op, argc, argv)
        != NGX_OK)
    {
        ngx_http_gig_op_free(op);
        return NULL;
    }

    return op;
}


ngx_http_gig_op_t *
ngx_http_gig_link_script(ngx_http_gig_link_t *link, ngx_msec_t timeout,
    ngx_http_gig_reply_pt handler, void *data, ngx_http_gig_script_t script,
    ngx_uint_t n_keys, ngx_uint_t argc, const gig_str_t *argv)
{
    u_char                        number[NGX_INT_T_LEN];
    gig_str_t                     full[NGX_HTTP_GIG_ARGC_MAX];
    ngx_uint_t                    i;
    ngx_http_gig_op_t            *op;
    ngx_http_gig_link_script_t   *known;

    if (argc > NGX_HTTP_GIG_LINK_ARGC_MAX || n_keys > argc || script >= NGX_HTTP_GIG_SCRIPTS) {
        return NULL;
    }

    known = &link->scripts[script];

    full[0] = gig_str("EVALSHA");
    full[1] = (gig_str_t) { known->sha, GIG_DIGEST_TEXT - 1 };
    full[2].data = (char *) number;
    full[2].len = ngx_sprintf(number, "%ui", n_keys) - number;

    for (i = 0; i < argc; i++) {
        full[3 + i] = argv[i];
    }

    op = ngx_http_gig_op_create(link, timeout, handler, data, script, argc + 3, full);
    if (op == NULL) {
        return NULL;
    }

    if (ngx_http_gig_connect_send(&link->connect, ngx_http_gig_op_reply, op, argc + 3, full)
        != NGX_OK)
    {
        ngx_http_gig_op_free(op);
        return NULL;
    }

    return op;
}


static ngx_http_gig_op_t *
ngx_http_gig_op_create(ngx_http_gig_link_t *link, ngx_msec_t timeout,
    ngx_http_gig_reply_pt handler, void *data, ngx_uint_t script, ngx_uint_t argc,
    const gig_str_t *argv)
{
    size_t              size;
    u_char             *p;
    ngx_uint_t          i;
    ngx_http_gig_op_t  *op;

    if (!ngx_http_gig_link_up(link) || link->in_flight >= link->board->redis_in_flight) {
        link->refused++;
        return NULL;
    }

    size = sizeof(ngx_http_gig_op_t) + argc * sizeof(gig_str_t);

    for (i = 0; i < argc; i++) {
        size += argv[i].len;
    }

    op = ngx_alloc(size, link->log);
    if (op == NULL) {
        return NULL;
    }

    ngx_memzero(op, sizeof(ngx_http_gig_op_t));

    p = (u_char *) &op->argv[argc];

    for (i = 0; i < argc; i++) {
        op->argv[i].data = (char *) p;
        op->argv[i].len = argv[i].len;
        p = ngx_cpymem(p, argv[i].len ? argv[i].data : "", argv[i].len);
    }

    op->link = link;
    op->handler = handler;
    op->data = data;
    op->script = script;
    op->argc = argc;

    op->started = ngx_current_msec;
    op->timer.handler = ngx_http_gig_op_expire;
    op->timer.data = op;
    op->timer.log = link->log;

    ngx_add_timer(&op->timer, timeout);
    link->in_flight++;

    return op;
}


static void
ngx_http_gig_op_free(ngx_http_gig_op_t *op)
{
    if (op->timer.timer_set) {
        ngx_del_timer(&op->timer);
    }

    op->link->in_flight--;
    ngx_free(op);
}


void
ngx_http_gig_op_detach(ngx_http_gig_op_t *op)
{
    op->handler = NULL;

    if (op->timer.timer_set) {
        ngx_del_timer(&op->timer);
    }
}


/* Tells who waits, once; the op itself stays until hiredis lets go of it. */

static void
ngx_http_gig_op_finish(ngx_http_gig_op_t *op, ngx_http_gig_reply_t what, const redisReply *reply)
{
    ngx_http_gig_reply_pt  handler;

    handler = op->handler;
    ngx_http_gig_op_detach(op);

    if (handler) {
        handler(op->data, what, reply);
    }
}


static void
ngx_http_gig_op_expire(ngx_event_t *ev)
{
    ngx_http_gig_op_t    *op;
    ngx_http_gig_link_t  *link;

    op = ev->data;
    link = op->link;

    /* Of a probe only that it was late: the connection is as good as it was. */

    if (op->handler != ngx_http_gig_link_probed) {
        link->timeouts++;
        link->expired++;
        ngx_http_gig_count(link->board, NGX_HTTP_GIG_COUNT_REDIS_TIMEOUTS, 1);
        ngx_http_gig_link_took(link, 0);
    }

    ngx_http_gig_op_finish(op, NGX_HTTP_GIG_REPLY_TIMEOUT, NULL);

    /* From here on op may be gone: a drop runs the callback that frees it. */

    if (link->expired >= NGX_HTTP_GIG_LINK_TIMEOUTS_MAX && ngx_http_gig_link_up(link)) {
        ngx_http_gig_connect_drop(&link->connect, "operations time out");
    }
}


static void
ngx_http_gig_op_reply(redisAsyncContext *ac, void *r, void *data)
{
    redisReply            *reply = r;
    ngx_uint_t             again;
    ngx_http_gig_op_t     *op = data;
    ngx_http_gig_link_t   *link;
    ngx_http_gig_reply_t   what;

    link = op->link;

    if (reply == NULL) {
        ngx_http_gig_op_finish(op, NGX_HTTP_GIG_REPLY_LOST, NULL);
        ngx_http_gig_op_free(op);
        return;
    }

    again = 0;

    /* Only an answer in time: late ones would hide that none comes in time any more. */

    if (op->timer.timer_set) {
        link->expired = 0;
        ngx_http_gig_link_took(link, ngx_current_msec - op->started < link->board->redis_timeout);
    }

    if (reply->type != REDIS_REPLY_ERROR) {
        what = NGX_HTTP_GIG_REPLY_OK;

    } else if (op->script != NGX_HTTP_GIG_SCRIPTS && ngx_http_gig_reply_is(reply, "NOSCRIPT")
               && link->connect.ac == ac)
    {
        /* Redis lost its scripts (restart, SCRIPT FLUSH): the text itself, under the same op. */

        op->argv[0] = gig_str("EVAL");
        op->argv[1] = (gig_str_t) { link->scripts[op->script].text,
                                    link->scripts[op->script].len };
        op->script = NGX_HTTP_GIG_SCRIPTS;

        if (ngx_http_gig_connect_send(&link->connect, ngx_http_gig_op_reply, op, op->argc,
                                      op->argv)
            == NGX_OK)
        {
            return;
        }

        what = NGX_HTTP_GIG_REPLY_UNAVAILABLE;

    } else {
        what = ngx_http_gig_reply_unavailable(reply, &again) ? NGX_HTTP_GIG_REPLY_UNAVAILABLE
                                                             : NGX_HTTP_GIG_REPLY_ERROR;
    }

    ngx_http_gig_op_finish(op, what, reply);
    ngx_http_gig_op_free(op);

    if (again && link->connect.ac == ac) {
        ngx_http_gig_connect_drop(&link->connect, reply->str);
    }
}


static void
ngx_http_gig_link_took(ngx_http_gig_link_t *link, ngx_uint_t in_time)
{
    if (link->slow) {
        return;
    }

    if (in_time) {
        link->points -= link->points > 0;
        return;
    }

    link->points += 2;

    if (link->points >= NGX_HTTP_GIG_LINK_SLOW_MAX && !ngx_exiting) {
        link->slow = 1;
        link->quick = 0;
        ngx_add_timer(&link->probe, NGX_HTTP_GIG_LINK_PROBE);

        ngx_log_error(NGX_LOG_ERR, link->log, 0,
                      "gig_board \"%V\": Redis is slow: it is not asked while applicants wait, "
                      "until it has been quicker than half of redis_timeout for %ui ms",
                      &link->board->name,
                      (ngx_uint_t) NGX_HTTP_GIG_LINK_PROBE * NGX_HTTP_GIG_LINK_PROBES);
    }
}


static void
ngx_http_gig_link_probe(ngx_event_t *ev)
{
    gig_str_t             ping;
    ngx_http_gig_link_t  *link;

    link = ev->data;

    if (!link->slow || ngx_exiting) {
        return;
    }

    ngx_add_timer(&link->probe, NGX_HTTP_GIG_LINK_PROBE);

    if (link->probing) {
        return;
    }

    ping = gig_str("PING");

    if (ngx_http_gig_link_command(link, ngx_max(link->board->redis_timeout / 2, 1),
                                  ngx_http_gig_link_probed, link, 1, &ping))
    {
        link->probing = 1;

    } else {
        link->quick = 0;
    }
}


static void
ngx_http_gig_link_probed(void *data, ngx_http_gig_reply_t what, const redisReply *reply)
{
    ngx_http_gig_link_t  *link = data;

    link->probing = 0;

    if (what != NGX_HTTP_GIG_REPLY_OK) {
        link->quick = 0;
        return;
    }

    link->quick++;

    if (link->quick == NGX_HTTP_GIG_LINK_PROBES) {
        link->slow = 0;
        link->points = 0;

        ngx_log_error(NGX_LOG_NOTICE, link->log, 0,
                      "gig_board \"%V\": Redis is quick again: it is asked as before",
                      &link->board->name);
    }
}


void
ngx_http_gig_link_history(ngx_http_gig_link_t *link, ngx_http_gig_history_t *history)
{
    *history = link->connect.history;
}


void
ngx_http_gig_link_status(ngx_http_gig_link_t *link, ngx_http_gig_link_status_t *status)
{
    status->up = ngx_http_gig_link_up(link);
    status->in_flight = link->in_flight;
    status->connects = link->connect.connects;
    status->losses = link->connect.losses;
    status->timeouts = link->timeouts;
    status->refused = link->refused;
    status->since = link->connect.since;
    ngx_cpystrn((u_char *) status->error, (u_char *) link->connect.error, sizeof(status->error));
}
