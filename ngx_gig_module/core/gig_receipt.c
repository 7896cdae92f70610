
/* The receipt: what an applicant holds in hand, signed. */

#include <string.h>

#include "gig_application.h"
#include "gig_json.h"
#include "gig_time.h"

#define GIG_RECEIPT_DEPTH   2                   /* a flat object; one more for what is none */


static json_t  *gig_receipt_string(gig_str_t s);
static int  gig_receipt_signed(const json_t *receipt, gig_buf_t *bytes);


int
gig_receipt_write(const gig_secret_t *secret, const gig_submission_t *s,
    const char *confirmation, gig_str_t url_prefix, gig_buf_t *out)
{
    int         rc;
    json_t     *root;
    gig_str_t   view;
    gig_buf_t   bytes;
    char        at[GIG_TIME_SIZE], token[GIG_TOKEN_TEXT], signature[GIG_SIGNATURE_TEXT];

    rc = -1;
    gig_buf_init(&bytes, GIG_RECEIPT_MAX);
    gig_time_format_ms(s->received_ms, at);
    gig_token_make(secret, s->id, token);

    /* no seat: a pending one promises none */

    root = json_pack("{s:s, s:s, s:o, s:s, s:o, s:s, s:s?, s:s}",
                     "schema", "gig-receipt/1",
                     "token", token,
                     "gig", gig_receipt_string(s->gig),
                     "received_at", at,
                     "content", json_sprintf("hmac-%s", s->print),
                     "confirmation", confirmation,
                     "seat", s->seat,
                     "kid", secret->key[0].kid);

    if (root == NULL || token[0] == '\0' || gig_receipt_signed(root, &bytes) != 0) {
        goto done;
    }

    view.data = bytes.data;
    view.len = bytes.len;
    gig_sign(secret, view, signature);

    if (json_object_set_new(root, "sig", json_string(signature)) != 0
        || json_object_set_new(root, "url", json_sprintf("%.*s%s", (int) url_prefix.len,
                                                         url_prefix.data, token)) != 0)
    {
        goto done;
    }

    gig_json_canonical(root, out);
    rc = gig_buf_failed(out) ? -1 : 0;

done:

    json_decref(root);
    gig_buf_free(&bytes);

    return rc;
}


int
gig_receipt_verify(const gig_secret_t *secret, gig_str_t json, gig_error_t *err)
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

    if (gig_token_check(secret, token, id) != 0) {
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
                             "key that is not in this secret file");
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


static json_t *
gig_receipt_string(gig_str_t s)
{
    return json_stringn(s.data != NULL ? s.data : "", s.len);
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
