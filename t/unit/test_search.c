
/*
 * Filters, ranges, text, orders, pages and facet counts, against a reference that looks
 * at every gig for every question (search_reference.h): random catalogs, each through a
 * random history of batches, full loads and compactions, and random query strings after
 * each.  A quick search and a plain one that agree ten thousand times are right, or wrong
 * in the same way.
 *
 * The seed is printed; GIG_SEED=N repeats a run, GIG_HISTORY=N only one history of it.
 * GIG_LONG=1 has fifty times as many.
 */

#include "search_catalog.h"

#define HISTORIES       64
#define STEPS           11
#define QUESTIONS       16
#define LONG            50
#define REASON_SIZE     256


typedef struct {
    gig_search_t              *search;
    gig_query_t                query;
    reference_answer_t         answer;
    gig_found_t                found;
    gig_error_t                err;
    char                       reason[REASON_SIZE];
    unsigned long              pages;
} checking_t;


static int
wrong(checking_t *checking, const char *format, ...) __attribute__((format(printf, 2, 3)));


static int
wrong(checking_t *checking, const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    (void) vsnprintf(checking->reason, sizeof(checking->reason), format, args);
    va_end(args);

    return -1;
}


static int
check_facet(checking_t *checking, const catalog_t *catalog, gig_facet_t facet)
{
    uint32_t                   i;
    gig_str_t                  expect, got;
    const reference_count_t   *count = checking->answer.count[facet];
    const gig_facet_counts_t  *counts = &checking->found.facet[facet];

    if (counts->n != checking->answer.n_counts[facet]) {
        return wrong(checking, "facet %s has %u values, not %u", gig_facet_name(facet), counts->n,
                     checking->answer.n_counts[facet]);
    }

    for (i = 0; i < counts->n; i++) {
        expect = reference_text(&catalog->reference, count[i].spelling);
        got = gig_image_value(&catalog->board.image, counts->count[i].value);

        if (!gig_str_eq(got, expect) || counts->count[i].count != count[i].count) {
            return wrong(checking, "facet %s, %u: '%.*s' %u, not '%.*s' %u", gig_facet_name(facet),
                         i, (int) got.len, got.data, counts->count[i].count, (int) expect.len,
                         expect.data, count[i].count);
        }
    }

    return 0;
}


/* What the cursor says of the last gig of a page. */
static int
check_next(checking_t *checking, const reference_t *reference, uint32_t number)
{
    int64_t                 value;
    const gig_cursor_t     *next = &checking->found.next;
    const reference_gig_t  *last = reference->gig[number];

    if (next->sort != checking->query.sort || strcmp(next->id, last->id) != 0) {
        return wrong(checking, "the cursor says sort %d, '%s', not %d, '%s'", (int) next->sort,
                     next->id, (int) checking->query.sort, last->id);
    }

    switch (next->sort) {
    case GIG_SORT_NEWEST:
        value = reference_posted(last);
        break;
    case GIG_SORT_PAY:
        value = last->pay;
        break;
    case GIG_SORT_RELEVANCE:
        value = reference_cursor(&checking->answer, reference, number);
        break;
    default:
        value = last->record.closes_at;
    }

    return next->value == value ? 0
           : wrong(checking, "the cursor of '%s' has value %lld, not %lld", last->id,
                   (long long) next->value, (long long) value);
}


/* One page, of which the first is number `from` of all that matches. */
static int
check_page(checking_t *checking, const catalog_t *catalog, uint32_t from)
{
    uint32_t                   i, n, left;
    unsigned                   facet;
    gig_str_t                  id;
    const gig_found_t         *found = &checking->found;
    const reference_gig_t     *gig;
    const reference_answer_t  *answer = &checking->answer;

    left = answer->total - from;
    n = left < checking->query.limit ? left : checking->query.limit;

    if (found->total != answer->total || found->n != n || !found->more != (left <= n)) {
        return wrong(checking, "from %u: total %u, n %u, more %d, not %u, %u, %d", from,
                     found->total, found->n, found->more, answer->total, n, left > n);
    }

    for (i = 0; i < n; i++) {

        if (found->row[i] >= catalog->board.image.rows) {
            return wrong(checking, "number %u is row %u, past the last", from + i, found->row[i]);
        }

        id = gig_image_id(&catalog->board.image, found->row[i]);
        gig = catalog->reference.gig[answer->order[from + i]];

        if (!gig_str_is(id, gig->id)) {
            return wrong(checking, "number %u is '%.*s', not '%s'", from + i, (int) id.len,
                         id.data, gig->id);
        }
    }

    for (facet = 0; facet < GIG_FACETS; facet++) {
        if (check_facet(checking, catalog, (gig_facet_t) facet) != 0) {
            return -1;
        }
    }

    if (memchr(found->suggestion, '\0', sizeof(found->suggestion)) == NULL
        || (found->suggestion[0] && (found->total > 0 || checking->query.q.len == 0)))
    {
        return wrong(checking, "something is suggested, though nothing needs to be");
    }

    checking->pages++;
    i = n ? answer->order[from + n - 1] : 0;

    return found->more ? check_next(checking, &catalog->reference, i) : 0;
}


