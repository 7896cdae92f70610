
/*
 * Gigs' words as a plain list, and a segment compared with it by the slowest way
 * there is; and a walk through all that a segment can be asked, for damaged ones.
 */

#ifndef GIG_TEST_SEGMENT_H
#define GIG_TEST_SEGMENT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_block.h"
#include "gig_segment.h"

#define TEST_WORD       56


typedef struct {
    uint32_t   row;
    unsigned   language;
    char       stem[TEST_WORD], word[TEST_WORD];
    unsigned   weight;
    uint32_t   position;
} test_word_t;

typedef struct {
    size_t        n, size;
    test_word_t  *word;
} test_words_t;


static inline uint64_t
test_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;

    return *state * 0x2545f4914f6cdd1du >> 11;
}


static inline uint32_t
test_below(uint64_t *state, uint32_t n)
{
    return (uint32_t) (test_random(state) % n);
}


/* Where the random tests start; the same again with GIG_SEED. */
static inline uint64_t
test_seed(uint64_t seed)
{
    const char  *given = getenv("GIG_SEED");

    if (given) {
        seed = strtoull(given, NULL, 10);
    }

    print_message("# GIG_SEED=%llu\n", (unsigned long long) seed);

    return seed;
}


static inline gig_str_t
test_str(const char *s)
{
    return (gig_str_t) { s, strlen(s) };
}


static inline test_word_t *
test_add(test_words_t *words)
{
    if (words->n == words->size) {
        words->size = words->size ? 2 * words->size : 64;
        words->word = realloc(words->word, words->size * sizeof(*words->word));
        assert_non_null(words->word);
    }

    memset(&words->word[words->n], 0, sizeof(*words->word));

    return &words->word[words->n++];
}


static inline void
test_words_free(test_words_t *words)
{
    free(words->word);
    memset(words, 0, sizeof(*words));
}


/* A gig of random words, few of them often, with stems that are beginnings or are not. */
static inline void
test_random_row(uint64_t *random, uint32_t row, uint32_t vocabulary, test_words_t *words)
{
    uint32_t      i, n, number, position;
    unsigned      language;
    test_word_t  *w;

    static const char *const  endings[] = { "", "s", "er", "ing", "\xc3\xa9" };

    n = 1 + test_below(random, 40);
    language = test_below(random, 3);
    position = test_below(random, 3);

    for (i = 0; i < n; i++) {
        w = test_add(words);
        number = test_below(random, 1 + test_below(random, vocabulary));
        w->row = row;
        w->language = language;
        w->weight = 1 + test_below(random, 8);
        snprintf(w->stem, sizeof(w->stem), "%c%u%c", 'a' + (char) (number % 26), number / 26,
                 number % 5 ? 'x' : 'y');
        snprintf(w->word, sizeof(w->word), "%s%s", w->stem, endings[test_below(random, 5)]);

        /* As "happi" is of "happy". */

        if (number % 7 == 0) {
            w->stem[strlen(w->stem) - 1] = 'i';
        }

        position += test_below(random, 20) == 0 ? test_below(random, 70000) : test_below(random, 3);
        w->position = position;
    }
}


/* Words of a row stay together, as gig_segment_add() asks; the rows as they come. */
static inline int
test_build(gig_segment_builder_t *builder, const test_words_t *words, gig_str_t *segment)
{
    size_t              i;
    const test_word_t  *w;

    for (i = 0; i < words->n; i++) {
        w = &words->word[i];
        gig_segment_add(builder, w->row, w->language, test_str(w->stem), test_str(w->word),
                        w->weight, w->position);
    }

    return gig_segment_end(builder, segment);
}


static inline int
test_compare_term(const test_word_t *a, const test_word_t *b)
{
    return a->language != b->language ? (a->language > b->language) - (a->language < b->language)
                                      : strcmp(a->stem, b->stem);
}


static inline int
test_by_term(const void *one, const void *two)
{
    int                 order;
    const test_word_t  *a = one, *b = two;

    order = test_compare_term(a, b);

    if (order == 0) {
        order = (a->row > b->row) - (a->row < b->row);
    }

    return order ? order : (a->position > b->position) - (a->position < b->position);
}


static inline int
test_by_word(const void *one, const void *two)
{
    int                 order;
    const test_word_t  *a = one, *b = two;

    order = strcmp(a->word, b->word);

    if (order == 0) {
        order = test_compare_term(a, b);
    }

    return order ? order : (a->row > b->row) - (a->row < b->row);
}


static inline int
test_by_row(const void *one, const void *two)
{
    const test_word_t  *a = one, *b = two;

    return (a->row > b->row) - (a->row < b->row);
}


static inline void
test_sort(test_words_t *words, int (*compare)(const void *one, const void *two))
{
    if (words->n > 0) {
        qsort(words->word, words->n, sizeof(*words->word), compare);
    }
}


typedef struct {
    uint32_t   only;                /* the row that lives */
    uint32_t   asked, last;
} test_living_t;


/* Whether a spelling stands in a row that `lives`: what a search does by the postings marked. */
typedef int (*test_lives_pt)(void *data, uint32_t row);

