
/*
 * Writing a segment, term by term in the order of TERMS: private to gig_segment*.c,
 * shared by building and merging, so that both make the same bytes of the same
 * content.  For each term: its postings, then the term, then for each of its
 * spellings which of these postings use it, then the spelling.
 *
 *     gig_segment_write_posting(w, ...);          numbered 0, 1, ... as they come
 *     gig_segment_write_term(w, language, stem);
 *     gig_segment_write_use(w, number);
 *     gig_segment_write_word(w, word);
 *
 * A failure sticks until the end.
 */

#ifndef GIG_SEGMENT_WRITE_H
#define GIG_SEGMENT_WRITE_H

#include "gig_segment_format.h"

/* Bytes that grow, by gig_block.h; offsets into it have 32 bits. */
typedef struct {
    unsigned char        *data;
    size_t                used, size;
} gig_pool_t;

/* n more bytes, zero if `used` was never lowered; all move with the next call.  NULL: no memory. */
void *gig_pool_add(gig_pool_t *pool, size_t n);
void gig_pool_free(gig_pool_t *pool);

/* Room for n bytes in all, `used` set to it, what was in it is kept.  0 or -1. */
int gig_pool_set(gig_pool_t *pool, size_t n);

typedef struct {
    const unsigned char  *positions;    /* as on disk; must be there until the term is written */
    uint32_t              size;
    uint32_t              row;
    uint8_t               weight;
} gig_segment_posting_t;

typedef struct {
    uint32_t              offset;       /* in text; the length is in the term */
} gig_written_stem_t;

typedef struct {
    uint32_t              offset, len;  /* in text */
    uint32_t              term;
    uint32_t              uses, uses_size;
} gig_written_word_t;

typedef struct {
    gig_pool_t            out;          /* the segment: header and POSTINGS */
    gig_pool_t            terms;        /* gig_segment_term_t */
    gig_pool_t            stems;        /* gig_written_stem_t, a term */
    gig_pool_t            words;        /* gig_written_word_t */
    gig_pool_t            text;
    gig_pool_t            uses;
    gig_pool_t            rows;         /* a bit each: is in some posting */
    gig_pool_t            postings;     /* gig_segment_posting_t, of the term at hand */
    gig_pool_t            order;        /* uint64_t a posting: row, number */
    gig_pool_t            spare;        /* to sort them */
    gig_pool_t            place;        /* uint32_t a posting: where it has come to stand */
    gig_pool_t            used;         /* a bit a row of the term: uses the word at hand */
    uint32_t              n_terms, n_words, n_rows;
    uint32_t              n_used;
    uint32_t              frequency;    /* of the term at hand */
    int                   failed;
} gig_segment_writer_t;

void gig_segment_write_init(gig_segment_writer_t *w);
void gig_segment_write_free(gig_segment_writer_t *w);

/* Rows in any order; of several with the same row the first counts. */
void gig_segment_write_posting(gig_segment_writer_t *w, uint32_t row, uint8_t weight,
    const unsigned char *positions, uint32_t size);
/* Without a posting nothing is written, nor of its spellings. */
void gig_segment_write_term(gig_segment_writer_t *w, unsigned language, gig_str_t stem);
void gig_segment_write_use(gig_segment_writer_t *w, uint32_t number);
/* Without a use nothing is written. */
void gig_segment_write_word(gig_segment_writer_t *w, gig_str_t word);

/* 0 and the segment, a block; or -1.  The writer is free then. */
int gig_segment_write_end(gig_segment_writer_t *w, gig_str_t *segment);

#endif /* GIG_SEGMENT_WRITE_H */
