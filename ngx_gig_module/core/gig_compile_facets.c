#include "gig_compile_build.h"

/*
 * The sections of facets, from all rows' values: the dictionary in its order, for
 * each value its rows, for each row its values.  Made anew in each build: it is a few
 * additions a gig, and nothing of it is worth mending in place.
 */

#include <stdlib.h>

#include "gig_block.h"

#define GIG_DENSE_ROWS          256u    /* a row in so many has it: a bitmap is counted sooner */
#define GIG_VALUE_TEXT_LIMIT    ((size_t) 256 * 1024 * 1024)


static int gig_facets_rows(gig_build_t *build);
static int gig_facets_row(gig_build_t *build, uint32_t row);
static uint32_t gig_facets_last_spelling(const gig_build_t *build, uint32_t row_value);
static int gig_facets_order(gig_build_t *build);
static int gig_facets_dictionary(gig_build_t *build);
static void gig_facets_value(gig_build_t *build, uint32_t index);
static uint32_t gig_facets_text(gig_build_values_t *values, gig_str_t text);
static int gig_facets_lists(gig_build_t *build);
static int gig_compare_values(const void *one, const void *two, void *data);
static int gig_compare_spellings(const void *one, const void *two, void *data);
static void gig_facets_sort(uint32_t *list, uint32_t n);


static const gig_build_step_pt  gig_facets_steps[] = {
    gig_build_last_values, gig_facets_rows, gig_facets_order, gig_facets_dictionary,
    gig_facets_lists,
};


int
gig_build_values(gig_build_t *build)
{
    gig_buf_init(&build->values.out_text, GIG_VALUE_TEXT_LIMIT);

    if (gig_build_run(build, gig_build_steps(gig_facets_steps)) != 0) {
        return -1;
    }

    if (gig_buf_failed(&build->values.out_text)) {
        return gig_error_set(build->err, "", "no memory for what gigs are filtered by");
    }

    return 0;
}


/* The rows' lists side by side, still of the build's indexes, and how many gigs have what. */
static int
gig_facets_rows(gig_build_t *build)
{
    size_t               most;
    uint32_t             i;
    gig_build_values_t  *values = &build->values;

    most = values->n_row_values;

    if (build->last) {
        most += gig_disk_size(build->last, GIG_SECTION_ROW_VALUES) / sizeof(uint32_t);
    }

    values->out_at = gig_block_alloc(((size_t) build->rows + 1) * sizeof(uint32_t));
    values->out_row = gig_block_alloc(most * sizeof(uint32_t));

    if (values->out_at == NULL || values->out_row == NULL) {
        return gig_error_set(build->err, "", "no memory for what gigs are filtered by");
    }

    for (i = 0; i < build->rows; i++) {
        values->out_at[i] = values->out_row_values;

        if (build->plan[i] != GIG_PLAN_FREE && gig_facets_row(build, i) != 0) {
            return gig_error_set(build->err, "/values", "the last index is damaged");
        }
    }

    values->out_at[i] = values->out_row_values;

    return 0;
}


/* Rows of a damaged image may overlap: more values than it has in all are too many. */
static int
gig_facets_row(gig_build_t *build, uint32_t row)
{
    size_t                 total;
    uint32_t               i, begin, end, spelling;
    const uint32_t        *from, *at;
    const gig_row_t       *new;
    gig_build_values_t    *values = &build->values;

    new = gig_row_new(build, build->plan[row]);

    if (new || build->last == NULL) {
        from = values->row_value;
        begin = new ? new->first_value : 0;
        end = new ? begin + new->n_values : 0;

    } else {
        at = build->last->section[GIG_SECTION_VALUES_AT];
        from = build->last->section[GIG_SECTION_ROW_VALUES];
        total = gig_disk_size(build->last, GIG_SECTION_ROW_VALUES) / sizeof(uint32_t);
        begin = at[row];
        end = at[row + 1];

        if (begin > end || end > total || end - begin > GIG_ROW_VALUES_MAX
            || end - begin > total + values->n_row_values - values->out_row_values)
        {
            return -1;
        }
    }

    for (i = begin; i < end; i++) {
        spelling = from[i];

        if (new == NULL) {
            spelling = gig_facets_last_spelling(build, spelling);

            if (spelling == UINT32_MAX) {
                return -1;
            }
        }

        values->spelling[spelling].count++;
        values->value[values->spelling[spelling].value].count++;
        values->out_row[values->out_row_values++] = spelling;
    }

    return 0;
}


