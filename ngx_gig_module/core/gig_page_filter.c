
/*
 * The list's form: a search field, filters and an order.  It asks by GET, so that
 * every answer has an address, and needs no script: a filter that is chosen stays
 * in it even if no gig has it any more, or the next question would forget it.
 */

#include "gig_page_parts.h"


#define GIG_PAGE_FORM           "gig-search"    /* the form's id */
#define GIG_PAGE_VALUES_SHOWN   6               /* of a facet, before "more" */

/* Hidden where scripts run, as then a change is an answer already. */
#define GIG_PAGE_BUTTON_PLAIN   "class=\"gig-button gig-button-quiet gig-plain\" type=\"submit\"" \
                                " form=\"" GIG_PAGE_FORM "\""


/* What people ask first comes first. */
static const gig_facet_t  gig_page_facets_first[] = { GIG_FACET_MODE, GIG_FACET_LOCATION };

static const gig_facet_t  gig_page_facets[] = {
    GIG_FACET_SKILL, GIG_FACET_DEPARTMENT, GIG_FACET_ORG, GIG_FACET_AUDIENCE,
    GIG_FACET_ENGAGEMENT, GIG_FACET_TEAM, GIG_FACET_LANGUAGE
};


static void
gig_page_hidden(const char *name, gig_str_t value, gig_buf_t *out)
{
    gig_buf_printf(out, "<input type=\"hidden\" form=\"" GIG_PAGE_FORM "\" name=\"%s\" value=\"",
                   name);
    gig_buf_html(out, value);
    gig_buf_puts(out, "\">");
}


void
gig_page_form_begin(const gig_page_t *page, gig_buf_t *out)
{
    gig_buf_puts(out, "<form id=\"" GIG_PAGE_FORM "\" method=\"get\" autocomplete=\"off\""
                 " action=\"");
    gig_buf_html(out, page->base);
    gig_buf_puts(out, "\">\n");
}


void
gig_page_search(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out)
{
    const gig_query_t  *query;

    query = list->query;

    gig_buf_puts(out, "<div class=\"gig-search\" role=\"search\"><label for=\"gig-q\">");
    gig_say(page->words, GIG_SAY_SEARCH_LABEL, out);
    gig_buf_puts(out, "</label><div class=\"gig-search-line\"><span class=\"gig-search-field\">");
    gig_html_icon("search", out);
    gig_buf_printf(out, "<input class=\"gig-input\" id=\"gig-q\" name=\"q\" type=\"search\""
                   " maxlength=\"%d\" enterkeyhint=\"search\" value=\"",
                   GIG_QUERY_TEXT_MAX);
    gig_buf_html(out, query->q);
    gig_buf_puts(out, "\"></span><button class=\"gig-button\" type=\"submit\">");
    gig_say(page->words, GIG_SAY_SEARCH, out);
    gig_buf_puts(out, "</button></div></div>\n<div class=\"gig-kept\" hidden>");

    if (query->state != GIG_LIST_OPEN) {
        gig_page_hidden("state", gig_page_str(gig_list_state_name(query->state)), out);
    }

    if (query->limit != GIG_LIST_DEFAULT) {
        gig_buf_printf(out, "<input type=\"hidden\" form=\"" GIG_PAGE_FORM "\" name=\"limit\""
                       " value=\"%u\">", query->limit);
    }

    if (query->format != 0) {
        gig_page_hidden("format", gig_str("html"), out);
    }

    if (page->lang.len != 0) {
        gig_page_hidden("lang", page->lang, out);
    }

    if (query->source.len != 0) {
        gig_page_hidden("source", query->source, out);
    }

    gig_buf_puts(out, "</div>\n");
}


/* Facets */

