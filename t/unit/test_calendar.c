
/*
 * A calendar takes a file or silently drops it: lines that are too long or cut inside a character, a
 * comma that is not escaped, an event without its own id.  And a file that changes with the clock
 * would be another one each time it is fetched.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_calendar.h"
#include "gig_utf8.h"


static void
line(const char *text, const char *expected)
{
    gig_buf_t  out;

    gig_buf_init(&out, 65536);
    gig_calendar_text("SUMMARY", (gig_str_t) { text, strlen(text) }, &out);
    assert_false(gig_buf_failed(&out));
    gig_buf_add(&out, "", 1);
    assert_string_equal(out.data, expected);
    gig_buf_free(&out);
}


static void
test_escape(void **state)
{
    (void) state;

    line("", "SUMMARY:\r\n");
    line("Plain: text", "SUMMARY:Plain: text\r\n");
    line("a, b; c\\d", "SUMMARY:a\\, b\\; c\\\\d\r\n");
    line("two\nlines\r\nand a third", "SUMMARY:two\\nlines\\nand a third\r\n");
    line("bell\a \x7f" "delete", "SUMMARY:bell delete\r\n");

    /* a title cannot begin a line of its own */
    line("x\r\nATTENDEE:mailto:a@b.example", "SUMMARY:x\\nATTENDEE:mailto:a@b.example\r\n");
}


/* Each line at most 75 bytes and whole characters; put together again it is what it was. */

static void
test_fold(void **state)
{
    char       text[1024], *p, *end;
    size_t     n, len;
    unsigned   width;
    gig_buf_t  out, joined;

    static const char *const  letter[] = { "a", "\u00e9", "\u8bbe", "\U0001f600" };

    (void) state;

    for (width = 0; width < 4; width++) {
        for (n = 60; n < 160; n++) {

            for (len = 0; len < n; len++) {
                text[len] = 'x';
            }

            for ( ; len + 4 < n + 80; len += strlen(letter[width])) {
                memcpy(text + len, letter[width], strlen(letter[width]));
            }

            gig_buf_init(&out, 65536);
            gig_buf_init(&joined, 65536);
            gig_calendar_text("X", (gig_str_t) { text, len }, &out);
            gig_buf_add(&out, "", 1);

            for (p = out.data; *p != '\0'; p = end + 2) {
                end = strstr(p, "\r\n");
                assert_non_null(end);
                assert_true(end - p <= GIG_CALENDAR_LINE);
                assert_true(gig_utf8_valid((gig_str_t) { p, (size_t) (end - p) }));
                assert_true(p == out.data ? *p == 'X' : *p == ' ');
                gig_buf_add(&joined, p + (p != out.data), (size_t) (end - p) - (p != out.data));
            }

            assert_int_equal(joined.len, len + 2);
            assert_memory_equal(joined.data + 2, text, len);

            gig_buf_free(&out);
            gig_buf_free(&joined);
        }
    }
}


static void
test_malformed(void **state)
{
    char       text[300];
    gig_buf_t  out;

    (void) state;

    memset(text, 0x80, sizeof(text));               /* no character begins anywhere */
    gig_buf_init(&out, 65536);
    gig_calendar_text("X", (gig_str_t) { text, sizeof(text) }, &out);
    assert_false(gig_buf_failed(&out));
    gig_buf_free(&out);
}


static void
test_event(void **state)
{
    gig_buf_t       out;
    gig_calendar_t  calendar = {
        GIG_CALENDAR_CLOSES, gig_str("one"), gig_str("careers.example"), gig_str("A, B"),
        gig_str("Acme"), gig_str("https://careers.example/one/a-b"),
        gig_str("Fri 30 Oct 2026, 23:59 Chicago time"), 1793422740, 1789395328
    };

    (void) state;

    gig_buf_init(&out, 65536);
    gig_calendar(&calendar, &out);
    assert_false(gig_buf_failed(&out));
    gig_buf_add(&out, "", 1);
    assert_string_equal(out.data,
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//ngx_gig_module//gig board//EN\r\n"
        "METHOD:PUBLISH\r\nBEGIN:VEVENT\r\nUID:closing-one@careers.example\r\n"
        "DTSTAMP:20260914T141528Z\r\nDTSTART:20261031T044400Z\r\nDTEND:20261031T045900Z\r\n"
        "SUMMARY:Closes: A\\, B\r\n"
        "DESCRIPTION:Closes: A\\, B (Acme)\\nApplications close Fri 30 Oct 2026\\, 23:5\r\n"
        " 9 Chicago time.\\nhttps://careers.example/one/a-b\r\n"
        "URL:https://careers.example/one/a-b\r\n"
        "TRANSP:TRANSPARENT\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER;RELATED=END:-P1D\r\n"
        "DESCRIPTION:Closes: A\\, B\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");

    gig_buf_reset(&out);
    calendar.kind = GIG_CALENDAR_OPENS;
    calendar.url = gig_null_str;
    gig_calendar(&calendar, &out);
    gig_buf_add(&out, "", 1);
    assert_non_null(strstr(out.data, "UID:opens-one@careers.example\r\n"));
    assert_non_null(strstr(out.data, "DTSTART:20261031T045900Z\r\nDTEND:20261031T051400Z\r\n"));
    assert_non_null(strstr(out.data, "TRIGGER:-PT10M\r\n"));
    assert_null(strstr(out.data, "URL"));
    gig_buf_free(&out);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_escape),
        cmocka_unit_test(test_fold),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_event),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
