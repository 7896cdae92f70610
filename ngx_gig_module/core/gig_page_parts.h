
/* What the gig_page_*.c share: the frame around a page and its recurring parts. */

#ifndef GIG_PAGE_PARTS_H
#define GIG_PAGE_PARTS_H

#include "gig_html.h"
#include "gig_json.h"
#include "gig_page.h"

#define GIG_PAGE_QUERY_MAX      (4 * GIG_QUERY_ARGS_MAX)    /* bytes of one, percent-encoded */
#define GIG_PAGE_DAY            86400                       /* s */

/*
 * From the doctype to <main>.  before and heading: the title's first part, may be
 * empty.  description: a sentence for search engines and previews, may be empty.
 * gig: the one whose own page this is, or NULL; search engines and previews are told what is of it.
 * feeds: readers of feeds are told where this list is one, if that is known as a whole.
 * canonical: this page has an address of its own, the gig's or the list's; told where it is known
 * as a whole.  private_: tells robots to stay away and sends no referrer.
 */
typedef struct {
    gig_say_t    before;            /* what the heading is an argument of; 0: none */
    gig_str_t    heading;
    gig_str_t    description;
    const gig_query_t  *feeds;      /* the question of a list that is a feed as well, or NULL */
    gig_str_t    received;          /* id of a gig: the form_script forgets what was typed for it */
    const gig_page_gig_t  *gig;
    unsigned     canonical:1;
    unsigned     bar:1;             /* a bar with the program's name as the way home */
    unsigned     narrow:1;          /* one column: forms, receipts, problems */
    unsigned     wide:1;            /* two: the list with its filters */
    unsigned     script:1;
    unsigned     form_script:1;
    unsigned     own_referrer:1;    /* with private_: our own pages are told where one comes from */
    unsigned     noindex:1;         /* one of many views on the same: not for search engines */
    unsigned     private_:1;
    unsigned     error:1;           /* the title says so first */
} gig_frame_t;

void gig_page_head(const gig_page_t *page, const gig_frame_t *frame, gig_buf_t *out);

/* Where this very page is, for links to it in other languages: BASE PATH ID REST ?QUERY. */
typedef struct {
    const char         *path, *rest;            /* may be NULL */
    gig_str_t           id;
    const gig_query_t  *query;                  /* of a list, or NULL */
} gig_page_here_t;

/* here: NULL if it cannot be asked for again. */
void gig_page_foot(const gig_page_t *page, const gig_page_here_t *here, gig_buf_t *out);

/* The same page in the other languages that are offered. */
void gig_page_languages(const gig_page_t *page, const gig_page_here_t *here, gig_buf_t *out);

/* The <title>'s text, escaped; and all of <head> but the element itself. */
void gig_page_title_text(const gig_page_t *page, const gig_frame_t *frame, gig_buf_t *out);
void gig_page_head_inside(const gig_page_t *page, const gig_frame_t *frame, gig_buf_t *out);

/* _layout.c: page->layout up to where <main> begins, and on from where it has ended. */
void gig_page_layout_head(const gig_page_t *page, const gig_frame_t *frame, gig_buf_t *out);
void gig_page_layout_foot(const gig_page_t *page, const gig_page_here_t *here, gig_buf_t *out);

/*
 * The board's title or about.  They are the operator's words, in the first of the languages that
 * are offered: on a page in another one they are in a <span> that says so.
 */
void gig_page_board_text(const gig_page_t *page, gig_str_t text, gig_buf_t *out);

/* The link to the style sheet; the notice on a page that may be out of date, if it may. */
void gig_page_style(const gig_page_t *page, gig_buf_t *out);
void gig_page_stale(const gig_page_t *page, gig_buf_t *out);

/* What search engines and previews show of a page. */
void gig_page_about(const gig_page_t *page, const gig_frame_t *frame, gig_buf_t *out);

/* A gig's JobPosting, if it has one: last in the head, as a browser waits for what comes first. */
void gig_page_posting(const gig_page_t *page, const gig_frame_t *frame, gig_buf_t *out);

/*
 * Where a link or a form leads: BASE PATH ID REST and the page's tail, as an attribute's value.
 * id percent-encoded (may be empty); path and rest as they are, so ours alone; rest may end in a
 * query.  All of ours that are not compiled in (cards) are written by these.
 */
void gig_page_address(const gig_page_t *page, const char *path, gig_str_t id, const char *rest,
    gig_buf_t *out);

/* The page's tail alone; query: the address before it has one already. */
void gig_page_tail(const gig_page_t *page, int query, gig_buf_t *out);

/* href="...": the address of a gig, or of what REST is of it. */
void gig_page_href(const gig_page_t *page, gig_str_t id, const char *rest, gig_buf_t *out);

/* <a class="gig-back"> to the list or to a gig. */
void gig_page_back(const gig_page_t *page, gig_str_t id, gig_say_t text, gig_buf_t *out);

/* A paragraph with an icon before it: what somebody may rely on. */
void gig_page_promise(const gig_language_t *words, const char *icon, gig_say_t text,
    gig_buf_t *out);

