
/*
 * One build, between gig_compile.c (who is touched, and the rows of the new image),
 * gig_compile_rows.c (records to rows and fragments), gig_compile_words.c (their
 * words to segments), gig_compile_values.c, gig_compile_facets.c (what they are filtered by),
 * gig_compile_order.c (sorts), gig_compile_store.c (where bytes lie),
 * gig_compile_layout.c and gig_compile_write.c (the index).  Private to these files.
 */

#ifndef GIG_COMPILE_BUILD_H
#define GIG_COMPILE_BUILD_H

#include "gig_compile.h"
#include "gig_image_format.h"

#define GIG_BUILD_CHANGES_MAX   ((size_t) 4 * GIG_IMAGE_GIGS_MAX)

/* Of a gig: 128 times the largest record, so that only a lack of memory can fail a rendering. */
#define GIG_BUILD_FRAGMENTS_MAX ((size_t) 128 * GIG_RECORD_MAX)
#define GIG_BUILD_SLUGS_MAX     (GIG_BUILD_CHANGES_MAX * GIG_SLUG_MAX)

/* The stores of the last image and the current one. */
#define GIG_BUILD_STORES_MAX    (GIG_IMAGE_STORES_MAX + 1)

/* What the changes say of one id: the last word on its record and on its seats. */
typedef struct {
    int                  form;
    gig_str_t            id;
    const gig_change_t  *content;               /* put or delete, or NULL */
    const gig_change_t  *seats;                 /* or NULL */
} gig_touch_t;

/* A row made from a record; id and texts stay valid until the build ends. */
typedef struct {
    gig_str_t            id;                    /* into the change */
    char                 rev[GIG_REV_SIZE];
    char                 form[GIG_ID_MAX];
    uint8_t              rev_len, form_len, slug_len;
    uint32_t             slug;                  /* where it begins in the build's slugs */
    gig_disk_marks_t     marks;
    uint32_t             at;                    /* its number in the new image */
    uint32_t             department, currency, hours;
    uint32_t             first_value, n_values; /* in the build's row_value */
    uint8_t              length, language, segment;
    uint32_t             zone;                  /* into the build's zones or GIG_DISK_ROW_NONE */
    int64_t              posted, opens, closes, visible, pay;
    gig_disk_places_t    places;                /* store: into the job's stores */
    gig_disk_term_t      term;
} gig_row_t;

/* What becomes of a row of the last image: gone, kept, or kept with other seats. */
enum {
    GIG_OLD_SEATS = 3,                          /* mask of gig_seats_t */
    GIG_OLD_KEEP_SEATS = 3,                     /* none of them: as they were */
    GIG_OLD_GONE = 4
};

typedef struct {
    uint64_t             offset;
    uint32_t             store;
} gig_moved_t;

typedef struct {
    char                 name[GIG_DISK_ZONE_NAME];
    gig_str_t            tzif;                  /* gig_null_str: not to be had, UTC */
    gig_zone_t           zone;
} gig_build_zone_t;

/* A row number that no gig has. */
#define GIG_PLAN_FREE           UINT32_MAX

/* A value of a facet: a key, and what is known of it when all rows have been seen. */
typedef struct {
    gig_str_t            key;
    uint32_t             facet;
    uint32_t             order;                 /* by facet and key */
    uint32_t             count;                 /* gigs */
    uint32_t             at;                    /* where its rows are written next */
    int                  dense;
} gig_build_value_t;

/* How a value is written; the texts lie in `text` or in the last image. */
typedef struct {
    gig_str_t            text;
    uint32_t             value;                 /* index of its gig_build_value_t */
    uint32_t             facet, part;
    uint32_t             order;                 /* by value, part and text; _FREE: not in use */
    uint32_t             count;
} gig_build_spelling_t;

typedef struct gig_build_chunk_s  gig_build_chunk_t;

typedef struct {
    gig_build_spelling_t    *spelling;
    gig_build_value_t       *value;
    uint32_t                *spelling_slot, *value_slot;    /* hash tables of indexes */
    uint32_t                *row_value;         /* indexes of spellings, row after row */
    uint32_t                *of_last;           /* a spelling of last: its index here */
    uint32_t                *by_order, *values_by_order;
    uint32_t                 n_spellings, n_values, n_row_values;
    size_t                   spellings_size, values_size, row_values_size;
    size_t                   spelling_slots, value_slots;
    gig_build_chunk_t       *chunk;             /* memory of texts */

    /* sections, ready to be copied */
    uint32_t                *out_at, *out_row;
    gig_buf_t                out_text;
    gig_disk_spelling_t     *out_spelling;
    gig_disk_value_t        *out_value;
    uint32_t                 out_spellings, out_values, out_row_values;
    uint64_t                *out_bitmap;
    size_t                   out_bitmap_words;
    uint32_t                *out_list;
    uint32_t                 out_list_rows;
} gig_build_values_t;

/* Segments made in this build before they are merged; then the new image's. */
#define GIG_BUILD_SEGMENTS_MAX  (2 * GIG_SEGMENTS_MAX)

typedef struct {
    gig_stems_t             *stems;
    gig_segment_builder_t   *builder;
    uint32_t                 rows;              /* in the builder */
    unsigned                 made;              /* blocks */
    gig_str_t                block[GIG_SEGMENTS_MAX];
    uint8_t                 *segment_of;        /* a row of the new image */
    unsigned                 n;
    gig_disk_segment_t       segment[GIG_SEGMENTS_MAX];
} gig_build_words_t;

