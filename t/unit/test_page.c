
/*
 * Pages are the one thing most people see, and texts of strangers stand in
 * them: every page is well-formed, has one heading and a way home, and stays
 * harmless whatever a record, a form, an answer or an error says.  The form can
 * be used by ear: labels, errors and links belong together.  The list has a test
 * of its own, test_page_list.c.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_fragment.h"
#include "gig_json.h"
#include "gig_page.h"

#include "page_check.h"


#define LIMIT           (1024 * 1024)
#define OPTIONS         "[{\"value\":\"71\",\"label\":\"Excel\"},"                            \
                        " {\"value\":\"72\",\"label\":\"C++\"}]"

static const char  record[] =
    "{\"id\":\"g_1\",\"time_zone\":\"America/Chicago\",\"language\":\"de\","
    "\"title\":\"Price scan\",\"summary\":\"Compare.\","
    "\"description_html\":\"<p>Scan <b>ten</b></p>\","
    "\"org\":{\"name\":\"Acme Robotics\",\"url\":\"https://acme.example\","
    "\"logo\":\"https://acme.example/logo.png\"},\"department\":\"Marketing\",\"team\":\"Growth\","
    "\"engagement\":\"contractor\",\"location\":{\"mode\":\"onsite\",\"places\":[\"Chicago, IL\"]},"
    "\"pay\":{\"type\":\"fixed\",\"currency\":\"USD\",\"min_minor\":50000,\"max_minor\":50000,"
    "\"unit\":\"project\",\"note\":\"Soon\"},\"work\":{\"hours_min\":15,\"hours_max\":20,"
    "\"due_by\":\"2026-10-26\",\"milestones\":[{\"title\":\"Draft\",\"due_by\":\"2026-10-14\"}],"
    "\"supervisor_title\":\"Growth Manager\"},"
    "\"skills\":[{\"name\":\"Excel\",\"level\":\"basic\"}],"
    "\"deliverables\":[\"A memo\"],\"sections\":[{\"key\":\"own\",\"title\":\"Also\","
    "\"items\":[\"One\"],\"html\":\"<p>Two</p>\",\"text\":\"Three\"}],"
    "\"eligibility\":{\"min_age\":18,\"note\":\"Be kind\",\"work_authorization\":[\"US\"]},"
    "\"capacity\":{\"positions\":2},\"feedback\":{\"to_applicant\":true,"
    "\"decision_by\":\"2026-10-03\"},\"conversion\":{\"possible\":true,\"note\":\"Maybe\"},"
    "\"privacy\":{\"policy_url\":\"https://acme.example/privacy\"}}";


static const char  onboarding[] =
    "{\"steps\":[{\"text\":\"Sign the agreement\",\"url\":\"https://acme.example/sign\","
    "\"due_by\":\"2026-10-04\"},{\"text\":\"Read on\"},{\"url\":\"mailto:it@acme.example\"}],"
    "\"contact\":\"growth@acme.example\",\"kick_off\":\"2026-10-05T15:00:00Z\"}";


typedef struct {
    json_t          *gig, *options, *answers, *onboarding;
    char             text[256];         /* what every text is, or empty: plausible ones */
    gig_form_t       form;
    gig_errors_t     errors;
    gig_page_t       page;
    gig_page_gig_t   view;
} fixture_t;


/* Of all pages that are made: what their links keep, and the same as it stands in HTML. */
static const char  *page_tail = "", *tail_shown = "";


static gig_str_t
str(const char *s)
{
    return (gig_str_t) { s, strlen(s) };
}


static void
add_field(fixture_t *f, const char *name, gig_field_type_t type, int required)
{
    gig_field_t  *field;

    field = &f->form.field[f->form.n++];
    field->name = str(name);
    field->label = str(f->text[0] != '\0' ? f->text : "A label");
    field->help = str(f->text[0] != '\0' ? f->text : "Why we ask.");
    field->autocomplete = str(f->text[0] != '\0' ? f->text : "name");
    field->type = type;
    field->required = required ? 1 : 0;
    field->max_length = 300;
    field->options = f->options;
    field->class_ = GIG_CLASS_MERIT;

    (void) gig_errors_add(&f->errors, "", "%s", "");    /* grows; rewritten below */
    (void) snprintf(f->errors.error[f->errors.count - 1].pointer, GIG_POINTER_SIZE,
                    "/answers/%s", name);
    (void) snprintf(f->errors.error[f->errors.count - 1].detail, GIG_DETAIL_SIZE,
                    "%s", f->text[0] != '\0' ? f->text : "This is missing.");
    (void) json_object_set_new(f->answers, name,
                               json_string(f->text[0] != '\0' ? f->text : "71"));
}


