
/*
 * A frame is written by somebody who knows HTML and not us.  A slot where it does harm, or that
 * would be left as text on every page, must be told with its line before a visitor sees it, and
 * what the pages' policy will quietly not let work must be told as well.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_layout.h"

#define HEAD    "<!doctype html>\n<html lang=\"{{lang}}\" dir='{{dir}}'>\n<head>\n{{head}}\n"
#define BODY    "</head>\n<body>\n<header>Acme</header>\n"
#define MAIN    "{{main}}\n"
#define FOOT    "<footer>Acme</footer>\n</body>\n</html>\n"


static gig_layout_t  layout;


static gig_str_t
str(const char *s)
{
    return (gig_str_t) { s, strlen(s) };
}


static void
reads(const char *text)
{
    unsigned     i, line;
    size_t       len;
    gig_error_t  err;

    memset(&layout, 0xa5, sizeof(layout));

    if (gig_layout_read(str(text), &layout, &line, &err) != 0) {
        fail_msg("line %u: %s in %s", line, err.detail, text);
    }

    /* nothing of the text is lost but the slots */

    for (i = 0, len = 0; i < layout.n; i++) {
        assert_true(i == 0 || layout.piece[i].text.data >= layout.piece[i - 1].text.data);
        assert_true((layout.piece[i].slot == GIG_SLOT_END) == (i + 1 == layout.n));
        len += layout.piece[i].text.len;
    }

    assert_true(len < strlen(text));
}


static void
wrong(const char *text, unsigned at, const char *said)
{
    unsigned     line;
    gig_error_t  err;

    if (gig_layout_read(str(text), &layout, &line, &err) == 0) {
        fail_msg("taken: %s", text);
        return;
    }

    if (strstr(err.detail, said) == NULL || line != at) {
        fail_msg("line %u: %s in %s", line, err.detail, text);
    }
}


static void
warns(const char *text, unsigned at, const char *said)
{
    reads(text);

    if (layout.n_warnings == 0 || layout.warning[0].line != at
        || strstr(layout.warning[0].detail, said) == NULL)
    {
        fail_msg("line %u: %s in %s", layout.n_warnings ? layout.warning[0].line : 0,
                 layout.n_warnings ? layout.warning[0].detail : "no warning", text);
    }
}


static void
test_right(void **state)
{
    size_t  i;

    static const char *const  right[] = {
        HEAD BODY MAIN FOOT,
        "\xef\xbb\xbf" HEAD BODY MAIN FOOT,
        "<!DOCTYPE HTML>\n<HTML><HEAD>{{head}}</HEAD><BODY>{{main}}</BODY></HTML>",
        HEAD "<link rel=stylesheet href=/a.css><script src=\"/a.js\" defer></script>" BODY MAIN FOOT,
        HEAD "<script type=\"application/ld+json\">{\"a\":1}</script>" BODY MAIN FOOT,
        HEAD "<!-- a < b > c { } { { -->" BODY "<p title=\"{{title}}\">{{title}} a < b, {c}</p>" MAIN
        FOOT,
        HEAD BODY "<a href=/ class='x y' data-a=\"b > c\">x</a><br/><input disabled>" MAIN FOOT,
        HEAD BODY "<svg><title>Logo</title></svg>" MAIN FOOT,
        HEAD BODY MAIN "<p lang=\"{{lang}}\">{{dir}}</p></body><!-- end"  " -->",
    };

    (void) state;

    for (i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
        reads(right[i]);
        assert_int_equal(layout.n_warnings, 0);
    }

    reads(HEAD BODY MAIN FOOT);
    assert_int_equal(layout.n, 5);
    assert_int_equal(layout.piece[0].slot, GIG_SLOT_LANG);
    assert_int_equal(layout.piece[1].slot, GIG_SLOT_DIR);
    assert_int_equal(layout.piece[2].slot, GIG_SLOT_HEAD);
    assert_int_equal(layout.piece[3].slot, GIG_SLOT_MAIN);
    assert_memory_equal(layout.piece[4].text.data, "\n" FOOT, sizeof("\n" FOOT) - 1);
}


