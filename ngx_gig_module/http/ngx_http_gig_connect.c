
#include "ngx_http_gig_connect.h"
#include "ngx_http_gig_adapter.h"
#include "ngx_http_gig_shm.h"

#include "gig_key.h"


static void ngx_http_gig_connect_timer(ngx_event_t *ev);
static void ngx_http_gig_connect_attempt(ngx_http_gig_connect_t *cn);
static void ngx_http_gig_connect_resolved(ngx_resolver_ctx_t *ctx);
static void ngx_http_gig_connect_open(ngx_http_gig_connect_t *cn, struct sockaddr *sa,
    socklen_t socklen);
static void ngx_http_gig_connect_on_connect(const redisAsyncContext *ac, int status);
static void ngx_http_gig_connect_on_disconnect(const redisAsyncContext *ac, int status);
static void ngx_http_gig_connect_next(ngx_http_gig_connect_t *cn);
static void ngx_http_gig_connect_reply(redisAsyncContext *ac, void *r, void *data);
static void ngx_http_gig_connect_pong(redisAsyncContext *ac, void *r, void *data);
static ngx_int_t ngx_http_gig_connect_command(ngx_http_gig_connect_t *cn,
    redisCallbackFn *callback, void *data, ngx_uint_t argc, const gig_str_t *argv);
static void ngx_http_gig_connect_is_up(ngx_http_gig_connect_t *cn);
static void ngx_http_gig_connect_is_down(ngx_http_gig_connect_t *cn, const char *why);


void
ngx_http_gig_connect_start(ngx_http_gig_connect_t *cn)
{
    cn->timer.handler = ngx_http_gig_connect_timer;
    cn->timer.data = cn;
    cn->timer.log = cn->log;
    cn->timer.cancelable = 1;

    cn->state = NGX_HTTP_GIG_CONNECT_DOWN;
    cn->delay = NGX_HTTP_GIG_CONNECT_DELAY;
    cn->since = ngx_time();

    /* From the timer like every other attempt: nobody's callback runs inside start. */
    ngx_add_timer(&cn->timer, 1);
}


void
ngx_http_gig_connect_stop(ngx_http_gig_connect_t *cn)
{
    redisAsyncContext  *ac;

    cn->closing = 1;
    cn->state = NGX_HTTP_GIG_CONNECT_DOWN;

    if (cn->timer.timer_set) {
        ngx_del_timer(&cn->timer);
    }

    if (cn->resolving) {
        ngx_resolve_name_done(cn->resolving);
        cn->resolving = NULL;
    }

    ac = cn->ac;

    if (ac) {
        cn->ac = NULL;
        ac->data = NULL;
        redisAsyncFree(ac);
    }
}


void
ngx_http_gig_connect_drop(ngx_http_gig_connect_t *cn, const char *why)
{
    redisAsyncContext  *ac;

    ac = cn->ac;

    if (ac) {
        /* Cleared before the freeing, which runs the callbacks of all that is in flight. */
        cn->ac = NULL;
        ac->data = NULL;
        ngx_http_gig_connect_is_down(cn, why);
        redisAsyncFree(ac);
        return;
    }

    ngx_http_gig_connect_is_down(cn, why);
}


ngx_int_t
ngx_http_gig_connect_send(ngx_http_gig_connect_t *cn, redisCallbackFn *callback, void *data,
    ngx_uint_t argc, const gig_str_t *argv)
{
    if (cn->state != NGX_HTTP_GIG_CONNECT_UP) {
        return NGX_ERROR;
    }

    return ngx_http_gig_connect_command(cn, callback, data, argc, argv);
}


static ngx_int_t
ngx_http_gig_connect_command(ngx_http_gig_connect_t *cn, redisCallbackFn *callback, void *data,
    ngx_uint_t argc, const gig_str_t *argv)
{
    if (cn->ac == NULL || argc == 0 || argc > NGX_HTTP_GIG_ARGC_MAX) {
        return NGX_ERROR;
    }

    return ngx_http_gig_adapter_send(cn->ac, callback, data, argc, argv);
}


