
/* What the ngx_http_gig_ledger*.c share; nothing else includes it. */

#ifndef _NGX_HTTP_GIG_LEDGER_PARTS_H_INCLUDED_
#define _NGX_HTTP_GIG_LEDGER_PARTS_H_INCLUDED_


#include "ngx_http_gig_ledger.h"
#include "ngx_http_gig_connect.h"
#include "ngx_http_gig_files.h"


#define NGX_HTTP_GIG_LEDGER_TICK        1000            /* ms: looks at Redis and the folder */
#define NGX_HTTP_GIG_LEDGER_AGE         3600            /* s between two words on old records */
#define NGX_HTTP_GIG_LEDGER_DRAIN       5               /* s, drained: then all is sent again */
#define NGX_HTTP_GIG_LEDGER_PAUSE       1000            /* ms after a failure: no new try */
#define NGX_HTTP_GIG_LEDGER_SLOW        60000           /* ms of one task, then it is told */
#define NGX_HTTP_GIG_LEDGER_ANSWERS     16              /* in one turn of the event loop */
#define NGX_HTTP_GIG_LEDGER_BYTES       (32 * 1024 * 1024)      /* on their way to the disk */
#define NGX_HTTP_GIG_LEDGER_TICKS       4096            /* of one task; more wait */
#define NGX_HTTP_GIG_LEDGER_EARLY       16384           /* records on their way looked at, a look */
#define NGX_HTTP_GIG_LEDGER_SENDS       64              /* sent again at once */
#define NGX_HTTP_GIG_LEDGER_SEND_BYTES  (16 * 1024 * 1024)      /* of them; one more may begin */
#define NGX_HTTP_GIG_LEDGER_SEGMENT     (16 * 1024 * 1024)      /* bytes of one, if there is room */
#define NGX_HTTP_GIG_LEDGER_SEGMENT_MIN (4 * 1024 * 1024)       /* beside a frame with files */
#define NGX_HTTP_GIG_LEDGER_TICK_MAX    256                     /* bytes of one at most */
#define NGX_HTTP_GIG_LEDGER_PARTS       8               /* ledger_size is of so many at least */
#define NGX_HTTP_GIG_LEDGER_FILES       1024            /* of the folder that are looked at */
#define NGX_HTTP_GIG_LEDGER_SEATS       16              /* a number above all of them */
#define NGX_HTTP_GIG_LEDGER_CURSOR      48
#define NGX_HTTP_GIG_LEDGER_TIMEOUT     5000            /* ms, of Redis: nobody waits for it */


/* What "gig-sync replay" asked for.  See _ledger_replay.c. */
typedef struct {
    char                       nonce[GIG_APPLICATION_TEXT];     /* empty: nothing yet */
    int64_t                    since_ms;
    ngx_uint_t                 number;          /* of those that this worker has heard of */
} ngx_http_gig_replay_t;

/*
 * One that this worker has the lock of.  While a task runs it belongs to the task, but for
 * `id`, `last_tick` and the book's count.
 */
typedef struct {
    int                        fd;              /* -1: not in use */
    uint64_t                   id;
    uint64_t                   size;            /* of the file when it was made */
    uint64_t                   end;             /* where the next frame goes */
    uint32_t                   number;          /* of the next frame */
    unsigned                   sealed:1;        /* full, adopted or failed: only ticks */
    unsigned                   failed:1;        /* its end is not known: not even ticks */
    unsigned                   damaged:1;       /* kept for a person to look at */
    int64_t                    made;            /* ms since 1970, if we made it */
    int64_t                    last_tick;       /* ms since 1970; 0: none */
    ngx_uint_t                 replay;          /* number of the last one that was done in it */
    char                       name[NGX_HTTP_GIG_FILE_NAME];
} ngx_http_gig_segment_t;

/* To be written behind the record it is about. */
typedef struct {
    unsigned                   segment;
    gig_ledger_op_t            op;
    char                       id[GIG_APPLICATION_TEXT];
    char                       print[GIG_HASH_TEXT];
    int64_t                    at_ms;
} ngx_http_gig_tick_t;

