
/* The fields of a form: label, help, fault and control, bound together by their ids. */

#include <stdio.h>
#include <string.h>

#include "gig_page_control.h"


static void  gig_form_bound(gig_str_t bound, int date, gig_buf_t *out);


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


/* 1 if the field is one of several of which the form wants at least one. */

static int
gig_form_in_group(const gig_form_t *form, const gig_field_t *field)
{
    size_t         i;
    const json_t  *groups, *group;

    groups = json_object_get(form->root, "groups");

    for (i = 0; field->any_of.len != 0 && i < json_array_size(groups); i++) {
        group = json_array_get(groups, i);

        if (gig_str_eq(gig_json_str(group, "id"), field->any_of)) {
            return json_is_true(json_object_get(group, "required"));
        }
    }

    return 0;
}


unsigned
gig_form_others(const gig_form_t *form, const gig_field_t *field, gig_buf_t *out)
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
            gig_buf_puts(out, (n == 0) ? "\u201c" : ", \u201c");
            gig_buf_html(out, other->label);
            gig_buf_puts(out, "\u201d");
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


/* "From 1 to 40.", "For example AB-1234.", "Up to 3,000 characters.": before somebody fails it. */

static void
gig_form_wants(const gig_field_t *field, const char *blank, gig_buf_t *out)
{
    int        date;
    unsigned   most;
    gig_str_t  min, max;

    if (field->type == GIG_FIELD_FILE) {
        gig_form_file_wants(field, blank, out);
        return;
    }

    date = field->type == GIG_FIELD_DATE;
    min = gig_page_str(field->min);
    max = gig_page_str(field->max);

    if (min.len != 0 || max.len != 0) {

        gig_buf_puts(out, blank);
        gig_buf_puts(out, (min.len != 0) ? "From " : "Up to ");
        gig_form_bound(min.len != 0 ? min : max, date, out);

        if (min.len != 0 && max.len != 0) {
            gig_buf_puts(out, " to ");
            gig_form_bound(max, date, out);

        } else if (min.len != 0) {
            gig_buf_puts(out, " on");
        }

        gig_buf_puts(out, ".");
        blank = " ";
    }

    if (field->pattern.len != 0) {
        gig_buf_puts(out, blank);
        gig_buf_puts(out, "For example ");
        gig_buf_html(out, field->example);
        gig_buf_puts(out, ".");
        blank = " ";
    }

    /* that a line of a few hundred characters is not endless nobody needs to be told */
    most = (field->type == GIG_FIELD_TEXTAREA) ? field->max_length : 0;

    if (field->min_length == 0 && most == 0) {
        return;
    }

    gig_buf_puts(out, blank);

    if (field->min_length != 0) {
        gig_buf_puts(out, (most != 0) ? "From " : "At least ");
        gig_text_count(field->min_length, out);
    }

    if (most != 0) {
        gig_buf_puts(out, (field->min_length != 0) ? " to " : "Up to ");
        gig_text_count(most, out);
    }

    gig_buf_puts(out, " characters.");
}


static void
gig_form_bound(gig_str_t bound, int date, gig_buf_t *out)
{
    gig_buf_t  text;

    if (!date) {
        gig_buf_html(out, bound);
        return;
    }

    gig_buf_init(&text, GIG_TEXT_MAX);
    gig_text_date(bound, 0, &text);
    gig_html_take(&text, out);
}


/* name, required, aria-invalid and aria-describedby: what all controls have. */

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

    if (control->error != NULL || gig_form_has_help(control)) {
        gig_buf_puts(out, " aria-describedby=\"");

        if (gig_form_has_help(control)) {
            gig_buf_puts(out, "h-");
            gig_buf_html(out, field->name);
        }

        if (control->error != NULL) {
            gig_buf_puts(out, gig_form_has_help(control) ? " e-" : "e-");
            gig_buf_html(out, field->name);
        }

        gig_buf_puts(out, "\"");
    }
}


void
gig_form_help(const gig_control_t *control, gig_buf_t *out)
{
    const gig_field_t  *field;

    field = control->field;

    if (gig_form_has_help(control)) {
        gig_buf_puts(out, "<p class=\"gig-help\" id=\"h-");
        gig_buf_html(out, field->name);
        gig_buf_puts(out, "\">");
        gig_buf_html(out, field->help);

        if (control->one_of) {
            gig_buf_puts(out, (field->help.len != 0) ? " You can answer " : "You can answer ");
            (void) gig_form_others(control->form, field, out);
            gig_buf_puts(out, " instead; one is enough.");
        }

        gig_form_wants(field, (field->help.len != 0 || control->one_of) ? " " : "", out);

        gig_buf_puts(out, "</p>");
    }

    gig_form_fault(control, out);
}


void
gig_form_fault(const gig_control_t *control, gig_buf_t *out)
{
    const gig_field_t  *field;

    field = control->field;

    if (control->error != NULL) {
        gig_buf_puts(out, "<p class=\"gig-error\" id=\"e-");
        gig_buf_html(out, field->name);
        gig_buf_puts(out, "\"><span class=\"gig-only-read\">Error: </span>");
        gig_buf_html(out, gig_page_str(control->error->detail));
        gig_buf_puts(out, "</p>");
    }
}


static void
gig_form_label_text(const gig_control_t *control, gig_buf_t *out)
{
    gig_buf_html(out, control->field->label);

    if (!control->field->required && !control->one_of) {
        gig_buf_puts(out, " <span class=\"gig-quiet\">(optional)</span>");
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
    gig_buf_puts(out, "><option value=\"\">Please choose</option>");

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

    if (control->error != NULL || gig_form_has_help(control)) {
        gig_buf_puts(out, " aria-describedby=\"");

        if (gig_form_has_help(control)) {
            gig_buf_puts(out, "h-");
            gig_buf_html(out, field->name);
            gig_buf_puts(out, (control->error != NULL) ? " " : "");
        }

        if (control->error != NULL) {
            gig_buf_puts(out, "e-");
            gig_buf_html(out, field->name);
        }

        gig_buf_puts(out, "\"");
    }

    gig_buf_puts(out, "><legend>");
    gig_form_label_text(control, out);
    gig_buf_puts(out, "</legend>");
    gig_form_help(control, out);

    if (field->type == GIG_FIELD_BOOLEAN) {
        gig_buf_puts(out, "<div class=\"gig-choices-inline\">");
        gig_form_choice(control, "radio", 0, gig_str("true"), gig_str("Yes"),
                        json_is_true(control->answer), out);
        gig_form_choice(control, "radio", 1, gig_str("false"), gig_str("No"),
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
        gig_buf_puts(out, "\">How your data is handled <span class=\"gig-only-read\">"
                     "(opens in a new window)</span></a></p>");
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
    control.file = form->answers != NULL
                   ? gig_answers_file_of(form->answers, (unsigned) (field - form->form->field))
                   : NULL;
    control.one_of = gig_form_in_group(form->form, field)
                     && gig_form_others(form->form, field, NULL) != 0;

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
