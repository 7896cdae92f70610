
#include "gig_utf8.h"
#include "gig_xml.h"


int
gig_xml_valid(uint32_t code)
{
    return code == '\t' || code == '\n' || code == '\r' || (code >= 0x20 && code <= 0xd7ff)
           || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}


/* What is written instead of a character; NULL: itself. */

static const char *
gig_xml_escape(uint32_t code)
{
    switch (code) {

    case '&':
        return "&amp;";

    case '<':
        return "&lt;";

    case '>':
        return "&gt;";

    case '"':
        return "&quot;";

    case '\r':
        return "&#13;";                 /* as it is a reader would take it for a line feed */

    default:
        return NULL;
    }
}


/* cdata: nothing needs an escape but the end of the section. */

static void
gig_xml_write(gig_buf_t *b, gig_str_t s, int cdata)
{
    size_t       n, run;
    unsigned     brackets;
    uint32_t     code;
    const char  *escape;

    run = 0;
    brackets = 0;                       /* that were written last */

    while (s.len > run) {

        n = gig_utf8_decode((gig_str_t) { s.data + run, s.len - run }, &code);

        if (n == 0) {
            n = 1;
            escape = "\xef\xbf\xbd";

        } else if (!gig_xml_valid(code)) {
            escape = "";

        } else {
            escape = cdata ? NULL : gig_xml_escape(code);
        }

        /* what is left out does not part what stands beside it */

        if (cdata && code == '>' && n == 1 && brackets >= 2) {
            escape = "]]><![CDATA[>";
        }

        if (escape == NULL || escape[0] != '\0') {
            brackets = (cdata && escape == NULL && code == ']') ? brackets + 1 : 0;
        }

        if (escape == NULL) {
            run += n;
            continue;
        }

        gig_buf_add(b, s.data, run);
        gig_buf_puts(b, escape);

        s.data += run + n;
        s.len -= run + n;
        run = 0;
    }

    gig_buf_add(b, s.data, run);
}


void
gig_xml_text(gig_buf_t *b, gig_str_t s)
{
    gig_xml_write(b, s, 0);
}


void
gig_xml_cdata(gig_buf_t *b, gig_str_t s)
{
    gig_buf_puts(b, "<![CDATA[");
    gig_xml_write(b, s, 1);
    gig_buf_puts(b, "]]>");
}
