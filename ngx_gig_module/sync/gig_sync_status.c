#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include <jansson.h>

#include "gig_file.h"
#include "gig_json.h"
#include "gig_sync_commands.h"
#include "gig_sync_job.h"
#include "gig_sync_options.h"
#include "gig_sync_status.h"

#define GIG_SYNC_NODE_MAX       65536       /* bytes of a node's line */


static json_t *
gig_sync_status_string(const redisReply *reply)
{
    gig_str_t  text;

    text = gig_sync_reply_str(reply);

    return text.data == NULL ? json_null() : json_stringn(text.data, text.len);
}


/* Asks, and puts 0 or the number under name; 0, or -1 with err. */
static int
gig_sync_status_number(gig_sync_redis_t *redis, json_t *out, const char *name, const char *command,
    const char *key, gig_error_t *err)
{
    redisReply  *reply;

    reply = gig_sync_redis_ask(redis, command, key, "", err);
    if (reply == NULL) {
        return -1;
    }

    (void) json_object_set_new(out, name, json_integer(gig_sync_reply_int(reply)));
    freeReplyObject(reply);

    return 0;
}


static int
gig_sync_status_catalog(gig_sync_redis_t *redis, json_t *out, gig_error_t *err)
{
    redisReply  *reply;

    reply = gig_sync_redis_ask(redis, "HMGET", "catalog", "version digest", err);
    if (reply == NULL) {
        return -1;
    }

    (void) json_object_set_new(out, "version",
                               json_integer(gig_sync_reply_int(gig_sync_reply_at(reply, 0))));
    (void) json_object_set_new(out, "digest", gig_sync_status_string(gig_sync_reply_at(reply, 1)));
    freeReplyObject(reply);

    if (gig_sync_status_number(redis, out, "ready", "EXISTS", "ready", err) == -1) {
        return -1;
    }

    (void) json_object_set_new(
        out, "ready", json_boolean(json_integer_value(json_object_get(out, "ready")) == 1));

    return 0;
}


/*
 * The queue: how many entries there are, how many of them are in somebody's
 * hands, and how old the first one is, by Redis's own clock.
 */
static int
gig_sync_status_queue(gig_sync_redis_t *redis, json_t *out, gig_error_t *err)
{
    size_t             i;
    int64_t            now, first;
    gig_str_t          id;
    redisReply        *reply;
    gig_sync_args_t    args;
    const redisReply  *group;

    gig_sync_args_init(&args);
    gig_sync_arg_puts(&args, "TIME");
    reply = gig_sync_redis_call(redis, &args, err);
    gig_sync_args_free(&args);

    if (reply == NULL) {
        return -1;
    }

    now = gig_sync_reply_int(gig_sync_reply_at(reply, 0)) * 1000
          + gig_sync_reply_int(gig_sync_reply_at(reply, 1)) / 1000;
    freeReplyObject(reply);

    reply = gig_sync_redis_ask(redis, "XRANGE", "applications", "- + COUNT 1", err);
    if (reply == NULL) {
        return -1;
    }

    id = gig_sync_reply_str(gig_sync_reply_at(gig_sync_reply_at(reply, 0), 0));
    first = id.len == 0 ? 0 : gig_sync_reply_int(gig_sync_reply_at(gig_sync_reply_at(reply, 0), 0));
    (void) json_object_set_new(out, "lag_ms",
                               json_integer(first == 0 || first > now ? 0 : now - first));
    freeReplyObject(reply);

    (void) json_object_set_new(out, "in_hand", json_integer(0));
    (void) json_object_set_new(out, "group", json_false());
    reply = gig_sync_redis_ask(redis, "XINFO GROUPS", "applications", "", err);

    if (reply == NULL) {
        /* No stream yet: no group. */
        return redis->fault == GIG_SYNC_REDIS_REFUSED ? 0 : -1;
    }

    group = gig_sync_reply_at(reply, 0);

    for (i = 0; group != NULL && i + 1 < group->elements; i += 2) {
        (void) json_object_set_new(out, "group", json_true());

        if (gig_str_is(gig_sync_reply_str(group->element[i]), "pending")) {
            (void) json_object_set_new(out, "in_hand",
                                       json_integer(gig_sync_reply_int(group->element[i + 1])));
        }
    }

    freeReplyObject(reply);

    return 0;
}


