
/*
 * A company writes the form, an applicant the answers: neither may make the other
 * break.  The input is a form's JSON, a NUL, and a body in any encoding.  What
 * is for the company only (anti_spam, map) must not show in the public form.
 */

#include <stdlib.h>
#include <string.h>

#include "gig_answers.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void
gig_fuzz_answers(const gig_form_t *form, gig_str_t body, gig_body_type_t type)
{
    int            rc;
    gig_buf_t      out, again;
    gig_error_t    err;
    gig_errors_t   errors;
    gig_answers_t  answers;

    gig_buf_init(&out, 4 * GIG_BODY_MAX);
    gig_buf_init(&again, 4 * GIG_BODY_MAX);
    errors.count = 0;

    rc = gig_answers_read(form, type, gig_str("b"), body, &answers, &err);

    if (rc == 0 && gig_answers_check(form, &answers, &errors) == 0) {
        (void) gig_answers_email(form, &answers);
        gig_answers_canonical(form, &answers, &out);

        if (gig_answers_check(form, &answers, &errors) != 0) {
            abort();
        }

        gig_answers_canonical(form, &answers, &again);

        if (gig_buf_failed(&out) || out.len != again.len
            || memcmp(out.data, again.data, out.len) != 0)
        {
            abort();
        }
    }

    gig_answers_free(&answers);
    gig_buf_free(&out);
    gig_buf_free(&again);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t        i, len;
    json_t       *public_, *fields;
    gig_str_t     body;
    const void   *nul;
    gig_form_t    form;
    gig_errors_t  errors;

    nul = size != 0 ? memchr(data, '\0', size) : NULL;
    len = nul != NULL ? (size_t) ((const uint8_t *) nul - data) : size;
    body = (gig_str_t) { (const char *) data + len, size - len };

    if (nul != NULL) {
        body.data++;
        body.len--;
    }

    errors.count = 0;

    if (gig_form_read((gig_str_t) { (const char *) data, len }, &form, &errors) == 0) {

        public_ = gig_form_public(&form);

        if (public_ == NULL || form.n > GIG_FIELDS_MAX
            || json_object_get(public_, "anti_spam") != NULL)
        {
            abort();
        }

        fields = json_object_get(public_, "fields");

        for (i = 0; i < json_array_size(fields); i++) {
            if (json_object_get(json_array_get(fields, i), "map") != NULL) {
                abort();
            }
        }

        json_decref(public_);
        gig_fuzz_answers(&form, body, GIG_BODY_URLENCODED);
        gig_fuzz_answers(&form, body, GIG_BODY_JSON);
        gig_fuzz_answers(&form, body, GIG_BODY_MULTIPART);

    } else if (errors.count == 0) {
        abort();
    }

    gig_form_free(&form);

    return 0;
}
