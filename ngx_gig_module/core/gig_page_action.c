
#include "gig_page_parts.h"


/* What can be done with a gig now. */


/* Reminders need no address of anybody: the date itself, for the visitor's own calendar. */

static void
gig_action_opens(const gig_page_t *page, const gig_page_gig_t *gig, gig_buf_t *out)
{
    if (gig->opens_at == GIG_TIME_NONE) {
        return;
    }

    gig_buf_puts(out, "<p class=\"gig-action-still\">");
    gig_page_button(page, gig_json_str(gig->gig, "id"), "/opens.ics", 1, GIG_SAY_ACTION_CALENDAR,
                    out);
    gig_buf_puts(out, "</p>");
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
    gig_buf_puts(out, ">");
    gig_say(page->words, GIG_SAY_ACTION_LAST_DAY, out);
    gig_buf_puts(out, "</a></p>");
}


/* The one button, or why there is none. */

void
gig_page_action(const gig_page_t *page, const gig_page_gig_t *gig, gig_buf_t *out)
{
    gig_str_t  id;

    id = gig_json_str(gig->gig, "id");

    switch (gig->state) {

    case GIG_STATE_OPEN:
    case GIG_STATE_WAITLIST:
        gig_buf_puts(out, "<p class=\"gig-action\">");
        gig_page_button(page, id, "/apply", 0,
                        (gig->state == GIG_STATE_OPEN) ? GIG_SAY_ACTION_APPLY
                                                       : GIG_SAY_ACTION_WAITLIST, out);
        gig_buf_puts(out, "</p>");

        if (gig->state == GIG_STATE_WAITLIST) {
            gig_buf_puts(out, "<p class=\"gig-when\">");
            gig_say(page->words, GIG_SAY_ACTION_WAITLIST_TEXT, out);
            gig_buf_puts(out, "</p>");
        }

        gig_action_closing(page, gig, out);
        break;

    case GIG_STATE_SCHEDULED:
        gig_page_counter(page, gig, 0, out);
        gig_buf_puts(out, "<p class=\"gig-when\">");
        gig_say(page->words, GIG_SAY_ACTION_SCHEDULED_TEXT, out);
        gig_buf_puts(out, "</p><p class=\"gig-action-still\">");
        gig_page_button(page, id, "/apply", 1, GIG_SAY_ACTION_FILL_IN, out);
        gig_buf_puts(out, "</p>");
        gig_action_opens(page, gig, out);
        break;

    case GIG_STATE_FULL:
        gig_buf_puts(out, "<p class=\"gig-when\"><strong>");
        gig_say(page->words, GIG_SAY_ACTION_FULL, out);
        gig_buf_puts(out, "</strong> ");
        gig_say(page->words, GIG_SAY_ACTION_FULL_TEXT, out);
        gig_buf_puts(out, "</p><p class=\"gig-action-still\">");
        gig_page_button(page, gig_null_str, "", 1, GIG_SAY_ACTION_OTHERS, out);
        gig_buf_puts(out, "</p>");
        break;

    case GIG_STATE_CLOSED:
    case GIG_STATE_GONE:
    case GIG_STATE_HIDDEN:
        break;
    }
}
