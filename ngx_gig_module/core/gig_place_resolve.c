
/*
 * The keys of all places.  A place's name speaks of other places ("Brooklyn, NYC"),
 * whose keys may be another's again, so keys are made in rounds until none changes:
 * each round reads the index of the one before.
 */

#include <stdlib.h>
#include <string.h>

#include "gig_place_table.h"

#define GIG_PLACE_ROUNDS_MAX    16
#define GIG_PLACE_ROUNDS_SAME   2       /* without a change: names follow keys a round later */


typedef struct {
    gig_place_arena_t  keys;
    gig_place_name_t  *index;
    uint32_t           n;
    gig_place_t       *changed;                 /* one whose key did, or NULL */
} gig_place_round_t;


static int
gig_place_order(const void *one, const void *two)
{
    int                      rc;
    const gig_place_name_t  *a = one, *b = two;

    rc = gig_place_compare(a->text, b->text);

    if (rc == 0) {
        rc = a->from != b->from ? (a->from > b->from) - (a->from < b->from)
             : a->kind != b->kind ? (a->kind > b->kind) - (a->kind < b->kind)
             : (a->line > b->line) - (a->line < b->line);
    }

    return rc;
}


static int
gig_place_no_memory(gig_error_t *err)
{
    return gig_error_set(err, "", "out of memory for the names of places");
}


/* Both lines of a name that two places have. */

static int
gig_place_twice(const gig_place_names_t *names, const gig_place_name_t *one,
    const gig_place_name_t *two, gig_error_t *err)
{
    gig_str_t                a, b;
    const gig_place_name_t  *first, *second;

    first = one->line <= two->line ? one : two;
    second = first == one ? two : one;

    a = names->place[first->place].written;
    b = names->place[second->place].written;

    return gig_error_set(err, "", "lines %u and %u: \"%.*s\" is a name of \"%.*s\" and of "
                         "\"%.*s\"; a name may belong to one place only", first->line,
                         second->line, (int) one->text.len, one->text.data, (int) a.len, a.data,
                         (int) b.len, b.data);
}


/* Sorted, each text once: the operator's before the built-in, the written before the derived. */

static int
gig_place_index(const gig_place_names_t *names, gig_place_round_t *round, gig_error_t *err)
{
    uint32_t           i, n;
    gig_place_name_t  *index;

    index = round->index;
    qsort(index, round->n, sizeof(gig_place_name_t), gig_place_order);

    for (n = 0, i = 0; i < round->n; i++) {

        if (n == 0 || !gig_str_eq(index[n - 1].text, index[i].text)) {
            index[n++] = index[i];
            continue;
        }

        if (index[n - 1].from != index[i].from || index[n - 1].place == index[i].place
            || index[i].kind == GIG_PLACE_KEY)
        {
            continue;
        }

        /*
         * Of derived names the last round decides: till then keys are on their way.  Those of the
         * built-in table may meet because an operator's line moved one; the first has it then.
         */

        if (index[i].kind == GIG_PLACE_WRITTEN
            || (index[i].from == GIG_PLACE_OPERATORS && round->changed == NULL
                && !gig_str_eq(names->place[index[n - 1].place].key,
                               names->place[index[i].place].key)))
        {
            return gig_place_twice(names, &index[n - 1], &index[i], err);
        }
    }

    round->n = n;

    return 0;
}


static int
gig_place_add(gig_place_round_t *round, gig_place_name_t name, gig_str_t text,
    gig_place_kind_t kind)
{
    name.text = gig_place_keep(&round->keys, text);
    name.kind = kind;
    round->index[round->n++] = name;

    return name.text.data != NULL ? 0 : -1;
}


static int
gig_place_keys(gig_place_names_t *names, gig_place_round_t *round)
{
    char          text[GIG_PLACE_KEY_MAX];
    size_t        len, head;
    uint32_t      i;
    gig_str_t     key, *keys;
    gig_place_t  *place;

    keys = calloc(names->n_places + 1, sizeof(gig_str_t));

    if (keys == NULL) {
        return -1;
    }

    for (i = 0; i < names->n_places; i++) {
        place = &names->place[i];
        len = gig_place_expand(names, place->text, text, &head);
        key = len == 0 ? place->text
                       : gig_place_resolve(names, (gig_str_t) { text, len }, head, i);
        round->changed = gig_str_eq(key, place->key) ? round->changed : place;
        keys[i] = gig_place_keep(&round->keys, key);

        if (keys[i].data == NULL) {
            free(keys);
            return -1;
        }
    }

    for (i = 0; i < names->n_places; i++) {
        names->place[i].key = keys[i];
    }

    free(keys);

    return 0;
}


