
/* What the parser of JSON is made of; nothing else includes it. */

#ifndef GIG_BODY_JSON_H
#define GIG_BODY_JSON_H

#include "gig_body.h"

#define GIG_JSON_FILES_WRONG                                                                     \
    "\"files\" is not as in {\"files\":{\"resume\":{\"name\":\"cv.pdf\",\"content\":\"base64\"}}}"

/* Where in a number one is. */
enum {
    GIG_NUMBER_MINUS, GIG_NUMBER_ZERO, GIG_NUMBER_WHOLE, GIG_NUMBER_POINT, GIG_NUMBER_FRACTION,
    GIG_NUMBER_E, GIG_NUMBER_SIGN, GIG_NUMBER_EXPONENT
};

/* The state behind a byte; -1: it is not of the number. */
int gig_json_number_next(unsigned state, unsigned char c);

/*
 * A member of "files": its beginning, a member of it, a byte of one that is a string, and the
 * end of that.
 */
int gig_json_file_open(gig_body_t *body, unsigned char c, gig_error_t *err);
int gig_json_file_member(gig_body_t *body, gig_value_kind_t kind, gig_error_t *err);
int gig_json_file_put(gig_body_t *body, unsigned char c, gig_error_t *err);
int gig_json_file_end(gig_body_t *body, gig_error_t *err);

/*
 * Of flat JSON: an object begins that a member is, whose name is in hand; and a value in it begins,
 * by the name of both.
 */
void gig_json_outer(gig_body_t *body);
int gig_json_inside(gig_body_t *body, gig_value_kind_t kind, gig_error_t *err);

#endif /* GIG_BODY_JSON_H */
