#include "gig_segment_build.h"

/* The terms of a builder in order, each read from its slices and written. */

#include <stdlib.h>


/* A term to be sorted: most are told apart by language and first bytes. */
typedef struct {
    uint64_t              first;
    const unsigned char  *text;
    uint32_t              len, term;
} gig_sorted_term_t;

/* That a posting uses a spelling. */
typedef struct {
    uint32_t              posting;
    uint32_t              next;             /* of the same spelling, plus one */
} gig_building_use_t;

typedef struct {
    gig_pool_t            uses;             /* gig_building_use_t, of the term at hand */
    gig_pool_t            heads;            /* uint32_t a spelling of it: its last use, plus one */
} gig_building_uses_t;


static int gig_builder_sort_terms(const gig_segment_builder_t *builder, gig_pool_t *sorted);
static int gig_sorted_term_compare(const void *a, const void *b);
static int gig_builder_write_term(gig_segment_builder_t *builder, gig_segment_writer_t *w,
    const gig_building_term_t *term, gig_building_uses_t *uses);
static int gig_builder_gather(gig_segment_builder_t *builder, const gig_building_term_t *term);
static const unsigned char *gig_builder_read_uses(const unsigned char *p,
    const unsigned char *end, uint32_t posting, gig_building_uses_t *uses);
static int gig_building_use(gig_building_uses_t *uses, uint32_t word, uint32_t posting);
static void gig_builder_write_words(const gig_segment_builder_t *builder,
    gig_segment_writer_t *w, const gig_building_term_t *term, const gig_building_uses_t *uses);


int
gig_segment_end(gig_segment_builder_t *builder, gig_str_t *segment)
{
    int                       rc;
    uint32_t                  i;
    gig_pool_t                sorted;
    gig_building_uses_t       uses;
    gig_segment_writer_t      w;
    const gig_sorted_term_t  *order;

    rc = -1;
    *segment = gig_null_str;
    memset(&sorted, 0, sizeof(sorted));
    memset(&uses, 0, sizeof(uses));
    gig_segment_write_init(&w);

    if (builder->failed || gig_builder_end_row(builder) != 0
        || gig_builder_sort_terms(builder, &sorted) != 0)
    {
        goto done;
    }

    order = (const void *) sorted.data;

    for (i = 0; i < builder->n_terms; i++) {
        if (gig_builder_write_term(builder, &w, gig_builder_term(builder, order[i].term),
                                   &uses) != 0)
        {
            goto done;
        }
    }

    /* The writer has all it needs, and is about to need memory. */

    gig_builder_reset(builder);
    rc = gig_segment_write_end(&w, segment);

done:

    gig_pool_free(&sorted);
    gig_pool_free(&uses.uses);
    gig_pool_free(&uses.heads);
    gig_segment_write_free(&w);
    gig_builder_reset(builder);

    return rc;
}


static int
gig_builder_sort_terms(const gig_segment_builder_t *builder, gig_pool_t *sorted)
{
    uint32_t                    i, k;
    gig_sorted_term_t          *s;
    const gig_building_term_t  *term;

    if (gig_pool_set(sorted, builder->n_terms * sizeof(*s)) != 0) {
        return -1;
    }

    s = (void *) sorted->data;

    for (i = 0; i < builder->n_terms; i++) {
        term = gig_builder_term(builder, i);
        s[i].term = i;
        s[i].len = term->len;
        s[i].text = builder->text.data + term->text;
        s[i].first = (uint64_t) term->language << 56;

        for (k = 0; k < sizeof(s->first) - 1 && k < term->len; k++) {
            s[i].first |= (uint64_t) s[i].text[k] << (48 - 8 * k);
        }
    }

    if (builder->n_terms > 0) {
        qsort(s, builder->n_terms, sizeof(*s), gig_sorted_term_compare);
    }

    return 0;
}


static int
gig_sorted_term_compare(const void *a, const void *b)
{
    const gig_sorted_term_t  *one = a, *two = b;

    if (one->first != two->first) {
        return one->first < two->first ? -1 : 1;
    }

    return gig_segment_compare((gig_str_t) { (const char *) one->text, one->len },
                               (gig_str_t) { (const char *) two->text, two->len });
}


