
/* The field of a form that takes a file. */

#include "gig_page_control.h"

#define GIG_FILE_ACCEPT     512     /* bytes of all types, as HTML's accept has them */


void
gig_form_file_wants(const gig_control_t *control, gig_buf_t *out)
{
    int         argument;
    char        kinds[GIG_FILE_WORDS], size[GIG_FILE_SIZE_TEXT];
    gig_said_t  said;

    gig_file_words(control->words, control->field->accept, kinds);
    gig_file_size_text(control->words, control->field->max_bytes, size);

    said = gig_say_begin(control->words, GIG_SAY_FORM_FILE_WANTS);

    while ((argument = gig_say_next(&said, out)) != 0) {
        gig_buf_html(out, gig_page_str((argument == 1) ? kinds : size));
    }
}


/* Where a board takes no files that is said, so that nobody looks for the button. */

static void
gig_form_file_none(const gig_control_t *control, gig_buf_t *out)
{
    gig_said_t          said;
    const gig_field_t  *field;

    field = control->field;

    gig_buf_puts(out, "<p class=\"gig-field-name\"");
    gig_form_attribute("id", field->name, "", out);
    gig_buf_puts(out, ">");
    gig_buf_html(out, gig_language_said(control->words, field->label));
    gig_buf_puts(out, "</p><p class=\"gig-help\">");

    if (field->any_of.len != 0 && gig_form_others(NULL, control->form, field, NULL) != 0) {
        said = gig_say_begin(control->words, GIG_SAY_FORM_FILE_NONE_INSTEAD);

        while (gig_say_next(&said, out)) {
            (void) gig_form_others(control->words, control->form, field, out);
        }

    } else {
        gig_say(control->words, field->required ? GIG_SAY_FORM_FILE_NONE_NEEDED
                                                : GIG_SAY_FORM_FILE_NONE, out);
    }

    gig_buf_puts(out, "</p>");

    gig_form_fault(control, out);
}


void
gig_form_file_input(const gig_control_t *control, gig_buf_t *out)
{
    char                accept[GIG_FILE_ACCEPT];
    gig_said_t          said;
    const gig_field_t  *field;

    field = control->field;

    if (control->form->files == 0) {
        gig_form_file_none(control, out);
        return;
    }

    gig_form_label(control, out);
    gig_form_help(control, out);

    gig_buf_puts(out, "<input class=\"gig-input\" type=\"file\"");
    gig_form_attribute("id", field->name, "", out);
    gig_form_common(control, out);
    gig_file_accept(field->accept, accept, sizeof(accept));
    gig_buf_printf(out, " accept=\"%s\">", accept);

    /* no page can choose a file again for somebody, and what was sent was not kept */

    if (control->file != NULL && control->error == NULL) {
        gig_buf_puts(out, "<p class=\"gig-help\"><strong>");

        if (control->file->name[0] != '\0') {
            said = gig_say_begin(control->words, GIG_SAY_FORM_FILE_AGAIN);

            while (gig_say_next(&said, out)) {
                gig_say_str(control->words, GIG_SAY_CHIP_QUOTE, gig_page_str(control->file->name),
                            out);
            }

        } else {
            gig_say(control->words, GIG_SAY_FORM_FILE_AGAIN_ANY, out);
        }

        gig_buf_puts(out, "</strong> ");
        gig_say(control->words, GIG_SAY_FORM_FILE_NOT_KEPT, out);
        gig_buf_puts(out, "</p>");
    }
}
