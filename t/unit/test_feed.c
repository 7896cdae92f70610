
/*
 * A feed is read by programs that take it whole or not at all: what a record may hold must not end
 * an element, a string or a section, and every feed must say the same of a gig.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_feed.h"
#include "gig_json.h"


/* Words that mean something in each format. */
#define EVIL    "]]> & </content> \\u0022 \\u2028 <script>"

static const char  record[] =
    "{\"id\":\"one\",\"title\":\"" EVIL "\",\"summary\":\"" EVIL "\",\"language\":\"en\","
    "\"description_html\":\"<p onclick='x'>" EVIL "</p><script>alert(1)</script>\","
    "\"department\":\"R & D\",\"skills\":[{\"name\":\"C++\"},\"<Go>\"],"
    "\"org\":{\"name\":\"A & B\",\"url\":\"https://acme.example/\","
    "\"logo\":\"https://acme.example/logo.png\"},"
    "\"deliverables\":[\"A <sheet>\",{\"text\":\"A memo\"}],\"time_zone\":\"Etc/UTC\","
    "\"sections\":[{\"title\":\"Needs & wants\",\"items\":[\"A laptop\"]}],"
    "\"location\":{\"mode\":\"remote\",\"applicant_regions\":[{\"type\":\"Country\","
    "\"code\":\"US\",\"name\":\"United States\"}]},"
    "\"pay\":{\"type\":\"fixed\",\"currency\":\"USD\",\"min_minor\":50000,\"max_minor\":50000,"
    "\"unit\":\"project\"},\"work\":{\"hours_min\":15,\"hours_max\":20}}";

static const gig_feed_t  feed = {
    .board = gig_str("acme"), .title = gig_str("Gigs & more"), .about = gig_null_str,
    .base = gig_str("https://Careers.example:8443/gigs/"), .query = gig_str("department=R+%26+D"),
    .page = gig_str("department=R+%26+D&cursor=abc"), .next = gig_str("cursor=def&a=b"),
    .updated = 1789395328
};


static void
gig_make(gig_catalog_gig_t *gig)
{
    gig_error_t  err;

    memset(gig, 0, sizeof(gig_catalog_gig_t));
    gig->id = gig_str("one");
    gig->slug = gig_str("a-scan");
    gig->state = GIG_STATE_OPEN;
    gig->posted = 1788267600;
    gig->updated = 1789395328;
    gig->opens = GIG_TIME_NONE;
    gig->closes = 1793422740;
    gig->json = gig_json_parse((gig_str_t) { record, strlen(record) }, 65536, 16, &err);
    assert_non_null(gig->json);
}


static int
has(const gig_buf_t *b, const char *text)
{
    return memmem(b->data, b->len, text, strlen(text)) != NULL;
}


static void
test_content(void **state)
{
    gig_buf_t          out;
    gig_catalog_gig_t  gig;

    (void) state;

    gig_make(&gig);
    gig_buf_init(&out, 65536);
    gig_feed_content(&gig, &out);

    assert_true(has(&out, "<p><strong>$500 for about 15 to 20 hours</strong>. Remote, United States. "
                          "Apply by <time datetime=\"2026-10-31T04:59:00"));
    assert_true(has(&out, "<p>]]&gt; &amp;"));
    assert_true(has(&out, "<h3>Needs &amp; wants</h3><ul><li>A laptop</li></ul>"));
    assert_true(has(&out, "<li>A &lt;sheet&gt;</li><li>A memo</li>"));
    assert_false(has(&out, "<script"));
    assert_false(has(&out, "onclick"));

    gig_buf_free(&out);
    json_decref(gig.json);
}


