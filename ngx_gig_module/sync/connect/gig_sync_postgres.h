
/*
 * PostgreSQL as system of record: a schema of our own in a company's database.  One
 * connection a struct, used by one thread.
 */

#ifndef GIG_SYNC_POSTGRES_H
#define GIG_SYNC_POSTGRES_H

#include <libpq-fe.h>

#include "gig_sync_connector.h"
#include "gig_sync_rows.h"

#define GIG_PG_NAME_MAX         63      /* bytes of a schema's name */
#define GIG_PG_STATE            6       /* an SQLSTATE and its end */

/* Every statement with parameters there is; prepared at first use. */
typedef enum {
    GIG_PG_CHANGED,
    GIG_PG_GIG_JSON, GIG_PG_FORM_JSON, GIG_PG_GIG_PUT, GIG_PG_FORM_PUT,
    GIG_PG_LOCK_IDS, GIG_PG_GIGS_OF, GIG_PG_SEATS_MAKE, GIG_PG_LOCK_GIGS,
    GIG_PG_TOMBSTONE, GIG_PG_TOMBSTONE_PUT,
    GIG_PG_DELIVERY, GIG_PG_DELIVERY_OTHER, GIG_PG_DELIVERY_PUT, GIG_PG_DELIVERY_ERASE,
    GIG_PG_APPLICATION, GIG_PG_APPLICATION_PUT, GIG_PG_APPLICATION_DELETE,
    GIG_PG_SHARED, GIG_PG_CONFLICT_PUT, GIG_PG_CONFLICT_DELETE, GIG_PG_STAGE_PUT,
    GIG_PG_FILE_PUT, GIG_PG_FILE_DELETE, GIG_PG_FILES,
    GIG_PG_CAP, GIG_PG_CONFIRMED,
    GIG_PG_WAITING_GIGS, GIG_PG_FIRST_WAITING, GIG_PG_PROMOTE_STAGE, GIG_PG_PROMOTE_DELIVERY,
    GIG_PG_PROMOTE,
    GIG_PG_SEATS, GIG_PG_UNTOLD, GIG_PG_NUMBER, GIG_PG_RECEIPTS,
    GIG_PG_SELF_ID_PUT,
    GIG_PG_DROP,
    GIG_PG_COUNT
} gig_pg_sql_t;

typedef struct {
    const char  *text;
    int          n;                     /* parameters */
} gig_pg_statement_t;

extern const gig_pg_statement_t  gig_pg_statements[GIG_PG_COUNT];

/* Texts of the queries that answer many rows; they are read through a cursor. */
extern const char  gig_pg_gigs[], gig_pg_forms[], gig_pg_known[], gig_pg_applications[],
                   gig_pg_self_ids[], gig_pg_dead[];

struct gig_sync_record_s {
    PGconn         *conn;                       /* owned */
    char            where[GIG_POINTER_SIZE];    /* host and database, for messages */
    char            schema[GIG_PG_NAME_MAX + 1];
    char            state[GIG_PG_STATE];        /* SQLSTATE of the last failure, or "" */
    int             listening;
    unsigned char   prepared[GIG_PG_COUNT];
};

/*
 * gig_sync_postgres_url.c: a connection as the address says, with our limits on waiting; no
 * message shows any of the address but host, port and database.
 */
int gig_pg_connect(gig_str_t url, gig_sync_record_t *record, gig_error_t *err);

/*
 * gig_sync_postgres_query.c.  values: one a parameter; data NULL is SQL null.  The result is
 * the caller's to clear; NULL: err, and record->state.  gig_pg_exec() takes any text without
 * parameters, gig_pg_run() and gig_pg_do() likewise for who wants no rows.
 */
PGresult *gig_pg_query(gig_sync_record_t *record, gig_pg_sql_t which, const gig_str_t *values,
    gig_error_t *err);
PGresult *gig_pg_exec(gig_sync_record_t *record, const char *text, gig_error_t *err);
int gig_pg_run(gig_sync_record_t *record, gig_pg_sql_t which, const gig_str_t *values,
    gig_error_t *err);
int gig_pg_do(gig_sync_record_t *record, const char *text, gig_error_t *err);

/* 1 if the statement finds a row, 0 if not, -1 and err. */
int gig_pg_exists(gig_sync_record_t *record, gig_pg_sql_t which, const gig_str_t *values,
    gig_error_t *err);

/* Commits; -1: it did not, or the connection went and nobody knows whether it did. */
int gig_pg_commit(gig_sync_record_t *record, gig_error_t *err);

