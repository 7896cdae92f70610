
/* The form for self-identification.  What it promises is what the board does, to the letter. */

#include "gig_page_parts.h"
#include "gig_self_id.h"


void
gig_page_self_id(const gig_page_t *page, const gig_page_form_t *form, gig_buf_t *out)
{
    unsigned     i;
    gig_str_t    id;
    gig_frame_t  frame = { .bar = 1, .narrow = 1, .private_ = 1 };

    gig_page_here_t  here = { .path = NULL };

    id = gig_json_str(form->gig->gig, "id");
    frame.heading = gig_language_text(page->words, GIG_SAY_ABOUT_YOU_TITLE);
    frame.error = (form->errors != NULL && form->errors->count != 0);

    gig_page_head(page, &frame, out);

    gig_buf_puts(out, "<header class=\"gig-title\"><h1>");
    gig_buf_html(out, frame.heading);
    gig_buf_puts(out, "</h1></header>\n");
    gig_page_form_summary(form, out);

    gig_buf_puts(out, "<p class=\"gig-about\">");
    gig_say(page->words, GIG_SAY_SELF_TEXT, out);
    gig_buf_puts(out, "</p>\n");

    gig_page_promise(page->words, "check", GIG_SAY_SELF_APART, out);
    gig_page_promise(page->words, "check", GIG_SAY_SELF_TOGETHER, out);
    gig_page_promise(page->words, "check", GIG_SAY_SELF_LOST, out);

    gig_buf_puts(out, "<form class=\"gig-form\" method=\"post\" novalidate"
                 " autocomplete=\"off\" accept-charset=\"utf-8\" action=\"");
    gig_page_address(page, "", id, "/self-id", out);
    gig_buf_puts(out, "\">\n<input type=\"hidden\" name=\"_key\" value=\"");
    gig_buf_html(out, gig_page_str(form->key != NULL ? form->key : ""));
    gig_buf_puts(out, "\">\n");

    for (i = 0; i < form->form->n; i++) {
        gig_page_field(form, &form->form->field[i], out);
    }

    gig_page_trap(page->words, form->form, out);

    gig_buf_puts(out, "<div class=\"gig-send\"><div class=\"gig-buttons\">"
                 "<button class=\"gig-button\" type=\"submit\">");
    gig_say(page->words, GIG_SAY_SELF_SEND, out);
    gig_buf_puts(out, "</button>");
    gig_page_button(page, gig_null_str, "", 1, GIG_SAY_SELF_NO, out);
    gig_buf_puts(out, "</div><p class=\"gig-help\">");
    gig_say(page->words, GIG_SAY_SELF_LEAVE_OUT, out);
    gig_buf_puts(out, "</p></div></form>");

    here.id = id;
    here.rest = "/self-id";
    gig_page_foot(page, (form->answers == NULL) ? &here : NULL, out);
}


void
gig_page_self_id_thanks(const gig_page_t *page, gig_buf_t *out)
{
    gig_frame_t  frame = { .bar = 1, .narrow = 1, .private_ = 1 };

    frame.heading = gig_language_text(page->words, GIG_SAY_SELF_THANKS);
    gig_page_head(page, &frame, out);

    gig_buf_puts(out, "<header class=\"gig-done\"><span class=\"gig-done-sign\">");
    gig_html_icon("check", out);
    gig_buf_puts(out, "</span><div><h1>");
    gig_buf_html(out, frame.heading);
    gig_buf_puts(out, "</h1><p class=\"gig-about\">");
    gig_say(page->words, GIG_SAY_SELF_THANKS_TEXT, out);
    gig_buf_puts(out, "</p></div></header>\n<section class=\"gig-section\"><p>");
    gig_page_button(page, gig_null_str, "", 1, GIG_SAY_SELF_SEE_ALL, out);
    gig_buf_puts(out, "</p></section>");
    gig_page_foot(page, NULL, out);
}
