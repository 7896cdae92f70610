
/*
 * A piece of our page in somebody else's, and our page in somebody else's frame: what is written
 * must be whole by itself, bring no element that a page has once, and hold no text unescaped.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_page.h"

#include "page_check.h"

#define LIMIT       (1024 * 1024)


static gig_query_t          query;
static gig_page_t           page;
static gig_page_fragment_t  fragment;


static gig_str_t
str(const char *s)
{
    return (gig_str_t) { s, strlen(s) };
}


static void
make(const char *args)
{
    gig_error_t  err;

    if (gig_query_read(str(args), 1, &query, &err) != 0) {
        fail_msg("%s: %s", args, err.detail);
    }

    memset(&page, 0, sizeof(page));
    page.title = str("Acme & Sons gigs");
    page.base = str("/gigs/");
    page.style = str("gig-00000000.css");

    memset(&fragment, 0, sizeof(fragment));
    fragment.query = &query;
    fragment.total = 1234;
    fragment.shown = 2;
    fragment.style = query.style & 1u;
    fragment.icons = query.icons & 1u;
}


static char *
text_of(gig_buf_t *out)
{
    char  *html;

    assert_false(gig_buf_failed(out));
    gig_buf_add(out, "", 1);
    html = strdup(out->data);
    assert_non_null(html);
    gig_buf_free(out);

    check_well_formed(html);
    check_harmless(html);

    return html;
}


static char *
draw(void)
{
    char       *html;
    gig_buf_t   out;

    gig_buf_init(&out, LIMIT);
    gig_page_fragment_head(&page, &fragment, &out);

    if (fragment.shown != 0) {
        gig_buf_puts(&out, "<li class=\"gig-card\">one</li>");
    }

    gig_page_fragment_tail(&page, &fragment, &out);
    html = text_of(&out);

    assert_null(strstr(html, "<html"));
    assert_null(strstr(html, "<body"));
    assert_null(strstr(html, "<main"));
    assert_null(strstr(html, "<h1"));
    assert_int_equal(check_count(html, "data-gig-state="), 1);

    return html;
}


static void
has(const char *args, const char *what)
{
    char  *html;

    make(args);
    html = draw();

    if (strstr(html, what) == NULL) {
        fail_msg("%s: no %s in %s", args, what, html);
    }

    free(html);
}


static void
test_fragment(void **state)
{
    char  *html;

    (void) state;

    has("limit=5", "<link rel=\"stylesheet\" href=\"/gigs/gig-00000000.css\">");
    has("limit=5", "<svg class=\"gig-symbols\"");
    has("limit=5", "data-gig-state=\"ready\" lang=\"en\" dir=\"ltr\"");
    has("limit=5", "<a href=\"/gigs/\">See all 1,234 open gigs</a>");
    has("department=Marketing&limit=5&style=0",
        "<a href=\"/gigs/?department=Marketing\">See all 1,234 gigs that match</a>");
    has("state=scheduled", "<a href=\"/gigs/?state=scheduled\">See all 1,234 gigs that open soon<");
    has("state=all", "<a href=\"/gigs/?state=all\">See all 1,234 gigs</a>");

    make("style=0&icons=0");
    html = draw();
    assert_null(strstr(html, "<link"));
    assert_null(strstr(html, "gig-symbols"));
    free(html);

    make("");
    page.stale = 1;
    html = draw();
    assert_non_null(strstr(html, "data-gig-state=\"stale\""));
    assert_non_null(strstr(html, "gig-stale"));
    free(html);

    make("q=data");
    page.tail = str("source=fair");
    fragment.total = 1;
    html = draw();
    assert_non_null(strstr(html, "<a href=\"/gigs/?q=data&amp;source=fair\">See it on the board</a>"));
    free(html);
}


static void
test_empty(void **state)
{
    char    *html;
    size_t   i;

    static const char *const  cases[][2] = {
        { "", "No gig is open right now." }, { "q=data", "No gig matches right now." },
        { "state=scheduled", "Nothing is announced yet." },
        { "state=scheduled&skill=Excel", "No gig matches right now." }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        make(cases[i][0]);
        fragment.total = 0;
        fragment.shown = 0;
        html = draw();
        assert_non_null(strstr(html, "data-gig-state=\"empty\""));
        assert_non_null(strstr(html, cases[i][1]));
        assert_null(strstr(html, "<ul"));
        assert_non_null(strstr(html, "<a href=\"/gigs/\">See all open gigs</a>"));
        free(html);
    }
}


static void
test_problem(void **state)
{
    char       *html;
    size_t      i;
    gig_buf_t   out;

    (void) state;

    for (i = 0; i < sizeof(check_polyglots) / sizeof(check_polyglots[0]); i++) {
        make("style=0");
        fragment.query = NULL;
        page.base = str(check_polyglots[i]);
        page.tail = str(check_polyglots[i]);
        gig_buf_init(&out, LIMIT);
        gig_page_fragment_problem(&page, &fragment, check_polyglots[i], check_polyglots[i], &out);
        html = check_count(check_polyglots[i], "javascript") ? NULL : text_of(&out);

        if (html != NULL) {
            assert_non_null(strstr(html, "data-gig-state=\"error\""));
            assert_null(strstr(html, "<link"));
            free(html);
        }

        gig_buf_free(&out);
    }
}


/* What is asked comes back in the link, whatever it is. */

