
#include <stdio.h>
#include <string.h>

#include <jansson.h>
#include <sodium.h>

#include "gig_application.h"
#include "gig_json.h"
#include "gig_sync_letter.h"
#include "gig_sync_log.h"
#include "gig_time.h"

#define GIG_SYNC_LETTERS        1000        /* that are looked up in one go */


/* One record that is delivered again: a copy, as it is written where it is read from. */
typedef struct {
    gig_str_t             wanted;           /* its print */
    gig_buf_t             bytes;            /* all texts of the row and its box */
    gig_buf_t             plain;
    gig_buf_t             rev;
    gig_sync_delivery_t   delivery;
    size_t                end[7];           /* of id, print, gig, who, seat, flags, box */
    int                   found;
} gig_sync_letter_copy_t;


static int
gig_sync_letter_copied(void *data, const gig_sync_dead_t *dead)
{
    size_t                   i;
    gig_sync_letter_copy_t  *copy = data;
    const gig_str_t          texts[] = { dead->id, dead->print, dead->gig, dead->who, dead->seat,
                                         dead->flags, dead->box };

    if (copy->found || !gig_str_eq(dead->print, copy->wanted)) {
        return 0;
    }

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (texts[i].len) {
            gig_buf_add(&copy->bytes, texts[i].data, texts[i].len);
        }

        copy->end[i] = copy->bytes.len;
    }

    copy->found = 1;

    if (gig_time_parse(dead->received_at, &copy->delivery.at_ms) != 0) {
        copy->delivery.at_ms = 0;
    }

    return gig_buf_failed(&copy->bytes) ? -1 : 0;
}


static void
gig_sync_letter_opened(const gig_sync_board_t *board, gig_sync_letter_copy_t *copy)
{
    size_t                i, begin;
    json_t               *root;
    gig_error_t           err;
    gig_sync_delivery_t  *d = &copy->delivery;
    gig_str_t            *views[] = { &d->id, &d->print, &d->gig, &d->who, &d->seat, &d->flags,
                                      &d->box };

    for (i = 0, begin = 0; i < sizeof(views) / sizeof(views[0]); i++) {
        *views[i] = copy->end[i] == begin
                    ? gig_str("") : (gig_str_t) { copy->bytes.data + begin, copy->end[i] - begin };
        begin = copy->end[i];
    }

    /* A withdrawal has no fingerprint, and no box. */
    d->op = d->print.len ? gig_str("apply") : gig_str("withdraw");
    d->entry = gig_str("");
    d->again = 1;

    if (d->box.len == 0) {
        return;
    }

    if (gig_box_open(board->private_keys, board->n_private, d->box, &copy->plain, &err) == -1) {
        (void) snprintf(d->reason, sizeof(d->reason), "%.120s", err.detail);
        return;
    }

    gig_application_split(gig_buf_view(&copy->plain), &d->plain, &d->files);
    root = gig_json_parse(d->plain, GIG_BOX_PLAIN_MAX, GIG_JSON_DEPTH_MAX, NULL);
    gig_buf_str(&copy->rev, gig_json_str(json_object_get(root, "gig"), "rev"));
    d->rev = copy->rev.len ? gig_buf_view(&copy->rev) : gig_str("");
    json_decref(root);
}


const char *
gig_sync_letter_deliver(const gig_sync_connector_t *connector, gig_sync_record_t *record,
    const gig_sync_board_t *board, gig_str_t id, gig_str_t print,
    char reason[GIG_SYNC_LETTER_REASON], gig_error_t *err)
{
    const char              *became;
    gig_sync_letter_copy_t   copy;

    memset(&copy, 0, sizeof(copy));
    gig_buf_init(&copy.bytes, GIG_SYNC_LETTER_BOX);
    gig_buf_init(&copy.plain, GIG_SYNC_LETTER_BOX);
    gig_buf_init(&copy.rev, GIG_SYNC_LETTER_BOX);
    copy.wanted = print;
    became = NULL;

    if (connector->dead(record, id, gig_sync_letter_copied, &copy, err) == -1) {
        goto done;
    }

    if (!copy.found) {
        became = "gone";
        goto done;
    }

    gig_sync_letter_opened(board, &copy);

    if (connector->deliver(record, &copy.delivery, 1, err) == -1) {
        goto done;
    }

    became = copy.delivery.result == GIG_SYNC_DELIVERED ? "delivered"
             : copy.delivery.result == GIG_SYNC_ERASED  ? "erased"
             : copy.delivery.result == GIG_SYNC_PARKED  ? "parked"
                                                        : "dead";
    memcpy(reason, copy.delivery.reason, sizeof(copy.delivery.reason));

done:

    if (copy.plain.data) {
        sodium_memzero(copy.plain.data, copy.plain.size);
    }

    gig_buf_free(&copy.bytes);
    gig_buf_free(&copy.plain);
    gig_buf_free(&copy.rev);

    return became;
}


