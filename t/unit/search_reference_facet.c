
/* The reference's facets: how many gigs a value has, and how it is displayed. */

#include "gig_test_image.h"
#include "search_reference.h"


typedef struct {
    const reference_t  *reference;
    uint32_t           *gigs;                   /* by key */
    uint32_t           *spelt;                  /* by spelling */
} counting_t;


static int
compare(gig_str_t a, gig_str_t b)
{
    int  order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);

    return order ? order : (a.len > b.len) - (a.len < b.len);
}


/* By count falling, then by key. */
static int
compare_keys(const void *one, const void *two, void *data)
{
    counting_t      *counting = data;
    const uint32_t  *a = one, *b = two;

    if (counting->gigs[*a] != counting->gigs[*b]) {
        return counting->gigs[*a] > counting->gigs[*b] ? -1 : 1;
    }

    return compare(reference_text(counting->reference, *a),
                   reference_text(counting->reference, *b));
}


/* The spelling most gigs have as a whole, of equals the smallest; NONE: it is only a part. */
static uint32_t
display(counting_t *counting, gig_facet_t facet, uint32_t key)
{
    uint32_t                  i, k, best = REFERENCE_NONE;
    const reference_t        *reference = counting->reference;
    const reference_value_t  *value;

    memset(counting->spelt, 0, reference->names.n * sizeof(counting->spelt[0]));

    for (i = 0; i < reference->n; i++) {
        for (k = 0; k < reference->gig[i]->n_values; k++) {
            value = &reference->gig[i]->value[k];

            if (value->facet != facet || value->key != key || value->part) {
                continue;
            }

            counting->spelt[value->spelling]++;
        }
    }

    for (i = 0; i < reference->names.n; i++) {
        if (counting->spelt[i] > 0
            && (best == REFERENCE_NONE || counting->spelt[i] > counting->spelt[best]
                || (counting->spelt[i] == counting->spelt[best]
                    && compare(reference_text(reference, i), reference_text(reference, best)) < 0)))
        {
            best = i;
        }
    }

    return best;
}


static void
count_facet(counting_t *counting, gig_facet_t facet, const gig_query_t *query, int64_t now,
    const unsigned char *found, reference_answer_t *answer)
{
    uint32_t                i, k, n, spelling, *key;
    const reference_t      *reference = counting->reference;
    const reference_gig_t  *gig;

    memset(counting->gigs, 0, reference->names.n * sizeof(counting->gigs[0]));
    key = calloc(reference->names.n + 1, sizeof(key[0]));
    assert_non_null(key);

    for (i = 0; i < reference->n; i++) {
        gig = reference->gig[i];

        if (!found[i] || !reference_matches(reference, gig, query, now, (int) facet)) {
            continue;
        }

        for (k = 0; k < gig->n_values; k++) {
            if (gig->value[k].facet == facet) {
                counting->gigs[gig->value[k].key]++;
            }
        }
    }

    n = 0;

    for (i = 0; i < reference->names.n; i++) {
        if (counting->gigs[i] > 0) {
            key[n++] = i;
        }
    }

    qsort_r(key, n, sizeof(key[0]), compare_keys, counting);

    for (i = 0; i < n && answer->n_counts[facet] < GIG_FACET_VALUES_MAX; i++) {
        spelling = display(counting, facet, key[i]);

        if (spelling != REFERENCE_NONE) {
            k = answer->n_counts[facet]++;
            answer->count[facet][k].spelling = spelling;
            answer->count[facet][k].count = counting->gigs[key[i]];
        }
    }

    free(key);
}


/* found: by gig, what `q` leaves. */
void
reference_count(const reference_t *reference, const gig_query_t *query, int64_t now,
    const unsigned char *found, reference_answer_t *answer)
{
    unsigned    facet;
    counting_t  counting;

    counting.reference = reference;
    counting.gigs = calloc(reference->names.n + 1, sizeof(counting.gigs[0]));
    counting.spelt = calloc(reference->names.n + 1, sizeof(counting.spelt[0]));
    assert_true(counting.gigs && counting.spelt);

    for (facet = 0; facet < GIG_FACETS; facet++) {
        if (query->facets & 1u << facet) {
            count_facet(&counting, (gig_facet_t) facet, query, now, found, answer);
        }
    }

    free(counting.gigs);
    free(counting.spelt);
}
