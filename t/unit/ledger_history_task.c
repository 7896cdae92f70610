
/*
 * Why: ngx_http_gig_ledger_job.c and _adopt.c are what the rules about fsync are for, and they
 * cannot be killed at each of their lines in a server.  Here they are once more, over files
 * in memory; frames, scanning and the book of an adoption are the real ones.
 */

#include <string.h>

#include "ledger_history.h"


/* Frames that go to the disk together. */
typedef struct {
    gig_buf_t  frames;
    int        at;                              /* the segment they are for */
    int        unsynced;                        /* a bug */
} batch_t;


void
record_make(const sim_t *s, unsigned record, gig_ledger_seat_t seat, int64_t at,
    gig_ledger_record_t *out)
{
    unsigned  app = record / 3;

    memset(out, 0, sizeof(*out));
    out->kind = GIG_LEDGER_RECORD;
    out->op = record % 3 == WITHDRAW ? GIG_LEDGER_WITHDRAW : GIG_LEDGER_APPLY;
    out->seat = seat;
    out->received_ms = at;
    memset(out->id, 'A' + (int) app, sizeof(out->id) - 1);

    if (out->op == GIG_LEDGER_APPLY) {
        memset(out->who, 'a' + (int) s->who[app], sizeof(out->who) - 1);
        memset(out->print, 'p' + (int) (record % 3), sizeof(out->print) - 1);
        out->gig = s->gig[app] ? gig_str("g1") : gig_str("g0");
        out->rev = gig_str("r");
        out->box = gig_str("sealed, and nobody here can open it");
    }
}


unsigned
record_of(const gig_ledger_record_t *record)
{
    return (unsigned) (record->id[0] - 'A') * 3
           + (record->op == GIG_LEDGER_WITHDRAW ? WITHDRAW : (unsigned) (record->print[0] - 'p'));
}


static file_t *
task_file(sim_t *s, int worker, unsigned segment)
{
    worker_t  *w = &s->worker[worker];

    return &s->host[w->host].file[w->segment[segment].file];
}


/* Here the process may die, or its host. */
static int
task_dies(sim_t *s, int worker)
{
    unsigned  life = s->worker[worker].life;

    if (s->faults && sim_chance(s, 8)) {
        if (sim_chance(s, 300)) {
            sim_trace(s, "host %d loses its power", s->worker[worker].host);
            worker_kill(s, worker);
            worker_kill(s, worker ^ 1);
            disk_power(s, s->worker[worker].host);

        } else {
            worker_kill(s, worker);
        }
    }

    return !s->worker[worker].alive || s->worker[worker].life != life;
}


static int
task_fsync(sim_t *s, file_t *file)
{
    if (s->faults && sim_chance(s, 25)) {
        sim_trace(s, "  EIO");
        disk_sync(file, sim_below(s, 1000));
        disk_lost(file);

        /* Tried once more it says that all is well, and nothing is. */
        return s->bug == BUG_FSYNC_RETRIED ? 0 : -1;
    }

    if (s->bug != BUG_FSYNC_SKIPPED) {
        disk_sync(file, 1000);
    }

    return 0;
}


static int
task_flush(sim_t *s, int worker, batch_t *batch)
{
    file_t     *file;
    worker_t   *w = &s->worker[worker];
    segment_t  *segment;

    if (batch->frames.len == 0) {
        return 0;
    }

    segment = &w->segment[batch->at];
    file = task_file(s, worker, (unsigned) batch->at);

    if (task_dies(s, worker)) {
        return -1;
    }

    /* A process can be killed in the middle of a write. */

    if (s->faults && sim_chance(s, 8)) {
        disk_write(file, segment->end, batch->frames.data,
                   sim_below(s, (unsigned) batch->frames.len));
        worker_kill(s, worker);
        return -1;
    }

    disk_write(file, segment->end, batch->frames.data, batch->frames.len);

    if (task_dies(s, worker)) {
        return -1;
    }

    if (!batch->unsynced && task_fsync(s, file) != 0) {
        segment->sealed = 1;
        segment->failed = 1;
        w->current = -1;
        return -1;
    }

    if (task_dies(s, worker)) {
        return -1;
    }

    segment->end += batch->frames.len;
    gig_buf_reset(&batch->frames);

    return 0;
}


static int
task_open(sim_t *s, int worker)
{
    int         at;
    worker_t   *w = &s->worker[worker];
    segment_t  *segment;

    for (at = 0; at < SEGMENTS; at++) {
        if (w->segment[at].file == -1) {
            break;
        }
    }

    if (at == SEGMENTS) {
        return -1;
    }

    segment = &w->segment[at];
    memset(segment, 0, sizeof(*segment));
    segment->file = disk_open(s, worker);
    segment->end = GIG_LEDGER_HEADER;
    segment->number = 1;

    return segment->file == -1 ? -1 : at;
}


