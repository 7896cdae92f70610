
/* What a form says of files: which, how large, how many. */

#include <stdio.h>
#include <string.h>

#include "gig_body.h"
#include "gig_form.h"
#include "gig_json.h"

#define GIG_FORM_BODY_MAX       (GIG_BODY_MAX + GIG_FILES_BYTES / 3 * 4)    /* base64 is longer */


static int  gig_form_whole(const json_t *json, const char *name, size_t max, size_t *out);
static unsigned  gig_form_file_fields(const gig_form_t *form);


/* A whole number from 1 to max; 0 and *out left: there is none.  -1: it is something else. */

static int
gig_form_whole(const json_t *json, const char *name, size_t max, size_t *out)
{
    const json_t  *value;

    value = json_object_get(json, name);

    if (value == NULL || json_is_null(value)) {
        return 0;
    }

    if (!json_is_integer(value) || json_integer_value(value) < 1
        || json_integer_value(value) > (json_int_t) max)
    {
        return -1;
    }

    *out = (size_t) json_integer_value(value);

    return 0;
}


void
gig_form_file(const json_t *json, gig_field_t *field, const char *pointer, gig_errors_t *errors)
{
    char             all[GIG_DETAIL_SIZE];
    size_t           i, len;
    gig_str_t        name;
    const char      *near;
    const json_t    *accept;
    gig_file_type_t  type;

    name = gig_null_str;
    field->accept = GIG_FILE_DOCUMENTS;
    field->max_bytes = GIG_FILE_BYTES;

    if (gig_form_whole(json, "max_bytes", GIG_FILES_BYTES, &field->max_bytes) != 0) {
        (void) gig_errors_add(errors, pointer, "has a max_bytes that is no whole number from 1 to "
                              "%d", GIG_FILES_BYTES);
    }

    accept = json_object_get(json, "accept");

    if (accept == NULL || json_is_null(accept)) {
        return;
    }

    field->accept = 0;

    for (i = 0; i < json_array_size(accept) && i < GIG_FILE_TYPES; i++) {

        name.data = json_string_value(json_array_get(accept, i));
        name.len = json_string_length(json_array_get(accept, i));
        type = gig_file_named(name);

        if (type == GIG_FILE_TYPES) {
            break;
        }

        field->accept |= GIG_FILE_BIT(type);
    }

    if (json_is_array(accept) && i != 0 && i == json_array_size(accept)) {
        return;
    }

    for (i = 0, len = 0; i < GIG_FILE_TYPES; i++) {
        len += (size_t) snprintf(all + len, sizeof(all) - len, "%s%s", i == 0 ? "" : ", ",
                                 gig_file_names[i]);
    }

    near = json_array_size(accept) != 0 && name.data != NULL
           ? gig_nearest(name, gig_file_names, GIG_FILE_TYPES) : NULL;

    (void) gig_errors_add(errors, pointer, "has an accept that is no list of known types%s%s; some "
                          "of %s", near != NULL ? ", did you mean " : "", near != NULL ? near : "",
                          all);
}


void
gig_form_limits(gig_form_t *form, gig_errors_t *errors)
{
    size_t         most;
    unsigned       i;
    const json_t  *limits;

    limits = json_object_get(form->root, "limits");
    most = GIG_FILES_MAX;

    if (limits != NULL && !json_is_null(limits) && !json_is_object(limits)) {
        (void) gig_errors_add(errors, "/limits", "is no object; {\"max_files\":3,"
                              "\"max_body_bytes\":6291456} is the form of it");
        return;
    }

    if (gig_form_whole(limits, "max_files", GIG_FILES_MAX, &most) != 0) {
        (void) gig_errors_add(errors, "/limits/max_files", "is no whole number from 1 to %d",
                              GIG_FILES_MAX);
    }

    if (gig_form_whole(limits, "max_body_bytes", GIG_FORM_BODY_MAX, &form->max_body) != 0) {
        (void) gig_errors_add(errors, "/limits/max_body_bytes", "is no whole number from 1 to %d",
                              GIG_FORM_BODY_MAX);
    }

    form->max_files = (unsigned) most;

    for (i = 0; form->max_body != 0 && i < form->n; i++) {
        if (form->field[i].type == GIG_FIELD_FILE && form->field[i].max_bytes >= form->max_body) {
            (void) gig_errors_add(errors, "/limits/max_body_bytes", "is not above the max_bytes of "
                                  "the field %.*s; nobody could send one as large",
                                  (int) form->field[i].name.len, form->field[i].name.data);
            return;
        }
    }
}


static unsigned
gig_form_file_fields(const gig_form_t *form)
{
    unsigned  i, n;

    n = 0;

    for (i = 0; i < form->n; i++) {
        n += form->field[i].type == GIG_FIELD_FILE ? 1 : 0;
    }

    return n;
}


void
gig_form_files(gig_form_t *form, size_t bytes)
{
    unsigned  i;

    form->files = bytes < GIG_FILES_BYTES ? bytes : GIG_FILES_BYTES;

    for (i = 0; form->files != 0 && i < form->n; i++) {
        if (form->field[i].max_bytes > form->files) {
            form->field[i].max_bytes = form->files;
        }
    }
}


size_t
gig_form_body(const gig_form_t *form, int json)
{
    size_t  most;

    if (form->files == 0 || gig_form_file_fields(form) == 0) {
        return GIG_BODY_MAX;
    }

    most = GIG_BODY_MAX + (json ? form->files / 3 * 4 + 4 * GIG_FILES_MAX : form->files);

    return form->max_body != 0 && form->max_body < most ? form->max_body : most;
}


const gig_field_t *
gig_form_needs_files(const gig_form_t *form)
{
    unsigned  i;

    for (i = 0; form->files == 0 && i < form->n; i++) {
        if (form->field[i].type == GIG_FIELD_FILE && form->field[i].required) {
            return &form->field[i];
        }
    }

    return NULL;
}


/* What holds here, in the place of what the record says: a program need not try it out. */

int
gig_form_file_public(const gig_form_t *form, json_t *copy)
{
    json_t      *fields, *field, *accept, *limits;
    unsigned     i, k;

    if (gig_form_file_fields(form) == 0) {
        return 0;
    }

    limits = json_pack("{s:i, s:I}", "max_files", form->files != 0 ? (int) form->max_files : 0,
                       "max_body_bytes", (json_int_t) gig_form_body(form, 0));

    if (json_object_set_new(copy, "limits", limits) != 0) {
        return -1;
    }

    fields = json_object_get(copy, "fields");

    for (i = 0; form->files != 0 && i < form->n; i++) {

        if (form->field[i].type != GIG_FIELD_FILE) {
            continue;
        }

        field = json_array_get(fields, i);
        accept = json_array();

        for (k = 0; k < GIG_FILE_TYPES; k++) {
            if ((form->field[i].accept & GIG_FILE_BIT(k))
                && json_array_append_new(accept, json_string(gig_file_names[k])) != 0)
            {
                json_decref(accept);
                return -1;
            }
        }

        if (json_object_set_new(field, "accept", accept) != 0
            || json_object_set_new(field, "max_bytes",
                                   json_integer((json_int_t) form->field[i].max_bytes)) != 0)
        {
            return -1;
        }
    }

    return 0;
}
