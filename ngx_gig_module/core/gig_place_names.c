
#include <stdlib.h>
#include <string.h>

#include "gig_place_table.h"
#include "gig_utf8.h"

#define GIG_PLACE_LINES     "a line is a place, \"=\" and its other names between semicolons, as " \
                            "New York, NY = NYC; New York City"

#define GIG_PLACE_BLANKS    " \t\r"


extern const char  gig_place_names_builtin[];

struct gig_place_piece_s {
    gig_place_piece_t  *next;
    size_t              used;
    char                data[GIG_PLACE_ARENA_SIZE];
};

/* A file being read. */
typedef struct {
    gig_place_names_t  *names;
    gig_place_from_t    from;
    unsigned            line;
    gig_error_t        *err;
} gig_place_reader_t;


gig_str_t
gig_place_keep(gig_place_arena_t *arena, gig_str_t text)
{
    char               *at;
    gig_place_piece_t  *piece;

    piece = arena->piece;

    if (text.len > GIG_PLACE_ARENA_SIZE) {
        return gig_null_str;
    }

    if (piece == NULL || GIG_PLACE_ARENA_SIZE - piece->used < text.len) {
        piece = malloc(sizeof(gig_place_piece_t));

        if (piece == NULL) {
            return gig_null_str;
        }

        piece->next = arena->piece;
        piece->used = 0;
        arena->piece = piece;
    }

    at = piece->data + piece->used;
    memcpy(at, text.data, text.len);
    piece->used += text.len;

    return (gig_str_t) { at, text.len };
}


void
gig_place_arena_free(gig_place_arena_t *arena)
{
    gig_place_piece_t  *piece;

    while (arena->piece != NULL) {
        piece = arena->piece;
        arena->piece = piece->next;
        free(piece);
    }
}


/* What comes before the sign, trimmed; rest is what comes after it.  1 if the sign was there. */

static int
gig_place_until(gig_str_t *rest, char sign, gig_str_t *before)
{
    const char  *end;

    end = rest->len != 0 ? memchr(rest->data, sign, rest->len) : NULL;
    *before = *rest;

    if (end == NULL) {
        *rest = gig_null_str;
        *before = gig_str_trim(*before, GIG_PLACE_BLANKS);
        return 0;
    }

    before->len = (size_t) (end - rest->data);
    rest->len -= before->len + 1;
    rest->data = end + 1;
    *before = gig_str_trim(*before, GIG_PLACE_BLANKS);

    return 1;
}


/* Room for one more in a list of so many: the list, grown, or NULL. */

static void *
gig_place_grow(void *list, uint32_t n, uint32_t *size, size_t element)
{
    void      *grown;
    uint32_t   room;

    if (n < *size) {
        return list;
    }

    room = *size != 0 ? 2 * *size : 256;
    grown = realloc(list, room * element);
    *size = grown != NULL ? room : *size;

    return grown;
}


/* ---- names */

static int
gig_place_wrong(const gig_place_reader_t *reader, gig_str_t name, const char *sentence)
{
    return gig_error_set(reader->err, "", "line %u: \"%.*s\" %s", reader->line,
                         (int) gig_utf8_cut(name, GIG_PLACE_NAME_MAX), name.data, sentence);
}


/* "NY" as "*, ny" and "US" as "@us" in out, or what is wrong with the name. */

static const char *
gig_place_special(gig_str_t name, char out[GIG_PLACE_KEY_MAX], size_t *len)
{
    char       text[GIG_FOLD_MAX];
    size_t     n, skip;
    gig_str_t  rest;

    rest = gig_str_trim((gig_str_t) { name.data + 1, name.len - 1 }, GIG_PLACE_BLANKS);
    skip = 1;

    if (name.data[0] == '*') {

        if (rest.len == 0 || rest.data[0] != ',') {
            return "begins with a star; a name that counts only after a comma is written *, NY";
        }

        rest = gig_str_trim((gig_str_t) { rest.data + 1, rest.len - 1 }, GIG_PLACE_BLANKS);
        skip = 3;
    }

    n = gig_fold(rest, text, sizeof(text));
    n = gig_place_tidy((gig_str_t) { text, n }, out);

    if (n == 0 || n > GIG_PLACE_NAME_MAX - skip || memchr(out, ',', n) != NULL) {
        return "must have one name after its sign, without a comma";
    }

    if (skip == 1 && n != 2) {
        return "is no code of a country; two letters as @US";
    }

    memmove(out + skip, out, n);
    memcpy(out, skip == 1 ? "@" : "*, ", skip);
    *len = n + skip;

    return NULL;
}


