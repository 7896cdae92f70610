
/*
 * gig-sync drain: a host that is to leave takes no more applications and hands over what it has.
 * It is told by a word in Redis, and says in its line of `nodes` for how long nothing has been
 * under way there.  What the host makes of it: http/ngx_http_gig_drain.c.
 *
 * No clock of a host is asked: a line that changes while we look is of a host that lives.
 */

#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include <jansson.h>

#include "gig_json.h"
#include "gig_sync_commands.h"
#include "gig_sync_job.h"
#include "gig_sync_log.h"
#include "gig_sync_options.h"
#include "gig_sync_redis.h"

#define GIG_SYNC_DRAIN_QUIET    5       /* seconds with nothing under way: above any time-out */
#define GIG_SYNC_DRAIN_WAIT     60      /* seconds, if nothing is said */
#define GIG_SYNC_DRAIN_WAIT_MAX (24 * 3600)
#define GIG_SYNC_DRAIN_ALIVE    7000    /* ms in which a host that lives says something */
#define GIG_SYNC_DRAIN_LOOK     500     /* ms between two looks */
#define GIG_SYNC_DRAIN_HOSTS    64      /* of a board that one command is about */
#define GIG_SYNC_DRAIN_NODE     64      /* bytes of a node's name and NUL */
#define GIG_SYNC_DRAIN_LINE     65536   /* bytes of a node's line */


typedef struct {
    const gig_sync_board_t *board;      /* not owned */
    char                    node[GIG_SYNC_DRAIN_NODE];
    char                    host[GIG_SYNC_DRAIN_NODE];
    int64_t                 first;      /* `at` when we came */
    int                     seen;       /* and it has changed since */
    int64_t                 gap;
    int64_t                 quiet;      /* seconds; -1: not drained */
} gig_sync_drain_host_t;

typedef struct {
    const char             *host, *node;    /* one of them */
    enum { GIG_SYNC_DRAIN, GIG_SYNC_UNDO, GIG_SYNC_FORGET } what;
    int64_t                 wait_ms;
    unsigned                n;
    gig_sync_drain_host_t   hosts[GIG_SYNC_DRAIN_HOSTS];
    gig_buf_t               others;         /* names of hosts that are not meant */
} gig_sync_drain_t;


static int gig_sync_drain_options(int argc, char **argv, gig_sync_drain_t *drain,
    gig_sync_options_t *options, const char **name);
static int gig_sync_drain_find(gig_sync_drain_t *drain, const gig_sync_board_t *board,
    gig_sync_redis_t *redis, gig_error_t *err);
static int gig_sync_drain_tell(gig_sync_drain_host_t *host, gig_sync_redis_t *redis,
    const char *word, gig_error_t *err);
static int gig_sync_drain_look(gig_sync_drain_host_t *host, gig_sync_redis_t *redis,
    gig_error_t *err);
static int gig_sync_drain_host(gig_sync_drain_t *drain, gig_sync_drain_host_t *host);
static int gig_sync_drain_forget(gig_sync_drain_host_t *host, gig_sync_redis_t *redis,
    gig_error_t *err);


static int
gig_sync_drain_options(int argc, char **argv, gig_sync_drain_t *drain,
    gig_sync_options_t *options, const char **name)
{
    int    c, n;
    char  *end;
    long   seconds;

    static const struct option  long_options[] = {
        { "host",   required_argument, NULL, 'h' },
        { "node",   required_argument, NULL, 'n' },
        { "wait",   required_argument, NULL, 'w' },
        { "undo",   no_argument,       NULL, 'u' },
        { "forget", no_argument,       NULL, 'f' },
        { "board",  required_argument, NULL, 'b' },
        { NULL, 0, NULL, 0 }
    };

    n = 0;
    seconds = GIG_SYNC_DRAIN_WAIT;

    while ((c = getopt_long(argc, argv, "c:", long_options, NULL)) != -1) {
        switch (c) {
        case 'c':
            options->config = optarg;
            break;

        case 'h':
            drain->host = optarg;
            break;

        case 'n':
            drain->node = optarg;
            break;

        case 'w':
            seconds = strtol(optarg, &end, 10);

            if (end == optarg || *end != '\0' || seconds < 0 || seconds > GIG_SYNC_DRAIN_WAIT_MAX) {
                return gig_sync_fail(EX_USAGE, argv[0], "--wait \"%s\" is no number of seconds up"
                                     " to %d", optarg, GIG_SYNC_DRAIN_WAIT_MAX);
            }

            break;

        case 'u':
            drain->what = GIG_SYNC_UNDO;
            n++;
            break;

        case 'f':
            drain->what = GIG_SYNC_FORGET;
            n++;
            break;

        case 'b':
            *name = optarg;
            break;

        default:
            return gig_sync_misused(argv);
        }
    }

    drain->wait_ms = (int64_t) seconds * 1000;

    if (options->config == NULL || optind != argc || n > 1
        || (drain->host == NULL) == (drain->node == NULL))
    {
        return gig_sync_fail(EX_USAGE, argv[0], "needs -c FILE and --host HOST (as \"gig-sync"
                             " status\" names it) or --node NODE; may have one of --undo and"
                             " --forget");
    }

    return 0;
}


