
/*
 * A query is what a stranger puts into an address.  Whatever it is, what is read of it
 * stays within its bounds, and says the same in other letters, folded or with blanks
 * around it.
 */

#include <stdlib.h>
#include <string.h>

#include "gig_fold.h"
#include "gig_query_text.h"
#include "gig_utf8.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void
gig_fuzz_check(const gig_query_text_t *text)
{
    size_t                     i, k, used, words;
    const gig_query_word_t    *word;
    const gig_query_clause_t  *clause;

    if (text->n_words > GIG_QUERY_WORDS_MAX || text->n_clauses > text->n_words) {
        abort();
    }

    used = 0;
    words = 0;

    for (i = 0; i < text->n_clauses; i++) {

        clause = &text->clause[i];

        if (clause->first != words || clause->n == 0
            || (clause->prefix && (clause->exclude || clause->n != 1)))
        {
            abort();
        }

        for (k = 0; k < clause->n; k++) {

            word = &text->word[words++];

            if (word->at != used || word->len == 0 || word->len > GIG_WORD_MAX
                || (k == 0 ? word->offset != 0 : word->offset <= (word - 1)->offset)
                || !gig_utf8_valid((gig_str_t) { text->data + word->at, word->len }))
            {
                abort();
            }

            used += word->len;
        }
    }

    if (words != text->n_words || used != text->used || used > sizeof(text->data)) {
        abort();
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char              other[GIG_QUERY_TEXT_MAX + 2];
    size_t            n;
    gig_str_t         q;
    gig_query_text_t  text, again;

    q = (gig_str_t) { (const char *) data, size };

    if (!gig_utf8_valid(q)) {
        gig_query_text_read(q, &text);
        return 0;
    }

    memset(&text, 0x00, sizeof(text));
    memset(&again, 0xff, sizeof(again));

    gig_query_text_read(q, &text);
    gig_fuzz_check(&text);

    /* other spellings, if they are not too long for a q */

    n = gig_fold(q, other + 1, GIG_QUERY_TEXT_MAX);

    if (size <= GIG_QUERY_TEXT_MAX - 2 && n <= GIG_QUERY_TEXT_MAX - GIG_FOLD_CHAR_MAX) {
        other[0] = ' ';
        other[n + 1] = ' ';

        gig_query_text_read((gig_str_t) { other, n + 2 }, &again);

        if (memcmp(&text, &again, sizeof(text)) != 0) {
            abort();
        }
    }

    return 0;
}
