
/*
 * Segments that nobody holds: of a worker that died, left, or is no more after a reload.  In the
 * ledger's task, in a thread of the pool.
 */

#include "ngx_http_gig_ledger_parts.h"

#include <dirent.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>


#define NGX_HTTP_GIG_LEDGER_NAME    (sizeof("ledger.0123456789abcdef") - 1)


static void ngx_http_gig_ledger_sweep(ngx_http_gig_ledger_job_t *job, const char *name);
static ngx_int_t ngx_http_gig_ledger_take(ngx_http_gig_ledger_job_t *job, const char *name);
static int ngx_http_gig_ledger_copy(ngx_http_gig_ledger_job_t *job,
    ngx_http_gig_segment_t *segment, gig_str_t bytes);


void
ngx_http_gig_ledger_adopt(ngx_http_gig_ledger_job_t *job)
{
    int             fd;
    DIR            *dir;
    ngx_uint_t      n, i;
    struct dirent  *entry;

    fd = openat(job->folder, ".", O_RDONLY|O_DIRECTORY|O_CLOEXEC);
    dir = fd == -1 ? NULL : fdopendir(fd);

    if (dir == NULL) {
        if (fd != -1) {
            (void) close(fd);
        }

        return;
    }

    n = 0;

    while (n < NGX_HTTP_GIG_LEDGER_FILES && (entry = readdir(dir)) != NULL) {

        if (strncmp(entry->d_name, "ledger.", 7) != 0) {
            continue;
        }

        n++;

        if (strlen(entry->d_name) != NGX_HTTP_GIG_LEDGER_NAME) {
            ngx_http_gig_ledger_sweep(job, entry->d_name);
            continue;
        }

        for (i = 0; i < GIG_LEDGER_SEGMENTS_MAX; i++) {
            if (job->ledger->segment[i].fd != -1
                && strcmp(job->ledger->segment[i].name, entry->d_name) == 0)
            {
                break;
            }
        }

        /* One a task is enough: applicants wait for the next. */

        if (i == GIG_LEDGER_SEGMENTS_MAX
            && ngx_http_gig_ledger_take(job, entry->d_name) != NGX_DECLINED)
        {
            break;
        }
    }

    (void) closedir(dir);
}


/* What was to become a segment when its worker died: nothing is in it yet. */

static void
ngx_http_gig_ledger_sweep(ngx_http_gig_ledger_job_t *job, const char *name)
{
    int  fd;

    if (strlen(name) != NGX_HTTP_GIG_LEDGER_NAME + 4
        || strcmp(name + NGX_HTTP_GIG_LEDGER_NAME, ".tmp") != 0)
    {
        return;
    }

    fd = openat(job->folder, name, O_RDWR|O_NOFOLLOW|O_CLOEXEC|O_NONBLOCK);

    if (fd == -1) {
        return;
    }

    if (flock(fd, LOCK_EX|LOCK_NB) == 0) {
        (void) unlinkat(job->folder, name, 0);
    }

    (void) close(fd);
}


/* NGX_DECLINED: somebody holds it. */

static ngx_int_t
ngx_http_gig_ledger_take(ngx_http_gig_ledger_job_t *job, const char *name)
{
    char                    *p;
    ngx_int_t                rc;
    gig_str_t                bytes;
    ngx_uint_t               at;
    struct stat              st, named;
    gig_ledger_header_t      header;
    ngx_http_gig_segment_t  *segment;

    /* The last one stays free, so that there is always room for one to append to. */

    for (at = 0; at < GIG_LEDGER_SEGMENTS_MAX - 1; at++) {
        if (job->ledger->segment[at].fd == -1) {
            break;
        }
    }

    if (at == GIG_LEDGER_SEGMENTS_MAX - 1) {
        return NGX_DECLINED;
    }

    segment = &job->ledger->segment[at];
    ngx_memzero(segment, sizeof(ngx_http_gig_segment_t));
    (void) snprintf(segment->name, sizeof(segment->name), "%s", name);
    p = NULL;
    bytes.len = 0;
    rc = NGX_ERROR;

    segment->fd = openat(job->folder, name, O_RDWR|O_NOFOLLOW|O_CLOEXEC|O_NONBLOCK);

    if (segment->fd == -1) {
        return NGX_DECLINED;
    }

    if (flock(segment->fd, LOCK_EX|LOCK_NB) == -1) {
        rc = NGX_DECLINED;
        goto failed;
    }

    /* Whoever held it may have removed it since its name was read. */

    if (fstat(segment->fd, &st) == -1 || !S_ISREG(st.st_mode)
        || fstatat(job->folder, name, &named, AT_SYMLINK_NOFOLLOW) == -1
        || named.st_ino != st.st_ino)
    {
        rc = NGX_DECLINED;
        goto failed;
    }

    bytes.len = (size_t) st.st_size;

    if (bytes.len > 0) {
        p = mmap(NULL, bytes.len, PROT_READ, MAP_SHARED, segment->fd, 0);

        if (p == MAP_FAILED) {
            p = NULL;
            (void) gig_error_set(&job->err, "", "%s: %s", name, strerror(errno));
            job->adopt_failed = 1;
            goto failed;
        }
    }

    bytes.data = p;

    if (gig_ledger_header_read(bytes, &header, &job->err) != 0) {
        /* Nothing of it can be read: out of the way, for a person to look at. */
        segment->damaged = 1;
        segment->sealed = 1;
        segment->failed = 1;
        job->damages++;
        job->damaged += bytes.len;
        rc = NGX_OK;
        goto done;
    }

    if (strcmp(header.board, job->board) != 0) {
        rc = NGX_DECLINED;
        goto failed;
    }

    segment->id = header.segment;

    if (ngx_http_gig_ledger_copy(job, segment, bytes) != 0) {
        job->adopt_failed = 1;
        goto failed;
    }

    segment->sealed = 1;
    job->segments_adopted++;
    rc = NGX_OK;
    goto done;

failed:

    (void) close(segment->fd);
    segment->fd = -1;

done:

    if (p) {
        (void) munmap(p, bytes.len);
    }

    return rc;
}