static void
ngx_http_gig_connect_timer(ngx_event_t *ev)
{
    gig_str_t                ping;
    ngx_http_gig_connect_t  *cn;

    cn = ev->data;

    switch (cn->state) {

    case NGX_HTTP_GIG_CONNECT_DOWN:

        if (!ngx_exiting) {
            ngx_http_gig_connect_attempt(cn);
        }

        return;

    case NGX_HTTP_GIG_CONNECT_UP:

        if (ngx_exiting) {
            return;
        }

        if (cn->pinging) {
            ngx_http_gig_connect_drop(cn, "no answer to PING");
            return;
        }

        ping = gig_str("PING");

        if (ngx_http_gig_connect_send(cn, ngx_http_gig_connect_pong, cn, 1, &ping) != NGX_OK) {
            ngx_http_gig_connect_drop(cn, "PING could not be sent");
            return;
        }

        cn->pinging = 1;
        ngx_add_timer(&cn->timer, NGX_HTTP_GIG_PING_INTERVAL);
        return;

    default:
        ngx_http_gig_connect_drop(cn, "timed out");
    }
}


static void
ngx_http_gig_connect_attempt(ngx_http_gig_connect_t *cn)
{
    ngx_resolver_ctx_t        *ctx;
    ngx_http_gig_redis_t      *redis;
    ngx_http_gig_main_conf_t  *gmcf;

    redis = &cn->board->redis;

    ngx_add_timer(&cn->timer, NGX_HTTP_GIG_CONNECT_TIMEOUT);

    gmcf = ngx_http_cycle_get_module_main_conf(ngx_cycle, ngx_http_gig_module);

    if (redis->host.len == 0 || gmcf == NULL || gmcf->resolver == NULL
        || gmcf->resolver->connections.nelts == 0)
    {
        if (redis->addrs == NULL) {
            ngx_http_gig_connect_is_down(cn, "its name needs the directive \"resolver\"");
            return;
        }

        ngx_http_gig_connect_open(cn, redis->addrs[0].sockaddr, redis->addrs[0].socklen);
        return;
    }

    cn->state = NGX_HTTP_GIG_CONNECT_RESOLVE;

    ctx = ngx_resolve_start(gmcf->resolver, NULL);

    if (ctx == NULL || ctx == NGX_NO_RESOLVER) {
        ngx_http_gig_connect_is_down(cn, "its name cannot be resolved");
        return;
    }

    ctx->name = redis->host;
    ctx->handler = ngx_http_gig_connect_resolved;
    ctx->data = cn;
    ctx->timeout = gmcf->resolver_timeout;
    ctx->cancelable = 1;

    cn->resolving = ctx;

    if (ngx_resolve_name(ctx) != NGX_OK) {
        cn->resolving = NULL;
        ngx_http_gig_connect_is_down(cn, "its name cannot be resolved");
    }
}


static void
ngx_http_gig_connect_resolved(ngx_resolver_ctx_t *ctx)
{
    ngx_uint_t               i;
    ngx_http_gig_connect_t  *cn;

    cn = ctx->data;

    if (ctx->state == 0 && ctx->naddrs) {
        /* A random one of several, so that a dead one is not all we ever try. */
        i = (ngx_uint_t) ngx_random() % ctx->naddrs;

        ngx_memcpy(&cn->address, ctx->addrs[i].sockaddr, ctx->addrs[i].socklen);
        ngx_inet_set_port(&cn->address.sockaddr, cn->board->redis.port);
        cn->resolved = ctx->addrs[i].socklen;
    }

    ngx_resolve_name_done(ctx);
    cn->resolving = NULL;

    if (!cn->resolved) {
        ngx_http_gig_connect_is_down(cn, "its name cannot be resolved");
        return;
    }

    /* Names fail when networks do: the last address known is better than none. */
    ngx_http_gig_connect_open(cn, &cn->address.sockaddr, (socklen_t) cn->resolved);
}


