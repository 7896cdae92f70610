
/* JSON whose members are fields: {"email":"...","data_compliance":{"given":true}}. */

#include <string.h>

#include "gig_body_json.h"


void
gig_body_flat(gig_body_t *body)
{
    if (body->type == GIG_BODY_JSON) {
        body->u.json.flat = 1;
    }
}


void
gig_json_outer(gig_body_t *body)
{
    memcpy(body->u.json.outer, body->name, body->name_len);
    body->u.json.outer_len = body->name_len;
}


int
gig_json_inside(gig_body_t *body, gig_value_kind_t kind, gig_error_t *err)
{
    char              name[2 * GIG_BODY_NAME + 2];
    size_t            n;
    gig_body_json_t  *j;

    j = &body->u.json;
    n = j->outer_len;

    memcpy(name, j->outer, n);
    name[n++] = '[';
    memcpy(name + n, body->name, body->name_len);
    n += body->name_len;
    name[n++] = ']';

    if (n > GIG_BODY_NAME) {
        return gig_error_set(err, "", "byte %zu: a field's name is too long; at most %d bytes are "
                             "read", body->offset, GIG_BODY_NAME);
    }

    return gig_body_begin(body, (gig_str_t) { name, n }, kind, err);
}
