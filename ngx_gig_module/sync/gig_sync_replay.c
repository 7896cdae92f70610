
/*
 * gig-sync replay: tells all hosts, by a key of Redis, that the system of record has lost what
 * it settled since TIME.  What they make of it: http/ngx_http_gig_ledger_replay.c.
 */

#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <sodium.h>

#include "gig_json.h"
#include "gig_mac.h"
#include "gig_seal.h"
#include "gig_sync_commands.h"
#include "gig_sync_job.h"
#include "gig_sync_log.h"
#include "gig_sync_options.h"
#include "gig_sync_status.h"
#include "gig_time.h"

#define GIG_SYNC_REPLAY_TTL     (7 * 24 * 3600)     /* seconds in which a host may come back */
#define GIG_SYNC_REPLAY_CLOCK   5000                /* ms that a host's clock may be behind */
#define GIG_SYNC_REPLAY_NONCE   16                  /* random bytes */
#define GIG_SYNC_REPLAY_MAX     253402300799        /* seconds: the end of the year 9999 */


static int gig_sync_replay_time(const char *text, int64_t *ms);
static int gig_sync_replay_ask(gig_sync_redis_t *redis, int64_t since_ms, gig_error_t *err);
static int gig_sync_replay_heard(const char *command, const gig_sync_board_t *board,
    const json_t *nodes);


/* RFC 3339, or seconds since 1970. */
static int
gig_sync_replay_time(const char *text, int64_t *ms)
{
    char  *end;

    if (gig_time_parse((gig_str_t) { text, strlen(text) }, ms) == 0) {
        return 0;
    }

    if (text[0] < '0' || text[0] > '9') {
        return -1;
    }

    *ms = strtoll(text, &end, 10);

    if (*end != '\0' || *ms > GIG_SYNC_REPLAY_MAX) {
        return -1;
    }

    *ms *= 1000;

    return 0;
}


static int
gig_sync_replay_ask(gig_sync_redis_t *redis, int64_t since_ms, gig_error_t *err)
{
    int               rc;
    char              nonce[GIG_APPLICATION_TEXT], value[GIG_APPLICATION_TEXT + 24];
    redisReply       *reply;
    unsigned char     bytes[GIG_SYNC_REPLAY_NONCE];
    gig_sync_args_t   args;

    randombytes_buf(bytes, sizeof(bytes));
    gig_base64url(bytes, sizeof(bytes), nonce, sizeof(nonce));
    (void) snprintf(value, sizeof(value), "%s %" PRId64, nonce, since_ms);

    gig_sync_args_init(&args);
    gig_sync_arg_puts(&args, "SET");
    gig_sync_arg_key(&args, redis->board, "replay");
    gig_sync_arg_puts(&args, value);
    gig_sync_arg_puts(&args, "EX");
    gig_sync_arg_int(&args, GIG_SYNC_REPLAY_TTL);

    reply = gig_sync_redis_call(redis, &args, err);
    rc = reply == NULL ? -1 : 0;

    if (reply != NULL) {
        freeReplyObject(reply);
    }

    gig_sync_args_free(&args);

    return rc;
}


/*
 * Who will do it: a word that reaches nobody brings nothing back, and says so in no other place.
 * Who has only been silent for a while may hear it all the same.
 */
static int
gig_sync_replay_heard(const char *command, const gig_sync_board_t *board, const json_t *nodes)
{
    size_t         i, silent;
    gig_str_t      host;
    const json_t  *node;

    silent = 0;

    for (i = 0; i < json_array_size(nodes); i++) {
        node = json_array_get(nodes, i);
        host = gig_json_str(node, "host");

        if (json_integer_value(json_object_get(node, "age")) > GIG_SYNC_NODE_OLD) {
            silent++;
        }

        printf("  host %.*s%s\n", (int) host.len, host.len ? host.data : "",
               json_integer_value(json_object_get(node, "age")) > GIG_SYNC_NODE_OLD
                   ? ": NOT SEEN LATELY" : "");
    }

    if (i > silent) {
        return EX_OK;
    }

    return gig_sync_fail(EX_TEMPFAIL, command, "%s: the word is in Redis, but %s: does nginx run,"
                         " and reach this Redis? Of a host that will not come back, send its"
                         " folder: \"gig-sync ledger send DIR --all\"", board->name,
                         i == 0 ? "no host of nginx is known there"
                                : "all hosts that are known there have been silent lately");
}


