
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gig_json.h"
#include "gig_utf8.h"

#define GIG_CANONICAL_DEPTH     64              /* of values built by hand; parsed are flatter */
#define GIG_CANONICAL_FEW       32              /* members that are sorted in place */
#define GIG_REAL_DIGITS         17              /* enough for any double */


static size_t  gig_json_depth(gig_str_t data);
static const char  *gig_json_reason(const json_error_t *error);
static void  gig_canonical_value(const json_t *value, gig_buf_t *out, unsigned depth);
static void  gig_canonical_object(const json_t *object, gig_buf_t *out, unsigned depth);
static void  gig_canonical_real(double value, gig_buf_t *out);
static void  gig_canonical_members(gig_json_member_t *member, size_t n, gig_buf_t *out,
    unsigned depth);
static void  gig_canonical_sort(gig_json_member_t *member, size_t n);
static int  gig_canonical_order(const void *one, const void *two);


json_t *
gig_json_parse(gig_str_t data, size_t max_size, unsigned max_depth, gig_error_t *err)
{
    json_t        *value;
    json_error_t   error;

    if (data.len == 0) {
        (void) gig_error_set(err, "", "there is no JSON: the text is empty");
        return NULL;
    }

    if (data.len > max_size) {
        (void) gig_error_set(err, "", "%zu bytes of JSON are too many; at most %zu are read",
                             data.len, max_size);
        return NULL;
    }

    if (gig_json_depth(data) > max_depth) {
        (void) gig_error_set(err, "", "the JSON is nested too deeply; at most %u levels are read",
                             max_depth);
        return NULL;
    }

    value = json_loadb(data.data, data.len, JSON_REJECT_DUPLICATES, &error);

    /* jansson's own text quotes the input, which may be personal: it is not used */

    if (value == NULL) {
        (void) gig_error_set(err, "", "line %d, column %d: %s", error.line, error.column,
                             gig_json_reason(&error));
    }

    return value;
}


static const char *
gig_json_reason(const json_error_t *error)
{
    switch (json_error_code(error)) {
    case json_error_out_of_memory:
        return "out of memory";
    case json_error_premature_end_of_input:
        return "the JSON ends too early";
    case json_error_end_of_input_expected:
        return "something follows after the end of the JSON";
    case json_error_invalid_utf8:
        return "this is not valid UTF-8";
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return "a NUL character is not allowed in a string";
    case json_error_duplicate_key:
        return "a name occurs twice in one object";
    case json_error_numeric_overflow:
        return "the number is too large";
    default:
        return "this is not valid JSON (an object or an array is wanted)";
    }
}


/*
 * The most brackets that are open at once.  Looks at the punctuation outside strings;
 * jansson checks the rest.
 */

static size_t
gig_json_depth(gig_str_t data)
{
    int     string;
    size_t  i, depth, deepest;

    string = 0;
    depth = 0;
    deepest = 0;

    for (i = 0; i < data.len; i++) {

        if (data.data[i] == '"') {
            string = !string;
            continue;
        }

        if (string) {
            if (data.data[i] == '\\') {
                i++;
            }

            continue;
        }

        switch (data.data[i]) {

        case '[':
        case '{':
            if (++depth > deepest) {
                deepest = depth;
            }

            break;

        case ']':
        case '}':
            if (depth != 0) {
                depth--;
            }

            break;

        default:
            break;
        }
    }

    return deepest;
}


gig_str_t
gig_json_text(const json_t *value)
{
    if (!json_is_string(value)) {
        return gig_null_str;
    }

    return (gig_str_t) { json_string_value(value), json_string_length(value) };
}


gig_str_t
gig_json_str(const json_t *object, const char *name)
{
    return gig_json_text(json_object_get(object, name));
}


gig_str_t
gig_json_item(const json_t *value, const char *name)
{
    return json_is_string(value) ? gig_json_text(value) : gig_json_str(value, name);
}


