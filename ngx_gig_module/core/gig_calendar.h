
/* iCalendar (RFC 5545): when applications for a gig open, and when they close. */

#ifndef GIG_CALENDAR_H
#define GIG_CALENDAR_H

#include "gig_buf.h"

#define GIG_CALENDAR_LINE   75                  /* bytes of a line, without CRLF */

typedef enum { GIG_CALENDAR_OPENS, GIG_CALENDAR_CLOSES } gig_calendar_kind_t;

typedef struct {
    gig_calendar_kind_t  kind;
    gig_str_t            id;                    /* of the gig */
    gig_str_t            host;                  /* makes the id one of the whole world */
    gig_str_t            title, org;
    gig_str_t            url;                   /* the gig's page; empty: its address is unknown */
    gig_str_t            when;                  /* for people: "Fri 30 Oct 2026, 23:59 ..." */
    int64_t              at;                    /* when it opens or closes, seconds */
    int64_t              updated;               /* the record; never the clock */
} gig_calendar_t;

/*
 * One event: a quarter of an hour that begins as the gig opens, with an alarm 10 minutes before; or
 * one that ends as it closes, with an alarm a day before that.
 */
void gig_calendar(const gig_calendar_t *calendar, gig_buf_t *out);

/* NAME:TEXT as a content line: escaped, folded, CRLF. */
void gig_calendar_text(const char *name, gig_str_t text, gig_buf_t *out);

#endif /* GIG_CALENDAR_H */
