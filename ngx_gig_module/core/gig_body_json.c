
/*
 * {"answers":{...},"files":{...},"source":{"ref":"..."}} as RFC 8259 has it, byte by byte.  Members
 * that are not known may hold what they like, within the depth; they are checked
 * and dropped.  jansson is not asked: it builds a tree of the whole body first.
 */

#include <string.h>

#include "gig_body_json.h"

/* What stands where; the byte decides what comes next. */
enum {
    GIG_JSON_START,
    GIG_JSON_VALUE,
    GIG_JSON_VALUE_OR_END,                  /* after a "[" */
    GIG_JSON_KEY,
    GIG_JSON_KEY_OR_END,                    /* after a "{" */
    GIG_JSON_COLON,
    GIG_JSON_AFTER,                         /* a value: "," or the end of what it is in */
    GIG_JSON_STRING,
    GIG_JSON_ESCAPE,
    GIG_JSON_HEX,
    GIG_JSON_LOW,                           /* the "\" of the second half of a pair */
    GIG_JSON_LOW_U,
    GIG_JSON_NUMBER,
    GIG_JSON_LITERAL,
    GIG_JSON_DONE
};

/* What the bracket belongs to whose members or values are read. */
enum {
    GIG_JSON_TOP = 1,
    GIG_JSON_ANSWERS,
    GIG_JSON_SOURCE,
    GIG_JSON_FILES,
    GIG_JSON_FILE,                          /* one of these */
    GIG_JSON_LIST,                          /* of an answer */
    GIG_JSON_FLAT,                          /* of nothing, but its members are fields */
    GIG_JSON_INSIDE,                        /* of a member of that */
    GIG_JSON_OBJECT,                        /* these two: of nobody */
    GIG_JSON_ARRAY
};

static const char *const  gig_json_literals[] = { "true", "false", "null" };

static const gig_value_kind_t  gig_json_literal_kinds[] = {
    GIG_VALUE_TRUE, GIG_VALUE_FALSE, GIG_VALUE_NULL
};

#define GIG_JSON_WRONG      "this is not valid JSON"
#define GIG_JSON_ANSWERS_WRONG                                                                   \
    "\"answers\" is missing or no object; "                                                      \
    "{\"answers\":{\"email\":\"name@example.edu\"}} is the form of it"


static int  gig_json_byte(gig_body_t *body, unsigned char c, gig_error_t *err);
static int  gig_json_value(gig_body_t *body, unsigned char c, gig_error_t *err);
static int  gig_json_open(gig_body_t *body, unsigned char c, gig_error_t *err);
static int  gig_json_close(gig_body_t *body, unsigned char c, gig_error_t *err);
static int  gig_json_begin(gig_body_t *body, gig_value_kind_t kind, gig_error_t *err);
static int  gig_json_string(gig_body_t *body, unsigned char c, gig_error_t *err);
static int  gig_json_string_end(gig_body_t *body, gig_error_t *err);
static int  gig_json_escape(gig_body_t *body, unsigned char c, gig_error_t *err);
static int  gig_json_hex(gig_body_t *body, unsigned char c, gig_error_t *err);
static int  gig_json_code(gig_body_t *body, uint32_t code, gig_error_t *err);
static int  gig_json_put(gig_body_t *body, unsigned char c, gig_error_t *err);
static int  gig_json_number(gig_body_t *body, unsigned char c, gig_error_t *err);
static int  gig_json_wrong(gig_body_t *body, gig_error_t *err);


void
gig_body_json_init(gig_body_t *body)
{
    body->u.json.state = GIG_JSON_START;
}


int
gig_body_json_feed(gig_body_t *body, gig_str_t piece, gig_error_t *err)
{
    size_t  i;

    for (i = 0; i < piece.len; i++) {

        /* a file's name and content are strings too, but go elsewhere */

        if (body->u.json.state == GIG_JSON_STRING && body->u.json.next == GIG_JSON_AFTER
            && !body->u.json.naming && !body->u.json.decoding)
        {
            i += gig_body_put_plain(body, (gig_str_t) { piece.data + i, piece.len - i });

            if (i == piece.len) {
                break;
            }
        }

        body->offset++;

        if (gig_json_byte(body, (unsigned char) piece.data[i], err) != 0) {
            return -1;
        }
    }

    return 0;
}


