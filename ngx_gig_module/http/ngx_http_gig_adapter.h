
/*
 * hiredis on nginx's events, and nothing else: no reconnecting, no commands, no
 * policy.  Registered level-triggered, as hiredis reads at most 16 KB a call.
 */

#ifndef _NGX_HTTP_GIG_ADAPTER_H_INCLUDED_
#define _NGX_HTTP_GIG_ADAPTER_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include <hiredis/hiredis.h>
#include <hiredis/async.h>

#include "gig_base.h"


/*
 * Takes a connection slot for ac's socket and sets ac's hooks.  Call it before
 * redisAsyncSetConnectCallback, which schedules the first write.  An element of
 * a reply that grows past max bytes ends the connection (hiredis would buffer it
 * whole, whatever its size), and so does an array of more than a million elements.
 * NGX_ERROR: no slot; ac is still the caller's.
 */
ngx_int_t ngx_http_gig_adapter_attach(redisAsyncContext *ac, size_t max, ngx_log_t *log);

/* Queues a command: what a turn of the event loop queues goes out in one write.  Or NGX_ERROR. */
ngx_int_t ngx_http_gig_adapter_send(redisAsyncContext *ac, redisCallbackFn *callback, void *data,
    ngx_uint_t argc, const gig_str_t *argv);


#endif /* _NGX_HTTP_GIG_ADAPTER_H_INCLUDED_ */
