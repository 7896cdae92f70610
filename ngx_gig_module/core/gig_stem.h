
/*
 * Stems by language, by libstemmer (Snowball).  A term of the index is a
 * language's number and a stem: a gig's words are stemmed by the gig's language,
 * a query's word once for each language that the catalog has.
 */

#ifndef GIG_STEM_H
#define GIG_STEM_H

#include "gig_word.h"

#define GIG_LANGUAGES_MAX   32      /* numbers 0..31; 0: a language without a stemmer */

/* Stemmers of all languages; of one thread.  NULL: out of memory; nothing fails after that. */
typedef struct gig_stems_s gig_stems_t;
gig_stems_t *gig_stems_create(void);
void gig_stems_free(gig_stems_t *stems);        /* may be NULL */

/* The number of a BCP 47 tag's language ("en-US" is "en"'s), fixed for ever; 0: no stemmer. */
unsigned gig_stem_language(gig_str_t tag);

/*
 * word: folded.  out gets the stem, or the word itself where nothing can be cut; returns its
 * bytes, at least 1 for a word that is not empty.  The stem of folded text is asked for, so
 * accents are gone before: both sides do the same.
 */
size_t gig_stem(gig_stems_t *stems, unsigned language, gig_str_t word, char out[GIG_WORD_MAX]);

#endif /* GIG_STEM_H */
