
#include "ngx_http_gig_ledger_parts.h"
#include "ngx_http_gig_catalog.h"
#include "ngx_http_gig_link.h"
#include "ngx_http_gig_shm.h"


static void ngx_http_gig_ledger_timer(ngx_event_t *ev);
static void ngx_http_gig_ledger_begin(ngx_event_t *ev);
static void ngx_http_gig_ledger_age(ngx_http_gig_ledger_t *ledger);
static void ngx_http_gig_ledger_drain(ngx_http_gig_ledger_t *ledger);
static void ngx_http_gig_ledger_leave(ngx_http_gig_ledger_t *ledger);
static ngx_int_t ngx_http_gig_ledger_old(ngx_http_gig_ledger_t *ledger, int64_t now_ms,
    uint64_t *size);
static uint64_t ngx_http_gig_ledger_remove(ngx_http_gig_ledger_t *ledger, int64_t now_ms);
static void ngx_http_gig_ledger_undo(ngx_http_gig_ledger_t *ledger,
    ngx_http_gig_ledger_job_t *job);
static void ngx_http_gig_ledger_done(ngx_event_t *ev);
static void ngx_http_gig_ledger_end(ngx_http_gig_ledger_t *ledger,
    ngx_http_gig_ledger_job_t *job);
static void ngx_http_gig_ledger_written(ngx_http_gig_ledger_t *ledger,
    ngx_http_gig_ledger_job_t *job);
static void ngx_http_gig_ledger_adopted(ngx_http_gig_ledger_t *ledger,
    ngx_http_gig_ledger_job_t *job);
static void ngx_http_gig_ledger_first(ngx_http_gig_ledger_t *ledger);
static int64_t ngx_http_gig_ledger_now(void);


ngx_http_gig_ledger_t *
ngx_http_gig_ledger_create(ngx_http_gig_board_t *board, ngx_cycle_t *cycle)
{
    ngx_uint_t              i;
    ngx_http_gig_ledger_t  *ledger;

    ledger = ngx_pcalloc(cycle->pool, sizeof(ngx_http_gig_ledger_t));
    if (ledger == NULL) {
        return NULL;
    }

    ledger->board = board;
    ledger->log = cycle->log;
    ledger->current = -1;
    ledger->look = 1;
    ngx_memcpy(ledger->cursor, "0-0", sizeof("0-0"));
    ngx_queue_init(&ledger->writes);
    ngx_queue_init(&ledger->answers);

    for (i = 0; i < GIG_LEDGER_SEGMENTS_MAX; i++) {
        ledger->segment[i].fd = -1;
    }

    ledger->ticks = ngx_palloc(cycle->pool,
                               NGX_HTTP_GIG_LEDGER_TICKS * sizeof(ngx_http_gig_tick_t));
    ledger->book = gig_ledger_book_create();

    if (ledger->ticks == NULL || ledger->book == NULL) {
        gig_ledger_book_free(ledger->book);
        return NULL;
    }

    ledger->timer.handler = ngx_http_gig_ledger_timer;
    ledger->timer.data = ledger;
    ledger->timer.log = cycle->log;
    ledger->timer.cancelable = 1;
    ledger->begin.handler = ngx_http_gig_ledger_begin;
    ledger->begin.data = ledger;
    ledger->begin.log = cycle->log;
    ledger->answer.handler = ngx_http_gig_ledger_answer;
    ledger->answer.data = ledger;
    ledger->answer.log = cycle->log;
    ledger->started = 1;

    /* Soon: what another left is somebody's application. */
    ngx_add_timer(&ledger->timer, 1);

    return ledger;
}


/* A task that is queued runs to its end before the process goes; nobody is told of it. */

void
ngx_http_gig_ledger_destroy(ngx_http_gig_ledger_t *ledger)
{
    ledger->started = 0;
    ngx_http_gig_gap_set(ledger->board, 0);

    if (ledger->timer.timer_set) {
        ngx_del_timer(&ledger->timer);
    }

    if (ledger->begin.posted) {
        ngx_delete_posted_event(&ledger->begin);
    }

    ngx_http_gig_ledger_answer_done(ledger);

    if (ledger->task == NULL) {
        ngx_http_gig_ledger_leave(ledger);
        gig_ledger_book_free(ledger->book);
        ledger->book = NULL;
    }
}


/* The locks go with the descriptors, and others may take over. */

static void
ngx_http_gig_ledger_leave(ngx_http_gig_ledger_t *ledger)
{
    ngx_uint_t  i;

    for (i = 0; i < GIG_LEDGER_SEGMENTS_MAX; i++) {
        if (ledger->segment[i].fd != -1) {
            (void) close(ledger->segment[i].fd);
            ledger->segment[i].fd = -1;
        }
    }

    ledger->current = -1;
    ledger->n_ticks = 0;
}


