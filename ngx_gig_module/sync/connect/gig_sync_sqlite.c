
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gig_record.h"
#include "gig_sync_rows.h"
#include "gig_sync_sqlite.h"

#define GIG_SQLITE_BUSY_MS      10000


/*
 * `rev` is left out of what is read: a record edited by hand would keep the one of
 * before, and nobody would see the change.
 */
#define GIG_SQL_JSON                                                                          \
    "CASE WHEN json_valid(json) AND json_type(json, '$.rev') IS NOT NULL"                     \
    " THEN json_remove(json, '$.rev') ELSE json END"

/* gig_sync_known_t has what this is; a time that a person mistyped is 0. */
#define GIG_SQL_STAGES(id)                                                                    \
    "(SELECT group_concat(stage || ',' || seconds, ' ') FROM (SELECT stage,"                  \
    " max(0, coalesce(CAST(strftime('%s', at) AS INTEGER), 0)) AS seconds FROM stages"        \
    " WHERE stages.id = " id " ORDER BY number DESC LIMIT " GIG_SYNC_STAGES "))"

/* A box that is kept has nobody else who keeps it. */
#define GIG_SQL_WAITS_FOR_PERSON                                                              \
    "(state = 'parked' OR (state NOT IN ('delivered', 'erased') AND box IS NOT NULL))"

