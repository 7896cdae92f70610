
#include <string.h>
#include <strings.h>

#include "gig_markup.h"
#include "gig_markup_tag.h"
#include "gig_url.h"


typedef struct {
    gig_str_t                in;
    size_t                   at;
    gig_buf_t               *out;
    unsigned                 n;
    const gig_markup_tag_t  *open[GIG_MARKUP_DEPTH];
} gig_markup_t;


static void  gig_markup_element(gig_markup_t *h);
static void  gig_markup_comment(gig_markup_t *h, size_t at);
static void  gig_markup_skip_raw(gig_markup_t *h, const gig_markup_tag_t *tag);
static size_t  gig_markup_attributes(const gig_markup_t *h, size_t at, gig_str_t *href);
static void  gig_markup_open(gig_markup_t *h, const gig_markup_tag_t *tag, gig_str_t href);
static void  gig_markup_close(gig_markup_t *h, const gig_markup_tag_t *tag);
static void  gig_markup_pop(gig_markup_t *h, unsigned n);


static int
gig_markup_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}


int
gig_markup_clean(gig_str_t html, gig_buf_t *out)
{
    uint32_t      code;
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
    int                      closing;
    size_t                   at, end;
    gig_str_t                name, href;
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

    if (!gig_buf_failed(&url) && gig_url_valid(gig_buf_view(&url), 0)) {

        gig_buf_puts(h->out, "<a href=\"");
        gig_buf_html(h->out, gig_buf_view(&url));
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
