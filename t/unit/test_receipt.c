
/*
 * A receipt is what the applicant holds against the company: whatever in it is changed must show,
 * whether it was signed alone or with others, and none may be passed off as what it is not.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "gig_json.h"
#include "gig_receipt.h"

#define HEX_A   "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define HEX_B   "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
#define HEX_C   "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"

#define URL     "https://careers.example.edu/gigs/receipts/"

static gig_secret_t  secret, stranger;


static gig_str_t
text(const char *s)
{
    return (gig_str_t) { s, strlen(s) };
}


/* The one with that number in its id. */

static int
begin(unsigned char number, const char *seat, const char *confirmation, char *token, gig_buf_t *out)
{
    char              id[GIG_APPLICATION_TEXT];
    unsigned char     bytes[GIG_APPLICATION_ID] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
                                                    14, 15 };
    gig_submission_t  s;

    memset(&s, 0, sizeof(s));
    bytes[0] = number;
    (void) sodium_bin2base64(id, sizeof(id), bytes, sizeof(bytes),
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING);

    s.id = id;
    s.print = "PRINT";
    s.gig = text("g_1");
    s.received_ms = INT64_C(1789912800214);
    s.seat = seat;
    s.token = token;

    gig_token_make(&secret, id, token);
    gig_buf_init(out, GIG_RECEIPT_MAX);

    return gig_receipt_begin(&secret, &s, confirmation, out);
}


static void
end(const gig_receipts_t *signed_, size_t number, const char *token, gig_buf_t *out)
{
    char  url[128];

    (void) snprintf(url, sizeof(url), URL "%s", token);
    assert_int_equal(gig_receipt_end(signed_, number, text(url), out), 0);
    gig_buf_add(out, "", 1);
    assert_false(gig_buf_failed(out));
}


static void
verify(const char *json, const char *pointer)
{
    gig_error_t  err;

    memset(&err, 0, sizeof(err));

    if (gig_receipt_verify(&secret, text(json), &err) == 0) {
        assert_null(pointer);
        return;
    }

    assert_non_null(pointer);
    assert_string_equal(err.pointer, pointer);
}


/* Replaces the first `from` of the receipt, and verifies. */

static void
changed(const char *receipt, const char *from, const char *to, const char *pointer)
{
    char         json[GIG_RECEIPT_MAX];
    const char  *place;

    place = strstr(receipt, from);
    assert_non_null(place);
    (void) snprintf(json, sizeof(json), "%.*s%s%s", (int) (place - receipt), receipt, to,
                    place + strlen(from));
    verify(json, pointer);
}


/* The bytes of a receipt alone: those of every release. */

static void
test_alone(void **state)
{
    char            token[GIG_TOKEN_TEXT];
    gig_buf_t       out;
    gig_str_t       receipt;
    gig_error_t     err;
    gig_receipts_t  one;

    (void) state;

    assert_int_equal(begin(0, "reserved", "queued", token, &out), 0);
    receipt = (gig_str_t) { out.data, out.len };
    gig_receipts_sign(&secret, &receipt, 1, &one);
    end(&one, 0, token, &out);

    assert_string_equal(out.data,
        "{\"confirmation\":\"queued\",\"content\":\"hmac-PRINT\",\"gig\":\"g_1\",\"kid\":\"a\",\"recei"
        "ved_at\":\"2026-09-20T14:00:00.214Z\",\"schema\":\"gig-receipt/1\",\"seat\":\"reserved"
        "\",\"token\":\"AAECAwQFBgcICQoLDA0OD0hmOCOqbZ5OqVEAqZX33V8\",\"sig\":\"a1CjzOxq9nsf"
        "vZ3vQ1UX33UwwPccODzsau5E9tsk1AIfF0yJdhWPmbjgsvLc_nrdjOKUTXfHJBTF0pPqX8DVAQ\",\""
        "url\":\"https://careers.example.edu/gigs/receipts/AAECAwQFBgcICQoLDA0OD0hmOCOq"
        "bZ5OqVEAqZX33V8\"}");

    verify(out.data, NULL);
    changed(out.data, "queued", "record", "/sig");
    changed(out.data, "reserved", "reservEd", "/sig");
    changed(out.data, "g_1", "g_2", "/sig");
    changed(out.data, "hmac-PRINT", "hmac-PRONT", "/sig");
    changed(out.data, "\"kid\":\"a\"", "\"kid\":\"b\"", "/sig");
    changed(out.data, "gig-receipt/1", "gig-receipt/2", "/schema");
    changed(out.data, "careers", "parkers", NULL);              /* the address may move */
    changed(out.data, "receipts/AAEC", "receipts/AAED", "/url");
    changed(out.data, "\"token\":\"AAEC", "\"token\":\"AAED", "/token");
    changed(out.data, "\"confirmation\"", "\"konfirmation\"", "/sig");
    changed(out.data, "\"url\"", "\"inclusion\":{\"leaf_index\":0,\"tree_size\":1,\"path\":[]},"
            "\"url\"", "/sig");
    verify("{}", "/schema");
    verify("[]", "/schema");
    verify("x", "");
    assert_int_equal(gig_receipt_verify(&stranger, text(out.data), &err), -1);

    gig_buf_free(&out);

    /* a pending one has no seat */

    assert_int_equal(begin(0, NULL, "pending", token, &out), 0);
    receipt = (gig_str_t) { out.data, out.len };
    gig_receipts_sign(&secret, &receipt, 1, &one);
    end(&one, 0, token, &out);
    assert_non_null(strstr(out.data, "\"seat\":null"));
    verify(out.data, NULL);

    gig_buf_free(&out);
}


