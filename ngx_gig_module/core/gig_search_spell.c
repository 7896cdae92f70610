#include "gig_search_parts.h"

/*
 * "Did you mean": for each word of a q that found nothing which no gig has, the
 * nearest word that some gig on this list has.  Runs only then, once for what the
 * response cache keeps: it looks at every spelling, by the letters in it first.
 */

#define GIG_SPELL_MIN           4u              /* bytes: a shorter word is near to anything */
#define GIG_SPELL_LONG          8u              /* from here on two edits, any letter */
#define GIG_SPELL_WORDS         2u              /* of a question that are looked for */
#define GIG_SPELL_COMPARED      512u            /* spellings of a segment, letter by letter */
#define GIG_SPELL_TRIES         64u             /* candidates whose gigs are looked at */
#define GIG_SPELL_LETTERS_MAX   GIG_WORD_MAX


typedef struct {
    char      data[GIG_WORD_MAX];
    size_t    len;
    unsigned  distance;                         /* UINT_MAX: none */
    uint32_t  frequency;
} gig_spell_best_t;


static int gig_spell_finds(gig_search_t *search, const char *suggestion);
static int gig_spell_known(gig_search_t *search, const gig_query_word_t *word);
static void gig_spell_word(gig_search_t *search, const gig_query_word_t *word,
    gig_spell_best_t *best);
static void gig_spell_segment(gig_search_t *search, unsigned number, gig_str_t word,
    unsigned most, gig_spell_best_t *best);
static uint32_t gig_spell_living(gig_search_t *search, unsigned number, uint32_t word);
static unsigned gig_spell_distance(gig_str_t a, gig_str_t b, unsigned most);


void
gig_search_suggest(gig_search_t *search, gig_found_t *found)
{
    int                        other = 0;
    unsigned                   i, k, looked = 0;
    gig_str_t                  words[GIG_QUERY_WORDS_MAX];
    gig_spell_best_t           best[GIG_QUERY_WORDS_MAX];
    const gig_query_word_t    *word;
    const gig_query_text_t    *text = search->q;
    const gig_query_clause_t  *clause;

    memset(best, 0, sizeof(best));

    for (i = 0; i < GIG_QUERY_WORDS_MAX; i++) {
        best[i].distance = UINT32_MAX;
    }

    for (i = 0; i < text->n_clauses; i++) {
        clause = &text->clause[i];

        for (k = 0; !clause->exclude && k < clause->n && looked < GIG_SPELL_WORDS; k++) {
            word = &text->word[clause->first + k];

            /* A name with signs or digits in it is no misspelt word. */

            if (word->len < GIG_SPELL_MIN || !word->plain || gig_spell_known(search, word)) {
                continue;
            }

            looked++;
            gig_spell_word(search, word, &best[clause->first + k]);

            /* A word that is found by its stem is mended along with one that is not. */

            other |= best[clause->first + k].distance != UINT32_MAX
                     && gig_search_word(search, word, clause->prefix, GIG_WORD_NOT_SCORED,
                                        search->word) == 0;
        }
    }

    if (!other) {
        return;
    }

    for (i = 0; i < text->n_words; i++) {
        words[i] = best[i].distance == UINT32_MAX ? gig_null_str
                   : (gig_str_t) { best[i].data, best[i].len };
    }

    found->suggestion[gig_query_text_write(text, words, found->suggestion,
                                           sizeof(found->suggestion) - 1)] = '\0';

    if (!gig_spell_finds(search, found->suggestion)) {
        found->suggestion[0] = '\0';
    }
}


/* Whether another q, with all the rest of the question, finds something: asked for nothing else. */
static int
gig_spell_finds(gig_search_t *search, const char *suggestion)
{
    uint32_t           total;
    gig_query_text_t   meant;

    gig_query_text_read((gig_str_t) { suggestion, strlen(suggestion) }, &meant);

    search->q = &meant;
    gig_word_forget(search);
    gig_search_text(search);
    total = meant.n_clauses > 0 ? gig_search_sets(search) : 0;
    search->q = &search->query->text;

    return total > 0;
}


/* Some gig of the list spells it so. */
static int
gig_spell_known(gig_search_t *search, const gig_query_word_t *word)
{
    uint32_t   first;
    unsigned   i;
    gig_str_t  text;

    text = gig_query_word_text(search->q, word);

    for (i = 0; i < search->in->n_segments; i++) {
        first = gig_segment_first(&search->in->segments[i], text);

        if (gig_str_eq(gig_segment_word(&search->in->segments[i], first), text)) {
            return gig_spell_living(search, i, first) > 0;
        }
    }

    return 0;
}