static void
ngx_http_gig_ledger_timer(ngx_event_t *ev)
{
    gig_ledger_book_t      *book;
    ngx_http_gig_ledger_t  *ledger;

    ledger = ev->data;

    if (ngx_exiting) {

        /* Requests may last, records need not: another worker has them within a second. */

        if (ledger->task == NULL && ngx_queue_empty(&ledger->writes) && ledger->sends == 0) {

            book = gig_ledger_book_create();

            if (book) {
                ngx_http_gig_ledger_leave(ledger);
                gig_ledger_book_free(ledger->book);
                ledger->book = book;
            }
        }

    } else {
        ledger->look = 1;
        ledger->replay_paused = 0;
        ngx_http_gig_ledger_look(ledger);
        ngx_http_gig_ledger_age(ledger);
        ngx_http_gig_ledger_drain(ledger);
    }

    ngx_http_gig_gap_set(ledger->board, gig_ledger_book_gap(ledger->book));
    ngx_http_gig_ledger_kick(ledger);
    ngx_add_timer(&ledger->timer, NGX_HTTP_GIG_LEDGER_TICK);
}


/* What nobody settles, for an operator who has not looked at the gap. */

static void
ngx_http_gig_ledger_age(ngx_http_gig_ledger_t *ledger)
{
    size_t  older;

    if (ngx_time() - ledger->aged < NGX_HTTP_GIG_LEDGER_AGE) {
        return;
    }

    ledger->aged = ngx_time();
    older = gig_ledger_book_older(ledger->book, (int64_t) (ngx_time()
                                                - ledger->board->ledger_max_age) * 1000);

    if (older) {
        ngx_log_error(NGX_LOG_ERR, ledger->log, 0,
                      "gig_board \"%V\": the ledger holds %uz record%s older than ledger_max_age "
                      "and not settled: is gig-sync running?", &ledger->board->name, older,
                      gig_plural(older));
    }
}


/*
 * A host that is to leave hands over at once what it holds, and says when nothing is left.  It
 * asks again and again: what was settled before it was on our disk nobody tells us otherwise.
 */

static void
ngx_http_gig_ledger_drain(ngx_http_gig_ledger_t *ledger)
{
    if (ngx_http_gig_drained(ledger->board) == -1) {
        ledger->drained = 0;
        return;
    }

    if (ngx_time() - ledger->drained >= NGX_HTTP_GIG_LEDGER_DRAIN && ledger->sends == 0) {
        ledger->drained = ngx_time();
        gig_ledger_book_again(ledger->book, (int64_t) ngx_current_msec);
    }

    if (ledger->bytes || ledger->sends
        || ledger->board->intakes.root != ledger->board->intakes.sentinel)
    {
        ngx_http_gig_drain_busy(ledger->board);
    }
}


ngx_http_gig_ledger_write_t *
ngx_http_gig_ledger_write(ngx_http_gig_ledger_t *ledger, const gig_ledger_record_t *record,
    ngx_uint_t sent, ngx_http_gig_ledger_pt handler, void *data)
{
    u_char                       *p;
    size_t                        size;
    ngx_http_gig_ledger_write_t  *w;

    size = gig_ledger_frame_size(record);

    if (size == 0 || size > NGX_HTTP_GIG_LEDGER_BYTES - ledger->bytes) {
        return NULL;
    }

    if (ledger->failed && ngx_current_msec - ledger->failed < NGX_HTTP_GIG_LEDGER_PAUSE) {
        return NULL;
    }

    w = ngx_alloc(sizeof(ngx_http_gig_ledger_write_t) + record->gig.len + record->rev.len
                  + record->box.len, ledger->log);
    if (w == NULL) {
        return NULL;
    }

    w->handler = handler;
    w->data = data;
    w->sent = sent != 0;
    w->settled = 0;
    w->record = *record;
    w->record.kind = GIG_LEDGER_RECORD;
    w->record.replay = ledger->in_force;        /* Redis may say "settled" of what was lost */
    w->len = (uint32_t) size;

    p = (u_char *) (w + 1);
    w->record.gig.data = (char *) p;
    p = ngx_cpymem(p, record->gig.len ? record->gig.data : "", record->gig.len);
    w->record.rev.data = (char *) p;
    p = ngx_cpymem(p, record->rev.len ? record->rev.data : "", record->rev.len);
    w->record.box.data = (char *) p;
    ngx_memcpy(p, record->box.len ? record->box.data : "", record->box.len);

    ngx_queue_insert_tail(&ledger->writes, &w->queue);
    ledger->bytes += size;

    /* not at once: a read from Redis has many verdicts, and they need one fsync, not two */
    ngx_post_event(&ledger->begin, &ngx_posted_events);

    return w;
}


