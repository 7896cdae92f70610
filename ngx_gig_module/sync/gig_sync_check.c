#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "gig_sync_commands.h"
#include "gig_sync_connector.h"
#include "gig_sync_job.h"
#include "gig_sync_options.h"
#include "gig_sync_redis.h"

#define GIG_SYNC_REDIS_LEAST    70000       /* 7.0.0: XAUTOCLAIM's lost ids, scripts with flags */


typedef enum { GIG_SYNC_CHECK_OK, GIG_SYNC_CHECK_WARNING, GIG_SYNC_CHECK_ERROR } gig_sync_verdict_t;

typedef struct {
    const gig_sync_board_t  *board;
    gig_sync_redis_t         redis;
    unsigned                 errors, warnings;
    int                      blind;             /* no CONFIG GET for us */
} gig_sync_check_t;


static void gig_sync_check_say(gig_sync_check_t *check, gig_sync_verdict_t verdict,
    const char *what, const char *format, ...)
    __attribute__((format(printf, 4, 5)));


static void
gig_sync_check_say(gig_sync_check_t *check, gig_sync_verdict_t verdict, const char *what,
    const char *format, ...)
{
    va_list  args;

    static const char *const  words[] = { "ok", "warning", "error" };

    check->errors += verdict == GIG_SYNC_CHECK_ERROR;
    check->warnings += verdict == GIG_SYNC_CHECK_WARNING;

    printf("%-8s %s: %s: ", words[verdict], check->board->name, what);

    va_start(args, format);
    (void) vprintf(format, args);
    va_end(args);

    putchar('\n');
}


/* Of an error with a place: "PLACE: what is wrong". */
static void
gig_sync_check_fault(gig_sync_check_t *check, const char *what, const gig_error_t *err)
{
    gig_sync_check_say(check, GIG_SYNC_CHECK_ERROR, what, "%s%s%s", err->pointer,
                       err->pointer[0] == '\0' ? "" : ": ", err->detail);
}


/* One CONFIG parameter; 0 and a line if Redis does not let us look, 0 alone once it has not. */
static int
gig_sync_check_config(gig_sync_check_t *check, const char *name, char *value, size_t size)
{
    gig_str_t         text;
    gig_error_t       err;
    redisReply       *reply;
    gig_sync_args_t   args;

    if (check->blind) {
        return 0;
    }

    gig_sync_args_init(&args);
    gig_sync_arg_words(&args, "CONFIG GET");
    gig_sync_arg_puts(&args, name);
    reply = gig_sync_redis_call(&check->redis, &args, &err);
    gig_sync_args_free(&args);

    if (reply == NULL) {
        check->blind = 1;
        gig_sync_check_say(check, GIG_SYNC_CHECK_WARNING, "appendfsync",
                           strncmp(err.detail, "NOPERM", 6) == 0
                               ? "not looked at, nor no-appendfsync-on-rewrite: this Redis user has"
                                 " no right to CONFIG GET; right are always and no%s"
                               : "%s", strncmp(err.detail, "NOPERM", 6) == 0 ? "" : err.detail);
        return 0;
    }

    text = gig_sync_reply_str(gig_sync_reply_at(reply, 1));
    (void) snprintf(value, size, "%.*s", (int) text.len, text.data == NULL ? "" : text.data);
    freeReplyObject(reply);

    return 1;
}


/* What is after "name:" in an answer of INFO. */
static void
gig_sync_check_info(gig_str_t info, const char *name, char *value, size_t size)
{
    size_t       len;
    const char  *p;

    value[0] = '\0';
    p = info.data == NULL ? NULL : strstr(info.data, name);

    if (p == NULL) {
        return;
    }

    p += strlen(name);
    len = strcspn(p, "\r\n");
    (void) snprintf(value, size, "%.*s", (int) len, p);
}


