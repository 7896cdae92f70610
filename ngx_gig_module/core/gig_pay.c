
#include "gig_json.h"
#include "gig_pay.h"
#include "gig_text.h"


/* Two whole numbers, either for a missing one.  0, or -1: neither is one. */

static int
gig_pay_numbers(const json_t *object, const char *min, const char *max, int64_t *least,
    int64_t *most)
{
    const json_t  *a, *b;

    a = json_object_get(object, min);
    b = json_object_get(object, max);
    a = json_is_integer(a) ? a : b;
    b = json_is_integer(b) ? b : a;

    *least = json_integer_value(a);
    *most = json_integer_value(b);

    return json_is_integer(a) ? 0 : -1;
}


int
gig_pay_sums(const json_t *pay, int64_t *least, int64_t *most)
{
    return gig_pay_numbers(pay, "min_minor", "max_minor", least, most);
}


gig_str_t
gig_pay_unit(const json_t *pay)
{
    gig_str_t  unit;

    unit = gig_json_str(pay, "unit");

    if (unit.len != 0) {
        return unit;
    }

    return gig_str_is(gig_json_str(pay, "type"), "hourly") ? gig_str("hour") : gig_str("project");
}


int
gig_pay_unpaid(const json_t *pay)
{
    return gig_str_is(gig_json_str(pay, "type"), "unpaid");
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
    int64_t        pay, hours, most;
    const json_t  *object;

    object = json_object_get(record, "pay");

    if (gig_pay_unpaid(object)) {
        return 0;
    }

    if (gig_pay_sums(object, &pay, &most) != 0 || pay < 0) {
        return GIG_PAY_UNKNOWN;
    }

    pay = gig_pay_times(pay, GIG_PAY_SCALE / gig_text_minor_units(gig_pay_currency(record)));

    if (gig_str_is(gig_pay_unit(object), "hour")) {

        if (gig_pay_numbers(json_object_get(record, "work"), "hours_min", "hours_max", &hours,
                            &most) != 0
            || hours < 0)
        {
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
    range->currency = gig_json_str(pay, "currency");
    range->unit = gig_pay_unit(pay);

    if (range->currency.len == 0 || gig_pay_unpaid(pay)
        || gig_pay_sums(pay, &range->least, &range->most) != 0)
    {
        return -1;
    }

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
