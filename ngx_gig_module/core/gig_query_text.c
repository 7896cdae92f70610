
#include <string.h>

#include "gig_fold.h"
#include "gig_query_text.h"
#include "gig_utf8.h"

/* Bytes of q folded: some characters grow, and what does not fit is left out. */
#define GIG_QUERY_FOLDED    (4 * GIG_QUERY_TEXT_MAX)

/* Where no clause is meant. */
#define GIG_QUERY_NONE      UINT8_MAX

typedef struct {
    gig_query_text_t  *text;
    uint8_t            first;       /* word of the clause that is being read */
    uint8_t            last;        /* clause of the last word of q, if that is bare */
    uint32_t           position;    /* of the first word in what is being read */
} gig_query_reader_t;


static void     gig_query_phrase(gig_query_reader_t *reader, gig_str_t s, int exclude);
static void     gig_query_bare(gig_query_reader_t *reader, gig_str_t s, int exclude);
static int      gig_query_word(gig_query_reader_t *reader, const gig_words_t *words);
static uint8_t  gig_query_clause(gig_query_reader_t *reader, int exclude);
static int      gig_query_same(const gig_query_text_t *text, const gig_query_clause_t *a,
    const gig_query_clause_t *b);
static void     gig_query_prefix(gig_query_text_t *text, uint8_t last);


void
gig_query_text_read(gig_str_t q, gig_query_text_t *text)
{
    int                 start, exclude;
    char                folded[GIG_QUERY_FOLDED];
    size_t              i, from, n;
    gig_query_reader_t  reader;

    /* the padding too: structures are compared, and kept by what they hold */

    memset(text, 0, sizeof(gig_query_text_t));

    reader.text = text;
    reader.first = 0;
    reader.last = GIG_QUERY_NONE;
    reader.position = 0;

    q.len = gig_utf8_cut(q, GIG_QUERY_TEXT_MAX);
    n = gig_fold(q, folded, sizeof(folded));

    start = 1;
    i = 0;

    while (i < n) {

        if (folded[i] == ' ') {
            start = 1;
            i++;
            continue;
        }

        /* "-word"; not the hyphen of "front-end", nor one that stands alone, nor a row of them */

        exclude = start && folded[i] == '-' && i + 1 < n
                  && folded[i + 1] != ' ' && folded[i + 1] != '-';
        i += (size_t) exclude;
        start = 0;

        if (folded[i] == '"') {
            from = ++i;

            while (i < n && folded[i] != '"') {
                i++;
            }

            gig_query_phrase(&reader, (gig_str_t) { folded + from, i - from }, exclude);
            i += (i < n);
            continue;
        }

        from = i;

        while (i < n && folded[i] != ' ' && folded[i] != '"') {
            i++;
        }

        gig_query_bare(&reader, (gig_str_t) { folded + from, i - from }, exclude);
    }

    gig_query_prefix(text, reader.last);
}


static void
gig_query_phrase(gig_query_reader_t *reader, gig_str_t s, int exclude)
{
    gig_words_t  words;

    reader->last = GIG_QUERY_NONE;
    gig_words_init(&words, s, 0);

    while (gig_words_next(&words)) {
        if (!words.part && gig_query_word(reader, &words) != 0) {
            break;
        }
    }

    (void) gig_query_clause(reader, exclude);
}


/*
 * What stands between blanks is a clause a word ("ux/ui"), but one clause where the words touch
 * (scripts without blanks), and where it is excluded: "-ux/ui" is not said of all that is "ui".
 */
static void
gig_query_bare(gig_query_reader_t *reader, gig_str_t s, int exclude)
{
    int          full;
    uint8_t      clause;
    gig_words_t  words;

    full = 0;
    gig_words_init(&words, s, 0);

    while (!full && gig_words_next(&words)) {

        if (words.part) {
            continue;
        }

        if (!words.joined && !exclude) {
            clause = gig_query_clause(reader, 0);
            reader->last = clause != GIG_QUERY_NONE ? clause : reader->last;
        }

        full = gig_query_word(reader, &words);
    }

    clause = gig_query_clause(reader, exclude);

    if (full) {
        reader->last = GIG_QUERY_NONE;

    } else if (clause != GIG_QUERY_NONE) {
        reader->last = exclude ? GIG_QUERY_NONE : clause;
    }
}


