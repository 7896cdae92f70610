
/*
 * A token is all that stands between a stranger and somebody's application, or
 * an expensive list: one flipped bit, another gig, another board's key must be
 * the same "no", and a key that was rotated out of first place must still do.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "gig_mac.h"

#define HEX_A   "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define HEX_B   "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
#define HEX_C   "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"
#define ID      "AAECAwQFBgcICQoLDA0ODw"

static const char  alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static gig_secret_t  secret, rotated, stranger;


static gig_str_t
text(const char *s)
{
    return (gig_str_t) { s, strlen(s) };
}


/* kind 0: receipt, 1: form, 2: cursor; 0 if the token is good. */

static int
check(unsigned kind, const gig_secret_t *s, gig_str_t token)
{
    char          id[GIG_APPLICATION_TEXT];
    int64_t       number;
    gig_cursor_t  cursor;

    switch (kind) {
    case 0:
        return gig_token_check(s, token, id);
    case 1:
        return gig_form_token_check(s, text("g_1"), token, &number);
    default:
        return gig_cursor_check(s, token, &cursor);
    }
}


/* Every other character at every place, every shorter and longer one, is refused. */

static void
only_this(unsigned kind, const char *token)
{
    char    changed[256];
    size_t  i, k, len;

    len = strlen(token);
    assert_int_equal(check(kind, &secret, text(token)), 0);
    assert_int_equal(check(kind, &rotated, text(token)), 0);
    assert_int_equal(check(kind, &stranger, text(token)), -1);

    for (i = 0; i < len; i++) {
        for (k = 0; k < sizeof(alphabet); k++) {
            strcpy(changed, token);

            if (changed[i] == alphabet[k]) {
                continue;
            }

            changed[i] = alphabet[k];           /* and NUL, the last of alphabet */
            assert_int_equal(check(kind, &secret, (gig_str_t) { changed, len }), -1);
        }

        assert_int_equal(check(kind, &secret, (gig_str_t) { token, i }), -1);
    }

    for (k = 0; k < sizeof(alphabet); k++) {
        strcpy(changed, token);
        changed[len] = alphabet[k];
        assert_int_equal(check(kind, &secret, (gig_str_t) { changed, len + 1 }), -1);
    }

    memset(changed, 'A', sizeof(changed));
    assert_int_equal(check(kind, &secret, (gig_str_t) { changed, sizeof(changed) }), -1);
    assert_int_equal(check(kind, &secret, gig_null_str), -1);
}


static void
test_receipt(void **state)
{
    char  token[GIG_TOKEN_TEXT], id[GIG_APPLICATION_TEXT];

    (void) state;

    gig_token_make(&secret, ID, token);
    assert_string_equal(token, "AAECAwQFBgcICQoLDA0OD0hmOCOqbZ5OqVEAqZX33V8");
    assert_int_equal(gig_token_check(&secret, text(token), id), 0);
    assert_string_equal(id, ID);
    only_this(0, token);

    gig_token_make(&secret, "no id", token);
    assert_string_equal(token, "");
}


static void
test_form(void **state)
{
    char     token[GIG_FORM_TOKEN_TEXT], other[GIG_FORM_TOKEN_TEXT];
    int64_t  issued;

    (void) state;

    gig_form_token_make(&secret, text("g_1"), 1790000000, token);
    gig_form_token_make(&secret, text("g_1"), 1790000000, other);
    assert_string_not_equal(token, other);

    assert_int_equal(gig_form_token_check(&secret, text("g_1"), text(token), &issued), 0);
    assert_int_equal(issued, 1790000000);
    assert_int_equal(gig_form_token_check(&secret, text("g_2"), text(token), &issued), -1);
    only_this(1, token);

    /* made by this format once: must be good for ever */

    assert_int_equal(gig_form_token_check(&secret, text("g_1"), text("6LDgOut9ttHhdxdcQqzoAgAAAABqsTuAdEyTHDQVfKtUFY3j1WMoAg"), &issued), 0);
    assert_int_equal(issued, 1790000000);
}


