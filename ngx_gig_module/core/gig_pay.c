
#include "gig_json.h"
#include "gig_pay.h"
#include "gig_text.h"


/* A whole number that is not negative: `first`, else `second`; -1 if neither is one. */

static int64_t
gig_pay_number(const json_t *object, const char *first, const char *second)
{
    const json_t  *value;

    value = json_object_get(object, first);

    if (!json_is_integer(value)) {
        value = json_object_get(object, second);
    }

    return json_is_integer(value) && json_integer_value(value) >= 0 ? json_integer_value(value)
                                                                    : GIG_PAY_UNKNOWN;
}


/* Records are checked when they are published; a product past all bounds is the largest. */

static int64_t
gig_pay_times(int64_t a, int64_t b)
{
    return b != 0 && a > INT64_MAX / b ? INT64_MAX : a * b;
}


int64_t
gig_pay_at_least(const json_t *record)
{
    int64_t        pay, hours;
    gig_str_t      unit, type;
    const json_t  *object;

    object = json_object_get(record, "pay");
    type = gig_json_str(object, "type");
    unit = gig_json_str(object, "unit");

    if (gig_str_is(type, "unpaid")) {
        return 0;
    }

    pay = gig_pay_number(object, "min_minor", "max_minor");

    if (pay == GIG_PAY_UNKNOWN) {
        return GIG_PAY_UNKNOWN;
    }

    pay = gig_pay_times(pay, GIG_PAY_SCALE / gig_text_minor_units(gig_pay_currency(record)));

    if (gig_str_is(unit, "hour") || (unit.len == 0 && gig_str_is(type, "hourly"))) {
        hours = gig_pay_number(json_object_get(record, "work"), "hours_min", "hours_max");

        if (hours == GIG_PAY_UNKNOWN) {
            return GIG_PAY_UNKNOWN;
        }

        pay = gig_pay_times(pay, hours);
    }

    return pay;
}


gig_str_t
gig_pay_currency(const json_t *record)
{
    size_t     i;
    gig_str_t  currency;

    currency = gig_json_str(json_object_get(record, "pay"), "currency");

    for (i = 0; i < currency.len && currency.data[i] >= 'A' && currency.data[i] <= 'Z'; i++) {
        /* void */
    }

    return currency.len == 3 && i == 3 ? currency : gig_null_str;
}


int
gig_pay_range(const json_t *pay, gig_pay_range_t *range)
{
    gig_str_t      type;
    const json_t  *min, *max;

    type = gig_json_str(pay, "type");
    min = json_object_get(pay, "min_minor");
    max = json_object_get(pay, "max_minor");

    range->currency = gig_json_str(pay, "currency");
    range->unit = gig_json_str(pay, "unit");

    if (range->unit.len == 0) {
        range->unit = gig_str_is(type, "hourly") ? gig_str("hour") : gig_str("project");
    }

    min = json_is_integer(min) ? min : max;
    max = json_is_integer(max) ? max : min;

    if (range->currency.len == 0 || !json_is_integer(min) || gig_str_is(type, "unpaid")) {
        return -1;
    }

    range->least = json_integer_value(min);
    range->most = json_integer_value(max);
    range->units = gig_text_minor_units(range->currency);

    return range->least < 0 || range->most < range->least ? -1 : 0;
}


void
gig_pay_amount(int64_t minor, unsigned units, gig_buf_t *out)
{
    gig_buf_printf(out, "%lld", (long long) (minor / units));

    if (minor % units != 0) {
        gig_buf_printf(out, ".%0*u", (units == 1000) ? 3 : 2, (unsigned) (minor % units));
    }
}
