
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <jansson.h>

#include "gig_csv.h"
#include "gig_json.h"
#include "gig_record.h"
#include "gig_sync_commands.h"
#include "gig_sync_connector.h"
#include "gig_sync_export_files.h"
#include "gig_sync_export_self_id.h"
#include "gig_sync_settings.h"

#define GIG_EXPORT_ROW_MAX  (4 * 1024 * 1024)


typedef struct {
    int          csv;
    int          blind;         /* of the answers only those of class merit */
    uint64_t     rows;
    int          named;         /* CSV: some have files, so there is a column for them */
    json_t      *columns;       /* CSV: "class.field" -> true, in the order they came */
    json_t      *replaced;      /* id of an application -> of the one that replaces it */
    gig_buf_t    row;
    gig_str_t    id;            /* whose files are written out */
    const char  *failed;

    gig_sync_export_files_t      files;         /* folder NULL: they are not */
    gig_sync_record_t           *record;
    const gig_sync_connector_t  *connector;
} gig_export_t;


/* Columns of a CSV of gigs: names of a mapping, so that the file can be imported as it is. */
static const char *const  gig_columns[] = {
    "id", "status", "title", "summary", "org.id", "org.name", "org.url", "org.logo", "department",
    "team", "engagement", "commitment", "location.mode", "location.name", "location.places",
    "location.applicant_regions", "pay.type", "pay.currency", "pay.min_minor", "pay.max_minor",
    "pay.unit", "pay.paid_on", "pay.note", "work.hours_min", "work.hours_max",
    "work.duration_days", "work.start_by", "work.due_by", "work.supervisor_title",
    "work.ai_policy", "skills", "deliverables", "eligibility.min_age",
    "eligibility.work_authorization", "eligibility.audience", "eligibility.note",
    "capacity.positions", "capacity.application_cap", "capacity.on_full", "feedback.to_applicant",
    "feedback.decision_by", "conversion.possible", "conversion.note", "form.id", "form.rev",
    "privacy.policy_url", "privacy.retention_days", "privacy.consents", "privacy.blind",
    "seo.canonical_url", "seo.noindex", "seo.direct_apply", "seo.image", "onboarding.contact",
    "onboarding.kick_off", "visible_from", "posted_at", "updated_at", "opens_at", "closes_at",
    "time_zone", "language", "description_html"
};

#define GIG_EXPORT_COLUMNS  (sizeof(gig_columns) / sizeof(gig_columns[0]))


static int
gig_export_write(gig_export_t *export)
{
    if (gig_buf_failed(&export->row)) {
        export->failed = "a row is too long";
        return -1;
    }

    if (fwrite(export->row.data, 1, export->row.len, stdout) != export->row.len) {
        export->failed = "cannot write";
        return -1;
    }

    export->rows++;
    gig_buf_reset(&export->row);

    return 0;
}


static void
gig_export_cell(gig_export_t *export, gig_str_t text)
{
    if (export->row.len) {
        gig_buf_puts(&export->row, ",");
    }

    gig_csv_cell(&export->row, text);
}


/* One of a list, as a mapping reads it: "Excel", "US United States", "McLean, VA". */
static void
gig_export_item(gig_buf_t *list, const json_t *item)
{
    size_t             i;
    const json_t      *part;
    const char        *before;
    static const struct {
        const char    *member;
        const char    *before;
    }  parts[] = { { "code", "" }, { "name", " " }, { "addressLocality", "" },
                   { "addressRegion", ", " } };

    before = list->len ? "; " : "";

    if (json_is_string(item)) {
        gig_buf_puts(list, before);
        gig_buf_add(list, json_string_value(item), json_string_length(item));
        return;
    }

    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {

        part = json_object_get(item, parts[i].member);

        if (json_string_length(part) == 0) {
            continue;
        }

        gig_buf_puts(list, before);
        gig_buf_add(list, json_string_value(part), json_string_length(part));
        before = i + 1 < sizeof(parts) / sizeof(parts[0]) ? parts[i + 1].before : "";
    }
}


