
/*
 * Text to words, the same way for gigs and for queries.  A word is folded
 * (gig_fold.h).  Words are runs of letters and digits, as Unicode has them; a few
 * signs belong to a word so that names of the trade can be found: "c++", "c#",
 * ".net", "r&d", "node.js".  Such a compound is given as one word and, marked as
 * parts, as the words in it ("node", "js"), so that both ways of asking find it.
 *
 *   front-end, O'Brien      frontend, obrien; parts front, end and o, brien
 *   node.js, AT&T           node.js, at&t; parts node, js and at, t
 *   .NET, ASP.NET           .net, part net; asp.net, parts asp, .net, net
 *   Security+               security+, part security; C++, C#, F# have no parts
 *   U.S., e.g., Ph.D.       us, eg, phd, without parts
 *   women's, don't          women, dont
 *   10,000  3.5  v2.0  3D   10000, 3.5, v2.0, 3d
 *   UX/UI, 10-15, a@b       two words
 *   scripts without blanks  (Han, Kana, Thai ...) each character is a word
 *   emoji, other signs      nothing
 */

#ifndef GIG_WORD_H
#define GIG_WORD_H

#include "gig_base.h"

#define GIG_WORD_MAX        48      /* bytes of a folded word; a longer one is cut */
#define GIG_WORD_PARTS_MAX  8       /* words in a compound; what hangs on to them is another */

/* private: what a compound is collected in, and how much text is folded at a time */
#define GIG_WORD_SIGNS_MAX  3
#define GIG_WORD_TOKEN_MAX  (GIG_WORD_PARTS_MAX * (GIG_WORD_MAX + GIG_WORD_SIGNS_MAX))
#define GIG_WORD_FOLDED     512

typedef struct {
    uint16_t   at;                  /* in the compound */
    uint8_t    len;
    uint8_t    offset;              /* of its position from the compound's */
    uint8_t    plain;
} gig_word_part_t;

typedef struct {
    gig_str_t        rest;          /* what has not been looked at yet */
    char             data[GIG_WORD_MAX];    /* the word at hand, folded */
    size_t           len;
    uint32_t         position;      /* of the word: 0, 1, ...; a part has its own */
    int              part;          /* 1: a part of the compound given before it */
    int              plain;         /* 1: letters only: may be stemmed */
    int              joined;        /* 1: nothing stands between it and the word before */
    uint32_t         next;          /* position of the next word */
    /* private */
    int              touching;      /* the last word ends where `from` is */
    uint32_t         base;          /* position of the compound */
    unsigned         n_parts, given;
    gig_word_part_t  parts[2 * GIG_WORD_PARTS_MAX];
    size_t           token_len;
    char             token[GIG_WORD_TOKEN_MAX];
    size_t           from, to;      /* what is folded and has not been looked at */
    char             folded[GIG_WORD_FOLDED];
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
