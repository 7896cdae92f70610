
/* Every statement of this connector.  The tables are in gig_sync_postgres_schema.c. */

#include "gig_sync_postgres.h"

/* Times as records and receipts have them. */
#define GIG_PG_ISO(time)                                                                      \
    "to_char(" time " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"

/*
 * `rev` is left out of what is read: a record edited by hand would keep the one of
 * before, and nobody would see the change.  All else is as it was written, to the digit.
 */
#define GIG_PG_JSON                                                                           \
    "CASE WHEN json_typeof(json) = 'object' AND json -> 'rev' IS NOT NULL"                    \
    " THEN coalesce((SELECT json_object_agg(key, value) FROM json_each(json)"                 \
    " WHERE key <> 'rev'), '{}') ELSE json END"

#define GIG_PG_CURSOR           "DECLARE gig_rows NO SCROLL CURSOR FOR "

/* The last stage of the application `id`. */
#define GIG_PG_STAGE(id)                                                                      \
    " LEFT JOIN LATERAL (SELECT stage, at FROM stages WHERE stages.id = " id                  \
    " ORDER BY number DESC LIMIT 1) s ON true"

/* gig_sync_known_t has what this is. */
#define GIG_PG_STAGES(id)                                                                     \
    "(SELECT string_agg(stage || ',' || greatest(0, floor(extract(epoch FROM at)))::bigint,"  \
    " ' ' ORDER BY number DESC) FROM (SELECT number, stage, at FROM stages"                   \
    " WHERE stages.id = " id " ORDER BY number DESC LIMIT " GIG_SYNC_STAGES ") AS newest)"

/* A list of ids is one text: they hold no comma. */
#define GIG_PG_LIST             "unnest(string_to_array($1::text, ','))"
#define GIG_PG_IN_LIST          "= ANY (string_to_array($1::text, ','))"


const char  gig_pg_gigs[] =
    GIG_PG_CURSOR "SELECT id, " GIG_PG_JSON " FROM gigs ORDER BY id";

const char  gig_pg_forms[] = GIG_PG_CURSOR "SELECT id, json FROM forms ORDER BY id";

/* %s: since when, RFC 3339, of our own making. */
const char  gig_pg_known[] =
    GIG_PG_CURSOR
    "SELECT d.id, 'apply', d.fingerprint, d.gig, d.applicant,"
    " CASE d.state WHEN 'delivered' THEN d.seat ELSE '' END,"
    " " GIG_PG_ISO("d.received_at") ", " GIG_PG_STAGES("d.id") ","
    " (t.id IS NOT NULL)::int, position('conflict' IN d.flags)"
    " FROM delivery d LEFT JOIN tombstones t ON t.id = d.id"
    " WHERE d.received_at >= '%1$s' OR d.at >= '%1$s'"
    " OR EXISTS (SELECT 1 FROM stages s WHERE s.id = d.id AND s.at >= '%1$s')"
    " UNION ALL SELECT id, 'withdraw', '', gig, '', '', " GIG_PG_ISO("at") ", NULL, 1, 0"
    " FROM tombstones WHERE at >= '%1$s' ORDER BY 1, 10, 2";

const char  gig_pg_applications[] =
    GIG_PG_CURSOR
    "SELECT a.id, a.gig, g.json ->> 'title', " GIG_PG_ISO("a.received_at") ", a.seat, a.flags,"
    " s.stage, " GIG_PG_ISO("s.at") ", a.json"
    " FROM applications a LEFT JOIN gigs g ON g.id = a.gig" GIG_PG_STAGE("a.id")
    " ORDER BY a.received_at, a.id";

const char  gig_pg_self_ids[] =
    GIG_PG_CURSOR "SELECT form, form_rev, answers FROM self_identification ORDER BY id";

#define GIG_PG_DEAD_ROWS        "(state = 'parked' OR (state = 'dead' AND box IS NOT NULL))"

/* %s: an id, which is valid, or nothing. */
const char  gig_pg_dead[] =
    GIG_PG_CURSOR
    "SELECT id, fingerprint, gig, applicant, seat, flags, state, reason, attempts,"
    " " GIG_PG_ISO("received_at") ", " GIG_PG_ISO("at") ","
    " CASE WHEN '%1$s' <> '' THEN box END"
    " FROM delivery WHERE " GIG_PG_DEAD_ROWS " AND ('%1$s' = '' OR id = '%1$s')"
    " ORDER BY at, id, fingerprint";


