
/* What the files of the seal and the receipt share; nothing else includes it. */

#ifndef GIG_MAC_H
#define GIG_MAC_H

#include "gig_seal.h"

#define GIG_MAC_SHORT       16                  /* bytes of a MAC that goes into a token */

/* Begins a MAC.  _of: HMAC-SHA256 over parts, each with its length before it, first a label. */
void gig_mac_begin(gig_mac_t *begun, const unsigned char key[32]);
void gig_mac_of(const gig_mac_t *begun, const gig_str_t *parts, size_t n,
    unsigned char out[GIG_HASH_SIZE]);

/* base64url without padding.  _read: -1 for what is none, longer than size, or has stray bits. */
void gig_base64url(const unsigned char *bytes, size_t len, char *out, size_t size);
int gig_base64url_read(gig_str_t text, unsigned char *out, size_t size, size_t *len);

#endif /* GIG_MAC_H */
