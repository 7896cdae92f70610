
/* The embedded system of record.  One connection a struct, used by one thread. */

#ifndef GIG_SYNC_SQLITE_H
#define GIG_SYNC_SQLITE_H

#include <sqlite3.h>

#include "gig_sync_connector.h"
#include "gig_sync_sink.h"
#include "gig_time.h"

/* Every statement there is; prepared at first use, kept until close. */
typedef enum {
    GIG_SQL_BEGIN, GIG_SQL_BEGIN_READ, GIG_SQL_COMMIT, GIG_SQL_ROLLBACK,
    GIG_SQL_SAVE, GIG_SQL_BACK, GIG_SQL_RELEASE,
    GIG_SQL_GIGS, GIG_SQL_FORMS, GIG_SQL_CHANGED,
    GIG_SQL_GIG_JSON, GIG_SQL_FORM_JSON, GIG_SQL_GIG_PUT, GIG_SQL_FORM_PUT,
    GIG_SQL_TOMBSTONE, GIG_SQL_TOMBSTONE_PUT,
    GIG_SQL_DELIVERY, GIG_SQL_DELIVERY_OTHER, GIG_SQL_DELIVERY_PUT, GIG_SQL_DELIVERY_ERASE,
    GIG_SQL_APPLICATION, GIG_SQL_APPLICATION_PUT, GIG_SQL_APPLICATION_DELETE,
    GIG_SQL_SHARED, GIG_SQL_CONFLICT_PUT, GIG_SQL_CONFLICT_DELETE, GIG_SQL_STAGE_PUT,
    GIG_SQL_FILE_PUT, GIG_SQL_FILE_DELETE, GIG_SQL_FILES,
    GIG_SQL_CAP, GIG_SQL_CONFIRMED,
    GIG_SQL_WAITS, GIG_SQL_WAITING_GIGS, GIG_SQL_FIRST_WAITING, GIG_SQL_PROMOTE_STAGE,
    GIG_SQL_PROMOTE_DELIVERY, GIG_SQL_PROMOTE,
    GIG_SQL_SEATS, GIG_SQL_KNOWN, GIG_SQL_RECEIPTS, GIG_SQL_EXPORT,
    GIG_SQL_SELF_ID_PUT, GIG_SQL_SELF_IDS,
    GIG_SQL_DEAD, GIG_SQL_DROP,
    GIG_SQL_UPSTREAM_ROW, GIG_SQL_UPSTREAM_PUT, GIG_SQL_UPSTREAM_SHARED, GIG_SQL_UPSTREAM_SEATS,
    GIG_SQL_UPSTREAM_KNOWN, GIG_SQL_UPSTREAM_RECEIPTS,
    GIG_SQL_COUNT
} gig_sql_t;

struct gig_sync_record_s {
    sqlite3       *db;
    char           path[1024];
    sqlite3_stmt  *statement[GIG_SQL_COUNT];

    /* An upstream whose delivery table this is; owned by its connector.  NULL: it has none. */
    struct gig_https_s  *upstream;
};

/* Opens and closes without looking at upstream. */
int gig_sync_sqlite_open(gig_str_t url, gig_sync_record_t **out, gig_error_t *err);
void gig_sync_sqlite_close(gig_sync_record_t *record);

/*
 * A statement ready to be bound, or NULL with err set.  gig_sql_text() binds a
 * view from 1 on (what is not bound is SQL null).  gig_sql_run() steps a statement that
 * answers no rows and resets it; gig_sql_done() resets one that does.
 */
sqlite3_stmt *gig_sql(gig_sync_record_t *record, gig_sql_t which, gig_error_t *err);
void gig_sql_text(sqlite3_stmt *statement, int column, gig_str_t text);
int gig_sql_run(gig_sync_record_t *record, sqlite3_stmt *statement, gig_error_t *err);
void gig_sql_done(sqlite3_stmt *statement);

/*
 * After a loop over rows that ended with rc: resets the statement; 0 if they were all
 * read, -1 if the loop was left (err is the caller's then) or failed (err is set).
 */
int gig_sql_end(gig_sync_record_t *record, sqlite3_stmt *rows, int rc, gig_error_t *err);

int gig_sql_simple(gig_sync_record_t *record, gig_sql_t which, gig_error_t *err);

/* 1: there is a row, and the statement stands on it until gig_sql_done(); 0: none; -1: err. */
int gig_sql_row(gig_sync_record_t *record, sqlite3_stmt *statement, gig_error_t *err);

