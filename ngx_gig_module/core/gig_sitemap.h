
/*
 * The sitemap (sitemaps.org, 0.9): the list, then each gig that people can see and search engines
 * may show, newest first, by the address it is known by.  One file holds so many of them; beyond
 * that the sitemap is an index of numbered parts.
 */

#ifndef GIG_SITEMAP_H
#define GIG_SITEMAP_H

#include "gig_buf.h"
#include "gig_image.h"

/* The protocol's own bound, and one below its 50 MB. */
#define GIG_SITEMAP_URLS        50000
#define GIG_SITEMAP_BYTES       ((size_t) 40 << 20)
#define GIG_SITEMAP_INDEX       0               /* `part`: not one, but the sitemap itself */

/*
 * part: from 1, or GIG_SITEMAP_INDEX.  urls: at most so many in a part.  base: absolute, ends in
 * "/".  0; 1: there is no such part; -1: out of memory.
 */
int gig_sitemap(const gig_image_t *image, int64_t now, gig_str_t base, uint32_t part,
    uint32_t urls, gig_buf_t *out);

#endif /* GIG_SITEMAP_H */
