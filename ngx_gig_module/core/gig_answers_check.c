
/*
 * The rules of answers and their normal form.  What is said here is read by
 * applicants at the field: plain words, and always what would be right.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gig_answers_file.h"
#include "gig_json.h"


static json_t  *gig_answer_check(const gig_field_t *field, const json_t *value,
                                 const char *pointer, gig_errors_t *errors);
static json_t  *gig_answer_multi(const gig_field_t *field, const json_t *value,
                                 const char *pointer, gig_errors_t *errors);
static json_t  *gig_answer_boolean(const gig_field_t *field, const json_t *value,
                                   const char *pointer, gig_errors_t *errors);
static void  gig_answers_groups(const gig_form_t *form, const unsigned char *answered,
                                gig_errors_t *errors);
static int  gig_answers_sent_file(const json_t *files, gig_str_t name);
static json_t  *gig_answer_file(const char *name, gig_errors_t *errors);
static void  gig_answer_no_text(const json_t *value, const char *pointer, gig_errors_t *errors);
static void  gig_answers_files(const gig_form_t *form, const json_t *files, gig_errors_t *errors);
static int  gig_answers_applicant(const gig_form_t *form, const json_t *checked, json_t *extra);


int
gig_answers_check(const gig_form_t *form, gig_answers_t *answers, gig_errors_t *errors)
{
    int            rc;
    char           name[GIG_FIELD_NAME + 1], pointer[GIG_POINTER_SIZE];
    json_t        *checked, *value;
    const json_t  *files;
    unsigned       i, before, faults;
    unsigned char  answered[GIG_FORM_FIELDS];

    rc = -1;
    before = errors->count;
    errors->words = form->words;

    checked = json_object();

    if (checked == NULL || answers->answers == NULL || answers->extra == NULL) {
        (void) gig_errors_add(errors, "", "out of memory");
        goto done;
    }

    files = json_object_get(answers->extra, "files");

    for (i = 0; i < form->n; i++) {

        gig_answer_name(&form->field[i], name);
        gig_answer_pointer("/answers/", name, pointer);
        faults = errors->count;

        if (form->field[i].type == GIG_FIELD_FILE) {
            gig_answer_pointer("/files/", name, pointer);
            answered[i] = gig_answers_file_check(form, i, answers,
                                                 gig_answers_sent_file(files, form->field[i].name),
                                                 pointer, errors) != 0
                          || errors->count != faults;

            gig_answer_pointer("/answers/", name, pointer);
            gig_answer_no_text(json_object_get(answers->answers, name), pointer, errors);
            continue;
        }

        value = gig_answers_sent_file(files, form->field[i].name)
                ? gig_answer_file(name, errors)
                : gig_answer_check(&form->field[i], json_object_get(answers->answers, name),
                                   pointer, errors);

        /* one that is wrong is no one that is missing */

        answered[i] = value != NULL || errors->count != faults;

        if (value != NULL && gig_answer_set(checked, &form->field[i], value) != 0) {
            (void) gig_errors_add(errors, "", "out of memory");
        }
    }

    gig_answers_groups(form, answered, errors);
    gig_answers_files(form, files, errors);

    if (errors->count != before) {
        goto done;                              /* what was typed stays, to be shown again */
    }

    if (gig_answers_applicant(form, checked, answers->extra) != 0) {
        (void) gig_errors_add(errors, "", "out of memory");
        goto done;
    }

    json_decref(answers->answers);
    answers->answers = json_incref(checked);
    rc = 0;

done:

    json_decref(checked);

    return rc;
}


/* The first e-mail in lower case: the applicant, whatever they hold the shift key for. */

static int
gig_answers_applicant(const gig_form_t *form, const json_t *checked, json_t *extra)
{
    int         rc;
    char        name[GIG_FIELD_NAME + 1], *p;
    unsigned    i;
    gig_str_t   email;
    gig_buf_t   lower;

    gig_buf_init(&lower, GIG_BODY_VALUE);

    for (i = 0; i < form->n; i++) {

        gig_answer_name(&form->field[i], name);
        email = gig_json_str(checked, name);

        if (form->field[i].type != GIG_FIELD_EMAIL || email.len == 0) {
            continue;
        }

        gig_buf_str(&lower, email);

        for (p = lower.data; !gig_buf_failed(&lower) && p < lower.data + lower.len; p++) {
            *p = (char) (*p >= 'A' && *p <= 'Z' ? *p | 0x20 : *p);
        }

        break;
    }

    rc = gig_buf_failed(&lower) ? -1 : 0;

    if (rc == 0 && lower.len != 0) {
        rc = json_object_set_new(extra, "email", json_stringn(lower.data, lower.len));
    }

    gig_buf_free(&lower);

    return rc;
}


/* The normal form of an answer (new), or NULL: there is none, or errors say why. */

static json_t *
gig_answer_check(const gig_field_t *field, const json_t *value, const char *pointer,
    gig_errors_t *errors)
{
    switch (field->type) {
    case GIG_FIELD_MULTI_SELECT:
        return gig_answer_multi(field, value, pointer, errors);
    case GIG_FIELD_BOOLEAN:
    case GIG_FIELD_CONSENT:
        return gig_answer_boolean(field, value, pointer, errors);
    default:
        return gig_answer_text(field, value, pointer, errors);
    }
}


