
/* What the files of the query share; nothing else includes it. */

#ifndef GIG_QUERY_PARTS_H
#define GIG_QUERY_PARTS_H

#include "gig_query.h"

/* Parameters: the filters bear the numbers of their facets, the others follow. */
enum {
    GIG_PARAMETER_FACETS = GIG_FACETS,
    GIG_PARAMETER_SOURCE,
    GIG_PARAMETER_REF,
    GIG_PARAMETER_LANG,
    GIG_PARAMETER_WITHDRAW,
    GIG_PARAMETER_STYLE,
    GIG_PARAMETER_ICONS,
    GIG_PARAMETER_FORMAT,                       /* from here: given once, and read in this order */
    GIG_PARAMETER_Q,
    GIG_PARAMETER_LIMIT,
    GIG_PARAMETER_STATE,
    GIG_PARAMETER_SORT,
    GIG_PARAMETER_PAY_MIN,
    GIG_PARAMETER_CURRENCY,
    GIG_PARAMETER_HOURS_MAX,
    GIG_PARAMETER_CLOSES_BEFORE,
    GIG_PARAMETER_POSTED_AFTER,
    GIG_PARAMETER_CURSOR,
    GIG_PARAMETERS
};

/* value: decoded, not empty.  0, or -1 and err. */
typedef int (*gig_parameter_read_pt)(gig_query_t *query, gig_str_t value, gig_error_t *err);

typedef struct {
    gig_str_t              name;                /* terminated */
    int                    list;                /* means something on the list only */
    gig_parameter_read_pt  read;
} gig_parameter_t;

extern const gig_parameter_t  gig_parameters[GIG_PARAMETERS];

#define GIG_PARAMETER(name)     { (name), sizeof(name) - 1 }

/*
 * Decodes a value into the store, where all values of a query string have room: decoded they are
 * not longer than it is.  Blanks are squeezed to one and trimmed on the way.  0, or -1 and err.
 */
int gig_query_decode(gig_query_t *query, unsigned parameter, gig_str_t raw, gig_str_t *value,
    gig_error_t *err);

/* _source.c: `source` or `ref`; a name that other sites use; and, in the end, what they come to. */
void gig_query_source(gig_query_t *query, gig_str_t raw);
void gig_query_campaign(gig_query_t *query, gig_str_t name, gig_str_t raw);
void gig_query_campaign_end(gig_query_t *query);

int gig_query_facets(gig_query_t *query, gig_str_t value, gig_error_t *err);
int gig_query_format(gig_query_t *query, gig_str_t value, gig_error_t *err);
int gig_query_q(gig_query_t *query, gig_str_t value, gig_error_t *err);
int gig_query_limit(gig_query_t *query, gig_str_t value, gig_error_t *err);
int gig_query_state(gig_query_t *query, gig_str_t value, gig_error_t *err);
int gig_query_sort(gig_query_t *query, gig_str_t value, gig_error_t *err);
int gig_query_pay_min(gig_query_t *query, gig_str_t value, gig_error_t *err);
int gig_query_currency(gig_query_t *query, gig_str_t value, gig_error_t *err);
int gig_query_hours_max(gig_query_t *query, gig_str_t value, gig_error_t *err);
int gig_query_closes_before(gig_query_t *query, gig_str_t value, gig_error_t *err);
int gig_query_posted_after(gig_query_t *query, gig_str_t value, gig_error_t *err);
int gig_query_cursor(gig_query_t *query, gig_str_t value, gig_error_t *err);

/*
 * The key of a filter's value: one of a facet's few names, or any text folded.  key is a view
 * on a name or on `folded`; empty: a value that says nothing.
 */
int gig_query_value_key(gig_facet_t facet, gig_str_t value, char folded[GIG_FOLD_MAX],
    gig_str_t *key, gig_error_t *err);

#define GIG_DAY_SECONDS     86400
#define GIG_DATE_LENGTH     10                  /* of "2026-10-01" */

/* A value as a sentence shows it: the beginning of a long one. */
#define GIG_QUERY_SHOWN     36
const char *gig_query_show(gig_str_t value, char out[GIG_QUERY_SHOWN]);

#endif /* GIG_QUERY_PARTS_H */
