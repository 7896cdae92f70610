
#include <string.h>

#include "gig_page_parts.h"


static void
gig_page_script(const gig_page_t *page, gig_str_t name, gig_buf_t *out)
{
    if (name.len != 0) {
        gig_buf_puts(out, "<script defer src=\"");
        gig_buf_html(out, page->base);
        gig_buf_html(out, name);
        gig_buf_puts(out, "\"></script>\n");
    }
}


void
gig_page_style(const gig_page_t *page, gig_buf_t *out)
{
    if (page->style.len != 0) {
        gig_buf_puts(out, "<link rel=\"stylesheet\" href=\"");
        gig_buf_html(out, page->base);
        gig_buf_html(out, page->style);
        gig_buf_puts(out, "\">\n");
    }
}


void
gig_page_stale(const gig_page_t *page, gig_buf_t *out)
{
    if (page->stale) {
        gig_buf_puts(out, "\n<p class=\"gig-stale\" role=\"status\">");
        gig_html_icon("note", out);
        gig_buf_puts(out, "<span>");
        gig_say(page->words, GIG_SAY_PAGE_STALE, out);
        gig_buf_puts(out, "</span></p>");
    }
}


/* The heading, as an argument of what comes before it. */

static void
gig_page_heading(const gig_page_t *page, gig_say_t before, gig_str_t heading, gig_buf_t *out)
{
    if (before != 0) {
        gig_say_str(page->words, before, heading, out);
    } else {
        gig_buf_html(out, heading);
    }
}


static void
gig_page_title_rest(const gig_page_t *page, const gig_frame_t *frame, gig_buf_t *out)
{
    if (frame->heading.len != 0) {
        gig_page_heading(page, frame->before, frame->heading, out);
        gig_buf_puts(out, " \u00b7 ");
    }

    gig_buf_html(out, page->title);
}


void
gig_page_title_text(const gig_page_t *page, const gig_frame_t *frame, gig_buf_t *out)
{
    gig_said_t  said;

    if (!frame->error) {
        gig_page_title_rest(page, frame, out);
        return;
    }

    said = gig_say_begin(page->words, GIG_SAY_PAGE_ERROR);

    while (gig_say_next(&said, out)) {
        gig_page_title_rest(page, frame, out);
    }
}


void
gig_page_head_inside(const gig_page_t *page, const gig_frame_t *frame, gig_buf_t *out)
{
    gig_buf_puts(out, "<meta charset=\"utf-8\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");

    /* whether a company's own header and footer can be dark is for its frame to say */

    if (page->layout == NULL) {
        gig_buf_puts(out, "<meta name=\"color-scheme\" content=\"light dark\">\n");
    }

    gig_buf_puts(out, "<title>");
    gig_page_title_text(page, frame, out);
    gig_buf_puts(out, "</title>\n");

    gig_page_about(page, frame, out);

    /* a form sent from a page without referrer has the origin "null", which is another site's */

    if (frame->private_) {
        gig_buf_printf(out, "<meta name=\"referrer\" content=\"%s\">\n",
                       frame->own_referrer ? "same-origin" : "no-referrer");
    }

    if (frame->received.len != 0) {
        gig_buf_puts(out, "<meta name=\"gig-received\" content=\"");
        gig_buf_html(out, page->base);
        gig_buf_uri(out, frame->received);
        gig_buf_puts(out, "/applications\">\n");
    }

    gig_page_style(page, out);

    if (page->style_url.len != 0) {
        gig_buf_puts(out, "<link rel=\"stylesheet\" href=\"");
        gig_buf_html(out, page->style_url);
        gig_buf_puts(out, "\">\n");
    }

    if (frame->script) {
        gig_page_script(page, page->script, out);
    }

    if (frame->form_script) {
        gig_page_script(page, page->form_script, out);
    }

    gig_page_posting(page, frame, out);
}


void
gig_page_board_text(const gig_page_t *page, gig_str_t text, gig_buf_t *out)
{
    gig_html_text(page->words, page->n_languages != 0 ? gig_page_str(page->languages[0]->tag)
                                                      : gig_null_str, text, out);
}


