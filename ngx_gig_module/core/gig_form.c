
/* Reading a form: what gig_answers.c relies on is checked here, once. */

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "gig_body.h"
#include "gig_form.h"
#include "gig_json.h"
#include "gig_pattern.h"
#include "gig_self_id.h"
#include "gig_time.h"
#include "gig_utf8.h"

#define GIG_FORM_EXAMPLE    100                 /* characters; it is told when one is wrong */
#define GIG_FORM_ASIDE      8                   /* fields of ours in a body: _key, the trap */
#define GIG_FIELD_LABEL       500                 /* characters of a label or an option */
#define GIG_FIELD_HELP        2000
#define GIG_FORM_DEPTH      8


/* Made by tools/embed of form_default.json. */
extern const char  gig_form_default_json[];


/* In the order of gig_field_type_t and gig_field_class_t. */

static const char *const  gig_field_types[] = {
    "text", "textarea", "email", "tel", "url", "number", "date", "select", "multi_select",
    "boolean", "file", "consent", "hidden"
};

static const char *const  gig_field_classes[] = {
    "identity", "contact", "merit", "pedigree", "consent", "demographic"
};


static void  gig_form_field(const json_t *json, gig_form_t *form, unsigned n,
                            gig_errors_t *errors);
static void  gig_form_lengths(const json_t *json, gig_field_t *field, const char *pointer,
                              gig_errors_t *errors);
static void  gig_form_range(const json_t *json, gig_field_t *field, const char *pointer,
                            gig_errors_t *errors);
static int  gig_form_bound(const json_t *json, gig_field_type_t type, char out[GIG_NUMBER_SIZE]);
static void  gig_form_pattern(const json_t *json, gig_field_t *field, const char *pointer,
                              gig_errors_t *errors);
static void  gig_form_group(const gig_form_t *form, const gig_field_t *field, const char *pointer,
                            gig_errors_t *errors);
static void  gig_form_options(gig_field_t *field, const char *pointer, gig_errors_t *errors);
static gig_str_t  gig_form_text(const json_t *json, const char *name, size_t max,
                                const char *pointer, gig_errors_t *errors);
static void  gig_form_together(const gig_form_t *form, gig_errors_t *errors);
static int  gig_form_one_of(const json_t *json, const char *name, const char *const *names,
                            size_t n, const char *pointer, gig_errors_t *errors);


int
gig_form_read(gig_str_t json, gig_form_t *form, gig_errors_t *errors)
{
    size_t         i;
    unsigned       before;
    gig_error_t    err;
    const json_t  *rev, *fields, *schema;

    memset(form, 0, sizeof(*form));

    form->root = gig_json_parse(json, GIG_FORM_MAX, GIG_FORM_DEPTH, &err);

    if (form->root == NULL) {
        return gig_errors_add(errors, "", "%s", err.detail);
    }

    if (!json_is_object(form->root)) {
        return gig_errors_add(errors, "", "a form is an object; this is a list");
    }

    before = errors->count;

    schema = json_object_get(form->root, "schema");

    if (schema != NULL && !gig_str_is(gig_json_str(form->root, "schema"), "gig-form/1")) {
        (void) gig_errors_add(errors, "/schema", "is not known; gig-form/1 is");
    }

    form->id = gig_json_str(form->root, "id");

    if (!gig_id_valid(form->id)) {
        (void) gig_errors_add(errors, "/id", "is missing or no id; 1 to 40 letters, digits, - and "
                              "_ such as f_default");
    }

    rev = json_object_get(form->root, "rev");
    form->rev = json_integer_value(rev);

    if (!json_is_integer(rev) || form->rev < 1 || form->rev > INT32_MAX) {
        (void) gig_errors_add(errors, "/rev", "is missing or no whole number from 1 on; raise it "
                              "with each change of the form");
    }

    gig_form_spam(json_object_get(form->root, "anti_spam"), form, errors);

    fields = json_object_get(form->root, "fields");

    if (!json_is_array(fields) || json_array_size(fields) == 0
        || json_array_size(fields) > GIG_FIELDS_MAX)
    {
        return gig_errors_add(errors, "/fields", "is missing or no list of 1 to %d fields",
                              GIG_FIELDS_MAX);
    }

    for (i = 0; i < json_array_size(fields); i++) {
        form->n = (unsigned) i + 1;
        gig_form_field(json_array_get(fields, i), form, (unsigned) i, errors);
    }

    if (errors->count == before) {
        gig_form_together(form, errors);
        gig_form_limits(form, errors);
    }

    return errors->count == before ? 0 : -1;
}


