/*
 * What a search finds is decided here: gigs and queries are taken apart by the same
 * rules, and the names of the trade ("C++", ".NET", "R&D") must survive them however
 * a sentence goes on around them.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_fold.h"
#include "gig_utf8.h"
#include "gig_word.h"

#define OUT_MAX     65536


/* "node.js@0 (node@0 js@1) developer@2", with a ! behind words that are not to be stemmed. */

static void
words_of(gig_str_t text, char *out, size_t size)
{
    int          open;
    size_t       n;
    gig_words_t  words;

    n = 0;
    open = 0;
    out[0] = '\0';

    gig_words_init(&words, text, 0);

    while (gig_words_next(&words)) {

        if (open && !words.part) {
            n += (size_t) snprintf(out + n, size - n, ")");
            open = 0;
        }

        n += (size_t) snprintf(out + n, size - n, "%s", n != 0 ? " " : "");

        if (!open && words.part) {
            n += (size_t) snprintf(out + n, size - n, "(");
            open = 1;
        }

        n += (size_t) snprintf(out + n, size - n, "%s%.*s@%u%s", words.joined ? "_" : "",
                               (int) words.len, words.data, words.position,
                               words.plain ? "" : "!");
        assert_true(n + 64 < size);
    }

    (void) snprintf(out + n, size - n, "%s", open ? ")" : "");
}


static void
check(const char *text, const char *expected)
{
    char  out[4096];

    words_of((gig_str_t) { text, strlen(text) }, out, sizeof(out));
    assert_string_equal(out, expected);
}


static void
test_plain(void **state)
{
    (void) state;

    check("", "");
    check(" \t\n", "");
    check("Data  Analyst,\n(Remote)", "data@0 analyst@1 remote@2");
    check("Caf\u00e9 \u00c9t\u00e9", "cafe@0 ete@1");
    check("UX/UI", "ux@0 ui@1");
    check("\u0420\u0430\u0431\u043e\u0442\u0430", "\u0440\u0430\u0431\u043e\u0442\u0430@0");
    check("\u0639\u0645\u0644 \u0639\u0646", "\u0639\u0645\u0644@0 \u0639\u0646@1");
    check("wow \U0001f680\U0001f468\u200d\U0001f4bb yes", "wow@0 yes@1");
    check("word\u2014word 2024\u20132025", "word@0 word@1 2024@2! 2025@3!");
    check("zero\u00adwidth", "zerowidth@0");
    check("\"quoted\" <b> a|b", "quoted@0 b@1 a@2 b@3");
}


static void
test_names_of_the_trade(void **state)
{
    (void) state;

    check("C++", "c++@0!");
    check("C++.", "c++@0!");
    check("(C++)", "c++@0!");
    check("C/C++, C#.", "c@0 c++@1! c#@2!");
    check("F# and C\u266f", "f#@0! and@1 c#@2!");
    check("C++17", "c++@0! _17@1!");
    check("C++-style", "c++@0! style@1");
    check("Notepad++", "notepad++@0! (notepad@0)");
    check("A+ Security+ cert", "a+@0! security+@1! (security@1) cert@2");
    check("Python+SQL", "python@0 sql@1");
    check(".NET", ".net@0! (net@0)");
    check("(.NET)", ".net@0! (net@0)");
    check("use .NET.", "use@0 .net@1! (net@1)");
    check(".NET-Core", ".netcore@0! (.net@0! net@0 core@1)");
    check("C#/.NET", "c#@0! .net@1! (net@1)");
    check("ASP.NET MVC", "asp.net@0! (asp@0 .net@1! net@1) mvc@2");
    check("Java.", "java@0");
    check("Java...then", "java@0 then@1");
    check("Node.js.", "node.js@0! (node@0 js@1)");
    check("Node.JS developer", "node.js@0! (node@0 js@1) developer@2");
    check("R&D", "r&d@0! (r@0 d@1)");
    check("AT&T's Q&A", "at&t@0! (at@0 t@1) q&a@2! (q@2 a@3)");
    check("R & D", "r@0 d@1");
    check("#hashtag issue#5 page#top", "hashtag@0 issue@1 5@2! page@3 top@4");
    check("Objective-C++ Objective-C",
          "objectivec++@0! (objective@0 c++@1!) objectivec@2 (objective@2 c@3)");
    check("+++++ ---- a++++ ##", "a@0");
    check("Excel\u00ae.", "excel@0");
}


static void
test_joined(void **state)
{
    (void) state;

    check("Front-End dev", "frontend@0 (front@0 end@1) dev@2");
    check("front\u2011end", "frontend@0 (front@0 end@1)");
    check("co-op", "coop@0 (co@0 op@1)");
    check("state-of-the-art", "stateoftheart@0 (state@0 of@1 the@2 art@3)");
    check("K-12", "k12@0! (k@0 12@1!)");
    check("- a -b c- --d e--f", "a@0 b@1 c@2 d@3 e@4 f@5");
    check("snake_case _emphasis_", "snakecase@0 (snake@0 case@1) emphasis@2");
    check("women's women\u2019s students' '90s", "women@0 women@1 students@2 90s@3!");
    check("women's-only", "womenonly@0 (women@0 only@1)");
    check("don't we'll I\u2019m they've", "dont@0 well@1 im@2 theyve@3");
    check("O'Reilly L\u2019Or\u00e9al", "oreilly@0 (o@0 reilly@1) loreal@2 (l@2 oreal@3)");
    check("1980's", "1980@0!");
    check("a.b.c@x.org", "abc@0 x.org@1! (x@1 org@2)");
    check("https://www.uni-x.edu/jobs",
          "https@0 www.unix.edu@1! (www@1 uni@2 x@3 edu@4) jobs@5");
}


