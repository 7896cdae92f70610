
/* Searching an image in memory: its segments opened, a query string read, a page found. */

#ifndef GIG_TEST_SEARCH_H
#define GIG_TEST_SEARCH_H

#include "gig_test_image.h"
#include "gig_search.h"

typedef struct {
    gig_search_t   *search;
    gig_searched_t  in;
    gig_segment_t   segment[GIG_SEGMENTS_MAX];
    gig_query_t     query;
    gig_found_t     found;
    uint64_t        epoch;
} test_search_t;


static inline test_search_t *
test_search_create(void)
{
    test_search_t  *s = calloc(1, sizeof(*s));

    assert_non_null(s);
    s->search = gig_search_create();
    assert_non_null(s->search);

    return s;
}


static inline void
test_search_free(test_search_t *s)
{
    gig_search_free(s->search);
    free(s);
}


/* The image as a view has it; bytes: those of its stores, by index, or one for all. */
static inline void
test_search_open(test_search_t *s, const gig_image_t *image, const gig_str_t *bytes, unsigned n,
    const gig_place_names_t *names)
{
    unsigned     i;
    gig_str_t    segment;
    gig_place_t  place[GIG_SEGMENTS_MAX];

    s->in.image = image;
    s->in.n_segments = gig_image_segments(image, place);
    s->in.segments = s->segment;
    s->in.place_names = names;
    s->in.epoch = ++s->epoch;

    for (i = 0; i < s->in.n_segments; i++) {
        segment = gig_place_bytes(&place[i], bytes[place[i].store < n ? place[i].store : 0], 0);

        if (segment.data == NULL || gig_segment_open(segment, &s->segment[i]) != 0) {
            memset(&s->segment[i], 0, sizeof(s->segment[i]));
        }
    }
}


static inline void
test_search_board(test_search_t *s, const test_board_t *board)
{
    uint32_t     i;
    gig_str_t    bytes[GIG_IMAGE_STORES_MAX] = { { NULL, 0 } };
    gig_store_t  store;

    for (i = 0; i < board->image.stores; i++) {
        assert_int_equal(gig_image_store(&board->image, i, &store), 0);
        bytes[i] = test_store(board, &store);
    }

    test_search_open(s, &board->image, bytes, board->image.stores, NULL);
}


/* cursor: of the page before, or NULL. */
static inline const gig_found_t *
test_find(test_search_t *s, const char *args, const gig_cursor_t *cursor, int64_t now)
{
    gig_error_t   err;
    gig_cursor_t  after;

    assert_int_equal(gig_query_read((gig_str_t) { args, strlen(args) }, 1, &s->query, &err), 0);
    s->query.after = cursor != NULL;
    s->in.epoch = ++s->epoch;

    if (cursor) {
        after = *cursor;
    }

    assert_int_equal(gig_search(s->search, &s->in, &s->query, cursor ? &after : NULL, now,
                                &s->found), 0);

    return &s->found;
}

#endif /* GIG_TEST_SEARCH_H */