static fixture_t *
make(const char *text)
{
    fixture_t  *f;

    f = calloc(1, sizeof(fixture_t));
    assert_non_null(f);

    f->gig = json_loads(record, 0, NULL);
    f->options = json_loads(OPTIONS, 0, NULL);
    f->answers = json_object();
    f->onboarding = json_loads(onboarding, 0, NULL);
    assert_non_null(f->gig);
    assert_non_null(f->options);
    assert_non_null(f->onboarding);

    if (text != NULL) {
        (void) snprintf(f->text, sizeof(f->text), "%s", text);
        check_infect(f->gig, text);
        check_infect(f->options, text);
        check_infect(f->onboarding, text);
    }

    add_field(f, "first_name", GIG_FIELD_TEXT, 1);
    add_field(f, "email", GIG_FIELD_EMAIL, 1);
    add_field(f, "phone", GIG_FIELD_TEL, 0);
    add_field(f, "link", GIG_FIELD_URL, 0);
    add_field(f, "statement", GIG_FIELD_TEXTAREA, 1);
    add_field(f, "number", GIG_FIELD_NUMBER, 0);
    add_field(f, "day", GIG_FIELD_DATE, 0);
    add_field(f, "one", GIG_FIELD_SELECT, 1);
    add_field(f, "many", GIG_FIELD_MULTI_SELECT, 0);
    add_field(f, "available", GIG_FIELD_BOOLEAN, 1);
    add_field(f, "agree", GIG_FIELD_CONSENT, 1);
    add_field(f, "secret", GIG_FIELD_HIDDEN, 0);
    add_field(f, "resume", GIG_FIELD_FILE, 0);
    f->form.honeypot = str("website");

    f->page.title = str(text != NULL ? f->text : "Acme & Sons gigs");
    f->page.about = str(text != NULL ? f->text : "Short projects.");
    f->page.base = str("/gigs/");
    f->page.tail = str(page_tail);
    f->page.style = str("gig-00000000.css");
    f->page.now = 1790000000;
    f->page.stale = 1;

    f->view.gig = f->gig;
    f->view.state = GIG_STATE_OPEN;
    f->view.opens_at = 1789000000;
    f->view.closes_at = 1791000000;
    f->view.source = str(text != NULL ? f->text : "campus");

    return f;
}


static void
done(fixture_t *f)
{
    json_decref(f->gig);
    json_decref(f->options);
    json_decref(f->answers);
    json_decref(f->onboarding);
    free(f);
}


/* What holds for any page; the caller frees the text. */

static char *
take(gig_buf_t *out)
{
    char  *html = check_text(out);

    check_page(html);
    assert_true(page_tail[0] == '\0' || check_links(html, "/gigs/", tail_shown) > 0);
    assert_memory_equal(html, "<!doctype html>", 15);
    assert_int_equal(check_count(html, "<title>"), 1);
    assert_int_equal(check_count(html, "<link rel=\"stylesheet\" href=\""), 1);
    assert_int_equal(check_count(html, "/gigs/gig-00000000.css\">"), 1);
    assert_int_equal(check_count(html, "<a class=\"gig-skip\" href=\"#main\""), 1);

    return html;
}


/* The form of a page that offers to send another version; replaces NULL: only says when. */

static char *
resent_page(fixture_t *f, const char *replaces)
{
    gig_buf_t        out;
    gig_page_form_t  form;

    memset(&form, 0, sizeof(form));
    form.gig = &f->view;
    form.form = &f->form;
    form.key = "new-key";
    form.replaces = replaces;
    form.first_ms = INT64_C(1789912800214);
    form.message = str("For programs.");

    gig_buf_init(&out, LIMIT);
    gig_page_form(&f->page, &form, &out);

    return take(&out);
}


static char *
form_page(fixture_t *f, int with_errors)
{
    gig_buf_t        out;
    gig_answers_t    answers;
    gig_page_form_t  form;

    memset(&answers, 0, sizeof(answers));
    memset(&form, 0, sizeof(form));
    answers.answers = f->answers;
    form.gig = &f->view;
    form.form = &f->form;
    form.key = "the-key";

    if (with_errors) {
        form.answers = &answers;
        form.errors = &f->errors;
    }

    gig_buf_init(&out, LIMIT);
    gig_page_form(&f->page, &form, &out);

    return take(&out);
}


