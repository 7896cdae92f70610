
/* Which of the languages that are offered somebody reads: RFC 4647 (lookup), RFC 9110, 12.5.4. */

#include <string.h>
#include <strings.h>

#include "gig_language.h"


#define GIG_RANGES_MAX      32          /* of one header that are looked at */

/* What is written from right to left: languages, and scripts that a tag may name (ISO 15924). */
static const char *const  gig_language_rtl[] = {
    "ar", "arc", "azb", "ckb", "dv", "fa", "glk", "he", "ks", "lrc", "mzn", "nqo", "pnb", "ps",
    "sd", "syr", "ug", "ur", "yi"
};
static const char *const  gig_language_rtl_scripts[] = {
    "Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Syrc", "Thaa"
};


typedef struct {
    gig_str_t  tag;
    unsigned   quality;                 /* thousandths */
} gig_range_t;


static gig_str_t
gig_language_str(const char *s)
{
    return (gig_str_t) { s, strlen(s) };
}


static int
gig_language_alnum(char c, int digits)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (digits && c >= '0' && c <= '9');
}


int
gig_language_tag_valid(gig_str_t tag)
{
    size_t  i, start, parts;

    if (tag.len >= GIG_TAG_SIZE) {
        return 0;
    }

    for (parts = 0, start = 0; start <= tag.len; start = i + 1, parts++) {

        for (i = start; i < tag.len && tag.data[i] != '-'; i++) {
            if (!gig_language_alnum(tag.data[i], parts != 0)) {
                return 0;
            }
        }

        if (i - start < (parts == 0 ? 2 : 1) || i - start > 8) {
            return 0;
        }
    }

    return 1;
}


int
gig_language_tag_eq(gig_str_t a, gig_str_t b)
{
    return a.len == b.len && (a.len == 0 || strncasecmp(a.data, b.data, a.len) == 0);
}


void
gig_language_shorten(gig_str_t *tag)
{
    while (tag->len != 0 && tag->data[tag->len - 1] != '-') {
        tag->len--;
    }

    tag->len -= tag->len != 0;

    if (tag->len > 1 && tag->data[tag->len - 2] == '-') {
        tag->len -= 2;
    }
}


unsigned
gig_language_find(gig_str_t tag, const gig_language_t *const *offered, unsigned n)
{
    unsigned  i;

    for ( /* void */ ; tag.len != 0; gig_language_shorten(&tag)) {

        for (i = 0; i < n; i++) {
            if (gig_language_tag_eq(tag, gig_language_str(offered[i]->tag))) {
                return i;
            }
        }
    }

    return n;
}


/* "0.8": thousandths; what is none is 0, as it asks for nothing. */

static unsigned
gig_language_quality(gig_str_t text)
{
    size_t    i;
    unsigned  value, unit;

    if (text.len == 0 || (text.data[0] != '0' && text.data[0] != '1')) {
        return 0;
    }

    value = text.data[0] == '1' ? 1000 : 0;

    if (text.len > 1 && text.data[1] != '.') {
        return 0;
    }

    for (i = 2, unit = 100; i < text.len; i++, unit /= 10) {

        if (text.data[i] < '0' || text.data[i] > '9') {
            return 0;
        }

        value += unit * (unsigned) (text.data[i] - '0');
    }

    return value > 1000 ? 1000 : value;
}


static gig_range_t
gig_language_range(gig_str_t element)
{
    size_t       i;
    gig_str_t    weight;
    gig_range_t  range;

    for (i = 0; i < element.len && element.data[i] != ';'; i++) { /* void */ }

    range.tag = gig_str_trim((gig_str_t) { element.data, i }, GIG_BLANKS);
    range.quality = 1000;

    if (i < element.len) {
        weight = (gig_str_t) { element.data + i + 1, element.len - i - 1 };
        weight = gig_str_trim(weight, GIG_BLANKS);

        if (weight.len > 2 && (weight.data[0] | 0x20) == 'q' && weight.data[1] == '=') {
            range.quality = gig_language_quality((gig_str_t) { weight.data + 2, weight.len - 2 });
        }
    }

    return range;
}


unsigned
gig_language_negotiate(gig_str_t header, const gig_language_t *const *offered, unsigned n)
{
    size_t       i, start;
    unsigned     found, best, quality, ranges;
    gig_range_t  range;

    best = 0;
    quality = 0;
    ranges = 0;

    for (start = 0; start < header.len && ranges < GIG_RANGES_MAX; start = i + 1, ranges++) {

        for (i = start; i < header.len && header.data[i] != ','; i++) { /* void */ }

        range = gig_language_range((gig_str_t) { header.data + start, i - start });

        /* the first of two that are wanted as much */

        if (range.quality <= quality) {
            continue;
        }

        /* "*": whatever there is, which is the fallback */

        found = gig_str_is(range.tag, "*") ? 0 : gig_language_find(range.tag, offered, n);

        if (found < n) {
            best = found;
            quality = range.quality;
        }
    }

    return best;
}


int
gig_language_same(gig_str_t tag, const gig_language_t *words)
{
    size_t      a, b;
    gig_str_t   own;

    own = gig_language_str(gig_language_tag(words));

    for (a = 0; a < tag.len && tag.data[a] != '-'; a++) { /* void */ }

    for (b = 0; b < own.len && own.data[b] != '-'; b++) { /* void */ }

    return a != 0
           && gig_language_tag_eq((gig_str_t) { tag.data, a }, (gig_str_t) { own.data, b });
}


const char *
gig_language_dir_of(gig_str_t tag)
{
    size_t  i, k, len, parts;

    for (parts = 0, i = 0; i < tag.len; i += len + 1, parts++) {

        for (len = 0; i + len < tag.len && tag.data[i + len] != '-'; len++) { /* void */ }

        if (parts != 0 && len == 4) {

            for (k = 0; k < sizeof(gig_language_rtl_scripts) / sizeof(char *); k++) {
                if (strncasecmp(tag.data + i, gig_language_rtl_scripts[k], 4) == 0) {
                    return "rtl";
                }
            }

            return "ltr";
        }
    }

    for (len = 0; len < tag.len && tag.data[len] != '-'; len++) { /* void */ }

    for (k = 0; k < sizeof(gig_language_rtl) / sizeof(char *); k++) {
        if (gig_language_tag_eq((gig_str_t) { tag.data, len },
                                gig_language_str(gig_language_rtl[k])))
        {
            return "rtl";
        }
    }

    return "ltr";
}
