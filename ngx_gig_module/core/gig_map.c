
#include <stdio.h>
#include <string.h>

#include "gig_buf.h"
#include "gig_json.h"
#include "gig_map_parts.h"
#include "gig_time.h"

#define GIG_MAP_COLUMN_MAX      128             /* bytes of a column's name */


/* All that a mapping may fill; "ext." and anything after it is a text. */
const gig_map_member_t  gig_map_members[] = {
    { "id", GIG_MAP_ID, NULL, NULL },
    { "slug", GIG_MAP_TEXT, NULL, NULL },
    { "status", GIG_MAP_TEXT, NULL, NULL },
    { "visible_from", GIG_MAP_TIME, NULL, NULL },
    { "time_zone", GIG_MAP_TEXT, NULL, NULL },
    { "posted_at", GIG_MAP_TIME, NULL, NULL },
    { "updated_at", GIG_MAP_TIME, NULL, NULL },
    { "opens_at", GIG_MAP_TIME, NULL, NULL },
    { "closes_at", GIG_MAP_TIME, NULL, NULL },
    { "language", GIG_MAP_TEXT, NULL, NULL },
    { "title", GIG_MAP_TEXT, NULL, NULL },
    { "summary", GIG_MAP_TEXT, NULL, NULL },
    { "description", GIG_MAP_PARAGRAPHS, "description_html", NULL },
    { "description_html", GIG_MAP_LINES, NULL, NULL },
    { "description_text", GIG_MAP_LINES, NULL, NULL },
    { "department", GIG_MAP_TEXT, NULL, NULL },
    { "team", GIG_MAP_TEXT, NULL, NULL },
    { "engagement", GIG_MAP_TEXT, NULL, NULL },
    { "commitment", GIG_MAP_TEXT, NULL, NULL },
    { "org.id", GIG_MAP_TEXT, NULL, NULL },
    { "org.name", GIG_MAP_TEXT, NULL, NULL },
    { "org.url", GIG_MAP_TEXT, NULL, NULL },
    { "org.logo", GIG_MAP_TEXT, NULL, NULL },
    { "location.mode", GIG_MAP_TEXT, NULL, NULL },
    { "location.name", GIG_MAP_TEXT, NULL, NULL },
    { "location.places", GIG_MAP_PLACES, NULL, NULL },
    { "location.applicant_regions", GIG_MAP_REGIONS, NULL, NULL },
    { "pay.type", GIG_MAP_TEXT, NULL, NULL },
    { "pay.currency", GIG_MAP_TEXT, NULL, NULL },
    { "pay.amount", GIG_MAP_MONEY, "pay.min_minor", "pay.max_minor" },
    { "pay.min", GIG_MAP_MONEY, "pay.min_minor", NULL },
    { "pay.max", GIG_MAP_MONEY, "pay.max_minor", NULL },
    { "pay.min_minor", GIG_MAP_INTEGER, NULL, NULL },
    { "pay.max_minor", GIG_MAP_INTEGER, NULL, NULL },
    { "pay.unit", GIG_MAP_TEXT, NULL, NULL },
    { "pay.paid_on", GIG_MAP_TEXT, NULL, NULL },
    { "pay.note", GIG_MAP_TEXT, NULL, NULL },
    { "work.hours_min", GIG_MAP_INTEGER, NULL, NULL },
    { "work.hours_max", GIG_MAP_INTEGER, NULL, NULL },
    { "work.duration_days", GIG_MAP_INTEGER, NULL, NULL },
    { "work.start_by", GIG_MAP_DATE, NULL, NULL },
    { "work.due_by", GIG_MAP_DATE, NULL, NULL },
    { "work.supervisor_title", GIG_MAP_TEXT, NULL, NULL },
    { "work.ai_policy", GIG_MAP_TEXT, NULL, NULL },
    { "skills", GIG_MAP_SKILLS, NULL, NULL },
    { "deliverables", GIG_MAP_TEXTS, NULL, NULL },
    { "eligibility.min_age", GIG_MAP_INTEGER, NULL, NULL },
    { "eligibility.work_authorization", GIG_MAP_TEXTS, NULL, NULL },
    { "eligibility.audience", GIG_MAP_TEXTS, NULL, NULL },
    { "eligibility.note", GIG_MAP_TEXT, NULL, NULL },
    { "capacity.positions", GIG_MAP_INTEGER, NULL, NULL },
    { "capacity.application_cap", GIG_MAP_INTEGER, NULL, NULL },
    { "capacity.on_full", GIG_MAP_TEXT, NULL, NULL },
    { "onboarding.steps", GIG_MAP_STEPS, NULL, NULL },
    { "onboarding.contact", GIG_MAP_TEXT, NULL, NULL },
    { "onboarding.kick_off", GIG_MAP_TIME, NULL, NULL },
    { "feedback.to_applicant", GIG_MAP_BOOLEAN, NULL, NULL },
    { "feedback.decision_by", GIG_MAP_DATE, NULL, NULL },
    { "conversion.possible", GIG_MAP_BOOLEAN, NULL, NULL },
    { "conversion.note", GIG_MAP_TEXT, NULL, NULL },
    { "form.id", GIG_MAP_TEXT, NULL, NULL },
    { "form.rev", GIG_MAP_INTEGER, NULL, NULL },
    { "privacy.policy_url", GIG_MAP_TEXT, NULL, NULL },
    { "privacy.retention_days", GIG_MAP_INTEGER, NULL, NULL },
    { "privacy.consents", GIG_MAP_TEXTS, NULL, NULL },
    { "privacy.blind", GIG_MAP_BOOLEAN, NULL, NULL },
    { "seo.canonical_url", GIG_MAP_TEXT, NULL, NULL },
    { "seo.noindex", GIG_MAP_BOOLEAN, NULL, NULL },
    { "seo.direct_apply", GIG_MAP_BOOLEAN, NULL, NULL },
    { "seo.image", GIG_MAP_TEXT, NULL, NULL },
    { "source.system", GIG_MAP_TEXT, NULL, NULL },
    { "source.board", GIG_MAP_TEXT, NULL, NULL },
    { "source.id", GIG_MAP_TEXT, NULL, NULL },
    { "source.job_id", GIG_MAP_TEXT, NULL, NULL },
    { "source.requisition_id", GIG_MAP_TEXT, NULL, NULL },
    { "source.url", GIG_MAP_TEXT, NULL, NULL }
};