/* What a row of the last image names, by its index in this build; UINT32_MAX: damaged. */
static uint32_t
gig_facets_last_spelling(const gig_build_t *build, uint32_t row_value)
{
    uint32_t                 value, spelling;
    const gig_disk_value_t  *v;

    value = row_value & GIG_DISK_VALUE;
    spelling = row_value >> GIG_DISK_VALUE_BITS;

    if (value >= build->last->values) {
        return UINT32_MAX;
    }

    v = (const gig_disk_value_t *) build->last->section[GIG_SECTION_VALUES] + value;

    if (spelling >= v->n || v->first >= build->last->spellings
        || spelling >= build->last->spellings - v->first)
    {
        return UINT32_MAX;
    }

    return build->values.of_last[v->first + spelling];
}


/* Values by facet and key; spellings by value, wholes first, then as bytes.  Unused ones go. */
static int
gig_facets_order(gig_build_t *build)
{
    uint32_t             i, n;
    gig_build_values_t  *values = &build->values;

    values->by_order = gig_block_alloc(values->n_spellings * sizeof(uint32_t));
    values->values_by_order = gig_block_alloc(values->n_values * sizeof(uint32_t));

    if (values->by_order == NULL || values->values_by_order == NULL) {
        return gig_error_set(build->err, "", "no memory for what gigs are filtered by");
    }

    for (i = 0, n = 0; i < values->n_values; i++) {
        if (values->value[i].count > 0) {
            values->values_by_order[n++] = i;
        }
    }

    values->out_values = n;
    qsort_r(values->values_by_order, n, sizeof(uint32_t), gig_compare_values, values);

    for (i = 0; i < n; i++) {
        values->value[values->values_by_order[i]].order = i;
    }

    for (i = 0, n = 0; i < values->n_spellings; i++) {
        if (values->spelling[i].count > 0) {
            values->by_order[n++] = i;
        }
    }

    values->out_spellings = n;
    qsort_r(values->by_order, n, sizeof(uint32_t), gig_compare_spellings, values);

    for (i = 0; i < n; i++) {
        values->spelling[values->by_order[i]].order = i;
    }

    return 0;
}


static int
gig_facets_dictionary(gig_build_t *build)
{
    uint32_t               i;
    gig_build_values_t    *values = &build->values;
    gig_disk_spelling_t   *out;
    gig_build_spelling_t  *s;

    values->out_spelling = gig_block_alloc(values->out_spellings * sizeof(*values->out_spelling));
    values->out_value = gig_block_alloc(values->out_values * sizeof(*values->out_value));

    if (values->out_spelling == NULL || values->out_value == NULL) {
        return gig_error_set(build->err, "", "no memory for what gigs are filtered by");
    }

    for (i = 0; i < values->out_spellings; i++) {
        s = &values->spelling[values->by_order[i]];
        out = &values->out_spelling[i];
        out->text = gig_facets_text(values, s->text);
        out->len = (uint16_t) s->text.len;
        out->facet = (uint8_t) s->facet;
        out->part = (uint8_t) s->part;
        out->value = values->value[s->value].order;
        out->count = s->count;

        if (values->out_value[out->value].n++ == 0) {
            values->out_value[out->value].first = i;
        }
    }

    for (i = 0; i < values->out_values; i++) {
        gig_facets_value(build, i);
    }

    return 0;
}


/* What to tell is how most gigs write it; the first of those in the order wins a tie. */
static void
gig_facets_value(gig_build_t *build, uint32_t index)
{
    size_t                       start;
    uint32_t                     i;
    gig_build_values_t          *values = &build->values;
    gig_disk_value_t            *v = &values->out_value[index];
    const gig_build_value_t     *from;
    const gig_disk_spelling_t   *s, *told;

    from = &values->value[values->values_by_order[index]];
    v->facet = (uint8_t) from->facet;
    v->count = from->count;
    v->key = gig_facets_text(values, from->key);
    v->key_len = (uint16_t) from->key.len;
    v->dense = from->count >= build->rows / GIG_DENSE_ROWS;
    v->told = UINT32_MAX;
    told = NULL;

    for (i = v->first; i < v->first + v->n; i++) {
        s = &values->out_spelling[i];

        if (!s->part && (told == NULL || s->count > told->count)) {
            told = s;
            v->told = i;
        }
    }

    if (told == NULL) {
        return;
    }

    start = values->out_text.len;
    gig_buf_puts(&values->out_text, "{\"value\":");
    gig_buf_json(&values->out_text, values->spelling[values->by_order[v->told]].text);
    gig_buf_puts(&values->out_text, ",\"count\":");
    v->json = (uint32_t) start;
    v->json_len = (uint16_t) (values->out_text.len - start);
}


