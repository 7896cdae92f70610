#include "gig_compile_build.h"

/* Fills the index's block section by section as the layout has it, checksums last. */

#include "gig_block.h"


typedef struct {
    gig_layout_t    layout;
    unsigned char  *block;
    uint64_t        size;
} gig_writer_t;


static void *gig_write_section(const gig_writer_t *w, unsigned section);
static void gig_write_times(gig_writer_t *w, unsigned section);
static void gig_write_columns(gig_writer_t *w);
static void gig_write_text(gig_writer_t *w);
static void gig_write_places(gig_writer_t *w);
static void gig_write_slots(gig_writer_t *w);
static void gig_write_zones(gig_writer_t *w);
static void gig_write_rest(gig_writer_t *w);
static void gig_write_search(gig_writer_t *w);
static void gig_write_ranks(gig_writer_t *w);
static void gig_write_copy(gig_writer_t *w, unsigned section, const void *from);
static void gig_write_digest(gig_writer_t *w, unsigned char *digest);
static void gig_write_sums(gig_writer_t *w, gig_disk_header_t *h);
static void gig_write_header(gig_writer_t *w);


static void (*const  gig_write_parts[])(gig_writer_t *w) = {
    gig_write_columns, gig_write_text, gig_write_places, gig_write_slots, gig_write_zones,
    gig_write_search, gig_write_ranks, gig_write_rest, gig_write_header,
};


int
gig_build_write(gig_build_t *build, gig_str_t *index)
{
    int           rc;
    size_t        i;
    gig_writer_t  w;

    memset(&w, 0, sizeof(w));
    w.layout.build = build;
    rc = -1;

    if (gig_build_layout(&w.layout, &w.size) != 0) {
        goto done;
    }

    w.block = gig_block_alloc((size_t) w.size);

    if (w.block == NULL) {
        gig_error_set(build->err, "", "no memory to write an index of %u gigs", build->n);
        goto done;
    }

    for (i = 0; i < sizeof(gig_write_parts) / sizeof(gig_write_parts[0]); i++) {
        build->io->yield(build->io->data);
        gig_write_parts[i](&w);
    }

    *index = (gig_str_t) { (char *) w.block, (size_t) w.size };
    rc = 0;

done:

    gig_build_layout_free(&w.layout);

    return rc;
}


static void *
gig_write_section(const gig_writer_t *w, unsigned section)
{
    return w->block + w->layout.section[section].offset;
}


static void
gig_write_times(gig_writer_t *w, unsigned section)
{
    int64_t   *times = gig_write_section(w, section);
    uint32_t   i;

    for (i = 0; i < w->layout.build->rows; i++) {
        times[i] = w->layout.build->plan[i] == GIG_PLAN_FREE
                   ? GIG_TIME_NONE
                   : gig_row_time(w->layout.build, w->layout.build->plan[i], section);
    }
}


static void
gig_write_columns(gig_writer_t *w)
{
    uint8_t             seats;
    uint32_t            i, row, *departments, *zones;
    gig_build_t        *build = w->layout.build;
    const gig_row_t    *new;
    gig_disk_term_t    *terms;
    gig_disk_marks_t   *marks;
    const gig_image_t  *last = build->last;

    gig_write_times(w, GIG_SECTION_POSTED);
    gig_write_times(w, GIG_SECTION_OPENS);
    gig_write_times(w, GIG_SECTION_CLOSES);
    gig_write_times(w, GIG_SECTION_VISIBLE);

    /* A free row has zeros elsewhere: no name, a draft. */

    marks = gig_write_section(w, GIG_SECTION_MARKS);
    departments = gig_write_section(w, GIG_SECTION_DEPARTMENTS);
    zones = gig_write_section(w, GIG_SECTION_ZONE_OF);
    terms = gig_write_section(w, GIG_SECTION_TERMS);

    for (i = 0; i < build->rows; i++) {
        row = build->plan[i];
        zones[i] = GIG_DISK_ROW_NONE;

        if (row == GIG_PLAN_FREE) {
            continue;
        }

        new = gig_row_new(build, row);
        zones[i] = w->layout.zone_of[i] == GIG_DISK_ROW_NONE ? GIG_DISK_ROW_NONE
                                                      : w->layout.zone_out[w->layout.zone_of[i]];

        if (new) {
            marks[i] = new->marks;
            departments[i] = new->department;
            terms[i] = new->term;
            continue;
        }

        marks[i] = ((const gig_disk_marks_t *) last->section[GIG_SECTION_MARKS])[row];
        departments[i] = ((const uint32_t *) last->section[GIG_SECTION_DEPARTMENTS])[row];
        terms[i] = ((const gig_disk_term_t *) last->section[GIG_SECTION_TERMS])[row];

        seats = build->old[row] & GIG_OLD_SEATS;

        if (seats != GIG_OLD_KEEP_SEATS) {
            marks[i].seats = seats;
        }
    }
}


