
/* gig-sync.conf: one table of settings with type, default and what would be right. */

#ifndef GIG_SYNC_SETTINGS_H
#define GIG_SYNC_SETTINGS_H

#include "gig_base.h"
#include "gig_box.h"
#include "gig_seal.h"

#define GIG_SYNC_BOARDS_MAX     64
#define GIG_SYNC_VALUE_MAX      1024

typedef struct {
    char           name[GIG_BOARD_MAX + 1];
    char           redis[GIG_SYNC_VALUE_MAX];          /* host:port or unix:PATH */
    char           redis_user[GIG_SYNC_VALUE_MAX];
    char           redis_password[GIG_SYNC_VALUE_MAX];
    unsigned       redis_db;
    char           secret_file[GIG_SYNC_VALUE_MAX];
    char           private_key[GIG_SYNC_VALUE_MAX];    /* file or folder */
    char           source[GIG_SYNC_VALUE_MAX];
    char           sink[GIG_SYNC_VALUE_MAX];           /* default: the source */
    char           state[GIG_SYNC_VALUE_MAX];
    int64_t        pull_every_ms;
    unsigned       shrink_guard;                       /* percent */
    int64_t        gone_keep_ms;
    int64_t        claim_after_ms;                     /* in hand so long: of a dead consumer */

    gig_secret_t   secret;                             /* read and checked by _load */
    unsigned       n_private;
    gig_private_key_t  private_keys[GIG_KEYS_MAX];
} gig_sync_board_t;

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
