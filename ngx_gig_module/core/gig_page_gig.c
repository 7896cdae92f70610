
#include "gig_fragment.h"
#include "gig_markup.h"
#include "gig_page_parts.h"


#define GIG_GIG_SKILLS          12
#define GIG_GIG_ITEMS           50      /* of one list of a record */


static gig_str_t
gig_gig_string(const json_t *value)
{
    if (!json_is_string(value)) {
        return gig_null_str;
    }

    return (gig_str_t) { json_string_value(value), json_string_length(value) };
}


static gig_str_t
gig_gig_zone(const gig_page_gig_t *gig)
{
    return gig_json_str(gig->gig, "time_zone");
}


/* A large fact: icon, small label, value; the caller writes the value and </dd></div>. */

static void
gig_gig_fact(const char *icon, const char *label, gig_buf_t *out)
{
    gig_buf_printf(out, "<div class=\"gig-fact gig-fact-%s\">", icon);
    gig_html_icon(icon, out);
    gig_buf_printf(out, "<dt>%s</dt><dd>", label);
}


static void
gig_gig_fact_end(gig_buf_t *out)
{
    gig_buf_puts(out, "</dd></div>");
}


static void
gig_gig_facts(const gig_page_gig_t *gig, gig_buf_t *out)
{
    double         days;
    size_t         sum;
    gig_buf_t      text;
    gig_str_t      note;
    const json_t  *work, *pay;

    work = json_object_get(gig->gig, "work");
    pay = json_object_get(gig->gig, "pay");

    gig_buf_puts(out, "<dl class=\"gig-facts-large\">");

    gig_gig_fact("pay", "Pay", out);
    gig_buf_init(&text, GIG_TEXT_MAX);
    gig_text_pay(pay, &text);
    sum = text.len;
    gig_buf_reset(&text);
    gig_text_pay_for(pay, work, &text);

    /* It begins with the sum, which is what the eye looks for. */
    if (!gig_buf_failed(&text) && sum != 0) {
        gig_buf_puts(out, "<strong>");
        gig_buf_html(out, (gig_str_t) { text.data, sum });
        gig_buf_puts(out, "</strong>");
        gig_buf_html(out, (gig_str_t) { text.data + sum, text.len - sum });
        gig_buf_reset(&text);
    }

    gig_html_take(&text, out);
    note = gig_json_str(pay, "note");

    if (note.len != 0) {
        gig_buf_puts(out, " <span class=\"gig-small\">");
        gig_buf_html(out, note);
        gig_buf_puts(out, "</span>");
    }

    gig_gig_fact_end(out);

    gig_gig_fact("hours", "Work", out);
    gig_buf_init(&text, GIG_TEXT_MAX);
    gig_buf_puts(&text, "About ");
    gig_text_hours(work, &text);

    if (text.len <= sizeof("About ") - 1) {
        gig_buf_reset(&text);
        gig_buf_puts(&text, "Hours as agreed");
    }

    if (gig_text_number(work, "duration_days", &days) == 0 && days > 0) {
        gig_buf_printf(&text, " over %.6g day%s", days, (days > 1) ? "s" : "");
    }

    gig_html_take(&text, out);
    gig_gig_fact_end(out);

    gig_gig_fact("place", "Place", out);
    gig_buf_init(&text, GIG_TEXT_MAX);
    gig_text_place_all(json_object_get(gig->gig, "location"), &text);
    gig_html_take(&text, out);
    gig_gig_fact_end(out);

    if (gig->state == GIG_STATE_SCHEDULED) {
        gig_gig_fact("hours", "Opens", out);
        gig_buf_puts(out, "<b>");

        if (gig->opens_at != GIG_TIME_NONE) {
            gig_html_time(gig->zone, gig_gig_zone(gig), gig->opens_at, 0, out);

        } else {
            gig_buf_puts(out, "Soon");
        }

        gig_buf_puts(out, "</b>");
        gig_gig_fact_end(out);
    }

    if (gig->closes_at != GIG_TIME_NONE
        && (gig->state == GIG_STATE_OPEN || gig->state == GIG_STATE_WAITLIST
            || gig->state == GIG_STATE_SCHEDULED))
    {
        gig_gig_fact("apply", "Apply by", out);
        gig_html_time(gig->zone, gig_gig_zone(gig), gig->closes_at, 0, out);
        gig_gig_fact_end(out);
    }

    if (gig_json_str(work, "due_by").len != 0) {
        gig_gig_fact("due", "Due", out);
        gig_html_date(gig_json_str(work, "due_by"), 1, out);
        gig_gig_fact_end(out);
    }

    gig_buf_puts(out, "</dl>");
}


