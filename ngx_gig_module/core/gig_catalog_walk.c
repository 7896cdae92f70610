
#include <stdlib.h>
#include <string.h>

#include "gig_catalog_walk.h"
#include "gig_json.h"


/* What a walk needs besides: large, so not on a thread's stack. */
typedef struct {
    gig_query_t    query;
    gig_cursor_t   cursor;
    gig_found_t    found;
    gig_search_t  *search;
} gig_catalog_way_t;


void
gig_catalog_columns(const gig_image_t *image, uint32_t row, int64_t now, gig_catalog_gig_t *gig)
{
    memset(gig, 0, sizeof(gig_catalog_gig_t));

    gig->id = gig_image_id(image, row);
    gig->slug = gig_image_slug(image, row);
    gig->state = gig_image_state(image, row, now);
    gig->flags = gig_image_flags(image, row);
    gig->posted = gig_image_posted(image, row);
    gig->updated = gig_image_updated(image, row);
    gig->opens = gig_image_opens(image, row);
    gig->closes = gig_image_closes(image, row);
}


void
gig_catalog_gig(const gig_image_t *image, uint32_t row, int64_t now, gig_catalog_gig_t *gig)
{
    gig_catalog_columns(image, row, now, gig);
    gig->zoned = (gig_image_zone(image, row, &gig->zone) == 0);
}


json_t *
gig_catalog_json(const gig_catalog_t *catalog, uint32_t row)
{
    gig_str_t    bytes;
    gig_error_t  err;
    gig_place_t  place;

    if (gig_image_place(&catalog->image, row, GIG_FRAGMENT_DETAIL, &place) != 0
        || place.store >= catalog->image.stores)
    {
        return NULL;
    }

    bytes = gig_place_bytes(&place, catalog->stores[place.store], 1);

    if (bytes.data == NULL) {
        return NULL;
    }

    /* it has no `url` and no `state` yet, and is JSON all the same: see gig_fragment.c */
    return gig_json_parse(bytes, bytes.len, 2 * GIG_JSON_DEPTH_MAX, &err);
}


int
gig_catalog_walk(const gig_catalog_t *catalog, gig_str_t args, int64_t now,
    gig_catalog_each_pt each, void *data, uint32_t *damaged)
{
    int                 rc;
    gig_error_t         err;
    gig_catalog_way_t  *way;

    *damaged = 0;
    rc = -1;

    way = malloc(sizeof(gig_catalog_way_t));

    if (way == NULL) {
        return -1;
    }

    way->search = gig_search_create();

    if (way->search == NULL || gig_query_read(args, 1, &way->query, &err) != 0) {
        goto done;
    }

    way->query.sort = GIG_SORT_NEWEST;
    way->query.limit = GIG_LIST_MAX;
    way->query.facets = 0;
    way->query.after = 0;

    for ( ;; ) {
        rc = gig_catalog_find(catalog, way->search, &way->query, &way->cursor, now, &way->found);

        if (rc == 0) {
            rc = gig_catalog_page(catalog, &way->found, now, each, data, damaged);
        }

        if (rc != 0 || !way->found.more) {
            break;
        }

        way->cursor = way->found.next;
        way->query.after = 1;
    }

done:

    gig_search_free(way->search);
    free(way);

    return rc;
}


int
gig_catalog_find(const gig_catalog_t *catalog, gig_search_t *search, const gig_query_t *query,
    const gig_cursor_t *cursor, int64_t now, gig_found_t *found)
{
    gig_searched_t  in;

    in.image = &catalog->image;
    in.n_segments = catalog->n_segments;
    in.segments = catalog->segments;
    in.place_names = catalog->place_names;
    in.epoch = 1;                       /* of a workspace that sees no other */

    return gig_search(search, &in, query, cursor, now, found);
}


int
gig_catalog_page(const gig_catalog_t *catalog, const gig_found_t *found, int64_t now,
    gig_catalog_each_pt each, void *data, uint32_t *damaged)
{
    int                rc;
    uint32_t           i;
    gig_catalog_gig_t  gig;

    for (i = 0; i < found->n; i++) {

        gig_catalog_gig(&catalog->image, found->row[i], now, &gig);
        gig.json = gig_catalog_json(catalog, found->row[i]);

        if (gig.json == NULL) {
            (*damaged)++;
            continue;
        }

        rc = each(data, &gig);
        json_decref(gig.json);

        if (rc != 0) {
            return rc;
        }
    }

    return 0;
}
