
#include <string.h>

#include "gig_html.h"
#include "gig_json.h"
#include "gig_markup.h"


/*
 * 20 x 20, drawn with the text's colour; the size is the style sheet's, and the
 * width and height attributes keep them small without one.
 */

static const char  gig_symbols[] =
    "<svg class=\"gig-symbols\" width=\"0\" height=\"0\" aria-hidden=\"true\">"
    "<symbol id=\"gig-i-pay\" viewBox=\"0 0 20 20\" fill=\"none\" stroke=\"currentColor\">"
    "<rect x=\"2\" y=\"5\" width=\"16\" height=\"10\" rx=\"2\"/>"
    "<circle cx=\"10\" cy=\"10\" r=\"2.2\"/>"
    "<path d=\"M5 10h.01M15 10h.01\"/>"
    "</symbol>"
    "<symbol id=\"gig-i-hours\" viewBox=\"0 0 20 20\" fill=\"none\" stroke=\"currentColor\">"
    "<circle cx=\"10\" cy=\"10\" r=\"7.5\"/>"
    "<path d=\"M10 5.8V10l2.8 1.8\"/>"
    "</symbol>"
    "<symbol id=\"gig-i-place\" viewBox=\"0 0 20 20\" fill=\"none\" stroke=\"currentColor\">"
    "<path d=\"M10 18s6-5.3 6-9.7A6 6 0 0 0 4 8.3C4 12.7 10 18 10 18z\"/>"
    "<circle cx=\"10\" cy=\"8.2\" r=\"2.2\"/>"
    "</symbol>"
    "<symbol id=\"gig-i-due\" viewBox=\"0 0 20 20\" fill=\"none\" stroke=\"currentColor\">"
    "<rect x=\"3\" y=\"4\" width=\"14\" height=\"13\" rx=\"2\"/>"
    "<path d=\"M3 8.5h14M7 2.5v3M13 2.5v3\"/>"
    "</symbol>"
    "<symbol id=\"gig-i-apply\" viewBox=\"0 0 20 20\" fill=\"none\" stroke=\"currentColor\">"
    "<path d=\"M17.5 2.5L9 11M17.5 2.5l-5 15L9 11 2.5 7.5z\"/>"
    "</symbol>"
    "<symbol id=\"gig-i-check\" viewBox=\"0 0 20 20\" fill=\"none\" stroke=\"currentColor\">"
    "<path d=\"M4.5 10.5l3.5 3.5 7.5-8\"/>"
    "</symbol>"
    "<symbol id=\"gig-i-next\" viewBox=\"0 0 20 20\" fill=\"none\" stroke=\"currentColor\">"
    "<path d=\"M4 10h12M11 5l5 5-5 5\"/>"
    "</symbol>"
    "<symbol id=\"gig-i-back\" viewBox=\"0 0 20 20\" fill=\"none\" stroke=\"currentColor\">"
    "<path d=\"M16 10H4M9 5l-5 5 5 5\"/>"
    "</symbol>"
    "<symbol id=\"gig-i-note\" viewBox=\"0 0 20 20\" fill=\"none\" stroke=\"currentColor\">"
    "<circle cx=\"10\" cy=\"10\" r=\"7.5\"/>"
    "<path d=\"M10 9.2v4.3M10 6.4h.01\"/>"
    "</symbol>"
    "<symbol id=\"gig-i-search\" viewBox=\"0 0 20 20\" fill=\"none\" stroke=\"currentColor\">"
    "<circle cx=\"9\" cy=\"9\" r=\"5.5\"/>"
    "<path d=\"M13 13l4.5 4.5\"/>"
    "</symbol>"
    "<symbol id=\"gig-i-filter\" viewBox=\"0 0 20 20\" fill=\"none\" stroke=\"currentColor\">"
    "<path d=\"M2.5 6h8M15.5 6h2M2.5 14h2M9.5 14h8\"/>"
    "<circle cx=\"13\" cy=\"6\" r=\"2.5\"/>"
    "<circle cx=\"7\" cy=\"14\" r=\"2.5\"/>"
    "</symbol>"
    "<symbol id=\"gig-i-remove\" viewBox=\"0 0 20 20\" fill=\"none\" stroke=\"currentColor\">"
    "<path d=\"M6 6l8 8M14 6l-8 8\"/>"
    "</symbol>"
    "</svg>";


