#include "gig_search_parts.h"

/*
 * The frame of a search: which rows match, as bitmaps, and how many.  The image may be
 * damaged anywhere: a row or a value read from it is compared with what it leads into
 * before it is used.
 */

#include <stdlib.h>

#include "gig_block.h"

#define GIG_ROWS_FIRST      4096u               /* the workspace's room at first */
#define GIG_ALIGN           64u                 /* of its bitmaps: a line of the cache */


static int gig_search_room(gig_search_t *search);
static void gig_search_state(gig_search_t *search);
static void gig_search_chosen(gig_search_t *search, gig_facet_t facet);
static uint32_t gig_search_value(gig_search_t *search, const gig_query_value_t *value);
static void gig_search_value_rows(gig_search_t *search, uint32_t value, uint64_t *out);
static int gig_search_has_ranges(const gig_query_t *query);
static void gig_search_ranges(gig_search_t *search, uint64_t *rows);
static int gig_search_in_range(gig_search_t *search, uint32_t row);


gig_search_t *
gig_search_create(void)
{
    gig_search_t  *search;

    search = calloc(1, sizeof(gig_search_t));

    if (search == NULL) {
        return NULL;
    }

    search->stems = gig_stems_create();

    if (search->stems == NULL) {
        free(search);
        return NULL;
    }

    return search;
}


void
gig_search_free(gig_search_t *search)
{
    if (search == NULL) {
        return;
    }

    gig_block_free(search->memory);
    gig_block_free(search->memory_of_values);
    gig_stems_free(search->stems);
    free(search);
}


int
gig_search(gig_search_t *search, const gig_searched_t *in, const gig_query_t *query,
    const gig_cursor_t *cursor, int64_t now, gig_found_t *found)
{
    uint32_t  total, i;
    unsigned  facet;

    found->n = 0;
    found->more = 0;
    found->suggestion[0] = '\0';

    for (facet = 0; facet < GIG_FACETS; facet++) {
        found->facet[facet].n = 0;
    }

    search->in = in;
    search->image = in->image;
    search->query = query;
    search->q = &query->text;
    search->cursor = query->after ? cursor : NULL;
    search->now = now;
    search->words = gig_disk_words(in->image->rows);

    if (gig_search_room(search) != 0) {
        return -1;
    }

    search->cut = 0;
    gig_word_forget(search);
    gig_search_state(search);
    gig_search_text(search);

    total = gig_search_sets(search);
    found->total = total;

    gig_search_page(search, total, found);

    for (i = 0; i < query->n_values; i++) {
        found->chosen[i] = (gig_facet_count_t) { search->chosen_value[i], 0 };
    }

    if (query->facets) {
        gig_search_facets(search, total, found);
    }

    if (total == 0 && query->text.n_clauses > 0) {
        gig_search_suggest(search, found);
        search->cut = 1;
    }

    found->cut = search->cut;

    return 0;
}


/* Memory for an image of that size; a larger one makes room for half as many again. */
static int
gig_search_room(gig_search_t *search)
{
    char      *at;
    uint8_t   *told;
    size_t     rows, bits, lists, size;
    unsigned   i;

    if (search->memory == NULL || search->rows < search->image->rows) {

        rows = GIG_ROWS_FIRST;

        while (rows < search->image->rows) {
            rows += rows / 2;
        }

        rows = (rows + GIG_ALIGN * 8 - 1) & ~(size_t) (GIG_ALIGN * 8 - 1);
        bits = rows / 8;
        lists = (GIG_KEPT_ROWS + 1) * rows;
        size = (GIG_SEARCH_STATES + 5 + 2 * GIG_FACETS) * bits
               + rows * (2 * sizeof(uint32_t) + sizeof(uint16_t))
               + lists * (sizeof(uint32_t) + 2 * sizeof(uint8_t)) + GIG_ALIGN;

        gig_block_free(search->memory);
        search->memory = gig_block_alloc(size);
        search->rows = search->memory ? rows : 0;
        search->known = 0;

        if (search->memory == NULL) {
            return -1;
        }

        at = search->memory;
        at += -(uintptr_t) at % GIG_ALIGN;

        for (i = 0; i < GIG_SEARCH_STATES; i++, at += bits) {
            search->state[i] = (uint64_t *) (void *) at;
        }

        for (i = 0; i < GIG_FACETS; i++, at += 2 * bits) {
            search->chosen[i] = (uint64_t *) (void *) at;
            search->others[i] = (uint64_t *) (void *) (at + bits);
        }

        search->text = (uint64_t *) (void *) at;
        search->base = (uint64_t *) (void *) (at + bits);
        search->all = (uint64_t *) (void *) (at + 2 * bits);
        search->word = (uint64_t *) (void *) (at + 3 * bits);
        search->clause = (uint64_t *) (void *) (at + 4 * bits);
        at += 5 * bits;
        search->score = (uint32_t *) (void *) at;
        search->within = search->score + rows;
        search->postings = search->within + rows;
        search->tf = (uint16_t *) (void *) (search->postings + lists);
        search->weights = (uint8_t *) (search->tf + rows);
        search->marks = search->weights + lists;
    }

    size = search->image->values;

    if (search->memory_of_values == NULL || search->values < size) {
        size += size / 2 + GIG_ROWS_FIRST;
        gig_block_free(search->memory_of_values);
        size = (size + GIG_DISK_BITMAP_BITS - 1) & ~(size_t) (GIG_DISK_BITMAP_BITS - 1);
        search->memory_of_values = gig_block_alloc(size * (2 * sizeof(uint32_t) + sizeof(uint8_t))
                                                   + size / 8);
        search->values = search->memory_of_values ? size : 0;

        if (search->memory_of_values == NULL) {
            return -1;
        }
    }

    search->counts = search->memory_of_values;
    search->shared = search->counts + search->values;
    search->counted = (uint64_t *) (void *) (search->shared + search->values);
    told = (uint8_t *) search->counted + search->values / 8;

    if (search->told != told) {
        search->told = told;
        search->known &= ~GIG_KNOWN_FACETS;
    }

    return 0;
}


