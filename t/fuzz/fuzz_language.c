
/*
 * A language's file (gig_language_read) is read to its end or refused in words; what it gives can be
 * said whatever it holds, with no argument that English does not have.  The same bytes are asked for
 * as Accept-Language.
 */

#include <stdlib.h>
#include <string.h>

#include "gig_language.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void
say_all(const gig_language_t *words)
{
    int         argument;
    double      n;
    unsigned    i;
    gig_buf_t   out;
    gig_said_t  said;

    for (i = 0; i < GIG_SAYS; i++) {
        for (n = 0; n < 12; n += 1) {
            gig_buf_init(&out, 65536);
            said = gig_say_begin_n(words, (gig_say_t) i, n);

            while ((argument = gig_say_next(&said, &out)) != 0) {
                if (argument < 1 || argument > GIG_LANGUAGE_ARGUMENTS) {
                    abort();
                }
            }

            if (gig_buf_failed(&out)) {
                abort();
            }

            gig_buf_free(&out);
        }
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char                   *text;
    unsigned                line;
    gig_error_t             error;
    gig_language_t          words;
    const gig_language_t   *offered[2];

    text = malloc(size + 1);

    if (text == NULL) {
        return 0;
    }

    memcpy(text, data, size);
    words = gig_language_english;
    error.detail[0] = '\0';
    (void) gig_language_file_tag((gig_str_t) { text, size });

    offered[0] = &gig_language_english;
    offered[1] = &words;

    if (gig_language_negotiate((gig_str_t) { text, size }, offered, 2) > 1) {
        abort();
    }

    if (gig_language_read(text, size, &words, &line, &error) == 0) {
        say_all(&words);

    } else if (error.detail[0] == '\0' || line > size + 1) {
        abort();
    }

    free(text);

    return 0;
}
