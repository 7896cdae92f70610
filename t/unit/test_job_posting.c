
/*
 * Search engines show a gig by its JobPosting, and leave it out or punish the site when that is
 * incomplete or says what no reader sees.  So: what each kind of gig must say, when there is none
 * at all, that its description is the page's own text, and that no record breaks out of it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_job_posting.h"
#include "gig_markup.h"

#include "page_check.h"


#define LIMIT           (4 * 1024 * 1024)
#define URL             "https://jobs.acme.example/gigs/g_1/price-scan"

static const char  record[] =
    "{\"id\":\"g_1\",\"time_zone\":\"America/Chicago\",\"language\":\"en\","
    "\"posted_at\":\"2026-09-01T13:00:00Z\",\"updated_at\":\"2026-09-14T14:15:28Z\","
    "\"title\":\"Price scan\",\"summary\":\"Compare ten prices.\","
    "\"description_html\":\"<p>Scan ten &amp; <b>summarise</b>.</p>\","
    "\"org\":{\"name\":\"Acme Robotics\",\"url\":\"https://acme.example\","
    "\"logo\":\"https://acme.example/logo.png\"},\"engagement\":\"contractor\","
    "\"location\":{\"mode\":\"remote\",\"places\":[],"
    "\"applicant_regions\":[{\"type\":\"Country\",\"code\":\"US\",\"name\":\"United States\"}]},"
    "\"pay\":{\"type\":\"fixed\",\"currency\":\"USD\",\"min_minor\":50000,\"max_minor\":50000,"
    "\"unit\":\"project\",\"paid_on\":\"acceptance\"},\"work\":{\"hours_min\":15,\"hours_max\":20,"
    "\"duration_days\":21,\"start_by\":\"2026-10-05\",\"due_by\":\"2026-10-26\"},"
    "\"skills\":[{\"name\":\"Excel\",\"level\":\"basic\"},{\"name\":\"R&D\",\"required\":false}],"
    "\"deliverables\":[\"A one-page memo\"],\"sections\":["
    "{\"key\":\"tasks\",\"items\":[\"Look at ten shops\"]},"
    "{\"key\":\"needs\",\"text\":\"A quiet week\"},{\"key\":\"gets\",\"items\":[\"A mentor\"]},"
    "{\"key\":\"own\",\"title\":\"How we work\",\"html\":\"<p>In the open</p>\"}],"
    "\"eligibility\":{\"min_age\":18,\"work_authorization\":[\"US\"],\"note\":\"Be kind\"},"
    "\"capacity\":{\"positions\":2},\"feedback\":{\"to_applicant\":true},"
    "\"onboarding\":{\"contact\":\"a secret\"},\"source\":{\"url\":\"https://secret.example\"}}";

/* The same as an object, without its description. */
static const char  remote[] =
    "{\"@context\":\"https://schema.org/\",\"@type\":\"JobPosting\",\"title\":\"Price scan\","
    "\"identifier\":{\"@type\":\"PropertyValue\",\"name\":\"Acme Robotics\",\"value\":\"g_1\"},"
    "\"datePosted\":\"2026-09-01T13:00:00Z\",\"validThrough\":\"2026-10-01T04:59:59+00:00\","
    "\"employmentType\":[\"CONTRACTOR\"],"
    "\"hiringOrganization\":{\"@type\":\"Organization\",\"name\":\"Acme Robotics\","
    "\"sameAs\":\"https://acme.example\",\"logo\":\"https://acme.example/logo.png\"},"
    "\"jobLocationType\":\"TELECOMMUTE\","
    "\"applicantLocationRequirements\":{\"@type\":\"Country\",\"name\":\"United States\"},"
    "\"totalJobOpenings\":2,\"jobStartDate\":\"2026-10-05\",\"jobDuration\":\"P21D\","
    "\"workHours\":\"15 to 20 hours\",\"skills\":\"Excel, R&D\",\"url\":\"" URL "\","
    "\"directApply\":true}";


