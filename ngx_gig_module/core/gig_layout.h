
/*
 * A company's frame around the pages: a whole HTML document of its own with slots for what is
 * ours.  It is the operator's file, so it is trusted to be no attack; what is checked is that the
 * slots stand where what goes into them is safe and makes a page, and what the pages' policy
 * (Content-Security-Policy) will not let work.
 */

#ifndef GIG_LAYOUT_H
#define GIG_LAYOUT_H

#include "gig_base.h"

#define GIG_LAYOUT_MAX          (64 * 1024)     /* bytes of the file */
#define GIG_LAYOUT_PIECES_MAX   64              /* slots, and the end */
#define GIG_LAYOUT_WARNINGS_MAX 8               /* that are told; there may be more */

typedef enum {
    GIG_SLOT_HEAD,              /* what belongs into <head>: title, style sheets, scripts ... */
    GIG_SLOT_MAIN,              /* the page, an element <main> */
    GIG_SLOT_LANG,              /* of the page: "en" */
    GIG_SLOT_DIR,               /* "ltr" or "rtl" */
    GIG_SLOT_TITLE,             /* as text, before {{main}} */
    GIG_SLOT_END                /* there is none: the end of the file */
} gig_slot_t;

/* A text, and the slot behind it. */
typedef struct {
    gig_str_t   text;
    gig_slot_t  slot;
} gig_layout_piece_t;

typedef struct {
    unsigned     line;
    const char  *detail;        /* static: a sentence without its stop */
} gig_layout_warning_t;

typedef struct {
    unsigned              n, n_warnings;
    gig_layout_piece_t    piece[GIG_LAYOUT_PIECES_MAX];
    gig_layout_warning_t  warning[GIG_LAYOUT_WARNINGS_MAX];
} gig_layout_t;

/*
 * text: the file, at most GIG_LAYOUT_MAX bytes; the pieces are views on it.  0: one {{head}} within
 * <head>, after it one {{main}} within <body>, the last piece ends in GIG_SLOT_END.  -1: *line (0:
 * the file as a whole) and err->detail, a sentence.
 */
int gig_layout_read(gig_str_t text, gig_layout_t *layout, unsigned *line, gig_error_t *err);

#endif /* GIG_LAYOUT_H */
