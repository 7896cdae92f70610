
/*
 * A gig as its fragment has it, without what no card tells: to find the end of a text is many times
 * as fast as to parse it, and a list of a hundred gigs with long texts in several languages is made
 * on the event loop.
 */

#ifndef GIG_BRIEF_H
#define GIG_BRIEF_H

#include "gig_buf.h"
#include "gig_language.h"

/*
 * json: an object of canonical JSON (gig_json_canonical(): no blanks).  Left out are descriptions,
 * deliverables, and of i18n all languages that gig_i18n_apply() with these words would not take.
 * What is copied is not looked at otherwise: the caller parses it.  -1: this is no such object, and
 * out is to be dropped.
 */
int gig_brief(gig_str_t json, const gig_language_t *words, gig_buf_t *out);

#endif /* GIG_BRIEF_H */
