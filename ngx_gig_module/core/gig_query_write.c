
/* A query in other words: bytes that name it in a cache, a query string that asks it again. */

#include <string.h>

#include "gig_query_parts.h"


/* Where a key is written to; past the end nothing is, and `full` says so. */
typedef struct {
    char    *data;
    size_t   len, size;
    int      full;
} gig_query_key_t;


static void  gig_query_key_number(gig_query_key_t *key, uint64_t number, unsigned bytes);
static void  gig_query_key_bytes(gig_query_key_t *key, const char *data, size_t len);
static void  gig_query_key_text(gig_query_key_t *key, const gig_query_text_t *text);
static void  gig_query_write_name(unsigned parameter, size_t start, gig_buf_t *out);
static void  gig_query_write_text(gig_str_t text, gig_buf_t *out);
static void  gig_query_write_ranges(const gig_query_t *query, size_t start, gig_buf_t *out);
static void  gig_query_write_time(int64_t seconds, gig_buf_t *out);
static void  gig_query_write_order(const gig_query_t *query, const gig_query_change_t *change,
    size_t start, gig_buf_t *out);
static void  gig_query_write_facets(uint32_t facets, gig_buf_t *out);


/* Every part has a fixed size or its length before it, so that no two queries give one key. */

size_t
gig_query_key(const gig_query_t *query, char *out, size_t size)
{
    unsigned                  i;
    gig_query_key_t           key = { out, 0, size, 0 };
    const gig_query_value_t  *value;

    gig_query_key_number(&key, query->state, 1);
    gig_query_key_number(&key, query->sort, 1);
    gig_query_key_number(&key, query->limit, 1);
    gig_query_key_number(&key, query->facets, 2);
    gig_query_key_number(&key, (uint64_t) query->pay_min, 8);
    gig_query_key_bytes(&key, query->currency, sizeof(query->currency));
    gig_query_key_number(&key, (uint32_t) query->hours_max, 4);
    gig_query_key_number(&key, (uint64_t) query->closes_before, 8);
    gig_query_key_number(&key, (uint64_t) query->posted_after, 8);

    gig_query_key_number(&key, query->n_values, 1);

    for (i = 0; i < query->n_values; i++) {
        value = &query->value[i];
        gig_query_key_number(&key, value->facet, 1);
        gig_query_key_number(&key, value->key.len, 2);
        gig_query_key_bytes(&key, value->key.data, value->key.len);
    }

    gig_query_key_text(&key, &query->text);
    gig_query_key_number(&key, query->cursor.len, 2);
    gig_query_key_bytes(&key, query->cursor.data, query->cursor.len);

    return key.full ? 0 : key.len;
}


static void
gig_query_key_number(gig_query_key_t *key, uint64_t number, unsigned bytes)
{
    char      data[sizeof(number)];
    unsigned  i;

    for (i = 0; i < bytes; i++) {
        data[i] = (char) (number >> (8 * i) & 0xff);
    }

    gig_query_key_bytes(key, data, bytes);
}


static void
gig_query_key_bytes(gig_query_key_t *key, const char *data, size_t len)
{
    if (len == 0) {
        return;
    }

    if (len > key->size - key->len) {
        key->full = 1;
        return;
    }

    memcpy(&key->data[key->len], data, len);
    key->len += len;
}


static void
gig_query_key_text(gig_query_key_t *key, const gig_query_text_t *text)
{
    unsigned                   i, k;
    const gig_query_word_t    *word;
    const gig_query_clause_t  *clause;

    gig_query_key_number(key, text->n_clauses, 1);

    for (i = 0; i < text->n_clauses; i++) {

        clause = &text->clause[i];

        gig_query_key_number(key, clause->n, 1);
        gig_query_key_number(key, clause->exclude, 1);
        gig_query_key_number(key, clause->prefix, 1);

        for (k = clause->first; k < (unsigned) clause->first + clause->n; k++) {
            word = &text->word[k];
            gig_query_key_number(key, word->plain, 1);
            gig_query_key_number(key, word->offset, 2);
            gig_query_key_number(key, word->len, 1);
            gig_query_key_bytes(key, &text->data[word->at], word->len);
        }
    }
}


void
gig_query_write(const gig_query_t *query, const gig_query_change_t *change, gig_buf_t *out)
{
    int     i;
    size_t  start;

    start = out->len;

    if (query->q.len != 0 && !change->without_q) {
        gig_query_write_name(GIG_PARAMETER_Q, start, out);
        gig_query_write_text(query->q, out);
    }

    for (i = 0; i < query->n_values; i++) {

        if (i == change->without) {
            continue;
        }

        gig_query_write_name(query->value[i].facet, start, out);
        gig_query_write_text(query->value[i].text, out);
    }

    if (!change->without_ranges) {
        gig_query_write_ranges(query, start, out);
    }

    gig_query_write_order(query, change, start, out);

    if (query->limit != GIG_LIST_DEFAULT && !change->without_limit) {
        gig_query_write_name(GIG_PARAMETER_LIMIT, start, out);
        gig_buf_printf(out, "%u", query->limit);
    }

    if (query->facets != 0) {
        gig_query_write_name(GIG_PARAMETER_FACETS, start, out);
        gig_query_write_facets(query->facets, out);
    }

    if (query->format != 0) {
        gig_query_write_name(GIG_PARAMETER_FORMAT, start, out);
        gig_buf_puts(out, query->format == 1 ? "json" : "html");
    }

    if (change->cursor != NULL) {
        gig_query_write_name(GIG_PARAMETER_CURSOR, start, out);
        gig_buf_puts(out, change->cursor);
    }
}


