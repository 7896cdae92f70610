
/*
 * Links of a list are queries written anew, with one thing changed: what is
 * written must ask the same, defaults left out, or exactly the change.
 */

#include "gig_test_query.h"


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


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_write_changed),
        cmocka_unit_test(test_write_buffer)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
