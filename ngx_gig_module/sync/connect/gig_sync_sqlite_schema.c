
#include <stdio.h>

#include "gig_sync_rows.h"
#include "gig_sync_sqlite.h"

#define GIG_SQLITE_APPLICATION  0x47494731      /* "GIG1", in the file's header */

/* No "OR REPLACE": the statement that fires a trigger may overrule that. */
#define GIG_SQLITE_RECEIPT(name, event, id)                                                   \
    "CREATE TRIGGER " name " AFTER " event " BEGIN"                                           \
    "  DELETE FROM receipts WHERE id = " id ";"                                               \
    "  INSERT INTO receipts (id) VALUES (" id ");"                                            \
    " END;"


/*
 * One text a version; a file of version N gets those from N on.  Never change one that
 * was released.  docs/gig-sync.md explains the tables to the people who query them.
 */
static const char *const  migrations[] = {

    "CREATE TABLE gigs ("
    "  id          TEXT PRIMARY KEY NOT NULL"
    "              CHECK (length(id) BETWEEN 1 AND 40 AND id NOT GLOB '*[^A-Za-z0-9_-]*'),"
    "  status      TEXT,"
    "  json        TEXT NOT NULL CHECK (json_valid(json)),"
    "  updated_at  TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))"
    ");"

    "CREATE TABLE forms ("
    "  id          TEXT PRIMARY KEY NOT NULL"
    "              CHECK (length(id) BETWEEN 1 AND 40 AND id NOT GLOB '*[^A-Za-z0-9_-]*'),"
    "  json        TEXT NOT NULL CHECK (json_valid(json)),"
    "  updated_at  TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))"
    ");"

    /* Counts every change of gigs and forms, whoever made it, so that a poll reads one row. */
    "CREATE TABLE catalog ("
    "  one         INTEGER PRIMARY KEY CHECK (one = 1),"
    "  number      INTEGER NOT NULL"
    ");"
    "INSERT INTO catalog VALUES (1, 0);"

    "CREATE TABLE applications ("
    "  id           TEXT PRIMARY KEY NOT NULL,"
    "  gig          TEXT NOT NULL,"
    "  gig_rev      TEXT NOT NULL DEFAULT '',"
    "  applicant    TEXT NOT NULL,"
    "  received_at  TEXT NOT NULL,"
    "  seat         TEXT NOT NULL CHECK (seat IN ('confirmed', 'waitlisted', 'over', 'late')),"
    "  flags        TEXT NOT NULL DEFAULT '',"
    "  first_name   TEXT GENERATED ALWAYS AS"
    "               (json_extract(json, '$.answers.identity.first_name')) VIRTUAL,"
    "  last_name    TEXT GENERATED ALWAYS AS"
    "               (json_extract(json, '$.answers.identity.last_name')) VIRTUAL,"
    "  email        TEXT GENERATED ALWAYS AS"
    "               (json_extract(json, '$.answers.contact.email')) VIRTUAL,"
    "  json         TEXT NOT NULL CHECK (json_valid(json))"
    ");"
    "CREATE INDEX applications_seats ON applications (gig, seat, applicant);"
    "CREATE INDEX applications_applicant ON applications (gig, applicant);"
    "CREATE INDEX applications_waiting ON applications (gig, received_at, id)"
    "  WHERE seat = 'waitlisted';"

    "CREATE TABLE delivery ("
    "  id           TEXT NOT NULL,"
    "  fingerprint  TEXT NOT NULL,"
    "  gig          TEXT NOT NULL,"
    "  applicant    TEXT NOT NULL,"
    "  seat         TEXT NOT NULL,"
    "  flags        TEXT NOT NULL DEFAULT '',"
    "  state        TEXT NOT NULL CHECK (state IN ('pending', 'delivering', 'delivered',"
    "               'ambiguous', 'parked', 'dead', 'erased')),"
    "  reason       TEXT NOT NULL DEFAULT '',"
    "  upstream_id  TEXT,"
    "  attempts     INTEGER NOT NULL DEFAULT 1,"
    "  received_at  TEXT NOT NULL,"
    "  at           TEXT NOT NULL,"
    "  box          BLOB,"
    "  PRIMARY KEY (id, fingerprint)"
    ");"
    "CREATE INDEX delivery_applicant ON delivery (gig, applicant);"
    "CREATE INDEX delivery_open ON delivery (state)"
    "  WHERE state NOT IN ('delivered', 'erased');"

    "CREATE TABLE conflicts ("
    "  id           TEXT NOT NULL,"
    "  fingerprint  TEXT NOT NULL,"
    "  received_at  TEXT NOT NULL,"
    "  json         TEXT NOT NULL CHECK (json_valid(json)),"
    "  PRIMARY KEY (id, fingerprint),"
    "  FOREIGN KEY (id, fingerprint) REFERENCES delivery (id, fingerprint)"
    ");"

    "CREATE TABLE tombstones ("
    "  id           TEXT PRIMARY KEY NOT NULL,"
    "  gig          TEXT NOT NULL,"
    "  at           TEXT NOT NULL"
    ");"

    "CREATE TABLE stages ("
    "  number       INTEGER PRIMARY KEY,"
    "  id           TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,"
    "  stage        TEXT NOT NULL CHECK (stage IN ('received', 'waitlisted', 'in_review',"
    "               'selected', 'declined', 'started', 'completed', 'offered', 'hired',"
    "               'retained', 'withdrawn')),"
    "  at           TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))"
    ");"
    "CREATE INDEX stages_application ON stages (id, number);"

    /* gigs.status and the record's own "status" are one thing; either may be edited. */
    "CREATE TRIGGER gigs_insert AFTER INSERT ON gigs BEGIN"
    "  UPDATE catalog SET number = number + 1;"
    "  UPDATE gigs SET status = json_extract(NEW.json, '$.status')"
    "    WHERE id = NEW.id AND NEW.status IS NULL;"
    "  UPDATE gigs SET json = json_set(NEW.json, '$.status', NEW.status)"
    "    WHERE id = NEW.id AND NEW.status IS NOT NULL"
    "      AND NEW.status IS NOT json_extract(NEW.json, '$.status');"
    " END;"
    "CREATE TRIGGER gigs_status AFTER UPDATE OF status ON gigs"
    "  WHEN NEW.status IS NOT OLD.status"
    "   AND NEW.status IS NOT json_extract(NEW.json, '$.status') BEGIN"
    "  UPDATE gigs SET json = json_set(NEW.json, '$.status', NEW.status) WHERE id = NEW.id;"
    " END;"
    "CREATE TRIGGER gigs_json AFTER UPDATE OF json ON gigs"
    "  WHEN json_extract(NEW.json, '$.status') IS NOT json_extract(OLD.json, '$.status')"
    "   AND json_extract(NEW.json, '$.status') IS NOT NEW.status BEGIN"
    "  UPDATE gigs SET status = json_extract(NEW.json, '$.status') WHERE id = NEW.id;"
    " END;"
    "CREATE TRIGGER gigs_update AFTER UPDATE ON gigs BEGIN"
    "  UPDATE catalog SET number = number + 1;"
    " END;"
    "CREATE TRIGGER gigs_delete AFTER DELETE ON gigs BEGIN"
    "  UPDATE catalog SET number = number + 1;"
    " END;"
    "CREATE TRIGGER forms_insert AFTER INSERT ON forms BEGIN"
    "  UPDATE catalog SET number = number + 1;"
    " END;"
    "CREATE TRIGGER forms_update AFTER UPDATE ON forms BEGIN"
    "  UPDATE catalog SET number = number + 1;"
    " END;"
    "CREATE TRIGGER forms_delete AFTER DELETE ON forms BEGIN"
    "  UPDATE catalog SET number = number + 1;"
    " END;",

    /*
     * Applications whose receipt says something else now, in the order of their last
     * change, whoever made it.  Numbers never come again.
     */
    "CREATE TABLE receipts ("
    "  number       INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  id           TEXT NOT NULL UNIQUE"
    ");"
    "INSERT INTO receipts (id) SELECT id FROM applications;"
    GIG_SQLITE_RECEIPT("stages_insert", "INSERT ON stages", "NEW.id")
    GIG_SQLITE_RECEIPT("stages_update", "UPDATE ON stages", "NEW.id")
    GIG_SQLITE_RECEIPT("stages_delete", "DELETE ON stages", "OLD.id")
    GIG_SQLITE_RECEIPT("applications_seat", "UPDATE OF seat ON applications", "NEW.id")
    GIG_SQLITE_RECEIPT("applications_delete", "DELETE ON applications", "OLD.id"),

    /*
     * Kept in the order of ids, which are random: nothing tells which row came first, as a
     * rowid would.
     */
    "CREATE TABLE self_identification ("
    "  id           TEXT PRIMARY KEY NOT NULL,"
    "  form         TEXT NOT NULL,"
    "  form_rev     INTEGER NOT NULL,"
    "  day          TEXT NOT NULL,"
    "  answers      TEXT NOT NULL CHECK (json_valid(answers))"
    ") WITHOUT ROWID;",

    /* Whoever deletes an application, by hand too, deletes its files. */
    "CREATE TABLE files ("
    "  id           TEXT NOT NULL,"
    "  fingerprint  TEXT NOT NULL,"
    "  field        TEXT NOT NULL,"
    "  name         TEXT NOT NULL,"
    "  media_type   TEXT NOT NULL,"
    "  size         INTEGER NOT NULL,"
    "  sha256       TEXT NOT NULL,"
    "  bytes        BLOB NOT NULL,"
    "  PRIMARY KEY (id, fingerprint, field),"
    "  FOREIGN KEY (id, fingerprint) REFERENCES delivery (id, fingerprint)"
    ");"
    "CREATE TRIGGER applications_files AFTER DELETE ON applications BEGIN"
    "  DELETE FROM files WHERE id = OLD.id;"
    " END;"
};