json_t *
gig_sync_nodes(gig_sync_redis_t *redis, gig_error_t *err)
{
    size_t       i;
    int64_t      at;
    json_t      *nodes, *node;
    redisReply  *reply;

    reply = gig_sync_redis_ask(redis, "HGETALL", "nodes", "", err);
    if (reply == NULL) {
        return NULL;
    }

    nodes = json_array();

    for (i = 0; reply->type == REDIS_REPLY_ARRAY && i + 1 < reply->elements; i += 2) {
        node = gig_json_parse(gig_sync_reply_str(reply->element[i + 1]), GIG_SYNC_NODE_MAX,
                              GIG_JSON_DEPTH_MAX, NULL);
        if (!json_is_object(node)) {
            json_decref(node);
            continue;
        }

        at = json_integer_value(json_object_get(node, "at"));
        (void) json_object_set_new(node, "node", gig_sync_status_string(reply->element[i]));
        (void) json_object_set_new(node, "age", json_integer(gig_sync_now_ms() / 1000 - at));
        (void) json_array_append_new(nodes, node);
    }

    freeReplyObject(reply);

    return nodes;
}


static int
gig_sync_status_nodes(gig_sync_redis_t *redis, json_t *out, gig_error_t *err)
{
    size_t   i;
    json_t  *nodes, *node;
    int64_t  gap;

    nodes = gig_sync_nodes(redis, err);

    if (nodes == NULL) {
        return -1;
    }

    gap = 0;

    json_array_foreach(nodes, i, node) {
        gap += json_integer_value(json_object_get(node, "gap"));
    }

    (void) json_object_set_new(out, "nodes", nodes);
    (void) json_object_set_new(out, "gap", json_integer(gap));

    return 0;
}


/* What else waits: self-identifications, and of the queue above the bytes of large boxes. */
static int
gig_sync_status_more(gig_sync_redis_t *redis, json_t *out, gig_error_t *err)
{
    redisReply  *reply;

    if (gig_sync_status_number(redis, out, "self_identifications", "XLEN", "selfid", err) == -1) {
        return -1;
    }

    reply = gig_sync_redis_ask(redis, "HGET", "files", "bytes", err);

    if (reply == NULL) {
        return -1;
    }

    /* as the judge has it: nothing waits while the stream is empty */
    (void) json_object_set_new(out, "files_bytes",
                               json_integer(json_integer_value(json_object_get(out, "backlog")) > 0
                                                ? gig_sync_reply_int(reply) : 0));
    freeReplyObject(reply);

    return 0;
}


/* Who publishes; null: nobody has said so lately. */
static int
gig_sync_status_publisher(gig_sync_redis_t *redis, json_t *out, gig_error_t *err)
{
    char         host[64];
    int          process;
    long long    fence;
    gig_str_t    lease;
    redisReply  *reply;

    reply = gig_sync_redis_ask(redis, "GET", "lease", "", err);

    if (reply == NULL) {
        return -1;
    }

    lease = gig_sync_reply_str(reply);

    if (lease.len != 0 && sscanf(lease.data, "%18lld-%*64s %63s %9d", &fence, host, &process) == 3)
    {
        (void) json_object_set_new(out, "publisher", json_pack("{s:s, s:i, s:I}", "host", host,
                                                               "process", process, "fence",
                                                               (json_int_t) fence));

    } else {
        (void) json_object_set_new(out, "publisher", json_null());
    }

    freeReplyObject(reply);

    return 0;
}


