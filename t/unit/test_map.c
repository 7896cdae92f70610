
/*
 * A mapping stands between what people typed and a strict record.  Amounts, days
 * and places as they are typed must come out right or be refused in words, never
 * guessed; the same row must always get the same id, or a second import doubles
 * the board.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_json.h"
#include "gig_map.h"


static const gig_str_t  columns[] = {
    { "Id", 2 }, { "Job", 3 }, { "Firm", 4 }, { "Where", 5 }, { "Live", 4 }, { "Fee", 3 },
    { "Ends", 4 }
};

#define N   (sizeof(columns) / sizeof(columns[0]))


static gig_str_t
str(const char *text)
{
    return (gig_str_t) { text, strlen(text) };
}


static void
set(gig_map_t *map, const char *section, const char *name, const char *value)
{
    gig_error_t  err;

    if (gig_map_set(map, section, name, value, 0, &err) == -1) {
        fail_msg("[%s] %s = %s: %s", section, name, value, err.detail);
    }
}


static void
refuses(const char *section, const char *name, const char *value, const char *why)
{
    gig_map_t    map;
    gig_error_t  err;

    assert_int_equal(gig_map_init(&map), 0);
    assert_int_equal(gig_map_set(&map, section, name, value, 0, &err), -1);

    if (strstr(err.detail, why) == NULL) {
        fail_msg("[%s] %s = %s: \"%s\" does not say \"%s\"", section, name, value, err.detail, why);
    }

    gig_map_free(&map);
}


/* The record of seven cells as canonical JSON, or "!POINTER" of the first error. */
static char *
apply(const gig_map_t *map, const char *const cell[N])
{
    char          *text;
    size_t         i;
    json_t        *root;
    gig_str_t      cells[N];
    gig_buf_t      out;
    gig_errors_t   errors;

    for (i = 0; i < N; i++) {
        cells[i] = str(cell[i]);
    }

    errors.count = 0;
    gig_buf_init(&out, 65536);
    root = gig_map_apply(map, columns, cells, N, &errors);

    if (root) {
        gig_json_canonical(root, &out);
        json_decref(root);

    } else {
        assert_true(errors.count > 0);
        gig_buf_printf(&out, "!%s", errors.error[0].pointer);
    }

    gig_buf_add(&out, "", 1);
    assert_false(gig_buf_failed(&out));
    text = strdup(out.data);
    gig_buf_free(&out);

    return text;
}


static void
expect(const gig_map_t *map, const char *const cell[N], const char *json)
{
    char  *text;

    text = apply(map, cell);
    assert_string_equal(text, json);
    free(text);
}


static void
test_record(void **state)
{
    gig_map_t  map;

    (void) state;

    assert_int_equal(gig_map_init(&map), 0);
    set(&map, "record", "id", "{Id}");
    set(&map, "record", "title", "{Job} at {Firm}");
    set(&map, "record", "location.places", "{Where}");
    set(&map, "record", "status", "{Live}");
    set(&map, "record", "pay.amount", "{Fee}");
    set(&map, "record", "ext.ends", "{Ends}");
    set(&map, "default", "status", "published");
    set(&map, "values status", "yes", "published");
    set(&map, "values status", "no", "withdrawn");
    set(&map, "values location.places", "NYC", "New York, NY");

    expect(&map, (const char *const[N]) { " a1 ", "Two\n words ", "Acme",
           "NYC; Ghent ;;Bern, BE", "YES", "$1,500.50", "soon" },
           "{\"ext\":{\"ends\":\"soon\"},\"id\":\"a1\",\"location\":{\"places\":["
           "{\"addressLocality\":\"New York\",\"addressRegion\":\"NY\"},"
           "{\"addressLocality\":\"Ghent\"},"
           "{\"addressLocality\":\"Bern\",\"addressRegion\":\"BE\"}]},"
           "\"pay\":{\"max_minor\":150050,\"min_minor\":150050},\"schema\":\"gig/1\","
           "\"status\":\"published\",\"title\":\"Two words at Acme\"}");

    /* Empty cells leave members out or take the default. */
    expect(&map, (const char *const[N]) { "a1", "", "", "", "", "", "" },
           "{\"id\":\"a1\",\"schema\":\"gig/1\",\"status\":\"published\"}");

    expect(&map, (const char *const[N]) { "a1", "", "", "", "no", "much", "" },
           "!/pay/min_minor");
    expect(&map, (const char *const[N]) { "a1", "\xff", "", "", "", "", "" }, "!/title");

    gig_map_free(&map);
}


