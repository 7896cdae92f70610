#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gig_sha1.h"
#include "gig_sync_redis.h"

#define GIG_SYNC_STREAM_CHUNK   65536


static int gig_sync_redis_connect(gig_sync_redis_t *redis, gig_error_t *err);
static int gig_sync_redis_lost(gig_sync_redis_t *redis, gig_error_t *err);
static redisReply *gig_sync_redis_checked(gig_sync_redis_t *redis, redisReply *reply,
    gig_error_t *err);


void
gig_sync_redis_init(gig_sync_redis_t *redis, const gig_sync_board_t *board)
{
    memset(redis, 0, sizeof(gig_sync_redis_t));
    redis->board = board;
}


void
gig_sync_redis_close(gig_sync_redis_t *redis)
{
    if (redis->context != NULL) {
        redisFree(redis->context);
        redis->context = NULL;
    }
}


static redisContext *
gig_sync_redis_dial(const char *address, struct timeval timeout, gig_error_t *err)
{
    char        *end, host[GIG_SYNC_VALUE_MAX];
    size_t       len;
    long         port;
    const char  *colon;

    if (strncmp(address, "unix:", 5) == 0) {
        return redisConnectUnixWithTimeout(address + 5, timeout);
    }

    /* "host", "host:port" and "[v6]:port" */
    colon = strrchr(address, ':');
    len = colon == NULL ? strlen(address) : (size_t) (colon - address);
    port = 6379;

    if (colon != NULL) {
        errno = 0;
        port = strtol(colon + 1, &end, 10);

        if (errno != 0 || end == colon + 1 || *end != '\0' || port < 1 || port > 65535) {
            gig_error_set(err, "redis", "\"%s\" has no port from 1 to 65535 after its colon",
                          address);
            return NULL;
        }
    }

    if (len >= 2 && address[0] == '[' && address[len - 1] == ']') {
        address++;
        len -= 2;
    }

    (void) snprintf(host, sizeof(host), "%.*s", (int) len, address);

    return redisConnectWithTimeout(host, (int) port, timeout);
}


static int
gig_sync_redis_connect(gig_sync_redis_t *redis, gig_error_t *err)
{
    char                     db[16];
    redisReply              *reply;
    const char              *argv[3];
    struct timeval           timeout;
    const gig_sync_board_t  *board;

    if (redis->context != NULL) {
        return 0;
    }

    board = redis->board;
    redis->fault = GIG_SYNC_REDIS_AWAY;

    timeout.tv_sec = GIG_SYNC_REDIS_CONNECT / 1000;
    timeout.tv_usec = GIG_SYNC_REDIS_CONNECT % 1000 * 1000;

    gig_error_set(err, "redis", "out of memory");
    redis->context = gig_sync_redis_dial(board->redis, timeout, err);

    if (redis->context == NULL) {
        return -1;
    }

    timeout.tv_sec = GIG_SYNC_REDIS_TIMEOUT / 1000;
    timeout.tv_usec = GIG_SYNC_REDIS_TIMEOUT % 1000 * 1000;

    if (redis->context->err || redisSetTimeout(redis->context, timeout) != REDIS_OK) {
        return gig_sync_redis_lost(redis, err);
    }

    if (board->redis_password[0] != '\0') {
        argv[0] = "AUTH";
        argv[1] = board->redis_user[0] == '\0' ? board->redis_password : board->redis_user;
        argv[2] = board->redis_password;

        reply = gig_sync_redis_checked(redis, redisCommandArgv(redis->context,
                                       board->redis_user[0] == '\0' ? 2 : 3, argv, NULL), err);
        if (reply == NULL) {
            gig_sync_redis_close(redis);
            return -1;
        }

        freeReplyObject(reply);
    }

    if (board->redis_db != 0) {
        (void) snprintf(db, sizeof(db), "%u", board->redis_db);
        argv[0] = "SELECT";
        argv[1] = db;

        reply = gig_sync_redis_checked(redis, redisCommandArgv(redis->context, 2, argv, NULL), err);
        if (reply == NULL) {
            gig_sync_redis_close(redis);
            return -1;
        }

        freeReplyObject(reply);
    }

    redis->fault = GIG_SYNC_REDIS_OK;

    return 0;
}


static int
gig_sync_redis_lost(gig_sync_redis_t *redis, gig_error_t *err)
{
    const char  *reason;

    reason = "lost";

    if (redis->context != NULL && redis->context->err) {
        reason = redis->context->errstr;

        if (redis->context->err == REDIS_ERR_IO && (errno == EAGAIN || errno == ETIMEDOUT)) {
            reason = "no answer in time";
        }
    }

    gig_error_set(err, "redis", "%s", reason);
    gig_sync_redis_close(redis);
    redis->fault = GIG_SYNC_REDIS_AWAY;

    return -1;
}


