
/*
 * The catalog's digest is computed here and in Lua (redis.sha1hex), a fragment's
 * checksum by the processor or by tables: both must be the published functions.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_crc32c.h"
#include "gig_sha1.h"
#include "gig_sha256.h"


static void
sha1_is(gig_str_t bytes, const char *hex)
{
    char           text[GIG_DIGEST_TEXT];
    unsigned char  digest[GIG_DIGEST_SIZE];

    gig_sha1(bytes, digest);
    gig_digest_text(digest, text);
    assert_string_equal(text, hex);
}


static void
test_sha1(void **state)
{
    char  *million;

    (void) state;

    sha1_is(gig_null_str, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    sha1_is(gig_str("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    sha1_is(gig_str("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1");

    million = malloc(1000000);
    assert_non_null(million);
    memset(million, 'a', 1000000);
    sha1_is((gig_str_t) { million, 1000000 }, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
    sha1_is((gig_str_t) { million, 55 }, "c1c8bbdc22796e28c0e15163d20899b65621d65a");
    sha1_is((gig_str_t) { million, 56 }, "c2db330f6083854c99d4b5bfb6e8f29f201be699");
    sha1_is((gig_str_t) { million, 64 }, "0098ba824b5c16427bd7a1122a5a442a25ec644d");
    free(million);
}


/* FIPS 180-4's own examples (NIST's Cryptographic Standards and Guidelines, examples with values). */
static void
test_sha256(void **state)
{
    char          text[GIG_SHA256_TEXT];
    size_t        i;
    gig_sha256_t  sha256;

    static const struct {
        const char  *bytes, *hex;
    } known[] = {
        { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" }
    };

    (void) state;

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        gig_sha256_text((gig_str_t) { known[i].bytes, strlen(known[i].bytes) }, text);
        assert_string_equal(text, known[i].hex);
    }

    /* in pieces, one of them empty, and twice with the same state */

    gig_sha256_begin(&sha256);

    for (i = 0; i < 2; i++) {
        unsigned char  pieces[GIG_SHA256_SIZE], whole[GIG_SHA256_SIZE];

        gig_sha256_add(&sha256, gig_str("a"));
        gig_sha256_add(&sha256, gig_null_str);
        gig_sha256_add(&sha256, gig_str("bc"));
        gig_sha256_end(&sha256, pieces);
        gig_sha256(gig_str("abc"), whole);
        assert_memory_equal(pieces, whole, GIG_SHA256_SIZE);
    }
}


static void
test_digest(void **state)
{
    char           text[GIG_DIGEST_TEXT];
    unsigned char  digest[GIG_DIGEST_SIZE], term[GIG_DIGEST_SIZE], whole[GIG_DIGEST_SIZE];

    (void) state;

    memset(digest, 0, sizeof(digest));

    gig_digest_term('g', gig_str("g_1"), gig_str("sha256-00"), term);
    gig_sha1(gig_str("g:g_1:sha256-00"), whole);
    assert_memory_equal(term, whole, GIG_DIGEST_SIZE);

    gig_digest_xor(digest, term);
    assert_memory_equal(digest, whole, GIG_DIGEST_SIZE);

    gig_digest_term('f', gig_str("f_1"), gig_str("7"), term);
    gig_digest_xor(digest, term);
    gig_digest_xor(digest, whole);
    assert_memory_equal(digest, term, GIG_DIGEST_SIZE);

    gig_digest_xor(digest, term);
    gig_digest_text(digest, text);
    assert_string_equal(text, "0000000000000000000000000000000000000000");
}


static uint32_t
crc_by_bits(const unsigned char *p, size_t len)
{
    int       bit;
    uint32_t  crc;

    for (crc = 0xffffffff; len != 0; len--) {

        crc ^= *p++;

        for (bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
        }
    }

    return ~crc;
}


static void
test_crc32c(void **state)
{
    size_t         i, cut;
    uint32_t       whole;
    unsigned char  bytes[1100];

    (void) state;

    assert_int_equal(gig_crc32c(0, "123456789", 9), 0xe3069283);
    assert_int_equal(gig_crc32c(0, NULL, 0), 0);

    for (i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (unsigned char) (i * 131 + i / 7);
    }

    /* all lengths and alignments, both ways of computing, and in two parts */

    for (i = 0; i < 1000; i++) {

        whole = crc_by_bits(bytes + i % 9, i);
        cut = i * 7 % (i + 1);

        assert_int_equal(gig_crc32c(0, bytes + i % 9, i), whole);
        assert_int_equal(gig_crc32c_portable(0, bytes + i % 9, i), whole);
        assert_int_equal(gig_crc32c(gig_crc32c(0, bytes + i % 9, cut), bytes + i % 9 + cut, i - cut),
                         whole);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_sha1),
        cmocka_unit_test(test_sha256),
        cmocka_unit_test(test_digest),
        cmocka_unit_test(test_crc32c)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