static void
gig_write_text(gig_writer_t *w)
{
    char                    *text;
    size_t                   len, used;
    uint32_t                 i, row;
    gig_build_t             *build = w->layout.build;
    const gig_row_t         *new;
    gig_disk_names_t        *names;
    const gig_disk_names_t  *old;

    names = gig_write_section(w, GIG_SECTION_NAMES);
    text = gig_write_section(w, GIG_SECTION_TEXT);
    used = 0;

    for (i = 0; i < build->rows; i++) {
        row = build->plan[i];

        if (row == GIG_PLAN_FREE) {
            continue;
        }

        new = gig_row_new(build, row);
        names[i].offset = (uint32_t) used;

        if (new == NULL) {
            old = (const gig_disk_names_t *) build->last->section[GIG_SECTION_NAMES] + row;
            names[i].id_len = old->id_len;
            names[i].rev_len = old->rev_len;
            names[i].form_len = old->form_len;
            names[i].slug_len = old->slug_len;
            len = gig_names_len(old);
            memcpy(text + used, (const char *) build->last->section[GIG_SECTION_TEXT]
                                + old->offset, len);
            used += len;
            continue;
        }

        names[i].id_len = (uint8_t) new->id.len;
        names[i].rev_len = new->rev_len;
        names[i].form_len = new->form_len;
        names[i].slug_len = new->slug_len;
        memcpy(text + used, new->id.data, new->id.len);
        used += new->id.len;
        memcpy(text + used, new->rev, new->rev_len);
        used += new->rev_len;
        memcpy(text + used, new->form, new->form_len);
        used += new->form_len;

        if (new->slug_len > 0) {
            memcpy(text + used, build->slugs.data + new->slug, new->slug_len);
            used += new->slug_len;
        }
    }
}


static void
gig_write_places(gig_writer_t *w)
{
    uint32_t            i;
    gig_build_t        *build = w->layout.build;
    gig_disk_places_t  *places, copy;

    places = gig_write_section(w, GIG_SECTION_PLACES);

    for (i = 0; i < build->rows; i++) {
        if (build->plan[i] == GIG_PLAN_FREE) {
            continue;
        }

        places[i] = *gig_row_places(build, build->plan[i], &copy);
        places[i].store = w->layout.store_out[places[i].store];
    }
}


static void
gig_write_slots(gig_writer_t *w)
{
    char                    *text;
    uint32_t                 i, at, mask, *slots;
    const gig_disk_names_t  *names;

    names = gig_write_section(w, GIG_SECTION_NAMES);
    text = gig_write_section(w, GIG_SECTION_TEXT);
    slots = gig_write_section(w, GIG_SECTION_SLOTS);
    mask = (uint32_t) (w->layout.section[GIG_SECTION_SLOTS].size / sizeof(*slots)) - 1;
    memset(slots, 0xff, ((size_t) mask + 1) * sizeof(*slots));

    for (i = 0; i < w->layout.build->rows; i++) {
        if (names[i].id_len == 0) {
            continue;
        }

        at = gig_disk_hash((gig_str_t) { text + names[i].offset, names[i].id_len }) & mask;

        while (slots[at] != GIG_DISK_ROW_NONE) {
            at = (at + 1) & mask;
        }

        slots[at] = i;
    }
}


static void
gig_write_zones(gig_writer_t *w)
{
    char                    *tzif;
    uint32_t                 i, next, zone, offset;
    gig_disk_zone_t         *zones;
    const gig_build_zone_t  *from;

    zones = gig_write_section(w, GIG_SECTION_ZONES);
    tzif = gig_write_section(w, GIG_SECTION_TZIF);
    next = 0;
    offset = 0;

    /* In the order of the first row that uses it, as zone_out was filled. */

    for (i = 0; i < w->layout.build->rows; i++) {
        zone = w->layout.zone_of[i];

        if (zone == GIG_DISK_ROW_NONE || w->layout.zone_out[zone] != next) {
            continue;
        }

        from = &w->layout.build->zone[zone];
        memcpy(zones[next].name, from->name, sizeof(from->name));
        zones[next].offset = offset;
        zones[next].len = (uint32_t) from->tzif.len;
        memcpy(tzif + offset, from->tzif.data, from->tzif.len);
        offset += (uint32_t) from->tzif.len;
        next++;
    }
}


