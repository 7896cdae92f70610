
/* The reference's catalog: what is put, as it counts for a search; filters and facets. */

#include "gig_test_image.h"
#include "gig_pay.h"
#include "gig_record_words.h"
#include "gig_segment.h"
#include "search_reference.h"

#define FIELD_GAP       8                       /* positions between a field and the next */
#define FREQUENCY_MAX   255
#define POSTED_MAX      ((INT64_C(1) << GIG_CURSOR_POSTED_BITS) - 1)


/* What a gig's fields are gathered into. */
typedef struct {
    reference_t       *reference;
    reference_gig_t   *gig;
    uint32_t           size, position;
    uint64_t           length;
} fields_t;


static uint32_t
hash(gig_str_t s)
{
    size_t    i;
    uint32_t  h = 2166136261u;

    for (i = 0; i < s.len; i++) {
        h = (h ^ (unsigned char) s.data[i]) * 16777619u;
    }

    return h;
}


/* The slot of a text, or the free one where it would be. */
static uint32_t
slot_of(const reference_names_t *names, gig_str_t text)
{
    uint32_t  i, mask = 2 * names->size - 1;

    for (i = hash(text) & mask; names->slot[i] != REFERENCE_NONE; i = (i + 1) & mask) {
        if (gig_str_eq(names->text[names->slot[i]], text)) {
            break;
        }
    }

    return i;
}


uint32_t
reference_name_find(const reference_names_t *names, gig_str_t text)
{
    return names->size ? names->slot[slot_of(names, text)] : REFERENCE_NONE;
}


static uint32_t
name(reference_names_t *names, gig_str_t text)
{
    char      *copy;
    uint32_t   i, found;

    found = reference_name_find(names, text);

    if (found != REFERENCE_NONE) {
        return found;
    }

    if (names->n == names->size) {
        names->size = names->size ? 2 * names->size : 1024;
        names->text = realloc(names->text, names->size * sizeof(names->text[0]));
        free(names->slot);
        names->slot = malloc(2 * names->size * sizeof(names->slot[0]));
        assert_true(names->text && names->slot);
        memset(names->slot, 0xff, 2 * names->size * sizeof(names->slot[0]));

        for (i = 0; i < names->n; i++) {
            names->slot[slot_of(names, names->text[i])] = i;
        }
    }

    copy = malloc(text.len + 1);
    assert_non_null(copy);
    memcpy(copy, text.len ? text.data : "", text.len);
    i = slot_of(names, text);
    names->text[names->n] = (gig_str_t) { copy, text.len };
    names->slot[i] = names->n;

    return names->n++;
}


gig_str_t
reference_text(const reference_t *reference, uint32_t number)
{
    return reference->names.text[number];
}


void
reference_init(reference_t *reference, const gig_place_names_t *places)
{
    memset(reference, 0, sizeof(*reference));
    reference->stems = gig_stems_create();
    assert_non_null(reference->stems);
    reference->places = places;
}


static void
gig_free(reference_gig_t *gig)
{
    gig_record_free(&gig->record);
    free(gig->word);
    free(gig->term);
    free(gig);
}


void
reference_free(reference_t *reference)
{
    uint32_t  i;

    for (i = 0; i < reference->n; i++) {
        gig_free(reference->gig[i]);
    }

    for (i = 0; i < reference->names.n; i++) {
        free((char *) reference->names.text[i].data);
    }

    free(reference->names.text);
    free(reference->names.slot);
    gig_stems_free(reference->stems);
}


static uint32_t
index_of(const reference_t *reference, const char *id)
{
    uint32_t  i;

    for (i = 0; i < reference->n && strcmp(reference->gig[i]->id, id) != 0; i++) {
        /* void */
    }

    return i;
}


reference_gig_t *
reference_find(const reference_t *reference, const char *id)
{
    uint32_t  i = index_of(reference, id);

    return i < reference->n ? reference->gig[i] : NULL;
}


