
/*
 * What every file of core/ shares: the string view, the error list, the limits.
 *
 * core/ is pure C11: no nginx, no sockets, no clock of its own (time comes in
 * as an argument), no global state.  Functions return 0 or -1 unless they say
 * otherwise; whoever calls *_read or *_init calls *_free, also after -1.
 */

#ifndef GIG_BASE_H
#define GIG_BASE_H

#include <stddef.h>
#include <stdint.h>


/* A view: not owned, not terminated. */
typedef struct {
    const char *data;
    size_t      len;
} gig_str_t;

#define gig_str(literal)    ((gig_str_t) { (literal), sizeof(literal) - 1 })
#define gig_null_str        ((gig_str_t) { NULL, 0 })

/* In a message: ("%zu record%s", n, gig_plural(n)). */
#define gig_plural(n)       ((n) == 1 ? "" : "s")

#define GIG_POINTER_SIZE    128
#define GIG_DETAIL_SIZE     256
#define GIG_ERRORS_MAX      72              /* more than a form has fields: all at once */

/*
 * One thing that is wrong: where (a JSON pointer, RFC 6901, or a setting's
 * name) and a sentence that says what is wrong and what would be right.
 */
typedef struct {
    char pointer[GIG_POINTER_SIZE];
    char detail[GIG_DETAIL_SIZE];
} gig_error_t;

/* All that is wrong with one record; past GIG_ERRORS_MAX only counted. */
struct gig_language_s;

typedef struct {
    unsigned    count;
    const struct gig_language_s  *words;    /* of what gig_answers_check() tells; it sets this */
    gig_error_t error[GIG_ERRORS_MAX];
} gig_errors_t;

/*
 * gig_error_set() fills err (may be NULL), cutting at a character's border, and
 * returns -1 so that it can end a function.  gig_errors_add() appends likewise.
 */
int gig_error_set(gig_error_t *err, const char *pointer, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int gig_errors_add(gig_errors_t *errors, const char *pointer, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

int gig_str_eq(gig_str_t a, gig_str_t b);
int gig_str_is(gig_str_t a, const char *literal);

/* Blanks as HTTP and MIME have them around values (RFC 9110, 5.6.3: OWS). */
#define GIG_BLANKS          " \t"

/* Without those of the characters of set that are at its two ends. */
gig_str_t gig_str_trim(gig_str_t s, const char *set);

/* FNV-1a, 64 bits: to tell texts apart that nobody chose to collide. */
uint64_t gig_str_hash(gig_str_t s);

/* The charset of ids: [A-Za-z0-9_-]{1,40}; returns 1 or 0. */
#define GIG_ID_MAX          40
int gig_id_valid(gig_str_t id);

/* Where a visitor came from: bytes of what is carried to the form and kept with an application. */
#define GIG_SOURCE_MAX      200

/* Board names: [a-z0-9_-]{1,32}; they are part of Redis keys and file names. */
#define GIG_BOARD_MAX       32
int gig_board_valid(gig_str_t board);

/*
 * The name of a list nearest to a misspelt one (edit distance at most a third
 * of its length, at least 1), or NULL.  For "unknown setting X; did you mean Y".
 */
const char *gig_nearest(gig_str_t name, const char *const *names, size_t n);

/* The byte that two hexadecimal digits before end say; -1: there are not two. */
int gig_hex_byte(const char *digits, const char *end);

/* A word of ours and what stands for it elsewhere.  _find: NULL if there is none for name. */
typedef struct {
    const char  *name, *value;
} gig_pair_t;

const char *gig_pair_find_of(const gig_pair_t *pairs, size_t n, gig_str_t name);

#define gig_pair_find(table, name)                                                                 \
    gig_pair_find_of(table, sizeof(table) / sizeof(table[0]), name)

#endif /* GIG_BASE_H */
