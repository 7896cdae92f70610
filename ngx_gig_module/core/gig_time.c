
/* Calendar, RFC 3339 and the date of HTTP.  Proleptic Gregorian, UTC, no leap seconds. */

#include <stdio.h>
#include <string.h>

#include "gig_time.h"

#define GIG_DAY             86400
#define GIG_FRACTION_MAX    18                  /* digits of a fraction; milliseconds are kept */

#define GIG_SECONDS_MIN     (-62167219200)      /* 0000-01-01T00:00:00Z */
#define GIG_SECONDS_MAX     253402300799        /* 9999-12-31T23:59:59Z */


static const char  *const gig_weekdays[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };

static const char  *const gig_months[] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
};


/* Reads exactly n digits at *at; -1 if they are not there. */

static int
gig_digits(gig_str_t s, size_t at, size_t n, unsigned *value)
{
    size_t  i;

    if (at > s.len || s.len - at < n) {
        return -1;
    }

    *value = 0;

    for (i = at; i < at + n; i++) {
        if (s.data[i] < '0' || s.data[i] > '9') {
            return -1;
        }

        *value = *value * 10 + (unsigned) (s.data[i] - '0');
    }

    return 0;
}


unsigned
gig_month_days(int64_t year, unsigned month)
{
    static const unsigned char  days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)) {
        return 29;
    }

    return month >= 1 && month <= 12 ? days[month - 1] : 0;
}


/* Years are counted from March, so that the leap day is the last of its year. */

int64_t
gig_days(int64_t year, unsigned month, unsigned day)
{
    int64_t  era, of_era, of_year;

    if (month <= 2) {
        year--;
        month += 12;
    }

    era = (year >= 0 ? year : year - 399) / 400;
    of_era = year - era * 400;
    of_year = (153 * (int64_t) (month - 3) + 2) / 5 + (int64_t) day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}


void
gig_local_split(int64_t seconds, gig_local_t *local)
{
    int64_t  days, rest, era, of_era, of_year, year, month;

    if (seconds < GIG_SECONDS_MIN) {
        seconds = GIG_SECONDS_MIN;
    }

    if (seconds > GIG_SECONDS_MAX) {
        seconds = GIG_SECONDS_MAX;
    }

    days = seconds / GIG_DAY;
    rest = seconds % GIG_DAY;

    if (rest < 0) {
        rest += GIG_DAY;
        days--;
    }

    local->hour = (unsigned) (rest / 3600);
    local->minute = (unsigned) (rest / 60 % 60);
    local->second = (unsigned) (rest % 60);
    local->weekday = (unsigned) (((days + 4) % 7 + 7) % 7);

    days += 719468;
    era = (days >= 0 ? days : days - 146096) / 146097;
    of_era = days - era * 146097;
    year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    of_year = of_era - (365 * year + year / 4 - year / 100);
    month = (5 * of_year + 2) / 153;

    local->day = (unsigned) (of_year - (153 * month + 2) / 5 + 1);
    local->month = (unsigned) (month < 10 ? month + 3 : month - 9);
    local->year = year + era * 400 + (local->month <= 2);
}


int
gig_date_parse(gig_str_t s, int64_t *days)
{
    unsigned  year, month, day;

    if (s.len != 10 || gig_digits(s, 0, 4, &year) != 0 || s.data[4] != '-'
        || gig_digits(s, 5, 2, &month) != 0 || s.data[7] != '-'
        || gig_digits(s, 8, 2, &day) != 0)
    {
        return -1;
    }

    if (day == 0 || day > gig_month_days(year, month)) {
        return -1;
    }

    *days = gig_days(year, month, day);

    return 0;
}