static void
gig_sync_check_version(gig_sync_check_t *check, const char *version)
{
    long         number;
    char        *end;

    number = strtol(version, &end, 10) * 10000;

    if (*end == '.') {
        number += strtol(end + 1, NULL, 10) * 100;
    }

    if (number < GIG_SYNC_REDIS_LEAST) {
        gig_sync_check_say(check, GIG_SYNC_CHECK_ERROR, "version",
                           "%s is too old; right is 7.0 or later", version);

    } else {
        gig_sync_check_say(check, GIG_SYNC_CHECK_OK, "version", "%s", version);
    }
}


/* What would lose applications without anybody noticing.  INFO says some of it to all. */
static void
gig_sync_check_guards(gig_sync_check_t *check, gig_str_t info)
{
    char  value[64];
    int   always;

    gig_sync_check_info(info, "maxmemory_policy:", value, sizeof(value));

    if (strcmp(value, "noeviction") == 0) {
        gig_sync_check_say(check, GIG_SYNC_CHECK_OK, "maxmemory-policy", "noeviction");

    } else {
        gig_sync_check_say(check, GIG_SYNC_CHECK_ERROR, "maxmemory-policy",
                           "is %s, which throws applications away when memory is short; right is"
                           " noeviction", value);
    }

    gig_sync_check_info(info, "aof_enabled:", value, sizeof(value));

    if (strcmp(value, "1") == 0) {
        gig_sync_check_say(check, GIG_SYNC_CHECK_OK, "appendonly", "yes");

    } else {
        gig_sync_check_say(check, GIG_SYNC_CHECK_WARNING, "appendonly",
                           "is no: what Redis holds is lost with its process; right is yes");
    }

    always = 0;

    if (gig_sync_check_config(check, "appendfsync", value, sizeof(value))) {
        always = strcmp(value, "always") == 0;

        if (always) {
            gig_sync_check_say(check, GIG_SYNC_CHECK_OK, "appendfsync", "always");

        } else if (strcmp(value, "everysec") == 0) {
            gig_sync_check_say(check, GIG_SYNC_CHECK_OK, "appendfsync",
                               "is everysec: enough where each host has its ledger; right is always"
                               " where one has \"ledger off\"");

        } else {
            gig_sync_check_say(check, GIG_SYNC_CHECK_WARNING, "appendfsync",
                               "is %s: a power cut may take minutes of what Redis holds; right is"
                               " everysec, or always where a host has \"ledger off\"", value);
        }
    }

    if (gig_sync_check_config(check, "no-appendfsync-on-rewrite", value, sizeof(value))) {
        if (strcmp(value, "no") == 0) {
            gig_sync_check_say(check, GIG_SYNC_CHECK_OK, "no-appendfsync-on-rewrite", "no");

        } else {
            gig_sync_check_say(check, always ? GIG_SYNC_CHECK_ERROR : GIG_SYNC_CHECK_WARNING,
                               "no-appendfsync-on-rewrite",
                               "is %s: during a rewrite nothing is fsynced, even with"
                               " appendfsync always; right is no", value);
        }
    }
}


static void
gig_sync_check_redis(gig_sync_check_t *check)
{
    char              value[64];
    gig_str_t         info;
    gig_error_t       err;
    redisReply       *reply;
    gig_sync_args_t   args;

    gig_sync_args_init(&args);
    gig_sync_arg_puts(&args, "INFO");
    reply = gig_sync_redis_call(&check->redis, &args, &err);
    gig_sync_args_free(&args);

    if (reply == NULL) {
        gig_sync_check_say(check, GIG_SYNC_CHECK_ERROR, "redis", "%s: %s", check->board->redis,
                           err.detail);
        return;
    }

    gig_sync_check_say(check, GIG_SYNC_CHECK_OK, "redis", "%s answers", check->board->redis);
    info = gig_sync_reply_str(reply);

    gig_sync_check_info(info, "redis_version:", value, sizeof(value));
    gig_sync_check_version(check, value);

    gig_sync_check_info(info, "\nrole:", value, sizeof(value));

    if (strcmp(value, "master") == 0) {
        gig_sync_check_say(check, GIG_SYNC_CHECK_OK, "role", "primary");

    } else {
        gig_sync_check_say(check, GIG_SYNC_CHECK_ERROR, "role",
                           "is %s; right is the primary: gig-sync must write", value);
    }

    gig_sync_check_info(info, "aof_last_write_status:", value, sizeof(value));

    if (value[0] != '\0' && strcmp(value, "ok") != 0) {
        gig_sync_check_say(check, GIG_SYNC_CHECK_ERROR, "aof",
                           "the last write of Redis to its disk failed; "
                           "is the disk full?");
    }

    gig_sync_check_guards(check, info);
    freeReplyObject(reply);
}


