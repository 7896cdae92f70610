
/* Time: RFC 3339 in and out, and a zone's local time from TZif bytes (RFC 8536). */

#ifndef GIG_TIME_H
#define GIG_TIME_H

#include "gig_base.h"
#include "gig_buf.h"

#define GIG_TIME_NONE       INT64_MIN           /* null in a record */
#define GIG_TIME_SIZE       sizeof("2026-09-20T14:00:00.214Z")

/*
 * Reads "2026-09-30T23:59:59-05:00", fraction optional, into milliseconds since
 * the epoch (UTC).  A leap second (:60) is read as the second after.  A time
 * without offset, a day that does not exist: -1.
 */
int gig_time_parse(gig_str_t s, int64_t *ms);

/* Reads "2026-10-26" into days since the epoch. */
int gig_date_parse(gig_str_t s, int64_t *days);

/* The calendar: days since the epoch of a (valid) date, and how many days its month has. */
int64_t gig_days(int64_t year, unsigned month, unsigned day);
unsigned gig_month_days(int64_t year, unsigned month);

/* Writes UTC with Z, seconds or milliseconds; returns out.  Years past 0000..9999: the nearest. */
char *gig_time_format(int64_t seconds, char out[GIG_TIME_SIZE]);
char *gig_time_format_ms(int64_t ms, char out[GIG_TIME_SIZE]);

/* "Mon, 23 Nov 2026 06:00:00 GMT" (RFC 9110 IMF-fixdate), 29 bytes and NUL. */
char *gig_time_http(int64_t seconds, char out[30]);

typedef struct {
    int64_t  year;
    unsigned month, day, hour, minute, second;  /* month and day from 1 */
    unsigned weekday;                           /* 0 is Sunday */
    int32_t  offset;                            /* seconds east of UTC */
    char     abbreviation[8];
} gig_local_t;

/* Splits local seconds (UTC plus offset) into all but offset and abbreviation. */
void gig_local_split(int64_t seconds, gig_local_t *local);

/* A zone: a checked view on TZif bytes, which must outlive it. */
typedef struct {
    gig_str_t tzif;
    uint32_t  parts[8];                         /* where its tables lie */
} gig_zone_t;

#define GIG_TZIF_MAX        65536

/* Checks every table; the footer's POSIX rule serves times after the last transition. */
int gig_zone_read(gig_str_t tzif, gig_zone_t *zone);
void gig_zone_local(const gig_zone_t *zone, int64_t seconds, gig_local_t *local);

/* 1 if the name has the shape of an IANA name ([A-Za-z0-9_+-] parts, no "..", <= 63 bytes). */
int gig_zone_name_valid(gig_str_t name);

/*
 * For people: "Fri 30 Oct 2026, 23:59 CDT" and the RFC 3339 form with the
 * zone's offset.  zone NULL means UTC.
 */
void gig_zone_text(const gig_zone_t *zone, int64_t seconds, gig_buf_t *out);
void gig_zone_rfc3339(const gig_zone_t *zone, int64_t seconds, gig_buf_t *out);

#endif /* GIG_TIME_H */
