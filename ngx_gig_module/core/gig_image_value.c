#include "gig_image_format.h"

/* Look-ups in what lists are filtered and searched by: facet values, segments, lengths. */

#define GIG_LENGTH_BITS     3u                  /* of a length that its code keeps */


static gig_str_t gig_value_text(const gig_image_t *image, uint64_t offset, uint64_t len);
static const gig_disk_value_t *gig_value_told(const gig_image_t *image, uint32_t value);


unsigned
gig_image_segments(const gig_image_t *image, gig_place_t place[])
{
    unsigned                   i;
    gig_store_t                store;
    const gig_disk_segment_t  *segment = image->section[GIG_SECTION_SEGMENTS];

    for (i = 0; i < image->segments; i++) {
        memset(&place[i], 0, sizeof(place[i]));
        place[i].store = segment[i].store;
        place[i].holes.url = GIG_NO_HOLE;
        place[i].holes.state = GIG_NO_HOLE;

        /* One that is out of bounds keeps its number and is empty: rows name it by that. */

        if (gig_image_store(image, segment[i].store, &store) == 0
            && segment[i].offset <= store.size && segment[i].len <= store.size - segment[i].offset
            && segment[i].len <= GIG_SEGMENT_SIZE_MAX)
        {
            place[i].offset = segment[i].offset;
            place[i].len = (uint32_t) segment[i].len;
            place[i].crc = segment[i].crc;
        }
    }

    return i;
}


uint32_t
gig_image_value_find(const gig_image_t *image, gig_facet_t facet, gig_str_t key)
{
    int                      order;
    uint32_t                 low = 0, high = image->values, middle;
    const gig_disk_value_t  *values = image->section[GIG_SECTION_VALUES];

    while (low < high) {
        middle = low + (high - low) / 2;
        order = values[middle].facet < (unsigned) facet ? -1
                : values[middle].facet > (unsigned) facet;

        if (order == 0) {
            order = gig_disk_compare_id(gig_value_text(image, values[middle].key,
                                                       values[middle].key_len), key);
        }

        if (order == 0) {
            return middle;
        }

        if (order < 0) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    return GIG_VALUE_NONE;
}


gig_str_t
gig_image_value(const gig_image_t *image, uint32_t value)
{
    const gig_disk_value_t     *v = gig_value_told(image, value);
    const gig_disk_spelling_t  *spelling;

    if (v == NULL) {
        return gig_null_str;
    }

    spelling = (const gig_disk_spelling_t *) image->section[GIG_SECTION_SPELLINGS] + v->told;

    return gig_value_text(image, spelling->text, spelling->len);
}


gig_str_t
gig_image_value_json(const gig_image_t *image, uint32_t value)
{
    const gig_disk_value_t  *v = gig_value_told(image, value);

    return v ? gig_value_text(image, v->json, v->json_len) : gig_null_str;
}


static const gig_disk_value_t *
gig_value_told(const gig_image_t *image, uint32_t value)
{
    const gig_disk_value_t  *v;

    if (value >= image->values) {
        return NULL;
    }

    v = (const gig_disk_value_t *) image->section[GIG_SECTION_VALUES] + value;

    return v->told < image->spellings ? v : NULL;
}


static gig_str_t
gig_value_text(const gig_image_t *image, uint64_t offset, uint64_t len)
{
    uint64_t  size = gig_disk_size(image, GIG_SECTION_VALUE_TEXT);

    if (offset > size || len > size - offset) {
        return gig_null_str;
    }

    return (gig_str_t) { (const char *) image->section[GIG_SECTION_VALUE_TEXT] + offset,
                         (size_t) len };
}


/* Below 8 as it is, then three bits after the highest one and the power of two above. */
uint8_t
gig_length_code(uint64_t length)
{
    unsigned  shift = 0;

    if (length > UINT16_MAX) {
        length = UINT16_MAX;
    }

    while (length >> (GIG_LENGTH_BITS + 1 + shift) != 0) {
        shift++;
    }

    if (length < 1u << GIG_LENGTH_BITS) {
        return (uint8_t) length;
    }

    return (uint8_t) (((shift + 1) << GIG_LENGTH_BITS)
                      | ((length >> shift) & ((1u << GIG_LENGTH_BITS) - 1)));
}


uint32_t
gig_length_value(uint8_t code)
{
    unsigned  shift = code >> GIG_LENGTH_BITS;

    if (shift == 0) {
        return code;
    }

    /* Codes past the highest length come of damage only. */

    if (shift > 16) {
        shift = 16;
    }

    return ((1u << GIG_LENGTH_BITS) | (code & ((1u << GIG_LENGTH_BITS) - 1))) << (shift - 1);
}
