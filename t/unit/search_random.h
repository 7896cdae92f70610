
/* Random records and random questions to a catalog of them. */

#ifndef SEARCH_RANDOM_H
#define SEARCH_RANDOM_H

#include "search_reference.h"

#define RANDOM_ARGS_MAX     GIG_QUERY_ARGS_MAX

/* Names of places as an operator adds them to the table that is built in. */
extern const char  random_places[];

/*
 * A record's JSON: every facet, spellings that differ in case, accents and blanks, several
 * languages, currencies, null dates, ties.  One of some dozen lacks a member that is required.
 */
void random_record(uint64_t *random, const char *id, gig_buf_t *json);

/* A query string that gig_query_read() takes; most of it is about what the catalog has. */
void random_query(uint64_t *random, const reference_t *reference, gig_buf_t *args);

#endif /* SEARCH_RANDOM_H */
