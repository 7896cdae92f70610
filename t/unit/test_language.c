
/*
 * A language is one text file, written by people: what is wrong with it must be told with its line,
 * and what is right must come out as its language writes numbers, money, dates and plurals (CLDR).
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_html.h"
#include "gig_json.h"


#define LIMIT       65536

static gig_language_t  spanish, pseudo, other;
static char            text[3][GIG_LANGUAGE_FILE_MAX];


static char *
take(gig_buf_t *out)
{
    char  *copy;

    assert_false(gig_buf_failed(out));
    copy = malloc(out->len + 1);
    assert_non_null(copy);
    memcpy(copy, out->data ? out->data : "", out->len);
    copy[out->len] = '\0';
    gig_buf_free(out);

    return copy;
}


static void
is(gig_buf_t *out, const char *want)
{
    char  *got;

    got = take(out);
    assert_string_equal(got, want);
    free(got);
    gig_buf_init(out, LIMIT);
}


/* The language of a file, on top of English. */

static int
read_text(int n, const char *file, gig_language_t *words, unsigned *line, gig_error_t *error)
{
    size_t  len;

    len = strlen(file);
    assert_true(len < sizeof(text[n]));
    memcpy(text[n], file, len);
    *words = gig_language_english;

    return gig_language_read(text[n], len, words, line, error);
}


static int
setup(void **state)
{
    unsigned     line;
    gig_error_t  error;

    (void) state;

    return read_text(0, gig_language_es, &spanish, &line, &error)
           | read_text(1, gig_language_ar_xb, &pseudo, &line, &error);
}


/* No text is empty, and ours lack none: each is other than in English, but for names and signs. */

static void
test_whole(void **state)
{
    unsigned   i, k, same;
    gig_str_t  en;

    (void) state;

    for (i = 0, same = 0; i < GIG_SAYS; i++) {
        en = gig_language_text(NULL, (gig_say_t) i);
        assert_true(en.len != 0);
        assert_true(spanish.text[i][GIG_PLURAL_OTHER].data != en.data);
        assert_true(pseudo.text[i][GIG_PLURAL_OTHER].data != en.data);

        for (k = 0; k < GIG_PLURALS; k++) {
            if (gig_language_english.text[i][GIG_PLURAL_ONE].data != NULL) {
                assert_non_null(pseudo.text[i][k].data);
            }
        }

        assert_true((gig_language_english.text[i][GIG_PLURAL_ONE].data != NULL)
                    == (spanish.text[i][GIG_PLURAL_ONE].data != NULL));

        same += gig_str_eq(en, gig_language_text(&spanish, (gig_say_t) i)) ? 1 : 0;
    }

    assert_true(same < 60);
    assert_string_equal(gig_language_tag(NULL), "en");
    assert_string_equal(gig_language_tag(&spanish), "es");
    assert_string_equal(gig_language_dir(&spanish), "ltr");
    assert_string_equal(gig_language_dir(&pseudo), "rtl");
}