/* The words of one field, from where it begins. */
static void
field(void *data, unsigned weight, gig_str_t text)
{
    char               term[1 + GIG_WORD_MAX];
    size_t             len;
    gig_str_t          written;
    gig_words_t        words;
    fields_t          *fields = data;
    reference_gig_t   *gig = fields->gig;
    reference_word_t  *word;

    gig_words_init(&words, text, fields->position);

    while (gig_words_next(&words) && gig->n_words < GIG_ROW_WORDS_MAX) {

        if (gig->n_words == fields->size) {
            fields->size = fields->size ? 2 * fields->size : 64;
            gig->word = realloc(gig->word, fields->size * sizeof(gig->word[0]));
            assert_non_null(gig->word);
        }

        written = (gig_str_t) { words.data, words.len };
        term[0] = (char) gig->language;
        len = words.len;
        memcpy(term + 1, words.data, len);

        if (words.plain) {
            len = gig_stem(fields->reference->stems, gig->language, written, term + 1);
        }

        word = &gig->word[gig->n_words++];
        word->term = name(&fields->reference->names, (gig_str_t) { term, 1 + len });
        word->spelling = name(&fields->reference->names, written);
        word->position = words.position;
        word->weight = weight;
        fields->length += weight;
    }

    fields->position = words.next + FIELD_GAP;
}


/* Each term of a gig once, with the weights of all its occurrences. */
static void
sum_terms(reference_gig_t *gig)
{
    uint32_t  i, k;

    gig->term = calloc(gig->n_words + 1, sizeof(gig->term[0]));
    assert_non_null(gig->term);

    for (i = 0; i < gig->n_words; i++) {

        for (k = 0; k < gig->n_terms && gig->term[k].term != gig->word[i].term; k++) {
            /* void */
        }

        gig->n_terms += k == gig->n_terms;
        gig->term[k].term = gig->word[i].term;
        gig->term[k].frequency += gig->word[i].weight;
    }

    for (k = 0; k < gig->n_terms; k++) {
        gig->term[k].frequency = gig->term[k].frequency > FREQUENCY_MAX ? FREQUENCY_MAX
                                                                        : gig->term[k].frequency;
    }
}


/* A text as it is displayed: without blanks around, and one between words. */
static size_t
trim(gig_str_t text, char *out)
{
    size_t  i, n = 0;

    for (i = 0; i < text.len; i++) {
        if (text.data[i] != ' ' || (n > 0 && out[n - 1] != ' ')) {
            out[n++] = text.data[i];
        }
    }

    return n > 0 && out[n - 1] == ' ' ? n - 1 : n;
}


/* Values with one key are one: the first that a gig has, and a whole one before a part. */
static void
value(void *data, gig_facet_t facet, gig_str_t text, int part)
{
    char                key[GIG_FOLD_MAX], *shown;
    size_t              len;
    uint32_t            i;
    fields_t           *fields = data;
    reference_value_t  *new;
    reference_gig_t    *gig = fields->gig;

    len = gig_facet_key(facet, text, fields->reference->places, key);

    if (len == 0 || gig->n_values == GIG_ROW_VALUES_MAX) {
        return;
    }

    new = &gig->value[gig->n_values];
    new->facet = facet;
    new->part = part;
    new->key = name(&fields->reference->names, (gig_str_t) { key, len });

    for (i = 0; i < gig->n_values; i++) {
        if (gig->value[i].facet == facet && gig->value[i].key == new->key
            && (part || !gig->value[i].part))
        {
            return;
        }
    }

    shown = malloc(text.len + 1);
    assert_non_null(shown);
    new->spelling = name(&fields->reference->names, (gig_str_t) { shown, trim(text, shown) });
    free(shown);
    gig->n_values++;
}


int
reference_put(reference_t *reference, const char *id, gig_str_t json)
{
    fields_t          fields;
    gig_seats_t       seats;
    gig_errors_t      errors;
    reference_gig_t  *gig, *old;

    old = reference_find(reference, id);
    seats = old ? old->seats : GIG_SEATS_OPEN;
    reference_delete(reference, id);
    memset(&errors, 0, sizeof(errors));
    gig = calloc(1, sizeof(*gig));
    assert_non_null(gig);

    if (gig_record_read(json, &gig->record, &errors) != 0) {
        gig_free(gig);
        return -1;
    }

    memset(&fields, 0, sizeof(fields));
    fields.reference = reference;
    fields.gig = gig;
    snprintf(gig->id, sizeof(gig->id), "%s", id);
    gig->seats = seats;
    gig->put = ++reference->puts;
    gig->language = gig_stem_language(gig->record.language);
    gig->pay = gig_pay_at_least(gig->record.root);
    assert_int_equal(gig_record_text_fields(gig->record.root, reference->places, field, &fields),
                     0);
    gig->length = gig_length_value(gig_length_code((uint32_t) fields.length));
    sum_terms(gig);
    gig_facet_values(gig->record.root, reference->places, value, &fields);

    assert_true(reference->n < REFERENCE_GIGS_MAX);
    reference->gig[reference->n++] = gig;

    return 0;
}


