
/*
 * The list is a form as well as a page: what is asked must come back in every
 * part of it, or the next question forgets it, and everything that is shown was
 * written by strangers, in records or in the address.  Here each value stands in
 * checkbox, chip and link, escaped for where it stands.
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


#define LIMIT           (1024 * 1024)


typedef struct {
    gig_query_t        query;
    gig_page_t         page;
    gig_page_list_t    list;
    gig_page_value_t   told[GIG_FACETS][12];
} fixture_t;


static gig_str_t
str(const char *s)
{
    return (gig_str_t) { s, strlen(s) };
}


static fixture_t *
make(void)
{
    fixture_t  *f;

    f = calloc(1, sizeof(fixture_t));
    assert_non_null(f);

    f->query.limit = GIG_LIST_DEFAULT;
    f->query.pay_min = -1;
    f->query.hours_max = -1;
    f->query.closes_before = GIG_TIME_NONE;
    f->query.posted_after = GIG_TIME_NONE;

    f->page.title = str("Acme & Sons gigs");
    f->page.about = str("Short projects.");
    f->page.base = str("/gigs/");
    f->page.style = str("gig-00000000.css");
    f->page.script = str("gig-11111111.js");

    f->list.query = &f->query;
    f->list.total = 1234;
    f->list.shown = 20;

    return f;
}


static void
ask(fixture_t *f, const char *q)
{
    f->query.q = str(q);
    f->query.sort = GIG_SORT_RELEVANCE;
}


static void
tell(fixture_t *f, gig_facet_t facet, const char *text, uint32_t count)
{
    gig_page_facet_t  *told;

    told = &f->list.facet[facet];
    assert_true(told->n < sizeof(f->told[0]) / sizeof(f->told[0][0]));

    f->told[facet][told->n++] = (gig_page_value_t) { str(text), count, -1 };
    told->value = f->told[facet];
}


/* told: its number among what is told of the facet, or -1. */

static void
choose(fixture_t *f, gig_facet_t facet, const char *text, int told)
{
    gig_query_value_t  *value;

    value = &f->query.value[f->query.n_values];
    value->facet = facet;
    value->text = str(text);
    value->key = str(text);

    if (told >= 0) {
        f->told[facet][told].chosen = f->query.n_values;
    }

    f->query.n_values++;
}


/* What holds for any list; the caller frees the text. */

static char *
render(fixture_t *f)
{
    char       *html;
    gig_buf_t   out;

    gig_buf_init(&out, LIMIT);
    gig_page_list_head(&f->page, &f->list, &out);
    gig_page_list_tail(&f->page, &f->list, &out);
    html = check_text(&out);

    /* the one script is ours and comes from a file */
    assert_int_equal(check_count(html, "<script"), 1);
    assert_int_equal(check_count(html, "<script defer src=\"/gigs/gig-11111111.js\"></script>"), 1);
    memcpy(strstr(html, "<script"), "<xcript", 7);
    memcpy(strstr(html, "</script"), "</xcript", 8);

    check_page(html);
    assert_int_equal(check_count(html, "<form "), 1);
    assert_int_equal(check_count(html, " role=\"search\""), 1);
    assert_int_equal(check_count(html, "method=\"get\""), 1);
    assert_int_equal(check_count(html, "<label for=\"gig-q\">"), 1);
    assert_int_equal(check_count(html, "aria-live=\"polite\""), 1);

    return html;
}


static void
has(const char *html, const char *what)
{
    if (strstr(html, what) == NULL) {
        fail_msg("%s is not there", what);
    }
}


static void
hasnt(const char *html, const char *what)
{
    const char  *p;

    p = strstr(html, what);

    if (p != NULL) {
        fail_msg("%s is there: %.200s", what, p);
    }
}


static void
done(fixture_t *f, char *html)
{
    free(html);
    free(f);
}


/* Every view keeps what the visitor's links keep. */

static void
test_tail(void **state)
{
    char       *html;
    fixture_t  *f;

    (void) state;

    f = make();
    f->page.tail = str("lang=es&x=a%20b");
    tell(f, GIG_FACET_SKILL, "Excel", 5);
    choose(f, GIG_FACET_SKILL, "Excel", 0);
    ask(f, "shops");
    f->query.after = 1;
    f->list.next = str("cursor=abc");
    html = render(f);
    assert_true(check_links(html, "/gigs/", "lang=es&amp;x=a%20b") > 6);
    has(html, "\"/gigs/?cursor=abc&amp;lang=es&amp;x=a%20b\"");
    free(html);

    f->list.shown = 0;
    f->query.after = 0;
    f->list.suggestion = str("shop");
    html = render(f);
    assert_true(check_links(html, "/gigs/", "lang=es&amp;x=a%20b") > 4);
    has(html, "&amp;q=shop&amp;lang=es&amp;x=a%20b\">shop</a>?");
    done(f, html);
}


