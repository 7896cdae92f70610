
/* From a place's name to its key. */

#include <string.h>

#include "gig_place_table.h"

#define GIG_PLACE_CODE_MAX      3       /* letters: "Sunnyvale CA" has a comma to be put in */
#define GIG_PLACE_WORK_SIZE     (2 * GIG_PLACE_KEY_MAX)
#define GIG_PLACE_PIECES_MAX    (GIG_PLACE_KEY_MAX / 3 + 2)

#define GIG_PLACE_REMOTE        "remote"


/* A name that is being taken apart: `text` in its own bytes. */
typedef struct {
    char    data[GIG_PLACE_WORK_SIZE];
    size_t  len;
} gig_place_work_t;


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


/* The same for what stands after a comma: "*, NY" is there before "NY". */

static const gig_place_name_t *
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


/* Bytes of a sign at p that is read as a blank (1) or as nothing (0), or -1: another character. */

static int
gig_place_sign(gig_str_t rest, size_t *n)
{
    const unsigned char  *p;

    p = (const unsigned char *) rest.data;
    *n = 1;

    switch (*p) {
    case ' ':
    case '-':
    case '(':
    case ')':
    case '|':
        return 1;
    case '.':
    case '\'':
        return 0;
    default:
        break;
    }

    /* U+2010 to U+2015 are hyphens and dashes, U+2018 and U+2019 are apostrophes. */

    if (rest.len >= 3 && p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0x90 && p[2] <= 0x99) {
        *n = 3;

        if (p[2] <= 0x95) {
            return 1;
        }

        if (p[2] >= 0x98) {
            return 0;
        }
    }

    *n = 1;

    return -1;
}


size_t
gig_place_tidy(gig_str_t folded, char out[GIG_PLACE_KEY_MAX])
{
    int     sign, blank, comma;
    size_t  i, n, len;

    len = 0;
    blank = 0;
    comma = 0;

    for (i = 0; i < folded.len; i += n) {
        sign = gig_place_sign((gig_str_t) { folded.data + i, folded.len - i }, &n);

        if (sign >= 0) {
            blank |= sign;
            continue;
        }

        if (folded.data[i] == ',') {
            comma = 1;
            continue;
        }

        if (len + 3 > GIG_PLACE_KEY_MAX) {
            return 0;
        }

        if (len != 0 && comma) {
            out[len++] = ',';
        }

        if (len != 0 && (comma || blank)) {
            out[len++] = ' ';
        }

        out[len++] = folded.data[i];
        blank = 0;
        comma = 0;
    }

    return len;
}


/* 1 if `key` is `end`, or lies in it. */

static int
gig_place_in(gig_str_t key, gig_str_t end)
{
    if (key.len < end.len || memcmp(key.data + key.len - end.len, end.data, end.len) != 0) {
        return 0;
    }

    return key.len == end.len
           || (key.len > end.len + 2 && memcmp(key.data + key.len - end.len - 2, ", ", 2) == 0);
}


/* ---- the ways people write that a comma or an order tells apart */

static int
gig_place_begins(const gig_place_work_t *work, const char *word)
{
    size_t  n;

    n = strlen(word);

    return work->len >= n && memcmp(work->data, word, n) == 0
           && (work->len == n || work->data[n] == ' ' || work->data[n] == ',');
}


static void
gig_place_drop(gig_place_work_t *work, size_t n)
{
    while (n < work->len && (work->data[n] == ' ' || work->data[n] == ',')) {
        n++;
    }

    memmove(work->data, work->data + n, work->len - n);
    work->len -= n;
}


/* 1 if there was a "Remote" at the beginning or the end; all of them are gone now. */

static int
gig_place_drop_remote(gig_place_work_t *work)
{
    static const char *const  joints[] = { "in", "from", "within" };

    int     remote;
    size_t  i, n;

    remote = 0;

    for ( ;; ) {
        n = sizeof(GIG_PLACE_REMOTE) - 1;

        if (gig_place_begins(work, GIG_PLACE_REMOTE)) {
            gig_place_drop(work, n);
            remote = 1;

            for (i = 0; i < sizeof(joints) / sizeof(joints[0]); ) {
                n = strlen(joints[i]);

                if (gig_place_begins(work, joints[i]) && work->len > n) {
                    gig_place_drop(work, n);
                    i = 0;

                } else {
                    i++;
                }
            }

        } else if (work->len > n && work->data[work->len - n - 1] == ' '
                   && memcmp(work->data + work->len - n, GIG_PLACE_REMOTE, n) == 0)
        {
            work->len -= n + 1;
            work->len -= work->data[work->len - 1] == ',';
            remote = 1;

        } else {
            return remote;
        }
    }
}


