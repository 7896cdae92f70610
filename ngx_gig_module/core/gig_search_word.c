#include "gig_search_parts.h"

/*
 * One word of q in the text index: its term in each language that the catalog
 * has, in each segment, and what begins with it.  What a segment says of a row
 * counts only if the row lives in that segment.
 */

#include <stdlib.h>


static void gig_word_room(gig_search_t *search, uint32_t used);
static void gig_word_mark_exact(const gig_word_place_t *place, uint32_t term);
static uint32_t gig_word_live(const gig_word_place_t *place, uint32_t term, int marked);
static void gig_word_apply(gig_search_t *search, uint32_t n, gig_rows_action_t action);
static int gig_compare_pairs(const void *one, const void *two);


void
gig_word_places(gig_search_t *search, const gig_query_word_t *word,
    gig_word_place_t places[GIG_SEGMENTS_MAX])
{
    char        stem[GIG_WORD_MAX];
    size_t      len;
    unsigned    language, i;
    gig_str_t   text;

    const gig_disk_segment_t  *segment = search->image->section[GIG_SECTION_SEGMENTS];

    text = gig_query_word_text(search->q, word);

    for (i = 0; i < search->in->n_segments; i++) {
        places[i].search = search;
        places[i].word = text;
        places[i].all_live = segment[i].live == segment[i].made;
        places[i].segment = &search->in->segments[i];
        places[i].number = i;
    }

    for (language = 0; language < GIG_LANGUAGES_MAX; language++) {

        if (!(search->image->languages >> language & 1)) {
            for (i = 0; i < search->in->n_segments; i++) {
                places[i].exact[language] = GIG_TERM_NONE;
            }

            continue;
        }

        if (word->plain) {
            len = gig_stem(search->stems, language, text, stem);

        } else {
            memcpy(stem, text.data, text.len);
            len = text.len;
        }

        for (i = 0; i < search->in->n_segments; i++) {
            places[i].exact[language] = gig_segment_find(places[i].segment, language,
                                                         (gig_str_t) { stem, len });
        }
    }
}


void
gig_word_exact(const gig_word_place_t *place, gig_rows_action_t action)
{
    unsigned  language;

    for (language = 0; language < GIG_LANGUAGES_MAX; language++) {
        if (place->exact[language] == GIG_TERM_NONE) {
            continue;
        }

        if (action != GIG_ROWS_SET) {
            gig_word_mark_exact(place, place->exact[language]);
        }

        gig_word_apply(place->search, gig_word_live(place, place->exact[language], 0), action);
    }
}


void
gig_word_exact_set(const gig_word_place_t *place, unsigned word)
{
    uint32_t       n;
    unsigned       language;
    gig_search_t  *search = place->search;

    for (language = 0; language < GIG_LANGUAGES_MAX; language++) {
        if (place->exact[language] == GIG_TERM_NONE) {
            continue;
        }

        gig_word_mark_exact(place, place->exact[language]);
        n = gig_word_live(place, place->exact[language], 0);
        gig_word_apply(search, n, GIG_ROWS_SET);

        if (search->n_kept == GIG_KEPT_MAX || n > search->rows * GIG_KEPT_ROWS - search->used) {
            search->unkept |= 1u << word;
            continue;
        }

        search->kept[search->n_kept++] = (gig_kept_t) { search->used, n, word };
        gig_word_room(search, search->used + n);
    }
}


/* 1: done; 0: some list of the word was not kept, and none was looked at. */
int
gig_word_again(gig_search_t *search, unsigned word, gig_rows_action_t action)
{
    unsigned  i;

    if (search->unkept >> word & 1) {
        return 0;
    }

    for (i = 0; i < search->n_kept; i++) {
        if (search->kept[i].word == word) {
            search->posting = search->postings + search->kept[i].at;
            search->weight = search->weights + search->kept[i].at;
            search->mark = search->marks + search->kept[i].at;
            gig_word_apply(search, search->kept[i].n, action);
        }
    }

    gig_word_room(search, search->used);

    return 1;
}


void
gig_word_forget(gig_search_t *search)
{
    search->n_kept = 0;
    search->unkept = 0;
    gig_word_room(search, 0);
}


/* There is always room for one list of all rows behind those that are kept. */
static void
gig_word_room(gig_search_t *search, uint32_t used)
{
    search->used = used;
    search->posting = search->postings + used;
    search->weight = search->weights + used;
    search->mark = search->marks + used;
}


/* Which postings of the word's term have the very spelling that was asked for. */
static void
gig_word_mark_exact(const gig_word_place_t *place, uint32_t term)
{
    uint32_t       first, last, frequency;
    gig_search_t  *search = place->search;

    frequency = gig_segment_frequency(place->segment, term);
    frequency = frequency > search->rows ? (uint32_t) search->rows : frequency;
    memset(search->mark, 0, frequency);

    gig_segment_prefix(place->segment, place->word, &first, &last);

    /* It stands first, once for each language that has it, before what is longer. */

    for ( /* void */ ; first < last; first++) {
        if (!gig_str_eq(gig_segment_word(place->segment, first), place->word)) {
            break;
        }

        if (gig_segment_word_term(place->segment, first) == term) {
            gig_segment_word_mark(place->segment, first, search->mark, frequency);
            break;
        }
    }
}