/* The board as it is first seen. */

static void
test_first(void **state)
{
    char       *html;
    fixture_t  *f;

    (void) state;

    f = make();
    f->page.base = str("https://acme.example/gigs/");
    f->page.script = gig_null_str;
    f->list.next = str("cursor=a&limit=20");

    {
        gig_buf_t  out;

        gig_buf_init(&out, LIMIT);
        gig_page_list_head(&f->page, &f->list, &out);
        gig_page_list_tail(&f->page, &f->list, &out);
        gig_buf_add(&out, "", 1);
        assert_false(gig_buf_failed(&out));
        html = out.data;
        check_well_formed(html);
    }

    hasnt(html, "<script");                             /* none is named */
    has(html, ">1,234</strong> gigs are open");
    has(html, "<title>Acme &amp; Sons gigs</title>");
    has(html, "<link rel=\"canonical\" href=\"https://acme.example/gigs/\">");
    has(html, "<link rel=\"alternate\" type=\"application/atom+xml\" "
              "href=\"https://acme.example/gigs/feed.atom\">");
    has(html, "<link rel=\"alternate\" type=\"application/feed+json\" "
              "href=\"https://acme.example/gigs/feed.json\">");
    hasnt(html, "noindex");
    has(html, "href=\"https://acme.example/gigs/?cursor=a&amp;limit=20\"");
    has(html, "href=\"https://acme.example/gigs/\" aria-current=\"page\">Open</a>");
    has(html, "href=\"https://acme.example/gigs/?state=scheduled\">Opening soon</a>");
    assert_int_equal(check_count(html, "aria-current"), 1);
    hasnt(html, "First page");
    hasnt(html, "gig-chip");
    hasnt(html, "type=\"hidden\"");
    has(html, "<option value=\"\" selected>Newest</option>");
    hasnt(html, "Best match");
    done(f, html);
}


static void
test_states(void **state)
{
    char       *html;
    fixture_t  *f;

    (void) state;

    f = make();
    f->page.stale = 1;
    f->query.state = GIG_LIST_SCHEDULED;
    f->query.limit = 50;
    f->query.format = 2;
    f->list.total = 1;
    f->list.shown = 1;
    html = render(f);
    has(html, ">1</strong> gig opens soon");
    has(html, "role=\"status\"");                       /* stale */
    has(html, "name=\"state\" value=\"scheduled\">");
    has(html, "name=\"limit\" value=\"50\">");
    has(html, "name=\"format\" value=\"html\">");
    hasnt(html, "canonical");
    hasnt(html, "feed.");                               /* no whole address is known */
    free(html);

    /* with nothing in it there is nothing to be filtered */
    f->page.stale = 0;
    f->list.total = 0;
    f->list.shown = 0;
    html = render(f);
    has(html, "Nothing is announced yet");
    hasnt(html, "role=\"status\"");
    hasnt(html, "gig-cards");
    hasnt(html, "gig-filters");
    hasnt(html, "<select");
    has(html, "See what is open now</a>");
    free(html);

    f->query.state = GIG_LIST_OPEN;
    html = render(f);
    has(html, "No gig is open right now");
    free(html);

    f->query.state = GIG_LIST_ALL;
    f->query.after = 1;
    html = render(f);
    has(html, "That was all");
    has(html, "Back to the first page</a>");
    hasnt(html, "cursor");
    done(f, html);
}