json_t *
gig_answer_missing(const gig_field_t *field, const char *pointer, gig_errors_t *errors)
{
    gig_say_t  says;

    if (!field->required) {
        return NULL;
    }

    switch (field->type) {
    case GIG_FIELD_EMAIL:
        says = GIG_SAY_ANSWER_EMAIL;
        break;
    case GIG_FIELD_SELECT:
        says = GIG_SAY_ANSWER_OPTION;
        break;
    case GIG_FIELD_MULTI_SELECT:
        says = GIG_SAY_ANSWER_OPTIONS;
        break;
    case GIG_FIELD_BOOLEAN:
        says = GIG_SAY_ANSWER_YES_NO;
        break;
    case GIG_FIELD_CONSENT:
        says = GIG_SAY_ANSWER_TICK;
        break;
    default:
        says = field->label.len != 0 && field->label.data[field->label.len - 1] == '?'
               ? GIG_SAY_ANSWER_QUESTION : GIG_SAY_ANSWER_FILL_IN;
        break;
    }

    (void) gig_answers_say(errors, pointer, says);

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

        s = gig_json_text(value);
        truth = gig_answer_truth(s);

        if (s.len == 0) {
            value = NULL;
        }
    }

    if (truth < 0 && value != NULL && !json_is_null(value)) {
        (void) gig_answers_say(errors, pointer, field->type == GIG_FIELD_CONSENT
                               ? GIG_SAY_ANSWER_TICK_OR_NOT : GIG_SAY_ANSWER_YES_NO);
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
        (void) gig_answers_say(errors, pointer, GIG_SAY_ANSWER_FROM_OPTIONS);
        return NULL;
    }

    for (i = 0; i < n; i++) {

        if (json_is_string(value)) {
            s = gig_json_text(value);

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
            (void) gig_answers_say(errors, pointer, GIG_SAY_ANSWER_ONLY_OPTIONS);
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


int
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


/* Of a required group at least one field must be answered; told at its first field. */

static void
gig_answers_groups(const gig_form_t *form, const unsigned char *answered, gig_errors_t *errors)
{
    int            any;
    char           name[GIG_FIELD_NAME + 1], pointer[GIG_POINTER_SIZE];
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

        any = 0;
        first = form->n;

        for (i = 0; i < form->n; i++) {

            if ((form->field[i].type == GIG_FIELD_FILE && form->files == 0)
                || !gig_str_eq(form->field[i].any_of, id))
            {
                continue;
            }

            any |= answered[i];
            first = first == form->n ? i : first;
        }

        if (!any && first != form->n) {
            gig_answer_name(&form->field[first], name);
            gig_answer_pointer(form->field[first].type == GIG_FIELD_FILE ? "/files/" : "/answers/",
                               name, pointer);
            (void) gig_answers_say(errors, pointer, GIG_SAY_ANSWER_ONE_OF);
        }
    }
}


/* A file that was sent is never dropped in silence: who sent it thinks it has arrived. */

static json_t *
gig_answer_file(const char *name, gig_errors_t *errors)
{
    char  pointer[GIG_POINTER_SIZE];

    gig_answer_pointer("/files/", name, pointer);
    (void) gig_answers_say(errors, pointer, GIG_SAY_ANSWER_TEXT_FOR_FILE);

    return NULL;
}


/* A form that is not sent as multipart has the name of the file where the file should be. */

static void
gig_answer_no_text(const json_t *value, const char *pointer, gig_errors_t *errors)
{
    if (value != NULL && !json_is_null(value) && (!json_is_string(value)
                                                  || json_string_length(value) != 0))
    {
        (void) gig_answers_say(errors, pointer, GIG_SAY_ANSWER_FILE_FOR_TEXT);
    }
}


static int
gig_answers_sent_file(const json_t *files, gig_str_t name)
{
    size_t     i;
    gig_str_t  sent;

    for (i = 0; i < json_array_size(files); i++) {

        sent.data = json_string_value(json_array_get(files, i));
        sent.len = json_string_length(json_array_get(files, i));

        if (gig_str_eq(sent, name)) {
            return 1;
        }
    }

    return 0;
}


/* Those of no field: under any name, for which a pointer has not always room. */

static void
gig_answers_files(const gig_form_t *form, const json_t *files, gig_errors_t *errors)
{
    size_t    unknown;
    unsigned  i;

    unknown = json_array_size(files);

    for (i = 0; i < form->n; i++) {
        unknown -= gig_answers_sent_file(files, form->field[i].name) ? 1 : 0;
    }

    if (unknown != 0) {
        (void) gig_answers_say(errors, "/files", GIG_SAY_ANSWER_NO_FILE);
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
    char               hash[GIG_SHA256_TEXT];
    json_t            *of_file[GIG_FORM_FIELDS];
    size_t             n, n_files;
    unsigned           i;
    gig_json_member_t  member[GIG_FORM_FIELDS];
    const gig_file_t  *file;
    const gig_field_t *field;

    n = 0;
    n_files = 0;

    for (i = 0; i < form->n; i++) {

        field = &form->field[i];
        file = gig_answers_file_of(answers, i);

        member[n].name = field->name;

        if (file != NULL) {
            of_file[n_files] = json_pack("{s:s}", "sha256",
                                         sodium_bin2hex(hash, sizeof(hash), file->sha256,
                                                        GIG_SHA256_SIZE));
            out->failed |= of_file[n_files] == NULL;
            member[n++].value = of_file[n_files++];

        } else {
            member[n].value = json_object_getn(answers->answers, field->name.data,
                                               field->name.len);
            n += member[n].value != NULL ? 1 : 0;
        }
    }

    gig_json_canonical_members(member, n, out);

    while (n_files != 0) {
        json_decref(of_file[--n_files]);
    }
}
