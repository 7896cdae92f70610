
/*
 * Each member says what the page says; names are schema.org's, and which of them must be there is
 * Google's "Job posting structured data".  Every text goes through gig_buf_json().
 */

#include "gig_job_posting.h"
#include "gig_page_parts.h"
#include "gig_pay.h"


#define GIG_POSTING_DAYS_MAX    3660


/* Words of a record, and schema.org's as JSON. */

static const gig_pair_t  gig_posting_employment[] = {
    { "contractor", "[\"CONTRACTOR\"]" },
    { "employee_intern", "[\"INTERN\",\"TEMPORARY\"]" },
    { "stipend", "[\"INTERN\"]" },
    { "volunteer", "[\"VOLUNTEER\"]" },
};

/* A fee for the whole project is none of these: it stands in the description. */

static const gig_pair_t  gig_posting_units[] = {
    { "hour", "HOUR" }, { "day", "DAY" }, { "week", "WEEK" }, { "month", "MONTH" },
    { "year", "YEAR" },
};

static const gig_pair_t  gig_posting_regions[] = {
    { "Country", "Country" }, { "State", "State" }, { "City", "City" },
};


/* ,"NAME":"VALUE" unless it is empty. */

static void
gig_posting_text(const char *name, gig_str_t value, gig_buf_t *out)
{
    if (value.len != 0) {
        gig_buf_member(out, name, value);
    }
}


/* When it was published; what is not known is not made up. */

static gig_str_t
gig_posting_date(const json_t *gig)
{
    size_t     i;
    gig_str_t  date;

    static const char *const  names[] = { "posted_at", "updated_at", "opens_at" };

    date = gig_null_str;

    for (i = 0; i < sizeof(names) / sizeof(names[0]) && date.len == 0; i++) {
        date = gig_json_str(gig, names[i]);
    }

    return date;
}


/* Some objects, with a comma between two, as one or as an array. */

static void
gig_posting_list(const char *name, size_t n, const gig_buf_t *objects, gig_buf_t *out)
{
    gig_buf_printf(out, ",\"%s\":%s", name, n > 1 ? "[" : "");
    gig_buf_str(out, gig_buf_view(objects));
    gig_buf_puts(out, n > 1 ? "]" : "");
}


/* Where people may apply from.  How many regions: without one no search engine takes it. */

static size_t
gig_posting_remote(const json_t *location, gig_buf_t *out)
{
    size_t         i, n;
    gig_str_t      name, code, type;
    gig_buf_t      objects;
    const char    *posted;
    const json_t  *regions, *region;

    n = 0;
    regions = json_object_get(location, "applicant_regions");
    gig_buf_init(&objects, GIG_JOB_POSTING_MAX);

    for (i = 0; i < json_array_size(regions) && i < GIG_HTML_ITEMS; i++) {
        region = json_array_get(regions, i);
        code = gig_json_str(region, "code");
        name = gig_json_str(region, "name");
        name = (name.len != 0) ? name : code;
        type = gig_json_str(region, "type");

        if (name.len == 0) {
            continue;
        }

        posted = gig_pair_find(gig_posting_regions, type);

        if (posted == NULL) {
            posted = (type.len == 0 && code.len == 2) ? "Country" : "AdministrativeArea";
        }

        gig_buf_printf(&objects, "%s{\"@type\":\"%s\"", n != 0 ? "," : "", posted);
        gig_posting_text("name", name, &objects);
        gig_buf_puts(&objects, "}");
        n++;
    }

    if (n != 0) {
        gig_buf_puts(out, ",\"jobLocationType\":\"TELECOMMUTE\"");
        gig_posting_list("applicantLocationRequirements", n, &objects, out);
    }

    out->failed |= gig_buf_failed(&objects);
    gig_buf_free(&objects);

    return n;
}


/* Where the work is, whole or in part.  How many places that have a country. */

