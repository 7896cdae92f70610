
/*
 * The ledger's task, in a thread of nginx's pool: all that touches the disk.  Nothing is
 * written twice: a segment whose fsync failed is left as it is, for what of it
 * is on the disk nobody can say.
 */

#include "ngx_http_gig_ledger_parts.h"

#include <dirent.h>
#include <inttypes.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>


#define NGX_HTTP_GIG_LEDGER_TMP    (NGX_HTTP_GIG_FILE_NAME + 8)
#define NGX_HTTP_GIG_LEDGER_TRIES  8            /* to make a file that nobody sweeps away */
#define NGX_HTTP_GIG_LEDGER_COPIES 2            /* times ledger_size, while some are made */


static int ngx_http_gig_ledger_append(ngx_http_gig_ledger_job_t *job);
static ngx_int_t ngx_http_gig_ledger_open(ngx_http_gig_ledger_job_t *job, size_t frame);
static int ngx_http_gig_ledger_make(ngx_http_gig_ledger_job_t *job,
    ngx_http_gig_segment_t *segment, char tmp[NGX_HTTP_GIG_LEDGER_TMP]);
static int ngx_http_gig_ledger_room(ngx_http_gig_ledger_job_t *job, uint64_t size,
    uint64_t size_max);
static void ngx_http_gig_ledger_close(ngx_http_gig_ledger_job_t *job);
static void ngx_http_gig_ledger_tick(ngx_http_gig_ledger_job_t *job);
static void ngx_http_gig_ledger_read(ngx_http_gig_ledger_job_t *job);
static void ngx_http_gig_ledger_remove(ngx_http_gig_ledger_job_t *job);


void
ngx_http_gig_ledger_run(void *data, ngx_log_t *log)
{
    ngx_http_gig_ledger_job_t  *job = data;

    ngx_http_gig_ledger_close(job);

    /* Applicants wait for the first of these, and nobody for the rest. */

    job->ok = ngx_queue_empty(&job->writes) || ngx_http_gig_ledger_append(job) == 0;

    ngx_http_gig_ledger_tick(job);
    ngx_http_gig_ledger_read(job);
    ngx_http_gig_ledger_remove(job);

    if (job->replay_in != -1) {
        ngx_http_gig_ledger_replay(job);

    } else if (job->adopt) {
        ngx_http_gig_ledger_adopt(job);
    }
}


/* What it does not need goes back to ledger_size; if that fails, it is only more room. */

static void
ngx_http_gig_ledger_close(ngx_http_gig_ledger_job_t *job)
{
    ngx_http_gig_segment_t  *segment;

    if (job->close == -1 || job->close != job->ledger->current) {
        return;
    }

    segment = &job->ledger->segment[job->close];
    segment->sealed = 1;
    job->ledger->current = -1;

    if (!segment->failed && job->close_size < segment->size) {
        (void) !ftruncate(segment->fd, (off_t) job->close_size);
    }
}


static int
ngx_http_gig_ledger_append(ngx_http_gig_ledger_job_t *job)
{
    int                           rc;
    ngx_int_t                     at;
    gig_buf_t                     frames;
    ngx_queue_t                  *q;
    ngx_http_gig_ledger_write_t  *w;

    rc = -1;
    at = -1;
    gig_buf_init(&frames, 2 * NGX_HTTP_GIG_LEDGER_SEGMENT);

    for (q = ngx_queue_head(&job->writes);
         q != ngx_queue_sentinel(&job->writes);
         q = ngx_queue_next(q))
    {
        w = ngx_queue_data(q, ngx_http_gig_ledger_write_t, queue);

        if (ngx_http_gig_ledger_batch(job, &at, &frames, &w->record, &w->offset, &w->len) != 0) {
            goto done;
        }

        w->segment = (unsigned) at;
    }

    rc = ngx_http_gig_ledger_flush(job, at, &frames);

done:

    gig_buf_free(&frames);

    return rc;
}


