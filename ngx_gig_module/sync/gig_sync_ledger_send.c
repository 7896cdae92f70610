
/*
 * gig-sync ledger send: does for a host that is lost what its workers would do, by the same
 * scripts, which know what they have seen.  So it may be stopped and given again at any time.
 */

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "gig_sync_commands.h"
#include "gig_sync_job.h"
#include "gig_sync_ledger.h"
#include "gig_sync_log.h"
#include "gig_sync_options.h"
#include "gig_sync_redis.h"

#define GIG_SYNC_SEND_BATCH     500             /* records between two words of progress */
#define GIG_SYNC_SEND_WINDOW    64              /* records under way at once, */
#define GIG_SYNC_SEND_BYTES     (1024 * 1024)   /* of so many bytes and one record more */
#define GIG_SYNC_SEND_WAIT      250             /* ms until Redis is asked again */
#define GIG_SYNC_SEND_PATIENCE  30000           /* ms in which Redis must come, or be rebuilt */
#define GIG_SYNC_SEND_TOLD      10              /* records that were refused, one by one */


/* Its views are the segment's. */
typedef struct {
    gig_ledger_record_t       record;
    int                       replay;
    int                       done;
} gig_sync_under_way_t;

typedef struct {
    const gig_sync_board_t   *board;            /* not owned */
    const gig_sync_folder_t  *folder;           /* not owned */
    int                       all;
    gig_sync_redis_t          redis;
    gig_sync_args_t           args;
    size_t                    appended, queued, settled, refused;
    size_t                    damages, damaged; /* places and bytes of what was read */
    unsigned                  damaged_in, unreadable;   /* segments */
    size_t                    n, bytes;         /* under way */
    gig_sync_under_way_t      window[GIG_SYNC_SEND_WINDOW];
} gig_sync_send_t;


static int gig_sync_send_ready(const gig_sync_folder_t *folder,
    const gig_sync_settings_t *settings, const char *path, const gig_sync_board_t **board);
static int gig_sync_send_segment(gig_sync_send_t *send, const gig_sync_segment_t *segment,
    gig_error_t *err);
static int gig_sync_send_record(gig_sync_send_t *send, const gig_ledger_record_t *record,
    int replay, gig_error_t *err);
static int gig_sync_send_window(gig_sync_send_t *send, gig_error_t *err);
static int gig_sync_send_round(gig_sync_send_t *send, int *left, gig_error_t *err);
static void gig_sync_send_sum(const gig_sync_send_t *send);
static void gig_sync_send_args(gig_sync_send_t *send, const gig_ledger_record_t *record,
    int replay);
static int gig_sync_send_said(gig_sync_send_t *send, const redisReply *reply);


int
gig_sync_ledger_send(const char *path, const char *config, int all)
{
    int                  rc;
    unsigned             i;
    gig_error_t          err;
    gig_sync_send_t      send = { .all = all };
    gig_sync_folder_t    folder;
    gig_sync_options_t   options = { .config = config };
    gig_sync_settings_t  settings = { 0 };

    gig_sync_log_init(0, GIG_SYNC_INFO);
    (void) signal(SIGPIPE, SIG_IGN);
    rc = gig_sync_options_load(&options, "ledger", &settings);

    if (rc != 0) {
        return rc;
    }

    if (gig_sync_folder_open(path, &folder, &err) != 0) {
        rc = gig_sync_fail(EX_NOINPUT, "ledger", "%s", err.detail);
        goto done;
    }

    rc = gig_sync_send_ready(&folder, &settings, path, &send.board);

    if (rc != 0) {
        goto done;
    }

    send.folder = &folder;
    gig_sync_redis_init(&send.redis, send.board);
    gig_sync_args_init(&send.args);

    for (i = 0; rc == 0 && i < folder.n; i++) {
        if (!folder.segment[i].readable) {
            send.unreadable++;
            (void) gig_sync_fail(0, "ledger", "%s %s: nothing of it can be sent",
                                 folder.segment[i].name, folder.segment[i].why.detail);
            continue;
        }

        if (gig_sync_send_segment(&send, &folder.segment[i], &err) != 0) {
            rc = gig_sync_fail(EX_TEMPFAIL, "ledger", "%s: Redis %s: %s; give the same command"
                               " again, what was sent is known", folder.segment[i].name,
                               send.board->redis, err.detail);
        }
    }

    gig_sync_send_sum(&send);

    if (rc == 0 && (send.unreadable > 0 || send.damages > 0 || send.refused > 0)) {
        rc = EX_DATAERR;
    }

    gig_sync_args_free(&send.args);
    gig_sync_redis_close(&send.redis);

done:

    gig_sync_folder_close(&folder);
    gig_sync_settings_free(&settings);

    return rc;
}


