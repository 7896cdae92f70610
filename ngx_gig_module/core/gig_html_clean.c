
/*
 * The allow-list for formatted text.  It copies no tag: it writes its own from a
 * table, so that an attribute, a comment or a half-open tag has no way through.
 */

#include <string.h>
#include <strings.h>

#include "gig_html.h"


#define GIG_TAG_NAME_MAX        16


typedef struct {
    const char  *name;          /* as it comes */
    const char  *as;            /* as it goes out; NULL: its content is dropped as well */
    unsigned     void_:1;       /* has no end */
    unsigned     block:1;       /* ends an open p; so does its end */
} gig_tag_t;

static const gig_tag_t  gig_tags[] = {
    { "p", "p", 0, 1 },         { "div", "p", 0, 1 },
    { "br", "br", 1, 0 },
    { "ul", "ul", 0, 1 },       { "ol", "ol", 0, 1 },       { "li", "li", 0, 1 },
    { "strong", "strong", 0, 0 }, { "b", "strong", 0, 0 },
    { "em", "em", 0, 0 },       { "i", "em", 0, 0 },
    { "h1", "h3", 0, 1 },       { "h2", "h3", 0, 1 },       { "h3", "h3", 0, 1 },
    { "h4", "h3", 0, 1 },       { "h5", "h3", 0, 1 },       { "h6", "h3", 0, 1 },
    { "a", "a", 0, 0 },
    { "script", NULL, 0, 0 },   { "style", NULL, 0, 0 },    { "iframe", NULL, 0, 0 },
    { "noscript", NULL, 0, 0 }, { "template", NULL, 0, 0 }, { "textarea", NULL, 0, 0 },
    { "title", NULL, 0, 0 },    { "svg", NULL, 0, 0 },      { "math", NULL, 0, 0 },
    { "select", NULL, 0, 0 },   { "object", NULL, 0, 0 },   { "xmp", NULL, 0, 0 },
    { "noembed", NULL, 0, 0 },  { "noframes", NULL, 0, 0 }, { "plaintext", NULL, 0, 0 },
};

typedef struct {
    const char       *p, *end;
    gig_buf_t        *out;
    const gig_tag_t  *open[GIG_HTML_DEPTH_MAX];
    unsigned          depth;
} gig_clean_t;

/* One tag as it was found. */
typedef struct {
    char              name[GIG_TAG_NAME_MAX];
    int               closing;
    gig_str_t         href;     /* as written, with its character references */
} gig_found_t;


static int
gig_clean_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}


static int
gig_clean_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}


/* &amp; &#39; &#x27; stay what they are; any other ampersand is one. */

static size_t
gig_clean_reference(const char *p, const char *end)
{
    size_t       n;
    const char  *s;

    s = p + 1;
    n = 0;

    if (s < end && *s == '#') {
        s++;

        if (s < end && (*s == 'x' || *s == 'X')) {
            s++;
        }
    }

    while (s < end && n < 12 && (gig_clean_letter(*s) || (*s >= '0' && *s <= '9'))) {
        s++;
        n++;
    }

    return (n != 0 && s < end && *s == ';') ? (size_t) (s + 1 - p) : 0;
}


static void
gig_clean_text(gig_str_t text, gig_buf_t *out)
{
    size_t       n;
    const char  *p, *from, *end;

    end = text.data + text.len;

    for (p = from = text.data; p < end; p++) {

        if (*p != '&' || (n = gig_clean_reference(p, end)) == 0) {
            continue;
        }

        gig_buf_html(out, (gig_str_t) { from, (size_t) (p - from) });
        gig_buf_add(out, p, n);
        from = p + n;
        p = from - 1;
    }

    gig_buf_html(out, (gig_str_t) { from, (size_t) (end - from) });
}


/*
 * Reads the tag at p ("<" is there) and moves behind it; 0 if it is no tag, and
 * then the "<" is text.  Quotes are followed, so that a ">" in a value does not
 * end the tag.
 */

