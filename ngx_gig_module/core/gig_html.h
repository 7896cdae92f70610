
/*
 * Pieces of HTML that the card and the pages share.  All text is escaped here;
 * formatted text goes through gig_markup_clean() whoever cleaned it before.
 * Nothing of a record reaches a page in any other way.
 */

#ifndef GIG_HTML_H
#define GIG_HTML_H

#include "gig_i18n.h"
#include "gig_text.h"

/* <svg class="gig-icon"> that uses the symbol `gig-i-NAME`: for the eye only. */
void gig_html_icon(const char *name, gig_buf_t *out);

/* The symbols that icons use, hidden; once a page, before its first icon. */
void gig_html_symbols(gig_buf_t *out);

/* The organisation's logo if it is an https address, else its monogram. */
void gig_html_logo(const json_t *org, gig_buf_t *out);

/* "Acme Robotics · Marketing" */
void gig_html_org(const gig_language_t *words, const json_t *gig, gig_buf_t *out);

/* lang="..." (and dir) where a member of the gig is in another language than words. */
void gig_html_lang(const gig_language_t *words, const json_t *gig, const char *member,
    gig_buf_t *out);

/* A text that is in the language of that tag (empty: not known), in a <span> if words are not. */
void gig_html_text(const gig_language_t *words, gig_str_t tag, gig_str_t text, gig_buf_t *out);

/*
 * Pay, hours, place, and when it closes and is due, always in this order,
 * as a list of four.  gig: a record or what is public of it.
 */
void gig_html_facts(const gig_language_t *words, const json_t *gig, const gig_zone_t *zone,
    int64_t closes_at, gig_buf_t *out);

/* Names of skills as a list; at most max, and then how many more there are. */
void gig_html_skills(const gig_language_t *words, const json_t *skills, size_t max,
    gig_buf_t *out);

/* Texts, or objects with a "text", as a list: at most GIG_HTML_ITEMS.  attributes: of its <ul>. */
#define GIG_HTML_ITEMS      50                  /* of one list of a record */
void gig_html_items(const json_t *items, const char *attributes, gig_buf_t *out);

/* <h3>Text</h3>, of that element; nothing if it is empty. */
void gig_html_heading(const char *element, gig_str_t text, gig_buf_t *out);

/* A description: its HTML, cleaned, if there is some, else its plain text. */
void gig_html_description(gig_str_t html, gig_str_t text, gig_buf_t *out);

/* What one of a record's `sections` says below its title: html, text, items. */
void gig_html_section(const json_t *section, gig_buf_t *out);

/* <time datetime="...">Fri 30 Oct 2026, 23:59 Chicago time</time>, and of a plain date. */
void gig_html_time(const gig_language_t *words, const gig_zone_t *zone, gig_str_t time_zone,
    int64_t seconds, int with_seconds, gig_buf_t *out);
void gig_html_date(const gig_language_t *words, gig_str_t date, int weekday, gig_buf_t *out);

/* Plain text: blank lines part paragraphs, lines that begin with "- " or "* " make a list. */
void gig_html_paragraphs(gig_str_t text, gig_buf_t *out);

/* Escapes what one of the functions of gig_text.h wrote into text, and frees it. */
void gig_html_take(gig_buf_t *text, gig_buf_t *out);

#endif /* GIG_HTML_H */
