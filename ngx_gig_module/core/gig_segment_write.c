#include "gig_segment_write.h"

/*
 * Writing a segment: the blocks of postings one after the other into what will be
 * the segment, so that the largest part of it is never copied.
 */

#define GIG_ROWS_RADIX      11              /* bits of a row sorted by at once */
#define GIG_ROWS_DIGITS     (1u << GIG_ROWS_RADIX)


/* order is a row in the high half, the posting's number in the low one. */
#define gig_order(row, number)  ((uint64_t) (row) << 32 | (number))
#define gig_order_row(order)    ((uint32_t) ((order) >> 32))
#define gig_order_number(order) ((uint32_t) (order))

typedef struct {
    size_t    gaps, positions;
} gig_block_sizes_t;


static int gig_segment_order(gig_segment_writer_t *w, uint32_t n);
static int gig_segment_order_sort(gig_segment_writer_t *w, uint32_t n, uint32_t last_row);
static uint32_t gig_segment_order_unique(gig_segment_writer_t *w, uint32_t n);
static int gig_segment_mark_rows(gig_segment_writer_t *w);
static void gig_segment_measure(const gig_segment_writer_t *w, gig_block_sizes_t *sizes);
static int gig_segment_write_block(gig_segment_writer_t *w);
static int gig_segment_write_uses(gig_segment_writer_t *w);
static uint32_t gig_segment_list_uses(const gig_segment_writer_t *w, unsigned char *out);


void
gig_segment_write_init(gig_segment_writer_t *w)
{
    memset(w, 0, sizeof(*w));

    if (gig_pool_add(&w->out, sizeof(gig_segment_header_t)) == NULL) {
        w->failed = 1;
    }
}


void
gig_segment_write_free(gig_segment_writer_t *w)
{
    gig_pool_free(&w->out);
    gig_pool_free(&w->terms);
    gig_pool_free(&w->stems);
    gig_pool_free(&w->words);
    gig_pool_free(&w->text);
    gig_pool_free(&w->uses);
    gig_pool_free(&w->rows);
    gig_pool_free(&w->postings);
    gig_pool_free(&w->order);
    gig_pool_free(&w->spare);
    gig_pool_free(&w->place);
    gig_pool_free(&w->used);
    memset(w, 0, sizeof(*w));
}


void
gig_segment_write_posting(gig_segment_writer_t *w, uint32_t row, uint8_t weight,
    const unsigned char *positions, uint32_t size)
{
    gig_segment_posting_t  *posting;

    posting = gig_pool_add(&w->postings, sizeof(*posting));

    if (posting == NULL) {
        w->failed = 1;
        return;
    }

    posting->positions = positions;
    posting->size = size;
    posting->row = row;
    posting->weight = weight;
}


void
gig_segment_write_term(gig_segment_writer_t *w, unsigned language, gig_str_t stem)
{
    uint32_t              n;
    unsigned char        *text;
    gig_written_stem_t   *s;
    gig_segment_term_t   *term;

    n = (uint32_t) (w->postings.used / sizeof(gig_segment_posting_t));
    w->frequency = 0;

    if (w->failed || n == 0) {
        w->postings.used = 0;
        return;
    }

    if (gig_segment_order(w, n) != 0 || gig_segment_mark_rows(w) != 0) {
        goto failed;
    }

    term = gig_pool_add(&w->terms, sizeof(*term));
    s = gig_pool_add(&w->stems, sizeof(*s));
    text = gig_pool_add(&w->text, stem.len);

    if (term == NULL || s == NULL || text == NULL) {
        goto failed;
    }

    memcpy(text, stem.data, stem.len);
    s->offset = (uint32_t) (w->text.used - stem.len);
    term->frequency = w->frequency;
    term->postings = (uint32_t) (w->out.used - sizeof(gig_segment_header_t));
    term->language = (uint8_t) language;
    term->len = (uint8_t) stem.len;

    if (gig_segment_write_block(w) != 0) {
        goto failed;
    }

    w->n_terms++;
    w->n_used = 0;
    memset(w->used.data, 0, w->used.used);
    w->postings.used = 0;

    return;

failed:

    w->postings.used = 0;
    w->frequency = 0;
    w->failed = 1;
}


