
/*
 * A query string comes from anybody, and its key names what is kept of an answer: what is
 * written of a query must ask the same when it is read again, no view may lead out of what
 * the query holds, and no key may be longer than its parts allow.
 */

#include <stdlib.h>
#include <string.h>

#include "gig_query.h"
#include "gig_utf8.h"

#define GIG_FUZZ_OUT_MAX    (4 * GIG_QUERY_ARGS_MAX)


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void
gig_fuzz_view(const gig_query_t *query, gig_str_t view, size_t max)
{
    size_t  at;

    if (view.len == 0) {
        return;
    }

    at = (size_t) (view.data - query->store);

    if (view.len > max || view.data < query->store || at + view.len > sizeof(query->store)
        || !gig_utf8_clean(view, 0))
    {
        abort();
    }
}


static void
gig_fuzz_check(const gig_query_t *query)
{
    unsigned                  i;
    const gig_query_value_t  *value;

    gig_fuzz_view(query, query->q, GIG_QUERY_TEXT_MAX);
    gig_fuzz_view(query, query->cursor, GIG_QUERY_VALUE_MAX);

    /* made of what other sites put into links, it is a text of its own */

    if (query->source.data == query->campaign_text) {

        if (query->source.len == 0 || query->source.len > GIG_SOURCE_MAX
            || !gig_utf8_clean(query->source, 0))
        {
            abort();
        }

    } else {
        gig_fuzz_view(query, query->source, GIG_SOURCE_MAX);
    }

    if (query->used > sizeof(query->store) || query->n_values > GIG_QUERY_VALUES_MAX
        || query->limit < 1 || query->limit > GIG_LIST_MAX || query->sort > GIG_SORT_RELEVANCE
        || (query->facets & ~GIG_FACET_ALL) != 0)
    {
        abort();
    }

    for (i = 0; i < query->n_values; i++) {

        value = &query->value[i];

        gig_fuzz_view(query, value->text, GIG_QUERY_VALUE_MAX);
        gig_fuzz_view(query, value->key, GIG_FOLD_MAX);

        if (value->text.len == 0 || value->key.len == 0
            || (i > 0 && value[-1].facet > value->facet))
        {
            abort();
        }
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                  list;
    char                *args;
    size_t               len, again_len;
    gig_buf_t            out;
    gig_error_t          err;
    gig_query_change_t   change = GIG_QUERY_SAME;

    static char         key[GIG_QUERY_KEY_MAX], again_key[GIG_QUERY_KEY_MAX], cursor[512];
    static gig_query_t  query, again;

    if (size == 0) {
        return 0;
    }

    /* of its own, so that a byte too far is seen */

    list = data[0] != '!';
    size -= !list;

    args = malloc(size != 0 ? size : 1);
    if (args == NULL) {
        abort();
    }

    memcpy(args, data + !list, size);
    memset(&query, 0xa5, sizeof(query));
    err.detail[0] = '\0';

    if (gig_query_read((gig_str_t) { args, size }, list, &query, &err) != 0) {

        if (err.detail[0] == '\0' || err.detail[strlen(err.detail) - 1] != '.'
            || !gig_utf8_clean((gig_str_t) { err.detail, strlen(err.detail) }, 0))
        {
            abort();
        }

        gig_fuzz_check(&query);
        free(args);
        return 0;
    }

    free(args);
    gig_fuzz_check(&query);

    len = gig_query_key(&query, key, sizeof(key));
    if (len == 0) {
        abort();
    }

    if (query.after) {
        memcpy(cursor, query.cursor.data, query.cursor.len);
        cursor[query.cursor.len] = '\0';
        change.cursor = cursor;
    }

    gig_buf_init(&out, GIG_FUZZ_OUT_MAX);
    gig_query_write(&query, &change, &out);

    if (gig_buf_failed(&out)) {
        abort();
    }

    /* bytes that were not percent-encoded are now; a cursor is written as it is, since ours is */

    if (out.len <= GIG_QUERY_ARGS_MAX && strpbrk(change.cursor ? cursor : "", "%+& ") == NULL) {

        memset(&again, 0x5a, sizeof(again));

        if (gig_query_read((gig_str_t) { out.data, out.len }, 1, &again, &err) != 0) {
            abort();
        }

        again_len = gig_query_key(&again, again_key, sizeof(again_key));

        if (len != again_len || memcmp(key, again_key, len) != 0 || again.sorted != query.sorted
            || again.format != query.format || !gig_str_eq(again.q, query.q))
        {
            abort();
        }
    }

    gig_buf_free(&out);

    return 0;
}
