
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "gig_csv.h"
#include "gig_form.h"
#include "gig_json.h"
#include "gig_record.h"
#include "gig_sync_commands.h"
#include "gig_sync_file.h"
#include "gig_sync_import.h"
#include "gig_sync_ini.h"

#define GIG_IMPORT_BLOCK        65536
#define GIG_IMPORT_BATCH        1000                    /* records a transaction */
#define GIG_IMPORT_BAR          30


typedef enum { GIG_IMPORT_CSV, GIG_IMPORT_JSON, GIG_IMPORT_LINES } gig_import_format_t;


void
gig_import_bar(gig_import_t *in, int end)
{
    int       filled;
    unsigned  tenths;

    if (!in->bar) {
        return;
    }

    if (end) {
        fputs("\r\033[K", stderr);
        in->tenths = ~0u;
        return;
    }

    tenths = in->size ? (unsigned) (in->read * 1000 / in->size) : 1000;

    if (tenths == in->tenths) {
        return;
    }

    in->tenths = tenths;
    filled = (int) (tenths * GIG_IMPORT_BAR / 1000);

    fprintf(stderr, "\r[%.*s%*s] %3u%%  %llu records", filled,
            "##############################", GIG_IMPORT_BAR - filled, "", tenths / 10,
            (unsigned long long) (in->count[0] + in->count[1] + in->count[2]));
}


/* Refusals go to standard output: they are the answer.  A cell's text is shown, no person's. */
static void
gig_import_refuse(gig_import_t *in, uint64_t line, const gig_errors_t *errors)
{
    unsigned  i;

    gig_import_bar(in, 1);
    in->refused++;

    for (i = 0; i < errors->count && i < GIG_ERRORS_MAX; i++) {
        printf("%s: %s %llu: %s: %s\n", in->path, in->unit, (unsigned long long) line,
               errors->error[i].pointer[0] ? errors->error[i].pointer : "(row)",
               errors->error[i].detail);
    }
}


void
gig_import_refuse_one(gig_import_t *in, uint64_t line, const char *reason)
{
    gig_errors_t  errors;

    errors.count = 0;
    gig_errors_add(&errors, "", "%s", reason);
    gig_import_refuse(in, line, &errors);
}


/* Whether files are taken each host's nginx.conf says, which cannot be seen from here. */
static void
gig_import_files(const gig_form_t *form)
{
    const gig_field_t  *field;

    field = gig_form_needs_files(form);

    if (field != NULL) {
        (void) gig_sync_fail(0, "import", "the form %.*s requires a file (%.*s): nobody can apply"
                             " by it unless gig_board has \"files\" on each host",
                             (int) form->id.len, form->id.data, (int) field->name.len,
                             field->name.data);
    }
}


static int
gig_import_store(gig_import_t *in, char kind, gig_str_t id)
{
    gig_sync_change_t  change;

    if (in->batch == 0 && in->connector->begin(in->record, &in->err) == -1) {
        return -1;
    }

    in->batch++;

    if (in->connector->put(in->record, kind, id,
                           gig_buf_view(&in->canonical), &change,
                           &in->err) == -1)
    {
        return -1;
    }

    in->count[change]++;

    if (in->batch < GIG_IMPORT_BATCH) {
        return 0;
    }

    in->batch = 0;

    return in->connector->end(in->record, 1, &in->err);
}


/*
 * One record of either kind: checked as the sync will check it, stored canonical
 * and without rev (a rev kept beside JSON that people edit would soon lie).
 */
int
gig_import_record(gig_import_t *in, uint64_t line, json_t *root)
{
    int           rc, form;
    gig_str_t     id;
    gig_form_t    read_form;
    gig_errors_t  errors;
    gig_record_t  read_gig;

    errors.count = 0;
    form = gig_str_is(gig_json_str(root, "schema"), "gig-form/1");

    if (!form) {
        (void) json_object_del(root, "rev");
    }

    gig_buf_reset(&in->canonical);
    gig_json_canonical(root, &in->canonical);

    if (gig_buf_failed(&in->canonical)) {
        gig_import_refuse_one(in, line, "larger than 256 KB");
        return 0;
    }

    if (form) {
        rc = gig_form_read(gig_buf_view(&in->canonical), &read_form, &errors);
        id = read_form.id;

    } else {
        rc = gig_record_read(gig_buf_view(&in->canonical), &read_gig, &errors);
        id = read_gig.id;
    }

    if (rc == -1) {
        gig_import_refuse(in, line, &errors);
        rc = 0;

    } else {
        rc = gig_import_store(in, form ? 'f' : 'g', id);

        if (form) {
            gig_import_files(&read_form);
        }
    }

    if (form) {
        gig_form_free(&read_form);

    } else {
        gig_record_free(&read_gig);
    }

    return rc;
}


