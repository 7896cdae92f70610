
/*
 * A record is refused with a sentence a person can act on, or it is published
 * with what is private left out; and two hosts make the same rev of the same
 * content.  One good record is spoilt in one place at a time.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_json.h"
#include "gig_record.h"

static const char  good[] =
    "{\"schema\":\"gig/1\",\"id\":\"g_1\",\"slug\":\"pricing-scan\",\"status\":\"published\","
    "\"source\":{\"system\":\"sqlite\",\"id\":\"7\",\"synced_at\":\"2026-09-14T14:16:00Z\"},"
    "\"visible_from\":null,\"time_zone\":\"America/Chicago\",\"posted_at\":\"2026-09-01T13:00:00Z\","
    "\"opens_at\":\"2026-09-20T14:00:00Z\",\"closes_at\":\"2026-09-30T23:59:59-05:00\","
    "\"language\":\"en\",\"title\":\"Competitor Pricing Scan\",\"summary\":\"Compare prices.\","
    "\"description_html\":\"<p>Scan &amp; <b>sum</b> up.</p><script>x</script>\","
    "\"sections\":[{\"key\":\"d\",\"title\":\"Deliverables\",\"items\":[\"Memo\"]}],"
    "\"org\":{\"id\":\"acme\",\"name\":\"Acme Robotics\",\"url\":\"https://acme.example\"},"
    "\"department\":\"Marketing\",\"engagement\":\"contractor\","
    "\"location\":{\"mode\":\"remote\",\"name\":\"Remote\",\"places\":[],"
    "\"applicant_regions\":[{\"type\":\"Country\",\"code\":\"US\",\"name\":\"United States\"}]},"
    "\"pay\":{\"type\":\"fixed\",\"currency\":\"USD\",\"min_minor\":50000,\"max_minor\":50000,"
    "\"unit\":\"project\"},\"work\":{\"hours_min\":15,\"hours_max\":20,\"start_by\":\"2026-10-05\","
    "\"due_by\":\"2026-10-26\",\"milestones\":[{\"title\":\"Draft\",\"due_by\":\"2026-10-14\"}]},"
    "\"skills\":[{\"name\":\"Spreadsheets\",\"level\":\"basic\",\"required\":true}],"
    "\"capacity\":{\"positions\":2,\"application_cap\":150,\"on_full\":\"waitlist\"},"
    "\"onboarding\":{\"steps\":[{\"text\":\"Sign\",\"url\":\"https://acme.example/sign\"}],"
    "\"contact\":\"growth@acme.example\"},\"form\":{\"id\":\"f_default\",\"rev\":7},"
    "\"privacy\":{\"policy_url\":\"https://acme.example/privacy\",\"retention_days\":365},"
    "\"i18n\":{\"es\":{\"title\":\"An\\u00e1lisis\",\"description_html\":\"<p onclick=x>Hola\"}},"
    "\"ext\":{\"kept\":1}}";

static gig_record_t  gig;
static gig_errors_t  errors;


static int
read_text(const char *text, size_t len)
{
    errors.count = 0;

    return gig_record_read((gig_str_t) { text, len }, &gig, &errors);
}


/* The good record with the value at a pointer replaced by JSON (NULL: taken out), as text. */

static char *
spoil(const char *pointer, const char *json)
{
    char         name[64], *text;
    size_t       len;
    json_t      *root, *at, *value;
    const char  *p;

    root = json_loads(good, 0, NULL);
    assert_non_null(root);
    at = root;
    p = pointer;

    for ( ;; ) {

        p++;
        len = strcspn(p, "/");
        assert_true(len < sizeof(name));
        memcpy(name, p, len);
        name[len] = '\0';
        p += len;

        if (*p == '\0') {
            break;
        }

        at = json_is_array(at) ? json_array_get(at, (size_t) atoi(name)) : json_object_get(at, name);
        assert_non_null(at);
    }

    if (json == NULL) {
        assert_int_equal(json_object_del(at, name), 0);

    } else {
        value = json_loads(json, JSON_DECODE_ANY, NULL);
        assert_non_null(value);
        assert_int_equal(json_is_array(at) ? json_array_set_new(at, (size_t) atoi(name), value)
                                           : json_object_set_new(at, name, value), 0);
    }

    text = json_dumps(root, 0);
    assert_non_null(text);
    json_decref(root);

    return text;
}


