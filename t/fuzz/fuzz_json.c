
/*
 * All that comes from outside as JSON goes through one reader.  It must keep to
 * its limits before jansson sees the text, and what is written canonically must
 * read as the same value and be written the same way again.
 */

#include <stdlib.h>
#include <string.h>

#include "gig_json.h"

#define GIG_TEXT_MAX    (64 * 1024)             /* bytes that are read */


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


/* Values of a tree and, by the pointer, its depth. */

static size_t
gig_fuzz_count(const json_t *value, unsigned depth, unsigned *deepest)
{
    void    *iter;
    size_t   i, n;
    json_t  *object;

    n = 1;

    if (json_is_object(value) || json_is_array(value)) {
        depth++;
    }

    if (depth > *deepest) {
        *deepest = depth;
    }

    for (i = 0; i < json_array_size(value); i++) {
        n += gig_fuzz_count(json_array_get(value, i), depth, deepest);
    }

    /* older jansson's iterators take no const; nothing is changed */

    object = (json_t *) (uintptr_t) value;

    for (iter = json_object_iter(object); iter != NULL; iter = json_object_iter_next(object, iter)) {
        n += gig_fuzz_count(json_object_iter_value(iter), depth, deepest);
    }

    return n;
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t       *value, *twin;
    unsigned      deepest;
    gig_str_t     text;
    gig_buf_t     out, again;
    gig_error_t   err;

    text = (gig_str_t) { (const char *) data, size };
    err.detail[0] = '\0';
    value = gig_json_parse(text, GIG_TEXT_MAX, GIG_JSON_DEPTH_MAX, &err);

    if (value == NULL) {
        if (err.detail[0] == '\0') {
            abort();
        }

        return 0;
    }

    deepest = 0;

    if (size > GIG_TEXT_MAX
        || gig_fuzz_count(value, 0, &deepest) > size
        || deepest > GIG_JSON_DEPTH_MAX)
    {
        abort();
    }

    gig_buf_init(&out, 8 * GIG_TEXT_MAX);
    gig_buf_init(&again, 8 * GIG_TEXT_MAX);
    gig_json_canonical(value, &out);

    if (gig_buf_failed(&out)) {
        abort();
    }

    /* RFC 8785 writes 1e20 with all its digits, which is past what an integer holds here */

    twin = gig_json_parse((gig_str_t) { out.data, out.len }, 8 * GIG_TEXT_MAX, GIG_JSON_DEPTH_MAX,
                          &err);

    if (twin != NULL) {
        gig_json_canonical(twin, &again);

        if (out.len != again.len || memcmp(out.data, again.data, out.len) != 0) {
            abort();
        }

    } else if (strstr(err.detail, "the number is too large") == NULL) {
        abort();
    }

    json_decref(twin);
    json_decref(value);
    gig_buf_free(&out);
    gig_buf_free(&again);

    return 0;
}
