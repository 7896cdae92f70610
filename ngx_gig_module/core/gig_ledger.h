
/*
 * The ledger: what this host has promised applicants, on its own disk, until the
 * system of record is known to have it.  Here is the format and nothing else: a
 * segment is a header and frames, written by one process, little-endian, each
 * frame whole or not there at all.
 *
 * A record is (op, id, print).  An application that was accepted, or that no judge
 * could be asked about (seat "none": an intent), or a withdrawal.  Ticks follow in the
 * segment that holds what they are about, unsynced: one that is lost costs a re-send.
 *
 * The system of record may be restored from a copy.  A replay then takes back all ticks
 * since that copy was made, by one frame behind them: so it is known of each segment
 * by itself whether it was done there, and who takes the segment over reads what is so.
 */

#ifndef GIG_LEDGER_H
#define GIG_LEDGER_H

#include "gig_box.h"
#include "gig_seal.h"

#define GIG_LEDGER_VERSION      1
#define GIG_LEDGER_HEADER       128             /* bytes of a segment before its first frame */
#define GIG_LEDGER_ALIGN        8               /* each frame begins at a multiple of it */
#define GIG_LEDGER_REV_MAX      128             /* bytes of a gig's rev */
#define GIG_LEDGER_BOX_MAX      (GIG_BOX_PLAIN_MAX + 1024)
#define GIG_LEDGER_FRAME_MAX    (GIG_LEDGER_BOX_MAX + 1024)

typedef enum {
    GIG_LEDGER_RECORD = 1,
    GIG_LEDGER_TICK = 2,                        /* it is settled, at `at_ms` */
    GIG_LEDGER_MOVED = 3,                       /* another segment has it, on the disk */
    GIG_LEDGER_REPLAY = 4                       /* ticks before it, since `at_ms`, are void */
} gig_ledger_kind_t;

typedef enum { GIG_LEDGER_APPLY = 1, GIG_LEDGER_WITHDRAW = 2 } gig_ledger_op_t;

/* What the judge said of it. */
typedef enum {
    GIG_LEDGER_NONE,                            /* nothing: an intent, or a withdrawal */
    GIG_LEDGER_RESERVED,
    GIG_LEDGER_WAITLISTED,
    GIG_LEDGER_OVER,
    GIG_LEDGER_LATE,
    GIG_LEDGER_SEATS
} gig_ledger_seat_t;

typedef struct {
    gig_ledger_kind_t  kind;
    gig_ledger_op_t    op;
    gig_ledger_seat_t  seat;
    unsigned           replay:1;                /* a mark "settled" says nothing of it any more */
    char               id[GIG_APPLICATION_TEXT];        /* of a REPLAY its nonce */
    char               who[GIG_HASH_TEXT];      /* may be empty: of a withdrawal it is not known */
    char               print[GIG_HASH_TEXT];    /* likewise */
    gig_str_t          gig, rev, box;           /* views; of ticks empty */
    int64_t            received_ms;
    int64_t            at_ms;                   /* of a tick; of a REPLAY see there */
} gig_ledger_record_t;

/* "reserved" and so on, NONE is ""; and back: GIG_LEDGER_SEATS for what is no such word. */
const char *gig_ledger_seat_text(gig_ledger_seat_t seat);
gig_ledger_seat_t gig_ledger_seat_read(gig_str_t text);

typedef struct {
    uint64_t  segment;                          /* random, not 0: in every frame of it */
    int64_t   made_ms;
    char      board[GIG_BOARD_MAX + 1];
} gig_ledger_header_t;

void gig_ledger_header_write(const gig_ledger_header_t *header,
    unsigned char out[GIG_LEDGER_HEADER]);

/* 0; or -1 and err: not one of ours, of another version, damaged. */
int gig_ledger_header_read(gig_str_t segment, gig_ledger_header_t *header, gig_error_t *err);

/* Bytes of the frame of a record; 0: something in it is over its limit. */
size_t gig_ledger_frame_size(const gig_ledger_record_t *record);

/* Appends it.  number: 1 for the first frame of a segment, rising by one.  0 or -1. */
int gig_ledger_frame_write(const gig_ledger_record_t *record, uint64_t segment, uint32_t number,
    gig_buf_t *out);

/* The frame at the beginning of bytes, views into it.  Its length, or 0: no whole frame of ours. */
size_t gig_ledger_frame_read(gig_str_t bytes, uint64_t segment, gig_ledger_record_t *record,
    uint32_t *number);

/*
 * Reads a segment from the beginning on.  What cannot be read is torn, if nothing
 * whole follows (a write that never ended, and nobody was told of it); else it is damage:
 * counted and stepped over, as what comes after it was promised too.
 */
typedef struct {
    gig_str_t  bytes;                           /* all of the segment, header too */
    uint64_t   segment;
    size_t     at;                              /* of the record that was read last */
    size_t     end;                             /* behind it: where to go on, reading or writing */
    uint32_t   number;                          /* of the next frame */
    unsigned   damages;
    size_t     damaged;                         /* bytes in them */
} gig_ledger_scan_t;

void gig_ledger_scan_init(gig_ledger_scan_t *scan, gig_str_t bytes, uint64_t segment);

/* 1; or 0: there are no more. */
int gig_ledger_scan_next(gig_ledger_scan_t *scan, gig_ledger_record_t *record);

#endif /* GIG_LEDGER_H */