void
gig_html_take(gig_buf_t *text, gig_buf_t *out)
{
    if (gig_buf_failed(text)) {
        out->failed = 1;
    }

    gig_buf_html(out, gig_buf_view(text));
    gig_buf_free(text);
}


void
gig_html_icon(const char *name, gig_buf_t *out)
{
    gig_buf_printf(out, "<svg class=\"gig-icon\" width=\"20\" height=\"20\" aria-hidden=\"true\">"
                   "<use href=\"#gig-i-%s\"/></svg>", name);
}


void
gig_html_symbols(gig_buf_t *out)
{
    gig_buf_add(out, gig_symbols, sizeof(gig_symbols) - 1);
}


void
gig_html_logo(const json_t *org, gig_buf_t *out)
{
    gig_buf_t  text;
    gig_str_t  logo;

    logo = gig_json_str(org, "logo");

    if (gig_text_https(logo)) {
        gig_buf_puts(out, "<img class=\"gig-logo\" src=\"");
        gig_buf_html(out, logo);
        gig_buf_puts(out, "\" alt=\"\" width=\"48\" height=\"48\" loading=\"lazy\""
                     " decoding=\"async\" referrerpolicy=\"no-referrer\">");
        return;
    }

    gig_buf_puts(out, "<span class=\"gig-logo gig-monogram\" aria-hidden=\"true\">");
    gig_buf_init(&text, GIG_TEXT_MAX);
    gig_text_monogram(gig_json_str(org, "name"), &text);
    gig_html_take(&text, out);
    gig_buf_puts(out, "</span>");
}


static void
gig_html_lang_of(const gig_language_t *words, gig_str_t tag, gig_buf_t *out)
{
    const char  *dir;

    gig_buf_puts(out, " lang=\"");
    gig_buf_html(out, tag);
    gig_buf_puts(out, "\"");

    dir = gig_language_dir_of(tag);

    if (strcmp(dir, gig_language_dir(words)) != 0) {
        gig_buf_printf(out, " dir=\"%s\"", dir);
    }
}


void
gig_html_lang(const gig_language_t *words, const json_t *gig, const char *member, gig_buf_t *out)
{
    gig_str_t  tag;

    tag = gig_i18n_of(gig, member);

    if (tag.len != 0 && !gig_language_same(tag, words)) {
        gig_html_lang_of(words, tag, out);
    }
}


/* A <span>, so that the element around it stays where lines of the page begin. */

void
gig_html_text(const gig_language_t *words, gig_str_t tag, gig_str_t text, gig_buf_t *out)
{
    if (tag.len == 0 || gig_language_same(tag, words)) {
        gig_buf_html(out, text);
        return;
    }

    gig_buf_puts(out, "<span");
    gig_html_lang_of(words, tag, out);
    gig_buf_puts(out, ">");
    gig_buf_html(out, text);
    gig_buf_puts(out, "</span>");
}


void
gig_html_org(const gig_language_t *words, const json_t *gig, gig_buf_t *out)
{
    gig_str_t  department;

    gig_buf_html(out, gig_json_str(json_object_get(gig, "org"), "name"));
    department = gig_json_str(gig, "department");

    if (department.len != 0) {
        gig_buf_puts(out, " <span class=\"gig-dot\">\u00b7</span> ");
        gig_html_text(words, gig_i18n_of(gig, "department"), department, out);
    }
}


static void
gig_html_fact(const gig_language_t *words, const char *icon, gig_say_t label, gig_buf_t *out)
{
    gig_buf_printf(out, "<li class=\"gig-fact gig-fact-%s\">", icon);
    gig_html_icon(icon, out);
    gig_buf_puts(out, "<span><span class=\"gig-only-read\">");
    gig_say_str(words, GIG_SAY_LABEL, gig_language_text(words, label), out);
    gig_buf_puts(out, " </span>");
}


