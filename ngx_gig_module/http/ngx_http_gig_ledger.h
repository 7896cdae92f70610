
/*
 * The ledger of a worker: records are appended to a segment of its own in the board's
 * state folder and fsynced in nginx's thread pool, many to one fsync; what is not settled is
 * sent again.  core/gig_ledger.h has the format, core/gig_ledger_book.h what is due when.
 *
 *   _ledger.c          the queue, the one task in the pool, its completion
 *   _ledger_job.c      what runs in the thread: segments, appending, reading
 *   _ledger_adopt.c    and segments that nobody holds
 *   _ledger_settle.c   Redis: what was settled, another history, sending again
 *   _ledger_replay.c   the system of record was restored: what was settled since, once more
 */

#ifndef _NGX_HTTP_GIG_LEDGER_H_INCLUDED_
#define _NGX_HTTP_GIG_LEDGER_H_INCLUDED_


#include "ngx_http_gig.h"

#include "gig_ledger_content.h"


/* Called once, in the event loop.  ok: the record is on the disk; else nobody may be told so. */
typedef void (*ngx_http_gig_ledger_pt)(void *data, ngx_uint_t ok);

/* A record on its way to the disk; who waits and goes away sets `handler` to NULL. */
typedef struct {
    ngx_queue_t                queue;
    ngx_http_gig_ledger_pt     handler;
    void                      *data;
    gig_ledger_record_t        record;          /* its views lie behind */
    ngx_uint_t                 settled;         /* meanwhile; 1 + replays heard of till then */
    unsigned                   segment;         /* where it was put, from here on */
    uint64_t                   offset;
    uint32_t                   len;
    unsigned                   sent:1;          /* Redis has it */
    unsigned                   ok:1;            /* what the handler is told */
} ngx_http_gig_ledger_write_t;


/* init_process, and exit_process. */
ngx_http_gig_ledger_t *ngx_http_gig_ledger_create(ngx_http_gig_board_t *board,
    ngx_cycle_t *cycle);
void ngx_http_gig_ledger_destroy(ngx_http_gig_ledger_t *ledger);

/* Which Redis this is and what has been settled: when it is there, and once a second. */
void ngx_http_gig_ledger_look(ngx_http_gig_ledger_t *ledger);

/*
 * Appends and fsyncs a record, which is copied.  sent: Redis has it; else it is sent as soon as
 * that can be reached.  NULL: too much is on its way, or the disk just failed; the handler will
 * not run.
 */
ngx_http_gig_ledger_write_t *ngx_http_gig_ledger_write(ngx_http_gig_ledger_t *ledger,
    const gig_ledger_record_t *record, ngx_uint_t sent, ngx_http_gig_ledger_pt handler,
    void *data);

/* Seconds that a segment takes records, so that what is erased goes also where little comes. */
#define NGX_HTTP_GIG_LEDGER_SPAN_MIN  10        /* fewer would be a segment for a few records */
#define ngx_http_gig_ledger_span(board)                                                       \
    ngx_max((board)->ledger_keep, NGX_HTTP_GIG_LEDGER_SPAN_MIN)

/*
 * What another worker of this host holds of a record and is not settled.  With the print "": of
 * any application with that id, the first.  1, and the seat and the time it has there; 0: nothing
 * that is known.
 */
ngx_uint_t ngx_http_gig_ledger_elsewhere(ngx_http_gig_ledger_t *ledger,
    const gig_ledger_record_t *record, gig_ledger_seat_t *seat, int64_t *received_ms);

/* What this worker holds and is not settled.  NULL: nothing; valid until the loop runs again. */
const gig_ledger_entry_t *ngx_http_gig_ledger_find(ngx_http_gig_ledger_t *ledger,
    gig_ledger_op_t op, const char *id, const char *print);
const gig_ledger_entry_t *ngx_http_gig_ledger_find_id(ngx_http_gig_ledger_t *ledger,
    const char *id);

/* Bytes of what this worker holds and is not settled, and of what is on its way to the disk. */
uint64_t ngx_http_gig_ledger_bytes(ngx_http_gig_ledger_t *ledger);


#endif /* _NGX_HTTP_GIG_LEDGER_H_INCLUDED_ */
