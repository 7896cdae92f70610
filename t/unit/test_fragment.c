
/*
 * Fragments are stored and sent by others without another look, so what is in
 * them must be right when they are made: the holes where they are said to be,
 * nothing private, nothing that a browser would run, whatever a record says.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_fragment.h"
#include "gig_html.h"
#include "gig_json.h"

#include "page_check.h"


#define LIMIT       (1024 * 1024)
#define PREFIX      "https://careers.example/gigs/"

static const char  record[] =
    "{\"schema\":\"gig/1\",\"id\":\"g_1\",\"status\":\"published\","
    "\"time_zone\":\"America/Chicago\","
    "\"posted_at\":\"2026-09-01T13:00:00Z\",\"opens_at\":\"2026-09-20T14:00:00Z\","
    "\"closes_at\":\"2026-09-30T23:59:59-05:00\",\"title\":\"Price scan\",\"summary\":\"Compare.\","
    "\"description_html\":\"<p>Scan</p>\","
    "\"org\":{\"name\":\"Acme Robotics\",\"_owner\":\"secret-owner\"},"
    "\"department\":\"Marketing\",\"engagement\":\"contractor\","
    "\"location\":{\"mode\":\"remote\",\"applicant_regions\":[{\"type\":\"Country\","
    "\"code\":\"US\",\"name\":\"United States\",\"_desk\":\"secret-desk\"}]},"
    "\"pay\":{\"type\":\"fixed\",\"currency\":\"USD\",\"min_minor\":50000,\"max_minor\":50000,"
    "\"unit\":\"project\",\"_budget\":{\"secret-most\":90000}},"
    "\"work\":{\"hours_min\":15,\"hours_max\":20,\"due_by\":\"2026-10-26\"},"
    "\"skills\":[{\"name\":\"Excel\"},{\"name\":\"Writing\"},{\"name\":\"C++\"},{\"name\":\"R\"}],"
    "\"source\":{\"system\":\"secret-system\"},"
    "\"onboarding\":{\"contact\":\"secret-contact@acme.example\"}}";


static void
read_record(json_t *root, gig_record_t *gig)
{
    char          *text;
    gig_errors_t  *errors;

    errors = calloc(1, sizeof(gig_errors_t));
    text = json_dumps(root, JSON_COMPACT);
    assert_non_null(errors);
    assert_non_null(text);

    if (gig_record_read((gig_str_t) { text, strlen(text) }, gig, errors) != 0) {
        fail_msg("%s: %s", errors->error[0].pointer, errors->error[0].detail);
    }

    free(text);
    free(errors);
}


static char *
render(gig_fragment_kind_t kind, json_t *root, gig_holes_t *holes)
{
    char          *text;
    gig_buf_t      out;
    gig_record_t   gig;

    read_record(root, &gig);
    gig_buf_init(&out, LIMIT);
    gig_buf_puts(&out, "before");       /* offsets count from the fragment, not the buffer */
    gig_fragment_render(kind, &gig, NULL, &out, holes);
    assert_false(gig_buf_failed(&out));

    text = malloc(out.len + 1);
    assert_non_null(text);
    memcpy(text, out.data, out.len);
    text[out.len] = '\0';
    memmove(text, text + 6, out.len - 5);

    gig_buf_free(&out);
    gig_record_free(&gig);

    return text;
}


/* As the writer of a response does it. */

static char *
fill(const char *text, const gig_holes_t *holes, const char *state)
{
    char    *filled;
    size_t   len;

    assert_true(holes->url < holes->state);
    assert_true(holes->state <= strlen(text));

    len = strlen(text) + strlen(PREFIX) + strlen(state) + 1;
    filled = malloc(len);
    assert_non_null(filled);
    (void) snprintf(filled, len, "%.*s" PREFIX "%.*s%s%s", (int) holes->url, text,
                    (int) (holes->state - holes->url), text + holes->url, state,
                    text + holes->state);

    return filled;
}


/* A card as it is sent. */

static char *
fill_card(const char *text, const gig_holes_t *holes, gig_state_t state, int closing)
{
    char       *filled;
    gig_buf_t   mark;

    gig_buf_init(&mark, 65536);

    if (gig_fragment_card_state(NULL, state, closing, &mark)) {
        gig_buf_puts(&mark, text + holes->state);
    }

    assert_false(gig_buf_failed(&mark));
    gig_buf_add(&mark, "", 1);

    filled = malloc(strlen(text) + mark.len);
    assert_non_null(filled);
    memcpy(filled, text, holes->state);
    memcpy(filled + holes->state, mark.data, mark.len);
    gig_buf_free(&mark);

    return filled;
}


static int
ends_in(const char *text, const char *end)
{
    return strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}


static json_t *
loads(const char *text)
{
    json_t  *root;

    root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);

    return root;
}


