
/*
 * Facets: what a list can be filtered by, value by value.  A value is what a record says,
 * as it was written; two are the same when their keys are (gig_fold.h, and for places the
 * table of other names, gig_place_names.h).
 */

#ifndef GIG_FACET_H
#define GIG_FACET_H

#include <jansson.h>

#include "gig_fold.h"
#include "gig_place_names.h"
#include "gig_text.h"

/* In the order in which a list's answer names them. */
typedef enum {
    GIG_FACET_SKILL,
    GIG_FACET_DEPARTMENT,
    GIG_FACET_TEAM,
    GIG_FACET_LOCATION,
    GIG_FACET_MODE,
    GIG_FACET_ENGAGEMENT,
    GIG_FACET_ORG,
    GIG_FACET_LANGUAGE,
    GIG_FACET_AUDIENCE,
    GIG_FACETS
} gig_facet_t;

#define GIG_FACET_ALL           ((1u << GIG_FACETS) - 1)
#define GIG_FACET_VALUES_MAX    50      /* that an answer tells of a facet: the largest counts */
#define GIG_ROW_VALUES_MAX      256     /* of one gig, all facets; further ones are left out */

/* "skill", ...: the parameter's name and the member of `facets`. */
const char *gig_facet_name(gig_facet_t facet);

/*
 * The key of a value: folded, and for a place the key of the name the table knows it by.
 * names may be NULL.  Returns its bytes, at most GIG_FOLD_MAX; 0: no value.
 */
size_t gig_facet_key(gig_facet_t facet, gig_str_t value, const gig_place_names_t *names,
    char key[GIG_FOLD_MAX]);

/*
 * All values of a record, in a fixed order, parts last.  part: not a value as the record has it but
 * a part of one, so that "illinois" finds "Chicago, IL", "germany" finds "Berlin, Germany" and "en"
 * finds "en-US"; such a value filters but is not told among a list's facets unless a record has it
 * as a whole.  It is no spelling to show: parts of places are folded.  names may be NULL.  value is
 * not empty, valid UTF-8, and valid during the call only; one key may come more than once.
 */
typedef void (*gig_facet_value_pt)(void *data, gig_facet_t facet, gig_str_t value, int part);
void gig_facet_values(const json_t *record, const gig_place_names_t *names,
    gig_facet_value_pt each, void *data);

/*
 * A place (of location.places or applicant_regions) as the facet has it: as gig_text_place()
 * writes it, but countries by name where a record has codes.  May be empty.
 */
gig_str_t gig_facet_place(const json_t *place, const gig_place_names_t *names,
    char text[GIG_TEXT_MAX]);

#endif /* GIG_FACET_H */
