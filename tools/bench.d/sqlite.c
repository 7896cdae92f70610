
/*
 * The measure of the query engine: the same questions asked of SQLite in process.
 *
 *   sqlite DATABASE QUERIES NOW SECONDS
 *
 * Prints what `search` prints, a line a query: nanoseconds (the median of its runs), total, and
 * of each facet the sum of the counts it told.  As good as SQLite's documentation advises: the
 * tables of sqlite.sql, one statement a shape of question, prepared once, the file mapped and
 * immutable, temporary tables in memory, a page cache that holds it all, one thread.  Values are
 * counted here, as SQLite gives them, which takes half the time of GROUP BY.
 */

#include <ctype.h>
#include <string.h>

#include <sqlite3.h>

#include "gig_buf.h"

#include "bench.h"

#define FACETS           9
#define FACET_VALUES     50             /* told of a facet */
#define PAGE             20
#define FILTERS_MAX      8
#define TEXT_MAX         256
#define PREFIX_MIN       3
#define SQL_MAX          16384
#define SHAPES_MAX       256            /* statements that differ */
#define VALUES_MAX       65536          /* of all facets */

/* What a row of an answer is, where it is no facet's value. */
#define ROW_FOUND        -1             /* a gig: its columns */
#define ROW_PAGE         -2             /* a gig of the first page */

/* Several values a gig: a table each.  One value: a column of `gig`. */
typedef struct {
    const char  *name;
    int          many;
} facet_t;

/* In the order of gig_facet_t. */
static const facet_t  facets[FACETS] = {
    { "skill", 1 }, { "department", 0 }, { "team", 0 }, { "location", 1 }, { "mode", 0 },
    { "engagement", 0 }, { "org", 0 }, { "language", 0 }, { "audience", 1 }
};

typedef struct {
    int            facet;
    char           text[TEXT_MAX];
} filter_t;

typedef struct {
    filter_t       filter[FILTERS_MAX];
    int            filters;
    unsigned       filtered;            /* facets, a bit each */
    char           words[2 * TEXT_MAX]; /* for MATCH; "" without text */
    sqlite3_stmt  *statement;
    sqlite3_int64  total, sum[FACETS], page[PAGE];
    int            n_page;
} question_t;

/* The largest of a facet. */
typedef struct {
    int            n;
    int            value[FACET_VALUES];
    uint32_t       count[FACET_VALUES];
} top_t;

typedef struct {
    char          *sql;
    sqlite3_stmt  *statement;
} shape_t;

typedef struct {
    sqlite3       *db;
    shape_t        shape[SHAPES_MAX];
    int            shapes;
    question_t     question[QUERIES_MAX];
    size_t         questions;
    int64_t        now;
    int64_t       *took;                /* RUNS_MAX a question */
    uint8_t        facet_of[VALUES_MAX];
    uint32_t       count[VALUES_MAX];
    int            counted[VALUES_MAX]; /* those that are not 0 */
    int            n_counted;
    top_t          top[FACETS];
} bench_t;


static int fail(bench_t *bench, const char *what);
static int open_database(bench_t *bench, const char *file);
static int read_values(bench_t *bench);
static int read_questions(bench_t *bench, const char *file);
static int parse(char *args, question_t *question);
static void decode(const char *from, char *to, size_t size);
static void put_words(question_t *question, const char *q);
static int prepare(bench_t *bench, question_t *question);
static void put_conditions(gig_buf_t *sql, const question_t *question, int without);
static void put_values(gig_buf_t *sql, const question_t *question, int facet);
static int take_question(void *data, char *line);
static int ask(void *data, size_t number);
static void count(bench_t *bench, int value);
static void tell(bench_t *bench, question_t *question);
static int run(bench_t *bench, double seconds);


static int
fail(bench_t *bench, const char *what)
{
    (void) fprintf(stderr, "sqlite: %s: %s\n", what, sqlite3_errmsg(bench->db));
    return -1;
}


