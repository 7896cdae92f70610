
/*
 * A list is filtered by places as people write them, and they write one place in a
 * dozen ways.  All of them must come to one key, no two places to the same, and a
 * key to itself: it is what an image is asked with.  An operator's own table must win,
 * and when it cannot be read, say which line to mend.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_buf.h"
#include "gig_place_names.h"


extern const char  gig_place_names_builtin[];


static gig_place_names_t *
read_table(const char *operators)
{
    gig_error_t         err;
    gig_place_names_t  *names;

    names = gig_place_names_read((gig_str_t) { operators, strlen(operators) }, &err);

    if (names == NULL) {
        fail_msg("%s", err.detail);
    }

    return names;
}


static const char *
key_of(const gig_place_names_t *names, const char *name, char key[GIG_FOLD_MAX + 1])
{
    char       text[GIG_FOLD_MAX], again[GIG_FOLD_MAX];
    size_t     n, len;
    gig_str_t  folded;

    folded = (gig_str_t) { text, gig_fold((gig_str_t) { name, strlen(name) }, text, sizeof(text)) };
    len = gig_place_names_key(names, folded, key);
    n = gig_place_names_key(names, (gig_str_t) { key, len }, again);

    if (n != len || memcmp(again, key, n) != 0) {
        fail_msg("the key of \"%s\" is no key of its own: \"%.*s\", then \"%.*s\"", name,
                 (int) len, key, (int) n, again);
    }

    key[len] = '\0';

    return key;
}


static void
expect(const gig_place_names_t *names, const char *name, const char *key)
{
    char  text[GIG_FOLD_MAX + 1];

    if (strcmp(key_of(names, name, text), key) != 0) {
        fail_msg("\"%s\" is \"%s\" and should be \"%s\"", name, text, key);
    }
}


/* What people mean, as it stands in thousands of listings.  Line by line: key, then names. */

