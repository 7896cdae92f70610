#include "gig_segment_write.h"

/*
 * One segment of several: their terms side by side, in order; of each term the
 * postings that live, under their new rows, and its spellings, each with the
 * postings that use it.  So nothing is left of a gig that is gone, not even a
 * spelling, and the result is what building it from the living gigs would give.
 */

#include <stdlib.h>

#include "gig_block.h"


typedef struct {
    const gig_segment_t  *segment;
    uint32_t             *starts;       /* a term and one: where in `words` its spellings begin */
    uint32_t             *words;        /* spellings by term */
    uint32_t              at;           /* the term to come */
    gig_str_t             stem;         /* of it; NULL when there is none */
    unsigned              language;
    int                   taken;        /* its postings are in the term at hand */
    gig_pool_t            numbers;      /* uint32_t a posting there: its new number or UINT32_MAX */
} gig_merged_t;

typedef struct {
    gig_str_t             text;
    uint32_t              segment, word;
} gig_merged_word_t;

typedef struct {
    gig_merged_t         *merged;
    unsigned              n;
    gig_segment_row_pt    row_of;
    void                 *data;
    gig_pool_t            words;        /* gig_merged_word_t, of the term at hand */
    gig_segment_writer_t  w;
} gig_merge_t;


static int gig_merge_open(gig_merged_t *merged);
static void gig_merge_advance(gig_merged_t *merged);
static int gig_merge_compare(const gig_merged_t *a, const gig_merged_t *b);
static int gig_merge_term(gig_merge_t *merge, gig_merged_t *first);
static int gig_merge_postings(gig_merge_t *merge, unsigned i, uint32_t *numbered);
static int gig_merge_words(gig_merge_t *merge);
static int gig_merge_word_compare(const void *a, const void *b);
static void gig_merge_uses(gig_merge_t *merge, const gig_merged_word_t *word);


int
gig_segment_merge(const gig_segment_t *segments, unsigned n, gig_segment_row_pt row_of,
    void *data, gig_str_t *result)
{
    int            rc;
    unsigned       i;
    gig_merge_t    merge;
    gig_merged_t  *first, merged[GIG_SEGMENTS_MAX];

    *result = gig_null_str;
    memset(&merge, 0, sizeof(merge));
    memset(merged, 0, sizeof(merged));

    if (n > GIG_SEGMENTS_MAX) {
        return -1;
    }

    rc = -1;
    merge.merged = merged;
    merge.n = n;
    merge.row_of = row_of;
    merge.data = data;
    gig_segment_write_init(&merge.w);

    for (i = 0; i < n; i++) {
        merged[i].segment = &segments[i];

        if (gig_merge_open(&merged[i]) != 0) {
            goto done;
        }
    }

    for ( ;; ) {
        first = NULL;

        for (i = 0; i < n; i++) {
            if (merged[i].stem.data
                && (first == NULL || gig_merge_compare(&merged[i], first) < 0))
            {
                first = &merged[i];
            }
        }

        if (first == NULL) {
            break;
        }

        if (gig_merge_term(&merge, first) != 0) {
            goto done;
        }
    }

    rc = gig_segment_write_end(&merge.w, result);

done:

    for (i = 0; i < n; i++) {
        gig_block_free(merged[i].starts);
        gig_block_free(merged[i].words);
        gig_pool_free(&merged[i].numbers);
    }

    gig_pool_free(&merge.words);
    gig_segment_write_free(&merge.w);

    return rc;
}


/* The spellings by term, by counting; in starts[term + 1] what begins at starts[term] ends. */
static int
gig_merge_open(gig_merged_t *merged)
{
    uint32_t              i, term, sum, count;
    const gig_segment_t  *segment = merged->segment;

    merged->starts = gig_block_alloc(((size_t) segment->terms + 1) * sizeof(*merged->starts));
    merged->words = gig_block_alloc(segment->words * sizeof(*merged->words));

    if (merged->starts == NULL || merged->words == NULL) {
        return -1;
    }

    for (i = 0; i < segment->words; i++) {
        term = gig_segment_word_term(segment, i);

        if (term != GIG_TERM_NONE) {
            merged->starts[term]++;
        }
    }

    sum = 0;

    for (i = 0; i <= segment->terms; i++) {
        count = merged->starts[i];
        sum += count;
        merged->starts[i] = sum;
    }

    /* From the end, so that each start comes down to where it belongs. */

    for (i = segment->words; i-- > 0; ) {
        term = gig_segment_word_term(segment, i);

        if (term != GIG_TERM_NONE) {
            merged->words[--merged->starts[term]] = i;
        }
    }

    gig_merge_advance(merged);

    return 0;
}


