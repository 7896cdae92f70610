
/*
 * An index is read in place from a file that may have been cut, flipped or made
 * by somebody else.  Opened whole, any damage must be found; opened cheaply,
 * damage may give wrong answers but never a read outside of the bytes.  The
 * second half means something only under the sanitizers.
 */

#include "gig_test_ask.h"

static void
test_round_trip(void **state)
{
    uint32_t      row;
    gig_str_t     bytes;
    gig_zone_t    zone;
    gig_local_t   local;
    gig_place_t   place;
    gig_store_t   store;
    test_board_t  board;
    gig_image_t  *image = &board.image;

    (void) state;

    test_fill(&board);

    assert_int_equal(image->n, TEST_GIGS);
    assert_int_equal(image->forms, 1);
    assert_int_equal(image->stores, 1);
    assert_int_equal(board.refused, 1);
    assert_string_equal(board.refused_id, "g_broken");
    assert_int_equal(image->meta.version, 42);
    assert_int_equal(image->meta.cursor_ms, 1795000000123);
    assert_int_equal(image->meta.cursor_seq, 5);
    assert_string_equal(image->meta.ready, "nonce");

    /* The newest is the first, and they were made that way. */

    for (row = 0; row < TEST_GIGS; row++) {
        char  id[8], rev[16];

        snprintf(id, sizeof(id), "g_%u", row);
        snprintf(rev, sizeof(rev), "rev-%u", row);
        assert_true(gig_str_is(gig_image_id(image, row), id));
        assert_true(gig_str_is(gig_image_rev(image, row), rev));
        assert_int_equal(gig_image_find(image, (gig_str_t) { id, strlen(id) }), row);
        assert_int_equal(gig_image_posted(image, row), TEST_NOW - (int64_t) row * 60);

        bytes = test_fragment(&board, row, GIG_FRAGMENT_DETAIL);
        assert_non_null(bytes.data);
        assert_non_null(memmem(bytes.data, bytes.len, "Gig number", 10));
        bytes = test_fragment(&board, row, GIG_FRAGMENT_CARD);
        assert_non_null(memmem(bytes.data, bytes.len, "<li", 3));
    }

    assert_int_equal(gig_image_find(image, gig_str("g_6")), GIG_ROW_NONE);
    assert_int_equal(gig_image_find(image, gig_str("g_broken")), GIG_ROW_NONE);
    assert_int_equal(gig_image_find(image, gig_null_str), GIG_ROW_NONE);

    assert_int_equal(gig_image_opens(image, 2), TEST_NOW + 3600);
    assert_int_equal(gig_image_closes(image, 3), TEST_NOW + 7200);
    assert_true(gig_image_closes(image, 0) == GIG_TIME_NONE);

    assert_int_equal(gig_image_state(image, 0, TEST_NOW), GIG_STATE_WAITLIST);
    assert_int_equal(gig_image_state(image, 1, TEST_NOW), GIG_STATE_OPEN);
    assert_int_equal(gig_image_state(image, 2, TEST_NOW), GIG_STATE_SCHEDULED);
    assert_int_equal(gig_image_state(image, 2, TEST_NOW + 3600), GIG_STATE_OPEN);
    assert_int_equal(gig_image_state(image, 3, TEST_NOW + 7199), GIG_STATE_OPEN);
    assert_int_equal(gig_image_state(image, 3, TEST_NOW + 7200), GIG_STATE_CLOSED);
    assert_int_equal(gig_image_state(image, 4, TEST_NOW), GIG_STATE_HIDDEN);
    assert_int_equal(gig_image_state(image, 5, TEST_NOW), GIG_STATE_GONE);
    assert_int_equal(gig_image_state(image, TEST_GIGS, TEST_NOW), GIG_STATE_HIDDEN);

    assert_int_equal(gig_image_zone(image, 0, &zone), -1);
    assert_int_equal(gig_image_zone(image, 1, &zone), 0);
    gig_zone_local(&zone, TEST_NOW, &local);
    assert_int_equal(local.offset, -6 * 3600);
    assert_int_equal(board.zones, 1);

    assert_true(gig_str_is(gig_image_slug(image, 0), "gig-number-0"));
    assert_true(gig_str_is(gig_image_slug(image, 2), "my-own"));
    assert_int_equal(gig_image_slug(image, 3).len, 0);
    assert_int_equal(gig_image_slug(image, TEST_GIGS).len, 0);
    assert_int_equal(gig_image_updated(image, 0), TEST_NOW);
    assert_int_equal(gig_image_updated(image, 1), TEST_NOW + 5);
    assert_true(gig_image_updated(image, TEST_GIGS) == GIG_TIME_NONE);
    assert_int_equal(gig_image_flags(image, 0), 0);
    assert_int_equal(gig_image_flags(image, 1), GIG_IMAGE_NOINDEX);
    assert_int_equal(gig_image_flags(image, 2), GIG_IMAGE_I18N);
    assert_int_equal(gig_image_flags(image, 3), GIG_IMAGE_NOINDEX | GIG_IMAGE_I18N);
    assert_int_equal(gig_image_flags(image, TEST_GIGS), 0);

    assert_int_equal(gig_image_form_of(image, 0), GIG_FORM_DEFAULT);
    assert_int_equal(gig_image_form_of(image, 1), GIG_ROW_NONE);
    assert_int_equal(gig_image_form_of(image, 3), GIG_FORM_DEFAULT);
    assert_int_equal(gig_image_form_find(image, gig_str("f_mine")), 0);
    assert_true(gig_str_is(gig_image_form_rev(image, 0), "7"));
    assert_int_equal(gig_image_form_place(image, 0, &place), 0);
    assert_int_equal(gig_image_store(image, place.store, &store), 0);
    bytes = gig_place_bytes(&place, test_store(&board, &store), 1);
    assert_non_null(memmem(bytes.data, bytes.len, "f_mine", 6));

    test_board_free(&board);
}


