
/*
 * Cursors while the catalog changes under them.  A reader goes from page to page; between
 * two pages gigs come, go, are written anew, close, and as often as not it is the very gig
 * the cursor names.  What was there unchanged and matched all the time is seen exactly
 * once, whatever the order, and no unchanged gig is ever seen twice.
 *
 * GIG_SEED=N repeats a run, GIG_READER=N one reader of it; GIG_LONG=1 has fifty times as many.
 */

#include "search_catalog.h"

#define READERS         250
#define LONG            50
#define SEEN_MAX        4096
#define PAGES_MAX       5000
#define WHY_SIZE        160


/* A gig as it was when the reader first could have seen it. */
typedef struct {
    char       id[GIG_ID_MAX + 1];
    uint32_t   put;
    uint64_t   score;
    int        throughout;                      /* there and matching since the first page */
    uint32_t   seen;
} seen_t;

typedef struct {
    gig_search_t         *search;
    catalog_t            *catalog;
    gig_query_t           query;
    reference_weights_t   weights;              /* of the first page */
    reference_answer_t    answer;
    gig_found_t           found;
    uint32_t              n;
    seen_t                seen[SEEN_MAX];
    char                  why[WHY_SIZE];
    unsigned long         pages, kept;
} reader_t;


static seen_t *
seen_of(reader_t *reader, const reference_gig_t *gig)
{
    uint32_t  i;

    for (i = 0; i < reader->n; i++) {
        if (reader->seen[i].put == gig->put && strcmp(reader->seen[i].id, gig->id) == 0) {
            return &reader->seen[i];
        }
    }

    return NULL;
}


static seen_t *
add(reader_t *reader, uint32_t number, int throughout)
{
    seen_t                 *seen = &reader->seen[reader->n++];
    const reference_gig_t  *gig = reader->catalog->reference.gig[number];

    assert_true(reader->n <= SEEN_MAX);
    memset(seen, 0, sizeof(*seen));
    memcpy(seen->id, gig->id, sizeof(seen->id));
    seen->put = gig->put;
    seen->score = reader->answer.score[number];
    seen->throughout = throughout;

    return seen;
}


/* Whom to expect still, after the catalog or the clock has changed. */
static void
look_again(reader_t *reader, int64_t now)
{
    uint32_t            i, k;
    seen_t             *seen;
    const reference_t  *reference = &reader->catalog->reference;

    reference_search(reference, &reader->query, now, &reader->weights, &reader->answer);

    for (i = 0; i < reader->n; i++) {
        seen = &reader->seen[i];

        for (k = 0; k < reference->n; k++) {
            if (reference->gig[k]->put == seen->put && strcmp(reference->gig[k]->id, seen->id) == 0)
            {
                break;
            }
        }

        if (k == reference->n || !reader->answer.matches[k]) {
            seen->throughout = 0;
        }

        /* with the weights of the first page a score is the gig's own */

        assert_true(k == reference->n || reader->answer.score[k] == seen->score);
    }
}


/* 0, or -1 and why: what is on a page. */
static int
look_at_page(reader_t *reader)
{
    uint32_t                i, k;
    seen_t                 *seen;
    gig_str_t               id;
    const reference_t      *reference = &reader->catalog->reference;

    for (i = 0; i < reader->found.n; i++) {
        id = gig_image_id(&reader->catalog->board.image, reader->found.row[i]);

        for (k = 0; k < reference->n && !gig_str_is(id, reference->gig[k]->id); k++) {
            /* void */
        }

        if (k == reference->n || !reader->answer.matches[k]) {
            snprintf(reader->why, sizeof(reader->why), "'%.*s' is shown, but does not match",
                     (int) id.len, id.data);
            return -1;
        }

        seen = seen_of(reader, reference->gig[k]);
        seen = seen ? seen : add(reader, k, 0);
        seen->seen++;

        if (seen->seen > 1) {
            snprintf(reader->why, sizeof(reader->why), "'%s' is shown twice", seen->id);
            return -1;
        }
    }

    return 0;
}