/* 0: page after page both say the same. */
static int
check_question(checking_t *checking, catalog_t *catalog, gig_str_t args, int64_t now)
{
    uint32_t      from;
    gig_cursor_t  cursor;

    checking->reason[0] = '\0';
    checking->err.detail[0] = '\0';

    if (gig_query_read(args, 1, &checking->query, &checking->err) != 0) {
        return wrong(checking, "is not read: %s", checking->err.detail);
    }

    reference_search(&catalog->reference, &checking->query, now, NULL, &checking->answer);
    from = 0;

    for ( ;; ) {
        catalog_search(catalog, checking->search, &checking->query, from ? &cursor : NULL, now,
                       &checking->found);

        if (check_page(checking, catalog, from) != 0) {
            return -1;
        }

        if (!checking->found.more) {
            return 0;
        }

        from += checking->found.n;
        cursor = checking->found.next;
        checking->query.after = 1;

        /* the rest at once, or a hundred pages of one gig each would be most of the work */

        if (from > 3 * checking->query.limit) {
            checking->query.limit = GIG_LIST_MAX;
        }
    }
}


/* A cursor of a gig that is not there stands where that gig would. */
static int
check_nowhere(checking_t *checking, catalog_t *catalog, uint64_t *random, int64_t now)
{
    int                     after;
    int64_t                 value;
    uint32_t                i, from;
    gig_cursor_t            cursor;
    const reference_gig_t  *gig;

    if (checking->query.sort != GIG_SORT_NEWEST && checking->query.sort != GIG_SORT_PAY) {
        return 0;
    }

    memset(&cursor, 0, sizeof(cursor));
    cursor.sort = checking->query.sort;
    cursor.value = cursor.sort == GIG_SORT_PAY ? (int64_t) test_random(random, 200) * 5000 - 1
                   : TEST_NOW - 86400 * (int64_t) test_random(random, 21);
    snprintf(cursor.id, sizeof(cursor.id), "%c%u", "gG_-9"[test_random(random, 5)],
             test_random(random, 100003));
    checking->query.after = 1;
    reference_search(&catalog->reference, &checking->query, now, NULL, &checking->answer);

    for (from = 0; from < checking->answer.total; from++) {
        gig = catalog->reference.gig[checking->answer.order[from]];
        value = cursor.sort == GIG_SORT_PAY ? gig->pay : reference_posted(gig);
        after = value < cursor.value || (value == cursor.value && strcmp(gig->id, cursor.id) > 0);

        if (after) {
            break;
        }
    }

    catalog_search(catalog, checking->search, &checking->query, &cursor, now, &checking->found);

    if (check_page(checking, catalog, from) == 0) {
        return 0;
    }

    i = (uint32_t) strlen(checking->reason);
    snprintf(checking->reason + i, sizeof(checking->reason) - i, " (after %lld, '%s')",
             (long long) cursor.value, cursor.id);

    return -1;
}


/* ---- when it failed */

static void
print_answers(const checking_t *checking, const catalog_t *catalog)
{
    uint32_t                   i;
    const reference_gig_t     *gig;
    const reference_answer_t  *answer = &checking->answer;

    print_message("#   reference: total %u, mean %u:", answer->total, answer->weights.mean);

    if (checking->err.detail[0]) {
        return;
    }

    for (i = 0; i < answer->total && i < 40; i++) {
        gig = catalog->reference.gig[answer->order[i]];
        print_message(" %s(%llu)", gig->id, (unsigned long long) answer->score[answer->order[i]]);
    }

    print_message("\n#   searched:  total %u, n %u:", checking->found.total, checking->found.n);

    for (i = 0; i < checking->found.n && i < GIG_LIST_MAX; i++) {
        gig_str_t  id = gig_image_id(&catalog->board.image, checking->found.row[i]);

        print_message(" %.*s", (int) id.len, id.data);
    }

    print_message("\n");
}


/* Whether a catalog of the marked gigs alone, loaded at once, fails as well. */
static int
fails(checking_t *checking, const catalog_t *catalog, const unsigned char *marked, gig_str_t args,
    int64_t now, int print)
{
    int         rc;
    uint32_t    i;
    catalog_t  *small = malloc(sizeof(*small));

    assert_non_null(small);
    catalog_init(small, 1, catalog->gigs, catalog->reference.places);
    catalog_take(small, catalog, marked);
    rc = check_question(checking, small, args, now);

    if (rc != 0 && print) {
        print_message("# with %u gigs loaded at once: %s\n", small->reference.n, checking->reason);
        print_answers(checking, small);

        for (i = 0; i < small->reference.n && i < 12; i++) {
            char  *dump = json_dumps(small->reference.gig[i]->record.root, JSON_COMPACT);

            print_message("#   seats %d %s\n", (int) small->reference.gig[i]->seats, dump);
            free(dump);
        }
    }

    catalog_free(small);
    free(small);

    return rc != 0;
}


