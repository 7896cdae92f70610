
/* The controls of a form that take a text, a number or a date. */

#include "gig_page_control.h"
#include "gig_time.h"

#define GIG_FORM_LONG       1000    /* characters from which a text is given more lines */


static void  gig_form_lengths(const gig_field_t *field, gig_buf_t *out);


/* What the form's author says, else what the type is for any form. */

void
gig_form_autocomplete(const gig_field_t *field, gig_buf_t *out)
{
    gig_str_t  autocomplete;

    autocomplete = field->autocomplete;

    if (autocomplete.len == 0) {
        autocomplete = gig_page_str((field->type == GIG_FIELD_EMAIL) ? "email"
                                    : (field->type == GIG_FIELD_TEL) ? "tel" : "");
    }

    if (autocomplete.len != 0) {
        gig_buf_puts(out, " autocomplete=\"");
        gig_buf_html(out, autocomplete);
        gig_buf_puts(out, "\"");
    }
}


/*
 * A browser drops from a date's or a number's input what is none: to come back as it was
 * typed it must be a text's.
 */

static int
gig_form_shows(const gig_field_t *field, gig_str_t value)
{
    char     number[GIG_NUMBER_SIZE];
    int64_t  days;

    switch (field->type) {

    case GIG_FIELD_NUMBER:
        return value.len == 0 || gig_number_normal(value, number) == 0;

    case GIG_FIELD_DATE:
        return value.len == 0 || gig_date_parse(value, &days) == 0;

    default:
        return 1;
    }
}


static const char *
gig_form_input_type(const gig_field_t *field, int shows)
{
    switch (field->type) {

    case GIG_FIELD_EMAIL:
        return "type=\"email\" inputmode=\"email\" autocapitalize=\"none\" spellcheck=\"false\"";

    case GIG_FIELD_TEL:
        return "type=\"tel\" inputmode=\"tel\"";

    case GIG_FIELD_URL:
        return "type=\"url\" inputmode=\"url\" autocapitalize=\"none\" spellcheck=\"false\"";

    case GIG_FIELD_NUMBER:
        return shows ? "type=\"number\" inputmode=\"decimal\" step=\"any\""
                     : "type=\"text\" inputmode=\"decimal\"";

    case GIG_FIELD_DATE:
        return shows ? "type=\"date\"" : "type=\"text\"";

    default:
        return "type=\"text\"";
    }
}


void
gig_form_input(const gig_control_t *control, gig_buf_t *out)
{
    int                 shows;
    gig_str_t           value;
    const gig_field_t  *field;

    field = control->field;
    value = gig_json_text(control->answer);
    shows = gig_form_shows(field, value);

    gig_form_label(control, out);
    gig_form_help(control, out);

    gig_buf_printf(out, "<input class=\"gig-input\" %s", gig_form_input_type(field, shows));
    gig_form_attribute("id", field->name, "", out);
    gig_form_common(control, out);
    gig_form_autocomplete(field, out);

    if (field->type == GIG_FIELD_NUMBER || field->type == GIG_FIELD_DATE) {

        if (shows && field->min[0] != '\0') {
            gig_buf_printf(out, " min=\"%s\"", field->min);
        }

        if (shows && field->max[0] != '\0') {
            gig_buf_printf(out, " max=\"%s\"", field->max);
        }

    } else {
        gig_form_lengths(field, out);
    }

    gig_buf_puts(out, " value=\"");
    gig_buf_html(out, value);
    gig_buf_puts(out, "\">");
}


static void
gig_form_lengths(const gig_field_t *field, gig_buf_t *out)
{
    if (field->min_length != 0) {
        gig_buf_printf(out, " minlength=\"%u\"", field->min_length);
    }

    gig_buf_printf(out, " maxlength=\"%u\"",
                   (field->max_length != 0) ? field->max_length : GIG_ANSWER_MAX);
}


void
gig_form_textarea(const gig_control_t *control, gig_buf_t *out)
{
    unsigned            max;
    const gig_field_t  *field;

    field = control->field;
    max = (field->max_length != 0) ? field->max_length : GIG_ANSWER_MAX;

    gig_form_label(control, out);
    gig_form_help(control, out);

    gig_buf_printf(out, "<textarea class=\"gig-input\" rows=\"%u\"",
                   (max >= GIG_FORM_LONG) ? 8U : 4U);
    gig_form_lengths(field, out);
    gig_form_attribute("id", field->name, "", out);
    gig_form_common(control, out);
    gig_form_autocomplete(field, out);

    /* A parser drops one line feed after the start tag: this one, not the applicant's. */
    gig_buf_puts(out, ">\n");
    gig_buf_html(out, gig_json_text(control->answer));
    gig_buf_puts(out, "</textarea>");
}
