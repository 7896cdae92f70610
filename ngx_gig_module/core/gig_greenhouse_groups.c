
/* Departments and offices, which a catalog has only as words of its gigs. */

#include <stdlib.h>

#include "gig_greenhouse.h"
#include "gig_json.h"


/* A department; or what of it is in one office, as an office has its jobs by department. */
typedef struct {
    uint32_t   number, office;                  /* office is 0 where departments are asked for */
    gig_buf_t  name;                            /* JSON strings, each after its office's */
    gig_buf_t  place;
    gig_buf_t  jobs;                            /* with commas between */
    int        written;
} gig_greenhouse_group_t;

typedef struct {
    const gig_feed_t        *feed;
    gig_greenhouse_kind_t    kind;
    uint32_t                 number;
    size_t                   left;              /* bytes that all of them may still take */
    size_t                   n, size;
    gig_greenhouse_group_t  *group;
} gig_greenhouse_groups_t;


static int gig_greenhouse_grouped(void *data, const gig_catalog_gig_t *gig);
static int gig_greenhouse_into(gig_greenhouse_groups_t *groups, gig_str_t place,
    const gig_catalog_gig_t *gig);
static gig_greenhouse_group_t *gig_greenhouse_group(gig_greenhouse_groups_t *groups,
    gig_str_t department, gig_str_t place);
static uint32_t gig_greenhouse_number(gig_str_t name);
static void gig_greenhouse_group_write(const gig_greenhouse_group_t *group, const char *family,
    gig_buf_t *out);
static void gig_greenhouse_office_write(gig_greenhouse_groups_t *groups, size_t first,
    const char *family, gig_buf_t *out);


int
gig_greenhouse_groups(const gig_feed_t *feed, const gig_catalog_t *catalog, gig_str_t args,
    int64_t now, gig_greenhouse_kind_t kind, uint32_t number, unsigned asked, uint32_t *damaged,
    gig_buf_t *out)
{
    int                      rc;
    size_t                   i;
    const char              *comma, *family;
    gig_greenhouse_groups_t  groups;

    family = asked & GIG_GREENHOUSE_TREE ? ",\"children\":[]"
                                         : ",\"parent_id\":null,\"child_ids\":[]";
    groups = (gig_greenhouse_groups_t) { feed, kind, number, out->limit, 0, 0, NULL };

    rc = gig_catalog_walk(catalog, args, now, gig_greenhouse_grouped, &groups, damaged);

    if (rc == 0 && number == GIG_GREENHOUSE_ALL) {
        gig_buf_puts(out, kind == GIG_GREENHOUSE_OFFICES ? "{\"offices\":["
                                                         : "{\"departments\":[");
    } else if (rc == 0 && groups.n == 0) {
        rc = 1;
    }

    for (i = 0, comma = ""; i < groups.n && rc == 0; i++) {

        if (groups.group[i].written) {
            continue;
        }

        gig_buf_puts(out, comma);
        comma = ",";

        if (kind == GIG_GREENHOUSE_OFFICES) {
            gig_greenhouse_office_write(&groups, i, family, out);
        } else {
            gig_greenhouse_group_write(&groups.group[i], family, out);
        }
    }

    if (rc == 0 && number == GIG_GREENHOUSE_ALL) {
        gig_buf_puts(out, "]}");
    }

    for (i = 0; i < groups.n; i++) {
        gig_buf_free(&groups.group[i].name);
        gig_buf_free(&groups.group[i].place);
        gig_buf_free(&groups.group[i].jobs);
    }

    free(groups.group);

    return rc == 0 && gig_buf_failed(out) ? -1 : rc;
}


static int
gig_greenhouse_grouped(void *data, const gig_catalog_gig_t *gig)
{
    int                       rc;
    char                      text[GIG_TEXT_MAX];
    size_t                    i;
    gig_str_t                 name;
    const json_t             *location;
    gig_greenhouse_groups_t  *groups = data;

    if (groups->kind == GIG_GREENHOUSE_DEPARTMENTS) {
        return gig_greenhouse_into(groups, gig_null_str, gig);
    }

    location = json_object_get(gig->json, "location");

    name = gig_shape_place(location, 0, text);
    rc = gig_greenhouse_into(groups, name, gig);

    for (i = 1; rc == 0 && name.len != 0; i++) {
        name = gig_shape_place(location, i, text);
        rc = name.len != 0 ? gig_greenhouse_into(groups, name, gig) : 0;
    }

    return rc;
}


