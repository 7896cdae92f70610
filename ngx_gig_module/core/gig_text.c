
#include <string.h>

#include "gig_json.h"
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

static const char *const  gig_months[] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
};

static const char *const  gig_weekdays[] = {
    "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"
};


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


void
gig_text_count(uint64_t n, gig_buf_t *out)
{
    int   i, len;
    char  digits[24];

    len = 0;

    do {
        digits[len++] = (char) ('0' + n % 10);
        n /= 10;
    } while (n != 0);

    for (i = len - 1; i >= 0; i--) {
        gig_buf_add(out, &digits[i], 1);

        if (i != 0 && i % 3 == 0) {
            gig_buf_puts(out, ",");
        }
    }
}


void
gig_text_money(int64_t minor, gig_str_t currency, gig_buf_t *out)
{
    size_t       k;
    uint64_t     value, unit;
    const char  *symbol;

    unit = gig_text_minor_units(currency);
    value = (minor < 0) ? 0 - (uint64_t) minor : (uint64_t) minor;
    symbol = NULL;

    for (k = 0; k < sizeof(gig_currencies) / sizeof(gig_currencies[0]); k++) {
        if (gig_str_is(currency, gig_currencies[k].code)) {
            symbol = gig_currencies[k].symbol;
            break;
        }
    }

    if (minor < 0) {
        gig_buf_puts(out, "\u2212");
    }

    if (symbol != NULL) {
        gig_buf_puts(out, symbol);

    } else if (currency.len != 0) {
        gig_buf_str(out, currency);
        gig_buf_puts(out, "\u00a0");
    }

    gig_text_count(value / unit, out);

    if (value % unit != 0) {
        gig_buf_printf(out, ".%0*u", (unit == 1000) ? 3 : 2, (unsigned) (value % unit));
    }
}


static const char *
gig_text_unit(const json_t *pay)
{
    gig_str_t  unit;

    unit = gig_json_str(pay, "unit");

    if (gig_str_is(unit, "hour")
        || (unit.len == 0 && gig_str_is(gig_json_str(pay, "type"), "hourly")))
    {
        return " an hour";
    }

    if (gig_str_is(unit, "day")) {
        return " a day";
    }

    if (gig_str_is(unit, "week")) {
        return " a week";
    }

    if (gig_str_is(unit, "month")) {
        return " a month";
    }

    if (gig_str_is(unit, "year")) {
        return " a year";
    }

    return "";
}


void
gig_text_pay(const json_t *pay, gig_buf_t *out)
{
    const json_t  *min, *max;
    gig_str_t      currency;

    if (gig_str_is(gig_json_str(pay, "type"), "unpaid")) {
        gig_buf_puts(out, "Unpaid");
        return;
    }

    min = json_object_get(pay, "min_minor");
    max = json_object_get(pay, "max_minor");

    if (!json_is_integer(min)) {
        min = max;
    }

    if (!json_is_integer(max)) {
        max = min;
    }

    if (!json_is_integer(min)) {
        return;
    }

    currency = gig_json_str(pay, "currency");
    gig_text_money(json_integer_value(min), currency, out);

    if (json_integer_value(max) != json_integer_value(min)) {
        gig_buf_puts(out, " to ");
        gig_text_money(json_integer_value(max), currency, out);
    }

    gig_buf_puts(out, gig_text_unit(pay));
}


void
gig_text_hours(const json_t *work, gig_buf_t *out)
{
    double  min, max;

    if (gig_text_number(work, "hours_max", &max) != 0
        && gig_text_number(work, "hours_min", &max) != 0)
    {
        return;
    }

    if (gig_text_number(work, "hours_min", &min) == 0 && min < max) {
        gig_buf_printf(out, "%.6g to ", min);
    }

    gig_buf_printf(out, "%.6g hour%s", max, (max > 1 || max < 1) ? "s" : "");
}


void
gig_text_pay_for(const json_t *pay, const json_t *work, gig_buf_t *out)
{
    size_t  start, hours;

    start = out->len;
    gig_text_pay(pay, out);
    hours = out->len;

    if (hours != start) {
        gig_buf_puts(out, gig_str_is(gig_json_str(pay, "type"), "unpaid") ? ", about "
                                                                           : " for about ");
    } else {
        gig_buf_puts(out, "About ");
    }

    start = out->len;
    gig_text_hours(work, out);

    if (out->len == start && !gig_buf_failed(out)) {
        out->len = hours;
    }
}