int
gig_body_json_end(gig_body_t *body, gig_error_t *err)
{
    if (body->offset == 0) {
        return gig_error_set(err, "", "there is no JSON: the body is empty");
    }

    return body->u.json.state == GIG_JSON_DONE
           ? 0 : gig_body_wrong(body, err, "the JSON ends too early");
}


static int
gig_json_wrong(gig_body_t *body, gig_error_t *err)
{
    return gig_body_wrong(body, err, GIG_JSON_WRONG);
}


static int
gig_json_byte(gig_body_t *body, unsigned char c, gig_error_t *err)
{
    int               blank;
    gig_body_json_t  *j;

    j = &body->u.json;
    blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';

    switch (j->state) {

    case GIG_JSON_STRING:
        return gig_json_string(body, c, err);

    case GIG_JSON_ESCAPE:
        return gig_json_escape(body, c, err);

    case GIG_JSON_HEX:
        return gig_json_hex(body, c, err);

    case GIG_JSON_LOW:
    case GIG_JSON_LOW_U:
        if (c != (j->state == GIG_JSON_LOW ? '\\' : 'u')) {
            return gig_body_wrong(body, err, "an escape is half of a surrogate pair");
        }

        j->state = j->state == GIG_JSON_LOW ? GIG_JSON_LOW_U : GIG_JSON_HEX;
        j->digits = 0;
        j->code = 0;
        return 0;

    case GIG_JSON_NUMBER:
        return gig_json_number(body, c, err);

    case GIG_JSON_LITERAL:
        if (c != (unsigned char) gig_json_literals[j->literal][j->at]) {
            return gig_json_wrong(body, err);
        }

        if (gig_json_literals[j->literal][++j->at] == '\0') {
            j->state = GIG_JSON_AFTER;
        }

        return 0;

    default:
        break;
    }

    if (blank) {
        return 0;
    }

    switch (j->state) {

    case GIG_JSON_START:
        return c == '{' ? gig_json_open(body, c, err)
                        : gig_body_wrong(body, err, "this is not valid JSON: an object is wanted");

    case GIG_JSON_VALUE_OR_END:
    case GIG_JSON_KEY_OR_END:
        if (c == (j->state == GIG_JSON_KEY_OR_END ? '}' : ']')) {
            return gig_json_close(body, c, err);
        }

        if (j->state == GIG_JSON_VALUE_OR_END) {
            return gig_json_value(body, c, err);
        }

        /* fall through */

    case GIG_JSON_KEY:
        if (c != '"') {
            return gig_json_wrong(body, err);
        }

        gig_body_name_begin(body);
        j->state = GIG_JSON_STRING;
        j->next = GIG_JSON_COLON;
        return 0;

    case GIG_JSON_COLON:
        j->state = GIG_JSON_VALUE;
        return c == ':' ? 0 : gig_json_wrong(body, err);

    case GIG_JSON_VALUE:
        return gig_json_value(body, c, err);

    case GIG_JSON_AFTER:
        if (c != ',') {
            return gig_json_close(body, c, err);
        }

        j->state = j->role[j->depth] == GIG_JSON_LIST || j->role[j->depth] == GIG_JSON_ARRAY
                   ? GIG_JSON_VALUE : GIG_JSON_KEY;
        return 0;

    default:
        return gig_body_wrong(body, err, "something follows after the end of the JSON");
    }
}


/* The first byte of a value. */

