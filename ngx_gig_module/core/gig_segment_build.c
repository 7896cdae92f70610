#include "gig_segment_build.h"

/* From words to a segment: the words of a row, told apart by two hash tables. */

#include <stdlib.h>

#define GIG_SLOTS_FIRST         1024
#define GIG_WEIGHT_MAX          255


static uint32_t gig_builder_hash(unsigned language, gig_str_t text);
static int gig_builder_text(gig_segment_builder_t *builder, gig_str_t text, uint32_t *offset);
static int gig_builder_term_is(const gig_segment_builder_t *builder, uint32_t i,
    unsigned language, gig_str_t stem);
static int gig_builder_word_is(const gig_segment_builder_t *builder, uint32_t i,
    unsigned language, gig_str_t stem, gig_str_t word);
static int gig_builder_find_term(gig_segment_builder_t *builder, unsigned language,
    gig_str_t stem, uint32_t *found);
static int gig_builder_find_word(gig_segment_builder_t *builder, unsigned language,
    gig_str_t stem, gig_str_t word, uint32_t *found);
static int gig_builder_more_slots(gig_pool_t *slots, uint32_t n);


gig_segment_builder_t *
gig_segment_builder_create(void)
{
    return calloc(1, sizeof(gig_segment_builder_t));
}


void
gig_segment_builder_free(gig_segment_builder_t *builder)
{
    if (builder) {
        gig_builder_reset(builder);
        free(builder);
    }
}


void
gig_builder_reset(gig_segment_builder_t *builder)
{
    gig_pool_free(&builder->terms);
    gig_pool_free(&builder->words);
    gig_pool_free(&builder->term_slots);
    gig_pool_free(&builder->word_slots);
    gig_pool_free(&builder->text);
    gig_pool_free(&builder->slices);
    gig_pool_free(&builder->occurrences);
    gig_pool_free(&builder->touched);
    gig_pool_free(&builder->positions);
    gig_pool_free(&builder->numbers);
    gig_pool_free(&builder->scratch);
    memset(builder, 0, sizeof(*builder));
}


void
gig_segment_add(gig_segment_builder_t *builder, uint32_t row, unsigned language, gig_str_t stem,
    gig_str_t word, unsigned weight, uint32_t position)
{
    uint32_t              found, *touched;
    gig_occurrence_t     *o, *all;
    gig_building_term_t  *term;

    if (builder->failed) {
        return;
    }

    if (row == UINT32_MAX || position == UINT32_MAX || language >= GIG_LANGUAGES_MAX
        || stem.len == 0 || stem.len > GIG_WORD_MAX || word.len == 0 || word.len > GIG_WORD_MAX)
    {
        goto failed;
    }

    if (row != builder->row && gig_builder_end_row(builder) != 0) {
        goto failed;
    }

    builder->row = row;

    if (builder->n_occurrences == GIG_ROW_WORDS_MAX) {
        return;
    }

    if (gig_builder_find_word(builder, language, stem, word, &found) != 0) {
        goto failed;
    }

    o = gig_pool_add(&builder->occurrences, sizeof(*o));

    if (o == NULL) {
        goto failed;
    }

    o->position = position;
    o->word = gig_builder_word(builder, found)->number;
    o->weight = weight < GIG_WEIGHT_MAX ? weight : GIG_WEIGHT_MAX;
    o->next = 0;
    builder->n_occurrences++;

    found = gig_builder_word(builder, found)->term;
    term = gig_builder_term(builder, found);

    if (term->first == 0) {
        touched = gig_pool_add(&builder->touched, sizeof(*touched));

        if (touched == NULL) {
            goto failed;
        }

        *touched = found;
        term->first = builder->n_occurrences;

    } else {
        all = (void *) builder->occurrences.data;
        all[term->last - 1].next = builder->n_occurrences;
    }

    term->last = builder->n_occurrences;

    return;

failed:

    builder->failed = 1;
}


/* FNV-1a with the bits mixed once more, as slots use the low ones. */
static uint32_t
gig_builder_hash(unsigned language, gig_str_t text)
{
    size_t    i;
    uint64_t  hash = 0xcbf29ce484222325u ^ language;

    for (i = 0; i < text.len; i++) {
        hash = (hash ^ (unsigned char) text.data[i]) * 0x100000001b3u;
    }

    return (uint32_t) (hash ^ (hash >> 32));
}


static int
gig_builder_text(gig_segment_builder_t *builder, gig_str_t text, uint32_t *offset)
{
    unsigned char  *p;

    p = gig_pool_add(&builder->text, text.len);

    if (p == NULL) {
        return -1;
    }

    memcpy(p, text.data, text.len);
    *offset = (uint32_t) (builder->text.used - text.len);

    return 0;
}


