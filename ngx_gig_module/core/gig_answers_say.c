
/* What is wrong with an answer, in the language of its form's page. */

#include <stdio.h>

#include "gig_answers.h"


int
gig_answers_say(gig_errors_t *errors, const char *pointer, gig_say_t say)
{
    return gig_answers_say_with(errors, pointer, say, gig_null_str, gig_null_str, 0);
}


int
gig_answers_say_n(gig_errors_t *errors, const char *pointer, gig_say_t say, size_t n, size_t has)
{
    int   len[2];
    char  number[2][24];

    len[0] = snprintf(number[0], sizeof(number[0]), "%zu", n);
    len[1] = snprintf(number[1], sizeof(number[1]), "%zu", has);

    return gig_answers_say_with(errors, pointer, say,
                                (gig_str_t) { number[0], (size_t) len[0] },
                                (gig_str_t) { number[1], (size_t) len[1] }, (double) n);
}


int
gig_answers_say_with(gig_errors_t *errors, const char *pointer, gig_say_t say, gig_str_t first,
    gig_str_t second, double n)
{
    int         rc, argument;
    gig_buf_t   text;
    gig_said_t  said;

    gig_buf_init(&text, 4 * GIG_LANGUAGE_TEXT_MAX);
    said = gig_tell_begin_n(errors->words, say, n);

    while ((argument = gig_say_next(&said, &text)) != 0) {
        gig_buf_str(&text, argument == 1 ? first : second);
    }

    rc = gig_buf_failed(&text)
         ? gig_errors_add(errors, pointer, "out of memory")
         : gig_errors_add(errors, pointer, "%.*s", (int) text.len, text.data);

    gig_buf_free(&text);

    return rc;
}