static int
gig_json_value(gig_body_t *body, unsigned char c, gig_error_t *err)
{
    int               next;
    unsigned          i;
    gig_body_json_t  *j;

    j = &body->u.json;

    if (gig_body_count(body, err) != 0) {
        return -1;
    }

    if (c == '{' || c == '[') {
        return gig_json_open(body, c, err);
    }

    if (j->role[j->depth] == GIG_JSON_TOP && gig_str_is(gig_body_name(body), "answers")) {
        return gig_body_wrong(body, err, GIG_JSON_ANSWERS_WRONG);
    }

    if (j->role[j->depth] == GIG_JSON_TOP && gig_str_is(gig_body_name(body), "files") && c != 'n') {
        return gig_body_wrong(body, err, GIG_JSON_FILES_WRONG);
    }

    if (c == '"') {
        j->state = GIG_JSON_STRING;
        j->next = GIG_JSON_AFTER;
        return gig_json_begin(body, GIG_VALUE_TEXT, err);
    }

    for (i = 0; i < 3; i++) {
        if (c == (unsigned char) gig_json_literals[i][0]) {
            j->state = GIG_JSON_LITERAL;
            j->literal = (unsigned char) i;
            j->at = 1;
            return gig_json_begin(body, gig_json_literal_kinds[i], err) == 0
                   ? gig_body_value_end(body, err) : -1;
        }
    }

    next = c == '-' ? GIG_NUMBER_MINUS : c == '0' ? GIG_NUMBER_ZERO
           : c >= '1' && c <= '9' ? GIG_NUMBER_WHOLE : -1;

    if (next < 0) {
        return gig_json_wrong(body, err);
    }

    j->state = GIG_JSON_NUMBER;
    j->number = (unsigned char) next;
    j->digits = 1;

    return gig_json_begin(body, GIG_VALUE_NUMBER, err) == 0 ? gig_body_put(body, c, err) : -1;
}


/* The value of a member that a field may have begins at the sink; any other is silent. */

static int
gig_json_begin(gig_body_t *body, gig_value_kind_t kind, gig_error_t *err)
{
    gig_str_t         name;
    gig_body_json_t  *j;

    j = &body->u.json;
    name = gig_body_name(body);

    switch (j->role[j->depth]) {

    case GIG_JSON_LIST:
        return gig_body_begin(body, gig_null_str, kind, err);

    case GIG_JSON_FLAT:
        return gig_body_begin(body, name, kind, err);

    case GIG_JSON_INSIDE:
        return gig_json_inside(body, kind, err);

    case GIG_JSON_ANSWERS:
        if (name.len != 0 && name.data[0] != '_') {
            return gig_body_begin(body, name, kind, err);
        }

        break;

    case GIG_JSON_FILES:
        if (kind != GIG_VALUE_NULL) {
            return gig_body_wrong(body, err, GIG_JSON_FILES_WRONG);
        }

        break;

    case GIG_JSON_FILE:
        return gig_json_file_member(body, kind, err);

    case GIG_JSON_SOURCE:
        if (!gig_str_is(name, "ref")) {
            break;
        }

        if (j->ref) {
            return gig_body_wrong(body, err, "\"ref\" was sent twice");
        }

        j->ref = 1;

        if (kind == GIG_VALUE_TEXT) {
            return gig_body_begin(body, gig_str("_source"), kind, err);
        }

        break;

    default:
        break;
    }

    gig_body_begin_silent(body);

    return 0;
}


