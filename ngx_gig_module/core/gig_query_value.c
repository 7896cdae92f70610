
/*
 * Values that are one of a few names, or any text.  A sentence for each that is
 * wrong: the parameter, the value and what would be right.
 */

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "gig_query_parts.h"
#include "gig_record_member.h"
#include "gig_utf8.h"

#define GIG_QUERY_CHOICES_SIZE  160             /* bytes of all choices, quoted */
#define GIG_QUERY_NAME_SIZE     32              /* bytes of a choice */

#define gig_count(names)        (sizeof(names) / sizeof((names)[0]))


static int  gig_query_choice(const char *name, gig_str_t value, const char *const *names,
    unsigned n, gig_error_t *err);
static int  gig_query_choose(gig_str_t value, const char *const *names, unsigned n);
static int  gig_query_unknown(const char *name, const char *verb, gig_str_t value,
    const char *also, const char *const *names, unsigned n, gig_error_t *err);
static int  gig_query_facet(gig_query_t *query, gig_str_t value, gig_error_t *err);


static const char *const  gig_query_states[] = { "open", "scheduled", "all" };
static const char *const  gig_query_sorts[] = { "newest", "closing", "pay", "relevance" };
static const char *const  gig_query_formats[] = { "json", "html" };


const char *
gig_list_state_name(gig_list_state_t state)
{
    return (unsigned) state < gig_count(gig_query_states) ? gig_query_states[state] : "";
}


const char *
gig_sort_name(gig_sort_t sort)
{
    return (unsigned) sort < gig_count(gig_query_sorts) ? gig_query_sorts[sort] : "";
}


const char *
gig_query_show(gig_str_t value, char out[GIG_QUERY_SHOWN])
{
    size_t  len;

    static const char  more[] = "...";

    if (value.len < GIG_QUERY_SHOWN) {
        memcpy(out, value.data, value.len);
        out[value.len] = '\0';
        return out;
    }

    len = gig_utf8_cut(value, GIG_QUERY_SHOWN - sizeof(more));
    memcpy(out, value.data, len);
    memcpy(&out[len], more, sizeof(more));

    return out;
}


/* The number of a name; -1 and err: it is none of them. */

static int
gig_query_choice(const char *name, gig_str_t value, const char *const *names, unsigned n,
    gig_error_t *err)
{
    int  choice;

    choice = gig_query_choose(value, names, n);

    if (choice == -1) {
        (void) gig_query_unknown(name, "is", value, "", names, n, err);
    }

    return choice;
}


/* The number of a name, in any case; -1: it is none of them. */

static int
gig_query_choose(gig_str_t value, const char *const *names, unsigned n)
{
    unsigned  i;

    for (i = 0; i < n; i++) {
        if (strncasecmp(value.data, names[i], value.len) == 0 && names[i][value.len] == '\0') {
            return (int) i;
        }
    }

    return -1;
}


/* Says which names there are, `also` before them, and the nearest one, if one is near. */

static int
gig_query_unknown(const char *name, const char *verb, gig_str_t value, const char *also,
    const char *const *names, unsigned n, gig_error_t *err)
{
    int          printed;
    char         choices[GIG_QUERY_CHOICES_SIZE], shown[GIG_QUERY_SHOWN];
    char         lower[GIG_QUERY_NAME_SIZE];
    size_t       i, len;
    const char  *nearest;

    len = 0;
    choices[0] = '\0';

    for (i = 0; i < n; i++) {

        printed = snprintf(&choices[len], sizeof(choices) - len, "%s\"%s\"",
                           i == 0 ? "" : i + 1 < n ? ", " : " or ", names[i]);

        if (printed < 0 || (size_t) printed >= sizeof(choices) - len) {
            break;
        }

        len += (size_t) printed;
    }

    nearest = NULL;

    if (value.len < sizeof(lower)) {

        for (i = 0; i < value.len; i++) {
            lower[i] = value.data[i];

            if (lower[i] >= 'A' && lower[i] <= 'Z') {
                lower[i] = (char) (lower[i] | 0x20);
            }
        }

        nearest = gig_nearest((gig_str_t) { lower, value.len }, names, n);
    }

    (void) gig_query_show(value, shown);

    if (nearest != NULL) {
        return gig_error_set(err, "", "The parameter \"%s\" %s \"%s\"; did you mean \"%s\"? "
                             "It must be %s%s.", name, verb, shown, nearest, also, choices);
    }

    return gig_error_set(err, "", "The parameter \"%s\" %s \"%s\"; it must be %s%s.", name, verb,
                         shown, also, choices);
}


