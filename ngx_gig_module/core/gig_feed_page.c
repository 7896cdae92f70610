
#include <stdlib.h>
#include <string.h>

#include "gig_feed.h"


#define GIG_FEED_QUERY_MAX  (3 * GIG_QUERY_ARGS_MAX + 1024)     /* bytes we write of one */


/* What a page needs besides: large, so not on a thread's stack. */
typedef struct {
    gig_query_t    query;
    gig_cursor_t   cursor;
    gig_found_t    found;
    gig_search_t  *search;
    char           words[GIG_SEARCH_WORDS_MAX];
} gig_feed_way_t;

typedef struct {
    const gig_feed_t  *feed;
    gig_buf_t         *out;
    int                some;            /* an item was written */
} gig_feed_items_t;


static int gig_feed_find(const gig_catalog_t *catalog, const gig_secret_t *cursors,
    gig_str_t args, int64_t now, gig_feed_way_t *way);
static void gig_feed_queries(const gig_secret_t *cursors, const gig_feed_way_t *way,
    gig_buf_t *query, gig_buf_t *page, gig_buf_t *next);
static int gig_feed_atom_each(void *data, const gig_catalog_gig_t *gig);
static int gig_feed_json_each(void *data, const gig_catalog_gig_t *gig);


void
gig_feed_order(gig_query_t *query)
{
    query->sort = GIG_SORT_NEWEST;
    query->sorted = 0;
    query->facets = 0;
    query->format = 0;
}


int
gig_feed_page(const gig_feed_t *board, gig_feed_format_t format, const gig_catalog_t *catalog,
    const gig_secret_t *cursors, gig_str_t args, int64_t now, uint32_t *damaged, gig_buf_t *next,
    gig_buf_t *out)
{
    int                rc;
    int64_t            updated;
    uint32_t           i;
    gig_buf_t          query, page;
    gig_feed_t         feed;
    gig_feed_way_t    *way;
    gig_feed_items_t   items;

    *damaged = 0;
    rc = -1;

    way = malloc(sizeof(gig_feed_way_t));

    if (way == NULL) {
        return -1;
    }

    gig_buf_init(&query, GIG_FEED_QUERY_MAX);
    gig_buf_init(&page, GIG_FEED_QUERY_MAX);

    way->search = gig_search_create();

    if (way->search == NULL || gig_feed_find(catalog, cursors, args, now, way) != 0) {
        goto done;
    }

    gig_feed_queries(cursors, way, &query, &page, next);

    feed = *board;
    feed.query = gig_buf_view(&query);
    feed.page = gig_buf_view(&page);
    feed.next = gig_buf_view(next);
    feed.updated = 0;

    for (i = 0; i < way->found.n; i++) {
        updated = gig_image_updated(&catalog->image, way->found.row[i]);
        feed.updated = updated > feed.updated ? updated : feed.updated;
    }

    items = (gig_feed_items_t) { &feed, out, 0 };

    if (format == GIG_FEED_ATOM) {
        gig_feed_atom_head(&feed, out);
        (void) gig_catalog_page(catalog, &way->found, now, gig_feed_atom_each, &items, damaged);
        gig_feed_atom_tail(out);

    } else {
        gig_feed_json_head(&feed, out);
        (void) gig_catalog_page(catalog, &way->found, now, gig_feed_json_each, &items, damaged);
        gig_feed_json_tail(out);
    }

    if (!gig_buf_failed(&query) && !gig_buf_failed(&page) && !gig_buf_failed(next)
        && !gig_buf_failed(out))
    {
        rc = 0;
    }

done:

    gig_search_free(way->search);
    gig_buf_free(&query);
    gig_buf_free(&page);
    free(way);

    return rc;
}


static int
gig_feed_find(const gig_catalog_t *catalog, const gig_secret_t *cursors, gig_str_t args,
    int64_t now, gig_feed_way_t *way)
{
    gig_error_t  err;

    if (gig_query_read(args, 1, &way->query, &err) != 0) {
        return -1;
    }

    gig_feed_order(&way->query);

    if (way->query.after
        && (gig_cursor_check(cursors, way->query.cursor, &way->cursor) != 0
            || way->cursor.sort != way->query.sort))
    {
        return -1;
    }

    if (gig_catalog_find(catalog, way->search, &way->query, &way->cursor, now, &way->found) != 0) {
        return -1;
    }

    gig_search_normal(&catalog->image, &way->found, &way->query, way->words);

    return 0;
}


/* How the list that it is of is asked for, this page of it, and the next (empty: there is none). */

static void
gig_feed_queries(const gig_secret_t *cursors, const gig_feed_way_t *way, gig_buf_t *query,
    gig_buf_t *page, gig_buf_t *next)
{
    char                cursor[GIG_CURSOR_TEXT];
    gig_query_change_t  change;

    change = GIG_QUERY_SAME;

    gig_query_write(&way->query, &change, query);

    if (way->query.after) {
        gig_cursor_make(cursors, &way->cursor, cursor);
        change.cursor = cursor;
    }

    gig_query_write(&way->query, &change, page);

    if (way->found.more) {
        gig_cursor_make(cursors, &way->found.next, cursor);
        change.cursor = cursor;
        gig_query_write(&way->query, &change, next);
    }
}


static int
gig_feed_atom_each(void *data, const gig_catalog_gig_t *gig)
{
    gig_feed_items_t  *items = data;

    gig_feed_atom_entry(items->feed, gig, items->out);

    return 0;
}


static int
gig_feed_json_each(void *data, const gig_catalog_gig_t *gig)
{
    gig_feed_items_t  *items = data;

    gig_feed_json_item(items->feed, gig, !items->some, items->out);
    items->some = 1;

    return 0;
}
