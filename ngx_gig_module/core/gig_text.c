
#include <string.h>

#include "gig_json.h"
#include "gig_pay.h"
#include "gig_text.h"


#define GIG_TEXT_HALF_YEAR  182     /* days */


typedef struct {
    char         code[4];
    const char  *symbol;
} gig_currency_t;

static const gig_currency_t  gig_currencies[] = {
    { "AUD", "A$" }, { "BRL", "R$" }, { "CAD", "CA$" }, { "EUR", "\u20ac" },
    { "GBP", "\u00a3" }, { "ILS", "\u20aa" }, { "INR", "\u20b9" }, { "JPY", "\u00a5" },
    { "KRW", "\u20a9" }, { "MXN", "MX$" }, { "NGN", "\u20a6" }, { "NZD", "NZ$" },
    { "PHP", "\u20b1" }, { "USD", "$" },
};

/* ISO 4217: the currencies whose minor unit is not a hundredth. */
static const char  gig_currency_no_minor[] =
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
static const char  gig_currency_thousandths[] = "BHD IQD JOD KWD LYD OMR TND";

const json_t *
gig_text_member(const json_t *object, const char *name)
{
    const json_t  *value;

    value = json_object_get(object, name);

    return json_is_null(value) ? NULL : value;
}


int
gig_text_number(const json_t *object, const char *name, double *number)
{
    const json_t  *value;

    value = json_object_get(object, name);

    if (!json_is_number(value)) {
        return -1;
    }

    *number = json_number_value(value);

    return 0;
}


static int
gig_currency_in(const char *list, gig_str_t code)
{
    const char  *p;

    if (code.len != 3) {
        return 0;
    }

    for (p = list; *p != '\0'; p += (p[3] == ' ') ? 4 : 3) {
        if (memcmp(p, code.data, 3) == 0) {
            return 1;
        }
    }

    return 0;
}


unsigned
gig_text_minor_units(gig_str_t currency)
{
    return gig_currency_in(gig_currency_no_minor, currency) ? 1
           : gig_currency_in(gig_currency_thousandths, currency) ? 1000 : 100;
}


/* "12.50": the decimals that a currency has, if there are any. */

static void
gig_text_amount(const gig_language_t *words, uint64_t value, unsigned unit, gig_buf_t *out)
{
    gig_language_count(words, value / unit, out);

    if (value % unit != 0) {
        gig_tell(words, GIG_SAY_NUMBER_DECIMAL, out);
        gig_buf_printf(out, "%0*u", (unit == 1000) ? 3 : 2, (unsigned) (value % unit));
    }
}


/* The sign; NULL: it goes by its code. */

static const char *
gig_text_sign(gig_str_t currency)
{
    size_t  k;

    for (k = 0; k < sizeof(gig_currencies) / sizeof(gig_currencies[0]); k++) {
        if (gig_str_is(currency, gig_currencies[k].code)) {
            return gig_currencies[k].symbol;
        }
    }

    return NULL;
}


static void
gig_text_sum(const gig_language_t *words, uint64_t value, gig_str_t currency, gig_buf_t *out)
{
    unsigned     unit;
    gig_said_t   said;
    const char  *sign;

    unit = gig_text_minor_units(currency);
    sign = gig_text_sign(currency);

    if (sign == NULL && currency.len == 0) {
        gig_text_amount(words, value, unit, out);
        return;
    }

    said = gig_tell_begin(words, sign != NULL ? GIG_SAY_MONEY_SIGN : GIG_SAY_MONEY_CODE);

    for ( ;; ) {
        switch (gig_say_next(&said, out)) {

        case 0:
            return;

        case 1:
            if (gig_str_is(currency, "USD")) {
                gig_tell(words, GIG_SAY_MONEY_DOLLAR, out);

            } else if (sign != NULL) {
                gig_buf_puts(out, sign);

            } else {
                gig_buf_str(out, currency);
            }

            break;

        default:
            gig_text_amount(words, value, unit, out);
        }
    }
}


void
gig_text_money(const gig_language_t *words, int64_t minor, gig_str_t currency, gig_buf_t *out)
{
    gig_said_t  said;

    if (minor >= 0) {
        gig_text_sum(words, (uint64_t) minor, currency, out);
        return;
    }

    said = gig_tell_begin(words, GIG_SAY_MONEY_MINUS);

    while (gig_say_next(&said, out)) {
        gig_text_sum(words, 0 - (uint64_t) minor, currency, out);
    }
}


/* What a sum is paid for; GIG_SAYS: for all of it. */

static gig_say_t
gig_text_unit(const json_t *pay)
{
    size_t     i;
    gig_str_t  unit;

    static const struct {
        const char  *unit;
        gig_say_t    say;
    } units[] = {
        { "hour", GIG_SAY_PAY_HOUR }, { "day", GIG_SAY_PAY_DAY }, { "week", GIG_SAY_PAY_WEEK },
        { "month", GIG_SAY_PAY_MONTH }, { "year", GIG_SAY_PAY_YEAR }
    };

    unit = gig_pay_unit(pay);

    for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (gig_str_is(unit, units[i].unit)) {
            return units[i].say;
        }
    }

    return GIG_SAYS;
}


