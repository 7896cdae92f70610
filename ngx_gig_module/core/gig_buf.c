
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gig_buf.h"
#include "gig_utf8.h"

#define GIG_BUF_FIRST       256                 /* bytes of the first allocation */


static int  gig_buf_reserve(gig_buf_t *b, size_t more);


void
gig_buf_init(gig_buf_t *b, size_t limit)
{
    memset(b, 0, sizeof(*b));
    b->limit = limit;
}


void
gig_buf_free(gig_buf_t *b)
{
    free(b->data);

    b->data = NULL;
    b->len = 0;
    b->size = 0;
}


void
gig_buf_reset(gig_buf_t *b)
{
    b->len = 0;
    b->failed = 0;
}


int
gig_buf_failed(const gig_buf_t *b)
{
    return b->failed;
}


void
gig_buf_room(gig_buf_t *b, size_t more)
{
    (void) gig_buf_reserve(b, more);
}


/* Room for `more` bytes: 0, or -1 and the buffer has failed. */

static int
gig_buf_reserve(gig_buf_t *b, size_t more)
{
    char    *data;
    size_t   size;

    if (b->failed) {
        return -1;
    }

    if (b->len > b->limit || more > b->limit - b->len) {
        goto failed;
    }

    if (more <= b->size - b->len) {
        return 0;
    }

    size = b->size < GIG_BUF_FIRST ? GIG_BUF_FIRST : b->size;

    while (size - b->len < more) {
        size = size > b->limit / 2 ? b->limit : size * 2;
    }

    if (size > b->limit) {
        size = b->limit;
    }

    data = realloc(b->data, size);
    if (data == NULL) {
        goto failed;
    }

    b->data = data;
    b->size = size;

    return 0;

failed:

    b->failed = 1;

    return -1;
}


void
gig_buf_grow(gig_buf_t *b, const void *data, size_t len)
{
    if (len == 0 || gig_buf_reserve(b, len) != 0) {
        return;
    }

    memcpy(b->data + b->len, data, len);
    b->len += len;
}


void
gig_buf_printf(gig_buf_t *b, const char *format, ...)
{
    int      n;
    char     text[512], *long_text;
    va_list  args;

    va_start(args, format);
    n = vsnprintf(text, sizeof(text), format, args);
    va_end(args);

    if (n < 0) {
        b->failed = 1;
        return;
    }

    if ((size_t) n < sizeof(text)) {
        gig_buf_add(b, text, (size_t) n);
        return;
    }

    long_text = NULL;

    va_start(args, format);
    n = vasprintf(&long_text, format, args);
    va_end(args);

    if (n < 0) {
        b->failed = 1;
        return;
    }

    gig_buf_add(b, long_text, (size_t) n);
    free(long_text);
}


void
gig_buf_json(gig_buf_t *b, gig_str_t s)
{
    size_t       n, run;
    uint32_t     code;
    const char  *escape;

    gig_buf_add(b, "\"", 1);

    run = 0;

    while (s.len > run) {

        n = gig_utf8_decode((gig_str_t) { s.data + run, s.len - run }, &code);

        if (n == 0) {
            code = 0xfffd;
            n = 1;

        } else if (code >= 0x20 && code != '"' && code != '\\' && code != '<' && code != '>'
                   && code != '&' && code != 0x2028 && code != 0x2029)
        {
            run += n;
            continue;
        }

        gig_buf_add(b, s.data, run);

        s.data += run + n;
        s.len -= run + n;
        run = 0;

        switch (code) {
        case '"':
            escape = "\\\"";
            break;
        case '\\':
            escape = "\\\\";
            break;
        case '\n':
            escape = "\\n";
            break;
        case '\r':
            escape = "\\r";
            break;
        case '\t':
            escape = "\\t";
            break;
        default:
            escape = NULL;
        }

        if (escape != NULL) {
            gig_buf_puts(b, escape);
        } else {
            gig_buf_printf(b, "\\u%04x", (unsigned) code);
        }
    }

    gig_buf_add(b, s.data, run);
    gig_buf_add(b, "\"", 1);
}


void
gig_buf_member(gig_buf_t *b, const char *name, gig_str_t value)
{
    gig_buf_printf(b, ",\"%s\":", name);
    gig_buf_json(b, value);
}


void
gig_buf_html(gig_buf_t *b, gig_str_t s)
{
    size_t       n, run;
    uint32_t     code;
    const char  *escape;

    run = 0;

    while (s.len > run) {

        n = gig_utf8_decode((gig_str_t) { s.data + run, s.len - run }, &code);

        if (n == 0) {
            n = 1;
            code = 0xfffd;
        }

        switch (code) {
        case '&':
            escape = "&amp;";
            break;
        case '<':
            escape = "&lt;";
            break;
        case '>':
            escape = "&gt;";
            break;
        case '"':
            escape = "&quot;";
            break;
        case '\'':
            escape = "&#39;";
            break;
        case 0:
        case 0xfffd:
            escape = "\xef\xbf\xbd";            /* HTML has no way to write NUL */
            break;
        default:
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
gig_buf_uri(gig_buf_t *b, gig_str_t s)
{
    char           text[3];
    size_t         i;
    unsigned char  c;

    static const char  hex[] = "0123456789ABCDEF";

    for (i = 0; i < s.len; i++) {

        c = (unsigned char) s.data[i];

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || c == '-' || c == '.' || c == '_' || c == '~')
        {
            gig_buf_add(b, &s.data[i], 1);
            continue;
        }

        text[0] = '%';
        text[1] = hex[c >> 4];
        text[2] = hex[c & 0xf];

        gig_buf_add(b, text, 3);
    }
}
