
/*
 * How an index lies on disk: private to gig_image*.c and gig_compile*.c.
 * docs/architecture.md, "The image", has the table of sections.
 *
 * Header, then the sections, each aligned to 8 and exactly as long as header
 * and counts say.  Columns are one array a field, so that a scan touches what
 * it asks for and nothing else.  Structs have no hidden padding: an image is
 * a function of its content, byte for byte.
 */

#ifndef GIG_IMAGE_FORMAT_H
#define GIG_IMAGE_FORMAT_H

#include <assert.h>
#include <string.h>

#include "gig_bits.h"
#include "gig_crc32c.h"
#include "gig_image.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the image is little-endian and is used where it lies: no big-endian machine yet"
#endif

#define GIG_DISK_MAGIC          "GIGINDEX"
#define GIG_DISK_ENDIAN         0x01020304u
#define GIG_DISK_ALIGN          8u
#define GIG_DISK_SECTIONS       48u             /* places in the header's table */
#define GIG_DISK_BOARD          40u
#define GIG_DISK_ZONES_MAX      1024u
#define GIG_DISK_ZONE_NAME      64u
#define GIG_DISK_NO_SEGMENT     255u
#define GIG_DISK_BITMAP_BITS    64u
#define GIG_FORM_DEFAULT_ID     "f_default"     /* of core/form_default.json */
#define GIG_DISK_ROW_NONE       UINT32_MAX      /* an empty slot; a row without zone */

enum {
    GIG_SECTION_STORES,         /* gig_store_t */
    GIG_SECTION_POSTED,         /* int64_t a row, and so on down to TERMS */
    GIG_SECTION_OPENS,
    GIG_SECTION_CLOSES,
    GIG_SECTION_VISIBLE,
    GIG_SECTION_MARKS,          /* gig_disk_marks_t */
    GIG_SECTION_DEPARTMENTS,    /* uint32_t: hash of the name, 0 for none */
    GIG_SECTION_ZONE_OF,        /* uint32_t: index into ZONES or GIG_DISK_ROW_NONE */
    GIG_SECTION_NAMES,          /* gig_disk_names_t: into TEXT */
    GIG_SECTION_PLACES,         /* gig_disk_places_t */
    GIG_SECTION_TERMS,          /* gig_disk_term_t */
    GIG_SECTION_PAY,            /* int64_t: thousandths of a major unit, -1 unknown */
    GIG_SECTION_CURRENCY,       /* uint32_t: three letters, the first lowest; 0 none */
    GIG_SECTION_HOURS,          /* uint32_t: work.hours_max, UINT32_MAX unknown */
    GIG_SECTION_LENGTH,         /* uint8_t: gig_length_code() of its words */
    GIG_SECTION_LANGUAGE,       /* uint8_t: number of its stemmer */
    GIG_SECTION_SEGMENT_OF,     /* uint8_t: index into SEGMENTS, GIG_DISK_NO_SEGMENT none */
    GIG_SECTION_VALUES_AT,      /* uint32_t a row and one more: where its ROW_VALUES begin */
    GIG_SECTION_RANK,           /* uint32_t a row: its place in ORDER; one column a stored sort */
    GIG_SECTION_RANK_CLOSING,
    GIG_SECTION_RANK_PAY,
    GIG_SECTION_ORDER,          /* uint32_t a gig: rows as the sort has them; one a stored sort */
    GIG_SECTION_ORDER_CLOSING,
    GIG_SECTION_ORDER_PAY,
    GIG_SECTION_ROW_VALUES,     /* uint32_t: index into VALUES, rising within a row, and which
                                   of its spellings: gig_disk_row_value() */
    GIG_SECTION_SPELLINGS,      /* gig_disk_spelling_t, by facet, key, part, text */
    GIG_SECTION_VALUES,         /* gig_disk_value_t, by facet, key */
    GIG_SECTION_VALUE_TEXT,     /* bytes of the two above */
    GIG_SECTION_BITMAPS,        /* uint64_t: rows of the values that many gigs have */
    GIG_SECTION_LISTS,          /* uint32_t: rows of the others, rising */
    GIG_SECTION_SEGMENTS,       /* gig_disk_segment_t: the text index, in the stores */
    GIG_SECTION_TEXT,           /* bytes: id, rev, form id and slug of each row */
    GIG_SECTION_SLOTS,          /* uint32_t: id -> row, open addressing, a power of two */
    GIG_SECTION_SLICES,         /* int64_t: instants at which something shown changes, rising */
    GIG_SECTION_FORMS,          /* gig_disk_form_t, by id */
    GIG_SECTION_ZONES,          /* gig_disk_zone_t */
    GIG_SECTION_TZIF,           /* bytes of the zones */
    GIG_SECTION_REFUSED,        /* gig_disk_refused_t, by key */
    GIG_SECTIONS
};

typedef struct {
    uint64_t           offset, size;
} gig_disk_section_t;

