#include "gig_compile_build.h"

/*
 * What gigs are filtered by, while records are read: each value and each way it is
 * written is kept once, a row has a short list of indexes.  What the last image has
 * is taken over when all records are in; gig_compile_facets.c makes the sections.
 */

#include <stdlib.h>

#include "gig_block.h"

#define GIG_CHUNK_SIZE      65536u
#define GIG_VALUE_TEXT_MAX  GIG_QUERY_VALUE_MAX     /* bytes; nobody can ask for a longer one */
#define GIG_SLOTS_FIRST     1024u


struct gig_build_chunk_s {
    gig_build_chunk_t  *next;
    size_t              used;
    char                data[GIG_CHUNK_SIZE];
};

/* A record on its way into the tables. */
typedef struct {
    gig_build_t        *build;
    gig_row_t          *row;
    int                 failed;
} gig_value_walk_t;


static void gig_value_found(void *data, gig_facet_t facet, gig_str_t text, int part);
static gig_str_t gig_value_squeeze(gig_str_t text, char out[GIG_VALUE_TEXT_MAX]);
static uint32_t gig_value_of(gig_build_values_t *values, unsigned facet, gig_str_t key, int copy);
static uint32_t gig_value_hash(unsigned facet, unsigned part, gig_str_t text);
static int gig_value_slots(uint32_t **slots, size_t *size, uint32_t n);
static int gig_value_room(void *array, size_t *size, uint32_t n, size_t element);
static gig_str_t gig_value_copy(gig_build_values_t *values, gig_str_t text);


int
gig_build_row_values(gig_build_t *build, const gig_record_t *gig, gig_row_t *row)
{
    gig_value_walk_t  walk = { build, row, 0 };

    row->first_value = build->values.n_row_values;
    gig_facet_values(gig->root, build->job->place_names, gig_value_found, &walk);

    return walk.failed ? gig_error_set(build->err, "", "no memory for what gigs are filtered by")
                       : 0;
}


/* A gig has a value once, whatever its spellings: the first one given is that of the gig. */
static void
gig_value_found(void *data, gig_facet_t facet, gig_str_t text, int part)
{
    char                 key[GIG_FOLD_MAX], squeezed[GIG_VALUE_TEXT_MAX];
    size_t               len;
    uint32_t             i, value, spelling;
    gig_value_walk_t    *walk = data;
    gig_build_values_t  *values = &walk->build->values;

    if (walk->failed || text.len > GIG_VALUE_TEXT_MAX
        || walk->row->n_values == GIG_ROW_VALUES_MAX)
    {
        return;
    }

    text = gig_value_squeeze(text, squeezed);

    len = gig_facet_key(facet, text, walk->build->job->place_names, key);

    if (len == 0) {
        return;
    }

    value = gig_value_of(values, facet, (gig_str_t) { key, len }, 1);

    if (value == UINT32_MAX) {
        walk->failed = 1;
        return;
    }

    for (i = walk->row->first_value; i < values->n_row_values; i++) {
        if (values->spelling[values->row_value[i]].value == value) {
            return;
        }
    }

    spelling = gig_build_spelling(values, value, text, part, 1);

    if (spelling == UINT32_MAX
        || gig_value_room(&values->row_value, &values->row_values_size, values->n_row_values,
                          sizeof(*values->row_value)) != 0)
    {
        walk->failed = 1;
        return;
    }

    values->row_value[values->n_row_values++] = spelling;
    walk->row->n_values++;
}


/* Without blanks around it, and one where there are several: so it is shown. */
static gig_str_t
gig_value_squeeze(gig_str_t text, char out[GIG_VALUE_TEXT_MAX])
{
    char    c;
    size_t  i, len = 0;

    for (i = 0; i < text.len; i++) {
        c = text.data[i] == '\t' || text.data[i] == '\n' || text.data[i] == '\r' ? ' '
                                                                              : text.data[i];

        if (c != ' ' || (len > 0 && out[len - 1] != ' ')) {
            out[len++] = c;
        }
    }

    if (len > 0 && out[len - 1] == ' ') {
        len--;
    }

    return (gig_str_t) { out, len };
}