static void
test_summary(void **state)
{
    char         *text, *filled;
    json_t       *root, *summary;
    gig_holes_t   holes;

    (void) state;

    root = loads(record);
    text = render(GIG_FRAGMENT_SUMMARY, root, &holes);
    filled = fill(text, &holes, "open");
    summary = loads(filled);

    assert_string_equal(json_string_value(json_object_get(summary, "url")), PREFIX "g_1");
    assert_string_equal(json_string_value(json_object_get(summary, "state")), "open");
    assert_string_equal(json_string_value(json_object_get(summary, "id")), "g_1");
    assert_string_equal(json_string_value(json_array_get(json_object_get(summary, "skills"), 2)),
                        "C++");
    assert_int_equal(json_object_size(summary), 16);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(summary, "pay"),
                                                        "min_minor")), 50000);
    assert_null(strstr(filled, "secret"));

    json_decref(summary);
    free(filled);
    free(text);

    /* What a record does not say is null, never left out. */
    json_object_del(root, "department");
    json_object_del(root, "opens_at");
    text = render(GIG_FRAGMENT_SUMMARY, root, &holes);
    filled = fill(text, &holes, "open");
    summary = loads(filled);
    assert_true(json_is_null(json_object_get(summary, "department")));
    assert_true(json_is_null(json_object_get(summary, "opens_at")));

    json_decref(summary);
    json_decref(root);
    free(filled);
    free(text);
}


static void
test_detail(void **state)
{
    char         *text, *filled;
    json_t       *root, *detail;
    gig_holes_t   holes;

    (void) state;

    root = loads(record);
    text = render(GIG_FRAGMENT_DETAIL, root, &holes);
    filled = fill(text, &holes, "waitlist");
    detail = loads(filled);

    assert_string_equal(json_string_value(json_object_get(detail, "url")), PREFIX "g_1");
    assert_string_equal(json_string_value(json_object_get(detail, "state")), "waitlist");
    assert_string_equal(json_string_value(json_object_get(detail, "title")), "Price scan");
    assert_null(json_object_get(detail, "onboarding"));
    assert_null(json_object_get(detail, "source"));
    assert_null(strstr(filled, "secret"));

    json_decref(detail);
    json_decref(root);
    free(filled);
    free(text);
}


static void
test_private(void **state)
{
    char         *text;
    json_t       *root;
    gig_holes_t   holes;

    (void) state;

    root = loads(record);
    text = render(GIG_FRAGMENT_PRIVATE, root, &holes);
    assert_string_equal(text, "{\"contact\":\"secret-contact@acme.example\"}");
    assert_int_equal(holes.url, GIG_NO_HOLE);
    assert_int_equal(holes.state, GIG_NO_HOLE);
    free(text);

    json_object_del(root, "onboarding");
    text = render(GIG_FRAGMENT_PRIVATE, root, &holes);
    assert_string_equal(text, "");
    free(text);
    json_decref(root);
}


static void
test_card(void **state)
{
    char         *text, *filled;
    json_t       *root;
    gig_holes_t   holes;

    (void) state;

    root = loads(record);
    text = render(GIG_FRAGMENT_CARD, root, &holes);
    filled = fill(text, &holes, "[state]");

    assert_non_null(strstr(filled, "<a href=\"" PREFIX "g_1\">Price scan</a>"));
    assert_non_null(strstr(filled, "$500<"));
    assert_non_null(strstr(filled, "15 to 20 hours<"));
    assert_non_null(strstr(filled, "Remote, United States<"));
    assert_non_null(strstr(filled, "<time datetime=\"2026-10-26\">26 Oct 2026</time>"));
    assert_non_null(strstr(filled, "[state]Opens <time datetime=\"2026-09-20T14:00:00"));
    assert_non_null(strstr(filled, "1 more</li>"));
    assert_null(strstr(filled, "secret"));
    assert_memory_equal(filled, "<li", 3);

    /* In this order, so that cards can be compared by eye. */
    assert_true(strstr(filled, "$500<") < strstr(filled, "15 to 20 hours<"));
    assert_true(strstr(filled, "15 to 20 hours<") < strstr(filled, "Remote, United"));
    assert_true(strstr(filled, "Remote, United") < strstr(filled, "due <time"));
    free(filled);

    /* An open gig does not speak of its opening. */
    filled = fill_card(text, &holes, GIG_STATE_OPEN, 0);
    assert_null(strstr(filled, "Opens "));
    assert_null(strstr(filled, "gig-mark"));
    free(filled);

    filled = fill_card(text, &holes, GIG_STATE_FULL, 0);
    assert_true(ends_in(filled, "<p class=\"gig-mark gig-mark-full\">Full</p></li>"));
    assert_null(strstr(filled, "Opens "));
    free(filled);

    filled = fill_card(text, &holes, GIG_STATE_SCHEDULED, 0);
    assert_non_null(strstr(filled, "<p class=\"gig-mark gig-mark-scheduled\">Opens <time "));
    free(filled);

    /* what stands in for a card's end is its end */
    filled = fill(text, &holes, "[state]");
    assert_true(ends_in(filled, "</p></li>"));
    free(filled);
    free(text);
    json_decref(root);
}