void
gig_text_engagement(gig_str_t engagement, gig_buf_t *out)
{
    if (gig_str_is(engagement, "contractor")) {
        gig_buf_puts(out, "You work as an independent contractor");

    } else if (gig_str_is(engagement, "employee_intern")) {
        gig_buf_puts(out, "You are employed as an intern");

    } else if (gig_str_is(engagement, "stipend")) {
        gig_buf_puts(out, "You are paid a stipend");

    } else if (gig_str_is(engagement, "volunteer")) {
        gig_buf_puts(out, "You take part as a volunteer");
    }
}


/* A whole number in digits; -1 if there is anything else. */

static int
gig_text_digits(const char *p, size_t n)
{
    int  value;

    for (value = 0; n != 0; p++, n--) {
        if (*p < '0' || *p > '9') {
            return -1;
        }

        value = value * 10 + (*p - '0');
    }

    return value;
}


static void
gig_text_write_day(const gig_local_t *local, int weekday, int year, gig_buf_t *out)
{
    if (local->weekday > 6 || local->month < 1 || local->month > 12) {
        return;
    }

    if (weekday) {
        gig_buf_printf(out, "%s ", gig_weekdays[local->weekday]);
    }

    gig_buf_printf(out, "%u %s", local->day, gig_months[local->month - 1]);

    if (year) {
        gig_buf_printf(out, " %lld", (long long) local->year);
    }
}


/* Local time, also without a zone. */

static void
gig_text_local(const gig_zone_t *zone, int64_t seconds, gig_local_t *local)
{
    char       text[GIG_TIME_SIZE];
    int64_t    days;
    gig_str_t  date;

    if (zone != NULL) {
        gig_zone_local(zone, seconds, local);
        return;
    }

    memset(local, 0, sizeof(gig_local_t));
    gig_time_format(seconds, text);

    date.data = text;
    date.len = sizeof("2026-10-26") - 1;

    if (gig_date_parse(date, &days) == 0) {
        /* 1 January 1970 was a Thursday. */
        local->weekday = (unsigned) (((days + 4) % 7 + 7) % 7);
        local->year = gig_text_digits(text, 4);
        local->month = (unsigned) gig_text_digits(text + 5, 2);
        local->day = (unsigned) gig_text_digits(text + 8, 2);
        local->hour = (unsigned) gig_text_digits(text + 11, 2);
        local->minute = (unsigned) gig_text_digits(text + 14, 2);
        local->second = (unsigned) gig_text_digits(text + 17, 2);
    }

    memcpy(local->abbreviation, "UTC", sizeof("UTC"));
}


void
gig_text_date(gig_str_t date, int weekday, gig_buf_t *out)
{
    int64_t      days;
    gig_local_t  local;

    if (gig_date_parse(date, &days) != 0 || date.len != sizeof("2026-10-26") - 1) {
        gig_buf_str(out, date);
        return;
    }

    gig_text_local(NULL, days * 86400, &local);
    gig_text_write_day(&local, weekday, 1, out);
}


void
gig_text_day(const gig_zone_t *zone, int64_t seconds, gig_str_t beside, gig_buf_t *out)
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

    gig_text_write_day(&local, 0, year, out);
}


/* "America/Argentina/Buenos_Aires" -> "Buenos Aires time"; else what the zone calls itself. */

static void
gig_text_zone(const gig_zone_t *zone, gig_str_t name, const gig_local_t *local, gig_buf_t *out)
{
    size_t  i, slash;

    for (slash = 0, i = 0; i < name.len; i++) {
        if (name.data[i] == '/') {
            slash = i + 1;
        }
    }

    if (zone == NULL || slash == 0 || (name.len > 4 && memcmp(name.data, "Etc/", 4) == 0)) {
        gig_buf_puts(out, local->abbreviation);
        return;
    }

    for (i = slash; i < name.len; i++) {
        gig_buf_add(out, (name.data[i] == '_') ? " " : &name.data[i], 1);
    }

    gig_buf_puts(out, " time");
}


void
gig_text_time(const gig_zone_t *zone, gig_str_t time_zone, int64_t seconds, int with_seconds,
    gig_buf_t *out)
{
    gig_local_t  local;

    gig_text_local(zone, seconds, &local);
    gig_text_write_day(&local, 1, 1, out);
    gig_buf_printf(out, ", %02u:%02u", local.hour, local.minute);

    if (with_seconds) {
        gig_buf_printf(out, ":%02u", local.second);
    }

    gig_buf_puts(out, " ");
    gig_text_zone(zone, time_zone, &local, out);
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
