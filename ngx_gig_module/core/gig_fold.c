
#include <string.h>

#include <utf8proc.h>

#include "gig_fold.h"
#include "gig_utf8.h"

/* Code points that one decomposes to; U+FDFA has the most. */
#define GIG_FOLD_CODES_MAX  18


static size_t       gig_fold_char(uint32_t code, char out[GIG_FOLD_CHAR_MAX]);
static size_t       gig_fold_letter(uint32_t code, char *out, size_t size);
static const char  *gig_fold_plain(uint32_t code);
static int          gig_fold_blank(uint32_t code);
static size_t       gig_fold_codes(uint32_t code, int casefold, utf8proc_int32_t *codes);


/* What an ASCII character becomes; 0: nothing. */

static const char  gig_fold_ascii[128] = {
    0,   0,   0,   0,   0,   0,   0,   0,   0,   ' ', ' ', ' ', ' ', ' ', 0,   0,
    0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,
    ' ', '!', '"', '#', '$', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/',
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?',
    '@', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', '[', '\\', ']', '^', '_',
    '\'', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', '{', '|', '}', '~', 0
};


size_t
gig_fold(gig_str_t s, char *out, size_t size)
{
    int     blank;
    char    piece[4 * GIG_FOLD_CHAR_MAX];
    size_t  i, n, len, step;

    n = 0;
    blank = 0;

    while (s.len != 0) {

        len = gig_fold_some(&s, piece, sizeof(piece));

        for (i = 0; i < len; i += step) {

            if (piece[i] == ' ') {
                blank = (n != 0);
                step = 1;
                continue;
            }

            step = 1;

            while (i + step < len && ((unsigned char) piece[i + step] & 0xc0) == 0x80) {
                step++;
            }

            /* a blank goes with what follows it, so that none is left at the end */

            if (size - n < step + (size_t) blank) {
                return n;
            }

            if (blank) {
                out[n++] = ' ';
                blank = 0;
            }

            memcpy(out + n, piece + i, step);
            n += step;
        }
    }

    return n;
}


size_t
gig_fold_some(gig_str_t *s, char *out, size_t size)
{
    size_t         n, i, len;
    uint32_t       code;
    unsigned char  c;

    n = 0;
    i = 0;

    while (i < s->len && size - n >= GIG_FOLD_CHAR_MAX) {

        c = (unsigned char) s->data[i];

        if (c < 0x80) {
            if (gig_fold_ascii[c] != 0) {
                out[n++] = gig_fold_ascii[c];
            }

            i++;
            continue;
        }

        len = gig_utf8_decode((gig_str_t) { s->data + i, s->len - i }, &code);

        if (len == 0) {                             /* not what was promised: skipped */
            i++;
            continue;
        }

        n += gig_fold_char(code, out + n);
        i += len;
    }

    s->data += i;
    s->len -= i;

    return n;
}


/*
 * Marks are dropped before case is folded: the small iota below a Greek letter is a mark, but a
 * letter of its own once its case is folded, and both spellings of it must come out equal.
 */
static size_t
gig_fold_char(uint32_t code, char out[GIG_FOLD_CHAR_MAX])
{
    size_t             n, i, k, n_base, n_folded;
    const char        *plain;
    utf8proc_int32_t   base[GIG_FOLD_CODES_MAX], folded[GIG_FOLD_CODES_MAX];

    plain = gig_fold_plain(code);

    if (plain != NULL) {
        n = strlen(plain);
        memcpy(out, plain, n);
        return n;
    }

    if (gig_fold_blank(code)) {
        out[0] = ' ';
        return 1;
    }

    n = 0;
    n_base = gig_fold_codes(code, 0, base);

    for (i = 0; i < n_base; i++) {
        n_folded = gig_fold_codes((uint32_t) base[i], UTF8PROC_CASEFOLD, folded);

        for (k = 0; k < n_folded; k++) {
            n += gig_fold_letter((uint32_t) folded[k], out + n, GIG_FOLD_CHAR_MAX - n);
        }
    }

    return n;
}


