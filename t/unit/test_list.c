
/*
 * The list at an instant, against a reference that does it the slow and plain
 * way: random catalogs, ties in every column, cursors whose gig has gone, and
 * every instant at which something may change.
 */

#include "gig_test_image.h"

#define GIGS_MAX        300
#define ROUNDS          40


typedef struct {
    uint32_t      n;
    test_gig_t    gig[GIGS_MAX];                /* in list order */
} catalog_t;


static int
compare_gigs(const void *one, const void *two)
{
    const test_gig_t  *a = one, *b = two;

    if (a->posted != b->posted) {
        return a->posted > b->posted ? -1 : 1;
    }

    return strcmp(a->id, b->id);
}


/* Makes a random catalog and its image. */
static void
fill(uint64_t *random, uint32_t n, catalog_t *catalog, test_board_t *board)
{
    size_t         used;
    uint32_t       i;
    gig_buf_t     *json;
    gig_change_t  *changes;

    memset(catalog, 0, sizeof(*catalog));
    test_board_init(board);
    catalog->n = n;
    changes = calloc(2 * GIGS_MAX, sizeof(*changes));
    json = calloc(GIGS_MAX, sizeof(*json));
    assert_true(changes && json);
    used = 0;

    for (i = 0; i < n; i++) {
        test_random_gig(random, i, &catalog->gig[i]);
        gig_buf_init(&json[i], GIG_RECORD_MAX);
        test_json(&catalog->gig[i], &json[i]);
        changes[used].op = GIG_CHANGE_PUT;
        changes[used].id = (gig_str_t) { catalog->gig[i].id, strlen(catalog->gig[i].id) };
        changes[used++].json = (gig_str_t) { json[i].data, json[i].len };
        changes[used].op = GIG_CHANGE_SEATS;
        changes[used].id = changes[used - 1].id;
        changes[used++].seats = catalog->gig[i].seats;
    }

    test_compile(board, changes, used, 1, 0);
    assert_int_equal(board->refused, 0);
    assert_int_equal(board->image.n, n);

    for (i = 0; i < n; i++) {
        gig_buf_free(&json[i]);
    }

    free(changes);
    free(json);
    qsort(catalog->gig, n, sizeof(catalog->gig[0]), compare_gigs);
}


static gig_state_t
state_of(const test_gig_t *gig, int64_t now)
{
    return gig_state(gig->status, gig->visible, gig->opens, gig->closes, gig->seats, now);
}


static int
wanted(const test_gig_t *gig, gig_list_state_t state, int64_t now)
{
    gig_state_t  s = state_of(gig, now);

    switch (state) {
    case GIG_LIST_OPEN:
        return s == GIG_STATE_OPEN || s == GIG_STATE_WAITLIST;
    case GIG_LIST_SCHEDULED:
        return s == GIG_STATE_SCHEDULED;
    default:
        return s == GIG_STATE_SCHEDULED || s == GIG_STATE_OPEN || s == GIG_STATE_WAITLIST
               || s == GIG_STATE_FULL || s == GIG_STATE_CLOSED;
    }
}


/* All pages from the first on are the catalog, filtered, in order, each gig once. */
static void
check_pages(const catalog_t *catalog, const gig_image_t *image, gig_list_state_t state,
    uint32_t limit, int64_t now)
{
    char              cursor[GIG_ID_MAX + 1];
    uint32_t          i, next, total, pages;
    gig_list_t        list;
    gig_list_query_t  query;

    total = 0;

    for (i = 0; i < catalog->n; i++) {
        total += (uint32_t) wanted(&catalog->gig[i], state, now);
    }

    memset(&query, 0, sizeof(query));
    query.state = state;
    query.limit = limit;
    next = 0;
    pages = 0;

    do {
        gig_image_list(image, &query, now, &list);
        assert_int_equal(list.total, total);
        assert_true(list.n <= limit);
        pages++;

        for (i = 0; i < list.n; i++, next++) {
            while (next < catalog->n && !wanted(&catalog->gig[next], state, now)) {
                next++;
            }

            assert_true(next < catalog->n);
            assert_int_equal(list.row[i], next);
            assert_true(gig_str_is(gig_image_id(image, list.row[i]), catalog->gig[next].id));
        }

        if (list.n > 0) {
            query.after = 1;
            query.after_posted = gig_image_posted(image, list.row[list.n - 1]);
            query.after_id = gig_image_id(image, list.row[list.n - 1]);
            snprintf(cursor, sizeof(cursor), "%.*s", (int) query.after_id.len,
                     query.after_id.data);
            query.after_id.data = cursor;
        }

        assert_true(list.n == limit || !list.more);

    } while (list.more);

    assert_int_equal(pages, total ? (total + limit - 1) / limit : 1);

    for ( /* void */ ; next < catalog->n; next++) {
        assert_false(wanted(&catalog->gig[next], state, now));
    }
}


/* A cursor that names no gig stands where that gig would stand. */
static void
check_cursor(uint64_t *random, const catalog_t *catalog, const gig_image_t *image, int64_t now)
{
    uint32_t          i, n;
    test_gig_t        gone;
    gig_list_t        list;
    gig_list_query_t  query;

    memset(&gone, 0, sizeof(gone));
    gone.posted = TEST_NOW - 86400 * (int64_t) test_random(random, 21) - test_random(random, 2);
    snprintf(gone.id, sizeof(gone.id), "g_%05u%s", test_random(random, 100003),
             test_random(random, 2) ? "x" : "");

    memset(&query, 0, sizeof(query));
    query.state = GIG_LIST_ALL;
    query.limit = GIG_LIST_MAX;
    query.after = 1;
    query.after_posted = gone.posted;
    query.after_id = (gig_str_t) { gone.id, strlen(gone.id) };
    gig_image_list(image, &query, now, &list);

    n = 0;

    for (i = 0; i < catalog->n && n < GIG_LIST_MAX; i++) {
        if (compare_gigs(&catalog->gig[i], &gone) > 0
            && wanted(&catalog->gig[i], GIG_LIST_ALL, now))
        {
            assert_true(n < list.n);
            assert_int_equal(list.row[n], i);
            n++;
        }
    }

    assert_int_equal(list.n, n);
}


