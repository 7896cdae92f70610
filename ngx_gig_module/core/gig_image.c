#include "gig_image_format.h"

/*
 * The reader of an index: opening and the look-ups by row.  Nothing read from
 * the bytes is used as an offset, a length or an enum before it was compared
 * with what it leads into: an image opened without `whole` may be damaged
 * anywhere past its header, and must then give nothing rather than garbage.
 */


#define GIG_CACHE_LINE      64u                 /* bytes */


static const gig_disk_header_t *gig_image_header(const gig_image_t *image);
static int gig_image_check_header(const gig_disk_header_t *h, gig_str_t bytes, gig_str_t board,
    gig_error_t *err);
static int gig_image_check_sections(const gig_disk_header_t *h, gig_error_t *err);
static uint32_t gig_image_mean(const gig_disk_header_t *h);
static uint64_t gig_image_count(const gig_image_t *image, unsigned section);
static gig_str_t gig_image_name(const gig_image_t *image, uint32_t row, unsigned part);
static const gig_disk_form_t *gig_image_form(const gig_image_t *image, uint32_t form);
static gig_str_t gig_image_padded(const char *text, size_t size);


/* What a section has an element for; where it is nothing of these, its size is free. */
typedef enum { GIG_COUNT_FREE, GIG_COUNT_ROWS, GIG_COUNT_ROWS_AND_ONE, GIG_COUNT_GIGS } gig_count_t;

static const struct {
    uint8_t      element;                       /* bytes */
    gig_count_t  count;
    uint32_t     max;                           /* elements, of a free one; 0: no bound */
} gig_disk_sections[GIG_SECTIONS] = {
    [GIG_SECTION_STORES]        = { sizeof(gig_store_t), GIG_COUNT_FREE, GIG_IMAGE_STORES_MAX },
    [GIG_SECTION_POSTED]        = { sizeof(int64_t), GIG_COUNT_ROWS, 0 },
    [GIG_SECTION_OPENS]         = { sizeof(int64_t), GIG_COUNT_ROWS, 0 },
    [GIG_SECTION_CLOSES]        = { sizeof(int64_t), GIG_COUNT_ROWS, 0 },
    [GIG_SECTION_VISIBLE]       = { sizeof(int64_t), GIG_COUNT_ROWS, 0 },
    [GIG_SECTION_MARKS]         = { sizeof(gig_disk_marks_t), GIG_COUNT_ROWS, 0 },
    [GIG_SECTION_DEPARTMENTS]   = { sizeof(uint32_t), GIG_COUNT_ROWS, 0 },
    [GIG_SECTION_ZONE_OF]       = { sizeof(uint32_t), GIG_COUNT_ROWS, 0 },
    [GIG_SECTION_NAMES]         = { sizeof(gig_disk_names_t), GIG_COUNT_ROWS, 0 },
    [GIG_SECTION_PLACES]        = { sizeof(gig_disk_places_t), GIG_COUNT_ROWS, 0 },
    [GIG_SECTION_TERMS]         = { sizeof(gig_disk_term_t), GIG_COUNT_ROWS, 0 },
    [GIG_SECTION_PAY]           = { sizeof(int64_t), GIG_COUNT_ROWS, 0 },
    [GIG_SECTION_CURRENCY]      = { sizeof(uint32_t), GIG_COUNT_ROWS, 0 },
    [GIG_SECTION_HOURS]         = { sizeof(uint32_t), GIG_COUNT_ROWS, 0 },
    [GIG_SECTION_LENGTH]        = { sizeof(uint8_t), GIG_COUNT_ROWS, 0 },
    [GIG_SECTION_LANGUAGE]      = { sizeof(uint8_t), GIG_COUNT_ROWS, 0 },
    [GIG_SECTION_SEGMENT_OF]    = { sizeof(uint8_t), GIG_COUNT_ROWS, 0 },
    [GIG_SECTION_VALUES_AT]     = { sizeof(uint32_t), GIG_COUNT_ROWS_AND_ONE, 0 },
    [GIG_SECTION_RANK]          = { sizeof(uint32_t), GIG_COUNT_ROWS, 0 },
    [GIG_SECTION_RANK_CLOSING]  = { sizeof(uint32_t), GIG_COUNT_ROWS, 0 },
    [GIG_SECTION_RANK_PAY]      = { sizeof(uint32_t), GIG_COUNT_ROWS, 0 },
    [GIG_SECTION_ORDER]         = { sizeof(uint32_t), GIG_COUNT_GIGS, 0 },
    [GIG_SECTION_ORDER_CLOSING] = { sizeof(uint32_t), GIG_COUNT_GIGS, 0 },
    [GIG_SECTION_ORDER_PAY]     = { sizeof(uint32_t), GIG_COUNT_GIGS, 0 },
    [GIG_SECTION_ROW_VALUES]    = { sizeof(uint32_t), GIG_COUNT_FREE, 0 },
    [GIG_SECTION_SPELLINGS]     = { sizeof(gig_disk_spelling_t), GIG_COUNT_FREE, 0 },
    [GIG_SECTION_VALUES]        = { sizeof(gig_disk_value_t), GIG_COUNT_FREE, 0 },
    [GIG_SECTION_VALUE_TEXT]    = { 1, GIG_COUNT_FREE, 0 },
    [GIG_SECTION_BITMAPS]       = { sizeof(uint64_t), GIG_COUNT_FREE, 0 },
    [GIG_SECTION_LISTS]         = { sizeof(uint32_t), GIG_COUNT_FREE, 0 },
    [GIG_SECTION_SEGMENTS]      = { sizeof(gig_disk_segment_t), GIG_COUNT_FREE, GIG_SEGMENTS_MAX },
    [GIG_SECTION_TEXT]          = { 1, GIG_COUNT_FREE, 0 },
    [GIG_SECTION_SLOTS]         = { sizeof(uint32_t), GIG_COUNT_FREE, 0 },
    [GIG_SECTION_SLICES]        = { sizeof(int64_t), GIG_COUNT_FREE, 0 },
    [GIG_SECTION_FORMS]         = { sizeof(gig_disk_form_t), GIG_COUNT_FREE, GIG_IMAGE_FORMS_MAX },
    [GIG_SECTION_ZONES]         = { sizeof(gig_disk_zone_t), GIG_COUNT_FREE, GIG_DISK_ZONES_MAX },
    [GIG_SECTION_TZIF]          = { 1, GIG_COUNT_FREE, 0 },
    [GIG_SECTION_REFUSED]       = { sizeof(gig_disk_refused_t), GIG_COUNT_FREE, 0 },
};


