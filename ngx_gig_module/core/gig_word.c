
#include <string.h>

#include "gig_fold.h"
#include "gig_utf8.h"
#include "gig_word.h"
#include "gig_word_class.h"

/* Bytes looked ahead at most: a comma, three digits, a character. */
#define GIG_WORD_AHEAD      8

/* A word between the signs of a compound. */
typedef struct {
    size_t            at, len;      /* in the token, without signs */
    size_t            chars;
    size_t            signs;        /* bytes of signs behind it: "++", "#" */
    size_t            room;         /* bytes it may still take */
    int               plain;
    char              before;       /* '.' or '&': kept in the token; '-': joined; 0 */
    gig_word_class_t  last;         /* of its last character */
} gig_word_piece_t;


static int               gig_words_skip(gig_words_t *words);
static void              gig_words_alone(gig_words_t *words, size_t len);
static void              gig_words_compound(gig_words_t *words);
static void              gig_words_run(gig_words_t *words, gig_word_piece_t *piece);
static void              gig_words_add(gig_words_t *words, gig_word_piece_t *piece, size_t len);
static int               gig_words_inside(gig_words_t *words, gig_word_piece_t *piece);
static int               gig_words_short(gig_words_t *words, const gig_word_piece_t *piece);
static void              gig_words_signs(gig_words_t *words, gig_word_piece_t *piece);
static char              gig_words_joint(gig_words_t *words, const gig_word_piece_t *piece);
static int               gig_words_acronym(const gig_word_piece_t *piece, size_t n);
static void              gig_words_undot(gig_words_t *words);
static void              gig_words_parts(gig_words_t *words, const gig_word_piece_t *piece,
    size_t n);
static void              gig_words_part(gig_words_t *words, size_t at, size_t len, size_t offset,
    int plain);
static void              gig_words_set(gig_words_t *words, const char *data, size_t len);
static void              gig_words_fill(gig_words_t *words);
static char              gig_words_at(const gig_words_t *words, size_t ahead);
static int               gig_words_digit(const gig_words_t *words, size_t ahead);
static gig_word_class_t  gig_words_class(const gig_words_t *words, size_t ahead, size_t *len);
static int               gig_words_goes_on(const gig_words_t *words, size_t ahead);


void
gig_words_init(gig_words_t *words, gig_str_t text, uint32_t position)
{
    words->rest = text;
    words->len = 0;
    words->position = position;
    words->part = 0;
    words->plain = 0;
    words->joined = 0;
    words->next = position;
    words->touching = 0;
    words->base = position;
    words->n_parts = 0;
    words->given = 0;
    words->token_len = 0;
    words->from = 0;
    words->to = 0;
}


int
gig_words_next(gig_words_t *words)
{
    size_t                  len;
    const gig_word_part_t  *part;

    if (words->given < words->n_parts) {
        part = &words->parts[words->given++];

        gig_words_set(words, words->token + part->at, part->len);
        words->position = words->base + part->offset;
        words->plain = part->plain;
        words->part = 1;
        words->joined = 0;

        return 1;
    }

    words->n_parts = 0;
    words->given = 0;
    words->part = 0;

    if (!gig_words_skip(words)) {
        return 0;
    }

    words->base = words->next;
    words->position = words->next;

    if (gig_words_class(words, 0, &len) == GIG_WORD_ALONE) {
        gig_words_alone(words, len);

    } else {
        gig_words_compound(words);
    }

    return 1;
}


/* To the next word; 0: there is none. */

static int
gig_words_skip(gig_words_t *words)
{
    int     dot;
    size_t  len, next;

    dot = 0;
    words->joined = words->touching;

    for ( ;; ) {

        gig_words_fill(words);

        if (words->from == words->to) {
            return 0;
        }

        if (gig_words_class(words, 0, &len) != GIG_WORD_OTHER) {
            return 1;
        }

        words->joined = 0;

        /* ".NET" begins with it, but "and so on...then" has none */

        if (words->folded[words->from] != '.') {
            dot = 0;

        } else if (!dot && gig_words_class(words, 1, &next) == GIG_WORD_LETTER) {
            return 1;

        } else {
            dot = 1;
        }

        words->from += len;
    }
}


static void
gig_words_alone(gig_words_t *words, size_t len)
{
    gig_words_set(words, words->folded + words->from, len);

    words->from += len;
    words->touching = 1;
    words->plain = 1;
    words->next++;
}


static void
gig_words_compound(gig_words_t *words)
{
    char              joint;
    size_t            n;
    gig_word_piece_t  piece[GIG_WORD_PARTS_MAX];

    n = 0;
    joint = 0;
    words->token_len = 0;

    if (words->folded[words->from] == '.') {
        joint = '.';
        words->from++;
    }

    do {
        piece[n].before = joint;

        if (joint == '.' || joint == '&') {
            words->token[words->token_len++] = joint;
        }

        gig_words_run(words, &piece[n]);
        gig_words_signs(words, &piece[n]);

        joint = gig_words_joint(words, &piece[n]);
        n++;

    } while (joint != 0 && n < GIG_WORD_PARTS_MAX);

    words->touching = (joint == 0);

    if (gig_words_acronym(piece, n)) {
        gig_words_undot(words);
        gig_words_set(words, words->token, words->token_len);

        words->plain = 1;
        words->next++;

        return;
    }

    gig_words_parts(words, piece, n);
    words->next += (uint32_t) n;
}