static char *
gig_page(fixture_t *f, gig_state_t state)
{
    gig_buf_t  out;

    f->view.state = state;
    gig_buf_init(&out, LIMIT);
    gig_page_gig(&f->page, &f->view, &out);

    return take(&out);
}


static char *
receipt_page(fixture_t *f, unsigned bits)
{
    gig_buf_t           out;
    gig_page_receipt_t  receipt;

    static const char *const  stages[] = {
        "", "waitlisted,0", "in_review,1790001000 received,1790000000",
        "selected,1790002000 in_review,0", "declined,1790001000", "hired,1790001000 hired,5",
        "unheard-of,1", "received,1790003000 waitlisted,1790000000"
    };

    memset(&receipt, 0, sizeof(receipt));
    receipt.token = "dG9rZW4";
    receipt.gig = (bits & 1) ? &f->view : NULL;
    receipt.known = (bits & 2) ? 1 : 0;
    receipt.received_ms = receipt.known ? 1790000000214 : 0;
    receipt.delivered = (bits & 4) ? 1 : 0;
    receipt.withdrawn = (bits & 8) ? 1 : 0;
    receipt.confirm_withdraw = (bits & 16) ? 1 : 0;
    gig_stages_read(str(stages[(bits >> 5) & 7]), &receipt.stages);
    receipt.seat = (bits & 64) ? str("waitlisted") : str("reserved");
    receipt.onboarding = gig_stage_selected(gig_stages_last(&receipt.stages)) ? f->onboarding : NULL;
    receipt.erased = (bits & 4) ? 1 : 0;
    receipt.asked = (bits & 1) ? 1 : 0;
    receipt.ledger_keep = (bits & 2) ? 7200 : 0;

    gig_buf_init(&out, LIMIT);
    gig_page_receipt(&f->page, &receipt, &out);

    return take(&out);
}


/* Every page in every state, with a text in each place that takes one. */

static void
all_pages(const char *text)
{
    int          s;
    char        *html;
    unsigned     bits;
    gig_buf_t    out;
    fixture_t   *f;

    f = make(text);

    for (s = GIG_STATE_HIDDEN; s <= GIG_STATE_GONE; s++) {
        free(gig_page(f, (gig_state_t) s));

        html = form_page(f, 0);
        free(html);

        gig_buf_init(&out, LIMIT);
        gig_page_gone_head(&f->page, &f->view, (uint32_t) s, &out);
        gig_page_gone_tail(&f->page, &f->view, (uint32_t) s, &out);
        free(take(&out));
    }

    f->view.state = GIG_STATE_OPEN;
    free(form_page(f, 1));

    for (bits = 0; bits < 256; bits++) {
        free(receipt_page(f, bits));
    }

    gig_buf_init(&out, LIMIT);
    gig_page_problem(&f->page, 503, (text != NULL) ? text : "Not now",
                     (text != NULL) ? text : "Try again.", &out);
    free(take(&out));

    done(f);
}


static void
test_plain(void **state)
{
    (void) state;
    all_pages(NULL);
}


/* What the visitor's links keep is kept by every page, or the next one has forgotten it. */

static void
test_tail(void **state)
{
    char       *html;
    fixture_t  *f;

    (void) state;

    page_tail = "lang=es&x=a%20b";
    tail_shown = "lang=es&amp;x=a%20b";
    all_pages(NULL);

    f = make(NULL);
    html = gig_page(f, GIG_STATE_OPEN);
    assert_non_null(strstr(html, "\"/gigs/g_1/apply?lang=es&amp;x=a%20b\""));
    assert_non_null(strstr(html, "\"/gigs/?lang=es&amp;x=a%20b\""));
    free(html);
    done(f);

    page_tail = "";
    tail_shown = "";
}


static void
test_polyglots(void **state)
{
    size_t  i;

    (void) state;

    for (i = 0; i < sizeof(check_polyglots) / sizeof(check_polyglots[0]); i++) {
        all_pages(check_polyglots[i]);
    }
}


static void
test_bare_gig(void **state)
{
    fixture_t  *f;

    (void) state;

    /* A record from a stranger may lack anything. */
    f = make(NULL);
    json_object_clear(f->gig);
    f->view.opens_at = GIG_TIME_NONE;
    f->view.closes_at = GIG_TIME_NONE;

    free(gig_page(f, GIG_STATE_OPEN));
    free(gig_page(f, GIG_STATE_SCHEDULED));
    free(form_page(f, 1));
    free(receipt_page(f, 3));
    done(f);
}


