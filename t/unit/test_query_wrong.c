
/* Who is told that a parameter is wrong must read which, what it was and what would be right. */

#include "gig_test_query.h"


/* The answer that says what is wrong comes in the format asked for, wherever that stands. */

static void
test_format_of_wrong(void **state)
{
    gig_error_t  err;

    (void) state;

    assert_int_equal(gig_query_read(text("state=%4&limit=0&format=html"), 1, &query, &err), -1);
    assert_int_equal(query.format, 2);
    assert_non_null(strstr(err.detail, "\"state\""));
    assert_int_equal(gig_query_read(text("limit=0&format=json"), 1, &query, &err), -1);
    assert_int_equal(query.format, 1);
}


static void
test_wrong_text(void **state)
{
    char    args[GIG_QUERY_ARGS_MAX + 2];
    size_t  i;

    static const char  digits[] = "The value of the parameter \"q\" cannot be read: \"%\" must be "
                                  "followed by two hexadecimal digits, and is itself "
                                  "percent-encoded as \"%25\".";
    static const char  utf8[] = "The value of the parameter \"skill\" cannot be read: it must be "
                                "percent-encoded UTF-8 text without control characters.";

    (void) state;

    wrong("q=100%", digits);
    wrong("q=%4", digits);
    wrong("q=%4g&x", digits);
    wrong("q=% 41", digits);
    wrong("skill=%ff", utf8);
    wrong("skill=%00", utf8);
    wrong("skill=%c0%80", utf8);
    wrong("skill=%ed%a0%80", utf8);
    wrong("skill=a%c3", utf8);
    wrong("skill=%1b", utf8);
    wrong("skill=%e2%80%ae", utf8);

    wrong("skill=" LONG_A LONG_A LONG_A LONG_A "a", "The value of the parameter \"skill\" is 257 "
          "bytes long; it may have at most 256.");
    wrong("q=" LONG_A LONG_A LONG_A LONG_A "+b", "The value of the parameter \"q\" is 258 bytes "
          "long; it may have at most 256.");
    reads("q=%20" LONG_A LONG_A LONG_A LONG_A "++&skill=" LONG_A LONG_A LONG_A LONG_A);
    assert_int_equal(query.q.len, 256);

    /* folding may make a value longer, up to what a key may have */

    args[0] = '\0';
    strcat(args, "skill=");

    for (i = 0; i < 85; i++) {
        strcat(args, "\xef\xb7\xba");
    }

    reads(args);
    assert_true(query.value[0].key.len > 200 && query.value[0].key.len <= GIG_FOLD_MAX);

    memset(args, 'x', sizeof(args));
    args[GIG_QUERY_ARGS_MAX] = '\0';
    reads(args);
    args[GIG_QUERY_ARGS_MAX] = 'x';
    args[GIG_QUERY_ARGS_MAX + 1] = '\0';
    wrong(args, "The query string is 8193 bytes long; it may have at most 8192.");
}


static void
test_wrong_twice(void **state)
{
    (void) state;

    wrong("limit=5&limit=6", "The parameter \"limit\" is given twice, as \"5\" and as \"6\"; give it "
          "once.");
    wrong("q=a&q=b", "The parameter \"q\" is given twice, as \"a\" and as \"b\"; give it once.");
    wrong("cursor=" LONG_A "&cursor=b", "The parameter \"cursor\" is given twice, as "
          "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\" and as \"b\"; give it once.");
    reads("sort=pay&sort=&sort=pay&format=json&format=&pay_min=&pay_min=1");
    assert_int_equal(query.pay_min, 1000);
}


