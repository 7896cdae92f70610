
/*
 * The query string is what anybody can write: forms send every field they have,
 * people type by hand, links are passed on with campaign tags.  One question must
 * be one key however it is spelt, two questions two; and who is told "no" must
 * read what is wrong and what would be right.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_query.h"

#define KEY_MAX     16384
#define LONG_A      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"  /* 64 */

static gig_query_t  query;


static gig_str_t
text(const char *s)
{
    return (gig_str_t) { s, strlen(s) };
}


/* Whatever was there before must not show: nothing of a query is zeroed by its owner. */

static void
reads(const char *args)
{
    gig_error_t  err;

    memset(&query, 0xa5, sizeof(query));
    err.detail[0] = '\0';

    if (gig_query_read(text(args), 1, &query, &err) != 0) {
        fail_msg("%s: %s", args, err.detail);
    }
}


static void
wrong(const char *args, const char *detail)
{
    gig_error_t  err;

    memset(&query, 0xa5, sizeof(query));
    err.detail[0] = '\0';

    assert_int_equal(gig_query_read(text(args), 1, &query, &err), -1);
    assert_string_equal(err.detail, detail);
    assert_string_equal(err.pointer, "");
    assert_int_equal(gig_query_read(text(args), 1, &query, NULL), -1);
}


static size_t
key_of(const char *args, char *key)
{
    reads(args);
    return gig_query_key(&query, key, KEY_MAX);
}


static int
equal(const char *a, const char *b)
{
    char    first[KEY_MAX], second[KEY_MAX];
    size_t  n;

    n = key_of(a, first);
    assert_true(n > 0);

    return n == key_of(b, second) && memcmp(first, second, n) == 0;
}


static void
same(const char *a, const char *b)
{
    if (!equal(a, b)) {
        fail_msg("\"%s\" and \"%s\" ask the same", a, b);
    }
}


static void
differ(const char *a, const char *b)
{
    if (equal(a, b)) {
        fail_msg("\"%s\" and \"%s\" do not ask the same", a, b);
    }
}


/* Written and read again it must ask the same. */

static void
writes(const char *args, const gig_query_change_t *change, const char *expected)
{
    char       out[4096];
    gig_buf_t  b;

    reads(args);
    gig_buf_init(&b, sizeof(out) - 1);
    gig_query_write(&query, change, &b);
    assert_false(gig_buf_failed(&b));

    if (b.len != 0) {
        memcpy(out, b.data, b.len);
    }

    out[b.len] = '\0';
    gig_buf_free(&b);

    assert_string_equal(out, expected);
}


static void
writes_same(const char *args, const char *expected)
{
    gig_query_change_t  change = GIG_QUERY_SAME;

    writes(args, &change, expected);
    writes(expected, &change, expected);
    same(args, expected);
}


static void
view_is(gig_str_t view, const char *expected)
{
    assert_int_equal(view.len, strlen(expected));
    assert_memory_equal(view.data, expected, view.len);
}


static void
test_defaults(void **state)
{
    (void) state;

    reads("");
    assert_int_equal(query.state, GIG_LIST_OPEN);
    assert_int_equal(query.sort, GIG_SORT_NEWEST);
    assert_int_equal(query.sorted, 0);
    assert_int_equal(query.limit, GIG_LIST_DEFAULT);
    assert_int_equal(query.facets, 0);
    assert_int_equal(query.pay_min, -1);
    assert_string_equal(query.currency, "");
    assert_int_equal(query.hours_max, -1);
    assert_true(query.closes_before == GIG_TIME_NONE && query.posted_after == GIG_TIME_NONE);
    assert_int_equal(query.n_values, 0);
    assert_int_equal(query.q.len, 0);
    assert_int_equal(query.text.n_clauses, 0);
    assert_int_equal(query.after, 0);
    assert_int_equal(query.format, 0);
    assert_int_equal(query.withdraw, 0);
    assert_int_equal(query.source.len, 0);

    assert_int_equal(gig_query_read(gig_null_str, 1, &query, NULL), 0);
    same("", "&&=&=x&x&?&");

    /* what a form without scripts sends when nothing is filled in */

    same("", "q=&skill=&department=&team=&location=&mode=&engagement=&org=&language=&audience="
         "&pay_min=&currency=&hours_max=&closes_before=&posted_after=&state=&sort=&limit=&cursor="
         "&facets=&format=&source=&ref=");
    same("", "q=+&skill=%20&mode=++&pay_min=%09&limit=+");
    same("", "q&skill&mode&limit");
}


