/*
 * A card of a gig that has texts in other languages is drawn of what this leaves: a member that is
 * missing is a card without its pay, one too many is milliseconds of the event loop, and a text
 * with a bracket or a quote in it must not end where it seems to.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_brief.h"


static gig_language_t  spanish = { .tag = "es-MX" };


static void
leaves(const char *json, const char *expected)
{
    char       *copy;
    size_t      len;
    gig_buf_t   out;

    /* of its very length: whoever reads on is seen by ASan */
    len = strlen(json);
    copy = malloc(len + (len == 0));
    assert_non_null(copy);
    memcpy(copy, json, len);

    gig_buf_init(&out, 65536);

    if (expected == NULL) {
        assert_int_equal(gig_brief((gig_str_t) { copy, len }, &spanish, &out), -1);

    } else {
        assert_int_equal(gig_brief((gig_str_t) { copy, len }, &spanish, &out), 0);
        assert_int_equal(out.len, strlen(expected));
        assert_memory_equal(out.data, expected, out.len);
    }

    gig_buf_free(&out);
    free(copy);
}


static void
test_members(void **state)
{
    (void) state;

    leaves("{}", "{}");
    leaves("{\"id\":\"a\",\"n\":-1.5e3,\"t\":true,\"z\":null}",
           "{\"id\":\"a\",\"n\":-1.5e3,\"t\":true,\"z\":null}");
    leaves("{\"deliverables\":[1,{\"a\":[]}],\"description_html\":\"x\",\"description_text\":\"y\"}",
           "{}");
    leaves("{\"deliverables\":[],\"id\":\"a\",\"description_html\":\"x\",\"title\":\"b\"}",
           "{\"id\":\"a\",\"title\":\"b\"}");

    /* what stands deeper is not ours to leave out */
    leaves("{\"ext\":{\"deliverables\":[],\"description_html\":\"x\",\"i18n\":{\"de\":{}}}}",
           "{\"ext\":{\"deliverables\":[],\"description_html\":\"x\",\"i18n\":{\"de\":{}}}}");
    leaves("{\"i18n\":null,\"skills\":[{\"name\":\"a\"},\"b\",[[]]]}",
           "{\"i18n\":null,\"skills\":[{\"name\":\"a\"},\"b\",[[]]]}");
}


static void
test_texts(void **state)
{
    (void) state;

    /* quotes, backslashes, brackets */
    leaves("{\"description_html\":\"\\\"},{\\\\\",\"id\":\"\\\\\\\"]}\",\"x\":[\"}\",\"\\\"]\"]}",
           "{\"id\":\"\\\\\\\"]}\",\"x\":[\"}\",\"\\\"]\"]}");
    leaves("{\"description_html\":\"\\\\\",\"id\":\"\"}", "{\"id\":\"\"}");
    leaves("{\"a\\\"b\":{\"\":\"\\\\\\\\\"}}", "{\"a\\\"b\":{\"\":\"\\\\\\\\\"}}");
}


static void
test_languages(void **state)
{
    (void) state;

    leaves("{\"i18n\":{\"de\":{\"title\":\"d\"},\"es\":{\"deliverables\":[1],\"description_html\":"
           "\"x\",\"title\":\"t\"},\"es-M\":{},\"es-MX\":{\"title\":\"m\"},\"es-MX-x\":{}},"
           "\"id\":\"a\"}",
           "{\"i18n\":{\"es\":{\"title\":\"t\"},\"es-MX\":{\"title\":\"m\"}},\"id\":\"a\"}");
    leaves("{\"i18n\":{\"\":{},\"de\":{},\"e\":{}}}", "{\"i18n\":{}}");
    leaves("{\"i18n\":{\"es\":\"none\",\"es-MX\":[{}]}}",
           "{\"i18n\":{\"es\":\"none\",\"es-MX\":[{}]}}");
}


static void
test_damaged(void **state)
{
    char    cut[256];
    size_t  len;

    static const char  whole[] = "{\"deliverables\":[{\"a\":\"\\\"\"}],\"description_html\":\"\\\\\","
        "\"i18n\":{\"de\":{\"title\":\"d\"},\"es\":{\"title\":\"t\"}},\"id\":\"a\",\"n\":1}";

    (void) state;

    for (len = 0; len < sizeof(whole) - 1; len++) {
        memcpy(cut, whole, len);
        cut[len] = '\0';
        leaves(cut, NULL);
    }

    leaves("[]", NULL);
    leaves("{\"a\":1}}", NULL);
    leaves("{\"a\":1,}", NULL);
    leaves("{\"a\" :1}", NULL);
    leaves("{\"a\":[1}", NULL);
    leaves("{,\"a\":1}", NULL);
    leaves("{a:1}", NULL);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_languages),
        cmocka_unit_test(test_damaged),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