static void
refused(const char *pointer, const char *json, const char *at, const char *says)
{
    char  *text;

    text = spoil(pointer, json);

    if (read_text(text, strlen(text)) != -1 || errors.count == 0) {
        fail_msg("%s = %s was taken", pointer, json != NULL ? json : "(none)");
    }

    if (strcmp(errors.error[0].pointer, at) != 0 || strstr(errors.error[0].detail, says) == NULL) {
        fail_msg("%s = %s: %s: %s", pointer, json != NULL ? json : "(none)",
                 errors.error[0].pointer, errors.error[0].detail);
    }

    gig_record_free(&gig);
    free(text);
}


static void
taken(const char *pointer, const char *json)
{
    char  *text;

    text = spoil(pointer, json);

    if (read_text(text, strlen(text)) != 0) {
        fail_msg("%s: %s: %s", pointer, errors.error[0].pointer, errors.error[0].detail);
    }

    free(text);
}


static void
test_good(void **state)
{
    (void) state;

    assert_int_equal(read_text(good, strlen(good)), 0);
    assert_true(gig_str_is(gig.id, "g_1"));
    assert_true(gig_str_is(gig.title, "Competitor Pricing Scan"));
    assert_true(gig_str_is(gig.time_zone, "America/Chicago"));
    assert_true(gig_str_is(gig.form_id, "f_default"));
    assert_int_equal(gig.form_rev, 7);
    assert_int_equal(gig.status, GIG_PUBLISHED);
    assert_true(gig.visible_from == GIG_TIME_NONE);
    assert_int_equal(gig.posted_at, 1788267600);
    assert_int_equal(gig.opens_at, 1789912800);
    assert_int_equal(gig.closes_at, 1790830799);
    assert_int_equal(gig.cap, 150);
    assert_int_equal(gig.on_full, GIG_ON_FULL_WAITLIST);
    assert_int_equal(gig.rev.len, 7 + 64);
    assert_true(gig_str_is(gig_json_str(gig.root, "description_html"),
                           "<p>Scan &amp; <b>sum</b> up.</p>"));
    assert_true(gig_str_is(gig_json_str(gig.root, "description_text"), "Scan & sum up."));
    assert_true(gig_str_is(gig_json_str(json_object_get(json_object_get(gig.root, "i18n"), "es"),
                                        "description_html"), "<p>Hola</p>"));
    gig_record_free(&gig);
}


