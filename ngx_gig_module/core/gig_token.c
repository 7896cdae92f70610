
/*
 * Tokens that a browser carries and the board takes back: receipt, form,
 * cursor.  Each is base64url(clear bytes and the first 16 bytes of a MAC under
 * its own subkey); a check runs over all keys whatever the first says.
 */

#include <string.h>

#include <sodium.h>

#include "gig_mac.h"

#define GIG_TOKEN_OF        3               /* parts beside the id */
#define GIG_FORM_NONCE      16
#define GIG_FORM_BYTES      (GIG_FORM_NONCE + 8 + GIG_MAC_SHORT)

/* A cursor: MAC, sort, value; for relevance mean length, number of weights, weights; id. */
#define GIG_CURSOR_HEAD     (GIG_MAC_SHORT + 1 + 8)
#define GIG_CURSOR_SCORE    (2 + 1)
#define GIG_CURSOR_BYTES    (GIG_CURSOR_HEAD + GIG_CURSOR_SCORE + 2 * GIG_QUERY_WORDS_MAX \
                             + GIG_ID_MAX)

_Static_assert(GIG_CURSOR_TEXT == (GIG_CURSOR_BYTES * 4 + 2) / 3 + 1,
               "a cursor's text has room for the longest one");


static void  gig_id_token_make(const gig_secret_t *s, size_t subkey, const gig_str_t *of,
    size_t n, const char *id, char out[GIG_TOKEN_TEXT]);
static int  gig_id_token_check(const gig_secret_t *s, size_t subkey, const gig_str_t *of,
    size_t n, gig_str_t token, char id[GIG_APPLICATION_TEXT]);
static int  gig_cursor_read(const unsigned char *bytes, size_t len, gig_cursor_t *cursor);
static const gig_mac_t *gig_token_subkey(const gig_subkeys_t *key, size_t subkey);
static int  gig_token_mac_is(const gig_secret_t *s, size_t subkey, const gig_str_t *parts, size_t n,
    const unsigned char *mac);
static void  gig_token_number(int64_t value, unsigned char out[8]);
static int64_t  gig_token_number_read(const unsigned char bytes[8]);
static gig_str_t  gig_token_view(const unsigned char *bytes, size_t len);


void
gig_token_make(const gig_secret_t *s, const char *id, char out[GIG_TOKEN_TEXT])
{
    gig_str_t  of = gig_str("gig receipt 1");

    gig_id_token_make(s, offsetof(gig_subkeys_t, receipt), &of, 1, id, out);
}


int
gig_token_check(const gig_secret_t *s, gig_str_t token, char id[GIG_APPLICATION_TEXT])
{
    gig_str_t  of = gig_str("gig receipt 1");

    return gig_id_token_check(s, offsetof(gig_subkeys_t, receipt), &of, 1, token, id);
}


void
gig_replaces_make(const gig_secret_t *s, gig_str_t gig, const char *who, const char *id,
    char out[GIG_TOKEN_TEXT])
{
    gig_str_t  of[] = { gig_str("gig replaces 1"), gig, { who, strlen(who) } };

    gig_id_token_make(s, offsetof(gig_subkeys_t, form), of, 3, id, out);
}


int
gig_replaces_check(const gig_secret_t *s, gig_str_t gig, const char *who, gig_str_t token,
    char id[GIG_APPLICATION_TEXT])
{
    gig_str_t  of[] = { gig_str("gig replaces 1"), gig, { who, strlen(who) } };

    return gig_id_token_check(s, offsetof(gig_subkeys_t, form), of, 3, token, id);
}


/* base64url(id, MAC): of what it is, at most GIG_TOKEN_OF parts, and then of the id. */

static void
gig_id_token_make(const gig_secret_t *s, size_t subkey, const gig_str_t *of,
    size_t n, const char *id, char out[GIG_TOKEN_TEXT])
{
    size_t         len;
    gig_str_t      text;
    gig_str_t      parts[GIG_TOKEN_OF + 1];
    unsigned char  bytes[GIG_APPLICATION_ID + GIG_MAC_SHORT], mac[GIG_HASH_SIZE];

    text.data = id;
    text.len = strlen(id);

    if (gig_base64url_read(text, bytes, GIG_APPLICATION_ID, &len) != 0
        || len != GIG_APPLICATION_ID)
    {
        out[0] = '\0';
        return;
    }

    memcpy(parts, of, n * sizeof(gig_str_t));
    parts[n] = gig_token_view(bytes, GIG_APPLICATION_ID);
    gig_mac_of(gig_token_subkey(&s->key[0], subkey), parts, n + 1, mac);
    memcpy(&bytes[GIG_APPLICATION_ID], mac, GIG_MAC_SHORT);

    gig_base64url(bytes, sizeof(bytes), out, GIG_TOKEN_TEXT);
}


