
#include "gig_utf8.h"


#define GIG_UTF8_RUN        16                  /* bytes that are looked at together */


static inline int  gig_utf8_odd(unsigned char c);
static int  gig_utf8_allowed(uint32_t code, int lines);


size_t
gig_utf8_decode(gig_str_t s, uint32_t *code)
{
    size_t                i, n;
    uint32_t              c, least;
    const unsigned char  *p;

    if (s.len == 0) {
        return 0;
    }

    p = (const unsigned char *) s.data;
    c = p[0];

    if (c < 0x80) {
        *code = c;
        return 1;
    }

    if (c >= 0xc2 && c <= 0xdf) {
        n = 2;
        c &= 0x1f;
        least = 0x80;

    } else if (c >= 0xe0 && c <= 0xef) {
        n = 3;
        c &= 0x0f;
        least = 0x800;

    } else if (c >= 0xf0 && c <= 0xf4) {
        n = 4;
        c &= 0x07;
        least = 0x10000;

    } else {
        return 0;
    }

    if (s.len < n) {
        return 0;
    }

    for (i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }

        c = c << 6 | (p[i] & 0x3fu);
    }

    if (c < least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
        return 0;
    }

    *code = c;

    return n;
}


size_t
gig_utf8_encode(uint32_t code, char out[4])
{
    size_t  n;

    n = 0;

    if (code < 0x80) {
        out[n++] = (char) code;

    } else if (code < 0x800) {
        out[n++] = (char) (0xc0 | code >> 6);
        out[n++] = (char) (0x80 | (code & 0x3f));

    } else if (code < 0x10000) {
        out[n++] = (char) (0xe0 | code >> 12);
        out[n++] = (char) (0x80 | (code >> 6 & 0x3f));
        out[n++] = (char) (0x80 | (code & 0x3f));

    } else {
        out[n++] = (char) (0xf0 | code >> 18);
        out[n++] = (char) (0x80 | (code >> 12 & 0x3f));
        out[n++] = (char) (0x80 | (code >> 6 & 0x3f));
        out[n++] = (char) (0x80 | (code & 0x3f));
    }

    return n;
}


void
gig_utf8_begin(gig_utf8_reader_t *reader)
{
    reader->need = 0;
    reader->low = 0x80;
    reader->high = 0xbf;
}


const char *
gig_utf8_next(gig_utf8_reader_t *reader, unsigned char c)
{
    static const char  broken[] = "this is not valid UTF-8";
    static const char  overlong[] = "this is not valid UTF-8: a character in an overlong form";

    if (reader->need == 0) {

        if (c < 0x80) {
            return c != 0 ? NULL : "a NUL character is not allowed";
        }

        if (c < 0xc2) {
            return c < 0xc0 ? broken : overlong;
        }

        if (c > 0xf4) {
            return broken;
        }

        reader->need = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
        reader->low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
        reader->high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;

        return NULL;
    }

    if (c < reader->low || c > reader->high) {

        if (c < 0x80 || c > 0xbf) {
            return broken;
        }

        return c < reader->low ? overlong
               : reader->high == 0x9f ? "this is not valid UTF-8: half of a surrogate pair"
               : "this is not valid UTF-8: beyond the last character of Unicode";
    }

    reader->need--;
    reader->low = 0x80;
    reader->high = 0xbf;

    return NULL;
}


const char *
gig_utf8_end(const gig_utf8_reader_t *reader)
{
    return reader->need == 0 ? NULL : "this is not valid UTF-8: a character is cut off";
}


int
gig_utf8_valid(gig_str_t s)
{
    size_t    n;
    uint32_t  code;

    while (s.len != 0) {

        n = gig_utf8_decode(s, &code);

        if (n == 0 || code == 0) {
            return 0;
        }

        s.data += n;
        s.len -= n;
    }

    return 1;
}


/* The inner loop has no way out, so that compilers make a few instructions of it. */

size_t
gig_utf8_plain(gig_str_t s)
{
    int     odd;
    size_t  n, i;

    if (s.len == 0 || gig_utf8_odd((unsigned char) s.data[0])) {
        return 0;                               /* soon said, where it is asked at each byte */
    }

    for (n = 0; s.len - n >= GIG_UTF8_RUN; n += GIG_UTF8_RUN) {

        odd = 0;

        for (i = 0; i < GIG_UTF8_RUN; i++) {
            odd |= gig_utf8_odd((unsigned char) s.data[n + i]);
        }

        if (odd) {
            break;
        }
    }

    while (n < s.len && !gig_utf8_odd((unsigned char) s.data[n])) {
        n++;
    }

    return n;
}


static inline int
gig_utf8_odd(unsigned char c)
{
    return (c < 0x20) | (c > 0x7e) | (c == '"') | (c == '\\');
}


size_t
gig_utf8_length(gig_str_t s)
{
    size_t  i, n;

    n = 0;

    for (i = 0; i < s.len; i++) {
        if (((unsigned char) s.data[i] & 0xc0) != 0x80) {
            n++;
        }
    }

    return n;
}


int
gig_utf8_clean(gig_str_t s, int lines)
{
    size_t    n;
    uint32_t  code;

    while (s.len != 0) {

        n = gig_utf8_plain(s);

        if (n != 0) {
            s.data += n;
            s.len -= n;
            continue;
        }

        n = gig_utf8_decode(s, &code);

        if (n == 0 || !gig_utf8_allowed(code, lines)) {
            return 0;
        }

        s.data += n;
        s.len -= n;
    }

    return 1;
}


static int
gig_utf8_allowed(uint32_t code, int lines)
{
    if (code < 0x20) {
        return lines && (code == '\t' || code == '\n' || code == '\r');
    }

    if (code >= 0x7f && code <= 0x9f) {
        return 0;
    }

    /* line and paragraph separator: word processors leave them in pasted text */

    if (code == 0x2028 || code == 0x2029) {
        return lines;
    }

    /* overrides and embeddings, isolates: they make a name read as another */

    return !((code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069));
}


size_t
gig_utf8_cut(gig_str_t s, size_t max)
{
    if (s.len <= max) {
        return s.len;
    }

    while (max != 0 && ((unsigned char) s.data[max] & 0xc0) == 0x80) {
        max--;
    }

    return max;
}
