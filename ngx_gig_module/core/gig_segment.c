#include "gig_segment_format.h"

/*
 * The reader of a segment: terms, postings, positions.  The bytes may be damaged
 * anywhere; what is followed is checked where it is followed, once a block for the
 * arrays in it, so that the loop over the rows of a term has nothing left to check
 * but its escapes.
 */

#define GIG_ROWS_STEP       8                           /* rows looked at at once */
#define GIG_ROWS_STEP_MAX   (GIG_ROWS_STEP * GIG_SEGMENT_ROW_ESCAPE)    /* that they may add */
#define GIG_BYTES_LOW       0x0101010101010101u
#define GIG_BYTES_HIGH      0x8080808080808080u


static int gig_segment_check(const gig_segment_header_t *h, gig_str_t bytes);
static const gig_segment_header_t *gig_segment_header(const gig_segment_t *segment);
static const gig_segment_term_t *gig_segment_term(const gig_segment_t *segment, uint32_t term);
static int gig_positions_leap(gig_positions_t *positions, uint32_t row);
static void gig_positions_end(gig_positions_t *positions);


/* A byte of eight is 255. */
static inline int
gig_bytes_escape(uint64_t bytes)
{
    return ((~bytes - GIG_BYTES_LOW) & bytes & GIG_BYTES_HIGH) != 0;
}


/* A half byte of eight is 15. */
static inline int
gig_halves_escape(uint32_t halves)
{
    return (halves & halves >> 1 & halves >> 2 & halves >> 3 & 0x11111111u) != 0;
}


static inline uint32_t
gig_bytes_sum(uint64_t bytes)
{
    bytes = (bytes & 0x00ff00ff00ff00ffu) + (bytes >> 8 & 0x00ff00ff00ff00ffu);

    return (uint32_t) (bytes * 0x0001000100010001u >> 48);
}


static inline uint32_t
gig_halves_sum(uint32_t halves)
{
    halves = (halves & 0x0f0f0f0fu) + (halves >> 4 & 0x0f0f0f0fu);

    return halves * 0x01010101u >> 24;
}


static const gig_segment_header_t *
gig_segment_header(const gig_segment_t *segment)
{
    return (const void *) segment->base;
}


int
gig_segment_open(gig_str_t bytes, gig_segment_t *segment)
{
    unsigned                     i;
    const gig_segment_header_t  *h;

    memset(segment, 0, sizeof(*segment));

    if (bytes.data == NULL || (uintptr_t) bytes.data % GIG_SEGMENT_ALIGN != 0
        || bytes.len < sizeof(*h))
    {
        return -1;
    }

    h = (const void *) bytes.data;

    if (gig_segment_check(h, bytes) != 0) {
        return -1;
    }

    segment->base = (const unsigned char *) bytes.data;
    segment->size = bytes.len;
    segment->terms = h->terms;
    segment->words = h->words;
    segment->rows = h->rows;

    for (i = 0; i < GIG_SEGMENT_SECTIONS; i++) {
        segment->section[i] = segment->base + h->section[i].offset;
    }

    return 0;
}


static int
gig_segment_check(const gig_segment_header_t *h, gig_str_t bytes)
{
    unsigned                      i;
    const gig_segment_section_t  *s;

    if (memcmp(h->magic, GIG_SEGMENT_MAGIC, sizeof(h->magic)) != 0
        || h->version != GIG_SEGMENT_VERSION || h->endian != GIG_SEGMENT_ENDIAN
        || h->header_size != sizeof(*h) || h->size != bytes.len
        || bytes.len > GIG_SEGMENT_SIZE_MAX)
    {
        return -1;
    }

    for (i = 0; i < GIG_SEGMENT_SECTIONS; i++) {
        s = &h->section[i];

        if (s->offset < sizeof(*h) || s->offset % GIG_SEGMENT_ALIGN != 0
            || s->offset > bytes.len || s->size > bytes.len - s->offset)
        {
            return -1;
        }
    }

    if (h->section[GIG_SEGMENT_TERMS].size
            != ((uint64_t) h->terms + 1) * sizeof(gig_segment_term_t)
        || h->section[GIG_SEGMENT_WORDS].size
            != ((uint64_t) h->words + 1) * sizeof(gig_segment_word_t)
        || h->section[GIG_SEGMENT_LETTERS].size != (uint64_t) h->words * sizeof(uint32_t))
    {
        return -1;
    }

    return 0;
}


