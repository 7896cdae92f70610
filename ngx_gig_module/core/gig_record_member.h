
/* The table of the record's members; gig_record_check.c goes by it. */

#ifndef GIG_RECORD_MEMBER_H
#define GIG_RECORD_MEMBER_H

#include <stdint.h>


typedef enum {
    GIG_IS_LINE,                /* text without line breaks, at most max characters */
    GIG_IS_LINES,
    GIG_IS_ID,
    GIG_IS_SLUG,
    GIG_IS_REV,
    GIG_IS_ONE_OF,              /* names */
    GIG_IS_TIME,
    GIG_IS_DATE,
    GIG_IS_ZONE,
    GIG_IS_LANGUAGE,
    GIG_IS_CURRENCY,
    GIG_IS_URL,
    GIG_IS_CONTACT,             /* an address, an e-mail address or a line */
    GIG_IS_NUMBER,              /* a whole one, min to max */
    GIG_IS_MONEY,
    GIG_IS_BOOLEAN,
    GIG_IS_OBJECT,              /* of members; NULL: any, with clean texts */
    GIG_IS_LIST,                /* of objects of members; NULL: of lines */
    GIG_IS_ANY
} gig_is_t;

typedef struct gig_member_s  gig_member_t;

struct gig_member_s {
    const char          *name;
    gig_is_t             is;
    int                  required;
    int64_t              min, max;
    const gig_member_t  *members;
    const char *const   *names;
};


/* Names that filters of a list take as well; each ends with NULL. */
#define GIG_MODES           3
#define GIG_ENGAGEMENTS     4
extern const char *const  gig_modes[GIG_MODES + 1];
extern const char *const  gig_engagements[GIG_ENGAGEMENTS + 1];

/* The members at the top; a list ends with a name that is NULL. */
extern const gig_member_t  gig_record_members[];

#endif /* GIG_RECORD_MEMBER_H */
