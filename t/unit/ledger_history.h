
/*
 * The world of the simulated histories (test_ledger_history.c): two hosts with two workers each,
 * Redis with a replica, two gig-syncs, a system of record, applicants.  The ledger in it
 * is the real one: segments as gig_ledger.c writes and reads them, gig_ledger_book.c on what is
 * due.  The rest are small models of what they name.
 */

#ifndef LEDGER_HISTORY_H
#define LEDGER_HISTORY_H

#include "gig_ledger_book.h"

#define GIGS            2
#define WHOS            4
#define APPS            8
#define RECORDS         (3 * APPS)              /* of each: two contents and its withdrawal */
#define WITHDRAW        2                       /* behind the contents */
#define HOSTS           2
#define WORKERS         4                       /* two a host */
#define SYNCS           2
#define CLIENTS         16
#define OPS             48                      /* on their way to a Redis */
#define QUEUE           64
#define SETTLED         192
#define REPLY           16                      /* entries of `settled` in one answer */
#define FILES           40                      /* of a host */
#define FILE_MAX        8192
#define SECTOR          32                      /* bytes that reach the disk together */
#define SEGMENT         1024                    /* bytes of a segment: a few records */
#define SEGMENTS        24                      /* that a worker holds */
#define WRITES          24
#define TICKS           48
#define SENDS           4
#define BATCH           4

#define PLACE_SETTLED   1u                      /* in `id:ID`; 0 is nothing, else an entry */

#define FLAG_DUPLICATE  1
#define FLAG_CONFLICT   2
#define FLAG_WITHDRAWN  4

/* What is broken on purpose, to see that it is noticed. */
typedef enum {
    BUG_NONE,
    BUG_LEDGER_OFF,
    BUG_FSYNC_SKIPPED,
    BUG_TOLD_BEFORE_FSYNC,
    BUG_FSYNC_RETRIED,
    BUG_TICK_WHEN_QUEUED,
    BUG_SETTLED_BEFORE_COMMIT,
    BUG_ADOPTED_UNSYNCED,
    BUG_ADOPTED_TICKS_FORGOTTEN,
    BUG_HISTORY_IGNORED,
    BUG_HISTORY_OF_LINK,
    BUG_CURSOR_KEPT,
    BUG_RESEND_REFUSED,
    BUG_RESEND_COPIED,
    BUG_ID_NOT_UNIQUE,
    BUG_CONFLICT_DROPPED,
    BUG_SETTLE_ANOTHER,
    BUG_READY_FIRST,
    BUG_FENCE_IGNORED,
    BUG_FREED_EARLY,
    BUG_REPLAY_UNRECORDED,
    BUG_TOMBSTONE_IGNORED,
    BUG_WITHDRAWAL_TICKED,
    BUG_CAP_IGNORED,
    BUG_NOBODY_PROMOTED,
    BUG_UNANSWERED_REFUSED,
    BUG_CURRENT_KEPT,
    BUG_WORKERS_APART,
    BUGS
} bug_t;

typedef enum { MODE_LIVE, MODE_INTENT, MODE_RESEND } history_mode_t;

typedef enum {
    SAID_NOTREADY, SAID_WITHDRAWN, SAID_REPLAY, SAID_CONFLICT, SAID_UNKNOWN, SAID_CLOSED,
    SAID_FULL, SAID_ACCEPTED, SAID_APPENDED, SAID_QUEUED, SAID_SETTLED
} said_t;

typedef enum { SEAT_NONE, SEAT_CONFIRMED, SEAT_WAITLISTED, SEAT_OVER, SEAT_LATE } sink_seat_t;


/* Redis.  All of it is here, so that a replica is a copy. */

typedef struct {
    uint64_t           no;
    int64_t            at;
    unsigned           record;
    unsigned           flags;
    unsigned           owner;                   /* of the group: a gig-sync and 1; 0: nobody yet */
    gig_ledger_seat_t  seat;
} queue_entry_t;

typedef struct {
    uint64_t           place[3];                /* of the contents, and of the withdrawal */
    int64_t            at;
    int                withdrawn;
    int                print;                   /* -1: none */
    unsigned           flags;
    gig_ledger_seat_t  seat;
} known_t;

typedef struct {
    unsigned           replid;
    unsigned           ready;                   /* 0: none */
    unsigned           fence;                   /* 0: no rebuild */
    int                step;
    int64_t            moved;
    int64_t            skew;                    /* of its clock */
    known_t            id[APPS];
    int                who[GIGS][WHOS];         /* an application, or -1 */
    int                confirmed[GIGS];
    int                waiting[GIGS];
    int                held[GIGS];
    int                judge;                   /* the judge's lines are there */
    int                group;
    uint64_t           first, last, seen;       /* noted by settle; generated; by the group */
    unsigned           n;
    queue_entry_t      queue[QUEUE];
    unsigned           n_settled;
    uint64_t           settled_last;
    uint64_t           settled_no[SETTLED];
    unsigned           settled[SETTLED];
} redis_t;

typedef struct {
    said_t             said;
    gig_ledger_seat_t  seat;
    int64_t            at;
    unsigned           ready;
} verdict_t;