void
gig_form_free(gig_form_t *form)
{
    json_decref(form->root);
    form->root = NULL;
    form->n = 0;
}


void
gig_form_share(const gig_form_t *form, gig_form_t *copy)
{
    /* of the fields only those there are: all would be 20 KB */
    memcpy(copy, form, offsetof(gig_form_t, field) + form->n * sizeof(gig_field_t));
    (void) json_incref(copy->root);
}


static void
gig_form_field(const json_t *json, gig_form_t *form, unsigned n, gig_errors_t *errors)
{
    int            type, class_;
    char           pointer[GIG_POINTER_SIZE], c;
    size_t         i;
    gig_field_t   *field;

    field = &form->field[n];
    (void) snprintf(pointer, sizeof(pointer), "/fields/%u", n);

    if (!json_is_object(json)) {
        (void) gig_errors_add(errors, pointer, "is no object; one in {} is wanted");
        return;
    }

    field->name = gig_json_str(json, "name");

    for (i = 0; i < field->name.len; i++) {

        c = field->name.data[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
              || (i != 0 && ((c >= '0' && c <= '9') || c == '_' || c == '-'))))
        {
            break;
        }
    }

    if (i == 0 || i != field->name.len || i > GIG_FIELD_NAME) {
        (void) gig_errors_add(errors, pointer, "has no name, or one that is no name; up to %d "
                              "letters, digits, - and _, a letter first", GIG_FIELD_NAME);
    }

    field->label = gig_form_text(json, "label", GIG_FIELD_LABEL, pointer, errors);
    field->help = gig_form_text(json, "help", GIG_FIELD_HELP, pointer, errors);
    field->version = gig_form_text(json, "version", GIG_FIELD_NAME, pointer, errors);
    field->any_of = gig_form_text(json, "any_of", GIG_FIELD_NAME, pointer, errors);
    field->autocomplete = gig_form_text(json, "autocomplete", GIG_FIELD_NAME, pointer, errors);

    if (field->label.len == 0) {
        (void) gig_errors_add(errors, pointer, "has no label; people must know what to fill in");
    }

    type = gig_form_one_of(json, "type", gig_field_types, 13, pointer, errors);
    class_ = gig_form_one_of(json, "class", gig_field_classes, 6, pointer, errors);

    if (type < 0 || class_ < 0) {
        return;
    }

    field->type = (gig_field_type_t) type;
    field->class_ = (gig_field_class_t) class_;
    field->required = json_is_true(json_object_get(json, "required")) ? 1 : 0;
    field->no_url = json_is_true(json_object_get(json, "no_url")) ? 1 : 0;
    field->options = json_object_get(json, "options");

    gig_form_lengths(json, field, pointer, errors);
    gig_form_range(json, field, pointer, errors);
    gig_form_pattern(json, field, pointer, errors);

    if (field->type == GIG_FIELD_HIDDEN) {

        field->value = gig_form_text(json, "value", GIG_FIELD_LABEL, pointer, errors);

        if (field->required && field->value.len == 0) {
            (void) gig_errors_add(errors, pointer, "is required and hidden, but has no value; "
                                  "nobody could apply");
        }
    }

    if (gig_str_is(field->name, GIG_FIELD_ELIGIBLE) && field->type != GIG_FIELD_CONSENT) {
        (void) gig_errors_add(errors, pointer, "has the name of the box that a gig with "
                              "eligibility adds; another name, or the type consent");
    }

    if (field->type == GIG_FIELD_FILE) {
        gig_form_file(json, field, pointer, errors);
    }

    if (field->type == GIG_FIELD_SELECT || field->type == GIG_FIELD_MULTI_SELECT) {
        gig_form_options(field, pointer, errors);
    } else {
        field->options = NULL;
    }
}


