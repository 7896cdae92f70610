
#include <stdio.h>

#include <jansson.h>

#include "gig_record.h"
#include "gig_term.h"


void
gig_term(char kind, gig_str_t id, gig_str_t json, unsigned char term[GIG_DIGEST_SIZE])
{
    char           text[128], hex[GIG_DIGEST_TEXT];
    gig_str_t      rev;
    json_t        *root;
    const json_t  *member;
    unsigned char  hash[GIG_DIGEST_SIZE];

    root = (json.len != 0 && json.len <= GIG_RECORD_MAX)
           ? json_loadb(json.data, json.len, JSON_ALLOW_NUL, NULL) : NULL;
    member = json_object_get(root, "rev");

    if (kind == 'f' && json_is_number(member)) {
        rev.len = (size_t) snprintf(text, sizeof(text), "%.0f", json_number_value(member));
        rev.data = text;

    } else if (kind == 'g' && json_string_length(member) > 0) {
        rev.data = json_string_value(member);
        rev.len = json_string_length(member);

    } else {
        gig_sha1(json, hash);
        gig_digest_text(hash, hex);
        rev.len = (size_t) snprintf(text, sizeof(text), "sha1-%s", hex);
        rev.data = text;
    }

    if (rev.data == text && rev.len >= sizeof(text)) {
        rev.len = sizeof(text) - 1;             /* a number of over 100 digits: refused anyway */
    }

    gig_digest_term(kind, id, rev, term);
    json_decref(root);
}
