
#include <string.h>

#include "gig_facet.h"
#include "gig_json.h"
#include "gig_markup.h"
#include "gig_record.h"
#include "gig_record_words.h"
#include "gig_text.h"

#define GIG_WORDS_PLACES        128     /* places of a gig whose other names are given */
#define GIG_WORDS_MARKUP_MAX    (2 * GIG_RECORD_MAX)


typedef struct {
    const gig_place_names_t  *names;
    gig_record_text_pt        each;
    void                     *data;
    int                       failed;
    unsigned                  n;                /* regions and places that were given, hashed */
    uint64_t                  given[GIG_WORDS_PLACES];
} gig_record_texts_t;


static void
gig_texts_add(gig_record_texts_t *texts, unsigned weight, gig_str_t text)
{
    if (text.len != 0) {
        texts->each(texts->data, weight, text);
    }
}


static void
gig_texts_list(gig_record_texts_t *texts, unsigned weight, const json_t *list, const char *name)
{
    size_t  i;

    for (i = 0; i < json_array_size(list); i++) {
        gig_texts_add(texts, weight, gig_json_item(json_array_get(list, i), name));
    }
}


static void
gig_texts_html(gig_record_texts_t *texts, gig_str_t html)
{
    gig_buf_t  out;

    if (html.len == 0) {
        return;
    }

    gig_buf_init(&out, GIG_WORDS_MARKUP_MAX);

    if (gig_markup_text(html, &out) == 0) {
        gig_texts_add(texts, GIG_WEIGHT_DESCRIPTION, gig_buf_view(&out));

    } else {
        texts->failed = 1;
    }

    gig_buf_free(&out);
}


/* 1 the first time. */

static int
gig_texts_once(gig_record_texts_t *texts, gig_str_t key)
{
    unsigned  i;
    uint64_t  hash;

    hash = gig_str_hash(key);

    for (i = 0; i < texts->n; i++) {
        if (texts->given[i] == hash) {
            return 0;
        }
    }

    if (texts->n == GIG_WORDS_PLACES) {
        return 0;
    }

    texts->given[texts->n++] = hash;

    return 1;
}


/* A name of a place (or of what it lies in) that its own text does not hold already. */

static void
gig_texts_name(gig_record_texts_t *texts, gig_str_t folded, gig_str_t name)
{
    if (name.len != 0 && memmem(folded.data, folded.len, name.data, name.len) == NULL) {
        gig_texts_add(texts, GIG_WEIGHT_PLACE, name);
    }
}


/*
 * What else the place is called, and the regions between it and its country by their full names,
 * so that "california" finds "San Jose, CA".  Left out: a country's name, which would be in nearly
 * every gig, and "name, region", which says a name again; a gig in a town of many names would seem
 * a longer text than others and come after them.
 */

static void
gig_texts_names(gig_record_texts_t *texts, gig_str_t place)
{
    char         key[GIG_FOLD_MAX], text[GIG_FOLD_MAX];
    unsigned     i;
    gig_str_t    folded, rest, part, name;
    const char  *comma;

    /* Without a table: as it is written, but for the signs that names are told apart without. */

    folded = (gig_str_t) { text, gig_facet_key(GIG_FACET_LOCATION, place, NULL, text) };
    rest = (gig_str_t) { key, gig_facet_key(GIG_FACET_LOCATION, place, texts->names, key) };

    if (rest.len == 0 || !gig_texts_once(texts, rest)) {
        return;
    }

    for (i = 0; (name = gig_place_names_other(texts->names, rest, i)).len != 0; i++) {
        if (memchr(name.data, ',', name.len) == NULL) {
            gig_texts_name(texts, folded, name);
        }
    }

    for ( ;; ) {
        comma = memmem(rest.data, rest.len, ", ", 2);

        if (comma == NULL) {
            return;
        }

        rest.len -= (size_t) (comma + 2 - rest.data);
        rest.data = comma + 2;
        comma = memmem(rest.data, rest.len, ", ", 2);

        if (comma == NULL) {
            return;
        }

        part = (gig_str_t) { rest.data, (size_t) (comma - rest.data) };

        if (gig_texts_once(texts, rest)) {
            gig_texts_name(texts, folded, part);
        }
    }
}


static void
gig_texts_places(gig_record_texts_t *texts, const json_t *location)
{
    char                text[GIG_TEXT_MAX];
    size_t              i;
    const json_t       *places;
    gig_text_address_t  address;

    places = json_object_get(location, "places");
    gig_texts_add(texts, GIG_WEIGHT_PLACE, gig_json_str(location, "name"));

    for (i = 0; i < json_array_size(places); i++) {
        gig_text_address_read(json_array_get(places, i), &address);
        gig_texts_add(texts, GIG_WEIGHT_PLACE, gig_text_address(&address, text));
    }

    if (texts->names == NULL) {
        return;
    }

    gig_texts_names(texts, gig_json_str(location, "name"));

    for (i = 0; i < json_array_size(places); i++) {
        gig_texts_names(texts, gig_facet_place(json_array_get(places, i), texts->names, text));
    }
}


static void
gig_texts_description(gig_record_texts_t *texts, const json_t *record)
{
    size_t         i;
    gig_str_t      text;
    const json_t  *sections, *section;

    text = gig_json_str(record, "description_text");

    if (text.len != 0) {
        gig_texts_add(texts, GIG_WEIGHT_DESCRIPTION, text);

    } else {
        gig_texts_html(texts, gig_json_str(record, "description_html"));
    }

    sections = json_object_get(record, "sections");

    for (i = 0; i < json_array_size(sections); i++) {
        section = json_array_get(sections, i);
        gig_texts_add(texts, GIG_WEIGHT_DESCRIPTION, gig_json_str(section, "title"));
        gig_texts_html(texts, gig_json_str(section, "html"));
        gig_texts_add(texts, GIG_WEIGHT_DESCRIPTION, gig_json_str(section, "text"));
        gig_texts_list(texts, GIG_WEIGHT_DESCRIPTION, json_object_get(section, "items"), "text");
    }

    gig_texts_list(texts, GIG_WEIGHT_DESCRIPTION, json_object_get(record, "deliverables"), "text");
}


int
gig_record_text_fields(const json_t *record, const gig_place_names_t *names,
    gig_record_text_pt each, void *data)
{
    gig_record_texts_t  texts;

    texts.names = names;
    texts.each = each;
    texts.data = data;
    texts.failed = 0;
    texts.n = 0;

    gig_texts_add(&texts, GIG_WEIGHT_TITLE, gig_json_str(record, "title"));
    gig_texts_list(&texts, GIG_WEIGHT_SKILL, json_object_get(record, "skills"), "name");
    gig_texts_add(&texts, GIG_WEIGHT_ORG, gig_json_str(json_object_get(record, "org"), "name"));

    /* A card shows them, and who types "marketing" means what marketing has to do as well. */

    gig_texts_add(&texts, GIG_WEIGHT_DEPARTMENT, gig_json_str(record, "department"));
    gig_texts_add(&texts, GIG_WEIGHT_DEPARTMENT, gig_json_str(record, "team"));
    gig_texts_places(&texts, json_object_get(record, "location"));
    gig_texts_add(&texts, GIG_WEIGHT_SUMMARY, gig_json_str(record, "summary"));
    gig_texts_description(&texts, record);

    return texts.failed ? -1 : 0;
}
