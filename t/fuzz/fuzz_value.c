
/*
 * Single values, each from a stranger or from a file typed by hand: a time, a day, a number, an
 * address, the header Idempotency-Key, a list of gigs taken down (the first byte says which).
 * What is understood must be the same once it is written in its normal form.
 */

#include <stdlib.h>
#include <string.h>

#include "gig_deny.h"
#include "gig_form.h"
#include "gig_number.h"
#include "gig_seal.h"
#include "gig_time.h"
#include "gig_url.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void
gig_fuzz_time(gig_str_t text)
{
    char     out[GIG_TIME_SIZE];
    int64_t  ms, again, days;

    if (gig_time_parse(text, &ms) == 0) {
        (void) gig_time_format_ms(ms, out);

        if (gig_time_parse((gig_str_t) { out, strlen(out) }, &again) != 0 || again != ms) {
            abort();
        }
    }

    (void) gig_date_parse(text, &days);
}


static void
gig_fuzz_number(gig_str_t text)
{
    char  normal[GIG_NUMBER_SIZE], again[GIG_NUMBER_SIZE];

    if (gig_number_normal(text, normal) != 0) {
        return;
    }

    if (gig_number_normal((gig_str_t) { normal, strlen(normal) }, again) != 0
        || strcmp(normal, again) != 0 || gig_number_compare(normal, again) != 0)
    {
        abort();
    }
}


static void
gig_fuzz_deny(gig_str_t text)
{
    gig_deny_t   deny;
    gig_error_t  err;

    memset(&deny, 0, sizeof(deny));
    err.detail[0] = '\0';

    if (gig_deny_read(text, &deny, &err) != 0 && err.detail[0] == '\0') {
        abort();
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char       key[256];
    char      *copy;
    size_t     len;
    gig_str_t  text;

    if (size == 0) {
        return 0;
    }

    /* of its own, without a NUL behind it, so that a byte too far is seen */

    copy = malloc(size);
    if (copy == NULL) {
        abort();
    }

    memcpy(copy, data + 1, size - 1);
    text = (gig_str_t) { copy, size - 1 };

    switch (data[0] % 5) {

    case 0:
        gig_fuzz_time(text);
        break;

    case 1:
        gig_fuzz_number(text);
        break;

    case 2:
        (void) gig_url_valid(text, 1);
        (void) gig_email_valid(text);
        break;

    case 3:
        if (gig_key_read(text, key, &len) == 0 && len > sizeof(key)) {
            abort();
        }
        break;

    default:
        gig_fuzz_deny(text);
    }

    free(copy);

    return 0;
}