static void
test_builtin(void **state)
{
    static const char *const  same[] = {
        "new york, new york state, united states",
        "New York, NY", "NYC", "nyc", "New York City", "New York City, NY", "NYC, NY", "New York",
        "New York, New York", "New York, New York, United States", "New York, NY, USA",
        "New York, US", "New York, NYC", "NYC Metro, NY", "NY Metro", "Manhattan",
        "Manhattan, NY", "  NEW   YORK ,NY ", NULL,

        "san francisco, bay area, california, united states",
        "SF", "San Francisco, CA", "SF, CA", "San Francisco, California, United States of America",
        "S.F.", "San Francisco", "San Francisco CA", "US, CA, San Francisco", NULL,

        "bay area, california, united states",
        "SF Bay Area, CA", "San Francisco Bay area, California", "Bay Area", NULL,

        "san jose, bay area, california, united states",
        "San Jose, CA", "San José", "San Jose US", "San Jose, Ca", "San Jose, CA, USA", NULL,

        "los angeles, california, united states",
        "LA", "L.A.", "Los Angeles, CA", "Los Angeles, USA", "Los Angeles", NULL,

        "northridge, los angeles, california, united states",
        "Northridge, LA", "Northridge, CA", NULL,

        "new orleans, louisiana, united states", "New Orleans, LA", "NOLA", NULL,

        "washington, district of columbia, united states",
        "Washington, DC", "Washington, D.C.", "Washington D.C., DC, USA", "DC", "Washington DC",
        NULL,

        "washington state, united states", "Washington", "WA", "Washington State", NULL,
        "seattle, washington state, united states",
        "Seattle, WA", "Seattle,WA", "USA, WA, Seattle", "Seattle, Washington, United States",
        "Seattle", NULL,
        "vancouver, washington state, united states", "Vancouver, WA", NULL,
        "vancouver, british columbia, canada",
        "Vancouver, BC, Canada", "Vancouver, BC", "Vancouver, British Columbia", "Vancouver, Canada",
        NULL,

        "boulder, colorado, united states",
        "Boulder, CO", "Boulder, Colorado", "Boulder, Colorado, United States of America",
        "Boulder USA", "Boulder CO", "Boulder, CO, USA", "Boulder CO US", NULL,

        "toronto, ontario, canada",
        "Toronto, ON, Canada", "Toronto, Canada", "Toronto, ON", "Toronto, CA", "Toronto", NULL,
        "ontario, canada", "Ontario", "ON", "Ontario, Canada", NULL,
        "ontario, california, united states", "Ontario, CA", NULL,
        "quebec, canada", "Québec, Canada", "QC", "Quebec", NULL,
        "quebec city, quebec, canada", "Québec, QC", "Quebec City", NULL,
        "california, united states", "CA", "California", "California, USA", "CA, US", NULL,
        "canada", "Canada", "CAN", NULL,

        "london, england, united kingdom", "London, UK", "London", "London, England",
        "London, England, United Kingdom", "London, Great Britain", NULL,
        "london, ontario, canada", "London, ON", "London, ON, Canada", NULL,
        "cambridge, england, united kingdom", "Cambridge, UK", NULL,
        "cambridge, massachusetts, united states", "Cambridge, MA", NULL,
        "cambridge", "Cambridge", NULL,

        "munich, germany", "Munich, Germany", "München", "München, Deutschland", "Munich, DE",
        NULL,
        "zurich, switzerland", "Zürich", "Zurich, CH", "ZÜRICH, Schweiz", NULL,
        "copenhagen, denmark", "København", "Copenhagen", NULL,
        "singapore", "Singapore", "Singapore, Singapore", NULL,

        "united states", "US", "U.S.", "USA", "United States of America", "the united states", NULL,
        "united kingdom", "UK", "U.K.", "Great Britain", "United Kingdom", NULL,
        "germany", "Germany", "Deutschland", NULL,
        "delaware, united states", "DE", "Delaware", NULL,
        "newark, delaware, united states", "Newark, DE", NULL,
        "georgia, united states", "Georgia", "GA", NULL,
        "tbilisi, republic of georgia", "Tbilisi, Georgia", NULL,

        "remote, united states",
        "Remote in USA", "Remote, USA", "Remote USA", "Remote - US", "US - Remote", "US, Remote",
        "Remote (U.S.)", "Remote(US)", "Remote - United States", "Remote in United States",
        "USA (Remote)", "Remote \xe2\x80\x93 US", NULL,
        "remote, canada", "Remote in Canada", "Remote Canada", NULL,
        "remote, ontario, canada", "Remote Ontario", NULL,
        "remote", "Remote", "remote", "WFH", "Work from home", NULL,

        "st louis, missouri, united states", "St. Louis, MO", "Saint Louis, MO",
        "St Louis, Missouri", NULL,
        "winston salem, north carolina, united states", "Winston-Salem, NC", "Winston Salem, NC",
        NULL,
        "ofallon, illinois, united states", "O'Fallon, IL", "O’Fallon, IL", NULL,
        "albany, new york state, united states", "Albany, New York", "Albany, NY", NULL,
        "brooklyn, new york, new york state, united states", "Brooklyn, NY", "Brooklyn", NULL,
        "paris, texas, united states", "Paris, TX", NULL,
        "paris, france", "Paris, FR", "Paris", NULL,
        "ghent", "Ghent ,", NULL,
        NULL
    };

    size_t              i;
    const char         *key;
    gig_place_names_t  *names;

    (void) state;

    names = read_table("Ghent = Not the one in Belgium\n");

    for (i = 0; same[i] != NULL; i++) {
        for (key = same[i++]; same[i] != NULL; i++) {
            expect(names, same[i], key);
        }
    }

    gig_place_names_free(names);
}


/* Read as an operator's, whose lines may not meet in any spelling, the built-in table has no fault. */

static void
test_builtin_sound(void **state)
{
    (void) state;

    gig_place_names_free(read_table(gig_place_names_builtin));
}


/* Without a table names are tidied, and nothing else is known of them. */

static void
test_no_table(void **state)
{
    char  key[GIG_FOLD_MAX];

    (void) state;

    expect(NULL, "St. Louis,MO", "st louis, mo");
    expect(NULL, "Remote in Zürich", "remote, zurich");
    expect(NULL, "---", "---");
    assert_int_equal(gig_place_names_key(NULL, gig_null_str, key), 0);
    assert_int_equal(gig_place_names_country(NULL, gig_str("US")).len, 0);
    assert_int_equal(gig_place_names_other(NULL, gig_str("us"), 0).len, 0);
    assert_int_equal(gig_place_names_hash(NULL), 0);
    gig_place_names_free(NULL);
}


