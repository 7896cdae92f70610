
/*
 * Files of an application, as they come: bounded by their fields and by what the board takes,
 * hashed on the way, and known by their content when they are whole.  They are in memory alone;
 * each piece of memory is wiped before it is given back.
 */

#ifndef GIG_ANSWERS_FILE_H
#define GIG_ANSWERS_FILE_H

#include <sodium.h>

#include "gig_answers.h"
#include "gig_sha256.h"


/* The first thing that is wrong with one; of such a file no byte is kept. */
typedef enum {
    GIG_FILE_FINE,
    GIG_FILE_EMPTY,
    GIG_FILE_LARGE,
    GIG_FILE_LARGE_TOGETHER,
    GIG_FILE_TWICE,                             /* two of one field */
    GIG_FILE_UNKNOWN                            /* of a type that the field does not take */
} gig_file_fault_t;

typedef struct {
    unsigned          field;                    /* its number in the form */
    gig_file_fault_t  fault;
    gig_file_type_t   type;
    char              name[GIG_FILE_NAME + 1];
    unsigned char     sha256[GIG_SHA256_SIZE];
    char             *data;                     /* owned, wiped */
    size_t            len, size;
} gig_file_t;

typedef struct gig_files_s {
    unsigned                   n;
    size_t                     held;            /* bytes of memory */
    gig_sha256_t               hash;            /* of the one that is read */
    gig_file_t                 file[GIG_FORM_FIELDS];
} gig_files_t;

/* The sink of gig_answers.c, for a field of type file where they are taken.  -1: no memory. */
int gig_answers_file_begin(gig_answers_t *answers, unsigned field);
int gig_answers_file_more(const gig_form_t *form, gig_answers_t *answers, gig_str_t piece);
void gig_answers_file_end(const gig_form_t *form, gig_answers_t *answers, gig_str_t name);

/*
 * Of the check: tells what is wrong with what came for a field.  1: a file came, good or not; 0:
 * none, which is told if one must.  told: files are not taken here, and one was sent.
 */
int gig_answers_file_check(const gig_form_t *form, unsigned field, const gig_answers_t *answers,
    int told, const char *pointer, gig_errors_t *errors);

/* The file of a field, also one that is wrong; NULL: none came. */
const gig_file_t *gig_answers_file_of(const gig_answers_t *answers, unsigned field);

/* Bytes of memory that files hold, and of files; 0 without. */
size_t gig_answers_files_held(const gig_answers_t *answers);
size_t gig_answers_files_bytes(const gig_answers_t *answers);

/* Wipes and frees the bytes; names, sizes and hashes stay. */
void gig_answers_files_drop(gig_answers_t *answers);

#endif /* GIG_ANSWERS_FILE_H */
