
/* Random histories of a catalog, told to the builder and to the reference. */

#include "search_catalog.h"

#define BATCH_MAX       (3 * CATALOG_GIGS_MAX)


/* Changes to come, with the bytes they point to. */
typedef struct {
    size_t         n, size;
    gig_buf_t     *json;
    char         (*id)[GIG_ID_MAX + 1];
    gig_change_t  *change;
} batch_t;


static void
batch_init(batch_t *batch, size_t size)
{
    batch->n = 0;
    batch->size = size;
    batch->json = calloc(size, sizeof(batch->json[0]));
    batch->id = calloc(size, sizeof(batch->id[0]));
    batch->change = calloc(size, sizeof(batch->change[0]));
    assert_true(batch->json && batch->id && batch->change);
}


static void
batch_free(batch_t *batch)
{
    size_t  i;

    for (i = 0; i < batch->n; i++) {
        gig_buf_free(&batch->json[i]);
    }

    free(batch->json);
    free(batch->id);
    free(batch->change);
}


/* json: NULL, or what is put. */
static gig_change_t *
batch_add(batch_t *batch, gig_change_op_t op, const char *id, const gig_buf_t *json)
{
    size_t         i = batch->n++;
    gig_change_t  *change = &batch->change[i];

    assert_true(i < batch->size);
    gig_buf_init(&batch->json[i], GIG_RECORD_MAX);

    if (json != NULL) {
        gig_buf_add(&batch->json[i], json->data, json->len);
        assert_false(gig_buf_failed(&batch->json[i]));
    }

    snprintf(batch->id[i], sizeof(batch->id[i]), "%s", id);
    change->op = op;
    change->id = (gig_str_t) { batch->id[i], strlen(id) };
    change->json = (gig_str_t) { batch->json[i].data, batch->json[i].len };

    return change;
}


/* Ids whose order as bytes is not that of their numbers. */
static void
id_of(uint32_t number, char id[GIG_ID_MAX + 1])
{
    snprintf(id, GIG_ID_MAX + 1, "%c%u", "gG_-9"[number % 5], number * 7919 % 100003);
}


static uint32_t
number_of(const catalog_t *catalog, const char *id)
{
    char      other[GIG_ID_MAX + 1];
    uint32_t  i;

    for (i = 0; i < catalog->gigs; i++) {
        id_of(i, other);

        if (strcmp(id, other) == 0) {
            break;
        }
    }

    assert_true(i < catalog->gigs);

    return i;
}


void
catalog_init(catalog_t *catalog, uint64_t seed, uint32_t gigs, const gig_place_names_t *places)
{
    uint32_t  i;

    assert_true(gigs <= CATALOG_GIGS_MAX);
    memset(catalog, 0, sizeof(*catalog));
    catalog->random = seed;
    catalog->gigs = gigs;
    reference_init(&catalog->reference, places);
    test_board_init(&catalog->board);
    catalog->board.place_names = places;
    catalog->did = "nothing";

    for (i = 0; i < gigs; i++) {
        gig_buf_init(&catalog->json[i], GIG_RECORD_MAX);
    }
}


void
catalog_free(catalog_t *catalog)
{
    uint32_t  i;

    for (i = 0; i < catalog->gigs; i++) {
        gig_buf_free(&catalog->json[i]);
    }

    reference_free(&catalog->reference);
    test_board_free(&catalog->board);
}


/* The segments of the image, from its stores: both may have moved. */
static void
open_segments(catalog_t *catalog)
{
    unsigned       i;
    gig_str_t      bytes;
    gig_place_t    place[GIG_SEGMENTS_MAX];
    gig_store_t    store;
    test_board_t  *board = &catalog->board;

    static uint64_t  epoch;

    catalog->n_segments = gig_image_segments(&board->image, place);
    assert_true(catalog->n_segments <= GIG_SEGMENTS_MAX);

    for (i = 0; i < catalog->n_segments; i++) {
        assert_int_equal(gig_image_store(&board->image, place[i].store, &store), 0);
        bytes = gig_place_bytes(&place[i], test_store(board, &store), 1);
        assert_non_null(bytes.data);
        assert_int_equal(gig_segment_open(bytes, &catalog->segment[i]), 0);
    }

    catalog->searched.image = &board->image;
    catalog->searched.n_segments = catalog->n_segments;
    catalog->searched.segments = catalog->segment;
    catalog->searched.place_names = board->place_names;
    catalog->searched.epoch = ++epoch;
    catalog->slice = GIG_TIME_NONE;
}


static void
compile(catalog_t *catalog, const batch_t *batch, int full, int compact)
{
    test_compile(&catalog->board, batch->change, batch->n, full, compact);
    open_segments(catalog);
    assert_int_equal(catalog->board.image.n, catalog->reference.n);
}


static void
put(catalog_t *catalog, batch_t *batch, uint32_t number, const char *id)
{
    int          known, good;
    gig_buf_t   *json = &catalog->json[number];
    gig_seats_t  seats;

    known = reference_find(&catalog->reference, id) != NULL;
    gig_buf_reset(json);
    random_record(&catalog->random, id, json);
    good = reference_put(&catalog->reference, id, (gig_str_t) { json->data, json->len }) == 0;
    batch_add(batch, GIG_CHANGE_PUT, id, json);

    if (!good) {
        gig_buf_reset(json);
    }

    /* a gig keeps its seats; what the builder remembers of one that was away is not asked here */

    if (!known || test_random(&catalog->random, 3) == 0) {
        seats = test_random(&catalog->random, 3) ? GIG_SEATS_OPEN
                : (gig_seats_t) test_random(&catalog->random, 3);
        reference_seats(&catalog->reference, id, seats);
        batch_add(batch, GIG_CHANGE_SEATS, id, NULL)->seats = seats;
    }
}


