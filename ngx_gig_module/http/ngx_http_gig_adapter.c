
#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include <fcntl.h>

#include "ngx_http_gig_adapter.h"
#include "ngx_http_gig_compat.h"


#define NGX_HTTP_GIG_ADAPTER_ARRAY_MAX  (1024 * 1024)   /* elements; Redis is asked for far less */

#define NGX_HTTP_GIG_ADAPTER_NUMBER     (NGX_SIZE_T_LEN + 3)    /* "$", digits, CR LF */


typedef struct {
    ngx_connection_t         *connection;
    redisAsyncContext        *ac;
    size_t                    max;
} ngx_http_gig_adapter_t;


static void *ngx_http_gig_adapter_array(const redisReadTask *task, ngx_http_gig_elements_t n);
static void ngx_http_gig_adapter_read(ngx_event_t *ev);
static void ngx_http_gig_adapter_write(ngx_event_t *ev);
static void ngx_http_gig_adapter_add_read(void *data);
static void ngx_http_gig_adapter_del_read(void *data);
static void ngx_http_gig_adapter_add_write(void *data);
static void ngx_http_gig_adapter_del_write(void *data);
static void ngx_http_gig_adapter_cleanup(void *data);
static u_char *ngx_http_gig_adapter_number(u_char *p, u_char kind, size_t number);


/* hiredis's own, but for arrays; they outlive an adapter, as hiredis frees replies by them. */
static redisReplyObjectFunctions  ngx_http_gig_adapter_functions;
static void *(*ngx_http_gig_adapter_own_array)(const redisReadTask *task,
    ngx_http_gig_elements_t n);


ngx_int_t
ngx_http_gig_adapter_attach(redisAsyncContext *ac, size_t max, ngx_log_t *log)
{
    ngx_connection_t        *c;
    ngx_http_gig_adapter_t  *adapter;

    if (ac->ev.data != NULL) {
        return NGX_ERROR;
    }

    adapter = ngx_alloc(sizeof(ngx_http_gig_adapter_t), log);
    if (adapter == NULL) {
        return NGX_ERROR;
    }

    c = ngx_get_connection(ac->c.fd, log);
    if (c == NULL) {
        ngx_free(adapter);
        return NGX_ERROR;
    }

    if (fcntl(ac->c.fd, F_SETFD, FD_CLOEXEC) == -1) {
        ngx_log_error(NGX_LOG_ALERT, log, ngx_errno, "fcntl(FD_CLOEXEC) failed");
    }

    adapter->connection = c;
    adapter->ac = ac;
    adapter->max = max;

    c->data = adapter;
    c->log = log;
    c->read->log = log;
    c->write->log = log;
    c->read->handler = ngx_http_gig_adapter_read;
    c->write->handler = ngx_http_gig_adapter_write;

    if (ngx_http_gig_adapter_own_array == NULL) {
        ngx_http_gig_adapter_functions = *ac->c.reader->fn;
        ngx_http_gig_adapter_own_array = ngx_http_gig_adapter_functions.createArray;
        ngx_http_gig_adapter_functions.createArray = ngx_http_gig_adapter_array;
    }

    ac->c.reader->fn = &ngx_http_gig_adapter_functions;
    ac->c.reader->privdata = adapter;

    ac->ev.data = adapter;
    ac->ev.addRead = ngx_http_gig_adapter_add_read;
    ac->ev.delRead = ngx_http_gig_adapter_del_read;
    ac->ev.addWrite = ngx_http_gig_adapter_add_write;
    ac->ev.delWrite = ngx_http_gig_adapter_del_write;
    ac->ev.cleanup = ngx_http_gig_adapter_cleanup;

    return NGX_OK;
}


/* hiredis's own redisAsyncCommandArgv() formats each length by a small printf, and copies twice. */

ngx_int_t
ngx_http_gig_adapter_send(redisAsyncContext *ac, redisCallbackFn *callback, void *data,
    ngx_uint_t argc, const gig_str_t *argv)
{
    int          rc;
    size_t       size;
    u_char      *bytes, *p;
    ngx_uint_t   i;

    size = NGX_HTTP_GIG_ADAPTER_NUMBER + 1;

    for (i = 0; i < argc; i++) {
        size += NGX_HTTP_GIG_ADAPTER_NUMBER + argv[i].len + sizeof(CRLF) - 1;
    }

    bytes = ngx_alloc(size, ngx_cycle->log);
    if (bytes == NULL) {
        return NGX_ERROR;
    }

    p = ngx_http_gig_adapter_number(bytes, '*', argc);

    for (i = 0; i < argc; i++) {
        p = ngx_http_gig_adapter_number(p, '$', argv[i].len);
        p = ngx_cpymem(p, argv[i].len ? argv[i].data : "", argv[i].len);
        *p++ = CR;
        *p++ = LF;
    }

    /* hiredis looks for a second argument behind the first, so behind the end of one like PING */
    *p = '\0';

    rc = redisAsyncFormattedCommand(ac, callback, data, (char *) bytes, (size_t) (p - bytes));

    ngx_free(bytes);

    return rc == REDIS_OK ? NGX_OK : NGX_ERROR;
}


