
#include <string.h>

#include "gig_page.h"


static void
gig_problem_member(const char *name, const char *value, gig_buf_t *out)
{
    gig_buf_member(out, name, (gig_str_t) { value, strlen(value) });
}


void
gig_problem_json(unsigned status, const char *type, const char *title, const char *detail,
    const gig_errors_t *errors, gig_buf_t *out)
{
    unsigned            i;
    const gig_error_t  *error;

    gig_buf_puts(out, "{\"type\":\"/problems/");
    gig_buf_uri(out, (gig_str_t) { type, strlen(type) });
    gig_buf_puts(out, "\"");
    gig_problem_member("title", title, out);
    gig_buf_printf(out, ",\"status\":%u", status);

    if (detail != NULL && detail[0] != '\0') {
        gig_problem_member("detail", detail, out);
    }

    if (errors != NULL && errors->count != 0) {
        gig_buf_puts(out, ",\"errors\":[");

        for (i = 0; i < errors->count && i < GIG_ERRORS_MAX; i++) {
            error = &errors->error[i];

            gig_buf_puts(out, (i == 0) ? "{\"pointer\":" : ",{\"pointer\":");
            gig_buf_json(out, (gig_str_t) { error->pointer, strlen(error->pointer) });
            gig_problem_member("detail", error->detail, out);
            gig_buf_puts(out, "}");
        }

        gig_buf_puts(out, "]");
    }

    gig_buf_puts(out, "}");
}
