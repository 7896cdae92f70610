
/* What crawlers may fetch of a board (RFC 9309), as a robots.txt for the host to serve. */

#ifndef GIG_ROBOTS_H
#define GIG_ROBOTS_H

#include "gig_buf.h"

/* base: prefix of every address, whole or a path, ends in "/".  The sitemap needs a whole one. */
void gig_robots(gig_str_t base, gig_buf_t *out);

#endif /* GIG_ROBOTS_H */
