#include "gig_segment_build.h"

/* The words of a row become postings, in slices. */

#include <stdlib.h>

/* Bytes of a posting of n occurrences: row, weight, sizes, then positions and spellings. */
#define GIG_POSTING_MAX(n)      (4 * GIG_VARINT_MAX + 2 * GIG_VARINT_MAX * (size_t) (n))
#define GIG_WEIGHT_MAX          255u


static int gig_builder_posting(gig_segment_builder_t *builder, gig_building_term_t *term);
static int gig_builder_collect(gig_segment_builder_t *builder, const gig_building_term_t *term,
    uint32_t *weight);
static void gig_builder_rising(gig_pool_t *numbers);
static int gig_number_compare(const void *a, const void *b);
static int gig_builder_append(gig_segment_builder_t *builder, gig_building_term_t *term,
    const unsigned char *p, size_t n);


int
gig_builder_end_row(gig_segment_builder_t *builder)
{
    uint32_t              i, n;
    const uint32_t       *touched = (const void *) builder->touched.data;
    gig_building_term_t  *term;

    n = (uint32_t) (builder->touched.used / sizeof(*touched));

    for (i = 0; i < n; i++) {
        term = gig_builder_term(builder, touched[i]);

        if (gig_builder_posting(builder, term) != 0) {
            return -1;
        }

        term->first = 0;
        term->last = 0;
    }

    builder->touched.used = 0;
    builder->occurrences.used = 0;
    builder->n_occurrences = 0;

    return 0;
}


static int
gig_builder_posting(gig_segment_builder_t *builder, gig_building_term_t *term)
{
    uint32_t        i, n, n_words, next, delta, size, weight;
    unsigned char  *p;
    const uint32_t *positions, *words;

    if (gig_builder_collect(builder, term, &weight) != 0) {
        return -1;
    }

    positions = (const void *) builder->positions.data;
    words = (const void *) builder->numbers.data;
    n = (uint32_t) (builder->positions.used / sizeof(*positions));
    n_words = (uint32_t) (builder->numbers.used / sizeof(*words));

    if (gig_pool_set(&builder->scratch, GIG_POSTING_MAX(n > n_words ? n : n_words)) != 0) {
        return -1;
    }

    size = 0;
    next = 0;

    for (i = 0; i < n; i++) {
        size += gig_varint_size(positions[i] - next);
        next = positions[i] + 1;
    }

    delta = builder->row - term->last_row;
    p = gig_varint_write(builder->scratch.data, delta << 1 ^ (delta >> 31 ? UINT32_MAX : 0));
    *p++ = (unsigned char) weight;

    if (n_words == 1 && words[0] == 0) {
        p = gig_varint_write(p, size << 1);

    } else {
        p = gig_varint_write(p, size << 1 | 1);
        p = gig_varint_write(p, n_words);

        for (i = 0; i < n_words; i++) {
            p = gig_varint_write(p, words[i]);
        }
    }

    next = 0;

    for (i = 0; i < n; i++) {
        p = gig_varint_write(p, positions[i] - next);
        next = positions[i] + 1;
    }

    term->last_row = builder->row;
    term->postings++;

    return gig_builder_append(builder, term, builder->scratch.data,
                              (size_t) (p - builder->scratch.data));
}


/* Positions and spellings of a term in the row, rising, each once. */
static int
gig_builder_collect(gig_segment_builder_t *builder, const gig_building_term_t *term,
    uint32_t *weight)
{
    uint32_t                 at, *position, *word;
    const gig_occurrence_t  *o, *all = (const void *) builder->occurrences.data;

    builder->positions.used = 0;
    builder->numbers.used = 0;
    *weight = 0;

    for (at = term->first; at != 0; at = o->next) {
        o = &all[at - 1];
        position = gig_pool_add(&builder->positions, sizeof(*position));
        word = gig_pool_add(&builder->numbers, sizeof(*word));

        if (position == NULL || word == NULL) {
            return -1;
        }

        *position = o->position;
        *word = o->word;
        *weight += *weight < GIG_WEIGHT_MAX ? o->weight : 0;
    }

    if (*weight > GIG_WEIGHT_MAX) {
        *weight = GIG_WEIGHT_MAX;
    }

    gig_builder_rising(&builder->positions);
    gig_builder_rising(&builder->numbers);

    return 0;
}


static void
gig_builder_rising(gig_pool_t *numbers)
{
    uint32_t  i, n, kept, *number = (void *) numbers->data;

    n = (uint32_t) (numbers->used / sizeof(*number));

    for (i = 1; i < n && number[i - 1] < number[i]; i++) {
        /* void */
    }

    if (i >= n) {
        return;
    }

    qsort(number, n, sizeof(*number), gig_number_compare);
    kept = 1;

    for (i = 1; i < n; i++) {
        if (number[i] != number[kept - 1]) {
            number[kept++] = number[i];
        }
    }

    numbers->used = kept * sizeof(*number);
}


static int
gig_number_compare(const void *a, const void *b)
{
    uint32_t  one = *(const uint32_t *) a, two = *(const uint32_t *) b;

    return (one > two) - (one < two);
}


static int
gig_builder_append(gig_segment_builder_t *builder, gig_building_term_t *term,
    const unsigned char *p, size_t n)
{
    size_t          part;
    uint32_t        at;
    unsigned char  *slice;

    term->bytes += (uint32_t) n;

    while (n > 0) {

        if (term->left == 0) {
            part = (size_t) GIG_SLICE_FIRST << term->level;
            slice = gig_pool_add(&builder->slices, part);

            if (slice == NULL) {
                return -1;
            }

            at = (uint32_t) (builder->slices.used - part);

            if (term->bytes == n) {
                term->head = at;

            } else {
                memcpy(builder->slices.data + term->tail, &at, sizeof(at));
            }

            term->tail = at;
            term->left = (uint16_t) (part - GIG_SLICE_LINK);
            term->level = (uint8_t) (term->level + (term->level < GIG_SLICE_LEVELS));
        }

        part = n < term->left ? n : term->left;
        memcpy(builder->slices.data + term->tail, p, part);
        term->tail += (uint32_t) part;
        term->left = (uint16_t) (term->left - part);
        p += part;
        n -= part;
    }

    return 0;
}


static_assert(sizeof(uint32_t) == GIG_SLICE_LINK, "a link is an offset");
