
/* What the gig_search*.c share: the workspace.  Private to them. */

#ifndef GIG_SEARCH_PARTS_H
#define GIG_SEARCH_PARTS_H

#include "gig_bits.h"
#include "gig_image_format.h"
#include "gig_search.h"

#define GIG_SEARCH_STATES       3               /* of gig_list_state_t */
#define GIG_PREFIX_WORDS_MAX    1024            /* of a segment that begin so: the first ones */
#define GIG_PHRASE_WORK_MAX     32768u          /* gigs that have a phrase's words, times words, a
                                                   question; more: it is all its words, and one
                                                   that excludes is none */
#define GIG_PHRASE_OUT_MAX      12288u          /* likewise of phrases that exclude */
#define GIG_PHRASE_POSITIONS    1024u           /* of a word in one gig that are looked at */
#define GIG_PHRASE_FIRST        12u             /* of them, at first */

/* A facet's part of VALUES, and how much work it is to count it by values. */
typedef struct {
    uint32_t               first, n, dense;
    uint64_t               list_rows;
} gig_facet_range_t;

#define GIG_KNOWN_FACETS        (1u << GIG_SEARCH_STATES)       /* `facet` and `told` are filled */

/* One word of q in one segment: its term in each language, or GIG_TERM_NONE. */
typedef struct {
    gig_search_t          *search;
    const gig_segment_t   *segment;
    unsigned               number;              /* of the segment */
    int                    all_live;            /* no row of it lives elsewhere */
    gig_str_t              word;
    uint32_t               exact[GIG_LANGUAGES_MAX];
} gig_word_place_t;

/* The postings of a term that one of q's words led to in one segment, as they were decoded. */
typedef struct {
    uint32_t               at, n;               /* in the workspace's rows, weights and marks */
    uint16_t               word;                /* among those that are scored */
    uint16_t               begins;              /* with the word, and is not the word itself */
} gig_kept_t;

#define GIG_KEPT_MAX            256u            /* lists */
#define GIG_KEPT_ROWS           4u              /* room for so many times all rows */

struct gig_search_s {
    size_t                 rows;                /* room, also of the bitmaps */
    size_t                 values;              /* room */
    uint64_t               epoch;               /* of what is known */
    unsigned               known;               /* bits: which of `state`; GIG_KNOWN_FACETS */
    void                  *memory, *memory_of_values;
    uint64_t              *state[GIG_SEARCH_STATES];
    uint64_t              *text;                /* what q leaves */
    uint64_t              *base;                /* state and text */
    uint64_t              *all;                 /* and all filters: the result */
    uint64_t              *chosen[GIG_FACETS];  /* rows of a facet's chosen values */
    uint64_t              *others[GIG_FACETS];  /* the result without that facet's filter */
    uint64_t              *word, *clause;       /* while q, then the filters are worked on */
    uint32_t              *score;               /* a row */
    uint32_t              *postings;            /* rows of posting lists */
    uint8_t               *weights, *marks;     /* and their weights; which are meant */
    uint32_t              *posting;             /* of the list at hand: where in the above */
    uint8_t               *weight, *mark;
    uint32_t              *within;              /* which of them are of rows in `all` */
    uint32_t               used;                /* of postings, by lists that are kept */
    unsigned               n_kept, unkept;      /* lists; bits: words of which one was not kept */
    gig_kept_t             kept[GIG_KEPT_MAX];
    uint16_t              *tf;                  /* a row, of the word at hand; zero between words */
    gig_stems_t           *stems;
    gig_word_place_t       places[GIG_QUERY_WORDS_MAX * GIG_SEGMENTS_MAX];
    gig_facet_range_t      facet[GIG_FACETS];
    uint32_t               norm[GIG_LENGTH_CODE_MAX + 1];       /* by code of length */
    uint64_t               prefix[GIG_PREFIX_WORDS_MAX];        /* term, spelling */
    uint32_t               position[GIG_PHRASE_POSITIONS];      /* of a phrase in one gig */
    uint32_t               next_position[GIG_PHRASE_POSITIONS];
    uint32_t              *counts, *shared;     /* a value */
    uint64_t              *counted;             /* values that some gig of the set has */
    uint8_t               *told;                /* a value: it has a spelling to be told by */

