
#include <string.h>
#include <strings.h>

#include "gig_markup.h"
#include "gig_url.h"
#include "gig_utf8.h"

#define GIG_MARKUP_NAME       16                  /* bytes of a tag's name that are looked at */


/* What a tag is to the cleaner. */

typedef enum {
    GIG_MARKUP_DROP,              /* the tag goes, its text stays */
    GIG_MARKUP_SPACE,             /* likewise, but a blank keeps words apart */
    GIG_MARKUP_RAW,               /* goes with all that is in it */
    GIG_MARKUP_VOID,              /* br */
    GIG_MARKUP_INLINE,
    GIG_MARKUP_LEAF,              /* holds inline tags only: p h3 h4 pre */
    GIG_MARKUP_CONTAINER,         /* holds blocks: blockquote ul ol li */
} gig_markup_kind_t;

typedef struct {
    const char       *name;
    const char       *as;       /* what is written */
    gig_markup_kind_t   kind;
} gig_markup_tag_t;

typedef struct {
    gig_str_t               in;
    size_t                  at;
    gig_buf_t              *out;
    unsigned                n;
    const gig_markup_tag_t   *open[GIG_MARKUP_DEPTH];
} gig_markup_t;


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


static void  gig_markup_element(gig_markup_t *h);
static void  gig_markup_comment(gig_markup_t *h, size_t at);
static void  gig_markup_skip_raw(gig_markup_t *h, const gig_markup_tag_t *tag);
static size_t  gig_markup_attributes(const gig_markup_t *h, size_t at, gig_str_t *href);
static void  gig_markup_open(gig_markup_t *h, const gig_markup_tag_t *tag, gig_str_t href);
static void  gig_markup_close(gig_markup_t *h, const gig_markup_tag_t *tag);
static void  gig_markup_pop(gig_markup_t *h, unsigned n);
static const gig_markup_tag_t  *gig_markup_tag(gig_str_t name);
static size_t  gig_markup_character(gig_str_t s, uint32_t *code);
static void  gig_markup_text_add(gig_buf_t *out, uint32_t code);


static int
gig_markup_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}


static int
gig_markup_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}


int
gig_markup_clean(gig_str_t html, gig_buf_t *out)
{
    uint32_t    code;
    gig_markup_t  h;

    memset(&h, 0, sizeof(h));
    h.in = html;
    h.out = out;

    while (h.at < html.len && !gig_buf_failed(out)) {

        if (html.data[h.at] == '<') {
            gig_markup_element(&h);
            continue;
        }

        h.at += gig_markup_character((gig_str_t) { html.data + h.at, html.len - h.at }, &code);
        gig_markup_text_add(out, code);
    }

    gig_markup_pop(&h, 0);

    return gig_buf_failed(out) ? -1 : 0;
}


/* One tag or comment, or a < that is none. */

static void
gig_markup_element(gig_markup_t *h)
{
    int                    closing;
    size_t                 at, end;
    gig_str_t              name, href;
    const gig_markup_tag_t  *tag;

    at = h->at + 1;
    closing = at < h->in.len && h->in.data[at] == '/';

    if (closing) {
        at++;
    }

    if (at >= h->in.len || !gig_markup_letter(h->in.data[at])) {

        if (closing || (at < h->in.len && (h->in.data[at] == '!' || h->in.data[at] == '?'))) {
            gig_markup_comment(h, at);

        } else {
            gig_markup_text_add(h->out, '<');
            h->at++;
        }

        return;
    }

    name.data = h->in.data + at;

    while (at < h->in.len && !gig_markup_blank(h->in.data[at]) && h->in.data[at] != '/'
           && h->in.data[at] != '>')
    {
        at++;
    }

    name.len = (size_t) (h->in.data + at - name.data);
    tag = gig_markup_tag(name);

    /* a tag without end takes the rest with it, as in a browser; so no byte is read twice */

    end = gig_markup_attributes(h, at, &href);
    h->at = end;

    switch (tag->kind) {

    case GIG_MARKUP_DROP:
        return;

    case GIG_MARKUP_SPACE:
        if (h->out->len != 0 && h->out->data[h->out->len - 1] != ' ') {
            gig_buf_puts(h->out, " ");
        }
        return;

    case GIG_MARKUP_RAW:
        if (!closing) {
            gig_markup_skip_raw(h, tag);
        }
        return;

    case GIG_MARKUP_VOID:
        gig_buf_puts(h->out, "<br>");
        return;

    case GIG_MARKUP_INLINE:
    case GIG_MARKUP_LEAF:
    case GIG_MARKUP_CONTAINER:
        if (closing) {
            gig_markup_close(h, tag);
        } else {
            gig_markup_open(h, tag, href);
        }
        return;
    }
}


