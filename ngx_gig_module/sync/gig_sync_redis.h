
/*
 * A blocking connection to a board's Redis.  It connects when it is first used
 * and again after it was lost; every call has a deadline; what a caller must
 * tell apart is in `fault`.  Arguments are counted bytes only (argv API).
 */

#ifndef GIG_SYNC_REDIS_H
#define GIG_SYNC_REDIS_H

#include <hiredis/hiredis.h>

#include "gig_buf.h"
#include "gig_key.h"
#include "gig_sync_settings.h"

#define GIG_SYNC_REDIS_CONNECT  2000                /* ms */
#define GIG_SYNC_REDIS_TIMEOUT  5000                /* ms, of one call */
#define GIG_SYNC_BLOCK          1000                /* ms, of a read that waits */
#define GIG_SYNC_ARGS_BYTES     (64 * 1024 * 1024)  /* of one command */
#define GIG_SYNC_ARGS_MAX       (1024 * 1024)       /* Redis's own limit */

#define GIG_SYNC_GROUP          "sync"
#define GIG_SYNC_ID_TTL         (30 * 24 * 3600)    /* seconds: above ledger_max_age */

typedef enum {
    GIG_SYNC_REDIS_OK,
    GIG_SYNC_REDIS_AWAY,        /* not reached, or lost in the middle: unknown, so ask again */
    GIG_SYNC_REDIS_WAIT,        /* LOADING, READONLY, OOM, MISCONF ...: as it is, but later */
    GIG_SYNC_REDIS_NOGROUP,     /* NOGROUP or UNBLOCKED: make the group and go on */
    GIG_SYNC_REDIS_REFUSED      /* any other error: of the command, or of our permissions */
} gig_sync_fault_t;

typedef struct {
    const gig_sync_board_t *board;                  /* not owned */
    redisContext           *context;                /* owned; NULL: not connected */
    gig_sync_fault_t        fault;                  /* of the last call */
} gig_sync_redis_t;

void gig_sync_redis_init(gig_sync_redis_t *redis, const gig_sync_board_t *board);
void gig_sync_redis_close(gig_sync_redis_t *redis);

/* A command under construction; failures stick and are told by the call that sends it. */
typedef struct {
    gig_buf_t  bytes;                               /* all arguments, one after another */
    size_t    *end;                                 /* owned; where each ends */
    size_t     n, size;
    int        failed;
} gig_sync_args_t;

gig_str_t gig_sync_board_name(const gig_sync_board_t *board);

void gig_sync_args_init(gig_sync_args_t *args);
void gig_sync_args_free(gig_sync_args_t *args);
void gig_sync_args_reset(gig_sync_args_t *args);
void gig_sync_arg(gig_sync_args_t *args, gig_str_t s);
void gig_sync_arg_puts(gig_sync_args_t *args, const char *s);
void gig_sync_arg_int(gig_sync_args_t *args, int64_t n);
void gig_sync_arg_key(gig_sync_args_t *args, const gig_sync_board_t *board, const char *name);
void gig_sync_arg_keys(gig_sync_args_t *args, const gig_sync_board_t *board, const char *names);
void gig_sync_arg_words(gig_sync_args_t *args, const char *words);  /* cut at blanks */
void gig_sync_arg_all(gig_sync_args_t *args, const gig_sync_args_t *more);

/* Sends and waits.  The reply is the caller's and no error; else NULL, with err and fault. */
redisReply *gig_sync_redis_call(gig_sync_redis_t *redis, const gig_sync_args_t *args,
    gig_error_t *err);

/* "GET"-like calls of one key: words is the command, then the key, then more words. */
redisReply *gig_sync_redis_ask(gig_sync_redis_t *redis, const char *command, const char *key,
    const char *more, gig_error_t *err);

/* The same, if the reply does not matter. */
int gig_sync_redis_do(gig_sync_redis_t *redis, const char *command, const char *key,
    const char *more, gig_error_t *err);

/* EVALSHA with args = (number of keys, keys, arguments); EVAL if Redis does not know the script. */
redisReply *gig_sync_redis_script(gig_sync_redis_t *redis, const char *script,
    const gig_sync_args_t *args, gig_error_t *err);

/*
 * Many calls under way at once: each is put into the buffer (-1: err, it is not under way), then
 * their answers come in that order.  A script that Redis does not know is REFUSED, "NOSCRIPT ...".
 */
int gig_sync_redis_later(gig_sync_redis_t *redis, const char *script, const gig_sync_args_t *args,
    gig_error_t *err);
redisReply *gig_sync_redis_next(gig_sync_redis_t *redis, gig_error_t *err);

int gig_sync_redis_load(gig_sync_redis_t *redis, const char *script, char sha[41],
    gig_error_t *err);

/*
 * One command of known length whose arguments need never be in memory
 * together: begin, n times argument, reply.  A failure sticks until reply.
 */
typedef struct {
    gig_sync_redis_t *redis;
    gig_buf_t         out;
    int               failed;
} gig_sync_stream_t;

int gig_sync_stream_begin(gig_sync_stream_t *stream, gig_sync_redis_t *redis, size_t n,
    gig_error_t *err);
void gig_sync_stream_arg(gig_sync_stream_t *stream, gig_str_t s);
void gig_sync_stream_all(gig_sync_stream_t *stream, const gig_sync_args_t *args);
redisReply *gig_sync_stream_reply(gig_sync_stream_t *stream, gig_error_t *err);

/* Makes the group of `applications`, at 0 and with the stream; 0 also if it is there. */
int gig_sync_redis_group(gig_sync_redis_t *redis, gig_error_t *err);

/* What a reply holds; of another type or NULL: gig_null_str, NULL, 0. */
gig_str_t gig_sync_reply_str(const redisReply *reply);
const redisReply *gig_sync_reply_at(const redisReply *reply, size_t i);
int64_t gig_sync_reply_int(const redisReply *reply);    /* an integer, or text of one */

#endif /* GIG_SYNC_REDIS_H */
