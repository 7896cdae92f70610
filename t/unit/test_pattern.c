
/*
 * A pattern is written by a company and asked of strangers' texts.  It must mean
 * what HTML's would, be refused with the reason where it is more than we know, and
 * whatever it is never take long.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gig_pattern.h"

static gig_pattern_t  pattern;
static const char    *wrong;


static gig_str_t
str(const char *s)
{
    return (gig_str_t) { s, strlen(s) };
}


static void
test_match(void **state)
{
    size_t  i;

    static const struct {
        const char  *pattern, *text;
        int          matches;
    } cases[] = {
        { "abc", "abc", 1 }, { "abc", "ab", 0 }, { "abc", "abcd", 0 }, { "abc", "xabc", 0 },
        { "a.c", "a\xc3\xa9" "c", 1 }, { "a.c", "ac", 0 }, { ".*", "", 1 }, { ".+", "", 0 },
        { "a?b", "b", 1 }, { "a?b", "ab", 1 }, { "a?b", "aab", 0 },
        { "a*b", "aaab", 1 }, { "a+b", "b", 0 }, { "a+b", "aab", 1 },
        { "(ab)+", "ababab", 1 }, { "(ab)+", "aba", 0 }, { "(a*)*", "aaaa", 1 }, { "(a*)*b", "aac", 0 },
        { "a|bc|d", "bc", 1 }, { "a|bc|d", "d", 1 }, { "a|bc|d", "a", 1 }, { "a|bc|d", "b", 0 },
        { "x(a|b|c)*y", "xabccby", 1 }, { "x(a|b|c)*y", "xy", 1 }, { "x(a|b|c)*y", "xady", 0 },
        { "(a|b|c|d|e|f|g|h|i|(j))k", "jk", 1 }, { "(a?b|c)+", "abcb", 1 },
        { "[a-c]{2}", "bc", 1 }, { "[a-c]{2}", "b", 0 }, { "[a-c]{2}", "bcb", 0 },
        { "a{2,}", "a", 0 }, { "a{2,}", "aaaaa", 1 }, { "a{0,2}", "", 1 }, { "a{0,2}", "aa", 1 },
        { "a{0,2}", "aaa", 0 }, { "a{1,3}b", "aaab", 1 }, { "a{1,3}b", "aaaab", 0 }, { "a{0,}b", "b", 1 },
        { "(ab|c){2,3}", "cab", 1 }, { "(ab|c){2,3}", "cabcc", 0 }, { "((a|b){2}c){2}", "abcbac", 1 },
        { "((a|b){2}c){2}", "abcbc", 0 }, { "(a(b|c)?)*d", "abacaad", 1 },
        { "[^0-9]+", "ab", 1 }, { "[^0-9]+", "a1", 0 }, { "[-a]+", "a-", 1 }, { "[a-]+", "a-", 1 },
        { "[\\]\\\\]+", "]\\", 1 }, { "\\d\\w\\s", "1_ ", 1 }, { "[\\d.]+", "1.5", 1 }, { "[^\\s]", " ", 0 },
        { "\\.\\*\\?\\+\\(\\)\\[\\]\\{\\}\\|\\\\\\^\\$\\/", ".*?+()[]{}|\\^$/", 1 },
        { "[\xc3\xa0-\xc3\xa9]+", "\xc3\xa8", 1 }, { "\xe2\x82\xac+", "\xe2\x82\xac\xe2\x82\xac", 1 },
        { "\\w{100}", "aaaaaaaaaa", 0 }, { "[A-Z]{2}-\\d{4}", "AB-1234", 1 }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {

        if (gig_pattern_read(str(cases[i].pattern), &pattern, &wrong) != 0) {
            fail_msg("%s %s", cases[i].pattern, wrong);
        }

        if (gig_pattern_match(&pattern, str(cases[i].text)) != cases[i].matches) {
            fail_msg("%s on %s is not %d", cases[i].pattern, cases[i].text, cases[i].matches);
        }
    }
}


static void
test_refused(void **state)
{
    size_t  i;
    char    longest[GIG_PATTERN_MAX + 2];

    static const char *const  cases[][2] = {
        { "", "1 to 200" }, { "a\n", "1 to 200" }, { "\xff", "1 to 200" }, { "(", "empty" }, { "(a", "not closed" },
        { "a)", "not open" }, { "()", "empty" }, { "a|", "| at an end" }, { "|a", "| at an end" },
        { "(a|)", "| at an end" }, { "*a", "repeats what is not there" }, { "a**", "repeats what is repeated" },
        { "a+?", "repeats what is repeated" }, { "a{0}", "second number is 0" }, { "a{3,2}", "below the first" },
        { "a{2,0}", "second number is 0" }, { "a{", "{3}" }, { "a{,3}", "{3}" }, { "a{1,2,3}", "{3}" },
        { "a{201}", "{3}" }, { "a{x}", "{3}" }, { "[", "not closed" }, { "[]", "nothing in it" },
        { "[b-a]", "ends before it begins" }, { "[[a]]", "[ in a [ ]" }, { "a]", "stands for itself" },
        { "^a$", "stands for itself" }, { "\\", "\\ before" }, { "\\b", "\\ before" }, { "(a)\\1", "\\ before" },
        { "\\u0041", "\\ before" }, { "(?:a)", "(?" }, { "(?=a)", "(?" }, { "(((((((((a)))))))))", "too many brackets" },
        { "(a{200}){200}", "too large" }, { "((((a?){200}){200}){200}){200}", "too large" }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (gig_pattern_read(str(cases[i][0]), &pattern, &wrong) != -1
            || strstr(wrong, cases[i][1]) == NULL)
        {
            fail_msg("%s: %s", cases[i][0], wrong != NULL ? wrong : "taken");
        }
    }

    /* at the end of its memory, and full in the middle of a set */

    for (i = 100; i < 150; i++) {

        char  *full = malloc(i + 3);

        assert_non_null(full);
        memset(full, 'a', i);
        full[0] = '[';
        memcpy(full + i, "\\w]", 3);
        assert_int_equal(gig_pattern_read((gig_str_t) { full, i + 3 }, &pattern, &wrong),
                         i - 1 + 4 > GIG_PATTERN_RANGES ? -1 : 0);
        free(full);
    }

    memset(longest, 'a', sizeof(longest));
    assert_int_equal(gig_pattern_read((gig_str_t) { longest, GIG_PATTERN_MAX }, &pattern, &wrong), 0);
    assert_int_equal(gig_pattern_read((gig_str_t) { longest, GIG_PATTERN_MAX + 1 }, &pattern, &wrong), -1);
}


