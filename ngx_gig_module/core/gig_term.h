
/* A stored record's term of the catalog's digest (docs/redis-schema.md). */

#ifndef GIG_TERM_H
#define GIG_TERM_H

#include "gig_base.h"
#include "gig_sha1.h"

/*
 * Counted as the publish script counts it, which reads JSON as loosely as Redis does:
 * whether the record can be served is another question.  kind is 'g' or 'f'.
 */
void gig_term(char kind, gig_str_t id, gig_str_t json, unsigned char term[GIG_DIGEST_SIZE]);

#endif /* GIG_TERM_H */