static void
test_atom(void **state)
{
    gig_buf_t          out;
    gig_catalog_gig_t  gig;

    (void) state;

    gig_make(&gig);
    gig_buf_init(&out, 65536);
    gig_feed_atom_head(&feed, &out);
    gig_feed_atom_entry(&feed, &gig, &out);
    gig_feed_atom_tail(&out);
    assert_false(gig_buf_failed(&out));

    assert_true(has(&out, "<id>https://Careers.example:8443/gigs/feed.atom?department=R+%26+D</id>"));
    assert_true(has(&out, "<title>Gigs &amp; more</title>"));
    assert_false(has(&out, "<subtitle"));
    assert_true(has(&out, "<updated>2026-09-14T14:15:28Z</updated>\n<author>"));
    assert_true(has(&out, "rel=\"self\" type=\"application/atom+xml\" href=\"https://Careers.example:8443"
                          "/gigs/feed.atom?department=R+%26+D&amp;cursor=abc\""));
    assert_true(has(&out, "rel=\"next\" type=\"application/atom+xml\" href=\"https://Careers.example:8443"
                          "/gigs/feed.atom?cursor=def&amp;a=b\""));
    assert_true(has(&out, "<id>tag:careers.example,2026:acme/one</id>"));
    assert_true(has(&out, "href=\"https://Careers.example:8443/gigs/one/a-scan\"/>"));
    assert_true(has(&out, "<published>2026-09-01T"));
    assert_true(has(&out, "<category term=\"R &amp; D\"/>\n<category term=\"C++\"/>\n"
                          "<category term=\"&lt;Go&gt;\"/>"));
    assert_true(has(&out, "<title>]]&gt; &amp; &lt;/content&gt; &quot;"));
    assert_true(has(&out, "<content type=\"html\">&lt;p&gt;&lt;strong&gt;$500"));
    assert_false(has(&out, "]]>"));

    gig_buf_free(&out);
    json_decref(gig.json);
}


static void
test_json(void **state)
{
    json_t             *all, *item, *own;
    gig_buf_t          out;
    gig_str_t          text;
    gig_error_t        err;
    gig_catalog_gig_t  gig;

    (void) state;

    gig_make(&gig);
    gig_buf_init(&out, 65536);
    gig_feed_json_head(&feed, &out);
    gig_feed_json_item(&feed, &gig, 1, &out);
    gig_feed_json_item(&feed, &gig, 0, &out);
    gig_feed_json_tail(&out);
    assert_false(gig_buf_failed(&out));
    assert_false(has(&out, "<"));

    all = gig_json_parse((gig_str_t) { out.data, out.len }, out.len, 16, &err);
    assert_non_null(all);
    assert_true(gig_str_is(gig_json_str(all, "version"), "https://jsonfeed.org/version/1.1"));
    assert_true(gig_str_is(gig_json_str(all, "title"), "Gigs & more"));
    assert_true(gig_str_is(gig_json_str(all, "home_page_url"),
                           "https://Careers.example:8443/gigs/?department=R+%26+D"));
    assert_true(gig_str_is(gig_json_str(all, "next_url"),
                           "https://Careers.example:8443/gigs/feed.json?cursor=def&a=b"));
    assert_int_equal(json_array_size(json_object_get(all, "items")), 2);

    item = json_array_get(json_object_get(all, "items"), 1);
    assert_true(gig_str_is(gig_json_str(item, "id"), "one"));
    assert_true(gig_str_is(gig_json_str(item, "url"),
                           "https://Careers.example:8443/gigs/one/a-scan"));
    text = gig_json_str(item, "title");
    assert_true(gig_str_eq(text, gig_json_str(gig.json, "title")));
    assert_true(gig_str_is(gig_json_str(item, "date_modified"), "2026-09-14T14:15:28Z"));
    assert_int_equal(json_array_size(json_object_get(item, "tags")), 3);
    own = json_object_get(item, "_gig");
    assert_true(gig_str_is(gig_json_str(own, "state"), "open"));
    assert_non_null(json_object_get(own, "pay"));

    json_decref(all);
    gig_buf_free(&out);
    json_decref(gig.json);
}


static void
test_host(void **state)
{
    (void) state;

    assert_true(gig_str_is(gig_feed_host(gig_str("https://a.example/gigs/")), "a.example"));
    assert_true(gig_str_is(gig_feed_host(gig_str("http://a.example:8080/")), "a.example"));
    assert_true(gig_str_is(gig_feed_host(gig_str("http://[::1]:8080/")), "::1"));
    assert_true(gig_str_is(gig_feed_host(gig_str("http://a")), "a"));
    assert_int_equal(gig_feed_host(gig_str("")).len, 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_content),
        cmocka_unit_test(test_atom),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_host),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
