
/* The field of a form that takes a file. */

#include "gig_page_control.h"

#define GIG_FILE_ACCEPT     512     /* bytes of all types, as HTML's accept has them */


void
gig_form_file_wants(const gig_field_t *field, const char *blank, gig_buf_t *out)
{
    char  words[GIG_FILE_WORDS], size[GIG_FILE_SIZE_TEXT];

    gig_file_words(field->accept, words);
    gig_file_size_text(field->max_bytes, size);
    gig_buf_printf(out, "%s%s, up to %s.", blank, words, size);
}


/* Where a board takes no files that is said, so that nobody looks for the button. */

static void
gig_form_file_none(const gig_control_t *control, gig_buf_t *out)
{
    const gig_field_t  *field;

    field = control->field;

    gig_buf_puts(out, "<p class=\"gig-field-name\"");
    gig_form_attribute("id", field->name, "", out);
    gig_buf_puts(out, ">");
    gig_buf_html(out, field->label);
    gig_buf_puts(out, "</p><p class=\"gig-help\">");

    if (field->any_of.len != 0 && gig_form_others(control->form, field, NULL) != 0) {
        gig_buf_puts(out, "This form takes no files. Please use ");
        (void) gig_form_others(control->form, field, out);
        gig_buf_puts(out, " instead.</p>");

    } else if (field->required) {
        gig_buf_puts(out, "A file is wanted here, but this board takes no files at the moment."
                     " Please tell whoever offers this gig.</p>");

    } else {
        gig_buf_puts(out, "This form takes no files, and you do not need one to apply.</p>");
    }

    gig_form_fault(control, out);
}


void
gig_form_file_input(const gig_control_t *control, gig_buf_t *out)
{
    char                accept[GIG_FILE_ACCEPT];
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
        gig_buf_puts(out, "<p class=\"gig-help\"><strong>Please choose ");

        if (control->file->name[0] != '\0') {
            gig_buf_puts(out, "\u201c");
            gig_buf_html(out, gig_page_str(control->file->name));
            gig_buf_puts(out, "\u201d again:</strong> files are not kept until all is sent.</p>");

        } else {
            gig_buf_puts(out, "the file again:</strong> files are not kept until all is sent.</p>");
        }
    }
}