/* To the next term that can be read and comes after the one before, as in a sound segment all. */
static void
gig_merge_advance(gig_merged_t *merged)
{
    unsigned   language;
    gig_str_t  stem;

    for ( /* void */ ; merged->at < merged->segment->terms; merged->at++) {
        stem = gig_segment_stem(merged->segment, merged->at, &language);

        if (stem.data
            && (merged->stem.data == NULL || language > merged->language
                || (language == merged->language
                    && gig_segment_compare(stem, merged->stem) > 0)))
        {
            merged->stem = stem;
            merged->language = language;
            return;
        }
    }

    merged->stem = gig_null_str;
}


static int
gig_merge_compare(const gig_merged_t *a, const gig_merged_t *b)
{
    if (a->language != b->language) {
        return a->language < b->language ? -1 : 1;
    }

    return gig_segment_compare(a->stem, b->stem);
}


/* All segments that stand at the term of `first` go on to their next. */
static int
gig_merge_term(gig_merge_t *merge, gig_merged_t *first)
{
    uint32_t       numbered;
    unsigned       i;
    gig_merged_t  *m;

    numbered = 0;

    for (i = 0; i < merge->n; i++) {
        m = &merge->merged[i];
        m->taken = m->stem.data && gig_merge_compare(m, first) == 0;

        if (m->taken && gig_merge_postings(merge, i, &numbered) != 0) {
            return -1;
        }
    }

    gig_segment_write_term(&merge->w, first->language, first->stem);

    if (numbered > 0 && gig_merge_words(merge) != 0) {
        return -1;
    }

    for (i = 0; i < merge->n; i++) {
        m = &merge->merged[i];

        if (m->taken) {
            m->at++;
            gig_merge_advance(m);
        }
    }

    return merge->w.failed ? -1 : 0;
}


static int
gig_merge_postings(gig_merge_t *merge, unsigned i, uint32_t *numbered)
{
    uint32_t              n, row, living, *number;
    gig_merged_t         *m = &merge->merged[i];
    gig_positions_t       positions;
    gig_segment_block_t   block;

    m->numbers.used = 0;

    if (gig_segment_block(m->segment, m->at, &block) != 0) {
        return 0;
    }

    if (gig_pool_set(&m->numbers, block.frequency * sizeof(*number)) != 0) {
        return -1;
    }

    number = (void *) m->numbers.data;
    gig_positions_init(m->segment, m->at, &positions);
    n = 0;

    for (row = gig_positions_next(&positions, 0); row != UINT32_MAX;
         row = gig_positions_next(&positions, row + 1))
    {
        living = merge->row_of(merge->data, i, row);
        number[n] = UINT32_MAX;

        if (living != UINT32_MAX) {
            gig_segment_write_posting(&merge->w, living, block.weights[n], positions.positions,
                                      positions.size);
            number[n] = (*numbered)++;
        }

        n++;
    }

    /* Of a damaged term fewer may be there than it says. */

    m->numbers.used = n * sizeof(*number);

    return 0;
}


static int
gig_merge_words(gig_merge_t *merge)
{
    uint32_t            i, k, n, words;
    gig_merged_t       *m;
    gig_merged_word_t  *word;

    merge->words.used = 0;
    words = 0;

    for (i = 0; i < merge->n; i++) {
        m = &merge->merged[i];

        if (!m->taken) {
            continue;
        }

        for (k = m->starts[m->at]; k < m->starts[m->at + 1]; k++) {
            word = gig_pool_add(&merge->words, sizeof(*word));

            if (word == NULL) {
                return -1;
            }

            word->text = gig_segment_word(m->segment, m->words[k]);
            word->segment = i;
            word->word = m->words[k];

            if (word->text.data) {
                words++;

            } else {
                merge->words.used -= sizeof(*word);
            }
        }
    }

    if (words == 0) {
        return 0;
    }

    word = (void *) merge->words.data;
    qsort(word, words, sizeof(*word), gig_merge_word_compare);

    for (i = 0; i < words; i = n) {
        for (n = i; n < words && gig_segment_compare(word[n].text, word[i].text) == 0; n++) {
            gig_merge_uses(merge, &word[n]);
        }

        gig_segment_write_word(&merge->w, word[i].text);
    }

    return 0;
}


static int
gig_merge_word_compare(const void *a, const void *b)
{
    return gig_segment_compare(((const gig_merged_word_t *) a)->text,
                               ((const gig_merged_word_t *) b)->text);
}


static void
gig_merge_uses(gig_merge_t *merge, const gig_merged_word_t *word)
{
    uint32_t             at, n;
    gig_merged_t        *m = &merge->merged[word->segment];
    const uint32_t      *number = (const void *) m->numbers.data;
    gig_segment_uses_t   uses;

    if (gig_segment_uses_init(m->segment, word->word, &uses) != 0) {
        return;
    }

    n = (uint32_t) (m->numbers.used / sizeof(*number));

    for (at = gig_segment_uses_next(&uses); at < n; at = gig_segment_uses_next(&uses)) {
        if (number[at] != UINT32_MAX) {
            gig_segment_write_use(&merge->w, number[at]);
        }
    }
}