void
gig_page_head(const gig_page_t *page, const gig_frame_t *frame, gig_buf_t *out)
{
    if (page->layout != NULL) {
        gig_page_layout_head(page, frame, out);

    } else {
        gig_buf_printf(out, "<!doctype html>\n<html lang=\"%s\"", gig_language_tag(page->words));

        /* that which everybody expects need not be said */

        if (page->words != NULL && page->words->rtl) {
            gig_buf_puts(out, " dir=\"rtl\"");
        }

        gig_buf_puts(out, ">\n<head>\n");
        gig_page_head_inside(page, frame, out);
        gig_buf_puts(out, "</head>\n<body class=\"gig-page");
    }

    gig_buf_printf(out, "%s%s\">\n", frame->narrow ? " gig-page-narrow" : "",
                   frame->wide ? " gig-page-wide" : "");

    if (page->layout == NULL) {
        gig_buf_puts(out, "<a class=\"gig-skip\" href=\"#main\">");
        gig_say(page->words, GIG_SAY_PAGE_SKIP, out);
        gig_buf_puts(out, "</a>\n");
    }

    gig_html_symbols(out);

    if (frame->bar && page->layout == NULL) {
        gig_buf_puts(out, "\n<header class=\"gig-bar\"><a class=\"gig-home\" ");
        gig_page_href(page, gig_null_str, "", out);
        gig_buf_puts(out, ">");
        gig_page_board_text(page, page->title, out);
        gig_buf_puts(out, "</a></header>");
    }

    gig_page_stale(page, out);

    gig_buf_puts(out, "\n<main id=\"main\" class=\"gig-main");
    gig_buf_puts(out, frame->bar ? "\">\n" : " gig-main-first\">\n");
}


void
gig_page_foot(const gig_page_t *page, const gig_page_here_t *here, gig_buf_t *out)
{
    gig_buf_puts(out, "\n</main>\n");

    if (page->layout != NULL) {
        gig_page_layout_foot(page, here, out);
        return;
    }

    gig_buf_puts(out, "<footer class=\"gig-foot\"><p>");
    gig_page_board_text(page, page->title, out);
    gig_buf_puts(out, "</p><p><a ");
    gig_page_href(page, gig_null_str, "", out);
    gig_buf_puts(out, ">");
    gig_say(page->words, GIG_SAY_PAGE_ALL_OPEN, out);
    gig_buf_puts(out, "</a></p>");
    gig_page_languages(page, here, out);
    gig_buf_puts(out, "</footer>\n</body>\n</html>\n");
}


/* href="...": here in that language; a question goes on with its first page. */

static void
gig_page_language_href(const gig_page_t *page, const gig_page_here_t *here,
    const gig_language_t *language, gig_buf_t *out)
{
    gig_buf_t           query;
    gig_query_change_t  change;

    gig_buf_init(&query, GIG_PAGE_QUERY_MAX);

    if (here->query != NULL) {
        change = GIG_QUERY_SAME;
        gig_query_write(here->query, &change, &query);
    }

    gig_buf_puts(&query, (query.len != 0) ? "&lang=" : "lang=");
    gig_buf_puts(&query, language->tag);

    if (page->tail_but_lang.len != 0) {
        gig_buf_puts(&query, "&");
        gig_buf_str(&query, page->tail_but_lang);
    }

    gig_buf_puts(out, "href=\"");
    gig_buf_html(out, page->base);
    gig_buf_puts(out, (here->path != NULL) ? here->path : "");
    gig_buf_uri(out, here->id);
    gig_buf_puts(out, (here->rest != NULL) ? here->rest : "");
    gig_buf_puts(out, "?");
    gig_html_take(&query, out);
    gig_buf_puts(out, "\"");
}


void
gig_page_languages(const gig_page_t *page, const gig_page_here_t *here, gig_buf_t *out)
{
    unsigned               i;
    const gig_language_t  *language;

    if (here == NULL || page->n_languages < 2) {
        return;
    }

    gig_buf_puts(out, "<nav class=\"gig-languages\" aria-label=\"");
    gig_say(page->words, GIG_SAY_PAGE_LANGUAGES, out);
    gig_buf_puts(out, "\">");

    for (i = 0; i < page->n_languages; i++) {
        language = page->languages[i];

        if (language == page->words) {
            continue;
        }

        gig_buf_puts(out, "<p><a ");
        gig_page_language_href(page, here, language, out);
        gig_buf_printf(out, " lang=\"%s\" hreflang=\"%s\" dir=\"%s\">", language->tag,
                       language->tag, gig_language_dir(language));
        gig_buf_html(out, language->name);
        gig_buf_puts(out, "</a></p>");
    }

    gig_buf_puts(out, "</nav>");
}


int
gig_page_aside(gig_said_t *said, gig_buf_t *out)
{
    int  argument, some;

    some = said->p != said->end && *said->p != '{';

    gig_buf_puts(out, some ? "<span class=\"gig-only-read\">" : "");
    argument = gig_say_next(said, out);
    gig_buf_puts(out, some ? "</span>" : "");

    return argument;
}


