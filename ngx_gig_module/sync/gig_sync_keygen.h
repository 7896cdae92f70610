
/* The key files of a board; used by keygen and init. */

#ifndef GIG_SYNC_KEYGEN_H
#define GIG_SYNC_KEYGEN_H

#include "gig_base.h"

/*
 * Makes base.secret and base.key (0600) and base.pub (0644) with new keys.  1: all
 * three were there and were left alone.  Some there, some not: -1, nothing is made;
 * keys of two makings would not fit each other.
 */
int gig_sync_keys_make(const char *base, gig_error_t *err);

#endif /* GIG_SYNC_KEYGEN_H */
