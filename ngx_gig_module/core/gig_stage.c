
#include <string.h>

#include "gig_stage.h"

#define GIG_STAGE_DIGITS        12              /* of a time: the year 33658 */


static const char *const  gig_stage_names[GIG_STAGES] = {
    "received", "waitlisted", "in_review", "selected", "declined", "started", "completed",
    "offered", "hired", "retained", "withdrawn"
};


/* 0, or -1: it is no stage with a time. */

static int
gig_stage_read(gig_str_t word, gig_staged_t *staged)
{
    size_t       i;
    gig_str_t    name;
    const char  *comma;

    comma = memchr(word.data, ',', word.len);

    if (comma == NULL) {
        return -1;
    }

    name = (gig_str_t) { word.data, (size_t) (comma - word.data) };
    i = name.len + 1;

    if (i == word.len || word.len - i > GIG_STAGE_DIGITS) {
        return -1;
    }

    for (staged->at = 0; i < word.len; i++) {
        if (word.data[i] < '0' || word.data[i] > '9') {
            return -1;
        }

        staged->at = staged->at * 10 + (word.data[i] - '0');
    }

    for (i = 0; i < GIG_STAGES; i++) {
        if (gig_str_is(name, gig_stage_names[i])) {
            staged->stage = (gig_stage_t) i;
            return 0;
        }
    }

    return -1;
}


void
gig_stages_read(gig_str_t text, gig_stages_t *stages)
{
    size_t        at, end;
    unsigned      i;
    gig_staged_t  other;

    memset(stages, 0, sizeof(gig_stages_t));

    for (at = 0; at < text.len && stages->n < GIG_STAGES_MAX; at = end + 1) {

        for (end = at; end < text.len && text.data[end] != ' '; end++) { /* void */ }

        if (end > at && gig_stage_read((gig_str_t) { text.data + at, end - at },
                                       &stages->list[stages->n]) == 0)
        {
            stages->n++;
        }
    }

    for (i = 0; i < stages->n / 2; i++) {
        other = stages->list[i];
        stages->list[i] = stages->list[stages->n - 1 - i];
        stages->list[stages->n - 1 - i] = other;
    }
}


gig_stage_t
gig_stages_last(const gig_stages_t *stages)
{
    return stages->n ? stages->list[stages->n - 1].stage : GIG_STAGES;
}


const char *
gig_stage_name(gig_stage_t stage)
{
    return stage < GIG_STAGES ? gig_stage_names[stage] : "";
}


int
gig_stage_selected(gig_stage_t stage)
{
    switch (stage) {

    case GIG_STAGE_SELECTED:
    case GIG_STAGE_STARTED:
    case GIG_STAGE_COMPLETED:
    case GIG_STAGE_OFFERED:
    case GIG_STAGE_HIRED:
    case GIG_STAGE_RETAINED:
        return 1;

    default:
        return 0;
    }
}


int
gig_stage_decided(gig_stage_t stage)
{
    return gig_stage_selected(stage) || stage == GIG_STAGE_DECLINED
           || stage == GIG_STAGE_WITHDRAWN;
}