void
gig_page_button(const gig_page_t *page, gig_str_t id, const char *rest, int quiet, gig_say_t text,
    gig_buf_t *out)
{
    gig_buf_printf(out, "<a class=\"gig-button%s\" ", quiet ? " gig-button-quiet" : "");
    gig_page_href(page, id, rest, out);
    gig_buf_puts(out, ">");
    gig_say(page->words, text, out);
    gig_buf_puts(out, "</a>");
}


void
gig_page_address(const gig_page_t *page, const char *path, gig_str_t id, const char *rest,
    gig_buf_t *out)
{
    gig_buf_html(out, page->base);
    gig_buf_puts(out, path);
    gig_buf_uri(out, id);
    gig_buf_puts(out, rest);
    gig_page_tail(page, strchr(rest, '?') != NULL, out);
}


void
gig_page_tail(const gig_page_t *page, int query, gig_buf_t *out)
{
    if (page->tail.len != 0) {
        gig_buf_puts(out, query ? "&amp;" : "?");
        gig_buf_html(out, page->tail);
    }
}


void
gig_page_href(const gig_page_t *page, gig_str_t id, const char *rest, gig_buf_t *out)
{
    gig_buf_puts(out, "href=\"");
    gig_page_address(page, "", id, rest, out);
    gig_buf_puts(out, "\"");
}


void
gig_page_query_href(const gig_page_t *page, const gig_query_t *query,
    const gig_query_change_t *change, gig_buf_t *out)
{
    gig_buf_t  text;

    gig_buf_init(&text, GIG_PAGE_QUERY_MAX);
    gig_query_write(query, change, &text);
    gig_page_text_href(page, &text, out);
}


void
gig_page_text_href(const gig_page_t *page, gig_buf_t *query, gig_buf_t *out)
{
    int  some;

    some = (query->len != 0);

    gig_buf_puts(out, "href=\"");
    gig_buf_html(out, page->base);
    gig_buf_puts(out, some ? "?" : "");
    gig_html_take(query, out);
    gig_page_tail(page, some, out);
    gig_buf_puts(out, "\"");
}


void
gig_page_back(const gig_page_t *page, gig_str_t id, gig_say_t text, gig_buf_t *out)
{
    gig_buf_puts(out, "<p class=\"gig-back\"><a ");
    gig_page_href(page, id, "", out);
    gig_buf_puts(out, ">");
    gig_html_icon("back", out);
    gig_buf_puts(out, "<span>");
    gig_say(page->words, text, out);
    gig_buf_puts(out, "</span></a></p>\n");
}


void
gig_page_promise(const gig_language_t *words, const char *icon, gig_say_t text, gig_buf_t *out)
{
    gig_buf_puts(out, "<p class=\"gig-promise\">");
    gig_html_icon(icon, out);
    gig_buf_puts(out, "<span>");
    gig_say(words, text, out);
    gig_buf_puts(out, "</span></p>\n");
}


void
gig_page_title(const gig_page_t *page, const json_t *gig, gig_say_t before, gig_buf_t *out)
{
    gig_html_logo(json_object_get(gig, "org"), out);
    gig_buf_puts(out, "<div><p class=\"gig-org\">");
    gig_html_org(page->words, gig, out);
    gig_buf_puts(out, "</p><h1");

    /* with a word of ours before it, it is in two languages */

    if (before == 0) {
        gig_html_lang(page->words, gig, "title", out);
    }

    gig_buf_puts(out, ">");
    gig_page_heading(page, before, gig_json_str(gig, "title"), out);
    gig_buf_puts(out, "</h1></div>");
}


void
gig_page_step(int done, int now, gig_str_t title, gig_buf_t *out)
{
    gig_buf_printf(out, "<li class=\"gig-step%s%s\"%s><span class=\"gig-step-dot\">",
                   done ? " gig-step-done" : "", now ? " gig-step-now" : "",
                   now ? " aria-current=\"step\"" : "");

    if (done) {
        gig_html_icon("check", out);
    }

    gig_buf_puts(out, "</span><div><p class=\"gig-step-title\">");
    gig_buf_html(out, title);
    gig_buf_puts(out, "</p><p>");
}


void
gig_page_step_said(const gig_language_t *words, int done, int now, gig_say_t title,
    gig_buf_t *out)
{
    gig_page_step(done, now, gig_language_text(words, title), out);
}


void
gig_page_step_end(gig_buf_t *out)
{
    gig_buf_puts(out, "</p></div></li>\n");
}


gig_str_t
gig_page_str(const char *s)
{
    return (gig_str_t) { s, strlen(s) };
}
