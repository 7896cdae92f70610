
/* The normal form of an answer that is a text, and what a text of each type must be. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <utf8proc.h>

#include "gig_answers.h"
#include "gig_json.h"
#include "gig_pattern.h"
#include "gig_time.h"
#include "gig_url.h"
#include "gig_utf8.h"

/*
 * Combining marks in a row, as in UAX #15's stream-safe text.  utf8proc sorts
 * them pair by pair: thousands in a row would cost seconds.
 */
#define GIG_MARKS_MAX       30

#define GIG_TEL_MAX         40

#define GIG_ANSWER_BLANKS   " \t\n"         /* after CR was made LF */


static int  gig_answer_shape(const gig_field_t *field, gig_str_t s, const char *pointer,
                             gig_errors_t *errors);
static int  gig_answer_tel(gig_str_t s);
static int  gig_answer_has_url(gig_str_t s);
static int  gig_answer_range(const gig_field_t *field, const char *s, const char *pointer,
                             gig_errors_t *errors);
static int  gig_answer_pattern(const gig_field_t *field, gig_str_t s, const char *pointer,
                               gig_errors_t *errors);
static int  gig_answer_normal(gig_str_t s, gig_buf_t *out);
static int  gig_answer_plain(gig_str_t s);


json_t *
gig_answer_text(const gig_field_t *field, const json_t *value, const char *pointer,
    gig_errors_t *errors)
{
    int          plain;
    char        *domain, number[GIG_NUMBER_SIZE];
    size_t       length, limit;
    json_t      *result;
    gig_str_t    s, raw;
    gig_buf_t    out;

    result = NULL;
    gig_buf_init(&out, 4 * GIG_BODY_MAX);

    if (value == NULL || json_is_null(value)) {
        return gig_answer_missing(field, pointer, errors);
    }

    if (!json_is_string(value)) {
        (void) gig_answers_say(errors, pointer, field->type == GIG_FIELD_NUMBER
                               ? GIG_SAY_ANSWER_NUMBER
                               : field->type == GIG_FIELD_SELECT ? GIG_SAY_ANSWER_OPTION
                                                                 : GIG_SAY_ANSWER_TEXT);
        goto done;
    }

    raw = gig_json_text(value);
    limit = field->max_length != 0 ? field->max_length : GIG_ANSWER_MAX;
    plain = gig_answer_plain(raw);

    if (raw.len > GIG_BODY_MAX
        || (plain ? raw.len : gig_utf8_length(raw)) > 2 * (size_t) GIG_ANSWER_MAX)
    {
        (void) gig_answers_say_n(errors, pointer, GIG_SAY_ANSWER_SHORTEN, limit, 0);
        goto done;
    }

    s = raw;

    if (plain) {
        s = gig_str_trim(raw, GIG_ANSWER_BLANKS);   /* where it is: most answers need no copy */

    } else if (gig_answer_normal(raw, &out) == 0) {
        s = gig_buf_view(&out);

    } else {
        out.failed = 1;
    }

    if (gig_buf_failed(&out) || !gig_utf8_clean(s, field->type == GIG_FIELD_TEXTAREA)) {
        (void) gig_answers_say(errors, pointer, field->type == GIG_FIELD_TEXTAREA
                               ? GIG_SAY_ANSWER_UNSEEN : GIG_SAY_ANSWER_ONE_LINE);
        goto done;
    }

    if (s.len == 0) {
        (void) gig_answer_missing(field, pointer, errors);
        goto done;
    }

    length = plain ? s.len : gig_utf8_length(s);

    if (length > limit) {
        (void) gig_answers_say_n(errors, pointer, GIG_SAY_ANSWER_SHORTEN_HAS, limit, length);
        goto done;
    }

    if (length < field->min_length) {
        (void) gig_answers_say_n(errors, pointer, GIG_SAY_ANSWER_LENGTHEN, field->min_length,
                                 length);
        goto done;
    }

    if (gig_answer_shape(field, s, pointer, errors) != 0) {
        goto done;
    }

    if (field->type == GIG_FIELD_NUMBER) {

        if (gig_number_normal(s, number) == 0) {
            result = json_string(number);
        }

        goto made;
    }

    if (field->type == GIG_FIELD_EMAIL) {

        if (plain) {
            gig_buf_str(&out, s);
        }

        for (domain = gig_buf_failed(&out) ? NULL : memchr(out.data, '@', out.len);
             domain != NULL && domain < out.data + out.len; domain++)
        {
            *domain = (char) (*domain >= 'A' && *domain <= 'Z' ? *domain | 0x20 : *domain);
        }

        result = gig_buf_failed(&out) ? NULL : json_stringn_nocheck(out.data, out.len);

    } else if (s.data == raw.data && s.len == raw.len) {
        result = json_incref((json_t *) (uintptr_t) value);    /* it is its own normal form */

    } else {
        result = json_stringn_nocheck(s.data, s.len);        /* found clean above */
    }

made:

    if (result == NULL) {
        (void) gig_errors_add(errors, pointer, "out of memory");
    }

done:

    gig_buf_free(&out);

    return result;
}