static int
task_batch(sim_t *s, int worker, batch_t *batch, const gig_ledger_record_t *record,
    uint64_t *offset, uint32_t *len)
{
    size_t      size = gig_ledger_frame_size(record);
    worker_t   *w = &s->worker[worker];
    segment_t  *segment;

    segment = w->current == -1 ? NULL : &w->segment[w->current];

    /* It may be removed by the very task that writes to it. */

    if (segment && segment->sealed) {
        sim_broken(s, "nothing more comes into a segment that is sealed", record_of(record));
        w->current = -1;
        return -1;
    }

    if (segment && segment->end + batch->frames.len + size > SEGMENT) {
        if (task_flush(s, worker, batch) != 0) {
            return -1;
        }

        segment->sealed = 1;
        w->current = -1;
        segment = NULL;
    }

    if (segment == NULL) {
        batch->at = task_open(s, worker);

        if (batch->at == -1) {
            return -1;
        }

        w->current = batch->at;
        segment = &w->segment[batch->at];
    }

    batch->at = w->current;
    *offset = segment->end + batch->frames.len;
    *len = (uint32_t) size;

    if (gig_ledger_frame_write(record, task_file(s, worker, (unsigned) batch->at)->id,
                               segment->number, &batch->frames)
        != 0)
    {
        sim_broken(s, "a frame can be written", record_of(record));
        return -1;
    }

    segment->number++;

    return 0;
}


static int
task_append(sim_t *s, int worker)
{
    int                   rc = -1;
    batch_t               batch = { .at = -1 };
    task_t               *task = &s->worker[worker].task;
    unsigned              i;
    write_t              *write;
    gig_ledger_record_t   record;

    gig_buf_init(&batch.frames, FILE_MAX);
    batch.unsynced = s->bug == BUG_TOLD_BEFORE_FSYNC;

    for (i = 0; i < task->n_writes; i++) {
        write = &task->write[i];
        record_make(s, write->record, write->seat, write->at, &record);

        if (task_batch(s, worker, &batch, &record, &write->offset, &write->len) != 0) {
            goto done;
        }

        write->segment = (unsigned) batch.at;
    }

    rc = task_flush(s, worker, &batch);

done:

    gig_buf_free(&batch.frames);

    return rc;
}


/* A tick, or that another segment has it: not synced. */
static void
task_mark(sim_t *s, int worker, segment_t *segment, gig_ledger_kind_t kind, unsigned which,
    int64_t at)
{
    file_t               *file;
    worker_t             *w = &s->worker[worker];
    gig_buf_t             frame;
    gig_ledger_record_t   record;

    if (segment->file == -1 || segment->failed) {
        return;
    }

    file = &s->host[w->host].file[segment->file];
    record_make(s, which, GIG_LEDGER_NONE, 0, &record);
    record.kind = kind;
    record.at_ms = at;
    record.who[0] = '\0';
    record.gig = record.rev = record.box = gig_null_str;
    gig_buf_init(&frame, 1024);
    (void) gig_ledger_frame_write(&record, file->id, segment->number, &frame);

    if (segment->end + frame.len > FILE_MAX || (s->faults && sim_chance(s, 30))) {
        sim_trace(s, "worker %d cannot write a tick", worker);
        segment->sealed = 1;
        segment->failed = 1;

        /* What is sealed may go, so nothing more may come into it. */

        if (w->current != -1 && segment == &w->segment[w->current]
            && s->bug != BUG_CURRENT_KEPT)
        {
            w->current = -1;
        }

    } else {
        disk_write(file, segment->end, frame.data, frame.len);
        segment->end += frame.len;
        segment->number++;
    }

    gig_buf_free(&frame);
}


static void
task_read(sim_t *s, int worker)
{
    task_t               *task = &s->worker[worker].task;
    unsigned              i;
    uint32_t              number;
    again_t              *again;
    gig_str_t             bytes;
    const file_t         *file;
    gig_ledger_record_t   record;

    for (i = 0; i < task->n_again; i++) {
        again = &task->again[i];
        file = task_file(s, worker, again->segment);
        bytes = (gig_str_t) { file->data + again->offset, again->len };
        again->there = gig_ledger_frame_read(bytes, file->id, &record, &number) != 0;

        if (!again->there || record_of(&record) != again->record) {
            sim_broken(s, "what is in the book is found where it says", again->record);
            continue;
        }

        again->seat = record.seat;
        again->at = record.received_ms;
    }
}


/* The one moment that cannot be taken back: nobody may have a use for what is in it. */
static void
task_remove(sim_t *s, int worker)
{
    int          unticked[RECORDS];
    file_t      *file;
    worker_t    *w = &s->worker[worker];
    unsigned     i, app, print;
    unsigned     r;

    for (i = 0; i < SEGMENTS; i++) {
        if (!(w->task.remove >> i & 1) || w->segment[i].file == -1) {
            continue;
        }

        file = task_file(s, worker, i);
        sim_trace(s, "worker %d removes segment %u", worker, i);
        (void) disk_unticked(file, file->data, unticked);
        file->unlinked = 1;
        file->damaged = w->segment[i].damaged;
        file->owner = -1;
        w->segment[i].file = -1;

        for (r = 0; r < RECORDS; r++) {
            app = r / 3;
            print = r % 3;

            if (unticked[r] && s->told[r] && !s->sink.tombstone[app]
                && (print == WITHDRAW || !s->sink.delivered[app][print])
                && !disk_durable(&s->host[0], r) && !disk_durable(&s->host[1], r))
            {
                sim_broken(s, "no segment goes while something is in it that nobody has", r);
            }
        }
    }
}


