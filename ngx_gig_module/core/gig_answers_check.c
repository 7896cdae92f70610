
/*
 * The rules of answers and their normal form.  What is said here is read by
 * applicants at the field: plain words, and always what would be right.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <utf8proc.h>

#include "gig_answers.h"
#include "gig_json.h"
#include "gig_time.h"
#include "gig_url.h"
#include "gig_utf8.h"

/*
 * Combining marks in a row, as in UAX #15's stream-safe text.  utf8proc sorts
 * them pair by pair: thousands in a row would cost seconds.
 */
#define GIG_MARKS_MAX       30

#define GIG_NUMBER_MAX      30                  /* bytes of a number */
#define GIG_TEL_MAX         40


static json_t  *gig_answer_check(const gig_field_t *field, const json_t *value,
                                 const char *pointer, gig_errors_t *errors);
static json_t  *gig_answer_text(const gig_field_t *field, const json_t *value,
                                const char *pointer, gig_errors_t *errors);
static json_t  *gig_answer_multi(const gig_field_t *field, const json_t *value,
                                 const char *pointer, gig_errors_t *errors);
static json_t  *gig_answer_boolean(const gig_field_t *field, const json_t *value,
                                   const char *pointer, gig_errors_t *errors);
static json_t  *gig_answer_missing(const gig_field_t *field, const char *pointer,
                                   gig_errors_t *errors);
static const char  *gig_answer_shape(const gig_field_t *field, gig_str_t s);
static int  gig_answer_normal(gig_str_t s, gig_buf_t *out);
static int  gig_answer_option(const gig_field_t *field, gig_str_t value);
static void  gig_answers_groups(const gig_form_t *form, const json_t *checked,
                                gig_errors_t *errors);


static void
gig_answer_name(const gig_field_t *field, char name[GIG_POINTER_SIZE])
{
    (void) snprintf(name, GIG_POINTER_SIZE, "%.*s", (int) field->name.len, field->name.data);
}


int
gig_answers_check(const gig_form_t *form, gig_answers_t *answers, gig_errors_t *errors)
{
    int         rc;
    char        name[GIG_POINTER_SIZE], pointer[GIG_POINTER_SIZE], *p;
    json_t     *checked, *value;
    unsigned    i, before;
    gig_str_t   email;
    gig_buf_t   lower;

    rc = -1;
    before = errors->count;
    gig_buf_init(&lower, GIG_ANSWER_MAX);

    checked = json_object();

    if (checked == NULL || answers->answers == NULL || answers->extra == NULL) {
        (void) gig_errors_add(errors, "", "out of memory");
        goto done;
    }

    for (i = 0; i < form->n; i++) {

        gig_answer_name(&form->field[i], name);
        (void) snprintf(pointer, sizeof(pointer), "/answers/%.100s", name);

        value = gig_answer_check(&form->field[i], json_object_get(answers->answers, name),
                                 pointer, errors);

        if (value != NULL && json_object_set_new(checked, name, value) != 0) {
            (void) gig_errors_add(errors, "", "out of memory");
        }
    }

    if (errors->count == before) {
        gig_answers_groups(form, checked, errors);
    }

    if (errors->count != before) {
        goto done;                              /* what was typed stays, to be shown again */
    }

    for (i = 0; i < form->n; i++) {

        gig_answer_name(&form->field[i], name);
        email = gig_json_str(checked, name);

        if (form->field[i].type != GIG_FIELD_EMAIL || email.len == 0) {
            continue;
        }

        gig_buf_str(&lower, email);

        if (gig_buf_failed(&lower)) {
            break;
        }

        for (p = lower.data; p < lower.data + lower.len; p++) {
            *p = (char) (*p >= 'A' && *p <= 'Z' ? *p | 0x20 : *p);
        }

        if (json_object_set_new(answers->extra, "email", json_stringn(lower.data, lower.len)) != 0)
        {
            lower.failed = 1;
        }

        break;
    }

    if (gig_buf_failed(&lower)) {
        (void) gig_errors_add(errors, "", "out of memory");
        goto done;
    }

    json_decref(answers->answers);
    answers->answers = json_incref(checked);
    rc = 0;

done:

    gig_buf_free(&lower);
    json_decref(checked);

    return rc;
}


/* The normal form of an answer (new), or NULL: there is none, or errors say why. */

static json_t *
gig_answer_check(const gig_field_t *field, const json_t *value, const char *pointer,
    gig_errors_t *errors)
{
    switch (field->type) {
    case GIG_FIELD_FILE:
        return NULL;
    case GIG_FIELD_MULTI_SELECT:
        return gig_answer_multi(field, value, pointer, errors);
    case GIG_FIELD_BOOLEAN:
    case GIG_FIELD_CONSENT:
        return gig_answer_boolean(field, value, pointer, errors);
    default:
        return gig_answer_text(field, value, pointer, errors);
    }
}


