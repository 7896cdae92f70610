
/* Their parameters: names as in their README, values compare however they are cased. */

#include <string.h>

#include "gig_lever.h"
#include "gig_utf8.h"


#define GIG_LEVER_NUMBER_MAX    1000000


const char *const  gig_lever_names[GIG_LEVER_CATEGORIES] = {
    "commitment", "department", "location", "team"
};


static int gig_lever_pair(gig_lever_query_t *query, gig_str_t name, gig_str_t value,
    gig_error_t *err);
static int gig_lever_number(const char *name, gig_str_t value, uint32_t *number,
    gig_error_t *err);
static int gig_lever_value(gig_lever_query_t *query, gig_lever_category_t category,
    gig_str_t value, gig_error_t *err);


int
gig_lever_query_read(gig_str_t args, gig_lever_query_t *query, gig_error_t *err)
{
    size_t     len;
    gig_str_t  name, value, all;

    query->skip = 0;
    query->limit = GIG_LEVER_ALL;
    query->group = GIG_LEVER_CATEGORIES;
    query->level = 0;
    query->n = 0;
    query->rest_len = 0;

    if (args.len > GIG_QUERY_ARGS_MAX) {
        return gig_error_set(err, "", "The query string is %zu bytes long; it may have at most "
                             "%d.", args.len, GIG_QUERY_ARGS_MAX);
    }

    for (all = args; gig_query_pair(&args, &name, &value); all = args) {

        if (value.len == 0) {
            continue;
        }

        switch (gig_lever_pair(query, name, value, err)) {

        case 0:
            break;

        case 1:
            /* ours: as it came, with the ampersand that follows it */
            len = (size_t) (args.data - all.data);
            memcpy(query->rest + query->rest_len, all.data, len);
            query->rest_len += len;
            break;

        default:
            return -1;
        }
    }

    return 0;
}


/* 0; 1: it is not one of theirs; -1: its value is wrong. */

static int
gig_lever_pair(gig_lever_query_t *query, gig_str_t name, gig_str_t value, gig_error_t *err)
{
    unsigned  i;

    if (gig_str_is(name, "skip")) {
        return gig_lever_number("skip", value, &query->skip, err);
    }

    if (gig_str_is(name, "limit")) {
        return gig_lever_number("limit", value, &query->limit, err);
    }

    if (gig_str_is(name, "level")) {
        query->level = 1;
        return 0;
    }

    if (gig_str_is(name, "mode")) {
        return gig_str_is(value, "json")
               ? 0 : gig_error_set(err, "", "The parameter \"mode\" must be \"json\" or be left "
                                   "out: other modes are not offered here.");
    }

    if (gig_str_is(name, "group")) {

        for (i = 0; i < GIG_LEVER_CATEGORIES; i++) {
            if (gig_str_is(value, gig_lever_names[i])) {
                query->group = (gig_lever_category_t) i;
                return 0;
            }
        }

        return gig_error_set(err, "", "The parameter \"group\" must be \"commitment\", "
                             "\"department\", \"location\" or \"team\".");
    }

    for (i = 0; i < GIG_LEVER_CATEGORIES; i++) {
        if (gig_str_is(name, gig_lever_names[i])) {
            return gig_lever_value(query, (gig_lever_category_t) i, value, err);
        }
    }

    return 1;
}


static int
gig_lever_number(const char *name, gig_str_t value, uint32_t *number, gig_error_t *err)
{
    uint64_t  n;

    if (gig_shape_digits(value, &n) != 0 || n > GIG_LEVER_NUMBER_MAX) {
        return gig_error_set(err, "", "The parameter \"%s\" must be a whole number from 0 to %d.",
                             name, GIG_LEVER_NUMBER_MAX);
    }

    *number = (uint32_t) n;

    return 0;
}


static int
gig_lever_value(gig_lever_query_t *query, gig_lever_category_t category, gig_str_t value,
    gig_error_t *err)
{
    char                text[GIG_QUERY_VALUE_MAX];
    gig_str_t           decoded;
    gig_lever_value_t  *next;

    decoded = (gig_str_t) { text, gig_shape_decode(value, text, sizeof(text)) };

    if (decoded.len == sizeof(text) || !gig_utf8_clean(decoded, 0)) {
        return gig_error_set(err, "", "A value of the parameter \"%s\" is no text of at most %d "
                             "bytes.", gig_lever_names[category], GIG_QUERY_VALUE_MAX - 1);
    }

    if (query->n == GIG_LEVER_VALUES_MAX) {
        return gig_error_set(err, "", "There are too many values to filter by; at most %d are "
                             "read.", GIG_LEVER_VALUES_MAX);
    }

    next = &query->value[query->n++];
    next->category = category;
    next->len = gig_fold(decoded, next->key, sizeof(next->key));

    return 0;
}


size_t
gig_lever_query_key(const gig_lever_query_t *query, char key[GIG_LEVER_KEY_MAX])
{
    char                     *p;
    unsigned                  i;
    const gig_lever_value_t  *value;

    p = key;

    memcpy(p, &query->skip, sizeof(query->skip));
    p += sizeof(query->skip);
    memcpy(p, &query->limit, sizeof(query->limit));
    p += sizeof(query->limit);
    *p++ = (char) query->group;
    *p++ = (char) query->level;

    for (i = 0; i < query->n; i++) {
        value = &query->value[i];

        *p++ = (char) value->category;
        *p++ = (char) (value->len - 1);
        memcpy(p, value->key, value->len);
        p += value->len;
    }

    return (size_t) (p - key);
}
