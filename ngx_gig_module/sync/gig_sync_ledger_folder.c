
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "gig_sync_ledger.h"

#define GIG_SYNC_SEGMENT_HEX    16              /* digits in its name */
#define GIG_SYNC_LOCK_LINE      256             /* bytes of a line of /proc/locks */


static int gig_sync_folder_is_segment(const char *name);
static int gig_sync_folder_add(int dir, const char *name, gig_sync_folder_t *folder,
    gig_error_t *err);
static pid_t gig_sync_folder_holder(const struct stat *st);
static void gig_sync_folder_node(int dir, gig_sync_folder_t *folder);
static int gig_sync_folder_order(const void *a, const void *b);


int
gig_sync_folder_open(const char *path, gig_sync_folder_t *folder, gig_error_t *err)
{
    int             rc;
    DIR            *dir;
    struct dirent  *entry;

    memset(folder, 0, sizeof(*folder));
    dir = opendir(path);

    if (dir == NULL) {
        return gig_error_set(err, "", "%s: %s", path, strerror(errno));
    }

    rc = -1;
    folder->segment = calloc(GIG_SYNC_SEGMENTS_MAX, sizeof(gig_sync_segment_t));

    if (folder->segment == NULL) {
        gig_error_set(err, "", "out of memory");
        goto done;
    }

    while ((entry = readdir(dir)) != NULL) {
        if (gig_sync_folder_is_segment(entry->d_name)
            && gig_sync_folder_add(dirfd(dir), entry->d_name, folder, err) != 0)
        {
            goto done;
        }
    }

    gig_sync_folder_node(dirfd(dir), folder);
    qsort(folder->segment, folder->n, sizeof(gig_sync_segment_t), gig_sync_folder_order);
    rc = 0;

done:

    (void) closedir(dir);

    return rc;
}


void
gig_sync_folder_close(gig_sync_folder_t *folder)
{
    unsigned             i;
    gig_sync_segment_t  *segment;

    for (i = 0; i < folder->n; i++) {
        segment = &folder->segment[i];

        if (segment->bytes.data != NULL) {
            (void) munmap((void *) (uintptr_t) segment->bytes.data, segment->bytes.len);
        }

        (void) close(segment->fd);
    }

    free(folder->segment);
    folder->segment = NULL;
    folder->n = 0;
}


/* "ledger." and 16 digits, or that with "damaged." in front: what a host kept for a person. */
static int
gig_sync_folder_is_segment(const char *name)
{
    if (strncmp(name, "damaged.", 8) == 0) {
        name += 8;
    }

    return strncmp(name, "ledger.", 7) == 0 && strlen(name) == 7 + GIG_SYNC_SEGMENT_HEX
           && strspn(name + 7, "0123456789abcdef") == GIG_SYNC_SEGMENT_HEX;
}


static int
gig_sync_folder_add(int dir, const char *name, gig_sync_folder_t *folder, gig_error_t *err)
{
    void                *p;
    struct stat          st;
    gig_sync_segment_t  *segment;

    if (folder->n == GIG_SYNC_SEGMENTS_MAX) {
        return gig_error_set(err, "", "more than %d segments: copy some of them elsewhere",
                             GIG_SYNC_SEGMENTS_MAX);
    }

    segment = &folder->segment[folder->n];
    memset(segment, 0, sizeof(*segment));
    (void) snprintf(segment->name, sizeof(segment->name), "%.*s", GIG_SYNC_SEGMENT_NAME - 1, name);
    segment->fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

    if (segment->fd == -1) {
        /* Freed since its name was read, by the host that has it. */
        return errno == ENOENT ? 0 : gig_error_set(err, "", "%s: %s", name, strerror(errno));
    }

    folder->n++;

    if (fstat(segment->fd, &st) == -1) {
        return gig_error_set(err, "", "%s: %s", name, strerror(errno));
    }

    if (flock(segment->fd, LOCK_SH | LOCK_NB) == -1) {
        segment->locked = 1;
        segment->pid = gig_sync_folder_holder(&st);
    }

    if (!S_ISREG(st.st_mode)) {
        gig_error_set(&segment->why, "", "is no file");
        return 0;
    }

    if (st.st_size > 0) {
        p = mmap(NULL, (size_t) st.st_size, PROT_READ, MAP_PRIVATE, segment->fd, 0);

        if (p == MAP_FAILED) {
            return gig_error_set(err, "", "%s: %s", name, strerror(errno));
        }

        segment->bytes = (gig_str_t) { p, (size_t) st.st_size };
    }

    segment->readable = gig_ledger_header_read(segment->bytes, &segment->header, &segment->why)
                        == 0;

    return 0;
}


/* A lock does not say whose it is; the kernel's list does, where it may be read. */
static pid_t
gig_sync_folder_holder(const struct stat *st)
{
    int                 pid, found;
    char                line[GIG_SYNC_LOCK_LINE];
    FILE               *file;
    unsigned            major_id, minor_id;
    unsigned long long  inode;

    file = fopen("/proc/locks", "re");

    if (file == NULL) {
        return 0;
    }

    found = 0;

    while (found == 0 && fgets(line, sizeof(line), file) != NULL) {
        if (sscanf(line, "%*s FLOCK %*s WRITE %d %x:%x:%llu", &pid, &major_id, &minor_id, &inode)
                == 4
            && inode == st->st_ino && major_id == major(st->st_dev)
            && minor_id == minor(st->st_dev) && pid > 0)
        {
            found = pid;
        }
    }

    (void) fclose(file);

    return found;
}


static void
gig_sync_folder_node(int dir, gig_sync_folder_t *folder)
{
    int      fd;
    ssize_t  n;

    fd = openat(dir, "node", O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

    if (fd == -1) {
        return;
    }

    n = read(fd, folder->node, sizeof(folder->node) - 1);
    folder->node[n > 0 ? n : 0] = '\0';
    folder->node[strcspn(folder->node, " \r\n")] = '\0';

    (void) close(fd);
}


static int
gig_sync_folder_order(const void *a, const void *b)
{
    const gig_sync_segment_t  *one = a, *other = b;

    if (one->header.made_ms != other->header.made_ms) {
        return one->header.made_ms < other->header.made_ms ? -1 : 1;
    }

    return strcmp(one->name, other->name);
}