/* The form, told where the applicant came from. */

static void
gig_gig_apply_href(const gig_page_t *page, const gig_page_gig_t *gig, gig_buf_t *out)
{
    gig_buf_puts(out, "href=\"");
    gig_buf_html(out, page->base);
    gig_buf_uri(out, gig_json_str(gig->gig, "id"));
    gig_buf_puts(out, "/apply");

    if (gig->source.len != 0) {
        gig_buf_puts(out, "?source=");
        gig_buf_uri(out, gig->source);
    }

    gig_page_tail(page, gig->source.len != 0, out);
    gig_buf_puts(out, "\"");
}


/* The one button, or why there is none. */

static void
gig_gig_action(const gig_page_t *page, const gig_page_gig_t *gig, gig_buf_t *out)
{
    switch (gig->state) {

    case GIG_STATE_OPEN:
    case GIG_STATE_WAITLIST:
        gig_buf_puts(out, "<p class=\"gig-action\"><a class=\"gig-button\" ");
        gig_gig_apply_href(page, gig, out);
        gig_buf_puts(out, ">");
        gig_buf_puts(out, (gig->state == GIG_STATE_OPEN) ? "Apply" : "Join the waiting list");
        gig_buf_puts(out, "</a></p>");

        if (gig->state == GIG_STATE_WAITLIST) {
            gig_buf_puts(out, "<p class=\"gig-when\">All places are taken at the moment. If one"
                         " becomes free, the first on the list gets it.</p>");
        }

        break;

    case GIG_STATE_SCHEDULED:
        gig_page_counter(page, gig, 0, out);
        gig_buf_puts(out, "<p class=\"gig-when\">You can fill in the form now, and send it from"
                     " the second it opens.</p><p class=\"gig-action-still\">"
                     "<a class=\"gig-button gig-button-quiet\" ");
        gig_gig_apply_href(page, gig, out);
        gig_buf_puts(out, ">Fill in the form</a></p>");
        break;

    case GIG_STATE_FULL:
        gig_buf_puts(out, "<p class=\"gig-when\"><strong>All places are taken.</strong> A place"
                     " that is given back is offered here again.</p>"
                     "<p class=\"gig-action-still\"><a class=\"gig-button gig-button-quiet\" ");
        gig_page_href(page, gig_null_str, "", out);
        gig_buf_puts(out, ">See other open gigs</a></p>");
        break;

    case GIG_STATE_CLOSED:
    case GIG_STATE_GONE:
    case GIG_STATE_HIDDEN:
        break;
    }
}


static void
gig_gig_section(const char *title, gig_buf_t *out)
{
    gig_buf_printf(out, "<section class=\"gig-section\"><h2>%s</h2>", title);
}


static void
gig_gig_formatted(gig_str_t html, gig_buf_t *out)
{
    if (gig_markup_clean(html, out) != 0) {
        out->failed = 1;
    }
}


static void
gig_gig_items(const json_t *items, const char *class, gig_buf_t *out)
{
    size_t     i;
    gig_str_t  item;

    gig_buf_printf(out, "<ul%s>", class);

    for (i = 0; i < json_array_size(items) && i < GIG_GIG_ITEMS; i++) {
        item = gig_gig_string(json_array_get(items, i));

        if (item.len == 0) {
            item = gig_json_str(json_array_get(items, i), "text");
        }

        if (item.len != 0) {
            gig_buf_puts(out, "<li>");
            gig_buf_html(out, item);
            gig_buf_puts(out, "</li>");
        }
    }

    gig_buf_puts(out, "</ul>");
}


