
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include <sodium.h>

#include "gig_sha256.h"
#include "gig_sync_commands.h"
#include "gig_sync_file.h"
#include "gig_sync_keygen.h"

#define GIG_INIT_FILE_MAX   16384
#define GIG_INIT_PASSWORD   32                  /* random bytes */


/*
 * The rights of docs/examples/edge.acl and sync.acl, where they are explained;
 * t/sync-keys.t keeps them equal.  BOARD stands for the board's name.
 */
static const char  edge_rights[] =
    "resetkeys resetchannels -@all %R~gig:{BOARD}:ready %R~gig:{BOARD}:judge"
    " %R~gig:{BOARD}:catalog %R~gig:{BOARD}:gigs %R~gig:{BOARD}:forms %R~gig:{BOARD}:stages"
    " %R~gig:{BOARD}:settled %R~gig:{BOARD}:rebuild %R~gig:{BOARD}:replay %R~gig:{BOARD}:drain"
    " %W~gig:{BOARD}:applications %W~gig:{BOARD}:selfid %W~gig:{BOARD}:nodes"
    " %RW~gig:{BOARD}:changes %RW~gig:{BOARD}:seats %RW~gig:{BOARD}:files"
    " %RW~gig:{BOARD}:visits %RW~gig:{BOARD}:id:* %RW~gig:{BOARD}:who:*"
    " +ping +select +info +time +client|setname +get +mget +set +exists +expire +hget"
    " +hmget +hgetall +hscan +hlen +hset +hincrby +xadd +xlen +xread +xrange +xrevrange"
    " +eval +evalsha +multi +exec";

static const char  sync_rights[] =
    "resetkeys resetchannels -@all ~gig:{BOARD}:* +ping +select +info +time +client|setname +get"
    " +set +del +exists +type +expire +hget +hmget +hgetall +hkeys +hscan +hlen +hset +hsetnx"
    " +hdel +hincrby +xadd +xlen +xread +xrange +xrevrange +xreadgroup +xack +xdel +xclaim"
    " +xautoclaim +xpending +xinfo|stream +xinfo|groups +xinfo|consumers +xgroup|create"
    " +xgroup|createconsumer +xgroup|delconsumer +eval +evalsha +script|load";


typedef struct {
    const char  *board, *redis;
    char         dir[PATH_MAX], data[PATH_MAX];         /* absolute, once they are made */
} gig_init_t;


/* Makes the folder and puts its absolute name in its place. */
static int
gig_init_folder(char path[PATH_MAX], mode_t mode, gig_error_t *err)
{
    char        *slash;
    char         part[PATH_MAX];
    struct stat  st;

    if ((size_t) snprintf(part, sizeof(part), "%s", path) >= sizeof(part)) {
        return gig_error_set(err, "", "the name is too long");
    }

    for (slash = part; (slash = strchr(slash + 1, '/')) != NULL; /* void */ ) {
        *slash = '\0';

        if (mkdir(part, 0755) == -1 && errno != EEXIST) {
            return gig_error_set(err, part, "%s", strerror(errno));
        }

        *slash = '/';
    }

    if (mkdir(part, mode) == -1 && errno != EEXIST) {
        return gig_error_set(err, part, "%s", strerror(errno));
    }

    if (stat(part, &st) == -1 || !S_ISDIR(st.st_mode)) {
        return gig_error_set(err, part, "is no folder");
    }

    if (realpath(part, path) == NULL) {
        return gig_error_set(err, part, "%s", strerror(errno));
    }

    return 0;
}


/* Makes a file if it is not there, and says which. */
static int
gig_init_file(const gig_init_t *init, const char *name, mode_t mode, gig_buf_t *content,
    gig_error_t *err)
{
    int   rc;
    char  path[PATH_MAX];

    if (gig_buf_failed(content)
        || (size_t) snprintf(path, sizeof(path), "%s/%s", init->dir, name) >= sizeof(path))
    {
        return gig_error_set(err, name, "too long");
    }

    rc = gig_sync_file_make(path, mode, gig_buf_view(content), err);

    if (rc != -1) {
        printf("%s %s\n", rc == 0 ? "made" : "kept", path);
    }

    return rc;
}


