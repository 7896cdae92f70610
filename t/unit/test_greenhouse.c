
/*
 * A body in the words of another API: whichever of its three encodings and wherever it is cut, a
 * field gets the same answer, and what must not be kept is nowhere in what is left.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_answers_file.h"
#include "gig_greenhouse_answers.h"
#include "gig_json.h"


/* Two of these are too long for one name. */
#define LONG    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

#define JSON_BODY                                                                                  \
    "{\"first_name\":\"Avery\",\"email\":\"avery@example.edu\",\"question_1\":1,"                  \
    "\"question_2\":[71,\"72\"],\"question_3\":2.50,\"unknown\":{\"a\":[{\"b\":{\"c\":null}}]},"    \
    "\"data_compliance\":{\"gdpr_processing_consent_given\":true,\"other\":{\"x\":1}},"            \
    "\"demographic_answers\":[{\"question_id\":87,\"answer_options\":[{\"text\":\"MARK\"}]}],"     \
    "\"gender\":\"MARK\",\"race\":[\"MARK\"],\"mapped_url_token\":\"t\\u00e9st\",\"_key\":\"x\","  \
    "\"cv_content_filename\":\"a.txt\",\"cv_content\":\"TWFk\\r\\nZSB1cC4=\"}"

#define FORM_BODY                                                                                  \
    "first_name=Avery&email=avery%40example.edu&question_1=1&question_2[]=71&question_2%5B%5D=72"  \
    "&question_3=2.50&data_compliance[gdpr_processing_consent_given]=true&gender=MARK&race=MARK"   \
    "&demographic_answers[][answer_options][][text]=MARK&mapped_url_token=t%C3%A9st&_source=x"     \
    "&cv_content=TWFkZSB1cC4%3D&cv_content_filename=a.txt"

#define PARTS_BODY                                                                                 \
    "--b\r\nContent-Disposition: form-data; name=\"first_name\"\r\n\r\nAvery\r\n"                  \
    "--b\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\navery@example.edu\r\n"           \
    "--b\r\nContent-Disposition: form-data; name=\"question_1\"\r\n\r\n1\r\n"                      \
    "--b\r\nContent-Disposition: form-data; name=\"question_2[]\"\r\n\r\n71\r\n"                   \
    "--b\r\nContent-Disposition: form-data; name=\"question_2[]\"\r\n\r\n72\r\n"                   \
    "--b\r\nContent-Disposition: form-data; name=\"question_3\"\r\n\r\n2.50\r\n"                   \
    "--b\r\nContent-Disposition: form-data; name=\"gdpr_consent_given\"\r\n\r\ntrue\r\n"           \
    "--b\r\nContent-Disposition: form-data; name=\"gender\"\r\n\r\nMARK\r\n"                       \
    "--b\r\nContent-Disposition: form-data; name=\"demographic_answers[][x]\"\r\n\r\nMARK\r\n"     \
    "--b\r\nContent-Disposition: form-data; name=\"mapped_url_token\"\r\n\r\nt\xc3\xa9st\r\n"      \
    "--b\r\nContent-Disposition: form-data; name=\"cv\"; filename=\"a.txt\"\r\n\r\nMade up.\r\n"   \
    "--b--\r\n"

static const char  fields[] =
    "{\"schema\":\"gig-form/1\",\"id\":\"f\",\"rev\":1,\"fields\":["
    "{\"name\":\"first_name\",\"label\":\"N\",\"type\":\"text\",\"class\":\"identity\"},"
    "{\"name\":\"email\",\"label\":\"E\",\"type\":\"email\",\"class\":\"contact\"},"
    "{\"name\":\"yes\",\"label\":\"Y\",\"type\":\"boolean\",\"class\":\"merit\","
    "\"map\":{\"greenhouse\":\"question_1\"}},"
    "{\"name\":\"tools\",\"label\":\"T\",\"type\":\"multi_select\",\"class\":\"merit\","
    "\"options\":[{\"value\":\"71\",\"label\":\"A\"},{\"value\":\"72\",\"label\":\"B\"}],"
    "\"map\":{\"greenhouse\":\"question_2[]\"}},"
    "{\"name\":\"hours\",\"label\":\"H\",\"type\":\"number\",\"class\":\"merit\","
    "\"map\":{\"greenhouse\":\"question_3\"}},"
    "{\"name\":\"gender\",\"label\":\"G\",\"type\":\"text\",\"class\":\"merit\"},"
    "{\"name\":\"cv\",\"label\":\"C\",\"type\":\"file\",\"class\":\"merit\","
    "\"accept\":[\"txt\"]},"
    "{\"name\":\"consent_processing\",\"label\":\"I\",\"type\":\"consent\",\"class\":\"consent\","
    "\"required\":true,\"version\":\"1\"}]}";

/* What all three of the above come to. */
static const char  expected[] =
    "{\"consent_processing\":true,\"cv\":{\"sha256\":"
    "\"f97426fda0c8c241307031fecaad9a598776bf081736c25947cf75e3f5aa422e\"},"
    "\"email\":\"avery@example.edu\",\"first_name\":\"Avery\",\"hours\":\"2.5\","
    "\"tools\":[\"71\",\"72\"],\"yes\":true}";


static void
form_make(gig_form_t *form)
{
    gig_errors_t  errors;

    errors.count = 0;
    assert_int_equal(gig_form_read((gig_str_t) { fields, strlen(fields) }, form, &errors), 0);
    gig_form_files(form, 4096);
}


/* Fed in two pieces, the first of `cut` bytes.  0 or -1; the caller frees answers. */

