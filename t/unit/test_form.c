
/*
 * A form that is read is a form people can fill in: what is wrong with it must
 * come out at the publish, not as an applicant's dead end.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_form.h"
#include "gig_json.h"

static gig_form_t    form;
static gig_errors_t  errors;


static void
test_default(void **state)
{
    json_t  *public_;

    (void) state;

    errors.count = 0;
    assert_int_equal(gig_form_read(gig_form_default(), &form, &errors), 0);
    assert_true(gig_str_is(form.id, "f_default"));
    assert_int_equal(form.rev, 1);
    assert_true(gig_str_is(form.honeypot, "website"));
    assert_int_equal(form.n, 6);
    assert_true(gig_str_is(form.field[2].name, "email"));
    assert_int_equal(form.field[2].type, GIG_FIELD_EMAIL);
    assert_int_equal(form.field[4].type, GIG_FIELD_BOOLEAN);
    assert_true(gig_str_is(form.field[4].label, "Can you finish by the due date?"));
    assert_int_equal(form.field[5].type, GIG_FIELD_CONSENT);
    assert_int_equal(form.field[5].class_, GIG_CLASS_CONSENT);
    assert_true(form.field[0].no_url);
    assert_int_equal(form.field[3].max_length, 3000);

    public_ = gig_form_public(&form);
    assert_non_null(public_);
    assert_null(json_object_get(public_, "anti_spam"));
    assert_int_equal(json_array_size(json_object_get(public_, "fields")), 6);
    json_decref(public_);
    gig_form_free(&form);
}


static void
refused(const char *json, const char *pointer, const char *says)
{
    errors.count = 0;

    if (gig_form_read((gig_str_t) { json, strlen(json) }, &form, &errors) != -1
        || strcmp(errors.error[0].pointer, pointer) != 0
        || strstr(errors.error[0].detail, says) == NULL)
    {
        fail_msg("%s: %s: %s", json, errors.count ? errors.error[0].pointer : "taken",
                 errors.count ? errors.error[0].detail : "");
    }

    gig_form_free(&form);
}


#define FORM(fields)        "{\"id\":\"f\",\"rev\":1,\"fields\":[" fields "]}"
#define FIELD(name, type)   "{\"name\":\"" name "\",\"label\":\"L\",\"type\":\"" type "\",\"class\":\"merit\"}"


static void
test_refused(void **state)
{
    (void) state;

    refused("[]", "", "object");
    refused("{", "", "early");
    refused("{\"id\":\"f\",\"rev\":1}", "/fields", "list");
    refused("{\"id\":\"f f\",\"rev\":1,\"fields\":[" FIELD("a", "text") "]}", "/id", "no id");
    refused("{\"id\":\"f\",\"rev\":0,\"fields\":[" FIELD("a", "text") "]}", "/rev", "whole number");
    refused("{\"schema\":\"gig-form/9\",\"id\":\"f\",\"rev\":1,\"fields\":[" FIELD("a", "text") "]}",
            "/schema", "gig-form/1");
    refused(FORM(""), "/fields", "1 to 64");
    refused(FORM("7"), "/fields/0", "no object");
    refused(FORM(FIELD("_key", "text")), "/fields/0", "no name");
    refused(FORM(FIELD("a b", "text")), "/fields/0", "no name");
    refused(FORM(FIELD("a", "textaera")), "/fields/0", "did you mean textarea");
    refused(FORM(FIELD("a", "select")), "/fields/0", "options");
    refused(FORM(FIELD("a", "text") "," FIELD("a", "tel")), "/fields/1", "another field");
    refused(FORM("{\"name\":\"a\",\"type\":\"text\",\"class\":\"merit\"}"), "/fields/0", "label");
    refused(FORM("{\"name\":\"a\",\"label\":\"L\",\"type\":\"text\"}"), "/fields/0", "class");
    refused(FORM("{\"name\":\"a\",\"label\":\"L\",\"type\":\"file\",\"class\":\"merit\",\"required\":true}"),
            "/fields/0", "files are not taken");
    refused(FORM("{\"name\":\"a\",\"label\":\"L\",\"type\":\"text\",\"class\":\"merit\",\"max_length\":0}"),
            "/fields/0", "max_length");
    refused(FORM("{\"name\":\"a\",\"label\":\"L\\u202e\",\"type\":\"text\",\"class\":\"merit\"}"),
            "/fields/0", "label");
    refused(FORM("{\"name\":\"a\",\"label\":\"L\",\"type\":\"select\",\"class\":\"merit\",\"options\":"
                 "[{\"value\":\"1\",\"label\":\"x\"},{\"value\":\"1\",\"label\":\"y\"}]}"),
            "/fields/0/options/1", "another option");
    refused(FORM(FIELD("a", "text") ",{\"name\":\"b\",\"label\":\"L\",\"type\":\"text\","
                 "\"class\":\"demographic\"}"), "/fields", "self-identification");
    refused("{\"id\":\"f\",\"rev\":1,\"anti_spam\":{\"honeypot\":\"a\"},\"fields\":[" FIELD("a", "text")
            "]}", "/anti_spam/honeypot", "caught");
}


static void
test_public_hides(void **state)
{
    char    *text;
    json_t  *public_;

    (void) state;

    errors.count = 0;
    assert_int_equal(gig_form_read(gig_str(
        "{\"id\":\"f\",\"rev\":1,\"_note\":\"x\",\"anti_spam\":{\"honeypot\":\"trap\"},\"fields\":[{\"name\":\"a\","
        "\"label\":\"L\",\"type\":\"text\",\"class\":\"merit\",\"map\":{\"lever\":\"comments\"}}]}"),
        &form, &errors), 0);

    public_ = gig_form_public(&form);
    text = json_dumps(public_, 0);
    assert_null(strstr(text, "trap"));
    assert_null(strstr(text, "comments"));
    assert_null(strstr(text, "_note"));
    assert_non_null(strstr(text, "label"));
    free(text);
    json_decref(public_);
    gig_form_free(&form);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_default),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_public_hides)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
