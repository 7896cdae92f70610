
/*
 * multipart/form-data as RFC 7578 has it, and not more: the body begins with its
 * first boundary and ends with its last, lines end in CRLF, a part has one
 * Content-Disposition and no encoding of its own.  What browsers, curl and the
 * libraries send is that; what reads differently to two readers is refused.
 */

#include <string.h>
#include <strings.h>

#include "gig_body.h"

enum {
    GIG_PART_START,                         /* the boundary of the first part */
    GIG_PART_DATA,
    GIG_PART_BOUNDARY,                      /* after a boundary */
    GIG_PART_LINE,                          /* the LF of its line */
    GIG_PART_HEADER,
    GIG_PART_LAST,                          /* the second "-" of the last one */
    GIG_PART_DONE,
    GIG_PART_DONE_LINE,
    GIG_PART_CLOSED                         /* after the CRLF behind it */
};

/* What the header of a part says. */
typedef struct {
    unsigned   disposition;                 /* how often */
    unsigned   file:1;                      /* there is a filename */
    unsigned   file_named:1;                /* that is not empty */
} gig_part_t;


static int  gig_part_byte(gig_body_t *body, char c, gig_error_t *err);
static int  gig_part_data(gig_body_t *body, char c, gig_error_t *err);
static int  gig_part_header(gig_body_t *body, char c, gig_error_t *err);
static int  gig_part_begin(gig_body_t *body, gig_error_t *err);
static int  gig_part_field(gig_body_t *body, gig_part_t *part, gig_str_t line, gig_error_t *err);
static int  gig_part_disposition(gig_body_t *body, gig_part_t *part, gig_str_t value,
                                 gig_error_t *err);
static int  gig_part_name(gig_body_t *body, gig_str_t s, gig_error_t *err);
static void  gig_part_filename(gig_body_t *body, gig_str_t s);
static int  gig_part_parameter(gig_str_t *rest, gig_str_t *name, gig_str_t *value);
static gig_str_t  gig_part_main(gig_str_t value, gig_str_t *rest);
static int  gig_part_type(gig_body_t *body, gig_str_t value, gig_error_t *err);
static int  gig_part_is(gig_str_t s, const char *name);


void
gig_body_multipart_init(gig_body_t *body, gig_str_t boundary)
{
    gig_body_multipart_t  *m;

    m = &body->u.multipart;

    if (boundary.len == 0 || boundary.len > GIG_BODY_BOUNDARY) {
        return;                             /* told at the first byte */
    }

    memcpy(m->delimiter, "\r\n--", 4);
    memcpy(m->delimiter + 4, boundary.data, boundary.len);
    m->delimiter_len = 4 + boundary.len;
    m->matched = 2;                         /* no line ends before the first one */
}


int
gig_body_multipart_feed(gig_body_t *body, gig_str_t piece, gig_error_t *err)
{
    size_t                 i, n;
    const char            *cr;
    gig_body_multipart_t  *m;

    m = &body->u.multipart;

    for (i = 0; i < piece.len; i++) {

        /* what cannot begin a delimiter is a file's as it is */

        if (m->state == GIG_PART_DATA && m->matched == 0 && body->bytes && !body->silent) {

            cr = memchr(piece.data + i, '\r', piece.len - i);
            n = cr != NULL ? (size_t) (cr - piece.data) - i : piece.len - i;

            if (gig_body_put_file(body, (gig_str_t) { piece.data + i, n }, err) != 0) {
                return -1;
            }

            body->offset += n;
            i += n;

            if (i == piece.len) {
                break;
            }
        }

        body->offset++;

        if (gig_part_byte(body, piece.data[i], err) != 0) {
            return -1;
        }
    }

    return 0;
}


int
gig_body_multipart_end(gig_body_t *body, gig_error_t *err)
{
    switch (body->u.multipart.state) {
    case GIG_PART_DONE:
    case GIG_PART_CLOSED:
        return 0;
    default:
        return gig_body_wrong(body, err, body->offset == 0 ? "the body is empty"
                              : "the body ends before its last boundary");
    }
}