static void
gig_form_lengths(const json_t *json, gig_field_t *field, const char *pointer, gig_errors_t *errors)
{
    unsigned       i, *to;
    const json_t  *length;

    static const char *const  names[] = { "min_length", "max_length" };

    for (i = 0; i < 2; i++) {

        length = json_object_get(json, names[i]);
        to = i == 0 ? &field->min_length : &field->max_length;

        if (length == NULL || json_is_null(length)) {
            continue;
        }

        if (!json_is_integer(length) || json_integer_value(length) < (json_int_t) i
            || json_integer_value(length) > GIG_ANSWER_MAX)
        {
            (void) gig_errors_add(errors, pointer, "has a %s that is no whole number from %u to %d",
                                  names[i], i, GIG_ANSWER_MAX);
        } else {
            *to = (unsigned) json_integer_value(length);
        }
    }

    if (field->max_length != 0 && field->min_length > field->max_length) {
        (void) gig_errors_add(errors, pointer, "has a min_length above its max_length; nobody "
                              "could answer");
    }
}


static void
gig_form_range(const json_t *json, gig_field_t *field, const char *pointer, gig_errors_t *errors)
{
    unsigned       i;
    const json_t  *bound;

    static const char *const  names[] = { "min", "max" };

    for (i = 0; i < 2; i++) {

        bound = json_object_get(json, names[i]);

        if (bound == NULL || json_is_null(bound)) {
            continue;
        }

        if (gig_form_bound(bound, field->type, i == 0 ? field->min : field->max) != 0) {
            (void) gig_errors_add(errors, pointer, "has a %s that is no %s", names[i],
                                  field->type == GIG_FIELD_DATE ? "date such as \"2026-10-26\""
                                  : field->type == GIG_FIELD_NUMBER ? "number such as 12"
                                  : "use: only numbers and dates have one (a text has max_length)");
        }
    }

    if (field->min[0] != '\0' && field->max[0] != '\0'
        && (field->type == GIG_FIELD_DATE ? strcmp(field->min, field->max)
                                          : gig_number_compare(field->min, field->max)) > 0)
    {
        (void) gig_errors_add(errors, pointer, "has a min above its max; nobody could answer");
    }
}


static int
gig_form_bound(const json_t *json, gig_field_type_t type, char out[GIG_NUMBER_SIZE])
{
    int        rc;
    int64_t    days;
    gig_buf_t  text;
    gig_str_t  date;

    if (type == GIG_FIELD_DATE) {

        date = gig_json_text(json);

        if (!json_is_string(json) || gig_date_parse(date, &days) != 0) {
            return -1;
        }

        (void) snprintf(out, GIG_NUMBER_SIZE, "%.*s", (int) date.len, date.data);

        return 0;
    }

    if (type != GIG_FIELD_NUMBER || !json_is_number(json)) {
        return -1;
    }

    gig_buf_init(&text, GIG_FIELD_NAME);
    gig_json_canonical(json, &text);
    rc = gig_buf_failed(&text) ? -1 : gig_number_normal(gig_buf_view(&text), out);
    gig_buf_free(&text);

    if (rc != 0) {
        out[0] = '\0';
    }

    return rc;
}


/* An example comes with each: it is what applicants are shown, and it proves the pattern. */

