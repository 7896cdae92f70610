#include "gig_search_parts.h"

/*
 * One word of q in the text index: its term in each language that the catalog
 * has, in each segment, and what begins with it.  What a segment says of a row
 * counts only if the row lives in that segment.
 */

#include <stdlib.h>


static void gig_word_list(const gig_word_place_t *place, uint32_t term, int begins,
    gig_rows_action_t action, unsigned scored);
static void gig_word_room(gig_search_t *search, uint32_t used);
static void gig_word_mark_exact(const gig_word_place_t *place, uint32_t term);
static uint32_t gig_word_live(const gig_word_place_t *place, uint32_t term, int marked);
static void gig_word_apply(gig_search_t *search, uint32_t n, gig_rows_action_t action);
static uint32_t gig_word_within(gig_search_t *search, uint32_t n);
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
gig_word_exact(const gig_word_place_t *place, gig_rows_action_t action, unsigned scored)
{
    uint32_t  term;
    unsigned  language;

    for (language = 0; language < GIG_LANGUAGES_MAX; language++) {
        term = place->exact[language];

        if (term == GIG_TERM_NONE) {
            continue;
        }

        if (action != GIG_ROWS_SET || scored != GIG_WORD_NOT_SCORED) {
            gig_word_mark_exact(place, term);
        }

        gig_word_list(place, term, 0, action, scored);
    }
}


/*
 * Does with a term's postings, whose spellings are marked, what is asked for; begins: only with
 * those marked.  Keeps them for the scores if that is wanted and there is room.
 */
static void
gig_word_list(const gig_word_place_t *place, uint32_t term, int begins, gig_rows_action_t action,
    unsigned scored)
{
    uint32_t       n;
    gig_search_t  *search = place->search;

    n = gig_word_live(place, term, begins);
    gig_word_apply(search, n, action);

    if (scored == GIG_WORD_NOT_SCORED || (search->unkept >> scored & 1)) {
        return;
    }

    if (search->n_kept == GIG_KEPT_MAX || n > search->rows * GIG_KEPT_ROWS - search->used) {
        search->unkept |= 1u << scored;
        return;
    }

    search->kept[search->n_kept++] = (gig_kept_t) { search->used, n, (uint16_t) scored,
                                                    (uint16_t) begins };
    gig_word_room(search, search->used + n);
}


int
gig_word_again(gig_search_t *search, unsigned scored, gig_rows_action_t action)
{
    unsigned           i, begins = action == GIG_ROWS_BEGIN;
    const gig_kept_t  *kept;

    if (search->unkept >> scored & 1) {
        return 0;
    }

    for (i = 0; i < search->n_kept; i++) {
        kept = &search->kept[i];

        if (kept->word == scored && kept->begins == begins) {
            search->posting = search->postings + kept->at;
            search->weight = search->weights + kept->at;
            search->mark = search->marks + kept->at;
            gig_word_apply(search, kept->n, action);
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


uint32_t
gig_word_unmark(gig_search_t *search, const gig_segment_t *segment, uint32_t term)
{
    uint32_t  n;

    n = gig_segment_frequency(segment, term);
    n = n > search->rows ? (uint32_t) search->rows : n;
    memset(search->mark, 0, n);

    return n;
}


/* Which postings of the word's term have the very spelling that was asked for. */
static void
gig_word_mark_exact(const gig_word_place_t *place, uint32_t term)
{
    uint32_t       word, n;
    gig_search_t  *search = place->search;

    n = gig_word_unmark(search, place->segment, term);

    for (word = gig_segment_first(place->segment, place->word);
         gig_str_eq(gig_segment_word(place->segment, word), place->word);
         word++)
    {
        if (gig_segment_word_term(place->segment, word) == term) {
            gig_segment_word_mark(place->segment, word, search->mark, n);
            break;
        }
    }
}


/* Terms other than the exact ones, of which a row has a spelling that begins so. */
void
gig_word_prefix(const gig_word_place_t *place, gig_rows_action_t action, unsigned scored)
{
    uint32_t       first, last, word, term, marks;
    unsigned       language;
    size_t         i, n;
    gig_search_t  *search = place->search;

    gig_segment_prefix(place->segment, place->word, &first, &last);

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
        marks = gig_word_unmark(search, place->segment, term);

        for ( /* void */ ; i < n && search->prefix[i] >> 32 == term; i++) {
            gig_segment_word_mark(place->segment, (uint32_t) search->prefix[i], search->mark,
                                  marks);
        }

        gig_word_list(place, term, 1, action, scored);
    }
}


/* A term's rows that live in the segment, or the marked ones of them, to `posting`; how many. */
static uint32_t
gig_word_live(const gig_word_place_t *place, uint32_t term, int marked)
{
    uint8_t        *weight, *mark;
    uint32_t        i, n, row, live, rows, *posting;
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

    posting = search->posting;
    weight = search->weight;
    mark = search->mark;

    for (i = 0, live = 0; i < n; i++) {
        row = posting[i];
        posting[live] = row;
        weight[live] = weight[i];
        mark[live] = mark[i];
        live += row < rows && (segment_of[row] == place->number) & (mark[i] | !marked);
    }

    return live;
}


static void
gig_word_apply(gig_search_t *search, uint32_t n, gig_rows_action_t action)
{
    uint32_t         i, at, row, tf, most;
    const uint8_t   *length = search->image->section[GIG_SECTION_LENGTH];
    const uint8_t   *weight = search->weight, *mark = search->mark;
    const uint32_t  *posting = search->posting, *within = search->within;

    if (action == GIG_ROWS_SET) {
        gig_bits_set_rising(search->out, posting, n);
        return;
    }

    n = gig_word_within(search, n);

    if (action == GIG_ROWS_SCORE) {
        for (i = 0; i < n; i++) {
            at = within[i];
            gig_score_add(search, length, posting[at], weight[at], mark[at]);
        }

        return;
    }

    most = action == GIG_ROWS_ADD ? GIG_TF_MAX : GIG_TF_MAX * GIG_TF_PREFIX;

    for (i = 0; i < n; i++) {
        at = within[i];
        row = posting[at];
        tf = (uint32_t) search->tf[row] + weight[at];
        tf = tf > most ? most : tf;
        search->tf[row] = (uint16_t) (tf | (action == GIG_ROWS_ADD && mark[at]
                                            ? GIG_TF_EXACT : 0));
    }
}


/* Which of the postings at hand are of rows in `all`; how many.  A branch could not be guessed. */
static uint32_t
gig_word_within(gig_search_t *search, uint32_t n)
{
    uint32_t         i, k, *within = search->within;
    const uint32_t  *posting = search->posting;
    const uint64_t  *all = search->all;

    for (i = 0, k = 0; i < n; i++) {
        within[k] = i;
        k += (uint32_t) gig_bits_has(all, posting[i]);
    }

    return k;
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
        gig_word_exact(&places[i], GIG_ROWS_SET, scored);

        if (prefix) {
            gig_word_prefix(&places[i], GIG_ROWS_SET, scored);
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