static inline int
test_word_lives(const gig_segment_t *segment, uint32_t word, test_lives_pt lives, void *data)
{
    int        found = 0;
    uint8_t   *mark, *weight;
    uint32_t   i, n, term, *row;

    term = gig_segment_word_term(segment, word);
    n = gig_segment_frequency(segment, term);
    mark = calloc(n + 1, 1);
    weight = malloc(n + 1);
    row = malloc((n + 1) * sizeof(*row));
    assert_true(mark && weight && row);
    gig_segment_word_mark(segment, word, mark, n);
    n = gig_segment_postings(segment, term, row, weight, n);

    for (i = 0; i < n && !found; i++) {
        found = mark[i] && lives(data, row[i]);
    }

    free(mark);
    free(weight);
    free(row);

    return found;
}


static inline int
test_lives(void *data, uint32_t row)
{
    test_living_t  *living = data;

    assert_true(living->asked == 0 || row > living->last);
    living->asked++;
    living->last = row;

    return row == living->only;
}


/* A term's postings, whole and cut, and its positions, each and by leaps; words[0..n-1] are it. */
static inline void
test_check_term(const gig_segment_t *segment, uint32_t term, const test_word_t *words, size_t n,
    uint64_t *random)
{
    size_t            i, k;
    uint8_t          *weight, *weights;
    uint32_t         *row, *rows, *position, *positions, f, at, max, found;
    unsigned          sum;
    gig_positions_t   each, leap;

    row = calloc(n, sizeof(*row));
    rows = calloc(n, sizeof(*rows));
    weight = calloc(n, 1);
    weights = calloc(n, 1);
    position = calloc(n, sizeof(*position));
    positions = calloc(n, sizeof(*positions));
    assert_true(row && rows && weight && weights && position && positions);

    gig_positions_init(segment, term, &each);
    gig_positions_init(segment, term, &leap);
    found = UINT32_MAX;
    f = 0;

    for (i = 0; i < n; i = k) {
        sum = 0;
        at = 0;

        for (k = i; k < n && words[k].row == words[i].row; k++) {
            sum += words[k].weight;

            if (at == 0 || position[at - 1] != words[k].position) {
                position[at++] = words[k].position;
            }
        }

        row[f] = words[i].row;
        weight[f] = (uint8_t) (sum < 255 ? sum : 255);
        f++;

        assert_int_equal(gig_positions_next(&each, i ? row[f - 2] + 1 : 0), words[i].row);
        assert_int_equal(gig_positions_next(&each, words[i].row), words[i].row);
        assert_int_equal(gig_positions_read(&each, positions, (uint32_t) n), at);
        assert_memory_equal(positions, position, at * sizeof(*position));
        max = test_below(random, at + 1);
        assert_int_equal(gig_positions_read(&each, positions, max), max);

        if (test_below(random, 12) == 0) {
            found = words[i].row - (f > 1 && row[f - 2] + 1 < row[f - 1]);
            found = gig_positions_next(&leap, found);
            assert_int_equal(found, words[i].row);
            assert_int_equal(gig_positions_read(&leap, positions, (uint32_t) n), at);
            assert_memory_equal(positions, position, at * sizeof(*position));
        }
    }

    assert_int_equal(gig_positions_next(&each, row[f - 1] + 1), UINT32_MAX);
    assert_int_equal(gig_positions_next(&each, 0), UINT32_MAX);
    assert_int_equal(gig_positions_read(&each, positions, (uint32_t) n), 0);

    assert_int_equal(gig_segment_frequency(segment, term), f);
    assert_int_equal(gig_segment_postings(segment, term, rows, weights, f), f);
    assert_memory_equal(rows, row, f * sizeof(*row));
    assert_memory_equal(weights, weight, f);
    max = test_below(random, f + 1);
    memset(rows, 0xff, f * sizeof(*rows));
    assert_int_equal(gig_segment_postings(segment, term, rows, weights, max), max);
    assert_memory_equal(rows, row, max * sizeof(*row));
    assert_true(max == f || rows[max] == UINT32_MAX);

    free(row);
    free(rows);
    free(weight);
    free(weights);
    free(position);
    free(positions);
}


static inline int
test_begins(gig_str_t text, gig_str_t prefix)
{
    return text.len >= prefix.len && memcmp(text.data, prefix.data, prefix.len) == 0;
}