static void
test_facets(void **state)
{
    int         i;
    char       *html;
    fixture_t  *f;

    static const char *const  skills[] = {
        "Excel", "SQL", "C++", "R&D", "Python", "Writing", "Canva", "Figma", "CAD"
    };

    (void) state;

    f = make();

    for (i = 0; i < 9; i++) {
        tell(f, GIG_FACET_SKILL, skills[i], 1200 - 100 * (uint32_t) i);
    }

    tell(f, GIG_FACET_MODE, "remote", 700);
    tell(f, GIG_FACET_MODE, "onsite", 1);
    tell(f, GIG_FACET_ENGAGEMENT, "contractor", 3);
    tell(f, GIG_FACET_ENGAGEMENT, "barter", 2);
    tell(f, GIG_FACET_AUDIENCE, "student", 3);
    tell(f, GIG_FACET_AUDIENCE, "recent_graduate", 2);
    tell(f, GIG_FACET_LANGUAGE, "en", 3);
    tell(f, GIG_FACET_LANGUAGE, "pt-BR", 2);
    tell(f, GIG_FACET_LANGUAGE, "tlh", 2);
    tell(f, GIG_FACET_TEAM, "Growth", 5);               /* one value is no choice */

    html = render(f);
    has(html, "<legend>Skills</legend>");
    hasnt(html, "<legend>Team</legend>");
    hasnt(html, "<legend>Organisation</legend>");
    assert_int_equal(check_count(html, "name=\"skill\""), 9);
    has(html, "<summary>3 more</summary>");
    has(html, "name=\"skill\" value=\"R&amp;D\"><span>R&amp;D</span>");
    has(html, "<span class=\"gig-tally\">1,200<span class=\"gig-only-read\"> gigs</span></span>");
    has(html, "<span class=\"gig-tally\">1<span class=\"gig-only-read\"> gig</span></span>");
    has(html, "value=\"remote\"><span>Remote</span>");
    has(html, "value=\"onsite\"><span>On site</span>");
    has(html, "value=\"contractor\"><span>Contractor</span>");
    has(html, "value=\"barter\"><span>barter</span>");
    has(html, "value=\"student\"><span>Students</span>");
    has(html, "value=\"recent_graduate\"><span>Recent graduates</span>");
    has(html, "value=\"en\"><span>English</span>");
    has(html, "value=\"pt-BR\"><span>Portuguese (BR)</span>");
    has(html, "value=\"tlh\"><span>tlh</span>");
    hasnt(html, " checked");
    assert_int_equal(check_count(html, "<input type=\"checkbox\" form=\"gig-search\""),
                     check_count(html, "type=\"checkbox\""));
    free(html);

    /* chosen ones come out of "more"; what is not told stays in the form all the same */
    choose(f, GIG_FACET_SKILL, "cad", 8);
    choose(f, GIG_FACET_SKILL, "Juggling", -1);
    choose(f, GIG_FACET_TEAM, "growth", 0);
    choose(f, GIG_FACET_ORG, "Nobody & Co", -1);
    choose(f, GIG_FACET_MODE, "REMOTE", 0);
    html = render(f);
    has(html, "<summary>2 more</summary>");
    has(html, "name=\"skill\" value=\"CAD\" checked><span>CAD</span>");
    has(html, "name=\"skill\" value=\"Juggling\" checked><span>Juggling</span></label>");
    has(html, "name=\"team\" value=\"Growth\" checked>");
    has(html, "Remove </span>Growth<svg");              /* as gigs write it, not as it was asked */
    has(html, "name=\"org\" value=\"Nobody &amp; Co\" checked>");
    has(html, "value=\"remote\" checked>");
    assert_true(strstr(html, "value=\"CAD\"") < strstr(html, "<summary>2 more"));
    assert_int_equal(check_count(html, " checked>"), 5);
    assert_int_equal(check_count(html, "name=\"skill\""), 10);
    has(html, "<span class=\"gig-tally\">5 chosen</span>");
    has(html, "gigs match");
    has(html, "<meta name=\"robots\" content=\"noindex\">");
    hasnt(html, "no-referrer");
    done(f, html);
}