/* A copy of exactly its size on the heap, so that a byte beyond it is seen. */
static char *
copy_of(const test_board_t *board, size_t len)
{
    char  *copy = malloc(len ? len : 1);

    assert_non_null(copy);
    memcpy(copy, board->index.data, len);

    return copy;
}


static void
test_cut(void **state)
{
    char          *copy;
    size_t         len;
    gig_error_t    err;
    gig_image_t    image;
    test_board_t   board;

    (void) state;

    test_fill(&board);

    for (len = 0; len < board.index.len; len++) {
        copy = copy_of(&board, len);
        assert_int_equal(gig_image_open((gig_str_t) { copy, len }, gig_str("acme"), 1, &image,
                                        &err), -1);
        assert_int_equal(gig_image_open((gig_str_t) { copy, len }, gig_str("acme"), 0, &image,
                                        &err), -1);
        assert_true(err.detail[0] != '\0');
        free(copy);
    }

    test_board_free(&board);
}


static void
test_flipped(void **state)
{
    char                 *copy;
    size_t                at, i, len;
    unsigned              sum, opened;
    gig_str_t             bytes, store;
    gig_image_t           image;
    test_board_t          board;
    test_search_t        *s;
    const unsigned char   patterns[] = { 0x01, 0x80, 0xff, 0x55 };

    (void) state;

    s = test_search_create();
    test_fill(&board);
    len = board.index.len;
    copy = copy_of(&board, len);
    bytes = (gig_str_t) { copy, len };
    store = (gig_str_t) { board.store[0].data, board.store[0].len };
    sum = 0;
    opened = 0;

    for (at = 0; at < len; at++) {
        for (i = 0; i < sizeof(patterns); i++) {
            copy[at] = (char) (copy[at] ^ (char) patterns[i]);

            assert_int_equal(gig_image_open(bytes, gig_str("acme"), 1, &image, NULL), -1);

            if (gig_image_open(bytes, gig_str("acme"), 0, &image, NULL) == 0) {
                assert_true(at >= sizeof(gig_disk_header_t));
                sum += test_ask_all(&image, store, s);
                opened++;
            }

            /* And as somebody would leave it who wants it opened. */

            test_repair(copy, len);

            if (gig_image_open(bytes, gig_str("acme"), 1, &image, NULL) == 0) {
                sum += test_ask_all(&image, store, s);
                opened++;
            }

            memcpy(copy, board.index.data, sizeof(gig_disk_header_t));
            copy[at] = board.index.data[at];
        }
    }

    assert_true(opened > len);
    assert_int_equal(gig_image_open(bytes, gig_str("acme"), 1, &image, NULL), 0);
    print_message("# %zu bytes, %u damaged images asked (%u)\n", len, opened, sum);
    test_search_free(s);

    free(copy);
    test_board_free(&board);
}