/* Sorts `words`. */
static inline void
test_check(gig_str_t bytes, test_words_t *words, uint64_t *random)
{
    size_t          i, k, rows;
    uint32_t        term, number, first, last;
    gig_str_t       text;
    test_living_t   living;
    gig_segment_t   segment;
    test_word_t    *w = words->word;

    assert_int_equal(gig_segment_open(bytes, &segment), 0);

    test_sort(words, test_by_row);
    rows = 0;

    for (i = 0; i < words->n; i++) {
        rows += i == 0 || w[i].row != w[i - 1].row;
    }

    assert_int_equal(segment.rows, rows);

    test_sort(words, test_by_term);
    term = 0;

    for (i = 0; i < words->n; i = k) {
        for (k = i; k < words->n && test_compare_term(&w[k], &w[i]) == 0; k++) {
            /* void */
        }

        assert_int_equal(gig_segment_find(&segment, w[i].language, test_str(w[i].stem)), term);
        test_check_term(&segment, term, w + i, k - i, random);
        term++;
    }

    assert_int_equal(segment.terms, term);
    assert_int_equal(gig_segment_frequency(&segment, term), 0);

    test_sort(words, test_by_word);
    number = 0;

    for (i = 0; i < words->n; i = k) {
        for (k = i; k < words->n && strcmp(w[k].word, w[i].word) == 0
                    && test_compare_term(&w[k], &w[i]) == 0; k++)
        {
            memset(&living, 0, sizeof(living));
            living.only = w[k].row;
            assert_int_equal(test_word_lives(&segment, number, test_lives, &living), 1);
        }

        for (rows = 0, last = 0; last < k - i; last++) {
            rows += last == 0 || w[i + last].row != w[i + last - 1].row;
        }

        memset(&living, 0, sizeof(living));
        living.only = UINT32_MAX;
        assert_int_equal(test_word_lives(&segment, number, test_lives, &living), 0);
        assert_int_equal(living.asked, rows);

        text = gig_segment_word(&segment, number);
        assert_int_equal(text.len, strlen(w[i].word));
        assert_memory_equal(text.data, w[i].word, text.len);
        assert_int_equal(gig_segment_word_term(&segment, number),
                         gig_segment_find(&segment, w[i].language, test_str(w[i].stem)));
        assert_int_equal(gig_segment_letters(&segment)[number], gig_word_letters(text));

        text.len = test_below(random, (uint32_t) text.len + 1);
        gig_segment_prefix(&segment, text, &first, &last);
        assert_true(first <= number && number < last && last <= segment.words);

        assert_true(first == 0 || !test_begins(gig_segment_word(&segment, first - 1), text));
        assert_true(last == segment.words || !test_begins(gig_segment_word(&segment, last), text));
        number++;
    }

    assert_int_equal(segment.words, number);
    assert_null(gig_segment_word(&segment, number).data);
    assert_int_equal(gig_segment_word_term(&segment, number), GIG_TERM_NONE);
    assert_int_equal(gig_segment_find(&segment, 31, gig_str("none")), GIG_TERM_NONE);
}


static inline int
test_lives_count(void *data, uint32_t row)
{
    uint64_t  *sum = data;

    *sum += row;

    return 0;
}


/* Everything that a segment can be asked, whatever is in it. */
static inline uint64_t
test_walk(gig_str_t bytes)
{
    uint8_t         *weight;
    uint32_t        *row, i, k, n, f, first, last, position[64];
    uint64_t         sum;
    gig_str_t        text;
    gig_segment_t    segment;
    gig_positions_t  positions;

    if (gig_segment_open(bytes, &segment) != 0) {
        return 0;
    }

    sum = gig_segment_find(&segment, 1, gig_str("b1x"));
    sum += gig_segment_find(&segment, 0, gig_str("~"));

    for (i = 0; i <= segment.terms; i++) {
        f = gig_segment_frequency(&segment, i);
        assert_true(f <= bytes.len);
        row = malloc((f + (size_t) 1) * sizeof(*row));
        weight = malloc(f + (size_t) 1);

        if (row == NULL || weight == NULL) {
            abort();
        }

        n = gig_segment_postings(&segment, i, row, weight, f);
        assert_true(n <= f);

        for (k = 0; k < n; k++) {
            assert_true(row[k] != UINT32_MAX && (k == 0 || row[k] > row[k - 1]));
            sum += row[k] + weight[k];
        }

        gig_positions_init(&segment, i, &positions);

        for (k = 0; gig_positions_next(&positions, k ? positions.row + 1 : 0) != UINT32_MAX; k++) {
            assert_true(k < n && row[k] == positions.row);
            last = gig_positions_read(&positions, position, 64);
            assert_true(last <= 64);

            for (first = 1; first < last; first++) {
                assert_true(position[first] > position[first - 1]);
            }
        }

        gig_positions_init(&segment, i, &positions);

        for (k = 0; gig_positions_next(&positions, k) != UINT32_MAX; /* void */ ) {
            assert_true(positions.row >= k);
            sum += positions.row;
            k = positions.row + 1 + (positions.row < UINT32_MAX / 2 ? positions.row / 2 : 0);
        }

        free(row);
        free(weight);
    }

    for (i = 0; i <= segment.words; i++) {
        text = gig_segment_word(&segment, i);

        for (k = 0; k < text.len; k++) {
            sum += (unsigned char) text.data[k];
        }

        sum += i < segment.words ? gig_segment_letters(&segment)[i] : 0;
        sum += gig_segment_word_term(&segment, i);
        (void) test_word_lives(&segment, i, test_lives_count, &sum);
    }

    gig_segment_prefix(&segment, gig_str("b"), &first, &last);
    assert_true(first <= last && last <= segment.words);
    gig_segment_prefix(&segment, gig_str(""), &first, &last);
    assert_true(first <= last && last <= segment.words);

    return sum;
}

#endif /* GIG_TEST_SEGMENT_H */
