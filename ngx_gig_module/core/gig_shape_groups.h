
/*
 * Gigs told in groups (departments, offices, teams), which a catalog has only as words of its gigs:
 * in the order in which they are first met, each with its gigs in theirs.
 */

#ifndef GIG_SHAPE_GROUPS_H
#define GIG_SHAPE_GROUPS_H

#include "gig_shape.h"

#define GIG_SHAPE_GROUPS_MAX    10000           /* of one answer */
#define GIG_SHAPE_SLOT_BITS     15
#define GIG_SHAPE_SLOTS         (1u << GIG_SHAPE_SLOT_BITS)

typedef struct {
    uint64_t   key;                             /* gig_shape_name() of what it is of */
    gig_buf_t  head;                            /* up to its items: {"name":"Sales","jobs":[ */
    gig_buf_t  items;                           /* with commas between */
} gig_shape_group_t;

/* Large, so not on a thread's stack; what is not used of it takes no memory. */
typedef struct {
    size_t             left;                    /* bytes that all items may still take */
    size_t             n;
    uint16_t           slot[GIG_SHAPE_SLOTS];   /* by key: one more than a group's number, or 0 */
    gig_shape_group_t  group[GIG_SHAPE_GROUPS_MAX];
} gig_shape_groups_t;

/* most: bytes that all items together may take.  NULL: out of memory.  Free takes NULL. */
gig_shape_groups_t *gig_shape_groups_create(size_t most);
void gig_shape_groups_free(gig_shape_groups_t *groups);

/* That of the key; the first time its head is empty, and the caller's to fill.  NULL: no more. */
gig_shape_group_t *gig_shape_group(gig_shape_groups_t *groups, uint64_t key);

/* One more item of it.  0, or -1: they take too much, or item has failed. */
int gig_shape_group_add(gig_shape_groups_t *groups, gig_shape_group_t *group,
    const gig_buf_t *item);

/* HEAD ITEMS ]}; and all of them, with commas between. */
void gig_shape_group_write(const gig_shape_group_t *group, gig_buf_t *out);
void gig_shape_groups_write(const gig_shape_groups_t *groups, gig_buf_t *out);

#endif /* GIG_SHAPE_GROUPS_H */