int
gig_import_mapped(gig_import_t *in, uint64_t line, const gig_str_t *columns,
    const gig_str_t *cells, size_t n)
{
    int           rc;
    json_t       *root;
    gig_errors_t  errors;

    errors.count = 0;
    root = gig_map_apply(&in->map, columns, cells, n, &errors);

    if (root == NULL) {
        gig_import_refuse(in, line, &errors);
        return 0;
    }

    rc = gig_import_record(in, line, root);
    json_decref(root);

    return rc;
}


/* The first row: the columns' names, kept for the whole file. */
static int
gig_import_columns(gig_import_t *in, const gig_csv_row_t *row)
{
    size_t     i, from;
    gig_str_t  name;

    in->columns = calloc(row->n, sizeof(gig_str_t));

    if (in->columns == NULL) {
        return gig_error_set(&in->err, "", "out of memory");
    }

    for (i = 0; i < row->n; i++) {
        name = gig_map_trim(row->cell[i]);
        in->columns[i].len = name.len;
        gig_buf_str(&in->column_bytes, name);
    }

    if (gig_buf_failed(&in->column_bytes)) {
        return gig_error_set(&in->err, "", "the names of the columns are too long");
    }

    in->n = row->n;

    for (i = 0, from = 0; i < in->n; from += in->columns[i].len, i++) {
        in->columns[i].data = in->column_bytes.data + from;
    }

    if (!in->mapped && gig_map_identity(&in->map, in->columns, in->n, &in->err) == -1) {
        return -1;
    }

    return gig_map_columns(&in->map, in->columns, in->n, &in->err);
}


static int
gig_import_row(void *data, const gig_csv_row_t *row)
{
    char           reason[96];
    size_t         i;
    gig_str_t      cells[GIG_CSV_CELLS_MAX];
    gig_import_t  *in = data;

    if (in->columns == NULL) {

        if (row->fault) {
            return gig_error_set(&in->err, "", "line %llu, the columns' names: %s",
                                 (unsigned long long) row->line, row->fault);
        }

        return gig_import_columns(in, row);
    }

    if (row->fault) {
        gig_import_refuse_one(in, row->line, row->fault);
        return 0;
    }

    if (row->n > in->n) {
        snprintf(reason, sizeof(reason), "%zu cells under %zu columns", row->n, in->n);
        gig_import_refuse_one(in, row->line, reason);
        return 0;
    }

    for (i = 0; i < in->n; i++) {
        cells[i] = i < row->n ? row->cell[i] : gig_str("");
    }

    return gig_import_mapped(in, row->line, in->columns, cells, in->n);
}


static int
gig_import_csv(gig_import_t *in, int fd)
{
    int         rc, begun;
    char       *block;
    ssize_t     n;
    gig_csv_t  *csv;

    rc = -1;
    begun = 0;
    csv = malloc(sizeof(gig_csv_t));
    block = malloc(GIG_IMPORT_BLOCK);

    if (csv == NULL || block == NULL) {
        gig_error_set(&in->err, "", "out of memory");
        goto done;
    }

    for ( ;; ) {
        n = read(fd, block, GIG_IMPORT_BLOCK);

        if (n == -1 && errno == EINTR) {
            continue;
        }

        if (n == -1) {
            gig_error_set(&in->err, "", "%s", strerror(errno));
            goto done;
        }

        if (!begun) {
            gig_csv_init(csv, in->map.separator ? in->map.separator
                              : gig_csv_separator((gig_str_t) { block, (size_t) n }),
                         gig_import_row, in);
            begun = 1;
        }

        if (n == 0) {
            rc = gig_csv_finish(csv);
            break;
        }

        if (gig_csv_feed(csv, (gig_str_t) { block, (size_t) n }) == -1) {
            break;
        }

        in->read += (uint64_t) n;
        gig_import_bar(in, 0);
    }

done:

    if (begun) {
        gig_csv_free(csv);
    }

    free(block);
    free(csv);

    return rc;
}


