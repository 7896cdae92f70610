
/* gig-sync.conf and the keys it names, read; what may be in it is core/gig_settings.h. */

#ifndef GIG_SYNC_SETTINGS_H
#define GIG_SYNC_SETTINGS_H

#include "gig_settings.h"

#define GIG_SYNC_BOARDS_MAX     GIG_SETTINGS_BOARDS_MAX
#define GIG_SYNC_VALUE_MAX      GIG_SETTINGS_VALUE_MAX

typedef gig_settings_board_t  gig_sync_board_t;

typedef struct {
    unsigned          n;
    gig_sync_board_t *board;                           /* owned */
    int               log_json;
} gig_sync_settings_t;

/*
 * Reads the file with inih.  An unknown section or name, a wrong value, a
 * missing file: -1 and err with "FILE:LINE" as pointer and the nearest right
 * name.  keys: also read secret and private keys.
 */
int gig_sync_settings_load(const char *path, int keys, gig_sync_settings_t *settings,
    gig_error_t *err);

/* The pieces of keys, for commands without a gig-sync.conf: a secret file; board->private_key. */
int gig_sync_secret(const char *path, gig_secret_t *secret, gig_error_t *err);
int gig_sync_private_keys(gig_sync_board_t *board, gig_error_t *err);

/* Wipes the keys; settings may have failed to load or be all zeros. */
void gig_sync_settings_free(gig_sync_settings_t *settings);

#endif /* GIG_SYNC_SETTINGS_H */
