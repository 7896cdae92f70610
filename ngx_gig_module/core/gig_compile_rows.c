#include "gig_compile_build.h"

/*
 * From a record's JSON to a row and its fragments.  What is in Redis is what is
 * served: a record that cannot be read is not, not even as it was before, but
 * it keeps its term in the digest, which is computed of what Redis holds.
 */

#include <math.h>
#include <stdio.h>

#include "gig_form.h"
#include "gig_json.h"
#include "gig_pay.h"
#include "gig_term.h"
#include "gig_text.h"


static uint32_t gig_build_number(gig_build_t *build);
static int gig_build_same_gig(const gig_build_t *build, uint32_t row, const gig_disk_term_t *term);
static int gig_build_row(gig_build_t *build, const gig_touch_t *touch, const gig_record_t *gig,
    gig_row_t *row);
static int gig_row_slug(gig_build_t *build, const gig_record_t *gig, gig_row_t *row);
static uint8_t gig_row_flags(const json_t *root);
static uint32_t gig_row_updated(int64_t updated);
static uint32_t gig_row_currency(const json_t *root);
static uint32_t gig_row_hours(const json_t *root);
static int gig_build_fragments(gig_build_t *build, const gig_record_t *gig, gig_row_t *row);
static void gig_build_refuse(gig_build_t *build, const gig_touch_t *touch,
    const gig_disk_term_t *term, const gig_errors_t *errors);
static void gig_build_term(const gig_touch_t *touch, gig_disk_term_t *term);
static void gig_build_drop_form(gig_build_t *build, gig_str_t id);
static int gig_build_same_form(gig_build_t *build, gig_str_t id, const gig_disk_term_t *term);
static int gig_build_new_form(gig_build_t *build, const gig_form_t *form,
    const gig_disk_term_t *term);
static uint32_t gig_department_hash(gig_str_t name);


int
gig_build_gig(gig_build_t *build, const gig_touch_t *touch)
{
    int              rc;
    uint8_t          seats;
    uint32_t         old;
    gig_row_t       *row;
    gig_record_t     gig;
    gig_errors_t     errors;
    gig_disk_term_t  term;

    old = build->last ? gig_image_find(build->last, touch->id) : GIG_ROW_NONE;

    /* What the judge said last of the seats is not the record's and outlives a new one. */

    if (touch->seats) {
        seats = touch->seats->seats > GIG_SEATS_FULL ? GIG_SEATS_FULL
                                                     : (uint8_t) touch->seats->seats;

    } else if (old != GIG_ROW_NONE && !build->job->full) {
        seats = (uint8_t) gig_image_seats(build->last, old);

    } else {
        seats = GIG_SEATS_OPEN;
    }

    if (touch->content == NULL) {
        if (old != GIG_ROW_NONE && build->old[old] != GIG_OLD_GONE) {
            build->old[old] = seats;
        }

        return 0;
    }

    if (old != GIG_ROW_NONE) {
        build->old[old] = GIG_OLD_GONE;
    }

    if (touch->content->op == GIG_CHANGE_DELETE) {
        return 0;
    }

    gig_build_term(touch, &term);

    if (build->job->full && old != GIG_ROW_NONE && gig_build_same_gig(build, old, &term)) {
        build->old[old] = seats;
        return 0;
    }

    memset(&errors, 0, sizeof(errors));
    memset(&gig, 0, sizeof(gig));
    rc = gig_record_read(touch->content->json, &gig, &errors);

    if (rc == 0 && !gig_str_eq(gig.id, touch->id)) {
        rc = gig_errors_add(&errors, "/id", "differs from the name it is stored under");
    }

    if (rc == 0 && (gig.rev.len >= GIG_REV_SIZE || gig.form_id.len > GIG_ID_MAX)) {
        rc = gig_errors_add(&errors, gig.rev.len >= GIG_REV_SIZE ? "/rev" : "/form/id",
                            "is too long");
    }

    if (rc != 0) {
        gig_build_refuse(build, touch, &term, &errors);
        rc = 0;
        goto done;
    }

    row = &build->row[build->n_rows];
    memset(row, 0, sizeof(*row));
    row->term = term;
    row->marks.seats = seats;
    row->at = old != GIG_ROW_NONE ? old : gig_build_number(build);

    rc = gig_build_row(build, touch, &gig, row);

    if (rc == 0) {
        build->n_rows++;
    }

done:

    gig_record_free(&gig);

    return rc;
}