static const char *const  sql[GIG_SQL_COUNT] = {

    [GIG_SQL_BEGIN] = "BEGIN IMMEDIATE",
    [GIG_SQL_BEGIN_READ] = "BEGIN",
    [GIG_SQL_COMMIT] = "COMMIT",
    [GIG_SQL_ROLLBACK] = "ROLLBACK",
    [GIG_SQL_SAVE] = "SAVEPOINT one",
    [GIG_SQL_BACK] = "ROLLBACK TO one",
    [GIG_SQL_RELEASE] = "RELEASE one",

    [GIG_SQL_GIGS] = "SELECT id, " GIG_SQL_JSON " FROM gigs ORDER BY id",
    [GIG_SQL_FORMS] = "SELECT id, json FROM forms ORDER BY id",
    [GIG_SQL_CHANGED] = "SELECT number FROM catalog",

    [GIG_SQL_GIG_JSON] = "SELECT " GIG_SQL_JSON " FROM gigs WHERE id = ?1",
    [GIG_SQL_FORM_JSON] = "SELECT json FROM forms WHERE id = ?1",
    [GIG_SQL_GIG_PUT] =
        "INSERT INTO gigs (id, json) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE"
        " SET json = excluded.json, updated_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now')",
    [GIG_SQL_FORM_PUT] =
        "INSERT INTO forms (id, json) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE"
        " SET json = excluded.json, updated_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now')",

    [GIG_SQL_TOMBSTONE] = "SELECT 1 FROM tombstones WHERE id = ?1",
    [GIG_SQL_TOMBSTONE_PUT] =
        "INSERT INTO tombstones (id, gig, at) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO NOTHING",

    [GIG_SQL_DELIVERY] = "SELECT state, flags FROM delivery WHERE id = ?1 AND fingerprint = ?2",
    [GIG_SQL_DELIVERY_OTHER] =
        "SELECT 1 FROM delivery WHERE id = ?1 AND fingerprint <> ?2 LIMIT 1",
    [GIG_SQL_DELIVERY_PUT] =
        "INSERT INTO delivery (id, fingerprint, gig, applicant, seat, flags, state, reason,"
        " received_at, at, box) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
        " ON CONFLICT (id, fingerprint) DO UPDATE SET gig = excluded.gig,"
        " applicant = excluded.applicant, seat = excluded.seat, flags = excluded.flags,"
        " state = excluded.state, reason = excluded.reason, at = excluded.at, box = excluded.box,"
        " attempts = attempts + 1",
    [GIG_SQL_DELIVERY_ERASE] =
        "UPDATE delivery SET state = 'erased', applicant = '', seat = '', flags = '',"
        " reason = '', box = NULL, at = ?2 WHERE id = ?1",

    [GIG_SQL_APPLICATION] = "SELECT seat, gig, applicant FROM applications WHERE id = ?1",
    [GIG_SQL_APPLICATION_PUT] =
        "INSERT INTO applications (id, gig, gig_rev, applicant, received_at, seat, flags, json)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [GIG_SQL_APPLICATION_DELETE] = "DELETE FROM applications WHERE id = ?1",

    /* The seat the applicant has in this gig already: the best of them. */
    [GIG_SQL_SHARED] =
        "SELECT seat FROM applications WHERE gig = ?1 AND applicant = ?2"
        " ORDER BY CASE seat WHEN 'confirmed' THEN 0 WHEN 'waitlisted' THEN 1 ELSE 2 END LIMIT 1",

    [GIG_SQL_CONFLICT_PUT] =
        "INSERT INTO conflicts (id, fingerprint, received_at, json) VALUES (?1, ?2, ?3, ?4)",
    [GIG_SQL_CONFLICT_DELETE] = "DELETE FROM conflicts WHERE id = ?1",
    [GIG_SQL_FILE_PUT] =
        "INSERT INTO files (id, fingerprint, field, name, media_type, size, sha256, bytes)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [GIG_SQL_FILE_DELETE] = "DELETE FROM files WHERE id = ?1",
    [GIG_SQL_FILES] =
        "SELECT f.field, f.name, f.media_type, f.sha256, f.bytes FROM files f"
        " JOIN delivery d ON d.id = f.id AND d.fingerprint = f.fingerprint"
        " WHERE f.id = ?1 AND instr(d.flags, 'conflict') = 0 ORDER BY f.field",
    [GIG_SQL_STAGE_PUT] = "INSERT INTO stages (id, stage, at) VALUES (?1, ?2, ?3)",

    /* No row: the gig is not known here.  A cap that is no whole number is none. */
    [GIG_SQL_CAP] =
        "SELECT CASE WHEN json_type(json, '$.capacity.application_cap') = 'integer'"
        " THEN json_extract(json, '$.capacity.application_cap') END FROM gigs WHERE id = ?1",
    [GIG_SQL_CONFIRMED] =
        "SELECT count(DISTINCT applicant) FROM applications"
        " WHERE gig = ?1 AND seat = 'confirmed'",

    [GIG_SQL_WAITS] = "SELECT 1 FROM applications WHERE seat = 'waitlisted' LIMIT 1",
    [GIG_SQL_WAITING_GIGS] =
        "SELECT gig FROM applications WHERE seat = 'waitlisted' AND gig > ?1"
        " ORDER BY gig LIMIT 1",
    [GIG_SQL_FIRST_WAITING] =
        "SELECT applicant FROM applications WHERE gig = ?1 AND seat = 'waitlisted'"
        " ORDER BY received_at, id LIMIT 1",
    [GIG_SQL_PROMOTE_STAGE] =
        "INSERT INTO stages (id, stage, at) SELECT id, 'received', ?3 FROM applications"
        " WHERE gig = ?1 AND applicant = ?2 AND seat = 'waitlisted'",
    [GIG_SQL_PROMOTE_DELIVERY] =
        "UPDATE delivery SET seat = 'confirmed' WHERE gig = ?1 AND applicant = ?2"
        " AND seat = 'waitlisted'",
    [GIG_SQL_PROMOTE] =
        "UPDATE applications SET seat = 'confirmed' WHERE gig = ?1 AND applicant = ?2"
        " AND seat = 'waitlisted'",

    /* With the gigs all of whose seats were given back: their counts are 0 now. */
    [GIG_SQL_SEATS] =
        "SELECT g.gig, count(DISTINCT CASE a.seat WHEN 'confirmed' THEN a.applicant END),"
        " count(DISTINCT CASE a.seat WHEN 'waitlisted' THEN a.applicant END)"
        " FROM (SELECT gig FROM applications UNION SELECT gig FROM tombstones WHERE gig <> '') g"
        " LEFT JOIN applications a ON a.gig = g.gig GROUP BY g.gig",

    [GIG_SQL_KNOWN] =
        "SELECT d.id, 'apply', d.fingerprint, d.gig, d.applicant,"
        " iif(d.state = 'delivered', d.seat, ''), d.received_at,"
        " " GIG_SQL_STAGES("d.id") ", t.id IS NOT NULL, instr(d.flags, 'conflict')"
        " FROM delivery d LEFT JOIN tombstones t ON t.id = d.id"
        " WHERE d.received_at >= ?1 OR d.at >= ?1"
        " OR EXISTS (SELECT 1 FROM stages s WHERE s.id = d.id AND s.at >= ?1)"
        " UNION ALL SELECT id, 'withdraw', '', gig, '', '', at, NULL, 1, 0"
        " FROM tombstones WHERE at >= ?1 ORDER BY 1, 10, 2",

    [GIG_SQL_RECEIPTS] =
        "SELECT r.number, r.id, a.seat, " GIG_SQL_STAGES("a.id") " FROM receipts r"
        " LEFT JOIN applications a ON a.id = r.id"
        " WHERE r.number > ?1 ORDER BY r.number LIMIT ?2",

    [GIG_SQL_SELF_ID_PUT] =
        "INSERT INTO self_identification (id, form, form_rev, day, answers)"
        " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO NOTHING",
    [GIG_SQL_SELF_IDS] = "SELECT form, form_rev, answers FROM self_identification",

    [GIG_SQL_DEAD] =
        "SELECT id, fingerprint, gig, applicant, seat, flags, state, reason, attempts, received_at,"
        " at, iif(?1 = '', NULL, box) FROM delivery"
        " WHERE " GIG_SQL_WAITS_FOR_PERSON " AND (?1 = '' OR id = ?1)"
        " ORDER BY at, id, fingerprint",
    [GIG_SQL_DROP] =
        "UPDATE delivery SET state = 'dead', reason = 'dropped by hand', box = NULL, at = ?2"
        " WHERE " GIG_SQL_WAITS_FOR_PERSON " AND id = ?1",

    /* These of a file that is the delivery table of an upstream; its applications are not here. */
    [GIG_SQL_UPSTREAM_ROW] =
        "SELECT state, seat, flags, attempts, at, upstream_id FROM delivery"
        " WHERE id = ?1 AND fingerprint = ?2",
    [GIG_SQL_UPSTREAM_PUT] =
        "INSERT INTO delivery (id, fingerprint, gig, applicant, seat, flags, state, reason,"
        " received_at, at, attempts, upstream_id, box) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
        " ?10, ?11, nullif(?12, ''), ?13) ON CONFLICT (id, fingerprint) DO UPDATE"
        " SET gig = excluded.gig, applicant = excluded.applicant, seat = excluded.seat,"
        " flags = excluded.flags, state = excluded.state, reason = excluded.reason,"
        " at = excluded.at, attempts = excluded.attempts,"
        " upstream_id = coalesce(excluded.upstream_id, upstream_id), box = excluded.box",
    [GIG_SQL_UPSTREAM_SHARED] =
        "SELECT seat FROM delivery WHERE gig = ?1 AND applicant = ?2 AND id <> ?3"
        " AND state IN ('delivering', 'delivered', 'ambiguous')"
        " ORDER BY CASE seat WHEN 'reserved' THEN 0 WHEN 'waitlisted' THEN 1 ELSE 2 END LIMIT 1",

    /* Of all of an applicant's the best; with the gigs that have none any more. */
    [GIG_SQL_UPSTREAM_SEATS] =
        "SELECT g.gig, coalesce(sum(a.best = 0), 0), coalesce(sum(a.best = 1), 0)"
        " FROM (SELECT gig FROM delivery WHERE gig <> '' UNION SELECT gig FROM tombstones"
        " WHERE gig <> '') g LEFT JOIN (SELECT gig, applicant, min(CASE seat WHEN 'reserved' THEN 0"
        " WHEN 'waitlisted' THEN 1 ELSE 2 END) AS best FROM delivery WHERE state = 'delivered'"
        " GROUP BY gig, applicant) a ON a.gig = g.gig GROUP BY g.gig",

    /*
     * What is under way has to come again, and so does a withdrawal that the upstream has not
     * answered.  A withdrawal's own row has no fingerprint.
     */
    [GIG_SQL_UPSTREAM_KNOWN] =
        "SELECT d.id, 'apply', d.fingerprint, d.gig, d.applicant,"
        " iif(d.state = 'delivered' AND d.seat <> 'reserved', d.seat, ''), d.received_at, NULL,"
        " t.id IS NOT NULL, instr(d.flags, 'conflict')"
        " FROM delivery d LEFT JOIN tombstones t ON t.id = d.id"
        " LEFT JOIN delivery w ON w.id = d.id AND w.fingerprint = ''"
        " WHERE (d.received_at >= ?1 OR d.at >= ?1) AND d.fingerprint <> ''"
        " AND d.state IN ('delivered', 'dead', 'parked', 'erased') AND w.state IS NOT 'pending'"
        " UNION ALL SELECT t.id, 'withdraw', '', t.gig, '', iif(w.seat = 'asked', 'asked', ''),"
        " t.at, NULL, 1, 0 FROM tombstones t"
        " LEFT JOIN delivery w ON w.id = t.id AND w.fingerprint = ''"
        " WHERE (t.at >= ?1 OR w.at >= ?1) AND w.state IS NOT 'pending' ORDER BY 1, 10, 2",
    [GIG_SQL_UPSTREAM_RECEIPTS] =
        "SELECT r.number, r.id, coalesce((SELECT iif(w.seat = 'asked', 'asked', w.state)"
        " FROM delivery w WHERE w.id = r.id AND w.fingerprint = ''),"
        " (SELECT iif(d.seat = 'reserved', d.state, d.seat) FROM delivery d WHERE d.id = r.id"
        " AND d.state = 'delivered' LIMIT 1), ''), NULL FROM receipts r"
        " WHERE r.number > ?1 ORDER BY r.number LIMIT ?2",

    [GIG_SQL_EXPORT] =
        "SELECT a.id, a.gig, json_extract(g.json, '$.title'), a.received_at, a.seat, a.flags,"
        " s.stage, s.at, a.json FROM applications a LEFT JOIN gigs g ON g.id = a.gig"
        " LEFT JOIN stages s ON s.number = (SELECT max(number) FROM stages WHERE id = a.id)"
        " ORDER BY a.received_at, a.id"
};