size_t
gig_disk_element(unsigned section)
{
    return section < GIG_SECTIONS ? gig_disk_sections[section].element : 1;
}


static const gig_disk_header_t *
gig_image_header(const gig_image_t *image)
{
    return (const void *) image->base;
}


int
gig_image_open(gig_str_t bytes, gig_str_t board, int whole, gig_image_t *image, gig_error_t *err)
{
    unsigned                  i;
    const gig_disk_header_t  *h;

    memset(image, 0, sizeof(*image));

    if (bytes.data == NULL || (uintptr_t) bytes.data % GIG_DISK_ALIGN != 0) {
        return gig_error_set(err, "", "the index must lie in memory aligned to %u bytes",
                             GIG_DISK_ALIGN);
    }

    if (bytes.len < sizeof(gig_disk_header_t)) {
        return gig_error_set(err, "", "the index is cut: %zu bytes are less than its header",
                             bytes.len);
    }

    h = (const void *) bytes.data;

    if (gig_image_check_header(h, bytes, board, err) != 0
        || gig_image_check_sections(h, err) != 0)
    {
        return -1;
    }

    if (whole
        && gig_crc32c(0, bytes.data + sizeof(*h), bytes.len - sizeof(*h)) != h->body_crc)
    {
        return gig_error_set(err, "", "the index is damaged: its checksum does not match");
    }

    image->base = (const unsigned char *) bytes.data;
    image->size = bytes.len;
    image->meta = h->meta;
    image->n = h->n;
    image->rows = h->rows;
    image->languages = h->languages;
    image->mean_length = gig_image_mean(h);
    image->seats_digest = h->seats_digest;
    image->drawn = h->drawn;
    memcpy(image->digest, h->digest, sizeof(image->digest));

    for (i = 0; i < GIG_SECTIONS; i++) {
        image->section[i] = image->base + h->section[i].offset;
    }

    image->stores = (uint32_t) gig_image_count(image, GIG_SECTION_STORES);
    image->forms = (uint32_t) gig_image_count(image, GIG_SECTION_FORMS);
    image->slices = (uint32_t) gig_image_count(image, GIG_SECTION_SLICES);
    image->spellings = (uint32_t) gig_image_count(image, GIG_SECTION_SPELLINGS);
    image->values = (uint32_t) gig_image_count(image, GIG_SECTION_VALUES);
    image->segments = (uint32_t) gig_image_count(image, GIG_SECTION_SEGMENTS);

    return 0;
}