static void
gig_html_fact_end(const gig_language_t *words, gig_buf_t *text, gig_say_t none, gig_buf_t *out)
{
    if (text->len == 0) {
        gig_say(words, none, out);
    }

    gig_html_take(text, out);
    gig_buf_puts(out, "</span></li>");
}


/* "Apply by 30 Oct", "Apply by 30 Oct, due 6 Nov 2026", "Due 6 Nov 2026", "No closing date". */

static void
gig_html_due(const gig_language_t *words, const gig_zone_t *zone, int64_t closes_at, gig_str_t due,
    gig_buf_t *out)
{
    int         argument;
    char        stamp[GIG_TIME_SIZE];
    gig_buf_t   text;
    gig_said_t  said;

    if (closes_at == GIG_TIME_NONE && due.len == 0) {
        gig_say(words, GIG_SAY_NO_CLOSING, out);
        return;
    }

    said = gig_say_begin(words, closes_at == GIG_TIME_NONE ? GIG_SAY_DUE
                                : due.len == 0 ? GIG_SAY_APPLY_BY : GIG_SAY_APPLY_BY_DUE);

    while ((argument = gig_say_next(&said, out)) != 0) {

        if (argument == 2 || closes_at == GIG_TIME_NONE) {
            gig_html_date(words, due, 0, out);
            continue;
        }

        gig_buf_printf(out, "<time datetime=\"%s\">", gig_time_format(closes_at, stamp));
        gig_buf_init(&text, GIG_TEXT_MAX);

        /* What closes at midnight is open on the day before only. */
        gig_text_day(words, zone, closes_at - 1, due, &text);
        gig_html_take(&text, out);
        gig_buf_puts(out, "</time>");
    }
}


void
gig_html_facts(const gig_language_t *words, const json_t *gig, const gig_zone_t *zone,
    int64_t closes_at, gig_buf_t *out)
{
    gig_buf_t      text;
    const json_t  *work;

    work = json_object_get(gig, "work");

    gig_buf_puts(out, "<ul class=\"gig-facts\">");

    gig_html_fact(words, "pay", GIG_SAY_FACT_PAY, out);
    gig_buf_init(&text, GIG_TEXT_MAX);
    gig_text_pay(words, json_object_get(gig, "pay"), &text);
    gig_html_fact_end(words, &text, GIG_SAY_PAY_AGREED, out);

    gig_html_fact(words, "hours", GIG_SAY_FACT_WORK, out);
    gig_buf_init(&text, GIG_TEXT_MAX);
    gig_text_hours(words, work, &text);
    gig_html_fact_end(words, &text, GIG_SAY_HOURS_AGREED, out);

    gig_html_fact(words, "place", GIG_SAY_FACT_PLACE, out);
    gig_buf_init(&text, GIG_TEXT_MAX);
    gig_text_place(words, json_object_get(gig, "location"), &text);
    gig_html_fact_end(words, &text, GIG_SAY_PLACE_ONSITE, out);

    gig_html_fact(words, "due", GIG_SAY_FACT_TIME, out);
    gig_html_due(words, zone, closes_at, gig_json_str(work, "due_by"), out);
    gig_buf_puts(out, "</span></li></ul>");
}


void
gig_html_skills(const gig_language_t *words, const json_t *skills, size_t max, gig_buf_t *out)
{
    size_t  i, n;

    n = json_array_size(skills);

    if (n == 0) {
        return;
    }

    gig_buf_puts(out, "<ul class=\"gig-skills\" aria-label=\"");
    gig_say(words, GIG_SAY_SKILLS, out);
    gig_buf_puts(out, "\">");

    for (i = 0; i < n && i < max; i++) {
        gig_buf_puts(out, "<li>");
        gig_buf_html(out, gig_json_item(json_array_get(skills, i), "name"));
        gig_buf_puts(out, "</li>");
    }

    if (n > max) {
        gig_buf_puts(out, "<li class=\"gig-more\">");
        gig_say_n(words, GIG_SAY_SKILLS_MORE, n - max, out);
        gig_buf_puts(out, "</li>");
    }

    gig_buf_puts(out, "</ul>");
}


