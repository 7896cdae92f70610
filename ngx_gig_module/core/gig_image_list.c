#include "gig_image_format.h"

/*
 * Questions about all rows at one instant: a page of the list, gigs like one,
 * the time slice, counts.  One pass over the columns, nothing allocated.
 */


static int gig_list_matches(gig_list_state_t wanted, gig_state_t state);
static uint32_t gig_list_start(const gig_image_t *image, const gig_list_query_t *query);
static int gig_list_is_open(gig_state_t state);


void
gig_image_list(const gig_image_t *image, const gig_list_query_t *query, int64_t now,
    gig_list_t *list)
{
    uint32_t  row, start, limit;

    list->total = 0;
    list->n = 0;
    list->more = 0;

    limit = query->limit < GIG_LIST_MAX ? query->limit : GIG_LIST_MAX;
    start = query->after ? gig_list_start(image, query) : 0;

    for (row = 0; row < image->n; row++) {
        if (!gig_list_matches(query->state, gig_disk_state(image, row, now))) {
            continue;
        }

        list->total++;

        if (row < start) {
            continue;
        }

        if (list->n < limit) {
            list->row[list->n++] = row;

        } else {
            list->more = 1;
        }
    }
}


static int
gig_list_matches(gig_list_state_t wanted, gig_state_t state)
{
    switch (wanted) {
    case GIG_LIST_OPEN:
        return gig_list_is_open(state);
    case GIG_LIST_SCHEDULED:
        return state == GIG_STATE_SCHEDULED;
    case GIG_LIST_ALL:
        return state != GIG_STATE_HIDDEN && state != GIG_STATE_GONE;
    }

    return 0;
}


static int
gig_list_is_open(gig_state_t state)
{
    return state == GIG_STATE_OPEN || state == GIG_STATE_WAITLIST;
}


/*
 * The first row after the cursor.  The cursor's own row may be gone or may have
 * moved; its place in the order is still there.
 */
static uint32_t
gig_list_start(const gig_image_t *image, const gig_list_query_t *query)
{
    uint32_t  low = 0, high = image->n, middle;

    while (low < high) {
        middle = low + (high - low) / 2;

        if (gig_disk_compare(gig_image_posted(image, middle), gig_image_id(image, middle),
                             query->after_posted, query->after_id) <= 0)
        {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    return low;
}


uint32_t
gig_image_similar(const gig_image_t *image, uint32_t row, int64_t now, uint32_t *rows,
    uint32_t max)
{
    uint32_t         n, i, pass, department;
    const uint32_t  *departments = image->section[GIG_SECTION_DEPARTMENTS];

    n = 0;
    department = row < image->n ? departments[row] : 0;

    /* First those of the department, then the others; a gig without one has only the others. */

    for (pass = department ? 0 : 1; pass < 2; pass++) {
        for (i = 0; i < image->n && n < max; i++) {
            if (i == row
                || (department && (departments[i] == department) != (pass == 0))
                || !gig_list_is_open(gig_disk_state(image, i, now)))
            {
                continue;
            }

            rows[n++] = i;
        }
    }

    return n;
}


void
gig_image_slice(const gig_image_t *image, int64_t now, int64_t *from, int64_t *until)
{
    uint32_t        low = 0, high = image->slices, middle;
    const int64_t  *slices = image->section[GIG_SECTION_SLICES];

    while (low < high) {
        middle = low + (high - low) / 2;

        if (slices[middle] <= now) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    *from = low > 0 ? slices[low - 1] : INT64_MIN;
    *until = low < image->slices ? slices[low] : INT64_MAX;
}


void
gig_image_states(const gig_image_t *image, int64_t now, uint32_t count[GIG_STATE_GONE + 1])
{
    uint32_t  row;

    memset(count, 0, (GIG_STATE_GONE + 1) * sizeof(count[0]));

    for (row = 0; row < image->n; row++) {
        count[gig_disk_state(image, row, now)]++;
    }
}