static void
ngx_http_gig_connect_open(ngx_http_gig_connect_t *cn, struct sockaddr *sa, socklen_t socklen)
{
    size_t              len;
    u_char              text[NGX_SOCKADDR_STRLEN + 1];
    redisAsyncContext  *ac;

#if (NGX_HAVE_UNIX_DOMAIN)
    if (sa->sa_family == AF_UNIX) {
        ac = redisAsyncConnectUnix(((struct sockaddr_un *) sa)->sun_path);

    } else
#endif
    {
        /* Numeric, always: for a name hiredis would call a resolver that blocks. */
        len = ngx_sock_ntop(sa, socklen, text, NGX_SOCKADDR_STRLEN, 0);
        text[len] = '\0';

        if (text[0] == '[' && text[len - 1] == ']') {
            text[len - 1] = '\0';
            ac = redisAsyncConnect((char *) text + 1, ngx_inet_get_port(sa));

        } else {
            ac = redisAsyncConnect((char *) text, ngx_inet_get_port(sa));
        }
    }

    if (ac == NULL) {
        ngx_http_gig_connect_is_down(cn, "out of memory");
        return;
    }

    if (ac->err) {
        (void) ngx_http_gig_words(cn->error, ac->errstr);
        redisAsyncFree(ac);
        ngx_http_gig_connect_is_down(cn, NULL);
        return;
    }

    if (ngx_http_gig_adapter_attach(ac, cn->reply_max, cn->log) != NGX_OK) {
        redisAsyncFree(ac);
        ngx_http_gig_connect_is_down(cn, "no free worker_connections");
        return;
    }

    ac->data = cn;
    cn->ac = ac;
    cn->state = NGX_HTTP_GIG_CONNECT_CONNECT;

    (void) redisAsyncSetConnectCallback(ac, ngx_http_gig_connect_on_connect);
    (void) redisAsyncSetDisconnectCallback(ac, ngx_http_gig_connect_on_disconnect);
}


/*
 * A connect that failed calls only this one, and hiredis frees ac after it: it
 * must be neither freed nor disconnected here.
 */

static void
ngx_http_gig_connect_on_connect(const redisAsyncContext *ac, int status)
{
    ngx_http_gig_connect_t  *cn;

    cn = ac->data;

    if (cn == NULL || cn->ac != ac) {
        return;
    }

    if (status != REDIS_OK) {
        ngx_http_gig_connect_on_disconnect(ac, status);
        return;
    }

    ngx_http_gig_connect_next(cn);
}


static void
ngx_http_gig_connect_on_disconnect(const redisAsyncContext *ac, int status)
{
    const char              *why;
    ngx_http_gig_connect_t  *cn;

    cn = ac->data;

    /* A connection that was replaced or let go already: nobody's any more. */

    if (cn == NULL || cn->ac != ac) {
        return;
    }

    cn->ac = NULL;

    why = ac->errstr;

    if (why == NULL || *why == '\0') {
        why = (ac->c.errstr[0] != '\0') ? ac->c.errstr : "connection closed";
    }

    ngx_http_gig_connect_is_down(cn, why);
}


/* Sends what comes after cn->state.  Steps without a purpose are skipped. */

static void
ngx_http_gig_connect_next(ngx_http_gig_connect_t *cn)
{
    char                   key[GIG_KEY_SIZE];
    u_char                 number[NGX_INT_T_LEN];
    gig_str_t              argv[3];
    ngx_uint_t             argc;
    ngx_http_gig_redis_t  *redis;

    redis = &cn->board->redis;
    argc = 0;

    switch (cn->state) {

    case NGX_HTTP_GIG_CONNECT_CONNECT:

        if (redis->password.len) {
            cn->state = NGX_HTTP_GIG_CONNECT_AUTH;
            argv[argc++] = gig_str("AUTH");

            if (redis->user.len) {
                argv[argc++] = (gig_str_t) { (char *) redis->user.data, redis->user.len };
            }

            argv[argc++] = (gig_str_t) { (char *) redis->password.data, redis->password.len };
            break;
        }

        /* fall through */

    case NGX_HTTP_GIG_CONNECT_AUTH:

        if (redis->db) {
            cn->state = NGX_HTTP_GIG_CONNECT_SELECT;
            argv[argc++] = gig_str("SELECT");
            argv[argc].data = (char *) number;
            argv[argc++].len = ngx_sprintf(number, "%ui", redis->db) - number;
            break;
        }

        /* fall through */

    case NGX_HTTP_GIG_CONNECT_SELECT:

        cn->state = NGX_HTTP_GIG_CONNECT_INFO;
        argv[argc++] = gig_str("INFO");
        argv[argc++] = gig_str("replication");
        break;

    case NGX_HTTP_GIG_CONNECT_INFO:

        cn->state = NGX_HTTP_GIG_CONNECT_READY;
        argv[argc++] = gig_str("GET");
        argv[argc].data = key;
        argv[argc++].len = gig_key(key, (gig_str_t) { (char *) cn->board->name.data,
                                                      cn->board->name.len }, "ready");
        break;

    default:
        ngx_http_gig_connect_is_up(cn);
        return;
    }

    if (ngx_http_gig_connect_command(cn, ngx_http_gig_connect_reply, cn, argc, argv) != NGX_OK) {
        /*
         * We may be inside onConnect, where ac must not be freed: the timer
         * ends it at once instead.
         */
        ngx_add_timer(&cn->timer, 1);
    }
}


