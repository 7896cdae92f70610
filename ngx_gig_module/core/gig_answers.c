
/* Reading what an applicant sent.  Bodies are hostile until shown otherwise. */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gig_answers.h"
#include "gig_json.h"
#include "gig_utf8.h"

#define GIG_BODY_DEPTH      4
#define GIG_BODY_VALUES     2048                /* values in a JSON body */
#define GIG_BODY_PAIRS      128                 /* pairs in an urlencoded one */
#define GIG_PAIR_NAME       128                 /* bytes */
#define GIG_PAIR_VALUE      (4 * GIG_ANSWER_MAX)
#define GIG_SOURCE_MAX      200                 /* bytes of source.ref */


static int  gig_answers_init(gig_answers_t *answers);
static int  gig_answers_pair(const gig_form_t *form, gig_answers_t *answers, gig_str_t name,
                             gig_str_t value, gig_error_t *err);
static int  gig_answers_field(const gig_field_t *field, gig_answers_t *answers, gig_str_t value,
                              gig_error_t *err);
static int  gig_answers_extra(gig_answers_t *answers, const char *name, gig_str_t value,
                              gig_str_t *view);
static size_t  gig_answers_decode(gig_str_t s, char *out);
static int  gig_answers_no_memory(gig_error_t *err);


static int
gig_answers_init(gig_answers_t *answers)
{
    memset(answers, 0, sizeof(*answers));

    answers->answers = json_object();
    answers->extra = json_object();

    return answers->answers != NULL && answers->extra != NULL ? 0 : -1;
}


void
gig_answers_free(gig_answers_t *answers)
{
    json_decref(answers->answers);
    json_decref(answers->extra);

    memset(answers, 0, sizeof(*answers));
}


static int
gig_answers_no_memory(gig_error_t *err)
{
    return gig_error_set(err, "", "out of memory");
}


int
gig_answers_read_json(const gig_form_t *form, gig_str_t body, gig_answers_t *answers,
    gig_error_t *err)
{
    int            rc;
    char           name[GIG_PAIR_NAME];
    json_t        *root, *given, *value;
    unsigned       i;
    gig_str_t      ref, trap;

    root = NULL;
    rc = -1;

    if (gig_answers_init(answers) != 0) {
        return gig_answers_no_memory(err);
    }

    if (body.len <= GIG_BODY_MAX && gig_json_values(body) > GIG_BODY_VALUES) {
        return gig_error_set(err, "", "the JSON holds too many values; at most %d are read",
                             GIG_BODY_VALUES);
    }

    root = gig_json_parse(body, GIG_BODY_MAX, GIG_BODY_DEPTH, err);
    if (root == NULL) {
        return -1;
    }

    given = json_object_get(root, "answers");

    if (!json_is_object(given)) {
        (void) gig_error_set(err, "/answers", "\"answers\" is missing or no object; "
                             "{\"answers\":{\"email\":\"name@example.edu\"}} is the form of it");
        goto done;
    }

    for (i = 0; i < form->n; i++) {

        if (form->field[i].name.len >= sizeof(name)) {
            continue;
        }

        memcpy(name, form->field[i].name.data, form->field[i].name.len);
        name[form->field[i].name.len] = '\0';
        value = json_object_get(given, name);

        if (value != NULL && !json_is_null(value)
            && json_object_set(answers->answers, name, value) != 0)
        {
            (void) gig_answers_no_memory(err);
            goto done;
        }
    }

    if (form->honeypot.len != 0 && form->honeypot.len < sizeof(name)) {
        memcpy(name, form->honeypot.data, form->honeypot.len);
        name[form->honeypot.len] = '\0';
        trap = gig_json_str(given, name);
        answers->honeypot = trap.len != 0 ? 1 : 0;
    }

    ref = gig_json_str(json_object_get(root, "source"), "ref");

    if (gig_answers_extra(answers, "source", ref, &answers->source) != 0) {
        (void) gig_answers_no_memory(err);
        goto done;
    }

    rc = 0;

done:

    json_decref(root);

    return rc;
}


/* Keeps a text that goes with the answers; one that is too long or not clean is left out. */

