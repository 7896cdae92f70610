
/*
 * The system of record confirms seats and is the last word on who applied.  The
 * rules: an application is there once, confirmed never exceeds the cap, what came
 * with other content is kept as a conflict, what was withdrawn stays erased whatever
 * comes later, a freed seat goes to the first who waits, poison blocks nobody.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "connect/gig_sync_sqlite.h"

#define CAP_TWO     "{\"id\":\"g\",\"status\":\"published\",\"capacity\":{\"application_cap\":2}}"


static char                folder[] = "/tmp/gig-sqlite-XXXXXX";
static char                path[256];
static gig_sync_record_t  *record;


static gig_str_t
str(const char *text)
{
    return (gig_str_t) { text, strlen(text) };
}


static int
begin(void **state)
{
    char          url[300];
    gig_error_t   err;
    const char   *sql = "INSERT INTO gigs (id, json) VALUES ('g', '" CAP_TWO "')";

    (void) state;

    snprintf(path, sizeof(path), "%s/a.db", folder);
    snprintf(url, sizeof(url), "sqlite:%s", path);
    assert_int_equal(gig_sync_sqlite.open(str(url), &record, &err), 0);
    assert_int_equal(sqlite3_exec(record->db, sql, NULL, NULL, NULL), SQLITE_OK);

    return 0;
}


static int
end(void **state)
{
    (void) state;

    gig_sync_sqlite.close(record);
    return unlink(path);
}


/* The first column of the first row, or -1. */
static int
number(const char *sql)
{
    int            n;
    sqlite3_stmt  *row;

    assert_int_equal(sqlite3_prepare_v2(record->db, sql, -1, &row, NULL), SQLITE_OK);
    n = sqlite3_step(row) == SQLITE_ROW ? sqlite3_column_int(row, 0) : -1;
    sqlite3_finalize(row);

    return n;
}


static char  plain_text[16][512];


/* An id as the edge makes them, from a letter: 16 bytes in base64url. */
static const char *
id_of(const char *letter)
{
    static char  ids[26][23];
    char        *id = ids[letter[0] - 'A'];

    memset(id, 'A', 22);
    id[0] = letter[0];

    return id;
}


/* An application of `who` in slot i (its box opens), received at `at`. */
static gig_sync_delivery_t
application(unsigned i, const char *id, const char *who, const char *print, const char *seat,
    int64_t at)
{
    gig_sync_delivery_t  d;

    id = id_of(id);
    memset(&d, 0, sizeof(d));
    snprintf(plain_text[i], sizeof(plain_text[i]),
             "{\"schema\":\"gig-application/1\",\"id\":\"%s\",\"gig\":{\"id\":\"g\"},"
             "\"received_at\":\"1970-01-01T00:00:01.000Z\","
             "\"answers\":{\"identity\":{\"first_name\":\"Marker%s\"},\"contact\":"
             "{\"email\":\"%s@example.edu\"},\"merit\":{}}}", id, print, who);

    d.op = str("apply");
    d.id = str(id);
    d.gig = str("g");
    d.who = str(who);
    d.print = str(print);
    d.seat = str(seat);
    d.at_ms = at;
    d.box = str("sealed");
    d.plain = str(plain_text[i]);

    return d;
}


static gig_sync_delivery_t
withdrawal(const char *id)
{
    gig_sync_delivery_t  d;

    memset(&d, 0, sizeof(d));
    d.op = str("withdraw");
    d.id = str(id_of(id));
    d.at_ms = 1;

    return d;
}


static void
deliver(gig_sync_delivery_t *d, size_t n)
{
    gig_error_t  err;

    if (gig_sync_sqlite.deliver(record, d, n, &err) == -1) {
        fail_msg("%s", err.detail);
    }
}


static void
test_once(void **state)
{
    gig_sync_delivery_t  d[2];

    (void) state;

    d[0] = application(0, "A", "w1", "p1", "reserved", 1000);
    d[1] = d[0];
    deliver(d, 2);
    deliver(d, 2);

    assert_int_equal(d[0].result, GIG_SYNC_DELIVERED);
    assert_int_equal(d[1].result, GIG_SYNC_DELIVERED);
    assert_string_equal(d[1].confirmed_seat, "confirmed");
    assert_int_equal(number("SELECT count(*) FROM applications"), 1);
    assert_int_equal(number("SELECT count(*) FROM delivery"), 1);
    assert_int_equal(number("SELECT count(*) FROM delivery WHERE box IS NULL"), 1);
    assert_int_equal(number("SELECT count(*) FROM applications WHERE email = 'w1@example.edu'"), 1);
}