static void
test_wrong(void **state)
{
    size_t          i;
    unsigned        line;
    gig_error_t     error;
    gig_language_t  words;

    static const struct {
        const char  *file;
        unsigned     line;
        const char  *says;
    } cases[] = {
        { "tag = xx\n\n# c\nlist.opne = a\n", 4, "did you mean \"list.open\"" },
        { "tag = xx\nzzzzzzzzzzz = a\n", 2, "core/text/en.txt has all there are" },
        { "tag = xx\nopens = soon\n", 2, "lacks its argument {1}" },
        { "tag = xx\nopens = {1} {2}\n", 2, "has no argument {2}" },
        { "tag = xx\nopens = {1} {1}\n", 2, "\"opens\" has its argument {1} twice" },
        { "tag = xx\npay.range = {2}-{1} {2}\n", 2, "argument {2} twice" },
        { "tag = xx\nopens = {1} {\n", 2, "brace" },
        { "tag = xx\nopens = {1} }\n", 2, "brace" },
        { "tag = xx\nsearch{one} = a\n", 2, "one form only" },
        { "tag = xx\nhours{some} = {1}\n", 2, "{zero}, {one}" },
        { "tag = xx\nhours{one} = {1}\n\nopens = {1}\n", 2, "lacks its form {other}" },
        { "tag = xx\nsearch = a\nsearch = b\n", 3, "there twice" },
        { "tag = xx\nsearch\n", 2, "key = text" },
        { "tag = xx\nsearch =\n", 2, "1 to 1000 bytes" },
        { "tag = xx\nsearch = a\\n\n", 2, "\\uXXXX" },
        { "tag = xx\nsearch = \\u0041\n", 2, "\\uXXXX" },
        { "tag = xx\nsearch = a\ntag = yy\n", 3, "there twice" },
        { "tag = x\n", 1, "tag of a language" },
        { "tag = xx\ndir = up\n", 2, "\"ltr\" or \"rtl\"" },
        { "tag = xx\nplural = none\n", 2, "one-other" },
        { "tag = xx\nnumber.group.from = 10.000\n", 2, "at most 18 digits, such as \"1000\"" },
        { "tag = xx\nnumber.group.from = 1000000000000000000\n", 2, "at most 18 digits" },
        { "search = a\n", 0, "tag = es" },
        { "tag = xx\nsearch = \xff\n", 0, "UTF-8" },
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(read_text(2, cases[i].file, &words, &line, &error), -1);
        assert_int_equal(line, cases[i].line);

        if (strstr(error.detail, cases[i].says) == NULL) {
            print_error("%s: %s\n", cases[i].file, error.detail);
        }

        assert_non_null(strstr(error.detail, cases[i].says));
    }
}


static void
test_right(void **state)
{
    unsigned     line;
    gig_buf_t    out;
    gig_error_t  error;

    (void) state;

    assert_int_equal(read_text(2, "\xef\xbb\xbf# c\r\n tag=nl \r\nname = Nederlands\r\n"
                               "search = Zoek \\u201cdit\\u201d & <dat>\r\n"
                               "hours = {1} u\r\nnumber.group = .\n", &other, &line, &error), 0);

    gig_buf_init(&out, LIMIT);
    gig_say(&other, GIG_SAY_SEARCH, &out);
    is(&out, "Zoek \u201cdit\u201d &amp; &lt;dat&gt;");
    gig_tell_n(&other, GIG_SAY_HOURS, 1, &out);         /* English "hour" is no form of it */
    is(&out, "1 u");
    gig_tell_n(&other, GIG_SAY_FILTER_SHOW_N, 1234567, &out);
    is(&out, "Show 1.234.567 gigs");

    assert_true(gig_str_is(gig_language_file_tag(gig_str("# x\n name = y\n tag =  pt-BR \r\n")),
                           "pt-BR"));
    assert_true(gig_str_is(gig_language_file_tag(gig_str("\xef\xbb\xbftag = es\n")), "es"));
    assert_int_equal(gig_language_file_tag(gig_str("tags = x\n")).len, 0);

    /* what is read is found before: behind a byte order mark, and whatever is around the sign */

    assert_true(gig_str_is(gig_language_file_tag(gig_str("\xef\xbb\xbftag = nl\r\n")), "nl"));
    assert_true(gig_str_is(gig_language_file_tag(gig_str("what\n=\ntag\t=nl")), "nl"));
    assert_int_equal(gig_language_file_tag(gig_str("# tag = nl\ntag\n")).len, 0);
    gig_buf_free(&out);
}


/* Samples of CLDR (supplemental/plurals.xml). */