static int
feed(const gig_form_t *form, gig_body_type_t type, gig_str_t text, size_t cut,
    gig_answers_t *answers, gig_error_t *err)
{
    int                       rc;
    gig_greenhouse_reader_t  *g;

    g = malloc(sizeof(*g));
    assert_non_null(g);
    assert_int_equal(gig_greenhouse_reader_init(g, form, type, gig_str("b"), answers), 0);

    rc = gig_answers_reader_feed(&g->reader, (gig_str_t) { text.data, cut }, err);

    if (rc == 0) {
        rc = gig_answers_reader_feed(&g->reader, (gig_str_t) { text.data + cut, text.len - cut },
                                     err);
    }

    if (rc == 0) {
        rc = gig_answers_reader_end(&g->reader, err);
    }

    gig_answers_reader_free(&g->reader);
    free(g);

    return rc;
}


static void
same(gig_body_type_t type, gig_str_t text)
{
    char           *kept;
    size_t          cut;
    gig_buf_t       out;
    gig_form_t      form;
    gig_error_t     err;
    gig_errors_t    errors;
    gig_answers_t   answers;

    form_make(&form);

    for (cut = 0; cut <= text.len; cut++) {

        errors.count = 0;
        assert_int_equal(feed(&form, type, text, cut, &answers, &err), 0);
        assert_int_equal(gig_greenhouse_answers(&form, &answers, &errors), 0);
        assert_int_equal(gig_answers_check(&form, &answers, &errors), 0);

        gig_buf_init(&out, 65536);
        gig_answers_canonical(&form, &answers, &out);
        gig_buf_add(&out, "", 1);
        assert_string_equal(out.data, expected);
        gig_buf_free(&out);

        assert_true(gig_str_is(answers.source, "gh_src:t\xc3\xa9st"));
        assert_int_equal(answers.key.len, 0);
        assert_int_equal(answers.files->n, 1);
        assert_string_equal(answers.files->file[0].name, "a.txt");
        assert_memory_equal(answers.files->file[0].data, "Made up.", 8);

        kept = json_dumps(answers.answers, 0);
        assert_null(strstr(kept, "MARK"));
        free(kept);
        kept = json_dumps(answers.extra, 0);
        assert_null(strstr(kept, "MARK"));
        free(kept);

        gig_answers_free(&answers);
    }

    gig_form_free(&form);
}


static void
test_json(void **state)
{
    (void) state;
    same(GIG_BODY_JSON, gig_str(JSON_BODY));
}


static void
test_form(void **state)
{
    (void) state;
    same(GIG_BODY_URLENCODED, gig_str(FORM_BODY));
}


static void
test_parts(void **state)
{
    (void) state;
    same(GIG_BODY_MULTIPART, gig_str(PARTS_BODY));
}


static void
test_wrong(void **state)
{
    size_t         i;
    gig_form_t     form;
    gig_error_t    err;
    gig_answers_t  answers;

    static const char *const  wrong[] = {
        "", "[]", "1", "{", "{}x", "{\"a\":1,}", "{\"a\":{\"b\":1}", "{\"a\":[1}",
        "{\"email\":\"a\",\"email\":\"b\"}",                /* twice, by one name or two */
        "{\"question_1\":1,\"yes\":1}",
        "{\"a\":[[[[[[1]]]]]]}", "{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{}}}}}}}",
        "{\"cv_content\":\"TQ\"}", "{\"cv_content\":\"T-==\"}", "{\"cv_content\":\"TQ==TQ==\"}",
        "{\"email\":\"\xff\"}",
        "{\"" LONG "\":{\"" LONG "\":1}}",
    };

    (void) state;

    form_make(&form);

    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(feed(&form, GIG_BODY_JSON, (gig_str_t) { wrong[i], strlen(wrong[i]) }, 0,
                              &answers, &err), -1);
        assert_true(err.detail[0] != '\0');
        gig_answers_free(&answers);
    }

    /* the other grammar knows nothing of this one */
    assert_int_equal(gig_answers_read(&form, GIG_BODY_JSON, gig_null_str, gig_str("{\"email\":1}"),
                                      &answers, &err), -1);
    gig_answers_free(&answers);

    assert_int_equal(feed(&form, GIG_BODY_JSON, gig_str("{\"cv_content\":\"\",\"\":[1],\"x\":{}}"),
                          3, &answers, &err), 0);
    assert_null(answers.files);
    gig_answers_free(&answers);

    gig_form_free(&form);
}


/* A file by its address is told at its field, by the name that it has there. */

static void
test_told(void **state)
{
    gig_buf_t      out;
    gig_form_t     form;
    gig_error_t    err;
    gig_errors_t   errors;
    gig_answers_t  answers;

    (void) state;

    form_make(&form);
    errors.count = 0;

    assert_int_equal(feed(&form, GIG_BODY_JSON,
                          gig_str("{\"cv_url\":\"https://a.example/cv\",\"question_1\":\"maybe\"}"),
                          0, &answers, &err), 0);
    assert_int_equal(gig_greenhouse_answers(&form, &answers, &errors), -1);
    assert_int_equal(gig_answers_check(&form, &answers, &errors), -1);

    gig_buf_init(&out, 65536);
    gig_greenhouse_problem(422, "not this", &form, &errors, &out);
    gig_buf_add(&out, "", 1);

    assert_non_null(strstr(out.data, "{\"status\":422,\"error\":\"Invalid attributes: cv,question_1,"
                           "data_compliance[gdpr_processing_consent_given]\",\"errors\":["
                           "{\"field\":\"cv\",\"message\":"));
    assert_null(strstr(out.data, "maybe"));

    gig_buf_free(&out);
    gig_answers_free(&answers);
    gig_form_free(&form);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_form),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_told),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests_name("greenhouse", tests, NULL, NULL);
}
