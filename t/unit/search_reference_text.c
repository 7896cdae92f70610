
/* The reference's text search and orders. */

#include <math.h>

#include "gig_test_image.h"
#include "search_reference.h"

#define TF_MAX      255


/* A question at work: its words as terms, and how often each gig has them. */
typedef struct {
    const reference_t       *reference;
    const gig_query_t       *query;
    const gig_query_text_t  *text;
    uint32_t                 term[GIG_QUERY_WORDS_MAX][GIG_LANGUAGES_MAX];
    unsigned char            excluded[GIG_QUERY_WORDS_MAX];
    int                      prefix;            /* the word that is a beginning, or -1 */
    uint32_t               (*tf)[GIG_QUERY_WORDS_MAX];      /* by gig */
} asked_t;


/* floor(65536 * log2(x)), as exactly as the processor has it. */
static uint64_t
log2_q16(uint64_t x)
{
    return (uint64_t) floorl(65536.0L * log2l((long double) x));
}


static void
read_words(asked_t *asked)
{
    char                       term[1 + GIG_WORD_MAX];
    size_t                     len;
    unsigned                   i, k, language;
    const gig_query_word_t    *word;
    const gig_query_clause_t  *clause;

    asked->prefix = -1;

    for (i = 0; i < asked->text->n_clauses; i++) {
        clause = &asked->text->clause[i];

        for (k = clause->first; k < (unsigned) clause->first + clause->n; k++) {
            assert_true(k < asked->text->n_words);
            asked->excluded[k] = clause->exclude;
        }

        if (clause->prefix) {
            assert_int_equal(asked->prefix, -1);
            asked->prefix = clause->first + clause->n - 1;
        }
    }

    for (i = 0; i < asked->text->n_words; i++) {
        word = &asked->text->word[i];

        for (language = 0; language < GIG_LANGUAGES_MAX; language++) {
            term[0] = (char) language;
            len = word->len;
            memcpy(term + 1, asked->text->data + word->at, len);

            if (word->plain) {
                len = gig_stem(asked->reference->stems, language,
                               (gig_str_t) { asked->text->data + word->at, word->len }, term + 1);
            }

            asked->term[i][language] = reference_name_find(&asked->reference->names,
                                                           (gig_str_t) { term, 1 + len });
        }
    }
}


/* Whether a word as a gig has it begins with the word of the question that is a beginning. */
static int
begins(const asked_t *asked, const reference_word_t *at)
{
    gig_str_t                 written = reference_text(asked->reference, at->spelling);
    const gig_query_word_t   *word = &asked->text->word[asked->prefix];

    return written.len >= word->len
           && memcmp(written.data, asked->text->data + word->at, word->len) == 0;
}


/* How often, for a beginning: the very term, and a quarter of the others that a gig writes so. */
static uint32_t
frequency_of_beginning(const asked_t *asked, const reference_gig_t *gig, uint32_t exact)
{
    uint32_t  i, k, others = 0;

    for (i = 0; i < gig->n_terms; i++) {

        if (gig->term[i].term == asked->term[asked->prefix][gig->language]) {
            continue;
        }

        for (k = 0; k < gig->n_words; k++) {
            if (gig->word[k].term == gig->term[i].term && begins(asked, &gig->word[k])) {
                others += gig->term[i].frequency;
                break;
            }
        }
    }

    return exact + (others + 3) / 4;
}


static uint32_t
frequency(const asked_t *asked, const reference_gig_t *gig, int word)
{
    uint32_t  i, tf = 0;

    for (i = 0; i < gig->n_terms; i++) {
        if (gig->term[i].term == asked->term[word][gig->language]) {
            tf = gig->term[i].frequency;
        }
    }

    if (word == asked->prefix) {
        tf = frequency_of_beginning(asked, gig, tf);
    }

    return tf > TF_MAX ? TF_MAX : tf;
}


static int
is_word(const asked_t *asked, const reference_gig_t *gig, const reference_word_t *at, int word)
{
    return at->term == asked->term[word][gig->language]
           || (word == asked->prefix && begins(asked, at));
}


/* All words of a clause, each at its offset from one place. */
static int
has_clause(const asked_t *asked, const reference_gig_t *gig, const gig_query_clause_t *clause)
{
    int       word, last = clause->first + clause->n - 1;
    uint32_t  i, k, position;

    for (i = 0; i < gig->n_words; i++) {

        if (!is_word(asked, gig, &gig->word[i], clause->first)) {
            continue;
        }

        for (word = clause->first + 1; word <= last; word++) {
            position = gig->word[i].position + asked->text->word[word].offset
                       - asked->text->word[clause->first].offset;

            for (k = 0; k < gig->n_words; k++) {
                if (gig->word[k].position == position && is_word(asked, gig, &gig->word[k], word)) {
                    break;
                }
            }

            if (k == gig->n_words) {
                break;
            }
        }

        if (word > last) {
            return 1;
        }
    }

    return 0;
}


static int
has_text(const asked_t *asked, const reference_gig_t *gig)
{
    unsigned                   i;
    const gig_query_clause_t  *clause;

    for (i = 0; i < asked->text->n_clauses; i++) {
        clause = &asked->text->clause[i];

        if (has_clause(asked, gig, clause) == clause->exclude) {
            return 0;
        }
    }

    return 1;
}