static void
test_foreign(void **state)
{
    char               *copy;
    gig_str_t           bytes;
    gig_error_t         err;
    gig_image_t         image;
    test_board_t        board;
    gig_disk_header_t  *h;

    (void) state;

    test_fill(&board);
    copy = copy_of(&board, board.index.len);
    bytes = (gig_str_t) { copy, board.index.len };
    h = (void *) copy;

    assert_int_equal(gig_image_open(bytes, gig_str("acm"), 1, &image, &err), -1);
    assert_string_equal(err.pointer, "/board");
    assert_int_equal(gig_image_open(bytes, gig_str("acme2"), 1, &image, &err), -1);
    assert_string_equal(err.pointer, "/board");

    h->version = GIG_IMAGE_VERSION + 1;
    test_repair(copy, bytes.len);
    assert_int_equal(gig_image_open(bytes, gig_str("acme"), 1, &image, &err), -1);
    assert_string_equal(err.pointer, "/version");
    h->version = GIG_IMAGE_VERSION;

    h->endian = 0x04030201;
    test_repair(copy, bytes.len);
    assert_int_equal(gig_image_open(bytes, gig_str("acme"), 1, &image, &err), -1);
    assert_string_equal(err.pointer, "/endian");
    h->endian = GIG_DISK_ENDIAN;

    memset(h->meta.ready, 'x', sizeof(h->meta.ready));
    test_repair(copy, bytes.len);
    assert_int_equal(gig_image_open(bytes, gig_str("acme"), 1, &image, &err), -1);
    assert_string_equal(err.pointer, "/meta");

    free(copy);
    test_board_free(&board);
}


/* The image as a keeper of drawing 1 leaves it: what came later is 0 there. */
static void
drawing_1(test_board_t *board)
{
    char                *index = board->index.data;
    uint32_t             i;
    gig_disk_marks_t    *marks;
    gig_disk_names_t    *names;
    gig_disk_header_t   *h = (void *) index;
    gig_disk_places_t   *places;

    marks = (void *) (index + h->section[GIG_SECTION_MARKS].offset);
    names = (void *) (index + h->section[GIG_SECTION_NAMES].offset);
    places = (void *) (index + h->section[GIG_SECTION_PLACES].offset);

    for (i = 0; i < h->rows; i++) {
        marks[i].flags = 0;
        names[i].slug_len = 0;
        places[i].updated = 0;
    }

    test_repair(index, board->index.len);
}


static void
test_older(void **state)
{
    uint32_t       row;
    gig_image_t   *image;
    test_board_t   board;
    gig_change_t   seats = { .op = GIG_CHANGE_SEATS, .id = gig_str("g_1"),
                             .seats = GIG_SEATS_FULL };

    (void) state;

    test_fill(&board);
    image = &board.image;
    drawing_1(&board);
    assert_int_equal(gig_image_open((gig_str_t) { board.index.data, board.index.len },
                                    gig_str("acme"), 1, image, &board.err), 0);

    /* As it is, and as rows that a build keeps. */

    for (row = 0; row < TEST_GIGS; row++) {
        assert_int_equal(gig_image_slug(image, row).len, 0);
        assert_int_equal(gig_image_updated(image, row), gig_image_posted(image, row));
        assert_int_equal(gig_image_flags(image, row), 0);
    }

    test_compile(&board, &seats, 1, 0, 0);

    for (row = 0; row < TEST_GIGS; row++) {
        assert_true(gig_image_find(image, gig_image_id(image, row)) == row);
        assert_int_equal(gig_image_slug(image, row).len, 0);
        assert_int_equal(gig_image_flags(image, row), 0);
    }

    assert_int_equal(gig_image_seats(image, 1), GIG_SEATS_FULL);

    test_board_free(&board);
}


static void
test_place(void **state)
{
    gig_str_t     store, bytes;
    gig_place_t   place, bad;
    test_board_t  board;

    (void) state;

    test_fill(&board);
    store = (gig_str_t) { board.store[0].data, board.store[0].len };
    assert_int_equal(gig_image_place(&board.image, 0, GIG_FRAGMENT_CARD, &place), 0);
    bytes = gig_place_bytes(&place, store, 1);
    assert_int_equal(bytes.len, place.len);

    /* A list page wants these two: the card follows the summary. */

    assert_int_equal(gig_image_place(&board.image, 0, GIG_FRAGMENT_SUMMARY, &bad), 0);
    assert_int_equal(bad.offset + bad.len, place.offset);

    bad = place;
    bad.offset = store.len - place.len + 1;
    assert_null(gig_place_bytes(&bad, store, 0).data);
    bad.offset = UINT64_MAX;
    assert_null(gig_place_bytes(&bad, store, 0).data);
    assert_null(gig_place_bytes(&place, gig_null_str, 0).data);
    store.len = place.offset + place.len - 1;
    assert_null(gig_place_bytes(&place, store, 0).data);
    store.len++;
    assert_non_null(gig_place_bytes(&place, store, 1).data);

    board.store[0].data[place.offset + place.len / 2] ^= 4;
    assert_null(gig_place_bytes(&place, store, 1).data);
    assert_non_null(gig_place_bytes(&place, store, 0).data);

    test_board_free(&board);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_flipped),
        cmocka_unit_test(test_foreign),
        cmocka_unit_test(test_older),
        cmocka_unit_test(test_place)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
