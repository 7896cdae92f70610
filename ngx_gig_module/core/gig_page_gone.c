
#include "gig_page_parts.h"


void
gig_page_gone_head(const gig_page_t *page, const gig_page_gig_t *gig, uint32_t similar,
    gig_buf_t *out)
{
    gig_frame_t  frame = { .bar = 1 };

    frame.before = (gig->state == GIG_STATE_GONE) ? "Withdrawn: " : "Closed: ";
    frame.heading = gig_json_str(gig->gig, "title");
    gig_page_head(page, &frame, out);

    gig_buf_puts(out, "<header class=\"gig-gone\"><p class=\"gig-mark gig-mark-closed\">");
    gig_buf_puts(out, (gig->state == GIG_STATE_GONE) ? "Withdrawn" : "Closed");
    gig_buf_puts(out, "</p><h1>");
    gig_buf_html(out, gig_json_str(gig->gig, "title"));
    gig_buf_puts(out, "</h1><p class=\"gig-about\">");

    if (gig->state == GIG_STATE_GONE) {
        gig_buf_html(out, gig_json_str(json_object_get(gig->gig, "org"), "name"));
        gig_buf_puts(out, " has taken this gig back. It takes no applications any more.");

    } else if (gig->closes_at != GIG_TIME_NONE && page->now >= gig->closes_at) {
        gig_buf_puts(out, "Applications closed ");
        gig_html_time(gig->zone, gig_json_str(gig->gig, "time_zone"), gig->closes_at, 0,
                      out);
        gig_buf_puts(out, ".");

    } else {
        gig_buf_puts(out, "This gig takes no applications at the moment.");
    }

    gig_buf_puts(out, " If you have applied, your receipt still shows what became of it.</p>");

    if (similar == 0) {
        gig_buf_puts(out, "<p><a class=\"gig-button\" ");
        gig_page_href(page, gig_null_str, "", out);
        gig_buf_puts(out, ">See all open gigs</a></p></header>\n");
        return;
    }

    gig_buf_puts(out, "</header>\n<h2 class=\"gig-like\">Similar gigs that are open</h2>\n"
                 "<ul class=\"gig-cards\">\n");
}


void
gig_page_gone_tail(const gig_page_t *page, uint32_t similar, gig_buf_t *out)
{
    if (similar != 0) {
        gig_buf_puts(out, "\n</ul>\n<nav class=\"gig-pager\" aria-label=\"More\">"
                     "<a class=\"gig-button gig-button-quiet\" ");
        gig_page_href(page, gig_null_str, "", out);
        gig_buf_puts(out, ">See all open gigs</a></nav>\n");
    }

    gig_page_foot(page, out);
}
