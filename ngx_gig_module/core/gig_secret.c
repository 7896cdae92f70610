
/* The secret file, what is derived from it, and a new one. */

#include <string.h>

#include <sodium.h>

#include "gig_mac.h"
#include "gig_seal.h"

#define GIG_HEX_SIZE            64              /* hex digits of 32 bytes */
#define GIG_SECRET_WORDS_MAX    3


typedef struct {
    unsigned   n;
    gig_str_t  word[GIG_SECRET_WORDS_MAX];
} gig_secret_words_t;


static gig_str_t  gig_secret_line(gig_str_t *rest);
static int  gig_secret_words(gig_str_t line, gig_secret_words_t *words);
static int  gig_secret_hex(gig_str_t hex, unsigned char out[32]);
static int  gig_secret_key(gig_secret_t *secret, gig_str_t kid, gig_str_t hex, unsigned line,
    gig_error_t *err);
static int  gig_subkeys_derive(gig_subkeys_t *key, const unsigned char master[32]);
static int  gig_subkey_begin(gig_mac_t *begun, const char *context,
    const unsigned char master[32]);
static void  gig_keygen_secret(const char *kid, gig_buf_t *out);


int
gig_kid_valid(gig_str_t kid)
{
    return kid.len <= GIG_KID_MAX && gig_id_valid(kid);
}


int
gig_secret_read(gig_str_t file, gig_secret_t *secret, gig_error_t *err)
{
    int                 pepper;
    unsigned            line;
    unsigned char       key[32];
    gig_str_t           rest;
    gig_secret_words_t  words;

    sodium_memzero(secret, sizeof(gig_secret_t));
    pepper = 0;
    rest = file;

    if (file.len > GIG_SECRET_FILE_MAX) {
        return gig_error_set(err, "", "a secret file has at most %d bytes; this is another file",
                             GIG_SECRET_FILE_MAX);
    }

    for (line = 1; rest.len != 0; line++) {

        if (gig_secret_words(gig_secret_line(&rest), &words) == 0) {
            if (words.n == 0) {
                continue;
            }

            if (words.n == 2 && gig_str_is(words.word[0], "pepper")) {
                if (pepper) {
                    return gig_error_set(err, "", "line %u: a second pepper; a secret file has "
                                         "one, and it never changes", line);
                }

                pepper = gig_secret_hex(words.word[1], key) == 0;

                if (pepper) {
                    gig_mac_begin(&secret->pepper, key);
                }

                sodium_memzero(key, sizeof(key));

                if (!pepper) {
                    return gig_error_set(err, "", "line %u: after \"pepper\" come exactly %d "
                                         "hexadecimal digits", line, GIG_HEX_SIZE);
                }

                continue;
            }

            if (words.n == 3 && gig_str_is(words.word[0], "key")) {
                if (gig_secret_key(secret, words.word[1], words.word[2], line, err) != 0) {
                    return -1;
                }

                continue;
            }
        }

        return gig_error_set(err, "", "line %u: a line is \"pepper HEX\", \"key NAME HEX\" or a "
                             "comment after #", line);
    }

    if (!pepper) {
        return gig_error_set(err, "", "there is no line \"pepper HEX\"; gig-sync keygen makes a "
                             "whole file");
    }

    if (secret->n == 0) {
        return gig_error_set(err, "", "there is no line \"key NAME HEX\"; gig-sync keygen makes a "
                             "whole file");
    }

    return 0;
}


void
gig_secret_wipe(gig_secret_t *secret)
{
    sodium_memzero(secret, sizeof(gig_secret_t));
}


/* The next line without its end; a file's last one may have none. */

static gig_str_t
gig_secret_line(gig_str_t *rest)
{
    gig_str_t    line;
    const char  *end;

    end = memchr(rest->data, '\n', rest->len);

    line.data = rest->data;
    line.len = end != NULL ? (size_t) (end - rest->data) : rest->len;

    rest->data += line.len + (end != NULL);
    rest->len -= line.len + (end != NULL);

    return line;
}


/* Words between blanks, up to a #; -1 if there are too many. */

static int
gig_secret_words(gig_str_t line, gig_secret_words_t *words)
{
    char    c;
    int     inside;
    size_t  i;

    words->n = 0;
    inside = 0;

    for (i = 0; i < line.len; i++) {
        c = line.data[i];

        if (c == '#') {
            break;
        }

        if (c == ' ' || c == '\t' || c == '\r') {
            inside = 0;
            continue;
        }

        if (!inside) {
            if (words->n == GIG_SECRET_WORDS_MAX) {
                return -1;
            }

            words->word[words->n].data = &line.data[i];
            words->word[words->n++].len = 0;
            inside = 1;
        }

        words->word[words->n - 1].len++;
    }

    return 0;
}


static int
gig_secret_hex(gig_str_t hex, unsigned char out[32])
{
    size_t  len;

    if (hex.len != GIG_HEX_SIZE
        || sodium_hex2bin(out, 32, hex.data, hex.len, NULL, &len, NULL) != 0 || len != 32)
    {
        return -1;
    }

    return 0;
}