static void
gig_init_acl(const gig_init_t *init, const char *role, const char *password, const char *rights,
    gig_buf_t *out)
{
    char         hash[GIG_SHA256_TEXT];
    const char  *at;

    gig_sha256_text((gig_str_t) { password, strlen(password) }, hash);
    gig_buf_printf(out, "user %s-%s on #%s ", init->board, role, hash);

    while ((at = strstr(rights, "BOARD")) != NULL) {
        gig_buf_add(out, rights, (size_t) (at - rights));
        gig_buf_puts(out, init->board);
        rights = at + sizeof("BOARD") - 1;
    }

    gig_buf_puts(out, rights);
    gig_buf_puts(out, "\n");
}


/*
 * Two users with a password each.  The passwords go first: an ACL with hashes of
 * passwords that nobody kept would be of no use.
 */
static int
gig_init_acls(const gig_init_t *init, gig_buf_t *buf, gig_error_t *err)
{
    int                       i, rc;
    char                      name[64], password[2][2 * GIG_INIT_PASSWORD + 1];
    struct stat               st;
    char                      path[PATH_MAX + 48];
    unsigned char             bytes[GIG_INIT_PASSWORD];
    static const char *const  roles[2] = { "edge", "sync" };

    snprintf(path, sizeof(path), "%s/%s.acl", init->dir, init->board);

    if (stat(path, &st) == 0) {
        printf("kept %s\n", path);
        return 0;
    }

    rc = 0;

    for (i = 0; rc == 0 && i < 2; i++) {
        randombytes_buf(bytes, sizeof(bytes));
        sodium_bin2hex(password[i], sizeof(password[i]), bytes, sizeof(bytes));
        sodium_memzero(bytes, sizeof(bytes));

        snprintf(name, sizeof(name), "%s-%s.password", init->board, roles[i]);
        gig_buf_reset(buf);
        gig_buf_printf(buf, "%s\n", password[i]);
        rc = gig_init_file(init, name, 0600, buf, err);

        if (rc == 1) {
            rc = gig_error_set(err, name, "is there, but %s is not: move one of them", path);
        }
    }

    if (rc == 0) {
        gig_buf_reset(buf);
        gig_init_acl(init, "edge", password[0], edge_rights, buf);
        gig_init_acl(init, "sync", password[1], sync_rights, buf);
        snprintf(name, sizeof(name), "%s.acl", init->board);
        rc = gig_init_file(init, name, 0640, buf, err);
    }

    sodium_memzero(password, sizeof(password));

    return rc == -1 ? -1 : 0;
}


static void
gig_init_conf(const gig_init_t *init, gig_buf_t *out)
{
    gig_buf_printf(out,
        "; gig-sync.conf: docs/gig-sync.md explains every setting\n"
        "\n"
        "[board %s]\n"
        "redis       = %s\n"
        "; with the users of %s.acl loaded into Redis:\n"
        "; redis_user          = %s-sync\n"
        "; redis_password_file = %s/%s-sync.password\n"
        "secret_file = %s/%s.secret\n"
        "private_key = %s/%s.key\n"
        "source      = sqlite:%s/%s.db\n"
        "pull_every  = 60s\n",
        init->board, init->redis, init->board, init->board, init->dir, init->board, init->dir,
        init->board, init->dir, init->board, init->data, init->board);
}


/* The three lines of nginx.conf; what is not where nginx looks by itself takes a line more. */
static void
gig_init_lines(const gig_init_t *init)
{
    int  redis, keys;

    redis = strcmp(init->redis, "127.0.0.1:6379") != 0;
    keys = strcmp(init->dir, "/etc/gig") != 0;

    printf("\nFor nginx.conf:\n\n"
           "    load_module modules/ngx_http_gig_module.so;\n");

    if (redis || keys) {
        printf("    gig_board %s {                         # in http {}\n", init->board);

        if (redis) {
            printf("        redis        %s;\n", init->redis);
        }

        if (keys) {
            printf("        secret_file  %s/%s.secret;\n        seal_key     %s/%s.pub;\n",
                   init->dir, init->board, init->dir, init->board);
        }

        printf("    }\n");

    } else {
        printf("    gig_board %s { }                       # in http {}\n", init->board);
    }

    printf("    location /gigs/ { gig %s; }            # in a server {}\n"
           "\nThen:\n\n"
           "    gig-sync import FILE --into sqlite:%s/%s.db\n"
           "    gig-sync run -c %s/gig-sync.conf\n",
           init->board, init->data, init->board, init->dir);
}