static void
gig_page_choice(const gig_page_t *page, gig_facet_t facet, gig_str_t value, uint32_t count,
    int chosen, gig_buf_t *out)
{
    gig_said_t  said;

    gig_buf_printf(out, "<label class=\"gig-choice\"><input type=\"checkbox\""
                   " form=\"" GIG_PAGE_FORM "\" name=\"%s\" value=\"", gig_facet_name(facet));
    gig_buf_html(out, value);
    gig_buf_puts(out, chosen ? "\" checked><span>" : "\"><span>");
    gig_page_facet_value(page->words, facet, value, out);
    gig_buf_puts(out, "</span>");

    if (count != 0) {
        /* the number for the eye, and with its word for the ear */

        gig_buf_puts(out, " <span class=\"gig-tally\">");
        said = gig_say_begin_n(page->words, GIG_SAY_GIGS, count);

        while (gig_page_aside(&said, out)) {
            gig_language_count(page->words, count, out);
        }

        gig_buf_puts(out, "</span>");
    }

    gig_buf_puts(out, "</label>");
}


/* Those that are chosen and not among what is told: no gig has them, or not as they are written. */

static unsigned
gig_page_untold(const gig_page_t *page, const gig_page_list_t *list, gig_facet_t facet,
    gig_buf_t *out)
{
    int                      i;
    uint32_t                 k;
    unsigned                 n;
    const gig_query_t       *query;
    const gig_page_facet_t  *told;

    query = list->query;
    told = &list->facet[facet];

    for (n = 0, i = 0; i < query->n_values; i++) {

        if (query->value[i].facet != facet) {
            continue;
        }

        for (k = 0; k < told->n && told->value[k].chosen != i; k++) { /* void */ }

        if (k < told->n) {
            continue;
        }

        n++;

        if (out != NULL) {
            gig_page_choice(page, facet, query->value[i].text, 0, 1, out);
        }
    }

    return n;
}


static void
gig_page_facet(const gig_page_t *page, const gig_page_list_t *list, gig_facet_t facet,
    gig_buf_t *out)
{
    uint32_t                 i, shown, rest;
    unsigned                 untold;
    const gig_page_facet_t  *told;

    told = &list->facet[facet];
    untold = gig_page_untold(page, list, facet, NULL);

    if (untold == 0 && (told->n < 2 && !(told->n == 1 && told->value[0].chosen >= 0))) {
        return;
    }

    gig_buf_puts(out, "<fieldset class=\"gig-facet\"><legend>");
    gig_say(page->words, gig_page_facet_title(facet), out);
    gig_buf_puts(out, "</legend><div class=\"gig-values\">");

    (void) gig_page_untold(page, list, facet, out);

    /* One value more is no longer than the word for it. */
    shown = (told->n <= GIG_PAGE_VALUES_SHOWN + 1) ? told->n : GIG_PAGE_VALUES_SHOWN;

    for (rest = 0, i = 0; i < told->n; i++) {
        if (i < shown || told->value[i].chosen >= 0) {
            gig_page_choice(page, facet, told->value[i].text, told->value[i].count,
                            told->value[i].chosen >= 0, out);
        } else {
            rest++;
        }
    }

    gig_buf_puts(out, "</div>");

    if (rest != 0) {
        gig_buf_puts(out, "<details class=\"gig-rest\"><summary>");
        gig_say_n(page->words, GIG_SAY_FILTER_MORE, rest, out);
        gig_buf_puts(out, "</summary><div class=\"gig-values\">");

        for (i = shown; i < told->n; i++) {
            if (told->value[i].chosen < 0) {
                gig_page_choice(page, facet, told->value[i].text, told->value[i].count, 0, out);
            }
        }

        gig_buf_puts(out, "</div></details>");
    }

    gig_buf_puts(out, "</fieldset>\n");
}


/* Ranges */

/* Thousandths as a number is written in a form: "12.5". */

static void
gig_page_thousandths(int64_t value, gig_buf_t *out)
{
    gig_buf_printf(out, "%lld", (long long) (value / 1000));

    if (value % 1000 == 0) {
        return;
    }

    gig_buf_printf(out, ".%03d", (int) (value % 1000));

    while (!gig_buf_failed(out) && out->data[out->len - 1] == '0') {
        out->len--;
    }
}