static int
gig_image_check_header(const gig_disk_header_t *h, gig_str_t bytes, gig_str_t board,
    gig_error_t *err)
{
    if (memcmp(h->magic, GIG_DISK_MAGIC, sizeof(h->magic)) != 0) {
        return gig_error_set(err, "/magic", "this is no index of a gig board");
    }

    if (h->endian != GIG_DISK_ENDIAN) {
        return gig_error_set(err, "/endian", "the index is of a machine with another byte order");
    }

    if (h->version != GIG_IMAGE_VERSION) {
        return gig_error_set(err, "/version", "the index has format %u; this module reads %d",
                             h->version, GIG_IMAGE_VERSION);
    }

    if (h->header_size != sizeof(*h)
        || gig_crc32c(0, h, offsetof(gig_disk_header_t, header_crc)) != h->header_crc)
    {
        return gig_error_set(err, "/header_crc", "the index's header is damaged");
    }

    if (h->size != bytes.len || bytes.len > GIG_IMAGE_SIZE_MAX) {
        return gig_error_set(err, "/size", "the index has %zu bytes; its header says %llu",
                             bytes.len, (unsigned long long) h->size);
    }

    if (!gig_str_eq(gig_image_padded(h->board, sizeof(h->board)), board)) {
        return gig_error_set(err, "/board", "the index is of another board");
    }

    /* Both are used as C strings by those who ask for them. */

    if (h->meta.replid[sizeof(h->meta.replid) - 1] != '\0'
        || h->meta.ready[sizeof(h->meta.ready) - 1] != '\0')
    {
        return gig_error_set(err, "/meta", "the index's history is damaged");
    }

    return 0;
}


static int
gig_image_check_sections(const gig_disk_header_t *h, gig_error_t *err)
{
    size_t                     element;
    uint64_t                   count, wanted;
    unsigned                   i;
    const gig_disk_section_t  *s;

    if (h->rows > GIG_IMAGE_GIGS_MAX || h->n > h->rows || h->sections != GIG_SECTIONS) {
        return gig_error_set(err, "/n", "the index's counts are out of bounds");
    }

    for (i = 0; i < GIG_SECTIONS; i++) {
        s = &h->section[i];
        element = gig_disk_element(i);
        count = s->size / element;

        if (s->offset < sizeof(*h) || s->offset % GIG_DISK_ALIGN != 0 || s->offset > h->size
            || s->size > h->size - s->offset || s->size % element != 0 || count > UINT32_MAX)
        {
            return gig_error_set(err, "/section", "section %u is out of bounds", i);
        }

        wanted = count;

        switch (gig_disk_sections[i].count) {
        case GIG_COUNT_ROWS:
            wanted = h->rows;
            break;
        case GIG_COUNT_ROWS_AND_ONE:
            wanted = (uint64_t) h->rows + 1;
            break;
        case GIG_COUNT_GIGS:
            wanted = h->n;
            break;
        case GIG_COUNT_FREE:
            break;
        }

        if (count != wanted) {
            return gig_error_set(err, "/section", "column %u has not a value a gig", i);
        }

        if (gig_disk_sections[i].max && count > gig_disk_sections[i].max) {
            return gig_error_set(err, "/section", "section %u holds too much: %llu of at most %u",
                                 i, (unsigned long long) count, gig_disk_sections[i].max);
        }
    }

    /* A power of two with an empty slot, so that every search ends. */

    count = h->section[GIG_SECTION_SLOTS].size / sizeof(uint32_t);

    if (count <= h->n || (count & (count - 1)) != 0) {
        return gig_error_set(err, "/section", "the index's id table has a wrong size");
    }

    return 0;
}


/* As the scores take it; the sum of a damaged header is no reason to divide by nothing. */
static uint32_t
gig_image_mean(const gig_disk_header_t *h)
{
    uint64_t  mean;

    mean = h->n ? (h->length_sum + h->n / 2) / h->n : 1;

    return mean == 0 ? 1 : mean > UINT16_MAX ? UINT16_MAX : (uint32_t) mean;
}


static uint64_t
gig_image_count(const gig_image_t *image, unsigned section)
{
    return gig_image_header(image)->section[section].size / gig_disk_element(section);
}


int
gig_image_store(const gig_image_t *image, uint32_t i, gig_store_t *store)
{
    if (i >= image->stores) {
        return -1;
    }

    *store = ((const gig_store_t *) image->section[GIG_SECTION_STORES])[i];

    return 0;
}