static void
ngx_http_gig_ledger_begin(ngx_event_t *ev)
{
    ngx_http_gig_ledger_kick(ev->data);
}


const gig_ledger_entry_t *
ngx_http_gig_ledger_find(ngx_http_gig_ledger_t *ledger, gig_ledger_op_t op, const char *id,
    const char *print)
{
    return gig_ledger_book_find(ledger->book, op, id, print);
}


const gig_ledger_entry_t *
ngx_http_gig_ledger_find_id(ngx_http_gig_ledger_t *ledger, const char *id)
{
    return gig_ledger_book_id(ledger->book, id);
}


uint64_t
ngx_http_gig_ledger_bytes(ngx_http_gig_ledger_t *ledger)
{
    return gig_ledger_book_bytes(ledger->book) + ledger->bytes;
}


/* One task at a time: what comes meanwhile goes in the next, all of it with one fsync. */

void
ngx_http_gig_ledger_kick(ngx_http_gig_ledger_t *ledger)
{
    int                         folder;
    uint64_t                    remove;
    ngx_int_t                   replay_in;
    ngx_uint_t                  n_again;
    ngx_thread_task_t          *task;
    ngx_http_gig_board_t       *board;
    ngx_http_gig_ledger_job_t  *job;

    board = ledger->board;

    if (ledger->task || !ledger->started || board->pool == NULL) {
        return;
    }

    folder = ngx_http_gig_catalog_folder(board);

    if (folder == -1) {
        return;
    }

    task = ngx_calloc(sizeof(ngx_thread_task_t) + sizeof(ngx_http_gig_ledger_job_t), ledger->log);
    if (task == NULL) {
        return;
    }

    job = (ngx_http_gig_ledger_job_t *) (task + 1);
    job->now_ms = ngx_http_gig_ledger_now();
    n_again = ngx_http_gig_ledger_due(ledger, job->again, NGX_HTTP_GIG_LEDGER_SENDS);
    remove = ngx_http_gig_ledger_remove(ledger, job->now_ms);
    job->close = ngx_http_gig_ledger_old(ledger, job->now_ms, &job->close_size);
    replay_in = ngx_http_gig_ledger_replay_next(ledger);

    if (ngx_queue_empty(&ledger->writes) && ledger->n_ticks == 0 && n_again == 0 && remove == 0
        && job->close == -1 && replay_in == -1 && (!ledger->look || ngx_exiting))
    {
        ngx_free(task);
        return;
    }

    job->ledger = ledger;
    job->folder = folder;
    job->size_max = board->ledger_size;
    job->size = ngx_min(board->ledger_size / NGX_HTTP_GIG_LEDGER_PARTS,
                        NGX_HTTP_GIG_LEDGER_SEGMENT);
    job->size = ngx_max(job->size, NGX_HTTP_GIG_LEDGER_SEGMENT_MIN);
    (void) ngx_cpystrn((u_char *) job->board, board->name.data,
                       ngx_min(board->name.len, GIG_BOARD_MAX) + 1);

    ngx_queue_init(&job->writes);

    if (!ngx_queue_empty(&ledger->writes)) {
        ngx_queue_add(&job->writes, &ledger->writes);
        ngx_queue_init(&ledger->writes);
    }

    job->ticks = ledger->ticks;
    job->n_ticks = ledger->n_ticks;
    job->n_again = n_again;
    job->remove = remove;
    job->replay = ledger->replay;
    job->replay_in = replay_in;
    job->adopt = ledger->look && !ngx_exiting && replay_in == -1;

    task->ctx = job;
    task->handler = ngx_http_gig_ledger_run;
    task->event.handler = ngx_http_gig_ledger_done;
    task->event.data = task;
    task->event.log = ledger->log;

    ledger->task = task;
    ledger->look &= !job->adopt;

    if (ngx_thread_task_post(board->pool, task) != NGX_OK) {
        ngx_http_gig_ledger_undo(ledger, job);
        return;
    }

    /* A worker that exits goes when no timer is left: not while somebody waits for the disk. */

    if (!ngx_queue_empty(&job->writes)) {
        ngx_add_timer(&task->event, NGX_HTTP_GIG_LEDGER_SLOW);
    }
}


/*
 * The pool's queue is full: the timer tries again.  Nobody is told now, for whoever writes at
 * this moment does not wait yet.
 */

