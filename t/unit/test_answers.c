
/*
 * The body of an application comes from anybody.  It must be read for nothing
 * (time, memory), mean the same in both encodings, and when it is not right the
 * applicant must be told at the field what would be.
 */

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gig_answers.h"
#include "gig_json.h"

#define MEGABYTE            (1024 * 1024)

#if defined(__SANITIZE_ADDRESS__)
#define SLOWER              10
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLOWER              10
#endif
#endif

#ifndef SLOWER
#define SLOWER              1
#endif

static gig_form_t     form, wide, rules;
static gig_answers_t  answers;
static gig_errors_t   errors;
static gig_error_t    err;

static const char  wide_form[] =
    "{\"id\":\"f_wide\",\"rev\":3,\"groups\":[{\"id\":\"work\",\"required\":true}],\"fields\":["
    "{\"name\":\"tel\",\"label\":\"Phone\",\"type\":\"tel\",\"class\":\"contact\"},"
    "{\"name\":\"url\",\"label\":\"Portfolio\",\"type\":\"url\",\"class\":\"merit\",\"any_of\":\"work\"},"
    "{\"name\":\"sample\",\"label\":\"Sample\",\"type\":\"textarea\",\"class\":\"merit\",\"any_of\":\"work\"},"
    "{\"name\":\"hours\",\"label\":\"Hours\",\"type\":\"number\",\"class\":\"merit\"},"
    "{\"name\":\"start\",\"label\":\"Start\",\"type\":\"date\",\"class\":\"merit\"},"
    "{\"name\":\"year\",\"label\":\"Year\",\"type\":\"select\",\"class\":\"merit\",\"required\":true,"
    "\"options\":[{\"value\":\"1\",\"label\":\"First\"},{\"value\":\"2\",\"label\":\"Second\"}]},"
    "{\"name\":\"tools\",\"label\":\"Tools\",\"type\":\"multi_select\",\"class\":\"merit\",\"required\":true,"
    "\"options\":[{\"value\":\"71\",\"label\":\"Excel\"},{\"value\":\"72\",\"label\":\"Python\"}]},"
    "{\"name\":\"later\",\"label\":\"Keep it\",\"type\":\"consent\",\"class\":\"consent\"}]}";

/* Everything that a field may ask for beyond its type. */
static const char  rules_form[] =
    "{\"id\":\"f_rules\",\"rev\":1,\"fields\":["
    "{\"name\":\"code\",\"label\":\"Code\",\"type\":\"text\",\"class\":\"merit\",\"max_length\":20,"
    "\"pattern\":\"[A-Z]{2}-\\\\d{4}\",\"example\":\"AB-1234\"},"
    "{\"name\":\"why\",\"label\":\"Why\",\"type\":\"textarea\",\"class\":\"merit\",\"min_length\":10},"
    "{\"name\":\"hours\",\"label\":\"Hours\",\"type\":\"number\",\"class\":\"merit\",\"min\":1,\"max\":40.5},"
    "{\"name\":\"least\",\"label\":\"Least\",\"type\":\"number\",\"class\":\"merit\",\"min\":-3},"
    "{\"name\":\"start\",\"label\":\"Start\",\"type\":\"date\",\"class\":\"merit\","
    "\"min\":\"2026-10-01\",\"max\":\"2026-12-31\"},"
    "{\"name\":\"until\",\"label\":\"Until\",\"type\":\"date\",\"class\":\"merit\",\"max\":\"2026-12-31\"},"
    "{\"name\":\"ref\",\"label\":\"Ref\",\"type\":\"hidden\",\"class\":\"merit\",\"value\":\"web\"},"
    "{\"name\":\"school\",\"label\":\"School\",\"type\":\"text\",\"class\":\"pedigree\",\"required\":true},"
    "{\"name\":\"resume\",\"label\":\"Resume\",\"type\":\"file\",\"class\":\"merit\"}]}";