int
gig_image_place(const gig_image_t *image, uint32_t row, gig_fragment_kind_t kind,
    gig_place_t *place)
{
    uint64_t                    offset;
    unsigned                    i;
    gig_store_t                 store;
    const gig_disk_places_t    *p;
    const gig_disk_fragment_t  *f;

    if (row >= image->rows || (unsigned) kind >= GIG_FRAGMENTS) {
        return -1;
    }

    p = (const gig_disk_places_t *) image->section[GIG_SECTION_PLACES] + row;

    if (gig_image_store(image, p->store, &store) != 0 || p->offset > store.size) {
        return -1;
    }

    /* At most four lengths below 2^32 after an offset that a file can have. */

    offset = p->offset;

    for (i = 0; gig_disk_order[i] != kind; i++) {
        offset += p->fragment[gig_disk_order[i]].len;
    }

    f = &p->fragment[kind];

    if (offset < p->offset || offset > store.size || f->len > store.size - offset
        || (f->url != GIG_NO_HOLE && f->url > f->len)
        || (f->state != GIG_NO_HOLE && f->state > f->len)
        || (f->url != GIG_NO_HOLE && f->state != GIG_NO_HOLE && f->url > f->state))
    {
        return -1;
    }

    place->store = p->store;
    place->len = f->len;
    place->offset = offset;
    place->crc = f->crc;
    place->holes.url = f->url;
    place->holes.state = f->state;

    return 0;
}


void
gig_image_fetch(const gig_image_t *image, uint32_t row)
{
    const gig_disk_places_t  *places;

    if (row >= image->rows) {
        return;
    }

    places = (const gig_disk_places_t *) image->section[GIG_SECTION_PLACES] + row;
    __builtin_prefetch(places);
    __builtin_prefetch((const char *) (places + 1) - 1);
    __builtin_prefetch((const gig_disk_marks_t *) image->section[GIG_SECTION_MARKS] + row);
    __builtin_prefetch((const int64_t *) image->section[GIG_SECTION_VISIBLE] + row);
    __builtin_prefetch((const int64_t *) image->section[GIG_SECTION_OPENS] + row);
    __builtin_prefetch((const int64_t *) image->section[GIG_SECTION_CLOSES] + row);
}


void
gig_bytes_fetch(gig_str_t bytes)
{
    size_t  i;

    for (i = 0; i < bytes.len; i += GIG_CACHE_LINE) {
        __builtin_prefetch(bytes.data + i);
    }
}


gig_str_t
gig_place_bytes(const gig_place_t *place, gig_str_t store, int check)
{
    gig_str_t  bytes;

    if (store.data == NULL || place->offset > store.len
        || place->len > store.len - place->offset)
    {
        return gig_null_str;
    }

    bytes.data = store.data + place->offset;
    bytes.len = place->len;

    if (check && gig_crc32c(0, bytes.data, bytes.len) != place->crc) {
        return gig_null_str;
    }

    return bytes;
}


static int
gig_image_is(void *data, gig_str_t id)
{
    return gig_str_eq(id, *(gig_str_t *) data);
}


uint32_t
gig_image_find(const gig_image_t *image, gig_str_t id)
{
    if (id.len == 0 || id.len > GIG_ID_MAX) {
        return GIG_ROW_NONE;
    }

    return gig_image_find_hash(image, gig_disk_hash(id), gig_image_is, &id);
}


uint32_t
gig_image_hash(gig_str_t id)
{
    return gig_disk_hash(id);
}


uint32_t
gig_image_find_hash(const gig_image_t *image, uint32_t hash, gig_image_is_pt is, void *data)
{
    uint32_t         i, mask, row, tries;
    const uint32_t  *slots;

    if (image->n == 0) {
        return GIG_ROW_NONE;
    }

    slots = image->section[GIG_SECTION_SLOTS];
    mask = (uint32_t) gig_image_count(image, GIG_SECTION_SLOTS) - 1;
    i = hash & mask;

    /* A sound table ends the search at an empty slot; a damaged one may have none. */

    for (tries = 0; tries <= mask; tries++) {
        row = slots[i];

        if (row == GIG_DISK_ROW_NONE) {
            break;
        }

        if (is(data, gig_image_id(image, row))) {
            return row;
        }

        i = (i + 1) & mask;
    }

    return GIG_ROW_NONE;
}


/* part: 0 the id, 1 the rev, 2 the form's id, 3 the slug. */
static gig_str_t
gig_image_name(const gig_image_t *image, uint32_t row, unsigned part)
{
    size_t                   offset, len;
    uint64_t                 size;
    const gig_disk_names_t  *names;

    if (row >= image->rows) {
        return gig_null_str;
    }

    names = (const gig_disk_names_t *) image->section[GIG_SECTION_NAMES] + row;
    size = gig_disk_size(image, GIG_SECTION_TEXT);
    offset = names->offset;
    len = names->id_len;

    if (part > 0) {
        offset += len;
        len = names->rev_len;
    }

    if (part > 1) {
        offset += len;
        len = names->form_len;
    }

    if (part > 2) {
        offset += len;
        len = names->slug_len;
    }

    if (offset > size || len > size - offset) {
        return gig_null_str;
    }

    return (gig_str_t) { (const char *) image->section[GIG_SECTION_TEXT] + offset, len };
}


