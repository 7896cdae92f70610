#include "gig_segment_format.h"

/* The reader of a segment: spellings, what they lead to, and where they still stand. */

#include "gig_utf8.h"

#define GIG_LETTERS             26              /* a bit each, from the lowest */
#define GIG_LETTER_DIGIT        26              /* the bit of all digits */
#define GIG_LETTER_OTHER        27              /* the first of those that all others share */
#define GIG_LETTER_OTHERS       5
#define GIG_LETTER_MIX          0x9e3779b1u     /* 2^32 by the golden ratio */


static const gig_segment_header_t *gig_segment_word_header(const gig_segment_t *segment);
static const gig_segment_word_t *gig_segment_word_entry(const gig_segment_t *segment,
    uint32_t word);
static uint32_t gig_segment_bound(const gig_segment_t *segment, gig_str_t prefix, int after,
    uint32_t low, uint32_t high);
static int gig_segment_order(const gig_segment_t *segment, uint32_t number, gig_str_t prefix);


static const gig_segment_header_t *
gig_segment_word_header(const gig_segment_t *segment)
{
    return (const void *) segment->base;
}


static const gig_segment_word_t *
gig_segment_word_entry(const gig_segment_t *segment, uint32_t word)
{
    return (const gig_segment_word_t *) segment->section[GIG_SEGMENT_WORDS] + word;
}


gig_str_t
gig_segment_word(const gig_segment_t *segment, uint32_t word)
{
    const gig_segment_word_t  *w;

    if (word >= segment->words) {
        return gig_null_str;
    }

    w = gig_segment_word_entry(segment, word);

    if (w[1].text > gig_segment_word_header(segment)->section[GIG_SEGMENT_TEXT].size
        || w[0].text >= w[1].text || w[1].text - w[0].text > GIG_WORD_MAX)
    {
        return gig_null_str;
    }

    return (gig_str_t) { (const char *) segment->section[GIG_SEGMENT_TEXT] + w[0].text,
                         w[1].text - w[0].text };
}


uint32_t
gig_segment_word_term(const gig_segment_t *segment, uint32_t word)
{
    uint32_t  term;

    if (word >= segment->words) {
        return GIG_TERM_NONE;
    }

    term = gig_segment_word_entry(segment, word)->term;

    return term < segment->terms ? term : GIG_TERM_NONE;
}


uint32_t
gig_segment_first(const gig_segment_t *segment, gig_str_t prefix)
{
    return gig_segment_bound(segment, prefix, 0, 0, segment->words);
}


void
gig_segment_prefix(const gig_segment_t *segment, gig_str_t prefix, uint32_t *first,
    uint32_t *last)
{
    uint32_t  low, step;

    *first = gig_segment_first(segment, prefix);

    /* Few begin with a word of some length, so the end is looked for from the beginning on. */

    for (low = *first, step = 1; step < segment->words - low; low += step, step *= 2) {
        if (gig_segment_order(segment, low + step, prefix) != 0) {
            break;
        }
    }

    step = step < segment->words - low ? step : segment->words - low;
    *last = gig_segment_bound(segment, prefix, 1, low, low + step);

    if (*last < *first) {
        *last = *first;
    }
}


/* The first spelling from low on that does not come before all that begin so; or after them. */
static uint32_t
gig_segment_bound(const gig_segment_t *segment, gig_str_t prefix, int after, uint32_t low,
    uint32_t high)
{
    uint32_t  middle;

    while (low < high) {
        middle = low + (high - low) / 2;

        if (gig_segment_order(segment, middle, prefix) < after) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    return low;
}


/* Whether a spelling comes before (-1) all that begin so, is one of them (0) or comes after (1). */
static int
gig_segment_order(const gig_segment_t *segment, uint32_t number, gig_str_t prefix)
{
    int        order;
    gig_str_t  word;

    word = gig_segment_word(segment, number);

    if (word.data == NULL) {
        return 1;
    }

    if (word.len > prefix.len) {
        word.len = prefix.len;
    }

    order = gig_segment_compare(word, prefix);

    return (order > 0) - (order < 0);
}


int
gig_segment_uses_init(const gig_segment_t *segment, uint32_t word, gig_segment_uses_t *uses)
{
    uint32_t                   size, bits;
    const gig_segment_word_t  *w;

    memset(uses, 0, sizeof(*uses));

    if (word >= segment->words) {
        return -1;
    }

    w = gig_segment_word_entry(segment, word);

    if (w[1].uses > gig_segment_word_header(segment)->section[GIG_SEGMENT_USES].size
        || w[0].uses > w[1].uses)
    {
        return -1;
    }

    uses->frequency = gig_segment_frequency(segment, w->term);
    uses->p = (const unsigned char *) segment->section[GIG_SEGMENT_USES] + w->uses;
    size = w[1].uses - w[0].uses;
    uses->end = uses->p + size;
    bits = uses->frequency / 8 + (uses->frequency % 8 ? 1 : 0);
    uses->all = size == 0;
    uses->bits = size == bits;

    return size > bits ? -1 : 0;
}


uint32_t
gig_segment_uses_next(gig_segment_uses_t *uses)
{
    uint32_t  gap;

    if (uses->bits) {
        while (uses->next < uses->frequency
               && (uses->p[uses->next / 8] & 1u << uses->next % 8) == 0)
        {
            uses->next++;
        }

    } else if (!uses->all) {
        uses->p = gig_varint_read(uses->p, uses->end, &gap);

        if (uses->p == NULL || gap >= uses->frequency - uses->next) {
            uses->p = uses->end;
            return UINT32_MAX;
        }

        uses->next += gap;
    }

    return uses->next < uses->frequency ? uses->next++ : UINT32_MAX;
}


void
gig_segment_word_mark(const gig_segment_t *segment, uint32_t word, uint8_t *mark, uint32_t n)
{
    uint32_t            at;
    gig_segment_uses_t  uses;

    if (gig_segment_uses_init(segment, word, &uses) != 0) {
        return;
    }

    n = n < uses.frequency ? n : uses.frequency;

    if (uses.all) {
        memset(mark, 1, n);
        return;
    }

    if (uses.bits) {
        for (at = 0; at < n; at++) {
            mark[at] = (uint8_t) (mark[at] | (uses.p[at / 8] >> (at % 8) & 1));
        }

        return;
    }

    for (at = gig_segment_uses_next(&uses); at < n; at = gig_segment_uses_next(&uses)) {
        mark[at] = 1;
    }
}


const uint32_t *
gig_segment_letters(const gig_segment_t *segment)
{
    return segment->section[GIG_SEGMENT_LETTERS];
}


/* By characters, not bytes: an edit of one takes at most one bit and adds one. */
uint32_t
gig_word_letters(gig_str_t word)
{
    size_t    len;
    uint32_t  letters = 0, code;

    while (word.len > 0) {
        len = gig_utf8_decode(word, &code);

        if (len == 0) {
            code = (unsigned char) *word.data;
            len = 1;
        }

        if (code >= 'a' && code <= 'z') {
            letters |= 1u << (code - 'a');

        } else if (code >= '0' && code <= '9') {
            letters |= 1u << GIG_LETTER_DIGIT;

        } else {
            letters |= 1u << (GIG_LETTER_OTHER
                              + (code * GIG_LETTER_MIX >> 16) % GIG_LETTER_OTHERS);
        }

        word.data += len;
        word.len -= len;
    }

    return letters;
}


static_assert(GIG_LETTERS == GIG_LETTER_DIGIT && GIG_LETTER_OTHER + GIG_LETTER_OTHERS == 32,
              "a bit each");
