
/*
 * Text to words, the same way for gigs and for queries.  A word is folded
 * (gig_fold.h).  Words are runs of letters and digits, as Unicode has them; a few
 * signs belong to a word so that names of the trade can be found: "c++", "c#",
 * ".net", "r&d", "node.js".  Such a compound is given as one word and, marked as
 * parts, as the words in it ("node", "js"), so that both ways of asking find it.
 */

#ifndef GIG_WORD_H
#define GIG_WORD_H

#include "gig_base.h"

#define GIG_WORD_MAX        48      /* bytes of a folded word; a longer one is cut */

typedef struct {
    gig_str_t  rest;                /* what has not been looked at yet */
    char       data[GIG_WORD_MAX];  /* the word at hand, folded */
    size_t     len;
    uint32_t   position;            /* of the word: 0, 1, ...; a part has its own */
    int        part;                /* 1: a part of the compound given before it */
    int        plain;               /* 1: letters only: may be stemmed */
    /* private */
    gig_str_t  parts;               /* of the compound, still to be given */
    uint32_t   next;                /* position of the next word */
} gig_words_t;

/*
 * text: valid UTF-8, must outlive the walk.  position: of the first word.  _next: 1
 * and a word in data, len, position, part, plain; 0 at the end.  A compound stands at
 * the position of its first part, and the word after it at the one after its last
 * part: phrases match across it.  After the end `next` is the position that follows.
 */
void gig_words_init(gig_words_t *words, gig_str_t text, uint32_t position);
int gig_words_next(gig_words_t *words);

#endif /* GIG_WORD_H */