gig_str_t
gig_image_id(const gig_image_t *image, uint32_t row)
{
    return gig_image_name(image, row, 0);
}


gig_str_t
gig_image_rev(const gig_image_t *image, uint32_t row)
{
    return gig_image_name(image, row, 1);
}


/* It goes into addresses and headers as it is: what damage may hold is none. */
gig_str_t
gig_image_slug(const gig_image_t *image, uint32_t row)
{
    gig_str_t  slug = gig_image_name(image, row, 3);

    return gig_slug_valid(slug) ? slug : gig_null_str;
}


int
gig_image_zone(const gig_image_t *image, uint32_t row, gig_zone_t *zone)
{
    uint32_t                index;
    uint64_t                size;
    const gig_disk_zone_t  *z;

    if (row >= image->rows) {
        return -1;
    }

    index = ((const uint32_t *) image->section[GIG_SECTION_ZONE_OF])[row];

    if (index >= gig_image_count(image, GIG_SECTION_ZONES)) {
        return -1;
    }

    z = (const gig_disk_zone_t *) image->section[GIG_SECTION_ZONES] + index;
    size = gig_disk_size(image, GIG_SECTION_TZIF);

    if (z->offset > size || z->len > size - z->offset) {
        return -1;
    }

    return gig_zone_read((gig_str_t) { (const char *) image->section[GIG_SECTION_TZIF]
                                       + z->offset, z->len }, zone);
}


static gig_str_t
gig_image_padded(const char *text, size_t size)
{
    return (gig_str_t) { text, strnlen(text, size) };
}


static const gig_disk_form_t *
gig_image_form(const gig_image_t *image, uint32_t form)
{
    return (const gig_disk_form_t *) image->section[GIG_SECTION_FORMS] + form;
}


uint32_t
gig_image_form_of(const gig_image_t *image, uint32_t row)
{
    uint32_t   form;
    gig_str_t  id;

    if (row >= image->rows) {
        return GIG_ROW_NONE;
    }

    id = gig_image_name(image, row, 2);

    if (id.data == NULL) {
        return GIG_ROW_NONE;
    }

    if (id.len == 0) {
        return GIG_FORM_DEFAULT;
    }

    form = gig_image_form_find(image, id);

    /* Naming the built-in form is as good as naming none. */

    if (form == GIG_ROW_NONE && gig_str_is(id, GIG_FORM_DEFAULT_ID)) {
        return GIG_FORM_DEFAULT;
    }

    return form;
}


uint32_t
gig_image_form_find(const gig_image_t *image, gig_str_t id)
{
    int                     order;
    uint32_t                low = 0, high = image->forms, middle;
    const gig_disk_form_t  *form;

    while (low < high) {
        middle = low + (high - low) / 2;
        form = gig_image_form(image, middle);
        order = gig_disk_compare_id(gig_image_padded(form->id, sizeof(form->id)), id);

        if (order == 0) {
            return middle;
        }

        if (order < 0) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    return GIG_ROW_NONE;
}


gig_str_t
gig_image_form_rev(const gig_image_t *image, uint32_t form)
{
    const gig_disk_form_t  *f;

    if (form >= image->forms) {
        return gig_null_str;
    }

    f = gig_image_form(image, form);

    return gig_image_padded(f->rev, sizeof(f->rev));
}


int
gig_image_form_place(const gig_image_t *image, uint32_t form, gig_place_t *place)
{
    gig_store_t             store;
    const gig_disk_form_t  *f;

    if (form >= image->forms) {
        return -1;
    }

    f = gig_image_form(image, form);

    if (gig_image_store(image, f->store, &store) != 0 || f->offset > store.size
        || f->len > store.size - f->offset)
    {
        return -1;
    }

    place->store = f->store;
    place->len = f->len;
    place->offset = f->offset;
    place->crc = f->crc;
    place->holes.url = GIG_NO_HOLE;
    place->holes.state = GIG_NO_HOLE;

    return 0;
}


uint64_t
gig_image_drawn(uint64_t place_names)
{
    return place_names ^ UINT64_C(0x9e3779b97f4a7c15) * GIG_IMAGE_DRAWING;
}
