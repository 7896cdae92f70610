
#include <stdio.h>
#include <string.h>

#include "gig_json.h"
#include "gig_record.h"
#include "gig_record_check.h"
#include "gig_record_member.h"
#include "gig_slug.h"
#include "gig_url.h"
#include "gig_utf8.h"

#define GIG_SHOWN           64                  /* bytes of a wrong value that are shown */
#define GIG_ID_RESERVED     "receipts"


static void  gig_check_object(const json_t *object, const gig_member_t *members,
                              const char *pointer, gig_errors_t *errors);
static void  gig_check_value(const json_t *value, const gig_member_t *member,
                             const char *pointer, gig_errors_t *errors);
static void  gig_check_text(const json_t *value, const gig_member_t *member,
                            const char *pointer, gig_errors_t *errors);
static void  gig_check_list(const json_t *value, const gig_member_t *member,
                            const char *pointer, gig_errors_t *errors);
static void  gig_check_number(const json_t *value, const gig_member_t *member,
                              const char *pointer, gig_errors_t *errors);
static void  gig_check_one_of(const json_t *value, const gig_member_t *member,
                              const char *pointer, gig_errors_t *errors);
static const char  *gig_check_shape(gig_is_t is, gig_str_t s);
static void  gig_check_free(const json_t *value, const char *pointer, gig_errors_t *errors);
static void  gig_check_pay(const json_t *root, gig_errors_t *errors);
static void  gig_check_times(const json_t *root, gig_errors_t *errors);
static const char  *gig_shown(const json_t *value, char out[GIG_SHOWN]);


void
gig_record_check(const json_t *root, gig_errors_t *errors)
{
    const json_t  *location, *regions;

    gig_check_object(root, gig_record_members, "", errors);

    /* the one word an id could be that stands for something else in addresses */

    if (gig_str_is(gig_json_str(root, "id"), GIG_ID_RESERVED)) {
        (void) gig_errors_add(errors, "/id", "\"%s\" is reserved, the addresses of receipts begin "
                              "with it; any other id will do", GIG_ID_RESERVED);
    }

    location = json_object_get(root, "location");
    regions = json_object_get(location, "applicant_regions");

    if (gig_str_is(gig_json_str(location, "mode"), "remote")
        && (regions == NULL || json_is_null(regions)
            || (json_is_array(regions) && json_array_size(regions) == 0)))
    {
        (void) gig_errors_add(errors, "/location/applicant_regions",
                              "is missing; remote work needs the regions people may apply from, "
                              "such as [{\"type\":\"Country\",\"code\":\"US\"}]");
    }

    gig_check_pay(root, errors);
    gig_check_times(root, errors);
}


static void
gig_check_object(const json_t *object, const gig_member_t *members, const char *pointer,
    gig_errors_t *errors)
{
    char                 where[GIG_POINTER_SIZE];
    const json_t        *value;
    const gig_member_t  *member;

    for (member = members; member->name != NULL; member++) {

        (void) snprintf(where, sizeof(where), "%.80s/%.40s", pointer, member->name);
        value = json_object_get(object, member->name);

        if (value != NULL && !json_is_null(value)) {
            gig_check_value(value, member, where, errors);
            continue;
        }

        if (!member->required) {
            continue;
        }

        if (member->names != NULL) {
            gig_check_one_of(NULL, member, where, errors);

        } else {
            (void) gig_errors_add(errors, where, "is missing; it is required");
        }
    }
}


static void
gig_check_value(const json_t *value, const gig_member_t *member, const char *pointer,
    gig_errors_t *errors)
{
    char  shown[GIG_SHOWN];

    switch (member->is) {

    case GIG_IS_NUMBER:
    case GIG_IS_MONEY:
        gig_check_number(value, member, pointer, errors);
        return;

    case GIG_IS_BOOLEAN:
        if (!json_is_boolean(value)) {
            (void) gig_errors_add(errors, pointer, "%s is not true or false (without quotes)",
                                  gig_shown(value, shown));
        }
        return;

    case GIG_IS_OBJECT:
        if (!json_is_object(value)) {
            (void) gig_errors_add(errors, pointer, "%s is no object; one in {} is wanted",
                                  gig_shown(value, shown));

        } else if (member->members != NULL) {
            gig_check_object(value, member->members, pointer, errors);

        } else {
            gig_check_free(value, pointer, errors);
        }
        return;

    case GIG_IS_LIST:
        gig_check_list(value, member, pointer, errors);
        return;

    case GIG_IS_ONE_OF:
        gig_check_one_of(value, member, pointer, errors);
        return;

    case GIG_IS_ANY:
        if (!json_is_object(value)) {
            (void) gig_errors_add(errors, pointer, "%s is no object; one in {} is wanted",
                                  gig_shown(value, shown));
        }
        return;

    default:
        gig_check_text(value, member, pointer, errors);
        return;
    }
}


