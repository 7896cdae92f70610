
/*
 * What becomes of a delivery in a system of record that is a database of ours: the rules,
 * once.  A database brings the statements, whose parameters and columns are the same in all.
 */

#ifndef GIG_SYNC_SINK_H
#define GIG_SYNC_SINK_H

#include "gig_sync_rows.h"

#define GIG_SINK_COLUMNS        2
#define GIG_SINK_CELL           256             /* bytes of a cell and NUL; what is longer is cut */

typedef enum {
    /* queries, with their columns */
    GIG_SINK_TOMBSTONE,                         /* id */
    GIG_SINK_DELIVERY,                          /* id, print: state, flags */
    GIG_SINK_DELIVERY_OTHER,                    /* id, print: one with another print */
    GIG_SINK_APPLICATION,                       /* id: seat, gig */
    GIG_SINK_SHARED,                            /* gig, applicant: the seat of his others */

    /* statements */
    GIG_SINK_DELIVERY_PUT,                      /* id, print, gig, applicant, seat, flags, state,
                                                   reason, received, now, box (bytes, or null) */
    GIG_SINK_APPLICATION_PUT,                   /* id, gig, rev, applicant, received, seat, flags,
                                                   JSON */
    GIG_SINK_STAGE_PUT,                         /* id, stage, at */
    GIG_SINK_CONFLICT_PUT,                      /* id, print, received, JSON */
    GIG_SINK_FILE_PUT,                          /* id, print, field, name, media type, size,
                                                   SHA-256, bytes (as bytes) */
    GIG_SINK_TOMBSTONE_PUT,                     /* id, gig, at */
    GIG_SINK_FILE_DELETE,                       /* id: of the application and its conflicts */
    GIG_SINK_CONFLICT_DELETE,                   /* id */
    GIG_SINK_APPLICATION_DELETE,                /* id */
    GIG_SINK_DELIVERY_ERASE,                    /* id, at */

    /* and without parameters: around each delivery, so that poison spoils nothing else */
    GIG_SINK_SAVE,
    GIG_SINK_BACK,
    GIG_SINK_RELEASE,
    GIG_SINK_STATEMENTS
} gig_sink_sql_t;

/* What became of a statement: done, refused by the tables (the row's own fault), or failed. */
typedef enum { GIG_ONE_DONE, GIG_ONE_REFUSED, GIG_ONE_FAILED } gig_one_t;

typedef struct {
    gig_one_t  (*run)(gig_sync_record_t *record, gig_sink_sql_t which, const gig_str_t *values,
        int n, gig_error_t *err);

    /* 1: its first row, in cells; 0: there is none; -1: err. */
    int        (*row)(gig_sync_record_t *record, gig_sink_sql_t which, const gig_str_t *values,
        int n, char cells[GIG_SINK_COLUMNS][GIG_SINK_CELL], gig_error_t *err);

    /* 1: the gig has a place (without a cap it has), 0: it is full, -1: err. */
    int        (*place)(gig_sync_record_t *record, gig_str_t gig, gig_error_t *err);

    /* Confirms one who waits, if there is a place: -1: err. */
    int        (*promote)(gig_sync_record_t *record, gig_str_t gig, gig_error_t *err);
} gig_sink_t;

/*
 * One delivery, within the transaction of its batch: sets result, confirmed_seat and reason.  0, or
 * -1 and err: the batch is to be rolled back.
 */
int gig_sink_deliver(const gig_sink_t *sink, gig_sync_record_t *record, gig_sync_delivery_t *d,
    gig_error_t *err);

/*
 * Its parts, for a sink that keeps the delivery table beside it.  _withdraw: tombstone and erasure
 * in the tables, and d is erased.  _plain: what the box held, if it is this very application with
 * its files; else NULL and why.
 */
gig_one_t gig_sink_withdraw(const gig_sink_t *sink, gig_sync_record_t *record,
    gig_sync_delivery_t *d, gig_error_t *err);
json_t *gig_sink_plain(const gig_sync_delivery_t *d, const char **why);

/* Of a batch that is to come, or came to nothing. */
void gig_sink_pending(gig_sync_delivery_t *deliveries, size_t n);

#endif /* GIG_SYNC_SINK_H */
