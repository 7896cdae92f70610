
/* The fields of a form: label, help, fault and control, bound together by their ids. */

#include <stdio.h>
#include <string.h>

#include "gig_page_control.h"


static const gig_error_t *
gig_form_error(const gig_errors_t *errors, gig_str_t name)
{
    unsigned  i;

    if (errors == NULL) {
        return NULL;
    }

    for (i = 0; i < errors->count && i < GIG_ERRORS_MAX; i++) {
        if (gig_str_eq(gig_answer_pointed(errors->error[i].pointer), name)) {
            return &errors->error[i];
        }
    }

    return NULL;
}


/* id="f-NAME" with an ending; names are of the form's record, so escaped. */

void
gig_form_attribute(const char *attribute, gig_str_t name, const char *end, gig_buf_t *out)
{
    gig_buf_printf(out, " %s=\"f-", attribute);
    gig_buf_html(out, name);
    gig_buf_printf(out, "%s\"", end);
}


unsigned
gig_form_others(const gig_language_t *words, const gig_form_t *form, const gig_field_t *field,
    gig_buf_t *out)
{
    unsigned            i, n;
    const gig_field_t  *other;

    n = 0;

    for (i = 0; i < form->n; i++) {
        other = &form->field[i];

        if (other == field || (other->type == GIG_FIELD_FILE && form->files == 0)
            || other->type == GIG_FIELD_HIDDEN || !gig_str_eq(other->any_of, field->any_of))
        {
            continue;
        }

        if (out != NULL) {
            if (n != 0) {
                gig_tell_between(words, GIG_SAY_NAMES_COMMA, out);
            }

            gig_say_str(words, GIG_SAY_CHIP_QUOTE, gig_language_said(words, other->label), out);
        }

        n++;
    }

    return n;
}


static int
gig_form_has_help(const gig_control_t *control)
{
    const gig_field_t  *field;

    field = control->field;

    return field->help.len != 0 || control->one_of || field->min[0] != '\0'
           || field->max[0] != '\0' || field->pattern.len != 0 || field->min_length != 0
           || ((field->type == GIG_FIELD_TEXTAREA) && field->max_length != 0)
           || field->type == GIG_FIELD_FILE;
}


static void
gig_form_bound(const gig_control_t *control, const char *bound, gig_buf_t *out)
{
    gig_buf_t  text;

    if (control->field->type != GIG_FIELD_DATE) {
        gig_buf_html(out, gig_page_str(bound));
        return;
    }

    gig_buf_init(&text, GIG_TEXT_MAX);
    gig_text_date(control->words, gig_page_str(bound), 0, &text);
    gig_html_take(&text, out);
}


/* "From 1 to 40.", "From 1 on.", "Up to 40." */

static void
gig_form_bounds(const gig_control_t *control, gig_buf_t *out)
{
    int                 argument;
    gig_said_t          said;
    const gig_field_t  *field;

    field = control->field;

    said = gig_say_begin(control->words,
                         (field->min[0] == '\0') ? GIG_SAY_FORM_UP_TO
                         : (field->max[0] == '\0') ? GIG_SAY_FORM_FROM : GIG_SAY_FORM_FROM_TO);

    while ((argument = gig_say_next(&said, out)) != 0) {
        gig_form_bound(control, (argument == 1 && field->min[0] != '\0') ? field->min : field->max,
                       out);
    }
}


/* "From 10 to 3,000 characters.", "At least 10 characters.", "Up to 3,000 characters." */

static void
gig_form_characters(const gig_control_t *control, unsigned least, unsigned most, gig_buf_t *out)
{
    int         argument;
    gig_said_t  said;

    if (most == 0) {
        gig_say_n(control->words, GIG_SAY_FORM_CHARACTERS_FROM, least, out);
        return;
    }

    if (least == 0) {
        gig_say_n(control->words, GIG_SAY_FORM_CHARACTERS_UP_TO, most, out);
        return;
    }

    said = gig_say_begin(control->words, GIG_SAY_FORM_CHARACTERS_FROM_TO);

    while ((argument = gig_say_next(&said, out)) != 0) {
        gig_language_count(control->words, (argument == 1) ? least : most, out);
    }
}


/* Before somebody fails it; blank: what parts it from what is written already. */