static void
gig_text_pay_range(const gig_language_t *words, const json_t *pay, int64_t min, int64_t max,
    gig_buf_t *out)
{
    int         argument;
    gig_str_t   currency;
    gig_said_t  said;

    currency = gig_json_str(pay, "currency");

    if (min == max) {
        gig_text_money(words, min, currency, out);
        return;
    }

    said = gig_tell_begin(words, GIG_SAY_PAY_RANGE);

    while ((argument = gig_say_next(&said, out)) != 0) {
        gig_text_money(words, argument == 1 ? min : max, currency, out);
    }
}


void
gig_text_pay(const gig_language_t *words, const json_t *pay, gig_buf_t *out)
{
    int64_t     min, max;
    gig_say_t   unit;
    gig_said_t  said;

    if (gig_pay_unpaid(pay)) {
        gig_tell(words, GIG_SAY_PAY_UNPAID, out);
        return;
    }

    if (gig_pay_sums(pay, &min, &max) != 0) {
        return;
    }

    unit = gig_text_unit(pay);

    if (unit == GIG_SAYS) {
        gig_text_pay_range(words, pay, min, max, out);
        return;
    }

    said = gig_tell_begin(words, unit);

    while (gig_say_next(&said, out)) {
        gig_text_pay_range(words, pay, min, max, out);
    }
}


/* 0 if it is known how many there are; *min may be *max. */

static int
gig_text_hours_read(const json_t *work, double *min, double *max)
{
    if (gig_text_number(work, "hours_max", max) != 0
        && gig_text_number(work, "hours_min", max) != 0)
    {
        return -1;
    }

    if (gig_text_number(work, "hours_min", min) != 0 || *min > *max) {
        *min = *max;
    }

    return 0;
}


void
gig_text_hours(const gig_language_t *words, const json_t *work, gig_buf_t *out)
{
    int         argument;
    double      min, max;
    gig_said_t  said;

    if (gig_text_hours_read(work, &min, &max) != 0) {
        return;
    }

    said = gig_tell_begin_n(words, (min < max) ? GIG_SAY_HOURS_RANGE : GIG_SAY_HOURS, max);

    while ((argument = gig_say_next(&said, out)) != 0) {
        gig_language_number(words, (argument == 1) ? min : max, out);
    }
}


void
gig_text_pay_for(const gig_language_t *words, const json_t *pay, const json_t *work,
    gig_buf_t *out)
{
    int         argument;
    double      min, max;
    size_t      start;
    gig_said_t  said;

    start = out->len;
    gig_text_pay(words, pay, out);

    if (gig_text_hours_read(work, &min, &max) != 0 || gig_buf_failed(out)) {
        return;
    }

    if (out->len == start) {
        said = gig_tell_begin(words, GIG_SAY_HOURS_ABOUT);

        while (gig_say_next(&said, out)) {
            gig_text_hours(words, work, out);
        }

        return;
    }

    out->len = start;
    said = gig_tell_begin(words, gig_pay_unpaid(pay) ? GIG_SAY_PAY_AND_HOURS
                                                     : GIG_SAY_PAY_FOR_HOURS);

    while ((argument = gig_say_next(&said, out)) != 0) {

        if (argument == 1) {
            gig_text_pay(words, pay, out);
        } else {
            gig_text_hours(words, work, out);
        }
    }
}


/* say: in which parts; weekday, day, month and year if it is DATE_FULL, else from the day on. */

static void
gig_text_write_day(const gig_language_t *words, const gig_local_t *local, gig_say_t say,
    gig_buf_t *out)
{
    int         argument;
    gig_said_t  said;

    if (local->weekday > 6 || local->month < 1 || local->month > 12) {
        return;
    }

    said = gig_tell_begin(words, say);

    while ((argument = gig_say_next(&said, out)) != 0) {

        switch (argument + (say != GIG_SAY_DATE_FULL)) {

        case 1:
            gig_tell(words, (gig_say_t) (GIG_SAY_WEEKDAY_0 + local->weekday), out);
            break;

        case 2:
            gig_buf_printf(out, "%u", local->day);
            break;

        case 3:
            gig_tell(words, (gig_say_t) (GIG_SAY_MONTH_1 + local->month - 1), out);
            break;

        default:
            gig_buf_printf(out, "%lld", (long long) local->year);
        }
    }
}


/* Local time, also without a zone. */

static void
gig_text_local(const gig_zone_t *zone, int64_t seconds, gig_local_t *local)
{
    if (zone != NULL) {
        gig_zone_local(zone, seconds, local);
        return;
    }

    memset(local, 0, sizeof(gig_local_t));
    gig_local_split(seconds, local);
    memcpy(local->abbreviation, "UTC", sizeof("UTC"));
}


void
gig_text_date(const gig_language_t *words, gig_str_t date, int weekday, gig_buf_t *out)
{
    int64_t      days;
    gig_local_t  local;

    if (gig_date_parse(date, &days) != 0 || date.len != sizeof("2026-10-26") - 1) {
        gig_buf_str(out, date);
        return;
    }

    gig_text_local(NULL, days * 86400, &local);
    gig_text_write_day(words, &local, weekday ? GIG_SAY_DATE_FULL : GIG_SAY_DATE_LONG, out);
}


