
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "gig_buf.h"
#include "gig_map.h"
#include "gig_time.h"


static size_t
gig_map_blank(gig_str_t text)
{
    if (memchr(" \t\r\n", text.data[0], 4)) {
        return 1;
    }

    return text.len >= 2 && memcmp(text.data, "\xc2\xa0", 2) == 0 ? 2 : 0;
}


gig_str_t
gig_map_trim(gig_str_t text)
{
    size_t  n;

    while (text.len && (n = gig_map_blank(text)) > 0) {
        text.data += n;
        text.len -= n;
    }

    while (text.len) {

        if (memchr(" \t\r\n", text.data[text.len - 1], 4)) {
            text.len--;

        } else if (text.len >= 2 && memcmp(text.data + text.len - 2, "\xc2\xa0", 2) == 0) {
            text.len -= 2;

        } else {
            break;
        }
    }

    return text;
}


static json_t *
gig_map_wrong(gig_str_t text, gig_error_t *err, const char *right)
{
    gig_error_set(err, "", "\"%.*s\": must be %s", (int) (text.len > 60 ? 60 : text.len),
                  text.data, right);

    return NULL;
}


/* Every run of blanks, line ends too, becomes one space. */
static json_t *
gig_map_line(gig_str_t text)
{
    size_t      n;
    json_t     *value;
    gig_buf_t   line;

    gig_buf_init(&line, GIG_MAP_VALUE_MAX);

    while (text.len) {
        n = gig_map_blank(text);

        if (n == 0) {
            gig_buf_add(&line, text.data, 1);
            n = 1;

        } else if (line.len && line.data[line.len - 1] != ' ') {
            gig_buf_puts(&line, " ");
        }

        text.data += n;
        text.len -= n;
    }

    value = gig_buf_failed(&line) ? NULL : json_stringn(line.data ? line.data : "", line.len);
    gig_buf_free(&line);

    return value;
}


static json_t *
gig_map_paragraphs(gig_str_t text)
{
    size_t       len;
    json_t      *value;
    gig_str_t    line;
    gig_buf_t    html;
    const char  *end;

    gig_buf_init(&html, 8 * GIG_MAP_VALUE_MAX);

    while (text.len) {
        end = memchr(text.data, '\n', text.len);
        len = end ? (size_t) (end - text.data) : text.len;
        line = gig_map_trim((gig_str_t) { text.data, len });

        if (line.len) {
            gig_buf_puts(&html, "<p>");
            gig_buf_html(&html, line);
            gig_buf_puts(&html, "</p>");
        }

        text.data += end ? len + 1 : len;
        text.len -= end ? len + 1 : len;
    }

    value = gig_buf_failed(&html) ? NULL : json_stringn(html.data ? html.data : "", html.len);
    gig_buf_free(&html);

    return value;
}


static json_t *
gig_map_integer(gig_str_t text, gig_error_t *err)
{
    size_t   i;
    int64_t  number;

    number = 0;

    for (i = 0; i < text.len && i < 12; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            break;
        }

        number = number * 10 + (text.data[i] - '0');
    }

    if (i == 0 || i < text.len) {
        return gig_map_wrong(text, err, "a whole number");
    }

    return json_integer(number);
}


/*
 * An amount with a sign of currency and separators as people type them: the
 * last of . and , is the decimal one if one or two digits follow it.
 */
static json_t *
gig_map_money(gig_str_t text, gig_error_t *err)
{
    char      c;
    size_t    i, digits, point;
    int64_t   number;
    unsigned  decimals;

    point = text.len;

    for (i = text.len; i > 0 && text.len - i < 3; i--) {
        c = text.data[i - 1];

        if ((c == '.' || c == ',') && i < text.len) {
            point = i - 1;
            break;
        }
    }

    number = 0;
    digits = 0;
    decimals = 0;

    for (i = 0; i < text.len; i++) {
        c = text.data[i];

        if (c >= '0' && c <= '9') {
            number = number * 10 + (c - '0');
            decimals += (i > point);

            if (++digits > 12) {
                break;
            }

        } else if (i == point || c == '.' || c == ',' || c == ' ' || c == '\'') {
            continue;

        } else if (c == '-' || (digits > 0 && point < i && c == '%')) {
            digits = 0;
            break;
        }
    }

    if (digits == 0 || digits > 12) {
        return gig_map_wrong(text, err, "an amount, as 500 or 1,500.50");
    }

    for ( /* void */ ; decimals < 2; decimals++) {
        number *= 10;
    }

    return json_integer(number);
}