static void
shrink(checking_t *checking, const catalog_t *catalog, gig_str_t args, int64_t now)
{
    uint32_t        i, k, piece, n = catalog->reference.n;
    unsigned char  *marked = malloc(n + 1), *fewer = malloc(n + 1);

    assert_true(marked && fewer);
    memset(marked, 1, n + 1);

    if (!fails(checking, catalog, marked, args, now, 0)) {
        print_message("# the same gigs loaded at once pass: it is of this history\n");
        goto done;
    }

    for (piece = (n + 1) / 2; piece > 0; piece /= 2) {
        for (i = 0; i < n; i += piece) {
            memcpy(fewer, marked, n);

            for (k = i; k < i + piece && k < n; k++) {
                fewer[k] = 0;
            }

            if (memcmp(fewer, marked, n) != 0 && fails(checking, catalog, fewer, args, now, 0)) {
                memcpy(marked, fewer, n);
            }
        }
    }

    (void) fails(checking, catalog, marked, args, now, 1);

done:

    free(marked);
    free(fewer);
}


static gig_place_names_t *
read_places(void)
{
    gig_error_t         err;
    gig_place_names_t  *places;

    places = gig_place_names_read((gig_str_t) { random_places, strlen(random_places) }, &err);

    if (places == NULL) {
        print_message("# %s: %s\n", err.pointer, err.detail);
    }

    assert_non_null(places);

    return places;
}


/* One history from its own seed; the number of questions asked. */
static unsigned long
run_history(checking_t *checking, const gig_place_names_t *places, uint64_t seed, uint32_t number)
{
    int            rc;
    int64_t        now;
    uint32_t       step, i, steps, gigs;
    uint64_t       random;
    catalog_t     *catalog;
    gig_buf_t      args;
    unsigned long  asked = 0;

    static const uint32_t  sizes[] = {
        1, 3, 8, 40, 20, 63, 65, 129, 100, 200, 30, 260, 12, 150, 64, 180
    };

    gigs = number % HISTORIES == HISTORIES - 1 ? 1500 : sizes[number % 16];
    steps = gigs > 200 ? 4 : STEPS;
    catalog = malloc(sizeof(*catalog));
    assert_non_null(catalog);
    random = seed + number * 1000003u;
    (void) test_random(&random, 2);
    catalog_init(catalog, random ^ 0x5bd1e995, gigs, places);
    catalog_fill(catalog, test_random(&random, 4) ? gigs * 2 / 3 + 1 : 0);
    gig_buf_init(&args, GIG_QUERY_ARGS_MAX);

    for (step = 0; step < steps; step++) {
        for (i = 0; i < QUESTIONS; i++) {
            now = TEST_NOW + 1800 * ((int64_t) test_random(&random, 300) - 150)
                  + (int64_t) test_random(&random, 3) - 1;
            gig_buf_reset(&args);
            random_query(&random, &catalog->reference, &args);
            rc = check_question(checking, catalog, (gig_str_t) { args.data, args.len }, now);
            rc = rc == 0 && i % 4 == 0 ? check_nowhere(checking, catalog, &random, now) : rc;
            asked++;

            if (rc != 0) {
                print_message("# GIG_SEED=%llu GIG_HISTORY=%u, step %u after %s, question %u, "
                              "%u gigs, %u segments, now %lld\n# ?%.*s\n# %s\n",
                              (unsigned long long) seed, number, step, catalog->did, i,
                              catalog->reference.n, catalog->n_segments, (long long) now,
                              (int) args.len, args.len ? args.data : "", checking->reason);
                print_answers(checking, catalog);
                shrink(checking, catalog, (gig_str_t) { args.data, args.len }, now);
                fail_msg("the search and the reference disagree");
            }
        }

        catalog_change(catalog);
    }

    gig_buf_free(&args);
    catalog_free(catalog);
    free(catalog);

    return asked;
}


static void
test_reference(void **state)
{
    double              start = test_clock();
    uint64_t            seed = test_seed();
    uint32_t            i, histories = getenv("GIG_LONG") ? LONG * HISTORIES : HISTORIES;
    checking_t         *checking;
    const char         *only = getenv("GIG_HISTORY");
    unsigned long       asked = 0;
    gig_place_names_t  *places = read_places();

    (void) state;

    checking = calloc(1, sizeof(*checking));
    assert_non_null(checking);
    checking->search = gig_search_create();
    assert_non_null(checking->search);

    for (i = 0; i < histories; i++) {
        if (only == NULL || strtoul(only, NULL, 10) == i) {
            asked += run_history(checking, places, seed, i);
        }
    }

    print_message("# %lu questions, %lu pages, %.1f s\n", asked, checking->pages,
                  (test_clock() - start) / 1e6);
    assert_true(only != NULL || asked >= 10000);

    gig_search_free(checking->search);
    gig_place_names_free(places);
    free(checking);
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