static void
gig_export_value(gig_export_t *export, const json_t *value)
{
    char        number[32];
    size_t      i;
    json_t     *item;
    gig_buf_t   list;

    switch (value ? json_typeof(value) : JSON_NULL) {

    case JSON_STRING:
        gig_export_cell(export, gig_json_text(value));
        return;

    case JSON_INTEGER:
        snprintf(number, sizeof(number), "%lld", (long long) json_integer_value(value));
        gig_export_cell(export, (gig_str_t) { number, strlen(number) });
        return;

    case JSON_TRUE:
        gig_export_cell(export, gig_str("yes"));
        return;

    case JSON_FALSE:
        gig_export_cell(export, gig_str("no"));
        return;

    case JSON_ARRAY:
        gig_buf_init(&list, GIG_EXPORT_ROW_MAX);

        json_array_foreach(value, i, item) {
            gig_export_item(&list, item);
        }

        gig_export_cell(export, (gig_str_t) { list.data ? list.data : "", list.len });
        gig_buf_free(&list);
        return;

    default:
        gig_export_cell(export, gig_str(""));
        return;
    }
}


/* A member by "class.field" or "pay.unit": one dot. */
static json_t *
gig_export_member(const json_t *root, const char *path)
{
    char         name[64];
    const char  *dot;

    dot = strchr(path, '.');

    if (dot == NULL) {
        return json_object_get(root, path);
    }

    snprintf(name, sizeof(name), "%.*s", (int) (dot - path), path);

    return json_object_get(json_object_get(root, name), dot + 1);
}


static json_t *
gig_export_read(gig_export_t *export, gig_str_t json)
{
    json_t  *root;

    root = gig_json_parse(json, GIG_EXPORT_ROW_MAX, GIG_JSON_DEPTH_MAX, NULL);

    if (root == NULL) {
        export->failed = "a row holds no JSON";
        return NULL;
    }

    if (export->blind) {
        (void) json_object_del(json_object_get(root, "answers"), "identity");
        (void) json_object_del(json_object_get(root, "answers"), "contact");
        (void) json_object_del(json_object_get(root, "answers"), "pedigree");
        (void) json_object_del(json_object_get(root, "answers"), "demographic");
        (void) json_object_del(root, "files");
        (void) json_object_del(root, "who");
    }

    return root;
}


/* First pass: which answers there are, and what is replaced by what: either may come first. */
static int
gig_export_names(void *data, const gig_sync_application_t *application)
{
    char           path[128];
    json_t        *root, *fields, *value;
    const char    *class_, *field, *replaces;
    gig_export_t  *export = data;

    root = gig_export_read(export, application->json);

    if (root == NULL) {
        return -1;
    }

    replaces = json_string_value(json_object_get(root, "replaces"));

    if (replaces != NULL) {
        (void) json_object_set_new(export->replaced, replaces,
                                   json_stringn(application->id.data, application->id.len));
    }

    json_object_foreach(json_object_get(root, "answers"), class_, fields) {
        json_object_foreach(fields, field, value) {
            snprintf(path, sizeof(path), "%s.%s", class_, field);
            (void) json_object_set_new(export->columns, path, json_true());
        }
    }

    export->named |= json_array_size(json_object_get(root, "files")) != 0;
    json_decref(root);

    return 0;
}


static int
gig_export_file(void *data, const gig_application_file_t *file)
{
    gig_export_t  *export = data;

    return gig_sync_export_file(&export->files, export->id, file);
}


