
/*
 * The query string, pair by pair: names, decoding, what may be given how often.
 * A form without scripts sends all its fields, so an empty value is one that was
 * not given.
 */

#include <string.h>

#include "gig_language.h"
#include "gig_query_parts.h"
#include "gig_utf8.h"


static void  gig_query_init(gig_query_t *query);
static int  gig_query_given(gig_query_t *query, int list, gig_str_t name, gig_str_t raw,
    gig_str_t *given, gig_error_t *err);
static unsigned  gig_query_parameter(gig_str_t name);
static int  gig_query_once(unsigned parameter, gig_str_t value, gig_str_t *given,
    gig_error_t *err);
static int  gig_query_filter(gig_query_t *query, gig_facet_t facet, gig_str_t value,
    gig_error_t *err);
static int  gig_query_compare(const gig_query_value_t *value, gig_facet_t facet, gig_str_t key);
static void  gig_query_order(gig_query_t *query);


const gig_parameter_t  gig_parameters[GIG_PARAMETERS] = {
    [GIG_FACET_SKILL] = { GIG_PARAMETER("skill"), 1, NULL },
    [GIG_FACET_DEPARTMENT] = { GIG_PARAMETER("department"), 1, NULL },
    [GIG_FACET_TEAM] = { GIG_PARAMETER("team"), 1, NULL },
    [GIG_FACET_LOCATION] = { GIG_PARAMETER("location"), 1, NULL },
    [GIG_FACET_MODE] = { GIG_PARAMETER("mode"), 1, NULL },
    [GIG_FACET_ENGAGEMENT] = { GIG_PARAMETER("engagement"), 1, NULL },
    [GIG_FACET_ORG] = { GIG_PARAMETER("org"), 1, NULL },
    [GIG_FACET_LANGUAGE] = { GIG_PARAMETER("language"), 1, NULL },
    [GIG_FACET_AUDIENCE] = { GIG_PARAMETER("audience"), 1, NULL },
    [GIG_PARAMETER_FACETS] = { GIG_PARAMETER("facets"), 1, gig_query_facets },
    [GIG_PARAMETER_SOURCE] = { GIG_PARAMETER("source"), 0, NULL },
    [GIG_PARAMETER_REF] = { GIG_PARAMETER("ref"), 0, NULL },
    [GIG_PARAMETER_LANG] = { GIG_PARAMETER("lang"), 0, NULL },
    [GIG_PARAMETER_WITHDRAW] = { GIG_PARAMETER("withdraw"), 0, NULL },
    [GIG_PARAMETER_STYLE] = { GIG_PARAMETER("style"), 1, NULL },
    [GIG_PARAMETER_ICONS] = { GIG_PARAMETER("icons"), 1, NULL },
    [GIG_PARAMETER_FORMAT] = { GIG_PARAMETER("format"), 0, gig_query_format },
    [GIG_PARAMETER_Q] = { GIG_PARAMETER("q"), 1, gig_query_q },
    [GIG_PARAMETER_LIMIT] = { GIG_PARAMETER("limit"), 1, gig_query_limit },
    [GIG_PARAMETER_STATE] = { GIG_PARAMETER("state"), 1, gig_query_state },
    [GIG_PARAMETER_SORT] = { GIG_PARAMETER("sort"), 1, gig_query_sort },
    [GIG_PARAMETER_PAY_MIN] = { GIG_PARAMETER("pay_min"), 1, gig_query_pay_min },
    [GIG_PARAMETER_CURRENCY] = { GIG_PARAMETER("currency"), 1, gig_query_currency },
    [GIG_PARAMETER_HOURS_MAX] = { GIG_PARAMETER("hours_max"), 1, gig_query_hours_max },
    [GIG_PARAMETER_CLOSES_BEFORE] = { GIG_PARAMETER("closes_before"), 1, gig_query_closes_before },
    [GIG_PARAMETER_POSTED_AFTER] = { GIG_PARAMETER("posted_after"), 1, gig_query_posted_after },
    [GIG_PARAMETER_CURSOR] = { GIG_PARAMETER("cursor"), 1, gig_query_cursor }
};


int
gig_query_pair(gig_str_t *args, gig_str_t *name, gig_str_t *value)
{
    const char  *end, *equals;

    if (args->len == 0) {
        return 0;
    }

    end = memchr(args->data, '&', args->len);
    end = end != NULL ? end : args->data + args->len;

    equals = memchr(args->data, '=', (size_t) (end - args->data));
    equals = equals != NULL ? equals : end;

    *name = (gig_str_t) { args->data, (size_t) (equals - args->data) };

    equals += equals < end;
    *value = (gig_str_t) { equals, (size_t) (end - equals) };

    args->len -= (size_t) (end - args->data);
    args->data = end;

    if (args->len != 0) {
        args->data++;
        args->len--;
    }

    return 1;
}


