
/* The rules of the record's members; gig_record.c uses them, nothing else does. */

#ifndef GIG_RECORD_CHECK_H
#define GIG_RECORD_CHECK_H

#include <jansson.h>

#include "gig_base.h"

#define GIG_TITLE_MAX           200             /* characters of a title or a name */
#define GIG_LABEL_MAX           120             /* of a department, a skill, a kind */
#define GIG_NOTE_MAX            1000            /* of a sentence or two */
#define GIG_TEXT_MAX_LENGTH     60000           /* of a description */
#define GIG_LIST_MAX            100             /* elements of a list */
#define GIG_MINOR_MAX           INT64_C(1000000000000)

/*
 * Checks every member against its type and limits and then what members must
 * be to each other.  All faults are added to errors.
 */
void gig_record_check(const json_t *root, gig_errors_t *errors);

/* 1 if a record has a member of that name at its top. */
int gig_record_known(const char *name);

#endif /* GIG_RECORD_CHECK_H */
