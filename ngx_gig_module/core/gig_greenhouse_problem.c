
/* Refusals in their shape. */

#include <string.h>

#include "gig_answers.h"
#include "gig_greenhouse.h"


static gig_str_t
gig_greenhouse_wrong(const gig_form_t *form, const gig_error_t *error)
{
    unsigned   i;
    gig_str_t  name;

    name = gig_answer_pointed(error->pointer);

    for (i = 0; form != NULL && i < form->n; i++) {
        if (gig_str_eq(name, form->field[i].name)) {
            return gig_greenhouse_name(form, i);
        }
    }

    return name;
}


void
gig_greenhouse_problem(unsigned status, const char *error, const gig_form_t *form,
    const gig_errors_t *errors, gig_buf_t *out)
{
    unsigned     i, n;
    gig_buf_t    text;
    gig_str_t    field;
    const char  *comma;

    gig_buf_printf(out, "{\"status\":%u", status);
    n = errors == NULL ? 0 : errors->count < GIG_ERRORS_MAX ? errors->count : GIG_ERRORS_MAX;

    if (n == 0) {
        gig_buf_member(out, "error", (gig_str_t) { error, strlen(error) });
        gig_buf_puts(out, "}");
        return;
    }

    gig_buf_init(&text, GIG_SHAPE_TEXT_MAX);
    gig_buf_puts(&text, "Invalid attributes: ");

    for (i = 0, comma = ""; i < n; i++) {
        field = gig_greenhouse_wrong(form, &errors->error[i]);

        if (field.len != 0) {
            gig_buf_puts(&text, comma);
            gig_buf_str(&text, field);
            comma = ",";
        }
    }

    gig_shape_take("error", &text, out);
    gig_buf_free(&text);

    gig_buf_puts(out, ",\"errors\":[");

    for (i = 0; i < n; i++) {
        error = errors->error[i].detail;

        gig_buf_puts(out, i != 0 ? ",{\"field\":" : "{\"field\":");
        gig_buf_json(out, gig_greenhouse_wrong(form, &errors->error[i]));
        gig_buf_member(out, "message", (gig_str_t) { error, strlen(error) });
        gig_buf_puts(out, "}");
    }

    gig_buf_puts(out, "]}");
}
