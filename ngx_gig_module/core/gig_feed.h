
/*
 * Feeds of a list: Atom (RFC 4287), JSON Feed 1.1, and the XML that Indeed and its like read.
 * All addresses are whole ones; nothing in a feed follows from the clock or the host, so that equal
 * catalogs give equal bytes.
 */

#ifndef GIG_FEED_H
#define GIG_FEED_H

#include "gig_buf.h"
#include "gig_catalog_walk.h"
#include "gig_seal.h"

#define GIG_FEED_CONTENT_MAX    (1024 * 1024)   /* bytes of one gig's text */

typedef struct {
    gig_str_t  board;
    gig_str_t  title, about;                    /* the program's; about may be empty */
    gig_str_t  base;                            /* public_url: absolute, ends in "/" */
    gig_str_t  query;                           /* what was asked for, percent-encoded; or empty */
    gig_str_t  page;                            /* the same with this page's cursor */
    gig_str_t  next;                            /* and with that of the next; empty: the last */
    int64_t    updated;                         /* the newest change of a gig in it; 0: has none */
} gig_feed_t;

/* Head, then each gig (with its json), then tail.  first: no item was written before. */
void gig_feed_atom_head(const gig_feed_t *feed, gig_buf_t *out);
void gig_feed_atom_entry(const gig_feed_t *feed, const gig_catalog_gig_t *gig, gig_buf_t *out);
void gig_feed_atom_tail(gig_buf_t *out);

void gig_feed_json_head(const gig_feed_t *feed, gig_buf_t *out);
void gig_feed_json_item(const gig_feed_t *feed, const gig_catalog_gig_t *gig, int first,
    gig_buf_t *out);
void gig_feed_json_tail(gig_buf_t *out);

/*
 * A page of a list as one of these: what args ask for, newest first whatever they say of order.
 * board: without query, page, next, updated.  next: the query of the page after it, or empty.
 * damaged: how many gigs had to be left out.  Runs in a thread.  0, or -1: out of memory, longer
 * than out's limit, or args are bad.
 */
typedef enum { GIG_FEED_ATOM, GIG_FEED_JSON } gig_feed_format_t;

int gig_feed_page(const gig_feed_t *board, gig_feed_format_t format, const gig_catalog_t *catalog,
    const gig_secret_t *cursors, gig_str_t args, int64_t now, uint32_t *damaged, gig_buf_t *next,
    gig_buf_t *out);

/* A feed is of one format and order, and counts nothing: what query says of these is left out. */
void gig_feed_order(gig_query_t *query);

/*
 * indeed.xml whole: open gigs and those with a waiting list that args leave, but for those that
 * search engines are not to show.  damaged: how many had to be left out.  0, or -1: out of memory
 * or longer than out's limit.
 */
int gig_feed_indeed(const gig_feed_t *feed, const gig_catalog_t *catalog, gig_str_t args,
    int64_t now, uint32_t *damaged, gig_buf_t *out);

/*
 * What the writers share, as clean HTML: pay, place and last day in a line, the description, what
 * is handed in.
 */
void gig_feed_content(const gig_catalog_gig_t *gig, gig_buf_t *out);

/* The host of an absolute address, as it is written; without user, port and brackets. */
gig_str_t gig_feed_host(gig_str_t address);

#endif /* GIG_FEED_H */