/* Sections of a record that belong under a heading of ours, by their key. */

typedef enum {
    GIG_SECTION_WHAT, GIG_SECTION_HAND_IN, GIG_SECTION_NEED, GIG_SECTION_GET, GIG_SECTION_OWN
} gig_section_t;

typedef struct {
    const char     *key;
    gig_section_t   under;
} gig_section_key_t;

static const gig_section_key_t  gig_section_keys[] = {
    { "tasks", GIG_SECTION_WHAT },          { "responsibilities", GIG_SECTION_WHAT },
    { "deliverables", GIG_SECTION_HAND_IN },
    { "needs", GIG_SECTION_NEED },          { "requirements", GIG_SECTION_NEED },
    { "gets", GIG_SECTION_GET },            { "benefits", GIG_SECTION_GET },
};


static gig_section_t
gig_gig_under(const json_t *section)
{
    size_t     i;
    gig_str_t  key;

    key = gig_json_str(section, "key");

    for (i = 0; i < sizeof(gig_section_keys) / sizeof(gig_section_keys[0]); i++) {
        if (gig_str_is(key, gig_section_keys[i].key)) {
            return gig_section_keys[i].under;
        }
    }

    return GIG_SECTION_OWN;
}


/* What the record's sections say under one heading; returns how many there were. */

static size_t
gig_gig_sections(const json_t *gig, gig_section_t under, gig_buf_t *out)
{
    size_t         i, n;
    gig_str_t      title;
    const json_t  *sections, *section;

    n = 0;
    sections = json_object_get(gig, "sections");

    for (i = 0; i < json_array_size(sections) && i < GIG_GIG_ITEMS; i++) {
        section = json_array_get(sections, i);

        if (gig_gig_under(section) != under) {
            continue;
        }

        n++;

        if (out == NULL) {
            continue;
        }

        if (under == GIG_SECTION_OWN) {
            gig_buf_puts(out, "<section class=\"gig-section\">");
            title = gig_json_str(section, "title");

            if (title.len != 0) {
                gig_buf_puts(out, "<h2>");
                gig_buf_html(out, title);
                gig_buf_puts(out, "</h2>");
            }
        }

        gig_gig_formatted(gig_json_str(section, "html"), out);
        gig_html_paragraphs(gig_json_str(section, "text"), out);

        if (json_array_size(json_object_get(section, "items")) != 0) {
            gig_gig_items(json_object_get(section, "items"), "", out);
        }

        if (under == GIG_SECTION_OWN) {
            gig_buf_puts(out, "</section>\n");
        }
    }

    return n;
}


static void
gig_gig_what(const json_t *gig, gig_buf_t *out)
{
    gig_str_t      html, text;
    const json_t  *items;

    html = gig_json_str(gig, "description_html");
    text = gig_json_str(gig, "description_text");

    if (html.len == 0 && text.len == 0) {
        text = gig_json_str(gig, "summary");
    }

    if (html.len != 0 || text.len != 0 || gig_gig_sections(gig, GIG_SECTION_WHAT, NULL) != 0) {
        gig_gig_section("What you will do", out);

        if (html.len != 0) {
            gig_gig_formatted(html, out);
        } else {
            gig_html_paragraphs(text, out);
        }

        (void) gig_gig_sections(gig, GIG_SECTION_WHAT, out);
        gig_buf_puts(out, "</section>\n");
    }

    items = json_object_get(gig, "deliverables");

    if (json_array_size(items) != 0) {
        gig_gig_section("What you hand in", out);
        gig_gig_items(items, " class=\"gig-checks\"", out);
        gig_buf_puts(out, "</section>\n");

    } else if (gig_gig_sections(gig, GIG_SECTION_HAND_IN, NULL) != 0) {
        gig_gig_section("What you hand in", out);
        (void) gig_gig_sections(gig, GIG_SECTION_HAND_IN, out);
        gig_buf_puts(out, "</section>\n");
    }

    (void) gig_gig_sections(gig, GIG_SECTION_OWN, out);
}


