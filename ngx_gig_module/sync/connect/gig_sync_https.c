#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "gig_seal.h"
#include "gig_sync_https.h"

#define GIG_HTTPS_PREFIX        "sqlite:"


static void
gig_sync_https_close(gig_sync_record_t *record)
{
    gig_https_t  *upstream;

    if (record == NULL) {
        return;
    }

    upstream = record->upstream;

    if (upstream != NULL) {
        gig_https_curl_close(upstream);

        if (upstream->lock != -1) {
            (void) close(upstream->lock);
        }

        free(upstream);
    }

    gig_sync_sqlite_close(record);
}


static int
gig_sync_https_open(gig_str_t url, gig_sync_record_t **record, gig_error_t *err)
{
    (void) url;

    *record = NULL;

    return gig_error_set(err, "", "an HTTP upstream takes applications and gives no gigs: it can be"
                         " a board's sink alone");
}


/* What only this file needs of the tables, which are those of any. */
static int
gig_https_tables(gig_sync_record_t *record, gig_error_t *err)
{
    static const char  text[] =
        "CREATE INDEX IF NOT EXISTS delivery_seats ON delivery (gig, applicant, seat)"
        "  WHERE state = 'delivered';"

        /* What a person brought to its end has no entry in Redis that would tell its receipt. */
        "CREATE TRIGGER IF NOT EXISTS delivery_again AFTER UPDATE ON delivery"
        "  WHEN (NEW.state = 'delivered' AND OLD.box IS NOT NULL)"
        "    OR (NEW.state = 'erased' AND OLD.state = 'parked' AND NEW.fingerprint = '') BEGIN"
        "  DELETE FROM receipts WHERE id = NEW.id;"
        "  INSERT INTO receipts (id) VALUES (NEW.id);"
        " END;";

    if (sqlite3_exec(record->db, text, NULL, NULL, NULL) != SQLITE_OK) {
        return gig_sql_fault(record, err);
    }

    return 0;
}


static int
gig_sync_https_open_sink(const gig_settings_board_t *board, gig_sync_record_t **out,
    gig_error_t *err)
{
    char          url[GIG_SETTINGS_VALUE_MAX + sizeof(GIG_HTTPS_PREFIX)];
    const char   *host;
    gig_https_t  *upstream;

    *out = NULL;
    (void) snprintf(url, sizeof(url), GIG_HTTPS_PREFIX "%s", board->state);

    if (gig_sync_sqlite_open((gig_str_t) { url, strlen(url) }, out, err) == -1) {
        return -1;
    }

    upstream = calloc(1, sizeof(gig_https_t));
    (*out)->upstream = upstream;

    if (upstream == NULL) {
        gig_error_set(err, "", "out of memory");
        goto failed;
    }

    upstream->board = board;
    upstream->lock = -1;
    host = board->sink + sizeof("https://") - 1;
    (void) snprintf(upstream->where, sizeof(upstream->where), "%.*s", (int) strcspn(host, "/"),
                    host);

    if (gig_https_tables(*out, err) == -1
        || gig_https_lock_open(upstream, board->state, err) == -1
        || gig_https_curl_open(upstream, err) == -1)
    {
        goto failed;
    }

    return 0;

failed:

    gig_sync_https_close(*out);
    *out = NULL;

    return -1;
}


/* Looks up what nobody has sent: an upstream that can be asked says that it is not there. */
static int
gig_sync_https_probe(gig_sync_record_t *record, char say[GIG_DETAIL_SIZE], gig_error_t *err)
{
    char                 id[GIG_APPLICATION_TEXT];
    unsigned char        random[16];
    gig_https_answer_t   answer;

    randombytes_buf(random, sizeof(random));
    (void) sodium_bin2base64(id, sizeof(id), random, sizeof(random),
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    gig_https_ask(record->upstream, "GET", (gig_str_t) { id, sizeof(id) - 1 }, gig_null_str,
                  &answer);

    if (answer.status == 0 || answer.status == 401 || answer.status == 407) {
        return gig_error_set(err, "", "%s: %.150s", record->upstream->where, answer.why);
    }

    if (answer.status == 404) {
        (void) snprintf(say, GIG_DETAIL_SIZE, "%s takes applications, and can be asked for one",
                        record->upstream->where);
        return 0;
    }

    (void) snprintf(say, GIG_DETAIL_SIZE, answer.status == 200
                    ? "%s says that it has an application which nobody sent: one whose answer is"
                      " lost would count as delivered"
                    : "%s cannot be asked for an application (%d, not 404): one whose answer is"
                      " lost waits for a person", record->upstream->where, answer.status);

    return 1;
}


static int
gig_sync_https_seats(gig_sync_record_t *record,
    int (*handler)(void *data, const gig_sync_seats_t *), void *data, gig_error_t *err)
{
    return gig_sqlite_seats(record, GIG_SQL_UPSTREAM_SEATS, handler, data, err);
}


static int
gig_sync_https_known(gig_sync_record_t *record, int64_t since_ms,
    int (*handler)(void *data, const gig_sync_known_t *), void *data, gig_error_t *err)
{
    return gig_sqlite_known(record, GIG_SQL_UPSTREAM_KNOWN, since_ms, handler, data, err);
}


static int
gig_sync_https_receipts(gig_sync_record_t *record, int64_t *number, unsigned most,
    int (*handler)(void *data, const gig_sync_known_t *), void *data, gig_error_t *err)
{
    return gig_sqlite_receipts(record, GIG_SQL_UPSTREAM_RECEIPTS, number, most, handler, data, err);
}


/* Not while it is delivered again. */
static int
gig_sync_https_drop(gig_sync_record_t *record, gig_str_t id, gig_error_t *err)
{
    int  n;

    if (gig_https_hand(record->upstream, err) == -1) {
        return -1;
    }

    n = gig_sync_sqlite_drop(record, id, err);
    gig_https_hand_back(record->upstream);

    return n;
}


const gig_sync_connector_t  gig_sync_https = {
    .scheme = "https",
    .form = GIG_SYNC_HTTPS_FORM,
    .open = gig_sync_https_open,
    .open_sink = gig_sync_https_open_sink,
    .close = gig_sync_https_close,
    .deliver = gig_sync_https_deliver,
    .turn = gig_sync_https_turn,
    .most = 1,
    .probe = gig_sync_https_probe,
    .seats = gig_sync_https_seats,
    .known = gig_sync_https_known,
    .receipts = gig_sync_https_receipts,
    .begin = gig_sync_sqlite_begin,
    .end = gig_sync_sqlite_end,
    .self_id = gig_sync_sqlite_self_id,
    .self_ids = gig_sync_sqlite_self_ids,
    .dead = gig_sync_sqlite_dead,
    .drop = gig_sync_https_drop
};