static void
ngx_http_gig_ledger_undo(ngx_http_gig_ledger_t *ledger, ngx_http_gig_ledger_job_t *job)
{
    ngx_uint_t  i;

    ledger->task = NULL;
    ledger->look |= job->adopt;

    if (!ngx_queue_empty(&job->writes)) {
        ngx_queue_add(&ledger->writes, &job->writes);
    }

    for (i = 0; i < job->n_again; i++) {
        ngx_http_gig_ledger_unsent(ledger, &job->again[i]);
    }

    ngx_free((ngx_thread_task_t *) job - 1);
}


/* The segment that has taken records for long enough, or -1. */

static ngx_int_t
ngx_http_gig_ledger_old(ngx_http_gig_ledger_t *ledger, int64_t now_ms, uint64_t *size)
{
    ngx_http_gig_segment_t  *segment;

    if (ledger->current == -1) {
        return -1;
    }

    segment = &ledger->segment[ledger->current];

    if (now_ms - segment->made <= (int64_t) ngx_http_gig_ledger_span(ledger->board) * 1000) {
        return -1;
    }

    *size = segment->end + gig_ledger_book_live(ledger->book, ledger->current)
                           * NGX_HTTP_GIG_LEDGER_TICK_MAX;

    return ledger->current;
}


/* Segments in which nothing is left that anybody may ask for. */

static uint64_t
ngx_http_gig_ledger_remove(ngx_http_gig_ledger_t *ledger, int64_t now_ms)
{
    uint64_t                 remove;
    ngx_int_t                i;
    ngx_http_gig_segment_t  *segment;

    remove = 0;

    for (i = 0; i < GIG_LEDGER_SEGMENTS_MAX; i++) {
        segment = &ledger->segment[i];

        if (segment->fd != -1 && segment->sealed && segment->replay == ledger->replay.number
            && gig_ledger_book_live(ledger->book, i) == 0
            && now_ms - segment->last_tick > (int64_t) ledger->board->ledger_keep * 1000)
        {
            remove |= (uint64_t) 1 << i;
        }
    }

    return remove;
}


static void
ngx_http_gig_ledger_done(ngx_event_t *ev)
{
    ngx_thread_task_t          *task;
    ngx_http_gig_ledger_t      *ledger;
    ngx_http_gig_ledger_job_t  *job;

    task = ev->data;
    job = task->ctx;
    ledger = job->ledger;

    if (ev->timedout) {
        ev->timedout = 0;
        ngx_log_error(NGX_LOG_ERR, ledger->log, 0,
                      "gig_board \"%V\": the ledger has waited for its disk for a minute",
                      &ledger->board->name);
        return;
    }

    if (ev->timer_set) {
        ngx_del_timer(ev);
    }

    ngx_http_gig_ledger_end(ledger, job);
    ngx_http_gig_ledger_kick(ledger);
}


static void
ngx_http_gig_ledger_end(ngx_http_gig_ledger_t *ledger, ngx_http_gig_ledger_job_t *job)
{
    ngx_uint_t  i;

    ledger->task = NULL;
    ledger->n_ticks -= job->n_ticks;
    ngx_memmove(ledger->ticks, ledger->ticks + job->n_ticks,
                ledger->n_ticks * sizeof(ngx_http_gig_tick_t));

    ngx_http_gig_ledger_adopted(ledger, job);
    ngx_http_gig_ledger_replayed(ledger, job);
    ngx_http_gig_ledger_written(ledger, job);

    for (i = 0; i < job->n_again; i++) {
        ngx_http_gig_ledger_send(ledger, &job->again[i]);
    }

    ngx_http_gig_gap_set(ledger->board, gig_ledger_book_gap(ledger->book));

    /* the task is in front of its job */
    ngx_free((ngx_thread_task_t *) job - 1);
}


