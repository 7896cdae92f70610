
/*
 * An id minted on one host must be the same on every other and in every later
 * release: the vectors here hold the formats still.  And the secret file is
 * typed by people: each mistake is named by its line, and never shown again.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "gig_seal.h"

#define HEX_A   "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define HEX_B   "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
#define HEX_C   "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"


static gig_str_t
text(const char *s)
{
    return (gig_str_t) { s, strlen(s) };
}


static void
read_secret(const char *file, gig_secret_t *secret)
{
    gig_error_t  err;

    assert_int_equal(gig_secret_read(text(file), secret, &err), 0);
}


static void
refused(const char *file, const char *detail)
{
    gig_error_t   err;
    gig_secret_t  secret;

    memset(&err, 0, sizeof(err));
    assert_int_equal(gig_secret_read(text(file), &secret, &err), -1);

    if (strstr(err.detail, detail) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", err.detail, detail);
    }

    assert_null(strstr(err.detail, "0102"));
    assert_null(strstr(err.detail, "hunter2"));

    gig_secret_wipe(&secret);
}


static void
test_secret_file(void **state)
{
    unsigned      i;
    char          file[8192];
    gig_secret_t  secret, plain;

    (void) state;

    read_secret("# ours\r\n\r\n  pepper\t" HEX_A "  # comment\r\nkey new " HEX_B "\nkey old " HEX_C,
                &secret);
    assert_int_equal(secret.n, 2);
    assert_string_equal(secret.key[0].kid, "new");
    assert_string_equal(secret.key[1].kid, "old");
    read_secret("pepper " HEX_A "\nkey a " HEX_B, &plain);
    assert_memory_equal(&secret.pepper, &plain.pepper, sizeof(secret.pepper));
    gig_secret_wipe(&secret);
    assert_true(sodium_is_zero((unsigned char *) &secret, sizeof(secret)));

    refused("", "no line \"pepper HEX\"");
    refused("key a " HEX_B, "no line \"pepper HEX\"");
    refused("pepper " HEX_A, "no line \"key NAME HEX\"");
    refused("pepper " HEX_A "\npepper " HEX_A, "line 2: a second pepper");
    refused("pepper " HEX_A "0", "line 1: after \"pepper\"");
    refused("\n\npepper 0102", "line 3: after \"pepper\"");
    refused("pepper " HEX_A "\nkey a 0102", "line 2: after the key's name");
    refused("pepper " HEX_A "\nkey a " HEX_B "\nkey a " HEX_C, "line 3: a key of this name");
    refused("pepper " HEX_A "\nkey a.b " HEX_B, "line 2: a key's name");
    refused("pepper " HEX_A "\nkey aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa " HEX_B, "line 2: a key's name");
    refused("hunter2", "line 1: a line is");
    refused("pepper " HEX_A " " HEX_A, "line 1: a line is");
    refused("pepper " HEX_A "\nkey a " HEX_B " more", "line 2: a line is");
    refused("pepper zz0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
            "line 1: after \"pepper\"");

    strcpy(file, "pepper " HEX_A "\n");

    for (i = 0; i <= GIG_KEYS_MAX; i++) {
        snprintf(file + strlen(file), 128, "key k%u " HEX_B "\n", i);
    }

    refused(file, "line 10: a secret file has at most 8 keys");

    memset(file, '#', sizeof(file));
    assert_int_equal(gig_secret_read((gig_str_t) { file, GIG_SECRET_FILE_MAX + 1 }, &secret, NULL),
                     -1);
}


static void
test_names(void **state)
{
    char          who[GIG_HASH_TEXT], other[GIG_HASH_TEXT], id[GIG_APPLICATION_TEXT];
    char          key[GIG_HASH_TEXT];
    gig_secret_t  secret, rotated, foreign;

    (void) state;

    read_secret("pepper " HEX_A "\nkey a " HEX_B, &secret);
    read_secret("pepper " HEX_A "\nkey b " HEX_C "\nkey a " HEX_B, &rotated);

    gig_applicant_hash(&secret, text("acme"), text("dana@example.edu"), who);
    assert_string_equal(who, "08cZNI81X2GPj-9CvrEwrY7Yu4J-z8j2D63UY6Mglyc");
    gig_application_id(&secret, text("g_1"), text(who), text("key-1"), id);
    assert_string_equal(id, "kWTPZYnmguGY-qWBf3-ffA");
    gig_fingerprint(&secret, text("{\"statement\":\"x\"}"), other);
    assert_string_equal(other, "3zfpUhQRwKPGRrAdcSSRMO4Gayp7852ogiSUJQS2_DM");

    /* what was sent without a key: each part counts, and whose secret it is */

    gig_content_key(&secret, text("g_1"), text("dana@example.edu"), text("{}"), key);
    gig_content_key(&rotated, text("g_1"), text("dana@example.edu"), text("{}"), other);
    assert_string_equal(other, key);
    gig_content_key(&secret, text("g_1d"), text("ana@example.edu"), text("{}"), other);
    assert_string_not_equal(other, key);
    gig_content_key(&secret, text("g_1"), text("dana@example.edu"), text("{ }"), other);
    assert_string_not_equal(other, key);

    read_secret("pepper " HEX_B "\nkey a " HEX_B, &foreign);
    gig_content_key(&foreign, text("g_1"), text("dana@example.edu"), text("{}"), other);
    assert_string_not_equal(other, key);

    /* the pepper alone makes names: rotating keys changes none */

    gig_applicant_hash(&rotated, text("acme"), text("dana@example.edu"), other);
    assert_string_equal(other, who);

    /* parts do not run into each other, and boards do not know each other's applicants */

    gig_applicant_hash(&secret, text("acmed"), text("ana@example.edu"), other);
    assert_string_not_equal(other, who);
    gig_applicant_hash(&secret, text("other"), text("dana@example.edu"), other);
    assert_string_not_equal(other, who);

    gig_secret_wipe(&secret);
    gig_secret_wipe(&rotated);
}