static void
test_all(void **state)
{
    (void) state;

    reads("state=all&sort=pay&limit=7&facets=skill,org&pay_min=12.50&currency=eur&hours_max=40"
          "&closes_before=2026-10-01&posted_after=2026-09-01T12:00:00%2B02:00&skill=Excel&q=Data"
          "&cursor=abc&format=html&source=campus&withdraw=1");

    assert_int_equal(query.state, GIG_LIST_ALL);
    assert_int_equal(query.sort, GIG_SORT_PAY);
    assert_int_equal(query.sorted, 1);
    assert_int_equal(query.limit, 7);
    assert_int_equal(query.facets, 1u << GIG_FACET_SKILL | 1u << GIG_FACET_ORG);
    assert_int_equal(query.pay_min, 12500);
    assert_string_equal(query.currency, "EUR");
    assert_int_equal(query.hours_max, 40);
    assert_int_equal(query.closes_before, 1790812800);
    assert_int_equal(query.posted_after, 1788256800);
    assert_int_equal(query.n_values, 1);
    assert_int_equal(query.value[0].facet, GIG_FACET_SKILL);
    view_is(query.value[0].text, "Excel");
    view_is(query.value[0].key, "excel");
    view_is(query.q, "Data");
    assert_int_equal(query.text.n_clauses, 1);
    assert_int_equal(query.after, 1);
    view_is(query.cursor, "abc");
    assert_int_equal(query.format, 2);
    view_is(query.source, "campus");
    assert_int_equal(query.withdraw, 1);
}


/* The same question in other words: order, case, accents, encodings, defaults spelt out. */

static void
test_same(void **state)
{
    (void) state;

    same("", "state=open&sort=newest&limit=20&facets=0");
    same("", "sort=relevance");
    same("", "utm_source=mail&format=json&source=x&withdraw=1&gclid=%zz");
    same("skill=Excel", "skill=%45xcel");
    same("skill=Excel", "skill=EXCEL&skill=excel&skill=++eXcel+");
    same("location=Z%C3%BCrich", "location=ZURICH");
    same("location=Zu\xcc\x88rich", "location=z\xc3\xbcrich");
    same("location=New+York", "location=new%20%20york&location=");
    same("skill=a&skill=b&team=c", "team=C&skill=B&skill=A");
    same("mode=remote&engagement=stipend", "engagement=STIPEND&mode=Remote");
    same("q=data+analyst", "q=++data%20%09analyst%0d%0a");
    same("q=data", "sort=relevance&q=data");
    same("q=data", "q=data&q=&q=data");
    same("facets=1", "facets=skill,department,team,location,mode,engagement,org,language,audience");
    same("facets=skill,org", "facets=org&facets=+Skill+,,&facets=0");
    same("pay_min=500", "pay_min=0500.000");
    same("pay_min=0.5", "pay_min=0.50");
    same("currency=usd", "currency=USD");
    same("closes_before=2026-10-01", "closes_before=2026-10-01T00:00:00Z");
    same("closes_before=2026-10-01T00:00:00%2B02:00", "closes_before=2026-10-01T00:00:00+02:00");
    same("posted_after=2026-10-01T00:00:00+02:00", "posted_after=2026-09-30T22:00:00z");
    same("posted_after=2026-10-01T00:00:00.5Z", "posted_after=2026-10-01T00:00:01Z");
    same("limit=5", "limit=005&limit=005");
    same("state=all", "state=ALL");
    same("cursor=abc", "cursor=%61bc&cursor=");
    same("q=---", "q=+--+");
    same("sort=pay", "sort=pay&q=---");
}


static void
test_differ(void **state)
{
    size_t  i, k;

    static const char *const  args[] = {
        "", "state=all", "state=scheduled", "sort=pay", "sort=closing", "limit=21", "facets=1",
        "facets=skill", "facets=org", "skill=a", "skill=b", "skill=a&skill=b", "skill=ab",
        "team=a", "org=a", "pay_min=0", "pay_min=1", "currency=USD", "currency=EUR", "hours_max=1",
        "closes_before=2026-10-01", "posted_after=2026-10-01", "q=a", "q=b", "q=a&sort=newest",
        "q=ab", "q=a+b", "cursor=a", "cursor=b", "skill=a&cursor=a", "skill=a&q=a",
        "skill=c%2B%2B", "skill=c", "mode=remote", "mode=onsite", "posted_after=1969-12-31",
        "pay_min=0.001", "q=a&cursor=a"
    };

    (void) state;

    for (i = 0; i < sizeof(args) / sizeof(args[0]); i++) {
        for (k = 0; k < i; k++) {
            differ(args[i], args[k]);
        }
    }
}


