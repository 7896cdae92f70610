
/* What the parsers of bodies share: the Content-Type, names, values, errors. */

#include <string.h>
#include <strings.h>

#include "gig_body.h"


static int  gig_body_is(gig_str_t s, const char *name);
static gig_str_t  gig_body_parameter(gig_str_t *rest, gig_str_t *value);
static int  gig_body_boundary_valid(gig_str_t s);


int
gig_body_type(gig_str_t header, gig_body_type_t *type, gig_str_t *boundary)
{
    size_t       n;
    unsigned     boundaries;
    gig_str_t    name, value, rest;
    const char  *semicolon;

    *boundary = gig_null_str;

    semicolon = header.len != 0 ? memchr(header.data, ';', header.len) : NULL;
    n = semicolon != NULL ? (size_t) (semicolon - header.data) : header.len;
    rest = (gig_str_t) { header.data + n, header.len - n };

    while (n != 0 && (header.data[n - 1] == ' ' || header.data[n - 1] == '\t')) {
        n--;
    }

    name = (gig_str_t) { header.data, n };

    if (gig_body_is(name, "application/json")) {
        *type = GIG_BODY_JSON;
        return 0;
    }

    if (gig_body_is(name, "application/x-www-form-urlencoded")) {
        *type = GIG_BODY_URLENCODED;
        return 0;
    }

    if (!gig_body_is(name, "multipart/form-data")) {
        return -1;
    }

    *type = GIG_BODY_MULTIPART;
    boundaries = 0;

    while (rest.len != 0) {

        name = gig_body_parameter(&rest, &value);

        if (gig_body_is(name, "boundary")) {
            *boundary = value;
            boundaries++;
        }
    }

    /* of two boundaries nobody knows which one counts */

    if (boundaries != 1 || !gig_body_boundary_valid(*boundary)) {
        *boundary = gig_null_str;
    }

    return 0;
}


static int
gig_body_is(gig_str_t s, const char *name)
{
    return s.len == strlen(name) && strncasecmp(s.data, name, s.len) == 0;
}


/* The next "; name=value" of a header; what cannot be read has no name and ends it. */

static gig_str_t
gig_body_parameter(gig_str_t *rest, gig_str_t *value)
{
    size_t       i, at;
    gig_str_t    name;
    const char  *p;

    p = rest->data;
    i = 0;
    *value = gig_null_str;

    while (i < rest->len && (p[i] == ';' || p[i] == ' ' || p[i] == '\t')) {
        i++;
    }

    for (at = i; i < rest->len && p[i] != '=' && p[i] != ';'; i++) { /* void */ }

    name = (gig_str_t) { p + at, i - at };

    if (i < rest->len && p[i] == '=') {

        i++;

        if (i < rest->len && p[i] == '"') {

            for (at = ++i; i < rest->len && p[i] != '"'; i++) { /* void */ }

            *value = (gig_str_t) { p + at, i - at };

            if (i == rest->len) {
                *value = gig_null_str;              /* no quote ends it */
            } else {
                i++;
            }

            for (/* void */; i < rest->len && p[i] != ';'; i++) {
                if (p[i] != ' ' && p[i] != '\t') {
                    *value = gig_null_str;
                }
            }

        } else {

            for (at = i; i < rest->len && p[i] != ';'; i++) { /* void */ }

            *value = (gig_str_t) { p + at, i - at };

            while (value->len != 0
                   && (p[at + value->len - 1] == ' ' || p[at + value->len - 1] == '\t'))
            {
                value->len--;
            }
        }
    }

    rest->data += i;
    rest->len -= i;

    return name;
}


/* bchars of RFC 2046: no CR, so that a delimiter begins at one place at a time. */

static int
gig_body_boundary_valid(gig_str_t s)
{
    char    c;
    size_t  i;

    for (i = 0; i < s.len; i++) {

        c = s.data[i];

        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
              || (c != '\0' && strchr("'()+_,-./:=? ", c) != NULL)))
        {
            return 0;
        }
    }

    return s.len >= 1 && s.len <= GIG_BODY_BOUNDARY && s.data[s.len - 1] != ' ';
}


void
gig_body_init(gig_body_t *body, gig_body_type_t type, gig_str_t boundary,
    const gig_body_sink_t *sink, void *data)
{
    memset(body, 0, sizeof(*body));

    body->max = GIG_BODY_MAX;
    body->sink = sink;
    body->data = data;
    body->type = type;

    switch (type) {
    case GIG_BODY_JSON:
        gig_body_json_init(body);
        break;
    case GIG_BODY_MULTIPART:
        gig_body_multipart_init(body, boundary);
        break;
    default:
        break;
    }
}


int
gig_body_feed(gig_body_t *body, gig_str_t piece, gig_error_t *err)
{
    int     rc;
    size_t  over;

    if (body->failed) {
        return -1;
    }

    /* what is over is refused at its first byte, not before: a cut must change nothing */

    over = piece.len > body->max - body->offset ? piece.len - (body->max - body->offset) : 0;
    piece.len -= over;

    switch (body->type) {
    case GIG_BODY_JSON:
        rc = gig_body_json_feed(body, piece, err);
        break;
    case GIG_BODY_MULTIPART:
        rc = gig_body_multipart_feed(body, piece, err);
        break;
    default:
        rc = gig_body_urlencoded_feed(body, piece, err);
        break;
    }

    if (rc == 0 && over != 0) {
        body->over = 1;
        rc = gig_error_set(err, "", "there are too many bytes; at most %zu are read", body->max);
    }

    body->failed = rc != 0 ? 1 : 0;

    return rc;
}


