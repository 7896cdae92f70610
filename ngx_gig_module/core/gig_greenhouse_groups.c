
/*
 * Departments and offices with the jobs of each.  An office has its jobs by department, so what is
 * grouped first is a department, or what of it is in one office.
 */

#include "gig_greenhouse.h"
#include "gig_json.h"
#include "gig_shape_groups.h"


#define GIG_GREENHOUSE_OFFICE   32              /* bits of a key below the office's number */

typedef struct {
    const gig_feed_t       *feed;
    gig_greenhouse_kind_t   kind;
    uint32_t                number;
    const char             *family;
    gig_buf_t               job;                /* the gig, once something asks for it */
    gig_shape_groups_t     *departments;
    gig_shape_groups_t     *offices;            /* their items are written in the end */
} gig_greenhouse_groups_t;


static int gig_greenhouse_grouped(void *data, const gig_catalog_gig_t *gig);
static int gig_greenhouse_into(gig_greenhouse_groups_t *groups, gig_str_t place,
    const gig_catalog_gig_t *gig);
static void gig_greenhouse_join(gig_greenhouse_groups_t *groups);


int
gig_greenhouse_groups(const gig_feed_t *feed, const gig_catalog_t *catalog, gig_str_t args,
    int64_t now, gig_greenhouse_kind_t kind, uint32_t number, unsigned asked, uint32_t *damaged,
    gig_buf_t *out)
{
    int                      rc;
    gig_greenhouse_groups_t  groups;

    *damaged = 0;
    rc = -1;

    groups = (gig_greenhouse_groups_t) { .feed = feed, .kind = kind, .number = number };
    groups.family = asked & GIG_GREENHOUSE_TREE ? ",\"children\":[]"
                                                : ",\"parent_id\":null,\"child_ids\":[]";
    groups.departments = gig_shape_groups_create(out->limit);
    groups.offices = gig_shape_groups_create(out->limit);
    gig_buf_init(&groups.job, out->limit);

    if (groups.departments == NULL || groups.offices == NULL) {
        goto done;
    }

    rc = gig_catalog_walk(catalog, args, now, gig_greenhouse_grouped, &groups, damaged);

    if (rc == 0 && number != GIG_GREENHOUSE_ALL && groups.departments->n == 0) {
        rc = 1;
    }

    if (rc != 0) {
        goto done;
    }

    if (number == GIG_GREENHOUSE_ALL) {
        gig_buf_puts(out, kind == GIG_GREENHOUSE_OFFICES ? "{\"offices\":["
                                                         : "{\"departments\":[");
    }

    if (kind == GIG_GREENHOUSE_OFFICES) {
        gig_greenhouse_join(&groups);
        gig_shape_groups_write(groups.offices, out);

    } else {
        gig_shape_groups_write(groups.departments, out);
    }

    gig_buf_puts(out, number == GIG_GREENHOUSE_ALL ? "]}" : "");
    rc = gig_buf_failed(out) ? -1 : 0;

done:

    gig_shape_groups_free(groups.departments);
    gig_shape_groups_free(groups.offices);
    gig_buf_free(&groups.job);

    return rc;
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

    gig_buf_reset(&groups->job);

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


/*
 * place: of an office; empty if the gig has none, or where departments are asked for: there all are
 * in one office, which is not told.
 */

static int
gig_greenhouse_into(gig_greenhouse_groups_t *groups, gig_str_t place, const gig_catalog_gig_t *gig)
{
    uint32_t            number, office;
    gig_str_t           department;
    gig_buf_t          *head;
    gig_shape_group_t  *of, *in;

    department = gig_json_str(gig->json, "department");
    number = gig_shape_name(department);
    office = gig_shape_name(place);

    if (groups->number != GIG_GREENHOUSE_ALL
        && groups->number != (groups->kind == GIG_GREENHOUSE_OFFICES ? office : number))
    {
        return 0;
    }

    of = gig_shape_group(groups->departments, (uint64_t) office << GIG_GREENHOUSE_OFFICE | number);
    in = gig_shape_group(groups->offices, office);

    if (of == NULL || in == NULL) {
        return -1;
    }

    if (of->head.len == 0) {
        head = &of->head;
        gig_buf_printf(head, "{\"id\":%u", number);
        gig_buf_member(head, "name", number != 0 ? department : gig_str("No Department"));
        gig_buf_puts(head, groups->family);
        gig_buf_puts(head, ",\"jobs\":[");
    }

    if (in->head.len == 0) {
        head = &in->head;
        gig_buf_printf(head, "{\"id\":%u", office);
        gig_buf_member(head, "name", office != 0 ? place : gig_str("No Office"));

        if (office != 0) {
            gig_buf_member(head, "location", place);
        } else {
            gig_buf_puts(head, ",\"location\":null");
        }

        gig_buf_puts(head, groups->family);
        gig_buf_puts(head, ",\"departments\":[");
    }

    if (groups->job.len == 0) {
        gig_greenhouse_job(groups->feed, gig, NULL, 0, &groups->job);
    }

    return gig_shape_group_add(groups->departments, of, &groups->job);
}


/* What was grouped becomes the items of offices. */

static void
gig_greenhouse_join(gig_greenhouse_groups_t *groups)
{
    size_t              i;
    gig_shape_group_t  *of, *in;

    for (i = 0; i < groups->departments->n; i++) {
        of = &groups->departments->group[i];
        in = gig_shape_group(groups->offices, of->key >> GIG_GREENHOUSE_OFFICE);

        gig_buf_puts(&in->items, in->items.len != 0 ? "," : "");
        gig_shape_group_write(of, &in->items);
        gig_buf_free(&of->items);
    }
}
