
#include "gig_fragment.h"
#include "gig_page_parts.h"
#include "gig_pay.h"


static gig_str_t
gig_gig_zone(const gig_page_gig_t *gig)
{
    return gig_json_str(gig->gig, "time_zone");
}


/* A large fact: icon, small label, value; the caller writes the value and </dd></div>. */

static void
gig_gig_fact(const gig_page_t *page, const char *icon, gig_say_t label, gig_buf_t *out)
{
    gig_buf_printf(out, "<div class=\"gig-fact gig-fact-%s\">", icon);
    gig_html_icon(icon, out);
    gig_buf_puts(out, "<dt>");
    gig_say(page->words, label, out);
    gig_buf_puts(out, "</dt><dd>");
}


static void
gig_gig_fact_end(gig_buf_t *out)
{
    gig_buf_puts(out, "</dd></div>");
}


/* What it pays, with the sum, which is what the eye looks for, standing out. */

static void
gig_gig_pay(const gig_page_t *page, const json_t *gig, gig_buf_t *out)
{
    int            argument;
    gig_buf_t      sum, hours;
    gig_str_t      note;
    gig_said_t     said;
    const json_t  *pay;

    pay = json_object_get(gig, "pay");
    gig_buf_init(&sum, GIG_TEXT_MAX);
    gig_buf_init(&hours, GIG_TEXT_MAX);
    gig_text_pay(page->words, pay, &sum);
    gig_text_hours(page->words, json_object_get(gig, "work"), &hours);

    if (sum.len == 0) {
        gig_buf_reset(&hours);
        gig_text_pay_for(page->words, pay, json_object_get(gig, "work"), &hours);
        gig_buf_html(out, gig_buf_view(&hours));

    } else if (hours.len == 0) {
        gig_buf_puts(out, "<strong>");
        gig_buf_html(out, gig_buf_view(&sum));
        gig_buf_puts(out, "</strong>");

    } else {
        said = gig_say_begin(page->words, gig_pay_unpaid(pay) ? GIG_SAY_PAY_AND_HOURS
                                                              : GIG_SAY_PAY_FOR_HOURS);

        while ((argument = gig_say_next(&said, out)) != 0) {

            if (argument == 1) {
                gig_buf_puts(out, "<strong>");
                gig_buf_html(out, gig_buf_view(&sum));
                gig_buf_puts(out, "</strong>");
            } else {
                gig_buf_html(out, gig_buf_view(&hours));
            }
        }
    }

    out->failed |= gig_buf_failed(&sum) | gig_buf_failed(&hours);
    gig_buf_free(&sum);
    gig_buf_free(&hours);

    note = gig_json_str(pay, "note");

    if (note.len != 0) {
        gig_buf_puts(out, " <span class=\"gig-small\"");
        gig_html_lang(page->words, gig, "pay", out);
        gig_buf_puts(out, ">");
        gig_buf_html(out, note);
        gig_buf_puts(out, "</span>");
    }
}


static void
gig_gig_hours_about(const gig_page_t *page, const json_t *work, gig_buf_t *out)
{
    gig_buf_t   hours;
    gig_said_t  said;

    gig_buf_init(&hours, GIG_TEXT_MAX);
    gig_text_hours(page->words, work, &hours);

    if (hours.len == 0) {
        gig_say(page->words, GIG_SAY_HOURS_AGREED, out);

    } else {
        said = gig_say_begin(page->words, GIG_SAY_HOURS_ABOUT);

        while (gig_say_next(&said, out)) {
            gig_buf_html(out, gig_buf_view(&hours));
        }
    }

    out->failed |= gig_buf_failed(&hours);
    gig_buf_free(&hours);
}


static void
gig_gig_hours(const gig_page_t *page, const json_t *work, gig_buf_t *out)
{
    int         argument;
    double      days;
    gig_said_t  said;

    if (gig_text_number(work, "duration_days", &days) != 0 || days <= 0) {
        gig_gig_hours_about(page, work, out);
        return;
    }

    said = gig_say_begin_n(page->words, GIG_SAY_HOURS_OVER, days);

    while ((argument = gig_say_next(&said, out)) != 0) {

        if (argument == 1) {
            gig_gig_hours_about(page, work, out);
        } else {
            gig_language_number(page->words, days, out);
        }
    }
}


