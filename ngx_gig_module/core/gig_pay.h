
/*
 * What a gig pays, as a number to filter and order by: across currencies in
 * thousandths of a major unit, since the yen has no minor one and the dinar has
 * a thousand.
 */

#ifndef GIG_PAY_H
#define GIG_PAY_H

#include <jansson.h>

#include "gig_buf.h"

#define GIG_PAY_UNKNOWN     (-1)
#define GIG_PAY_SCALE       1000        /* parts of a major unit */

/*
 * What is paid at least for the whole of a gig: pay.min_minor, else max_minor, and if it is
 * paid by the hour, that times work.hours_min, else hours_max.  Unpaid: 0.
 */
int64_t gig_pay_at_least(const json_t *record);

/* ISO 4217, three capital letters; gig_null_str if the record names none. */
gig_str_t gig_pay_currency(const json_t *record);

/* 1: nothing is paid, whatever else `pay` says. */
int gig_pay_unpaid(const json_t *pay);

/* min_minor and max_minor, each for the other if that is missing.  0, or -1: there is neither. */
int gig_pay_sums(const json_t *pay, int64_t *least, int64_t *most);

/* What a sum is paid for: "hour", "day", ...; if it is not said, "hour" or "project" by `type`. */
gig_str_t gig_pay_unit(const json_t *pay);

/* What `pay` says, in minor units, of which one major unit has `units`.  Views into it. */
typedef struct {
    gig_str_t  currency, unit;                  /* "hour"; "project": once for all */
    int64_t    least, most;
    unsigned   units;
} gig_pay_range_t;

/* 0, or -1: it names no sum (unpaid), or none that makes sense. */
int gig_pay_range(const json_t *pay, gig_pay_range_t *range);

/* "12.50": minor units as a JSON number of major ones. */
void gig_pay_amount(int64_t minor, unsigned units, gig_buf_t *out);

#endif /* GIG_PAY_H */
