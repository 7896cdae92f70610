
/*
 * The catalog image's index: small, immutable, position-independent, written
 * whole under a new name.  The bytes of fragments are in store files beside it.
 * Format: docs/architecture.md, "The image".
 *
 * The reader never trusts an offset: gig_image_open() checks header, size,
 * board and the bounds of every section, and each use checks what it follows.
 * All numbers are little-endian (a big-endian machine refuses to build).
 */

#ifndef GIG_IMAGE_H
#define GIG_IMAGE_H

#include "gig_fragment.h"
#include "gig_query.h"
#include "gig_record.h"
#include "gig_segment.h"
#include "gig_sha1.h"
#include "gig_slug.h"
#include "gig_time.h"

/* Raised with every change of the format, a release after its reader. */
#define GIG_IMAGE_VERSION       3

/*
 * How a record becomes fragments, values and words.  Raised with every change of what a card or
 * a document looks like, or of what is searched: an image with another number is served as it is,
 * so that versions can run side by side, and made anew by a keeper of this one.
 */
#define GIG_IMAGE_DRAWING       3
#define GIG_IMAGE_GIGS_MAX      1000000
#define GIG_IMAGE_FORMS_MAX     4096
#define GIG_IMAGE_STORES_MAX    64
#define GIG_IMAGE_SIZE_MAX      ((size_t) 1 << 30)
#define GIG_ROW_NONE            UINT32_MAX
#define GIG_READY_MAX           64              /* bytes of the nonce in `ready` */

/* What an image knows of where it came from. */
typedef struct {
    uint64_t       generation;                  /* this host's own count */
    uint64_t       version;                     /* of the catalog in Redis */
    uint64_t       cursor_ms, cursor_seq;       /* last entry of `changes` that is in it */
    uint64_t       cursor_version;              /* that entry's `v` */
    int64_t        compiled_at;                 /* seconds */
    char           replid[48];                  /* Redis's history: master_replid, NUL-padded */
    char           ready[GIG_READY_MAX];        /* and `ready` */
} gig_image_meta_t;

/* A store file: store.KEEPER.N, `size` bytes of which this image uses. */
typedef struct {
    uint64_t  keeper;
    uint32_t  number;
    uint32_t  reserved;
    uint64_t  size;
    uint64_t  dead;                             /* bytes no image needs any more */
} gig_store_t;

/* A view on an index in memory; the bytes must outlive it. */
typedef struct {
    const unsigned char  *base;
    size_t                size;
    gig_image_meta_t      meta;
    unsigned char         digest[GIG_DIGEST_SIZE];
    uint32_t              n;                    /* gigs */
    uint32_t              rows;                 /* their numbers are below it; some may be free */
    uint32_t              languages;            /* a bit each stemmer some gig needs */
    uint32_t              mean_length;          /* of a gig's words, weighted; at least 1 */
    uint64_t              seats_digest;         /* with `digest` all that a list depends on */
    uint64_t              drawn;                /* gig_image_drawn() of who made it */
    uint32_t              forms;
    uint32_t              stores;
    uint32_t              slices;
    uint32_t              spellings, values, segments;
    const uint64_t       *denied;               /* bits of rows that were taken down, or NULL; set
                                                   by who opened it */
    const void           *section[48];          /* private to gig_image*.c, gig_search*.c */
} gig_image_t;

/*
 * whole: also verifies the checksum over all bytes (an index found on disk).
 * 0, or -1 and err: what is damaged.
 */
int gig_image_open(gig_str_t bytes, gig_str_t board, int whole, gig_image_t *image,
    gig_error_t *err);

int gig_image_store(const gig_image_t *image, uint32_t i, gig_store_t *store);

/* Where a fragment lies; the caller has the store mapped. */
typedef struct {
    uint32_t     store;                         /* index into the image's stores */
    uint32_t     len;
    uint64_t     offset;
    uint32_t     crc;                           /* CRC32C */
    gig_holes_t  holes;
} gig_place_t;

int gig_image_place(const gig_image_t *image, uint32_t row, gig_fragment_kind_t kind,
    gig_place_t *place);

/*
 * Asks the processor for what will be read soon: a row's place and what its state is made of, or
 * bytes.  No more than a hint; any row and any bytes may be given.
 */
void gig_image_fetch(const gig_image_t *image, uint32_t row);
void gig_bytes_fetch(gig_str_t bytes);

/* A fragment's bytes in a mapped store: bounds always, CRC32C if `check`; gig_null_str if bad. */
gig_str_t gig_place_bytes(const gig_place_t *place, gig_str_t store, int check);