static void
test_plurals(void **state)
{
    size_t          i;
    gig_language_t  words;

    static const struct {
        gig_plural_rule_t  rule;
        float              n;
        gig_plural_t       form;
    } cases[] = {
        { GIG_RULE_ONE_OTHER, 0, GIG_PLURAL_OTHER }, { GIG_RULE_ONE_OTHER, 1, GIG_PLURAL_ONE },
        { GIG_RULE_ONE_OTHER, 1.5, GIG_PLURAL_OTHER }, { GIG_RULE_ONE_OTHER, 2, GIG_PLURAL_OTHER },
        { GIG_RULE_OTHER, 1, GIG_PLURAL_OTHER },
        { GIG_RULE_ZERO_ONE_OTHER, 0, GIG_PLURAL_ONE },
        { GIG_RULE_ZERO_ONE_OTHER, 1.5, GIG_PLURAL_ONE },
        { GIG_RULE_ZERO_ONE_OTHER, 2, GIG_PLURAL_OTHER },
        { GIG_RULE_ONE_FEW_OTHER, 1, GIG_PLURAL_ONE }, { GIG_RULE_ONE_FEW_OTHER, 4, GIG_PLURAL_FEW },
        { GIG_RULE_ONE_FEW_OTHER, 5, GIG_PLURAL_OTHER },
        { GIG_RULE_ONE_FEW_OTHER, 1.5, GIG_PLURAL_MANY },
        { GIG_RULE_ONE_FEW_MANY, 1, GIG_PLURAL_ONE }, { GIG_RULE_ONE_FEW_MANY, 21, GIG_PLURAL_ONE },
        { GIG_RULE_ONE_FEW_MANY, 11, GIG_PLURAL_MANY }, { GIG_RULE_ONE_FEW_MANY, 3, GIG_PLURAL_FEW },
        { GIG_RULE_ONE_FEW_MANY, 13, GIG_PLURAL_MANY }, { GIG_RULE_ONE_FEW_MANY, 0, GIG_PLURAL_MANY },
        { GIG_RULE_ONE_FEW_MANY, 1.5, GIG_PLURAL_OTHER },
        { GIG_RULE_POLISH, 1, GIG_PLURAL_ONE }, { GIG_RULE_POLISH, 21, GIG_PLURAL_MANY },
        { GIG_RULE_POLISH, 22, GIG_PLURAL_FEW }, { GIG_RULE_POLISH, 12, GIG_PLURAL_MANY },
        { GIG_RULE_ARABIC, 0, GIG_PLURAL_ZERO }, { GIG_RULE_ARABIC, 1, GIG_PLURAL_ONE },
        { GIG_RULE_ARABIC, 2, GIG_PLURAL_TWO }, { GIG_RULE_ARABIC, 3, GIG_PLURAL_FEW },
        { GIG_RULE_ARABIC, 110, GIG_PLURAL_FEW }, { GIG_RULE_ARABIC, 11, GIG_PLURAL_MANY },
        { GIG_RULE_ARABIC, 99, GIG_PLURAL_MANY }, { GIG_RULE_ARABIC, 100, GIG_PLURAL_OTHER },
        { GIG_RULE_ARABIC, 102, GIG_PLURAL_OTHER }, { GIG_RULE_ARABIC, 0.5, GIG_PLURAL_OTHER },
    };

    (void) state;

    memset(&words, 0, sizeof(words));

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        words.rule = cases[i].rule;
        assert_int_equal(gig_language_plural(&words, cases[i].n), cases[i].form);
    }
}


/* As Intl.NumberFormat writes them (es: no group in numbers of four digits). */

static void
test_money(void **state)
{
    size_t     i;
    gig_buf_t  out;

    static const struct {
        int64_t      minor;
        const char  *currency, *en, *es;
    } cases[] = {
        { 125050, "USD", "$1,250.50", "1250,50\u00a0US$" },
        { 1234567800, "EUR", "\u20ac12,345,678", "12.345.678\u00a0\u20ac" },
        { 50000, "CHF", "CHF\u00a0500", "500\u00a0CHF" },
        { 1500, "JPY", "\u00a51,500", "1500\u00a0\u00a5" },
        { -500, "GBP", "\u2212\u00a35", "\u22125\u00a0\u00a3" },
        { 1234, "KWD", "KWD\u00a01.234", "1,234\u00a0KWD" },
        { 700, "", "7", "7" },
    };

    (void) state;

    gig_buf_init(&out, LIMIT);

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        gig_str_t  currency = { cases[i].currency, strlen(cases[i].currency) };

        gig_text_money(NULL, cases[i].minor, currency, &out);
        is(&out, cases[i].en);
        gig_text_money(&spanish, cases[i].minor, currency, &out);
        is(&out, cases[i].es);
    }

    gig_language_number(&spanish, 12.5, &out);
    is(&out, "12,5");
    gig_language_count(&spanish, 9999, &out);
    is(&out, "9999");
    gig_language_count(&spanish, 10000, &out);
    is(&out, "10.000");
    gig_buf_free(&out);
}