#define ENCODED_OK                                                                               \
    "first_name=Zo%C3%AB&last_name=O%27Neil&email=Zoe%40Example.EDU&statement=One%0D%0Atwo+"     \
    "&available=no&consent_processing=on"

#define PART(name)      "--b\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n"

#define MULTIPART_OK                                                                             \
    PART("first_name") "Zo\xc3\xab\r\n" PART("last_name") "O'Neil\r\n"                           \
    PART("email") "Zoe@Example.EDU\r\n" PART("statement") "One\r\ntwo \r\n"                      \
    PART("available") "no\r\n" PART("consent_processing") "on\r\n" PART("_key") "k.1\r\n"         \
    PART("_source") "fair\r\n" PART("unknown") "x\r\n--b--\r\n"

#define JSON_OK                                                                                  \
    "{\"source\":{\"ref\":\"fair\"},\"answers\":{\"consent_processing\":true,\"available\":false,"  \
    "\"statement\":\" One\\ntwo\",\"email\":\"Zoe@example.edu\",\"last_name\":\"O'Neil\","       \
    "\"first_name\":\"Zoe\\u0308\",\"unknown\":7}}"


static int
setup(void **state)
{
    (void) state;

    errors.count = 0;

    return gig_form_read(gig_form_default(), &form, &errors) != 0
           || gig_form_read(gig_str(wide_form), &wide, &errors) != 0
           || gig_form_read(gig_str(rules_form), &rules, &errors) != 0;
}


static int
teardown(void **state)
{
    (void) state;

    gig_form_free(&form);
    gig_form_free(&wide);
    gig_form_free(&rules);

    return 0;
}


static int
read_encoded(const gig_form_t *with, gig_str_t body)
{
    return gig_answers_read(with, GIG_BODY_URLENCODED, gig_null_str, body, &answers, &err);
}


static int
read_json(const gig_form_t *with, gig_str_t body)
{
    return gig_answers_read(with, GIG_BODY_JSON, gig_null_str, body, &answers, &err);
}


static int
read_multipart(const gig_form_t *with, gig_str_t body)
{
    return gig_answers_read(with, GIG_BODY_MULTIPART, gig_str("b"), body, &answers, &err);
}


static void
check_encoded(const gig_form_t *with, const char *body, const char *field, const char *says)
{
    unsigned  i;
    char      pointer[100];

    errors.count = 0;
    assert_int_equal(read_encoded(with, (gig_str_t) { body, strlen(body) }), 0);

    if (says == NULL) {

        if (gig_answers_check(with, &answers, &errors) != 0) {
            fail_msg("%s: %s: %s", body, errors.error[0].pointer, errors.error[0].detail);
        }

        gig_answers_free(&answers);
        return;
    }

    assert_int_equal(gig_answers_check(with, &answers, &errors), -1);

    (void) snprintf(pointer, sizeof(pointer), "/answers/%s", field);

    for (i = 0; i < errors.count; i++) {
        if (strcmp(errors.error[i].pointer, pointer) == 0
            && strstr(errors.error[i].detail, says) != NULL)
        {
            break;
        }
    }

    if (i == errors.count) {
        fail_msg("%s: %s: %s", body, errors.error[0].pointer, errors.error[0].detail);
    }

    gig_answers_free(&answers);
}


