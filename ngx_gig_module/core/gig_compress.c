
/* zlib and brotli, each in its one-call form. */

#include "gig_compress.h"

#include <limits.h>
#include <string.h>

#include <brotli/encode.h>
#include <zlib.h>


/* What pays: higher levels take several times as long for some per cent. */
#define GIG_GZIP_LEVEL          6
#define GIG_GZIP_MEMORY         8               /* zlib's default */
#define GIG_GZIP_WRAPPER        16              /* added to the window: gzip, not zlib */
#define GIG_BROTLI_LEVEL        5
#define GIG_BROTLI_WINDOW       18              /* bits: 256 KB */


static size_t gig_compress_gzip(gig_str_t body, char *out, size_t size);
static size_t gig_compress_brotli(gig_str_t body, char *out, size_t size);


const char *
gig_encoding_name(gig_encoding_t encoding)
{
    switch (encoding) {

    case GIG_GZIP:
        return "gzip";

    case GIG_BROTLI:
        return "br";

    default:
        return "";
    }
}


size_t
gig_compress(gig_encoding_t encoding, gig_str_t body, char *out, size_t size)
{
    if (body.len == 0 || body.len > INT_MAX || size == 0 || size > INT_MAX) {
        return 0;
    }

    switch (encoding) {

    case GIG_GZIP:
        return gig_compress_gzip(body, out, size);

    case GIG_BROTLI:
        return gig_compress_brotli(body, out, size);

    default:
        return 0;
    }
}


static size_t
gig_compress_gzip(gig_str_t body, char *out, size_t size)
{
    int       done;
    size_t    len;
    z_stream  stream;

    memset(&stream, 0, sizeof(stream));

    if (deflateInit2(&stream, GIG_GZIP_LEVEL, Z_DEFLATED, MAX_WBITS + GIG_GZIP_WRAPPER,
                     GIG_GZIP_MEMORY, Z_DEFAULT_STRATEGY)
        != Z_OK)
    {
        return 0;
    }

    /* zlib's input is not const, and is not written to */
    stream.next_in = (Bytef *) (uintptr_t) body.data;
    stream.avail_in = (uInt) body.len;
    stream.next_out = (Bytef *) out;
    stream.avail_out = (uInt) size;

    done = (deflate(&stream, Z_FINISH) == Z_STREAM_END);
    len = size - stream.avail_out;

    /* an error here only says that the stream had not ended */
    (void) deflateEnd(&stream);

    return done ? len : 0;
}


static size_t
gig_compress_brotli(gig_str_t body, char *out, size_t size)
{
    size_t  len;

    len = size;

    if (BrotliEncoderCompress(GIG_BROTLI_LEVEL, GIG_BROTLI_WINDOW, BROTLI_MODE_TEXT, body.len,
                              (const uint8_t *) body.data, &len, (uint8_t *) out)
        != BROTLI_TRUE)
    {
        return 0;
    }

    return len;
}