static void
gig_form_pattern(const json_t *json, gig_field_t *field, const char *pointer, gig_errors_t *errors)
{
    const char     *wrong;
    const json_t   *given;
    gig_pattern_t   pattern;

    field->example = gig_form_text(json, "example", GIG_FORM_EXAMPLE, pointer, errors);

    given = json_object_get(json, "pattern");

    if (given == NULL || json_is_null(given)) {
        return;
    }

    field->pattern = gig_json_str(json, "pattern");

    if (field->type != GIG_FIELD_TEXT && field->type != GIG_FIELD_EMAIL
        && field->type != GIG_FIELD_TEL && field->type != GIG_FIELD_URL)
    {
        (void) gig_errors_add(errors, pointer, "has a pattern, which only text, email, tel and url "
                              "have");

    } else if (gig_pattern_read(field->pattern, &pattern, &wrong) != 0) {
        (void) gig_errors_add(errors, pointer, "has a pattern that %s", wrong);

    } else if (field->max_length == 0 || field->max_length > GIG_PATTERN_TEXT) {
        (void) gig_errors_add(errors, pointer, "has a pattern, but no max_length of at most %d",
                              GIG_PATTERN_TEXT);

    } else if (field->example.len == 0 || !gig_pattern_match(&pattern, field->example)) {
        (void) gig_errors_add(errors, pointer, "has a pattern, but no example that is as the "
                              "pattern wants it");
    }
}


static void
gig_form_options(gig_field_t *field, const char *pointer, gig_errors_t *errors)
{
    char           where[GIG_POINTER_SIZE];
    size_t         i, k, n;
    gig_str_t      value;
    const json_t  *option;

    n = json_array_size(field->options);

    if (!json_is_array(field->options) || n == 0 || n > GIG_OPTIONS_MAX) {
        (void) gig_errors_add(errors, pointer, "has no options; a list of 1 to %d of "
                              "{\"value\":...,\"label\":...}", GIG_OPTIONS_MAX);
        return;
    }

    for (i = 0; i < n; i++) {

        option = json_array_get(field->options, i);
        value = gig_json_str(option, "value");
        (void) snprintf(where, sizeof(where), "%.80s/options/%zu", pointer, i);

        (void) gig_form_text(option, "label", GIG_FIELD_LABEL, where, errors);

        if (value.len == 0 || !gig_utf8_clean(value, 0) || gig_utf8_length(value) > GIG_FIELD_LABEL
            || gig_json_str(option, "label").len == 0)
        {
            (void) gig_errors_add(errors, where, "needs a value and a label, both texts");
            continue;
        }

        for (k = 0; k < i; k++) {

            if (gig_str_eq(gig_json_str(json_array_get(field->options, k), "value"), value)) {
                (void) gig_errors_add(errors, where, "has the value of another option");
                break;
            }
        }
    }
}


/* A text of a field that may be absent; lines are allowed, hidden characters are not. */

static gig_str_t
gig_form_text(const json_t *json, const char *name, size_t max, const char *pointer,
    gig_errors_t *errors)
{
    gig_str_t      s;
    const json_t  *value;

    value = json_object_get(json, name);

    if (value == NULL || json_is_null(value)) {
        return gig_null_str;
    }

    s = gig_json_str(json, name);

    if (s.data == NULL || gig_utf8_length(s) > max || !gig_utf8_clean(s, 1)) {
        (void) gig_errors_add(errors, pointer, "has a %s that is no text of at most %zu visible "
                              "characters", name, max);
        return gig_null_str;
    }

    return s;
}


static int
gig_form_one_of(const json_t *json, const char *name, const char *const *names, size_t n,
    const char *pointer, gig_errors_t *errors)
{
    char         all[GIG_DETAIL_SIZE];
    size_t       i, len;
    gig_str_t    value;
    const char  *near;

    value = gig_json_str(json, name);
    len = 0;

    for (i = 0; i < n; i++) {

        if (value.data != NULL && gig_str_is(value, names[i])) {
            return (int) i;
        }

        if (len < sizeof(all)) {
            len += (size_t) snprintf(all + len, sizeof(all) - len, "%s%s", i == 0 ? "" : ", ",
                                     names[i]);
        }
    }

    near = gig_nearest(value, names, n);

    return gig_errors_add(errors, pointer, "has no known %s%s%s; one of %s", name,
                          near != NULL ? ", did you mean " : "", near != NULL ? near : "", all);
}