static void
gig_query_write_name(unsigned parameter, size_t start, gig_buf_t *out)
{
    if (out->len > start) {
        gig_buf_add(out, "&", 1);
    }

    gig_buf_str(out, gig_parameters[parameter].name);
    gig_buf_add(out, "=", 1);
}


/* "+" for a blank reads better than %20; blanks stand alone and not at the ends. */

static void
gig_query_write_text(gig_str_t text, gig_buf_t *out)
{
    size_t       len;
    const char  *blank;

    while (text.len != 0) {

        blank = memchr(text.data, ' ', text.len);
        len = blank != NULL ? (size_t) (blank - text.data) : text.len;

        gig_buf_uri(out, (gig_str_t) { text.data, len });

        if (blank == NULL) {
            return;
        }

        gig_buf_add(out, "+", 1);

        text.data += len + 1;
        text.len -= len + 1;
    }
}


static void
gig_query_write_ranges(const gig_query_t *query, size_t start, gig_buf_t *out)
{
    int      digits;
    int64_t  fraction;

    if (query->pay_min >= 0) {

        gig_query_write_name(GIG_PARAMETER_PAY_MIN, start, out);
        gig_buf_printf(out, "%lld", (long long) (query->pay_min / 1000));

        fraction = query->pay_min % 1000;

        if (fraction != 0) {

            for (digits = 3; fraction % 10 == 0; digits--) {
                fraction /= 10;
            }

            gig_buf_printf(out, ".%0*d", digits, (int) fraction);
        }
    }

    if (query->currency[0] != '\0') {
        gig_query_write_name(GIG_PARAMETER_CURRENCY, start, out);
        gig_buf_puts(out, query->currency);
    }

    if (query->hours_max >= 0) {
        gig_query_write_name(GIG_PARAMETER_HOURS_MAX, start, out);
        gig_buf_printf(out, "%d", (int) query->hours_max);
    }

    if (query->closes_before != GIG_TIME_NONE) {
        gig_query_write_name(GIG_PARAMETER_CLOSES_BEFORE, start, out);
        gig_query_write_time(query->closes_before, out);
    }

    if (query->posted_after != GIG_TIME_NONE) {
        gig_query_write_name(GIG_PARAMETER_POSTED_AFTER, start, out);
        gig_query_write_time(query->posted_after, out);
    }
}


/* A midnight as its date, as people write it. */

static void
gig_query_write_time(int64_t seconds, gig_buf_t *out)
{
    char  text[GIG_TIME_SIZE];

    (void) gig_time_format(seconds, text);

    if (seconds % GIG_DAY_SECONDS == 0) {
        text[GIG_DATE_LENGTH] = '\0';
    }

    gig_buf_puts(out, text);
}


static void
gig_query_write_order(const gig_query_t *query, const gig_query_change_t *change, size_t start,
    gig_buf_t *out)
{
    gig_sort_t        sort, normal;
    gig_list_state_t  state;

    state = change->state == -1 ? query->state : (gig_list_state_t) change->state;
    sort = change->sort == -1 ? query->sort : (gig_sort_t) change->sort;

    normal = query->text.n_clauses != 0 && !change->without_q ? GIG_SORT_RELEVANCE
                                                              : GIG_SORT_NEWEST;

    if (state != GIG_LIST_OPEN) {
        gig_query_write_name(GIG_PARAMETER_STATE, start, out);
        gig_buf_puts(out, gig_list_state_name(state));
    }

    /* without words nothing is relevant */

    if (sort != normal && sort != GIG_SORT_RELEVANCE) {
        gig_query_write_name(GIG_PARAMETER_SORT, start, out);
        gig_buf_puts(out, gig_sort_name(sort));
    }
}


static void
gig_query_write_facets(uint32_t facets, gig_buf_t *out)
{
    unsigned  i, n;

    if (facets == GIG_FACET_ALL) {
        gig_buf_puts(out, "1");
        return;
    }

    n = 0;

    for (i = 0; i < GIG_FACETS; i++) {

        if ((facets & 1u << i) == 0) {
            continue;
        }

        if (n++ != 0) {
            gig_buf_puts(out, ",");
        }

        gig_buf_str(out, gig_parameters[i].name);
    }
}


void
gig_query_tail(const gig_query_t *query, gig_buf_t *out)
{
    if (query->source.len != 0) {
        gig_query_write_name(GIG_PARAMETER_SOURCE, out->len, out);
        gig_buf_uri(out, query->source);
    }
}