static void
test_ids(void **state)
{
    char       *one, *two, *three, *spaced;
    gig_map_t   map;

    (void) state;

    assert_int_equal(gig_map_init(&map), 0);
    set(&map, "record", "id", "{Id}");

    one = apply(&map, (const char *const[N]) { "not an id", "x", "", "", "", "", "" });
    two = apply(&map, (const char *const[N]) { "not an id", "y", "", "", "", "", "" });
    assert_string_equal(one, two);              /* of the id alone */
    assert_non_null(strstr(one, "\"g_"));
    free(one);
    free(two);

    one = apply(&map, (const char *const[N]) { "", "x", "", "", "", "", "" });
    spaced = apply(&map, (const char *const[N]) { "", " x ", "", "", "", "", "" });
    two = apply(&map, (const char *const[N]) { "", "", "x", "", "", "", "" });
    three = apply(&map, (const char *const[N]) { "", "y", "", "", "", "", "" });
    assert_string_equal(one, spaced);
    assert_string_not_equal(one, two);          /* of the row, cell by cell */
    assert_string_not_equal(one, three);
    free(one);
    free(two);
    free(three);
    free(spaced);

    gig_map_free(&map);
}


static void
test_values(void **state)
{
    char         *text;
    size_t        i;
    json_t       *value;
    gig_map_t     map;
    gig_error_t   err;

    static const struct {
        gig_map_kind_t    kind;
        gig_map_order_t   order;
        const char       *text, *json;          /* NULL: refused */
    } cases[] = {
        { GIG_MAP_INTEGER, 0, "20", "20" },
        { GIG_MAP_INTEGER, 0, "20h", NULL },
        { GIG_MAP_INTEGER, 0, "9999999999999", NULL },
        { GIG_MAP_MONEY, 0, "500", "50000" },
        { GIG_MAP_MONEY, 0, "1.500,50", "150050" },
        { GIG_MAP_MONEY, 0, "1,500", "150000" },
        { GIG_MAP_MONEY, 0, "12.5", "1250" },
        { GIG_MAP_MONEY, 0, "-5", NULL },
        { GIG_MAP_MONEY, 0, "negotiable", NULL },
        { GIG_MAP_BOOLEAN, 0, "Yes", "true" },
        { GIG_MAP_BOOLEAN, 0, "0", "false" },
        { GIG_MAP_BOOLEAN, 0, "maybe", NULL },
        { GIG_MAP_DATE, GIG_MAP_YMD, "2026-02-28", "\"2026-02-28\"" },
        { GIG_MAP_DATE, GIG_MAP_YMD, "2026-02-29", NULL },
        { GIG_MAP_DATE, GIG_MAP_DMY, "03.04.2026", "\"2026-04-03\"" },
        { GIG_MAP_DATE, GIG_MAP_MDY, "3/4/2026", "\"2026-03-04\"" },
        { GIG_MAP_DATE, GIG_MAP_DMY, "2026-04-03", "\"2026-04-03\"" },
        { GIG_MAP_DATE, GIG_MAP_YMD, "03.04.2026", NULL },
        { GIG_MAP_TIME, GIG_MAP_YMD, "2026-02-28T10:00:00-05:00",
          "\"2026-02-28T10:00:00-05:00\"" },
        { GIG_MAP_TIME, GIG_MAP_YMD, "2026-02-28", "\"2026-02-28T00:00:00+01:00\"" },
        { GIG_MAP_TIME, GIG_MAP_DMY, "28.2.2026 23:59", "\"2026-02-28T23:59:00+01:00\"" },
        { GIG_MAP_TIME, GIG_MAP_DMY, "28.2.2026 24:00", NULL },
        { GIG_MAP_TIME, GIG_MAP_DMY, "soon", NULL },
        { GIG_MAP_PARAGRAPHS, 0, "a <b>\n\n c\r\n", "\"<p>a &lt;b&gt;</p><p>c</p>\"" },
        { GIG_MAP_TEXT, 0, "a\xc2\xa0 \tb", "\"a b\"" },
        { GIG_MAP_REGIONS, 0, "US United States",
          "{\"code\":\"US\",\"name\":\"United States\",\"type\":\"Country\"}" },
        { GIG_MAP_REGIONS, 0, "Americas", NULL }
    };

    (void) state;

    assert_int_equal(gig_map_init(&map), 0);
    set(&map, "dates", "offset", "+01:00");

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        map.order = cases[i].order;
        value = gig_map_value(&map, cases[i].kind, str(cases[i].text), &err);

        if (cases[i].json == NULL) {
            if (value) {
                fail_msg("\"%s\" is taken", cases[i].text);
            }

            assert_true(err.detail[0] != '\0');
            continue;
        }

        if (value == NULL) {
            fail_msg("\"%s\": %s", cases[i].text, err.detail);
        }

        text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
        assert_string_equal(text, cases[i].json);
        free(text);
        json_decref(value);
    }

    gig_map_free(&map);
}


