
/*
 * Load by the clock: requests are due at fixed instants whether or not the earlier
 * ones have been answered, and latency counts from when a request was due.  A
 * generator that waits for answers (wrk) asks less of a server that is slow, and so
 * hides just what is looked for.
 *
 *   load PORT RATE SECONDS CONNECTIONS PATHS
 *
 * PATHS: a file, a request target a line, taken in turn.  Prints one line of JSON:
 * how many were due, answered and wrong, and percentiles in milliseconds.  Ends
 * after SECONDS and GRACE at the latest; what has no answer by then counts as having
 * taken until then.
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
    int64_t        begin, duration, end;        /* ns */
    int64_t        interval;                    /* 1/1024 ns */
    uint64_t       requests, sent, answered, wrong;
    char         **path;
    size_t         paths;
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
static int connect_one(load_t *load, size_t i);
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
connect_one(load_t *load, size_t i)
{
    int                 fd, one = 1;
    struct sockaddr_in  address;
    struct epoll_event  event;

    fd = socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, 0);

    if (fd == -1) {
        perror("load: socket");
        return -1;
    }

    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_port = htons(load->port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    memset(&event, 0, sizeof(event));
    event.events = EPOLLIN;
    event.data.u64 = i;

    if (connect(fd, (struct sockaddr *) &address, sizeof(address)) == -1
        || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == -1
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
    while (load->n_idle && load->sent < load->requests && due_at(load, load->sent) <= now_ns()) {
        if (send_request(load, load->idle[--load->n_idle]) != 0) {
            return -1;
        }
    }

    return 0;
}


static int
send_request(load_t *load, size_t i)
{
    int            len;
    char           request[PATH_MAX_LENGTH + 64];
    connection_t  *c;

    c = &load->connection[i];
    len = snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n",
                   load->path[load->sent % load->paths]);

    c->busy = 1;
    c->due = due_at(load, load->sent);
    c->head_len = 0;
    c->left = -1;
    load->sent++;

    /* A request is far smaller than a socket's buffer, which is empty. */

    if (send(c->fd, request, (size_t) len, MSG_NOSIGNAL) != len) {
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

    } else if (load->n_idle) {
        at = due_at(load, load->sent);
    }

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

    load->took[load->answered++] = (uint32_t) ((now_ns() - c->due) / 1000);
    load->wrong += (c->status != 200);
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

    (void) printf("{\"due\":%llu,\"answered\":%llu,\"wrong\":%llu,\"p50\":%.3f,\"p90\":%.3f,"
                  "\"p99\":%.3f,\"p999\":%.3f,\"max\":%.3f}\n",
                  (unsigned long long) load->requests, (unsigned long long) answered,
                  (unsigned long long) load->wrong, percentile(load, 0.5), percentile(load, 0.9),
                  percentile(load, 0.99), percentile(load, 0.999), percentile(load, 1));
}


static int
create(load_t *load, char **argv)
{
    double              rate, seconds;
    size_t              i;
    struct epoll_event  event;

    load->port = (uint16_t) atoi(argv[1]);
    rate = atof(argv[2]);
    seconds = atof(argv[3]);
    load->connections = (size_t) atoi(argv[4]);

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

    if (read_paths(load, argv[5]) != 0
        || epoll_ctl(load->epoll, EPOLL_CTL_ADD, load->timer, &event) == -1)
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
     */
    (void) sched_setscheduler(0, SCHED_FIFO, &first);

    load->begin = now_ns() + LEAD;
    load->end = load->begin + load->duration + GRACE;

    while (load->answered < load->requests && now_ns() < load->end) {

        if (send_due(load) != 0 || set_timer(load) != 0) {
            return -1;
        }

        n = epoll_wait(load->epoll, events, EVENTS_MAX, (int) (GRACE / 1000000));

        for (i = 0; i < n; i++) {

            if (events[i].data.u64 == UINT64_MAX) {
                (void) !read(load->timer, &expired, sizeof(expired));

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
    free(load->connection);
    free(load->idle);
    free(load->took);
}


int
main(int argc, char **argv)
{
    int     rc;
    load_t  load;

    if (argc != 6) {
        (void) fprintf(stderr, "usage: load PORT RATE SECONDS CONNECTIONS PATHS\n");
        return EXIT_FAILURE;
    }

    memset(&load, 0, sizeof(load));
    rc = create(&load, argv) == 0 && run(&load) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    destroy(&load);

    return rc;
}