static int
open_database(bench_t *bench, const char *file)
{
    char  uri[4096];

    (void) snprintf(uri, sizeof(uri), "file:%s?immutable=1", file);

    if (sqlite3_config(SQLITE_CONFIG_SINGLETHREAD) != SQLITE_OK
        || sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) != SQLITE_OK
        || sqlite3_open_v2(uri, &bench->db, SQLITE_OPEN_READONLY|SQLITE_OPEN_URI, NULL) != SQLITE_OK
        || sqlite3_exec(bench->db, "PRAGMA mmap_size = 1073741824; PRAGMA cache_size = -262144;"
                                   "PRAGMA temp_store = memory;", NULL, NULL, NULL) != SQLITE_OK)
    {
        return fail(bench, file);
    }

    return 0;
}


static int
read_values(bench_t *bench)
{
    int            i, rc, value;
    sqlite3_stmt  *s;

    if (sqlite3_prepare_v2(bench->db, "SELECT id, facet FROM value", -1, &s, NULL) != SQLITE_OK) {
        return fail(bench, "values");
    }

    while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
        value = sqlite3_column_int(s, 0);

        for (i = 0; i < FACETS; i++) {
            if (value > 0 && value < VALUES_MAX
                && strcmp((const char *) sqlite3_column_text(s, 1), facets[i].name) == 0)
            {
                bench->facet_of[value] = (uint8_t) i;
            }
        }
    }

    (void) sqlite3_finalize(s);

    return rc == SQLITE_DONE ? 0 : fail(bench, "values");
}


static int
take_question(void *data, char *line)
{
    bench_t     *bench = data;
    question_t  *question;

    if (bench->questions == QUERIES_MAX) {
        return 1;
    }

    question = &bench->question[bench->questions++];

    return parse(line, question) == 0 ? prepare(bench, question) : -1;
}


static int
read_questions(bench_t *bench, const char *file)
{
    return bench_lines(file, take_question, bench) == 0 && bench->questions ? 0 : -1;
}


/* "facets=1&skill=Excel&mode=remote" or "facets=1&q=two+words"; other parameters say nothing. */

static int
parse(char *args, question_t *question)
{
    int        i;
    char      *part, *value, *rest, text[TEXT_MAX];
    filter_t  *filter;

    for (part = strtok_r(args, "&", &rest); part; part = strtok_r(NULL, "&", &rest)) {
        value = strchr(part, '=');

        if (value == NULL) {
            continue;
        }

        *value++ = '\0';

        if (strcmp(part, "q") == 0) {
            decode(value, text, sizeof(text));
            put_words(question, text);
        }

        for (i = 0; i < FACETS; i++) {
            if (strcmp(part, facets[i].name) != 0) {
                continue;
            }

            if (question->filters == FILTERS_MAX) {
                (void) fprintf(stderr, "sqlite: too many filters\n");
                return -1;
            }

            filter = &question->filter[question->filters++];
            filter->facet = i;
            question->filtered |= 1u << i;
            decode(value, filter->text, sizeof(filter->text));
        }
    }

    return 0;
}


static void
decode(const char *from, char *to, size_t size)
{
    char  hex[3] = { 0 };

    for ( /* void */ ; *from != '\0' && size > 1; size--) {

        if (from[0] == '%' && isxdigit((unsigned char) from[1])
            && isxdigit((unsigned char) from[2]))
        {
            hex[0] = from[1];
            hex[1] = from[2];
            *to++ = (char) strtol(hex, NULL, 16);
            from += 3;

        } else {
            *to++ = *from == '+' ? ' ' : *from;
            from++;
        }
    }

    *to = '\0';
}


/*
 * Each word in quotes: FTS5 then takes nothing in it for a sign of its own.  The last, of as
 * many letters as the index of beginnings has, is one: "word" *.
 */

static void
put_words(question_t *question, const char *q)
{
    char    *word, *rest, text[TEXT_MAX];
    size_t   len = 0, used = 0, size = sizeof(question->words);

    (void) snprintf(text, sizeof(text), "%s", q);

    for (word = strtok_r(text, " \"", &rest); word; word = strtok_r(NULL, " \"", &rest)) {
        len = strlen(word);

        if (used + len + sizeof("\"\" *") <= size) {
            used += (size_t) snprintf(question->words + used, size - used, "\"%s\" ", word);
        }
    }

    if (len >= PREFIX_MIN) {
        (void) snprintf(question->words + used, size - used, "*");
    }
}


/*
 * One statement for all: what matches, once, with the columns of one value; then a page of it, and
 * the values of the other facets, as the parts of a UNION ALL.  A facet with a filter of its own
 * is counted over what matches without that filter.  ?1 is now, ?2 the words, ?3 and so on
 * the filters.
 */