/* 1 if the gig-sync.conf that was kept knows the board. */
static int
gig_init_has_board(const gig_init_t *init)
{
    int        found;
    char       path[PATH_MAX + 16], section[64];
    gig_buf_t  conf;

    snprintf(path, sizeof(path), "%s/gig-sync.conf", init->dir);
    snprintf(section, sizeof(section), "[board %s]", init->board);
    gig_buf_init(&conf, 1024 * 1024);

    found = gig_sync_file_read(path, &conf, NULL) == 0 && conf.len
            && memmem(conf.data, conf.len, section, strlen(section)) != NULL;

    gig_buf_free(&conf);

    return found;
}


static int
gig_init_all(gig_init_t *init, gig_buf_t *buf, gig_error_t *err)
{
    int   rc;
    char  base[PATH_MAX];

    if (gig_init_folder(init->dir, 0755, err) == -1
        || gig_init_folder(init->data, 0700, err) == -1)
    {
        return -1;
    }

    if ((size_t) snprintf(base, sizeof(base), "%s/%s", init->dir, init->board) >= sizeof(base)) {
        return gig_error_set(err, "", "the name is too long");
    }

    rc = gig_sync_keys_make(base, err);

    if (rc == -1) {
        return -1;
    }

    printf("%s %s.secret, .key and .pub\n", rc == 0 ? "made" : "kept", base);
    gig_init_conf(init, buf);
    rc = gig_init_file(init, "gig-sync.conf", 0644, buf, err);

    if (rc == -1) {
        return -1;
    }

    if (rc == 1 && !gig_init_has_board(init)) {
        printf("it has no [board %s] yet; add this to it:\n\n%.*s\n", init->board,
               (int) buf->len, buf->data);
    }

    return gig_init_acls(init, buf, err);
}


int
gig_sync_init(int argc, char **argv)
{
    int                         c, rc;
    gig_buf_t                   buf;
    gig_init_t                  init;
    gig_error_t                 err;
    static const struct option  options[] = {
        { "dir",   required_argument, NULL, 'd' },
        { "data",  required_argument, NULL, 'a' },
        { "redis", required_argument, NULL, 'r' },
        { NULL, 0, NULL, 0 }
    };

    memset(&init, 0, sizeof(init));
    snprintf(init.dir, sizeof(init.dir), "/etc/gig");
    snprintf(init.data, sizeof(init.data), "/var/lib/gig");
    init.redis = "127.0.0.1:6379";

    while ((c = getopt_long(argc, argv, "d:a:r:", options, NULL)) != -1) {
        switch (c) {
        case 'd':
            snprintf(init.dir, sizeof(init.dir), "%s", optarg);
            break;

        case 'a':
            snprintf(init.data, sizeof(init.data), "%s", optarg);
            break;

        case 'r':
            init.redis = optarg;
            break;

        default:
            return gig_sync_misused(argv);
        }
    }

    if (optind != argc - 1) {
        return gig_sync_fail(EX_USAGE, "init", "needs the name of one BOARD");
    }

    init.board = argv[optind];

    if (!gig_board_valid((gig_str_t) { init.board, strlen(init.board) })) {
        return gig_sync_fail(EX_USAGE, "init", "a board's name is 1 to %d of a-z, 0-9, _ and -",
                             GIG_BOARD_MAX);
    }

    gig_buf_init(&buf, GIG_INIT_FILE_MAX);
    rc = gig_init_all(&init, &buf, &err);

    if (buf.data) {
        sodium_memzero(buf.data, buf.size);     /* a password was in it */
    }

    gig_buf_free(&buf);

    if (rc == -1) {
        return gig_sync_fail(EX_CANTCREAT, "init", "%s: %s", err.pointer, err.detail);
    }

    gig_init_lines(&init);

    return EX_OK;
}