/* 0; or -1, and told what the applicant is to do. */

static int
gig_answer_shape(const gig_field_t *field, gig_str_t s, const char *pointer, gig_errors_t *errors)
{
    char         number[GIG_NUMBER_SIZE];
    int64_t      days;
    gig_say_t    says;

    says = GIG_SAYS;

    switch (field->type) {

    case GIG_FIELD_EMAIL:
        if (!gig_email_valid(s)) {
            says = GIG_SAY_ANSWER_EMAIL;
        }

        break;

    case GIG_FIELD_URL:
        if (!gig_url_valid(s, 0)) {
            says = GIG_SAY_ANSWER_URL;
        }

        break;

    case GIG_FIELD_SELECT:
        if (gig_answer_option(field, s) < 0) {
            says = GIG_SAY_ANSWER_OPTION;
        }

        break;

    case GIG_FIELD_TEL:
        if (!gig_answer_tel(s)) {
            says = GIG_SAY_ANSWER_TEL;
        }

        break;

    case GIG_FIELD_DATE:
        if (gig_date_parse(s, &days) != 0) {
            says = GIG_SAY_ANSWER_DATE;
            break;
        }

        (void) snprintf(number, sizeof(number), "%.*s", (int) s.len, s.data);

        return gig_answer_range(field, number, pointer, errors);

    case GIG_FIELD_NUMBER:
        if (gig_number_normal(s, number) != 0) {
            says = GIG_SAY_ANSWER_NUMBER;
            break;
        }

        return gig_answer_range(field, number, pointer, errors);

    default:
        break;
    }

    if (says == GIG_SAYS && field->no_url && gig_answer_has_url(s)) {
        says = GIG_SAY_ANSWER_NO_URL;
    }

    if (says != GIG_SAYS) {
        return gig_answers_say(errors, pointer, says);
    }

    return gig_answer_pattern(field, s, pointer, errors);
}


static int
gig_answer_tel(gig_str_t s)
{
    size_t  i, digits;

    digits = 0;

    for (i = 0; i < s.len; i++) {

        if (s.data[i] >= '0' && s.data[i] <= '9') {
            digits++;

        } else if (strchr("+-() ./x#", s.data[i]) == NULL) {
            return 0;
        }
    }

    return digits >= 5 && s.len <= GIG_TEL_MAX;
}


static int
gig_answer_has_url(gig_str_t s)
{
    size_t  i;

    for (i = 0; i + 4 <= s.len; i++) {

        if (strncasecmp(s.data + i, "www.", 4) == 0
            || (i + 7 <= s.len && strncasecmp(s.data + i, "http://", 7) == 0)
            || (i + 8 <= s.len && strncasecmp(s.data + i, "https://", 8) == 0))
        {
            return 1;
        }
    }

    return 0;
}


/* s: a number in plain form, or a date. */

