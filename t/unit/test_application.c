
/*
 * What is sealed is all a company ever gets of an applicant: it may not lose, add or let pass a
 * thing.  Demographic answers must never be with the name.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "gig_application.h"
#include "gig_json.h"

static const char  application[] =
    "{\"answers\":{\"contact\":{\"email\":\"dana@example.edu\"},\"identity\":{\"first_name\":\"Dana\"},"
    "\"merit\":{\"available\":true,\"tools\":[\"71\"]},\"pedigree\":{}},"
    "\"consents\":[{\"at\":\"2026-09-20T14:00:00.214Z\",\"given\":true,\"name\":\"consent_processing\","
    "\"version\":\"2026-09\"},{\"at\":\"2026-09-20T14:00:00.214Z\",\"given\":false,"
    "\"name\":\"consent_talent_pool\",\"version\":null}],"
    "\"files\":[],\"fingerprint\":\"hmac-PRINT\","
    "\"gig\":{\"form_rev\":7,\"id\":\"g_1\",\"rev\":\"sha256-6b7f0c\"},"
    "\"id\":\"AAECAwQFBgcICQoLDA0ODw\",\"received_at\":\"2026-09-20T14:00:00.214Z\","
    "\"schema\":\"gig-application/1\",\"source\":{\"cohort\":null,\"ref\":\"campus\"},\"who\":\"hmac-WHO\"}";


static gig_str_t
text(const char *s)
{
    return (gig_str_t) { s, strlen(s) };
}


static void
submission(gig_submission_t *s)
{
    memset(s, 0, sizeof(gig_submission_t));
    s->id = "AAECAwQFBgcICQoLDA0ODw";
    s->who = "WHO";
    s->print = "PRINT";
    s->gig = text("g_1");
    s->gig_rev = text("sha256-6b7f0c");
    s->form_rev = 7;
    s->received_ms = INT64_C(1789912800214);
    s->seat = "reserved";
}


static void
add_field(gig_form_t *form, const char *name, gig_field_type_t type, gig_field_class_t class_,
    const char *version)
{
    gig_field_t  *field;

    field = &form->field[form->n++];
    field->name = text(name);
    field->type = type;
    field->class_ = class_;
    field->version = text(version);
}


static void
test_write(void **state)
{
    gig_buf_t          out;
    gig_form_t         form;
    gig_error_t        err;
    gig_answers_t      answers;
    gig_submission_t   s;

    (void) state;

    submission(&s);
    memset(&form, 0, sizeof(form));
    memset(&answers, 0, sizeof(answers));

    add_field(&form, "first_name", GIG_FIELD_TEXT, GIG_CLASS_IDENTITY, "");
    add_field(&form, "email", GIG_FIELD_EMAIL, GIG_CLASS_CONTACT, "");
    add_field(&form, "available", GIG_FIELD_BOOLEAN, GIG_CLASS_MERIT, "");
    add_field(&form, "tools", GIG_FIELD_MULTI_SELECT, GIG_CLASS_MERIT, "");
    add_field(&form, "not_answered", GIG_FIELD_TEXT, GIG_CLASS_MERIT, "");
    add_field(&form, "origin", GIG_FIELD_TEXT, GIG_CLASS_DEMOGRAPHIC, "");
    add_field(&form, "consent_processing", GIG_FIELD_CONSENT, GIG_CLASS_CONSENT, "2026-09");
    add_field(&form, "consent_talent_pool", GIG_FIELD_CONSENT, GIG_CLASS_CONSENT, "");

    answers.answers = gig_json_parse(gig_str("{\"first_name\":\"Dana\",\"email\":\"dana@example.edu\","
        "\"available\":true,\"tools\":[\"71\"],\"origin\":\"secret\",\"stranger\":\"x\","
        "\"consent_processing\":true}"), 1000, 4, &err);
    assert_non_null(answers.answers);
    answers.source = text("campus");

    gig_buf_init(&out, 4096);
    gig_application_write(&s, &form, &answers, &out);
    assert_false(gig_buf_failed(&out));
    gig_buf_add(&out, "", 1);
    assert_string_equal(out.data, application);

    /* what it replaces is there only if it replaces something */

    gig_buf_reset(&out);
    s.replaces = "DwAECAwQFBgcICQoLDA0OD";
    gig_application_write(&s, &form, &answers, &out);
    gig_buf_add(&out, "", 1);
    assert_non_null(strstr(out.data, ",\"replaces\":\"DwAECAwQFBgcICQoLDA0OD\",\"schema\":"));
    s.replaces = NULL;

    /* what is no UTF-8 fails, and is not written by half */

    gig_buf_reset(&out);
    answers.source = text("\xff");
    gig_application_write(&s, &form, &answers, &out);
    assert_true(gig_buf_failed(&out));

    gig_buf_free(&out);
    json_decref(answers.answers);
}


static void
refused(const char *from, const char *to, const char *pointer)
{
    char         *json, *place;
    json_t       *root;
    gig_error_t   err;

    json = malloc(sizeof(application) + strlen(to));
    assert_non_null(json);
    place = strstr(application, from);
    assert_non_null(place);

    (void) snprintf(json, sizeof(application) + strlen(to), "%.*s%s%s",
                    (int) (place - application), application, to, place + strlen(from));

    root = gig_application_read(text(json), &err);
    assert_null(root);
    assert_string_equal(err.pointer, pointer);
    free(json);
}


static void
test_read(void **state)
{
    json_t       *root;
    gig_error_t   err;

    (void) state;

    root = gig_application_read(text(application), &err);
    assert_non_null(root);
    json_decref(root);

    refused("gig-application/1", "gig-application/2", "/schema");
    refused("AAECAwQFBgcICQoLDA0ODw", "AAECAwQFBgcICQoLDA0OD", "/id");
    refused("AAECAwQFBgcICQoLDA0ODw", "AAECAwQFBgcICQoLDA0ODx", "/id");
    refused("\"id\":\"g_1\"", "\"id\":\"g 1\"", "/gig/id");
    refused("14:00:00.214Z\",\"schema", "14:00:00.214\",\"schema", "/received_at");
    refused("\"answers\":{", "\"answer\":{", "/answers");
    refused("\"pedigree\":{}", "\"pedigree\":[]", "/answers");
    refused("\"pedigree\":{}", "\"demographic\":{}", "/answers");
    refused("\"pedigree\":{}", "\"merit\":{}", "");
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_read)
    };

    if (sodium_init() < 0) {
        return 1;
    }

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
