
/* Files of applications, written into a folder for people. */

#ifndef GIG_SYNC_EXPORT_FILES_H
#define GIG_SYNC_EXPORT_FILES_H

#include "gig_application.h"

typedef struct {
    const char   *folder;       /* made if it is not there, for its owner alone */
    size_t        written;
    size_t        there;        /* had been written before, and were left alone */
    gig_error_t   err;
} gig_sync_export_files_t;

/* 0, or -1 and err. */
int gig_sync_export_folder(gig_sync_export_files_t *files);

/*
 * Writes one as FIELD.ID.EXTENSION: nothing of the name is the applicant's choice.  0, or -1 and
 * err.
 */
int gig_sync_export_file(gig_sync_export_files_t *files, gig_str_t id,
    const gig_application_file_t *file);

/* "resume: cv.pdf (18 KB)", of all that an application has; empty without. */
void gig_sync_export_names(const json_t *application, gig_buf_t *out);

#endif /* GIG_SYNC_EXPORT_FILES_H */
