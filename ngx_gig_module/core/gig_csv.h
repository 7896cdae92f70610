
/*
 * CSV in and out, RFC 4180: CRLF or LF, quotes, line ends inside quotes, a byte
 * order mark.  Reads a stream block by block; a row that is wrong is told and
 * the rest goes on.
 */

#ifndef GIG_CSV_H
#define GIG_CSV_H

#include "gig_base.h"
#include "gig_buf.h"

#define GIG_CSV_CELLS_MAX   512                 /* of a row */
#define GIG_CSV_ROW_MAX     (1024 * 1024)       /* bytes of a row */

/* Views, valid during the call. */
typedef struct {
    uint64_t          line;                     /* where it begins, from 1 */
    size_t            n;
    const gig_str_t  *cell;
    const char       *fault;                    /* NULL, or why it cannot be read; then n is 0 */
} gig_csv_row_t;

/* -1 ends the reading. */
typedef int (*gig_csv_row_pt)(void *data, const gig_csv_row_t *row);

typedef struct {
    char             separator;
    gig_csv_row_pt   handler;
    void            *data;

    unsigned         state;
    unsigned         bom;                       /* bytes of a byte order mark seen; 3: past it */
    int              cr;                        /* a CR that a LF may follow */
    int              quoted;                    /* the row has a quoted cell: not an empty line */
    uint64_t         line, row_line, cell_line;
    const char      *fault;
    gig_buf_t        bytes;                     /* the row's cells, one after the other */
    size_t           n;
    size_t           end[GIG_CSV_CELLS_MAX];    /* where each ends in bytes */
    gig_str_t        cell[GIG_CSV_CELLS_MAX];
} gig_csv_t;

/* The separator of a file that begins with head: the most frequent of , ; tab in its first line. */
char gig_csv_separator(gig_str_t head);

void gig_csv_init(gig_csv_t *csv, char separator, gig_csv_row_pt handler, void *data);
int gig_csv_feed(gig_csv_t *csv, gig_str_t block);      /* -1: handler said so, or out of memory */
int gig_csv_finish(gig_csv_t *csv);                     /* a last row without line end */
void gig_csv_free(gig_csv_t *csv);

/*
 * Writes one cell, quoted where needed.  A text that a spreadsheet would take for
 * a formula (= + - @ tab CR LF, also after blanks and in every line of the cell)
 * gets an apostrophe before it.
 */
void gig_csv_cell(gig_buf_t *out, gig_str_t text);

#endif /* GIG_CSV_H */
