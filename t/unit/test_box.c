
/*
 * A box must open with the one right key and nothing else, whole or not at all,
 * and a worker's memory must open at most a minute of boxes.  One box made by
 * this format is kept here: every later release has to open it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "gig_box.h"
#include "gig_seal.h"

#define PLAIN   "{\"schema\":\"gig-application/1\"}"

static gig_public_key_t   public_key;
static gig_private_key_t  keys[3];              /* another's of the same name, another, ours */


static gig_str_t
text(const char *s)
{
    return (gig_str_t) { s, strlen(s) };
}


static gig_str_t
view(const gig_buf_t *b)
{
    return (gig_str_t) { b->data, b->len };
}


static int
opens(gig_str_t box)
{
    int          rc;
    gig_buf_t    plain;
    gig_error_t  err;

    gig_buf_init(&plain, GIG_BOX_PLAIN_MAX);
    rc = gig_box_open(keys, 3, box, &plain, &err);

    if (rc == 0) {
        assert_int_equal(plain.len, strlen(PLAIN));
        assert_memory_equal(plain.data, PLAIN, plain.len);
    }

    gig_buf_free(&plain);

    return rc == 0;
}


static void
test_open(void **state)
{
    char          kid[33];
    size_t        i;
    gig_buf_t     box, plain;
    gig_error_t   err;
    gig_sealer_t  sealer;

    (void) state;

    gig_sealer_init(&sealer, &public_key);
    gig_buf_init(&box, 65536);
    assert_int_equal(gig_box_seal(&sealer, 1000, text(PLAIN), &box), 0);
    assert_int_equal(box.len, 2 + 4 + 32 + 24 + 16 + strlen(PLAIN));
    assert_true(opens(view(&box)));
    assert_int_equal(gig_box_kid(view(&box), kid), 0);
    assert_string_equal(kid, "ours");

    /* every byte counts: any flipped, any missing, one more */

    for (i = 0; i < box.len; i++) {
        box.data[i] ^= 0x10;
        assert_false(opens(view(&box)));
        box.data[i] ^= 0x10;
        assert_false(opens((gig_str_t) { box.data, i }));
    }

    gig_buf_add(&box, "", 1);
    assert_false(opens(view(&box)));
    assert_int_equal(gig_box_kid(gig_null_str, kid), -1);

    /* the error tells a missing key from a damaged box */

    gig_buf_init(&plain, 100);
    assert_int_equal(gig_box_open(&keys[1], 1, view(&box), &plain, &err), -1);
    assert_non_null(strstr(err.detail, "the key ours, which is not among"));
    assert_int_equal(gig_box_open(keys, 3, view(&box), &plain, &err), -1);
    assert_non_null(strstr(err.detail, "damaged"));
    gig_buf_free(&plain);

    gig_buf_reset(&box);
    assert_int_equal(gig_box_seal(&sealer, 1000, text(PLAIN), &box), 0);
    gig_buf_init(&plain, strlen(PLAIN) - 1);
    assert_int_equal(gig_box_open(keys, 3, view(&box), &plain, &err), -1);
    gig_buf_free(&plain);

    gig_buf_reset(&box);
    assert_int_equal(gig_box_seal(&sealer, 1000, gig_null_str, &box), 0);
    gig_buf_init(&plain, 0);
    assert_int_equal(gig_box_open(keys, 3, view(&box), &plain, &err), 0);
    assert_int_equal(plain.len, 0);
    gig_buf_free(&plain);

    gig_buf_free(&box);
    gig_sealer_wipe(&sealer);
}


static void
test_pair_of_a_minute(void **state)
{
    unsigned       i;
    gig_buf_t      box;
    gig_sealer_t   sealer;
    unsigned char  pair[32];

    (void) state;

    gig_sealer_init(&sealer, &public_key);
    gig_buf_init(&box, 1 << 20);

    assert_int_equal(gig_box_seal(&sealer, 1000, text(PLAIN), &box), 0);
    memcpy(pair, sealer.ephemeral_public, 32);
    assert_int_equal(gig_box_seal(&sealer, 1059, text(PLAIN), &box), 0);
    assert_memory_equal(pair, sealer.ephemeral_public, 32);

    assert_int_equal(gig_box_seal(&sealer, 1060, text(PLAIN), &box), 0);
    assert_memory_not_equal(pair, sealer.ephemeral_public, 32);
    memcpy(pair, sealer.ephemeral_public, 32);

    /* a clock set back does not make it live longer */

    assert_int_equal(gig_box_seal(&sealer, 1059, text(PLAIN), &box), 0);
    assert_memory_not_equal(pair, sealer.ephemeral_public, 32);
    memcpy(pair, sealer.ephemeral_public, 32);

    for (i = 1; i < GIG_BOX_COUNT; i++) {
        gig_buf_reset(&box);
        assert_int_equal(gig_box_seal(&sealer, 1060, gig_null_str, &box), 0);
    }

    assert_memory_equal(pair, sealer.ephemeral_public, 32);
    assert_int_equal(gig_box_seal(&sealer, 1060, gig_null_str, &box), 0);
    assert_memory_not_equal(pair, sealer.ephemeral_public, 32);

    gig_sealer_wipe(&sealer);
    assert_true(sodium_is_zero(sealer.shared, sizeof(sealer.shared)));
    assert_int_equal(gig_box_seal(&sealer, 1060, (gig_str_t) { PLAIN, GIG_BOX_PLAIN_MAX + 1 }, &box),
                     -1);
    gig_buf_free(&box);
}


