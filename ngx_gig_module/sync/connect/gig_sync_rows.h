
/*
 * What the rows of a system of record mean, whatever database holds them: the record of a
 * gig or form, the seat and flags of an application, the application in a box.
 */

#ifndef GIG_SYNC_ROWS_H
#define GIG_SYNC_ROWS_H

#include "gig_json.h"
#include "gig_sync_connector.h"
#include "gig_time.h"

#define GIG_FLAGS_MAX           128

/*
 * Numbers of a schema: one whose hundreds are the same only has more in it, so that a gig-sync
 * works on with what the next release made of it, and can be gone back to.
 */
#define GIG_SCHEMA_KIN          100
#define gig_schema_works(number, ours)                                                        \
    ((number) >= (ours) && (number) / GIG_SCHEMA_KIN == (ours) / GIG_SCHEMA_KIN)

/*
 * Hands a row of gigs ('g') or forms ('f') to the handler, canonical and with its rev.  One
 * that is no record stays as it was published; the log tells the person who edited it why.
 * canonical: a buffer of GIG_RECORD_MAX, used again and again.
 */
int gig_rows_fetched(char kind, gig_str_t id, gig_str_t json, gig_buf_t *canonical,
    gig_sync_fetched_pt handler, void *data);

/* 1 if both are the same record; what a person edited is not canonical any more. */
int gig_rows_same(gig_str_t stored, gig_str_t json);

/* A time of a row in milliseconds; 0 if it is none.  Now, as times are stored. */
int64_t gig_rows_ms(gig_str_t text);
void gig_rows_now(char out[GIG_TIME_SIZE]);

/* Static text for a seat as it is stored, or "". */
const char *gig_rows_seat(gig_str_t seat);

/* 1 if flag is one of the comma-separated flags. */
int gig_rows_flag(gig_str_t flags, const char *flag);

/* Puts the entry's flags, but for the one named, into out; that one is added if on. */
void gig_rows_flags(gig_str_t flags, const char *flag, int on, char out[GIG_FLAGS_MAX]);

/* What the box held, if it is this very application; else NULL and why. */
json_t *gig_rows_plain(const gig_sync_delivery_t *d, const char **why);

#endif /* GIG_SYNC_ROWS_H */