int
ngx_http_gig_ledger_batch(ngx_http_gig_ledger_job_t *job, ngx_int_t *at, gig_buf_t *frames,
    const gig_ledger_record_t *record, uint64_t *offset, uint32_t *len)
{
    size_t                   size;
    ngx_http_gig_ledger_t   *ledger = job->ledger;
    ngx_http_gig_segment_t  *segment;

    size = gig_ledger_frame_size(record);
    segment = ledger->current == -1 ? NULL : &ledger->segment[ledger->current];

    /* a tick may have failed since */

    if (segment && segment->failed) {
        ledger->current = -1;
        segment = NULL;
    }

    if (segment && segment->end + frames->len + size > segment->size) {
        if (ngx_http_gig_ledger_flush(job, *at, frames) != 0) {
            return -1;
        }

        segment->sealed = 1;
        ledger->current = -1;
        segment = NULL;
    }

    if (segment == NULL) {
        *at = ngx_http_gig_ledger_open(job, size);

        if (*at == -1) {
            return -1;
        }

        ledger->current = *at;
        segment = &ledger->segment[*at];
    }

    *at = ledger->current;
    *offset = segment->end + frames->len;
    *len = (uint32_t) size;

    if (gig_ledger_frame_write(record, segment->id, segment->number, frames) != 0) {
        return gig_error_set(&job->err, "", "out of memory");
    }

    segment->number++;

    return 0;
}


int
ngx_http_gig_ledger_flush(ngx_http_gig_ledger_job_t *job, ngx_int_t at, gig_buf_t *frames)
{
    int                      failed;
    ngx_http_gig_segment_t  *segment;

    if (frames->len == 0) {
        return 0;
    }

    segment = &job->ledger->segment[at];
    failed = 0;

    if (ngx_http_gig_files_write(segment->fd, frames->data, frames->len, segment->end) != 0
        || fdatasync(segment->fd) == -1)
    {
        failed = errno;
    }

    if (failed) {
        segment->sealed = 1;
        segment->failed = 1;
        job->ledger->current = -1;
        return gig_error_set(&job->err, "", "%s: %s", segment->name, strerror(failed));
    }

    segment->end += frames->len;
    gig_buf_reset(frames);

    return 0;
}


/*
 * A new segment: ours from the first instant, for it has its name only when it is locked.  It is
 * larger than others where one frame is, so that no end is beyond what the file was given.
 */