static int
gig_clean_tag(gig_clean_t *c, gig_found_t *found)
{
    size_t       n;
    char         quote;
    const char  *p, *name, *value;

    memset(found, 0, sizeof(gig_found_t));
    p = c->p + 1;

    if (p < c->end && *p == '/') {
        found->closing = 1;
        p++;
    }

    if (p >= c->end || !gig_clean_letter(*p)) {
        return 0;
    }

    for (n = 0; p < c->end && !gig_clean_blank(*p) && *p != '>' && *p != '/'; p++) {
        if (n < GIG_TAG_NAME_MAX - 1) {
            found->name[n++] = (char) ((*p >= 'A' && *p <= 'Z') ? *p - 'A' + 'a' : *p);
        }
    }

    for ( ;; ) {

        while (p < c->end && (gig_clean_blank(*p) || *p == '/')) {
            p++;
        }

        if (p >= c->end || *p == '>') {
            break;
        }

        /* A name may begin with "=", as it may in a browser. */

        for (name = p++; p < c->end && !gig_clean_blank(*p) && *p != '>' && *p != '/' && *p != '=';
             p++)
        { /* void */ }

        n = (size_t) (p - name);

        while (p < c->end && gig_clean_blank(*p)) {
            p++;
        }

        if (p >= c->end || *p != '=') {
            continue;
        }

        for (p++; p < c->end && gig_clean_blank(*p); p++) { /* void */ }

        quote = (p < c->end && (*p == '"' || *p == '\'')) ? *p++ : '\0';

        for (value = p; p < c->end; p++) {
            if (quote != '\0' ? *p == quote : (gig_clean_blank(*p) || *p == '>')) {
                break;
            }
        }

        if (n == 4 && strncasecmp(name, "href", 4) == 0 && found->href.data == NULL) {
            found->href.data = value;
            found->href.len = (size_t) (p - value);
        }

        if (quote != '\0' && p < c->end) {
            p++;
        }
    }

    c->p = (p < c->end) ? p + 1 : p;

    return 1;
}


static const gig_tag_t *
gig_clean_known(const char *name)
{
    size_t  i;

    for (i = 0; i < sizeof(gig_tags) / sizeof(gig_tags[0]); i++) {
        if (strcmp(gig_tags[i].name, name) == 0) {
            return &gig_tags[i];
        }
    }

    return NULL;
}


/* Closes down to the given depth. */

static void
gig_clean_close(gig_clean_t *c, unsigned depth)
{
    while (c->depth > depth) {
        c->depth--;
        gig_buf_printf(c->out, "</%s>", c->open[c->depth]->as);
    }
}


/* The depth at which an element of that name is open, or the present one if none is. */

static unsigned
gig_clean_find(const gig_clean_t *c, const char *as)
{
    unsigned  i;

    for (i = c->depth; i > 0; i--) {
        if (strcmp(c->open[i - 1]->as, as) == 0) {
            return i - 1;
        }
    }

    return c->depth;
}


static int
gig_clean_is_list(const gig_tag_t *tag)
{
    return strcmp(tag->as, "ul") == 0 || strcmp(tag->as, "ol") == 0;
}


/* What must be closed, or is missing, before the tag may stand here; 0 if it may not. */

static int
gig_clean_place(gig_clean_t *c, const gig_tag_t *tag)
{
    unsigned  i;

    if (tag->block) {
        gig_clean_close(c, gig_clean_find(c, "p"));
        gig_clean_close(c, gig_clean_find(c, "h3"));
    }

    if (strcmp(tag->as, "li") == 0) {

        for (i = c->depth; i > 0 && !gig_clean_is_list(c->open[i - 1]); i--) { /* void */ }

        gig_clean_close(c, i);          /* the item before it */

        return i != 0;
    }

    if (strcmp(tag->as, "a") == 0) {
        gig_clean_close(c, gig_clean_find(c, "a"));
    }

    /* A list holds items and nothing else. */
    return c->depth == 0 || !gig_clean_is_list(c->open[c->depth - 1]);
}


