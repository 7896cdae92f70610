
/*
 * An application in the words of their API: names of fields are theirs, files may be base64 in a
 * text, and what of it must not be kept beside an application never reaches the answers.
 */

#ifndef GIG_GREENHOUSE_ANSWERS_H
#define GIG_GREENHOUSE_ANSWERS_H

#include "gig_answers.h"
#include "gig_greenhouse.h"

/* A reader of gig_answers.h in front of whose sink another one stands. */
typedef struct {
    gig_answers_reader_t  reader;               /* first: it is used as that */
    gig_str_t             name[GIG_FORM_FIELDS];    /* of each field, there */
    int                   place;                /* what is in hand: see its file */
    unsigned              file;                 /* the field that is meant, if it is a file's */
    unsigned              started:1;            /* the sink behind has been told of it */
    gig_base64_t          base64;
    size_t                n;
    char                  text[GIG_BODY_PIECE];
} gig_greenhouse_reader_t;

/* As gig_answers_reader_init(); all else is done with &reader->reader. */
int gig_greenhouse_reader_init(gig_greenhouse_reader_t *reader, const gig_form_t *form,
    gig_body_type_t type, gig_str_t boundary, gig_answers_t *answers);

/*
 * After the reading and before gig_answers_check(): files get the names they came with, and what
 * was sent in a way that is not taken here is told.  -1: out of memory.
 */
int gig_greenhouse_answers(const gig_form_t *form, gig_answers_t *answers, gig_errors_t *errors);

#endif /* GIG_GREENHOUSE_ANSWERS_H */