static void
test_seats(void **state)
{
    gig_error_t          err;
    gig_sync_delivery_t  d[6];

    (void) state;

    d[0] = application(0, "A", "w1", "p1", "reserved", 1000);
    d[1] = application(1, "B", "w1", "p2", "reserved", 1001);       /* shares w1's seat */
    d[2] = application(2, "C", "w2", "p3", "reserved", 1002);
    d[3] = application(3, "D", "w3", "p4", "reserved", 1003);       /* finds it full */
    d[4] = application(4, "E", "w4", "p5", "late", 1004);
    d[5] = application(5, "F", "w5", "p6", "over", 1005);
    deliver(d, 6);

    assert_string_equal(d[1].confirmed_seat, "confirmed");
    assert_string_equal(d[2].confirmed_seat, "confirmed");
    assert_string_equal(d[3].confirmed_seat, "waitlisted");
    assert_string_equal(d[4].confirmed_seat, "late");
    assert_string_equal(d[5].confirmed_seat, "over");
    assert_int_equal(number("SELECT flags = 'duplicate' FROM applications WHERE id GLOB 'B*'"), 1);
    assert_int_equal(gig_sync_sqlite.promote(record, &err), 0);

    /* One of two applications of w1 gone: the other keeps the seat. */
    d[0] = withdrawal("A");
    deliver(d, 1);
    assert_int_equal(d[0].result, GIG_SYNC_ERASED);
    assert_int_equal(number("SELECT seat = 'waitlisted' FROM applications WHERE id GLOB 'D*'"), 1);

    /* Both gone: the first who waits has it, in the same transaction. */
    d[0] = withdrawal("B");
    deliver(d, 1);
    assert_int_equal(number("SELECT seat = 'confirmed' FROM applications WHERE id GLOB 'D*'"), 1);
    assert_int_equal(number("SELECT stage = 'received' FROM stages WHERE id GLOB 'D*'"
                            " ORDER BY number DESC"), 1);

    /* A cap that is raised lets in who waits; labels stay labels. */
    d[0] = application(0, "G", "w6", "p7", "reserved", 1006);
    deliver(d, 1);
    assert_string_equal(d[0].confirmed_seat, "waitlisted");
    assert_int_equal(sqlite3_exec(record->db, "UPDATE gigs SET json ="
                     " json_set(json, '$.capacity.application_cap', 9)", NULL, NULL, NULL), 0);
    assert_int_equal(gig_sync_sqlite.promote(record, &err), 1);
    assert_int_equal(gig_sync_sqlite.promote(record, &err), 0);
    assert_int_equal(number("SELECT count(*) FROM applications WHERE seat = 'confirmed'"), 3);
    assert_int_equal(number("SELECT count(*) FROM delivery d JOIN applications a USING (id)"
                            " WHERE a.seat <> d.seat"), 0);
}


static void
test_conflict(void **state)
{
    gig_sync_delivery_t  d[2];

    (void) state;

    d[0] = application(0, "A", "w1", "p1", "reserved", 1000);
    d[1] = application(1, "A", "w1", "p2", "reserved", 1001);
    deliver(d, 2);
    deliver(d, 2);

    assert_int_equal(d[1].result, GIG_SYNC_DELIVERED);
    assert_string_equal(d[1].confirmed_seat, "");
    assert_int_equal(number("SELECT count(*) FROM applications"), 1);
    assert_int_equal(number("SELECT count(*) FROM conflicts"), 1);
    assert_int_equal(number("SELECT count(*) FROM delivery WHERE flags = 'conflict'"), 1);

    d[0] = withdrawal("A");
    deliver(d, 1);
    assert_int_equal(number("SELECT count(*) FROM conflicts"), 0);
}


