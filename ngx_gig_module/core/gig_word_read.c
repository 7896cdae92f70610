
#include <string.h>

#include <utf8proc.h>

#include "gig_fold.h"
#include "gig_utf8.h"
#include "gig_word_parts.h"


static gig_word_class_t  gig_word_class(uint32_t code);
static int               gig_word_alone(uint32_t code);


/* Capitals are none: they have been folded. */

const unsigned char  gig_word_ascii[128] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0
};


void
gig_words_fill(gig_words_t *words)
{
    if (words->to - words->from >= GIG_WORD_AHEAD || words->rest.len == 0) {
        return;
    }

    memmove(words->folded, words->folded + words->from, words->to - words->from);
    words->to -= words->from;
    words->from = 0;

    words->to += gig_fold_some(&words->rest, words->folded + words->to,
                               GIG_WORD_FOLDED - words->to);
}


char
gig_words_at(const gig_words_t *words, size_t ahead)
{
    return words->from + ahead < words->to ? words->folded[words->from + ahead] : 0;
}


int
gig_words_digit(const gig_words_t *words, size_t ahead)
{
    char  c;

    c = gig_words_at(words, ahead);

    return c >= '0' && c <= '9';
}


gig_word_class_t
gig_words_class(const gig_words_t *words, size_t ahead, size_t *len)
{
    size_t       left;
    uint32_t     code;
    const char  *data;

    if (words->from + ahead >= words->to) {
        *len = 0;
        return GIG_WORD_OTHER;
    }

    data = words->folded + words->from + ahead;

    if ((unsigned char) *data < 0x80) {
        *len = 1;
        return (gig_word_class_t) gig_word_ascii[(unsigned char) *data];
    }

    left = words->to - words->from - ahead;
    *len = gig_utf8_decode((gig_str_t) { data, left }, &code);

    if (*len == 0) {
        *len = 1;
        return GIG_WORD_OTHER;
    }

    return gig_word_class(code);
}


int
gig_words_goes_on(const gig_words_t *words, size_t ahead)
{
    size_t            len;
    gig_word_class_t  class;

    class = gig_words_class(words, ahead, &len);

    return class == GIG_WORD_LETTER || class == GIG_WORD_DIGIT;
}


static gig_word_class_t
gig_word_class(uint32_t code)
{
    switch (utf8proc_get_property((utf8proc_int32_t) code)->category) {

    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
        return gig_word_alone(code) ? GIG_WORD_ALONE : GIG_WORD_LETTER;

    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return GIG_WORD_DIGIT;

    default:
        return GIG_WORD_OTHER;
    }
}


/* Letters of scripts that are written without blanks between words. */

static int
gig_word_alone(uint32_t code)
{
    size_t  i;

    static const struct {
        uint32_t  first, last;
    } range[] = {
        { 0x0e00, 0x0eff },                                 /* Thai, Lao */
        { 0x1000, 0x109f },                                 /* Myanmar */
        { 0x1780, 0x17ff },                                 /* Khmer */
        { 0x3005, 0x312f },                                 /* Kana, Bopomofo */
        { 0x31a0, 0x31ff },
        { 0x3400, 0x4dbf },                                 /* Han */
        { 0x4e00, 0x9fff },
        { 0xf900, 0xfaff },
        { 0x1b000, 0x1b16f },                               /* Kana, historic */
        { 0x20000, 0x3ffff }                                /* Han, rare */
    };

    for (i = 0; i < sizeof(range) / sizeof(range[0]); i++) {
        if (code >= range[i].first && code <= range[i].last) {
            return 1;
        }
    }

    return 0;
}