#define GIG_MAP_MEMBERS     (sizeof(gig_map_members) / sizeof(gig_map_members[0]))

const size_t  gig_map_members_n = GIG_MAP_MEMBERS;


int
gig_map_init(gig_map_t *map)
{
    memset(map, 0, sizeof(gig_map_t));
    memcpy(map->offset, "Z", sizeof("Z"));

    map->record = json_object();
    map->defaults = json_object();
    map->split = json_object();
    map->cut = json_object();
    map->values = json_object();

    if (map->record == NULL || map->defaults == NULL || map->split == NULL || map->cut == NULL
        || map->values == NULL)
    {
        return -1;
    }

    return 0;
}


void
gig_map_free(gig_map_t *map)
{
    json_decref(map->record);
    json_decref(map->defaults);
    json_decref(map->split);
    json_decref(map->cut);
    json_decref(map->values);
    memset(map, 0, sizeof(gig_map_t));
}


/* The member of that name, ext (whose name is lent), or NULL with err. */
static const gig_map_member_t *
gig_map_member(const char *name, gig_map_member_t *ext, gig_error_t *err)
{
    size_t       i;
    const char  *nearest, *names[GIG_MAP_MEMBERS];

    for (i = 0; i < GIG_MAP_MEMBERS; i++) {
        names[i] = gig_map_members[i].name;

        if (strcmp(name, names[i]) == 0) {
            return &gig_map_members[i];
        }
    }

    if (strncmp(name, "ext.", 4) == 0 && name[4] != '\0' && strstr(name, "..") == NULL
        && strlen(name) < GIG_MAP_MEMBER_MAX && name[strlen(name) - 1] != '.')
    {
        *ext = (gig_map_member_t) { name, GIG_MAP_TEXT, NULL, NULL };
        return ext;
    }

    nearest = gig_nearest((gig_str_t) { name, strlen(name) }, names, GIG_MAP_MEMBERS);

    gig_error_set(err, "", "no member \"%.64s\" in a gig; %s%s%s", name,
                  nearest ? "did you mean \"" : "what is yours goes into \"ext.",
                  nearest ? nearest : "NAME", nearest ? "\"?" : "\"");

    return NULL;
}


