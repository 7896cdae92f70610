
/*
 * A token is all that stands between a stranger and somebody's application, or
 * an expensive list: one flipped bit, another gig, another board's key must be
 * the same "no", and a key that was rotated out of first place must still do.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "gig_seal.h"

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
    char     id[GIG_APPLICATION_TEXT], gig[GIG_ID_MAX + 1];
    int64_t  number;

    switch (kind) {
    case 0:
        return gig_token_check(s, token, id);
    case 1:
        return gig_form_token_check(s, text("g_1"), token, &number);
    default:
        return gig_cursor_check(s, token, &number, gig);
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
test_cursor(void **state)
{
    char     cursor[GIG_CURSOR_TEXT], longest[GIG_ID_MAX + 1], id[GIG_ID_MAX + 1];
    int64_t  value;

    (void) state;

    gig_cursor_make(&secret, 1788267600, text("g_01JB2Q8Z7M4Y"), cursor);
    assert_string_equal(cursor, "5IPvsVnrywDjUtldXCMlcwAAAABqlsxQZ18wMUpCMlE4WjdNNFk");
    assert_int_equal(gig_cursor_check(&secret, text(cursor), &value, id), 0);
    assert_int_equal(value, 1788267600);
    assert_string_equal(id, "g_01JB2Q8Z7M4Y");
    only_this(2, cursor);

    memset(longest, 'x', GIG_ID_MAX);
    longest[GIG_ID_MAX] = '\0';
    gig_cursor_make(&secret, INT64_MIN, text(longest), cursor);
    assert_int_equal(gig_cursor_check(&secret, text(cursor), &value, id), 0);
    assert_true(value == INT64_MIN);
    assert_string_equal(id, longest);

    gig_cursor_make(&secret, 1, text("no id"), cursor);
    assert_string_equal(cursor, "");
}


/* A token of one kind is none of another, though all are of one secret. */

static void
test_kinds(void **state)
{
    char      token[3][256];
    unsigned  i, k;

    (void) state;

    gig_token_make(&secret, ID, token[0]);
    gig_form_token_make(&secret, text("g_1"), 1, token[1]);
    gig_cursor_make(&secret, 1, text("g_1"), token[2]);

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
        cmocka_unit_test(test_cursor),
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
