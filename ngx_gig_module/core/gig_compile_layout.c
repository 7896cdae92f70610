#include "gig_compile_build.h"

/*
 * How long each section of the new index will be: the rows' texts, the stores
 * that are still in use, zones, slices.  Here rows of the last image are looked
 * at for the first time, so here their offsets are checked.
 */

#include "gig_block.h"

#define GIG_SLOTS_MIN           8u
#define GIG_RADIX               256u


static int gig_layout_row(gig_layout_t *w, uint32_t i, uint64_t *text);
static int gig_layout_stores(gig_layout_t *w, uint64_t *count);
static int gig_layout_zones(gig_layout_t *w, uint64_t *zones, uint64_t *tzif);
static int gig_layout_slices(gig_layout_t *w);
static void gig_radix_sort(uint64_t *values, uint64_t *scratch, size_t n);


int
gig_build_layout(gig_layout_t *w, uint64_t *size)
{
    uint32_t             i, slots;
    uint64_t             text, stores, zones, tzif, offset, count[GIG_SECTIONS];
    gig_build_t         *build = w->build;
    gig_disk_section_t  *section;

    w->zone_of = gig_block_alloc(build->rows * sizeof(*w->zone_of));

    if (w->zone_of == NULL || gig_layout_slices(w) != 0) {
        return gig_error_set(build->err, "", "no memory to lay out %u gigs", build->n);
    }

    text = 0;

    for (i = 0; i < build->rows; i++) {
        w->zone_of[i] = GIG_DISK_ROW_NONE;

        if (build->plan[i] != GIG_PLAN_FREE && gig_layout_row(w, i, &text) != 0) {
            return gig_error_set(build->err, "/rows", "the last index is damaged");
        }
    }

    if (gig_layout_stores(w, &stores) != 0) {
        return gig_error_set(build->err, "/stores", "more than %d stores are in use",
                             GIG_IMAGE_STORES_MAX);
    }

    if (gig_layout_zones(w, &zones, &tzif) != 0) {
        return gig_error_set(build->err, "/zones", "the time zones are too large");
    }

    for (slots = GIG_SLOTS_MIN; slots < 2 * build->n; slots *= 2) { /* void */ }

    for (i = 0; i < GIG_SECTIONS; i++) {
        count[i] = build->rows;
    }

    count[GIG_SECTION_STORES] = stores;
    count[GIG_SECTION_VALUES_AT] = (uint64_t) build->rows + 1;
    count[GIG_SECTION_ORDER] = build->n;
    count[GIG_SECTION_ORDER_CLOSING] = build->n;
    count[GIG_SECTION_ORDER_PAY] = build->n;
    count[GIG_SECTION_ROW_VALUES] = build->values.out_row_values;
    count[GIG_SECTION_SPELLINGS] = build->values.out_spellings;
    count[GIG_SECTION_VALUES] = build->values.out_values;
    count[GIG_SECTION_VALUE_TEXT] = build->values.out_text.len;
    count[GIG_SECTION_BITMAPS] = build->values.out_bitmap_words;
    count[GIG_SECTION_LISTS] = build->values.out_list_rows;
    count[GIG_SECTION_SEGMENTS] = build->words.n;
    count[GIG_SECTION_TEXT] = text;
    count[GIG_SECTION_SLOTS] = slots;
    count[GIG_SECTION_SLICES] = w->n_slices;
    count[GIG_SECTION_FORMS] = build->n_forms;
    count[GIG_SECTION_ZONES] = zones;
    count[GIG_SECTION_TZIF] = tzif;
    count[GIG_SECTION_REFUSED] = build->n_refused;

    offset = sizeof(gig_disk_header_t);

    for (i = 0; i < GIG_SECTIONS; i++) {

        /* Counts are below 2^32 and elements below 2^8: nothing here can wrap. */

        section = &w->section[i];
        section->offset = offset;
        section->size = count[i] * gig_disk_element(i);
        offset += section->size;
        offset = (offset + GIG_DISK_ALIGN - 1) & ~(uint64_t) (GIG_DISK_ALIGN - 1);
    }

    if (text > UINT32_MAX || offset > GIG_IMAGE_SIZE_MAX) {
        return gig_error_set(build->err, "/size", "the index would be larger than %zu bytes",
                             GIG_IMAGE_SIZE_MAX);
    }

    *size = offset;

    return 0;
}


