
/*
 * What is made of a whole catalog: no gig may be told twice or be missing where pages of a walk
 * meet, none that is not to be seen, none by half because its bytes are damaged; and a sitemap's
 * parts together must be the one that it would be if it were allowed to be so long.
 */

#include "gig_feed.h"
#include "gig_json.h"
#include "gig_sitemap.h"
#include "gig_test_image.h"


#define TEST_MANY   257                         /* more than two pages of a walk */

typedef struct {
    test_board_t   board;
    gig_catalog_t  catalog;
    gig_str_t      stores[GIG_IMAGE_STORES_MAX];
    uint64_t       denied[TEST_MANY / 64 + 1];
} test_catalog_t;

typedef struct {
    uint32_t  n;
    uint32_t  end_after;                        /* 0: never */
    int64_t   posted;
    char      seen[TEST_MANY];
} test_seen_t;


/* Gig g_I is newer than g_I+1; every 5th is scheduled, every 7th closed, every 11th noindex. */

static void
catalog_make(test_catalog_t *c, uint32_t n)
{
    uint32_t       i;
    gig_buf_t      json[TEST_MANY];
    test_gig_t     gig;
    gig_change_t   changes[TEST_MANY];

    memset(c, 0, sizeof(*c));
    memset(changes, 0, sizeof(changes));
    test_board_init(&c->board);

    for (i = 0; i < n; i++) {
        memset(&gig, 0, sizeof(gig));
        snprintf(gig.id, sizeof(gig.id), "g_%u", i);
        snprintf(gig.title, sizeof(gig.title), "Gig %u & more", i);
        snprintf(gig.department, sizeof(gig.department), "%s", i % 2 ? "Sales" : "Marketing");
        gig.status = GIG_PUBLISHED;
        gig.posted = TEST_NOW - 60 * (int64_t) i;
        gig.updated = gig.posted + 5;
        gig.opens = i % 5 == 4 ? TEST_NOW + 100 : GIG_TIME_NONE;
        gig.closes = i % 7 == 6 ? TEST_NOW - 100 : TEST_NOW + 3600;
        gig.visible = GIG_TIME_NONE;
        gig.flags = i % 11 == 10 ? GIG_IMAGE_NOINDEX : 0;

        if (i % 7 == 6) {
            gig.opens = GIG_TIME_NONE;
        }

        gig_buf_init(&json[i], 65536);
        test_json(&gig, &json[i]);
        changes[i].op = GIG_CHANGE_PUT;
        changes[i].json = (gig_str_t) { json[i].data, json[i].len };
        changes[i].id = (gig_str_t) { strdup(gig.id), strlen(gig.id) };
    }

    test_compile(&c->board, changes, n, 1, 0);

    for (i = 0; i < n; i++) {
        gig_buf_free(&json[i]);
        free((void *) (uintptr_t) changes[i].id.data);
    }

    assert_int_equal(c->board.image.n, n);

    for (i = 0; i < c->board.image.stores; i++) {
        gig_store_t  store;

        assert_int_equal(gig_image_store(&c->board.image, i, &store), 0);
        c->stores[i] = test_store(&c->board, &store);
    }

    c->catalog.image = c->board.image;
    c->catalog.stores = c->stores;
}


static int
seen(void *data, const gig_catalog_gig_t *gig)
{
    unsigned      i;
    test_seen_t  *s = data;

    assert_true(gig->posted < s->posted);
    s->posted = gig->posted;

    assert_int_equal(sscanf(gig->id.data, "g_%u", &i), 1);
    assert_true(i < TEST_MANY);
    assert_int_equal(s->seen[i], 0);
    s->seen[i] = 1;
    s->n++;

    assert_true(gig_str_eq(gig_json_str(gig->json, "id"), gig->id));
    assert_null(json_object_get(gig->json, "onboarding"));

    return s->n == s->end_after ? 7 : 0;
}