static int
gig_json_open(gig_body_t *body, unsigned char c, gig_error_t *err)
{
    unsigned          role, inner;
    gig_str_t         name;
    gig_body_json_t  *j;

    j = &body->u.json;
    name = gig_body_name(body);
    role = j->role[j->depth];
    inner = c == '{' ? GIG_JSON_OBJECT : GIG_JSON_ARRAY;

    if (j->depth == (j->flat ? GIG_BODY_DEPTH_FLAT : GIG_BODY_DEPTH)) {
        return gig_error_set(err, "", "byte %zu: the JSON is nested too deeply; at most %d levels "
                             "are read", body->offset, j->depth);
    }

    switch (role) {

    case 0:
        inner = j->flat ? GIG_JSON_FLAT : GIG_JSON_TOP;
        break;

    case GIG_JSON_FLAT:
        if (c == '{') {
            gig_json_outer(body);
            inner = GIG_JSON_INSIDE;
            break;
        }

        /* fall through */

    case GIG_JSON_INSIDE:
        inner = c == '[' ? GIG_JSON_LIST : GIG_JSON_OBJECT;

        if (gig_json_begin(body, c == '[' ? GIG_VALUE_LIST : GIG_VALUE_OTHER, err) != 0
            || (c == '{' && gig_body_value_end(body, err) != 0))
        {
            return -1;
        }

        break;

    case GIG_JSON_TOP:
        if (gig_str_is(name, "answers")) {

            if (j->answers) {
                return gig_body_wrong(body, err, "\"answers\" was sent twice");
            }

            if (c != '{') {
                return gig_body_wrong(body, err, GIG_JSON_ANSWERS_WRONG);
            }

            j->answers = 1;
            inner = GIG_JSON_ANSWERS;

        } else if (gig_str_is(name, "source")) {

            if (j->source) {
                return gig_body_wrong(body, err, "\"source\" was sent twice");
            }

            j->source = 1;
            inner = c == '{' ? GIG_JSON_SOURCE : GIG_JSON_ARRAY;

        } else if (gig_str_is(name, "files")) {

            if (j->files || c != '{') {
                return gig_body_wrong(body, err, j->files ? "\"files\" was sent twice"
                                                          : GIG_JSON_FILES_WRONG);
            }

            j->files = 1;
            inner = GIG_JSON_FILES;
        }

        break;

    case GIG_JSON_FILES:
        inner = GIG_JSON_FILE;

        if (gig_json_file_open(body, c, err) != 0) {
            return -1;
        }

        break;

    case GIG_JSON_FILE:
        return gig_body_wrong(body, err, GIG_JSON_FILES_WRONG);

    case GIG_JSON_ANSWERS:
    case GIG_JSON_LIST:
    case GIG_JSON_SOURCE:
        if (role == GIG_JSON_ANSWERS && c == '[' && name.len != 0 && name.data[0] != '_') {
            inner = GIG_JSON_LIST;

            if (gig_json_begin(body, GIG_VALUE_LIST, err) != 0) {
                return -1;
            }

            break;
        }

        /* a value no field can have is told as such, and its inside passed over */

        if (gig_json_begin(body, GIG_VALUE_OTHER, err) != 0 || gig_body_value_end(body, err) != 0) {
            return -1;
        }

        break;

    default:
        break;
    }

    j->role[++j->depth] = (unsigned char) inner;
    j->state = c == '{' ? GIG_JSON_KEY_OR_END : GIG_JSON_VALUE_OR_END;

    return 0;
}


static int
gig_json_close(gig_body_t *body, unsigned char c, gig_error_t *err)
{
    int               list;
    unsigned          role;
    gig_body_json_t  *j;

    j = &body->u.json;
    role = j->role[j->depth];
    list = role == GIG_JSON_LIST || role == GIG_JSON_ARRAY;

    if (c != (list ? ']' : '}')) {
        return gig_json_wrong(body, err);
    }

    j->depth--;
    j->state = j->depth == 0 ? GIG_JSON_DONE : GIG_JSON_AFTER;

    if (role == GIG_JSON_FILE && !j->content) {
        return gig_body_wrong(body, err, GIG_JSON_FILES_WRONG);
    }

    if (role == GIG_JSON_LIST || role == GIG_JSON_FILE) {
        return body->sink->end(body->data, err);
    }

    if (role == GIG_JSON_TOP && !j->answers) {
        return gig_body_wrong(body, err, GIG_JSON_ANSWERS_WRONG);
    }

    return 0;
}


/* --- strings, of names (what comes next is the colon) and of values */

static int
gig_json_put(gig_body_t *body, unsigned char c, gig_error_t *err)
{
    if (body->u.json.next == GIG_JSON_COLON) {
        return gig_body_name_put(body, c, err);
    }

    return body->u.json.decoding || body->u.json.naming ? gig_json_file_put(body, c, err)
                                                        : gig_body_put(body, c, err);
}


static int
gig_json_string(gig_body_t *body, unsigned char c, gig_error_t *err)
{
    if (c == '"') {
        return gig_json_string_end(body, err);
    }

    if (c == '\\') {
        body->u.json.state = GIG_JSON_ESCAPE;
        return 0;
    }

    if (c != '\0' && c < 0x20) {
        return gig_body_wrong(body, err, "a control character must be escaped in JSON");
    }

    return gig_json_put(body, c, err);
}


