#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gig_sync_notify.h"


void
gig_sync_notify(const char *state)
{
    int                  fd;
    size_t               len;
    const char          *path;
    struct sockaddr_un   address;

    path = getenv("NOTIFY_SOCKET");
    len = path == NULL ? 0 : strlen(path);

    if (len < 2 || len >= sizeof(address.sun_path) || (path[0] != '/' && path[0] != '@')) {
        return;
    }

    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd == -1) {
        return;
    }

    memset(&address, 0, sizeof(address));
    address.sun_family = AF_UNIX;
    memcpy(address.sun_path, path, len);

    if (address.sun_path[0] == '@') {
        address.sun_path[0] = '\0';
    }

    /* A service manager that does not listen is no reason to do anything else. */
    (void) sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *) &address,
                  (socklen_t) (offsetof(struct sockaddr_un, sun_path) + len));
    (void) close(fd);
}


int64_t
gig_sync_notify_watchdog(void)
{
    char        *end;
    long long    us, pid;
    const char  *text;

    text = getenv("WATCHDOG_PID");

    if (text != NULL) {
        pid = strtoll(text, &end, 10);

        if (*end != '\0' || pid != (long long) getpid()) {
            return 0;
        }
    }

    text = getenv("WATCHDOG_USEC");
    if (text == NULL) {
        return 0;
    }

    us = strtoll(text, &end, 10);

    return *end != '\0' || us < 2000 ? 0 : us / 1000;
}