static void
test_gig(void **state)
{
    char       *html;
    fixture_t  *f;

    (void) state;

    f = make(NULL);
    html = gig_page(f, GIG_STATE_OPEN);

    assert_non_null(strstr(html, "<h1 lang=\"de\">Price scan</h1>"));
    assert_non_null(strstr(html, "$500 for about 15 to 20 hours"));
    assert_non_null(strstr(html, "href=\"/gigs/g_1/apply\">Apply</a>"));
    assert_non_null(strstr(html, "<title>Price scan \u00b7 Acme &amp; Sons gigs</title>"));
    assert_non_null(strstr(html, "<b>ten</b>"));
    assert_non_null(strstr(html, "UTC</time>"));        /* no zone was given */
    free(html);

    html = gig_page(f, GIG_STATE_SCHEDULED);
    assert_non_null(strstr(html, "<dt>Opens</dt>"));
    assert_non_null(strstr(html, "Fill in the form</a>"));
    free(html);

    html = gig_page(f, GIG_STATE_FULL);
    assert_null(strstr(html, "/apply"));
    assert_non_null(strstr(html, "All places are taken."));
    free(html);

    html = gig_page(f, GIG_STATE_WAITLIST);
    assert_non_null(strstr(html, ">Join the waiting list</a>"));
    free(html);
    done(f);
}


static void
test_form(void **state)
{
    char        *html, want[128];
    unsigned     i;
    fixture_t   *f;

    (void) state;

    f = make(NULL);
    html = form_page(f, 1);

    assert_non_null(strstr(html, "action=\"/gigs/g_1/applications\""));
    assert_non_null(strstr(html, "name=\"_key\" value=\"the-key\""));
    assert_non_null(strstr(html, "name=\"_source\" value=\"campus\""));
    assert_non_null(strstr(html, "tabindex=\"-1\" autocomplete=\"off\" name=\"website\""));
    assert_non_null(strstr(html, "We do not ask where you study"));
    assert_non_null(strstr(html, "<title>Error: "));
    assert_non_null(strstr(html, "13 answers need another look"));
    assert_non_null(strstr(html, "<option value=\"71\" selected>Excel</option>"));
    assert_non_null(strstr(html, "value=\"71\" checked>"));
    assert_non_null(strstr(html, "<input type=\"hidden\" id=\"f-secret\" name=\"secret\""
                                 " value=\"71\">"));
    assert_null(strstr(html, "name=\"resume\""));       /* no files yet, and the page says so */
    assert_non_null(strstr(html, "id=\"f-resume\">A label</p>"));
    assert_non_null(strstr(html, "This form takes no files"));
    assert_non_null(strstr(html, "<a href=\"#f-email\">A label: This is missing.</a>"));

    for (i = 0; i < f->form.n - 2; i++) {
        const char  *name = f->form.field[i].name.data;

        (void) snprintf(want, sizeof(want), " id=\"f-%s\"", name);
        assert_int_equal(check_count(html, want), 1);         /* what the summary's link leads to */
        (void) snprintf(want, sizeof(want), " for=\"f-%s\"", name);
        assert_int_equal(check_count(html, want), 1);
        (void) snprintf(want, sizeof(want), "<a href=\"#f-%s\"", name);
        assert_int_equal(check_count(html, want), 1);
        (void) snprintf(want, sizeof(want), "aria-describedby=\"h-%s e-%s\"", name, name);
        assert_int_equal(check_count(html, want), 1);
        (void) snprintf(want, sizeof(want), " id=\"e-%s\"", name);
        assert_int_equal(check_count(html, want), 1);
    }

    free(html);

    /* Asked for once, the promise is gone. */
    f->form.field[0].class_ = GIG_CLASS_PEDIGREE;
    html = form_page(f, 0);
    assert_null(strstr(html, "We do not ask where you study"));
    assert_null(strstr(html, "role=\"alert\""));
    assert_null(strstr(html, "aria-invalid"));
    free(html);

    f->view.state = GIG_STATE_SCHEDULED;
    f->view.opens_at = GIG_TIME_NONE;
    html = form_page(f, 0);
    assert_null(strstr(html, "gig-counter"));
    free(html);

    /* Sent again with other content: when the first came, and the way to replace it, also when full. */
    f->view.state = GIG_STATE_FULL;
    html = resent_page(f, "a-token");
    assert_non_null(strstr(html, "2026-09-20T"));
    assert_non_null(strstr(html, "name=\"_replaces\" value=\"a-token\""));
    assert_non_null(strstr(html, ">Send this version instead</button>"));
    assert_null(strstr(html, "For programs."));
    free(html);

    html = resent_page(f, NULL);
    assert_null(strstr(html, "_replaces"));
    assert_null(strstr(html, "instead"));
    free(html);

    f->view.state = GIG_STATE_CLOSED;
    html = resent_page(f, "a-token");
    assert_non_null(strstr(html, "and it stands"));
    assert_null(strstr(html, "type=\"submit\""));
    free(html);
    f->view.state = GIG_STATE_SCHEDULED;

    /* Its button can be pressed early, for whoever has no script: that costs nothing. */
    f->view.opens_at = f->page.now + 90;
    f->page.now_ms = f->page.now * 1000 + 250;
    html = form_page(f, 0);
    assert_int_equal(check_count(html, "type=\"submit\""), 1);
    (void) snprintf(want, sizeof(want), "data-opens=\"%lld000\" data-now=\"%lld250\"",
                    (long long) f->view.opens_at, (long long) f->page.now);
    assert_int_equal(check_count(html, want), 1);
    free(html);
    done(f);
}