/* A record that is to be sent again: read by the task. */
typedef struct {
    gig_ledger_op_t            op;
    char                       id[GIG_APPLICATION_TEXT];
    char                       print[GIG_HASH_TEXT];
    unsigned                   segment;
    uint64_t                   offset;
    uint32_t                   len;
    unsigned                   replay:1;
    char                      *frame;           /* NULL: could not be read */
} ngx_http_gig_again_t;

/* A record for the book: copied from somebody else's segment, or open again; on our disk. */
typedef struct {
    gig_ledger_record_t        record;          /* without views */
    unsigned                   segment;
    uint64_t                   offset;
    uint32_t                   len;
} ngx_http_gig_adopted_t;

typedef struct {
    ngx_http_gig_ledger_t     *ledger;
    int                        folder;
    int64_t                    now_ms;          /* since 1970 */
    uint64_t                   size_max;        /* of all ledgers of the folder */
    uint64_t                   size;            /* of a new segment */
    uint64_t                   copying;         /* bytes that are to be copied still */
    char                       board[GIG_BOARD_MAX + 1];

    /* in */
    ngx_queue_t                writes;
    ngx_http_gig_tick_t       *ticks;
    ngx_uint_t                 n_ticks;
    ngx_http_gig_again_t       again[NGX_HTTP_GIG_LEDGER_SENDS];
    ngx_uint_t                 n_again;
    uint64_t                   remove;          /* a bit a segment: is not needed any more */
    ngx_int_t                  close;           /* takes no more records; -1: none */
    uint64_t                   close_size;      /* with room for what ticks are to come */
    ngx_http_gig_replay_t      replay;          /* for segments that are made or adopted */
    ngx_int_t                  replay_in;       /* the segment it is to be done in; -1: none */
    unsigned                   adopt:1;

    /* out */
    unsigned                   ok:1;            /* all of `writes` are on the disk */
    gig_error_t                err;             /* why not; or of an adoption */
    unsigned                   adopt_failed:1;
    unsigned                   replay_failed:1;
    ngx_http_gig_adopted_t    *adopted;
    ngx_uint_t                 n_adopted;
    ngx_uint_t                 segments_adopted;
    ngx_uint_t                 damages;
    size_t                     damaged;
} ngx_http_gig_ledger_job_t;


struct ngx_http_gig_ledger_s {
    ngx_http_gig_board_t      *board;
    ngx_log_t                 *log;
    gig_ledger_book_t         *book;
    ngx_http_gig_segment_t     segment[GIG_LEDGER_SEGMENTS_MAX];
    ngx_int_t                  current;         /* that is appended to; -1: none yet */
    ngx_queue_t                writes;          /* that wait for the next task */
    size_t                     bytes;           /* of writes and answers */
    ngx_http_gig_tick_t       *ticks;
    ngx_uint_t                 n_ticks;
    ngx_thread_task_t         *task;            /* under way */
    ngx_event_t                timer;           /* cancelable */
    ngx_event_t                begin;           /* posted: a task for all that this turn wrote */
    ngx_queue_t                answers;         /* writes that are done, and not told yet */
    ngx_event_t                answer;          /* posted: tells some of them */
    ngx_msec_t                 failed;          /* when the disk failed last; 0: it did not */
    time_t                     aged;            /* when old records were last looked for */
    time_t                     drained;         /* when all was last sent because of it; 0 */
    unsigned                   told:1;          /* and that was logged */
    unsigned                   adopt_told:1;
    unsigned                   look:1;          /* for segments of others, with the next task */
    unsigned                   started:1;

    /* Redis */
    ngx_http_gig_history_t     history;         /* of what was sent */
    char                       cursor[NGX_HTTP_GIG_LEDGER_CURSOR];  /* in `settled` */
    unsigned                   polling:1;
    unsigned                   refused_told:1;
    ngx_uint_t                 early;           /* of this look: LEDGER_EARLY at most */
    ngx_uint_t                 sends;           /* under way */
    size_t                     send_bytes;

    /* the replay */
    ngx_http_gig_replay_t      replay;
    ngx_http_gig_replay_t      asked;           /* heard of, while `settled` is looked at */
    char                       floor[NGX_HTTP_GIG_LEDGER_CURSOR];   /* the cursor is not below */
    int64_t                    floor_ms;
    size_t                     replayed;        /* records of it so far */
    unsigned                   in_force:1;      /* Redis has it still */
    unsigned                   replay_paused:1; /* it failed: until the next look */
    unsigned                   replay_told:1;
};


