
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


#define ASKS(type, more)                                                                          \
    FORM("{\"name\":\"a\",\"label\":\"L\",\"type\":\"" type "\",\"class\":\"merit\"," more "}")


static void
test_spam(void **state)
{
    (void) state;

    memset(&errors, 0, sizeof(errors));
    assert_int_equal(gig_form_read(gig_str("{\"id\":\"f\",\"rev\":1,\"fields\":[" FIELD("a", "text") "]}"),
                                   &form, &errors), 0);
    assert_int_equal(form.min_seconds, 3);
    assert_int_equal(form.challenge.len, 0);
    gig_form_free(&form);

    assert_int_equal(gig_form_read(gig_str("{\"id\":\"f\",\"rev\":1,\"anti_spam\":{\"min_seconds\":0,"
                                           "\"challenge\":\"/challenge/solve.js\"},\"fields\":["
                                           FIELD("a", "text") "]}"), &form, &errors), 0);
    assert_int_equal(form.min_seconds, 0);
    assert_true(gig_str_is(form.challenge, "/challenge/solve.js"));
    gig_form_free(&form);

    assert_int_equal(gig_form_read(gig_form_default(), &form, &errors), 0);
    assert_int_equal(form.min_seconds, 3);
    assert_int_equal(form.challenge.len, 0);
    gig_form_free(&form);
}


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
    refused(ASKS("file", "\"accept\":\"pdf\""), "/fields/0", "no list of known types; some of pdf, doc");
    refused(ASKS("file", "\"accept\":[]"), "/fields/0", "no list of known types");
    refused(ASKS("file", "\"accept\":[\"pdf\",\"docxx\"]"), "/fields/0", "did you mean docx");
    refused(ASKS("file", "\"accept\":[\"pdf\",7]"), "/fields/0", "no list of known types");
    refused(ASKS("file", "\"max_bytes\":0"), "/fields/0", "from 1 to 8388608");
    refused(ASKS("file", "\"max_bytes\":8388609"), "/fields/0", "from 1 to 8388608");
    refused("{\"id\":\"f\",\"rev\":1,\"limits\":7,\"fields\":[" FIELD("a", "text") "]}", "/limits", "no object");
    refused("{\"id\":\"f\",\"rev\":1,\"limits\":{\"max_files\":9},\"fields\":[" FIELD("a", "text") "]}",
            "/limits/max_files", "from 1 to 8");
    refused("{\"id\":\"f\",\"rev\":1,\"limits\":{\"max_body_bytes\":\"6m\"},\"fields\":[" FIELD("a", "text") "]}",
            "/limits/max_body_bytes", "no whole number");
    refused("{\"id\":\"f\",\"rev\":1,\"limits\":{\"max_body_bytes\":300000},\"fields\":[" FIELD("a", "file") "]}",
            "/limits/max_body_bytes", "not above the max_bytes of the field a");
    refused(FORM("{\"name\":\"a\",\"label\":\"L\",\"type\":\"text\",\"class\":\"merit\",\"max_length\":0}"),
            "/fields/0", "max_length");
    refused(FORM("{\"name\":\"a\",\"label\":\"L\\u202e\",\"type\":\"text\",\"class\":\"merit\"}"),
            "/fields/0", "label");
    refused(FORM("{\"name\":\"a\",\"label\":\"L\",\"type\":\"select\",\"class\":\"merit\",\"options\":"
                 "[{\"value\":\"1\",\"label\":\"x\"},{\"value\":\"1\",\"label\":\"y\"}]}"),
            "/fields/0/options/1", "another option");
    refused(FORM(FIELD("a", "text") ",{\"name\":\"b\",\"label\":\"L\",\"type\":\"text\","
                 "\"class\":\"demographic\"}"), "/fields", "self-identification");
    refused(ASKS("text", "\"min_length\":9,\"max_length\":8"), "/fields/0", "nobody could answer");
    refused(ASKS("text", "\"min_length\":\"9\""), "/fields/0", "min_length");
    refused(ASKS("text", "\"min\":1"), "/fields/0", "only numbers and dates");
    refused(ASKS("number", "\"min\":\"1\""), "/fields/0", "min that is no number");
    refused(ASKS("number", "\"min\":10,\"max\":9"), "/fields/0", "nobody could answer");
    refused(ASKS("number", "\"max\":1e300"), "/fields/0", "max that is no number");
    refused(ASKS("date", "\"max\":\"2026-02-30\""), "/fields/0", "max that is no date");
    refused(ASKS("date", "\"min\":\"2026-02-02\",\"max\":\"2026-02-01\""), "/fields/0", "nobody could");
    refused(ASKS("text", "\"pattern\":\"a(\",\"max_length\":9,\"example\":\"a\""), "/fields/0", "empty");
    refused(ASKS("text", "\"pattern\":\"a+\",\"example\":\"a\""), "/fields/0", "no max_length");
    refused(ASKS("text", "\"pattern\":\"a+\",\"max_length\":2000,\"example\":\"a\""), "/fields/0",
            "no max_length of at most 1000");
    refused(ASKS("text", "\"pattern\":\"a+\",\"max_length\":9"), "/fields/0", "no example");
    refused(ASKS("text", "\"pattern\":\"a+\",\"max_length\":9,\"example\":\"b\""), "/fields/0", "no example");
    refused(ASKS("textarea", "\"pattern\":\"a+\",\"max_length\":9,\"example\":\"a\""), "/fields/0",
            "only text, email");
    refused(ASKS("text", "\"pattern\":7"), "/fields/0", "1 to 200 bytes");
    refused(ASKS("text", "\"any_of\":\"g\""), "/fields/0", "none of the groups");
    refused(ASKS("hidden", "\"required\":true"), "/fields/0", "nobody could apply");
    refused(FORM(FIELD("eligible", "text")), "/fields/0", "with eligibility adds");
    refused("{\"id\":\"f\",\"rev\":1,\"anti_spam\":{\"min_seconds\":61},\"fields\":[" FIELD("a", "text")
            "]}", "/anti_spam/min_seconds", "from 0 to 60");
    refused("{\"id\":\"f\",\"rev\":1,\"anti_spam\":{\"min_seconds\":-1},\"fields\":[" FIELD("a", "text")
            "]}", "/anti_spam/min_seconds", "from 0 to 60");
    refused("{\"id\":\"f\",\"rev\":1,\"anti_spam\":{\"min_seconds\":\"3\"},\"fields\":[" FIELD("a", "text")
            "]}", "/anti_spam/min_seconds", "from 0 to 60");
    refused("{\"id\":\"f\",\"rev\":1,\"anti_spam\":{\"challenge\":\"https://x.example/a.js\"},\"fields\":["
            FIELD("a", "text") "]}", "/anti_spam/challenge", "such as /challenge/solve.js");
    refused("{\"id\":\"f\",\"rev\":1,\"anti_spam\":{\"challenge\":\"//x.example/a.js\"},\"fields\":["
            FIELD("a", "text") "]}", "/anti_spam/challenge", "such as /challenge/solve.js");
    refused("{\"id\":\"f\",\"rev\":1,\"anti_spam\":{\"challenge\":\"/a\\\">\"},\"fields\":[" FIELD("a", "text")
            "]}", "/anti_spam/challenge", "such as /challenge/solve.js");
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


