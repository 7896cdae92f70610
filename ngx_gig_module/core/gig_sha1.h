
/*
 * SHA-1 (RFC 3174), by nettle, for the catalog digest alone: Redis scripts offer no other
 * hash (redis.sha1hex).  Nothing here relies on its collision resistance: who can write
 * the catalog needs no trick.
 */

#ifndef GIG_SHA1_H
#define GIG_SHA1_H

#include "gig_base.h"

#define GIG_DIGEST_SIZE     20
#define GIG_DIGEST_TEXT     41                  /* hex and NUL */

void gig_sha1(gig_str_t bytes, unsigned char out[GIG_DIGEST_SIZE]);

/* H("g:" id ":" rev) or H("f:" id ":" rev): the term a gig or a form adds to the digest by XOR. */
void gig_digest_term(char kind, gig_str_t id, gig_str_t rev, unsigned char out[GIG_DIGEST_SIZE]);
void gig_digest_xor(unsigned char digest[GIG_DIGEST_SIZE],
    const unsigned char term[GIG_DIGEST_SIZE]);
void gig_digest_text(const unsigned char digest[GIG_DIGEST_SIZE], char out[GIG_DIGEST_TEXT]);

#endif /* GIG_SHA1_H */
