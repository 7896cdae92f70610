
/*
 * gig-sync.conf, line by line: one table of settings with type, default and what
 * would be right.  Whoever reads the file (inih, in sync/) hands its values over.
 */

#ifndef GIG_SETTINGS_H
#define GIG_SETTINGS_H

#include <stdint.h>

#include "gig_base.h"
#include "gig_box.h"
#include "gig_seal.h"

#define GIG_SETTINGS_BOARDS_MAX     64
#define GIG_SETTINGS_VALUE_MAX      1024

typedef struct {
    char           name[GIG_BOARD_MAX + 1];
    char           redis[GIG_SETTINGS_VALUE_MAX];          /* host:port or unix:PATH */
    char           redis_user[GIG_SETTINGS_VALUE_MAX];
    char           redis_password[GIG_SETTINGS_VALUE_MAX];
    unsigned       redis_db;
    char           secret_file[GIG_SETTINGS_VALUE_MAX];
    char           private_key[GIG_SETTINGS_VALUE_MAX];    /* file or folder */
    char           source[GIG_SETTINGS_VALUE_MAX];
    char           sink[GIG_SETTINGS_VALUE_MAX];           /* default: the source */
    char           state[GIG_SETTINGS_VALUE_MAX];          /* file: of a sink that is no database */
    char           sink_header[GIG_SETTINGS_VALUE_MAX];    /* these of an HTTP upstream alone */
    char           sink_ca[GIG_SETTINGS_VALUE_MAX];        /* file */
    unsigned       sink_private;                       /* 1: it may have an address inside */
    int64_t        pull_every_ms;
    unsigned       shrink_guard;                       /* percent */
    int64_t        gone_keep_ms;
    int64_t        claim_after_ms;                     /* in hand so long: of a dead consumer */

    gig_secret_t   secret;                             /* these are not read here */
    unsigned       n_private;
    gig_private_key_t  private_keys[GIG_KEYS_MAX];
} gig_settings_board_t;

/* Zeroed, with board set: ready for the first value. */
typedef struct {
    gig_settings_board_t  *board;                       /* not owned; zeroed, _BOARDS_MAX of them */
    unsigned               n;
    uint32_t               set[GIG_SETTINGS_BOARDS_MAX];    /* a bit for each setting given */
} gig_settings_t;

/* What values may take from outside the file. */
typedef struct {
    const char *(*environment)(void *data, const char *name);       /* NULL: it is not set */
    int         (*file)(void *data, const char *path, char out[GIG_SETTINGS_VALUE_MAX],
        gig_error_t *err);                              /* the only line of a file */
    void         *data;
} gig_settings_outside_t;

/*
 * One value of a section.  more: a continuation line.  -1 and err, with the nearest
 * right name of one that is unknown and what would be right of a wrong value.
 */
int gig_settings_value(gig_settings_t *settings, const gig_settings_outside_t *outside,
    const char *section, const char *name, const char *value, int more, gig_error_t *err);

/* After the last one: defaults; -1 and err for what is missing. */
int gig_settings_finish(gig_settings_t *settings, gig_error_t *err);

#endif /* GIG_SETTINGS_H */