/* Which of the board's keys are there: none of these is an error before the first run. */
static void
gig_sync_check_board(gig_sync_check_t *check)
{
    gig_str_t     version;
    gig_error_t   err;
    redisReply   *reply;

    reply = gig_sync_redis_ask(&check->redis, "HGET", "catalog", "version", &err);

    if (reply == NULL) {
        gig_sync_check_say(check, GIG_SYNC_CHECK_ERROR, "catalog", "%s", err.detail);
        return;
    }

    version = gig_sync_reply_str(reply);

    if (version.len == 0) {
        gig_sync_check_say(check, GIG_SYNC_CHECK_WARNING, "catalog",
                           "nothing is published yet; \"gig-sync run\" "
                           "or \"once\" does that");

    } else {
        gig_sync_check_say(check, GIG_SYNC_CHECK_OK, "catalog", "version %.*s", (int) version.len,
                           version.data);
    }

    freeReplyObject(reply);
    reply = gig_sync_redis_ask(&check->redis, "EXISTS", "ready", "", &err);

    if (reply == NULL) {
        gig_sync_check_say(check, GIG_SYNC_CHECK_ERROR, "ready", "%s", err.detail);
        return;
    }

    if (gig_sync_reply_int(reply) == 1) {
        gig_sync_check_say(check, GIG_SYNC_CHECK_OK, "ready", "applications are judged");

    } else {
        gig_sync_check_say(check, GIG_SYNC_CHECK_WARNING, "ready",
                           "Redis is new or lost its memory: no application "
                           "is judged until \"gig-sync run\" or \"once\" has rebuilt it");
    }

    freeReplyObject(reply);
}


/* Who publishes, and which hosts are to leave: nothing of it is wrong, but people forget it. */
static void
gig_sync_check_others(gig_sync_check_t *check)
{
    size_t        i;
    gig_str_t     lease, node;
    gig_error_t   err;
    redisReply   *reply;
    const char   *where;

    reply = gig_sync_redis_ask(&check->redis, "GET", "lease", "", &err);

    if (reply == NULL) {
        gig_sync_check_say(check, GIG_SYNC_CHECK_ERROR, "publisher", "%s", err.detail);
        return;
    }

    lease = gig_sync_reply_str(reply);
    where = lease.len ? strchr(lease.data, ' ') : NULL;

    gig_sync_check_say(check, GIG_SYNC_CHECK_OK, "publisher",
                       where ? "%s (host and process); other gig-syncs stand by"
                             : "nobody%s; \"gig-sync run\" is one", where ? where + 1 : "");
    freeReplyObject(reply);
    reply = gig_sync_redis_ask(&check->redis, "HGETALL", "drain", "", &err);

    if (reply == NULL) {
        gig_sync_check_say(check, GIG_SYNC_CHECK_ERROR, "drain", "%s", err.detail);
        return;
    }

    for (i = 0; reply->type == REDIS_REPLY_ARRAY && i + 1 < reply->elements; i += 2) {
        if (gig_str_is(gig_sync_reply_str(reply->element[i + 1]), "on")) {
            node = gig_sync_reply_str(reply->element[i]);
            gig_sync_check_say(check, GIG_SYNC_CHECK_WARNING, "drain",
                               "node %.*s is told to take no applications; \"gig-sync drain --node"
                               " %.*s\" with --undo or, once it has left, --forget", (int) node.len,
                               node.data, (int) node.len, node.data);
        }
    }

    freeReplyObject(reply);
}


