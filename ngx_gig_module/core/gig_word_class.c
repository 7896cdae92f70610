
#include <stddef.h>

#include <utf8proc.h>

#include "gig_word_class.h"


static int  gig_word_alone(uint32_t code);


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


gig_word_class_t
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
