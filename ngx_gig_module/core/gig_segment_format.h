
/*
 * How a segment lies on disk: private to gig_segment*.c.
 *
 * Header, then the sections, each aligned to 8:
 *
 *   POSTINGS   bytes, a block a term, in the order of TERMS (below)
 *   TERMS      gig_segment_term_t, by language and stem; one more at the end, which
 *              bounds the last block
 *   WORDS      gig_segment_word_t, spellings by bytes and term; one more at the end
 *   LETTERS    uint32_t a spelling: gig_word_letters()
 *   USES       bytes a spelling: which of its term's postings are due to it.  None:
 *              all; a bit each, if there are exactly as many bytes as that takes;
 *              else (then shorter) numbers rising: first, gaps less one, as varints
 *   TEXT       the spellings, then the stems that are not the beginning of one of
 *              their spellings (most are, and share its bytes)
 *
 * The block of a term that f rows have:
 *
 *   weights    f bytes
 *   rows       f bytes: row less the least it could be, which is one more than the
 *              one before; 255: and what a varint in `gaps` adds
 *   sizes      f half bytes, low half first: bytes of positions less one; 15: the
 *              positions begin with a varint of their bytes
 *   varint     bytes of gaps
 *   gaps       varints
 *   positions  varints: first, gaps less one
 *
 * So the arrays that a search reads whole have no lengths to look up and no branch
 * but one in eight bytes; rows rise whatever the bytes are.  A varint has 7 bits a
 * byte, low ones first.  A segment is a function of its content, byte for byte: no
 * hidden padding, and of several ways to write a thing the shortest.
 *
 * There is no checksum: the image has one of each segment, as of each fragment.
 */

#ifndef GIG_SEGMENT_FORMAT_H
#define GIG_SEGMENT_FORMAT_H

#include <assert.h>
#include <string.h>

#include "gig_segment.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "a segment is little-endian and is used where it lies: no big-endian machine yet"
#endif

#define GIG_SEGMENT_MAGIC           "GIGWORDS"
#define GIG_SEGMENT_VERSION         1u
#define GIG_SEGMENT_ENDIAN          0x01020304u
#define GIG_SEGMENT_ALIGN           8u

#define GIG_SEGMENT_ROW_ESCAPE      255u            /* in rows: there is a varint in gaps */
#define GIG_SEGMENT_SIZE_ESCAPE     15u             /* in sizes: there is a varint in positions */
#define GIG_VARINT_MAX              5u              /* bytes of 32 bits */

enum {
    GIG_SEGMENT_POSTINGS,
    GIG_SEGMENT_TERMS,
    GIG_SEGMENT_WORDS,
    GIG_SEGMENT_LETTERS,
    GIG_SEGMENT_USES,
    GIG_SEGMENT_TEXT,
    GIG_SEGMENT_SECTIONS
};

typedef struct {
    uint32_t                 offset, size;
} gig_segment_section_t;

typedef struct {
    char                     magic[8];
    uint32_t                 version;
    uint32_t                 endian;
    uint64_t                 size;                  /* of the whole segment */
    uint32_t                 header_size;
    uint32_t                 terms, words, rows;
    gig_segment_section_t    section[GIG_SEGMENT_SECTIONS];
} gig_segment_header_t;

typedef struct {
    uint32_t                 text;                  /* the stem's offset in TEXT */
    uint32_t                 frequency;             /* rows that have it */
    uint32_t                 postings;              /* the block's offset; it ends at the next's */
    uint8_t                  language, len;
    uint16_t                 reserved;
} gig_segment_term_t;

typedef struct {
    uint32_t                 text;                  /* offset in TEXT; it ends at the next's */
    uint32_t                 term;
    uint32_t                 uses;                  /* offset in USES; likewise */
} gig_segment_word_t;