static void
test_sign(void **state)
{
    char          signature[GIG_SIGNATURE_TEXT], changed[GIG_SIGNATURE_TEXT];
    gig_secret_t  secret, rotated, stranger;

    (void) state;

    read_secret("pepper " HEX_A "\nkey a " HEX_B, &secret);
    read_secret("pepper " HEX_A "\nkey b " HEX_C "\nkey a " HEX_B, &rotated);
    read_secret("pepper " HEX_A "\nkey a " HEX_C, &stranger);

    gig_sign(&secret, text("bytes"), signature);
    assert_string_equal(signature, "0zPfjn1M6HPXarcS7nFnPG4t8h9JL8tGVhi8bGQEDpvnXsLpl4jOuawzaPlqc7AsR9PwN4eetJ488x6lukfrBw");

    assert_int_equal(gig_sign_check(&secret, text("a"), text("bytes"), text(signature)), 0);
    assert_int_equal(gig_sign_check(&rotated, text("a"), text("bytes"), text(signature)), 0);
    assert_int_equal(gig_sign_check(&rotated, text("b"), text("bytes"), text(signature)), -1);
    assert_int_equal(gig_sign_check(&rotated, text("c"), text("bytes"), text(signature)), -1);
    assert_int_equal(gig_sign_check(&stranger, text("a"), text("bytes"), text(signature)), -1);
    assert_int_equal(gig_sign_check(&secret, text("a"), text("byte"), text(signature)), -1);
    assert_int_equal(gig_sign_check(&secret, text("a"), text("bytes"), gig_null_str), -1);

    strcpy(changed, signature);
    changed[5] = changed[5] == 'A' ? 'B' : 'A';
    assert_int_equal(gig_sign_check(&secret, text("a"), text("bytes"), text(changed)), -1);
}


static void
test_keygen(void **state)
{
    gig_buf_t     file[3], again[3];
    unsigned      i;
    gig_error_t   err;
    gig_secret_t  secret;

    (void) state;

    for (i = 0; i < 3; i++) {
        gig_buf_init(&file[i], 4096);
        gig_buf_init(&again[i], 4096);
    }

    assert_int_equal(gig_keygen("edge-2026-09", &file[0], &file[1], &file[2]), 0);
    assert_int_equal(gig_keygen("edge-2026-09", &again[0], &again[1], &again[2]), 0);
    assert_int_equal(gig_secret_read((gig_str_t) { file[0].data, file[0].len }, &secret, &err), 0);
    assert_string_equal(secret.key[0].kid, "edge-2026-09");

    for (i = 0; i < 3; i++) {
        assert_int_equal(file[i].len, again[i].len);
        assert_memory_not_equal(file[i].data, again[i].data, file[i].len);
        gig_buf_reset(&file[i]);
    }

    assert_int_equal(gig_keygen("two words", &file[0], &file[1], &file[2]), -1);
    assert_int_equal(gig_keygen("", &file[0], &file[1], &file[2]), -1);
    assert_int_equal(file[0].len, 0);

    for (i = 0; i < 3; i++) {
        gig_buf_free(&file[i]);
        gig_buf_free(&again[i]);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_secret_file),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_sign),
        cmocka_unit_test(test_keygen)
    };

    if (sodium_init() < 0) {
        return 1;
    }

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
