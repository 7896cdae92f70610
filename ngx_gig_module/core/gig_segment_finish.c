#include "gig_segment_write.h"

/* The end of a segment: dictionary and spellings behind the postings, then the header. */

#include <stdlib.h>

#include "gig_block.h"


/* A spelling to be sorted: most are told apart by their first bytes. */
typedef struct {
    uint64_t              first;
    const unsigned char  *text;
    gig_written_word_t    word;
} gig_sorted_word_t;


static int gig_segment_sort_words(gig_segment_writer_t *w, gig_pool_t *sorted);
static int gig_sorted_word_compare(const void *a, const void *b);
static uint32_t gig_segment_place_text(gig_segment_writer_t *w, const gig_sorted_word_t *sorted);
static void *gig_segment_write_section(gig_segment_writer_t *w, gig_segment_header_t *h,
    unsigned section, size_t size);
static void gig_segment_write_words(const gig_segment_writer_t *w, gig_segment_header_t *h,
    const gig_sorted_word_t *sorted);
static void gig_segment_write_text(const gig_segment_writer_t *w, const gig_segment_header_t *h,
    const gig_sorted_word_t *sorted);


int
gig_segment_write_end(gig_segment_writer_t *w, gig_str_t *segment)
{
    int                   rc;
    void                 *terms, *block;
    size_t                text;
    gig_pool_t            words;
    gig_segment_term_t   *last;
    gig_segment_header_t  h;

    rc = -1;
    memset(&h, 0, sizeof(h));
    memset(&words, 0, sizeof(words));
    *segment = gig_null_str;

    if (w->failed) {
        goto done;
    }

    last = gig_pool_add(&w->terms, sizeof(*last));

    if (last == NULL || gig_segment_sort_words(w, &words) != 0) {
        goto done;
    }

    last->postings = (uint32_t) (w->out.used - sizeof(h));
    text = gig_segment_place_text(w, (const void *) words.data);

    h.section[GIG_SEGMENT_POSTINGS].offset = sizeof(h);
    h.section[GIG_SEGMENT_POSTINGS].size = last->postings;
    terms = gig_segment_write_section(w, &h, GIG_SEGMENT_TERMS, w->terms.used);

    if (terms == NULL) {
        goto done;
    }

    memcpy(terms, w->terms.data, w->terms.used);

    if (gig_segment_write_section(w, &h, GIG_SEGMENT_WORDS,
                                  ((size_t) w->n_words + 1) * sizeof(gig_segment_word_t)) == NULL
        || gig_segment_write_section(w, &h, GIG_SEGMENT_LETTERS,
                                     w->n_words * sizeof(uint32_t)) == NULL
        || gig_segment_write_section(w, &h, GIG_SEGMENT_USES, w->uses.used) == NULL
        || gig_segment_write_section(w, &h, GIG_SEGMENT_TEXT, text) == NULL
        || w->out.used > GIG_SEGMENT_SIZE_MAX)
    {
        goto done;
    }

    gig_segment_write_words(w, &h, (const void *) words.data);
    gig_segment_write_text(w, &h, (const void *) words.data);

    memcpy(h.magic, GIG_SEGMENT_MAGIC, sizeof(h.magic));
    h.version = GIG_SEGMENT_VERSION;
    h.endian = GIG_SEGMENT_ENDIAN;
    h.size = w->out.used;
    h.header_size = sizeof(h);
    h.terms = w->n_terms;
    h.words = w->n_words;
    h.rows = w->n_rows;
    memcpy(w->out.data, &h, sizeof(h));

    /* The rest of what was set aside goes back; that it could not is no harm. */

    block = gig_block_resize(w->out.data, w->out.size, w->out.used);
    segment->data = block ? block : (void *) w->out.data;
    segment->len = w->out.used;
    memset(&w->out, 0, sizeof(w->out));
    rc = 0;

done:

    gig_pool_free(&words);
    gig_segment_write_free(w);

    return rc;
}


static int
gig_segment_sort_words(gig_segment_writer_t *w, gig_pool_t *sorted)
{
    uint32_t                   i, k, n;
    gig_sorted_word_t         *s;
    const gig_written_word_t  *words = (const void *) w->words.data;

    if (gig_pool_set(sorted, w->n_words * sizeof(*s)) != 0) {
        return -1;
    }

    s = (void *) sorted->data;

    for (i = 0; i < w->n_words; i++) {
        s[i].word = words[i];
        s[i].text = w->text.data + words[i].offset;
        s[i].first = 0;
        n = words[i].len < sizeof(s->first) ? words[i].len : sizeof(s->first);

        for (k = 0; k < n; k++) {
            s[i].first |= (uint64_t) s[i].text[k] << (56 - 8 * k);
        }
    }

    if (w->n_words > 0) {
        qsort(s, w->n_words, sizeof(*s), gig_sorted_word_compare);
    }

    return 0;
}