static int
gig_builder_write_term(gig_segment_builder_t *builder, gig_segment_writer_t *w,
    const gig_building_term_t *term, gig_building_uses_t *uses)
{
    uint8_t               weight;
    uint32_t              i, row, delta, size;
    gig_str_t             stem;
    const unsigned char  *p, *end;

    uses->uses.used = 0;

    if (gig_builder_gather(builder, term) != 0
        || gig_pool_set(&uses->heads, term->n_words * sizeof(uint32_t)) != 0)
    {
        return -1;
    }

    memset(uses->heads.data, 0, uses->heads.used);
    p = builder->scratch.data;
    end = p + term->bytes;
    row = 0;

    for (i = 0; i < term->postings; i++) {
        p = gig_varint_read(p, end, &delta);

        if (p == NULL || p == end) {
            return -1;
        }

        row += delta >> 1 ^ (delta & 1 ? UINT32_MAX : 0);
        weight = *p++;
        p = gig_varint_read(p, end, &size);

        if (p == NULL) {
            return -1;
        }

        if (size & 1) {
            p = gig_builder_read_uses(p, end, i, uses);

            if (p == NULL) {
                return -1;
            }

        } else if (term->n_words > 1 && gig_building_use(uses, 0, i) != 0) {
            return -1;
        }

        gig_segment_write_posting(w, row, weight, p, size >> 1);
        p += size >> 1;
    }

    stem = (gig_str_t) { (const char *) builder->text.data + term->text, term->len };
    gig_segment_write_term(w, term->language, stem);
    gig_builder_write_words(builder, w, term, uses);

    return w->failed ? -1 : 0;
}


/* The bytes of a term's slices into scratch. */
static int
gig_builder_gather(gig_segment_builder_t *builder, const gig_building_term_t *term)
{
    size_t                left, part, at, slice;
    uint32_t              next;
    unsigned              level;
    unsigned char        *to;
    const unsigned char  *from = builder->slices.data;

    if (gig_pool_set(&builder->scratch, term->bytes) != 0) {
        return -1;
    }

    to = builder->scratch.data;
    left = term->bytes;
    at = term->head;

    for (level = 0; left > 0; level += level < GIG_SLICE_LEVELS) {
        slice = ((size_t) GIG_SLICE_FIRST << level) - GIG_SLICE_LINK;
        part = left < slice ? left : slice;
        memcpy(to, from + at, part);
        to += part;
        left -= part;

        if (left > 0) {
            memcpy(&next, from + at + slice, sizeof(next));
            at = next;
        }
    }

    return 0;
}


static const unsigned char *
gig_builder_read_uses(const unsigned char *p, const unsigned char *end, uint32_t posting,
    gig_building_uses_t *uses)
{
    uint32_t  n, word;

    p = gig_varint_read(p, end, &n);

    while (p && n > 0) {
        p = gig_varint_read(p, end, &word);
        n--;

        if (p == NULL || gig_building_use(uses, word, posting) != 0) {
            return NULL;
        }
    }

    return p;
}


static int
gig_building_use(gig_building_uses_t *uses, uint32_t word, uint32_t posting)
{
    uint32_t            *head = (uint32_t *) (void *) uses->heads.data + word;
    gig_building_use_t  *use;

    use = gig_pool_add(&uses->uses, sizeof(*use));

    if (use == NULL) {
        return -1;
    }

    use->posting = posting;
    use->next = *head;
    *head = (uint32_t) (uses->uses.used / sizeof(*use));

    return 0;
}


static void
gig_builder_write_words(const gig_segment_builder_t *builder, gig_segment_writer_t *w,
    const gig_building_term_t *term, const gig_building_uses_t *uses)
{
    uint32_t                    i, use;
    const uint32_t             *heads = (const void *) uses->heads.data;
    const gig_building_use_t   *all = (const void *) uses->uses.data;
    const gig_building_word_t  *word;

    for (i = term->word; i != 0; i = word->older) {
        word = gig_builder_word(builder, i - 1);

        if (term->n_words == 1) {
            for (use = 0; use < term->postings; use++) {
                gig_segment_write_use(w, use);
            }

        } else {
            for (use = heads[word->number]; use != 0; use = all[use - 1].next) {
                gig_segment_write_use(w, all[use - 1].posting);
            }
        }

        gig_segment_write_word(w, (gig_str_t) { (const char *) builder->text.data + word->text,
                                                word->len });
    }
}
