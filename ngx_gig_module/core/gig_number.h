
/*
 * Decimal numbers as people and programs write them, exactly: 7.50, 1e3, -0.  One
 * value has one text, so that the same answer has the same fingerprint.
 */

#ifndef GIG_NUMBER_H
#define GIG_NUMBER_H

#include "gig_base.h"

#define GIG_NUMBER_SIZE     32              /* with its end: 30 digits, sign, or point */

/* The plain form without needless zeros, terminated; -1: no number, or one too long. */
int gig_number_normal(gig_str_t s, char out[GIG_NUMBER_SIZE]);

/* Of two in plain form: below, at, above 0. */
int gig_number_compare(const char *one, const char *two);

#endif /* GIG_NUMBER_H */