static void
test_all_encodings_are_one(void **state)
{
    gig_buf_t  one, two, three;

    (void) state;

    gig_buf_init(&one, 10000);
    gig_buf_init(&two, 10000);
    errors.count = 0;

    assert_int_equal(read_encoded(&form, gig_str(ENCODED_OK
                     "&_key=k.1&_source=fair&extra=x&website=")), 0);
    assert_int_equal(gig_answers_check(&form, &answers, &errors), 0);
    assert_true(gig_str_is(answers.key, "k.1"));
    assert_true(gig_str_is(answers.source, "fair"));
    assert_false(answers.honeypot);
    assert_true(gig_str_is(gig_answers_email(&form, &answers), "zoe@example.edu"));
    assert_true(gig_str_is(gig_json_str(answers.answers, "email"), "Zoe@example.edu"));
    gig_answers_canonical(&form, &answers, &one);
    gig_answers_free(&answers);

    assert_int_equal(read_json(&form, gig_str(JSON_OK)), 0);
    assert_int_equal(gig_answers_check(&form, &answers, &errors), 0);
    assert_true(gig_str_is(answers.source, "fair"));
    assert_null(json_object_get(answers.answers, "unknown"));
    gig_answers_canonical(&form, &answers, &two);
    gig_answers_free(&answers);

    gig_buf_init(&three, 10000);
    assert_int_equal(read_multipart(&form, gig_str(MULTIPART_OK)), 0);
    assert_int_equal(gig_answers_check(&form, &answers, &errors), 0);
    assert_true(gig_str_is(answers.key, "k.1"));
    assert_true(gig_str_is(answers.source, "fair"));
    gig_answers_canonical(&form, &answers, &three);
    gig_answers_free(&answers);
    gig_buf_add(&three, "", 1);

    gig_buf_add(&one, "", 1);
    gig_buf_add(&two, "", 1);
    assert_string_equal(three.data, one.data);
    gig_buf_free(&three);
    assert_string_equal(one.data, "{\"available\":false,\"consent_processing\":true,"
                        "\"email\":\"Zoe@example.edu\",\"first_name\":\"Zo\xc3\xab\","
                        "\"last_name\":\"O'Neil\",\"statement\":\"One\\ntwo\"}");
    assert_string_equal(two.data, one.data);

    gig_buf_reset(&one);
    gig_buf_reset(&two);

    assert_int_equal(read_encoded(&wide, gig_str(
        "tools=72&year=2&tools=71&tools=72&hours=7.5&sample=x&tel=%2B1+312+555+0100")),
        0);
    assert_int_equal(gig_answers_check(&wide, &answers, &errors), 0);
    gig_answers_canonical(&wide, &answers, &one);
    gig_answers_free(&answers);

    assert_int_equal(read_json(&wide, gig_str(
        "{\"answers\":{\"tel\":\"+1 312 555 0100\",\"hours\":7.5,\"sample\":\"x\",\"year\":\"2\","
        "\"tools\":[\"71\",\"72\"],\"start\":null,\"url\":\"\"}}")), 0);
    assert_int_equal(gig_answers_check(&wide, &answers, &errors), 0);
    gig_answers_canonical(&wide, &answers, &two);
    gig_answers_free(&answers);

    gig_buf_add(&one, "", 1);
    gig_buf_add(&two, "", 1);
    assert_string_equal(one.data, "{\"hours\":\"7.5\",\"later\":false,\"sample\":\"x\","
                        "\"tel\":\"+1 312 555 0100\",\"tools\":[\"71\",\"72\"],\"year\":\"2\"}");
    assert_string_equal(two.data, one.data);

    gig_buf_free(&one);
    gig_buf_free(&two);
}


