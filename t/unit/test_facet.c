
/*
 * What a record can be found by must not depend on how its place is spelt, nor on
 * which of the many spellings of an address a feed uses: "illinois" finds "Chicago, IL",
 * "germany" finds {"city":"Berlin","country":"DE"}.  And a gig with hundreds of
 * values must still be found by what it has one of.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_buf.h"
#include "gig_facet.h"


static gig_place_names_t  *table;

typedef struct {
    gig_buf_t  text;                            /* "facet=value;", a part as "facet~value;" */
    unsigned   n;
    int        parts;                           /* one was given: no whole may follow */
} seen_t;


static int
setup(void **state)
{
    gig_error_t  err;

    (void) state;

    table = gig_place_names_read(gig_str(""), &err);

    return table != NULL ? 0 : -1;
}


static int
teardown(void **state)
{
    (void) state;
    gig_place_names_free(table);

    return 0;
}


static void
see(void *data, gig_facet_t facet, gig_str_t value, int part)
{
    seen_t  *seen = data;

    assert_int_not_equal(value.len, 0);
    assert_true(part || !seen->parts);

    seen->parts = part;
    seen->n++;

    gig_buf_printf(&seen->text, "%s%s", gig_facet_name(facet), part ? "~" : "=");
    gig_buf_str(&seen->text, value);
    gig_buf_puts(&seen->text, ";");
}


static json_t *
read_json(const char *quoted)
{
    char          *text, *p;
    json_t        *value;
    json_error_t   error;

    text = strdup(quoted);
    assert_non_null(text);

    for (p = text; *p != '\0'; p++) {
        *p = *p == '\'' ? '"' : *p;
    }

    value = json_loads(text, JSON_DECODE_ANY, &error);

    if (value == NULL) {
        fail_msg("%s: %s", text, error.text);
    }

    free(text);

    return value;
}


static void
expect_from(const gig_place_names_t *names, const char *record, const char *values)
{
    json_t  *root;
    seen_t   seen;

    memset(&seen, 0, sizeof(seen));
    gig_buf_init(&seen.text, 65536);
    root = read_json(record);

    gig_facet_values(root, names, see, &seen);
    gig_buf_add(&seen.text, "", 1);
    assert_false(gig_buf_failed(&seen.text));

    if (strcmp(seen.text.data, values) != 0) {
        fail_msg("%s\ngives  %s\nwanted %s", record, seen.text.data, values);
    }

    gig_buf_free(&seen.text);
    json_decref(root);
}


static void
expect(const char *record, const char *values)
{
    expect_from(table, record, values);
}


static void
test_names(void **state)
{
    (void) state;

    assert_string_equal(gig_facet_name(GIG_FACET_SKILL), "skill");
    assert_string_equal(gig_facet_name(GIG_FACET_AUDIENCE), "audience");
}


static void
test_all(void **state)
{
    (void) state;

    expect("{'department':'Marketing','team':'Growth','engagement':'contractor','language':'en-US',"
           "'org':{'name':'Acme Robotics'},'skills':['Excel',{'name':'C++'},{'level':'x'},7,''],"
           "'location':{'mode':'onsite','places':['Boulder, CO']},"
           "'eligibility':{'audience':['student','recent_graduate']}}",
           "department=Marketing;team=Growth;mode=onsite;engagement=contractor;org=Acme Robotics;"
           "language=en-US;skill=Excel;skill=C++;location=Boulder, CO;audience=student;"
           "audience=recent_graduate;language~en;"
           "location~colorado, united states;location~united states;");

    expect("{}", "");
    expect("{'language':'en','team':null,'skills':'Excel','org':'Acme','location':[]}",
           "language=en;");
}


static void
test_places(void **state)
{
    (void) state;

    /* A town that many states have is found by its name too. */

    expect("{'location':{'mode':'onsite','places':[{'addressLocality':'Springfield',"
           "'addressRegion':'IL'},'SF']}}",
           "mode=onsite;location=Springfield, IL;location=SF;location~springfield;"
           "location~illinois, united states;location~united states;"
           "location~bay area, california, united states;location~california, united states;");

    /* Another place has the name: "london" must not find it as that one. */

    expect("{'location':{'places':['London, ON']}}",
           "location=London, ON;location~ontario, canada;location~canada;");

    /* A code in a member of its own is a country's. */

    expect("{'location':{'places':[{'city':'Berlin','country':'DE'}]}}",
           "location=Berlin, Germany;location~germany;");
    expect("{'location':{'places':[{'locality':'Toronto','region':'ON','country':'CA'}]}}",
           "location=Toronto, ON;location~ontario, canada;location~canada;");
    expect("{'location':{'places':[{'locality':'Perth','region':'WA','country':'AU'}]}}",
           "location=Perth, WA, Australia;location~perth;location~wa, australia;"
           "location~australia;");
    expect("{'location':{'places':[{'name':'Lab 4','country_name':'Chile'},{'country':'US'},"
           "{'state':'TX'},{},7]}}",
           "location=Lab 4, Chile;location=United States;location=TX;location~lab 4;"
           "location~chile;location~united states;");

    /* Places before the location's name. */

    expect("{'location':{'name':'Chicago; Boston','places':['Chicago, IL']}}",
           "location=Chicago, IL;location~illinois, united states;location~united states;");
    expect("{'location':{'name':'Boulder, CO, USA','places':[]}}",
           "location=Boulder, CO, USA;location~colorado, united states;location~united states;");

    expect_from(NULL, "{'location':{'places':['Chicago, IL','St. Louis,MO']}}",
                "location=Chicago, IL;location=St. Louis,MO;location~chicago;location~il;"
                "location~st louis;location~mo;");
}


