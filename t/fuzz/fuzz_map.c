
/*
 * A mapping is typed by hand and meets rows that were typed by hand.  Whatever
 * stands in either, a row becomes a record or an error in words, and the same
 * record every time: a second import must change nothing.
 *
 * The input: lines "[section]", "name = value" and " more of the value", an empty
 * line, then the header and the rows of a table, cells separated by tabs.
 */

#include <stdlib.h>
#include <string.h>

#include "gig_json.h"
#include "gig_map.h"
#include "gig_record.h"

#define GIG_FUZZ_NAME   128                     /* bytes, as inih has them */
#define GIG_FUZZ_CELLS  64


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


/* The next line, without its end; 0: there is none. */

static int
gig_fuzz_line(gig_str_t *text, gig_str_t *line)
{
    const char  *end;

    if (text->len == 0) {
        return 0;
    }

    end = memchr(text->data, '\n', text->len);
    line->data = text->data;
    line->len = end == NULL ? text->len : (size_t) (end - text->data);

    text->data += line->len + (end != NULL);
    text->len -= line->len + (end != NULL);

    return 1;
}


static void
gig_fuzz_text(char *to, size_t size, gig_str_t from)
{
    size_t  n;

    n = from.len < size - 1 ? from.len : size - 1;

    if (n != 0) {
        memcpy(to, from.data, n);
    }

    to[n] = '\0';
}


static size_t
gig_fuzz_cells(gig_str_t line, gig_str_t cell[GIG_FUZZ_CELLS])
{
    size_t       n;
    const char  *end;

    for (n = 0; n < GIG_FUZZ_CELLS; n++) {
        end = line.len != 0 ? memchr(line.data, '\t', line.len) : NULL;
        cell[n] = line;

        if (end == NULL) {
            return n + 1;
        }

        cell[n].len = (size_t) (end - line.data);
        line.len -= cell[n].len + 1;
        line.data = end + 1;
    }

    return n;
}


/* The lines up to an empty one, as inih would hand them over. */

static void
gig_fuzz_mapping(gig_map_t *map, gig_str_t *text)
{
    int          more;
    char         section[GIG_FUZZ_NAME], name[GIG_FUZZ_NAME], value[2 * GIG_MAP_VALUE_MAX];
    gig_str_t    line, part;
    const char  *equals;
    gig_error_t  err;

    section[0] = '\0';
    name[0] = '\0';

    while (gig_fuzz_line(text, &line) && line.len != 0) {

        if (line.data[0] == '[') {
            part = (gig_str_t) { line.data + 1, line.len - 1 };
            part.len -= part.len != 0 && part.data[part.len - 1] == ']';
            gig_fuzz_text(section, sizeof(section), part);
            continue;
        }

        more = line.data[0] == ' ';
        equals = memchr(line.data, '=', line.len);

        if (!more && equals != NULL) {
            part = (gig_str_t) { line.data, (size_t) (equals - line.data) };
            gig_fuzz_text(name, sizeof(name), gig_map_trim(part));
            line.len -= part.len + 1;
            line.data = equals + 1;
        }

        gig_fuzz_text(value, sizeof(value), gig_map_trim(line));
        err.detail[0] = '\0';

        if (gig_map_set(map, section, name, value, more, &err) != 0 && err.detail[0] == '\0') {
            abort();
        }
    }
}


static void
gig_fuzz_row(const gig_map_t *map, const gig_str_t *column, const gig_str_t *cell, size_t n)
{
    json_t        *record, *again;
    gig_buf_t      json;
    gig_errors_t   errors;
    gig_record_t   gig;

    errors.count = 0;
    record = gig_map_apply(map, column, cell, n, &errors);

    if (record == NULL) {
        if (errors.count == 0 || errors.error[0].detail[0] == '\0') {
            abort();
        }

        return;
    }

    again = gig_map_apply(map, column, cell, n, &errors);

    if (again == NULL || !json_equal(record, again)) {
        abort();
    }

    gig_buf_init(&json, 4 * GIG_RECORD_MAX);
    gig_json_canonical(record, &json);

    if (!gig_buf_failed(&json)) {
        (void) gig_record_read((gig_str_t) { json.data, json.len }, &gig, &errors);
        gig_record_free(&gig);
    }

    gig_buf_free(&json);
    json_decref(again);
    json_decref(record);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t        i, n;
    gig_map_t     map;
    gig_str_t     text, line, column[GIG_FUZZ_CELLS], cell[GIG_FUZZ_CELLS];
    gig_error_t   err;

    text = (gig_str_t) { (const char *) data, size };

    if (gig_map_init(&map) != 0) {
        abort();
    }

    gig_fuzz_mapping(&map, &text);

    if (!gig_fuzz_line(&text, &line)) {
        gig_map_free(&map);
        return 0;
    }

    n = gig_fuzz_cells(line, column);

    if (json_object_size(map.record) == 0) {
        (void) gig_map_identity(&map, column, n, &err);
    }

    if (gig_map_columns(&map, column, n, &err) == 0) {

        while (gig_fuzz_line(&text, &line)) {
            for (i = gig_fuzz_cells(line, cell); i < n; i++) {
                cell[i] = gig_null_str;
            }

            gig_fuzz_row(&map, column, cell, n);
        }
    }

    gig_map_free(&map);

    return 0;
}
