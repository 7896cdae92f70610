
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "gig_json.h"
#include "gig_mac.h"
#include "gig_self_id.h"

#define GIG_SELF_ID_SCHEMA  "gig-self-id/1"
#define GIG_SELF_ID_DEPTH   4                   /* of brackets: the record, its answers, a list */
#define GIG_SELF_ID_MEMBERS 4

/* {"answers":{},"form":"...","form_rev":2147483647,"schema":"gig-self-id/1"} */
#define GIG_SELF_ID_FRAME   (80 + GIG_ID_MAX)


static void  gig_self_id_offer(const gig_form_t *form, gig_errors_t *errors);
static void  gig_self_id_field(const gig_field_t *field, const char *pointer,
                               gig_errors_t *errors);
static size_t  gig_self_id_size(const gig_field_t *field);
static int  gig_self_id_answer(const json_t *value);


int
gig_self_id_is(const gig_form_t *form)
{
    unsigned  i;

    for (i = 0; i < form->n; i++) {
        if (form->field[i].class_ == GIG_CLASS_DEMOGRAPHIC) {
            return 1;
        }
    }

    return 0;
}


gig_str_t
gig_self_id_form(const gig_form_t *form)
{
    const json_t  *offer;

    offer = json_object_get(form->root, "self_id");

    return json_is_true(json_object_get(offer, "enabled")) ? gig_json_str(offer, "form_id")
                                                           : gig_null_str;
}


void
gig_self_id_rules(const gig_form_t *form, gig_errors_t *errors)
{
    char      pointer[GIG_POINTER_SIZE];
    size_t    size;
    unsigned  i, before;

    if (!gig_self_id_is(form)) {
        gig_self_id_offer(form, errors);
        return;
    }

    before = errors->count;
    size = GIG_SELF_ID_FRAME;

    if (json_object_get(form->root, "self_id") != NULL) {
        (void) gig_errors_add(errors, "/self_id", "is in a form for self-identification itself; "
                              "it belongs into the form that people apply with");
    }

    for (i = 0; i < form->n; i++) {

        if (form->field[i].class_ != GIG_CLASS_DEMOGRAPHIC) {
            (void) gig_errors_add(errors, "/fields", "has demographic fields beside others; "
                                  "self-identification is a form of its own and stored apart");
            return;
        }

        (void) snprintf(pointer, sizeof(pointer), "/fields/%u", i);
        gig_self_id_field(&form->field[i], pointer, errors);
        size += gig_self_id_size(&form->field[i]);
    }

    if (errors->count == before && size > GIG_SELF_ID_PLAIN) {
        (void) gig_errors_add(errors, "/fields", "may be answered with %zu bytes, and all answers "
                              "are sealed in %d so that none tells by its length; ask less, or "
                              "with shorter values", size, GIG_SELF_ID_PLAIN);
    }
}


static void
gig_self_id_offer(const gig_form_t *form, gig_errors_t *errors)
{
    gig_str_t      id;
    const json_t  *offer, *enabled, *stream;

    offer = json_object_get(form->root, "self_id");

    if (offer == NULL || json_is_null(offer)) {
        return;
    }

    enabled = json_object_get(offer, "enabled");
    stream = json_object_get(offer, "stream");
    id = gig_json_str(offer, "form_id");

    if (!json_is_object(offer) || !json_is_boolean(enabled)) {
        (void) gig_errors_add(errors, "/self_id", "does not say whether it is enabled; right is "
                              "{\"enabled\":true,\"form_id\":...}");
        return;
    }

    if (json_is_true(enabled) && (!gig_id_valid(id) || gig_str_eq(id, form->id))) {
        (void) gig_errors_add(errors, "/self_id/form_id", "must be the id of another form, whose "
                              "fields are all of class demographic");
    }

    if (stream != NULL && !gig_str_is(gig_json_str(offer, "stream"), "selfid")) {
        (void) gig_errors_add(errors, "/self_id/stream", "is not known; there is only selfid");
    }
}


static void
gig_self_id_field(const gig_field_t *field, const char *pointer, gig_errors_t *errors)
{
    if (field->required || field->any_of.len != 0) {
        (void) gig_errors_add(errors, pointer, "must be answered, alone or as one of a group; "
                              "self-identification is voluntary, so nothing in its form is "
                              "required");
    }

    switch (field->type) {

    case GIG_FIELD_SELECT:
    case GIG_FIELD_MULTI_SELECT:
    case GIG_FIELD_BOOLEAN:
        return;

    case GIG_FIELD_TEXT:

        if (field->max_length == 0 || field->max_length > GIG_SELF_ID_WORDS) {
            (void) gig_errors_add(errors, pointer, "needs a max_length of at most %d; a longer "
                                  "text tells who wrote it", GIG_SELF_ID_WORDS);
        }

        return;

    default:
        (void) gig_errors_add(errors, pointer, "is of a type by whose answer one may know a "
                              "person; right are select, multi_select, boolean and short text");
    }
}


/* The most bytes that its name and answer can take in a record. */