static void
key_refused(const char *file, const char *detail)
{
    gig_error_t        err;
    gig_public_key_t   key;
    gig_private_key_t  private_key;

    assert_int_equal(gig_public_key_read(text(file), &key, &err), -1);

    if (strstr(err.detail, detail) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", err.detail, detail);
    }

    assert_null(strstr(err.detail, "hunter2"));

    if (strstr(detail, "sealed") == NULL) {
        assert_int_equal(gig_private_key_read(text(file), &private_key, &err), -1);
        assert_null(strstr(err.detail, "hunter2"));
    }
}


static void
test_key_files(void **state)
{
    gig_error_t        err;
    gig_public_key_t   key;
    gig_private_key_t  private_key;

    (void) state;

    assert_int_equal(gig_public_key_read(text("# ours\r\n\nk AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8 \r\n"),
                                         &key, &err), 0);
    assert_string_equal(key.kid, "k");
    assert_int_equal(key.key[31], 31);

    assert_int_equal(gig_public_key_read(text("public k AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n"),
                                         &key, &err), 0);
    assert_string_equal(key.kid, "k");

    /* the halves look alike: the wrong one is refused, as what is sealed to it is lost */
    assert_int_equal(gig_public_key_read(text("private k AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"),
                                         &key, &err), -1);
    assert_string_equal(err.detail, "line 1: this is the private half of a pair; the public one is wanted");
    assert_int_equal(gig_private_key_read(text("public k AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"),
                                          &private_key, &err), -1);
    assert_string_equal(err.detail, "line 1: this is the public half of a pair; the private one is wanted");

    key_refused("", "there is no");
    key_refused("# nothing\n", "there is no");
    key_refused("hunter2", "line 1: a");
    key_refused("k hunter2", "line 1: after the name");
    key_refused("k  AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "line 1: after the name");
    key_refused("k AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9", "line 1: after the name");
    key_refused("a.b AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "line 1: a");
    key_refused("k AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\nk AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
                "line 2: a second key");
    key_refused("k AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "nothing can be sealed");
    key_refused("k AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "nothing can be sealed");
}


static void
test_format_1(void **state)
{
    static const char   box[] =
        "01046b657074910f0f4cf36d40890d8df225508ddadd51c25278050d4c32841b94a01b73b46cf5c4"
        "2ebfa3f6878772eb47e8c0c1dab9fa2b1a5f7ca2a210484df90eab9bb530c1b645232d57a5b59060"
        "27f44aea6e342cae2943f90129b5714145e3198e0b4fac0bdf132855";
    size_t              len;
    gig_buf_t           plain;
    gig_error_t         err;
    unsigned char       bytes[256];
    gig_private_key_t   key;

    (void) state;

    assert_int_equal(gig_private_key_read(text("kept AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"),
                                          &key, &err), 0);
    assert_int_equal(sodium_hex2bin(bytes, sizeof(bytes), box, strlen(box), NULL, &len, NULL), 0);

    gig_buf_init(&plain, 256);
    assert_int_equal(gig_box_open(&key, 1, (gig_str_t) { (char *) bytes, len }, &plain, &err), 0);
    assert_int_equal(plain.len, strlen(PLAIN));
    assert_memory_equal(plain.data, PLAIN, plain.len);
    gig_buf_free(&plain);

    gig_private_key_wipe(&key);
    assert_true(sodium_is_zero((unsigned char *) &key, sizeof(key)));
}


static int
make_keys(void)
{
    int          rc;
    unsigned     i;
    gig_buf_t    file[3];
    const char  *kid[] = { "ours", "other", "ours" };

    rc = 0;

    for (i = 0; i < 3; i++) {
        gig_buf_init(&file[0], 4096);
        gig_buf_init(&file[1], 4096);
        gig_buf_init(&file[2], 4096);

        rc |= gig_keygen(kid[i], &file[0], &file[1], &file[2]);
        rc |= gig_private_key_read(view(&file[1]), &keys[i], NULL);
        rc |= gig_public_key_read(view(&file[2]), &public_key, NULL);

        gig_buf_free(&file[0]);
        gig_buf_free(&file[1]);
        gig_buf_free(&file[2]);
    }

    return rc;
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_open),
        cmocka_unit_test(test_pair_of_a_minute),
        cmocka_unit_test(test_key_files),
        cmocka_unit_test(test_format_1)
    };

    if (sodium_init() < 0 || make_keys() != 0) {
        return 1;
    }

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