static gig_page_gig_t
view_of(json_t *gig)
{
    gig_page_gig_t  view;

    memset(&view, 0, sizeof(view));
    view.gig = gig;
    view.state = GIG_STATE_OPEN;
    view.opens_at = GIG_TIME_NONE;
    view.closes_at = 1790830799;

    return view;
}


static json_t *
sample(void)
{
    json_t  *gig;

    gig = json_loads(record, 0, NULL);
    assert_non_null(gig);

    return gig;
}


/* Puts a value at "pay.unit" or "location.places"; json NULL takes it away. */

static void
put(json_t *gig, const char *path, const char *json)
{
    char        name[64];
    json_t     *value;
    const char  *dot;

    dot = strchr(path, '.');

    if (dot != NULL) {
        (void) snprintf(name, sizeof(name), "%.*s", (int) (dot - path), path);

        if (json_object_get(gig, name) == NULL) {
            json_object_set_new(gig, name, json_object());
        }

        gig = json_object_get(gig, name);
        path = dot + 1;
    }

    if (json == NULL) {
        json_object_del(gig, path);
        return;
    }

    value = json_loads(json, JSON_DECODE_ANY, NULL);
    assert_non_null(value);
    assert_int_equal(json_object_set_new(gig, path, value), 0);
}


/* The posting of a view, or NULL: there is none, and nothing was written. */

static json_t *
posting_of(const gig_page_gig_t *view, const char *url)
{
    int         written;
    char       *html;
    json_t     *value;
    gig_buf_t   out;

    gig_buf_init(&out, LIMIT);
    gig_buf_puts(&out, "<script type=\"application/ld+json\">");
    written = gig_job_posting(view, (gig_str_t) { url, strlen(url) }, &out);
    gig_buf_puts(&out, "</script>\n");
    html = check_text(&out);

    value = NULL;

    if (written) {
        assert_true(check_posting(html, &value));
    } else {
        assert_string_equal(html, "<script type=\"application/ld+json\"></script>\n");
    }

    free(html);

    return value;
}


/* The posting of a gig that is open; the gig is given back. */

static json_t *
posting(json_t *gig)
{
    json_t          *value;
    gig_page_gig_t   view;

    view = view_of(gig);
    value = posting_of(&view, URL);
    json_decref(gig);

    return value;
}


/* A sample with one member changed has NAME as expected; expected NULL: it lacks it. */

static void
says(const char *path, const char *json, const char *name, const char *expected)
{
    json_t  *gig, *made, *want;

    gig = sample();
    put(gig, path, json);
    made = posting(gig);
    assert_non_null(made);

    if (expected == NULL) {
        assert_null(json_object_get(made, name));

    } else {
        want = json_loads(expected, JSON_DECODE_ANY, NULL);
        assert_non_null(want);

        if (!json_equal(json_object_get(made, name), want)) {
            fail_msg("%s %s: %s is not %s", path, json, name, expected);
        }

        json_decref(want);
    }

    json_decref(made);
}


static void
none(const char *path, const char *json)
{
    json_t  *gig, *made;

    gig = sample();
    put(gig, path, json);
    made = posting(gig);

    if (made != NULL) {
        fail_msg("%s %s has a posting", path, json != NULL ? json : "missing");
    }
}


static void
test_remote(void **state)
{
    json_t  *made, *want;

    (void) state;

    made = posting(sample());
    want = json_loads(remote, 0, NULL);
    assert_non_null(made);
    assert_non_null(want);
    json_object_del(made, "description");

    if (!json_equal(made, want)) {
        fail_msg("it is %s", json_dumps(made, 0));
    }

    json_decref(made);
    json_decref(want);

    /* of regions only countries and states have a type that is read; a bare code is a country's */

    says("location.applicant_regions", "[{\"code\":\"US\"},{\"type\":\"State\",\"name\":\"Ontario\"},"
         "{\"type\":\"Region\",\"name\":\"EU\"},{\"name\":\"Anywhere\"},{}]",
         "applicantLocationRequirements",
         "[{\"@type\":\"Country\",\"name\":\"US\"},{\"@type\":\"State\",\"name\":\"Ontario\"},"
         "{\"@type\":\"AdministrativeArea\",\"name\":\"EU\"},"
         "{\"@type\":\"AdministrativeArea\",\"name\":\"Anywhere\"}]");
    says("location.places", "[{\"country\":\"US\"}]", "jobLocation", NULL);

    none("location.applicant_regions", "[]");
    none("location.applicant_regions", "[{},\"Anywhere\",7]");
    none("location.applicant_regions", NULL);
}


