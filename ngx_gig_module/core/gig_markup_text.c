
/* The text of cleaned HTML. */

#include <string.h>

#include "gig_markup.h"
#include "gig_markup_tag.h"


int
gig_markup_text(gig_str_t html, gig_buf_t *out)
{
    int          blank, item, closing;
    size_t       n;
    uint32_t     code;
    gig_str_t    name;
    const char  *end;

    blank = 1;                                  /* nothing, or a blank, is before */
    item = 0;                                   /* "- " is before */

    while (html.len != 0) {

        if (html.data[0] == '<') {

            end = memchr(html.data, '>', html.len);

            if (end == NULL) {
                break;
            }

            name = (gig_str_t) { html.data + 1, (size_t) (end - html.data) - 1 };
            html.len -= name.len + 2;
            html.data = end + 1;

            closing = name.len != 0 && name.data[0] == '/';

            if (closing) {
                name.data++;
                name.len--;
            }

            if (gig_markup_tag(name)->kind < GIG_MARKUP_VOID
                || gig_markup_tag(name)->kind == GIG_MARKUP_INLINE || (item && !closing))
            {
                continue;
            }

            while (out->len != 0 && out->data[out->len - 1] == ' ') {
                out->len--;
            }

            if (out->len != 0 && out->data[out->len - 1] != '\n') {
                gig_buf_puts(out, "\n");
            }

            blank = 1;
            item = !closing && gig_str_is(name, "li");

            if (item) {
                gig_buf_puts(out, "- ");
            }

            continue;
        }

        n = gig_markup_character(html, &code);

        if (code == 0xa0 || (code < 0x80 && gig_markup_blank((char) code))) {
            if (!blank) {
                gig_buf_puts(out, " ");
            }

            blank = 1;

        } else {

            if (code < 0x80) {
                gig_buf_add(out, &(char) { (char) code }, 1);
            } else {
                gig_markup_text_add(out, code);
            }

            blank = 0;
            item = 0;
        }

        html.data += n;
        html.len -= n;
    }

    while (out->len != 0
           && (out->data[out->len - 1] == '\n' || out->data[out->len - 1] == ' '))
    {
        out->len--;
    }

    return gig_buf_failed(out) ? -1 : 0;
}