static uint32_t
walked(const test_catalog_t *c, const char *args, uint32_t expected_damaged)
{
    uint32_t     damaged;
    test_seen_t  s;

    memset(&s, 0, sizeof(s));
    s.posted = INT64_MAX;
    assert_int_equal(gig_catalog_walk(&c->catalog, (gig_str_t) { args, strlen(args) }, TEST_NOW,
                                      seen, &s, &damaged), 0);
    assert_int_equal(damaged, expected_damaged);

    return s.n;
}


/* How many of the first TEST_MANY fit. */

static uint32_t
count(int (*fits)(uint32_t i))
{
    uint32_t  i, n;

    for (i = 0, n = 0; i < TEST_MANY; i++) {
        n += (uint32_t) fits(i);
    }

    return n;
}

static int closed(uint32_t i)     { return i % 7 == 6; }
static int scheduled(uint32_t i)  { return i % 5 == 4 && !closed(i); }
static int open_now(uint32_t i)   { return !closed(i) && !scheduled(i); }
static int of_sales(uint32_t i)   { return open_now(i) && i % 2; }
static int indexed(uint32_t i)    { return !closed(i) && i % 11 != 10; }
static int all(uint32_t i)        { (void) i; return 1; }
static int indeed(uint32_t i)     { return open_now(i) && i % 11 != 10; }


static void
test_walk(void **state)
{
    uint32_t        damaged;
    test_seen_t     s;
    test_catalog_t  c;

    (void) state;

    catalog_make(&c, TEST_MANY);

    assert_int_equal(walked(&c, "", 0), count(open_now));
    assert_int_equal(walked(&c, "state=scheduled", 0), count(scheduled));
    assert_int_equal(walked(&c, "state=all", 0), count(all));
    assert_int_equal(walked(&c, "department=sales", 0), count(of_sales));
    assert_int_equal(walked(&c, "department=none", 0), 0);

    /* order, limit and the rest are the walk's own */
    assert_int_equal(walked(&c, "sort=pay&limit=3&facets=1&format=html&utm_source=x", 0),
                     count(open_now));

    memset(&s, 0, sizeof(s));
    s.posted = INT64_MAX;
    s.end_after = 150;
    assert_int_equal(gig_catalog_walk(&c.catalog, gig_null_str, TEST_NOW, seen, &s, &damaged), 7);
    assert_int_equal(s.n, 150);

    assert_int_equal(gig_catalog_walk(&c.catalog, gig_str("limit=x"), TEST_NOW, seen, &s, &damaged),
                     -1);

    test_board_free(&c.board);
}


static void
test_denied(void **state)
{
    uint32_t        row;
    test_catalog_t  c;

    (void) state;

    catalog_make(&c, TEST_MANY);
    row = gig_image_find(&c.catalog.image, gig_str("g_0"));
    c.denied[row / 64] |= (uint64_t) 1 << row % 64;
    c.catalog.image.denied = c.denied;
    assert_int_equal(walked(&c, "", 0), count(open_now) - 1);
    assert_int_equal(walked(&c, "state=all", 0), count(all) - 1);
    test_board_free(&c.board);
}


static void
damage(const test_catalog_t *c, gig_str_t id)
{
    char         *p;
    gig_place_t  place;

    assert_int_equal(gig_image_place(&c->catalog.image, gig_image_find(&c->catalog.image, id),
                                     GIG_FRAGMENT_DETAIL, &place), 0);
    p = (char *) (uintptr_t) c->stores[place.store].data + place.offset;
    p[place.len / 2] ^= 1;
}


static void
test_damaged(void **state)
{
    test_catalog_t  c;

    (void) state;

    catalog_make(&c, TEST_MANY);
    damage(&c, gig_str("g_3"));

    assert_int_equal(walked(&c, "", 1), count(open_now) - 1);
    test_board_free(&c.board);
}


