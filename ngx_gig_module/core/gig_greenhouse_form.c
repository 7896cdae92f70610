
/*
 * A gig's form in the words of their `questions`.  A question may have several fields, of which
 * one has to be filled in: those of one any_of group here.
 */

#include <string.h>

#include "gig_greenhouse.h"
#include "gig_json.h"


static void gig_greenhouse_question(const gig_form_t *form, unsigned first, gig_buf_t *out);
static void gig_greenhouse_field(const gig_form_t *form, unsigned i, gig_buf_t *out);
static void gig_greenhouse_options(const json_t *options, gig_buf_t *out);
static gig_str_t gig_greenhouse_mapped(const gig_form_t *form, unsigned i);


void
gig_greenhouse_questions(const gig_form_t *form, gig_buf_t *out)
{
    unsigned     i, k;
    const char  *comma;

    gig_buf_puts(out, ",\"questions\":[");

    for (i = 0, comma = ""; i < form->n; i++) {

        if (gig_greenhouse_consent(form, i) != 0) {
            continue;
        }

        /* told with the first of its group */

        for (k = 0; k < i && form->field[i].any_of.len != 0; k++) {
            if (gig_str_eq(form->field[k].any_of, form->field[i].any_of)) {
                break;
            }
        }

        if (form->field[i].any_of.len == 0 || k == i) {
            gig_buf_puts(out, comma);
            gig_greenhouse_question(form, i, out);
            comma = ",";
        }
    }

    gig_buf_puts(out, "],\"location_questions\":[],\"compliance\":null,"
                      "\"demographic_questions\":null");
}


static void
gig_greenhouse_question(const gig_form_t *form, unsigned first, gig_buf_t *out)
{
    unsigned            i;
    const gig_field_t  *field;

    field = &form->field[first];

    gig_buf_printf(out, "{\"required\":%s",
                   field->required || gig_form_in_group(form, field) ? "true" : "false");
    gig_buf_member(out, "label", field->label);

    if (field->help.len != 0) {
        gig_buf_member(out, "description", field->help);
    } else {
        gig_buf_puts(out, ",\"description\":null");
    }

    gig_buf_puts(out, ",\"fields\":[");
    gig_greenhouse_field(form, first, out);

    for (i = first + 1; field->any_of.len != 0 && i < form->n; i++) {
        if (gig_str_eq(form->field[i].any_of, field->any_of)) {
            gig_buf_puts(out, ",");
            gig_greenhouse_field(form, i, out);
        }
    }

    gig_buf_puts(out, "]}");
}


static void
gig_greenhouse_field(const gig_form_t *form, unsigned i, gig_buf_t *out)
{
    gig_buf_t           name;
    const char         *type;
    const gig_field_t  *field;

    field = &form->field[i];

    switch (field->type) {
    case GIG_FIELD_TEXTAREA:        type = "textarea"; break;
    case GIG_FIELD_SELECT:
    case GIG_FIELD_BOOLEAN:
    case GIG_FIELD_CONSENT:         type = "multi_value_single_select"; break;
    case GIG_FIELD_MULTI_SELECT:    type = "multi_value_multi_select"; break;
    case GIG_FIELD_FILE:            type = "input_file"; break;
    case GIG_FIELD_HIDDEN:          type = "input_hidden"; break;
    default:                        type = "input_text"; break;
    }

    gig_buf_init(&name, GIG_TEXT_MAX);
    gig_buf_str(&name, gig_greenhouse_name(form, i));

    if (field->type == GIG_FIELD_MULTI_SELECT) {
        gig_buf_puts(&name, "[]");
    }

    gig_buf_puts(out, "{\"name\":");
    gig_buf_json(out, gig_buf_view(&name));
    gig_buf_printf(out, ",\"type\":\"%s\",\"values\":[", type);

    if (field->type == GIG_FIELD_BOOLEAN || field->type == GIG_FIELD_CONSENT) {
        gig_buf_puts(out, "{\"value\":0,\"label\":\"No\"},{\"value\":1,\"label\":\"Yes\"}");
    } else {
        gig_greenhouse_options(field->options, out);
    }

    gig_buf_puts(out, "]}");

    out->failed |= gig_buf_failed(&name);
    gig_buf_free(&name);
}