int
gig_sql_fault(gig_sync_record_t *record, gig_error_t *err)
{
    gig_error_set(err, record->path, "%s", sqlite3_errmsg(record->db));

    switch (sqlite3_errcode(record->db) & 0xff) {
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
        (void) gig_sqlite_rights(record->path, err);
    }

    return -1;
}


sqlite3_stmt *
gig_sql(gig_sync_record_t *record, gig_sql_t which, gig_error_t *err)
{
    sqlite3_stmt  **statement;

    statement = &record->statement[which];

    if (*statement == NULL
        && sqlite3_prepare_v3(record->db, sql[which], -1, SQLITE_PREPARE_PERSISTENT, statement,
                              NULL) != SQLITE_OK)
    {
        gig_sql_fault(record, err);
        return NULL;
    }

    return *statement;
}


void
gig_sql_text(sqlite3_stmt *statement, int column, gig_str_t text)
{
    /* A bind that fails (out of memory) leaves null, which the step refuses or does not find. */
    (void) sqlite3_bind_text64(statement, column, text.len ? text.data : "", text.len,
                               SQLITE_STATIC, SQLITE_UTF8);
}


void
gig_sql_done(sqlite3_stmt *statement)
{
    (void) sqlite3_reset(statement);
    (void) sqlite3_clear_bindings(statement);
}