static void
test_values(void **state)
{
    char      args[2048];
    unsigned  i;

    (void) state;

    reads("skill=r&org=Acme&skill=C%2B%2B&audience=student&skill=ab&skill=a&location=%E6%9D%B1");
    assert_int_equal(query.n_values, 7);
    view_is(query.value[0].key, "a");
    view_is(query.value[1].key, "ab");
    view_is(query.value[2].text, "C++");
    view_is(query.value[2].key, "c++");
    view_is(query.value[3].key, "r");
    assert_int_equal(query.value[4].facet, GIG_FACET_LOCATION);
    view_is(query.value[4].text, "\xe6\x9d\xb1");
    assert_int_equal(query.value[5].facet, GIG_FACET_ORG);
    view_is(query.value[5].text, "Acme");
    assert_int_equal(query.value[6].facet, GIG_FACET_AUDIENCE);

    /* the first spelling stays, and a soft hyphen alone says nothing */

    reads("skill=Excel&skill=EXCEL&skill=%C2%AD");
    assert_int_equal(query.n_values, 1);
    view_is(query.value[0].text, "Excel");

    args[0] = '\0';

    for (i = 0; i < GIG_QUERY_VALUES_MAX; i++) {
        snprintf(args + strlen(args), sizeof(args) - strlen(args), "skill=s%u&", 99 - i);
    }

    strcat(args, "skill=S99&skill=s68");
    reads(args);
    assert_int_equal(query.n_values, GIG_QUERY_VALUES_MAX);
    view_is(query.value[0].key, "s68");

    strcat(args, "&org=Acme");
    wrong(args, "The parameter \"org\" asks for \"Acme\" as well; all filters together may have at "
          "most 32 values.");
}


static void
test_sort(void **state)
{
    static const struct {
        const char  *args;
        gig_sort_t   sort;
        int          sorted;
    } samples[] = {
        { "sort=newest", GIG_SORT_NEWEST, 0 },
        { "sort=closing", GIG_SORT_CLOSING, 1 },
        { "sort=pay", GIG_SORT_PAY, 1 },
        { "sort=relevance", GIG_SORT_NEWEST, 0 },
        { "sort=relevance&q=", GIG_SORT_NEWEST, 0 },
        { "sort=relevance&q=---", GIG_SORT_NEWEST, 0 },
        { "q=data", GIG_SORT_RELEVANCE, 0 },
        { "sort=relevance&q=data", GIG_SORT_RELEVANCE, 0 },
        { "sort=newest&q=data", GIG_SORT_NEWEST, 1 },
        { "q=data&sort=pay", GIG_SORT_PAY, 1 }
    };

    size_t  i;

    (void) state;

    for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        reads(samples[i].args);
        assert_int_equal(query.sort, samples[i].sort);
        assert_int_equal(query.sorted, samples[i].sorted);
    }

    assert_string_equal(gig_sort_name(GIG_SORT_RELEVANCE), "relevance");
    assert_string_equal(gig_list_state_name(GIG_LIST_SCHEDULED), "scheduled");
    assert_string_equal(gig_sort_name((gig_sort_t) 99), "");
    assert_string_equal(gig_list_state_name((gig_list_state_t) 99), "");
}


/* On a page of a gig the names of the list are as unknown as any other. */

static void
test_elsewhere(void **state)
{
    gig_error_t  err;

    (void) state;

    assert_int_equal(gig_query_read(text("limit=x&skill=a&q=b&cursor=c&facets=1&pay_min=x&mode=x"
                                         "&ref=mail&format=json&withdraw"), 0, &query, &err), 0);
    assert_int_equal(query.n_values, 0);
    assert_int_equal(query.q.len, 0);
    assert_int_equal(query.after, 0);
    assert_int_equal(query.facets, 0);
    assert_int_equal(query.format, 1);
    assert_int_equal(query.withdraw, 1);
    view_is(query.source, "mail");

    assert_int_equal(gig_query_read(text("format=xml"), 0, &query, &err), -1);
    assert_string_equal(err.detail, "The parameter \"format\" is \"xml\"; it must be \"json\" or "
                        "\"html\".");

    /* the first source that can be read; none is an error */

    reads("source=%ff&ref=%4&source=" LONG_A LONG_A LONG_A LONG_A "a&ref=b+c&source=d&source=%00");
    view_is(query.source, "b c");
    reads("source=%ff");
    assert_int_equal(query.source.len, 0);
}


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