static void
test_messages(void **state)
{
    (void) state;

    check_encoded(&form, ENCODED_OK, NULL, NULL);
    check_encoded(&form, "", "first_name", "Please fill in this field.");
    check_encoded(&form, "", "email", "such as name@example.edu");
    check_encoded(&form, "email=name%40example", "email", "such as name@example.edu");
    check_encoded(&form, "", "statement", "Please answer this question.");
    check_encoded(&form, "statement=+%0D%0A+", "statement", "Please answer this question.");
    check_encoded(&form, "available=", "available", "yes or no");
    check_encoded(&form, "available=perhaps", "available", "yes or no");
    check_encoded(&form, "consent_processing=no", "consent_processing", "tick this box");
    check_encoded(&form, "", "consent_processing", "tick this box");
    check_encoded(&form, "first_name=see+WWW.example.com", "first_name", "web addresses");
    check_encoded(&form, "first_name=hTTp%3A%2F%2Fx", "first_name", "web addresses");
    check_encoded(&form, "first_name=a%0Ab", "first_name", "one line");
    check_encoded(&form, "first_name=a%E2%80%AEb", "first_name", "cannot be seen");
    check_encoded(&form, "statement=a%07b", "statement", "cannot be seen");

    check_encoded(&wide, "year=1&tools=71&sample=x", NULL, NULL);
    check_encoded(&wide, "year=1&tools=71", "url", "at least one of these");
    check_encoded(&wide, "year=3", "year", "one of the options");
    check_encoded(&wide, "tools=71&tools=9", "tools", "only from the options");
    check_encoded(&wide, "year=1&tools=", "tools", "at least one");
    check_encoded(&wide, "tel=call+me", "tel", "+1 312 555 0100");
    check_encoded(&wide, "url=javascript%3Ax", "url", "https://example.edu");
    check_encoded(&wide, "hours=many", "hours", "number");
    check_encoded(&wide, "hours=1.2.3", "hours", "number");
    check_encoded(&wide, "start=2026-02-30", "start", "2026-10-26");
}


static void
test_rules(void **state)
{
    (void) state;

    check_encoded(&rules, "school=x&code=AB-1234&why=long+enough&hours=40.5&least=-3&start=2026-10-01"
                  "&until=2026-12-31&ref=web", NULL, NULL);
    check_encoded(&rules, "code=ab-1234", "code", "such as AB-1234.");
    check_encoded(&rules, "code=AB-12345", "code", "such as AB-1234.");
    check_encoded(&rules, "why=too+short", "why", "at least 10 characters; it has 9.");
    check_encoded(&rules, "hours=0.99", "hours", "from 1 to 40.5.");
    check_encoded(&rules, "hours=40.51", "hours", "from 1 to 40.5.");
    check_encoded(&rules, "hours=1e2", "hours", "from 1 to 40.5.");
    check_encoded(&rules, "hours=1e", "hours", "a number");
    check_encoded(&rules, "least=-3.01", "least", "from -3 on.");
    check_encoded(&rules, "start=2026-09-30", "start", "from 2026-10-01 to 2026-12-31.");
    check_encoded(&rules, "until=2027-01-01", "until", "up to 2026-12-31.");
    check_encoded(&rules, "code=AB-1234", "school", "fill in");

    /* all at once, however many, also a group's */

    errors.count = 0;
    assert_int_equal(read_encoded(&wide, gig_str("tel=x&hours=y&start=z&year=9&tools=1")), 0);
    assert_int_equal(gig_answers_check(&wide, &answers, &errors), -1);
    assert_int_equal(errors.count, 6);
    gig_answers_free(&answers);
}


/* One number has one form, whoever wrote it. */

static void
test_numbers(void **state)
{
    size_t  i;
    char    body[100];

    static const char *const  same[][2] = {
        { "7.50", "7.5" }, { "007", "7" }, { "1e3", "1000" }, { "-0", "-0" }, { "-0.0", "0" },
        { "125E-2", "1.25" }, { "0.05", "0.05" }, { "1.0e1", "10" }, { "1000000", "1000000" },
        { "0.00e9", "0" }, { "5e-3", "0.005" }
    };

    (void) state;

    for (i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        errors.count = 0;
        (void) snprintf(body, sizeof(body), "year=1&tools=71&sample=x&hours=%s", same[i][0]);
        assert_int_equal(read_encoded(&wide, (gig_str_t) { body, strlen(body) }), 0);
        assert_int_equal(gig_answers_check(&wide, &answers, &errors), 0);
        assert_string_equal(json_string_value(json_object_get(answers.answers, "hours")),
                            strcmp(same[i][1], "-0") == 0 ? "0" : same[i][1]);
        gig_answers_free(&answers);
    }

    check_encoded(&wide, "hours=.5", "hours", "number");
    check_encoded(&wide, "hours=5.", "hours", "number");
    check_encoded(&wide, "hours=1e99", "hours", "number");
    check_encoded(&wide, "hours=0x10", "hours", "number");
    check_encoded(&wide, "hours=--1", "hours", "number");
    check_encoded(&wide, "hours=1234567890123456789012345678901234567890", "hours", "number");
}


