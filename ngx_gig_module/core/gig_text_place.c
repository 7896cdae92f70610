
/* Where a gig is worked at, as people read it: short on a card, in full on its page. */

#include "gig_json.h"
#include "gig_text.h"


#define GIG_PLACES_SHOWN    2       /* by name on a card */
#define GIG_CODES_SHOWN     6       /* by two letters on a card */


/* A place as it is written: a string, or a postal address in any of the usual spellings. */

static void
gig_text_address(const json_t *place, gig_buf_t *out)
{
    static const char *const  locality[] = { "locality", "address_locality", "addressLocality",
                                             "city" };
    static const char *const  region[] = { "region", "address_region", "addressRegion", "state" };
    static const char *const  country[] = { "country_name", "country", "address_country",
                                            "addressCountry" };

    size_t     i;
    gig_str_t  name, part;

    if (json_is_string(place)) {
        gig_buf_add(out, json_string_value(place), json_string_length(place));
        return;
    }

    name = gig_null_str;

    for (i = 0; i < 4 && name.len == 0; i++) {
        name = gig_json_str(place, locality[i]);
    }

    if (name.len == 0) {
        name = gig_json_str(place, "name");
    }

    gig_buf_str(out, name);
    part = gig_null_str;

    for (i = 0; i < 4 && part.len == 0; i++) {
        part = gig_json_str(place, region[i]);
    }

    for (i = 0; i < 4 && part.len == 0; i++) {
        part = gig_json_str(place, country[i]);
    }

    if (part.len != 0) {
        if (name.len != 0) {
            gig_buf_puts(out, ", ");
        }

        gig_buf_str(out, part);
    }
}


static void
gig_text_region(const json_t *item, gig_buf_t *out)
{
    gig_str_t  name;

    name = gig_json_str(item, "name");

    if (json_is_object(item) && name.len == 0) {
        name = gig_json_str(item, "code");
    }

    if (json_object_get(item, "type") != NULL && name.len != 0) {
        gig_buf_str(out, name);         /* a region, not an address */

    } else {
        gig_text_address(item, out);
    }
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
gig_text_names(const json_t *list, int all, gig_buf_t *out)
{
    size_t  i, n, shown;

    n = json_array_size(list);

    if (!all && gig_text_codes(list, out) == 0) {
        return;
    }

    shown = (all || n <= GIG_PLACES_SHOWN) ? n : 1;

    for (i = 0; i < shown; i++) {
        if (i != 0) {
            gig_buf_puts(out, (i + 1 == n) ? " and " : ", ");
        }

        gig_text_region(json_array_get(list, i), out);
    }

    if (n > shown) {
        gig_buf_printf(out, " and %zu more", n - shown);
    }
}


static void
gig_text_location(const json_t *location, int all, gig_buf_t *out)
{
    int            remote, hybrid;
    size_t         start;
    gig_str_t      mode;
    const json_t  *list;

    mode = gig_json_str(location, "mode");
    remote = gig_str_is(mode, "remote");
    hybrid = gig_str_is(mode, "hybrid");

    if (remote) {
        gig_buf_puts(out, "Remote");
        list = json_object_get(location, "applicant_regions");

        if (json_array_size(list) != 0) {
            gig_buf_puts(out, ", ");
            gig_text_names(list, all, out);
        }

        return;
    }

    start = out->len;
    list = json_object_get(location, "places");

    if (json_array_size(list) != 0) {
        gig_text_names(list, all, out);
    }

    if (out->len == start) {
        gig_buf_str(out, gig_json_str(location, "name"));
    }

    if (out->len == start) {
        gig_buf_puts(out, hybrid ? "Hybrid" : "On site");

    } else if (hybrid) {
        gig_buf_puts(out, " (hybrid)");
    }
}


void
gig_text_place(const json_t *location, gig_buf_t *out)
{
    gig_text_location(location, 0, out);
}


void
gig_text_place_all(const json_t *location, gig_buf_t *out)
{
    gig_text_location(location, 1, out);
}
