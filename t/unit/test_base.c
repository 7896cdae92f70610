
/*
 * Ids and board names become Redis keys and file names, and errors are shown to
 * people: what is let through and where a text is cut is checked here.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "gig_base.h"
#include "gig_key.h"
#include "gig_utf8.h"


static void
test_ids(void **state)
{
    (void) state;

    assert_true(gig_id_valid(gig_str("g_01JB2Q8Z7M4Y")));
    assert_true(gig_id_valid(gig_str("abcdefghijabcdefghijabcdefghijabcdefghij")));
    assert_false(gig_id_valid(gig_str("abcdefghijabcdefghijabcdefghijabcdefghijk")));
    assert_false(gig_id_valid(gig_str("")));
    assert_false(gig_id_valid(gig_str("}x{")));
    assert_false(gig_id_valid(gig_str("a.b")));
    assert_false(gig_id_valid(gig_str("a\0b")));
    assert_false(gig_id_valid(gig_str("caf\xc3\xa9")));

    assert_true(gig_board_valid(gig_str("acme-2")));
    assert_false(gig_board_valid(gig_str("Acme")));
    assert_false(gig_board_valid(gig_str("../acme")));
    assert_false(gig_board_valid(gig_str("")));
    assert_false(gig_board_valid(gig_str("abcdefghijabcdefghijabcdefghijabc")));
}


static void
test_compare(void **state)
{
    (void) state;

    assert_true(gig_str_eq(gig_null_str, gig_str("")));
    assert_false(gig_str_eq(gig_str("a"), gig_str("ab")));
    assert_true(gig_str_is(gig_str("open"), "open"));
    assert_false(gig_str_is(gig_str("open"), "opens"));
    assert_true(gig_str_is(gig_null_str, ""));

    assert_true(gig_str_is(gig_str_trim(gig_str(" \ta b\t "), GIG_BLANKS), "a b"));
    assert_true(gig_str_is(gig_str_trim(gig_str("\ra\n"), " \r\n"), "a"));
    assert_int_equal(gig_str_trim(gig_str(" \t "), GIG_BLANKS).len, 0);
    assert_int_equal(gig_str_trim(gig_null_str, GIG_BLANKS).len, 0);
    assert_int_equal(gig_str_trim(gig_str("\0a\0"), GIG_BLANKS).len, 3);   /* NUL is in no set */
}


static void
test_errors_are_cut_at_a_character(void **state)
{
    char         text[600];
    size_t       i;
    unsigned     shift;
    gig_error_t  err;

    (void) state;

    for (shift = 0; shift < 4; shift++) {

        memset(text, 'x', shift);

        for (i = shift; i + 4 < sizeof(text); i += 4) {
            memcpy(text + i, "\xf0\x9f\x98\x80", 4);
        }

        text[i] = '\0';

        assert_int_equal(gig_error_set(&err, text, "%s", text), -1);
        assert_true(gig_utf8_valid((gig_str_t) { err.detail, strlen(err.detail) }));
        assert_true(gig_utf8_valid((gig_str_t) { err.pointer, strlen(err.pointer) }));
        assert_true(strlen(err.detail) >= sizeof(err.detail) - 4);
        assert_true(strlen(err.pointer) >= sizeof(err.pointer) - 4);
    }

    assert_int_equal(gig_error_set(NULL, "", "nobody asks"), -1);
}


static void
test_errors_are_bounded(void **state)
{
    int           i;
    gig_errors_t  errors;

    (void) state;

    errors.count = 0;

    for (i = 0; i < 1000; i++) {
        assert_int_equal(gig_errors_add(&errors, "/a", "%d", i), -1);
    }

    assert_int_equal(errors.count, 1000);
    assert_string_equal(errors.error[GIG_ERRORS_MAX - 1].detail, "71");
    assert_int_equal(gig_errors_add(NULL, "/a", "nobody asks"), -1);
}


static void
test_nearest(void **state)
{
    static const char *const  names[] = { "redis", "state", "secret_file", "public_url", "ledger" };

    (void) state;

    assert_string_equal(gig_nearest(gig_str("secretfile"), names, 5), "secret_file");
    assert_string_equal(gig_nearest(gig_str("rediss"), names, 5), "redis");
    assert_string_equal(gig_nearest(gig_str("sttae"), names, 5), "state");
    assert_string_equal(gig_nearest(gig_str("public_uri"), names, 5), "public_url");
    assert_null(gig_nearest(gig_str("shrink_guard"), names, 5));
    assert_null(gig_nearest(gig_str("x"), names, 5));
    assert_null(gig_nearest(gig_str(""), names, 5));
}


static void
test_keys(void **state)
{
    char  key[GIG_KEY_SIZE];

    (void) state;

    assert_int_equal(gig_key(key, gig_str("acme"), "gigs"), 15);
    assert_string_equal(key, "gig:{acme}:gigs");

    (void) gig_key_id(key, gig_str("acme"), "AAAAAAAAAAAAAAAAAAAAAA");
    assert_string_equal(key, "gig:{acme}:id:AAAAAAAAAAAAAAAAAAAAAA");

    assert_int_equal(gig_key_who(key, gig_str("acme"), gig_str("g_1"), "W"), 20);
    assert_string_equal(key, "gig:{acme}:who:g_1:W");

    /* the longest there can be is whole: two keys must never become one */

    assert_true(gig_key_who(key, gig_str("abcdefghijabcdefghijabcdefghijab"),
                            gig_str("abcdefghijabcdefghijabcdefghijabcdefghij"),
                            "abcdefghijabcdefghijabcdefghijabcdefghijabc")
                < GIG_KEY_SIZE - 1);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_errors_are_cut_at_a_character),
        cmocka_unit_test(test_errors_are_bounded),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_keys)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