/* Their values are numbers; one of ours that is not stays a text. */

static void
gig_greenhouse_options(const json_t *options, gig_buf_t *out)
{
    size_t         i;
    uint64_t       number;
    gig_str_t      value;
    const json_t  *option;

    for (i = 0; i < json_array_size(options); i++) {
        option = json_array_get(options, i);
        value = gig_json_str(option, "value");

        gig_buf_puts(out, i != 0 ? ",{\"value\":" : "{\"value\":");

        if (gig_shape_digits(value, &number) == 0) {
            gig_buf_str(out, value);
        } else {
            gig_buf_json(out, value);
        }

        gig_buf_member(out, "label", gig_json_str(option, "label"));
        gig_buf_puts(out, "}");
    }
}


gig_str_t
gig_greenhouse_name(const gig_form_t *form, unsigned i)
{
    switch (gig_greenhouse_consent(form, i)) {

    case GIG_GREENHOUSE_PROCESSING:
        return gig_str("data_compliance[gdpr_processing_consent_given]");

    case GIG_GREENHOUSE_RETENTION:
        return gig_str("data_compliance[gdpr_retention_consent_given]");

    default:
        return gig_greenhouse_mapped(form, i);
    }
}


static gig_str_t
gig_greenhouse_mapped(const gig_form_t *form, unsigned i)
{
    gig_str_t  name;

    name = gig_json_str(json_object_get(json_array_get(json_object_get(form->root, "fields"), i),
                                        "map"), "greenhouse");

    if (name.len > 2 && memcmp(name.data + name.len - 2, "[]", 2) == 0) {
        name.len -= 2;
    }

    return name.len != 0 ? name : form->field[i].name;
}


unsigned
gig_greenhouse_consent(const gig_form_t *form, unsigned i)
{
    gig_str_t  name;

    if (form->field[i].type != GIG_FIELD_CONSENT) {
        return 0;
    }

    name = gig_greenhouse_mapped(form, i);

    if (gig_str_is(name, "data_compliance[gdpr_processing_consent_given]")
        || gig_str_is(name, "consent_processing"))
    {
        return GIG_GREENHOUSE_PROCESSING;
    }

    if (gig_str_is(name, "data_compliance[gdpr_retention_consent_given]")
        || gig_str_is(name, "consent_retention"))
    {
        return GIG_GREENHOUSE_RETENTION;
    }

    return 0;
}


void
gig_greenhouse_compliance(const json_t *privacy, const gig_form_t *form, gig_buf_t *out)
{
    double         days;
    size_t         k;
    unsigned       i, needed;
    gig_str_t      name;
    const json_t  *consents;

    needed = 0;
    consents = json_object_get(privacy, "consents");

    for (k = 0; k < json_array_size(consents); k++) {
        name = gig_json_text(json_array_get(consents, k));
        needed |= gig_str_is(name, "processing") ? GIG_GREENHOUSE_PROCESSING : 0;
        needed |= gig_str_is(name, "retention") ? GIG_GREENHOUSE_RETENTION : 0;
    }

    for (i = 0; form != NULL && i < form->n; i++) {
        needed |= form->field[i].required ? gig_greenhouse_consent(form, i) : 0;
    }

    gig_buf_printf(out, ",\"data_compliance\":[{\"type\":\"gdpr\",\"requires_consent\":%s,"
                   "\"requires_processing_consent\":%s,\"requires_retention_consent\":%s,"
                   "\"retention_period\":",
                   needed != 0 ? "true" : "false",
                   needed & GIG_GREENHOUSE_PROCESSING ? "true" : "false",
                   needed & GIG_GREENHOUSE_RETENTION ? "true" : "false");

    if (gig_text_number(privacy, "retention_days", &days) == 0 && days >= 0) {
        gig_buf_printf(out, "%.15g}]", days);
    } else {
        gig_buf_puts(out, "null}]");
    }
}
