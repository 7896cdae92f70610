
/*
 * Load by the clock: requests are due at fixed instants whether or not the earlier
 * ones have been answered, and latency counts from when a request was due.  A
 * generator that waits for answers (wrk) asks less of a server that is slow, and so
 * hides just what is looked for.
 *
 *   load PORT RATE SECONDS CONNECTIONS PATHS
 *   load PORT RATE SECONDS CONNECTIONS -r REQUEST STATUS FIRST
 *
 * PORT: on 127.0.0.1, or the path of a Unix socket.
 * PATHS: a file, a request target a line, taken in turn, each to be answered with 200.
 * REQUEST: a file with a whole request, answered with STATUS; wherever MARK stands in it comes
 * the number of the request, from FIRST on, so that no two are alike.  RATE 0: each connection
 * sends its next request when it has its answer, for SECONDS.
 *
 * Prints one line of JSON: how many were due, answered and wrong, how many were answered a
 * second, and percentiles in milliseconds.  Ends after SECONDS and GRACE at the latest; what
 * has no answer by then counts as having taken until then.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

#include "bench.h"

#define CONNECTIONS_MAX  512
#define PATHS_MAX        65536
#define PATH_MAX_LENGTH  4000
#define REQUESTS_MAX     20000000
#define HEAD_MAX         8192
#define EVENTS_MAX       64
#define GRACE            2000000000LL           /* ns */
#define LEAD             10000000LL             /* ns until the first is due */
#define REQUEST_MAX      65536                  /* bytes of a whole request */
#define MARK             "##########"           /* ten digits */
#define MARKS_MAX        64

typedef struct {
    int      fd;
    int      busy;
    int64_t  due;                               /* of the request in hand */
    char     head[HEAD_MAX];
    size_t   head_len;
    int64_t  left;                              /* of the body; -1: the head is being read */
    int      status;
} connection_t;

typedef struct {
    int            epoll, timer;
    uint16_t       port;
    const char    *socket;                      /* its path, or NULL */
    int64_t        begin, duration, end;        /* ns */
    int64_t        interval;                    /* 1/1024 ns */
    uint64_t       requests, sent, answered, wrong;
    char         **path;
    size_t         paths;
    char          *whole;                       /* a request with marks; NULL: paths */
    size_t         whole_len;
    size_t         mark[MARKS_MAX];
    size_t         marks;
    uint64_t       first;
    int            status;                      /* that is right */
    int            closed;                      /* no rate: as fast as answers come */
    int64_t        last;                        /* when the last answer came */
    int64_t        wake;                        /* what the timer is set to; 0: not set */
    connection_t  *connection;
    size_t         connections;
    size_t        *idle;                        /* a stack of those with nothing in hand */
    size_t         n_idle;
    uint32_t      *took;                        /* microseconds */
} load_t;


static int create(load_t *load, char **argv);
static int run(load_t *load);
static void destroy(load_t *load);
static int take_path(void *data, char *line);
static int read_paths(load_t *load, const char *file);
static int read_whole(load_t *load, const char *file);
static int connect_one(load_t *load, size_t i);
static size_t write_request(load_t *load, char *request);
static int64_t due_at(const load_t *load, uint64_t request);
static int send_due(load_t *load);
static int send_request(load_t *load, size_t i);
static int set_timer(load_t *load);
static int read_answer(load_t *load, size_t i);
static int read_head(connection_t *c);
static void finish_request(load_t *load, size_t i);
static void print_result(load_t *load);
static double percentile(const load_t *load, double part);
static int compare(const void *a, const void *b);


static int
take_path(void *data, char *line)
{
    load_t  *load = data;

    if (load->paths == PATHS_MAX) {
        return 1;
    }

    if (strlen(line) > PATH_MAX_LENGTH) {
        return 0;
    }

    load->path[load->paths] = strdup(line);

    return load->path[load->paths++] ? 0 : -1;
}


static int
read_paths(load_t *load, const char *file)
{
    if (bench_lines(file, take_path, load) != 0) {
        return -1;
    }

    if (load->paths == 0) {
        (void) fprintf(stderr, "load: %s has no paths\n", file);
        return -1;
    }

    return 0;
}


