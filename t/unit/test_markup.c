
/*
 * Anybody who may write to Redis may write a description.  The classic ways of
 * getting script past a filter go in here; what comes out is read again by a
 * strict little reader that knows nothing but the allowed tags.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gig_markup.h"
#include "gig_url.h"


/* Stops the test unless html is text, allowed tags in pairs, and nothing else. */

static void
check_strictly(const char *html, const char *from)
{
    char         stack[40][12];
    size_t       n, len;
    const char  *p, *end;

    static const char  *const allowed[] = {
        "p", "ul", "ol", "li", "strong", "em", "b", "i", "h3", "h4", "blockquote", "code", "pre"
    };

    n = 0;

    for (p = html; *p != '\0'; p++) {

        if (*p == '>' || *p == '"' || *p == '\'') {
            fail_msg("%s became %s", from, html);
        }

        if (*p != '<') {
            continue;
        }

        if (strncmp(p, "<br>", 4) == 0) {
            p += 3;
            continue;
        }

        if (strncmp(p, "<a href=\"http", 13) == 0) {

            end = strstr(p, "\">");
            assert_non_null(end);
            assert_true(strcspn(p + 9, "<>\" ") == (size_t) (end - p) - 9);
            assert_true(n < 40);
            strcpy(stack[n++], "a");
            p = end + 1;
            continue;
        }

        end = strchr(p, '>');
        assert_non_null(end);

        if (p[1] == '/') {
            len = (size_t) (end - p) - 2;

            if (n == 0 || strlen(stack[n - 1]) != len || strncmp(stack[n - 1], p + 2, len) != 0) {
                fail_msg("%s became %s", from, html);
            }

            n--;
            p = end;
            continue;
        }

        len = (size_t) (end - p) - 1;

        for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
            if (strlen(allowed[i]) == len && strncmp(allowed[i], p + 1, len) == 0) {
                assert_true(n < 40);
                strcpy(stack[n++], allowed[i]);
                len = 0;
                break;
            }
        }

        if (len != 0) {
            fail_msg("%s became %s", from, html);
        }

        p = end;
    }

    assert_int_equal(n, 0);
}


static void
cleans_to(const char *html, const char *expected)
{
    gig_buf_t  out, again;

    gig_buf_init(&out, 1000000);
    gig_buf_init(&again, 1000000);

    assert_int_equal(gig_markup_clean((gig_str_t) { html, strlen(html) }, &out), 0);
    assert_int_equal(gig_markup_clean((gig_str_t) { out.data, out.len }, &again), 0);
    gig_buf_add(&out, "", 1);
    gig_buf_add(&again, "", 1);

    if (expected != NULL) {
        assert_string_equal(out.data, expected);
    }

    check_strictly(out.data, html);
    assert_string_equal(again.data, out.data);

    gig_buf_free(&out);
    gig_buf_free(&again);
}


static void
test_good(void **state)
{
    (void) state;

    cleans_to("", "");
    cleans_to("<p>Scan ten competitors &amp; summarise pricing.</p>",
              "<p>Scan ten competitors &amp; summarise pricing.</p>");
    cleans_to("a < b & c &copy; &#169; &#xA9; &nope; &", "a &lt; b &amp; c \xc2\xa9 \xc2\xa9 \xc2\xa9 "
              "&amp;nope; &amp;");
    cleans_to("<P CLASS=x>One<p>Two<UL><LI>a<LI>b</UL>c",
              "<p>One</p><p>Two</p><ul><li>a</li><li>b</li></ul>c");
    cleans_to("<h1>T</h1><h6>t</h6><br/><hr>x", "<h3>T</h3><h4>t</h4><br> x");
    cleans_to("<div>one</div><div>two <span style='x'>t</span>hree</div>", "one two three ");
    cleans_to("<a href='https://acme.example/?a=1&amp;b=2' onclick=x()>go</a>",
              "<a href=\"https://acme.example/?a=1&amp;b=2\">go</a>");
    cleans_to("<p><b>x<i>y</b>z</i></p>", "<p><b>x<i>y</i></b>z</p>");
    cleans_to("<ul><li>a<ol><li>b</ol><li>c</ul>",
              "<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>");
    cleans_to("</p></ul>x<li>y", "xy");
    cleans_to("<pre><code>int a;</code></pre>", "<pre><code>int a;</code></pre>");
    cleans_to("<a href=https://a.example/>1<a href=https://b.example/>2",
              "<a href=\"https://a.example/\">1</a><a href=\"https://b.example/\">2</a>");
}


