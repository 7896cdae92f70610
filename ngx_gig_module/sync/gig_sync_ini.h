
/* Settings and mapping files, read by inih with the line told and long lines refused. */

#ifndef GIG_SYNC_INI_H
#define GIG_SYNC_INI_H

#include "gig_base.h"

/*
 * One value.  more: a continuation line (it begins with a blank) of the value
 * before.  -1 with err set ends the reading; a pointer left empty becomes FILE:LINE.
 */
typedef int (*gig_sync_ini_pt)(void *data, const char *section, const char *name,
    const char *value, int more, gig_error_t *err);

int gig_sync_ini_read(const char *path, gig_sync_ini_pt handler, void *data, gig_error_t *err);

#endif /* GIG_SYNC_INI_H */
