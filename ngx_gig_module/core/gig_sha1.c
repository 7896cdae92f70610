
#include <nettle/sha1.h>

#include "gig_sha1.h"


static void
gig_sha1_add(struct sha1_ctx *sha1, gig_str_t bytes)
{
    if (bytes.len != 0) {
        sha1_update(sha1, bytes.len, (const uint8_t *) bytes.data);
    }
}


void
gig_sha1(gig_str_t bytes, unsigned char out[GIG_DIGEST_SIZE])
{
    struct sha1_ctx  sha1;

    sha1_init(&sha1);
    gig_sha1_add(&sha1, bytes);
    sha1_digest(&sha1, GIG_DIGEST_SIZE, out);
}


void
gig_digest_term(char kind, gig_str_t id, gig_str_t rev, unsigned char out[GIG_DIGEST_SIZE])
{
    struct sha1_ctx  sha1;

    sha1_init(&sha1);
    gig_sha1_add(&sha1, (gig_str_t) { &kind, 1 });
    gig_sha1_add(&sha1, gig_str(":"));
    gig_sha1_add(&sha1, id);
    gig_sha1_add(&sha1, gig_str(":"));
    gig_sha1_add(&sha1, rev);
    sha1_digest(&sha1, GIG_DIGEST_SIZE, out);
}


void
gig_digest_xor(unsigned char digest[GIG_DIGEST_SIZE], const unsigned char term[GIG_DIGEST_SIZE])
{
    unsigned  i;

    for (i = 0; i < GIG_DIGEST_SIZE; i++) {
        digest[i] ^= term[i];
    }
}


void
gig_digest_text(const unsigned char digest[GIG_DIGEST_SIZE], char out[GIG_DIGEST_TEXT])
{
    unsigned  i;

    static const char  hex[] = "0123456789abcdef";

    for (i = 0; i < GIG_DIGEST_SIZE; i++) {
        out[2 * i] = hex[digest[i] >> 4];
        out[2 * i + 1] = hex[digest[i] & 0xf];
    }

    out[2 * GIG_DIGEST_SIZE] = '\0';
}
