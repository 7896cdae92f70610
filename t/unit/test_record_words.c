
/*
 * The compiler of the index and the plain search that checks it both take a gig's texts
 * from one function, so a mistake in it shows in neither: which fields, in which order,
 * how heavy, and under which other names a place is found, is pinned here.
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
#include "gig_record_words.h"


static void
see(void *data, unsigned weight, gig_str_t text)
{
    gig_buf_t  *out = data;

    assert_int_not_equal(text.len, 0);
    gig_buf_printf(out, "%u ", weight);
    gig_buf_str(out, text);
    gig_buf_puts(out, "\n");
}


static void
expect(const gig_place_names_t *names, const char *quoted, const char *texts)
{
    char          *text, *p;
    json_t        *record;
    gig_buf_t      out;
    json_error_t   error;

    text = strdup(quoted);
    assert_non_null(text);

    for (p = text; *p != '\0'; p++) {
        *p = *p == '\'' ? '"' : *p;
    }

    record = json_loads(text, 0, &error);
    free(text);

    if (record == NULL) {
        fail_msg("%s: %s", quoted, error.text);
    }

    gig_buf_init(&out, 65536);
    assert_int_equal(gig_record_text_fields(record, names, see, &out), 0);
    gig_buf_add(&out, "", 1);
    assert_false(gig_buf_failed(&out));

    if (strcmp(out.data, texts) != 0) {
        fail_msg("%s\ngives\n%swanted\n%s", quoted, out.data, texts);
    }

    gig_buf_free(&out);
    json_decref(record);
}


static gig_place_names_t *
read_table(void)
{
    gig_error_t         err;
    gig_place_names_t  *names;

    names = gig_place_names_read(gig_str("Halle, Germany = Halle (Saale); Halle an der Saale; "
                                         "Halle, Sachsen-Anhalt\n"), &err);
    assert_non_null(names);

    return names;
}


static void
test_fields(void **state)
{
    (void) state;

    expect(NULL,
           "{'title':'Pricing scan','summary':'Compare prices.','department':'Marketing',"
           "'team':'Growth','description_html':'<p>Not this</p>','description_text':'Scan ten.',"
           "'sections':[{'key':'k','title':'Tasks','items':['Collect',{'text':'Write'},7],"
           "'html':'<p>More &amp; more</p>','text':'Plain'},{'title':''}],"
           "'org':{'name':'Acme'},'skills':[{'name':'Excel'},'C++',{'level':'basic'}],"
           "'location':{'mode':'onsite','name':'NYC','places':['SF',"
           "{'city':'Boulder','state':'CO','country':'US'}],"
           "'applicant_regions':[{'code':'US'}]},"
           "'deliverables':['A sheet'],'onboarding':{'contact':'secret'}}",
           "8 Pricing scan\n5 Excel\n5 C++\n3 Acme\n3 Marketing\n3 Growth\n"
           "3 NYC\n3 SF\n3 Boulder, CO\n2 Compare prices.\n1 Scan ten.\n1 Tasks\n1 More & more\n1 Plain\n1 Collect\n1 Write\n"
           "1 A sheet\n");

    expect(NULL, "{'description_html':'<p>Scan</p><ul><li>ten</li></ul>','description_text':''}",
           "1 Scan\n- ten\n");
    expect(NULL, "{}", "");
    expect(NULL, "{'title':7,'skills':{},'location':[],'sections':'x','deliverables':null}", "");
}


static void
test_places(void **state)
{
    gig_place_names_t  *names;

    (void) state;

    names = read_table();

    /* By all its names but what it says itself, and by the region, which a code stands for. */

    expect(names, "{'location':{'places':['Halle (Saale)']}}",
           "3 Halle (Saale)\n3 halle an der saale\n");
    expect(names, "{'location':{'places':['Fargo, ND']}}", "3 Fargo, ND\n3 north dakota\n");
    expect(names, "{'location':{'places':['Fargo, North Dakota','Bismarck, ND']}}",
           "3 Fargo, North Dakota\n3 Bismarck, ND\n");
    expect(names, "{'location':{'places':['Palo Alto, CA','Menlo Park, CA']}}",
           "3 Palo Alto, CA\n3 Menlo Park, CA\n3 bay area\n3 california\n");
    expect(names, "{'location':{'places':['Milpitas','Milpitas, CA']}}",
           "3 Milpitas\n3 Milpitas, CA\n3 bay area\n3 california\n");
    expect(names, "{'location':{'places':['Deutschland']}}", "3 Deutschland\n3 allemagne\n3 germany\n");
    expect(names, "{'location':{'name':'Remote in Ontario'}}", "3 Remote in Ontario\n");

    /* The same place in two spellings is told once. */

    expect(names, "{'location':{'name':'Fargo, ND','places':['Fargo, ND']}}",
           "3 Fargo, ND\n3 Fargo, ND\n3 north dakota\n");

    gig_place_names_free(names);
}


typedef struct {
    const char  *word;
    int          seen;
} look_t;


static void
look(void *data, unsigned weight, gig_str_t text)
{
    look_t  *l = data;

    (void) weight;
    l->seen |= gig_str_is(text, l->word);
}


/* "SF" is found by "San Francisco" and by "California", "NYC" by "New York". */

static void
test_found(void **state)
{
    size_t              i;
    json_t             *record;
    look_t              l;
    gig_place_names_t  *names;

    static const char *const  pairs[][2] = {
        { "SF", "san francisco" }, { "SF", "california" }, { "San Francisco, CA", "sf" },
        { "NYC", "new york" }, { "New York, NY", "nyc" }, { "LA", "los angeles" },
        { "Munich, Germany", "munchen" }, { "München", "munich" },
    };

    (void) state;

    names = read_table();

    for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        record = json_pack("{s:{s:[s]}}", "location", "places", pairs[i][0]);
        l = (look_t) { pairs[i][1], 0 };
        assert_int_equal(gig_record_text_fields(record, names, look, &l), 0);

        if (!l.seen) {
            fail_msg("%s is not found by %s", pairs[i][0], pairs[i][1]);
        }

        json_decref(record);
    }

    gig_place_names_free(names);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_found)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