static void
test_acronyms(void **state)
{
    (void) state;

    check("e.g. i.e., U.S. U.S.A.", "eg@0 ie@1 us@2 usa@3");
    check("U.S.-based", "us@0 based@1");
    check("Ph.D. or B.Sc.", "phd@0 or@1 bsc@2");
    check("9 a.m.", "9@0! am@1");
    check("co.uk", "co.uk@0! (co@0 uk@1)");
    check("x-y", "xy@0 (x@0 y@1)");
}


static void
test_numbers(void **state)
{
    (void) state;

    check("$20 2026 3D 1st", "20@0! 2026@1! 3d@2! 1st@3!");
    check("10,000 1,000,000", "10000@0! 1000000@1!");
    check("$1,250.50.", "1250.50@0!");
    check("1,2 1,0000 2,\u0661\u0661\u0661", "1@0! 2@1! 1@2! 0000@3! 2@4! \u0661\u0661\u0661@5!");
    check("3.5 GPA v2.0.1", "3.5@0! gpa@1 v2.0.1@2!");
    check("10-15 2026-09-01 24/7", "10@0! 15@1! 2026@2! 09@3! 01@4! 24@5! 7@6!");
    check("5+ years 100%", "5@0! years@1 100@2!");
    check("web2.0", "web2.0@0!");
}


static void
test_without_blanks(void **state)
{
    (void) state;

    check("\u6771\u4eac \u5927", "\u6771@0 _\u4eac@1 \u5927@2");
    check("AI\u4eba\u6750", "ai@0 _\u4eba@1 _\u6750@2");
    check("\u30c7\u30fc", "\u30c6@0 _\u30fc@1");
    check("\u0e07\u0e32\u0e19", "\u0e07@0 _\u0e32@1 _\u0e19@2");
}


static void
test_bounds(void **state)
{
    char         text[256];
    size_t       n;
    gig_words_t  words;

    (void) state;

    /* cut at a character's border; what follows the long word is not lost */

    memset(text, 'a', sizeof(text));
    memcpy(text + 47, "\u0431", 2);
    memcpy(text + 200, " next", 5);

    gig_words_init(&words, (gig_str_t) { text, 205 }, 7);
    assert_true(gig_words_next(&words));
    assert_int_equal(words.len, 47);
    assert_int_equal(words.position, 7);
    assert_true(gig_words_next(&words));
    assert_memory_equal(words.data, "next", 4);
    assert_int_equal(words.position, 8);
    assert_false(gig_words_next(&words));
    assert_false(gig_words_next(&words));
    assert_int_equal(words.next, 9);

    /* a compound of too many: the ninth begins another */

    check("aa-bb-cc-dd-ee-ff-gg-hh-ii-jj",
          "aabbccddeeffgghh@0 (aa@0 bb@1 cc@2 dd@3 ee@4 ff@5 gg@6 hh@7) iijj@8 (ii@8 jj@9)");
    check("aa.bb.cc.dd.ee.ff.gg.hh.ii",
          "aa.bb.cc.dd.ee.ff.gg.hh@0! (aa@0 bb@1 cc@2 dd@3 ee@4 ff@5 gg@6 hh@7) ii@8");

    /* the longest of all fills what it is collected in */

    for (n = 0; n < 5; n++) {
        memset(text + n * 51, 'a', 48);
        memcpy(text + n * 51 + 48, "++.", 3);
    }

    gig_words_init(&words, (gig_str_t) { text, 255 }, 0);

    for (n = 0; gig_words_next(&words); n++) {
        assert_int_equal(words.len, 48);
    }

    assert_int_equal(n, 11);
}


/* Texts of random pieces: folded before or not, the words are the same. */

static void
test_folded_before(void **state)
{
    size_t       i, n, len;
    unsigned     round;
    const char  *piece;

    static char              text[OUT_MAX], folded[OUT_MAX], one[OUT_MAX], two[OUT_MAX];
    static const char *const  pieces[] = {
        "a", "Net", "C", "js", "\u00c9t\u00e9", "9", "10", "000", ".", ".", "-", "&", "'", "\u2019",
        "s", "ll", "+", "++", "#", ",", " ", " ", "  ", "\u2014", "\u200b", "\u6771", "\u00bd",
        "\ufdfa", "\u0301", "/", "_", "\"", "\U0001f680", "t", "developer", "\u0661"
    };

    (void) state;

    srandom(1);

    for (round = 0; round < 3000; round++) {

        len = 0;

        for (i = 0; i < 1 + round % 300; i++) {
            piece = pieces[(size_t) random() % (sizeof(pieces) / sizeof(pieces[0]))];
            n = strlen(piece);
            assert_true(len + n < OUT_MAX);
            memcpy(text + len, piece, n);
            len += n;
        }

        n = gig_fold((gig_str_t) { text, len }, folded, OUT_MAX);

        words_of((gig_str_t) { text, len }, one, OUT_MAX);
        words_of((gig_str_t) { folded, n }, two, OUT_MAX);
        assert_string_equal(one, two);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_names_of_the_trade),
        cmocka_unit_test(test_joined),
        cmocka_unit_test(test_acronyms),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_without_blanks),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_folded_before)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
