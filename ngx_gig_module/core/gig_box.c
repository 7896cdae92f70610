
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "gig_box.h"
#include "gig_mac.h"

#define GIG_BOX_VERSION     1
#define GIG_BOX_HEAD        2                   /* version, length of the kid */
#define GIG_BOX_KEYS        (crypto_box_PUBLICKEYBYTES + crypto_box_NONCEBYTES)


/* A view on a box's parts. */
typedef struct {
    gig_str_t             kid;
    const unsigned char  *ephemeral_public;
    const unsigned char  *nonce;
    const unsigned char  *cipher;
    size_t                cipher_len;
} gig_box_parts_t;


static int  gig_key_file_read(gig_str_t file, const char *what, char kid[33],
    unsigned char key[32], gig_error_t *err);
static int  gig_key_half(gig_str_t *line, const char *half);
static int  gig_sealer_renew(gig_sealer_t *sealer, int64_t now);
static int  gig_box_parse(gig_str_t box, gig_box_parts_t *parts);


int
gig_public_key_read(gig_str_t file, gig_public_key_t *key, gig_error_t *err)
{
    gig_sealer_t  trial;

    if (gig_key_file_read(file, "public", key->kid, key->key, err) != 0) {
        return -1;
    }

    /* some points agree with every key on zero; better said at start than at an application */

    gig_sealer_init(&trial, key);

    if (gig_sealer_renew(&trial, 0) != 0) {
        gig_sealer_wipe(&trial);
        return gig_error_set(err, "", "nothing can be sealed to this public key; gig-sync keygen "
                             "makes a right pair");
    }

    gig_sealer_wipe(&trial);
    return 0;
}


int
gig_private_key_read(gig_str_t file, gig_private_key_t *key, gig_error_t *err)
{
    return gig_key_file_read(file, "private", key->kid, key->key, err);
}


void
gig_private_key_wipe(gig_private_key_t *key)
{
    sodium_memzero(key, sizeof(gig_private_key_t));
}


/*
 * One line "public KID BASE64URL" (or private) among comments and empty lines.
 * The first word keeps the halves apart, which look alike: what is sealed to a
 * private half nobody can ever open.  A file made by hand may leave it out.
 */

static int
gig_key_file_read(gig_str_t file, const char *what, char kid[33], unsigned char key[32],
    gig_error_t *err)
{
    int          found;
    size_t       i, end, space, len;
    unsigned     line;
    gig_str_t    name, text;
    const char  *other;

    other = strcmp(what, "public") == 0 ? "private" : "public";
    found = 0;
    memset(kid, 0, 33);
    sodium_memzero(key, 32);

    if (file.len > GIG_KEY_FILE_MAX) {
        return gig_error_set(err, "", "a %s key file has at most %d bytes; this is another file",
                             what, GIG_KEY_FILE_MAX);
    }

    for (i = 0, line = 1; i < file.len; i = end + 1, line++) {

        for (end = i; end < file.len && file.data[end] != '\n'; end++) { /* void */ }

        text.data = file.data + i;
        text.len = end - i;

        while (text.len != 0
               && (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == '\r'))
        {
            text.len--;
        }

        if (text.len == 0 || text.data[0] == '#') {
            continue;
        }

        if (found) {
            return gig_error_set(err, "", "line %u: a second key; a %s key file has one", line,
                                 what);
        }

        if (gig_key_half(&text, other)) {
            return gig_error_set(err, "", "line %u: this is the %s half of a pair; the %s one "
                                 "is wanted", line, other, what);
        }

        (void) gig_key_half(&text, what);

        for (space = 0; space < text.len && text.data[space] != ' '; space++) { /* void */ }

        name.data = text.data;
        name.len = space;

        if (!gig_kid_valid(name) || space == text.len) {
            return gig_error_set(err, "", "line %u: a %s key is a line of its name (1 to %d of A-Z "
                                 "a-z 0-9 _ -), one blank and 43 characters of base64url", line,
                                 what, GIG_KID_MAX);
        }

        text.data += space + 1;
        text.len -= space + 1;

        if (gig_base64url_read(text, key, 32, &len) != 0 || len != 32) {
            sodium_memzero(key, 32);
            return gig_error_set(err, "", "line %u: after the name of a %s key comes one blank and "
                                 "exactly 43 characters of base64url", line, what);
        }

        memcpy(kid, name.data, name.len);
        found = 1;
    }

    if (!found) {
        return gig_error_set(err, "", "there is no %s key in this file: a line of its name, one "
                             "blank and 43 characters of base64url", what);
    }

    return 0;
}


/* Takes the word for a half off the line, if it stands before a name and a key. */

static int
gig_key_half(gig_str_t *line, const char *half)
{
    size_t  len;

    len = strlen(half);

    if (line->len <= len || memcmp(line->data, half, len) != 0 || line->data[len] != ' '
        || memchr(line->data + len + 1, ' ', line->len - len - 1) == NULL)
    {
        return 0;
    }

    line->data += len + 1;
    line->len -= len + 1;

    return 1;
}


void
gig_sealer_init(gig_sealer_t *sealer, const gig_public_key_t *to)
{
    memset(sealer, 0, sizeof(gig_sealer_t));
    sealer->to = *to;
    sealer->sealed = GIG_BOX_COUNT;             /* the first box makes a pair */
}


void
gig_sealer_wipe(gig_sealer_t *sealer)
{
    sodium_memzero(sealer, sizeof(gig_sealer_t));
    sealer->sealed = GIG_BOX_COUNT;
}