static void
gig_form_wants(const gig_control_t *control, const char *blank, gig_buf_t *out)
{
    unsigned            most;
    const gig_field_t  *field;

    field = control->field;

    if (field->type == GIG_FIELD_FILE) {
        gig_buf_puts(out, blank);
        gig_form_file_wants(control, out);
        return;
    }

    if (field->min[0] != '\0' || field->max[0] != '\0') {
        gig_buf_puts(out, blank);
        gig_form_bounds(control, out);
        blank = " ";
    }

    if (field->pattern.len != 0) {
        gig_buf_puts(out, blank);
        gig_say_str(control->words, GIG_SAY_FORM_EXAMPLE, field->example, out);
        blank = " ";
    }

    /* that a line of a few hundred characters is not endless nobody needs to be told */
    most = (field->type == GIG_FIELD_TEXTAREA) ? field->max_length : 0;

    if (field->min_length != 0 || most != 0) {
        gig_buf_puts(out, blank);
        gig_form_characters(control, field->min_length, most, out);
    }
}


/* aria-describedby: the help and the fault, as far as they are there. */

static void
gig_form_described(const gig_control_t *control, gig_buf_t *out)
{
    int  help;

    help = gig_form_has_help(control);

    if (control->error == NULL && !help) {
        return;
    }

    gig_buf_puts(out, " aria-describedby=\"");

    if (help) {
        gig_buf_puts(out, "h-");
        gig_buf_html(out, control->field->name);
    }

    if (control->error != NULL) {
        gig_buf_puts(out, help ? " e-" : "e-");
        gig_buf_html(out, control->field->name);
    }

    gig_buf_puts(out, "\"");
}


void
gig_form_common(const gig_control_t *control, gig_buf_t *out)
{
    const gig_field_t  *field;

    field = control->field;

    gig_buf_puts(out, " name=\"");
    gig_buf_html(out, field->name);
    gig_buf_puts(out, "\"");

    if (field->required) {
        gig_buf_puts(out, " required");
    }

    if (control->error != NULL) {
        gig_buf_puts(out, " aria-invalid=\"true\"");
    }

    gig_form_described(control, out);
}


void
gig_form_help(const gig_control_t *control, gig_buf_t *out)
{
    gig_said_t          said;
    const gig_field_t  *field;

    field = control->field;

    if (gig_form_has_help(control)) {
        gig_buf_puts(out, "<p class=\"gig-help\" id=\"h-");
        gig_buf_html(out, field->name);
        gig_buf_puts(out, "\">");
        gig_buf_html(out, gig_language_said(control->words, field->help));

        if (control->one_of) {
            gig_buf_puts(out, (field->help.len != 0) ? " " : "");
            said = gig_say_begin(control->words, GIG_SAY_FORM_INSTEAD);

            while (gig_say_next(&said, out)) {
                (void) gig_form_others(control->words, control->form, field, out);
            }
        }

        gig_form_wants(control, (field->help.len != 0 || control->one_of) ? " " : "", out);

        gig_buf_puts(out, "</p>");
    }

    gig_form_fault(control, out);
}


void
gig_form_fault(const gig_control_t *control, gig_buf_t *out)
{
    gig_said_t          said;
    const gig_field_t  *field;

    field = control->field;

    if (control->error != NULL) {
        gig_buf_puts(out, "<p class=\"gig-error\" id=\"e-");
        gig_buf_html(out, field->name);
        gig_buf_puts(out, "\">");
        said = gig_say_begin(control->words, GIG_SAY_PAGE_ERROR);

        while (gig_page_aside(&said, out)) {
            gig_buf_html(out, gig_page_str(control->error->detail));
        }

        gig_buf_puts(out, "</p>");
    }
}


void
gig_form_label_of(const gig_language_t *words, const json_t *gig, const gig_field_t *field,
    gig_buf_t *out)
{
    int            ours;
    gig_buf_t      label;
    const json_t  *eligibility;

    eligibility = json_object_get(gig, "eligibility");
    ours = 0;

    if (words != NULL && gig_str_is(field->name, GIG_FIELD_ELIGIBLE)) {
        gig_buf_init(&label, GIG_RECORD_MAX);
        gig_form_eligible(NULL, eligibility, &label);
        ours = gig_str_eq(gig_buf_view(&label), field->label);
        gig_buf_free(&label);
    }

    if (!ours) {
        gig_buf_html(out, gig_language_said(words, field->label));
        return;
    }

    gig_buf_init(&label, GIG_RECORD_MAX);
    gig_form_eligible(words, eligibility, &label);
    gig_html_take(&label, out);
}


static void
gig_form_label_text(const gig_control_t *control, gig_buf_t *out)
{
    gig_form_label_of(control->words, control->gig, control->field, out);

    if (!control->field->required && !control->one_of) {
        gig_buf_puts(out, " <span class=\"gig-quiet\">");
        gig_say(control->words, GIG_SAY_FORM_OPTIONAL, out);
        gig_buf_puts(out, "</span>");
    }
}


