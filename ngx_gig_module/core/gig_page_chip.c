
/* What of a list's filters is chosen, as links that remove it. */

#include "gig_page_parts.h"


typedef enum {
    GIG_RANGE_PAY,
    GIG_RANGE_CURRENCY,
    GIG_RANGE_HOURS,
    GIG_RANGE_CLOSES,
    GIG_RANGE_POSTED,
    GIG_RANGES
} gig_page_range_t;


static int
gig_page_range_asked(const gig_query_t *query, gig_page_range_t range)
{
    switch (range) {

    case GIG_RANGE_PAY:
        return query->pay_min >= 0;

    case GIG_RANGE_CURRENCY:
        return query->currency[0] != '\0';

    case GIG_RANGE_HOURS:
        return query->hours_max >= 0;

    case GIG_RANGE_CLOSES:
        return query->closes_before != GIG_TIME_NONE;

    case GIG_RANGE_POSTED:
        return query->posted_after != GIG_TIME_NONE;

    case GIG_RANGES:
        break;
    }

    return 0;
}


static void
gig_page_range_drop(gig_query_t *query, gig_page_range_t range)
{
    switch (range) {

    case GIG_RANGE_PAY:
        query->pay_min = -1;
        break;

    case GIG_RANGE_CURRENCY:
        query->currency[0] = '\0';
        break;

    case GIG_RANGE_HOURS:
        query->hours_max = -1;
        break;

    case GIG_RANGE_CLOSES:
        query->closes_before = GIG_TIME_NONE;
        break;

    case GIG_RANGE_POSTED:
        query->posted_after = GIG_TIME_NONE;
        break;

    case GIG_RANGES:
        break;
    }
}


/* "30 Oct 2026", or with the time of day if that was asked for. */

static void
gig_page_range_time(const gig_language_t *words, int64_t seconds, gig_buf_t *out)
{
    char       stamp[GIG_TIME_SIZE];
    gig_buf_t  text;

    gig_buf_init(&text, GIG_TEXT_MAX);

    if (seconds % GIG_PAGE_DAY == 0) {
        gig_time_format(seconds, stamp);
        gig_text_date(words, (gig_str_t) { stamp, sizeof("2026-10-26") - 1 }, 0, &text);

    } else {
        gig_text_time(words, NULL, gig_null_str, seconds, 0, &text);
    }

    gig_html_take(&text, out);
}


static void
gig_page_range_pay(const gig_language_t *words, int64_t pay, gig_buf_t *out)
{
    gig_language_count(words, (uint64_t) (pay / 1000), out);

    if (pay % 1000 != 0) {
        gig_tell(words, GIG_SAY_NUMBER_DECIMAL, out);
        gig_buf_printf(out, "%02d", (int) (pay % 1000 / 10));
    }
}


static void
gig_page_range_text(const gig_language_t *words, const gig_query_t *query,
    gig_page_range_t range, gig_buf_t *out)
{
    gig_said_t  said;

    static const gig_say_t  says[GIG_RANGES] = {
        [GIG_RANGE_PAY] = GIG_SAY_CHIP_PAY_MIN,
        [GIG_RANGE_CURRENCY] = GIG_SAY_CHIP_CURRENCY,
        [GIG_RANGE_HOURS] = GIG_SAY_CHIP_HOURS_MAX,
        [GIG_RANGE_CLOSES] = GIG_SAY_CHIP_CLOSES_BEFORE,
        [GIG_RANGE_POSTED] = GIG_SAY_CHIP_POSTED_AFTER
    };

    if (range == GIG_RANGE_HOURS) {
        gig_say_n(words, says[range], (uint64_t) query->hours_max, out);
        return;
    }

    said = gig_say_begin(words, says[range]);

    while (gig_say_next(&said, out)) {

        switch (range) {

        case GIG_RANGE_PAY:
            gig_page_range_pay(words, query->pay_min, out);
            break;

        case GIG_RANGE_CURRENCY:
            gig_buf_html(out, gig_page_str(query->currency));
            break;

        default:
            gig_page_range_time(words, range == GIG_RANGE_CLOSES ? query->closes_before
                                                                 : query->posted_after, out);
        }
    }
}