static void
gig_gig_date_step(const char *title, gig_str_t date, gig_buf_t *out)
{
    if (date.len != 0) {
        gig_page_step(0, 0, title, out);
        gig_html_date(date, 1, out);
        gig_page_step_end(out);
    }
}


/* From the last day to apply to the day it is handed in, as far as it is known. */

static void
gig_gig_line(const gig_page_gig_t *gig, gig_buf_t *out)
{
    size_t         i;
    gig_str_t      due, title, date;
    const json_t  *work, *milestones, *milestone;

    work = json_object_get(gig->gig, "work");
    milestones = json_object_get(work, "milestones");
    due = gig_json_str(work, "due_by");

    if (due.len == 0 && json_array_size(milestones) == 0) {
        return;
    }

    gig_gig_section("How it goes", out);
    gig_buf_puts(out, "<ol class=\"gig-steps\">\n");

    if (gig->closes_at != GIG_TIME_NONE) {
        gig_page_step(0, 0, "Apply by", out);
        gig_html_time(gig->zone, gig_gig_zone(gig), gig->closes_at, 0, out);
        gig_page_step_end(out);
    }

    gig_gig_date_step("You hear from us by",
                      gig_json_str(json_object_get(gig->gig, "feedback"), "decision_by"), out);
    gig_gig_date_step("You start by", gig_json_str(work, "start_by"), out);

    for (i = 0; i < json_array_size(milestones) && i < GIG_GIG_ITEMS; i++) {
        milestone = json_array_get(milestones, i);
        title = gig_json_str(milestone, "title");

        gig_buf_puts(out, "<li class=\"gig-step\"><span class=\"gig-step-dot\"></span><div>"
                     "<p class=\"gig-step-title\">");
        gig_buf_html(out, title);
        gig_buf_puts(out, "</p><p>");

        date = gig_json_str(milestone, "due_by");

        if (date.len != 0) {
            gig_html_date(date, 1, out);
        }

        if (due.len != 0 && i + 1 == json_array_size(milestones) && gig_str_eq(date, due)) {
            gig_buf_puts(out, ", when the work is due");
            due = gig_null_str;         /* the last milestone is the end of it */
        }

        gig_page_step_end(out);
    }

    gig_gig_date_step("You hand it in by", due, out);
    gig_buf_puts(out, "</ol></section>\n");
}


