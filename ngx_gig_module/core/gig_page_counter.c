
#include "gig_page_parts.h"


/*
 * Its words come from the script alone: a page that is kept would tell an old time, and one that
 * counts for nobody is no help.  role=timer is silent; what is worth saying goes to the status.
 */

void
gig_page_counter(const gig_page_t *page, const gig_page_gig_t *gig, int exact, gig_buf_t *out)
{
    gig_str_t  id;

    if (gig->state != GIG_STATE_SCHEDULED || gig->opens_at == GIG_TIME_NONE) {
        return;
    }

    id = gig_json_str(gig->gig, "id");

    gig_buf_printf(out, "<div class=\"gig-counter\" data-opens=\"%lld000\"",
                   (long long) gig->opens_at);

    if (exact) {
        gig_buf_printf(out, " data-now=\"%lld\"", (long long) page->now_ms);
    }

    gig_buf_puts(out, " data-clock=\"");
    gig_buf_html(out, page->base);
    gig_buf_uri(out, id);
    gig_buf_puts(out, "/apply\"");
    gig_page_say_counter(page->words, out);
    gig_buf_puts(out, "><p class=\"gig-counter-time\" role=\"timer\"></p>"
                 "<p class=\"gig-small gig-counter-zone\"></p>"
                 "<p class=\"gig-only-read\" role=\"status\"></p></div>\n");
}