void
gig_build_layout_free(gig_layout_t *w)
{
    gig_block_free(w->zone_of);
    gig_block_free(w->slices);
}


/* Adds what a row says of lengths; of a row of the last image only after a look at its offsets. */
static int
gig_layout_row(gig_layout_t *w, uint32_t i, uint64_t *text)
{
    uint32_t                  row, zone;
    gig_str_t                 name, tzif;
    gig_build_t              *build = w->build;
    gig_disk_places_t         copy;
    const gig_row_t          *new;
    const gig_image_t        *last = build->last;
    const gig_disk_zone_t    *z;
    const gig_disk_names_t   *names;
    const gig_disk_places_t  *places;

    row = build->plan[i];
    new = gig_row_new(build, row);
    places = gig_row_places(build, row, &copy);

    if (places == NULL) {
        return -1;
    }

    w->live[places->store] += gig_places_len(places);
    w->used[places->store] = 1;

    if (new) {
        *text += new->id.len + new->rev_len + new->form_len + new->slug_len;
        w->zone_of[i] = new->zone;
        return 0;
    }

    names = (const gig_disk_names_t *) last->section[GIG_SECTION_NAMES] + row;

    if (names->id_len == 0 || names->id_len > GIG_ID_MAX || names->form_len > GIG_ID_MAX
        || (uint64_t) names->offset + gig_names_len(names)
           > gig_disk_size(last, GIG_SECTION_TEXT))
    {
        return -1;
    }

    *text += gig_names_len(names);

    zone = ((const uint32_t *) last->section[GIG_SECTION_ZONE_OF])[row];

    if (zone == GIG_DISK_ROW_NONE) {
        w->zone_of[i] = zone;
        return 0;
    }

    if (zone >= gig_disk_size(last, GIG_SECTION_ZONES) / sizeof(*z)) {
        return -1;
    }

    z = (const gig_disk_zone_t *) last->section[GIG_SECTION_ZONES] + zone;

    if ((uint64_t) z->offset + z->len > gig_disk_size(last, GIG_SECTION_TZIF)) {
        return -1;
    }

    name = (gig_str_t) { z->name, strnlen(z->name, sizeof(z->name)) };
    tzif = (gig_str_t) { (const char *) last->section[GIG_SECTION_TZIF] + z->offset, z->len };
    w->zone_of[i] = gig_build_zone(build, name, tzif);

    return 0;
}


/* Places with the store as the job counts it; NULL if the last image names one it has not. */
const gig_disk_places_t *
gig_row_places(const gig_build_t *build, uint32_t planned, gig_disk_places_t *copy)
{
    const gig_row_t  *new = gig_row_new(build, planned);

    if (new) {
        return &new->places;
    }

    *copy = *gig_build_last_places(build, planned);

    if (build->moved) {
        copy->store = build->moved[planned].store;
        copy->offset = build->moved[planned].offset;
        return copy;
    }

    if (copy->store >= build->last->stores) {
        return NULL;
    }

    copy->store = build->store_of_last[copy->store];

    return copy;
}


int64_t
gig_row_time(const gig_build_t *build, uint32_t planned, unsigned section)
{
    const gig_row_t  *new = gig_row_new(build, planned);

    if (new == NULL) {
        return ((const int64_t *) build->last->section[section])[planned];
    }

    switch (section) {
    case GIG_SECTION_POSTED:
        return new->posted;
    case GIG_SECTION_OPENS:
        return new->opens;
    case GIG_SECTION_CLOSES:
        return new->closes;
    default:
        return new->visible;
    }
}


/* Stores that something lies in keep their order; the others are not named any more. */
static int
gig_layout_stores(gig_layout_t *w, uint64_t *count)
{
    uint32_t      i;
    gig_build_t  *build = w->build;

    for (i = 0; i < build->n_forms; i++) {
        w->live[build->form[i].store] += build->form[i].len;
        w->used[build->form[i].store] = 1;
    }

    for (i = 0; i < build->words.n; i++) {
        w->live[build->words.segment[i].store] += build->words.segment[i].len;
        w->used[build->words.segment[i].store] = 1;
    }

    *count = 0;

    for (i = 0; i < build->job->n_stores; i++) {
        if (w->used[i]) {
            w->store_out[i] = (uint32_t) (*count)++;
        }
    }

    return *count > GIG_IMAGE_STORES_MAX ? -1 : 0;
}


