
/*
 * What a gig is about, in the words of its page: the page's sections, and the same for readers
 * that are no browser, such as search engines, so that they cannot be told anything else.
 */

#include "gig_page_parts.h"


#define GIG_WORK_SKILLS         12


void
gig_page_section(gig_str_t title, int plain, gig_buf_t *out)
{
    if (!plain) {
        gig_buf_puts(out, "<section class=\"gig-section\">");
    }

    gig_html_heading(plain ? "h3" : "h2", title, out);
}


void
gig_page_section_said(const gig_language_t *words, gig_say_t title, int plain, gig_buf_t *out)
{
    gig_page_section(gig_language_text(words, title), plain, out);
}


void
gig_page_section_end(int plain, gig_buf_t *out)
{
    if (!plain) {
        gig_buf_puts(out, "</section>\n");
    }
}


/*
 * A member that is in another language than the page: what is written next is put into a <div>
 * that says so, and the caller ends it.  Readers that are no browser have no use for that.
 */

static int
gig_work_foreign(const gig_language_t *words, const json_t *gig, const char *member, int plain,
    gig_buf_t *out)
{
    gig_str_t  tag;

    tag = gig_i18n_of(gig, member);

    if (plain || tag.len == 0 || gig_language_same(tag, words)) {
        return 0;
    }

    gig_buf_puts(out, "<div");
    gig_html_lang(words, gig, member, out);
    gig_buf_puts(out, ">");

    return 1;
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
gig_work_sections(const gig_language_t *words, const json_t *gig, gig_section_t under, int plain,
    gig_buf_t *out)
{
    int            foreign;
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
            gig_page_section(gig_null_str, plain, out);
        }

        foreign = gig_work_foreign(words, gig, "sections", plain, out);

        if (under == GIG_SECTION_OWN) {
            gig_html_heading(plain ? "h3" : "h2", gig_json_str(section, "title"), out);
        }

        gig_html_section(section, out);
        gig_buf_puts(out, foreign ? "</div>" : "");

        if (under == GIG_SECTION_OWN) {
            gig_page_section_end(plain, out);
        }
    }

    return n;
}


void
gig_page_what(const gig_language_t *words, const json_t *gig, int plain, gig_buf_t *out)
{
    int            summary, foreign;
    gig_str_t      html, text;
    const json_t  *items;

    html = gig_json_str(gig, "description_html");
    text = gig_json_str(gig, "description_text");

    summary = (html.len == 0 && text.len == 0);

    if (summary) {
        text = gig_json_str(gig, "summary");
    }

    if (html.len != 0 || text.len != 0
        || gig_work_sections(words, gig, GIG_SECTION_WHAT, plain, NULL) != 0)
    {
        gig_page_section_said(words, GIG_SAY_GIG_WHAT, plain, out);

        foreign = gig_work_foreign(words, gig, summary ? "summary" : "description_text", plain,
                                   out);
        gig_html_description(html, text, out);
        gig_buf_puts(out, foreign ? "</div>" : "");
        (void) gig_work_sections(words, gig, GIG_SECTION_WHAT, plain, out);
        gig_page_section_end(plain, out);
    }

    items = json_object_get(gig, "deliverables");

    if (json_array_size(items) != 0) {
        gig_page_section_said(words, GIG_SAY_GIG_HAND_IN, plain, out);
        foreign = gig_work_foreign(words, gig, "deliverables", plain, out);
        gig_html_items(items, plain ? "" : " class=\"gig-checks\"", out);
        gig_buf_puts(out, foreign ? "</div>" : "");
        gig_page_section_end(plain, out);

    } else if (gig_work_sections(words, gig, GIG_SECTION_HAND_IN, plain, NULL) != 0) {
        gig_page_section_said(words, GIG_SAY_GIG_HAND_IN, plain, out);
        (void) gig_work_sections(words, gig, GIG_SECTION_HAND_IN, plain, out);
        gig_page_section_end(plain, out);
    }

    (void) gig_work_sections(words, gig, GIG_SECTION_OWN, plain, out);
}