static int
gig_import_ends(const char *path, const char *end)
{
    size_t  n, k;

    n = strlen(path);
    k = strlen(end);

    return n > k && strcasecmp(path + n - k, end) == 0;
}


/* By the name's end; else by how the file begins. */
static gig_import_format_t
gig_import_format(const char *path, gig_str_t head)
{
    size_t  i;

    if (gig_import_ends(path, ".csv") || gig_import_ends(path, ".tsv")) {
        return GIG_IMPORT_CSV;
    }

    if (gig_import_ends(path, ".jsonl") || gig_import_ends(path, ".ndjson")) {
        return GIG_IMPORT_LINES;
    }

    if (gig_import_ends(path, ".json")) {
        return GIG_IMPORT_JSON;
    }

    head = gig_map_trim(head);

    if (head.len == 0 || (head.data[0] != '{' && head.data[0] != '[')) {
        return GIG_IMPORT_CSV;
    }

    if (head.data[0] == '[') {
        return GIG_IMPORT_JSON;
    }

    /* Lines, if an object ends where the first line does and another begins after it. */
    for (i = 0; i + 1 < head.len; i++) {
        if (head.data[i] == '\n') {
            return (i > 0 && head.data[i - 1] == '}' && head.data[i + 1] == '{')
                   ? GIG_IMPORT_LINES : GIG_IMPORT_JSON;
        }
    }

    return GIG_IMPORT_JSON;
}


static int
gig_import_file(gig_import_t *in, const char *path)
{
    int                  fd, rc;
    char                 head[512];
    ssize_t              n;
    gig_buf_t            text;
    struct stat          st;
    gig_import_format_t  format;

    rc = -1;
    in->path = path;
    in->unit = "line";
    in->read = 0;
    gig_buf_init(&text, GIG_IMPORT_FILE_MAX);

    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    n = 0;

    if (fd == -1 || fstat(fd, &st) == -1
        || (!S_ISDIR(st.st_mode) && (n = pread(fd, head, sizeof(head), 0)) == -1))
    {
        gig_error_set(&in->err, "", "%s", strerror(errno));
        goto done;
    }

    if (S_ISDIR(st.st_mode)) {
        gig_error_set(&in->err, "", "is a folder, not a file");
        goto done;
    }

    if (n == 0) {
        gig_error_set(&in->err, "", "is empty");
        goto done;
    }

    /* Its byte order mark, or the zeros of plain letters; nothing we read has a zero byte. */
    if (n > 1 && (memcmp(head, "\xff\xfe", 2) == 0 || memcmp(head, "\xfe\xff", 2) == 0
                  || memchr(head, '\0', (size_t) n) != NULL))
    {
        gig_error_set(&in->err, "", "is UTF-16, or no text; save it as UTF-8 (in a spreadsheet:"
                      " \"CSV UTF-8\")");
        goto done;
    }

    in->size = (uint64_t) st.st_size;
    format = gig_import_format(path, (gig_str_t) { head, (size_t) n });

    if (format == GIG_IMPORT_CSV) {
        rc = gig_import_csv(in, fd);
        goto done;
    }

    if (gig_sync_file_read(path, &text, &in->err) == -1) {
        in->err.pointer[0] = '\0';
        goto done;
    }

    in->size = text.len;
    rc = format == GIG_IMPORT_JSON
         ? gig_import_json(in, (gig_str_t) { text.data ? text.data : "", text.len })
         : gig_import_lines(in, (gig_str_t) { text.data ? text.data : "", text.len });

done:

    gig_import_bar(in, 1);

    if (fd != -1) {
        close(fd);
    }

    gig_buf_free(&text);
    gig_buf_free(&in->column_bytes);
    gig_buf_init(&in->column_bytes, GIG_CSV_ROW_MAX);
    free(in->columns);
    in->columns = NULL;
    in->n = 0;

    /* What was read up to a fault is kept: the next try finds it unchanged. */
    if (in->batch) {
        in->batch = 0;

        if (in->connector->end(in->record, 1, rc == 0 ? &in->err : NULL) == -1) {
            rc = -1;
        }
    }

    return rc;
}


