
/*
 * Sets of rows as bitmaps, 64 rows a word, the first row in the lowest bit.  Where
 * the processor has wide instructions they are used, chosen when the module is
 * loaded: one binary for all.  Nothing here checks bounds: whoever calls knows n.
 */

#ifndef GIG_BITS_H
#define GIG_BITS_H

#include <stddef.h>
#include <stdint.h>

/* How many bits are set in n words. */
uint32_t gig_bits_count(const uint64_t *a, size_t n);

/* out = a & b; how many bits that are. */
uint32_t gig_bits_and(uint64_t *out, const uint64_t *a, const uint64_t *b, size_t n);

/* out &= ~a */
void gig_bits_remove(uint64_t *out, const uint64_t *a, size_t n);

/* out |= a */
void gig_bits_or(uint64_t *out, const uint64_t *a, size_t n);

/* The hot loop of facets: how many bits a and each of `many` bitmaps of n words share. */
void gig_bits_share(const uint64_t *a, const uint64_t *bitmaps, size_t n, size_t many,
    uint32_t *counts);

static inline int
gig_bits_has(const uint64_t *a, uint32_t row)
{
    return (int) (a[row / 64] >> (row % 64) & 1);
}


static inline void
gig_bits_set(uint64_t *a, uint32_t row)
{
    a[row / 64] |= (uint64_t) 1 << (row % 64);
}


/* Sets rows that rise: those of one word together, as each would wait for the one before. */
static inline void
gig_bits_set_rising(uint64_t *a, const uint32_t *row, uint32_t n)
{
    uint32_t  i, at;
    uint64_t  bits;

    for (i = 0; i < n; /* void */ ) {
        at = row[i] / 64;

        for (bits = 0; i < n && row[i] / 64 == at; i++) {
            bits |= (uint64_t) 1 << (row[i] % 64);
        }

        a[at] |= bits;
    }
}

#endif /* GIG_BITS_H */
