
/*
 * A question to the catalog: filters, ranges, text, order, page, facet counts.
 * Runs in a worker's event loop, so it parses nothing, allocates nothing a gig
 * and takes no round trip; its memory is a workspace that a worker keeps.
 */

#ifndef GIG_SEARCH_H
#define GIG_SEARCH_H

#include "gig_image.h"
#include "gig_query.h"
#include "gig_segment.h"

typedef struct {
    uint32_t  value;                /* for gig_image_value() */
    uint32_t  count;
} gig_facet_count_t;

typedef struct {
    uint32_t           n;
    gig_facet_count_t  count[GIG_FACET_VALUES_MAX];     /* by count falling, then key */
} gig_facet_counts_t;

typedef struct {
    uint32_t            total;                  /* over all pages */
    uint32_t            n;
    uint32_t            row[GIG_LIST_MAX];
    int                 more;                   /* a next page exists, after: */
    gig_cursor_t        next;
    gig_facet_counts_t  facet[GIG_FACETS];      /* n is 0 where not asked */
    gig_facet_count_t   chosen[GIG_QUERY_VALUES_MAX];   /* of query->value; value may be _NONE,
                                                   count is known where the facet was asked */
    int                 cut;                    /* it ran into a bound, or looked for spellings:
                                                   hosts of one catalog may differ in it */
    char                suggestion[GIG_QUERY_TEXT_MAX];  /* for q that found nothing, or "" */
} gig_found_t;

/* Of one worker; grows with the catalog when a larger one is first asked. */
typedef struct gig_search_s gig_search_t;
gig_search_t *gig_search_create(void);
void gig_search_free(gig_search_t *search);     /* may be NULL */

/* An image with its segments opened: what a view has mapped. */
typedef struct {
    const gig_image_t    *image;
    unsigned              n_segments;
    const gig_segment_t  *segments;
    const gig_place_names_t  *place_names;      /* the table the image was made with, or NULL */
    uint64_t              epoch;                /* another one: another image or time slice */
} gig_searched_t;

/*
 * query->after: `cursor` is where to go on (gig_cursor_check() read it).  0, or -1: out of
 * memory.
 */
int gig_search(gig_search_t *search, const gig_searched_t *in, const gig_query_t *query,
    const gig_cursor_t *cursor, int64_t now, gig_found_t *found);

/*
 * What is kept of an answer is for whoever asks the same, so links are not written as the first
 * one spelt it: values of query as the catalog writes them, its q in its normal form, for which
 * words is the memory (NULL: as it was typed).
 */
#define GIG_SEARCH_WORDS_MAX    (GIG_QUERY_WORDS_MAX * (GIG_WORD_MAX + 4))

void gig_search_normal(const gig_image_t *image, const gig_found_t *found, gig_query_t *query,
    char words[GIG_SEARCH_WORDS_MAX]);

#endif /* GIG_SEARCH_H */