static int
prepare(bench_t *bench, question_t *question)
{
    int        i;
    shape_t   *shape;
    gig_buf_t  sql;

    gig_buf_init(&sql, SQL_MAX);
    gig_buf_printf(&sql, "WITH found AS MATERIALIZED (SELECT gig.id, gig.department, gig.team,"
                   " gig.mode, gig.engagement, gig.org, gig.language%s",
                   question->words[0] ? ", words.rank AS score" : "");
    put_conditions(&sql, question, -1);
    gig_buf_printf(&sql, ") SELECT %d, department, team, mode, engagement, org, language FROM found"
                   " UNION ALL SELECT * FROM (SELECT %d, id, 0, 0, 0, 0, 0 FROM found"
                   " ORDER BY %s LIMIT %d)", ROW_FOUND, ROW_PAGE,
                   question->words[0] ? "score, id" : "id", PAGE);

    for (i = 0; i < FACETS; i++) {
        if (facets[i].many || (question->filtered >> i & 1)) {
            put_values(&sql, question, i);
        }
    }

    gig_buf_add(&sql, "", 1);

    if (gig_buf_failed(&sql)) {
        return -1;
    }

    for (i = 0; i < bench->shapes; i++) {
        if (strcmp(bench->shape[i].sql, sql.data) == 0) {
            question->statement = bench->shape[i].statement;
            gig_buf_free(&sql);
            return 0;
        }
    }

    if (bench->shapes == SHAPES_MAX) {
        (void) fprintf(stderr, "sqlite: too many shapes of questions\n");
        return -1;
    }

    shape = &bench->shape[bench->shapes++];
    shape->sql = sql.data;

    if (sqlite3_prepare_v3(bench->db, sql.data, -1, SQLITE_PREPARE_PERSISTENT, &shape->statement,
                           NULL) != SQLITE_OK)
    {
        return fail(bench, sql.data);
    }

    question->statement = shape->statement;

    return 0;
}


/* FROM and WHERE of what matches; joins, so that the planner may begin with any of them. */

static void
put_conditions(gig_buf_t *sql, const question_t *question, int without)
{
    int  i, facet;

    gig_buf_puts(sql, " FROM gig");

    if (question->words[0]) {
        gig_buf_puts(sql, " JOIN words ON words.rowid = gig.id");
    }

    for (i = 0; i < question->filters; i++) {
        facet = question->filter[i].facet;

        if (facet != without && facets[facet].many) {
            gig_buf_printf(sql, " JOIN gig_%s f%d ON f%d.gig = gig.id", facets[facet].name, i, i);
        }
    }

    gig_buf_puts(sql, " WHERE gig.opens <= ?1 AND gig.closes > ?1");

    if (question->words[0]) {
        gig_buf_puts(sql, " AND words MATCH ?2");
    }

    for (i = 0; i < question->filters; i++) {
        facet = question->filter[i].facet;

        if (facet == without) {
            continue;
        }

        if (facets[facet].many) {
            gig_buf_printf(sql, " AND f%d.value =", i);

        } else {
            gig_buf_printf(sql, " AND gig.%s =", facets[facet].name);
        }

        gig_buf_printf(sql, " (SELECT id FROM value WHERE facet = '%s' AND text = ?%d)",
                       facets[facet].name, 3 + i);
    }
}


static void
put_values(gig_buf_t *sql, const question_t *question, int facet)
{
    const char  *name = facets[facet].name;

    gig_buf_printf(sql, " UNION ALL SELECT %d, ", facet);

    if (!facets[facet].many) {
        gig_buf_printf(sql, "gig.%s, 0, 0, 0, 0, 0", name);
        put_conditions(sql, question, facet);

    } else if (question->filtered >> facet & 1) {
        gig_buf_puts(sql, "counted.value, 0, 0, 0, 0, 0 FROM (SELECT gig.id");
        put_conditions(sql, question, facet);
        gig_buf_printf(sql, ") found JOIN gig_%s counted ON counted.gig = found.id", name);

    } else {
        gig_buf_printf(sql, "counted.value, 0, 0, 0, 0, 0 FROM found"
                       " JOIN gig_%s counted ON counted.gig = found.id", name);
    }
}