static void
gig_check_text(const json_t *value, const gig_member_t *member, const char *pointer,
    gig_errors_t *errors)
{
    int          lines;
    char         shown[GIG_SHOWN];
    gig_str_t    s;
    const char  *wrong;

    if (!json_is_string(value)) {
        (void) gig_errors_add(errors, pointer, "%s is no text; one in quotes is wanted",
                              gig_shown(value, shown));
        return;
    }

    s = gig_json_text(value);

    if (member->is != GIG_IS_LINE && member->is != GIG_IS_LINES) {

        wrong = gig_check_shape(member->is, s);

        if (wrong != NULL) {
            (void) gig_errors_add(errors, pointer, "%s %s", gig_shown(value, shown), wrong);
        }

        return;
    }

    lines = member->is == GIG_IS_LINES;

    if (gig_utf8_length(s) > (size_t) member->max) {
        (void) gig_errors_add(errors, pointer, "has %zu characters; at most %lld are allowed",
                              gig_utf8_length(s), (long long) member->max);
        return;
    }

    /* HTML is cleaned when it is read; what a browser cannot show is taken out there */

    if (strcmp(member->name, "description_html") != 0 && !gig_utf8_clean(s, lines)) {
        (void) gig_errors_add(errors, pointer,
                              "holds characters that cannot be seen (controls%s, or such that turn "
                              "the direction of text); take them out",
                              lines ? "" : ", line breaks");
        return;
    }

    if (s.len < (size_t) member->min || (member->min != 0 && strspn(s.data, " ") == s.len)) {
        (void) gig_errors_add(errors, pointer, "is empty; it is required");
    }
}


/* NULL, or what is wrong and what would be right. */

static const char *
gig_check_shape(gig_is_t is, gig_str_t s)
{
    size_t   i, part;
    int64_t  value;

    switch (is) {

    case GIG_IS_ID:
        return gig_id_valid(s)
               ? NULL : "is no id; 1 to 40 letters, digits, - and _ such as g_01JB2Q8Z7M4Y";

    case GIG_IS_SLUG:
        return gig_slug_valid(s)
               ? NULL : "is no slug; up to 120 small letters, digits and - such as pricing-scan";

    case GIG_IS_REV:
        for (i = 0; i < s.len; i++) {
            if (s.data[i] <= ' ' || s.data[i] > '~' || strchr("\"\\,:", s.data[i]) != NULL) {
                break;
            }
        }

        return s.len != 0 && s.len < GIG_REV_SIZE && i == s.len
               ? NULL : "is no rev; up to 79 plain characters, or leave it out and it is computed";

    case GIG_IS_TIME:
        return gig_time_parse(s, &value) == 0
               ? NULL : "is no time; RFC 3339 with an offset such as 2026-09-30T23:59:59-05:00";

    case GIG_IS_DATE:
        return gig_date_parse(s, &value) == 0
               ? NULL : "is no date; year, month, day such as 2026-10-26";

    case GIG_IS_ZONE:
        return gig_zone_name_valid(s)
               ? NULL : "is no time zone; an IANA name such as America/Chicago";

    case GIG_IS_LANGUAGE:
        part = 0;

        for (i = 0; i < s.len; i++) {

            if (s.data[i] == '-' && part != 0 && (i > 3 || part > 1)) {
                part = 0;
                continue;
            }

            if (++part > 8
                || !((s.data[i] >= 'a' && s.data[i] <= 'z')
                     || (s.data[i] >= 'A' && s.data[i] <= 'Z')
                     || (i > 1 && s.data[i] >= '0' && s.data[i] <= '9')))
            {
                break;
            }
        }

        return s.len >= 2 && s.len <= 35 && i == s.len && part != 0
               ? NULL : "is no language; a BCP 47 tag such as en or pt-BR";

    case GIG_IS_CURRENCY:
        for (i = 0; i < s.len && s.data[i] >= 'A' && s.data[i] <= 'Z'; i++) {
            /* void */
        }

        return s.len == 3 && i == 3
               ? NULL : "is no ISO 4217 code; three capital letters such as USD";

    case GIG_IS_URL:
        return gig_url_valid(s, 0)
               ? NULL : "is no web address; one that begins with https:// or http://";

    case GIG_IS_CONTACT:
        return gig_url_valid(s, 1) || gig_email_valid(s)
               ? NULL : "is no address; one such as https://..., mailto:... or name@example.edu";

    default:
        return NULL;
    }
}


