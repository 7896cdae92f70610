
#include <string.h>

#include "gig_html.h"
#include "gig_json.h"
#include "gig_lever.h"
#include "gig_markup.h"
#include "gig_pay.h"


/* Words of a record, and theirs. */

static const gig_pair_t  gig_lever_commitments[] = {
    { "contractor", "Contract" }, { "employee_intern", "Internship" }, { "stipend", "Stipend" },
    { "volunteer", "Volunteer" },
};

static const gig_pair_t  gig_lever_places[] = {
    { "remote", "remote" }, { "onsite", "on-site" }, { "hybrid", "hybrid" },
};

/* Once for all the work is none of these: it stands in salaryDescription. */

static const gig_pair_t  gig_lever_intervals[] = {
    { "hour", "per-hour-wage" }, { "day", "per-day-wage" }, { "week", "per-week-wage" },
    { "month", "per-month-salary" }, { "year", "per-year-salary" },
};


static void gig_lever_categories(const json_t *gig, gig_buf_t *out);
static gig_str_t gig_lever_country(const json_t *location);
static void gig_lever_opening(const json_t *gig, gig_buf_t *html);
static void gig_lever_body(const json_t *gig, gig_buf_t *html);
static void gig_lever_lists(const json_t *gig, gig_buf_t *out);
static void gig_lever_list(gig_str_t title, const json_t *items, size_t *n, gig_buf_t *out);
static void gig_lever_additional(const json_t *gig, gig_buf_t *html);
static void gig_lever_texts(const char *name, const char *plain, const gig_buf_t *html,
    gig_buf_t *out);
static void gig_lever_salary(const json_t *gig, gig_buf_t *out);


gig_str_t
gig_lever_category(const json_t *gig, gig_lever_category_t category, char text[GIG_TEXT_MAX])
{
    gig_str_t      value;
    gig_buf_t      line;
    const char    *word;
    const json_t  *location;

    switch (category) {

    case GIG_LEVER_COMMITMENT:
        value = gig_json_str(gig, "commitment");

        if (value.len == 0) {
            word = gig_pair_find(gig_lever_commitments, gig_json_str(gig, "engagement"));
            value = word != NULL ? (gig_str_t) { word, strlen(word) } : gig_null_str;
        }

        return value;

    case GIG_LEVER_DEPARTMENT:
        return gig_json_str(gig, "department");

    case GIG_LEVER_TEAM:
        return gig_json_str(gig, "team");

    default:
        break;
    }

    location = json_object_get(gig, "location");
    value = gig_json_str(location, "name");

    if (value.len != 0) {
        return value;
    }

    value = gig_shape_place(location, 0, text);

    if (value.len != 0 && !gig_str_is(gig_json_str(location, "mode"), "remote")) {
        return value;
    }

    gig_buf_init(&line, GIG_TEXT_MAX);
    gig_text_place(NULL, location, &line);

    value = (gig_str_t) { text, gig_buf_failed(&line) ? 0 : line.len };
    memcpy(text, value.len != 0 ? line.data : "", value.len);

    gig_buf_free(&line);

    return value;
}


