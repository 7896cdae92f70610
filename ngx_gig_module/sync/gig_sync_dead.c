
/*
 * gig-sync dead: what could not be delivered.  The truth is the delivery table of the system of
 * record, where each keeps its sealed box until it is delivered, dropped or erased.  So all of this
 * works with Redis gone; a receipt learns what became of it from gig-sync run.
 */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <jansson.h>
#include <sodium.h>

#include "gig_application.h"
#include "gig_json.h"
#include "gig_sync_commands.h"
#include "gig_sync_connector.h"
#include "gig_sync_letter.h"
#include "gig_sync_log.h"
#include "gig_sync_options.h"

#define GIG_SYNC_DEAD_MAX       100000      /* of one "replay --all" */


typedef struct {
    const gig_sync_board_t      *board;     /* not owned */
    const gig_sync_connector_t  *connector;
    gig_sync_record_t           *record;    /* owned */
} gig_sync_dead_sink_t;


static int gig_sync_dead_open(gig_sync_dead_sink_t *sink, const gig_sync_board_t *board);
static int gig_sync_dead_add(void *data, const gig_sync_dead_t *dead);
static int gig_sync_dead_list(const gig_sync_dead_sink_t *sink, json_t *out);
static int gig_sync_dead_show(const gig_sync_dead_sink_t *sink, gig_str_t id, json_t *out);
static int gig_sync_dead_replay(const gig_sync_dead_sink_t *sink, gig_str_t id, json_t *out);
static int gig_sync_dead_drop(const gig_sync_dead_sink_t *sink, gig_str_t id, json_t *out);
static void gig_sync_dead_print(const char *what, const json_t *rows);


static int
gig_sync_dead_open(gig_sync_dead_sink_t *sink, const gig_sync_board_t *board)
{
    gig_error_t  err;

    sink->board = board;
    sink->record = NULL;

    if (gig_sync_sink_open(board, &sink->connector, &sink->record, &err) == -1) {
        return gig_sync_fail(EX_UNAVAILABLE, "dead", "%s: %s%s%s", board->name, err.pointer,
                             err.pointer[0] == '\0' ? "" : ": ", err.detail);
    }

    if (sink->connector->dead == NULL) {
        return gig_sync_fail(EX_UNAVAILABLE, "dead", "%s: its sink keeps no delivery table",
                             board->name);
    }

    return 0;
}


static json_t *
gig_sync_dead_text(gig_str_t text)
{
    json_t  *value;

    value = json_stringn(text.len ? text.data : "", text.len);

    return value ? value : json_string("?");
}


static int
gig_sync_dead_add(void *data, const gig_sync_dead_t *dead)
{
    json_t  *row, *rows = data;

    row = json_object();
    (void) json_object_set_new(row, "id", gig_sync_dead_text(dead->id));
    (void) json_object_set_new(row, "fingerprint", gig_sync_dead_text(dead->print));
    (void) json_object_set_new(row, "gig", gig_sync_dead_text(dead->gig));
    (void) json_object_set_new(row, "state", gig_sync_dead_text(dead->state));
    (void) json_object_set_new(row, "reason", gig_sync_dead_text(dead->reason));
    (void) json_object_set_new(row, "flags", gig_sync_dead_text(dead->flags));
    (void) json_object_set_new(row, "attempts", json_integer(dead->attempts));
    (void) json_object_set_new(row, "received_at", gig_sync_dead_text(dead->received_at));
    (void) json_object_set_new(row, "at", gig_sync_dead_text(dead->at));

    return json_array_append_new(rows, row);
}


static int
gig_sync_dead_list(const gig_sync_dead_sink_t *sink, json_t *out)
{
    size_t       i;
    json_t      *row;
    gig_error_t  err;

    if (sink->connector->dead(sink->record, gig_null_str, gig_sync_dead_add, out, &err) == -1) {
        return gig_sync_fail(EX_UNAVAILABLE, "dead", "%s: %s", sink->board->name, err.detail);
    }

    json_array_foreach(out, i, row) {
        if (json_object_get(row, "board") == NULL) {
            (void) json_object_set_new(row, "board", json_string(sink->board->name));
        }
    }

    return EX_OK;
}


static int
gig_sync_dead_counted(void *data, const gig_sync_dead_t *dead)
{
    (void) dead;
    (*(size_t *) data)++;

    return 0;
}


int
gig_sync_dead_count(const gig_sync_board_t *board, size_t *n, gig_error_t *err)
{
    int                          rc;
    gig_sync_record_t           *record;
    const gig_sync_connector_t  *connector;

    *n = 0;
    record = NULL;

    if (gig_sync_sink_open(board, &connector, &record, err) == -1) {
        return -1;
    }

    rc = connector->dead == NULL
         ? 0 : connector->dead(record, gig_null_str, gig_sync_dead_counted, n, err);
    gig_sync_record_close(connector, &record);

    return rc;
}


