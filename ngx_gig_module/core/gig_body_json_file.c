
/* A file in JSON: its content goes to the sink as it comes, its name is there when it ends. */

#include "gig_body_json.h"


int
gig_json_file_open(gig_body_t *body, unsigned char c, gig_error_t *err)
{
    gig_body_json_t  *j;

    j = &body->u.json;

    if (c != '{') {
        return gig_body_wrong(body, err, GIG_JSON_FILES_WRONG);
    }

    j->content = 0;
    j->named = 0;
    body->file_len = 0;

    return gig_body_begin(body, gig_body_name(body), GIG_VALUE_FILE, err);
}


int
gig_json_file_member(gig_body_t *body, gig_value_kind_t kind, gig_error_t *err)
{
    int               content, name;
    gig_body_json_t  *j;

    j = &body->u.json;
    content = gig_str_is(gig_body_name(body), "content");
    name = gig_str_is(gig_body_name(body), "name");

    if ((content && (j->content || kind != GIG_VALUE_TEXT))
        || (name && (j->named || kind != GIG_VALUE_TEXT)))
    {
        return gig_body_wrong(body, err, GIG_JSON_FILES_WRONG);
    }

    gig_body_begin_silent(body);

    if (content) {
        j->content = 1;
        j->decoding = 1;
        j->base64 = (gig_base64_t) { 0, 0, 0 };
        body->silent = 0;
        body->bytes = 1;
    }

    j->named |= name ? 1u : 0u;
    j->naming = name ? 1 : 0;

    return 0;
}


int
gig_json_file_put(gig_body_t *body, unsigned char c, gig_error_t *err)
{
    int            n;
    unsigned char  bytes[3];

    if (body->u.json.naming) {
        gig_body_file_put(body, (char) c);
        return gig_body_put(body, c, err);      /* which looks whether it is a text */
    }

    n = gig_base64_next(&body->u.json.base64, c, bytes);

    if (n < 0) {
        return gig_body_wrong(body, err, "the content of a file is no base64 (RFC 4648: A-Z a-z "
                              "0-9 + / and its padding, no line breaks)");
    }

    return n == 0 ? 0 : gig_body_put_file(body, (gig_str_t) { (const char *) bytes, (size_t) n },
                                          err);
}


/* The end of a string in it, whose own end is that of the object. */

int
gig_json_file_end(gig_body_t *body, gig_error_t *err)
{
    gig_body_json_t  *j;

    j = &body->u.json;

    if (j->naming) {
        j->naming = 0;
        return gig_body_value_end(body, err);
    }

    j->decoding = 0;
    body->silent = 1;

    if (gig_base64_end(&j->base64) != 0) {
        return gig_body_wrong(body, err, "the content of a file is no whole base64; it is padded "
                              "to a multiple of four characters");
    }

    return gig_body_flush(body, err);
}