static void
test_polyglots(void **state)
{
    size_t  i;

    static const char  *const attacks[] = {
        "<script>alert(1)</script>", "<ScRiPt/x>alert(1)</sCrIpT >", "<script>alert(1)",
        "<script><!--<script></script>alert(1)</script>-->", "<scr<script>ipt>alert(1)</script>",
        "<img src=x onerror=alert(1)>", "<img/src=x/onerror=alert(1)//", "<svg onload=alert(1)>",
        "<svg><script>alert(1)</script></svg>", "<svg><p><style><a id='</style><img src=1 onerror=x>'>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=x&gt;\">",
        "<a href=\"javascript:alert(1)\">x</a>", "<a href=\"jav&#x09;ascript:alert(1)\">x</a>",
        "<a href=' &#106;avascript:alert(1)'>x</a>", "<a href=\"\x01javascript:alert(1)\">x</a>",
        "<a href=data:text/html;base64,PHNjcmlwdD4=>x</a>", "<a href=\"vbscript:x\">x</a>",
        "<a href=\"https://a.example/&quot; onmouseover=&quot;alert(1)\">x</a>",
        "<a href='https://a.example/\" onmouseover=\"alert(1)'>x</a>",
        "<a href=\"//evil.example\">x</a>", "<a href=\"/\\evil.example\">x</a>",
        "<a href=https://bank.example@evil.example/>x</a>",
        "<p title='>'><script>alert(1)</script>'>", "<p title=\"a'b\"onclick=alert(1)>x",
        "<p ='><script>alert(1)</script>'>x</p>", "<p \"<script>\">x",
        "<!--><script>alert(1)</script>-->", "<!---><script>alert(1)</script>-->",
        "<!-- --!><script>alert(1)</script>", "<!--", "<!doctype html><p>x", "<?xml ><p>x", "</ x><p>y",
        "<![CDATA[<script>alert(1)</script>]]>", "<style>@import 'x';</style>y",
        "<textarea><p></textarea><script>alert(1)</script>", "<title></title/><img src=x>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<xmp><p></xmp><b>x", "<plaintext><b>x", "<iframe srcdoc='<script>x</script>'></iframe>",
        "<form><button formaction=javascript:alert(1)>x", "<input autofocus onfocus=alert(1)>",
        "<base href=https://evil.example/>", "<meta http-equiv=refresh content=0>",
        "<link rel=stylesheet href=https://evil.example/x>", "<object data=x></object>",
        "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;alert(1)", "&amp;lt;script>",
        "<<script>alert(1)//<</script>", "<p/onclick=alert(1)>x", "<p\x0bonclick=x>y", "<p\nonclick\n=\nx>y",
        ("javascript:/*--></title></style></textarea></script></xmp>"
         "<svg/onload='+/\"/+/onmouseover=1/+/[*/[]/+alert(1)//'>"),
        "<b><script><b></b></script><b>", "<a href=https://x.example/ href=javascript:x>y", "<", "</", "<a",
        "<a href", "<a href=", "<a href='", "<a href='https://x.example/", "\xff\xfe<p>\xc0\xaf\xed\xa0\x80",
        "\xe2\x80\xaeradar", "<p>a&#8238;b&#0;c&#xD800;d&#x110000;e&#99999999999;"
    };

    (void) state;

    for (i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++) {
        cleans_to(attacks[i], NULL);
    }

    cleans_to("x<script>alert(1)</script>y", "xy");
    cleans_to("<a href=\"jav&#x09;ascript:alert(1)\">x</a>", "x");
    cleans_to("&lt;script&gt;", "&lt;script&gt;");
    cleans_to("a&#8238;b\xe2\x80\xae", "a\xef\xbf\xbd" "b\xef\xbf\xbd");
}


/* Pieces of the above put together at random: always strict, always the same when cleaned twice. */

static void
test_random_pieces(void **state)
{
    char      html[600];
    int       round, i, n;
    size_t    len, piece;
    uint32_t  random;

    static const char  *const pieces[] = {
        "<", ">", "</", "/>", "\"", "'", "=", " ", "a", "&", "&#", "&lt;", ";", "x3c", "<p>", "</p>",
        "<ul>", "</ul>", "<li>", "</li>", "<a href=", "https://a.example/", "</a>", "<b>", "</b>",
        "<script>", "</script>", "<!--", "-->", "<style", "\xe2\x80\xae", "\xff", "<blockquote>",
        "</blockquote>", "<pre>", "<code>", "<h3>", "</h3>", "<br>", "<svg>", "</svg>", "\n", "<ol>", "</ol>"
    };

    (void) state;
    random = 7;

    for (round = 0; round < 30000; round++) {

        len = 0;
        random = random * 1664525u + 1013904223u;
        n = (int) (random >> 16 & 31);

        for (i = 0; i < n; i++) {
            random = random * 1664525u + 1013904223u;
            piece = (random >> 12) % (sizeof(pieces) / sizeof(pieces[0]));
            memcpy(html + len, pieces[piece], strlen(pieces[piece]));
            len += strlen(pieces[piece]);
        }

        html[len] = '\0';
        cleans_to(html, NULL);
    }
}


