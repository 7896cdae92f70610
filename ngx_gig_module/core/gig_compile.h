
/*
 * The builder: the next image from the last one and the changed records.  Runs
 * in a thread of nginx's pool (and in unit tests with memory for stores).
 */

#ifndef GIG_COMPILE_H
#define GIG_COMPILE_H

#include "gig_image.h"

typedef enum {
    GIG_CHANGE_PUT,             /* a gig's JSON */
    GIG_CHANGE_DELETE,
    GIG_CHANGE_SEATS,           /* open, waitlist or full */
    GIG_CHANGE_FORM,            /* a form's JSON */
    GIG_CHANGE_FORM_DELETE
} gig_change_op_t;

typedef struct {
    gig_str_t        id;
    gig_str_t        json;
    gig_change_op_t  op;
    gig_seats_t      seats;
} gig_change_t;

/* What the builder needs from outside; all called in the thread that compiles. */
typedef struct {
    void  *data;

    /* Appends to the keeper's current store; says which of `stores` below and where. */
    int  (*append)(void *data, gig_str_t bytes, uint32_t *store, uint64_t *offset);

    /* TZif bytes of a zone (valid until the build ends), or gig_null_str: then UTC. */
    gig_str_t  (*zone)(void *data, gig_str_t name);

    /* A record that was refused; the rest goes on. */
    void  (*refused)(void *data, gig_str_t id, const gig_errors_t *errors);

    /* Between steps, and every so many records: lets others have the processor. */
    void  (*yield)(void *data);
} gig_compile_io_t;

typedef struct {
    const gig_image_t      *last;               /* or NULL */
    int                     full;               /* a full load: what is not in changes is gone;
                                                   equal rev: fragments of last are kept */
    int                     compact;            /* copy every live fragment through append, to a
                                                   new store; read_store is needed */
    gig_str_t             (*read_store)(void *data, uint32_t store);
    gig_str_t               board;
    gig_image_meta_t        meta;
    const gig_place_names_t  *place_names;      /* or NULL; another table than that of last needs
                                                   a full load without last */
    const gig_store_t      *stores;             /* of last, and after them the current one (it may
                                                   be one of them) with its size before the build */
    uint32_t                n_stores;
    const gig_change_t     *changes;            /* a later change of an id wins */
    size_t                  n_changes;
} gig_compile_t;

/*
 * Makes the whole index, a block that the caller frees (gig_block.h).  Stores that
 * nothing refers to any more are left out of it; `dead` is brought up to date.  The
 * digest is computed from the rows, so the caller can compare it with what Redis
 * says.  0 or -1 and err.
 */
int gig_compile(const gig_compile_t *job, const gig_compile_io_t *io, gig_str_t *index,
    gig_error_t *err);

#endif /* GIG_COMPILE_H */
