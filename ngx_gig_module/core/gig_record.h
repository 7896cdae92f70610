
/* The gig record, "gig/1": strict reading, validation, canonical form, rev. */

#ifndef GIG_RECORD_H
#define GIG_RECORD_H

#include <jansson.h>

#include "gig_base.h"
#include "gig_buf.h"
#include "gig_time.h"

#define GIG_RECORD_MAX      (256 * 1024)        /* bytes of one record's JSON */
#define GIG_REV_SIZE        80

typedef enum { GIG_DRAFT, GIG_PUBLISHED, GIG_PAUSED, GIG_WITHDRAWN } gig_status_t;
typedef enum { GIG_ON_FULL_CLOSE, GIG_ON_FULL_WAITLIST, GIG_ON_FULL_DRAW } gig_on_full_t;

/* What the clock and the seats make of a gig; never stored. */
typedef enum {
    GIG_STATE_HIDDEN,           /* draft, or before visible_from: 404 */
    GIG_STATE_SCHEDULED,
    GIG_STATE_OPEN,
    GIG_STATE_WAITLIST,
    GIG_STATE_FULL,
    GIG_STATE_CLOSED,           /* after closes_at, or paused */
    GIG_STATE_GONE              /* withdrawn */
} gig_state_t;

/* What the judge said last of a gig's seats (the `seats` entries of `changes`). */
typedef enum { GIG_SEATS_OPEN, GIG_SEATS_WAITLIST, GIG_SEATS_FULL } gig_seats_t;

/* The whole record; strings point into root.  Times in seconds, or GIG_TIME_NONE. */
typedef struct {
    json_t        *root;        /* owned */
    gig_str_t      id, rev, title, time_zone, form_id, language;
    int64_t        form_rev;    /* 0: any */
    int64_t        visible_from, posted_at, updated_at, opens_at, closes_at;
    int64_t        cap;         /* capacity.application_cap; -1: no limit */
    gig_status_t   status;
    gig_on_full_t  on_full;
    int            text_made;   /* description_text was not given: it is that of the HTML */
} gig_record_t;

/*
 * Reads and validates one record.  Every fault is added to errors with its
 * pointer and what would be right.  A record without posted_at takes
 * updated_at, else opens_at, else 0 for its place in the list.  A record whose
 * `rev` is absent gets the content hash (gig_record_rev).
 */
int gig_record_read(gig_str_t json, gig_record_t *gig, gig_errors_t *errors);
void gig_record_free(gig_record_t *gig);

/*
 * Content hash: "sha256-" and the hex of SHA-256 over the canonical JSON without
 * `rev` and `source.synced_at`.
 */
int gig_record_rev(const json_t *root, char rev[GIG_REV_SIZE]);

/* Canonical JSON with its rev set: what the sync publishes. */
int gig_record_canonical(const gig_record_t *gig, gig_buf_t *out);

/*
 * A deep copy of what may be public: without `onboarding`, `source`, and
 * members whose name starts with "_"; `ext` is left out as well, and a text that only repeats
 * the HTML.  New reference.
 */
json_t *gig_record_public(const gig_record_t *gig);

/* A copy of a value without members whose name starts with "_", however deep; NULL: no memory. */
json_t *gig_record_shown(const json_t *value);

/* State at `now` (seconds).  Half-open interval [opens_at, closes_at). */
gig_state_t gig_state(gig_status_t status, int64_t visible_from, int64_t opens_at,
    int64_t closes_at, gig_seats_t seats, int64_t now);

const char *gig_state_name(gig_state_t state);      /* "open", ... as in JSON */
const char *gig_status_name(gig_status_t status);

#endif /* GIG_RECORD_H */
