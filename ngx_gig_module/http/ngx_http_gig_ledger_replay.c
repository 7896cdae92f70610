
/*
 * A replay: the system of record was restored from a copy, and lacks what it had settled
 * since.  "gig-sync replay" writes NONCE and SINCE_MS into Redis's `replay`, every worker reads
 * that once a second, and opens again, in each segment it holds, what was ticked since.
 *
 * That it was done is remembered in each segment, by a frame that names the nonce and is what
 * takes the ticks back: whoever reads the segment later, after a reload or a crash, finds the
 * same records open and does nothing twice.  A mark in the state folder would not do, for
 * a segment may be taken over later from a worker that never heard of it, and one for each
 * worker neither, for workers come and go.  How it may fail:
 *
 *   - the frame is lost (not synced yet, or the disk fails): the replay is done again in that
 *     segment, by this worker's successor.  It is sent once more, and settled once more.
 *   - Redis loses `replay` before all workers have read it, or a host comes back after it
 *     has expired: they do nothing.  "gig-sync replay" may be given again, at any time, and
 *     for a host that is off there is "gig-sync ledger send --all".
 *   - the segment was freed, its last tick ledger_keep ago: nothing is left to send.
 *
 * What is open by a replay is sent with the judge's mode "replay", and so is everything while
 * Redis has the nonce: the mark `settled` in Redis may be of what the system of record lost.  For
 * the same reason the stream `settled` counts only from where it ended when the nonce was read.
 */

#include "ngx_http_gig_ledger_parts.h"
#include "ngx_http_gig_link.h"
#include "ngx_http_gig_request.h"

#include "gig_key.h"

#include <sys/mman.h>
#include <sys/stat.h>


static ngx_int_t ngx_http_gig_ledger_replay_read(gig_str_t value, ngx_http_gig_replay_t *replay);
static void ngx_http_gig_ledger_floor(void *data, ngx_http_gig_reply_t what,
    const redisReply *reply);
static int ngx_http_gig_ledger_reopen(ngx_http_gig_ledger_job_t *job,
    ngx_http_gig_segment_t *segment, gig_str_t bytes);


ngx_int_t
ngx_http_gig_ledger_asked(ngx_http_gig_ledger_t *ledger, gig_str_t value)
{
    char                   key[GIG_KEY_SIZE];
    gig_str_t              argv[6];
    ngx_http_gig_board_t  *board;

    board = ledger->board;

    if (ngx_http_gig_ledger_replay_read(value, &ledger->asked) != NGX_OK) {
        ledger->in_force = 0;
        return NGX_OK;
    }

    if (ngx_strcmp(ledger->asked.nonce, ledger->replay.nonce) == 0) {
        ledger->in_force = 1;
        return NGX_OK;
    }

    argv[0] = gig_str("XREVRANGE");
    argv[1].data = key;
    argv[1].len = gig_key(key, ngx_http_gig_str(&board->name), "settled");
    argv[2] = gig_str("+");
    argv[3] = gig_str("-");
    argv[4] = gig_str("COUNT");
    argv[5] = gig_str("1");

    if (ngx_http_gig_link_command(board->link, NGX_HTTP_GIG_LEDGER_TIMEOUT,
                                  ngx_http_gig_ledger_floor, ledger, 6, argv))
    {
        ledger->polling = 1;
    }

    return NGX_AGAIN;
}


/* "NONCE SINCE_MS" */

static ngx_int_t
ngx_http_gig_ledger_replay_read(gig_str_t value, ngx_http_gig_replay_t *replay)
{
    off_t        since;
    size_t       len;
    const char  *blank;

    replay->nonce[0] = '\0';

    blank = value.len ? memchr(value.data, ' ', value.len) : NULL;

    if (blank == NULL) {
        return NGX_DECLINED;
    }

    len = blank - value.data;
    since = ngx_atoof((u_char *) blank + 1, value.len - len - 1);

    if (len == 0 || len >= sizeof(replay->nonce) || memchr(value.data, '\0', len)
        || since == NGX_ERROR)
    {
        return NGX_DECLINED;
    }

    ngx_memcpy(replay->nonce, value.data, len);
    replay->nonce[len] = '\0';
    replay->since_ms = since;

    return NGX_OK;
}


/* Where `settled` ends now; from here on the replay is ours. */

static void
ngx_http_gig_ledger_floor(void *data, ngx_http_gig_reply_t what, const redisReply *reply)
{
    char                    id[NGX_HTTP_GIG_LEDGER_CURSOR];
    u_char                 *dash;
    const redisReply       *entry;
    ngx_http_gig_ledger_t  *ledger = data;

    ledger->polling = 0;

    if (what != NGX_HTTP_GIG_REPLY_OK || reply->type != REDIS_REPLY_ARRAY) {
        return;
    }

    ngx_memcpy(id, "0-0", sizeof("0-0"));

    if (reply->elements) {
        entry = reply->element[0];

        if (entry->type != REDIS_REPLY_ARRAY || entry->elements != 2
            || !ngx_http_gig_ledger_text(entry->element[0], id, sizeof(id)))
        {
            return;
        }
    }

    dash = (u_char *) ngx_strchr(id, '-');

    if (dash == NULL) {
        return;
    }

    ngx_memcpy(ledger->floor, id, sizeof(id));
    ngx_memcpy(ledger->cursor, id, sizeof(id));
    ledger->floor_ms = ngx_atoof((u_char *) id, dash - (u_char *) id);

    ledger->asked.number = ledger->replay.number + 1;
    ledger->replay = ledger->asked;
    ledger->in_force = 1;
    ledger->replayed = 0;

    ngx_http_gig_ledger_kick(ledger);
}


