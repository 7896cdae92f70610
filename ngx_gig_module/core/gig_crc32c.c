
/* The processor's own instruction where there is one, else tables, eight bytes a step. */

#include <string.h>

#include "gig_crc32c.h"


/*
 * CRC is linear, so an entry is the XOR of the entries of its bits: each row is
 * given by those of 1, 2, 4 ... 128 and the compiler makes the 256 of them.
 */
#define GIG_CRC_BIT(i, bit, value)                                                               \
    (((i) & (bit)) ? (value) : 0u)

#define GIG_CRC_1(i, a, b, c, d, e, f, g, h)                                                     \
    (GIG_CRC_BIT(i, 1, a) ^ GIG_CRC_BIT(i, 2, b) ^ GIG_CRC_BIT(i, 4, c)                          \
     ^ GIG_CRC_BIT(i, 8, d) ^ GIG_CRC_BIT(i, 16, e) ^ GIG_CRC_BIT(i, 32, f)                      \
     ^ GIG_CRC_BIT(i, 64, g) ^ GIG_CRC_BIT(i, 128, h))

#define GIG_CRC_4(i, ...)                                                                        \
    GIG_CRC_1((i), __VA_ARGS__), GIG_CRC_1((i) + 1, __VA_ARGS__),                                \
    GIG_CRC_1((i) + 2, __VA_ARGS__), GIG_CRC_1((i) + 3, __VA_ARGS__)

#define GIG_CRC_16(i, ...)                                                                       \
    GIG_CRC_4((i), __VA_ARGS__), GIG_CRC_4((i) + 4, __VA_ARGS__),                                \
    GIG_CRC_4((i) + 8, __VA_ARGS__), GIG_CRC_4((i) + 12, __VA_ARGS__)

#define GIG_CRC_64(i, ...)                                                                       \
    GIG_CRC_16((i), __VA_ARGS__), GIG_CRC_16((i) + 16, __VA_ARGS__),                             \
    GIG_CRC_16((i) + 32, __VA_ARGS__), GIG_CRC_16((i) + 48, __VA_ARGS__)

#define GIG_CRC_ROW(...)                                                                         \
    { GIG_CRC_64(0, __VA_ARGS__), GIG_CRC_64(64, __VA_ARGS__),                                   \
      GIG_CRC_64(128, __VA_ARGS__), GIG_CRC_64(192, __VA_ARGS__) }


static const uint32_t  gig_crc_table[8][256] = {
    GIG_CRC_ROW(0xf26b8303u, 0xe13b70f7u, 0xc79a971fu, 0x8ad958cfu,
                0x105ec76fu, 0x20bd8edeu, 0x417b1dbcu, 0x82f63b78u),
    GIG_CRC_ROW(0x13a29877u, 0x274530eeu, 0x4e8a61dcu, 0x9d14c3b8u,
                0x3fc5f181u, 0x7f8be302u, 0xff17c604u, 0xfbc3faf9u),
    GIG_CRC_ROW(0xa541927eu, 0x4f6f520du, 0x9edea41au, 0x38513ec5u,
                0x70a27d8au, 0xe144fb14u, 0xc76580d9u, 0x8b277743u),
    GIG_CRC_ROW(0xdd45aab8u, 0xbf672381u, 0x7b2231f3u, 0xf64463e6u,
                0xe964b13du, 0xd725148bu, 0xaba65fe7u, 0x52a0c93fu),
    GIG_CRC_ROW(0x38116facu, 0x7022df58u, 0xe045beb0u, 0xc5670b91u,
                0x8f2261d3u, 0x1ba8b557u, 0x37516aaeu, 0x6ea2d55cu),
    GIG_CRC_ROW(0xef306b19u, 0xdb8ca0c3u, 0xb2f53777u, 0x6006181fu,
                0xc00c303eu, 0x85f4168du, 0x0e045bebu, 0x1c08b7d6u),
    GIG_CRC_ROW(0x68032cc8u, 0xd0065990u, 0xa5e0c5d1u, 0x4e2dfd53u,
                0x9c5bfaa6u, 0x3d5b83bdu, 0x7ab7077au, 0xf56e0ef4u),
    GIG_CRC_ROW(0x493c7d27u, 0x9278fa4eu, 0x211d826du, 0x423b04dau,
                0x847609b4u, 0x0d006599u, 0x1a00cb32u, 0x34019664u)
};


static uint32_t
gig_crc32c_table(uint32_t crc, const unsigned char *p, size_t len)
{
    while (len >= 8) {
        crc ^= (uint32_t) p[0] | (uint32_t) p[1] << 8 | (uint32_t) p[2] << 16
               | (uint32_t) p[3] << 24;

        crc = gig_crc_table[7][crc & 0xff] ^ gig_crc_table[6][(crc >> 8) & 0xff]
              ^ gig_crc_table[5][(crc >> 16) & 0xff] ^ gig_crc_table[4][crc >> 24]
              ^ gig_crc_table[3][p[4]] ^ gig_crc_table[2][p[5]]
              ^ gig_crc_table[1][p[6]] ^ gig_crc_table[0][p[7]];

        p += 8;
        len -= 8;
    }

    while (len != 0) {
        crc = (crc >> 8) ^ gig_crc_table[0][(crc ^ *p) & 0xff];
        p++;
        len--;
    }

    return crc;
}


#if defined(__x86_64__)

__attribute__((target("sse4.2")))
static uint32_t
gig_crc32c_sse42(uint32_t crc, const unsigned char *p, size_t len)
{
    uint64_t  wide, word;

    wide = crc;

    while (len >= 8) {
        memcpy(&word, p, 8);
        wide = __builtin_ia32_crc32di(wide, word);
        p += 8;
        len -= 8;
    }

    crc = (uint32_t) wide;

    while (len != 0) {
        crc = __builtin_ia32_crc32qi(crc, *p);
        p++;
        len--;
    }

    return crc;
}

#endif


uint32_t
gig_crc32c(uint32_t crc, const void *data, size_t len)
{
    if (len == 0) {
        return crc;
    }

#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) {
        return ~gig_crc32c_sse42(~crc, data, len);
    }
#endif

    return gig_crc32c_portable(crc, data, len);
}


uint32_t
gig_crc32c_portable(uint32_t crc, const void *data, size_t len)
{
    return len == 0 ? crc : ~gig_crc32c_table(~crc, data, len);
}
