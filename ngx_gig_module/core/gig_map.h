
/*
 * The mapping of a company's columns to the record "gig/1": which column or
 * text goes where, defaults, lists, dates, tables of values.  docs/gig-sync.md
 * explains the file; whoever reads it (inih, in sync/) hands its lines over.
 */

#ifndef GIG_MAP_H
#define GIG_MAP_H

#include <jansson.h>

#include "gig_base.h"

#define GIG_MAP_NAMES_MAX   512                 /* rules, and entries of a table */
#define GIG_MAP_VALUE_MAX   16384               /* bytes of a template and of what it becomes */

/* How a text becomes a member of the record. */
typedef enum {
    GIG_MAP_ID,
    GIG_MAP_TEXT,                               /* one line: blanks are folded */
    GIG_MAP_LINES,                              /* lines are kept */
    GIG_MAP_PARAGRAPHS,                         /* plain text becomes HTML */
    GIG_MAP_INTEGER,
    GIG_MAP_MONEY,                              /* "$1,500.50" becomes minor units */
    GIG_MAP_BOOLEAN,
    GIG_MAP_TIME,
    GIG_MAP_DATE,
    GIG_MAP_TEXTS,                              /* lists from here on */
    GIG_MAP_SKILLS,
    GIG_MAP_STEPS,
    GIG_MAP_PLACES,
    GIG_MAP_REGIONS
} gig_map_kind_t;

typedef enum { GIG_MAP_YMD, GIG_MAP_DMY, GIG_MAP_MDY } gig_map_order_t;

typedef struct {
    json_t           *record, *defaults;        /* owned: member -> template */
    json_t           *split;                    /* member -> separator */
    json_t           *cut;                      /* member -> characters, as text */
    json_t           *values;                   /* member -> {cell: value} */
    gig_map_order_t   order;
    char              offset[8];                /* of times that have none: "Z", "-05:00" */
    char              separator;                /* of a CSV file; 0: found out */
} gig_map_t;

/* 0 or -1 (out of memory). */
int gig_map_init(gig_map_t *map);
void gig_map_free(gig_map_t *map);

/* One line of a mapping file; more: it goes on with the value before.  -1 and err. */
int gig_map_set(gig_map_t *map, const char *section, const char *name, const char *value, int more,
    gig_error_t *err);

/* For a file without mapping: every column is named as a member.  -1 and err names the nearest. */
int gig_map_identity(gig_map_t *map, const gig_str_t *columns, size_t n, gig_error_t *err);

/* Checks that every {column} is there.  -1 and err names the nearest. */
int gig_map_columns(const gig_map_t *map, const gig_str_t *columns, size_t n, gig_error_t *err);

/*
 * One row as a record, a new reference; what it lacks gig_record_read() says.
 * NULL if a cell cannot be what it should, with errors.  cell: n of them, a
 * missing one is empty.
 */
json_t *gig_map_apply(const gig_map_t *map, const gig_str_t *columns, const gig_str_t *cells,
    size_t n, gig_errors_t *errors);

/* The text as a value of that kind; a new reference, or NULL with err's detail (no pointer). */
json_t *gig_map_value(const gig_map_t *map, gig_map_kind_t kind, gig_str_t text, gig_error_t *err);

/* Without the blanks around it: ASCII's and the no-break space. */
gig_str_t gig_map_trim(gig_str_t text);

#endif /* GIG_MAP_H */