static uint32_t
gig_facets_text(gig_build_values_t *values, gig_str_t text)
{
    size_t  at = values->out_text.len;

    gig_buf_str(&values->out_text, text);

    return (uint32_t) at;
}


/* Each value's rows, rising, and each row's list in its final numbers. */
static int
gig_facets_lists(gig_build_t *build)
{
    uint32_t               i, k, row, words, spelling, value, *list;
    gig_disk_value_t      *v;
    gig_build_values_t    *values = &build->values;

    words = gig_disk_words(build->rows);

    for (i = 0; i < values->out_values; i++) {
        v = &values->out_value[i];

        if (v->dense) {
            v->at = (uint32_t) values->out_bitmap_words;
            values->out_bitmap_words += words;

        } else {
            v->at = values->out_list_rows;
            values->out_list_rows += v->count;
        }

        values->value[values->values_by_order[i]].at = v->at;
    }

    if (values->out_bitmap_words > UINT32_MAX || values->out_values > GIG_DISK_VALUES_MAX) {
        return gig_error_set(build->err, "/values", "there is too much to filter by");
    }

    values->out_bitmap = gig_block_alloc(values->out_bitmap_words * sizeof(uint64_t));
    values->out_list = gig_block_alloc(values->out_list_rows * sizeof(uint32_t));

    if (values->out_bitmap == NULL || values->out_list == NULL) {
        return gig_error_set(build->err, "", "no memory for what gigs are filtered by");
    }

    for (row = 0; row < build->rows; row++) {
        list = &values->out_row[values->out_at[row]];
        k = values->out_at[row + 1] - values->out_at[row];

        for (i = 0; i < k; i++) {
            spelling = values->spelling[list[i]].order;
            value = values->out_spelling[spelling].value;
            v = &values->out_value[value];
            list[i] = gig_disk_row_value(value, spelling - v->first);

            if (v->dense) {
                values->out_bitmap[v->at + row / GIG_DISK_BITMAP_BITS] |=
                    (uint64_t) 1 << (row % GIG_DISK_BITMAP_BITS);

            } else {
                values->out_list[values->value[values->values_by_order[value]].at++] = row;
            }
        }

        gig_facets_sort(list, k);
    }

    return 0;
}


static int
gig_compare_values(const void *one, const void *two, void *data)
{
    const gig_build_values_t  *values = data;
    const gig_build_value_t   *a = &values->value[*(const uint32_t *) one];
    const gig_build_value_t   *b = &values->value[*(const uint32_t *) two];

    if (a->facet != b->facet) {
        return a->facet < b->facet ? -1 : 1;
    }

    return gig_disk_compare_id(a->key, b->key);
}


static int
gig_compare_spellings(const void *one, const void *two, void *data)
{
    const gig_build_values_t    *values = data;
    const gig_build_spelling_t  *a = &values->spelling[*(const uint32_t *) one];
    const gig_build_spelling_t  *b = &values->spelling[*(const uint32_t *) two];

    if (a->value != b->value) {
        return values->value[a->value].order < values->value[b->value].order ? -1 : 1;
    }

    if (a->part != b->part) {
        return a->part < b->part ? -1 : 1;
    }

    return gig_disk_compare_id(a->text, b->text);
}


/* By value; by insertion: a list is short, and that of a row that was kept is in order. */
static void
gig_facets_sort(uint32_t *list, uint32_t n)
{
    uint32_t  i, k, value;

    for (i = 1; i < n; i++) {
        value = list[i];

        for (k = i; k > 0 && (list[k - 1] & GIG_DISK_VALUE) > (value & GIG_DISK_VALUE); k--) {
            list[k] = list[k - 1];
        }

        list[k] = value;
    }
}
