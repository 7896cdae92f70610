
/*
 * Zone files lie on the machine, but are read by a worker: damaged ones must
 * be refused or give some local time, never a crash.
 *
 *     clang -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Ingx_gig_module/core \
 *         t/fuzz/fuzz_tzif.c ngx_gig_module/core/gig_{base,buf,time,utf8,zone,zone_rule}.c
 */

#include <stdlib.h>
#include <string.h>

#include "gig_time.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t       i;
    int64_t      seconds;
    gig_buf_t    out;
    gig_zone_t   zone;
    gig_local_t  local;

    (void) gig_zone_read((gig_str_t) { (const char *) data, size }, &zone);

    gig_buf_init(&out, 4096);

    for (i = 0; i < 40; i++) {

        seconds = (int64_t) i * 150000000 - 2000000000;
        gig_zone_local(&zone, seconds, &local);

        if (local.month < 1 || local.month > 12 || local.day < 1 || local.day > 31
            || memchr(local.abbreviation, '\0', sizeof(local.abbreviation)) == NULL)
        {
            abort();
        }
    }

    gig_zone_local(&zone, INT64_MIN, &local);
    gig_zone_local(&zone, INT64_MAX, &local);
    gig_zone_text(&zone, 1793516400, &out);
    gig_zone_rfc3339(&zone, 1793516400, &out);

    if (gig_buf_failed(&out)) {
        abort();
    }

    gig_buf_free(&out);

    return 0;
}
