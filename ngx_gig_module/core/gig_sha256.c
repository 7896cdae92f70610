
#include <sodium.h>

#include "gig_sha256.h"


void
gig_sha256_begin(gig_sha256_t *sha256)
{
    sha256_init(sha256);
}


void
gig_sha256_add(gig_sha256_t *sha256, gig_str_t bytes)
{
    if (bytes.len != 0) {
        sha256_update(sha256, bytes.len, (const uint8_t *) bytes.data);
    }
}


void
gig_sha256_end(gig_sha256_t *sha256, unsigned char out[GIG_SHA256_SIZE])
{
    sha256_digest(sha256, GIG_SHA256_SIZE, out);
}


void
gig_sha256(gig_str_t bytes, unsigned char out[GIG_SHA256_SIZE])
{
    gig_sha256_t  sha256;

    gig_sha256_begin(&sha256);
    gig_sha256_add(&sha256, bytes);
    gig_sha256_end(&sha256, out);
}


void
gig_sha256_text(gig_str_t bytes, char out[GIG_SHA256_TEXT])
{
    unsigned char  hash[GIG_SHA256_SIZE];

    gig_sha256(bytes, hash);
    (void) sodium_bin2hex(out, GIG_SHA256_TEXT, hash, sizeof(hash));
}
