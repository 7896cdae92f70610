
/*
 * What a gig pays, as a number to filter and order by: across currencies in
 * thousandths of a major unit, since the yen has no minor one and the dinar has
 * a thousand.
 */

#ifndef GIG_PAY_H
#define GIG_PAY_H

#include <jansson.h>

#include "gig_base.h"

#define GIG_PAY_UNKNOWN     (-1)
#define GIG_PAY_SCALE       1000        /* parts of a major unit */

/*
 * What is paid at least for the whole of a gig: pay.min_minor, else max_minor, and if it is
 * paid by the hour, that times work.hours_min, else hours_max.  Unpaid: 0.
 */
int64_t gig_pay_at_least(const json_t *record);

/* ISO 4217, three capital letters; gig_null_str if the record names none. */
gig_str_t gig_pay_currency(const json_t *record);

#endif /* GIG_PAY_H */
