
#include <string.h>

#include "gig_facet.h"
#include "gig_json.h"
#include "gig_utf8.h"


typedef struct {
    const gig_place_names_t  *names;
    gig_facet_value_pt        each;
    void                     *data;
    unsigned                  n;                /* values given */
    unsigned                  n_parts;
    uint64_t                  part[GIG_ROW_VALUES_MAX];     /* hashed: regions repeat a lot */
} gig_facet_walk_t;


static const char *const  gig_facet_names[GIG_FACETS] = {
    "skill", "department", "team", "location", "mode", "engagement", "org", "language", "audience"
};


const char *
gig_facet_name(gig_facet_t facet)
{
    return gig_facet_names[facet];
}


size_t
gig_facet_key(gig_facet_t facet, gig_str_t value, const gig_place_names_t *names,
    char key[GIG_FOLD_MAX])
{
    char       text[GIG_FOLD_MAX];
    gig_str_t  folded;

    if (facet != GIG_FACET_LOCATION) {
        return gig_fold(value, key, GIG_FOLD_MAX);
    }

    folded = (gig_str_t) { text, gig_fold(value, text, sizeof(text)) };

    return gig_place_names_key(names, folded, key);
}


static void
gig_facet_give(gig_facet_walk_t *walk, gig_facet_t facet, gig_str_t value, int part)
{
    if (value.len == 0 || walk->n == GIG_ROW_VALUES_MAX) {
        return;
    }

    walk->n++;
    walk->each(walk->data, facet, value, part);
}


/* A part, if it was not given before. */

static void
gig_facet_part(gig_facet_walk_t *walk, gig_facet_t facet, gig_str_t value)
{
    unsigned  i;
    uint64_t  hash;

    hash = gig_str_hash(value) ^ (uint64_t) facet;

    for (i = 0; i < walk->n_parts; i++) {
        if (walk->part[i] == hash) {
            return;
        }
    }

    if (walk->n_parts < GIG_ROW_VALUES_MAX) {
        walk->part[walk->n_parts++] = hash;
        gig_facet_give(walk, facet, value, 1);
    }
}


static void
gig_facet_list(gig_facet_walk_t *walk, gig_facet_t facet, const json_t *list, const char *name)
{
    size_t  i;

    for (i = 0; i < json_array_size(list); i++) {
        gig_facet_give(walk, facet, gig_json_item(json_array_get(list, i), name), 0);
    }
}


/* 1 if the place lies in the country (or is it), as far as their names tell. */

static int
gig_facet_lies_in(gig_str_t place, gig_str_t country, const gig_place_names_t *names)
{
    char    key[GIG_FOLD_MAX], end[GIG_FOLD_MAX];
    size_t  n, m;

    n = gig_facet_key(GIG_FACET_LOCATION, place, names, key);
    m = gig_facet_key(GIG_FACET_LOCATION, country, names, end);

    return n >= m && memcmp(key + n - m, end, m) == 0
           && (n == m || (n >= m + 2 && memcmp(key + n - m - 2, ", ", 2) == 0));
}


/*
 * "Berlin, DE" would be in Delaware, and "Perth, WA" in Washington: where a record says which
 * country it means, its name goes into the value, unless the region tells it already.
 */

gig_str_t
gig_facet_place(const json_t *place, const gig_place_names_t *names, char text[GIG_TEXT_MAX])
{
    size_t              n;
    gig_str_t           whole, country;
    gig_text_address_t  address;

    gig_text_address_read(place, &address);

    if (address.is_country && (gig_str_eq(address.locality, address.code))) {
        country = gig_place_names_country(names, address.code);
        address.locality = country.len != 0 ? country : address.locality;
    }

    country = gig_place_names_country(names, address.country);
    address.country = country.len != 0 ? country : address.country;
    whole = gig_text_address(&address, text);

    if (address.region.len != 0 && address.country.len != 0
        && !gig_facet_lies_in(whole, address.country, names)
        && GIG_TEXT_MAX - whole.len > 2)
    {
        memcpy(text + whole.len, ", ", 2);
        whole.len += 2;
        n = gig_utf8_cut(address.country, GIG_TEXT_MAX - whole.len);
        memcpy(text + whole.len, address.country.data, n);
        whole.len += n;
    }

    return whole;
}