static void
ngx_http_gig_connect_info(ngx_http_gig_connect_t *cn, const redisReply *reply)
{
    size_t       len;
    const char  *p, *end;

    ngx_memzero(cn->history.replid, sizeof(cn->history.replid));

    if (reply->type != REDIS_REPLY_STRING) {
        /* Not allowed to see it (-NOPERM): then only `ready` tells lives apart. */
        cn->history.master = 1;
        return;
    }

    cn->history.master = (strstr(reply->str, "role:slave") == NULL);

    p = strstr(reply->str, "master_replid:");

    if (p) {
        p += sizeof("master_replid:") - 1;
        end = p + strcspn(p, "\r\n");
        len = ngx_min((size_t) (end - p), sizeof(cn->history.replid) - 1);
        ngx_memcpy(cn->history.replid, p, len);
    }
}


static void
ngx_http_gig_connect_reply(redisAsyncContext *ac, void *r, void *data)
{
    redisReply              *reply = r;
    ngx_uint_t               again;
    ngx_http_gig_connect_t  *cn;

    cn = ac->data;

    if (cn == NULL || cn->ac != ac || reply == NULL) {
        return;
    }

    if (reply->type == REDIS_REPLY_ERROR
        && !(ngx_http_gig_reply_is(reply, "NOPERM") && cn->state >= NGX_HTTP_GIG_CONNECT_INFO))
    {
        (void) ngx_http_gig_reply_unavailable(reply, &again);
        ngx_http_gig_connect_drop(cn, reply->str);
        return;
    }

    switch (cn->state) {

    case NGX_HTTP_GIG_CONNECT_INFO:
    case NGX_HTTP_GIG_CONNECT_UP:
        ngx_http_gig_connect_info(cn, reply);

        if (cn->primary && !cn->history.master) {
            ngx_http_gig_connect_drop(cn, "it is a replica");
            return;
        }

        break;

    case NGX_HTTP_GIG_CONNECT_READY:
        ngx_memzero(cn->history.ready, sizeof(cn->history.ready));

        if (reply->type == REDIS_REPLY_STRING && reply->len < GIG_READY_MAX) {
            ngx_memcpy(cn->history.ready, reply->str, reply->len);
        }

        break;

    default:
        break;
    }

    if (cn->state != NGX_HTTP_GIG_CONNECT_UP) {
        ngx_http_gig_connect_next(cn);
    }
}


static void
ngx_http_gig_connect_pong(redisAsyncContext *ac, void *r, void *data)
{
    gig_str_t                info[2];
    redisReply              *reply = r;
    ngx_uint_t               again;
    ngx_http_gig_connect_t  *cn;

    cn = ac->data;

    if (cn == NULL || cn->ac != ac || reply == NULL) {
        return;
    }

    cn->pinging = 0;

    /* Another's answer: a command was swallowed on the way, all that follow would be wrong. */

    if (reply->type != REDIS_REPLY_ERROR
        && (reply->type != REDIS_REPLY_STATUS || ngx_strcmp(reply->str, "PONG") != 0))
    {
        ngx_http_gig_connect_drop(cn, "its answers are out of step");
        return;
    }

    if (reply->type == REDIS_REPLY_ERROR && ngx_http_gig_reply_unavailable(reply, &again)
        && again)
    {
        ngx_http_gig_connect_drop(cn, reply->str);
        return;
    }

    /* A primary that is demoted keeps its connections: who has nothing to write would not hear. */

    info[0] = gig_str("INFO");
    info[1] = gig_str("replication");

    if (cn->primary) {
        (void) ngx_http_gig_connect_send(cn, ngx_http_gig_connect_reply, cn, 2, info);
    }
}


