
/* Strict reading and canonical writing of JSON, on jansson. */

#ifndef GIG_JSON_H
#define GIG_JSON_H

#include <jansson.h>

#include "gig_base.h"
#include "gig_buf.h"

#define GIG_JSON_DEPTH_MAX      16

/*
 * Parses all of data: at most max_size bytes, nested at most max_depth (checked
 * before jansson, whose own limit is 2048), no duplicate names, valid UTF-8, no
 * NUL in strings.  Returns a new reference or NULL with err set (the pointer of
 * err is "" and its detail says line and column).
 */
json_t *gig_json_parse(gig_str_t data, size_t max_size, unsigned max_depth, gig_error_t *err);

/*
 * RFC 8785 for what our records hold: members sorted, no blanks, integers as
 * they are, reals in shortest round-trip form, only " \ and controls escaped.
 */
void gig_json_canonical(const json_t *value, gig_buf_t *out);

/*
 * Its parts, where a tree need not be built to be written.  A string must be valid UTF-8; members
 * are sorted in place and written as an object.
 */
typedef struct {
    gig_str_t      name;
    const json_t  *value;
} gig_json_member_t;

void gig_json_canonical_string(gig_str_t s, gig_buf_t *out);
void gig_json_canonical_members(gig_json_member_t *members, size_t n, gig_buf_t *out);

/*
 * Views, or gig_null_str if absent, null or no string: of a string; of an object's member; of what
 * is a string or else an object with that member.
 */
gig_str_t gig_json_text(const json_t *value);
gig_str_t gig_json_str(const json_t *object, const char *name);
gig_str_t gig_json_item(const json_t *value, const char *name);

#endif /* GIG_JSON_H */