/* What one gig makes of a form: what it hides, and what it wants confirmed. */

static void
for_gig(const char *gig, const char *fields, const char *label, const char *help)
{
    char         all[200];
    json_t      *record, *shown;
    size_t       n;
    unsigned     i;
    gig_field_t  last;

    errors.count = 0;
    assert_int_equal(gig_form_read(gig_str(FORM(
        "{\"name\":\"resume\",\"label\":\"L\",\"type\":\"file\",\"class\":\"pedigree\"},"
        FIELD("a", "text") ","
        "{\"name\":\"school\",\"label\":\"L\",\"type\":\"text\",\"class\":\"pedigree\",\"required\":true},"
        "{\"name\":\"year\",\"label\":\"L\",\"type\":\"select\",\"class\":\"pedigree\",\"options\":"
        "[{\"value\":\"1\",\"label\":\"x\"}]}," FIELD("b", "text"))), &form, &errors), 0);

    record = json_loads(gig, 0, NULL);
    assert_non_null(record);
    assert_int_equal(gig_form_for_gig(&form, record), 0);
    json_decref(record);

    n = 0;

    for (i = 0; i < form.n; i++) {
        n += (size_t) snprintf(all + n, sizeof(all) - n, "%.*s ", (int) form.field[i].name.len,
                               form.field[i].name.data);
    }

    assert_string_equal(all, fields);
    last = form.field[form.n - 1];

    if (label != NULL && help != NULL) {
        assert_true(gig_str_is(last.label, label));
        assert_true(gig_str_is(last.help, help));
        assert_true(last.required);
        assert_int_equal(last.type, GIG_FIELD_CONSENT);
    }

    /* the public form says the same, so that programs know what is asked */

    shown = gig_form_public(&form);
    assert_int_equal(json_array_size(json_object_get(shown, "fields")), form.n);

    for (i = 0; i < form.n; i++) {
        assert_true(gig_str_eq(gig_json_str(json_array_get(json_object_get(shown, "fields"), i), "name"),
                               form.field[i].name));
    }

    json_decref(shown);
    gig_form_free(&form);
}


static void
test_for_gig(void **state)
{
    (void) state;

    for_gig("{}", "a b ", NULL, NULL);
    for_gig("{\"privacy\":{\"blind\":true}}", "a b ", NULL, NULL);
    for_gig("{\"privacy\":{\"blind\":null}}", "a b ", NULL, NULL);
    for_gig("{\"privacy\":{\"blind\":false}}", "resume a school year b ", NULL, NULL);
    for_gig("{\"eligibility\":{\"audience\":[\"student\"],\"note\":null,\"min_age\":0}}", "a b ", NULL, NULL);
    for_gig("{\"eligibility\":{\"min_age\":18}}", "a b eligible ", "I am at least 18 years old", "");
    for_gig("{\"eligibility\":{\"work_authorization\":[\"US\"]}}", "a b eligible ", "I may work in US", "");
    for_gig("{\"eligibility\":{\"min_age\":16,\"work_authorization\":[\"US\",\"CA\",\"MX\"],"
            "\"note\":\"Enrolled this term.\"},\"privacy\":{\"blind\":false}}",
            "resume a school year b eligible ",
            "I am at least 16 years old, may work in US, CA or MX and meet this condition",
            "Enrolled this term.");
    for_gig("{\"eligibility\":{\"note\":\"Enrolled.\"}}", "a b eligible ", "I meet this condition", "Enrolled.");

    /* a form that asks itself is left to it */

    errors.count = 0;
    assert_int_equal(gig_form_read(gig_str(FORM(FIELD("eligible", "consent"))), &form, &errors), 0);

    json_t  *gig = json_pack("{s:{s:i}}", "eligibility", "min_age", 18);

    assert_int_equal(gig_form_for_gig(&form, gig), 0);
    assert_int_equal(form.n, 1);
    json_decref(gig);
    gig_form_free(&form);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_default),
        cmocka_unit_test(test_spam),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_public_hides),
        cmocka_unit_test(test_for_gig)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