/* A skill, and behind it how well, or that it may be missing. */

static void
gig_work_skill(const gig_language_t *words, gig_str_t name, gig_str_t remark, int plain,
    gig_buf_t *out)
{
    int         argument;
    gig_said_t  said;

    if (remark.len == 0) {
        gig_buf_html(out, name);
        return;
    }

    if (!plain) {
        gig_buf_html(out, name);
        gig_buf_puts(out, " <span class=\"gig-quiet\">");
        gig_buf_html(out, remark);
        gig_buf_puts(out, "</span>");
        return;
    }

    said = gig_say_begin(words, GIG_SAY_GIG_SKILL_REMARK);

    while ((argument = gig_say_next(&said, out)) != 0) {
        gig_buf_html(out, (argument == 1) ? name : remark);
    }
}


static void
gig_work_skills(const gig_language_t *words, const json_t *skills, int plain, gig_buf_t *out)
{
    size_t         i;
    const json_t  *skill;

    if (plain) {
        gig_buf_puts(out, "<ul>");

    } else {
        gig_buf_puts(out, "<ul class=\"gig-skills gig-skills-large\" aria-label=\"");
        gig_say(words, GIG_SAY_SKILLS, out);
        gig_buf_puts(out, "\">");
    }

    for (i = 0; i < json_array_size(skills) && i < GIG_WORK_SKILLS; i++) {
        skill = json_array_get(skills, i);

        gig_buf_puts(out, "<li>");
        gig_work_skill(words, gig_page_skill(skills, i),
                       json_is_false(json_object_get(skill, "required"))
                       ? gig_language_text(words, GIG_SAY_GIG_SKILL_PLUS)
                       : gig_json_str(skill, "level"), plain, out);
        gig_buf_puts(out, "</li>");
    }

    gig_buf_puts(out, "</ul>");
}


gig_str_t
gig_page_skill(const json_t *skills, size_t n)
{
    return n < GIG_WORK_SKILLS ? gig_json_item(json_array_get(skills, n), "name") : gig_null_str;
}


static void
gig_work_item(const gig_language_t *words, gig_say_t text, gig_buf_t *out)
{
    gig_buf_puts(out, "<li>");
    gig_say(words, text, out);
    gig_buf_puts(out, "</li>");
}


void
gig_page_need(const gig_language_t *words, const json_t *gig, int plain, gig_buf_t *out)
{
    double         age;
    size_t         i, empty;
    gig_str_t      note, ai;
    gig_said_t     said;
    const json_t  *eligibility, *skills, *list;

    skills = json_object_get(gig, "skills");
    eligibility = gig_text_member(gig, "eligibility");
    note = gig_json_str(eligibility, "note");
    ai = gig_json_str(json_object_get(gig, "work"), "ai_policy");
    list = json_object_get(eligibility, "work_authorization");

    if (json_array_size(skills) == 0 && eligibility == NULL && ai.len == 0
        && gig_work_sections(words, gig, GIG_SECTION_NEED, plain, NULL) == 0)
    {
        return;
    }

    gig_page_section_said(words, GIG_SAY_GIG_NEED, plain, out);

    if (json_array_size(skills) != 0) {
        gig_work_skills(words, skills, plain, out);
    }

    (void) gig_work_sections(words, gig, GIG_SECTION_NEED, plain, out);
    gig_buf_puts(out, "<ul>");
    empty = out->len;

    if (gig_text_number(eligibility, "min_age", &age) == 0 && age > 0) {
        gig_buf_puts(out, "<li>");
        said = gig_say_begin(words, GIG_SAY_GIG_AGE);

        while (gig_say_next(&said, out)) {
            gig_buf_printf(out, "%.3g", age);
        }

        gig_buf_puts(out, "</li>");
    }

    if (json_array_size(list) != 0) {
        gig_buf_puts(out, "<li>");
        said = gig_say_begin(words, GIG_SAY_GIG_WORK_IN);

        while (gig_say_next(&said, out)) {
            for (i = 0; i < json_array_size(list) && i < GIG_HTML_ITEMS; i++) {
                gig_buf_puts(out, (i == 0) ? "" : ", ");
                gig_buf_html(out, gig_json_text(json_array_get(list, i)));
            }
        }

        gig_buf_puts(out, "</li>");
    }

    if (note.len != 0) {
        gig_buf_puts(out, "<li");

        if (!plain) {
            gig_html_lang(words, gig, "eligibility", out);
        }

        gig_buf_puts(out, ">");
        gig_buf_html(out, note);
        gig_buf_puts(out, "</li>");
    }

    if (gig_str_is(ai, "allowed-disclosed")) {
        gig_work_item(words, GIG_SAY_GIG_AI_DISCLOSED, out);

    } else if (gig_str_is(ai, "allowed")) {
        gig_work_item(words, GIG_SAY_GIG_AI_ALLOWED, out);

    } else if (gig_str_is(ai, "not-allowed") || gig_str_is(ai, "forbidden")) {
        gig_work_item(words, GIG_SAY_GIG_AI_FORBIDDEN, out);
    }

    if (out->len != empty) {
        gig_buf_puts(out, "</ul>");

    } else if (!gig_buf_failed(out)) {
        out->len -= sizeof("<ul>") - 1;
    }

    gig_page_section_end(plain, out);
}