static int
gig_export_application(void *data, const gig_sync_application_t *a)
{
    json_t        *root, *value, *by;
    gig_buf_t      names;
    const char    *name;
    gig_export_t  *export = data;

    root = gig_export_read(export, a->json);

    if (root == NULL) {
        return -1;
    }

    export->id = a->id;

    if (export->files.folder != NULL && json_array_size(json_object_get(root, "files")) != 0
        && export->connector->files(export->record, a->id, gig_export_file, export, NULL) == -1)
    {
        json_decref(root);
        export->failed = export->files.err.detail[0] != '\0' ? export->files.err.detail
                                                             : "files cannot be read";
        return -1;
    }

    by = json_object_getn(export->replaced, a->id.data, a->id.len);

    if (export->csv) {
        gig_csv_cell(&export->row, a->id);
        gig_export_cell(export, a->gig);
        gig_export_cell(export, a->title);
        gig_export_cell(export, a->received_at);
        gig_export_cell(export, a->seat);
        gig_export_cell(export, a->flags);
        gig_export_cell(export, a->stage);
        gig_export_cell(export, a->stage_at);
        gig_export_value(export, json_object_get(root, "replaces"));
        gig_export_value(export, by);

        json_object_foreach(export->columns, name, value) {
            gig_export_value(export, gig_export_member(json_object_get(root, "answers"), name));
        }

        if (export->named) {
            gig_buf_init(&names, GIG_EXPORT_ROW_MAX);
            gig_sync_export_names(root, &names);
            gig_export_cell(export, (gig_str_t) { names.len ? names.data : "", names.len });
            gig_buf_free(&names);
        }

        gig_buf_puts(&export->row, "\r\n");

    } else {
        (void) json_object_set_new(root, "seat", json_stringn(a->seat.data, a->seat.len));
        (void) json_object_set_new(root, "flags", json_stringn(a->flags.len ? a->flags.data : "",
                                                               a->flags.len));
        (void) json_object_set_new(root, "stage", json_stringn(a->stage.len ? a->stage.data : "",
                                                               a->stage.len));

        if (by != NULL) {
            (void) json_object_set(root, "replaced_by", by);
        }

        gig_buf_puts(&export->row, export->rows ? ",\n" : "");
        gig_json_canonical(root, &export->row);
    }

    json_decref(root);

    return gig_export_write(export);
}


static int
gig_export_gig(void *data, char kind, gig_str_t id, gig_str_t rev, gig_str_t json)
{
    size_t         i;
    json_t        *root;
    gig_export_t  *export = data;

    (void) id;
    (void) rev;

    /* A row that is no record was logged; it has no columns. */
    if (kind != 'g' || json.len == 0) {
        return 0;
    }

    if (!export->csv) {
        gig_buf_puts(&export->row, export->rows ? ",\n" : "");
        gig_buf_str(&export->row, json);
        return gig_export_write(export);
    }

    root = gig_export_read(export, json);

    if (root == NULL) {
        return -1;
    }

    for (i = 0; i < GIG_EXPORT_COLUMNS; i++) {
        gig_export_value(export, gig_export_member(root, gig_columns[i]));
    }

    json_decref(root);
    gig_buf_puts(&export->row, "\r\n");

    return gig_export_write(export);
}


static int
gig_export_head(gig_export_t *export, int gigs)
{
    size_t       i;
    json_t      *value;
    const char  *name;

    if (!export->csv) {
        gig_buf_puts(&export->row, "[");

    } else if (gigs) {
        for (i = 0; i < GIG_EXPORT_COLUMNS; i++) {
            gig_export_cell(export, (gig_str_t) { gig_columns[i], strlen(gig_columns[i]) });
        }

        gig_buf_puts(&export->row, "\r\n");

    } else {
        gig_buf_puts(&export->row, "id,gig,title,received_at,seat,flags,stage,stage_at,replaces,"
                                   "replaced_by");

        json_object_foreach(export->columns, name, value) {
            gig_export_cell(export, (gig_str_t) { name, strlen(name) });
        }

        if (export->named) {
            gig_export_cell(export, gig_str("files"));
        }

        gig_buf_puts(&export->row, "\r\n");
    }

    if (gig_export_write(export) == -1) {
        return -1;
    }

    export->rows = 0;

    return 0;
}


static int
gig_export_all(gig_export_t *export, const gig_sync_connector_t *connector,
    gig_sync_record_t *record, int gigs, gig_error_t *err)
{
    if (!gigs
        && connector->applications(record, gig_export_names, export, err) == -1)
    {
        return -1;
    }

    if (gig_export_head(export, gigs) == -1) {
        return gig_error_set(err, "", "%s", export->failed);
    }

    if (gigs ? connector->fetch(record, gig_export_gig, export, err)
             : connector->applications(record, gig_export_application, export, err))
    {
        return -1;
    }

    if ((!export->csv && puts("]") == EOF) || fflush(stdout) == EOF) {
        return gig_error_set(err, "", "cannot write");
    }

    return 0;
}