static int
read_whole(load_t *load, const char *file)
{
    FILE  *in;
    char  *p;

    in = fopen(file, "r");
    load->whole = calloc(1, REQUEST_MAX + 1);

    if (in == NULL || load->whole == NULL) {
        perror(file);

        if (in) {
            (void) fclose(in);
        }

        return -1;
    }

    load->whole_len = fread(load->whole, 1, REQUEST_MAX, in);
    (void) fclose(in);

    for (p = load->whole; (p = strstr(p, MARK)) != NULL; p += sizeof(MARK) - 1) {

        if (load->marks == MARKS_MAX) {
            (void) fprintf(stderr, "load: %s has too many marks\n", file);
            return -1;
        }

        load->mark[load->marks++] = (size_t) (p - load->whole);
    }

    if (load->whole_len == REQUEST_MAX || strstr(load->whole, "\r\n\r\n") == NULL) {
        (void) fprintf(stderr, "load: %s is no whole request, or too long\n", file);
        return -1;
    }

    return 0;
}


static int
connect_one(load_t *load, size_t i)
{
    int                       fd, one = 1;
    socklen_t                 size;
    struct epoll_event        event;
    struct sockaddr_storage   storage;
    struct sockaddr_in       *in = (struct sockaddr_in *) &storage;
    struct sockaddr_un       *un = (struct sockaddr_un *) &storage;

    memset(&storage, 0, sizeof(storage));

    if (load->socket) {
        un->sun_family = AF_UNIX;
        (void) snprintf(un->sun_path, sizeof(un->sun_path), "%s", load->socket);
        size = sizeof(struct sockaddr_un);

    } else {
        in->sin_family = AF_INET;
        in->sin_port = htons(load->port);
        in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        size = sizeof(struct sockaddr_in);
    }

    fd = socket(storage.ss_family, SOCK_STREAM|SOCK_CLOEXEC, 0);

    if (fd == -1) {
        perror("load: socket");
        return -1;
    }

    memset(&event, 0, sizeof(event));
    event.events = EPOLLIN;
    event.data.u64 = i;

    if (connect(fd, (struct sockaddr *) &storage, size) == -1
        || (load->socket == NULL
            && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == -1)
        || fcntl(fd, F_SETFL, O_NONBLOCK) == -1
        || epoll_ctl(load->epoll, EPOLL_CTL_ADD, fd, &event) == -1)
    {
        perror("load: connect");
        (void) close(fd);
        return -1;
    }

    load->connection[i].fd = fd;
    load->idle[load->n_idle++] = i;

    return 0;
}


static int64_t
due_at(const load_t *load, uint64_t request)
{
    return load->begin + (int64_t) (request * (uint64_t) load->interval / 1024);
}


/* Sends what is due, as far as there are connections with nothing in hand. */

static int
send_due(load_t *load)
{
    int64_t  now = now_ns();

    if (load->closed && now >= load->begin + load->duration) {
        load->requests = load->sent;
    }

    while (load->n_idle && load->sent < load->requests
           && (load->closed || due_at(load, load->sent) <= now_ns()))
    {
        if (send_request(load, load->idle[--load->n_idle]) != 0) {
            return -1;
        }
    }

    return 0;
}


static size_t
write_request(load_t *load, char *request)
{
    size_t    i;
    uint64_t  number;
    char      digits[sizeof(MARK)];

    if (load->whole == NULL) {
        return (size_t) snprintf(request, PATH_MAX_LENGTH + 64,
                                 "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n",
                                 load->path[load->sent % load->paths]);
    }

    number = load->first + load->sent;

    for (i = sizeof(MARK) - 1; i > 0; i--) {
        digits[i - 1] = (char) ('0' + number % 10);
        number /= 10;
    }

    for (i = 0; i < load->marks; i++) {
        memcpy(load->whole + load->mark[i], digits, sizeof(MARK) - 1);
    }

    memcpy(request, load->whole, load->whole_len);

    return load->whole_len;
}


static int
send_request(load_t *load, size_t i)
{
    char           request[REQUEST_MAX];
    size_t         len;
    connection_t  *c;

    c = &load->connection[i];
    len = write_request(load, request);

    c->busy = 1;
    c->due = load->closed ? now_ns() : due_at(load, load->sent);
    c->head_len = 0;
    c->left = -1;
    load->sent++;

    /* A request is smaller than a socket's buffer, which is empty. */

    if (send(c->fd, request, len, MSG_NOSIGNAL) != (ssize_t) len) {
        perror("load: send");
        return -1;
    }

    return 0;
}


/* Wakes when the next is due; not at all while no connection is free to send it. */

