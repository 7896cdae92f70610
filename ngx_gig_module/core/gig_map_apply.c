
/* A row becomes a record: templates filled, tables looked up, lists split. */

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <sodium.h>

#include "gig_buf.h"
#include "gig_json.h"
#include "gig_map_parts.h"
#include "gig_sha256.h"
#include "gig_utf8.h"

#define GIG_MAP_HASH_BYTES      10


/* Fills a template from the row; out stays empty if all the columns it names are. */
static void
gig_map_fill(gig_str_t template, const gig_str_t *columns, const gig_str_t *cells, size_t n,
    gig_buf_t *out)
{
    int        brace, named, filled;
    size_t     i;
    gig_str_t  before, column, cell;

    named = 0;
    filled = 0;

    while (gig_map_next(&template, &before, &brace, &column)) {
        gig_buf_str(out, before);

        if (brace) {
            gig_buf_puts(out, "{");
            continue;
        }

        named = 1;

        for (i = 0; i < n; i++) {
            if (gig_str_eq(columns[i], column)) {
                cell = gig_map_trim(cells[i]);
                filled |= (cell.len > 0);
                gig_buf_str(out, cell);
                break;
            }
        }
    }

    gig_buf_str(out, before);

    if (named && !filled) {
        gig_buf_reset(out);
    }
}


/* A cell by the member's table of values, if it has one; "*" is for all others. */
static gig_str_t
gig_map_lookup(const gig_map_t *map, const char *name, gig_str_t text)
{
    json_t      *table, *value, *other;
    const char  *cell;

    table = json_object_get(map->values, name);

    if (table == NULL) {
        return text;
    }

    other = NULL;

    json_object_foreach(table, cell, value) {
        if (strlen(cell) == text.len && strncasecmp(cell, text.data, text.len) == 0) {
            return gig_json_text(value);
        }

        if (strcmp(cell, "*") == 0) {
            other = value;
        }
    }

    return other ? gig_json_text(other) : text;
}


/* The ids of rows that have none, or one that cannot be in an address: always the same. */
static json_t *
gig_map_hashed_id(gig_str_t text)
{
    char           id[2 + 2 * GIG_MAP_HASH_BYTES + 1];
    unsigned char  hash[GIG_SHA256_SIZE];

    gig_sha256(text, hash);
    memcpy(id, "g_", 2);
    sodium_bin2hex(id + 2, sizeof(id) - 2, hash, GIG_MAP_HASH_BYTES);

    return json_string(id);
}


static json_t *
gig_map_row_id(const gig_str_t *cells, size_t n)
{
    size_t      i;
    json_t     *id;
    gig_buf_t   row;

    gig_buf_init(&row, 2 * 1024 * 1024);

    for (i = 0; i < n; i++) {
        gig_buf_str(&row, gig_map_trim(cells[i]));
        gig_buf_add(&row, "\x1f", 1);
    }

    id = gig_buf_failed(&row) ? NULL : gig_map_hashed_id(gig_buf_view(&row));
    gig_buf_free(&row);

    return id;
}


/* Puts value (stolen) at "pay.min_minor". */
static int
gig_map_place_at(json_t *root, const char *path, json_t *value)
{
    char         name[GIG_MAP_MEMBER_MAX];
    size_t       len;
    json_t      *next;
    const char  *dot;

    while ((dot = strchr(path, '.')) != NULL) {
        len = (size_t) (dot - path);

        if (len >= sizeof(name)) {
            json_decref(value);
            return -1;
        }

        memcpy(name, path, len);
        name[len] = '\0';
        next = json_object_get(root, name);

        if (next == NULL) {
            next = json_object();

            if (json_object_set_new(root, name, next) == -1) {
                json_decref(value);
                return -1;
            }
        }

        root = next;
        path = dot + 1;
    }

    return json_object_set_new(root, path, value);
}


static json_t *
gig_map_list(const gig_map_t *map, const gig_map_member_t *member, gig_str_t text, gig_error_t *err)
{
    json_t      *list, *value;
    gig_str_t    part;
    const char  *separator, *end;

    separator = json_string_value(json_object_get(map->split, member->name));
    separator = separator ? separator : ";";
    list = json_array();

    while (list && text.len) {
        end = memmem(text.data, text.len, separator, strlen(separator));
        part = text;
        part.len = end ? (size_t) (end - text.data) : text.len;
        text.data += part.len + (end ? strlen(separator) : 0);
        text.len -= part.len + (end ? strlen(separator) : 0);

        part = gig_map_trim(part);

        if (part.len) {
            part = gig_map_lookup(map, member->name, part);
        }

        if (part.len == 0) {
            continue;
        }

        value = gig_map_value(map, member->kind, part, err);

        if (value == NULL || json_array_append_new(list, value) == -1) {
            json_decref(list);
            return NULL;
        }
    }

    return list;
}