static int
gig_part_byte(gig_body_t *body, char c, gig_error_t *err)
{
    gig_body_multipart_t  *m;

    m = &body->u.multipart;

    switch (m->state) {

    case GIG_PART_DATA:
        return gig_part_data(body, c, err);

    case GIG_PART_HEADER:
        return gig_part_header(body, c, err);

    case GIG_PART_START:
        if (m->delimiter_len == 0) {
            return gig_error_set(err, "", "the Content-Type has no boundary of 1 to %d characters",
                                 GIG_BODY_BOUNDARY);
        }

        if (c != m->delimiter[m->matched]) {
            return gig_body_wrong(body, err, "the body does not begin with the boundary that the "
                                  "Content-Type says");
        }

        if (++m->matched == m->delimiter_len) {
            m->state = GIG_PART_BOUNDARY;
        }

        return 0;

    case GIG_PART_BOUNDARY:
        if (c == '\r' || c == '-') {
            m->state = c == '-' ? GIG_PART_LAST : GIG_PART_LINE;
            return 0;
        }

        break;

    case GIG_PART_LINE:
        if (c == '\n') {
            m->state = GIG_PART_HEADER;
            m->header_len = 0;
            m->line = 0;
            return gig_body_count(body, err);
        }

        break;

    case GIG_PART_LAST:
        if (c == '-') {
            m->state = GIG_PART_DONE;
            return 0;
        }

        break;

    case GIG_PART_DONE:
    case GIG_PART_DONE_LINE:
        if (c == (m->state == GIG_PART_DONE ? '\r' : '\n')) {
            m->state = m->state == GIG_PART_DONE ? GIG_PART_DONE_LINE : GIG_PART_CLOSED;
            return 0;
        }

        return gig_body_wrong(body, err, "something follows after the last boundary");

    default:
        return gig_body_wrong(body, err, "something follows after the last boundary");
    }

    return gig_body_wrong(body, err, "a boundary must be followed by CRLF, the last one by \"--\"");
}


/*
 * Only a CR begins a delimiter and there is none in the rest of it: where the match
 * breaks off, what was held back is data and the search begins anew at this byte.
 */

static int
gig_part_data(gig_body_t *body, char c, gig_error_t *err)
{
    size_t                 i, n;
    gig_body_multipart_t  *m;

    m = &body->u.multipart;

    if (c == m->delimiter[m->matched]) {

        if (++m->matched < m->delimiter_len) {
            return 0;
        }

        m->state = GIG_PART_BOUNDARY;

        return gig_body_value_end(body, err);
    }

    n = m->matched;
    m->matched = c == '\r' ? 1 : 0;

    for (i = 0; i < n; i++) {
        if (gig_body_put(body, (unsigned char) m->delimiter[i], err) != 0) {
            return -1;
        }
    }

    return c == '\r' ? 0 : gig_body_put(body, (unsigned char) c, err);
}


static int
gig_part_header(gig_body_t *body, char c, gig_error_t *err)
{
    gig_body_multipart_t  *m;

    m = &body->u.multipart;

    if (m->header_len == GIG_BODY_HEADER) {
        return gig_error_set(err, "", "byte %zu: the header of a part is too long; at most %d "
                             "bytes are read", body->offset, GIG_BODY_HEADER);
    }

    if ((c == '\n') != (m->header_len > m->line && m->header[m->header_len - 1] == '\r')
        || ((unsigned char) c < 0x20 && strchr("\t\r\n", c) == NULL) || c == '\0' || c == 0x7f)
    {
        return gig_body_wrong(body, err, "a control character is not allowed in the header of a "
                              "part; its lines end in CRLF");
    }

    m->header[m->header_len++] = c;

    if (c != '\n') {
        return 0;
    }

    if (m->header_len - m->line == 2) {
        return gig_part_begin(body, err);
    }

    m->line = m->header_len;

    return 0;
}


