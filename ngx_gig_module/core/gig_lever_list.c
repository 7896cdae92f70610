
/* Postings of a catalog, filtered by what their categories say, whole or in groups. */

#include <stdlib.h>

#include "gig_json.h"
#include "gig_lever.h"
#include "gig_shape_groups.h"


#define GIG_LEVER_ENOUGH        1               /* ends a walk: the rest is not asked for */

typedef struct {
    const gig_feed_t   *feed;
    gig_lever_query_t  *query;
    uint32_t            found, written;
    gig_buf_t          *out;
    gig_buf_t           posting;                /* one that is put into its group */
    gig_shape_groups_t  *groups;
} gig_lever_list_t;


static int gig_lever_listed(void *data, const gig_catalog_gig_t *gig);
static int gig_lever_asked(const gig_lever_query_t *query, const json_t *gig);
static int gig_lever_has(const gig_lever_value_t *value, const json_t *gig);
static int gig_lever_same(const gig_lever_value_t *value, gig_str_t text);
static int gig_lever_into(gig_lever_list_t *list, const gig_catalog_gig_t *gig);


int
gig_lever_postings(const gig_feed_t *feed, const gig_catalog_t *catalog, gig_str_t args,
    int64_t now, uint32_t *damaged, gig_buf_t *out)
{
    int               rc;
    gig_str_t         rest;
    gig_error_t       err;
    gig_lever_list_t  list;

    *damaged = 0;
    rc = -1;

    list = (gig_lever_list_t) { .feed = feed, .out = out };
    list.query = malloc(sizeof(gig_lever_query_t));
    list.groups = gig_shape_groups_create(out->limit);
    gig_buf_init(&list.posting, out->limit);

    if (list.query == NULL || list.groups == NULL
        || gig_lever_query_read(args, list.query, &err) != 0)
    {
        goto done;
    }

    rest = (gig_str_t) { list.query->rest, list.query->rest_len };
    rc = 0;

    gig_buf_puts(out, "[");

    if (!list.query->level && list.query->limit != 0) {
        rc = gig_catalog_walk(catalog, rest, now, gig_lever_listed, &list, damaged);
        rc = rc == GIG_LEVER_ENOUGH ? 0 : rc;
    }

    if (rc == 0) {
        gig_shape_groups_write(list.groups, out);
        gig_buf_puts(out, "]");
        rc = gig_buf_failed(out) ? -1 : 0;
    }

done:

    gig_shape_groups_free(list.groups);
    gig_buf_free(&list.posting);
    free(list.query);

    return rc;
}


static int
gig_lever_listed(void *data, const gig_catalog_gig_t *gig)
{
    int                rc;
    gig_lever_list_t  *list = data;

    if (!gig_lever_asked(list->query, gig->json) || list->found++ < list->query->skip) {
        return 0;
    }

    if (list->query->group == GIG_LEVER_CATEGORIES) {
        gig_buf_puts(list->out, list->written != 0 ? "," : "");
        gig_lever_posting(list->feed, gig, list->out);
        rc = gig_buf_failed(list->out) ? -1 : 0;

    } else {
        rc = gig_lever_into(list, gig);
    }

    list->written++;

    return rc == 0 && list->written == list->query->limit ? GIG_LEVER_ENOUGH : rc;
}


/* Values of one category: any of them; of different ones: all. */

static int
gig_lever_asked(const gig_lever_query_t *query, const json_t *gig)
{
    int       asked[GIG_LEVER_CATEGORIES] = { 0 }, has[GIG_LEVER_CATEGORIES] = { 0 };
    unsigned  i;

    for (i = 0; i < query->n; i++) {
        asked[query->value[i].category] = 1;
        has[query->value[i].category] |= gig_lever_has(&query->value[i], gig);
    }

    for (i = 0; i < GIG_LEVER_CATEGORIES; i++) {
        if (asked[i] && !has[i]) {
            return 0;
        }
    }

    return 1;
}


static int
gig_lever_has(const gig_lever_value_t *value, const json_t *gig)
{
    char       text[GIG_TEXT_MAX];
    size_t     i;
    gig_str_t  place;

    if (gig_lever_same(value, gig_lever_category(gig, value->category, text))) {
        return 1;
    }

    for (i = 0; value->category == GIG_LEVER_LOCATION; i++) {
        place = gig_shape_place(json_object_get(gig, "location"), i, text);

        if (place.len == 0) {
            break;
        }

        if (gig_lever_same(value, place)) {
            return 1;
        }
    }

    return 0;
}


static int
gig_lever_same(const gig_lever_value_t *value, gig_str_t text)
{
    char       folded[GIG_FOLD_MAX];
    gig_str_t  key;

    key = (gig_str_t) { folded, gig_fold(text, folded, sizeof(folded)) };

    return gig_str_eq(key, (gig_str_t) { value->key, value->len });
}


static int
gig_lever_into(gig_lever_list_t *list, const gig_catalog_gig_t *gig)
{
    char                text[GIG_TEXT_MAX];
    gig_str_t           title;
    gig_shape_group_t  *group;

    title = gig_lever_category(gig->json, list->query->group, text);
    group = gig_shape_group(list->groups, gig_shape_name(title));

    if (group == NULL) {
        return -1;
    }

    if (group->head.len == 0) {
        gig_buf_puts(&group->head, "{\"title\":");
        gig_buf_json(&group->head, title.len != 0 ? title : gig_str("Other"));
        gig_buf_puts(&group->head, ",\"postings\":[");
    }

    gig_buf_reset(&list->posting);
    gig_lever_posting(list->feed, gig, &list->posting);

    return gig_shape_group_add(list->groups, group, &list->posting);
}
