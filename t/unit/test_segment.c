
/*
 * What a search finds, it finds in a segment: each posting, position and spelling
 * must be there as the words were given, for any words; and a segment comes from a
 * disk, so that any byte of it may be another.
 */

#include "gig_test_segment.h"
#include "gig_segment_format.h"

#define RANDOM_RUNS     300


static void
test_known(void **state)
{
    uint8_t                 weight[4];
    uint32_t                row[4], position[4], first, last, term;
    gig_str_t               bytes;
    gig_segment_t           segment;
    gig_positions_t         positions;
    gig_segment_builder_t  *builder;

    (void) state;

    builder = gig_segment_builder_create();
    assert_non_null(builder);
    gig_segment_add(builder, 7, 1, gig_str("manag"), gig_str("manager"), 8, 3);
    gig_segment_add(builder, 7, 1, gig_str("happi"), gig_str("happy"), 1, 4);
    gig_segment_add(builder, 7, 1, gig_str("manag"), gig_str("managing"), 250, 90);
    gig_segment_add(builder, 2, 2, gig_str("manag"), gig_str("manager"), 1, 0);
    gig_segment_add(builder, 1, 1, gig_str("manag"), gig_str("managing"), 2, 0);
    assert_int_equal(gig_segment_end(builder, &bytes), 0);
    assert_int_equal(gig_segment_open(bytes, &segment), 0);

    assert_int_equal(segment.terms, 3);
    assert_int_equal(segment.words, 4);
    assert_int_equal(segment.rows, 3);
    assert_int_equal(gig_segment_find(&segment, 1, gig_str("happi")), 0);
    assert_int_equal(gig_segment_find(&segment, 1, gig_str("manag")), 1);
    assert_int_equal(gig_segment_find(&segment, 2, gig_str("manag")), 2);
    assert_int_equal(gig_segment_find(&segment, 2, gig_str("happi")), GIG_TERM_NONE);
    assert_int_equal(gig_segment_find(&segment, 1, gig_str("mana")), GIG_TERM_NONE);
    assert_int_equal(gig_segment_find(&segment, 1, gig_str("managx")), GIG_TERM_NONE);
    assert_int_equal(gig_segment_find(&segment, 1, gig_str("")), GIG_TERM_NONE);

    assert_int_equal(gig_segment_postings(&segment, 1, row, weight, 4), 2);
    assert_int_equal(row[0], 1);
    assert_int_equal(weight[0], 2);
    assert_int_equal(row[1], 7);
    assert_int_equal(weight[1], 255);

    gig_positions_init(&segment, 1, &positions);
    assert_int_equal(gig_positions_next(&positions, 2), 7);
    assert_int_equal(gig_positions_read(&positions, position, 4), 2);
    assert_int_equal(position[0], 3);
    assert_int_equal(position[1], 90);

    gig_segment_prefix(&segment, gig_str("manage"), &first, &last);
    assert_int_equal(first, 1);
    assert_int_equal(last, 3);
    term = gig_segment_word_term(&segment, 1);
    assert_true(term == 1 && gig_segment_word_term(&segment, 2) == 2);
    gig_segment_prefix(&segment, gig_str("n"), &first, &last);
    assert_int_equal(first, last);
    gig_segment_prefix(&segment, gig_str(""), &first, &last);
    assert_true(first == 0 && last == 4);

    gig_block_free((void *) bytes.data);

    /* Empty again: nothing of what was. */

    assert_int_equal(gig_segment_end(builder, &bytes), 0);
    assert_int_equal(gig_segment_open(bytes, &segment), 0);
    assert_true(segment.terms == 0 && segment.words == 0 && segment.rows == 0);
    assert_int_equal(gig_segment_find(&segment, 1, gig_str("manag")), GIG_TERM_NONE);
    assert_int_equal(gig_segment_postings(&segment, 0, row, weight, 4), 0);
    (void) test_walk(bytes);
    gig_block_free((void *) bytes.data);
    gig_segment_builder_free(builder);
    gig_segment_builder_free(NULL);
}


