
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
                   " lang=\"%s\" dir=\"%s\">\n", state, gig_language_tag(page->words),
                   gig_language_dir(page->words));
}


/* The list that the fragment is the beginning of. */

static void
gig_fragment_all(const gig_page_t *page, const gig_page_fragment_t *fragment, gig_buf_t *out)
{
    gig_query_change_t  change;

    change = GIG_QUERY_SAME;
    change.without_limit = 1;

    gig_buf_puts(out, "<p class=\"gig-all\"><a ");
    gig_page_query_href(page, fragment->query, &change, out);
    gig_buf_puts(out, ">");

    if (fragment->total == 1) {
        gig_say(page->words, GIG_SAY_FRAGMENT_SEE_IT, out);

    } else {
        gig_say_n(page->words,
                  gig_page_narrowed(fragment->query) ? GIG_SAY_FRAGMENT_SEE_ALL_MATCHES
                  : (fragment->query->state == GIG_LIST_SCHEDULED)
                  ? GIG_SAY_FRAGMENT_SEE_ALL_SCHEDULED
                  : (fragment->query->state == GIG_LIST_OPEN) ? GIG_SAY_FRAGMENT_SEE_ALL_OPEN
                                                              : GIG_SAY_FRAGMENT_SEE_ALL,
                  fragment->total, out);
    }

    gig_buf_puts(out, "</a></p>\n");
}


static void
gig_fragment_board(const gig_page_t *page, gig_buf_t *out)
{
    gig_buf_puts(out, "<p class=\"gig-all\"><a ");
    gig_page_href(page, gig_null_str, "", out);
    gig_buf_puts(out, ">");
    gig_say(page->words, GIG_SAY_PAGE_SEE_ALL_OPEN, out);
    gig_buf_puts(out, "</a></p>");
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
        gig_buf_puts(out, "<div class=\"gig-empty\"><p>");
        gig_say(page->words,
                gig_page_narrowed(fragment->query) ? GIG_SAY_FRAGMENT_NONE_MATCHES
                : (fragment->query->state == GIG_LIST_SCHEDULED)
                ? GIG_SAY_FRAGMENT_NONE_ANNOUNCED : GIG_SAY_FRAGMENT_NONE_OPEN, out);
        gig_buf_puts(out, "</p>");
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
    gig_buf_html(out, gig_language_said(page->words, gig_page_str(title)));
    gig_buf_puts(out, ".</strong> ");
    gig_buf_html(out, gig_page_problem_says(page, detail));
    gig_buf_puts(out, "</p>");
    gig_fragment_board(page, out);
    gig_buf_puts(out, "</div>\n</div>\n");
}