/* What is wrong first is told; the rest is read as well, for `format` decides how it is told. */

int
gig_query_read(gig_str_t args, int list, gig_query_t *query, gig_error_t *err)
{
    int        rc;
    unsigned   i;
    gig_str_t  name, raw, given[GIG_PARAMETERS];

    gig_query_init(query);

    if (args.len > GIG_QUERY_ARGS_MAX) {
        return gig_error_set(err, "", "The query string is %zu bytes long; it may have at most "
                             "%d.", args.len, GIG_QUERY_ARGS_MAX);
    }

    memset(given, 0, sizeof(given));

    rc = 0;

    while (gig_query_pair(&args, &name, &raw)) {
        if (gig_query_given(query, list, name, raw, given, rc == 0 ? err : NULL) != 0) {
            rc = -1;
        }
    }

    for (i = GIG_PARAMETER_FORMAT; i < GIG_PARAMETERS; i++) {
        if (given[i].len != 0
            && gig_parameters[i].read(query, given[i], rc == 0 ? err : NULL) != 0)
        {
            rc = -1;
        }
    }

    gig_query_campaign_end(query);
    gig_query_order(query);

    return rc;
}


/* Not a memset of it all: the store is 16 KB, and this is done for each request. */

static void
gig_query_init(gig_query_t *query)
{
    query->state = GIG_LIST_OPEN;
    query->sort = GIG_SORT_NEWEST;
    query->sorted = 0;
    query->limit = GIG_LIST_DEFAULT;
    query->facets = 0;
    query->pay_min = -1;
    memset(query->currency, 0, sizeof(query->currency));
    query->hours_max = -1;
    query->closes_before = GIG_TIME_NONE;
    query->posted_after = GIG_TIME_NONE;
    query->n_values = 0;
    query->q = gig_null_str;
    query->text.n_words = 0;
    query->text.n_clauses = 0;
    query->text.used = 0;
    query->after = 0;
    query->cursor = gig_null_str;
    query->format = 0;
    query->withdraw = 0;
    query->style = 1;
    query->icons = 1;
    query->lang = gig_null_str;
    query->source = gig_null_str;
    memset(query->campaign, 0, sizeof(query->campaign));
    query->used = 0;
}


static int
gig_query_given(gig_query_t *query, int list, gig_str_t name, gig_str_t raw, gig_str_t *given,
    gig_error_t *err)
{
    size_t     used;
    unsigned   parameter;
    gig_str_t  value;

    parameter = gig_query_parameter(name);

    if (parameter == GIG_PARAMETERS) {
        gig_query_campaign(query, name, raw);
        return 0;
    }

    if (gig_parameters[parameter].list && !list) {
        return 0;
    }

    if (parameter == GIG_PARAMETER_WITHDRAW) {
        query->withdraw = 1;
        return 0;
    }

    /* of a fragment alone; elsewhere nobody minds */

    if (parameter == GIG_PARAMETER_STYLE) {
        query->style = !gig_str_is(raw, "0");
        return 0;
    }

    if (parameter == GIG_PARAMETER_ICONS) {
        query->icons = !gig_str_is(raw, "0");
        return 0;
    }

    /* a tag needs no decoding; what is none is no reason to refuse a page */

    if (parameter == GIG_PARAMETER_LANG) {

        if (query->lang.len == 0 && gig_language_tag_valid(raw)) {
            query->lang = raw;
        }

        return 0;
    }

    if (parameter == GIG_PARAMETER_SOURCE || parameter == GIG_PARAMETER_REF) {
        gig_query_source(query, raw);
        return 0;
    }

    used = query->used;

    if (gig_query_decode(query, parameter, raw, &value, err) != 0) {
        return -1;
    }

    if (value.len == 0) {
        return 0;
    }

    if (parameter < GIG_FACETS) {
        return gig_query_filter(query, (gig_facet_t) parameter, value, err);
    }

    if (parameter == GIG_PARAMETER_FACETS) {
        query->used = used;
        return gig_query_facets(query, value, err);
    }

    return gig_query_once(parameter, value, &given[parameter], err);
}


static unsigned
gig_query_parameter(gig_str_t name)
{
    unsigned          i;
    const gig_str_t  *known;

    for (i = 0; i < GIG_PARAMETERS; i++) {

        known = &gig_parameters[i].name;

        if (name.len == known->len && memcmp(name.data, known->data, name.len) == 0) {
            break;
        }
    }

    return i;
}