void
gig_lever_posting(const gig_feed_t *feed, const gig_catalog_gig_t *gig, gig_buf_t *out)
{
    gig_str_t      country;
    gig_buf_t      text, opening, body;
    const char    *place;
    const json_t  *json, *location;

    json = gig->json;
    location = json_object_get(json, "location");

    gig_buf_init(&text, GIG_SHAPE_TEXT_MAX);
    gig_buf_init(&opening, GIG_SHAPE_TEXT_MAX);
    gig_buf_init(&body, GIG_SHAPE_TEXT_MAX);

    gig_buf_puts(out, "{\"id\":");
    gig_buf_json(out, gig->id);
    gig_buf_member(out, "text", gig_json_str(json, "title"));
    gig_buf_printf(out, ",\"createdAt\":%lld", (long long) gig->posted * 1000);
    gig_lever_categories(json, out);

    country = gig_lever_country(location);

    if (country.len != 0) {
        gig_buf_member(out, "country", country);
    } else {
        gig_buf_puts(out, ",\"country\":null");
    }

    place = gig_pair_find(gig_lever_places, gig_json_str(location, "mode"));
    gig_buf_printf(out, ",\"workplaceType\":\"%s\"", place != NULL ? place : "unspecified");

    gig_lever_opening(json, &opening);
    gig_lever_body(json, &body);
    gig_buf_add(&text, opening.data, opening.len);
    gig_buf_add(&text, body.data, body.len);

    gig_lever_texts("opening", "openingPlain", &opening, out);
    gig_lever_texts("description", "descriptionPlain", &text, out);
    gig_lever_texts("descriptionBody", "descriptionBodyPlain", &body, out);
    gig_buf_reset(&text);

    gig_lever_lists(json, out);
    gig_lever_additional(json, &text);
    gig_lever_texts("additional", "additionalPlain", &text, out);
    gig_buf_reset(&text);

    gig_buf_puts(out, ",\"hostedUrl\":");
    gig_shape_address(feed->base, gig, out);

    gig_buf_str(&text, feed->base);
    gig_buf_uri(&text, gig->id);
    gig_buf_puts(&text, "/apply");
    gig_shape_take("applyUrl", &text, out);

    gig_lever_salary(json, out);
    gig_buf_puts(out, "}");

    out->failed |= gig_buf_failed(&text) || gig_buf_failed(&opening) || gig_buf_failed(&body);
    gig_buf_free(&text);
    gig_buf_free(&opening);
    gig_buf_free(&body);
}


static void
gig_lever_categories(const json_t *gig, gig_buf_t *out)
{
    char           text[GIG_TEXT_MAX], place[GIG_TEXT_MAX];
    size_t         i;
    unsigned       k;
    gig_str_t      value, other;
    const char    *comma;

    gig_buf_puts(out, ",\"categories\":{");

    for (k = 0, comma = ""; k < GIG_LEVER_CATEGORIES; k++) {
        value = gig_lever_category(gig, (gig_lever_category_t) k, text);

        if (value.len != 0) {
            gig_buf_printf(out, "%s\"%s\":", comma, gig_lever_names[k]);
            gig_buf_json(out, value);
            comma = ",";
        }
    }

    value = gig_lever_category(gig, GIG_LEVER_LOCATION, text);

    gig_buf_printf(out, "%s\"allLocations\":[", comma);
    comma = "";

    if (value.len != 0) {
        gig_buf_json(out, value);
        comma = ",";
    }

    for (i = 0; (other = gig_shape_place(json_object_get(gig, "location"), i, place)).len != 0; i++)
    {
        if (!gig_str_eq(other, value)) {
            gig_buf_puts(out, comma);
            gig_buf_json(out, other);
            comma = ",";
        }
    }

    gig_buf_puts(out, "]}");
}


/* The first code of a country (ISO 3166-1) that the record has. */

static gig_str_t
gig_lever_country(const json_t *location)
{
    int                  remote;
    gig_str_t            code;
    gig_text_address_t   address;

    remote = gig_str_is(gig_json_str(location, "mode"), "remote");

    gig_text_address_read(json_array_get(json_object_get(location, remote ? "applicant_regions"
                                                                           : "places"), 0),
                          &address);

    code = address.is_country ? address.code : address.country;

    return code.len == 2 ? code : gig_null_str;
}


static void
gig_lever_opening(const json_t *gig, gig_buf_t *html)
{
    gig_str_t  summary;

    summary = gig_json_str(gig, "summary");

    if (summary.len != 0) {
        gig_buf_puts(html, "<div>");
        gig_buf_html(html, summary);
        gig_buf_puts(html, "</div>");
    }
}


static void
gig_lever_body(const json_t *gig, gig_buf_t *html)
{
    gig_buf_puts(html, "<div>");
    gig_html_description(gig_json_str(gig, "description_html"),
                         gig_json_str(gig, "description_text"), html);
    gig_buf_puts(html, "</div>");
}


