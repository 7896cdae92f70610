
/*
 * The locks of a sink transaction.  At READ COMMITTED each statement sees what was committed
 * before it began: so all that is read after these locks is what their last holder left, and
 * nobody changes it before we commit.
 *
 * A gig's row of `seats` guards its count of seats, duplicates and waiting list.  It is no row
 * of `gigs`: a gig may have none there, and people edit those in an order of their own.
 *
 * An application's id guards its delivery, conflicts and tombstone.  The gig does not: a
 * withdrawal may know none (a Redis without memory took it), and must still not miss the
 * application that another deliverer is writing.  There is no row to lock for what has not
 * come yet: so it is an advisory lock, of which pg_locks tells.
 *
 * Everybody takes the ids first, then the gigs, each sorted: nobody waits in a circle.
 */

#include "gig_sync_postgres.h"

#define GIG_PG_LIST_MAX         1048576     /* bytes of the ids of one batch */

/* Stands for "no gig" in a list; no gig's id has a dot. */
#define GIG_PG_NO_GIG           "."


static void
gig_pg_list_add(gig_buf_t *list, gig_str_t name)
{
    if (list->len) {
        gig_buf_puts(list, ",");
    }

    gig_buf_str(list, name);
}


static int
gig_pg_list_full(gig_sync_record_t *record, const gig_buf_t *list, gig_error_t *err)
{
    return gig_buf_failed(list)
           ? gig_error_set(err, record->where, "too many ids at once, or out of memory") : 0;
}


static int
gig_pg_lock_gigs(gig_sync_record_t *record, gig_str_t gigs, gig_error_t *err)
{
    /* Whoever inserts a new row waits here for another who does, and finds it below. */
    if (gig_pg_run(record, GIG_PG_SEATS_MAKE, &gigs, err) == -1) {
        return -1;
    }

    return gig_pg_run(record, GIG_PG_LOCK_GIGS, &gigs, err);
}


int
gig_pg_lock_gig(gig_sync_record_t *record, gig_str_t gig, gig_error_t *err)
{
    return gig_pg_lock_gigs(record, gig, err);
}


/* Adds the gigs of the applications that are withdrawn: the entry may not know them. */
static int
gig_pg_lock_found(gig_sync_record_t *record, const gig_buf_t *ids, gig_buf_t *gigs,
    gig_error_t *err)
{
    int        i;
    gig_str_t  list;
    PGresult  *rows;

    list = gig_buf_view(ids);
    rows = gig_pg_query(record, GIG_PG_GIGS_OF, &list, err);

    if (rows == NULL) {
        return -1;
    }

    for (i = 0; i < PQntuples(rows); i++) {
        gig_pg_list_add(gigs, gig_pg_cell(rows, i, 0));
    }

    PQclear(rows);

    return 0;
}


int
gig_pg_lock(gig_sync_record_t *record, const gig_sync_delivery_t *deliveries, size_t n,
    gig_error_t *err)
{
    int         rc;
    size_t      i;
    gig_buf_t   ids, withdrawn, gigs;

    gig_buf_init(&ids, GIG_PG_LIST_MAX);
    gig_buf_init(&withdrawn, GIG_PG_LIST_MAX);
    gig_buf_init(&gigs, GIG_PG_LIST_MAX);

    for (i = 0; i < n; i++) {
        gig_pg_list_add(&ids, deliveries[i].id);

        if (gig_str_is(deliveries[i].op, "withdraw")
            || gig_rows_flag(deliveries[i].flags, "withdrawn"))
        {
            gig_pg_list_add(&withdrawn, deliveries[i].id);
        }

        if (!gig_str_is(deliveries[i].op, "withdraw")) {
            gig_pg_list_add(&gigs, deliveries[i].gig.len ? deliveries[i].gig
                                                         : gig_str(GIG_PG_NO_GIG));
        }
    }

    rc = gig_pg_list_full(record, &ids, err);

    if (rc == 0 && ids.len) {
        rc = gig_pg_run(record, GIG_PG_LOCK_IDS, &(gig_str_t) { ids.data, ids.len }, err);
    }

    if (rc == 0 && withdrawn.len) {
        rc = gig_pg_lock_found(record, &withdrawn, &gigs, err);
    }

    if (rc == 0) {
        rc = gig_pg_list_full(record, &gigs, err);
    }

    if (rc == 0 && gigs.len) {
        rc = gig_pg_lock_gigs(record, gig_buf_view(&gigs), err);
    }

    gig_buf_free(&ids);
    gig_buf_free(&withdrawn);
    gig_buf_free(&gigs);

    return rc;
}
