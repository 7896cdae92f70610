
/*
 * All gigs of a view, or those that a query finds, one after the other with what is public of them.
 * For outputs that hold a whole catalog: it runs in a thread, so it logs nothing, asks no clock and
 * touches nothing but what it is given.
 */

#ifndef GIG_CATALOG_WALK_H
#define GIG_CATALOG_WALK_H

#include <jansson.h>

#include "gig_search.h"

/* What must stay mapped, and as it is, while a walk is on its way. */
typedef struct {
    gig_image_t               image;            /* with `denied` of its own */
    const gig_str_t          *stores;           /* image.stores of them: their bytes */
    unsigned                  n_segments;
    const gig_segment_t      *segments;
    const gig_place_names_t  *place_names;
} gig_catalog_t;

/* A gig of it; views into the image but for json, which its reader frees. */
typedef struct {
    gig_str_t    id, slug;                      /* slug may be empty */
    gig_state_t  state;
    unsigned     flags;                         /* GIG_IMAGE_* */
    int64_t      posted, updated;
    int64_t      opens, closes;                 /* or GIG_TIME_NONE */
    int          zoned;
    gig_zone_t   zone;                          /* if zoned; else times are told in UTC */
    json_t      *json;                          /* its detail; NULL: was not asked for */
} gig_catalog_gig_t;

/*
 * What its columns say of a row; json is NULL.  _columns: without its zone, which would be read and
 * checked from end to end.
 */
void gig_catalog_gig(const gig_image_t *image, uint32_t row, int64_t now, gig_catalog_gig_t *gig);
void gig_catalog_columns(const gig_image_t *image, uint32_t row, int64_t now,
    gig_catalog_gig_t *gig);

/* The public record of a row, without address and state; NULL: damaged, or no memory. */
json_t *gig_catalog_json(const gig_catalog_t *catalog, uint32_t row);

/* Called with each gig, json and all, which the walk frees afterwards.  Other than 0 ends it. */
typedef int (*gig_catalog_each_pt)(void *data, const gig_catalog_gig_t *gig);

/*
 * args: a query string that gig_query_read() takes; newest first, whatever it says of order, limit
 * and cursor.  damaged: how many gigs had to be left out.  0, -1 (out of memory, or args are bad),
 * or what `each` ended it with.
 */
int gig_catalog_walk(const gig_catalog_t *catalog, gig_str_t args, int64_t now,
    gig_catalog_each_pt each, void *data, uint32_t *damaged);

/* gig_search() in it (a search sees no other catalog); and each gig that it found, as in a walk. */
int gig_catalog_find(const gig_catalog_t *catalog, gig_search_t *search, const gig_query_t *query,
    const gig_cursor_t *cursor, int64_t now, gig_found_t *found);
int gig_catalog_page(const gig_catalog_t *catalog, const gig_found_t *found, int64_t now,
    gig_catalog_each_pt each, void *data, uint32_t *damaged);

#endif /* GIG_CATALOG_WALK_H */
