/*
 * A gig without what no card tells: whatever the bytes are, none beyond them is read, and what is
 * left of JSON is JSON, no longer than it was.
 */

#include <stdlib.h>

#include "gig_brief.h"
#include "gig_json.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t       *whole, *left;
    gig_buf_t     out;
    gig_error_t   err;

    static const gig_language_t  words = { .tag = "es-MX" };

    gig_buf_init(&out, size + 64);

    if (gig_brief((gig_str_t) { (const char *) data, size }, &words, &out) == 0) {

        if (out.len > size) {
            abort();
        }

        whole = gig_json_parse((gig_str_t) { (const char *) data, size }, size, GIG_JSON_DEPTH_MAX,
                               &err);

        if (whole != NULL) {
            left = gig_json_parse((gig_str_t) { out.data, out.len }, out.len, GIG_JSON_DEPTH_MAX,
                                  &err);

            if (left == NULL || json_object_size(left) > json_object_size(whole)) {
                abort();
            }

            json_decref(left);
        }

        json_decref(whole);
    }

    gig_buf_free(&out);

    return 0;
}