/* A number for a new gig: one that was free in the last image, else a new one. */
static uint32_t
gig_build_number(gig_build_t *build)
{
    const gig_disk_names_t  *names;

    names = build->last ? build->last->section[GIG_SECTION_NAMES] : NULL;

    for ( /* void */ ; names && build->next_row < build->last_rows; build->next_row++) {
        if (names[build->next_row].id_len == 0) {
            return build->next_row++;
        }
    }

    return build->end_row++;
}


/* The term is of id and rev, so equal terms are equal records. */
static int
gig_build_same_gig(const gig_build_t *build, uint32_t row, const gig_disk_term_t *term)
{
    const gig_disk_term_t  *terms = build->last->section[GIG_SECTION_TERMS];

    return memcmp(&terms[row], term, sizeof(*term)) == 0;
}


static int
gig_build_row(gig_build_t *build, const gig_touch_t *touch, const gig_record_t *gig,
    gig_row_t *row)
{
    row->id = touch->id;
    row->rev_len = (uint8_t) gig->rev.len;
    row->form_len = (uint8_t) gig->form_id.len;

    if (gig->rev.len > 0) {
        memcpy(row->rev, gig->rev.data, gig->rev.len);
    }

    if (gig->form_id.len > 0) {
        memcpy(row->form, gig->form_id.data, gig->form_id.len);
    }

    row->marks.status = (uint8_t) gig->status;
    row->marks.on_full = (uint8_t) gig->on_full;
    row->marks.flags = gig_row_flags(gig->root);
    row->places.updated = gig_row_updated(gig->updated_at);
    row->department = gig_department_hash(gig_json_str(gig->root, "department"));
    row->posted = gig->posted_at < 0 ? 0 : gig->posted_at > GIG_CURSOR_POSTED_MAX
                  ? GIG_CURSOR_POSTED_MAX : gig->posted_at;
    row->opens = gig->opens_at;
    row->closes = gig->closes_at;
    row->visible = gig->visible_from;
    row->zone = gig_build_zone(build, gig->time_zone, gig_null_str);
    row->pay = gig_pay_at_least(gig->root);
    row->currency = gig_row_currency(gig->root);
    row->hours = gig_row_hours(gig->root);

    if (gig_row_slug(build, gig, row) != 0 || gig_build_row_values(build, gig, row) != 0
        || gig_build_words(build, gig, row) != 0)
    {
        return -1;
    }

    return gig_build_fragments(build, gig, row);
}


static int
gig_row_slug(gig_build_t *build, const gig_record_t *gig, gig_row_t *row)
{
    char    slug[GIG_SLUG_MAX];
    size_t  len;

    len = gig_slug_make(gig_json_str(gig->root, "slug"), gig->title, slug);
    row->slug = (uint32_t) build->slugs.len;
    row->slug_len = (uint8_t) len;
    gig_buf_add(&build->slugs, slug, len);

    if (gig_buf_failed(&build->slugs)) {
        return gig_error_set(build->err, "", "no memory for the slug of a gig");
    }

    return 0;
}


static uint8_t
gig_row_flags(const json_t *root)
{
    unsigned   flags = 0;
    gig_str_t  language;

    if (json_is_true(json_object_get(json_object_get(root, "seo"), "noindex"))) {
        flags |= GIG_IMAGE_NOINDEX;
    }

    if (json_object_size(json_object_get(root, "i18n")) > 0) {
        flags |= GIG_IMAGE_I18N;
    }

    language = gig_json_str(root, "language");

    if (language.len != 0) {
        flags |= gig_str_is(language, "en") ? GIG_IMAGE_ENGLISH : GIG_IMAGE_FOREIGN;
    }

    return (uint8_t) flags;
}


