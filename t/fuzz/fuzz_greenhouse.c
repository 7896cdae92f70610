
/*
 * Applications in the words of another API, of all three encodings (the first byte says which), in
 * one piece and in pieces of a length that the second byte says: both must come to the same.  What
 * is for self-identification alone never gets an answer, whatever the form has.
 */

#include <stdlib.h>
#include <string.h>

#include "gig_answers_file.h"
#include "gig_greenhouse_answers.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char  fuzz_form[] =
    "{\"id\":\"f\",\"rev\":1,\"fields\":["
    "{\"name\":\"a\",\"label\":\"A\",\"type\":\"file\",\"class\":\"merit\",\"max_bytes\":64},"
    "{\"name\":\"b\",\"label\":\"B\",\"type\":\"text\",\"class\":\"merit\"},"
    "{\"name\":\"c\",\"label\":\"C\",\"type\":\"multi_select\",\"class\":\"merit\","
    "\"options\":[{\"value\":\"1\",\"label\":\"A\"}],\"map\":{\"greenhouse\":\"question_1[]\"}},"
    "{\"name\":\"race\",\"label\":\"R\",\"type\":\"text\",\"class\":\"merit\"},"
    "{\"name\":\"consent_processing\",\"label\":\"D\",\"type\":\"consent\",\"class\":\"consent\","
    "\"version\":\"1\"}]}";


static int
fuzz_feed(const gig_form_t *form, gig_body_type_t type, gig_str_t body, size_t step,
    gig_answers_t *answers, gig_buf_t *out)
{
    int                       rc;
    size_t                    n;
    gig_error_t               err;
    gig_errors_t              errors;
    gig_greenhouse_reader_t  *g;

    g = malloc(sizeof(*g));

    if (g == NULL || gig_greenhouse_reader_init(g, form, type, gig_str("b"), answers) != 0) {
        abort();
    }

    for (rc = 0; rc == 0 && body.len != 0; body.data += n, body.len -= n) {
        n = body.len < step ? body.len : step;
        rc = gig_answers_reader_feed(&g->reader, (gig_str_t) { body.data, n }, &err);
    }

    rc = rc == 0 ? gig_answers_reader_end(&g->reader, &err) : rc;

    gig_answers_reader_free(&g->reader);
    free(g);

    if (rc != 0) {
        gig_buf_puts(out, err.detail);
        return rc;
    }

    if (json_object_get(answers->answers, "race") != NULL || answers->key.len != 0
        || answers->replaces.len != 0 || answers->honeypot)
    {
        abort();
    }

    errors.count = 0;
    (void) gig_greenhouse_answers(form, answers, &errors);

    if (gig_answers_check(form, answers, &errors) == 0) {
        gig_answers_canonical(form, answers, out);
    }

    gig_greenhouse_problem(422, "", form, &errors, out);

    return 0;
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int            whole, pieces;
    gig_buf_t      one, two;
    gig_str_t      body;
    gig_form_t     form;
    gig_errors_t   errors;
    gig_answers_t  answers;
    gig_body_type_t  type;

    if (size < 2) {
        return 0;
    }

    errors.count = 0;

    if (gig_form_read(gig_str(fuzz_form), &form, &errors) != 0) {
        abort();
    }

    gig_form_files(&form, 4096);

    type = data[0] % 3 == 0 ? GIG_BODY_URLENCODED : data[0] % 3 == 1 ? GIG_BODY_JSON
                                                                     : GIG_BODY_MULTIPART;
    body = (gig_str_t) { (const char *) data + 2, size - 2 };

    gig_buf_init(&one, 4 * GIG_BODY_MAX);
    gig_buf_init(&two, 4 * GIG_BODY_MAX);

    whole = fuzz_feed(&form, type, body, body.len + 1, &answers, &one);
    gig_answers_free(&answers);
    pieces = fuzz_feed(&form, type, body, (size_t) data[1] + 1, &answers, &two);
    gig_answers_free(&answers);

    if (whole != pieces || one.len != two.len
        || (one.len != 0 && memcmp(one.data, two.data, one.len) != 0))
    {
        abort();
    }

    gig_buf_free(&one);
    gig_buf_free(&two);
    gig_form_free(&form);

    return 0;
}
