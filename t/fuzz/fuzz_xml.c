/*
 * Text in XML, escaped and as CDATA: whatever goes in, what comes out is valid UTF-8 of characters
 * that XML has, closes nothing it stands in, and reads back as what went in, but for what XML
 * cannot hold.
 */

#include <stdlib.h>
#include <string.h>

#include "gig_utf8.h"
#include "gig_xml.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_START  "<![CDATA["
#define FUZZ_END    "]]>"


/* What a reader is to get. */

static void
fuzz_expected(gig_str_t s, gig_buf_t *out)
{
    size_t    n;
    uint32_t  code;

    while (s.len != 0) {
        n = gig_utf8_decode(s, &code);

        if (n == 0) {
            n = 1;
            gig_buf_puts(out, "\xef\xbf\xbd");

        } else if (gig_xml_valid(code)) {
            gig_buf_add(out, s.data, n);
        }

        s.data += n;
        s.len -= n;
    }
}


static void
fuzz_valid(const gig_buf_t *b)
{
    size_t     n;
    gig_str_t  s = { b->data, b->len };
    uint32_t   code;

    while (s.len != 0) {
        n = gig_utf8_decode(s, &code);

        if (n == 0 || !gig_xml_valid(code)) {
            abort();
        }

        s.data += n;
        s.len -= n;
    }
}


static int
fuzz_starts(const gig_buf_t *b, size_t at, const char *with)
{
    size_t  len = strlen(with);

    return b->len - at >= len && memcmp(b->data + at, with, len) == 0;
}


/* A reader of text as it stands between tags. */

static void
fuzz_read_text(const gig_buf_t *in, gig_buf_t *out)
{
    size_t  i, k;

    static const char *const  entity[][2] = {
        { "&amp;", "&" }, { "&lt;", "<" }, { "&gt;", ">" }, { "&quot;", "\"" }, { "&#13;", "\r" }
    };

    for (i = 0; i < in->len; /* void */ ) {

        if (in->data[i] != '&') {

            if (strchr("<>\"\r", in->data[i]) != NULL) {
                abort();
            }

            gig_buf_add(out, &in->data[i++], 1);
            continue;
        }

        for (k = 0; k < 5 && !fuzz_starts(in, i, entity[k][0]); k++) { /* void */ }

        if (k == 5) {
            abort();
        }

        gig_buf_puts(out, entity[k][1]);
        i += strlen(entity[k][0]);
    }
}


/* And of sections, one after the other with nothing between. */

static void
fuzz_read_cdata(const gig_buf_t *in, gig_buf_t *out)
{
    size_t  i;

    for (i = 0; i < in->len; /* void */ ) {

        if (!fuzz_starts(in, i, FUZZ_START)) {
            abort();
        }

        for (i += sizeof(FUZZ_START) - 1; !fuzz_starts(in, i, FUZZ_END); i++) {

            if (i == in->len) {
                abort();
            }

            gig_buf_add(out, &in->data[i], 1);
        }

        i += sizeof(FUZZ_END) - 1;
    }
}


static void
fuzz_same(const gig_buf_t *a, const gig_buf_t *b)
{
    if (gig_buf_failed(a) || gig_buf_failed(b) || a->len != b->len
        || (a->len != 0 && memcmp(a->data, b->data, a->len) != 0))
    {
        abort();
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gig_str_t  s = { (const char *) data, size };
    gig_buf_t  expected, written, read;

    gig_buf_init(&expected, 8 * size + 64);
    gig_buf_init(&written, 64 * size + 64);
    gig_buf_init(&read, 8 * size + 64);

    fuzz_expected(s, &expected);

    gig_xml_text(&written, s);
    fuzz_valid(&written);
    fuzz_read_text(&written, &read);
    fuzz_same(&read, &expected);

    gig_buf_reset(&written);
    gig_buf_reset(&read);

    gig_xml_cdata(&written, s);
    fuzz_valid(&written);
    fuzz_read_cdata(&written, &read);
    fuzz_same(&read, &expected);

    gig_buf_free(&expected);
    gig_buf_free(&written);
    gig_buf_free(&read);

    return 0;
}
