
/*
 * A catalog that changes: the reference and a board of images side by side, both
 * told the same, batch after batch.
 */

#ifndef SEARCH_CATALOG_H
#define SEARCH_CATALOG_H

#include "gig_test_image.h"
#include "gig_search.h"
#include "search_random.h"

#define CATALOG_GIGS_MAX    2048

typedef struct {
    uint64_t           random;
    uint32_t           gigs;                    /* ids to choose from */
    gig_buf_t          json[CATALOG_GIGS_MAX];  /* as it was put last; empty: it is not there */
    reference_t        reference;
    test_board_t       board;
    unsigned           n_segments;
    gig_segment_t      segment[GIG_SEGMENTS_MAX];
    gig_searched_t     searched;
    int64_t            slice;                   /* its beginning, as searched last */
    const char        *did;                     /* what was done to it last */
} catalog_t;


/* One worker's search goes from catalog to catalog, so it is not of one of them. */
void catalog_init(catalog_t *catalog, uint64_t seed, uint32_t gigs,
    const gig_place_names_t *places);
void catalog_free(catalog_t *catalog);

/* What nginx's keeper would be given, and the same for the reference. */
void catalog_fill(catalog_t *catalog, uint32_t n);      /* a full load of about n gigs */
void catalog_change(catalog_t *catalog);                /* any batch: few, many, all, compaction */
void catalog_touch(catalog_t *catalog, uint32_t n);     /* n random changes */
void catalog_strike(catalog_t *catalog, const char *id);        /* this gig goes, or is put anew */

/* Those gigs of another catalog that are marked, at once; in the order of its reference. */
void catalog_take(catalog_t *catalog, const catalog_t *other, const unsigned char *marked);

/* gig_search() at `now`. */
void catalog_search(catalog_t *catalog, gig_search_t *search, const gig_query_t *query,
    const gig_cursor_t *cursor, int64_t now, gig_found_t *found);

#endif /* SEARCH_CATALOG_H */