/* Logo, organisation and the gig's title as h1, in its language; before: as of a frame. */
void gig_page_title(const gig_page_t *page, const json_t *gig, gig_say_t before, gig_buf_t *out);

/*
 * What the work is, what it needs, what one gets: the sections of a gig's page.  plain: the same
 * words as HTML of any reader, headings h3 and no classes.  title: may be empty.
 */
void gig_page_section(gig_str_t title, int plain, gig_buf_t *out);
void gig_page_section_said(const gig_language_t *words, gig_say_t title, int plain, gig_buf_t *out);
void gig_page_section_end(int plain, gig_buf_t *out);
void gig_page_what(const gig_language_t *words, const json_t *gig, int plain, gig_buf_t *out);
void gig_page_need(const gig_language_t *words, const json_t *gig, int plain, gig_buf_t *out);
void gig_page_get(const gig_language_t *words, const json_t *gig, int plain, gig_buf_t *out);

/* The name of the n-th skill that the page shows; empty behind the last. */
gig_str_t gig_page_skill(const json_t *skills, size_t n);

/* One step on a line; done: it is behind us.  The caller writes the text and calls _end. */
void gig_page_step(int done, int now, gig_str_t title, gig_buf_t *out);
void gig_page_step_said(const gig_language_t *words, int done, int now, gig_say_t title,
    gig_buf_t *out);
void gig_page_step_end(gig_buf_t *out);

/* The detail of a problem in the page's language; empty: there it is not said. */
gig_str_t gig_page_problem_says(const gig_page_t *page, const char *detail);

/* Above a form that comes back: everything that is wrong, each a link to its field. */
void gig_page_form_summary(const gig_page_form_t *form, gig_buf_t *out);

/* A field of a form that programs fill in and people do not see, if the form has one. */
void gig_page_trap(const gig_language_t *words, const gig_form_t *form, gig_buf_t *out);

/*
 * The counter of a gig that is not open yet, for the form_script to fill in.  exact: now_ms is
 * the time this page is sent, and is told.  Nothing to see without scripts.
 */
void gig_page_counter(const gig_page_t *page, const gig_page_gig_t *gig, int exact,
    gig_buf_t *out);

/* What the script says of a form and of a counter, as attributes of it: data-say-NAME. */
void gig_page_say_form(const gig_language_t *words, gig_buf_t *out);
void gig_page_say_counter(const gig_language_t *words, gig_buf_t *out);

/* The one button of a gig's page, or why there is none, and what a visitor can do until then. */
void gig_page_action(const gig_page_t *page, const gig_page_gig_t *gig, gig_buf_t *out);

/* Its label, in words if it is one of ours. */
void gig_form_label_of(const gig_language_t *words, const json_t *gig, const gig_field_t *field,
    gig_buf_t *out);

/* One field of a form with what was typed into it and what is wrong with it. */
void gig_page_field(const gig_page_form_t *form, const gig_field_t *field, gig_buf_t *out);

/* href="BASE?QUERY": the list that query asks for, changed. */
void gig_page_query_href(const gig_page_t *page, const gig_query_t *query,
    const gig_query_change_t *change, gig_buf_t *out);

/* The same for a query that is text already; query is taken and emptied. */
void gig_page_text_href(const gig_page_t *page, gig_buf_t *query, gig_buf_t *out);

/*
 * The list's form, which lies in three places: the search field, all filters, the order.
 * All of the list is in it, for text browsers; its elements name it as well, for what a script
 * puts together anew.  _form_begin: its start; it ends with the list.
 */
void gig_page_form_begin(const gig_page_t *page, gig_buf_t *out);
void gig_page_search(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out);
void gig_page_filters(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out);
void gig_page_sort(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out);

/* A chip for each filter that is chosen, which removes it; with_q: for the text as well. */
void gig_page_chips(const gig_page_t *page, const gig_page_list_t *list, int with_q,
    gig_buf_t *out);

/* How many filters are chosen, values and ranges; 1: something narrows the list, q too. */
unsigned gig_page_chosen(const gig_query_t *query);
int gig_page_narrowed(const gig_query_t *query);

/* What a facet is called, and its values where the record has a code: escaped. */
gig_say_t gig_page_facet_title(gig_facet_t facet);
void gig_page_facet_value(const gig_language_t *words, gig_facet_t facet, gig_str_t value,
    gig_buf_t *out);

/* <a class="gig-button" HREF>: a link as a button; quiet: it is not the one that counts. */
void gig_page_button(const gig_page_t *page, gig_str_t id, const char *rest, int quiet,
    gig_say_t text, gig_buf_t *out);

/* gig_say_next() of words for the ear: the eye sees the arguments alone. */
int gig_page_aside(gig_said_t *said, gig_buf_t *out);

/* data-say-NAME="...": one of these words alone. */
void gig_page_data_say(const gig_language_t *words, const char *name, gig_say_t say,
    gig_buf_t *out);

/* A view on a C string. */
gig_str_t gig_page_str(const char *s);

/* What a selected applicant is to do and to know: of a receipt alone. */
void gig_page_onboarding(const gig_page_t *page, const gig_page_receipt_t *receipt,
    gig_buf_t *out);

#endif /* GIG_PAGE_PARTS_H */