static int
task_copy(sim_t *s, int worker, segment_t *segment, file_t *file, gig_ledger_book_t *book)
{
    int                   first, rc = -1, unticked[RECORDS];
    batch_t               batch = { .at = -1 };
    task_t               *task = &s->worker[worker].task;
    uint32_t              number;
    unsigned              n = 0, i;
    adopted_t            *a;
    gig_ledger_scan_t     scan;
    gig_ledger_entry_t   *e, entry;
    gig_ledger_record_t   record;

    gig_buf_init(&batch.frames, 4 * FILE_MAX);
    batch.unsynced = s->bug == BUG_ADOPTED_UNSYNCED;
    gig_ledger_scan_init(&scan, (gig_str_t) { file->data, file->len }, file->id);

    while (gig_ledger_scan_next(&scan, &record)) {
        if (record.kind == GIG_LEDGER_RECORD) {
            (void) gig_ledger_book_add(book, &record, 0, scan.at,
                                       (uint32_t) (scan.end - scan.at), 0, &first);
            continue;
        }

        if (s->bug != BUG_ADOPTED_TICKS_FORGOTTEN) {
            (void) gig_ledger_book_tick(book, record.op, record.id, record.print, &entry);
        }

        if (record.kind == GIG_LEDGER_TICK && record.at_ms > segment->last_tick) {
            segment->last_tick = record.at_ms;
        }
    }

    if (gig_ledger_book_gap(book) != disk_unticked(file, file->data, unticked)) {
        sim_broken(s, "all that is not ticked is taken over, and nothing else", 0);
        goto done;
    }

    while ((e = gig_ledger_book_due(book, INT64_MAX - 1)) != NULL) {
        if (gig_ledger_frame_read((gig_str_t) { file->data + e->offset, file->len - e->offset },
                                  file->id, &record, &number)
            == 0)
        {
            sim_broken(s, "what was scanned can be read", 0);
            goto done;
        }

        a = &task->adopted[n++];

        if (task_batch(s, worker, &batch, &record, &a->offset, &a->len) != 0) {
            goto done;
        }

        a->record = record;
        a->segment = (unsigned) batch.at;
    }

    if (task_flush(s, worker, &batch) != 0) {
        goto done;
    }

    segment->end = scan.end;
    segment->number = scan.number;
    segment->damaged = scan.damages != 0;

    for (i = 0; i < n; i++) {
        if (task_dies(s, worker)) {
            goto done;
        }

        task_mark(s, worker, segment, GIG_LEDGER_MOVED, record_of(&task->adopted[i].record),
                  s->now);
    }

    task->n_adopted = n;
    sim_trace(s, "worker %d takes over %u records%s", worker, n, scan.damages ? ", damaged" : "");
    rc = 0;

done:

    gig_buf_free(&batch.frames);

    return rc;
}


static void
task_adopt(sim_t *s, int worker)
{
    int                 i, at;
    host_t             *host = &s->host[s->worker[worker].host];
    unsigned            life = s->worker[worker].life;
    file_t             *file = NULL;
    segment_t          *segment;
    gig_ledger_book_t  *book;

    for (i = 0; i < FILES; i++) {
        file = &host->file[i];

        if (file->used && !file->unlinked && !file->damaged && file->owner == -1) {
            break;
        }
    }

    for (at = 0; at < SEGMENTS - 1; at++) {
        if (s->worker[worker].segment[at].file == -1) {
            break;
        }
    }

    if (i == FILES || at == SEGMENTS - 1) {
        return;
    }

    segment = &s->worker[worker].segment[at];
    memset(segment, 0, sizeof(*segment));
    segment->file = i;
    file->owner = worker;
    book = gig_ledger_book_create();

    if (task_copy(s, worker, segment, file, book) == 0) {
        segment->sealed = 1;

    } else if (s->worker[worker].life == life && s->worker[worker].alive) {
        segment->file = -1;
        file->owner = -1;
    }

    gig_ledger_book_free(book);
}


void
task_run(sim_t *s, int worker)
{
    worker_t  *w = &s->worker[worker];
    unsigned   i, life = w->life;
    tick_t    *t;

    w->task.ok = w->task.n_writes == 0 || task_append(s, worker) == 0;

    if (!w->alive || w->life != life) {
        return;
    }

    for (i = 0; i < w->task.n_ticks; i++) {
        t = &w->tick[i];
        task_mark(s, worker, &w->segment[t->segment], GIG_LEDGER_TICK, t->record, t->at);
    }

    task_read(s, worker);
    task_remove(s, worker);

    if (task_dies(s, worker)) {
        return;
    }

    if (w->task.adopt) {
        task_adopt(s, worker);
    }

    if (w->alive && w->life == life) {
        w->task.state = 2;
    }
}