/* What fields must be to each other. */

static void
gig_form_together(const gig_form_t *form, gig_errors_t *errors)
{
    char      pointer[GIG_POINTER_SIZE];
    size_t    parts;
    unsigned  i, k;

    parts = form->n + GIG_FORM_ASIDE;

    for (i = 0; i < form->n; i++) {

        (void) snprintf(pointer, sizeof(pointer), "/fields/%u", i);

        for (k = 0; k < i; k++) {
            if (gig_str_eq(form->field[i].name, form->field[k].name)) {
                (void) gig_errors_add(errors, pointer, "has the name of another field");
                break;
            }
        }

        if (gig_str_eq(form->field[i].name, form->honeypot)) {
            (void) gig_errors_add(errors, "/anti_spam/honeypot", "is a field's name; then "
                                  "everybody would be caught");
        }

        gig_form_group(form, &form->field[i], pointer, errors);

        parts += form->field[i].type == GIG_FIELD_MULTI_SELECT
                 ? json_array_size(form->field[i].options) : 0;
    }

    gig_self_id_rules(form, errors);

    if (parts > GIG_BODY_PARTS) {
        (void) gig_errors_add(errors, "/fields", "have more options to choose than one "
                              "application may hold; %zu of %d", parts, GIG_BODY_PARTS);
    }
}


/* The group that a field is of; NULL: there is none such. */

static const json_t *
gig_form_group_of(const gig_form_t *form, const gig_field_t *field)
{
    size_t         i;
    const json_t  *groups, *group;

    groups = json_object_get(form->root, "groups");

    for (i = 0; field->any_of.len != 0 && i < json_array_size(groups); i++) {
        group = json_array_get(groups, i);

        if (gig_str_eq(gig_json_str(group, "id"), field->any_of)) {
            return group;
        }
    }

    return NULL;
}


int
gig_form_in_group(const gig_form_t *form, const gig_field_t *field)
{
    return json_is_true(json_object_get(gig_form_group_of(form, field), "required"));
}


static void
gig_form_group(const gig_form_t *form, const gig_field_t *field, const char *pointer,
    gig_errors_t *errors)
{
    if (field->any_of.len != 0 && gig_form_group_of(form, field) == NULL) {
        (void) gig_errors_add(errors, pointer, "has an any_of that is the id of none of the groups;"
                              " \"groups\":[{\"id\":...,\"required\":true}] has them");
    }
}


gig_str_t
gig_form_default(void)
{
    return (gig_str_t) { gig_form_default_json, strlen(gig_form_default_json) };
}


json_t *
gig_form_public(const gig_form_t *form)
{
    size_t       i;
    json_t      *copy, *fields, *field;
    void        *iter, *next;

    copy = json_deep_copy(form->root);
    if (copy == NULL) {
        return NULL;
    }

    (void) json_object_del(copy, "anti_spam");
    (void) json_object_del(copy, "source");

    for (iter = json_object_iter(copy); iter != NULL; iter = next) {

        next = json_object_iter_next(copy, iter);

        if (json_object_iter_key(iter)[0] == '_') {
            (void) json_object_del(copy, json_object_iter_key(iter));
        }
    }

    fields = json_object_get(copy, "fields");

    for (i = 0; i < json_array_size(fields); i++) {
        field = json_array_get(fields, i);
        (void) json_object_del(field, "map");
    }

    if (gig_form_file_public(form, copy) != 0) {
        json_decref(copy);
        return NULL;
    }

    return copy;
}