/* Which rows are in the state asked for: once a time slice, as only the clock changes it. */
static void
gig_search_state(gig_search_t *search)
{
    uint32_t            row, wanted;
    uint64_t           *out;
    gig_list_state_t    state = search->query->state;

    if (search->epoch != search->in->epoch) {
        search->epoch = search->in->epoch;
        search->known = 0;
    }

    if (search->known & (1u << state)) {
        return;
    }

    wanted = state == GIG_LIST_OPEN ? 1u << GIG_STATE_OPEN | 1u << GIG_STATE_WAITLIST
             : state == GIG_LIST_SCHEDULED ? 1u << GIG_STATE_SCHEDULED
             : ~(1u << GIG_STATE_HIDDEN | 1u << GIG_STATE_GONE);
    out = search->state[state];
    memset(out, 0, search->words * sizeof(*out));

    for (row = 0; row < search->image->rows; row++) {
        out[row / 64] |= (uint64_t) (wanted >> gig_disk_state(search->image, row, search->now) & 1)
                         << (row % 64);
    }

    search->known |= 1u << state;
}


/* Rows that have one of the values chosen of a facet; the image's own bitmap where that is it. */
static void
gig_search_chosen(gig_search_t *search, gig_facet_t facet)
{
    uint32_t                  i, n, value;
    uint64_t                 *out;
    const gig_query_t        *query = search->query;
    const gig_disk_value_t   *v;

    search->chosen_of[facet] = NULL;

    for (i = 0, n = 0; i < query->n_values; i++) {
        n += query->value[i].facet == facet;
    }

    if (n == 0) {
        return;
    }

    search->filtered |= 1u << facet;
    out = search->chosen[facet];

    for (i = 0; i < query->n_values; i++) {
        if (query->value[i].facet != facet) {
            continue;
        }

        value = gig_search_value(search, &query->value[i]);
        search->chosen_value[i] = value;

        if (n == 1 && value != GIG_VALUE_NONE) {
            v = (const gig_disk_value_t *) search->image->section[GIG_SECTION_VALUES] + value;

            if (v->dense && (uint64_t) v->at + search->words
                            <= gig_disk_size(search->image, GIG_SECTION_BITMAPS) / sizeof(*out))
            {
                search->chosen_of[facet] =
                    (const uint64_t *) search->image->section[GIG_SECTION_BITMAPS] + v->at;
                return;
            }
        }

        if (search->chosen_of[facet] == NULL) {
            search->chosen_of[facet] = out;
            memset(out, 0, search->words * sizeof(*out));
        }

        if (value != GIG_VALUE_NONE) {
            gig_search_value_rows(search, value, out);
        }
    }
}


static uint32_t
gig_search_value(gig_search_t *search, const gig_query_value_t *value)
{
    char       place[GIG_FOLD_MAX];
    gig_str_t  key;

    key = value->key;

    if (value->facet == GIG_FACET_LOCATION) {
        key.len = gig_place_names_key(search->in->place_names, key, place);
        key.data = place;
    }

    return gig_image_value_find(search->image, value->facet, key);
}