static int
gig_import_map_line(void *data, const char *section, const char *name, const char *value,
    int more, gig_error_t *err)
{
    return gig_map_set(data, section, name, value, more, err);
}


int
gig_sync_import(int argc, char **argv)
{
    int                            c, status;
    const char                    *into, *map;
    gig_str_t                      url;
    gig_error_t                    err;
    gig_import_t                  *in;
    const gig_sync_connector_t    *connector;
    static const struct option     options[] = {
        { "into", required_argument, NULL, 'i' },
        { "map",  required_argument, NULL, 'm' },
        { NULL, 0, NULL, 0 }
    };

    into = NULL;
    map = NULL;

    while ((c = getopt_long(argc, argv, "i:m:", options, NULL)) != -1) {
        switch (c) {
        case 'i':
            into = optarg;
            break;

        case 'm':
            map = optarg;
            break;

        default:
            return gig_sync_misused(argv);
        }
    }

    if (into == NULL || optind == argc) {
        return gig_sync_fail(EX_USAGE, "import", "needs FILE... and --into %s",
                             gig_sync_connector_forms());
    }

    /* before the database is made: a misspelt name leaves nothing behind */
    for (c = optind; c < argc; c++) {
        if (access(argv[c], R_OK) == -1) {
            return gig_sync_fail(EX_NOINPUT, "import", "%s: %s", argv[c], strerror(errno));
        }
    }

    in = calloc(1, sizeof(gig_import_t));

    if (in == NULL) {
        return gig_sync_fail(EX_OSERR, "import", "out of memory");
    }

    status = EX_OSERR;
    in->bar = isatty(STDERR_FILENO);
    in->tenths = ~0u;
    gig_buf_init(&in->canonical, GIG_RECORD_MAX);
    gig_buf_init(&in->column_bytes, GIG_CSV_ROW_MAX);

    url = (gig_str_t) { into, strlen(into) };
    connector = gig_sync_connector(url, &err);

    if (connector == NULL) {
        status = gig_sync_fail(EX_USAGE, "import", "--into: %s", err.detail);
        goto done;
    }

    if (connector->put == NULL) {
        status = gig_sync_fail(EX_USAGE, "import", "--into must be a database: %s",
                               gig_sync_connector_forms());
        goto done;
    }

    in->connector = connector;

    if (gig_map_init(&in->map) == -1) {
        gig_sync_fail(EX_OSERR, "import", "out of memory");
        goto done;
    }

    if (map && gig_sync_ini_read(map, gig_import_map_line, &in->map, &err) == -1) {
        status = gig_sync_fail(EX_CONFIG, "import", "%s: %s", err.pointer, err.detail);
        goto done;
    }

    in->mapped = (map != NULL);

    if (connector->open(url, &in->record, &err) == -1) {
        status = gig_sync_fail(EX_CANTCREAT, "import", "%s: %s", err.pointer, err.detail);
        goto done;
    }

    status = EX_OK;

    for ( /* void */ ; optind < argc; optind++) {

        if (gig_import_file(in, argv[optind]) == -1) {
            status = gig_sync_fail(EX_DATAERR, "import", "%s: %s", argv[optind], in->err.detail);
            break;
        }

        if (!in->mapped && optind + 1 < argc) {
            gig_map_free(&in->map);             /* the next file has columns of its own */

            if (gig_map_init(&in->map) == -1) {
                status = gig_sync_fail(EX_OSERR, "import", "out of memory");
                break;
            }
        }
    }

    printf("%llu new, %llu changed, %llu unchanged, %llu refused\n",
           (unsigned long long) in->count[GIG_SYNC_NEW],
           (unsigned long long) in->count[GIG_SYNC_CHANGED],
           (unsigned long long) in->count[GIG_SYNC_UNCHANGED], (unsigned long long) in->refused);

    if (status == EX_OK && in->refused) {
        status = EX_DATAERR;
    }

done:

    if (connector != NULL && in->record != NULL) {
        connector->close(in->record);
    }

    gig_map_free(&in->map);
    gig_buf_free(&in->canonical);
    gig_buf_free(&in->column_bytes);
    free(in);

    return status;
}
