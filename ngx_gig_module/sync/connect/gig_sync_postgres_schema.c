
#include <stdio.h>
#include <string.h>

#include "gig_sync_postgres.h"

/* gigs and forms count and tell their changes alike. */
#define GIG_PG_COUNTED(table)                                                                 \
    "CREATE CONSTRAINT TRIGGER " table "_changed AFTER INSERT OR UPDATE OR DELETE ON " table  \
    "  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION catalog_changed();"        \
    "CREATE TRIGGER " table "_emptied AFTER TRUNCATE ON " table                               \
    "  FOR EACH STATEMENT EXECUTE FUNCTION catalog_changed();"

/* Run by whoever edits a table, with the owner's rights: that person needs no others. */
#define GIG_PG_TRIGGER(name)                                                                  \
    "CREATE FUNCTION " name "() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"            \
    "  SET search_path FROM CURRENT AS $$"

#define GIG_PG_STAGES                                                                         \
    "'received', 'waitlisted', 'in_review', 'selected', 'declined', 'started', 'completed',"  \
    " 'offered', 'hired', 'retained', 'withdrawn'"


/*
 * One text a version; a schema of version N gets those from N on.  Never change one that
 * was released.  docs/gig-sync.md explains the tables to the people who query them.
 *
 * `json` and not `jsonb`: that would write numbers anew, and a record must come out as it
 * went in.  Ids sort by bytes, as they do in SQLite and in Redis.
 */
