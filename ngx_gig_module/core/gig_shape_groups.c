
#include <stdlib.h>

#include "gig_shape_groups.h"


gig_shape_groups_t *
gig_shape_groups_create(size_t most)
{
    gig_shape_groups_t  *groups;

    groups = calloc(1, sizeof(gig_shape_groups_t));

    if (groups != NULL) {
        groups->left = most;
    }

    return groups;
}


void
gig_shape_groups_free(gig_shape_groups_t *groups)
{
    size_t  i;

    if (groups == NULL) {
        return;
    }

    for (i = 0; i < groups->n; i++) {
        gig_buf_free(&groups->group[i].head);
        gig_buf_free(&groups->group[i].items);
    }

    free(groups);
}


gig_shape_group_t *
gig_shape_group(gig_shape_groups_t *groups, uint64_t key)
{
    uint16_t            *slot;
    uint64_t             at;
    gig_shape_group_t   *group;

    /* there are three times as many slots as groups: one is free */

    for (at = (key * 0x9e3779b97f4a7c15u) >> (64 - GIG_SHAPE_SLOT_BITS); ; at++) {

        slot = &groups->slot[at % GIG_SHAPE_SLOTS];

        if (*slot == 0) {
            break;
        }

        if (groups->group[*slot - 1].key == key) {
            return &groups->group[*slot - 1];
        }
    }

    if (groups->n == GIG_SHAPE_GROUPS_MAX) {
        return NULL;
    }

    group = &groups->group[groups->n++];
    *slot = (uint16_t) groups->n;

    group->key = key;
    gig_buf_init(&group->head, GIG_SHAPE_TEXT_MAX);
    gig_buf_init(&group->items, groups->left);

    return group;
}


int
gig_shape_group_add(gig_shape_groups_t *groups, gig_shape_group_t *group, const gig_buf_t *item)
{
    size_t  before;

    before = group->items.len;
    gig_buf_puts(&group->items, before != 0 ? "," : "");
    gig_buf_add(&group->items, item->data, item->len);

    if (gig_buf_failed(&group->items) || gig_buf_failed(item)
        || group->items.len - before > groups->left)
    {
        return -1;
    }

    groups->left -= group->items.len - before;

    return 0;
}


void
gig_shape_group_write(const gig_shape_group_t *group, gig_buf_t *out)
{
    gig_buf_add(out, group->head.data, group->head.len);
    gig_buf_add(out, group->items.data, group->items.len);
    gig_buf_puts(out, "]}");
    out->failed |= gig_buf_failed(&group->head) || gig_buf_failed(&group->items);
}


void
gig_shape_groups_write(const gig_shape_groups_t *groups, gig_buf_t *out)
{
    size_t  i;

    for (i = 0; i < groups->n; i++) {
        gig_buf_puts(out, i != 0 ? "," : "");
        gig_shape_group_write(&groups->group[i], out);
    }
}