static void
gig_write_rest(gig_writer_t *w)
{
    size_t            i;
    int64_t          *slices;
    gig_build_t      *build = w->layout.build;
    gig_store_t      *stores;
    gig_disk_form_t  *forms;

    stores = gig_write_section(w, GIG_SECTION_STORES);

    for (i = 0; i < build->job->n_stores; i++) {
        if (!w->layout.used[i]) {
            continue;
        }

        *stores = build->job->stores[i];
        stores->reserved = 0;
        stores->size = build->store_end[i];
        stores->dead = stores->size > w->layout.live[i] ? stores->size - w->layout.live[i] : 0;
        stores++;
    }

    slices = gig_write_section(w, GIG_SECTION_SLICES);

    for (i = 0; i < w->layout.n_slices; i++) {
        slices[i] = (int64_t) (w->layout.slices[i] ^ (uint64_t) INT64_MIN);
    }

    forms = gig_write_section(w, GIG_SECTION_FORMS);

    for (i = 0; i < build->n_forms; i++) {
        forms[i] = build->form[i];
        forms[i].store = w->layout.store_out[forms[i].store];
    }

    if (build->n_refused > 0) {
        memcpy(gig_write_section(w, GIG_SECTION_REFUSED), build->refused,
               build->n_refused * sizeof(*build->refused));
    }
}


/* What queries ask for: columns row by row, and the sections that are ready. */
static void
gig_write_search(gig_writer_t *w)
{
    int64_t             *pay;
    uint8_t             *length, *language;
    uint32_t             i, row, *currency, *hours;
    gig_build_t         *build = w->layout.build;
    const gig_row_t     *new;
    const gig_image_t   *last = build->last;
    gig_disk_segment_t  *segments;

    pay = gig_write_section(w, GIG_SECTION_PAY);
    currency = gig_write_section(w, GIG_SECTION_CURRENCY);
    hours = gig_write_section(w, GIG_SECTION_HOURS);
    length = gig_write_section(w, GIG_SECTION_LENGTH);
    language = gig_write_section(w, GIG_SECTION_LANGUAGE);

    for (i = 0; i < build->rows; i++) {
        row = build->plan[i];

        if (row == GIG_PLAN_FREE) {
            continue;
        }

        new = gig_row_new(build, row);

        if (new) {
            pay[i] = new->pay;
            currency[i] = new->currency;
            hours[i] = new->hours;
            length[i] = new->length;
            language[i] = new->language;
            continue;
        }

        pay[i] = ((const int64_t *) last->section[GIG_SECTION_PAY])[row];
        currency[i] = ((const uint32_t *) last->section[GIG_SECTION_CURRENCY])[row];
        hours[i] = ((const uint32_t *) last->section[GIG_SECTION_HOURS])[row];
        length[i] = ((const uint8_t *) last->section[GIG_SECTION_LENGTH])[row];
        language[i] = ((const uint8_t *) last->section[GIG_SECTION_LANGUAGE])[row];
    }

    gig_write_copy(w, GIG_SECTION_SEGMENT_OF, build->words.segment_of);
    gig_write_copy(w, GIG_SECTION_VALUES_AT, build->values.out_at);
    gig_write_copy(w, GIG_SECTION_ROW_VALUES, build->values.out_row);
    gig_write_copy(w, GIG_SECTION_SPELLINGS, build->values.out_spelling);
    gig_write_copy(w, GIG_SECTION_VALUES, build->values.out_value);
    gig_write_copy(w, GIG_SECTION_VALUE_TEXT, build->values.out_text.data);
    gig_write_copy(w, GIG_SECTION_BITMAPS, build->values.out_bitmap);
    gig_write_copy(w, GIG_SECTION_LISTS, build->values.out_list);
    gig_write_copy(w, GIG_SECTION_SEGMENTS, build->words.segment);

    segments = gig_write_section(w, GIG_SECTION_SEGMENTS);

    for (i = 0; i < build->words.n; i++) {
        segments[i].store = w->layout.store_out[segments[i].store];
    }
}