/* What makes a backtracking matcher take years: here each takes its text's length. */

static void
test_cost(void **state)
{
    char     text[GIG_PATTERN_TEXT + 2];
    size_t   i;
    clock_t  start;

    static const char *const  cases[] = {
        "(a*)*b", "(a+)+b", "(a|a)*b", "(a|aa)+b", "(a?){200}b", "(.*){8}b", "(.?.?.?.?){50}b", "[^b]{1,200}b",
        "(((((((a+)+)+)+)+)+)+)+b"
    };

    (void) state;

    memset(text, 'a', sizeof(text));

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(gig_pattern_read(str(cases[i]), &pattern, &wrong), 0);
        start = clock();
        assert_int_equal(gig_pattern_match(&pattern, (gig_str_t) { text, GIG_PATTERN_TEXT }), 0);

        if (clock() - start > CLOCKS_PER_SEC / 5) {
            fail_msg("%s: %ld us", cases[i], (long) (clock() - start));
        }
    }

    assert_int_equal(gig_pattern_read(str("a*"), &pattern, &wrong), 0);
    assert_int_equal(gig_pattern_match(&pattern, (gig_str_t) { text, GIG_PATTERN_TEXT }), 1);
    assert_int_equal(gig_pattern_match(&pattern, (gig_str_t) { text, GIG_PATTERN_TEXT + 1 }), 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_match),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_cost)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
