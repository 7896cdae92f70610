
/* Names that are keyed hashes: applicant, id, fingerprint. */

#include <sodium.h>

#include "gig_mac.h"
#include "gig_seal.h"


void
gig_mac_begin(gig_mac_t *begun, const unsigned char key[32])
{
    hmac_sha256_set_key(begun, 32, key);
}


/*
 * Each part goes in with its length before it, the label first, so that no two
 * lists of parts are the same bytes and no name serves as another.
 */

void
gig_mac_of(const gig_mac_t *begun, const gig_str_t *parts, size_t n,
    unsigned char out[GIG_HASH_SIZE])
{
    size_t         i, k;
    gig_mac_t      state;
    unsigned char  length[8];

    state = *begun;

    for (i = 0; i < n; i++) {
        for (k = 0; k < 8; k++) {
            length[k] = (unsigned char) ((uint64_t) parts[i].len >> (56 - 8 * k));
        }

        hmac_sha256_update(&state, sizeof(length), length);

        if (parts[i].len != 0) {
            hmac_sha256_update(&state, parts[i].len, (const uint8_t *) parts[i].data);
        }
    }

    hmac_sha256_digest(&state, GIG_HASH_SIZE, out);
    sodium_memzero(&state, sizeof(state));
}


void
gig_base64url(const unsigned char *bytes, size_t len, char *out, size_t size)
{
    sodium_bin2base64(out, size, bytes, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}


int
gig_base64url_read(gig_str_t text, unsigned char *out, size_t size, size_t *len)
{
    /* libsodium refuses stray bits at the end as well: one value has one text */

    if (text.len == 0
        || sodium_base642bin(out, size, text.data, text.len, NULL, len, NULL,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
    {
        return -1;
    }

    return 0;
}


void
gig_applicant_hash(const gig_secret_t *s, gig_str_t board, gig_str_t email,
    char out[GIG_HASH_TEXT])
{
    unsigned char  mac[GIG_HASH_SIZE];
    gig_str_t      parts[] = { gig_str("gig applicant 1"), board, email };

    gig_mac_of(&s->pepper, parts, 3, mac);
    gig_base64url(mac, sizeof(mac), out, GIG_HASH_TEXT);
}


void
gig_application_id(const gig_secret_t *s, gig_str_t gig, gig_str_t applicant, gig_str_t key,
    char out[GIG_APPLICATION_TEXT])
{
    unsigned char  mac[GIG_HASH_SIZE];
    gig_str_t      parts[] = { gig_str("gig application 1"), gig, applicant, key };

    gig_mac_of(&s->pepper, parts, 4, mac);
    gig_base64url(mac, GIG_APPLICATION_ID, out, GIG_APPLICATION_TEXT);
}


void
gig_fingerprint(const gig_secret_t *s, gig_str_t canonical_answers, char out[GIG_HASH_TEXT])
{
    unsigned char  mac[GIG_HASH_SIZE];
    gig_str_t      parts[] = { gig_str("gig fingerprint 1"), canonical_answers };

    gig_mac_of(&s->pepper, parts, 2, mac);
    gig_base64url(mac, sizeof(mac), out, GIG_HASH_TEXT);
}


void
gig_content_key(const gig_secret_t *s, gig_str_t gig, gig_str_t email,
    gig_str_t canonical_answers, char out[GIG_HASH_TEXT])
{
    unsigned char  mac[GIG_HASH_SIZE];
    gig_str_t      parts[] = { gig_str("gig content key 1"), gig, email, canonical_answers };

    gig_mac_of(&s->pepper, parts, 4, mac);
    gig_base64url(mac, sizeof(mac), out, GIG_HASH_TEXT);
}
