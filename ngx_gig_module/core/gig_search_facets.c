#include "gig_search_parts.h"

/*
 * Facet counts: how many gigs of a set have each value.  Two ways, whichever is
 * less work: along the rows of the set, adding up each row's values; or value by
 * value, counting the bits its bitmap shares with the set, or the rows of its list
 * that are in it.  Both give the same numbers.
 */

/* What one step costs, in quarters of a nanosecond, with the image out of the nearest cache. */
#define GIG_COST_ROW            80u
#define GIG_COST_ROW_VALUE      4u
#define GIG_COST_LIST_ROW       4u
#define GIG_COST_WORD           1u

#define GIG_COUNT_LARGE         64u             /* most counts are below */
#define GIG_ROWS_AHEAD          16u             /* rows whose values are fetched meanwhile */


static void gig_facet_table(gig_search_t *search);
static void gig_facet_count(gig_search_t *search, const uint64_t *set, uint32_t size,
    unsigned facets);
static uint64_t gig_facet_cost(const gig_search_t *search, unsigned facets);
static void gig_facet_clear(gig_search_t *search, uint32_t first, uint32_t last);
static void gig_facet_set(gig_search_t *search, uint32_t value, uint32_t count);
static uint32_t gig_search_rows(gig_search_t *search, const uint64_t *set);
static void gig_facet_along_rows(gig_search_t *search, const uint64_t *set, uint32_t first,
    uint32_t last);
static void gig_facet_by_values(gig_search_t *search, const uint64_t *set, unsigned facet);
static void gig_facet_list(gig_search_t *search, const uint64_t *set, uint32_t value);
static void gig_facet_tell_chosen(gig_search_t *search, unsigned facet, gig_found_t *found);
static void gig_facet_tell(gig_search_t *search, unsigned facet, gig_facet_counts_t *out);
static uint32_t gig_facet_counted(const gig_search_t *search, const gig_facet_range_t *range,
    uint32_t *counted, uint32_t tally[GIG_COUNT_LARGE + 1]);


void
gig_search_facets(gig_search_t *search, uint32_t total, gig_found_t *found)
{
    unsigned  facet, together;

    gig_facet_table(search);

    together = search->query->facets & ~search->filtered;

    if (together) {
        gig_facet_count(search, search->all, total, together);
    }

    for (facet = 0; facet < GIG_FACETS; facet++) {
        if (together >> facet & 1) {
            gig_facet_tell(search, facet, &found->facet[facet]);
        }
    }

    for (facet = 0; facet < GIG_FACETS; facet++) {
        if (search->query->facets & search->filtered & 1u << facet) {
            gig_facet_count(search, search->others[facet],
                            gig_bits_count(search->others[facet], search->words), 1u << facet);
            gig_facet_tell(search, facet, &found->facet[facet]);
            gig_facet_tell_chosen(search, facet, found);
        }
    }
}


/* Where each facet's values begin, and which can be told; once an epoch. */
static void
gig_facet_table(gig_search_t *search)
{
    uint32_t                  i;
    uint64_t                  bitmaps, lists;
    unsigned                  facet;
    gig_facet_range_t        *range;
    const gig_disk_value_t   *v;

    if (search->known & GIG_KNOWN_FACETS) {
        return;
    }

    search->known |= GIG_KNOWN_FACETS;
    memset(search->facet, 0, sizeof(search->facet));
    bitmaps = gig_disk_size(search->image, GIG_SECTION_BITMAPS) / sizeof(uint64_t);
    lists = gig_disk_size(search->image, GIG_SECTION_LISTS) / sizeof(uint32_t);

    /* Values of a damaged image may lie anywhere: those that do are in no facet. */

    for (i = 0, facet = 0; i < search->image->values; i++) {
        v = (const gig_disk_value_t *) search->image->section[GIG_SECTION_VALUES] + i;

        if (v->facet >= GIG_FACETS || v->facet < facet
            || (v->dense ? (uint64_t) v->at + search->words > bitmaps
                         : (uint64_t) v->at + v->count > lists))
        {
            break;
        }

        range = &search->facet[v->facet];
        search->told[i] = v->told < search->image->spellings;

        if (range->n == 0) {
            range->first = i;
        }

        facet = v->facet;
        range->n++;

        if (v->dense) {
            range->dense++;

        } else {
            range->list_rows += v->count;
        }
    }
}


