
/*
 * What people read of a record: pay, hours, places, days and times.  Plain text,
 * not escaped: whoever prints it does that.  No function here knows the clock.
 * words: the language; examples are in English.
 */

#ifndef GIG_TEXT_H
#define GIG_TEXT_H

#include <jansson.h>

#include "gig_buf.h"
#include "gig_language.h"
#include "gig_record.h"
#include "gig_time.h"

#define GIG_TEXT_MAX        4096    /* bytes of one such text */

/* A member of a record by name, or NULL if absent or null. */
const json_t *gig_text_member(const json_t *object, const char *name);

/* An integer or real member; 0 or -1 if it is neither. */
int gig_text_number(const json_t *object, const char *name, double *number);

/* "$1,250", "$12.50", "CHF 500": minor units as the currency (ISO 4217) has them. */
void gig_text_money(const gig_language_t *words, int64_t minor, gig_str_t currency, gig_buf_t *out);

/* How many minor units a major one has: 100, with some currencies 1 or 1000. */
unsigned gig_text_minor_units(gig_str_t currency);

/* "$500", "$400 to $600", "$25 an hour", "Unpaid"; nothing if pay says nothing. */
void gig_text_pay(const gig_language_t *words, const json_t *pay, gig_buf_t *out);

/* Pay as it is: "$500 for about 15 to 20 hours", "Unpaid, about 15 to 20 hours". */
void gig_text_pay_for(const gig_language_t *words, const json_t *pay, const json_t *work,
    gig_buf_t *out);

/* "15 to 20 hours", "1 hour"; nothing if unknown. */
void gig_text_hours(const gig_language_t *words, const json_t *work, gig_buf_t *out);

/*
 * A place: a string (all of it is the locality), a postal address in any of the usual spellings
 * (a name stands for a locality that is missing), or a region people may apply from: its name,
 * else its code, is the locality, and `code` and `is_country` are set.  Views into place.
 */
typedef struct {
    gig_str_t  locality, region, country;       /* each may be empty */
    gig_str_t  code;                            /* of a region: "US" */
    int        is_country;
} gig_text_address_t;

void gig_text_address_read(const json_t *place, gig_text_address_t *address);

/* As people read it: "Chicago, IL"; a country only where there is no region.  Cut if too long. */
gig_str_t gig_text_address(const gig_text_address_t *address, char out[GIG_TEXT_MAX]);

/*
 * Short, for one line of a card: "Remote, United States", "Remote, US, CA",
 * "Chicago, IL", "Chicago, IL (hybrid)", "Chicago, IL and 3 more".
 */
void gig_text_place(const gig_language_t *words, const json_t *location, gig_buf_t *out);

/* The same with every region and place by its name: "Remote, Canada, Ireland and Mexico". */
void gig_text_place_all(const gig_language_t *words, const json_t *location, gig_buf_t *out);

/* "2026-10-26" -> "Mon 26 Oct 2026", or without its weekday; another text is left as it is. */
void gig_text_date(const gig_language_t *words, gig_str_t date, int weekday, gig_buf_t *out);

/* "Fri 30 Oct 2026, 23:59 Chicago time" (with seconds: 23:59:59); zone NULL: UTC. */
void gig_text_time(const gig_language_t *words, const gig_zone_t *zone, gig_str_t time_zone,
    int64_t seconds, int with_seconds, gig_buf_t *out);

/*
 * "30 Oct 2026": the day in the zone; "30 Oct" if `beside`, a date that is written
 * next to it, comes within half a year, so that nobody can take it for another's.
 */
void gig_text_day(const gig_language_t *words, const gig_zone_t *zone, int64_t seconds,
    gig_str_t beside, gig_buf_t *out);

/* One or two letters for an organisation without a logo: "AR". */
void gig_text_monogram(gig_str_t name, gig_buf_t *out);

/* Up to max bytes of s, cut between words if it can be, else between characters; "..." added. */
void gig_text_cut(gig_str_t s, size_t max, gig_buf_t *out);

/* 1 if s is an address that may stand in an href or src: https://HOST... without blanks. */
int gig_text_https(gig_str_t s);

#endif /* GIG_TEXT_H */