static json_t *
gig_answer_missing(const gig_field_t *field, const char *pointer, gig_errors_t *errors)
{
    const char  *says;

    if (!field->required) {
        return NULL;
    }

    switch (field->type) {
    case GIG_FIELD_EMAIL:
        says = "Please write your e-mail address, such as name@example.edu.";
        break;
    case GIG_FIELD_SELECT:
        says = "Please choose one of the options.";
        break;
    case GIG_FIELD_MULTI_SELECT:
        says = "Please choose at least one of the options.";
        break;
    case GIG_FIELD_BOOLEAN:
        says = "Please choose yes or no.";
        break;
    case GIG_FIELD_CONSENT:
        says = "Please tick this box; we cannot take your application without it.";
        break;
    default:
        says = field->label.len != 0 && field->label.data[field->label.len - 1] == '?'
               ? "Please answer this question." : "Please fill in this field.";
        break;
    }

    (void) gig_errors_add(errors, pointer, "%s", says);

    return NULL;
}


static json_t *
gig_answer_boolean(const gig_field_t *field, const json_t *value, const char *pointer,
    gig_errors_t *errors)
{
    int        truth;
    gig_str_t  s;

    truth = json_is_true(value) ? 1 : json_is_false(value) ? 0 : -1;

    if (json_is_string(value)) {

        s = (gig_str_t) { json_string_value(value), json_string_length(value) };
        truth = gig_answer_truth(s);

        if (s.len == 0) {
            value = NULL;
        }
    }

    if (truth < 0 && value != NULL && !json_is_null(value)) {
        (void) gig_errors_add(errors, pointer, field->type == GIG_FIELD_CONSENT
                              ? "Please tick the box or leave it empty."
                              : "Please choose yes or no.");
        return NULL;
    }

    if (field->type == GIG_FIELD_CONSENT) {

        if (truth != 1 && field->required) {
            return gig_answer_missing(field, pointer, errors);
        }

        return json_boolean(truth == 1);
    }

    return truth < 0 ? gig_answer_missing(field, pointer, errors) : json_boolean(truth);
}


/* In the order of the form's options, each once, so that one choice has one form. */

static json_t *
gig_answer_multi(const gig_field_t *field, const json_t *value, const char *pointer,
    gig_errors_t *errors)
{
    char        chosen[GIG_OPTIONS_MAX];
    int         at;
    size_t      i, n;
    json_t     *list;
    gig_str_t   s;

    memset(chosen, 0, sizeof(chosen));

    n = json_is_string(value) ? 1 : json_array_size(value);

    if (value != NULL && !json_is_array(value) && !json_is_string(value)) {
        (void) gig_errors_add(errors, pointer, "Please choose from the options.");
        return NULL;
    }

    for (i = 0; i < n; i++) {

        if (json_is_string(value)) {
            s = (gig_str_t) { json_string_value(value), json_string_length(value) };

            if (s.len == 0) {
                n = 0;
                break;
            }

        } else if (json_is_string(json_array_get(value, i))) {
            s = (gig_str_t) { json_string_value(json_array_get(value, i)),
                              json_string_length(json_array_get(value, i)) };
        } else {
            s = gig_null_str;
        }

        at = gig_answer_option(field, s);

        if (at < 0) {
            (void) gig_errors_add(errors, pointer, "Please choose only from the options.");
            return NULL;
        }

        chosen[at] = 1;
    }

    if (n == 0) {
        return gig_answer_missing(field, pointer, errors);
    }

    list = json_array();

    for (i = 0; i < json_array_size(field->options); i++) {

        if (chosen[i]
            && json_array_append(list, json_object_get(json_array_get(field->options, i),
                                                       "value")) != 0)
        {
            (void) gig_errors_add(errors, pointer, "out of memory");
            json_decref(list);
            return NULL;
        }
    }

    return list;
}


/* Which option has that value, or -1. */

static int
gig_answer_option(const gig_field_t *field, gig_str_t value)
{
    size_t  i;

    for (i = 0; value.len != 0 && i < json_array_size(field->options); i++) {
        if (gig_str_eq(gig_json_str(json_array_get(field->options, i), "value"), value)) {
            return (int) i;
        }
    }

    return -1;
}


