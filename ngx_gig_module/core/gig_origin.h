
/*
 * Origins (RFC 6454) as a browser says them in the header Origin: whoever is let in by one is named
 * in full and compared byte by byte, so there is nothing to be tricked by a suffix or a prefix.
 */

#ifndef GIG_ORIGIN_H
#define GIG_ORIGIN_H

#include "gig_base.h"

/*
 * 0: origin is one exactly as browsers write it: https://HOST or https://HOST:PORT, in small
 * letters, other scripts as punycode, without the port that goes without saying; http too for a
 * host that is this machine.  -1, and err->detail is a sentence, without its beginning: "it must
 * ...".
 */
int gig_origin_check(gig_str_t origin, gig_error_t *err);

/* The origin of an address that gig_url_valid() lets pass: a view on its beginning. */
gig_str_t gig_origin_of(gig_str_t url);

#endif /* GIG_ORIGIN_H */
