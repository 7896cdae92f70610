
/*
 * An upstream's answer decides whether an application is given up, posted again or looked up first;
 * one wrong line here is an application that is lost, or one that is there twice.  And an
 * upstream's name may lead into the company's own network: no such address may pass.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "gig_upstream.h"


static gig_str_t
text(const char *s)
{
    return (gig_str_t) { s, strlen(s) };
}


static void
test_posted(void **state)
{
    int  status;

    (void) state;

    assert_int_equal(gig_upstream_posted(0, 0), GIG_UPSTREAM_BUSY);
    assert_int_equal(gig_upstream_posted(0, 1), GIG_UPSTREAM_UNKNOWN);
    assert_int_equal(gig_upstream_posted(200, 1), GIG_UPSTREAM_DONE);
    assert_int_equal(gig_upstream_posted(201, 1), GIG_UPSTREAM_DONE);
    assert_int_equal(gig_upstream_posted(409, 1), GIG_UPSTREAM_DONE);
    assert_int_equal(gig_upstream_posted(408, 1), GIG_UPSTREAM_BUSY);
    assert_int_equal(gig_upstream_posted(429, 1), GIG_UPSTREAM_BUSY);
    assert_int_equal(gig_upstream_posted(503, 1), GIG_UPSTREAM_BUSY);
    assert_int_equal(gig_upstream_posted(500, 1), GIG_UPSTREAM_LATER);
    assert_int_equal(gig_upstream_posted(422, 1), GIG_UPSTREAM_REFUSED);

    /* A redirect is no answer, and credentials that are wrong are no application's fault. */
    assert_int_equal(gig_upstream_posted(302, 1), GIG_UPSTREAM_BUSY);
    assert_int_equal(gig_upstream_posted(401, 1), GIG_UPSTREAM_BUSY);

    /* Whatever it answers: what may be there is never "refused", nor what is not there "done". */
    for (status = 100; status < 1000; status++) {
        if (gig_upstream_posted(status, 1) == GIG_UPSTREAM_REFUSED) {
            assert_in_range(status, 400, 499);
        }

        if (gig_upstream_posted(status, 1) == GIG_UPSTREAM_DONE && status != 409) {
            assert_in_range(status, 200, 299);
        }
    }
}


static void
test_looked_up(void **state)
{
    int  status;

    (void) state;

    assert_int_equal(gig_upstream_looked_up(0), GIG_UPSTREAM_BUSY);

    for (status = 100; status < 1000; status++) {
        assert_int_equal(gig_upstream_looked_up(status),
                         status == 200 ? GIG_UPSTREAM_DONE : status == 404 ? GIG_UPSTREAM_ABSENT
                                                                           : GIG_UPSTREAM_UNKNOWN);
    }
}


static void
test_erased(void **state)
{
    (void) state;

    assert_int_equal(gig_upstream_erased(204), GIG_UPSTREAM_DONE);
    assert_int_equal(gig_upstream_erased(404), GIG_UPSTREAM_DONE);
    assert_int_equal(gig_upstream_erased(410), GIG_UPSTREAM_DONE);
    assert_int_equal(gig_upstream_erased(405), GIG_UPSTREAM_UNABLE);
    assert_int_equal(gig_upstream_erased(501), GIG_UPSTREAM_UNABLE);
    assert_int_equal(gig_upstream_erased(403), GIG_UPSTREAM_REFUSED);
    assert_int_equal(gig_upstream_erased(0), GIG_UPSTREAM_BUSY);
    assert_int_equal(gig_upstream_erased(429), GIG_UPSTREAM_BUSY);
    assert_int_equal(gig_upstream_erased(500), GIG_UPSTREAM_LATER);
}


