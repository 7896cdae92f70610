
/*
 * A zone's local time from TZif bytes (RFC 8536), versions 1 to 4.  All tables
 * are checked once, by gig_zone_read(); nothing is copied.
 */

#include <string.h>

#include "gig_time.h"
#include "gig_zone_rule.h"

#define GIG_TZIF_HEADER     44
#define GIG_TZIF_TYPE       6                   /* bytes of a local time type */
#define GIG_TZIF_TIMES      8192                /* most transitions; the largest zone has 250 */
#define GIG_TZIF_TYPES      256
#define GIG_TZIF_CHARS      1024
#define GIG_ZONE_OFFSET     100000              /* seconds; RFC 8536 allows -89999..93599 */

#define GIG_ZONE_SECONDS    (INT64_C(1) << 40)  /* instants beyond are taken as this one */


/* gig_zone_t.parts: counts, and offsets into the bytes */

enum {
    GIG_ZONE_N_TIMES, GIG_ZONE_N_TYPES, GIG_ZONE_N_CHARS,
    GIG_ZONE_TIMES, GIG_ZONE_INDEXES, GIG_ZONE_TYPES, GIG_ZONE_CHARS,
    GIG_ZONE_FOOTER                             /* 0: none */
};


typedef struct {
    uint32_t  isut, isstd, leap, time, type, chars;
} gig_tzif_counts_t;


static int  gig_tzif_counts(gig_str_t tzif, size_t at, gig_tzif_counts_t *counts);
static size_t  gig_tzif_size(const gig_tzif_counts_t *counts, size_t width);
static int  gig_tzif_check(const gig_zone_t *zone);
static gig_str_t  gig_tzif_footer(const gig_zone_t *zone);
static size_t  gig_tzif_width(gig_str_t tzif);
static int64_t  gig_tzif_time(const gig_zone_t *zone, uint32_t i);
static void  gig_tzif_type(const gig_zone_t *zone, uint32_t i, gig_local_t *local);


static uint32_t
gig_tzif_u32(gig_str_t tzif, size_t at)
{
    const unsigned char  *p;

    p = (const unsigned char *) tzif.data + at;

    return (uint32_t) p[0] << 24 | (uint32_t) p[1] << 16 | (uint32_t) p[2] << 8 | (uint32_t) p[3];
}


int
gig_zone_read(gig_str_t tzif, gig_zone_t *zone)
{
    size_t             at, width, end;
    gig_tzif_counts_t  counts;

    memset(zone, 0, sizeof(*zone));

    if (tzif.len > GIG_TZIF_MAX || gig_tzif_counts(tzif, 0, &counts) != 0) {
        return -1;
    }

    zone->tzif = tzif;

    at = 0;
    width = gig_tzif_width(tzif);

    /* from version 2 on the same follows with times of 64 bits, and a footer */

    if (width == 8) {
        at = GIG_TZIF_HEADER + gig_tzif_size(&counts, 4);

        if (gig_tzif_counts(tzif, at, &counts) != 0) {
            goto failed;
        }
    }

    at += GIG_TZIF_HEADER;

    if (at > tzif.len || gig_tzif_size(&counts, width) > tzif.len - at) {
        goto failed;
    }

    /* leap seconds ("right/" zones) count another time than ours */

    if (counts.leap != 0 || counts.type == 0) {
        goto failed;
    }

    end = at + gig_tzif_size(&counts, width);

    zone->parts[GIG_ZONE_N_TIMES] = counts.time;
    zone->parts[GIG_ZONE_N_TYPES] = counts.type;
    zone->parts[GIG_ZONE_N_CHARS] = counts.chars;

    zone->parts[GIG_ZONE_TIMES] = (uint32_t) at;
    at += counts.time * width;
    zone->parts[GIG_ZONE_INDEXES] = (uint32_t) at;
    at += counts.time;
    zone->parts[GIG_ZONE_TYPES] = (uint32_t) at;
    at += counts.type * GIG_TZIF_TYPE;
    zone->parts[GIG_ZONE_CHARS] = (uint32_t) at;

    if (width == 8) {

        if (tzif.len - end < 2 || tzif.data[end] != '\n'
            || memchr(tzif.data + end + 1, '\n', tzif.len - end - 1) == NULL)
        {
            goto failed;
        }

        if (tzif.data[end + 1] != '\n') {
            zone->parts[GIG_ZONE_FOOTER] = (uint32_t) end + 1;
        }
    }

    if (gig_tzif_check(zone) != 0) {
        goto failed;
    }

    return 0;

failed:

    /* whoever uses it all the same gets UTC */

    memset(zone, 0, sizeof(*zone));

    return -1;
}


static size_t
gig_tzif_width(gig_str_t tzif)
{
    return tzif.data[4] == '\0' ? 4 : 8;
}


/* The counts of the header at `at`; -1 if it is no header or they are beyond reason. */

static int
gig_tzif_counts(gig_str_t tzif, size_t at, gig_tzif_counts_t *counts)
{
    if (at > tzif.len || tzif.len - at < GIG_TZIF_HEADER || memcmp(tzif.data + at, "TZif", 4) != 0)
    {
        return -1;
    }

    counts->isut = gig_tzif_u32(tzif, at + 20);
    counts->isstd = gig_tzif_u32(tzif, at + 24);
    counts->leap = gig_tzif_u32(tzif, at + 28);
    counts->time = gig_tzif_u32(tzif, at + 32);
    counts->type = gig_tzif_u32(tzif, at + 36);
    counts->chars = gig_tzif_u32(tzif, at + 40);

    if (counts->isut > GIG_TZIF_TYPES || counts->isstd > GIG_TZIF_TYPES
        || counts->leap > GIG_TZIF_TIMES || counts->time > GIG_TZIF_TIMES
        || counts->type > GIG_TZIF_TYPES || counts->chars > GIG_TZIF_CHARS)
    {
        return -1;
    }

    return 0;
}