static int
gig_sync_tally_add(void *data, char kind, gig_str_t id, gig_str_t rev, gig_str_t json)
{
    gig_sync_tally_t  *tally = data;

    (void) rev;
    (void) id;

    if (json.len == 0) {
        tally->refused++;

    } else if (kind == 'g') {
        tally->gigs++;

    } else {
        tally->forms++;
    }

    return 0;
}


int
gig_sync_tally(gig_str_t url, gig_sync_tally_t *tally, gig_error_t *err)
{
    int                          rc;
    gig_sync_record_t           *record;
    const gig_sync_connector_t  *connector;

    memset(tally, 0, sizeof(gig_sync_tally_t));
    connector = gig_sync_connector(url, err);

    if (connector == NULL || connector->open(url, &record, err) == -1) {
        return -1;
    }

    rc = connector->fetch(record, gig_sync_tally_add, tally, err);
    connector->close(record);

    return rc;
}


static void
gig_sync_check_source(gig_sync_check_t *check)
{
    gig_error_t       err;
    gig_sync_tally_t  tally;

    if (gig_sync_tally(gig_sync_source_url(check->board), &tally, &err) == -1) {
        gig_sync_check_fault(check, "source", &err);
        return;
    }

    gig_sync_check_say(check,
                       tally.refused > 0 ? GIG_SYNC_CHECK_ERROR
                       : tally.gigs == 0 ? GIG_SYNC_CHECK_WARNING
                                         : GIG_SYNC_CHECK_OK,
                       "source", "%zu gig%s, %zu form%s, %zu refused%s", tally.gigs,
                       gig_plural(tally.gigs), tally.forms, gig_plural(tally.forms), tally.refused,
                       tally.refused > 0 ? " (the lines above say which and why)"
                       : tally.gigs == 0 ? "; an empty source never empties a board"
                                         : "");
}


static void
gig_sync_check_sink(gig_sync_check_t *check)
{
    int                          rc;
    char                         say[GIG_DETAIL_SIZE];
    size_t                       n;
    gig_error_t                  err;
    gig_sync_record_t           *record;
    const gig_sync_connector_t  *connector;

    record = NULL;

    if (gig_sync_sink_open(check->board, &connector, &record, &err) == -1) {
        gig_sync_check_fault(check, "sink", &err);
        return;
    }

    (void) snprintf(say, sizeof(say), "keeps applications and confirms seats itself");

    /* One that cannot be written reads as well as any other. */
    rc = connector->begin == NULL
         || (connector->begin(record, &err) == 0 && connector->end(record, 0, &err) == 0) ? 0 : -1;

    if (rc == 0 && connector->probe != NULL) {
        rc = connector->probe(record, say, &err);
    }

    if (rc == -1) {
        gig_sync_check_fault(check, "sink", &err);

    } else {
        gig_sync_check_say(check, rc == 1 ? GIG_SYNC_CHECK_WARNING : GIG_SYNC_CHECK_OK, "sink",
                           "%s", say);
    }

    connector->close(record);

    if (gig_sync_dead_count(check->board, &n, &err) == -1) {
        gig_sync_check_say(check, GIG_SYNC_CHECK_ERROR, "dead", "%s", err.detail);

    } else if (n > 0) {
        gig_sync_check_say(check, GIG_SYNC_CHECK_WARNING, "dead",
                           "%zu letter%s wait%s for a person: \"gig-sync dead list\"", n,
                           gig_plural(n), n == 1 ? "s" : "");
    }
}