static void
test_retry_after(void **state)
{
    int64_t  now = 784111777;       /* the date of RFC 9110's example */

    (void) state;

    assert_int_equal(gig_upstream_retry_after(text("0"), now), 0);
    assert_int_equal(gig_upstream_retry_after(text("120"), now), 120);
    assert_int_equal(gig_upstream_retry_after(text("99999999999999999999999"), now),
                     GIG_UPSTREAM_RETRY_MAX);
    assert_int_equal(gig_upstream_retry_after(text("Sun, 06 Nov 1994 08:49:37 GMT"), now - 30), 30);
    assert_int_equal(gig_upstream_retry_after(text("Sun, 06 Nov 1994 08:49:37 GMT"), now + 30), 0);
    assert_int_equal(gig_upstream_retry_after(text("Sun, 06 Nov 1994 08:49:37 GMT"), 0),
                     GIG_UPSTREAM_RETRY_MAX);

    assert_int_equal(gig_upstream_retry_after(text(""), now), -1);
    assert_int_equal(gig_upstream_retry_after(text("-1"), now), -1);
    assert_int_equal(gig_upstream_retry_after(text("12x"), now), -1);
    assert_int_equal(gig_upstream_retry_after(text("Sun, 06 Foo 1994 08:49:37 GMT"), now), -1);
    assert_int_equal(gig_upstream_retry_after(text("Sun, 06 anF 1994 08:49:37 GMT"), now), -1);
    assert_int_equal(gig_upstream_retry_after(text("Sun, 06 Nov 1994 08:49:37 GMTx"), now), -1);
    assert_int_equal(gig_upstream_retry_after(text("Sunday, 06-Nov-94 08:49:37 GMT"), now), -1);
}


static void
test_wait(void **state)
{
    int64_t   ms, last;
    uint64_t  seed;
    unsigned  tries;

    (void) state;

    last = 0;

    for (tries = 1; tries < 100; tries++) {
        for (seed = 0; seed < 1000; seed++) {
            ms = gig_upstream_wait(tries, seed * UINT64_C(0x9e3779b97f4a7c15));
            assert_in_range(ms, 500, GIG_UPSTREAM_WAIT_MAX * 1000);
        }

        ms = gig_upstream_wait(tries, 0);
        assert_true(ms >= last);
        last = ms;
    }

    assert_int_equal(gig_upstream_wait(1, 0), 500);
    assert_int_equal(gig_upstream_wait(3, 0), 2000);
    assert_int_equal(gig_upstream_wait(99, 0), GIG_UPSTREAM_WAIT_MAX * 500);
    assert_int_not_equal(gig_upstream_wait(5, 1), gig_upstream_wait(5, 2));
}


static const char *
id_of(const char *answer, const char *location)
{
    static char  id[GIG_UPSTREAM_ID_SIZE];

    gig_upstream_id(text(answer), text(location), id);

    return id;
}


static void
test_id(void **state)
{
    char  large[300];

    (void) state;

    assert_string_equal(id_of("{\"id\":\"cand-7\"}", "/v1/x/9"), "cand-7");
    assert_string_equal(id_of("{\"id\":4711}", ""), "4711");
    assert_string_equal(id_of("not JSON", "https://h.example/applications/9"), "9");
    assert_string_equal(id_of("", "9"), "9");
    assert_string_equal(id_of("{\"id\":{}}", ""), "");
    assert_string_equal(id_of("[]", "/applications/"), "");

    /* What could be read as more than a name is none. */
    assert_string_equal(id_of("{\"id\":\"a b\"}", ""), "");
    assert_string_equal(id_of("{\"id\":\"a\\nb\"}", ""), "");
    assert_string_equal(id_of("{\"id\":\"<b>\"}", ""), "");
    assert_string_equal(id_of("{\"id\":\"\xc3\xa9\"}", ""), "");

    memset(large, 'x', sizeof(large) - 1);
    large[sizeof(large) - 1] = '\0';
    assert_string_equal(id_of("", large), "");
}


static int
inside(const char *address)
{
    unsigned char  bytes[16];

    if (inet_pton(AF_INET, address, bytes) == 1) {
        return gig_upstream_inside(bytes, 4);
    }

    assert_int_equal(inet_pton(AF_INET6, address, bytes), 1);

    return gig_upstream_inside(bytes, 16);
}


