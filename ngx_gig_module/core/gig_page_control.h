
/* What the controls of a form share (gig_page_field.c, gig_page_input.c). */

#ifndef GIG_PAGE_CONTROL_H
#define GIG_PAGE_CONTROL_H

#include "gig_answers_file.h"
#include "gig_page_parts.h"

/* What one field is drawn from. */
typedef struct {
    const gig_field_t  *field;
    const json_t       *answer;     /* what was typed, or NULL */
    const gig_error_t  *error;      /* the first fault of this field, or NULL */
    const gig_file_t   *file;       /* what was sent, or NULL: it is not kept */
    const gig_form_t   *form;
    const gig_language_t  *words;
    const json_t       *gig;
    int                 one_of;     /* one of several of which the form wants at least one */
} gig_control_t;

/* id="f-NAME" with an ending, or another attribute; the name is escaped. */
void gig_form_attribute(const char *attribute, gig_str_t name, const char *end, gig_buf_t *out);

/* name, required, aria-invalid and aria-describedby: what all controls have. */
void gig_form_common(const gig_control_t *control, gig_buf_t *out);
void gig_form_label(const gig_control_t *control, gig_buf_t *out);

/* What helps to answer, and under it what is wrong. */
void gig_form_help(const gig_control_t *control, gig_buf_t *out);

/* autocomplete: what the form's author says, else what the type is for any form. */
void gig_form_autocomplete(const gig_field_t *field, gig_buf_t *out);

/* The line of what is wrong alone; _help has it as well. */
void gig_form_fault(const gig_control_t *control, gig_buf_t *out);

/* The other fields of its group that can be answered here: their number, or as words. */
unsigned gig_form_others(const gig_language_t *words, const gig_form_t *form,
    const gig_field_t *field, gig_buf_t *out);

/* The choice of a file, or that none are taken; which, and how large it may be. */
void gig_form_file_input(const gig_control_t *control, gig_buf_t *out);
void gig_form_file_wants(const gig_control_t *control, gig_buf_t *out);

void gig_form_input(const gig_control_t *control, gig_buf_t *out);
void gig_form_textarea(const gig_control_t *control, gig_buf_t *out);

#endif /* GIG_PAGE_CONTROL_H */
