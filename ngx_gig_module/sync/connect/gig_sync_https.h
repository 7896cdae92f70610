
/*
 * An HTTP upstream as a sink.  What was delivered to it a file of SQLite remembers (`state`): the
 * record is that of this file, with the upstream beside it.  One connection a struct, used by one
 * thread.
 */

#ifndef GIG_SYNC_HTTPS_H
#define GIG_SYNC_HTTPS_H

#include "gig_sync_sqlite.h"
#include "gig_upstream.h"

#define GIG_HTTPS_CONNECT_MS    5000        /* to connect, TLS included */
#define GIG_HTTPS_ASK_MS        15000       /* for the whole of a look-up or an erasure */
#define GIG_HTTPS_POST_MS       60000       /* for the whole of a POST, which may have files */
#define GIG_HTTPS_HEADERS_MAX   16384       /* bytes of an answer's headers */
#define GIG_HTTPS_HAND_MS       30000       /* that a record in another's hand is waited for */
#define GIG_HTTPS_ROW           3           /* failures in a row that are the upstream's */

typedef struct gig_https_s {
    const gig_settings_board_t  *board;     /* not owned: address, header, CA */
    void         *curl;                     /* owned */
    char          where[GIG_POINTER_SIZE];  /* host, for messages */
    int           lock;                     /* owned: the file beside `state` */
    int           turn;                     /* 1: ours */
    int           told;                     /* that it is another's */
    unsigned      failed;                   /* requests in a row */
    int64_t       quiet_until;              /* nothing is sent before (monotonic ms) */
    char          why[GIG_DETAIL_SIZE];     /* of that */
} gig_https_t;

/* What came back.  status 0: no answer, and why. */
typedef struct {
    int           status;
    int           sent;                     /* a byte of the request may have gone out */
    int           retry_after;              /* seconds, or -1 */
    char          id[GIG_UPSTREAM_ID_SIZE];
    char          why[GIG_DETAIL_SIZE];
} gig_https_answer_t;

/* A row of the delivery table; without one state is "". */
typedef struct {
    char          state[16], seat[16], flags[GIG_FLAGS_MAX], upstream_id[GIG_UPSTREAM_ID_SIZE];
    unsigned      tries;
    int64_t       at_ms;
} gig_https_row_t;

/*
 * gig_sync_https_request.c, the only file that uses libcurl.  One request, never repeated and never
 * redirected, to the sink (POST, with body) or to the sink's ID (GET, DELETE); always fills answer.
 */
int gig_https_curl_open(gig_https_t *upstream, gig_error_t *err);
void gig_https_curl_close(gig_https_t *upstream);
void gig_https_ask(gig_https_t *upstream, const char *method, gig_str_t id, gig_str_t body,
    gig_https_answer_t *answer);

/*
 * gig_sync_https_lock.c: two locks on the file `state`.lock, gone with the process.  The turn to
 * deliver is kept as long as the record is open; the hand is held for one batch, by who has the
 * turn and by a person's command, so that a row that says "delivering" to who holds it is a dead
 * one's.
 */
int gig_https_lock_open(gig_https_t *upstream, const char *state, gig_error_t *err);
int gig_sync_https_turn(gig_sync_record_t *record, gig_error_t *err);
int gig_https_hand(gig_https_t *upstream, gig_error_t *err);
void gig_https_hand_back(gig_https_t *upstream);

/* gig_sync_https_deliver.c */
int gig_sync_https_deliver(gig_sync_record_t *record, gig_sync_delivery_t *deliveries, size_t n,
    gig_error_t *err);

/*
 * gig_sync_https_table.c.  _row: 0, or -1 and err.  _put: writes what became of d, by
 * itself a transaction; the row of a withdrawal has no print.  box: kept, or empty.
 */
int gig_https_row(gig_sync_record_t *record, gig_str_t id, gig_str_t print, gig_https_row_t *row,
    gig_error_t *err);
int gig_https_put(gig_sync_record_t *record, const gig_sync_delivery_t *d,
    const gig_https_row_t *row, const char *reason, gig_str_t box, gig_error_t *err);

/* The withdrawal in the tables: tombstone, erasure, and a row that says it is to be asked for. */
int gig_https_put_withdrawal(gig_sync_record_t *record, gig_sync_delivery_t *d,
    const gig_https_row_t *row, gig_error_t *err);

/*
 * 1: the applicant has another application to this gig there, the best of which has this seat; 0:
 * none, -1: err.
 */
int gig_https_shared(gig_sync_record_t *record, const gig_sync_delivery_t *d, char seat[16],
    gig_error_t *err);

#endif /* GIG_SYNC_HTTPS_H */