static void
ngx_http_gig_ledger_written(ngx_http_gig_ledger_t *ledger, ngx_http_gig_ledger_job_t *job)
{
    int                           first;
    ngx_uint_t                    ok;
    ngx_queue_t                  *q, *next;
    ngx_http_gig_ledger_write_t  *w;

    if (!ngx_queue_empty(&job->writes)) {

        if (!job->ok) {
            ledger->failed = ngx_current_msec ? ngx_current_msec : 1;

            if (!ledger->told) {
                ledger->told = 1;
                ngx_log_error(NGX_LOG_CRIT, ledger->log, 0,
                              "gig_board \"%V\": the ledger cannot be written, so no application "
                              "is taken: %s", &ledger->board->name, job->err.detail);
            }

        } else {
            ledger->failed = 0;

            if (ledger->told) {
                ledger->told = 0;
                ngx_log_error(NGX_LOG_NOTICE, ledger->log, 0,
                              "gig_board \"%V\": the ledger can be written again",
                              &ledger->board->name);
            }
        }
    }

    for (q = ngx_queue_head(&job->writes); q != ngx_queue_sentinel(&job->writes); q = next) {

        next = ngx_queue_next(q);
        w = ngx_queue_data(q, ngx_http_gig_ledger_write_t, queue);

        ngx_http_gig_ledger_first(ledger);

        ok = job->ok
             && gig_ledger_book_add(ledger->book, &w->record, w->segment, w->offset, w->len,
                                    w->sent ? (int64_t) ngx_current_msec : 0, &first)
                == 0;

        if (ok) {
            ngx_http_gig_ledger_tell(ledger, w->record.op, w->record.id, w->record.print,
                                     w->record.seat, w->record.received_ms);
        }

        /* of what was settled before a replay that was heard of since nobody knows */

        if (ok && w->settled == ledger->replay.number + 1) {
            ngx_http_gig_ledger_ticked(ledger, w->record.op, w->record.id, w->record.print);
        }

        w->ok = ok ? 1 : 0;
        ngx_queue_insert_tail(&ledger->answers, q);
    }

    if (!ledger->answer.posted) {
        ngx_http_gig_ledger_answer(&ledger->answer);
    }
}


static void
ngx_http_gig_ledger_adopted(ngx_http_gig_ledger_t *ledger, ngx_http_gig_ledger_job_t *job)
{
    int                      first;
    ngx_uint_t               i;
    ngx_http_gig_adopted_t  *a;

    for (i = 0; i < job->n_adopted; i++) {
        a = &job->adopted[i];
        ngx_http_gig_ledger_first(ledger);

        /* It stays on the disk whatever comes; the next worker finds it. */
        (void) gig_ledger_book_add(ledger->book, &a->record, a->segment, a->offset, a->len, 0,
                                   &first);
        ngx_http_gig_ledger_tell(ledger, a->record.op, a->record.id, a->record.print,
                                 a->record.seat, a->record.received_ms);
    }

    if (job->segments_adopted && job->n_adopted) {
        ngx_log_error(NGX_LOG_NOTICE, ledger->log, 0,
                      "gig_board \"%V\": the ledger took over %ui record%s of %ui segment%s that "
                      "nobody held", &ledger->board->name, job->n_adopted,
                      gig_plural(job->n_adopted), job->segments_adopted,
                      gig_plural(job->segments_adopted));
    }

    if (job->damages) {
        ngx_log_error(NGX_LOG_ALERT, ledger->log, 0,
                      "gig_board \"%V\": the ledger is damaged in %ui place%s, %uz byte%s of it: "
                      "what stood there may be lost, the file is kept as damaged.ledger.* in the "
                      "state folder", &ledger->board->name, job->damages,
                      gig_plural(job->damages), job->damaged, gig_plural(job->damaged));
    }

    if (!job->adopt_failed) {
        ledger->adopt_told &= !job->adopt;

    } else if (!ledger->adopt_told) {
        ledger->adopt_told = 1;
        ngx_log_error(NGX_LOG_ERR, ledger->log, 0,
                      "gig_board \"%V\": a segment of the ledger that nobody holds cannot be taken "
                      "over yet: %s", &ledger->board->name, job->err.detail);
    }

    ngx_free(job->adopted);
    job->adopted = NULL;
}


/* What is settled from about now on is to be looked at, if nothing was waited for so far. */

static void
ngx_http_gig_ledger_first(ngx_http_gig_ledger_t *ledger)
{
    if (gig_ledger_book_gap(ledger->book) == 0) {
        ngx_http_gig_ledger_from_now(ledger);
    }
}


/* By our clock and a minute less: what is missed is sent again, and the judge says so. */

void
ngx_http_gig_ledger_from_now(ngx_http_gig_ledger_t *ledger)
{
    int64_t  from;

    from = ngx_http_gig_ledger_now() - GIG_LEDGER_RESEND;

    if (ledger->floor[0] && ledger->floor_ms >= from) {
        ngx_memcpy(ledger->cursor, ledger->floor, sizeof(ledger->cursor));

    } else {
        (void) ngx_sprintf((u_char *) ledger->cursor, "%L-0%Z", from);
    }
}


static int64_t
ngx_http_gig_ledger_now(void)
{
    ngx_time_t  *tp;

    tp = ngx_timeofday();

    return (int64_t) tp->sec * 1000 + tp->msec;
}