int
gig_sync_export(int argc, char **argv)
{
    int                         c, gigs, self_ids, status;
    const char                 *what, *format, *from;
    gig_str_t                   url;
    gig_error_t                 err;
    gig_export_t                export;
    gig_sync_record_t          *record;
    const gig_sync_connector_t *connector;
    static const struct option  options[] = {
        { "what",   required_argument, NULL, 'w' },
        { "format", required_argument, NULL, 'f' },
        { "from",   required_argument, NULL, 'i' },
        { "blind",  no_argument,       NULL, 'b' },
        { "files",  required_argument, NULL, 'd' },
        { NULL, 0, NULL, 0 }
    };

    memset(&export, 0, sizeof(export));
    what = "applications";
    format = "csv";
    from = NULL;

    while ((c = getopt_long(argc, argv, "w:f:i:b", options, NULL)) != -1) {
        switch (c) {
        case 'w':
            what = optarg;
            break;

        case 'f':
            format = optarg;
            break;

        case 'i':
            from = optarg;
            break;

        case 'b':
            export.blind = 1;
            break;

        case 'd':
            export.files.folder = optarg;
            break;

        default:
            return gig_sync_misused(argv);
        }
    }

    gigs = (strcmp(what, "gigs") == 0);
    self_ids = (strcmp(what, "self-identification") == 0);
    export.csv = (strcmp(format, "csv") == 0);

    if (optind != argc || (!gigs && !self_ids && strcmp(what, "applications") != 0)
        || (!export.csv && strcmp(format, "json") != 0) || from == NULL)
    {
        return gig_sync_fail(EX_USAGE, "export", "needs --what applications|gigs|"
                             "self-identification, --format csv|json and --from %s",
                             gig_sync_connector_forms());
    }

    if (export.files.folder != NULL && (gigs || export.blind)) {
        return gig_sync_fail(EX_USAGE, "export", gigs ? "gigs have no files"
                             : "--blind shows no files: who sent one is in it");
    }

    url = (gig_str_t) { from, strlen(from) };
    connector = gig_sync_connector(url, &err);

    if (connector == NULL) {
        return gig_sync_fail(EX_USAGE, "export", "--from: %s", err.detail);
    }

    if (connector->applications == NULL || (self_ids && connector->self_ids == NULL)) {
        return gig_sync_fail(EX_USAGE, "export", "--from must be a database: %s",
                             gig_sync_connector_forms());
    }

    if ((connector->there != NULL && connector->there(url, &err) == -1)
        || connector->open(url, &record, &err) == -1)
    {
        return gig_sync_fail(EX_NOINPUT, "export", "%s: %s", err.pointer, err.detail);
    }

    status = EX_OK;
    export.connector = connector;
    export.record = record;
    export.columns = json_object();
    export.replaced = json_object();
    gig_buf_init(&export.row, GIG_EXPORT_ROW_MAX);

    if (export.files.folder != NULL && gig_sync_export_folder(&export.files) == -1) {
        status = gig_sync_fail(EX_CANTCREAT, "export", "%s: %s", export.files.err.pointer,
                               export.files.err.detail);

    } else if (export.columns == NULL || export.replaced == NULL
               || (self_ids ? gig_sync_export_self_ids(connector, record, export.csv, &err)
                            : gig_export_all(&export, connector, record, gigs, &err)) == -1)
    {
        status = gig_sync_fail(EX_IOERR, "export", "%s",
                               export.failed ? export.failed : err.detail);
    }

    if (status == EX_OK && export.files.folder != NULL) {
        fprintf(stderr, "%s: %zu file%s written, %zu there already\n", export.files.folder,
                export.files.written, gig_plural(export.files.written), export.files.there);
    }

    json_decref(export.columns);
    json_decref(export.replaced);
    gig_buf_free(&export.row);
    connector->close(record);

    return status;
}
