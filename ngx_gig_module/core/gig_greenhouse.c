
#include <stdio.h>

#include "gig_greenhouse.h"
#include "gig_html.h"
#include "gig_json.h"
#include "gig_pay.h"


#define GIG_GREENHOUSE_CENTS    100             /* of a major unit, whatever the currency */
#define GIG_GREENHOUSE_CURRENCY 3               /* letters of ISO 4217 */

typedef struct {
    const gig_feed_t  *feed;
    unsigned           asked;
    size_t             n;
    gig_buf_t         *out;
} gig_greenhouse_list_t;


static int gig_greenhouse_listed(void *data, const gig_catalog_gig_t *gig);
static void gig_greenhouse_content(const gig_catalog_gig_t *gig, gig_buf_t *out);
static void gig_greenhouse_metadata(const json_t *json, gig_buf_t *out);
static void gig_greenhouse_meta(gig_str_t name, const char *type, gig_buf_t *out);
static void gig_greenhouse_deliverables(const json_t *list, gig_buf_t *out);
static long long gig_greenhouse_cents(int64_t minor, unsigned units);
static void gig_greenhouse_pay(const json_t *json, gig_buf_t *out);
static void gig_greenhouse_departments(const json_t *json, gig_buf_t *out);
static void gig_greenhouse_offices(const json_t *location, gig_buf_t *out);


unsigned
gig_greenhouse_asked(gig_str_t args)
{
    unsigned   asked;
    gig_str_t  name, value;

    asked = 0;

    while (gig_query_pair(&args, &name, &value)) {

        if (gig_str_is(name, "render_as") && gig_str_is(value, "tree")) {
            asked |= GIG_GREENHOUSE_TREE;
        }

        if (!gig_str_is(value, "true") && !gig_str_is(value, "1")) {
            continue;
        }

        if (gig_str_is(name, "content")) {
            asked |= GIG_GREENHOUSE_CONTENT;

        } else if (gig_str_is(name, "pay_transparency")) {
            asked |= GIG_GREENHOUSE_PAY;

        } else if (gig_str_is(name, "questions")) {
            asked |= GIG_GREENHOUSE_QUESTIONS;
        }
    }

    return asked;
}


void
gig_greenhouse_board(const gig_feed_t *feed, gig_buf_t *out)
{
    gig_buf_t  html;

    gig_buf_init(&html, GIG_SHAPE_TEXT_MAX);
    gig_html_paragraphs(feed->about, &html);

    gig_buf_puts(out, "{\"name\":");
    gig_buf_json(out, feed->title);
    gig_shape_take("content", &html, out);
    gig_buf_puts(out, "}");

    gig_buf_free(&html);
}


int
gig_greenhouse_jobs(const gig_feed_t *feed, const gig_catalog_t *catalog, gig_str_t args,
    int64_t now, unsigned asked, uint32_t *damaged, gig_buf_t *out)
{
    int                    rc;
    gig_greenhouse_list_t  list;

    /* questions are of one job */
    list = (gig_greenhouse_list_t) { feed, asked & ~GIG_GREENHOUSE_QUESTIONS, 0, out };

    gig_buf_puts(out, "{\"jobs\":[");
    rc = gig_catalog_walk(catalog, args, now, gig_greenhouse_listed, &list, damaged);
    gig_buf_printf(out, "],\"meta\":{\"total\":%zu}}", list.n);

    return rc == 0 && gig_buf_failed(out) ? -1 : rc;
}


static int
gig_greenhouse_listed(void *data, const gig_catalog_gig_t *gig)
{
    gig_greenhouse_list_t  *list = data;

    gig_buf_puts(list->out, list->n++ != 0 ? "," : "");
    gig_greenhouse_job(list->feed, gig, NULL, list->asked, list->out);

    return gig_buf_failed(list->out) ? -1 : 0;
}