int
gig_sql_end(gig_sync_record_t *record, sqlite3_stmt *rows, int rc, gig_error_t *err)
{
    if (rc != SQLITE_DONE && rc != SQLITE_ROW) {
        gig_sql_fault(record, err);
    }

    gig_sql_done(rows);

    return rc == SQLITE_DONE ? 0 : -1;
}


int
gig_sql_run(gig_sync_record_t *record, sqlite3_stmt *statement, gig_error_t *err)
{
    int  rc;

    rc = sqlite3_step(statement);

    if (rc != SQLITE_DONE && rc != SQLITE_ROW) {
        gig_sql_fault(record, err);
        gig_sql_done(statement);
        return -1;
    }

    gig_sql_done(statement);

    return 0;
}


int
gig_sql_simple(gig_sync_record_t *record, gig_sql_t which, gig_error_t *err)
{
    sqlite3_stmt  *statement;

    statement = gig_sql(record, which, err);

    return statement ? gig_sql_run(record, statement, err) : -1;
}


int
gig_sql_row(gig_sync_record_t *record, sqlite3_stmt *statement, gig_error_t *err)
{
    int  rc;

    rc = sqlite3_step(statement);

    if (rc == SQLITE_ROW) {
        return 1;
    }

    if (rc != SQLITE_DONE) {
        gig_sql_fault(record, err);
    }

    gig_sql_done(statement);

    return rc == SQLITE_DONE ? 0 : -1;
}