void
reference_delete(reference_t *reference, const char *id)
{
    uint32_t  i = index_of(reference, id);

    if (i < reference->n) {
        gig_free(reference->gig[i]);
        reference->gig[i] = reference->gig[--reference->n];
    }
}


void
reference_seats(reference_t *reference, const char *id, gig_seats_t seats)
{
    reference_gig_t  *gig = reference_find(reference, id);

    if (gig != NULL) {
        gig->seats = seats;
    }
}


static int
in_state(const reference_gig_t *gig, gig_list_state_t list, int64_t now)
{
    gig_state_t  state = gig_state(gig->record.status, gig->record.visible_from,
                                   gig->record.opens_at, gig->record.closes_at, gig->seats, now);

    switch (list) {
    case GIG_LIST_OPEN:
        return state == GIG_STATE_OPEN || state == GIG_STATE_WAITLIST;
    case GIG_LIST_SCHEDULED:
        return state == GIG_STATE_SCHEDULED;
    default:
        return state != GIG_STATE_HIDDEN && state != GIG_STATE_GONE;
    }
}


int64_t
reference_posted(const reference_gig_t *gig)
{
    int64_t  posted = gig->record.posted_at;

    return posted < 0 ? 0 : posted > POSTED_MAX ? POSTED_MAX : posted;
}


static int
in_ranges(const reference_gig_t *gig, const gig_query_t *query)
{
    const json_t  *hours, *currency;

    if (query->pay_min >= 0 && (gig->pay < 0 || gig->pay < query->pay_min)) {
        return 0;
    }

    currency = json_object_get(json_object_get(gig->record.root, "pay"), "currency");

    if (query->currency[0]
        && (!json_is_string(currency)
            || strcmp(json_string_value(currency), query->currency) != 0))
    {
        return 0;
    }

    hours = json_object_get(json_object_get(gig->record.root, "work"), "hours_max");

    if (query->hours_max >= 0
        && (!json_is_integer(hours) || json_integer_value(hours) > query->hours_max))
    {
        return 0;
    }

    if (query->closes_before != GIG_TIME_NONE
        && (gig->record.closes_at == GIG_TIME_NONE
            || gig->record.closes_at >= query->closes_before))
    {
        return 0;
    }

    return query->posted_after == GIG_TIME_NONE || reference_posted(gig) >= query->posted_after;
}


static int
has_value(const reference_t *reference, const reference_gig_t *gig, const gig_query_value_t *asked)
{
    char      key[GIG_FOLD_MAX];
    size_t    len;
    uint32_t  i, wanted;

    len = gig_facet_key(asked->facet, asked->text, reference->places, key);
    wanted = reference_name_find(&reference->names, (gig_str_t) { key, len });

    for (i = 0; i < gig->n_values; i++) {
        if (gig->value[i].facet == asked->facet && gig->value[i].key == wanted) {
            return 1;
        }
    }

    return 0;
}


/* State, ranges and filters, without the filter of one facet (-1: with all); not `q`. */
int
reference_matches(const reference_t *reference, const reference_gig_t *gig,
    const gig_query_t *query, int64_t now, int but)
{
    unsigned  i, asked = 0, had = 0;

    if (!in_state(gig, query->state, now) || !in_ranges(gig, query)) {
        return 0;
    }

    for (i = 0; i < query->n_values; i++) {
        if ((int) query->value[i].facet != but) {
            asked |= 1u << query->value[i].facet;
            had |= has_value(reference, gig, &query->value[i]) ? 1u << query->value[i].facet : 0;
        }
    }

    return asked == had;
}
