
/* gig-sync ledger list: what a state folder still holds.  Needs no nginx and writes nothing. */

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include <jansson.h>

#include "gig_sync_commands.h"
#include "gig_sync_ledger.h"
#include "gig_time.h"


static int gig_sync_ledger_list(const char *command, const char *path, int json);
static json_t *gig_sync_ledger_line(const gig_sync_segment_t *segment, int *rc);
static void gig_sync_ledger_print(const json_t *line);


int
gig_sync_ledger(int argc, char **argv)
{
    int                         c, json, all, send;
    const char                 *config;
    static const struct option  options[] = {
        { "json", no_argument, NULL, 'j' },
        { "all",  no_argument, NULL, 'a' },
        { NULL, 0, NULL, 0 }
    };

    json = 0;
    all = 0;
    config = NULL;

    while ((c = getopt_long(argc, argv, "c:ja", options, NULL)) != -1) {
        switch (c) {
        case 'c':
            config = optarg;
            break;

        case 'j':
            json = 1;
            break;

        case 'a':
            all = 1;
            break;

        default:
            return gig_sync_misused(argv);
        }
    }

    send = optind < argc && strcmp(argv[optind], "send") == 0;

    if (optind != argc - 2 || (!send && strcmp(argv[optind], "list") != 0)) {
        return gig_sync_fail(EX_USAGE, argv[0], "needs \"list\" or \"send\", and the path of one"
                             " state folder, as in \"ledger list /var/lib/nginx/gig/acme\"");
    }

    if (send ? json || config == NULL : all || config != NULL) {
        return gig_sync_fail(EX_USAGE, argv[0], send ? "send needs -c FILE, and may have --all"
                                                     : "list may have --json, and nothing else");
    }

    return send ? gig_sync_ledger_send(argv[optind + 1], config, all)
                : gig_sync_ledger_list(argv[0], argv[optind + 1], json);
}


static int
gig_sync_ledger_list(const char *command, const char *path, int json)
{
    int                rc;
    json_t            *lines, *line;
    unsigned           i;
    gig_error_t        err;
    gig_sync_folder_t  folder;

    if (gig_sync_folder_open(path, &folder, &err) != 0) {
        gig_sync_folder_close(&folder);
        return gig_sync_fail(EX_NOINPUT, command, "%s", err.detail);
    }

    rc = EX_OK;
    lines = json_array();

    for (i = 0; i < folder.n; i++) {
        line = gig_sync_ledger_line(&folder.segment[i], &rc);

        if (!json) {
            gig_sync_ledger_print(line);
        }

        (void) json_array_append_new(lines, line);
    }

    if (json) {
        (void) json_dumpf(lines, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
        putchar('\n');

    } else if (folder.n == 0) {
        printf("no segment of a ledger in %s\n", path);
    }

    json_decref(lines);
    gig_sync_folder_close(&folder);

    return rc;
}


static json_t *
gig_sync_ledger_line(const gig_sync_segment_t *segment, int *rc)
{
    char                  made[GIG_TIME_SIZE];
    json_t               *line;
    gig_ledger_content_t  content;

    line = json_object();
    (void) json_object_set_new(line, "name", json_string(segment->name));
    (void) json_object_set_new(line, "locked", json_boolean(segment->locked));

    if (segment->pid != 0) {
        (void) json_object_set_new(line, "pid", json_integer(segment->pid));
    }

    if (!segment->readable) {
        (void) json_object_set_new(line, "error", json_string(segment->why.detail));
        *rc = EX_DATAERR;
        return line;
    }

    if (gig_ledger_content_read(&content, segment->bytes, segment->header.segment) != 0) {
        (void) json_object_set_new(line, "error", json_string("out of memory"));
        *rc = EX_OSERR;
        goto done;
    }

    (void) json_object_set_new(line, "board", json_string(segment->header.board));
    (void) json_object_set_new(line, "made",
                               json_string(gig_time_format_ms(segment->header.made_ms, made)));
    (void) json_object_set_new(line, "records", json_integer((json_int_t) content.records));
    (void) json_object_set_new(line, "not_ticked",
                               json_integer((json_int_t) gig_ledger_book_gap(content.open)));
    (void) json_object_set_new(line, "damages", json_integer((json_int_t) content.scan.damages));
    (void) json_object_set_new(line, "damaged_bytes",
                               json_integer((json_int_t) content.scan.damaged));

    if (content.scan.damages > 0) {
        *rc = EX_DATAERR;
    }

done:

    gig_ledger_content_free(&content);

    return line;
}


static void
gig_sync_ledger_print(const json_t *line)
{
    long long    damages, damaged, pid, records;
    const char  *error;

#define GIG_SYNC_LEDGER_NUMBER(name)                                                              \
    ((long long) json_integer_value(json_object_get(line, name)))
#define GIG_SYNC_LEDGER_TEXT(name)  json_string_value(json_object_get(line, name))

    error = GIG_SYNC_LEDGER_TEXT("error");
    damages = GIG_SYNC_LEDGER_NUMBER("damages");
    pid = GIG_SYNC_LEDGER_NUMBER("pid");

    if (error != NULL) {
        printf("%s: CANNOT BE READ: %s", GIG_SYNC_LEDGER_TEXT("name"), error);

    } else {
        records = GIG_SYNC_LEDGER_NUMBER("records");
        printf("%s: board %s, made %s, %lld record%s, %lld not ticked",
               GIG_SYNC_LEDGER_TEXT("name"), GIG_SYNC_LEDGER_TEXT("board"),
               GIG_SYNC_LEDGER_TEXT("made"), records, gig_plural(records),
               GIG_SYNC_LEDGER_NUMBER("not_ticked"));
    }

    if (damages > 0) {
        damaged = GIG_SYNC_LEDGER_NUMBER("damaged_bytes");
        printf(", DAMAGED in %lld place%s (%lld byte%s)", damages, gig_plural(damages), damaged,
               gig_plural(damaged));
    }

    if (!json_is_true(json_object_get(line, "locked"))) {
        printf(", held by nobody\n");

    } else if (pid != 0) {
        printf(", held by process %lld\n", pid);

    } else {
        printf(", held by a process\n");
    }

#undef GIG_SYNC_LEDGER_NUMBER
#undef GIG_SYNC_LEDGER_TEXT
}
