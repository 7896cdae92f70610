
/*
 * Folding: what makes two spellings of a text equal.  Compatibility forms are
 * decomposed, case is folded, marks are dropped (Unicode, by utf8proc), blanks
 * are squeezed to one and trimmed: "  Café" and "CAFE" are one.
 */

#ifndef GIG_FOLD_H
#define GIG_FOLD_H

#include "gig_base.h"

#define GIG_FOLD_MAX        256     /* bytes of a folded value; what is longer is cut */

/*
 * s: valid UTF-8.  out gets at most `size` bytes, cut at a character's border,
 * not terminated; returns how many.  Allocates nothing.  Pure ASCII is fast.
 */
size_t gig_fold(gig_str_t s, char *out, size_t size);

#endif /* GIG_FOLD_H */