void
gig_html_items(const json_t *items, const char *attributes, gig_buf_t *out)
{
    size_t     i;
    gig_str_t  text;

    gig_buf_printf(out, "<ul%s>", attributes);

    for (i = 0; i < json_array_size(items) && i < GIG_HTML_ITEMS; i++) {
        text = gig_json_item(json_array_get(items, i), "text");

        if (text.len != 0) {
            gig_buf_puts(out, "<li>");
            gig_buf_html(out, text);
            gig_buf_puts(out, "</li>");
        }
    }

    gig_buf_puts(out, "</ul>");
}


void
gig_html_heading(const char *element, gig_str_t text, gig_buf_t *out)
{
    if (text.len != 0) {
        gig_buf_printf(out, "<%s>", element);
        gig_buf_html(out, text);
        gig_buf_printf(out, "</%s>", element);
    }
}


void
gig_html_description(gig_str_t html, gig_str_t text, gig_buf_t *out)
{
    if (html.len != 0) {
        (void) gig_markup_clean(html, out);
    } else {
        gig_html_paragraphs(text, out);
    }
}


void
gig_html_section(const json_t *section, gig_buf_t *out)
{
    (void) gig_markup_clean(gig_json_str(section, "html"), out);
    gig_html_paragraphs(gig_json_str(section, "text"), out);

    if (json_array_size(json_object_get(section, "items")) != 0) {
        gig_html_items(json_object_get(section, "items"), "", out);
    }
}


void
gig_html_time(const gig_language_t *words, const gig_zone_t *zone, gig_str_t time_zone,
    int64_t seconds, int with_seconds, gig_buf_t *out)
{
    gig_buf_t  text;

    gig_buf_puts(out, "<time datetime=\"");
    gig_zone_rfc3339(zone, seconds, out);
    gig_buf_puts(out, "\">");

    gig_buf_init(&text, GIG_TEXT_MAX);
    gig_text_time(words, zone, time_zone, seconds, with_seconds, &text);
    gig_html_take(&text, out);

    gig_buf_puts(out, "</time>");
}


void
gig_html_date(const gig_language_t *words, gig_str_t date, int weekday, gig_buf_t *out)
{
    gig_buf_t  text;

    gig_buf_puts(out, "<time datetime=\"");
    gig_buf_html(out, date);
    gig_buf_puts(out, "\">");

    gig_buf_init(&text, GIG_TEXT_MAX);
    gig_text_date(words, date, weekday, &text);
    gig_html_take(&text, out);

    gig_buf_puts(out, "</time>");
}


void
gig_html_paragraphs(gig_str_t text, gig_buf_t *out)
{
    enum { NONE, PARAGRAPH, LIST }  open;

    size_t      i, start;
    gig_str_t   line;
    static const char *const  end[] = { "", "</p>", "</li></ul>" };

    if (text.len == 0) {
        return;
    }

    open = NONE;

    for (start = 0; start <= text.len; start = i + 1) {

        for (i = start; i < text.len && text.data[i] != '\n'; i++) { /* void */ }

        line.data = text.data + start;
        line.len = i - start;

        while (line.len != 0 && (line.data[line.len - 1] == '\r' || line.data[line.len - 1] == ' '))
        {
            line.len--;
        }

        if (line.len == 0) {
            gig_buf_puts(out, end[open]);
            open = NONE;
            continue;
        }

        if (line.len > 2 && (line.data[0] == '-' || line.data[0] == '*') && line.data[1] == ' ') {
            line.data += 2;
            line.len -= 2;

            gig_buf_puts(out, (open == LIST) ? "</li>" : end[open]);
            gig_buf_puts(out, (open == LIST) ? "<li>" : "<ul><li>");
            open = LIST;

        } else if (open == NONE) {
            gig_buf_puts(out, "<p>");
            open = PARAGRAPH;

        } else {
            gig_buf_puts(out, (open == PARAGRAPH) ? "<br>" : " ");
        }

        gig_buf_html(out, line);
    }

    gig_buf_puts(out, end[open]);
}
