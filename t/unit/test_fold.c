/*
 * Filters and words compare by what folding makes of them, on each host and in each
 * release: that two spellings of a name are one, and that nothing changes when it is
 * folded again, is tried here on every character there is.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <utf8proc.h>

#include "gig_fold.h"
#include "gig_utf8.h"


static void
check(const char *text, const char *expected)
{
    char    out[GIG_FOLD_MAX + 1];
    size_t  n;

    n = gig_fold((gig_str_t) { text, strlen(text) }, out, GIG_FOLD_MAX);
    out[n] = '\0';

    assert_string_equal(out, expected);
}


static void
test_spellings(void **state)
{
    (void) state;

    check("", "");
    check("New York, NY", "new york, ny");
    check("  Caf\u00e9\t\r\n ", "cafe");
    check("Cafe\u0301", "cafe");
    check("CAF\u00c9  au\u00a0\u2003lait", "cafe au lait");
    check("Stra\u00dfe", "strasse");
    check("STRA\u1e9eE", "strasse");
    check("\u0141\u00f3d\u017a", "lodz");
    check("S\u00f8ren \u00d8rsted", "soren orsted");
    check("\u0110or\u0111e", "dorde");
    check("\u00c6gir \u0152uvre", "aegir oeuvre");
    check("\u01fd\u01ff", "aeo");
    check("\u0130stanbul D\u0131yarbak\u0131r", "istanbul diyarbakir");
    check("\uff26\uff55\uff4c\uff4c\u3000\uff11\uff12", "full 12");
    check("\ufb01nance \u2167 x\u00b2", "finance viii x2");
    check("\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2",
          "\u03c3\u03b9\u03c3\u03c5\u03c6\u03bf\u03c3");
    check("\u1fb3 \u03b1\u0345", "\u03b1 \u03b1");
    check("\u0419\u043e\u0433\u0430", "\u0438\u043e\u0433\u0430");
    check("\u0645\u0640\u0640\u064f\u062d\u0645\u062f", "\u0645\u062d\u0645\u062f");
    check("zero\u200bwidth\u00ad\ufeff", "zerowidth");
    check("a\x07" "b\xc2\x85" "c", "ab c");
    check("women\u2019s women\u00b4s women`s", "women's women's women's");
    check("\u201cso\u201d \u00abso\u00bb", "\"so\" \"so\"");
    check("front\u2010end front\u2011end a\u2013b", "front-end front-end a\u2013b");
    check("Excel\u00ae, Java\u2122", "excel, java");
    check("C\u266f", "c#");
    check("\u00a8 \u0301", "");
    check("\u6771\u4eac \U0001f680", "\u6771\u4eac \U0001f680");
}


static void
test_cut(void **state)
{
    char    out[8];
    size_t  n;

    (void) state;

    n = gig_fold(gig_str("abc def"), out, 3);
    assert_int_equal(n, 3);

    /* no blank is left at the end, nor half a character */

    n = gig_fold(gig_str("abc def"), out, 4);
    assert_int_equal(n, 3);

    n = gig_fold(gig_str("abc def"), out, 5);
    assert_int_equal(n, 5);

    n = gig_fold(gig_str("ab\u4eac"), out, 4);
    assert_int_equal(n, 2);

    n = gig_fold(gig_str("ab \u4eac"), out, 5);
    assert_int_equal(n, 2);

    n = gig_fold(gig_str("ab\u4eac"), out, 5);
    assert_int_equal(n, 5);

    n = gig_fold(gig_str("abc"), out, 0);
    assert_int_equal(n, 0);

    n = gig_fold(gig_str("a\xff\xc3"), out, sizeof(out));
    assert_int_equal(n, 1);
}


/* Every character: bounded, valid, without blanks at the ends, the same when folded again. */

static void
test_every_character(void **state)
{
    char       text[4], once[GIG_FOLD_MAX], twice[GIG_FOLD_MAX];
    size_t     len, n, most;
    uint32_t   code;
    gig_str_t  s;

    (void) state;

    most = 0;

    for (code = 1; code <= 0x10ffff; code++) {

        if (code >= 0xd800 && code <= 0xdfff) {
            continue;
        }

        len = (size_t) utf8proc_encode_char((utf8proc_int32_t) code, (utf8proc_uint8_t *) text);
        n = gig_fold((gig_str_t) { text, len }, once, sizeof(once));
        s = (gig_str_t) { once, n };

        if (n > GIG_FOLD_CHAR_MAX || !gig_utf8_valid(s)
            || (n != 0 && (once[0] == ' ' || once[n - 1] == ' '))
            || gig_fold(s, twice, sizeof(twice)) != n || memcmp(once, twice, n) != 0)
        {
            fail_msg("U+%04X", code);
        }

        most = n > most ? n : most;
    }

    /* as the header says: else there is a longer one by now, and perhaps it is cut */

    assert_int_equal(most, 33);
}


/*
 * utf8proc's own map of the whole text, with its letters only: what of it is no letter or digit
 * is where folding goes its own way.
 */
static void
test_as_utf8proc(void **state)
{
    char               text[4], out[GIG_FOLD_MAX];
    size_t             len, n;
    uint32_t           code;
    utf8proc_uint8_t  *map;
    utf8proc_ssize_t   map_len;

    static const uint32_t  own[] = {
        0xc6, 0xd0, 0xd8, 0xde, 0xe6, 0xf0, 0xf8, 0xfe, 0x110, 0x111, 0x126, 0x127, 0x131, 0x141,
        0x142, 0x152, 0x153, 0x166, 0x167, 0x1e2, 0x1e3, 0x1fc, 0x1fd, 0x1fe, 0x1ff, 0x2bc, 0x149
    };

    (void) state;

    for (code = 0x41; code < 0x600; code++) {

        for (n = 0; n < sizeof(own) / sizeof(own[0]) && own[n] != code; n++) {
            /* void */
        }

        if (n != sizeof(own) / sizeof(own[0])
            || utf8proc_category((utf8proc_int32_t) code) > UTF8PROC_CATEGORY_LO
            || utf8proc_category((utf8proc_int32_t) code) == UTF8PROC_CATEGORY_CN)
        {
            continue;
        }

        len = (size_t) utf8proc_encode_char((utf8proc_int32_t) code, (utf8proc_uint8_t *) text);
        n = gig_fold((gig_str_t) { text, len }, out, sizeof(out));

        map_len = utf8proc_map((const utf8proc_uint8_t *) text, (utf8proc_ssize_t) len, &map,
                               (utf8proc_option_t) (UTF8PROC_STABLE | UTF8PROC_COMPAT
                                                    | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD
                                                    | UTF8PROC_STRIPMARK));
        assert_true(map_len >= 0);

        if ((size_t) map_len != n || memcmp(map, out, n) != 0) {
            /* U+037A is a blank and a mark; it comes out as nothing, not as a blank and iota */
            assert_int_equal(code, 0x37a);
        }

        free(map);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_every_character),
        cmocka_unit_test(test_as_utf8proc)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
