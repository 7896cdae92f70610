
#include "gig_robots.h"


/* "https://HOST/gigs/" -> "/gigs/": rules are of paths. */

static gig_str_t
gig_robots_path(gig_str_t base)
{
    size_t  i, slashes;

    if (base.len == 0 || base.data[0] == '/') {
        return base;
    }

    slashes = 0;

    for (i = 0; i < base.len; i++) {
        if (base.data[i] == '/' && ++slashes == 3) {
            break;
        }
    }

    return (gig_str_t) { base.data + i, base.len - i };
}


void
gig_robots(gig_str_t base, gig_buf_t *out)
{
    size_t     i;
    gig_str_t  path;

    /* forms are never cached and receipts are somebody's own: nothing to be found by a search */

    static const char *const  closed[] = { "*/apply", "*/self-id", "receipts/" };

    path = gig_robots_path(base);
    gig_buf_puts(out, "User-agent: *\n");

    for (i = 0; i < sizeof(closed) / sizeof(closed[0]); i++) {
        gig_buf_puts(out, "Disallow: ");
        gig_buf_str(out, path);
        gig_buf_puts(out, closed[i]);
        gig_buf_puts(out, "\n");
    }

    if (path.len != base.len) {
        gig_buf_puts(out, "\nSitemap: ");
        gig_buf_str(out, base);
        gig_buf_puts(out, "sitemap.xml\n");
    }
}
