
/*
 * The builder: however a catalog came about, change by change or at once, with
 * or without compaction, its image says the same, and what did not change is
 * not made again.
 */

#include "gig_test_batch.h"

#define STEPS           80
#define BATCH           8


/* One random change to model and batch. */
static void
change(uint64_t *random, model_t *model, batch_t *batch)
{
    uint32_t      i = test_random(random, GIGS);
    gig_seats_t   seats;
    test_gig_t   *gig = &model->gig[i];

    switch (test_random(random, 5)) {

    case 0:
        if (gig->id[0]) {
            batch_add(batch, GIG_CHANGE_DELETE, gig->id);
            memset(gig, 0, sizeof(*gig));
        }

        break;

    case 1:
        if (gig->id[0] && !model->broken[i]) {
            gig->seats = (gig_seats_t) test_random(random, 3);
            batch_add(batch, GIG_CHANGE_SEATS, gig->id)->seats = gig->seats;
        }

        break;

    default:
        seats = gig->id[0] && !model->broken[i] ? gig->seats : GIG_SEATS_OPEN;
        test_random_gig(random, i, gig);
        gig->seats = seats;
        model->broken[i] = test_random(random, 8) == 0;
        batch_put(batch, gig, model->broken[i]);

        /* Seats are said after each put, as a gig that comes back keeps what the judge said. */

        batch_add(batch, GIG_CHANGE_SEATS, gig->id)->seats = seats;
    }
}


static void
test_equivalence(void **state)
{
    uint32_t       step, i, full, compact, compacted;
    uint64_t       random;
    batch_t       *batch;
    model_t       *model;
    test_board_t   board, fresh;

    (void) state;

    random = test_seed();
    model = calloc(1, sizeof(*model));
    batch = calloc(1, sizeof(*batch));
    assert_true(model && batch);
    test_board_init(&board);
    compacted = 0;

    for (step = 0; step < STEPS; step++) {
        full = test_random(&random, 10) == 0;
        compact = step > 0 && (step % 20 == 0 || test_random(&random, 10) == 0);

        if (full) {
            for (i = 0; i < BATCH; i++) {
                change(&random, model, batch);
            }

            batch_free(batch);
            full_load(model, batch);

        } else {
            for (i = test_random(&random, BATCH); i > 0; i--) {
                change(&random, model, batch);
            }
        }

        if (compact || test_random(&random, 10) == 0) {
            compact &= (uint32_t) test_next_store(&board);
        }

        test_compile(&board, batch->change, batch->n, (int) full, (int) compact);
        batch_free(batch);
        check(model, &board);

        if (compact) {
            assert_true(board.image.stores <= 1);
            compacted++;
        }
    }

    assert_true(compacted > 0);

    /* The same at once: the same gigs in the same order, and the same bytes of each. */

    full_load(model, batch);
    test_board_init(&fresh);
    test_compile(&fresh, batch->change, batch->n, 1, 0);
    batch_free(batch);
    check(model, &fresh);
    assert_int_equal(fresh.image.n, board.image.n);
    assert_int_equal(fresh.image.slices, board.image.slices);
    assert_true(fresh.image.seats_digest == board.image.seats_digest);
    assert_int_equal(fresh.image.mean_length, board.image.mean_length);

    for (i = 0; i < fresh.image.n; i++) {
        uint32_t   one = ((const uint32_t *) fresh.image.section[GIG_SECTION_ORDER])[i];
        uint32_t   two = ((const uint32_t *) board.image.section[GIG_SECTION_ORDER])[i];
        gig_str_t  a = test_fragment(&fresh, one, GIG_FRAGMENT_DETAIL);
        gig_str_t  b = test_fragment(&board, two, GIG_FRAGMENT_DETAIL);

        assert_true(gig_str_eq(gig_image_id(&fresh.image, one), gig_image_id(&board.image, two)));
        assert_true(gig_str_eq(a, b));
    }

    test_board_free(&fresh);
    test_board_free(&board);
    free(batch);
    free(model);
}


