
/* The receipt: what an applicant holds in hand, signed. */

#include <string.h>

#include "gig_json.h"
#include "gig_mac.h"
#include "gig_receipt.h"
#include "gig_time.h"
#include "gig_utf8.h"


static void  gig_receipt_member(gig_buf_t *out, const char *before, const char *name,
    const char *value);


int
gig_receipt_begin(const gig_secret_t *secret, const gig_submission_t *s,
    const char *confirmation, gig_buf_t *out)
{
    char  at[GIG_TIME_SIZE];

    if (s->token[0] == '\0' || !gig_utf8_valid(s->gig)) {
        return -1;
    }

    gig_time_format_ms(s->received_ms, at);

    /* Canonical: no blanks, members by name. */

    gig_receipt_member(out, "{", "confirmation", confirmation);
    gig_buf_puts(out, ",\"content\":\"hmac-");
    gig_buf_puts(out, s->print);
    gig_buf_puts(out, "\",\"gig\":");
    gig_json_canonical_string(s->gig, out);
    gig_receipt_member(out, ",", "kid", secret->key[0].kid);
    gig_receipt_member(out, ",", "received_at", at);
    gig_receipt_member(out, ",", "schema", "gig-receipt/1");

    /* no seat: a pending one promises none */

    gig_receipt_member(out, ",", "seat", s->seat);
    gig_receipt_member(out, ",", "token", s->token);
    gig_buf_puts(out, "}");

    return gig_buf_failed(out) ? -1 : 0;
}


void
gig_receipts_sign(const gig_secret_t *secret, const gig_str_t *receipts, size_t n,
    gig_receipts_t *signed_)
{
    char  bytes[GIG_RECEIPTS_BYTES];

    signed_->tree.leaves = n;

    if (n == 1) {
        gig_sign(secret, receipts[0], signed_->signature);
        return;
    }

    gig_merkle_build(&signed_->tree, receipts, n);
    gig_receipts_bytes(gig_merkle_root(&signed_->tree), bytes);
    gig_sign(secret, (gig_str_t) { bytes, sizeof(bytes) }, signed_->signature);
}


void
gig_receipts_bytes(const gig_merkle_hash_t *root, char out[GIG_RECEIPTS_BYTES])
{
    memcpy(out, GIG_RECEIPTS_LABEL, sizeof(GIG_RECEIPTS_LABEL) - 1);
    memcpy(out + sizeof(GIG_RECEIPTS_LABEL) - 1, root->bytes, GIG_MERKLE_HASH);
}


int
gig_receipt_end(const gig_receipts_t *signed_, size_t number, gig_str_t url, gig_buf_t *out)
{
    size_t                    i, n;
    char                      hash[GIG_HASH_TEXT];
    const gig_merkle_hash_t  *path[GIG_MERKLE_PATH];

    if (gig_buf_failed(out) || out->len == 0 || !gig_utf8_valid(url)) {
        return -1;
    }

    out->len--;                                 /* the closing brace */

    gig_receipt_member(out, ",", "sig", signed_->signature);

    if (signed_->tree.leaves > 1) {
        gig_buf_printf(out, ",\"inclusion\":{\"leaf_index\":%zu,\"tree_size\":%zu,"
                       "\"path\":[", number, signed_->tree.leaves);

        n = gig_merkle_path(&signed_->tree, number, path);

        for (i = 0; i < n; i++) {
            gig_base64url(path[i]->bytes, GIG_MERKLE_HASH, hash, sizeof(hash));
            gig_buf_puts(out, i ? ",\"" : "\"");
            gig_buf_puts(out, hash);
            gig_buf_puts(out, "\"");
        }

        gig_buf_puts(out, "]}");
    }

    gig_buf_puts(out, ",\"url\":");
    gig_json_canonical_string(url, out);
    gig_buf_puts(out, "}");

    return gig_buf_failed(out) ? -1 : 0;
}


/* value: of our own words and base64url, which need no escapes; NULL is null. */

static void
gig_receipt_member(gig_buf_t *out, const char *before, const char *name, const char *value)
{
    gig_buf_puts(out, before);
    gig_buf_puts(out, "\"");
    gig_buf_puts(out, name);
    gig_buf_puts(out, value != NULL ? "\":\"" : "\":null");

    if (value != NULL) {
        gig_buf_puts(out, value);
        gig_buf_puts(out, "\"");
    }
}


void
gig_receipt_erasure(int erased, int asked, int64_t ledger_keep, gig_buf_t *out)
{
    const char  *state;

    state = erased ? "erased" : "under_way";

    gig_buf_printf(out, ",\"erasure\":[{\"where\":\"records\",\"state\":\"%s\"},"
                   "{\"where\":\"queue\",\"state\":\"%s\"}",
                   erased && asked ? "asked" : state, state);

    if (ledger_keep != 0) {
        gig_buf_printf(out, ",{\"where\":\"ledgers\",\"state\":\"sealed\",\"within_seconds\":%lld}",
                       (long long) ledger_keep);
    }

    gig_buf_puts(out, ",{\"where\":\"copies\",\"state\":\"asked\"}]");
}