/* Mean length and idf of each word, over all gigs whatever their state. */
static void
weigh(const asked_t *asked, reference_weights_t *weights)
{
    int       word;
    uint32_t  i, n = asked->reference->n;
    uint64_t  sum = 0, df, idf;

    for (i = 0; i < n; i++) {
        sum += asked->reference->gig[i]->length;
    }

    weights->mean = n ? (uint32_t) ((sum + n / 2) / n) : 1;
    weights->mean = weights->mean ? weights->mean : 1;

    for (word = 0; word < asked->text->n_words; word++) {
        df = 0;

        for (i = 0; i < n; i++) {
            df += asked->tf[i][word] > 0;
        }

        idf = (log2_q16(2 * (uint64_t) n + 2) - log2_q16(2 * df + 1)) >> 6;
        weights->idf[word] = idf ? (uint32_t) idf : 1;
    }
}


/* Whether a gig writes a word as it was asked for, and not just in another form of it. */
static int
has_spelling(const asked_t *asked, const reference_gig_t *gig, int word)
{
    uint32_t                  i;
    gig_str_t                 typed;
    const gig_query_word_t   *at = &asked->text->word[word];

    typed = (gig_str_t) { asked->text->data + at->at, at->len };

    for (i = 0; i < gig->n_words; i++) {
        if (gig_str_eq(reference_text(asked->reference, gig->word[i].spelling), typed)) {
            return 1;
        }
    }

    return 0;
}


static uint64_t
score(const asked_t *asked, uint32_t number, const reference_weights_t *weights)
{
    int       word;
    uint64_t  tf, norm, sum = 0;

    norm = 307 + 922 * (uint64_t) asked->reference->gig[number]->length / weights->mean;

    for (word = 0; word < asked->text->n_words; word++) {
        tf = asked->tf[number][word];

        if (!asked->excluded[word] && tf > 0) {
            sum += weights->idf[word] * (tf * 1024 * 2253 / (tf * 1024 + norm))
                   / (has_spelling(asked, asked->reference->gig[number], word) ? 16 : 32);
        }
    }

    return sum;
}


typedef struct {
    const asked_t             *asked;
    const reference_answer_t  *answer;
} ordering_t;


int64_t
reference_cursor(const reference_answer_t *answer, const reference_t *reference, uint32_t number)
{
    return (int64_t) (answer->score[number] << GIG_CURSOR_POSTED_BITS)
           | reference_posted(reference->gig[number]);
}


/* Negative: a comes first. */
static int
falling(int64_t a, int64_t b)
{
    return (a < b) - (a > b);
}


static int
compare_gigs(const void *one, const void *two, void *data)
{
    int                     order = 0;
    ordering_t             *ordering = data;
    const uint32_t         *x = one, *y = two;
    const reference_gig_t  *a = ordering->asked->reference->gig[*x];
    const reference_gig_t  *b = ordering->asked->reference->gig[*y];

    switch (ordering->asked->query->sort) {

    case GIG_SORT_RELEVANCE:
        order = falling(reference_cursor(ordering->answer, ordering->asked->reference, *x),
                        reference_cursor(ordering->answer, ordering->asked->reference, *y));
        break;

    case GIG_SORT_CLOSING:
        order = (a->record.closes_at == GIG_TIME_NONE) - (b->record.closes_at == GIG_TIME_NONE);
        order = order ? order : falling(b->record.closes_at, a->record.closes_at);
        break;

    case GIG_SORT_PAY:
        order = falling(a->pay, b->pay);        /* unknown is -1, so last */
        break;

    default:
        order = falling(reference_posted(a), reference_posted(b));
    }

    return order ? order : strcmp(a->id, b->id);
}


void
reference_search(const reference_t *reference, const gig_query_t *query, int64_t now,
    const reference_weights_t *frozen, reference_answer_t *answer)
{
    int             word;
    asked_t         asked;
    uint32_t        i;
    ordering_t      ordering = { &asked, answer };
    unsigned char  *found;

    memset(answer, 0, sizeof(*answer));
    memset(&asked, 0, sizeof(asked));
    asked.reference = reference;
    asked.query = query;
    asked.text = &query->text;
    asked.tf = calloc(reference->n + 1, sizeof(asked.tf[0]));
    found = calloc(reference->n + 1, 1);
    assert_true(asked.tf && found);

    read_words(&asked);

    for (i = 0; i < reference->n; i++) {
        for (word = 0; word < asked.text->n_words; word++) {
            asked.tf[i][word] = frequency(&asked, reference->gig[i], word);
        }
    }

    weigh(&asked, &answer->weights);

    if (frozen != NULL) {
        answer->weights = *frozen;
    }

    for (i = 0; i < reference->n; i++) {
        found[i] = (unsigned char) has_text(&asked, reference->gig[i]);
        answer->score[i] = score(&asked, i, &answer->weights);

        if (found[i] && reference_matches(reference, reference->gig[i], query, now, -1)) {
            answer->matches[i] = 1;
            answer->order[answer->total++] = i;
        }
    }

    qsort_r(answer->order, answer->total, sizeof(answer->order[0]), compare_gigs, &ordering);
    reference_count(reference, query, now, found, answer);

    free(asked.tf);
    free(found);
}