static size_t
gig_self_id_size(const gig_field_t *field)
{
    size_t     i, size, all;
    gig_buf_t  text;

    all = 0;

    for (i = 0; i < json_array_size(field->options); i++) {

        gig_buf_init(&text, GIG_FORM_MAX);
        gig_json_canonical(json_object_get(json_array_get(field->options, i), "value"), &text);
        size = gig_buf_failed(&text) ? GIG_SELF_ID_PLAIN : text.len + 1;
        gig_buf_free(&text);

        all = field->type == GIG_FIELD_MULTI_SELECT ? all + size : size > all ? size : all;
    }

    if (field->type == GIG_FIELD_TEXT) {
        all = 4 * (size_t) field->max_length;   /* bytes of a character, or of its escape */
    }

    return field->name.len + sizeof("\"\":[],") + sizeof("false") + all;
}


int
gig_self_id_write(const gig_form_t *form, const gig_answers_t *answers, gig_buf_t *out)
{
    int                 rc;
    json_t             *root, *kept, *value;
    size_t              from;
    unsigned            i;
    const gig_field_t  *field;

    rc = -1;
    from = out->len;
    kept = json_object();

    for (i = 0; i < form->n; i++) {

        field = &form->field[i];
        value = json_object_getn(answers->answers, field->name.data, field->name.len);

        if (value == NULL || json_is_null(value)
            || (json_is_string(value) && json_string_length(value) == 0)
            || (json_is_array(value) && json_array_size(value) == 0))
        {
            continue;
        }

        if (json_object_setn(kept, field->name.data, field->name.len, value) != 0) {
            json_decref(kept);
            return -1;
        }
    }

    if (json_object_size(kept) == 0) {
        json_decref(kept);
        return 1;
    }

    root = json_pack("{s:s, s:s%, s:I, s:o}", "schema", GIG_SELF_ID_SCHEMA, "form",
                     form->id.data, form->id.len, "form_rev", (json_int_t) form->rev, "answers",
                     kept);

    if (root == NULL) {
        return -1;
    }

    gig_json_canonical(root, out);
    json_decref(root);

    if (!gig_buf_failed(out) && out->len - from <= GIG_SELF_ID_PLAIN) {

        while (out->len - from < GIG_SELF_ID_PLAIN && !gig_buf_failed(out)) {
            gig_buf_puts(out, " ");
        }

        rc = gig_buf_failed(out) ? -1 : 0;
    }

    return rc;
}


void
gig_self_id_name(char out[GIG_SELF_ID_TEXT])
{
    unsigned char  bytes[GIG_SELF_ID_ID];

    randombytes_buf(bytes, sizeof(bytes));
    gig_base64url(bytes, sizeof(bytes), out, GIG_SELF_ID_TEXT);
}


int
gig_self_id_seal(const gig_public_key_t *to, gig_str_t plain, gig_buf_t *box)
{
    int           rc;
    gig_sealer_t  sealer;

    gig_sealer_init(&sealer, to);
    rc = gig_box_seal(&sealer, 0, plain, box);
    gig_sealer_wipe(&sealer);

    return rc;
}


json_t *
gig_self_id_read(gig_str_t plain, gig_error_t *err)
{
    json_t        *root, *answers, *value;
    const char    *name;
    const json_t  *rev;

    root = gig_json_parse(plain, GIG_SELF_ID_PLAIN, GIG_SELF_ID_DEPTH, err);

    if (root == NULL) {
        return NULL;
    }

    rev = json_object_get(root, "form_rev");
    answers = json_object_get(root, "answers");

    if (!gig_str_is(gig_json_str(root, "schema"), GIG_SELF_ID_SCHEMA)
        || json_object_size(root) != GIG_SELF_ID_MEMBERS)
    {
        (void) gig_error_set(err, "", "must be \"" GIG_SELF_ID_SCHEMA "\" with form, form_rev and "
                             "answers, and nothing else");
        goto failed;
    }

    if (!gig_id_valid(gig_json_str(root, "form"))) {
        (void) gig_error_set(err, "/form", "must be 1 to %d of A-Z a-z 0-9 _ -", GIG_ID_MAX);
        goto failed;
    }

    if (!json_is_integer(rev) || json_integer_value(rev) < 1
        || json_integer_value(rev) > INT32_MAX)
    {
        (void) gig_error_set(err, "/form_rev", "must be a whole number from 1 on");
        goto failed;
    }

    if (!json_is_object(answers) || json_object_size(answers) == 0) {
        (void) gig_error_set(err, "/answers", "must be an object that is not empty");
        goto failed;
    }

    json_object_foreach(answers, name, value) {
        if (!gig_self_id_answer(value)) {
            (void) gig_error_set(err, "/answers", "must be texts, true or false, and lists of "
                                 "texts");
            goto failed;
        }
    }

    return root;

failed:

    json_decref(root);
    return NULL;
}


static int
gig_self_id_answer(const json_t *value)
{
    size_t  i;

    for (i = 0; i < json_array_size(value); i++) {
        if (!json_is_string(json_array_get(value, i))) {
            return 0;
        }
    }

    return json_is_string(value) || json_is_boolean(value) || json_array_size(value) != 0;
}