/* A quarter of a megabyte of the worst must cost milliseconds, not minutes. */

static void
test_cost(void **state)
{
    char       *html;
    size_t      i, k, len;
    clock_t     start;
    gig_buf_t   out;

    static const char  *const repeats[] = {
        "<a ", "<a href='", "<!--", "<script>", "</script", "<", "&", "&#", "<ul><li>", "<p><b><i>", "</p>", "<x>"
    };

    (void) state;

    html = malloc(262144);
    assert_non_null(html);

    for (i = 0; i < sizeof(repeats) / sizeof(repeats[0]); i++) {

        len = strlen(repeats[i]);

        for (k = 0; k + len <= 262144; k += len) {
            memcpy(html + k, repeats[i], len);
        }

        gig_buf_init(&out, 4000000);
        start = clock();
        assert_int_equal(gig_markup_clean((gig_str_t) { html, k }, &out), 0);
        assert_true(clock() - start < CLOCKS_PER_SEC / 4);
        gig_buf_free(&out);
    }

    free(html);
}


static void
test_text(void **state)
{
    gig_buf_t  out;

    (void) state;

    gig_buf_init(&out, 1000);
    assert_int_equal(gig_markup_text(gig_str("<h3>What</h3><p>Scan  ten\n&amp; <b>sum</b> up.<br>Then:</p>"
                                             "<ul><li>a</li><li><p>b</p></li></ul><p>&lt;end&gt;</p>"),
                                     &out), 0);
    gig_buf_add(&out, "", 1);
    assert_string_equal(out.data, "What\nScan ten & sum up.\nThen:\n- a\n- b\n<end>");
    gig_buf_free(&out);
}


static void
test_addresses(void **state)
{
    size_t  i;

    static const char  *const good[] = {
        "https://acme.example", "http://acme.example:8080/a?b=c#d", "HTTPS://Acme.Example/",
        ("https://b\xc3\xbc" "cher.example/"), "https://[2001:db8::1]/", "https://192.0.2.1/x", "http://localhost/"
    };

    static const char  *const bad[] = {
        "", "https://", "https:///x", "javascript:alert(1)", "data:text/html,x", "//acme.example/",
        "/gigs/", "acme.example", "ftp://acme.example/", "https://a b.example/", "https://a.example/\"x",
        "https://a.example/<x>", "https://u:p@a.example/", "https://a.example\\@b.example", "https://.example",
        "https://a..example", "https://-a.example", "https://a.example:123456/", "mailto:x@acme.example",
        "https://a.example/\n", " https://a.example/", "https://a.example/\xe2\x80\xae"
    };

    static const char  *const emails[] = {
        "name@example.edu", "a.b+c@x-y.example.org", "o'neil@example.edu", "x@xn--bcher-kva.example"
    };

    static const char  *const no_emails[] = {
        "", "name", "@example.edu", "name@", "name@example", "a@b@example.edu", "a b@example.edu",
        "name@example..edu", "name@-example.edu", "name@example.edu.", ".a@example.edu", "a.@example.edu",
        "a..b@example.edu", ("name@b\xc3\xbc" "cher.example"), "<a@example.edu>", "a@example.edu\n", "a,b@example.edu",
        "a\\@example.edu", "\xc3\xa9va@example.edu",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.edu"
    };

    (void) state;

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (!gig_url_valid((gig_str_t) { good[i], strlen(good[i]) }, 0)) {
            fail_msg("%s was refused", good[i]);
        }
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (gig_url_valid((gig_str_t) { bad[i], strlen(bad[i]) }, 0)) {
            fail_msg("%s was taken", bad[i]);
        }
    }

    for (i = 0; i < sizeof(emails) / sizeof(emails[0]); i++) {
        if (!gig_email_valid((gig_str_t) { emails[i], strlen(emails[i]) })) {
            fail_msg("%s was refused", emails[i]);
        }
    }

    for (i = 0; i < sizeof(no_emails) / sizeof(no_emails[0]); i++) {
        if (gig_email_valid((gig_str_t) { no_emails[i], strlen(no_emails[i]) })) {
            fail_msg("%s was taken", no_emails[i]);
        }
    }

    assert_true(gig_url_valid(gig_str("mailto:growth@acme.example"), 1));
    assert_false(gig_url_valid(gig_str("mailto:growth@acme.example?body=x"), 1));
    assert_false(gig_url_valid(gig_str("https://a.example/\0"), 0));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_polyglots),
        cmocka_unit_test(test_random_pieces),
        cmocka_unit_test(test_cost),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_addresses)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