/* Any words: dense rows and far ones, rising and not. */
static void
test_any(void **state)
{
    uint32_t                i, k, n, vocabulary, row, step;
    uint64_t                random, seed;
    gig_str_t               bytes, again;
    test_words_t            words;
    gig_segment_builder_t  *builder;

    static const uint32_t  steps[] = { 1, 3, 300, 40000, 9000000 };

    (void) state;

    builder = gig_segment_builder_create();
    assert_non_null(builder);
    seed = test_seed(20240917);

    for (i = 0; i < RANDOM_RUNS; i++) {
        random = seed + i * 1000003;
        memset(&words, 0, sizeof(words));
        n = test_below(&random, 120);
        vocabulary = 1 + test_below(&random, 300);
        step = steps[test_below(&random, 5)];
        row = 0;

        for (k = 0; k < n; k++) {
            row += 1 + test_below(&random, step);

            /* Down, as the rows come in any order: an odd number turned by a power of two. */

            test_random_row(&random, i % 3 == 0 ? row ^ 0x15 : row, vocabulary, &words);
        }

        assert_int_equal(test_build(builder, &words, &bytes), 0);
        test_check(bytes, &words, &random);

        /* The order of the words is no part of the content, where positions are. */

        test_sort(&words, test_by_row);
        assert_int_equal(test_build(builder, &words, &again), 0);
        assert_int_equal(again.len, bytes.len);
        assert_memory_equal(again.data, bytes.data, bytes.len);

        gig_block_free((void *) bytes.data);
        gig_block_free((void *) again.data);
        test_words_free(&words);
    }

    gig_segment_builder_free(builder);
}


/* The ends of what can be: highest row and position, a term many times in a gig, long words. */
static void
test_extremes(void **state)
{
    uint32_t                i;
    uint64_t                random = 3;
    gig_str_t               bytes;
    test_word_t            *w;
    test_words_t            words;
    gig_segment_builder_t  *builder;

    static const uint32_t  rows[] = {
        0, 254, 255, 509, 510, 511, 512, 1000, 1001, 1256, 1257, 1513, 66000, 66001, 0x7fffffff,
        0x80000000, UINT32_MAX - 10, UINT32_MAX - 9, UINT32_MAX - 8, UINT32_MAX - 7,
        UINT32_MAX - 6, UINT32_MAX - 5, UINT32_MAX - 4, UINT32_MAX - 3, UINT32_MAX - 2,
        UINT32_MAX - 1
    };

    (void) state;

    memset(&words, 0, sizeof(words));
    builder = gig_segment_builder_create();
    assert_non_null(builder);

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        w = test_add(&words);
        w->row = rows[i];
        w->weight = 1;
        w->position = UINT32_MAX - 1;
        strcpy(w->stem, "x");
        strcpy(w->word, "x");
    }

    for (i = 0; i < GIG_ROW_WORDS_MAX; i++) {
        w = test_add(&words);
        w->row = 5;
        w->language = GIG_LANGUAGES_MAX - 1;
        w->weight = 300;
        w->position = i * 200;
        memset(w->word, i % 2 ? 'y' : 'z', GIG_WORD_MAX);
        memset(w->stem, 'y', GIG_WORD_MAX - i % 3);
    }

    assert_int_equal(test_build(builder, &words, &bytes), 0);

    for (i = 0; i < words.n; i++) {
        words.word[i].weight = words.word[i].weight < 255 ? words.word[i].weight : 255;
    }

    test_check(bytes, &words, &random);
    gig_block_free((void *) bytes.data);
    test_words_free(&words);

    /* One word more than a gig may have is not there. */

    for (i = 0; i <= GIG_ROW_WORDS_MAX; i++) {
        gig_segment_add(builder, 1, 0, i < GIG_ROW_WORDS_MAX ? gig_str("in") : gig_str("out"),
                        gig_str("w"), 1, i);
    }

    gig_segment_add(builder, 2, 0, gig_str("next"), gig_str("next"), 1, i);
    assert_int_equal(gig_segment_end(builder, &bytes), 0);
    {
        gig_segment_t  segment;

        assert_int_equal(gig_segment_open(bytes, &segment), 0);
        assert_int_equal(segment.terms, 2);
        assert_int_equal(gig_segment_find(&segment, 0, gig_str("out")), GIG_TERM_NONE);
    }
    gig_block_free((void *) bytes.data);
    gig_segment_builder_free(builder);
}


/* What cannot be is refused, once and for all until the end; then the builder is good again. */
static void
test_refusals(void **state)
{
    char                    longer[GIG_WORD_MAX + 2];
    unsigned                i;
    gig_str_t               bytes, w = gig_str("w"), none = gig_str(""), too_long;
    gig_segment_t           segment;
    gig_segment_builder_t  *builder;

    (void) state;

    memset(longer, 'l', sizeof(longer));
    too_long = (gig_str_t) { longer, GIG_WORD_MAX + 1 };
    builder = gig_segment_builder_create();
    assert_non_null(builder);

    for (i = 0; i < 8; i++) {
        gig_segment_add(builder, 1, 1, w, w, 1, 1);

        switch (i) {
        case 0:
            gig_segment_add(builder, UINT32_MAX, 1, w, w, 1, 1);
            break;
        case 1:
            gig_segment_add(builder, 1, GIG_LANGUAGES_MAX, w, w, 1, 1);
            break;
        case 2:
            gig_segment_add(builder, 1, 1, none, w, 1, 1);
            break;
        case 3:
            gig_segment_add(builder, 1, 1, w, none, 1, 1);
            break;
        case 4:
            gig_segment_add(builder, 1, 1, too_long, w, 1, 1);
            break;
        case 5:
            gig_segment_add(builder, 1, 1, w, too_long, 1, 1);
            break;
        case 6:
            gig_segment_add(builder, 1, 1, w, w, 1, UINT32_MAX);
            break;
        default:
            break;
        }

        gig_segment_add(builder, 3, 1, w, w, 1, 1);
        assert_int_equal(gig_segment_end(builder, &bytes), i < 7 ? -1 : 0);
        assert_true((bytes.data == NULL) == (i < 7));
    }

    assert_int_equal(gig_segment_open(bytes, &segment), 0);
    assert_int_equal(segment.rows, 2);
    gig_block_free((void *) bytes.data);
    gig_segment_builder_free(builder);
}


