
/*
 * Voluntary self-identification: what its form may ask, and the record ("gig-self-id/1") that
 * is sealed.  Nothing here knows of an applicant, an application, a gig or a time.
 */

#ifndef GIG_SELF_ID_H
#define GIG_SELF_ID_H

#include <jansson.h>

#include "gig_box.h"
#include "gig_form.h"

#define GIG_SELF_ID_BATCH       10              /* the fewest that leave a host together */
#define GIG_SELF_ID_PLAIN       1792            /* bytes of each record: no length tells one */
#define GIG_SELF_ID_WORDS       100             /* characters of an answer in words */
#define GIG_SELF_ID_ID          16              /* bytes of the random id of a record */
#define GIG_SELF_ID_TEXT        23              /* 22 characters of base64url and NUL */

/* The largest box of a record: version, length of the kid, kid, key, nonce, tag. */
#define GIG_SELF_ID_BOX         (2 + 32 + 32 + 24 + 16 + GIG_SELF_ID_PLAIN)

/*
 * Part of gig_form_read(): a form with a demographic field is one for self-identification, and
 * has no other fields, none that is required, and no answers by which one knows a person.  Of
 * any other form: its member self_id.
 */
void gig_self_id_rules(const gig_form_t *form, gig_errors_t *errors);

/* 1: a form that was read is one for self-identification. */
int gig_self_id_is(const gig_form_t *form);

/* The id of the form that this form's applicants are offered; gig_null_str: none. */
gig_str_t gig_self_id_form(const gig_form_t *form);

/*
 * The plain text of a box: answers that gig_answers_check() has passed, then blanks up to
 * GIG_SELF_ID_PLAIN bytes.  0; 1: nothing was answered, and nothing is written; -1: out of
 * memory, or out failed.
 */
int gig_self_id_write(const gig_form_t *form, const gig_answers_t *answers, gig_buf_t *out);

/* A random id: a record has one so that it is written once, and it is of nothing else. */
void gig_self_id_name(char out[GIG_SELF_ID_TEXT]);

/* Seals it with a key pair of its own: a pair that others share would tell the minute. */
int gig_self_id_seal(const gig_public_key_t *to, gig_str_t plain, gig_buf_t *box);

/*
 * Strict reading of an opened box: {schema, form, form_rev, answers} and nothing else, answers
 * being texts, truths and lists of texts.  New reference, or NULL and err, which quotes nothing.
 */
json_t *gig_self_id_read(gig_str_t plain, gig_error_t *err);

#endif /* GIG_SELF_ID_H */