static void
ngx_http_gig_connect_is_up(ngx_http_gig_connect_t *cn)
{
    ngx_uint_t  level;

    cn->state = NGX_HTTP_GIG_CONNECT_UP;
    cn->since = ngx_time();
    cn->pinging = 0;
    cn->connects++;
    cn->error[0] = '\0';

    ngx_http_gig_count(cn->board, NGX_HTTP_GIG_COUNT_REDIS_CONNECTS, 1);

    level = cn->told ? NGX_LOG_NOTICE : NGX_LOG_INFO;

    ngx_log_error(level, cn->log, 0,
                  "gig: board \"%V\": %s connected to Redis %V",
                  &cn->board->name, cn->name, &cn->board->redis.name);

    cn->told = 0;

    ngx_add_timer(&cn->timer, NGX_HTTP_GIG_PING_INTERVAL);

    cn->up(cn->data);
}


/* Where every failure ends.  why NULL: cn->error says it already. */

static void
ngx_http_gig_connect_is_down(ngx_http_gig_connect_t *cn, const char *why)
{
    ngx_msec_t  delay;
    ngx_uint_t  was_up;

    was_up = (cn->state == NGX_HTTP_GIG_CONNECT_UP);
    cn->state = NGX_HTTP_GIG_CONNECT_DOWN;

    if (why) {
        (void) ngx_http_gig_words(cn->error, why);
    }

    if (cn->closing) {
        return;
    }

    if (cn->resolving) {
        ngx_resolve_name_done(cn->resolving);
        cn->resolving = NULL;
    }

    if (was_up) {

        /* One that is lost as soon as it is up must not be tried again and again at once. */

        if (ngx_time() - cn->since >= NGX_HTTP_GIG_CONNECT_STEADY) {
            cn->delay = NGX_HTTP_GIG_CONNECT_DELAY;
        }

        cn->since = ngx_time();
        cn->losses++;
        ngx_http_gig_count(cn->board, NGX_HTTP_GIG_COUNT_REDIS_LOSSES, 1);
    }

    /* Once an outage, and once more when its reason becomes another would be noise. */

    if (!cn->told) {
        cn->told = 1;
        ngx_log_error(NGX_LOG_ERR, cn->log, 0, "gig: board \"%V\": %s: Redis %V: %s",
                      &cn->board->name, cn->name, &cn->board->redis.name, cn->error);
    }

    delay = cn->delay;
    cn->delay = ngx_min(cn->delay * 2, NGX_HTTP_GIG_CONNECT_DELAY_MAX);

    if (!ngx_exiting) {
        ngx_add_timer(&cn->timer, delay / 2 + (ngx_msec_t) ngx_random() % delay);

    } else if (cn->timer.timer_set) {
        ngx_del_timer(&cn->timer);
    }

    if (was_up) {
        cn->down(cn->data);
    }
}


ngx_uint_t
ngx_http_gig_reply_is(const redisReply *reply, const char *code)
{
    size_t  len;

    if (reply->type != REDIS_REPLY_ERROR) {
        return 0;
    }

    len = strlen(code);

    return strncmp(reply->str, code, len) == 0
           && (reply->str[len] == ' ' || reply->str[len] == '\0');
}


ngx_uint_t
ngx_http_gig_reply_unavailable(const redisReply *reply, ngx_uint_t *again)
{
    ngx_uint_t  i;

    static const struct {
        const char  *code;
        ngx_uint_t   again;
    } unavailable[] = {
        { "LOADING", 1 },
        { "READONLY", 1 },
        { "MASTERDOWN", 1 },
        { "NOAUTH", 1 },
        { "WRONGPASS", 1 },
        { "MOVED", 1 },
        { "ASK", 1 },
        { "CLUSTERDOWN", 0 },
        { "TRYAGAIN", 0 },
        { "OOM", 0 },
        { "MISCONF", 0 },
        { "BUSY", 0 },
        { "NOPERM", 0 },
        { "NOREPLICAS", 0 }
    };

    *again = 0;

    for (i = 0; i < sizeof(unavailable) / sizeof(unavailable[0]); i++) {
        if (ngx_http_gig_reply_is(reply, unavailable[i].code)) {
            *again = unavailable[i].again;
            return 1;
        }
    }

    return 0;
}


char *
ngx_http_gig_words(char to[NGX_HTTP_GIG_ERROR_MAX], const char *from)
{
    char  *p, *last;

    last = to + NGX_HTTP_GIG_ERROR_MAX - 1;

    for (p = to; *from && p < last; p++, from++) {
        *p = *from >= ' ' && *from <= '~' ? *from : '?';
    }

    *p = '\0';

    return to;
}