static void
gig_gig_need(const json_t *gig, gig_buf_t *out)
{
    double         age;
    size_t         i, empty;
    gig_str_t      note, ai;
    const json_t  *eligibility, *skills, *list, *skill;

    skills = json_object_get(gig, "skills");
    eligibility = gig_text_member(gig, "eligibility");
    note = gig_json_str(eligibility, "note");
    ai = gig_json_str(json_object_get(gig, "work"), "ai_policy");
    list = json_object_get(eligibility, "work_authorization");

    if (json_array_size(skills) == 0 && eligibility == NULL && ai.len == 0
        && gig_gig_sections(gig, GIG_SECTION_NEED, NULL) == 0)
    {
        return;
    }

    gig_gig_section("What you need", out);

    if (json_array_size(skills) != 0) {
        gig_buf_puts(out, "<ul class=\"gig-skills gig-skills-large\" aria-label=\"Skills\">");

        for (i = 0; i < json_array_size(skills) && i < GIG_GIG_SKILLS; i++) {
            skill = json_array_get(skills, i);
            gig_buf_puts(out, "<li>");
            gig_buf_html(out, json_is_string(skill) ? gig_gig_string(skill)
                                                    : gig_json_str(skill, "name"));

            if (json_is_false(json_object_get(skill, "required"))) {
                gig_buf_puts(out, " <span class=\"gig-quiet\">a plus</span>");

            } else if (gig_json_str(skill, "level").len != 0) {
                gig_buf_puts(out, " <span class=\"gig-quiet\">");
                gig_buf_html(out, gig_json_str(skill, "level"));
                gig_buf_puts(out, "</span>");
            }

            gig_buf_puts(out, "</li>");
        }

        gig_buf_puts(out, "</ul>");
    }

    (void) gig_gig_sections(gig, GIG_SECTION_NEED, out);
    gig_buf_puts(out, "<ul>");
    empty = out->len;

    if (gig_text_number(eligibility, "min_age", &age) == 0 && age > 0) {
        gig_buf_printf(out, "<li>You are at least %.3g years old.</li>", age);
    }

    if (json_array_size(list) != 0) {
        gig_buf_puts(out, "<li>You may work in ");

        for (i = 0; i < json_array_size(list) && i < GIG_GIG_ITEMS; i++) {
            gig_buf_puts(out, (i == 0) ? "" : ", ");
            gig_buf_html(out, gig_gig_string(json_array_get(list, i)));
        }

        gig_buf_puts(out, ".</li>");
    }

    if (note.len != 0) {
        gig_buf_puts(out, "<li>");
        gig_buf_html(out, note);
        gig_buf_puts(out, "</li>");
    }

    if (gig_str_is(ai, "allowed-disclosed")) {
        gig_buf_puts(out, "<li>You may use AI tools if you say where.</li>");

    } else if (gig_str_is(ai, "allowed")) {
        gig_buf_puts(out, "<li>You may use AI tools.</li>");

    } else if (gig_str_is(ai, "not-allowed") || gig_str_is(ai, "forbidden")) {
        gig_buf_puts(out, "<li>The work is to be your own, without AI tools.</li>");
    }

    if (out->len != empty) {
        gig_buf_puts(out, "</ul>");

    } else if (!gig_buf_failed(out)) {
        out->len -= sizeof("<ul>") - 1;
    }

    gig_buf_puts(out, "</section>\n");
}


static void
gig_gig_get(const json_t *gig, gig_buf_t *out)
{
    double         positions;
    gig_buf_t      text;
    gig_str_t      paid_on;
    const json_t  *pay;

    pay = json_object_get(gig, "pay");

    gig_gig_section("What you get", out);
    (void) gig_gig_sections(gig, GIG_SECTION_GET, out);
    gig_buf_puts(out, "<ul><li>");

    gig_buf_init(&text, GIG_TEXT_MAX);
    gig_text_pay_for(pay, json_object_get(gig, "work"), &text);
    paid_on = gig_json_str(pay, "paid_on");

    if (gig_str_is(paid_on, "acceptance")) {
        gig_buf_puts(&text, ", paid when your work is accepted");

    } else if (gig_str_is(paid_on, "delivery")) {
        gig_buf_puts(&text, ", paid when you hand it in");
    }

    gig_buf_puts(&text, ".");
    gig_html_take(&text, out);
    gig_buf_puts(out, "</li>");

    gig_buf_init(&text, GIG_TEXT_MAX);
    gig_text_engagement(gig_json_str(gig, "engagement"), &text);

    if (text.len != 0) {
        gig_buf_puts(out, "<li>");
        gig_html_take(&text, out);
        gig_buf_puts(out, ".</li>");

    } else {
        gig_buf_free(&text);
    }

    if (json_is_true(json_object_get(json_object_get(gig, "feedback"), "to_applicant"))) {
        gig_buf_puts(out, "<li>Feedback on your application, whatever the decision.</li>");
    }

    if (gig_text_number(json_object_get(gig, "capacity"), "positions", &positions) == 0
        && positions >= 1)
    {
        gig_buf_printf(out, (positions > 1) ? "<li>%.6g people will be selected.</li>"
                                            : "<li>%.6g person will be selected.</li>", positions);
    }

    gig_buf_puts(out, "</ul></section>\n");
}


