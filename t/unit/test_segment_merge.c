
/*
 * Segments are merged again and again while gigs come, change and go.  Nothing may
 * get lost or linger, and two hosts with the same gigs must answer alike whatever
 * came in which order: so a merge must give the bytes that building anew gives.
 */

#include "gig_test_segment.h"

#define RANDOM_RUNS     200
#define SEGMENTS        6
#define ROWS            150


/* Gigs by stable number, the segment that has each, and its number to be. */
typedef struct {
    uint32_t   rows;
    unsigned   segment_of[ROWS];
    uint32_t   row_of[ROWS];
    uint32_t   step;                /* between stable numbers */
} test_map_t;


static uint32_t
test_row_of(void *data, unsigned segment, uint32_t row)
{
    const test_map_t  *map = data;

    assert_true(row / map->step < map->rows && row % map->step == 0);
    row /= map->step;

    return map->segment_of[row] == segment ? map->row_of[row] : UINT32_MAX;
}


static uint32_t
test_same_row(void *data, unsigned segment, uint32_t row)
{
    (void) data;
    (void) segment;

    return row;
}


static uint32_t
test_no_row(void *data, unsigned segment, uint32_t row)
{
    (void) data;
    (void) segment;
    (void) row;

    return UINT32_MAX;
}


static void
test_any(void **state)
{
    size_t                  at;
    uint32_t                i, k, row, vocabulary, steps;
    uint64_t                random, seed;
    unsigned                n, s;
    gig_str_t               bytes[SEGMENTS], merged, built, twice;
    test_map_t              map;
    test_words_t            words, living;
    gig_segment_t           segment[SEGMENTS], again;
    gig_segment_builder_t  *builder;

    (void) state;

    builder = gig_segment_builder_create();
    assert_non_null(builder);
    seed = test_seed(20240918);

    for (i = 0; i < RANDOM_RUNS; i++) {
        random = seed + i * 1000003;
        memset(&living, 0, sizeof(living));
        n = 1 + test_below(&random, SEGMENTS);
        map.rows = 1 + test_below(&random, ROWS);
        map.step = 1 + test_below(&random, 2) * test_below(&random, 100000);
        steps = 1 + test_below(&random, 2) * test_below(&random, 100000);
        vocabulary = 1 + test_below(&random, 200);

        /* The new numbers: as the old ones, or shuffled, or near to them. */

        for (k = 0; k < map.rows; k++) {
            map.row_of[k] = k;
            map.segment_of[k] = UINT32_MAX;
        }

        for (k = map.rows - 1; k > 0 && i % 3 > 0; k--) {
            at = i % 3 == 1 ? test_below(&random, k + 1) : k - test_below(&random, 2);
            row = map.row_of[k];
            map.row_of[k] = map.row_of[at];
            map.row_of[at] = row;
        }

        for (k = 0; k < map.rows; k++) {
            map.row_of[k] *= steps;
        }

        /* A row may be in several segments: each time as another gig, the newest lives. */

        for (s = 0; s < n; s++) {
            memset(&words, 0, sizeof(words));

            for (k = 0; k < map.rows; k++) {
                if (test_below(&random, n) == 0) {
                    test_random_row(&random, k * map.step, vocabulary, &words);
                    map.segment_of[k] = s;
                }

                if (test_below(&random, 20) == 0) {
                    map.segment_of[k] = UINT32_MAX;
                }
            }

            assert_int_equal(test_build(builder, &words, &bytes[s]), 0);
            assert_int_equal(gig_segment_open(bytes[s], &segment[s]), 0);

            /* What lives of the older ones, and this one's. */

            for (at = 0; at < words.n; at++) {
                *test_add(&living) = words.word[at];
                living.word[living.n - 1].weight |= s << 8;
            }

            test_words_free(&words);
        }

        for (at = 0, k = 0; at < living.n; at++) {
            row = living.word[at].row / map.step;

            if (map.segment_of[row] == living.word[at].weight >> 8) {
                living.word[k] = living.word[at];
                living.word[k].weight &= 0xff;
                living.word[k++].row = map.row_of[row];
            }
        }

        living.n = k;

        assert_int_equal(gig_segment_merge(segment, n, test_row_of, &map, &merged), 0);
        test_check(merged, &living, &random);

        test_sort(&living, test_by_row);
        assert_int_equal(test_build(builder, &living, &built), 0);
        assert_int_equal(merged.len, built.len);
        assert_memory_equal(merged.data, built.data, built.len);

        /* Merged once more it is what it was. */

        assert_int_equal(gig_segment_open(merged, &again), 0);
        assert_int_equal(gig_segment_merge(&again, 1, test_same_row, NULL, &twice), 0);
        assert_int_equal(twice.len, merged.len);
        assert_memory_equal(twice.data, merged.data, merged.len);
        gig_block_free((void *) twice.data);

        assert_int_equal(gig_segment_merge(segment, n, test_no_row, NULL, &twice), 0);
        assert_int_equal(gig_segment_open(twice, &again), 0);
        assert_true(again.terms == 0 && again.words == 0 && again.rows == 0);
        gig_block_free((void *) twice.data);

        gig_block_free((void *) merged.data);
        gig_block_free((void *) built.data);
        test_words_free(&living);

        for (s = 0; s < n; s++) {
            gig_block_free((void *) bytes[s].data);
        }
    }

    gig_segment_builder_free(builder);
}


