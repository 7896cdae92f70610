#include "gig_search_parts.h"

/*
 * q: which rows it matches, and how well.  BM25 in whole numbers, so that every host
 * gives the same scores whatever its processor and its library of mathematics do.
 */

#define GIG_BM25_SHORT          307u            /* k1 * (1 - b), b = 0.75 */
#define GIG_BM25_LONG           922u            /* k1 * b */
#define GIG_IDF_SHIFT           6               /* from 16 bits after the point to 10 */


static void gig_text_clause(gig_search_t *search, const gig_query_clause_t *clause,
    uint64_t *out);
static void gig_text_phrase(gig_search_t *search, const gig_query_clause_t *clause,
    const uint64_t *candidates, uint64_t *out);
static void gig_text_phrase_in(gig_search_t *search, const gig_query_clause_t *clause,
    gig_positions_t *positions, unsigned number, const uint64_t *candidates, uint64_t *out);
static int gig_text_next_to(gig_search_t *search, const gig_query_clause_t *clause,
    const gig_positions_t *positions);
static int gig_text_in_first(gig_search_t *search, const gig_query_clause_t *clause,
    const gig_positions_t *positions, uint32_t most, int *all);
static uint16_t gig_text_idf(uint32_t n, uint32_t df);
static uint32_t gig_log2_q16(uint64_t x);
static void gig_text_norms(gig_search_t *search);
static void gig_score_rows(gig_search_t *search, const gig_query_word_t *word, unsigned scored,
    gig_rows_action_t action);
static void gig_score_prefix(gig_search_t *search, const gig_query_word_t *word,
    unsigned scored);


void
gig_search_text(gig_search_t *search)
{
    unsigned                 i;
    const gig_query_text_t  *text = search->q;

    search->n_weights = 0;

    if (text->n_clauses == 0) {
        return;
    }

    search->phrase_work = GIG_PHRASE_WORK_MAX;
    search->phrase_out = GIG_PHRASE_OUT_MAX;
    memset(search->text, 0xff, search->words * sizeof(*search->text));

    for (i = 0; i < text->n_clauses; i++) {
        gig_text_clause(search, &text->clause[i], search->clause);

        if (text->clause[i].exclude) {
            gig_bits_remove(search->text, search->clause, search->words);

        } else {
            (void) gig_bits_and(search->text, search->text, search->clause, search->words);
        }
    }

    search->mean = (uint16_t) search->image->mean_length;

    /* What the first page was scored with holds for those after it. */

    if (search->n_weights > 0 && search->cursor
        && search->cursor->n_weights == search->n_weights)
    {
        memcpy(search->idf, search->cursor->weight, sizeof(search->idf));
        search->mean = search->cursor->length ? search->cursor->length : 1;
    }
}


static void
gig_text_clause(gig_search_t *search, const gig_query_clause_t *clause, uint64_t *out)
{
    int                      scored;
    uint32_t                 df, work, *left;
    unsigned                 i;
    uint64_t                *word;
    const gig_query_word_t  *w;

    scored = !clause->exclude && search->query->sort == GIG_SORT_RELEVANCE;

    for (i = 0; i < clause->n; i++) {
        w = &search->q->word[clause->first + i];
        word = i == 0 ? out : search->word;
        df = gig_search_word(search, w, clause->prefix,
                             scored ? search->n_weights : GIG_WORD_NOT_SCORED, word);

        if (scored) {
            search->idf[search->n_weights++] = gig_text_idf(search->image->n, df);
        }

        if (i > 0) {
            (void) gig_bits_and(out, out, word, search->words);
        }
    }

    if (clause->n == 1) {
        return;
    }

    /* How much work it is follows from the catalog alone, so hosts agree on what is too much. */

    work = gig_bits_count(out, search->words) * clause->n;

    left = clause->exclude ? &search->phrase_out : &search->phrase_work;

    if (work <= *left) {
        *left -= work;
        gig_text_phrase(search, clause, out, search->word);
        memcpy(out, search->word, search->words * sizeof(*out));

    } else if (clause->exclude) {
        memset(out, 0, search->words * sizeof(*out));
    }
}


