
#include "gig_page_parts.h"


/* Why it takes no applications. */

static void
gig_gone_why(const gig_page_t *page, const gig_page_gig_t *gig, gig_buf_t *out)
{
    gig_said_t  said;

    if (gig->state == GIG_STATE_GONE) {
        gig_say_str(page->words, GIG_SAY_GONE_WITHDRAWN,
                    gig_json_str(json_object_get(gig->gig, "org"), "name"), out);
        return;
    }

    if (gig->closes_at == GIG_TIME_NONE || page->now < gig->closes_at) {
        gig_say(page->words, GIG_SAY_GONE_NOT_NOW, out);
        return;
    }

    said = gig_say_begin(page->words, GIG_SAY_GONE_CLOSED);

    while (gig_say_next(&said, out)) {
        gig_html_time(page->words, gig->zone, gig_json_str(gig->gig, "time_zone"), gig->closes_at,
                      0, out);
    }
}


void
gig_page_gone_head(const gig_page_t *page, const gig_page_gig_t *gig, uint32_t similar,
    gig_buf_t *out)
{
    gig_frame_t  frame = { .bar = 1 };

    frame.before = (gig->state == GIG_STATE_GONE) ? GIG_SAY_GONE_TITLE_WITHDRAWN
                                                  : GIG_SAY_GONE_TITLE_CLOSED;
    frame.heading = gig_json_str(gig->gig, "title");
    gig_page_head(page, &frame, out);

    gig_buf_puts(out, "<header class=\"gig-gone\"><p class=\"gig-mark gig-mark-closed\">");
    gig_say(page->words, (gig->state == GIG_STATE_GONE) ? GIG_SAY_MARK_WITHDRAWN
                                                        : GIG_SAY_MARK_CLOSED, out);
    gig_buf_puts(out, "</p><h1");
    gig_html_lang(page->words, gig->gig, "title", out);
    gig_buf_puts(out, ">");
    gig_buf_html(out, gig_json_str(gig->gig, "title"));
    gig_buf_puts(out, "</h1><p class=\"gig-about\">");
    gig_gone_why(page, gig, out);
    gig_buf_puts(out, " ");
    gig_say(page->words, GIG_SAY_GONE_RECEIPT, out);
    gig_buf_puts(out, "</p>");

    if (similar == 0) {
        gig_buf_puts(out, "<p>");
        gig_page_button(page, gig_null_str, "", 0, GIG_SAY_PAGE_SEE_ALL_OPEN, out);
        gig_buf_puts(out, "</p></header>\n");
        return;
    }

    gig_buf_puts(out, "</header>\n<h2 class=\"gig-like\">");
    gig_say(page->words, GIG_SAY_GONE_SIMILAR, out);
    gig_buf_puts(out, "</h2>\n<ul class=\"gig-cards\">\n");
}


void
gig_page_gone_tail(const gig_page_t *page, const gig_page_gig_t *gig, uint32_t similar,
    gig_buf_t *out)
{
    gig_page_here_t  here = { .path = NULL };

    if (similar != 0) {
        gig_buf_puts(out, "\n</ul>\n<nav class=\"gig-pager\" aria-label=\"");
        gig_say(page->words, GIG_SAY_GONE_MORE, out);
        gig_buf_puts(out, "\">");
        gig_page_button(page, gig_null_str, "", 1, GIG_SAY_PAGE_SEE_ALL_OPEN, out);
        gig_buf_puts(out, "</nav>\n");
    }

    here.id = gig_json_str(gig->gig, "id");
    gig_page_foot(page, &here, out);
}
