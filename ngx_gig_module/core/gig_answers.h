
/* What gig_answers.c (reading) and gig_answers_check.c (rules) share. */

#ifndef GIG_ANSWERS_H
#define GIG_ANSWERS_H

#include "gig_form.h"

/* yes true 1 on: 1; no false 0 off: 0; else -1. */
int gig_answer_truth(gig_str_t value);

#endif /* GIG_ANSWERS_H */
