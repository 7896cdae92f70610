
/*
 * What a worker knows of the records in its ledger that are not ticked, and what is
 * to be done about them when: the decisions, without files, sockets or a clock.
 * Times are milliseconds of a clock that does not go back (nginx's), but for
 * received_ms and the ticks.
 *
 * A segment is freed when all of it is ticked and the last tick is `keep` ago: until
 * then an operator may ask for everything to be sent again.
 */

#ifndef GIG_LEDGER_BOOK_H
#define GIG_LEDGER_BOOK_H

#include "gig_ledger.h"

#define GIG_LEDGER_RESEND       60000           /* ms until it is sent again; it doubles */
#define GIG_LEDGER_RESEND_MAX   (3600 * 1000)
#define GIG_LEDGER_SEGMENTS_MAX 64              /* that one worker holds */

typedef struct gig_ledger_book_s gig_ledger_book_t;

typedef struct {
    gig_ledger_op_t    op;
    gig_ledger_seat_t  seat;
    char               id[GIG_APPLICATION_TEXT];
    char               print[GIG_HASH_TEXT];
    char               gig[GIG_ID_MAX + 1];     /* empty: not known, for its record was adopted */
    int64_t            received_ms;
    unsigned           segment;                 /* the caller's number of it */
    uint64_t           offset;                  /* where its frame lies */
    uint32_t           len;
    unsigned           replay:1;                /* to be sent with mode "replay" */
    int64_t            at_ms;                   /* in a book of what is ticked: when it was */

    /* private to the book */
    int64_t            due;
    int64_t            delay;
    uint32_t           place;                   /* in the heap of what is due */
    uint32_t           next;                    /* in its slot */
    unsigned           sending:1;
} gig_ledger_entry_t;

gig_ledger_book_t *gig_ledger_book_create(void);
void gig_ledger_book_free(gig_ledger_book_t *book);

/*
 * A record that is on the disk now.  One that is known already, with its old place, keeps that,
 * but for a seat it did not have; a replay makes it due at once.  now 0: due at once (adopted, or
 * never sent), else after GIG_LEDGER_RESEND.
 * *first: it is new here.  -1: out of memory.
 */
int gig_ledger_book_add(gig_ledger_book_t *book, const gig_ledger_record_t *record,
    unsigned segment, uint64_t offset, uint32_t len, int64_t now, int *first);

/* An entry of another book, due at once; of one that is here already the later at_ms.  0 or -1. */
int gig_ledger_book_put(gig_ledger_book_t *book, const gig_ledger_entry_t *entry);

/* The one with that number, of gig_ledger_book_gap(); in no order. Valid as by _find. */
gig_ledger_entry_t *gig_ledger_book_at(gig_ledger_book_t *book, size_t number);

/* NULL: not here, or ticked. Valid until the next call that adds or ticks. */
gig_ledger_entry_t *gig_ledger_book_find(gig_ledger_book_t *book, gig_ledger_op_t op,
    const char *id, const char *print);

/* Any application with that id: for a retry with other content.  NULL: none. */
gig_ledger_entry_t *gig_ledger_book_id(gig_ledger_book_t *book, const char *id);

/* It is settled.  1, and *entry as it was; 0: it is not here. */
int gig_ledger_book_tick(gig_ledger_book_t *book, gig_ledger_op_t op, const char *id,
    const char *print, gig_ledger_entry_t *entry);

/* The next that is to be sent and is not being sent, which it is from now on; NULL: none now. */
gig_ledger_entry_t *gig_ledger_book_due(gig_ledger_book_t *book, int64_t now);

/* What became of sending it: reached the judge (wait longer), or not (soon again). */
void gig_ledger_book_sent(gig_ledger_book_t *book, gig_ledger_entry_t *entry, int reached,
    int64_t now);

/* Another history: all of it is to be sent, now. */
void gig_ledger_book_again(gig_ledger_book_t *book, int64_t now);

/* How many are not ticked: in all, in a segment; received before that time (looks at all). */
size_t gig_ledger_book_gap(const gig_ledger_book_t *book);
size_t gig_ledger_book_live(const gig_ledger_book_t *book, unsigned segment);
uint64_t gig_ledger_book_bytes(const gig_ledger_book_t *book);      /* of their frames */
size_t gig_ledger_book_older(const gig_ledger_book_t *book, int64_t received_ms);

#endif /* GIG_LEDGER_BOOK_H */