void
gig_form_label(const gig_control_t *control, gig_buf_t *out)
{
    gig_buf_puts(out, "<label");
    gig_form_attribute("for", control->field->name, "", out);
    gig_buf_puts(out, ">");
    gig_form_label_text(control, out);
    gig_buf_puts(out, "</label>");
}


static int
gig_form_chosen(const json_t *answer, gig_str_t value)
{
    size_t  i;

    if (json_is_string(answer)) {
        return gig_str_eq(gig_json_text(answer), value);
    }

    for (i = 0; i < json_array_size(answer); i++) {
        if (gig_str_eq(gig_json_text(json_array_get(answer, i)), value)) {
            return 1;
        }
    }

    return 0;
}


static void
gig_form_select(const gig_control_t *control, gig_buf_t *out)
{
    size_t              i;
    gig_str_t           value;
    const json_t       *option;
    const gig_field_t  *field;

    field = control->field;

    gig_form_label(control, out);
    gig_form_help(control, out);

    gig_buf_puts(out, "<select class=\"gig-input\"");
    gig_form_attribute("id", field->name, "", out);
    gig_form_common(control, out);
    gig_form_autocomplete(field, out);
    gig_buf_puts(out, "><option value=\"\">");
    gig_say(control->words, GIG_SAY_FORM_CHOOSE, out);
    gig_buf_puts(out, "</option>");

    for (i = 0; i < json_array_size(field->options) && i < GIG_OPTIONS_MAX; i++) {
        option = json_array_get(field->options, i);
        value = gig_json_item(option, "value");

        gig_buf_puts(out, "<option value=\"");
        gig_buf_html(out, value);
        gig_buf_puts(out, gig_form_chosen(control->answer, value) ? "\" selected>" : "\">");
        gig_buf_html(out, gig_json_item(option, "label"));
        gig_buf_puts(out, "</option>");
    }

    gig_buf_puts(out, "</select>");
}


/* One radio or box; the first of a group takes the field's id, so that an error's link finds it. */

static void
gig_form_choice(const gig_control_t *control, const char *type, size_t i, gig_str_t value,
    gig_str_t label, int checked, gig_buf_t *out)
{
    char                end[24];
    const gig_field_t  *field;

    field = control->field;
    end[0] = '\0';

    if (i != 0) {
        (void) snprintf(end, sizeof(end), "-%zu", i);
    }

    gig_buf_puts(out, "<div class=\"gig-choice\">");
    gig_buf_printf(out, "<input type=\"%s\"", type);

    /* a group of boxes has no such state, a group of radio buttons has it as a whole */
    if (control->error != NULL && field->type != GIG_FIELD_BOOLEAN) {
        gig_buf_puts(out, " aria-invalid=\"true\"");
    }

    gig_form_attribute("id", field->name, end, out);
    gig_buf_puts(out, " name=\"");
    gig_buf_html(out, field->name);
    gig_buf_puts(out, "\" value=\"");
    gig_buf_html(out, value);
    gig_buf_puts(out, "\"");

    /* `required` on every box of a group would ask for all of them. */
    if (field->required && field->type == GIG_FIELD_BOOLEAN) {
        gig_buf_puts(out, " required");
    }

    gig_buf_puts(out, checked ? " checked>" : ">");
    gig_buf_puts(out, "<label");
    gig_form_attribute("for", field->name, end, out);
    gig_buf_puts(out, ">");
    gig_buf_html(out, label);
    gig_buf_puts(out, "</label></div>");
}


static void
gig_form_group(const gig_control_t *control, gig_buf_t *out)
{
    size_t              i;
    gig_str_t           value;
    const json_t       *option;
    const gig_field_t  *field;

    field = control->field;

    gig_buf_puts(out, "<fieldset");

    if (field->type == GIG_FIELD_BOOLEAN) {
        gig_buf_puts(out, " role=\"radiogroup\"");

        if (control->error != NULL) {
            gig_buf_puts(out, " aria-invalid=\"true\"");
        }
    }

    gig_form_described(control, out);
    gig_buf_puts(out, "><legend>");
    gig_form_label_text(control, out);
    gig_buf_puts(out, "</legend>");
    gig_form_help(control, out);

    if (field->type == GIG_FIELD_BOOLEAN) {
        gig_buf_puts(out, "<div class=\"gig-choices-inline\">");
        gig_form_choice(control, "radio", 0, gig_str("true"),
                        gig_language_text(control->words, GIG_SAY_FORM_YES),
                        json_is_true(control->answer), out);
        gig_form_choice(control, "radio", 1, gig_str("false"),
                        gig_language_text(control->words, GIG_SAY_FORM_NO),
                        json_is_false(control->answer), out);
        gig_buf_puts(out, "</div>");

    } else {
        for (i = 0; i < json_array_size(field->options) && i < GIG_OPTIONS_MAX; i++) {
            option = json_array_get(field->options, i);
            value = gig_json_item(option, "value");
            gig_form_choice(control, "checkbox", i, value, gig_json_item(option, "label"),
                            gig_form_chosen(control->answer, value), out);
        }
    }

    gig_buf_puts(out, "</fieldset>");
}


