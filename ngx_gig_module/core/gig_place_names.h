
/*
 * Other names of places: "NYC" and "New York, NY" are one.  A table is text: a line
 * a place, its name, "=", other names between semicolons; # comments.  There is one
 * built in (core/place_names.txt); an operator's file adds to it and wins over it.
 */

#ifndef GIG_PLACE_NAMES_H
#define GIG_PLACE_NAMES_H

#include "gig_base.h"

#define GIG_PLACE_NAMES_FILE_MAX    (1024 * 1024)   /* bytes of a table */
#define GIG_PLACE_NAMES_MAX         65536           /* names in all */

typedef struct gig_place_names_s gig_place_names_t;

/*
 * Reads the built-in table and then the operator's, which may be empty.  err names the line and
 * what would be right.  NULL: wrong, or out of memory.  Immutable afterwards: threads may share it.
 */
gig_place_names_t *gig_place_names_read(gig_str_t operators, gig_error_t *err);
void gig_place_names_free(gig_place_names_t *names);        /* may be NULL */

/* Both take and give folded keys.  The key it is known by: `key` itself if the table has no other. */
gig_str_t gig_place_names_find(const gig_place_names_t *names, gig_str_t key);

/* The i-th other name (folded) of a key it is known by, or gig_null_str past the last. */
gig_str_t gig_place_names_other(const gig_place_names_t *names, gig_str_t key, unsigned i);

/* A hash of all of it: an image that was made by another table is made anew. */
uint64_t gig_place_names_hash(const gig_place_names_t *names);

#endif /* GIG_PLACE_NAMES_H */
