
/*
 * The query engine in process: what a question costs without HTTP around it.
 *
 *   search FOLDER BOARD QUERIES NOW SECONDS
 *
 * Opens the newest image of a state folder as the module does, asks each query string of
 * the file QUERIES as of NOW (seconds), over and over for SECONDS, and prints a
 * line a query: nanoseconds (the median of its runs), total, and of each facet the sum of
 * the counts it told.  `sqlite` prints the same of the same questions.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gig_search.h"

#include "bench.h"

typedef struct {
    gig_str_t           index, store[GIG_IMAGE_STORES_MAX];
    gig_image_t         image;
    gig_segment_t       segment[GIG_SEGMENTS_MAX];
    gig_place_names_t  *names;
    gig_searched_t      searched;
    gig_search_t       *search;
    char               *query[QUERIES_MAX];
    size_t              queries;
    int64_t             now;
    int64_t            *took;                   /* RUNS_MAX a query */
    gig_query_t         asked;
    gig_found_t         found;
} bench_t;


static int newest(const char *folder, uint64_t *generation);
static int map_file(const char *folder, const char *name, gig_str_t *bytes);
static int open_image(bench_t *bench, const char *folder, const char *board);
static int read_queries(bench_t *bench, const char *file);
static int take_query(void *data, char *line);
static int ask(void *data, size_t i);
static int run(bench_t *bench, double seconds);


static int
newest(const char *folder, uint64_t *generation)
{
    DIR            *dir;
    char           *end;
    uint64_t        n;
    struct dirent  *entry;

    *generation = 0;
    dir = opendir(folder);

    if (dir == NULL) {
        perror(folder);
        return -1;
    }

    while ((entry = readdir(dir)) != NULL) {
        if (strncmp(entry->d_name, "index.", 6) != 0) {
            continue;
        }

        n = strtoull(entry->d_name + 6, &end, 10);

        if (*end == '\0' && n > *generation) {
            *generation = n;
        }
    }

    (void) closedir(dir);

    return *generation ? 0 : -1;
}


static int
map_file(const char *folder, const char *name, gig_str_t *bytes)
{
    int          fd;
    char         path[4096];
    void        *p;
    struct stat  st;

    (void) snprintf(path, sizeof(path), "%s/%s", folder, name);
    fd = open(path, O_RDONLY|O_CLOEXEC);

    if (fd == -1 || fstat(fd, &st) == -1 || st.st_size == 0) {
        perror(path);
        return -1;
    }

    p = mmap(NULL, (size_t) st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    (void) close(fd);

    if (p == MAP_FAILED) {
        perror(path);
        return -1;
    }

    *bytes = (gig_str_t) { p, (size_t) st.st_size };

    return 0;
}


static int
open_image(bench_t *bench, const char *folder, const char *board)
{
    char         name[64];
    uint32_t     i;
    uint64_t     generation;
    unsigned     n;
    gig_str_t    bytes;
    gig_error_t  err;
    gig_place_t  place[GIG_SEGMENTS_MAX];
    gig_store_t  store;

    if (newest(folder, &generation) != 0) {
        (void) fprintf(stderr, "search: no image in %s\n", folder);
        return -1;
    }

    (void) snprintf(name, sizeof(name), "index.%" PRIu64, generation);

    if (map_file(folder, name, &bench->index) != 0) {
        return -1;
    }

    if (gig_image_open(bench->index, (gig_str_t) { board, strlen(board) }, 1, &bench->image, &err)
        != 0)
    {
        (void) fprintf(stderr, "search: %s: %s\n", name, err.detail);
        return -1;
    }

    for (i = 0; i < bench->image.stores && i < GIG_IMAGE_STORES_MAX; i++) {
        if (gig_image_store(&bench->image, i, &store) != 0) {
            return -1;
        }

        (void) snprintf(name, sizeof(name), "store.%016" PRIx64 ".%" PRIu32, store.keeper,
                        store.number);

        if (map_file(folder, name, &bench->store[i]) != 0) {
            return -1;
        }
    }

    n = gig_image_segments(&bench->image, place);

    for (i = 0; i < n; i++) {
        bytes = place[i].store < bench->image.stores
                ? gig_place_bytes(&place[i], bench->store[place[i].store], 0) : gig_null_str;

        if (bytes.data == NULL || gig_segment_open(bytes, &bench->segment[i]) != 0) {
            (void) fprintf(stderr, "search: segment %u is damaged\n", i);
            return -1;
        }
    }

    bench->names = gig_place_names_read(gig_null_str, &err);

    if (bench->names == NULL) {
        (void) fprintf(stderr, "search: names of places: %s\n", err.detail);
        return -1;
    }

    bench->searched = (gig_searched_t) {
        .image = &bench->image, .n_segments = n, .segments = bench->segment,
        .place_names = bench->names, .epoch = bench->image.meta.generation
    };
    bench->search = gig_search_create();

    return bench->search ? 0 : -1;
}


static int
take_query(void *data, char *line)
{
    bench_t  *bench = data;

    if (bench->queries == QUERIES_MAX) {
        return 1;
    }

    bench->query[bench->queries] = strdup(line);

    return bench->query[bench->queries++] ? 0 : -1;
}


static int
read_queries(bench_t *bench, const char *file)
{
    if (bench_lines(file, take_query, bench) != 0) {
        return -1;
    }

    bench->took = calloc(QUERIES_MAX * RUNS_MAX, sizeof(int64_t));

    return bench->queries && bench->took ? 0 : -1;
}


/* All that the module does of a question it has not kept the answer of, but for writing it. */

static int
ask(void *data, size_t i)
{
    bench_t     *bench = data;
    const char  *args = bench->query[i];
    gig_error_t  err;

    if (gig_query_read((gig_str_t) { args, strlen(args) }, 1, &bench->asked, &err) != 0) {
        (void) fprintf(stderr, "search: %s: %s\n", args, err.detail);
        return -1;
    }

    return gig_search(bench->search, &bench->searched, &bench->asked, NULL, bench->now,
                      &bench->found);
}


static int
run(bench_t *bench, double seconds)
{
    size_t   i, j, facet, runs;
    int64_t  sum;

    runs = bench_runs(bench->took, bench->queries, seconds, ask, bench);

    if (runs == 0) {
        return -1;
    }

    for (i = 0; i < bench->queries; i++) {

        if (ask(bench, i) != 0) {
            return -1;
        }

        (void) printf("%" PRId64 " %" PRIu32, bench->took[i * RUNS_MAX + runs / 2],
                      bench->found.total);

        for (facet = 0; facet < GIG_FACETS; facet++) {
            sum = 0;

            for (j = 0; j < bench->found.facet[facet].n; j++) {
                sum += bench->found.facet[facet].count[j].count;
            }

            (void) printf(" %" PRId64, sum);
        }

        (void) printf("\n");
    }

    return 0;
}


int
main(int argc, char **argv)
{
    static bench_t  bench;

    if (argc != 6) {
        (void) fprintf(stderr, "usage: search FOLDER BOARD QUERIES NOW SECONDS\n");
        return EXIT_FAILURE;
    }

    bench.now = strtoll(argv[4], NULL, 10);

    if (open_image(&bench, argv[1], argv[2]) != 0 || read_queries(&bench, argv[3]) != 0
        || run(&bench, atof(argv[5])) != 0)
    {
        return EXIT_FAILURE;
    }

    /* What is mapped and allocated ends with the process. */
    gig_search_free(bench.search);
    gig_place_names_free(bench.names);

    return EXIT_SUCCESS;
}