static int
gig_query_once(unsigned parameter, gig_str_t value, gig_str_t *given, gig_error_t *err)
{
    char  first[GIG_QUERY_SHOWN], second[GIG_QUERY_SHOWN];

    if (given->len == 0) {
        *given = value;
        return 0;
    }

    if (gig_str_eq(*given, value)) {
        return 0;
    }

    return gig_error_set(err, "", "The parameter \"%s\" is given twice, as \"%s\" and as \"%s\"; "
                         "give it once.", gig_parameters[parameter].name.data,
                         gig_query_show(*given, first), gig_query_show(value, second));
}


int
gig_query_decode(gig_query_t *query, unsigned parameter, gig_str_t raw, gig_str_t *value,
    gig_error_t *err)
{
    int          c, blank, odd;
    char        *out, *start;
    size_t       max;
    const char  *p, *end, *name;

    *value = gig_null_str;

    name = gig_parameters[parameter].name.data;
    max = parameter == GIG_PARAMETER_Q ? GIG_QUERY_TEXT_MAX : GIG_QUERY_VALUE_MAX;

    start = &query->store[query->used];
    out = start;
    end = raw.data + raw.len;
    blank = 0;
    odd = 0;

    for (p = raw.data; p < end; p++) {

        c = (unsigned char) *p;

        if (c == '%') {

            c = gig_hex_byte(p + 1, end);

            if (c == -1) {
                return gig_error_set(err, "", "The value of the parameter \"%s\" cannot be read: "
                                     "\"%%\" must be followed by two hexadecimal digits, and is "
                                     "itself percent-encoded as \"%%25\".", name);
            }

            p += 2;

        } else if (c == '+') {
            c = ' ';
        }

        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            blank = 1;
            continue;
        }

        if (blank && out != start) {
            *out++ = ' ';
        }

        *out++ = (char) c;
        odd |= c < 0x20 || c >= 0x7f;
        blank = 0;
    }

    value->data = start;
    value->len = (size_t) (out - start);

    if (odd && !gig_utf8_clean(*value, 0)) {
        return gig_error_set(err, "", "The value of the parameter \"%s\" cannot be read: it must "
                             "be percent-encoded UTF-8 text without control characters.", name);
    }

    if (value->len > max) {
        return gig_error_set(err, "", "The value of the parameter \"%s\" is %zu bytes long; it may "
                             "have at most %zu.", name, value->len, max);
    }

    query->used += value->len;

    return 0;
}


/* Puts a value where it belongs, by facet and key; one that is there already is dropped. */

static int
gig_query_filter(gig_query_t *query, gig_facet_t facet, gig_str_t value, gig_error_t *err)
{
    int                 order;
    char                folded[GIG_FOLD_MAX], shown[GIG_QUERY_SHOWN];
    unsigned            at;
    gig_str_t           key;
    gig_query_value_t  *found;

    if (gig_query_value_key(facet, value, folded, &key, err) != 0) {
        return -1;
    }

    if (key.len == 0) {
        return 0;
    }

    order = -1;

    for (at = query->n_values; at > 0; at--) {

        order = gig_query_compare(&query->value[at - 1], facet, key);

        if (order <= 0) {
            break;
        }
    }

    if (at > 0 && order == 0) {
        return 0;
    }

    if (query->n_values == GIG_QUERY_VALUES_MAX) {
        return gig_error_set(err, "", "The parameter \"%s\" asks for \"%s\" as well; all filters "
                             "together may have at most %d values.",
                             gig_parameters[facet].name.data, gig_query_show(value, shown),
                             GIG_QUERY_VALUES_MAX);
    }

    found = &query->value[at];
    memmove(found + 1, found, (query->n_values - at) * sizeof(*found));
    query->n_values++;

    found->facet = facet;
    found->text = value;
    found->key.data = memcpy(&query->store[query->used], key.data, key.len);
    found->key.len = key.len;
    query->used += key.len;

    return 0;
}


static int
gig_query_compare(const gig_query_value_t *value, gig_facet_t facet, gig_str_t key)
{
    int     order;
    size_t  len;

    if (value->facet != facet) {
        return value->facet < facet ? -1 : 1;
    }

    len = value->key.len < key.len ? value->key.len : key.len;
    order = memcmp(value->key.data, key.data, len);

    if (order != 0) {
        return order;
    }

    return (value->key.len > key.len) - (value->key.len < key.len);
}


/*
 * By relevance if there is something to be relevant to.  That order asked for without words is
 * no error: it is what a form sends when somebody clears its text.
 */

static void
gig_query_order(gig_query_t *query)
{
    gig_sort_t  normal;

    normal = query->text.n_clauses != 0 ? GIG_SORT_RELEVANCE : GIG_SORT_NEWEST;

    if (!query->sorted || query->sort == GIG_SORT_RELEVANCE) {
        query->sort = normal;
    }

    query->sorted = query->sort != normal;
}
