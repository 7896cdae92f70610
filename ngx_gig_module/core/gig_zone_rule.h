
/*
 * The rule at the end of a TZif file, in the form of POSIX's TZ: "CST6CDT,M3.2.0,M11.1.0",
 * with RFC 8536's extension (hours from -167 to 167).
 */

#ifndef GIG_ZONE_RULE_H
#define GIG_ZONE_RULE_H

#include "gig_time.h"

/* A day of the year and a time of that day, which may lie outside it. */
typedef struct {
    char      kind;             /* 'J': 1..365 without leap day, 'n': 0..365, 'M': month.week.day */
    unsigned  month, week, day;
    int32_t   time;             /* seconds */
} gig_zone_day_t;

typedef struct {
    int             fixed;      /* no daylight saving time */
    int32_t         offset[2];  /* seconds east of UTC: standard, daylight saving */
    gig_str_t       name[2];
    gig_zone_day_t  start, end; /* of daylight saving time */
} gig_zone_rule_t;

int gig_zone_rule_read(gig_str_t text, gig_zone_rule_t *rule);

/* Sets offset and abbreviation. */
void gig_zone_rule_local(const gig_zone_rule_t *rule, int64_t seconds, gig_local_t *local);

/* 1 if it is 3 to 7 bytes of [A-Za-z0-9+-]: it is printed as it is. */
int gig_zone_abbreviation_valid(gig_str_t name);

#endif /* GIG_ZONE_RULE_H */
