
/* The operator's list of gigs that are taken down now, whatever the catalog says of them. */

#ifndef GIG_DENY_H
#define GIG_DENY_H

#include "gig_image.h"

#define GIG_DENY_MAX            4096            /* ids */
#define GIG_DENY_FILE_MAX       (256 * 1024)

typedef struct {
    uint32_t  n;
    uint64_t  hash;                             /* of the ids as a set, 0 without any */
    char      id[GIG_DENY_MAX][GIG_ID_MAX + 1];
} gig_deny_t;

/*
 * One id a line; blank lines and what follows a # are skipped.  A line that is no id, or one too
 * many, is told in err (the first one, by its number) and left out: the others count.  0, or -1 if
 * something was left out.
 */
int gig_deny_read(gig_str_t text, gig_deny_t *deny, gig_error_t *err);

/* Sets the bits of their rows; rows: room for image->rows bits in whole words, cleared first. */
void gig_deny_rows(const gig_deny_t *deny, const gig_image_t *image, uint64_t *rows);

#endif /* GIG_DENY_H */
