
/* A box lies in Redis, where others write as well; opening must survive anything. */

#include <stdint.h>
#include <stdlib.h>

#include <sodium.h>

#include "gig_box.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char                      kid[33];
    gig_str_t                 input;
    gig_buf_t                 plain;
    gig_error_t               err;
    gig_public_key_t          public_key;
    static gig_private_key_t  key;

    input.data = (const char *) data;
    input.len = size;

    if (key.kid[0] == '\0'
        && (sodium_init() < 0
            || gig_private_key_read(gig_str("kept AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"),
                                    &key, &err) != 0))
    {
        abort();
    }

    gig_buf_init(&plain, GIG_BOX_PLAIN_MAX);

    if (gig_box_open(&key, 1, input, &plain, &err) == 0 && gig_box_kid(input, kid) != 0) {
        abort();
    }

    (void) gig_public_key_read(input, &public_key, &err);

    gig_buf_free(&plain);

    return 0;
}
