
/* The stages of an application, the same for every system of record, each with its time. */

#ifndef GIG_STAGE_H
#define GIG_STAGE_H

#include "gig_base.h"

#define GIG_STAGES_MAX          16              /* of one application: the newest; gig-sync's too */

typedef enum {
    GIG_STAGE_RECEIVED,
    GIG_STAGE_WAITLISTED,
    GIG_STAGE_IN_REVIEW,
    GIG_STAGE_SELECTED,
    GIG_STAGE_DECLINED,
    GIG_STAGE_STARTED,
    GIG_STAGE_COMPLETED,
    GIG_STAGE_OFFERED,
    GIG_STAGE_HIRED,
    GIG_STAGE_RETAINED,
    GIG_STAGE_WITHDRAWN,
    GIG_STAGES                                  /* none */
} gig_stage_t;

typedef struct {
    gig_stage_t  stage;
    int64_t      at;                            /* seconds; 0: not known */
} gig_staged_t;

/* Oldest first; the last one counts. */
typedef struct {
    gig_staged_t  list[GIG_STAGES_MAX];
    unsigned      n;
} gig_stages_t;

/*
 * Reads "STAGE,AT STAGE,AT", the newest first, as Redis has it.  What is no stage is left out, as
 * a newer gig-sync may know more of them; so is what is above GIG_STAGES_MAX.
 */
void gig_stages_read(gig_str_t text, gig_stages_t *stages);

/* The last one, or GIG_STAGES if there is none. */
gig_stage_t gig_stages_last(const gig_stages_t *stages);

/* "in_review"; of GIG_STAGES "". */
const char *gig_stage_name(gig_stage_t stage);

/* 1: `selected` or what comes after it, so that the gig's onboarding is for this applicant. */
int gig_stage_selected(gig_stage_t stage);

/* 1: the company has said yes or no. */
int gig_stage_decided(gig_stage_t stage);

#endif /* GIG_STAGE_H */
