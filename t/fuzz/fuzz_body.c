
/*
 * The three parsers of bodies (the first byte says which).  Each input is read in
 * one piece and in pieces of a length that the second byte says: the sink must be
 * told the same, to the byte where it fails, and only valid UTF-8 of a bounded size.
 */

#include <stdlib.h>
#include <string.h>

#include "gig_body.h"
#include "gig_buf.h"

typedef struct {
    gig_buf_t  told;
    int        open, list, bytes;
    size_t     length, calls;
} fuzz_sink_t;


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static int
fuzz_begin(void *data, gig_str_t name, gig_value_kind_t kind, gig_error_t *err)
{
    fuzz_sink_t  *sink = data;

    (void) err;

    if (sink->open || name.len > GIG_BODY_NAME || !gig_utf8_valid(name)
        || (sink->list && (name.len != 0 || kind == GIG_VALUE_LIST))
        || ++sink->calls > 4 * GIG_BODY_PARTS)
    {
        abort();
    }

    sink->list |= kind == GIG_VALUE_LIST;
    sink->open = kind != GIG_VALUE_LIST;
    sink->bytes = kind == GIG_VALUE_FILE || kind == GIG_VALUE_NO_FILE;
    sink->length = 0;
    gig_buf_printf(&sink->told, "<%d ", (int) kind);
    gig_buf_str(&sink->told, name);
    gig_buf_puts(&sink->told, " ");

    return 0;
}


static int
fuzz_more(void *data, gig_str_t piece, gig_error_t *err)
{
    fuzz_sink_t  *sink = data;

    (void) err;

    sink->length += piece.len;

    if (!sink->open || piece.len == 0 || piece.len > GIG_BODY_PIECE
        || (!sink->bytes && sink->length > GIG_BODY_VALUE))
    {
        abort();
    }

    gig_buf_str(&sink->told, piece);

    return 0;
}


static int
fuzz_end(void *data, gig_error_t *err)
{
    gig_str_t     text;
    fuzz_sink_t  *sink = data;

    (void) err;

    if (!sink->open && !sink->list) {
        abort();
    }

    if (sink->open && !sink->bytes) {

        text = (gig_str_t) { sink->told.data + sink->told.len - sink->length, sink->length };

        if (!gig_utf8_valid(text)) {
            abort();
        }
    }

    sink->list &= sink->open;
    sink->open = 0;
    gig_buf_puts(&sink->told, ">");

    return 0;
}


static const gig_body_sink_t  fuzz_calls = { fuzz_begin, fuzz_more, fuzz_end };


static void
fuzz_read(gig_body_type_t type, gig_str_t body, size_t cut, gig_buf_t *told)
{
    int          rc;
    char        *piece;
    size_t       n;
    fuzz_sink_t  sink;
    gig_error_t  err;
    gig_body_t  *parser;

    memset(&sink, 0, sizeof(sink));
    memset(&err, 0, sizeof(err));
    gig_buf_init(&sink.told, 4 * GIG_BODY_MAX);

    parser = malloc(sizeof(*parser));
    if (parser == NULL) {
        abort();
    }

    gig_body_init(parser, type, gig_str("b"), &fuzz_calls, &sink);

    for (rc = 0; rc == 0 && body.len != 0; body.data += n, body.len -= n) {
        n = cut < body.len ? cut : body.len;
        piece = malloc(n);

        if (piece == NULL) {
            abort();
        }

        memcpy(piece, body.data, n);
        rc = gig_body_feed(parser, (gig_str_t) { piece, n }, &err);
        free(piece);
    }

    rc = rc == 0 ? gig_body_end(parser, &err) : rc;

    /* what was whole was closed */

    if (rc == 0 ? sink.open || sink.list || err.detail[0] != '\0' : err.detail[0] == '\0') {
        abort();
    }

    gig_buf_puts(&sink.told, err.detail);
    free(parser);
    *told = sink.told;
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gig_str_t        body;
    gig_buf_t        whole, cut;
    gig_body_type_t  type;

    if (size < 2) {
        return 0;
    }

    type = data[0] % 3 == 0 ? GIG_BODY_JSON : data[0] % 3 == 1 ? GIG_BODY_URLENCODED
                                                               : GIG_BODY_MULTIPART;
    body = (gig_str_t) { (const char *) data + 2, size - 2 };

    fuzz_read(type, body, body.len, &whole);
    fuzz_read(type, body, 1 + data[1] % 16u, &cut);

    if (whole.len != cut.len || gig_buf_failed(&whole)
        || (whole.len != 0 && memcmp(whole.data, cut.data, whole.len) != 0))
    {
        abort();
    }

    gig_buf_free(&whole);
    gig_buf_free(&cut);

    return 0;
}
