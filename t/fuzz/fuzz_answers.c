
/*
 * Bodies of applications, of all three encodings (the first byte says which): read,
 * checked, and once valid their normal form must be valid and stay the same.
 */

#include <stdlib.h>
#include <string.h>

#include "gig_answers_file.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char  fuzz_files[] =
    "{\"id\":\"f\",\"rev\":1,\"fields\":["
    "{\"name\":\"a\",\"label\":\"A\",\"type\":\"file\",\"class\":\"merit\",\"max_bytes\":64},"
    "{\"name\":\"b\",\"label\":\"B\",\"type\":\"file\",\"class\":\"merit\",\"required\":true}]}";


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int            rc;
    char           key[256];
    size_t         len;
    gig_str_t      body;
    gig_buf_t      out, again;
    gig_form_t     form;
    gig_error_t    err;
    gig_errors_t   errors;
    gig_answers_t  answers;

    if (size == 0) {
        return 0;
    }

    errors.count = 0;

    /* from 128 on by a form with files */

    if (gig_form_read(data[0] < 128 ? gig_form_default() : gig_str(fuzz_files), &form, &errors)
        != 0)
    {
        abort();
    }

    gig_form_files(&form, data[0] < 128 ? 0 : 4096);

    body = (gig_str_t) { (const char *) data + 1, size - 1 };
    (void) gig_key_read(body, key, &len);

    gig_buf_init(&out, 4 * GIG_BODY_MAX);
    gig_buf_init(&again, 4 * GIG_BODY_MAX);

    rc = gig_answers_read(&form, data[0] % 3 == 0 ? GIG_BODY_URLENCODED
                          : data[0] % 3 == 1 ? GIG_BODY_JSON : GIG_BODY_MULTIPART,
                          gig_str("b"), body, &answers, &err);

    if (rc == 0 && gig_answers_check(&form, &answers, &errors) == 0) {

        gig_answers_canonical(&form, &answers, &out);

        if (gig_answers_check(&form, &answers, &errors) != 0) {
            abort();
        }

        gig_answers_canonical(&form, &answers, &again);

        if (gig_buf_failed(&out) || out.len != again.len
            || memcmp(out.data, again.data, out.len) != 0)
        {
            abort();
        }
    }

    if (gig_answers_files_bytes(&answers) > form.files) {
        abort();
    }

    gig_answers_free(&answers);
    gig_form_free(&form);
    gig_buf_free(&out);
    gig_buf_free(&again);

    return 0;
}