static void
test_replaces(void **state)
{
    char    token[GIG_TOKEN_TEXT], receipt[GIG_TOKEN_TEXT], id[GIG_APPLICATION_TEXT];
    size_t  i;

    (void) state;

    gig_replaces_make(&secret, text("g_1"), "WHO", ID, token);
    assert_int_equal(strlen(token), GIG_TOKEN_TEXT - 1);
    assert_int_equal(gig_replaces_check(&secret, text("g_1"), "WHO", text(token), id), 0);
    assert_string_equal(id, ID);
    assert_int_equal(gig_replaces_check(&rotated, text("g_1"), "WHO", text(token), id), 0);

    /* another applicant, gig or board; and no token of another kind does */

    assert_int_equal(gig_replaces_check(&secret, text("g_1"), "WHO2", text(token), id), -1);
    assert_int_equal(gig_replaces_check(&secret, text("g_1W"), "HO", text(token), id), -1);
    assert_int_equal(gig_replaces_check(&secret, text("g_2"), "WHO", text(token), id), -1);
    assert_int_equal(gig_replaces_check(&stranger, text("g_1"), "WHO", text(token), id), -1);
    gig_token_make(&secret, ID, receipt);
    assert_int_equal(gig_replaces_check(&secret, text("g_1"), "WHO", text(receipt), id), -1);
    assert_int_equal(gig_token_check(&secret, text(token), id), -1);

    for (i = 0; i < GIG_TOKEN_TEXT - 1; i++) {
        token[i] = (char) (token[i] ^ 1);
        assert_int_equal(gig_replaces_check(&secret, text("g_1"), "WHO", text(token), id), -1);
        token[i] = (char) (token[i] ^ 1);
    }

    gig_replaces_make(&secret, text("g_1"), "WHO", "no id", token);
    assert_string_equal(token, "");
}


static gig_cursor_t
cursor_of(gig_sort_t sort, int64_t value, const char *id)
{
    gig_cursor_t  cursor;

    memset(&cursor, 0, sizeof(cursor));

    cursor.sort = sort;
    cursor.value = value;
    snprintf(cursor.id, sizeof(cursor.id), "%s", id);

    return cursor;
}


static void
test_cursor(void **state)
{
    char          token[GIG_CURSOR_TEXT];
    unsigned      i;
    gig_cursor_t  cursor, read;

    (void) state;

    cursor = cursor_of(GIG_SORT_NEWEST, 1788267600, "g_01JB2Q8Z7M4Y");
    gig_cursor_make(&secret, &cursor, token);
    assert_string_equal(token, "jAE0PzebE8GMoj0kHq6cYQAAAAAAapbMUGdfMDFKQjJROFo3TTRZ");
    only_this(2, token);

    memset(&read, 0xff, sizeof(read));
    assert_int_equal(gig_cursor_check(&secret, text(token), &read), 0);
    assert_int_equal(read.sort, GIG_SORT_NEWEST);
    assert_int_equal(read.value, 1788267600);
    assert_string_equal(read.id, "g_01JB2Q8Z7M4Y");
    assert_int_equal(read.n_weights, 0);

    /* the largest: it fills its buffer, and all of it comes back */

    cursor = cursor_of(GIG_SORT_RELEVANCE, INT64_MIN, "0123456789012345678901234567890123456789");
    cursor.length = UINT16_MAX;
    cursor.n_weights = GIG_QUERY_WORDS_MAX;

    for (i = 0; i < GIG_QUERY_WORDS_MAX; i++) {
        cursor.weight[i] = (uint16_t) (0xfff0 + i);
    }

    gig_cursor_make(&secret, &cursor, token);
    assert_int_equal(strlen(token), GIG_CURSOR_TEXT - 1);
    only_this(2, token);
    assert_int_equal(gig_cursor_check(&secret, text(token), &read), 0);
    assert_memory_equal(&read, &cursor, sizeof(cursor));
}


/* Where scores play no part, weights do not make the text longer or another one. */

static void
test_cursor_weights(void **state)
{
    char          token[GIG_CURSOR_TEXT], other[GIG_CURSOR_TEXT];
    gig_cursor_t  cursor;

    (void) state;

    cursor = cursor_of(GIG_SORT_PAY, 500000, "g_1");
    gig_cursor_make(&secret, &cursor, token);

    cursor.n_weights = 2;
    cursor.length = 300;
    gig_cursor_make(&secret, &cursor, other);
    assert_string_equal(token, other);

    cursor.sort = GIG_SORT_RELEVANCE;
    gig_cursor_make(&secret, &cursor, other);
    assert_true(strlen(other) > strlen(token));
}


/* What cannot be a place in a list has no cursor. */