static json_t *
gig_answer_text(const gig_field_t *field, const json_t *value, const char *pointer,
    gig_errors_t *errors)
{
    char        *domain;
    size_t       length, limit;
    json_t      *result;
    gig_str_t    s;
    gig_buf_t    raw, out;
    const char  *wrong;

    result = NULL;
    gig_buf_init(&raw, GIG_BODY_MAX);
    gig_buf_init(&out, 4 * GIG_BODY_MAX);

    if (value == NULL || json_is_null(value)) {
        return gig_answer_missing(field, pointer, errors);
    }

    if (field->type == GIG_FIELD_NUMBER && json_is_number(value)) {
        gig_json_canonical(value, &raw);

    } else if (json_is_string(value)) {
        gig_buf_add(&raw, json_string_value(value), json_string_length(value));

    } else {
        (void) gig_errors_add(errors, pointer, "Please write a text here.");
        goto done;
    }

    s = (gig_str_t) { raw.data, raw.len };
    limit = field->max_length != 0 ? field->max_length : GIG_ANSWER_MAX;

    if (gig_buf_failed(&raw) || gig_utf8_length(s) > 2 * (size_t) GIG_ANSWER_MAX) {
        (void) gig_errors_add(errors, pointer, "Please shorten this to at most %zu characters.",
                              limit);
        goto done;
    }

    if (gig_answer_normal(s, &out) != 0
        || !gig_utf8_clean((gig_str_t) { out.data, out.len }, field->type == GIG_FIELD_TEXTAREA))
    {
        (void) gig_errors_add(errors, pointer, field->type == GIG_FIELD_TEXTAREA
                              ? "Please take out the characters that cannot be seen."
                              : "Please write this on one line, without characters that cannot be "
                                "seen.");
        goto done;
    }

    s = (gig_str_t) { out.data, out.len };

    if (s.len == 0) {
        (void) gig_answer_missing(field, pointer, errors);
        goto done;
    }

    length = gig_utf8_length(s);

    if (length > limit) {
        (void) gig_errors_add(errors, pointer,
                              "Please shorten this to at most %zu characters; it has %zu.", limit,
                              length);
        goto done;
    }

    wrong = gig_answer_shape(field, s);

    if (wrong != NULL) {
        (void) gig_errors_add(errors, pointer, "%s", wrong);
        goto done;
    }

    if (field->type == GIG_FIELD_EMAIL) {

        for (domain = memchr(out.data, '@', out.len); domain != NULL
             && domain < out.data + out.len; domain++)
        {
            *domain = (char) (*domain >= 'A' && *domain <= 'Z' ? *domain | 0x20 : *domain);
        }
    }

    result = json_stringn(out.data, out.len);

    if (result == NULL) {
        (void) gig_errors_add(errors, pointer, "out of memory");
    }

done:

    gig_buf_free(&raw);
    gig_buf_free(&out);

    return result;
}


/* NULL, or what the applicant is to do. */

static const char *
gig_answer_shape(const gig_field_t *field, gig_str_t s)
{
    size_t   i, digits, points;
    int64_t  days;

    digits = 0;
    points = 0;

    switch (field->type) {

    case GIG_FIELD_EMAIL:
        return gig_email_valid(s)
               ? NULL : "Please write your e-mail address, such as name@example.edu.";

    case GIG_FIELD_URL:
        return gig_url_valid(s, 0)
               ? NULL : "Please write a whole web address, such as https://example.edu/portfolio.";

    case GIG_FIELD_DATE:
        return gig_date_parse(s, &days) == 0
               ? NULL : "Please write a date as year, month and day, such as 2026-10-26.";

    case GIG_FIELD_SELECT:
        return gig_answer_option(field, s) >= 0 ? NULL : "Please choose one of the options.";

    case GIG_FIELD_TEL:
        for (i = 0; i < s.len; i++) {

            if (s.data[i] >= '0' && s.data[i] <= '9') {
                digits++;

            } else if (strchr("+-() ./x#", s.data[i]) == NULL) {
                break;
            }
        }

        return i == s.len && digits >= 5 && s.len <= GIG_TEL_MAX
               ? NULL : "Please write a telephone number, such as +1 312 555 0100.";

    case GIG_FIELD_NUMBER:
        for (i = s.data[0] == '-' ? 1 : 0; i < s.len; i++) {

            if (s.data[i] >= '0' && s.data[i] <= '9') {
                digits++;

            } else if (s.data[i] == '.' && digits != 0 && i + 1 < s.len) {
                points++;

            } else {
                break;
            }
        }

        return i == s.len && digits != 0 && points <= 1 && s.len <= GIG_NUMBER_MAX
               ? NULL : "Please write a number, such as 12 or 7.5.";

    default:
        break;
    }

    for (i = 0; field->no_url && i + 4 <= s.len; i++) {

        if (strncasecmp(s.data + i, "www.", 4) == 0
            || (i + 7 <= s.len && strncasecmp(s.data + i, "http://", 7) == 0)
            || (i + 8 <= s.len && strncasecmp(s.data + i, "https://", 8) == 0))
        {
            return "Please leave web addresses out of this field.";
        }
    }

    return NULL;
}


