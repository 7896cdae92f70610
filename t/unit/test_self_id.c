
/*
 * Self-identification is asked only where nobody can be known by the answer: what a form
 * may ask is refused at the import, not regretted later; every sealed record is of one size
 * and of a key of its own; and a record is read only if it is nothing but that.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "gig_json.h"
#include "gig_page.h"
#include "gig_self_id.h"

#include "page_check.h"

#define FORM(fields, more)                                                                    \
    "{\"schema\":\"gig-form/1\",\"id\":\"f_about\",\"rev\":3,\"fields\":[" fields "]" more "}"
#define ABOUT(name, type, more)                                                               \
    "{\"name\":\"" name "\",\"label\":\"About <you>\",\"type\":\"" type "\","                  \
    "\"class\":\"demographic\"" more "}"
#define MERIT   "{\"name\":\"m\",\"label\":\"M\",\"type\":\"text\",\"class\":\"merit\"}"
#define OPTIONS ",\"options\":[{\"value\":\"a\",\"label\":\"A\"},{\"value\":\"b\\\"\",\"label\":\"B\"}]"
#define ALL                                                                                   \
    ABOUT("gender", "select", OPTIONS) "," ABOUT("groups", "multi_select", OPTIONS) ","       \
    ABOUT("veteran", "boolean", "") "," ABOUT("words", "text", ",\"max_length\":100")

static gig_form_t    form;
static gig_errors_t  errors;


static void
read_form(const char *json)
{
    errors.count = 0;

    if (gig_form_read((gig_str_t) { json, strlen(json) }, &form, &errors) != 0) {
        fail_msg("%s: %s %s", json, errors.error[0].pointer, errors.error[0].detail);
    }
}


static void
refused(const char *json, const char *pointer, const char *says)
{
    errors.count = 0;

    if (gig_form_read((gig_str_t) { json, strlen(json) }, &form, &errors) != -1
        || strcmp(errors.error[0].pointer, pointer) != 0
        || strstr(errors.error[0].detail, says) == NULL)
    {
        fail_msg("%s: %s %s", json, errors.error[0].pointer, errors.error[0].detail);
    }

    gig_form_free(&form);
}


static void
test_rules(void **state)
{
    (void) state;

    read_form(FORM(ALL, ""));
    assert_true(gig_self_id_is(&form));
    assert_null(gig_self_id_form(&form).data);
    gig_form_free(&form);

    refused(FORM(MERIT "," ALL, ""), "/fields", "a form of its own and stored apart");
    refused(FORM(ALL "," MERIT, ""), "/fields", "a form of its own and stored apart");
    refused(FORM(ABOUT("a", "boolean", ",\"required\":true"), ""), "/fields/0", "voluntary");
    refused(FORM(ABOUT("a", "boolean", ",\"any_of\":\"g\""), ",\"groups\":[{\"id\":\"g\"}]"),
            "/fields/0", "voluntary");
    refused(FORM(ABOUT("a", "text", ""), ""), "/fields/0", "max_length of at most 100");
    refused(FORM(ABOUT("a", "text", ",\"max_length\":101"), ""), "/fields/0", "at most 100");

    refused(FORM(ABOUT("a", "textarea", ",\"max_length\":9"), ""), "/fields/0", "may know a");
    refused(FORM(ABOUT("a", "email", ""), ""), "/fields/0", "right are select, multi_select");
    refused(FORM(ABOUT("a", "tel", ""), ""), "/fields/0", "right are");
    refused(FORM(ABOUT("a", "url", ""), ""), "/fields/0", "right are");
    refused(FORM(ABOUT("a", "number", ""), ""), "/fields/0", "right are");
    refused(FORM(ABOUT("a", "date", ""), ""), "/fields/0", "right are");
    refused(FORM(ABOUT("a", "file", ""), ""), "/fields/0", "right are");
    refused(FORM(ABOUT("a", "hidden", ",\"value\":\"campus-7\""), ""), "/fields/0", "right are");
    refused(FORM(ABOUT("a", "consent", ""), ""), "/fields/0", "right are");

    refused(FORM(ALL, ",\"self_id\":{\"enabled\":false}"), "/self_id", "the form that people apply");
}


static void
test_offer(void **state)
{
    (void) state;

    read_form(FORM(MERIT, ""));
    assert_false(gig_self_id_is(&form));
    assert_null(gig_self_id_form(&form).data);
    gig_form_free(&form);

    read_form(FORM(MERIT, ",\"self_id\":null"));
    assert_null(gig_self_id_form(&form).data);
    gig_form_free(&form);

    read_form(FORM(MERIT, ",\"self_id\":{\"enabled\":false,\"form_id\":\"f_us\",\"stream\":\"selfid\"}"));
    assert_null(gig_self_id_form(&form).data);
    gig_form_free(&form);

    read_form(FORM(MERIT, ",\"self_id\":{\"enabled\":true,\"form_id\":\"f_us\"}"));
    assert_true(gig_str_is(gig_self_id_form(&form), "f_us"));
    gig_form_free(&form);

    refused(FORM(MERIT, ",\"self_id\":true"), "/self_id", "whether it is enabled");
    refused(FORM(MERIT, ",\"self_id\":{\"form_id\":\"f_us\"}"), "/self_id", "whether it is enabled");
    refused(FORM(MERIT, ",\"self_id\":{\"enabled\":1}"), "/self_id", "whether it is enabled");
    refused(FORM(MERIT, ",\"self_id\":{\"enabled\":true}"), "/self_id/form_id", "another form");
    refused(FORM(MERIT, ",\"self_id\":{\"enabled\":true,\"form_id\":\"a b\"}"), "/self_id/form_id",
            "another form");
    refused(FORM(MERIT, ",\"self_id\":{\"enabled\":true,\"form_id\":\"f_about\"}"),
            "/self_id/form_id", "another form");
    refused(FORM(MERIT, ",\"self_id\":{\"enabled\":false,\"stream\":\"applications\"}"),
            "/self_id/stream", "only selfid");
}


/* Nobody applies by it: it would make a record without a person, or ask a person all this. */
static void
test_no_application(void **state)
{
    json_t  *gig;

    (void) state;

    gig = json_pack("{s:{s:b}}", "privacy", "blind", 0);
    read_form(FORM(ALL, ""));
    assert_int_equal(gig_form_for_gig(&form, gig), -1);
    gig_form_free(&form);
    json_decref(gig);
}


