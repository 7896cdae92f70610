
/* What run, once, check and status share: -c FILE, --json, --log json. */

#ifndef GIG_SYNC_OPTIONS_H
#define GIG_SYNC_OPTIONS_H

#include "gig_sync_settings.h"

typedef struct {
    const char *config;
    int         json;           /* --json; only where may_json */
    int         log_json;       /* --log json */
} gig_sync_options_t;

/* 0, or the exit status after a sentence.  Also sets up the log and ignores SIGPIPE. */
int gig_sync_options(int argc, char **argv, int may_json, gig_sync_options_t *options);

/* Loads the settings with their keys; 0, or the exit status after a sentence. */
int gig_sync_options_load(const gig_sync_options_t *options, const char *command,
    gig_sync_settings_t *settings);

/* The board of that name; name NULL: the only one.  NULL: none such. */
const gig_sync_board_t *gig_sync_options_board(const gig_sync_settings_t *settings,
    const char *name);

/* Of --board, NULL without: 0 if there is such a board, or the exit status after a sentence. */
int gig_sync_options_named(const gig_sync_options_t *options, const char *command,
    const gig_sync_settings_t *settings, const char *name);

#endif /* GIG_SYNC_OPTIONS_H */
