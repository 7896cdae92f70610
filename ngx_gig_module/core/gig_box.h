
/*
 * The box: an application sealed to the board's public key (X25519).  Format 1:
 * version 1 byte, kid length 1 byte, kid, ephemeral public key 32, nonce 24,
 * ciphertext.  Whoever seals cannot open it: the private key is gig-sync's alone.
 */

#ifndef GIG_BOX_H
#define GIG_BOX_H

#include "gig_base.h"
#include "gig_buf.h"

#define GIG_BOX_MINUTE          60              /* seconds one ephemeral pair lives */
#define GIG_BOX_COUNT           100000          /* boxes one ephemeral pair seals */
#define GIG_BOX_PLAIN_MAX       (10 * 1024 * 1024)  /* bytes in a box: answers and files */
#define GIG_KEY_FILE_MAX        4096

/* The public half, as in NAME.pub: "public KID BASE64URL". */
typedef struct {
    char           kid[33];
    unsigned char  key[32];
} gig_public_key_t;

/* One line, # comments.  err never repeats what is there.  A key nothing can be sealed to: -1. */
int gig_public_key_read(gig_str_t file, gig_public_key_t *key, gig_error_t *err);

/* A worker's sealer: one ephemeral pair a minute, agreed once; the pair is wiped after. */
typedef struct {
    gig_public_key_t  to;
    unsigned char     ephemeral_public[32];
    unsigned char     shared[32];
    int64_t           since;                    /* seconds */
    unsigned          sealed;
} gig_sealer_t;

void gig_sealer_init(gig_sealer_t *sealer, const gig_public_key_t *to);
void gig_sealer_wipe(gig_sealer_t *sealer);

/* Appends a box to box.  -1: plain over GIG_BOX_PLAIN_MAX, no memory, or the buffer failed. */
int gig_box_seal(gig_sealer_t *sealer, int64_t now, gig_str_t plain, gig_buf_t *box);

/* The private half, as in NAME.key: "private KID BASE64URL".  Tries the key the box names. */
typedef struct {
    char           kid[33];
    unsigned char  key[32];
} gig_private_key_t;

int gig_private_key_read(gig_str_t file, gig_private_key_t *key, gig_error_t *err);
void gig_private_key_wipe(gig_private_key_t *key);

/* The kid a box names; -1 if it is no box. */
int gig_box_kid(gig_str_t box, char kid[33]);

/* What gig_box_open() says of a box whose key is not among those it was given.  Returns -1. */
int gig_box_unknown(gig_str_t kid, gig_error_t *err);

/* Appends the plain text.  The caller wipes it.  err says whether key or box is wrong. */
int gig_box_open(const gig_private_key_t *keys, size_t n, gig_str_t box, gig_buf_t *plain,
    gig_error_t *err);

#endif /* GIG_BOX_H */