static void
gig_markup_comment(gig_markup_t *h, size_t at)
{
    const char  *end;

    if (h->in.len - h->at >= 4 && memcmp(h->in.data + h->at, "<!--", 4) == 0) {

        at = h->at + 4;

        /* "<!-->" and "<!--->" are comments as well: the dashes may be the same ones */

        if (at < h->in.len && h->in.data[at] == '>') {
            h->at = at + 1;
            return;
        }

        at -= 2;
        end = memmem(h->in.data + at, h->in.len - at, "-->", 3);
        h->at = end != NULL ? (size_t) (end - h->in.data) + 3 : h->in.len;
        return;
    }

    end = at < h->in.len ? memchr(h->in.data + at, '>', h->in.len - at) : NULL;
    h->at = end != NULL ? (size_t) (end - h->in.data) + 1 : h->in.len;
}


/* To the end of the closing tag of a raw element, or of all. */

static void
gig_markup_skip_raw(gig_markup_t *h, const gig_markup_tag_t *tag)
{
    size_t       len, left;
    gig_str_t    href;
    const char  *p;

    len = strlen(tag->name);

    while (h->at < h->in.len) {

        p = memchr(h->in.data + h->at, '<', h->in.len - h->at);

        if (p == NULL) {
            break;
        }

        h->at = (size_t) (p - h->in.data);
        left = h->in.len - h->at;

        if (left >= len + 3 && p[1] == '/' && strncasecmp(p + 2, tag->name, len) == 0
            && (gig_markup_blank(p[len + 2]) || p[len + 2] == '/' || p[len + 2] == '>'))
        {
            h->at = gig_markup_attributes(h, h->at + len + 2, &href);
            return;
        }

        h->at++;
    }

    h->at = h->in.len;
}


/* From the end of a tag's name to after its >; finds the first href on the way. */

static size_t
gig_markup_attributes(const gig_markup_t *h, size_t at, gig_str_t *href)
{
    char         quote;
    size_t       end;
    gig_str_t    name, value;
    const char  *in;

    in = h->in.data;
    end = h->in.len;
    *href = gig_null_str;

    for ( ;; ) {

        while (at < end && (gig_markup_blank(in[at]) || in[at] == '/')) {
            at++;
        }

        if (at >= end) {
            return end;
        }

        if (in[at] == '>') {
            return at + 1;
        }

        name.data = in + at;
        at++;                                   /* a name may begin with "=" */

        while (at < end && !gig_markup_blank(in[at]) && in[at] != '/' && in[at] != '>'
               && in[at] != '=')
        {
            at++;
        }

        name.len = (size_t) (in + at - name.data);

        while (at < end && gig_markup_blank(in[at])) {
            at++;
        }

        if (at >= end || in[at] != '=') {
            continue;
        }

        at++;

        while (at < end && gig_markup_blank(in[at])) {
            at++;
        }

        if (at >= end) {
            return end;
        }

        value = (gig_str_t) { in + at, 0 };

        if (in[at] == '"' || in[at] == '\'') {

            quote = in[at++];
            value.data = in + at;

            while (at < end && in[at] != quote) {
                at++;
            }

            value.len = (size_t) (in + at - value.data);

            if (at >= end) {
                return end;
            }

            at++;

        } else {

            while (at < end && !gig_markup_blank(in[at]) && in[at] != '>') {
                at++;
            }

            value.len = (size_t) (in + at - value.data);
        }

        if (href->data == NULL && name.len == 4 && strncasecmp(name.data, "href", 4) == 0) {
            *href = value;
        }
    }
}


static const gig_markup_tag_t *
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


/*
 * Open tags are always containers, then at most one leaf, then inline tags, so
 * that a browser's parser finds nothing to repair and sees what was checked.
 */