static ngx_int_t
ngx_http_gig_ledger_open(ngx_http_gig_ledger_job_t *job, size_t frame)
{
    int                      fd, failed;
    uint64_t                 size;
    char                     tmp[NGX_HTTP_GIG_LEDGER_TMP];
    ngx_int_t                at;
    unsigned char            bytes[GIG_LEDGER_HEADER];
    gig_ledger_header_t      header;
    ngx_http_gig_segment_t  *segment;

    for (at = 0; at < GIG_LEDGER_SEGMENTS_MAX; at++) {
        if (job->ledger->segment[at].fd == -1) {
            break;
        }
    }

    if (at == GIG_LEDGER_SEGMENTS_MAX) {
        (void) gig_error_set(&job->err, "", "this worker holds %d segments that are not settled",
                             GIG_LEDGER_SEGMENTS_MAX);
        return -1;
    }

    /* of a small ledger each is as small as can be: a little more, and one less would fit */

    size = job->size;

    if (frame > NGX_HTTP_GIG_LEDGER_SEGMENT_MIN / 2) {
        size = ngx_max(size, (uint64_t) frame + NGX_HTTP_GIG_LEDGER_SEGMENT_MIN);
    }

    if (ngx_http_gig_ledger_room(job, size, job->size_max) != 0) {

        /*
         * What is copied takes no more room for long.  If it had to wait for some, what a full
         * ledger holds would be sent by nobody after a restart, and never be settled.
         */

        if (job->copying == 0) {
            return -1;
        }

        size = GIG_LEDGER_HEADER + job->copying + NGX_HTTP_GIG_LEDGER_TICK_MAX;

        if (ngx_http_gig_ledger_room(job, size, NGX_HTTP_GIG_LEDGER_COPIES * job->size_max) != 0) {
            return -1;
        }
    }

    segment = &job->ledger->segment[at];
    ngx_memzero(segment, sizeof(ngx_http_gig_segment_t));

    fd = ngx_http_gig_ledger_make(job, segment, tmp);
    failed = fd == -1 ? errno : 0;

    ngx_memzero(&header, sizeof(gig_ledger_header_t));
    header.made_ms = job->now_ms;
    header.segment = segment->id;
    ngx_memcpy(header.board, job->board, sizeof(header.board));
    gig_ledger_header_write(&header, bytes);

    /* All the room it will need, so that a full disk is known before anybody is told. */

    if (!failed) {
        failed = posix_fallocate(fd, 0, (off_t) size);
    }

    if (!failed
        && (ngx_http_gig_files_write(fd, bytes, sizeof(bytes), 0) != 0
            || fsync(fd) == -1
            || renameat2(job->folder, tmp, job->folder, segment->name, RENAME_NOREPLACE) == -1
            || fsync(job->folder) == -1))
    {
        failed = errno;
    }

    if (failed) {
        (void) gig_error_set(&job->err, "", "%s cannot be made: %s", segment->name,
                             strerror(failed));

        if (fd != -1) {
            (void) unlinkat(job->folder, tmp, 0);
            (void) close(fd);
        }

        segment->fd = -1;
        return -1;
    }

    segment->fd = fd;
    segment->size = size;
    segment->end = GIG_LEDGER_HEADER;
    segment->number = 1;
    segment->made = job->now_ms;

    /* Whatever is ticked in it will have been settled after that copy was restored. */
    ngx_http_gig_ledger_replay_mark(job, segment);

    return at;
}


/*
 * The empty file of a new segment, named by its id and ".tmp", and locked: the descriptor, or -1
 * and errno.  Between open and lock it looks like what a dead worker left, and another may sweep
 * it away.  So it is ours only if the name is still that of what is locked; else another is made,
 * by another name, as whoever has seen the old one may yet remove it.
 */

static int
ngx_http_gig_ledger_make(ngx_http_gig_ledger_job_t *job, ngx_http_gig_segment_t *segment,
    char tmp[NGX_HTTP_GIG_LEDGER_TMP])
{
    int          fd, failed;
    ngx_uint_t   tries;
    struct stat  st, named;

    for (tries = 0; tries < NGX_HTTP_GIG_LEDGER_TRIES; tries++) {

        do {
            randombytes_buf(&segment->id, sizeof(segment->id));
        } while (segment->id == 0);

        (void) snprintf(segment->name, sizeof(segment->name), "ledger.%016" PRIx64, segment->id);
        (void) snprintf(tmp, NGX_HTTP_GIG_LEDGER_TMP, "%s.tmp", segment->name);

        fd = openat(job->folder, tmp, O_RDWR|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC, 0600);

        if (fd == -1) {
            return -1;
        }

        if (flock(fd, LOCK_EX|LOCK_NB) == 0 && fstat(fd, &st) == 0
            && fstatat(job->folder, tmp, &named, AT_SYMLINK_NOFOLLOW) == 0)
        {
            if (named.st_ino == st.st_ino) {
                return fd;
            }

            errno = ENOENT;
        }

        failed = errno;
        (void) unlinkat(job->folder, tmp, 0);
        (void) close(fd);
        errno = failed;

        if (failed != EWOULDBLOCK && failed != ENOENT) {
            break;
        }
    }

    return -1;
}


/* Whether size_max, which is of all workers together, allows for one more. */