static void
gig_facet_count(gig_search_t *search, const uint64_t *set, uint32_t size, unsigned facets)
{
    uint32_t                  first, last, values;
    uint64_t                  along;
    unsigned                  facet;
    const gig_facet_range_t  *range;

    first = UINT32_MAX;
    last = 0;

    for (facet = 0; facet < GIG_FACETS; facet++) {
        if ((facets >> facet & 1) && search->facet[facet].n > 0) {
            range = &search->facet[facet];
            first = range->first < first ? range->first : first;
            last = range->first + range->n > last ? range->first + range->n : last;
        }
    }

    if (first >= last) {
        return;
    }

    values = (uint32_t) (gig_disk_size(search->image, GIG_SECTION_ROW_VALUES) / sizeof(uint32_t));
    along = (uint64_t) size
            * (GIG_COST_ROW + GIG_COST_ROW_VALUE * (values / (search->image->n + 1) + 1));

    if (along <= gig_facet_cost(search, facets)) {
        gig_facet_along_rows(search, set, first, last);
        return;
    }

    for (facet = 0; facet < GIG_FACETS; facet++) {
        if (facets >> facet & 1) {
            gig_facet_by_values(search, set, facet);
        }
    }
}


static uint64_t
gig_facet_cost(const gig_search_t *search, unsigned facets)
{
    uint64_t  cost = 0;
    unsigned  facet;

    for (facet = 0; facet < GIG_FACETS; facet++) {
        if (facets >> facet & 1) {
            cost += (uint64_t) search->facet[facet].dense * search->words * GIG_COST_WORD
                    + search->facet[facet].list_rows * GIG_COST_LIST_ROW;
        }
    }

    return cost;
}


/* Leaves counts of the values first..last-1. */
static void
gig_facet_along_rows(gig_search_t *search, const uint64_t *set, uint32_t first, uint32_t last)
{
    size_t           all;
    uint32_t         i, k, n, row, end, value;
    uint32_t        *counts = search->counts;
    uint64_t        *counted = search->counted;
    const uint32_t  *at, *values, *rows;

    at = search->image->section[GIG_SECTION_VALUES_AT];
    values = search->image->section[GIG_SECTION_ROW_VALUES];
    all = gig_disk_size(search->image, GIG_SECTION_ROW_VALUES) / sizeof(*values);
    n = gig_search_rows(search, set);
    rows = search->posting;

    memset(search->counts + first, 0, (last - first) * sizeof(*search->counts));
    gig_facet_clear(search, first, last);

    /* The rows lie far apart: their values are on their way while others are counted. */

    for (i = 0; i < n && i < GIG_ROWS_AHEAD; i++) {
        __builtin_prefetch(&values[at[rows[i]] < all ? at[rows[i]] : 0]);
    }

    for (i = 0; i < n; i++) {
        if (i + GIG_ROWS_AHEAD < n) {
            row = rows[i + GIG_ROWS_AHEAD];
            __builtin_prefetch(&values[at[row] < all ? at[row] : 0]);
        }

        row = rows[i];
        end = at[row + 1] <= all ? at[row + 1] : 0;

        for (k = at[row]; k < end; k++) {
            value = values[k] & GIG_DISK_VALUE;

            if (value >= last) {
                break;
            }

            if (value >= first) {
                counts[value]++;
                gig_bits_set(counted, value);
            }
        }
    }
}


static void
gig_facet_clear(gig_search_t *search, uint32_t first, uint32_t last)
{
    uint32_t  i;

    for (i = first / 64; i <= (last - 1) / 64; i++) {
        search->counted[i] = 0;
    }
}


/* The rows of a set, rising, into `posting`; how many. */
static uint32_t
gig_search_rows(gig_search_t *search, const uint64_t *set)
{
    uint32_t   i, n = 0;
    uint64_t   left;

    for (i = 0; i < search->words; i++) {
        for (left = set[i]; left != 0; left &= left - 1) {
            search->posting[n++] = i * 64 + (uint32_t) __builtin_ctzll(left);
        }
    }

    return n;
}


static void
gig_facet_by_values(gig_search_t *search, const uint64_t *set, unsigned facet)
{
    uint32_t                  i, k, n, run;
    uint32_t                 *shared = search->shared;
    const gig_facet_range_t  *range = &search->facet[facet];
    const gig_disk_value_t   *v;

    for (i = range->first; i < range->first + range->n; i += run) {
        v = (const gig_disk_value_t *) search->image->section[GIG_SECTION_VALUES] + i;
        run = 1;

        if (!v->dense) {
            gig_facet_list(search, set, i);
            continue;
        }

        /* Bitmaps of values that follow one another lie side by side. */

        n = 1;

        for (k = i + 1; k < range->first + range->n; k++) {
            if (v[k - i].dense) {
                if (v[k - i].at != v->at + n * search->words) {
                    break;
                }

                n++;
            }
        }

        gig_bits_share(set, (const uint64_t *) search->image->section[GIG_SECTION_BITMAPS] + v->at,
                       search->words, n, shared);

        for (k = i, n = 0, run = 0; k < range->first + range->n; k++, run++) {
            if (!v[k - i].dense) {
                gig_facet_list(search, set, k);

            } else if (v[k - i].at == v->at + n * search->words) {
                gig_facet_set(search, k, shared[n++]);

            } else {
                break;
            }
        }
    }
}


