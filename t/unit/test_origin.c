
/*
 * An origin is a key to a door: one that is taken in a form no browser sends opens it to nobody,
 * and one that is taken too loosely opens it to strangers.  So each form that is near a right one
 * is refused, with what would be right.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_origin.h"

#define LABEL_63    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"


static gig_str_t
str(const char *s)
{
    return (gig_str_t) { s, strlen(s) };
}


static void
test_right(void **state)
{
    size_t       i;
    gig_error_t  err;

    static const char *const  right[] = {
        "https://www.example.com", "https://www.example.com:8443", "https://a.b-c.d1.example",
        "https://xn--bcher-kva.example", "https://192.0.2.1", "https://192.0.2.1:8443",
        "https://[2001:db8::1]", "https://[2001:db8::1]:8443", "https://intranet",
        "https://www.example.com:80", "http://localhost", "http://localhost:443",
        "http://127.0.0.1:8080", "http://[::1]:8080"
    };

    (void) state;

    for (i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
        if (gig_origin_check(str(right[i]), &err) != 0) {
            fail_msg("%s: %s", right[i], err.detail);
        }
    }

    assert_int_equal(gig_origin_check(str("https://" LABEL_63 ".example"), &err), 0);
}


static void
test_wrong(void **state)
{
    size_t       i;
    gig_error_t  err;

    static const char *const  wrong[][2] = {
        { "", "https://" }, { "null", "anybody" }, { "*", "anybody" },
        { "https://*.example.com", "anybody" }, { "https://*", "anybody" },
        { "www.example.com", "https://" }, { "//www.example.com", "https://" },
        { "HTTPS://www.example.com", "https://" }, { "ftp://www.example.com", "https://" },
        { "http://www.example.com", "plain http" }, { "http://localhost.example.com", "plain http" },
        { "http://127.0.0.1.example.com", "plain http" }, { "http://192.0.2.1", "plain http" },
        { "https://www.example.com/", "without \"/\"" },
        { "https://www.example.com/careers", "without \"/\"" },
        { "https://", "a host" }, { "https://:443", "a host" }, { "https://.", "a host" },
        { "https://www.example.com.", "a host" }, { "https://.example.com", "a host" },
        { "https://www..example.com", "a host" }, { "https://-a.example", "a host" },
        { "https://a-.example", "a host" }, { "https://a.example-", "a host" },
        { "https://Www.example.com", "a host" }, { "https://b\xc3\xbc" "cher.example", "xn--" },
        { "https://www.example.com;script-src", "a host" },
        { "https://www.example.com 'unsafe-inline'", "a host" },
        { "https://user@www.example.com", "a host" }, { "https://a_b.example", "a host" },
        { "https://[2001:db8::1", "a host" }, { "https://[]", "a host" },
        { "https://[::g]", "a host" }, { "https://[2001:DB8::1]", "a host" },
        { "https://[::1]x", "a host" },
        { "https://" LABEL_63 "a.example", "a host" },
        { "https://www.example.com:", "port" }, { "https://www.example.com:0", "port" },
        { "https://www.example.com:65536", "port" }, { "https://www.example.com:08443", "port" },
        { "https://www.example.com:8443x", "port" }, { "https://www.example.com:999999", "port" },
        { "https://www.example.com:443", "leave out \":443\"" },
        { "http://localhost:80", "leave out \":80\"" }, { "https://a:1:2", "port" }
    };

    (void) state;

    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {

        if (gig_origin_check(str(wrong[i][0]), &err) == 0) {
            fail_msg("%s is taken", wrong[i][0]);
        }

        if (strstr(err.detail, wrong[i][1]) == NULL) {
            fail_msg("%s: %s", wrong[i][0], err.detail);
        }
    }

    assert_int_equal(gig_origin_check(gig_null_str, &err), -1);
    assert_int_equal(gig_origin_check((gig_str_t) { "https://a\0b", 11 }, &err), -1);
}


static void
test_long(void **state)
{
    char         text[320];
    size_t       i;
    gig_error_t  err;

    (void) state;

    memcpy(text, "https://", 8);

    for (i = 0; i < 254; i++) {
        text[8 + i] = i % 2 ? '.' : 'a';
    }

    assert_int_equal(gig_origin_check((gig_str_t) { text, 8 + 253 }, &err), 0);
    text[8 + 253] = 'a';
    assert_int_equal(gig_origin_check((gig_str_t) { text, 8 + 254 }, &err), -1);
}


static void
test_of(void **state)
{
    size_t     i;
    gig_str_t  origin;

    static const char *const  of[][2] = {
        { "https://www.example.com/a.css", "https://www.example.com" },
        { "https://www.example.com:8443/a/b?c", "https://www.example.com:8443" },
        { "https://www.example.com", "https://www.example.com" },
        { "https://www.example.com?a/b/c", "https://www.example.com" },
        { "https://www.example.com#/", "https://www.example.com" }
    };

    (void) state;

    for (i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
        origin = gig_origin_of(str(of[i][0]));
        assert_int_equal(origin.len, strlen(of[i][1]));
        assert_memory_equal(origin.data, of[i][1], origin.len);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_right),
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_of)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
