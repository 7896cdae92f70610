
#include <string.h>

#include "gig_pattern.h"
#include "gig_utf8.h"

#define GIG_REPEAT_MAX      200

enum {
    GIG_STEP_SET = 1,
    GIG_STEP_NOT,                           /* what is in none of the ranges */
    GIG_STEP_BOTH,                          /* goes on at two places */
    GIG_STEP_JUMP,
    GIG_STEP_END
};

typedef struct {
    gig_pattern_t  *pattern;
    const char     *p, *end;
    const char     *wrong;                  /* the first thing */
    unsigned        depth;
} gig_pattern_reader_t;

/* The steps that are at work on one character, each once. */
typedef struct {
    unsigned        n;
    unsigned short  step[GIG_PATTERN_STEPS];
    unsigned char   in[GIG_PATTERN_STEPS];
} gig_pattern_list_t;


static void  gig_pattern_choice(gig_pattern_reader_t *r);
static void  gig_pattern_row(gig_pattern_reader_t *r);
static void  gig_pattern_repeat(gig_pattern_reader_t *r, const char *from, unsigned start);
static int  gig_pattern_times(gig_pattern_reader_t *r, unsigned *least, unsigned *most);
static void  gig_pattern_atom(gig_pattern_reader_t *r);
static void  gig_pattern_set(gig_pattern_reader_t *r);
static uint32_t  gig_pattern_char(gig_pattern_reader_t *r, int in_set);
static void  gig_pattern_kind(gig_pattern_reader_t *r, char kind);
static void  gig_pattern_range(gig_pattern_reader_t *r, uint32_t low, uint32_t high);
static unsigned  gig_pattern_step(gig_pattern_reader_t *r, unsigned op, unsigned one, unsigned two);
static void  gig_pattern_set_end(gig_pattern_reader_t *r, unsigned op, unsigned first);
static void  gig_pattern_open(gig_pattern_reader_t *r, unsigned at);
static void  gig_pattern_wrong(gig_pattern_reader_t *r, const char *wrong);
static int  gig_pattern_in(const gig_pattern_t *pattern, const gig_pattern_step_t *step,
                           uint32_t code);
static void  gig_pattern_add(const gig_pattern_t *pattern, gig_pattern_list_t *list,
                             unsigned step);


int
gig_pattern_read(gig_str_t s, gig_pattern_t *pattern, const char **wrong)
{
    gig_pattern_reader_t  r;

    memset(&r, 0, sizeof(r));
    pattern->steps = 0;
    pattern->ranges = 0;

    r.pattern = pattern;
    r.p = s.data;
    r.end = s.data + s.len;

    if (s.len == 0 || s.len > GIG_PATTERN_MAX || !gig_utf8_clean(s, 0)) {
        gig_pattern_wrong(&r, "is no text of 1 to 200 bytes");
    }

    gig_pattern_choice(&r);

    if (r.wrong == NULL && r.p != r.end) {
        gig_pattern_wrong(&r, "closes a bracket that is not open");
    }

    (void) gig_pattern_step(&r, GIG_STEP_END, 0, 0);

    *wrong = r.wrong;

    return r.wrong == NULL ? 0 : -1;
}


static void
gig_pattern_wrong(gig_pattern_reader_t *r, const char *wrong)
{
    r->wrong = r->wrong != NULL ? r->wrong : wrong;
    r->p = r->end;
}


/* one|two: what is written before is moved by one step, for the step that chooses. */

static void
gig_pattern_choice(gig_pattern_reader_t *r)
{
    unsigned  start, jump;

    start = r->pattern->steps;
    gig_pattern_row(r);

    if (r->p == r->end || *r->p != '|') {
        return;
    }

    r->p++;
    gig_pattern_open(r, start);
    jump = gig_pattern_step(r, GIG_STEP_JUMP, 0, 0);

    if (r->wrong != NULL) {
        return;
    }

    r->pattern->step[start].op = GIG_STEP_BOTH;
    r->pattern->step[start].one = (unsigned short) (start + 1);
    r->pattern->step[start].two = (unsigned short) r->pattern->steps;

    gig_pattern_choice(r);

    if (r->wrong == NULL) {
        r->pattern->step[jump].one = (unsigned short) r->pattern->steps;
    }
}