/* What the rules let through fits, however long the answers are. */
static void
test_size(void **state)
{
    int            texts, fits;
    char           name[16], json[8192];
    json_t        *answer;
    gig_buf_t      out;
    unsigned       i;
    gig_answers_t  answers = { 0 };

    (void) state;

    for (texts = 1, fits = 1; fits; texts++) {

        memcpy(json, "{\"id\":\"f\",\"rev\":2147483647,\"fields\":[", 38);
        json[37] = '\0';

        for (i = 0; i < (unsigned) texts; i++) {
            (void) snprintf(json + strlen(json), sizeof(json) - strlen(json),
                            "%s{\"name\":\"t%u\",\"label\":\"L\",\"type\":\"text\",\"max_length\":100,"
                            "\"class\":\"demographic\"}", i == 0 ? "" : ",", i);
        }

        (void) snprintf(json + strlen(json), sizeof(json) - strlen(json), "]}");
        errors.count = 0;
        fits = gig_form_read((gig_str_t) { json, strlen(json) }, &form, &errors) == 0;

        if (!fits) {
            assert_string_equal(errors.error[0].pointer, "/fields");
            assert_non_null(strstr(errors.error[0].detail, "none tells by its length"));
            gig_form_free(&form);
            break;
        }

        /* the longest there are: of four bytes, and of two when escaped */
        answers.answers = json_object();

        for (i = 0; i < form.n; i++) {
            gig_buf_init(&out, 1000);

            while (out.len < 400) {
                gig_buf_puts(&out, "\xf0\x9f\xa6\x98");
            }

            (void) snprintf(name, sizeof(name), "t%u", i);
            answer = json_stringn(out.data, out.len);
            assert_int_equal(json_object_set_new(answers.answers, name, answer), 0);
            gig_buf_free(&out);
        }

        gig_buf_init(&out, GIG_SELF_ID_PLAIN);
        assert_int_equal(gig_self_id_write(&form, &answers, &out), 0);
        assert_int_equal(out.len, GIG_SELF_ID_PLAIN);
        gig_buf_free(&out);
        json_decref(answers.answers);
        gig_form_free(&form);
    }

    assert_int_equal(texts, 5);                 /* four such texts, and no fifth */
}