/* By the sink's own table; the stream `dead` is what was told of it. */
static void
gig_sync_status_dead(const gig_sync_board_t *settings, json_t *board)
{
    size_t       n;
    gig_error_t  err;

    if (gig_sync_dead_count(settings, &n, &err) == -1) {
        (void) json_object_set_new(board, "dead", json_null());
        (void) json_object_set_new(board, "dead_error", json_string(err.detail));

    } else {
        (void) json_object_set_new(board, "dead", json_integer((json_int_t) n));
    }
}


/* What the next pull will find; rows that are no records are told by the log. */
static void
gig_sync_status_source(const gig_sync_board_t *settings, json_t *board)
{
    json_t            *source;
    gig_error_t        err;
    gig_sync_tally_t   tally;

    source = json_object();

    if (gig_sync_tally(gig_sync_source_url(settings), &tally, &err) == -1) {
        (void) json_object_set_new(source, "error", json_string(err.detail));

    } else {
        (void) json_object_set_new(source, "gigs", json_integer((json_int_t) tally.gigs));
        (void) json_object_set_new(source, "forms", json_integer((json_int_t) tally.forms));
        (void) json_object_set_new(source, "refused", json_integer((json_int_t) tally.refused));
    }

    (void) json_object_set_new(board, "source", source);
}


static void
gig_sync_status_print(const json_t *board)
{
    char           size[GIG_FILE_SIZE_TEXT];
    size_t         i;
    int64_t        age;
    const json_t  *nodes, *node, *error, *source, *publisher;

#define GIG_SYNC_STATUS(object, name)                                                              \
    ((long long) json_integer_value(json_object_get(object, name)))

    error = json_object_get(board, "error");

    if (error != NULL) {
        printf("%s: %s\n", json_string_value(json_object_get(board, "board")),
               json_string_value(error));
        return;
    }

    printf("%s: version %lld, %lld gig%s, %lld form%s, %s\n",
           json_string_value(json_object_get(board, "board")), GIG_SYNC_STATUS(board, "version"),
           GIG_SYNC_STATUS(board, "gigs"), gig_plural(GIG_SYNC_STATUS(board, "gigs")),
           GIG_SYNC_STATUS(board, "forms"), gig_plural(GIG_SYNC_STATUS(board, "forms")),
           json_is_true(json_object_get(board, "ready"))
               ? "ready" : "NOT READY: no application is judged until gig-sync has rebuilt it");

    source = json_object_get(board, "source");
    error = json_object_get(source, "error");

    if (error != NULL) {
        printf("  source: CANNOT BE READ: %s\n", json_string_value(error));

    } else {
        printf("  source: %lld gig%s, %lld form%s, %lld refused%s\n",
               GIG_SYNC_STATUS(source, "gigs"), gig_plural(GIG_SYNC_STATUS(source, "gigs")),
               GIG_SYNC_STATUS(source, "forms"), gig_plural(GIG_SYNC_STATUS(source, "forms")),
               GIG_SYNC_STATUS(source, "refused"),
               GIG_SYNC_STATUS(source, "refused") > 0
                   ? " (the lines above say which and why; what was published of them stays)" : "");
    }

    publisher = json_object_get(board, "publisher");

    if (json_is_object(publisher)) {
        printf("  publisher: %s, process %lld, fence %lld\n",
               json_string_value(json_object_get(publisher, "host")),
               GIG_SYNC_STATUS(publisher, "process"), GIG_SYNC_STATUS(publisher, "fence"));

    } else {
        puts("  publisher: nobody: is gig-sync run up?");
    }

    printf("  applications: backlog %lld (in hand %lld), oldest waits %.1f s, gap %lld,",
           GIG_SYNC_STATUS(board, "backlog"), GIG_SYNC_STATUS(board, "in_hand"),
           (double) GIG_SYNC_STATUS(board, "lag_ms") / 1000, GIG_SYNC_STATUS(board, "gap"));

    error = json_object_get(board, "dead_error");

    if (error != NULL) {
        printf(" dead letters UNKNOWN: %s\n", json_string_value(error));

    } else {
        printf(" dead letters %lld%s\n", GIG_SYNC_STATUS(board, "dead"),
               GIG_SYNC_STATUS(board, "dead") > 0 ? " (\"gig-sync dead list\")" : "");
    }

    gig_file_size_text(NULL, (size_t) GIG_SYNC_STATUS(board, "files_bytes"), size);
    printf("  files: %s wait; self-identifications: backlog %lld\n",
           GIG_SYNC_STATUS(board, "files_bytes") > 0 ? size : "none",
           GIG_SYNC_STATUS(board, "self_identifications"));

    nodes = json_object_get(board, "nodes");

    if (json_array_size(nodes) == 0) {
        puts("  no host of nginx has been heard of yet");
    }

    for (i = 0; i < json_array_size(nodes); i++) {
        node = json_array_get(nodes, i);
        age = GIG_SYNC_STATUS(node, "age");

        printf("  host %.*s: version %lld, gap %lld, clock %+lld ms, seen %lld s ago%s%s\n", 64,
               json_string_value(json_object_get(node, "host")) == NULL
                   ? "?"
                   : json_string_value(json_object_get(node, "host")),
               GIG_SYNC_STATUS(node, "version"), GIG_SYNC_STATUS(node, "gap"),
               GIG_SYNC_STATUS(node, "clock_ms"), (long long) age,
               age > GIG_SYNC_NODE_OLD ? ": NOT SEEN LATELY"
               : GIG_SYNC_STATUS(node, "version") < GIG_SYNC_STATUS(board, "version") ? ": behind"
                                                                                      : "",
               json_object_get(node, "drained") == NULL ? ""
               : GIG_SYNC_STATUS(node, "gap") == 0      ? ": DRAINED"
                                                        : ": DRAINED, gap not 0 yet");
    }

#undef GIG_SYNC_STATUS
}