/* A code point of the decomposition. */

static size_t
gig_fold_letter(uint32_t code, char *out, size_t size)
{
    char         data[4];
    size_t       n;
    const char  *plain;

    if (size == 0) {
        return 0;
    }

    if (code < 0x80) {
        out[0] = gig_fold_ascii[code];
        return out[0] != 0;
    }

    plain = gig_fold_plain(code);

    if (plain != NULL) {
        n = strlen(plain);

    } else if (gig_fold_blank(code)) {
        plain = " ";
        n = 1;

    } else {

        switch (utf8proc_get_property((utf8proc_int32_t) code)->category) {

        case UTF8PROC_CATEGORY_CC:
        case UTF8PROC_CATEGORY_CF:
        case UTF8PROC_CATEGORY_CS:
            return 0;

        default:
            break;
        }

        n = (size_t) utf8proc_encode_char((utf8proc_int32_t) code, (utf8proc_uint8_t *) data);
        plain = data;
    }

    if (n > size) {
        return 0;
    }

    memcpy(out, plain, n);

    return n;
}


/*
 * What Unicode does not take apart but people type plain: a letter with a stroke, quotes and
 * hyphens that word processors put in.  En and em dashes stay: they part words, hyphens join
 * them.  Signs of ownership and the Arabic stretch mark are no part of a name.
 */
static const char *
gig_fold_plain(uint32_t code)
{
    switch (code) {

    case 0x00e6: case 0x00c6:                               /* æ */
        return "ae";

    case 0x0153: case 0x0152:                               /* œ */
        return "oe";

    case 0x00f8: case 0x00d8:                               /* ø */
        return "o";

    case 0x0142: case 0x0141:                               /* ł */
        return "l";

    case 0x0111: case 0x0110: case 0x00f0: case 0x00d0:     /* đ, ð */
        return "d";

    case 0x00fe: case 0x00de:                               /* þ */
        return "th";

    case 0x0127: case 0x0126:                               /* ħ */
        return "h";

    case 0x0167: case 0x0166:                               /* ŧ */
        return "t";

    case 0x0131:                                            /* ı */
        return "i";

    case 0x2018: case 0x2019: case 0x201a: case 0x201b:     /* quotes, single */
    case 0x2032: case 0x02bc: case 0x00b4:                  /* prime, apostrophe, acute accent */
        return "'";

    case 0x201c: case 0x201d: case 0x201e: case 0x201f:     /* quotes, double */
    case 0x00ab: case 0x00bb:
        return "\"";

    case 0x2010: case 0x2212:                               /* hyphen, minus */
        return "-";

    case 0x266f:                                            /* the sharp of C-sharp */
        return "#";

    case 0x00ae: case 0x2122: case 0x2120:                  /* registered, trade, service mark */
    case 0x0640:                                            /* tatweel */
        return "";

    default:
        return NULL;
    }
}


static int
gig_fold_blank(uint32_t code)
{
    switch (utf8proc_get_property((utf8proc_int32_t) code)->category) {

    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return 1;

    default:
        return code == 0x85;                                /* next line */
    }
}


/* Decomposes one, without marks and what is ignorable; returns how many. */

static size_t
gig_fold_codes(uint32_t code, int casefold, utf8proc_int32_t *codes)
{
    int              boundary;
    utf8proc_ssize_t n;

    boundary = 0;
    n = utf8proc_decompose_char((utf8proc_int32_t) code, codes, GIG_FOLD_CODES_MAX,
                                (utf8proc_option_t) (UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT
                                                     | UTF8PROC_IGNORE | UTF8PROC_STRIPMARK
                                                     | casefold),
                                &boundary);

    if (n < 0) {
        return 0;
    }

    /* a Unicode to come may have longer ones: what did not fit was not written */

    return n < GIG_FOLD_CODES_MAX ? (size_t) n : GIG_FOLD_CODES_MAX;
}