static size_t
gig_posting_places(const json_t *location, gig_buf_t *out)
{
    size_t               i, n;
    gig_buf_t            objects;
    const json_t        *places;
    gig_text_address_t   address;

    n = 0;
    places = json_object_get(location, "places");
    gig_buf_init(&objects, GIG_JOB_POSTING_MAX);

    for (i = 0; i < json_array_size(places) && i < GIG_HTML_ITEMS; i++) {
        gig_text_address_read(json_array_get(places, i), &address);

        if (address.country.len == 0) {
            continue;
        }

        gig_buf_printf(&objects, "%s{\"@type\":\"Place\",\"address\":{\"@type\":\"PostalAddress\"",
                       n != 0 ? "," : "");
        gig_posting_text("addressLocality", address.locality, &objects);
        gig_posting_text("addressRegion", address.region, &objects);
        gig_posting_text("addressCountry", address.country, &objects);
        gig_buf_puts(&objects, "}}");
        n++;
    }

    if (n != 0) {
        gig_posting_list("jobLocation", n, &objects, out);
    }

    out->failed |= gig_buf_failed(&objects);
    gig_buf_free(&objects);

    return n;
}


/* A sum of major units. */

static void
gig_posting_amount(const char *name, int64_t minor, unsigned units, gig_buf_t *out)
{
    gig_buf_printf(out, ",\"%s\":", name);
    gig_pay_amount(minor, units, out);
}


static void
gig_posting_salary(const json_t *pay, gig_buf_t *out)
{
    const char       *posted;
    gig_pay_range_t   range;

    if (gig_pay_range(pay, &range) != 0) {
        return;
    }

    posted = gig_pair_find(gig_posting_units, range.unit);

    if (posted == NULL) {
        return;
    }

    gig_buf_puts(out, ",\"baseSalary\":{\"@type\":\"MonetaryAmount\"");
    gig_posting_text("currency", range.currency, out);
    gig_buf_puts(out, ",\"value\":{\"@type\":\"QuantitativeValue\"");

    if (range.least == range.most) {
        gig_posting_amount("value", range.least, range.units, out);

    } else {
        gig_posting_amount("minValue", range.least, range.units, out);
        gig_posting_amount("maxValue", range.most, range.units, out);
    }

    gig_buf_printf(out, ",\"unitText\":\"%s\"}}", posted);
}


static void
gig_posting_organisation(const json_t *org, gig_buf_t *out)
{
    gig_str_t  url, logo;

    url = gig_json_str(org, "url");
    logo = gig_json_str(org, "logo");

    gig_buf_puts(out, ",\"hiringOrganization\":{\"@type\":\"Organization\"");
    gig_posting_text("name", gig_json_str(org, "name"), out);
    gig_posting_text("sameAs", gig_text_https(url) ? url : gig_null_str, out);
    gig_posting_text("logo", gig_text_https(logo) ? logo : gig_null_str, out);
    gig_buf_puts(out, "}");
}


static void
gig_posting_skills(const json_t *skills, gig_buf_t *out)
{
    size_t     i;
    gig_buf_t  text;
    gig_str_t  skill;

    gig_buf_init(&text, GIG_JOB_POSTING_MAX);

    for (i = 0; (skill = gig_page_skill(skills, i)).len != 0; i++) {
        gig_buf_puts(&text, i != 0 ? ", " : "");
        gig_buf_str(&text, skill);
    }

    gig_posting_text("skills", gig_buf_view(&text), out);
    out->failed |= gig_buf_failed(&text);
    gig_buf_free(&text);
}


/* How many are wanted, from when, for how long. */

static void
gig_posting_work(const gig_language_t *words, const json_t *gig, gig_buf_t *out)
{
    double         number;
    gig_buf_t      hours;
    const json_t  *work;

    work = json_object_get(gig, "work");

    if (gig_text_number(json_object_get(gig, "capacity"), "positions", &number) == 0
        && number >= 1)
    {
        gig_buf_printf(out, ",\"totalJobOpenings\":%.0f", number);
    }

    gig_posting_text("jobStartDate", gig_json_str(work, "start_by"), out);

    if (gig_text_number(work, "duration_days", &number) == 0 && number >= 1
        && number <= GIG_POSTING_DAYS_MAX)
    {
        gig_buf_printf(out, ",\"jobDuration\":\"P%.0fD\"", number);
    }

    gig_buf_init(&hours, GIG_TEXT_MAX);
    gig_text_hours(words, work, &hours);
    gig_posting_text("workHours", gig_buf_view(&hours), out);
    gig_buf_free(&hours);
}


