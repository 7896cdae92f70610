
/* The form for self-identification.  What it promises is what the board does, to the letter. */

#include "gig_page_parts.h"
#include "gig_self_id.h"


static void
gig_self_id_promise(const char *text, gig_buf_t *out)
{
    gig_buf_puts(out, "<p class=\"gig-promise\">");
    gig_html_icon("check", out);
    gig_buf_puts(out, "<span>");
    gig_buf_puts(out, text);
    gig_buf_puts(out, "</span></p>\n");
}


void
gig_page_self_id(const gig_page_t *page, const gig_page_form_t *form, gig_buf_t *out)
{
    unsigned     i;
    gig_str_t    id;
    gig_frame_t  frame = { .bar = 1, .narrow = 1, .private_ = 1 };

    id = gig_json_str(form->gig->gig, "id");
    frame.heading = gig_str("About you");
    frame.error = (form->errors != NULL && form->errors->count != 0);

    gig_page_head(page, &frame, out);

    gig_buf_puts(out, "<header class=\"gig-title\"><h1>About you</h1></header>\n");
    gig_page_form_summary(form, out);

    gig_buf_puts(out, "<p class=\"gig-about\">These questions are voluntary. The answers help to"
                 " see whether everybody is reached. Whether you answer, and what, has no part in"
                 " any decision about you.</p>\n");

    gig_self_id_promise("Your answers are stored apart: without your name, your application, the"
                        " gig or the time. Only the day is kept.", out);
    gig_self_id_promise("They leave here only together with those of at least nine others, in an"
                        " order made by chance. From then on nobody can tell which are"
                        " yours: we cannot either, so we cannot show, change or delete"
                        " them later.", out);
    gig_self_id_promise("They may be lost on the way, but they are never counted twice. Nobody will"
                        " ask you for them again.", out);

    gig_buf_puts(out, "<form class=\"gig-form\" method=\"post\" novalidate"
                 " autocomplete=\"off\" accept-charset=\"utf-8\" action=\"");
    gig_page_address(page, "", id, "/self-id", out);
    gig_buf_puts(out, "\">\n<input type=\"hidden\" name=\"_key\" value=\"");
    gig_buf_html(out, gig_page_str(form->key != NULL ? form->key : ""));
    gig_buf_puts(out, "\">\n");

    for (i = 0; i < form->form->n; i++) {
        gig_page_field(form, &form->form->field[i], out);
    }

    gig_page_trap(form->form, out);

    gig_buf_puts(out, "<div class=\"gig-send\"><div class=\"gig-buttons\">"
                 "<button class=\"gig-button\" type=\"submit\">Send my answers</button>"
                 "<a class=\"gig-button gig-button-quiet\" ");
    gig_page_href(page, gig_null_str, "", out);
    gig_buf_puts(out, ">No, thank you</a></div><p class=\"gig-help\">Leave out whatever you do not"
                 " want to answer. Please do not write your name.</p></div></form>");
    gig_page_foot(page, out);
}


void
gig_page_self_id_thanks(const gig_page_t *page, gig_buf_t *out)
{
    gig_frame_t  frame = { .bar = 1, .narrow = 1, .private_ = 1 };

    frame.heading = gig_str("Thank you");
    gig_page_head(page, &frame, out);

    gig_buf_puts(out, "<header class=\"gig-done\"><span class=\"gig-done-sign\">");
    gig_html_icon("check", out);
    gig_buf_puts(out, "</span><div><h1>Thank you</h1><p class=\"gig-about\">Your answers wait until"
                 " those of at least nine others are there, and then leave with them. There is"
                 " nothing more you need to do.</p></div></header>\n<section"
                 " class=\"gig-section\"><p><a class=\"gig-button gig-button-quiet\" ");
    gig_page_href(page, gig_null_str, "", out);
    gig_buf_puts(out, ">See all gigs</a></p></section>");
    gig_page_foot(page, out);
}