/* Of several fields one is enough: each of them says so and names the others. */

static void
test_group(void **state)
{
    char       *html;
    fixture_t  *f;

    (void) state;

    f = make(NULL);
    f->form.root = json_loads("{\"groups\":[{\"id\":\"way\",\"required\":true}]}", 0, NULL);
    assert_non_null(f->form.root);

    f->form.field[2].any_of = str("way");
    f->form.field[2].label = str("Telephone");
    f->form.field[3].any_of = str("way");
    f->form.field[3].label = str("Web page");
    f->form.field[12].any_of = str("way");              /* a file: no way out */

    html = form_page(f, 0);
    assert_non_null(strstr(html, "<label for=\"f-phone\">Telephone</label>"));
    assert_non_null(strstr(html, "You can answer \u201cWeb page\u201d instead; one is enough."));
    assert_non_null(strstr(html, "You can answer \u201cTelephone\u201d instead; one is enough."));
    assert_non_null(strstr(html, "This form takes no files. Please use \u201cTelephone\u201d,"
                                 " \u201cWeb page\u201d instead."));
    free(html);

    json_decref(f->form.root);
    f->form.root = NULL;
    html = form_page(f, 0);
    assert_null(strstr(html, "one is enough"));
    free(html);
    done(f);
}


/* Each type has the control that browsers have for it, with what was typed whatever it was. */

static void
test_inputs(void **state)
{
    char          *html;
    fixture_t     *f;
    gig_field_t   *field;

    (void) state;

    f = make(NULL);

    field = &f->form.field[5];                          /* a number */
    (void) snprintf(field->min, sizeof(field->min), "1");
    (void) snprintf(field->max, sizeof(field->max), "40");
    field = &f->form.field[6];                          /* a date */
    (void) snprintf(field->min, sizeof(field->min), "2026-10-01");
    field->autocomplete = str("bday");
    f->form.field[0].pattern = str("[A-Z]+");
    f->form.field[0].example = str("AB<C");
    f->form.field[0].min_length = 2;
    f->form.field[2].autocomplete = str("");            /* a telephone number */
    f->form.field[4].min_length = 40;
    f->form.field[11].value = str("a \"value\"");       /* hidden */

    html = form_page(f, 0);
    assert_non_null(strstr(html, "type=\"number\" inputmode=\"decimal\" step=\"any\" id=\"f-number\""));
    assert_non_null(strstr(html, " min=\"1\" max=\"40\" value=\"\">"));
    assert_non_null(strstr(html, "Why we ask. From 1 to 40.</p>"));
    assert_non_null(strstr(html, "type=\"date\" id=\"f-day\""));
    assert_non_null(strstr(html, " autocomplete=\"bday\" min=\"2026-10-01\" value=\"\">"));
    assert_non_null(strstr(html, "From 1 Oct 2026 on.</p>"));
    assert_non_null(strstr(html, "For example AB&lt;C. At least 2 characters.</p>"));
    assert_non_null(strstr(html, "From 40 to 300 characters.</p>"));
    assert_non_null(strstr(html, "type=\"tel\" inputmode=\"tel\" id=\"f-phone\""));
    assert_non_null(strstr(html, " autocomplete=\"tel\" "));
    assert_non_null(strstr(html, "name=\"secret\" value=\"a &quot;value&quot;\">"));
    assert_non_null(strstr(html, " enctype=\"multipart/form-data\" "));
    assert_null(strstr(html, "id=\"e-"));
    free(html);

    /* what a browser would drop comes back as a text, with the fault; also a file's */

    (void) json_object_set_new(f->answers, "number", json_string("many"));
    (void) json_object_set_new(f->answers, "day", json_string("soon"));
    html = form_page(f, 1);
    assert_non_null(strstr(html, "type=\"text\" inputmode=\"decimal\" id=\"f-number\""));
    assert_non_null(strstr(html, "value=\"many\""));
    assert_non_null(strstr(html, "type=\"text\" id=\"f-day\""));
    assert_non_null(strstr(html, "value=\"soon\""));
    assert_non_null(strstr(html, "id=\"e-resume\""));
    free(html);

    f->form.n--;                                        /* the file */
    html = form_page(f, 0);
    assert_null(strstr(html, "enctype"));
    free(html);
    done(f);
}


