
/* The application ("gig-application/1") that goes into a box. */

#ifndef GIG_APPLICATION_H
#define GIG_APPLICATION_H

#include <jansson.h>

#include "gig_form.h"
#include "gig_seal.h"

#define GIG_APPLICATION_MAX     (1024 * 1024)   /* bytes of an application's */

/* What the edge knows of one submission. */
typedef struct {
    const char  *id, *who, *print;              /* texts of gig_seal.h */
    gig_str_t    gig, gig_rev;
    int64_t      form_rev;
    int64_t      received_ms;
    const char  *replaces;                      /* id of the applicant's earlier one, or NULL */
    const char  *seat;                          /* "reserved", "waitlisted", "over", "late" or
                                                   NULL; not sealed */
    const char  *token;                         /* of the id; of a receipt alone */
} gig_submission_t;

/*
 * The plain text of a box, canonical: answers grouped by class, files, consents,
 * source; never the seat.  Answers are checked ones (gig_answers_check).  Of a
 * demographic field nothing is kept.  A failure shows in gig_buf_failed(out).
 * Where there are files a NUL and their bytes follow, in the order of "files".
 */
void gig_application_write(const gig_submission_t *s, const gig_form_t *form,
    const gig_answers_t *answers, gig_buf_t *out);

/* What was in an opened box: the JSON, and the bytes of files behind it (empty: there are none). */
void gig_application_split(gig_str_t plain, gig_str_t *json, gig_str_t *files);

/* A file of an application; views into both. */
typedef struct {
    gig_str_t  field, name, media_type, sha256, bytes;
} gig_application_file_t;

/*
 * The next file of an application that was read, at *at of files, which both begin at 0 and are
 * moved on.  1; 0: there are no more, and no bytes are left; -1: they do not fit together, or
 * one's bytes are not what its hash says.
 */
int gig_application_file(const json_t *application, gig_str_t files, size_t *number, size_t *at,
    gig_application_file_t *file);

/*
 * Strict reading of an opened box: checks schema, id, gig, received_at, and that answers
 * are objects of the known classes.  New reference, or NULL and err.
 */
json_t *gig_application_read(gig_str_t json, gig_error_t *err);

#endif /* GIG_APPLICATION_H */
