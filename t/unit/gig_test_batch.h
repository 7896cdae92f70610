
/* Changes for the builder, and a model of what Redis holds to compare its images with. */

#ifndef GIG_TEST_BATCH_H
#define GIG_TEST_BATCH_H

#include "gig_test_search.h"
#include "gig_image_format.h"

#define GIGS            60


/* What Redis holds, as the model has it; a record that is not there has no id. */
typedef struct {
    test_gig_t     gig[GIGS];
    unsigned char  broken[GIGS];
} model_t;

/* JSON of a batch, kept until it is compiled. */
typedef struct {
    size_t         n;
    gig_buf_t      json[3 * GIGS];
    char           id[3 * GIGS][GIG_ID_MAX + 1];
    gig_change_t   change[3 * GIGS];
} batch_t;


static inline gig_change_t *
batch_add(batch_t *batch, gig_change_op_t op, const char *id)
{
    size_t         i = batch->n++;
    gig_change_t  *change = &batch->change[i];

    assert_true(i < 3 * GIGS);
    memset(change, 0, sizeof(*change));
    snprintf(batch->id[i], sizeof(batch->id[i]), "%s", id);
    change->op = op;
    change->id = (gig_str_t) { batch->id[i], strlen(id) };
    gig_buf_init(&batch->json[i], GIG_RECORD_MAX);

    return change;
}


static inline void
batch_put(batch_t *batch, const test_gig_t *gig, int broken)
{
    gig_buf_t     *json = &batch->json[batch->n];
    gig_change_t  *change = batch_add(batch, GIG_CHANGE_PUT, gig->id);

    if (broken) {
        gig_buf_printf(json, "{\"id\":\"%s\",\"rev\":\"%s\"}", gig->id, gig->rev);

    } else {
        test_json(gig, json);
    }

    change->json = (gig_str_t) { json->data, json->len };
}


static inline void
batch_form(batch_t *batch, const char *id, int rev)
{
    gig_buf_t     *json = &batch->json[batch->n];
    gig_change_t  *change = batch_add(batch, GIG_CHANGE_FORM, id);

    gig_buf_printf(json, "{\"schema\":\"gig-form/1\",\"id\":\"%s\",\"rev\":%d,\"fields\":["
                   "{\"name\":\"email\",\"label\":\"E-mail\",\"type\":\"email\","
                   "\"required\":true,\"class\":\"contact\"}]}", id, rev);
    change->json = (gig_str_t) { json->data, json->len };
}


static inline void
batch_free(batch_t *batch)
{
    size_t  i;

    for (i = 0; i < batch->n; i++) {
        gig_buf_free(&batch->json[i]);
    }

    batch->n = 0;
}


static inline gig_str_t
text(const char *s)
{
    return (gig_str_t) { s, strlen(s) };
}


static inline void
model_digest(const model_t *model, unsigned char digest[GIG_DIGEST_SIZE])
{
    uint32_t       i;
    unsigned char  term[GIG_DIGEST_SIZE];

    memset(digest, 0, GIG_DIGEST_SIZE);

    for (i = 0; i < GIGS; i++) {
        if (model->gig[i].id[0]) {
            gig_digest_term('g', text(model->gig[i].id), text(model->gig[i].rev), term);
            gig_digest_xor(digest, term);
        }
    }
}


static inline uint64_t
live_bytes(const test_board_t *board, uint32_t store)
{
    uint32_t     row, kind, n;
    uint64_t     sum = 0;
    gig_place_t  place, segment[GIG_SEGMENTS_MAX];

    for (row = 0; row < board->image.rows; row++) {
        for (kind = 0; kind < GIG_FRAGMENTS; kind++) {
            assert_int_equal(gig_image_place(&board->image, row, (gig_fragment_kind_t) kind,
                                             &place), 0);
            sum += place.store == store ? place.len : 0;
        }
    }

    n = gig_image_segments(&board->image, segment);

    for (row = 0; row < n; row++) {
        sum += segment[row].store == store ? segment[row].len : 0;
    }

    return sum;
}