static void
test_indeed(void **state)
{
    char            *p;
    uint32_t        n, damaged;
    gig_buf_t       out, again;
    test_catalog_t  c;
    gig_feed_t      feed = { .title = gig_str("Gigs ]]> & more"),
                             .base = gig_str("https://a.example/") };

    (void) state;

    catalog_make(&c, TEST_MANY);
    gig_buf_init(&out, 16u << 20);
    gig_buf_init(&again, 16u << 20);

    assert_int_equal(gig_feed_indeed(&feed, &c.catalog, gig_null_str, TEST_NOW, &damaged, &out), 0);
    assert_int_equal(damaged, 0);
    gig_buf_add(&out, "", 1);

    for (n = 0, p = out.data; (p = strstr(p, "<job>\n")) != NULL; p++, n++) { /* void */ }

    assert_int_equal(n, count(indeed));
    assert_null(strstr(out.data, "<![CDATA[g_10]]>"));
    assert_non_null(strstr(out.data, "<publisher><![CDATA[Gigs ]]]]><![CDATA[> & more]]></publisher>"));
    assert_non_null(strstr(out.data, "<lastBuildDate>Wed, 18 Nov 2026 11:06:45 GMT</lastBuildDate>"));
    assert_non_null(strstr(out.data, "<title><![CDATA[Gig 0 & more]]></title>\n"
        "<date><![CDATA[Wed, 18 Nov 2026 11:06:40 GMT]]></date>\n"
        "<referencenumber><![CDATA[g_0]]></referencenumber>\n"
        "<url><![CDATA[https://a.example/g_0/gig-0-more]]></url>\n"
        "<company><![CDATA[Acme Robotics]]></company>\n<city><![CDATA[Springfield]]></city>\n"
        "<description><![CDATA[<p><strong>$500 for about 20 hours</strong>. Springfield."));
    assert_non_null(strstr(out.data, "<jobtype><![CDATA[contract]]></jobtype>\n"
        "<category><![CDATA[Marketing]]></category>\n"
        "<expirationdate><![CDATA[Wed, 18 Nov 2026 12:06:40 GMT]]></expirationdate>\n</job>\n"));
    assert_non_null(strstr(out.data, "</job>\n</source>\n"));

    /* the second within the same state of things is the same: no clock in it */

    assert_int_equal(gig_feed_indeed(&feed, &c.catalog, gig_null_str, TEST_NOW + 7, &damaged,
                                     &again), 0);
    assert_int_equal(again.len + 1, out.len);
    assert_memory_equal(again.data, out.data, again.len);
    gig_buf_free(&again);

    gig_buf_init(&again, out.len / 2);
    assert_int_equal(gig_feed_indeed(&feed, &c.catalog, gig_null_str, TEST_NOW, &damaged, &again),
                     -1);

    gig_buf_free(&again);
    gig_buf_free(&out);
    test_board_free(&c.board);
}


/*
 * Page after page of a feed, each asked for as the one before says, is the list, each gig once; and
 * who asks for what no board gave gets nothing rather than something else.
 */