/* What was sent, and then what stays behind: who reads only the end must not miss that. */
static void
gig_sync_send_sum(const gig_sync_send_t *send)
{
    printf("%s: %zu appended, %zu queued already, %zu settled already, %zu refused\n",
           send->board->name, send->appended, send->queued, send->settled, send->refused);

    if (send->damages > 0) {
        printf("%s: NOT SENT: what stood in %zu damaged place%s (%zu byte%s) of %u segment%s; keep"
               " the file%s\n", send->board->name, send->damages, gig_plural(send->damages),
               send->damaged, gig_plural(send->damaged), send->damaged_in,
               gig_plural(send->damaged_in), gig_plural(send->damaged_in));
    }

    if (send->unreadable > 0) {
        printf("%s: NOT SENT: what is in %u segment%s that cannot be read; keep the file%s\n",
               send->board->name, send->unreadable, gig_plural(send->unreadable),
               gig_plural(send->unreadable));
    }
}


/* A host that lives sends by itself: a second sender does no harm, but is surely a mistake. */
static int
gig_sync_send_ready(const gig_sync_folder_t *folder, const gig_sync_settings_t *settings,
    const char *path, const gig_sync_board_t **board)
{
    unsigned                   i, held, readable;
    const gig_sync_segment_t  *segment;

    held = 0;
    readable = 0;
    *board = NULL;

    for (i = 0; i < folder->n; i++) {
        segment = &folder->segment[i];

        if (segment->locked) {
            held++;
            (void) (segment->pid != 0
                    ? gig_sync_fail(0, "ledger", "%s is held by process %d", segment->name,
                                    (int) segment->pid)
                    : gig_sync_fail(0, "ledger", "%s is held by a process", segment->name));
        }

        if (!segment->readable) {
            continue;
        }

        readable++;

        if (*board != NULL && strcmp((*board)->name, segment->header.board) != 0) {
            return gig_sync_fail(EX_DATAERR, "ledger", "%s holds records of two boards, %s and %s",
                                 path, (*board)->name, segment->header.board);
        }

        *board = gig_sync_options_board(settings, segment->header.board);

        if (*board == NULL) {
            return gig_sync_fail(EX_CONFIG, "ledger", "%s is of board %s, which these settings"
                                 " do not have", segment->name, segment->header.board);
        }
    }

    if (held > 0) {
        return gig_sync_fail(EX_TEMPFAIL, "ledger", "nothing was sent: nginx runs on %s and sends"
                             " what is in it by itself", path);
    }

    if (readable == 0) {
        return gig_sync_fail(EX_NOINPUT, "ledger", "%s: no segment of a ledger that can be read",
                             path);
    }

    return 0;
}


/*
 * In the order of the file: an application before its withdrawal.  (Another order is no fault: the
 * judge knows a withdrawn id.)
 */