static void
gig_gig_facts(const gig_page_t *page, const gig_page_gig_t *gig, gig_buf_t *out)
{
    gig_buf_t      text;
    const json_t  *work;

    work = json_object_get(gig->gig, "work");

    gig_buf_puts(out, "<dl class=\"gig-facts-large\">");

    gig_gig_fact(page, "pay", GIG_SAY_FACT_PAY, out);
    gig_gig_pay(page, gig->gig, out);
    gig_gig_fact_end(out);

    gig_gig_fact(page, "hours", GIG_SAY_FACT_WORK, out);
    gig_gig_hours(page, work, out);
    gig_gig_fact_end(out);

    gig_gig_fact(page, "place", GIG_SAY_FACT_PLACE, out);
    gig_buf_init(&text, GIG_TEXT_MAX);
    gig_text_place_all(page->words, json_object_get(gig->gig, "location"), &text);
    gig_html_take(&text, out);
    gig_gig_fact_end(out);

    if (gig->state == GIG_STATE_SCHEDULED) {
        gig_gig_fact(page, "hours", GIG_SAY_FACT_OPENS, out);
        gig_buf_puts(out, "<b>");

        if (gig->opens_at != GIG_TIME_NONE) {
            gig_html_time(page->words, gig->zone, gig_gig_zone(gig), gig->opens_at, 0, out);

        } else {
            gig_say(page->words, GIG_SAY_FACT_OPENS_SOON, out);
        }

        gig_buf_puts(out, "</b>");
        gig_gig_fact_end(out);
    }

    if (gig->closes_at != GIG_TIME_NONE
        && (gig->state == GIG_STATE_OPEN || gig->state == GIG_STATE_WAITLIST
            || gig->state == GIG_STATE_SCHEDULED))
    {
        gig_gig_fact(page, "apply", GIG_SAY_FACT_APPLY, out);
        gig_html_time(page->words, gig->zone, gig_gig_zone(gig), gig->closes_at, 0, out);
        gig_gig_fact_end(out);
    }

    if (gig_json_str(work, "due_by").len != 0) {
        gig_gig_fact(page, "due", GIG_SAY_FACT_DUE, out);
        gig_html_date(page->words, gig_json_str(work, "due_by"), 1, out);
        gig_gig_fact_end(out);
    }

    gig_buf_puts(out, "</dl>");
}


static void
gig_gig_date_step(const gig_page_t *page, gig_say_t title, gig_str_t date, gig_buf_t *out)
{
    if (date.len != 0) {
        gig_page_step_said(page->words, 0, 0, title, out);
        gig_html_date(page->words, date, 1, out);
        gig_page_step_end(out);
    }
}


/* A milestone's day; last: it is also that on which all is due. */

static void
gig_gig_milestone(const gig_page_t *page, gig_str_t date, int last, gig_buf_t *out)
{
    gig_said_t  said;

    if (!last) {
        if (date.len != 0) {
            gig_html_date(page->words, date, 1, out);
        }

        return;
    }

    said = gig_say_begin(page->words, GIG_SAY_GIG_WHEN_DUE);

    while (gig_say_next(&said, out)) {
        gig_html_date(page->words, date, 1, out);
    }
}


/* From the last day to apply to the day it is handed in, as far as it is known. */

static void
gig_gig_line(const gig_page_t *page, const gig_page_gig_t *gig, gig_buf_t *out)
{
    int            last;
    size_t         i;
    gig_str_t      due, date;
    const json_t  *work, *milestones, *milestone;

    work = json_object_get(gig->gig, "work");
    milestones = json_object_get(work, "milestones");
    due = gig_json_str(work, "due_by");

    if (due.len == 0 && gig_json_str(work, "start_by").len == 0
        && json_array_size(milestones) == 0)
    {
        return;
    }

    gig_page_section_said(page->words, GIG_SAY_GIG_HOW, 0, out);
    gig_buf_puts(out, "<ol class=\"gig-steps\">\n");

    if (gig->closes_at != GIG_TIME_NONE) {
        gig_page_step_said(page->words, 0, 0, GIG_SAY_FACT_APPLY, out);
        gig_html_time(page->words, gig->zone, gig_gig_zone(gig), gig->closes_at, 0, out);
        gig_page_step_end(out);
    }

    gig_gig_date_step(page, GIG_SAY_GIG_HEAR_BY,
                      gig_json_str(json_object_get(gig->gig, "feedback"), "decision_by"), out);
    gig_gig_date_step(page, GIG_SAY_GIG_START_BY, gig_json_str(work, "start_by"), out);

    for (i = 0; i < json_array_size(milestones) && i < GIG_HTML_ITEMS; i++) {
        milestone = json_array_get(milestones, i);
        date = gig_json_str(milestone, "due_by");
        last = due.len != 0 && i + 1 == json_array_size(milestones) && gig_str_eq(date, due);

        gig_buf_puts(out, "<li class=\"gig-step\"><span class=\"gig-step-dot\"></span><div>"
                     "<p class=\"gig-step-title\"");
        gig_html_lang(page->words, gig->gig, "work", out);
        gig_buf_puts(out, ">");
        gig_buf_html(out, gig_json_str(milestone, "title"));
        gig_buf_puts(out, "</p><p>");

        gig_gig_milestone(page, date, last, out);

        if (last) {
            due = gig_null_str;         /* the last milestone is the end of it */
        }

        gig_page_step_end(out);
    }

    gig_gig_date_step(page, GIG_SAY_GIG_HAND_IN_BY, due, out);
    gig_buf_puts(out, "</ol></section>\n");
}