static void
gig_pattern_row(gig_pattern_reader_t *r)
{
    unsigned     start, n;
    const char  *from;

    for (n = 0; r->p != r->end && *r->p != '|' && *r->p != ')'; n++) {

        start = r->pattern->steps;
        from = r->p;

        gig_pattern_atom(r);
        gig_pattern_repeat(r, from, start);
    }

    /* what is empty could be repeated without end and cost no step */

    if (n == 0) {
        gig_pattern_wrong(r, "has nothing where something must be: an empty (), or a | at an end");
    }
}


/* What was read from `from` on, once, is written as often as it may come. */

static void
gig_pattern_repeat(gig_pattern_reader_t *r, const char *from, unsigned start)
{
    unsigned     i, least, most, at;
    const char  *after;

    if (gig_pattern_times(r, &least, &most) != 0 || r->wrong != NULL) {
        return;
    }

    after = r->p;

    if (r->p != r->end && strchr("?*+{", *r->p) != NULL) {
        gig_pattern_wrong(r, "repeats what is repeated already; put it in ()");
        return;
    }

    for (i = 1; i < least && r->wrong == NULL; i++) {
        start = r->pattern->steps;
        r->p = from;
        gig_pattern_atom(r);
    }

    if (most == 0) {

        /* as often as one likes: again after the last, or around it where none is needed */

        if (least == 0) {
            gig_pattern_open(r, start);
        }

        at = gig_pattern_step(r, least == 0 ? GIG_STEP_JUMP : GIG_STEP_BOTH, start, 0);

        if (r->wrong == NULL) {

            if (least == 0) {
                r->pattern->step[start].op = GIG_STEP_BOTH;
                r->pattern->step[start].one = (unsigned short) (start + 1);
                r->pattern->step[start].two = (unsigned short) r->pattern->steps;
            } else {
                r->pattern->step[at].two = (unsigned short) r->pattern->steps;
            }
        }

    } else {

        for (i = least; i < most && r->wrong == NULL; i++) {

            /* the first one of {0,m} is there already */

            if (i != 0) {
                start = r->pattern->steps;
                r->p = from;
                gig_pattern_atom(r);
            }

            gig_pattern_open(r, start);

            if (r->wrong == NULL) {
                r->pattern->step[start].op = GIG_STEP_BOTH;
                r->pattern->step[start].one = (unsigned short) (start + 1);
                r->pattern->step[start].two = (unsigned short) r->pattern->steps;
            }
        }
    }

    r->p = r->wrong == NULL ? after : r->end;
}


/* most 0: without end.  -1: once, as it is. */

static int
gig_pattern_times(gig_pattern_reader_t *r, unsigned *least, unsigned *most)
{
    unsigned  *n;

    if (r->p == r->end) {
        return -1;
    }

    switch (*r->p) {

    case '?':
        r->p++;
        *least = 0;
        *most = 1;
        return 0;

    case '*':
    case '+':
        *least = *r->p++ == '+' ? 1 : 0;
        *most = 0;
        return 0;

    case '{':
        break;

    default:
        return -1;
    }

    *least = 0;
    *most = 0;
    n = least;

    for (r->p++; r->p != r->end && *r->p >= '0' && *r->p <= '9'; r->p++) {
        *n = *n * 10 + (unsigned) (*r->p - '0');

        if (*n > GIG_REPEAT_MAX) {
            break;
        }

        if (n == least && r->end - r->p > 1 && r->p[1] == ',') {
            r->p++;
            n = most;
        }
    }

    if (r->p == r->end || *r->p != '}' || r->p[-1] == '{') {
        gig_pattern_wrong(r, "has no {3}, {2,} or {2,4}, each at most 200, after its {");
        return -1;
    }

    if (n == least) {
        *most = *least;
    }

    /* {0} would be nothing at all; {2,} has no end, which is told from {2,0} by the comma */

    if ((*most == 0 && r->p[-1] != ',') || (*most != 0 && *most < *least)) {
        gig_pattern_wrong(r, "has a { } whose second number is 0 or below the first");
        return -1;
    }

    r->p++;

    return 0;
}


