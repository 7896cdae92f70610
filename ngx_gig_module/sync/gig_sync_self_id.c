#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "gig_json.h"
#include "gig_self_id.h"
#include "gig_sync_job.h"
#include "gig_sync_log.h"
#include "gig_sync_self_id.h"
#include "gig_time.h"


typedef enum { GIG_SELF_ID_WRITTEN, GIG_SELF_ID_LEFT, GIG_SELF_ID_BAD } gig_self_id_fate_t;


/* 0: it is sealed to a key that is not here, and may be opened when it is added. */
static int
gig_self_id_ours(const gig_sync_board_t *board, gig_str_t box)
{
    char    kid[33];
    size_t  i;

    for (i = 0; gig_box_kid(box, kid) == 0 && i < board->n_private; i++) {
        if (strcmp(kid, board->private_keys[i].kid) == 0) {
            return 1;
        }
    }

    return gig_box_kid(box, kid) != 0;
}


/* An opened one into the table: an id and a day, and what was sealed. */
static int
gig_self_id_put(const gig_sync_connector_t *connector, gig_sync_record_t *sink,
    gig_str_t id, gig_str_t day, const json_t *root, gig_error_t *err)
{
    int                 rc;
    char                rev[24];
    gig_buf_t           answers;
    gig_sync_self_id_t  row;

    gig_buf_init(&answers, GIG_SELF_ID_PLAIN);
    gig_json_canonical(json_object_get(root, "answers"), &answers);
    (void) snprintf(rev, sizeof(rev), "%lld",
                    (long long) json_integer_value(json_object_get(root, "form_rev")));

    row.id = id;
    row.day = day;
    row.form = gig_json_str(root, "form");
    row.form_rev = (gig_str_t) { rev, strlen(rev) };
    row.answers = gig_buf_view(&answers);

    rc = gig_buf_failed(&answers) ? gig_error_set(err, "", "out of memory")
                                  : connector->self_id(sink, &row, err);

    if (answers.data != NULL) {
        sodium_memzero(answers.data, answers.size);
    }

    gig_buf_free(&answers);

    return rc;
}


/* One entry.  -1: the sink failed, err says how; else what is to become of it. */
static int
gig_self_id_entry(const gig_sync_board_t *board, const redisReply *fields,
    const gig_sync_connector_t *connector, gig_sync_record_t *sink, gig_error_t *err)
{
    int        rc;
    size_t     i;
    json_t    *root;
    int64_t    days;
    gig_buf_t  plain;
    gig_str_t  name, value, id, day, box;

    id = day = box = gig_null_str;

    for (i = 0; fields != NULL && i + 1 < fields->elements; i += 2) {
        name = gig_sync_reply_str(fields->element[i]);
        value = gig_sync_reply_str(fields->element[i + 1]);

        if (gig_str_is(name, "id")) {
            id = value;
        } else if (gig_str_is(name, "day")) {
            day = value;
        } else if (gig_str_is(name, "box")) {
            box = value;
        }
    }

    if (id.len != GIG_SELF_ID_TEXT - 1 || !gig_id_valid(id) || gig_date_parse(day, &days) != 0)
    {
        return GIG_SELF_ID_BAD;
    }

    if (!gig_self_id_ours(board, box)) {
        return GIG_SELF_ID_LEFT;
    }

    rc = GIG_SELF_ID_BAD;
    gig_buf_init(&plain, GIG_SELF_ID_PLAIN);

    if (gig_box_open(board->private_keys, board->n_private, box, &plain, NULL) == 0) {
        root = gig_self_id_read(gig_buf_view(&plain), NULL);

        if (root != NULL) {
            rc = gig_self_id_put(connector, sink, id, day, root, err);
            rc = rc == 0 ? GIG_SELF_ID_WRITTEN : -1;
            json_decref(root);
        }
    }

    if (plain.data != NULL) {
        sodium_memzero(plain.data, plain.size);
    }

    gig_buf_free(&plain);

    return rc;
}