static void
gig_check_list(const json_t *value, const gig_member_t *member, const char *pointer,
    gig_errors_t *errors)
{
    char           where[GIG_POINTER_SIZE], shown[GIG_SHOWN];
    size_t         i;
    gig_member_t   line;
    const json_t  *element;

    if (!json_is_array(value)) {
        (void) gig_errors_add(errors, pointer, "%s is no list; one in [] is wanted",
                              gig_shown(value, shown));
        return;
    }

    if (json_array_size(value) > GIG_LIST_MAX) {
        (void) gig_errors_add(errors, pointer, "has %zu elements; at most %d are allowed",
                              json_array_size(value), GIG_LIST_MAX);
        return;
    }

    line = (gig_member_t) { "", GIG_IS_LINES, 0, 1, member->max, NULL, NULL };

    for (i = 0; i < json_array_size(value); i++) {

        element = json_array_get(value, i);
        (void) snprintf(where, sizeof(where), "%.100s/%zu", pointer, i);

        if (member->members == NULL) {
            gig_check_text(element, &line, where, errors);

        } else if (json_is_object(element)) {
            gig_check_object(element, member->members, where, errors);

        } else {
            (void) gig_errors_add(errors, where, "%s is no object; one in {} is wanted",
                                  gig_shown(element, shown));
        }
    }
}


static void
gig_check_number(const json_t *value, const gig_member_t *member, const char *pointer,
    gig_errors_t *errors)
{
    char     shown[GIG_SHOWN];
    int64_t  n, min, max;

    if (!json_is_integer(value)) {
        (void) gig_errors_add(errors, pointer, "%s is no whole number%s", gig_shown(value, shown),
                              member->is == GIG_IS_MONEY
                              ? "; money is given in minor units, 500 dollars as 50000"
                              : " (without quotes)");
        return;
    }

    n = json_integer_value(value);
    min = member->is == GIG_IS_MONEY ? 0 : member->min;
    max = member->is == GIG_IS_MONEY ? GIG_MINOR_MAX : member->max;

    if (n < min || n > max) {
        (void) gig_errors_add(errors, pointer, "%lld is out of range; %lld to %lld", (long long) n,
                              (long long) min, (long long) max);
    }
}


/* value NULL: it is missing. */

static void
gig_check_one_of(const json_t *value, const gig_member_t *member, const char *pointer,
    gig_errors_t *errors)
{
    char         shown[GIG_SHOWN], names[GIG_DETAIL_SIZE];
    size_t       n, len;
    gig_str_t    s;
    const char  *near;

    s = gig_null_str;
    len = 0;
    names[0] = '\0';

    if (json_is_string(value)) {
        s = gig_json_text(value);
    }

    for (n = 0; member->names[n] != NULL; n++) {

        if (s.data != NULL && gig_str_is(s, member->names[n])) {
            return;
        }

        if (len < sizeof(names)) {
            len += (size_t) snprintf(names + len, sizeof(names) - len, "%s%s", n == 0 ? "" : ", ",
                                     member->names[n]);
        }
    }

    if (value == NULL) {
        (void) gig_errors_add(errors, pointer, "is missing; it is required, %s%s",
                              n > 1 ? "one of " : "", names);
        return;
    }

    near = gig_nearest(s, member->names, n);

    (void) gig_errors_add(errors, pointer, "%s is not known; %s%s%s%s%s", gig_shown(value, shown),
                          near != NULL ? "did you mean " : "", near != NULL ? near : "",
                          near != NULL ? "? " : "",
                          n == 1 ? "" : near != NULL ? "One of " : "one of ", names);
}


/* Any value: texts are clean and of a length.  Depth is bounded by the parser. */

static void
gig_check_free(const json_t *value, const char *pointer, gig_errors_t *errors)
{
    char        where[GIG_POINTER_SIZE];
    void       *iter;
    size_t      i;
    json_t     *from;
    gig_str_t   name;

    static const gig_member_t  text = {
        "", GIG_IS_LINES, 0, 0, GIG_TEXT_MAX_LENGTH, NULL, NULL
    };

    if (json_is_string(value)) {
        gig_check_text(value, &text, pointer, errors);
        return;
    }

    for (i = 0; i < json_array_size(value); i++) {
        (void) snprintf(where, sizeof(where), "%.100s/%zu", pointer, i);
        gig_check_free(json_array_get(value, i), where, errors);
    }

    from = (json_t *) (uintptr_t) value;

    for (iter = json_object_iter(from); iter != NULL; iter = json_object_iter_next(from, iter)) {

        name.data = json_object_iter_key(iter);
        name.len = strlen(name.data);

        (void) snprintf(where, sizeof(where), "%.80s/%.40s", pointer,
                        gig_utf8_clean(name, 0) ? name.data : "?");

        gig_check_free(json_object_iter_value(iter), where, errors);
    }
}