/* What the place lies in, from the inside out, and its own name, unless another place has it. */

static void
gig_facet_place_parts(gig_facet_walk_t *walk, gig_str_t place)
{
    char         text[GIG_FOLD_MAX], again[GIG_FOLD_MAX];
    size_t       n;
    gig_str_t    key, rest;
    const char  *comma;

    key = (gig_str_t) { text, gig_facet_key(GIG_FACET_LOCATION, place, walk->names, text) };
    rest = key;
    comma = memmem(rest.data, rest.len, ", ", 2);

    if (comma == NULL) {
        return;
    }

    key.len = (size_t) (comma - key.data);
    n = gig_place_names_key(walk->names, key, again);

    if (gig_str_eq(key, (gig_str_t) { again, n })) {
        gig_facet_part(walk, GIG_FACET_LOCATION, key);
    }

    while (comma != NULL) {
        rest.len -= (size_t) (comma + 2 - rest.data);
        rest.data = comma + 2;

        gig_facet_part(walk, GIG_FACET_LOCATION, rest);
        comma = memmem(rest.data, rest.len, ", ", 2);
    }
}


/* Wholes, or (parts) what they are part of. */

static void
gig_facet_location(gig_facet_walk_t *walk, const json_t *location, int parts)
{
    char           text[GIG_TEXT_MAX];
    size_t         i, k, n;
    gig_str_t      value;
    const json_t  *list[2];

    list[0] = json_object_get(location, "places");
    list[1] = gig_str_is(gig_json_str(location, "mode"), "remote")
              ? json_object_get(location, "applicant_regions") : NULL;
    n = 0;

    for (k = 0; k < 2; k++) {
        for (i = 0; i < json_array_size(list[k]); i++) {
            value = gig_facet_place(json_array_get(list[k], i), walk->names, text);
            n += value.len != 0;

            if (parts) {
                gig_facet_place_parts(walk, value);

            } else {
                gig_facet_give(walk, GIG_FACET_LOCATION, value, 0);
            }
        }
    }

    if (n != 0) {
        return;
    }

    value = gig_json_str(location, "name");

    if (parts) {
        gig_facet_place_parts(walk, value);

    } else {
        gig_facet_give(walk, GIG_FACET_LOCATION, value, 0);
    }
}


/* "en" of "en-US". */

static void
gig_facet_language(gig_facet_walk_t *walk, gig_str_t tag)
{
    const char  *hyphen;

    hyphen = tag.len != 0 ? memchr(tag.data, '-', tag.len) : NULL;

    if (hyphen != NULL && hyphen != tag.data) {
        tag.len = (size_t) (hyphen - tag.data);
        gig_facet_part(walk, GIG_FACET_LANGUAGE, tag);
    }
}


void
gig_facet_values(const json_t *record, const gig_place_names_t *names,
    gig_facet_value_pt each, void *data)
{
    gig_str_t          language;
    const json_t      *location;
    gig_facet_walk_t   walk;

    walk.names = names;
    walk.each = each;
    walk.data = data;
    walk.n = 0;
    walk.n_parts = 0;

    location = json_object_get(record, "location");
    language = gig_json_str(record, "language");

    /* What has one value comes first: a gig with hundreds of skills still is in its org. */

    gig_facet_give(&walk, GIG_FACET_DEPARTMENT, gig_json_str(record, "department"), 0);
    gig_facet_give(&walk, GIG_FACET_TEAM, gig_json_str(record, "team"), 0);
    gig_facet_give(&walk, GIG_FACET_MODE, gig_json_str(location, "mode"), 0);
    gig_facet_give(&walk, GIG_FACET_ENGAGEMENT, gig_json_str(record, "engagement"), 0);
    gig_facet_give(&walk, GIG_FACET_ORG, gig_json_str(json_object_get(record, "org"), "name"), 0);
    gig_facet_give(&walk, GIG_FACET_LANGUAGE, language, 0);
    gig_facet_list(&walk, GIG_FACET_SKILL, json_object_get(record, "skills"), "name");
    gig_facet_location(&walk, location, 0);
    gig_facet_list(&walk, GIG_FACET_AUDIENCE,
                   json_object_get(json_object_get(record, "eligibility"), "audience"), "name");

    gig_facet_language(&walk, language);
    gig_facet_location(&walk, location, 1);
}