static int
read_pages(reader_t *reader, uint64_t *random, int64_t now, uint32_t pages)
{
    uint32_t      i, page;
    gig_cursor_t  cursor;

    reader->n = 0;
    reader->query.after = 0;
    reference_search(&reader->catalog->reference, &reader->query, now, NULL, &reader->answer);
    reader->weights = reader->answer.weights;

    for (i = 0; i < reader->answer.total; i++) {
        (void) add(reader, reader->answer.order[i], 1);
    }

    for (page = 0; page < PAGES_MAX; page++) {
        catalog_search(reader->catalog, reader->search, &reader->query, page ? &cursor : NULL, now,
                       &reader->found);
        reader->pages++;

        if (look_at_page(reader) != 0) {
            return -1;
        }

        if (!reader->found.more) {
            break;
        }

        cursor = reader->found.next;
        reader->query.after = 1;

        switch (page < pages ? test_random(random, 5) : 4) {
        case 0:
        case 1:
            catalog_strike(reader->catalog, cursor.id);
            break;
        case 2:
            catalog_touch(reader->catalog, 1 + test_random(random, 6));
            break;
        case 3:
            catalog_change(reader->catalog);
            break;
        default:
            break;                              /* at the end nothing changes, so that it ends */
        }

        now += test_random(random, 4) ? 0 : 60 * (int64_t) test_random(random, 60);
        look_again(reader, now);
    }

    assert_true(page < PAGES_MAX);

    for (i = 0; i < reader->n; i++) {
        if (reader->seen[i].throughout && reader->seen[i].seen != 1) {
            snprintf(reader->why, sizeof(reader->why), "'%s' was there throughout and is seen "
                     "%u times", reader->seen[i].id, reader->seen[i].seen);
            return -1;
        }

        reader->kept += (unsigned long) reader->seen[i].throughout;
    }

    return 0;
}


/* What the reader asks for: mostly such that many gigs are equal but for time and id. */
static void
choose(uint64_t *random, const reference_t *reference, gig_buf_t *args)
{
    static const char *const  questions[] = {
        "state=all&limit=3", "state=all&sort=closing&limit=4", "state=all&sort=pay&limit=2",
        "q=-nowhere&state=all&limit=3", "q=te&state=all&limit=3", "q=data+-test&state=all&limit=2",
        "q=des&limit=2&state=all", "limit=2", "q=test&sort=closing&limit=3&state=all",
        "mode=remote&mode=onsite&state=all&limit=3&q=engineering"
    };

    gig_buf_reset(args);

    if (test_random(random, 2)) {
        gig_buf_puts(args, questions[test_random(random, sizeof(questions)
                                                         / sizeof(questions[0]))]);

    } else {
        random_query(random, reference, args);
    }
}


/* One reader from its own seed. */
static void
run_reader(reader_t *reader, const gig_place_names_t *places, uint64_t seed, uint32_t number)
{
    int          rc;
    int64_t      now;
    uint64_t     random = seed + number * 1000003u;
    gig_buf_t    args;
    gig_error_t  err;

    (void) test_random(&random, 2);
    gig_buf_init(&args, GIG_QUERY_ARGS_MAX);
    catalog_init(reader->catalog, random ^ 0x1b873593, 10 + test_random(&random, 60), places);
    catalog_fill(reader->catalog, reader->catalog->gigs);
    now = TEST_NOW + 1800 * ((int64_t) test_random(&random, 60) - 30);

    choose(&random, &reader->catalog->reference, &args);
    assert_int_equal(gig_query_read((gig_str_t) { args.data, args.len }, 1, &reader->query, &err),
                     0);

    if (reader->query.limit > 8) {
        reader->query.limit = 1 + test_random(&random, 8);
    }

    rc = read_pages(reader, &random, now, 12);

    if (rc != 0) {
        print_message("# GIG_SEED=%llu GIG_READER=%u, ?%.*s, limit %u, sort %s, %u gigs: %s\n",
                      (unsigned long long) seed, number, (int) args.len,
                      args.len ? args.data : "", reader->query.limit,
                      gig_sort_name(reader->query.sort), reader->catalog->reference.n, reader->why);
        fail_msg("a page repeats or skips");
    }

    gig_buf_free(&args);
    catalog_free(reader->catalog);
}


static void
test_readers(void **state)
{
    double              start = test_clock();
    uint64_t            seed = test_seed();
    uint32_t            i, readers = getenv("GIG_LONG") ? LONG * READERS : READERS;
    reader_t           *reader = calloc(1, sizeof(*reader));
    const char         *only = getenv("GIG_READER");
    gig_error_t         err;
    gig_place_names_t  *places;

    (void) state;

    places = gig_place_names_read((gig_str_t) { random_places, strlen(random_places) }, &err);
    assert_non_null(places);
    assert_non_null(reader);
    reader->catalog = malloc(sizeof(*reader->catalog));
    reader->search = gig_search_create();
    assert_true(reader->catalog && reader->search);

    for (i = 0; i < readers; i++) {
        if (only == NULL || strtoul(only, NULL, 10) == i) {
            run_reader(reader, places, seed, i);
        }
    }

    print_message("# %lu pages, %lu gigs there throughout, %.1f s\n", reader->pages, reader->kept,
                  (test_clock() - start) / 1e6);
    assert_true(only != NULL || reader->kept > readers);

    gig_search_free(reader->search);
    gig_place_names_free(places);
    free(reader->catalog);
    free(reader);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_readers)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