typedef struct {
    char                magic[8];
    uint32_t            version;
    uint32_t            endian;
    uint64_t            size;                   /* of the whole file */
    uint32_t            header_size;
    uint32_t            sections;
    char                board[GIG_DISK_BOARD];  /* NUL-padded */
    gig_image_meta_t    meta;
    gig_disk_section_t  section[GIG_DISK_SECTIONS];
    unsigned char       digest[GIG_DIGEST_SIZE];
    uint32_t            n, rows;                /* gigs; and row numbers, free ones too */
    uint32_t            languages;              /* a bit each number that some gig has */
    uint64_t            length_sum;             /* over gigs, of what their length codes mean */
    uint64_t            seats_digest;           /* of the gigs that are not open */
    uint64_t            drawn;                  /* with which drawing and table of places */
    uint32_t            body_crc;               /* of all after the header */
    uint32_t            header_crc;             /* of all before it; the last member */
} gig_disk_header_t;

typedef struct {
    uint8_t             status, seats, on_full;
    uint8_t             flags;                  /* GIG_IMAGE_NOINDEX, ...; 0 before drawing 2 */
} gig_disk_marks_t;

typedef struct {
    uint32_t            offset;                 /* in TEXT: id, then rev, form, slug */
    uint8_t             id_len, rev_len, form_len;
    uint8_t             slug_len;               /* 0 before drawing 2 */
} gig_disk_names_t;

typedef struct {
    uint32_t            len, crc, url, state;
} gig_disk_fragment_t;

/* The fragments of a gig lie one after the other in the order of gig_disk_order. */
typedef struct {
    uint64_t            offset;
    uint32_t            store;
    uint32_t            updated;                /* seconds; 0: not known, or before drawing 2 */
    gig_disk_fragment_t fragment[GIG_FRAGMENTS];
} gig_disk_places_t;

typedef struct {
    unsigned char       term[GIG_DIGEST_SIZE];
} gig_disk_term_t;

typedef struct {
    char                id[GIG_ID_MAX];         /* NUL-padded */
    char                rev[24];                /* the number as text, NUL-padded */
    uint64_t            offset;
    uint32_t            store, len, crc;
    gig_disk_term_t     term;
} gig_disk_form_t;

typedef struct {
    char                name[GIG_DISK_ZONE_NAME];
    uint32_t            offset, len;            /* in TZIF */
} gig_disk_zone_t;

/* How some gigs write a value of a facet; `part`: only a part of a place (gig_facet.h). */
typedef struct {
    uint32_t            text;                   /* in VALUE_TEXT */
    uint16_t            len;
    uint8_t             facet, part;
    uint32_t            value;                  /* index into VALUES */
    uint32_t            count;                  /* gigs that write it so */
} gig_disk_spelling_t;

/* A value: all spellings of one key.  Its rows are a bitmap or, if they are few, a list. */
typedef struct {
    uint32_t            first, n;               /* in SPELLINGS */
    uint32_t            told;                   /* the spelling to tell; UINT32_MAX: none */
    uint32_t            count;                  /* gigs */
    uint32_t            at;                     /* in LISTS, or in BITMAPS in words */
    uint32_t            key, json;              /* in VALUE_TEXT; {"value":"...","count": */
    uint16_t            key_len, json_len;
    uint8_t             facet, dense;
    uint16_t            reserved;
} gig_disk_value_t;

typedef struct {
    uint64_t            offset, len;
    uint32_t            store, crc;
    uint32_t            live, made;             /* gigs that live in it; rows when it was made */
} gig_disk_segment_t;

/*
 * A record that is in Redis but could not be read.  It is not served, yet it
 * counts in the digest; without its term every comparison would fail and
 * cause a full load.  The key is H(kind, id), as such an id may be anything.
 */
typedef struct {
    unsigned char       key[GIG_DIGEST_SIZE];
    gig_disk_term_t     term;
} gig_disk_refused_t;

static_assert(sizeof(gig_image_meta_t) == 160, "on disk: see GIG_IMAGE_VERSION");
static_assert(sizeof(gig_store_t) == 32, "on disk: see GIG_IMAGE_VERSION");
static_assert(sizeof(gig_disk_header_t) == 32 + 40 + 160 + 768 + 64, "no padding");
static_assert(sizeof(gig_disk_header_t) % GIG_DISK_ALIGN == 0, "the first section follows");
static_assert(sizeof(gig_disk_marks_t) == 4, "no padding");
static_assert(sizeof(gig_disk_names_t) == 8, "no padding");
static_assert(sizeof(gig_disk_places_t) == 16 + 16 * GIG_FRAGMENTS, "no padding");
static_assert(sizeof(gig_disk_form_t) == 40 + 24 + 8 + 12 + 20, "no padding");
static_assert(sizeof(gig_disk_zone_t) == 72, "no padding");
static_assert(sizeof(gig_disk_refused_t) == 40, "no padding");
static_assert(sizeof(gig_disk_spelling_t) == 16, "no padding");
static_assert(sizeof(gig_disk_value_t) == 36, "no padding");
static_assert(sizeof(gig_disk_segment_t) == 32, "no padding");
static_assert(GIG_SEGMENTS_MAX < GIG_DISK_NO_SEGMENT, "a byte a row");
static_assert(GIG_SECTIONS <= GIG_DISK_SECTIONS, "the table has a fixed number of places");
static_assert(sizeof(((gig_image_t *) 0)->section) / sizeof(void *) >= GIG_SECTIONS, "pointers");
static_assert(GIG_BOARD_MAX < GIG_DISK_BOARD, "NUL-terminated");
static_assert(GIG_REV_SIZE <= UINT8_MAX && GIG_ID_MAX <= UINT8_MAX && GIG_SLUG_MAX <= UINT8_MAX,
              "lengths are bytes");

