#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gig_record.h"
#include "gig_sync_catalog.h"
#include "gig_sync_log.h"
#include "gig_sync_spool.h"

#define GIG_SYNC_CALL_RECORDS   10000       /* publish.lua's own limit */


/* A record's head in the file; its JSON follows. */
typedef struct {
    char      op[8];
    char      id[GIG_ID_MAX + 1];
    uint32_t  len;
} gig_sync_spooled_t;


int
gig_sync_spool_add(gig_sync_spool_t *spool, const char *op, const char *id, gig_str_t json,
    gig_error_t *err)
{
    gig_sync_spooled_t  head;

    if (spool->file == NULL) {
        spool->file = tmpfile();

        if (spool->file == NULL) {
            return gig_error_set(err, "", "no temporary file can be made");
        }
    }

    memset(&head, 0, sizeof(head));
    (void) snprintf(head.op, sizeof(head.op), "%s", op);
    (void) snprintf(head.id, sizeof(head.id), "%s", id);
    head.len = (uint32_t) json.len;

    spool->size += (int64_t) (sizeof(head) + json.len);
    spool->records++;

    if (json.len > GIG_RECORD_MAX || spool->size > GIG_SYNC_SPOOL_MAX) {
        return gig_error_set(err, id, "the catalog or one of its records is too large");
    }

    if (fwrite(&head, sizeof(head), 1, spool->file) != 1
        || (json.len != 0 && fwrite(json.data, json.len, 1, spool->file) != 1))
    {
        return gig_error_set(err, id, "the temporary file cannot be written; is its disk full?");
    }

    return 0;
}


void
gig_sync_spool_free(gig_sync_spool_t *spool)
{
    if (spool->file != NULL) {
        (void) fclose(spool->file);
        spool->file = NULL;
    }
}


/* Sends n records from where the file stands. */
static redisReply *
gig_sync_spool_call(gig_sync_spool_t *spool, gig_sync_redis_t *redis, const char *guard,
    const char *fence, size_t n, const unsigned char digest[GIG_DIGEST_SIZE], gig_error_t *err)
{
    char                 sha[GIG_DIGEST_TEXT], expect[GIG_DIGEST_TEXT];
    char                *json;
    size_t               i;
    redisReply          *reply;
    gig_sync_args_t      keys;
    gig_sync_stream_t    stream;
    gig_sync_spooled_t   head;

    json = malloc(GIG_RECORD_MAX);
    if (json == NULL) {
        gig_error_set(err, "", "out of memory");
        return NULL;
    }

    if (gig_sync_redis_load(redis, gig_lua_publish, sha, err) == -1
        || gig_sync_stream_begin(&stream, redis, 3 + 6 + 1 + 3 * n + (guard ? 2 : 0), err) == -1)
    {
        free(json);
        return NULL;
    }

    gig_sync_stream_arg(&stream, gig_str("EVALSHA"));
    gig_sync_stream_arg(&stream, (gig_str_t) { sha, GIG_DIGEST_TEXT - 1 });
    gig_sync_stream_arg(&stream, guard ? gig_str("7") : gig_str("6"));

    gig_sync_args_init(&keys);
    gig_sync_arg_keys(&keys, redis->board, "gigs forms judge seats catalog changes");

    if (guard) {
        gig_sync_arg_key(&keys, redis->board, guard);
        gig_sync_arg_puts(&keys, fence);
    }

    gig_sync_stream_all(&stream, &keys);
    gig_sync_args_free(&keys);

    gig_digest_text(digest, expect);
    gig_sync_stream_arg(&stream, (gig_str_t) { expect, GIG_DIGEST_TEXT - 1 });

    for (i = 0; i < n && !stream.failed; i++) {
        if (fread(&head, sizeof(head), 1, spool->file) != 1
            || (head.len != 0 && fread(json, head.len, 1, spool->file) != 1))
        {
            stream.failed = 1;
            break;
        }

        gig_sync_stream_arg(&stream, (gig_str_t) { head.op, strlen(head.op) });
        gig_sync_stream_arg(&stream, (gig_str_t) { head.id, strlen(head.id) });
        gig_sync_stream_arg(&stream, (gig_str_t) { json, head.len });
    }

    reply = gig_sync_stream_reply(&stream, err);
    free(json);

    return reply;
}


int
gig_sync_spool_send(gig_sync_spool_t *spool, gig_sync_redis_t *redis, const char *guard,
    const char *fence, unsigned char digest[GIG_DIGEST_SIZE], gig_error_t *err)
{
    char         version[24], count[24];
    size_t       left, n;
    gig_str_t    word;
    redisReply  *reply;

    if (spool->file != NULL && fseek(spool->file, 0, SEEK_SET) != 0) {
        return gig_error_set(err, "", "the temporary file cannot be written; is its disk full?");
    }

    left = spool->records;

    do {
        n = left < GIG_SYNC_CALL_RECORDS ? left : GIG_SYNC_CALL_RECORDS;

        reply = gig_sync_spool_call(spool, redis, guard, fence, n, digest, err);
        if (reply == NULL) {
            return -1;
        }

        word = gig_sync_reply_str(gig_sync_reply_at(reply, 0));

        if (gig_str_is(word, "stale")) {
            freeReplyObject(reply);
            return 1;
        }

        if (gig_str_is(word, "fenced")) {
            freeReplyObject(reply);
            return 2;
        }

        if (gig_sync_digest_read(gig_sync_reply_str(gig_sync_reply_at(reply, 2)), digest) == -1) {
            freeReplyObject(reply);
            return gig_error_set(err, "redis", "publish: an answer of another shape");
        }

        (void) snprintf(version, sizeof(version), "%" PRId64,
                        gig_sync_reply_int(gig_sync_reply_at(reply, 1)));
        (void) snprintf(count, sizeof(count), "%" PRId64,
                        gig_sync_reply_int(gig_sync_reply_at(reply, 3)));
        gig_sync_log(GIG_SYNC_INFO, gig_str_is(word, "same") ? "same" : "published", "board",
                     redis->board->name, "version", version, "records", count, NULL);

        freeReplyObject(reply);
        left -= n;

    } while (left > 0);

    return 0;
}