static void
test_erased(void **state)
{
    FILE                *in;
    char                *bytes;
    size_t               n;
    gig_sync_delivery_t  d[2];

    (void) state;

    /* Withdrawn before it came. */
    d[0] = withdrawal("Z");
    d[1] = application(1, "Z", "w9", "p9", "reserved", 1000);
    deliver(d, 2);
    assert_int_equal(d[1].result, GIG_SYNC_ERASED);

    /* Withdrawn after; later copies, and with other content. */
    d[0] = application(0, "A", "w1", "p1", "reserved", 1000);
    d[1] = withdrawal("A");
    deliver(d, 2);
    d[0] = application(0, "A", "w1", "p1", "reserved", 1000);
    d[1] = application(1, "A", "w1", "p2", "reserved", 1000);
    deliver(d, 2);
    assert_int_equal(d[0].result, GIG_SYNC_ERASED);
    assert_int_equal(d[1].result, GIG_SYNC_ERASED);

    assert_int_equal(number("SELECT count(*) FROM applications"), 0);
    assert_int_equal(number("SELECT count(*) FROM stages"), 0);
    assert_int_equal(number("SELECT count(*) FROM delivery WHERE state <> 'erased'"
                            " OR box IS NOT NULL OR applicant <> ''"), 0);

    /* Not in the file either. */
    in = fopen(path, "re");
    bytes = malloc(4 << 20);
    assert_non_null(in);
    assert_non_null(bytes);
    n = fread(bytes, 1, 4 << 20, in);
    assert_null(memmem(bytes, n, "Markerp1", 8));
    assert_null(memmem(bytes, n, "w1@example.edu", 14));
    free(bytes);
    fclose(in);
}


static void
test_poison(void **state)
{
    gig_sync_delivery_t  d[4];

    (void) state;

    d[0] = application(0, "A", "w1", "p1", "reserved", 1000);
    d[0].plain = gig_null_str;                          /* a box nobody can open */
    d[1] = application(1, "B", "w2", "p2", "reserved", 1000);
    d[1].plain = str("{\"schema\":\"other\"}");
    d[2] = application(2, "C", "w3", "p3", "reserved", 1000);
    d[2].plain = str(plain_text[1]);                    /* the box of another application */
    d[3] = application(3, "D", "w4", "p4", "reserved", 1000);
    deliver(d, 4);

    assert_int_equal(d[0].result, GIG_SYNC_PARKED);
    assert_int_equal(d[1].result, GIG_SYNC_PARKED);
    assert_int_equal(d[2].result, GIG_SYNC_PARKED);
    assert_int_equal(d[3].result, GIG_SYNC_DELIVERED);
    assert_string_equal(d[3].confirmed_seat, "confirmed");
    assert_true(d[0].reason[0] != '\0');
    assert_int_equal(number("SELECT count(*) FROM delivery WHERE state = 'parked'"
                            " AND box = CAST('sealed' AS BLOB)"), 3);

    /* The key was found: what was parked is delivered after all. */
    d[0] = application(0, "A", "w1", "p1", "reserved", 1000);
    deliver(d, 1);
    assert_int_equal(d[0].result, GIG_SYNC_DELIVERED);
    assert_int_equal(number("SELECT state = 'delivered' AND box IS NULL AND attempts = 2"
                            " FROM delivery WHERE id GLOB 'A*'"), 1);
}


static int
count_known(void *data, const gig_sync_known_t *known)
{
    int  *counts = data;

    counts[0]++;
    counts[1] += known->withdrawn;
    counts[2] += gig_str_is(known->op, "apply") && gig_str_is(known->seat, "confirmed");
    counts[3] += gig_str_is(known->stages, "received,1") && known->at_ms == 1000;

    return 0;
}


static int
sum_seats(void *data, const gig_sync_seats_t *seats)
{
    int  *sums = data;

    sums[0]++;
    sums[1] += (int) seats->confirmed;
    sums[2] += (int) seats->waiting;

    return 0;
}


