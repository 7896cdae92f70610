
/*
 * A gig opens and closes on the second, in the applicant's mind in the gig's
 * zone.  Reading is tried with dates that do not exist, zones are compared with
 * the C library over the tables of the machine (package tzdata), before and
 * after the end of the tables, and with tables damaged at every byte.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gig_time.h"

#define ZONES               "/usr/share/zoneinfo/"


static void
reads_as(const char *text, int64_t expected)
{
    int64_t  ms;

    assert_int_equal(gig_time_parse((gig_str_t) { text, strlen(text) }, &ms), 0);
    assert_int_equal(ms, expected);
}


static void
test_parse(void **state)
{
    (void) state;

    reads_as("1970-01-01T00:00:00Z", 0);
    reads_as("2026-09-30T23:59:59-05:00", INT64_C(1790830799000));
    reads_as("2026-09-30T23:59:59.5+05:30", INT64_C(1790792999500));
    reads_as("2026-09-20t14:00:00.214999z", INT64_C(1789912800214));
    reads_as("2024-02-29T00:00:00Z", INT64_C(1709164800000));
    reads_as("2000-02-29T00:00:00Z", INT64_C(951782400000));
    reads_as("1969-12-31T23:59:59.999Z", -1);
    reads_as("0000-01-01T00:00:00Z", INT64_C(-62167219200000));
    reads_as("9999-12-31T23:59:59Z", INT64_C(253402300799000));

    /* leap seconds of 2016, in UTC and in Chicago */

    reads_as("2016-12-31T23:59:60Z", INT64_C(1483228800000));
    reads_as("2016-12-31T17:59:60-06:00", INT64_C(1483228800000));
}


static void
test_parse_refuses(void **state)
{
    size_t   i;
    int64_t  ms, days;

    static const char  *const bad[] = {
        "", "2026-09-30", "2026-09-30T23:59:59", "2026-09-30 23:59:59Z", "2026-09-30T23:59Z",
        "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
        "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z",
        "2026-01-01T12:30:60Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00,5Z",
        "2026-01-01T00:00:00+5:00", "2026-01-01T00:00:00+0500", "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+05:60", "2026-01-01T00:00:00Z ", " 2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00.1234567890123456789Z", "+2026-01-01T00:00:00Z", "20x6-01-01T00:00:00Z"
    };

    (void) state;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (gig_time_parse((gig_str_t) { bad[i], strlen(bad[i]) }, &ms) != -1) {
            fail_msg("%s was read", bad[i]);
        }
    }

    assert_int_equal(gig_time_parse(gig_str("2026-01-01T00:00:00\0"), &ms), -1);
    assert_int_equal(gig_date_parse(gig_str("2026-10-26"), &days), 0);
    assert_int_equal(days, 20752);
    assert_int_equal(gig_date_parse(gig_str("2026-02-30"), &days), -1);
    assert_int_equal(gig_date_parse(gig_str("2026-2-3"), &days), -1);
    assert_int_equal(gig_date_parse(gig_null_str, &days), -1);
}


