#include "gig_compile_build.h"

/*
 * Where fragments lie while a build runs: the caller's list of stores, what is
 * appended to the current one, and moving all that lives into it.
 */


static uint32_t gig_build_store_find(const gig_build_t *build, const gig_store_t *wanted);


/*
 * The caller lists the stores of the last image and the current one, which may
 * be one of them: a file counts once, by keeper and number.
 */
int
gig_build_stores(gig_build_t *build)
{
    uint32_t            i, first;
    gig_store_t         store;
    const gig_store_t  *s;

    if (build->job->n_stores > GIG_BUILD_STORES_MAX) {
        return gig_error_set(build->err, "/stores", "more than %d stores", GIG_IMAGE_STORES_MAX);
    }

    for (i = 0; i < build->job->n_stores; i++) {
        s = &build->job->stores[i];
        first = gig_build_store_find(build, s);
        build->same_store[i] = first;

        if (build->store_end[first] < s->size) {
            build->store_end[first] = s->size;
        }
    }

    for (i = 0; build->last && i < build->last->stores; i++) {
        if (gig_image_store(build->last, i, &store) != 0
            || (first = gig_build_store_find(build, &store)) == build->job->n_stores)
        {
            return gig_error_set(build->err, "/stores", "a store of the last index is missing");
        }

        build->store_of_last[i] = first;

        if (build->store_end[first] < store.size) {
            build->store_end[first] = store.size;
        }
    }

    return 0;
}


static uint32_t
gig_build_store_find(const gig_build_t *build, const gig_store_t *wanted)
{
    uint32_t            i;
    const gig_store_t  *s;

    for (i = 0; i < build->job->n_stores; i++) {
        s = &build->job->stores[i];

        if (s->keeper == wanted->keeper && s->number == wanted->number) {
            break;
        }
    }

    return i;
}


int
gig_build_append(gig_build_t *build, gig_str_t bytes, uint32_t *store, uint64_t *offset)
{
    if (build->io->append(build->io->data, bytes, store, offset) != 0) {
        return gig_error_set(build->err, "/stores", "a store could not be written");
    }

    /* INT64_MAX: it is an offset in a file, and sums of a few lengths must not wrap. */

    if (*store >= build->job->n_stores || *offset > INT64_MAX - bytes.len) {
        return gig_error_set(build->err, "/stores", "append gave a place that cannot be");
    }

    *store = build->same_store[*store];

    if (build->store_end[*store] < *offset + bytes.len) {
        build->store_end[*store] = *offset + bytes.len;
    }

    return 0;
}


uint64_t
gig_places_len(const gig_disk_places_t *places)
{
    uint64_t  len;
    unsigned  kind;

    len = 0;

    for (kind = 0; kind < GIG_FRAGMENTS; kind++) {
        len += places->fragment[kind].len;
    }

    return len;
}


/* A form of the last image is in the next one as well; compaction moves its bytes at once. */
int
gig_build_keep_form(gig_build_t *build, uint32_t index)
{
    gig_str_t                bytes;
    gig_disk_form_t         *form;
    const gig_disk_form_t   *last;

    last = (const gig_disk_form_t *) build->last->section[GIG_SECTION_FORMS] + index;

    if (last->store >= build->last->stores) {
        return gig_error_set(build->err, "/forms", "the last index is damaged");
    }

    form = &build->form[build->n_forms++];
    *form = *last;
    form->store = build->store_of_last[last->store];

    if (!build->job->compact) {
        return 0;
    }

    bytes = gig_build_read(build, form->store, form->offset, form->len);

    if (bytes.data == NULL || gig_crc32c(0, bytes.data, bytes.len) != form->crc) {
        return gig_error_set(build->err, "/stores", "a form is damaged: it cannot be compacted");
    }

    return gig_build_append(build, bytes, &form->store, &form->offset);
}


/*
 * If asked to, copies what the kept rows refer to into the current store, in list
 * order.  A fragment that does not match its checksum ends the build: copying
 * would give a damaged one a new life, and a full load mends it.
 */
int
gig_build_compact(gig_build_t *build)
{
    uint32_t                    i, row;
    uint64_t                    len;
    unsigned                    k;
    gig_str_t                   bytes, part;
    const gig_disk_places_t    *places;
    const gig_disk_fragment_t  *fragment;

    if (!build->job->compact) {
        return 0;
    }

    for (i = 0; i < build->n; i++) {
        row = build->plan[build->order[GIG_SORT_NEWEST][i]];

        if (row >= build->last_rows) {
            continue;
        }

        places = gig_build_last_places(build, row);

        if (places->store >= build->last->stores) {
            goto damaged;
        }

        len = gig_places_len(places);
        bytes = gig_build_read(build, build->store_of_last[places->store], places->offset, len);

        if (bytes.data == NULL) {
            goto damaged;
        }

        part = bytes;

        for (k = 0; k < GIG_FRAGMENTS; k++) {
            fragment = &places->fragment[gig_disk_order[k]];
            part.len = fragment->len;

            if (gig_crc32c(0, part.data, part.len) != fragment->crc) {
                goto damaged;
            }

            part.data += part.len;
        }

        if (gig_build_append(build, bytes, &build->moved[row].store,
                             &build->moved[row].offset) != 0)
        {
            return -1;
        }

        build->io->yield(build->io->data);
    }

    return 0;

damaged:

    return gig_error_set(build->err, "/stores", "a fragment is damaged: it cannot be compacted");
}


gig_str_t
gig_build_read(gig_build_t *build, uint32_t store, uint64_t offset, uint64_t len)
{
    gig_str_t  bytes;

    bytes = build->job->read_store ? build->job->read_store(build->io->data, store)
                                   : gig_null_str;

    if (bytes.data == NULL || offset > bytes.len || len > bytes.len - offset) {
        return gig_null_str;
    }

    return (gig_str_t) { bytes.data + offset, (size_t) len };
}