static int
gig_answers_extra(gig_answers_t *answers, const char *name, gig_str_t value, gig_str_t *view)
{
    if (value.len == 0 || value.len > GIG_SOURCE_MAX || !gig_utf8_clean(value, 0)) {
        return 0;
    }

    if (json_object_set_new(answers->extra, name, json_stringn(value.data, value.len)) != 0) {
        return -1;
    }

    *view = gig_json_str(answers->extra, name);

    return 0;
}


int
gig_answers_read_urlencoded(const gig_form_t *form, gig_str_t body, gig_answers_t *answers,
    gig_error_t *err)
{
    int          rc;
    char        *text;
    size_t       i, at, longest, pairs;
    gig_str_t    name, value;
    const char  *p, *end, *next, *equals;

    if (gig_answers_init(answers) != 0) {
        return gig_answers_no_memory(err);
    }

    if (body.len > GIG_BODY_MAX) {
        return gig_error_set(err, "", "%zu bytes are too many; at most %d are read", body.len,
                             GIG_BODY_MAX);
    }

    /* first only counted, so that what is refused costs nothing and memory is that of one pair */

    pairs = 0;
    longest = 0;
    at = 0;

    for (i = 0; i <= body.len; i++) {

        if (i < body.len && body.data[i] != '&') {
            continue;
        }

        longest = i - at > longest ? i - at : longest;
        at = i + 1;

        if (++pairs > GIG_BODY_PAIRS) {
            return gig_error_set(err, "", "there are too many fields; at most %d are read",
                                 GIG_BODY_PAIRS);
        }
    }

    text = malloc(longest + 1);
    if (text == NULL) {
        return gig_answers_no_memory(err);
    }

    rc = 0;
    p = body.data;
    end = body.data + body.len;

    for (/* void */; rc == 0 && p < end; p = next + 1) {

        next = memchr(p, '&', (size_t) (end - p));
        next = next != NULL ? next : end;

        equals = memchr(p, '=', (size_t) (next - p));
        equals = equals != NULL ? equals : next;

        name.data = text;
        name.len = gig_answers_decode((gig_str_t) { p, (size_t) (equals - p) }, text);

        value.data = text + name.len;
        value.len = equals == next ? 0
                    : gig_answers_decode((gig_str_t) { equals + 1, (size_t) (next - equals) - 1 },
                                         text + name.len);

        if (name.len > GIG_PAIR_NAME) {
            rc = gig_error_set(err, "", "a field's name is too long; at most %d bytes are read",
                               GIG_PAIR_NAME);

        } else if (value.len > GIG_PAIR_VALUE) {
            rc = gig_error_set(err, "", "a field is too long; at most %d characters are read",
                               GIG_ANSWER_MAX);

        } else if (!gig_utf8_valid(name) || !gig_utf8_valid(value)) {
            rc = gig_error_set(err, "", "a field is not valid UTF-8, or holds a NUL character");

        } else {
            rc = gig_answers_pair(form, answers, name, value, err);
        }

        if (next == end) {
            break;
        }
    }

    free(text);

    return rc;
}


/* "+" is a blank, %XX a byte; a % that is followed by no two digits stays one. */

static size_t
gig_answers_decode(gig_str_t s, char *out)
{
    char    c;
    int     k, byte;
    size_t  i, n;

    n = 0;

    for (i = 0; i < s.len; i++) {

        c = s.data[i];

        if (c == '+') {
            c = ' ';

        } else if (c == '%' && s.len - i > 2) {

            byte = 0;

            for (k = 1; k <= 2; k++) {
                c = s.data[i + (size_t) k];

                if (c >= '0' && c <= '9') {
                    byte = byte * 16 + (c - '0');
                } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
                    byte = byte * 16 + ((c | 0x20) - 'a' + 10);
                } else {
                    byte = -1;
                    break;
                }
            }

            if (byte < 0) {
                c = '%';
            } else {
                c = (char) byte;
                i += 2;
            }
        }

        out[n++] = c;
    }

    return n;
}


