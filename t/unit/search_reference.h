
/*
 * The search a second time, the slow and plain way: every gig is looked at for
 * every question, with the formulas of docs/architecture.md written down once
 * more.  It shares with core/ what has tests of its own (folding, words, stems,
 * the reading of queries, values and texts of a record) and nothing of the image,
 * the segments or the search.
 */

#ifndef SEARCH_REFERENCE_H
#define SEARCH_REFERENCE_H

#include "gig_facet.h"
#include "gig_query.h"
#include "gig_record.h"
#include "gig_stem.h"

#define REFERENCE_GIGS_MAX      4096
#define REFERENCE_NONE          UINT32_MAX

/* Texts by number, each once: terms (a language's number and a stem), spellings, keys. */
typedef struct {
    gig_str_t  *text;                           /* owned */
    uint32_t    n, size;
    uint32_t   *slot;                           /* twice as many, open addressing */
} reference_names_t;

/* A word of a gig: what it was written as, what it counts as, where it stands. */
typedef struct {
    uint32_t  term, spelling;
    uint32_t  position, weight;
} reference_word_t;

typedef struct {
    uint32_t  term;
    uint32_t  frequency;                        /* weights of its occurrences, at most 255 */
} reference_term_t;

typedef struct {
    gig_facet_t  facet;
    int          part;
    uint32_t     key, spelling;
} reference_value_t;

typedef struct {
    char                id[GIG_ID_MAX + 1];
    gig_record_t        record;                 /* owned, as is what is allocated below */
    gig_seats_t         seats;
    uint32_t            put;                    /* the number of the put that brought it */
    unsigned            language;
    uint32_t            length;                 /* as the engine keeps it */
    int64_t             pay;                    /* thousandths of a major unit, or -1 */
    reference_word_t   *word;
    uint32_t            n_words;
    reference_term_t   *term;
    uint32_t            n_terms;
    uint32_t            n_values;
    reference_value_t   value[GIG_ROW_VALUES_MAX];
} reference_gig_t;

typedef struct {
    uint32_t                  n;
    reference_gig_t          *gig[REFERENCE_GIGS_MAX];      /* in no order */
    uint32_t                  puts;
    reference_names_t         names;
    gig_stems_t              *stems;
    const gig_place_names_t  *places;           /* not owned */
} reference_t;

/* What scores are made with; those of a first page hold for the pages after it. */
typedef struct {
    uint32_t  mean;
    uint32_t  idf[GIG_QUERY_WORDS_MAX];
} reference_weights_t;

typedef struct {
    uint32_t  spelling, count;
} reference_count_t;

typedef struct {
    uint32_t             total;
    uint32_t             order[REFERENCE_GIGS_MAX];         /* numbers into reference_t.gig */
    uint64_t             score[REFERENCE_GIGS_MAX];         /* by that number */
    unsigned char        matches[REFERENCE_GIGS_MAX];       /* likewise */
    reference_weights_t  weights;
    uint32_t             n_counts[GIG_FACETS];
    reference_count_t    count[GIG_FACETS][GIG_FACET_VALUES_MAX];
} reference_answer_t;


void reference_init(reference_t *reference, const gig_place_names_t *places);
void reference_free(reference_t *reference);

/*
 * What the builder is told.  _put: 0, or -1 for a record that is refused, which then is not
 * there; seats stay what they were, or are open.  Seats of a gig that is not there are nothing.
 */
int reference_put(reference_t *reference, const char *id, gig_str_t json);
void reference_delete(reference_t *reference, const char *id);
void reference_seats(reference_t *reference, const char *id, gig_seats_t seats);
reference_gig_t *reference_find(const reference_t *reference, const char *id);

/* When it was posted, within what a cursor can hold. */
int64_t reference_posted(const reference_gig_t *gig);

gig_str_t reference_text(const reference_t *reference, uint32_t name);

/* All that matches, in order, and the facets asked for.  frozen: NULL, or weights of before. */
void reference_search(const reference_t *reference, const gig_query_t *query, int64_t now,
    const reference_weights_t *frozen, reference_answer_t *answer);

/* The value of a cursor of relevance: the score, and posted_at, by which ties are broken. */
int64_t reference_cursor(const reference_answer_t *answer, const reference_t *reference,
    uint32_t number);

/* Private to search_reference*.c. */
uint32_t reference_name_find(const reference_names_t *names, gig_str_t text);
int reference_matches(const reference_t *reference, const reference_gig_t *gig,
    const gig_query_t *query, int64_t now, int but);
void reference_count(const reference_t *reference, const gig_query_t *query, int64_t now,
    const unsigned char *found, reference_answer_t *answer);

#endif /* SEARCH_REFERENCE_H */