static void
gig_facet_set(gig_search_t *search, uint32_t value, uint32_t count)
{
    search->counts[value] = count;

    if (count > 0) {
        gig_bits_set(search->counted, value);

    } else {
        search->counted[value / 64] &= ~((uint64_t) 1 << value % 64);
    }
}


static void
gig_facet_list(gig_search_t *search, const uint64_t *set, uint32_t value)
{
    uint32_t                 i, count = 0;
    const uint32_t          *list;
    const gig_disk_value_t  *v;

    v = (const gig_disk_value_t *) search->image->section[GIG_SECTION_VALUES] + value;
    list = (const uint32_t *) search->image->section[GIG_SECTION_LISTS] + v->at;

    for (i = 0; i < v->count; i++) {
        count += list[i] < search->image->rows && gig_bits_has(set, list[i]);
    }

    gig_facet_set(search, value, count);
}


/* Counts of what was chosen, also when it is not among the largest. */
static void
gig_facet_tell_chosen(gig_search_t *search, unsigned facet, gig_found_t *found)
{
    uint32_t  i;

    for (i = 0; i < search->query->n_values; i++) {
        if (search->query->value[i].facet == facet && found->chosen[i].value != GIG_VALUE_NONE) {
            found->chosen[i].count = search->counts[found->chosen[i].value];
        }
    }
}


/*
 * The largest counts, those of the smaller key first where they are equal: as values are looked at
 * by key, rising, a count's place follows from how many are larger.  Only large counts, which few
 * values have, are sorted by comparing.
 */
static void
gig_facet_tell(gig_search_t *search, unsigned facet, gig_facet_counts_t *out)
{
    uint32_t   i, n, at, value, count, sum, last;
    uint32_t  *counted = search->shared;
    uint32_t   place[GIG_COUNT_LARGE + 1];      /* of the next value with that count */

    n = gig_facet_counted(search, &search->facet[facet], counted, place);
    last = place[GIG_COUNT_LARGE];

    for (i = GIG_COUNT_LARGE + 1, sum = 0; i > 0; i--) {
        at = place[i - 1];
        place[i - 1] = sum;
        sum += at;
    }

    out->n = n < GIG_FACET_VALUES_MAX ? n : GIG_FACET_VALUES_MAX;
    last = last < out->n ? last : out->n;

    for (i = 0; i < n; i++) {
        value = counted[i];
        count = search->counts[value];

        if (count < GIG_COUNT_LARGE) {
            at = place[count]++;

        } else if (place[GIG_COUNT_LARGE] < last) {
            at = place[GIG_COUNT_LARGE]++;

        } else if (last > 0 && out->count[last - 1].count < count) {
            at = last - 1;

        } else {
            continue;
        }

        if (at >= out->n) {
            continue;
        }

        for ( /* void */ ; count >= GIG_COUNT_LARGE && at > 0; at--) {
            if (out->count[at - 1].count >= count) {
                break;
            }

            out->count[at] = out->count[at - 1];
        }

        out->count[at] = (gig_facet_count_t) { value, count };
    }
}


/* The values of a facet that some gig of the set has; of each small count how many have it. */
static uint32_t
gig_facet_counted(const gig_search_t *search, const gig_facet_range_t *range, uint32_t *counted,
    uint32_t tally[GIG_COUNT_LARGE + 1])
{
    uint32_t         i, n = 0, value, count;
    uint64_t         left;
    const uint8_t   *told = search->told;
    const uint32_t  *counts = search->counts;

    memset(tally, 0, (GIG_COUNT_LARGE + 1) * sizeof(*tally));

    for (i = range->first / 64; i * 64 < range->first + range->n; i++) {
        left = search->counted[i];

        if (i == range->first / 64) {
            left &= ~(uint64_t) 0 << range->first % 64;
        }

        if (range->first + range->n - i * 64 < 64) {
            left &= ((uint64_t) 1 << (range->first + range->n) % 64) - 1;
        }

        for ( /* void */ ; left != 0; left &= left - 1) {
            value = i * 64 + (uint32_t) __builtin_ctzll(left);

            if (told[value]) {
                count = counts[value];
                tally[count < GIG_COUNT_LARGE ? count : GIG_COUNT_LARGE]++;
                counted[n++] = value;
            }
        }
    }

    return n;
}