static int
gig_json_string_end(gig_body_t *body, gig_error_t *err)
{
    gig_body_json_t  *j;

    j = &body->u.json;
    j->state = j->next;

    if (j->next == GIG_JSON_COLON) {
        return gig_body_name_end(body, err);
    }

    return j->decoding || j->naming ? gig_json_file_end(body, err) : gig_body_value_end(body, err);
}


static int
gig_json_escape(gig_body_t *body, unsigned char c, gig_error_t *err)
{
    const char       *at;
    gig_body_json_t  *j;

    static const char  letters[] = "\"\\/bfnrt";
    static const char  means[] = "\"\\/\b\f\n\r\t";

    j = &body->u.json;

    if (c == 'u') {
        j->state = GIG_JSON_HEX;
        j->digits = 0;
        j->code = 0;
        return 0;
    }

    at = c != '\0' ? strchr(letters, c) : NULL;

    if (at == NULL) {
        return gig_json_wrong(body, err);
    }

    j->state = GIG_JSON_STRING;

    return gig_json_put(body, (unsigned char) means[at - letters], err);
}


static int
gig_json_hex(gig_body_t *body, unsigned char c, gig_error_t *err)
{
    uint32_t          digit, high;
    gig_body_json_t  *j;

    j = &body->u.json;

    if (c >= '0' && c <= '9') {
        digit = c - '0';
    } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
        digit = (c | 0x20u) - 'a' + 10;
    } else {
        return gig_json_wrong(body, err);
    }

    j->code = j->code << 4 | digit;

    if (++j->digits < 4) {
        return 0;
    }

    high = j->high;
    j->high = 0;
    j->state = GIG_JSON_STRING;

    if (high != 0) {

        if (j->code < 0xdc00 || j->code > 0xdfff) {
            return gig_body_wrong(body, err, "an escape is half of a surrogate pair");
        }

        return gig_json_code(body, 0x10000 + ((high - 0xd800) << 10) + (j->code - 0xdc00), err);
    }

    if (j->code >= 0xdc00 && j->code <= 0xdfff) {
        return gig_body_wrong(body, err, "an escape is half of a surrogate pair");
    }

    if (j->code >= 0xd800 && j->code <= 0xdbff) {
        j->high = j->code;
        j->state = GIG_JSON_LOW;
        return 0;
    }

    return gig_json_code(body, j->code, err);
}


static int
gig_json_code(gig_body_t *body, uint32_t code, gig_error_t *err)
{
    int       shift;
    unsigned  lead;

    if (code < 0x80) {
        return gig_json_put(body, (unsigned char) code, err);
    }

    shift = code < 0x800 ? 6 : code < 0x10000 ? 12 : 18;
    lead = code < 0x800 ? 0xc0 : code < 0x10000 ? 0xe0 : 0xf0;

    if (gig_json_put(body, (unsigned char) (lead | code >> shift), err) != 0) {
        return -1;
    }

    for (shift -= 6; shift >= 0; shift -= 6) {
        if (gig_json_put(body, (unsigned char) (0x80 | (code >> shift & 0x3f)), err) != 0) {
            return -1;
        }
    }

    return 0;
}


/* --- numbers; the byte that ends one belongs to what comes next */

static int
gig_json_number(gig_body_t *body, unsigned char c, gig_error_t *err)
{
    int               next;
    gig_body_json_t  *j;

    j = &body->u.json;
    next = gig_json_number_next(j->number, c);

    if (next >= 0) {

        j->number = (unsigned char) next;

        if (++j->digits > GIG_BODY_NUMBER) {
            return gig_error_set(err, "", "byte %zu: a number is too long; at most %d digits are "
                                 "read", body->offset, GIG_BODY_NUMBER);
        }

        return gig_body_put(body, c, err);
    }

    if (j->number != GIG_NUMBER_ZERO && j->number != GIG_NUMBER_WHOLE
        && j->number != GIG_NUMBER_FRACTION && j->number != GIG_NUMBER_EXPONENT)
    {
        return gig_json_wrong(body, err);
    }

    j->state = GIG_JSON_AFTER;

    return gig_body_value_end(body, err) == 0 ? gig_json_byte(body, c, err) : -1;
}
