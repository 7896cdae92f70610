
/*
 * What a gig is about, in the words of its page: the page's sections, and the same for readers
 * that are no browser, such as search engines, so that they cannot be told anything else.
 */

#include "gig_markup.h"
#include "gig_page_parts.h"


#define GIG_WORK_SKILLS         12


void
gig_page_section(gig_str_t title, int plain, gig_buf_t *out)
{
    if (!plain) {
        gig_buf_puts(out, "<section class=\"gig-section\">");
    }

    if (title.len != 0) {
        gig_buf_puts(out, plain ? "<h3>" : "<h2>");
        gig_buf_html(out, title);
        gig_buf_puts(out, plain ? "</h3>" : "</h2>");
    }
}


void
gig_page_section_end(int plain, gig_buf_t *out)
{
    if (!plain) {
        gig_buf_puts(out, "</section>\n");
    }
}


static void
gig_work_formatted(gig_str_t html, gig_buf_t *out)
{
    if (gig_markup_clean(html, out) != 0) {
        out->failed = 1;
    }
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
gig_work_under(const json_t *section)
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


/* What the record's sections say under one heading; out NULL: only how many there are. */

static size_t
gig_work_sections(const json_t *gig, gig_section_t under, int plain, gig_buf_t *out)
{
    size_t         i, n;
    const json_t  *sections, *section;

    n = 0;
    sections = json_object_get(gig, "sections");

    for (i = 0; i < json_array_size(sections) && i < GIG_HTML_ITEMS; i++) {
        section = json_array_get(sections, i);

        if (gig_work_under(section) != under) {
            continue;
        }

        n++;

        if (out == NULL) {
            continue;
        }

        if (under == GIG_SECTION_OWN) {
            gig_page_section(gig_json_str(section, "title"), plain, out);
        }

        gig_work_formatted(gig_json_str(section, "html"), out);
        gig_html_paragraphs(gig_json_str(section, "text"), out);

        if (json_array_size(json_object_get(section, "items")) != 0) {
            gig_html_items(json_object_get(section, "items"), "", out);
        }

        if (under == GIG_SECTION_OWN) {
            gig_page_section_end(plain, out);
        }
    }

    return n;
}


void
gig_page_what(const json_t *gig, int plain, gig_buf_t *out)
{
    gig_str_t      html, text;
    const json_t  *items;

    html = gig_json_str(gig, "description_html");
    text = gig_json_str(gig, "description_text");

    if (html.len == 0 && text.len == 0) {
        text = gig_json_str(gig, "summary");
    }

    if (html.len != 0 || text.len != 0
        || gig_work_sections(gig, GIG_SECTION_WHAT, plain, NULL) != 0)
    {
        gig_page_section(gig_str("What you will do"), plain, out);

        if (html.len != 0) {
            gig_work_formatted(html, out);
        } else {
            gig_html_paragraphs(text, out);
        }

        (void) gig_work_sections(gig, GIG_SECTION_WHAT, plain, out);
        gig_page_section_end(plain, out);
    }

    items = json_object_get(gig, "deliverables");

    if (json_array_size(items) != 0) {
        gig_page_section(gig_str("What you hand in"), plain, out);
        gig_html_items(items, plain ? "" : " class=\"gig-checks\"", out);
        gig_page_section_end(plain, out);

    } else if (gig_work_sections(gig, GIG_SECTION_HAND_IN, plain, NULL) != 0) {
        gig_page_section(gig_str("What you hand in"), plain, out);
        (void) gig_work_sections(gig, GIG_SECTION_HAND_IN, plain, out);
        gig_page_section_end(plain, out);
    }

    (void) gig_work_sections(gig, GIG_SECTION_OWN, plain, out);
}


/* Behind a skill: how well, or that it may be missing. */

static void
gig_work_remark(gig_str_t text, int plain, gig_buf_t *out)
{
    gig_buf_puts(out, plain ? " (" : " <span class=\"gig-quiet\">");
    gig_buf_html(out, text);
    gig_buf_puts(out, plain ? ")" : "</span>");
}


static void
gig_work_skills(const json_t *skills, int plain, gig_buf_t *out)
{
    size_t         i;
    const json_t  *skill;

    gig_buf_puts(out, plain ? "<ul>"
                            : "<ul class=\"gig-skills gig-skills-large\" aria-label=\"Skills\">");

    for (i = 0; i < json_array_size(skills) && i < GIG_WORK_SKILLS; i++) {
        skill = json_array_get(skills, i);

        gig_buf_puts(out, "<li>");
        gig_buf_html(out, gig_page_skill(skills, i));

        if (json_is_false(json_object_get(skill, "required"))) {
            gig_work_remark(gig_str("a plus"), plain, out);

        } else if (gig_json_str(skill, "level").len != 0) {
            gig_work_remark(gig_json_str(skill, "level"), plain, out);
        }

        gig_buf_puts(out, "</li>");
    }

    gig_buf_puts(out, "</ul>");
}


gig_str_t
gig_page_skill(const json_t *skills, size_t n)
{
    return n < GIG_WORK_SKILLS ? gig_json_item(json_array_get(skills, n), "name") : gig_null_str;
}


void
gig_page_need(const json_t *gig, int plain, gig_buf_t *out)
{
    double         age;
    size_t         i, empty;
    gig_str_t      note, ai;
    const json_t  *eligibility, *skills, *list;

    skills = json_object_get(gig, "skills");
    eligibility = gig_text_member(gig, "eligibility");
    note = gig_json_str(eligibility, "note");
    ai = gig_json_str(json_object_get(gig, "work"), "ai_policy");
    list = json_object_get(eligibility, "work_authorization");

    if (json_array_size(skills) == 0 && eligibility == NULL && ai.len == 0
        && gig_work_sections(gig, GIG_SECTION_NEED, plain, NULL) == 0)
    {
        return;
    }

    gig_page_section(gig_str("What you need"), plain, out);

    if (json_array_size(skills) != 0) {
        gig_work_skills(skills, plain, out);
    }

    (void) gig_work_sections(gig, GIG_SECTION_NEED, plain, out);
    gig_buf_puts(out, "<ul>");
    empty = out->len;

    if (gig_text_number(eligibility, "min_age", &age) == 0 && age > 0) {
        gig_buf_printf(out, "<li>You are at least %.3g years old.</li>", age);
    }

    if (json_array_size(list) != 0) {
        gig_buf_puts(out, "<li>You may work in ");

        for (i = 0; i < json_array_size(list) && i < GIG_HTML_ITEMS; i++) {
            gig_buf_puts(out, (i == 0) ? "" : ", ");
            gig_buf_html(out, gig_json_text(json_array_get(list, i)));
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

    gig_page_section_end(plain, out);
}


void
gig_page_get(const json_t *gig, int plain, gig_buf_t *out)
{
    double         positions;
    gig_buf_t      text;
    gig_str_t      paid_on;
    const json_t  *pay;

    pay = json_object_get(gig, "pay");

    gig_page_section(gig_str("What you get"), plain, out);
    (void) gig_work_sections(gig, GIG_SECTION_GET, plain, out);
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

    gig_buf_puts(out, "</ul>");
    gig_page_section_end(plain, out);
}