/* What 32 bits cannot hold is not known: the sitemap then tells the day it was posted. */
static uint32_t
gig_row_updated(int64_t updated)
{
    return updated > 0 && updated <= UINT32_MAX ? (uint32_t) updated : 0;
}


static uint32_t
gig_row_currency(const json_t *root)
{
    uint32_t   letters = 0;
    gig_str_t  currency = gig_pay_currency(root);

    if (currency.len < sizeof(letters)) {
        memcpy(&letters, currency.data ? currency.data : "", currency.len);
    }

    return letters;
}


static uint32_t
gig_row_hours(const json_t *root)
{
    double  hours;

    if (gig_text_number(gig_text_member(root, "work"), "hours_max", &hours) != 0 || hours < 0
        || hours >= UINT32_MAX)
    {
        return UINT32_MAX;
    }

    return (uint32_t) ceil(hours);
}


/* All of a gig in one append: what a page shows of it lies together. */
static int
gig_build_fragments(gig_build_t *build, const gig_record_t *gig, gig_row_t *row)
{
    size_t                start;
    unsigned              i;
    gig_buf_t            *out;
    gig_holes_t           holes;
    const gig_zone_t     *zone;
    gig_fragment_kind_t   kind;
    gig_disk_fragment_t  *fragment;

    out = &build->fragments;
    gig_buf_reset(out);
    zone = row->zone == GIG_DISK_ROW_NONE ? NULL : &build->zone[row->zone].zone;

    for (i = 0; i < GIG_FRAGMENTS; i++) {
        kind = (gig_fragment_kind_t) gig_disk_order[i];
        holes.url = GIG_NO_HOLE;
        holes.state = GIG_NO_HOLE;
        start = out->len;

        gig_fragment_render(kind, gig, zone, out, &holes);

        if (gig_buf_failed(out)) {
            return gig_error_set(build->err, "", "no memory to render a gig");
        }

        fragment = &row->places.fragment[kind];
        fragment->len = (uint32_t) (out->len - start);
        fragment->crc = gig_crc32c(0, out->data ? out->data + start : "", fragment->len);
        fragment->url = holes.url;
        fragment->state = holes.state;
    }

    return gig_build_append(build, gig_buf_view(out), &row->places.store, &row->places.offset);
}


static void
gig_build_refuse(gig_build_t *build, const gig_touch_t *touch, const gig_disk_term_t *term,
    const gig_errors_t *errors)
{
    gig_disk_refused_t  *refused;

    refused = &build->refused[build->n_refused++];
    gig_build_refused_key(touch->form, touch->id, refused->key);
    refused->term = *term;

    if (build->io->refused) {
        build->io->refused(build->io->data, touch->id, errors);
    }
}


void
gig_build_refused_key(int form, gig_str_t id, unsigned char key[GIG_DIGEST_SIZE])
{
    gig_digest_term(form ? 'f' : 'g', id, gig_null_str, key);
}


static void
gig_build_term(const gig_touch_t *touch, gig_disk_term_t *term)
{
    gig_term(touch->form ? 'f' : 'g', touch->id, touch->content->json, term->term);
}


int
gig_build_form(gig_build_t *build, const gig_touch_t *touch)
{
    int              rc;
    gig_form_t       form;
    gig_errors_t     errors;
    gig_disk_term_t  term;

    if (!build->job->full) {
        gig_build_drop_form(build, touch->id);
    }

    if (touch->content->op == GIG_CHANGE_FORM_DELETE) {
        return 0;
    }

    gig_build_term(touch, &term);

    if (build->job->full && build->last && gig_build_same_form(build, touch->id, &term)) {
        return gig_build_keep_form(build, gig_image_form_find(build->last, touch->id));
    }

    memset(&errors, 0, sizeof(errors));
    memset(&form, 0, sizeof(form));
    rc = gig_form_read(touch->content->json, &form, &errors);

    if (rc == 0 && !gig_str_eq(form.id, touch->id)) {
        rc = gig_errors_add(&errors, "/id", "differs from the name it is stored under");
    }

    if (rc == 0 && !gig_id_valid(form.id)) {
        rc = gig_errors_add(&errors, "/id", "must match [A-Za-z0-9_-]{1,40}");
    }

    if (rc == 0) {
        rc = gig_build_new_form(build, &form, &term);

    } else {
        gig_build_refuse(build, touch, &term, &errors);
        rc = 0;
    }

    gig_form_free(&form);

    return rc;
}