static void
test_states(void **state)
{
    int           closing, s;
    char         *text, *filled;
    json_t       *root;
    gig_holes_t   holes;

    (void) state;

    root = loads(record);
    text = render(GIG_FRAGMENT_CARD, root, &holes);

    /* Every one leaves no paragraph open, and one card. */
    for (s = GIG_STATE_HIDDEN; s <= GIG_STATE_GONE; s++) {
        for (closing = 0; closing < 2; closing++) {
            size_t       starts = 0, ends = 0;
            const char  *p;

            filled = fill_card(text, &holes, (gig_state_t) s, closing);

            for (p = filled; (p = strstr(p, "<p")) != NULL; p++) {
                starts++;
            }

            for (p = filled; (p = strstr(p, "</p>")) != NULL; p++) {
                ends++;
            }

            assert_int_equal(starts, ends);
            assert_true(ends_in(filled, "</li>"));
            assert_false(ends_in(filled, "</li></li>"));
            free(filled);
        }
    }

    filled = fill_card(text, &holes, GIG_STATE_OPEN, 1);
    assert_non_null(strstr(filled, "Closes within 48 hours"));
    free(filled);
    free(text);
    json_decref(root);
}


static void
test_polyglots(void **state)
{
    char         *text;
    json_t       *root;
    size_t        i;
    gig_holes_t   holes;

    (void) state;

    for (i = 0; i < sizeof(check_polyglots) / sizeof(check_polyglots[0]); i++) {
        root = loads(record);
        check_infect(root, check_polyglots[i]);
        text = render(GIG_FRAGMENT_CARD, root, &holes);
        check_harmless(text);
        free(text);
        json_decref(root);
    }
}


static void
pays(const char *json, const char *expected)
{
    json_t     *gig;
    gig_buf_t   out;

    gig = loads(json);
    gig_buf_init(&out, GIG_TEXT_MAX);
    gig_text_pay_for(NULL, json_object_get(gig, "pay"), json_object_get(gig, "work"), &out);
    gig_buf_add(&out, "", 1);
    assert_string_equal(out.data, expected);
    gig_buf_free(&out);
    json_decref(gig);
}


static void
stands(const char *json, const char *on_card, const char *in_full)
{
    json_t     *location;
    gig_buf_t   out;

    location = loads(json);
    gig_buf_init(&out, GIG_TEXT_MAX);
    gig_text_place(NULL, location, &out);
    gig_buf_add(&out, "", 1);
    assert_string_equal(out.data, on_card);

    gig_buf_reset(&out);
    gig_text_place_all(NULL, location, &out);
    gig_buf_add(&out, "", 1);
    assert_string_equal(out.data, in_full);
    gig_buf_free(&out);
    json_decref(location);
}


/* "Can I do it from here?": nobody's country may hide behind "and 2 more" on the gig's page. */

static void
test_place(void **state)
{
    (void) state;

    stands("{\"mode\":\"remote\",\"applicant_regions\":["
           "{\"type\":\"Country\",\"code\":\"US\",\"name\":\"United States\"},"
           "{\"type\":\"Country\",\"code\":\"CA\",\"name\":\"Canada\"}]}",
           "Remote, US, CA", "Remote, United States and Canada");
    stands("{\"mode\":\"remote\",\"applicant_regions\":["
           "{\"type\":\"Country\",\"code\":\"US\",\"name\":\"United States\"},"
           "{\"type\":\"Country\",\"code\":\"CA\",\"name\":\"Canada\"},"
           "{\"type\":\"Country\",\"code\":\"MX\",\"name\":\"Mexico\"}]}",
           "Remote, US, CA, MX", "Remote, United States, Canada and Mexico");
    stands("{\"mode\":\"onsite\",\"places\":[\"Chicago, IL\",\"Austin, TX\",\"Boston, MA\"]}",
           "Chicago, IL and 2 more", "Chicago, IL, Austin, TX and Boston, MA");
    stands("{\"mode\":\"hybrid\",\"places\":[\"Chicago, IL\"]}",
           "Chicago, IL (hybrid)", "Chicago, IL (hybrid)");
    stands("{\"mode\":\"remote\"}", "Remote", "Remote");
}


/* The year is written once for both, unless that could be misread. */