static int
gig_answer_range(const gig_field_t *field, const char *s, const char *pointer,
    gig_errors_t *errors)
{
    int        date, below, above;
    gig_str_t  min, max;

    date = field->type == GIG_FIELD_DATE;

    below = field->min[0] != '\0'
            && (date ? strcmp(s, field->min) : gig_number_compare(s, field->min)) < 0;
    above = field->max[0] != '\0'
            && (date ? strcmp(s, field->max) : gig_number_compare(s, field->max)) > 0;

    if (!below && !above) {
        return 0;
    }

    min = (gig_str_t) { field->min, strlen(field->min) };
    max = (gig_str_t) { field->max, strlen(field->max) };

    if (max.len == 0) {
        return gig_answers_say_with(errors, pointer, date ? GIG_SAY_ANSWER_DATE_FROM
                                    : GIG_SAY_ANSWER_NUMBER_FROM, min, gig_null_str, 0);
    }

    if (min.len == 0) {
        return gig_answers_say_with(errors, pointer, date ? GIG_SAY_ANSWER_DATE_UP_TO
                                    : GIG_SAY_ANSWER_NUMBER_UP_TO, max, gig_null_str, 0);
    }

    return gig_answers_say_with(errors, pointer, date ? GIG_SAY_ANSWER_DATE_FROM_TO
                                : GIG_SAY_ANSWER_NUMBER_FROM_TO, min, max, 0);
}


static int
gig_answer_pattern(const gig_field_t *field, gig_str_t s, const char *pointer,
    gig_errors_t *errors)
{
    const char     *wrong;
    gig_pattern_t   pattern;

    if (field->pattern.len == 0
        || (gig_pattern_read(field->pattern, &pattern, &wrong) == 0
            && gig_pattern_match(&pattern, s)))
    {
        return 0;
    }

    return gig_answers_say_with(errors, pointer, GIG_SAY_ANSWER_PATTERN, field->example,
                                gig_null_str, 0);
}


/* CRLF and CR become LF, the text is composed (NFC), blanks at both ends go. */

static int
gig_answer_normal(gig_str_t s, gig_buf_t *out)
{
    int               marks, rc;
    size_t            n;
    uint32_t          code;
    gig_str_t         rest;
    gig_buf_t         text;
    utf8proc_uint8_t *composed;
    utf8proc_ssize_t  len;

    rc = -1;
    marks = 0;
    composed = NULL;
    gig_buf_init(&text, GIG_BODY_MAX);

    for (rest = s; rest.len != 0; rest.data += n, rest.len -= n) {

        n = gig_utf8_decode(rest, &code);

        if (n == 0 || code == 0) {
            goto done;
        }

        marks = utf8proc_get_property((utf8proc_int32_t) code)->combining_class != 0
                ? marks + 1 : 0;

        if (marks > GIG_MARKS_MAX) {
            goto done;
        }

        if (code == '\r') {
            gig_buf_puts(&text, "\n");
            n += rest.len > 1 && rest.data[1] == '\n' ? 1 : 0;

        } else {
            gig_buf_add(&text, rest.data, n);
        }
    }

    if (text.len != 0) {

        len = utf8proc_map((const utf8proc_uint8_t *) text.data, (utf8proc_ssize_t) text.len,
                           &composed, (utf8proc_option_t) (UTF8PROC_STABLE | UTF8PROC_COMPOSE));
        if (len < 0) {
            goto done;
        }

        gig_buf_str(out, gig_str_trim((gig_str_t) { (const char *) composed, (size_t) len },
                                      GIG_ANSWER_BLANKS));
    }

    rc = gig_buf_failed(&text) || gig_buf_failed(out) ? -1 : 0;

done:

    free(composed);
    gig_buf_free(&text);

    return rc;
}


/* ASCII without NUL and CR: composed as it is. */

static int
gig_answer_plain(gig_str_t s)
{
    size_t         i;
    unsigned char  c;

    for (i = 0; i < s.len; i++) {

        i += gig_utf8_plain((gig_str_t) { s.data + i, s.len - i });
        c = i < s.len ? (unsigned char) s.data[i] : ' ';

        if (c == '\0' || c == '\r' || c >= 0x80) {
            return 0;
        }
    }

    return 1;
}