static size_t
gig_tzif_size(const gig_tzif_counts_t *counts, size_t width)
{
    return counts->time * (width + 1) + (size_t) counts->type * GIG_TZIF_TYPE + counts->chars
           + counts->leap * (width + 4) + counts->isstd + counts->isut;
}


static int
gig_tzif_check(const gig_zone_t *zone)
{
    int32_t      offset;
    uint32_t     i;
    const char  *type, *chars;
    unsigned     name;

    for (i = 0; i < zone->parts[GIG_ZONE_N_TIMES]; i++) {

        if (i != 0 && gig_tzif_time(zone, i) <= gig_tzif_time(zone, i - 1)) {
            return -1;
        }

        if ((unsigned char) zone->tzif.data[zone->parts[GIG_ZONE_INDEXES] + i]
            >= zone->parts[GIG_ZONE_N_TYPES])
        {
            return -1;
        }
    }

    chars = zone->tzif.data + zone->parts[GIG_ZONE_CHARS];

    for (i = 0; i < zone->parts[GIG_ZONE_N_TYPES]; i++) {

        type = zone->tzif.data + zone->parts[GIG_ZONE_TYPES] + (size_t) i * GIG_TZIF_TYPE;
        offset = (int32_t) gig_tzif_u32(zone->tzif,
                                        zone->parts[GIG_ZONE_TYPES] + (size_t) i * GIG_TZIF_TYPE);
        name = (unsigned char) type[5];

        if (offset < -GIG_ZONE_OFFSET || offset > GIG_ZONE_OFFSET
            || name >= zone->parts[GIG_ZONE_N_CHARS]
            || memchr(chars + name, '\0', zone->parts[GIG_ZONE_N_CHARS] - name) == NULL
            || !gig_zone_abbreviation_valid((gig_str_t) { chars + name, strlen(chars + name) }))
        {
            return -1;
        }
    }

    if (zone->parts[GIG_ZONE_FOOTER] != 0) {
        return gig_zone_rule_read(gig_tzif_footer(zone), &(gig_zone_rule_t) { .fixed = 0 });
    }

    return 0;
}


static gig_str_t
gig_tzif_footer(const gig_zone_t *zone)
{
    size_t       at;
    const char  *end;

    at = zone->parts[GIG_ZONE_FOOTER];
    end = memchr(zone->tzif.data + at, '\n', zone->tzif.len - at);

    if (end == NULL) {
        return gig_null_str;
    }

    return (gig_str_t) { zone->tzif.data + at, (size_t) (end - zone->tzif.data) - at };
}


static int64_t
gig_tzif_time(const gig_zone_t *zone, uint32_t i)
{
    size_t  at, width;

    width = gig_tzif_width(zone->tzif);
    at = zone->parts[GIG_ZONE_TIMES] + i * width;

    if (width == 4) {
        return (int32_t) gig_tzif_u32(zone->tzif, at);
    }

    return (int64_t) ((uint64_t) gig_tzif_u32(zone->tzif, at) << 32
                      | gig_tzif_u32(zone->tzif, at + 4));
}


static void
gig_tzif_type(const gig_zone_t *zone, uint32_t i, gig_local_t *local)
{
    size_t       at;
    const char  *name;

    at = zone->parts[GIG_ZONE_TYPES] + (size_t) i * GIG_TZIF_TYPE;
    name = zone->tzif.data + zone->parts[GIG_ZONE_CHARS] + (unsigned char) zone->tzif.data[at + 5];

    local->offset = (int32_t) gig_tzif_u32(zone->tzif, at);
    memcpy(local->abbreviation, name, strlen(name) + 1);
}


void
gig_zone_local(const gig_zone_t *zone, int64_t seconds, gig_local_t *local)
{
    uint32_t         low, high, middle;
    gig_zone_rule_t  rule;

    if (seconds > GIG_ZONE_SECONDS) {
        seconds = GIG_ZONE_SECONDS;
    }

    if (seconds < -GIG_ZONE_SECONDS) {
        seconds = -GIG_ZONE_SECONDS;
    }

    if (zone == NULL || zone->parts[GIG_ZONE_N_TYPES] == 0) {
        local->offset = 0;
        memcpy(local->abbreviation, "UTC", sizeof("UTC"));
        gig_local_split(seconds, local);
        return;
    }

    /* how many transitions were before or now */

    low = 0;
    high = zone->parts[GIG_ZONE_N_TIMES];

    while (low < high) {

        middle = low + (high - low) / 2;

        if (gig_tzif_time(zone, middle) <= seconds) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }

    if (low == zone->parts[GIG_ZONE_N_TIMES] && zone->parts[GIG_ZONE_FOOTER] != 0
        && gig_zone_rule_read(gig_tzif_footer(zone), &rule) == 0)
    {
        gig_zone_rule_local(&rule, seconds, local);

    } else if (low == 0) {
        gig_tzif_type(zone, 0, local);

    } else {
        gig_tzif_type(zone,
                      (unsigned char) zone->tzif.data[zone->parts[GIG_ZONE_INDEXES] + low - 1],
                      local);
    }

    gig_local_split(seconds + local->offset, local);
}


int
gig_zone_name_valid(gig_str_t name)
{
    char    c;
    int     part;
    size_t  i;

    if (name.len > 63) {
        return 0;
    }

    part = 0;

    for (i = 0; i < name.len; i++) {

        c = name.data[i];

        if (c == '/' && part) {
            part = 0;
            continue;
        }

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
              || c == '_' || c == '+' || c == '-'))
        {
            return 0;
        }

        part = 1;
    }

    return part;
}
