
#include <string.h>

#include "gig_answers.h"
#include "gig_page_parts.h"


/* The label of a field, so that a fault in the summary says of what it is. */

static void
gig_form_fault_of(const gig_page_form_t *page, gig_str_t name, gig_buf_t *out)
{
    unsigned           i;
    gig_str_t          label;
    const gig_form_t  *form;

    form = page->form;

    for (i = 0; i < form->n; i++) {

        if (!gig_str_eq(form->field[i].name, name)) {
            continue;
        }

        label = form->field[i].label;

        if (label.len != 0) {
            gig_form_label_of(page->gig->words, page->gig->gig, &form->field[i], out);
            gig_buf_puts(out, (label.data[label.len - 1] == '?') ? " " : ": ");
        }

        return;
    }
}


static void
gig_form_paragraph(const gig_language_t *words, const char *attributes, gig_say_t text,
    gig_buf_t *out)
{
    gig_buf_printf(out, "<p%s>", attributes);
    gig_say(words, text, out);
    gig_buf_puts(out, "</p>");
}


/* An application has come from this form already, with other content: when, and that it stands. */

static void
gig_form_first(const gig_page_form_t *form, gig_buf_t *out)
{
    int64_t                seconds;
    gig_said_t             said;
    gig_state_t            state;
    const gig_language_t  *words;

    words = form->gig->words;
    seconds = form->first_ms / 1000;
    state = form->gig->state;

    gig_buf_puts(out, "<div class=\"gig-summary-box gig-summary-note\" role=\"alert\""
                 " tabindex=\"-1\" autofocus><h2>");
    gig_say(words, GIG_SAY_FORM_FIRST_TITLE, out);
    gig_buf_puts(out, "</h2><p>");
    said = gig_say_begin(words, GIG_SAY_FORM_FIRST_TEXT);

    while (gig_say_next(&said, out)) {
        gig_html_time(words, form->gig->zone, gig_json_str(form->gig->gig, "time_zone"), seconds,
                      1, out);
    }

    gig_buf_puts(out, "</p>");

    if (form->replaces == NULL) {
        gig_form_paragraph(words, "", GIG_SAY_FORM_FIRST_ANOTHER, out);

    } else if (state == GIG_STATE_OPEN || state == GIG_STATE_WAITLIST || state == GIG_STATE_FULL) {
        gig_form_paragraph(words, "", GIG_SAY_FORM_FIRST_REPLACES, out);
    }

    gig_buf_puts(out, "</div>\n");
}


/* It takes focus as the page loads. */

void
gig_page_form_summary(const gig_page_form_t *form, gig_buf_t *out)
{
    unsigned   i, n;
    gig_str_t  name;

    n = (form->errors != NULL) ? form->errors->count : 0;

    if (n == 0 && form->first_ms != 0) {
        gig_form_first(form, out);
        return;
    }

    if (n == 0 && form->message.len == 0) {
        return;
    }

    gig_buf_puts(out, "<div class=\"gig-summary-box\" role=\"alert\" tabindex=\"-1\" autofocus>"
                 "<h2>");

    if (form->message.len != 0) {
        gig_buf_html(out, gig_language_said(form->gig->words, form->message));

    } else {
        gig_say_n(form->gig->words, GIG_SAY_FORM_ERRORS, n, out);
    }

    gig_buf_puts(out, "</h2>");

    if (n != 0) {
        gig_buf_puts(out, "<ul>");

        for (i = 0; i < n && i < GIG_ERRORS_MAX; i++) {
            name = gig_answer_pointed(form->errors->error[i].pointer);
            gig_buf_puts(out, "<li>");

            if (name.len != 0) {
                gig_buf_puts(out, "<a href=\"#f-");
                gig_buf_html(out, name);
                gig_buf_puts(out, "\">");
                gig_form_fault_of(form, name, out);
                gig_buf_html(out, gig_page_str(form->errors->error[i].detail));
                gig_buf_puts(out, "</a>");

            } else {
                gig_buf_html(out, gig_page_str(form->errors->error[i].detail));
            }

            gig_buf_puts(out, "</li>");
        }

        gig_buf_puts(out, "</ul>");
    }

    gig_buf_puts(out, "<p>");
    gig_say(form->gig->words, GIG_SAY_FORM_STILL_HERE, out);

    if (form->answers != NULL && form->answers->files != NULL) {
        gig_buf_puts(out, " ");
        gig_say(form->gig->words, GIG_SAY_FORM_FILE_ONCE_MORE, out);
    }

    gig_buf_puts(out, "</p></div>\n");
}


