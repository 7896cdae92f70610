
/* Values that are numbers: how many, how much, when. */

#include <stdio.h>
#include <string.h>

#include "gig_query_parts.h"

#define GIG_QUERY_HOURS_MAX     100000
#define GIG_QUERY_PAY_MAX       INT64_C(1000000000000)  /* major units */
#define GIG_QUERY_PAY_DIGITS    3                       /* after the point */
#define GIG_QUERY_TIME_MAX      48              /* bytes of the longest time there is */
#define GIG_QUERY_RIGHT_SIZE    64


static int  gig_query_wrong(const char *name, gig_str_t value, gig_error_t *err,
    const char *right);
static int  gig_query_number(gig_str_t value, int64_t max, int64_t *number);
static int  gig_query_time(const char *name, gig_str_t value, int64_t *seconds,
    gig_error_t *err);


static int
gig_query_wrong(const char *name, gig_str_t value, gig_error_t *err, const char *right)
{
    char  shown[GIG_QUERY_SHOWN];

    return gig_error_set(err, "", "The parameter \"%s\" is \"%s\"; it must be %s.", name,
                         gig_query_show(value, shown), right);
}


int
gig_query_limit(gig_query_t *query, gig_str_t value, gig_error_t *err)
{
    char     right[GIG_QUERY_RIGHT_SIZE];
    int64_t  limit;

    if (gig_query_number(value, GIG_LIST_MAX, &limit) != 0) {
        (void) snprintf(right, sizeof(right), "a whole number from 1 to %d", GIG_LIST_MAX);
        return gig_query_wrong("limit", value, err, right);
    }

    query->limit = (uint32_t) limit;

    return 0;
}


/* "500", "12.50": thousandths, so that every currency's minor units fit. */

int
gig_query_pay_min(gig_query_t *query, gig_str_t value, gig_error_t *err)
{
    size_t   i, digits;
    int64_t  amount, unit;

    amount = 0;

    for (i = 0; i < value.len && value.data[i] >= '0' && value.data[i] <= '9'; i++) {

        amount = amount * 10 + (value.data[i] - '0');

        if (amount > GIG_QUERY_PAY_MAX) {
            goto wrong;
        }
    }

    if (i == 0) {
        goto wrong;
    }

    amount *= 1000;

    if (i < value.len) {

        unit = 1000;
        digits = value.len - i - 1;

        if (value.data[i] != '.' || digits == 0 || digits > GIG_QUERY_PAY_DIGITS) {
            goto wrong;
        }

        for (i++; i < value.len; i++) {

            if (value.data[i] < '0' || value.data[i] > '9') {
                goto wrong;
            }

            unit /= 10;
            amount += (value.data[i] - '0') * unit;
        }
    }

    if (amount > GIG_QUERY_PAY_MAX * 1000) {
        goto wrong;
    }

    query->pay_min = amount;

    return 0;

wrong:

    return gig_query_wrong("pay_min", value, err, "an amount such as \"500\" or \"12.50\": digits, "
                           "at most three of them after a point, and up to 1000000000000");
}


int
gig_query_currency(gig_query_t *query, gig_str_t value, gig_error_t *err)
{
    char    c;
    char    upper[sizeof(query->currency)];
    size_t  i;

    if (value.len != sizeof(query->currency) - 1) {
        goto wrong;
    }

    for (i = 0; i < value.len; i++) {

        c = (char) (value.data[i] & ~0x20);

        if (c < 'A' || c > 'Z') {
            goto wrong;
        }

        upper[i] = c;
    }

    upper[i] = '\0';
    memcpy(query->currency, upper, sizeof(upper));

    return 0;

wrong:

    return gig_query_wrong("currency", value, err, "the three letters of a currency (ISO 4217), "
                           "such as \"USD\"");
}


int
gig_query_hours_max(gig_query_t *query, gig_str_t value, gig_error_t *err)
{
    char     right[GIG_QUERY_RIGHT_SIZE];
    int64_t  hours;

    if (gig_query_number(value, GIG_QUERY_HOURS_MAX, &hours) != 0) {
        (void) snprintf(right, sizeof(right), "a whole number of hours from 1 to %d",
                        GIG_QUERY_HOURS_MAX);
        return gig_query_wrong("hours_max", value, err, right);
    }

    query->hours_max = (int32_t) hours;

    return 0;
}


/* Reads a whole number from 1 to max: 0 or -1. */

static int
gig_query_number(gig_str_t value, int64_t max, int64_t *number)
{
    size_t   i;
    int64_t  n;

    n = 0;

    for (i = 0; i < value.len; i++) {

        if (value.data[i] < '0' || value.data[i] > '9') {
            return -1;
        }

        n = n * 10 + (value.data[i] - '0');

        if (n > max) {
            return -1;
        }
    }

    if (n == 0) {
        return -1;
    }

    *number = n;

    return 0;
}


int
gig_query_closes_before(gig_query_t *query, gig_str_t value, gig_error_t *err)
{
    return gig_query_time("closes_before", value, &query->closes_before, err);
}


int
gig_query_posted_after(gig_query_t *query, gig_str_t value, gig_error_t *err)
{
    return gig_query_time("posted_after", value, &query->posted_after, err);
}


/*
 * A date is its midnight, UTC.  Fractions are rounded up: times of gigs are whole seconds, so
 * that "before 12:00:00.5" is "before 12:00:01", and "from" likewise.
 */

static int
gig_query_time(const char *name, gig_str_t value, int64_t *seconds, gig_error_t *err)
{
    char     text[GIG_QUERY_TIME_MAX];
    int64_t  days, ms, from, until;

    static const char  offset[] = "+00:00";

    if (gig_date_parse(value, &days) == 0) {
        *seconds = days * GIG_DAY_SECONDS;
        return 0;
    }

    if (value.len < sizeof(offset) || value.len > sizeof(text)) {
        goto wrong;
    }

    /* a "+" that was not percent-encoded has become a blank */

    memcpy(text, value.data, value.len);

    if (text[value.len - sizeof(offset) + 1] == ' ') {
        text[value.len - sizeof(offset) + 1] = '+';
    }

    if (gig_time_parse((gig_str_t) { text, value.len }, &ms) != 0) {
        goto wrong;
    }

    /* the years that can be written: an offset leads out of them by hours */

    from = gig_days(0, 1, 1) * GIG_DAY_SECONDS;
    until = gig_days(10000, 1, 1) * GIG_DAY_SECONDS - 1;

    *seconds = ms / 1000 + (ms % 1000 > 0);
    *seconds = *seconds < from ? from : *seconds > until ? until : *seconds;

    return 0;

wrong:

    return gig_query_wrong(name, value, err, "a date such as \"2026-10-01\", or a time with its "
                           "offset such as \"2026-10-01T09:00:00-04:00\"");
}