static int
ngx_http_gig_ledger_room(ngx_http_gig_ledger_job_t *job, uint64_t size, uint64_t size_max)
{
    int             fd;
    DIR            *dir;
    uint64_t        sum;
    ngx_uint_t      n;
    struct stat     st;
    struct dirent  *entry;

    fd = openat(job->folder, ".", O_RDONLY|O_DIRECTORY|O_CLOEXEC);
    dir = fd == -1 ? NULL : fdopendir(fd);

    if (dir == NULL) {
        (void) gig_error_set(&job->err, "", "the state folder cannot be read: %s",
                             strerror(errno));

        if (fd != -1) {
            (void) close(fd);
        }

        return -1;
    }

    sum = 0;
    n = 0;

    while (n < NGX_HTTP_GIG_FILES_SEEN && (entry = readdir(dir)) != NULL) {
        n++;

        if (strncmp(entry->d_name, "ledger.", 7) == 0
            && fstatat(job->folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        {
            sum += (uint64_t) st.st_size;
        }
    }

    (void) closedir(dir);

    if (sum + size > size_max) {
        return gig_error_set(&job->err, "", "ledger_size is reached: %" PRIu64 " bytes wait to be "
                             "settled (is gig-sync running?)", sum);
    }

    return 0;
}


static void
ngx_http_gig_ledger_tick(ngx_http_gig_ledger_job_t *job)
{
    ngx_uint_t                i;
    ngx_http_gig_tick_t      *t;

    for (i = 0; i < job->n_ticks; i++) {
        t = &job->ticks[i];
        ngx_http_gig_ledger_mark(&job->ledger->segment[t->segment], GIG_LEDGER_TICK, t->op, t->id,
                                 t->print, t->at_ms);
    }
}


void
ngx_http_gig_ledger_mark(ngx_http_gig_segment_t *segment, gig_ledger_kind_t kind,
    gig_ledger_op_t op, const char *id, const char *print, int64_t at_ms)
{
    gig_buf_t            frame;
    gig_ledger_record_t  record;

    if (segment->fd == -1 || segment->failed) {
        return;
    }

    ngx_memzero(&record, sizeof(gig_ledger_record_t));
    record.kind = kind;
    record.op = op;
    record.at_ms = at_ms;
    (void) ngx_cpystrn((u_char *) record.id, (u_char *) id, sizeof(record.id));
    (void) ngx_cpystrn((u_char *) record.print, (u_char *) print, sizeof(record.print));

    gig_buf_init(&frame, 1024);

    if (gig_ledger_frame_write(&record, segment->id, segment->number, &frame) == 0) {

        if (ngx_http_gig_files_write(segment->fd, frame.data, frame.len, segment->end) == 0) {
            segment->end += frame.len;
            segment->number++;

        } else {
            segment->sealed = 1;
            segment->failed = 1;
        }
    }

    gig_buf_free(&frame);
}


static void
ngx_http_gig_ledger_read(ngx_http_gig_ledger_job_t *job)
{
    ssize_t                n;
    ngx_uint_t             i;
    ngx_http_gig_again_t  *again;

    for (i = 0; i < job->n_again; i++) {
        again = &job->again[i];
        again->frame = malloc(again->len);

        if (again->frame == NULL) {
            continue;
        }

        n = pread(job->ledger->segment[again->segment].fd, again->frame, again->len,
                  (off_t) again->offset);

        if (n != (ssize_t) again->len) {
            free(again->frame);
            again->frame = NULL;
        }
    }
}


static void
ngx_http_gig_ledger_remove(ngx_http_gig_ledger_job_t *job)
{
    ngx_uint_t               i;
    ngx_http_gig_segment_t  *segment;
    char                     kept[NGX_HTTP_GIG_FILE_NAME + 8];

    for (i = 0; i < GIG_LEDGER_SEGMENTS_MAX; i++) {
        segment = &job->ledger->segment[i];

        if (!(job->remove >> i & 1) || segment->fd == -1) {
            continue;
        }

        if (segment->damaged) {
            (void) snprintf(kept, sizeof(kept), "damaged.%s", segment->name);
            (void) renameat2(job->folder, segment->name, job->folder, kept, RENAME_NOREPLACE);

        } else {
            (void) unlinkat(job->folder, segment->name, 0);
        }

        (void) close(segment->fd);
        segment->fd = -1;
    }
}