static void
gig_check_pay(const json_t *root, gig_errors_t *errors)
{
    gig_str_t      type;
    const json_t  *pay, *work, *min, *max;

    pay = json_object_get(root, "pay");
    type = gig_json_str(pay, "type");
    min = json_object_get(pay, "min_minor");
    max = json_object_get(pay, "max_minor");

    if (type.data == NULL || !json_is_object(pay)) {
        return;
    }

    if (gig_str_is(type, "unpaid")) {

        if (json_integer_value(min) != 0 || json_integer_value(max) != 0) {
            (void) gig_errors_add(errors, "/pay/type",
                                  "is unpaid but an amount is given; leave the amount out or say "
                                  "fixed, hourly or range");
        }

    } else {

        if (gig_json_str(pay, "currency").data == NULL) {
            (void) gig_errors_add(errors, "/pay/currency",
                                  "is missing; the ISO 4217 code such as USD");
        }

        if (min == NULL || json_is_null(min)) {
            (void) gig_errors_add(errors, "/pay/min_minor",
                                  "is missing; the amount in minor units, 500 dollars as 50000");
        }

        if (json_is_integer(min) && json_is_integer(max)
            && json_integer_value(max) < json_integer_value(min))
        {
            (void) gig_errors_add(errors, "/pay/max_minor", "%lld is less than min_minor, %lld",
                                  (long long) json_integer_value(max),
                                  (long long) json_integer_value(min));
        }

        if (gig_str_is(type, "hourly") && gig_json_str(pay, "unit").data != NULL
            && !gig_str_is(gig_json_str(pay, "unit"), "hour"))
        {
            (void) gig_errors_add(errors, "/pay/unit", "is not hour, but the pay is hourly");
        }
    }

    work = json_object_get(root, "work");
    min = json_object_get(work, "hours_min");
    max = json_object_get(work, "hours_max");

    if (json_is_integer(min) && json_is_integer(max)
        && json_integer_value(max) < json_integer_value(min))
    {
        (void) gig_errors_add(errors, "/work/hours_max", "%lld is less than hours_min, %lld",
                              (long long) json_integer_value(max),
                              (long long) json_integer_value(min));
    }
}


static void
gig_check_times(const json_t *root, gig_errors_t *errors)
{
    int64_t        from, to;
    const json_t  *work;

    if (gig_time_parse(gig_json_str(root, "opens_at"), &from) == 0
        && gig_time_parse(gig_json_str(root, "closes_at"), &to) == 0 && to <= from)
    {
        (void) gig_errors_add(errors, "/closes_at", "is not after opens_at; nobody could apply");
    }

    work = json_object_get(root, "work");

    if (gig_date_parse(gig_json_str(work, "start_by"), &from) == 0
        && gig_date_parse(gig_json_str(work, "due_by"), &to) == 0 && to < from)
    {
        (void) gig_errors_add(errors, "/work/due_by", "is before start_by");
    }
}


/* A wrong value for a message: cut, and without what could upset a terminal. */

static const char *
gig_shown(const json_t *value, char out[GIG_SHOWN])
{
    size_t     len;
    gig_str_t  s;

    if (json_is_integer(value)) {
        (void) snprintf(out, GIG_SHOWN, "%lld", (long long) json_integer_value(value));
        return out;
    }

    if (json_is_real(value)) {
        (void) snprintf(out, GIG_SHOWN, "%g", json_real_value(value));
        return out;
    }

    if (!json_is_string(value)) {
        return json_is_object(value) ? "an object" : json_is_array(value) ? "a list"
               : json_is_true(value) ? "true" : json_is_false(value) ? "false" : "null";
    }

    s = gig_json_text(value);

    if (s.len == 0) {
        return "an empty text";
    }

    if (!gig_utf8_clean(s, 0)) {
        return "a text with characters that cannot be seen";
    }

    len = gig_utf8_cut(s, 40);
    (void) snprintf(out, GIG_SHOWN, "'%.*s%s'", (int) len, s.data, len < s.len ? "..." : "");

    return out;
}