static void
test_known(void **state)
{
    int                  counts[4] = { 0, 0, 0, 0 }, sums[3] = { 0, 0, 0 };
    gig_error_t          err;
    gig_sync_delivery_t  d[3];

    (void) state;

    d[0] = application(0, "A", "w1", "p1", "reserved", 1000);
    d[1] = application(1, "B", "w2", "p2", "reserved", 1000);
    d[2] = withdrawal("B");
    deliver(d, 3);

    assert_int_equal(gig_sync_sqlite.known(record, 0, count_known, counts, &err), 0);
    assert_int_equal(counts[0], 3);         /* A, B and B's tombstone */
    assert_int_equal(counts[1], 2);
    assert_int_equal(counts[2], 1);
    assert_int_equal(counts[3], 1);

    assert_int_equal(gig_sync_sqlite.seats(record, sum_seats, sums, &err), 0);
    assert_int_equal(sums[0], 1);
    assert_int_equal(sums[1], 1);

    /* The last seat given back: the gig is still told, with none. */
    d[0] = withdrawal("A");
    deliver(d, 1);
    memset(sums, 0, sizeof(sums));
    assert_int_equal(gig_sync_sqlite.seats(record, sum_seats, sums, &err), 0);
    assert_int_equal(sums[0], 1);
    assert_int_equal(sums[1], 0);
}


/* A lock that does not go away: nothing is written, and all stay pending. */
static void
test_locked(void **state)
{
    sqlite3              *other;
    gig_error_t           err;
    gig_sync_delivery_t   d;

    (void) state;

    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    (void) sqlite3_busy_timeout(record->db, 10);

    d = application(0, "A", "w1", "p1", "reserved", 1000);
    assert_int_equal(gig_sync_sqlite.deliver(record, &d, 1, &err), -1);
    assert_int_equal(d.result, GIG_SYNC_PENDING);

    assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);

    deliver(&d, 1);
    assert_int_equal(d.result, GIG_SYNC_DELIVERED);
}


static void
test_file(void **state)
{
    char                name[300];
    FILE               *out;
    struct stat         st;
    gig_error_t         err;
    gig_sync_record_t  *other;

    (void) state;

    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(number("PRAGMA synchronous"), 2);
    assert_int_equal(number("PRAGMA foreign_keys"), 1);

    snprintf(name, sizeof(name), "sqlite:%s/x", folder);
    out = fopen(name + 7, "we");
    assert_non_null(out);
    fputs("no database at all, but long enough to be taken for one by its size........", out);
    fclose(out);
    assert_int_equal(gig_sync_sqlite.open(str(name), &other, &err), -1);
    unlink(name + 7);

    assert_int_equal(gig_sync_sqlite.open(str("sqlite:"), &other, &err), -1);
    assert_int_equal(gig_sync_sqlite.open(str("sqlite:/nonexistent/a"), &other, &err), -1);

    /* A newer schema that only has more is worked with, as it is. */
    assert_int_equal(sqlite3_exec(record->db, "PRAGMA user_version = 99", NULL, NULL, NULL), 0);
    snprintf(name, sizeof(name), "sqlite:%s", path);
    assert_int_equal(gig_sync_sqlite.open(str(name), &other, &err), 0);
    gig_sync_sqlite.close(other);
    assert_int_equal(number("PRAGMA user_version"), 99);

    /* One that is another, and a database of something else, are left alone. */
    assert_int_equal(sqlite3_exec(record->db, "PRAGMA user_version = 100", NULL, NULL, NULL), 0);
    assert_int_equal(gig_sync_sqlite.open(str(name), &other, &err), -1);
    assert_non_null(strstr(err.detail, "newer"));
    assert_int_equal(sqlite3_exec(record->db, "PRAGMA application_id = 7", NULL, NULL, NULL), 0);
    assert_int_equal(gig_sync_sqlite.open(str(name), &other, &err), -1);
    assert_non_null(strstr(err.detail, "something else"));
}


static int
remove_folder(void **state)
{
    (void) state;

    return rmdir(folder);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup_teardown(test_once, begin, end),
        cmocka_unit_test_setup_teardown(test_seats, begin, end),
        cmocka_unit_test_setup_teardown(test_conflict, begin, end),
        cmocka_unit_test_setup_teardown(test_erased, begin, end),
        cmocka_unit_test_setup_teardown(test_poison, begin, end),
        cmocka_unit_test_setup_teardown(test_known, begin, end),
        cmocka_unit_test_setup_teardown(test_locked, begin, end),
        cmocka_unit_test_setup_teardown(test_file, begin, end)
    };

    if (mkdtemp(folder) == NULL) {
        return 1;
    }

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, remove_folder);
}