/* CRLF and CR become LF, the text is composed (NFC), blanks at both ends go. */

static int
gig_answer_normal(gig_str_t s, gig_buf_t *out)
{
    int               marks, rc;
    size_t            n;
    uint32_t          code;
    gig_str_t         rest;
    gig_buf_t         text;
    utf8proc_uint8_t *composed;
    utf8proc_ssize_t  len;

    rc = -1;
    marks = 0;
    composed = NULL;
    gig_buf_init(&text, GIG_BODY_MAX);

    for (rest = s; rest.len != 0; rest.data += n, rest.len -= n) {

        n = gig_utf8_decode(rest, &code);

        if (n == 0 || code == 0) {
            goto done;
        }

        marks = utf8proc_get_property((utf8proc_int32_t) code)->combining_class != 0
                ? marks + 1 : 0;

        if (marks > GIG_MARKS_MAX) {
            goto done;
        }

        if (code == '\r') {
            gig_buf_puts(&text, "\n");
            n += rest.len > 1 && rest.data[1] == '\n' ? 1 : 0;

        } else {
            gig_buf_add(&text, rest.data, n);
        }
    }

    if (text.len != 0) {

        len = utf8proc_map((const utf8proc_uint8_t *) text.data, (utf8proc_ssize_t) text.len,
                           &composed, (utf8proc_option_t) (UTF8PROC_STABLE | UTF8PROC_COMPOSE));
        if (len < 0) {
            goto done;
        }

        rest = (gig_str_t) { (const char *) composed, (size_t) len };

        while (rest.len != 0 && strchr(" \t\n", rest.data[0]) != NULL) {
            rest.data++;
            rest.len--;
        }

        while (rest.len != 0 && strchr(" \t\n", rest.data[rest.len - 1]) != NULL) {
            rest.len--;
        }

        gig_buf_str(out, rest);
    }

    rc = gig_buf_failed(&text) || gig_buf_failed(out) ? -1 : 0;

done:

    free(composed);
    gig_buf_free(&text);

    return rc;
}


/* Of a required group at least one field must be answered; told at its first field. */

static void
gig_answers_groups(const gig_form_t *form, const json_t *checked, gig_errors_t *errors)
{
    int            answered;
    char           name[GIG_POINTER_SIZE];
    size_t         g;
    unsigned       i, first;
    gig_str_t      id;
    const json_t  *groups, *group;

    groups = json_object_get(form->root, "groups");

    for (g = 0; g < json_array_size(groups) && g < GIG_FIELDS_MAX; g++) {

        group = json_array_get(groups, g);
        id = gig_json_str(group, "id");

        if (id.len == 0 || !json_is_true(json_object_get(group, "required"))) {
            continue;
        }

        answered = 0;
        first = form->n;

        for (i = 0; i < form->n; i++) {

            if (form->field[i].type == GIG_FIELD_FILE || !gig_str_eq(form->field[i].any_of, id)) {
                continue;
            }

            gig_answer_name(&form->field[i], name);
            answered |= json_object_get(checked, name) != NULL;
            first = first == form->n ? i : first;
        }

        if (!answered && first != form->n) {
            gig_answer_name(&form->field[first], name);
            (void) snprintf(name, sizeof(name), "/answers/%.*s", (int) form->field[first].name.len,
                            form->field[first].name.data);
            (void) gig_errors_add(errors, name, "Please fill in at least one of these fields.");
        }
    }
}


gig_str_t
gig_answers_email(const gig_form_t *form, const gig_answers_t *answers)
{
    unsigned  i;

    for (i = 0; i < form->n; i++) {
        if (form->field[i].type == GIG_FIELD_EMAIL) {
            return gig_json_str(answers->extra, "email");
        }
    }

    return gig_null_str;
}


void
gig_answers_canonical(const gig_form_t *form, const gig_answers_t *answers, gig_buf_t *out)
{
    char      name[GIG_POINTER_SIZE];
    json_t   *object, *value;
    unsigned  i;

    object = json_object();

    for (i = 0; object != NULL && i < form->n; i++) {

        gig_answer_name(&form->field[i], name);
        value = json_object_get(answers->answers, name);

        if (value != NULL && json_object_set(object, name, value) != 0) {
            json_decref(object);
            object = NULL;
        }
    }

    gig_json_canonical(object, out);
    json_decref(object);
}