static u_char *
ngx_http_gig_adapter_number(u_char *p, u_char kind, size_t number)
{
    u_char  digits[NGX_SIZE_T_LEN], *d;

    d = digits + sizeof(digits);

    do {
        *--d = (u_char) ('0' + number % 10);
        number /= 10;
    } while (number);

    *p++ = kind;
    p = ngx_cpymem(p, d, digits + sizeof(digits) - d);
    *p++ = CR;
    *p++ = LF;

    return p;
}


/*
 * hiredis makes room for an array when its length is read, before any element has come:
 * "*1073741824" would take 8 GB of addresses, and seconds of the worker to be given back.
 */

static void *
ngx_http_gig_adapter_array(const redisReadTask *task, ngx_http_gig_elements_t n)
{
    ngx_http_gig_adapter_t  *adapter = task->privdata;

    if (n > NGX_HTTP_GIG_ADAPTER_ARRAY_MAX) {
        ngx_log_error(NGX_LOG_ERR, adapter->connection->log, 0,
                      "gig: a reply of Redis has an array of more than %d elements, closing",
                      NGX_HTTP_GIG_ADAPTER_ARRAY_MAX);
        return NULL;
    }

    return ngx_http_gig_adapter_own_array(task, n);
}


static void
ngx_http_gig_adapter_read(ngx_event_t *ev)
{
    ngx_connection_t        *c;
    redisAsyncContext       *ac;
    ngx_http_gig_adapter_t  *adapter;

    c = ev->data;
    adapter = c->data;
    ac = adapter->ac;

    /* What is buffered is one element that is not whole yet: the rest has been parsed. */

    if (ac->c.reader->len - ac->c.reader->pos > adapter->max) {
        ngx_log_error(NGX_LOG_ERR, ev->log, 0,
                      "gig: a reply of Redis is larger than %uz bytes, closing", adapter->max);
        redisAsyncFree(ac);
        return;
    }

    /* May free ac, adapter and c: nothing is touched after. */
    redisAsyncHandleRead(ac);
}


static void
ngx_http_gig_adapter_write(ngx_event_t *ev)
{
    ngx_connection_t        *c;
    ngx_http_gig_adapter_t  *adapter;

    c = ev->data;
    adapter = c->data;

    redisAsyncHandleWrite(adapter->ac);
}


/*
 * The hooks are called again and again for what is already so.  Registering can
 * only fail when the kernel has no memory for it: then the deadlines of
 * the connection's owner end it.
 */

static void
ngx_http_gig_adapter_add_read(void *data)
{
    ngx_http_gig_adapter_t  *adapter = data;

    if (!adapter->connection->read->active) {
        (void) ngx_add_event(adapter->connection->read, NGX_READ_EVENT, NGX_LEVEL_EVENT);
    }
}


static void
ngx_http_gig_adapter_del_read(void *data)
{
    ngx_http_gig_adapter_t  *adapter = data;

    if (adapter->connection->read->active) {
        (void) ngx_del_event(adapter->connection->read, NGX_READ_EVENT, 0);
    }
}


static void
ngx_http_gig_adapter_add_write(void *data)
{
    ngx_http_gig_adapter_t  *adapter = data;

    if (!adapter->connection->write->active) {
        (void) ngx_add_event(adapter->connection->write, NGX_WRITE_EVENT, NGX_LEVEL_EVENT);
    }
}


static void
ngx_http_gig_adapter_del_write(void *data)
{
    ngx_http_gig_adapter_t  *adapter = data;

    if (adapter->connection->write->active) {
        (void) ngx_del_event(adapter->connection->write, NGX_WRITE_EVENT, 0);
    }
}


/*
 * hiredis closes the socket itself, after this: `shared` makes nginx give back
 * the slot, timers and posted events and leave the descriptor alone.  Were it
 * closed here, the number could be another's when hiredis closes it.
 */

static void
ngx_http_gig_adapter_cleanup(void *data)
{
    ngx_connection_t        *c;
    ngx_http_gig_adapter_t  *adapter = data;

    ngx_http_gig_adapter_del_write(adapter);
    ngx_http_gig_adapter_del_read(adapter);

    c = adapter->connection;
    adapter->ac->ev.data = NULL;

    c->shared = 1;
    ngx_close_connection(c);

    ngx_free(adapter);
}