/* What does not change is not rendered again, appended again, or asked for again. */
static void
test_costs(void **state)
{
    unsigned       appends;
    uint32_t       i;
    uint64_t       random = 3;
    batch_t       *batch;
    model_t       *model;
    gig_place_t    before, after;
    test_board_t   board;

    (void) state;

    model = calloc(1, sizeof(*model));
    batch = calloc(1, sizeof(*batch));
    assert_true(model && batch);
    test_board_init(&board);

    for (i = 0; i < GIGS; i++) {
        test_random_gig(&random, i, &model->gig[i]);
    }

    full_load(model, batch);
    test_compile(&board, batch->change, batch->n, 1, 0);
    assert_int_equal(board.appends, GIGS);
    assert_int_equal(gig_image_place(&board.image, 9, GIG_FRAGMENT_CARD, &before), 0);

    /* A full load of the same: nothing is written to a store. */

    test_compile(&board, batch->change, batch->n, 1, 0);
    batch_free(batch);
    check(model, &board);
    assert_int_equal(board.appends, GIGS);
    assert_int_equal(gig_image_place(&board.image, 9, GIG_FRAGMENT_CARD, &after), 0);
    assert_memory_equal(&before, &after, sizeof(before));

    /* Nor for seats; several words on one gig: the last counts. */

    appends = board.appends;
    batch_add(batch, GIG_CHANGE_SEATS, model->gig[4].id)->seats = GIG_SEATS_WAITLIST;
    batch_add(batch, GIG_CHANGE_SEATS, model->gig[4].id)->seats = GIG_SEATS_FULL;
    batch_add(batch, GIG_CHANGE_SEATS, "g_unknown")->seats = GIG_SEATS_FULL;
    model->gig[4].seats = GIG_SEATS_FULL;
    test_compile(&board, batch->change, batch->n, 0, 0);
    batch_free(batch);
    check(model, &board);
    assert_int_equal(board.appends, appends);

    /* A new text of a gig keeps its seats, and of three words on it the last counts. */

    batch_add(batch, GIG_CHANGE_DELETE, model->gig[4].id);
    batch_put(batch, &model->gig[4], 1);
    strcpy(model->gig[4].title, "Another title");
    strcpy(model->gig[4].rev, "r-other");
    batch_put(batch, &model->gig[4], 0);
    test_compile(&board, batch->change, batch->n, 0, 0);
    batch_free(batch);
    check(model, &board);
    assert_int_equal(board.appends, appends + 1);
    assert_int_equal(board.refused, 0);

    /* A full load that names one gig empties the board of the others. */

    batch_put(batch, &model->gig[4], 0);
    model->gig[4].seats = GIG_SEATS_OPEN;

    for (i = 0; i < GIGS; i++) {
        if (i != 4) {
            memset(&model->gig[i], 0, sizeof(model->gig[i]));
        }
    }

    test_compile(&board, batch->change, batch->n, 1, 0);
    batch_free(batch);
    check(model, &board);
    assert_int_equal(board.appends, appends + 1);

    /* And one that names none leaves an image of no gigs, which is not "no image". */

    test_compile(&board, NULL, 0, 1, 0);
    assert_int_equal(board.image.n, 0);
    assert_int_equal(board.image.stores, 0);
    memset(model, 0, sizeof(*model));
    check(model, &board);

    test_board_free(&board);
    free(batch);
    free(model);
}


/*
 * What it costs: a note, as a busy machine says little.  GIG_LONG=1 has 100,000.
 */
static void
test_speed(void **state)
{
    double         start, all, one, same, list;
    int            rounds;
    uint32_t       i, n;
    uint64_t       random = 5;
    gig_buf_t     *json;
    test_gig_t    *gigs;
    test_board_t   board;
    gig_change_t  *changes;
    test_search_t *s;

    (void) state;

    n = getenv("GIG_LONG") ? 100000 : 6000;
    gigs = calloc(n, sizeof(*gigs));
    json = calloc(n, sizeof(*json));
    changes = calloc(n, sizeof(*changes));
    assert_true(gigs && json && changes);
    test_board_init(&board);

    for (i = 0; i < n; i++) {
        test_random_gig(&random, i, &gigs[i]);
        gig_buf_init(&json[i], GIG_RECORD_MAX);
        test_json(&gigs[i], &json[i]);
        changes[i].op = GIG_CHANGE_PUT;
        changes[i].id = text(gigs[i].id);
        changes[i].json = (gig_str_t) { json[i].data, json[i].len };
    }

    start = test_clock();
    test_compile(&board, changes, n, 1, 0);
    all = test_clock() - start;
    assert_int_equal(board.image.n, n);
    assert_int_equal(board.appends, n);

    start = test_clock();
    test_compile(&board, changes, n, 1, 0);
    same = test_clock() - start;
    assert_int_equal(board.appends, n);

    start = test_clock();

    for (rounds = 0; rounds < 10; rounds++) {
        test_compile(&board, &changes[n / 2], 1, 0, 0);
    }

    one = (test_clock() - start) / rounds;
    assert_int_equal(board.image.n, n);
    assert_true(board.appends >= n + 10);

    start = test_clock();

    s = test_search_create();
    test_search_board(s, &board);

    for (rounds = 0; rounds < 100; rounds++) {
        assert_int_equal(test_find(s, "", NULL, TEST_NOW + rounds)->n, 20);
    }

    list = (test_clock() - start) / rounds;
    test_search_free(s);

    for (i = 0; i < n; i++) {
        assert_true(gig_image_find(&board.image, changes[i].id) < n);
        gig_buf_free(&json[i]);
    }

    print_message("# %u gigs: index %zu bytes; all %.0f ms, all again %.0f ms, one %.2f ms, "
                  "a list page %.0f us\n", n, board.image.size, all / 1e3, same / 1e3, one / 1e3,
                  list);

    free(gigs);
    free(json);
    free(changes);
    test_board_free(&board);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_equivalence),
        cmocka_unit_test(test_costs),
        cmocka_unit_test(test_speed)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