static int
gig_sealer_renew(gig_sealer_t *sealer, int64_t now)
{
    int            rc;
    unsigned char  secret[crypto_box_SECRETKEYBYTES];

    rc = crypto_box_keypair(sealer->ephemeral_public, secret);

    if (rc == 0) {
        rc = crypto_box_beforenm(sealer->shared, sealer->to.key, secret);
    }

    sodium_memzero(secret, sizeof(secret));

    if (rc != 0) {
        sodium_memzero(sealer->shared, sizeof(sealer->shared));
        sealer->sealed = GIG_BOX_COUNT;
        return -1;
    }

    sealer->since = now;
    sealer->sealed = 0;

    return 0;
}


int
gig_box_seal(gig_sealer_t *sealer, int64_t now, gig_str_t plain, gig_buf_t *box)
{
    size_t          kid_len;
    unsigned char   head[GIG_BOX_HEAD], nonce[crypto_box_NONCEBYTES];

    if (plain.len > GIG_BOX_PLAIN_MAX) {
        return -1;
    }

    /* also when the clock was set back: a pair must not live longer for it */

    if (sealer->sealed >= GIG_BOX_COUNT || now < sealer->since
        || now - sealer->since >= GIG_BOX_MINUTE)
    {
        if (gig_sealer_renew(sealer, now) != 0) {
            return -1;
        }
    }

    kid_len = strlen(sealer->to.kid);
    head[0] = GIG_BOX_VERSION;
    head[1] = (unsigned char) kid_len;

    randombytes_buf(nonce, sizeof(nonce));

    gig_buf_room(box, sizeof(head) + kid_len + GIG_BOX_KEYS + crypto_box_MACBYTES + plain.len);

    if (gig_buf_failed(box)) {
        return -1;
    }

    gig_buf_add(box, head, sizeof(head));
    gig_buf_add(box, sealer->to.kid, kid_len);
    gig_buf_add(box, sealer->ephemeral_public, sizeof(sealer->ephemeral_public));
    gig_buf_add(box, nonce, sizeof(nonce));

    /* in its place: a box may be as large as files are */

    (void) crypto_box_easy_afternm((unsigned char *) box->data + box->len,
                                   (const unsigned char *) plain.data, plain.len, nonce,
                                   sealer->shared);
    box->len += crypto_box_MACBYTES + plain.len;
    sealer->sealed++;

    return 0;
}


static int
gig_box_parse(gig_str_t box, gig_box_parts_t *parts)
{
    size_t                kid_len;
    const unsigned char  *p;

    p = (const unsigned char *) box.data;

    if (box.len < GIG_BOX_HEAD || p[0] != GIG_BOX_VERSION) {
        return -1;
    }

    kid_len = p[1];

    if (box.len < GIG_BOX_HEAD + kid_len + GIG_BOX_KEYS + crypto_box_MACBYTES) {
        return -1;
    }

    parts->kid.data = box.data + GIG_BOX_HEAD;
    parts->kid.len = kid_len;

    if (!gig_kid_valid(parts->kid)) {
        return -1;
    }

    p += GIG_BOX_HEAD + kid_len;
    parts->ephemeral_public = p;
    parts->nonce = p + crypto_box_PUBLICKEYBYTES;
    parts->cipher = p + GIG_BOX_KEYS;
    parts->cipher_len = box.len - GIG_BOX_HEAD - kid_len - GIG_BOX_KEYS;

    return parts->cipher_len <= GIG_BOX_PLAIN_MAX + crypto_box_MACBYTES ? 0 : -1;
}


int
gig_box_kid(gig_str_t box, char kid[33])
{
    gig_box_parts_t  parts;

    if (gig_box_parse(box, &parts) != 0) {
        return -1;
    }

    memcpy(kid, parts.kid.data, parts.kid.len);
    kid[parts.kid.len] = '\0';

    return 0;
}


int
gig_box_unknown(gig_str_t kid, gig_error_t *err)
{
    return gig_error_set(err, "", "the box is sealed to the key %.*s, which is not among the "
                         "private keys here", (int) kid.len, kid.data);
}


int
gig_box_open(const gig_private_key_t *keys, size_t n, gig_str_t box, gig_buf_t *plain,
    gig_error_t *err)
{
    int              rc, named;
    size_t           i, len;
    unsigned char   *text;
    gig_box_parts_t  parts;

    if (gig_box_parse(box, &parts) != 0) {
        return gig_error_set(err, "", "this is no box of format %d", GIG_BOX_VERSION);
    }

    len = parts.cipher_len - crypto_box_MACBYTES;
    text = malloc(len + 1);                     /* an empty one is a pointer as well */

    if (text == NULL) {
        return gig_error_set(err, "", "out of memory");
    }

    rc = -1;
    named = 0;

    for (i = 0; i < n && rc != 0; i++) {
        if (!gig_str_is(parts.kid, keys[i].kid)) {
            continue;
        }

        named = 1;
        rc = crypto_box_open_easy(text, parts.cipher, parts.cipher_len, parts.nonce,
                                  parts.ephemeral_public, keys[i].key);
    }

    if (rc != 0) {
        (void) (named ? gig_error_set(err, "", "the box is damaged, or sealed to another key named "
                                      "%.*s", (int) parts.kid.len, parts.kid.data)
                      : gig_box_unknown(parts.kid, err));
        goto done;
    }

    gig_buf_add(plain, text, len);

    if (gig_buf_failed(plain)) {
        rc = gig_error_set(err, "", "the plain text of the box does not fit");
    }

done:

    sodium_memzero(text, len);
    free(text);

    return rc;
}