/* The header is whole: a value begins. */

static int
gig_part_begin(gig_body_t *body, gig_error_t *err)
{
    gig_str_t              line, rest;
    gig_part_t             part;
    gig_value_kind_t       kind;
    gig_body_multipart_t  *m;

    m = &body->u.multipart;
    memset(&part, 0, sizeof(part));
    body->file_len = 0;

    rest = (gig_str_t) { m->header, m->header_len - 2 };

    while (rest.len != 0) {

        line.data = rest.data;
        line.len = (size_t) ((const char *) memchr(rest.data, '\r', rest.len) - rest.data);
        rest.data += line.len + 2;
        rest.len -= line.len + 2;

        if (gig_part_field(body, &part, line, err) != 0) {
            return -1;
        }
    }

    if (part.disposition != 1) {
        return gig_body_wrong(body, err, part.disposition == 0
                              ? "a part has no Content-Disposition"
                              : "a part has two Content-Dispositions");
    }

    m->state = GIG_PART_DATA;
    m->matched = 0;
    kind = !part.file ? GIG_VALUE_TEXT : part.file_named ? GIG_VALUE_FILE : GIG_VALUE_NO_FILE;

    return gig_body_begin(body, gig_body_name(body), kind, err);
}


static int
gig_part_field(gig_body_t *body, gig_part_t *part, gig_str_t line, gig_error_t *err)
{
    gig_str_t    name, value;
    const char  *colon;

    colon = memchr(line.data, ':', line.len);

    if (colon == NULL || colon == line.data || line.data[0] == ' ' || line.data[0] == '\t'
        || colon[-1] == ' ' || colon[-1] == '\t')
    {
        return gig_body_wrong(body, err, "a line in the header of a part is no \"Name: value\"");
    }

    name = (gig_str_t) { line.data, (size_t) (colon - line.data) };
    value = gig_str_trim((gig_str_t) { colon + 1, line.len - name.len - 1 }, GIG_BLANKS);

    if (gig_part_is(name, "Content-Disposition")) {
        part->disposition++;
        return gig_part_disposition(body, part, value, err);
    }

    if (gig_part_is(name, "Content-Type")) {
        return gig_part_type(body, value, err);
    }

    /* deprecated by RFC 7578, and known to hide what a body holds */

    if (gig_part_is(name, "Content-Transfer-Encoding") && !gig_part_is(value, "binary")
        && !gig_part_is(value, "8bit") && !gig_part_is(value, "7bit"))
    {
        return gig_body_wrong(body, err, "a part has a Content-Transfer-Encoding; it must be sent "
                              "as it is");
    }

    return 0;
}


static int
gig_part_disposition(gig_body_t *body, gig_part_t *part, gig_str_t value, gig_error_t *err)
{
    unsigned    names;
    gig_str_t   rest, name, parameter;

    static const char  wrong[] = "a part's Content-Disposition is not form-data with one name, "
                                 "as in form-data; name=\"email\"";

    if (!gig_part_is(gig_part_main(value, &rest), "form-data")) {
        return gig_body_wrong(body, err, wrong);
    }

    names = 0;

    while (rest.len != 0) {

        if (gig_part_parameter(&rest, &name, &parameter) != 0) {
            return gig_body_wrong(body, err, wrong);
        }

        if (gig_part_is(name, "name")) {

            if (++names > 1) {
                return gig_body_wrong(body, err, wrong);
            }

            if (gig_part_name(body, parameter, err) != 0) {
                return -1;
            }

        } else if (gig_part_is(name, "filename") || gig_part_is(name, "filename*")) {
            part->file = 1;
            part->file_named |= parameter.len != 0 ? 1u : 0u;

            /* the other one is not to be sent (RFC 7578, 4.2): it says that there is a file */
            if (name.len == 8) {
                gig_part_filename(body, parameter);
            }
        }
    }

    return names == 1 ? 0 : gig_body_wrong(body, err, wrong);
}


/* curl and others write \" for a quote; browsers write %22 and leave a backslash as it is. */