static void
gig_page_range(const gig_page_t *page, const char *name, gig_say_t label, const char *attributes,
    gig_buf_t *out)
{
    gig_buf_printf(out, "<p class=\"gig-range\"><label for=\"gig-%s\">", name);
    gig_say(page->words, label, out);
    gig_buf_printf(out, "</label><input class=\"gig-input\" id=\"gig-%s\""
                   " form=\"" GIG_PAGE_FORM "\" name=\"%s\" %s value=\"", name, name, attributes);
}


/* A day; a time of day that somebody wrote into the address stays as it is. */

static void
gig_page_range_day(const gig_page_t *page, const char *name, gig_say_t label, int64_t seconds,
    gig_buf_t *out)
{
    char  stamp[GIG_TIME_SIZE];

    if (seconds != GIG_TIME_NONE && seconds % GIG_PAGE_DAY != 0) {
        gig_page_hidden(name, gig_page_str(gig_time_format(seconds, stamp)), out);
        return;
    }

    gig_page_range(page, name, label, "type=\"date\"", out);

    if (seconds != GIG_TIME_NONE) {
        gig_time_format(seconds, stamp);
        gig_buf_add(out, stamp, sizeof("2026-10-26") - 1);
    }

    gig_buf_puts(out, "\"></p>");
}


/* Where all pay is in one currency nobody has to be asked. */

static void
gig_page_range_currency(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out)
{
    int        chosen;
    uint32_t   i;
    gig_str_t  asked;

    asked = gig_page_str(list->query->currency);

    if (list->currencies == 0) {
        gig_page_range(page, "currency", GIG_SAY_FILTER_CURRENCY,
                       "type=\"text\" maxlength=\"3\" pattern=\"[A-Za-z]{3}\""
                       " autocapitalize=\"characters\" spellcheck=\"false\"", out);
        gig_buf_html(out, asked);
        gig_buf_puts(out, "\"></p>");
        return;
    }

    if (list->currencies == 1) {
        if (asked.len != 0) {
            gig_page_hidden("currency", asked, out);
        }

        return;
    }

    gig_buf_puts(out, "<p class=\"gig-range\"><label for=\"gig-currency\">");
    gig_say(page->words, GIG_SAY_FILTER_CURRENCY, out);
    gig_buf_puts(out, "</label><select class=\"gig-input\" id=\"gig-currency\""
                 " form=\"" GIG_PAGE_FORM "\" name=\"currency\"><option value=\"\">");
    gig_say(page->words, GIG_SAY_FILTER_ANY, out);
    gig_buf_puts(out, "</option>");

    for (chosen = 0, i = 0; i < list->currencies; i++) {
        gig_buf_puts(out, "<option");

        if (gig_str_eq(list->currency[i], asked)) {
            gig_buf_puts(out, " selected");
            chosen = 1;
        }

        gig_buf_puts(out, ">");
        gig_buf_html(out, list->currency[i]);
        gig_buf_puts(out, "</option>");
    }

    if (asked.len != 0 && !chosen) {
        gig_buf_puts(out, "<option selected>");
        gig_buf_html(out, asked);
        gig_buf_puts(out, "</option>");
    }

    gig_buf_puts(out, "</select></p>");
}


static void
gig_page_ranges(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out)
{
    const gig_query_t  *query;

    query = list->query;

    gig_buf_puts(out, "<fieldset class=\"gig-facet gig-ranges\"><legend>");
    gig_say(page->words, GIG_SAY_FILTER_PAY_AND_TIME, out);
    gig_buf_puts(out, "</legend><div class=\"gig-range-fields\">");

    gig_page_range(page, "pay_min", GIG_SAY_FILTER_PAY_MIN, "type=\"number\" min=\"0\" step=\"any\""
                   " inputmode=\"decimal\"", out);

    if (query->pay_min >= 0) {
        gig_page_thousandths(query->pay_min, out);
    }

    gig_buf_puts(out, "\"></p>");

    gig_page_range_currency(page, list, out);

    gig_page_range(page, "hours_max", GIG_SAY_FILTER_HOURS_MAX, "type=\"number\" min=\"1\""
                   " step=\"1\" inputmode=\"numeric\"", out);

    if (query->hours_max >= 0) {
        gig_buf_printf(out, "%d", query->hours_max);
    }

    gig_buf_puts(out, "\"></p>");

    gig_page_range_day(page, "closes_before", GIG_SAY_FILTER_CLOSES_BEFORE, query->closes_before,
                       out);
    gig_page_range_day(page, "posted_after", GIG_SAY_FILTER_POSTED_AFTER, query->posted_after, out);

    gig_buf_puts(out, "</div></fieldset>\n");
}