/* New keys, and an index with them. */

static int
gig_place_round(gig_place_names_t *names, gig_place_round_t *round, gig_error_t *err)
{
    char              text[GIG_PLACE_KEY_MAX];
    size_t            len, head;
    uint32_t          i;
    gig_place_name_t  name;

    round->index = calloc(2 * (size_t) names->n_names + names->n_places + 1,
                          sizeof(gig_place_name_t));

    if (round->index == NULL || gig_place_keys(names, round) != 0) {
        return gig_place_no_memory(err);
    }

    for (i = 0; i < names->n_names; i++) {
        name = names->name[i];
        round->index[round->n++] = name;

        if (name.text.data[0] == '*' || name.text.data[0] == '@') {
            continue;
        }

        len = gig_place_expand(names, name.text, text, &head);

        if (len > head && gig_place_add(round, name, (gig_str_t) { text, len },
                                        GIG_PLACE_EXPANDED) != 0)
        {
            return gig_place_no_memory(err);
        }
    }

    for (i = 0; i < names->n_places; i++) {
        name.place = i;
        name.line = names->place[i].line;
        name.from = names->place[i].from;

        if (gig_place_add(round, name, names->place[i].key, GIG_PLACE_KEY) != 0) {
            return gig_place_no_memory(err);
        }
    }

    return 0;
}


static int
gig_place_other_order(const void *one, const void *two)
{
    int                       rc;
    const gig_place_other_t  *a = one, *b = two;

    rc = gig_place_compare(a->key, b->key);

    return rc != 0 ? rc : gig_place_compare(a->name, b->name);
}


/* The written names by key, for gig_place_names_other(). */

static int
gig_place_others(gig_place_names_t *names, gig_error_t *err)
{
    uint32_t                 i;
    const gig_place_name_t  *name;

    names->other = calloc((size_t) names->n_index + 1, sizeof(gig_place_other_t));

    if (names->other == NULL) {
        return gig_place_no_memory(err);
    }

    names->hash = 0;

    for (i = 0; i < names->n_index; i++) {
        name = &names->index[i];
        names->hash = names->hash * 31 + gig_str_hash(name->text);
        names->hash = names->hash * 31 + gig_str_hash(names->place[name->place].key);

        if (name->kind == GIG_PLACE_WRITTEN && name->text.data[0] != '*'
            && name->text.data[0] != '@')
        {
            names->other[names->n_other].key = names->place[name->place].key;
            names->other[names->n_other++].name = name->text;
        }
    }

    qsort(names->other, names->n_other, sizeof(gig_place_other_t), gig_place_other_order);

    return 0;
}


int
gig_place_names_resolve(gig_place_names_t *names, gig_error_t *err)
{
    int                rounds, same;
    uint32_t           i;
    gig_place_t       *changed;
    gig_place_round_t  round;

    for (i = 0; i < names->n_places; i++) {
        names->place[i].key = names->place[i].text;
    }

    same = 0;
    changed = NULL;

    for (rounds = 0; same < GIG_PLACE_ROUNDS_SAME; rounds++) {
        memset(&round, 0, sizeof(gig_place_round_t));

        if (rounds == GIG_PLACE_ROUNDS_MAX) {
            return gig_error_set(err, "", "line %u: \"%.*s\" comes to lie in itself; what stands "
                                 "after its comma must be a place that does not lead back to it",
                                 changed->line, (int) changed->written.len,
                                 changed->written.data);
        }

        if (gig_place_round(names, &round, err) != 0 || gig_place_index(names, &round, err) != 0) {
            gig_place_arena_free(&round.keys);
            free(round.index);
            return -1;
        }

        changed = round.changed;
        same = changed != NULL ? 0 : same + 1;

        gig_place_arena_free(&names->keys);
        free(names->index);

        names->keys = round.keys;
        names->index = round.index;
        names->n_index = round.n;
    }

    return gig_place_others(names, err);
}