static void
test_wrong_choice(void **state)
{
    (void) state;

    wrong("state=closed", "The parameter \"state\" is \"closed\"; it must be \"open\", "
          "\"scheduled\" or \"all\".");
    wrong("sort=price", "The parameter \"sort\" is \"price\"; it must be \"newest\", \"closing\", "
          "\"pay\" or \"relevance\".");
    wrong("sort=Newst", "The parameter \"sort\" is \"Newst\"; did you mean \"newest\"? It must be "
          "\"newest\", \"closing\", \"pay\" or \"relevance\".");
    wrong("format=xml", "The parameter \"format\" is \"xml\"; it must be \"json\" or \"html\".");
    wrong("mode=on-site", "The parameter \"mode\" is \"on-site\"; did you mean \"onsite\"? It must be "
          "\"remote\", \"onsite\" or \"hybrid\".");
    wrong("mode=re", "The parameter \"mode\" is \"re\"; it must be \"remote\", \"onsite\" or "
          "\"hybrid\".");
    wrong("engagement=Employee+Intern", "The parameter \"engagement\" is \"Employee Intern\"; did you "
          "mean \"employee_intern\"? It must be \"contractor\", \"employee_intern\", \"stipend\" or "
          "\"volunteer\".");
    wrong("engagement=" LONG_A, "The parameter \"engagement\" is "
          "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\"; it must be \"contractor\", "
          "\"employee_intern\", \"stipend\" or \"volunteer\".");

    /* a long value is cut at a character's border */

    wrong("mode=xxxxxxxxxxxxxxxxxxxxxxxxxxxxx%E6%9D%B1%E6%9D%B1", "The parameter \"mode\" is "
          "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxx\xe6\x9d\xb1\xe6\x9d\xb1\"; it must be \"remote\", "
          "\"onsite\" or \"hybrid\".");
    wrong("mode=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx%E6%9D%B1%E6%9D%B1", "The parameter \"mode\" is "
          "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...\"; it must be \"remote\", \"onsite\" or "
          "\"hybrid\".");

    wrong("facets=skill,orgs", "The parameter \"facets\" names \"orgs\"; did you mean \"org\"? It must "
          "be 1, 0 or some of \"skill\", \"department\", \"team\", \"location\", \"mode\", "
          "\"engagement\", \"org\", \"language\" or \"audience\".");

    /* the longest there is comes whole */

    wrong("facets=engagement.with.thirtyone.bytes.&", "The parameter \"facets\" names "
          "\"engagement.with.thirtyone.bytes.\"; it must be 1, 0 or some of \"skill\", "
          "\"department\", \"team\", \"location\", \"mode\", \"engagement\", \"org\", \"language\" or "
          "\"audience\".");
}


static void
test_wrong_number(void **state)
{
    size_t  i;
    char    args[128], detail[GIG_DETAIL_SIZE];

    static const struct {
        const char  *name, *right;
        const char  *values[10];
    } samples[] = {
        { "limit", "a whole number from 1 to 100",
          { "0", "101", "-1", "1.5", "1e2", "2147483648", "18446744073709551617", "x", "1 0" } },
        { "hours_max", "a whole number of hours from 1 to 100000",
          { "0", "100001", "-1", "40h", "4294967297" } },
        { "pay_min", "an amount such as \"500\" or \"12.50\": digits, at most three of them after a "
                     "point, and up to 1000000000000",
          { "-1", "$5", "1,000", ".5", "5.", "5.1234", "1000000000001", "1000000000000.001",
            "9223372036854775808", "1.x" } },
        { "currency", "the three letters of a currency (ISO 4217), such as \"USD\"",
          { "US", "USDT", "U5D", "$", "@@@", "\xc3\x84U", "{|}" } },
        { "closes_before", "a date such as \"2026-10-01\", or a time with its offset such as "
                           "\"2026-10-01T09:00:00-04:00\"",
          { "2026-02-30", "tomorrow", "2026-10-01T09:00", "2026-10-01T09:00:00",
            "2026-10-01 09:00:00Z", "2026-10-01T25:00:00Z", "20261001",
            "2026-10-01T09:00:00.0000000000000000000000000Z", "1", "2026-10-01T00:00:00 2:00" } },
        { "posted_after", "a date such as \"2026-10-01\", or a time with its offset such as "
                          "\"2026-10-01T09:00:00-04:00\"", { "2026-13-01" } }
    };

    unsigned  k;

    (void) state;

    for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        for (k = 0; k < 10 && samples[i].values[k] != NULL; k++) {

            snprintf(args, sizeof(args), "%s=%s", samples[i].name, samples[i].values[k]);
            snprintf(detail, sizeof(detail), "The parameter \"%s\" is \"%.*s%s\"; it must be %s.",
                     samples[i].name, strlen(samples[i].values[k]) < 36 ? 36 : 32,
                     samples[i].values[k], strlen(samples[i].values[k]) < 36 ? "" : "...",
                     samples[i].right);
            wrong(args, detail);
        }
    }

    reads("limit=100&hours_max=100000&pay_min=1000000000000&closes_before=9999-12-31T23:59:59.5Z"
          "&posted_after=0000-01-01T00:00:00%2B23:59");
    assert_int_equal(query.limit, 100);
    assert_int_equal(query.hours_max, 100000);
    assert_true(query.pay_min == INT64_C(1000000000000000));
    assert_true(query.closes_before == INT64_C(253402300799));
    assert_true(query.posted_after == -INT64_C(62167219200));
    reads("limit=1&hours_max=1&pay_min=0&closes_before=1969-12-31T23:59:58.5Z");
    assert_int_equal(query.pay_min, 0);
    assert_int_equal(query.closes_before, -1);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_format_of_wrong),
        cmocka_unit_test(test_wrong_text),
        cmocka_unit_test(test_wrong_twice),
        cmocka_unit_test(test_wrong_choice),
        cmocka_unit_test(test_wrong_number)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