static size_t
gig_place_split(gig_str_t text, gig_str_t part[GIG_PLACE_PIECES_MAX])
{
    size_t       n;
    const char  *comma;

    for (n = 0; n < GIG_PLACE_PIECES_MAX; n++) {
        part[n] = text;
        comma = memmem(text.data, text.len, ", ", 2);

        if (comma == NULL) {
            return n + 1;
        }

        part[n].len = (size_t) (comma - text.data);
        text.len -= part[n].len + 2;
        text.data = comma + 2;
    }

    return n;
}


/* "Sunnyvale CA", "Austin TX US": the comma before each code at the end. */

static void
gig_place_put_commas(const gig_place_names_t *names, gig_place_work_t *work)
{
    size_t     i, at, end;
    gig_str_t  part, word;

    end = work->len;

    for ( ;; ) {
        at = end;

        while (at != 0 && work->data[at - 1] != ' ') {
            at--;
        }

        word = (gig_str_t) { work->data + at, end - at };

        for (i = at; i != 0 && work->data[i - 1] != ','; i--) {
            /* void */
        }

        i += i != 0;                            /* the blank after a comma */
        part = (gig_str_t) { work->data + i, end - i };

        if (at <= i || word.len > GIG_PLACE_CODE_MAX
            || gig_place_find_after(names, part, 0) != NULL
            || gig_place_find_after(names, word, 1) == NULL
            || work->len == sizeof(work->data))
        {
            return;
        }

        memmove(work->data + at, work->data + at - 1, work->len - at + 1);
        work->data[at - 1] = ',';
        work->len++;
        end = at - 1;
    }
}


/* "US, CA, Santa Clara": a country first, and last what is none or lies in it. */

static void
gig_place_turn(const gig_place_names_t *names, gig_place_work_t *work)
{
    char                     turned[GIG_PLACE_WORK_SIZE];
    size_t                   i, n, len;
    gig_str_t                key, last, part[GIG_PLACE_PIECES_MAX];
    const gig_place_name_t  *found;

    n = gig_place_split((gig_str_t) { work->data, work->len }, part);
    found = n > 1 ? gig_place_find(names, part[0]) : NULL;

    if (found == NULL) {
        return;
    }

    key = names->place[found->place].key;

    if (memchr(key.data, ',', key.len) != NULL) {
        return;                                 /* no country: it lies in something */
    }

    found = gig_place_find_after(names, part[n - 1], 0);

    if (found != NULL) {
        last = names->place[found->place].key;

        if (last.len == key.len || !gig_place_in(last, key)) {
            return;
        }
    }

    for (len = 0, i = n; i != 0; i--) {
        memcpy(turned + len, part[i - 1].data, part[i - 1].len);
        len += part[i - 1].len;

        if (i != 1) {
            memcpy(turned + len, ", ", 2);
            len += 2;
        }
    }

    memcpy(work->data, turned, len);
}


/* ---- a name by the names of its parts */

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
    int                      remote;
    size_t                   i, n, len;
    gig_str_t                tail, part[GIG_PLACE_PIECES_MAX];
    gig_place_work_t         work;
    const gig_place_name_t  *found;

    memcpy(work.data, text.data, text.len);
    work.len = text.len;

    remote = gig_place_drop_remote(&work);
    gig_place_turn(names, &work);
    remote |= gig_place_drop_remote(&work);
    gig_place_put_commas(names, &work);

    if (remote) {
        n = sizeof(GIG_PLACE_REMOTE) - 1;
        i = work.len != 0 ? n + 2 : n;

        if (work.len + i > sizeof(work.data)) {
            return 0;
        }

        memmove(work.data + i, work.data, work.len);
        memcpy(work.data, GIG_PLACE_REMOTE ", ", i);
        work.len += i;
    }

    n = gig_place_split((gig_str_t) { work.data, work.len }, part);
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


size_t
gig_place_names_key(const gig_place_names_t *names, gig_str_t folded, char key[GIG_FOLD_MAX])
{
    char                     tidy[GIG_PLACE_KEY_MAX], expanded[GIG_PLACE_KEY_MAX];
    size_t                   len, head;
    gig_str_t                text, found;
    const gig_place_name_t  *name;

    len = gig_place_tidy(folded, tidy);

    /* What is nothing but signs, or more than fits, is a name all the same. */

    if (len == 0) {
        len = folded.len < GIG_FOLD_MAX ? folded.len : GIG_FOLD_MAX;

        if (len != 0) {
            memcpy(key, folded.data, len);
        }

        return len;
    }

    text = (gig_str_t) { tidy, len };
    name = gig_place_find(names, text);

    if (name != NULL) {
        found = names->place[name->place].key;

    } else {
        len = gig_place_expand(names, text, expanded, &head);
        found = len == 0 ? text
                         : gig_place_resolve(names, (gig_str_t) { expanded, len }, head,
                                             GIG_PLACE_NONE);
    }

    memcpy(key, found.data, found.len);

    return found.len;
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
