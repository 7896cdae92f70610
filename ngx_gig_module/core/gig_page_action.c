
#include "gig_page_parts.h"


/* What can be done with a gig now. */


/* Reminders need no address of anybody: the date itself, for the visitor's own calendar. */

static void
gig_action_opens(const gig_page_t *page, const gig_page_gig_t *gig, gig_buf_t *out)
{
    if (gig->opens_at == GIG_TIME_NONE) {
        return;
    }

    gig_buf_puts(out, "<p class=\"gig-action-still\"><a class=\"gig-button gig-button-quiet\" ");
    gig_page_href(page, gig_json_str(gig->gig, "id"), "/opens.ics", out);
    gig_buf_puts(out, ">Add to calendar</a></p>");
}


/* No second button beside the one that counts. */

static void
gig_action_closing(const gig_page_t *page, const gig_page_gig_t *gig, gig_buf_t *out)
{
    if (gig->closes_at == GIG_TIME_NONE) {
        return;
    }

    gig_buf_puts(out, "<p class=\"gig-remind\"><a ");
    gig_page_href(page, gig_json_str(gig->gig, "id"), "/closing.ics", out);
    gig_buf_puts(out, ">Add the last day to your calendar</a></p>");
}


/* The one button, or why there is none. */

void
gig_page_action(const gig_page_t *page, const gig_page_gig_t *gig, gig_buf_t *out)
{
    switch (gig->state) {

    case GIG_STATE_OPEN:
    case GIG_STATE_WAITLIST:
        gig_buf_puts(out, "<p class=\"gig-action\"><a class=\"gig-button\" ");
        gig_page_href(page, gig_json_str(gig->gig, "id"), "/apply", out);
        gig_buf_puts(out, ">");
        gig_buf_puts(out, (gig->state == GIG_STATE_OPEN) ? "Apply" : "Join the waiting list");
        gig_buf_puts(out, "</a></p>");

        if (gig->state == GIG_STATE_WAITLIST) {
            gig_buf_puts(out, "<p class=\"gig-when\">All places are taken at the moment. If one"
                         " becomes free, the first on the list gets it.</p>");
        }

        gig_action_closing(page, gig, out);
        break;

    case GIG_STATE_SCHEDULED:
        gig_page_counter(page, gig, 0, out);
        gig_buf_puts(out, "<p class=\"gig-when\">You can fill in the form now, and send it from"
                     " the second it opens.</p><p class=\"gig-action-still\">"
                     "<a class=\"gig-button gig-button-quiet\" ");
        gig_page_href(page, gig_json_str(gig->gig, "id"), "/apply", out);
        gig_buf_puts(out, ">Fill in the form</a></p>");
        gig_action_opens(page, gig, out);
        break;

    case GIG_STATE_FULL:
        gig_buf_puts(out, "<p class=\"gig-when\"><strong>All places are taken.</strong> A place"
                     " that is given back is offered here again.</p>"
                     "<p class=\"gig-action-still\"><a class=\"gig-button gig-button-quiet\" ");
        gig_page_href(page, gig_null_str, "", out);
        gig_buf_puts(out, ">See other open gigs</a></p>");
        break;

    case GIG_STATE_CLOSED:
    case GIG_STATE_GONE:
    case GIG_STATE_HIDDEN:
        break;
    }
}
