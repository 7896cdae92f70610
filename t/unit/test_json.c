
/*
 * Two hosts must make the same bytes of one record, or their ETags differ; and
 * whatever a body or a Redis holds, reading it must cost little and end in a
 * sentence.  Numbers are those of RFC 8785's appendix B, the order of names is
 * its section 3.2.3.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "gig_json.h"

#define SIZE_MAX_JSON       (1024 * 1024)


static void
refused(gig_str_t text, const char *why)
{
    gig_error_t  err;

    assert_null(gig_json_parse(text, SIZE_MAX_JSON, GIG_JSON_DEPTH_MAX, &err));
    assert_non_null(strstr(err.detail, why));
    assert_null(strstr(err.detail, "secret"));
}


static void
test_refused(void **state)
{
    char        *deep;
    gig_error_t  err;

    (void) state;

    refused(gig_str(""), "empty");
    refused(gig_str("{\"a\":1,\"a\":2}"), "twice");
    refused(gig_str("{\"secret\":\"sec\\u0000ret\"}"), "NUL");
    refused(gig_str("{\"secret\":\"\xc0\xaf\"}"), "UTF-8");
    refused(gig_str("{\"secret\":\"\\ud800\"}"), "JSON");
    refused(gig_str("{\"secret\":1"), "early");
    refused(gig_str("{\"a\":1} secret"), "after the end");
    refused(gig_str("{\"a\":123456789012345678901234567890}"), "too large");
    refused(gig_str("{\"a\":1e999}"), "too large");
    refused(gig_str("{a:1}"), "JSON");
    refused(gig_str("\"text\""), "object or an array");
    refused(gig_str("[1,]"), "line 1, column 4");

    deep = malloc(SIZE_MAX_JSON);
    assert_non_null(deep);
    memset(deep, '[', SIZE_MAX_JSON);
    refused((gig_str_t) { deep, SIZE_MAX_JSON }, "too deeply");
    assert_null(gig_json_parse((gig_str_t) { deep, SIZE_MAX_JSON }, 100, 16, &err));
    assert_non_null(strstr(err.detail, "too many"));
    free(deep);
}


static void
test_depth_is_that_of_brackets_outside_strings(void **state)
{
    json_t  *value;

    (void) state;

    value = gig_json_parse(gig_str("{\"a\":[\"[[[[{{{{\\\"[[\"]}"), 1000, 2, NULL);
    assert_non_null(value);
    json_decref(value);

    assert_null(gig_json_parse(gig_str("{\"a\":[\"\\\\\",[]]}"), 1000, 2, NULL));
}


static void
canonical(const char *text, const char *expected)
{
    json_t    *value;
    gig_buf_t  out;

    value = gig_json_parse((gig_str_t) { text, strlen(text) }, 10000, 16, NULL);
    assert_non_null(value);

    gig_buf_init(&out, 10000);
    gig_json_canonical(value, &out);
    gig_buf_add(&out, "", 1);
    assert_false(gig_buf_failed(&out));
    assert_string_equal(out.data, expected);

    gig_buf_free(&out);
    json_decref(value);
}


static void
test_canonical(void **state)
{
    (void) state;

    canonical("{ \"b\" : [ ] , \"a\" : { } , \"\" : null }", "{\"\":null,\"a\":{},\"b\":[]}");

    canonical("{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew Letter\","
              "\"1\":\"One\",\"\\ud83d\\ude00\":\"Emoji\",\"\\u0080\":\"Control\",\"\\u00f6\":\"o\"}",
              "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\",\"\xc3\xb6\":\"o\","
              "\"\xe2\x82\xac\":\"Euro Sign\",\"\xf0\x9f\x98\x80\":\"Emoji\","
              "\"\xef\xac\xb3\":\"Hebrew Letter\"}");

    canonical("[\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\\b\\t\\f\\r<\"]",
              "[\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\\b\\t\\f\\r<\"]");

    canonical("[true,false,null,-1,0,9223372036854775807]",
              "[true,false,null,-1,0,9223372036854775807]");
}


static void
test_canonical_numbers(void **state)
{
    (void) state;

    canonical("[1.0,-0.0,4.50,2e-3,0.000001,1e-7,333333333.3333332,1E30,1e21,1e20]",
              "[1,0,4.5,0.002,0.000001,1e-7,333333333.3333332,1e+30,1e+21,100000000000000000000]");
    canonical("[5e-324,1.7976931348623157e308,9007199254740992.0,295147905179352830000.0]",
              "[5e-324,1.7976931348623157e+308,9007199254740992,295147905179352830000]");
    canonical("[1.25e-5,-0.1,123.456,1.5e300,0.30000000000000004]",
              "[0.0000125,-0.1,123.456,1.5e+300,0.30000000000000004]");
}


/* jansson's tables are seeded once a process: another seed must change no byte. */

static void
test_seeds_do_not_matter(void **state)
{
    int        status, ends[2];
    char       text[4096];
    pid_t      child;
    size_t     seed, len, i;
    json_t    *value;
    ssize_t    n;
    gig_buf_t  in, out, first;

    (void) state;

    gig_buf_init(&in, sizeof(text));
    gig_buf_init(&out, sizeof(text));
    gig_buf_init(&first, sizeof(text));

    for (i = 0; i < 60; i++) {
        gig_buf_printf(&in, "%s\"name%zu\":%zu", i == 0 ? "{" : ",", i * 7919 % 100, i);
    }

    gig_buf_puts(&in, "}");

    for (seed = 1; seed < 5; seed++) {

        assert_int_equal(pipe(ends), 0);
        child = fork();
        assert_true(child >= 0);

        if (child == 0) {
            json_object_seed(seed);
            value = gig_json_parse((gig_str_t) { in.data, in.len }, sizeof(text), 4, NULL);
            gig_json_canonical(value, &out);
            _exit(write(ends[1], out.data, out.len) == (ssize_t) out.len ? 0 : 1);
        }

        assert_int_equal(close(ends[1]), 0);

        for (len = 0; len < sizeof(text); len += (size_t) n) {
            n = read(ends[0], text + len, sizeof(text) - len);
            assert_true(n >= 0);

            if (n == 0) {
                break;
            }
        }

        assert_int_equal(close(ends[0]), 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        assert_true(len > 500);

        if (seed == 1) {
            gig_buf_add(&first, text, len);
        }

        assert_int_equal(len, first.len);
        assert_memory_equal(text, first.data, len);
    }

    gig_buf_free(&in);
    gig_buf_free(&out);
    gig_buf_free(&first);
}


static void
test_members(void **state)
{
    json_t  *value;

    (void) state;

    value = gig_json_parse(gig_str("{\"a\":\"x\",\"b\":1,\"c\":null}"), 100, 2, NULL);
    assert_true(gig_str_is(gig_json_str(value, "a"), "x"));
    assert_null(gig_json_str(value, "b").data);
    assert_null(gig_json_str(value, "c").data);
    assert_null(gig_json_str(value, "d").data);
    assert_null(gig_json_str(NULL, "a").data);
    json_decref(value);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_seeds_do_not_matter),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_depth_is_that_of_brackets_outside_strings),
        cmocka_unit_test(test_canonical),
        cmocka_unit_test(test_canonical_numbers),
        cmocka_unit_test(test_members)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
