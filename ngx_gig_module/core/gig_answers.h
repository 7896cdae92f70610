
/* What was sent, made answers: the sink of a body, and the rules it shares with the check. */

#ifndef GIG_ANSWERS_H
#define GIG_ANSWERS_H

#include "gig_body.h"
#include "gig_form.h"

/* Reads one body into answers; as large as it is, it belongs into a pool or on the heap. */
typedef struct {
    const gig_form_t  *form;
    gig_answers_t     *answers;
    gig_buf_t          text;                /* of the value in hand */
    json_t            *list;                /* of JSON, while it is read; owned */
    int                place;               /* a field's number, or one of gig_answers.c's */
    gig_value_kind_t   kind;
    unsigned char      seen[GIG_FORM_FIELDS];
    unsigned           trap:1;
    unsigned           ours;                /* a bit for each of gig_answers.c's that came */
    gig_body_t         body;
} gig_answers_reader_t;

/*
 * answers is initialised and stays the caller's; form outlives the reader.  boundary:
 * of multipart.  _feed takes pieces of any cut; 0 or -1 with err, which never quotes
 * what was sent.  _end says whether the body was whole.  Whatever they say, _free.
 */
int gig_answers_reader_init(gig_answers_reader_t *reader, const gig_form_t *form,
    gig_body_type_t type, gig_str_t boundary, gig_answers_t *answers);
int gig_answers_reader_feed(gig_answers_reader_t *reader, gig_str_t piece, gig_error_t *err);
int gig_answers_reader_end(gig_answers_reader_t *reader, gig_error_t *err);
void gig_answers_reader_free(gig_answers_reader_t *reader);

/* Where fields of a body go, with the reader as data: for a sink before it, that renames them. */
extern const gig_body_sink_t  gig_answers_sink;

/* All of it at once, for a body that is in one piece. */
int gig_answers_read(const gig_form_t *form, gig_body_type_t type, gig_str_t boundary,
    gig_str_t body, gig_answers_t *answers, gig_error_t *err);

/* yes true 1 on: 1; no false 0 off: 0; else -1. */
int gig_answer_truth(gig_str_t value);

/* A field's name, terminated; gig_form_read() sees to it that it fits. */
void gig_answer_name(const gig_field_t *field, char name[GIG_FIELD_NAME + 1]);

/* Sets the answer to a field; value is taken over, whatever comes back: 0, or -1. */
int gig_answer_set(json_t *answers, const gig_field_t *field, json_t *value);

/*
 * Where something is wrong, as a JSON pointer into a body that is JSON (a form's field is told by
 * its last part, whatever it was sent as): in is "/answers/" or "/files/".  _pointed: the field's
 * name; empty: it is none's.
 */
void gig_answer_pointer(const char *in, const char *name, char pointer[GIG_POINTER_SIZE]);
gig_str_t gig_answer_pointed(const char *pointer);

/*
 * Of the check.  _text: the normal form of an answer that is a text (new), or NULL:
 * there is none, or errors say why.  _missing: NULL, and told if it is required.
 * _option: which option has that value, or -1.
 */
json_t *gig_answer_text(const gig_field_t *field, const json_t *value, const char *pointer,
    gig_errors_t *errors);
json_t *gig_answer_missing(const gig_field_t *field, const char *pointer, gig_errors_t *errors);
int gig_answer_option(const gig_field_t *field, gig_str_t value);

/*
 * _say.c: gig_errors_add() of a text in errors->words; _n: with a number for {1}, which decides the
 * form, and another for {2}; _with: with texts for them, and the number that decides.
 */
int gig_answers_say(gig_errors_t *errors, const char *pointer, gig_say_t say);
int gig_answers_say_n(gig_errors_t *errors, const char *pointer, gig_say_t say, size_t n,
    size_t has);
int gig_answers_say_with(gig_errors_t *errors, const char *pointer, gig_say_t say,
    gig_str_t first, gig_str_t second, double n);

#endif /* GIG_ANSWERS_H */
