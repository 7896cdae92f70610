
/* The list: its head, the frame around the cards, what stands there when there are none. */

#include "gig_page_parts.h"


typedef struct {
    gig_list_state_t  state;
    const char       *text;
} gig_list_view_t;

static const gig_list_view_t  gig_list_views[] = {
    { GIG_LIST_OPEN,      "Open"         },
    { GIG_LIST_SCHEDULED, "Opening soon" },
    { GIG_LIST_ALL,       "All"          },
};


/* Not all gigs of the state are asked for. */

int
gig_page_narrowed(const gig_query_t *query)
{
    return query->q.len != 0 || gig_page_chosen(query) != 0;
}


/* A board that is bare has nothing to be searched. */

static int
gig_list_bare(const gig_page_list_t *list)
{
    return list->total == 0 && !gig_page_narrowed(list->query);
}


/* "48 gigs are open", in words that fit the view. */

static void
gig_list_count(const gig_page_list_t *list, gig_buf_t *out)
{
    int          one;
    const char  *text;

    one = (list->total == 1);

    gig_buf_puts(out, "<p class=\"gig-count\"><strong>");
    gig_text_count(list->total, out);
    gig_buf_puts(out, "</strong> ");

    if (gig_page_narrowed(list->query)) {
        text = one ? "gig matches" : "gigs match";

    } else if (list->query->state == GIG_LIST_SCHEDULED) {
        text = one ? "gig opens soon" : "gigs open soon";

    } else if (list->query->state == GIG_LIST_ALL) {
        text = one ? "gig in all" : "gigs in all";

    } else {
        text = one ? "gig is open" : "gigs are open";
    }

    gig_buf_puts(out, text);
    gig_buf_puts(out, "</p>");
}


static void
gig_list_link(const gig_page_t *page, const gig_query_t *query,
    const gig_query_change_t *change, const char *text, gig_buf_t *out)
{
    gig_buf_puts(out, "<p><a class=\"gig-button gig-button-quiet\" ");
    gig_page_query_href(page, query, change, out);
    gig_buf_printf(out, ">%s</a></p>", text);
}


/* Another spelling that finds something, for all of q. */

static void
gig_list_suggestion(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out)
{
    gig_buf_t           text;
    gig_query_change_t  change;

    change = GIG_QUERY_SAME;
    change.without_q = 1;

    gig_buf_init(&text, GIG_PAGE_QUERY_MAX);
    gig_query_write(list->query, &change, &text);
    gig_buf_puts(&text, (text.len != 0) ? "&q=" : "q=");
    gig_buf_uri(&text, list->suggestion);

    gig_buf_puts(out, "<p class=\"gig-suggestion\">Did you mean <a ");
    gig_page_text_href(page, &text, out);
    gig_buf_puts(out, ">");
    gig_buf_html(out, list->suggestion);
    gig_buf_puts(out, "</a>?</p>");
}


/* What was asked for is not there: what to leave out, one by one. */

static void
gig_list_nothing(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out)
{
    int                 one;
    gig_query_change_t  change;

    one = (gig_page_chosen(list->query) + (list->query->q.len != 0 ? 1 : 0) == 1);

    gig_buf_puts(out, "<h2>No gig matches</h2>");

    if (list->suggestion.len != 0) {
        gig_list_suggestion(page, list, out);
    }

    gig_buf_puts(out, one ? "<p>Without this there are more:</p>"
                          : "<p>None has all of this. Leave something out:</p>");
    gig_page_chips(page, list, 1, out);

    if (list->query->state != GIG_LIST_ALL) {
        change = GIG_QUERY_SAME;
        change.state = GIG_LIST_ALL;

        gig_list_link(page, list->query, &change, "Search closed gigs too", out);
    }
}


static void
gig_list_empty(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out)
{
    gig_query_change_t  change;

    change = GIG_QUERY_SAME;

    gig_buf_puts(out, "<div class=\"gig-empty\">");

    if (list->query->after) {
        gig_buf_puts(out, "<h2>That was all</h2>"
                     "<p>There are no more gigs after the last page.</p>");
        gig_list_link(page, list->query, &change, "Back to the first page", out);

    } else if (gig_page_narrowed(list->query)) {
        gig_list_nothing(page, list, out);

    } else if (list->query->state == GIG_LIST_SCHEDULED) {
        change.state = GIG_LIST_OPEN;

        gig_buf_puts(out, "<h2>Nothing is announced yet</h2><p>Gigs that open later will be listed"
                     " here with the day and the minute.</p>");
        gig_list_link(page, list->query, &change, "See what is open now", out);

    } else {
        change.state = GIG_LIST_SCHEDULED;

        gig_buf_puts(out, "<h2>No gig is open right now</h2><p>New ones are added all the time."
                     " See what has been announced, or come back in a few days.</p>");
        gig_list_link(page, list->query, &change, "See what opens soon", out);
    }

    gig_buf_puts(out, "</div>\n");
}


