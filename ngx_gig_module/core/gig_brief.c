
#include <string.h>

#include "gig_brief.h"


typedef enum { GIG_BRIEF_GIG, GIG_BRIEF_I18N, GIG_BRIEF_TEXTS } gig_brief_level_t;


static const char *gig_brief_object(const char *p, const char *end, gig_brief_level_t level,
    gig_str_t tag, gig_buf_t *out);


/* Behind the string that begins at p, or NULL: it has no end. */

static const char *
gig_brief_string(const char *p, const char *end)
{
    const char  *quote, *back;

    for (quote = p + 1; quote < end; quote++) {

        quote = memchr(quote, '"', (size_t) (end - quote));

        if (quote == NULL) {
            return NULL;
        }

        for (back = quote; back[-1] == '\\'; back--) { /* void */ }

        if ((quote - back) % 2 == 0) {
            return quote + 1;
        }
    }

    return NULL;
}


/* Behind the value that begins at p, whatever it holds, or NULL. */

static const char *
gig_brief_value(const char *p, const char *end)
{
    size_t  depth;

    for (depth = 0; p < end; p++) {

        switch (*p) {

        case '"':
            p = gig_brief_string(p, end);

            if (p == NULL || depth == 0) {
                return p;
            }

            p--;
            break;

        case '{':
        case '[':
            depth++;
            break;

        case '}':
        case ']':
            if (depth == 0) {
                return p;
            }

            if (--depth == 0) {
                return p + 1;
            }

            break;

        case ',':
            if (depth == 0) {
                return p;
            }

            break;

        default:
            break;
        }
    }

    return NULL;
}


/* The language itself, or what is left of its tag as parts are cut from the end. */

static int
gig_brief_wanted(gig_brief_level_t level, gig_str_t name, gig_str_t tag)
{
    if (level == GIG_BRIEF_I18N) {
        return name.len != 0 && name.len <= tag.len && memcmp(name.data, tag.data, name.len) == 0
               && (name.len == tag.len || tag.data[name.len] == '-');
    }

    return !gig_str_is(name, "description_html") && !gig_str_is(name, "description_text")
           && !gig_str_is(name, "deliverables");
}


static const char *
gig_brief_member(const char *value, const char *end, gig_brief_level_t level, gig_str_t name,
    gig_str_t tag, gig_buf_t *out)
{
    const char  *behind;

    if (value < end && *value == '{') {

        if (level == GIG_BRIEF_GIG && gig_str_is(name, "i18n")) {
            return gig_brief_object(value, end, GIG_BRIEF_I18N, tag, out);
        }

        if (level == GIG_BRIEF_I18N) {
            return gig_brief_object(value, end, GIG_BRIEF_TEXTS, tag, out);
        }
    }

    behind = gig_brief_value(value, end);

    if (behind != NULL) {
        gig_buf_add(out, value, (size_t) (behind - value));
    }

    return behind;
}


/* Behind the object that begins at p, or NULL.  It calls itself twice at most. */

static const char *
gig_brief_object(const char *p, const char *end, gig_brief_level_t level, gig_str_t tag,
    gig_buf_t *out)
{
    int          comma;
    gig_str_t    name;
    const char  *value;

    gig_buf_puts(out, "{");
    p++;

    if (p < end && *p == '}') {
        gig_buf_puts(out, "}");
        return p + 1;
    }

    for (comma = 0; p < end && *p == '"'; p++) {

        name.data = p + 1;
        value = gig_brief_string(p, end);

        if (value == NULL || value == end || *value != ':') {
            return NULL;
        }

        name.len = (size_t) (value - name.data) - 1;
        value++;

        if (gig_brief_wanted(level, name, tag)) {
            gig_buf_puts(out, comma ? "," : "");
            gig_buf_add(out, p, (size_t) (value - p));
            comma = 1;

            p = gig_brief_member(value, end, level, name, tag, out);

        } else {
            p = gig_brief_value(value, end);
        }

        if (p == NULL || p == end) {
            return NULL;
        }

        if (*p == '}') {
            gig_buf_puts(out, "}");
            return p + 1;
        }

        if (*p != ',') {
            return NULL;
        }
    }

    return NULL;
}


int
gig_brief(gig_str_t json, const gig_language_t *words, gig_buf_t *out)
{
    gig_str_t    tag;
    const char  *end;

    tag.data = gig_language_tag(words);
    tag.len = strlen(tag.data);
    end = json.data + json.len;

    if (json.len == 0 || *json.data != '{') {
        return -1;
    }

    return gig_brief_object(json.data, end, GIG_BRIEF_GIG, tag, out) == end
           && !gig_buf_failed(out) ? 0 : -1;
}