size_t
gig_map_cut_length(const char *value)
{
    size_t  i, n;

    n = 0;

    for (i = 0; value[i] >= '0' && value[i] <= '9' && i < 4; i++) {
        n = n * 10 + (size_t) (value[i] - '0');
    }

    return value[i] == '\0' && n > 1 ? n : 0;
}


/* Quotes around a value keep its blanks and semicolons. */
static gig_str_t
gig_map_unquote(const char *value)
{
    gig_str_t  text;

    text = (gig_str_t) { value, strlen(value) };

    if (text.len >= 2 && text.data[0] == '"' && text.data[text.len - 1] == '"') {
        text.data++;
        text.len -= 2;
    }

    return text;
}


static int
gig_map_put(json_t *object, const char *name, const char *value, int more, gig_error_t *err)
{
    int          rc;
    json_t      *text;
    gig_buf_t    all;
    gig_str_t    part;
    const char  *before;

    part = gig_map_unquote(value);
    before = json_string_value(json_object_get(object, name));

    if (before && !more) {
        return gig_error_set(err, "", "\"%.64s\" is there already", name);
    }

    if (json_object_size(object) >= GIG_MAP_NAMES_MAX) {
        return gig_error_set(err, "", "more than %d entries", GIG_MAP_NAMES_MAX);
    }

    gig_buf_init(&all, GIG_MAP_VALUE_MAX);

    if (before) {
        gig_buf_puts(&all, before);
        gig_buf_puts(&all, "\n");
    }

    gig_buf_str(&all, part);

    text = gig_buf_failed(&all) ? NULL : json_stringn(all.data ? all.data : "", all.len);
    gig_buf_free(&all);

    rc = text ? json_object_set_new(object, name, text) : -1;

    return rc == 0 ? 0 : gig_error_set(err, "", "too long, or no UTF-8");
}


static int
gig_map_set_dates(gig_map_t *map, const char *name, const char *value, gig_error_t *err)
{
    int64_t  ms;
    char     time[40];

    if (strcmp(name, "order") == 0) {

        if (strcmp(value, "ymd") == 0) {
            map->order = GIG_MAP_YMD;

        } else if (strcmp(value, "dmy") == 0) {
            map->order = GIG_MAP_DMY;

        } else if (strcmp(value, "mdy") == 0) {
            map->order = GIG_MAP_MDY;

        } else {
            return gig_error_set(err, "", "order must be ymd, dmy or mdy");
        }

        return 0;
    }

    if (strcmp(name, "offset") == 0) {
        snprintf(time, sizeof(time), "2026-01-01T00:00:00%.8s", value);

        if (strlen(value) >= sizeof(map->offset)
            || gig_time_parse((gig_str_t) { time, strlen(time) }, &ms) == -1)
        {
            return gig_error_set(err, "", "offset must be Z or as -05:00");
        }

        memcpy(map->offset, value, strlen(value) + 1);

        return 0;
    }

    return gig_error_set(err, "", "[dates] has order and offset");
}


int
gig_map_set(gig_map_t *map, const char *section, const char *name, const char *value, int more,
    gig_error_t *err)
{
    json_t                  *table;
    const char              *of;
    gig_map_member_t         ext;
    const gig_map_member_t  *member;

    if (strcmp(section, "file") == 0) {

        if (strcmp(name, "separator") != 0) {
            return gig_error_set(err, "", "[file] has separator");
        }

        value = strcmp(value, "tab") == 0 ? "\t" : gig_map_unquote(value).data;

        if (memchr(",;\t|", value[0], 4) == NULL) {
            return gig_error_set(err, "", "separator must be \",\" \";\" \"|\" or tab");
        }

        map->separator = value[0];

        return 0;
    }

    if (strcmp(section, "dates") == 0) {
        return gig_map_set_dates(map, name, value, err);
    }

    if (strncmp(section, "values ", 7) == 0) {
        of = section + 7 + strspn(section + 7, " ");
        member = gig_map_member(of, &ext, err);

        if (member == NULL) {
            return -1;
        }

        table = json_object_get(map->values, of);

        if (table == NULL) {
            table = json_object();

            if (json_object_set_new(map->values, of, table) == -1) {
                return gig_error_set(err, "", "out of memory");
            }
        }

        return gig_map_put(table, name, value, more, err);
    }

    if (strcmp(section, "record") == 0) {
        table = map->record;

    } else if (strcmp(section, "default") == 0) {
        table = map->defaults;

    } else if (strcmp(section, "split") == 0) {
        table = map->split;

    } else if (strcmp(section, "cut") == 0) {
        table = map->cut;

    } else {
        return gig_error_set(err, "", "section [%.64s]: must be [record], [default], [split], "
                             "[cut], [values MEMBER], [dates] or [file]", section);
    }

    member = gig_map_member(name, &ext, err);

    if (member == NULL) {
        return -1;
    }

    if (table == map->split && (member->kind < GIG_MAP_TEXTS || gig_map_unquote(value).len == 0)) {
        return gig_error_set(err, "", "[split] is for lists and needs a separator; \"%s\" is %s",
                             name, member->kind < GIG_MAP_TEXTS ? "none" : "one");
    }

    if (table == map->cut && (member->kind != GIG_MAP_TEXT || gig_map_cut_length(value) == 0)) {
        return gig_error_set(err, "", "[cut] is for texts of one line and needs a number of "
                             "characters from 2 to 9999");
    }

    return gig_map_put(table, name, value, more, err);
}


