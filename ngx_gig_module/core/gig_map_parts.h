
/* What reading a mapping and applying it share; private to gig_map*.c. */

#ifndef GIG_MAP_PARTS_H
#define GIG_MAP_PARTS_H

#include "gig_map.h"

#define GIG_MAP_MEMBER_MAX      64              /* bytes of a member's name */

typedef struct {
    const char       *name;                     /* as it is written in a mapping */
    gig_map_kind_t    kind;
    const char       *member;                   /* where it goes; NULL: its name */
    const char       *also;                     /* a second place for the same value */
} gig_map_member_t;

extern const gig_map_member_t  gig_map_members[];
extern const size_t  gig_map_members_n;

/*
 * The next placeholder of a template: 1 with its column and what comes before
 * it; 0: none is left, before is the rest.  "{{" (brace) is a brace.
 */
int gig_map_next(gig_str_t *template, gig_str_t *before, int *brace, gig_str_t *column);

/* The characters a [cut] leaves; 0 if the value is no number from 2 to 9999. */
size_t gig_map_cut_length(const char *value);

#endif /* GIG_MAP_PARTS_H */