static void
test_inside(void **state)
{
    size_t                    i;
    static const char *const  no[] = {
        "0.0.0.0", "10.0.0.1", "10.255.255.255", "127.0.0.1", "127.8.8.8", "100.64.0.1",
        "100.127.255.255", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.0.1",
        "192.0.0.8", "198.18.0.1", "198.19.255.255", "224.0.0.1", "255.255.255.255", "::", "::1",
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "2002:a00:1::1", "fc00::1", "fdff::1", "fe80::1", "febf::1", "fec0::1", "ff02::1"
    };
    static const char *const  yes[] = {
        "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.0.0.1",
        "128.0.0.1", "169.253.0.1", "172.15.0.1", "172.32.0.1", "192.167.0.1", "192.169.0.1",
        "198.17.0.1", "198.20.0.1", "223.255.255.255", "2001:db8::1", "2606:4700::1111",
        "64:ff9b::808:808", "2002:808:808::1"
    };

    (void) state;

    for (i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
        if (!inside(no[i])) {
            fail_msg("%s is let through", no[i]);
        }
    }

    for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
        if (inside(yes[i])) {
            fail_msg("%s is kept out", yes[i]);
        }
    }

    assert_int_equal(gig_upstream_inside((const unsigned char *) "\x08\x08\x08", 3), 1);
}


static void
test_url(void **state)
{
    size_t                    i;
    char                      large[GIG_UPSTREAM_URL_MAX + 2];
    gig_error_t               err;
    static const char *const  no[] = {
        "", "https://", "https:///x", "http://h/x", "HTTPS://h/x", "https://h", "https://h/",
        "https://h/x/", "https://u:hunter2@h/x", "https://h/x?hunter2", "https://h/x#hunter2",
        "https://h/x y", "https://h/\r\nx", "https://h/\\x", "https://h/\xc3\xa9"
    };

    (void) state;

    assert_int_equal(gig_upstream_url(text("https://hire.example/v1/applications"), &err), 0);
    assert_int_equal(gig_upstream_url(text("https://[2001:db8::1]:8443/a"), &err), 0);

    for (i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
        if (gig_upstream_url(text(no[i]), &err) != -1) {
            fail_msg("%s is taken", no[i]);
        }

        assert_null(strstr(err.detail, "hunter2"));
    }

    memset(large, 'x', sizeof(large));
    memcpy(large, "https://h/", 10);
    assert_int_equal(gig_upstream_url((gig_str_t) { large, GIG_UPSTREAM_URL_MAX }, &err), 0);
    assert_int_equal(gig_upstream_url((gig_str_t) { large, GIG_UPSTREAM_URL_MAX + 1 }, &err), -1);
}


static void
test_header(void **state)
{
    size_t                    i;
    gig_error_t               err;
    static const char *const  no[] = {
        "", "hunter2", ": hunter2", "Authorization:", "Authorization:  ", "A b: hunter2",
        "Authorization: hunter2\r\nX: y", "X-\xc3\xa9: hunter2", "X: hunter2\x7f",
        "host: hunter2", "Idempotency-Key: hunter2", "Transfer-Encoding: hunter2"
    };

    (void) state;

    assert_int_equal(gig_upstream_header(text("Authorization: Bearer abc"), &err), 0);
    assert_int_equal(gig_upstream_header(text("X-Api-Key:abc"), &err), 0);

    for (i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
        if (gig_upstream_header(text(no[i]), &err) != -1) {
            fail_msg("%s is taken", no[i]);
        }

        assert_null(strstr(err.detail, "hunter2"));
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_posted),      cmocka_unit_test(test_looked_up),
        cmocka_unit_test(test_erased),      cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_wait),        cmocka_unit_test(test_id),
        cmocka_unit_test(test_inside),      cmocka_unit_test(test_url),
        cmocka_unit_test(test_header),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