/* A gig changes from "manager" to "managing", another still manages: "manager" is gone. */
static void
test_spelling_goes(void **state)
{
    uint32_t                first, last;
    gig_str_t               bytes[2], merged;
    test_map_t              map;
    gig_segment_t           segment[2], result;
    gig_segment_builder_t  *builder;

    (void) state;

    memset(&map, 0, sizeof(map));
    map.rows = 2;
    map.step = 1;
    map.segment_of[0] = 1;
    map.row_of[0] = 1;
    builder = gig_segment_builder_create();
    assert_non_null(builder);
    gig_segment_add(builder, 0, 1, gig_str("manag"), gig_str("manager"), 8, 0);
    gig_segment_add(builder, 1, 1, gig_str("manag"), gig_str("manages"), 8, 0);
    assert_int_equal(gig_segment_end(builder, &bytes[0]), 0);
    gig_segment_add(builder, 0, 1, gig_str("manag"), gig_str("managing"), 8, 0);
    assert_int_equal(gig_segment_end(builder, &bytes[1]), 0);
    assert_int_equal(gig_segment_open(bytes[0], &segment[0]), 0);
    assert_int_equal(gig_segment_open(bytes[1], &segment[1]), 0);

    assert_int_equal(gig_segment_merge(segment, 2, test_row_of, &map, &merged), 0);
    assert_int_equal(gig_segment_open(merged, &result), 0);
    assert_int_equal(result.terms, 1);
    assert_int_equal(result.rows, 2);
    gig_segment_prefix(&result, gig_str("managi"), &first, &last);
    assert_int_equal(last - first, 1);
    gig_segment_prefix(&result, gig_str("manages"), &first, &last);
    assert_int_equal(last - first, 1);
    gig_segment_prefix(&result, gig_str("manager"), &first, &last);
    assert_int_equal(last - first, 0);

    gig_block_free((void *) merged.data);
    gig_block_free((void *) bytes[0].data);
    gig_block_free((void *) bytes[1].data);
    gig_segment_builder_free(builder);
}


/* Too many, none, and two gigs that are said to be one: no harm, and a segment comes of it. */
static void
test_odd(void **state)
{
    unsigned                i;
    gig_str_t               bytes, merged;
    gig_segment_t           segment[GIG_SEGMENTS_MAX + 1], result;
    gig_segment_builder_t  *builder;

    (void) state;

    builder = gig_segment_builder_create();
    assert_non_null(builder);
    gig_segment_add(builder, 3, 1, gig_str("manag"), gig_str("manager"), 8, 0);
    assert_int_equal(gig_segment_end(builder, &bytes), 0);

    for (i = 0; i <= GIG_SEGMENTS_MAX; i++) {
        assert_int_equal(gig_segment_open(bytes, &segment[i]), 0);
    }

    assert_int_equal(gig_segment_merge(segment, GIG_SEGMENTS_MAX + 1, test_same_row, NULL,
                                       &merged), -1);
    assert_null(merged.data);
    assert_int_equal(gig_segment_merge(segment, 0, test_same_row, NULL, &merged), 0);
    assert_int_equal(gig_segment_open(merged, &result), 0);
    assert_int_equal(result.terms, 0);
    gig_block_free((void *) merged.data);

    assert_int_equal(gig_segment_merge(segment, GIG_SEGMENTS_MAX, test_same_row, NULL, &merged),
                     0);
    assert_int_equal(merged.len, bytes.len);
    assert_memory_equal(merged.data, bytes.data, bytes.len);
    gig_block_free((void *) merged.data);
    gig_block_free((void *) bytes.data);
    gig_segment_builder_free(builder);
}


/* What is merged may be damaged: a segment comes of it that can be walked, or nothing. */
static void
test_damage(void **state)
{
    char                   *copy;
    size_t                  at;
    uint32_t                i;
    uint64_t                random = 5;
    unsigned                how;
    gig_str_t               bytes, merged;
    test_words_t            words;
    gig_segment_t           segment[2];
    gig_segment_builder_t  *builder;

    (void) state;

    memset(&words, 0, sizeof(words));
    builder = gig_segment_builder_create();
    assert_non_null(builder);

    for (i = 0; i < 12; i++) {
        test_random_row(&random, i * 40, 12, &words);
    }

    assert_int_equal(test_build(builder, &words, &bytes), 0);
    assert_int_equal(gig_segment_open(bytes, &segment[0]), 0);
    copy = malloc(bytes.len);
    assert_non_null(copy);

    for (at = 0; at < bytes.len; at++) {
        for (how = 0; how < 3; how++) {
            memcpy(copy, bytes.data, bytes.len);
            copy[at] = (char) (how == 0 ? ~copy[at] : how == 1 ? copy[at] + 1 : 0);

            if (gig_segment_open((gig_str_t) { copy, bytes.len }, &segment[1]) == 0
                && gig_segment_merge(segment, 2, test_same_row, NULL, &merged) == 0)
            {
                (void) test_walk(merged);
                gig_block_free((void *) merged.data);
            }
        }
    }

    free(copy);
    gig_block_free((void *) bytes.data);
    test_words_free(&words);
    gig_segment_builder_free(builder);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_any),
        cmocka_unit_test(test_spelling_goes),
        cmocka_unit_test(test_odd),
        cmocka_unit_test(test_damage)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