static int
gig_sorted_word_compare(const void *a, const void *b)
{
    int                       order;
    const gig_sorted_word_t  *one = a, *two = b;

    if (one->first != two->first) {
        return one->first < two->first ? -1 : 1;
    }

    order = gig_segment_compare((gig_str_t) { (const char *) one->text, one->word.len },
                                (gig_str_t) { (const char *) two->text, two->word.len });

    return order ? order : (one->word.term > two->word.term) - (one->word.term < two->word.term);
}


/*
 * Where in TEXT each stem will be: at the first spelling of its term that begins with it, or
 * behind the spellings, there marked by being no less than they are long.  Returns TEXT's size.
 */
static uint32_t
gig_segment_place_text(gig_segment_writer_t *w, const gig_sorted_word_t *sorted)
{
    uint32_t                   i, at;
    const unsigned char       *stem;
    gig_segment_term_t        *t, *terms = (void *) w->terms.data;
    const gig_written_stem_t  *stems = (const void *) w->stems.data;

    for (i = 0; i < w->n_terms; i++) {
        terms[i].text = UINT32_MAX;
    }

    at = 0;

    for (i = 0; i < w->n_words; i++) {
        t = &terms[sorted[i].word.term];
        stem = w->text.data + stems[sorted[i].word.term].offset;

        if (t->text == UINT32_MAX && t->len <= sorted[i].word.len
            && memcmp(sorted[i].text, stem, t->len) == 0)
        {
            t->text = at;
        }

        at += sorted[i].word.len;
    }

    for (i = 0; i < w->n_terms; i++) {
        if (terms[i].text == UINT32_MAX) {
            terms[i].text = at;
            at += terms[i].len;
        }
    }

    return at;
}


/* Zeroed, after what there is.  NULL: out of memory. */
static void *
gig_segment_write_section(gig_segment_writer_t *w, gig_segment_header_t *h, unsigned section,
    size_t size)
{
    size_t          pad;
    unsigned char  *p;

    pad = (GIG_SEGMENT_ALIGN - w->out.used % GIG_SEGMENT_ALIGN) % GIG_SEGMENT_ALIGN;
    p = gig_pool_add(&w->out, pad + size);

    if (p == NULL) {
        return NULL;
    }

    h->section[section].offset = (uint32_t) (w->out.used - size);
    h->section[section].size = (uint32_t) size;

    return p + pad;
}


static void
gig_segment_write_words(const gig_segment_writer_t *w, gig_segment_header_t *h,
    const gig_sorted_word_t *sorted)
{
    uint32_t             i, text, used, *letters;
    unsigned char       *uses;
    gig_segment_word_t  *words;

    words = (void *) (w->out.data + h->section[GIG_SEGMENT_WORDS].offset);
    letters = (void *) (w->out.data + h->section[GIG_SEGMENT_LETTERS].offset);
    uses = w->out.data + h->section[GIG_SEGMENT_USES].offset;
    text = 0;
    used = 0;

    for (i = 0; i < w->n_words; i++) {
        words[i].text = text;
        words[i].term = sorted[i].word.term;
        words[i].uses = used;
        letters[i] = gig_word_letters((gig_str_t) { (const char *) sorted[i].text,
                                                    sorted[i].word.len });

        if (sorted[i].word.uses_size > 0) {
            memcpy(uses + used, w->uses.data + sorted[i].word.uses, sorted[i].word.uses_size);
        }

        used += sorted[i].word.uses_size;
        text += sorted[i].word.len;
    }

    words[i].text = text;
    words[i].uses = used;
}


static void
gig_segment_write_text(const gig_segment_writer_t *w, const gig_segment_header_t *h,
    const gig_sorted_word_t *sorted)
{
    char                      *text;
    uint32_t                   i, at;
    const gig_segment_term_t  *terms = (const void *) w->terms.data;
    const gig_written_stem_t  *stems = (const void *) w->stems.data;

    text = (char *) w->out.data + h->section[GIG_SEGMENT_TEXT].offset;
    at = 0;

    for (i = 0; i < w->n_words; i++) {
        memcpy(text + at, sorted[i].text, sorted[i].word.len);
        at += sorted[i].word.len;
    }

    for (i = 0; i < w->n_terms; i++) {
        if (terms[i].text >= at) {
            memcpy(text + terms[i].text, w->text.data + stems[i].offset, terms[i].len);
        }
    }
}