/* The value of that key, made if need be; copy: the key does not outlive the call. */
static uint32_t
gig_value_of(gig_build_values_t *values, unsigned facet, gig_str_t key, int copy)
{
    uint32_t            i, mask, hash;
    gig_build_value_t  *value;

    if (gig_value_slots(&values->value_slot, &values->value_slots, values->n_values) != 0) {
        for (i = 0; i < values->n_values; i++) {
            value = &values->value[i];
            mask = (uint32_t) values->value_slots - 1;
            hash = gig_value_hash(value->facet, 0, value->key) & mask;

            while (values->value_slot[hash] != UINT32_MAX) {
                hash = (hash + 1) & mask;
            }

            values->value_slot[hash] = i;
        }
    }

    if (values->value_slot == NULL) {
        return UINT32_MAX;
    }

    mask = (uint32_t) values->value_slots - 1;

    for (hash = gig_value_hash(facet, 0, key) & mask;
         values->value_slot[hash] != UINT32_MAX;
         hash = (hash + 1) & mask)
    {
        value = &values->value[values->value_slot[hash]];

        if (value->facet == facet && gig_str_eq(value->key, key)) {
            return values->value_slot[hash];
        }
    }

    if (gig_value_room(&values->value, &values->values_size, values->n_values,
                       sizeof(*values->value)) != 0
        || (copy && (key = gig_value_copy(values, key)).data == NULL))
    {
        return UINT32_MAX;
    }

    value = &values->value[values->n_values];
    memset(value, 0, sizeof(*value));
    value->facet = facet;
    value->key = key;
    values->value_slot[hash] = values->n_values;

    return values->n_values++;
}


uint32_t
gig_build_spelling(gig_build_values_t *values, uint32_t value, gig_str_t text, int part, int copy)
{
    uint32_t               i, mask, hash;
    gig_build_spelling_t  *s;

    if (gig_value_slots(&values->spelling_slot, &values->spelling_slots, values->n_spellings) != 0)
    {
        mask = (uint32_t) values->spelling_slots - 1;

        for (i = 0; i < values->n_spellings; i++) {
            s = &values->spelling[i];
            hash = gig_value_hash(s->value, s->part, s->text) & mask;

            while (values->spelling_slot[hash] != UINT32_MAX) {
                hash = (hash + 1) & mask;
            }

            values->spelling_slot[hash] = i;
        }
    }

    if (values->spelling_slot == NULL) {
        return UINT32_MAX;
    }

    mask = (uint32_t) values->spelling_slots - 1;

    for (hash = gig_value_hash(value, part != 0, text) & mask;
         values->spelling_slot[hash] != UINT32_MAX;
         hash = (hash + 1) & mask)
    {
        s = &values->spelling[values->spelling_slot[hash]];

        if (s->value == value && s->part == (part != 0) && gig_str_eq(s->text, text)) {
            return values->spelling_slot[hash];
        }
    }

    if (gig_value_room(&values->spelling, &values->spellings_size, values->n_spellings,
                       sizeof(*values->spelling)) != 0
        || (copy && (text = gig_value_copy(values, text)).data == NULL))
    {
        return UINT32_MAX;
    }

    s = &values->spelling[values->n_spellings];
    memset(s, 0, sizeof(*s));
    s->text = text;
    s->value = value;
    s->facet = values->value[value].facet;
    s->part = part != 0;
    values->spelling_slot[hash] = values->n_spellings;

    return values->n_spellings++;
}


