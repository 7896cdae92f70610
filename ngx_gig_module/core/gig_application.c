
/* The application record: written at the edge before it is sealed, read by gig-sync. */

#include <string.h>

#include "gig_answers_file.h"
#include "gig_application.h"
#include "gig_json.h"
#include "gig_mac.h"
#include "gig_time.h"
#include "gig_utf8.h"


/* By name, as they are written. */
static const struct {
    gig_field_class_t   class_;
    const char         *name;
} gig_classes[] = {
    { GIG_CLASS_CONTACT, "contact" },
    { GIG_CLASS_IDENTITY, "identity" },
    { GIG_CLASS_MERIT, "merit" },
    { GIG_CLASS_PEDIGREE, "pedigree" }
};

#define GIG_CLASSES         (sizeof(gig_classes) / sizeof(gig_classes[0]))


static void  gig_application_member(gig_buf_t *out, const char *before, gig_str_t value);
static void  gig_application_answers(const gig_form_t *form, const json_t *answers,
    gig_buf_t *out);
static void  gig_application_files(const gig_form_t *form, const gig_answers_t *answers,
    gig_buf_t *out);
static void  gig_application_consents(const gig_form_t *form, const json_t *answers,
    const char *at, gig_buf_t *out);


/* Canonical JSON as it goes, without a tree: members by name, no blanks. */

void
gig_application_write(const gig_submission_t *s, const gig_form_t *form,
    const gig_answers_t *answers, gig_buf_t *out)
{
    char               at[GIG_TIME_SIZE];
    unsigned           i;
    const gig_file_t  *file;

    gig_time_format_ms(s->received_ms, at);

    gig_buf_puts(out, "{\"answers\":");
    gig_application_answers(form, answers->answers, out);

    gig_buf_puts(out, ",\"consents\":");
    gig_application_consents(form, answers->answers, at, out);

    gig_buf_puts(out, ",\"files\":");
    gig_application_files(form, answers, out);
    gig_buf_puts(out, ",\"fingerprint\":\"hmac-");
    gig_buf_puts(out, s->print);
    gig_buf_printf(out, "\",\"gig\":{\"form_rev\":%lld", (long long) s->form_rev);
    gig_application_member(out, ",\"id\":", s->gig);
    gig_application_member(out, ",\"rev\":", s->gig_rev);
    gig_buf_puts(out, "},\"id\":\"");
    gig_buf_puts(out, s->id);
    gig_buf_puts(out, "\",\"received_at\":\"");
    gig_buf_puts(out, at);

    if (s->replaces != NULL) {
        gig_buf_puts(out, "\",\"replaces\":\"");
        gig_buf_puts(out, s->replaces);
    }

    gig_buf_puts(out, "\",\"schema\":\"gig-application/1\",\"source\":{\"cohort\":null");

    if (answers->source.len != 0) {
        gig_application_member(out, ",\"ref\":", answers->source);
    } else {
        gig_buf_puts(out, ",\"ref\":null");
    }

    gig_buf_puts(out, "},\"who\":\"hmac-");
    gig_buf_puts(out, s->who);
    gig_buf_puts(out, "\"}");

    if (gig_answers_files_bytes(answers) == 0) {
        return;
    }

    gig_buf_room(out, 1 + gig_answers_files_bytes(answers));
    gig_buf_add(out, "", 1);

    for (i = 0; i < form->n; i++) {

        file = gig_answers_file_of(answers, i);

        if (file != NULL) {
            gig_buf_add(out, file->data, file->len);
        }
    }
}


static void
gig_application_member(gig_buf_t *out, const char *before, gig_str_t value)
{
    if (!gig_utf8_valid(value)) {
        out->failed = 1;
        return;
    }

    gig_buf_puts(out, before);
    gig_json_canonical_string(value, out);
}


/* {class: {field: value}}; every class is there, also an empty one. */

static void
gig_application_answers(const gig_form_t *form, const json_t *answers, gig_buf_t *out)
{
    size_t              class_, n;
    unsigned            i;
    gig_json_member_t   member[GIG_FORM_FIELDS];
    const gig_field_t  *field;

    for (class_ = 0; class_ < GIG_CLASSES; class_++) {

        n = 0;

        for (i = 0; i < form->n; i++) {
            field = &form->field[i];

            if (field->class_ != gig_classes[class_].class_
                || field->type == GIG_FIELD_CONSENT)
            {
                continue;
            }

            member[n].name = field->name;
            member[n].value = json_object_getn(answers, field->name.data, field->name.len);
            n += member[n].value != NULL ? 1 : 0;
        }

        gig_buf_puts(out, class_ == 0 ? "{\"" : ",\"");
        gig_buf_puts(out, gig_classes[class_].name);
        gig_buf_puts(out, "\":");
        gig_json_canonical_members(member, n, out);
    }

    gig_buf_puts(out, "}");
}


