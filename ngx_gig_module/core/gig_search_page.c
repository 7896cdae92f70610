#include "gig_search_parts.h"

/* Which of the rows that match are the page: by a stored order or by score, after a cursor. */


typedef struct {
    uint64_t  key;                              /* rising: the rank, or what a score makes of it */
    uint32_t  row;
} gig_ranked_t;


static void gig_search_walk(gig_search_t *search, uint32_t from, gig_found_t *found);
static void gig_search_pick(gig_search_t *search, uint64_t from, gig_found_t *found);
static uint64_t gig_search_key(gig_search_t *search, uint32_t row);
static uint64_t gig_search_after(gig_search_t *search);
static uint32_t gig_search_place(gig_search_t *search, gig_sort_t sort, int64_t value,
    gig_str_t id);
static void gig_search_next(gig_search_t *search, gig_found_t *found);


static const unsigned  gig_search_columns[GIG_SORTS_STORED][3] = {
    { GIG_SECTION_ORDER, GIG_SECTION_RANK, GIG_SECTION_POSTED },
    { GIG_SECTION_ORDER_CLOSING, GIG_SECTION_RANK_CLOSING, GIG_SECTION_CLOSES },
    { GIG_SECTION_ORDER_PAY, GIG_SECTION_RANK_PAY, GIG_SECTION_PAY },
};


void
gig_search_page(gig_search_t *search, uint32_t total, gig_found_t *found)
{
    uint64_t   limit, from;
    gig_sort_t  sort = search->query->sort;

    if (total == 0) {
        return;
    }

    from = search->cursor ? gig_search_after(search) : 0;
    limit = search->query->limit;

    /*
     * A page of many is found soon by walking through the order, one of few sooner by looking at
     * each: the walk takes about limit * n / total steps, looking takes total.
     */

    if (sort == GIG_SORT_RELEVANCE) {
        gig_search_score(search);
        gig_search_pick(search, from, found);

    } else if ((uint64_t) total * total > limit * search->image->n) {
        gig_search_walk(search, (uint32_t) from, found);

    } else {
        gig_search_pick(search, from, found);
    }

    if (found->more) {
        gig_search_next(search, found);
    }
}


static void
gig_search_walk(gig_search_t *search, uint32_t from, gig_found_t *found)
{
    uint32_t         i, row;
    const uint32_t  *order;

    order = search->image->section[gig_search_columns[search->query->sort][0]];

    for (i = from; i < search->image->n; i++) {
        row = order[i];

        if (row >= search->image->rows || !gig_bits_has(search->all, row)) {
            continue;
        }

        if (found->n == search->query->limit) {
            found->more = 1;
            return;
        }

        found->row[found->n++] = row;
    }
}


/* Keeps the best of all rows seen so far in order; most rows are worse than the last of them. */
static void
gig_search_pick(gig_search_t *search, uint64_t from, gig_found_t *found)
{
    uint32_t      i, row, at, n = 0, most = search->query->limit + 1;
    uint64_t      left, key;
    gig_ranked_t  best[GIG_LIST_MAX + 1];

    memset(best, 0, most * sizeof(best[0]));

    for (i = 0; i < search->words; i++) {
        for (left = search->all[i]; left != 0; left &= left - 1) {
            row = i * 64 + (uint32_t) __builtin_ctzll(left);
            key = gig_search_key(search, row);

            if (key < from || (n == most && key >= best[n - 1].key)) {
                continue;
            }

            if (n < most) {
                n++;
            }

            for (at = n - 1; at > 0 && best[at - 1].key > key; at--) {
                best[at] = best[at - 1];
            }

            best[at] = (gig_ranked_t) { key, row };
        }
    }

    found->more = n == most;
    found->n = found->more ? n - 1 : n;

    for (i = 0; i < found->n; i++) {
        found->row[i] = best[i].row;
    }
}