void
gig_page_filters(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out)
{
    size_t    i;
    unsigned  chosen;

    chosen = gig_page_chosen(list->query);

    gig_buf_puts(out, "<section class=\"gig-filters\" aria-label=\"");
    gig_say(page->words, GIG_SAY_FILTER_TITLE, out);
    gig_buf_puts(out, "\"><details class=\"gig-disclosure\"><summary>");
    gig_html_icon("filter", out);
    gig_buf_puts(out, "<span>");
    gig_say(page->words, GIG_SAY_FILTER_TITLE, out);
    gig_buf_puts(out, "</span>");

    if (chosen != 0) {
        gig_buf_puts(out, " <span class=\"gig-tally\">");
        gig_say_n(page->words, GIG_SAY_FILTER_CHOSEN, chosen, out);
        gig_buf_puts(out, "</span>");
    }

    gig_buf_puts(out, "</summary>\n<div class=\"gig-facets\">");

    for (i = 0; i < sizeof(gig_page_facets_first) / sizeof(gig_page_facets_first[0]); i++) {
        gig_page_facet(page, list, gig_page_facets_first[i], out);
    }

    gig_page_ranges(page, list, out);

    for (i = 0; i < sizeof(gig_page_facets) / sizeof(gig_page_facets[0]); i++) {
        gig_page_facet(page, list, gig_page_facets[i], out);
    }

    gig_buf_puts(out, "<p class=\"gig-show\"><button class=\"gig-button\" type=\"submit\""
                 " form=\"" GIG_PAGE_FORM "\">");
    gig_say(page->words, GIG_SAY_FILTER_SHOW, out);
    gig_buf_puts(out, "</button></p></div></details></section>\n");
}


/* The first is the order that the list has anyway, so that its address stays short. */

void
gig_page_sort(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out)
{
    size_t              i, first;
    const gig_query_t  *query;

    static const struct {
        gig_sort_t  sort;
        gig_say_t   text;
    } sorts[] = {
        { GIG_SORT_RELEVANCE, GIG_SAY_SORT_RELEVANCE },
        { GIG_SORT_NEWEST,    GIG_SAY_SORT_NEWEST },
        { GIG_SORT_CLOSING,   GIG_SAY_SORT_CLOSING },
        { GIG_SORT_PAY,       GIG_SAY_SORT_PAY }
    };

    query = list->query;
    first = (query->q.len != 0) ? 0 : 1;

    gig_buf_puts(out, "<p class=\"gig-sort\">");

    if (list->total == 0) {

        /* nothing to put in order, but the next question keeps it */
        if (query->sorted) {
            gig_page_hidden("sort", gig_page_str(gig_sort_name(query->sort)), out);
        }

        gig_buf_puts(out, "</p>");
        return;
    }

    gig_buf_puts(out, "<label for=\"gig-sort\">");
    gig_say(page->words, GIG_SAY_SORT_BY, out);
    gig_buf_puts(out, "</label><select class=\"gig-input\" id=\"gig-sort\""
                 " form=\"" GIG_PAGE_FORM "\" name=\"sort\">");

    for (i = first; i < sizeof(sorts) / sizeof(sorts[0]); i++) {
        gig_buf_printf(out, "<option value=\"%s\"%s>",
                       (i == first) ? "" : gig_sort_name(sorts[i].sort),
                       (query->sort == sorts[i].sort) ? " selected" : "");
        gig_say(page->words, sorts[i].text, out);
        gig_buf_puts(out, "</option>");
    }

    gig_buf_puts(out, "</select><button " GIG_PAGE_BUTTON_PLAIN ">");
    gig_say(page->words, GIG_SAY_SORT, out);
    gig_buf_puts(out, "</button></p>");
}