static void
gig_sync_drain_text(char *out, size_t size, gig_str_t text)
{
    (void) snprintf(out, size, "%.*s", (int) (text.len < size ? text.len : size - 1),
                    text.len ? text.data : "");
}


static json_t *
gig_sync_drain_line(const redisReply *reply)
{
    return gig_json_parse(gig_sync_reply_str(reply), GIG_SYNC_DRAIN_LINE, GIG_JSON_DEPTH_MAX, NULL);
}


static int
gig_sync_drain_find(gig_sync_drain_t *drain, const gig_sync_board_t *board,
    gig_sync_redis_t *redis, gig_error_t *err)
{
    size_t                  i;
    json_t                 *line;
    gig_str_t               node, name;
    redisReply             *reply;
    gig_sync_drain_host_t  *host;

    reply = gig_sync_redis_ask(redis, "HGETALL", "nodes", "", err);

    if (reply == NULL) {
        return -1;
    }

    for (i = 0; reply->type == REDIS_REPLY_ARRAY && i + 1 < reply->elements; i += 2) {
        node = gig_sync_reply_str(reply->element[i]);
        line = gig_sync_drain_line(reply->element[i + 1]);
        name = gig_json_str(line, "host");

        if (!(drain->host ? gig_str_is(name, drain->host) : gig_str_is(node, drain->node))
            || node.len == 0 || node.len >= GIG_SYNC_DRAIN_NODE || memchr(node.data, ' ', node.len)
            || drain->n == GIG_SYNC_DRAIN_HOSTS)
        {
            gig_buf_printf(&drain->others, "%s%.*s", drain->others.len ? ", " : "", (int) name.len,
                           name.len ? name.data : "");
            json_decref(line);
            continue;
        }

        host = &drain->hosts[drain->n++];
        memset(host, 0, sizeof(gig_sync_drain_host_t));
        host->board = board;
        host->first = json_integer_value(json_object_get(line, "at"));
        host->gap = json_integer_value(json_object_get(line, "gap"));
        gig_sync_drain_text(host->node, sizeof(host->node), node);
        gig_sync_drain_text(host->host, sizeof(host->host), name);
        json_decref(line);
    }

    freeReplyObject(reply);

    return 0;
}


static int
gig_sync_drain_tell(gig_sync_drain_host_t *host, gig_sync_redis_t *redis, const char *word,
    gig_error_t *err)
{
    char  more[GIG_SYNC_DRAIN_NODE + 8];

    (void) snprintf(more, sizeof(more), "%s %s", host->node, word);

    return gig_sync_redis_do(redis, "HSET", "drain", more, err);
}


static int
gig_sync_drain_look(gig_sync_drain_host_t *host, gig_sync_redis_t *redis, gig_error_t *err)
{
    json_t      *line, *drained;
    redisReply  *reply;

    reply = gig_sync_redis_ask(redis, "HGET", "nodes", host->node, err);

    if (reply == NULL) {
        return -1;
    }

    line = gig_sync_drain_line(reply);
    drained = json_object_get(line, "drained");

    if (json_integer_value(json_object_get(line, "at")) != host->first) {
        host->seen = 1;
    }

    host->gap = json_integer_value(json_object_get(line, "gap"));
    host->quiet = json_is_integer(drained) ? json_integer_value(drained) : -1;
    json_decref(line);
    freeReplyObject(reply);

    return 0;
}


/* Its line is a host's that will not come back. */
static int
gig_sync_drain_forget(gig_sync_drain_host_t *host, gig_sync_redis_t *redis, gig_error_t *err)
{
    int64_t          until;
    struct timespec  pause = { 0, GIG_SYNC_DRAIN_LOOK * 1000000L };

    for (until = gig_sync_clock() + GIG_SYNC_DRAIN_ALIVE; gig_sync_clock() < until; ) {
        if (gig_sync_drain_look(host, redis, err) == -1) {
            return -1;
        }

        if (host->seen) {
            return gig_sync_fail(EX_TEMPFAIL, "drain", "%s (%s) still speaks: stop nginx there"
                                 " first", host->host, host->board->name);
        }

        (void) nanosleep(&pause, NULL);
    }

    if (host->gap > 0) {
        (void) gig_sync_fail(0, "drain", "%s (%s): the last it said was a gap of %" PRId64
                             ": if its folder is there, \"gig-sync ledger send\" it", host->host,
                             host->board->name, host->gap);
    }

    if (gig_sync_redis_do(redis, "HDEL", "nodes", host->node, err) == -1
        || gig_sync_redis_do(redis, "HDEL", "drain", host->node, err) == -1)
    {
        return -1;
    }

    printf("%s (%s): forgotten\n", host->host, host->board->name);

    return 0;
}