static int
gig_sync_status_board(const gig_sync_board_t *settings, json_t *board)
{
    int               rc;
    gig_error_t       err, fault;
    gig_sync_redis_t  redis;

    gig_sync_redis_init(&redis, settings);
    (void) json_object_set_new(board, "board", json_string(settings->name));

    rc = 0;

    if (gig_sync_status_catalog(&redis, board, &err) == -1
        || gig_sync_status_number(&redis, board, "gigs", "HLEN", "gigs", &err) == -1
        || gig_sync_status_number(&redis, board, "forms", "HLEN", "forms", &err) == -1
        || gig_sync_status_number(&redis, board, "backlog", "XLEN", "applications", &err) == -1
        || gig_sync_status_queue(&redis, board, &err) == -1
        || gig_sync_status_more(&redis, board, &err) == -1
        || gig_sync_status_publisher(&redis, board, &err) == -1
        || gig_sync_status_nodes(&redis, board, &err) == -1)
    {
        gig_error_set(&fault, "", "Redis %s cannot be asked: %s", settings->redis, err.detail);
        (void) json_object_set_new(board, "error", json_string(fault.detail));
        rc = -1;

    } else {
        gig_sync_status_source(settings, board);
        gig_sync_status_dead(settings, board);
    }

    gig_sync_redis_close(&redis);

    return rc;
}


int
gig_sync_status(int argc, char **argv)
{
    int                  rc;
    json_t              *boards, *board;
    unsigned             i;
    gig_sync_options_t   options;
    gig_sync_settings_t  settings = { 0 };

    rc = gig_sync_options(argc, argv, 1, &options);

    if (rc == 0) {
        rc = gig_sync_options_load(&options, argv[0], &settings);
    }

    if (rc != 0) {
        return rc;
    }

    boards = json_array();

    for (i = 0; i < settings.n; i++) {
        board = json_object();

        if (gig_sync_status_board(&settings.board[i], board) == -1) {
            rc = EX_UNAVAILABLE;
        }

        if (!options.json) {
            gig_sync_status_print(board);
        }

        (void) json_array_append_new(boards, board);
    }

    if (options.json) {
        (void) json_dumpf(boards, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
        putchar('\n');
    }

    json_decref(boards);
    gig_sync_settings_free(&settings);

    return rc;
}
