
/*
 * The names of places come from an operator's editor, and a place's name from
 * anybody.  A table is read or refused with a sentence; and whatever the table, a key
 * is not empty, fits, and is its own key: the index holds keys, and a query makes one.
 *
 * The input: the operator's table, a NUL, then names of places, one a line.
 */

#include <stdlib.h>
#include <string.h>

#include "gig_place_names.h"
#include "gig_utf8.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


/* In place of the built-in table, which is large: one of each kind of line. */
const char  gig_place_names_builtin[] =
    "United States = US; *, US; USA; @US\n"
    "Canada = CAN; @CA\n"
    "Remote = WFH\n"
    "New York State, United States = NY; *, NY; *, New York\n"
    "California, United States = CA; *, CA\n"
    "Ontario, Canada = ON; *, ON\n"
    "New York, NY = NYC; New York; Manhattan\n"
    "Brooklyn, NYC = Brooklyn; Brooklyn, NY\n"
    "Bay Area, CA = Bay Area\n"
    "San Jose, Bay Area = San Jose; San Jose, CA\n"
    "Toronto, ON = Toronto; Toronto, CA\n";


static void
gig_fuzz_key(const gig_place_names_t *names, gig_str_t name)
{
    char       text[GIG_FOLD_MAX], key[GIG_FOLD_MAX], again[GIG_FOLD_MAX];
    size_t     n, len, same;
    unsigned   i;
    gig_str_t  folded, other;

    if (!gig_utf8_valid(name)) {
        return;
    }

    n = gig_fold(name, text, sizeof(text));
    folded = (gig_str_t) { text, n };
    len = gig_place_names_key(names, folded, key);

    if ((len == 0) != (n == 0) || len > sizeof(key)) {
        abort();
    }

    same = gig_place_names_key(names, (gig_str_t) { key, len }, again);

    if (same != len || memcmp(key, again, len) != 0) {
        abort();
    }

    for (i = 0; (other = gig_place_names_other(names, (gig_str_t) { key, len }, i)).len != 0; i++) {
        same = gig_place_names_key(names, other, again);

        if (same != len || memcmp(key, again, len) != 0) {
            abort();
        }
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gig_str_t           text, line;
    const char         *end;
    gig_error_t         err;
    gig_place_names_t  *names;

    text = (gig_str_t) { (const char *) data, size };
    end = size != 0 ? memchr(text.data, '\0', text.len) : NULL;
    line = (gig_str_t) { text.data, end != NULL ? (size_t) (end - text.data) : text.len };
    text.data += line.len + (end != NULL);
    text.len -= line.len + (end != NULL);

    err.detail[0] = '\0';
    names = gig_place_names_read(line, &err);

    if (names == NULL) {
        if (err.detail[0] == '\0') {
            abort();
        }

        return 0;
    }

    while (text.len != 0) {
        end = memchr(text.data, '\n', text.len);
        line = (gig_str_t) { text.data, end != NULL ? (size_t) (end - text.data) : text.len };
        text.data += line.len + (end != NULL);
        text.len -= line.len + (end != NULL);

        gig_fuzz_key(names, line);
        gig_fuzz_key(NULL, line);
    }

    gig_place_names_free(names);

    return 0;
}
