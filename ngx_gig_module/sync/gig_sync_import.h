
/* One import under way; private to gig_sync_import*.c. */

#ifndef GIG_SYNC_IMPORT_H
#define GIG_SYNC_IMPORT_H

#include <jansson.h>

#include "gig_map.h"
#include "gig_sync_connector.h"

#define GIG_IMPORT_FILE_MAX     (512u * 1024 * 1024)    /* bytes of a JSON file: it is read whole */

typedef struct {
    gig_sync_record_t  *record;
    const gig_sync_connector_t *connector;
    gig_map_t           map;
    int                 mapped;                 /* --map was given */
    int                 bar;                    /* standard error is a terminal */

    const char         *path;
    const char         *unit;                   /* "line" or "item" */
    uint64_t            size, read;             /* bytes */
    unsigned            tenths;                 /* of a percent, as the bar shows */

    gig_str_t          *columns;                /* owned, with column_bytes */
    size_t              n;
    gig_buf_t           column_bytes;

    uint64_t            count[3];               /* by gig_sync_change_t */
    uint64_t            refused;
    unsigned            batch;                  /* records in the open transaction */
    gig_buf_t           canonical;
    gig_error_t         err;                    /* what ended the reading, if anything did */
} gig_import_t;

/* The progress bar; end: takes it off the terminal, so that a line can be printed. */
void gig_import_bar(gig_import_t *in, int end);

/* Lists one row as refused. */
void gig_import_refuse_one(gig_import_t *in, uint64_t line, const char *reason);

/* One record, or one row to be mapped: checked and stored, or refused.  -1: in->err ends it all. */
int gig_import_record(gig_import_t *in, uint64_t line, json_t *root);
int gig_import_mapped(gig_import_t *in, uint64_t line, const gig_str_t *columns,
    const gig_str_t *cells, size_t n);

/* A file of JSON (a record, an array, {"gigs": [...]}); a file of one record a line. */
int gig_import_json(gig_import_t *in, gig_str_t text);
int gig_import_lines(gig_import_t *in, gig_str_t text);

#endif /* GIG_SYNC_IMPORT_H */