static void
gig_lever_lists(const json_t *gig, gig_buf_t *out)
{
    size_t         i, n;
    gig_str_t      title;
    const json_t  *sections, *section;

    n = 0;
    sections = json_object_get(gig, "sections");

    gig_buf_puts(out, ",\"lists\":[");

    for (i = 0; i < json_array_size(sections) && i < GIG_HTML_ITEMS; i++) {
        section = json_array_get(sections, i);
        title = gig_json_str(section, "title");
        gig_lever_list(title, json_object_get(section, "items"), &n, out);
    }

    gig_lever_list(gig_language_text(NULL, GIG_SAY_GIG_HAND_IN),
                   json_object_get(gig, "deliverables"), &n, out);
    gig_buf_puts(out, "]");
}


/* Theirs are items without the list around them. */

static void
gig_lever_list(gig_str_t title, const json_t *items, size_t *n, gig_buf_t *out)
{
    gig_str_t  inner;
    gig_buf_t  html;

    if (json_array_size(items) == 0) {
        return;
    }

    gig_buf_init(&html, GIG_SHAPE_TEXT_MAX);
    gig_html_items(items, "", &html);

    if (!gig_buf_failed(&html)) {
        inner.data = html.data + sizeof("<ul>") - 1;
        inner.len = html.len - (sizeof("<ul></ul>") - 1);

        gig_buf_puts(out, (*n)++ != 0 ? ",{\"text\":" : "{\"text\":");
        gig_buf_json(out, title);
        gig_buf_member(out, "content", inner);
        gig_buf_puts(out, "}");
    }

    out->failed |= gig_buf_failed(&html);
    gig_buf_free(&html);
}


/* Sections that are a text. */

static void
gig_lever_additional(const json_t *gig, gig_buf_t *html)
{
    size_t         i;
    gig_str_t      markup, text;
    const json_t  *sections, *section;

    sections = json_object_get(gig, "sections");

    for (i = 0; i < json_array_size(sections) && i < GIG_HTML_ITEMS; i++) {
        section = json_array_get(sections, i);
        markup = gig_json_str(section, "html");
        text = gig_json_str(section, "text");

        if (markup.len == 0 && text.len == 0) {
            continue;
        }

        gig_html_heading("h3", gig_json_str(section, "title"), html);
        (void) gig_markup_clean(markup, html);
        gig_html_paragraphs(text, html);
    }
}


static void
gig_lever_texts(const char *name, const char *plain, const gig_buf_t *html, gig_buf_t *out)
{
    gig_buf_member(out, name, gig_buf_view(html));
    gig_shape_take_plain(plain, html, out);
}


static void
gig_lever_salary(const json_t *gig, gig_buf_t *out)
{
    gig_buf_t         text, html;
    const char       *interval;
    const json_t     *pay;
    gig_pay_range_t   range;

    pay = json_object_get(gig, "pay");

    if (gig_pay_range(pay, &range) == 0
        && (interval = gig_pair_find(gig_lever_intervals, range.unit)) != NULL)
    {
        gig_buf_puts(out, ",\"salaryRange\":{\"currency\":");
        gig_buf_json(out, range.currency);
        gig_buf_printf(out, ",\"interval\":\"%s\",\"min\":", interval);
        gig_pay_amount(range.least, range.units, out);
        gig_buf_puts(out, ",\"max\":");
        gig_pay_amount(range.most, range.units, out);
        gig_buf_puts(out, "}");
    }

    gig_buf_init(&text, GIG_TEXT_MAX);
    gig_buf_init(&html, GIG_SHAPE_TEXT_MAX);

    gig_text_pay_for(NULL, pay, json_object_get(gig, "work"), &text);

    gig_buf_puts(&html, "<div>");
    gig_html_take(&text, &html);
    gig_buf_puts(&html, "</div>");

    gig_lever_texts("salaryDescription", "salaryDescriptionPlain", &html, out);

    out->failed |= gig_buf_failed(&html);
    gig_buf_free(&html);
}


void
gig_lever_problem(const char *error, gig_buf_t *out)
{
    gig_buf_puts(out, "{\"ok\":false");
    gig_buf_member(out, "error", (gig_str_t) { error, strlen(error) });
    gig_buf_puts(out, "}");
}