static int
gig_sync_send_segment(gig_sync_send_t *send, const gig_sync_segment_t *segment, gig_error_t *err)
{
    int                   rc;
    size_t                sent, total;
    gig_ledger_scan_t     scan;
    gig_ledger_entry_t   *e;
    gig_ledger_record_t   record;
    gig_ledger_content_t  content;

    rc = -1;
    sent = 0;

    if (gig_ledger_content_read(&content, segment->bytes, segment->header.segment) != 0) {
        gig_error_set(err, "", "out of memory");
        goto done;
    }

    total = send->all ? content.records : gig_ledger_book_gap(content.open);

    if (content.scan.damages > 0) {
        send->damages += content.scan.damages;
        send->damaged += content.scan.damaged;
        send->damaged_in++;
        (void) gig_sync_fail(0, "ledger", "%s is damaged in %u place%s, %zu byte%s: what stood"
                             " there cannot be sent", segment->name, content.scan.damages,
                             gig_plural(content.scan.damages), content.scan.damaged,
                             gig_plural(content.scan.damaged));
    }

    gig_ledger_scan_init(&scan, segment->bytes, segment->header.segment);

    while (gig_ledger_scan_next(&scan, &record)) {
        if (record.kind != GIG_LEDGER_RECORD) {
            continue;
        }

        /* One of several frames of a record is enough; which, the book knows. */

        e = gig_ledger_book_find(content.open, record.op, record.id, record.print);

        if (!send->all && (e == NULL || e->offset != scan.at)) {
            continue;
        }

        if (gig_sync_send_record(send, &record, send->all || e->replay, err) != 0) {
            goto done;
        }

        sent++;

        if (sent % GIG_SYNC_SEND_BATCH == 0) {
            fprintf(stderr, "%s: %zu of %zu\n", segment->name, sent, total);
        }
    }

    if (gig_sync_send_window(send, err) != 0) {
        goto done;
    }

    fprintf(stderr, "%s: sent %zu of %zu record%s%s\n", segment->name, sent, content.records,
            gig_plural(content.records), sent < content.records ? ": the others are settled" : "");
    rc = 0;

done:

    gig_ledger_content_free(&content);

    return rc;
}


/* Puts it under way; 0, or -1 as below. */
static int
gig_sync_send_record(gig_sync_send_t *send, const gig_ledger_record_t *record, int replay,
    gig_error_t *err)
{
    gig_sync_under_way_t  *next;

    next = &send->window[send->n++];
    next->record = *record;
    next->replay = replay;
    next->done = 0;
    send->bytes += record->box.len;

    if (send->n < GIG_SYNC_SEND_WINDOW && send->bytes < GIG_SYNC_SEND_BYTES) {
        return 0;
    }

    return gig_sync_send_window(send, err);
}


/*
 * 0: Redis has dealt with all that is under way, or refuses it; -1: it cannot be reached, or is
 * not ready.  What was sent without an answer is sent again: the scripts know it.
 */
static int
gig_sync_send_window(gig_sync_send_t *send, gig_error_t *err)
{
    int               left, before, again;
    int64_t           end;
    struct timespec   wait = { 0, GIG_SYNC_SEND_WAIT * 1000000L };

    end = gig_sync_clock() + GIG_SYNC_SEND_PATIENCE;
    before = (int) send->n;

    while (send->n > 0) {
        again = gig_sync_send_round(send, &left, err);

        if (left == 0) {
            send->n = 0;
            send->bytes = 0;
            break;
        }

        if (left < before) {
            end = gig_sync_clock() + GIG_SYNC_SEND_PATIENCE;
            before = left;
        }

        if (gig_sync_clock() > end) {
            return -1;
        }

        if (!again) {
            (void) nanosleep(&wait, NULL);
        }
    }

    return 0;
}