static int
gig_form_asks(const gig_form_t *form, gig_field_class_t class)
{
    unsigned  i;

    for (i = 0; i < form->n; i++) {
        if (form->field[i].class_ == class) {
            return 1;
        }
    }

    return 0;
}


/* Above the fields: what it pays and until when, and what is not asked. */

static void
gig_form_when(const gig_page_form_t *form, gig_say_t say, int64_t seconds, gig_buf_t *out)
{
    gig_said_t  said;

    gig_buf_puts(out, " ");
    said = gig_say_begin(form->gig->words, say);

    while (gig_say_next(&said, out)) {
        gig_html_time(form->gig->words, form->gig->zone,
                      gig_json_str(form->gig->gig, "time_zone"), seconds, 0, out);
    }
}


static void
gig_form_intro(const gig_page_form_t *form, gig_buf_t *out)
{
    gig_buf_t              text;
    gig_said_t             said;
    const json_t          *gig;
    const gig_language_t  *words;

    gig = form->gig->gig;
    words = form->gig->words;

    gig_buf_puts(out, "<p class=\"gig-about\">");
    gig_buf_init(&text, GIG_TEXT_MAX);
    gig_text_pay_for(words, json_object_get(gig, "pay"), json_object_get(gig, "work"), &text);
    said = gig_say_begin(words, GIG_SAY_FORM_PAY);

    while (gig_say_next(&said, out)) {
        gig_buf_html(out, gig_buf_view(&text));
    }

    out->failed |= gig_buf_failed(&text);
    gig_buf_free(&text);

    if (form->gig->state == GIG_STATE_SCHEDULED && form->gig->opens_at != GIG_TIME_NONE) {
        gig_form_when(form, GIG_SAY_FORM_OPENS, form->gig->opens_at, out);

    } else if (form->gig->closes_at != GIG_TIME_NONE) {
        gig_form_when(form, GIG_SAY_FORM_CLOSES, form->gig->closes_at, out);
    }

    gig_buf_puts(out, "</p>\n");

    if (!gig_form_asks(form->form, GIG_CLASS_PEDIGREE)) {
        gig_page_promise(words, "check", GIG_SAY_FORM_PROMISE, out);
    }
}


static void
gig_form_hidden(const char *name, gig_str_t value, gig_buf_t *out)
{
    gig_buf_printf(out, "<input type=\"hidden\" name=\"%s\" value=\"", name);
    gig_buf_html(out, value);
    gig_buf_puts(out, "\">\n");
}


/* Out of sight, out of the tab order. */

void
gig_page_trap(const gig_language_t *words, const gig_form_t *form, gig_buf_t *out)
{
    if (form->honeypot.len != 0) {
        gig_buf_puts(out, "<div class=\"gig-trap\" aria-hidden=\"true\"><label>");
        gig_say(words, GIG_SAY_FORM_TRAP, out);
        gig_buf_puts(out, " <input type=\"text\" tabindex=\"-1\" autocomplete=\"off\" name=\"");
        gig_buf_html(out, form->honeypot);
        gig_buf_puts(out, "\"></label></div>\n");
    }
}


static void
gig_form_button(const gig_page_t *page, gig_say_t text, gig_buf_t *out)
{
    gig_buf_puts(out, "<button class=\"gig-button\" type=\"submit\">");
    gig_say(page->words, text, out);
    gig_buf_puts(out, "</button>");
}