unsigned
gig_page_chosen(const gig_query_t *query)
{
    int       i;
    unsigned  n;

    n = query->n_values;

    for (i = 0; i < GIG_RANGES; i++) {
        n += gig_page_range_asked(query, (gig_page_range_t) i) ? 1 : 0;
    }

    return n;
}


static void
gig_page_chip(const gig_page_t *page, const gig_query_t *query,
    const gig_query_change_t *change, gig_buf_t *out)
{
    gig_buf_puts(out, "<li><a class=\"gig-chip\" ");
    gig_page_query_href(page, query, change, out);
    gig_buf_puts(out, "><span><span class=\"gig-only-read\">");
    gig_say(page->words, GIG_SAY_CHIP_REMOVE, out);
    gig_buf_puts(out, " </span>");
}


static void
gig_page_chip_end(gig_buf_t *out)
{
    gig_html_icon("remove", out);
    gig_buf_puts(out, "</span></a></li>");
}


/*
 * Of ranges gig_query_write() can leave out all or none; what leaves out one is a copy, whose
 * views go on looking into the store of the query it was copied from.
 */

static void
gig_page_chip_range(const gig_page_t *page, const gig_query_t *query, gig_page_range_t range,
    gig_buf_t *out)
{
    gig_query_t         without;
    gig_query_change_t  change;

    change = GIG_QUERY_SAME;
    without = *query;
    gig_page_range_drop(&without, range);

    gig_page_chip(page, &without, &change, out);
    gig_page_range_text(page->words, query, range, out);
    gig_page_chip_end(out);
}


static void
gig_page_chip_clear(const gig_page_t *page, const gig_query_t *query, int with_q, gig_buf_t *out)
{
    gig_query_t         bare;
    gig_query_change_t  change;

    change = GIG_QUERY_SAME;
    change.without_ranges = 1;
    change.without_q = with_q;

    bare = *query;
    bare.n_values = 0;

    gig_buf_puts(out, "<li><a class=\"gig-clear\" ");
    gig_page_query_href(page, &bare, &change, out);
    gig_buf_puts(out, ">");
    gig_say(page->words, GIG_SAY_CHIP_CLEAR, out);
    gig_buf_puts(out, "</a></li>");
}


/* A value as most gigs write it, if it is told, else as it was asked. */

static gig_str_t
gig_page_chip_text(const gig_page_list_t *list, int i)
{
    uint32_t                  k;
    const gig_page_facet_t   *told;
    const gig_query_value_t  *value;

    value = &list->query->value[i];
    told = &list->facet[value->facet];

    for (k = 0; k < told->n; k++) {
        if (told->value[k].chosen == i) {
            return told->value[k].text;
        }
    }

    return value->text;
}


void
gig_page_chips(const gig_page_t *page, const gig_page_list_t *list, int with_q, gig_buf_t *out)
{
    int                  i;
    unsigned             n;
    const gig_query_t   *query;
    gig_query_change_t   change;

    query = list->query;
    n = gig_page_chosen(query) + ((with_q && query->q.len != 0) ? 1 : 0);

    if (n == 0) {
        return;
    }

    gig_buf_puts(out, "<ul class=\"gig-chips\" aria-label=\"");
    gig_say(page->words, GIG_SAY_CHIP_CHOSEN, out);
    gig_buf_puts(out, "\">");

    if (with_q && query->q.len != 0) {
        change = GIG_QUERY_SAME;
        change.without_q = 1;

        gig_page_chip(page, query, &change, out);
        gig_say_str(page->words, GIG_SAY_CHIP_QUOTE, query->q, out);
        gig_page_chip_end(out);
    }

    for (i = 0; i < query->n_values; i++) {
        change = GIG_QUERY_SAME;
        change.without = i;

        gig_page_chip(page, query, &change, out);
        gig_page_facet_value(page->words, query->value[i].facet, gig_page_chip_text(list, i), out);
        gig_page_chip_end(out);
    }

    for (i = 0; i < GIG_RANGES; i++) {
        if (gig_page_range_asked(query, (gig_page_range_t) i)) {
            gig_page_chip_range(page, query, (gig_page_range_t) i, out);
        }
    }

    if (n > 1) {
        gig_page_chip_clear(page, query, with_q, out);
    }

    gig_buf_puts(out, "</ul>\n");
}