/* _ledger.c: it is on the disk (or, ticked, needs no more be): others of this host may know. */
void ngx_http_gig_ledger_tell(ngx_http_gig_ledger_t *ledger, gig_ledger_op_t op, const char *id,
    const char *print, gig_ledger_seat_t seat, int64_t received_ms);
void ngx_http_gig_ledger_untell(ngx_http_gig_ledger_t *ledger, gig_ledger_op_t op,
    const char *id, const char *print);

/* _ledger.c: what is settled from about now on is to be looked at. */
void ngx_http_gig_ledger_from_now(ngx_http_gig_ledger_t *ledger);

/* _ledger.c: starts a task if there is something for one and none is under way. */
void ngx_http_gig_ledger_kick(ngx_http_gig_ledger_t *ledger);

/* _ledger_answer.c: tells some of ledger->answers; forgets the rest, when the worker goes. */
void ngx_http_gig_ledger_answer(ngx_event_t *ev);
void ngx_http_gig_ledger_answer_done(ngx_http_gig_ledger_t *ledger);

/*
 * _ledger_job.c: in a thread of the pool.  _batch: one more frame behind those that will be
 * written together; *at is the segment they are for, -1 at first.  _flush: writes and fsyncs them.
 * _mark: a tick, not synced: one that is lost is a record that is sent once more.
 */
void ngx_http_gig_ledger_run(void *data, ngx_log_t *log);
int ngx_http_gig_ledger_batch(ngx_http_gig_ledger_job_t *job, ngx_int_t *at, gig_buf_t *frames,
    const gig_ledger_record_t *record, uint64_t *offset, uint32_t *len);
int ngx_http_gig_ledger_flush(ngx_http_gig_ledger_job_t *job, ngx_int_t at, gig_buf_t *frames);
void ngx_http_gig_ledger_mark(ngx_http_gig_segment_t *segment, gig_ledger_kind_t kind,
    gig_ledger_op_t op, const char *id, const char *print, int64_t at_ms);

/*
 * _ledger_replay.c.  In the loop: the value of `replay`, null if there is none (NGX_AGAIN:
 * `settled` must not be looked at yet); the next segment to do it in, or -1; what became of it.
 * In the task: does it in job->replay_in; writes down in a segment that it was done there.
 */
ngx_int_t ngx_http_gig_ledger_asked(ngx_http_gig_ledger_t *ledger, gig_str_t value);
ngx_int_t ngx_http_gig_ledger_replay_next(ngx_http_gig_ledger_t *ledger);
void ngx_http_gig_ledger_replayed(ngx_http_gig_ledger_t *ledger, ngx_http_gig_ledger_job_t *job);
void ngx_http_gig_ledger_replay(ngx_http_gig_ledger_job_t *job);
void ngx_http_gig_ledger_replay_mark(ngx_http_gig_ledger_job_t *job,
    ngx_http_gig_segment_t *segment);

/* _ledger_adopt.c: takes over at most one segment that nobody holds. */
void ngx_http_gig_ledger_adopt(ngx_http_gig_ledger_job_t *job);

/*
 * _ledger_settle.c: a record is settled; what a task has read is sent; what is to be read by one.
 */
void ngx_http_gig_ledger_ticked(ngx_http_gig_ledger_t *ledger, gig_ledger_op_t op, const char *id,
    const char *print);
void ngx_http_gig_ledger_send(ngx_http_gig_ledger_t *ledger, ngx_http_gig_again_t *again);
void ngx_http_gig_ledger_unsent(ngx_http_gig_ledger_t *ledger, ngx_http_gig_again_t *again);
ngx_uint_t ngx_http_gig_ledger_due(ngx_http_gig_ledger_t *ledger, ngx_http_gig_again_t *again,
    ngx_uint_t max);
ngx_uint_t ngx_http_gig_ledger_text(const redisReply *reply, char *out, size_t size);


#endif /* _NGX_HTTP_GIG_LEDGER_PARTS_H_INCLUDED_ */
