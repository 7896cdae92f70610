
#include "gig_word_parts.h"


static void  gig_words_letters(gig_words_t *words, gig_word_piece_t *piece);
static void  gig_words_add(gig_words_t *words, gig_word_piece_t *piece, size_t len);
static int   gig_words_inside(gig_words_t *words, gig_word_piece_t *piece);
static int   gig_words_short(gig_words_t *words, const gig_word_piece_t *piece);


/* Letters and digits, with what may stand between them without parting them. */

void
gig_words_run(gig_words_t *words, gig_word_piece_t *piece)
{
    size_t            len;
    gig_word_class_t  class;

    piece->at = words->token_len;
    piece->len = 0;
    piece->chars = 0;
    piece->signs = 0;
    piece->room = GIG_WORD_MAX;
    piece->plain = 1;
    piece->last = GIG_WORD_OTHER;

    do {

        for ( ;; ) {

            gig_words_letters(words, piece);

            if (words->from == words->to) {
                gig_words_fill(words);
            }

            class = gig_words_class(words, 0, &len);

            if (class != GIG_WORD_LETTER && class != GIG_WORD_DIGIT) {
                break;
            }

            piece->last = class;
            gig_words_add(words, piece, len);
        }

    } while (gig_words_inside(words, piece));
}


/* ASCII letters that fit: the most of most texts. */

static void
gig_words_letters(gig_words_t *words, gig_word_piece_t *piece)
{
    char           *out;
    size_t          n, max;
    const char     *in;
    unsigned char   c;

    in = words->folded + words->from;
    out = words->token + words->token_len;

    max = words->to - words->from;
    max = max < piece->room ? max : piece->room;

    for (n = 0; n < max; n++) {
        c = (unsigned char) in[n];

        if (c >= 0x80 || gig_word_ascii[c] != GIG_WORD_LETTER) {
            break;
        }

        out[n] = in[n];
    }

    if (n != 0) {
        piece->last = GIG_WORD_LETTER;
        piece->room -= n;
        piece->len += n;
        piece->chars += n;
        words->token_len += n;
        words->from += n;
    }
}


/* Takes a character; one that does not fit is passed over, and so is all that follows. */

static void
gig_words_add(gig_words_t *words, gig_word_piece_t *piece, size_t len)
{
    size_t  i;

    if (len <= piece->room) {

        for (i = 0; i < len; i++) {
            words->token[words->token_len++] = words->folded[words->from + i];
        }

        piece->room -= len;
        piece->len += len;
        piece->chars++;
        piece->plain &= (piece->last == GIG_WORD_LETTER);

    } else {
        piece->room = 0;
    }

    words->from += len;
}


/* Behind a run: 1 if it goes on. */

static int
gig_words_inside(gig_words_t *words, gig_word_piece_t *piece)
{
    size_t  len;

    if (gig_words_at(words, 0) == ' ') {
        return 0;
    }

    gig_words_fill(words);

    switch (gig_words_at(words, 0)) {

    case '.':                                               /* 3.5, v2.0 */

        if (piece->last != GIG_WORD_DIGIT || gig_words_class(words, 1, &len) != GIG_WORD_DIGIT) {
            return 0;
        }

        gig_words_add(words, piece, 1);
        return 1;

    case ',':                                               /* 10,000 */

        if (piece->last != GIG_WORD_DIGIT
            || !gig_words_digit(words, 1)
            || !gig_words_digit(words, 2)
            || !gig_words_digit(words, 3)
            || gig_words_class(words, 4, &len) == GIG_WORD_DIGIT)
        {
            return 0;
        }

        words->from++;
        return 1;

    case '\'':
        return gig_words_short(words, piece);

    default:
        return 0;
    }
}


/* An apostrophe: "women's" without its ending, "don't", "we'll" in one. */

static int
gig_words_short(gig_words_t *words, const gig_word_piece_t *piece)
{
    size_t  i;

    static const char  ending[][2] = {
        { 't', 0 }, { 'd', 0 }, { 'm', 0 }, { 'l', 'l' }, { 'r', 'e' }, { 'v', 'e' }
    };

    if (gig_words_at(words, 1) == 's' && !gig_words_goes_on(words, 2)) {
        words->from += 2;
        return 1;
    }

    if (piece->last != GIG_WORD_LETTER) {
        return 0;
    }

    for (i = 0; i < sizeof(ending) / sizeof(ending[0]); i++) {

        if (gig_words_at(words, 1) != ending[i][0]
            || (ending[i][1] != 0 && gig_words_at(words, 2) != ending[i][1])
            || gig_words_goes_on(words, ending[i][1] != 0 ? 3 : 2))
        {
            continue;
        }

        words->from++;
        return 1;
    }

    return 0;
}


/*
 * Signs that end a word: "c++", "security+" (but not the plus between two words, nor that of
 * "5+ years"), "c#" (but not "page#top").  Rows of them are decoration.
 */
void
gig_words_signs(gig_words_t *words, gig_word_piece_t *piece)
{
    char    sign;
    size_t  i;

    gig_words_fill(words);
    sign = gig_words_at(words, 0);

    if (piece->last != GIG_WORD_LETTER) {
        return;
    }

    if (sign == '+' && gig_words_at(words, 1) == '+') {
        piece->signs = gig_words_at(words, 2) != '+' ? 2 : 0;

    } else if (sign == '+') {
        piece->signs = !gig_words_goes_on(words, 1);

    } else if (sign == '#') {
        piece->signs = gig_words_at(words, 1) != '#'
                       && (piece->chars == 1 || !gig_words_goes_on(words, 1));
    }

    for (i = 0; i < piece->signs; i++) {
        words->token[words->token_len++] = sign;
    }

    words->from += piece->signs;
}


/*
 * What joins the next word to this one, and goes past it; 0: nothing does.  Behind "c++" only
 * what is kept: without a hyphen it would be read as another word.
 */
char
gig_words_joint(gig_words_t *words, const gig_word_piece_t *piece)
{
    char              sign;
    size_t            len;
    gig_word_class_t  next;

    gig_words_fill(words);

    sign = gig_words_at(words, 0);
    next = gig_words_class(words, 1, &len);

    if (next != GIG_WORD_LETTER && next != GIG_WORD_DIGIT) {
        return 0;
    }

    switch (sign) {

    case '.':
    case '&':
        break;

    case '-':
    case '_':

        if (piece->signs != 0 || (piece->last == GIG_WORD_DIGIT && next == GIG_WORD_DIGIT)) {
            return 0;
        }

        sign = '-';
        break;

    case '\'':

        if (piece->signs != 0 || piece->last != GIG_WORD_LETTER || next != GIG_WORD_LETTER) {
            return 0;
        }

        sign = '-';
        break;

    default:
        return 0;
    }

    words->from++;

    return sign;
}