static redisReply *
gig_sync_redis_checked(gig_sync_redis_t *redis, redisReply *reply, gig_error_t *err)
{
    size_t  i, len;

    static const char *const  later[] = {
        "LOADING", "READONLY", "OOM", "MISCONF", "BUSY", "MASTERDOWN", "NOREPLICAS", "CLUSTERDOWN",
        "TRYAGAIN"
    };

    if (reply == NULL) {
        (void) gig_sync_redis_lost(redis, err);
        return NULL;
    }

    if (reply->type != REDIS_REPLY_ERROR) {
        redis->fault = GIG_SYNC_REDIS_OK;
        return reply;
    }

    gig_error_set(err, "redis", "%.*s", (int) (reply->len > 200 ? 200 : reply->len), reply->str);
    redis->fault = GIG_SYNC_REDIS_REFUSED;

    for (i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
        len = strlen(later[i]);

        if (reply->len >= len && memcmp(reply->str, later[i], len) == 0
            && (reply->len == len || reply->str[len] == ' '))
        {
            redis->fault = GIG_SYNC_REDIS_WAIT;
        }
    }

    if (strncmp(reply->str, "NOGROUP", 7) == 0 || strncmp(reply->str, "UNBLOCKED", 9) == 0) {
        redis->fault = GIG_SYNC_REDIS_NOGROUP;
    }

    /* A primary that was demoted: the name may lead elsewhere by now. */
    if (strncmp(reply->str, "READONLY", 8) == 0) {
        gig_sync_redis_close(redis);
    }

    freeReplyObject(reply);

    return NULL;
}


void
gig_sync_args_init(gig_sync_args_t *args)
{
    memset(args, 0, sizeof(gig_sync_args_t));
    gig_buf_init(&args->bytes, GIG_SYNC_ARGS_BYTES);
}


void
gig_sync_args_free(gig_sync_args_t *args)
{
    gig_buf_free(&args->bytes);
    free(args->end);
    args->end = NULL;
}


void
gig_sync_args_reset(gig_sync_args_t *args)
{
    gig_buf_reset(&args->bytes);
    args->n = 0;
    args->failed = 0;
}


void
gig_sync_arg(gig_sync_args_t *args, gig_str_t s)
{
    size_t   size;
    size_t  *end;

    if (args->n == args->size) {
        size = args->size == 0 ? 16 : args->size * 2;
        end = size > GIG_SYNC_ARGS_MAX ? NULL : realloc(args->end, size * sizeof(size_t));

        if (end == NULL) {
            args->failed = 1;
            return;
        }

        args->end = end;
        args->size = size;
    }

    if (s.len != 0) {
        gig_buf_add(&args->bytes, s.data, s.len);
    }

    args->end[args->n++] = args->bytes.len;
}


void
gig_sync_arg_puts(gig_sync_args_t *args, const char *s)
{
    gig_sync_arg(args, (gig_str_t) { s, strlen(s) });
}


void
gig_sync_arg_int(gig_sync_args_t *args, int64_t n)
{
    char  text[24];

    (void) snprintf(text, sizeof(text), "%" PRId64, n);
    gig_sync_arg_puts(args, text);
}


gig_str_t
gig_sync_board_name(const gig_sync_board_t *board)
{
    return (gig_str_t) { board->name, strlen(board->name) };
}


void
gig_sync_arg_key(gig_sync_args_t *args, const gig_sync_board_t *board, const char *name)
{
    char  key[GIG_KEY_SIZE];

    gig_sync_arg(args, (gig_str_t) { key, gig_key(key, gig_sync_board_name(board), name) });
}


void
gig_sync_arg_keys(gig_sync_args_t *args, const gig_sync_board_t *board, const char *names)
{
    char    name[GIG_KEY_SIZE];
    size_t  len;

    for ( /* void */ ; (len = strcspn(names, " ")) != 0; names += len + (names[len] == ' ')) {
        (void) snprintf(name, sizeof(name), "%.*s", (int) len, names);
        gig_sync_arg_key(args, board, name);
    }
}


void
gig_sync_arg_words(gig_sync_args_t *args, const char *words)
{
    size_t  len;

    for ( ;; ) {
        words += strspn(words, " ");
        len = strcspn(words, " ");

        if (len == 0) {
            return;
        }

        gig_sync_arg(args, (gig_str_t) { words, len });
        words += len;
    }
}


void
gig_sync_arg_all(gig_sync_args_t *args, const gig_sync_args_t *more)
{
    size_t  i, begin;

    args->failed |= more->failed || gig_buf_failed(&more->bytes);

    for (i = 0, begin = 0; i < more->n && !args->failed; i++) {
        gig_sync_arg(args, (gig_str_t) { more->bytes.data + begin, more->end[i] - begin });
        begin = more->end[i];
    }
}