/* What is in its box, for who has the private key and asks. */
typedef struct {
    const gig_sync_board_t  *board;
    json_t                  *rows;
    int                      closed;        /* boxes that could not be opened */
} gig_sync_dead_shown_t;


static int
gig_sync_dead_shown(void *data, const gig_sync_dead_t *dead)
{
    json_t                 *row, *application;
    gig_str_t               json, files;
    gig_buf_t               plain;
    gig_error_t             err;
    gig_sync_dead_shown_t  *shown = data;

    if (gig_sync_dead_add(shown->rows, dead) == -1) {
        return -1;
    }

    row = json_array_get(shown->rows, json_array_size(shown->rows) - 1);
    (void) json_object_set_new(row, "board", json_string(shown->board->name));
    application = NULL;
    gig_buf_init(&plain, GIG_SYNC_LETTER_BOX);

    if (dead->box.len == 0) {
        gig_error_set(&err, "", "it has no box: it is a withdrawal");

    } else if (gig_box_open(shown->board->private_keys, shown->board->n_private, dead->box, &plain,
                            &err)
               == 0)
    {
        gig_application_split(gig_buf_view(&plain), &json, &files);
        application = gig_json_parse(json, GIG_BOX_PLAIN_MAX, GIG_JSON_DEPTH_MAX, &err);
    }

    if (application == NULL) {
        (void) json_object_set_new(row, "unreadable", json_string(err.detail));
        shown->closed++;

    } else {
        (void) json_object_set_new(row, "application", application);
    }

    if (plain.data) {
        sodium_memzero(plain.data, plain.size);
    }

    gig_buf_free(&plain);

    return 0;
}


static int
gig_sync_dead_show(const gig_sync_dead_sink_t *sink, gig_str_t id, json_t *out)
{
    gig_error_t            err;
    gig_sync_dead_shown_t  shown = { sink->board, out, 0 };

    if (sink->connector->dead(sink->record, id, gig_sync_dead_shown, &shown, &err) == -1) {
        return gig_sync_fail(EX_UNAVAILABLE, "dead", "%s: %s", sink->board->name, err.detail);
    }

    return shown.closed > 0 ? EX_DATAERR : EX_OK;
}


/* Each in a transaction of its own, by the rules of any delivery. */
static int
gig_sync_dead_replay(const gig_sync_dead_sink_t *sink, gig_str_t id, json_t *out)
{
    int          rc;
    char         reason[GIG_SYNC_LETTER_REASON];
    size_t       i;
    json_t      *rows, *row;
    gig_error_t  err;
    const char  *became;

    rows = json_array();
    rc = EX_OK;

    if (sink->connector->dead(sink->record, id, gig_sync_dead_add, rows, &err) == -1) {
        json_decref(rows);
        return gig_sync_fail(EX_UNAVAILABLE, "dead", "%s: %s", sink->board->name, err.detail);
    }

    json_array_foreach(rows, i, row) {
        if (i == GIG_SYNC_DEAD_MAX) {
            rc = gig_sync_fail(EX_TEMPFAIL, "dead", "%s: these were the first %d; give the command"
                               " again for the others", sink->board->name, GIG_SYNC_DEAD_MAX);
            break;
        }

        reason[0] = '\0';
        became = gig_sync_letter_deliver(sink->connector, sink->record, sink->board,
                                         gig_json_str(row, "id"), gig_json_str(row, "fingerprint"),
                                         reason, &err);

        if (became == NULL) {
            rc = gig_sync_fail(EX_TEMPFAIL, "dead", "%s: %s; give the command again",
                               sink->board->name, err.detail);
            break;
        }

        (void) json_object_set_new(row, "board", json_string(sink->board->name));
        (void) json_object_set_new(row, "state", json_string(became));
        (void) json_object_set_new(row, "reason", json_string(reason));
        (void) json_array_append(out, row);

        if (strcmp(became, "parked") == 0 || strcmp(became, "dead") == 0) {
            rc = EX_DATAERR;
        }
    }

    json_decref(rows);

    return rc;
}


static int
gig_sync_dead_drop(const gig_sync_dead_sink_t *sink, gig_str_t id, json_t *out)
{
    size_t       i;
    json_t      *row;
    gig_error_t  err;

    if (sink->connector->dead(sink->record, id, gig_sync_dead_add, out, &err) == -1
        || sink->connector->drop(sink->record, id, &err) == -1)
    {
        return gig_sync_fail(EX_UNAVAILABLE, "dead", "%s: %s", sink->board->name, err.detail);
    }

    json_array_foreach(out, i, row) {
        (void) json_object_set_new(row, "board", json_string(sink->board->name));
        (void) json_object_set_new(row, "state", json_string("dropped"));
        (void) json_object_set_new(row, "reason", json_string(""));
    }

    return EX_OK;
}