/* Of the rows that have all its words, those in which they stand next to each other. */
static void
gig_text_phrase(gig_search_t *search, const gig_query_clause_t *clause,
    const uint64_t *candidates, uint64_t *out)
{
    unsigned           i, k, language;
    gig_positions_t    positions[GIG_QUERY_WORDS_MAX];
    gig_word_place_t  *places = search->places;

    memset(out, 0, search->words * sizeof(*out));

    for (i = 0; i < clause->n; i++) {
        gig_word_places(search, &search->q->word[clause->first + i],
                        &places[i * GIG_SEGMENTS_MAX]);
    }

    for (k = 0; k < search->in->n_segments; k++) {
        for (language = 0; language < GIG_LANGUAGES_MAX; language++) {

            /* A gig has one language, so all words are of it. */

            for (i = 0; i < clause->n; i++) {
                if (places[i * GIG_SEGMENTS_MAX + k].exact[language] == GIG_TERM_NONE) {
                    break;
                }

                gig_positions_init(&search->in->segments[k],
                                   places[i * GIG_SEGMENTS_MAX + k].exact[language],
                                   &positions[i]);
            }

            if (i == clause->n) {
                gig_text_phrase_in(search, clause, positions, k, candidates, out);
            }
        }
    }
}


static void
gig_text_phrase_in(gig_search_t *search, const gig_query_clause_t *clause,
    gig_positions_t *positions, unsigned number, const uint64_t *candidates, uint64_t *out)
{
    uint32_t        row;
    unsigned        i, rarest = 0;
    const uint8_t  *segment_of = search->image->section[GIG_SECTION_SEGMENT_OF];

    for (i = 1; i < clause->n; i++) {
        if (positions[i].left < positions[rarest].left) {
            rarest = i;
        }
    }

    for (row = gig_positions_next(&positions[rarest], 0);
         row < search->image->rows;
         row = gig_positions_next(&positions[rarest], row + 1))
    {
        if (segment_of[row] != number || !gig_bits_has(candidates, row)) {
            continue;
        }

        for (i = 0; i < clause->n; i++) {
            if (i != rarest && gig_positions_next(&positions[i], row) != row) {
                break;
            }
        }

        if (i == clause->n && gig_text_next_to(search, clause, positions)) {
            gig_bits_set(out, row);
        }
    }
}


/* Most phrases that are there at all are there early, so little is read at first. */
static int
gig_text_next_to(gig_search_t *search, const gig_query_clause_t *clause,
    const gig_positions_t *positions)
{
    int  all;

    return gig_text_in_first(search, clause, positions, GIG_PHRASE_FIRST, &all)
           || (!all && gig_text_in_first(search, clause, positions, GIG_PHRASE_POSITIONS, &all));
}


/*
 * Keeps of the first word's positions those that each further word agrees with, of the first
 * so many of each; all: no word has more.
 */
static int
gig_text_in_first(gig_search_t *search, const gig_query_clause_t *clause,
    const gig_positions_t *positions, uint32_t most, int *all)
{
    uint32_t                 n, many, kept, a, b, offset;
    unsigned                 i;
    const gig_query_word_t  *word = &search->q->word[clause->first];

    n = gig_positions_read(&positions[0], search->position, most);
    *all = n < most;

    for (i = 1; i < clause->n && n > 0; i++) {
        many = gig_positions_read(&positions[i], search->next_position, most);
        *all &= many < most;
        offset = word[i].offset;
        kept = 0;

        for (a = 0, b = 0; a < n; a++) {
            while (b < many && search->next_position[b] < search->position[a] + offset) {
                b++;
            }

            if (b < many && search->next_position[b] == search->position[a] + offset) {
                search->position[kept++] = search->position[a];
            }
        }

        n = kept;
    }

    return n > 0;
}


/* log2((2n + 2) / (2df + 1)): what is rare weighs more; Robertson's, never negative. */
static uint16_t
gig_text_idf(uint32_t n, uint32_t df)
{
    uint32_t  idf;

    idf = (gig_log2_q16(2 * (uint64_t) n + 2) - gig_log2_q16(2 * (uint64_t) df + 1))
          >> GIG_IDF_SHIFT;

    return idf == 0 ? 1 : idf > UINT16_MAX ? UINT16_MAX : (uint16_t) idf;
}