static void
test_asked(void **state)
{
    char        args[2048], *html;
    size_t      i;
    gig_buf_t   encoded;

    (void) state;

    for (i = 0; i < sizeof(check_polyglots) / sizeof(check_polyglots[0]); i++) {
        gig_buf_init(&encoded, sizeof(args) / 4);
        gig_buf_uri(&encoded, str(check_polyglots[i]));
        snprintf(args, sizeof(args), "q=%.*s&skill=%.*s&source=%.*s", (int) encoded.len,
                 encoded.data, (int) encoded.len, encoded.data, (int) encoded.len, encoded.data);
        gig_buf_free(&encoded);
        make(args);
        html = draw();
        assert_non_null(strstr(html, "<a href=\"/gigs/?q="));
        free(html);
    }
}


/* Every page goes through the same head and foot; a problem's has all that these bring. */

static void
framed(const char *text, const char *title)
{
    char          *html;
    unsigned       line;
    gig_buf_t      out;
    gig_error_t    err;
    gig_layout_t   layout;

    make("");

    if (gig_layout_read(str(text), &layout, &line, &err) != 0) {
        fail_msg("line %u: %s", line, err.detail);
    }

    page.layout = &layout;
    page.style_url = str("https://www.example.com/a.css?b&c");
    page.stale = 1;

    gig_buf_init(&out, LIMIT);
    gig_page_problem(&page, 404, title, "It is not here.", &out);
    html = text_of(&out);

    assert_memory_equal(html, "<!doctype html>", 15);
    assert_int_equal(check_count(html, "<title>"), 1);
    assert_int_equal(check_count(html, "<main id=\"main\""), 1);
    assert_int_equal(check_count(html, "<div class=\"gig-page gig-framed gig-page-narrow\">"), 1);
    assert_int_equal(check_count(html, "<link rel=\"stylesheet\" href=\"/gigs/gig-00000000.css\">"
                                       "\n<link rel=\"stylesheet\""
                                       " href=\"https://www.example.com/a.css?b&amp;c\">"), 1);
    assert_int_equal(check_count(html, "gig-bar"), 0);
    assert_int_equal(check_count(html, "color-scheme"), 0);
    assert_int_equal(check_count(html, "gig-foot"), 0);
    assert_int_equal(check_count(html, "gig-skip"), 0);
    assert_int_equal(check_count(html, "{{"), 0);
    assert_int_equal(check_count(html, "<footer>ours</footer></body>"), 1);
    assert_non_null(strstr(html, "<html lang=\"en\" dir=\"ltr\">"));
    assert_non_null(strstr(html, "gig-stale"));

    free(html);
}


static void
test_layout(void **state)
{
    size_t  i;

    static const char  text[] = "<!doctype html><html lang=\"{{lang}}\" dir=\"{{dir}}\"><head>{{head}}"
        "</head><body data-title=\"{{title}}\"><header>{{title}}</header>{{main}}"
        "<footer>ours</footer></body></html>";

    (void) state;

    framed(text, "Not found");

    for (i = 0; i < sizeof(check_polyglots) / sizeof(check_polyglots[0]); i++) {
        framed(text, check_polyglots[i]);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_fragment),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_problem),
        cmocka_unit_test(test_asked),
        cmocka_unit_test(test_layout)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
