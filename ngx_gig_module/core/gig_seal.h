
/*
 * Names and seals, on libsodium: subkeys, applicant hash, id, fingerprint, receipt
 * token, form token, cursor, signature.  All follow from the secret file and what they
 * name, so that each host makes the same ones and none has to be stored.  Call
 * sodium_init() before any of it.
 */

#ifndef GIG_SEAL_H
#define GIG_SEAL_H

#include <nettle/hmac.h>
#include <sodium.h>

#include "gig_base.h"
#include "gig_buf.h"
#include "gig_query.h"

#define GIG_KEYS_MAX            8
#define GIG_KID_MAX             32
#define GIG_SECRET_FILE_MAX     16384

#define GIG_HASH_SIZE           32              /* bytes of a full HMAC-SHA256 */
#define GIG_HASH_TEXT           44              /* base64url of 32 bytes and NUL */
#define GIG_APPLICATION_ID      16              /* bytes */
#define GIG_APPLICATION_TEXT    23              /* base64url of 16 bytes and NUL */
#define GIG_TOKEN_TEXT          44              /* base64url(id, 16 bytes of MAC) and NUL */

/* A MAC begun under a key, which so is hashed once and not for each: each begins as a copy. */
typedef struct hmac_sha256_ctx  gig_mac_t;

typedef struct {
    char           kid[GIG_KID_MAX + 1];
    gig_mac_t      receipt;                     /* crypto_kdf, context "gigrecpt", id 1 */
    gig_mac_t      cursor;                      /* "gigcursr" */
    gig_mac_t      form;                        /* "gigforms" */
    unsigned char  sign_public[32];             /* Ed25519 from the seed of "gigsigns" */
    unsigned char  sign_secret[64];
} gig_subkeys_t;

typedef struct {
    gig_mac_t      pepper;
    unsigned       n;                           /* the first is used, all are accepted */
    gig_subkeys_t  key[GIG_KEYS_MAX];
} gig_secret_t;

/* The charset of key names: [A-Za-z0-9_-]{1,32}; returns 1 or 0. */
int gig_kid_valid(gig_str_t kid);

/*
 * Reads one "pepper HEX" and up to GIG_KEYS_MAX "key KID HEX" lines (64 hex
 * digits each, # comments).  err names the line and what would be right and
 * never repeats what is there.  gig_secret_wipe() when done, also after -1.
 */
int gig_secret_read(gig_str_t file, gig_secret_t *secret, gig_error_t *err);
void gig_secret_wipe(gig_secret_t *secret);

/*
 * For the cursors of a board that has no secret, and for nothing else: a key that anybody could
 * compute.  It keeps hosts agreeing and garbage out.
 */
void gig_secret_of_name(gig_secret_t *secret, gig_str_t board);

/* HMAC(pepper; ...) with length-prefixed parts and a label each, so no two mean the same. */
void gig_applicant_hash(const gig_secret_t *s, gig_str_t board, gig_str_t email,
    char out[GIG_HASH_TEXT]);
void gig_application_id(const gig_secret_t *s, gig_str_t gig, gig_str_t applicant, gig_str_t key,
    char out[GIG_APPLICATION_TEXT]);
void gig_fingerprint(const gig_secret_t *s, gig_str_t canonical_answers, char out[GIG_HASH_TEXT]);

/* The key of what was sent without one: by what it says, and nobody else can make it. */
void gig_content_key(const gig_secret_t *s, gig_str_t gig, gig_str_t email,
    gig_str_t canonical_answers, char out[GIG_HASH_TEXT]);

/*
 * base64url(id, MAC).  _make: an id that is none gives an empty token.  _check: constant
 * time, any of the keys; id out on 0, -1 for every bad one.
 */
void gig_token_make(const gig_secret_t *s, const char *id, char out[GIG_TOKEN_TEXT]);
int gig_token_check(const gig_secret_t *s, gig_str_t token, char id[GIG_APPLICATION_TEXT]);

/*
 * The signed form token, `_key` in our own forms: random nonce, issue time,
 * gig; also the idempotency key of that form.  _check gives the issue time.
 */
#define GIG_FORM_TOKEN_TEXT     64
void gig_form_token_make(const gig_secret_t *s, gig_str_t gig, int64_t now,
    char out[GIG_FORM_TOKEN_TEXT]);
int gig_form_token_check(const gig_secret_t *s, gig_str_t gig, gig_str_t token, int64_t *issued);

/*
 * `_replaces` in our own forms: that this applicant has the application id at this gig, as the
 * page that offers to send another version knows.  Whoever writes another address into that
 * form has another hash, and the token says nothing.  _check: the id on 0, -1 for every bad one.
 */
void gig_replaces_make(const gig_secret_t *s, gig_str_t gig, const char *who, const char *id,
    char out[GIG_TOKEN_TEXT]);
int gig_replaces_check(const gig_secret_t *s, gig_str_t gig, const char *who, gig_str_t token,
    char id[GIG_APPLICATION_TEXT]);

/*
 * A cursor of a list, signed so that nobody can make expensive or odd ones.  _make: an id that is
 * none gives an empty text; length and weights go in for relevance only.  _check: 0, or -1 for
 * every bad one; whether its sort is that of the query is for the caller to see.
 */
#define GIG_CURSOR_TEXT         135             /* base64url of 100 bytes and NUL */
void gig_cursor_make(const gig_secret_t *s, const gig_cursor_t *cursor, char out[GIG_CURSOR_TEXT]);
int gig_cursor_check(const gig_secret_t *s, gig_str_t text, gig_cursor_t *cursor);

/* Ed25519 over bytes with the first key; base64url(64 bytes). Verify with the key named. */
#define GIG_SIGNATURE_TEXT      87
void gig_sign(const gig_secret_t *s, gig_str_t bytes, char out[GIG_SIGNATURE_TEXT]);
int gig_sign_check(const gig_secret_t *s, gig_str_t kid, gig_str_t bytes, gig_str_t signature);

/*
 * Fills a new secret file's text, a private key file's and a public one's
 * (gig-sync keygen).  The caller wipes the first two.  -1: kid is no key name,
 * or a buffer failed.
 */
int gig_keygen(const char *kid, gig_buf_t *secret_file, gig_buf_t *private_key,
    gig_buf_t *public_key);

#endif /* GIG_SEAL_H */
