
/* Inner parts of the tokeniser; private to gig_word*.c. */

#ifndef GIG_WORD_PARTS_H
#define GIG_WORD_PARTS_H

#include "gig_word.h"

/* Bytes looked ahead at most: a comma, three digits, a character. */
#define GIG_WORD_AHEAD      8

typedef enum {
    GIG_WORD_OTHER,                 /* also: the end */
    GIG_WORD_LETTER,
    GIG_WORD_DIGIT,
    GIG_WORD_ALONE                  /* of a script without blanks: a word by itself */
} gig_word_class_t;

/* gig_word_read.c: the window on the folded text. */

extern const unsigned char  gig_word_ascii[128];            /* classes */

/* Sees to it that GIG_WORD_AHEAD bytes can be looked at, if there are so many. */
void gig_words_fill(gig_words_t *words);

/* The byte so many ahead, 0 at the end; whether it is a digit; whether a word goes on there. */
char gig_words_at(const gig_words_t *words, size_t ahead);
int gig_words_digit(const gig_words_t *words, size_t ahead);
int gig_words_goes_on(const gig_words_t *words, size_t ahead);

/* The class of the character so many bytes ahead; len: its bytes, 0 at the end. */
gig_word_class_t gig_words_class(const gig_words_t *words, size_t ahead, size_t *len);


/* A word between the signs of a compound. */
typedef struct {
    size_t            at, len;      /* in the token, without signs */
    size_t            chars;
    size_t            signs;        /* bytes of signs behind it: "++", "#" */
    size_t            room;         /* bytes it may still take */
    int               plain;
    char              before;       /* '.' or '&': kept in the token; '-': joined; 0 */
    gig_word_class_t  last;         /* of its last character */
} gig_word_piece_t;

/* gig_word_piece.c: each goes on where the last stopped; _joint: `before` of the next piece. */
void gig_words_run(gig_words_t *words, gig_word_piece_t *piece);
void gig_words_signs(gig_words_t *words, gig_word_piece_t *piece);
char gig_words_joint(gig_words_t *words, const gig_word_piece_t *piece);

#endif /* GIG_WORD_PARTS_H */