int
gig_map_identity(gig_map_t *map, const gig_str_t *columns, size_t n, gig_error_t *err)
{
    char    name[GIG_MAP_COLUMN_MAX], value[GIG_MAP_COLUMN_MAX + 2];
    size_t  i;

    for (i = 0; i < n; i++) {

        if (columns[i].len == 0 || columns[i].len >= sizeof(name)) {
            return gig_error_set(err, "", "column %zu has no name, or one of more than %d bytes",
                                 i + 1, GIG_MAP_COLUMN_MAX - 1);
        }

        memcpy(name, columns[i].data, columns[i].len);
        name[columns[i].len] = '\0';
        snprintf(value, sizeof(value), "{%s}", name);

        if (gig_map_set(map, "record", name, value, 0, err) == -1) {
            return -1;
        }
    }

    return 0;
}


int
gig_map_next(gig_str_t *template, gig_str_t *before, int *brace, gig_str_t *column)
{
    const char  *open, *close;

    *brace = 0;
    *before = *template;

    open = template->len ? memchr(template->data, '{', template->len) : NULL;

    if (open == NULL) {
        return 0;
    }

    before->len = (size_t) (open - template->data);
    template->data += before->len + 1;
    template->len -= before->len + 1;

    if (template->len && template->data[0] == '{') {
        *brace = 1;
        template->data++;
        template->len--;
        return 1;
    }

    close = template->len ? memchr(template->data, '}', template->len) : NULL;
    column->data = template->data;
    column->len = close ? (size_t) (close - template->data) : template->len;

    template->data += column->len + (close != NULL);
    template->len -= column->len + (close != NULL);

    return 1;
}


static int
gig_map_check_template(const char *name, gig_str_t template, const gig_str_t *columns, size_t n,
    gig_error_t *err)
{
    int          brace;
    size_t       i;
    gig_str_t    before, column;
    const char  *nearest, *names[GIG_MAP_NAMES_MAX];
    char         text[GIG_MAP_NAMES_MAX][GIG_MAP_COLUMN_MAX];

    while (gig_map_next(&template, &before, &brace, &column)) {

        if (brace) {
            continue;
        }

        for (i = 0; i < n; i++) {
            if (gig_str_eq(columns[i], column)) {
                break;
            }
        }

        if (i < n) {
            continue;
        }

        for (i = 0; i < n && i < GIG_MAP_NAMES_MAX; i++) {
            snprintf(text[i], sizeof(text[i]), "%.*s", (int) columns[i].len, columns[i].data);
            names[i] = text[i];
        }

        nearest = gig_nearest(column, names, i);

        return gig_error_set(err, "", "%s: the file has no column \"%.*s\"%s%s%s", name,
                             (int) (column.len > 64 ? 64 : column.len), column.data,
                             nearest ? "; did you mean \"" : "", nearest ? nearest : "",
                             nearest ? "\"?" : "");
    }

    return 0;
}


int
gig_map_columns(const gig_map_t *map, const gig_str_t *columns, size_t n, gig_error_t *err)
{
    unsigned     i;
    json_t      *value, *tables[2];
    const char  *name;

    tables[0] = map->record;
    tables[1] = map->defaults;

    for (i = 0; i < 2; i++) {
        json_object_foreach(tables[i], name, value) {
            if (gig_map_check_template(name, gig_json_text(value), columns, n, err) == -1) {
                return -1;
            }
        }
    }

    return 0;
}