/*
 * What is not ticked in it goes into our own segment first and is fsynced there: what the dead
 * worker wrote may be readable and still not be on the disk.
 */

static int
ngx_http_gig_ledger_copy(ngx_http_gig_ledger_job_t *job, ngx_http_gig_segment_t *segment,
    gig_str_t bytes)
{
    int                      rc, replay;
    uint32_t                 number;
    ngx_int_t                at;
    gig_buf_t                frames;
    ngx_uint_t               i, n;
    gig_ledger_entry_t      *e;
    gig_ledger_record_t      record;
    gig_ledger_content_t     content;
    ngx_http_gig_adopted_t  *adopted;

    rc = -1;
    at = -1;
    n = 0;
    adopted = NULL;
    gig_buf_init(&frames, 2 * NGX_HTTP_GIG_LEDGER_SEGMENT);

    if (gig_ledger_content_read(&content, bytes, segment->id) != 0) {
        (void) gig_error_set(&job->err, "", "out of memory");
        goto done;
    }

    /* Its worker may have died before it heard of a replay. */

    replay = job->replay.number && strcmp(content.replay, job->replay.nonce) != 0;

    if (replay
        && gig_ledger_content_replay(&content, job->replay.nonce, job->replay.since_ms) != 0)
    {
        (void) gig_error_set(&job->err, "", "out of memory");
        goto done;
    }

    adopted = calloc(gig_ledger_book_gap(content.open) + 1, sizeof(ngx_http_gig_adopted_t));

    if (adopted == NULL) {
        (void) gig_error_set(&job->err, "", "out of memory");
        goto done;
    }

    job->copying = gig_ledger_book_bytes(content.open);

    for (i = 0; i < gig_ledger_book_gap(content.open); i++) {
        e = gig_ledger_book_at(content.open, i);

        if (gig_ledger_frame_read((gig_str_t) { bytes.data + e->offset, bytes.len - e->offset },
                                  segment->id, &record, &number)
            == 0)
        {
            goto done;
        }

        record.replay = e->replay;

        if (ngx_http_gig_ledger_batch(job, &at, &frames, &record, &adopted[n].offset,
                                      &adopted[n].len)
            != 0)
        {
            goto done;
        }

        job->copying -= e->len;
        adopted[n].record = record;
        adopted[n].record.gig = gig_null_str;
        adopted[n].record.rev = gig_null_str;
        adopted[n].record.box = gig_null_str;
        adopted[n].segment = (unsigned) at;
        n++;
    }

    if (ngx_http_gig_ledger_flush(job, at, &frames) != 0) {
        goto done;
    }

    segment->end = content.scan.end;
    segment->number = content.scan.number;
    segment->last_tick = content.last_tick;
    segment->damaged = content.scan.damages != 0;
    job->damages += content.scan.damages;
    job->damaged += content.scan.damaged;

    for (i = 0; i < n; i++) {
        ngx_http_gig_ledger_mark(segment, GIG_LEDGER_MOVED, adopted[i].record.op,
                                 adopted[i].record.id, adopted[i].record.print, job->now_ms);
    }

    segment->replay = job->replay.number;

    if (replay) {
        ngx_http_gig_ledger_replay_mark(job, segment);
    }

    /* It may stay for ledger_keep, but not with room for what nobody will write there. */

    if (!segment->failed && !segment->damaged) {
        (void) !ftruncate(segment->fd, (off_t) segment->end);
    }

    job->adopted = adopted;
    job->n_adopted = n;
    adopted = NULL;
    rc = 0;

done:

    job->copying = 0;
    gig_buf_free(&frames);
    gig_ledger_content_free(&content);
    free(adopted);

    return rc;
}