/* place: of an office; empty where departments are asked for, or if the gig has none. */

static int
gig_greenhouse_into(gig_greenhouse_groups_t *groups, gig_str_t place, const gig_catalog_gig_t *gig)
{
    size_t                   before;
    gig_str_t                department;
    gig_greenhouse_group_t  *group;

    department = gig_json_str(gig->json, "department");

    if (groups->number != GIG_GREENHOUSE_ALL
        && groups->number
           != gig_greenhouse_number(groups->kind == GIG_GREENHOUSE_OFFICES ? place : department))
    {
        return 0;
    }

    group = gig_greenhouse_group(groups, department, place);

    if (group == NULL) {
        return -1;
    }

    before = group->jobs.len;
    gig_buf_puts(&group->jobs, before != 0 ? "," : "");
    gig_greenhouse_job(groups->feed, gig, NULL, 0, &group->jobs);

    if (gig_buf_failed(&group->jobs) || group->jobs.len - before > groups->left) {
        return -1;
    }

    groups->left -= group->jobs.len - before;

    return 0;
}


static uint32_t
gig_greenhouse_number(gig_str_t name)
{
    return name.len != 0 ? gig_shape_name(name) : 0;
}


/* The one of these names, made if it is the first of it; NULL: out of memory, or too many. */

static gig_greenhouse_group_t *
gig_greenhouse_group(gig_greenhouse_groups_t *groups, gig_str_t department, gig_str_t place)
{
    size_t                   i, size;
    uint32_t                 number, office;
    gig_greenhouse_group_t  *group;

    number = gig_greenhouse_number(department);
    office = gig_greenhouse_number(place);

    for (i = 0; i < groups->n; i++) {
        if (groups->group[i].number == number && groups->group[i].office == office) {
            return &groups->group[i];
        }
    }

    if (groups->n == GIG_SHAPE_GROUPS_MAX) {
        return NULL;
    }

    if (groups->n == groups->size) {
        size = groups->size != 0 ? 2 * groups->size : 16;
        group = realloc(groups->group, size * sizeof(gig_greenhouse_group_t));

        if (group == NULL) {
            return NULL;
        }

        groups->group = group;
        groups->size = size;
    }

    group = &groups->group[groups->n++];
    group->number = number;
    group->office = office;
    group->written = 0;
    gig_buf_init(&group->name, GIG_SHAPE_TEXT_MAX);
    gig_buf_init(&group->place, GIG_SHAPE_TEXT_MAX);
    gig_buf_init(&group->jobs, groups->left);

    gig_buf_json(&group->name, number != 0 ? department : gig_str("No Department"));
    gig_buf_json(&group->place, office != 0 ? place : gig_str("No Office"));

    return gig_buf_failed(&group->name) || gig_buf_failed(&group->place) ? NULL : group;
}


static void
gig_greenhouse_group_write(const gig_greenhouse_group_t *group, const char *family, gig_buf_t *out)
{
    gig_buf_printf(out, "{\"id\":%u,\"name\":", group->number);
    gig_buf_str(out, (gig_str_t) { group->name.data, group->name.len });
    gig_buf_puts(out, family);
    gig_buf_puts(out, ",\"jobs\":[");
    gig_buf_str(out, (gig_str_t) { group->jobs.data, group->jobs.len });
    gig_buf_puts(out, "]}");
}


/* The office of that group, with all groups that are of it. */

static void
gig_greenhouse_office_write(gig_greenhouse_groups_t *groups, size_t first, const char *family,
    gig_buf_t *out)
{
    size_t                         i;
    const gig_greenhouse_group_t  *group;

    group = &groups->group[first];

    gig_buf_printf(out, "{\"id\":%u,\"name\":", group->office);
    gig_buf_str(out, (gig_str_t) { group->place.data, group->place.len });
    gig_buf_puts(out, ",\"location\":");
    gig_buf_str(out, group->office != 0 ? (gig_str_t) { group->place.data, group->place.len }
                                        : gig_str("null"));
    gig_buf_puts(out, family);
    gig_buf_puts(out, ",\"departments\":[");

    for (i = first; i < groups->n; i++) {
        if (groups->group[i].office == group->office) {
            gig_buf_puts(out, i != first ? "," : "");
            gig_greenhouse_group_write(&groups->group[i], family, out);
            groups->group[i].written = 1;
        }
    }

    gig_buf_puts(out, "]}");
}