#define GIG_SQLITE_VERSION  ((int) (sizeof(migrations) / sizeof(migrations[0])))


/* The number of the first row's first column; -1 and err if there is none. */
static int
gig_sqlite_number(gig_sync_record_t *record, const char *sql, int *number, gig_error_t *err)
{
    int            rc;
    sqlite3_stmt  *statement;

    *number = 0;

    if (sqlite3_prepare_v2(record->db, sql, -1, &statement, NULL) != SQLITE_OK) {
        return gig_sql_fault(record, err);
    }

    rc = sqlite3_step(statement);

    if (rc == SQLITE_ROW) {
        *number = sqlite3_column_int(statement, 0);
        rc = 0;

    } else {
        rc = gig_sql_fault(record, err);
    }

    sqlite3_finalize(statement);

    return rc;
}


static int
gig_sqlite_exec(gig_sync_record_t *record, const char *sql, gig_error_t *err)
{
    if (sqlite3_exec(record->db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        return gig_sql_fault(record, err);
    }

    return 0;
}


static int
gig_sqlite_migrate(gig_sync_record_t *record, gig_error_t *err)
{
    int   version, application, tables;
    char  pragma[64];

    /* Read under the write lock: two processes may open a new file at once. */
    if (gig_sqlite_number(record, "PRAGMA user_version", &version, err) == -1
        || gig_sqlite_number(record, "PRAGMA application_id", &application, err) == -1
        || gig_sqlite_number(record, "SELECT count(*) FROM sqlite_master", &tables, err) == -1)
    {
        return -1;
    }

    if (application != GIG_SQLITE_APPLICATION && (tables > 0 || version != 0)) {
        return gig_error_set(err, record->path, "is a database of something else");
    }

    if (gig_schema_works(version, GIG_SQLITE_VERSION)) {
        return 0;
    }

    if (version > GIG_SQLITE_VERSION) {
        return gig_error_set(err, record->path, "has schema %d, this gig-sync knows %d: "
                             "it was made by a newer one", version, GIG_SQLITE_VERSION);
    }

    for ( /* void */ ; version < GIG_SQLITE_VERSION; version++) {
        if (gig_sqlite_exec(record, migrations[version], err) == -1) {
            return -1;
        }
    }

    snprintf(pragma, sizeof(pragma), "PRAGMA application_id = %d; PRAGMA user_version = %d",
             GIG_SQLITE_APPLICATION, GIG_SQLITE_VERSION);

    return gig_sqlite_exec(record, pragma, err);
}


int
gig_sync_sqlite_schema(gig_sync_record_t *record, gig_error_t *err)
{
    int  version, application;

    /* Most opens find all as it should be and need no lock. */
    if (gig_sqlite_number(record, "PRAGMA user_version", &version, err) == -1
        || gig_sqlite_number(record, "PRAGMA application_id", &application, err) == -1)
    {
        return -1;
    }

    if (gig_schema_works(version, GIG_SQLITE_VERSION)
        && application == GIG_SQLITE_APPLICATION)
    {
        return 0;
    }

    if (gig_sqlite_exec(record, "BEGIN IMMEDIATE", err) == -1) {
        return -1;
    }

    if (gig_sqlite_migrate(record, err) == -1) {
        (void) sqlite3_exec(record->db, "ROLLBACK", NULL, NULL, NULL);
        return -1;
    }

    return gig_sqlite_exec(record, "COMMIT", err);
}
