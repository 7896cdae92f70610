#include "gig_image_format.h"

/* A row's columns: its times, and what its state is made of. */


static int64_t
gig_image_time(const gig_image_t *image, unsigned section, uint32_t row)
{
    return row < image->rows ? ((const int64_t *) image->section[section])[row] : GIG_TIME_NONE;
}


int64_t
gig_image_posted(const gig_image_t *image, uint32_t row)
{
    return gig_image_time(image, GIG_SECTION_POSTED, row);
}


int64_t
gig_image_updated(const gig_image_t *image, uint32_t row)
{
    const gig_disk_places_t  *places = image->section[GIG_SECTION_PLACES];

    if (row >= image->rows || places[row].updated == 0) {
        return gig_image_posted(image, row);
    }

    return places[row].updated;
}


int64_t
gig_image_opens(const gig_image_t *image, uint32_t row)
{
    return gig_image_time(image, GIG_SECTION_OPENS, row);
}


int64_t
gig_image_closes(const gig_image_t *image, uint32_t row)
{
    return gig_image_time(image, GIG_SECTION_CLOSES, row);
}


gig_seats_t
gig_image_seats(const gig_image_t *image, uint32_t row)
{
    const gig_disk_marks_t  *marks = image->section[GIG_SECTION_MARKS];

    if (row >= image->rows || marks[row].seats > GIG_SEATS_FULL) {
        return GIG_SEATS_FULL;
    }

    return (gig_seats_t) marks[row].seats;
}


unsigned
gig_image_flags(const gig_image_t *image, uint32_t row)
{
    const gig_disk_marks_t  *marks = image->section[GIG_SECTION_MARKS];

    return row < image->rows ? marks[row].flags & GIG_IMAGE_FLAGS : 0;
}


int
gig_image_denied(const gig_image_t *image, uint32_t row)
{
    return image->denied && row < image->rows && gig_bits_has(image->denied, row);
}


gig_state_t
gig_image_state(const gig_image_t *image, uint32_t row, int64_t now)
{
    return row < image->rows ? gig_disk_state(image, row, now) : GIG_STATE_HIDDEN;
}
