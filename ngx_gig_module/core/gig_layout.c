
/*
 * One pass over the document, as much of a reader of HTML as is needed to know what a slot stands
 * in: text, an attribute's value, or where nothing of ours may be put.
 */

#include <string.h>
#include <strings.h>

#include "gig_layout.h"
#include "gig_utf8.h"

#define GIG_LAYOUT_SLOT_SIZE    16              /* bytes of a slot's name that are looked at */


typedef enum {
    GIG_LAYOUT_TEXT,
    GIG_LAYOUT_TITLE,                           /* text without elements: <title>, <textarea> */
    GIG_LAYOUT_VALUE,                           /* an attribute's, in quotes */
    GIG_LAYOUT_NOWHERE                          /* script, style, comment, tag, address */
} gig_layout_place_t;

typedef struct {
    gig_layout_t  *layout;
    const char    *p, *end;
    const char    *piece;                       /* where the text before the next slot begins */
    unsigned       line;
    unsigned       head:1;                      /* <head> has begun, */
    unsigned       headed:1;                    /* has {{head}}, */
    unsigned       head_end:1;                  /* and has ended */
    unsigned       body:1;
    unsigned       mained:1;
    unsigned       in_main:1;
    gig_error_t   *err;
} gig_layout_reader_t;

typedef struct {
    gig_str_t  name;
    gig_str_t  value;
} gig_layout_attribute_t;


static const char *const  gig_slot_names[] = { "head", "main", "lang", "dir", "title" };


static int
gig_layout_is(gig_str_t name, const char *text)
{
    return name.len == strlen(text) && strncasecmp(name.data, text, name.len) == 0;
}


static int
gig_layout_begins(gig_str_t text, const char *with)
{
    size_t  len;

    len = strlen(with);

    return text.len >= len && strncasecmp(text.data, with, len) == 0;
}


static int
gig_layout_at(const gig_layout_reader_t *reader, const char *text)
{
    return gig_layout_begins((gig_str_t) { reader->p, (size_t) (reader->end - reader->p) }, text);
}


static int
gig_layout_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}


static int
gig_layout_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}


static void
gig_layout_step(gig_layout_reader_t *reader)
{
    reader->line += (*reader->p == '\n');
    reader->p++;
}


static void
gig_layout_warn(gig_layout_reader_t *reader, unsigned line, const char *detail)
{
    gig_layout_warning_t  *warning;

    if (reader->layout->n_warnings < GIG_LAYOUT_WARNINGS_MAX) {
        warning = &reader->layout->warning[reader->layout->n_warnings++];
        warning->line = line;
        warning->detail = detail;
    }
}


/* What is wrong with a slot where it stands; NULL: nothing. */

static const char *
gig_layout_misplaced(gig_layout_reader_t *reader, gig_slot_t slot, gig_layout_place_t place)
{
    switch (slot) {

    case GIG_SLOT_HEAD:

        if (place != GIG_LAYOUT_TEXT || !reader->head || reader->head_end) {
            return "must stand between <head> and </head>, outside of any other element's text";
        }

        if (reader->headed) {
            return "stands here for the second time; it must be there once";
        }

        reader->headed = 1;
        return NULL;

    case GIG_SLOT_MAIN:

        if (place != GIG_LAYOUT_TEXT || !reader->body) {
            return "must stand within <body>, outside of any tag, script or style";
        }

        if (reader->mained) {
            return "stands here for the second time; it must be there once";
        }

        if (reader->in_main) {
            gig_layout_warn(reader, reader->line, "{{main}} brings an element <main> and is within"
                            " another one: a page has one, so use <div> around it");
        }

        reader->mained = 1;
        return NULL;

    default:

        if (place == GIG_LAYOUT_NOWHERE) {
            return "must stand in text or in an attribute's value in quotes, and not in a script,"
                   " a style, a comment or an address";
        }

        if (slot == GIG_SLOT_TITLE && reader->mained) {
            return "must stand before {{main}}";
        }

        return NULL;
    }
}


/* At "{{". */

