
/* From a place's name to its key. */

#include <string.h>

#include "gig_place_table.h"

#define GIG_PLACE_KEY_STEPS     8


int
gig_place_compare(gig_str_t a, gig_str_t b)
{
    int     rc;
    size_t  n;

    n = a.len < b.len ? a.len : b.len;
    rc = n != 0 ? memcmp(a.data, b.data, n) : 0;

    return rc != 0 ? rc : (a.len > b.len) - (a.len < b.len);
}


const gig_place_name_t *
gig_place_find(const gig_place_names_t *names, gig_str_t text)
{
    int       rc;
    uint32_t  low, high, middle;

    low = 0;
    high = names != NULL ? names->n_index : 0;

    while (low < high) {
        middle = low + (high - low) / 2;
        rc = gig_place_compare(names->index[middle].text, text);

        if (rc == 0) {
            return &names->index[middle];
        }

        if (rc < 0) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    return NULL;
}


const gig_place_name_t *
gig_place_find_after(const gig_place_names_t *names, gig_str_t text, int only_after)
{
    char                     name[GIG_PLACE_NAME_MAX + 1];
    const gig_place_name_t  *found;

    found = NULL;

    if (text.len + 3 <= sizeof(name)) {
        memcpy(name, "*, ", 3);
        memcpy(name + 3, text.data, text.len);
        found = gig_place_find(names, (gig_str_t) { name, text.len + 3 });
    }

    return found != NULL || only_after ? found : gig_place_find(names, text);
}


int
gig_place_in(gig_str_t key, gig_str_t end)
{
    if (key.len < end.len || memcmp(key.data + key.len - end.len, end.data, end.len) != 0) {
        return 0;
    }

    return key.len == end.len
           || (key.len > end.len + 2 && memcmp(key.data + key.len - end.len - 2, ", ", 2) == 0);
}


/* "a, b" into out; b may lie in out.  Returns its bytes, or 0: it does not fit. */

static size_t
gig_place_join(gig_str_t a, gig_str_t b, char out[GIG_PLACE_KEY_MAX])
{
    if (a.len + 2 + b.len > GIG_PLACE_KEY_MAX) {
        return 0;
    }

    memmove(out + a.len + 2, b.data, b.len);
    memcpy(out, a.data, a.len);
    memcpy(out + a.len, ", ", 2);

    return a.len + 2 + b.len;
}


size_t
gig_place_expand(const gig_place_names_t *names, gig_str_t text,
    char out[GIG_PLACE_KEY_MAX], size_t *head)
{
    size_t                   i, n, len;
    gig_str_t                tail, part[GIG_PLACE_PIECES_MAX];
    gig_place_work_t         work;
    const gig_place_name_t  *found;

    memcpy(work.data, text.data, text.len);
    work.len = text.len;

    if (gig_place_rewrite(names, &work) != 0 || work.len > GIG_PLACE_KEY_MAX) {
        return 0;
    }

    n = gig_place_split(&work, part);
    len = 0;

    for (i = n - 1; i != 0; i--) {
        tail = (gig_str_t) { part[i].data, (size_t) (work.data + work.len - part[i].data) };
        found = gig_place_find_after(names, tail, 0);

        if (found == NULL && len != 0) {
            found = gig_place_find_after(names, part[i], 0);

            if (found != NULL && !gig_place_in(names->place[found->place].key,
                                               (gig_str_t) { out, len }))
            {
                found = NULL;
            }
        }

        if (found == NULL && len != 0) {
            len = gig_place_join(part[i], (gig_str_t) { out, len }, out);

            if (len == 0) {
                return 0;
            }

            found = gig_place_find(names, (gig_str_t) { out, len });

        } else if (found == NULL) {
            memcpy(out, part[i].data, part[i].len);
            len = part[i].len;
        }

        if (found != NULL) {
            tail = names->place[found->place].key;
            memcpy(out, tail.data, tail.len);
            len = tail.len;
        }
    }

    *head = part[0].len;

    if (len == 0) {
        memcpy(out, part[0].data, part[0].len);
        return part[0].len;
    }

    return gig_place_join(part[0], (gig_str_t) { out, len }, out);
}


gig_str_t
gig_place_resolve(const gig_place_names_t *names, gig_str_t expanded, size_t head, uint32_t self)
{
    gig_str_t                key, tail;
    const gig_place_name_t  *found;

    found = gig_place_find(names, expanded);

    if (found != NULL && found->place != self) {
        return names->place[found->place].key;
    }

    if (head == expanded.len) {
        return expanded;
    }

    found = gig_place_find(names, (gig_str_t) { expanded.data, head });

    if (found == NULL || found->place == self) {
        return expanded;
    }

    tail = (gig_str_t) { expanded.data + head + 2, expanded.len - head - 2 };
    key = names->place[found->place].key;

    return gig_place_in(key, tail) ? key : expanded;
}


/* The key of a tidied name, in one step. */

static size_t
gig_place_key_step(const gig_place_names_t *names, gig_str_t text, char key[GIG_FOLD_MAX])
{
    char                     expanded[GIG_PLACE_KEY_MAX];
    size_t                   len, head;
    gig_str_t                found;
    const gig_place_name_t  *name;

    name = gig_place_find(names, text);

    if (name != NULL) {
        found = names->place[name->place].key;

    } else {
        len = gig_place_expand(names, text, expanded, &head);
        found = len == 0 ? text
                         : gig_place_resolve(names, (gig_str_t) { expanded, len }, head,
                                             GIG_PLACE_NONE);
    }

    memmove(key, found.data, found.len);

    return found.len;
}


size_t
gig_place_names_key(const gig_place_names_t *names, gig_str_t folded, char key[GIG_FOLD_MAX])
{
    char      before[GIG_PLACE_KEY_MAX];
    size_t    n, len;
    unsigned  i;

    len = gig_place_tidy(folded, key);

    /* What is nothing but signs, or more than fits, is a name all the same. */

    if (len == 0) {
        len = folded.len < GIG_FOLD_MAX ? folded.len : GIG_FOLD_MAX;

        if (len != 0) {
            memcpy(key, folded.data, len);
        }

        return len;
    }

    /* A key is read as a name too, and then must come out as itself: mostly it does at once. */

    for (i = 0; i < GIG_PLACE_KEY_STEPS; i++) {
        n = len;
        memcpy(before, key, n);
        len = gig_place_key_step(names, (gig_str_t) { before, n }, key);

        if (len == n && memcmp(before, key, n) == 0) {
            break;
        }
    }

    return len;
}


gig_str_t
gig_place_names_country(const gig_place_names_t *names, gig_str_t code)
{
    int                      i;
    char                     name[3];
    const gig_place_name_t  *found;

    if (names == NULL || code.len != 2) {
        return gig_null_str;
    }

    name[0] = '@';

    for (i = 0; i < 2; i++) {
        name[i + 1] = (char) (code.data[i] >= 'A' && code.data[i] <= 'Z' ? code.data[i] + 32
                                                                         : code.data[i]);
    }

    found = gig_place_find(names, (gig_str_t) { name, sizeof(name) });

    return found != NULL ? names->place[found->place].written : gig_null_str;
}
