
/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, no NUL. */

#ifndef GIG_UTF8_H
#define GIG_UTF8_H

#include "gig_base.h"

/*
 * Reads the first character of s: its length in bytes, 1 to 4, and *code; 0 if
 * there is none or it is malformed.  NUL is read as a character.
 */
size_t gig_utf8_decode(gig_str_t s, uint32_t *code);

/* Writes a character of at most U+10FFFF that is no surrogate; returns its bytes, 1 to 4. */
size_t gig_utf8_encode(uint32_t code, char out[4]);

/*
 * gig_utf8_decode() byte by byte: _next and _end return NULL, or what is wrong with the
 * byte or with a text that ends here.  NUL is wrong.
 */
typedef struct {
    unsigned char  need;                    /* bytes that the character still wants */
    unsigned char  low, high;               /* between which the next one must be */
} gig_utf8_reader_t;

void gig_utf8_begin(gig_utf8_reader_t *reader);
const char *gig_utf8_next(gig_utf8_reader_t *reader, unsigned char c);
const char *gig_utf8_end(const gig_utf8_reader_t *reader);

/* 1 if s is valid UTF-8 without NUL, else 0. */
int gig_utf8_valid(gig_str_t s);

/*
 * Bytes in front that are printable ASCII but no quote or backslash: what most of a text is.
 * They need neither a look at each nor an escape anywhere.
 */
size_t gig_utf8_plain(gig_str_t s);

/* Characters (code points) in valid UTF-8. */
size_t gig_utf8_length(gig_str_t s);

/*
 * 1 if valid and free of control characters and of bidi overrides and isolates.
 * lines: tab, LF and CR are allowed (a textarea); else none is (a name).
 */
int gig_utf8_clean(gig_str_t s, int lines);

/* The most bytes, at most max, that end at a character's border. */
size_t gig_utf8_cut(gig_str_t s, size_t max);

#endif /* GIG_UTF8_H */