void
gig_text_day(const gig_language_t *words, const gig_zone_t *zone, int64_t seconds,
    gig_str_t beside, gig_buf_t *out)
{
    int          year;
    int64_t      days;
    gig_local_t  local;

    gig_text_local(zone, seconds, &local);
    year = 1;

    if (gig_date_parse(beside, &days) == 0) {
        days -= seconds / 86400;
        year = (days < -1 || days > GIG_TEXT_HALF_YEAR);
    }

    gig_text_write_day(words, &local, year ? GIG_SAY_DATE_LONG : GIG_SAY_DATE_SHORT, out);
}


/* "America/Argentina/Buenos_Aires" -> "Buenos Aires time"; else what the zone calls itself. */

static void
gig_text_zone(const gig_language_t *words, const gig_zone_t *zone, gig_str_t name,
    const gig_local_t *local, gig_buf_t *out)
{
    size_t      i, slash;
    gig_said_t  said;

    for (slash = 0, i = 0; i < name.len; i++) {
        if (name.data[i] == '/') {
            slash = i + 1;
        }
    }

    if (zone == NULL || slash == 0 || (name.len > 4 && memcmp(name.data, "Etc/", 4) == 0)) {
        gig_buf_puts(out, local->abbreviation);
        return;
    }

    said = gig_tell_begin(words, GIG_SAY_ZONE_PLACE);

    while (gig_say_next(&said, out)) {
        for (i = slash; i < name.len; i++) {
            gig_buf_add(out, (name.data[i] == '_') ? " " : &name.data[i], 1);
        }
    }
}


void
gig_text_time(const gig_language_t *words, const gig_zone_t *zone, gig_str_t time_zone,
    int64_t seconds, int with_seconds, gig_buf_t *out)
{
    gig_said_t   said;
    gig_local_t  local;

    gig_text_local(zone, seconds, &local);
    said = gig_tell_begin(words, GIG_SAY_MOMENT);

    for ( ;; ) {
        switch (gig_say_next(&said, out)) {

        case 0:
            return;

        case 1:
            gig_text_write_day(words, &local, GIG_SAY_DATE_FULL, out);
            break;

        case 2:
            gig_buf_printf(out, "%02u:%02u", local.hour, local.minute);

            if (with_seconds) {
                gig_buf_printf(out, ":%02u", local.second);
            }

            break;

        default:
            gig_text_zone(words, zone, time_zone, &local, out);
        }
    }
}


/* Bytes of the character at p: good for valid UTF-8, which all of a record is. */

static size_t
gig_text_character(const char *p, size_t left)
{
    size_t         n;
    unsigned char  c;

    c = (unsigned char) *p;
    n = (c < 0x80) ? 1 : (c < 0xe0) ? 2 : (c < 0xf0) ? 3 : 4;

    return (n > left) ? left : n;
}


void
gig_text_monogram(gig_str_t name, gig_buf_t *out)
{
    int     at_start, n;
    size_t  i, len;

    at_start = 1;
    n = 0;

    for (i = 0; i < name.len && n < 2; i += len) {
        unsigned char  c = (unsigned char) name.data[i];

        len = gig_text_character(name.data + i, name.len - i);

        if (c < 0x80 && !((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')
                          || (c >= 'a' && c <= 'z') || c == '\''))
        {
            at_start = 1;
            continue;
        }

        if (at_start && c != '\'') {
            char  upper = (char) ((c >= 'a' && c <= 'z') ? c - 'a' + 'A' : c);

            gig_buf_add(out, (len == 1) ? &upper : name.data + i, len);
            n++;
        }

        at_start = 0;
    }

    if (n == 0) {
        gig_buf_puts(out, "\u2022");
    }
}


void
gig_text_cut(gig_str_t s, size_t max, gig_buf_t *out)
{
    size_t  i, word, len;

    if (s.len <= max) {
        gig_buf_str(out, s);
        return;
    }

    word = 0;

    for (i = 0; i < s.len; i += len) {
        len = gig_text_character(s.data + i, s.len - i);

        if (s.data[i] == ' ') {
            word = i;
        }

        if (i + len > max) {
            break;
        }
    }

    /* A word longer than half of the text (or a language without blanks) is cut itself. */
    s.len = (word >= max / 2) ? word : i;

    while (s.len != 0 && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == ',')) {
        s.len--;
    }

    gig_buf_str(out, s);
    gig_buf_puts(out, "\u2026");
}


int
gig_text_https(gig_str_t s)
{
    size_t         i;
    unsigned char  c;

    if (s.len <= sizeof("https://") - 1
        || memcmp(s.data, "https://", sizeof("https://") - 1) != 0)
    {
        return 0;
    }

    for (i = 0; i < s.len; i++) {
        c = (unsigned char) s.data[i];

        if (c <= ' ' || c == 0x7f || c == '\\') {
            return 0;
        }
    }

    return 1;
}