uint32_t gig_image_find(const gig_image_t *image, gig_str_t id);

/* The row whose id `is` takes for the one, of those that may have that gig_image_hash(). */
typedef int (*gig_image_is_pt)(void *data, gig_str_t id);
uint32_t gig_image_find_hash(const gig_image_t *image, uint32_t hash, gig_image_is_pt is,
    void *data);
uint32_t gig_image_hash(gig_str_t id);

gig_str_t gig_image_id(const gig_image_t *image, uint32_t row);
gig_str_t gig_image_rev(const gig_image_t *image, uint32_t row);
gig_str_t gig_image_slug(const gig_image_t *image, uint32_t row);       /* empty: it has none */
int64_t gig_image_posted(const gig_image_t *image, uint32_t row);
int64_t gig_image_updated(const gig_image_t *image, uint32_t row);      /* else as posted */
int64_t gig_image_opens(const gig_image_t *image, uint32_t row);        /* or GIG_TIME_NONE */
int64_t gig_image_closes(const gig_image_t *image, uint32_t row);
gig_seats_t gig_image_seats(const gig_image_t *image, uint32_t row);
int gig_image_denied(const gig_image_t *image, uint32_t row);

/* Bits of what is asked of many gigs at once, without their JSON. */
#define GIG_IMAGE_NOINDEX       1u              /* seo.noindex */
#define GIG_IMAGE_I18N          2u              /* some of its text is there in other languages */
#define GIG_IMAGE_ENGLISH       4u              /* its text is in English, it says: "en" */
#define GIG_IMAGE_FOREIGN       8u              /* it says another language */
#define GIG_IMAGE_FLAGS         15u
unsigned gig_image_flags(const gig_image_t *image, uint32_t row);

gig_state_t gig_image_state(const gig_image_t *image, uint32_t row, int64_t now);
int gig_image_zone(const gig_image_t *image, uint32_t row, gig_zone_t *zone);

/*
 * Forms: form_of gives the form's index for a row (its record's form, else the
 * built-in default) or GIG_ROW_NONE if the record names one that is not there.
 * A form's JSON (canonical, whole) lies in a store like a fragment.
 */
uint32_t gig_image_form_of(const gig_image_t *image, uint32_t row);
uint32_t gig_image_form_find(const gig_image_t *image, gig_str_t id);
gig_str_t gig_image_form_rev(const gig_image_t *image, uint32_t form);
int gig_image_form_place(const gig_image_t *image, uint32_t form, gig_place_t *place);
#define GIG_FORM_DEFAULT        (UINT32_MAX - 1)

/*
 * The time slice around now: nothing shown changes in [from, until) by the
 * clock alone (opens, closes, visible_from, closes - GIG_CLOSING_SOON).
 */
void gig_image_slice(const gig_image_t *image, int64_t now, int64_t *from, int64_t *until);

/* Up to GIG_SEGMENTS_MAX segments of the text index, each with its place; how many. */
unsigned gig_image_segments(const gig_image_t *image, gig_place_t place[]);

/*
 * Facet values.  _find: the one with a key (gig_facet_key()'s), or GIG_VALUE_NONE.  _value: as most
 * gigs write it; _json: {"value":"Excel","count": ready to be sent; both gig_null_str when it is
 * not to be told.
 */
#define GIG_VALUE_NONE          UINT32_MAX
uint32_t gig_image_value_find(const gig_image_t *image, gig_facet_t facet, gig_str_t key);
gig_str_t gig_image_value(const gig_image_t *image, uint32_t value);
gig_str_t gig_image_value_json(const gig_image_t *image, uint32_t value);

/* Length of a gig in words, weighted, as a byte (7 % exact), and what the byte counts as. */
#define GIG_LENGTH_CODE_MAX     127
uint8_t gig_length_code(uint64_t length);
uint32_t gig_length_value(uint8_t code);

/* Up to max open gigs like this one (same department first, then newest); returns how many. */
uint32_t gig_image_similar(const gig_image_t *image, uint32_t row, int64_t now,
    uint32_t *rows, uint32_t max);

/* The i-th of image->n rows, newest first; GIG_ROW_NONE past the last or where it is damaged. */
uint32_t gig_image_newest(const gig_image_t *image, uint32_t i);

/* Counts for metrics: gigs a state at now, indexed by gig_state_t. */
void gig_image_states(const gig_image_t *image, int64_t now, uint32_t count[GIG_STATE_GONE + 1]);

/* What an image was made with as one number: the drawing and the hash of the table of places. */
uint64_t gig_image_drawn(uint64_t place_names);

#endif /* GIG_IMAGE_H */
