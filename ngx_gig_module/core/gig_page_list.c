
/* The list: its head, the frame around the cards, what stands there when there are none. */

#include "gig_page_parts.h"


typedef struct {
    gig_list_state_t  state;
    gig_say_t         text;
} gig_list_view_t;

static const gig_list_view_t  gig_list_views[] = {
    { GIG_LIST_OPEN,      GIG_SAY_LIST_OPEN },
    { GIG_LIST_SCHEDULED, GIG_SAY_LIST_SCHEDULED },
    { GIG_LIST_ALL,       GIG_SAY_LIST_ALL },
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


/* What the script says of that number: it is with it, as both are put in anew together. */

static void
gig_list_says_script(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out)
{
    gig_page_data_say(page->words, "more", GIG_SAY_LIST_SHOW_MORE, out);
    gig_page_data_say(page->words, "more-n", GIG_SAY_LIST_SHOW_N_MORE, out);
    gig_page_data_say(page->words, "of", GIG_SAY_LIST_N_OF, out);
    gig_buf_puts(out, " data-say-gigs=\"");
    gig_say_n(page->words, GIG_SAY_GIGS, list->total, out);
    gig_buf_puts(out, "\" data-say-show=\"");
    gig_say_n(page->words, GIG_SAY_FILTER_SHOW_N, list->total, out);
    gig_buf_puts(out, "\"");
}


/* "48 gigs are open", in words that fit the view. */

static void
gig_list_count(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out)
{
    gig_say_t   say;
    gig_said_t  said;

    if (gig_page_narrowed(list->query)) {
        say = GIG_SAY_LIST_COUNT_MATCHES;

    } else if (list->query->state == GIG_LIST_SCHEDULED) {
        say = GIG_SAY_LIST_COUNT_SCHEDULED;

    } else if (list->query->state == GIG_LIST_ALL) {
        say = GIG_SAY_LIST_COUNT_ALL;

    } else {
        say = GIG_SAY_LIST_COUNT_OPEN;
    }

    gig_buf_puts(out, "<p class=\"gig-count\">");
    said = gig_say_begin_n(page->words, say, list->total);

    while (gig_say_next(&said, out)) {
        gig_buf_printf(out, "<strong data-n=\"%u\"", list->total);
        gig_list_says_script(page, list, out);
        gig_buf_puts(out, ">");
        gig_language_count(page->words, list->total, out);
        gig_buf_puts(out, "</strong>");
    }

    gig_buf_puts(out, "</p>");
}


static void
gig_list_link(const gig_page_t *page, const gig_query_t *query,
    const gig_query_change_t *change, gig_say_t text, gig_buf_t *out)
{
    gig_buf_puts(out, "<p><a class=\"gig-button gig-button-quiet\" ");
    gig_page_query_href(page, query, change, out);
    gig_buf_puts(out, ">");
    gig_say(page->words, text, out);
    gig_buf_puts(out, "</a></p>");
}


static void
gig_list_says(const gig_page_t *page, gig_say_t title, gig_say_t text, gig_buf_t *out)
{
    gig_buf_puts(out, "<h2>");
    gig_say(page->words, title, out);
    gig_buf_puts(out, "</h2>");

    if (text != GIG_SAYS) {
        gig_buf_puts(out, "<p>");
        gig_say(page->words, text, out);
        gig_buf_puts(out, "</p>");
    }
}


/* Another spelling that finds something, for all of q. */

static void
gig_list_suggestion(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out)
{
    gig_buf_t           text;
    gig_said_t          said;
    gig_query_change_t  change;

    change = GIG_QUERY_SAME;
    change.without_q = 1;

    gig_buf_init(&text, GIG_PAGE_QUERY_MAX);
    gig_query_write(list->query, &change, &text);
    gig_buf_puts(&text, (text.len != 0) ? "&q=" : "q=");
    gig_buf_uri(&text, list->suggestion);

    gig_buf_puts(out, "<p class=\"gig-suggestion\">");
    said = gig_say_begin(page->words, GIG_SAY_LIST_DID_YOU_MEAN);

    while (gig_say_next(&said, out)) {
        gig_buf_puts(out, "<a ");
        gig_page_text_href(page, &text, out);
        gig_buf_puts(out, ">");
        gig_buf_html(out, list->suggestion);
        gig_buf_puts(out, "</a>");
    }

    gig_buf_free(&text);
    gig_buf_puts(out, "</p>");
}


/* What was asked for is not there: what to leave out, one by one. */

static void
gig_list_nothing(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out)
{
    int                 one;
    gig_query_change_t  change;

    one = (gig_page_chosen(list->query) + (list->query->q.len != 0 ? 1 : 0) == 1);

    gig_list_says(page, GIG_SAY_LIST_NONE_MATCHES, GIG_SAYS, out);

    if (list->suggestion.len != 0) {
        gig_list_suggestion(page, list, out);
    }

    gig_buf_puts(out, "<p>");
    gig_say(page->words, one ? GIG_SAY_LIST_WITHOUT_THIS : GIG_SAY_LIST_LEAVE_OUT, out);
    gig_buf_puts(out, "</p>");
    gig_page_chips(page, list, 1, out);

    if (list->query->state != GIG_LIST_ALL) {
        change = GIG_QUERY_SAME;
        change.state = GIG_LIST_ALL;

        gig_list_link(page, list->query, &change, GIG_SAY_LIST_SEARCH_CLOSED, out);
    }
}


static void
gig_list_empty(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out)
{
    gig_query_change_t  change;

    change = GIG_QUERY_SAME;

    gig_buf_puts(out, "<div class=\"gig-empty\">");

    if (list->query->after) {
        gig_list_says(page, GIG_SAY_LIST_THAT_WAS_ALL, GIG_SAY_LIST_NO_MORE, out);
        gig_list_link(page, list->query, &change, GIG_SAY_LIST_BACK_TO_FIRST, out);

    } else if (gig_page_narrowed(list->query)) {
        gig_list_nothing(page, list, out);

    } else if (list->query->state == GIG_LIST_SCHEDULED) {
        change.state = GIG_LIST_OPEN;

        gig_list_says(page, GIG_SAY_LIST_NONE_ANNOUNCED, GIG_SAY_LIST_NONE_ANNOUNCED_TEXT, out);
        gig_list_link(page, list->query, &change, GIG_SAY_LIST_SEE_OPEN, out);

    } else {
        change.state = GIG_LIST_SCHEDULED;

        gig_list_says(page, GIG_SAY_LIST_NONE_OPEN, GIG_SAY_LIST_NONE_OPEN_TEXT, out);
        gig_list_link(page, list->query, &change, GIG_SAY_LIST_SEE_SCHEDULED, out);
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
        frame.before = GIG_SAY_LIST_TITLE_SEARCH;
        frame.heading = query->q;

    } else if (query->state == GIG_LIST_SCHEDULED) {
        frame.heading = gig_language_text(page->words, GIG_SAY_LIST_TITLE_SCHEDULED);

    } else if (query->state == GIG_LIST_ALL) {
        frame.heading = gig_language_text(page->words, GIG_SAY_PAGE_ALL);
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
    gig_page_board_text(page, page->title, out);
    gig_buf_puts(out, "</h1>");

    if (page->about.len != 0) {
        gig_buf_puts(out, "<p class=\"gig-about\">");
        gig_page_board_text(page, page->about, out);
        gig_buf_puts(out, "</p>");
    }

    gig_page_search(page, list, out);

    /* What the script has to tell is read from here; an area that comes later is not. */
    gig_buf_puts(out, "<p class=\"gig-only-read\" id=\"gig-said\" aria-live=\"polite\"></p>"
                 "</header>\n");
}


static void
gig_list_tabs(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out)
{
    size_t              i;
    gig_query_change_t  change;

    gig_buf_puts(out, "<nav class=\"gig-views\" aria-label=\"");
    gig_say(page->words, GIG_SAY_LIST_WHICH, out);
    gig_buf_puts(out, "\"><ul>");

    for (i = 0; i < sizeof(gig_list_views) / sizeof(gig_list_views[0]); i++) {
        change = GIG_QUERY_SAME;
        change.state = (int) gig_list_views[i].state;

        gig_buf_puts(out, "<li><a ");
        gig_page_query_href(page, list->query, &change, out);
        gig_buf_puts(out, (list->query->state == gig_list_views[i].state)
                          ? " aria-current=\"page\">" : ">");
        gig_say(page->words, gig_list_views[i].text, out);
        gig_buf_puts(out, "</a></li>");
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
        gig_page_filters(page, list, out);
    }

    gig_buf_puts(out, "<section class=\"gig-found\" tabindex=\"-1\" aria-label=\"");
    gig_say(page->words, GIG_SAY_LIST_GIGS, out);
    gig_buf_puts(out, "\"><div class=\"gig-found-head\">");
    gig_list_count(page, list, out);

    gig_page_sort(page, list, out);
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
    gig_page_here_t     here = { .query = list->query };
    gig_query_change_t  change;

    if (list->shown != 0) {
        gig_buf_puts(out, "\n</ul>\n");
    }

    if (list->shown != 0 && (list->next.len != 0 || list->query->after)) {
        gig_buf_puts(out, "<nav class=\"gig-pager\" aria-label=\"");
        gig_say(page->words, GIG_SAY_LIST_PAGES, out);
        gig_buf_puts(out, "\">");

        if (list->query->after) {
            change = GIG_QUERY_SAME;

            gig_buf_puts(out, "<a class=\"gig-button gig-button-quiet\" ");
            gig_page_query_href(page, list->query, &change, out);
            gig_buf_puts(out, ">");
            gig_say(page->words, GIG_SAY_LIST_FIRST_PAGE, out);
            gig_buf_puts(out, "</a>");
        }

        if (list->next.len != 0) {
            gig_buf_puts(out, "<a class=\"gig-button gig-button-quiet\" rel=\"next\" href=\"");
            gig_buf_html(out, page->base);
            gig_buf_puts(out, (list->next.data[0] != '?') ? "?" : "");
            gig_buf_html(out, list->next);
            gig_page_tail(page, 1, out);
            gig_buf_puts(out, "\"><span>");
            gig_say(page->words, GIG_SAY_LIST_NEXT, out);
            gig_buf_puts(out, "</span>");
            gig_html_icon("next", out);
            gig_buf_puts(out, "</a>");
        }

        gig_buf_puts(out, "</nav>\n");
    }

    gig_buf_puts(out, "</div></section></div>\n</form>\n");
    gig_page_foot(page, &here, out);
}