void
gig_greenhouse_job(const gig_feed_t *feed, const gig_catalog_gig_t *gig,
    const gig_form_t *form, unsigned asked, gig_buf_t *out)
{
    gig_str_t      language;
    gig_buf_t      text;
    const json_t  *json, *location;
    uint64_t       number;

    json = gig->json;
    location = json_object_get(json, "location");
    number = gig_shape_number(gig->id);
    language = gig_json_str(json, "language");

    gig_buf_init(&text, GIG_SHAPE_TEXT_MAX);

    gig_buf_printf(out, "{\"id\":%llu,\"internal_job_id\":%llu", (unsigned long long) number,
                   (unsigned long long) number);
    gig_buf_member(out, "title", gig_json_str(json, "title"));
    gig_buf_member(out, "company_name", gig_json_str(json_object_get(json, "org"), "name"));

    gig_buf_puts(out, ",\"first_published\":");
    gig_shape_time(gig, gig->posted, out);
    gig_buf_puts(out, ",\"updated_at\":");
    gig_shape_time(gig, gig->updated, out);
    gig_buf_puts(out, ",\"application_deadline\":");
    gig_shape_time(gig, gig->closes, out);

    gig_buf_member(out, "requisition_id", gig->id);

    gig_shape_location(location, &text);
    gig_buf_puts(out, ",\"location\":{\"name\":");
    gig_buf_json(out, gig_buf_view(&text));
    gig_buf_reset(&text);

    gig_buf_puts(out, "},\"absolute_url\":");
    gig_shape_address(feed->base, gig, out);
    gig_buf_member(out, "language", language.len != 0 ? language : gig_str("en"));
    gig_greenhouse_metadata(json, out);

    if (asked & GIG_GREENHOUSE_CONTENT) {
        gig_greenhouse_content(gig, out);
        gig_greenhouse_departments(json, out);
        gig_greenhouse_offices(location, out);
    }

    if (asked & GIG_GREENHOUSE_PAY) {
        gig_greenhouse_pay(json, out);
    }

    if ((asked & GIG_GREENHOUSE_QUESTIONS) && form != NULL) {
        gig_greenhouse_questions(form, out);
    }

    gig_greenhouse_compliance(json_object_get(json, "privacy"), form, out);
    gig_buf_puts(out, "}");

    out->failed |= gig_buf_failed(&text);
    gig_buf_free(&text);
}


/* Theirs is HTML whose markup is escaped once more. */

static void
gig_greenhouse_content(const gig_catalog_gig_t *gig, gig_buf_t *out)
{
    gig_buf_t  html, escaped;

    gig_buf_init(&html, GIG_SHAPE_TEXT_MAX);
    gig_buf_init(&escaped, GIG_SHAPE_TEXT_MAX);

    gig_feed_content(gig, &html);
    gig_html_take(&html, &escaped);
    gig_shape_take("content", &escaped, out);

    gig_buf_free(&escaped);
}


/* What a gig is by, and a job has no member for. */

static void
gig_greenhouse_metadata(const json_t *json, gig_buf_t *out)
{
    char              text[sizeof("Fixed fee (USD)")];
    double            hours;
    gig_str_t         name;
    const json_t     *work, *list;
    gig_pay_range_t   range;

    work = json_object_get(json, "work");
    list = json_object_get(json, "deliverables");

    gig_buf_puts(out, ",\"metadata\":[");

    if (gig_text_number(work, "hours_max", &hours) == 0 && hours >= 0) {
        gig_greenhouse_meta(gig_str("Estimated hours"), "number", out);
        gig_buf_printf(out, "%.15g}", hours);
    }

    if (gig_pay_range(json_object_get(json, "pay"), &range) == 0
        && gig_str_is(range.unit, "project") && range.least == range.most
        && range.currency.len == GIG_GREENHOUSE_CURRENCY)
    {
        name.len = (size_t) snprintf(text, sizeof(text), "Fixed fee (%.*s)",
                                     (int) range.currency.len, range.currency.data);
        gig_greenhouse_meta((gig_str_t) { text, name.len }, "number", out);
        gig_pay_amount(range.least, range.units, out);
        gig_buf_puts(out, "}");
    }

    if (json_array_size(list) != 0) {
        gig_greenhouse_meta(gig_str("Deliverables"), "multi_select", out);
        gig_greenhouse_deliverables(list, out);
        gig_buf_puts(out, "}");
    }

    gig_buf_puts(out, "]");
}


