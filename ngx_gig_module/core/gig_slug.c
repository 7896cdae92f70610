
#include <string.h>

#include "gig_fold.h"
#include "gig_slug.h"


static size_t  gig_slug_of_title(gig_str_t title, char *slug);


/* What http/ngx_http_gig_route.c has behind an id; t/slug.t compares. */

static const char *const  gig_slugs_reserved[] = {
    "form", "apply", "applications", "self-id"
};


int
gig_slug_valid(gig_str_t slug)
{
    size_t  i;

    for (i = 0; i < slug.len; i++) {
        if (!((slug.data[i] >= 'a' && slug.data[i] <= 'z')
              || (slug.data[i] >= '0' && slug.data[i] <= '9') || slug.data[i] == '-'))
        {
            return 0;
        }
    }

    return slug.len != 0 && slug.len <= GIG_SLUG_MAX;
}


int
gig_slug_reserved(gig_str_t slug)
{
    size_t  i;

    for (i = 0; i < sizeof(gig_slugs_reserved) / sizeof(gig_slugs_reserved[0]); i++) {
        if (gig_str_is(slug, gig_slugs_reserved[i])) {
            return 1;
        }
    }

    return 0;
}


size_t
gig_slug_make(gig_str_t own, gig_str_t title, char slug[GIG_SLUG_MAX])
{
    size_t  len;

    if (gig_slug_valid(own)) {
        len = own.len;
        memcpy(slug, own.data, len);

    } else {
        len = gig_slug_of_title(title, slug);
    }

    return gig_slug_reserved((gig_str_t) { slug, len }) ? 0 : len;
}


/* Letters and digits as folding leaves them; whatever lies between two words is one "-". */

static size_t
gig_slug_of_title(gig_str_t title, char *slug)
{
    int     gap;
    char    c, text[GIG_FOLD_MAX];
    size_t  i, n, whole, len;

    len = gig_fold(title, text, sizeof(text));
    n = 0;
    gap = 0;
    whole = 0;                          /* where the last word ends that went in */

    for (i = 0; i < len; i++) {
        c = text[i];

        if (c == '\'') {                /* "women's" is a word */
            continue;
        }

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
            gap = (n != 0);
            whole = n;
            continue;
        }

        if (n + (size_t) gap >= GIG_SLUG_MADE_MAX) {

            /* words that are there in part are left out; a first one of that length is cut */
            return whole != 0 ? whole : n;
        }

        if (gap) {
            slug[n++] = '-';
            gap = 0;
        }

        slug[n++] = c;
    }

    return n;
}


void
gig_slug_address(gig_str_t base, gig_str_t id, gig_str_t slug, gig_buf_t *out)
{
    gig_buf_str(out, base);
    gig_buf_uri(out, id);

    if (slug.len != 0) {
        gig_buf_puts(out, "/");
        gig_buf_uri(out, slug);
    }
}