static void
test_feed_pages(void **state)
{
    char               *p, args[512];
    unsigned            i, pages;
    uint32_t            n, damaged;
    gig_buf_t           out, next;
    gig_secret_t        secret, other;
    test_catalog_t      c;
    static const gig_feed_t  feed = { .board = gig_str("acme"), .title = gig_str("Gigs"),
                                      .base = gig_str("https://a.example/") };

    (void) state;

    catalog_make(&c, TEST_MANY);
    gig_secret_of_name(&secret, gig_str("acme"));
    gig_secret_of_name(&other, gig_str("another"));
    snprintf(args, sizeof(args), "department=SALES&limit=9&sort=pay&facets=skill");

    for (n = 0, pages = 1; ; pages++) {
        gig_buf_init(&out, 16u << 20);
        gig_buf_init(&next, 4096);

        assert_int_equal(gig_feed_page(&feed, GIG_FEED_ATOM, &c.catalog, &secret,
                                       (gig_str_t) { args, strlen(args) }, TEST_NOW, &damaged,
                                       &next, &out), 0);
        assert_int_equal(damaged, 0);
        gig_buf_add(&out, "", 1);
        assert_non_null(strstr(out.data, "<id>https://a.example/feed.atom?department=Sales&amp;limit=9</id>"));

        for (p = out.data; (p = strstr(p, "<id>tag:a.example,2026:acme/g_")) != NULL; n++) {
            p += sizeof("<id>tag:a.example,2026:acme/g_") - 1;
            assert_int_equal(sscanf(p, "%u", &i), 1);
            assert_true(of_sales(i));
        }

        gig_buf_add(&next, "", 1);
        snprintf(args, sizeof(args), "%s", next.data);
        gig_buf_free(&next);
        gig_buf_free(&out);

        if (args[0] == '\0') {
            break;
        }

        /* signed by this board */
        gig_buf_init(&out, 16u << 20);
        gig_buf_init(&next, 4096);
        assert_int_equal(gig_feed_page(&feed, GIG_FEED_JSON, &c.catalog, &other,
                                       (gig_str_t) { args, strlen(args) }, TEST_NOW, &damaged,
                                       &next, &out), -1);
        gig_buf_free(&next);
        gig_buf_free(&out);
    }

    assert_int_equal(n, count(of_sales));
    assert_int_equal(pages, (n + 8) / 9);

    /* a length that it may not have, and bytes that are damaged: all but that gig */

    gig_buf_init(&out, 4096);
    gig_buf_init(&next, 4096);
    assert_int_equal(gig_feed_page(&feed, GIG_FEED_JSON, &c.catalog, &secret, gig_str("limit=100"),
                                   TEST_NOW, &damaged, &next, &out), -1);
    gig_buf_free(&out);
    gig_buf_reset(&next);

    damage(&c, gig_str("g_0"));
    gig_buf_init(&out, 16u << 20);
    assert_int_equal(gig_feed_page(&feed, GIG_FEED_JSON, &c.catalog, &secret, gig_str("limit=4"),
                                   TEST_NOW, &damaged, &next, &out), 0);
    assert_int_equal(damaged, 1);
    gig_buf_add(&out, "", 1);
    assert_non_null(strstr(out.data, "\"items\":[{\"id\":\"g_1\""));
    gig_buf_free(&next);
    gig_buf_free(&out);
    test_board_free(&c.board);
}


/* Appends the <url> elements of a part, and returns how many; -1: there is none. */

