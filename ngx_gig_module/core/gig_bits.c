#include "gig_bits.h"

/*
 * Each loop is there three times, for what the processor has: a count of bits in
 * wide registers, one in a single register, or none.  Asking it at each call costs a
 * load and a branch, and needs no help of the loader, as target_clones would (whose
 * choice goes by the processor's name where this instruction set is concerned).
 */

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize ("O3")                     /* at -O2 gcc 12 leaves such loops narrow */
#endif

#define GIG_INLINE  static inline __attribute__((always_inline))

#if defined(__x86_64__)

#define GIG_WIDE    __attribute__((target("avx512f,avx512vl,avx512vpopcntdq,popcnt")))
#define GIG_SINGLE  __attribute__((target("avx2,popcnt")))

/* Defines name for all processors by the inline function name##_loop. */
#define GIG_BITS_FUNCTION(type, name, parameters, arguments)                                       \
    GIG_WIDE static type name##_wide parameters { return name##_loop arguments; }                  \
    GIG_SINGLE static type name##_single parameters { return name##_loop arguments; }              \
    static type name##_plain parameters { return name##_loop arguments; }                          \
                                                                                                   \
    type name parameters                                                                           \
    {                                                                                              \
        if (__builtin_cpu_supports("avx512vpopcntdq") && __builtin_cpu_supports("avx512vl")) {     \
            return name##_wide arguments;                                                          \
        }                                                                                          \
                                                                                                   \
        return __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("avx2")                  \
               ? name##_single arguments : name##_plain arguments;                                 \
    }

#else

#define GIG_BITS_FUNCTION(type, name, parameters, arguments)                                       \
    type name parameters { return name##_loop arguments; }

#endif


GIG_INLINE uint32_t
gig_bits_count_loop(const uint64_t *a, size_t n)
{
    size_t    i;
    uint64_t  count = 0;

    for (i = 0; i < n; i++) {
        count += (uint64_t) __builtin_popcountll(a[i]);
    }

    return (uint32_t) count;
}


GIG_INLINE uint32_t
gig_bits_and_loop(uint64_t *out, const uint64_t *a, const uint64_t *b, size_t n)
{
    size_t    i;
    uint64_t  word, count = 0;

    for (i = 0; i < n; i++) {
        word = a[i] & b[i];
        out[i] = word;
        count += (uint64_t) __builtin_popcountll(word);
    }

    return (uint32_t) count;
}


GIG_INLINE void
gig_bits_share_loop(const uint64_t *a, const uint64_t *bitmaps, size_t n, size_t many,
    uint32_t *counts)
{
    size_t    i, k;
    uint64_t  count;

    for (k = 0; k < many; k++, bitmaps += n) {
        count = 0;

        for (i = 0; i < n; i++) {
            count += (uint64_t) __builtin_popcountll(a[i] & bitmaps[i]);
        }

        counts[k] = (uint32_t) count;
    }
}


GIG_BITS_FUNCTION(uint32_t, gig_bits_count, (const uint64_t *a, size_t n), (a, n))

GIG_BITS_FUNCTION(uint32_t, gig_bits_and, (uint64_t *out, const uint64_t *a, const uint64_t *b,
                  size_t n), (out, a, b, n))

GIG_BITS_FUNCTION(void, gig_bits_share, (const uint64_t *a, const uint64_t *bitmaps, size_t n,
                  size_t many, uint32_t *counts), (a, bitmaps, n, many, counts))


void
gig_bits_remove(uint64_t *out, const uint64_t *a, size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        out[i] &= ~a[i];
    }
}


void
gig_bits_or(uint64_t *out, const uint64_t *a, size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        out[i] |= a[i];
    }
}