static void
test_cursor_none(void **state)
{
    char          token[GIG_CURSOR_TEXT];
    gig_cursor_t  cursor;

    (void) state;

    cursor = cursor_of(GIG_SORT_NEWEST, 1, "no id");
    gig_cursor_make(&secret, &cursor, token);
    assert_string_equal(token, "");

    cursor = cursor_of(GIG_SORT_NEWEST, 1, "");
    gig_cursor_make(&secret, &cursor, token);
    assert_string_equal(token, "");

    cursor = cursor_of((gig_sort_t) (GIG_SORT_RELEVANCE + 1), 1, "g_1");
    gig_cursor_make(&secret, &cursor, token);
    assert_string_equal(token, "");

    cursor = cursor_of(GIG_SORT_RELEVANCE, 1, "g_1");
    cursor.length = 1;
    cursor.n_weights = GIG_QUERY_WORDS_MAX + 1;
    gig_cursor_make(&secret, &cursor, token);
    assert_string_equal(token, "");

    cursor.n_weights = 1;
    cursor.length = 0;
    gig_cursor_make(&secret, &cursor, token);
    assert_string_equal(token, "");

    /* made by 0.1.0's list before it could sort: is the same "no" as any other */

    assert_int_equal(gig_cursor_check(&secret,
        text("5IPvsVnrywDjUtldXCMlcwAAAABqlsxQZ18wMUpCMlE4WjdNNFk"), &cursor), -1);
}


/* Signed bytes that are no cursor: only this board could make them, and still they are refused. */

static void
test_cursor_bytes(void **state)
{
    char           token[256];
    size_t         i, k;
    gig_str_t      parts[2];
    gig_cursor_t   cursor;
    unsigned char  bytes[GIG_MAC_SHORT + 64], mac[GIG_HASH_SIZE];

    static const struct {
        const char  *bytes;                     /* after the MAC, N stands for a value's 8 bytes */
        size_t       len;
        int          rc;
    } samples[] = {
        { "\0NNNNNNNNg", 10, 0 },
        { "\0NNNNNNNN", 9, -1 },                               /* no id */
        { "\0NNNNNNNNg.", 11, -1 },
        { "\0NNNNNNN", 8, -1 },
        { "\4NNNNNNNNg", 10, -1 },                             /* no such sort */
        { "\3NNNNNNNN\0\1\0g", 13, 0 },
        { "\3NNNNNNNN\0\1\0", 12, -1 },
        { "\3NNNNNNNN\0\1", 11, -1 },
        { "\3NNNNNNNN\0\1\1\0\7g", 15, 0 },
        { "\3NNNNNNNN\0\1\2\0\7g", 15, -1 },                 /* says two weights, has one */
        { "\3NNNNNNNN\0\0\1\0\7g", 15, -1 },                 /* a mean of nothing */
        { "\3NNNNNNNN\0\1\21gggggggggggggggggggggggggggggggggg", 46, -1 },
    };

    (void) state;

    for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {

        parts[0] = gig_str("gig cursor 2");
        parts[1] = (gig_str_t) { samples[i].bytes, samples[i].len };
        gig_mac_of(&secret.key[0].cursor, parts, 2, mac);

        for (k = 0; k < GIG_MAC_SHORT; k++) {
            bytes[k] = mac[k];
        }

        memcpy(&bytes[GIG_MAC_SHORT], samples[i].bytes, samples[i].len);
        gig_base64url(bytes, GIG_MAC_SHORT + samples[i].len, token, sizeof(token));
        assert_int_equal(gig_cursor_check(&secret, text(token), &cursor), samples[i].rc);
    }
}


/* A token of one kind is none of another, though all are of one secret. */

static void
test_kinds(void **state)
{
    char          token[3][256];
    unsigned      i, k;
    gig_cursor_t  cursor;

    (void) state;

    cursor = cursor_of(GIG_SORT_NEWEST, 1, "g_1");

    gig_token_make(&secret, ID, token[0]);
    gig_form_token_make(&secret, text("g_1"), 1, token[1]);
    gig_cursor_make(&secret, &cursor, token[2]);

    for (i = 0; i < 3; i++) {
        for (k = 0; k < 3; k++) {
            assert_int_equal(check(k, &secret, text(token[i])), i == k ? 0 : -1);
        }
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_receipt),
        cmocka_unit_test(test_form),
        cmocka_unit_test(test_replaces),
        cmocka_unit_test(test_cursor),
        cmocka_unit_test(test_cursor_weights),
        cmocka_unit_test(test_cursor_none),
        cmocka_unit_test(test_cursor_bytes),
        cmocka_unit_test(test_kinds)
    };

    if (sodium_init() < 0
        || gig_secret_read(text("pepper " HEX_A "\nkey a " HEX_B), &secret, NULL) != 0
        || gig_secret_read(text("pepper " HEX_A "\nkey b " HEX_C "\nkey a " HEX_B), &rotated, NULL) != 0
        || gig_secret_read(text("pepper " HEX_A "\nkey a " HEX_C), &stranger, NULL) != 0)
    {
        return 1;
    }

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
