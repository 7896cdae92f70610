
/* Which tags there are, and the characters between them. */

#include <string.h>
#include <strings.h>

#include "gig_markup_tag.h"
#include "gig_utf8.h"

#define GIG_MARKUP_NAME     16                  /* bytes of a tag's name that are looked at */


static const gig_markup_tag_t  gig_markup_tags[] = {
    { "p", "p", GIG_MARKUP_LEAF },
    { "br", "br", GIG_MARKUP_VOID },
    { "ul", "ul", GIG_MARKUP_CONTAINER },
    { "ol", "ol", GIG_MARKUP_CONTAINER },
    { "li", "li", GIG_MARKUP_CONTAINER },
    { "strong", "strong", GIG_MARKUP_INLINE },
    { "em", "em", GIG_MARKUP_INLINE },
    { "b", "b", GIG_MARKUP_INLINE },
    { "i", "i", GIG_MARKUP_INLINE },
    { "code", "code", GIG_MARKUP_INLINE },
    { "a", "a", GIG_MARKUP_INLINE },
    { "pre", "pre", GIG_MARKUP_LEAF },
    { "blockquote", "blockquote", GIG_MARKUP_CONTAINER },

    /* h1 and h2 belong to the page */
    { "h1", "h3", GIG_MARKUP_LEAF },
    { "h2", "h3", GIG_MARKUP_LEAF },
    { "h3", "h3", GIG_MARKUP_LEAF },
    { "h4", "h4", GIG_MARKUP_LEAF },
    { "h5", "h4", GIG_MARKUP_LEAF },
    { "h6", "h4", GIG_MARKUP_LEAF },

    { "script", NULL, GIG_MARKUP_RAW },
    { "style", NULL, GIG_MARKUP_RAW },
    { "title", NULL, GIG_MARKUP_RAW },
    { "textarea", NULL, GIG_MARKUP_RAW },
    { "iframe", NULL, GIG_MARKUP_RAW },
    { "noembed", NULL, GIG_MARKUP_RAW },
    { "noframes", NULL, GIG_MARKUP_RAW },
    { "noscript", NULL, GIG_MARKUP_RAW },
    { "template", NULL, GIG_MARKUP_RAW },
    { "xmp", NULL, GIG_MARKUP_RAW },
    { "plaintext", NULL, GIG_MARKUP_RAW },
    { "svg", NULL, GIG_MARKUP_RAW },
    { "math", NULL, GIG_MARKUP_RAW },

    { "span", NULL, GIG_MARKUP_DROP },
    { "u", NULL, GIG_MARKUP_DROP },
    { "s", NULL, GIG_MARKUP_DROP },
    { "font", NULL, GIG_MARKUP_DROP },
    { "small", NULL, GIG_MARKUP_DROP },
    { "sub", NULL, GIG_MARKUP_DROP },
    { "sup", NULL, GIG_MARKUP_DROP },
    { "mark", NULL, GIG_MARKUP_DROP },
    { "abbr", NULL, GIG_MARKUP_DROP }
};

static const gig_markup_tag_t  gig_markup_other = { "", NULL, GIG_MARKUP_SPACE };


/* Character references without a number that descriptions really hold. */

static const struct {
    const char  *name;
    uint32_t     code;
} gig_markup_names[] = {
    { "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' }, { "apos", '\'' },
    { "nbsp", 0xa0 }, { "ndash", 0x2013 }, { "mdash", 0x2014 }, { "lsquo", 0x2018 },
    { "rsquo", 0x2019 }, { "ldquo", 0x201c }, { "rdquo", 0x201d }, { "hellip", 0x2026 },
    { "bull", 0x2022 }, { "middot", 0xb7 }, { "euro", 0x20ac }, { "pound", 0xa3 },
    { "yen", 0xa5 }, { "cent", 0xa2 }, { "copy", 0xa9 }, { "reg", 0xae }, { "trade", 0x2122 },
    { "deg", 0xb0 }, { "times", 0xd7 }, { "frac12", 0xbd }, { "laquo", 0xab },
    { "raquo", 0xbb }, { "agrave", 0xe0 }, { "aacute", 0xe1 }, { "auml", 0xe4 },
    { "ccedil", 0xe7 }, { "egrave", 0xe8 }, { "eacute", 0xe9 }, { "iacute", 0xed },
    { "ntilde", 0xf1 }, { "oacute", 0xf3 }, { "ouml", 0xf6 }, { "uacute", 0xfa },
    { "uuml", 0xfc }, { "Auml", 0xc4 }, { "Eacute", 0xc9 }, { "Ouml", 0xd6 }, { "Uuml", 0xdc },
    { "szlig", 0xdf }
};


int
gig_markup_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}


const gig_markup_tag_t *
gig_markup_tag(gig_str_t name)
{
    size_t  i;

    if (name.len < GIG_MARKUP_NAME) {

        for (i = 0; i < sizeof(gig_markup_tags) / sizeof(gig_markup_tags[0]); i++) {

            if (strlen(gig_markup_tags[i].name) == name.len
                && strncasecmp(gig_markup_tags[i].name, name.data, name.len) == 0)
            {
                return &gig_markup_tags[i];
            }
        }
    }

    return &gig_markup_other;
}


size_t
gig_markup_character(gig_str_t s, uint32_t *code)
{
    char         c;
    size_t       i, n, digits;
    uint32_t     value;

    if (s.data[0] != '&') {

        n = gig_utf8_decode(s, code);

        if (n == 0) {
            *code = 0xfffd;
            return 1;
        }

        if (!gig_utf8_clean((gig_str_t) { s.data, n }, 1)) {
            *code = 0xfffd;
        }

        return n;
    }

    *code = '&';

    if (s.len > 3 && s.data[1] == '#') {

        i = s.data[2] == 'x' || s.data[2] == 'X' ? 3 : 2;
        value = 0;

        for (digits = 0; i < s.len && digits < 8; i++, digits++) {

            c = s.data[i];

            if (c >= '0' && c <= '9') {
                value = value * (s.data[2] == 'x' || s.data[2] == 'X' ? 16 : 10)
                        + (uint32_t) (c - '0');

            } else if ((s.data[2] == 'x' || s.data[2] == 'X')
                       && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
            {
                value = value * 16 + (uint32_t) ((c | 0x20) - 'a' + 10);

            } else {
                break;
            }
        }

        if (digits == 0 || i == s.len || s.data[i] != ';') {
            return 1;
        }

        if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)
            || (value < 0x20 && value != '\t' && value != '\n' && value != '\r')
            || (value >= 0x7f && value <= 0x9f) || (value >= 0x202a && value <= 0x202e)
            || (value >= 0x2066 && value <= 0x2069))
        {
            value = 0xfffd;
        }

        *code = value;
        return i + 1;
    }

    for (i = 0; i < sizeof(gig_markup_names) / sizeof(gig_markup_names[0]); i++) {

        n = strlen(gig_markup_names[i].name);

        if (s.len > n + 1 && s.data[n + 1] == ';'
            && memcmp(s.data + 1, gig_markup_names[i].name, n) == 0)
        {
            *code = gig_markup_names[i].code;
            return n + 2;
        }
    }

    return 1;
}


void
gig_markup_text_add(gig_buf_t *out, uint32_t code)
{
    char    text[4];
    size_t  n;

    n = gig_utf8_encode(code, text);
    gig_buf_html(out, (gig_str_t) { text, n });
}