/* A file is told of at its field, an empty file input is nothing. */

static void
test_files(void **state)
{
    static const char  file[] = "--b\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\n"
                                "Content-Type: application/pdf\r\n\r\n%s\r\n--b--\r\n";

    size_t  i, k;
    char    body[500];

    static const struct {
        const char  *name, *filename, *data, *pointer, *says;
    } cases[] = {
        { "resume", "cv.pdf", "%PDF \xff", "/files/resume", "Files cannot be sent yet" },
        { "resume", "cv.pdf", "", "/files/resume", "Files cannot be sent yet" },
        { "resume", "", "x", "/files/resume", "Files cannot be sent yet" },
        { "why", "why.txt", "because", "/files/why", "write a text" },
        { "school", "s.txt", "x", "/files/school", "write a text" },
        { "photo", "me.jpg", "x", "/files", "no field" },
        { "resume", "", "", NULL, NULL },
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        errors.count = 0;
        (void) snprintf(body, sizeof(body), file, cases[i].name, cases[i].filename, cases[i].data);
        assert_int_equal(read_multipart(&rules, (gig_str_t) { body, strlen(body) }), 0);
        assert_int_equal(gig_answers_check(&rules, &answers, &errors), -1);     /* the school */
        assert_int_equal(errors.count, cases[i].says == NULL || strcmp(cases[i].name, "school") == 0
                         ? 1 : 2);

        if (cases[i].says != NULL) {
            k = errors.count == 2 && strcmp(errors.error[0].pointer, "/answers/school") == 0 ? 1 : 0;
            assert_string_equal(errors.error[k].pointer, cases[i].pointer);
            assert_non_null(strstr(errors.error[k].detail, cases[i].says));
        }

        gig_answers_free(&answers);
    }
}


static void
test_booleans(void **state)
{
    size_t  i;

    static const char  *const words[] = { "yes", "true", "1", "on", "no", "false", "0", "off", "YES" };

    (void) state;

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {

        char  body[64];

        (void) snprintf(body, sizeof(body), "available=%s", words[i]);
        assert_int_equal(read_encoded(&form, (gig_str_t) { body, strlen(body) }), 0);
        assert_true(json_is_boolean(json_object_get(answers.answers, "available")));
        assert_int_equal(json_is_true(json_object_get(answers.answers, "available")),
                         i < 4 || i == 8);
        gig_answers_free(&answers);
    }
}


static void
test_what_was_typed_stays(void **state)
{
    (void) state;

    errors.count = 0;
    assert_int_equal(read_encoded(&form, gig_str(
        "first_name=+Dana+&email=wrong&available=yes&other=x&website=http%3A%2F%2Fspam")),
        0);
    assert_true(answers.honeypot);
    assert_int_equal(gig_answers_check(&form, &answers, &errors), -1);
    assert_true(gig_str_is(gig_json_str(answers.answers, "first_name"), " Dana "));
    assert_true(gig_str_is(gig_json_str(answers.answers, "email"), "wrong"));
    assert_true(json_is_true(json_object_get(answers.answers, "available")));
    assert_null(json_object_get(answers.answers, "other"));
    assert_null(gig_answers_email(&form, &answers).data);
    gig_answers_free(&answers);
}


static void
test_lengths(void **state)
{
    char  *body;

    (void) state;

    body = malloc(200000);
    assert_non_null(body);

    memcpy(body, "first_name=", 12);
    memset(body + 11, 'x', 256);
    body[11 + 256] = '\0';
    check_encoded(&form, body, "first_name", "at most 255 characters; it has 256");

    /* thousands of combining marks, in the order that costs most to sort */

    memcpy(body, "statement=a", 12);

    while (strlen(body) < 40000) {
        for (size_t i = 0, at = strlen(body); i < 500; i++, at += 4) {
            memcpy(body + at, i % 2 ? "\xcc\x81\xcc\xa3" : "\xcc\xa7\xcc\x80", 5);
        }
    }

    check_encoded(&form, body, "statement", "cannot be seen");
    free(body);
}


