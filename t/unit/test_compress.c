
/*
 * Compressed bytes are made once and sent to thousands: what comes out must be the
 * body again, the same bytes every time, and nothing at all when it does not fit.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <brotli/decode.h>
#include <cmocka.h>
#include <zlib.h>

#include "gig_compress.h"


#define BODY_MAX    (128 * 1024)


static size_t
restore(gig_encoding_t encoding, const char *data, size_t len, char *out, size_t size)
{
    size_t    n;
    z_stream  stream;

    if (encoding == GIG_BROTLI) {
        n = size;
        assert_int_equal(BrotliDecoderDecompress(len, (const uint8_t *) data, &n, (uint8_t *) out),
                         BROTLI_DECODER_RESULT_SUCCESS);
        return n;
    }

    memset(&stream, 0, sizeof(stream));
    assert_int_equal(inflateInit2(&stream, MAX_WBITS + 16), Z_OK);

    stream.next_in = (Bytef *) (uintptr_t) data;
    stream.avail_in = (uInt) len;
    stream.next_out = (Bytef *) out;
    stream.avail_out = (uInt) size;

    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.avail_in, 0);
    n = size - stream.avail_out;
    assert_int_equal(inflateEnd(&stream), Z_OK);

    return n;
}


/* Text as a list has it: the same members over and over, with other values. */

static size_t
listing(char *body, size_t len)
{
    int     n;
    char    gig[128];
    size_t  at, part;

    for (at = 0, n = 0; at < len; at += part, n++) {
        part = (size_t) snprintf(gig, sizeof(gig), "{\"id\":\"gig-%d\",\"title\":\"Title %d\","
                                 "\"state\":\"open\",\"pay\":%d},", n, n * 7919 % 1000, n * 31);
        part = part > len - at ? len - at : part;
        memcpy(body + at, gig, part);
    }

    return len;
}


static void
test_there_and_back(void **state)
{
    int             i;
    size_t          n, len;
    gig_encoding_t  encoding;

    static char          body[BODY_MAX], again[BODY_MAX], out[BODY_MAX], out2[BODY_MAX];
    static const size_t  lengths[] = { 256, 1000, 22000, 65536, BODY_MAX };

    (void) state;

    for (encoding = GIG_GZIP; encoding <= GIG_BROTLI; encoding++) {
        for (i = 0; i < (int) (sizeof(lengths) / sizeof(lengths[0])); i++) {

            len = listing(body, lengths[i]);

            n = gig_compress(encoding, (gig_str_t) { body, len }, out, len - 1);
            assert_true(n > 0 && n < len);

            assert_int_equal(restore(encoding, out, n, again, sizeof(again)), len);
            assert_memory_equal(again, body, len);

            assert_int_equal(gig_compress(encoding, (gig_str_t) { body, len }, out2, len - 1), n);
            assert_memory_equal(out, out2, n);

            /* exactly as much room as it takes; one byte less is none */
            assert_int_equal(gig_compress(encoding, (gig_str_t) { body, len }, out2, n), n);
            assert_int_equal(gig_compress(encoding, (gig_str_t) { body, len }, out2, n - 1), 0);
        }
    }
}


static void
test_nothing_gained(void **state)
{
    size_t          i;
    uint32_t        x;
    gig_encoding_t  encoding;

    static char  noise[4096], out[4096];

    (void) state;

    for (i = 0, x = 1; i < sizeof(noise); i++) {
        x = x * 1664525u + 1013904223u;
        noise[i] = (char) (x >> 24);
    }

    for (encoding = GIG_GZIP; encoding <= GIG_BROTLI; encoding++) {
        assert_int_equal(gig_compress(encoding, (gig_str_t) { noise, sizeof(noise) }, out,
                                      sizeof(noise) - 1), 0);
        assert_int_equal(gig_compress(encoding, gig_null_str, out, sizeof(out)), 0);
        assert_int_equal(gig_compress(encoding, gig_str("a"), out, 0), 0);
    }

    assert_int_equal(gig_compress(GIG_IDENTITY, gig_str("aaaaaaaaaa"), out, sizeof(out)), 0);
}


static void
test_names(void **state)
{
    (void) state;

    assert_string_equal(gig_encoding_name(GIG_IDENTITY), "");
    assert_string_equal(gig_encoding_name(GIG_GZIP), "gzip");
    assert_string_equal(gig_encoding_name(GIG_BROTLI), "br");
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_nothing_gained),
        cmocka_unit_test(test_names),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