int
gig_sync_replay(int argc, char **argv)
{
    int                         c, rc;
    char                        text[GIG_TIME_SIZE];
    int64_t                     since_ms;
    const char                 *since, *name;
    gig_error_t                 err;
    gig_sync_options_t          options = { 0 };
    gig_sync_settings_t         settings = { 0 };
    json_t                     *nodes;
    gig_sync_redis_t            redis;
    const gig_sync_board_t     *board;
    static const struct option  long_options[] = {
        { "since", required_argument, NULL, 's' },
        { "board", required_argument, NULL, 'b' },
        { NULL, 0, NULL, 0 }
    };

    since = NULL;
    name = NULL;

    while ((c = getopt_long(argc, argv, "c:s:b:", long_options, NULL)) != -1) {
        switch (c) {
        case 'c':
            options.config = optarg;
            break;

        case 's':
            since = optarg;
            break;

        case 'b':
            name = optarg;
            break;

        default:
            return gig_sync_misused(argv);
        }
    }

    if (options.config == NULL || since == NULL || optind != argc) {
        return gig_sync_fail(EX_USAGE, argv[0],
                             "needs --since TIME, when the backup was made, and -c FILE");
    }

    if (gig_sync_replay_time(since, &since_ms) != 0) {
        return gig_sync_fail(EX_USAGE, argv[0], "--since \"%s\" is no time; right is"
                             " 2026-11-27T08:00:00Z, or seconds since 1970", since);
    }

    if (since_ms > gig_sync_now_ms()) {
        return gig_sync_fail(EX_USAGE, argv[0], "--since %s has not come yet", since);
    }

    gig_sync_log_init(0, GIG_SYNC_INFO);
    (void) signal(SIGPIPE, SIG_IGN);
    rc = gig_sync_options_load(&options, argv[0], &settings);

    if (rc != 0) {
        return rc;
    }

    rc = gig_sync_options_named(&options, argv[0], &settings, name);

    if (rc != 0) {
        goto done;
    }

    board = gig_sync_options_board(&settings, name);

    if (board == NULL) {
        rc = gig_sync_fail(EX_USAGE, argv[0], "%s has several boards: name one, --board NAME",
                           options.config);
        goto done;
    }

    /* Of a host whose clock is behind, a tick may seem older than what it is about. */

    since_ms = since_ms > GIG_SYNC_REPLAY_CLOCK ? since_ms - GIG_SYNC_REPLAY_CLOCK : 0;

    gig_sync_redis_init(&redis, board);
    nodes = gig_sync_replay_ask(&redis, since_ms, &err) == 0 ? gig_sync_nodes(&redis, &err) : NULL;
    gig_sync_redis_close(&redis);

    if (nodes == NULL) {
        rc = gig_sync_fail(EX_UNAVAILABLE, argv[0], "Redis %s: %s", board->redis, err.detail);
        goto done;
    }

    printf("%s: all hosts send again what is not settled, or was since %s.\n"
           "They do so within seconds, one that is off if it comes back within %d days; the gap of"
           " each is in\n\"gig-sync status\", and 0 when its part is done.\n", board->name,
           gig_time_format_ms(since_ms, text), GIG_SYNC_REPLAY_TTL / (24 * 3600));
    rc = gig_sync_replay_heard(argv[0], board, nodes);
    json_decref(nodes);

done:

    gig_sync_settings_free(&settings);

    return rc;
}