static int
gig_layout_slot(gig_layout_reader_t *reader, gig_layout_place_t place)
{
    char                 shown[GIG_LAYOUT_SLOT_SIZE];
    size_t               i, len;
    gig_str_t            name;
    const char          *start, *near, *wrong;
    gig_layout_piece_t  *piece;

    start = reader->p;
    name.data = start + 2;
    name.len = 0;

    while (name.data + name.len < reader->end && gig_layout_letter(name.data[name.len])) {
        name.len++;
    }

    len = name.len < sizeof(shown) - 1 ? name.len : sizeof(shown) - 1;
    memcpy(shown, name.data, len);
    shown[len] = '\0';

    if (reader->end - (name.data + name.len) < 2 || memcmp(name.data + name.len, "}}", 2) != 0) {
        return gig_error_set(reader->err, "", "\"{{%s\" begins no slot: it must be {{head}}, "
                             "{{main}}, {{lang}}, {{dir}} or {{title}}, without blanks.", shown);
    }

    for (i = 0; i < GIG_SLOT_END && !gig_str_is(name, gig_slot_names[i]); i++) { /* void */ }

    if (i == GIG_SLOT_END) {
        near = gig_nearest(name, gig_slot_names, GIG_SLOT_END);

        if (near != NULL) {
            return gig_error_set(reader->err, "", "there is no slot {{%s}}; did you mean {{%s}}?",
                                 shown, near);
        }

        return gig_error_set(reader->err, "", "there is no slot {{%s}}: it must be {{head}}, "
                             "{{main}}, {{lang}}, {{dir}} or {{title}}.", shown);
    }

    wrong = gig_layout_misplaced(reader, (gig_slot_t) i, place);

    if (wrong != NULL) {
        return gig_error_set(reader->err, "", "{{%s}} %s.", gig_slot_names[i], wrong);
    }

    /* one is left for the end */

    if (reader->layout->n == GIG_LAYOUT_PIECES_MAX - 1) {
        return gig_error_set(reader->err, "", "there are too many slots: there may be %d.",
                             GIG_LAYOUT_PIECES_MAX - 1);
    }

    piece = &reader->layout->piece[reader->layout->n++];
    piece->text.data = reader->piece;
    piece->text.len = (size_t) (start - reader->piece);
    piece->slot = (gig_slot_t) i;

    reader->p = name.data + name.len + 2;
    reader->piece = reader->p;

    return 0;
}


/* At "{{" where no slot may be: says so. */

static int
gig_layout_nowhere(gig_layout_reader_t *reader)
{
    (void) gig_layout_slot(reader, GIG_LAYOUT_NOWHERE);

    return -1;
}


/* Goes on to behind `text`, slots in between as place has them; or to its beginning. */

static int
gig_layout_until(gig_layout_reader_t *reader, const char *text, int behind,
    gig_layout_place_t place)
{
    unsigned  line;

    line = reader->line;

    while (reader->p < reader->end) {

        if (gig_layout_at(reader, text)) {
            reader->p += behind ? strlen(text) : 0;
            return 0;
        }

        if (gig_layout_at(reader, "{{")) {
            if (gig_layout_slot(reader, place) != 0) {
                return -1;
            }

            continue;
        }

        gig_layout_step(reader);
    }

    reader->line = line;

    return gig_error_set(reader->err, "", "what begins here has no end: \"%s\" is missing.",
                         text);
}


/* Into addresses, scripts and styles no text of a record may go, escaped or not. */

static int
gig_layout_attribute_bare(gig_str_t name)
{
    size_t  i;

    static const char *const  bare[] = {
        "href", "src", "srcset", "action", "formaction", "style", "srcdoc", "data", "poster",
        "ping", "http-equiv"
    };

    for (i = 0; i < sizeof(bare) / sizeof(bare[0]); i++) {
        if (gig_layout_is(name, bare[i])) {
            return 1;
        }
    }

    return gig_layout_begins(name, "on");
}


/* 1: an attribute was read; 0: the tag has ended; -1 and err. */

static int
gig_layout_attribute(gig_layout_reader_t *reader, gig_layout_attribute_t *attribute)
{
    char                quote;
    gig_layout_place_t  place;

    while (reader->p < reader->end && (gig_layout_blank(*reader->p) || *reader->p == '/')) {
        gig_layout_step(reader);
    }

    if (reader->p == reader->end) {
        return gig_error_set(reader->err, "", "a tag has no end: \">\" is missing.");
    }

    if (*reader->p == '>') {
        reader->p++;
        return 0;
    }

    attribute->name.data = reader->p;
    attribute->value = gig_null_str;

    do {
        if (gig_layout_at(reader, "{{")) {
            return gig_layout_nowhere(reader);
        }

        gig_layout_step(reader);

    } while (reader->p < reader->end && !gig_layout_blank(*reader->p)
             && strchr("=/>", *reader->p) == NULL);

    attribute->name.len = (size_t) (reader->p - attribute->name.data);

    while (reader->p < reader->end && gig_layout_blank(*reader->p)) {
        gig_layout_step(reader);
    }

    if (reader->p == reader->end || *reader->p != '=') {
        return 1;
    }

    reader->p++;

    while (reader->p < reader->end && gig_layout_blank(*reader->p)) {
        gig_layout_step(reader);
    }

    attribute->value.data = reader->p;

    if (reader->p < reader->end && (*reader->p == '"' || *reader->p == '\'')) {

        quote = *reader->p++;
        attribute->value.data = reader->p;
        place = gig_layout_attribute_bare(attribute->name) ? GIG_LAYOUT_NOWHERE
                                                           : GIG_LAYOUT_VALUE;

        if (gig_layout_until(reader, quote == '"' ? "\"" : "'", 0, place) != 0) {
            return -1;
        }

        attribute->value.len = (size_t) (reader->p - attribute->value.data);
        reader->p++;

        return 1;
    }

    while (reader->p < reader->end && !gig_layout_blank(*reader->p) && *reader->p != '>') {

        if (gig_layout_at(reader, "{{")) {
            return gig_layout_nowhere(reader);
        }

        gig_layout_step(reader);
    }

    attribute->value.len = (size_t) (reader->p - attribute->value.data);

    return 1;
}