static void
test_texts(void **state)
{
    json_t     *gig;
    gig_buf_t   out;

    (void) state;

    gig = json_pack("{s:{s:s,s:i,s:i,s:s}, s:{s:i,s:i}, s:{s:s,s:[{s:s},{s:s},{s:s}]}}",
                    "pay", "currency", "USD", "min_minor", 40000, "max_minor", 60000, "unit", "week",
                    "work", "hours_min", 15, "hours_max", 20,
                    "location", "mode", "hybrid", "places", "name", "Lima", "name", "Quito", "name",
                    "Bogota");
    assert_non_null(gig);

    gig_buf_init(&out, LIMIT);
    gig_text_pay_for(&spanish, json_object_get(gig, "pay"), json_object_get(gig, "work"), &out);
    is(&out, "de 400\u00a0US$ a 600\u00a0US$ a la semana por 15 a 20 horas aproximadamente");
    gig_text_place_all(&spanish, json_object_get(gig, "location"), &out);
    is(&out, "Lima, Quito y Bogota (h\u00edbrido)");
    gig_text_place(&spanish, json_object_get(gig, "location"), &out);
    is(&out, "Lima y 2 m\u00e1s (h\u00edbrido)");
    gig_text_date(&spanish, gig_str("2026-09-30"), 1, &out);
    is(&out, "mi\u00e9, 30 sept 2026");
    gig_text_time(&spanish, NULL, gig_null_str, 1790000000, 0, &out);
    is(&out, "lun, 21 sept 2026, 14:13 (UTC)");
    gig_say_n(&spanish, GIG_SAY_LIST_COUNT_OPEN, 1, &out);
    is(&out, "1 trabajo abierto");
    gig_say_n(&spanish, GIG_SAY_LIST_COUNT_OPEN, 12000, &out);
    is(&out, "12.000 trabajos abiertos");
    gig_say_str(&spanish, GIG_SAY_LIST_DID_YOU_MEAN, gig_str("a<b"), &out);
    is(&out, "\u00bfQuer\u00eda decir a&lt;b?");
    gig_buf_free(&out);
    json_decref(gig);
}


static void
test_negotiate(void **state)
{
    size_t                 i;
    const gig_language_t  *offered[3];

    static const struct {
        const char  *header;
        unsigned     index;
    } cases[] = {
        { "", 0 }, { "es", 1 }, { "ES", 1 }, { "es-MX", 1 }, { "es-419,en;q=0.5", 1 },
        { "fr, es;q=0.5", 1 }, { "fr", 0 }, { "*", 0 }, { "en;q=0.4, es;q=0.5", 1 },
        { "es;q=0, en", 0 }, { "es;q=0", 0 }, { "en, es", 0 }, { "es, en", 1 },
        { "es;q=1.000,en", 1 }, { "es;q=x, en;q=0.1", 0 }, { "ar-XB", 2 }, { "ar", 0 },
        { "ar-XB-x-private", 2 }, { ",,;;q=1,\t es ;q=0.9 ,", 1 }, { "es-", 1 }, { "-es", 0 },
        { "fr, *;q=0.1", 0 }, { "esp", 0 }
    };

    (void) state;

    offered[0] = &gig_language_english;
    offered[1] = &spanish;
    offered[2] = &pseudo;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        gig_str_t  header = { cases[i].header, strlen(cases[i].header) };

        if (gig_language_negotiate(header, offered, 3) != cases[i].index) {
            print_error("\"%s\" is not %u\n", cases[i].header, cases[i].index);
        }

        assert_int_equal(gig_language_negotiate(header, offered, 3), cases[i].index);
    }

    assert_string_equal(gig_language_dir_of(gig_str("ar-EG")), "rtl");
    assert_string_equal(gig_language_dir_of(gig_str("az-Arab")), "rtl");
    assert_string_equal(gig_language_dir_of(gig_str("ur-Latn")), "ltr");
    assert_string_equal(gig_language_dir_of(gig_str("en")), "ltr");
    assert_int_equal(gig_language_tag_valid(gig_str("pt-BR")), 1);
    assert_int_equal(gig_language_tag_valid(gig_str("p")), 0);
    assert_int_equal(gig_language_tag_valid(gig_str("pt--BR")), 0);
    assert_int_equal(gig_language_tag_valid(gig_str("pt\"")), 0);
    assert_int_equal(gig_language_tag_valid(gig_str("abcdefghi")), 0);
    assert_int_equal(gig_language_tag_valid(gig_null_str), 0);
}