static void
test_remote(void **state)
{
    (void) state;

    expect("{'location':{'mode':'remote','name':'Remote - United States','places':[],"
           "'applicant_regions':[{'type':'Country','code':'US','name':'United States'},"
           "{'type':'Country','code':'CA'},{'type':'Country','code':'DE','name':'DE'},"
           "{'code':'MX'},{'type':'State','code':'CA'},"
           "{'type':'State','code':'CA','name':'California'}]}}",
           "mode=remote;location=United States;location=Canada;location=Germany;"
           "location=Mexico;location=CA;location=California;"
           "location~united states;");

    /* Regions count for remote gigs only. */

    expect("{'location':{'mode':'onsite','name':'Here','applicant_regions':[{'code':'US'}]}}",
           "mode=onsite;location=Here;");

    expect("{'location':{'mode':'onsite','places':['Remote in USA','Remote','US - Remote']}}",
           "mode=onsite;location=Remote in USA;location=Remote;location=US - Remote;"
           "location~remote;location~united states;");
}


static void
test_keys(void **state)
{
    char    key[GIG_FOLD_MAX];
    size_t  n;

    (void) state;

    n = gig_facet_key(GIG_FACET_SKILL, gig_str("  Caf\xc3\xa9  NYC"), table, key);
    assert_true(gig_str_is((gig_str_t) { key, n }, "cafe nyc"));

    n = gig_facet_key(GIG_FACET_LOCATION, gig_str("NYC"), table, key);
    assert_true(gig_str_is((gig_str_t) { key, n }, "new york, new york state, united states"));

    n = gig_facet_key(GIG_FACET_LOCATION, gig_str("NYC"), NULL, key);
    assert_true(gig_str_is((gig_str_t) { key, n }, "nyc"));

    assert_int_equal(gig_facet_key(GIG_FACET_LOCATION, gig_str(" "), table, key), 0);
    assert_int_equal(gig_facet_key(GIG_FACET_ORG, gig_null_str, table, key), 0);
}


/* Records are bounded, but their product is not: what there is one of comes first. */

static void
test_bounds(void **state)
{
    int      i;
    json_t  *root, *skills, *places;
    char     name[32];
    seen_t   seen;

    (void) state;

    memset(&seen, 0, sizeof(seen));
    gig_buf_init(&seen.text, 65536);

    skills = json_array();
    places = json_array();

    for (i = 0; i < 2 * GIG_ROW_VALUES_MAX; i++) {
        (void) snprintf(name, sizeof(name), "Town %d, IL", i);
        assert_int_equal(json_array_append_new(places, json_string(name)), 0);
        assert_int_equal(json_array_append_new(skills, json_string(name)), 0);
    }

    root = json_pack("{s:o,s:{s:o,s:s},s:{s:s}}", "skills", skills, "location", "places", places,
                     "mode", "onsite", "org", "name", "Acme");
    assert_non_null(root);

    gig_facet_values(root, table, see, &seen);
    gig_buf_add(&seen.text, "", 1);

    assert_int_equal(seen.n, GIG_ROW_VALUES_MAX);
    assert_non_null(strstr(seen.text.data, "org=Acme;"));
    assert_non_null(strstr(seen.text.data, "mode=onsite;"));

    gig_buf_free(&seen.text);
    json_decref(root);
}


/* Names as long as JSON lets them be are cut between characters. */

static void
test_long(void **state)
{
    char       text[GIG_TEXT_MAX], key[GIG_FOLD_MAX];
    json_t    *place;
    gig_buf_t  name;
    gig_str_t  whole;

    (void) state;

    gig_buf_init(&name, 65536);

    while (name.len < GIG_TEXT_MAX + 10) {
        gig_buf_puts(&name, "\xc3\xa9");
    }

    place = json_pack("{s:s%,s:s,s:s}", "city", name.data, name.len, "state", "IL",
                      "country", "DE");
    assert_non_null(place);

    whole = gig_facet_place(place, table, text);
    assert_int_equal(whole.len, GIG_TEXT_MAX);
    assert_int_equal(gig_facet_key(GIG_FACET_LOCATION, whole, table, key), GIG_FOLD_MAX);

    json_decref(place);

    place = json_pack("{s:s%,s:s,s:s}", "city", name.data, (size_t) GIG_TEXT_MAX - 9, "state",
                      "IL", "country", "DE");
    whole = gig_facet_place(place, table, text);
    assert_true(whole.len <= GIG_TEXT_MAX);

    json_decref(place);
    gig_buf_free(&name);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_remote),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_long)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, setup, teardown);
}
