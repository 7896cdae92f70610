
/*
 * One character that XML 1.0 cannot hold, and no reader takes any of a feed; one "]]>" in a
 * description, and the rest of it becomes elements.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_xml.h"


static void
written(void (*write)(gig_buf_t *b, gig_str_t s), const char *text, size_t len,
    const char *expected)
{
    gig_buf_t  out;

    gig_buf_init(&out, 4096);
    write(&out, (gig_str_t) { text, len });
    assert_false(gig_buf_failed(&out));
    gig_buf_add(&out, "", 1);
    assert_string_equal(out.data, expected);
    assert_int_equal(out.len, strlen(expected) + 1);
    gig_buf_free(&out);
}


#define text(s, expected)   written(gig_xml_text, s, sizeof(s) - 1, expected)
#define cdata(s, expected)  written(gig_xml_cdata, s, sizeof(s) - 1, expected)


static void
test_text(void **state)
{
    (void) state;

    text("", "");
    text("Caf\u00e9 \U0001f600", "Caf\u00e9 \U0001f600");
    text("R&D <b>\"it's\"</b>", "R&amp;D &lt;b&gt;&quot;it's&quot;&lt;/b&gt;");
    text("a]]>b", "a]]&gt;b");
    text("a\tb\nc\r\nd", "a\tb\nc&#13;\nd");
    text("a\0b\1c\x1f" "d\x7f", "abcd\x7f");
    text("\xef\xbf\xbe|\xef\xbf\xbf|\xef\xbf\xbd", "||\ufffd");
    text("\xc3(\xed\xa0\x80", "\ufffd(\ufffd\ufffd\ufffd");
}


static void
test_cdata(void **state)
{
    (void) state;

    cdata("", "<![CDATA[]]>");
    cdata("<p>R&amp;D</p>", "<![CDATA[<p>R&amp;D</p>]]>");
    cdata("a]]>b", "<![CDATA[a]]]]><![CDATA[>b]]>");
    cdata("a]]]>b", "<![CDATA[a]]]]]><![CDATA[>b]]>");
    cdata("]]>]]>", "<![CDATA[]]]]><![CDATA[>]]]]><![CDATA[>]]>");
    cdata("a]b]>c", "<![CDATA[a]b]>c]]>");
    cdata("a\0b", "<![CDATA[ab]]>");

    /* what is left out does not part what ends a section */
    cdata("]\1]\2>", "<![CDATA[]]]]><![CDATA[>]]>");
    cdata("]]\xc3>", "<![CDATA[]]\ufffd>]]>");
}


static void
test_bound(void **state)
{
    gig_buf_t  out;

    (void) state;

    gig_buf_init(&out, 16);
    gig_xml_text(&out, gig_str("&&&&&&&&"));
    assert_true(gig_buf_failed(&out));
    gig_buf_free(&out);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_cdata),
        cmocka_unit_test(test_bound),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
