
/*
 * The list at an instant, against a reference that does it the slow and plain
 * way: random catalogs, ties in every column, cursors whose gig has gone, and
 * every instant at which something may change.
 */

#include "gig_test_search.h"

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


static uint32_t
row_of(const gig_image_t *image, const test_gig_t *gig)
{
    return gig_image_find(image, (gig_str_t) { gig->id, strlen(gig->id) });
}


/* All pages from the first on are the catalog, filtered, in order, each gig once. */
static void
check_pages(const catalog_t *catalog, test_search_t *s, gig_list_state_t state, uint32_t limit,
    int64_t now)
{
    char                args[64];
    uint32_t            i, next, total, pages;
    gig_cursor_t        cursor;
    const gig_found_t  *found;

    total = 0;

    for (i = 0; i < catalog->n; i++) {
        total += (uint32_t) wanted(&catalog->gig[i], state, now);
    }

    snprintf(args, sizeof(args), "state=%s&limit=%u", gig_list_state_name(state), limit);
    next = 0;
    pages = 0;

    do {
        found = test_find(s, args, pages ? &cursor : NULL, now);
        assert_int_equal(found->total, total);
        assert_true(found->n <= limit);
        pages++;

        for (i = 0; i < found->n; i++, next++) {
            while (next < catalog->n && !wanted(&catalog->gig[next], state, now)) {
                next++;
            }

            assert_true(next < catalog->n);
            assert_int_equal(found->row[i], row_of(s->in.image, &catalog->gig[next]));
        }

        cursor = found->next;
        assert_true(found->n == limit || !found->more);

    } while (found->more);

    assert_int_equal(pages, total ? (total + limit - 1) / limit : 1);

    for ( /* void */ ; next < catalog->n; next++) {
        assert_false(wanted(&catalog->gig[next], state, now));
    }
}


/* A cursor that names no gig stands where that gig would stand. */
static void
check_cursor(uint64_t *random, const catalog_t *catalog, test_search_t *s, int64_t now)
{
    uint32_t            i, n;
    test_gig_t          gone;
    gig_cursor_t        cursor;
    const gig_found_t  *found;

    memset(&gone, 0, sizeof(gone));
    gone.posted = TEST_NOW - 86400 * (int64_t) test_random(random, 21) - test_random(random, 2);
    snprintf(gone.id, sizeof(gone.id), "g_%05u%s", test_random(random, 100003),
             test_random(random, 2) ? "x" : "");

    memset(&cursor, 0, sizeof(cursor));
    cursor.sort = GIG_SORT_NEWEST;
    cursor.value = gone.posted;
    snprintf(cursor.id, sizeof(cursor.id), "%s", gone.id);
    found = test_find(s, "state=all&limit=100", &cursor, now);

    n = 0;

    for (i = 0; i < catalog->n && n < GIG_LIST_MAX; i++) {
        if (compare_gigs(&catalog->gig[i], &gone) > 0
            && wanted(&catalog->gig[i], GIG_LIST_ALL, now))
        {
            assert_true(n < found->n);
            assert_int_equal(found->row[n], row_of(s->in.image, &catalog->gig[i]));
            n++;
        }
    }

    assert_int_equal(found->n, n);
}


/* to: one of the catalog, or NULL for a row that is none. */
static void
check_similar(const catalog_t *catalog, const gig_image_t *image, const test_gig_t *to,
    int64_t now)
{
    uint32_t           i, n, expect, pass, rows[8];
    const char        *department;
    const test_gig_t  *gig;

    department = to ? to->department : "";
    n = gig_image_similar(image, to ? row_of(image, to) : GIG_ROW_NONE, now, rows, 8);
    expect = 0;

    for (pass = 0; pass < 2; pass++) {
        for (i = 0; i < catalog->n && expect < 8; i++) {
            gig = &catalog->gig[i];

            if (gig != to && wanted(gig, GIG_LIST_OPEN, now)
                && (department[0] && strcmp(gig->department, department) == 0) == (pass == 0))
            {
                assert_true(expect < n);
                assert_int_equal(rows[expect], row_of(image, gig));
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
    uint32_t           round, i, k, n, count[GIG_STATE_GONE + 1], expect[GIG_STATE_GONE + 1];
    uint64_t           random;
    catalog_t         *catalog;
    test_board_t       board;
    test_search_t     *s;

    static const uint32_t  sizes[] = { 0, 1, 2, 3, 20, 60, GIGS_MAX };

    (void) state;

    random = test_seed();
    catalog = malloc(sizeof(*catalog));
    assert_non_null(catalog);
    s = test_search_create();

    for (round = 0; round < ROUNDS; round++) {
        n = sizes[round % (sizeof(sizes) / sizeof(sizes[0]))];
        fill(&random, n, catalog, &board);
        check_slices(catalog, &board.image);
        test_search_board(s, &board);

        for (i = 0; i < 12; i++) {
            now = TEST_NOW + 1800 * ((int64_t) test_random(&random, 300) - 150);
            now += (int64_t) test_random(&random, 3) - 1;

            check_pages(catalog, s, GIG_LIST_OPEN, 1 + test_random(&random, 30), now);
            check_pages(catalog, s, GIG_LIST_SCHEDULED, 1 + test_random(&random, 9),
                        now);
            check_pages(catalog, s, GIG_LIST_ALL,
                        test_random(&random, 2) ? GIG_LIST_MAX : 1 + test_random(&random, 30),
                        now);
            check_cursor(&random, catalog, s, now);
            k = test_random(&random, n + 1);
            check_similar(catalog, &board.image, k < catalog->n ? &catalog->gig[k] : NULL, now);
            check_similar(catalog, &board.image, NULL, now);

            memset(expect, 0, sizeof(expect));

            for (n = 0; n < catalog->n; n++) {
                expect[state_of(&catalog->gig[n], now)]++;
            }

            gig_image_states(&board.image, now, count);
            assert_memory_equal(count, expect, sizeof(count));
        }

        test_board_free(&board);
    }

    test_search_free(s);
    free(catalog);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_reference)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