static int
gig_layout_zones(gig_layout_t *w, uint64_t *zones, uint64_t *tzif)
{
    uint32_t      i;
    gig_build_t  *build = w->build;

    memset(w->zone_out, 0xff, sizeof(w->zone_out));
    *zones = 0;
    *tzif = 0;

    for (i = 0; i < build->rows; i++) {
        if (w->zone_of[i] != GIG_DISK_ROW_NONE && w->zone_out[w->zone_of[i]] == UINT32_MAX) {
            w->zone_out[w->zone_of[i]] = (uint32_t) (*zones)++;
            *tzif += build->zone[w->zone_of[i]].tzif.len;
        }
    }

    return *tzif > UINT32_MAX ? -1 : 0;
}


/*
 * All instants at which the clock alone changes something, sorted, each once.
 * Sorted as unsigned numbers with the sign bit turned over.
 */
static int
gig_layout_slices(gig_layout_t *w)
{
    size_t        n, kept;
    int64_t       opens, closes, visible;
    uint32_t      i;
    uint64_t     *scratch;
    gig_build_t  *build = w->build;

    w->slices = gig_block_alloc((size_t) build->n * 4 * sizeof(*w->slices));
    scratch = gig_block_alloc((size_t) build->n * 4 * sizeof(*scratch));

    if (w->slices == NULL || scratch == NULL) {
        gig_block_free(scratch);
        return -1;
    }

    n = 0;

    for (i = 0; i < build->rows; i++) {
        if (build->plan[i] == GIG_PLAN_FREE) {
            continue;
        }

        opens = gig_row_time(build, build->plan[i], GIG_SECTION_OPENS);
        closes = gig_row_time(build, build->plan[i], GIG_SECTION_CLOSES);
        visible = gig_row_time(build, build->plan[i], GIG_SECTION_VISIBLE);

        if (opens != GIG_TIME_NONE) {
            w->slices[n++] = (uint64_t) opens ^ (uint64_t) INT64_MIN;
        }

        if (visible != GIG_TIME_NONE) {
            w->slices[n++] = (uint64_t) visible ^ (uint64_t) INT64_MIN;
        }

        if (closes != GIG_TIME_NONE) {
            w->slices[n++] = (uint64_t) closes ^ (uint64_t) INT64_MIN;
        }

        if (closes != GIG_TIME_NONE && closes > INT64_MIN + GIG_CLOSING_SOON) {
            w->slices[n++] = (uint64_t) (closes - GIG_CLOSING_SOON) ^ (uint64_t) INT64_MIN;
        }
    }

    gig_radix_sort(w->slices, scratch, n);
    gig_block_free(scratch);

    kept = 0;

    for (i = 0; i < n; i++) {
        if (kept == 0 || w->slices[kept - 1] != w->slices[i]) {
            w->slices[kept++] = w->slices[i];
        }
    }

    w->n_slices = kept;

    return 0;
}


/* By the lowest byte first; a byte in which all agree costs no pass, and most are such. */
static void
gig_radix_sort(uint64_t *values, uint64_t *scratch, size_t n)
{
    size_t     i, sum, here, count[GIG_RADIX];
    unsigned   byte, shift;
    uint64_t  *from = values, *to = scratch, *swap;

    for (byte = 0; byte < sizeof(*values) && n > 1; byte++) {
        shift = byte * 8;
        memset(count, 0, sizeof(count));

        for (i = 0; i < n; i++) {
            count[(from[i] >> shift) & (GIG_RADIX - 1)]++;
        }

        if (count[(from[0] >> shift) & (GIG_RADIX - 1)] == n) {
            continue;
        }

        for (sum = 0, i = 0; i < GIG_RADIX; i++) {
            here = count[i];
            count[i] = sum;
            sum += here;
        }

        for (i = 0; i < n; i++) {
            to[count[(from[i] >> shift) & (GIG_RADIX - 1)]++] = from[i];
        }

        swap = from;
        from = to;
        to = swap;
    }

    if (from != values) {
        memcpy(values, from, n * sizeof(*values));
    }
}