static void
gig_gig_who(const json_t *gig, gig_buf_t *out)
{
    gig_str_t      supervisor, team, url, note;
    const json_t  *org, *conversion;

    org = json_object_get(gig, "org");
    supervisor = gig_json_str(json_object_get(gig, "work"), "supervisor_title");
    team = gig_json_str(gig, "team");
    url = gig_json_str(org, "url");

    if (supervisor.len != 0 || team.len != 0 || gig_text_https(url)) {
        gig_gig_section("Who you work with", out);
        gig_buf_puts(out, "<p>");

        if (supervisor.len != 0) {
            gig_buf_puts(out, "Your contact is the ");
            gig_buf_html(out, supervisor);
        }

        if (team.len != 0) {
            gig_buf_puts(out, (supervisor.len != 0) ? " in the " : "You join the ");
            gig_buf_html(out, team);
            gig_buf_puts(out, " team");
        }

        gig_buf_puts(out, (supervisor.len != 0 || team.len != 0) ? " at " : "You work with ");

        if (gig_text_https(url)) {
            gig_buf_puts(out, "<a rel=\"noopener\" href=\"");
            gig_buf_html(out, url);
            gig_buf_puts(out, "\">");
        }

        gig_buf_html(out, gig_json_str(org, "name"));
        gig_buf_puts(out, gig_text_https(url) ? "</a>.</p></section>\n" : ".</p></section>\n");
    }

    conversion = json_object_get(gig, "conversion");
    note = gig_json_str(conversion, "note");

    if (json_is_true(json_object_get(conversion, "possible")) || note.len != 0) {
        gig_gig_section("What may follow", out);
        gig_buf_puts(out, "<p>");

        if (note.len != 0) {
            gig_buf_html(out, note);
        } else {
            gig_buf_puts(out, "This gig may lead to more work with the same people.");
        }

        gig_buf_puts(out, "</p></section>\n");
    }
}


void
gig_page_gig(const gig_page_t *page, const gig_page_gig_t *gig, gig_buf_t *out)
{
    int          closing;
    gig_frame_t  frame = { .bar = 1 };

    frame.heading = gig_json_str(gig->gig, "title");
    frame.description = gig_json_str(gig->gig, "summary");
    frame.id = gig_json_str(gig->gig, "id");
    frame.slug = gig->slug;
    frame.canonical = 1;
    frame.form_script = (gig->state == GIG_STATE_SCHEDULED);
    gig_page_head(page, &frame, out);
    gig_page_back(page, gig_null_str, gig_str("All gigs"), out);

    gig_buf_puts(out, "<article class=\"gig-gig\">\n<header class=\"gig-title\">");
    gig_page_title(gig->gig, "", out);
    gig_buf_puts(out, "</header>\n<div class=\"gig-panel\">");

    closing = gig->closes_at != GIG_TIME_NONE && page->now >= gig->closes_at - GIG_CLOSING_SOON;

    if (gig->state == GIG_STATE_SCHEDULED) {
        gig_buf_puts(out, "<p class=\"gig-mark gig-mark-scheduled\">Not yet open</p>");

    } else if (gig->state != GIG_STATE_OPEN || closing) {
        gig_buf_str(out, gig_fragment_state_html(gig->state, closing));
        gig_buf_puts(out, "</p>");
    }

    gig_gig_facts(gig, out);
    gig_gig_action(page, gig, out);
    gig_buf_puts(out, "</div>\n<div class=\"gig-body\">\n");

    gig_gig_what(gig->gig, out);
    gig_gig_line(gig, out);
    gig_gig_need(gig->gig, out);
    gig_gig_get(gig->gig, out);
    gig_gig_who(gig->gig, out);

    gig_buf_puts(out, "</div>\n</article>");
    gig_page_foot(page, out);
}