static void
unreadable_encoded(gig_str_t body, const char *says)
{
    assert_int_equal(read_encoded(&form, body), -1);
    assert_non_null(strstr(err.detail, says));
    assert_null(strstr(err.detail, "secret"));
    gig_answers_free(&answers);
}


static void
unreadable_json(gig_str_t body, const char *says)
{
    assert_int_equal(read_json(&form, body), -1);
    assert_non_null(strstr(err.detail, says));
    assert_null(strstr(err.detail, "secret"));
    gig_answers_free(&answers);
}


static void
test_unreadable(void **state)
{
    (void) state;

    unreadable_encoded(gig_str("email=secret%FF"), "UTF-8");
    unreadable_encoded(gig_str("email=secret%C0%AF"), "UTF-8");
    unreadable_encoded(gig_str("email=a%00b"), "NUL");
    unreadable_encoded(gig_str("email=\xed\xa0\x80"), "UTF-8");
    unreadable_encoded(gig_str("email=secret&email=b"), "twice");
    unreadable_encoded(gig_str("_key=a&_key=b"), "_key was sent twice");
    unreadable_encoded(gig_str("_source=a&_key=b&_source=c"), "_source was sent twice");
    unreadable_encoded(gig_str("_replaces=&_replaces="), "_replaces was sent twice");

    unreadable_json(gig_str(""), "empty");
    unreadable_json(gig_str("{}"), "answers");
    unreadable_json(gig_str("{\"answers\":[]}"), "answers");
    unreadable_json(gig_str("{\"answers\":{\"email\":\"secret\",\"email\":\"x\"}}"), "twice");
    unreadable_json(gig_str("{\"answers\":{\"email\":\"a\\u0000b\"}}"), "NUL");
    unreadable_json(gig_str("{\"answers\":{\"email\":\"\xc0\xaf\"}}"), "UTF-8");
    unreadable_json(gig_str("{\"answers\":{\"a\":[[[[]]]]}}"), "deep");

    /* a % that is none, no "=", empty pairs: as a browser's own parser has it */

    assert_int_equal(read_encoded(&form, gig_str("&&first_name=100%&last_name=%zz&email&=x&")), 0);
    assert_true(gig_str_is(gig_json_str(answers.answers, "first_name"), "100%"));
    assert_true(gig_str_is(gig_json_str(answers.answers, "last_name"), "%zz"));
    assert_true(gig_str_is(gig_json_str(answers.answers, "email"), ""));
    gig_answers_free(&answers);
}


static void
test_wrong_types(void **state)
{
    size_t  i;

    static const char  *const bodies[] = {
        "{\"answers\":{\"email\":7,\"first_name\":{\"a\":1},\"available\":[],\"statement\":true}}",
        "{\"answers\":{\"available\":1,\"consent_processing\":\"maybe\"}}"
    };

    (void) state;

    for (i = 0; i < 2; i++) {
        errors.count = 0;
        assert_int_equal(read_json(&form, (gig_str_t) { bodies[i], strlen(bodies[i]) }), 0);
        assert_int_equal(gig_answers_check(&form, &answers, &errors), -1);
        assert_int_equal(errors.count, 6);
        gig_answers_free(&answers);
    }

    errors.count = 0;
    assert_int_equal(read_json(&wide, gig_str(
        "{\"answers\":{\"tools\":[1,{}],\"year\":[\"1\"],\"sample\":\"x\"}}")), 0);
    assert_int_equal(gig_answers_check(&wide, &answers, &errors), -1);
    assert_int_equal(errors.count, 2);
    gig_answers_free(&answers);
}


