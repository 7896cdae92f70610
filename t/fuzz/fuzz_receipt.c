
/*
 * A receipt comes back from an applicant who may have changed it, and an opened
 * box from an edge that may lie.  The input is read as both; then, as a list of
 * edits (where, two bytes; what), it changes a true receipt, which must say what
 * was signed or not verify.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "gig_receipt.h"
#include "gig_json.h"

#define EDIT    3                               /* bytes of an edit */


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


/* One that was signed with others: there is more of it to change. */

static void
gig_fuzz_true(gig_secret_t *secret, gig_buf_t *receipt)
{
    char              id[GIG_APPLICATION_TEXT], who[GIG_HASH_TEXT], print[GIG_HASH_TEXT];
    char              url[64], token[GIG_TOKEN_TEXT];
    gig_str_t         text[3];
    gig_receipts_t    all;
    gig_submission_t  s;

    if (sodium_init() < 0
        || gig_secret_read(gig_str("pepper "
               "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\nkey a "
               "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"),
               secret, NULL) != 0)
    {
        abort();
    }

    gig_applicant_hash(secret, gig_str("acme"), gig_str("avery@example.edu"), who);
    gig_application_id(secret, gig_str("g_1"), (gig_str_t) { who, strlen(who) }, gig_str("k"), id);
    gig_fingerprint(secret, gig_str("{}"), print);
    gig_token_make(secret, id, token);
    (void) snprintf(url, sizeof(url), "/gigs/receipts/%s", token);

    s = (gig_submission_t) {
        .id = id, .who = who, .print = print, .gig = gig_str("g_1"), .gig_rev = gig_str("sha256-0"),
        .form_rev = 1, .received_ms = 1795000000000, .seat = "reserved", .token = token
    };

    gig_buf_init(receipt, GIG_RECEIPT_MAX);

    if (gig_receipt_begin(secret, &s, "queued", receipt) != 0) {
        abort();
    }

    text[0] = gig_str("{1}");
    text[1] = (gig_str_t) { receipt->data, receipt->len };
    text[2] = gig_str("{3}");
    gig_receipts_sign(secret, text, 3, &all);

    if (gig_receipt_end(&all, 1, (gig_str_t) { url, strlen(url) }, receipt) != 0
        || gig_receipt_verify(secret, (gig_str_t) { receipt->data, receipt->len }, NULL) != 0)
    {
        abort();
    }
}


/* What is signed: all but `sig`, `inclusion` and `url`. */

static json_t *
gig_fuzz_signed(gig_str_t text)
{
    json_t  *root;

    root = gig_json_parse(text, GIG_RECEIPT_MAX, GIG_JSON_DEPTH_MAX, NULL);

    if (root == NULL) {
        abort();
    }

    (void) json_object_del(root, "sig");
    (void) json_object_del(root, "inclusion");
    (void) json_object_del(root, "url");

    return root;
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char                 *copy;
    size_t                i, at;
    json_t               *read, *is, *was;
    gig_str_t             text;
    gig_error_t           err;
    static gig_buf_t      receipt;
    static gig_secret_t   secret;

    if (receipt.len == 0) {
        gig_fuzz_true(&secret, &receipt);
    }

    text = (gig_str_t) { (const char *) data, size };
    err.detail[0] = '\0';
    read = gig_application_read(text, &err);

    if (read == NULL && err.detail[0] == '\0') {
        abort();
    }

    json_decref(read);
    err.detail[0] = '\0';

    if (gig_receipt_verify(&secret, text, &err) != 0 && err.detail[0] == '\0') {
        abort();
    }

    copy = malloc(receipt.len);

    if (copy == NULL) {
        abort();
    }

    memcpy(copy, receipt.data, receipt.len);

    for (i = 0; i + EDIT <= size; i += EDIT) {
        at = (data[i] | (size_t) data[i + 1] << 8) % receipt.len;
        copy[at] = (char) data[i + 2];
    }

    text = (gig_str_t) { copy, receipt.len };

    if (gig_receipt_verify(&secret, text, &err) == 0) {

        is = gig_fuzz_signed(text);
        was = gig_fuzz_signed((gig_str_t) { receipt.data, receipt.len });

        if (!json_equal(is, was)) {
            abort();
        }

        json_decref(is);
        json_decref(was);
    }

    free(copy);

    return 0;
}
