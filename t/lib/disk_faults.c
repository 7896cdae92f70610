
/*
 * A disk that fails as it is told, for tests: preloaded into a server.  The file that
 * GIG_DISK_FAULTS names holds lines "CALL[@PID] WHAT...", as "fdatasync EIO", "pwrite ENOSPC",
 * "fdatasync 3000" (ms it takes), "fdatasync KILL" (the process dies in it), "fdatasync DONE-KILL"
 * (it dies when it is done), or "fdatasync@123 3000 EIO" (in process 123 it takes 3 seconds, then
 * fails), or "flock 3000"; it is read at each call.  Only files whose names begin with GIG_DISK_FILES ("ledger.")
 * are on that disk.
 *
 * What is synced is copied to the folder GIG_DISK_SYNCED, if that is set: what a power cut would
 * leave of those files.
 *
 * With GIG_DISK_UNDO, a folder, what a write replaces is kept there until the file is synced,
 * in a file of the same name: (offset, length, bytes) for each.  Who kills all and puts these
 * back has a disk as after a power cut (GigTest::Disk), where copies of whole files would cost
 * too much.  A sync that fails has lost what was written before it, as Linux has it: no later
 * one saves that (NAME+NUMBER).  Renames and unlinks are as if synced.
 */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

int fsync(int fd);
int fdatasync(int fd);
ssize_t pwrite(int fd, const void *buf, size_t len, off_t offset);
ssize_t pwrite64(int fd, const void *buf, size_t len, off_t offset);


static char  config_name[4096], synced_name[4096], undo_folder[4096], files[64];


/* When it is loaded: nginx hands its workers an environment of its own. */
__attribute__((constructor)) static void
take_name(void)
{
    const char  *name = getenv("GIG_DISK_FAULTS");

    (void) snprintf(config_name, sizeof(config_name), "%s", name ? name : "");
    name = getenv("GIG_DISK_SYNCED");
    (void) snprintf(synced_name, sizeof(synced_name), "%s", name ? name : "");
    name = getenv("GIG_DISK_UNDO");
    (void) snprintf(undo_folder, sizeof(undo_folder), "%s", name ? name : "");
    name = getenv("GIG_DISK_FILES");
    (void) snprintf(files, sizeof(files), "%s", name ? name : "ledger.");
}


/* The name within its folder of a file that is on that disk, or NULL. */
static const char *
ledger_name(int fd, char path[4096])
{
    char         link[64];
    ssize_t      n;
    const char  *name;

    (void) snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    n = readlink(link, path, 4095);

    if (n <= 0) {
        return NULL;
    }

    path[n] = '\0';
    name = strrchr(path, '/');

    return name && strncmp(name + 1, files, strlen(files)) == 0 ? name + 1 : NULL;
}


/* 0, or the errno that the call ends with.  *kill_after: the process dies once it is done. */
static int
fault(int fd, const char *call, int *kill_after)
{
    int          config, error;
    char         text[512], path[4096], *line, *word, *rest, *more, *pid;
    ssize_t      n;

    *kill_after = 0;

    if (config_name[0] == '\0' || ledger_name(fd, path) == NULL) {
        return 0;
    }

    config = open(config_name, O_RDONLY|O_CLOEXEC);
    n = config == -1 ? -1 : read(config, text, sizeof(text) - 1);

    if (config != -1) {
        (void) close(config);
    }

    if (n <= 0) {
        return 0;
    }

    text[n] = '\0';
    error = 0;

    for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        word = strtok_r(line, " ", &more);

        if (word == NULL) {
            continue;
        }

        pid = strchr(word, '@');

        if (pid) {
            *pid++ = '\0';
        }

        if (strcmp(word, call) != 0 || (pid && strtol(pid, NULL, 10) != (long) getpid())) {
            continue;
        }

        while ((word = strtok_r(NULL, " ", &more)) != NULL) {

            if (strcmp(word, "EIO") == 0) {
                error = EIO;

            } else if (strcmp(word, "ENOSPC") == 0) {
                error = ENOSPC;

            } else if (strcmp(word, "KILL") == 0) {
                (void) kill(getpid(), SIGKILL);

            } else if (strcmp(word, "DONE-KILL") == 0) {
                *kill_after = 1;

            } else {
                (void) usleep((useconds_t) (strtol(word, NULL, 10) * 1000));
            }
        }
    }

    return error;
}