/* Adds a word to the clause that is being read; -1: no room. */

static int
gig_query_word(gig_query_reader_t *reader, const gig_words_t *words)
{
    gig_query_text_t  *text;
    gig_query_word_t  *word;

    text = reader->text;

    if (text->n_words == GIG_QUERY_WORDS_MAX) {
        return -1;
    }

    if (text->n_words == reader->first) {
        reader->position = words->position;
    }

    word = &text->word[text->n_words++];

    word->at = (uint16_t) text->used;
    word->len = (uint8_t) words->len;
    word->plain = (uint8_t) words->plain;
    word->offset = (uint16_t) (words->position - reader->position);

    memcpy(text->data + text->used, words->data, words->len);
    text->used += words->len;

    return 0;
}


/*
 * Ends the clause that is being read; its number, that of the same one if it was said before, or
 * GIG_QUERY_NONE: it has no words.
 */
static uint8_t
gig_query_clause(gig_query_reader_t *reader, int exclude)
{
    uint8_t              i;
    size_t               used;
    gig_query_text_t    *text;
    gig_query_clause_t  *clause;

    text = reader->text;

    if (text->n_words == reader->first) {
        return GIG_QUERY_NONE;
    }

    clause = &text->clause[text->n_clauses];

    clause->first = reader->first;
    clause->n = (uint8_t) (text->n_words - reader->first);
    clause->exclude = (uint8_t) exclude;

    for (i = 0; i < text->n_clauses; i++) {

        if (!gig_query_same(text, &text->clause[i], clause)) {
            continue;
        }

        /* taken back without a trace */

        used = text->word[clause->first].at;
        memset(text->data + used, 0, text->used - used);
        memset(&text->word[clause->first], 0, clause->n * sizeof(gig_query_word_t));
        text->used = used;
        text->n_words = clause->first;
        memset(clause, 0, sizeof(gig_query_clause_t));

        return i;
    }

    reader->first = text->n_words;

    return text->n_clauses++;
}


static int
gig_query_same(const gig_query_text_t *text, const gig_query_clause_t *a,
    const gig_query_clause_t *b)
{
    unsigned                 i;
    const gig_query_word_t  *x, *y;

    if (a->n != b->n || a->exclude != b->exclude) {
        return 0;
    }

    for (i = 0; i < a->n; i++) {

        x = &text->word[a->first + i];
        y = &text->word[b->first + i];

        if (x->offset != y->offset || x->len != y->len
            || memcmp(text->data + x->at, text->data + y->at, x->len) != 0)
        {
            return 0;
        }
    }

    return 1;
}


static void
gig_query_prefix(gig_query_text_t *text, uint8_t last)
{
    gig_str_t                data;
    const gig_query_word_t  *word;

    if (last == GIG_QUERY_NONE || text->clause[last].n != 1) {
        return;
    }

    word = &text->word[text->clause[last].first];
    data = (gig_str_t) { text->data + word->at, word->len };

    if (gig_utf8_length(data) >= GIG_QUERY_PREFIX_MIN) {
        text->clause[last].prefix = 1;
    }
}


size_t
gig_query_text_write(const gig_query_text_t *text, const gig_str_t *words, char *out, size_t size)
{
    size_t                     used = 0;
    unsigned                   i, k, at;
    gig_str_t                  part;
    const gig_query_clause_t  *clause;

    for (i = 0; i < text->n_clauses; i++) {
        clause = &text->clause[i];

        for (k = 0; k < clause->n; k++) {
            at = clause->first + k;
            part = words && words[at].data ? words[at]
                   : (gig_str_t) { text->data + text->word[at].at, text->word[at].len };

            /* A blank, a sign and two quotes at most. */

            if (size - used < 4 || part.len > size - used - 4) {
                return 0;
            }

            if (used > 0) {
                out[used++] = ' ';
            }

            if (k == 0 && clause->exclude) {
                out[used++] = '-';
            }

            if (k == 0 && clause->n > 1) {
                out[used++] = '"';
            }

            memcpy(out + used, part.data, part.len);
            used += part.len;

            if (k + 1u == clause->n && clause->n > 1) {
                out[used++] = '"';
            }
        }
    }

    return used;
}