static void
test_wrong(void **state)
{
    (void) state;

    wrong("", 1, "<!doctype html>");
    wrong("<html>" MAIN, 1, "<!doctype html>");
    wrong("<!doctype html>\xff", 0, "UTF-8");
    wrong("<!doctype html>", 0, "{{head}} is missing");
    wrong(HEAD BODY FOOT, 0, "{{main}} is missing");
    wrong(HEAD "{{head}}" BODY MAIN FOOT, 5, "{{head}} stands here for the second time");
    wrong(HEAD BODY MAIN MAIN FOOT, 9, "{{main}} stands here for the second time");
    wrong("<!doctype html>\n{{head}}\n<head></head>", 2, "between <head> and </head>");
    wrong("<!doctype html><head></head>{{head}}", 1, "between <head> and </head>");
    wrong("<!doctype html><head><body>{{head}}", 1, "between <head> and </head>");
    wrong("<!doctype html><head><script>{{head}}</script>", 1, "between <head>");
    wrong(HEAD MAIN BODY FOOT, 5, "within <body>");
    wrong(HEAD BODY "</body>" MAIN, 8, "within <body>");
    wrong(HEAD BODY "<textarea>" MAIN "</textarea>" FOOT, 8, "within <body>");
    wrong(HEAD BODY "<p title=\"{{main}}\">", 8, "within <body>");
    wrong(HEAD BODY MAIN "{{title}}" FOOT, 9, "before {{main}}");

    wrong(HEAD BODY "{{maim}}", 8, "there is no slot {{maim}}; did you mean {{main}}?");
    wrong(HEAD BODY "{{zzzzzzzzzzzzzzzzzzzzzzzz}}", 8, "there is no slot {{zzzzzzzzzzzzzzz}}: it");
    wrong(HEAD BODY "{{ main }}", 8, "without blanks");
    wrong(HEAD BODY "{{main}", 8, "begins no slot");
    wrong(HEAD BODY "{{main", 8, "begins no slot");
    wrong(HEAD BODY "{{", 8, "begins no slot");
    wrong(HEAD BODY "{{MAIN}}", 8, "there is no slot");

    wrong(HEAD "<script>var t = \"{{title}}\"</script>", 5, "must stand in text");
    wrong(HEAD "<style>\n.a::before { content: '{{title}}' }</style>", 6, "must stand in text");
    wrong(HEAD "<!-- {{title}} -->", 5, "must stand in text");
    wrong(HEAD BODY "<p title={{title}}>", 8, "must stand in text");
    wrong(HEAD BODY "<p {{title}}>", 8, "must stand in text");
    wrong(HEAD BODY "<a href=\"{{title}}\">", 8, "must stand in text");
    wrong(HEAD BODY "<a HREF='/{{lang}}'>", 8, "must stand in text");
    wrong(HEAD BODY "<p onclick=\"a('{{title}}')\">", 8, "must stand in text");
    wrong(HEAD BODY "<p style=\"{{title}}\">", 8, "must stand in text");
    wrong(HEAD BODY "</p {{title}}>", 8, "must stand in text");
    wrong(HEAD BODY "<p{{title}}>", 8, "must stand in text");
    wrong(HEAD BODY "<{{title}}>", 8, "must stand in text");

    wrong(HEAD "<title>Acme</title>", 5, "brings the page's <title>");
    wrong(HEAD "\n<base\nhref=/>", 6, "<base> changes");
    wrong(HEAD BODY "<!-- a\nb\n", 8, "\"-->\" is missing");
    wrong(HEAD BODY "<script>\n\n", 8, "\"</script\" is missing");
    wrong(HEAD BODY "<p title=\"a\n", 8, "\"\"\" is missing");
    wrong(HEAD BODY "<p title\n", 9, "\">\" is missing");
    wrong(HEAD BODY "<p", 8, "\">\" is missing");
}