static void
test_chips(void **state)
{
    char       *html;
    fixture_t  *f;

    (void) state;

    f = make();
    ask(f, "data & \"dash\"");
    choose(f, GIG_FACET_SKILL, "C++", -1);
    choose(f, GIG_FACET_MODE, "remote", -1);
    html = render(f);
    has(html, "class=\"gig-chip\" href=\"/gigs/?q=data+%26+%22dash%22&amp;mode=remote\">"
              "<span><span class=\"gig-only-read\">Remove </span>C++<svg");
    has(html, "class=\"gig-chip\" href=\"/gigs/?q=data+%26+%22dash%22&amp;skill=C%2B%2B\">"
              "<span><span class=\"gig-only-read\">Remove </span>Remote<svg");
    has(html, "class=\"gig-clear\" href=\"/gigs/?q=data+%26+%22dash%22\">Clear all</a>");
    assert_int_equal(check_count(html, "class=\"gig-chip\""), 2);     /* the text has its field */
    has(html, "value=\"data &amp; &quot;dash&quot;\">");
    has(html, "<option value=\"\" selected>Best match</option>");
    has(html, "<option value=\"newest\">Newest</option>");
    has(html, "<title>Search: data &amp; &quot;dash&quot; \u00b7 ");
    has(html, "href=\"/gigs/?q=data+%26+%22dash%22&amp;skill=C%2B%2B&amp;mode=remote"
              "&amp;state=all\">All</a>");
    free(html);

    /* each range is left out alone */
    memset(&f->query.value, 0, sizeof(f->query.value));
    f->query.n_values = 0;
    ask(f, "");
    f->query.sort = GIG_SORT_PAY;
    f->query.sorted = 1;
    f->query.pay_min = 1250500;
    memcpy(f->query.currency, "USD", sizeof("USD"));
    f->query.hours_max = 20;
    f->query.closes_before = 1796083200;                /* 2026-12-01 */
    f->query.posted_after = 1793444400;                 /* 2026-10-31T11:00:00Z */
    html = render(f);
    has(html, "</span>Pays at least 1,250.50<svg");
    has(html, "</span>Pays in USD<svg");
    has(html, "</span>At most 20 hours<svg");
    has(html, "</span>Closes before 1 Dec 2026<svg");
    has(html, "</span>Posted since Sat 31 Oct 2026, 11:00 UTC<svg");
    assert_int_equal(check_count(html, "class=\"gig-chip\""), 5);
    assert_int_equal(check_count(html, "pay_min=1250.5&amp;"), 3 + 4);   /* states and other chips */
    assert_int_equal(check_count(html, "currency=USD"), 3 + 4);
    assert_int_equal(check_count(html, "hours_max=20"), 3 + 4);
    assert_int_equal(check_count(html, "closes_before=2026-12-01"), 3 + 4);
    assert_int_equal(check_count(html, "posted_after=2026-10-31"), 3 + 4);
    has(html, "class=\"gig-clear\" href=\"/gigs/?sort=pay\">");
    has(html, "<option value=\"pay\" selected>Highest pay</option>");

    has(html, "name=\"pay_min\" type=\"number\" min=\"0\" step=\"any\" inputmode=\"decimal\""
              " value=\"1250.5\">");
    has(html, "name=\"hours_max\" type=\"number\" min=\"1\" step=\"1\" inputmode=\"numeric\""
              " value=\"20\">");
    has(html, "name=\"closes_before\" type=\"date\" value=\"2026-12-01\">");
    has(html, "<input type=\"hidden\" form=\"gig-search\" name=\"posted_after\""
              " value=\"2026-10-31T11:00:00Z\">");
    done(f, html);
}


static void
test_currencies(void **state)
{
    char       *html;
    fixture_t  *f;
    gig_str_t   known[2] = { gig_str("USD"), gig_str("EUR") };

    (void) state;

    /* not known: a field; one: no question; several: a choice, of what is asked too */
    f = make();
    html = render(f);
    has(html, "<input class=\"gig-input\" id=\"gig-currency\"");
    free(html);

    f->list.currencies = 1;
    f->list.currency = known;
    html = render(f);
    hasnt(html, "currency");
    free(html);

    memcpy(f->query.currency, "CHF", sizeof("CHF"));
    html = render(f);
    has(html, "<input type=\"hidden\" form=\"gig-search\" name=\"currency\" value=\"CHF\">");
    free(html);

    f->list.currencies = 2;
    html = render(f);
    has(html, "<option>USD</option><option>EUR</option><option selected>CHF</option></select>");
    free(html);

    memcpy(f->query.currency, "EUR", sizeof("EUR"));
    html = render(f);
    has(html, "<option>USD</option><option selected>EUR</option></select>");
    done(f, html);
}


static void
test_nothing(void **state)
{
    char       *html;
    fixture_t  *f;

    (void) state;

    f = make();
    f->list.total = 0;
    f->list.shown = 0;
    ask(f, "marketting & sales");
    f->query.sort = GIG_SORT_CLOSING;
    f->query.sorted = 1;
    choose(f, GIG_FACET_SKILL, "Excel", -1);
    f->list.suggestion = str("marketing & sales");
    html = render(f);
    has(html, ">0</strong> gigs match");
    has(html, "No gig matches");
    has(html, "Did you mean <a href=\"/gigs/?skill=Excel&amp;sort=closing&amp;q=marketing%20%26%20"
              "sales\">marketing &amp; sales</a>?");
    has(html, "Leave something out");
    has(html, "href=\"/gigs/?skill=Excel&amp;sort=closing\"><span><span class=\"gig-only-read\">"
              "Remove </span>\u201cmarketting &amp; sales\u201d<svg");
    has(html, "class=\"gig-clear\" href=\"/gigs/?sort=closing\">");
    has(html, "state=all&amp;sort=closing\">Search closed gigs");
    has(html, "name=\"sort\" value=\"closing\">");      /* no select, and yet not forgotten */
    has(html, "name=\"skill\" value=\"Excel\" checked>");
    free(html);

    f->query.n_values = 0;
    f->query.state = GIG_LIST_ALL;
    f->list.suggestion = gig_null_str;
    html = render(f);
    has(html, "Without this there are more");
    hasnt(html, "Did you mean");
    hasnt(html, "Clear all");
    hasnt(html, "Search closed gigs");
    done(f, html);
}