/* order and place of the n postings; frequency is how many are left. */
static int
gig_segment_order(gig_segment_writer_t *w, uint32_t n)
{
    int                     sorted;
    uint32_t                i, *place, highest;
    uint64_t               *order;
    gig_segment_posting_t  *postings = (void *) w->postings.data;

    if (gig_pool_set(&w->order, n * sizeof(*order)) != 0
        || gig_pool_set(&w->place, n * sizeof(*place)) != 0)
    {
        return -1;
    }

    order = (void *) w->order.data;
    place = (void *) w->place.data;
    sorted = 1;
    highest = postings[0].row;

    for (i = 0; i < n; i++) {
        order[i] = gig_order(postings[i].row, i);
        place[i] = i;

        if (i > 0 && postings[i].row <= highest) {
            sorted = 0;
        }

        if (postings[i].row > highest) {
            highest = postings[i].row;
        }
    }

    w->frequency = n;

    if (!sorted) {
        if (gig_segment_order_sort(w, n, highest) != 0) {
            return -1;
        }

        w->frequency = gig_segment_order_unique(w, n);
    }

    return gig_pool_set(&w->used, w->frequency / 8 + (size_t) 1);
}


/* By row; it is stable, so by number where rows are equal. */
static int
gig_segment_order_sort(gig_segment_writer_t *w, uint32_t n, uint32_t last_row)
{
    uint32_t    i, digit, sum, count, starts[GIG_ROWS_DIGITS];
    uint64_t   *from, *to;
    unsigned    shift;
    gig_pool_t  pool;

    if (gig_pool_set(&w->spare, n * sizeof(*to)) != 0) {
        return -1;
    }

    for (shift = 0; shift < 32 && last_row >> shift != 0; shift += GIG_ROWS_RADIX) {
        from = (void *) w->order.data;
        to = (void *) w->spare.data;
        memset(starts, 0, sizeof(starts));

        for (i = 0; i < n; i++) {
            starts[gig_order_row(from[i]) >> shift & (GIG_ROWS_DIGITS - 1)]++;
        }

        sum = 0;

        for (digit = 0; digit < GIG_ROWS_DIGITS; digit++) {
            count = starts[digit];
            starts[digit] = sum;
            sum += count;
        }

        for (i = 0; i < n; i++) {
            to[starts[gig_order_row(from[i]) >> shift & (GIG_ROWS_DIGITS - 1)]++] = from[i];
        }

        pool = w->order;
        w->order = w->spare;
        w->spare = pool;
    }

    return 0;
}


static uint32_t
gig_segment_order_unique(gig_segment_writer_t *w, uint32_t n)
{
    uint32_t   i, kept, *place = (void *) w->place.data;
    uint64_t  *order = (void *) w->order.data;

    kept = 0;

    for (i = 0; i < n; i++) {
        if (kept == 0 || gig_order_row(order[i]) != gig_order_row(order[kept - 1])) {
            place[gig_order_number(order[i])] = kept;
            order[kept++] = order[i];

        } else {
            place[gig_order_number(order[i])] = kept - 1;
        }
    }

    return kept;
}


static int
gig_segment_mark_rows(gig_segment_writer_t *w)
{
    size_t           last;
    uint32_t         i, row;
    const uint64_t  *order = (const void *) w->order.data;

    last = gig_order_row(order[w->frequency - 1]) / 8;

    if (last >= w->rows.used && gig_pool_set(&w->rows, last + 1) != 0) {
        return -1;
    }

    for (i = 0; i < w->frequency; i++) {
        row = gig_order_row(order[i]);

        if ((w->rows.data[row / 8] & 1u << row % 8) == 0) {
            w->rows.data[row / 8] = (unsigned char) (w->rows.data[row / 8] | 1u << row % 8);
            w->n_rows++;
        }
    }

    return 0;
}


static void
gig_segment_measure(const gig_segment_writer_t *w, gig_block_sizes_t *sizes)
{
    uint32_t                      i, delta, next;
    const uint64_t               *order = (const void *) w->order.data;
    const gig_segment_posting_t  *posting;

    sizes->gaps = 0;
    sizes->positions = 0;
    next = 0;

    for (i = 0; i < w->frequency; i++) {
        posting = (const gig_segment_posting_t *) (const void *) w->postings.data
                  + gig_order_number(order[i]);
        delta = posting->row - next;
        next = posting->row + 1;
        sizes->positions += posting->size;

        if (delta >= GIG_SEGMENT_ROW_ESCAPE) {
            sizes->gaps += gig_varint_size(delta - GIG_SEGMENT_ROW_ESCAPE);
        }

        if (posting->size > GIG_SEGMENT_SIZE_ESCAPE) {
            sizes->positions += gig_varint_size(posting->size);
        }
    }
}


/* At least one; a call of memcpy() would cost more than most positions. */
static inline unsigned char *
gig_segment_write_few(unsigned char *to, const unsigned char *from, uint32_t n)
{
    switch (n) {
    case 1:
        memcpy(to, from, 1);
        break;
    case 2:
        memcpy(to, from, 2);
        break;
    case 3:
        memcpy(to, from, 3);
        break;
    case 4:
        memcpy(to, from, 4);
        break;
    default:
        memcpy(to, from, n);
    }

    return to + n;
}


