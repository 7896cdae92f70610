
#include <string.h>

#include "gig_sha1.h"

#define GIG_SHA1_BLOCK      64


typedef struct {
    uint32_t       h[5];
    uint64_t       total;                       /* bytes so far */
    size_t         used;                        /* bytes waiting in block */
    unsigned char  block[GIG_SHA1_BLOCK];
} gig_sha1_t;


static uint32_t
gig_rotate(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}


static void
gig_sha1_block(uint32_t h[5], const unsigned char *p)
{
    unsigned  i;
    uint32_t  a, b, c, d, e, f, k, t, w[80];

    for (i = 0; i < 16; i++) {
        w[i] = (uint32_t) p[4 * i] << 24 | (uint32_t) p[4 * i + 1] << 16
               | (uint32_t) p[4 * i + 2] << 8 | (uint32_t) p[4 * i + 3];
    }

    for (i = 16; i < 80; i++) {
        w[i] = gig_rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    }

    a = h[0];
    b = h[1];
    c = h[2];
    d = h[3];
    e = h[4];

    for (i = 0; i < 80; i++) {

        if (i < 20) {
            f = (b & c) | (~b & d);
            k = 0x5a827999;

        } else if (i < 40) {
            f = b ^ c ^ d;
            k = 0x6ed9eba1;

        } else if (i < 60) {
            f = (b & c) | (b & d) | (c & d);
            k = 0x8f1bbcdc;

        } else {
            f = b ^ c ^ d;
            k = 0xca62c1d6;
        }

        t = gig_rotate(a, 5) + f + e + k + w[i];
        e = d;
        d = c;
        c = gig_rotate(b, 30);
        b = a;
        a = t;
    }

    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
    h[4] += e;
}


static void
gig_sha1_init(gig_sha1_t *sha1)
{
    static const uint32_t  first[5] = {
        0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0
    };

    memcpy(sha1->h, first, sizeof(first));
    sha1->total = 0;
    sha1->used = 0;
}


static void
gig_sha1_add(gig_sha1_t *sha1, const void *data, size_t len)
{
    size_t                n;
    const unsigned char  *p;

    if (len == 0) {
        return;
    }

    p = data;
    sha1->total += len;

    while (len != 0) {

        n = GIG_SHA1_BLOCK - sha1->used;
        if (n > len) {
            n = len;
        }

        memcpy(sha1->block + sha1->used, p, n);
        sha1->used += n;
        p += n;
        len -= n;

        if (sha1->used == GIG_SHA1_BLOCK) {
            gig_sha1_block(sha1->h, sha1->block);
            sha1->used = 0;
        }
    }
}


static void
gig_sha1_end(gig_sha1_t *sha1, unsigned char out[GIG_DIGEST_SIZE])
{
    unsigned       i;
    uint64_t       bits;
    unsigned char  length[8];

    static const unsigned char  padding[GIG_SHA1_BLOCK] = { 0x80 };

    bits = sha1->total * 8;

    for (i = 0; i < 8; i++) {
        length[i] = (unsigned char) (bits >> (56 - 8 * i));
    }

    gig_sha1_add(sha1, padding, sha1->used < 56 ? 56 - sha1->used : 120 - sha1->used);
    gig_sha1_add(sha1, length, sizeof(length));

    for (i = 0; i < GIG_DIGEST_SIZE; i++) {
        out[i] = (unsigned char) (sha1->h[i / 4] >> (24 - 8 * (i % 4)));
    }
}


void
gig_sha1(gig_str_t bytes, unsigned char out[GIG_DIGEST_SIZE])
{
    gig_sha1_t  sha1;

    gig_sha1_init(&sha1);
    gig_sha1_add(&sha1, bytes.data, bytes.len);
    gig_sha1_end(&sha1, out);
}


void
gig_digest_term(char kind, gig_str_t id, gig_str_t rev, unsigned char out[GIG_DIGEST_SIZE])
{
    gig_sha1_t  sha1;

    gig_sha1_init(&sha1);
    gig_sha1_add(&sha1, &kind, 1);
    gig_sha1_add(&sha1, ":", 1);
    gig_sha1_add(&sha1, id.data, id.len);
    gig_sha1_add(&sha1, ":", 1);
    gig_sha1_add(&sha1, rev.data, rev.len);
    gig_sha1_end(&sha1, out);
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
