
/*
 * SHA-256 (FIPS 180-4), by nettle: each application is hashed some fifteen times (its names, its
 * token, its leaf), and nettle uses the processor's own instructions where there are any, which
 * makes it four times as fast as libsodium's.
 */

#ifndef GIG_SHA256_H
#define GIG_SHA256_H

#include <nettle/sha2.h>

#include "gig_base.h"

#define GIG_SHA256_SIZE     32                  /* bytes */
#define GIG_SHA256_TEXT     65                  /* hex and NUL */

typedef struct sha256_ctx  gig_sha256_t;

/* Begins; takes more, which may be empty; ends, after which another may be begun.  Cannot fail. */
void gig_sha256_begin(gig_sha256_t *sha256);
void gig_sha256_add(gig_sha256_t *sha256, gig_str_t bytes);
void gig_sha256_end(gig_sha256_t *sha256, unsigned char out[GIG_SHA256_SIZE]);

/* The whole of it.  _text: in hex. */
void gig_sha256(gig_str_t bytes, unsigned char out[GIG_SHA256_SIZE]);
void gig_sha256_text(gig_str_t bytes, char out[GIG_SHA256_TEXT]);

#endif /* GIG_SHA256_H */
