
/* The secret file is written by hand; what is read must be whole, or an error with words. */

#include <stdint.h>
#include <stdlib.h>

#include <sodium.h>

#include "gig_seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gig_str_t     file;
    gig_error_t   err;
    gig_secret_t  secret;

    file.data = (const char *) data;
    file.len = size;
    err.detail[0] = '\0';

    if (sodium_init() < 0) {
        abort();
    }

    if (gig_secret_read(file, &secret, &err) == 0) {
        if (secret.n == 0 || secret.n > GIG_KEYS_MAX || secret.key[0].kid[0] == '\0') {
            abort();
        }

    } else if (err.detail[0] == '\0') {
        abort();
    }

    gig_secret_wipe(&secret);

    return 0;
}