static const char *const  migrations[] = {

    "CREATE TABLE version (one integer PRIMARY KEY CHECK (one = 1), number integer NOT NULL);"
    "INSERT INTO version VALUES (1, 0);"

    "CREATE TABLE gigs ("
    "  id          text COLLATE \"C\" PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9_-]{1,40}$'),"
    "  status      text,"
    "  json        json NOT NULL,"
    "  updated_at  timestamptz NOT NULL DEFAULT now()"
    ");"

    "CREATE TABLE forms ("
    "  id          text COLLATE \"C\" PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9_-]{1,40}$'),"
    "  json        json NOT NULL,"
    "  updated_at  timestamptz NOT NULL DEFAULT now()"
    ");"

    /* Counts the transactions that changed gigs or forms, so that a poll reads one row. */
    "CREATE TABLE catalog (one integer PRIMARY KEY CHECK (one = 1), number bigint NOT NULL);"
    "INSERT INTO catalog VALUES (1, 0);"

    /* What a transaction that changes the seats of a gig locks, be the gig in `gigs` or not. */
    "CREATE TABLE seats (gig text COLLATE \"C\" PRIMARY KEY);"

    "CREATE TABLE applications ("
    "  id           text COLLATE \"C\" PRIMARY KEY,"
    "  gig          text COLLATE \"C\" NOT NULL,"
    "  gig_rev      text NOT NULL DEFAULT '',"
    "  applicant    text NOT NULL,"
    "  received_at  timestamptz NOT NULL,"
    "  seat         text NOT NULL CHECK (seat IN ('confirmed', 'waitlisted', 'over', 'late')),"
    "  flags        text NOT NULL DEFAULT '',"
    "  first_name   text GENERATED ALWAYS AS (json #>> '{answers,identity,first_name}') STORED,"
    "  last_name    text GENERATED ALWAYS AS (json #>> '{answers,identity,last_name}') STORED,"
    "  email        text GENERATED ALWAYS AS (json #>> '{answers,contact,email}') STORED,"
    "  json         json NOT NULL"
    ");"
    "CREATE INDEX applications_seats ON applications (gig, seat, applicant);"
    "CREATE INDEX applications_applicant ON applications (gig, applicant);"
    "CREATE INDEX applications_waiting ON applications (gig, received_at, id)"
    "  WHERE seat = 'waitlisted';"

    "CREATE TABLE delivery ("
    "  id           text COLLATE \"C\" NOT NULL,"
    "  fingerprint  text COLLATE \"C\" NOT NULL,"
    "  gig          text COLLATE \"C\" NOT NULL,"
    "  applicant    text NOT NULL,"
    "  seat         text NOT NULL,"
    "  flags        text NOT NULL DEFAULT '',"
    "  state        text NOT NULL CHECK (state IN ('pending', 'delivering', 'delivered',"
    "               'ambiguous', 'parked', 'dead', 'erased')),"
    "  reason       text NOT NULL DEFAULT '',"
    "  upstream_id  text,"
    "  attempts     integer NOT NULL DEFAULT 1,"
    "  received_at  timestamptz NOT NULL,"
    "  at           timestamptz NOT NULL,"
    "  box          bytea,"
    "  PRIMARY KEY (id, fingerprint)"
    ");"
    "CREATE INDEX delivery_applicant ON delivery (gig, applicant);"
    "CREATE INDEX delivery_open ON delivery (state)"
    "  WHERE state NOT IN ('delivered', 'erased');"

    "CREATE TABLE conflicts ("
    "  id           text COLLATE \"C\" NOT NULL,"
    "  fingerprint  text COLLATE \"C\" NOT NULL,"
    "  received_at  timestamptz NOT NULL,"
    "  json         json NOT NULL,"
    "  PRIMARY KEY (id, fingerprint),"
    "  FOREIGN KEY (id, fingerprint) REFERENCES delivery (id, fingerprint)"
    ");"

    "CREATE TABLE tombstones ("
    "  id           text COLLATE \"C\" PRIMARY KEY,"
    "  gig          text COLLATE \"C\" NOT NULL,"
    "  at           timestamptz NOT NULL"
    ");"

    "CREATE TABLE stages ("
    "  number       bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,"
    "  id           text COLLATE \"C\" NOT NULL REFERENCES applications (id) ON DELETE CASCADE,"
    "  stage        text NOT NULL CHECK (stage IN (" GIG_PG_STAGES ")),"
    "  at           timestamptz NOT NULL DEFAULT date_trunc('milliseconds', now())"
    ");"
    "CREATE INDEX stages_application ON stages (id, number);"

    /*
     * Applications whose receipt says something else now.  Who reads them numbers those
     * that have none; numbers never come again.
     */
    "CREATE TABLE receipts (id text COLLATE \"C\" PRIMARY KEY, number bigint UNIQUE);"
    "CREATE INDEX receipts_untold ON receipts (id) WHERE number IS NULL;"
    "CREATE SEQUENCE receipts_number AS bigint;"

    /* gigs.status and the record's own "status" are one thing; either may be edited. */
    GIG_PG_TRIGGER("gigs_status")
    " BEGIN"
    "   IF json_typeof(NEW.json) <> 'object' THEN"
    "     RETURN NEW;"
    "   END IF;"
    "   IF NEW.status IS NOT DISTINCT FROM NEW.json ->> 'status' THEN"
    "     NULL;"
    "   ELSIF (TG_OP = 'INSERT' AND NEW.status IS NULL)"
    "     OR (TG_OP = 'UPDATE' AND NEW.status IS NOT DISTINCT FROM OLD.status) THEN"
    "     NEW.status := NEW.json ->> 'status';"
    "   ELSE"
    "     NEW.json := (SELECT json_object_agg(key, value) FROM"
    "       (SELECT key, value FROM json_each(NEW.json) WHERE key <> 'status'"
    "        UNION ALL SELECT 'status', coalesce(to_json(NEW.status), 'null')) AS members);"
    "   END IF;"
    "   RETURN NEW;"
    " END $$;"
    "CREATE TRIGGER gigs_status BEFORE INSERT OR UPDATE ON gigs"
    "  FOR EACH ROW EXECUTE FUNCTION gigs_status();"

    /*
     * Once a transaction and at its end: nobody who edits one gig waits for another who
     * edits a second, but for the moment of the commit.
     */
    GIG_PG_TRIGGER("catalog_changed")
    " BEGIN"
    "   IF current_setting('gig_sync.counted', true)"
    "     IS DISTINCT FROM txid_current()::text || TG_TABLE_SCHEMA THEN"
    "     PERFORM set_config('gig_sync.counted', txid_current()::text || TG_TABLE_SCHEMA, true);"
    "     UPDATE catalog SET number = number + 1;"
    "     PERFORM pg_notify('gig_sync', TG_TABLE_SCHEMA);"
    "   END IF;"
    "   RETURN NULL;"
    " END $$;"
    GIG_PG_COUNTED("gigs")
    GIG_PG_COUNTED("forms")

    GIG_PG_TRIGGER("receipt_changed")
    " BEGIN"
    "   INSERT INTO receipts (id) VALUES (CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END)"
    "     ON CONFLICT (id) DO UPDATE SET number = NULL;"
    "   RETURN NULL;"
    " END $$;"
    "CREATE TRIGGER stages_receipt AFTER INSERT OR UPDATE OR DELETE ON stages"
    "  FOR EACH ROW EXECUTE FUNCTION receipt_changed();"
    "CREATE TRIGGER applications_receipt AFTER UPDATE OF seat OR DELETE ON applications"
    "  FOR EACH ROW EXECUTE FUNCTION receipt_changed();",

    /* No column tells which row came first, and a batch is written in an order of chance. */
    "CREATE TABLE self_identification ("
    "  id           text COLLATE \"C\" PRIMARY KEY,"
    "  form         text COLLATE \"C\" NOT NULL,"
    "  form_rev     integer NOT NULL,"
    "  day          date NOT NULL,"
    "  answers      json NOT NULL"
    ");",

    /* Whoever deletes an application, by hand too, deletes its files. */
    "CREATE TABLE files ("
    "  id           text COLLATE \"C\" NOT NULL,"
    "  fingerprint  text COLLATE \"C\" NOT NULL,"
    "  field        text NOT NULL,"
    "  name         text NOT NULL,"
    "  media_type   text NOT NULL,"
    "  size         bigint NOT NULL,"
    "  sha256       text NOT NULL,"
    "  bytes        bytea NOT NULL,"
    "  PRIMARY KEY (id, fingerprint, field),"
    "  FOREIGN KEY (id, fingerprint) REFERENCES delivery (id, fingerprint)"
    ");"

    GIG_PG_TRIGGER("application_files")
    " BEGIN"
    "   DELETE FROM files WHERE id = OLD.id;"
    "   RETURN NULL;"
    " END $$;"
    "CREATE TRIGGER applications_files AFTER DELETE ON applications"
    "  FOR EACH ROW EXECUTE FUNCTION application_files();"
};

