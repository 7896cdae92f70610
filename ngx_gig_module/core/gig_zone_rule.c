
#include <string.h>

#include "gig_zone_rule.h"

#define GIG_RULE_HOURS      167


static int  gig_rule_name(gig_str_t *text, gig_str_t *name);
static int  gig_rule_time(gig_str_t *text, int32_t *seconds);
static int  gig_rule_day(gig_str_t *text, gig_zone_day_t *day);
static int  gig_rule_number(gig_str_t *text, unsigned min, unsigned max, unsigned *number);
static int  gig_rule_skip(gig_str_t *text, char c);
static int64_t  gig_rule_instant(const gig_zone_day_t *day, int64_t year, int32_t offset);


int
gig_zone_rule_read(gig_str_t text, gig_zone_rule_t *rule)
{
    memset(rule, 0, sizeof(*rule));

    if (gig_rule_name(&text, &rule->name[0]) != 0
        || gig_rule_time(&text, &rule->offset[0]) != 0)
    {
        return -1;
    }

    /* POSIX counts westward */

    rule->offset[0] = -rule->offset[0];

    if (text.len == 0) {
        rule->fixed = 1;
        return 0;
    }

    if (gig_rule_name(&text, &rule->name[1]) != 0) {
        return -1;
    }

    rule->offset[1] = rule->offset[0] + 3600;

    if (text.len != 0 && text.data[0] != ',') {

        if (gig_rule_time(&text, &rule->offset[1]) != 0) {
            return -1;
        }

        rule->offset[1] = -rule->offset[1];
    }

    if (gig_rule_skip(&text, ',') != 0 || gig_rule_day(&text, &rule->start) != 0
        || gig_rule_skip(&text, ',') != 0 || gig_rule_day(&text, &rule->end) != 0
        || text.len != 0)
    {
        return -1;
    }

    return 0;
}


static int
gig_rule_skip(gig_str_t *text, char c)
{
    if (text->len == 0 || text->data[0] != c) {
        return -1;
    }

    text->data++;
    text->len--;

    return 0;
}


static int
gig_rule_number(gig_str_t *text, unsigned min, unsigned max, unsigned *number)
{
    unsigned  n, digits;

    n = 0;

    for (digits = 0; text->len != 0 && text->data[0] >= '0' && text->data[0] <= '9'; digits++) {

        n = n * 10 + (unsigned) (text->data[0] - '0');

        if (n > max) {
            return -1;
        }

        text->data++;
        text->len--;
    }

    *number = n;

    return digits != 0 && n >= min ? 0 : -1;
}


/* Letters, or anything valid between < and >. */

static int
gig_rule_name(gig_str_t *text, gig_str_t *name)
{
    char  c;
    int   quoted;

    quoted = gig_rule_skip(text, '<') == 0;

    name->data = text->data;
    name->len = 0;

    while (text->len != 0) {

        c = text->data[0];

        if (quoted ? c == '>' : !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) {
            break;
        }

        text->data++;
        text->len--;
        name->len++;
    }

    if (quoted && gig_rule_skip(text, '>') != 0) {
        return -1;
    }

    return gig_zone_abbreviation_valid(*name) ? 0 : -1;
}


int
gig_zone_abbreviation_valid(gig_str_t name)
{
    char    c;
    size_t  i;

    if (name.len < 3 || name.len > 7) {
        return 0;
    }

    for (i = 0; i < name.len; i++) {
        c = name.data[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
              || c == '+' || c == '-'))
        {
            return 0;
        }
    }

    return 1;
}


/* [+-]hh[:mm[:ss]] */

static int
gig_rule_time(gig_str_t *text, int32_t *seconds)
{
    int       negative;
    unsigned  hour, minute, second;

    minute = 0;
    second = 0;
    negative = gig_rule_skip(text, '-') == 0;

    if (!negative) {
        (void) gig_rule_skip(text, '+');
    }

    if (gig_rule_number(text, 0, GIG_RULE_HOURS, &hour) != 0) {
        return -1;
    }

    if (gig_rule_skip(text, ':') == 0) {

        if (gig_rule_number(text, 0, 59, &minute) != 0) {
            return -1;
        }

        if (gig_rule_skip(text, ':') == 0 && gig_rule_number(text, 0, 59, &second) != 0) {
            return -1;
        }
    }

    *seconds = (int32_t) (hour * 3600 + minute * 60 + second);

    if (negative) {
        *seconds = -*seconds;
    }

    return 0;
}


static int
gig_rule_day(gig_str_t *text, gig_zone_day_t *day)
{
    if (gig_rule_skip(text, 'M') == 0) {

        day->kind = 'M';

        if (gig_rule_number(text, 1, 12, &day->month) != 0 || gig_rule_skip(text, '.') != 0
            || gig_rule_number(text, 1, 5, &day->week) != 0 || gig_rule_skip(text, '.') != 0
            || gig_rule_number(text, 0, 6, &day->day) != 0)
        {
            return -1;
        }

    } else if (gig_rule_skip(text, 'J') == 0) {

        day->kind = 'J';

        if (gig_rule_number(text, 1, 365, &day->day) != 0) {
            return -1;
        }

    } else {

        day->kind = 'n';

        if (gig_rule_number(text, 0, 365, &day->day) != 0) {
            return -1;
        }
    }

    day->time = 2 * 3600;

    return gig_rule_skip(text, '/') == 0 ? gig_rule_time(text, &day->time) : 0;
}


/* The instant of a rule's day in a year; offset: the one in force before it. */

static int64_t
gig_rule_instant(const gig_zone_day_t *day, int64_t year, int32_t offset)
{
    int64_t   days, weekday;
    unsigned  of_month;

    switch (day->kind) {

    case 'M':
        days = gig_days(year, day->month, 1);
        weekday = ((days + 4) % 7 + 7) % 7;
        of_month = (unsigned) ((int64_t) day->day - weekday + 7) % 7 + (day->week - 1) * 7;

        if (of_month >= gig_month_days(year, day->month)) {
            of_month -= 7;
        }

        days += of_month;
        break;

    case 'J':
        days = gig_days(year, 1, 1) + day->day - 1;

        if (day->day >= 60 && gig_month_days(year, 2) == 29) {
            days++;
        }
        break;

    default:
        days = gig_days(year, 1, 1) + day->day;
        break;
    }

    return days * 86400 + day->time - offset;
}


/*
 * The last change before the instant decides.  A change may lie outside its own
 * year, so the years next to it are looked at as well.  When the end of one year
 * and the start of the next fall together the zone saves daylight all year.
 */

void
gig_zone_rule_local(const gig_zone_rule_t *rule, int64_t seconds, gig_local_t *local)
{
    int          i, daylight;
    int64_t      year, last, start, end;
    gig_local_t  standard;

    daylight = 0;

    if (!rule->fixed) {

        gig_local_split(seconds + rule->offset[0], &standard);
        last = INT64_MIN;

        for (i = -1; i <= 1; i++) {

            year = standard.year + i;
            start = gig_rule_instant(&rule->start, year, rule->offset[0]);
            end = gig_rule_instant(&rule->end, year, rule->offset[1]);

            if (start <= seconds && start >= last) {
                last = start;
                daylight = 1;
            }

            if (end <= seconds && end > last) {
                last = end;
                daylight = 0;
            }
        }
    }

    local->offset = rule->offset[daylight];
    memcpy(local->abbreviation, rule->name[daylight].data, rule->name[daylight].len);
    local->abbreviation[rule->name[daylight].len] = '\0';
}