/* Asks for all that is not done, then hears the answers.  1: again, at once. */
static int
gig_sync_send_round(gig_sync_send_t *send, int *left, gig_error_t *err)
{
    int                    again;
    char                   sha[41];
    size_t                 i, asked;
    redisReply            *reply;
    gig_sync_under_way_t  *one;

    *left = 0;
    again = 0;

    for (i = 0; i < send->n; i++) {
        *left += !send->window[i].done;
    }

    for (i = 0, asked = 0; i < send->n; i++) {
        one = &send->window[i];

        if (one->done) {
            continue;
        }

        gig_sync_send_args(send, &one->record, one->replay);

        if (gig_sync_redis_later(&send->redis,
                                 one->record.op == GIG_LEDGER_WITHDRAW ? gig_lua_withdraw
                                                                       : gig_lua_judge,
                                 &send->args, err)
            == -1)
        {
            /* Of what is in the buffer nothing has been asked, or no answer will be heard. */
            gig_sync_redis_close(&send->redis);
            return 0;
        }

        asked++;
    }

    for (i = 0; asked > 0; i++) {
        one = &send->window[i];

        if (one->done) {
            continue;
        }

        asked--;
        reply = gig_sync_redis_next(&send->redis, err);

        if (reply != NULL) {
            one->done = gig_sync_send_said(send, reply) == 0;
            freeReplyObject(reply);

            if (!one->done) {
                gig_error_set(err, "", "Redis has no memory yet: is \"gig-sync run\" up?");
            }

        } else if (send->redis.fault == GIG_SYNC_REDIS_REFUSED) {
            if (strncmp(err->detail, "NOSCRIPT", 8) == 0) {
                again = 1;
                continue;
            }

            one->done = 1;

            if (send->refused++ < GIG_SYNC_SEND_TOLD) {
                (void) gig_sync_fail(0, "ledger", "%s: refused: %s", one->record.id, err->detail);
            }

        } else if (send->redis.context == NULL) {
            return 0;
        }

        *left -= one->done;
    }

    return again && gig_sync_redis_load(&send->redis, gig_lua_judge, sha, err) == 0
           && gig_sync_redis_load(&send->redis, gig_lua_withdraw, sha, err) == 0;
}


static void
gig_sync_send_args(gig_sync_send_t *send, const gig_ledger_record_t *record, int replay)
{
    char              key[GIG_KEY_SIZE];
    gig_str_t         board;
    const char       *mode;
    gig_sync_args_t  *args = &send->args;

    board = gig_sync_board_name(send->board);
    mode = replay ? "replay" : "resend";
    gig_sync_args_reset(args);

    if (record->op == GIG_LEDGER_WITHDRAW) {
        gig_sync_arg_int(args, 1);
        gig_sync_arg(args, (gig_str_t) { key, gig_key_id(key, board, record->id) });
        gig_sync_arg_key(args, send->board, "");
        gig_sync_arg_puts(args, record->id);
        gig_sync_arg_int(args, record->received_ms);
        gig_sync_arg_puts(args, send->folder->node);
        gig_sync_arg_int(args, GIG_SYNC_ID_TTL);
        gig_sync_arg_puts(args, mode);
        gig_sync_arg(args, record->gig);
        gig_sync_arg_puts(args, record->who);
        return;
    }

    if (!replay && record->seat == GIG_LEDGER_NONE) {
        mode = "intent";
    }

    gig_sync_arg_int(args, 4);
    gig_sync_arg(args, (gig_str_t) { key, gig_key_id(key, board, record->id) });
    gig_sync_arg(args, (gig_str_t) { key, gig_key_who(key, board, record->gig, record->who) });
    gig_sync_arg_keys(args, send->board, "seats changes");
    gig_sync_arg_key(args, send->board, "");
    gig_sync_arg_puts(args, mode);
    gig_sync_arg_puts(args, record->id);
    gig_sync_arg(args, record->gig);
    gig_sync_arg(args, record->rev);
    gig_sync_arg_int(args, record->received_ms);
    gig_sync_arg_puts(args, send->folder->node);
    gig_sync_arg_puts(args, record->who);
    gig_sync_arg_puts(args, record->print);
    gig_sync_arg_puts(args, "");                    /* FLAGS: the judge says them anew */
    gig_sync_arg(args, record->box);
    gig_sync_arg_puts(args, gig_ledger_seat_text(record->seat));
    gig_sync_arg_int(args, GIG_SYNC_ID_TTL);
}


/* Both scripts answer `ready` and a verdict.  -1: not now. */
static int
gig_sync_send_said(gig_sync_send_t *send, const redisReply *reply)
{
    gig_str_t  verdict;

    verdict = gig_sync_reply_str(gig_sync_reply_at(reply, 1));

    if (gig_str_is(verdict, "appended")) {
        send->appended++;

    } else if (gig_str_is(verdict, "queued")) {
        send->queued++;

    } else if (gig_str_is(verdict, "settled")) {
        send->settled++;

    } else {
        return -1;
    }

    return 0;
}
