
/*
 * A small strict cleaner for descriptions.  Whoever may write to Redis may
 * write HTML; what gets through here is well-formed and of a short list of tags:
 * p br ul ol li strong em b i h3 h4 blockquote code pre, without attributes,
 * and a with an http(s) href.
 */

#ifndef GIG_MARKUP_H
#define GIG_MARKUP_H

#include "gig_buf.h"

#define GIG_MARKUP_DEPTH      32                  /* open tags; deeper ones are dropped */

/*
 * Writes html cleaned.  Text of other tags is kept, but for script, style and
 * their like.  Cleaning twice changes nothing more.  0, or -1 when out failed.
 */
int gig_markup_clean(gig_str_t html, gig_buf_t *out);

/* The text of cleaned HTML: a line a block, "- " before list items.  0 or -1. */
int gig_markup_text(gig_str_t html, gig_buf_t *out);

#endif /* GIG_MARKUP_H */