gig_str_t
gig_sql_column(sqlite3_stmt *statement, int column)
{
    gig_str_t  text;

    text.data = (const char *) sqlite3_column_text(statement, column);
    text.len = text.data ? (size_t) sqlite3_column_bytes(statement, column) : 0;

    return text;
}


void
gig_sync_sqlite_close(gig_sync_record_t *record)
{
    size_t  i;

    if (record == NULL) {
        return;
    }

    for (i = 0; i < GIG_SQL_COUNT; i++) {
        (void) sqlite3_finalize(record->statement[i]);
    }

    (void) sqlite3_close(record->db);
    free(record);
}


/*
 * The file is made before SQLite does, for the mode; -wal and -shm take theirs from
 * it.  Never open and close the database itself here: that would drop the POSIX locks
 * that SQLite holds on it for other threads, and a process that closes it meanwhile
 * would take itself for the last one and delete the log under them.  So a new file
 * gets its name only once it is closed.
 */
static int
gig_sqlite_file(const char *path, gig_error_t *err)
{
    int          fd, rc;
    char         made[sizeof(((gig_sync_record_t *) NULL)->path) + sizeof(".XXXXXX")];
    struct stat  st;

    if (stat(path, &st) == 0) {
        return S_ISREG(st.st_mode) ? 0 : gig_error_set(err, path, "is not a file");
    }

    snprintf(made, sizeof(made), "%s.XXXXXX", path);
    fd = mkostemp(made, O_CLOEXEC);

    if (fd == -1) {
        gig_error_set(err, path, "%s", strerror(errno));
        (void) gig_sqlite_rights(path, err);
        return -1;
    }

    close(fd);
    rc = link(made, path) == 0 || errno == EEXIST ? 0
         : gig_error_set(err, path, "%s", strerror(errno));
    (void) unlink(made);

    return rc;
}


/* Opening would make it: a mistyped path must not answer with an empty list. */
static int
gig_sync_sqlite_there(gig_str_t url, gig_error_t *err)
{
    size_t  prefix;
    char    path[sizeof(((gig_sync_record_t *) NULL)->path)];

    prefix = url.len < sizeof("sqlite:") - 1 ? url.len : sizeof("sqlite:") - 1;
    snprintf(path, sizeof(path), "%.*s", (int) (url.len - prefix), url.data + prefix);

    return access(path, R_OK) == 0 ? 0 : gig_error_set(err, path, "cannot be read");
}