static int
gig_id_token_check(const gig_secret_t *s, size_t subkey, const gig_str_t *of,
    size_t n, gig_str_t token, char id[GIG_APPLICATION_TEXT])
{
    size_t         len;
    gig_str_t      parts[GIG_TOKEN_OF + 1];
    unsigned char  bytes[GIG_APPLICATION_ID + GIG_MAC_SHORT];

    if (gig_base64url_read(token, bytes, sizeof(bytes), &len) != 0 || len != sizeof(bytes)) {
        return -1;
    }

    memcpy(parts, of, n * sizeof(gig_str_t));
    parts[n] = gig_token_view(bytes, GIG_APPLICATION_ID);

    if (!gig_token_mac_is(s, subkey, parts, n + 1, &bytes[GIG_APPLICATION_ID])) {
        return -1;
    }

    gig_base64url(bytes, GIG_APPLICATION_ID, id, GIG_APPLICATION_TEXT);
    return 0;
}


void
gig_form_token_make(const gig_secret_t *s, gig_str_t gig, int64_t now,
    char out[GIG_FORM_TOKEN_TEXT])
{
    unsigned char  bytes[GIG_FORM_BYTES], mac[GIG_HASH_SIZE];
    gig_str_t      parts[] = { gig_str("gig form 1"), { NULL, 0 }, gig };

    randombytes_buf(bytes, GIG_FORM_NONCE);
    gig_token_number(now, &bytes[GIG_FORM_NONCE]);

    parts[1] = gig_token_view(bytes, GIG_FORM_NONCE + 8);
    gig_mac_of(&s->key[0].form, parts, 3, mac);
    memcpy(&bytes[GIG_FORM_NONCE + 8], mac, GIG_MAC_SHORT);

    gig_base64url(bytes, sizeof(bytes), out, GIG_FORM_TOKEN_TEXT);
}


int
gig_form_token_check(const gig_secret_t *s, gig_str_t gig, gig_str_t token, int64_t *issued)
{
    size_t         len;
    unsigned char  bytes[GIG_FORM_BYTES];
    gig_str_t      parts[] = { gig_str("gig form 1"), { NULL, 0 }, gig };

    if (gig_base64url_read(token, bytes, sizeof(bytes), &len) != 0 || len != sizeof(bytes)) {
        return -1;
    }

    parts[1] = gig_token_view(bytes, GIG_FORM_NONCE + 8);

    if (!gig_token_mac_is(s, offsetof(gig_subkeys_t, form), parts, 3,
                          &bytes[GIG_FORM_NONCE + 8]))
    {
        return -1;
    }

    *issued = gig_token_number_read(&bytes[GIG_FORM_NONCE]);
    return 0;
}


void
gig_cursor_make(const gig_secret_t *s, const gig_cursor_t *cursor, char out[GIG_CURSOR_TEXT])
{
    size_t         len;
    unsigned       i;
    gig_str_t      id;
    unsigned char  bytes[GIG_CURSOR_BYTES], mac[GIG_HASH_SIZE];
    gig_str_t      parts[] = { gig_str("gig cursor 2"), { NULL, 0 } };

    out[0] = '\0';

    id.data = cursor->id;
    id.len = strnlen(cursor->id, sizeof(cursor->id));

    if (!gig_id_valid(id) || cursor->sort > GIG_SORT_RELEVANCE
        || cursor->n_weights > GIG_QUERY_WORDS_MAX
        || (cursor->n_weights != 0 && cursor->length == 0))
    {
        return;
    }

    bytes[GIG_MAC_SHORT] = (unsigned char) cursor->sort;
    gig_token_number(cursor->value, &bytes[GIG_MAC_SHORT + 1]);
    len = GIG_CURSOR_HEAD;

    if (cursor->sort == GIG_SORT_RELEVANCE) {

        bytes[len++] = (unsigned char) (cursor->length >> 8);
        bytes[len++] = (unsigned char) cursor->length;
        bytes[len++] = cursor->n_weights;

        for (i = 0; i < cursor->n_weights; i++) {
            bytes[len++] = (unsigned char) (cursor->weight[i] >> 8);
            bytes[len++] = (unsigned char) cursor->weight[i];
        }
    }

    memcpy(&bytes[len], id.data, id.len);
    len += id.len;

    parts[1] = gig_token_view(&bytes[GIG_MAC_SHORT], len - GIG_MAC_SHORT);
    gig_mac_of(&s->key[0].cursor, parts, 2, mac);
    memcpy(bytes, mac, GIG_MAC_SHORT);

    gig_base64url(bytes, len, out, GIG_CURSOR_TEXT);
}