static int
gig_secret_key(gig_secret_t *secret, gig_str_t kid, gig_str_t hex, unsigned line,
    gig_error_t *err)
{
    int             rc;
    unsigned        i;
    gig_subkeys_t  *key;
    unsigned char   master[32];

    if (secret->n == GIG_KEYS_MAX) {
        return gig_error_set(err, "", "line %u: a secret file has at most %d keys; take the oldest "
                             "out", line, GIG_KEYS_MAX);
    }

    if (!gig_kid_valid(kid)) {
        return gig_error_set(err, "", "line %u: a key's name has 1 to %d of A-Z a-z 0-9 _ -", line,
                             GIG_KID_MAX);
    }

    for (i = 0; i < secret->n; i++) {
        if (gig_str_is(kid, secret->key[i].kid)) {
            return gig_error_set(err, "", "line %u: a key of this name is there already; each has "
                                 "its own", line);
        }
    }

    if (gig_secret_hex(hex, master) != 0) {
        sodium_memzero(master, sizeof(master));
        return gig_error_set(err, "", "line %u: after the key's name come exactly %d hexadecimal "
                             "digits", line, GIG_HEX_SIZE);
    }

    key = &secret->key[secret->n];

    memcpy(key->kid, kid.data, kid.len);
    key->kid[kid.len] = '\0';

    rc = gig_subkeys_derive(key, master);
    sodium_memzero(master, sizeof(master));

    if (rc != 0) {
        return gig_error_set(err, "", "line %u: no subkeys could be derived", line);
    }

    secret->n++;
    return 0;
}


static int
gig_subkeys_derive(gig_subkeys_t *key, const unsigned char master[32])
{
    int            rc;
    unsigned char  seed[crypto_sign_SEEDBYTES];

    rc = gig_subkey_begin(&key->receipt, "gigrecpt", master);
    rc |= gig_subkey_begin(&key->cursor, "gigcursr", master);
    rc |= gig_subkey_begin(&key->form, "gigforms", master);
    rc |= crypto_kdf_derive_from_key(seed, sizeof(seed), 1, "gigsigns", master);
    rc |= crypto_sign_seed_keypair(key->sign_public, key->sign_secret, seed);

    sodium_memzero(seed, sizeof(seed));

    return rc == 0 ? 0 : -1;
}


static int
gig_subkey_begin(gig_mac_t *begun, const char *context, const unsigned char master[32])
{
    int            rc;
    unsigned char  key[32];

    rc = crypto_kdf_derive_from_key(key, sizeof(key), 1, context, master);
    gig_mac_begin(begun, key);
    sodium_memzero(key, sizeof(key));

    return rc;
}


void
gig_secret_of_name(gig_secret_t *secret, gig_str_t board)
{
    unsigned char  key[32];

    sodium_memzero(secret, sizeof(gig_secret_t));
    secret->n = 1;

    (void) crypto_generichash(key, sizeof(key), (const unsigned char *) board.data, board.len,
                              NULL, 0);
    gig_mac_begin(&secret->key[0].cursor, key);
}


int
gig_keygen(const char *kid, gig_buf_t *secret_file, gig_buf_t *private_key, gig_buf_t *public_key)
{
    gig_str_t      name;
    char           text[sodium_base64_ENCODED_LEN(32, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
    unsigned char  public_half[crypto_box_PUBLICKEYBYTES], private_half[crypto_box_SECRETKEYBYTES];

    name.data = kid;
    name.len = strlen(kid);

    if (!gig_kid_valid(name) || crypto_box_keypair(public_half, private_half) != 0) {
        return -1;
    }

    gig_keygen_secret(kid, secret_file);

    sodium_bin2base64(text, sizeof(text), private_half, sizeof(private_half),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    gig_buf_printf(private_key,
                   "# opens applications; belongs to gig-sync alone\nprivate %s %s\n", kid, text);

    sodium_bin2base64(text, sizeof(text), public_half, sizeof(public_half),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    gig_buf_printf(public_key, "# seals applications; may be seen by all\npublic %s %s\n", kid,
                   text);

    sodium_memzero(private_half, sizeof(private_half));
    sodium_memzero(text, sizeof(text));

    return gig_buf_failed(secret_file) || gig_buf_failed(private_key) || gig_buf_failed(public_key)
           ? -1 : 0;
}


static void
gig_keygen_secret(const char *kid, gig_buf_t *out)
{
    char           pepper[GIG_HEX_SIZE + 1], key[GIG_HEX_SIZE + 1];
    unsigned char  random[32];

    randombytes_buf(random, sizeof(random));
    sodium_bin2hex(pepper, sizeof(pepper), random, sizeof(random));

    randombytes_buf(random, sizeof(random));
    sodium_bin2hex(key, sizeof(key), random, sizeof(random));

    gig_buf_printf(out, "# pepper: never changes, or applicants are strangers to themselves\n"
                   "pepper %s\n"
                   "# keys: the first is used, all are accepted; to rotate, put a new one above\n"
                   "key %s %s\n", pepper, kid, key);

    sodium_memzero(random, sizeof(random));
    sodium_memzero(pepper, sizeof(pepper));
    sodium_memzero(key, sizeof(key));
}