/* In the order of the form, in which their bytes follow. */

static void
gig_application_files(const gig_form_t *form, const gig_answers_t *answers, gig_buf_t *out)
{
    char               hash[GIG_SHA256_TEXT];
    unsigned           i, n;
    const gig_file_t  *file;

    gig_buf_puts(out, "[");

    for (i = 0, n = 0; answers->files != NULL && i < form->n; i++) {

        file = gig_answers_file_of(answers, i);

        if (file == NULL) {
            continue;
        }

        (void) sodium_bin2hex(hash, sizeof(hash), file->sha256, GIG_SHA256_SIZE);

        gig_application_member(out, n++ == 0 ? "{\"field\":" : ",{\"field\":",
                               form->field[i].name);
        gig_buf_printf(out, ",\"media_type\":\"%s\"", gig_file_media_type(file->type));
        gig_application_member(out, ",\"name\":",
                               (gig_str_t) { file->name, strlen(file->name) });
        gig_buf_printf(out, ",\"sha256\":\"%s\",\"size\":%zu}", hash, file->len);
    }

    gig_buf_puts(out, "]");
}


void
gig_application_split(gig_str_t plain, gig_str_t *json, gig_str_t *files)
{
    const char  *nul;

    nul = plain.len != 0 ? memchr(plain.data, '\0', plain.len) : NULL;     /* in no JSON */

    *json = plain;
    *files = gig_null_str;

    if (nul != NULL) {
        json->len = (size_t) (nul - plain.data);
        files->data = nul + 1;
        files->len = plain.len - json->len - 1;
    }
}


int
gig_application_file(const json_t *application, gig_str_t files, size_t *number, size_t *at,
    gig_application_file_t *file)
{
    char        hash[GIG_SHA256_TEXT];
    json_t     *entry;
    json_int_t  size;

    entry = json_array_get(json_object_get(application, "files"), *number);

    if (entry == NULL) {
        return *at == files.len ? 0 : -1;
    }

    size = json_integer_value(json_object_get(entry, "size"));

    if (*number == GIG_FILES_MAX || size <= 0 || (uint64_t) size > files.len - *at) {
        return -1;
    }

    file->field = gig_json_str(entry, "field");
    file->name = gig_json_str(entry, "name");
    file->media_type = gig_json_str(entry, "media_type");
    file->sha256 = gig_json_str(entry, "sha256");
    file->bytes = (gig_str_t) { files.data + *at, (size_t) size };

    gig_sha256_text(file->bytes, hash);

    if (!gig_str_is(file->sha256, hash) || file->field.len == 0 || file->name.len == 0
        || file->media_type.len == 0)
    {
        return -1;
    }

    *at += file->bytes.len;
    (*number)++;

    return 1;
}


/* What was agreed to, in which version; also what was asked and not given. */

static void
gig_application_consents(const gig_form_t *form, const json_t *answers, const char *at,
    gig_buf_t *out)
{
    int                 given;
    unsigned            i, n;
    const gig_field_t  *field;

    gig_buf_puts(out, "[");

    for (i = 0, n = 0; i < form->n; i++) {
        field = &form->field[i];

        if (field->class_ != GIG_CLASS_CONSENT && field->type != GIG_FIELD_CONSENT) {
            continue;
        }

        given = json_is_true(json_object_getn(answers, field->name.data, field->name.len));

        gig_buf_puts(out, n++ == 0 ? "{\"at\":\"" : ",{\"at\":\"");
        gig_buf_puts(out, at);
        gig_buf_puts(out, given ? "\",\"given\":true" : "\",\"given\":false");
        gig_application_member(out, ",\"name\":", field->name);

        if (field->version.len != 0) {
            gig_application_member(out, ",\"version\":", field->version);
        } else {
            gig_buf_puts(out, ",\"version\":null");
        }

        gig_buf_puts(out, "}");
    }

    gig_buf_puts(out, "]");
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

    root = gig_json_parse(json, GIG_APPLICATION_MAX, GIG_JSON_DEPTH_MAX, err);

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
        for (i = 0; i < GIG_CLASSES && strcmp(name, gig_classes[i].name) != 0; i++) { /* void */ }

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