static void
gig_greenhouse_meta(gig_str_t name, const char *type, gig_buf_t *out)
{
    gig_buf_puts(out, out->len != 0 && out->data[out->len - 1] == '[' ? "" : ",");
    gig_buf_printf(out, "{\"id\":%u", gig_shape_name(name));
    gig_buf_member(out, "name", name);
    gig_buf_printf(out, ",\"value_type\":\"%s\",\"value\":", type);
}


static void
gig_greenhouse_deliverables(const json_t *list, gig_buf_t *out)
{
    size_t      i;
    gig_str_t   text;
    const char *comma;

    gig_buf_puts(out, "[");

    for (i = 0, comma = ""; i < json_array_size(list) && i < GIG_HTML_ITEMS; i++) {
        text = gig_json_item(json_array_get(list, i), "text");

        if (text.len != 0) {
            gig_buf_puts(out, comma);
            gig_buf_json(out, text);
            comma = ",";
        }
    }

    gig_buf_puts(out, "]");
}


/* Hundredths of a unit, whatever the currency has; at most the largest number there is. */

static long long
gig_greenhouse_cents(int64_t minor, unsigned units)
{
    if (minor / units >= INT64_MAX / GIG_GREENHOUSE_CENTS) {
        return INT64_MAX;
    }

    return minor / units * GIG_GREENHOUSE_CENTS + minor % units * GIG_GREENHOUSE_CENTS / units;
}


static void
gig_greenhouse_pay(const json_t *json, gig_buf_t *out)
{
    gig_buf_t         blurb;
    const json_t     *pay;
    gig_pay_range_t   range;

    pay = json_object_get(json, "pay");

    if (gig_pay_range(pay, &range) != 0) {
        gig_buf_puts(out, ",\"pay_input_ranges\":[]");
        return;
    }

    gig_buf_init(&blurb, GIG_TEXT_MAX);
    gig_text_pay_for(NULL, pay, json_object_get(json, "work"), &blurb);

    gig_buf_printf(out, ",\"pay_input_ranges\":[{\"min_cents\":%lld,\"max_cents\":%lld",
                   gig_greenhouse_cents(range.least, range.units),
                   gig_greenhouse_cents(range.most, range.units));
    gig_buf_member(out, "currency_type", range.currency);
    gig_buf_member(out, "title", gig_str_is(range.unit, "project") ? gig_str("Project fee")
                                 : gig_str_is(range.unit, "hour") ? gig_str("Hourly pay")
                                                                  : gig_str("Pay"));
    gig_shape_take("blurb", &blurb, out);
    gig_buf_puts(out, "}]");

    gig_buf_free(&blurb);
}


static void
gig_greenhouse_departments(const json_t *json, gig_buf_t *out)
{
    gig_str_t  name;

    name = gig_json_str(json, "department");
    gig_buf_puts(out, ",\"departments\":[");

    if (name.len != 0) {
        gig_buf_printf(out, "{\"id\":%u", gig_shape_name(name));
        gig_buf_member(out, "name", name);
        gig_buf_puts(out, ",\"parent_id\":null,\"child_ids\":[]}");
    }

    gig_buf_puts(out, "]");
}


static void
gig_greenhouse_offices(const json_t *location, gig_buf_t *out)
{
    char       text[GIG_TEXT_MAX];
    size_t     i;
    gig_str_t  name;

    gig_buf_puts(out, ",\"offices\":[");

    for (i = 0; (name = gig_shape_place(location, i, text)).len != 0; i++) {
        gig_buf_printf(out, "%s{\"id\":%u", i != 0 ? "," : "", gig_shape_name(name));
        gig_buf_member(out, "name", name);
        gig_buf_member(out, "location", name);
        gig_buf_puts(out, ",\"parent_id\":null,\"child_ids\":[]}");
    }

    gig_buf_puts(out, "]");
}