static int
gig_builder_term_is(const gig_segment_builder_t *builder, uint32_t i, unsigned language,
    gig_str_t stem)
{
    const gig_building_term_t  *term = gig_builder_term(builder, i);

    return term->language == language && term->len == stem.len
           && memcmp(builder->text.data + term->text, stem.data, stem.len) == 0;
}


static int
gig_builder_word_is(const gig_segment_builder_t *builder, uint32_t i, unsigned language,
    gig_str_t stem, gig_str_t word)
{
    const unsigned char        *text;
    const gig_building_word_t  *w = gig_builder_word(builder, i);

    if (w->len != word.len || w->stem_len != stem.len || w->language != language) {
        return 0;
    }

    text = builder->text.data + w->text;

    return memcmp(text, word.data, word.len) == 0
           && memcmp(text + word.len, stem.data, stem.len) == 0;
}


static int
gig_builder_find_term(gig_segment_builder_t *builder, unsigned language, gig_str_t stem,
    uint32_t *found)
{
    uint32_t              at, hash, mask;
    gig_builder_slot_t   *slots;
    gig_building_term_t  *term;

    hash = gig_builder_hash(language, stem);

    if (gig_builder_more_slots(&builder->term_slots, builder->n_terms) != 0) {
        return -1;
    }

    slots = (void *) builder->term_slots.data;
    mask = (uint32_t) (builder->term_slots.used / sizeof(*slots)) - 1;

    for (at = hash & mask; slots[at].number != 0; at = (at + 1) & mask) {
        if (slots[at].hash == hash
            && gig_builder_term_is(builder, slots[at].number - 1, language, stem))
        {
            *found = slots[at].number - 1;
            return 0;
        }
    }

    term = gig_pool_add(&builder->terms, sizeof(*term));

    if (term == NULL || gig_builder_text(builder, stem, &term->text) != 0) {
        return -1;
    }

    term->language = (uint8_t) language;
    term->len = (uint8_t) stem.len;
    *found = builder->n_terms++;
    slots[at].hash = hash;
    slots[at].number = builder->n_terms;

    return 0;
}


/* Hashed without the stem, as that follows from the spelling; it is compared all the same. */
static int
gig_builder_find_word(gig_segment_builder_t *builder, unsigned language, gig_str_t stem,
    gig_str_t word, uint32_t *found)
{
    uint32_t              at, hash, mask, term, after;
    gig_builder_slot_t   *slots;
    gig_building_term_t  *t;
    gig_building_word_t  *w;

    hash = gig_builder_hash(language, word);

    if (gig_builder_more_slots(&builder->word_slots, builder->n_words) != 0) {
        return -1;
    }

    slots = (void *) builder->word_slots.data;
    mask = (uint32_t) (builder->word_slots.used / sizeof(*slots)) - 1;

    for (at = hash & mask; slots[at].number != 0; at = (at + 1) & mask) {
        if (slots[at].hash == hash
            && gig_builder_word_is(builder, slots[at].number - 1, language, stem, word))
        {
            *found = slots[at].number - 1;
            return 0;
        }
    }

    if (gig_builder_find_term(builder, language, stem, &term) != 0) {
        return -1;
    }

    w = gig_pool_add(&builder->words, sizeof(*w));

    if (w == NULL || gig_builder_text(builder, word, &w->text) != 0
        || gig_builder_text(builder, stem, &after) != 0)
    {
        return -1;
    }

    t = gig_builder_term(builder, term);
    w->len = (uint8_t) word.len;
    w->stem_len = (uint8_t) stem.len;
    w->language = (uint8_t) language;
    w->term = term;
    w->number = t->n_words++;
    w->older = t->word;
    *found = builder->n_words++;
    t->word = builder->n_words;
    slots[at].hash = hash;
    slots[at].number = builder->n_words;

    return 0;
}


/* So many that half are empty with one more than n. */
static int
gig_builder_more_slots(gig_pool_t *slots, uint32_t n)
{
    uint32_t                   i, at, mask, had;
    uint64_t                   wanted;
    gig_pool_t                 more;
    gig_builder_slot_t        *to;
    const gig_builder_slot_t  *from = (const void *) slots->data;

    had = (uint32_t) (slots->used / sizeof(*to));

    if (2 * ((uint64_t) n + 1) <= had) {
        return 0;
    }

    wanted = had ? 2 * (uint64_t) had : GIG_SLOTS_FIRST;
    memset(&more, 0, sizeof(more));

    if (gig_pool_set(&more, (size_t) wanted * sizeof(*to)) != 0) {
        return -1;
    }

    to = (void *) more.data;
    mask = (uint32_t) wanted - 1;

    for (i = 0; i < had; i++) {

        if (from[i].number == 0) {
            continue;
        }

        for (at = from[i].hash & mask; to[at].number != 0; at = (at + 1) & mask) {
            /* void */
        }

        to[at] = from[i];
    }

    gig_pool_free(slots);
    *slots = more;

    return 0;
}
