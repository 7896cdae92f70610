
/*
 * A clock that shows what it is told, for tests: preloaded into a server.  The file that GIG_CLOCK
 * names holds the time in milliseconds since 1970, at which the clock stands still; nothing, or
 * 0: the real time.  Two servers that are to give one number to two entries need such clocks.
 */

#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

int gettimeofday(struct timeval *restrict tv, void *restrict tz);
time_t time(time_t *out);


/* Milliseconds, or 0. */
static long long
told(void)
{
    int          file;
    char         text[32];
    ssize_t      n;
    const char  *name;

    name = getenv("GIG_CLOCK");
    file = name ? open(name, O_RDONLY|O_CLOEXEC) : -1;

    if (file == -1) {
        return 0;
    }

    n = read(file, text, sizeof(text) - 1);
    (void) close(file);

    if (n <= 0) {
        return 0;
    }

    text[n] = '\0';

    return strtoll(text, NULL, 10);
}


int
gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
    long long        ms;
    struct timespec  now;

    (void) tz;

    ms = told();

    if (ms > 0) {
        tv->tv_sec = (time_t) (ms / 1000);
        tv->tv_usec = (suseconds_t) (ms % 1000 * 1000);
        return 0;
    }

    if (clock_gettime(CLOCK_REALTIME, &now) == -1) {
        return -1;
    }

    tv->tv_sec = now.tv_sec;
    tv->tv_usec = (suseconds_t) (now.tv_nsec / 1000);

    return 0;
}


time_t
time(time_t *out)
{
    struct timeval  tv;

    (void) gettimeofday(&tv, NULL);

    if (out) {
        *out = tv.tv_sec;
    }

    return tv.tv_sec;
}
