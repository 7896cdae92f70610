
/* The form as one gig asks it: what a blind review leaves out, what eligibility adds. */

#include <string.h>

#include "gig_form.h"
#include "gig_json.h"
#include "gig_self_id.h"
#include "gig_text.h"

#define GIG_CONFIRM_MAX     4096            /* bytes of what is to be confirmed */


static void  gig_form_blind(gig_form_t *form);
static int  gig_form_confirm(gig_form_t *form, const json_t *eligibility);
static void  gig_form_confirm_label(const json_t *eligibility, gig_str_t note, gig_buf_t *out);


int
gig_form_for_gig(gig_form_t *form, const json_t *gig)
{
    if (gig_self_id_is(form)) {
        return -1;
    }

    if (!json_is_false(json_object_get(json_object_get(gig, "privacy"), "blind"))) {
        gig_form_blind(form);
    }

    return gig_form_confirm(form, json_object_get(gig, "eligibility"));
}


/* Out of the record as well: it is what GET {id}/form shows. */

static void
gig_form_blind(gig_form_t *form)
{
    json_t    *fields;
    unsigned   i, n;

    fields = json_object_get(form->root, "fields");
    n = 0;

    for (i = 0; i < form->n; i++) {

        if (form->field[i].class_ == GIG_CLASS_PEDIGREE) {
            (void) json_array_remove(fields, n);

        } else if (n++ != i) {
            form->field[n - 1] = form->field[i];
        }
    }

    form->n = n;
}


/* A form that has the box itself asks in its own words. */

static int
gig_form_confirm(gig_form_t *form, const json_t *eligibility)
{
    int           rc;
    json_t       *json;
    unsigned      i;
    gig_str_t     note;
    gig_buf_t     label;
    gig_field_t  *field;

    for (i = 0; i < form->n; i++) {
        if (gig_str_is(form->field[i].name, GIG_FIELD_ELIGIBLE)) {
            return 0;
        }
    }

    rc = -1;
    note = gig_json_str(eligibility, "note");
    gig_buf_init(&label, GIG_CONFIRM_MAX);
    gig_form_confirm_label(eligibility, note, &label);

    if (label.len == 0 && !gig_buf_failed(&label)) {
        rc = 0;
        goto done;
    }

    if (gig_buf_failed(&label) || form->n == GIG_FORM_FIELDS) {
        goto done;
    }

    json = json_pack("{s:s, s:s%, s:s, s:b, s:s}", "name", GIG_FIELD_ELIGIBLE,
                     "label", label.data, label.len, "type", "consent", "required", 1,
                     "class", "consent");

    if (json_array_append_new(json_object_get(form->root, "fields"), json) != 0
        || (note.len != 0
            && json_object_set_new(json, "help", json_stringn(note.data, note.len)) != 0))
    {
        goto done;
    }

    field = &form->field[form->n++];
    memset(field, 0, sizeof(*field));

    field->name = gig_json_str(json, "name");
    field->label = gig_json_str(json, "label");
    field->help = gig_json_str(json, "help");
    field->type = GIG_FIELD_CONSENT;
    field->class_ = GIG_CLASS_CONSENT;
    field->required = 1;
    rc = 0;

done:

    gig_buf_free(&label);

    return rc;
}


/* "I am at least 18 years old, may work in US and meet the conditions below"; or nothing. */

static void
gig_form_confirm_label(const json_t *eligibility, gig_str_t note, gig_buf_t *out)
{
    int            may;
    double         age;
    size_t         i, n;
    gig_str_t      place;
    const json_t  *places;

    may = 0;
    places = json_object_get(eligibility, "work_authorization");
    n = json_array_size(places);

    if (gig_text_number(eligibility, "min_age", &age) != 0 || age <= 0) {
        age = 0;
    }

    for (i = 0; i < n; i++) {
        may |= json_string_length(json_array_get(places, i)) != 0;
    }

    if (age > 0) {
        gig_buf_printf(out, "I am at least %.3g years old", age);
    }

    if (may) {

        gig_buf_puts(out, age <= 0 ? "I may work in " : note.len != 0 ? ", may work in "
                                                                     : " and may work in ");

        for (i = 0; i < n; i++) {
            place.data = json_string_value(json_array_get(places, i));
            place.len = json_string_length(json_array_get(places, i));
            gig_buf_puts(out, i == 0 ? "" : i + 1 == n ? " or " : ", ");
            gig_buf_str(out, place);
        }
    }

    if (note.len != 0) {
        gig_buf_puts(out, age > 0 || may ? " and meet this condition" : "I meet this condition");
    }
}