static void
test_refused(void **state)
{
    size_t  i;

    static const char  *const required[] = {
        "/id", "/title", "/org", "/org/name", "/status", "/engagement", "/pay", "/pay/type",
        "/pay/currency", "/pay/min_minor", "/location", "/location/mode", "/location/applicant_regions",
        "/work", "/work/hours_max"
    };

    (void) state;

    for (i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
        refused(required[i], NULL, required[i], "missing");
        refused(required[i], "null", required[i], "missing");
    }

    refused("/pay/currency", "\"usd\"", "/pay/currency",
            "'usd' is no ISO 4217 code; three capital letters such as USD");
    refused("/pay/min_minor", "500.5", "/pay/min_minor", "50000");
    refused("/pay/min_minor", "\"500\"", "/pay/min_minor", "whole number");
    refused("/pay/min_minor", "-1", "/pay/min_minor", "range");
    refused("/pay/max_minor", "1", "/pay/max_minor", "less than min_minor");
    refused("/pay/type", "\"unpaid\"", "/pay/type", "amount");
    refused("/pay/type", "\"hourly\"", "/pay/unit", "hour");
    refused("/pay/type", "\"fixd\"", "/pay/type", "did you mean fixed?");
    refused("/status", "\"live\"", "/status", "draft, published, paused, withdrawn");
    refused("/engagement", "\"intern\"", "/engagement", "employee_intern");
    refused("/location/applicant_regions", "[]", "/location/applicant_regions", "regions");
    refused("/location/mode", "\"on-site\"", "/location/mode", "onsite");
    refused("/closes_at", "\"2026-09-20T14:00:00Z\"", "/closes_at", "after opens_at");
    refused("/closes_at", "\"2026-09-31T14:00:00Z\"", "/closes_at", "RFC 3339");
    refused("/opens_at", "\"2026-09-20 14:00\"", "/opens_at", "RFC 3339");
    refused("/time_zone", "\"../../etc/passwd\"", "/time_zone", "IANA");
    refused("/work/due_by", "\"2026-02-29\"", "/work/due_by", "2026-10-26");
    refused("/work/due_by", "\"2026-10-01\"", "/work/due_by", "before start_by");
    refused("/work/hours_max", "10", "/work/hours_max", "less than hours_min");
    refused("/work/hours_max", "7.5", "/work/hours_max", "whole number");
    refused("/work/milestones/0/due_by", "\"soon\"", "/work/milestones/0/due_by", "no date");
    refused("/id", "\"}x{\"", "/id", "no id");
    refused("/id", "7", "/id", "no text");
    refused("/rev", "\"a\\nb\"", "/rev", "no rev");
    refused("/slug", "\"a/b\"", "/slug", "slug");
    refused("/language", "\"english language\"", "/language", "BCP 47");
    refused("/title", "\"\"", "/title", "empty");
    refused("/title", "\"   \"", "/title", "empty");
    refused("/title", "\"two\\nlines\"", "/title", "cannot be seen");
    refused("/title", "\"gpj\\u202eexe\"", "/title", "direction");
    refused("/org/name", "\"\\u0007\"", "/org/name", "cannot be seen");
    refused("/org/url", "\"javascript:alert(1)\"", "/org/url", "https://");
    refused("/org/logo", "\"data:image/png;base64,x\"", "/org/logo", "https://");
    refused("/seo", "{\"image\":\"data:image/png;base64,x\"}", "/seo/image", "https://");
    refused("/org/url", "\"https://a.example/\\r\\nX: y\"", "/org/url", "https://");
    refused("/onboarding/steps/0/url", "\"vbscript:x\"", "/onboarding/steps/0/url", "mailto:");
    refused("/skills/0/name", "7", "/skills/0/name", "no text");
    refused("/skills/0", "\"Excel\"", "/skills/0", "no object");
    refused("/skills", "{}", "/skills", "no list");
    refused("/capacity/application_cap", "-1", "/capacity/application_cap", "range");
    refused("/capacity/on_full", "\"waitlst\"", "/capacity/on_full", "did you mean waitlist?");
    refused("/form/id", "\"a b\"", "/form/id", "no id");
    refused("/schema", "\"gig/2\"", "/schema", "gig/1");
    refused("/i18n/es/title", "\"\\u202e\"", "/i18n/es/title", "direction");
    refused("/ext", "7", "/ext", "no object");

    assert_int_equal(read_text("[]", 2), -1);
    gig_record_free(&gig);
    assert_int_equal(read_text("", 0), -1);
    gig_record_free(&gig);
    assert_int_equal(read_text("{\"id\":\"a\",\"id\":\"a\"}", 19), -1);
    gig_record_free(&gig);

    /* many faults at once: all are told */

    assert_int_equal(read_text("{}", 2), -1);
    assert_int_equal(errors.count, 8);
    gig_record_free(&gig);
}


static void
test_limits(void **state)
{
    char  *json, *text;

    (void) state;

    json = malloc(100003);
    assert_non_null(json);
    memset(json, 'x', 100002);
    json[0] = '"';
    json[100001] = '"';
    json[100002] = '\0';

    refused("/title", json, "/title", "100000 characters; at most 200");
    refused("/description_text", json, "/description_text", "at most 60000");
    refused("/org/name", json, "/org/name", "at most 200");
    refused("/skills/0/level", json, "/skills/0/level", "at most 120");
    refused("/sections/0/items/0", "[]", "/sections/0/items/0", "no text");
    refused("/org/url", json, "/org/url", "...");

    /* cleaning makes it longer than the next reader would take: told now, not there */

    memset(json, '&', 50001);
    json[0] = '"';
    json[50001] = '"';
    json[50002] = '\0';
    text = spoil("/description_html", json);
    assert_int_equal(read_text(text, strlen(text)), -1);
    assert_string_equal(errors.error[0].pointer, "/description_html");
    gig_record_free(&gig);

    free(text);
    free(json);
}