/* Each text for itself; the description in whichever form it is there. */

static void
test_i18n(void **state)
{
    json_t     *gig, *i18n;
    gig_buf_t   out;

    (void) state;

    gig = json_pack("{s:s,s:s,s:s,s:s,s:s,s:[s],s:{s:{s:s,s:s,s:[s]},s:{s:s}}}",
                    "language", "en", "title", "Scan", "summary", "Short", "description_html",
                    "<p>Long</p>", "department", "Sales", "deliverables", "A",
                    "i18n", "es", "title", "An\u00e1lisis", "description_text", "Largo",
                    "deliverables", "Una", "fr", "title", "Analyse");
    assert_non_null(gig);

    gig_buf_init(&out, LIMIT);
    assert_int_equal(gig_i18n_apply(gig, &spanish), 0);
    assert_true(gig_str_is(gig_json_str(gig, "title"), "An\u00e1lisis"));
    assert_true(gig_str_is(gig_json_str(gig, "summary"), "Short"));
    assert_true(gig_str_is(gig_json_str(gig, "description_text"), "Largo"));
    assert_null(json_object_get(gig, "description_html"));
    assert_true(gig_str_is(gig_json_text(json_array_get(json_object_get(gig, "deliverables"), 0)),
                           "Una"));

    gig_html_lang(&spanish, gig, "title", &out);
    gig_html_lang(&spanish, gig, "description_html", &out);
    gig_html_lang(&spanish, gig, "deliverables", &out);
    is(&out, "");
    gig_html_lang(&spanish, gig, "summary", &out);
    is(&out, " lang=\"en\"");
    gig_html_lang(&pseudo, gig, "summary", &out);
    is(&out, " lang=\"en\" dir=\"ltr\"");
    gig_buf_free(&out);
    json_decref(gig);

    /* what is in the page's language already is not translated, what is wrong is left alone */

    gig = json_pack("{s:s,s:s,s:{s:{s:s}}}", "language", "es-MX", "title", "Uno", "i18n", "es",
                    "title", "Dos");
    assert_int_equal(gig_i18n_apply(gig, &spanish), 0);
    assert_true(gig_str_is(gig_json_str(gig, "title"), "Uno"));
    json_decref(gig);

    gig = json_pack("{s:s,s:{s:s,s:{s:i}}}", "title", "Uno", "i18n", "en", "x", "es", "title", 1);
    i18n = json_object_get(gig, "i18n");
    assert_non_null(i18n);
    assert_int_equal(gig_i18n_apply(gig, &spanish), 0);
    assert_true(gig_str_is(gig_json_str(gig, "title"), "Uno"));
    json_decref(gig);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_right),
        cmocka_unit_test(test_plurals),
        cmocka_unit_test(test_money),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_negotiate),
        cmocka_unit_test(test_i18n),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, setup, NULL);
}