int
gig_sync_sqlite_open(gig_str_t url, gig_sync_record_t **out, gig_error_t *err)
{
    size_t              prefix;
    gig_sync_record_t  *record;

    *out = NULL;
    prefix = sizeof("sqlite:") - 1;

    if (url.len <= prefix || memcmp(url.data, "sqlite:", prefix) != 0
        || url.len - prefix > sizeof(record->path) - 3)
    {
        return gig_error_set(err, "", "must be sqlite:PATH");
    }

    record = calloc(1, sizeof(gig_sync_record_t));

    if (record == NULL) {
        return gig_error_set(err, "", "out of memory");
    }

    /* "./" keeps SQLite from taking ":memory:" or "file:..." for more than a name. */
    snprintf(record->path, sizeof(record->path), "%s%.*s", url.data[prefix] == '/' ? "" : "./",
             (int) (url.len - prefix), url.data + prefix);

    if (gig_sqlite_file(record->path, err) == -1) {
        goto failed;
    }

    if (sqlite3_open_v2(record->path, &record->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK)
    {
        if (record->db) {
            gig_sql_fault(record, err);

        } else {
            gig_error_set(err, record->path, "out of memory");
        }

        goto failed;
    }

    (void) sqlite3_busy_timeout(record->db, GIG_SQLITE_BUSY_MS);

    /* What is erased is overwritten, not only unlinked: it is personal data. */
    if (sqlite3_exec(record->db,
                     "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                     "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON",
                     NULL, NULL, NULL) != SQLITE_OK)
    {
        gig_sql_fault(record, err);
        goto failed;
    }

    if (gig_sync_sqlite_schema(record, err) == -1) {
        goto failed;
    }

    *out = record;

    return 0;

failed:

    gig_sync_sqlite_close(record);

    return -1;
}


static int
gig_sqlite_fetch_kind(gig_sync_record_t *record, char kind, gig_sync_fetched_pt handler,
    void *data, gig_buf_t *canonical, gig_error_t *err)
{
    int            rc;
    sqlite3_stmt  *rows;

    rows = gig_sql(record, kind == 'g' ? GIG_SQL_GIGS : GIG_SQL_FORMS, err);

    if (rows == NULL) {
        return -1;
    }

    while ((rc = sqlite3_step(rows)) == SQLITE_ROW) {
        if (gig_rows_fetched(kind, gig_sql_column(rows, 0), gig_sql_column(rows, 1), canonical,
                             handler, data)
            == -1)
        {
            gig_sql_done(rows);
            return gig_error_set(err, record->path, "the reading was ended");
        }
    }

    if (rc != SQLITE_DONE) {
        gig_sql_fault(record, err);
    }

    gig_sql_done(rows);

    return rc == SQLITE_DONE ? 0 : -1;
}


static int
gig_sync_sqlite_fetch(gig_sync_record_t *record, gig_sync_fetched_pt handler, void *data,
    gig_error_t *err)
{
    int        rc;
    gig_buf_t  canonical;

    /* One read transaction: gigs and forms as of one instant. */
    if (gig_sql_simple(record, GIG_SQL_BEGIN_READ, err) == -1) {
        return -1;
    }

    gig_buf_init(&canonical, GIG_RECORD_MAX);

    rc = gig_sqlite_fetch_kind(record, 'f', handler, data, &canonical, err);

    if (rc == 0) {
        rc = gig_sqlite_fetch_kind(record, 'g', handler, data, &canonical, err);
    }

    gig_buf_free(&canonical);
    (void) gig_sql_simple(record, GIG_SQL_ROLLBACK, NULL);

    return rc;
}


int
gig_sqlite_known(gig_sync_record_t *record, gig_sql_t which, int64_t since_ms,
    int (*handler)(void *data, const gig_sync_known_t *), void *data, gig_error_t *err)
{
    int                rc;
    char               since[GIG_TIME_SIZE];
    sqlite3_stmt      *rows;
    gig_sync_known_t   known;

    rows = gig_sql(record, which, err);

    if (rows == NULL) {
        return -1;
    }

    gig_time_format_ms(since_ms > 0 ? since_ms : 0, since);
    gig_sql_text(rows, 1, (gig_str_t) { since, strlen(since) });

    while ((rc = sqlite3_step(rows)) == SQLITE_ROW) {
        known.id = gig_sql_column(rows, 0);
        known.op = gig_sql_column(rows, 1);
        known.print = gig_sql_column(rows, 2);
        known.gig = gig_sql_column(rows, 3);
        known.who = gig_sql_column(rows, 4);
        known.seat = gig_sql_column(rows, 5);
        known.at_ms = gig_rows_ms(gig_sql_column(rows, 6));
        known.stages = gig_sql_column(rows, 7);
        known.withdrawn = sqlite3_column_int(rows, 8);

        if (handler(data, &known) == -1) {
            gig_error_set(err, record->path, "the reading was ended");
            break;
        }
    }

    return gig_sql_end(record, rows, rc, err);
}


static int
gig_sync_sqlite_known(gig_sync_record_t *record, int64_t since_ms,
    int (*handler)(void *data, const gig_sync_known_t *), void *data, gig_error_t *err)
{
    return gig_sqlite_known(record, GIG_SQL_KNOWN, since_ms, handler, data, err);
}


int
gig_sqlite_receipts(gig_sync_record_t *record, gig_sql_t which, int64_t *number, unsigned most,
    int (*handler)(void *data, const gig_sync_known_t *), void *data, gig_error_t *err)
{
    int                rc;
    int64_t            last;
    sqlite3_stmt      *rows;
    gig_sync_known_t   known;

    rows = gig_sql(record, which, err);

    if (rows == NULL) {
        return -1;
    }

    memset(&known, 0, sizeof(known));
    last = *number;

    (void) sqlite3_bind_int64(rows, 1, *number);
    (void) sqlite3_bind_int64(rows, 2, most);

    while ((rc = sqlite3_step(rows)) == SQLITE_ROW) {
        last = sqlite3_column_int64(rows, 0);
        known.id = gig_sql_column(rows, 1);
        known.seat = gig_sql_column(rows, 2);
        known.stages = gig_sql_column(rows, 3);

        if (handler(data, &known) == -1) {
            gig_error_set(err, record->path, "the reading was ended");
            break;
        }
    }

    if (rc != SQLITE_DONE && rc != SQLITE_ROW) {
        gig_sql_fault(record, err);
    }

    gig_sql_done(rows);

    if (rc != SQLITE_DONE) {
        return -1;
    }

    *number = last;

    return 0;
}


static int
gig_sync_sqlite_receipts(gig_sync_record_t *record, int64_t *number, unsigned most,
    int (*handler)(void *data, const gig_sync_known_t *), void *data, gig_error_t *err)
{
    return gig_sqlite_receipts(record, GIG_SQL_RECEIPTS, number, most, handler, data, err);
}


static int
gig_sync_sqlite_changed(gig_sync_record_t *record, int64_t *number, gig_error_t *err)
{
    int            rc;
    sqlite3_stmt  *row;

    row = gig_sql(record, GIG_SQL_CHANGED, err);

    if (row == NULL) {
        return -1;
    }

    rc = sqlite3_step(row);

    if (rc == SQLITE_ROW) {
        *number = sqlite3_column_int64(row, 0);

    } else {
        gig_error_set(err, record->path, "%s", rc == SQLITE_DONE ? "the table catalog is empty"
                                                                  : sqlite3_errmsg(record->db));
    }

    gig_sql_done(row);

    return rc == SQLITE_ROW ? 0 : -1;
}


const gig_sync_connector_t  gig_sync_sqlite = {
    .scheme = "sqlite",
    .form = GIG_SYNC_SQLITE_FORM,
    .abilities = GIG_SYNC_FORMS,
    .open = gig_sync_sqlite_open,
    .close = gig_sync_sqlite_close,
    .fetch = gig_sync_sqlite_fetch,
    .deliver = gig_sync_sqlite_deliver,
    .seats = gig_sync_sqlite_seats,
    .promote = gig_sync_sqlite_promote,
    .known = gig_sync_sqlite_known,
    .receipts = gig_sync_sqlite_receipts,
    .changed = gig_sync_sqlite_changed,
    .there = gig_sync_sqlite_there,
    .owner = gig_sync_sqlite_owner,
    .begin = gig_sync_sqlite_begin,
    .put = gig_sync_sqlite_put,
    .end = gig_sync_sqlite_end,
    .self_id = gig_sync_sqlite_self_id,
    .self_ids = gig_sync_sqlite_self_ids,
    .applications = gig_sync_sqlite_applications,
    .dead = gig_sync_sqlite_dead,
    .drop = gig_sync_sqlite_drop,
    .files = gig_sync_sqlite_files
};