static void
gig_spell_word(gig_search_t *search, const gig_query_word_t *word, gig_spell_best_t *best)
{
    unsigned   i;
    gig_str_t  text;

    text = gig_query_word_text(search->q, word);

    for (i = 0; i < search->in->n_segments; i++) {
        gig_spell_segment(search, i, text, text.len < GIG_SPELL_LONG ? 1 : 2, best);
    }
}


/*
 * Of equally near ones the one in most gigs of the list, then the first by bytes: so that
 * hosts with other segments agree, each is compared with the best of all segments so far and its
 * gigs are counted in all of them.
 */
static void
gig_spell_segment(gig_search_t *search, unsigned number, gig_str_t word, unsigned most,
    gig_spell_best_t *best)
{
    uint32_t              i, letters, frequency;
    unsigned              distance, tries, compared;
    gig_str_t             other;
    const uint32_t       *masks;
    const gig_segment_t  *segment = &search->in->segments[number];

    masks = gig_segment_letters(segment);
    letters = gig_word_letters(word);
    tries = 0;
    compared = 0;

    for (i = 0; i < segment->words && tries < GIG_SPELL_TRIES && compared < GIG_SPELL_COMPARED;
         i++)
    {
        if ((unsigned) __builtin_popcount(masks[i] ^ letters) > 2 * most) {
            continue;
        }

        other = gig_segment_word(segment, i);

        if (other.len == 0 || other.len + most < word.len || word.len + most < other.len
            || other.len > GIG_WORD_MAX
            || (word.len < GIG_SPELL_LONG && other.data[0] != word.data[0]))
        {
            continue;
        }

        compared++;

        distance = gig_spell_distance(word, other, most);

        if (distance > most || distance > best->distance
            || (best->distance == distance && best->len == other.len
                && memcmp(best->data, other.data, other.len) == 0))
        {
            continue;
        }

        tries++;
        frequency = gig_spell_living(search, number, i);

        if (frequency == 0 || (distance == best->distance && frequency < best->frequency)
            || (distance == best->distance && frequency == best->frequency
                && gig_disk_compare_id(other, (gig_str_t) { best->data, best->len }) > 0))
        {
            continue;
        }

        memcpy(best->data, other.data, other.len);
        best->len = other.len;
        best->distance = distance;
        best->frequency = frequency;
    }
}


/* In how many gigs of the list the term of a spelling is, in any segment. */
static uint32_t
gig_spell_living(gig_search_t *search, unsigned number, uint32_t word)
{
    uint32_t         i, n, row, count = 0, term, found;
    unsigned         k;
    gig_str_t        text;
    const uint8_t   *segment_of = search->image->section[GIG_SECTION_SEGMENT_OF];
    const uint64_t  *state = search->state[search->query->state];

    text = gig_segment_word(&search->in->segments[number], word);

    for (k = 0; k < search->in->n_segments; k++) {
        for (found = gig_segment_first(&search->in->segments[k], text);
             gig_str_eq(gig_segment_word(&search->in->segments[k], found), text);
             found++)
        {
            term = gig_segment_word_term(&search->in->segments[k], found);
            n = gig_word_unmark(search, &search->in->segments[k], term);
            gig_segment_word_mark(&search->in->segments[k], found, search->mark, n);
            n = gig_segment_postings(&search->in->segments[k], term, search->posting,
                                     search->weight, n);

            for (i = 0; i < n; i++) {
                row = search->posting[i];
                count += search->mark[i] && row < search->image->rows && segment_of[row] == k
                         && gig_bits_has(state, row);
            }
        }
    }

    return count;
}


/* Edits between two words, a swap of neighbours being one; more than `most`: most + 1. */
static unsigned
gig_spell_distance(gig_str_t a, gig_str_t b, unsigned most)
{
    size_t    i, k;
    unsigned  row[3][GIG_SPELL_LETTERS_MAX + 1], least, value;
    unsigned  *before = row[0], *last = row[1], *now = row[2], *swap;

    for (k = 0; k <= b.len; k++) {
        last[k] = (unsigned) k;
    }

    memcpy(before, last, sizeof(row[0]));

    for (i = 1; i <= a.len; i++) {
        now[0] = (unsigned) i;
        least = now[0];

        for (k = 1; k <= b.len; k++) {
            value = last[k - 1] + (a.data[i - 1] != b.data[k - 1]);
            value = value > last[k] + 1 ? last[k] + 1 : value;
            value = value > now[k - 1] + 1 ? now[k - 1] + 1 : value;

            if (i > 1 && k > 1 && a.data[i - 1] == b.data[k - 2] && a.data[i - 2] == b.data[k - 1]
                && value > before[k - 2] + 1)
            {
                value = before[k - 2] + 1;
            }

            now[k] = value;
            least = value < least ? value : least;
        }

        if (least > most) {
            return most + 1;
        }

        swap = before;
        before = last;
        last = now;
        now = swap;
    }

    return last[b.len] > most ? most + 1 : last[b.len];
}