static void
change(catalog_t *catalog, batch_t *batch)
{
    char         id[GIG_ID_MAX + 1];
    uint32_t     number = test_random(&catalog->random, catalog->gigs);
    gig_seats_t  seats;

    id_of(number, id);

    switch (test_random(&catalog->random, 6)) {

    case 0:
    case 1:
        gig_buf_reset(&catalog->json[number]);
        reference_delete(&catalog->reference, id);
        batch_add(batch, GIG_CHANGE_DELETE, id, NULL);
        break;

    case 2:
        if (reference_find(&catalog->reference, id) != NULL) {
            seats = (gig_seats_t) test_random(&catalog->random, 3);
            reference_seats(&catalog->reference, id, seats);
            batch_add(batch, GIG_CHANGE_SEATS, id, NULL)->seats = seats;
        }

        break;

    default:
        put(catalog, batch, number, id);
    }
}


/* All that is there, as a full load brings it. */
static void
load(const catalog_t *catalog, batch_t *batch)
{
    char              id[GIG_ID_MAX + 1];
    uint32_t          i;
    reference_gig_t  *gig;

    for (i = 0; i < catalog->gigs; i++) {
        if (catalog->json[i].len > 0) {
            id_of(i, id);
            gig = reference_find(&catalog->reference, id);
            assert_non_null(gig);
            batch_add(batch, GIG_CHANGE_PUT, id, &catalog->json[i]);
            batch_add(batch, GIG_CHANGE_SEATS, id, NULL)->seats = gig->seats;
        }
    }
}


void
catalog_fill(catalog_t *catalog, uint32_t n)
{
    char      id[GIG_ID_MAX + 1];
    uint32_t  i;
    batch_t   batch;

    batch_init(&batch, BATCH_MAX);

    for (i = 0; i < n && i < catalog->gigs; i++) {
        id_of(i, id);
        put(catalog, &batch, i, id);
    }

    compile(catalog, &batch, 1, 0);
    batch_free(&batch);
    catalog->did = "a first load";
}


void
catalog_touch(catalog_t *catalog, uint32_t n)
{
    batch_t  batch;

    batch_init(&batch, 2 * n + 1);

    while (n-- > 0) {
        change(catalog, &batch);
    }

    compile(catalog, &batch, 0, 0);
    batch_free(&batch);
}


void
catalog_strike(catalog_t *catalog, const char *id)
{
    uint32_t  i = number_of(catalog, id);
    batch_t   batch;

    batch_init(&batch, 2);

    if (test_random(&catalog->random, 2)) {
        put(catalog, &batch, i, id);

    } else {
        gig_buf_reset(&catalog->json[i]);
        reference_delete(&catalog->reference, id);
        batch_add(&batch, GIG_CHANGE_DELETE, id, NULL);
    }

    compile(catalog, &batch, 0, 0);
    batch_free(&batch);
}


void
catalog_change(catalog_t *catalog)
{
    int       full = 0, compact = 0;
    uint32_t  i, n;
    batch_t   batch;

    batch_init(&batch, BATCH_MAX);
    n = 1 + test_random(&catalog->random, 8);

    switch (test_random(&catalog->random, 14)) {

    case 0:
        catalog->did = "a full load";
        full = 1;
        break;

    case 1:
        catalog->did = "a compaction";
        compact = 1;
        break;

    case 2:
        catalog->did = "a full load and a compaction at once";
        full = compact = 1;
        break;

    case 3:
        catalog->did = "much";
        n = 1 + test_random(&catalog->random, catalog->gigs);
        break;

    case 4:
        catalog->did = "nothing";
        n = 0;
        break;

    case 5:
        catalog->did = "one change";
        n = 1;
        break;

    default:
        catalog->did = "a few changes";
    }

    if (compact || test_random(&catalog->random, 8) == 0) {
        compact = test_next_store(&catalog->board) && compact;
    }

    for (i = 0; i < n; i++) {
        change(catalog, &batch);
    }

    if (full) {
        batch_free(&batch);
        batch_init(&batch, BATCH_MAX);
        load(catalog, &batch);
    }

    compile(catalog, &batch, full, compact);
    batch_free(&batch);
}


void
catalog_take(catalog_t *catalog, const catalog_t *other, const unsigned char *marked)
{
    uint32_t                i;
    batch_t                 batch;
    const gig_buf_t        *json;
    const reference_gig_t  *gig;

    batch_init(&batch, BATCH_MAX);

    for (i = 0; i < other->reference.n; i++) {
        gig = other->reference.gig[i];

        if (!marked[i]) {
            continue;
        }

        json = &other->json[number_of(other, gig->id)];
        assert_int_equal(reference_put(&catalog->reference, gig->id,
                                       (gig_str_t) { json->data, json->len }), 0);
        reference_seats(&catalog->reference, gig->id, gig->seats);
        batch_add(&batch, GIG_CHANGE_PUT, gig->id, json);
        batch_add(&batch, GIG_CHANGE_SEATS, gig->id, NULL)->seats = gig->seats;
    }

    compile(catalog, &batch, 1, 0);
    batch_free(&batch);
    catalog->did = "one load";
}


void
catalog_search(catalog_t *catalog, gig_search_t *search, const gig_query_t *query,
    const gig_cursor_t *cursor, int64_t now, gig_found_t *found)
{
    int64_t  from, until;

    gig_image_slice(&catalog->board.image, now, &from, &until);

    if (from != catalog->slice) {
        open_segments(catalog);                 /* another slice is another epoch */
        catalog->slice = from;
    }

    memset(found, 0xa5, sizeof(*found));
    assert_int_equal(gig_search(search, &catalog->searched, query, cursor, now, found), 0);
}