static void
gig_markup_open(gig_markup_t *h, const gig_markup_tag_t *tag, gig_str_t href)
{
    size_t     n;
    uint32_t   code;
    unsigned   keep;
    gig_buf_t  url;

    gig_buf_init(&url, GIG_URL_MAX);

    if (tag->kind == GIG_MARKUP_INLINE) {

        /* one of a kind is enough, and links must not nest */

        for (keep = 0; keep < h->n; keep++) {
            if (strcmp(h->open[keep]->as, tag->as) == 0) {
                gig_markup_pop(h, keep);
                break;
            }
        }

    } else {

        for (keep = h->n; keep != 0 && h->open[keep - 1]->kind != GIG_MARKUP_CONTAINER; keep--) {
            /* void */
        }

        gig_markup_pop(h, keep);
    }

    if (strcmp(tag->as, "li") == 0) {

        for (keep = h->n; keep != 0 && h->open[keep - 1]->as[1] != 'l'; keep--) {
            /* void */
        }

        if (keep == 0) {
            goto done;                          /* an item of no list */
        }

        gig_markup_pop(h, keep);
    }

    if (h->n == GIG_MARKUP_DEPTH) {
        goto done;
    }

    if (strcmp(tag->as, "a") != 0) {

        gig_buf_puts(h->out, "<");
        gig_buf_puts(h->out, tag->as);
        gig_buf_puts(h->out, ">");

        h->open[h->n++] = tag;
        goto done;
    }

    while (href.len != 0 && gig_markup_blank(href.data[0])) {
        href.data++;
        href.len--;
    }

    while (href.len != 0 && gig_markup_blank(href.data[href.len - 1])) {
        href.len--;
    }

    while (href.len != 0 && !gig_buf_failed(&url)) {

        n = gig_markup_character(href, &code);

        if (code == '&') {
            gig_buf_puts(&url, "&");
        } else if (code < 0x80) {
            gig_buf_add(&url, &(char) { (char) code }, 1);
        } else {
            gig_markup_text_add(&url, code);
        }

        href.data += n;
        href.len -= n;
    }

    if (!gig_buf_failed(&url) && gig_url_valid((gig_str_t) { url.data, url.len }, 0)) {

        gig_buf_puts(h->out, "<a href=\"");
        gig_buf_html(h->out, (gig_str_t) { url.data, url.len });
        gig_buf_puts(h->out, "\">");

        h->open[h->n++] = tag;
    }

done:

    gig_buf_free(&url);
}


static void
gig_markup_close(gig_markup_t *h, const gig_markup_tag_t *tag)
{
    unsigned  i;

    for (i = h->n; i != 0; i--) {

        if (strcmp(h->open[i - 1]->as, tag->as) == 0) {
            gig_markup_pop(h, i - 1);
            return;
        }

        /* an inline tag does not reach out of its block, nor an item out of its list */

        if ((tag->kind == GIG_MARKUP_INLINE && h->open[i - 1]->kind != GIG_MARKUP_INLINE)
            || (tag->kind != GIG_MARKUP_CONTAINER && h->open[i - 1]->kind == GIG_MARKUP_CONTAINER)
            || (strcmp(tag->as, "li") == 0 && h->open[i - 1]->as[1] == 'l'))
        {
            return;
        }
    }
}


/* Closes all but the first n open tags. */

static void
gig_markup_pop(gig_markup_t *h, unsigned n)
{
    while (h->n > n) {
        h->n--;
        gig_buf_puts(h->out, "</");
        gig_buf_puts(h->out, h->open[h->n]->as);
        gig_buf_puts(h->out, ">");
    }
}


/*
 * One character of text, a reference counted as what it stands for.  What may
 * not be in a text (controls, bidi overrides, malformed bytes) is read as U+FFFD.
 */

static size_t
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


static void
gig_markup_text_add(gig_buf_t *out, uint32_t code)
{
    char    text[4];
    size_t  n;

    n = 0;

    if (code < 0x80) {
        text[n++] = (char) code;

    } else if (code < 0x800) {
        text[n++] = (char) (0xc0 | code >> 6);
        text[n++] = (char) (0x80 | (code & 0x3f));

    } else if (code < 0x10000) {
        text[n++] = (char) (0xe0 | code >> 12);
        text[n++] = (char) (0x80 | (code >> 6 & 0x3f));
        text[n++] = (char) (0x80 | (code & 0x3f));

    } else {
        text[n++] = (char) (0xf0 | code >> 18);
        text[n++] = (char) (0x80 | (code >> 12 & 0x3f));
        text[n++] = (char) (0x80 | (code >> 6 & 0x3f));
        text[n++] = (char) (0x80 | (code & 0x3f));
    }

    gig_buf_html(out, (gig_str_t) { text, n });
}


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