/* A text shortened to what [cut] says, with an ellipsis for the rest (out). */
static gig_str_t
gig_map_shorten(const gig_map_t *map, const char *name, gig_str_t text, gig_buf_t *out)
{
    size_t       i, most, characters;
    const char  *cut;

    cut = json_string_value(json_object_get(map->cut, name));
    most = cut ? gig_map_cut_length(cut) : 0;

    if (most == 0 || gig_utf8_length(text) <= most) {
        return text;
    }

    for (i = 0, characters = 0; i < text.len; i++) {
        if (((unsigned char) text.data[i] & 0xc0) != 0x80 && ++characters == most) {
            break;
        }
    }

    text = gig_map_trim((gig_str_t) { text.data, i });
    gig_buf_str(out, text);
    gig_buf_puts(out, "\xe2\x80\xa6");

    return gig_buf_failed(out) ? text : gig_buf_view(out);
}


/* A JSON pointer ("/pay/min_minor") of a member's name. */
static void
gig_map_pointer(const char *name, char pointer[GIG_POINTER_SIZE])
{
    char  *p;

    snprintf(pointer, GIG_POINTER_SIZE, "/%s", name);

    for (p = pointer; *p; p++) {
        if (*p == '.') {
            *p = '/';
        }
    }
}


/* One member: its template, else its default; nothing if both are empty. */
static void
gig_map_fill_member(const gig_map_t *map, json_t *root, const gig_map_member_t *member,
    const gig_str_t *columns, const gig_str_t *cells, size_t n, gig_errors_t *errors)
{
    char         pointer[GIG_POINTER_SIZE];
    json_t      *value, *template;
    unsigned     i;
    gig_buf_t    filled, shortened;
    gig_str_t    text;
    gig_error_t  err;
    const char  *at;

    at = member->member ? member->member : member->name;
    gig_map_pointer(at, pointer);
    gig_buf_init(&filled, GIG_MAP_VALUE_MAX);
    gig_buf_init(&shortened, GIG_MAP_VALUE_MAX);

    text = gig_null_str;

    for (i = 0; i < 2 && text.len == 0; i++) {
        template = json_object_get(i == 0 ? map->record : map->defaults, member->name);

        if (template == NULL) {
            continue;
        }

        gig_buf_reset(&filled);
        gig_map_fill(gig_json_text(template), columns, cells, n, &filled);

        if (gig_buf_failed(&filled)) {
            gig_errors_add(errors, pointer, "longer than %d bytes", GIG_MAP_VALUE_MAX);
            goto done;
        }

        text = gig_map_trim((gig_str_t) { filled.data ? filled.data : "", filled.len });

        if (text.len && i == 0 && member->kind < GIG_MAP_TEXTS) {
            text = gig_map_lookup(map, member->name, text);
        }
    }

    if (text.len == 0) {
        if (member->kind == GIG_MAP_ID) {
            value = gig_map_row_id(cells, n);
            goto put;
        }

        goto done;
    }

    if (!gig_utf8_valid(text)) {
        gig_errors_add(errors, pointer, "is no UTF-8; export the file as UTF-8");
        goto done;
    }

    if (member->kind == GIG_MAP_ID && !gig_id_valid(text)) {
        value = gig_map_hashed_id(text);
        goto put;
    }

    text = gig_map_shorten(map, member->name, text, &shortened);
    value = member->kind >= GIG_MAP_TEXTS ? gig_map_list(map, member, text, &err)
                                          : gig_map_value(map, member->kind, text, &err);

    if (value == NULL) {
        gig_errors_add(errors, pointer, "%s", err.detail);
        goto done;
    }

put:

    if (value && member->also && gig_map_place_at(root, member->also, json_copy(value)) == -1) {
        json_decref(value);
        value = NULL;
    }

    if (value == NULL || gig_map_place_at(root, at, value) == -1) {
        gig_errors_add(errors, pointer, "out of memory");
    }

done:

    gig_buf_free(&filled);
    gig_buf_free(&shortened);
}


json_t *
gig_map_apply(const gig_map_t *map, const gig_str_t *columns, const gig_str_t *cells, size_t n,
    gig_errors_t *errors)
{
    size_t            i;
    json_t           *root, *value;
    unsigned          before;
    const char       *name;
    gig_map_member_t  ext;

    before = errors->count;
    root = json_pack("{s:s}", "schema", "gig/1");

    if (root == NULL) {
        gig_errors_add(errors, "", "out of memory");
        return NULL;
    }

    for (i = 0; i < gig_map_members_n; i++) {
        gig_map_fill_member(map, root, &gig_map_members[i], columns, cells, n, errors);
    }

    json_object_foreach(map->record, name, value) {
        if (strncmp(name, "ext.", 4) == 0) {
            ext = (gig_map_member_t) { name, GIG_MAP_TEXT, NULL, NULL };
            gig_map_fill_member(map, root, &ext, columns, cells, n, errors);
        }
    }

    if (errors->count != before) {
        json_decref(root);
        return NULL;
    }

    return root;
}