    /* the question at hand */
    const gig_searched_t  *in;
    const gig_image_t     *image;
    const gig_query_t     *query;
    const gig_query_text_t  *q;                 /* query's; or what may have been meant by it */
    const gig_cursor_t    *cursor;
    int64_t                now;
    uint32_t               words;               /* of a bitmap */
    uint32_t               phrase_work, phrase_out;     /* that may still be done */
    int                    cut;                 /* an answer may depend on how segments lie */
    uint32_t               chosen_value[GIG_QUERY_VALUES_MAX];  /* of query->value */
    const uint64_t        *chosen_of[GIG_FACETS];       /* or NULL: the facet is not filtered */
    unsigned               filtered;            /* bits of facets */
    uint64_t              *out;                 /* where gig_search_word() sets rows */
    uint32_t               weight_of_word;      /* what is being scored */
    uint16_t               mean;                /* as the scores take it */
    uint8_t                n_weights;
    uint16_t               idf[GIG_QUERY_WORDS_MAX];
};

/* gig_search.c: from `text` to `all` and `others`; how many are in `all`. */
uint32_t gig_search_sets(gig_search_t *search);

/* gig_search_text.c: rows that q matches into search->text; then scores of the rows in `all`. */
void gig_search_text(gig_search_t *search);
void gig_search_score(gig_search_t *search);

/* gig_search_page.c: the rows of the page, of `total` that are in `all`. */
void gig_search_page(gig_search_t *search, uint32_t total, gig_found_t *found);

/* gig_search_facets.c: counts of the facets that are asked for. */
void gig_search_facets(gig_search_t *search, uint32_t total, gig_found_t *found);

/* gig_search_spell.c: what may have been meant by a q that found nothing. */
void gig_search_suggest(gig_search_t *search, gig_found_t *found);

/*
 * gig_search_word.c.  What is done with the rows that live in a segment and have a term, each with
 * its weight there: set in `out`; scored by it; added to `tf` as one of what begins with the word,
 * or as the word itself.  All but the first look only at rows in `all`.
 */
typedef enum { GIG_ROWS_SET, GIG_ROWS_SCORE, GIG_ROWS_BEGIN, GIG_ROWS_ADD } gig_rows_action_t;

void gig_word_places(gig_search_t *search, const gig_query_word_t *word,
    gig_word_place_t places[GIG_SEGMENTS_MAX]);

/*
 * The word itself; what else begins with it.  scored: its number among q's words that will be
 * scored, under which its lists are kept if there is room, or GIG_WORD_NOT_SCORED.
 */
#define GIG_WORD_NOT_SCORED     UINT32_MAX
void gig_word_exact(const gig_word_place_t *place, gig_rows_action_t action, unsigned scored);
void gig_word_prefix(const gig_word_place_t *place, gig_rows_action_t action, unsigned scored);

/*
 * The lists that were kept of a word, of all segments: those of what begins with it for
 * GIG_ROWS_BEGIN, else its own.  1; or 0: some list of the word was not kept, and none was
 * looked at.
 */
int gig_word_again(gig_search_t *search, unsigned scored, gig_rows_action_t action);

/* A new question: nothing is kept. */
void gig_word_forget(gig_search_t *search);

/* Clears the marks of a term's postings; of how many there is room for marks. */
uint32_t gig_word_unmark(gig_search_t *search, const gig_segment_t *segment, uint32_t term);

/*
 * Adds to the score of a row in `all`, which has the word so often; exact: spelt as it was asked
 * for.  Other forms count half: who asks for "marketing" does not mean "markets".
 */
#define GIG_BM25_ONE            1024u           /* the fixed point of what follows */
#define GIG_BM25_K1_PLUS_ONE    2253u           /* k1 = 1.2 */
#define GIG_BM25_SHIFT          4               /* off a product, so that 16 words fit 32 bits */
#define GIG_TF_MAX              255u
#define GIG_TF_PREFIX           4u              /* a beginning counts a quarter */
#define GIG_TF_EXACT            0x8000u         /* in search->tf: spelt as it was asked for */

static inline void
gig_score_add(gig_search_t *search, const uint8_t *length, uint32_t row, uint32_t tf, int exact)
{
    uint32_t  part;

    part = tf * GIG_BM25_ONE * GIG_BM25_K1_PLUS_ONE
           / (tf * GIG_BM25_ONE + search->norm[length[row] & GIG_LENGTH_CODE_MAX]);
    search->score[row] += search->weight_of_word * part >> (GIG_BM25_SHIFT + !exact);
}

/* Rows that have a word, or begin with it, set in out (cleared first); how many. */
uint32_t gig_search_word(gig_search_t *search, const gig_query_word_t *word, int prefix,
    unsigned scored, uint64_t *out);

static inline gig_str_t
gig_query_word_text(const gig_query_text_t *text, const gig_query_word_t *word)
{
    return (gig_str_t) { text->data + word->at, word->len };
}

#endif /* GIG_SEARCH_PARTS_H */
