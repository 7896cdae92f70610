
/*
 * The texts of a record that a search looks through, in a fixed order, each with
 * what a word in it weighs.  One field a call: the caller leaves a gap between two,
 * so that no phrase matches across.
 */

#ifndef GIG_RECORD_WORDS_H
#define GIG_RECORD_WORDS_H

#include <jansson.h>

#include "gig_place_names.h"

#define GIG_WEIGHT_TITLE        8
#define GIG_WEIGHT_SKILL        5
#define GIG_WEIGHT_ORG          3
#define GIG_WEIGHT_DEPARTMENT   3       /* and the team */
#define GIG_WEIGHT_PLACE        3
#define GIG_WEIGHT_SUMMARY      2
#define GIG_WEIGHT_DESCRIPTION  1

/* text: valid UTF-8, not empty, of the call only. */
typedef void (*gig_record_text_pt)(void *data, unsigned weight, gig_str_t text);

/*
 * Title; skills; organisation, department, team; location.name, places, then the other names that
 * the table (may be NULL) has for them and the names of the regions they lie in, but what they say
 * already; summary; description, sections, deliverables.  record: as gig_record_read() gives it, so
 * HTML is clean.  0, or -1: out of memory.
 */
int gig_record_text_fields(const json_t *record, const gig_place_names_t *names,
    gig_record_text_pt each, void *data);

#endif /* GIG_RECORD_WORDS_H */