static void
test_write(void **state)
{
    int                i;
    char               id[2][GIG_SELF_ID_TEXT];
    json_t            *root;
    gig_buf_t          plain, box[2], opened;
    gig_str_t          text;
    gig_error_t        err;
    gig_answers_t      answers = { 0 };
    gig_public_key_t   to = { .kid = "kept" };
    gig_private_key_t  key = { .kid = "kept" };

    (void) state;

    assert_int_equal(crypto_box_keypair(to.key, key.key), 0);
    read_form(FORM(ALL, ""));

    gig_buf_init(&plain, 2 * GIG_SELF_ID_PLAIN);
    answers.answers = json_pack("{s:s, s:[]}", "words", "", "groups");
    assert_int_equal(gig_self_id_write(&form, &answers, &plain), 1);
    assert_int_equal(plain.len, 0);
    json_decref(answers.answers);

    answers.answers = json_pack("{s:s, s:[s,s], s:b, s:s, s:s}", "gender", "a", "groups", "a",
                                "b\"", "veteran", 0, "words", "", "email", "who@example.edu");
    assert_int_equal(gig_self_id_write(&form, &answers, &plain), 0);
    json_decref(answers.answers);
    assert_int_equal(plain.len, GIG_SELF_ID_PLAIN);

    /* of the form alone: no empty text, no answer to what is not asked, and blanks to the end */
    text = (gig_str_t) { plain.data, plain.len };

    while (text.data[text.len - 1] == ' ') {
        text.len--;
    }

    assert_true(gig_str_is(text, "{\"answers\":{\"gender\":\"a\",\"groups\":[\"a\",\"b\\\"\"],"
                                 "\"veteran\":false},\"form\":\"f_about\",\"form_rev\":3,"
                                 "\"schema\":\"gig-self-id/1\"}"));

    for (i = 0; i < 2; i++) {
        gig_buf_init(&box[i], GIG_SELF_ID_BOX);
        assert_int_equal(gig_self_id_seal(&to, (gig_str_t) { plain.data, plain.len }, &box[i]), 0);

        gig_buf_init(&opened, GIG_SELF_ID_PLAIN);
        assert_int_equal(gig_box_open(&key, 1, (gig_str_t) { box[i].data, box[i].len }, &opened,
                                      &err), 0);
        assert_int_equal(opened.len, plain.len);
        assert_memory_equal(opened.data, plain.data, plain.len);

        root = gig_self_id_read((gig_str_t) { opened.data, opened.len }, &err);
        assert_non_null(root);
        json_decref(root);
        gig_buf_free(&opened);

        gig_self_id_name(id[i]);
        assert_int_equal(strlen(id[i]), GIG_SELF_ID_TEXT - 1);
    }

    /* after version, length of the kid and kid comes the ephemeral key */
    assert_int_equal(box[0].len, box[1].len);
    assert_true(box[0].len <= GIG_SELF_ID_BOX);
    assert_memory_equal(box[0].data, box[1].data, 6);
    assert_memory_not_equal(box[0].data + 6, box[1].data + 6, 32);
    assert_string_not_equal(id[0], id[1]);

    gig_buf_free(&box[0]);
    gig_buf_free(&box[1]);
    gig_buf_free(&plain);
    gig_form_free(&form);
}


static void
unread(const char *json, const char *pointer)
{
    json_t       *root;
    gig_error_t   err = { "", "" };

    root = gig_self_id_read((gig_str_t) { json, strlen(json) }, &err);

    if (root != NULL || strcmp(err.pointer, pointer) != 0) {
        fail_msg("%s: %s %s", json, err.pointer, err.detail);
    }
}