/* One a task: applicants wait for the next. */

ngx_int_t
ngx_http_gig_ledger_replay_next(ngx_http_gig_ledger_t *ledger)
{
    ngx_int_t                i;
    ngx_http_gig_segment_t  *segment;

    if (ledger->replay.number == 0 || ledger->replay_paused || ngx_exiting) {
        return -1;
    }

    for (i = 0; i < GIG_LEDGER_SEGMENTS_MAX; i++) {
        segment = &ledger->segment[i];

        /* Of one with a damaged header nothing can be read. */

        if (segment->fd != -1 && segment->id && segment->replay != ledger->replay.number) {
            return i;
        }
    }

    return -1;
}


void
ngx_http_gig_ledger_replayed(ngx_http_gig_ledger_t *ledger, ngx_http_gig_ledger_job_t *job)
{
    if (job->replay_in == -1) {
        return;
    }

    if (job->replay_failed) {
        ledger->replay_paused = 1;

        if (!ledger->replay_told) {
            ledger->replay_told = 1;
            ngx_log_error(NGX_LOG_ERR, ledger->log, 0,
                          "gig_board \"%V\": what was settled cannot be replayed yet: %s",
                          &ledger->board->name, job->err.detail);
        }

        return;
    }

    ledger->replay_told = 0;
    ledger->replayed += job->n_adopted;

    if (ngx_http_gig_ledger_replay_next(ledger) == -1) {
        ngx_log_error(NGX_LOG_NOTICE, ledger->log, 0,
                      "gig_board \"%V\": a replay of what was settled since %L sends %uz record%s "
                      "again", &ledger->board->name, job->replay.since_ms / 1000,
                      ledger->replayed, gig_plural(ledger->replayed));
    }
}


void
ngx_http_gig_ledger_replay(ngx_http_gig_ledger_job_t *job)
{
    char                    *p;
    size_t                   len;
    gig_str_t                bytes;
    struct stat              st;
    ngx_http_gig_segment_t  *segment;

    segment = &job->ledger->segment[job->replay_in];

    if (fstat(segment->fd, &st) == -1) {
        (void) gig_error_set(&job->err, "", "%s: %s", segment->name, strerror(errno));
        job->replay_failed = 1;
        return;
    }

    len = (size_t) st.st_size;
    p = mmap(NULL, len, PROT_READ, MAP_SHARED, segment->fd, 0);

    if (p == MAP_FAILED) {
        (void) gig_error_set(&job->err, "", "%s: %s", segment->name, strerror(errno));
        job->replay_failed = 1;
        return;
    }

    /* What lies behind the end, after a failed fsync, was never told to anybody. */

    bytes.data = p;
    bytes.len = ngx_min(len, segment->end);

    if (ngx_http_gig_ledger_reopen(job, segment, bytes) != 0) {
        job->replay_failed = 1;
    }

    (void) munmap(p, len);
}


static int
ngx_http_gig_ledger_reopen(ngx_http_gig_ledger_job_t *job, ngx_http_gig_segment_t *segment,
    gig_str_t bytes)
{
    int                      rc;
    ngx_uint_t               i, n;
    gig_ledger_entry_t      *e;
    gig_ledger_content_t     content;
    ngx_http_gig_adopted_t  *open;

    rc = -1;
    n = 0;
    open = NULL;

    if (gig_ledger_content_read(&content, bytes, segment->id) != 0) {
        goto done;
    }

    if (strcmp(content.replay, job->replay.nonce) == 0) {
        /* Done before; what it opened was taken over with the segment. */
        segment->replay = job->replay.number;
        rc = 0;
        goto done;
    }

    if (gig_ledger_content_replay(&content, job->replay.nonce, job->replay.since_ms) != 0) {
        goto done;
    }

    open = calloc(gig_ledger_book_gap(content.open) + 1, sizeof(ngx_http_gig_adopted_t));

    if (open == NULL) {
        goto done;
    }

    for (i = 0; i < gig_ledger_book_gap(content.open); i++) {
        e = gig_ledger_book_at(content.open, i);

        open[n].record.kind = GIG_LEDGER_RECORD;
        open[n].record.op = e->op;
        open[n].record.seat = e->seat;
        open[n].record.replay = 1;
        open[n].record.received_ms = e->received_ms;
        ngx_memcpy(open[n].record.id, e->id, sizeof(e->id));
        ngx_memcpy(open[n].record.print, e->print, sizeof(e->print));
        open[n].segment = (unsigned) job->replay_in;
        open[n].offset = e->offset;
        open[n].len = e->len;
        n++;
    }

    ngx_http_gig_ledger_replay_mark(job, segment);

    if (!segment->failed && fdatasync(segment->fd) == -1) {
        segment->sealed = 1;
        segment->failed = 1;
    }

    if (segment->failed && job->ledger->current == job->replay_in) {
        job->ledger->current = -1;
    }

    job->adopted = open;
    job->n_adopted = n;
    open = NULL;
    rc = 0;

done:

    if (rc != 0) {
        (void) gig_error_set(&job->err, "", "%s: out of memory", segment->name);
    }

    gig_ledger_content_free(&content);
    free(open);

    return rc;
}


void
ngx_http_gig_ledger_replay_mark(ngx_http_gig_ledger_job_t *job, ngx_http_gig_segment_t *segment)
{
    segment->replay = job->replay.number;

    if (job->replay.number) {
        ngx_http_gig_ledger_mark(segment, GIG_LEDGER_REPLAY, GIG_LEDGER_APPLY, job->replay.nonce,
                                 "", job->replay.since_ms);
    }
}