static void
test_taken(void **state)
{
    (void) state;

    taken("/posted_at", NULL);
    assert_int_equal(gig.posted_at, gig.opens_at);
    gig_record_free(&gig);

    taken("/closes_at", "\"2026-09-30T23:59:59.5Z\"");
    assert_int_equal(gig.closes_at, 1790812800);
    gig_record_free(&gig);

    taken("/capacity", NULL);
    assert_int_equal(gig.cap, -1);
    assert_int_equal(gig.on_full, GIG_ON_FULL_CLOSE);
    gig_record_free(&gig);

    taken("/pay", "{\"type\":\"unpaid\"}");
    gig_record_free(&gig);

    taken("/rev", "\"sha256-abc\"");
    assert_true(gig_str_is(gig.rev, "sha256-abc"));
    gig_record_free(&gig);

    taken("/onboarding/contact", "\"mailto:growth@acme.example\"");
    gig_record_free(&gig);
}


static void
test_ext_and_public(void **state)
{
    char    *text, *public_text;
    json_t  *public_;

    (void) state;

    text = spoil("/favourite_colour", "\"blue\"");
    assert_int_equal(read_text(text, strlen(text)), 0);
    assert_null(json_object_get(gig.root, "favourite_colour"));
    assert_true(gig_str_is(gig_json_str(json_object_get(gig.root, "ext"), "favourite_colour"),
                           "blue"));
    assert_int_equal(json_integer_value(json_object_get(json_object_get(gig.root, "ext"), "kept")),
                     1);
    free(text);
    gig_record_free(&gig);

    text = spoil("/org/_secret", "{\"a\":1}");
    assert_int_equal(read_text(text, strlen(text)), 0);
    free(text);

    assert_int_equal(json_object_set_new(json_object_get(json_object_get(gig.root, "i18n"), "es"),
                                         "onboarding",
                                         json_pack("{ss}", "contact", "welcome@acme.example")), 0);

    public_ = gig_record_public(&gig);
    assert_non_null(public_);
    public_text = json_dumps(public_, 0);

    assert_null(json_object_get(public_, "onboarding"));
    assert_null(strstr(public_text, "welcome@"));
    assert_non_null(json_object_get(json_object_get(public_, "i18n"), "es"));
    assert_null(json_object_get(public_, "source"));
    assert_null(json_object_get(public_, "ext"));
    assert_null(strstr(public_text, "_secret"));
    assert_null(strstr(public_text, "growth@"));
    assert_non_null(json_object_get(public_, "pay"));

    /* a copy: the record has it all still */

    assert_non_null(json_object_get(gig.root, "onboarding"));
    assert_non_null(json_object_get(json_object_get(gig.root, "org"), "_secret"));

    free(public_text);
    json_decref(public_);
    gig_record_free(&gig);
}


static void
test_rev(void **state)
{
    char       first[GIG_REV_SIZE], *text;
    gig_buf_t  out, again;

    (void) state;

    gig_buf_init(&out, GIG_RECORD_MAX);
    gig_buf_init(&again, GIG_RECORD_MAX);

    assert_int_equal(read_text(good, strlen(good)), 0);
    memcpy(first, gig.rev.data, gig.rev.len);
    first[gig.rev.len] = '\0';
    assert_int_equal(gig_record_canonical(&gig, &out), 0);
    gig_record_free(&gig);

    /* read again what was published: the same bytes, the same rev, whoever computes it */

    assert_int_equal(read_text(out.data, out.len), 0);
    assert_int_equal(gig_record_canonical(&gig, &again), 0);
    assert_int_equal(again.len, out.len);
    assert_memory_equal(again.data, out.data, out.len);
    assert_int_equal(gig_record_rev(gig.root, again.data), 0);
    assert_string_equal(again.data, first);
    gig_record_free(&gig);

    /* when it was synced is no content; all else is */

    text = spoil("/source/synced_at", "\"2026-09-15T00:00:00Z\"");
    assert_int_equal(read_text(text, strlen(text)), 0);
    assert_true(gig_str_is(gig.rev, first));
    gig_record_free(&gig);
    free(text);

    text = spoil("/onboarding/contact", "\"other@acme.example\"");
    assert_int_equal(read_text(text, strlen(text)), 0);
    assert_false(gig_str_is(gig.rev, first));
    gig_record_free(&gig);
    free(text);

    gig_buf_free(&out);
    gig_buf_free(&again);
}


