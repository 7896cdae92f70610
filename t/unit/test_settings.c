
/*
 * A wrong setting must end in a sentence that names file, line and what would be
 * right; a misspelt one taken for a comment would run a board on a default that
 * nobody chose.  Passwords must not be in the sentence.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gig_sync_connector.h"
#include "gig_sync_settings.h"

#define REQUIRED    "secret_file = s\nprivate_key = k\nsource = sqlite:a.db\n"


static char  folder[] = "/tmp/gig-settings-XXXXXX";


static const char *
file(const char *name, const char *text)
{
    FILE         *out;
    static char   path[256];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    out = fopen(path, "we");
    assert_non_null(out);
    assert_int_not_equal(fputs(text, out), EOF);
    assert_int_equal(fclose(out), 0);

    return path;
}


static void
refuses(const char *text, unsigned line, const char *why)
{
    char                  at[300];
    const char           *path;
    gig_error_t           err;
    gig_sync_settings_t   settings;

    path = file("gig-sync.conf", text);
    assert_int_equal(gig_sync_settings_load(path, 0, &settings, &err), -1);
    assert_null(settings.board);

    snprintf(at, sizeof(at), line ? "%s:%u" : "%s", path, line);

    if (strcmp(err.pointer, at) != 0 || strstr(err.detail, why) == NULL) {
        fail_msg("%s: %s; expected line %u and \"%s\"", err.pointer, err.detail, line, why);
    }

    assert_null(strstr(err.detail, "hunter2"));
}


static void
test_presets(void **state)
{
    gig_error_t           err;
    gig_sync_settings_t   settings;

    (void) state;

    assert_int_equal(gig_sync_settings_load(file("gig-sync.conf",
        "; a comment\n[board acme]\n" REQUIRED "[board b-2]\n" REQUIRED
        "sink = sqlite:b.db\npull_every = 5m\nshrink_guard = 50%\ngone_keep = 2h\nredis_db = 3\n"),
        0, &settings, &err), 0);

    assert_int_equal(settings.n, 2);
    assert_string_equal(settings.board[0].name, "acme");
    assert_string_equal(settings.board[0].redis, "127.0.0.1:6379");
    assert_string_equal(settings.board[0].sink, "sqlite:a.db");
    assert_int_equal(settings.board[0].pull_every_ms, 60000);
    assert_int_equal(settings.board[0].shrink_guard, 30);
    assert_int_equal(settings.board[0].gone_keep_ms, (int64_t) 90 * 86400 * 1000);

    assert_string_equal(settings.board[1].sink, "sqlite:b.db");
    assert_int_equal(settings.board[1].pull_every_ms, 300000);
    assert_int_equal(settings.board[1].shrink_guard, 50);
    assert_int_equal(settings.board[1].gone_keep_ms, 7200000);
    assert_int_equal(settings.board[1].redis_db, 3);
    assert_int_equal(settings.board[1].sink_private, 0);

    gig_sync_settings_free(&settings);
}


static void
test_wrong(void **state)
{
    char  text[400];

    (void) state;

    refuses("[board acme]\n" REQUIRED "pul_every = 5m\n", 5, "did you mean \"pull_every\"");
    refuses("[board acme]\n\n" REQUIRED "qqqqqqqqqq = 5m\n", 6, "docs/gig-sync.md");
    refuses("[board acme]\n" REQUIRED "pull_every = 5\n", 5, "as 60s or 5m");
    refuses("[board acme]\n" REQUIRED "pull_every = 0s\n", 5, "from 1s to 1d");
    refuses("[board acme]\n" REQUIRED "pull_every = 2d\n", 5, "from 1s to 1d");
    refuses("[board acme]\n" REQUIRED "shrink_guard = 130%\n", 5, "from 1% to 100%");
    refuses("[board acme]\n" REQUIRED "redis_db = -1\n", 5, "number of a database");
    refuses("[board acme]\n" REQUIRED "sink = a.db\n", 5, "sqlite:");
    refuses("[board acme]\n" REQUIRED "source = sqlite:b.db\n", 5, "set twice");
    refuses("[board Acme]\n" REQUIRED, 2, "a-z");
    refuses("[bord acme]\n" REQUIRED, 2, "[board NAME]");
    refuses("[board acme]\nsource = sqlite:a.db\n", 0, "lacks secret_file");
    refuses("", 0, "has no [board NAME]");
    refuses("[board acme]\n" REQUIRED "  pull_every = 5m\n", 5, "begins with a blank");
    refuses("[board acme]\n" REQUIRED "nonsense\n", 5, "neither a [section] nor NAME = VALUE");
    refuses("[board acme]\nsource = ${GIG_NO_SUCH_NAME}\n", 2, "not set in the environment");
    refuses("[board acme]\nsource = ${\n", 2, "needs the name");

    refuses("[board acme]\n" REQUIRED "sink = https://h.example/a\n", 0, "lacks state");
    refuses("[board acme]\n" REQUIRED "sink = https://u:hunter2@h.example/a\nstate = s\n", 0,
            "sink must be https://HOST/PATH");
    refuses("[board acme]\n" REQUIRED "sink = https://h.example/a\nstate = a.db\n", 0,
            "another file");
    refuses("[board acme]\n" REQUIRED "sink = https://h.example/a\nstate = s\n"
            "sink_header = hunter2\n", 0, "as in \"Authorization: Bearer TOKEN\"");
    refuses("[board acme]\n" REQUIRED "state = s\n[board b-2]\n" REQUIRED
            "sink = https://h.example/a\nstate = s\n", 0, "than that of [board acme]");
    refuses("[board acme]\n" REQUIRED "sink_private = yes\n", 0, "for a sink = https://HOST/PATH");
    refuses("[board acme]\n" REQUIRED "sink_private = 1\n", 5, "must be yes or no");

    memset(text, 'x', sizeof(text));
    memcpy(text, "[board acme]\nsource = ", 22);
    strcpy(text + sizeof(text) - 2, "\n");
    refuses(text, 2, "longer than");
}


static void
test_from_elsewhere(void **state)
{
    char                  text[512];
    gig_error_t           err;
    gig_sync_settings_t   settings;

    (void) state;

    snprintf(text, sizeof(text), "[board acme]\n" REQUIRED "redis_password_file = %s\n"
             "redis_user = a${GIG_TEST_USER}b\n", file("password", "hunter2\n"));
    assert_int_equal(setenv("GIG_TEST_USER", "-u-", 1), 0);
    assert_int_equal(gig_sync_settings_load(file("gig-sync.conf", text), 0, &settings, &err), 0);
    assert_string_equal(settings.board[0].redis_password, "hunter2");
    assert_string_equal(settings.board[0].redis_user, "a-u-b");
    gig_sync_settings_free(&settings);

    snprintf(text, sizeof(text), "[board acme]\n" REQUIRED "redis_password_file = %s\n",
             file("password", "hunter2\nmore\n"));
    refuses(text, 5, "more than one line");

    snprintf(text, sizeof(text), "[board acme]\n" REQUIRED "sink = https://h.example/a\nstate = s\n"
             "sink_private = yes\nsink_header_file = %s\n",
             file("header", "Authorization: hunter2\n"));
    assert_int_equal(gig_sync_settings_load(file("gig-sync.conf", text), 0, &settings, &err), 0);
    assert_string_equal(settings.board[0].sink_header, "Authorization: hunter2");
    assert_int_equal(settings.board[0].sink_private, 1);
    gig_sync_settings_free(&settings);

    refuses("[board acme]\n" REQUIRED "redis_password_file = /nonexistent/x\n", 5, "No such file");
    refuses("[board acme]\n" REQUIRED "pasword_file = x\n", 5, "unknown setting");
}


static void
test_connectors(void **state)
{
    gig_error_t  err;

    (void) state;

    assert_ptr_equal(gig_sync_connector(gig_str("sqlite:/x"), &err), &gig_sync_sqlite);
    assert_ptr_equal(gig_sync_connector(gig_str("postgres://h/d"), &err), &gig_sync_postgres);
    assert_ptr_equal(gig_sync_connector(gig_str("postgresql://h/d"), &err), &gig_sync_postgres);
    assert_null(gig_sync_connector(gig_str("sqlit:/x"), &err));
    assert_non_null(strstr(err.detail, "did you mean sqlite"));
    assert_null(gig_sync_connector(gig_str("ftp://u:hunter2@h"), &err));
    assert_null(strstr(err.detail, "hunter2"));
    assert_non_null(strstr(err.detail, "sqlite:PATH or postgres://"));
    assert_ptr_equal(gig_sync_connector(gig_str("https://h.example/a"), &err), &gig_sync_https);
}


static int
remove_folder(void **state)
{
    char  path[256];

    (void) state;

    snprintf(path, sizeof(path), "%s/gig-sync.conf", folder);
    unlink(path);
    snprintf(path, sizeof(path), "%s/password", folder);
    unlink(path);
    snprintf(path, sizeof(path), "%s/header", folder);
    unlink(path);

    return rmdir(folder);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_presets),
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_from_elsewhere),
        cmocka_unit_test(test_connectors)
    };

    if (mkdtemp(folder) == NULL) {
        return 1;
    }

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, remove_folder);
}