/* The system of record: rows that were made, so that a second one is seen. */
typedef struct {
    int                delivered[APPS][2];
    int                conflict[APPS][2];       /* the row is flagged so */
    int                rows[APPS];              /* of the application itself */
    int                more[APPS][2];           /* of contents that came later */
    int                tombstone[APPS];
    unsigned           print[APPS];
    int64_t            at[APPS];
    sink_seat_t        seat[APPS];
} sink_t;

/* An entry that was read, and what became of it. */
typedef struct {
    queue_entry_t      entry;
    sink_seat_t        seat;
    int                erased;
} delivery_t;

typedef struct {
    int                alive;
    int                redis;                   /* -1: no connection */

    int                state;                   /* 0: reads next; 1: has read; 2: has committed */
    int                own;                     /* reads what it took before, first */
    unsigned           n;
    delivery_t         batch[BATCH];
    int                confirmed[GIGS];         /* counts that were read for the settling */
    int                waiting[GIGS];

    int                watch;                   /* its step; 0: looks */
    unsigned           fence;
    int                step;
    sink_t             known;                   /* what a rebuild has read */
    uint64_t           settled;                 /* the last of it, before the counts were read */
    int                watch_confirmed[GIGS];
    int                watch_waiting[GIGS];
} sync_t;


/* Disks, and those who write on them. */

typedef struct {
    int                used;
    int                unlinked;                /* and a power cut may bring it back */
    int                damaged;                 /* its name says so: nobody looks at it again */
    int                owner;                   /* the lock: a worker, or -1 */
    uint64_t           id;
    size_t             len;
    char               data[FILE_MAX];          /* as a process reads it */
    char               disk[FILE_MAX];          /* as it is after a power cut */
    char               dirty[FILE_MAX / SECTOR];
} file_t;

typedef struct {
    int                file;                    /* -1: not in use */
    int                sealed, failed, damaged;
    uint32_t           number;
    uint64_t           end;
    int64_t            last_tick;
} segment_t;

typedef struct {
    unsigned           record;
    int                client;                  /* -1: nobody waits */
    int                sent;
    int                told;                    /* before its time: a bug */
    int                settled;                 /* while it was on its way */
    gig_ledger_seat_t  seat;
    int64_t            at;
    unsigned           segment;
    uint64_t           offset;
    uint32_t           len;
} write_t;

typedef struct {
    unsigned           record;
    unsigned           segment;
    uint64_t           offset;
    uint32_t           len;
    int                there;                   /* it could be read */
    gig_ledger_seat_t  seat;
    int64_t            at;
} again_t;

typedef struct {
    gig_ledger_record_t  record;
    unsigned           segment;
    uint64_t           offset;
    uint32_t           len;
} adopted_t;

typedef struct {
    int                state;                   /* 0: none; 1: queued; 2: has run */
    int                ok, adopt;
    unsigned           n_writes, n_again, n_adopted, n_ticks;
    uint64_t           remove;
    write_t            write[WRITES];
    again_t            again[SENDS];
    adopted_t          adopted[RECORDS + 1];
} task_t;

typedef struct {
    unsigned           record;
    unsigned           segment;
    int64_t            at;
} tick_t;

typedef struct {
    int                alive, exiting, left;
    int                host;
    unsigned           life;                    /* which process it is */
    gig_ledger_book_t *book;
    segment_t          segment[SEGMENTS];
    int                current;
    unsigned           n_writes, n_ticks;
    write_t            write[WRITES];
    tick_t             tick[TICKS];
    task_t             task;
    int64_t            failed;                  /* when; 0: it did not */
    int64_t            timer;                   /* when it looks next */
    int                look;

    int                redis;                   /* its link; -1: none */
    unsigned           link_replid, link_ready; /* as they were when it connected */
    unsigned           seen_replid, seen_ready;
    unsigned           mark_replid, mark_ready; /* of a check: as it was when faults ended */
    unsigned           mark;                    /* a bit a record that it held then */
    uint64_t           cursor;
    int                polling;
    unsigned           sends;
} worker_t;

typedef struct {
    int64_t            skew;
    int                full;                    /* its disk */
    file_t             file[FILES];
} host_t;

typedef enum { OP_JUDGE, OP_WITHDRAW, OP_RESEND, OP_READY, OP_SETTLED } op_kind_t;

typedef struct {
    int                state;                   /* 0: free; 1: sent; 2: executed */
    op_kind_t          kind;
    int                redis;
    int                worker;                  /* whose answer it is; -1: nobody's any more */
    int                client;                  /* likewise */
    unsigned           record;
    history_mode_t     mode;
    gig_ledger_seat_t  seat;
    int64_t            at;
    verdict_t          verdict;
    uint64_t           cursor;
    unsigned           n;
    uint64_t           no[REPLY];
    unsigned           settled[REPLY];
} op_t;

typedef enum { CLIENT_IDLE, CLIENT_REDIS, CLIENT_DISK, CLIENT_DONE } client_state_t;