/* Each byte another and each length cut, in memory of just that length, for ASan to see. */
static void
test_damage(void **state)
{
    char                   *copy;
    size_t                  at;
    uint32_t                i;
    uint64_t                random = 5, sum;
    unsigned                how;
    gig_str_t               bytes;
    test_words_t            words;
    gig_segment_t           segment;
    gig_segment_builder_t  *builder;

    static const uint32_t  rows[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 300, 301, 80000, 80001 };

    (void) state;

    memset(&words, 0, sizeof(words));
    builder = gig_segment_builder_create();
    assert_non_null(builder);

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        test_random_row(&random, rows[i], 12, &words);
    }

    assert_int_equal(test_build(builder, &words, &bytes), 0);
    print_message("# %zu bytes\n", bytes.len);
    sum = test_walk(bytes);
    assert_true(sum > 0);
    copy = malloc(bytes.len);
    assert_non_null(copy);

    for (at = 0; at < bytes.len; at++) {
        for (how = 0; how < 5; how++) {
            memcpy(copy, bytes.data, bytes.len);
            copy[at] = (char) (how == 0 ? ~copy[at] : how == 1 ? copy[at] + 1 : how == 2
                               ? copy[at] - 1 : how == 3 ? 0 : 127);
            (void) test_walk((gig_str_t) { copy, bytes.len });
        }
    }

    free(copy);

    for (at = 0; at < bytes.len; at++) {
        copy = malloc(at ? at : 1);
        assert_non_null(copy);
        memcpy(copy, bytes.data, at);
        assert_int_equal(gig_segment_open((gig_str_t) { copy, at }, &segment), -1);

        /* A header that agrees with the length. */

        if (at >= sizeof(gig_segment_header_t)) {
            ((gig_segment_header_t *) (void *) copy)->size = at;
            (void) test_walk((gig_str_t) { copy, at });
        }

        free(copy);
    }

    assert_int_equal(gig_segment_open(gig_null_str, &segment), -1);
    assert_int_equal(gig_segment_open((gig_str_t) { bytes.data + 1, bytes.len - 1 }, &segment), -1);
    gig_block_free((void *) bytes.data);
    test_words_free(&words);
    gig_segment_builder_free(builder);
}


/* Words few edits apart must never be told apart by their letters. */
static void
test_letters(void **state)
{
    char      word[16], other[16];
    uint32_t  i, n, at, run;
    uint64_t  random = 9;

    (void) state;

    assert_int_equal(gig_word_letters(gig_str("")), 0);
    assert_int_equal(gig_word_letters(gig_str("abz")), 1u | 2u | 1u << 25);
    assert_int_equal(gig_word_letters(gig_str("1")), gig_word_letters(gig_str("9")));
    assert_true(gig_word_letters(gig_str("+")) >= 1u << 27);
    assert_true(gig_word_letters(gig_str("\xff")) >= 1u << 27);
    assert_int_equal(__builtin_popcount(gig_word_letters(gig_str("\xd0\xb6\xd0\xb6"))), 1);

    for (run = 0; run < 10000; run++) {
        n = 1 + test_below(&random, 10);

        for (i = 0; i < n; i++) {
            word[i] = (char) ("abcdez019+#." [test_below(&random, 12)]);
        }

        memcpy(other, word, n);
        at = test_below(&random, n);

        switch (test_below(&random, 3)) {
        case 0:
            other[at] = '7';
            i = n;
            break;
        case 1:
            memmove(other + at, word + at + 1, n - at - 1);
            i = n - 1;
            break;
        default:
            other[at] = 'q';
            memcpy(other + at + 1, word + at, n - at);
            i = n + 1;
        }

        assert_true(__builtin_popcount(gig_word_letters((gig_str_t) { word, n })
                                       ^ gig_word_letters((gig_str_t) { other, i })) <= 2);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_any),
        cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_letters)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