int
gig_body_end(gig_body_t *body, gig_error_t *err)
{
    int  rc;

    if (body->failed) {
        return -1;
    }

    switch (body->type) {
    case GIG_BODY_JSON:
        rc = gig_body_json_end(body, err);
        break;
    case GIG_BODY_MULTIPART:
        rc = gig_body_multipart_end(body, err);
        break;
    default:
        rc = gig_body_urlencoded_end(body, err);
        break;
    }

    body->failed = 1;                           /* nothing may follow */

    return rc;
}


int
gig_body_wrong(const gig_body_t *body, gig_error_t *err, const char *what)
{
    return gig_error_set(err, "", "byte %zu: %s", body->offset, what);
}


int
gig_body_count(gig_body_t *body, gig_error_t *err)
{
    if (body->parts == GIG_BODY_PARTS) {
        return gig_error_set(err, "", "byte %zu: there are too many fields or values; at most %d "
                             "are read", body->offset, GIG_BODY_PARTS);
    }

    body->parts++;

    return 0;
}


void
gig_body_name_begin(gig_body_t *body)
{
    body->name_len = 0;
    gig_utf8_begin(&body->utf8);
}


int
gig_body_name_put(gig_body_t *body, unsigned char c, gig_error_t *err)
{
    const char  *wrong;

    wrong = gig_utf8_next(&body->utf8, c);

    if (wrong != NULL) {
        return gig_body_wrong(body, err, wrong);
    }

    if (body->name_len == GIG_BODY_NAME) {
        return gig_error_set(err, "", "byte %zu: a field's name is too long; at most %d bytes are "
                             "read", body->offset, GIG_BODY_NAME);
    }

    body->name[body->name_len++] = (char) c;

    return 0;
}


int
gig_body_name_end(gig_body_t *body, gig_error_t *err)
{
    const char  *wrong;

    wrong = gig_utf8_end(&body->utf8);

    return wrong == NULL ? 0 : gig_body_wrong(body, err, wrong);
}


int
gig_body_begin(gig_body_t *body, gig_str_t name, gig_value_kind_t kind, gig_error_t *err)
{
    gig_body_begin_silent(body);

    body->silent = 0;
    body->bytes = kind == GIG_VALUE_FILE || kind == GIG_VALUE_NO_FILE ? 1 : 0;

    return body->sink->begin(body->data, name, kind, err);
}


void
gig_body_begin_silent(gig_body_t *body)
{
    body->silent = 1;
    body->bytes = 0;
    body->length = 0;
    body->value_max = GIG_BODY_VALUE;
    body->piece_len = 0;
    gig_utf8_begin(&body->utf8);
}


int
gig_body_put(gig_body_t *body, unsigned char c, gig_error_t *err)
{
    const char  *wrong;

    if (!body->bytes) {

        wrong = gig_utf8_next(&body->utf8, c);

        if (wrong != NULL) {
            return gig_body_wrong(body, err, wrong);
        }

        /* what is of no field is not kept either, and so may have any length */

        if (!body->silent && ++body->length > body->value_max) {
            return gig_error_set(err, "", "byte %zu: a field is too long; at most %d bytes are "
                                 "read", body->offset, GIG_BODY_VALUE);
        }
    }

    if (body->silent) {
        return 0;
    }

    body->piece[body->piece_len++] = (char) c;

    return body->piece_len == GIG_BODY_PIECE ? gig_body_flush(body, err) : 0;
}


/*
 * Printable ASCII but quotes and backslashes, which mean something in JSON.  Stops before
 * there is anything to say or to hand on: that is left to _put.
 */

size_t
gig_body_put_plain(gig_body_t *body, gig_str_t bytes)
{
    size_t  n, most;

    if (body->bytes || body->utf8.need != 0) {
        return 0;
    }

    most = body->silent ? bytes.len : GIG_BODY_PIECE - 1 - body->piece_len;
    most = !body->silent && most > body->value_max - body->length ? body->value_max - body->length
                                                                  : most;
    most = most > bytes.len ? bytes.len : most;

    n = gig_utf8_plain((gig_str_t) { bytes.data, most });
    body->offset += n;

    if (!body->silent) {
        memcpy(body->piece + body->piece_len, bytes.data, n);
        body->piece_len += n;
        body->length += n;
    }

    return n;
}


/* Many at once: of a file, which is mostly one long run. */

int
gig_body_put_file(gig_body_t *body, gig_str_t bytes, gig_error_t *err)
{
    size_t  n;

    while (bytes.len != 0) {

        n = GIG_BODY_PIECE - body->piece_len;
        n = bytes.len < n ? bytes.len : n;

        memcpy(body->piece + body->piece_len, bytes.data, n);
        body->piece_len += n;
        bytes.data += n;
        bytes.len -= n;

        if (body->piece_len == GIG_BODY_PIECE && gig_body_flush(body, err) != 0) {
            return -1;
        }
    }

    return 0;
}


int
gig_body_value_end(gig_body_t *body, gig_error_t *err)
{
    const char  *wrong;

    wrong = body->bytes ? NULL : gig_utf8_end(&body->utf8);

    if (wrong != NULL) {
        return gig_body_wrong(body, err, wrong);
    }

    if (body->silent) {
        return 0;
    }

    return gig_body_flush(body, err) == 0 ? body->sink->end(body->data, err) : -1;
}


int
gig_body_flush(gig_body_t *body, gig_error_t *err)
{
    gig_str_t  piece;

    piece = (gig_str_t) { body->piece, body->piece_len };
    body->piece_len = 0;

    return piece.len != 0 ? body->sink->more(body->data, piece, err) : 0;
}