static void
gig_write_ranks(gig_writer_t *w)
{
    uint32_t      i, *rank;
    unsigned      sort;
    gig_build_t  *build = w->layout.build;

    static const unsigned  ranks[GIG_SORTS_STORED][2] = {
        { GIG_SECTION_RANK, GIG_SECTION_ORDER },
        { GIG_SECTION_RANK_CLOSING, GIG_SECTION_ORDER_CLOSING },
        { GIG_SECTION_RANK_PAY, GIG_SECTION_ORDER_PAY },
    };

    for (sort = 0; sort < GIG_SORTS_STORED; sort++) {
        gig_write_copy(w, ranks[sort][1], build->order[sort]);
        rank = gig_write_section(w, ranks[sort][0]);
        memset(rank, 0xff, w->layout.section[ranks[sort][0]].size);

        for (i = 0; i < build->n; i++) {
            rank[build->order[sort][i]] = i;
        }
    }
}


static void
gig_write_copy(gig_writer_t *w, unsigned section, const void *from)
{
    if (w->layout.section[section].size > 0) {
        memcpy(gig_write_section(w, section), from, w->layout.section[section].size);
    }
}


/* What the header says of all gigs together. */
static void
gig_write_sums(gig_writer_t *w, gig_disk_header_t *h)
{
    char                    *text;
    uint32_t                 i;
    uint64_t                 hash;
    const uint8_t           *length, *language;
    const gig_disk_names_t  *names;
    const gig_disk_marks_t  *marks;

    text = gig_write_section(w, GIG_SECTION_TEXT);
    names = gig_write_section(w, GIG_SECTION_NAMES);
    marks = gig_write_section(w, GIG_SECTION_MARKS);
    length = gig_write_section(w, GIG_SECTION_LENGTH);
    language = gig_write_section(w, GIG_SECTION_LANGUAGE);

    for (i = 0; i < h->rows; i++) {
        if (names[i].id_len == 0) {
            continue;
        }

        h->length_sum += gig_length_value(length[i]);
        h->languages |= 1u << (language[i] % GIG_LANGUAGES_MAX);

        if (marks[i].seats == GIG_SEATS_OPEN) {
            continue;
        }

        /* Splitmix's finalizer over id and seats: what differs in one gig differs in the sum. */

        hash = gig_disk_hash((gig_str_t) { text + names[i].offset, names[i].id_len });
        hash = (hash << 8 | marks[i].seats) + 0x9e3779b97f4a7c15u;
        hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9u;
        hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebu;
        h->seats_digest ^= hash ^ (hash >> 31);
    }
}


static void
gig_write_digest(gig_writer_t *w, unsigned char *digest)
{
    uint32_t                i;
    const gig_build_t      *build = w->layout.build;
    const gig_disk_term_t  *terms;

    terms = gig_write_section(w, GIG_SECTION_TERMS);

    for (i = 0; i < build->rows; i++) {
        if (build->plan[i] != GIG_PLAN_FREE) {
            gig_digest_xor(digest, terms[i].term);
        }
    }

    for (i = 0; i < build->n_forms; i++) {
        gig_digest_xor(digest, build->form[i].term.term);
    }

    for (i = 0; i < build->n_refused; i++) {
        gig_digest_xor(digest, build->refused[i].term.term);
    }
}


static void
gig_write_header(gig_writer_t *w)
{
    gig_disk_header_t    *h = (void *) w->block;
    const gig_compile_t  *job = w->layout.build->job;

    static_assert(sizeof(h->section) == sizeof(w->layout.section), "the same table");

    memcpy(h->magic, GIG_DISK_MAGIC, sizeof(h->magic));
    h->version = GIG_IMAGE_VERSION;
    h->endian = GIG_DISK_ENDIAN;
    h->size = w->size;
    h->header_size = sizeof(*h);
    h->sections = GIG_SECTIONS;
    memcpy(h->board, job->board.data, job->board.len);
    h->meta = job->meta;
    memcpy(h->section, w->layout.section, sizeof(h->section));
    gig_write_digest(w, h->digest);
    h->n = w->layout.build->n;
    h->rows = w->layout.build->rows;
    h->drawn = gig_image_drawn(job->place_names ? gig_place_names_hash(job->place_names) : 0);
    gig_write_sums(w, h);
    h->body_crc = gig_crc32c(0, w->block + sizeof(*h), (size_t) w->size - sizeof(*h));
    h->header_crc = gig_crc32c(0, h, offsetof(gig_disk_header_t, header_crc));
}