/* A cell as a view, valid until the result is cleared; SQL null is gig_null_str. */
gig_str_t gig_pg_cell(const PGresult *result, int row, int column);
int64_t gig_pg_number(const PGresult *result, int row, int column);

/*
 * Hands every row of a query to the handler, by and by through a cursor: within a
 * transaction.  The handler's -1 ends it.
 */
int gig_pg_rows(gig_sync_record_t *record, const char *query,
    int (*handler)(void *data, const PGresult *rows, int row), void *data, gig_error_t *err);

/* What libpq said last (result: of this one), as err and record->state; returns -1. */
int gig_pg_fault(gig_sync_record_t *record, const PGresult *result, gig_error_t *err);

/* 1: the server broke it off for another transaction's sake, and it may be tried again. */
int gig_pg_again(const gig_sync_record_t *record);

/* gig_sync_postgres_schema.c: makes or migrates the tables; make 0: -1 if there are none. */
int gig_pg_schema(gig_sync_record_t *record, int make, gig_error_t *err);

/*
 * gig_sync_postgres_lock.c: what a sink transaction does first.  It locks every application
 * the batch speaks of, by id, then every gig, so that what is read from here on stays true
 * until the commit.
 */
int gig_pg_lock(gig_sync_record_t *record, const gig_sync_delivery_t *deliveries, size_t n,
    gig_error_t *err);
int gig_pg_lock_gig(gig_sync_record_t *record, gig_str_t gig, gig_error_t *err);

/* gig_sync_postgres_deliver.c */
int gig_sync_postgres_deliver(gig_sync_record_t *record, gig_sync_delivery_t *deliveries,
    size_t n, gig_error_t *err);

/* gig_sync_postgres_seats.c; the gig is locked. */
int gig_sync_postgres_seats(gig_sync_record_t *record,
    int (*handler)(void *data, const gig_sync_seats_t *), void *data, gig_error_t *err);
int gig_sync_postgres_promote(gig_sync_record_t *record, gig_error_t *err);

/* 1: the gig has a place (a gig without cap has), 0: it is full, -1: err. */
int gig_pg_place(gig_sync_record_t *record, gig_str_t gig, int *known, gig_error_t *err);

/* Confirms one waiting applicant of the gig: 1, or 0 if there is no place or nobody waits. */
int gig_pg_promote_one(gig_sync_record_t *record, gig_str_t gig, gig_error_t *err);

/* gig_sync_postgres_tables.c */
int gig_sync_postgres_fetch(gig_sync_record_t *record, gig_sync_fetched_pt handler, void *data,
    gig_error_t *err);
int gig_sync_postgres_begin(gig_sync_record_t *record, gig_error_t *err);
int gig_sync_postgres_put(gig_sync_record_t *record, char kind, gig_str_t id, gig_str_t json,
    gig_sync_change_t *change, gig_error_t *err);
int gig_sync_postgres_end(gig_sync_record_t *record, int keep, gig_error_t *err);
int gig_sync_postgres_applications(gig_sync_record_t *record,
    int (*handler)(void *data, const gig_sync_application_t *application), void *data,
    gig_error_t *err);
int gig_sync_postgres_self_id(gig_sync_record_t *record, const gig_sync_self_id_t *row,
    gig_error_t *err);
int gig_sync_postgres_self_ids(gig_sync_record_t *record,
    int (*handler)(void *data, const gig_sync_self_id_t *row), void *data, gig_error_t *err);
int gig_sync_postgres_dead(gig_sync_record_t *record, gig_str_t id,
    int (*handler)(void *data, const gig_sync_dead_t *dead), void *data, gig_error_t *err);
int gig_sync_postgres_drop(gig_sync_record_t *record, gig_str_t id, gig_error_t *err);
int gig_sync_postgres_files(gig_sync_record_t *record, gig_str_t id,
    int (*handler)(void *data, const gig_application_file_t *file), void *data, gig_error_t *err);

/* gig_sync_postgres_known.c */
int gig_sync_postgres_known(gig_sync_record_t *record, int64_t since_ms,
    int (*handler)(void *data, const gig_sync_known_t *), void *data, gig_error_t *err);
int gig_sync_postgres_receipts(gig_sync_record_t *record, int64_t *number, unsigned most,
    int (*handler)(void *data, const gig_sync_known_t *), void *data, gig_error_t *err);

#endif /* GIG_SYNC_POSTGRES_H */