static const gig_segment_term_t *
gig_segment_term(const gig_segment_t *segment, uint32_t term)
{
    return (const gig_segment_term_t *) segment->section[GIG_SEGMENT_TERMS] + term;
}


gig_str_t
gig_segment_stem(const gig_segment_t *segment, uint32_t term, unsigned *language)
{
    uint32_t                   size;
    const gig_segment_term_t  *t;

    if (term >= segment->terms) {
        return gig_null_str;
    }

    t = gig_segment_term(segment, term);
    size = gig_segment_header(segment)->section[GIG_SEGMENT_TEXT].size;

    if (t->len == 0 || t->len > GIG_WORD_MAX || t->language >= GIG_LANGUAGES_MAX
        || t->text > size || t->len > size - t->text)
    {
        return gig_null_str;
    }

    *language = t->language;

    return (gig_str_t) { (const char *) segment->section[GIG_SEGMENT_TEXT] + t->text, t->len };
}


uint32_t
gig_segment_find(const gig_segment_t *segment, unsigned language, gig_str_t stem)
{
    int        order;
    uint32_t   low = 0, high = segment->terms, middle;
    unsigned   its;
    gig_str_t  text;

    while (low < high) {
        middle = low + (high - low) / 2;
        text = gig_segment_stem(segment, middle, &its);

        if (text.data == NULL) {
            break;
        }

        order = its != language ? (its > language ? 1 : -1) : gig_segment_compare(text, stem);

        if (order == 0) {
            return middle;
        }

        if (order < 0) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    return GIG_TERM_NONE;
}


int
gig_segment_block(const gig_segment_t *segment, uint32_t term, gig_segment_block_t *block)
{
    uint32_t                   size, gaps;
    uint64_t                   arrays;
    const unsigned char       *p;
    const gig_segment_term_t  *t;

    if (term >= segment->terms) {
        return -1;
    }

    t = gig_segment_term(segment, term);
    size = gig_segment_header(segment)->section[GIG_SEGMENT_POSTINGS].size;

    if (t[1].postings > size || t[0].postings > t[1].postings) {
        return -1;
    }

    p = (const unsigned char *) segment->section[GIG_SEGMENT_POSTINGS] + t->postings;
    size = t[1].postings - t[0].postings;
    arrays = 2 * (uint64_t) t->frequency + (t->frequency + (uint64_t) 1) / 2;

    if (t->frequency == 0 || arrays >= size) {
        return -1;
    }

    block->frequency = t->frequency;
    block->end = p + size;
    block->weights = p;
    block->rows = block->weights + t->frequency;
    block->sizes = block->rows + t->frequency;
    block->gaps = gig_varint_read(p + arrays, block->end, &gaps);

    if (block->gaps == NULL || gaps > (size_t) (block->end - block->gaps)) {
        return -1;
    }

    block->positions = block->gaps + gaps;

    return 0;
}


uint32_t
gig_segment_frequency(const gig_segment_t *segment, uint32_t term)
{
    gig_segment_block_t  block;

    return gig_segment_block(segment, term, &block) == 0 ? block.frequency : 0;
}


uint32_t
gig_segment_postings(const gig_segment_t *segment, uint32_t term, uint32_t *row, uint8_t *weight,
    uint32_t max)
{
    uint32_t              i, n, next, step;
    uint64_t              deltas;
    const unsigned char  *gaps;
    gig_segment_block_t   block;

    if (gig_segment_block(segment, term, &block) != 0) {
        return 0;
    }

    n = block.frequency < max ? block.frequency : max;
    gaps = block.gaps;
    next = 0;
    i = 0;

    while (n - i >= GIG_ROWS_STEP) {
        memcpy(&deltas, block.rows + i, sizeof(deltas));

        if (gig_bytes_escape(deltas) || next > UINT32_MAX - GIG_ROWS_STEP_MAX) {

            for (step = 0; step < GIG_ROWS_STEP; step++, i++) {
                if (!gig_segment_row(block.rows[i], &gaps, block.positions, &next)) {
                    goto done;
                }

                row[i] = next - 1;
            }

            continue;
        }

        for (step = 0; step < GIG_ROWS_STEP; step++, i++) {
            next += (uint32_t) (deltas & 0xff);
            row[i] = next++;
            deltas >>= 8;
        }
    }

    for ( /* void */ ; i < n; i++) {
        if (!gig_segment_row(block.rows[i], &gaps, block.positions, &next)) {
            break;
        }

        row[i] = next - 1;
    }

done:

    if (i > 0) {
        memcpy(weight, block.weights, i);
    }

    return i;
}


void
gig_positions_init(const gig_segment_t *segment, uint32_t term, gig_positions_t *positions)
{
    gig_segment_block_t  block;

    memset(positions, 0, sizeof(*positions));
    positions->row = UINT32_MAX;

    if (gig_segment_block(segment, term, &block) != 0) {
        return;
    }

    positions->left = block.frequency;
    positions->rows = block.rows;
    positions->gaps = block.gaps;
    positions->gaps_end = block.positions;
    positions->sizes = block.sizes;
    positions->positions = block.positions;
    positions->end = block.end;
}


/* size is 0 before the first posting and after the last; each has at least a position. */
uint32_t
gig_positions_next(gig_positions_t *positions, uint32_t row)
{
    uint32_t              size;
    const unsigned char  *p;

    if (positions->size > 0 && positions->row >= row) {
        return positions->row;
    }

    while (gig_positions_leap(positions, row)) {
        /* void */
    }

    while (positions->left > 0) {
        if (!gig_segment_row(*positions->rows, &positions->gaps, positions->gaps_end,
                             &positions->next))
        {
            break;
        }

        p = positions->positions + positions->size;
        size = (uint32_t) positions->sizes[positions->done / 2] >> 4 * (positions->done % 2)
               & GIG_SEGMENT_SIZE_ESCAPE;

        if (size == GIG_SEGMENT_SIZE_ESCAPE) {
            p = gig_varint_read(p, positions->end, &size);

            if (p == NULL) {
                break;
            }

        } else {
            size++;
        }

        if (size == 0 || size > (size_t) (positions->end - p)) {
            break;
        }

        positions->rows++;
        positions->done++;
        positions->left--;
        positions->positions = p;
        positions->size = size;
        positions->row = positions->next - 1;

        if (positions->row >= row) {
            return positions->row;
        }
    }

    gig_positions_end(positions);

    return UINT32_MAX;
}


/*
 * Over eight postings that all are of rows below: 1, or 0 when they are not, or fewer, or one of
 * them has an escape.
 */
static int
gig_positions_leap(gig_positions_t *positions, uint32_t row)
{
    size_t    size;
    uint32_t  halves, sum;
    uint64_t  deltas;

    if (positions->left < GIG_ROWS_STEP || positions->done % 2 != 0
        || positions->next > UINT32_MAX - GIG_ROWS_STEP_MAX)
    {
        return 0;
    }

    memcpy(&deltas, positions->rows, sizeof(deltas));
    memcpy(&halves, positions->sizes + positions->done / 2, sizeof(halves));

    sum = gig_bytes_sum(deltas) + GIG_ROWS_STEP;

    if (gig_bytes_escape(deltas) || gig_halves_escape(halves) || positions->next + sum > row) {
        return 0;
    }

    size = positions->size + gig_halves_sum(halves) + GIG_ROWS_STEP;

    if (size > (size_t) (positions->end - positions->positions)) {
        return 0;
    }

    positions->positions += size;
    positions->size = 0;
    positions->rows += GIG_ROWS_STEP;
    positions->done += GIG_ROWS_STEP;
    positions->left -= GIG_ROWS_STEP;
    positions->next += sum;

    return 1;
}


static void
gig_positions_end(gig_positions_t *positions)
{
    positions->left = 0;
    positions->size = 0;
    positions->row = UINT32_MAX;
}


uint32_t
gig_positions_read(const gig_positions_t *positions, uint32_t *position, uint32_t max)
{
    uint32_t              n, add, next;
    const unsigned char  *p, *end;

    if (positions->size == 0) {
        return 0;
    }

    p = positions->positions;
    end = p + positions->size;
    next = 0;

    for (n = 0; n < max && p < end; n++) {
        p = gig_varint_read(p, end, &add);

        if (p == NULL || add >= UINT32_MAX - next) {
            break;
        }

        position[n] = next + add;
        next += add + 1;
    }

    return n;
}