/* Where a row comes: by a stored sort its rank; by relevance the score, then its rank. */
static uint64_t
gig_search_key(gig_search_t *search, uint32_t row)
{
    const uint32_t  *rank;

    if (search->query->sort == GIG_SORT_RELEVANCE) {
        rank = search->image->section[GIG_SECTION_RANK];
        return (uint64_t) ~search->score[row] << 32 | rank[row];
    }

    rank = search->image->section[gig_search_columns[search->query->sort][1]];

    return rank[row];
}


/*
 * The first key after the cursor.  The cursor's own gig may be gone or have moved; its
 * place in the order is still there.
 */
static uint64_t
gig_search_after(gig_search_t *search)
{
    int64_t              posted;
    gig_str_t            id;
    uint32_t             score;
    const gig_cursor_t  *cursor = search->cursor;

    id = (gig_str_t) { cursor->id, strnlen(cursor->id, sizeof(cursor->id)) };

    if (search->query->sort != GIG_SORT_RELEVANCE) {
        return gig_search_place(search, search->query->sort, cursor->value, id);
    }

    score = (uint32_t) (cursor->value >> GIG_CURSOR_POSTED_BITS);
    posted = cursor->value & GIG_CURSOR_POSTED_MAX;

    return (uint64_t) ~score << 32 | gig_search_place(search, GIG_SORT_NEWEST, posted, id);
}


/* How many gigs come before (value, id) in a stored order, or are it. */
static uint32_t
gig_search_place(gig_search_t *search, gig_sort_t sort, int64_t value, gig_str_t id)
{
    int              after;
    int64_t          v;
    uint32_t         low = 0, high = search->image->n, middle, row;
    const int64_t   *values = search->image->section[gig_search_columns[sort][2]];
    const uint32_t  *order = search->image->section[gig_search_columns[sort][0]];

    while (low < high) {
        middle = low + (high - low) / 2;
        row = order[middle];
        v = row < search->image->rows ? values[row] : 0;

        /* Closing rises, with none last; the others fall. */

        if (v != value) {
            after = sort == GIG_SORT_CLOSING
                    ? v == GIG_TIME_NONE || (value != GIG_TIME_NONE && v > value) : v < value;

        } else {
            after = gig_disk_compare_id(gig_image_id(search->image, row), id) > 0;
        }

        if (after) {
            high = middle;

        } else {
            low = middle + 1;
        }
    }

    return low;
}


/* The cursor of the last row shown. */
static void
gig_search_next(gig_search_t *search, gig_found_t *found)
{
    uint32_t       row = found->row[found->n - 1];
    gig_str_t      id;
    gig_cursor_t  *next = &found->next;

    memset(next, 0, sizeof(*next));
    next->sort = search->query->sort;
    id = gig_image_id(search->image, row);

    if (id.len < sizeof(next->id)) {
        memcpy(next->id, id.data ? id.data : "", id.len);
    }

    if (next->sort != GIG_SORT_RELEVANCE) {
        next->value = ((const int64_t *)
                       search->image->section[gig_search_columns[next->sort][2]])[row];
        return;
    }

    next->value = (int64_t) ((uint64_t) search->score[row] << GIG_CURSOR_POSTED_BITS)
                  | (gig_image_posted(search->image, row) & GIG_CURSOR_POSTED_MAX);
    next->length = search->mean;
    next->n_weights = search->n_weights;
    memcpy(next->weight, search->idf, search->n_weights * sizeof(next->weight[0]));
}


void
gig_search_normal(const gig_image_t *image, const gig_found_t *found, gig_query_t *query,
    char words[GIG_SEARCH_WORDS_MAX])
{
    uint32_t   i;
    gig_str_t  text;

    for (i = 0; i < query->n_values; i++) {
        text = gig_image_value(image, found->chosen[i].value);
        query->value[i].text = text.len != 0 ? text : query->value[i].key;
    }

    if (words != NULL && query->text.n_clauses != 0) {
        query->q.data = words;
        query->q.len = gig_query_text_write(&query->text, NULL, words, GIG_SEARCH_WORDS_MAX);
    }
}