static int
ask(void *data, size_t number)
{
    int            i, rc, row, column;
    bench_t       *bench = data;
    question_t    *question = &bench->question[number];
    sqlite3_stmt  *s = question->statement;

    (void) sqlite3_bind_int64(s, 1, bench->now);

    if (question->words[0]) {
        (void) sqlite3_bind_text(s, 2, question->words, -1, SQLITE_STATIC);
    }

    for (i = 0; i < question->filters; i++) {
        (void) sqlite3_bind_text(s, 3 + i, question->filter[i].text, -1, SQLITE_STATIC);
    }

    question->total = 0;
    question->n_page = 0;

    while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
        row = sqlite3_column_int(s, 0);

        if (row == ROW_PAGE) {
            question->page[question->n_page++] = sqlite3_column_int64(s, 1);

        } else if (row == ROW_FOUND) {
            question->total++;

            for (i = 0, column = 1; i < FACETS; i++) {
                if (facets[i].many) {
                    continue;
                }

                if (!(question->filtered >> i & 1)) {
                    count(bench, sqlite3_column_int(s, column));
                }

                column++;
            }

        } else {
            count(bench, sqlite3_column_int(s, 1));
        }
    }

    (void) sqlite3_reset(s);
    tell(bench, question);

    return rc == SQLITE_DONE ? 0 : fail(bench, "a question");
}


static void
count(bench_t *bench, int value)
{
    if (value > 0 && value < VALUES_MAX && bench->count[value]++ == 0) {
        bench->counted[bench->n_counted++] = value;
    }
}


/* The largest counts of each facet, in order; and all is 0 again. */

static void
tell(bench_t *bench, question_t *question)
{
    int       i, j, value;
    top_t    *top;
    uint32_t  n;

    memset(question->sum, 0, sizeof(question->sum));

    for (i = 0; i < FACETS; i++) {
        bench->top[i].n = 0;
    }

    for (i = 0; i < bench->n_counted; i++) {
        value = bench->counted[i];
        n = bench->count[value];
        bench->count[value] = 0;
        top = &bench->top[bench->facet_of[value]];

        if (top->n == FACET_VALUES && top->count[FACET_VALUES - 1] >= n) {
            continue;
        }

        j = top->n < FACET_VALUES ? top->n++ : FACET_VALUES - 1;

        for ( /* void */ ; j > 0 && top->count[j - 1] < n; j--) {
            top->count[j] = top->count[j - 1];
            top->value[j] = top->value[j - 1];
        }

        top->count[j] = n;
        top->value[j] = value;
    }

    bench->n_counted = 0;

    for (i = 0; i < FACETS; i++) {
        for (j = 0; j < bench->top[i].n; j++) {
            question->sum[i] += bench->top[i].count[j];
        }
    }
}


static int
run(bench_t *bench, double seconds)
{
    int     facet;
    size_t  i, runs;

    bench->took = calloc(QUERIES_MAX * RUNS_MAX, sizeof(int64_t));

    if (bench->took == NULL) {
        return -1;
    }

    runs = bench_runs(bench->took, bench->questions, seconds, ask, bench);

    if (runs == 0) {
        return -1;
    }

    for (i = 0; i < bench->questions; i++) {
        (void) printf("%" PRId64 " %lld", bench->took[i * RUNS_MAX + runs / 2],
                      (long long) bench->question[i].total);

        for (facet = 0; facet < FACETS; facet++) {
            (void) printf(" %lld", (long long) bench->question[i].sum[facet]);
        }

        (void) printf("\n");
    }

    return 0;
}


int
main(int argc, char **argv)
{
    static bench_t  bench;

    if (argc != 5) {
        (void) fprintf(stderr, "usage: sqlite DATABASE QUERIES NOW SECONDS\n");
        return EXIT_FAILURE;
    }

    bench.now = strtoll(argv[3], NULL, 10);

    if (open_database(&bench, argv[1]) != 0 || read_values(&bench) != 0
        || read_questions(&bench, argv[2]) != 0 || run(&bench, atof(argv[4])) != 0)
    {
        return EXIT_FAILURE;
    }

    /* Statements and memory end with the process. */
    free(bench.took);

    return EXIT_SUCCESS;
}
