
/* What a folded character is to a word; private to gig_word*.c. */

#ifndef GIG_WORD_CLASS_H
#define GIG_WORD_CLASS_H

#include <stdint.h>

typedef enum {
    GIG_WORD_OTHER,                 /* also: the end */
    GIG_WORD_LETTER,
    GIG_WORD_DIGIT,
    GIG_WORD_ALONE                  /* of a script without blanks: a word by itself */
} gig_word_class_t;

extern const unsigned char  gig_word_ascii[128];            /* classes */

gig_word_class_t gig_word_class(uint32_t code);

#endif /* GIG_WORD_CLASS_H */