/* The letters that wait for a key: id and print of each, every text with a NUL behind it. */
typedef struct {
    const gig_sync_board_t  *board;
    gig_buf_t                names;
    size_t                   n;
} gig_sync_letters_t;


static int
gig_sync_letters_add(void *data, const gig_sync_dead_t *dead)
{
    size_t               i;
    gig_str_t            kid;
    gig_error_t          unknown;
    gig_sync_letters_t  *letters = data;

    /* A withdrawal has no box; of other reasons only a person knows whether they are gone. */
    if (letters->n == GIG_SYNC_LETTERS || dead->print.len == 0
        || !gig_str_is(dead->state, "parked"))
    {
        return 0;
    }

    for (i = 0; i < letters->board->n_private; i++) {
        kid.data = letters->board->private_keys[i].kid;
        kid.len = strlen(kid.data);
        (void) gig_box_unknown(kid, &unknown);

        if (gig_str_is(dead->reason, unknown.detail)) {
            gig_buf_str(&letters->names, dead->id);
            gig_buf_add(&letters->names, "", 1);
            gig_buf_str(&letters->names, dead->print);
            gig_buf_add(&letters->names, "", 1);
            letters->n++;
            break;
        }
    }

    return gig_buf_failed(&letters->names) ? -1 : 0;
}


/* Up to GIG_SYNC_LETTERS of them.  How many were delivered, or -1. */
static int
gig_sync_letters_some(gig_sync_job_t *job, const gig_sync_connector_t *connector,
    gig_sync_record_t *record, gig_error_t *err)
{
    int                  rc;
    char                 reason[GIG_SYNC_LETTER_REASON];
    size_t               i;
    gig_str_t            id, print;
    const char          *name, *became;
    gig_sync_letters_t   letters = { 0 };

    letters.board = job->board;
    gig_buf_init(&letters.names, GIG_SYNC_LETTERS * (GIG_APPLICATION_TEXT + GIG_HASH_TEXT + 2));
    rc = -1;

    if (connector->dead(record, gig_null_str, gig_sync_letters_add, &letters, err) == -1) {
        goto done;
    }

    rc = 0;
    name = letters.names.data;

    for (i = 0; i < letters.n && !gig_sync_job_stopped(job); i++) {
        id = (gig_str_t) { name, strlen(name) };
        name += id.len + 1;
        print = (gig_str_t) { name, strlen(name) };
        name += print.len + 1;

        became = gig_sync_letter_deliver(connector, record, job->board, id, print, reason, err);

        if (became == NULL) {
            rc = -1;
            goto done;
        }

        rc += strcmp(became, "delivered") == 0 || strcmp(became, "erased") == 0;
    }

done:

    gig_buf_free(&letters.names);

    return rc;
}


int
gig_sync_letters_unlock(gig_sync_job_t *job, const gig_sync_connector_t *connector,
    gig_sync_record_t *record, gig_error_t *err)
{
    int     some;
    char    count[24];
    size_t  all;

    if (connector->dead == NULL) {
        return 0;
    }

    all = 0;

    do {
        some = gig_sync_letters_some(job, connector, record, err);

        if (some == -1) {
            return -1;
        }

        all += (size_t) some;

    } while (some > 0);

    if (all > 0) {
        (void) snprintf(count, sizeof(count), "%zu", all);
        gig_sync_log(GIG_SYNC_INFO, "unlocked", "board", job->board->name, "records", count,
                     "reason", "the private key that they waited for is here", NULL);
    }

    return 0;
}