void
gig_json_canonical(const json_t *value, gig_buf_t *out)
{
    gig_canonical_value(value, out, 0);
}


static void
gig_canonical_value(const json_t *value, gig_buf_t *out, unsigned depth)
{
    size_t  i;

    if (value == NULL || depth > GIG_CANONICAL_DEPTH) {
        out->failed = 1;
        return;
    }

    switch (json_typeof(value)) {

    case JSON_OBJECT:
        gig_canonical_object(value, out, depth);
        return;

    case JSON_ARRAY:
        gig_buf_puts(out, "[");

        for (i = 0; i < json_array_size(value); i++) {
            if (i != 0) {
                gig_buf_puts(out, ",");
            }

            gig_canonical_value(json_array_get(value, i), out, depth + 1);
        }

        gig_buf_puts(out, "]");
        return;

    case JSON_STRING:
        gig_json_canonical_string(gig_json_text(value), out);
        return;

    case JSON_INTEGER:
        gig_buf_printf(out, "%lld", (long long) json_integer_value(value));
        return;

    case JSON_REAL:
        gig_canonical_real(json_real_value(value), out);
        return;

    case JSON_TRUE:
        gig_buf_puts(out, "true");
        return;

    case JSON_FALSE:
        gig_buf_puts(out, "false");
        return;

    case JSON_NULL:
        gig_buf_puts(out, "null");
        return;
    }

    out->failed = 1;
}


static void
gig_canonical_object(const json_t *object, gig_buf_t *out, unsigned depth)
{
    void               *iter;
    size_t              i, n;
    json_t             *from;
    gig_json_member_t   few[GIG_CANONICAL_FEW], *member;

    n = json_object_size(object);

    member = n <= GIG_CANONICAL_FEW ? few : malloc(n * sizeof(*member));
    if (member == NULL) {
        out->failed = 1;
        return;
    }

    /* jansson's iterators change nothing, but older ones take no const */

    from = (json_t *) (uintptr_t) object;
    i = 0;

    for (iter = json_object_iter(from); iter != NULL && i < n;
         iter = json_object_iter_next(from, iter))
    {
        member[i].name.data = json_object_iter_key(iter);
        member[i].name.len = strlen(member[i].name.data);
        member[i++].value = json_object_iter_value(iter);
    }

    gig_canonical_members(member, i, out, depth);

    if (member != few) {
        free(member);
    }
}


void
gig_json_canonical_members(gig_json_member_t *members, size_t n, gig_buf_t *out)
{
    gig_canonical_members(members, n, out, 0);
}


static void
gig_canonical_members(gig_json_member_t *member, size_t n, gig_buf_t *out, unsigned depth)
{
    size_t  i;

    gig_canonical_sort(member, n);
    gig_buf_add(out, "{", 1);

    for (i = 0; i < n; i++) {

        if (i != 0) {
            gig_buf_add(out, ",", 1);
        }

        gig_json_canonical_string(member[i].name, out);
        gig_buf_add(out, ":", 1);
        gig_canonical_value(member[i].value, out, depth + 1);
    }

    gig_buf_add(out, "}", 1);
}


/* Most objects have a few members, and often in order already. */

static void
gig_canonical_sort(gig_json_member_t *member, size_t n)
{
    size_t             i, at;
    gig_json_member_t  one;

    if (n > GIG_CANONICAL_FEW) {
        qsort(member, n, sizeof(*member), gig_canonical_order);
        return;
    }

    for (i = 1; i < n; i++) {

        one = member[i];

        for (at = i; at > 0 && gig_canonical_order(&member[at - 1], &one) > 0; at--) {
            member[at] = member[at - 1];
        }

        member[at] = one;
    }
}


/*
 * RFC 8785 sorts by UTF-16 code units.  Bytes of UTF-8 sort alike, but for
 * characters above U+FFFF: their surrogates come before U+E000.
 */

