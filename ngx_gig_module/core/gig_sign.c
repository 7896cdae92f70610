
/* Ed25519 signatures with the keys of the secret file. */

#include <sodium.h>

#include "gig_mac.h"


void
gig_sign(const gig_secret_t *s, gig_str_t bytes, char out[GIG_SIGNATURE_TEXT])
{
    unsigned char  signature[crypto_sign_BYTES];

    (void) crypto_sign_detached(signature, NULL, (const unsigned char *) bytes.data, bytes.len,
                                s->key[0].sign_secret);
    gig_base64url(signature, sizeof(signature), out, GIG_SIGNATURE_TEXT);
}


int
gig_sign_check(const gig_secret_t *s, gig_str_t kid, gig_str_t bytes, gig_str_t signature)
{
    size_t         len;
    unsigned       i;
    unsigned char  raw[crypto_sign_BYTES];

    if (gig_base64url_read(signature, raw, sizeof(raw), &len) != 0 || len != sizeof(raw)) {
        return -1;
    }

    for (i = 0; i < s->n; i++) {
        if (gig_str_is(kid, s->key[i].kid)) {
            return crypto_sign_verify_detached(raw, (const unsigned char *) bytes.data, bytes.len,
                                               s->key[i].sign_public);
        }
    }

    return -1;
}