static json_t *
gig_map_boolean(gig_str_t text, gig_error_t *err)
{
    size_t                    i;
    static const char *const  words[] = {
        "no", "yes", "false", "true", "0", "1", "n", "y", "off", "on"
    };

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strlen(words[i]) == text.len && strncasecmp(words[i], text.data, text.len) == 0) {
            return json_boolean(i % 2);
        }
    }

    return gig_map_wrong(text, err, "yes or no");
}


/* Up to max numbers separated by anything but digits; returns how many, rest after the last. */
static unsigned
gig_map_numbers(gig_str_t *text, unsigned max, unsigned number[], unsigned digits[])
{
    unsigned  n;

    n = 0;

    while (n < max && text->len && text->data[0] >= '0' && text->data[0] <= '9') {
        number[n] = 0;
        digits[n] = 0;

        while (text->len && text->data[0] >= '0' && text->data[0] <= '9' && digits[n] < 5) {
            number[n] = number[n] * 10 + (unsigned) (text->data[0] - '0');
            digits[n]++;
            text->data++;
            text->len--;
        }

        n++;

        if (n < max && text->len && memchr("-./:", text->data[0], 4)) {
            text->data++;
            text->len--;
        }
    }

    return n;
}


/* A day in the mapping's order as "2026-09-30" at out; text is left after it.  -1: none. */
static int
gig_map_day(gig_map_order_t order, gig_str_t *text, char out[16])
{
    int64_t   days;
    unsigned  number[3], digits[3], year, month, day;

    if (gig_map_numbers(text, 3, number, digits) != 3) {
        return -1;
    }

    /* Four digits first are a year whatever the order. */
    if (digits[0] == 4 || order == GIG_MAP_YMD) {
        year = number[0];
        month = number[1];
        day = number[2];

    } else if (order == GIG_MAP_DMY) {
        day = number[0];
        month = number[1];
        year = number[2];

    } else {
        month = number[0];
        day = number[1];
        year = number[2];
    }

    if (year < 1000 || year > 9999 || month > 12 || day > 31) {
        return -1;
    }

    snprintf(out, 16, "%04u-%02u-%02u", year, month, day);

    return gig_date_parse((gig_str_t) { out, 10 }, &days);
}


static json_t *
gig_map_date(const gig_map_t *map, gig_str_t text, gig_error_t *err)
{
    char       day[16];
    gig_str_t  rest;

    rest = text;

    if (gig_map_day(map->order, &rest, day) == -1) {
        return gig_map_wrong(text, err, "a day, as 2026-09-30; [dates] order = dmy or mdy tells "
                             "another order");
    }

    return json_string(day);
}


/*
 * RFC 3339 as it is; a day with or without a time gets the mapping's offset.  A
 * day alone is its first second; who closes on a day wants its last, and says so
 * with "{closes} 23:59:59".
 */