/*
 * Root may write every file, so root's look says nothing about a service with a user of its own.
 * That is whose the private key is, which only it may read: root looks with that user's eyes, for
 * the rest of the command.  1: it does now, and what was read as root is to be read again.
 */
static int
gig_sync_check_become(const gig_sync_board_t *board)
{
    int             rc;
    struct stat     st;
    struct passwd  *user;

    if (geteuid() != 0 || stat(board->private_key, &st) == -1 || st.st_uid == 0) {
        return 0;
    }

    user = getpwuid(st.st_uid);
    rc = user ? initgroups(user->pw_name, user->pw_gid) : setgroups(0, NULL);

    if (rc == -1 || setgid(user ? user->pw_gid : st.st_gid) == -1 || setuid(st.st_uid) == -1) {
        printf("%-8s %s: is not root's, but its owner's eyes cannot be borrowed: check as that"
               " user\n", "warning", board->private_key);
        return 0;
    }

    printf("%-8s %s: belongs to %s, so all is tried as that user\n", "ok", board->private_key,
           user ? user->pw_name : "a user without a name");
    (void) fflush(stdout);

    return 1;
}


/* Keys of root, and a record of somebody else: one of both is not as gig-sync needs it. */
static void
gig_sync_check_owner(gig_sync_check_t *check, const char *what, gig_str_t url)
{
    uid_t                        owner;
    gig_error_t                  err;
    struct passwd               *user;
    const gig_sync_connector_t  *connector;

    connector = gig_sync_connector(url, &err);

    if (geteuid() != 0 || connector == NULL || connector->owner == NULL
        || connector->owner(url, &owner) == -1 || owner == 0)
    {
        return;
    }

    user = getpwuid(owner);

    gig_sync_check_say(check, GIG_SYNC_CHECK_WARNING, what,
                       "belongs to %s, but %s to root; if gig-sync runs as %s, right is: chown %s"
                       " %s %s", user ? user->pw_name : "another user", check->board->private_key,
                       user ? user->pw_name : "that", user ? user->pw_name : "USER",
                       check->board->private_key, check->board->secret_file);
}


int
gig_sync_check(int argc, char **argv)
{
    int                   rc;
    unsigned              i, errors, warnings;
    gig_sync_check_t      check;
    gig_sync_options_t    options;
    gig_sync_settings_t   settings = { 0 };

    rc = gig_sync_options(argc, argv, 0, &options);

    if (rc == 0) {
        rc = gig_sync_options_load(&options, argv[0], &settings);
    }

    if (rc == 0 && gig_sync_check_become(&settings.board[0])) {
        gig_sync_settings_free(&settings);
        rc = gig_sync_options_load(&options, argv[0], &settings);
    }

    if (rc != 0) {
        return rc;
    }

    printf("%-8s %s: settings and keys of %u board%s\n", "ok", options.config, settings.n,
           gig_plural(settings.n));

    errors = 0;
    warnings = 0;

    for (i = 0; i < settings.n; i++) {
        memset(&check, 0, sizeof(check));
        check.board = &settings.board[i];
        gig_sync_redis_init(&check.redis, check.board);

        gig_sync_check_redis(&check);

        if (check.redis.context != NULL) {
            gig_sync_check_board(&check);
        }

        if (check.redis.context != NULL) {
            gig_sync_check_others(&check);
        }

        gig_sync_check_source(&check);
        gig_sync_check_sink(&check);
        gig_sync_check_owner(&check, "source", gig_sync_source_url(check.board));

        gig_sync_redis_close(&check.redis);
        errors += check.errors;
        warnings += check.warnings;
    }

    printf("%u error%s, %u warning%s\n", errors, gig_plural(errors), warnings,
           gig_plural(warnings));
    gig_sync_settings_free(&settings);

    return errors > 0 ? EX_CONFIG : EX_OK;
}