static void
test_policy(void **state)
{
    unsigned  i;
    char      text[4096];

    (void) state;

    warns(HEAD "\n<script>\na()</script>" BODY MAIN FOOT, 6, "an inline script will not run");
    warns(HEAD "<script type=module>a()</script>" BODY MAIN FOOT, 5, "an inline script");
    warns(HEAD "<script src=\"https://cdn.example/a.js\"></script>" BODY MAIN FOOT, 5,
          "a script of another host");
    warns(HEAD "<script src=//cdn.example/a.js></script>" BODY MAIN FOOT, 5, "of another host");
    warns(HEAD "<STYLE>a { b: c }</STYLE>" BODY MAIN FOOT, 5, "an inline style sheet");
    warns(HEAD "<link rel=stylesheet href=https://cdn.example/a.css>" BODY MAIN FOOT, 5,
          "a style sheet of another host");
    warns(HEAD "<link href=https://cdn.example/a.css rel=StyleSheet>" BODY MAIN FOOT, 5,
          "a style sheet of another host");
    warns(HEAD BODY "<p\nstyle=\"a: b\">" MAIN FOOT, 8, "an attribute \"style\"");
    warns(HEAD BODY "<p onclick=a()>" MAIN FOOT, 8, "an attribute \"on...\"");
    warns(HEAD BODY "<iframe src=/x></iframe>" MAIN FOOT, 8, "no frame");
    warns(HEAD BODY "<main>" MAIN "</main>" FOOT, 8, "brings an element <main>");

    /* all of them are not told, but none is written past the end */

    strcpy(text, HEAD BODY);

    for (i = 0; i < 3 * GIG_LAYOUT_WARNINGS_MAX; i++) {
        strcat(text, "<p style=a>");
    }

    strcat(text, MAIN FOOT);
    reads(text);
    assert_int_equal(layout.n_warnings, GIG_LAYOUT_WARNINGS_MAX);
}


static void
test_bounds(void **state)
{
    char        *text;
    size_t       len;
    unsigned     i, line;
    gig_error_t  err;

    (void) state;

    text = malloc(GIG_LAYOUT_MAX + 2);
    assert_non_null(text);

    strcpy(text, HEAD BODY);

    for (i = 3; i < GIG_LAYOUT_PIECES_MAX - 2; i++) {
        strcat(text, "{{lang}}");
    }

    len = strlen(text);
    strcpy(text + len, MAIN FOOT);
    reads(text);
    assert_int_equal(layout.n, GIG_LAYOUT_PIECES_MAX);

    strcpy(text + len, "{{lang}}" MAIN FOOT);
    wrong(text, 8, "too many slots");

    strcpy(text, HEAD BODY MAIN);
    len = strlen(text);
    memset(text + len, 'a', GIG_LAYOUT_MAX + 1 - len);
    text[GIG_LAYOUT_MAX] = '\0';
    reads(text);

    assert_int_equal(gig_layout_read((gig_str_t) { text, GIG_LAYOUT_MAX + 1 }, &layout, &line,
                                     &err), -1);
    assert_non_null(strstr(err.detail, "65537 bytes long; it may have at most 65536"));

    free(text);
}


/* Cut anywhere, it is read to there and not a byte further. */

static void
test_cut(void **state)
{
    char        *text;
    size_t       len;
    unsigned     line;
    gig_error_t  err;

    static const char  whole[] = HEAD "<script src='/a'></script><!-- x -->" BODY
                                 "<p title=\"{{title}}\" class=a>" MAIN FOOT;

    (void) state;

    for (len = 0; len < sizeof(whole) - 1; len++) {
        text = malloc(len ? len : 1);
        assert_non_null(text);
        memcpy(text, whole, len);
        (void) gig_layout_read((gig_str_t) { text, len }, &layout, &line, &err);
        free(text);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_right),
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_policy),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_cut)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
