
/*
 * A segment of the text index: the words of some gigs, immutable, position-
 * independent, little-endian; it lies in a store like a fragment, and an image
 * names the segments it is made of.  A gig's row (its stable number) is in the
 * newest segment that has it; what an older one says of it is dead, and whoever
 * reads postings asks the image's column SEGMENT_OF which segment a row lives in.
 *
 * The reader never trusts an offset: gig_segment_open() checks header and
 * bounds of the tables, and each use checks what it follows, so that a damaged
 * segment gives nothing rather than garbage.
 */

#ifndef GIG_SEGMENT_H
#define GIG_SEGMENT_H

#include "gig_base.h"
#include "gig_stem.h"

#define GIG_SEGMENTS_MAX        32
#define GIG_SEGMENT_SIZE_MAX    ((size_t) 1 << 30)
#define GIG_TERM_MAX            (GIG_WORD_MAX + 1)      /* the language's number, then a stem */
#define GIG_ROW_WORDS_MAX       20000                   /* of one gig; further ones are not found */

/* ---- writing */

typedef struct gig_segment_builder_s gig_segment_builder_t;

gig_segment_builder_t *gig_segment_builder_create(void);
void gig_segment_builder_free(gig_segment_builder_t *builder);  /* may be NULL */

/*
 * One occurrence of a word in a row: rows in any order but all words of a row together.
 * language and stem are the term, word is how it was written (folded), weight that of its
 * field, position where it stands in the gig.  A failure sticks until _end.  Memory: about 8 bytes
 * a posting, and 7 more while _end writes the segment.
 */
void gig_segment_add(gig_segment_builder_t *builder, uint32_t row, unsigned language,
    gig_str_t stem, gig_str_t word, unsigned weight, uint32_t position);

/*
 * The segment, a block that the caller frees with gig_block_free() (gig_block.h); the builder is
 * empty again.  0, or -1: out of memory or over a limit.
 */
int gig_segment_end(gig_segment_builder_t *builder, gig_str_t *segment);

/* ---- reading */

typedef struct {
    const unsigned char  *base;
    size_t                size;
    uint32_t              terms;                /* numbered by term, rising */
    uint32_t              words;                /* spellings, numbered rising */
    uint32_t              rows;                 /* how many have a word in it, dead ones too */
    const void           *section[12];          /* private to gig_segment*.c */
} gig_segment_t;

/* bytes: aligned to 8, must outlive the segment.  0, or -1: damaged. */
int gig_segment_open(gig_str_t bytes, gig_segment_t *segment);

#define GIG_TERM_NONE           UINT32_MAX

/* The number of a term, or GIG_TERM_NONE. */
uint32_t gig_segment_find(const gig_segment_t *segment, unsigned language, gig_str_t stem);

/* How many rows the term is in, dead ones too: an upper bound to size work by. */
uint32_t gig_segment_frequency(const gig_segment_t *segment, uint32_t term);

/*
 * The postings of a term: rows rising, each with its weight (the sum over its occurrences, at most
 * 255).  Decodes at most `max` into row[] and weight[] and returns how many there were.  This is
 * the hot loop of a search: about a nanosecond a posting.
 */
uint32_t gig_segment_postings(const gig_segment_t *segment, uint32_t term, uint32_t *row,
    uint8_t *weight, uint32_t max);

/*
 * Positions: a cursor over the postings of one term, in step with them.  _next: goes to the first
 * posting with a row of at least `row`; its row, or UINT32_MAX when there is none.  _read: the
 * positions there, rising, at most max.
 */
typedef struct {
    uint32_t              left, row;
    /* private */
    uint32_t              next, done, size;
    const unsigned char  *rows, *gaps, *gaps_end, *sizes, *positions, *end;
} gig_positions_t;

void gig_positions_init(const gig_segment_t *segment, uint32_t term, gig_positions_t *positions);
uint32_t gig_positions_next(gig_positions_t *positions, uint32_t row);
uint32_t gig_positions_read(const gig_positions_t *positions, uint32_t *position, uint32_t max);

/*
 * Spellings that begin so: numbers first..last-1; each leads to its term.  _first: the first of
 * them alone, or of what comes after where there is none; a word itself stands first, once for
 * each language that has it.
 */
uint32_t gig_segment_first(const gig_segment_t *segment, gig_str_t prefix);
void gig_segment_prefix(const gig_segment_t *segment, gig_str_t prefix, uint32_t *first,
    uint32_t *last);
gig_str_t gig_segment_word(const gig_segment_t *segment, uint32_t word);
uint32_t gig_segment_word_term(const gig_segment_t *segment, uint32_t word);    /* or _NONE */

/*
 * Sets mark[i] for each posting i of the spelling's term, below n, in which it is written so; the
 * others stay as they are.
 */
void gig_segment_word_mark(const gig_segment_t *segment, uint32_t word, uint8_t *mark, uint32_t n);

/*
 * For spelling: which letters are in a spelling, a bit each (gig_word_letters()): words whose masks
 * differ in more than 2 * d bits are more than d edits apart.
 */
const uint32_t *gig_segment_letters(const gig_segment_t *segment);
uint32_t gig_word_letters(gig_str_t word);

/* ---- merging */

/*
 * One segment of several, byte for byte what a builder would make of what lives.  row_of: a row's
 * new number, in any order, or UINT32_MAX when it does not live in that segment; asked once a
 * posting.  No two rows may get one number.  Result as gig_segment_end().
 */
typedef uint32_t (*gig_segment_row_pt)(void *data, unsigned segment, uint32_t row);
int gig_segment_merge(const gig_segment_t *segments, unsigned n, gig_segment_row_pt row_of,
    void *data, gig_str_t *merged);

#endif /* GIG_SEGMENT_H */
