
/* The table of places from the inside; gig_place_names.c, _resolve.c and _key.c use it. */

#ifndef GIG_PLACE_TABLE_H
#define GIG_PLACE_TABLE_H

#include "gig_place_names.h"

#define GIG_PLACE_KEY_MAX       GIG_FOLD_MAX
#define GIG_PLACE_WORK_SIZE     (2 * GIG_PLACE_KEY_MAX)
#define GIG_PLACE_PIECES_MAX    (GIG_PLACE_KEY_MAX / 3 + 2)
#define GIG_PLACE_ARENA_SIZE    (64 * 1024)     /* bytes of a piece of it */
#define GIG_PLACE_NONE          UINT32_MAX

/* Whose line it is: what sorts first wins. */
typedef enum { GIG_PLACE_OPERATORS, GIG_PLACE_BUILTIN } gig_place_from_t;

/* As it is written; with its tail by the name the table has for it; a place's key. */
typedef enum { GIG_PLACE_WRITTEN, GIG_PLACE_EXPANDED, GIG_PLACE_KEY } gig_place_kind_t;

/* Texts that are freed together. */
typedef struct gig_place_piece_s gig_place_piece_t;

typedef struct {
    gig_place_piece_t  *piece;
} gig_place_arena_t;

typedef struct {
    gig_str_t         written;
    gig_str_t         text;                     /* tidied */
    gig_str_t         key;
    unsigned          line;
    gig_place_from_t  from;
} gig_place_t;

typedef struct {
    gig_str_t         text;
    uint32_t          place;
    unsigned          line;
    gig_place_from_t  from;
    gig_place_kind_t  kind;
} gig_place_name_t;

typedef struct {
    gig_str_t         key;
    gig_str_t         name;
} gig_place_other_t;

struct gig_place_names_s {
    gig_place_arena_t   texts;
    gig_place_arena_t   keys;                   /* what the round of resolving made */
    gig_place_t        *place;
    uint32_t            n_places, size_places;
    gig_place_name_t   *name;                   /* as written, in the order of the files */
    uint32_t            n_names, size_names;
    gig_place_name_t   *index;                  /* by text, each once */
    uint32_t            n_index;
    gig_place_other_t  *other;                  /* written names by key */
    uint32_t            n_other;
    uint64_t            hash;
};

/* gig_place_names.c: a copy that lives as long as the arena; data NULL: out of memory. */
gig_str_t gig_place_keep(gig_place_arena_t *arena, gig_str_t text);
void gig_place_arena_free(gig_place_arena_t *arena);

/* A name that is being taken apart. */
typedef struct {
    char    data[GIG_PLACE_WORK_SIZE];
    size_t  len;
} gig_place_work_t;

/*
 * gig_place_tidy.c.  _tidy: without the signs people differ in ("St. Louis", "Winston-Salem"), its
 * parts parted by ", "; 0: nothing is left, or it does not fit.  _rewrite: "US - Remote" becomes
 * "remote, us", "us, ca, santa clara" and "santa clara ca" become "santa clara, ca"; -1: does not
 * fit.  _split: the parts.
 */
size_t gig_place_tidy(gig_str_t folded, char out[GIG_PLACE_KEY_MAX]);
int gig_place_rewrite(const gig_place_names_t *names, gig_place_work_t *work);
size_t gig_place_split(const gig_place_work_t *work, gig_str_t part[GIG_PLACE_PIECES_MAX]);

/*
 * gig_place_key.c.  _expand: the first part and, by the table's names, what follows it, as one text
 * of which `head` bytes are the first part; 0: does not fit.  _resolve: what the table says of
 * that, but for the names of `self`.  _in: key is `end`, or lies in it.  _find: a name, or NULL;
 * _find_after: one that stands after a comma, "*, NY" before "NY" (only_after: no other).
 */
size_t gig_place_expand(const gig_place_names_t *names, gig_str_t text,
    char out[GIG_PLACE_KEY_MAX], size_t *head);
gig_str_t gig_place_resolve(const gig_place_names_t *names, gig_str_t expanded, size_t head,
    uint32_t self);
int gig_place_in(gig_str_t key, gig_str_t end);
const gig_place_name_t *gig_place_find(const gig_place_names_t *names, gig_str_t text);
const gig_place_name_t *gig_place_find_after(const gig_place_names_t *names, gig_str_t text,
    int only_after);
int gig_place_compare(gig_str_t a, gig_str_t b);

/* gig_place_resolve.c: the keys of all places, and the index.  -1 and err. */
int gig_place_names_resolve(gig_place_names_t *names, gig_error_t *err);

#endif /* GIG_PLACE_TABLE_H */
