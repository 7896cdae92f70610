
/* A receipt that somebody shows: whether it is ours, and whole. */

#include <string.h>

#include "gig_json.h"
#include "gig_mac.h"
#include "gig_receipt.h"

#define GIG_PUBLIC_KEYS_MAX 16384               /* bytes of keys.json */
#define GIG_PUBLIC_DEPTH    4
#define GIG_RECEIPT_DEPTH   4                   /* of `inclusion`'s path; one more */


static int  gig_receipt_check(const gig_secret_t *secret, int with_token, gig_str_t json,
    gig_error_t *err);
static int  gig_receipt_keys(gig_str_t json, gig_secret_t *keys, gig_error_t *err);
static int  gig_receipt_signed(const json_t *receipt, gig_buf_t *bytes);
static int  gig_receipt_included(const json_t *inclusion, gig_buf_t *bytes);


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

    if (json_object_get(root, "inclusion")
        && gig_receipt_included(json_object_get(root, "inclusion"), &bytes) != 0)
    {
        (void) gig_error_set(err, "/inclusion", "is no path from this receipt to what was signed: "
                             "leaf_index, tree_size and path belong together (RFC 9162)");
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


/* What the receipt says: the canonical JSON of all members but `sig`, `inclusion` and `url`. */

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
    (void) json_object_del(copy, "inclusion");
    (void) json_object_del(copy, "url");

    gig_json_canonical(copy, bytes);
    failed = gig_buf_failed(bytes);
    json_decref(copy);

    return failed ? -1 : 0;
}


/* In: what the receipt says; out: the bytes that were signed for it and others. */

static int
gig_receipt_included(const json_t *inclusion, gig_buf_t *bytes)
{
    char               label[GIG_RECEIPTS_BYTES];
    size_t             i, n, len;
    json_int_t         number, size;
    const json_t      *path;
    gig_merkle_hash_t  root, hash[GIG_MERKLE_PATH];

    path = json_object_get(inclusion, "path");
    number = json_integer_value(json_object_get(inclusion, "leaf_index"));
    size = json_integer_value(json_object_get(inclusion, "tree_size"));
    n = json_array_size(path);

    if (!json_is_integer(json_object_get(inclusion, "leaf_index")) || number < 0
        || size > GIG_RECEIPTS_MAX || n > GIG_MERKLE_PATH)
    {
        return -1;
    }

    for (i = 0; i < n; i++) {
        if (gig_base64url_read(gig_json_text(json_array_get(path, i)), hash[i].bytes,
                               GIG_MERKLE_HASH, &len)
            != 0
            || len != GIG_MERKLE_HASH)
        {
            return -1;
        }
    }

    if (size < 1
        || gig_merkle_climb(gig_buf_view(bytes), (uint64_t) number, (uint64_t) size, hash, n, &root)
           != 0)
    {
        return -1;
    }

    gig_receipts_bytes(&root, label);
    gig_buf_reset(bytes);
    gig_buf_add(bytes, label, sizeof(label));

    return gig_buf_failed(bytes) ? -1 : 0;
}
