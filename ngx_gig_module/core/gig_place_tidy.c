
/*
 * The ways people write a place, brought into one: signs in which they differ, a
 * "Remote" before or after it, a comma that is missing, the order of its parts.
 */

#include <string.h>

#include "gig_place_table.h"

#define GIG_PLACE_CODE_MAX      3       /* letters: "Sunnyvale CA" has a comma to be put in */

#define GIG_PLACE_REMOTE        "remote"


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


size_t
gig_place_split(const gig_place_work_t *work, gig_str_t part[GIG_PLACE_PIECES_MAX])
{
    size_t       n;
    gig_str_t    text;
    const char  *comma;

    text = (gig_str_t) { work->data, work->len };

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

    n = gig_place_split(work, part);
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


int
gig_place_rewrite(const gig_place_names_t *names, gig_place_work_t *work)
{
    int     remote;
    size_t  n;

    remote = gig_place_drop_remote(work);
    gig_place_turn(names, work);
    remote |= gig_place_drop_remote(work);
    gig_place_put_commas(names, work);

    if (!remote) {
        return 0;
    }

    n = sizeof(GIG_PLACE_REMOTE) - 1 + (work->len != 0 ? 2 : 0);

    if (work->len + n > sizeof(work->data)) {
        return -1;
    }

    memmove(work->data + n, work->data, work->len);
    memcpy(work->data, GIG_PLACE_REMOTE ", ", n);
    work->len += n;

    return 0;
}
