
/*
 * The readable end of a gig's address, BASE ID/SLUG.  It finds nothing: the id does.  So a slug may
 * change as often as its title, need not be the only one of its kind, and may be missing.
 */

#ifndef GIG_SLUG_H
#define GIG_SLUG_H

#include "gig_buf.h"

#define GIG_SLUG_MAX        120                 /* bytes; as a record may have it */
#define GIG_SLUG_MADE_MAX   60                  /* of one made from a title */

/* 1: one to GIG_SLUG_MAX of a-z, 0-9 and "-". */
int gig_slug_valid(gig_str_t slug);

/* 1: BASE ID/SLUG is already the address of something else of the gig, such as its form. */
int gig_slug_reserved(gig_str_t slug);

/*
 * The slug of a gig: its own, else one of its title's words ("Sales & Café" is sales-cafe), as many
 * as go into GIG_SLUG_MADE_MAX.  own: may be empty; title: valid UTF-8.  How many bytes, not
 * terminated; 0: it has none, as its own is reserved, or its title is, or has no letter of ours.
 */
size_t gig_slug_make(gig_str_t own, gig_str_t title, char slug[GIG_SLUG_MAX]);

/* BASE ID/SLUG, by which search engines know a gig; slug may be empty.  In markup to be escaped. */
void gig_slug_address(gig_str_t base, gig_str_t id, gig_str_t slug, gig_buf_t *out);

#endif /* GIG_SLUG_H */
