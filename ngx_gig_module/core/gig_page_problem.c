
#include "gig_page_parts.h"


/* What can be done about it, in one sentence; GIG_SAYS: nothing. */

static gig_say_t
gig_problem_advice(unsigned status)
{
    switch (status) {

    case 403:
        return GIG_SAY_ADVICE_403;

    case 404:
        return GIG_SAY_ADVICE_404;

    case 409:
        return GIG_SAY_ADVICE_409;

    case 413:
        return GIG_SAY_ADVICE_413;

    case 400:
    case 405:
    case 415:
        return GIG_SAY_ADVICE_FORM;

    case 429:
        return GIG_SAY_ADVICE_429;

    case 503:
        return GIG_SAY_ADVICE_503;

    default:
        return GIG_SAYS;
    }
}


/* What is put together of a request's own parts is said in English alone. */

gig_str_t
gig_page_problem_says(const gig_page_t *page, const char *detail)
{
    gig_str_t  english, said;

    english = gig_page_str(detail != NULL ? detail : "");
    said = gig_language_said(page->words, english);

    return said.data == english.data && !gig_language_same(gig_str("en"), page->words)
           ? gig_null_str : said;
}


void
gig_page_problem(const gig_page_t *page, unsigned status, const char *title, const char *detail,
    gig_buf_t *out)
{
    gig_say_t    advice;
    gig_str_t    says;
    gig_frame_t  frame = { .bar = 1, .narrow = 1, .private_ = 1 };

    frame.heading = gig_language_said(page->words, gig_page_str(title));
    says = gig_page_problem_says(page, detail);

    gig_page_head(page, &frame, out);

    gig_buf_printf(out, "<div class=\"gig-problem\"><p class=\"gig-kicker\">%u</p><h1>", status);
    gig_buf_html(out, frame.heading);
    gig_buf_puts(out, "</h1>");

    if (says.len != 0) {
        gig_buf_puts(out, "<p class=\"gig-about\">");
        gig_buf_html(out, says);
        gig_buf_puts(out, "</p>");
    }

    advice = gig_problem_advice(status);

    if (advice != GIG_SAYS) {
        gig_buf_puts(out, "<p>");
        gig_say(page->words, advice, out);
        gig_buf_puts(out, "</p>");
    }

    gig_buf_puts(out, "<p>");
    gig_page_button(page, gig_null_str, "", 0, GIG_SAY_PAGE_SEE_ALL_OPEN, out);
    gig_buf_puts(out, "</p></div>");

    gig_page_foot(page, NULL, out);
}