/* Previews need whole addresses: with a path for a base there is nothing to say. */

static void
test_meta(void **state)
{
    char       *html;
    fixture_t  *f;

    (void) state;

    f = make(NULL);
    html = gig_page(f, GIG_STATE_OPEN);
    assert_non_null(strstr(html, "<meta name=\"description\" content=\"$500 for about 15 to 20"
                                 " hours. Chicago, IL. Compare.\">"));
    assert_null(strstr(html, "canonical"));
    assert_null(strstr(html, "og:"));
    assert_null(strstr(html, "twitter:"));
    free(html);

    f->page.base = str("https://jobs.acme.example/gigs/");
    html = gig_page(f, GIG_STATE_OPEN);
    assert_non_null(strstr(html, "<link rel=\"canonical\""
                                 " href=\"https://jobs.acme.example/gigs/g_1\">"));
    assert_non_null(strstr(html, "<meta property=\"og:title\" content=\"Price scan\">"));
    assert_non_null(strstr(html, "<meta property=\"og:url\""
                                 " content=\"https://jobs.acme.example/gigs/g_1\">"));
    assert_non_null(strstr(html, "<meta property=\"og:description\" content=\"$500 for"));
    assert_non_null(strstr(html, "<meta property=\"og:locale\" content=\"de_DE\">"));
    assert_non_null(strstr(html, "<meta property=\"og:image\""
                                 " content=\"https://acme.example/logo.png\">"));
    assert_non_null(strstr(html, "<meta property=\"og:image:alt\" content=\"Acme Robotics\">"));
    assert_non_null(strstr(html, "<meta name=\"twitter:card\" content=\"summary\">"));
    free(html);

    f->view.slug = gig_str("price-scan");
    html = gig_page(f, GIG_STATE_OPEN);
    assert_non_null(strstr(html, " href=\"https://jobs.acme.example/gigs/g_1/price-scan\">"));
    assert_non_null(strstr(html, " content=\"https://jobs.acme.example/gigs/g_1/price-scan\">"));
    assert_null(strstr(html, "href=\"https://jobs.acme.example/gigs/g_1/price-scan/"));
    free(html);

    /* Pages that are somebody's own have no address to hand on. */
    html = form_page(f, 0);
    assert_null(strstr(html, "canonical"));
    assert_null(strstr(html, "og:"));
    free(html);
    done(f);
}


static void
locale(const char *tag, const char *expected)
{
    char       *html, want[128];
    fixture_t  *f;

    f = make(NULL);
    f->page.base = str("https://jobs.acme.example/gigs/");
    json_object_set_new(f->gig, "language", json_string(tag));
    html = gig_page(f, GIG_STATE_OPEN);

    if (expected == NULL) {
        assert_null(strstr(html, "og:locale"));
    } else {
        (void) snprintf(want, sizeof(want), "\"og:locale\" content=\"%s\">", expected);
        assert_non_null(strstr(html, want));
    }

    free(html);
    done(f);
}


/* What a record says of its own page, and what of it is no address that a preview could fetch. */