static void
test_operators(void **state)
{
    gig_place_names_t  *names;

    (void) state;

    names = read_table("\xef\xbb\xbf# ours\r\n"
                       "\r\n"
                       "New York, NY = Gotham; The City   # a name for a place that is there\r\n"
                       "Campus, Springfield, IL = Main campus;; HQ ;\r\n"
                       "Springfield, IL = Springfield\r\n"
                       "Canada = *, CA\r\n"
                       "Elsewhere =");

    expect(names, "Gotham", "new york, new york state, united states");
    expect(names, "NYC", "new york, new york state, united states");
    expect(names, "Main Campus", "campus, springfield, illinois, united states");
    expect(names, "HQ", "campus, springfield, illinois, united states");
    expect(names, "Campus, Springfield", "campus, springfield, illinois, united states");
    expect(names, "Springfield, USA", "springfield, illinois, united states");

    /* It wins, also over what the built-in table says of the end of a name. */

    expect(names, "Moose Jaw, CA", "moose jaw, canada");
    expect(names, "CA", "california, united states");

    expect(names, "Elsewhere", "elsewhere");
    gig_place_names_free(names);

    /* Who takes a place's own name takes its other names with it, and what lies in it. */

    names = read_table("Our City = New York, NY; The HQ\nThe Bay = SF; San Francisco, CA");

    expect(names, "NYC", "our city");
    expect(names, "New York, New York, USA", "our city");
    expect(names, "Brooklyn, NY", "brooklyn, our city");
    expect(names, "SF", "the bay");
    expect(names, "San Francisco, California, USA", "the bay");
    gig_place_names_free(names);
}


static void
expect_wrong(const char *text, size_t len, const char *sentence)
{
    gig_error_t         err;
    gig_place_names_t  *names;

    err.detail[0] = '\0';
    names = gig_place_names_read((gig_str_t) { text, len }, &err);

    if (names != NULL || strstr(err.detail, sentence) == NULL) {
        gig_place_names_free(names);
        fail_msg("\"%.60s\" gave \"%s\"; wanted: %s", text, err.detail, sentence);
    }
}


static void
test_wrong(void **state)
{
    static const struct {
        const char  *text;
        const char  *sentence;
    }  wrong[] = {
        { "\n\nNew York, NY: NYC", "line 3 has no \"=\"; a line is a place, \"=\" and its other" },
        { "A = B = C", "line 1 has more than one \"=\"" },
        { " = NYC", "line 1: there is no place before the \"=\"" },
        { "A = X\nB = Y; x", "lines 1 and 2: \"x\" is a name of \"A\" and of \"B\"; a name may" },
        { "A = X\nA = Y", "lines 1 and 2: \"a\" is a name of \"A\" and of \"A\"" },
        { "A = Paris, TX\n\nB = Paris, Texas", "lines 1 and 3: \"paris, texas, united states\"" },
        { "A = *NY", "line 1: \"*NY\" begins with a star; a name that counts only after a comma" },
        { "A = *, NY, US", "must have one name after its sign" },
        { "A = *,", "must have one name after its sign" },
        { "A = @USA", "is no code of a country; two letters as @US" },
        { "*, NY = New York", "cannot be a place's own name" },
        { "A = ...", "is no name" },
        { "A = a,b,c,d,e,f,g,h,i", "is no name; one of letters, with at most 7 commas" },
        { "A = B\x01", "line 1 holds bytes that are no text" },
        { "A = B\n\xff", "line 2 holds bytes that are no text" },
        { "A, B = A\nB, A = B", "line 2: \"B, A\" comes to lie in itself" },
    };

    size_t     i;
    gig_buf_t  text;

    (void) state;

    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        expect_wrong(wrong[i].text, strlen(wrong[i].text), wrong[i].sentence);
    }

    expect_wrong("A = B\0C", 7, "no text");

    gig_buf_init(&text, 4 * GIG_PLACE_NAMES_FILE_MAX);
    gig_buf_printf(&text, "A = %0*d", GIG_PLACE_NAME_MAX + 1, 0);
    expect_wrong(text.data, text.len, "is too long; a name has at most 120 bytes");

    gig_buf_reset(&text);

    while (text.len <= GIG_PLACE_NAMES_FILE_MAX) {
        gig_buf_puts(&text, "# a comment\n");
    }

    expect_wrong(text.data, text.len, "bytes are too many");

    gig_buf_reset(&text);

    for (i = 0; i < GIG_PLACE_NAMES_MAX; i++) {
        gig_buf_printf(&text, "%zx=\n", i);
    }

    gig_buf_puts(&text, "g=\n");
    expect_wrong(text.data, text.len, "is one name too many; 65536 may be in all");
    gig_buf_free(&text);
}