static int
gig_layout_elsewhere(gig_str_t address)
{
    return gig_layout_begins(address, "http:") || gig_layout_begins(address, "https:")
           || gig_layout_begins(address, "//") || gig_layout_begins(address, "data:");
}


/* What the policy of the pages will not let this tag do. */

static void
gig_layout_policy(gig_layout_reader_t *reader, unsigned line, gig_str_t tag, gig_str_t source,
    int style_sheet, int data_block)
{
    size_t  i;

    static const char *const  shut[] = { "iframe", "frame", "object", "embed", "video", "audio" };

    if (gig_layout_is(tag, "script") && source.data == NULL && !data_block) {
        gig_layout_warn(reader, line, "an inline script will not run: the pages' policy allows"
                        " scripts from files of this host alone, so put it into one");

    } else if (gig_layout_is(tag, "script") && gig_layout_elsewhere(source)) {
        gig_layout_warn(reader, line, "a script of another host will not run: the pages' policy"
                        " allows those of this host alone");

    } else if (gig_layout_is(tag, "style")) {
        gig_layout_warn(reader, line, "an inline style sheet will not count: put it into a file and"
                        " name it with <link> or gig_style");

    } else if (style_sheet && gig_layout_elsewhere(source)) {
        gig_layout_warn(reader, line, "a style sheet of another host will not count, unless"
                        " gig_style names one of the same host");
    }

    for (i = 0; i < sizeof(shut) / sizeof(shut[0]); i++) {
        if (gig_layout_is(tag, shut[i])) {
            gig_layout_warn(reader, line, "the pages' policy lets no frame, plug-in, video or sound"
                            " load");
        }
    }
}


/* At "<" and a letter; tag is the element's name. */

static int
gig_layout_start(gig_layout_reader_t *reader, gig_str_t *tag)
{
    int                     rc, style_sheet, data_block;
    unsigned                line;
    gig_str_t               source;
    gig_layout_attribute_t  attribute;

    line = reader->line;
    tag->data = ++reader->p;
    tag->len = 0;

    while (reader->p < reader->end && !gig_layout_blank(*reader->p)
           && *reader->p != '/' && *reader->p != '>')
    {
        if (gig_layout_at(reader, "{{")) {
            return gig_layout_nowhere(reader);
        }

        reader->p++;
    }

    tag->len = (size_t) (reader->p - tag->data);
    memset(&attribute, 0, sizeof(attribute));
    source = gig_null_str;
    style_sheet = 0;
    data_block = 0;

    for ( ;; ) {

        rc = gig_layout_attribute(reader, &attribute);

        if (rc != 1) {
            break;
        }

        if (gig_layout_is(attribute.name, "src") || gig_layout_is(attribute.name, "href")) {
            source = attribute.value;
            source.data = source.data != NULL ? source.data : "";

        } else if (gig_layout_is(attribute.name, "rel")) {
            style_sheet = gig_layout_is(attribute.value, "stylesheet");

        } else if (gig_layout_is(attribute.name, "type")) {
            data_block = gig_layout_is(attribute.value, "application/ld+json");

        } else if (gig_layout_is(attribute.name, "style")) {
            gig_layout_warn(reader, line, "an attribute \"style\" will not count: give the element"
                            " a class and style that in a file");

        } else if (gig_layout_begins(attribute.name, "on")) {
            gig_layout_warn(reader, line, "an attribute \"on...\" will not run: put it into a"
                            " script in a file of this host");
        }
    }

    if (rc == 0) {
        gig_layout_policy(reader, line, *tag, source, style_sheet, data_block);
    }

    return rc;
}


/* An element has begun: what it is to the page, and what its text is. */