/* Title and robots: search engines get the board, not what can be asked of it. */

static void
gig_list_frame(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out)
{
    gig_frame_t         frame = { .wide = 1, .script = 1 };
    const gig_query_t  *query;

    query = list->query;
    frame.description = page->about;
    frame.feeds = query;

    if (query->q.len != 0) {
        frame.before = "Search: ";
        frame.heading = query->q;

    } else if (query->state == GIG_LIST_SCHEDULED) {
        frame.heading = gig_str("Opening soon");

    } else if (query->state == GIG_LIST_ALL) {
        frame.heading = gig_str("All gigs");
    }

    if (gig_page_narrowed(query) || query->sorted) {
        frame.noindex = 1;

    } else if (query->state == GIG_LIST_OPEN) {
        frame.canonical = query->after ? 0 : 1;
    }

    gig_page_head(page, &frame, out);
}


static void
gig_list_hero(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out)
{
    gig_page_form_begin(page, out);
    gig_buf_puts(out, "<header class=\"gig-hero\"><h1>");
    gig_buf_html(out, page->title);
    gig_buf_puts(out, "</h1>");

    if (page->about.len != 0) {
        gig_buf_puts(out, "<p class=\"gig-about\">");
        gig_buf_html(out, page->about);
        gig_buf_puts(out, "</p>");
    }

    gig_page_search(list, out);

    /* What the script has to tell is read from here; an area that comes later is not. */
    gig_buf_puts(out, "<p class=\"gig-only-read\" id=\"gig-said\" aria-live=\"polite\"></p>"
                 "</header>\n");
}


static void
gig_list_tabs(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out)
{
    size_t              i;
    gig_query_change_t  change;

    gig_buf_puts(out, "<nav class=\"gig-views\" aria-label=\"Which gigs\"><ul>");

    for (i = 0; i < sizeof(gig_list_views) / sizeof(gig_list_views[0]); i++) {
        change = GIG_QUERY_SAME;
        change.state = (int) gig_list_views[i].state;

        gig_buf_puts(out, "<li><a ");
        gig_page_query_href(page, list->query, &change, out);
        gig_buf_printf(out, "%s>%s</a></li>",
                       (list->query->state == gig_list_views[i].state) ? " aria-current=\"page\""
                                                                       : "",
                       gig_list_views[i].text);
    }

    gig_buf_puts(out, "</ul></nav>\n");
}


void
gig_page_list_head(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out)
{
    gig_list_frame(page, list, out);
    gig_list_hero(page, list, out);

    gig_buf_puts(out, "<div id=\"gig-board\" class=\"gig-board\">\n");
    gig_list_tabs(page, list, out);

    if (!gig_list_bare(list)) {
        gig_page_filters(list, out);
    }

    gig_buf_puts(out, "<section class=\"gig-found\" tabindex=\"-1\" aria-label=\"Gigs\">"
                 "<div class=\"gig-found-head\">");
    gig_list_count(list, out);

    gig_page_sort(list, out);
    gig_buf_puts(out, "</div>\n<div class=\"gig-results\">");

    if (list->shown == 0) {
        gig_list_empty(page, list, out);
        return;
    }

    gig_page_chips(page, list, 0, out);
    gig_buf_puts(out, "<ul class=\"gig-cards\">\n");
}


void
gig_page_list_tail(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out)
{
    gig_query_change_t  change;

    if (list->shown != 0) {
        gig_buf_puts(out, "\n</ul>\n");
    }

    if (list->shown != 0 && (list->next.len != 0 || list->query->after)) {
        gig_buf_puts(out, "<nav class=\"gig-pager\" aria-label=\"Pages\">");

        if (list->query->after) {
            change = GIG_QUERY_SAME;

            gig_buf_puts(out, "<a class=\"gig-button gig-button-quiet\" ");
            gig_page_query_href(page, list->query, &change, out);
            gig_buf_puts(out, ">First page</a>");
        }

        if (list->next.len != 0) {
            gig_buf_puts(out, "<a class=\"gig-button gig-button-quiet\" rel=\"next\" href=\"");
            gig_buf_html(out, page->base);
            gig_buf_puts(out, (list->next.data[0] != '?') ? "?" : "");
            gig_buf_html(out, list->next);
            gig_page_tail(page, 1, out);
            gig_buf_puts(out, "\"><span>Next</span>");
            gig_html_icon("next", out);
            gig_buf_puts(out, "</a>");
        }

        gig_buf_puts(out, "</nav>\n");
    }

    gig_buf_puts(out, "</div></section></div>\n</form>\n");
    gig_page_foot(page, out);
}