static void
gig_gig_org(const json_t *org, gig_buf_t *out)
{
    gig_str_t  url;

    url = gig_json_str(org, "url");

    if (gig_text_https(url)) {
        gig_buf_puts(out, "<a rel=\"noopener\" href=\"");
        gig_buf_html(out, url);
        gig_buf_puts(out, "\">");
    }

    gig_buf_html(out, gig_json_str(org, "name"));
    gig_buf_puts(out, gig_text_https(url) ? "</a>" : "");
}


static void
gig_gig_who(const gig_page_t *page, const json_t *gig, gig_buf_t *out)
{
    int            argument;
    gig_say_t      say;
    gig_str_t      supervisor, team, name[2];
    gig_said_t     said;
    const json_t  *org;

    org = json_object_get(gig, "org");
    supervisor = gig_json_str(json_object_get(gig, "work"), "supervisor_title");
    team = gig_json_str(gig, "team");

    if (supervisor.len == 0 && team.len == 0 && !gig_text_https(gig_json_str(org, "url"))) {
        return;
    }

    say = (supervisor.len != 0 && team.len != 0) ? GIG_SAY_GIG_CONTACT_TEAM
          : (supervisor.len != 0) ? GIG_SAY_GIG_CONTACT
          : (team.len != 0) ? GIG_SAY_GIG_JOIN_TEAM : GIG_SAY_GIG_WORK_WITH;

    name[0] = (supervisor.len != 0) ? supervisor : team;
    name[1] = team;

    gig_page_section_said(page->words, GIG_SAY_GIG_WHO, 0, out);
    gig_buf_puts(out, "<p>");
    said = gig_say_begin(page->words, say);

    /* the organisation comes last of the arguments: how many are before it? */

    while ((argument = gig_say_next(&said, out)) != 0) {

        if (argument == (supervisor.len != 0) + (team.len != 0) + 1) {
            gig_gig_org(org, out);
        } else {
            gig_buf_html(out, name[argument - 1]);
        }
    }

    gig_buf_puts(out, "</p></section>\n");
}


static void
gig_gig_follow(const gig_page_t *page, const json_t *gig, gig_buf_t *out)
{
    gig_str_t      note;
    const json_t  *conversion;

    conversion = json_object_get(gig, "conversion");
    note = gig_json_str(conversion, "note");

    if (!json_is_true(json_object_get(conversion, "possible")) && note.len == 0) {
        return;
    }

    gig_page_section_said(page->words, GIG_SAY_GIG_FOLLOW, 0, out);
    gig_buf_puts(out, "<p");

    if (note.len != 0) {
        gig_html_lang(page->words, gig, "conversion", out);
        gig_buf_puts(out, ">");
        gig_buf_html(out, note);
    } else {
        gig_buf_puts(out, ">");
        gig_say(page->words, GIG_SAY_GIG_FOLLOW_TEXT, out);
    }

    gig_buf_puts(out, "</p></section>\n");
}


void
gig_page_gig(const gig_page_t *page, const gig_page_gig_t *gig, gig_buf_t *out)
{
    int              closing;
    gig_frame_t      frame = { .bar = 1 };
    gig_page_here_t  here = { .path = NULL };

    frame.heading = gig_json_str(gig->gig, "title");
    frame.gig = gig;
    frame.canonical = 1;
    frame.form_script = (gig->state == GIG_STATE_SCHEDULED);
    gig_page_head(page, &frame, out);
    gig_page_back(page, gig_null_str, GIG_SAY_PAGE_ALL, out);

    gig_buf_puts(out, "<article class=\"gig-gig\">\n<header class=\"gig-title\">");
    gig_page_title(page, gig->gig, 0, out);
    gig_buf_puts(out, "</header>\n<div class=\"gig-panel\">");

    closing = gig->closes_at != GIG_TIME_NONE && page->now >= gig->closes_at - GIG_CLOSING_SOON;

    gig_fragment_mark(page->words, gig->state, closing, out);

    if (gig->state == GIG_STATE_SCHEDULED) {
        gig_say(page->words, GIG_SAY_MARK_SCHEDULED, out);
        gig_buf_puts(out, "</p>");
    }

    gig_gig_facts(page, gig, out);
    gig_page_action(page, gig, out);
    gig_buf_puts(out, "</div>\n<div class=\"gig-body\">\n");

    gig_page_what(page->words, gig->gig, 0, out);
    gig_gig_line(page, gig, out);
    gig_page_need(page->words, gig->gig, 0, out);
    gig_page_get(page->words, gig->gig, 0, out);
    gig_gig_who(page, gig->gig, out);
    gig_gig_follow(page, gig->gig, out);

    gig_buf_puts(out, "</div>\n</article>");
    here.id = gig_json_str(gig->gig, "id");
    gig_page_foot(page, &here, out);
}