/* One place of the three spellings that records have, and what is left out. */

static void
test_onsite(void **state)
{
    size_t   i;
    json_t  *gig, *made;

    static const char *const  modes[] = { "\"onsite\"", "\"hybrid\"" };
    static const char  chicago[] =
        "{\"@type\":\"Place\",\"address\":{\"@type\":\"PostalAddress\","
        "\"addressLocality\":\"Chicago\",\"addressRegion\":\"IL\",\"addressCountry\":\"US\"}}";

    (void) state;

    for (i = 0; i < 2; i++) {
        gig = sample();
        put(gig, "location.mode", modes[i]);
        put(gig, "location.places", "[{\"locality\":\"Chicago\",\"region\":\"IL\",\"country\":\"US\","
            "\"street\":\"1 Private Lane\"}]");
        made = posting(gig);
        assert_non_null(made);
        assert_null(json_object_get(made, "jobLocationType"));
        assert_null(json_object_get(made, "applicantLocationRequirements"));

        gig = json_loads(chicago, 0, NULL);
        assert_true(json_equal(json_object_get(made, "jobLocation"), gig));
        json_decref(gig);
        json_decref(made);
    }

    gig = sample();
    put(gig, "location.mode", "\"onsite\"");
    put(gig, "location.places", "[{\"addressLocality\":\"Austin\",\"addressCountry\":\"US\"},"
        "{\"locality\":\"Nowhere\"},\"Springfield\",{\"country\":\"DE\"}]");
    made = posting(gig);
    assert_non_null(made);
    assert_int_equal(json_array_size(json_object_get(made, "jobLocation")), 2);
    json_decref(made);

    /* without a country no search engine takes it */

    gig = sample();
    put(gig, "location.mode", "\"onsite\"");
    put(gig, "location.places", "[{\"locality\":\"Chicago\",\"region\":\"IL\"},\"Chicago, US\"]");
    assert_null(posting(gig));

    none("location.mode", "\"onsite\"");
    none("location.mode", "\"hybrid\"");
    none("location", "{}");
    none("location", "7");
}


#define SALARY(value, unit)                                                                        \
    "{\"@type\":\"MonetaryAmount\",\"currency\":\"USD\",\"value\":{\"@type\":\"QuantitativeValue\","    \
    value ",\"unitText\":\"" unit "\"}}"