/* floor(65536 * log2(x)), x > 0: a bit of the fraction a squaring. */
static uint32_t
gig_log2_q16(uint64_t x)
{
    uint32_t           result;
    unsigned           bit;
    unsigned __int128  square;

    bit = 63 - (unsigned) __builtin_clzll(x);
    result = bit;
    x <<= 63 - bit;

    for (bit = 0; bit < 16; bit++) {
        square = (unsigned __int128) x * x;
        result <<= 1;

        if (square >> 127 != 0) {
            result |= 1;
            x = (uint64_t) (square >> 64);

        } else {
            x = (uint64_t) (square >> 63);
        }
    }

    return result;
}


static void
gig_text_norms(gig_search_t *search)
{
    unsigned  code;

    for (code = 0; code <= GIG_LENGTH_CODE_MAX; code++) {
        search->norm[code] = GIG_BM25_SHORT
                             + (uint32_t) ((uint64_t) GIG_BM25_LONG
                                           * gig_length_value((uint8_t) code) / search->mean);
    }
}


/* Scores of the rows in `all`; the others' are not looked at. */
void
gig_search_score(gig_search_t *search)
{
    unsigned                   i, word, scored = 0;
    const gig_query_word_t    *w;
    const gig_query_text_t    *text = search->q;
    const gig_query_clause_t  *clause;

    memset(search->score, 0, search->image->rows * sizeof(*search->score));
    gig_text_norms(search);

    for (i = 0; i < text->n_clauses; i++) {
        clause = &text->clause[i];

        for (word = 0; !clause->exclude && word < clause->n; word++, scored++) {
            w = &text->word[clause->first + word];
            search->weight_of_word = search->idf[scored];

            if (clause->prefix) {
                gig_score_prefix(search, w, scored);

            } else {
                gig_score_rows(search, w, scored, GIG_ROWS_SCORE);
            }
        }
    }
}


/* The rows of a word once more: from what was kept of them, or else from the segments. */
static void
gig_score_rows(gig_search_t *search, const gig_query_word_t *word, unsigned scored,
    gig_rows_action_t action)
{
    unsigned  i;

    if (gig_word_again(search, scored, action)) {
        return;
    }

    gig_word_places(search, word, search->places);

    for (i = 0; i < search->in->n_segments; i++) {
        if (action == GIG_ROWS_BEGIN) {
            gig_word_prefix(&search->places[i], action, GIG_WORD_NOT_SCORED);

        } else {
            gig_word_exact(&search->places[i], action, GIG_WORD_NOT_SCORED);
        }
    }
}


/* What begins with the word counts a quarter, rounded up, the word itself in full. */
static void
gig_score_prefix(gig_search_t *search, const gig_query_word_t *word, unsigned scored)
{
    uint32_t        k, row;
    uint64_t        left;
    const uint8_t  *length = search->image->section[GIG_SECTION_LENGTH];

    gig_score_rows(search, word, scored, GIG_ROWS_BEGIN);

    for (k = 0; k < search->words; k++) {
        for (left = search->all[k]; left != 0; left &= left - 1) {
            row = k * 64 + (uint32_t) __builtin_ctzll(left);
            search->tf[row] = (uint16_t) ((search->tf[row] + GIG_TF_PREFIX - 1) / GIG_TF_PREFIX);
        }
    }

    gig_score_rows(search, word, scored, GIG_ROWS_ADD);

    for (k = 0; k < search->words; k++) {
        for (left = search->all[k]; left != 0; left &= left - 1) {
            row = k * 64 + (uint32_t) __builtin_ctzll(left);

            if (search->tf[row]) {
                gig_score_add(search, length, row, search->tf[row] & ~GIG_TF_EXACT,
                              (search->tf[row] & GIG_TF_EXACT) != 0);
                search->tf[row] = 0;
            }
        }
    }
}
