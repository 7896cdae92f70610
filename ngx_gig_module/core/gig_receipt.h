
/*
 * The receipt ("gig-receipt/1"): signed, so that an applicant can show it to anybody.  Those that
 * are earned at the same moment share one signature: each then carries what leads to it.
 */

#ifndef GIG_RECEIPT_H
#define GIG_RECEIPT_H

#include "gig_application.h"
#include "gig_merkle.h"

#define GIG_RECEIPT_MAX     16384               /* bytes of a receipt's JSON */
#define GIG_RECEIPTS_MAX    GIG_MERKLE_MAX      /* receipts under one signature */

/* What is signed for several: no receipt begins so, so neither is taken for the other. */
#define GIG_RECEIPTS_LABEL  "gig receipts 1\n"
#define GIG_RECEIPTS_BYTES  (sizeof(GIG_RECEIPTS_LABEL) - 1 + GIG_MERKLE_HASH)

typedef struct {
    gig_merkle_t  tree;                         /* of one receipt: none */
    char          signature[GIG_SIGNATURE_TEXT];
} gig_receipts_t;

/*
 * _begin: the canonical JSON of what is signed, that is of all members but `sig`, `inclusion` and
 * `url`.  _sign: 1 to GIG_RECEIPTS_MAX of these, which are only read.  _end: makes the receipt of
 * the one with that number, in place; url: where its page is, which ends in its token.  -1: a text
 * is not UTF-8, the token is empty (as that of what is no id), or out failed.
 */
int gig_receipt_begin(const gig_secret_t *secret, const gig_submission_t *s,
    const char *confirmation, gig_buf_t *out);
void gig_receipts_sign(const gig_secret_t *secret, const gig_str_t *receipts, size_t n,
    gig_receipts_t *signed_);
int gig_receipt_end(const gig_receipts_t *signed_, size_t number, gig_str_t url, gig_buf_t *out);

/* The bytes whose signature stands for all receipts under this root. */
void gig_receipts_bytes(const gig_merkle_hash_t *root, char out[GIG_RECEIPTS_BYTES]);

/*
 * ,"erasure":[...] for a withdrawn one: where it is erased, where it goes by itself, and where that
 * could only be asked for.  erased: it is settled; asked: and the system of record is one that does
 * not erase; ledger_keep: seconds that a ledger may have its box after that, 0: none has.
 */
void gig_receipt_erasure(int erased, int asked, int64_t ledger_keep, gig_buf_t *out);

/* 0 if signed by one of the secret's keys and whole; else -1 and err says what is not. */
int gig_receipt_verify(const gig_secret_t *secret, gig_str_t json, gig_error_t *err);

/*
 * The same for anybody, who has no secret: keys is what `receipts/keys.json` holds (RFC 7517, of
 * Ed25519 keys as RFC 8037 has them).  That the token is ours follows from the signature.
 */
int gig_receipt_verify_public(gig_str_t keys, gig_str_t json, gig_error_t *err);

#endif /* GIG_RECEIPT_H */