static void
gig_pattern_atom(gig_pattern_reader_t *r)
{
    char      c;
    uint32_t  code;
    unsigned  first;

    if (r->p == r->end) {
        return;
    }

    c = *r->p;
    first = r->pattern->ranges;

    switch (c) {

    case '(':
        r->p++;

        if (r->end - r->p > 1 && *r->p == '?') {
            gig_pattern_wrong(r, "has a (?, which is not known here");
            return;
        }

        if (++r->depth > GIG_PATTERN_DEPTH) {
            gig_pattern_wrong(r, "has too many brackets in brackets; 8 at most");
            return;
        }

        gig_pattern_choice(r);
        r->depth--;

        if (r->wrong == NULL && (r->p == r->end || *r->p != ')')) {
            gig_pattern_wrong(r, "has a ( that is not closed");
            return;
        }

        r->p += r->wrong == NULL ? 1 : 0;
        return;

    case '[':
        gig_pattern_set(r);
        return;

    case '.':
        r->p++;
        gig_pattern_set_end(r, GIG_STEP_NOT, first);
        return;

    case '\\':
        if (r->end - r->p > 1 && strchr("dws", r->p[1]) != NULL) {
            r->p += 2;
            gig_pattern_kind(r, r->p[-1]);
            gig_pattern_set_end(r, GIG_STEP_SET, first);
            return;
        }

        break;

    case '?': case '*': case '+': case '{':
        gig_pattern_wrong(r, "repeats what is not there");
        return;

    case '}': case ']': case '^': case '$':
        gig_pattern_wrong(r, "has a } ] ^ or $ that stands for itself: write it with a \\ in front "
                             "(a pattern is for the whole text as it is)");
        return;

    default:
        break;
    }

    code = gig_pattern_char(r, 0);
    gig_pattern_range(r, code, code);
    gig_pattern_set_end(r, GIG_STEP_SET, first);
}


static void
gig_pattern_set(gig_pattern_reader_t *r)
{
    unsigned  op, first;
    uint32_t  low, high;

    r->p++;
    op = GIG_STEP_SET;
    first = r->pattern->ranges;

    if (r->p != r->end && *r->p == '^') {
        op = GIG_STEP_NOT;
        r->p++;
    }

    while (r->p != r->end && *r->p != ']') {

        if (*r->p == '\\' && r->end - r->p > 1 && strchr("dws", r->p[1]) != NULL) {
            r->p += 2;
            gig_pattern_kind(r, r->p[-1]);
            continue;
        }

        low = gig_pattern_char(r, 1);
        high = low;

        if (r->end - r->p > 1 && *r->p == '-' && r->p[1] != ']') {

            r->p++;
            high = gig_pattern_char(r, 1);

            if (high < low) {
                gig_pattern_wrong(r, "has a range that ends before it begins");
            }
        }

        gig_pattern_range(r, low, high);
    }

    if (r->wrong == NULL && (r->p == r->end || r->pattern->ranges == first)) {
        gig_pattern_wrong(r, "has a [ that is not closed, or nothing in it");
    }

    r->p += r->p != r->end ? 1 : 0;
    gig_pattern_set_end(r, op, first);
}


/* One character; a \ in front takes its meaning from what is no letter or digit. */

static uint32_t
gig_pattern_char(gig_pattern_reader_t *r, int in_set)
{
    size_t    n;
    uint32_t  code;

    code = 0;

    if (*r->p == '\\') {

        r->p++;

        if (r->p == r->end || (unsigned char) *r->p >= 0x80 || (*r->p >= '0' && *r->p <= '9')
            || ((*r->p | 0x20) >= 'a' && (*r->p | 0x20) <= 'z'))
        {
            gig_pattern_wrong(r, "has a \\ before something else than a sign, d, w or s");
            return 0;
        }

    } else if (in_set && *r->p == '[') {
        gig_pattern_wrong(r, "has a [ in a [ ]: write it with a \\ in front");
        return 0;
    }

    n = gig_utf8_decode((gig_str_t) { r->p, (size_t) (r->end - r->p) }, &code);
    r->p += n;

    return code;
}


static void
gig_pattern_kind(gig_pattern_reader_t *r, char kind)
{
    switch (kind) {

    case 's':
        gig_pattern_range(r, ' ', ' ');
        gig_pattern_range(r, '\t', '\r');
        gig_pattern_range(r, 0xa0, 0xa0);
        break;

    case 'w':
        gig_pattern_range(r, 'a', 'z');
        gig_pattern_range(r, 'A', 'Z');
        gig_pattern_range(r, '_', '_');
        gig_pattern_range(r, '0', '9');
        break;

    default:
        gig_pattern_range(r, '0', '9');
        break;
    }
}


static void
gig_pattern_range(gig_pattern_reader_t *r, uint32_t low, uint32_t high)
{
    gig_pattern_t  *pattern;

    pattern = r->pattern;

    if (pattern->ranges == GIG_PATTERN_RANGES) {
        gig_pattern_wrong(r, "has too much in its [ ]");
        return;
    }

    pattern->range[pattern->ranges].low = low;
    pattern->range[pattern->ranges++].high = high;
}