static void
test_meta_of_record(void **state)
{
    char       *html;
    json_t     *seo;
    fixture_t  *f;

    (void) state;

    locale("en", "en_US");
    locale("", "en_US");
    locale("pt-PT", "pt_PT");
    locale("pt-pt", "pt_PT");
    locale("zh-Hans", "zh_CN");
    locale("es-419", "es_ES");
    locale("tlh", NULL);
    locale("xx", NULL);
    locale("e", NULL);

    f = make(NULL);
    seo = json_pack("{s:s, s:s, s:b}", "canonical_url", "https://www.acme.example/jobs/1?a=b&c=d",
                    "image", "https://acme.example/picture.png", "noindex", 0);
    assert_non_null(seo);
    json_object_set_new(f->gig, "seo", seo);

    html = gig_page(f, GIG_STATE_OPEN);                 /* its own is whole, whatever the base is */
    assert_non_null(strstr(html, "<link rel=\"canonical\""
                                 " href=\"https://www.acme.example/jobs/1?a=b&amp;c=d\">"));
    assert_non_null(strstr(html, "og:url\" content=\"https://www.acme.example/jobs/1?a=b&amp;c=d\">"));
    assert_non_null(strstr(html, "<meta property=\"og:image\""
                                 " content=\"https://acme.example/picture.png\">"));
    assert_non_null(strstr(html, "<meta property=\"og:image:alt\" content=\"Price scan\">"));
    assert_non_null(strstr(html, "content=\"summary_large_image\">"));
    assert_null(strstr(html, "noindex"));
    assert_int_equal(check_count(html, "og:image\""), 1);
    free(html);

    json_object_set_new(seo, "canonical_url", json_string("javascript:alert(1)"));
    json_object_set_new(seo, "image", json_string("http://acme.example/picture.png"));
    json_object_set_new(json_object_get(f->gig, "org"), "logo", json_string("data:image/png,x"));
    json_object_set_new(seo, "noindex", json_true());
    f->page.base = str("https://jobs.acme.example/gigs/");

    html = gig_page(f, GIG_STATE_OPEN);
    assert_non_null(strstr(html, "href=\"https://jobs.acme.example/gigs/g_1\">"));
    assert_null(strstr(html, "og:image"));
    assert_non_null(strstr(html, "<meta name=\"robots\" content=\"noindex\">"));
    free(html);

    /* No more than previews show, cut between words. */
    json_object_set_new(f->gig, "summary", json_sprintf("%0300d word", 0));
    html = gig_page(f, GIG_STATE_OPEN);
    assert_null(strstr(html, " word\""));
    assert_non_null(strstr(html, "000\u2026\">"));
    free(html);
    done(f);
}


static void
test_receipt(void **state)
{
    char       *html;
    fixture_t  *f;

    (void) state;

    f = make(NULL);
    html = receipt_page(f, 1 | 2);
    assert_non_null(strstr(html, "We have your application"));
    assert_non_null(strstr(html, "14:13:20 UTC</time>"));
    assert_non_null(strstr(html, "On its way"));
    assert_non_null(strstr(html, "href=\"/gigs/receipts/dG9rZW4?withdraw=1\""));
    assert_non_null(strstr(html, "they decide by <time datetime=\"2026-10-03\">"));
    assert_non_null(strstr(html, ">/gigs/receipts/dG9rZW4</a>"));
    assert_non_null(strstr(html, "<meta name=\"referrer\" content=\"no-referrer\">"));
    free(html);

    html = receipt_page(f, 1 | 2 | 4);
    assert_non_null(strstr(html, ">Delivered<"));
    assert_null(strstr(html, "On its way"));
    free(html);

    html = receipt_page(f, 1);                          /* Redis is gone */
    assert_non_null(strstr(html, "We have your application"));
    assert_null(strstr(html, ">Delivered<"));
    assert_null(strstr(html, "On its way"));
    free(html);

    html = receipt_page(f, 1 | 2 | 16);
    assert_non_null(strstr(html, "<form method=\"post\""));
    assert_non_null(strstr(html, "action=\"/gigs/receipts/dG9rZW4/withdraw\""));
    free(html);

    html = receipt_page(f, 1 | 2 | 8 | 16);
    assert_non_null(strstr(html, "You have withdrawn"));
    assert_non_null(strstr(html, "Being erased"));
    assert_non_null(strstr(html, "normally within 2 hours"));
    assert_non_null(strstr(html, "Asked for"));
    assert_null(strstr(html, "<form"));
    free(html);

    html = receipt_page(f, 1 | 4 | 8);
    assert_non_null(strstr(html, ">Erased<"));
    assert_null(strstr(html, "Sealed copies"));         /* no ledger */
    free(html);
    done(f);
}


/* Each stage with its time, and what is private only for who was selected. */