static void
gig_form_consent(const gig_control_t *control, gig_str_t policy, gig_buf_t *out)
{
    const gig_field_t  *field;

    field = control->field;

    gig_buf_puts(out, "<div class=\"gig-choice gig-consent\"><input type=\"checkbox\""
                 " value=\"true\"");
    gig_form_attribute("id", field->name, "", out);
    gig_form_common(control, out);
    gig_buf_puts(out, json_is_true(control->answer) ? " checked>" : ">");
    gig_form_label(control, out);
    gig_buf_puts(out, "</div>");

    /* what a gig's eligibility asks is no matter of data */
    if (gig_text_https(policy) && !gig_str_is(field->name, GIG_FIELD_ELIGIBLE)) {
        gig_buf_puts(out, "<p class=\"gig-help\"><a rel=\"noopener\" target=\"_blank\" href=\"");
        gig_buf_html(out, policy);
        gig_buf_puts(out, "\">");
        gig_say(control->words, GIG_SAY_FORM_POLICY, out);
        gig_buf_puts(out, " <span class=\"gig-only-read\">");
        gig_say(control->words, GIG_SAY_FORM_NEW_WINDOW, out);
        gig_buf_puts(out, "</span></a></p>");
    }

    gig_form_help(control, out);
}


/* It goes along with what the page was given; nothing to see. */

static void
gig_form_kept(const gig_control_t *control, gig_buf_t *out)
{
    gig_buf_puts(out, "<input type=\"hidden\"");
    gig_form_attribute("id", control->field->name, "", out);
    gig_buf_puts(out, " name=\"");
    gig_buf_html(out, control->field->name);
    gig_buf_puts(out, "\" value=\"");
    gig_buf_html(out, json_is_string(control->answer) ? gig_json_text(control->answer)
                                                      : control->field->value);
    gig_buf_puts(out, "\">\n");
}


void
gig_page_field(const gig_page_form_t *form, const gig_field_t *field, gig_buf_t *out)
{
    char           name[256];
    gig_control_t  control;

    control.field = field;
    control.error = gig_form_error(form->errors, field->name);
    control.answer = NULL;

    if (form->answers != NULL && field->name.len < sizeof(name)) {
        memcpy(name, field->name.data, field->name.len);
        name[field->name.len] = '\0';
        control.answer = json_object_get(form->answers->answers, name);
    }

    control.form = form->form;
    control.words = form->gig->words;
    control.gig = form->gig->gig;
    control.file = form->answers != NULL
                   ? gig_answers_file_of(form->answers, (unsigned) (field - form->form->field))
                   : NULL;
    control.one_of = gig_form_in_group(form->form, field)
                     && gig_form_others(NULL, form->form, field, NULL) != 0;

    if (field->type == GIG_FIELD_HIDDEN) {
        gig_form_kept(&control, out);
        return;
    }

    gig_buf_printf(out, "<div class=\"gig-field%s\">",
                   (control.error != NULL) ? " gig-field-error" : "");

    switch (field->type) {

    case GIG_FIELD_TEXTAREA:
        gig_form_textarea(&control, out);
        break;

    case GIG_FIELD_SELECT:
        gig_form_select(&control, out);
        break;

    case GIG_FIELD_BOOLEAN:
    case GIG_FIELD_MULTI_SELECT:
        gig_form_group(&control, out);
        break;

    case GIG_FIELD_CONSENT:
        gig_form_consent(&control, gig_json_str(json_object_get(form->gig->gig, "privacy"),
                                                "policy_url"), out);
        break;

    case GIG_FIELD_FILE:
        gig_form_file_input(&control, out);
        break;

    default:
        gig_form_input(&control, out);
        break;
    }

    gig_buf_puts(out, "</div>\n");
}
