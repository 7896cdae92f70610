
/*
 * The query string is what anybody can write: forms send every field they have,
 * people type by hand, links are passed on with campaign tags.  One question must
 * be one key however it is spelt, and two questions two.
 */

#include "gig_test_query.h"


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


/* Names that others put into links: what they come to, and that a source of our own goes first. */

static void
test_campaign(void **state)
{
    char    args[2048];
    size_t  i;

    static const char *const  cases[][2] = {
        { "gh_src=abc123", "gh_src:abc123" },
        { "lever-source=LinkedIn", "lever-source:LinkedIn" },
        { "lever-source[]=a&lever-source[]=b", "lever-source:a" },
        { "lever-source%5B%5D=a+b", "lever-source:a b" },
        { "lever-source%5b%5d=a", "lever-source:a" },
        { "utm_source=news", "utm:news" },
        { "utm_campaign=fall&utm_source=news", "utm:news::fall" },
        { "utm_content=e&utm_term=d&utm_campaign=c&utm_medium=b&utm_source=a", "utm:a:b:c:d:e" },
        { "utm_source=a&gh_src=b&lever-source=c", "gh_src:b" },
        { "utm_source=a&lever-source=c", "lever-source:c" },
        { "utm_source=a&source=ours&gh_src=b", "ours" },
        { "gh_src=b&ref=ours", "ours" },
        { "gh_src=&utm_source=&utm_medium=x", "utm::x" },
        { "gh_src=&utm_source=+", "" },
        { "gh_src=%ff&gh_src=%00&gh_src=ok", "gh_src:ok" },
        { "gh_src=%0d%0aSet-Cookie:a", "gh_src:Set-Cookie:a" },
        { "GH_SRC=a&utm_sourc=b&utm=c&lever-source[0]=d", "" },
        { "source=&gh_src=a", "gh_src:a" }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        reads(cases[i][0]);
        view_is(query.source, cases[i][1]);
    }

    /* as much as is kept with an application, to the end of a character */

    reads("gh_src=" LONG_A LONG_A LONG_A "%C3%A9%C3%A9");
    view_is(query.source, "gh_src:" LONG_A LONG_A LONG_A);

    snprintf(args, sizeof(args), "utm_source=%s&utm_medium=%s", LONG_A LONG_A LONG_A LONG_A "&",
             "b");
    reads(args);
    assert_int_equal(query.source.len, GIG_SOURCE_MAX);

    reads("source=" LONG_A LONG_A LONG_A "aaaaaaa%C3%A9");
    assert_int_equal(query.source.len, GIG_SOURCE_MAX - 1);

    same("", "gh_src=x&lever-source=y&utm_source=z");
}


/* What links keep, written so that it is read as it was; and what only a fragment asks. */

static void
test_kept(void **state)
{
    char       tail[1024];
    gig_buf_t  out;

    (void) state;

    gig_buf_init(&out, sizeof(tail));
    reads("q=x");
    gig_query_tail(&query, &out);
    assert_int_equal(out.len, 0);
    assert_int_equal(query.style, 1);
    assert_int_equal(query.icons, 1);

    reads("utm_source=a%26b%3Dc%22%3C&utm_medium=caf%C3%A9&style=0&icons=0");
    gig_query_tail(&query, &out);
    view_is((gig_str_t) { out.data, out.len }, "source=utm%3Aa%26b%3Dc%22%3C%3Acaf%C3%A9");
    assert_int_equal(query.style, 0);
    assert_int_equal(query.icons, 0);

    assert_true(out.len < sizeof(tail));
    memcpy(tail, out.data, out.len);
    tail[out.len] = '\0';
    reads(tail);
    view_is(query.source, "utm:a&b=c\"<:caf\xc3\xa9");

    reads("style=1&icons=no");
    assert_int_equal(query.style, 1);
    assert_int_equal(query.icons, 1);
    same("", "style=0&icons=0");

    gig_buf_free(&out);
}


/* The longest key there is fits; what is too small for a key is never overrun. */

static void
test_key_size(void **state)
{
    char    key[GIG_QUERY_KEY_MAX], args[GIG_QUERY_ARGS_MAX];
    size_t  i, n;

    (void) state;

    n = key_of("q=a&skill=x&cursor=abc", key);
    assert_int_equal(gig_query_key(&query, key, n), n);

    for (i = 0; i < n; i++) {
        assert_int_equal(gig_query_key(&query, key, i), 0);
    }

    /* one character of three bytes that folds to 33 */

    strcpy(args, "cursor=" LONG_A LONG_A LONG_A LONG_A "&q=");

    for (i = 0; i < GIG_QUERY_WORDS_MAX; i++) {
        snprintf(args + strlen(args), sizeof(args) - strlen(args), "bcdefghijklmn%zu+", 10 + i);
    }

    for (i = 0; i < GIG_QUERY_VALUES_MAX; i++) {
        snprintf(args + strlen(args), sizeof(args) - strlen(args), "&skill=%zu"
                 "\xef\xb7\xba\xef\xb7\xba\xef\xb7\xba\xef\xb7\xba"
                 "\xef\xb7\xba\xef\xb7\xba\xef\xb7\xba\xef\xb7\xba", 10 + i);
    }

    n = key_of(args, key);
    assert_int_equal(query.n_values, GIG_QUERY_VALUES_MAX);
    assert_true(n > 8000);
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
        cmocka_unit_test(test_campaign),
        cmocka_unit_test(test_kept),
        cmocka_unit_test(test_key_size)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
