
/*
 * A record of self-identification comes out of a box that anybody may have sealed, and a form
 * decides what may be in one: reading must survive anything, and what a form lets through fits.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gig_answers.h"
#include "gig_json.h"
#include "gig_self_id.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void
fuzz_record(gig_str_t input)
{
    json_t       *root, *again;
    gig_buf_t     out;
    gig_error_t   err;

    root = gig_self_id_read(input, &err);

    if (root == NULL) {
        return;
    }

    /* what was read is written and read as the same */
    gig_buf_init(&out, 2 * GIG_SELF_ID_PLAIN);
    gig_json_canonical(root, &out);

    if (gig_buf_failed(&out)) {
        abort();
    }

    again = out.len <= GIG_SELF_ID_PLAIN
            ? gig_self_id_read((gig_str_t) { out.data, out.len }, &err) : json_incref(root);

    if (again == NULL || !json_equal(root, again)) {
        abort();
    }

    json_decref(again);
    json_decref(root);
    gig_buf_free(&out);
}


/* A form, a NUL, and a body that is sent to it. */
static void
fuzz_form(gig_str_t input)
{
    int            written;
    json_t        *root;
    gig_buf_t      out;
    gig_str_t      body;
    gig_form_t     form;
    gig_error_t    err;
    gig_errors_t   errors = { .count = 0 };
    gig_answers_t  answers;
    const char    *end;

    end = memchr(input.data, '\0', input.len);

    if (end == NULL) {
        return;
    }

    body = (gig_str_t) { end + 1, input.len - (size_t) (end + 1 - input.data) };
    input.len = (size_t) (end - input.data);

    if (gig_form_read(input, &form, &errors) != 0 || !gig_self_id_is(&form)) {
        gig_form_free(&form);
        return;
    }

    errors.count = 0;

    if (gig_answers_read(&form, GIG_BODY_URLENCODED, gig_null_str, body, &answers, &err) == 0
        && gig_answers_check(&form, &answers, &errors) == 0 && errors.count == 0)
    {
        gig_buf_init(&out, GIG_SELF_ID_PLAIN);
        written = gig_self_id_write(&form, &answers, &out);

        if (written == -1 || (written == 0 && out.len != GIG_SELF_ID_PLAIN)) {
            abort();
        }

        if (written == 0) {
            root = gig_self_id_read((gig_str_t) { out.data, out.len }, &err);

            if (root == NULL) {
                abort();
            }

            json_decref(root);
        }

        gig_buf_free(&out);
    }

    gig_answers_free(&answers);
    gig_form_free(&form);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gig_str_t  input = { (const char *) data, size };

    if (size != 0) {
        fuzz_record(input);
        fuzz_form(input);
    }

    return 0;
}