static int
gig_layout_element(gig_layout_reader_t *reader)
{
    size_t     i;
    unsigned   line;
    gig_str_t  tag;

    static const struct {
        const char          *name, *end;
        gig_layout_place_t   place;
    } raw[] = {
        { "script", "</script", GIG_LAYOUT_NOWHERE },
        { "style", "</style", GIG_LAYOUT_NOWHERE },
        { "iframe", "</iframe", GIG_LAYOUT_NOWHERE },
        { "noscript", "</noscript", GIG_LAYOUT_NOWHERE },
        { "xmp", "</xmp", GIG_LAYOUT_NOWHERE },
        { "textarea", "</textarea", GIG_LAYOUT_TITLE }
    };

    line = reader->line;

    if (gig_layout_start(reader, &tag) != 0) {
        return -1;
    }

    if (gig_layout_is(tag, "head")) {
        reader->head = 1;

    } else if (gig_layout_is(tag, "body")) {
        reader->head_end = 1;
        reader->body = 1;

    } else if (gig_layout_is(tag, "main")) {
        reader->in_main = 1;

    } else if (gig_layout_is(tag, "base")) {
        reader->line = line;
        return gig_error_set(reader->err, "", "<base> changes where all links of the page lead; "
                             "leave it out.");

    } else if (gig_layout_is(tag, "title") && !reader->body) {
        reader->line = line;
        return gig_error_set(reader->err, "", "{{head}} brings the page's <title>; leave yours "
                             "out.");
    }

    for (i = 0; i < sizeof(raw) / sizeof(raw[0]); i++) {
        if (gig_layout_is(tag, raw[i].name)) {
            return gig_layout_until(reader, raw[i].end, 0, raw[i].place);
        }
    }

    return 0;
}


/* At "<". */

static int
gig_layout_markup(gig_layout_reader_t *reader)
{
    if (gig_layout_at(reader, "<!--")) {
        reader->p += sizeof("<!--") - 1;
        return gig_layout_until(reader, "-->", 1, GIG_LAYOUT_NOWHERE);
    }

    if (gig_layout_at(reader, "<!") || gig_layout_at(reader, "<?")
        || gig_layout_at(reader, "</"))
    {
        if (gig_layout_at(reader, "</head")) {
            reader->head_end = 1;

        } else if (gig_layout_at(reader, "</main")) {
            reader->in_main = 0;

        } else if (gig_layout_at(reader, "</body")) {
            reader->body = 0;
        }

        return gig_layout_until(reader, ">", 1, GIG_LAYOUT_NOWHERE);
    }

    if (reader->end - reader->p > 1 && gig_layout_letter(reader->p[1])) {
        return gig_layout_element(reader);
    }

    reader->p++;

    /* "<" and a text would be a tag */
    return gig_layout_at(reader, "{{") ? gig_layout_nowhere(reader) : 0;
}


static int
gig_layout_whole(gig_layout_reader_t *reader)
{
    gig_layout_piece_t  *piece;

    if (!reader->headed || !reader->mained) {
        reader->line = 0;
        return gig_error_set(reader->err, "", "%s is missing: {{head}} must stand within <head>, "
                             "{{main}} within <body>, each once.",
                             reader->headed ? "{{main}}" : "{{head}}");
    }

    piece = &reader->layout->piece[reader->layout->n++];
    piece->text.data = reader->piece;
    piece->text.len = (size_t) (reader->end - reader->piece);
    piece->slot = GIG_SLOT_END;

    return 0;
}


int
gig_layout_read(gig_str_t text, gig_layout_t *layout, unsigned *line, gig_error_t *err)
{
    int                  rc;
    gig_layout_reader_t  reader;

    memset(layout, 0, sizeof(*layout));
    memset(&reader, 0, sizeof(reader));
    *line = 0;

    if (text.len > GIG_LAYOUT_MAX) {
        return gig_error_set(err, "", "it is %zu bytes long; it may have at most %d.", text.len,
                             GIG_LAYOUT_MAX);
    }

    if (!gig_utf8_valid(text)) {
        return gig_error_set(err, "", "it must be UTF-8 text.");
    }

    /* a mark that some editors put before the first character */

    if (gig_layout_begins(text, "\xef\xbb\xbf")) {
        text.data += 3;
        text.len -= 3;
    }

    if (!gig_layout_begins(text, "<!doctype html>")) {
        *line = 1;
        return gig_error_set(err, "", "it must begin with <!doctype html>: it is a whole document "
                             "with slots in it.");
    }

    reader.layout = layout;
    reader.p = text.data;
    reader.end = text.data + text.len;
    reader.piece = reader.p;
    reader.line = 1;
    reader.err = err;

    rc = 0;

    while (rc == 0 && reader.p < reader.end) {

        if (*reader.p == '<') {
            rc = gig_layout_markup(&reader);

        } else if (gig_layout_at(&reader, "{{")) {
            rc = gig_layout_slot(&reader, GIG_LAYOUT_TEXT);

        } else {
            gig_layout_step(&reader);
        }
    }

    if (rc == 0) {
        rc = gig_layout_whole(&reader);
    }

    *line = reader.line;

    return rc;
}