static void
gig_sync_dead_print(const char *what, const json_t *rows)
{
    size_t         i;
    const json_t  *row, *application;

#define GIG_SYNC_DEAD_TEXT(name)    json_string_value(json_object_get(row, name))

    if (json_array_size(rows) == 0 && strcmp(what, "list") == 0) {
        puts("no dead letters");
    }

    json_array_foreach(rows, i, row) {
        printf("%s: %s, gig %s, received %s, since %s%s%s\n", GIG_SYNC_DEAD_TEXT("id"),
               GIG_SYNC_DEAD_TEXT("state"), GIG_SYNC_DEAD_TEXT("gig"),
               GIG_SYNC_DEAD_TEXT("received_at"), GIG_SYNC_DEAD_TEXT("at"),
               GIG_SYNC_DEAD_TEXT("reason")[0] == '\0' ? "" : ": ", GIG_SYNC_DEAD_TEXT("reason"));

        application = json_object_get(row, "application");

        if (application != NULL) {
            /* Escaped: what an applicant typed is no command of a terminal. */
            (void) json_dumpf(application, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
            putchar('\n');

        } else if (json_object_get(row, "unreadable") != NULL) {
            printf("  cannot be shown: %s\n", GIG_SYNC_DEAD_TEXT("unreadable"));
        }
    }

#undef GIG_SYNC_DEAD_TEXT
}


int
gig_sync_dead(int argc, char **argv)
{
    int                         c, rc, status, json, all;
    json_t                     *rows;
    size_t                      k;
    unsigned                    i;
    gig_str_t                   id;
    const char                 *name, *what;
    gig_sync_options_t          options = { 0 };
    gig_sync_settings_t         settings = { 0 };
    gig_sync_dead_sink_t        sink;
    static const struct option  long_options[] = {
        { "json",  no_argument,       NULL, 'j' },
        { "all",   no_argument,       NULL, 'a' },
        { "board", required_argument, NULL, 'b' },
        { NULL, 0, NULL, 0 }
    };
    static const struct {
        const char  *name;
        int        (*run)(const gig_sync_dead_sink_t *sink, gig_str_t id, json_t *out);
    } verbs[] = { { "show", gig_sync_dead_show }, { "replay", gig_sync_dead_replay },
                  { "drop", gig_sync_dead_drop } };

    json = 0;
    all = 0;
    name = NULL;

    while ((c = getopt_long(argc, argv, "c:jab:", long_options, NULL)) != -1) {
        switch (c) {
        case 'c':
            options.config = optarg;
            break;

        case 'j':
            json = 1;
            break;

        case 'a':
            all = 1;
            break;

        case 'b':
            name = optarg;
            break;

        default:
            return gig_sync_misused(argv);
        }
    }

    what = optind < argc ? argv[optind++] : "";
    id = optind < argc ? (gig_str_t) { argv[optind], strlen(argv[optind]) } : gig_null_str;
    optind += id.data != NULL;

    for (k = 0; k < 3 && strcmp(what, verbs[k].name) != 0; k++) { /* void */ }

    if (options.config == NULL || optind != argc || (k == 3 && strcmp(what, "list") != 0)
        || (all && strcmp(what, "replay") != 0)
        || (strcmp(what, "list") == 0 || all ? id.data != NULL : !gig_id_valid(id)))
    {
        return gig_sync_fail(EX_USAGE, argv[0], "needs -c FILE and one of list, show ID, replay ID,"
                             " replay --all, drop ID");
    }

    gig_sync_log_init(0, GIG_SYNC_INFO);
    rc = gig_sync_options_load(&options, argv[0], &settings);

    if (rc != 0) {
        return rc;
    }

    rc = gig_sync_options_named(&options, argv[0], &settings, name);

    if (rc != 0) {
        gig_sync_settings_free(&settings);
        return rc;
    }

    rows = json_array();

    for (i = 0; i < settings.n; i++) {
        if (name != NULL && strcmp(settings.board[i].name, name) != 0) {
            continue;
        }

        status = gig_sync_dead_open(&sink, &settings.board[i]);

        if (status == 0) {
            status = k == 3 ? gig_sync_dead_list(&sink, rows) : verbs[k].run(&sink, id, rows);
        }

        gig_sync_record_close(sink.connector, &sink.record);
        rc = status == EX_OK ? rc : status;
    }

    if (json) {
        (void) json_dumpf(rows, stdout, JSON_INDENT(2) | JSON_SORT_KEYS | JSON_ENSURE_ASCII);
        putchar('\n');

    } else {
        gig_sync_dead_print(what, rows);
    }

    if (rc == EX_OK && id.data != NULL && json_array_size(rows) == 0) {
        rc = gig_sync_fail(EX_NOINPUT, argv[0], "no dead letter has the id %s; \"gig-sync dead"
                           " list\" shows those there are", argv[argc - 1]);
    }

    json_decref(rows);
    gig_sync_settings_free(&settings);

    return rc;
}