/* All of a batch in one transaction; `gone` gets what is to be deleted after it. */
static int
gig_self_id_batch(gig_sync_redis_t *redis, const redisReply *entries,
    const gig_sync_connector_t *connector, gig_sync_record_t *sink, gig_sync_args_t *gone,
    size_t n[3], gig_error_t *err)
{
    int     fate;
    size_t  i;

    if (connector->begin(sink, err) == -1) {
        return -1;
    }

    for (i = 0; i < entries->elements; i++) {
        fate = gig_self_id_entry(redis->board, gig_sync_reply_at(entries->element[i], 1),
                                 connector, sink, err);

        if (fate == -1) {
            (void) connector->end(sink, 0, NULL);
            return -1;
        }

        n[fate]++;

        if (fate != GIG_SELF_ID_LEFT) {
            gig_sync_arg(gone, gig_sync_reply_str(gig_sync_reply_at(entries->element[i], 0)));
        }
    }

    return connector->end(sink, 1, err);
}


static void
gig_self_id_log(const gig_sync_board_t *board, const size_t n[3])
{
    size_t  i;
    char    count[24];

    static const struct {
        gig_sync_level_t  level;
        const char       *reason;
    } said[] = { { GIG_SYNC_INFO, "written" },
                 { GIG_SYNC_WARN, "left in Redis: sealed to a key that is not among those here" },
                 { GIG_SYNC_ERROR, "dropped: no entry of a board, or damaged" } };

    for (i = 0; i < 3; i++) {
        if (n[i] != 0) {
            (void) snprintf(count, sizeof(count), "%zu", n[i]);
            gig_sync_log(said[i].level, "self-identifications", "board", board->name, "records",
                         count, "what", said[i].reason, NULL);
        }
    }
}


/* 1: there may be more, 0: that was all, -1: err. */
static int
gig_self_id_some(gig_sync_self_ids_t *ids, gig_sync_redis_t *redis,
    const gig_sync_connector_t *connector, gig_sync_record_t *sink, gig_error_t *err)
{
    int              rc;
    char             more[80];
    size_t           n[3] = { 0 };
    gig_str_t        last;
    redisReply      *reply, *deleted;
    gig_sync_args_t  gone;

    (void) snprintf(more, sizeof(more), "%s%s + COUNT %d", ids->from[0] != '\0' ? "(" : "-",
                    ids->from, GIG_SYNC_SELF_ID_BATCH);

    reply = gig_sync_redis_ask(redis, "XRANGE", "selfid", more, err);
    if (reply == NULL) {
        return -1;
    }

    if (reply->type != REDIS_REPLY_ARRAY || reply->elements == 0) {
        freeReplyObject(reply);
        return 0;
    }

    gig_sync_args_init(&gone);
    gig_sync_arg_puts(&gone, "XDEL");
    gig_sync_arg_key(&gone, redis->board, "selfid");

    rc = gig_self_id_batch(redis, reply, connector, sink, &gone, n, err);

    if (rc == 0 && n[GIG_SELF_ID_WRITTEN] + n[GIG_SELF_ID_BAD] != 0) {
        deleted = gig_sync_redis_call(redis, &gone, err);
        rc = deleted == NULL ? -1 : 0;

        if (deleted != NULL) {
            freeReplyObject(deleted);
        }
    }

    if (rc == 0) {
        gig_self_id_log(redis->board, n);

        last = gig_sync_reply_str(gig_sync_reply_at(reply->element[reply->elements - 1], 0));
        (void) snprintf(ids->from, sizeof(ids->from), "%.*s", (int) last.len,
                        last.data != NULL ? last.data : "");
        rc = reply->elements == GIG_SYNC_SELF_ID_BATCH;
    }

    gig_sync_args_free(&gone);
    freeReplyObject(reply);

    return rc;
}


int
gig_sync_self_ids(gig_sync_self_ids_t *ids, gig_sync_redis_t *redis,
    const gig_sync_connector_t *connector, gig_sync_record_t *sink, gig_error_t *err)
{
    int  rc;

    if (connector->self_id == NULL || connector->begin == NULL) {
        return 0;
    }

    /* A primary that was promoted may count from before where we are. */
    if (gig_sync_clock() >= ids->again_at) {
        ids->from[0] = '\0';
        ids->again_at = gig_sync_clock() + GIG_SYNC_SELF_ID_AGAIN;
    }

    do {
        rc = gig_self_id_some(ids, redis, connector, sink, err);
    } while (rc == 1);

    return rc;
}
