
/*
 * Everything that is printed goes through this buffer: its limit keeps memory
 * bounded, its escapers keep a gig's text from becoming markup or script.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_buf.h"


static void
expect(gig_buf_t *b, const char *text)
{
    assert_false(gig_buf_failed(b));
    assert_int_equal(b->len, strlen(text));
    assert_memory_equal(b->data, text, b->len);
    gig_buf_reset(b);
}


static void
test_grow_and_limit(void **state)
{
    int        i;
    gig_buf_t  b;

    (void) state;

    gig_buf_init(&b, 1000);

    for (i = 0; i < 1000; i++) {
        gig_buf_add(&b, "x", 1);
    }

    assert_false(gig_buf_failed(&b));
    assert_int_equal(b.len, 1000);
    assert_true(b.size <= 1000);

    gig_buf_add(&b, "", 0);
    assert_false(gig_buf_failed(&b));

    gig_buf_add(&b, "x", 1);
    assert_true(gig_buf_failed(&b));
    assert_int_equal(b.len, 1000);

    /* sticks: a shorter text after it must not leave a hole in the middle */

    gig_buf_reset(&b);
    gig_buf_printf(&b, "%*s", 2000, "x");
    gig_buf_puts(&b, "y");
    assert_true(gig_buf_failed(&b));
    assert_int_equal(b.len, 0);

    gig_buf_free(&b);

    gig_buf_init(&b, 0);
    gig_buf_puts(&b, "x");
    assert_true(gig_buf_failed(&b));
    gig_buf_free(&b);
}


static void
test_printf(void **state)
{
    gig_buf_t  b;

    (void) state;

    gig_buf_init(&b, 4096);
    gig_buf_printf(&b, "%s=%d", "n", 7);
    expect(&b, "n=7");

    gig_buf_printf(&b, "%*s", 1500, "x");
    assert_int_equal(b.len, 1500);
    assert_int_equal(b.data[1499], 'x');
    gig_buf_free(&b);
}


static void
test_json(void **state)
{
    gig_buf_t  b;

    (void) state;

    gig_buf_init(&b, 4096);

    gig_buf_json(&b, gig_str(""));
    expect(&b, "\"\"");

    gig_buf_json(&b, gig_str("</script><!--&\"\\\n\r\t\x01 caf\xc3\xa9"));
    expect(&b, "\"\\u003c/script\\u003e\\u003c!--\\u0026\\\"\\\\\\n\\r\\t\\u0001 caf\xc3\xa9\"");

    gig_buf_json(&b, gig_str("\xe2\x80\xa8-\xe2\x80\xa9"));
    expect(&b, "\"\\u2028-\\u2029\"");

    /* bytes that are no UTF-8 must not get out: a reader may put them together as it likes */

    gig_buf_json(&b, gig_str("a\xff\xc0\xaf\xed\xa0\x80z"));
    expect(&b, "\"a\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffdz\"");

    gig_buf_free(&b);
}


static void
test_html(void **state)
{
    gig_buf_t  b;

    (void) state;

    gig_buf_init(&b, 4096);

    gig_buf_html(&b, gig_str("<a href=\"x\" b='y'>&amp; \xc3\xa9"));
    expect(&b, "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp; \xc3\xa9");

    gig_buf_html(&b, gig_str("a\0b\xffz"));
    expect(&b, "a\xef\xbf\xbd" "b\xef\xbf\xbdz");

    gig_buf_free(&b);
}


static void
test_uri(void **state)
{
    gig_buf_t  b;

    (void) state;

    gig_buf_init(&b, 4096);

    gig_buf_uri(&b, gig_str("a-b_c.d~E9 /?&%+\r\n\xc3\xa9"));
    expect(&b, "a-b_c.d~E9%20%2F%3F%26%25%2B%0D%0A%C3%A9");

    gig_buf_free(&b);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_grow_and_limit),
        cmocka_unit_test(test_printf),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_html),
        cmocka_unit_test(test_uri)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
