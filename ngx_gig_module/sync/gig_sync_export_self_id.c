
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "gig_csv.h"
#include "gig_json.h"
#include "gig_self_id.h"
#include "gig_sync_export_self_id.h"

#define GIG_EXPORT_ALL      (4 * 1024 * 1024)   /* bytes of what is told: it is counts alone */


static int
gig_export_count(json_t *counts, const char *value)
{
    return json_object_set_new(counts, value,
                               json_integer(json_integer_value(json_object_get(counts, value))
                                            + 1));
}


/* A member of an object that is an object itself, made if it is not there. */
static json_t *
gig_export_inner(json_t *object, const char *name)
{
    json_t  *inner;

    inner = json_object_get(object, name);

    if (inner == NULL && json_object_set_new(object, name, json_object()) == 0) {
        inner = json_object_get(object, name);
    }

    return inner;
}


/* form -> field -> value -> count; of a list each value counts. */
static int
gig_export_self_id(void *data, const gig_sync_self_id_t *row)
{
    int          rc;
    char         form[GIG_ID_MAX + 1];
    size_t       i;
    json_t      *forms = data, *answers, *value, *counts, *one;
    const char  *field;

    (void) snprintf(form, sizeof(form), "%.*s", (int) row->form.len, row->form.data);
    answers = gig_json_parse(row->answers, GIG_SELF_ID_PLAIN, GIG_JSON_DEPTH_MAX, NULL);

    if (answers == NULL) {
        return 0;                               /* a row that somebody edited: of no answers */
    }

    rc = 0;

    json_object_foreach(answers, field, value) {
        counts = gig_export_inner(gig_export_inner(forms, form), field);

        if (json_is_boolean(value)) {
            rc |= gig_export_count(counts, json_is_true(value) ? "yes" : "no");
        }

        if (json_is_string(value)) {
            rc |= gig_export_count(counts, json_string_value(value));
        }

        json_array_foreach(value, i, one) {
            rc |= json_is_string(one) ? gig_export_count(counts, json_string_value(one)) : 0;
        }
    }

    json_decref(answers);

    return rc;
}


static void
gig_export_line(int csv, const char *form, const char *field, const char *value, json_int_t n,
    int *lines, gig_buf_t *out)
{
    char    count[24];
    size_t  i;

    const char *const  cells[] = { form, field, value };
    static const char *const  names[] = { "form", "field", "value" };

    (void) snprintf(count, sizeof(count), "%" JSON_INTEGER_FORMAT, n);

    if (!csv) {
        gig_buf_puts(out, *lines != 0 ? ",\n" : "");
    }

    for (i = 0; i < 3; i++) {
        if (csv) {
            gig_csv_cell(out, (gig_str_t) { cells[i], strlen(cells[i]) });
            gig_buf_puts(out, ",");
        } else {
            gig_buf_printf(out, "%s\"%s\":", i == 0 ? "{" : ",", names[i]);
            gig_buf_json(out, (gig_str_t) { cells[i], strlen(cells[i]) });
        }
    }

    if (csv) {
        gig_buf_printf(out, "%s\r\n", n == 0 ? "" : count);
    } else {
        gig_buf_printf(out, ",\"count\":%s}", n == 0 ? "null" : count);
    }

    (*lines)++;
}


/*
 * What few people said is told together, with no word of it (a text may name somebody), and
 * counted only if that makes enough.
 */
static void
gig_export_field(int csv, const char *form, const char *field, json_t *counts, int *lines,
    gig_buf_t *out)
{
    json_t      *count;
    json_int_t   n, few;
    const char  *value;

    few = 0;

    json_object_foreach(counts, value, count) {
        n = json_integer_value(count);

        if (n < GIG_SYNC_EXPORT_CELL) {
            few += n;
        } else {
            gig_export_line(csv, form, field, value, n, lines, out);
        }
    }

    if (few != 0) {
        gig_export_line(csv, form, field, "", few < GIG_SYNC_EXPORT_CELL ? 0 : few, lines, out);
    }
}


int
gig_sync_export_self_ids(const gig_sync_connector_t *connector, gig_sync_record_t *record,
    int csv, gig_error_t *err)
{
    int          rc, lines;
    json_t      *forms, *fields, *counts;
    gig_buf_t    out;
    const char  *form, *field;

    lines = 0;
    forms = json_object();
    rc = connector->self_ids(record, gig_export_self_id, forms, err);

    gig_buf_init(&out, GIG_EXPORT_ALL);
    gig_buf_puts(&out, csv ? "form,field,value,count\r\n" : "[");

    json_object_foreach(forms, form, fields) {
        json_object_foreach(fields, field, counts) {
            gig_export_field(csv, form, field, counts, &lines, &out);
        }
    }

    gig_buf_puts(&out, csv ? "" : "]\n");

    if (rc == 0 && (gig_buf_failed(&out) || fwrite(out.data, 1, out.len, stdout) != out.len
                    || fflush(stdout) == EOF))
    {
        rc = gig_error_set(err, "", "cannot write");
    }

    gig_buf_free(&out);
    json_decref(forms);

    return rc;
}