static void
gig_form_send(const gig_page_t *page, const gig_page_form_t *form, gig_buf_t *out)
{
    gig_state_t  state;

    state = form->gig->state;

    /* who has a place sends another version of what has it */

    if (state == GIG_STATE_FULL && form->replaces != NULL) {
        state = GIG_STATE_OPEN;
    }

    gig_buf_puts(out, "<div class=\"gig-send\">");

    if (form->replaces != NULL && (state == GIG_STATE_OPEN || state == GIG_STATE_WAITLIST)) {
        gig_form_button(page, GIG_SAY_FORM_SEND_INSTEAD, out);
        gig_form_paragraph(page->words, " class=\"gig-help\"", GIG_SAY_FORM_SEND_INSTEAD_TEXT, out);
        gig_buf_puts(out, "</div>\n");
        return;
    }

    switch (state) {

    case GIG_STATE_OPEN:
        gig_form_button(page, GIG_SAY_FORM_SEND, out);
        break;

    case GIG_STATE_WAITLIST:
        gig_form_button(page, GIG_SAY_ACTION_WAITLIST, out);
        break;

    case GIG_STATE_SCHEDULED:
        /* without scripts it can be pressed too early: then the form comes back as it was */
        gig_page_counter(page, form->gig, 1, out);
        gig_form_button(page, GIG_SAY_FORM_SEND, out);
        gig_form_paragraph(page->words, " class=\"gig-help\"", GIG_SAY_FORM_SEND_EARLY, out);
        gig_buf_puts(out, "</div>\n");
        return;

    default:
        gig_buf_puts(out, "<p class=\"gig-when\"><strong>");
        gig_say(page->words, GIG_SAY_GONE_NOT_NOW, out);
        gig_buf_puts(out, "</strong></p></div>\n");
        return;
    }

    gig_form_paragraph(page->words, " class=\"gig-help\"", GIG_SAY_FORM_SEND_THEN, out);
    gig_buf_puts(out, "</div>\n");
}


void
gig_page_form(const gig_page_t *page, const gig_page_form_t *form, gig_buf_t *out)
{
    unsigned            i;
    gig_str_t           id, source;
    const gig_field_t  *field;
    gig_frame_t         frame = { .bar = 1, .narrow = 1, .private_ = 1, .own_referrer = 1,
                                  .form_script = 1 };
    gig_page_here_t     here = { .path = NULL };

    id = gig_json_str(form->gig->gig, "id");
    frame.before = GIG_SAY_FORM_TITLE;
    frame.heading = gig_json_str(form->gig->gig, "title");
    frame.error = (form->errors != NULL && form->errors->count != 0);

    gig_page_head(page, &frame, out);
    gig_page_back(page, id, GIG_SAY_FORM_BACK, out);

    gig_buf_puts(out, "<header class=\"gig-title\">");
    gig_page_title(page, form->gig->gig, GIG_SAY_FORM_TITLE, out);
    gig_buf_puts(out, "</header>\n");

    gig_page_form_summary(form, out);
    gig_form_intro(form, out);

    gig_buf_puts(out, "<form class=\"gig-form\" method=\"post\" novalidate"
                 " accept-charset=\"utf-8\"");

    /* the encoding that can carry a file; without one the shorter one does */
    for (i = 0; i < form->form->n; i++) {
        if (form->form->field[i].type == GIG_FIELD_FILE) {
            gig_buf_puts(out, " enctype=\"multipart/form-data\"");
            break;
        }
    }

    gig_buf_printf(out, " data-wait=\"%u\"%s action=\"", form->wait,
                   (form->answers != NULL) ? " data-again" : "");
    gig_page_address(page, "", id, "/applications", out);
    gig_buf_puts(out, "\"");
    gig_page_say_form(page->words, out);
    gig_buf_puts(out, ">\n");

    gig_form_hidden("_key", gig_page_str(form->key != NULL ? form->key : ""), out);

    source = form->gig->source;

    if (source.len == 0 && form->answers != NULL) {
        source = form->answers->source;
    }

    gig_form_hidden("_source", source, out);

    if (form->replaces != NULL) {
        gig_form_hidden("_replaces", gig_page_str(form->replaces), out);
    }

    for (i = 0; i < form->form->n; i++) {
        field = &form->form->field[i];

        gig_page_field(form, field, out);
    }

    gig_page_trap(page->words, form->form, out);

    if (form->form->challenge.len != 0) {
        gig_buf_puts(out, "<script defer src=\"");
        gig_buf_html(out, form->form->challenge);
        gig_buf_puts(out, "\"></script>\n");
    }

    gig_form_send(page, form, out);
    gig_buf_puts(out, "</form>");

    /* in another language it would be an empty one */
    here.id = id;
    here.rest = "/apply";
    gig_page_foot(page, (form->answers == NULL) ? &here : NULL, out);
}
