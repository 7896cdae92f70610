
/*
 * What a builder keeps until the segment is written: private to gig_segment_build*.c.
 *
 * The words of a row are kept until it is complete, then become a posting of each of
 * its terms, encoded behind the term's earlier ones: in slices of a pool, chained,
 * each twice as long as the one before, so that a term met once costs little and one
 * met everywhere wastes little.  A posting in a slice:
 *
 *   varint     row less the last one, zigzag: rows may come in any order
 *   byte       weight
 *   varint     twice the bytes of positions, plus one if spellings are named; if not,
 *              it is spelling 0, the first the term was met in
 *   varints    then: how many, and their numbers, rising
 *   positions  as on disk
 */

#ifndef GIG_SEGMENT_BUILD_H
#define GIG_SEGMENT_BUILD_H

#include "gig_segment_write.h"

#define GIG_SLICE_LINK          4u          /* bytes after a slice: where the next is */
#define GIG_SLICE_FIRST         16u         /* bytes of the first slice, the link counted */
#define GIG_SLICE_LEVELS        6u          /* a slice is at most 2^6 times as long */

/* Of a hash table, open addressing: what is not it is seen without following it. */
typedef struct {
    uint32_t    hash;
    uint32_t    number;                     /* plus one; 0: empty */
} gig_builder_slot_t;

typedef struct {
    uint32_t    text;                       /* in the pool of that name */
    uint32_t    head, tail;                 /* in slices: the first, the next byte to write */
    uint32_t    bytes;                      /* in its slices */
    uint32_t    postings;
    uint32_t    last_row;
    uint32_t    word, n_words;              /* its newest spelling plus one, how many */
    uint32_t    first, last;                /* occurrences in the row at hand, plus one */
    uint16_t    left;                       /* bytes in the slice at hand */
    uint8_t     level;                      /* of the next slice */
    uint8_t     language, len;
} gig_building_term_t;

typedef struct {
    uint32_t    text;                       /* the spelling, behind it the stem */
    uint8_t     len, stem_len, language;
    uint8_t     reserved;
    uint32_t    term;
    uint32_t    number;                     /* among its term's, from 0 */
    uint32_t    older;                      /* its term's spelling before it, plus one */
} gig_building_word_t;

typedef struct {
    uint32_t    position;
    uint32_t    word;                       /* its number among its term's */
    uint32_t    weight;
    uint32_t    next;                       /* of the same term, plus one */
} gig_occurrence_t;

struct gig_segment_builder_s {
    gig_pool_t  terms, words;               /* gig_building_term_t, gig_building_word_t */
    gig_pool_t  term_slots, word_slots;     /* gig_builder_slot_t, twice as many or more */
    gig_pool_t  text, slices;
    gig_pool_t  occurrences;                /* gig_occurrence_t: the row at hand */
    gig_pool_t  touched;                    /* uint32_t: its terms, each once */
    gig_pool_t  positions, numbers;         /* uint32_t: of a posting, positions and spellings */
    gig_pool_t  scratch;                    /* bytes of a posting, then of a term */
    uint32_t    n_terms, n_words, n_occurrences;
    uint32_t    row;
    int         failed;
};

/* Its address until the next is added. */
static inline gig_building_term_t *
gig_builder_term(const gig_segment_builder_t *builder, uint32_t i)
{
    return (gig_building_term_t *) (void *) builder->terms.data + i;
}


static inline gig_building_word_t *
gig_builder_word(const gig_segment_builder_t *builder, uint32_t i)
{
    return (gig_building_word_t *) (void *) builder->words.data + i;
}


/* The row at hand is complete: its words become postings.  0, or -1: out of memory. */
int gig_builder_end_row(gig_segment_builder_t *builder);

/* Empty again, all memory given back. */
void gig_builder_reset(gig_segment_builder_t *builder);

#endif /* GIG_SEGMENT_BUILD_H */