/* All spellings of the last image, so that its rows' lists can be read; of_last says where. */
int
gig_build_last_values(gig_build_t *build)
{
    uint32_t                    i, value;
    uint64_t                    size;
    const char                 *text;
    const gig_image_t          *last = build->last;
    gig_build_values_t         *values = &build->values;
    const gig_disk_value_t     *v;
    const gig_disk_spelling_t  *s;

    if (last == NULL) {
        return 0;
    }

    values->of_last = gig_block_alloc(last->spellings * sizeof(*values->of_last));

    if (values->of_last == NULL) {
        goto memory;
    }

    text = last->section[GIG_SECTION_VALUE_TEXT];
    size = gig_disk_size(last, GIG_SECTION_VALUE_TEXT);

    for (i = 0; i < last->spellings; i++) {
        s = (const gig_disk_spelling_t *) last->section[GIG_SECTION_SPELLINGS] + i;
        v = (const gig_disk_value_t *) last->section[GIG_SECTION_VALUES] + s->value;

        if (s->value >= last->values || v->facet >= GIG_FACETS || v->key_len > GIG_FOLD_MAX
            || v->key > size || v->key_len > size - v->key
            || s->text > size || s->len > size - s->text)
        {
            return gig_error_set(build->err, "/values", "the last index is damaged");
        }

        value = gig_value_of(values, v->facet, (gig_str_t) { text + v->key, v->key_len }, 0);
        values->of_last[i] = value == UINT32_MAX ? value
                             : gig_build_spelling(values, value,
                                                  (gig_str_t) { text + s->text, s->len },
                                                  s->part != 0, 0);

        if (values->of_last[i] == UINT32_MAX) {
            goto memory;
        }
    }

    return 0;

memory:

    return gig_error_set(build->err, "", "no memory for what gigs are filtered by");
}


void
gig_build_values_free(gig_build_values_t *values)
{
    gig_build_chunk_t  *chunk;

    while (values->chunk) {
        chunk = values->chunk;
        values->chunk = chunk->next;
        gig_block_free(chunk);
    }

    gig_block_free(values->spelling);
    gig_block_free(values->value);
    gig_block_free(values->spelling_slot);
    gig_block_free(values->value_slot);
    gig_block_free(values->row_value);
    gig_block_free(values->of_last);
    gig_block_free(values->by_order);
    gig_block_free(values->values_by_order);
    gig_block_free(values->out_at);
    gig_block_free(values->out_row);
    gig_block_free(values->out_spelling);
    gig_block_free(values->out_value);
    gig_block_free(values->out_bitmap);
    gig_block_free(values->out_list);
    gig_buf_free(&values->out_text);
}


/* Facet (or value) and part, then FNV-1a of the text, mixed: slots use the low bits. */
static uint32_t
gig_value_hash(unsigned facet, unsigned part, gig_str_t text)
{
    return (gig_disk_hash(text) ^ (facet * 2 + part)) * 0x9e3779b1u >> 7;
}


/* 1: the table was made anew, larger, and is empty; 0: it has room.  NULL: out of memory. */
static int
gig_value_slots(uint32_t **slots, size_t *size, uint32_t n)
{
    size_t  wanted;

    if (*slots && (size_t) n * 2 < *size) {
        return 0;
    }

    for (wanted = GIG_SLOTS_FIRST; wanted <= (size_t) n * 4; wanted *= 2) { /* void */ }

    gig_block_free(*slots);
    *slots = gig_block_alloc(wanted * sizeof(**slots));
    *size = wanted;

    if (*slots == NULL) {
        *size = 0;
        return 0;
    }

    memset(*slots, 0xff, wanted * sizeof(**slots));

    return 1;
}


/* Room for one more in a growing array: pointer to the pointer, elements it has room for. */
static int
gig_value_room(void *array, size_t *size, uint32_t n, size_t element)
{
    void    *grown, **at = array;
    size_t   wanted;

    if (n < *size) {
        return 0;
    }

    wanted = *size ? *size * 2 : GIG_SLOTS_FIRST;
    grown = gig_block_alloc(wanted * element);

    if (grown == NULL) {
        return -1;
    }

    if (*size) {
        memcpy(grown, *at, *size * element);
    }

    gig_block_free(*at);
    *at = grown;
    *size = wanted;

    return 0;
}


static gig_str_t
gig_value_copy(gig_build_values_t *values, gig_str_t text)
{
    char               *at;
    gig_build_chunk_t  *chunk = values->chunk;

    if (chunk == NULL || text.len > GIG_CHUNK_SIZE - chunk->used) {
        chunk = gig_block_alloc(sizeof(*chunk));

        if (chunk == NULL) {
            return gig_null_str;
        }

        chunk->next = values->chunk;
        values->chunk = chunk;
    }

    at = chunk->data + chunk->used;
    memcpy(at, text.data, text.len);
    chunk->used += text.len;

    return (gig_str_t) { at, text.len };
}
