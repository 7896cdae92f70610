
#include "gig_catalog_walk.h"
#include "gig_sitemap.h"
#include "gig_slug.h"
#include "gig_time.h"
#include "gig_xml.h"


#define GIG_SITEMAP_NS      " xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
#define GIG_SITEMAP_ENTRY   (64 * 1024)         /* bytes of one, more than any address takes */

/* All parts are gone through, as where one begins depends on those before it; one is written. */
typedef struct {
    gig_str_t   base;
    uint32_t    part;                           /* the one that is written */
    uint32_t    at;                             /* the one that is gone through */
    uint32_t    urls, n;                        /* in it: at most, so far */
    size_t      bytes;
    int64_t     newest;                         /* change in it; 0: none */
    gig_buf_t   entry;
    gig_buf_t   index;                          /* entries of the parts that are complete */
    gig_buf_t  *out;
} gig_sitemap_t;


static void gig_sitemap_add(gig_sitemap_t *map, const gig_catalog_gig_t *gig);
static void gig_sitemap_entry(gig_sitemap_t *map, const gig_catalog_gig_t *gig);
static void gig_sitemap_end_part(gig_sitemap_t *map);
static void gig_sitemap_changed(int64_t seconds, gig_buf_t *out);
static int gig_sitemap_shows(const gig_catalog_gig_t *gig);


int
gig_sitemap(const gig_image_t *image, int64_t now, gig_str_t base, uint32_t part, uint32_t urls,
    gig_buf_t *out)
{
    int                rc;
    uint32_t           i, row;
    gig_sitemap_t      map;
    gig_catalog_gig_t  gig;

    map.base = base;
    map.part = (part == GIG_SITEMAP_INDEX) ? 1 : part;
    map.at = 1;
    map.urls = urls;
    map.n = 0;
    map.bytes = 0;
    map.newest = 0;
    map.out = out;
    gig_buf_init(&map.entry, GIG_SITEMAP_ENTRY);
    gig_buf_init(&map.index, out->limit);

    gig_buf_puts(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<urlset" GIG_SITEMAP_NS);

    gig_sitemap_add(&map, NULL);

    for (i = 0; i < image->n; i++) {
        row = gig_image_newest(image, i);

        if (row == GIG_ROW_NONE) {
            continue;
        }

        gig_catalog_columns(image, row, now, &gig);

        if (gig_sitemap_shows(&gig)) {
            gig_sitemap_add(&map, &gig);
        }
    }

    gig_sitemap_end_part(&map);
    rc = 0;

    if (part > map.at) {
        rc = 1;

    } else if (part == GIG_SITEMAP_INDEX && map.at > 1) {
        gig_buf_reset(out);
        gig_buf_puts(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<sitemapindex"
                     GIG_SITEMAP_NS);
        gig_buf_add(out, map.index.data, map.index.len);
        gig_buf_puts(out, "</sitemapindex>\n");

    } else {
        gig_buf_puts(out, "</urlset>\n");
    }

    if (gig_buf_failed(&map.entry) || gig_buf_failed(&map.index) || gig_buf_failed(out)) {
        rc = -1;
    }

    gig_buf_free(&map.entry);
    gig_buf_free(&map.index);

    return rc;
}


/* gig NULL: the list itself. */

static void
gig_sitemap_add(gig_sitemap_t *map, const gig_catalog_gig_t *gig)
{
    gig_buf_reset(&map->entry);
    gig_sitemap_entry(map, gig);

    if (map->n == map->urls || map->bytes + map->entry.len > GIG_SITEMAP_BYTES) {
        gig_sitemap_end_part(map);
        map->at++;
        map->n = 0;
        map->bytes = 0;
        map->newest = 0;
    }

    map->n++;
    map->bytes += map->entry.len;

    if (gig != NULL && map->newest < gig->updated) {
        map->newest = gig->updated;
    }

    if (map->at == map->part) {
        gig_buf_add(map->out, map->entry.data, map->entry.len);
    }
}


static void
gig_sitemap_entry(gig_sitemap_t *map, const gig_catalog_gig_t *gig)
{
    gig_buf_puts(&map->entry, "<url><loc>");
    gig_xml_text(&map->entry, map->base);

    if (gig != NULL) {
        /* id and slug are plain letters, whatever alphabet a title is in */
        gig_slug_address(gig_null_str, gig->id, gig->slug, &map->entry);
    }

    gig_buf_puts(&map->entry, "</loc>");

    if (gig != NULL) {
        gig_sitemap_changed(gig->updated, &map->entry);
    }

    gig_buf_puts(&map->entry, "</url>\n");
}


static void
gig_sitemap_end_part(gig_sitemap_t *map)
{
    gig_buf_puts(&map->index, "<sitemap><loc>");
    gig_xml_text(&map->index, map->base);
    gig_buf_printf(&map->index, "sitemap-%u.xml</loc>", map->at);

    if (map->newest != 0) {
        gig_sitemap_changed(map->newest, &map->index);
    }

    gig_buf_puts(&map->index, "</sitemap>\n");
}


static void
gig_sitemap_changed(int64_t seconds, gig_buf_t *out)
{
    char  text[GIG_TIME_SIZE];

    gig_buf_printf(out, "<lastmod>%s</lastmod>", gig_time_format(seconds, text));
}


static int
gig_sitemap_shows(const gig_catalog_gig_t *gig)
{
    if (gig->flags & GIG_IMAGE_NOINDEX) {
        return 0;
    }

    switch (gig->state) {

    case GIG_STATE_SCHEDULED:
    case GIG_STATE_OPEN:
    case GIG_STATE_WAITLIST:
    case GIG_STATE_FULL:
        return 1;

    case GIG_STATE_CLOSED:
    case GIG_STATE_GONE:
    case GIG_STATE_HIDDEN:
        break;
    }

    return 0;
}
