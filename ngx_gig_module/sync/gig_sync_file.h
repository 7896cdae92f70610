
/* Small files: keys, settings, receipts.  Read whole with a limit, made, never overwritten. */

#ifndef GIG_SYNC_FILE_H
#define GIG_SYNC_FILE_H

#include <sys/types.h>

#include "gig_base.h"
#include "gig_buf.h"

/* Appends the file ("-": standard input) to buf; longer than its limit: -1.  err points to path. */
int gig_sync_file_read(const char *path, gig_buf_t *buf, gig_error_t *err);

/*
 * Makes path with exactly mode, whatever the umask, and fsyncs it.  1: it was there
 * already and was left alone.
 */
int gig_sync_file_make(const char *path, mode_t mode, gig_str_t content, gig_error_t *err);

#endif /* GIG_SYNC_FILE_H */