/* A column as a view, valid until the next step; SQL null is gig_null_str. */
gig_str_t gig_sql_column(sqlite3_stmt *statement, int column);

/* What SQLite said last, as err; returns -1. */
int gig_sql_fault(gig_sync_record_t *record, gig_error_t *err);

/*
 * Which of the database's folder and files this process may not read and write, and whose it is
 * (gig_sync_sqlite_rights.c): -1 with err; 0 and err as it was if it is none of them.
 */
int gig_sqlite_rights(const char *path, gig_error_t *err);
int gig_sync_sqlite_owner(gig_str_t url, uid_t *owner);

/* Makes or migrates the tables (gig_sync_sqlite_schema.c). */
int gig_sync_sqlite_schema(gig_sync_record_t *record, gig_error_t *err);

/* The verbs known and receipts, by the statements of a system of record or of an upstream. */
int gig_sqlite_known(gig_sync_record_t *record, gig_sql_t which, int64_t since_ms,
    int (*handler)(void *data, const gig_sync_known_t *), void *data, gig_error_t *err);
int gig_sqlite_receipts(gig_sync_record_t *record, gig_sql_t which, int64_t *number, unsigned most,
    int (*handler)(void *data, const gig_sync_known_t *), void *data, gig_error_t *err);

/* The verbs of gig_sync_sqlite_deliver.c, and what it brings to the rules of a delivery. */
extern const gig_sink_t gig_sqlite_sink;

int gig_sync_sqlite_deliver(gig_sync_record_t *record, gig_sync_delivery_t *deliveries, size_t n,
    gig_error_t *err);

/* 1 if a statement with up to two texts finds a row, 0 if not, -1 and err. */
int gig_sql_exists(gig_sync_record_t *record, gig_sql_t which, gig_str_t a, gig_str_t b,
    gig_error_t *err);

/* The verbs of gig_sync_sqlite_seats.c, and what delivering needs of it. */
int gig_sync_sqlite_seats(gig_sync_record_t *record,
    int (*handler)(void *data, const gig_sync_seats_t *), void *data, gig_error_t *err);
int gig_sqlite_seats(gig_sync_record_t *record, gig_sql_t which,
    int (*handler)(void *data, const gig_sync_seats_t *), void *data, gig_error_t *err);
int gig_sync_sqlite_promote(gig_sync_record_t *record, gig_error_t *err);

#define GIG_NO_CAP          (-1)
#define GIG_UNKNOWN_GIG     (-2)

/* The gig's cap, GIG_NO_CAP or GIG_UNKNOWN_GIG. */
int gig_sqlite_cap(gig_sync_record_t *record, gig_str_t gig, int64_t *cap, gig_error_t *err);
int gig_sqlite_confirmed(gig_sync_record_t *record, gig_str_t gig, int64_t *confirmed,
    gig_error_t *err);

/* Confirms one waiting applicant of the gig: 1, or 0 if there is no place or nobody waits. */
int gig_sqlite_promote_one(gig_sync_record_t *record, gig_str_t gig, gig_error_t *err);

/* The verbs of gig_sync_sqlite_tables.c. */
int gig_sync_sqlite_begin(gig_sync_record_t *record, gig_error_t *err);
int gig_sync_sqlite_put(gig_sync_record_t *record, char kind, gig_str_t id, gig_str_t json,
    gig_sync_change_t *change, gig_error_t *err);
int gig_sync_sqlite_end(gig_sync_record_t *record, int keep, gig_error_t *err);
int gig_sync_sqlite_applications(gig_sync_record_t *record,
    int (*handler)(void *data, const gig_sync_application_t *application), void *data,
    gig_error_t *err);
int gig_sync_sqlite_self_id(gig_sync_record_t *record, const gig_sync_self_id_t *row,
    gig_error_t *err);
int gig_sync_sqlite_self_ids(gig_sync_record_t *record,
    int (*handler)(void *data, const gig_sync_self_id_t *row), void *data, gig_error_t *err);
int gig_sync_sqlite_dead(gig_sync_record_t *record, gig_str_t id,
    int (*handler)(void *data, const gig_sync_dead_t *dead), void *data, gig_error_t *err);
int gig_sync_sqlite_drop(gig_sync_record_t *record, gig_str_t id, gig_error_t *err);
int gig_sync_sqlite_files(gig_sync_record_t *record, gig_str_t id,
    int (*handler)(void *data, const gig_application_file_t *file), void *data, gig_error_t *err);

#endif /* GIG_SYNC_SQLITE_H */