static void
test_write(void **state)
{
    (void) state;

    writes_same("", "");
    writes_same("format=html&limit=20&state=open&sort=newest&utm=x&source=y", "format=html");
    writes_same("skill=Data+%26+AI&q=%20%22c%2B%2B%22%20-java%20&org=Z%C3%BCrich",
                "q=%22c%2B%2B%22+-java&skill=Data+%26+AI&org=Z%C3%BCrich");
    writes_same("limit=5&sort=pay&state=all&facets=1", "state=all&sort=pay&limit=5&facets=1");
    writes_same("facets=org,skill", "facets=skill,org");
    writes_same("q=a&sort=newest", "q=a&sort=newest");
    writes_same("q=a&sort=relevance", "q=a");
    writes_same("pay_min=12.050&currency=usd&hours_max=10", "pay_min=12.05&currency=USD&hours_max=10");
    writes_same("pay_min=0.001", "pay_min=0.001");
    writes_same("pay_min=500", "pay_min=500");
    writes_same("closes_before=2026-10-01T00:00:00Z&posted_after=1969-12-31T23:00:00+00:00",
                "closes_before=2026-10-01&posted_after=1969-12-31T23:00:00Z");
    writes_same("mode=Remote&engagement=stipend&skill=b&skill=A",
                "skill=A&skill=b&mode=Remote&engagement=stipend");
}


static void
test_write_changed(void **state)
{
    gig_query_change_t  change;

    static const char  args[] = "q=a&skill=x&skill=y&pay_min=5&currency=USD&hours_max=3"
                                "&closes_before=2026-10-01&posted_after=2026-09-01&state=all"
                                "&sort=newest&cursor=old";

    (void) state;

    change = GIG_QUERY_SAME;
    change.cursor = "new";
    writes("q=a&cursor=old", &change, "q=a&cursor=new");

    change = GIG_QUERY_SAME;
    change.without = 0;
    writes(args, &change, "q=a&skill=y&pay_min=5&currency=USD&hours_max=3"
           "&closes_before=2026-10-01&posted_after=2026-09-01&state=all&sort=newest");

    change = GIG_QUERY_SAME;
    change.without = 1;
    change.without_ranges = 1;
    writes(args, &change, "q=a&skill=x&state=all&sort=newest");

    /* without words newest is what it is anyway */

    change = GIG_QUERY_SAME;
    change.without_q = 1;
    change.without_ranges = 1;
    change.state = GIG_LIST_OPEN;
    writes(args, &change, "skill=x&skill=y");
    writes("q=a&sort=pay", &change, "sort=pay");
    writes("q=a", &change, "");

    change = GIG_QUERY_SAME;
    change.sort = GIG_SORT_NEWEST;
    change.state = GIG_LIST_SCHEDULED;
    writes("q=a", &change, "q=a&state=scheduled&sort=newest");
    writes("sort=pay", &change, "state=scheduled");

    change = GIG_QUERY_SAME;
    change.sort = GIG_SORT_RELEVANCE;
    writes("q=a&sort=pay", &change, "q=a");
    writes("sort=pay", &change, "");
}


/* Behind what is in the buffer already, and a buffer that is full says so. */

static void
test_write_buffer(void **state)
{
    gig_buf_t           b;
    gig_query_change_t  change = GIG_QUERY_SAME;

    (void) state;

    reads("q=a&skill=x");
    gig_buf_init(&b, 16);
    gig_buf_puts(&b, "list?");
    gig_query_write(&query, &change, &b);
    assert_int_equal(b.len, 16);
    assert_memory_equal(b.data, "list?q=a&skill=x", 16);

    gig_query_write(&query, &change, &b);
    assert_true(gig_buf_failed(&b));
    gig_buf_free(&b);
}


static void
test_key_size(void **state)
{
    char    key[KEY_MAX];
    size_t  i, n;

    (void) state;

    n = key_of("q=a&skill=x&cursor=abc", key);
    assert_int_equal(gig_query_key(&query, key, n), n);

    for (i = 0; i < n; i++) {
        assert_int_equal(gig_query_key(&query, key, i), 0);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_differ),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_sort),
        cmocka_unit_test(test_elsewhere),
        cmocka_unit_test(test_format_of_wrong),
        cmocka_unit_test(test_wrong_text),
        cmocka_unit_test(test_wrong_twice),
        cmocka_unit_test(test_wrong_choice),
        cmocka_unit_test(test_wrong_number),
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_write_changed),
        cmocka_unit_test(test_write_buffer),
        cmocka_unit_test(test_key_size)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