static int
set_timer(load_t *load)
{
    int64_t            at = 0;
    struct itimerspec  timer;

    if (load->sent == load->requests) {
        at = load->end;

    } else if (load->closed) {
        at = load->begin + load->duration;

    } else if (load->n_idle) {
        at = due_at(load, load->sent);
    }

    if (at == load->wake) {
        return 0;
    }

    load->wake = at;
    memset(&timer, 0, sizeof(timer));
    timer.it_value.tv_sec = at / 1000000000;
    timer.it_value.tv_nsec = at % 1000000000;

    return timerfd_settime(load->timer, TFD_TIMER_ABSTIME, &timer, NULL);
}


static int
read_answer(load_t *load, size_t i)
{
    char           body[65536];
    ssize_t        n;
    connection_t  *c = &load->connection[i];

    for ( ;; ) {

        if (c->busy && c->left == -1) {
            n = recv(c->fd, c->head + c->head_len, sizeof(c->head) - 1 - c->head_len, 0);

        } else {
            n = recv(c->fd, body, sizeof(body), 0);
        }

        if (n == -1 && (errno == EAGAIN || errno == EINTR)) {
            return 0;
        }

        if (n <= 0 || !c->busy) {
            (void) fprintf(stderr, "load: the server closed a connection or spoke unasked\n");
            return -1;
        }

        if (c->left == -1) {
            c->head_len += (size_t) n;

            if (read_head(c) != 0) {
                return -1;
            }

        } else {
            c->left -= n;
        }

        if (c->left == 0) {
            finish_request(load, i);
            return 0;
        }
    }
}


/* Once the head is whole: its status, and how much of the body is to come. */

static int
read_head(connection_t *c)
{
    char  *end, *length;

    c->head[c->head_len] = '\0';
    end = strstr(c->head, "\r\n\r\n");

    if (end == NULL) {
        if (c->head_len == sizeof(c->head) - 1) {
            (void) fprintf(stderr, "load: an answer's head is too long\n");
            return -1;
        }

        return 0;
    }

    length = strcasestr(c->head, "\r\nContent-Length:");

    if (sscanf(c->head, "HTTP/1.1 %d", &c->status) != 1 || length == NULL || length > end) {
        (void) fprintf(stderr, "load: an answer without status or Content-Length\n");
        return -1;
    }

    c->left = strtoll(length + sizeof("\r\nContent-Length:") - 1, NULL, 10)
              - (int64_t) (c->head_len - (size_t) (end + 4 - c->head));

    if (c->left < 0) {
        (void) fprintf(stderr, "load: an answer is longer than it says\n");
        return -1;
    }

    return 0;
}


static void
finish_request(load_t *load, size_t i)
{
    connection_t  *c = &load->connection[i];

    load->last = now_ns();
    load->took[load->answered++] = (uint32_t) ((load->last - c->due) / 1000);
    load->wrong += (c->status != load->status);
    c->busy = 0;
    load->idle[load->n_idle++] = i;
}


static int
compare(const void *a, const void *b)
{
    uint32_t  x = *(const uint32_t *) a, y = *(const uint32_t *) b;

    return (x > y) - (x < y);
}


static double
percentile(const load_t *load, double part)
{
    uint64_t  i = (uint64_t) ((double) load->requests * part);

    return load->took[i < load->requests ? i : load->requests - 1] / 1000.0;
}


static void
print_result(load_t *load)
{
    uint64_t  i, answered = load->answered;

    /* What was due and has no answer took until now at least. */

    for (i = 0; i < load->connections; i++) {
        if (load->connection[i].busy) {
            load->took[load->answered++] =
                (uint32_t) ((now_ns() - load->connection[i].due) / 1000);
        }
    }

    for (i = load->sent; i < load->requests; i++) {
        load->took[load->answered++] = (uint32_t) ((now_ns() - due_at(load, i)) / 1000);
    }

    qsort(load->took, load->requests, sizeof(load->took[0]), compare);

    (void) printf("{\"due\":%llu,\"answered\":%llu,\"wrong\":%llu,\"rate\":%.1f,\"p50\":%.3f,"
                  "\"p90\":%.3f,\"p99\":%.3f,\"p999\":%.3f,\"max\":%.3f}\n",
                  (unsigned long long) load->requests, (unsigned long long) answered,
                  (unsigned long long) load->wrong,
                  (double) answered / ((double) (load->last - load->begin) / 1e9 + 1e-9),
                  percentile(load, 0.5), percentile(load, 0.9), percentile(load, 0.99),
                  percentile(load, 0.999), percentile(load, 1));
}