typedef struct {
    const gig_compile_t     *job;
    const gig_compile_io_t  *io;
    gig_error_t             *err;
    const gig_image_t       *last;              /* or NULL */
    gig_touch_t             *touch;
    uint8_t                 *old;               /* a row of last: GIG_OLD_* */
    gig_moved_t             *moved;             /* a row of last: where it was put, or NULL */
    gig_row_t               *row;
    gig_disk_form_t         *form;              /* store: into the job's stores */
    gig_disk_refused_t      *refused;
    gig_build_zone_t        *zone;
    uint32_t                *plan;              /* by row of the new image: below last_rows that */
                                                /* row of last, which has the same number; else */
                                                /* last_rows and an index into row; or _FREE */
    uint32_t                 last_rows;         /* of last, 0 without one */
    uint32_t                 n_touches, n_rows, n_forms, n_refused, n_zones;
    uint32_t                 n, rows;           /* gigs and row numbers of the new image */
    uint32_t                 next_row;          /* of last: where to look for a free one next */
    uint32_t                 end_row;           /* numbers given out so far end here */
    uint32_t                *order[GIG_SORTS_STORED];   /* n rows each */
    gig_build_values_t       values;
    gig_build_words_t        words;
    uint32_t                 store_of_last[GIG_IMAGE_STORES_MAX];
    uint32_t                 same_store[GIG_BUILD_STORES_MAX];
    uint64_t                 store_end[GIG_BUILD_STORES_MAX];
    gig_buf_t                fragments;         /* of the gig at hand */
    gig_buf_t                slugs;             /* of the rows, one after the other */
} gig_build_t;

/* gig_compile.c: steps one after the other, room for others between them; -1 at one that fails. */
typedef int (*gig_build_step_pt)(gig_build_t *build);
int gig_build_run(gig_build_t *build, const gig_build_step_pt *steps, size_t n);

#define gig_build_steps(steps)  (steps), sizeof(steps) / sizeof((steps)[0])

/* gig_compile_rows.c: reads, renders and appends what a touch says; -1 ends the build. */
int gig_build_gig(gig_build_t *build, const gig_touch_t *touch);
int gig_build_form(gig_build_t *build, const gig_touch_t *touch);
void gig_build_refused_key(int form, gig_str_t id, unsigned char key[GIG_DIGEST_SIZE]);

/* gig_compile_words.c: a record's words; then all segments of the new image, appended. */
int gig_build_words(gig_build_t *build, const gig_record_t *gig, gig_row_t *row);
int gig_build_segments(gig_build_t *build);
void gig_build_words_free(gig_build_words_t *words);

/* gig_compile_values.c: a record's facet values; a spelling's index, or UINT32_MAX: no memory. */
int gig_build_row_values(gig_build_t *build, const gig_record_t *gig, gig_row_t *row);
uint32_t gig_build_spelling(gig_build_values_t *values, uint32_t value, gig_str_t text, int part,
    int copy);
int gig_build_last_values(gig_build_t *build);
void gig_build_values_free(gig_build_values_t *values);

/* gig_compile_facets.c */
int gig_build_values(gig_build_t *build);

/* gig_compile_order.c: the stored sorts of the new image's rows. */
int gig_build_orders(gig_build_t *build);

/* The build's zone of that name, made if need be; GIG_DISK_ROW_NONE when there are too many. */
uint32_t gig_build_zone(gig_build_t *build, gig_str_t name, gig_str_t tzif);

/* gig_compile_store.c */
int gig_build_stores(gig_build_t *build);
int gig_build_append(gig_build_t *build, gig_str_t bytes, uint32_t *store, uint64_t *offset);
int gig_build_keep_form(gig_build_t *build, uint32_t index);
int gig_build_compact(gig_build_t *build);

/* Bytes of all fragments of a gig. */
uint64_t gig_places_len(const gig_disk_places_t *places);

/* gig_compile_store.c: bytes of a store while the build runs, or gig_null_str. */
gig_str_t gig_build_read(gig_build_t *build, uint32_t store, uint64_t offset, uint64_t len);

/* Where everything of the new index comes to lie. */
typedef struct {
    gig_build_t             *build;
    gig_disk_section_t       section[GIG_DISK_SECTIONS];
    uint8_t                  used[GIG_BUILD_STORES_MAX];    /* by the job's index of a store */
    uint64_t                 live[GIG_BUILD_STORES_MAX];
    uint32_t                 store_out[GIG_BUILD_STORES_MAX];
    uint32_t                *zone_of;           /* a row: the build's zone */
    uint32_t                 zone_out[GIG_DISK_ZONES_MAX];
    uint64_t                *slices;            /* sorted; the sign bit turned over */
    size_t                   n_slices;
} gig_layout_t;

/* gig_compile_layout.c: size of the whole index; _free also after -1. */
int gig_build_layout(gig_layout_t *w, uint64_t *size);
void gig_build_layout_free(gig_layout_t *w);
int64_t gig_row_time(const gig_build_t *build, uint32_t planned, unsigned section);
const gig_disk_places_t *gig_row_places(const gig_build_t *build, uint32_t planned,
    gig_disk_places_t *copy);

/* gig_compile_write.c */
int gig_build_write(gig_build_t *build, gig_str_t *index);

/* The row made in this build, or NULL: then it is row `planned` of the last image.  Not _FREE. */
static inline const gig_row_t *
gig_row_new(const gig_build_t *build, uint32_t planned)
{
    return planned < build->last_rows ? NULL : &build->row[planned - build->last_rows];
}

static inline const gig_disk_places_t *
gig_build_last_places(const gig_build_t *build, uint32_t row)
{
    return (const gig_disk_places_t *) build->last->section[GIG_SECTION_PLACES] + row;
}

#endif /* GIG_COMPILE_BUILD_H */