static int
gig_place_name_add(gig_place_reader_t *reader, gig_str_t written, uint32_t number,
    gig_str_t *kept)
{
    char                text[GIG_FOLD_MAX], tidy[GIG_PLACE_KEY_MAX];
    size_t              i, n, commas;
    const char         *wrong;
    gig_place_name_t   *name;
    gig_place_names_t  *names;

    names = reader->names;

    if (written.len > GIG_PLACE_NAME_MAX) {
        return gig_place_wrong(reader, written, "is too long; a name has at most 120 bytes");
    }

    wrong = NULL;

    if (written.data[0] == '*' || written.data[0] == '@') {
        wrong = gig_place_special(written, tidy, &n);

    } else {
        n = gig_fold(written, text, sizeof(text));
        n = gig_place_tidy((gig_str_t) { text, n }, tidy);

        for (commas = 0, i = 0; i < n; i++) {
            commas += tidy[i] == ',';
        }

        if (n == 0 || n > GIG_PLACE_NAME_MAX || commas >= GIG_PLACE_PARTS_MAX) {
            wrong = "is no name; one of letters, with at most 7 commas, is wanted";
        }
    }

    if (wrong != NULL) {
        return gig_place_wrong(reader, written, wrong);
    }

    if (names->n_names == GIG_PLACE_NAMES_MAX) {
        return gig_place_wrong(reader, written, "is one name too many; 65536 may be in all");
    }

    name = gig_place_grow(names->name, names->n_names, &names->size_names,
                          sizeof(gig_place_name_t));

    if (name == NULL) {
        return gig_error_set(reader->err, "", "out of memory for the names of places");
    }

    names->name = name;
    name += names->n_names;
    name->text = gig_place_keep(&names->texts, (gig_str_t) { tidy, n });
    name->place = number;
    name->line = reader->line;
    name->from = reader->from;
    name->kind = GIG_PLACE_WRITTEN;

    if (name->text.data == NULL) {
        return gig_error_set(reader->err, "", "out of memory for the names of places");
    }

    *kept = name->text;
    names->n_names++;

    return 0;
}


static int
gig_place_add_place(gig_place_reader_t *reader, gig_str_t written)
{
    gig_str_t           text;
    gig_place_t        *place;
    gig_place_names_t  *names;

    names = reader->names;

    if (written.len == 0) {
        return gig_error_set(reader->err, "", "line %u: there is no place before the \"=\"; "
                             GIG_PLACE_LINES, reader->line);
    }

    if (written.data[0] == '*' || written.data[0] == '@') {
        return gig_place_wrong(reader, written, "cannot be a place's own name; it may stand "
                               "among the other names, after the \"=\"");
    }

    if (gig_place_name_add(reader, written, names->n_places, &text) != 0) {
        return -1;
    }

    place = gig_place_grow(names->place, names->n_places, &names->size_places,
                           sizeof(gig_place_t));

    if (place == NULL) {
        return gig_error_set(reader->err, "", "out of memory for the names of places");
    }

    names->place = place;
    place += names->n_places;
    place->text = text;
    place->written = gig_place_keep(&names->texts, written);
    place->key = text;
    place->line = reader->line;
    place->from = reader->from;

    if (place->written.data == NULL) {
        return gig_error_set(reader->err, "", "out of memory for the names of places");
    }

    names->n_places++;

    return 0;
}