static void
gig_search_value_rows(gig_search_t *search, uint32_t value, uint64_t *out)
{
    uint32_t                 i;
    const uint32_t          *list;
    const gig_disk_value_t  *v;

    v = (const gig_disk_value_t *) search->image->section[GIG_SECTION_VALUES] + value;

    if (v->dense) {
        if ((uint64_t) v->at + search->words
            <= gig_disk_size(search->image, GIG_SECTION_BITMAPS) / sizeof(*out))
        {
            gig_bits_or(out, (const uint64_t *) search->image->section[GIG_SECTION_BITMAPS]
                             + v->at, search->words);
        }

        return;
    }

    if ((uint64_t) v->at + v->count
        > gig_disk_size(search->image, GIG_SECTION_LISTS) / sizeof(*list))
    {
        return;
    }

    list = (const uint32_t *) search->image->section[GIG_SECTION_LISTS] + v->at;

    for (i = 0; i < v->count; i++) {
        if (list[i] < search->image->rows) {
            gig_bits_set(out, list[i]);
        }
    }
}


/*
 * The result, and for each filtered facet that is to be counted the result without its own
 * filter.  Ranges are looked at row by row, so last, and only where a filter let something through.
 */
uint32_t
gig_search_sets(gig_search_t *search)
{
    uint32_t         n = search->words;
    unsigned         facet, other, counted;
    const uint64_t  *from;

    search->filtered = 0;

    for (facet = 0; facet < GIG_FACETS; facet++) {
        gig_search_chosen(search, (gig_facet_t) facet);
    }

    from = search->state[search->query->state];

    if (search->q->n_clauses > 0) {
        (void) gig_bits_and(search->base, from, search->text, n);

    } else {
        memcpy(search->base, from, n * sizeof(*from));
    }

    memcpy(search->all, search->base, n * sizeof(*from));

    for (facet = 0; facet < GIG_FACETS; facet++) {
        if (search->chosen_of[facet]) {
            (void) gig_bits_and(search->all, search->all, search->chosen_of[facet], n);
        }
    }

    counted = search->filtered & search->query->facets;
    memcpy(search->clause, search->all, n * sizeof(*from));

    for (facet = 0; facet < GIG_FACETS; facet++) {
        if (!(counted >> facet & 1)) {
            continue;
        }

        memcpy(search->others[facet], search->base, n * sizeof(*from));

        for (other = 0; other < GIG_FACETS; other++) {
            if (other != facet && search->chosen_of[other]) {
                (void) gig_bits_and(search->others[facet], search->others[facet],
                                    search->chosen_of[other], n);
            }
        }

        gig_bits_or(search->clause, search->others[facet], n);
    }

    if (!gig_search_has_ranges(search->query)) {
        return gig_bits_count(search->all, n);
    }

    /* `clause` has every row of any of these sets; each is looked at once. */

    gig_search_ranges(search, search->clause);

    for (facet = 0; facet < GIG_FACETS; facet++) {
        if (counted >> facet & 1) {
            (void) gig_bits_and(search->others[facet], search->others[facet], search->clause, n);
        }
    }

    return gig_bits_and(search->all, search->all, search->clause, n);
}


static int
gig_search_has_ranges(const gig_query_t *query)
{
    return query->pay_min >= 0 || query->currency[0] != '\0' || query->hours_max >= 0
           || query->closes_before != GIG_TIME_NONE || query->posted_after != GIG_TIME_NONE;
}


static void
gig_search_ranges(gig_search_t *search, uint64_t *rows)
{
    uint32_t  i;
    uint64_t  left;
    unsigned  bit;

    for (i = 0; i < search->words; i++) {
        for (left = rows[i]; left != 0; left &= left - 1) {
            bit = (unsigned) __builtin_ctzll(left);

            if (!gig_search_in_range(search, i * 64 + bit)) {
                rows[i] &= ~((uint64_t) 1 << bit);
            }
        }
    }
}


static int
gig_search_in_range(gig_search_t *search, uint32_t row)
{
    int64_t             closes;
    uint32_t            currency;
    const gig_query_t  *query = search->query;
    const gig_image_t  *image = search->image;

    if (query->pay_min >= 0
        && ((const int64_t *) image->section[GIG_SECTION_PAY])[row] < query->pay_min)
    {
        return 0;
    }

    if (query->currency[0] != '\0') {
        memcpy(&currency, query->currency, sizeof(currency));

        if (((const uint32_t *) image->section[GIG_SECTION_CURRENCY])[row] != currency) {
            return 0;
        }
    }

    if (query->hours_max >= 0
        && ((const uint32_t *) image->section[GIG_SECTION_HOURS])[row]
           > (uint32_t) query->hours_max)
    {
        return 0;
    }

    if (query->closes_before != GIG_TIME_NONE) {
        closes = ((const int64_t *) image->section[GIG_SECTION_CLOSES])[row];

        if (closes == GIG_TIME_NONE || closes >= query->closes_before) {
            return 0;
        }
    }

    return query->posted_after == GIG_TIME_NONE
           || ((const int64_t *) image->section[GIG_SECTION_POSTED])[row] >= query->posted_after;
}