/* All of the file, as it is now, is on the disk. */
static void
keep_synced(int fd)
{
    int          out;
    char         path[4096], to[8400];
    off_t        at;
    ssize_t      n;
    const char  *name;

    static _Thread_local char  bytes[65536];

    name = synced_name[0] ? ledger_name(fd, path) : NULL;

    if (name == NULL) {
        return;
    }

    (void) snprintf(to, sizeof(to), "%s/%s", synced_name, name);
    out = open(to, O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC, 0600);

    if (out == -1) {
        return;
    }

    for (at = 0; (n = pread(fd, bytes, sizeof(bytes), at)) > 0; at += n) {
        if (write(out, bytes, (size_t) n) != n) {
            break;
        }
    }

    (void) close(out);
}


/* Before the write: whoever dies in between has kept what was there anyway. */
static void
keep_undo(int fd, size_t len, off_t offset)
{
    int          undo;
    char         of[4096], path[8400], *bytes;
    ssize_t      n;
    const char  *name;

    name = undo_folder[0] ? ledger_name(fd, of) : NULL;

    if (name == NULL) {
        return;
    }

    (void) snprintf(path, sizeof(path), "%s/%s", undo_folder, name);
    undo = open(path, O_WRONLY|O_CREAT|O_APPEND|O_CLOEXEC, 0600);
    bytes = malloc(16 + len);

    if (undo == -1 || bytes == NULL || (n = pread(fd, bytes + 16, len, offset)) < 0) {
        abort();
    }

    memcpy(bytes, &offset, 8);
    memcpy(bytes + 8, &n, 8);

    if (write(undo, bytes, 16 + (size_t) n) != 16 + n) {
        abort();
    }

    free(bytes);
    (void) close(undo);
}


static void
drop_undo(int fd, int lost)
{
    char             of[4096], path[8400], kept[8440];
    const char      *name;
    struct timespec  now;

    name = undo_folder[0] ? ledger_name(fd, of) : NULL;

    if (name == NULL) {
        return;
    }

    (void) snprintf(path, sizeof(path), "%s/%s", undo_folder, name);

    if (!lost) {
        (void) unlink(path);
        return;
    }

    (void) clock_gettime(CLOCK_MONOTONIC, &now);
    (void) snprintf(kept, sizeof(kept), "%s+%ld%09ld", path, (long) now.tv_sec, now.tv_nsec);
    (void) rename(path, kept);
}


static int
sync_as_told(int fd, int (*real)(int), const char *call)
{
    int  rc, failed, kill_after;

    errno = fault(fd, call, &kill_after);
    rc = errno ? -1 : real(fd);

    failed = errno;

    if (rc == 0) {
        keep_synced(fd);
    }

    drop_undo(fd, rc != 0);

    if (kill_after) {
        (void) kill(getpid(), SIGKILL);
    }

    errno = failed;

    return rc;
}


int
fdatasync(int fd)
{
    static int (*real)(int);

    if (real == NULL) {
        real = (int (*)(int)) dlsym(RTLD_NEXT, "fdatasync");
    }

    return sync_as_told(fd, real, "fdatasync");
}


/* Of a new segment, before it has its name. */
int
fsync(int fd)
{
    static int (*real)(int);

    if (real == NULL) {
        real = (int (*)(int)) dlsym(RTLD_NEXT, "fsync");
    }

    return sync_as_told(fd, real, "fsync");
}


ssize_t
pwrite(int fd, const void *buf, size_t len, off_t offset)
{
    int  kill_after;

    static ssize_t (*real)(int, const void *, size_t, off_t);

    if (real == NULL) {
        real = (ssize_t (*)(int, const void *, size_t, off_t)) dlsym(RTLD_NEXT, "pwrite");
    }

    errno = fault(fd, "pwrite", &kill_after);

    if (errno) {
        return -1;
    }

    keep_undo(fd, len, offset);

    return real(fd, buf, len, offset);
}


ssize_t
pwrite64(int fd, const void *buf, size_t len, off_t offset)
{
    return pwrite(fd, buf, len, offset);
}


int
flock(int fd, int operation)
{
    int  kill_after;

    static int (*real)(int, int);

    if (real == NULL) {
        real = (int (*)(int, int)) dlsym(RTLD_NEXT, "flock");
    }

    errno = fault(fd, "flock", &kill_after);

    return errno ? -1 : real(fd, operation);
}
