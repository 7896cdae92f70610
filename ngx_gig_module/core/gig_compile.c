#include "gig_compile_build.h"

/*
 * The builder's frame: the last word of the changes on each id, what becomes of
 * the rows of the last image, and the numbers of new ones.  Rows that nothing
 * touches are neither parsed nor rendered again, only copied, so a change costs
 * one record and a few copies of columns.  A gig keeps its number as long as it
 * is in the image, so what names rows (the text index) need not be written again.
 */

#include <stdlib.h>

#include "gig_block.h"


static int gig_build_init(gig_build_t *build);
static void gig_build_free(gig_build_t *build);
static int gig_build_touches(gig_build_t *build);
static gig_touch_t *gig_build_touch(gig_build_t *build, uint32_t *slots, uint32_t mask,
    const gig_change_t *change);
static int gig_build_inherit(gig_build_t *build);
static int gig_build_apply(gig_build_t *build);
static int gig_build_plan(gig_build_t *build);
static int gig_compare_forms(const void *one, const void *two);
static int gig_compare_refused(const void *one, const void *two);


static const gig_build_step_pt  gig_compile_steps[] = {
    gig_build_stores, gig_build_touches, gig_build_init, gig_build_inherit, gig_build_apply,
    gig_build_plan, gig_build_orders, gig_build_values, gig_build_compact, gig_build_segments,
};


int
gig_compile(const gig_compile_t *job, const gig_compile_io_t *io, gig_str_t *index,
    gig_error_t *err)
{
    int          rc;
    gig_build_t  build;

    memset(&build, 0, sizeof(build));
    build.job = job;
    build.io = io;
    build.err = err;
    build.last = job->last;
    build.last_rows = job->last ? job->last->rows : 0;
    build.end_row = build.last_rows;
    gig_buf_init(&build.fragments, GIG_BUILD_FRAGMENTS_MAX);
    gig_buf_init(&build.slugs, GIG_BUILD_SLUGS_MAX);

    rc = -1;

    if (!gig_board_valid(job->board)) {
        gig_error_set(err, "/board", "must match [a-z0-9_-]{1,32}");
        goto done;
    }

    if (memchr(job->meta.replid, '\0', sizeof(job->meta.replid)) == NULL
        || memchr(job->meta.ready, '\0', sizeof(job->meta.ready)) == NULL)
    {
        gig_error_set(err, "/meta", "a name in Redis's history is too long");
        goto done;
    }

    if (gig_build_run(&build, gig_build_steps(gig_compile_steps)) != 0) {
        goto done;
    }

    rc = gig_build_write(&build, index);

done:

    gig_build_free(&build);

    return rc;
}


int
gig_build_run(gig_build_t *build, const gig_build_step_pt *steps, size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        if (steps[i](build) != 0) {
            return -1;
        }

        build->io->yield(build->io->data);
    }

    return 0;
}


/* Room for the most that the touches can make, so that nothing grows on the way. */
static int
gig_build_init(gig_build_t *build)
{
    size_t  touches, forms, refused;

    touches = build->n_touches;
    forms = touches;
    refused = touches;

    if (build->last) {
        forms += build->last->forms;
        refused += gig_disk_size(build->last, GIG_SECTION_REFUSED) / sizeof(gig_disk_refused_t);
    }

    build->old = gig_block_alloc(build->last_rows * sizeof(*build->old));
    build->row = gig_block_alloc(touches * sizeof(*build->row));
    build->form = gig_block_alloc(forms * sizeof(*build->form));
    build->refused = gig_block_alloc(refused * sizeof(*build->refused));
    build->zone = gig_block_alloc(GIG_DISK_ZONES_MAX * sizeof(*build->zone));

    if (build->old == NULL || build->row == NULL || build->form == NULL
        || build->refused == NULL || build->zone == NULL)
    {
        return gig_error_set(build->err, "", "no memory to compile %zu changes", touches);
    }

    if (build->job->compact) {
        build->moved = gig_block_alloc(((size_t) build->last_rows + 1) * sizeof(*build->moved));

        if (build->moved == NULL) {
            return gig_error_set(build->err, "", "no memory to compact");
        }
    }

    return 0;
}


static void
gig_build_free(gig_build_t *build)
{
    unsigned  i;

    gig_buf_free(&build->fragments);
    gig_buf_free(&build->slugs);
    gig_build_values_free(&build->values);
    gig_build_words_free(&build->words);

    for (i = 0; i < GIG_SORTS_STORED; i++) {
        gig_block_free(build->order[i]);
    }

    gig_block_free(build->touch);
    gig_block_free(build->old);
    gig_block_free(build->moved);
    gig_block_free(build->row);
    gig_block_free(build->form);
    gig_block_free(build->refused);
    gig_block_free(build->zone);
    gig_block_free(build->plan);
}


static int
gig_build_touches(gig_build_t *build)
{
    size_t               i, size;
    uint32_t            *slots;
    gig_touch_t         *touch;
    const gig_change_t  *change;

    if (build->job->n_changes > GIG_BUILD_CHANGES_MAX) {
        return gig_error_set(build->err, "", "%zu changes at once are too many (at most %zu)",
                             build->job->n_changes, GIG_BUILD_CHANGES_MAX);
    }

    for (size = 8; size < 2 * build->job->n_changes; size *= 2) { /* void */ }

    slots = gig_block_alloc(size * sizeof(*slots));
    build->touch = gig_block_alloc((build->job->n_changes + 1) * sizeof(*build->touch));

    if (slots == NULL || build->touch == NULL) {
        gig_block_free(slots);
        return gig_error_set(build->err, "", "no memory for %zu changes", build->job->n_changes);
    }

    memset(slots, 0xff, size * sizeof(*slots));

    for (i = 0; i < build->job->n_changes; i++) {
        change = &build->job->changes[i];
        touch = gig_build_touch(build, slots, (uint32_t) size - 1, change);

        if (change->op == GIG_CHANGE_SEATS) {
            touch->seats = change;

        } else {
            touch->content = change;
        }
    }

    gig_block_free(slots);

    return 0;
}


