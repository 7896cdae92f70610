
/* The receipt: what an applicant holds in hand, signed. */

#include <stdio.h>
#include <string.h>

#include "gig_application.h"
#include "gig_json.h"
#include "gig_mac.h"
#include "gig_time.h"
#include "gig_utf8.h"

#define GIG_PUBLIC_KEYS_MAX 16384               /* bytes of keys.json */
#define GIG_PUBLIC_DEPTH    4
#define GIG_RECEIPT_DEPTH   2                   /* a flat object; one more for what is none */


static void  gig_receipt_member(gig_buf_t *out, const char *before, const char *name,
    const char *value);
static int  gig_receipt_check(const gig_secret_t *secret, int with_token, gig_str_t json,
    gig_error_t *err);
static int  gig_receipt_keys(gig_str_t json, gig_secret_t *keys, gig_error_t *err);
static int  gig_receipt_signed(const json_t *receipt, gig_buf_t *bytes);


int
gig_receipt_write(const gig_secret_t *secret, const gig_submission_t *s,
    const char *confirmation, gig_str_t url_prefix, gig_buf_t *out)
{
    size_t     begin, unsigned_end;
    gig_buf_t  url;
    char       at[GIG_TIME_SIZE], token[GIG_TOKEN_TEXT], signature[GIG_SIGNATURE_TEXT];

    gig_time_format_ms(s->received_ms, at);

    if (s->token != NULL) {
        (void) snprintf(token, sizeof(token), "%s", s->token);
    } else {
        gig_token_make(secret, s->id, token);
    }

    if (token[0] == '\0' || !gig_utf8_valid(s->gig) || !gig_utf8_valid(url_prefix)) {
        return -1;
    }

    /* Canonical: no blanks, members by name.  What is signed has no `sig` and no `url`. */

    begin = out->len;

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
    unsigned_end = out->len;

    gig_receipt_member(out, ",", "token", token);
    gig_buf_puts(out, "}");

    if (gig_buf_failed(out)) {
        return -1;
    }

    gig_sign(secret, (gig_str_t) { out->data + begin, out->len - begin }, signature);
    out->len = unsigned_end;

    gig_receipt_member(out, ",", "sig", signature);
    gig_receipt_member(out, ",", "token", token);
    gig_buf_puts(out, ",\"url\":");

    gig_buf_init(&url, GIG_RECEIPT_MAX);
    gig_buf_str(&url, url_prefix);
    gig_buf_puts(&url, token);
    gig_json_canonical_string((gig_str_t) { url.data, url.len }, out);
    gig_buf_puts(out, "}");

    out->failed |= gig_buf_failed(&url);
    gig_buf_free(&url);

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


int
gig_receipt_verify(const gig_secret_t *secret, gig_str_t json, gig_error_t *err)
{
    return gig_receipt_check(secret, 1, json, err);
}


int
gig_receipt_verify_public(gig_str_t keys, gig_str_t json, gig_error_t *err)
{
    gig_secret_t  public_;

    return gig_receipt_keys(keys, &public_, err) == 0
           ? gig_receipt_check(&public_, 0, json, err) : -1;
}


/* The public halves, in a secret that has nothing else; what is of another kind is passed over. */

static int
gig_receipt_keys(gig_str_t json, gig_secret_t *keys, gig_error_t *err)
{
    size_t      i, len;
    json_t     *root, *list, *jwk;
    gig_str_t   kid;

    memset(keys, 0, sizeof(gig_secret_t));
    root = gig_json_parse(json, GIG_PUBLIC_KEYS_MAX, GIG_PUBLIC_DEPTH, err);

    if (root == NULL) {
        return -1;
    }

    list = json_object_get(root, "keys");

    for (i = 0; i < json_array_size(list) && keys->n < GIG_KEYS_MAX; i++) {
        jwk = json_array_get(list, i);
        kid = gig_json_str(jwk, "kid");

        if (gig_str_is(gig_json_str(jwk, "crv"), "Ed25519") && kid.len != 0
            && kid.len < sizeof(keys->key[0].kid)
            && gig_base64url_read(gig_json_str(jwk, "x"), keys->key[keys->n].sign_public,
                                  sizeof(keys->key[0].sign_public), &len) == 0
            && len == sizeof(keys->key[0].sign_public))
        {
            memcpy(keys->key[keys->n].kid, kid.data, kid.len);
            keys->n++;
        }
    }

    json_decref(root);

    return keys->n ? 0 : gig_error_set(err, "/keys", "holds no Ed25519 key; keys.json is what the"
                                       " board has at receipts/keys.json");
}


static int
gig_receipt_check(const gig_secret_t *secret, int with_token, gig_str_t json, gig_error_t *err)
{
    int         rc;
    char        id[GIG_APPLICATION_TEXT];
    json_t     *root;
    gig_str_t   view, token, url;
    gig_buf_t   bytes;

    rc = -1;
    gig_buf_init(&bytes, GIG_RECEIPT_MAX);

    root = gig_json_parse(json, GIG_RECEIPT_MAX, GIG_RECEIPT_DEPTH, err);

    if (root == NULL) {
        goto done;
    }

    if (!gig_str_is(gig_json_str(root, "schema"), "gig-receipt/1")) {
        (void) gig_error_set(err, "/schema", "must be \"gig-receipt/1\"; this is no receipt");
        goto done;
    }

    token = gig_json_str(root, "token");

    if (with_token && gig_token_check(secret, token, id) != 0) {
        (void) gig_error_set(err, "/token", "was not made with a key of this secret file");
        goto done;
    }

    if (gig_receipt_signed(root, &bytes) != 0) {
        (void) gig_error_set(err, "", "out of memory");
        goto done;
    }

    view.data = bytes.data;
    view.len = bytes.len;

    if (gig_sign_check(secret, gig_json_str(root, "kid"), view, gig_json_str(root, "sig")) != 0) {
        (void) gig_error_set(err, "/sig", "does not fit: the receipt was changed, or signed with a "
                             "key that is not among these");
        goto done;
    }

    /* the address is not signed (a board may move), but it must lead to this receipt */

    url = gig_json_str(root, "url");

    if (url.len < token.len
        || memcmp(url.data + url.len - token.len, token.data, token.len) != 0)
    {
        (void) gig_error_set(err, "/url", "does not end in the token of this receipt");
        goto done;
    }

    rc = 0;

done:

    json_decref(root);
    gig_buf_free(&bytes);

    return rc;
}


void
gig_receipt_erasure(int erased, int64_t ledger_keep, gig_buf_t *out)
{
    const char  *state;

    state = erased ? "erased" : "under_way";

    gig_buf_printf(out, ",\"erasure\":[{\"where\":\"records\",\"state\":\"%s\"},"
                   "{\"where\":\"queue\",\"state\":\"%s\"}", state, state);

    if (ledger_keep != 0) {
        gig_buf_printf(out, ",{\"where\":\"ledgers\",\"state\":\"sealed\",\"within_seconds\":%lld}",
                       (long long) ledger_keep);
    }

    gig_buf_puts(out, ",{\"where\":\"copies\",\"state\":\"asked\"}]");
}


/* The bytes that are signed: canonical JSON of all members but `sig` and `url`. */

static int
gig_receipt_signed(const json_t *receipt, gig_buf_t *bytes)
{
    int      failed;
    json_t  *copy;

    /* const is dropped for jansson's sake: a shallow copy does not touch it */

    copy = json_copy((json_t *) (uintptr_t) receipt);

    if (copy == NULL) {
        return -1;
    }

    (void) json_object_del(copy, "sig");
    (void) json_object_del(copy, "url");

    gig_json_canonical(copy, bytes);
    failed = gig_buf_failed(bytes);
    json_decref(copy);

    return failed ? -1 : 0;
}