/* Letters and digits, with what may stand between them without parting them. */

static void
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
 * "5+ years"), and a sharp behind a single letter: "c#".  Rows of them are decoration.
 */
static void
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
        piece->signs = (piece->chars == 1 && gig_words_at(words, 1) != '#');
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
static char
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


/* "u.s", "ph.d": one or two letters between dots, a single one somewhere. */

static int
gig_words_acronym(const gig_word_piece_t *piece, size_t n)
{
    int     single;
    size_t  i, chars;

    if (n < 2 || piece[0].before != 0) {
        return 0;
    }

    single = 0;
    chars = 0;

    for (i = 0; i < n; i++) {

        if (!piece[i].plain || piece[i].signs != 0 || piece[i].before == '&') {
            return 0;
        }

        if (piece[i].before == '.') {
            single |= (chars == 1);
            chars = 0;
        }

        chars += piece[i].chars;

        if (chars > 2) {
            return 0;
        }
    }

    /* of "x-y" there is one only, and it is no acronym */

    return single || (chars == 1 && piece[n - 1].before == '.');
}


static void
gig_words_undot(gig_words_t *words)
{
    size_t  i, n;

    n = 0;

    for (i = 0; i < words->token_len; i++) {
        if (words->token[i] != '.') {
            words->token[n++] = words->token[i];
        }
    }

    words->token_len = n;
}


/* The word at hand, and what is to be given after it. */

static void
gig_words_parts(gig_words_t *words, const gig_word_piece_t *piece, size_t n)
{
    int     dot, marked;
    size_t  i;

    gig_words_set(words, words->token, words->token_len);
    words->plain = 1;

    for (i = 0; i < n; i++) {

        /* of the names with a dot the one that is said with it: "asp.net" is ".net" too */

        dot = piece[i].before == '.'
              && (i == 0 || (piece[i].len == 3
                             && memcmp(words->token + piece[i].at, "net", 3) == 0));
        marked = dot || piece[i].signs != 0;

        if (!piece[i].plain || piece[i].signs != 0
            || piece[i].before == '.' || piece[i].before == '&')
        {
            words->plain = 0;
        }

        if (n == 1 && !marked) {
            return;
        }

        if (n != 1 && marked) {
            gig_words_part(words, piece[i].at - (size_t) dot,
                           piece[i].len + piece[i].signs + (size_t) dot, i, 0);
        }

        /* "c" alone is another language than "c++" */

        if (!marked || dot || piece[i].chars > 1) {
            gig_words_part(words, piece[i].at, piece[i].len, i, piece[i].plain);
        }
    }
}


static void
gig_words_part(gig_words_t *words, size_t at, size_t len, size_t offset, int plain)
{
    gig_word_part_t  *part;

    part = &words->parts[words->n_parts++];

    part->at = (uint16_t) at;
    part->len = (uint8_t) len;
    part->offset = (uint8_t) offset;
    part->plain = (uint8_t) plain;
}


static void
gig_words_set(gig_words_t *words, const char *data, size_t len)
{
    words->len = gig_utf8_cut((gig_str_t) { data, len }, GIG_WORD_MAX);
    memcpy(words->data, data, words->len);
}


/* Sees to it that GIG_WORD_AHEAD bytes can be looked at, if there are so many. */

static void
gig_words_fill(gig_words_t *words)
{
    if (words->to - words->from >= GIG_WORD_AHEAD || words->rest.len == 0) {
        return;
    }

    memmove(words->folded, words->folded + words->from, words->to - words->from);
    words->to -= words->from;
    words->from = 0;

    words->to += gig_fold_some(&words->rest, words->folded + words->to,
                               GIG_WORD_FOLDED - words->to);
}


static char
gig_words_at(const gig_words_t *words, size_t ahead)
{
    return words->from + ahead < words->to ? words->folded[words->from + ahead] : 0;
}


static int
gig_words_digit(const gig_words_t *words, size_t ahead)
{
    char  c;

    c = gig_words_at(words, ahead);

    return c >= '0' && c <= '9';
}


/* Of the character so many bytes ahead; len: its bytes, 0 at the end. */

static gig_word_class_t
gig_words_class(const gig_words_t *words, size_t ahead, size_t *len)
{
    size_t       left;
    uint32_t     code;
    const char  *data;

    if (words->from + ahead >= words->to) {
        *len = 0;
        return GIG_WORD_OTHER;
    }

    data = words->folded + words->from + ahead;

    if ((unsigned char) *data < 0x80) {
        *len = 1;
        return (gig_word_class_t) gig_word_ascii[(unsigned char) *data];
    }

    left = words->to - words->from - ahead;
    *len = gig_utf8_decode((gig_str_t) { data, left }, &code);

    if (*len == 0) {
        *len = 1;
        return GIG_WORD_OTHER;
    }

    return gig_word_class(code);
}


static int
gig_words_goes_on(const gig_words_t *words, size_t ahead)
{
    size_t            len;
    gig_word_class_t  class;

    class = gig_words_class(words, ahead, &len);

    return class == GIG_WORD_LETTER || class == GIG_WORD_DIGIT;
}
