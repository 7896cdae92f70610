
/*
 * The parameter `q`: words, "quoted phrases", -excluded.  All of it must match;
 * the last word, when it stands bare, also matches as a beginning.  Nothing in it
 * can be wrong: what makes no sense is read as words, what is too much is left out.
 */

#ifndef GIG_QUERY_TEXT_H
#define GIG_QUERY_TEXT_H

#include "gig_word.h"

#define GIG_QUERY_TEXT_MAX      256     /* bytes of q, decoded */
#define GIG_QUERY_WORDS_MAX     16      /* words in all; further ones are left out */

/* A word of q, folded, without the parts of compounds. */
typedef struct {
    uint16_t  at;                       /* into gig_query_text_t.data */
    uint8_t   len;
    uint8_t   plain;                    /* may be stemmed */
    uint16_t  offset;                   /* in its phrase: 0 for the first word */
    uint16_t  reserved;
} gig_query_word_t;

/*
 * What must match, or must not: one word, or several next to each other: a phrase, words without
 * blanks between them in scripts that have none, or what hangs together behind a '-' ("-ux/ui").
 */
typedef struct {
    uint8_t  first, n;                  /* words */
    uint8_t  exclude;
    uint8_t  prefix;                    /* the last word of q, bare, of 3 characters at least:
                                           words that begin so match too */
} gig_query_clause_t;

typedef struct {
    uint8_t             n_words, n_clauses;
    gig_query_word_t    word[GIG_QUERY_WORDS_MAX];
    gig_query_clause_t  clause[GIG_QUERY_WORDS_MAX];
    size_t              used;
    char                data[GIG_QUERY_WORDS_MAX * GIG_WORD_MAX];
} gig_query_text_t;

#define GIG_QUERY_PREFIX_MIN    3       /* characters */

/*
 * q: valid UTF-8 of at most GIG_QUERY_TEXT_MAX bytes.  A clause said twice counts once (but for
 * `prefix`, which the last keeps).  Two spellings that mean the same give the same structure.
 */
void gig_query_text_read(gig_str_t q, gig_query_text_t *text);

/*
 * Writes a q that reads the same, or with other words in place of some: words[i], where it is not
 * NULL, for word i; words may be NULL.  Its bytes; 0: it does not fit.
 */
size_t gig_query_text_write(const gig_query_text_t *text, const gig_str_t *words, char *out,
    size_t size);

#endif /* GIG_QUERY_TEXT_H */