static void
test_state(void **state)
{
    (void) state;

    assert_int_equal(gig_state(GIG_PUBLISHED, GIG_TIME_NONE, 100, 200, GIG_SEATS_OPEN, 99),
                     GIG_STATE_SCHEDULED);
    assert_int_equal(gig_state(GIG_PUBLISHED, GIG_TIME_NONE, 100, 200, GIG_SEATS_OPEN, 100),
                     GIG_STATE_OPEN);
    assert_int_equal(gig_state(GIG_PUBLISHED, GIG_TIME_NONE, 100, 200, GIG_SEATS_OPEN, 199),
                     GIG_STATE_OPEN);
    assert_int_equal(gig_state(GIG_PUBLISHED, GIG_TIME_NONE, 100, 200, GIG_SEATS_FULL, 200),
                     GIG_STATE_CLOSED);
    assert_int_equal(gig_state(GIG_PUBLISHED, 50, 100, 200, GIG_SEATS_OPEN, 49), GIG_STATE_HIDDEN);
    assert_int_equal(gig_state(GIG_WITHDRAWN, 50, 100, 200, GIG_SEATS_OPEN, 49), GIG_STATE_HIDDEN);
    assert_int_equal(gig_state(GIG_WITHDRAWN, 50, 100, 200, GIG_SEATS_OPEN, 150), GIG_STATE_GONE);
    assert_int_equal(gig_state(GIG_PAUSED, 50, 100, 200, GIG_SEATS_OPEN, 60), GIG_STATE_CLOSED);
    assert_int_equal(gig_state(GIG_DRAFT, GIG_TIME_NONE, GIG_TIME_NONE, GIG_TIME_NONE,
                               GIG_SEATS_OPEN, 0), GIG_STATE_HIDDEN);
    assert_int_equal(gig_state(GIG_PUBLISHED, GIG_TIME_NONE, GIG_TIME_NONE, GIG_TIME_NONE,
                               GIG_SEATS_WAITLIST, 0), GIG_STATE_WAITLIST);
    assert_int_equal(gig_state(GIG_PUBLISHED, GIG_TIME_NONE, GIG_TIME_NONE, GIG_TIME_NONE,
                               GIG_SEATS_FULL, 0), GIG_STATE_FULL);
    assert_string_equal(gig_state_name(GIG_STATE_WAITLIST), "waitlist");
    assert_string_equal(gig_status_name(GIG_WITHDRAWN), "withdrawn");
}


/* Cut or with a byte changed anywhere it is taken or refused, and nothing is lost or read twice. */

static void
test_damage(void **state)
{
    char    *copy;
    size_t   i;

    (void) state;

    for (i = 0; i < sizeof(good) - 1; i++) {

        copy = malloc(sizeof(good) - 1);
        assert_non_null(copy);
        memcpy(copy, good, sizeof(good) - 1);

        assert_int_equal(read_text(copy, i), -1);
        gig_record_free(&gig);

        copy[i] = (char) (copy[i] ^ (1 << i % 8));
        (void) read_text(copy, sizeof(good) - 1);
        gig_record_free(&gig);
        free(copy);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_taken),
        cmocka_unit_test(test_ext_and_public),
        cmocka_unit_test(test_rev),
        cmocka_unit_test(test_state),
        cmocka_unit_test(test_damage)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
