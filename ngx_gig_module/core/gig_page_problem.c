
#include <string.h>

#include "gig_page_parts.h"


/* What can be done about it, in one sentence. */

static const char *
gig_problem_advice(unsigned status)
{
    switch (status) {

    case 403:
        return "Go back to the gig and try again from there.";

    case 404:
        return "The address may be mistyped, or the gig may have been taken off long ago.";

    case 409:
        return "Go back to the gig to see what is possible now.";

    case 413:
        return "Shorten your longest answer, then send the form again.";

    case 400:
    case 405:
    case 415:
        return "If you came here from a form, go back and send it once more.";

    case 429:
        return "Wait a minute, then try again. What you sent before is safe.";

    case 503:
        return "Please try again in a minute. If you were sending an application: it has not been"
               " taken in yet, so go back, where your text should still be, and send it again.";

    default:
        return "";
    }
}


void
gig_page_problem(const gig_page_t *page, unsigned status, const char *title, const char *detail,
    gig_buf_t *out)
{
    gig_frame_t  frame = { .bar = 1, .narrow = 1, .private_ = 1 };

    frame.heading.data = title;
    frame.heading.len = strlen(title);

    gig_page_head(page, &frame, out);

    gig_buf_printf(out, "<div class=\"gig-problem\"><p class=\"gig-kicker\">%u</p><h1>", status);
    gig_buf_html(out, frame.heading);
    gig_buf_puts(out, "</h1>");

    if (detail != NULL && detail[0] != '\0') {
        gig_buf_puts(out, "<p class=\"gig-about\">");
        gig_buf_html(out, (gig_str_t) { detail, strlen(detail) });
        gig_buf_puts(out, "</p>");
    }

    if (gig_problem_advice(status)[0] != '\0') {
        gig_buf_printf(out, "<p>%s</p>", gig_problem_advice(status));
    }

    gig_buf_puts(out, "<p><a class=\"gig-button\" ");
    gig_page_href(page, gig_null_str, "", out);
    gig_buf_puts(out, ">See all open gigs</a></p></div>");

    gig_page_foot(page, out);
}
