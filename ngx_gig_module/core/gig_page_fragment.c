
/*
 * Cards for a page of somebody else's, put there by its server (SSI, ESI): no head and no body, so
 * all that the cards need comes along, and what goes wrong is a piece of a page as well.
 */

#include "gig_page_parts.h"


static void
gig_fragment_open(const gig_page_t *page, const gig_page_fragment_t *fragment, const char *state,
    gig_buf_t *out)
{
    if (fragment->style) {
        gig_page_style(page, out);
    }

    if (fragment->icons) {
        gig_html_symbols(out);
    }

    gig_buf_printf(out, "\n<div class=\"gig-page gig-fragment\" data-gig-state=\"%s\""
                   " lang=\"en\" dir=\"ltr\">\n", state);
}


/* The list that the fragment is the beginning of. */

static void
gig_fragment_all(const gig_page_t *page, const gig_page_fragment_t *fragment, gig_buf_t *out)
{
    const char          *what;
    gig_query_change_t   change;

    change = GIG_QUERY_SAME;
    change.without_limit = 1;

    gig_buf_puts(out, "<p class=\"gig-all\"><a ");
    gig_page_query_href(page, fragment->query, &change, out);
    gig_buf_puts(out, ">");

    if (fragment->total == 1) {
        gig_buf_puts(out, "See it on the board");

    } else {
        what = gig_page_narrowed(fragment->query) ? "gigs that match"
               : (fragment->query->state == GIG_LIST_SCHEDULED) ? "gigs that open soon"
               : (fragment->query->state == GIG_LIST_OPEN) ? "open gigs" : "gigs";

        gig_buf_puts(out, "See all ");
        gig_text_count(fragment->total, out);
        gig_buf_printf(out, " %s", what);
    }

    gig_buf_puts(out, "</a></p>\n");
}


static void
gig_fragment_board(const gig_page_t *page, gig_buf_t *out)
{
    gig_buf_puts(out, "<p class=\"gig-all\"><a ");
    gig_page_href(page, gig_null_str, "", out);
    gig_buf_puts(out, ">See all open gigs</a></p>");
}


void
gig_page_fragment_head(const gig_page_t *page, const gig_page_fragment_t *fragment, gig_buf_t *out)
{
    gig_fragment_open(page, fragment,
                      (fragment->shown == 0) ? "empty" : page->stale ? "stale" : "ready", out);
    gig_page_stale(page, out);

    if (fragment->shown != 0) {
        gig_buf_puts(out, "<ul class=\"gig-cards\">\n");
    }
}


void
gig_page_fragment_tail(const gig_page_t *page, const gig_page_fragment_t *fragment, gig_buf_t *out)
{
    if (fragment->shown != 0) {
        gig_buf_puts(out, "\n</ul>\n");
        gig_fragment_all(page, fragment, out);

    } else {
        gig_buf_printf(out, "<div class=\"gig-empty\"><p>%s</p>",
                       gig_page_narrowed(fragment->query) ? "No gig matches right now."
                       : (fragment->query->state == GIG_LIST_SCHEDULED)
                         ? "Nothing is announced yet." : "No gig is open right now.");
        gig_fragment_board(page, out);
        gig_buf_puts(out, "</div>\n");
    }

    gig_buf_puts(out, "</div>\n");
}


void
gig_page_fragment_problem(const gig_page_t *page, const gig_page_fragment_t *fragment,
    const char *title, const char *detail, gig_buf_t *out)
{
    gig_fragment_open(page, fragment, "error", out);

    gig_buf_puts(out, "<div class=\"gig-empty\"><p><strong>");
    gig_buf_html(out, gig_page_str(title));
    gig_buf_puts(out, ".</strong> ");
    gig_buf_html(out, gig_page_str(detail));
    gig_buf_puts(out, "</p>");
    gig_fragment_board(page, out);
    gig_buf_puts(out, "</div>\n</div>\n");
}