static int
gig_answers_pair(const gig_form_t *form, gig_answers_t *answers, gig_str_t name, gig_str_t value,
    gig_error_t *err)
{
    unsigned  i;

    if (gig_str_is(name, "_key")) {

        if (answers->key.data != NULL) {
            return gig_error_set(err, "", "_key was sent twice");
        }

        return gig_answers_extra(answers, "key", value, &answers->key) == 0
               ? 0 : gig_answers_no_memory(err);
    }

    if (gig_str_is(name, "_source")) {
        return gig_answers_extra(answers, "source", value, &answers->source) == 0
               ? 0 : gig_answers_no_memory(err);
    }

    if (form->honeypot.len != 0 && gig_str_eq(name, form->honeypot)) {
        answers->honeypot |= value.len != 0 ? 1u : 0u;
        return 0;
    }

    for (i = 0; i < form->n; i++) {
        if (gig_str_eq(name, form->field[i].name)) {
            return gig_answers_field(&form->field[i], answers, value, err);
        }
    }

    return 0;
}


static int
gig_answers_field(const gig_field_t *field, gig_answers_t *answers, gig_str_t value,
    gig_error_t *err)
{
    int      truth;
    char     name[GIG_PAIR_NAME];
    json_t  *list, *json;

    if (field->name.len >= sizeof(name)) {
        return 0;
    }

    memcpy(name, field->name.data, field->name.len);
    name[field->name.len] = '\0';

    if (field->type == GIG_FIELD_MULTI_SELECT) {

        if (value.len == 0) {
            return 0;
        }

        list = json_object_get(answers->answers, name);

        if (list == NULL) {

            list = json_array();

            if (json_object_set_new(answers->answers, name, list) != 0) {
                return gig_answers_no_memory(err);
            }
        }

        return json_array_append_new(list, json_stringn(value.data, value.len)) == 0
               ? 0 : gig_answers_no_memory(err);
    }

    if (json_object_get(answers->answers, name) != NULL) {
        return gig_error_set(err, "", "the field %s was sent twice", name);
    }

    if (field->type == GIG_FIELD_BOOLEAN || field->type == GIG_FIELD_CONSENT) {

        if (value.len == 0) {
            return 0;
        }

        truth = gig_answer_truth(value);
        json = truth < 0 ? json_stringn(value.data, value.len) : json_boolean(truth);

    } else {
        json = json_stringn(value.data, value.len);
    }

    return json_object_set_new(answers->answers, name, json) == 0
           ? 0 : gig_answers_no_memory(err);
}


int
gig_answer_truth(gig_str_t value)
{
    size_t  i;

    static const char *const  yes[] = { "yes", "true", "1", "on" };
    static const char *const  no[] = { "no", "false", "0", "off" };

    for (i = 0; i < 4; i++) {

        if (value.len == strlen(yes[i]) && strncasecmp(value.data, yes[i], value.len) == 0) {
            return 1;
        }

        if (value.len == strlen(no[i]) && strncasecmp(value.data, no[i], value.len) == 0) {
            return 0;
        }
    }

    return -1;
}


int
gig_key_read(gig_str_t header, char key[256], size_t *len)
{
    char    c;
    int     quoted;
    size_t  n;

    while (header.len != 0 && (header.data[0] == ' ' || header.data[0] == '\t')) {
        header.data++;
        header.len--;
    }

    while (header.len != 0
           && (header.data[header.len - 1] == ' ' || header.data[header.len - 1] == '\t'))
    {
        header.len--;
    }

    quoted = header.len != 0 && header.data[0] == '"';

    if (quoted) {

        if (header.len < 2 || header.data[header.len - 1] != '"') {
            return -1;
        }

        header.data++;
        header.len -= 2;
    }

    for (n = 0; header.len != 0; n++) {

        c = header.data[0];

        if (quoted && c == '\\') {

            header.data++;
            header.len--;

            if (header.len == 0 || (header.data[0] != '"' && header.data[0] != '\\')) {
                return -1;
            }

            c = header.data[0];

        } else if (c == '"' || (!quoted && (c == ' ' || c == ',' || c == ';' || c == '\\'))) {
            return -1;
        }

        if (c < 0x20 || c > 0x7e || n == 255) {
            return -1;
        }

        key[n] = c;
        header.data++;
        header.len--;
    }

    if (n == 0) {
        return -1;
    }

    key[n] = '\0';
    *len = n;

    return 0;
}