/* What the page says, in its words. */

static void
gig_posting_description(const gig_language_t *words, const json_t *gig, gig_buf_t *out)
{
    gig_buf_t  html;

    gig_buf_init(&html, GIG_JOB_POSTING_MAX);
    gig_page_what(words, gig, 1, &html);
    gig_page_need(words, gig, 1, &html);
    gig_page_get(words, gig, 1, &html);

    gig_posting_text("description", gig_buf_view(&html), out);
    out->failed |= gig_buf_failed(&html);
    gig_buf_free(&html);
}


static void
gig_posting_write(const gig_page_gig_t *view, gig_str_t url, gig_str_t location, gig_buf_t *out)
{
    gig_buf_t      until;
    const char    *employment;
    const json_t  *gig, *org;

    gig = view->gig;
    org = json_object_get(gig, "org");

    gig_buf_puts(out, "{\"@context\":\"https://schema.org/\",\"@type\":\"JobPosting\"");
    gig_posting_text("title", gig_json_str(gig, "title"), out);
    gig_posting_description(view->words, gig, out);

    gig_buf_puts(out, ",\"identifier\":{\"@type\":\"PropertyValue\"");
    gig_posting_text("name", gig_json_str(org, "name"), out);
    gig_posting_text("value", gig_json_str(gig, "id"), out);
    gig_buf_puts(out, "}");

    gig_posting_text("datePosted", gig_posting_date(gig), out);

    if (view->closes_at != GIG_TIME_NONE) {
        gig_buf_init(&until, GIG_TEXT_MAX);
        gig_zone_rfc3339(view->zone, view->closes_at, &until);
        gig_posting_text("validThrough", gig_buf_view(&until), out);
        gig_buf_free(&until);
    }

    employment = gig_pair_find(gig_posting_employment, gig_json_str(gig, "engagement"));

    if (employment != NULL) {
        gig_buf_printf(out, ",\"employmentType\":%s", employment);
    }

    gig_posting_organisation(org, out);
    gig_buf_str(out, location);
    gig_posting_salary(json_object_get(gig, "pay"), out);
    gig_posting_work(view->words, gig, out);
    gig_posting_skills(json_object_get(gig, "skills"), out);
    gig_posting_text("url", url, out);

    gig_buf_printf(out, ",\"directApply\":%s}",
                   json_is_false(json_object_get(json_object_get(gig, "seo"), "direct_apply"))
                   ? "false" : "true");
}


int
gig_job_posting(const gig_page_gig_t *view, gig_str_t url, gig_buf_t *out)
{
    size_t         n;
    gig_buf_t      where;
    const json_t  *gig, *location;

    gig = view->gig;
    location = json_object_get(gig, "location");

    if ((view->state != GIG_STATE_OPEN && view->state != GIG_STATE_WAITLIST)
        || gig_json_str(gig, "title").len == 0
        || gig_json_str(json_object_get(gig, "org"), "name").len == 0
        || gig_posting_date(gig).len == 0)
    {
        return 0;
    }

    /* work that is partly done at a place is of that place: only all of it can be TELECOMMUTE */

    gig_buf_init(&where, GIG_JOB_POSTING_MAX);
    n = gig_str_is(gig_json_str(location, "mode"), "remote") ? gig_posting_remote(location, &where)
                                                             : gig_posting_places(location, &where);

    if (n != 0) {
        gig_posting_write(view, url, gig_buf_view(&where), out);
    }

    out->failed |= gig_buf_failed(&where);
    gig_buf_free(&where);

    return n != 0;
}