static int
gig_segment_write_block(gig_segment_writer_t *w)
{
    uint32_t                      i, delta, next, size, f = w->frequency;
    unsigned char                *weights, *rows, *half, *gaps, *positions;
    const uint64_t               *order = (const void *) w->order.data;
    gig_block_sizes_t             sizes;
    const gig_segment_posting_t  *posting;

    gig_segment_measure(w, &sizes);

    weights = gig_pool_add(&w->out, 2 * (size_t) f + (f + (size_t) 1) / 2
                                    + gig_varint_size((uint32_t) sizes.gaps)
                                    + sizes.gaps + sizes.positions);

    if (weights == NULL) {
        return -1;
    }

    rows = weights + f;
    half = rows + f;
    gaps = gig_varint_write(half + (f + (size_t) 1) / 2, (uint32_t) sizes.gaps);
    positions = gaps + sizes.gaps;
    next = 0;

    for (i = 0; i < f; i++) {
        posting = (const gig_segment_posting_t *) (const void *) w->postings.data
                  + gig_order_number(order[i]);
        weights[i] = posting->weight;
        delta = posting->row - next;
        next = posting->row + 1;
        rows[i] = (unsigned char) delta;

        if (delta >= GIG_SEGMENT_ROW_ESCAPE) {
            rows[i] = GIG_SEGMENT_ROW_ESCAPE;
            gaps = gig_varint_write(gaps, delta - GIG_SEGMENT_ROW_ESCAPE);
        }

        size = posting->size - 1;

        if (size >= GIG_SEGMENT_SIZE_ESCAPE) {
            size = GIG_SEGMENT_SIZE_ESCAPE;
            positions = gig_varint_write(positions, posting->size);
        }

        half[i / 2] = (unsigned char) (half[i / 2] | size << 4 * (i % 2));
        positions = gig_segment_write_few(positions, posting->positions, posting->size);
    }

    return 0;
}


void
gig_segment_write_use(gig_segment_writer_t *w, uint32_t number)
{
    uint32_t        at;
    unsigned char  *byte;

    if (w->frequency == 0) {
        return;
    }

    at = ((const uint32_t *) (const void *) w->place.data)[number];
    byte = &w->used.data[at / 8];

    if ((*byte & 1u << at % 8) == 0) {
        *byte = (unsigned char) (*byte | 1u << at % 8);
        w->n_used++;
    }
}


void
gig_segment_write_word(gig_segment_writer_t *w, gig_str_t word)
{
    unsigned char       *text;
    gig_written_word_t  *written;

    if (w->failed || w->frequency == 0 || w->n_used == 0) {
        return;
    }

    written = gig_pool_add(&w->words, sizeof(*written));
    text = gig_pool_add(&w->text, word.len);

    if (written == NULL || text == NULL) {
        w->failed = 1;
        return;
    }

    memcpy(text, word.data, word.len);
    written->offset = (uint32_t) (w->text.used - word.len);
    written->len = (uint32_t) word.len;
    written->term = w->n_terms - 1;
    written->uses = (uint32_t) w->uses.used;

    if (gig_segment_write_uses(w) != 0) {
        w->failed = 1;
        return;
    }

    written->uses_size = (uint32_t) w->uses.used - written->uses;
    w->n_words++;
    w->n_used = 0;
    memset(w->used.data, 0, w->used.used);
}


static int
gig_segment_write_uses(gig_segment_writer_t *w)
{
    uint32_t        bits, list;
    unsigned char  *uses;

    if (w->n_used == w->frequency) {
        return 0;
    }

    bits = w->frequency / 8 + (w->frequency % 8 ? 1 : 0);
    list = w->n_used < bits ? gig_segment_list_uses(w, NULL) : bits;
    uses = gig_pool_add(&w->uses, list < bits ? list : bits);

    if (uses == NULL) {
        return -1;
    }

    if (list < bits) {
        (void) gig_segment_list_uses(w, uses);

    } else {
        memcpy(uses, w->used.data, bits);
    }

    return 0;
}


/* Its bytes; written if out is not NULL. */
static uint32_t
gig_segment_list_uses(const gig_segment_writer_t *w, unsigned char *out)
{
    uint32_t  i, next, size;

    next = 0;
    size = 0;

    for (i = 0; i < w->frequency; i++) {

        if ((w->used.data[i / 8] & 1u << i % 8) == 0) {
            continue;
        }

        size += gig_varint_size(i - next);

        if (out) {
            out = gig_varint_write(out, i - next);
        }

        next = i + 1;
    }

    return size;
}