static gig_touch_t *
gig_build_touch(gig_build_t *build, uint32_t *slots, uint32_t mask, const gig_change_t *change)
{
    int           form;
    uint32_t      i;
    gig_touch_t  *touch;

    form = change->op == GIG_CHANGE_FORM || change->op == GIG_CHANGE_FORM_DELETE;

    for (i = gig_disk_hash(change->id) & mask; slots[i] != UINT32_MAX; i = (i + 1) & mask) {
        touch = &build->touch[slots[i]];

        if (touch->form == form && gig_str_eq(touch->id, change->id)) {
            return touch;
        }
    }

    slots[i] = build->n_touches;
    touch = &build->touch[build->n_touches++];
    touch->form = form;
    touch->id = change->id;

    return touch;
}


/* What the last image hands on: all its rows, forms and refusals that no change is about. */
static int
gig_build_inherit(gig_build_t *build)
{
    size_t                     i, n, touched;
    gig_touch_t               *touch;
    gig_disk_refused_t        *keys;
    const gig_disk_refused_t  *refused;

    memset(build->old, build->job->full ? GIG_OLD_GONE : GIG_OLD_KEEP_SEATS, build->last_rows);

    if (build->last == NULL || build->job->full) {
        return 0;
    }

    for (i = 0; i < build->last->forms; i++) {
        if (gig_build_keep_form(build, (uint32_t) i) != 0) {
            return -1;
        }
    }

    refused = build->last->section[GIG_SECTION_REFUSED];
    n = gig_disk_size(build->last, GIG_SECTION_REFUSED) / sizeof(*refused);

    if (n == 0) {
        return 0;
    }

    keys = gig_block_alloc(build->n_touches * sizeof(*keys));

    if (keys == NULL) {
        return gig_error_set(build->err, "", "no memory for %u changes", build->n_touches);
    }

    touched = 0;

    for (i = 0; i < build->n_touches; i++) {
        touch = &build->touch[i];

        if (touch->content) {
            gig_build_refused_key(touch->form, touch->id, keys[touched++].key);
        }
    }

    qsort(keys, touched, sizeof(*keys), gig_compare_refused);

    for (i = 0; i < n; i++) {
        if (bsearch(&refused[i], keys, touched, sizeof(*keys), gig_compare_refused) == NULL) {
            build->refused[build->n_refused++] = refused[i];
        }
    }

    gig_block_free(keys);

    return 0;
}


static int
gig_build_apply(gig_build_t *build)
{
    int           rc;
    uint32_t      i;
    gig_touch_t  *touch;

    for (i = 0; i < build->n_touches; i++) {
        touch = &build->touch[i];
        rc = touch->form ? gig_build_form(build, touch) : gig_build_gig(build, touch);

        if (rc != 0) {
            return -1;      /* NOLINT(clang-analyzer-unix.Malloc): gig_build_free() frees it */
        }

        build->io->yield(build->io->data);
    }

    return 0;
}


/* Which gig has which number: those kept have theirs, new ones what they were given. */
static int
gig_build_plan(gig_build_t *build)
{
    uint32_t                 i;
    const gig_disk_names_t  *names;

    qsort(build->form, build->n_forms, sizeof(*build->form), gig_compare_forms);
    qsort(build->refused, build->n_refused, sizeof(*build->refused), gig_compare_refused);

    if (build->end_row > GIG_IMAGE_GIGS_MAX) {
        return gig_error_set(build->err, "", "more than %d gigs", GIG_IMAGE_GIGS_MAX);
    }

    if (build->n_forms > GIG_IMAGE_FORMS_MAX) {
        return gig_error_set(build->err, "", "more than %d forms", GIG_IMAGE_FORMS_MAX);
    }

    build->plan = gig_block_alloc(build->end_row * sizeof(*build->plan));

    if (build->plan == NULL) {
        return gig_error_set(build->err, "", "no memory for %u gigs", build->end_row);
    }

    memset(build->plan, 0xff, build->end_row * sizeof(*build->plan));
    names = build->last ? build->last->section[GIG_SECTION_NAMES] : NULL;

    for (i = 0; names && i < build->last_rows; i++) {
        if (build->old[i] != GIG_OLD_GONE && names[i].id_len != 0) {
            build->plan[i] = i;
        }
    }

    for (i = 0; i < build->n_rows; i++) {
        build->plan[build->row[i].at] = build->last_rows + i;
    }

    build->rows = build->end_row;

    while (build->rows > 0 && build->plan[build->rows - 1] == GIG_PLAN_FREE) {
        build->rows--;
    }

    for (i = 0; i < build->rows; i++) {
        build->n += build->plan[i] != GIG_PLAN_FREE;
    }

    return 0;
}


/* Ids are NUL-padded and without NUL: comparing all of the field is comparing the texts. */
static int
gig_compare_forms(const void *one, const void *two)
{
    const gig_disk_form_t  *a = one, *b = two;

    return memcmp(a->id, b->id, sizeof(a->id));
}


static int
gig_compare_refused(const void *one, const void *two)
{
    const gig_disk_refused_t  *a = one, *b = two;

    return memcmp(a->key, b->key, sizeof(a->key));
}