static void
test_later_page(void **state)
{
    char       *html;
    fixture_t  *f;

    (void) state;

    f = make();
    f->query.after = 1;
    f->query.cursor = str("abc");
    choose(f, GIG_FACET_SKILL, "Excel", -1);
    html = render(f);
    has(html, "href=\"/gigs/?skill=Excel\">First page</a>");
    hasnt(html, "rel=\"next\"");
    hasnt(html, "cursor");
    done(f, html);
}


/* Every text of a record or an address, in every place that has one. */

static void
test_polyglots(void **state)
{
    int          i;
    size_t       n;
    char        *html, *last;
    fixture_t   *f;
    const char  *text;

    (void) state;

    for (n = 0; n < sizeof(check_polyglots) / sizeof(check_polyglots[0]); n++) {
        text = check_polyglots[n];
        f = make();
        f->page.title = str(text);
        f->page.about = str(text);
        ask(f, text);

        for (i = 0; i < GIG_FACETS; i++) {
            tell(f, (gig_facet_t) i, text, 3);
            tell(f, (gig_facet_t) i, "other", 2);
            choose(f, (gig_facet_t) i, text, (i % 2 == 0) ? 0 : -1);
        }

        f->list.currencies = 2;
        f->list.currency = (const gig_str_t[]) { str(text), str("EUR") };
        f->list.next = str(text);
        free(render(f));

        f->list.total = 0;
        f->list.shown = 0;
        f->list.suggestion = str(text);
        free(render(f));

        /* a language whose region is one */
        f->query.n_values = 0;
        last = malloc(strlen(text) + sizeof("en-"));
        assert_non_null(last);
        (void) snprintf(last, strlen(text) + sizeof("en-"), "en-%s", text);
        choose(f, GIG_FACET_LANGUAGE, last, -1);
        html = render(f);
        has(html, "<span>English (");
        free(last);
        done(f, html);
    }
}


/* The operator's words are in the first language of the board, which need not be the page's. */

static void
test_board_texts(void **state)
{
    char                  *html;
    fixture_t             *f;
    gig_language_t         words;
    const gig_language_t  *const  languages[] = { &gig_language_english, &words };

    (void) state;

    words = gig_language_english;
    strcpy(words.tag, "ar-XB");
    words.rtl = 1;

    f = make();
    f->page.words = &words;
    f->page.languages = languages;
    f->page.n_languages = 2;
    html = render(f);

    has(html, "<h1><span lang=\"en\" dir=\"ltr\">Acme &amp; Sons gigs</span></h1>");
    has(html, "<p class=\"gig-about\"><span lang=\"en\" dir=\"ltr\">Short projects.</span></p>");
    has(html, "<p><span lang=\"en\" dir=\"ltr\">Acme &amp; Sons gigs</span></p>");
    done(f, html);

    f = make();
    f->page.languages = languages;
    f->page.n_languages = 2;
    html = render(f);

    has(html, "<h1>Acme &amp; Sons gigs</h1>");
    has(html, "<p class=\"gig-about\">Short projects.</p>");
    done(f, html);
}


static void
test_over_the_limit(void **state)
{
    char       *html;
    size_t      limit, whole;
    gig_buf_t   out;
    fixture_t  *f;

    (void) state;

    f = make();
    ask(f, "data");
    choose(f, GIG_FACET_SKILL, "Excel", -1);
    f->query.pay_min = 100;
    html = render(f);
    whole = strlen(html);

    for (limit = 1; limit < whole; limit += 61) {
        gig_buf_init(&out, limit);
        gig_page_list_head(&f->page, &f->list, &out);
        gig_page_list_tail(&f->page, &f->list, &out);
        assert_true(gig_buf_failed(&out));
        gig_buf_free(&out);
    }

    done(f, html);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_tail),
        cmocka_unit_test(test_first),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_facets),
        cmocka_unit_test(test_chips),
        cmocka_unit_test(test_currencies),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_later_page),
        cmocka_unit_test(test_polyglots),
        cmocka_unit_test(test_board_texts),
        cmocka_unit_test(test_over_the_limit)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