static int
gig_place_line(gig_place_reader_t *reader, gig_str_t line)
{
    uint32_t   number;
    gig_str_t  text, name, kept;

    if (!gig_utf8_clean(line, 1)) {
        return gig_error_set(reader->err, "", "line %u holds bytes that are no text; the file is "
                             "UTF-8 without control characters", reader->line);
    }

    (void) gig_place_until(&line, '#', &text);

    if (text.len == 0) {
        return 0;
    }

    if (!gig_place_until(&text, '=', &name)) {
        return gig_error_set(reader->err, "", "line %u has no \"=\"; " GIG_PLACE_LINES,
                             reader->line);
    }

    if (text.len != 0 && memchr(text.data, '=', text.len) != NULL) {
        return gig_error_set(reader->err, "", "line %u has more than one \"=\"; " GIG_PLACE_LINES,
                             reader->line);
    }

    number = reader->names->n_places;

    if (gig_place_add_place(reader, name) != 0) {
        return -1;
    }

    while (text.len != 0) {
        (void) gig_place_until(&text, ';', &name);

        if (name.len != 0 && gig_place_name_add(reader, name, number, &kept) != 0) {
            return -1;
        }
    }

    return 0;
}


static int
gig_place_file(gig_place_names_t *names, gig_place_from_t from, gig_str_t text, gig_error_t *err)
{
    gig_str_t           line;
    const char         *end;
    gig_place_reader_t  reader;

    reader = (gig_place_reader_t) { names, from, 0, err };

    if (text.len > GIG_PLACE_NAMES_FILE_MAX) {
        return gig_error_set(err, "", "%zu bytes are too many; a file of names of places has at "
                             "most %d", text.len, GIG_PLACE_NAMES_FILE_MAX);
    }

    if (text.len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0) {
        text.data += 3;                         /* a byte order mark, as some editors put it */
        text.len -= 3;
    }

    while (text.len != 0) {
        end = memchr(text.data, '\n', text.len);
        line = (gig_str_t) { text.data, end != NULL ? (size_t) (end - text.data) : text.len };

        text.data += line.len + (end != NULL);
        text.len -= line.len + (end != NULL);
        reader.line++;

        if (gig_place_line(&reader, line) != 0) {
            return -1;
        }
    }

    return 0;
}


/* ---- the table */

gig_place_names_t *
gig_place_names_read(gig_str_t operators, gig_error_t *err)
{
    gig_str_t           builtin;
    gig_place_names_t  *names;

    names = calloc(1, sizeof(gig_place_names_t));

    if (names == NULL) {
        (void) gig_error_set(err, "", "out of memory for the names of places");
        return NULL;
    }

    builtin = (gig_str_t) { gig_place_names_builtin, strlen(gig_place_names_builtin) };

    if (gig_place_file(names, GIG_PLACE_OPERATORS, operators, err) != 0
        || gig_place_file(names, GIG_PLACE_BUILTIN, builtin, err) != 0
        || gig_place_names_resolve(names, err) != 0)
    {
        gig_place_names_free(names);
        return NULL;
    }

    return names;
}


void
gig_place_names_free(gig_place_names_t *names)
{
    if (names == NULL) {
        return;
    }

    gig_place_arena_free(&names->texts);
    gig_place_arena_free(&names->keys);
    free(names->place);
    free(names->name);
    free(names->index);
    free(names->other);
    free(names);
}


gig_str_t
gig_place_names_other(const gig_place_names_t *names, gig_str_t key, unsigned i)
{
    uint32_t  low, high, middle;

    low = 0;
    high = names != NULL ? names->n_other : 0;

    while (low < high) {
        middle = low + (high - low) / 2;

        if (gig_place_compare(names->other[middle].key, key) < 0) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    if (names == NULL || i >= names->n_other - low
        || !gig_str_eq(names->other[low + i].key, key))
    {
        return gig_null_str;
    }

    return names->other[low + i].name;
}


uint64_t
gig_place_names_hash(const gig_place_names_t *names)
{
    return names != NULL ? names->hash : 0;
}