static void
test_salary(void **state)
{
    (void) state;

    /* a fee for the whole has no unit: it stands in the description alone */
    says("pay.unit", "\"project\"", "baseSalary", NULL);
    says("pay", "{\"type\":\"unpaid\",\"currency\":\"USD\",\"min_minor\":1,\"unit\":\"hour\"}",
         "baseSalary", NULL);
    says("pay", "{\"type\":\"hourly\",\"min_minor\":1,\"unit\":\"hour\"}", "baseSalary", NULL);
    says("pay", "{\"type\":\"hourly\",\"currency\":\"USD\",\"unit\":\"hour\"}", "baseSalary", NULL);
    says("pay", "{\"type\":\"range\",\"currency\":\"USD\",\"min_minor\":2,\"max_minor\":1,"
         "\"unit\":\"hour\"}", "baseSalary", NULL);
    says("pay", "{\"type\":\"range\",\"currency\":\"USD\",\"min_minor\":-5,\"max_minor\":1,"
         "\"unit\":\"hour\"}", "baseSalary", NULL);
    says("pay", NULL, "baseSalary", NULL);

    says("pay", "{\"type\":\"hourly\",\"currency\":\"USD\",\"min_minor\":2500,\"unit\":\"hour\"}",
         "baseSalary", SALARY("\"value\":25", "HOUR"));
    says("pay", "{\"type\":\"hourly\",\"currency\":\"USD\",\"max_minor\":2505}", "baseSalary",
         SALARY("\"value\":25.05", "HOUR"));
    says("pay", "{\"type\":\"range\",\"currency\":\"USD\",\"min_minor\":1250,\"max_minor\":2000,"
         "\"unit\":\"day\"}", "baseSalary", SALARY("\"minValue\":12.50,\"maxValue\":20", "DAY"));
    says("pay", "{\"type\":\"fixed\",\"currency\":\"USD\",\"min_minor\":100,\"unit\":\"week\"}",
         "baseSalary", SALARY("\"value\":1", "WEEK"));
    says("pay", "{\"type\":\"fixed\",\"currency\":\"USD\",\"min_minor\":1,\"unit\":\"month\"}",
         "baseSalary", SALARY("\"value\":0.01", "MONTH"));
    says("pay", "{\"type\":\"fixed\",\"currency\":\"USD\",\"min_minor\":1000000000000,"
         "\"unit\":\"year\"}", "baseSalary", SALARY("\"value\":10000000000", "YEAR"));

    says("pay", "{\"type\":\"hourly\",\"currency\":\"JPY\",\"min_minor\":1200,\"unit\":\"hour\"}",
         "baseSalary", "{\"@type\":\"MonetaryAmount\",\"currency\":\"JPY\",\"value\":"
         "{\"@type\":\"QuantitativeValue\",\"value\":1200,\"unitText\":\"HOUR\"}}");
    says("pay", "{\"type\":\"hourly\",\"currency\":\"KWD\",\"min_minor\":1005,\"unit\":\"hour\"}",
         "baseSalary", "{\"@type\":\"MonetaryAmount\",\"currency\":\"KWD\",\"value\":"
         "{\"@type\":\"QuantitativeValue\",\"value\":1.005,\"unitText\":\"HOUR\"}}");
}


static void
test_members(void **state)
{
    json_t          *gig, *made;
    gig_page_gig_t   view;

    (void) state;

    says("engagement", "\"employee_intern\"", "employmentType", "[\"INTERN\",\"TEMPORARY\"]");
    says("engagement", "\"stipend\"", "employmentType", "[\"INTERN\"]");
    says("engagement", "\"volunteer\"", "employmentType", "[\"VOLUNTEER\"]");
    says("engagement", "\"odd\"", "employmentType", NULL);
    says("seo.direct_apply", "false", "directApply", "false");
    says("seo.direct_apply", "true", "directApply", "true");
    says("org.url", "\"http://acme.example\"", "hiringOrganization",
         "{\"@type\":\"Organization\",\"name\":\"Acme Robotics\","
         "\"logo\":\"https://acme.example/logo.png\"}");
    says("org", "{\"name\":\"A\",\"logo\":\"javascript:alert(1)\"}", "hiringOrganization",
         "{\"@type\":\"Organization\",\"name\":\"A\"}");
    says("posted_at", NULL, "datePosted", "\"2026-09-14T14:15:28Z\"");
    says("capacity.positions", "0", "totalJobOpenings", NULL);
    says("capacity", NULL, "totalJobOpenings", NULL);
    says("work", "{\"hours_max\":1}", "workHours", "\"1 hour\"");
    says("work", "{\"duration_days\":4000}", "jobDuration", NULL);
    says("work", NULL, "workHours", NULL);
    says("skills", "[]", "skills", NULL);
    says("skills", "[\"C++\",{\"name\":\"Go\"}]", "skills", "\"C++, Go\"");

    /* what is not known is not said: no address of a path, no end of what has none */

    gig = sample();
    view = view_of(gig);
    view.closes_at = GIG_TIME_NONE;
    made = posting_of(&view, "");
    assert_non_null(made);
    assert_null(json_object_get(made, "url"));
    assert_null(json_object_get(made, "validThrough"));
    json_decref(made);
    json_decref(gig);
}


