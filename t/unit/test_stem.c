/*
 * Stems and the numbers of languages are on disk: segments written by one release are
 * read by the next, so both are pinned here.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_stem.h"
#include "gig_utf8.h"


static gig_stems_t  *stems;


static int
setup(void **state)
{
    (void) state;

    stems = gig_stems_create();

    return stems == NULL ? -1 : 0;
}


static int
teardown(void **state)
{
    (void) state;

    gig_stems_free(stems);
    gig_stems_free(NULL);

    return 0;
}


static void
check(const char *tag, const char *word, const char *expected)
{
    char      out[GIG_WORD_MAX + 1];
    size_t    n;
    unsigned  language;

    language = gig_stem_language((gig_str_t) { tag, strlen(tag) });
    n = gig_stem(stems, language, (gig_str_t) { word, strlen(word) }, out);
    out[n] = '\0';

    assert_string_equal(out, expected);
}


static void
test_english(void **state)
{
    (void) state;

    check("en", "internships", "internship");
    check("en", "internship", "internship");
    check("en", "interns", "intern");
    check("en", "developers", "develop");
    check("en", "developer", "develop");
    check("en", "developing", "develop");
    check("en", "companies", "compani");
    check("en", "company", "compani");
    check("en", "analysis", "analysi");
    check("en", "marketing", "market");
    check("en", "engineering", "engin");
    check("en", "engineers", "engin");
    check("en", "designs", "design");
    check("en", "hoping", "hope");
    check("en", "women", "women");
    check("en", "news", "news");
    check("en", "us", "us");
    check("en", "a", "a");
    check("en", "resumes", "resum");
    check("en", "resume", "resum");
    check("en", "\xe6\x9d\xb1", "\xe6\x9d\xb1");
}


static void
test_others(void **state)
{
    (void) state;

    check("de-CH", "entwicklungen", "entwickl");
    check("de", "entwicklung", "entwickl");
    check("fr", "developpeurs", "developpeur");
    check("es", "desarrolladores", "desarroll");
    check("ja", "internships", "internships");
    check("", "internships", "internships");
}


static void
test_languages(void **state)
{
    size_t  i;

    static const struct {
        const char  *tag;
        unsigned     number;
    } pinned[] = {
        { "ar", 1 }, { "hy", 2 }, { "eu", 3 }, { "ca", 4 }, { "da", 5 }, { "nl", 6 }, { "en", 7 },
        { "fi", 8 }, { "fr", 9 }, { "de", 10 }, { "el", 11 }, { "hi", 12 }, { "hu", 13 },
        { "id", 14 }, { "ga", 15 }, { "it", 16 }, { "lt", 17 }, { "ne", 18 }, { "no", 19 },
        { "nb", 19 }, { "nn", 19 }, { "pt", 20 }, { "ro", 21 }, { "ru", 22 }, { "sr", 23 },
        { "es", 24 }, { "sv", 25 }, { "ta", 26 }, { "tr", 27 }, { "yi", 28 },
        { "en-US", 7 }, { "EN", 7 }, { "En_gb", 7 }, { "zh-Hant-TW", 0 }, { "ja", 0 }, { "", 0 },
        { "-", 0 }, { "e", 0 }, { "eng", 0 }, { "english", 0 }, { "xx", 0 }
    };

    (void) state;

    for (i = 0; i < sizeof(pinned) / sizeof(pinned[0]); i++) {
        assert_int_equal(gig_stem_language((gig_str_t) { pinned[i].tag, strlen(pinned[i].tag) }),
                         pinned[i].number);
    }
}


/* Every language, words of all lengths: never empty, never too long, twice the same. */

static void
test_bounds(void **state)
{
    char      word[4 * GIG_WORD_MAX], once[GIG_WORD_MAX], twice[GIG_WORD_MAX];
    size_t    i, k, len, n;
    unsigned  language;

    static const char *const  endings[] = {
        "s", "ing", "ation", "en", "lich", "\xd0\xbe\xd0\xb3\xd0\xbe", "\xd8\xa7\xd9\x84",
        "\xce\xbf\xcf\x83", "\xe0\xa4\xa4", "e"
    };

    (void) state;

    for (language = 0; language <= GIG_LANGUAGES_MAX; language++) {

        assert_int_equal(gig_stem(stems, language, gig_str(""), once), 0);

        for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {

            len = 0;

            for (k = 0; k < 12; k++) {

                memcpy(word + len, endings[i], strlen(endings[i]));
                len += strlen(endings[i]);

                n = gig_stem(stems, language, (gig_str_t) { word, len }, once);

                assert_in_range(n, 1, GIG_WORD_MAX);
                assert_true(gig_utf8_valid((gig_str_t) { once, n }));

                assert_int_equal(gig_stem(stems, language, (gig_str_t) { word, len }, twice), n);
                assert_memory_equal(once, twice, n);
            }
        }
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_english),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_languages),
        cmocka_unit_test(test_bounds)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, setup, teardown);
}
