
/*
 * Patterns of answers: a part of what HTML's `pattern` knows, always for the whole
 * text, matched in time that grows with the text alone (docs/forms.md).  POSIX's
 * regexec() promises no such thing, and a form is written by one party and
 * answered by another.
 *
 *   c  \.  .  [a-z_]  [^0-9]  \d \w \s  (one|two)  ?  *  +  {3}  {2,}  {2,4}
 */

#ifndef GIG_PATTERN_H
#define GIG_PATTERN_H

#include "gig_base.h"

#define GIG_PATTERN_MAX     200             /* bytes of one */
#define GIG_PATTERN_TEXT    1000            /* characters of a text it may be asked of */
#define GIG_PATTERN_STEPS   512             /* with what is repeated written out */
#define GIG_PATTERN_RANGES  128             /* in all of its sets */
#define GIG_PATTERN_DEPTH   8               /* of brackets */

typedef struct {
    uint32_t  low, high;
} gig_pattern_range_t;

typedef struct {
    unsigned char   op;
    unsigned char   n;                      /* ranges of a set */
    unsigned short  one, two;               /* where to go on, or the set's first range */
} gig_pattern_step_t;

typedef struct {
    unsigned             steps, ranges;
    gig_pattern_step_t   step[GIG_PATTERN_STEPS];
    gig_pattern_range_t  range[GIG_PATTERN_RANGES];
} gig_pattern_t;

/* 0; or -1, and *wrong says what, as the end of "has a pattern that ...". */
int gig_pattern_read(gig_str_t s, gig_pattern_t *pattern, const char **wrong);

/* 1 if all of the text, valid UTF-8, is as the pattern says; else 0. */
int gig_pattern_match(const gig_pattern_t *pattern, gig_str_t text);

#endif /* GIG_PATTERN_H */
