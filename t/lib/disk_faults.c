
/*
 * A disk that fails as it is told, for tests: preloaded into a server.  The file that
 * GIG_DISK_FAULTS names holds lines "CALL WHAT", as "fdatasync EIO", "pwrite ENOSPC",
 * "fdatasync 3000" (ms it takes) or "fdatasync KILL" (the process dies in it); it is read at
 * each call.  Only files whose names begin with "ledger." are on that disk.
 */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

int fdatasync(int fd);
ssize_t pwrite(int fd, const void *buf, size_t len, off_t offset);
ssize_t pwrite64(int fd, const void *buf, size_t len, off_t offset);


static char  config_name[4096];


/* When it is loaded: nginx hands its workers an environment of its own. */
__attribute__((constructor)) static void
take_name(void)
{
    const char  *name = getenv("GIG_DISK_FAULTS");

    (void) snprintf(config_name, sizeof(config_name), "%s", name ? name : "");
}


static int
is_ledger(int fd)
{
    char         link[64], path[4096];
    ssize_t      n;
    const char  *name;

    (void) snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    n = readlink(link, path, sizeof(path) - 1);

    if (n <= 0) {
        return 0;
    }

    path[n] = '\0';
    name = strrchr(path, '/');

    return name && strncmp(name + 1, "ledger.", 7) == 0;
}


/* 0, or the errno that the call ends with. */
static int
fault(int fd, const char *call)
{
    int          config;
    char         text[512], *line, *what, *rest;
    long         ms;
    ssize_t      n;

    if (config_name[0] == '\0' || !is_ledger(fd)) {
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

    for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        what = strchr(line, ' ');

        if (what == NULL || strncmp(line, call, (size_t) (what - line)) != 0) {
            continue;
        }

        what++;

        if (strcmp(what, "EIO") == 0) {
            return EIO;
        }

        if (strcmp(what, "ENOSPC") == 0) {
            return ENOSPC;
        }

        if (strcmp(what, "KILL") == 0) {
            (void) kill(getpid(), SIGKILL);
        }

        ms = strtol(what, NULL, 10);
        (void) usleep((useconds_t) (ms * 1000));
    }

    return 0;
}


int
fdatasync(int fd)
{
    static int (*real)(int);

    if (real == NULL) {
        real = (int (*)(int)) dlsym(RTLD_NEXT, "fdatasync");
    }

    errno = fault(fd, "fdatasync");

    return errno ? -1 : real(fd);
}


ssize_t
pwrite(int fd, const void *buf, size_t len, off_t offset)
{
    static ssize_t (*real)(int, const void *, size_t, off_t);

    if (real == NULL) {
        real = (ssize_t (*)(int, const void *, size_t, off_t)) dlsym(RTLD_NEXT, "pwrite");
    }

    errno = fault(fd, "pwrite");

    return errno ? -1 : real(fd, buf, len, offset);
}


ssize_t
pwrite64(int fd, const void *buf, size_t len, off_t offset)
{
    return pwrite(fd, buf, len, offset);
}