static int
create(load_t *load, char **argv)
{
    double              rate, seconds;
    size_t              i;
    struct epoll_event  event;

    load->port = (uint16_t) atoi(argv[1]);
    load->socket = strchr(argv[1], '/') ? argv[1] : NULL;
    rate = atof(argv[2]);
    seconds = atof(argv[3]);
    load->connections = (size_t) atoi(argv[4]);
    load->closed = (strcmp(argv[2], "0") == 0);
    load->status = 200;

    if (load->closed && seconds > 0) {
        rate = REQUESTS_MAX / seconds / 10;     /* more than can be answered */
    }

    if (rate < 1 || seconds <= 0 || rate * seconds > REQUESTS_MAX || rate * seconds < 1
        || load->connections < 1 || load->connections > CONNECTIONS_MAX)
    {
        (void) fprintf(stderr, "load: a number is out of range\n");
        return -1;
    }

    load->requests = (uint64_t) (rate * seconds);
    load->interval = (int64_t) (1024e9 / rate);
    load->duration = (int64_t) (seconds * 1e9);
    load->path = calloc(PATHS_MAX, sizeof(char *));
    load->connection = calloc(load->connections, sizeof(connection_t));
    load->idle = calloc(load->connections, sizeof(size_t));
    load->took = calloc(load->requests, sizeof(uint32_t));
    load->epoll = epoll_create1(EPOLL_CLOEXEC);
    load->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC|TFD_NONBLOCK);

    if (load->path == NULL || load->connection == NULL || load->idle == NULL || load->took == NULL
        || load->epoll == -1 || load->timer == -1)
    {
        perror("load");
        return -1;
    }

    memset(&event, 0, sizeof(event));
    event.events = EPOLLIN;
    event.data.u64 = UINT64_MAX;

    if (strcmp(argv[5], "-r") == 0) {

        load->status = atoi(argv[7]);
        load->first = strtoull(argv[8], NULL, 10);

        if (read_whole(load, argv[6]) != 0) {
            return -1;
        }

    } else if (read_paths(load, argv[5]) != 0) {
        return -1;
    }

    if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, load->timer, &event) == -1)
    {
        return -1;
    }

    for (i = 0; i < load->connections; i++) {
        if (connect_one(load, i) != 0) {
            return -1;
        }
    }

    return 0;
}


static int
run(load_t *load)
{
    int                 i, n;
    uint64_t            expired;
    struct epoll_event  events[EVENTS_MAX];
    struct sched_param  first = { .sched_priority = 1 };

    /*
     * Who shares this core (Redis, what publishes) must not make us late, as that would
     * count as the server's time.  Needs a privilege; without it the result is only worse.
     * Without a clock to keep we would only take from Redis what it needs.
     */
    if (!load->closed) {
        (void) sched_setscheduler(0, SCHED_FIFO, &first);
    }

    load->begin = now_ns() + (load->closed ? 0 : LEAD);
    load->end = load->begin + load->duration + GRACE;
    load->last = load->begin;

    while (load->answered < load->requests && now_ns() < load->end) {

        if (send_due(load) != 0 || set_timer(load) != 0) {
            return -1;
        }

        n = epoll_wait(load->epoll, events, EVENTS_MAX, (int) (GRACE / 1000000));

        for (i = 0; i < n; i++) {

            if (events[i].data.u64 == UINT64_MAX) {
                (void) !read(load->timer, &expired, sizeof(expired));
                load->wake = -1;

            } else if (read_answer(load, (size_t) events[i].data.u64) != 0) {
                return -1;
            }
        }
    }

    print_result(load);

    return 0;
}


static void
destroy(load_t *load)
{
    while (load->paths) {
        free(load->path[--load->paths]);
    }

    /* Descriptors end with the process. */

    free(load->path);
    free(load->whole);
    free(load->connection);
    free(load->idle);
    free(load->took);
}


int
main(int argc, char **argv)
{
    int     rc;
    load_t  load;

    if (argc != 6 && !(argc == 9 && strcmp(argv[5], "-r") == 0)) {
        (void) fprintf(stderr, "usage: load PORT RATE SECONDS CONNECTIONS "
                               "(PATHS | -r REQUEST STATUS FIRST)\n");
        return EXIT_FAILURE;
    }

    memset(&load, 0, sizeof(load));
    rc = create(&load, argv) == 0 && run(&load) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    destroy(&load);

    return rc;
}