/* Whom nobody can apply to, or what lacks something that must be there. */

static void
test_none(void **state)
{
    int              s;
    json_t          *gig, *made;
    gig_page_gig_t   view;

    (void) state;

    gig = sample();
    view = view_of(gig);

    for (s = GIG_STATE_HIDDEN; s <= GIG_STATE_GONE; s++) {
        view.state = (gig_state_t) s;
        made = posting_of(&view, URL);
        assert_int_equal(made != NULL, s == GIG_STATE_OPEN || s == GIG_STATE_WAITLIST);
        json_decref(made);
    }

    json_decref(gig);

    none("title", NULL);
    none("title", "\"\"");
    none("org", NULL);
    none("org.name", "\"\"");

    gig = sample();
    put(gig, "posted_at", NULL);
    put(gig, "updated_at", NULL);
    assert_null(posting(gig));

    assert_null(posting(json_object()));
}


/* The text of HTML, a line a block. */

static char *
text_of(gig_str_t html)
{
    gig_buf_t  clean, text;

    gig_buf_init(&clean, LIMIT);
    gig_buf_init(&text, LIMIT);
    assert_int_equal(gig_markup_clean(html, &clean), 0);
    assert_int_equal(gig_markup_text((gig_str_t) { clean.data, clean.len }, &text), 0);
    gig_buf_free(&clean);

    return check_text(&text);
}


static char *
page_of(const gig_page_gig_t *view)
{
    gig_buf_t   out;
    gig_page_t  page;

    memset(&page, 0, sizeof(page));
    page.title = gig_str("Acme gigs");
    page.base = gig_str("/gigs/");
    page.now = 1790000000;

    gig_buf_init(&out, LIMIT);
    gig_page_gig(&page, view, &out);

    return check_text(&out);
}


/* Each line of the description is on the page, and what the page says of the work is in it. */

static void
test_description(void **state)
{
    char            *page, *shown, *described, *line, *next;
    size_t           i;
    json_t          *gig, *made, *description;
    gig_page_gig_t   view;

    static const char *const  both[] = {
        "What you will do", "Scan ten & summarise.", "Look at ten shops", "What you hand in",
        "A one-page memo", "How we work", "In the open", "What you need", "Excel", "A quiet week",
        "You are at least 18 years old.", "You may work in US.", "Be kind", "What you get",
        "A mentor", "$500 for about 15 to 20 hours, paid when your work is accepted.",
        "You work as an independent contractor.", "2 people will be selected."
    };

    (void) state;

    gig = sample();
    view = view_of(gig);
    made = posting_of(&view, URL);
    assert_non_null(made);
    description = json_object_get(made, "description");

    /* no class or section of our pages, which mean nothing elsewhere */
    assert_null(strstr(json_string_value(description), "class="));
    assert_null(strstr(json_string_value(description), "<section"));
    check_well_formed(json_string_value(description));

    described = text_of((gig_str_t) { json_string_value(description),
                                      json_string_length(description) });
    page = page_of(&view);
    shown = text_of((gig_str_t) { page, strlen(page) });

    for (i = 0; i < sizeof(both) / sizeof(both[0]); i++) {
        if (strstr(described, both[i]) == NULL || strstr(shown, both[i]) == NULL) {
            fail_msg("\"%s\" is not in both of:\n%s\n%s", both[i], described, shown);
        }
    }

    for (line = described; line != NULL; line = next) {
        next = strchr(line, '\n');

        if (next != NULL) {
            *next++ = '\0';
        }

        /* a remark on a skill is in brackets where no style sets it apart */

        line += strncmp(line, "- ", 2) == 0 ? 2 : 0;
        line[strcspn(line, "(")] = '\0';

        while (line[0] != '\0' && line[strlen(line) - 1] == ' ') {
            line[strlen(line) - 1] = '\0';
        }

        if (strstr(shown, line) == NULL) {
            fail_msg("\"%s\" is not on the page:\n%s", line, shown);
        }
    }

    assert_null(strstr(page, "secret"));
    free(described);
    free(shown);
    free(page);
    json_decref(made);
    json_decref(gig);
}


