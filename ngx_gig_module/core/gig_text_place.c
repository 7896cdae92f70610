
/* Where a gig is worked at, as people read it: short on a card, in full on its page. */

#include <string.h>

#include "gig_json.h"
#include "gig_text.h"
#include "gig_utf8.h"


#define GIG_PLACES_SHOWN    2       /* by name on a card */
#define GIG_CODES_SHOWN     6       /* by two letters on a card */


/* The first of some names that a member has, or none. */

static gig_str_t
gig_text_first(const json_t *object, const char *const *names, size_t n)
{
    size_t     i;
    gig_str_t  s;

    s = gig_null_str;

    for (i = 0; i < n && s.len == 0; i++) {
        s = gig_json_str(object, names[i]);
    }

    return s;
}


void
gig_text_address_read(const json_t *place, gig_text_address_t *address)
{
    static const char *const  locality[] = { "locality", "address_locality", "addressLocality",
                                             "city", "name" };
    static const char *const  region[] = { "region", "address_region", "addressRegion", "state" };
    static const char *const  country[] = { "country_name", "country", "address_country",
                                            "addressCountry" };
    static const char *const  named[] = { "name", "code" };

    memset(address, 0, sizeof(gig_text_address_t));

    if (json_is_string(place)) {
        address->locality = gig_json_text(place);
        return;
    }

    if (json_object_get(place, "type") != NULL) {
        address->locality = gig_text_first(place, named, 2);

        if (address->locality.len != 0) {
            address->code = gig_json_str(place, "code");
            address->is_country = gig_str_is(gig_json_str(place, "type"), "Country");
            return;                     /* a region, not an address */
        }
    }

    address->locality = gig_text_first(place, locality, 5);
    address->region = gig_text_first(place, region, 4);
    address->country = gig_text_first(place, country, 4);

    if (address->locality.len + address->region.len + address->country.len == 0) {
        address->locality = gig_json_str(place, "code");
        address->code = address->locality;
        address->is_country = address->locality.len == 2;
    }
}


gig_str_t
gig_text_address(const gig_text_address_t *address, char out[GIG_TEXT_MAX])
{
    size_t     i, n, len;
    gig_str_t  part[3];

    part[0] = address->locality;
    part[2] = address->region.len != 0 ? address->region : address->country;
    part[1] = part[0].len != 0 && part[2].len != 0 ? gig_str(", ") : gig_null_str;
    len = 0;

    for (i = 0; i < 3; i++) {
        if (part[i].len == 0) {
            continue;
        }

        n = gig_utf8_cut(part[i], GIG_TEXT_MAX - len);
        memcpy(out + len, part[i].data, n);
        len += n;
    }

    return (gig_str_t) { out, len };
}


static void
gig_text_region(const json_t *item, gig_buf_t *out)
{
    char                text[GIG_TEXT_MAX];
    gig_text_address_t  address;

    gig_text_address_read(item, &address);
    gig_buf_str(out, gig_text_address(&address, text));
}


/* "US, CA, MX" if all have such codes: who reads it must find his own; 0 if written. */

static int
gig_text_codes(const json_t *list, gig_buf_t *out)
{
    size_t  i, n;

    n = json_array_size(list);

    if (n < 2 || n > GIG_CODES_SHOWN) {
        return -1;
    }

    for (i = 0; i < n; i++) {
        if (gig_json_str(json_array_get(list, i), "code").len != 2) {
            return -1;
        }
    }

    for (i = 0; i < n; i++) {
        gig_buf_puts(out, (i == 0) ? "" : ", ");
        gig_buf_str(out, gig_json_str(json_array_get(list, i), "code"));
    }

    return 0;
}


/* "A", "A and B"; of more either "A, B and C" or, short, their codes or "A and 3 more". */

static void
gig_text_names(const gig_language_t *words, const json_t *list, int all, gig_buf_t *out)
{
    size_t      i, n, shown;
    gig_said_t  said;

    n = json_array_size(list);

    if (!all && gig_text_codes(list, out) == 0) {
        return;
    }

    shown = (all || n <= GIG_PLACES_SHOWN) ? n : 1;

    if (n > shown) {
        said = gig_tell_begin(words, GIG_SAY_NAMES_MORE);

        while ((i = (size_t) gig_say_next(&said, out)) != 0) {

            if (i == 1) {
                gig_text_region(json_array_get(list, 0), out);
            } else {
                gig_language_count(words, n - shown, out);
            }
        }

        return;
    }

    for (i = 0; i < n; i++) {
        if (i != 0) {
            gig_tell_between(words, (i + 1 == n) ? GIG_SAY_NAMES_AND : GIG_SAY_NAMES_COMMA, out);
        }

        gig_text_region(json_array_get(list, i), out);
    }
}


/* The places of a gig that is not remote, or what the whole of them is called. */

static void
gig_text_places(const gig_language_t *words, const json_t *location, int all, gig_buf_t *out)
{
    size_t         start;
    const json_t  *list;

    start = out->len;
    list = json_object_get(location, "places");

    if (json_array_size(list) != 0) {
        gig_text_names(words, list, all, out);
    }

    if (out->len == start) {
        gig_buf_str(out, gig_json_str(location, "name"));
    }
}


static void
gig_text_location(const gig_language_t *words, const json_t *location, int all, gig_buf_t *out)
{
    int            remote, hybrid;
    size_t         start;
    gig_said_t     said;
    gig_str_t      mode;
    const json_t  *list;

    mode = gig_json_str(location, "mode");
    remote = gig_str_is(mode, "remote");
    hybrid = gig_str_is(mode, "hybrid");

    if (remote) {
        list = json_object_get(location, "applicant_regions");

        if (json_array_size(list) == 0) {
            gig_tell(words, GIG_SAY_PLACE_REMOTE, out);
            return;
        }

        said = gig_tell_begin(words, GIG_SAY_PLACE_REMOTE_IN);

        while (gig_say_next(&said, out)) {
            gig_text_names(words, list, all, out);
        }

        return;
    }

    start = out->len;
    gig_text_places(words, location, all, out);

    if (out->len == start) {
        gig_tell(words, hybrid ? GIG_SAY_PLACE_HYBRID : GIG_SAY_PLACE_ONSITE, out);

    } else if (hybrid && !gig_buf_failed(out)) {
        out->len = start;
        said = gig_tell_begin(words, GIG_SAY_PLACE_WITH_HYBRID);

        while (gig_say_next(&said, out)) {
            gig_text_places(words, location, all, out);
        }
    }
}


void
gig_text_place(const gig_language_t *words, const json_t *location, gig_buf_t *out)
{
    gig_text_location(words, location, 0, out);
}


void
gig_text_place_all(const gig_language_t *words, const json_t *location, gig_buf_t *out)
{
    gig_text_location(words, location, 1, out);
}