static int
gig_sync_drain_host(gig_sync_drain_t *drain, gig_sync_drain_host_t *host)
{
    int               rc, undo;
    int64_t           until, told;
    gig_error_t       err;
    struct timespec   pause = { 0, GIG_SYNC_DRAIN_LOOK * 1000000L };
    gig_sync_redis_t  redis;

    gig_sync_redis_init(&redis, host->board);
    undo = drain->what == GIG_SYNC_UNDO;
    until = gig_sync_clock() + drain->wait_ms;
    told = -1;

    if (drain->what == GIG_SYNC_FORGET) {
        rc = gig_sync_drain_forget(host, &redis, &err);
        goto done;
    }

    for ( ;; ) {
        /* Each time: a Redis that lost its memory does not know the word any more. */
        rc = gig_sync_drain_tell(host, &redis, undo ? "off" : "on", &err);

        if (rc == 0) {
            rc = gig_sync_drain_look(host, &redis, &err);
        }

        if (rc == -1 && redis.fault == GIG_SYNC_REDIS_REFUSED) {
            break;
        }

        if (rc == 0 && host->seen
            && (undo ? host->quiet == -1
                     : host->quiet >= GIG_SYNC_DRAIN_QUIET && host->gap == 0))
        {
            printf(undo ? "%s (%s): takes applications again\n"
                        : "%s (%s): takes no applications, gap 0: nginx may be stopped there\n",
                   host->host, host->board->name);
            break;
        }

        if (rc == 0 && host->seen && host->quiet >= 0 && host->gap != told) {
            told = host->gap;
            fprintf(stderr, "%s (%s): takes no applications, gap %" PRId64 "\n", host->host,
                    host->board->name, host->gap);
        }

        if (gig_sync_clock() >= until) {
            if (rc == 0) {
                rc = drain->wait_ms == 0 ? EX_OK : EX_TEMPFAIL;
                printf("%s (%s): %s\n", host->host, host->board->name,
                       !host->seen ? drain->wait_ms == 0 ? "told" : "told, but it has said nothing"
                                     " since: does nginx run there, and reach Redis?"
                       : undo || host->quiet == -1
                           ? "told, but does not do it: does its Redis user have the rights of"
                             " edge.acl?"
                           : "takes no applications, but something is left: is gig-sync running?");
            }

            break;
        }

        (void) nanosleep(&pause, NULL);
    }

done:

    if (rc == -1) {
        rc = gig_sync_fail(EX_UNAVAILABLE, "drain", "Redis %s: %s; what %s still holds cannot be"
                           " known. Take it out of the balancer, stop nginx, and keep its state"
                           " folder for \"gig-sync ledger send\"", host->board->redis, err.detail,
                           host->host);
    }

    gig_sync_redis_close(&redis);

    return rc;
}


int
gig_sync_drain(int argc, char **argv)
{
    int                      rc, status;
    unsigned                 i;
    const char              *name;
    gig_error_t              err;
    gig_sync_drain_t        *drain;
    gig_sync_redis_t         redis;
    gig_sync_options_t       options = { 0 };
    gig_sync_settings_t      settings = { 0 };

    drain = calloc(1, sizeof(gig_sync_drain_t));

    if (drain == NULL) {
        return gig_sync_fail(EX_OSERR, argv[0], "out of memory");
    }

    gig_buf_init(&drain->others, GIG_SYNC_DRAIN_LINE);
    name = NULL;
    rc = gig_sync_drain_options(argc, argv, drain, &options, &name);

    if (rc != 0) {
        goto done;
    }

    gig_sync_log_init(0, GIG_SYNC_INFO);
    (void) signal(SIGPIPE, SIG_IGN);
    rc = gig_sync_options_load(&options, argv[0], &settings);

    if (rc != 0) {
        goto done;
    }

    rc = gig_sync_options_named(&options, argv[0], &settings, name);

    if (rc != 0) {
        goto done;
    }

    for (i = 0; i < settings.n; i++) {
        if (name != NULL && strcmp(settings.board[i].name, name) != 0) {
            continue;
        }

        gig_sync_redis_init(&redis, &settings.board[i]);

        if (gig_sync_drain_find(drain, &settings.board[i], &redis, &err) == -1) {
            rc = gig_sync_fail(EX_UNAVAILABLE, argv[0], "Redis %s: %s; what the host still holds"
                               " cannot be known. Take it out of the balancer, stop nginx, and keep"
                               " its state folder for \"gig-sync ledger send\"",
                               settings.board[i].redis, err.detail);
        }

        gig_sync_redis_close(&redis);
    }

    if (rc == 0 && drain->n == 0) {
        gig_buf_puts(&drain->others, drain->others.len ? "" : "none");
        rc = gig_sync_fail(EX_NOINPUT, argv[0], "no host %s is known; those that are: %.*s",
                           drain->host ? drain->host : drain->node, (int) drain->others.len,
                           drain->others.data);
    }

    for (i = 0; i < drain->n; i++) {
        status = gig_sync_drain_host(drain, &drain->hosts[i]);
        rc = status == EX_OK ? rc : status;
    }

done:

    gig_buf_free(&drain->others);
    free(drain);
    gig_sync_settings_free(&settings);

    return rc;
}