int
gig_cursor_check(const gig_secret_t *s, gig_str_t text, gig_cursor_t *cursor)
{
    size_t         len;
    unsigned char  bytes[GIG_CURSOR_BYTES];
    gig_str_t      parts[] = { gig_str("gig cursor 2"), { NULL, 0 } };

    if (gig_base64url_read(text, bytes, sizeof(bytes), &len) != 0 || len <= GIG_CURSOR_HEAD) {
        return -1;
    }

    parts[1] = gig_token_view(&bytes[GIG_MAC_SHORT], len - GIG_MAC_SHORT);

    if (!gig_token_mac_is(s, offsetof(gig_subkeys_t, cursor), parts, 2, bytes)) {
        return -1;
    }

    return gig_cursor_read(bytes, len, cursor);
}


/* What is behind the MAC, len over GIG_CURSOR_HEAD: signed is not yet well made. */

static int
gig_cursor_read(const unsigned char *bytes, size_t len, gig_cursor_t *cursor)
{
    size_t     at;
    unsigned   i;
    gig_str_t  id;

    memset(cursor, 0, sizeof(*cursor));

    if (bytes[GIG_MAC_SHORT] > GIG_SORT_RELEVANCE) {
        return -1;
    }

    cursor->sort = (gig_sort_t) bytes[GIG_MAC_SHORT];
    cursor->value = gig_token_number_read(&bytes[GIG_MAC_SHORT + 1]);
    at = GIG_CURSOR_HEAD;

    if (cursor->sort == GIG_SORT_RELEVANCE) {

        if (len - at < GIG_CURSOR_SCORE || bytes[at + 2] > GIG_QUERY_WORDS_MAX) {
            return -1;
        }

        cursor->length = (uint16_t) (bytes[at] << 8 | bytes[at + 1]);
        cursor->n_weights = bytes[at + 2];
        at += GIG_CURSOR_SCORE;

        /* scores are divided by the mean length */

        if ((len - at) / 2 < cursor->n_weights || (cursor->n_weights != 0 && cursor->length == 0)) {
            return -1;
        }

        for (i = 0; i < cursor->n_weights; i++, at += 2) {
            cursor->weight[i] = (uint16_t) (bytes[at] << 8 | bytes[at + 1]);
        }
    }

    id = gig_token_view(&bytes[at], len - at);

    if (!gig_id_valid(id)) {
        return -1;
    }

    memcpy(cursor->id, id.data, id.len);

    return 0;
}


/* subkey: where it stands in the structure, so that a check can go through all keys. */

static const gig_mac_t *
gig_token_subkey(const gig_subkeys_t *key, size_t subkey)
{
    return (const gig_mac_t *) (const void *) ((const char *) key + subkey);
}


/* 1 if mac is that of parts under any of the keys; the time says not which. */

static int
gig_token_mac_is(const gig_secret_t *s, size_t subkey, const gig_str_t *parts, size_t n,
    const unsigned char *mac)
{
    int            found;
    unsigned       i;
    unsigned char  right[GIG_HASH_SIZE];

    found = 0;

    for (i = 0; i < s->n; i++) {
        gig_mac_of(gig_token_subkey(&s->key[i], subkey), parts, n, right);
        found |= sodium_memcmp(right, mac, GIG_MAC_SHORT) == 0;
    }

    sodium_memzero(right, sizeof(right));

    return found;
}


/* Big-endian two's complement: a cursor's value may lie before 1970. */

static void
gig_token_number(int64_t value, unsigned char out[8])
{
    unsigned  i;

    for (i = 0; i < 8; i++) {
        out[i] = (unsigned char) ((uint64_t) value >> (56 - 8 * i));
    }
}


static int64_t
gig_token_number_read(const unsigned char bytes[8])
{
    int64_t   value;
    uint64_t  bits;
    unsigned  i;

    bits = 0;

    for (i = 0; i < 8; i++) {
        bits = bits << 8 | bytes[i];
    }

    memcpy(&value, &bits, sizeof(value));
    return value;
}


static gig_str_t
gig_token_view(const unsigned char *bytes, size_t len)
{
    gig_str_t  view;

    view.data = (const char *) bytes;
    view.len = len;

    return view;
}