static void
test_receipt_stages(void **state)
{
    char       *html, *place;
    unsigned    i;
    fixture_t  *f;

    (void) state;

    f = make(NULL);

    html = receipt_page(f, 1 | 2 | (7 << 5));           /* waitlisted, then received */
    place = strstr(html, ">On the waiting list<");
    assert_non_null(place);
    place = strstr(place, "<time datetime=\"2026-09-21T14:13:20");
    assert_non_null(place);
    place = strstr(place, ">A place became free<");
    assert_non_null(place);
    assert_non_null(strstr(place, "<time datetime=\"2026-09-21T15:03:20"));
    free(html);

    html = receipt_page(f, 1 | 2 | (2 << 5));
    assert_int_equal(check_count(html, ">Received<"), 1);
    assert_non_null(strstr(html, ">Being read<"));
    free(html);

    for (i = 0; i < 8; i++) {
        html = receipt_page(f, 1 | 2 | (i << 5));
        assert_int_equal(strstr(html, "How you begin") != NULL, i == 3 || i == 5);
        assert_int_equal(strstr(html, "agreement") != NULL, i == 3 || i == 5);
        free(html);
    }

    html = receipt_page(f, 1 | 2 | (3 << 5));
    assert_non_null(strstr(html, "href=\"https://acme.example/sign\">Sign the agreement</a>, by "
                                 "<time datetime=\"2026-10-04\">"));
    assert_non_null(strstr(html, "<li>Read on</li>"));
    assert_non_null(strstr(html, "href=\"mailto:it@acme.example\">"));
    assert_non_null(strstr(html, "href=\"mailto:growth@acme.example\">growth@acme.example</a>"));
    assert_non_null(strstr(html, "begins on <time datetime=\"2026-10-05T15:00:00"));
    free(html);

    html = receipt_page(f, 1 | 2 | 8 | (3 << 5));       /* withdrawn: nothing of it */
    assert_null(strstr(html, "agreement"));
    free(html);
    done(f);
}


static void
test_problem_json(void **state)
{
    json_t        *root, *error;
    gig_buf_t      out;
    gig_errors_t  *errors;

    (void) state;

    errors = calloc(1, sizeof(gig_errors_t));
    assert_non_null(errors);
    (void) gig_errors_add(errors, "/answers/email", "%s", "\"</script>\n is not an address");

    gig_buf_init(&out, LIMIT);
    gig_problem_json(422, "fields", "Some answers", "Look again", errors, &out);
    root = json_loadb(out.data, out.len, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    assert_string_equal(json_string_value(json_object_get(root, "type")), "/problems/fields");
    assert_int_equal(json_integer_value(json_object_get(root, "status")), 422);
    error = json_array_get(json_object_get(root, "errors"), 0);
    assert_string_equal(json_string_value(json_object_get(error, "pointer")), "/answers/email");
    assert_string_equal(json_string_value(json_object_get(error, "detail")),
                        "\"</script>\n is not an address");
    gig_buf_add(&out, "", 1);
    assert_null(strstr(out.data, "</script"));
    json_decref(root);
    gig_buf_reset(&out);

    gig_problem_json(404, "not-found", "Not found", NULL, NULL, &out);
    root = json_loadb(out.data, out.len, 0, NULL);
    assert_non_null(root);
    assert_null(json_object_get(root, "errors"));
    assert_null(json_object_get(root, "detail"));
    json_decref(root);
    gig_buf_free(&out);
    free(errors);
}


static void
test_over_the_limit(void **state)
{
    char       *html;
    size_t      limit, whole;
    gig_buf_t   out;
    fixture_t  *f;

    (void) state;

    /* Wherever memory ends, the page is marked as failed and nothing breaks. */
    f = make(NULL);
    html = gig_page(f, GIG_STATE_OPEN);
    whole = strlen(html);
    free(html);

    for (limit = 1; limit < whole; limit += 97) {
        gig_buf_init(&out, limit);
        gig_page_gig(&f->page, &f->view, &out);
        assert_true(gig_buf_failed(&out));
        gig_buf_free(&out);
    }

    done(f);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_tail),
        cmocka_unit_test(test_polyglots),
        cmocka_unit_test(test_bare_gig),
        cmocka_unit_test(test_gig),
        cmocka_unit_test(test_form),
        cmocka_unit_test(test_group),
        cmocka_unit_test(test_inputs),
        cmocka_unit_test(test_meta),
        cmocka_unit_test(test_meta_of_record),
        cmocka_unit_test(test_receipt),
        cmocka_unit_test(test_receipt_stages),
        cmocka_unit_test(test_problem_json),
        cmocka_unit_test(test_over_the_limit)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