/* A page of a hostile record: its texts are in the posting as they were, and nowhere else. */

static void
hostile(const char *text, const char *mode)
{
    char            *page, *at;
    json_t          *gig, *made;
    gig_page_gig_t   view;

    gig = sample();
    put(gig, "location.mode", mode);
    put(gig, "location.places", "[{\"locality\":\"Chicago\",\"country\":\"US\"}]");
    check_infect(gig, text);
    view = view_of(gig);

    page = page_of(&view);
    check_page(page);
    assert_int_equal(check_count(page, "<script"), 1);
    assert_int_equal(check_count(page, "</script"), 1);

    made = NULL;
    at = strstr(page, "<script");
    assert_true(check_posting(at, &made));
    assert_true(at < strstr(page, "</head>"));
    assert_string_equal(json_string_value(json_object_get(made, "title")), text);
    assert_string_equal(json_string_value(json_object_get(json_object_get(made,
                        "hiringOrganization"), "name")), text);

    json_decref(made);
    free(page);
    json_decref(gig);
}


static void
test_polyglots(void **state)
{
    size_t  i;

    static const char *const  more[] = {
        "</script>", "</SCRIPT >", "</script\t/x>", "<!--<script>", "<!--<script></script>", "-->",
        "]]>", "\u2028</script>\u2029", "\\", "\\\"", "\"}</script>", "\"", "\\u003c/script>",
        "&lt;/script&gt;", "&#60;/script&#62;", "\x7f", "a\nb\tc", "\U0001f600"
    };

    (void) state;

    for (i = 0; i < sizeof(check_polyglots) / sizeof(check_polyglots[0]); i++) {
        hostile(check_polyglots[i], "\"remote\"");
        hostile(check_polyglots[i], "\"onsite\"");
    }

    for (i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
        hostile(more[i], "\"remote\"");
        hostile(more[i], "\"hybrid\"");
    }
}


/* On the page it is there once, or not at all. */

static void
test_page(void **state)
{
    int              s;
    char            *page;
    json_t          *gig;
    gig_page_gig_t   view;

    (void) state;

    gig = sample();
    view = view_of(gig);

    for (s = GIG_STATE_HIDDEN; s <= GIG_STATE_GONE; s++) {
        view.state = (gig_state_t) s;
        page = page_of(&view);
        assert_int_equal(check_count(page, "application/ld+json"),
                         s == GIG_STATE_OPEN || s == GIG_STATE_WAITLIST);
        free(page);
    }

    view.state = GIG_STATE_OPEN;
    put(gig, "seo.noindex", "true");
    page = page_of(&view);
    assert_null(strstr(page, "ld+json"));
    assert_int_equal(check_count(page, "content=\"noindex\""), 1);
    free(page);
    json_decref(gig);
}


/* Out of room: the page fails as a whole, rather than end in half a posting. */

static void
test_limit(void **state)
{
    json_t          *gig;
    size_t           limit;
    gig_buf_t        out;
    gig_page_gig_t   view;

    (void) state;

    gig = sample();
    view = view_of(gig);

    for (limit = 1; limit < 2000; limit += 7) {
        gig_buf_init(&out, limit);
        assert_int_equal(gig_job_posting(&view, gig_str(URL), &out), 1);
        gig_buf_puts(&out, "</script>");
        assert_true(gig_buf_failed(&out) || limit >= out.len);
        gig_buf_free(&out);
    }

    json_decref(gig);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_remote),
        cmocka_unit_test(test_onsite),
        cmocka_unit_test(test_salary),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_description),
        cmocka_unit_test(test_polyglots),
        cmocka_unit_test(test_page),
        cmocka_unit_test(test_limit),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
