#include "gig_compile_build.h"

/*
 * The stored sorts: all gigs in each order.  Rows kept from the last image are in
 * order already, so only new ones are sorted; then both are merged.
 */

#include <stdlib.h>

#include "gig_block.h"


typedef struct {
    uint64_t   key;                             /* rising */
    gig_str_t  id;
    uint32_t   row;
} gig_ordered_t;


static int gig_build_order(gig_build_t *build, gig_sort_t sort, gig_ordered_t *added,
    uint8_t *seen);
static int gig_order_merge(gig_build_t *build, gig_sort_t sort, const gig_ordered_t *added,
    uint32_t n_added, uint8_t *seen);
static uint64_t gig_order_key(gig_sort_t sort, int64_t value);
static int gig_compare_ordered(const void *one, const void *two);


int
gig_build_orders(gig_build_t *build)
{
    int             rc;
    uint8_t        *seen;
    unsigned        sort;
    gig_ordered_t  *added;

    rc = -1;
    added = gig_block_alloc(build->n_rows * sizeof(*added));
    seen = gig_block_alloc(build->last_rows);

    if (added == NULL || seen == NULL) {
        gig_error_set(build->err, "", "no memory to sort %u gigs", build->n);
        goto done;
    }

    for (sort = 0; sort < GIG_SORTS_STORED; sort++) {
        build->order[sort] = gig_block_alloc(build->n * sizeof(uint32_t));

        if (build->order[sort] == NULL) {
            gig_error_set(build->err, "", "no memory to sort %u gigs", build->n);
            goto done;
        }

        memset(seen, 0, build->last_rows);

        if (gig_build_order(build, (gig_sort_t) sort, added, seen) != 0) {
            goto done;
        }
    }

    rc = 0;

done:

    gig_block_free(added);
    gig_block_free(seen);

    return rc;
}


static int
gig_build_order(gig_build_t *build, gig_sort_t sort, gig_ordered_t *added, uint8_t *seen)
{
    uint32_t          i;
    const gig_row_t  *row;

    for (i = 0; i < build->n_rows; i++) {
        row = &build->row[i];
        added[i].id = row->id;
        added[i].row = row->at;
        added[i].key = gig_order_key(sort, sort == GIG_SORT_NEWEST ? row->posted
                                           : sort == GIG_SORT_CLOSING ? row->closes : row->pay);
    }

    qsort(added, build->n_rows, sizeof(*added), gig_compare_ordered);

    return gig_order_merge(build, sort, added, build->n_rows, seen);
}


/*
 * A last image that another process wrote may be damaged: each row that is kept must come once
 * and the keys must rise, or the lists of the new image would lack some gig and show another twice.
 */
static int
gig_order_merge(gig_build_t *build, gig_sort_t sort, const gig_ordered_t *added, uint32_t n_added,
    uint8_t *seen)
{
    uint32_t         i, n, next, row, *out;
    const int64_t   *value;
    gig_ordered_t    kept;
    const uint32_t  *last;

    static const unsigned  orders[GIG_SORTS_STORED] = {
        GIG_SECTION_ORDER, GIG_SECTION_ORDER_CLOSING, GIG_SECTION_ORDER_PAY
    };
    static const unsigned  values[GIG_SORTS_STORED] = {
        GIG_SECTION_POSTED, GIG_SECTION_CLOSES, GIG_SECTION_PAY
    };

    out = build->order[sort];
    n = 0;
    next = 0;
    last = build->last ? build->last->section[orders[sort]] : NULL;
    value = build->last ? build->last->section[values[sort]] : NULL;

    for (i = 0; build->last && i < build->last->n; i++) {
        row = last[i];

        if (row >= build->last_rows || seen[row]) {
            goto damaged;
        }

        seen[row] = 1;

        if (row >= build->rows || build->plan[row] != row) {
            continue;
        }

        kept.key = gig_order_key(sort, value[row]);
        kept.row = row;

        if (next < n_added) {
            kept.id = gig_image_id(build->last, row);

            while (next < n_added && gig_compare_ordered(&added[next], &kept) < 0) {
                out[n++] = added[next++].row;
            }
        }

        if (n + (n_added - next) >= build->n) {
            goto damaged;
        }

        out[n++] = row;
    }

    while (next < n_added) {
        out[n++] = added[next++].row;
    }

    if (n == build->n) {
        return 0;
    }

damaged:

    return gig_error_set(build->err, "/order", "the last index is damaged");
}


/* What is not known comes last: no closing, no pay. */
static uint64_t
gig_order_key(gig_sort_t sort, int64_t value)
{
    uint64_t  rising;

    rising = (uint64_t) value ^ (uint64_t) INT64_MIN;

    if (sort == GIG_SORT_CLOSING) {
        return value == GIG_TIME_NONE ? UINT64_MAX : rising;
    }

    return ~rising;
}


static int
gig_compare_ordered(const void *one, const void *two)
{
    const gig_ordered_t  *a = one, *b = two;

    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }

    return gig_disk_compare_id(a->id, b->id);
}