void
gig_page_get(const gig_language_t *words, const json_t *gig, int plain, gig_buf_t *out)
{
    size_t         i;
    double         positions;
    gig_buf_t      text;
    gig_str_t      paid_on, engagement;
    gig_said_t     said;
    const json_t  *pay;

    static const struct {
        const char  *engagement;
        gig_say_t    says;
    } engagements[] = {
        { "contractor", GIG_SAY_GIG_CONTRACTOR }, { "employee_intern", GIG_SAY_GIG_INTERN },
        { "stipend", GIG_SAY_GIG_STIPEND }, { "volunteer", GIG_SAY_GIG_VOLUNTEER }
    };

    pay = json_object_get(gig, "pay");

    gig_page_section_said(words, GIG_SAY_GIG_GET, plain, out);
    (void) gig_work_sections(words, gig, GIG_SECTION_GET, plain, out);
    gig_buf_puts(out, "<ul><li>");

    paid_on = gig_json_str(pay, "paid_on");
    said = gig_say_begin(words, gig_str_is(paid_on, "acceptance") ? GIG_SAY_GIG_PAY_ACCEPTANCE
                                : gig_str_is(paid_on, "delivery") ? GIG_SAY_GIG_PAY_DELIVERY
                                                                  : GIG_SAY_GIG_PAY);

    while (gig_say_next(&said, out)) {
        gig_buf_init(&text, GIG_TEXT_MAX);
        gig_text_pay_for(words, pay, json_object_get(gig, "work"), &text);
        gig_html_take(&text, out);
    }

    gig_buf_puts(out, "</li>");
    engagement = gig_json_str(gig, "engagement");

    for (i = 0; i < sizeof(engagements) / sizeof(engagements[0]); i++) {
        if (gig_str_is(engagement, engagements[i].engagement)) {
            gig_work_item(words, engagements[i].says, out);
        }
    }

    if (json_is_true(json_object_get(json_object_get(gig, "feedback"), "to_applicant"))) {
        gig_work_item(words, GIG_SAY_GIG_FEEDBACK, out);
    }

    if (gig_text_number(json_object_get(gig, "capacity"), "positions", &positions) == 0
        && positions >= 1)
    {
        gig_buf_puts(out, "<li>");
        said = gig_say_begin_n(words, GIG_SAY_GIG_POSITIONS, positions);

        while (gig_say_next(&said, out)) {
            gig_language_number(words, positions, out);
        }

        gig_buf_puts(out, "</li>");
    }

    gig_buf_puts(out, "</ul>");
    gig_page_section_end(plain, out);
}
