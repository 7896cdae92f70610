
/*
 * A gig's JSON may come from any producer.  What is taken must be written and
 * read again as the same bytes with the same rev.
 *
 *     clang -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Ingx_gig_module/core \
 *         t/fuzz/fuzz_record.c ngx_gig_module/core/gig_{base,buf,json,markup,markup_tag,markup_text,record,record_check,record_member,time,url,utf8,zone,zone_rule}.c \
 *         -ljansson -lsodium -lnettle -lm
 */

#include <stdlib.h>
#include <string.h>

#include "gig_record.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t        *public_;
    gig_buf_t      out, again;
    gig_record_t   gig, twin;
    gig_errors_t   errors;

    errors.count = 0;
    gig_buf_init(&out, 4 * GIG_RECORD_MAX);
    gig_buf_init(&again, 4 * GIG_RECORD_MAX);

    if (gig_record_read((gig_str_t) { (const char *) data, size }, &gig, &errors) == 0) {

        public_ = gig_record_public(&gig);

        if (public_ == NULL || json_object_get(public_, "onboarding") != NULL
            || json_object_get(public_, "source") != NULL)
        {
            abort();
        }

        json_decref(public_);

        if (gig_record_canonical(&gig, &out) != 0
            || gig_record_read((gig_str_t) { out.data, out.len }, &twin, &errors) != 0
            || gig_record_canonical(&twin, &again) != 0
            || out.len != again.len || memcmp(out.data, again.data, out.len) != 0)
        {
            abort();
        }

        gig_record_free(&twin);

    } else if (errors.count == 0) {
        abort();
    }

    gig_record_free(&gig);
    gig_buf_free(&out);
    gig_buf_free(&again);

    return 0;
}
