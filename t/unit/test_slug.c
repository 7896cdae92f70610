
/*
 * A slug stands in addresses that other people keep and in headers: of a title in any script it
 * must be plain, of a bounded length and the same on every host, and never a name that leads to
 * something else.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_slug.h"


static gig_str_t
str(const char *s)
{
    return (gig_str_t) { s, strlen(s) };
}


static void
made(const char *own, const char *title, const char *expected)
{
    char    slug[GIG_SLUG_MAX + 1];
    size_t  len;

    len = gig_slug_make(str(own), str(title), slug);
    slug[len] = '\0';
    assert_string_equal(slug, expected);
    assert_true(len == 0 || gig_slug_valid((gig_str_t) { slug, len }));
}


static void
test_valid(void **state)
{
    char  text[GIG_SLUG_MAX + 2];

    (void) state;

    assert_true(gig_slug_valid(str("pricing-scan")));
    assert_true(gig_slug_valid(str("2")));
    assert_false(gig_slug_valid(str("")));
    assert_false(gig_slug_valid(gig_null_str));
    assert_false(gig_slug_valid(str("Pricing")));
    assert_false(gig_slug_valid(str("a/b")));
    assert_false(gig_slug_valid(str("a.b")));
    assert_false(gig_slug_valid(str("a_b")));
    assert_false(gig_slug_valid(str("a\r\nb")));
    assert_false(gig_slug_valid(str("caf\u00e9")));
    assert_false(gig_slug_valid((gig_str_t) { "a\0b", 3 }));

    memset(text, 'a', sizeof(text));
    assert_true(gig_slug_valid((gig_str_t) { text, GIG_SLUG_MAX }));
    assert_false(gig_slug_valid((gig_str_t) { text, GIG_SLUG_MAX + 1 }));
}


static void
test_own(void **state)
{
    (void) state;

    made("pricing-scan", "Another title", "pricing-scan");
    made("form", "Another title", "");
    made("apply", "Another title", "");
    made("applications", "Another title", "");
    made("self-id", "Another title", "");
    made("forms", "Another title", "forms");
}


static void
test_title(void **state)
{
    (void) state;

    made("", "Competitor pricing scan", "competitor-pricing-scan");
    made("", "  Sales & Caf\u00e9: \u201cten\u201d  prices! ", "sales-cafe-ten-prices");
    made("", "Women\u2019s league: don't stop", "womens-league-dont-stop");
    made("", "C++ / C#", "c-c");
    made("", "\u0141\u00f3d\u017a \u2013 Stra\u00dfe 7", "lodz-strasse-7");
    made("", "\u8bbe\u8ba1\u5e08 UX", "ux");
    made("", "\u0645\u0635\u0645\u0645", "");
    made("", "\u8bbe\u8ba1\u5e08", "");
    made("", "", "");
    made("", "...", "");
    made("", "Apply!", "");
    made("", "Self-ID", "");
    made("", "Apply now", "apply-now");
}


/* Words that are there in part would be other words. */
static void
test_cut(void **state)
{
    char      title[400], slug[GIG_SLUG_MAX], expected[GIG_SLUG_MADE_MAX + 1];
    size_t    i, len, words;
    unsigned  word;

    (void) state;

    memset(title, 'x', sizeof(title));
    assert_int_equal(gig_slug_make(gig_null_str, (gig_str_t) { title, 80 }, slug),
                     GIG_SLUG_MADE_MAX);

    for (word = 1; word < 70; word++) {
        for (i = 0; i < sizeof(title); i++) {
            title[i] = i % (word + 1) == word ? ' ' : 'x';
        }

        words = (GIG_SLUG_MADE_MAX + 1) / (word + 1);
        len = gig_slug_make(gig_null_str, (gig_str_t) { title, sizeof(title) }, slug);
        assert_int_equal(len, words ? words * (word + 1) - 1 : GIG_SLUG_MADE_MAX);

        for (i = 0; i < len; i++) {
            expected[i] = title[i] == ' ' ? '-' : 'x';
        }

        assert_memory_equal(slug, expected, len);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_valid),
        cmocka_unit_test(test_own),
        cmocka_unit_test(test_title),
        cmocka_unit_test(test_cut)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