int
gig_query_value_key(gig_facet_t facet, gig_str_t value, char folded[GIG_FOLD_MAX],
    gig_str_t *key, gig_error_t *err)
{
    int                 choice;
    unsigned            n;
    const char *const  *names;

    switch (facet) {

    case GIG_FACET_MODE:
        names = gig_modes;
        n = GIG_MODES;
        break;

    case GIG_FACET_ENGAGEMENT:
        names = gig_engagements;
        n = GIG_ENGAGEMENTS;
        break;

    default:
        key->data = folded;
        key->len = gig_fold(value, folded, GIG_FOLD_MAX);
        return 0;
    }

    choice = gig_query_choice(gig_parameters[facet].name.data, value, names, n, err);

    if (choice == -1) {
        return -1;
    }

    key->data = names[choice];
    key->len = strlen(names[choice]);

    return 0;
}


/* "1", "0", or names between commas; may be given again, and then adds to what is wanted. */

int
gig_query_facets(gig_query_t *query, gig_str_t value, gig_error_t *err)
{
    gig_str_t    name;
    const char  *p, *end, *comma;

    end = value.data + value.len;

    for (p = value.data; p < end; p = comma + 1) {

        comma = memchr(p, ',', (size_t) (end - p));
        comma = comma != NULL ? comma : end;

        name.data = p;
        name.len = (size_t) (comma - p);

        if (name.len != 0 && name.data[0] == ' ') {
            name.data++;
            name.len--;
        }

        if (name.len != 0 && name.data[name.len - 1] == ' ') {
            name.len--;
        }

        if (name.len != 0 && gig_query_facet(query, name, err) != 0) {
            return -1;
        }

        if (comma == end) {
            break;
        }
    }

    return 0;
}


static int
gig_query_facet(gig_query_t *query, gig_str_t value, gig_error_t *err)
{
    int          facet;
    unsigned     i;
    const char  *names[GIG_FACETS];

    if (gig_str_is(value, "1")) {
        query->facets = GIG_FACET_ALL;
        return 0;
    }

    if (gig_str_is(value, "0")) {
        return 0;
    }

    for (i = 0; i < GIG_FACETS; i++) {
        names[i] = gig_parameters[i].name.data;
    }

    facet = gig_query_choose(value, names, GIG_FACETS);

    if (facet == -1) {
        return gig_query_unknown("facets", "names", value, "1, 0 or some of ", names, GIG_FACETS,
                                 err);
    }

    query->facets |= 1u << facet;

    return 0;
}


int
gig_query_format(gig_query_t *query, gig_str_t value, gig_error_t *err)
{
    int  choice;

    choice = gig_query_choice("format", value, gig_query_formats, gig_count(gig_query_formats),
                              err);

    if (choice == -1) {
        return -1;
    }

    query->format = (uint8_t) (choice + 1);

    return 0;
}


int
gig_query_q(gig_query_t *query, gig_str_t value, gig_error_t *err)
{
    (void) err;                                 /* its length was all that could be wrong */

    query->q = value;
    gig_query_text_read(value, &query->text);

    return 0;
}


int
gig_query_state(gig_query_t *query, gig_str_t value, gig_error_t *err)
{
    int  choice;

    choice = gig_query_choice("state", value, gig_query_states, gig_count(gig_query_states), err);

    if (choice == -1) {
        return -1;
    }

    query->state = (gig_list_state_t) choice;

    return 0;
}


int
gig_query_sort(gig_query_t *query, gig_str_t value, gig_error_t *err)
{
    int  choice;

    choice = gig_query_choice("sort", value, gig_query_sorts, gig_count(gig_query_sorts), err);

    if (choice == -1) {
        return -1;
    }

    query->sort = (gig_sort_t) choice;
    query->sorted = 1;

    return 0;
}


int
gig_query_cursor(gig_query_t *query, gig_str_t value, gig_error_t *err)
{
    (void) err;                                 /* who has the keys checks it */

    query->cursor = value;
    query->after = 1;

    return 0;
}