static void
gig_pattern_set_end(gig_pattern_reader_t *r, unsigned op, unsigned first)
{
    unsigned              at, n, i;
    gig_pattern_range_t  *range;

    range = r->pattern->range;
    n = r->pattern->ranges - first;

    /* what is repeated has its ranges once */

    for (i = 0; n != 0 && i < first; i++) {
        if (memcmp(&range[i], &range[first], n * sizeof(*range)) == 0) {
            r->pattern->ranges = first > i + n ? first : i + n;
            first = i;
            break;
        }
    }

    at = gig_pattern_step(r, op, first, 0);

    if (r->wrong == NULL) {
        r->pattern->step[at].n = (unsigned char) n;
    }
}


static unsigned
gig_pattern_step(gig_pattern_reader_t *r, unsigned op, unsigned one, unsigned two)
{
    gig_pattern_step_t  *step;

    if (r->pattern->steps == GIG_PATTERN_STEPS) {
        gig_pattern_wrong(r, "is too large with all that is repeated written out");
        return 0;
    }

    step = &r->pattern->step[r->pattern->steps];
    step->op = (unsigned char) op;
    step->n = 0;
    step->one = (unsigned short) one;
    step->two = (unsigned short) two;

    return r->pattern->steps++;
}


/* Room for one step at `at`: what comes after moves, and with it where it goes on. */

static void
gig_pattern_open(gig_pattern_reader_t *r, unsigned at)
{
    unsigned             i;
    gig_pattern_step_t  *step;

    (void) gig_pattern_step(r, GIG_STEP_JUMP, 0, 0);

    if (r->wrong != NULL) {
        return;
    }

    step = r->pattern->step;
    memmove(step + at + 1, step + at, (r->pattern->steps - 1 - at) * sizeof(*step));

    for (i = at + 1; i < r->pattern->steps; i++) {

        if (step[i].op == GIG_STEP_BOTH || step[i].op == GIG_STEP_JUMP) {
            step[i].one = (unsigned short) (step[i].one + (step[i].one >= at ? 1 : 0));
            step[i].two = (unsigned short) (step[i].two + (step[i].two >= at ? 1 : 0));
        }
    }
}


/* All ways at once, each step at most once a character: Thompson's way. */

int
gig_pattern_match(const gig_pattern_t *pattern, gig_str_t text)
{
    size_t                     n, length;
    unsigned                   i;
    uint32_t                   code;
    gig_pattern_list_t         lists[2], *now, *next, *swap;
    const gig_pattern_step_t  *step;

    now = &lists[0];
    next = &lists[1];
    memset(now, 0, sizeof(*now));
    gig_pattern_add(pattern, now, 0);

    for (length = 0; text.len != 0; length++) {

        n = gig_utf8_decode(text, &code);

        if (n == 0 || length == GIG_PATTERN_TEXT || now->n == 0) {
            return 0;
        }

        text.data += n;
        text.len -= n;
        memset(next, 0, sizeof(*next));

        for (i = 0; i < now->n; i++) {
            step = &pattern->step[now->step[i]];

            if (step->op != GIG_STEP_END && gig_pattern_in(pattern, step, code)) {
                gig_pattern_add(pattern, next, now->step[i] + 1u);
            }
        }

        swap = now;
        now = next;
        next = swap;
    }

    for (i = 0; i < now->n; i++) {
        if (pattern->step[now->step[i]].op == GIG_STEP_END) {
            return 1;
        }
    }

    return 0;
}


static int
gig_pattern_in(const gig_pattern_t *pattern, const gig_pattern_step_t *step, uint32_t code)
{
    unsigned                    i;
    const gig_pattern_range_t  *range;

    range = &pattern->range[step->one];

    for (i = 0; i < step->n; i++) {
        if (code >= range[i].low && code <= range[i].high) {
            return step->op == GIG_STEP_SET;
        }
    }

    return step->op == GIG_STEP_NOT;
}


/* The step, or those it leads to without a character.  `in` bounds the recursion. */

static void
gig_pattern_add(const gig_pattern_t *pattern, gig_pattern_list_t *list, unsigned step)
{
    while (!list->in[step]) {

        list->in[step] = 1;

        switch (pattern->step[step].op) {

        case GIG_STEP_BOTH:
            gig_pattern_add(pattern, list, pattern->step[step].one);
            step = pattern->step[step].two;
            break;

        case GIG_STEP_JUMP:
            step = pattern->step[step].one;
            break;

        default:
            list->step[list->n++] = (unsigned short) step;
            return;
        }
    }
}
