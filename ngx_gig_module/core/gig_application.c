
/* The application record: written at the edge before it is sealed, read by gig-sync. */

#include <string.h>

#include "gig_application.h"
#include "gig_box.h"
#include "gig_json.h"
#include "gig_mac.h"
#include "gig_time.h"

#define GIG_HASH_NAME_SIZE  (sizeof("hmac-") + GIG_HASH_TEXT)


static const char  *const gig_class_names[] = {
    "identity", "contact", "merit", "pedigree"
};

#define GIG_CLASSES         (sizeof(gig_class_names) / sizeof(gig_class_names[0]))


static json_t  *gig_application_string(gig_str_t s);
static json_t  *gig_application_hash(const char *hash);
static json_t  *gig_application_answers(const gig_form_t *form, const json_t *answers);
static json_t  *gig_application_consents(const gig_form_t *form, const json_t *answers,
    const char *at);


void
gig_application_write(const gig_submission_t *s, const gig_form_t *form,
    const gig_answers_t *answers, gig_buf_t *out)
{
    json_t  *root;
    char     at[GIG_TIME_SIZE];

    gig_time_format_ms(s->received_ms, at);

    /* a NULL anywhere below (no memory, no UTF-8) makes json_pack() free the rest and fail */

    root = json_pack("{s:s, s:s, s:{s:o, s:o, s:I}, s:s, s:o, s:o, s:o, s:[], s:o, s:{s:o, s:n}}",
                     "schema", "gig-application/1",
                     "id", s->id,
                     "gig",
                     "id", gig_application_string(s->gig),
                     "rev", gig_application_string(s->gig_rev),
                     "form_rev", (json_int_t) s->form_rev,
                     "received_at", at,
                     "who", gig_application_hash(s->who),
                     "fingerprint", gig_application_hash(s->print),
                     "answers", gig_application_answers(form, answers->answers),
                     "files",
                     "consents", gig_application_consents(form, answers->answers, at),
                     "source",
                     "ref", answers->source.len != 0 ? gig_application_string(answers->source)
                            : json_null(),
                     "cohort");

    if (root == NULL) {
        out->failed = 1;
        return;
    }

    gig_json_canonical(root, out);
    json_decref(root);
}


static json_t *
gig_application_string(gig_str_t s)
{
    return json_stringn(s.data != NULL ? s.data : "", s.len);
}


static json_t *
gig_application_hash(const char *hash)
{
    return json_sprintf("hmac-%s", hash);
}


/* {class: {field: value}}; every class is there, also an empty one. */

static json_t *
gig_application_answers(const gig_form_t *form, const json_t *answers)
{
    json_t             *all, *group, *value;
    unsigned            i;
    const gig_field_t  *field;

    all = json_object();

    for (i = 0; i < GIG_CLASSES; i++) {
        if (json_object_set_new(all, gig_class_names[i], json_object()) != 0) {
            goto failed;
        }
    }

    for (i = 0; i < form->n; i++) {
        field = &form->field[i];

        if ((size_t) field->class_ >= GIG_CLASSES || field->type == GIG_FIELD_CONSENT) {
            continue;
        }

        group = json_object_get(all, gig_class_names[field->class_]);
        value = json_object_getn(answers, field->name.data, field->name.len);

        if (value != NULL
            && json_object_setn(group, field->name.data, field->name.len, value) != 0)
        {
            goto failed;
        }
    }

    return all;

failed:

    json_decref(all);
    return NULL;
}


/* What was agreed to, in which version; also what was asked and not given. */

static json_t *
gig_application_consents(const gig_form_t *form, const json_t *answers, const char *at)
{
    json_t             *all, *consent;
    unsigned            i;
    const gig_field_t  *field;

    all = json_array();

    for (i = 0; i < form->n; i++) {
        field = &form->field[i];

        if (field->class_ != GIG_CLASS_CONSENT && field->type != GIG_FIELD_CONSENT) {
            continue;
        }

        consent = json_pack("{s:o, s:o, s:b, s:s}",
                            "name", gig_application_string(field->name),
                            "version", field->version.len != 0
                                       ? gig_application_string(field->version) : json_null(),
                            "given", json_is_true(json_object_getn(answers, field->name.data,
                                                                   field->name.len)),
                            "at", at);

        if (json_array_append_new(all, consent) != 0) {
            json_decref(all);
            return NULL;
        }
    }

    return all;
}


json_t *
gig_application_read(gig_str_t json, gig_error_t *err)
{
    size_t          i, len;
    int64_t         at;
    json_t         *root, *answers, *group;
    gig_str_t       id;
    const char     *name;
    unsigned char   bytes[GIG_APPLICATION_ID];

    root = gig_json_parse(json, GIG_BOX_PLAIN_MAX, GIG_JSON_DEPTH_MAX, err);

    if (root == NULL) {
        return NULL;
    }

    if (!gig_str_is(gig_json_str(root, "schema"), "gig-application/1")) {
        (void) gig_error_set(err, "/schema", "must be \"gig-application/1\"");
        goto failed;
    }

    id = gig_json_str(root, "id");

    if (gig_base64url_read(id, bytes, sizeof(bytes), &len) != 0 || len != sizeof(bytes)) {
        (void) gig_error_set(err, "/id", "must be %d characters of base64url",
                             GIG_APPLICATION_TEXT - 1);
        goto failed;
    }

    if (!gig_id_valid(gig_json_str(json_object_get(root, "gig"), "id"))) {
        (void) gig_error_set(err, "/gig/id", "must be 1 to %d of A-Z a-z 0-9 _ -", GIG_ID_MAX);
        goto failed;
    }

    if (gig_time_parse(gig_json_str(root, "received_at"), &at) != 0) {
        (void) gig_error_set(err, "/received_at", "must be a time as in 2026-09-20T14:00:00.214Z");
        goto failed;
    }

    answers = json_object_get(root, "answers");

    if (!json_is_object(answers)) {
        (void) gig_error_set(err, "/answers", "must be an object");
        goto failed;
    }

    json_object_foreach(answers, name, group) {
        for (i = 0; i < GIG_CLASSES && strcmp(name, gig_class_names[i]) != 0; i++) { /* void */ }

        if (i == GIG_CLASSES || !json_is_object(group)) {
            (void) gig_error_set(err, "/answers", "must hold objects named identity, contact, "
                                 "merit or pedigree");
            goto failed;
        }
    }

    return root;

failed:

    json_decref(root);
    return NULL;
}