static void
test_cut(void **state)
{
    gig_map_t  map;

    (void) state;

    assert_int_equal(gig_map_init(&map), 0);
    set(&map, "record", "id", "{Id}");
    set(&map, "record", "title", "{Job}");
    set(&map, "cut", "title", "4");

    expect(&map, (const char *const[N]) { "a", "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9",
           "", "", "", "", "" },
           "{\"id\":\"a\",\"schema\":\"gig/1\",\"title\":\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\"}");
    expect(&map, (const char *const[N]) { "a", "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9x",
           "", "", "", "", "" },
           "{\"id\":\"a\",\"schema\":\"gig/1\","
           "\"title\":\"\xc3\xa9\xc3\xa9\xc3\xa9\xe2\x80\xa6\"}");

    gig_map_free(&map);
}


static void
test_wrong_mapping(void **state)
{
    gig_map_t    map;
    gig_error_t  err;

    (void) state;

    refuses("record", "titel", "{x}", "did you mean \"title\"");
    refuses("record", "pay.curency", "USD", "did you mean \"pay.currency\"");
    refuses("recrod", "title", "{x}", "must be [record]");
    refuses("split", "title", ";", "is for lists");
    refuses("split", "skills", "", "needs a separator");
    refuses("cut", "title", "1", "needs a number");
    refuses("cut", "skills", "9", "texts of one line");
    refuses("dates", "order", "dym", "ymd, dmy or mdy");
    refuses("dates", "offset", "EST", "as -05:00");
    refuses("file", "separator", "x", "must be");
    refuses("values titel", "a", "b", "did you mean \"title\"");

    assert_int_equal(gig_map_init(&map), 0);
    set(&map, "record", "title", "{{literal} {Jobb}");
    assert_int_equal(gig_map_columns(&map, columns, N, &err), -1);
    assert_non_null(strstr(err.detail, "no column \"Jobb\"; did you mean \"Job\""));
    gig_map_free(&map);

    assert_int_equal(gig_map_init(&map), 0);
    assert_int_equal(gig_map_identity(&map, columns, N, &err), -1);
    gig_map_free(&map);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_record),
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_wrong_mapping)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