static void
test_other_names(void **state)
{
    char                key[GIG_FOLD_MAX + 1];
    int                 found;
    unsigned            i, n;
    gig_str_t           name, last;
    gig_place_names_t  *names;

    (void) state;

    names = read_table("New York, NY = Gotham");
    (void) key_of(names, "NYC", key);
    found = 0;
    last = gig_null_str;

    for (n = 0; (name = gig_place_names_other(names, (gig_str_t) { key, strlen(key) }, n)).len != 0;
         n++)
    {
        found += gig_str_is(name, "gotham") + gig_str_is(name, "nyc")
                 + gig_str_is(name, "new york, ny") + gig_str_is(name, "manhattan");
        assert_int_not_equal(name.data[0], '*');
        assert_false(gig_str_eq(name, last));
        last = name;
    }

    assert_int_equal(found, 4);

    for (i = 0; i < 3; i++) {
        assert_int_equal(gig_place_names_other(names, (gig_str_t) { key, strlen(key) }, n + i).len,
                         0);
    }

    assert_int_equal(gig_place_names_other(names, gig_str("nowhere"), 0).len, 0);
    assert_int_equal(gig_place_names_other(names, gig_str("~"), 0).len, 0);

    name = gig_place_names_country(names, gig_str("us"));
    assert_true(gig_str_is(name, "United States"));
    assert_true(gig_str_is(gig_place_names_country(names, gig_str("CA")), "Canada"));
    assert_true(gig_str_is(gig_place_names_country(names, gig_str("DE")), "Germany"));
    assert_int_equal(gig_place_names_country(names, gig_str("ZZ")).len, 0);
    assert_int_equal(gig_place_names_country(names, gig_str("USA")).len, 0);

    gig_place_names_free(names);
}


/* An image is made anew when another table would give other keys, and not for a comment. */

static void
test_hash(void **state)
{
    size_t              i;
    uint64_t            hash[5];
    gig_place_names_t  *names;

    static const char *const  tables[] = {
        "", "# nothing", "New York, NY = Gotham", "Boston, MA = Gotham", "Brooklyn = Brooklyn, NY"
    };

    (void) state;

    for (i = 0; i < 5; i++) {
        names = read_table(tables[i]);
        hash[i] = gig_place_names_hash(names);
        gig_place_names_free(names);
    }

    assert_true(hash[0] == hash[1]);
    assert_true(hash[0] != hash[2]);
    assert_true(hash[2] != hash[3]);
    assert_true(hash[0] != hash[4]);
}


/* Names of any length and of nothing but commas: a key fits, is not empty, and is its own. */

static void
test_long(void **state)
{
    char                name[600], key[GIG_FOLD_MAX + 1];
    size_t              i, k;
    gig_place_names_t  *names;

    static const char *const  pieces[] = { "a,", "US, ", "remote ", "New York, ", "CA ", ",", "é-" };

    (void) state;

    names = read_table("");

    for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        for (name[0] = '\0', k = 0; strlen(name) + 20 < sizeof(name); k++) {
            strcat(name, pieces[i]);
            assert_int_not_equal(strlen(key_of(names, name, key)), 0);
        }
    }

    gig_place_names_free(names);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_builtin),
        cmocka_unit_test(test_builtin_sound),
        cmocka_unit_test(test_no_table),
        cmocka_unit_test(test_operators),
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_other_names),
        cmocka_unit_test(test_hash),
        cmocka_unit_test(test_long)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