/* Terms other than the exact ones, of which a row has a spelling that begins so. */
void
gig_word_prefix(const gig_word_place_t *place, gig_str_t prefix, gig_rows_action_t action)
{
    uint32_t       first, last, word, term, frequency;
    unsigned       language;
    size_t         i, n;
    gig_search_t  *search = place->search;

    gig_segment_prefix(place->segment, prefix, &first, &last);

    for (word = first, n = 0; word < last && n < GIG_PREFIX_WORDS_MAX; word++) {
        term = gig_segment_word_term(place->segment, word);

        for (language = 0; language < GIG_LANGUAGES_MAX; language++) {
            if (term == place->exact[language]) {
                break;
            }
        }

        if (language == GIG_LANGUAGES_MAX && term != GIG_TERM_NONE) {
            search->prefix[n++] = (uint64_t) term << 32 | word;
        }
    }

    search->cut |= n == GIG_PREFIX_WORDS_MAX;
    qsort(search->prefix, n, sizeof(search->prefix[0]), gig_compare_pairs);

    /* Spellings of one term together: a row that has several of them has the term once. */

    for (i = 0; i < n; /* void */ ) {
        term = (uint32_t) (search->prefix[i] >> 32);
        frequency = gig_segment_frequency(place->segment, term);

        if (frequency > search->rows) {
            frequency = (uint32_t) search->rows;
        }

        memset(search->mark, 0, frequency);

        for ( /* void */ ; i < n && search->prefix[i] >> 32 == term; i++) {
            gig_segment_word_mark(place->segment, (uint32_t) search->prefix[i], search->mark,
                                  frequency);
        }

        gig_word_apply(search, gig_word_live(place, term, 1), action);
    }
}


/* The rows into `posting`, their weights into `weight`; how many. */
static uint32_t
gig_word_live(const gig_word_place_t *place, uint32_t term, int marked)
{
    uint32_t        i, n, row, live, rows;
    gig_search_t   *search = place->search;
    const uint8_t  *segment_of;

    segment_of = search->image->section[GIG_SECTION_SEGMENT_OF];
    rows = search->image->rows;
    n = gig_segment_postings(place->segment, term, search->posting, search->weight,
                             (uint32_t) search->rows);

    /* Rows rise, so the last is the largest. */

    if (place->all_live && !marked && (n == 0 || search->posting[n - 1] < rows)) {
        return n;
    }

    for (i = 0, live = 0; i < n; i++) {
        row = search->posting[i];

        if (row < rows && segment_of[row] == place->number && (!marked || search->mark[i])) {
            search->posting[live] = row;
            search->mark[live] = search->mark[i];
            search->weight[live++] = search->weight[i];
        }
    }

    return live;
}


static void
gig_word_apply(gig_search_t *search, uint32_t n, gig_rows_action_t action)
{
    uint32_t         i, row, tf, most;
    const uint8_t   *length = search->image->section[GIG_SECTION_LENGTH];
    const uint64_t  *all = search->all;
    const uint32_t  *posting = search->posting;

    switch (action) {

    case GIG_ROWS_SET:
        for (i = 0; i < n; i++) {
            gig_bits_set(search->out, posting[i]);
        }

        break;

    case GIG_ROWS_SCORE:
        for (i = 0; i < n; i++) {
            if (gig_bits_has(all, posting[i])) {
                gig_score_add(search, length, posting[i], search->weight[i], search->mark[i]);
            }
        }

        break;

    case GIG_ROWS_BEGIN:
    case GIG_ROWS_ADD:
        most = action == GIG_ROWS_ADD ? GIG_TF_MAX : GIG_TF_MAX * GIG_TF_PREFIX;

        for (i = 0; i < n; i++) {
            row = posting[i];

            if (gig_bits_has(all, row)) {
                tf = (uint32_t) search->tf[row] + search->weight[i];
                tf = tf > most ? most : tf;
                search->tf[row] = (uint16_t) (tf | (action == GIG_ROWS_ADD && search->mark[i]
                                                    ? GIG_TF_EXACT : 0));
            }
        }

        break;
    }
}


uint32_t
gig_search_word(gig_search_t *search, const gig_query_word_t *word, int prefix,
    unsigned scored, uint64_t *out)
{
    unsigned           i;
    gig_word_place_t   places[GIG_SEGMENTS_MAX];

    gig_word_places(search, word, places);
    memset(out, 0, search->words * sizeof(*out));
    search->out = out;

    for (i = 0; i < search->in->n_segments; i++) {
        if (scored == GIG_WORD_NOT_SCORED) {
            gig_word_exact(&places[i], GIG_ROWS_SET);

        } else {
            gig_word_exact_set(&places[i], scored);
        }

        if (prefix) {
            gig_word_prefix(&places[i], gig_query_word_text(search->q, word),
                            GIG_ROWS_SET);
        }
    }

    return gig_bits_count(out, search->words);
}


static int
gig_compare_pairs(const void *one, const void *two)
{
    uint64_t  a = *(const uint64_t *) one, b = *(const uint64_t *) two;

    return (a > b) - (a < b);
}
