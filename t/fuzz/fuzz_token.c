
/* Tokens come from anybody: whatever is accepted must be the one text of what it says. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "gig_seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char                 id[GIG_ID_MAX + 1], again[GIG_CURSOR_TEXT];
    int64_t              number;
    gig_str_t            token;
    gig_cursor_t         cursor;
    static gig_secret_t  secret;

    token.data = (const char *) data;
    token.len = size;

    if (secret.n == 0
        && (sodium_init() < 0
            || gig_secret_read(gig_str("pepper "
                   "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\nkey a "
                   "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"),
                   &secret, NULL) != 0))
    {
        abort();
    }

    if (gig_token_check(&secret, token, id) == 0) {
        gig_token_make(&secret, id, again);

        if (strlen(again) != size || memcmp(again, data, size) != 0) {
            abort();
        }
    }

    if (gig_cursor_check(&secret, token, &cursor) == 0) {
        gig_cursor_make(&secret, &cursor, again);

        if (strlen(again) != size || memcmp(again, data, size) != 0) {
            abort();
        }
    }

    (void) gig_form_token_check(&secret, gig_str("g_1"), token, &number);
    (void) gig_sign_check(&secret, gig_str("a"), gig_str("bytes"), token);

    return 0;
}