const gig_pg_statement_t  gig_pg_statements[GIG_PG_COUNT] = {

    [GIG_PG_CHANGED] = { "SELECT number FROM catalog", 0 },

    [GIG_PG_GIG_JSON] = { "SELECT " GIG_PG_JSON " FROM gigs WHERE id = $1::text", 1 },
    [GIG_PG_FORM_JSON] = { "SELECT json FROM forms WHERE id = $1::text", 1 },
    [GIG_PG_GIG_PUT] = {
        "INSERT INTO gigs (id, json) VALUES ($1::text, $2::text::json)"
        " ON CONFLICT (id) DO UPDATE SET json = excluded.json, updated_at = now()", 2 },
    [GIG_PG_FORM_PUT] = {
        "INSERT INTO forms (id, json) VALUES ($1::text, $2::text::json)"
        " ON CONFLICT (id) DO UPDATE SET json = excluded.json, updated_at = now()", 2 },

    /* The sort is below the locking: all take them in one order. */
    [GIG_PG_LOCK_IDS] = {
        "SELECT pg_advisory_xact_lock(key) FROM (SELECT DISTINCT"
        " hashtextextended(current_schema() || ' application ' || id, 0) AS key"
        " FROM " GIG_PG_LIST " AS id ORDER BY 1) AS keys", 1 },
    [GIG_PG_GIGS_OF] = { "SELECT DISTINCT gig FROM applications WHERE id " GIG_PG_IN_LIST, 1 },
    [GIG_PG_SEATS_MAKE] = {
        "INSERT INTO seats (gig) SELECT DISTINCT gig COLLATE \"C\" FROM " GIG_PG_LIST " AS gig"
        " ORDER BY 1 ON CONFLICT (gig) DO NOTHING", 1 },
    [GIG_PG_LOCK_GIGS] = {
        "SELECT gig FROM seats WHERE gig " GIG_PG_IN_LIST " ORDER BY gig FOR UPDATE", 1 },

    [GIG_PG_TOMBSTONE] = { "SELECT 1 FROM tombstones WHERE id = $1::text", 1 },
    [GIG_PG_TOMBSTONE_PUT] = {
        "INSERT INTO tombstones (id, gig, at) VALUES ($1::text, $2::text, $3::text::timestamptz)"
        " ON CONFLICT (id) DO NOTHING", 3 },

    [GIG_PG_DELIVERY] = {
        "SELECT state, flags FROM delivery WHERE id = $1::text AND fingerprint = $2::text", 2 },
    [GIG_PG_DELIVERY_OTHER] = {
        "SELECT 1 FROM delivery WHERE id = $1::text AND fingerprint <> $2::text LIMIT 1", 2 },
    [GIG_PG_DELIVERY_PUT] = {
        "INSERT INTO delivery (id, fingerprint, gig, applicant, seat, flags, state, reason,"
        " received_at, at, box) VALUES ($1::text, $2::text, $3::text, $4::text, $5::text,"
        " $6::text, $7::text, $8::text, $9::text::timestamptz, $10::text::timestamptz,"
        " $11::bytea)"
        " ON CONFLICT (id, fingerprint) DO UPDATE SET gig = excluded.gig,"
        " applicant = excluded.applicant, seat = excluded.seat, flags = excluded.flags,"
        " state = excluded.state, reason = excluded.reason, at = excluded.at, box = excluded.box,"
        " attempts = delivery.attempts + 1", 11 },
    [GIG_PG_DELIVERY_ERASE] = {
        "UPDATE delivery SET state = 'erased', applicant = '', seat = '', flags = '',"
        " reason = '', box = NULL, at = $2::text::timestamptz WHERE id = $1::text", 2 },

    [GIG_PG_DROP] = {
        "UPDATE delivery SET state = 'dead', reason = 'dropped by hand', box = NULL,"
        " at = $2::text::timestamptz WHERE " GIG_PG_DEAD_ROWS " AND id = $1::text RETURNING 1",
        2 },

    [GIG_PG_APPLICATION] = { "SELECT seat, gig FROM applications WHERE id = $1::text", 1 },
    [GIG_PG_APPLICATION_PUT] = {
        "INSERT INTO applications (id, gig, gig_rev, applicant, received_at, seat, flags, json)"
        " VALUES ($1::text, $2::text, $3::text, $4::text, $5::text::timestamptz, $6::text,"
        " $7::text, $8::text::json)", 8 },
    [GIG_PG_APPLICATION_DELETE] = { "DELETE FROM applications WHERE id = $1::text", 1 },

    /* The seat the applicant has in this gig already: the best of them. */
    [GIG_PG_SHARED] = {
        "SELECT seat FROM applications WHERE gig = $1::text AND applicant = $2::text"
        " ORDER BY CASE seat WHEN 'confirmed' THEN 0 WHEN 'waitlisted' THEN 1 ELSE 2 END LIMIT 1",
        2 },

    [GIG_PG_CONFLICT_PUT] = {
        "INSERT INTO conflicts (id, fingerprint, received_at, json)"
        " VALUES ($1::text, $2::text, $3::text::timestamptz, $4::text::json)", 4 },
    [GIG_PG_CONFLICT_DELETE] = { "DELETE FROM conflicts WHERE id = $1::text", 1 },
    [GIG_PG_FILE_PUT] = {
        "INSERT INTO files (id, fingerprint, field, name, media_type, size, sha256, bytes)"
        " VALUES ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text::bigint, $7::text,"
        " $8::bytea)", 8 },
    [GIG_PG_FILE_DELETE] = { "DELETE FROM files WHERE id = $1::text", 1 },
    [GIG_PG_FILES] = {
        "SELECT f.field, f.name, f.media_type, f.sha256, encode(f.bytes, 'hex') FROM files f"
        " JOIN delivery d ON d.id = f.id AND d.fingerprint = f.fingerprint"
        " WHERE f.id = $1::text AND position('conflict' IN d.flags) = 0 ORDER BY f.field", 1 },
    [GIG_PG_STAGE_PUT] = {
        "INSERT INTO stages (id, stage, at) VALUES ($1::text, $2::text, $3::text::timestamptz)",
        3 },

    /* No row: the gig is not known here.  A cap that is no whole number is none. */
    [GIG_PG_CAP] = {
        "SELECT CASE WHEN cap ~ '^-?[0-9]{1,18}$' THEN cap::bigint END FROM (SELECT"
        " CASE json_typeof(json #> '{capacity,application_cap}') WHEN 'number'"
        " THEN json #>> '{capacity,application_cap}' END AS cap FROM gigs WHERE id = $1::text)"
        " AS gig", 1 },
    [GIG_PG_CONFIRMED] = {
        "SELECT count(DISTINCT applicant) FROM applications"
        " WHERE gig = $1::text AND seat = 'confirmed'", 1 },

    [GIG_PG_WAITING_GIGS] = {
        "SELECT gig FROM applications WHERE seat = 'waitlisted' AND gig > $1::text"
        " ORDER BY gig LIMIT 1", 1 },
    [GIG_PG_FIRST_WAITING] = {
        "SELECT applicant FROM applications WHERE gig = $1::text AND seat = 'waitlisted'"
        " ORDER BY received_at, id LIMIT 1", 1 },
    [GIG_PG_PROMOTE_STAGE] = {
        "INSERT INTO stages (id, stage, at) SELECT id, 'received', $3::text::timestamptz"
        " FROM applications WHERE gig = $1::text AND applicant = $2::text"
        " AND seat = 'waitlisted'", 3 },
    [GIG_PG_PROMOTE_DELIVERY] = {
        "UPDATE delivery SET seat = 'confirmed' WHERE gig = $1::text AND applicant = $2::text"
        " AND seat = 'waitlisted'", 2 },
    [GIG_PG_PROMOTE] = {
        "UPDATE applications SET seat = 'confirmed' WHERE gig = $1::text"
        " AND applicant = $2::text AND seat = 'waitlisted'", 2 },

    /* With the gigs all of whose seats were given back: their counts are 0 now. */
    [GIG_PG_SEATS] = {
        "SELECT g.gig, count(DISTINCT CASE a.seat WHEN 'confirmed' THEN a.applicant END),"
        " count(DISTINCT CASE a.seat WHEN 'waitlisted' THEN a.applicant END)"
        " FROM (SELECT gig FROM applications UNION SELECT gig FROM tombstones WHERE gig <> '') g"
        " LEFT JOIN applications a ON a.gig = g.gig GROUP BY g.gig", 0 },

    /*
     * A number is given by who reads, one reader at a time, to what was committed before: so
     * that of two numbers the greater is never seen first, whichever transaction ends first.
     */
    [GIG_PG_UNTOLD] = { "SELECT 1 FROM receipts WHERE number IS NULL LIMIT 1", 0 },
    [GIG_PG_NUMBER] = {
        "UPDATE receipts SET number = nextval('receipts_number') WHERE id IN"
        " (SELECT id FROM receipts WHERE number IS NULL LIMIT 10000 FOR UPDATE SKIP LOCKED)", 0 },
    [GIG_PG_RECEIPTS] = {
        "SELECT r.number, r.id, a.seat, " GIG_PG_STAGES("a.id") " FROM receipts r"
        " LEFT JOIN applications a ON a.id = r.id"
        " WHERE r.number > $1::text::bigint ORDER BY r.number LIMIT $2::text::bigint", 2 },

    /* No column after ON CONFLICT: naming one takes a right to read it. */
    [GIG_PG_SELF_ID_PUT] = {
        "INSERT INTO self_identification (id, form, form_rev, day, answers)"
        " VALUES ($1::text, $2::text, $3::text::integer, $4::text::date, $5::text::json)"
        " ON CONFLICT DO NOTHING", 5 },
};
