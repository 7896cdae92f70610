
/*
 * Text comes from strangers.  Overlong forms, surrogates and bidi overrides are
 * how one text is made to pass for another; the decoder is compared with a
 * definition written the other way round (encode every character).
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_utf8.h"


static size_t
encode(uint32_t c, char *out)
{
    if (c < 0x80) {
        out[0] = (char) c;
        return 1;
    }

    if (c < 0x800) {
        out[0] = (char) (0xc0 | c >> 6);
        out[1] = (char) (0x80 | (c & 0x3f));
        return 2;
    }

    if (c < 0x10000) {
        out[0] = (char) (0xe0 | c >> 12);
        out[1] = (char) (0x80 | (c >> 6 & 0x3f));
        out[2] = (char) (0x80 | (c & 0x3f));
        return 3;
    }

    out[0] = (char) (0xf0 | c >> 18);
    out[1] = (char) (0x80 | (c >> 12 & 0x3f));
    out[2] = (char) (0x80 | (c >> 6 & 0x3f));
    out[3] = (char) (0x80 | (c & 0x3f));
    return 4;
}


static void
test_every_character(void **state)
{
    char      text[4], written[4];
    int       valid;
    size_t    n;
    uint32_t  c, code;

    (void) state;

    for (c = 0; c < 0x200000; c++) {

        n = encode(c, text);
        valid = c <= 0x10ffff && !(c >= 0xd800 && c <= 0xdfff);

        if (valid) {
            assert_int_equal(gig_utf8_encode(c, written), n);
            assert_memory_equal(written, text, n);
        }

        if (gig_utf8_decode((gig_str_t) { text, n }, &code) != (valid ? n : 0)
            || (valid && code != c)
            || gig_utf8_valid((gig_str_t) { text, n }) != (valid && c != 0))
        {
            fail_msg("U+%04X", c);
        }

        if (n > 1) {
            assert_int_equal(gig_utf8_decode((gig_str_t) { text, n - 1 }, &code), 0);
        }
    }
}


static void
test_malformed(void **state)
{
    size_t  i;

    static const gig_str_t  bad[] = {
        { "\xc0\xaf", 2 }, { "\xc1\xbf", 2 }, { "\xe0\x80\xaf", 3 }, { "\xe0\x9f\xbf", 3 },
        { "\xf0\x80\x80\xaf", 4 }, { "\xf0\x8f\xbf\xbf", 4 }, { "\xed\xa0\x80", 3 },
        { "\xed\xbf\xbf", 3 }, { "\xf4\x90\x80\x80", 4 }, { "\xf8\x88\x80\x80\x80", 5 },
        { "\x80", 1 }, { "\xbf", 1 }, { "\xfe", 1 }, { "\xff", 1 }, { "\xc3", 1 },
        { "\xe2\x82", 2 }, { "\xf0\x9f\x98", 3 }, { "a\0b", 3 }, { "\xc3\x28", 2 }
    };

    (void) state;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(gig_utf8_valid(bad[i]));
        assert_false(gig_utf8_clean(bad[i], 1));
    }

    assert_true(gig_utf8_valid(gig_str("")));
}


static void
test_clean(void **state)
{
    (void) state;

    assert_true(gig_utf8_clean(gig_str("Zo\xc3\xab \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d"), 0));
    assert_false(gig_utf8_clean(gig_str("two\nlines"), 0));
    assert_true(gig_utf8_clean(gig_str("two\r\n\tlines"), 1));
    assert_false(gig_utf8_clean(gig_str("bell\x07"), 1));
    assert_false(gig_utf8_clean(gig_str("del\x7f"), 1));
    assert_false(gig_utf8_clean(gig_str("\xc2\x85"), 1));
    assert_false(gig_utf8_clean(gig_str("exe.\xe2\x80\xaegpj"), 1));
    assert_false(gig_utf8_clean(gig_str("\xe2\x81\xa6x\xe2\x81\xa9"), 0));
    assert_true(gig_utf8_clean(gig_str("a\xe2\x80\xa8" "b"), 1));
    assert_false(gig_utf8_clean(gig_str("a\xe2\x80\xa8" "b"), 0));
}


static void
test_length_and_cut(void **state)
{
    gig_str_t  s = gig_str("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");

    (void) state;

    assert_int_equal(gig_utf8_length(s), 4);
    assert_int_equal(gig_utf8_cut(s, 100), 10);
    assert_int_equal(gig_utf8_cut(s, 10), 10);
    assert_int_equal(gig_utf8_cut(s, 9), 6);
    assert_int_equal(gig_utf8_cut(s, 6), 6);
    assert_int_equal(gig_utf8_cut(s, 5), 3);
    assert_int_equal(gig_utf8_cut(s, 2), 1);
    assert_int_equal(gig_utf8_cut(s, 0), 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_every_character),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_clean),
        cmocka_unit_test(test_length_and_cut)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