static void
test_calendar(void **state)
{
    char         text[GIG_TIME_SIZE], http[30], expected[64];
    time_t       t;
    int64_t      day, ms;
    struct tm    tm;
    gig_local_t  local;

    (void) state;

    /* every day of four centuries, against the C library */

    for (day = -140000; day < 60000; day++) {

        t = (time_t) (day * 86400 + 86399);
        assert_non_null(gmtime_r(&t, &tm));
        gig_local_split((int64_t) t, &local);

        if (local.year != tm.tm_year + 1900 || local.month != (unsigned) tm.tm_mon + 1
            || local.day != (unsigned) tm.tm_mday || local.weekday != (unsigned) tm.tm_wday
            || local.hour != 23 || local.minute != 59 || local.second != 59
            || gig_days(local.year, local.month, local.day) != day)
        {
            fail_msg("day %lld", (long long) day);
        }
    }

    for (day = -9000; day < 40000; day += 97) {

        t = (time_t) (day * 86400 + day * 7);
        assert_non_null(gmtime_r(&t, &tm));

        assert_true(strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%SZ", &tm) != 0);
        assert_string_equal(gig_time_format((int64_t) t, text), expected);
        assert_int_equal(gig_time_parse((gig_str_t) { text, strlen(text) }, &ms), 0);
        assert_int_equal(ms, (int64_t) t * 1000);

        assert_true(strftime(expected, sizeof(expected), "%a, %d %b %Y %H:%M:%S GMT", &tm) != 0);
        assert_string_equal(gig_time_http((int64_t) t, http), expected);
    }

    assert_string_equal(gig_time_format_ms(-1, text), "1969-12-31T23:59:59.999Z");
    assert_string_equal(gig_time_format_ms(INT64_C(1789912800214), text),
                        "2026-09-20T14:00:00.214Z");
    assert_string_equal(gig_time_format(INT64_MIN, text), "0000-01-01T00:00:00Z");
    assert_string_equal(gig_time_format_ms(INT64_MAX, text), "9999-12-31T23:59:59.807Z");
}


/* The bytes of a zone; the caller frees them. */

static gig_str_t
load(const char *name)
{
    char   path[128], *bytes;
    FILE  *file;
    size_t len;

    (void) snprintf(path, sizeof(path), ZONES "%s", name);

    file = fopen(path, "rb");

    if (file == NULL) {
        fail_msg("%s cannot be read; is tzdata installed?", path);
    }

    bytes = malloc(GIG_TZIF_MAX);
    assert_non_null(bytes);
    len = fread(bytes, 1, GIG_TZIF_MAX, file);
    assert_int_equal(fclose(file), 0);

    return (gig_str_t) { bytes, len };
}


static void
shows(const char *zone_name, int64_t seconds, const char *text, const char *rfc3339)
{
    gig_str_t   tzif;
    gig_buf_t   out;
    gig_zone_t  zone;

    tzif = load(zone_name);
    assert_int_equal(gig_zone_read(tzif, &zone), 0);
    gig_buf_init(&out, 1000);

    gig_zone_text(&zone, seconds, &out);
    gig_buf_add(&out, "", 1);
    assert_string_equal(out.data, text);

    gig_buf_reset(&out);
    gig_zone_rfc3339(&zone, seconds, &out);
    gig_buf_add(&out, "", 1);
    assert_string_equal(out.data, rfc3339);

    gig_buf_free(&out);
    free((void *) (uintptr_t) tzif.data);
}


static void
test_zone_text(void **state)
{
    gig_buf_t  out;

    (void) state;

    /* both switches of Chicago in 2026: the gap and the hour that comes twice */

    shows("America/Chicago", 1772956799, "Sun 8 Mar 2026, 01:59 CST", "2026-03-08T01:59:59-06:00");
    shows("America/Chicago", 1772956800, "Sun 8 Mar 2026, 03:00 CDT", "2026-03-08T03:00:00-05:00");
    shows("America/Chicago", 1793516399, "Sun 1 Nov 2026, 01:59 CDT", "2026-11-01T01:59:59-05:00");
    shows("America/Chicago", 1793516400, "Sun 1 Nov 2026, 01:00 CST", "2026-11-01T01:00:00-06:00");

    /* the same a lifetime after the table's end, by the rule */

    shows("America/Chicago", INT64_C(4109040000), "Thu 18 Mar 2100, 03:00 CDT",
          "2100-03-18T03:00:00-05:00");

    shows("Asia/Kolkata", 1793516400, "Sun 1 Nov 2026, 12:30 IST", "2026-11-01T12:30:00+05:30");
    shows("America/Sao_Paulo", 1793516400, "Sun 1 Nov 2026, 04:00 UTC-03",
          "2026-11-01T04:00:00-03:00");

    /* Samoa left out a Friday: Thu 29 Dec 2011 was followed by Sat 31 */

    shows("Pacific/Apia", 1325239199, "Thu 29 Dec 2011, 23:59 UTC-10",
          "2011-12-29T23:59:59-10:00");
    shows("Pacific/Apia", 1325239200, "Sat 31 Dec 2011, 00:00 UTC+14",
          "2011-12-31T00:00:00+14:00");

    /* Ireland's winter time is the one that is "daylight saving", of minus an hour */

    shows("Europe/Dublin", 1793516400, "Sun 1 Nov 2026, 07:00 GMT", "2026-11-01T07:00:00+00:00");
    shows("Europe/Dublin", 1782864000, "Wed 1 Jul 2026, 01:00 IST", "2026-07-01T01:00:00+01:00");
    shows("Europe/Dublin", INT64_C(4102444800), "Fri 1 Jan 2100, 00:00 GMT",
          "2100-01-01T00:00:00+00:00");

    gig_buf_init(&out, 1000);
    gig_zone_text(NULL, 1793516400, &out);
    gig_buf_puts(&out, "|");
    gig_zone_rfc3339(NULL, 1793516400, &out);
    gig_buf_add(&out, "", 1);
    assert_string_equal(out.data, "Sun 1 Nov 2026, 07:00 UTC|2026-11-01T07:00:00+00:00");
    gig_buf_free(&out);
}


static void
same_as_libc(const gig_zone_t *zone, const char *name, int64_t seconds)
{
    time_t       t;
    struct tm    tm;
    gig_local_t  local;

    t = (time_t) seconds;
    assert_non_null(localtime_r(&t, &tm));
    gig_zone_local(zone, seconds, &local);

    if (local.year != tm.tm_year + 1900 || local.month != (unsigned) tm.tm_mon + 1
        || local.day != (unsigned) tm.tm_mday || local.hour != (unsigned) tm.tm_hour
        || local.minute != (unsigned) tm.tm_min || local.second != (unsigned) tm.tm_sec
        || local.weekday != (unsigned) tm.tm_wday || local.offset != tm.tm_gmtoff
        || strcmp(local.abbreviation, tm.tm_zone) != 0)
    {
        fail_msg("%s at %lld: %02u:%02u %s %d, the C library says %02d:%02d %s %ld", name,
                 (long long) seconds, local.hour, local.minute, local.abbreviation, local.offset,
                 tm.tm_hour, tm.tm_min, tm.tm_zone, tm.tm_gmtoff);
    }
}


static void
test_zones_against_libc(void **state)
{
    char        value[160];
    size_t      i, k;
    int64_t     seconds;
    uint64_t    random;
    gig_str_t   tzif;
    gig_zone_t  zone;

    static const char  *const names[] = {
        "America/Chicago", "America/New_York", "America/Los_Angeles", "America/Sao_Paulo",
        "America/St_Johns", "America/Nuuk", "America/Santiago", "Africa/Casablanca",
        "Africa/Cairo", "Africa/Lagos", "Asia/Kolkata", "Asia/Tehran", "Asia/Gaza",
        "Asia/Kathmandu", "Asia/Shanghai", "Australia/Lord_Howe", "Australia/Sydney",
        "Europe/Dublin", "Europe/Berlin", "Europe/London", "Europe/Lisbon", "Pacific/Apia",
        "Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati", "Antarctica/Troll", "UTC",
        "Etc/GMT+12", "Etc/GMT+12"
    };

    (void) state;

    random = 20261123;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {

        tzif = load(names[i]);

        if (gig_zone_read(tzif, &zone) != 0) {
            fail_msg("%s was refused", names[i]);
        }

        (void) snprintf(value, sizeof(value), ":" ZONES "%s", names[i]);
        assert_int_equal(setenv("TZ", value, 1), 0);
        tzset();

        for (k = 0; k < 5000; k++) {

            /* 1902 to 2100, so within and after all tables */

            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            seconds = (int64_t) ((random >> 20) % 6249000000u) - 2140000000;
            same_as_libc(&zone, names[i], seconds);
        }

        /* every quarter of an hour of the years of the next gigs, and around a far switch */

        for (seconds = 1767225600; seconds < 1798761600; seconds += 900) {
            same_as_libc(&zone, names[i], seconds - 1);
            same_as_libc(&zone, names[i], seconds);
        }

        for (seconds = INT64_C(4070908800); seconds < INT64_C(4102444800); seconds += 900) {
            same_as_libc(&zone, names[i], seconds - 1);
            same_as_libc(&zone, names[i], seconds);
        }

        free((void *) (uintptr_t) tzif.data);
    }

    assert_int_equal(unsetenv("TZ"), 0);
    tzset();
}


static void
use(const gig_zone_t *zone)
{
    size_t       i;
    gig_local_t  local;

    static const int64_t  instants[] = {
        INT64_MIN, -2140000000, 0, 1793516400, INT64_C(4102444800), INT64_MAX
    };

    for (i = 0; i < sizeof(instants) / sizeof(instants[0]); i++) {
        gig_zone_local(zone, instants[i], &local);
        assert_in_range(local.month, 1, 12);
        assert_in_range(local.day, 1, 31);
        assert_true(memchr(local.abbreviation, '\0', sizeof(local.abbreviation)) != NULL);
    }
}


static void
test_damaged_zones(void **state)
{
    char       *copy;
    size_t      i, k;
    unsigned    refused;
    gig_str_t   tzif;
    gig_zone_t  zone;

    static const unsigned char  flips[] = { 0x01, 0x80, 0xff };

    (void) state;

    tzif = load("America/Chicago");
    refused = 0;

    /* on the heap and of the exact size, so that a sanitizer sees one byte too many */

    for (i = 0; i < tzif.len; i++) {

        copy = malloc(i + 1);
        assert_non_null(copy);
        memcpy(copy, tzif.data, i);
        assert_int_equal(gig_zone_read((gig_str_t) { copy, i }, &zone), -1);
        use(&zone);
        free(copy);

        for (k = 0; k < sizeof(flips); k++) {

            copy = malloc(tzif.len);
            assert_non_null(copy);
            memcpy(copy, tzif.data, tzif.len);
            copy[i] = (char) (copy[i] ^ flips[k]);

            if (gig_zone_read((gig_str_t) { copy, tzif.len }, &zone) != 0) {
                refused++;
            }

            use(&zone);
            free(copy);
        }
    }

    assert_true(refused > 100);
    free((void *) (uintptr_t) tzif.data);
}


static void
test_zone_names(void **state)
{
    (void) state;

    assert_true(gig_zone_name_valid(gig_str("America/Argentina/ComodRivadavia")));
    assert_true(gig_zone_name_valid(gig_str("Etc/GMT+12")));
    assert_true(gig_zone_name_valid(gig_str("UTC")));
    assert_false(gig_zone_name_valid(gig_str("")));
    assert_false(gig_zone_name_valid(gig_str("/etc/passwd")));
    assert_false(gig_zone_name_valid(gig_str("../../etc/passwd")));
    assert_false(gig_zone_name_valid(gig_str("America/../UTC")));
    assert_false(gig_zone_name_valid(gig_str("America//Chicago")));
    assert_false(gig_zone_name_valid(gig_str("America/")));
    assert_false(gig_zone_name_valid(gig_str("UTC\0x")));
    assert_false(gig_zone_name_valid(gig_str("zone.tab")));
    assert_false(gig_zone_name_valid(
        gig_str("A234567890123456789012345678901234567890123456789012345678901234")));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_parse_refuses),
        cmocka_unit_test(test_calendar),
        cmocka_unit_test(test_zone_text),
        cmocka_unit_test(test_zones_against_libc),
        cmocka_unit_test(test_damaged_zones),
        cmocka_unit_test(test_zone_names)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
