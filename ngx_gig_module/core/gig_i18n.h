
/*
 * What of a gig is written in the language of the page: a record's `i18n` has its texts in others.
 */

#ifndef GIG_I18N_H
#define GIG_I18N_H

#include <jansson.h>

#include "gig_language.h"

/*
 * Puts what i18n has in that language (or one less exact: "es" for "es-MX") in place of the gig's
 * own: title, summary, description, department, deliverables.  What is left of i18n is what was
 * used, for _of.  The gig is the caller's alone.  -1: out of memory, and the gig is to be dropped.
 */
int gig_i18n_apply(json_t *gig, const gig_language_t *words);

/* The language that a member of such a gig is written in; empty: not known. */
gig_str_t gig_i18n_of(const json_t *gig, const char *member);

#endif /* GIG_I18N_H */