typedef struct {
    client_state_t     state;
    unsigned           record;
    int                worker;
    int                tries;                   /* that are left */
    int                held;                    /* its host had it when it was sent */
    int64_t            start;
    int64_t            at;                      /* received */
    gig_ledger_seat_t  seat;
} client_t;

typedef struct {
    uint64_t           random;
    uint64_t           seed;
    bug_t              bug;
    int                trace;
    int                faults;                  /* are allowed now */
    int64_t            now;
    char               broken[200];             /* the rule that was; "": none */

    unsigned           n_apps, n_clients, n_whos;
    unsigned           gig[APPS], who[APPS];
    int                cap[GIGS], waitlist[GIGS];
    int64_t            closes[GIGS];            /* 0: never */
    int64_t            keep;                    /* ledger_keep, ms */

    redis_t            redis[2];                /* the primary and the one that was */
    redis_t            replica;
    int                primary;
    int                gone;                    /* nobody reaches Redis */
    int                split;                   /* the one that was is still reached */
    unsigned           nonce;
    unsigned           losses;                  /* of memory, however little */
    sink_t             sink;
    sync_t             sync[SYNCS];
    host_t             host[HOSTS];
    worker_t           worker[WORKERS];
    op_t               op[OPS];
    client_t           client[CLIENTS];

    /* what applicants heard */
    int                told[RECORDS];           /* 202, or that it is withdrawn */
    int                unknown[RECORDS];        /* no word, or 503 */
    int                refused[RECORDS];
    gig_ledger_seat_t  first_seat[RECORDS];     /* of a 202 "recorded" */
} sim_t;


/* test_ledger_history.c: chance, and the rules. */
unsigned sim_below(sim_t *s, unsigned n);
int sim_chance(sim_t *s, unsigned of_1000);
void sim_broken(sim_t *s, const char *rule, unsigned record);
void sim_trace(sim_t *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sim_told(sim_t *s, int client, gig_ledger_seat_t seat, int host);
void sim_refused(sim_t *s, int client, const char *why);
int sim_refused_only(const sim_t *s, unsigned record);
void sim_unknown(sim_t *s, int client);

/* _redis.c */
void redis_flush(redis_t *r);
int64_t redis_now(const sim_t *s, const redis_t *r);
uint64_t redis_number(const sim_t *s, const redis_t *r, uint64_t last);
void redis_judge(sim_t *s, redis_t *r, history_mode_t mode, unsigned record, int64_t at,
    gig_ledger_seat_t given, verdict_t *verdict);
void redis_withdraw(sim_t *s, redis_t *r, history_mode_t mode, unsigned record, int64_t at,
    verdict_t *verdict);
void redis_settle(sim_t *s, redis_t *r, const delivery_t *d, unsigned n, const int *confirmed,
    const int *waiting, uint64_t whole);

/* _sink.c: the system of record, and gig-sync. */
void sink_deliver(sim_t *s, delivery_t *d, unsigned n);
void sink_counts(const sim_t *s, int *confirmed, int *waiting);
void sync_kill(sim_t *s, int sync);
void sync_deliver(sim_t *s, int sync);
void sync_watch(sim_t *s, int sync);

/* _disk.c */
int disk_open(sim_t *s, int worker);            /* a new segment's number; -1 */
void disk_write(file_t *file, uint64_t at, const char *data, size_t len);
void disk_sync(file_t *file, unsigned parts);   /* parts of 1000 reach it; 1000: all */
void disk_lost(file_t *file);                   /* an error: nothing is dirty any more */
void disk_power(sim_t *s, int host);            /* is cut */
int disk_durable(const host_t *host, unsigned record);
unsigned disk_unticked(const file_t *file, const char *bytes, int *unticked);

/* _task.c: what a worker's task does. */
void record_make(const sim_t *s, unsigned record, gig_ledger_seat_t seat, int64_t at,
    gig_ledger_record_t *out);
unsigned record_of(const gig_ledger_record_t *record);
void task_run(sim_t *s, int worker);

/* _worker.c */
void worker_start(sim_t *s, int worker);
void worker_kill(sim_t *s, int worker);
void worker_step(sim_t *s, int worker);
void worker_history(sim_t *s, int worker, unsigned replid, unsigned ready);
void worker_poll(sim_t *s, int worker);
int worker_write(sim_t *s, int worker, int client, int sent);
void worker_tick(sim_t *s, int worker, unsigned record);

/* _link.c: requests, and what is on its way to a Redis. */
void worker_connect(sim_t *s, int worker);
void worker_cut(sim_t *s, int worker);
void worker_request(sim_t *s, int worker, int client);
op_t *op_send(sim_t *s, int worker, op_kind_t kind, unsigned record);
void op_step(sim_t *s, int op);
int op_timeout(sim_t *s, int op);

/* _world.c */
void sim_start(sim_t *s, uint64_t seed, bug_t bug, int trace);
void sim_step(sim_t *s);
void sim_round(sim_t *s);                       /* without faults: everybody does something */
void sim_flush(sim_t *s);
void sim_promote(sim_t *s);
void sim_demote(sim_t *s);

#endif /* LEDGER_HISTORY_H */