static json_t *
gig_map_time(const gig_map_t *map, gig_str_t text, gig_error_t *err)
{
    char       day[16], time[48];
    int64_t    ms;
    unsigned   n, clock[3] = { 0, 0, 0 }, digits[3];
    gig_str_t  rest;

    if (gig_time_parse(text, &ms) == 0) {
        return json_stringn(text.data, text.len);
    }

    rest = text;

    if (gig_map_day(map->order, &rest, day) == -1) {
        goto wrong;
    }

    if (rest.len && (rest.data[0] == 'T' || rest.data[0] == ' ')) {
        rest.data++;
        rest.len--;
        rest = gig_map_trim(rest);
        n = gig_map_numbers(&rest, 3, clock, digits);

        if (n < 2) {
            goto wrong;
        }
    }

    if (rest.len || clock[0] > 23 || clock[1] > 59 || clock[2] > 59) {
        goto wrong;
    }

    snprintf(time, sizeof(time), "%sT%02u:%02u:%02u%s", day, clock[0], clock[1], clock[2],
             map->offset);

    if (gig_time_parse((gig_str_t) { time, strlen(time) }, &ms) == -1) {
        goto wrong;
    }

    return json_string(time);

wrong:

    return gig_map_wrong(text, err, "a time, as 2026-09-30T23:59:59-05:00 or 2026-09-30 23:59");
}


/* "McLean, VA" is a town and its region; any other text is a town. */
static json_t *
gig_map_place(gig_str_t text)
{
    size_t  town;

    town = text.len > 4 ? text.len - 4 : 0;

    if (town && text.data[town] == ',' && text.data[town + 1] == ' '
        && text.data[town + 2] >= 'A' && text.data[town + 2] <= 'Z'
        && text.data[town + 3] >= 'A' && text.data[town + 3] <= 'Z')
    {
        return json_pack("{s:s%,s:s%}", "addressLocality", text.data, town, "addressRegion",
                         text.data + town + 2, (size_t) 2);
    }

    return json_pack("{s:s%}", "addressLocality", text.data, text.len);
}


/* "US" or "US United States". */
static json_t *
gig_map_region(gig_str_t text, gig_error_t *err)
{
    gig_str_t  name;

    if (text.len < 2 || text.data[0] < 'A' || text.data[0] > 'Z' || text.data[1] < 'A'
        || text.data[1] > 'Z' || (text.len > 2 && text.data[2] != ' '))
    {
        return gig_map_wrong(text, err, "a country's code of two letters, then its name if wanted, "
                             "as US or US United States");
    }

    name = gig_map_trim((gig_str_t) { text.data + 2, text.len - 2 });

    if (name.len == 0) {
        name = (gig_str_t) { text.data, 2 };
    }

    return json_pack("{s:s,s:s%,s:s%}", "type", "Country", "code", text.data, (size_t) 2,
                     "name", name.data, name.len);
}


json_t *
gig_map_value(const gig_map_t *map, gig_map_kind_t kind, gig_str_t text, gig_error_t *err)
{
    json_t  *value;

    if (err) {
        err->detail[0] = '\0';
    }

    value = NULL;

    switch (kind) {

    case GIG_MAP_ID:
    case GIG_MAP_TEXT:
    case GIG_MAP_TEXTS:
        value = gig_map_line(text);
        break;

    case GIG_MAP_LINES:
        value = json_stringn(text.data, text.len);
        break;

    case GIG_MAP_PARAGRAPHS:
        value = gig_map_paragraphs(text);
        break;

    case GIG_MAP_INTEGER:
        value = gig_map_integer(text, err);
        break;

    case GIG_MAP_MONEY:
        value = gig_map_money(text, err);
        break;

    case GIG_MAP_BOOLEAN:
        value = gig_map_boolean(text, err);
        break;

    case GIG_MAP_TIME:
        value = gig_map_time(map, text, err);
        break;

    case GIG_MAP_DATE:
        value = gig_map_date(map, text, err);
        break;

    case GIG_MAP_SKILLS:
        value = json_pack("{s:s%}", "name", text.data, text.len);
        break;

    case GIG_MAP_STEPS:
        value = json_pack("{s:s%}", "text", text.data, text.len);
        break;

    case GIG_MAP_PLACES:
        value = gig_map_place(text);
        break;

    case GIG_MAP_REGIONS:
        value = gig_map_region(text, err);
        break;
    }

    if (value == NULL && err && err->detail[0] == '\0') {
        gig_error_set(err, "", "too long, or no UTF-8");
    }

    return value;
}
