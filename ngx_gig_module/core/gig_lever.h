
/*
 * A catalog in the words of the Lever Postings API (v0): its field names, types and nesting.  What
 * a gig has no such thing of is left out, as there.
 */

#ifndef GIG_LEVER_H
#define GIG_LEVER_H

#include "gig_fold.h"
#include "gig_shape.h"

#define GIG_LEVER_VALUES_MAX    32              /* of all filters together */
#define GIG_LEVER_KEY_MAX       (GIG_LEVER_VALUES_MAX * (GIG_FOLD_MAX + 2) + 16)
#define GIG_LEVER_ALL           UINT32_MAX

/* What postings are by: their `categories`, as filters and groups name them. */
typedef enum {
    GIG_LEVER_COMMITMENT, GIG_LEVER_DEPARTMENT, GIG_LEVER_LOCATION, GIG_LEVER_TEAM,
    GIG_LEVER_CATEGORIES
} gig_lever_category_t;

extern const char *const gig_lever_names[GIG_LEVER_CATEGORIES];

typedef struct {
    gig_lever_category_t  category;
    size_t                len;
    char                  key[GIG_FOLD_MAX];    /* folded */
} gig_lever_value_t;

/* Their parameters, read; and what is left of the query string, which is ours. */
typedef struct gig_lever_query_s {
    uint32_t              skip, limit;          /* limit: GIG_LEVER_ALL */
    gig_lever_category_t  group;                /* GIG_LEVER_CATEGORIES: is not asked for */
    int                   level;                /* asked for: a gig has none, so nothing is found */
    unsigned              n;
    gig_lever_value_t     value[GIG_LEVER_VALUES_MAX];
    size_t                rest_len;
    char                  rest[GIG_QUERY_ARGS_MAX];
} gig_lever_query_t;

/* 0, or -1 and err->detail: a whole sentence.  The rest is not looked at. */
int gig_lever_query_read(gig_str_t args, gig_lever_query_t *query, gig_error_t *err);

/* What decides on the answer, but for the rest; bytes for a cache key.  Returns how many. */
size_t gig_lever_query_key(const gig_lever_query_t *query, char key[GIG_LEVER_KEY_MAX]);

/*
 * An array of postings, or of groups of them: what args (read before without error) leave.
 * damaged: how many had to be left out.  0, or -1: out of memory or longer than out's limit.
 */
int gig_lever_postings(const gig_feed_t *feed, const gig_catalog_t *catalog, gig_str_t args,
    int64_t now, uint32_t *damaged, gig_buf_t *out);

void gig_lever_posting(const gig_feed_t *feed, const gig_catalog_gig_t *gig, gig_buf_t *out);

/* One of the categories of a gig, as its posting tells it; empty: it has none. */
gig_str_t gig_lever_category(const json_t *gig, gig_lever_category_t category,
    char text[GIG_TEXT_MAX]);

/* {"ok":false,"error"} */
void gig_lever_problem(const char *error, gig_buf_t *out);

#endif /* GIG_LEVER_H */
