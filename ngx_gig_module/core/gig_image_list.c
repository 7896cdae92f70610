#include "gig_image_format.h"

/*
 * Questions about all rows at one instant: gigs like one, the time slice,
 * counts.  One pass over the columns, nothing allocated.
 */


static int gig_list_is_open(gig_state_t state);


static int
gig_list_is_open(gig_state_t state)
{
    return state == GIG_STATE_OPEN || state == GIG_STATE_WAITLIST;
}


uint32_t
gig_image_similar(const gig_image_t *image, uint32_t row, int64_t now, uint32_t *rows,
    uint32_t max)
{
    uint32_t         n, i, k, pass, department;
    const uint32_t  *order = image->section[GIG_SECTION_ORDER];
    const uint32_t  *departments = image->section[GIG_SECTION_DEPARTMENTS];

    n = 0;
    department = row < image->rows ? departments[row] : 0;

    /* First those of the department, then the others; a gig without one has only the others. */

    for (pass = department ? 0 : 1; pass < 2; pass++) {
        for (k = 0; k < image->n && n < max; k++) {
            i = order[k];

            if (i == row || i >= image->rows
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


uint32_t
gig_image_newest(const gig_image_t *image, uint32_t i)
{
    const uint32_t  *order = image->section[GIG_SECTION_ORDER];

    return i < image->n && order[i] < image->rows ? order[i] : GIG_ROW_NONE;
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

    for (row = 0; row < image->rows; row++) {
        count[gig_disk_state(image, row, now)]++;
    }
}