/* Whatever a megabyte holds: under 10 ms, and no memory to speak of. */

static void
test_cost(void **state)
{
    int              encoded;
    char            *body;
    size_t           i, k, len, size, taken;
    clock_t          start;
    struct mallinfo2 before, after;

    static const char  *const repeats[] = {
        "&", "a=&", "first_name=x&", "tools=71&", "=&", "%", "%41", "+", "[", "{\"a\":", "[],", "{},", "\"", "\\",
        "\xf0\x9f\x98\x80", "\xcc\x81\xcc\xa3", "\xff", "1,"
    };

    static const size_t  sizes[] = { MEGABYTE, GIG_BODY_MAX };

    static const char  *const starts[] = { "statement=", "{\"answers\":{\"statement\":\"", "[", "" };

    (void) state;

    body = malloc(MEGABYTE);
    assert_non_null(body);

    for (i = 0; i < sizeof(repeats) / sizeof(repeats[0]) * 4 * 2 * 2; i++) {

        size = sizes[i & 1];
        encoded = (i >> 1) & 1;
        len = strlen(repeats[i >> 4]);
        k = strlen(starts[(i >> 2) & 3]);
        memcpy(body, starts[(i >> 2) & 3], k);

        for (/* void */; k + len <= size; k += len) {
            memcpy(body + k, repeats[i >> 4], len);
        }

        errors.count = 0;
        before = mallinfo2();
        start = clock();

        if (encoded) {
            (void) read_encoded(&form, (gig_str_t) { body, k });
        } else {
            (void) read_json(&form, (gig_str_t) { body, k });
        }

        after = mallinfo2();

        if (answers.answers != NULL) {
            (void) gig_answers_check(&form, &answers, &errors);
        }

        if (clock() - start > (clock_t) (SLOWER * CLOCKS_PER_SEC / 100)) {
            fail_msg("%zu bytes of %s: %ld us", k, repeats[i >> 4], (long) (clock() - start));
        }

        gig_answers_free(&answers);
        taken = after.uordblks + after.hblkhd > before.uordblks + before.hblkhd
                ? after.uordblks + after.hblkhd - before.uordblks - before.hblkhd : 0;

        assert_true(taken < 2 * MEGABYTE);
    }

    free(body);
}


static void
test_keys(void **state)
{
    char        key[256], longest[300];
    size_t      i, len;

    static const char  *const bad[] = {
        "", "  ", "\"", "\"\"", "\"a", "a\"", "a b", "a,b", "\"a\\b\"", "\"a\"b\"", "\"a\";x=1", "a\x7f", "\"a\n\"",
        "caf\xc3\xa9"
    };

    (void) state;

    assert_int_equal(gig_key_read(gig_str("\"8e03978e-40d5-43dd-bc93-6894a57f9324\""), key, &len), 0);
    assert_string_equal(key, "8e03978e-40d5-43dd-bc93-6894a57f9324");
    assert_int_equal(len, 36);

    assert_int_equal(gig_key_read(gig_str(" abc\t"), key, &len), 0);
    assert_string_equal(key, "abc");

    assert_int_equal(gig_key_read(gig_str("\"a \\\"b\\\\\""), key, &len), 0);
    assert_string_equal(key, "a \"b\\");

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (gig_key_read((gig_str_t) { bad[i], strlen(bad[i]) }, key, &len) != -1) {
            fail_msg("%s was taken", bad[i]);
        }
    }

    memset(longest, 'k', sizeof(longest));
    assert_int_equal(gig_key_read((gig_str_t) { longest, 255 }, key, &len), 0);
    assert_int_equal(len, 255);
    assert_int_equal(gig_key_read((gig_str_t) { longest, 256 }, key, &len), -1);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_all_encodings_are_one),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_booleans),
        cmocka_unit_test(test_what_was_typed_stays),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_wrong_types),
        cmocka_unit_test(test_cost),
        cmocka_unit_test(test_keys)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, setup, teardown);
}