/* later: it is only put into the buffer; NULL, and `fault` says whether that was done. */
static redisReply *
gig_sync_redis_send(gig_sync_redis_t *redis, const char *first, gig_str_t second,
    const gig_sync_args_t *args, int later, gig_error_t *err)
{
    size_t        i, n, begin;
    size_t       *len;
    redisReply   *reply;
    const char  **argv;

    if (args->failed || gig_buf_failed(&args->bytes)) {
        redis->fault = GIG_SYNC_REDIS_REFUSED;
        gig_error_set(err, "redis", "a command is larger than %d bytes", GIG_SYNC_ARGS_BYTES);
        return NULL;
    }

    if (gig_sync_redis_connect(redis, err) == -1) {
        return NULL;
    }

    argv = calloc(args->n + 2, sizeof(char *));
    len = calloc(args->n + 2, sizeof(size_t));
    reply = NULL;
    n = 0;

    if (argv == NULL || len == NULL) {
        redis->fault = GIG_SYNC_REDIS_AWAY;
        gig_error_set(err, "redis", "out of memory");
        goto done;
    }

    if (first != NULL) {
        argv[n] = first;
        len[n++] = strlen(first);
        argv[n] = second.data;
        len[n++] = second.len;
    }

    for (i = 0, begin = 0; i < args->n; i++) {
        argv[n] = args->bytes.data == NULL ? "" : args->bytes.data + begin;
        len[n++] = args->end[i] - begin;
        begin = args->end[i];
    }

    errno = 0;

    if (later) {
        redis->fault = GIG_SYNC_REDIS_OK;

        if (redisAppendCommandArgv(redis->context, (int) n, argv, len) != REDIS_OK) {
            (void) gig_sync_redis_lost(redis, err);
        }

    } else {
        reply = gig_sync_redis_checked(redis,
                                       redisCommandArgv(redis->context, (int) n, argv, len), err);
    }

done:

    free(argv);
    free(len);

    return reply;
}


redisReply *
gig_sync_redis_call(gig_sync_redis_t *redis, const gig_sync_args_t *args, gig_error_t *err)
{
    return gig_sync_redis_send(redis, NULL, gig_null_str, args, 0, err);
}


redisReply *
gig_sync_redis_ask(gig_sync_redis_t *redis, const char *command, const char *key, const char *more,
    gig_error_t *err)
{
    redisReply      *reply;
    gig_sync_args_t  args;

    gig_sync_args_init(&args);
    gig_sync_arg_words(&args, command);
    gig_sync_arg_key(&args, redis->board, key);
    gig_sync_arg_words(&args, more);

    reply = gig_sync_redis_call(redis, &args, err);
    gig_sync_args_free(&args);

    return reply;
}


int
gig_sync_redis_do(gig_sync_redis_t *redis, const char *command, const char *key, const char *more,
    gig_error_t *err)
{
    redisReply  *reply;

    reply = gig_sync_redis_ask(redis, command, key, more, err);
    if (reply == NULL) {
        return -1;
    }

    freeReplyObject(reply);

    return 0;
}


static void
gig_sync_script_sha(const char *script, char sha[41])
{
    unsigned char  digest[GIG_DIGEST_SIZE];

    gig_sha1((gig_str_t) { script, strlen(script) }, digest);
    gig_digest_text(digest, sha);
}


redisReply *
gig_sync_redis_script(gig_sync_redis_t *redis, const char *script, const gig_sync_args_t *args,
    gig_error_t *err)
{
    char         sha[GIG_DIGEST_TEXT];
    redisReply  *reply;

    gig_sync_script_sha(script, sha);

    reply = gig_sync_redis_send(redis, "EVALSHA", (gig_str_t) { sha, GIG_DIGEST_TEXT - 1 }, args,
                                0, err);

    if (reply == NULL && redis->fault == GIG_SYNC_REDIS_REFUSED
        && strncmp(err->detail, "NOSCRIPT", 8) == 0)
    {
        reply = gig_sync_redis_send(redis, "EVAL", (gig_str_t) { script, strlen(script) }, args, 0,
                                    err);
    }

    return reply;
}


int
gig_sync_redis_later(gig_sync_redis_t *redis, const char *script, const gig_sync_args_t *args,
    gig_error_t *err)
{
    char  sha[GIG_DIGEST_TEXT];

    gig_sync_script_sha(script, sha);
    (void) gig_sync_redis_send(redis, "EVALSHA", (gig_str_t) { sha, GIG_DIGEST_TEXT - 1 }, args, 1,
                               err);

    return redis->fault == GIG_SYNC_REDIS_OK ? 0 : -1;
}


