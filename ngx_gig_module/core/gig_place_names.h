
/*
 * Other names of places: "NYC" and "New York, NY" are one, and so are "Boulder,
 * CO", "Boulder, Colorado, USA" and "Boulder CO".  A table is text: a line a place,
 * its name, "=", other names between semicolons; # comments.  There is one built in
 * (core/place_names.txt); an operator's file adds to it and wins over it.
 *
 * A place's key is its name from the inside out, each part by the name the table has
 * for it: "boulder, colorado, united states".  What follows a ", " in a key is thus
 * the key of what the place lies in.  Two names have a form of their own:
 *
 *     *, NY    NY after a comma only, as in "Albany, NY"
 *     @US      the code of a country where a record gives it as such (ISO 3166-1)
 */

#ifndef GIG_PLACE_NAMES_H
#define GIG_PLACE_NAMES_H

#include "gig_fold.h"

#define GIG_PLACE_NAMES_FILE_MAX    (1024 * 1024)   /* bytes of a table */
#define GIG_PLACE_NAMES_MAX         65536           /* names in all */
#define GIG_PLACE_NAME_MAX          120             /* bytes of a name, also when folded */
#define GIG_PLACE_PARTS_MAX         8               /* of a name, between commas */

typedef struct gig_place_names_s gig_place_names_t;

/*
 * Reads the built-in table and then the operator's, which may be empty.  err names the line and
 * what would be right.  NULL: wrong, or out of memory.  Immutable afterwards: threads may share it.
 */
gig_place_names_t *gig_place_names_read(gig_str_t operators, gig_error_t *err);
void gig_place_names_free(gig_place_names_t *names);        /* may be NULL */

/*
 * The key of a place; folded: its name through gig_fold(), at most GIG_FOLD_MAX bytes.  names may
 * be NULL: no place has another name then.  A key's key is itself.  "Remote in USA", "US - Remote"
 * and their like are "remote, united states".  Returns its bytes; 0: no name.
 */
size_t gig_place_names_key(const gig_place_names_t *names, gig_str_t folded,
    char key[GIG_FOLD_MAX]);

/* What a country is called, as the table writes it, or gig_null_str; code: "US", any case. */
gig_str_t gig_place_names_country(const gig_place_names_t *names, gig_str_t code);

/*
 * The i-th name (folded) the table has for a key, or gig_null_str past the last: all that are
 * names by themselves, the place's own among them.
 */
gig_str_t gig_place_names_other(const gig_place_names_t *names, gig_str_t key, unsigned i);

/* A hash of all of it: an image that was made by another table is made anew. */
uint64_t gig_place_names_hash(const gig_place_names_t *names);

#endif /* GIG_PLACE_NAMES_H */