#define RECORD(form, rev, answers, more)                                                      \
    "{\"schema\":\"gig-self-id/1\",\"form\":" form ",\"form_rev\":" rev ",\"answers\":" answers more "}"

static void
test_read(void **state)
{
    json_t      *root;
    const char  *right = RECORD("\"f\"", "1", "{\"a\":\"x\",\"b\":[\"y\"],\"c\":true}", "   ");

    (void) state;

    root = gig_self_id_read((gig_str_t) { right, strlen(right) }, NULL);
    assert_non_null(root);
    json_decref(root);

    unread("", "");
    unread("[]", "");
    unread("{\"schema\":\"gig-application/1\"}", "");
    unread(RECORD("\"f\"", "1", "{\"a\":\"x\"}", ",\"gig\":\"g_1\""), "");
    unread(RECORD("\"f f\"", "1", "{\"a\":\"x\"}", ""), "/form");
    unread(RECORD("\"f\"", "0", "{\"a\":\"x\"}", ""), "/form_rev");
    unread(RECORD("\"f\"", "1.5", "{\"a\":\"x\"}", ""), "/form_rev");
    unread(RECORD("\"f\"", "1", "{}", ""), "/answers");
    unread(RECORD("\"f\"", "1", "[\"x\"]", ""), "/answers");
    unread(RECORD("\"f\"", "1", "{\"a\":7}", ""), "/answers");
    unread(RECORD("\"f\"", "1", "{\"a\":[]}", ""), "/answers");
    unread(RECORD("\"f\"", "1", "{\"a\":[true]}", ""), "/answers");
    unread(RECORD("\"f\"", "1", "{\"a\":{\"b\":\"x\"}}", ""), "/answers");
}


/* The pages are whole, and say what the board keeps to. */
static void
test_pages(void **state)
{
    char            *html;
    gig_buf_t        out;
    gig_page_t       page = { .title = gig_str("Acme"), .base = gig_str("/gigs/"),
                              .style = gig_str("gig.css") };
    gig_answers_t    answers = { 0 };
    gig_page_gig_t   gig = { .opens_at = GIG_TIME_NONE, .closes_at = GIG_TIME_NONE };
    gig_page_form_t  view = { .gig = &gig, .form = &form, .key = "TOKEN" };

    (void) state;

    gig.gig = json_pack("{s:s, s:s}", "id", "g_1", "title", "Price scan");
    read_form(FORM(ALL, ",\"anti_spam\":{\"honeypot\":\"website\"}"));

    gig_buf_init(&out, GIG_FORM_MAX);
    gig_page_self_id(&page, &view, &out);
    html = check_text(&out);
    check_page(html);
    assert_non_null(strstr(html, "action=\"/gigs/g_1/self-id\""));
    assert_non_null(strstr(html, "autocomplete=\"off\""));
    assert_non_null(strstr(html, "at least nine others"));
    assert_non_null(strstr(html, "About &lt;you&gt;"));
    assert_non_null(strstr(html, "name=\"website\""));
    assert_null(strstr(html, "required"));
    free(html);

    /* again, with what is wrong and what was typed */
    answers.answers = json_pack("{s:s, s:s}", "words", "<b>typed", "gender", "zz");
    errors.count = 0;
    (void) gig_errors_add(&errors, "/answers/gender", "Please choose one.");
    view.answers = &answers;
    view.errors = &errors;
    gig_buf_init(&out, GIG_FORM_MAX);
    gig_page_self_id(&page, &view, &out);
    html = check_text(&out);
    check_page(html);
    assert_non_null(strstr(html, "Please choose one."));
    assert_non_null(strstr(html, "&lt;b&gt;typed"));
    free(html);

    gig_buf_init(&out, GIG_FORM_MAX);
    gig_page_self_id_thanks(&page, &out);
    html = check_text(&out);
    check_page(html);
    free(html);

    json_decref(answers.answers);
    json_decref((json_t *) (uintptr_t) gig.gig);
    gig_form_free(&form);
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_offer),
        cmocka_unit_test(test_no_application),
        cmocka_unit_test(test_size),
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_pages)
    };

    if (sodium_init() < 0) {
        return 1;
    }

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