static int
gig_canonical_order(const void *one, const void *two)
{
    size_t                    i, least;
    unsigned char             a, b;
    const gig_json_member_t  *x = one, *y = two;

    least = x->name.len < y->name.len ? x->name.len : y->name.len;

    for (i = 0; i < least && x->name.data[i] == y->name.data[i]; i++) { /* void */ }

    if (i == least) {
        return x->name.len < y->name.len ? -1 : x->name.len > y->name.len;
    }

    a = (unsigned char) x->name.data[i];
    b = (unsigned char) y->name.data[i];

    if (a >= 0xf0 && (b == 0xee || b == 0xef)) {
        return -1;
    }

    if (b >= 0xf0 && (a == 0xee || a == 0xef)) {
        return 1;
    }

    return (int) a - (int) b;
}


void
gig_json_canonical_string(gig_str_t s, gig_buf_t *out)
{
    size_t         i, from;
    unsigned char  c;

    gig_buf_puts(out, "\"");

    from = 0;

    for (i = 0; i < s.len; i++) {

        c = (unsigned char) s.data[i];

        if (c >= 0x20 && c != '"' && c != '\\') {

            if (c < 0x80) {
                i += gig_utf8_plain((gig_str_t) { s.data + i + 1, s.len - i - 1 });
            }

            continue;
        }

        gig_buf_add(out, s.data + from, i - from);
        from = i + 1;

        switch (c) {
        case '"':
            gig_buf_puts(out, "\\\"");
            break;
        case '\\':
            gig_buf_puts(out, "\\\\");
            break;
        case '\b':
            gig_buf_puts(out, "\\b");
            break;
        case '\t':
            gig_buf_puts(out, "\\t");
            break;
        case '\n':
            gig_buf_puts(out, "\\n");
            break;
        case '\f':
            gig_buf_puts(out, "\\f");
            break;
        case '\r':
            gig_buf_puts(out, "\\r");
            break;
        default:
            gig_buf_printf(out, "\\u%04x", c);
        }
    }

    gig_buf_add(out, s.data + from, s.len - from);
    gig_buf_puts(out, "\"");
}


/* The shortest digits that read back as the same number, laid out as ECMAScript does. */

static void
gig_canonical_real(double value, gig_buf_t *out)
{
    int          n, k, precision;
    char         text[40], digits[GIG_REAL_DIGITS + 2];
    const char  *p;

    if (!isfinite(value)) {
        out->failed = 1;
        return;
    }

    if (fpclassify(value) == FP_ZERO) {
        gig_buf_puts(out, "0");
        return;
    }

    if (value < 0) {
        gig_buf_puts(out, "-");
        value = -value;
    }

    for (precision = 0; precision < GIG_REAL_DIGITS; precision++) {

        (void) snprintf(text, sizeof(text), "%.*e", precision, value);

        if (strtod(text, NULL) == value) {
            break;
        }
    }

    /* d.ddde+XX, whatever the locale's point is: k digits, and the value is 0.digits * 10^n */

    k = 0;

    for (p = text; *p != 'e'; p++) {
        if (*p >= '0' && *p <= '9' && k <= GIG_REAL_DIGITS) {
            digits[k++] = *p;
        }
    }

    n = atoi(p + 1) + 1;

    if (k <= n && n <= 21) {
        gig_buf_printf(out, "%.*s%.*s", k, digits, n - k, "000000000000000000000");

    } else if (n > 0 && n < k) {
        gig_buf_printf(out, "%.*s.%.*s", n, digits, k - n, digits + n);

    } else if (n > -6 && n <= 0) {
        gig_buf_printf(out, "0.%.*s%.*s", -n, "000000", k, digits);

    } else if (k == 1) {
        gig_buf_printf(out, "%.1se%+d", digits, n - 1);

    } else {
        gig_buf_printf(out, "%.1s.%.*se%+d", digits, k - 1, digits + 1, n - 1);
    }
}