static void
test_day(void **state)
{
    gig_buf_t  out;

    (void) state;

    gig_buf_init(&out, GIG_TEXT_MAX);
    gig_text_day(NULL, NULL, 1790000000, gig_str("2026-10-26"), &out);
    gig_buf_puts(&out, ", ");
    gig_text_day(NULL, NULL, 1790000000, gig_str("2027-01-04"), &out);
    gig_buf_puts(&out, ", ");
    gig_text_day(NULL, NULL, 1790000000, gig_str("2027-09-20"), &out);
    gig_buf_puts(&out, ", ");
    gig_text_day(NULL, NULL, 1790000000, gig_str("2026-01-04"), &out);
    gig_buf_puts(&out, ", ");
    gig_text_day(NULL, NULL, 1790000000, gig_null_str, &out);
    gig_buf_add(&out, "", 1);
    assert_string_equal(out.data, "21 Sep, 21 Sep, 21 Sep 2026, 21 Sep 2026, 21 Sep 2026");
    gig_buf_free(&out);
}


static void
test_pay(void **state)
{
    (void) state;

    pays("{\"pay\":{\"type\":\"fixed\",\"currency\":\"USD\",\"min_minor\":50000,"
         "\"unit\":\"project\"},\"work\":{\"hours_min\":15,\"hours_max\":20}}",
         "$500 for about 15 to 20 hours");
    pays("{\"pay\":{\"type\":\"hourly\",\"currency\":\"EUR\",\"min_minor\":2250,\"unit\":\"hour\"},"
         "\"work\":{\"hours_max\":1}}", "\u20ac22.50 an hour for about 1 hour");
    pays("{\"pay\":{\"type\":\"range\",\"currency\":\"JPY\",\"min_minor\":30000,"
         "\"max_minor\":1000000},\"work\":{\"hours_max\":12}}",
         "\u00a530,000 to \u00a51,000,000 for about 12 hours");
    pays("{\"pay\":{\"type\":\"fixed\",\"currency\":\"CHF\",\"min_minor\":50005},\"work\":{}}",
         "CHF\u00a0500.05");
    pays("{\"pay\":{\"type\":\"fixed\",\"currency\":\"KWD\",\"min_minor\":50005},\"work\":{}}",
         "KWD\u00a050.005");
    pays("{\"pay\":{\"type\":\"unpaid\"},\"work\":{\"hours_min\":20,\"hours_max\":20}}",
         "Unpaid, about 20 hours");
}


static void
cuts_to(const char *text, size_t max, const char *expected)
{
    gig_buf_t  out;

    gig_buf_init(&out, LIMIT);
    gig_text_cut((gig_str_t) { text, strlen(text) }, max, &out);
    gig_buf_add(&out, "", 1);
    assert_string_equal(out.data, expected);
    gig_buf_free(&out);
}


static void
test_cut(void **state)
{
    (void) state;

    cuts_to("short", 10, "short");
    cuts_to("one two three four", 13, "one two three\u2026");
    cuts_to("one two three four", 12, "one two\u2026");
    cuts_to("onetwothreefourfive", 12, "onetwothreef\u2026");
    cuts_to("\u65e5\u672c\u8a9e\u65e5\u672c\u8a9e", 10, "\u65e5\u672c\u8a9e\u2026");
}


static void
test_monogram(void **state)
{
    size_t  i;

    static const char *const  cases[][2] = {
        { "Acme Robotics", "AR" }, { "acme", "A" }, { "  a & b, c ", "AB" },
        { "O'Neil Labs", "OL" }, { "\u00c9cole du Nord", "\u00c9D" }, { "", "\u2022" },
        { "!!", "\u2022" },
        { "\U0001f916 Bots", "\U0001f916B" }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        gig_buf_t  out;

        gig_buf_init(&out, LIMIT);
        gig_text_monogram((gig_str_t) { cases[i][0], strlen(cases[i][0]) }, &out);
        gig_buf_add(&out, "", 1);
        assert_string_equal(out.data, cases[i][1]);
        gig_buf_free(&out);
    }
}


static void
test_https(void **state)
{
    (void) state;

    assert_true(gig_text_https(gig_str("https://acme.example/a.png")));
    assert_false(gig_text_https(gig_str("http://acme.example/a.png")));
    assert_false(gig_text_https(gig_str("javascript:alert(1)")));
    assert_false(gig_text_https(gig_str("https://")));
    assert_false(gig_text_https(gig_str("https://acme.example/a b")));
    assert_false(gig_text_https(gig_str("//acme.example/")));
    assert_false(gig_text_https(gig_null_str));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_summary),
        cmocka_unit_test(test_detail),
        cmocka_unit_test(test_private),
        cmocka_unit_test(test_card),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_polyglots),
        cmocka_unit_test(test_pay),
        cmocka_unit_test(test_place),
        cmocka_unit_test(test_day),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_monogram),
        cmocka_unit_test(test_https)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
