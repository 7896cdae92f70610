
#include "gig_page_parts.h"


typedef struct {
    const char  *state;
    const char  *text;
    const char  *query;
} gig_list_view_t;

static const gig_list_view_t  gig_list_views[] = {
    { "open",      "Open",         ""                 },
    { "scheduled", "Opening soon", "?state=scheduled" },
    { "all",       "All",          "?state=all"       },
};


/* "48 gigs are open", in words that fit the view. */

static void
gig_list_count(const gig_page_list_t *list, gig_buf_t *out)
{
    int  one;

    one = (list->total == 1);

    gig_buf_puts(out, "<strong>");
    gig_text_count(list->total, out);
    gig_buf_puts(out, "</strong> ");

    if (gig_str_is(list->state, "scheduled")) {
        gig_buf_puts(out, one ? "gig opens soon" : "gigs open soon");

    } else if (gig_str_is(list->state, "all")) {
        gig_buf_puts(out, one ? "gig in all" : "gigs in all");

    } else {
        gig_buf_puts(out, one ? "gig is open" : "gigs are open");
    }
}


static void
gig_list_empty(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out)
{
    gig_buf_puts(out, "<div class=\"gig-empty\">");

    if (!list->first) {
        gig_buf_puts(out, "<h2>That was all</h2><p>There are no more gigs after the last page.</p>"
                     "<p><a class=\"gig-button\" ");
        gig_page_href(page, gig_null_str, "", out);
        gig_buf_puts(out, ">Back to the first page</a></p></div>\n");
        return;
    }

    if (gig_str_is(list->state, "scheduled")) {
        gig_buf_puts(out, "<h2>Nothing is announced yet</h2><p>Gigs that open later will be listed"
                     " here with the day and the minute.</p><p><a class=\"gig-button\" ");
        gig_page_href(page, gig_null_str, "", out);
        gig_buf_puts(out, ">See what is open now</a></p></div>\n");
        return;
    }

    gig_buf_puts(out, "<h2>No gig is open right now</h2><p>New ones are added all the time."
                 " See what has been announced, or come back in a few days.</p>"
                 "<p><a class=\"gig-button\" ");
    gig_page_href(page, gig_null_str, "?state=scheduled", out);
    gig_buf_puts(out, ">See what opens soon</a></p></div>\n");
}


void
gig_page_list_head(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out)
{
    size_t       i;
    int          here;
    gig_frame_t  frame = { .bar = 0 };

    frame.description = page->about;

    if (gig_str_is(list->state, "scheduled")) {
        frame.heading = gig_str("Opening soon");

    } else if (gig_str_is(list->state, "all")) {
        frame.heading = gig_str("All gigs");

    } else {
        frame.canonical = (list->first != 0);
    }

    gig_page_head(page, &frame, out);

    gig_buf_puts(out, "<header class=\"gig-hero\"><h1>");
    gig_buf_html(out, page->title);
    gig_buf_puts(out, "</h1>");

    if (page->about.len != 0) {
        gig_buf_puts(out, "<p class=\"gig-about\">");
        gig_buf_html(out, page->about);
        gig_buf_puts(out, "</p>");
    }

    gig_buf_puts(out, "</header>\n<div class=\"gig-tools\">"
                 "<nav class=\"gig-views\" aria-label=\"Which gigs\"><ul>");

    for (i = 0; i < sizeof(gig_list_views) / sizeof(gig_list_views[0]); i++) {
        here = gig_str_is(list->state, gig_list_views[i].state);

        gig_buf_puts(out, "<li><a ");
        gig_page_href(page, gig_null_str, gig_list_views[i].query, out);
        gig_buf_printf(out, "%s>%s</a></li>", here ? " aria-current=\"page\"" : "",
                       gig_list_views[i].text);
    }

    gig_buf_puts(out, "</ul></nav><p class=\"gig-count\">");
    gig_list_count(list, out);
    gig_buf_puts(out, "</p></div>\n");

    if (list->shown == 0) {
        gig_list_empty(page, list, out);
        return;
    }

    gig_buf_puts(out, "<ul class=\"gig-cards\">\n");
}


void
gig_page_list_tail(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out)
{
    if (list->shown != 0) {
        gig_buf_puts(out, "\n</ul>\n");
    }

    if (list->next.len != 0 || (!list->first && list->shown != 0)) {
        gig_buf_puts(out, "<nav class=\"gig-pager\" aria-label=\"Pages\">");

        if (!list->first) {
            gig_buf_puts(out, "<a class=\"gig-button gig-button-quiet\" ");
            gig_page_href(page, gig_null_str, "", out);
            gig_buf_puts(out, ">First page</a>");
        }

        if (list->next.len != 0) {
            gig_buf_puts(out, "<a class=\"gig-button gig-button-quiet\" rel=\"next\" href=\"");
            gig_buf_html(out, page->base);

            if (list->next.data[0] != '?') {
                gig_buf_puts(out, "?");
            }

            gig_buf_html(out, list->next);
            gig_buf_puts(out, "\">Next");
            gig_html_icon("next", out);
            gig_buf_puts(out, "</a>");
        }

        gig_buf_puts(out, "</nav>\n");
    }

    gig_page_foot(page, out);
}
