
#include <string.h>

#include "gig_utf8.h"
#include "gig_word_parts.h"


static int   gig_words_skip(gig_words_t *words);
static void  gig_words_alone(gig_words_t *words, size_t len);
static void  gig_words_compound(gig_words_t *words);
static int   gig_words_acronym(const gig_word_piece_t *piece, size_t n);
static void  gig_words_undot(gig_words_t *words);
static void  gig_words_parts(gig_words_t *words, const gig_word_piece_t *piece,
    size_t n);
static void  gig_words_part(gig_words_t *words, size_t at, size_t len, size_t offset,
    int plain);
static void  gig_words_set(gig_words_t *words, const char *data, size_t len);


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

        if (gig_words_at(words, 0) == ' ') {
            joint = 0;

        } else {
            gig_words_signs(words, &piece[n]);
            joint = gig_words_joint(words, &piece[n]);
        }

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
