
/* The form record, "gig-form/1", and the answers checked against it. */

#ifndef GIG_FORM_H
#define GIG_FORM_H

#include <jansson.h>

#include "gig_language.h"
#include "gig_base.h"
#include "gig_buf.h"
#include "gig_file.h"
#include "gig_number.h"

#define GIG_FORM_MAX            (64 * 1024)     /* bytes of one form's JSON */
#define GIG_FIELDS_MAX          64
#define GIG_OPTIONS_MAX         200
#define GIG_FIELD_NAME          64              /* bytes of a field's name */
#define GIG_FIELD_ELIGIBLE      "eligible"      /* the one a gig adds: gig_form_for_gig() */
#define GIG_FORM_FIELDS         (GIG_FIELDS_MAX + 1)    /* with it */
#define GIG_ANSWER_MAX          20000           /* characters of one answer */
#define GIG_FILES_TOLD          8               /* files sent in vain that are told of */
#define GIG_FORM_SECONDS        3               /* anti_spam.min_seconds where none is given */
#define GIG_FORM_SECONDS_MAX    60
#define GIG_FORM_CHALLENGE_MAX  200             /* bytes of anti_spam.challenge */

typedef enum {
    GIG_FIELD_TEXT, GIG_FIELD_TEXTAREA, GIG_FIELD_EMAIL, GIG_FIELD_TEL, GIG_FIELD_URL,
    GIG_FIELD_NUMBER, GIG_FIELD_DATE, GIG_FIELD_SELECT, GIG_FIELD_MULTI_SELECT,
    GIG_FIELD_BOOLEAN, GIG_FIELD_FILE, GIG_FIELD_CONSENT, GIG_FIELD_HIDDEN
} gig_field_type_t;

typedef enum {
    GIG_CLASS_IDENTITY, GIG_CLASS_CONTACT, GIG_CLASS_MERIT, GIG_CLASS_PEDIGREE,
    GIG_CLASS_CONSENT, GIG_CLASS_DEMOGRAPHIC
} gig_field_class_t;

typedef struct {
    gig_str_t          name, label, help, autocomplete, any_of, version;
    gig_str_t          pattern, example;        /* the example is as the pattern wants it */
    gig_str_t          value;                   /* of a hidden field: what the page sends */
    gig_field_type_t   type;
    gig_field_class_t  class_;
    unsigned           required:1;
    unsigned           no_url:1;
    unsigned           min_length;              /* characters, of what is not empty */
    unsigned           max_length;              /* 0: GIG_ANSWER_MAX */
    char               min[GIG_NUMBER_SIZE];    /* of a number in plain form, or a date; or "" */
    char               max[GIG_NUMBER_SIZE];
    const json_t      *options;                 /* array of {value,label}, or NULL */
    unsigned           accept;                  /* of a file: types, a bit each */
    size_t             max_bytes;               /* of a file */
} gig_field_t;

typedef struct {
    json_t      *root;                          /* owned; strings point into it */
    gig_str_t    id;
    int64_t      rev;                           /* the form's own number, >= 1 */
    gig_str_t    honeypot;                      /* anti_spam.honeypot, may be empty */
    unsigned     max_files;                     /* limits: files of one application */
    size_t       max_body;                      /* limits: bytes of a body; 0: none is said */
    size_t       files;                         /* bytes of all files; 0: none are taken here */
    gig_str_t    challenge;                     /* and .challenge: a script's path, or empty */
    unsigned     min_seconds;                   /* from the page to its being sent, at least */
    const gig_language_t  *words;               /* what is wrong is told in them; NULL: English */
    unsigned     n;
    gig_field_t  field[GIG_FORM_FIELDS];
} gig_form_t;

int gig_form_read(gig_str_t json, gig_form_t *form, gig_errors_t *errors);
void gig_form_free(gig_form_t *form);

/* The same form once more, to be freed by itself; neither may be changed from then on. */
void gig_form_share(const gig_form_t *form, gig_form_t *copy);

/* Of gig_form_read(): its member anti_spam, which may be missing. */
void gig_form_spam(const json_t *spam, gig_form_t *form, gig_errors_t *errors);

/*
 * The form as one gig asks it (its public record): without fields of class pedigree
 * unless its privacy.blind is false, and with a box to confirm what its eligibility
 * wants.  What is taken out is no field any more: not shown, and dropped when sent.
 * -1: out of memory, or a form for self-identification (gig_self_id.h): nobody applies by it.
 */
int gig_form_for_gig(gig_form_t *form, const json_t *gig);

/* What the box that it adds has beside it: "I am at least 18 years old", plain. */
void gig_form_eligible(const gig_language_t *words, const json_t *eligibility, gig_buf_t *out);

/*
 * Whether files are taken is the board's word: at most so many bytes of an application's (0: no
 * files).  _body: how many bytes its body may have then.  _needs_files: the name of a
 * field without which nobody can apply and which nobody can send while there are no files; or NULL.
 */
void gig_form_files(gig_form_t *form, size_t bytes);
size_t gig_form_body(const gig_form_t *form, int json);
const gig_field_t *gig_form_needs_files(const gig_form_t *form);

/* Of reading a form (gig_form_file.c): what a field of type file has, what `limits` says. */
void gig_form_file(const json_t *json, gig_field_t *field, const char *pointer,
    gig_errors_t *errors);
void gig_form_limits(gig_form_t *form, gig_errors_t *errors);
int gig_form_file_public(const gig_form_t *form, json_t *copy);

/* 1 if the field is one of several of which the form wants at least one. */
int gig_form_in_group(const gig_form_t *form, const gig_field_t *field);

/* The form of a gig without `form`: "f_default" (names, e-mail, statement, available, consent). */
gig_str_t gig_form_default(void);

/* Public form JSON: without `map` and anti_spam. New reference. */
json_t *gig_form_public(const gig_form_t *form);

/*
 * A submission.  answers holds what was typed, by field name (strings; for
 * multi_select arrays of strings; for boolean and consent true/false), so that
 * the HTML form can show it again; after gig_answers_check() it holds the
 * normalised values only of fields the form has.
 */
typedef struct {
    json_t     *answers;                        /* owned */
    gig_str_t   key;                            /* `_key`: into owned memory; of forms only */
    gig_str_t   source;                         /* source.ref or `_source` */
    gig_str_t   replaces;                       /* `_replaces`, likewise of forms only */
    json_t     *extra;                          /* owned: these strings; files: for whom */
    struct gig_files_s  *files;                 /* owned: gig_answers_file.h; NULL: none came */
    unsigned    honeypot:1;                     /* the trap field was filled in */
} gig_answers_t;

/*
 * Validates every field and normalises (trim, NFC by utf8proc, CRLF -> LF,
 * e-mail's domain in lower case, numbers without needless zeros).  Pointers of
 * errors are "/answers/NAME" and
 * "/files/NAME".  Reading is in gig_answers.h.
 */
int gig_answers_check(const gig_form_t *form, gig_answers_t *answers, gig_errors_t *errors);
void gig_answers_free(gig_answers_t *answers);

/* The canonical e-mail of checked answers (lower case): the applicant; gig_null_str if none. */
gig_str_t gig_answers_email(const gig_form_t *form, const gig_answers_t *answers);

/* Canonical JSON of validated answers and consents: what the fingerprint is taken of. */
void gig_answers_canonical(const gig_form_t *form, const gig_answers_t *answers, gig_buf_t *out);

/* RFC 8941 string or bare token: the Idempotency-Key, 1..255 printable ASCII; -1 if malformed. */
int gig_key_read(gig_str_t header, char key[256], size_t *len);

#endif /* GIG_FORM_H */
