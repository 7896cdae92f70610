
/*
 * What a whole segment says when it is read to its end: which of its records are settled and
 * which are not.  For who takes over a segment that nobody holds, for a replay, and for
 * an operator who has only the file.
 */

#ifndef GIG_LEDGER_CONTENT_H
#define GIG_LEDGER_CONTENT_H

#include "gig_ledger_book.h"

typedef struct {
    gig_ledger_scan_t   scan;                   /* at its end: where to write on, damage */
    gig_ledger_book_t  *open;                   /* not ticked */
    gig_ledger_book_t  *ticked;                 /* at_ms: when.  What was moved is in neither */
    size_t              records;                /* frames of them */
    int64_t             last_tick;              /* ms since 1970; 0: none */
    char                replay[GIG_APPLICATION_TEXT];   /* nonce of the last one; "": none */
} gig_ledger_content_t;

/* bytes: header and all.  0, or -1: out of memory.  Free it in both cases; zeroed may be freed. */
int gig_ledger_content_read(gig_ledger_content_t *content, gig_str_t bytes, uint64_t segment);
void gig_ledger_content_free(gig_ledger_content_t *content);

/*
 * What a frame REPLAY does: what was ticked at or after since_ms is open again, and of all that
 * is open a mark "settled" says nothing.  0 or -1.
 */
int gig_ledger_content_replay(gig_ledger_content_t *content, const char *nonce, int64_t since_ms);

#endif /* GIG_LEDGER_CONTENT_H */
