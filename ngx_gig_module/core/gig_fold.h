
/*
 * Folding: what makes two spellings of a text equal.  Compatibility forms are
 * decomposed, case is folded, marks are dropped (Unicode, by utf8proc), letters and
 * signs that people type plain are made plain (ł, ø, æ; curly quotes, hyphens), blanks
 * are squeezed to one and trimmed: "  Café" and "CAFE" are one.  What is folded stays
 * as it is when folded again.
 */

#ifndef GIG_FOLD_H
#define GIG_FOLD_H

#include "gig_base.h"

#define GIG_FOLD_MAX        256     /* bytes of a folded value; what is longer is cut */

/* Bytes that one character may become: U+FDFA is a sentence of 18 letters, 33 bytes. */
#define GIG_FOLD_CHAR_MAX   72

/*
 * s: valid UTF-8.  out gets at most `size` bytes, cut at a character's border,
 * not terminated; returns how many.  Allocates nothing.  Pure ASCII is fast.
 */
size_t gig_fold(gig_str_t s, char *out, size_t size);

/*
 * The same piece by piece, for whoever reads on: takes characters off the front of *s until fewer
 * than GIG_FOLD_CHAR_MAX bytes are left in out.  Blanks are given as they come, each a ' '.
 */
size_t gig_fold_some(gig_str_t *s, char *out, size_t size);

#endif /* GIG_FOLD_H */
