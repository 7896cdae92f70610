
/* What the benchmark's programs share: the clock, lines of a file, and runs of questions. */

#ifndef BENCH_H
#define BENCH_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>

#define QUERIES_MAX  1000
#define RUNS_MAX     2000


static inline int64_t
now_ns(void)
{
    struct timespec  t;

    (void) clock_gettime(CLOCK_MONOTONIC, &t);

    return (int64_t) t.tv_sec * 1000000000 + t.tv_nsec;
}


/*
 * Hands each line that is not empty, without its end, to take(), which keeps none of it; so long
 * as that returns 0.  -1: the file cannot be read, or take() said -1.
 */

static inline int
bench_lines(const char *file, int (*take)(void *data, char *line), void *data)
{
    int      rc = 0;
    FILE    *in;
    char    *line = NULL;
    size_t   size = 0;
    ssize_t  len;

    in = fopen(file, "r");

    if (in == NULL) {
        perror(file);
        return -1;
    }

    while (rc == 0 && (len = getline(&line, &size, in)) != -1) {

        if (len > 0 && line[len - 1] == '\n') {
            line[--len] = '\0';
        }

        if (len > 0) {
            rc = take(data, line);
        }
    }

    free(line);
    (void) fclose(in);

    return rc < 0 ? -1 : 0;
}


static inline int
bench_compare(const void *a, const void *b)
{
    int64_t  x = *(const int64_t *) a, y = *(const int64_t *) b;

    return (x > y) - (x < y);
}


/*
 * Asks all of n questions over and over for so many seconds; took: of n * RUNS_MAX.  Sorted
 * afterwards, so that the median of question i is at took[i * RUNS_MAX + runs / 2].  Returns the
 * runs, or 0: a question failed.
 */

static inline size_t
bench_runs(int64_t *took, size_t n, double seconds, int (*ask)(void *data, size_t i), void *data)
{
    size_t   i, runs = 0;
    int64_t  begin, before;

    begin = now_ns();

    do {
        for (i = 0; i < n; i++) {
            before = now_ns();

            if (ask(data, i) != 0) {
                return 0;
            }

            took[i * RUNS_MAX + runs] = now_ns() - before;
        }

        runs++;

    } while (runs < RUNS_MAX && (double) (now_ns() - begin) < 1e9 * seconds);

    for (i = 0; i < n; i++) {
        qsort(&took[i * RUNS_MAX], runs, sizeof(int64_t), bench_compare);
    }

    return runs;
}

#endif /* BENCH_H */