static void
gig_clean_start(gig_clean_t *c, const gig_tag_t *tag, const gig_found_t *found)
{
    if (strcmp(tag->as, "a") == 0 && !gig_text_https(found->href)) {
        return;
    }

    if (!gig_clean_place(c, tag) || c->depth == GIG_HTML_DEPTH_MAX) {
        return;
    }

    if (strcmp(tag->as, "a") == 0) {
        gig_buf_puts(c->out, "<a rel=\"noopener noreferrer nofollow\" href=\"");
        gig_clean_text(found->href, c->out);
        gig_buf_puts(c->out, "\">");

    } else {
        gig_buf_printf(c->out, "<%s>", tag->as);
    }

    if (!tag->void_) {
        c->open[c->depth++] = tag;
    }
}


/* Skips what a dropped element holds, up to its end or the end of all. */

static void
gig_clean_drop(gig_clean_t *c, const char *name)
{
    size_t  n;

    n = strlen(name);

    for ( /* void */ ; c->p < c->end; c->p++) {

        if (*c->p == '<' && (size_t) (c->end - c->p) > n + 2 && c->p[1] == '/'
            && strncasecmp(c->p + 2, name, n) == 0 && !gig_clean_letter(c->p[2 + n]))
        {
            while (c->p < c->end && *c->p != '>') {
                c->p++;
            }

            if (c->p < c->end) {
                c->p++;
            }

            return;
        }
    }
}


/* Comments, doctypes and processing instructions: out, the first ">" ends them at the latest. */

static void
gig_clean_skip_other(gig_clean_t *c)
{
    const char  *close;
    size_t       left;

    left = (size_t) (c->end - c->p);

    if (left >= 4 && memcmp(c->p, "<!--", 4) == 0) {
        close = memmem(c->p + 4, left - 4, "-->", 3);
        c->p = (close != NULL) ? close + 3 : c->end;
        return;
    }

    close = memchr(c->p, '>', left);
    c->p = (close != NULL) ? close + 1 : c->end;
}


static void
gig_clean_run(gig_clean_t *c)
{
    gig_str_t   text;
    const char *next;

    next = memchr(c->p + 1, '<', (size_t) (c->end - c->p - 1));
    text.data = c->p;
    text.len = (size_t) ((next != NULL ? next : c->end) - c->p);
    c->p += text.len;

    if (c->depth == 0) {                /* text needs a paragraph; blanks do not */
        size_t  i;

        for (i = 0; i < text.len && gig_clean_blank(text.data[i]); i++) { /* void */ }

        if (i == text.len) {
            return;
        }

        gig_clean_start(c, gig_clean_known("p"), &(gig_found_t) { .closing = 0 });

    } else if (gig_clean_is_list(c->open[c->depth - 1])) {
        return;
    }

    gig_clean_text(text, c->out);
}


void
gig_html_clean(gig_str_t html, gig_buf_t *out)
{
    gig_clean_t       c;
    gig_found_t       found;
    const gig_tag_t  *tag;

    if (html.len == 0) {
        return;
    }

    memset(&c, 0, sizeof(gig_clean_t));
    c.p = html.data;
    c.end = html.data + (html.len < GIG_HTML_CLEAN_MAX ? html.len : GIG_HTML_CLEAN_MAX);
    c.out = out;

    while (c.p < c.end) {

        if (*c.p != '<') {
            gig_clean_run(&c);
            continue;
        }

        if (c.p + 1 < c.end && (c.p[1] == '!' || c.p[1] == '?')) {
            gig_clean_skip_other(&c);
            continue;
        }

        if (!gig_clean_tag(&c, &found)) {
            gig_clean_run(&c);
            continue;
        }

        tag = gig_clean_known(found.name);

        if (tag == NULL) {
            continue;
        }

        if (tag->as == NULL) {
            if (!found.closing) {
                gig_clean_drop(&c, tag->name);
            }

        } else if (!found.closing) {
            gig_clean_start(&c, tag, &found);

        } else {
            gig_clean_close(&c, gig_clean_find(&c, tag->as));
        }
    }

    gig_clean_close(&c, 0);
}
