
/* Views, errors, ids, and the nearest of a list of names. */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gig_base.h"

#define GIG_NEAREST_MAX     64                  /* bytes of a name that is looked at */


static void  gig_text_set(char *out, size_t size, const char *text);
static void  gig_text_end(char *text, size_t len);
static void  gig_error_write(gig_error_t *err, const char *pointer, const char *format,
                             va_list args);
static size_t  gig_distance(gig_str_t a, gig_str_t b);


int
gig_error_set(gig_error_t *err, const char *pointer, const char *format, ...)
{
    va_list  args;

    if (err != NULL) {
        va_start(args, format);
        gig_error_write(err, pointer, format, args);
        va_end(args);
    }

    return -1;
}


int
gig_errors_add(gig_errors_t *errors, const char *pointer, const char *format, ...)
{
    va_list  args;

    if (errors == NULL) {
        return -1;
    }

    if (errors->count < GIG_ERRORS_MAX) {
        va_start(args, format);
        gig_error_write(&errors->error[errors->count], pointer, format, args);
        va_end(args);
    }

    if (errors->count < UINT32_MAX) {
        errors->count++;
    }

    return -1;
}


static void
gig_error_write(gig_error_t *err, const char *pointer, const char *format, va_list args)
{
    int  n;

    gig_text_set(err->pointer, sizeof(err->pointer), pointer != NULL ? pointer : "");

    n = vsnprintf(err->detail, sizeof(err->detail), format, args);

    if (n < 0) {
        err->detail[0] = '\0';

    } else if ((size_t) n >= sizeof(err->detail)) {
        gig_text_end(err->detail, sizeof(err->detail) - 1);
    }
}


static void
gig_text_set(char *out, size_t size, const char *text)
{
    size_t  len;

    len = strlen(text);

    if (len < size) {
        memcpy(out, text, len + 1);
        return;
    }

    memcpy(out, text, size - 1);
    gig_text_end(out, size - 1);
}


/* Ends a text that was cut after len bytes; the last character may have lost its tail. */

static void
gig_text_end(char *text, size_t len)
{
    size_t         lead, need;
    unsigned char  c;

    text[len] = '\0';

    for (lead = len; lead != 0 && len - lead < 4; lead--) {

        c = (unsigned char) text[lead - 1];

        if ((c & 0xc0) == 0x80) {
            continue;
        }

        need = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

        if (need > len - (lead - 1)) {
            text[lead - 1] = '\0';
        }

        return;
    }
}


int
gig_str_eq(gig_str_t a, gig_str_t b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}


int
gig_str_is(gig_str_t a, const char *literal)
{
    return a.len == strlen(literal) && (a.len == 0 || memcmp(a.data, literal, a.len) == 0);
}


gig_str_t
gig_str_trim(gig_str_t s, const char *set)
{
    size_t  n;

    n = strlen(set);                    /* strchr() would find a NUL in each set */

    while (s.len != 0 && memchr(set, s.data[0], n) != NULL) {
        s.data++;
        s.len--;
    }

    while (s.len != 0 && memchr(set, s.data[s.len - 1], n) != NULL) {
        s.len--;
    }

    return s;
}


uint64_t
gig_str_hash(gig_str_t s)
{
    size_t    i;
    uint64_t  hash;

    hash = UINT64_C(0xcbf29ce484222325);

    for (i = 0; i < s.len; i++) {
        hash = (hash ^ (unsigned char) s.data[i]) * UINT64_C(0x100000001b3);
    }

    return hash;
}


int
gig_id_valid(gig_str_t id)
{
    char    c;
    size_t  i;

    if (id.len == 0 || id.len > GIG_ID_MAX) {
        return 0;
    }

    for (i = 0; i < id.len; i++) {
        c = id.data[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
              || c == '_' || c == '-'))
        {
            return 0;
        }
    }

    return 1;
}


int
gig_board_valid(gig_str_t board)
{
    char    c;
    size_t  i;

    if (board.len == 0 || board.len > GIG_BOARD_MAX) {
        return 0;
    }

    for (i = 0; i < board.len; i++) {
        c = board.data[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')) {
            return 0;
        }
    }

    return 1;
}


const char *
gig_nearest(gig_str_t name, const char *const *names, size_t n)
{
    size_t       i, distance, best;
    gig_str_t    candidate;
    const char  *found;

    if (name.len == 0 || name.len > GIG_NEAREST_MAX) {
        return NULL;
    }

    found = NULL;
    best = name.len / 3 > 1 ? name.len / 3 : 1;

    for (i = 0; i < n; i++) {

        candidate.data = names[i];
        candidate.len = strlen(names[i]);

        if (candidate.len > GIG_NEAREST_MAX) {
            continue;
        }

        distance = gig_distance(name, candidate);

        if (distance < best || (distance == best && found == NULL)) {
            best = distance;
            found = names[i];
        }
    }

    return found;
}


/* Edits (insert, delete, replace, swap of neighbours) between two short names. */

static size_t
gig_distance(gig_str_t a, gig_str_t b)
{
    size_t  i, j, cost, least, row[3][GIG_NEAREST_MAX + 1];
    size_t *before, *last, *next, *spare;

    before = row[0];
    last = row[1];
    next = row[2];

    for (j = 0; j <= b.len; j++) {
        before[j] = 0;
        last[j] = j;
    }

    for (i = 1; i <= a.len; i++) {

        next[0] = i;

        for (j = 1; j <= b.len; j++) {

            cost = a.data[i - 1] == b.data[j - 1] ? 0 : 1;
            least = last[j - 1] + cost;

            if (last[j] + 1 < least) {
                least = last[j] + 1;
            }

            if (next[j - 1] + 1 < least) {
                least = next[j - 1] + 1;
            }

            if (i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] && a.data[i - 2] == b.data[j - 1]
                && before[j - 2] + 1 < least)
            {
                least = before[j - 2] + 1;
            }

            next[j] = least;
        }

        spare = before;
        before = last;
        last = next;
        next = spare;
    }

    return last[b.len];
}


int
gig_hex_byte(const char *digits, const char *end)
{
    int       value;
    char      c;
    unsigned  i;

    if (end - digits < 2) {
        return -1;
    }

    value = 0;

    for (i = 0; i < 2; i++) {

        c = digits[i];

        if (c >= '0' && c <= '9') {
            value = value * 16 + (c - '0');

        } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
            value = value * 16 + ((c | 0x20) - 'a' + 10);

        } else {
            return -1;
        }
    }

    return value;
}


const char *
gig_pair_find_of(const gig_pair_t *pairs, size_t n, gig_str_t name)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        if (gig_str_is(name, pairs[i].name)) {
            return pairs[i].value;
        }
    }

    return NULL;
}