static int
gig_part_name(gig_body_t *body, gig_str_t s, gig_error_t *err)
{
    size_t  i;

    gig_body_name_begin(body);

    for (i = 0; i < s.len; i++) {

        if (s.data[i] == '\\' && i + 1 < s.len && strchr("\"\\", s.data[i + 1]) != NULL) {
            i++;
        }

        if (gig_body_name_put(body, (unsigned char) s.data[i], err) != 0) {
            return -1;
        }
    }

    return gig_body_name_end(body, err);
}


/* Escaped as a name is; only what is sent as a path has to keep its backslashes. */

static void
gig_part_filename(gig_body_t *body, gig_str_t s)
{
    size_t  i;

    body->file_len = 0;

    for (i = 0; i < s.len; i++) {

        if (s.data[i] == '\\' && i + 1 < s.len && s.data[i + 1] == '"') {
            i++;
        }

        gig_body_file_put(body, s.data[i]);
    }
}


/* A text in another charset would be read as what it is not. */

static int
gig_part_type(gig_body_t *body, gig_str_t value, gig_error_t *err)
{
    gig_str_t  rest, name, parameter;

    (void) gig_part_main(value, &rest);

    while (rest.len != 0) {

        if (gig_part_parameter(&rest, &name, &parameter) != 0) {
            return gig_body_wrong(body, err, "the Content-Type of a part cannot be read");
        }

        if (gig_part_is(name, "charset") && !gig_part_is(parameter, "utf-8")
            && !gig_part_is(parameter, "us-ascii"))
        {
            return gig_body_wrong(body, err, "a part has a charset that is not utf-8");
        }
    }

    return 0;
}


/* What stands before the first ";" of a header's value; rest: from there on. */

static gig_str_t
gig_part_main(gig_str_t value, gig_str_t *rest)
{
    size_t       n;
    const char  *semicolon;

    semicolon = value.len != 0 ? memchr(value.data, ';', value.len) : NULL;
    n = semicolon != NULL ? (size_t) (semicolon - value.data) : value.len;
    *rest = (gig_str_t) { value.data + n, value.len - n };

    return gig_str_trim((gig_str_t) { value.data, n }, GIG_BLANKS);
}


/* ; name=token or ; name="text" at the start of rest: -1 if it is neither.  value: unquoted. */

static int
gig_part_parameter(gig_str_t *rest, gig_str_t *name, gig_str_t *value)
{
    size_t       i, at, end;
    const char  *p;

    p = rest->data;
    end = rest->len;

    for (i = 1; i < end && (p[i] == ' ' || p[i] == '\t'); i++) { /* void */ }

    for (at = i; i < end && p[i] != '=' && p[i] != ';' && p[i] != '"'; i++) { /* void */ }

    if (p[0] != ';' || i == at || i == end || p[i] != '=') {
        return -1;
    }

    *name = (gig_str_t) { p + at, i - at };
    at = ++i;

    if (i < end && p[i] == '"') {

        for (at = ++i; i < end && p[i] != '"'; i++) {
            if (p[i] == '\\' && i + 1 < end && strchr("\"\\", p[i + 1]) != NULL) {
                i++;
            }
        }

        if (i >= end) {
            return -1;
        }

        *value = (gig_str_t) { p + at, i - at };

        for (i++; i < end && (p[i] == ' ' || p[i] == '\t'); i++) { /* void */ }

        if (i < end && p[i] != ';') {
            return -1;
        }

    } else {

        for (/* void */; i < end && p[i] != ';'; i++) {
            if (p[i] == '"' || p[i] == '\\') {
                return -1;
            }
        }

        *value = gig_str_trim((gig_str_t) { p + at, i - at }, GIG_BLANKS);
    }

    rest->data += i;
    rest->len -= i;

    return 0;
}


static int
gig_part_is(gig_str_t s, const char *name)
{
    return s.len == strlen(name) && strncasecmp(s.data, name, s.len) == 0;
}
