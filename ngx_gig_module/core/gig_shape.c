
#include <string.h>

#include "gig_fold.h"
#include "gig_json.h"
#include "gig_markup.h"
#include "gig_shape.h"
#include "gig_slug.h"


#define GIG_SHAPE_MADE      ((uint64_t) 1 << 52)    /* in all numbers that are made of ids */
#define GIG_SHAPE_HASH_BITS 20                      /* below the hash that finds a row */


static int gig_shape_is(void *data, gig_str_t id);


uint64_t
gig_shape_number(gig_str_t id)
{
    uint64_t  number;

    if (gig_shape_digits(id, &number) == 0 && number < GIG_SHAPE_MADE) {
        return number;
    }

    /* other bits of the hash than gig_image_hash() keeps, mixed by an odd constant */
    number = (gig_str_hash(id) * 0x9e3779b97f4a7c15u) >> (64 - GIG_SHAPE_HASH_BITS);

    return GIG_SHAPE_MADE | (uint64_t) gig_image_hash(id) << GIG_SHAPE_HASH_BITS | number;
}


int
gig_shape_digits(gig_str_t text, uint64_t *number)
{
    size_t  i;

    if (text.len == 0 || text.len > 16 || (text.data[0] == '0' && text.len > 1)) {
        return -1;
    }

    for (*number = 0, i = 0; i < text.len; i++) {

        if (text.data[i] < '0' || text.data[i] > '9') {
            return -1;
        }

        *number = *number * 10 + (uint64_t) (text.data[i] - '0');
    }

    return *number < 2 * GIG_SHAPE_MADE ? 0 : -1;
}


static int
gig_shape_is(void *data, gig_str_t id)
{
    return gig_shape_number(id) == *(uint64_t *) data;
}


uint32_t
gig_shape_find(const gig_image_t *image, gig_str_t name)
{
    uint32_t  row, hash;
    uint64_t  number;

    row = GIG_ROW_NONE;

    if (gig_shape_digits(name, &number) == 0 && number >= GIG_SHAPE_MADE) {
        hash = (uint32_t) ((number - GIG_SHAPE_MADE) >> GIG_SHAPE_HASH_BITS);
        row = gig_image_find_hash(image, hash, gig_shape_is, &number);
    }

    return row != GIG_ROW_NONE ? row : gig_image_find(image, name);
}


uint32_t
gig_shape_name(gig_str_t name)
{
    char       folded[GIG_FOLD_MAX];
    uint64_t   hash;

    if (name.len == 0) {
        return 0;
    }

    hash = gig_str_hash((gig_str_t) { folded, gig_fold(name, folded, sizeof(folded)) });
    hash = (hash ^ (hash >> 32)) & 0x7fffffff;

    return hash != 0 ? (uint32_t) hash : 1;
}


size_t
gig_shape_decode(gig_str_t value, char *out, size_t size)
{
    int          byte;
    size_t       i, n;
    const char  *end;

    end = value.data + value.len;

    for (i = 0, n = 0; i < value.len && n < size; i++, n++) {

        out[n] = value.data[i] == '+' ? ' ' : value.data[i];

        if (value.data[i] == '%') {
            byte = gig_hex_byte(value.data + i + 1, end);

            if (byte != -1) {
                out[n] = (char) byte;
                i += 2;
            }
        }
    }

    return n;
}


void
gig_shape_take(const char *name, gig_buf_t *value, gig_buf_t *out)
{
    gig_buf_member(out, name, gig_buf_view(value));
    out->failed |= gig_buf_failed(value);
    gig_buf_reset(value);
}


void
gig_shape_take_plain(const char *name, const gig_buf_t *html, gig_buf_t *out)
{
    gig_buf_t  text;

    gig_buf_init(&text, GIG_SHAPE_TEXT_MAX);

    if (gig_markup_text(gig_buf_view(html), &text) != 0) {
        out->failed = 1;
    }

    gig_shape_take(name, &text, out);
    gig_buf_free(&text);
}


void
gig_shape_location(const json_t *location, gig_buf_t *out)
{
    gig_str_t  name;

    name = gig_json_str(location, "name");

    if (name.len != 0) {
        gig_buf_str(out, name);

    } else {
        gig_text_place_all(NULL, location, out);
    }
}


/* Of remote work these are the regions that people may apply from. */

gig_str_t
gig_shape_place(const json_t *location, size_t i, char text[GIG_TEXT_MAX])
{
    const json_t        *list;
    gig_text_address_t   address;

    list = json_object_get(location, gig_str_is(gig_json_str(location, "mode"), "remote")
                                     ? "applicant_regions" : "places");

    if (i >= json_array_size(list) || i >= GIG_SHAPE_PLACES_MAX) {
        return gig_null_str;
    }

    gig_text_address_read(json_array_get(list, i), &address);

    return gig_text_address(&address, text);
}


void
gig_shape_address(gig_str_t base, const gig_catalog_gig_t *gig, gig_buf_t *out)
{
    gig_buf_t  text;

    gig_buf_init(&text, GIG_TEXT_MAX);
    gig_slug_address(base, gig->id, gig->slug, &text);
    gig_buf_json(out, gig_buf_view(&text));
    out->failed |= gig_buf_failed(&text);
    gig_buf_free(&text);
}


void
gig_shape_time(const gig_catalog_gig_t *gig, int64_t seconds, gig_buf_t *out)
{
    if (seconds == GIG_TIME_NONE) {
        gig_buf_puts(out, "null");
        return;
    }

    gig_buf_puts(out, "\"");
    gig_zone_rfc3339(gig->zoned ? &gig->zone : NULL, seconds, out);
    gig_buf_puts(out, "\"");
}
