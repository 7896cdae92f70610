
#include "gig_fragment.h"
#include "gig_page_parts.h"


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

    if (due.len == 0 && gig_json_str(work, "start_by").len == 0
        && json_array_size(milestones) == 0)
    {
        return;
    }

    gig_page_section(gig_str("How it goes"), 0, out);
    gig_buf_puts(out, "<ol class=\"gig-steps\">\n");

    if (gig->closes_at != GIG_TIME_NONE) {
        gig_page_step(0, 0, "Apply by", out);
        gig_html_time(gig->zone, gig_gig_zone(gig), gig->closes_at, 0, out);
        gig_page_step_end(out);
    }

    gig_gig_date_step("You hear from us by",
                      gig_json_str(json_object_get(gig->gig, "feedback"), "decision_by"), out);
    gig_gig_date_step("You start by", gig_json_str(work, "start_by"), out);

    for (i = 0; i < json_array_size(milestones) && i < GIG_HTML_ITEMS; i++) {
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
gig_gig_who(const json_t *gig, gig_buf_t *out)
{
    gig_str_t      supervisor, team, url, note;
    const json_t  *org, *conversion;

    org = json_object_get(gig, "org");
    supervisor = gig_json_str(json_object_get(gig, "work"), "supervisor_title");
    team = gig_json_str(gig, "team");
    url = gig_json_str(org, "url");

    if (supervisor.len != 0 || team.len != 0 || gig_text_https(url)) {
        gig_page_section(gig_str("Who you work with"), 0, out);
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
        gig_page_section(gig_str("What may follow"), 0, out);
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
    frame.gig = gig;
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
    gig_page_action(page, gig, out);
    gig_buf_puts(out, "</div>\n<div class=\"gig-body\">\n");

    gig_page_what(gig->gig, 0, out);
    gig_gig_line(gig, out);
    gig_page_need(gig->gig, 0, out);
    gig_page_get(gig->gig, 0, out);
    gig_gig_who(gig->gig, out);

    gig_buf_puts(out, "</div>\n</article>");
    gig_page_foot(page, out);
}