#define GIG_PG_VERSION  ((int) (sizeof(migrations) / sizeof(migrations[0])))


static int
gig_pg_schema_foreign(gig_sync_record_t *record, gig_error_t *err)
{
    return gig_error_set(err, record->where, "the schema \"%s\" is of something else;"
                         " schema=NAME names another", record->schema);
}


/* 0: it is not there, 1: it is, with this version (0: empty, or -1: of something else). */
static int
gig_pg_schema_look(gig_sync_record_t *record, int *version, gig_error_t *err)
{
    int        there, ours, empty;
    char       query[512];
    PGresult  *row;

    *version = -1;

    (void) snprintf(query, sizeof(query),
                    "SELECT n.oid IS NOT NULL,"
                    " EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = n.oid"
                    " AND relname = 'version'),"
                    " NOT EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = n.oid)"
                    " FROM (SELECT 1) one LEFT JOIN pg_namespace n ON n.nspname = '%s'",
                    record->schema);

    row = gig_pg_exec(record, query, err);

    if (row == NULL) {
        return -1;
    }

    there = gig_str_is(gig_pg_cell(row, 0, 0), "t");
    ours = gig_str_is(gig_pg_cell(row, 0, 1), "t");
    empty = gig_str_is(gig_pg_cell(row, 0, 2), "t");
    PQclear(row);

    *version = empty ? 0 : -1;

    if (!there || !ours) {
        return there;
    }

    row = gig_pg_exec(record, "SELECT number FROM version", err);

    if (row == NULL) {
        return -1;
    }

    *version = PQntuples(row) == 1 ? (int) gig_pg_number(row, 0, 0) : -1;
    PQclear(row);

    return 1;
}


static int
gig_pg_migrate(gig_sync_record_t *record, gig_error_t *err)
{
    int   there, version;
    char  query[256];

    /* Looked at again under a lock: two processes may find no schema at once. */
    (void) snprintf(query, sizeof(query),
                    "SELECT pg_advisory_xact_lock(hashtextextended('gig-sync schema %s', 0))",
                    record->schema);

    if (gig_pg_do(record, query, err) == -1) {
        return -1;
    }

    there = gig_pg_schema_look(record, &version, err);

    if (there == -1) {
        return -1;
    }

    if (!there) {
        (void) snprintf(query, sizeof(query), "CREATE SCHEMA \"%s\"", record->schema);

        if (gig_pg_do(record, query, err) == -1) {
            return -1;
        }

        version = 0;
    }

    if (version < 0) {
        return gig_pg_schema_foreign(record, err);
    }

    if (gig_schema_works(version, GIG_PG_VERSION)) {
        return 0;
    }

    for ( /* void */ ; version < GIG_PG_VERSION; version++) {
        if (gig_pg_do(record, migrations[version], err) == -1) {
            return -1;
        }
    }

    (void) snprintf(query, sizeof(query), "UPDATE version SET number = %d", GIG_PG_VERSION);

    return gig_pg_do(record, query, err);
}


int
gig_pg_schema(gig_sync_record_t *record, int make, gig_error_t *err)
{
    int          there, version;
    gig_error_t  why;

    there = gig_pg_schema_look(record, &version, err);

    if (there == -1) {
        /* USAGE of a schema is what lets a role look into it at all. */
        if (strcmp(record->state, "42501") == 0 || strcmp(record->state, "42P01") == 0) {
            gig_error_set(err, record->where, "this role has no rights in the schema \"%s\": see"
                          " docs/examples/postgres-role.sql", record->schema);
        }

        return -1;
    }

    if (there && gig_schema_works(version, GIG_PG_VERSION)) {
        return 0;
    }

    if (there && version == -1) {
        return gig_pg_schema_foreign(record, err);
    }

    if (version > GIG_PG_VERSION) {
        return gig_error_set(err, record->where, "has schema %d, this gig-sync knows %d: it was"
                             " made by a newer one", version, GIG_PG_VERSION);
    }

    if (!make) {
        return gig_error_set(err, record->where, "has no schema \"%s\"", record->schema);
    }

    /* Most opens find all as it should be and come no further than here. */
    if (gig_pg_do(record, "BEGIN", err) == -1) {
        return -1;
    }

    if (gig_pg_migrate(record, &why) == 0 && gig_pg_commit(record, &why) == 0) {
        return 0;
    }

    if (strcmp(record->state, "42501") == 0) {
        gig_error_set(err, record->where, "this role may not make the schema \"%s\" or bring it"
                      " up to date; let its owner do so once, with gig-sync import",
                      record->schema);

    } else if (err != NULL) {
        *err = why;
    }

    (void) gig_pg_do(record, "ROLLBACK", NULL);

    return -1;
}