/* Forms are few: a linear search, and the last takes the place of the one dropped. */
static void
gig_build_drop_form(gig_build_t *build, gig_str_t id)
{
    uint32_t  i;

    for (i = 0; i < build->n_forms; i++) {
        if (strnlen(build->form[i].id, sizeof(build->form[i].id)) == id.len
            && memcmp(build->form[i].id, id.data, id.len) == 0)
        {
            build->form[i] = build->form[--build->n_forms];
            return;
        }
    }
}


static int
gig_build_same_form(gig_build_t *build, gig_str_t id, const gig_disk_term_t *term)
{
    uint32_t                index;
    const gig_disk_form_t  *forms = build->last->section[GIG_SECTION_FORMS];

    index = gig_image_form_find(build->last, id);

    return index != GIG_ROW_NONE && memcmp(&forms[index].term, term, sizeof(*term)) == 0;
}


static int
gig_build_new_form(gig_build_t *build, const gig_form_t *form, const gig_disk_term_t *term)
{
    gig_buf_t        *out;
    gig_disk_form_t  *f;

    out = &build->fragments;
    gig_buf_reset(out);
    gig_json_canonical(form->root, out);

    if (gig_buf_failed(out)) {
        return gig_error_set(build->err, "", "no memory to write a form");
    }

    f = &build->form[build->n_forms];
    memset(f, 0, sizeof(*f));
    memcpy(f->id, form->id.data, form->id.len);
    snprintf(f->rev, sizeof(f->rev), "%lld", (long long) form->rev);
    f->len = (uint32_t) out->len;
    f->crc = gig_crc32c(0, out->data, out->len);
    f->term = *term;

    if (gig_build_append(build, gig_buf_view(out), &f->store, &f->offset) != 0) {
        return -1;
    }

    build->n_forms++;

    return 0;
}


/*
 * Asked for once a build; tzif is given when it comes from the last image.  A
 * zone that cannot be had is remembered too, and its gigs show UTC.
 */
uint32_t
gig_build_zone(gig_build_t *build, gig_str_t name, gig_str_t tzif)
{
    uint32_t           i;
    gig_build_zone_t  *zone;

    if (name.len == 0 || name.len >= GIG_DISK_ZONE_NAME) {
        return GIG_DISK_ROW_NONE;
    }

    for (i = 0; i < build->n_zones; i++) {
        zone = &build->zone[i];

        if (zone->name[name.len] == '\0' && memcmp(zone->name, name.data, name.len) == 0) {
            return zone->tzif.data ? i : GIG_DISK_ROW_NONE;
        }
    }

    if (build->n_zones == GIG_DISK_ZONES_MAX) {
        return GIG_DISK_ROW_NONE;
    }

    zone = &build->zone[build->n_zones++];
    memset(zone, 0, sizeof(*zone));
    memcpy(zone->name, name.data, name.len);

    if (tzif.data == NULL && build->io->zone && gig_zone_name_valid(name)) {
        tzif = build->io->zone(build->io->data, name);
    }

    if (tzif.data == NULL || tzif.len > GIG_TZIF_MAX || gig_zone_read(tzif, &zone->zone) != 0) {
        return GIG_DISK_ROW_NONE;
    }

    zone->tzif = tzif;

    return i;
}


/* FNV-1a of the name without regard to ASCII case; 0 is kept for "none". */
static uint32_t
gig_department_hash(gig_str_t name)
{
    size_t         i;
    uint32_t       hash = 0x811c9dc5u;
    unsigned char  c;

    if (name.len == 0) {
        return 0;
    }

    for (i = 0; i < name.len; i++) {
        c = (unsigned char) name.data[i];

        if (c >= 'A' && c <= 'Z') {
            c = (unsigned char) (c + ('a' - 'A'));
        }

        hash = (hash ^ c) * 0x01000193u;
    }

    return hash ? hash : 1;
}
