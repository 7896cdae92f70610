
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gig_json.h"
#include "gig_record.h"
#include "gig_sync_import.h"

#define GIG_IMPORT_DEPTH_MAX    (GIG_JSON_DEPTH_MAX + 2)
#define GIG_IMPORT_FLAT_MAX     256                     /* members of an object that is mapped */


/* An object that is mapped: its members are the columns, those of members as "a.b". */
typedef struct {
    size_t     n;
    gig_str_t  name[GIG_IMPORT_FLAT_MAX], cell[GIG_IMPORT_FLAT_MAX];
    size_t     from[GIG_IMPORT_FLAT_MAX][2], len[GIG_IMPORT_FLAT_MAX][2];
    gig_buf_t  bytes;
} gig_import_flat_t;


static void
gig_import_scalar(gig_buf_t *out, const json_t *value)
{
    size_t   i;
    json_t  *item;

    switch (json_typeof(value)) {

    case JSON_STRING:
        gig_buf_add(out, json_string_value(value), json_string_length(value));
        break;

    case JSON_INTEGER:
        gig_buf_printf(out, "%lld", (long long) json_integer_value(value));
        break;

    case JSON_REAL:
        gig_buf_printf(out, "%.15g", json_real_value(value));
        break;

    case JSON_TRUE:
        gig_buf_puts(out, "yes");
        break;

    case JSON_FALSE:
        gig_buf_puts(out, "no");
        break;

    case JSON_ARRAY:
        json_array_foreach(value, i, item) {
            if (!json_is_object(item) && !json_is_array(item)) {
                gig_buf_puts(out, out->len && i ? "; " : "");
                gig_import_scalar(out, item);
            }
        }
        break;

    default:
        break;
    }
}


static void
gig_import_flatten(gig_import_flat_t *flat, json_t *object, const char *prefix, unsigned depth)
{
    char         name[160];
    size_t       k;
    json_t      *value;
    const char  *key;

    json_object_foreach(object, key, value) {
        snprintf(name, sizeof(name), "%s%s%s", prefix, prefix[0] ? "." : "", key);

        if (json_is_object(value)) {
            if (depth < GIG_JSON_DEPTH_MAX) {
                gig_import_flatten(flat, value, name, depth + 1);
            }

            continue;
        }

        if (flat->n == GIG_IMPORT_FLAT_MAX) {
            return;
        }

        k = flat->n++;
        flat->from[k][0] = flat->bytes.len;
        gig_buf_puts(&flat->bytes, name);
        flat->len[k][0] = flat->bytes.len - flat->from[k][0];
        flat->from[k][1] = flat->bytes.len;
        gig_import_scalar(&flat->bytes, value);
        flat->len[k][1] = flat->bytes.len - flat->from[k][1];
    }
}


static int
gig_import_object(gig_import_t *in, uint64_t line, json_t *root)
{
    int                 rc;
    size_t              k;
    gig_import_flat_t  *flat;

    if (!json_is_object(root)) {
        gig_import_refuse_one(in, line, "must be an object");
        return 0;
    }

    if (!in->mapped) {
        return gig_import_record(in, line, root);
    }

    flat = calloc(1, sizeof(gig_import_flat_t));

    if (flat == NULL) {
        return gig_error_set(&in->err, "", "out of memory");
    }

    gig_buf_init(&flat->bytes, GIG_RECORD_MAX);
    gig_import_flatten(flat, root, "", 0);

    if (gig_buf_failed(&flat->bytes)) {
        gig_import_refuse_one(in, line, "larger than 256 KB");
        rc = 0;

    } else {
        for (k = 0; k < flat->n; k++) {
            flat->name[k] = (gig_str_t) { flat->bytes.data + flat->from[k][0], flat->len[k][0] };
            flat->cell[k] = (gig_str_t) { flat->bytes.data + flat->from[k][1], flat->len[k][1] };
        }

        rc = gig_import_mapped(in, line, flat->name, flat->cell, flat->n);
    }

    gig_buf_free(&flat->bytes);
    free(flat);

    return rc;
}


int
gig_import_json(gig_import_t *in, gig_str_t text)
{
    int       rc;
    size_t    i;
    json_t   *root, *item;

    root = gig_json_parse(text, GIG_IMPORT_FILE_MAX, GIG_IMPORT_DEPTH_MAX, &in->err);

    if (root == NULL) {
        return -1;
    }

    rc = 0;
    in->unit = "item";
    item = json_is_object(root) ? json_object_get(root, "gigs") : NULL;

    if (json_is_array(item)) {
        json_incref(item);
        json_decref(root);
        root = item;
    }

    if (json_is_array(root)) {
        json_array_foreach(root, i, item) {
            in->read = in->size * i / json_array_size(root);
            gig_import_bar(in, 0);
            rc = gig_import_object(in, i + 1, item);

            if (rc == -1) {
                break;
            }
        }

    } else {
        rc = gig_import_object(in, 1, root);
    }

    json_decref(root);

    return rc;
}


int
gig_import_lines(gig_import_t *in, gig_str_t text)
{
    int           rc;
    json_t       *root;
    uint64_t      number;
    gig_str_t     line;
    const char   *end;
    gig_error_t   fault;

    rc = 0;

    for (number = 1; rc == 0 && text.len; number++) {
        end = memchr(text.data, '\n', text.len);
        line = text;
        line.len = end ? (size_t) (end - text.data) : text.len;

        text.data += line.len + (end != NULL);
        text.len -= line.len + (end != NULL);

        in->read = in->size - text.len;
        gig_import_bar(in, 0);
        line = gig_map_trim(line);

        if (line.len == 0) {
            continue;
        }

        root = gig_json_parse(line, GIG_RECORD_MAX, GIG_JSON_DEPTH_MAX, &fault);

        if (root == NULL) {
            gig_import_refuse_one(in, number, fault.detail);
            continue;
        }

        rc = gig_import_object(in, number, root);
        json_decref(root);
    }

    return rc;
}
