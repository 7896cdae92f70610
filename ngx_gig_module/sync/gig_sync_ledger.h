
/* The ledger of a host that is not there: its segments in a state folder, or in a copy of one. */

#ifndef GIG_SYNC_LEDGER_H
#define GIG_SYNC_LEDGER_H

#include <sys/types.h>

#include "gig_ledger_content.h"
#include "gig_sync_settings.h"

#define GIG_SYNC_SEGMENT_NAME   32              /* "damaged.ledger.0123456789abcdef" and NUL */
#define GIG_SYNC_SEGMENTS_MAX   512             /* of a folder; a descriptor each */
#define GIG_SYNC_NODE_NAME      32              /* bytes of the file "node" that count */

typedef struct {
    char                 name[GIG_SYNC_SEGMENT_NAME];
    int                  fd;                    /* owned, with a shared lock unless locked */
    int                  locked;                /* a living process writes in it */
    pid_t                pid;                   /* which; 0: nobody can say */
    gig_str_t            bytes;                 /* mapped; owned */
    int                  readable;              /* its header is one */
    gig_error_t          why;                   /* or why it is not */
    gig_ledger_header_t  header;
} gig_sync_segment_t;

typedef struct {
    char                 node[GIG_SYNC_NODE_NAME];      /* the host's name */
    unsigned             n;
    gig_sync_segment_t  *segment;               /* owned; the oldest first */
} gig_sync_folder_t;

/*
 * Opens and locks all segments of a state folder, and writes nothing.  0, or -1 and err.  Close it
 * in both cases; as long as it is open no nginx takes them over.
 */
int gig_sync_folder_open(const char *path, gig_sync_folder_t *folder, gig_error_t *err);
void gig_sync_folder_close(gig_sync_folder_t *folder);

/* gig-sync ledger send: an exit status. */
int gig_sync_ledger_send(const char *path, const char *config, int all);

#endif /* GIG_SYNC_LEDGER_H */