static int
part_urls(const test_catalog_t *c, uint32_t part, uint32_t urls, gig_buf_t *to)
{
    int         n;
    char       *p, *end;
    gig_buf_t   out;

    gig_buf_init(&out, 16u << 20);

    n = gig_sitemap(&c->catalog.image, TEST_NOW, gig_str("https://a.example/x%20y/"), part, urls,
                    &out);

    if (n == 1) {
        gig_buf_free(&out);
        return -1;
    }

    assert_int_equal(n, 0);
    gig_buf_add(&out, "", 1);
    assert_non_null(strstr(out.data, "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">"));

    for (n = 0, p = out.data; (p = strstr(p, "<url>")) != NULL; p = end, n++) {
        end = strstr(p, "</url>\n");
        assert_non_null(end);
        gig_buf_add(to, p, (size_t) (end - p));
    }

    gig_buf_free(&out);

    return n;
}


static void
test_sitemap(void **state)
{
    int             n, sum;
    char            text[64];
    uint32_t        part, urls, parts;
    gig_buf_t       whole, joined, index;
    test_catalog_t  c;

    (void) state;

    catalog_make(&c, TEST_MANY);
    gig_buf_init(&whole, 16u << 20);

    assert_int_equal(part_urls(&c, GIG_SITEMAP_INDEX, GIG_SITEMAP_URLS, &whole),
                     (int) count(indexed) + 1);
    gig_buf_add(&whole, "", 1);
    assert_non_null(strstr(whole.data, "<url><loc>https://a.example/x%20y/</loc><url><loc>"
        "https://a.example/x%20y/g_0/gig-0-more</loc><lastmod>2026-11-18T11:06:45Z</lastmod>"));
    assert_null(strstr(whole.data, "/g_6/"));
    assert_null(strstr(whole.data, "/g_10/"));
    assert_non_null(strstr(whole.data, "/g_4/"));
    whole.len--;

    /* the only part there is */

    gig_buf_init(&joined, 16u << 20);
    assert_int_equal(part_urls(&c, 1, GIG_SITEMAP_URLS, &joined), (int) count(indexed) + 1);
    assert_int_equal(part_urls(&c, 2, GIG_SITEMAP_URLS, &joined), -1);
    gig_buf_free(&joined);

    for (urls = 1; urls <= count(indexed) + 2; urls += urls < 5 ? 1 : 31) {

        gig_buf_init(&joined, 16u << 20);

        for (part = 1, sum = 0; ; part++, sum += n) {
            n = part_urls(&c, part, urls, &joined);

            if (n == -1) {
                break;
            }

            assert_true(n > 0 && n <= (int) urls);
        }

        parts = part - 1;
        assert_int_equal(sum, count(indexed) + 1);
        assert_int_equal(joined.len, whole.len);
        assert_memory_equal(joined.data, whole.data, whole.len);
        gig_buf_free(&joined);

        if (parts == 1) {
            continue;
        }

        gig_buf_init(&index, 16u << 20);
        assert_int_equal(gig_sitemap(&c.catalog.image, TEST_NOW, gig_str("https://a.example/"),
                                     GIG_SITEMAP_INDEX, urls, &index), 0);
        gig_buf_add(&index, "", 1);
        assert_non_null(strstr(index.data, "<sitemapindex xmlns="));
        snprintf(text, sizeof(text), "<loc>https://a.example/sitemap-%u.xml</loc>", parts);
        assert_non_null(strstr(index.data, text));
        snprintf(text, sizeof(text), "/sitemap-%u.xml</loc>", parts + 1);
        assert_null(strstr(index.data, text));

        if (urls > 1) {
            assert_non_null(strstr(index.data, "/sitemap-1.xml</loc>"
                                               "<lastmod>2026-11-18T11:06:45Z</lastmod>"));
        }

        gig_buf_free(&index);
    }

    gig_buf_free(&whole);
    test_board_free(&c.board);
}


/* A part is at most so many bytes as well: addresses may be long. */

static void
test_sitemap_bytes(void **state)
{
    char            *base;
    gig_buf_t       out;
    test_catalog_t  c;

    (void) state;

    catalog_make(&c, 3);
    gig_buf_init(&out, 256u << 20);
    base = malloc(70000);
    assert_non_null(base);
    memset(base, 'a', 70000);

    /* longer than any entry may be */
    assert_int_equal(gig_sitemap(&c.catalog.image, TEST_NOW, (gig_str_t) { base, 70000 }, 1,
                                 GIG_SITEMAP_URLS, &out), -1);

    free(base);
    gig_buf_free(&out);
    test_board_free(&c.board);
}


static void
test_newest(void **state)
{
    uint32_t        i;
    test_catalog_t  c;

    (void) state;

    catalog_make(&c, 20);

    for (i = 0; i < 20; i++) {
        assert_int_equal(gig_image_posted(&c.catalog.image, gig_image_newest(&c.catalog.image, i)),
                         TEST_NOW - 60 * (int64_t) i);
    }

    assert_int_equal(gig_image_newest(&c.catalog.image, 20), GIG_ROW_NONE);
    test_board_free(&c.board);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_walk),
        cmocka_unit_test(test_denied),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_indeed),
        cmocka_unit_test(test_feed_pages),
        cmocka_unit_test(test_sitemap),
        cmocka_unit_test(test_sitemap_bytes),
        cmocka_unit_test(test_newest),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