static_assert(sizeof(gig_segment_header_t) == 40 + 8 * GIG_SEGMENT_SECTIONS, "no padding");
static_assert(sizeof(gig_segment_header_t) % GIG_SEGMENT_ALIGN == 0, "the first section follows");
static_assert(sizeof(gig_segment_term_t) == 16, "no padding");
static_assert(sizeof(gig_segment_word_t) == 12, "no padding");
static_assert(sizeof(((gig_segment_t *) 0)->section) / sizeof(void *) >= GIG_SEGMENT_SECTIONS,
              "pointers");
static_assert(GIG_SEGMENT_SIZE_MAX < UINT32_MAX, "offsets have 32 bits");
static_assert(GIG_WORD_MAX <= UINT8_MAX && GIG_LANGUAGES_MAX <= UINT8_MAX, "are bytes");

/* The block of a term, its parts found and in bounds; gaps and positions are read with care. */
typedef struct {
    uint32_t                 frequency;
    const unsigned char     *weights, *rows, *sizes, *gaps, *positions, *end;
} gig_segment_block_t;

/* 0, or -1: no such term, or damaged. */
int gig_segment_block(const gig_segment_t *segment, uint32_t term, gig_segment_block_t *block);

/* The language and stem of a term; data is NULL when it is damaged. */
gig_str_t gig_segment_stem(const gig_segment_t *segment, uint32_t term, unsigned *language);

/*
 * The numbers of the postings that a spelling is in, rising; each below the frequency of its
 * term.  _init: 0, or -1: no such spelling, or damaged.  _next: UINT32_MAX at the end.
 */
typedef struct {
    const unsigned char     *p, *end;
    uint32_t                 next, frequency;
    uint8_t                  all, bits;
} gig_segment_uses_t;

int gig_segment_uses_init(const gig_segment_t *segment, uint32_t word, gig_segment_uses_t *uses);
uint32_t gig_segment_uses_next(gig_segment_uses_t *uses);


static inline uint32_t
gig_varint_size(uint32_t value)
{
    uint32_t  n;

    for (n = 1; value >= 0x80; n++) {
        value >>= 7;
    }

    return n;
}


static inline unsigned char *
gig_varint_write(unsigned char *p, uint32_t value)
{
    while (value >= 0x80) {
        *p++ = (unsigned char) (value | 0x80);
        value >>= 7;
    }

    *p++ = (unsigned char) value;

    return p;
}


/* What follows it, or NULL: cut, or more than 32 bits. */
static inline const unsigned char *
gig_varint_read(const unsigned char *p, const unsigned char *end, uint32_t *value)
{
    uint32_t  v;
    unsigned  shift;

    if (p < end && *p < 0x80) {
        *value = *p;
        return p + 1;
    }

    v = 0;

    for (shift = 0; shift < 7 * GIG_VARINT_MAX && p < end; shift += 7) {
        v |= (uint32_t) (*p & 0x7f) << shift;

        if (*p++ < 0x80) {
            *value = v;
            return shift == 28 && p[-1] > 0x0f ? NULL : p;
        }
    }

    return NULL;
}


/*
 * One row: *next is the least that it could be, and then one more than it is.  1, or 0: there
 * is none, as gaps is cut or the row would be none.
 */
static inline int
gig_segment_row(unsigned char delta, const unsigned char **gaps, const unsigned char *gaps_end,
    uint32_t *next)
{
    uint32_t              add, more;
    const unsigned char  *p;

    add = delta;

    if (delta == GIG_SEGMENT_ROW_ESCAPE) {
        p = gig_varint_read(*gaps, gaps_end, &more);

        if (p == NULL || more > UINT32_MAX - GIG_SEGMENT_ROW_ESCAPE) {
            return 0;
        }

        *gaps = p;
        add += more;
    }

    if (add >= UINT32_MAX - *next) {
        return 0;
    }

    *next += add + 1;

    return 1;
}


/* As memcmp(), a shorter one before what it begins. */
static inline int
gig_segment_compare(gig_str_t a, gig_str_t b)
{
    size_t  n = a.len < b.len ? a.len : b.len;
    int     order = n ? memcmp(a.data, b.data, n) : 0;

    return order ? order : (a.len > b.len) - (a.len < b.len);
}

#endif /* GIG_SEGMENT_FORMAT_H */