/* Newest first, by id where that is equal. */
static inline void
check_order(const gig_image_t *image)
{
    uint32_t         i;
    const uint32_t  *order = image->section[GIG_SECTION_ORDER];

    for (i = 1; i < image->n; i++) {
        assert_true(gig_disk_compare(gig_image_posted(image, order[i - 1]),
                                     gig_image_id(image, order[i - 1]),
                                     gig_image_posted(image, order[i]),
                                     gig_image_id(image, order[i])) < 0);
    }
}


static inline void
check_slug(const test_gig_t *gig, const gig_image_t *image, uint32_t row)
{
    char    slug[GIG_SLUG_MAX];
    size_t  len;

    len = gig_slug_make(text(gig->slug), text(gig->title), slug);
    assert_true(len != 0);
    assert_true(gig_str_eq(gig_image_slug(image, row), (gig_str_t) { slug, len }));
}


/* The image says what the model says. */
static inline void
check(const model_t *model, const test_board_t *board)
{
    uint32_t            i, n, row;
    gig_str_t           bytes;
    gig_store_t         store;
    unsigned char       digest[GIG_DIGEST_SIZE];
    const test_gig_t   *gig;
    const gig_image_t  *image = &board->image;

    n = 0;

    for (i = 0; i < GIGS; i++) {
        gig = &model->gig[i];

        if (gig->id[0] == '\0') {
            continue;
        }

        row = gig_image_find(image, text(gig->id));

        if (model->broken[i]) {
            assert_int_equal(row, GIG_ROW_NONE);
            continue;
        }

        n++;
        assert_true(row < image->rows);
        assert_true(gig_str_is(gig_image_rev(image, row), gig->rev));
        assert_true(gig_image_posted(image, row) == gig->posted);
        assert_true(gig_image_opens(image, row) == gig->opens);
        assert_true(gig_image_closes(image, row) == gig->closes);
        assert_int_equal(gig_image_seats(image, row), gig->seats);
        check_slug(gig, image, row);
        assert_true(gig_image_updated(image, row) == (gig->updated ? gig->updated : gig->posted));
        assert_int_equal(gig_image_flags(image, row), gig->flags);
        assert_int_equal(gig_image_state(image, row, TEST_NOW),
                         gig_state(gig->status, gig->visible, gig->opens, gig->closes,
                                   gig->seats, TEST_NOW));

        bytes = test_fragment(board, row, GIG_FRAGMENT_SUMMARY);
        assert_non_null(bytes.data);
        assert_non_null(memmem(bytes.data, bytes.len, gig->title, strlen(gig->title)));
        assert_non_null(test_fragment(board, row, GIG_FRAGMENT_CARD).data);
        assert_non_null(test_fragment(board, row, GIG_FRAGMENT_DETAIL).data);
        assert_non_null(test_fragment(board, row, GIG_FRAGMENT_PRIVATE).data);
    }

    assert_int_equal(image->n, n);

    check_order(image);

    model_digest(model, digest);
    assert_memory_equal(image->digest, digest, sizeof(digest));

    for (i = 0; i < image->stores; i++) {
        assert_int_equal(gig_image_store(image, i, &store), 0);
        assert_true(store.size <= test_store(board, &store).len);
        assert_true(store.size - store.dead == live_bytes(board, i));
        assert_true(live_bytes(board, i) > 0);
    }
}


/* The whole catalog at once, as a full load brings it. */
static inline void
full_load(const model_t *model, batch_t *batch)
{
    uint32_t  i;

    for (i = 0; i < GIGS; i++) {
        if (model->gig[i].id[0]) {
            batch_put(batch, &model->gig[i], model->broken[i]);
        }

        if (model->gig[i].id[0] && model->gig[i].seats != GIG_SEATS_OPEN) {
            batch_add(batch, GIG_CHANGE_SEATS, model->gig[i].id)->seats = model->gig[i].seats;
        }
    }
}

#endif /* GIG_TEST_BATCH_H */
