
/* The form as one gig asks it: what a blind review leaves out, what eligibility adds. */

#include <string.h>

#include "gig_form.h"
#include "gig_json.h"
#include "gig_self_id.h"
#include "gig_text.h"

#define GIG_CONFIRM_MAX     4096            /* bytes of what is to be confirmed */


static void  gig_form_blind(gig_form_t *form);
static int  gig_form_confirm(gig_form_t *form, const json_t *eligibility);


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
    gig_form_eligible(NULL, eligibility, &label);

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


/* "I am at least 18 years old, may work in US and meet this condition"; or nothing. */

void
gig_form_eligible(const gig_language_t *words, const json_t *eligibility, gig_buf_t *out)
{
    int            argument, may, note;
    double         age;
    size_t         i, n;
    gig_said_t     said;
    const json_t  *places;

    /* by age, then by work, then by note */
    static const gig_say_t  says[2][2][2] = {
        { { GIG_SAYS, GIG_SAY_ELIGIBLE_NOTE },
          { GIG_SAY_ELIGIBLE_WORK, GIG_SAY_ELIGIBLE_WORK_NOTE } },
        { { GIG_SAY_ELIGIBLE_AGE, GIG_SAY_ELIGIBLE_AGE_NOTE },
          { GIG_SAY_ELIGIBLE_AGE_WORK, GIG_SAY_ELIGIBLE_AGE_WORK_NOTE } }
    };

    may = 0;
    note = gig_json_str(eligibility, "note").len != 0;
    places = json_object_get(eligibility, "work_authorization");
    n = json_array_size(places);

    if (gig_text_number(eligibility, "min_age", &age) != 0 || age <= 0) {
        age = 0;
    }

    for (i = 0; i < n; i++) {
        may |= json_string_length(json_array_get(places, i)) != 0;
    }

    if (age <= 0 && !may && !note) {
        return;
    }

    said = gig_tell_begin(words, says[age > 0][may][note]);

    while ((argument = gig_say_next(&said, out)) != 0) {

        if (argument == 1) {
            gig_buf_printf(out, "%.3g", age);
            continue;
        }

        for (i = 0; i < n; i++) {

            if (i != 0) {
                gig_tell_between(words, i + 1 == n ? GIG_SAY_NAMES_OR : GIG_SAY_NAMES_COMMA, out);
            }

            gig_buf_str(out, gig_json_text(json_array_get(places, i)));
        }
    }
}