static void
check_similar(const catalog_t *catalog, const gig_image_t *image, uint32_t row, int64_t now)
{
    uint32_t           i, n, expect, pass, rows[8];
    const char        *department;
    const test_gig_t  *gig;

    /* the row may be GIG_ROW_NONE, which is no row: cppcheck does not see that */
    /* cppcheck-suppress arrayIndexOutOfBounds */
    department = row < catalog->n ? catalog->gig[row].department : "";
    n = gig_image_similar(image, row, now, rows, 8);
    expect = 0;

    for (pass = 0; pass < 2; pass++) {
        for (i = 0; i < catalog->n && expect < 8; i++) {
            /* cppcheck-suppress arrayIndexOutOfBoundsCond */
            gig = &catalog->gig[i];

            if (i != row && wanted(gig, GIG_LIST_OPEN, now)
                && (department[0] && strcmp(gig->department, department) == 0) == (pass == 0))
            {
                assert_true(expect < n);
                assert_int_equal(rows[expect], i);
                expect++;
            }
        }
    }

    assert_int_equal(n, expect);
}


static int
closing_soon(const test_gig_t *gig, int64_t now)
{
    return gig->closes != GIG_TIME_NONE && now >= gig->closes - GIG_CLOSING_SOON;
}


/* From slice to slice through all of time: they meet, and within one nothing changes. */
static void
check_slices(const catalog_t *catalog, const gig_image_t *image)
{
    int64_t   now, from, until, again_from, again_until;
    uint32_t  i, slices;

    slices = 0;
    now = INT64_MIN;

    for ( ;; ) {
        gig_image_slice(image, now, &from, &until);
        slices++;
        assert_true(from <= now && (now < until || until == INT64_MAX));
        gig_image_slice(image, until - 1, &again_from, &again_until);
        assert_true(again_from == from && again_until == until);

        for (i = 0; i < catalog->n; i++) {
            assert_int_equal(state_of(&catalog->gig[i], from),
                             state_of(&catalog->gig[i], until - 1));
            assert_int_equal(closing_soon(&catalog->gig[i], from),
                             closing_soon(&catalog->gig[i], until - 1));
        }

        if (until == INT64_MAX) {
            break;
        }

        now = until;
    }

    assert_int_equal(slices, image->slices + 1);
}


static void
test_reference(void **state)
{
    int64_t            now;
    uint32_t           round, i, n, count[GIG_STATE_GONE + 1], expect[GIG_STATE_GONE + 1];
    uint64_t           random;
    catalog_t         *catalog;
    test_board_t       board;

    static const uint32_t  sizes[] = { 0, 1, 2, 3, 20, 60, GIGS_MAX };

    (void) state;

    random = test_seed();
    catalog = malloc(sizeof(*catalog));
    assert_non_null(catalog);

    for (round = 0; round < ROUNDS; round++) {
        n = sizes[round % (sizeof(sizes) / sizeof(sizes[0]))];
        fill(&random, n, catalog, &board);
        check_slices(catalog, &board.image);

        for (i = 0; i < 12; i++) {
            now = TEST_NOW + 1800 * ((int64_t) test_random(&random, 300) - 150);
            now += (int64_t) test_random(&random, 3) - 1;

            check_pages(catalog, &board.image, GIG_LIST_OPEN, 1 + test_random(&random, 30), now);
            check_pages(catalog, &board.image, GIG_LIST_SCHEDULED, 1 + test_random(&random, 9),
                        now);
            check_pages(catalog, &board.image, GIG_LIST_ALL,
                        test_random(&random, 2) ? GIG_LIST_MAX : 1 + test_random(&random, 30),
                        now);
            check_cursor(&random, catalog, &board.image, now);
            check_similar(catalog, &board.image, test_random(&random, n + 1), now);
            check_similar(catalog, &board.image, GIG_ROW_NONE, now);

            memset(expect, 0, sizeof(expect));

            for (n = 0; n < catalog->n; n++) {
                expect[state_of(&catalog->gig[n], now)]++;
            }

            gig_image_states(&board.image, now, count);
            assert_memory_equal(count, expect, sizeof(count));
        }

        test_board_free(&board);
    }

    free(catalog);
}


/* A limit past the list's own bound is cut to it; none at all gives the count alone. */
static void
test_limits(void **state)
{
    uint64_t           random = 1;
    catalog_t         *catalog;
    gig_list_t         list;
    test_board_t       board;
    gig_list_query_t   query;

    (void) state;

    catalog = malloc(sizeof(*catalog));
    assert_non_null(catalog);
    fill(&random, GIGS_MAX, catalog, &board);
    memset(&query, 0, sizeof(query));
    query.state = GIG_LIST_ALL;

    query.limit = UINT32_MAX;
    gig_image_list(&board.image, &query, TEST_NOW, &list);
    assert_int_equal(list.n, GIG_LIST_MAX);
    assert_true(list.more);

    query.limit = 0;
    gig_image_list(&board.image, &query, TEST_NOW, &list);
    assert_int_equal(list.n, 0);
    assert_true(list.total > GIG_LIST_MAX);

    test_board_free(&board);
    free(catalog);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_reference),
        cmocka_unit_test(test_limits)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