static void
test_together(void **state)
{
    char            token[GIG_RECEIPTS_MAX][GIG_TOKEN_TEXT], other[GIG_RECEIPT_MAX];
    size_t          i, n;
    gig_buf_t       out[GIG_RECEIPTS_MAX];
    gig_str_t       receipt[GIG_RECEIPTS_MAX];
    gig_receipts_t  all;

    (void) state;

    /* begin() sets each, which cppcheck does not see */
    memset(out, 0, sizeof(out));

    for (n = 2; n <= GIG_RECEIPTS_MAX; n += n < 8 ? 1 : 7) {

        for (i = 0; i < n; i++) {
            assert_int_equal(begin((unsigned char) i, "reserved", "recorded", token[i], &out[i]), 0);
            receipt[i] = (gig_str_t) { out[i].data, out[i].len };
        }

        gig_receipts_sign(&secret, receipt, n, &all);

        for (i = 0; i < n; i++) {
            end(&all, i, token[i], &out[i]);
            verify(out[i].data, NULL);
            changed(out[i].data, "reserved", "reservEd", "/sig");
            changed(out[i].data, "\"kid\":\"a\"", "\"kid\":\"b\"", "/sig");
            changed(out[i].data, "\"inclusion\"", "\"konklusion\"", "/sig");
        }

        /* what led another one there leads this one nowhere */

        (void) snprintf(other, sizeof(other), "%.*s%s",
                        (int) (strstr(out[0].data, "\"sig\"") - out[0].data), out[0].data,
                        strstr(out[1].data, "\"sig\""));
        verify(other, "/sig");

        for (i = 0; i < n; i++) {
            gig_buf_free(&out[i]);
        }
    }
}


static void
test_inclusion(void **state)
{
    char            token[2][GIG_TOKEN_TEXT];
    gig_buf_t       out[2];
    gig_str_t       receipt[2];
    gig_receipts_t  both;

    (void) state;

    assert_int_equal(begin(0, "reserved", "recorded", token[0], &out[0]), 0);
    assert_int_equal(begin(1, "reserved", "recorded", token[1], &out[1]), 0);
    receipt[0] = (gig_str_t) { out[0].data, out[0].len };
    receipt[1] = (gig_str_t) { out[1].data, out[1].len };
    gig_receipts_sign(&secret, receipt, 2, &both);
    end(&both, 0, token[0], &out[0]);
    verify(out[0].data, NULL);

    changed(out[0].data, "\"leaf_index\":0", "\"leaf_index\":1", "/sig");
    changed(out[0].data, "\"leaf_index\":0", "\"leaf_index\":2", "/inclusion");
    changed(out[0].data, "\"leaf_index\":0", "\"leaf_index\":-1", "/inclusion");
    changed(out[0].data, "\"leaf_index\":0", "\"leaf_index\":\"0\"", "/inclusion");
    changed(out[0].data, "\"leaf_index\":0,", "", "/inclusion");
    changed(out[0].data, "\"tree_size\":2", "\"tree_size\":1", "/inclusion");
    changed(out[0].data, "\"tree_size\":2", "\"tree_size\":0", "/inclusion");
    changed(out[0].data, "\"tree_size\":2", "\"tree_size\":65", "/inclusion");
    changed(out[0].data, "\"tree_size\":2", "\"tree_size\":9223372036854775807", "/inclusion");
    changed(out[0].data, "\"path\":[\"", "\"path\":[\"A", "/inclusion");
    changed(out[0].data, "\"path\":[\"", "\"path\":[7,\"", "/inclusion");
    changed(out[0].data, "\"path\":[\"", "\"path\":[\"!", "/inclusion");
    changed(out[0].data, "\"path\":", "\"p\":", "/inclusion");
    changed(out[0].data, "\"inclusion\":{", "\"inclusion\":[],\"x\":{", "/inclusion");

    gig_buf_free(&out[0]);
    gig_buf_free(&out[1]);
}


static void
test_faults(void **state)
{
    char            token[GIG_TOKEN_TEXT];
    gig_buf_t       out;
    gig_str_t       receipt;
    gig_receipts_t  one;
    gig_submission_t  s;

    (void) state;

    assert_int_equal(begin(0, "reserved", "recorded", token, &out), 0);
    receipt = (gig_str_t) { out.data, out.len };
    gig_receipts_sign(&secret, &receipt, 1, &one);
    assert_int_equal(gig_receipt_end(&one, 0, text("/\xff"), &out), -1);
    gig_buf_free(&out);

    memset(&s, 0, sizeof(s));
    s.id = "none";
    gig_token_make(&secret, s.id, token);
    s.token = token;
    s.print = "PRINT";
    s.gig = text("g_1");
    gig_buf_init(&out, GIG_RECEIPT_MAX);
    assert_int_equal(gig_receipt_begin(&secret, &s, "recorded", &out), -1);
    gig_buf_free(&out);

    s.id = "AAECAwQFBgcICQoLDA0ODw";
    gig_token_make(&secret, s.id, token);
    gig_buf_init(&out, 64);
    assert_int_equal(gig_receipt_begin(&secret, &s, "recorded", &out), -1);
    assert_int_equal(gig_receipt_end(&one, 0, text("/x"), &out), -1);
    gig_buf_free(&out);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_alone),
        cmocka_unit_test(test_together),
        cmocka_unit_test(test_inclusion),
        cmocka_unit_test(test_faults)
    };

    if (sodium_init() < 0
        || gig_secret_read(text("pepper " HEX_A "\nkey a " HEX_B), &secret, NULL) != 0
        || gig_secret_read(text("pepper " HEX_A "\nkey a " HEX_C), &stranger, NULL) != 0)
    {
        return 1;
    }

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
