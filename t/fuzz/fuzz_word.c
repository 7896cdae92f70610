
/*
 * Texts of gigs come from whoever publishes, queries from strangers.  Folding twice is
 * folding once, a text folded has the words it had before, no word is empty or too long,
 * positions rise without gaps and each word has a stem.
 */

#include <stdlib.h>
#include <string.h>

#include "gig_fold.h"
#include "gig_stem.h"
#include "gig_utf8.h"

#define GIG_FOLDED_MAX  (65536 * GIG_FOLD_CHAR_MAX / 3)


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static char          gig_fuzz_folded[GIG_FOLDED_MAX];
static char          gig_fuzz_twice[GIG_FOLDED_MAX];
static gig_stems_t  *gig_fuzz_stems;


static size_t
gig_fuzz_fold(gig_str_t text, size_t size)
{
    size_t     n;
    gig_str_t  folded;

    n = gig_fold(text, gig_fuzz_folded, size);
    folded = (gig_str_t) { gig_fuzz_folded, n };

    if (n > size || !gig_utf8_valid(folded)
        || (n != 0 && (folded.data[0] == ' ' || folded.data[n - 1] == ' '))
        || gig_fold(folded, gig_fuzz_twice, size) != n
        || memcmp(gig_fuzz_folded, gig_fuzz_twice, n) != 0)
    {
        abort();
    }

    return n;
}


/* A word that stands alone is read as itself, but for one that may have been cut. */

static void
gig_fuzz_again(const gig_words_t *word)
{
    gig_words_t  words;

    if (word->len > GIG_WORD_MAX - 4) {
        return;
    }

    gig_words_init(&words, (gig_str_t) { word->data, word->len }, 0);

    if (!gig_words_next(&words) || words.len != word->len || words.plain != word->plain
        || memcmp(words.data, word->data, word->len) != 0)
    {
        abort();
    }
}


static void
gig_fuzz_word(const gig_words_t *word, unsigned language)
{
    char       stem[GIG_WORD_MAX];
    size_t     n;
    gig_str_t  data;

    data = (gig_str_t) { word->data, word->len };

    if (word->len == 0 || word->len > GIG_WORD_MAX || !gig_utf8_valid(data)) {
        abort();
    }

    gig_fuzz_again(word);

    n = gig_stem(gig_fuzz_stems, language, data, stem);

    if (n == 0 || n > GIG_WORD_MAX || !gig_utf8_valid((gig_str_t) { stem, n })) {
        abort();
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int          more;
    size_t       n;
    uint32_t     next;
    unsigned     language;
    gig_str_t    text;
    gig_words_t  words, folded;

    if (gig_fuzz_stems == NULL) {
        gig_fuzz_stems = gig_stems_create();
    }

    if (size == 0 || gig_fuzz_stems == NULL) {
        return 0;
    }

    language = data[0] % GIG_LANGUAGES_MAX;
    text = (gig_str_t) { (const char *) data + 1, size - 1 };

    if (!gig_utf8_valid(text)) {

        /* not promised to be right, only to end */

        gig_words_init(&words, text, 0);

        while (gig_words_next(&words)) {
            /* void */
        }

        (void) gig_fold(text, gig_fuzz_folded, GIG_FOLD_MAX);

        return 0;
    }

    (void) gig_fuzz_fold(text, data[0]);
    n = gig_fuzz_fold(text, sizeof(gig_fuzz_folded));

    gig_words_init(&words, text, 5);
    gig_words_init(&folded, (gig_str_t) { gig_fuzz_folded, n }, 5);
    next = 5;

    do {
        more = gig_words_next(&words);

        if (gig_words_next(&folded) != more) {
            abort();
        }

        if (!more) {
            break;
        }

        if (words.len != folded.len || memcmp(words.data, folded.data, words.len) != 0
            || words.position != folded.position || words.plain != folded.plain
            || words.part != folded.part || words.joined != folded.joined)
        {
            abort();
        }

        if (words.part ? words.position < next || words.position >= words.next
                       : words.position < next)
        {
            abort();
        }

        next = words.position;
        gig_fuzz_word(&words, language);

    } while (more);

    return 0;
}