/* What a list page needs comes first and side by side; the private part last. */
static const uint8_t gig_disk_order[GIG_FRAGMENTS] = {
    GIG_FRAGMENT_SUMMARY, GIG_FRAGMENT_CARD, GIG_FRAGMENT_DETAIL, GIG_FRAGMENT_PRIVATE
};

/* Bytes of one element of a section; 1 where it is just bytes. */
size_t gig_disk_element(unsigned section);

/* Bytes of a section in an opened image, from the checked header. */
static inline uint64_t
gig_disk_size(const gig_image_t *image, unsigned section)
{
    return ((const gig_disk_header_t *) (const void *) image->base)->section[section].size;
}

/* A row's value in one number: the value in the low bits, how it is written in the high ones. */
#define GIG_DISK_VALUE_BITS     24u
#define GIG_DISK_VALUES_MAX     (1u << GIG_DISK_VALUE_BITS)
#define GIG_DISK_VALUE          (GIG_DISK_VALUES_MAX - 1)
#define GIG_DISK_SPELLINGS_MAX  255u            /* of a value; a row names further ones as this */

static inline uint32_t
gig_disk_row_value(uint32_t value, uint32_t spelling)
{
    spelling = spelling < GIG_DISK_SPELLINGS_MAX ? spelling : GIG_DISK_SPELLINGS_MAX;

    return value | spelling << GIG_DISK_VALUE_BITS;
}


/* Words of a bitmap over so many rows. */
static inline uint32_t
gig_disk_words(uint32_t rows)
{
    return (rows + GIG_DISK_BITMAP_BITS - 1) / GIG_DISK_BITMAP_BITS;
}


/* The state of a row below image->rows; what damage may hold shows nothing, or no seat. */
static inline gig_state_t
gig_disk_state(const gig_image_t *image, uint32_t row, int64_t now)
{
    const gig_disk_marks_t  *marks;

    marks = (const gig_disk_marks_t *) image->section[GIG_SECTION_MARKS] + row;

    if (marks->status > GIG_WITHDRAWN) {
        return GIG_STATE_HIDDEN;
    }

    if (image->denied && gig_bits_has(image->denied, row)) {
        return GIG_STATE_GONE;
    }

    return gig_state((gig_status_t) marks->status,
                     ((const int64_t *) image->section[GIG_SECTION_VISIBLE])[row],
                     ((const int64_t *) image->section[GIG_SECTION_OPENS])[row],
                     ((const int64_t *) image->section[GIG_SECTION_CLOSES])[row],
                     marks->seats > GIG_SEATS_FULL ? GIG_SEATS_FULL : (gig_seats_t) marks->seats,
                     now);
}

/* The hash of ids in SLOTS: FNV-1a with the bits mixed once more, as slots use the low ones. */
static inline uint32_t
gig_disk_hash(gig_str_t id)
{
    uint64_t  hash = 0xcbf29ce484222325u;
    size_t    i;

    for (i = 0; i < id.len; i++) {
        hash = (hash ^ (unsigned char) id.data[i]) * 0x100000001b3u;
    }

    return (uint32_t) (hash ^ (hash >> 32));
}

/* Bytes of all texts of a row, which lie in TEXT one after the other. */
static inline size_t
gig_names_len(const gig_disk_names_t *names)
{
    return (size_t) names->id_len + names->rev_len + names->form_len + names->slug_len;
}

/* List order: posted_at descending, then id ascending.  < 0: a comes first. */
static inline int
gig_disk_compare_id(gig_str_t a, gig_str_t b)
{
    size_t  n = a.len < b.len ? a.len : b.len;
    int     order = n ? memcmp(a.data, b.data, n) : 0;

    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static inline int
gig_disk_compare(int64_t posted_a, gig_str_t a, int64_t posted_b, gig_str_t b)
{
    if (posted_a != posted_b) {
        return posted_a > posted_b ? -1 : 1;
    }

    return gig_disk_compare_id(a, b);
}

#endif /* GIG_IMAGE_FORMAT_H */
