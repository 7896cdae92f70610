/*
 * What people type into the search field: nothing of it can be wrong, and two
 * spellings of one question must give the same bytes, for answers are kept by them.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_query_text.h"


/* "java -[data science+1] node.js*": phrases with offsets other than 1 apart, * a beginning */

static void
text_of(const gig_query_text_t *text, char *out, size_t size)
{
    size_t                     i, k, n;
    const gig_query_word_t    *word;
    const gig_query_clause_t  *clause;

    n = 0;
    out[0] = '\0';

    for (i = 0; i < text->n_clauses; i++) {

        clause = &text->clause[i];
        n += (size_t) snprintf(out + n, size - n, "%s%s%s", i != 0 ? " " : "",
                               clause->exclude ? "-" : "", clause->n > 1 ? "[" : "");

        for (k = 0; k < clause->n; k++) {

            word = &text->word[clause->first + k];
            n += (size_t) snprintf(out + n, size - n, "%s%.*s%s", k != 0 ? " " : "", word->len,
                                   text->data + word->at, word->plain ? "" : "!");

            if (word->offset != k) {
                n += (size_t) snprintf(out + n, size - n, "+%u", word->offset);
            }
        }

        n += (size_t) snprintf(out + n, size - n, "%s%s", clause->n > 1 ? "]" : "",
                               clause->prefix ? "*" : "");
        assert_true(n + 64 < size);
    }
}


static void
check(const char *q, const char *expected)
{
    char              out[2048];
    gig_query_text_t  text;

    memset(&text, 0xff, sizeof(text));
    gig_query_text_read((gig_str_t) { q, strlen(q) }, &text);
    text_of(&text, out, sizeof(out));

    assert_string_equal(out, expected);
}


static void
test_words(void **state)
{
    (void) state;

    check("", "");
    check("  ", "");
    check("!? \U0001f680", "");
    check("Data Analyst", "data analyst*");
    check("data, analyst.", "data analyst*");
    check("C++ C# .NET node.js", "c++! c#! .net! node.js!*");
    check("UX/UI design", "ux ui design*");
    check("R&D in new-york", "r&d! in newyork*");
    check("women\u2019s rugby", "women rugby*");
    check("\u6771\u4eac \u5927\u5b66 C++17", "[\u6771 \u4eac] [\u5927 \u5b66] [c++! 17!]");
}


static void
test_phrases(void **state)
{
    (void) state;

    check("\"data science\" intern", "[data science] intern*");
    check("\u201cData  Science\u201d", "[data science]");
    check("\u00abData Science\u00bb", "[data science]");
    check("intern \"data science", "intern [data science]");
    check("\"node.js developer\"", "[node.js! developer+2]");
    check("\"the .NET R&D team\"", "[the .net! r&d! team+4]");
    check("\"java\"", "java");
    check("java \"\"", "java");
    check("java \"", "java");
    check("\"\" java", "java*");
    check("a\"b c\"d", "a [b c] d");
    check("24\" screen", "24! screen");
}


static void
test_excluded(void **state)
{
    (void) state;

    check("java -script", "java -script");
    check("java -\"front end\" css", "java -[front end] css*");
    check("java -\u201cfront end", "java -[front end]");
    check("-java", "-java");
    check("java - script", "java script*");
    check("java -", "java*");
    check("-", "");
    check("- \"a b\"", "[a b]");
    check("--java", "java*");
    check("front-end", "frontend*");
    check("front -end", "front -end");
    check("-front-end", "-frontend");
    check("-.net -C++", "-.net! -c++!");
    check("-UX/UI", "-[ux ui]");
    check("\"a b\"-c", "[a b] c");
    check("\u2212java \u2013python", "-java python*");
    check("java -$", "java*");
}


static void
test_prefix(void **state)
{
    (void) state;

    check("ja", "ja");
    check("jav", "jav*");
    check("\u0438\u0442", "\u0438\u0442");
    check("\u0438\u0442\u0441", "\u0438\u0442\u0441*");
    check("java ", "java*");
    check("java \"x\"", "java x");
    check("ux/design", "ux design*");
}


static void
test_said_twice(void **state)
{
    (void) state;

    check("java Java JAVA", "java*");
    check("java python java", "java* python");
    check("java \"java\"", "java");
    check("\"java\" java", "java*");
    check("\"a b\" \"A  b\" \"b a\"", "[a b] [b a]");
    check("java -java -java", "java -java");
    check("\u6771\u4eac \"\u6771\u4eac\"", "[\u6771 \u4eac]");
    check("\"nodes js\" \"node.js js\"", "[nodes js] [node.js! js+2]");
}


static void
test_bounds(void **state)
{
    char              q[GIG_QUERY_TEXT_MAX + 100];
    size_t            i;
    gig_query_text_t  text;

    (void) state;

    check("a b c d e f g h i j k l m n o pqr stu", "a b c d e f g h i j k l m n o pqr");
    check("a b c d e f g h i j k l m n o pqr", "a b c d e f g h i j k l m n o pqr*");
    check("\"a b c d e f g h i j k l m n o p q r\"", "[a b c d e f g h i j k l m n o p]");
    check("a a b c d e f g h i j k l m n o pqr", "a b c d e f g h i j k l m n o pqr*");

    /* longer than promised: cut, at a character's border */

    for (i = 0; i + 2 <= sizeof(q); i += 2) {
        memcpy(q + i, "\u0431", 2);
    }

    gig_query_text_read((gig_str_t) { q, sizeof(q) }, &text);
    assert_int_equal(text.n_words, 1);
    assert_int_equal(text.word[0].len, GIG_WORD_MAX);

    /* what grows when folded */

    for (i = 0; i + 4 <= sizeof(q); i += 4) {
        memcpy(q + i, "\ufdfa ", 4);
    }

    gig_query_text_read((gig_str_t) { q, sizeof(q) }, &text);
    assert_in_range(text.n_words, 1, GIG_QUERY_WORDS_MAX);
}


static void
test_same_bytes(void **state)
{
    size_t            i;
    gig_query_text_t  a, b;

    static const char *const  same[][2] = {
        { "Data  Analyst", "data analyst " },
        { "\"data science\" intern", "\u201cDATA SCIENCE\u201d  Int\u00e9rn" },
        { "java java python", "java python" },
        { "java python java -x", "java python -x" },
        { "\"a b\" c \"a b\"", "\"a b\" \"c\" \"a b" },
        { "front-end dev", "Front\u2010End dev!" },
        { "U.S. jobs", "us jobs" },
        { "10,000 users", "10000 users" }
    };

    (void) state;

    for (i = 0; i < sizeof(same) / sizeof(same[0]); i++) {

        memset(&a, 0x00, sizeof(a));
        memset(&b, 0xff, sizeof(b));

        gig_query_text_read((gig_str_t) { same[i][0], strlen(same[i][0]) }, &a);
        gig_query_text_read((gig_str_t) { same[i][1], strlen(same[i][1]) }, &b);

        assert_memory_equal(&a, &b, sizeof(a));
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_phrases),
        cmocka_unit_test(test_excluded),
        cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_said_twice),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_same_bytes)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