redisReply *
gig_sync_redis_next(gig_sync_redis_t *redis, gig_error_t *err)
{
    void  *reply = NULL;

    if (redis->context == NULL || redisGetReply(redis->context, &reply) != REDIS_OK) {
        (void) gig_sync_redis_lost(redis, err);
        return NULL;
    }

    return gig_sync_redis_checked(redis, reply, err);
}


int
gig_sync_redis_load(gig_sync_redis_t *redis, const char *script, char sha[41], gig_error_t *err)
{
    redisReply      *reply;
    gig_sync_args_t  args;

    gig_sync_script_sha(script, sha);

    gig_sync_args_init(&args);
    gig_sync_arg_words(&args, "SCRIPT LOAD");
    gig_sync_arg_puts(&args, script);

    reply = gig_sync_redis_call(redis, &args, err);
    gig_sync_args_free(&args);

    if (reply == NULL) {
        return -1;
    }

    freeReplyObject(reply);

    return 0;
}


static void
gig_sync_stream_flush(gig_sync_stream_t *stream)
{
    size_t   sent;
    ssize_t  n;

    if (gig_buf_failed(&stream->out)) {
        stream->failed = 1;
    }

    for (sent = 0; !stream->failed && sent < stream->out.len; sent += (size_t) n) {
        do {
            n = write(stream->redis->context->fd, stream->out.data + sent, stream->out.len - sent);
        } while (n == -1 && errno == EINTR);

        if (n <= 0) {
            stream->failed = 1;
            break;
        }
    }

    gig_buf_reset(&stream->out);
}


int
gig_sync_stream_begin(gig_sync_stream_t *stream, gig_sync_redis_t *redis, size_t n,
    gig_error_t *err)
{
    memset(stream, 0, sizeof(gig_sync_stream_t));
    stream->redis = redis;
    gig_buf_init(&stream->out, GIG_SYNC_ARGS_BYTES);

    if (gig_sync_redis_connect(redis, err) == -1) {
        return -1;
    }

    gig_buf_printf(&stream->out, "*%zu\r\n", n);

    return 0;
}


void
gig_sync_stream_arg(gig_sync_stream_t *stream, gig_str_t s)
{
    gig_buf_printf(&stream->out, "$%zu\r\n", s.len);

    if (s.len != 0) {
        gig_buf_add(&stream->out, s.data, s.len);
    }

    gig_buf_puts(&stream->out, "\r\n");

    if (stream->out.len >= GIG_SYNC_STREAM_CHUNK) {
        gig_sync_stream_flush(stream);
    }
}


void
gig_sync_stream_all(gig_sync_stream_t *stream, const gig_sync_args_t *args)
{
    size_t  i, begin;

    stream->failed |= args->failed || gig_buf_failed(&args->bytes);

    for (i = 0, begin = 0; i < args->n && !stream->failed; i++) {
        gig_sync_stream_arg(stream, (gig_str_t) { args->bytes.data + begin, args->end[i] - begin });
        begin = args->end[i];
    }
}


redisReply *
gig_sync_stream_reply(gig_sync_stream_t *stream, gig_error_t *err)
{
    void  *reply;

    gig_sync_stream_flush(stream);
    gig_buf_free(&stream->out);

    reply = NULL;

    /* With half a command sent the connection is of no more use: it is closed, and nothing ran. */
    if (stream->failed || redisGetReply(stream->redis->context, &reply) != REDIS_OK) {
        (void) gig_sync_redis_lost(stream->redis, err);
        return NULL;
    }

    return gig_sync_redis_checked(stream->redis, reply, err);
}


int
gig_sync_redis_group(gig_sync_redis_t *redis, gig_error_t *err)
{
    if (gig_sync_redis_do(redis, "XGROUP CREATE", "applications", GIG_SYNC_GROUP " 0 MKSTREAM",
                          err)
        == 0)
    {
        return 0;
    }

    return redis->fault == GIG_SYNC_REDIS_REFUSED && strncmp(err->detail, "BUSYGROUP", 9) == 0
           ? 0 : -1;
}


gig_str_t
gig_sync_reply_str(const redisReply *reply)
{
    if (reply == NULL || (reply->type != REDIS_REPLY_STRING && reply->type != REDIS_REPLY_STATUS)) {
        return gig_null_str;
    }

    return (gig_str_t) { reply->str, reply->len };
}


const redisReply *
gig_sync_reply_at(const redisReply *reply, size_t i)
{
    if (reply == NULL || reply->type != REDIS_REPLY_ARRAY || i >= reply->elements) {
        return NULL;
    }

    return reply->element[i];
}


int64_t
gig_sync_reply_int(const redisReply *reply)
{
    if (reply == NULL) {
        return 0;
    }

    if (reply->type == REDIS_REPLY_INTEGER) {
        return reply->integer;
    }

    return reply->type == REDIS_REPLY_STRING ? strtoll(reply->str, NULL, 10) : 0;
}