int
gig_time_parse(gig_str_t s, int64_t *ms)
{
    int64_t   days, seconds;
    size_t    at, digits;
    unsigned  hour, minute, second, offset_hour, offset_minute, thousandths;

    if (s.len < 20 || gig_date_parse((gig_str_t) { s.data, 10 }, &days) != 0) {
        return -1;
    }

    if ((s.data[10] != 'T' && s.data[10] != 't') || gig_digits(s, 11, 2, &hour) != 0
        || s.data[13] != ':' || gig_digits(s, 14, 2, &minute) != 0
        || s.data[16] != ':' || gig_digits(s, 17, 2, &second) != 0)
    {
        return -1;
    }

    if (hour > 23 || minute > 59 || second > 60) {
        return -1;
    }

    at = 19;
    thousandths = 0;

    if (s.data[at] == '.') {

        at++;

        for (digits = 0; at < s.len && s.data[at] >= '0' && s.data[at] <= '9'; digits++, at++) {
            if (digits < 3) {
                thousandths = thousandths * 10 + (unsigned) (s.data[at] - '0');
            }
        }

        if (digits == 0 || digits > GIG_FRACTION_MAX) {
            return -1;
        }

        for (/* void */; digits < 3; digits++) {
            thousandths *= 10;
        }
    }

    seconds = days * GIG_DAY + (int64_t) hour * 3600 + (int64_t) minute * 60 + (int64_t) second;

    if (at + 1 == s.len && (s.data[at] == 'Z' || s.data[at] == 'z')) {
        offset_hour = 0;
        offset_minute = 0;

    } else if (s.len - at == 6 && (s.data[at] == '+' || s.data[at] == '-')
               && gig_digits(s, at + 1, 2, &offset_hour) == 0 && s.data[at + 3] == ':'
               && gig_digits(s, at + 4, 2, &offset_minute) == 0
               && offset_hour <= 23 && offset_minute <= 59)
    {
        if (s.data[at] == '+') {
            seconds -= (int64_t) offset_hour * 3600 + (int64_t) offset_minute * 60;
        } else {
            seconds += (int64_t) offset_hour * 3600 + (int64_t) offset_minute * 60;
        }

    } else {
        return -1;
    }

    /* leap seconds are put in at the end of a day of UTC; the one after is 00:00:00 */

    if (second == 60 && seconds % GIG_DAY != 0) {
        return -1;
    }

    *ms = seconds * 1000 + (int64_t) thousandths;

    return 0;
}


/* A number of so many digits and what stands behind it; the end.  Too often for snprintf(). */

static char *
gig_time_put(char *p, unsigned value, unsigned digits, char behind)
{
    unsigned  i;

    for (i = digits; i != 0; i--) {
        p[i - 1] = (char) ('0' + value % 10);
        value /= 10;
    }

    p[digits] = behind;

    return p + digits + 1;
}


static char *
gig_time_put_seconds(char *p, const gig_local_t *t, char behind)
{
    p = gig_time_put(p, (unsigned) t->year, 4, '-');
    p = gig_time_put(p, t->month, 2, '-');
    p = gig_time_put(p, t->day, 2, 'T');
    p = gig_time_put(p, t->hour, 2, ':');
    p = gig_time_put(p, t->minute, 2, ':');

    return gig_time_put(p, t->second, 2, behind);
}


char *
gig_time_format(int64_t seconds, char out[GIG_TIME_SIZE])
{
    gig_local_t  t;

    gig_local_split(seconds, &t);

    *gig_time_put_seconds(out, &t, 'Z') = '\0';

    return out;
}


char *
gig_time_format_ms(int64_t ms, char out[GIG_TIME_SIZE])
{
    char        *p;
    int64_t      seconds, rest;
    gig_local_t  t;

    seconds = ms / 1000;
    rest = ms % 1000;

    if (rest < 0) {
        rest += 1000;
        seconds--;
    }

    gig_local_split(seconds, &t);

    p = gig_time_put_seconds(out, &t, '.');
    p = gig_time_put(p, (unsigned) rest, 3, 'Z');
    *p = '\0';

    return out;
}


char *
gig_time_http(int64_t seconds, char out[30])
{
    gig_local_t  t;

    gig_local_split(seconds, &t);

    (void) snprintf(out, 30, "%s, %02u %s %04u %02u:%02u:%02u GMT", gig_weekdays[t.weekday],
                    t.day % 100, gig_months[t.month - 1], (unsigned) t.year % 10000,
                    t.hour % 100, t.minute % 100, t.second % 100);

    return out;
}


void
gig_zone_text(const gig_zone_t *zone, int64_t seconds, gig_buf_t *out)
{
    gig_local_t  t;

    gig_zone_local(zone, seconds, &t);

    /* zones without letters of their own are called by their offset: "UTC-03" */

    gig_buf_printf(out, "%s %u %s %u, %02u:%02u %s%s", gig_weekdays[t.weekday], t.day,
                   gig_months[t.month - 1], (unsigned) t.year, t.hour, t.minute,
                   t.abbreviation[0] == '+' || t.abbreviation[0] == '-' ? "UTC" : "",
                   t.abbreviation);
}


void
gig_zone_rfc3339(const gig_zone_t *zone, int64_t seconds, gig_buf_t *out)
{
    char         sign;
    int32_t      minutes;
    gig_local_t  t;

    gig_zone_local(zone, seconds, &t);

    /* RFC 3339 has no seconds of offset (local mean time): the instant stays right */

    minutes = t.offset / 60;
    gig_local_split(seconds + (int64_t) minutes * 60, &t);

    sign = '+';

    if (minutes < 0) {
        sign = '-';
        minutes = -minutes;
    }

    gig_buf_printf(out, "%04u-%02u-%02uT%02u:%02u:%02u%c%02d:%02d", (unsigned) t.year, t.month,
                   t.day, t.hour, t.minute, t.second, sign, minutes / 60, minutes % 60);
}
